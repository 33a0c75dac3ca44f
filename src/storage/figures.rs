//! Sums and counts for the home screen, each queried over a bounded stretch of an index.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::{connection::Db, failure::DbError};
use crate::{
    domain::{events::Status, id::UserId, money::Cents},
    schema::{clients, contracts, events, instalments, users},
};

/// A stretch of time whose end is excluded, in UTC except where wall clock is stated.
pub type Stretch = (NaiveDateTime, NaiveDateTime);

/// How many stretches one query sums up.
pub const STRETCHES: usize = 6;

/// The totals of contracts signed in each stretch, archived ones left out; `owner` limits them to the clients
/// of one sales person.
pub fn signed(
    db: &mut Db,
    stretches: [Stretch; STRETCHES],
    owner: Option<UserId>,
) -> Result<[Cents; STRETCHES], DbError> {
    // The instants are computed by the program, so they can stand in the text: one query instead of
    // six.
    let sum = |at: usize| {
        let (from, to) = stretches[at];
        sql::<BigInt>(&format!(
            "CAST(COALESCE(SUM(CASE WHEN contracts.signed_at >= '{from}' AND contracts.signed_at < '{to}' \
             THEN contracts.total_cents ELSE 0 END), 0) AS SIGNED)"
        ))
    };
    let first = stretches.iter().map(|(from, _)| *from).min().unwrap_or_default();
    let last = stretches.iter().map(|(_, to)| *to).max().unwrap_or_default();
    let mut query = contracts::table
        .filter(contracts::archived_at.is_null())
        .filter(contracts::signed_at.ge(first).and(contracts::signed_at.lt(last)))
        .select((sum(0), sum(1), sum(2), sum(3), sum(4), sum(5)))
        .into_boxed();
    if let Some(owner) = owner {
        let theirs = clients::table.filter(clients::sales_contact_id.eq(owner)).select(clients::id);
        query = query.filter(contracts::client_id.eq_any(theirs));
    }
    let sums: (i64, i64, i64, i64, i64, i64) = query.first(db)?;
    Ok([sums.0, sums.1, sums.2, sums.3, sums.4, sums.5].map(Cents))
}

/// The first and the last day of a range; the first is `None` if it has no beginning.
pub type Range = (Option<NaiveDate>, NaiveDate);

/// How many ranges one query sums up.
pub const RANGES: usize = 4;

/// What is open of the instalments that fall due in each of these ranges; `owner` limits them to the clients of
/// one sales person. Of archived contracts nothing is open.
pub fn open_between(db: &mut Db, ranges: [Range; RANGES], owner: Option<UserId>) -> Result<[Cents; RANGES], DbError> {
    let sum = |at: usize| {
        let (from, to) = ranges[at];
        let from = from.map_or_else(String::new, |from| format!("instalments.open_on >= '{from}' AND "));
        sql::<BigInt>(&format!(
            "CAST(COALESCE(SUM(CASE WHEN {from}instalments.open_on <= '{to}' THEN instalments.open_cents ELSE 0 END), 0) \
             AS SIGNED)"
        ))
    };
    let last = ranges.iter().map(|(_, to)| *to).max().unwrap_or_default();
    let mut query =
        instalments::table.filter(instalments::open_on.le(last)).select((sum(0), sum(1), sum(2), sum(3))).into_boxed();
    if ranges.iter().all(|(from, _)| from.is_some()) {
        let first = ranges.iter().filter_map(|(from, _)| *from).min();
        // What falls due soon: of no contract that is overdue, as in the list.
        let then = contracts::table.filter(contracts::next_due_on.ge(first)).select(contracts::id);
        query = query.filter(instalments::open_on.ge(first)).filter(instalments::contract_id.eq_any(then));
    }
    if let Some(owner) = owner {
        let theirs = contracts::table
            .inner_join(clients::table)
            .filter(clients::sales_contact_id.eq(owner))
            .select(contracts::id);
        query = query.filter(instalments::contract_id.eq_any(theirs));
    }
    let sums: (i64, i64, i64, i64) = query.first(db)?;
    Ok([sums.0, sums.1, sums.2, sums.3].map(Cents))
}

/// How many open events that start in the span (wall clock) each active support person has, the
/// most first; people without any are included. At most `limit` people.
pub fn support_load(db: &mut Db, (from, to): Stretch, limit: usize) -> Result<Vec<(UserId, String, i64)>, DbError> {
    let people: Vec<(UserId, String)> = users::table
        .filter(users::active.eq(true).and(users::role.eq(crate::domain::users::Role::Support)))
        .select((users::id, users::full_name))
        .order((users::name_key, users::id))
        .load(db)?;
    let counts: Vec<(Option<UserId>, i64)> = events::table
        .filter(events::archived_at.is_null().and(events::status.ne_all(Status::CLOSED)))
        .filter(events::support_id.is_not_null())
        .filter(events::starts_at.ge(from).and(events::starts_at.lt(to)))
        .group_by(events::support_id)
        .select((events::support_id, diesel::dsl::count_star()))
        .load(db)?;
    let count = |id: UserId| counts.iter().find(|(of, _)| *of == Some(id)).map_or(0, |(_, count)| *count);
    let mut load: Vec<_> = people.into_iter().map(|(id, name)| (id, name, count(id))).collect();
    load.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    load.truncate(limit);
    Ok(load)
}

/// How many open events that start in each span (wall clock) one support person has.
pub fn own_load(db: &mut Db, support: UserId, spans: &[Stretch]) -> Result<Vec<i64>, DbError> {
    let (Some((from, _)), Some((_, to))) = (spans.first(), spans.last()) else { return Ok(Vec::new()) };
    let starts: Vec<Option<NaiveDateTime>> = events::table
        .filter(events::archived_at.is_null().and(events::status.ne_all(Status::CLOSED)))
        .filter(events::support_id.eq(support))
        .filter(events::starts_at.ge(*from).and(events::starts_at.lt(*to)))
        .select(events::starts_at)
        .limit(1_000)
        .load(db)?;
    let within = |(from, to): &Stretch| starts.iter().flatten().filter(|start| *start >= from && *start < to).count();
    Ok(spans.iter().map(|span| i64::try_from(within(span)).unwrap_or(i64::MAX)).collect())
}
