//! The list screen, shared by all kinds of records: a window of rows that follows the selection
//! through pages from SQL.

mod commands;
mod draw;
mod filter;
mod marks;
mod views;
mod window;

use std::cell::RefCell;

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use self::marks::{Marks, subjects};
use super::screen::Screen;
use crate::{
    domain::{
        Error, Field, ViewId,
        entity::{EntityKind, Query, Record},
        language::Language,
        page::{Count, Sums},
    },
    services::{Reply, Request},
    ui::{
        Action, Context, Destination,
        actions::{self, Intent},
        entity,
        keys::{Binding, Command},
        popup::Outcome,
        report,
        text::Phrase,
        widgets::{input::Input, paint::Focus},
    },
};

/// What a popup over the list is for.
#[derive(Debug)]
enum ListQuestion {
    Sort,
    View,
    /// The name of this view, or of a new one.
    NameView(Option<ViewId>),
    Columns,
    Export,
    Intent(Intent),
}

/// A part of a list that can be clicked.
enum Drawn {
    /// The title of a column, by the index of its sort order.
    Title(usize),
    /// The row at this index.
    Row(usize),
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

/// The widths that the rows need, as they are written in this language and under this version of the
/// settings.
#[derive(Debug)]
struct Needs {
    language: Language,
    settings: i32,
    widths: Vec<u16>,
}

/// A list with its window of rows.
#[derive(Debug)]
pub struct List {
    query: Query,
    /// The names of the records that the list is filtered by, as far as they are known.
    names: Vec<(Field, String)>,
    rows: Vec<Record>,
    /// What was worked out for the present rows.
    needs: RefCell<Option<Needs>>,
    at: usize,
    total: Option<Count>,
    /// The sums of the amounts, if they are known.
    sums: Option<Sums>,
    /// The position of the first row in the whole list, if it is known.
    first: Option<i64>,
    /// An action applies to the marked records, or to the selected row if none is marked.
    marks: Marks,
    /// The filter, while it is being typed.
    filter: Option<Input>,
    /// The next page read is the one that the list opens with.
    opening: bool,
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
    /// The form that merges the two marked clients was opened.
    merging: bool,
    /// Records that were just written or opened in a form: the user is told if they leave the view.
    followed: Vec<i64>,
    asked: Option<ListQuestion>,
    /// The saved view that the list was opened as.
    saved: Option<ViewId>,
}

impl List {
    pub fn new(query: Query) -> Self {
        Self {
            query,
            names: Vec::new(),
            rows: Vec::new(),
            needs: RefCell::default(),
            at: 0,
            total: None,
            sums: None,
            opening: true,
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
            merging: false,
            followed: Vec::new(),
            asked: None,
            saved: None,
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
}

impl Screen for List {
    fn subject_of(&self, request: &Request, ctx: &Context) -> Option<String> {
        let ids = subjects(request);
        let row = |id: &i64| self.rows.iter().find(|row| row.id() == *id);
        let rows: Vec<&Record> = ids.iter().filter_map(row).collect();
        self.marks.named(request, ctx).or_else(|| (!rows.is_empty()).then(|| entity::named(&rows, ctx)))
    }

    fn title(&self, ctx: &Context) -> String {
        match self.saved_name(ctx) {
            Some(view) => ctx.pair(&ctx.say(Phrase::ListOf(self.kind())), &view),
            None => self.query.title(ctx.session.actor.role, ctx.language),
        }
    }

    fn load(&mut self) -> Option<Request> {
        Some(self.read_again())
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Page(page)) => self.page_arrived(page, ctx),
            Ok(file @ (Reply::Exported { .. } | Reply::Printed { .. })) => report::of(to, &file, ctx),
            Ok(Reply::MergeSides(sides)) => {
                let (action, intent) = actions::choose_kept(sides, ctx);
                self.asked = intent.map(ListQuestion::Intent);
                action
            }
            Ok(written) => {
                if let (Request::Write(write), Reply::Saved { id, .. }) = (to, &written)
                    && write.arranges_lists()
                {
                    self.arranged(write, *id);
                    return report::of(to, &written, ctx);
                }
                self.marks.done(to);
                self.followed = subjects(to);
                let reload = Action::Send(self.read_again());
                Action::All(vec![report::of(to, &written, ctx), reload])
            }
            Err(error) => match self.name_refused(to, &error, ctx) {
                Some(action) => action,
                None => self.failed(to, &error, ctx),
            },
        }
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        self.answered(outcome, ctx)
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        self.all_bindings(ctx)
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        self.run_command(command, ctx)
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

    /// A click selects a row, or opens it if it was selected already. One on a title sorts.
    fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        match self.drawn_at(at, body, ctx) {
            Some(Drawn::Title(sort)) => {
                self.query.set_sort(sort);
                self.restart()
            }
            Some(Drawn::Row(row)) if row == self.at => self.run(Command::Open, ctx),
            Some(Drawn::Row(row)) => self.go(row),
            None => Action::None,
        }
    }

    /// The marks and the open filter are dropped. A list of a bar of the charts is forgotten, since
    /// its filter is another question than its view.
    fn put_away(mut self: Box<Self>) -> Option<Box<dyn Screen>> {
        if self.saved.is_some() || self.counted && self.query.is_refined() {
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
