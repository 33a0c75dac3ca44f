//! Users: creating, editing, deactivating, passwords, and handing over what a user owns.

use std::collections::{HashMap, HashSet};

use secrecy::{ExposeSecret, SecretString};

use super::load::{load, new_owner};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::Verb,
        clients::Client,
        error::Inheritance,
        events::Event,
        password::{self, PasswordRules},
        users::{Role, User, UserDraft},
    },
    services::{
        Heirs, Reply, Share, WriteRequest,
        context::{RequestContext, ServiceError, as_seen, refuse},
        outcome::{Inherited, WriteOutcome, changed, created},
    },
    storage::{self, Current, Db, users::NewUser},
};

/// The id of a record and the version that the user saw.
type Seen = (UserId, i32);

pub(super) fn create(
    db: &mut Db,
    ctx: &RequestContext,
    draft: &UserDraft,
    password: &SecretString,
    hash: Option<&str>,
) -> Result<WriteOutcome, ServiceError> {
    let mut errors = FieldErrors::default();
    let checked = draft.checked().map_err(|wrong| errors = wrong).ok();
    errors.take(Field::Password, check_password(ctx, &draft.username, password));
    let (Some(draft), Some(hash), true) = (checked, hash, errors.is_empty()) else {
        return Err(Error::Invalid(errors).into());
    };
    let new = NewUser { draft: &draft, password_hash: hash, must_change_password: true };
    let id = storage::users::insert(db, &new, ctx.now)?;
    let user = loaded(db, id)?;
    Ok(WriteOutcome::saved(created(Verb::UserCreated, &user.full_name, &user), user.version))
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &UserDraft,
    heirs: Option<&Heirs>,
) -> Result<WriteOutcome, ServiceError> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    // Without this lock, the last two managers could both lose the role at the same time, since each
    // transaction would still count the other manager.
    storage::settings::lock(db)?;
    let before = found(db, ctx, seen)?;
    let after = draft.applied_to(&before);
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    let moves = before.role != draft.role;
    if moves && before.active {
        keep_a_manager(db, &before)?;
    }
    storage::users::update(db, &before, &draft, moves, ctx.now)?;
    let entry = changed(Verb::UserUpdated, &after.full_name, &*before, &after);
    if !moves {
        let undo =
            WriteRequest::UpdateUser { id: seen.0, version: seen.1 + 1, draft: UserDraft::from(&*before), heirs: None };
        return Ok(WriteOutcome::undoable(entry, seen.1 + 1, undo));
    }
    let done = WriteOutcome::saved(entry, seen.1 + 1);
    if before.active { Ok(done.inherited(inherit(db, ctx, &before, heirs)?)) } else { Ok(done) }
}

pub(super) fn deactivate(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    heirs: Option<&Heirs>,
) -> Result<WriteOutcome, ServiceError> {
    storage::settings::lock(db)?;
    let before = found(db, ctx, seen)?;
    if !before.active {
        return Err(Reason::Inactive.into());
    }
    keep_a_manager(db, &before)?;
    storage::users::set_active(db, &before, false, ctx.now)?;
    let after = User { active: false, ..(*before).clone() };
    let entry = changed(Verb::UserDeactivated, &after.full_name, &*before, &after);
    let inherited = inherit(db, ctx, &before, heirs)?;
    // Reactivating the user would not return the records that went to the heirs, so it is offered as
    // undo only if there were none.
    let done = if inherited.entries.is_empty() {
        WriteOutcome::undoable(entry, seen.1 + 1, WriteRequest::ReactivateUser { id: seen.0, version: seen.1 + 1 })
    } else {
        WriteOutcome::saved(entry, seen.1 + 1)
    };
    Ok(done.inherited(inherited))
}

pub(super) fn reactivate(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let before = found(db, ctx, seen)?;
    if before.active {
        return Err(Reason::AlreadyActive.into());
    }
    storage::users::set_active(db, &before, true, ctx.now)?;
    let after = User { active: true, ..(*before).clone() };
    let undo = WriteRequest::DeactivateUser { id: seen.0, version: seen.1 + 1, heirs: None };
    Ok(WriteOutcome::undoable(changed(Verb::UserReactivated, &after.full_name, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn reset_password(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    password: &SecretString,
    hash: Option<&str>,
) -> Result<WriteOutcome, ServiceError> {
    let user = found(db, ctx, seen)?;
    refuse(user.forbids_password())?;
    let hash = accepted(ctx, &user.username, password, hash)?;
    storage::users::set_password(db, &user, hash, true, ctx.now)?;
    Ok(WriteOutcome::saved(changed(Verb::PasswordReset, &user.full_name, &*user, &*user), seen.1 + 1))
}

/// Changes the password of the signed-in user, whose current password the caller has already checked.
/// The change ends the user's sessions, except this one, which continues with the new epoch.
pub(super) fn change_own_password(
    db: &mut Db,
    ctx: &RequestContext,
    current: &SecretString,
    new: &SecretString,
    hash: Option<&str>,
) -> Result<WriteOutcome, ServiceError> {
    let user = load::<User>(db, ctx, ctx.me())?.as_it_is();
    if current.expose_secret() == new.expose_secret() {
        return Err(Error::Invalid(FieldErrors::one(Field::Password, Problem::PasswordUnchanged)).into());
    }
    let hash = accepted(ctx, &user.username, new, hash)?;
    storage::users::set_password(db, &user, hash, false, ctx.now)?;
    let entry = changed(Verb::PasswordChanged, &user.full_name, &*user, &*user);
    Ok(WriteOutcome { reply: Reply::PasswordChanged { auth_epoch: ctx.session.auth_epoch + 1 }, entries: vec![entry] })
}

fn check_password(ctx: &RequestContext, username: &str, password: &SecretString) -> Result<(), Problem> {
    let company = &ctx.settings.company_name;
    let rules = PasswordRules { min_length: ctx.settings.min_password_length.into(), username, company };
    password::check(password.expose_secret(), &rules)
}

/// The hash to store, if the password follows the rules.
fn accepted<'h>(
    ctx: &RequestContext,
    username: &str,
    password: &SecretString,
    hash: Option<&'h str>,
) -> Result<&'h str, ServiceError> {
    let checked = check_password(ctx, username, password);
    let wrong = |problem| ServiceError::from(Error::Invalid(FieldErrors::one(Field::Password, problem)));
    checked.map_err(wrong)?;
    hash.ok_or_else(|| wrong(Problem::TooManyBytes(71)))
}

fn loaded(db: &mut Db, id: UserId) -> Result<User, ServiceError> {
    Ok(storage::users::find(db, id)?.ok_or(Error::NotFound)?)
}

/// The user to write to, if they still have the version that was seen.
fn found(db: &mut Db, ctx: &RequestContext, (id, version): Seen) -> Result<Current<User>, ServiceError> {
    let user = load::<User>(db, ctx, id)?;
    as_seen(db, user, version)
}

/// Refuses if the user is the last active manager. The caller has locked the settings, so that the
/// number of managers cannot change in the meantime.
fn keep_a_manager(db: &mut Db, user: &User) -> Result<(), ServiceError> {
    if user.role == Role::Management && storage::users::active_managers(db)? <= 1 {
        return Err(Reason::LastManager.into());
    }
    Ok(())
}

/// Shares out among the heirs, by turns, the clients or open events of a user who leaves their role,
/// in the same transaction. The user's row is locked, so that they cannot be given new records in the
/// meantime; the records are locked, so that nobody else can hand them over.
///
/// Errors: `NeedsHeir` if the user owns records and nobody else is named as heir, or other numbers of
/// them than were confirmed; `Denied` if there is nobody else, or an heir is not an active user of the
/// same role.
fn inherit(db: &mut Db, ctx: &RequestContext, leaver: &User, heirs: Option<&Heirs>) -> Result<Inherited, ServiceError> {
    let role = leaver.role;
    let (clients, events) = match role {
        Role::Sales => (storage::clients::owned_by_for_update(db, leaver.id)?, Vec::new()),
        Role::Support => (Vec::new(), storage::events::open_of_for_update(db, leaver.id)?),
        Role::Management => (Vec::new(), Vec::new()),
    };
    let mut inherited = Inherited::default();
    if clients.is_empty() && events.is_empty() {
        return Ok(inherited);
    }
    let confirmed = heirs.filter(|heirs| (heirs.clients, heirs.events) == (clients.len(), events.len()));
    let mut heirs = confirmed.map(|heirs| heirs.people.clone()).unwrap_or_default();
    let mut named = HashSet::new();
    heirs.retain(|heir| *heir != leaver.id && named.insert(*heir));
    if heirs.is_empty() {
        let others = storage::users::active_of_role(db, role, "")?;
        if others.iter().all(|other| other.id == leaver.id) {
            return Err(Reason::NobodyElse(role).into());
        }
        let archived = clients.iter().filter(|client| client.archived_at.is_some()).count();
        let (clients, events) = (clients.len(), events.len());
        return Err(Error::NeedsHeir(Inheritance {
            leaver: leaver.id,
            name: leaver.full_name.clone(),
            clients,
            archived,
            events,
            role,
        })
        .into());
    }
    let names = locked_heirs(db, role, &heirs)?;
    for (nth, (heir, name)) in heirs.iter().zip(names).enumerate() {
        let heir = *heir;
        let turns = heirs.len();
        let people = [leaver.full_name.as_str(), &name];
        let (clients, events) = (by_turns(&clients, nth, turns), by_turns(&events, nth, turns));
        storage::clients::hand_over(db, &clients, heir, ctx.now)?;
        storage::events::hand_over(db, &events, heir, ctx.now)?;
        inherited.entries.extend(clients.iter().map(|client| {
            let after = Client { sales_contact_id: heir, ..(*client).clone() };
            changed(Verb::ClientHandedOver, &client.full_name, *client, &after).found_by(&people)
        }));
        inherited.entries.extend(events.iter().map(|event| {
            let after = Event { support_id: Some(heir), ..(*event).clone() };
            changed(Verb::SupportAssigned, &event.title, *event, &after).found_by(&people)
        }));
        inherited.shares.push(Share { name, clients: clients.len(), events: events.len() });
    }
    inherited.shares.retain(|share| share.clients + share.events > 0);
    Ok(inherited)
}

/// The names of the heirs, whose rows are locked in the order of their ids: in any other order, two
/// transactions could wait for each other.
fn locked_heirs(db: &mut Db, role: Role, heirs: &[UserId]) -> Result<Vec<String>, ServiceError> {
    let mut in_order = heirs.to_vec();
    in_order.sort_by_key(|heir| heir.0);
    let mut names = HashMap::new();
    for heir in in_order {
        names.insert(heir, new_owner(db, heir, role)?);
    }
    Ok(heirs.iter().filter_map(|heir| names.remove(heir)).collect())
}

/// The records whose turn is the `nth` of so many.
fn by_turns<T>(records: &[T], nth: usize, turns: usize) -> Vec<&T> {
    records.iter().skip(nth).step_by(turns).collect()
}
