//! A record with all it holds, what belongs to it, and its history.

use super::{Screen, form::Form};
use crate::{
    domain::{
        ClientId, ContractId, Error, EventId, Field, UserId,
        entity::{EntityKind, Record},
    },
    services::{ReadRequest, Reply, Request},
    ui::{
        Action, Context, Notice,
        actions::{self, Intent, bind, bind_quietly},
        keys::{Binding, Command},
        popup::Outcome,
        records::{facts, heading},
        text::Phrase,
    },
};

/// Related records under a title.
#[derive(Debug, Clone)]
pub struct Part {
    pub title: Phrase<'static>,
    pub kind: EntityKind,
    pub rows: Vec<Record>,
}

/// A detail screen.
#[derive(Debug)]
pub struct Detail {
    pub kind: EntityKind,
    id: i64,
    pub record: Option<Record>,
    pub notes: String,
    pub parts: Vec<Part>,
    pub part: usize,
    pub at: usize,
    asked: Option<Intent>,
}

fn part<R>(title: Phrase<'static>, kind: EntityKind, rows: Vec<R>, wrap: fn(R) -> Record) -> Part {
    Part { title, kind, rows: rows.into_iter().map(wrap).collect() }
}

impl Detail {
    pub fn new(kind: EntityKind, id: i64) -> Self {
        Self { kind, id, record: None, notes: String::new(), parts: Vec::new(), part: 0, at: 0, asked: None }
    }

    pub fn title(&self, ctx: &Context) -> String {
        self.record.as_ref().map_or_else(|| ctx.say(Phrase::OneOf(self.kind)), |record| heading(record, ctx))
    }

    /// The labelled values on top.
    pub fn facts(&self, ctx: &Context) -> Vec<(String, String)> {
        self.record.as_ref().map(|record| facts(record, ctx)).unwrap_or_default()
    }

    pub fn load(&self) -> Option<Request> {
        Some(match self.kind {
            EntityKind::Client => Request::Read(ReadRequest::ViewClient(ClientId::new(self.id))),
            EntityKind::Contract => Request::Read(ReadRequest::ViewContract(ContractId::new(self.id))),
            EntityKind::Event => Request::Read(ReadRequest::ViewEvent(EventId::new(self.id))),
            EntityKind::User => Request::Read(ReadRequest::ViewUser(UserId::new(self.id))),
            EntityKind::Audit => return None,
        })
    }

    pub fn on_reply(&mut self, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Client(detail)) => {
                self.notes.clone_from(&detail.row.client.notes);
                self.parts = vec![
                    part(Phrase::PartContracts, EntityKind::Contract, detail.contracts, Record::Contract),
                    part(Phrase::PartEvents, EntityKind::Event, detail.events, Record::Event),
                    part(Phrase::PartHistory, EntityKind::Audit, detail.history, Record::Audit),
                ];
                self.show(Record::Client(detail.row))
            }
            Ok(Reply::Contract(detail)) => {
                self.notes.clone_from(&detail.row.contract.notes);
                self.parts = vec![
                    part(Phrase::PartEvents, EntityKind::Event, detail.events, Record::Event),
                    part(Phrase::ColClient, EntityKind::Client, vec![detail.client], Record::Client),
                    part(Phrase::PartHistory, EntityKind::Audit, detail.history, Record::Audit),
                ];
                self.show(Record::Contract(detail.row))
            }
            Ok(Reply::Event(detail)) => {
                self.notes.clone_from(&detail.row.event.notes);
                self.parts = vec![
                    part(Phrase::PartContract, EntityKind::Contract, vec![detail.contract], Record::Contract),
                    part(Phrase::PartHistory, EntityKind::Audit, detail.history, Record::Audit),
                ];
                self.show(Record::Event(detail.row))
            }
            Ok(Reply::User(detail)) => {
                self.parts = vec![
                    part(Phrase::PartClients, EntityKind::Client, detail.clients, Record::Client),
                    part(Phrase::PartEvents, EntityKind::Event, detail.events, Record::Event),
                    part(Phrase::PartHistory, EntityKind::Audit, detail.history, Record::Audit),
                ];
                self.show(Record::User(detail.user))
            }
            Ok(written) => self.reload_after(actions::report(&written, ctx)),
            Err(error) => {
                let notice = Action::Notice(Notice::bad(ctx.error(&error)));
                if matches!(error, Error::Conflict(_)) { self.reload_after(notice) } else { notice }
            }
        }
    }

    fn show(&mut self, record: Record) -> Action {
        self.record = Some(record);
        self.parts.retain(|part| part.kind != EntityKind::Audit || !part.rows.is_empty());
        self.part = self.part.min(self.parts.len().saturating_sub(1));
        self.at = self.at.min(self.rows().saturating_sub(1));
        Action::None
    }

    fn reload_after(&self, first: Action) -> Action {
        let mut all = vec![first];
        all.extend(self.load().map(Action::Send));
        Action::All(all)
    }

    fn rows(&self) -> usize {
        self.parts.get(self.part).map_or(0, |part| part.rows.len())
    }

    fn selected(&self) -> Option<&Record> {
        self.parts.get(self.part)?.rows.get(self.at)
    }

    /// What can be made from here: a contract for a client, an event for a contract.
    fn child(&self, ctx: &Context) -> Option<Binding> {
        let record = self.record.as_ref()?;
        let label = match record {
            Record::Client(_) => Phrase::NewContract,
            Record::Contract(_) => Phrase::NewEvent,
            _ => return None,
        };
        let refusal = actions::child_refusal(record, ctx).map(|reason| ctx.reason(reason));
        let mut binding = bind(Command::New, ctx, refusal);
        (binding.label, binding.help) = (ctx.say(label).into(), ctx.say(label).into());
        Some(binding)
    }

    pub fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings = actions::bindings(self.kind, self.record.as_ref().as_slice(), ctx);
        bindings.splice(..0, self.child(ctx));
        if self.parts.len() > 1 {
            bindings.push(bind(C::NextPart, ctx, None));
            bindings.push(bind_quietly(C::PreviousField, ctx));
        }
        let nothing = self.selected().is_none().then(|| ctx.say(Phrase::NothingSelected));
        bindings.push(bind(C::Open, ctx, nothing));
        bindings.extend([C::Copy, C::CopyPart, C::Refresh].map(|command| bind(command, ctx, None)));
        bindings.extend([C::Up, C::Down].map(|command| bind_quietly(command, ctx)));
        bindings.push(bind(C::Back, ctx, None));
        bindings
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let parts = self.parts.len().max(1);
        match command {
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(self.rows().saturating_sub(1)),
            Command::NextPart => (self.part, self.at) = ((self.part + 1) % parts, 0),
            Command::PreviousField => (self.part, self.at) = ((self.part + parts - 1) % parts, 0),
            Command::Back => return Action::Back,
            Command::Refresh => return self.load().map_or(Action::None, Action::Send),
            Command::Copy => {
                let lines = self.facts(ctx).into_iter().map(|(label, value)| format!("{label}: {value}"));
                return Action::Copy(lines.collect::<Vec<_>>().join("\n"));
            }
            Command::CopyPart => {
                let mut parts = self.facts(ctx);
                if !self.notes.is_empty() {
                    parts.push((ctx.field(Field::Notes), self.notes.clone()));
                }
                self.asked = Some(Intent::Copy);
                return actions::copy_part(parts, ctx);
            }
            Command::Open => {
                return match self.selected().and_then(Record::target) {
                    Some((kind, id)) if (kind, id) != (self.kind, self.id) => {
                        Action::Open(Box::new(Screen::Detail(Box::new(Self::new(kind, id)))))
                    }
                    _ => Action::None,
                };
            }
            Command::New => {
                let form = match &self.record {
                    Some(Record::Client(row)) => Form::new_contract(Some(row)),
                    Some(Record::Contract(row)) => Form::new_event(Some(row)),
                    _ => return Action::None,
                };
                return Action::Open(Box::new(Screen::Form(Box::new(form))));
            }
            other => {
                let records: Vec<&Record> = self.record.iter().collect();
                let (action, intent) = actions::begin(other, &records, ctx);
                self.asked = intent;
                return action;
            }
        }
        Action::None
    }

    pub fn on_popup(&mut self, outcome: &Outcome) -> Action {
        self.asked.take().map_or(Action::None, |intent| actions::go_on(&intent, outcome))
    }
}
