//! Popups, which open over a screen, one at a time: a question, a password prompt, a month, or a
//! menu. Pickers, help and palette are menus that differ in the source of their lines.

mod arrival;
mod columns;
mod confirm;
mod draw;
mod entry;
mod item;
mod line;
mod marking;
mod menu;
mod month;
mod narrow;
mod outcome;
mod password;
mod secret;
mod typed;

use chrono::NaiveDate;
use chrono_tz::Tz;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};
use secrecy::SecretString;

pub use self::{
    columns::{ColumnLine, Columns},
    confirm::Confirm,
    item::Item,
    line::Line,
    menu::{Menu, Source},
    month::Month,
    outcome::{Outcome, PopupResult, ViewChoice},
    password::Password,
    secret::Secret,
};
use marking::Marking;
use menu::Present;

use super::{
    context::Context,
    keys::{Binding, Key},
    text::{self, Asked, ImportPhrase, Phrase},
    widgets::{input::Input, paint::Focus},
};
use crate::{
    domain::{UserId, assigning::Candidate, entity::EntityKind},
    services::{ReadRequest, Reply, Request},
};

/// A popup of any kind.
#[derive(Debug)]
pub enum Popup {
    Confirm(Confirm),
    Password(Password),
    Line(Line),
    Menu(Menu),
    Month(Month),
    Columns(Columns),
    Secret(Secret),
}

impl Popup {
    pub fn confirm(title: String, lines: Vec<String>, verb: &str, ctx: &Context) -> Self {
        Self::Confirm(Confirm::new(title, lines, verb, ctx.say(Phrase::Cancel), ctx))
    }

    /// Puts the verb of a question first and preselects it: Enter confirms, since nothing final
    /// happens.
    #[must_use]
    pub fn preselected(mut self) -> Self {
        if let Self::Confirm(confirm) = &mut self {
            (confirm.yes, confirm.verb_first) = (true, true);
        }
        self
    }

    /// Reads this for a question, which adds what there is to know from it.
    #[must_use]
    pub fn knowing(mut self, read: ReadRequest) -> Self {
        if let Self::Confirm(confirm) = &mut self {
            confirm.reads = Some(Request::Read(read));
        }
        self
    }

    /// Says this if the question is cancelled.
    #[must_use]
    pub fn saying_if_cancelled(mut self, words: String) -> Self {
        if let Self::Confirm(confirm) = &mut self {
            confirm.if_cancelled = words;
        }
        self
    }

    /// Names the button of a question that does not do it.
    #[must_use]
    pub fn cancelled_by(mut self, label: String) -> Self {
        if let Self::Confirm(confirm) = &mut self {
            confirm.cancel = label;
        }
        self
    }

    /// Asks whether to discard what was typed; `look_in` says where to look if it may have been saved.
    pub fn discard(look_in: Option<String>, ctx: &Context) -> Self {
        let (title, means, verb) = match look_in {
            None => (Phrase::DiscardTitle, Phrase::DiscardMeans, Phrase::VerbDiscard),
            Some(_) => (Phrase::LeaveInDoubt, Phrase::MayBeSaved, Phrase::VerbLeave),
        };
        let lines = std::iter::once(ctx.say(means)).chain(look_in).collect();
        Self::Confirm(Confirm::new(ctx.say(title), lines, &ctx.say(verb), ctx.say(Phrase::KeepEditing), ctx))
    }

    /// A month to pick a day from; `day` is selected at first.
    pub fn month(title: String, day: NaiveDate, today: NaiveDate) -> Self {
        Self::Month(Month { title, day, today })
    }

    /// The views of a list: the program's own, those that users have saved, and what can be done with
    /// them. The present one is selected at first.
    pub fn views(
        title: String,
        kind: EntityKind,
        (built_in, commands): (Vec<String>, Vec<(String, ViewChoice)>),
        at: ViewChoice,
        ctx: &Context,
    ) -> Self {
        let item = |(label, choice)| Item { label, outcome: Some(Outcome::View(choice)), ..Item::default() };
        let first = built_in.len();
        let built_in = built_in.into_iter().enumerate().map(|(at, label)| (label, ViewChoice::BuiltIn(at)));
        let lines = built_in.chain(commands).map(item).collect();
        let mut menu = Menu::new(title, Some(Input::default()), Source::Views(kind, first), lines);
        menu.show_views(ctx);
        menu.select(at);
        Self::Menu(menu)
    }

    pub fn password(why: String) -> Self {
        Self::Password(Password { input: Input::password(), why, problem: None })
    }

    /// Shows a temporary password to be read to the user of this name.
    pub fn secret(name: String, password: SecretString) -> Self {
        Self::Secret(Secret { name, password })
    }

    /// A few choices; the one at index `at` is selected at first.
    pub fn choice(title: String, options: Vec<String>, at: usize) -> Self {
        let item = |(number, label)| Item { label, outcome: Some(Outcome::Choice(number)), ..Item::default() };
        let items: Vec<Item> = options.into_iter().enumerate().map(item).collect();
        let mut menu = Menu::new(title, Some(Input::default()), Source::Fixed, items);
        (menu.at, menu.small) = (at, true);
        Self::Menu(menu)
    }

    /// A searchable picker; `nobody` is the label of the line for nobody, if that is offered.
    pub fn picker(title: String, source: Source, nobody: Option<String>) -> Self {
        let nobody = nobody.map(|label| Item { label, outcome: Some(Outcome::Person(None)), ..Item::default() });
        Self::Menu(Menu::new(title, Some(Input::default()), source, nobody.into_iter().collect()))
    }

    /// The line of this person, or of nobody, is selected until the user types or moves.
    #[must_use]
    pub fn at_person(mut self, person: Option<UserId>) -> Self {
        if let Self::Menu(menu) = &mut self {
            menu.present = Some(person.map_or(Present::Nobody, Present::Person));
        }
        self
    }

    /// Lets several people be marked with the space bar, who then share; these are marked at first.
    #[must_use]
    pub fn for_several(mut self, marked: Vec<Candidate>) -> Self {
        if let Self::Menu(menu) = &mut self {
            menu.marking = Some(Marking(marked));
        }
        self
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
        let items = rows.into_iter().map(|(label, detail)| Item { label, detail, ..Item::default() }).collect();
        Self::Menu(Menu::new(title, None, Source::Report, items))
    }

    /// Labelled values, one of which can be chosen.
    pub fn values(title: String, values: Vec<(String, String)>, ctx: &Context) -> Self {
        let item = |(label, value): (String, String)| Item {
            label: ctx.pair(&label, &value.replace('\n', " ")),
            outcome: Some(Outcome::Text(value)),
            ..Item::default()
        };
        let items = values.into_iter().map(item).collect();
        Self::Menu(Menu::new(title, Some(Input::default()), Source::Fixed, items))
    }

    /// The time zones of the world, with their countries; the present one is selected at first.
    pub fn zones(title: String, present: &str, ctx: &Context) -> Self {
        let item = |(zone, country, also): (Tz, &str, String)| {
            let name = zone.name().to_owned();
            let outcome = Some(Outcome::Text(name.clone()));
            Item { label: name, detail: country.to_owned(), also, outcome, ..Item::default() }
        };
        let items: Vec<Item> = text::zones(ctx.language).map(item).collect();
        let at = items.iter().position(|item| item.label == present).unwrap_or(0);
        let mut menu = Menu::new(title, Some(Input::default()), Source::Fixed, items);
        (menu.at, menu.if_nothing) = (at, Phrase::Asked(Asked::NoSuchZone));
        Self::Menu(menu)
    }

    /// The help: every key of the screen, with what it does or why it is not available.
    pub fn help(bindings: &[Binding], ctx: &Context) -> Self {
        Self::help_with(bindings, &[], ctx)
    }

    /// The same, with what else there is to know below.
    pub fn help_with(bindings: &[Binding], notes: &[Phrase], ctx: &Context) -> Self {
        let item = |binding: &Binding| {
            let words = binding.unavailable.as_deref().unwrap_or(&binding.help);
            let outcome = binding.unavailable.is_none().then_some(Outcome::Run(binding.command));
            Item { label: format!("{:<10} {words}", ctx.key(binding.key)), hang: 11, outcome, ..Item::default() }
        };
        let note = |note: &Phrase| Item { label: ctx.say(*note), ..Item::default() };
        let items = bindings.iter().filter(|binding| !binding.help.is_empty()).map(item);
        let items = items.chain(notes.iter().map(note)).collect();
        let mut menu = Menu::new(ctx.say(Phrase::HelpTitle), Some(Input::default()), Source::Fixed, items);
        menu.is_help = true;
        Self::Menu(menu)
    }

    /// The palette: screens, actions and records, found by typing.
    pub fn palette(lines: Vec<Item>, ctx: &Context) -> Self {
        Self::Menu(Menu::new(ctx.say(Phrase::PaletteTitle), Some(Input::default()), Source::Search, lines))
    }

    /// The first request of a menu whose lines come from the database, or of a question.
    pub fn load(&mut self) -> Option<Request> {
        match self {
            Self::Menu(menu) => menu.request(),
            Self::Confirm(confirm) => confirm.reads.take(),
            Self::Password(_) | Self::Line(_) | Self::Month(_) | Self::Columns(_) | Self::Secret(_) => None,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> PopupResult {
        match self {
            Self::Password(password) => password.input.insert(pasted),
            Self::Line(line) => line.input.insert(pasted),
            Self::Menu(menu) => return menu.paste(pasted),
            Self::Confirm(_) | Self::Month(_) | Self::Columns(_) | Self::Secret(_) => {}
        }
        PopupResult::Stay
    }

    pub fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Esc && !matches!(self, Self::Line(_)) {
            return PopupResult::Close;
        }
        // What is filled in here is saved as a form is.
        let saves = Key::from_event(key) == Key::ctrl('s') && matches!(self, Self::Line(_) | Self::Columns(_));
        let key = if saves { KeyEvent::from(KeyCode::Enter) } else { key };
        match self {
            Self::Confirm(_) | Self::Columns(_) | Self::Month(_) if Key::is_chord(key) => PopupResult::Stay,
            Self::Confirm(confirm) => confirm.key(key),
            Self::Password(password) => password.key(key),
            Self::Line(line) => line.key(key),
            Self::Columns(columns) => columns.key(key),
            Self::Menu(menu) => menu.key(key),
            Self::Month(month) => month.key(key),
            Self::Secret(_) => Secret::key(key),
        }
    }

    /// Whether it tells something that a key must not answer or close before it could be read.
    pub fn has_to_be_read(&self) -> bool {
        match self {
            Self::Confirm(_) | Self::Secret(_) => true,
            Self::Menu(menu) => menu.source == Source::Report,
            Self::Password(_) | Self::Line(_) | Self::Month(_) | Self::Columns(_) => false,
        }
    }

    /// It was on the screen as it is now.
    pub fn was_drawn(&mut self) {
        if let Self::Menu(menu) = self {
            menu.was_drawn();
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

    /// The lines of a menu have arrived, or what there is to know for a question.
    pub fn on_reply(&mut self, reply: Reply, ctx: &Context) -> PopupResult {
        match self {
            Self::Menu(menu) => return menu.answered().unwrap_or_else(|| menu.fill(reply, ctx)),
            Self::Confirm(confirm) => confirm.know(&reply, ctx),
            Self::Line(line) => line.completed(&reply, ctx),
            Self::Password(_) | Self::Month(_) | Self::Columns(_) | Self::Secret(_) => {}
        }
        PopupResult::Stay
    }

    /// What its help key says, where `?` is a letter of what is typed.
    pub fn help_on(&self) -> Option<Phrase<'static>> {
        let narrows = matches!(self, Self::Menu(menu) if menu.input.is_some() && !menu.is_help);
        narrows.then_some(Phrase::MenuHelp)
    }

    /// The keys that work in a popup and what they do, for the bottom line. A key without a label shares
    /// the label of the key to its right.
    pub fn keys(&self, ctx: &Context) -> Vec<(String, String)> {
        let arrows = matches!(self, Self::Month(_)).then(|| (ctx.say(Phrase::KeyArrows), ctx.say(Phrase::KeyChoose)));
        let words = |label: Option<Phrase>| label.map(|label| ctx.say(label)).unwrap_or_default();
        let keys = self.single_keys().into_iter().map(|(key, label)| (ctx.key(key), words(label)));
        arrows.into_iter().chain(keys).collect()
    }

    fn single_keys(&self) -> Vec<(Key, Option<Phrase<'static>>)> {
        let choose = match self {
            Self::Confirm(_) => vec![KeyCode::Left, KeyCode::Right],
            Self::Line(line) if line.is_path => {
                let keys =
                    [(KeyCode::Tab, Phrase::Import(ImportPhrase::KeyComplete)), (KeyCode::Enter, Phrase::KeyTake)];
                let leave = (Key::plain(KeyCode::Esc), Some(Phrase::CloseKey));
                return keys.map(|(code, label)| (Key::plain(code), Some(label))).into_iter().chain([leave]).collect();
            }
            Self::Password(_) | Self::Line(_) => Vec::new(),
            Self::Secret(_) => return vec![(Key::plain(KeyCode::Enter), Some(Phrase::CloseKey))],
            Self::Columns(_) => return columns::KEYS.map(|(code, label)| (Key::plain(code), label)).to_vec(),
            Self::Menu(menu) if menu.source == Source::Report => return menu.reading_keys(),
            Self::Menu(_) => vec![KeyCode::Up, KeyCode::Down],
            Self::Month(_) => return month::KEYS.map(|(code, label)| (Key::plain(code), label)).to_vec(),
        };
        let last = choose.len().saturating_sub(1);
        let choose = choose.into_iter().enumerate();
        let choose = choose.map(|(at, code)| (Key::plain(code), (at == last).then_some(Phrase::KeyChoose)));
        let mark = matches!(self, Self::Menu(menu) if menu.marking.is_some());
        let mark = mark.then(|| (Key::char(' '), Some(Phrase::KeyShare)));
        let take = [(Key::plain(KeyCode::Enter), Some(Phrase::KeyTake))];
        let help = self.help_on().map(|_| (Key::plain(KeyCode::F(1)), Some(Phrase::KeyHelp)));
        let cancel = [(Key::plain(KeyCode::Esc), Some(Phrase::KeyCancel))];
        choose.chain(mark).chain(take).chain(help).chain(cancel).collect()
    }

    /// Draws the popup over the body; returns the place that the user's attention is on.
    pub fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        match self {
            Self::Confirm(confirm) => confirm.draw(frame, area, ctx),
            Self::Password(password) => Focus::Caret(password.draw(frame, area, ctx)),
            Self::Line(line) => Focus::Caret(line.draw(frame, area, ctx)),
            Self::Columns(columns) => columns.draw(frame, area, ctx),
            Self::Month(month) => month.draw(frame, area, ctx),
            Self::Secret(secret) => secret.draw(frame, area, ctx),
            Self::Menu(menu) => menu.draw(frame, area, ctx),
        }
    }
}
