//! Clients: keeping their details, handing them over, archiving.

use super::{
    HandOver, Missed, Reply, Request,
    call::{Call, Done, Stop, as_seen, changed, created},
};
use crate::{
    domain::{
        ClientId, Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::Verb,
        client::{Client, ClientDraft},
        page::MAX_MARKED,
        user::Role,
    },
    storage::{self, Current, Db, Held},
};

/// A record as it was seen: id and version.
type Seen = (ClientId, i32);

pub(super) fn create(db: &mut Db, call: &Call, draft: &ClientDraft, owner: Option<UserId>) -> Result<Done, Stop> {
    let owner = match call.actor().role {
        Role::Sales if owner.is_none_or(|owner| owner == call.me()) => call.me(),
        Role::Sales => return Err(Reason::NotYourClient.into()),
        _ => owner.ok_or_else(|| invalid(Field::SalesContactId, Problem::Required))?,
    };
    let draft = draft.checked(call.wall.date()).map_err(Error::Invalid)?;
    if storage::users::hold_active(db, owner, Role::Sales)?.is_none() {
        return Err(invalid(Field::SalesContactId, Problem::NotActiveSales));
    }
    let client = storage::clients::insert(db, &draft, owner, call.now)?;
    Ok(Done::saved(created(Verb::ClientCreated, &client.full_name, &client), client.version))
}

pub(super) fn update(db: &mut Db, call: &Call, seen: Seen, draft: &ClientDraft) -> Result<Done, Stop> {
    let before = held(db, seen.0)?;
    call.owns_client_of(before.sales_contact_id)?;
    not_archived(&before)?;
    let draft = draft.checked(call.wall.date()).map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = Client {
        full_name: draft.full_name.clone(),
        company_name: draft.company_name.clone(),
        email: draft.email.clone(),
        phone: draft.phone.clone(),
        last_contact_at: draft.last_contact_at,
        notes: draft.notes.clone(),
        ..(*before).clone()
    };
    if after == *before {
        return Ok(Done::unchanged(&*before, before.version));
    }
    storage::clients::update(db, &before, &draft, call.now)?;
    let undo = Request::UpdateClient { id: seen.0, version: seen.1 + 1, draft: ClientDraft::from(&*before) };
    Ok(Done::undoable(changed(Verb::ClientUpdated, &after.full_name, &*before, &after), seen.1 + 1, undo))
}

/// All clients that are as they were seen; the others are named. One alone is refused.
pub(super) fn hand_over(db: &mut Db, call: &Call, hand_over: &HandOver) -> Result<Done, Stop> {
    if storage::users::hold_active(db, hand_over.to, Role::Sales)?.is_none() {
        return Err(Reason::NotActiveSales.into());
    }
    let alone = hand_over.clients.len() == 1;
    let (mut entries, mut missed, mut done) = (Vec::new(), Vec::new(), Vec::new());
    let (mut owners, mut handed) = (Vec::new(), Vec::new());
    for seen in hand_over.clients.iter().take(MAX_MARKED) {
        let before = held(db, seen.0)?;
        match may_hand_over(db, call, &before, hand_over.to) {
            // It was handed away or archived since it was seen.
            Err(Stop::Error(why)) if !alone && before.version != seen.1 => {
                missed.push(Missed { name: before.full_name.clone(), why });
                continue;
            }
            allowed => allowed?,
        }
        if before.sales_contact_id == hand_over.to {
            continue;
        }
        let name = before.full_name.clone();
        match as_seen(db, before, seen.1) {
            Ok(before) => {
                storage::clients::set_sales_contact(db, &before, hand_over.to, call.now)?;
                let after = Client { sales_contact_id: hand_over.to, ..(*before).clone() };
                entries.push(changed(Verb::ClientHandedOver, &name, &*before, &after));
                owners.push(before.sales_contact_id);
                handed.push((seen.0, seen.1 + 1));
                done.push(name);
            }
            Err(Stop::Error(why)) if !alone => missed.push(Missed { name, why }),
            Err(stop) => return Err(stop),
        }
    }
    // They went to one person and go back to one; from several owners there is no way back.
    owners.dedup();
    let undo = match owners.as_slice() {
        [owner] => Some(HandOver { clients: handed, to: *owner }),
        _ => None,
    };
    Ok(Done { reply: Reply::HandedOver { done, missed, undo }, entries })
}

fn may_hand_over(db: &mut Db, call: &Call, client: &Client, to: UserId) -> Result<(), Stop> {
    if !call.takes_back(db, client, Verb::ClientHandedOver, Some(to))? {
        call.owns_client_of(client.sales_contact_id)?;
    }
    not_archived(client)
}

pub(super) fn archive(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    // Held first: no contract can be made for it between the count and the archiving.
    let before = held(db, seen.0)?;
    not_archived(&before)?;
    let before = as_seen(db, before, seen.1)?;
    match storage::clients::open_contracts(db, seen.0)? {
        0 => set_archived(db, call, &before, Verb::ClientArchived),
        open => Err(Reason::ClientHasContracts(open).into()),
    }
}

pub(super) fn restore(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let before = held(db, seen.0)?;
    if before.archived_at.is_none() {
        return Err(Reason::NotArchived.into());
    }
    let before = as_seen(db, before, seen.1)?;
    if storage::users::hold_active(db, before.sales_contact_id, Role::Sales)?.is_none() {
        return Err(Reason::NotActiveSales.into());
    }
    set_archived(db, call, &before, Verb::ClientRestored)
}

fn set_archived(db: &mut Db, call: &Call, before: &Current<Client>, verb: Verb) -> Result<Done, Stop> {
    let archived_at = (verb == Verb::ClientArchived).then_some(call.now);
    storage::clients::set_archived(db, before, archived_at, call.now)?;
    let after = Client { archived_at, ..(**before).clone() };
    let (id, version) = (before.id, before.version + 1);
    let undo = match archived_at {
        Some(_) => Request::RestoreClient { id, version },
        None => Request::ArchiveClient { id, version },
    };
    Ok(Done::undoable(changed(verb, &before.full_name, &**before, &after), version, undo))
}

fn invalid(field: Field, problem: Problem) -> Stop {
    Error::Invalid(FieldErrors::one(field, problem)).into()
}

/// The client, held: whose it is, and whether it is archived, stays as it is.
pub(super) fn held(db: &mut Db, id: ClientId) -> Result<Held<Client>, Stop> {
    Ok(storage::clients::find_held(db, id)?.ok_or(Error::NotFound)?)
}

fn not_archived(client: &Client) -> Result<(), Stop> {
    if client.archived_at.is_some() { Err(Reason::Archived.into()) } else { Ok(()) }
}
