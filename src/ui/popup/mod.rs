//! Popups, which open over a screen, one at a time: a question, a password prompt, a month, or a
//! menu. Pickers, help and palette are menus that differ in the source of their lines.

mod menu;

use chrono::{Datelike, Days, Months, NaiveDate};
use crossterm::event::{KeyCode, KeyEvent};
use secrecy::SecretString;

pub use self::menu::{Item, Menu, Source};
use super::{
    Context,
    keys::{Binding, Command, Key},
    text::Phrase,
    widgets::{chrome::wrapped, input::Input},
};
use crate::{
    domain::{UserId, clients::ClientRow, contracts::ContractRow, dates, entity::EntityKind},
    services::{Reply, Request},
};

/// The result of a popup.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The question was confirmed.
    Confirmed,
    /// The index of the chosen line.
    Choice(usize),
    /// A user and their name; `None` is the choice of nobody, if that was offered.
    Person(Option<UserId>, String),
    Client(Box<ClientRow>),
    Contract(Box<ContractRow>),
    Password(SecretString),
    Day(NaiveDate),
    Text(String),
    /// A command that was chosen in the help.
    Run(Command),
    Go(Destination),
}

/// A screen or action that the palette offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    Home,
    List(EntityKind),
    Calendar,
    Record(EntityKind, i64),
    New(EntityKind),
    Settings,
    Password,
    Preferences,
    Lock,
    SignOut,
    Quit,
}

/// What happens after a popup has handled a key.
#[derive(Debug)]
pub enum PopupResult {
    Stay,
    Close,
    Done(Outcome),
    /// Send a request for the lines of a menu.
    Ask(Request),
}

/// A popup of any kind.
#[derive(Debug)]
pub enum Popup {
    Confirm(Confirm),
    Password(Password),
    Menu(Menu),
    Month(Month),
}

/// A question whose buttons are verbs. *Cancel* is preselected, so that holding down Enter confirms
/// nothing.
#[derive(Debug)]
pub struct Confirm {
    pub title: String,
    pub lines: Vec<String>,
    pub verb: String,
    /// The label of the button that changes nothing.
    pub cancel: String,
    pub yes: bool,
    /// How many lines are scrolled out of view, if not all fit.
    pub scrolled: usize,
}

/// A month to pick a day from.
#[derive(Debug)]
pub struct Month {
    pub title: String,
    pub day: NaiveDate,
    pub today: NaiveDate,
}

/// A prompt for the user's password.
#[derive(Debug)]
pub struct Password {
    pub input: Input,
    pub why: String,
    pub problem: Option<String>,
}

impl Popup {
    pub fn confirm(title: String, lines: Vec<String>, verb: String, ctx: &Context) -> Self {
        Self::Confirm(Confirm { title, lines, verb, cancel: ctx.say(Phrase::Cancel), yes: false, scrolled: 0 })
    }

    /// Asks whether to discard what was typed.
    pub fn discard(ctx: &Context) -> Self {
        let (title, lines) = (ctx.say(Phrase::DiscardTitle), vec![ctx.say(Phrase::DiscardMeans)]);
        let (verb, cancel) = (ctx.say(Phrase::VerbDiscard), ctx.say(Phrase::KeepEditing));
        Self::Confirm(Confirm { title, lines, verb, cancel, yes: false, scrolled: 0 })
    }

    /// A month to pick a day from; `day` is selected at first.
    pub fn month(title: String, day: NaiveDate, today: NaiveDate) -> Self {
        Self::Month(Month { title, day, today })
    }

    pub fn password(why: String) -> Self {
        Self::Password(Password { input: Input::password(), why, problem: None })
    }

    /// A few choices; the one at index `at` is selected at first.
    pub fn choice(title: String, options: Vec<String>, at: usize) -> Self {
        let item = |(number, label)| Item { label, detail: String::new(), outcome: Some(Outcome::Choice(number)) };
        let items: Vec<Item> = options.into_iter().enumerate().map(item).collect();
        let mut menu = Menu::new(title, None, Source::Fixed, items);
        menu.at = at;
        Self::Menu(menu)
    }

    /// A searchable picker; `nobody` is the label of the line for nobody, if that is offered.
    pub fn picker(title: String, source: Source, nobody: Option<String>) -> Self {
        let nobody = nobody.map(|label| Item {
            label,
            detail: String::new(),
            outcome: Some(Outcome::Person(None, String::new())),
        });
        Self::Menu(Menu::new(title, Some(Input::default()), source, nobody.into_iter().collect()))
    }

    /// Adds a text above the choices that says what they are about.
    #[must_use]
    pub fn about(mut self, line: Option<String>) -> Self {
        if let Self::Menu(menu) = &mut self {
            menu.about = line;
        }
        self
    }

    /// Reports what was done with each of several records.
    pub fn report(title: String, rows: Vec<(String, String)>) -> Self {
        let items = rows.into_iter().map(|(label, detail)| Item { label, detail, outcome: None }).collect();
        Self::Menu(Menu::new(title, None, Source::Report, items))
    }

    /// Labelled values, one of which can be chosen.
    pub fn values(title: String, values: Vec<(String, String)>) -> Self {
        let item = |(label, value): (String, String)| Item {
            label: format!("{label}: {}", value.replace('\n', " ")),
            detail: String::new(),
            outcome: Some(Outcome::Text(value)),
        };
        let items = values.into_iter().map(item).collect();
        Self::Menu(Menu::new(title, Some(Input::default()), Source::Fixed, items))
    }

    /// The help: every key of the screen, with what it does or why it is not available.
    pub fn help(bindings: &[Binding], ctx: &Context) -> Self {
        let item = |binding: &Binding| {
            let words = binding.unavailable.as_deref().unwrap_or(&binding.help);
            let outcome = binding.unavailable.is_none().then_some(Outcome::Run(binding.command));
            Item { label: format!("{:<10} {words}", ctx.key(binding.key)), detail: String::new(), outcome }
        };
        let items = bindings.iter().filter(|binding| !binding.help.is_empty()).map(item).collect();
        Self::Menu(Menu::new(ctx.say(Phrase::HelpTitle), Some(Input::default()), Source::Fixed, items))
    }

    /// The palette: screens, actions and records, found by typing.
    pub fn palette(destinations: Vec<(String, Outcome)>, ctx: &Context) -> Self {
        let item = |(label, outcome)| Item { label, detail: String::new(), outcome: Some(outcome) };
        let items = destinations.into_iter().map(item).collect();
        Self::Menu(Menu::new(ctx.say(Phrase::PaletteTitle), Some(Input::default()), Source::Search, items))
    }

    /// The first request of a menu whose lines come from the database.
    pub fn load(&mut self) -> Option<Request> {
        match self {
            Self::Menu(menu) => menu.request(),
            Self::Confirm(_) | Self::Password(_) | Self::Month(_) => None,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> PopupResult {
        match self {
            Self::Password(password) => password.input.insert(pasted),
            Self::Menu(Menu { input: Some(input), .. }) => {
                input.insert(pasted);
                return self.typed();
            }
            Self::Menu(_) | Self::Confirm(_) | Self::Month(_) => {}
        }
        PopupResult::Stay
    }

    fn typed(&mut self) -> PopupResult {
        match self {
            Self::Menu(menu) => menu.typed(),
            _ => PopupResult::Stay,
        }
    }

    pub fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Esc {
            return PopupResult::Close;
        }
        match self {
            Self::Confirm(confirm) => confirm.key(key),
            Self::Password(password) => match key.code {
                KeyCode::Enter if !password.input.is_empty() => {
                    let typed = SecretString::from(password.input.text());
                    password.input.set("");
                    PopupResult::Done(Outcome::Password(typed))
                }
                _ => {
                    password.input.key(key);
                    PopupResult::Stay
                }
            },
            Self::Menu(menu) => menu.key(key),
            Self::Month(month) => month.key(key),
        }
    }

    /// The requested lines will not arrive.
    pub fn stop_waiting(&mut self) {
        if let Self::Menu(menu) = self {
            menu.stop_waiting();
        }
    }

    /// The request for lines has failed.
    pub fn on_failure(&mut self) -> PopupResult {
        let Self::Menu(menu) = self else { return PopupResult::Stay };
        menu.failed()
    }

    /// The lines of a menu have arrived.
    pub fn on_reply(&mut self, reply: Reply, ctx: &Context) -> PopupResult {
        let Self::Menu(menu) = self else { return PopupResult::Stay };
        menu.answered().unwrap_or_else(|| menu.fill(reply, ctx))
    }
}

impl Confirm {
    /// The lines, wrapped to this many columns.
    pub fn wrapped(&self, columns: usize) -> Vec<String> {
        self.lines.iter().flat_map(|line| wrapped(line, columns)).collect()
    }

    /// The width of a line in the narrowest window, where the text has the most lines.
    const NARROWEST: usize = 52;

    fn key(&mut self, key: KeyEvent) -> PopupResult {
        match key.code {
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab => {
                self.yes = !self.yes;
                PopupResult::Stay
            }
            KeyCode::Up => {
                self.scrolled = self.scrolled.saturating_sub(1);
                PopupResult::Stay
            }
            KeyCode::Down => {
                let last = self.wrapped(Self::NARROWEST).len().saturating_sub(1);
                self.scrolled = (self.scrolled + 1).min(last);
                PopupResult::Stay
            }
            KeyCode::Char('y' | 'o') => PopupResult::Done(Outcome::Confirmed),
            KeyCode::Char('n') => PopupResult::Close,
            KeyCode::Enter if self.yes => PopupResult::Done(Outcome::Confirmed),
            KeyCode::Enter => PopupResult::Close,
            _ => PopupResult::Stay,
        }
    }
}

impl Month {
    /// The days of the month, each with its column (Monday is 0) and row.
    pub fn days(&self) -> impl Iterator<Item = (u16, u16, NaiveDate)> {
        let first = self.day.with_day(1).unwrap_or(self.day);
        let before = u16::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
        let days = first.iter_days().take_while(move |day| day.month() == first.month());
        days.zip(before..).map(|(day, cell)| (cell % 7, cell / 7, day))
    }

    fn key(&mut self, key: KeyEvent) -> PopupResult {
        let day = self.day;
        let moved = match key.code {
            KeyCode::Left | KeyCode::Char('h') => day.checked_sub_days(Days::new(1)),
            KeyCode::Right | KeyCode::Char('l') => day.checked_add_days(Days::new(1)),
            KeyCode::Up | KeyCode::Char('k') => day.checked_sub_days(Days::new(7)),
            KeyCode::Down | KeyCode::Char('j') => day.checked_add_days(Days::new(7)),
            KeyCode::PageUp => day.checked_sub_months(Months::new(1)),
            KeyCode::PageDown => day.checked_add_months(Months::new(1)),
            KeyCode::Home => Some(self.today),
            KeyCode::Enter => return PopupResult::Done(Outcome::Day(day)),
            _ => None,
        };
        self.day = moved.filter(|day| dates::YEARS.contains(&day.year())).unwrap_or(day);
        PopupResult::Stay
    }
}

/// The keys that work in a popup, for the bottom line. A key without a label shares the label of
/// the key to its right.
pub fn keys(popup: &Popup) -> Vec<(Key, Option<Phrase<'static>>)> {
    let choose = match popup {
        Popup::Confirm(_) => vec![KeyCode::Left, KeyCode::Right],
        Popup::Password(_) => Vec::new(),
        Popup::Menu(_) => vec![KeyCode::Up, KeyCode::Down],
        Popup::Month(_) => vec![KeyCode::Left, KeyCode::Down, KeyCode::PageDown],
    };
    let last = choose.len().saturating_sub(1);
    let choose = choose.into_iter().enumerate();
    let choose = choose.map(|(at, code)| (Key::plain(code), (at == last).then_some(Phrase::KeyChoose)));
    let end = [(KeyCode::Enter, Phrase::KeyTake), (KeyCode::Esc, Phrase::KeyCancel)];
    choose.chain(end.map(|(code, label)| (Key::plain(code), Some(label)))).collect()
}
