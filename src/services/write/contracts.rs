//! Contracts: making, changing, signing, archiving.

use crate::services::{
    WriteRequest,
    context::{RequestContext, ServiceError, WriteOutcome, as_seen, changed, created},
};
use crate::{
    domain::{
        ClientId, ContractId, Error, Reason,
        audit::Verb,
        clients::Client,
        contracts::{Contract, ContractDraft},
    },
    storage::{self, Current, Db, contracts::WithClient},
};

/// A record as it was seen: id and version.
type Seen = (ContractId, i32);

pub(super) fn create(
    db: &mut Db,
    ctx: &RequestContext,
    client: ClientId,
    draft: &ContractDraft,
) -> Result<WriteOutcome, ServiceError> {
    // ForUpdate first: the client cannot be archived under the new contract.
    let client = super::clients::find_for_update(db, client)?;
    ctx.owns_client_of(client.sales_contact_id)?;
    if client.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    let draft = draft.checked().map_err(Error::Invalid)?;
    let contract = storage::contracts::insert(db, client.id, &draft, ctx.now)?;
    Ok(WriteOutcome::saved(created(Verb::ContractCreated, &client.full_name, &contract), contract.version))
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &ContractDraft,
) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = reachable(db, ctx, seen.0)?;
    not_archived(&before)?;
    let draft = draft.checked().map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = Contract {
        total_cents: draft.total_cents,
        due_cents: draft.due_cents,
        notes: draft.notes.clone(),
        ..(*before).clone()
    };
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    storage::contracts::update(db, &before, &draft, ctx.now)?;
    let undo = WriteRequest::UpdateContract { id: seen.0, version: seen.1 + 1, draft: ContractDraft::from(&*before) };
    Ok(WriteOutcome::undoable(changed(Verb::ContractUpdated, &client.full_name, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn sign(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = reachable(db, ctx, seen.0)?;
    not_archived(&before)?;
    if before.signed_at.is_some() {
        return Err(Reason::ContractAlreadySigned(seen.0.0).into());
    }
    let before = as_seen(db, before, seen.1)?;
    storage::contracts::sign(db, &before, ctx.now)?;
    let after = Contract { signed_at: Some(ctx.now), ..(*before).clone() };
    Ok(WriteOutcome::saved(changed(Verb::ContractSigned, &client.full_name, &*before, &after), seen.1 + 1))
}

pub(super) fn archive(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    // It is held: no event can be made for it between the count and the archiving.
    let (before, client) = reachable(db, ctx, seen.0)?;
    not_archived(&before)?;
    let before = as_seen(db, before, seen.1)?;
    match storage::contracts::open_events(db, seen.0)? {
        0 => set_archived(db, ctx, &before, &client, Verb::ContractArchived),
        open => Err(Reason::ContractHasEvents(open).into()),
    }
}

pub(super) fn restore(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = reachable(db, ctx, seen.0)?;
    if before.archived_at.is_none() {
        return Err(Reason::NotArchived.into());
    }
    let before = as_seen(db, before, seen.1)?;
    if client.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    set_archived(db, ctx, &before, &client, Verb::ContractRestored)
}

fn set_archived(
    db: &mut Db,
    ctx: &RequestContext,
    before: &Current<Contract>,
    client: &Client,
    verb: Verb,
) -> Result<WriteOutcome, ServiceError> {
    let archived_at = (verb == Verb::ContractArchived).then_some(ctx.now);
    storage::contracts::set_archived(db, before, archived_at, ctx.now)?;
    let after = Contract { archived_at, ..(**before).clone() };
    let (id, version) = (before.id, before.version + 1);
    let undo = match archived_at {
        Some(_) => WriteRequest::RestoreContract { id, version },
        None => WriteRequest::ArchiveContract { id, version },
    };
    Ok(WriteOutcome::undoable(changed(verb, &client.full_name, &**before, &after), version, undo))
}

/// The contract and its client, both held, when the right reaches that client.
pub(super) fn reachable(db: &mut Db, ctx: &RequestContext, id: ContractId) -> Result<WithClient, ServiceError> {
    let (contract, client) = storage::contracts::find_for_update(db, id)?.ok_or(Error::NotFound)?;
    ctx.owns_client_of(client.sales_contact_id)?;
    Ok((contract, client))
}

fn not_archived(contract: &Contract) -> Result<(), ServiceError> {
    if contract.archived_at.is_some() { Err(Reason::Archived.into()) } else { Ok(()) }
}
