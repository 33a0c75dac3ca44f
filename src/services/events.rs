//! Events: creating for signed contracts, preparing, giving to support, archiving.

use super::{
    Assigned, Missed, Reply, Request,
    call::{Call, Done, Stop, changed, conflict, created},
};
use crate::{
    domain::{
        ContractId, Error, EventId, Reason, UserId,
        audit::Verb,
        event::{Event, EventDraft, Status},
        filter::Assignment,
        user::Role,
    },
    storage::{self, Db, events::Standing},
};

/// A record as it was seen: id and version.
type Seen = (EventId, i32);

pub(super) fn create(db: &mut Db, call: &Call, contract: ContractId, draft: &EventDraft) -> Result<Done, Stop> {
    // Held first: the contract cannot be archived under the new event.
    let (signed, _, owner) = super::contracts::held(db, contract)?;
    call.owns_client_of(owner)?;
    if signed.signed_at.is_none() {
        return Err(Reason::ContractNotSigned(contract.0).into());
    }
    if signed.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    let draft = draft.checked(call.wall, None).map_err(Error::Invalid)?;
    let event = storage::events::insert(db, contract, &draft, call.now)?;
    Ok(Done::saved(created(Verb::EventCreated, &event.title, &event), event.version))
}

pub(super) fn update(db: &mut Db, call: &Call, seen: Seen, draft: &EventDraft) -> Result<Done, Stop> {
    let before = reachable(db, call, seen.0)?;
    not_archived(&before)?;
    let draft = draft.checked(call.wall, before.starts_at).map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen)?;
    let after = Event {
        title: draft.title.clone(),
        client_contact: draft.client_contact.clone(),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        location: draft.location.clone(),
        attendees: draft.attendees,
        notes: draft.notes.clone(),
        ..before.clone()
    };
    if after == before {
        return Ok(Done::unchanged(&before, before.version));
    }
    if !storage::events::update(db, seen.0, seen.1, &draft, call.now)? {
        return Err(changed_meanwhile(db, seen.0)?);
    }
    let undo = Request::UpdateEvent { id: seen.0, version: seen.1 + 1, draft: EventDraft::from(&before) };
    Ok(Done::undoable(changed(Verb::EventUpdated, &after.title, &before, &after), seen.1 + 1, undo))
}

pub(super) fn set_status(db: &mut Db, call: &Call, seen: Seen, status: Status) -> Result<Done, Stop> {
    let before = reachable(db, call, seen.0)?;
    not_archived(&before)?;
    let before = as_seen(db, before, seen)?;
    if before.status == status {
        return Ok(Done::unchanged(&before, before.version));
    }
    let support_id = still_active(db, &before, status)?;
    change_standing(db, call, &before, Standing { status, support_id, archived_at: None }, Verb::StatusChanged)
}

/// One alone is refused when somebody was faster; of several those are left out and named.
pub(super) fn assign(db: &mut Db, call: &Call, assignments: &[Assignment]) -> Result<Done, Stop> {
    let mut helpers: Vec<UserId> = assignments.iter().filter_map(|assignment| assignment.support).collect();
    helpers.sort_by_key(|id| id.0);
    helpers.dedup();
    let mut names = Vec::new();
    for helper in &helpers {
        names.push(storage::users::hold_active(db, *helper, Role::Support)?.ok_or(Reason::NotActiveSupport)?);
    }
    let to = names.pop().filter(|_| names.is_empty());
    let mut assigned = Assigned { to, titles: Vec::new(), undo: Vec::new(), missed: Vec::new() };
    let mut entries = Vec::new();
    for assignment in assignments {
        let before = reachable(db, call, assignment.event)?;
        not_archived(&before)?;
        if before.support_id == assignment.support && before.version == assignment.version {
            continue;
        }
        let standing = Standing { support_id: assignment.support, ..Standing::of(&before) };
        let seen = (assignment.event, assignment.version);
        let fits = before.version == seen.1 && storage::events::set_standing(db, seen.0, seen.1, standing, call.now)?;
        if fits {
            let after = Event { support_id: assignment.support, ..before.clone() };
            entries.push(changed(Verb::SupportAssigned, &before.title, &before, &after));
            assigned.titles.push(before.title);
            assigned.undo.push(Assignment { version: seen.1 + 1, support: before.support_id, ..*assignment });
        } else {
            match changed_meanwhile(db, seen.0)? {
                Stop::Error(why) if assignments.len() > 1 => {
                    assigned.missed.push(Missed { name: before.title, why });
                }
                stop => return Err(stop),
            }
        }
    }
    Ok(Done { reply: Reply::Assigned(assigned), entries })
}

pub(super) fn archive(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let before = reachable(db, call, seen.0)?;
    not_archived(&before)?;
    let before = as_seen(db, before, seen)?;
    let standing = Standing { archived_at: Some(call.now), ..Standing::of(&before) };
    change_standing(db, call, &before, standing, Verb::EventArchived)
}

pub(super) fn restore(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let before = reachable(db, call, seen.0)?;
    if before.archived_at.is_none() {
        return Err(Reason::NotArchived.into());
    }
    let before = as_seen(db, before, seen)?;
    if super::contracts::held(db, before.contract_id)?.0.archived_at.is_some() {
        return Err(Reason::ParentArchived.into());
    }
    let support_id = still_active(db, &before, before.status)?;
    let standing = Standing { status: before.status, support_id, archived_at: None };
    change_standing(db, call, &before, standing, Verb::EventRestored)
}

/// The support that an event keeps when it becomes somebody's work again: nobody, when
/// the person has left support since.
fn still_active(db: &mut Db, event: &Event, status: Status) -> Result<Option<UserId>, Stop> {
    match event.support_id {
        Some(helper) if status.is_open() && storage::users::hold_active(db, helper, Role::Support)?.is_none() => {
            Ok(None)
        }
        kept => Ok(kept),
    }
}

fn change_standing(db: &mut Db, call: &Call, before: &Event, standing: Standing, verb: Verb) -> Result<Done, Stop> {
    if !storage::events::set_standing(db, before.id, before.version, standing, call.now)? {
        return Err(changed_meanwhile(db, before.id)?);
    }
    let Standing { status, support_id, archived_at } = standing;
    let after = Event { status, support_id, archived_at, ..before.clone() };
    let (id, version) = (before.id, before.version + 1);
    let undo = match verb {
        Verb::EventArchived => Request::RestoreEvent { id, version },
        Verb::EventRestored => Request::ArchiveEvent { id, version },
        _ => Request::SetStatus { id, version, status: before.status },
    };
    Ok(Done::undoable(changed(verb, &before.title, before, &after), version, undo))
}

/// The event, when the right reaches it.
fn reachable(db: &mut Db, call: &Call, id: EventId) -> Result<Event, Stop> {
    let event = loaded(db, id)?;
    call.owns_event(&event)?;
    Ok(event)
}

fn loaded(db: &mut Db, id: EventId) -> Result<Event, Stop> {
    Ok(storage::events::find(db, id)?.ok_or(Error::NotFound)?)
}

fn not_archived(event: &Event) -> Result<(), Stop> {
    if event.archived_at.is_some() { Err(Reason::Archived.into()) } else { Ok(()) }
}

fn as_seen(db: &mut Db, event: Event, seen: Seen) -> Result<Event, Stop> {
    if event.version == seen.1 { Ok(event) } else { Err(conflict(db, &event, event.version, event.updated_at)?) }
}

fn changed_meanwhile(db: &mut Db, id: EventId) -> Result<Stop, Stop> {
    let event = loaded(db, id)?;
    Ok(conflict(db, &event, event.version, event.updated_at)?)
}
