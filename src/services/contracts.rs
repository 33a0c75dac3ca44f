//! Contracts: making, changing, signing, archiving.

use super::{
    Request,
    call::{Call, Done, Stop, changed, conflict, created},
};
use crate::{
    domain::{
        ClientId, ContractId, Error, Reason, UserId,
        audit::Verb,
        contract::{Contract, ContractDraft},
    },
    storage::{self, Db},
};

/// A record as it was seen: id and version.
type Seen = (ContractId, i32);

pub(super) fn create(db: &mut Db, call: &Call, client: ClientId, draft: &ContractDraft) -> Result<Done, Stop> {
    // Held first: the client cannot be archived under the new contract.
    let client = super::clients::held(db, client)?;
    call.owns_client_of(client.sales_contact_id)?;
    if client.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    let draft = draft.checked().map_err(Error::Invalid)?;
    let contract = storage::contracts::insert(db, client.id, &draft, call.now)?;
    Ok(Done::saved(created(Verb::ContractCreated, &client.full_name, &contract), contract.version))
}

pub(super) fn update(db: &mut Db, call: &Call, seen: Seen, draft: &ContractDraft) -> Result<Done, Stop> {
    let (before, client) = reachable(db, call, seen.0)?;
    not_archived(&before)?;
    let draft = draft.checked().map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen)?;
    let after = Contract {
        total_cents: draft.total_cents,
        due_cents: draft.due_cents,
        notes: draft.notes.clone(),
        ..before.clone()
    };
    if after == before {
        return Ok(Done::unchanged(&before, before.version));
    }
    if !storage::contracts::update(db, seen.0, seen.1, &draft, call.now)? {
        return Err(changed_meanwhile(db, seen.0)?);
    }
    let undo = Request::UpdateContract { id: seen.0, version: seen.1 + 1, draft: ContractDraft::from(&before) };
    Ok(Done::undoable(changed(Verb::ContractUpdated, &client, &before, &after), seen.1 + 1, undo))
}

pub(super) fn sign(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let (before, client) = reachable(db, call, seen.0)?;
    not_archived(&before)?;
    if before.signed_at.is_some() {
        return Err(Reason::ContractAlreadySigned(seen.0.0).into());
    }
    let before = as_seen(db, before, seen)?;
    if !storage::contracts::sign(db, seen.0, seen.1, call.now)? {
        return Err(changed_meanwhile(db, seen.0)?);
    }
    let after = Contract { signed_at: Some(call.now), ..before.clone() };
    Ok(Done::saved(changed(Verb::ContractSigned, &client, &before, &after), seen.1 + 1))
}

pub(super) fn archive(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    // Held first: no event can be made for it between the count and the archiving.
    let (before, client, owner) = held(db, seen.0)?;
    call.owns_client_of(owner)?;
    not_archived(&before)?;
    let before = as_seen(db, before, seen)?;
    match storage::contracts::open_events(db, seen.0)? {
        0 => set_archived(db, call, seen, (&before, &client), Verb::ContractArchived),
        open => Err(Reason::ContractHasEvents(open).into()),
    }
}

pub(super) fn restore(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let (before, client) = reachable(db, call, seen.0)?;
    if before.archived_at.is_none() {
        return Err(Reason::NotArchived.into());
    }
    let before = as_seen(db, before, seen)?;
    if super::clients::held(db, before.client_id)?.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    set_archived(db, call, seen, (&before, &client), Verb::ContractRestored)
}

fn set_archived(
    db: &mut Db,
    call: &Call,
    seen: Seen,
    (before, client): (&Contract, &str),
    verb: Verb,
) -> Result<Done, Stop> {
    let archived_at = (verb == Verb::ContractArchived).then_some(call.now);
    if !storage::contracts::set_archived(db, seen.0, seen.1, archived_at, call.now)? {
        return Err(changed_meanwhile(db, seen.0)?);
    }
    let after = Contract { archived_at, ..before.clone() };
    let (id, version) = (seen.0, seen.1 + 1);
    let undo = match archived_at {
        Some(_) => Request::RestoreContract { id, version },
        None => Request::ArchiveContract { id, version },
    };
    Ok(Done::undoable(changed(verb, client, before, &after), version, undo))
}

/// The contract and its client's name, when the right reaches that client.
fn reachable(db: &mut Db, call: &Call, id: ContractId) -> Result<(Contract, String), Stop> {
    let row = storage::contracts::find_row(db, id)?.ok_or(Error::NotFound)?;
    call.owns_client_of(row.sales_contact_id)?;
    Ok((row.contract, row.client))
}

/// The contract, held, with the name and the sales contact of its client.
pub(super) fn held(db: &mut Db, id: ContractId) -> Result<(Contract, String, UserId), Stop> {
    Ok(storage::contracts::find_held(db, id)?.ok_or(Error::NotFound)?)
}

fn loaded(db: &mut Db, id: ContractId) -> Result<Contract, Stop> {
    Ok(storage::contracts::find(db, id)?.ok_or(Error::NotFound)?)
}

fn not_archived(contract: &Contract) -> Result<(), Stop> {
    if contract.archived_at.is_some() { Err(Reason::Archived.into()) } else { Ok(()) }
}

fn as_seen(db: &mut Db, contract: Contract, seen: Seen) -> Result<Contract, Stop> {
    if contract.version == seen.1 {
        Ok(contract)
    } else {
        Err(conflict(db, &contract, contract.version, contract.updated_at)?)
    }
}

fn changed_meanwhile(db: &mut Db, id: ContractId) -> Result<Stop, Stop> {
    let contract = loaded(db, id)?;
    Ok(conflict(db, &contract, contract.version, contract.updated_at)?)
}
