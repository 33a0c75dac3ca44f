//! What opens over a screen: one at a time. A question, a password, or a menu; pickers,
//! help and palette are menus that differ in where their lines come from.

use chrono::{Datelike, Days, Months, NaiveDate};
use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use secrecy::SecretString;

use super::{
    Context,
    keys::{Binding, Command, Key},
    records::{Kind, Record},
    text::W,
    widgets::input::Input,
};
use crate::{
    domain::{
        EventId, UserId,
        audit::RecordKind,
        dates,
        filter::{Availability, Candidate, ClientRow, ContractRow},
        user::Role,
    },
    services::{Found, Reply, Request},
};

/// How a popup ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Yes to the question.
    Confirmed,
    /// The line with this number of a list of choices.
    Choice(usize),
    /// A person with the name; nobody, where that was offered.
    Person(Option<UserId>, String),
    Client(Box<ClientRow>),
    Contract(Box<ContractRow>),
    Password(SecretString),
    Day(NaiveDate),
    Text(String),
    /// A key's command, chosen in the help.
    Run(Command),
    Go(Destination),
}

/// Where the palette leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    Home,
    List(Kind),
    Calendar,
    Record(Kind, i64),
    New(Kind),
    Settings,
    Password,
    Preferences,
    Lock,
    SignOut,
    Quit,
}

/// What a popup wants after a key.
#[derive(Debug)]
pub enum Step {
    Stay,
    Close,
    Done(Outcome),
    /// Lines for a menu.
    Ask(Request),
}

/// The popups.
#[derive(Debug)]
pub enum Popup {
    Confirm(Confirm),
    Password(Password),
    Menu(Menu),
    Month(Month),
}

/// A question whose buttons are verbs. *Cancel* is preselected, so that a held Enter
/// confirms nothing.
#[derive(Debug)]
pub struct Confirm {
    pub title: String,
    pub lines: Vec<String>,
    pub verb: String,
    /// What the button says that changes nothing.
    pub cancel: String,
    pub yes: bool,
}

/// A month to pick a day from.
#[derive(Debug)]
pub struct Month {
    pub title: String,
    pub day: NaiveDate,
    pub today: NaiveDate,
}

/// The password again.
#[derive(Debug)]
pub struct Password {
    pub input: Input,
    pub why: String,
    pub problem: Option<String>,
}

/// Where a menu's lines come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// They are all here; typing narrows them.
    Fixed,
    /// They are only read; any key that takes a line closes.
    Report,
    Support(Vec<EventId>),
    People(Role),
    /// Clients; only mine when a contract is to be made.
    Clients {
        own: bool,
    },
    Contracts,
    /// Fixed lines, and records that are searched for.
    Search,
}

/// A line of a menu.
#[derive(Debug, Clone)]
pub struct Item {
    pub label: String,
    pub detail: String,
    pub outcome: Option<Outcome>,
}

/// A list to choose from, narrowed by typing where that helps.
#[derive(Debug)]
pub struct Menu {
    pub title: String,
    pub input: Option<Input>,
    pub source: Source,
    fixed: Vec<Item>,
    pub shown: Vec<Item>,
    pub at: usize,
    /// Lines were asked for: one question at a time.
    awaited: bool,
    /// What is typed is not what the awaited lines were asked for.
    behind: bool,
    /// Enter came before the lines: it takes the first of them.
    entered: bool,
}

impl Popup {
    pub fn confirm(title: String, lines: Vec<String>, verb: String, ctx: &Context) -> Self {
        Self::Confirm(Confirm { title, lines, verb, cancel: ctx.say(W::Cancel), yes: false })
    }

    /// Whether to give up what was typed.
    pub fn discard(ctx: &Context) -> Self {
        let (title, lines) = (ctx.say(W::DiscardTitle), vec![ctx.say(W::DiscardMeans)]);
        let (verb, cancel) = (ctx.say(W::VerbDiscard), ctx.say(W::KeepEditing));
        Self::Confirm(Confirm { title, lines, verb, cancel, yes: false })
    }

    /// A day, to be picked from its month.
    pub fn month(title: String, day: NaiveDate, today: NaiveDate) -> Self {
        Self::Month(Month { title, day, today })
    }

    pub fn password(why: String) -> Self {
        Self::Password(Password { input: Input::password(), why, problem: None })
    }

    /// A few choices, one of them present.
    pub fn choice(title: String, options: Vec<String>, at: usize) -> Self {
        let item = |(number, label)| Item { label, detail: String::new(), outcome: Some(Outcome::Choice(number)) };
        let items: Vec<Item> = options.into_iter().enumerate().map(item).collect();
        Self::Menu(Menu { at, ..Menu::new(title, None, Source::Fixed, items) })
    }

    /// A searchable picker; `nobody` is its first line where that is offered.
    pub fn picker(title: String, source: Source, nobody: Option<String>) -> Self {
        let nobody = nobody.map(|label| Item {
            label,
            detail: String::new(),
            outcome: Some(Outcome::Person(None, String::new())),
        });
        Self::Menu(Menu::new(title, Some(Input::default()), source, nobody.into_iter().collect()))
    }

    /// What became of each of several records.
    pub fn report(title: String, rows: Vec<(String, String)>) -> Self {
        let items = rows.into_iter().map(|(label, detail)| Item { label, detail, outcome: None }).collect();
        Self::Menu(Menu::new(title, None, Source::Report, items))
    }

    /// Labelled values, of which one is chosen.
    pub fn values(title: String, values: Vec<(String, String)>) -> Self {
        let item = |(label, value): (String, String)| Item {
            label: format!("{label}: {}", value.replace('\n', " ")),
            detail: String::new(),
            outcome: Some(Outcome::Text(value)),
        };
        let items = values.into_iter().map(item).collect();
        Self::Menu(Menu::new(title, Some(Input::default()), Source::Fixed, items))
    }

    /// Every key of the screen, with what it does or why it cannot.
    pub fn help(bindings: &[Binding], ctx: &Context) -> Self {
        let item = |binding: &Binding| {
            let words = binding.unavailable.as_deref().unwrap_or(&binding.help);
            let outcome = binding.unavailable.is_none().then_some(Outcome::Run(binding.command));
            Item { label: format!("{:<10} {words}", ctx.key(binding.key)), detail: String::new(), outcome }
        };
        let items = bindings.iter().filter(|binding| !binding.help.is_empty()).map(item).collect();
        Self::Menu(Menu::new(ctx.say(W::HelpTitle), Some(Input::default()), Source::Fixed, items))
    }

    /// Screens, actions and records by typing.
    pub fn palette(destinations: Vec<(String, Outcome)>, ctx: &Context) -> Self {
        let item = |(label, outcome)| Item { label, detail: String::new(), outcome: Some(outcome) };
        let items = destinations.into_iter().map(item).collect();
        Self::Menu(Menu::new(ctx.say(W::PaletteTitle), Some(Input::default()), Source::Search, items))
    }

    /// The first request, for a menu whose lines come from the database.
    pub fn load(&mut self) -> Option<Request> {
        match self {
            Self::Menu(menu) => menu.request(),
            Self::Confirm(_) | Self::Password(_) | Self::Month(_) => None,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> Step {
        match self {
            Self::Password(password) => password.input.insert(pasted),
            Self::Menu(Menu { input: Some(input), .. }) => {
                input.insert(pasted);
                return self.typed();
            }
            Self::Menu(_) | Self::Confirm(_) | Self::Month(_) => {}
        }
        Step::Stay
    }

    fn typed(&mut self) -> Step {
        match self {
            Self::Menu(menu) => menu.typed(),
            _ => Step::Stay,
        }
    }

    pub fn key(&mut self, key: KeyEvent) -> Step {
        if key.code == KeyCode::Esc {
            return Step::Close;
        }
        match self {
            Self::Confirm(confirm) => confirm.key(key),
            Self::Password(password) => match key.code {
                KeyCode::Enter if !password.input.is_empty() => {
                    let typed = SecretString::from(password.input.text());
                    password.input.set("");
                    Step::Done(Outcome::Password(typed))
                }
                _ => {
                    password.input.key(key);
                    Step::Stay
                }
            },
            Self::Menu(menu) => menu.key(key),
            Self::Month(month) => month.key(key),
        }
    }

    /// The lines that were asked for will not come.
    pub fn stop_waiting(&mut self) {
        if let Self::Menu(menu) = self {
            (menu.awaited, menu.behind, menu.entered) = (false, false, false);
        }
    }

    /// The request for lines has failed.
    pub fn on_failure(&mut self) -> Step {
        let Self::Menu(menu) = self else { return Step::Stay };
        menu.entered = false;
        menu.answered().unwrap_or(Step::Stay)
    }

    /// Lines for a menu have come.
    pub fn on_reply(&mut self, reply: Reply, ctx: &Context) -> Step {
        let Self::Menu(menu) = self else { return Step::Stay };
        menu.answered().unwrap_or_else(|| menu.fill(reply, ctx))
    }
}

impl Confirm {
    fn key(&mut self, key: KeyEvent) -> Step {
        match key.code {
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => {
                self.yes = !self.yes;
                Step::Stay
            }
            KeyCode::Char('y' | 'o') => Step::Done(Outcome::Confirmed),
            KeyCode::Char('n') => Step::Close,
            KeyCode::Enter if self.yes => Step::Done(Outcome::Confirmed),
            KeyCode::Enter => Step::Close,
            _ => Step::Stay,
        }
    }
}

impl Month {
    /// The days with their column (Monday is 0) and row.
    pub fn days(&self) -> impl Iterator<Item = (u16, u16, NaiveDate)> {
        let first = self.day.with_day(1).unwrap_or(self.day);
        let before = u16::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
        let days = first.iter_days().take_while(move |day| day.month() == first.month());
        days.zip(before..).map(|(day, cell)| (cell % 7, cell / 7, day))
    }

    fn key(&mut self, key: KeyEvent) -> Step {
        let day = self.day;
        let moved = match key.code {
            KeyCode::Left | KeyCode::Char('h') => day.checked_sub_days(Days::new(1)),
            KeyCode::Right | KeyCode::Char('l') => day.checked_add_days(Days::new(1)),
            KeyCode::Up | KeyCode::Char('k') => day.checked_sub_days(Days::new(7)),
            KeyCode::Down | KeyCode::Char('j') => day.checked_add_days(Days::new(7)),
            KeyCode::PageUp => day.checked_sub_months(Months::new(1)),
            KeyCode::PageDown => day.checked_add_months(Months::new(1)),
            KeyCode::Home => Some(self.today),
            KeyCode::Enter => return Step::Done(Outcome::Day(day)),
            _ => None,
        };
        self.day = moved.filter(|day| dates::YEARS.contains(&day.year())).unwrap_or(day);
        Step::Stay
    }
}

impl Menu {
    fn new(title: String, input: Option<Input>, source: Source, fixed: Vec<Item>) -> Self {
        Self { title, input, source, shown: fixed.clone(), fixed, at: 0, awaited: false, behind: false, entered: false }
    }

    fn request(&mut self) -> Option<Request> {
        let text = self.input.as_ref().map(|input| input.text().to_owned()).unwrap_or_default();
        let request = match &self.source {
            Source::Fixed | Source::Report => return None,
            Source::Search if text.trim().chars().count() < 2 => return None,
            Source::Support(events) => Request::PickSupport { events: events.clone(), text },
            Source::People(role) => Request::PickUser { role: *role, text },
            Source::Clients { own } => Request::PickClient { text, own: *own },
            Source::Contracts => Request::PickContract { text },
            Source::Search => Request::Search { text },
        };
        self.awaited = true;
        Some(request)
    }

    /// Something else is typed now.
    fn typed(&mut self) -> Step {
        self.at = 0;
        self.entered = false;
        if matches!(self.source, Source::Fixed | Source::Search) {
            self.shown = narrowed(&self.fixed, self.input.as_ref().map_or("", Input::text));
        }
        self.behind = self.awaited;
        if self.behind { Step::Stay } else { self.request().map_or(Step::Stay, Step::Ask) }
    }

    /// An answer is there. What it means, where something else was typed since it was asked for.
    fn answered(&mut self) -> Option<Step> {
        self.awaited = false;
        std::mem::take(&mut self.behind).then(|| self.request().map_or(Step::Stay, Step::Ask))
    }

    /// Takes the chosen line. Lines of what stood there before the last letter are not what
    /// somebody means who types and presses Enter; one that was gone to is.
    fn choose(&mut self) -> Step {
        let is_early = self.awaited && self.at == 0 && (self.source != Source::Search || self.shown.is_empty());
        if is_early {
            self.entered = self.input.as_ref().is_some_and(|input| !input.is_empty());
            return Step::Stay;
        }
        let chosen = self.shown.get(self.at).and_then(|item| item.outcome.clone());
        chosen.map_or(Step::Stay, Step::Done)
    }

    fn key(&mut self, key: KeyEvent) -> Step {
        let last = self.shown.len().saturating_sub(1);
        let vi = self.input.is_none();
        match key.code {
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Char('k') if vi => self.at = self.at.saturating_sub(1),
            KeyCode::Char('j') if vi => self.at = (self.at + 1).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::Enter if self.source == Source::Report => return Step::Close,
            KeyCode::Enter => return self.choose(),
            _ => {
                let Some(input) = &mut self.input else { return Step::Stay };
                let before = input.text().to_owned();
                input.key(key);
                if input.text() != before {
                    return self.typed();
                }
            }
        }
        Step::Stay
    }

    fn fill(&mut self, reply: Reply, ctx: &Context) -> Step {
        let text = self.input.as_ref().map_or("", Input::text);
        let mut lines = if self.source == Source::Search { narrowed(&self.fixed, text) } else { Vec::new() };
        match reply {
            Reply::Candidates(people) => lines.extend(people.iter().map(|person| candidate(person, ctx))),
            Reply::ClientChoices(rows) => lines.extend(rows.into_iter().map(|row| Item {
                label: row.client.full_name.clone(),
                detail: row.client.company_name.clone(),
                outcome: Some(Outcome::Client(Box::new(row))),
            })),
            Reply::ContractChoices(rows) => lines.extend(rows.into_iter().map(|row| Item {
                label: super::records::heading(&Record::Contract(row.clone()), ctx),
                detail: row.company.clone(),
                outcome: Some(Outcome::Contract(Box::new(row))),
            })),
            Reply::Found(found) => lines.extend(found.into_iter().filter_map(|found| hit(found, ctx))),
            _ => {}
        }
        // Nobody comes last: Enter takes the first, and that is the best choice.
        if text.is_empty() && self.source != Source::Search {
            lines.extend(self.fixed.iter().cloned());
        }
        self.shown = lines;
        self.at = self.at.min(self.shown.len().saturating_sub(1));
        if std::mem::take(&mut self.entered) { self.choose() } else { Step::Stay }
    }
}

fn candidate(person: &Candidate, ctx: &Context) -> Item {
    let detail = match (person.availability, &person.clash) {
        (Some(Availability::Clash), Some(title)) => ctx.say(W::Clashes { title, load: person.load }),
        (Some(Availability::Busy), _) => ctx.say(W::BusyThatDay(person.load)),
        (Some(_), _) => ctx.say(W::FreeThen(person.load)),
        (None, _) => String::new(),
    };
    Item {
        label: person.full_name.clone(),
        detail,
        outcome: Some(Outcome::Person(Some(person.id), person.full_name.clone())),
    }
}

fn hit(found: Found, ctx: &Context) -> Option<Item> {
    let (kind, label) = match found.kind {
        RecordKind::Client => (Kind::Clients, found.name),
        RecordKind::Contract => (Kind::Contracts, ctx.say(W::ContractOf { number: found.id, client: &found.name })),
        RecordKind::Event => (Kind::Events, found.name),
        RecordKind::User => (Kind::Staff, found.name),
        RecordKind::Settings | RecordKind::Session => return None,
    };
    let detail = format!("{} {}", ctx.say(W::OneOf(kind)), found.detail);
    Some(Item { label, detail, outcome: Some(Outcome::Go(Destination::Record(kind, found.id))) })
}

/// The items that match what was typed, the best first; accents and case do not matter.
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

/// The keys that work in a popup, for the bottom line.
/// A key without a label does what its neighbour to the right says.
pub fn keys(popup: &Popup) -> Vec<(Key, Option<W<'static>>)> {
    let choose = match popup {
        Popup::Confirm(_) => vec![KeyCode::Left, KeyCode::Right],
        Popup::Password(_) => Vec::new(),
        Popup::Menu(_) => vec![KeyCode::Up, KeyCode::Down],
        Popup::Month(_) => vec![KeyCode::Left, KeyCode::Down, KeyCode::PageDown],
    };
    let last = choose.len().saturating_sub(1);
    let choose = choose.into_iter().enumerate();
    let choose = choose.map(|(at, code)| (Key::plain(code), (at == last).then_some(W::KeyChoose)));
    let end = [(KeyCode::Enter, W::KeyTake), (KeyCode::Esc, W::KeyCancel)];
    choose.chain(end.map(|(code, label)| (Key::plain(code), Some(label)))).collect()
}
