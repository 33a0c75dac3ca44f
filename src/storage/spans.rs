//! Finds the events that touch a span of time (wall clock), however long they last.
//!
//! An event of at most [`LONGEST`] is found by the index on the start: if it touches the span, it
//! starts less than that before it. Longer events are few and are found by their end, which the
//! column `long_until` holds for them alone; their ids are queried first.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{connection::Db, failure::DbError};
use crate::{
    domain::{
        assigning::Slot,
        events::{EventDraft, Status, UNKNOWN_LENGTH},
        id::{EventId, UserId},
    },
    schema::events,
};

/// Events that last longer than this are found by their end. The migration that added `long_until`
/// uses the same number.
const LONGEST: TimeDelta = TimeDelta::days(14);

/// The most long events that are found for one span: those that end last.
const MOST_LONG: i64 = 10_000;

/// The value of `events.long_until`: the end of an event that lasts longer than [`LONGEST`].
pub(super) fn long_until(draft: &EventDraft) -> Option<NaiveDateTime> {
    let (start, end) = (draft.starts_at?, draft.ends_at?);
    (end - start > LONGEST).then_some(end)
}

/// The ids of events that touch the span from `from` until before `to` and start more than
/// [`LONGEST`] before it.
pub(super) fn long(db: &mut Db, from: NaiveDateTime, to: NaiveDateTime) -> Result<Vec<EventId>, DbError> {
    if to <= from {
        return Ok(Vec::new());
    }
    let long = events::table
        .filter(events::long_until.gt(from).and(events::starts_at.lt(from - LONGEST)))
        .order(events::long_until.desc())
        .limit(MOST_LONG);
    Ok(long.select(events::id).load(db)?)
}

/// A condition: the event touches the span and starts at most [`LONGEST`] before it.
#[diesel::dsl::auto_type]
pub(super) fn by_start(from: NaiveDateTime, to: NaiveDateTime) -> _ {
    let earliest: NaiveDateTime = from - LONGEST;
    let in_time: lasts_until = lasts_until(from);
    events::starts_at.lt(to).and(events::starts_at.ge(earliest)).and(in_time)
}

/// A condition: the event is over by then, its end known or not; never true of one without a start.
#[diesel::dsl::auto_type]
pub(super) fn is_over(at: NaiveDateTime) -> _ {
    let shortly_before: NaiveDateTime = at - UNKNOWN_LENGTH;
    let has_no_end = events::ends_at.is_null().or(events::ends_at.le(events::starts_at));
    let has_ended = events::ends_at.gt(events::starts_at).and(events::ends_at.le(at));
    events::starts_at.lt(at).and(has_ended.or(has_no_end.and(events::starts_at.le(shortly_before))))
}

/// A condition: the event ends after `from`, if it does not begin after it; as
/// [`stretch`](crate::domain::events::stretch) says of one whose end is not known.
#[diesel::dsl::auto_type]
pub(super) fn lasts_until(from: NaiveDateTime) -> _ {
    let shortly_before: NaiveDateTime = from - UNKNOWN_LENGTH;
    let has_no_end = events::ends_at.is_null().or(events::ends_at.le(events::starts_at));
    let lasts = events::ends_at.gt(from).or(has_no_end.and(events::starts_at.gt(shortly_before)));
    events::starts_at.ge(from).or(lasts)
}

/// Limits a boxed query to the events that touch the span. If there are no long ones, as is nearly
/// always the case, only the start is compared: an empty list of ids would keep SQLite from using
/// the index.
macro_rules! touching {
    ($query:expr, $from:expr, $to:expr, $long:expr) => {
        if $long.is_empty() {
            $query.filter($crate::storage::spans::by_start($from, $to).assume_not_null())
        } else {
            let is_long = $crate::schema::events::id.nullable().eq_any($long.to_vec());
            $query.filter($crate::storage::spans::by_start($from, $to).or(is_long).assume_not_null())
        }
    };
}
pub(super) use touching;

/// An open event in a span of time, with its support person.
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

impl Engagement {
    pub fn slot(&self) -> Slot {
        Slot { title: self.title.clone(), starts_at: self.starts_at, ends_at: self.ends_at }
    }
}

// Lists of values would keep the statement from being prepared only once.
macro_rules! open_with_support {
    () => {
        events::table
            .filter(
                events::support_id
                    .is_not_null()
                    .and(events::status.ne(Status::Done).and(events::status.ne(Status::Cancelled)))
                    .and(events::archived_at.is_null()),
            )
            .select((
                events::id,
                events::support_id.assume_not_null(),
                events::title,
                events::starts_at.assume_not_null(),
                events::ends_at,
            ))
    };
}

/// The engagements of a person that may touch the span, the last first, with a single query: by the
/// index on the support person and the start. At most `limit` of them.
pub fn engagements_of(
    db: &mut Db,
    person: UserId,
    (from, to): (NaiveDateTime, NaiveDateTime),
    limit: usize,
) -> Result<Vec<Engagement>, DbError> {
    let query = open_with_support!()
        .filter(events::support_id.eq(person).assume_not_null())
        .filter(events::starts_at.lt(to).assume_not_null())
        .filter(lasts_until(from).assume_not_null())
        .order((events::starts_at.desc(), events::id.desc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(query.load(db)?)
}

/// How many engagements one query fetches.
const PORTION: usize = 5_000;

/// Calls `each` for every open event that has a support person and touches the span, the earliest
/// first.
pub fn engagements(
    db: &mut Db,
    from: NaiveDateTime,
    to: NaiveDateTime,
    mut each: impl FnMut(Engagement),
) -> Result<(), DbError> {
    let long = long(db, from, to)?;
    let mut last = None;
    loop {
        let some = some_engagements(db, (from, to), &long, last)?;
        let is_full = some.len() == PORTION;
        last = some.last().map(|engagement| (engagement.starts_at, engagement.event));
        some.into_iter().for_each(&mut each);
        if !is_full {
            return Ok(());
        }
    }
}

/// One portion of the engagements: those after `after`.
fn some_engagements(
    db: &mut Db,
    (from, to): (NaiveDateTime, NaiveDateTime),
    long: &[EventId],
    after: Option<(NaiveDateTime, EventId)>,
) -> Result<Vec<Engagement>, DbError> {
    let mut query = open_with_support!()
        .order((events::starts_at, events::id))
        .limit(i64::try_from(PORTION).unwrap_or(i64::MAX))
        .into_boxed();
    query = touching!(query, from, to, long);
    if let Some((start, id)) = after {
        let later = events::starts_at.gt(start).or(events::id.nullable().gt(id));
        query = query.filter(events::starts_at.ge(start).and(later).assume_not_null());
    }
    Ok(query.load(db)?)
}
