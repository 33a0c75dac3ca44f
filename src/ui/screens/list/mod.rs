//! The list screen, shared by all kinds of records: a window of rows that follows the selection
//! through pages from SQL.

mod marks;
mod window;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use self::{marks::Marks, window::Awaited};
use super::{Screen, calendar::Calendar, detail::Detail, form::Form, view::list::Places};
use crate::{
    domain::{
        Error,
        entity::{EntityKind, Query, Record},
        page::{Count, MAX_MARKED},
        policy::{self, Permission},
    },
    services::{Reply, Request, export::Format},
    ui::{
        Action, Context, Notice,
        actions::{self, Intent, bind, bind_quietly},
        keys::{Binding, Command},
        popup::{Outcome, Popup},
        records::facts,
        text::Phrase,
        widgets::input::Input,
    },
};

/// What a popup over the list is for.
#[derive(Debug)]
enum ListQuestion {
    Sort,
    View,
    Export,
    Intent(Intent),
}

/// A list with its window of rows.
#[derive(Debug)]
pub struct List {
    pub query: Query,
    pub rows: Vec<Record>,
    pub at: usize,
    pub total: Option<Count>,
    /// The position of the first row in the whole list, if it is known.
    pub first: Option<i64>,
    /// An action applies to the marked records, or to the selected row if none is marked.
    pub marks: Marks,
    /// The filter, while it is being typed.
    pub filter: Option<Input>,
    /// The rows are the result of the current query, even if there are none.
    pub loaded: bool,
    /// Only the newest records were searched.
    pub among_newest: bool,
    /// The list shows what a line of the home screen has counted, so no earlier filter may apply.
    pub counted: bool,
    before: bool,
    after: bool,
    /// Requested pages in the order of their requests, each with its `generation`; pages of an
    /// older generation are dropped.
    awaited: Vec<(u64, Awaited)>,
    /// The filter was changed while a reply is under way; the new query is sent after that reply.
    behind: bool,
    /// The user already knows that a marked record was changed, because an action was refused.
    told: bool,
    /// The last row of the window was marked: the selection moves on when the next page arrives.
    moves_on: bool,
    generation: u64,
    asked: Option<ListQuestion>,
}

impl List {
    pub fn new(query: Query) -> Self {
        Self {
            query,
            rows: Vec::new(),
            at: 0,
            total: None,
            first: Some(0),
            marks: Marks::default(),
            filter: None,
            loaded: false,
            among_newest: false,
            counted: false,
            before: false,
            after: false,
            awaited: Vec::new(),
            behind: false,
            told: false,
            moves_on: false,
            generation: 0,
            asked: None,
        }
    }

    pub fn kind(&self) -> EntityKind {
        self.query.kind()
    }

    pub fn title(&self, ctx: &Context) -> String {
        let view = self.query.views(ctx.session.actor.role);
        let name = ctx.say(Phrase::ListOf(self.kind()));
        match view.get(self.query.view(ctx.session.actor.role)) {
            Some(view) => format!("{name}: {}", ctx.say(*view).to_lowercase()),
            None => name,
        }
    }

    /// A list of the records that a line of the home screen has counted.
    pub fn counted(query: Query) -> Self {
        Self { counted: true, ..Self::new(query) }
    }

    /// Whether this list, which the user has left before, is shown again instead of a `fresh` one.
    pub fn comes_back_for(&self, fresh: &Self, ctx: &Context) -> bool {
        let role = ctx.session.actor.role;
        let narrowed = |list: &Self| !list.query.text().is_empty() || list.query.is_refined();
        self.kind() == fresh.kind()
            && self.query.view(role) == fresh.query.view(role)
            && !narrowed(fresh)
            && !(fresh.counted && narrowed(self))
    }

    /// Prepares the list for being kept after the user leaves it: replies are no longer awaited,
    /// and marks and the open filter are dropped.
    pub fn put_away(mut self) -> Self {
        self.stop_waiting();
        self.marks.clear();
        (self.filter, self.asked) = (None, None);
        self
    }

    pub fn selected(&self) -> Option<&Record> {
        self.rows.get(self.at)
    }

    pub fn refine(&mut self, query: Query) -> Action {
        self.query = query;
        self.restart()
    }

    pub fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(reply) => match reply {
                Reply::Page(page) => {
                    if self.awaited.is_empty() {
                        return Action::None;
                    }
                    let (generation, awaited) = self.awaited.remove(0);
                    let current = generation == self.generation;
                    let action = if current { self.receive(awaited, page, ctx) } else { Action::None };
                    let follows = self.behind && matches!(awaited, Awaited::Fresh { .. });
                    if follows { self.load().map_or(Action::None, Action::Send) } else { action }
                }
                Reply::Exported { rows, left_out, among_newest, path } => {
                    let path = path.display().to_string();
                    Action::Notice(Notice::good(ctx.say(Phrase::Exported {
                        rows,
                        left_out,
                        among_newest,
                        path: &path,
                    })))
                }
                written => {
                    self.marks.done(to);
                    let reload = self.load().map_or(Action::None, Action::Send);
                    Action::All(vec![actions::report(&written, ctx), reload])
                }
            },
            Err(error) => {
                let conflict = matches!(error, Error::Conflict(_));
                if !to.writes() && !matches!(to, Request::Export { .. }) && !self.awaited.is_empty() {
                    self.awaited.remove(0);
                    self.without_answer();
                }
                let text = match (conflict, self.marks.named(to, ctx)) {
                    (true, Some(name)) => format!("{name}: {}", ctx.error(&error)),
                    _ => ctx.error(&error),
                };
                self.told = conflict;
                let notice = Action::Notice(Notice::bad(text));
                match conflict.then(|| self.load()).flatten() {
                    Some(reload) => Action::All(vec![notice, Action::Send(reload)]),
                    None => notice,
                }
            }
        }
    }

    /// The records that an action applies to: the marked ones, whether or not they are shown, or
    /// else the selected one.
    fn chosen(&self) -> Vec<&Record> {
        if self.marks.is_empty() { self.selected().into_iter().collect() } else { self.marks.records() }
    }

    /// A click selects a row, or opens it if it was selected already.
    pub fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        match Places::of(self, body).row_at(self, at) {
            Some(row) if row == self.at => self.run(Command::Open, ctx),
            Some(row) => self.go(row),
            None => Action::None,
        }
    }

    pub fn takes_text(&self) -> bool {
        self.filter.is_some()
    }

    pub fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        if self.filter.is_some() {
            let done = Binding { label: ctx.say(Phrase::FilterDone).into(), ..bind(C::Open, ctx, None) };
            let clear = Binding { label: ctx.say(Phrase::FilterClear).into(), ..bind(C::Back, ctx, None) };
            let [up, down] = [C::Up, C::Down].map(|command| bind_quietly(command, ctx));
            return vec![done, up, down, clear];
        }
        let kind = self.kind();
        let nothing = self.rows.is_empty().then(|| ctx.say(Phrase::NothingSelected));
        let mut bindings = vec![bind(C::Open, ctx, nothing.clone())];
        let acts = actions::bindings(kind, &self.chosen(), ctx);
        let (first, rest) = acts.split_at(usize::from(kind == EntityKind::Event).min(acts.len()));
        bindings.extend_from_slice(first);
        if kind != EntityKind::Audit {
            bindings.push(bind(C::New, ctx, actions::creation_refusal(kind, ctx).map(|reason| ctx.reason(reason))));
        }
        bindings.extend_from_slice(rest);
        bindings.extend([C::Filter, C::View, C::Sort].map(|command| bind(command, ctx, None)));
        if kind != EntityKind::User {
            bindings.push(bind(C::Refine, ctx, None));
        }
        if kind == EntityKind::Event {
            bindings.push(bind(C::Calendar, ctx, None));
        }
        if matches!(kind, EntityKind::Event | EntityKind::Client | EntityKind::Contract) {
            bindings.push(bind(C::Mark, ctx, nothing.clone()));
        }
        bindings.extend([C::Copy, C::CopyPart].map(|command| bind(command, ctx, nothing.clone())));
        bindings.push(bind(C::Export, ctx, nothing));
        bindings.push(bind(C::Refresh, ctx, None));
        let moves = [C::Up, C::Down, C::PageUp, C::PageDown, C::Home, C::End];
        bindings.extend(moves.map(|command| bind_quietly(command, ctx)));
        let mut back = bind(C::Back, ctx, None);
        if !self.query.text().is_empty() {
            back.label = ctx.say(Phrase::FilterClear).into();
        } else if !self.marks.is_empty() {
            back.label = ctx.say(Phrase::MarksClear).into();
        }
        // While records are marked, the key that removes the marks must fit into the bottom line.
        let at = if self.marks.is_empty() { bindings.len() } else { 1 };
        bindings.insert(at, back);
        bindings
    }

    pub fn paste(&mut self, pasted: &str) -> Action {
        match &mut self.filter {
            Some(input) => {
                input.insert(pasted);
                self.filtered()
            }
            None => Action::None,
        }
    }

    /// Handles a key while the filter is being typed.
    pub fn filter_key(&mut self, key: KeyEvent, _ctx: &Context) -> Action {
        let Some(input) = &mut self.filter else { return Action::None };
        match key.code {
            KeyCode::Enter | KeyCode::Tab => self.filter = None,
            KeyCode::Esc => {
                input.set("");
                let action = self.filtered();
                self.filter = None;
                return action;
            }
            KeyCode::Down => return self.go(self.at + 1),
            KeyCode::Up => return self.go(self.at.saturating_sub(1)),
            _ => {
                input.key(key);
                return self.filtered();
            }
        }
        Action::None
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        const SCREENFUL: usize = 15;
        match command {
            Command::Up => self.go(self.at.saturating_sub(1)),
            Command::Down => self.go(self.at + 1),
            Command::PageUp => self.go(self.at.saturating_sub(SCREENFUL)),
            Command::PageDown => self.go(self.at + SCREENFUL),
            Command::Home => self.to_start(),
            Command::End => self.to_end(),
            Command::Open => match self.selected().and_then(Record::target) {
                Some((kind, id)) => Action::Open(Box::new(Screen::Detail(Box::new(Detail::new(kind, id))))),
                None => Action::None,
            },
            Command::New => self.new_record(ctx),
            Command::Filter => {
                self.filter = Some(Input::line(self.query.text()));
                Action::None
            }
            Command::Refine => Action::Open(Box::new(Screen::Form(Box::new(Form::refine(&self.query, ctx))))),
            Command::Calendar => Action::Open(Box::new(Screen::Calendar(Box::new(Calendar::new(ctx.now.date()))))),
            Command::Sort => self.choose(ListQuestion::Sort, ctx),
            Command::View => self.choose(ListQuestion::View, ctx),
            Command::Export => self.choose(ListQuestion::Export, ctx),
            // A held key must not remove the mark that it has just set.
            Command::Mark if self.moves_on => Action::None,
            Command::Mark => match self.rows.get(self.at).map(|record| self.marks.toggle(record)) {
                Some(false) => Action::Notice(Notice::bad(ctx.say(Phrase::MarksFull(MAX_MARKED)))),
                Some(true) | None => self.go_below_mark(),
            },
            Command::Copy => {
                let lines: Vec<String> =
                    self.chosen().iter().map(|record| crate::ui::records::cells(record, ctx).join("\t")).collect();
                if lines.is_empty() { Action::None } else { Action::Copy(lines.join("\n")) }
            }
            Command::CopyPart => self.selected().map(|record| facts(record, ctx)).map_or(Action::None, |parts| {
                self.asked = Some(ListQuestion::Intent(Intent::Copy));
                actions::copy_part(parts, ctx)
            }),
            Command::Refresh => self.load().map_or(Action::None, Action::Send),
            Command::Back if !self.query.text().is_empty() => {
                self.query.set_text("");
                self.restart()
            }
            Command::Back if !self.marks.is_empty() => {
                self.marks.clear();
                Action::None
            }
            Command::Back => Action::Back,
            other => {
                let chosen = self.chosen();
                let (action, intent) = actions::begin(other, &chosen, ctx);
                // The record is now handled by the form, so its mark in the list is removed.
                if let (Action::Open(_), [one]) = (&action, chosen.as_slice()) {
                    let opened = one.id();
                    self.marks.remove(opened);
                }
                self.asked = intent.map(ListQuestion::Intent);
                action
            }
        }
    }

    fn new_record(&mut self, ctx: &Context) -> Action {
        let form = match self.kind() {
            EntityKind::Client => Form::new_client(ctx),
            EntityKind::Contract => Form::new_contract(None),
            EntityKind::Event => Form::new_event(None),
            EntityKind::User => Form::new_user(ctx),
            EntityKind::Audit => return Action::None,
        };
        Action::Open(Box::new(Screen::Form(Box::new(form))))
    }

    fn choose(&mut self, asked: ListQuestion, ctx: &Context) -> Action {
        let role = ctx.session.actor.role;
        let (title, options, at) = match asked {
            ListQuestion::Sort => (Phrase::SortTitle, self.query.sorts(), self.query.sort().0),
            ListQuestion::Export => {
                let formats = Format::of(self.kind());
                (Phrase::ExportTitle, formats.iter().map(|format| Phrase::Format(*format)).collect(), 0)
            }
            _ => (Phrase::ViewTitle, self.query.views(role), self.query.view(role)),
        };
        self.asked = Some(asked);
        let options = options.into_iter().map(|option| ctx.say(option)).collect();
        Action::Popup(Box::new(Popup::choice(ctx.say(title), options, at)))
    }

    pub fn on_popup(&mut self, outcome: &Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (Some(ListQuestion::Sort), Outcome::Choice(number)) => {
                self.query.set_sort(*number);
                self.restart()
            }
            (Some(ListQuestion::View), Outcome::Choice(number)) => {
                let mut query = Query::all(self.kind());
                query.set_view(ctx.session.actor.role, *number);
                Action::Replace(Box::new(Screen::List(Box::new(Self::new(query)))))
            }
            (Some(ListQuestion::Export), Outcome::Choice(number)) => {
                match Format::of(self.kind()).get(*number).copied() {
                    Some(format) => Action::Send(Request::Export { query: self.query.clone(), format }),
                    None => Action::None,
                }
            }
            (Some(ListQuestion::Intent(intent)), outcome) => actions::go_on(&intent, outcome),
            _ => Action::None,
        }
    }

    /// Says why the list is empty and what to do; says nothing while a reply is awaited.
    pub fn empty_words(&self, ctx: &Context) -> Vec<String> {
        if !self.loaded {
            let failed = self.awaited.is_empty();
            return failed.then(|| ctx.say(Phrase::NotRead)).into_iter().collect();
        }
        let hint = if self.query.text().is_empty() { Phrase::RefineHint } else { Phrase::NothingFoundHint };
        if !self.query.text().is_empty() || self.query.is_refined() {
            return vec![ctx.say(Phrase::NothingFound), ctx.say(hint)];
        }
        let mut lines = vec![ctx.say(Phrase::EmptyList(self.kind()))];
        if self.query.view(ctx.session.actor.role) != 0 {
            lines.push(ctx.say(Phrase::EmptyViewHint));
        } else if actions::creation_refusal(self.kind(), ctx).is_none() && self.kind() != EntityKind::Audit {
            lines.push(ctx.say(Phrase::EmptyListHint));
        }
        lines
    }

    /// Whether the user may open a list of this kind.
    pub fn may_open(kind: EntityKind, ctx: &Context) -> bool {
        let permission = Permission::to_see(kind);
        policy::reach(permission, ctx.session.actor.role, ctx.settings()).is_some()
    }
}
