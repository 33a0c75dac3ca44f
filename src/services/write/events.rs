//! Events: creating, editing, setting the status, assigning support, archiving.

use super::{
    instalments,
    load::{Refused, load, load_to_give, new_owner},
};
use crate::{
    domain::{
        ContractId, Error, EventId, Reason, UserId,
        assigning::{Assignment, MOST_OVERLAPS, Overlap, Slot},
        audit::Verb,
        contracts::Contract,
        events::{Event, EventDraft, Status},
        users::Role,
    },
    services::{
        Assigned, Missed, Reply, WriteRequest,
        context::{RequestContext, ServiceError, as_seen, refuse},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Current, Db, events::EventState},
};

/// The most events of the new support users that are compared with those assigned.
const MOST_ENGAGEMENTS: usize = 1_000;

/// The id of a record and the version that the user saw.
type Seen = (EventId, i32);

pub(super) fn create(
    db: &mut Db,
    ctx: &RequestContext,
    contract: ContractId,
    draft: &EventDraft,
) -> Result<WriteOutcome, ServiceError> {
    // Both rows stay locked: the contract cannot be archived, nor its client handed over, while
    // the event is created.
    let (of, _client) = load::<Contract>(db, ctx, contract)?;
    // Of an archived contract a file may bring archived events, but only if it was signed.
    refuse(of.signed_at.is_none().then_some(Reason::ContractNotSigned(of.id.0)))?;
    let draft = draft.checked(ctx.earliest_start(), ctx.settings.time_zone, None).map_err(Error::Invalid)?;
    let insert = |db: &mut Db| storage::events::insert(db, contract, &draft, ctx.now);
    let event = match of.archived_at {
        Some(archived_at) => storage::imports::with_contract_open(db, (of.id, archived_at), insert)?,
        None => insert(db)?,
    };
    instalments::follow_new_event(db, ctx, &of, &event)?;
    Ok(WriteOutcome::saved(created(Verb::EventCreated, &event.title, &*event), event.version))
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &EventDraft,
) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Event>(db, ctx, seen.0)?;
    let draft = draft
        .checked(ctx.earliest_start(), ctx.settings.time_zone, Some(&EventDraft::from(&*before)))
        .map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = draft.applied_to(&before);
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    storage::events::update(db, &before, &draft, ctx.now)?;
    instalments::follow_event(db, ctx, (&before, &after))?;
    let undo = WriteRequest::UpdateEvent { id: seen.0, version: seen.1 + 1, draft: EventDraft::from(&*before) };
    Ok(WriteOutcome::undoable(changed(Verb::EventUpdated, &after.title, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn set_status(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    status: Status,
) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Event>(db, ctx, seen.0)?;
    let before = as_seen(db, before, seen.1)?;
    if before.status == status {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    let support_id = still_active(db, &before, status)?;
    change_state(db, ctx, &before, EventState { status, support_id, archived_at: None }, Verb::StatusChanged)
}

/// Assigns support to events. If there are several, those that another user changed in the meantime
/// are left out and listed in the reply; if there is only one, it is an error.
pub(super) fn assign(
    db: &mut Db,
    ctx: &RequestContext,
    assignments: &[Assignment],
) -> Result<WriteOutcome, ServiceError> {
    let mut helpers: Vec<UserId> = assignments.iter().filter_map(|assignment| assignment.support).collect();
    helpers.sort_by_key(|id| id.0);
    helpers.dedup();
    let mut names = Vec::new();
    for helper in helpers {
        let name = new_owner(db, helper, Role::Support)?;
        names.push((helper, name));
    }
    let (mut given, mut kept) = (Vec::new(), Vec::new());
    let mut assigned = Assigned {
        to: None,
        mixed: false,
        titles: Vec::new(),
        unchanged: Vec::new(),
        undo: Vec::new(),
        missed: Vec::new(),
        overlaps: Vec::new(),
    };
    let mut written = Vec::new();
    let mut entries = Vec::new();
    for assignment in assignments {
        let given_to = (Verb::SupportAssigned, assignment.support);
        let before = match load_to_give::<Event>(db, ctx, assignment.event, given_to)? {
            Ok(before) => before,
            // The event was given to someone else or archived after the user saw it.
            Err(Refused { record, why }) if assignments.len() > 1 && record.version != assignment.version => {
                assigned.missed.push(Missed { name: record.title, why });
                continue;
            }
            Err(refused) => return Err(refused.why.into()),
        };
        if before.support_id == assignment.support && before.version == assignment.version {
            assigned.unchanged.push(before.title.clone());
            kept.push(assignment.support);
            continue;
        }
        let (title, seen) = (before.title.clone(), assignment.version);
        match as_seen(db, before, seen) {
            Ok(before) => {
                let state = EventState { support_id: assignment.support, ..EventState::of(&before) };
                storage::events::set_state(db, &before, state, ctx.now)?;
                let after = Event { support_id: assignment.support, ..(*before).clone() };
                let to = names.iter().find(|(helper, _)| Some(*helper) == assignment.support);
                let people = [before.holder(), to.map_or("", |(_, name)| name)];
                entries.push(changed(Verb::SupportAssigned, &title, &*before, &after).found_by(&people));
                assigned.titles.push(title);
                given.push(assignment.support);
                written.push(after);
                assigned.undo.push(Assignment { version: seen + 1, support: before.support_id, ..*assignment });
            }
            Err(ServiceError::Error(why)) if assignments.len() > 1 => assigned.missed.push(Missed { name: title, why }),
            Err(stop) => return Err(stop),
        }
    }
    // The reply names a support user only if all events were assigned to the same one.
    let mut given = if given.is_empty() { kept } else { given };
    given.dedup();
    assigned.mixed = given.len() > 1;
    if let [Some(one)] = given.as_slice() {
        assigned.to = names.into_iter().find(|(helper, _)| helper == one).map(|(_, name)| name);
    }
    assigned.overlaps = overlaps(db, ctx, &written)?;
    Ok(WriteOutcome { reply: Reply::Assigned(assigned), entries })
}

/// The other events that the support users of these events, as they were just written, have at the
/// same time.
fn overlaps(db: &mut Db, ctx: &RequestContext, written: &[Event]) -> Result<Vec<Overlap>, ServiceError> {
    let open = written.iter().filter(|event| event.status.is_open());
    let placed: Vec<_> =
        open.filter_map(|event| Some((event.id, event.support_id?, event.stretch()?, Slot::of(event)?))).collect();
    let mut people: Vec<UserId> = placed.iter().map(|(_, person, ..)| *person).collect();
    people.sort_by_key(|id| id.0);
    people.dedup();
    let mut found = Vec::new();
    for person in people {
        let theirs = || placed.iter().filter(move |(_, one, ..)| *one == person);
        let from = theirs().map(|(.., (from, _), _)| *from).min().unwrap_or_default();
        let to = theirs().map(|(.., (_, to), _)| *to).max().unwrap_or_default();
        let others = storage::spans::engagements_of(db, person, (from, to), MOST_ENGAGEMENTS)?;
        for other in others.into_iter().rev() {
            let slot = other.slot();
            let is_written = placed.iter().any(|(id, ..)| *id == other.event);
            let is_seen = is_written || ctx.sees_all() || person == ctx.me();
            // A pair of two events that were both assigned now is named once.
            let met = theirs().filter(|(id, .., event)| (!is_written || id.0 < other.event.0) && event.meets(&slot));
            let overlap = |event: &Slot| Overlap { event: event.clone(), other: is_seen.then(|| slot.clone()) };
            found.extend(met.map(|(.., event)| overlap(event)));
        }
    }
    found.truncate(MOST_OVERLAPS);
    Ok(found)
}

pub(super) fn archive(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Event>(db, ctx, seen.0)?;
    refuse(Reason::if_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    let state = EventState { archived_at: Some(ctx.now), ..EventState::of(&before) };
    change_state(db, ctx, &before, state, Verb::EventArchived)
}

pub(super) fn restore(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let before = load::<Event>(db, ctx, seen.0)?;
    refuse(Reason::unless_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    // Refused if the contract is archived; it stays locked, so that nobody archives it meanwhile.
    let _locked = load::<Contract>(db, ctx, before.contract_id)?;
    let support_id = still_active(db, &before, before.status)?;
    let state = EventState { status: before.status, support_id, archived_at: None };
    change_state(db, ctx, &before, state, Verb::EventRestored)
}

/// The support user that an event keeps when it is restored or its status is set; `None` if the event
/// will be open and that user is no longer active in support.
fn still_active(db: &mut Db, event: &Event, status: Status) -> Result<Option<UserId>, ServiceError> {
    match event.support_id {
        Some(helper) if status.is_open() && storage::users::lock_active(db, helper, Role::Support)?.is_none() => {
            Ok(None)
        }
        kept => Ok(kept),
    }
}

fn change_state(
    db: &mut Db,
    ctx: &RequestContext,
    before: &Current<Event>,
    state: EventState,
    verb: Verb,
) -> Result<WriteOutcome, ServiceError> {
    storage::events::set_state(db, before, state, ctx.now)?;
    let EventState { status, support_id, archived_at } = state;
    let after = Event { status, support_id, archived_at, ..(**before).clone() };
    instalments::follow_event(db, ctx, (before, &after))?;
    let (id, version) = (before.id, before.version + 1);
    let undo = match verb {
        Verb::EventArchived => WriteRequest::RestoreEvent { id, version },
        Verb::EventRestored => WriteRequest::ArchiveEvent { id, version },
        _ => WriteRequest::SetStatus { id, version, status: before.status },
    };
    let mut entry = changed(verb, &before.title, &**before, &after);
    if before.support_id != support_id {
        entry = entry.found_by(&[before.holder()]);
    }
    Ok(WriteOutcome::undoable(entry, version, undo))
}
