//! Records that are loaded to be written to. There is one way to a write: the record is held, its
//! version is compared with the one that the person saw, and then it is written to. Holding it
//! makes what was read stay true: whose it is, whether it is archived, which version it has.

use std::ops::Deref;

use chrono::NaiveDateTime;

use super::failure::Failure;
use crate::domain::{audit::Auditable, client::Client, contract::Contract, event::Event, user::User};

/// A record with a version that each change raises by one.
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
versioned!(Client, Contract, Event, User);

/// A record as it is stored, which nobody else can write to until the end of the transaction.
/// Only the queries of this floor that lock the row make one.
#[derive(Debug)]
pub struct Held<T>(T);

/// A held record in the version that the person saw. Every versioned write asks for one.
#[derive(Debug)]
pub struct Current<T>(T);

impl<T> Held<T> {
    pub(super) fn of(locked: T) -> Self {
        Self(locked)
    }
}

impl<T: Versioned> Held<T> {
    /// The record to write to; as it is now when it has another version.
    pub fn of_version(self, seen: i32) -> Result<Current<T>, T> {
        if self.0.version() == seen { Ok(Current(self.0)) } else { Err(self.0) }
    }

    /// The record to write to, for a write that replaces nothing that anybody could have edited.
    pub fn as_it_is(self) -> Current<T> {
        Current(self.0)
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Current<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Makes sure that a write met exactly the rows that were held for it. It meets others only on a
/// cluster, where a transaction that was taken back half way holds nothing any more.
pub(super) fn met(rows: usize, held: usize) -> Result<(), Failure> {
    if rows == held { Ok(()) } else { Err(Failure::Retry) }
}
