//! The list screen, shared by all kinds of records: a window of rows that follows the selection
//! through pages from SQL.

mod draw;
mod marks;
mod window;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use self::marks::Marks;
use super::screen::Screen;
use crate::{
    domain::{
        Error,
        entity::{EntityKind, Query, Record},
        page::{Count, MAX_MARKED},
    },
    services::{Reply, Request, export::Format},
    ui::{
        Action, Context, Destination, Notice,
        actions::{self, Intent, bind, bind_quietly},
        entity::{self, facts},
        keys::{Binding, Command},
        popup::{Outcome, Popup},
        text::Phrase,
        widgets::{input::Input, paint::Focus},
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

/// What an awaited page contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The rows around the selection, read again; the selection stays on its record. `from` is the
    /// index in the present window at which the page begins.
    Fresh {
        from: usize,
    },
    Before,
    After,
    /// The end of the list.
    End,
    /// No rows, only the total number; requested after the rows have arrived.
    Total,
}

/// A list with its window of rows.
#[derive(Debug)]
pub struct List {
    query: Query,
    rows: Vec<Record>,
    at: usize,
    total: Option<Count>,
    /// The position of the first row in the whole list, if it is known.
    first: Option<i64>,
    /// An action applies to the marked records, or to the selected row if none is marked.
    marks: Marks,
    /// The filter, while it is being typed.
    filter: Option<Input>,
    /// The rows are the result of the current query, even if there are none.
    loaded: bool,
    /// Only the newest records were searched.
    among_newest: bool,
    /// The list shows what a line of the home screen has counted, so no earlier filter may apply.
    counted: bool,
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

    fn kind(&self) -> EntityKind {
        self.query.kind()
    }

    /// A list of the records that a line of the home screen has counted.
    pub fn counted(query: Query) -> Self {
        Self { counted: true, ..Self::new(query) }
    }

    fn selected(&self) -> Option<&Record> {
        self.rows.get(self.at)
    }

    /// The records that an action applies to: the marked ones, whether or not they are shown, or
    /// else the selected one.
    fn chosen(&self) -> Vec<&Record> {
        if self.marks.is_empty() { self.selected().into_iter().collect() } else { self.marks.records() }
    }

    /// Handles a key while the filter is being typed.
    fn filter_key(&mut self, key: KeyEvent) -> Action {
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
}

impl Screen for List {
    fn title(&self, ctx: &Context) -> String {
        let view = self.query.views(ctx.session.actor.role);
        let name = ctx.say(Phrase::ListOf(self.kind()));
        match view.get(self.query.view(ctx.session.actor.role)) {
            Some(view) => format!("{name}: {}", ctx.say(*view).to_lowercase()),
            None => name,
        }
    }

    fn load(&mut self) -> Option<Request> {
        Some(self.read_again())
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Page(page)) => self.page_arrived(page, ctx),
            Ok(exported @ Reply::Exported { .. }) => actions::report(&exported, ctx),
            Ok(written) => {
                self.marks.done(to);
                let reload = Action::Send(self.read_again());
                Action::All(vec![actions::report(&written, ctx), reload])
            }
            Err(error) => self.failed(to, &error, ctx),
        }
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (_, Outcome::Refined(query)) => {
                self.query = *query;
                self.restart()
            }
            (Some(ListQuestion::Sort), Outcome::Choice(number)) => {
                self.query.set_sort(number);
                self.restart()
            }
            (Some(ListQuestion::View), Outcome::Choice(number)) => {
                let mut query = Query::all(self.kind());
                query.set_view(ctx.session.actor.role, number);
                Action::Replace(Destination::List(Box::new(query)))
            }
            (Some(ListQuestion::Export), Outcome::Choice(number)) => {
                match Format::of(self.kind()).get(number).copied() {
                    Some(format) => Action::Send(Request::Export { query: self.query.clone(), format }),
                    None => Action::None,
                }
            }
            (Some(ListQuestion::Intent(intent)), outcome) => actions::go_on(&intent, &outcome),
            _ => Action::None,
        }
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
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
        bindings.extend(actions::list_bindings(kind, &self.chosen(), ctx));
        bindings.extend([C::Filter, C::View, C::Sort].map(|command| bind(command, ctx, None)));
        if entity::is_refinable(&self.query, ctx) {
            bindings.push(bind(C::Refine, ctx, None));
        }
        if entity::has_calendar(kind) {
            bindings.push(bind(C::Calendar, ctx, None));
        }
        if entity::is_markable(kind) {
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

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        const SCREENFUL: usize = 15;
        match command {
            Command::Up => self.go(self.at.saturating_sub(1)),
            Command::Down => self.go(self.at + 1),
            Command::PageUp => self.go(self.at.saturating_sub(SCREENFUL)),
            Command::PageDown => self.go(self.at + SCREENFUL),
            Command::Home => self.to_start(),
            Command::End => self.to_end(),
            Command::Open => match self.selected().and_then(Record::target) {
                Some((kind, id)) => Action::Open(Destination::Record(kind, id)),
                None => Action::None,
            },
            Command::New => Action::Open(Destination::Create(self.kind())),
            Command::Filter => {
                self.filter = Some(Input::line(self.query.text()));
                Action::None
            }
            Command::Refine => Action::Open(Destination::Form(Box::new(entity::refine_form(&self.query, ctx)))),
            Command::Calendar => Action::Open(Destination::Section(Phrase::Calendar)),
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
                    self.chosen().iter().map(|record| entity::cells(record, ctx).join("\t")).collect();
                if lines.is_empty() { Action::None } else { Action::Copy(lines.join("\n")) }
            }
            Command::CopyPart => self.selected().map(|record| facts(record, ctx)).map_or(Action::None, |parts| {
                self.asked = Some(ListQuestion::Intent(Intent::Copy));
                actions::copy_part(parts, ctx)
            }),
            Command::Refresh => Action::Send(self.read_again()),
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

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        self.draw_all(frame, area, ctx)
    }

    fn stop_waiting(&mut self) {
        self.awaited.clear();
        self.behind = false;
        self.without_answer();
    }

    fn has_unsaved(&self) -> bool {
        false
    }

    fn takes_text(&self) -> bool {
        self.filter.is_some()
    }

    fn is_filled_in(&self) -> bool {
        false
    }

    fn key(&mut self, key: KeyEvent, _ctx: &Context) -> Option<Action> {
        self.filter.is_some().then(|| self.filter_key(key))
    }

    fn paste(&mut self, pasted: &str) -> Action {
        match &mut self.filter {
            Some(input) => {
                input.insert(pasted);
                self.filtered()
            }
            None => Action::None,
        }
    }

    /// A click selects a row, or opens it if it was selected already.
    fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        match self.row_at(at, body) {
            Some(row) if row == self.at => self.run(Command::Open, ctx),
            Some(row) => self.go(row),
            None => Action::None,
        }
    }

    /// The marks and the open filter are dropped. A list of a bar of the charts is forgotten, since
    /// its filter is another question than its view.
    fn put_away(mut self: Box<Self>) -> Option<Box<dyn Screen>> {
        if self.counted && self.query.is_refined() {
            return None;
        }
        self.stop_waiting();
        self.marks.clear();
        (self.filter, self.asked) = (None, None);
        Some(self)
    }

    fn comes_back_for(&self, to: &Destination, ctx: &Context) -> bool {
        let (fresh, counted) = match to {
            Destination::List(query) => (query, false),
            Destination::Counted(query) => (query, true),
            _ => return false,
        };
        let role = ctx.session.actor.role;
        let narrowed = |query: &Query| !query.text().is_empty() || query.is_refined();
        self.kind() == fresh.kind()
            && self.query.view(role) == fresh.view(role)
            && !narrowed(fresh)
            && !(counted && narrowed(&self.query))
    }
}
