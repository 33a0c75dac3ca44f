//! What the right of a request rests on: the account of whoever asks, and the settings.

use diesel::{prelude::*, sql_types::Bool};

use super::{
    connection::Db,
    failure::Failure,
    raw::{Raw, raw},
    settings,
};
use crate::{
    domain::{UserId, session::Session, settings::Settings, user::Role},
    schema::{settings as choices, users},
};

/// Account and settings as a session knows them.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    user: UserId,
    role: Role,
    auth_epoch: i32,
    /// The version of the settings.
    settings: i32,
}

impl Standing {
    /// That of a session whose password is not temporary.
    pub fn of(session: &Session) -> Option<Self> {
        let Session { actor, auth_epoch, settings, must_change_password, .. } = session;
        let standing = Self { user: actor.id, role: actor.role, auth_epoch: *auth_epoch, settings: settings.version };
        (!must_change_password).then_some(standing)
    }

    /// Whether it is still so, as a condition of a statement about anything else. Only
    /// numbers and the name of a role stand in the text.
    pub(super) fn holds(self) -> Raw<Bool> {
        let Self { user, role, auth_epoch, settings } = self;
        raw(format!(
            "(EXISTS (SELECT 1 FROM users AS asker WHERE asker.id = {} AND asker.active AND asker.role = '{role}' \
             AND asker.auth_epoch = {auth_epoch} AND NOT asker.must_change_password) AND {})",
            user.0,
            settings::is_version(settings)
        ))
    }

    /// Matches the row of whoever asks only while all of it holds, and locks it and the settings
    /// until the end of the transaction: what would end it comes before or after. Nor does it match
    /// where the person is called otherwise by now: the log names people as they are called then.
    pub fn fence(self, db: &mut Db, full_name: &str) -> Result<bool, Failure> {
        let same = users::table
            .find(self.user)
            .filter(is_unchanged(self.role, self.auth_epoch))
            .filter(users::must_change_password.eq(false).and(users::full_name.eq(full_name)))
            .filter(raw::<Bool>(settings::stays_version(db, self.settings)));
        Ok(diesel::update(same).set(users::auth_epoch.eq(self.auth_epoch)).execute(db)? == 1)
    }
}

/// The same for the account, whatever became of the settings, which stay from now on.
pub fn fence(db: &mut Db, session: &Session) -> Result<bool, Failure> {
    let epoch = session.auth_epoch;
    let same = users::table
        .find(session.actor.id)
        .filter(is_unchanged(session.actor.role, epoch))
        .filter(raw::<Bool>(settings::stays(db)));
    Ok(diesel::update(same).set(users::auth_epoch.eq(epoch)).execute(db)? == 1)
}

/// [`Session::is_of`], as a condition.
#[diesel::dsl::auto_type]
fn is_unchanged(role: Role, epoch: i32) -> _ {
    users::active.eq(true).and(users::role.eq(role)).and(users::auth_epoch.eq(epoch))
}

/// What a right depends on in an account, and what its owner is called.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Ground {
    pub active: bool,
    pub role: Role,
    pub auth_epoch: i32,
    pub must_change_password: bool,
    pub full_name: String,
}

/// Account and settings as they are now, with one question; nothing where there is no such
/// account.
pub fn read(db: &mut Db, id: UserId) -> Result<Option<(Ground, Settings)>, Failure> {
    let account = (users::active, users::role, users::auth_epoch, users::must_change_password, users::full_name);
    // Every choice beside the one account.
    let rows: Vec<(Ground, settings::Row)> = users::table
        .inner_join(choices::table.on(users::id.eq(id)))
        .select((account, (choices::key, choices::value, choices::version)))
        .load(db)?;
    let ground = rows.first().map(|(ground, _)| ground.clone());
    let choices = settings::of(rows.into_iter().map(|(_, row)| row).collect());
    Ok(ground.map(|ground| (ground, choices)))
}
