//! The values of a row of a file, read by the program's own readers of dates, amounts and choices.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::domain::{
    Cents, ContractId, Field, FieldErrors, Problem,
    contracts::number_in_file,
    dates,
    day_order::{self, DayOrder},
    import_words, phone,
};
use crate::services::spreadsheet::sheet::Row;

/// What is wrong with a date, as it is said of a file: nobody can type a day such as `tomorrow` there.
fn in_file(order: DayOrder) -> impl Fn(Problem) -> Problem {
    move |problem| match problem {
        Problem::NotADate | Problem::NotADateTime => Problem::NotADateIn(order),
        other => other,
    }
}

/// How the rows of a file are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The field of each column.
    pub columns: &'a [Option<Field>],
    pub order: DayOrder,
    /// The company's day.
    pub today: NaiveDate,
    /// The company's time zone.
    pub time_zone: Tz,
}

/// The cells of a row. What cannot be read is collected as errors, of all cells.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    reading: Reading<'a>,
    row: &'a Row,
    pub errors: FieldErrors,
}

impl<'a> Cells<'a> {
    pub fn new(reading: Reading<'a>, row: &'a Row) -> Self {
        Self { reading, row, errors: FieldErrors::default() }
    }

    /// The same of a row to be planned, which is refused if it is one of these that are too long.
    pub fn of_row(reading: Reading<'a>, row: &'a Row, too_long: &[u32]) -> Self {
        let mut cells = Self::new(reading, row);
        let last = reading.columns.iter().rev().find_map(|field| *field);
        if let Some(last) = last.filter(|_| too_long.binary_search(&row.number).is_ok()) {
            cells.errors.push(last, Problem::MoreValues);
        }
        cells
    }

    /// The cells without the errors that were found.
    pub fn again(&self) -> Self {
        Self::new(self.reading, self.row)
    }

    /// As a spreadsheet program counts, from 1.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// The text of a field; `None` if the file has no column for it or the cell is empty.
    pub fn said(&self, field: Field) -> Option<&'a str> {
        let column = self.reading.columns.iter().position(|of| *of == Some(field))?;
        self.row.cells.get(column).map(|cell| cell.trim()).filter(|text| !text.is_empty())
    }

    /// The text of a field; empty if the file does not say.
    pub fn text(&self, field: Field) -> String {
        self.said(field).unwrap_or_default().to_owned()
    }

    /// Puts the text of a field, if the file says it, in the place of another.
    pub fn replace(&self, field: Field, text: &mut String) {
        if let Some(said) = self.said(field) {
            said.clone_into(text);
        }
    }

    /// The same for a telephone number, unless it is the same one in another spelling.
    pub fn replace_number(&self, field: Field, number: &mut String) {
        if self.said(field).is_some_and(|said| phone::key(said).is_none() || !phone::is_same(said, number)) {
            self.replace(field, number);
        }
    }

    /// The value of a field; `None` if the file does not say or says it wrongly.
    pub fn read<T>(&mut self, field: Field, reader: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        self.said(field).and_then(|said| self.errors.take(field, reader(said)))
    }

    pub fn amount(&mut self, field: Field) -> Option<Cents> {
        self.read(field, Cents::parse)
    }

    pub fn day(&mut self, field: Field) -> Option<NaiveDate> {
        let Reading { order, today, .. } = self.reading;
        self.read(field, |said| day_order::read_day(said, order, today).map_err(in_file(order)))
    }

    /// The company's day of an instant: exports write it as a time of UTC, and offices as a day.
    pub fn day_of_instant(&mut self, field: Field) -> Option<NaiveDate> {
        let said = self.said(field)?;
        match NaiveDateTime::parse_from_str(said, "%Y-%m-%dT%H:%M:%S%.f") {
            Ok(exported) => Some(dates::to_wall(exported, self.reading.time_zone).date()),
            Err(_) => self.day(field),
        }
    }

    pub fn day_time(&mut self, field: Field) -> Option<NaiveDateTime> {
        let Reading { order, today, .. } = self.reading;
        self.read(field, |said| day_order::read_day_time(said, order, today).map_err(in_file(order)))
    }

    /// Whether the record is archived or cancelled: a date or a word for yes. `None` if the file does not say.
    pub fn is_set(&mut self, field: Field) -> Option<bool> {
        let Reading { order, today, .. } = self.reading;
        self.read(field, |said| match import_words::yes_or_no(said) {
            Some(known) => Ok(known),
            None => day_order::read_day(said, order, today).map(|_| true).map_err(in_file(order)),
        })
    }

    /// The contract's number.
    pub fn contract_number(&mut self, field: Field) -> Option<ContractId> {
        self.read(field, |said| match number_in_file(said) {
            Some(number) if (1..=MOST_NUMBER).contains(&number.0) => Ok(number),
            Some(_) => Err(Problem::OutOfRange(1, MOST_NUMBER)),
            None => Err(Problem::NotANumber),
        })
    }
}

/// The highest number that a contract of a file may bring along: the numbers that follow are given by the
/// database, and have to stay short.
pub(super) const MOST_NUMBER: i64 = 9_999_999;
