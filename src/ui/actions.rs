//! What can be done with a record, in a list and on its own screen: the same keys, the
//! same reasons why not, the same questions.

use crossterm::event::KeyCode;
use strum::IntoEnumIterator;

use super::{
    Action, Context, Notice,
    keys::{Binding, Command, Key},
    popup::{Outcome, Popup, Source},
    records::{heading, named},
    screens::{Screen, form::Form},
    text::Phrase,
};
use crate::{
    domain::{
        ClientId, EventId, Reason,
        audit::Verb,
        entity::{EntityKind, Record},
        events::{Assignment, Status},
        policy::{self, Owner, Permission},
        users::Role,
    },
    services::{Assigned, HandOver, Marked, Missed, Reply, Request, WriteRequest},
};

/// What the person is in the middle of, while a popup asks.
#[derive(Debug, Clone)]
pub enum Intent {
    Copy,
    Do(Request),
    Assign(Vec<(EventId, i32)>),
    HandOver(Vec<(ClientId, i32)>),
    SetStatus(EventId, i32),
}

/// The key of a command, everywhere.
pub const fn key_of(command: Command) -> Key {
    use Command as C;
    match command {
        C::Up => Key::plain(KeyCode::Up),
        C::Down => Key::plain(KeyCode::Down),
        C::PageUp => Key::plain(KeyCode::PageUp),
        C::Left => Key::plain(KeyCode::Left),
        C::Right => Key::plain(KeyCode::Right),
        C::Calendar => Key::char('c'),
        C::PickDay => Key::plain(KeyCode::F(4)),
        C::PageDown => Key::plain(KeyCode::PageDown),
        C::Home => Key::plain(KeyCode::Home),
        C::End => Key::plain(KeyCode::End),
        C::Open => Key::plain(KeyCode::Enter),
        C::New => Key::char('n'),
        C::Edit => Key::char('e'),
        C::Assign => Key::char('a'),
        C::Archive => Key::char('x'),
        C::Sign => Key::char('S'),
        C::SetStatus => Key::char('t'),
        C::HandOver => Key::char('h'),
        C::ResetPassword => Key::char('p'),
        C::Filter => Key::char('/'),
        C::Refine => Key::char('f'),
        C::Sort => Key::char('s'),
        C::View => Key::char('v'),
        C::Mark => Key::char(' '),
        C::Undo => Key::char('u'),
        C::Copy => Key::char('y'),
        C::CopyPart => Key::char('Y'),
        C::TakeTheirs => Key::ctrl('t'),
        C::Language => Key::plain(KeyCode::F(2)),
        C::Export => Key::char('X'),
        C::Save => Key::ctrl('s'),
        C::NextField | C::NextPart => Key::plain(KeyCode::Tab),
        C::PreviousField => Key::plain(KeyCode::BackTab),
        C::Refresh => Key::plain(KeyCode::F(5)),
        C::Help => Key::char('?'),
        C::Palette => Key::char(':'),
        C::Lock => Key::char('L'),
        C::Back => Key::plain(KeyCode::Esc),
        C::Quit => Key::char('q'),
    }
}

/// The binding of a command, available unless a reason is given.
pub fn bind(command: Command, ctx: &Context, unavailable: Option<String>) -> Binding {
    let (label, help) = ctx.command(command);
    Binding { key: key_of(command), command, label: label.into(), help: help.into(), unavailable }
}

/// The same without a word in the bottom line.
pub fn bind_quietly(command: Command, ctx: &Context) -> Binding {
    Binding { label: "".into(), ..bind(command, ctx, None) }
}

/// The commands on a record of each kind, in the order of the bottom line.
fn commands(kind: EntityKind) -> &'static [Command] {
    use Command as C;
    match kind {
        EntityKind::Client => &[C::Edit, C::HandOver, C::Archive],
        EntityKind::Contract => &[C::Edit, C::Sign, C::Archive],
        EntityKind::Event => &[C::Assign, C::Edit, C::SetStatus, C::Archive],
        EntityKind::User => &[C::Edit, C::ResetPassword, C::Archive],
        EntityKind::Audit => &[],
    }
}

/// The values of a record, to choose one to copy.
pub fn copy_part(parts: Vec<(String, String)>, ctx: &Context) -> Action {
    Action::Popup(Box::new(Popup::values(ctx.say(Phrase::CopyTitle), parts)))
}

/// What can be done with the selected record, or with the marked ones, or why it cannot.
pub fn bindings(kind: EntityKind, records: &[&Record], ctx: &Context) -> Vec<Binding> {
    let bound = commands(kind).iter().map(|command| {
        let mut binding = bind(*command, ctx, why_not(*command, records, ctx));
        if *command == Command::Archive {
            let (label, help) = ctx.archiving(kind, records.first().is_some_and(|record| record.is_hidden()));
            (binding.label, binding.help) = (label.into(), help.into());
        }
        binding
    });
    bound.collect()
}

/// Whether a command is for one record at a time: what it asks has one answer for each.
fn is_for_one(command: Command) -> bool {
    matches!(command, Command::Edit | Command::Sign | Command::SetStatus | Command::ResetPassword)
}

/// Why a command cannot be done to these records, if so; of several, which one hinders it.
fn why_not(command: Command, records: &[&Record], ctx: &Context) -> Option<String> {
    match records {
        [] => Some(ctx.say(Phrase::NothingSelected)),
        [one] => refusal(command, one, ctx).map(|reason| ctx.reason(reason)),
        _ if is_for_one(command) => Some(ctx.say(Phrase::OneAtATime)),
        several => several.iter().find_map(|record| {
            let reason = ctx.reason(refusal(command, record, ctx)?);
            Some(format!("{}: {reason}", heading(record, ctx)))
        }),
    }
}

/// Why something new of this kind cannot be made, if so.
pub fn creation_refusal(kind: EntityKind, ctx: &Context) -> Option<Reason> {
    let permission = Permission::to_create(kind)?;
    policy::refusal(permission, &ctx.session.actor, ctx.settings(), Owner::Nobody, None)
}

/// The right that a command on a record needs; `None` where a record of this kind has no commands.
fn permission(command: Command, kind: EntityKind) -> Option<Permission> {
    use Command as C;
    Some(match (kind, command) {
        (EntityKind::Client, C::HandOver) => Permission::HandOverClient,
        (EntityKind::Client, C::Archive) => Permission::ArchiveClient,
        (EntityKind::Client, _) => Permission::EditClient,
        (EntityKind::Contract, C::Sign) => Permission::SignContract,
        (EntityKind::Contract, C::Archive) => Permission::ArchiveContract,
        (EntityKind::Contract, _) => Permission::EditContract,
        (EntityKind::Event, C::Assign) => Permission::AssignSupport,
        (EntityKind::Event, C::SetStatus) => Permission::SetStatus,
        (EntityKind::Event, C::Archive) => Permission::ArchiveEvent,
        (EntityKind::Event, _) => Permission::EditEvent,
        (EntityKind::User, _) => Permission::ManageUsers,
        (EntityKind::Audit, _) => return None,
    })
}

/// Why the services would refuse a command, to say it beforehand.
fn refusal(command: Command, record: &Record, ctx: &Context) -> Option<Reason> {
    let permission = permission(command, record.kind())?;
    let refused = record.refusal(permission, &ctx.session.actor, ctx.settings());
    match (record, command) {
        (Record::User(user), Command::ResetPassword) => refused.or_else(|| user.forbids_password()),
        _ => refused,
    }
}

/// Why no event can be made for this contract, or no contract for this client.
pub fn child_refusal(record: &Record, ctx: &Context) -> Option<Reason> {
    let permission = match record {
        Record::Contract(_) => Permission::CreateEvent,
        Record::Client(_) => Permission::CreateContract,
        _ => return None,
    };
    record.refusal(permission, &ctx.session.actor, ctx.settings())
}

/// Begins a command on one record, or on several that were marked.
pub fn begin(command: Command, records: &[&Record], ctx: &Context) -> (Action, Option<Intent>) {
    let Some(first) = records.first() else { return (Action::None, None) };
    if let Some(reason) = why_not(command, records, ctx) {
        return (Action::Notice(Notice::bad(reason)), None);
    }
    match command {
        Command::Edit => (edit(first, ctx), None),
        Command::Archive if records.len() > 1 => archive_all(records, ctx),
        Command::Archive => archive(first, ctx),
        Command::Sign => sign(first, ctx),
        Command::Assign => assign(records, ctx),
        Command::HandOver => hand_over(records, ctx),
        Command::SetStatus => set_status(first, ctx),
        Command::ResetPassword => match first {
            Record::User(user) => (open(Form::reset_password(user, ctx)), None),
            _ => (Action::None, None),
        },
        _ => (Action::None, None),
    }
}

fn open(form: Form) -> Action {
    Action::Open(Box::new(Screen::Form(Box::new(form))))
}

fn edit(record: &Record, ctx: &Context) -> Action {
    match record {
        Record::Client(row) => open(Form::edit_client(row, ctx)),
        Record::Contract(row) => open(Form::edit_contract(row, ctx)),
        Record::Event(row) => open(Form::edit_event(row, ctx)),
        Record::User(user) => open(Form::edit_user(user, ctx)),
        Record::Audit(_) => Action::None,
    }
}

fn ask(title: String, lines: Vec<String>, verb: String, request: Request, ctx: &Context) -> (Action, Option<Intent>) {
    (Action::Popup(Box::new(Popup::confirm(title, lines, verb, ctx))), Some(Intent::Do(request)))
}

fn archive(record: &Record, ctx: &Context) -> (Action, Option<Intent>) {
    let hidden = record.is_hidden();
    let request = match record {
        Record::Client(row) => {
            let (id, version) = (row.client.id, row.client.version);
            if hidden {
                Request::Write(WriteRequest::RestoreClient { id, version })
            } else {
                Request::Write(WriteRequest::ArchiveClient { id, version })
            }
        }
        Record::Contract(row) => {
            let (id, version) = (row.contract.id, row.contract.version);
            if hidden {
                Request::Write(WriteRequest::RestoreContract { id, version })
            } else {
                Request::Write(WriteRequest::ArchiveContract { id, version })
            }
        }
        Record::Event(row) => {
            let (id, version) = (row.event.id, row.event.version);
            if hidden {
                Request::Write(WriteRequest::RestoreEvent { id, version })
            } else {
                Request::Write(WriteRequest::ArchiveEvent { id, version })
            }
        }
        Record::User(user) => {
            let (id, version) = (user.id, user.version);
            if hidden {
                Request::Write(WriteRequest::ReactivateUser { id, version })
            } else {
                Request::Write(WriteRequest::DeactivateUser { id, version, heir: None })
            }
        }
        Record::Audit(_) => return (Action::None, None),
    };
    let (verb, _) = ctx.archiving(record.kind(), hidden);
    let what = ctx.say(Phrase::ArchivingMeans { kind: record.kind(), hidden });
    ask(heading(record, ctx), vec![what], verb, request, ctx)
}

fn archive_all(records: &[&Record], ctx: &Context) -> (Action, Option<Intent>) {
    let Some(first) = records.first() else { return (Action::None, None) };
    let (kind, hidden) = (first.kind(), first.is_hidden());
    let marked = match kind {
        EntityKind::Client => Marked::Clients(seen(records, |record| match record {
            Record::Client(row) => Some((row.client.id, row.client.version)),
            _ => None,
        })),
        EntityKind::Contract => Marked::Contracts(seen(records, |record| match record {
            Record::Contract(row) => Some((row.contract.id, row.contract.version)),
            _ => None,
        })),
        EntityKind::Event => Marked::Events(seen(records, seen_event)),
        EntityKind::User | EntityKind::Audit => return (Action::None, None),
    };
    let request = if hidden {
        Request::Write(WriteRequest::RestoreAll(marked))
    } else {
        Request::Write(WriteRequest::ArchiveAll(marked))
    };
    let (verb, what) = ctx.archiving(kind, hidden);
    let title = ctx.say(Phrase::ArchiveSome { count: records.len(), hidden });
    ask(title, vec![named(records, ctx), what], verb, request, ctx)
}

fn seen<I>(records: &[&Record], of: impl Fn(&Record) -> Option<(I, i32)>) -> Vec<(I, i32)> {
    records.iter().filter_map(|record| of(record)).collect()
}

fn seen_event(record: &Record) -> Option<(EventId, i32)> {
    match record {
        Record::Event(row) => Some((row.event.id, row.event.version)),
        _ => None,
    }
}

fn sign(record: &Record, ctx: &Context) -> (Action, Option<Intent>) {
    let Record::Contract(row) = record else { return (Action::None, None) };
    let contract = &row.contract;
    let money = |cents: crate::domain::Cents| format!("{} {}", cents.format(ctx.language), ctx.settings().currency);
    let lines = vec![
        format!("{}: {} ({})", ctx.say(Phrase::ColClient), row.client, row.company),
        format!("{}: {}", ctx.say(Phrase::ColTotal), money(contract.total_cents)),
        format!("{}: {}", ctx.say(Phrase::ColDue), money(contract.due_cents)),
        ctx.say(Phrase::SignatureIsFinal),
    ];
    let request = Request::Write(WriteRequest::SignContract { id: contract.id, version: contract.version });
    ask(heading(record, ctx), lines, ctx.say(Phrase::VerbSign), request, ctx)
}

fn assign(records: &[&Record], ctx: &Context) -> (Action, Option<Intent>) {
    let events = seen(records, seen_event);
    let title = match records {
        [one] => ctx.say(Phrase::SupportFor(&heading(one, ctx))),
        several => ctx.say(Phrase::SupportForSome(several.len())),
    };
    let source = Source::Support(events.iter().map(|(id, _)| *id).collect());
    let taken = records.iter().any(|record| matches!(record, Record::Event(row) if row.event.support_id.is_some()));
    let nobody = taken.then(|| ctx.say(Phrase::Nobody));
    let picker = Popup::picker(title, source, nobody).about(several_named(records, ctx));
    (Action::Popup(Box::new(picker)), Some(Intent::Assign(events)))
}

fn hand_over(records: &[&Record], ctx: &Context) -> (Action, Option<Intent>) {
    let clients: Vec<(ClientId, i32)> = seen(records, |record| match record {
        Record::Client(row) => Some((row.client.id, row.client.version)),
        _ => None,
    });
    let title = match records {
        [one] => ctx.say(Phrase::HandOverOf(&heading(one, ctx))),
        several => ctx.say(Phrase::HandOverSome(several.len())),
    };
    let picker = Popup::picker(title, Source::People(Role::Sales), None).about(several_named(records, ctx));
    (Action::Popup(Box::new(picker)), Some(Intent::HandOver(clients)))
}

/// The names of several records, for a question whose title only counts them.
fn several_named(records: &[&Record], ctx: &Context) -> Option<String> {
    (records.len() > 1).then(|| named(records, ctx))
}

fn set_status(record: &Record, ctx: &Context) -> (Action, Option<Intent>) {
    let Record::Event(row) = record else { return (Action::None, None) };
    let options = Status::iter().map(|status| ctx.say(Phrase::Status(status))).collect();
    let at = Status::iter().position(|status| status == row.event.status).unwrap_or(0);
    let intent = Intent::SetStatus(row.event.id, row.event.version);
    let choice = Popup::choice(ctx.say(Phrase::ColStatus), options, at).about(Some(heading(record, ctx)));
    (Action::Popup(Box::new(choice)), Some(intent))
}

/// Goes on with what was begun, once the popup has answered.
pub fn go_on(intent: &Intent, outcome: &Outcome) -> Action {
    match (intent, outcome) {
        (Intent::Copy, Outcome::Text(text)) => Action::Copy(text.clone()),
        (Intent::Do(request), Outcome::Confirmed) => Action::Send(request.clone()),
        (Intent::Assign(events), Outcome::Person(support, _)) => {
            let assignment =
                |(event, version): &(EventId, i32)| Assignment { event: *event, version: *version, support: *support };
            Action::Send(Request::Write(WriteRequest::AssignSupport(events.iter().map(assignment).collect())))
        }
        (Intent::HandOver(clients), Outcome::Person(Some(to), _)) => {
            Action::Send(Request::Write(WriteRequest::HandOverClients(HandOver { clients: clients.clone(), to: *to })))
        }
        (Intent::SetStatus(id, version), Outcome::Choice(number)) => {
            let status = Status::iter().nth(*number).unwrap_or(Status::Planned);
            Action::Send(Request::Write(WriteRequest::SetStatus { id: *id, version: *version, status }))
        }
        _ => Action::None,
    }
}

/// Says what a write did, and of several records what became of each.
pub fn report(reply: &Reply, ctx: &Context) -> Action {
    let Some(text) = words(reply, ctx) else { return Action::None };
    told(undoable(text.clone(), reply, ctx), text, reply, ctx)
}

/// Says what `request` has taken back, and of several records what became of each.
pub fn undone(request: &Request, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    if done.is_empty() && !missed.is_empty() {
        let text = ctx.say(Phrase::NothingUndone);
        return told(Notice::bad(text.clone()), text, reply, ctx);
    }
    let what = match reply {
        Reply::Saved { .. } => taken_back(request, ctx),
        reply => words(reply, ctx),
    };
    let text = format!("{} {}", ctx.say(Phrase::Undone), what.unwrap_or_default()).trim_end().to_owned();
    told(Notice::good(text.clone()), text, reply, ctx)
}

/// What became of each of several records: what was done, and what was left out.
fn outcomes(reply: &Reply) -> (&[String], &[Missed]) {
    match reply {
        Reply::Assigned(Assigned { titles: done, missed, .. })
        | Reply::HandedOver { done, missed, .. }
        | Reply::Archived { done, missed, .. } => (done, missed),
        _ => (&[], &[]),
    }
}

fn told(notice: Notice, title: String, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    let notice = Action::Notice(notice);
    if missed.is_empty() {
        return notice;
    }
    let left_out = missed.iter().map(|Missed { name, why }| (name.clone(), ctx.error(why)));
    let fine = done.iter().map(|name| (name.clone(), ctx.say(Phrase::ResultDone)));
    let popup = Popup::report(title, left_out.chain(fine).collect());
    Action::All(vec![notice, Action::Popup(Box::new(popup))])
}

/// What a change that takes back another has made of its record, as far as the request says.
fn taken_back(request: &Request, ctx: &Context) -> Option<String> {
    use Request as R;
    let (verb, name) = match request {
        R::Write(WriteRequest::UpdateClient { draft, .. }) => (Verb::ClientUpdated, draft.full_name.as_str()),
        R::Write(WriteRequest::UpdateEvent { draft, .. }) => (Verb::EventUpdated, draft.title.as_str()),
        R::Write(WriteRequest::UpdateUser { draft, .. }) => (Verb::UserUpdated, draft.full_name.as_str()),
        R::Write(WriteRequest::UpdateContract { .. }) => (Verb::ContractUpdated, ""),
        R::Write(WriteRequest::UpdateSettings(_)) => (Verb::SettingsUpdated, ""),
        R::Write(WriteRequest::SetStatus { .. }) => (Verb::StatusChanged, ""),
        R::Write(WriteRequest::ArchiveClient { .. }) => (Verb::ClientArchived, ""),
        R::Write(WriteRequest::RestoreClient { .. }) => (Verb::ClientRestored, ""),
        R::Write(WriteRequest::ArchiveContract { .. }) => (Verb::ContractArchived, ""),
        R::Write(WriteRequest::RestoreContract { .. }) => (Verb::ContractRestored, ""),
        R::Write(WriteRequest::ArchiveEvent { .. }) => (Verb::EventArchived, ""),
        R::Write(WriteRequest::RestoreEvent { .. }) => (Verb::EventRestored, ""),
        R::Write(WriteRequest::DeactivateUser { .. }) => (Verb::UserDeactivated, ""),
        R::Write(WriteRequest::ReactivateUser { .. }) => (Verb::UserReactivated, ""),
        _ => return None,
    };
    Some(ctx.say(Phrase::TakenBack { name, what: &ctx.verb(verb.into()) }))
}

/// What a write did, in a sentence.
pub fn words(reply: &Reply, ctx: &Context) -> Option<String> {
    Some(match reply {
        Reply::Assigned(assigned) => assigned_words(assigned, ctx),
        Reply::HandedOver { done, .. } => ctx.say(Phrase::HandedOver(done.len())),
        Reply::Archived { restored, done, .. } => {
            ctx.say(Phrase::ArchivedSome { count: done.len(), restored: *restored })
        }
        Reply::Saved { .. } => ctx.say(Phrase::Saved),
        Reply::PasswordChanged { .. } => ctx.say(Phrase::PasswordChanged),
        Reply::Exported { rows, left_out, among_newest, path } => {
            let (rows, left_out, among_newest) = (*rows, *left_out, *among_newest);
            ctx.say(Phrase::Exported { rows, left_out, among_newest, path: &path.display().to_string() })
        }
        _ => return None,
    })
}

/// A sentence about a write that went well, and whether `u` takes it back.
pub fn undoable(text: String, reply: &Reply, ctx: &Context) -> Notice {
    match reply.undo() {
        Some(_) => Notice::good(format!("{text} {}", ctx.say(Phrase::UndoHint))),
        None => Notice::good(text),
    }
}

fn assigned_words(assigned: &Assigned, ctx: &Context) -> String {
    match (assigned.titles.as_slice(), &assigned.to) {
        ([], _) => ctx.say(Phrase::NothingChanged),
        ([title], Some(name)) => ctx.say(Phrase::Assigned { title, name }),
        ([title], None) => ctx.say(Phrase::Unassigned(title)),
        (several, Some(name)) => ctx.say(Phrase::AssignedSome { count: several.len(), name }),
        (several, None) => ctx.say(Phrase::UnassignedSome(several.len())),
    }
}
