//! What the program says about times.

use crate::domain::entity::EntityKind;

/// A phrase about when something takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimePhrase<'a> {
    /// When the end of an event is known whose start is not.
    AfterStart,
    /// An end on the day of the start or the next day, and how many minutes after the start it is.
    Ends {
        time: &'a str,
        next_day: bool,
        minutes: i64,
    },
    /// A filter of a list of this kind: which of its days must not be before the given one, or after it.
    From(EntityKind),
    To(EntityKind),
    /// The number of events that somebody has in the week of another event, or between two days.
    Load {
        events: i64,
        weeks: Option<(&'a str, &'a str)>,
    },
}

/// How long something lasts, such as `5 h 30` or `45 min`, in both languages.
pub(super) fn lasting(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}
