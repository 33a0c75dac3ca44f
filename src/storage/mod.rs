//! Floor 1: the database. Plain query functions per table over one connection type;
//! only `connection`, `mysql` and `migrate` know which engine it is, `wire` how Diesel's
//! statements reach a MySQL server, and `failure` how each engine says what went wrong.

mod address;
pub mod audit;
pub mod backup;
pub mod chain;
pub mod clients;
pub mod connection;
pub mod contracts;
mod derived;
pub mod events;
mod failure;
pub mod figures;
pub mod grants;
mod held;
pub mod migrate;
mod mysql;
mod page;
pub mod part;
mod place;
mod raw;
mod scope;
mod search;
pub mod settings;
pub mod spans;
pub mod standing;
pub mod users;
mod wire;

pub use address::Target;
pub use connection::{Db, MultiBackend};
pub use failure::Failure;
pub use held::{Current, Held, Versioned};
pub use scope::Scope;
pub use search::is_indexed;
pub use standing::Standing;

use crate::domain::UserId;

/// Whose eyes a page is for.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub scope: Scope,
    /// Whose "mine" is meant.
    pub me: UserId,
    /// What was not asked beforehand: rows come only while it holds, which saves a round trip.
    pub provided: Option<Standing>,
}
