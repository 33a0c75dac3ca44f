//! The charts of the home screen as values.

use chrono::NaiveDate;

use crate::domain::{Cents, entity::Query};

/// A chart: its subject and its bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub about: About,
    pub bars: Vec<Bar>,
}

/// What a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The totals of contracts by the month they were signed in.
    SignedByMonth,
    /// The amounts that are overdue, by the days since they fell due.
    DueByAge,
    /// The open events of each support user in the coming four weeks.
    SupportLoad,
    /// The user's own open events in each of the coming weeks.
    MyWeeks,
}

/// One bar of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub label: BarLabel,
    pub value: BarValue,
    /// The list that opens when the bar is chosen.
    pub query: Query,
}

/// What a bar represents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BarLabel {
    Month(NaiveDate),
    /// Days since a day, a range: the first day, and the last unless the range is open-ended.
    Days(i64, Option<i64>),
    Person(String),
    Week(NaiveDate),
}

/// The value that a bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarValue {
    Money(Cents),
    Events(i64),
}
