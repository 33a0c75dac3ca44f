//! Who is signed in, as it is kept in memory and nowhere else.

use chrono::NaiveDateTime;

use super::{id::UserId, settings::Settings, user::Role};

/// The person on whose behalf something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    pub username: String,
    pub full_name: String,
    pub role: Role,
}

/// A session. What it says of rights is only for showing: every action reads
/// them again from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Random; joins the audit rows of one session.
    pub id: String,
    pub actor: Actor,
    /// Changes with the password, the role or the active flag, and ends the session.
    pub auth_epoch: i32,
    /// The password is temporary: nothing but changing it is allowed.
    pub must_change_password: bool,
    /// When the password was given again for a sensitive action, on the clock of
    /// [`Moment::ticks`], milliseconds.
    pub confirmed_at: Option<u64>,
    /// The company's choices as they were when last heard of.
    pub settings: Settings,
}

impl Session {
    /// Whether an account in this state is the one that signed in: active, with the same
    /// role, and nothing has ended its sessions since.
    pub fn is_of(&self, active: bool, role: Role, auth_epoch: i32) -> bool {
        active && role == self.actor.role && auth_epoch == self.auth_epoch
    }
}

/// One point in time on two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// UTC, in whole microseconds: more than either engine keeps would not
    /// compare equal after a round trip.
    pub utc: NaiveDateTime,
    /// Milliseconds on a clock that nobody sets and that goes on while a laptop sleeps.
    pub ticks: u64,
}

/// A random identifier of 122 bits, for sessions, operations and error references.
pub fn random_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
