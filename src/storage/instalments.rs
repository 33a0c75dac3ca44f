//! The queries of instalments. Three columns follow from the others: `upto_cents`, `open_cents` and `open_on`;
//! and so does `next_due_on` of a contract.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    connection::SimpleConnection,
    dsl::{exists, not},
    prelude::*,
    sql_types::{Nullable, Timestamp},
};
use strum::IntoEnumIterator;

use super::{
    connection::{Db, insert_many},
    failure::DbError,
    sql_expr::{SqlExpr, sql_expr},
};
use crate::{
    domain::{
        events::Status,
        id::{ContractId, PlanId},
        instalments::{Due, Instalment, filled_at, next_due_on},
        money::Cents,
    },
    schema::{contracts, instalments},
};

/// How many rows one statement inserts: engines limit the number of its parameters.
const AT_ONCE: usize = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = instalments)]
struct Stored {
    contract_id: ContractId,
    position: i32,
    label: String,
    amount_cents: Cents,
    anchor: String,
    offset_days: i32,
    due_on: Option<NaiveDate>,
    open_cents: Cents,
    plan_id: Option<PlanId>,
}

impl From<Stored> for Instalment {
    fn from(stored: Stored) -> Self {
        let Stored { contract_id, position, label, amount_cents, anchor, offset_days, due_on, open_cents, plan_id } =
            stored;
        let due = match (anchor.as_str(), due_on) {
            (DATE, Some(day)) => Due::On(day),
            (EVENT, _) => Due::Event(offset_days),
            _ => Due::Signature(offset_days),
        };
        Self { contract_id, position, label, amount_cents, due, due_on, open_cents, plan_id }
    }
}

const DATE: &str = "date";
const SIGNATURE: &str = "signature";
const EVENT: &str = "event";

/// The stored form of a due day: its anchor and the distance to it.
pub(super) fn anchor_of(due: Due) -> (&'static str, i32) {
    match due {
        Due::On(_) => (DATE, 0),
        Due::Signature(days) => (SIGNATURE, days),
        Due::Event(days) => (EVENT, days),
    }
}

#[derive(Insertable)]
#[diesel(table_name = instalments, treat_none_as_default_value = false)]
struct NewRow<'a> {
    contract_id: ContractId,
    position: i32,
    label: &'a str,
    amount_cents: Cents,
    anchor: &'static str,
    offset_days: i32,
    due_on: Option<NaiveDate>,
    upto_cents: Cents,
    open_cents: Cents,
    open_on: Option<NaiveDate>,
    plan_id: Option<PlanId>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// The due day while something is open.
pub(super) fn open_on(instalment: &Instalment) -> Option<NaiveDate> {
    instalment.due_on.filter(|_| instalment.open_cents.0 > 0)
}

impl<'a> NewRow<'a> {
    fn of((instalment, upto_cents): (&'a Instalment, Cents), now: NaiveDateTime) -> Self {
        let Instalment { contract_id, position, label, amount_cents, due, due_on, open_cents, plan_id } = instalment;
        let (anchor, offset_days) = anchor_of(*due);
        Self {
            contract_id: *contract_id,
            position: *position,
            label,
            amount_cents: *amount_cents,
            anchor,
            offset_days,
            due_on: *due_on,
            upto_cents,
            open_cents: *open_cents,
            open_on: open_on(instalment),
            plan_id: *plan_id,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The instalments of a contract in its order. Of an archived contract nothing is stored as open.
pub fn of_contract(db: &mut Db, contract: ContractId) -> Result<Vec<Instalment>, DbError> {
    let rows = instalments::table.filter(instalments::contract_id.eq(contract)).order(instalments::position);
    let stored: Vec<Stored> = rows.select(Stored::as_select()).load(db)?;
    Ok(stored.into_iter().map(Instalment::from).collect())
}

/// The instalments of several contracts, those of each in its order.
pub(super) fn of_contracts(db: &mut Db, contracts: Vec<ContractId>) -> QueryResult<Vec<Instalment>> {
    let rows = instalments::table.filter(instalments::contract_id.eq_any(contracts)).order(instalments::position);
    let stored: Vec<Stored> = rows.select(Stored::as_select()).load(db)?;
    Ok(stored.into_iter().map(Instalment::from).collect())
}

/// What is overdue of a contract, or else what is open of the instalment that payments fill next, and the day on which
/// the first of that fell or falls due.
pub fn next(
    db: &mut Db,
    contract: ContractId,
    today: NaiveDate,
) -> Result<Option<(Cents, Option<NaiveDate>)>, DbError> {
    let open = instalments::table
        .filter(instalments::contract_id.eq(contract).and(instalments::open_cents.gt(Cents(0))))
        .order(instalments::upto_cents)
        .select((instalments::open_cents, instalments::due_on));
    let open: Vec<(Cents, Option<NaiveDate>)> = open.load(db)?;
    let late = open.iter().filter(|(_, day)| day.is_some_and(|day| day < today));
    let overdue: i64 = late.map(|(cents, _)| cents.0).sum();
    Ok(open.first().map(|(cents, day)| (if overdue > 0 { Cents(overdue) } else { *cents }, *day)))
}

/// How many contracts that are not fully paid have no instalments that were agreed for them: the default plan says
/// when they are due.
pub fn followers(db: &mut Db) -> Result<i64, DbError> {
    use contracts as c;
    let own = instalments::table
        .filter(instalments::contract_id.eq(c::id).and(instalments::plan_id.is_null()))
        .select(instalments::position);
    let open = c::table.filter(c::archived_at.is_null().and(c::due_cents.gt(Cents(0)))).filter(not(exists(own)));
    Ok(open.count().get_result(db)?)
}

/// An SQL expression: when the first event begins from which the instalments of a contract are counted. `contract` is
/// an expression for its number.
fn first_event(contract: &str) -> SqlExpr<Nullable<Timestamp>> {
    let counted = Status::iter().filter(|status| status.counts()).map(|status| format!("'{status}'"));
    let counted = counted.collect::<Vec<_>>().join(", ");
    sql_expr(format!(
        "(SELECT MIN(e.starts_at) FROM events AS e \
         WHERE e.contract_id = {contract} AND e.archived_at IS NULL AND e.status IN ({counted}))"
    ))
}

/// The day (wall clock) on which the first event of a contract begins from which its instalments are counted.
pub fn event_on(db: &mut Db, contract: ContractId) -> Result<Option<NaiveDate>, DbError> {
    let of_contract = contracts::table.filter(contracts::id.eq(contract)).select(first_event("contracts.id"));
    let starts_at: Option<NaiveDateTime> = of_contract.first(db)?;
    Ok(starts_at.map(|starts_at| starts_at.date()))
}

/// Both with one query; the day is not known of a contract without instalments.
pub fn with_event_on(db: &mut Db, contract: ContractId) -> Result<(Vec<Instalment>, Option<NaiveDate>), DbError> {
    let rows = instalments::table.filter(instalments::contract_id.eq(contract)).order(instalments::position);
    let first = first_event("instalments.contract_id");
    let stored: Vec<(Stored, Option<NaiveDateTime>)> = rows.select((Stored::as_select(), first)).load(db)?;
    let event_on = stored.first().and_then(|(_, starts_at)| *starts_at).map(|starts_at| starts_at.date());
    Ok((stored.into_iter().map(|(one, _)| one.into()).collect(), event_on))
}

/// Inserts the instalments of contracts that have none.
pub fn insert(db: &mut Db, rows: &[Instalment], now: NaiveDateTime) -> Result<(), DbError> {
    let mut upto = Vec::with_capacity(rows.len());
    for of_one in rows.chunk_by(|one, next| one.contract_id == next.contract_id) {
        upto.extend(filled_at(of_one));
    }
    let all: Vec<(&Instalment, Cents)> = rows.iter().zip(upto).collect();
    for some in all.chunks(AT_ONCE) {
        let new: Vec<NewRow> = some.iter().map(|one| NewRow::of(*one, now)).collect();
        insert_many!(db, instalments::table, new)?;
    }
    Ok(())
}

/// Puts these instalments in the place of all that the contract has, and sets what is next due of it. The
/// contract's row must be locked.
pub fn replace(db: &mut Db, contract: ContractId, rows: &[Instalment], now: NaiveDateTime) -> Result<(), DbError> {
    let id = contract.0;
    let next = date(next_due_on(rows));
    db.batch_execute(&format!(
        "DELETE FROM instalments WHERE contract_id = {id}; UPDATE contracts SET next_due_on = {next} WHERE id = {id}"
    ))?;
    insert(db, rows, now)
}

/// Writes the due days of a contract's instalments, what is open of them, and what is next due of it. The
/// contract's row must be locked.
pub fn bring(db: &mut Db, contract: ContractId, rows: &[Instalment], now: NaiveDateTime) -> Result<(), DbError> {
    Ok(db.batch_execute(&brought(contract, rows, now))?)
}

fn brought(contract: ContractId, rows: &[Instalment], now: NaiveDateTime) -> String {
    let (id, mut sql) = (contract.0, String::new());
    for (one, upto) in rows.iter().zip(filled_at(rows)) {
        write!(
            sql,
            "UPDATE instalments SET due_on = {}, upto_cents = {}, open_cents = {}, open_on = {}, updated_at = {} \
             WHERE contract_id = {id} AND position = {}; ",
            date(one.due_on),
            upto.0,
            one.open_cents.0,
            date(open_on(one)),
            time(now),
            one.position,
        )
        .ok();
    }
    let next = date(next_due_on(rows));
    write!(sql, "UPDATE contracts SET next_due_on = {next} WHERE id = {id}").ok();
    sql
}

/// SQL that fills the instalments of a contract of which this was paid, and an expression for what is next due
/// then. Of an archived contract nothing is open, which the caller has to write.
pub(super) fn filled(contract: ContractId, paid: Cents, now: NaiveDateTime) -> (String, String) {
    let (id, left) = (contract.0, format!("upto_cents - {}", paid.0));
    // Both values are written out from `upto_cents`: engines differ in whether an assignment sees the one before.
    let update = format!(
        "UPDATE instalments SET updated_at = {}, \
         open_on = CASE WHEN {left} > 0 THEN due_on ELSE NULL END, \
         open_cents = CASE WHEN {left} <= 0 THEN 0 WHEN {left} < amount_cents THEN {left} ELSE amount_cents END \
         WHERE contract_id = {id}",
        time(now)
    );
    let next = format!("(SELECT MIN(i.open_on) FROM instalments AS i WHERE i.contract_id = {id})");
    (update, next)
}

pub(super) fn date(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "NULL".to_owned(), |day| format!("'{day}'"))
}

pub(super) fn time(at: NaiveDateTime) -> String {
    at.format("'%Y-%m-%d %H:%M:%S%.6f'").to_string()
}

/// A contract as its instalments see it.
pub struct Basis {
    pub contract: ContractId,
    pub total: Cents,
    pub paid: Cents,
    pub signed_at: Option<NaiveDateTime>,
    pub archived: bool,
    pub event_on: Option<NaiveDate>,
    /// As they are stored.
    pub instalments: Vec<Instalment>,
}

/// How many contracts [`each_portion`] reads at once: no statement may take longer than a connection waits.
const PORTION: i64 = 500;

/// Calls `work` for all contracts, some at a time. Nobody else may write to them meanwhile.
pub fn each_portion<E: From<DbError>>(
    db: &mut Db,
    mut work: impl FnMut(&mut Db, Vec<Basis>) -> Result<(), E>,
) -> Result<(), E> {
    let mut last = ContractId::new(0);
    loop {
        let some = portion(db, last)?;
        let Some(end) = some.last() else { return Ok(()) };
        last = end.contract;
        work(db, some)?;
    }
}

type Found = (ContractId, Cents, Cents, Option<NaiveDateTime>, Option<NaiveDateTime>, Option<NaiveDateTime>);

fn portion(db: &mut Db, after: ContractId) -> Result<Vec<Basis>, DbError> {
    use contracts as c;
    let found: Vec<Found> = c::table
        .filter(c::id.gt(after))
        .order(c::id)
        .limit(PORTION)
        .select((c::id, c::total_cents, c::due_cents, c::signed_at, c::archived_at, first_event("contracts.id")))
        .load(db)?;
    let Some((end, ..)) = found.last() else { return Ok(Vec::new()) };
    let rows: Vec<Stored> = instalments::table
        .filter(instalments::contract_id.gt(after).and(instalments::contract_id.le(end)))
        .order((instalments::contract_id, instalments::position))
        .select(Stored::as_select())
        .load(db)?;
    let mut rows = rows.into_iter().map(Instalment::from).peekable();
    let basis = |(contract, total, due, signed_at, archived_at, event_on): Found| Basis {
        contract,
        total,
        paid: Cents(total.0 - due.0),
        signed_at,
        archived: archived_at.is_some(),
        event_on: event_on.map(|starts_at| starts_at.date()),
        instalments: std::iter::from_fn(|| rows.next_if(|row| row.contract_id == contract)).collect(),
    };
    Ok(found.into_iter().map(basis).collect())
}

/// Writes what [`bring`] writes for each of several contracts.
pub fn bring_all(db: &mut Db, contracts: &[Vec<Instalment>], now: NaiveDateTime) -> Result<(), DbError> {
    let brought = contracts.iter().filter_map(|rows| Some(brought(rows.first()?.contract_id, rows, now)));
    let sql: Vec<String> = brought.collect();
    if sql.is_empty() { Ok(()) } else { Ok(db.batch_execute(&sql.join("; "))?) }
}

/// Puts these instalments in the place of all that their contracts have; contracts without new ones have none then.
pub fn replace_all(
    db: &mut Db,
    contracts: &[ContractId],
    rows: &[Instalment],
    now: NaiveDateTime,
) -> Result<(), DbError> {
    if contracts.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = contracts.iter().map(|id| id.0.to_string()).collect();
    let ids = ids.join(",");
    db.batch_execute(&format!("DELETE FROM instalments WHERE contract_id IN ({ids})"))?;
    insert(db, rows, now)?;
    Ok(db.batch_execute(&format!(
        "UPDATE contracts SET next_due_on = (SELECT MIN(i.open_on) FROM instalments AS i WHERE i.contract_id = contracts.id) \
         WHERE id IN ({ids})"
    ))?)
}
