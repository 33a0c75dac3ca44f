//! What is said about imports of spreadsheets.

use crate::domain::{entity::EntityKind, imports::Counts};

/// What is said about imports of spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPhrase<'a> {
    /// What a file holds.
    Holds(EntityKind),
    /// How many rows are of each kind.
    Counts(Counts),
    /// A row that is refused, and why.
    Refused { row: u32, name: &'a str, reasons: &'a str },
    /// A row that may be about a known record.
    Suspected { row: u32, name: &'a str, known: &'a str, detail: &'a str },
    /// There are so many more rows of this kind.
    More(usize),
    /// Nothing was written, since rows are refused.
    RefusedAll(usize),
    /// The file was imported.
    Done { created: usize, changed: usize, left_out: usize },
    /// All rows were so already.
    NothingNew,
    /// Nothing tells what the file holds.
    KindUnknown,
    /// No column has these fields, which every record needs.
    Missing(&'a str),
    /// The dates do not tell the order of day and month.
    OrderUnknown,
    /// Some dates have the day first and some the month.
    OrderMixed,
    /// There is no heading like this in the file.
    NoHeading(&'a str),
    /// There is no field of this name.
    NoField { field: &'a str, fields: &'a str },
    /// No active sales person has this username.
    NoSalesPerson(&'a str),
    /// New accounts have no password yet.
    NewAccounts(usize),
}
