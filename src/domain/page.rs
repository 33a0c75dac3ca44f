//! Pages of lists. The database sorts and limits them, so that no table has to be loaded completely.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::{Cents, text};

/// The value of the sorted column in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// No value; sorts before everything else on both engines.
    Null,
    Text(String),
    Int(i64),
    Number(i32),
    Time(NaiveDateTime),
    Day(NaiveDate),
}

impl From<Option<NaiveDateTime>> for SortKey {
    fn from(value: Option<NaiveDateTime>) -> Self {
        value.map_or(Self::Null, Self::Time)
    }
}

/// A position in a sorted list: the value of the sorted column, and the id that breaks ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: SortKey,
    pub id: i64,
}

/// Which page is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edge {
    Start,
    /// What begins today or later, in a list of events by their start; the start of any other list.
    Today,
    /// The start, with the typed text matched only at the beginnings of words, never inside them.
    First,
    End,
    /// No rows, only the total number.
    Total,
    After(Cursor),
    Before(Cursor),
}

/// A request for one page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing<F, S> {
    pub filter: F,
    pub sort: S,
    pub descending: bool,
    #[serde(skip, default = "start")]
    pub edge: Edge,
    /// The number of rows on a page, at most [`MAX_PAGE`].
    #[serde(skip, default = "one_page")]
    pub limit: u16,
}

fn start() -> Edge {
    Edge::Start
}

fn one_page() -> u16 {
    PAGE
}

/// The number of rows that a list loads at once.
pub const PAGE: u16 = 100;
/// The most rows that one request may return.
pub const MAX_PAGE: u16 = 200;

/// The most records that one request may change at once.
pub const MAX_MARKED: usize = 1_000;

/// Records of a list are counted up to this number; a larger count is shown as "more than".
pub const COUNT_LIMIT: i64 = 10_000;
/// The same limit where counting is slower: if each record has to be searched for words, or if a
/// screen needs several counts.
pub const SHORT_LIMIT: i64 = 1_000;

/// How many of the newest records are searched if the index cannot be used for the words.
pub const NEWEST: i64 = 10_000;

/// How many records a filter matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Exactly(i64),
    MoreThan(i64),
}

impl Count {
    /// The result of a count that stops at `limit + 1`.
    pub fn capped(found: i64, limit: i64) -> Self {
        if found > limit { Self::MoreThan(limit) } else { Self::Exactly(found) }
    }

    pub fn is_zero(self) -> bool {
        self == Self::Exactly(0)
    }
}

/// The sums of the amounts of all records that a filter matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sums {
    Contracts {
        total: Cents,
        due: Cents,
    },
    Payments {
        /// Of those that are not cancelled, with refunds subtracted.
        paid: Cents,
        cancelled: Cents,
    },
}

/// One page, in list order whichever edge was requested.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    pub rows: Vec<R>,
    /// Whether there are rows before the first of these.
    pub before: bool,
    /// Whether there are rows after the last of these.
    pub after: bool,
    /// Present if the list fits on one page, or if the total was requested.
    pub total: Option<Count>,
    /// Present in a list of contracts or payments that has an exact `total`.
    pub sums: Option<Sums>,
    /// Whether only the [`NEWEST`] records were searched although there are more. The reason is that
    /// the index cannot be used: the words are too short, are in a script that does not separate
    /// words, or were searched for inside words.
    pub among_newest: bool,
}

impl<R> Page<R> {
    /// The page of a list that is not read.
    pub fn unread() -> Self {
        Self { rows: Vec::new(), before: false, after: false, total: None, sums: None, among_newest: false }
    }

    /// Whether the page shows that the list is empty.
    pub fn is_nothing(&self) -> bool {
        self.rows.is_empty() && self.total.is_none_or(Count::is_zero)
    }
}

/// A column by which a list can be sorted.
pub trait Order {
    /// Whether the list begins with the largest or the newest when it is sorted by this column: with
    /// amounts, and with the times at which something was written.
    fn begins_with_the_last(&self) -> bool;
}

/// A row of a list that can be sorted by `S`.
pub trait Sorted<S> {
    /// The record's id, which breaks ties.
    fn id(&self) -> i64;
    /// The value of the sorted column, as the database compares it.
    fn key(&self, sort: S) -> SortKey;
}

pub(super) fn folded(value: &str) -> SortKey {
    SortKey::Text(text::sort_key(value))
}

pub(super) fn maybe(value: Option<&str>) -> SortKey {
    value.map_or(SortKey::Null, |value| SortKey::Text(value.to_owned()))
}
