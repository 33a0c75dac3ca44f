//! How long an event takes.

use chrono::{NaiveDateTime, TimeDelta};

/// How long an event without an end is taken to last, wherever it is asked whether it takes place at a
/// time, clashes, or is over.
pub const UNKNOWN_LENGTH: TimeDelta = TimeDelta::hours(2);

/// The time range (wall clock) from the start to the end of an event.
pub fn stretch(starts_at: NaiveDateTime, ends_at: Option<NaiveDateTime>) -> (NaiveDateTime, NaiveDateTime) {
    (starts_at, ends_at.filter(|end| *end > starts_at).unwrap_or(starts_at + UNKNOWN_LENGTH))
}
