//! The menu of a popup. Its lines are all given at the start, or searched for in the database while
//! the user types.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    item::Item,
    marking::{Marking, person},
    narrow::narrowed,
    outcome::{Outcome, PopupResult},
};
use crate::{
    domain::{UserId, contracts::number_in, entity::EntityKind},
    services::{ReadRequest, Request},
    ui::{
        form::Choices,
        keys::Key,
        text::{ListPhrase, Phrase},
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

/// The choice of a picker of people before anything is chosen in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Present {
    Nobody,
    Person(UserId),
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
    /// The selected line was not on the screen yet: the lines have changed since they were drawn.
    pub(super) unseen: bool,
    /// The user has moved the selection since the text was typed.
    pub(super) moved: bool,
    /// Texts after which the space bar was pressed before their lines arrived: the first line of each
    /// is to be marked, before anything else happens.
    to_mark: VecDeque<String>,
    /// The people who are marked, if they can be: Enter then chooses all of them.
    pub(super) marking: Option<Marking>,
    /// Somebody was just marked: the next letter looks for somebody else.
    found: bool,
    /// It explains the keys of a screen.
    pub(super) is_help: bool,
    /// A few short lines, which need a small box.
    pub(super) small: bool,
    /// Of a picker of people: whose line is selected at first.
    pub(super) present: Option<Present>,
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
            unseen: matches!(source, Source::Records(_)),
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
            moved: false,
            to_mark: VecDeque::new(),
            marking: None,
            found: false,
            is_help: false,
            small: false,
            present: None,
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
        (self.early, self.found, self.moved) = (false, false, false);
        if matches!(self.source, Source::Fixed | Source::Search | Source::Views(..)) {
            (self.among_newest, self.more) = (false, false);
            self.shown = self.narrowed();
        }
        if matches!(self.source, Source::Views(..)) {
            return PopupResult::Stay;
        }
        self.unseen |= self.source != Source::Fixed;
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
    pub(super) fn narrowed(&self) -> Vec<Item> {
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
    pub(super) fn numbered(&self) -> Option<i64> {
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

    /// Whether a key would take a line that was never on the screen as the selected one. Only the first
    /// line for a typed text may be taken unseen, since the text means it.
    fn is_unseen(&self) -> bool {
        let meant = self.at == 0 && !self.moved && self.input.as_ref().is_some_and(|input| !input.is_empty());
        self.unseen && !meant
    }

    /// The lines were on the screen as they are now.
    pub(super) fn was_drawn(&mut self) {
        self.unseen = false;
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
        if self.is_unseen() {
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
        if !self.is_unseen() && self.toggle() {
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
    pub(super) fn catch_up(&mut self) -> PopupResult {
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
        let before = self.at;
        let plain = !Key::is_chord(key);
        let vi = self.input.is_none() && plain;
        match key.code {
            KeyCode::Char(' ') if self.marking.is_some() && plain => self.mark(),
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
                if self.found && matches!(key.code, KeyCode::Char(_)) && !Key::from_event(key).ctrl {
                    *input = Input::default();
                }
                input.key(key);
                if input.text() != before {
                    return self.typed();
                }
            }
        }
        if self.at != before {
            // Enter that was pressed before was for the first line.
            (self.moved, self.early) = (true, false);
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
}
