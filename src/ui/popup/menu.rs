//! The menu of a popup. Its lines are all given at the start, or searched for in the database while
//! the user types.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    item::{Item, candidate, choice, hit, saved_view},
    marking::{Marking, person},
    narrow::narrowed,
    outcome::{Outcome, PopupResult, ViewChoice},
};
use crate::{
    domain::{contracts::number_in, entity::EntityKind},
    services::{Found, ReadRequest, Reply, Request},
    ui::{
        Context,
        form::Choices,
        keys::Key,
        text::{Asked, ListPhrase, Phrase},
        widgets::input::Input,
    },
};

/// Where a menu's lines come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// All lines are given at the start; typing narrows them.
    Fixed,
    /// The lines are for reading; Enter closes the menu, unless they lead to a record.
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
    pub(super) overlap: Option<String>,
    pub input: Option<Input>,
    pub source: Source,
    pub(super) fixed: Vec<Item>,
    /// The lines of the saved views.
    pub(super) views: Vec<Item>,
    pub shown: Vec<Item>,
    pub at: usize,
    /// Only the newest records were searched.
    pub among_newest: bool,
    /// There are more choices than those shown.
    pub more: bool,
    /// A request for lines is under way; there is at most one at a time.
    pub(super) awaited: bool,
    /// What that request, or the last one, searches for.
    searched: String,
    /// Enter was pressed before the lines arrived: it is for the first of them.
    early: bool,
    /// Texts after which the space bar was pressed before their lines arrived: the first line of each
    /// is to be marked, before anything else happens.
    to_mark: VecDeque<String>,
    /// The people who are marked, if they can be: Enter then chooses all of them.
    pub(super) marking: Option<Marking>,
    /// Somebody was just marked: the next letter looks for somebody else.
    found: bool,
    /// A few short lines, which need a small box.
    pub(super) small: bool,
    /// What is said if no line is left.
    pub(super) if_nothing: Phrase<'static>,
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
            views: Vec::new(),
            at: 0,
            among_newest: false,
            more: false,
            awaited: false,
            searched: String::new(),
            early: false,
            to_mark: VecDeque::new(),
            marking: None,
            found: false,
            small: false,
            if_nothing: Phrase::NothingFound,
        }
    }

    pub(super) fn request(&mut self) -> Option<Request> {
        let text = self.wanted().to_owned();
        let request = match &self.source {
            Source::Fixed | Source::Report => return None,
            Source::Search if text.trim().chars().count() < 2 && number_in(&text).is_none() => return None,
            Source::Records(choices) => choices.read(text.clone()),
            Source::Search => ReadRequest::Search { text: text.clone() },
            Source::Views(..) => ReadRequest::Lists,
        };
        (self.awaited, self.searched) = (true, text);
        Some(Request::Read(request))
    }

    /// What has to be searched for next.
    fn wanted(&self) -> &str {
        self.to_mark.front().map_or_else(|| self.input.as_ref().map_or("", Input::text), String::as_str)
    }

    /// Whether the lines are, or will be, those of another text. The saved views are all read at once.
    fn is_behind(&self) -> bool {
        !matches!(self.source, Source::Views(..)) && self.searched != self.wanted()
    }

    /// The typed text has changed.
    pub(super) fn typed(&mut self) -> PopupResult {
        self.at = 0;
        (self.early, self.found) = (false, false);
        if matches!(self.source, Source::Fixed | Source::Search | Source::Views(..)) {
            (self.among_newest, self.more) = (false, false);
            self.shown = self.narrowed();
        }
        if matches!(self.source, Source::Views(..)) {
            return PopupResult::Stay;
        }
        if self.awaited { PopupResult::Stay } else { self.search() }
    }

    fn search(&mut self) -> PopupResult {
        self.request().map_or(PopupResult::Stay, PopupResult::Ask)
    }

    /// What is pasted is like what is typed.
    pub(super) fn paste(&mut self, pasted: &str) -> PopupResult {
        let Some(input) = &mut self.input else { return PopupResult::Stay };
        if self.found {
            *input = Input::default();
        }
        input.insert(pasted);
        self.typed()
    }

    /// The lines given at the start and those of the saved views that the typed text means.
    fn narrowed(&self) -> Vec<Item> {
        let mut given = self.fixed.clone();
        if let Source::Views(_, first) = self.source {
            given.splice(first..first, self.views.iter().cloned());
        }
        narrowed(&given, self.input.as_ref().map_or("", Input::text))
    }

    /// The requested lines will not arrive.
    pub(super) fn stop_waiting(&mut self) {
        (self.awaited, self.early) = (false, false);
        self.to_mark.clear();
    }

    pub(super) fn failed(&mut self) -> PopupResult {
        self.stop_waiting();
        if self.is_behind() { self.search() } else { PopupResult::Stay }
    }

    /// A reply has arrived. If the text has changed since the request, returns the next step, a
    /// request for the new text; the reply is then out of date.
    pub(super) fn answered(&mut self) -> Option<PopupResult> {
        self.awaited = false;
        self.is_behind().then(|| self.search())
    }

    /// The contract number that the text means, if it is one.
    fn numbered(&self) -> Option<i64> {
        number_in(self.input.as_ref()?.text()).map(|id| id.0)
    }

    /// While lines are awaited, the shown ones may belong to an earlier text. A key then waits for
    /// the new lines if it is for the first line, but not if the user moved to another one. In the
    /// palette the lines given at the start are always up to date, so the key waits only if none of
    /// them matches or a contract number is typed.
    fn is_early(&self) -> bool {
        let searches = matches!(self.source, Source::Search | Source::Views(..));
        self.awaited && self.at == 0 && (!searches || self.shown.is_empty() || self.numbered().is_some())
    }

    /// Chooses the marked people, or the selected line.
    fn choose(&mut self) -> PopupResult {
        if !self.to_mark.is_empty() {
            self.early = true;
            return PopupResult::Stay;
        }
        if let Some(Marking(people)) = self.marking.as_ref().filter(|marking| !marking.0.is_empty()) {
            return PopupResult::Done(Outcome::People(people.clone()));
        }
        if self.is_early() {
            self.early = self.input.as_ref().is_some_and(|input| !input.is_empty());
            return PopupResult::Stay;
        }
        let chosen = self.shown.get(self.at).and_then(|item| item.outcome.clone());
        chosen.map_or(PopupResult::Stay, PopupResult::Done)
    }

    /// Marks the selected person, or removes the mark, and moves on.
    fn mark(&mut self) {
        if self.is_early() {
            let text = self.input.as_ref().map(Input::text).filter(|text| !text.is_empty());
            // A held key must not remove the mark that it has just set.
            if let Some(text) = text.filter(|text| self.to_mark.back().is_none_or(|last| last != text)) {
                self.to_mark.push_back(text.to_owned());
                self.found = true;
            }
            return;
        }
        if self.toggle() {
            self.at = (self.at + 1).min(self.shown.len() - 1);
            self.found = true;
        }
    }

    /// Marks the selected person, or removes the mark; false if no line of a person is selected.
    fn toggle(&mut self) -> bool {
        let selected = self.shown.get(self.at).and_then(person);
        let (Some(marking), Some(person)) = (&mut self.marking, selected) else { return false };
        marking.toggle(person);
        true
    }

    /// Does what the keys meant that were pressed before these lines arrived.
    fn catch_up(&mut self) -> PopupResult {
        if self.to_mark.pop_front().is_some() {
            self.at = 0;
            // Nothing is done without a person who was to be marked.
            self.early &= self.toggle();
            self.at = usize::from(!self.is_behind() && self.shown.len() > 1);
        }
        let marked = self.marking.as_ref().is_some_and(|marking| !marking.0.is_empty());
        if self.early && self.to_mark.is_empty() && (marked || !self.is_behind()) {
            self.early = false;
            return self.choose();
        }
        if self.is_behind() { self.search() } else { PopupResult::Stay }
    }

    /// The line with the sign of its mark, where people can be marked.
    pub(super) fn with_mark(&self, item: &Item) -> Item {
        self.marking.as_ref().map_or_else(|| item.clone(), |marking| marking.signed(item))
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        let last = self.shown.len().saturating_sub(1);
        let vi = self.input.is_none();
        match key.code {
            KeyCode::Char(' ') if self.marking.is_some() => self.mark(),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Char('k') if vi => self.at = self.at.saturating_sub(1),
            KeyCode::Char('j') if vi => self.at = (self.at + 1).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = last,
            KeyCode::Enter if self.source == Source::Report && !self.leads_on() => return PopupResult::Close,
            KeyCode::Enter => return self.choose(),
            _ => {
                let Some(input) = &mut self.input else { return PopupResult::Stay };
                let before = input.text().to_owned();
                if self.found && matches!(key.code, KeyCode::Char(_)) {
                    *input = Input::default();
                }
                input.key(key);
                if input.text() != before {
                    return self.typed();
                }
            }
        }
        PopupResult::Stay
    }

    /// Whether the selected line leads anywhere.
    fn leads_on(&self) -> bool {
        self.shown.get(self.at).is_some_and(|item| item.outcome.is_some())
    }

    /// The keys of a menu that is for reading.
    pub(super) fn reading_keys(&self) -> Vec<(Key, Option<Phrase<'static>>)> {
        let [up, down, enter, esc] = [KeyCode::Up, KeyCode::Down, KeyCode::Enter, KeyCode::Esc].map(Key::plain);
        let scroll = [(up, None), (down, Some(ListPhrase::KeyScroll.into()))];
        let open = self.leads_on().then(|| (enter, Some(ListPhrase::KeyOpenRecord.into())));
        let close = if self.leads_on() { esc } else { enter };
        scroll.into_iter().chain(open).chain([(close, Some(Phrase::CloseKey))]).collect()
    }

    /// Selects the line of a view.
    pub(super) fn select(&mut self, view: ViewChoice) {
        let is_it = |item: &Item| matches!(item.outcome, Some(Outcome::View(choice)) if choice == view);
        self.at = self.shown.iter().position(is_it).unwrap_or(0);
    }

    /// Lists the saved views as they are known now. The selection stays on its line.
    pub(super) fn show_views(&mut self, ctx: &Context) {
        let Source::Views(kind, _) = self.source else { return };
        let chosen = |item: &Item| if let Some(Outcome::View(choice)) = item.outcome { Some(choice) } else { None };
        let selected = self.shown.get(self.at).and_then(chosen);
        let saved = ctx.lists.views.iter().filter(|listed| listed.view.kind == kind);
        self.views = saved.map(|listed| saved_view(listed, ctx)).collect();
        self.shown = self.narrowed();
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
            Reply::Found { mut records, more, among_newest } => {
                (self.among_newest, self.more) = (among_newest, more);
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
        self.catch_up()
    }
}
