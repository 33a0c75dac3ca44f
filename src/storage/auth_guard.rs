//! What the permission for a request depends on: the account of the user who makes it, and the
//! settings.

use diesel::{prelude::*, sql_types::Bool};

use super::{
    connection::Db,
    failure::DbError,
    settings,
    sql_expr::{SqlExpr, sql_expr},
};
use crate::{
    domain::{UserId, session::Session, settings::Settings, users::Role},
    schema::{settings as choices, users},
};

/// The account and the version of the settings that a session knows.
#[derive(Debug, Clone, Copy)]
pub struct AuthGuard {
    user: UserId,
    role: Role,
    auth_epoch: i32,
    /// The version of the settings.
    settings: i32,
}

impl AuthGuard {
    /// The standing of a session; `None` if its password is temporary.
    pub fn of(session: &Session) -> Option<Self> {
        let Session { actor, auth_epoch, settings, must_change_password, .. } = session;
        let guard = Self { user: actor.id, role: actor.role, auth_epoch: *auth_epoch, settings: settings.version };
        (!must_change_password).then_some(guard)
    }

    /// A condition for any statement: account and settings are still as the session knows them. The
    /// text contains only numbers and the name of a role.
    pub(super) fn holds(self) -> SqlExpr<Bool> {
        sql_expr(self.condition())
    }

    /// The same as text.
    pub(super) fn condition(self) -> String {
        let Self { user, role, auth_epoch, settings } = self;
        format!(
            "(EXISTS (SELECT 1 FROM users AS asker WHERE asker.id = {} AND asker.active AND asker.role = '{role}' \
             AND asker.auth_epoch = {auth_epoch} AND NOT asker.must_change_password) AND {})",
            user.0,
            settings::is_version(settings)
        )
    }

    /// Matches the user's row only while account and settings are as the session knows them, and
    /// locks both until the end of the transaction: a change to them is committed before or after
    /// it. It does not match either if the user has been renamed, since the audit log records the
    /// name at the time of the action. Returns whether it matched.
    pub fn fence(self, db: &mut Db, full_name: &str) -> Result<bool, DbError> {
        let same = users::table
            .find(self.user)
            .filter(is_unchanged(self.role, self.auth_epoch))
            .filter(users::must_change_password.eq(false).and(users::full_name.eq(full_name)))
            .filter(sql_expr::<Bool>(settings::stays_version(db, self.settings)));
        Ok(diesel::update(same).set(users::auth_epoch.eq(self.auth_epoch)).execute(db)? == 1)
    }
}

/// The same for the account alone. The settings may have changed, but are locked from now on.
pub fn fence(db: &mut Db, session: &Session) -> Result<bool, DbError> {
    let epoch = session.auth_epoch;
    let same = users::table.find(session.actor.id).filter(is_unchanged(session.actor.role, epoch)).filter(sql_expr::<
        Bool,
    >(
        settings::stays(db),
    ));
    Ok(diesel::update(same).set(users::auth_epoch.eq(epoch)).execute(db)? == 1)
}

/// [`Session::is_of`], as a condition.
#[diesel::dsl::auto_type]
fn is_unchanged(role: Role, epoch: i32) -> _ {
    users::active.eq(true).and(users::role.eq(role)).and(users::auth_epoch.eq(epoch))
}

/// The columns of an account that permissions depend on, and the user's full name.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AccountState {
    pub active: bool,
    pub role: Role,
    pub auth_epoch: i32,
    pub must_change_password: bool,
    pub full_name: String,
}

/// The current account and settings, with one query; `None` if there is no such account.
pub fn read(db: &mut Db, id: UserId) -> Result<Option<(AccountState, Settings)>, DbError> {
    let account = (users::active, users::role, users::auth_epoch, users::must_change_password, users::full_name);
    // Joins every setting to the one account.
    let rows: Vec<(AccountState, settings::SettingRow)> = users::table
        .inner_join(choices::table.on(users::id.eq(id)))
        .select((account, (choices::key, choices::value, choices::version)))
        .load(db)?;
    let account = rows.first().map(|(account, _)| account.clone());
    let choices = settings::of(rows.into_iter().map(|(_, row)| row).collect());
    Ok(account.map(|account| (account, choices)))
}
