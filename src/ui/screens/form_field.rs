//! One field of a form: its value, the check of that value, and how it was understood.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::Value;

use crate::{
    domain::{
        Cents, Field, Problem,
        audit::AuditedFields,
        check, clocks,
        dates::{self, Direction},
        money,
        users::Role,
    },
    ui::{Context, records::value, text::Phrase, widgets::input::Input},
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
    Person(Role),
    Client,
    Contract,
    /// Shown, but cannot be edited.
    Fixed,
}

/// A field of a form.
#[derive(Debug)]
pub struct FormField {
    pub field: Field,
    pub kind: FieldKind,
    pub input: Input,
    /// The index of the chosen option.
    pub choice: usize,
    /// The id of the picked record; its name is in `input`.
    pub picked: Option<i64>,
    pub required: bool,
    pub problem: Option<Problem>,
    /// The conflicting value that another user has saved in the meantime.
    pub theirs: Option<String>,
    /// The value at first, or the one that another user has saved in the meantime.
    pub(super) base: String,
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
            kind,
            input,
            choice,
            picked: None,
            required: false,
            problem: None,
            theirs: None,
            base: String::new(),
        };
        entry.base = entry.content();
        entry
    }

    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Presets the picked record by its id; its name is in `input`.
    pub fn picked(mut self, id: i64) -> Self {
        self.picked = Some(id);
        self.base = self.content();
        self
    }

    /// The value, for comparison with `base`.
    pub(super) fn content(&self) -> String {
        match &self.kind {
            FieldKind::Choice(options) => options.get(self.choice).map(|(value, _)| value.clone()).unwrap_or_default(),
            _ => self.input.text().to_owned(),
        }
    }

    pub fn is_changed(&self) -> bool {
        self.content() != self.base
    }

    pub(super) fn set(&mut self, text: &str) {
        match &self.kind {
            FieldKind::Choice(options) => {
                self.choice = options.iter().position(|(value, _)| value == text).unwrap_or(self.choice);
            }
            _ => self.input.set(text),
        }
    }

    /// A value of this field as a summary shows it.
    pub(super) fn label(&self, content: &str) -> String {
        match &self.kind {
            FieldKind::Choice(options) => {
                options.iter().find(|(value, _)| value == content).map_or_else(String::new, |(_, label)| label.clone())
            }
            _ => content.to_owned(),
        }
    }

    pub(super) fn is_picker(&self) -> bool {
        matches!(self.kind, FieldKind::Person(_) | FieldKind::Client | FieldKind::Contract)
    }

    pub(super) fn is_text(&self) -> bool {
        !self.is_picker() && !matches!(self.kind, FieldKind::Choice(_) | FieldKind::Fixed)
    }

    pub(super) fn is_password(&self) -> bool {
        matches!(self.kind, FieldKind::Password | FieldKind::NewPassword)
    }

    pub(super) fn is_date(&self) -> bool {
        matches!(self.kind, FieldKind::Day(_) | FieldKind::Time)
    }

    /// The typed day, if it can be read.
    pub(super) fn day(&self, now: NaiveDateTime) -> Option<NaiveDate> {
        match self.kind {
            FieldKind::Day(prefer) => dates::parse_date(self.input.text(), now.date(), prefer).ok(),
            FieldKind::Time => dates::parse_date_time(self.input.text(), now).ok().map(|time| time.date()),
            _ => None,
        }
    }

    /// Replaces the day; a typed time is kept.
    pub(super) fn set_day(&mut self, day: NaiveDate, now: NaiveDateTime) {
        let time = dates::parse_date_time(self.input.text(), now).ok().map(|time| time.time());
        let text = match (&self.kind, time) {
            (FieldKind::Time, Some(time)) => dates::format_date_time(day.and_time(time)),
            (FieldKind::Time, None) => format!("{} ", dates::format_date(day)),
            _ => dates::format_date(day),
        };
        self.input.set(&text);
        self.problem = None;
    }

    /// What is wrong with the value, regardless of other fields. Dates are read relative to `now`,
    /// which is in the company's time zone.
    pub(super) fn check(&self, now: NaiveDateTime, time_zone: Tz) -> Option<Problem> {
        let text = self.input.text();
        if text.trim().is_empty() && self.is_text() {
            return self.required.then_some(Problem::Required);
        }
        match (&self.kind, self.field) {
            (FieldKind::Amount, _) => Cents::parse(text).err(),
            (FieldKind::Whole, Field::Attendees) => check::attendees(text).err(),
            (FieldKind::Whole, _) => money::parse_whole(text).err(),
            (FieldKind::Day(prefer), _) => dates::parse_date(text, now.date(), *prefer).err(),
            (FieldKind::Time, _) => {
                let time = match dates::parse_date_time(text, now) {
                    Ok(time) => time,
                    Err(problem) => return Some(problem),
                };
                let is_new = dates::parse_date_time(&self.base, now) != Ok(time);
                is_new.then(|| clocks::on_the_clock(time, time_zone).err()).flatten()
            }
            (FieldKind::Person(_) | FieldKind::Client | FieldKind::Contract, _) if self.picked.is_none() => {
                self.required.then_some(Problem::Required)
            }
            (FieldKind::Line, Field::Username) => check::username(text).err(),
            (FieldKind::Line, Field::EverydayUser) => check::account(text).err(),
            (FieldKind::Line, Field::FullName | Field::CompanyName | Field::Title) => check::name(text).err(),
            (FieldKind::Line, Field::Email) => check::optional_email(text).err(),
            (FieldKind::Line, Field::Phone) => check::optional_phone(text).err(),
            (FieldKind::Line, Field::EmployeeNumber) => check::optional_employee_number(text).err(),
            (FieldKind::Line, Field::Currency) => check::currency(text).err(),
            (FieldKind::Line, Field::TimeZone) => check::time_zone(text).err(),
            (FieldKind::Notes, _) => check::notes(text).err(),
            _ => None,
        }
    }

    /// Says which of two instants is meant, if the clocks show the typed time twice.
    pub(super) fn which_of_two(&self, ctx: &Context, now: NaiveDateTime) -> Option<String> {
        let time = dates::parse_date_time(self.input.text(), now).ok().filter(|_| self.kind == FieldKind::Time)?;
        let zone = clocks::first_of_two(time, ctx.settings().time_zone)?;
        Some(ctx.say(Phrase::FirstOfTwo { time: &time.format("%H:%M").to_string(), zone: &zone }))
    }

    /// How a date or an amount was understood, or how strong a new password is; shown beside the
    /// field.
    pub fn echo(&self, ctx: &Context, now: NaiveDateTime) -> Option<String> {
        let text = self.input.text();
        if text.trim().is_empty() {
            return None;
        }
        match &self.kind {
            FieldKind::Amount => {
                let cents = Cents::parse(text).ok()?;
                Some(format!("{} {}", cents.format(ctx.language), ctx.settings().currency))
            }
            FieldKind::Day(prefer) => {
                dates::parse_date(text, now.date(), *prefer).ok().map(|day| dates::spell_date(day, ctx.language))
            }
            FieldKind::Time => {
                dates::parse_date_time(text, now).ok().map(|time| dates::spell_date_time(time, ctx.language))
            }
            FieldKind::NewPassword => Some(ctx.say(Phrase::Strength(crate::domain::password::strength(text, &[])))),
            _ => None,
        }
    }
}

/// The number of attendees as a form shows it: empty while it is unknown, which is stored as 0.
pub(super) fn people(count: i64) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

/// The value that another user has saved, as this field would show it. `None` if the field shows a
/// value of another record.
pub(super) fn typed_form(entry: &FormField, theirs: &AuditedFields, ctx: &Context) -> Option<String> {
    if entry.kind == FieldKind::Fixed {
        return None;
    }
    theirs.0.iter().find(|(field, _)| *field == entry.field)?;
    let raw = theirs.get(entry.field);
    Some(match (&entry.kind, raw) {
        (_, Value::Null) => String::new(),
        (FieldKind::Amount, Value::Number(cents)) => Cents(cents.as_i64()?).format(ctx.language),
        (FieldKind::Whole, Value::Number(number)) if entry.field == Field::Attendees => people(number.as_i64()?),
        (FieldKind::Whole, Value::Number(number)) => number.to_string(),
        (FieldKind::Time, Value::String(text)) => dates::format_date_time(text.parse().ok()?),
        (FieldKind::Day(_), Value::String(text)) => dates::format_date(text.parse().ok()?),
        (_, Value::String(text)) => text.clone(),
        (FieldKind::Choice(_), other) => other.to_string(),
        (_, other) => value(entry.field, other, ctx),
    })
}
