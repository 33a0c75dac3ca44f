//! Layer 1: the database. Plain query functions for each table over one connection type. Only
//! `connection`, `transaction`, `mysql`, `migrate`, `guards`, `diagnosis`, `backup` and `tables` know which engine it is;
//! `wire` sends Diesel's statements to a MySQL server, `address` reads its options, and `failure`
//! classifies the errors of each engine.

mod address;
pub mod audit;
pub mod auth_guard;
pub mod backup;
pub mod chain;
pub mod clients;
pub mod connection;
pub mod contracts;
pub mod copy;
mod denormalized;
pub mod diagnosis;
pub mod events;
mod failure;
pub mod figures;
mod for_update;
pub mod grants;
mod guards;
pub mod imports;
pub mod instalments;
pub mod known;
mod lease;
pub mod lists;
mod locked;
pub mod lookup;
pub mod migrate;
mod mysql;
mod opening;
mod page;
pub mod part;
pub mod payments;
mod place;
pub mod plans;
pub mod scale;
mod scope;
mod search;
pub mod settings;
pub mod spans;
mod sql_expr;
mod tables;
mod transaction;
mod twins;
mod unfinished;
pub mod users;
mod wire;

pub use address::Target;
pub use auth_guard::AuthGuard;
pub use connection::{Db, MultiBackend};
pub use failure::DbError;
pub use for_update::{Current, ForUpdate, Versioned};
pub use guards::Guards;
pub use scope::Scope;
pub use search::is_indexed;

use crate::domain::UserId;

/// The user that a page is loaded for.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub scope: Scope,
    /// The user whose records a "mine" view shows.
    pub me: UserId,
    /// The account and settings that were not checked beforehand: the query returns rows only while
    /// they still hold, which saves a round trip.
    pub auth_guard: Option<AuthGuard>,
}
