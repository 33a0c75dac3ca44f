//! Events that touch a span of time (wall clock), however long they last.
//!
//! An index on the start finds an event of at most [`LONGEST`]: one that touches the span
//! starts less than that before it. Longer events are few and are found by their end, which
//! the column `long_until` repeats for them alone. So each span is asked for in two [`Part`]s
//! that have no event in common, and each reads no more than it finds.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{connection::Db, events::CLOSED, failure::Failure};
use crate::{
    domain::{
        event::EventDraft,
        id::{EventId, UserId},
    },
    schema::events,
};

/// Events that last longer than this are looked for by their end. The migration that added
/// `long_until` has the same number.
const LONGEST: TimeDelta = TimeDelta::days(14);

/// The most long events that one span can have; those that end last are found.
const MOST_LONG: i64 = 10_000;

/// What `events.long_until` holds: the end of an event that lasts longer than [`LONGEST`].
pub(super) fn long_until(draft: &EventDraft) -> Option<NaiveDateTime> {
    let (start, end) = (draft.starts_at?, draft.ends_at?);
    (end - start > LONGEST).then_some(end)
}

/// One part of the events that touch a span.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// Those that start in the span or less than [`LONGEST`] before it.
    ByStart,
    /// Those that start earlier, as [`long`] found them.
    Long(&'a [EventId]),
}

/// Events that touch the span from `from` until before `to` and start more than [`LONGEST`]
/// before it.
pub(super) fn long(db: &mut Db, from: NaiveDateTime, to: NaiveDateTime) -> Result<Vec<EventId>, Failure> {
    if to <= from {
        return Ok(Vec::new());
    }
    let long = events::table
        .filter(events::long_until.gt(from).and(events::starts_at.lt(from - LONGEST)))
        .order(events::long_until.desc())
        .limit(MOST_LONG);
    Ok(long.select(events::id).load(db)?)
}

/// The condition of [`Part::ByStart`].
#[diesel::dsl::auto_type]
pub(super) fn by_start(from: NaiveDateTime, to: NaiveDateTime) -> _ {
    let earliest: NaiveDateTime = from - LONGEST;
    let touches = events::starts_at.ge(from).or(events::ends_at.gt(from));
    events::starts_at.lt(to).and(events::starts_at.ge(earliest)).and(touches)
}

/// Somebody's open event in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Engagement {
    pub event: EventId,
    pub support: UserId,
    pub title: String,
    /// Wall clock.
    pub starts_at: NaiveDateTime,
    /// Wall clock.
    pub ends_at: Option<NaiveDateTime>,
}

/// The most engagements of each part that are looked at when support is chosen.
const MAX_ENGAGEMENTS: i64 = 5_000;

/// Open events that have support and touch the span, the earliest first.
pub fn engagements(db: &mut Db, from: NaiveDateTime, to: NaiveDateTime) -> Result<Vec<Engagement>, Failure> {
    let open = || {
        events::table
            .filter(
                events::support_id.is_not_null().and(events::status.ne_all(CLOSED)).and(events::archived_at.is_null()),
            )
            .select((
                events::id,
                events::support_id.assume_not_null(),
                events::title,
                events::starts_at.assume_not_null(),
                events::ends_at,
            ))
            .order((events::starts_at, events::id))
            .limit(MAX_ENGAGEMENTS)
    };
    let long = long(db, from, to)?;
    // They all start before the others.
    let mut found: Vec<Engagement> =
        if long.is_empty() { Vec::new() } else { open().filter(events::id.eq_any(long)).load(db)? };
    found.extend(open().filter(by_start(from, to)).load::<Engagement>(db)?);
    Ok(found)
}
