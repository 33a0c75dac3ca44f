//! Merging two clients, and undoing that.

use serde_json::{Value, json};

use super::load::{load, load_merged, new_owner};
use crate::{
    domain::{
        ClientId, ContractId, Error, Field, Reason,
        audit::Verb,
        clients::{Client, ClientDraft, told_apart_by},
        contracts::Contract,
        users::Role,
    },
    services::{
        Merge, Merged, Unmerge, WriteRequest,
        context::{RequestContext, ServiceError, as_seen},
        outcome::{WriteOutcome, changed},
    },
    storage::{self, Current, Db, ForUpdate, audit::AuditEntry},
};

/// Both clients are locked in the order of their ids: in any other order, two merges could wait for each other.
fn both<T>(
    db: &mut Db,
    (kept, other): (ClientId, ClientId),
    mut one: impl FnMut(&mut Db, ClientId) -> Result<T, ServiceError>,
) -> Result<(T, T), ServiceError> {
    if kept == other {
        return Err(Error::NotFound.into());
    }
    if kept.0 < other.0 {
        let first = one(db, kept)?;
        Ok((first, one(db, other)?))
    } else {
        let first = one(db, other)?;
        Ok((one(db, kept)?, first))
    }
}

pub(super) fn merge(db: &mut Db, ctx: &RequestContext, merge: &Merge) -> Result<WriteOutcome, ServiceError> {
    let (kept, other) = both(db, (merge.kept.0, merge.other.0), |db, id| load::<Client>(db, ctx, id))?;
    let draft = merge.draft.checked(ctx.wall.date()).map_err(Error::Invalid)?;
    let (kept, other) = (as_seen(db, kept, merge.kept.1)?, as_seen(db, other, merge.other.1)?);
    let owner = new_owner(db, merge.sales_contact, Role::Sales)?;
    let contracts = storage::contracts::of_client_for_update(db, other.id)?;
    // First the other one gives up its address.
    storage::clients::merge_away(db, &other, kept.id, ctx.now)?;
    storage::clients::set_merged(db, &kept, (&draft, merge.sales_contact), ctx.now)?;
    let moved: Vec<ContractId> = contracts.iter().map(|contract| contract.id).collect();
    storage::contracts::move_to(db, &moved, kept.id, ctx.now)?;
    storage::clients::follow_below(db, kept.id)?;
    let after = Client { sales_contact_id: merge.sales_contact, ..draft.applied_to(&kept) };
    let gone = Client { archived_at: Some(ctx.now), merged_into_id: Some(kept.id), email: None, ..(*other).clone() };
    let entry = changed(Verb::ClientMerged, &after.full_name, &*kept, &after);
    let entry = with(entry, &other, contracts.len()).found_by(&[kept.holder(), &owner]);
    let gone = changed(Verb::ClientMerged, &other.full_name, &*other, &gone).found_by(&[&after.full_name]);
    let entries = std::iter::once(gone)
        .chain(contracts.iter().map(|contract| moved_to(contract, kept.id, &after.full_name)))
        .collect::<Vec<_>>();
    let undo = WriteRequest::UndoMerge(Box::new(Unmerge {
        kept: (kept.id, kept.version + 1),
        other: (other.id, other.version + 1),
        draft: ClientDraft::from(&*kept),
        sales_contact: kept.sales_contact_id,
        other_email: other.email.clone(),
        contracts: contracts.iter().map(|contract| (contract.id, contract.version + 1)).collect(),
    }));
    let merged = Merged { other: other.full_name.clone(), contracts: contracts.len() };
    Ok(WriteOutcome::undoable(entry, kept.version + 1, undo).merged(merged, entries))
}

/// The entry of the client that stays says with which other one it was merged, and how many contracts have moved.
fn with(mut entry: AuditEntry, other: &Client, contracts: usize) -> AuditEntry {
    let apart = told_apart_by(&other.company_name, &other.phone);
    let said = json!({ "name": format!("{} ({apart})", other.full_name), "contracts": contracts });
    entry.changes.0.push((Field::OtherClient, Value::Null, said));
    entry.found_by(&[&other.full_name])
}

/// The audit entry of a contract that goes to another client.
fn moved_to(contract: &Contract, to: ClientId, name: &str) -> AuditEntry {
    let after = Contract { client_id: to, ..contract.clone() };
    changed(Verb::ContractMoved, name, contract, &after)
}

pub(super) fn undo(db: &mut Db, ctx: &RequestContext, merge: &Unmerge) -> Result<WriteOutcome, ServiceError> {
    let (kept, other) = both(db, (merge.kept.0, merge.other.0), |db, id| load_merged(db, ctx, id))?;
    let (kept, other) = (unchanged(kept, merge.kept.1)?, unchanged(other, merge.other.1)?);
    let there = storage::contracts::of_client_for_update(db, kept.id)?;
    let mut contracts = Vec::new();
    for (id, version) in &merge.contracts {
        let found = there.iter().find(|contract| contract.id == *id && contract.version == *version);
        contracts.push(found.ok_or(Reason::ContractChangedSince(id.0))?);
    }
    new_owner(db, merge.sales_contact, Role::Sales)?;
    new_owner(db, other.sales_contact_id, Role::Sales)?;
    let before = Client { sales_contact_id: merge.sales_contact, ..merge.draft.applied_to(&kept) };
    // First the one that stayed gives back the address.
    storage::clients::set_merged(db, &kept, (&merge.draft, merge.sales_contact), ctx.now)?;
    storage::clients::bring_back(db, &other, merge.other_email.as_deref(), ctx.now)?;
    let moved: Vec<ContractId> = contracts.iter().map(|contract| contract.id).collect();
    storage::contracts::move_to(db, &moved, other.id, ctx.now)?;
    storage::clients::follow_below(db, kept.id)?;
    storage::clients::follow_below(db, other.id)?;
    let back = Client { archived_at: None, merged_into_id: None, email: merge.other_email.clone(), ..(*other).clone() };
    let entry = changed(Verb::MergeUndone, &before.full_name, &*kept, &before);
    let entry = with(entry, &other, contracts.len()).found_by(&[kept.holder()]);
    let entries = std::iter::once(changed(Verb::MergeUndone, &other.full_name, &*other, &back))
        .chain(contracts.iter().map(|contract| moved_to(contract, other.id, &other.full_name)))
        .collect::<Vec<_>>();
    let merged = Merged { other: other.full_name.clone(), contracts: contracts.len() };
    Ok(WriteOutcome::saved(entry, kept.version + 1).merged(merged, entries))
}

/// The client if nobody has changed it since the merge.
fn unchanged(client: ForUpdate<Client>, version: i32) -> Result<Current<Client>, ServiceError> {
    client.of_version(version).map_err(|changed| Reason::ClientChangedSince(changed.full_name).into())
}
