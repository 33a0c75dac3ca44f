//! What an administrator does from the command line: backup, restore, looking after the
//! audit log. Whoever may run these has the database itself.

use std::path::{Path, PathBuf};

use super::link;
pub use crate::storage::chain::{Fault, Head, Verified};
use crate::{
    domain::Error,
    storage::{self, Db, Target, backup},
};

fn open(address: &str) -> Result<Db, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    link::open(&target)
}

/// Follows the chain of the audit log; `known` is a head that was kept elsewhere. The file of
/// the embedded database is looked through first: what can be read of a damaged one proves
/// nothing.
pub fn verify_audit(address: &str, known: Option<&Head>) -> Result<Verified, Error> {
    let mut db = open(address)?;
    backup::check_file(&mut db)?;
    Ok(storage::chain::verify(&mut db, known)?)
}

/// Copies the embedded database into a new file.
pub fn backup(address: &str, file: &Path) -> Result<(), Error> {
    let mut db = open(address)?;
    Ok(backup::backup(&mut db, file)?)
}

/// Puts a backup in the place of the embedded database. What was there is kept beside it, in a
/// file with `stamp` in its name; returns where, if there was anything.
pub fn restore(address: &str, file: &Path, stamp: &str) -> Result<Option<PathBuf>, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    Ok(backup::restore(&target, file, stamp)?)
}
