//! One field of a form: its value, the check of that value, and how it was understood.

use std::fmt::Display;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::choices::Choices;
use crate::{
    domain::{
        Cents, Field, Problem, check, clocks,
        dates::{self, Direction},
        language::Language,
        money, text,
    },
    ui::{
        Context,
        text::{Phrase, TimePhrase},
        widgets::input::Input,
    },
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
    pub problem: Option<Problem>,
    /// Why the services refused this value; until it is changed.
    pub refused: Option<Problem>,
    /// What one should know about the field, shown below it.
    pub hint: Option<Phrase<'static>>,
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
            problem: None,
            refused: None,
            left: false,
            hint: None,
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

    pub fn is_changed(&self) -> bool {
        self.content() != self.base
    }

    pub fn set(&mut self, text: &str) {
        match &self.kind {
            FieldKind::Choice(options) => {
                self.choice = options.iter().position(|(value, _)| value == text).unwrap_or(self.choice);
            }
            _ => self.input.set(text),
        }
    }

    /// A value of this field as a summary shows it: amounts and dates as details show them, however
    /// they were typed. `now` is as in [`Self::check`].
    pub fn label(&self, content: &str, ctx: &Context, now: NaiveDateTime) -> String {
        /// The columns of a text that need not be read to the end to be recognised.
        const ENOUGH: usize = 60;
        match &self.kind {
            FieldKind::Choice(options) => {
                options.iter().find(|(value, _)| value == content).map_or_else(String::new, |(_, label)| label.clone())
            }
            FieldKind::Notes => text::cut(&content.replace('\n', " "), ENOUGH),
            FieldKind::Zone => content.to_owned(),
            FieldKind::Whole => money::parse_whole(content)
                .map_or_else(|_| content.to_owned(), |number| ctx.say(Phrase::Number(number))),
            _ => self.understood(content, ctx, now).unwrap_or_else(|| content.to_owned()),
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

    /// The typed time, read relative to `clock`, which for an end is the start.
    pub fn read_time(&self, clock: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
        self.read_as_time(self.input.text(), clock)
    }

    fn read_as_time(&self, typed: &str, clock: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
        let read = if self.is_end() { dates::parse_end } else { dates::parse_date_time };
        read(typed, clock)
    }

    /// The typed day, if it can be read.
    pub fn typed_day(&self, now: NaiveDateTime) -> Option<NaiveDate> {
        match self.kind {
            FieldKind::Day(prefer) => dates::parse_date(self.input.text(), now.date(), prefer).ok(),
            FieldKind::Time => match self.read_time(now) {
                Ok(time) => Some(time.date()),
                Err(Problem::TimeMissing(day)) => Some(day),
                Err(_) => None,
            },
            _ => None,
        }
    }

    /// Replaces the day; a typed time is kept.
    pub fn set_day(&mut self, day: NaiveDate, now: NaiveDateTime) {
        let time = self.read_time(now).ok().map(|time| time.time());
        let text = match (&self.kind, time) {
            (FieldKind::Time, Some(time)) => dates::format_date_time(day.and_time(time)),
            (FieldKind::Time, None) => format!("{} ", dates::format_date(day)),
            _ => dates::format_date(day),
        };
        self.input.set(&text);
        self.forget_problem();
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
    pub fn check(&self, now: NaiveDateTime, time_zone: Tz) -> Option<Problem> {
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
            (FieldKind::Line, Field::Port) => check::optional_port(text).err(),
            (FieldKind::Zone, _) => check::time_zone(text).err(),
            (FieldKind::Notes, _) => check::notes(text).err(),
            _ => None,
        }
    }

    /// Says which of two instants is meant, if the clocks show the typed time twice.
    pub fn which_of_two(&self, ctx: &Context, now: NaiveDateTime) -> Option<String> {
        let time = self.read_time(now).ok().filter(|_| self.kind == FieldKind::Time)?;
        let zone = clocks::first_of_two(time, ctx.settings().time_zone)?;
        Some(ctx.say(Phrase::FirstOfTwo { time: &time.format("%H:%M").to_string(), zone: &zone }))
    }

    /// How a date or an amount was understood; shown beside the field. An end is said from its start,
    /// unless it is days later.
    pub fn echo(&self, ctx: &Context, clock: Option<NaiveDateTime>) -> Option<String> {
        let typed = self.input.text();
        let Some(clock) = clock else {
            return (!typed.trim().is_empty()).then(|| ctx.say(Phrase::Time(TimePhrase::AfterStart)));
        };
        let end = self.read_time(clock).ok().filter(|end| self.is_end() && *end >= clock);
        let end = end.and_then(|end| {
            let next_day = (end.date() - clock.date()).num_days() == 1;
            let minutes = (end - clock).num_minutes();
            let said = TimePhrase::Ends { time: &end.format("%H:%M").to_string(), next_day, minutes };
            (next_day || end.date() == clock.date()).then(|| ctx.say(Phrase::Time(said)))
        });
        end.or_else(|| self.understood(typed, ctx, clock))
    }

    fn is_end(&self) -> bool {
        self.kind == FieldKind::Time && self.field == Field::EndsAt
    }

    /// What a typed date or amount means, in full; `None` if it is neither.
    fn understood(&self, typed: &str, ctx: &Context, now: NaiveDateTime) -> Option<String> {
        match &self.kind {
            FieldKind::Amount => {
                let cents = Cents::parse(typed).ok()?;
                Some(format!("{} {}", cents.format(ctx.language), ctx.settings().currency))
            }
            FieldKind::Day(prefer) => {
                dates::parse_date(typed, now.date(), *prefer).ok().map(|day| dates::spell_date(day, ctx.language))
            }
            FieldKind::Time => match self.read_as_time(typed, now) {
                Ok(time) => Some(dates::spell_date_time(time, ctx.language)),
                Err(Problem::TimeMissing(day)) => Some(dates::spell_date(day, ctx.language)),
                Err(_) => None,
            },
            FieldKind::Zone => Some(ctx.say(Phrase::ZoneHint)),
            FieldKind::Line if self.field == Field::Currency => {
                check::currency(typed).ok().filter(|code| code != typed)
            }
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

/// The field of this name, if the form has it.
pub fn find(fields: &[FormField], field: Field) -> Option<&FormField> {
    fields.iter().find(|one| one.field == field)
}

/// The time that a field's dates are read relative to: for the end of an event its start, and `None`
/// if that cannot be read; for others `now`.
pub fn clock(fields: &[FormField], field: Field, now: NaiveDateTime) -> Option<NaiveDateTime> {
    match find(fields, Field::StartsAt).filter(|_| field == Field::EndsAt) {
        Some(start) => start.read_time(now).ok(),
        None => Some(now),
    }
}
