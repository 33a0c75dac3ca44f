//! The menu of a popup. Its lines are all given at the start, or searched for in the database while
//! the user types.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use super::{
    item::{Item, candidate, choice, hit, one_line, saved_view, whole_line},
    narrow::narrowed,
    outcome::{Outcome, PopupResult, ViewChoice},
};
use crate::{
    domain::{Reason, assigning::Candidate, contracts::number_in, entity::EntityKind},
    services::{Found, ReadRequest, Reply, Request},
    ui::{
        Context,
        form::Choices,
        text::{Asked, Phrase},
        widgets::{
            chrome::{boxed, wrapped_to},
            input::Input,
            paint::{Focus, line_at, put, rows},
        },
    },
};

/// The most lines of the text that says what a choice is about.
const ABOUT: usize = 3;

/// Where a menu's lines come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// All lines are given at the start; typing narrows them.
    Fixed,
    /// The lines are for reading only; Enter closes the menu.
    Report,
    /// Records that are found by a search while the user types.
    Records(Choices),
    /// Lines given at the start, and records found by a search.
    Search,
    /// Lines given at the start, and the saved views of this kind of list, which come after the
    /// first so many lines and are read again while the menu is open.
    Views(EntityKind, usize),
}

/// A list to choose from. If it has an `input`, typing narrows it.
#[derive(Debug)]
pub struct Menu {
    pub title: String,
    /// What the choice is about, if the title does not say it.
    pub about: Option<String>,
    /// Which of the events to be assigned overlap among themselves.
    overlap: Option<String>,
    pub input: Option<Input>,
    pub source: Source,
    fixed: Vec<Item>,
    pub shown: Vec<Item>,
    pub at: usize,
    /// Only the newest records were searched.
    pub among_newest: bool,
    /// There are more choices than those shown.
    pub more: bool,
    /// A request for lines is under way; there is at most one at a time.
    awaited: bool,
    /// The text has changed since that request was sent.
    behind: bool,
    /// Enter was pressed before the lines arrived: it chooses the first of them when they do.
    entered: bool,
    /// People can be marked, and Enter chooses all marked ones.
    pub several: bool,
    pub(super) marked: Vec<Candidate>,
    /// The selection was moved since something was typed: the space bar marks and is not typed.
    moved: bool,
}

impl Menu {
    pub(super) fn new(title: String, input: Option<Input>, source: Source, fixed: Vec<Item>) -> Self {
        Self {
            title,
            about: None,
            overlap: None,
            input,
            source,
            shown: fixed.clone(),
            fixed,
            at: 0,
            among_newest: false,
            more: false,
            awaited: false,
            behind: false,
            entered: false,
            several: false,
            marked: Vec::new(),
            moved: false,
        }
    }

    pub(super) fn request(&mut self) -> Option<Request> {
        let text = self.input.as_ref().map(|input| input.text().to_owned()).unwrap_or_default();
        let request = match &self.source {
            Source::Fixed | Source::Report => return None,
            Source::Search if text.trim().chars().count() < 2 && number_in(&text).is_none() => return None,
            Source::Records(choices) => choices.read(text),
            Source::Search => ReadRequest::Search { text },
            Source::Views(..) => ReadRequest::Lists,
        };
        self.awaited = true;
        Some(Request::Read(request))
    }

    /// The typed text has changed.
    pub(super) fn typed(&mut self) -> PopupResult {
        self.at = 0;
        (self.entered, self.moved) = (false, false);
        if matches!(self.source, Source::Fixed | Source::Search) {
            self.among_newest = false;
            self.shown = narrowed(&self.fixed, self.input.as_ref().map_or("", Input::text));
        }
        self.behind = self.awaited;
        if self.behind { PopupResult::Stay } else { self.request().map_or(PopupResult::Stay, PopupResult::Ask) }
    }

    /// The requested lines will not arrive.
    pub(super) fn stop_waiting(&mut self) {
        (self.awaited, self.behind, self.entered) = (false, false, false);
    }

    pub(super) fn failed(&mut self) -> PopupResult {
        self.entered = false;
        self.answered().unwrap_or(PopupResult::Stay)
    }

    /// A reply has arrived. If the text has changed since the request, returns the next step, a
    /// request for the new text; the reply is then out of date.
    pub(super) fn answered(&mut self) -> Option<PopupResult> {
        self.awaited = false;
        std::mem::take(&mut self.behind).then(|| self.request().map_or(PopupResult::Stay, PopupResult::Ask))
    }

    /// The contract number that the text means, if it is one.
    fn numbered(&self) -> Option<i64> {
        number_in(self.input.as_ref()?.text()).map(|id| id.0)
    }

    /// Chooses the selected line. While lines are awaited, the shown ones may belong to an earlier
    /// text: Enter on the first line then waits for the new lines, but a line that the user moved
    /// to is chosen at once. In the palette the lines given at the start are always up to date, so
    /// Enter waits only if none of them matches or a contract number is typed.
    fn choose(&mut self) -> PopupResult {
        if !self.marked.is_empty() {
            return PopupResult::Done(Outcome::People(self.marked.clone()));
        }
        let searches = matches!(self.source, Source::Search | Source::Views(..));
        let is_early =
            self.awaited && self.at == 0 && (!searches || self.shown.is_empty() || self.numbered().is_some());
        if is_early {
            self.entered = self.input.as_ref().is_some_and(|input| !input.is_empty());
            return PopupResult::Stay;
        }
        let chosen = self.shown.get(self.at).and_then(|item| item.outcome.clone());
        chosen.map_or(PopupResult::Stay, PopupResult::Done)
    }

    /// Marks the selected person, or removes the mark, and moves on.
    fn mark(&mut self) {
        let Some(Outcome::Person(Some(person))) = self.shown.get(self.at).and_then(|item| item.outcome.clone()) else {
            return;
        };
        let before = self.marked.len();
        self.marked.retain(|marked| marked.id != person.id);
        if self.marked.len() == before {
            self.marked.push(*person);
        }
        self.at = (self.at + 1).min(self.shown.len() - 1);
        self.moved = true;
    }

    /// The line with the sign of its mark, where people can be marked.
    fn with_mark(&self, item: &Item) -> Item {
        let person = if let Some(Outcome::Person(person)) = &item.outcome { person.as_ref() } else { None };
        let marked = person.is_some_and(|person| self.marked.iter().any(|marked| marked.id == person.id));
        let sign = match (self.several, marked) {
            (false, _) => "",
            (true, true) => "* ",
            (true, false) => "  ",
        };
        Item { label: format!("{sign}{}", item.label), ..item.clone() }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        let last = self.shown.len().saturating_sub(1);
        let vi = self.input.is_none();
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::Tab | KeyCode::BackTab) {
            self.moved = true;
        }
        let unwritten = self.moved || self.input.as_ref().is_none_or(Input::is_empty);
        match key.code {
            KeyCode::Char(' ') if self.several && unwritten => self.mark(),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Char('k') if vi => self.at = self.at.saturating_sub(1),
            KeyCode::Char('j') if vi => self.at = (self.at + 1).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::Enter if self.source == Source::Report => return PopupResult::Close,
            KeyCode::Enter => return self.choose(),
            _ => {
                let Some(input) = &mut self.input else { return PopupResult::Stay };
                let before = input.text().to_owned();
                input.key(key);
                if input.text() != before {
                    return self.typed();
                }
            }
        }
        PopupResult::Stay
    }

    /// Selects the line of a view.
    pub(super) fn select(&mut self, view: ViewChoice) {
        let is_it = |item: &Item| matches!(item.outcome, Some(Outcome::View(choice)) if choice == view);
        self.at = self.shown.iter().position(is_it).unwrap_or(0);
    }

    /// Lists the saved views as they are known now. The selection stays on its line.
    pub(super) fn show_views(&mut self, ctx: &Context) {
        let Source::Views(kind, first) = self.source else { return };
        let chosen = |item: &Item| if let Some(Outcome::View(choice)) = item.outcome { Some(choice) } else { None };
        let selected = self.shown.get(self.at).and_then(chosen);
        let saved = ctx.lists.views.iter().filter(|listed| listed.view.kind == kind);
        self.shown.clone_from(&self.fixed);
        self.shown.splice(first..first, saved.map(|listed| saved_view(listed, ctx)));
        let kept = self.shown.iter().position(|item| selected.is_some() && chosen(item) == selected);
        self.at = kept.unwrap_or(self.at).min(self.shown.len().saturating_sub(1));
    }

    pub(super) fn fill(&mut self, reply: Reply, ctx: &Context) -> PopupResult {
        if let (Source::Views(..), Reply::Lists(_)) = (&self.source, &reply) {
            self.show_views(ctx);
            return PopupResult::Stay;
        }
        let text = self.input.as_ref().map_or("", Input::text);
        let mut lines = if self.source == Source::Search { narrowed(&self.fixed, text) } else { Vec::new() };
        (self.among_newest, self.more) = (false, false);
        match reply {
            Reply::Candidates { people, more, overlapping } => {
                self.more = more;
                self.overlap = (!overlapping.is_empty()).then(|| {
                    ctx.say(Phrase::Asked(Asked::TheseOverlap {
                        count: overlapping.len(),
                        titles: &overlapping.join(", "),
                    }))
                });
                lines.extend(people.iter().map(|person| candidate(person, ctx)));
            }
            Reply::ClientChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| choice(row.into(), ctx)));
            }
            Reply::ContractChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| choice(row.into(), ctx)));
            }
            Reply::Found { mut records, among_newest } => {
                self.among_newest = among_newest;
                // A number means the contract with this number, before other records that contain
                // the number.
                let meant = |found: &Found| found.kind == EntityKind::Contract && self.numbered() == Some(found.id);
                if records.first().is_some_and(meant) {
                    lines.insert(0, hit(records.remove(0), ctx));
                }
                lines.extend(records.into_iter().map(|found| hit(found, ctx)));
            }
            _ => {}
        }
        // "Nobody" comes last: Enter chooses the first line, which should be the best candidate.
        if text.is_empty() && self.source != Source::Search {
            lines.extend(self.fixed.iter().cloned());
        }
        self.shown = lines;
        self.at = self.at.min(self.shown.len().saturating_sub(1));
        if std::mem::take(&mut self.entered) { self.choose() } else { PopupResult::Stay }
    }

    /// Says that nothing was found, or what to do if there is nobody to choose.
    fn why_empty(&self, ctx: &Context) -> String {
        match &self.source {
            Source::Records(Choices::Others { role, .. })
                if !self.awaited && self.input.as_ref().is_none_or(Input::is_empty) =>
            {
                ctx.reason(Reason::NobodyElse(*role))
            }
            _ => ctx.say(Phrase::NothingFound),
        }
    }

    /// Draws the menu over the body; returns the place of the caret or of the selected line.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let typed = u16::from(self.input.is_some()) * 2;
        let wide = self.input.is_some() || matches!(self.source, Source::Report | Source::Views(..));
        let width = if wide { area.width.saturating_sub(4).min(100) } else { 50 };
        let inside = usize::from(width.saturating_sub(4));
        let about = self.about.as_ref();
        let about = about.map(|about| wrapped_to(about, inside, ABOUT));
        let about = about.unwrap_or_default();
        let overlap = self.overlap.as_ref().map(|overlap| wrapped_to(overlap, inside, ABOUT)).unwrap_or_default();
        // Room for the longest line, so that the box stays as tall whichever is selected.
        let longest = self.shown.iter().map(|item| whole_line(item, inside).len()).max().unwrap_or(1);
        let above = about.len() + overlap.len();
        let tall = rows(self.shown.len().max(3) + longest - 1 + above) + 2 + typed;
        let height = if self.input.is_some() { area.height.min(20) } else { tall };
        let mut inner = boxed(frame, area, (width, height), &self.title, ctx.theme);
        let about = about.iter().map(|line| (line, ctx.theme.text));
        for (line, style) in about.chain(overlap.iter().map(|line| (line, ctx.theme.warning))) {
            put(frame, inner, 0, line, style);
            (inner.y, inner.height) = (inner.y + 1, inner.height.saturating_sub(1));
        }
        let caret = self.input.as_ref().map(|input| {
            let field = Rect { height: 1, ..inner };
            let caret = input.draw(frame, field, ctx.theme.field);
            if input.is_empty() {
                put(frame, field, 0, &ctx.say(Phrase::TypeToNarrow), ctx.theme.quiet);
            }
            Focus::Caret(caret)
        });
        let mut lines = Rect { y: inner.y + typed, height: inner.height.saturating_sub(typed), ..inner };
        for (is_so, words) in [(self.among_newest, Phrase::AmongNewest), (self.more, Phrase::MoreChoices)] {
            if is_so {
                lines.height = lines.height.saturating_sub(1);
                put(frame, Rect { y: lines.bottom(), height: 1, ..lines }, 0, &ctx.say(words), ctx.theme.quiet);
            }
        }
        if self.shown.is_empty() {
            put(frame, lines, 0, &self.why_empty(ctx), ctx.theme.quiet);
        }
        let row = self.draw_lines(frame, lines, ctx);
        caret.unwrap_or(line_at(lines, row))
    }

    /// Draws as many lines as fit, the selected one among them, in full; returns the row of that.
    fn draw_lines(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> u16 {
        let columns = usize::from(area.width);
        let lines_of = |number: usize| {
            let item = self.with_mark(&self.shown[number]);
            if number == self.at || item.hang > 0 { whole_line(&item, columns) } else { vec![one_line(&item, columns)] }
        };
        // As many lines above the selected one as fit.
        let mut room = usize::from(area.height);
        let fits = |number: &usize| {
            let needs = lines_of(*number).len();
            let fits = needs <= room || *number == self.at;
            room = room.saturating_sub(needs);
            fits
        };
        let from = (0..=self.at).rev().take(self.shown.len()).take_while(fits).last().unwrap_or(0);
        let (mut row, mut focus) = (0, 0);
        for (number, item) in self.shown.iter().enumerate().skip(from).take(usize::from(area.height)) {
            let style = match (number == self.at, item.outcome.is_some()) {
                (true, _) => ctx.theme.selected,
                (false, true) => ctx.theme.text,
                (false, false) => ctx.theme.quiet,
            };
            if number == self.at {
                focus = row;
            }
            for line in lines_of(number) {
                put(frame, area, row, &line, style);
                row += 1;
            }
        }
        focus
    }
}
