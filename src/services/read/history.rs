//! The audit log: a page of it, and the history of one record.

use std::collections::{HashMap, hash_map::Entry};

use super::first;
use crate::{
    domain::{
        ClientId, Field,
        audit::{AuditFilter, AuditListing, AuditRow, AuditSort, Verb},
        entity::EntityKind,
        page::{Listing, Page},
        policy::{self, Permission, Reach},
    },
    services::{
        DETAIL_ROWS,
        context::{RequestContext, ServiceError},
    },
    storage::{
        self, Db,
        audit::{Readable, Span},
    },
};

/// A page of the log between two instants, with the rows that the user may read.
pub(super) fn page(
    db: &mut Db,
    ctx: &RequestContext,
    listing: &AuditListing,
    span: Span,
) -> Result<Page<AuditRow>, ServiceError> {
    let readable = if ctx.reach == Reach::Own { Readable::Actions(ctx.me()) } else { Readable::All };
    let mut page = storage::audit::page(db, listing, span, readable, ctx.viewer())?;
    name_people(db, &mut page.rows)?;
    Ok(page)
}

/// The newest rows of a record that the user may read. Of `own` records these are all changes; of
/// others only what the user did to them.
pub(super) fn of(
    db: &mut Db,
    ctx: &RequestContext,
    record: (EntityKind, i64),
    own: bool,
) -> Result<Page<AuditRow>, ServiceError> {
    let readable = match policy::reach(Permission::ReadAudit, ctx.actor().role, &ctx.settings) {
        Some(Reach::Any) => Readable::All,
        Some(Reach::Own) if own => Readable::Changes(ctx.me()),
        Some(Reach::Own) => Readable::Actions(ctx.me()),
        None => return Ok(Page::unread()),
    };
    let filter = AuditFilter { record: Some(record), ..AuditFilter::default() };
    let newest = Listing { descending: true, sort: AuditSort::Time, ..first(filter, DETAIL_ROWS) };
    let mut page = storage::audit::page(db, &newest, (None, None), readable, ctx.viewer())?;
    name_people(db, &mut page.rows)?;
    let ids: Vec<i64> = page.rows.iter().map(|row| row.id).collect();
    let mut files = if ids.is_empty() { HashMap::new() } else { storage::imports::files_of(db, &ids)? };
    for row in &mut page.rows {
        row.import = files.remove(&row.id);
    }
    Ok(page)
}

/// Replaces the ids of users and plans in the changes by their current names: the log stores ids, which are not
/// shown to users.
fn name_people(db: &mut Db, rows: &mut [AuditRow]) -> Result<(), ServiceError> {
    let person = |field: Field| matches!(field, Field::SalesContactId | Field::SupportId);
    let plan = |field: Field| field == Field::DefaultPlan;
    let people = storage::users::names(db, &ids(rows, person))?;
    replace(rows, person, &people);
    if !ids(rows, plan).is_empty() {
        let plans = storage::plans::all(db)?.into_iter().map(|plan| (plan.id.0, plan.name));
        replace(rows, plan, &plans.collect());
    }
    name_clients(db, rows)
}

/// The same for the clients that others were merged into, and those that contracts were moved between. The client of a
/// new contract is not shown.
fn name_clients(db: &mut Db, rows: &mut [AuditRow]) -> Result<(), ServiceError> {
    let mut named = HashMap::new();
    let client = |field: Field| matches!(field, Field::MergedIntoId | Field::ClientId);
    for row in rows.iter_mut().filter(|row| MOVING.iter().any(|verb| row.action == verb.to_string())) {
        for id in ids(std::slice::from_ref(row), client) {
            if let Entry::Vacant(unknown) = named.entry(id)
                && let Some(found) = storage::clients::find(db, ClientId::new(id))?
            {
                unknown.insert(found.full_name);
            }
        }
        replace(std::slice::from_mut(row), client, &named);
    }
    Ok(())
}

/// The actions that name clients in their changes.
const MOVING: [Verb; 3] = [Verb::ClientMerged, Verb::MergeUndone, Verb::ContractMoved];

/// The ids in the changes of these fields.
fn ids(rows: &[AuditRow], of: impl Fn(Field) -> bool) -> Vec<i64> {
    let changed = rows.iter().flat_map(|row| &row.changes.0).filter(|(field, ..)| of(*field));
    let mut ids: Vec<i64> = changed.flat_map(|(_, old, new)| [old.as_i64(), new.as_i64()]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn replace(rows: &mut [AuditRow], of: impl Fn(Field) -> bool, names: &HashMap<i64, String>) {
    for (field, old, new) in rows.iter_mut().flat_map(|row| &mut row.changes.0) {
        for value in [old, new] {
            let name = value.as_i64().filter(|_| of(*field)).and_then(|id| names.get(&id));
            if let Some(name) = name {
                *value = name.clone().into();
            }
        }
    }
}
