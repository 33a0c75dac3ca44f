//! Maintenance from the command line: backup, restore, and verifying the audit log. There is no
//! sign-in: an administrator who runs these has access to the database itself.

use std::path::{Path, PathBuf};

use super::database;
pub use crate::storage::chain::{Fault, Head, Verified};
use crate::{
    domain::{Error, error::ConnectionProblem},
    storage::{self, Db, Target, backup},
};

fn open(address: &str) -> Result<Db, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    database::open_as_it_is(&target)
}

/// Verifies the chain of the audit log; `known` is a head that was stored elsewhere. The file of an
/// embedded database is checked first, because what can be read from a damaged file proves nothing.
/// Older tables are read as they are, unless they are from before the chain.
pub fn verify_audit(address: &str, known: Option<&Head>) -> Result<Verified, Error> {
    let mut db = open(address)?;
    backup::check_file(&mut db)?;
    let level = storage::migrate::level(&mut db)?;
    let versions = storage::migrate::versions_of(&mut db, level)?;
    if versions.from.as_str() < storage::migrate::HAS_CHAIN {
        return Err(Error::Unavailable(ConnectionProblem::SchemaTooOld(versions)));
    }
    Ok(storage::chain::verify(&mut db, known)?)
}

/// Copies the embedded database, as it is, into a new file.
pub fn backup(address: &str, file: &Path) -> Result<(), Error> {
    let mut db = open(address)?;
    Ok(backup::backup(&mut db, file)?)
}

/// Replaces the embedded database with a backup. The previous file, if there was one, is kept
/// beside it with `stamp` in its name; returns its path.
pub fn restore(address: &str, file: &Path, stamp: &str) -> Result<Option<PathBuf>, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    Ok(backup::restore(&target, file, stamp)?)
}
