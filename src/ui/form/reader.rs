//! Reads what was typed in a form.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use secrecy::SecretString;

use super::{
    between::{clock, find},
    field::FormField,
    reading::known,
};
use crate::domain::{
    Cents, Field, FieldErrors, Problem,
    dates::{self, Direction},
};

/// Reads the fields of a form one by one and collects what is wrong with them. A value that cannot
/// be read is replaced by a default, so that all errors are found at once; [`Reader::finish`] then
/// returns the errors.
pub struct Reader<'a> {
    fields: &'a [FormField],
    /// The time that dates are read relative to, in the company's time zone.
    now: NaiveDateTime,
    errors: FieldErrors,
}

impl<'a> Reader<'a> {
    pub fn new(fields: &'a [FormField], now: NaiveDateTime) -> Self {
        Self { fields, now, errors: FieldErrors::default() }
    }

    /// What was made of the fields, or what is wrong with them.
    pub fn finish<T>(self, made: T) -> Result<T, FieldErrors> {
        if self.errors.is_empty() { Ok(made) } else { Err(self.errors) }
    }

    /// What is wrong with the fields that were read.
    pub fn errors(self) -> FieldErrors {
        self.errors
    }

    /// The text as it was typed; the services clean it.
    pub fn text(&self, field: Field) -> String {
        self.str(field).to_owned()
    }

    /// The same; `None` if nothing was typed.
    pub fn optional_text(&self, field: Field) -> Option<String> {
        Some(self.text(field)).filter(|text| !text.trim().is_empty())
    }

    pub fn secret(&self, field: Field) -> SecretString {
        SecretString::from(self.str(field))
    }

    /// The chosen option; `None` if the form has no such field.
    pub fn choice<T: FromStr>(&self, field: Field) -> Option<T> {
        find(self.fields, field)?.content().parse().ok()
    }

    /// Whether a switch is on.
    pub fn is_on(&self, field: Field) -> bool {
        self.choice(field).unwrap_or_default()
    }

    /// The id of the picked record, if one was picked.
    pub fn picked(&self, field: Field) -> Option<i64> {
        find(self.fields, field)?.picked
    }

    /// The id of a record that has to be picked.
    pub fn required_pick(&mut self, field: Field) -> i64 {
        self.value(field, self.picked(field).ok_or(Problem::Required)).unwrap_or_default()
    }

    pub fn amount(&mut self, field: Field) -> Cents {
        self.value(field, Cents::parse(self.str(field))).unwrap_or_default()
    }

    pub fn optional_amount(&mut self, field: Field) -> Option<Cents> {
        self.optional(field, Cents::parse)
    }

    pub fn day(&mut self, field: Field, prefer: Direction) -> Option<NaiveDate> {
        let today = self.now.date();
        self.optional(field, |text| dates::parse_date(text, today, prefer))
    }

    pub fn time(&mut self, field: Field) -> Option<NaiveDateTime> {
        let clock = clock(self.fields, field, self.now);
        let entry = find(self.fields, field)?;
        let read = known(clock, |now| Some(entry.read_time(now)));
        // An end that counts from an unknown start is not wrong: the start is, or it is missing.
        let unknown = Ok(self.now);
        self.optional(field, |_| read.unwrap_or(unknown))
    }

    /// The first and the last day of a period; the last must not be before the first, and is counted
    /// from there if it has no year.
    pub fn days(&mut self, from: Field, to: Field, prefer: Direction) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let first = self.day(from, prefer);
        let last = self.day(to, first.map_or(prefer, Direction::From));
        self.in_order(to, (first, last))
    }

    /// The least and the greatest amount; the greatest must not be below the least.
    pub fn amounts(&mut self, from: Field, to: Field) -> (Option<Cents>, Option<Cents>) {
        let range = (self.optional_amount(from), self.optional_amount(to));
        self.in_order(to, range)
    }

    fn in_order<T: PartialOrd + Copy>(&mut self, end: Field, range: (Option<T>, Option<T>)) -> (Option<T>, Option<T>) {
        if range.0.zip(range.1).is_some_and(|(from, to)| to < from) {
            self.errors.push(end, Problem::NothingBetween);
        }
        range
    }

    /// Checks that a new password was typed the same way twice.
    pub fn same_passwords(&mut self) {
        if self.str(Field::Password) != self.str(Field::PasswordAgain) {
            self.errors.push(Field::PasswordAgain, Problem::PasswordsDiffer);
        }
    }

    /// Reads a text by a function that may reject it.
    pub fn checked<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        self.value(field, read(self.str(field)))
    }

    fn optional<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        if self.str(field).trim().is_empty() { None } else { self.checked(field, read) }
    }

    fn value<T>(&mut self, field: Field, read: Result<T, Problem>) -> Option<T> {
        self.errors.take(field, read)
    }

    fn str(&self, field: Field) -> &'a str {
        find(self.fields, field).map_or("", |entry| entry.input.text())
    }
}
