//! The queries of plans. Their parts are stored as JSON.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    connection::{Db, for_update},
    failure::DbError,
    for_update::{Current, ForUpdate, met},
};
use crate::{
    domain::{
        id::PlanId,
        plans::{Plan, PlanDraft, PlanPart},
        text,
    },
    schema::plans,
};

type Row = (PlanId, i32, String, String, NaiveDateTime, NaiveDateTime);
type Columns = (plans::id, plans::version, plans::name, plans::parts, plans::created_at, plans::updated_at);
const COLUMNS: Columns = (plans::id, plans::version, plans::name, plans::parts, plans::created_at, plans::updated_at);

fn plan((id, version, name, parts, created_at, updated_at): Row) -> Plan {
    // Only the program writes the parts.
    Plan { id, version, name, parts: serde_json::from_str(&parts).unwrap_or_default(), created_at, updated_at }
}

fn stored(parts: &[PlanPart]) -> String {
    serde_json::json!(parts).to_string()
}

/// All plans, by name.
pub fn all(db: &mut Db) -> Result<Vec<Plan>, DbError> {
    let rows: Vec<Row> = plans::table.order((plans::name_key, plans::id)).select(COLUMNS).load(db)?;
    Ok(rows.into_iter().map(plan).collect())
}

/// The plan as it is stored.
pub fn find(db: &mut Db, id: PlanId) -> Result<Option<Plan>, DbError> {
    Ok(plans::table.find(id).select(COLUMNS).first::<Row>(db).optional()?.map(plan))
}

/// The plan, with its row locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: PlanId) -> Result<Option<ForUpdate<Plan>>, DbError> {
    let row: Option<Row> = for_update!(db, plans::table.find(id).select(COLUMNS)).optional()?;
    Ok(row.map(plan).map(ForUpdate::of))
}

/// How many plans there are.
pub fn count(db: &mut Db) -> Result<i64, DbError> {
    Ok(plans::table.count().get_result(db)?)
}

/// Creates a plan and returns it.
pub fn insert(db: &mut Db, draft: &PlanDraft, now: NaiveDateTime) -> Result<Plan, DbError> {
    let PlanDraft { name, parts } = draft.clone();
    diesel::insert_into(plans::table)
        .values((
            plans::name.eq(&name),
            plans::name_key.eq(text::sort_key(&name)),
            plans::parts.eq(stored(&parts)),
            plans::created_at.eq(now),
            plans::updated_at.eq(now),
        ))
        .execute(db)?;
    let id = PlanId::new(db.last_insert_id()?);
    Ok(Plan { id, version: 1, name, parts, created_at: now, updated_at: now })
}

/// Saves an edited plan.
pub fn update(db: &mut Db, plan: &Current<Plan>, draft: &PlanDraft, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(plans::table.find(plan.id))
        .set((
            plans::name.eq(&draft.name),
            plans::name_key.eq(text::sort_key(&draft.name)),
            plans::parts.eq(stored(&draft.parts)),
            plans::version.eq(plan.version + 1),
            plans::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

/// Removes a plan that no instalment follows. What it was stands in the audit log.
pub fn remove(db: &mut Db, plan: &Current<Plan>) -> Result<(), DbError> {
    met(diesel::delete(plans::table.find(plan.id)).execute(db)?, 1)
}
