//! The session of the signed-in user, which is kept in memory only.

use chrono::NaiveDateTime;

use super::{id::UserId, settings::Settings, users::Role};

/// The user on whose behalf an action is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    pub username: String,
    pub full_name: String,
    pub role: Role,
}

/// A session. Its role and settings are not trusted: every request checks against the database
/// whether they still apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Random; identifies the audit rows of one session.
    pub id: String,
    pub actor: Actor,
    /// The account's epoch at sign-in. It changes with the password, the role or the active flag, and
    /// when a backup is restored; then the session is no longer valid.
    pub auth_epoch: i32,
    /// Whether the password is temporary; then the only thing allowed is to change it.
    pub must_change_password: bool,
    /// When the password was last confirmed for a sensitive action, in milliseconds on the clock of
    /// [`Moment::ticks`].
    pub confirmed_at: Option<u64>,
    /// The company's settings as they were last read.
    pub settings: Settings,
}

impl Session {
    /// The session that screens look at before a user has signed in. It has no rights.
    pub fn nobody() -> Self {
        let actor =
            Actor { id: UserId::new(0), username: String::new(), full_name: String::new(), role: Role::Management };
        Self {
            id: String::new(),
            actor,
            auth_epoch: 0,
            must_change_password: false,
            confirmed_at: None,
            settings: Settings::default(),
        }
    }

    /// Whether the session is still valid for an account in this state: active, with the same role and
    /// the same epoch.
    pub fn is_of(&self, active: bool, role: Role, auth_epoch: i32) -> bool {
        active && role == self.actor.role && auth_epoch == self.auth_epoch
    }
}

/// A point in time on two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// UTC, in whole microseconds: the engines store no more, so a finer value would not compare
    /// equal after a round trip.
    pub utc: NaiveDateTime,
    /// Milliseconds on a clock that cannot be set and that keeps running while a laptop sleeps.
    pub ticks: u64,
}

/// A random identifier of 122 bits, for sessions, operations and error references.
pub fn random_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
