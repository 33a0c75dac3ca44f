//! Accounts: creating, changing, deactivating, and who takes over.

use secrecy::{ExposeSecret, SecretString};

use super::{
    Reply, Request,
    call::{Call, Done, Stop, as_seen, changed, created},
};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::Verb,
        client::Client,
        error::Inheritance,
        event::Event,
        password::{self, PasswordRules},
        user::{Role, User, UserDraft},
    },
    storage::{self, Current, Db, Held, audit::Entry, users::NewUser},
};

/// A record as it was seen: id and version.
type Seen = (UserId, i32);

pub(super) fn create(
    db: &mut Db,
    call: &Call,
    draft: &UserDraft,
    password: &SecretString,
    hash: Option<&str>,
) -> Result<Done, Stop> {
    let mut errors = FieldErrors::default();
    let checked = draft.checked().map_err(|wrong| errors = wrong).ok();
    errors.take(Field::Password, check_password(call, &draft.username, password));
    let (Some(draft), Some(hash), true) = (checked, hash, errors.is_empty()) else {
        return Err(Error::Invalid(errors).into());
    };
    let new = NewUser { draft: &draft, password_hash: hash, must_change_password: true };
    let id = storage::users::insert(db, &new, call.now)?;
    let user = loaded(db, id)?;
    Ok(Done::saved(created(Verb::UserCreated, &user.full_name, &user), user.version))
}

pub(super) fn update(
    db: &mut Db,
    call: &Call,
    seen: Seen,
    draft: &UserDraft,
    heir: Option<UserId>,
) -> Result<Done, Stop> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    // Two managers who give up the role at once must not both find the other one.
    storage::settings::hold(db)?;
    let before = found(db, seen)?;
    let after = User {
        username: draft.username.clone(),
        full_name: draft.full_name.clone(),
        email: draft.email.clone(),
        phone: draft.phone.clone(),
        employee_number: draft.employee_number.clone(),
        role: draft.role,
        ..(*before).clone()
    };
    if after == *before {
        return Ok(Done::unchanged(&*before, before.version));
    }
    let moves = before.role != draft.role;
    if moves && before.active {
        keep_a_manager(db, &before)?;
    }
    storage::users::update(db, &before, &draft, moves, call.now)?;
    let entry = changed(Verb::UserUpdated, &after.full_name, &*before, &after);
    if !moves {
        let undo =
            Request::UpdateUser { id: seen.0, version: seen.1 + 1, draft: UserDraft::from(&*before), heir: None };
        return Ok(Done::undoable(entry, seen.1 + 1, undo));
    }
    let mut done = Done::saved(entry, seen.1 + 1);
    if before.active {
        done.entries.extend(inherit(db, call, &before, heir)?);
    }
    Ok(done)
}

pub(super) fn deactivate(db: &mut Db, call: &Call, seen: Seen, heir: Option<UserId>) -> Result<Done, Stop> {
    storage::settings::hold(db)?;
    let before = found(db, seen)?;
    if !before.active {
        return Err(Reason::Inactive.into());
    }
    keep_a_manager(db, &before)?;
    storage::users::set_active(db, &before, false, call.now)?;
    let after = User { active: false, ..(*before).clone() };
    let entry = changed(Verb::UserDeactivated, &after.full_name, &*before, &after);
    let inherited = inherit(db, call, &before, heir)?;
    // What was handed over stays with the heir, so there is no way back to how it was.
    let mut done = if inherited.is_empty() {
        Done::undoable(entry, seen.1 + 1, Request::ReactivateUser { id: seen.0, version: seen.1 + 1 })
    } else {
        Done::saved(entry, seen.1 + 1)
    };
    done.entries.extend(inherited);
    Ok(done)
}

pub(super) fn reactivate(db: &mut Db, call: &Call, seen: Seen) -> Result<Done, Stop> {
    let before = found(db, seen)?;
    if before.active {
        return Err(Reason::AlreadyActive.into());
    }
    storage::users::set_active(db, &before, true, call.now)?;
    let after = User { active: true, ..(*before).clone() };
    let undo = Request::DeactivateUser { id: seen.0, version: seen.1 + 1, heir: None };
    Ok(Done::undoable(changed(Verb::UserReactivated, &after.full_name, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn reset_password(
    db: &mut Db,
    call: &Call,
    seen: Seen,
    password: &SecretString,
    hash: Option<&str>,
) -> Result<Done, Stop> {
    let user = found(db, seen)?;
    let hash = accepted(call, &user.username, password, hash)?;
    storage::users::set_password(db, &user, hash, true, call.now)?;
    Ok(Done::saved(changed(Verb::PasswordReset, &user.full_name, &*user, &*user), seen.1 + 1))
}

/// The old password was checked before; the session goes on under the new epoch.
pub(super) fn change_own_password(
    db: &mut Db,
    call: &Call,
    current: &SecretString,
    new: &SecretString,
    hash: Option<&str>,
) -> Result<Done, Stop> {
    let user = held(db, call.me())?.as_it_is();
    if current.expose_secret() == new.expose_secret() {
        return Err(Error::Invalid(FieldErrors::one(Field::Password, Problem::PasswordUnchanged)).into());
    }
    let hash = accepted(call, &user.username, new, hash)?;
    storage::users::set_password(db, &user, hash, false, call.now)?;
    let entry = changed(Verb::PasswordChanged, &user.full_name, &*user, &*user);
    Ok(Done { reply: Reply::PasswordChanged { auth_epoch: call.session.auth_epoch + 1 }, entries: vec![entry] })
}

fn check_password(call: &Call, username: &str, password: &SecretString) -> Result<(), Problem> {
    let company = &call.settings.company_name;
    let rules = PasswordRules { min_length: call.settings.min_password_length.into(), username, company };
    password::check(password.expose_secret(), &rules)
}

fn accepted<'h>(call: &Call, username: &str, password: &SecretString, hash: Option<&'h str>) -> Result<&'h str, Stop> {
    let checked = check_password(call, username, password);
    let wrong = |problem| Stop::from(Error::Invalid(FieldErrors::one(Field::Password, problem)));
    checked.map_err(wrong)?;
    hash.ok_or_else(|| wrong(Problem::TooManyBytes(71)))
}

fn loaded(db: &mut Db, id: UserId) -> Result<User, Stop> {
    Ok(storage::users::find(db, id)?.ok_or(Error::NotFound)?)
}

fn held(db: &mut Db, id: UserId) -> Result<Held<User>, Stop> {
    Ok(storage::users::find_held(db, id)?.ok_or(Error::NotFound)?)
}

fn found(db: &mut Db, (id, version): Seen) -> Result<Current<User>, Stop> {
    let user = held(db, id)?;
    as_seen(db, user, version)
}

/// Refuses to lose the last active manager. The company's row is held meanwhile.
fn keep_a_manager(db: &mut Db, user: &User) -> Result<(), Stop> {
    if user.role == Role::Management && storage::users::active_managers(db)? <= 1 {
        return Err(Reason::LastManager.into());
    }
    Ok(())
}

/// Hands over everything that somebody leaves behind, in the same transaction; their
/// row is held, so that nothing new can be given to them meanwhile, and so is everything that
/// they own, so that nobody else takes it over.
fn inherit(db: &mut Db, call: &Call, leaver: &User, heir: Option<UserId>) -> Result<Vec<Entry>, Stop> {
    let (clients, events) = match leaver.role {
        Role::Sales => (storage::clients::hold_owned_by(db, leaver.id)?, Vec::new()),
        Role::Support => (Vec::new(), storage::events::hold_open_of(db, leaver.id)?),
        Role::Management => (Vec::new(), Vec::new()),
    };
    if clients.is_empty() && events.is_empty() {
        return Ok(Vec::new());
    }
    let left = Inheritance { clients: count(&clients), events: count(&events), role: leaver.role };
    let heir = heir.filter(|heir| *heir != leaver.id).ok_or(Error::NeedsHeir(left))?;
    if storage::users::hold_active(db, heir, leaver.role)?.is_none() {
        return Err(match leaver.role {
            Role::Sales => Reason::NotActiveSales.into(),
            _ => Reason::NotActiveSupport.into(),
        });
    }
    storage::clients::hand_over_all(db, (leaver.id, clients.len()), heir, call.now)?;
    storage::events::hand_over_open(db, (leaver.id, events.len()), heir, call.now)?;
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
