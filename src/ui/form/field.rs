//! One field of a form: its value, and the check of that value.

use std::fmt::Display;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::choices::Choices;
use crate::{
    domain::{
        Cents, Field, Problem, check, clocks,
        dates::{self, Direction},
        language::Language,
        money,
        payments::check_reason,
    },
    ui::{Context, text::Phrase, widgets::input::Input},
};

/// What a field holds and how it is edited.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    Line,
    Notes,
    Password,
    /// A password that is to be set; its strength is shown beside it.
    NewPassword,
    Amount,
    Whole,
    Day(Direction),
    /// A date with a time.
    Time,
    /// One of a few options, each with its value and its label.
    Choice(Vec<(String, String)>),
    /// A record that is picked from a list.
    Record(Choices),
    /// A time zone, which is picked from the list of all by typing a city.
    Zone,
    /// Shown, but cannot be edited.
    Fixed,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct FormField {
    pub field: Field,
    /// What it is called here, if that says more than the name of the field.
    pub called: Option<Phrase<'static>>,
    pub kind: FieldKind,
    pub input: Input,
    /// The index of the chosen option.
    pub choice: usize,
    /// The id of the picked record; its name is in `input`.
    pub picked: Option<i64>,
    pub required: bool,
    /// Of the total of a contract: what was paid of it, which the total has to cover.
    pub covers: Cents,
    pub problem: Option<Problem>,
    /// Why the services refused this value; until it is changed.
    pub refused: Option<Problem>,
    /// What one should know about the field, shown below it.
    pub hint: Option<Phrase<'static>>,
    /// What is proposed here, in words that only this form knows; they stand before the hint until it is changed.
    pub note: Option<String>,
    /// Whether the user has been in this field and left it: from then on its problems are shown.
    pub left: bool,
    /// The conflicting value that another user has saved in the meantime.
    pub theirs: Option<String>,
    /// The value at first, or the one that another user has saved in the meantime.
    pub base: String,
}

impl FormField {
    pub fn new(field: Field, kind: FieldKind, text: &str) -> Self {
        let input = match kind {
            FieldKind::Notes => Input::notes(text),
            FieldKind::Password | FieldKind::NewPassword => Input::password(),
            _ => Input::line(text),
        };
        let choice = match &kind {
            FieldKind::Choice(options) => options.iter().position(|(value, _)| value == text).unwrap_or(0),
            _ => 0,
        };
        let mut entry = Self {
            field,
            called: None,
            kind,
            input,
            choice,
            picked: None,
            required: false,
            covers: Cents(0),
            problem: None,
            refused: None,
            left: false,
            hint: None,
            note: None,
            theirs: None,
            base: String::new(),
        };
        entry.base = entry.content();
        entry
    }

    pub fn line(field: Field, text: &str) -> Self {
        Self::new(field, FieldKind::Line, text)
    }

    pub fn notes(text: &str) -> Self {
        Self::new(Field::Notes, FieldKind::Notes, text)
    }

    /// A day that is empty, or written as a form shows it. A day without a year is taken in the
    /// direction that `prefer` gives.
    pub fn day(field: Field, day: Option<NaiveDate>, prefer: Direction) -> Self {
        Self::new(field, FieldKind::Day(prefer), &day.map(dates::format_date).unwrap_or_default())
    }

    pub fn time(field: Field, time: Option<NaiveDateTime>) -> Self {
        Self::new(field, FieldKind::Time, &time.map(dates::format_date_time).unwrap_or_default())
    }

    pub fn amount(field: Field, cents: Option<Cents>, language: Language) -> Self {
        Self::new(field, FieldKind::Amount, &cents.map(|cents| cents.format(language)).unwrap_or_default())
    }

    /// One of these options; `chosen` is the value of the option that is chosen at first.
    pub fn choice<T: Display>(
        field: Field,
        options: impl Iterator<Item = T>,
        label: impl Fn(&T) -> String,
        chosen: &T,
    ) -> Self {
        let options = options.map(|option| (option.to_string(), label(&option))).collect();
        Self::new(field, FieldKind::Choice(options), &chosen.to_string())
    }

    pub fn switch(field: Field, on: bool, ctx: &Context) -> Self {
        let label = |on: &bool| ctx.say(if *on { Phrase::On } else { Phrase::Off });
        Self::choice(field, [false, true].into_iter(), label, &on)
    }

    /// A record to filter by. Only the id of the one that was chosen before is known, so a word
    /// stands for its name.
    pub fn filter_by(field: Field, choices: Choices, id: Option<i64>, ctx: &Context) -> Self {
        match id {
            Some(id) => Self::new(field, FieldKind::Record(choices), &ctx.say(Phrase::AsChosen)).picked(id),
            None => Self::new(field, FieldKind::Record(choices), ""),
        }
    }

    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Its text is a proposal that the user has not typed: what is typed first takes its place.
    pub fn proposed(mut self) -> Self {
        let text = self.input.text().to_owned();
        self.input.propose(&text);
        self
    }

    /// Presets the picked record by its id; its name is in `input`.
    pub fn picked(mut self, id: i64) -> Self {
        self.picked = Some(id);
        self.base = self.content();
        self
    }

    /// From now on it only shows this: it can no longer be edited.
    pub fn fix(&mut self, shown: &str) {
        (self.kind, self.input) = (FieldKind::Fixed, Input::line(shown));
        (self.required, self.hint, self.note, self.theirs) = (false, None, None, None);
        self.forget_problem();
        self.base = self.content();
    }

    /// What the field is called.
    pub fn name(&self, ctx: &Context) -> String {
        self.called.map_or_else(|| ctx.field(self.field), |called| ctx.say(called))
    }

    /// The value, for comparison with `base`.
    pub fn content(&self) -> String {
        match &self.kind {
            FieldKind::Choice(options) => options.get(self.choice).map(|(value, _)| value.clone()).unwrap_or_default(),
            _ => self.input.text().to_owned(),
        }
    }

    /// The text that the field shows.
    pub fn shown(&self) -> &str {
        match &self.kind {
            FieldKind::Choice(options) => options.get(self.choice).map_or("", |(_, label)| label.as_str()),
            _ => self.input.text(),
        }
    }

    pub fn is_changed(&self) -> bool {
        self.content() != self.base
    }

    /// Of a field in which two clients that are merged differ: the value that can be taken instead of the one that
    /// stands there, and whether it is that of the client that stays. Call it only where `base` is that one's value.
    pub fn other_value(&self) -> Option<(String, bool)> {
        let theirs = self.theirs.clone()?;
        let is_theirs = self.content() == theirs;
        Some((if is_theirs { self.base.clone() } else { theirs }, is_theirs))
    }

    pub fn set(&mut self, text: &str) {
        match &self.kind {
            FieldKind::Choice(options) => {
                self.choice = options.iter().position(|(value, _)| value == text).unwrap_or(self.choice);
            }
            _ => self.input.set(text),
        }
    }

    pub fn is_picker(&self) -> bool {
        matches!(self.kind, FieldKind::Record(_) | FieldKind::Zone)
    }

    /// Whether the picker of this field has been used, or was filled in at first.
    pub fn is_picked(&self) -> bool {
        self.picked.is_some() || (self.kind == FieldKind::Zone && !self.input.is_empty())
    }

    pub fn is_text(&self) -> bool {
        !self.is_picker() && !matches!(self.kind, FieldKind::Choice(_) | FieldKind::Fixed)
    }

    pub fn is_password(&self) -> bool {
        matches!(self.kind, FieldKind::Password | FieldKind::NewPassword)
    }

    pub fn is_date(&self) -> bool {
        matches!(self.kind, FieldKind::Day(_) | FieldKind::Time)
    }

    /// The value has been changed, so it is not known to be wrong any more.
    pub fn forget_problem(&mut self) {
        (self.problem, self.refused) = (None, None);
    }

    /// The field as it was before anything was typed, or as another user has saved it in the meantime.
    pub fn as_it_was(&self) -> Self {
        let mut before = self.clone();
        before.set(&self.base);
        before
    }

    /// What is wrong with the value, regardless of other fields. Dates are read relative to `now`,
    /// which is in the company's time zone.
    pub(super) fn check_at(&self, now: NaiveDateTime, time_zone: Tz) -> Option<Problem> {
        let text = self.input.text();
        if text.trim().is_empty() && self.is_text() {
            return self.required.then_some(Problem::Required);
        }
        match (&self.kind, self.field) {
            (FieldKind::Amount, _) => match Cents::parse(text) {
                Ok(amount) if amount.0 > 0 && amount < self.covers => Some(Problem::BelowPaid(self.covers)),
                parsed => parsed.err(),
            },
            (FieldKind::Whole, Field::Attendees) => check::attendees(text).err(),
            (FieldKind::Whole, _) => money::parse_whole(text).err(),
            (FieldKind::Day(prefer), _) => dates::parse_date(text, now.date(), *prefer).err(),
            (FieldKind::Time, _) => {
                let time = match self.read_time(now) {
                    Ok(time) => time,
                    Err(problem) => return Some(problem),
                };
                let is_new = dates::parse_date_time(&self.base, now) != Ok(time);
                is_new.then(|| clocks::on_the_clock(time, time_zone).err()).flatten()
            }
            (FieldKind::Record(_), _) if self.picked.is_none() => self.required.then_some(Problem::Required),
            (FieldKind::Line, Field::Username) => check::username(text).err(),
            (FieldKind::Line, Field::EverydayUser) => check::account(text).err(),
            (FieldKind::Line, Field::FullName | Field::CompanyName | Field::Title) => check::name(text).err(),
            (FieldKind::Line, Field::Email) => check::optional_email(text).err(),
            (FieldKind::Line, Field::Phone | Field::ContactPhone) => check::optional_phone(text).err(),
            (FieldKind::Line, Field::EmployeeNumber) => check::optional_employee_number(text).err(),
            (FieldKind::Line, Field::Currency) if text != self.base => check::currency(text).err(),
            (FieldKind::Line, Field::Reference) => check::optional_text(text, check::MAX_NAME).err(),
            (FieldKind::Line, Field::CancelReason) => check_reason(text).err(),
            (FieldKind::Line, Field::Port) => check::optional_port(text).err(),
            (FieldKind::Zone, _) => check::time_zone(text).err(),
            (FieldKind::Notes, _) => check::notes(text).err(),
            _ => None,
        }
    }
}

/// The fields for a new password, which is typed twice.
pub fn new_password() -> [FormField; 2] {
    let kinds = [(Field::Password, FieldKind::NewPassword), (Field::PasswordAgain, FieldKind::Password)];
    kinds.map(|(field, kind)| FormField::new(field, kind, "").required())
}

/// The same for a password that somebody else is given.
pub fn temporary_password() -> [FormField; 2] {
    let [password, again] = new_password();
    let called = Some(Phrase::TemporaryTitle);
    [FormField { called, hint: Some(Phrase::TemporaryPassword), ..password }, again]
}
