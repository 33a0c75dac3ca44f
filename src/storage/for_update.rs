//! Records that are loaded to be written to. Every write takes the same steps: the record's row is
//! locked, its version is compared with the one that the user saw, and then it is written to. The
//! lock keeps what was read true: who owns the record, whether it is archived, which version it
//! has.

use std::ops::Deref;

use chrono::NaiveDateTime;

use super::failure::DbError;
use crate::domain::{
    audit::Auditable, clients::Client, contracts::Contract, events::Event, imports::Import, lists::SavedView,
    payments::Payment, plans::Plan, users::User,
};

/// How many records one statement names: engines limit the number of its parameters.
pub(super) const AT_ONCE: usize = 500;

/// A record with a version that each change increases by one.
pub trait Versioned: Auditable {
    fn version(&self) -> i32;
    /// UTC.
    fn updated_at(&self) -> NaiveDateTime;
}

macro_rules! versioned {
    ($($record:ty),*) => {$(
        impl Versioned for $record {
            fn version(&self) -> i32 {
                self.version
            }

            fn updated_at(&self) -> NaiveDateTime {
                self.updated_at
            }
        }
    )*};
}
versioned!(Client, Contract, Event, Payment, User, SavedView, Plan, Import);

/// A record as it is stored, whose row is locked: nobody else can write to it until the end of the
/// transaction. Only the queries of this layer that lock or insert the row create one.
#[derive(Debug)]
pub struct ForUpdate<T> {
    record: T,
    holder: String,
}

/// A locked record in the version that the user saw. Every versioned write requires one.
#[derive(Debug)]
pub struct Current<T> {
    record: T,
    holder: String,
}

impl<T> ForUpdate<T> {
    pub(super) fn of(locked: T) -> Self {
        Self { record: locked, holder: String::new() }
    }

    /// The same for a record that somebody looks after, whose row repeats that person's folded name.
    pub(super) fn held_by(locked: T, holder: String) -> Self {
        Self { record: locked, holder }
    }

    /// The plain record, which cannot be written to.
    pub fn unlocked(self) -> T {
        self.record
    }
}

impl<T: Versioned> ForUpdate<T> {
    /// The record to write to if it still has the version `seen`; otherwise the record as it is
    /// now.
    pub fn of_version(self, seen: i32) -> Result<Current<T>, T> {
        if self.record.version() == seen { Ok(self.as_it_is()) } else { Err(self.record) }
    }

    /// The record to write to in any version, for a write that replaces nothing that a user could
    /// have edited.
    pub fn as_it_is(self) -> Current<T> {
        let Self { record, holder } = self;
        Current { record, holder }
    }
}

impl<T> Current<T> {
    /// The folded name of the sales contact of a client, or of the support of an event, before the
    /// write; empty without one, and for other records.
    pub fn holder(&self) -> &str {
        &self.holder
    }
}

impl<T> Deref for ForUpdate<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

impl<T> Deref for Current<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

/// Returns an error unless a write has changed exactly the rows that were locked for it. It can
/// change others only on a cluster, where a transaction that was rolled back half way no longer
/// holds its locks.
pub(super) fn met(rows: usize, held: usize) -> Result<(), DbError> {
    if rows == held { Ok(()) } else { Err(DbError::Retry) }
}
