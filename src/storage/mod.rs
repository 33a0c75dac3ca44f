//! Layer 1: the database. Plain query functions for each table over one connection type. Only
//! `connection`, `mysql`, `migrate` and `backup` know which engine it is; `wire` sends Diesel's
//! statements to a MySQL server, and `failure` classifies the errors of each engine.

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

/// The user that a page is loaded for.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub scope: Scope,
    /// The user whose records a "mine" view shows.
    pub me: UserId,
    /// The account and settings that were not checked beforehand: the query returns rows only while
    /// they still hold, which saves a round trip.
    pub provided: Option<Standing>,
}
