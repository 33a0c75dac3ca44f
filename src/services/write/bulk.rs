//! Archives or restores several records in one transaction, with a result for each.

use super::{clients, contracts, events};
use crate::{
    domain::{ClientId, ContractId, Error, EventId, entity::EntityKind, page::MAX_MARKED},
    services::{
        Marked, Missed, Reply, WriteRequest,
        context::{RequestContext, ServiceError},
        outcome::WriteOutcome,
    },
    storage::{self, Db, audit::AuditEntry},
};

pub(super) fn archive(db: &mut Db, ctx: &RequestContext, marked: &Marked) -> Result<WriteOutcome, ServiceError> {
    let (work, seen) = set_archived(db, ctx, marked, true)?;
    Ok(work.done(marked.kind(), false, WriteRequest::RestoreAll(seen)))
}

pub(super) fn restore(db: &mut Db, ctx: &RequestContext, marked: &Marked) -> Result<WriteOutcome, ServiceError> {
    let (work, seen) = set_archived(db, ctx, marked, false)?;
    Ok(work.done(marked.kind(), true, WriteRequest::ArchiveAll(seen)))
}

fn set_archived(
    db: &mut Db,
    ctx: &RequestContext,
    marked: &Marked,
    archived: bool,
) -> Result<(BulkOutcome, Marked), ServiceError> {
    Ok(match marked {
        Marked::Clients(rows) => {
            let one = if archived { clients::archive } else { clients::restore };
            let (work, seen) = each(db, rows, |db, seen| one(db, ctx, seen), client_name)?;
            (work, Marked::Clients(seen))
        }
        Marked::Contracts(rows) => {
            let one = if archived { contracts::archive } else { contracts::restore };
            let (work, seen) = each(db, rows, |db, seen| one(db, ctx, seen), contract_name)?;
            (work, Marked::Contracts(seen))
        }
        Marked::Events(rows) => {
            let one = if archived { events::archive } else { events::restore };
            let (work, seen) = each(db, rows, |db, seen| one(db, ctx, seen), event_name)?;
            (work, Marked::Events(seen))
        }
    })
}

/// What was done to the records so far.
#[derive(Default)]
struct BulkOutcome {
    entries: Vec<AuditEntry>,
    done: Vec<String>,
    missed: Vec<Missed>,
}

impl BulkOutcome {
    fn done(self, kind: EntityKind, restored: bool, undo: WriteRequest) -> WriteOutcome {
        let Self { entries, done, missed } = self;
        WriteOutcome { reply: Reply::Archived { kind, restored, done, missed, undo: Box::new(undo) }, entries }
    }
}

/// Applies `one` to each record, and returns those that were changed with their new versions. A
/// record that a rule protects or that another user has changed is left out, which is safe because
/// `one` refuses a record before it writes anything.
fn each<I: Copy>(
    db: &mut Db,
    rows: &[(I, i32)],
    one: impl Fn(&mut Db, (I, i32)) -> Result<WriteOutcome, ServiceError>,
    name: impl Fn(&mut Db, I) -> Result<String, ServiceError>,
) -> Result<(BulkOutcome, Vec<(I, i32)>), ServiceError> {
    let (mut work, mut seen) = (BulkOutcome::default(), Vec::new());
    for (id, version) in rows.iter().take(MAX_MARKED).copied() {
        match one(db, (id, version)) {
            Ok(done) => {
                work.done.push(name(db, id)?);
                work.entries.extend(done.entries);
                seen.push((id, version + 1));
            }
            Err(ServiceError::Error(why @ (Error::Denied(_) | Error::Conflict(_) | Error::NotFound))) => {
                work.missed.push(Missed { name: name(db, id)?, why });
            }
            Err(other) => return Err(other),
        }
    }
    Ok((work, seen))
}

fn client_name(db: &mut Db, id: ClientId) -> Result<String, ServiceError> {
    Ok(storage::clients::find(db, id)?.map(|client| client.full_name).unwrap_or_default())
}

fn contract_name(db: &mut Db, id: ContractId) -> Result<String, ServiceError> {
    let row = storage::contracts::find_row(db, id)?;
    Ok(row.map(|row| format!("{} {}", row.contract.id.0, row.client)).unwrap_or_default())
}

fn event_name(db: &mut Db, id: EventId) -> Result<String, ServiceError> {
    Ok(storage::events::find(db, id)?.map(|event| event.title).unwrap_or_default())
}
