//! What was paid of the contracts before there were payments, as one payment of each contract.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Utc};
use diesel::{connection::SimpleConnection, prelude::*};

use super::{connection::Db, failure::DbError, instalments::time, lease::Lease, settings};
use crate::{
    domain::{id::ContractId, payments::Method, settings::Settings},
    schema::contracts,
};

/// Contracts that one statement writes a payment for.
const AT_ONCE: i64 = 500;

/// Writes the payments, for tables that an older program has filled. Can be run again: nobody records a payment
/// before this migration is complete, so contracts with one have been dealt with.
pub(super) fn write(db: &mut Db, lease: &Lease) -> Result<(), DbError> {
    let (settings, now) = (settings::load(db)?, Utc::now().naive_utc());
    let mut last = ContractId::new(0);
    loop {
        lease.renew(db)?;
        let some: Vec<(ContractId, Option<NaiveDateTime>, NaiveDateTime)> = contracts::table
            .filter(contracts::id.gt(last).and(contracts::due_cents.lt(contracts::total_cents)))
            .order(contracts::id)
            .limit(AT_ONCE)
            .select((contracts::id, contracts::signed_at, contracts::created_at))
            .load(db)?;
        let Some((end, ..)) = some.last() else { return Ok(()) };
        last = *end;
        db.batch_execute(&statement(&some, &settings, now))?;
    }
}

/// One statement for all of these: it reads the amounts itself, so nobody can change one in between.
fn statement(
    some: &[(ContractId, Option<NaiveDateTime>, NaiveDateTime)],
    settings: &Settings,
    now: NaiveDateTime,
) -> String {
    let today = settings.wall_clock(now).date();
    let (mut days, mut times, mut ids) = (String::new(), String::new(), String::new());
    for (contract, signed, created) in some {
        let id = contract.0;
        // Of an older payment nothing is known but that it was made by now.
        let day: NaiveDate = settings.wall_clock(signed.unwrap_or(*created)).date().min(today);
        // It counts as recorded with its contract, and never today: whoever may cancel only what was recorded today
        // has not recorded it.
        let recorded = time((*created).min(now - TimeDelta::days(2)));
        let comma = if ids.is_empty() { "" } else { "," };
        write!(days, " WHEN {id} THEN '{day}'").ok();
        write!(times, " WHEN {id} THEN {recorded}").ok();
        write!(ids, "{comma}{id}").ok();
    }
    let opening = Method::Opening;
    format!(
        "INSERT INTO payments (contract_id, amount_cents, paid_on, method, notes, client_key, search, client_search, \
         created_at, updated_at) \
         SELECT id, total_cents - due_cents, CASE id{days} END, '{opening}', '', client_key, '', COALESCE(search, ''), \
         CASE id{times} END, CASE id{times} END \
         FROM contracts WHERE id IN ({ids}) AND due_cents < total_cents \
         AND NOT EXISTS (SELECT 1 FROM payments AS made WHERE made.contract_id = contracts.id)"
    )
}
