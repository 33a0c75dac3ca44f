//! The periods that the calendar shows.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

/// The period that the calendar shows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Monday to Sunday.
    Week,
    /// From the first day of a month to the last.
    Month,
}

impl Span {
    /// The days of the period that contains `day`; the end of the range is excluded.
    pub fn days(self, day: NaiveDate) -> Range<NaiveDate> {
        let first = match self {
            Self::Week => day - TimeDelta::days(day.weekday().num_days_from_monday().into()),
            Self::Month => day.with_day(1).unwrap_or(day),
        };
        let end = match self {
            Self::Week => first + TimeDelta::days(7),
            Self::Month => first.checked_add_months(Months::new(1)).unwrap_or(first),
        };
        first..end
    }

    /// The same day in the period before; `None` before the first date that can be represented.
    pub fn before(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => day.checked_sub_days(Days::new(7)),
            Self::Month => day.checked_sub_months(Months::new(1)),
        }
    }

    /// The same day in the next period; `None` after the last date that can be represented.
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => day.checked_add_days(Days::new(7)),
            Self::Month => day.checked_add_months(Months::new(1)),
        }
    }

    /// The other period.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Week => Self::Month,
            Self::Month => Self::Week,
        }
    }
}
