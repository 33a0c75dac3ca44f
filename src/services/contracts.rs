//! Contracts: making, changing, signing, archiving.

use super::{
    Request,
    call::{Call, Done, Stop, changed, conflict, created},
};
use crate::{
    domain::{
        ClientId, ContractId, Error, Reason,
        audit::Verb,
        contract::{Contract, ContractDraft},
    },
    storage::{self, Db},
};

/// A record as it was seen: id and version.
type Seen = (ContractId, i32);

pub(super) fn create(db: &mut Db, call: &Call, client: ClientId, draft: &ContractDraft) -> Result<Done, Stop> {
    // Held first: the client cannot be archived under the new contract.
    let open = storage::clients::hold_active(db, client)?;
    let owner = super::clients::loaded(db, client)?;
    call.owns_client(&owner)?;
    if !open {
        return Err(Reason::ParentArchived.into());
    }
    let draft = draft.checked().map_err(Error::Invalid)?;
    let id = storage::contracts::insert(db, client, &draft, call.now)?;
    let contract = loaded(db, id)?;
    Ok(Done::saved(created(Verb::ContractCreated, &owner.full_name, &contract), contract.version))
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
    if !storage::contracts::hold_active(db, seen.0)? {
        return Err(loaded(db, seen.0).map(|_| Reason::Archived)?.into());
    }
    let (before, client) = reachable(db, call, seen.0)?;
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
    if !storage::clients::hold_active(db, before.client_id)? {
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
    let contract = loaded(db, id)?;
    let client = super::clients::loaded(db, contract.client_id)?;
    call.owns_client(&client)?;
    Ok((contract, client.full_name))
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
