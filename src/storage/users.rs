//! Accounts, and the delays that slow down guessing passwords.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{dsl::Eq, prelude::*};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{
    Viewer,
    connection::{Db, MultiBackend, for_update},
    denormalized,
    failure::DbError,
    for_update::{Current, ForUpdate, met},
    page::{Loaded, counted, ordered},
    search::patterns,
};
use crate::{
    domain::{
        id::UserId,
        page::{COUNT_LIMIT, Page},
        phone,
        session::Actor,
        text,
        users::{Role, User, UserDraft, UserListing, UserSort, UserView},
    },
    schema::{unknown_logins, users},
};

/// The columns of an account that signing in and every action need.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(MultiBackend))]
pub struct Account {
    pub id: UserId,
    pub username: String,
    pub full_name: String,
    pub role: Role,
    pub active: bool,
    pub password_hash: String,
    pub must_change_password: bool,
    pub failed_logins: i32,
    pub retry_after: Option<NaiveDateTime>,
    pub auth_epoch: i32,
}

impl Account {
    /// The person behind the account.
    pub fn actor(&self) -> Actor {
        Actor { id: self.id, username: self.username.clone(), full_name: self.full_name.clone(), role: self.role }
    }
}

/// A new account.
pub struct NewUser<'a> {
    pub draft: &'a UserDraft,
    pub password_hash: &'a str,
    pub must_change_password: bool,
}

fn search_text(draft: &UserDraft) -> String {
    let email = draft.email.as_deref().unwrap_or("");
    let telephone = draft.phone.as_deref().unwrap_or("");
    let number = draft.employee_number.as_deref().unwrap_or("");
    let digits = phone::keys(telephone).join(" ");
    text::fold(&format!("{} {} {email} {telephone} {digits} {number}", draft.full_name, draft.username))
}

/// The patterns of the typed words; a telephone number is one word, however it is spaced.
fn sought(typed: &str) -> Vec<String> {
    patterns(&phone::typed(typed).unwrap_or_else(|| typed.to_owned()))
}

/// Rewrites the searched words of all accounts. It runs between two migrations, so it reads only
/// columns that the first migration has created. Can be run again.
pub(super) fn write_words(db: &mut Db) -> Result<(), DbError> {
    type Searched = (UserId, String, String, Option<String>, Option<String>, Option<String>);
    let columns = (users::id, users::full_name, users::username, users::email, users::phone, users::employee_number);
    let all: Vec<Searched> = users::table.select(columns).load(db)?;
    for (id, full_name, username, email, phone, employee_number) in all {
        let role = Role::Support; // It is not searched for.
        let words = search_text(&UserDraft { username, full_name, email, phone, employee_number, role });
        diesel::update(users::table.find(id)).set(users::search.eq(words)).execute(db)?;
    }
    Ok(())
}

/// The columns that follow from those of the form.
type Derived = (Eq<users::email_key, Option<String>>, Eq<users::name_key, String>, Eq<users::search, String>);

fn derived(draft: &UserDraft) -> Derived {
    (
        users::email_key.eq(denormalized::email_key(draft.email.as_deref())),
        users::name_key.eq(text::sort_key(&draft.full_name)),
        users::search.eq(search_text(draft)),
    )
}

/// The account with this username or e-mail address, in any case.
pub fn by_login(db: &mut Db, login: &str) -> Result<Option<Account>, DbError> {
    let login = text::clean(login);
    let email = users::email_key.eq(text::caseless(&login)).assume_not_null();
    let named = users::username.eq(login.to_lowercase()).or(email);
    Ok(users::table.filter(named).select(Account::as_select()).first(db).optional()?)
}

/// The account with this id.
pub fn account(db: &mut Db, id: UserId) -> Result<Option<Account>, DbError> {
    Ok(users::table.find(id).select(Account::as_select()).first(db).optional()?)
}

/// A user as the staff list shows them.
pub fn find(db: &mut Db, id: UserId) -> Result<Option<User>, DbError> {
    Ok(users::table.find(id).select(User::as_select()).first(db).optional()?)
}

/// All users, active or not.
pub fn all(db: &mut Db) -> Result<Vec<User>, DbError> {
    Ok(users::table.order(users::id).select(User::as_select()).load(db)?)
}

/// The same user, with the row locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: UserId) -> Result<Option<ForUpdate<User>>, DbError> {
    Ok(for_update!(db, users::table.find(id).select(User::as_select())).optional()?.map(ForUpdate::of))
}

/// The user with this username, in any case, with the row locked until the end of the transaction.
pub fn named_for_update(db: &mut Db, username: &str) -> Result<Option<ForUpdate<User>>, DbError> {
    let named = users::table.filter(users::username.eq(text::clean(username).to_lowercase()));
    Ok(for_update!(db, named.select(User::as_select())).optional()?.map(ForUpdate::of))
}

/// The names of these people, by id.
pub fn names(db: &mut Db, ids: &[i64]) -> Result<HashMap<i64, String>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let named = users::table.filter(users::id.eq_any(ids.to_vec())).select((users::id, users::full_name));
    Ok(named.load::<(i64, String)>(db)?.into_iter().collect())
}

/// Whether there is any account.
pub fn any(db: &mut Db) -> Result<bool, DbError> {
    Ok(users::table.select(users::id).limit(1).first::<i64>(db).optional()?.is_some())
}

/// Locks the row of an active user with this role until the end of the transaction and returns
/// their full name; `None` if the user is not active or has another role.
pub fn lock_active(db: &mut Db, id: UserId, role: Role) -> Result<Option<String>, DbError> {
    let same = users::table.filter(users::id.eq(id).and(users::active.eq(true)).and(users::role.eq(role)));
    Ok(for_update!(db, same.select(users::full_name)).optional()?)
}

/// How many managers are active.
pub fn active_managers(db: &mut Db) -> Result<i64, DbError> {
    let managers = users::table.filter(users::active.eq(true).and(users::role.eq(Role::Management)));
    Ok(managers.count().get_result(db)?)
}

/// Creates an account and returns its id.
pub fn insert(db: &mut Db, new: &NewUser, now: NaiveDateTime) -> Result<UserId, DbError> {
    let draft = new.draft;
    diesel::insert_into(users::table)
        .values((
            draft,
            derived(draft),
            users::active.eq(true),
            users::password_hash.eq(new.password_hash),
            users::must_change_password.eq(new.must_change_password),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(UserId::new(db.last_insert_id()?))
}

/// Saves an edited account. `ends_sessions` also ends the user's sessions, as a change of role
/// requires.
pub fn update(
    db: &mut Db,
    user: &Current<User>,
    draft: &UserDraft,
    ends_sessions: bool,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let saved = diesel::update(users::table.find(user.id))
        .set((
            draft,
            derived(draft),
            users::auth_epoch.eq(users::auth_epoch + i32::from(ends_sessions)),
            users::version.eq(user.version + 1),
            users::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)?;
    denormalized::person(db, user.id)
}

/// Activates or deactivates an account, which ends the user's sessions.
pub fn set_active(db: &mut Db, user: &Current<User>, active: bool, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(users::table.find(user.id))
        .set((
            users::active.eq(active),
            users::auth_epoch.eq(users::auth_epoch + 1),
            users::version.eq(user.version + 1),
            users::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

/// Sets a password, resets the failures with the old one and ends the user's sessions.
pub fn set_password(
    db: &mut Db,
    user: &Current<User>,
    hash: &str,
    temporary: bool,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let saved = diesel::update(users::table.find(user.id))
        .set((
            users::password_hash.eq(hash),
            users::must_change_password.eq(temporary),
            users::failed_logins.eq(0),
            users::retry_after.eq(None::<NaiveDateTime>),
            users::auth_epoch.eq(users::auth_epoch + 1),
            users::version.eq(user.version + 1),
            users::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

/// Replaces the hash by one of the same password with a higher cost, unless it was changed
/// meanwhile.
pub fn rehash(db: &mut Db, id: UserId, old: &str, new: &str) -> Result<(), DbError> {
    let same = users::table.find(id).filter(users::password_hash.eq(old));
    diesel::update(same).set(users::password_hash.eq(new)).execute(db)?;
    Ok(())
}

/// Counts a sign-in attempt before its password is checked, so that parallel guesses cannot all be
/// checked. Returns false if another attempt was counted meanwhile.
pub fn count_attempt(db: &mut Db, account: &Account, retry_after: Option<NaiveDateTime>) -> Result<bool, DbError> {
    let same = users::table.find(account.id).filter(users::failed_logins.eq(account.failed_logins));
    let counted = diesel::update(same)
        .set((users::failed_logins.eq(account.failed_logins.saturating_add(1)), users::retry_after.eq(retry_after)))
        .execute(db)?;
    Ok(counted == 1)
}

/// Refuses attempts until `to` instead of `from`, unless that time was changed meanwhile.
pub fn shorten_refusal(db: &mut Db, id: UserId, from: NaiveDateTime, to: NaiveDateTime) -> Result<(), DbError> {
    let same = users::table.find(id).filter(users::retry_after.eq(from));
    diesel::update(same).set(users::retry_after.eq(to)).execute(db)?;
    Ok(())
}

/// Resets the failures; at a sign-in also records its time.
pub fn forget_failures(db: &mut Db, id: UserId, signed_in: Option<NaiveDateTime>) -> Result<(), DbError> {
    let user = users::table.find(id);
    let forgotten = (users::failed_logins.eq(0), users::retry_after.eq(None::<NaiveDateTime>));
    match signed_in {
        Some(now) => diesel::update(user).set((forgotten, users::last_login_at.eq(now))).execute(db)?,
        None => diesel::update(user).set(forgotten).execute(db)?,
    };
    Ok(())
}

/// A login name that no account has, as it is stored: HMAC-SHA256 in hexadecimal. People type their
/// password into the name field by mistake, so the name itself must not be stored; [`Self::hashed`]
/// is the only way to create one.
#[derive(Debug)]
pub struct UnknownLogin(String);

impl UnknownLogin {
    /// The hash is the same for every spelling that would find the same account. `secret` is the
    /// company's.
    pub fn hashed(secret: &SecretString, login: &str) -> Self {
        let keyed = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
        let login = login.trim().to_lowercase();
        // HMAC takes a key of any length, so there is always a hash.
        let hash = keyed.map(|mac| mac.chain_update(login).finalize().into_bytes()).unwrap_or_default();
        Self(format!("{hash:x}"))
    }
}

/// The failures with a login name that no account has: how many, and until when the next attempt is
/// refused.
pub fn unknown_failures(db: &mut Db, login: &UnknownLogin) -> Result<Option<(i32, NaiveDateTime)>, DbError> {
    let row = unknown_logins::table.find(&login.0).select((unknown_logins::failed_logins, unknown_logins::retry_after));
    Ok(row.first(db).optional()?)
}

/// Counts an attempt with a login name that no account has; the first attempt with a name also
/// deletes the failures from before `forget_before`. Returns false if another attempt was counted
/// since the failures were `seen`.
pub fn count_unknown(
    db: &mut Db,
    login: &UnknownLogin,
    seen: Option<i32>,
    retry_after: NaiveDateTime,
    forget_before: NaiveDateTime,
) -> Result<bool, DbError> {
    let failures = seen.unwrap_or(0).saturating_add(1);
    let values = (unknown_logins::failed_logins.eq(failures), unknown_logins::retry_after.eq(retry_after));
    let counted = if let Some(seen) = seen {
        let same = unknown_logins::table.find(&login.0).filter(unknown_logins::failed_logins.eq(seen));
        diesel::update(same).set(values).execute(db)
    } else {
        diesel::delete(unknown_logins::table.filter(unknown_logins::retry_after.lt(forget_before))).execute(db)?;
        let new = (unknown_logins::login_key.eq(&login.0), values);
        diesel::insert_into(unknown_logins::table).values(new).execute(db)
    };
    match counted.map_err(DbError::from) {
        Ok(counted) => Ok(counted == 1),
        // Another attempt has added the row first.
        Err(DbError::Constraint(_) | DbError::Retry) => Ok(false),
        Err(other) => Err(other),
    }
}

/// The same as [`shorten_refusal`] for a login name that no account has.
pub fn shorten_unknown(
    db: &mut Db,
    login: &UnknownLogin,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Result<(), DbError> {
    let same = unknown_logins::table.find(&login.0).filter(unknown_logins::retry_after.eq(from));
    diesel::update(same).set(unknown_logins::retry_after.eq(to)).execute(db)?;
    Ok(())
}

/// A page of the staff.
pub fn page(db: &mut Db, listing: &UserListing, viewer: Viewer) -> Result<Page<User>, DbError> {
    let filtered = || {
        let mut query = users::table.into_boxed();
        query = query.filter(users::active.eq(listing.filter.view != UserView::Deactivated));
        if let Some(guard) = viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        if let Some(role) = listing.filter.view.role() {
            query = query.filter(users::role.eq(role));
        }
        for pattern in sought(&listing.filter.text) {
            query = query.filter(users::search.like(pattern).escape('!'));
        }
        query
    };
    if listing.is_total() {
        return Ok(listing.page(Loaded::Total(counted!(db, filtered().select(users::id), COUNT_LIMIT))));
    }
    let query = filtered().select(User::as_select());
    let query = match listing.sort {
        UserSort::Name => ordered!(required, query, listing, users::name_key, users::id, Text),
        UserSort::Username => ordered!(required, query, listing, users::username, users::id, Text),
        UserSort::Role => ordered!(required, query, listing, users::role, users::id, Text),
        UserSort::Email => ordered!(optional, query, listing, users::email, users::id, Text),
        UserSort::LastLogin => ordered!(optional, query, listing, users::last_login_at, users::id, Time),
    };
    let rows = query.limit(listing.fetched()).load(db)?;
    Ok(listing.page(Loaded::Rows(rows)))
}

/// All active users of a role whose name, username, e-mail address or numbers contain the words, by
/// name.
pub fn active_of_role(db: &mut Db, role: Role, typed: &str) -> Result<Vec<User>, DbError> {
    let mut query = users::table
        .filter(users::active.eq(true).and(users::role.eq(role)))
        .select(User::as_select())
        .order((users::name_key, users::id))
        .into_boxed();
    for pattern in sought(typed) {
        query = query.filter(users::search.like(pattern).escape('!'));
    }
    Ok(query.load(db)?)
}
