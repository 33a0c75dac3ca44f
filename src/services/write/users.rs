//! Users: creating, editing, deactivating, passwords, and handing over what a user owns.

use secrecy::{ExposeSecret, SecretString};

use super::load::load;
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
        Reply, WriteRequest,
        context::{RequestContext, ServiceError, WriteOutcome, as_seen, changed, created, refuse},
    },
    storage::{self, Current, Db, audit::AuditEntry, users::NewUser},
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
    heir: Option<UserId>,
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
            WriteRequest::UpdateUser { id: seen.0, version: seen.1 + 1, draft: UserDraft::from(&*before), heir: None };
        return Ok(WriteOutcome::undoable(entry, seen.1 + 1, undo));
    }
    let mut done = WriteOutcome::saved(entry, seen.1 + 1);
    if before.active {
        done.entries.extend(inherit(db, ctx, &before, heir)?);
    }
    Ok(done)
}

pub(super) fn deactivate(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    heir: Option<UserId>,
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
    let inherited = inherit(db, ctx, &before, heir)?;
    // Reactivating the user would not return the records that went to the heir, so it is offered as
    // undo only if there were none.
    let mut done = if inherited.is_empty() {
        WriteOutcome::undoable(entry, seen.1 + 1, WriteRequest::ReactivateUser { id: seen.0, version: seen.1 + 1 })
    } else {
        WriteOutcome::saved(entry, seen.1 + 1)
    };
    done.entries.extend(inherited);
    Ok(done)
}

pub(super) fn reactivate(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let before = found(db, ctx, seen)?;
    if before.active {
        return Err(Reason::AlreadyActive.into());
    }
    storage::users::set_active(db, &before, true, ctx.now)?;
    let after = User { active: true, ..(*before).clone() };
    let undo = WriteRequest::DeactivateUser { id: seen.0, version: seen.1 + 1, heir: None };
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

/// Hands over to the heir the clients or open events of a user who leaves their role, in the same
/// transaction. The user's row is locked, so that they cannot be given new records in the meantime;
/// the records are locked, so that nobody else can hand them over.
///
/// Errors: `NeedsHeir` if the user owns records and no other user is named as heir; `Denied` if the
/// heir is not an active user of the same role.
fn inherit(
    db: &mut Db,
    ctx: &RequestContext,
    leaver: &User,
    heir: Option<UserId>,
) -> Result<Vec<AuditEntry>, ServiceError> {
    let (clients, events) = match leaver.role {
        Role::Sales => (storage::clients::owned_by_for_update(db, leaver.id)?, Vec::new()),
        Role::Support => (Vec::new(), storage::events::open_of_for_update(db, leaver.id)?),
        Role::Management => (Vec::new(), Vec::new()),
    };
    if clients.is_empty() && events.is_empty() {
        return Ok(Vec::new());
    }
    let left = Inheritance { clients: count(&clients), events: count(&events), role: leaver.role };
    let heir = heir.filter(|heir| *heir != leaver.id).ok_or(Error::NeedsHeir(left))?;
    if storage::users::lock_active(db, heir, leaver.role)?.is_none() {
        return Err(match leaver.role {
            Role::Sales => Reason::NotActiveSales.into(),
            _ => Reason::NotActiveSupport.into(),
        });
    }
    storage::clients::hand_over_all(db, (leaver.id, clients.len()), heir, ctx.now)?;
    storage::events::hand_over_open(db, (leaver.id, events.len()), heir, ctx.now)?;
    let clients = clients.iter().map(|client| {
        let after = Client { sales_contact_id: heir, ..client.clone() };
        changed(Verb::ClientHandedOver, &client.full_name, client, &after)
    });
    let events = events.iter().map(|event| {
        let after = Event { support_id: Some(heir), ..event.clone() };
        changed(Verb::SupportAssigned, &event.title, event, &after)
    });
    Ok(clients.chain(events).collect())
}

fn count<T>(records: &[T]) -> i64 {
    i64::try_from(records.len()).unwrap_or(i64::MAX)
}
