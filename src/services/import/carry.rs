//! Carries out what was planned for a row, by the same writes as the forms.

use super::{
    cells::Cells,
    clients,
    plan::{Begin, Step, Then},
};
use crate::{
    domain::{Error, entity::EntityKind},
    services::{
        Reply, WriteRequest,
        context::{RequestContext, ServiceError},
        outcome::WriteOutcome,
        write,
    },
    storage::{Db, audit::AuditEntry},
};

/// Carries out a step of the row with these cells, which only steps of clients have need of. Returns one audit
/// entry for each record that it changed. `hash` is that of the password of new accounts.
pub(super) fn carry(
    db: &mut Db,
    ctx: &RequestContext,
    (kind, hash): (EntityKind, Option<&str>),
    step: &Step,
    cells: Option<&Cells>,
) -> Result<Vec<AuditEntry>, ServiceError> {
    let mut entries = Vec::new();
    let becomes_archived = step.is_new() && step.then.iter().any(|then| matches!(then, Then::Archive));
    let of_row = || {
        let cells = cells.ok_or(Error::NotFound)?;
        clients::of_row(cells.again(), ctx.wall.date()).map_err(Error::Invalid)
    };
    let (id, mut version) = match &step.begin {
        Begin::Keep(id, version) => (*id, *version),
        Begin::User { draft, password } => {
            let request = WriteRequest::CreateUser { draft: (**draft).clone(), password: password.clone() };
            saved(ask(db, (ctx, becomes_archived), &request, hash)?, &mut entries)?
        }
        Begin::Client(owner) => {
            let request = WriteRequest::CreateClient { draft: of_row()?, sales_contact: *owner };
            saved(ask(db, (ctx, becomes_archived), &request, hash)?, &mut entries)?
        }
        Begin::Event { contract, draft } => {
            let request = WriteRequest::CreateEvent { contract: *contract, draft: (**draft).clone() };
            saved(ask(db, (ctx, becomes_archived), &request, hash)?, &mut entries)?
        }
        Begin::Payment { contract, draft, cancelled } => {
            let request = WriteRequest::RecordPayment { contract: *contract, draft: (**draft).clone() };
            let ctx = ctx.of_import(&request, becomes_archived)?;
            saved(
                match cancelled {
                    None => write::dispatch(db, &ctx, &request, hash)?,
                    Some(reason) => write::record_cancelled(db, &ctx, *contract, (draft, reason))?,
                },
                &mut entries,
            )?
        }
        Begin::Contract { number, client, draft, paid_before } => {
            let request =
                WriteRequest::CreateContract { client: *client, draft: (**draft).clone(), paid_before: *paid_before };
            let ctx = ctx.of_import(&request, becomes_archived)?;
            saved(write::create_contract(db, &ctx, *client, draft, (*paid_before, *number))?, &mut entries)?
        }
    };
    for then in &step.then {
        let request = then.request(kind, (id, version), of_row)?;
        let WriteOutcome { reply, entries: more } = ask(db, (ctx, becomes_archived), &request, hash)?;
        if reply.changed_nothing() {
            continue;
        }
        entries.extend(more);
        // A payment leaves the version of its contract.
        version += i32::from(!matches!(then, Then::Record(_)));
    }
    Ok(one_each(entries))
}

fn ask(
    db: &mut Db,
    (ctx, becomes_archived): (&RequestContext, bool),
    request: &WriteRequest,
    hash: Option<&str>,
) -> Result<WriteOutcome, ServiceError> {
    write::dispatch(db, &ctx.of_import(request, becomes_archived)?, request, hash)
}

/// The id and version of the record that was saved.
fn saved(outcome: WriteOutcome, entries: &mut Vec<AuditEntry>) -> Result<(i64, i32), ServiceError> {
    entries.extend(outcome.entries);
    match outcome.reply {
        Reply::Saved { id, version, .. } => Ok((id, version)),
        _ => Err(Error::NotFound.into()),
    }
}

/// Joins the entries of each record: the history shows an imported record as one change.
fn one_each(entries: Vec<AuditEntry>) -> Vec<AuditEntry> {
    let mut joined: Vec<AuditEntry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match joined.iter_mut().find(|one| (one.subject, one.id) == (entry.subject, entry.id)) {
            Some(one) => one.join(entry),
            None => joined.push(entry),
        }
    }
    joined
}
