//! The menu of a popup. Its lines are all given at the start, or searched for in the database while
//! the user types.

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{Destination, Outcome, PopupResult};
use crate::{
    domain::{
        EventId,
        contracts::number_in,
        entity::{EntityKind, Record},
        events::{Availability, Candidate},
        users::Role,
    },
    services::{Found, ReadRequest, Reply, Request},
    ui::{Context, records, text::Phrase, widgets::input::Input},
};

/// Where a menu's lines come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// All lines are given at the start; typing narrows them.
    Fixed,
    /// The lines are for reading only; Enter closes the menu.
    Report,
    Support(Vec<EventId>),
    People(Role),
    /// Clients; only the user's `own` when a contract is to be created.
    Clients {
        own: bool,
    },
    Contracts,
    /// Lines given at the start, and records found by a search.
    Search,
}

/// A line of a menu.
#[derive(Debug, Clone)]
pub struct Item {
    pub label: String,
    pub detail: String,
    pub outcome: Option<Outcome>,
}

/// A list to choose from. If it has an `input`, typing narrows it.
#[derive(Debug)]
pub struct Menu {
    pub title: String,
    /// What the choice is about, if the title does not say it.
    pub about: Option<String>,
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
}

impl Menu {
    pub(super) fn new(title: String, input: Option<Input>, source: Source, fixed: Vec<Item>) -> Self {
        Self {
            title,
            about: None,
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
        }
    }

    pub(super) fn request(&mut self) -> Option<Request> {
        let text = self.input.as_ref().map(|input| input.text().to_owned()).unwrap_or_default();
        let request = match &self.source {
            Source::Fixed | Source::Report => return None,
            Source::Search if text.trim().chars().count() < 2 && number_in(&text).is_none() => return None,
            Source::Support(events) => Request::Read(ReadRequest::PickSupport { events: events.clone(), text }),
            Source::People(role) => Request::Read(ReadRequest::PickUser { role: *role, text }),
            Source::Clients { own } => Request::Read(ReadRequest::PickClient { text, own: *own }),
            Source::Contracts => Request::Read(ReadRequest::PickContract { text }),
            Source::Search => Request::Read(ReadRequest::Search { text }),
        };
        self.awaited = true;
        Some(request)
    }

    /// The typed text has changed.
    pub(super) fn typed(&mut self) -> PopupResult {
        self.at = 0;
        self.entered = false;
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
        let searches = self.source == Source::Search;
        let is_early =
            self.awaited && self.at == 0 && (!searches || self.shown.is_empty() || self.numbered().is_some());
        if is_early {
            self.entered = self.input.as_ref().is_some_and(|input| !input.is_empty());
            return PopupResult::Stay;
        }
        let chosen = self.shown.get(self.at).and_then(|item| item.outcome.clone());
        chosen.map_or(PopupResult::Stay, PopupResult::Done)
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        let last = self.shown.len().saturating_sub(1);
        let vi = self.input.is_none();
        match key.code {
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

    pub(super) fn fill(&mut self, reply: Reply, ctx: &Context) -> PopupResult {
        let text = self.input.as_ref().map_or("", Input::text);
        let mut lines = if self.source == Source::Search { narrowed(&self.fixed, text) } else { Vec::new() };
        (self.among_newest, self.more) = (false, false);
        match reply {
            Reply::Candidates { people, more } => {
                self.more = more;
                lines.extend(people.iter().map(|person| candidate(person, ctx)));
            }
            Reply::ClientChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| Item {
                    label: row.client.full_name.clone(),
                    detail: row.client.company_name.clone(),
                    outcome: Some(Outcome::Client(Box::new(row))),
                }));
            }
            Reply::ContractChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| Item {
                    label: records::heading(&Record::Contract(row.clone()), ctx),
                    detail: row.company.clone(),
                    outcome: Some(Outcome::Contract(Box::new(row))),
                }));
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
}

fn candidate(person: &Candidate, ctx: &Context) -> Item {
    let detail = match (person.availability, &person.clash) {
        (Some(Availability::Clash), Some(title)) => ctx.say(Phrase::Clashes { title, load: person.load }),
        (Some(Availability::Clash), None) => ctx.say(Phrase::BusyThen(person.load)),
        (Some(Availability::Busy), _) => ctx.say(Phrase::BusyThatDay(person.load)),
        (Some(Availability::Free), _) => ctx.say(Phrase::FreeThen(person.load)),
        (None, _) => String::new(),
    };
    Item {
        label: person.full_name.clone(),
        detail,
        outcome: Some(Outcome::Person(Some(person.id), person.full_name.clone())),
    }
}

fn hit(found: Found, ctx: &Context) -> Item {
    let Found { kind, id, name, detail } = found;
    let label = match kind {
        EntityKind::Contract => ctx.say(Phrase::ContractOf { number: id, client: &name }),
        EntityKind::Client | EntityKind::Event | EntityKind::User | EntityKind::Audit => name,
    };
    let detail = format!("{} {detail}", ctx.say(Phrase::OneOf(kind)));
    Item { label, detail, outcome: Some(Outcome::Go(Destination::Record(kind, id))) }
}

/// The items that match the typed text, the best first; accents and case are ignored.
fn narrowed(items: &[Item], typed: &str) -> Vec<Item> {
    if typed.trim().is_empty() {
        return items.to_vec();
    }
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut hits: Vec<(u32, &Item)> = items
        .iter()
        .filter_map(|item| Some((pattern.score(Utf32Str::new(&item.label, &mut buffer), &mut matcher)?, item)))
        .collect();
    hits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    hits.into_iter().map(|(_, item)| item.clone()).collect()
}
