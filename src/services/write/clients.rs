//! Clients: creating, editing, handing over, archiving.

use super::load::{Refused, load, load_to_give, new_owner};
use crate::{
    domain::{
        ClientId, Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::Verb,
        clients::{Client, ClientDraft},
        page::MAX_MARKED,
        policy::{Owner, Reach},
        users::Role,
    },
    services::{
        HandOver, Missed, Reply, Share, WriteRequest,
        context::{RequestContext, ServiceError, as_seen, refuse},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Current, Db},
};

/// The id of a record and the version that the user saw.
type Seen = (ClientId, i32);

pub(super) fn create(
    db: &mut Db,
    ctx: &RequestContext,
    draft: &ClientDraft,
    owner: Option<UserId>,
) -> Result<WriteOutcome, ServiceError> {
    let owner = match (ctx.reach, owner) {
        (_, Some(owner)) => owner,
        (Reach::Own, None) => ctx.me(),
        (Reach::Any, None) => return Err(invalid(Field::SalesContactId, Problem::Required)),
    };
    ctx.check(Owner::Sales(owner), |_| None)?;
    let draft = draft.checked(ctx.wall.date()).map_err(Error::Invalid)?;
    let Some(name) = storage::users::lock_active(db, owner, Role::Sales)? else {
        return Err(invalid(Field::SalesContactId, Problem::NotActiveSales));
    };
    let (client, is_twin) = storage::clients::insert(db, &draft, owner, ctx.now)?;
    let entry = created(Verb::ClientCreated, &client.full_name, &*client).found_by(&[&name]);
    Ok(WriteOutcome::saved(entry, client.version).twin(is_twin))
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &ClientDraft,
) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Client>(db, ctx, seen.0)?;
    let draft = draft.checked(ctx.wall.date()).map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = draft.applied_to(&before);
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    let is_twin = storage::clients::update(db, &before, &draft, ctx.now)?;
    let undo = WriteRequest::UpdateClient { id: seen.0, version: seen.1 + 1, draft: ClientDraft::from(&*before) };
    let entry = changed(Verb::ClientUpdated, &after.full_name, &*before, &after);
    Ok(WriteOutcome::undoable(entry, seen.1 + 1, undo).twin(is_twin))
}

/// Hands over the clients that still have the version that the user saw; the others are listed in
/// the reply. If there is only one client, it is an error.
pub(super) fn hand_over(db: &mut Db, ctx: &RequestContext, clients: &[HandOver]) -> Result<WriteOutcome, ServiceError> {
    let mut receivers: Vec<UserId> = clients.iter().map(|one| one.to).collect();
    receivers.sort_by_key(|id| id.0);
    receivers.dedup();
    let mut shares = Vec::new();
    for to in receivers {
        let name = new_owner(db, to, Role::Sales)?;
        shares.push((to, Share { name, clients: 0, events: 0 }));
    }
    let alone = clients.len() == 1;
    let (mut entries, mut missed, mut done, mut undo) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for HandOver { client, version, to } in clients.iter().take(MAX_MARKED).copied() {
        let before = match load_to_give::<Client>(db, ctx, client, (Verb::ClientHandedOver, Some(to)))? {
            Ok(before) => before,
            // The client was handed over or archived after the user saw it.
            Err(Refused { record, why }) if !alone && record.version != version => {
                missed.push(Missed { name: record.full_name, why });
                continue;
            }
            Err(refused) => return Err(refused.why.into()),
        };
        if before.sales_contact_id == to {
            continue;
        }
        let name = before.full_name.clone();
        match as_seen(db, before, version) {
            Ok(before) => {
                storage::clients::set_sales_contact(db, &before, to, ctx.now)?;
                let after = Client { sales_contact_id: to, ..(*before).clone() };
                let mut entry = changed(Verb::ClientHandedOver, &name, &*before, &after).found_by(&[before.holder()]);
                undo.push(HandOver { client, version: version + 1, to: before.sales_contact_id });
                if let Some((_, share)) = shares.iter_mut().find(|(receiver, _)| *receiver == to) {
                    share.clients += 1;
                    entry = entry.found_by(&[&share.name]);
                }
                entries.push(entry);
                done.push(name);
            }
            Err(ServiceError::Error(why)) if !alone => missed.push(Missed { name, why }),
            Err(stop) => return Err(stop),
        }
    }
    let shares = shares.into_iter().map(|(_, share)| share).filter(|share| share.clients > 0).collect();
    Ok(WriteOutcome { reply: Reply::HandedOver { done, shares, missed, undo }, entries })
}

pub(super) fn archive(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    // The client is locked: no contract can be created for it between the count and the archiving.
    let before = load::<Client>(db, ctx, seen.0)?;
    refuse(Reason::if_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    match storage::clients::open_contracts(db, seen.0)? {
        0 => set_archived(db, ctx, &before, Verb::ClientArchived),
        open => Err(Reason::ClientHasContracts(open).into()),
    }
}

pub(super) fn restore(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Client>(db, ctx, seen.0)?;
    refuse(Reason::unless_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    new_owner(db, before.sales_contact_id, Role::Sales)?;
    set_archived(db, ctx, &before, Verb::ClientRestored)
}

fn set_archived(
    db: &mut Db,
    ctx: &RequestContext,
    before: &Current<Client>,
    verb: Verb,
) -> Result<WriteOutcome, ServiceError> {
    let archived_at = (verb == Verb::ClientArchived).then_some(ctx.now);
    storage::clients::set_archived(db, before, archived_at, ctx.now)?;
    let after = Client { archived_at, ..(**before).clone() };
    let (id, version) = (before.id, before.version + 1);
    let undo = match archived_at {
        Some(_) => WriteRequest::RestoreClient { id, version },
        None => WriteRequest::ArchiveClient { id, version },
    };
    Ok(WriteOutcome::undoable(changed(verb, &before.full_name, &**before, &after), version, undo))
}

fn invalid(field: Field, problem: Problem) -> ServiceError {
    Error::Invalid(FieldErrors::one(field, problem)).into()
}
