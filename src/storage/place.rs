//! Checks that the file of the embedded database is still where it was when it was opened.
//!
//! A file that is removed, moved or replaced while it is open can still be written to, but nobody
//! would find what was written. So a connection remembers which file its path named.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::part::beside;

/// What identifies a file, whatever its name. No other file has the same identity while this one is
/// open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The identity of the file that the path names. Does not open the file, which would end
    /// SQLite's locks on it.
    pub fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }
}

/// The files that the paths of an open database named: the database, and the log beside it that
/// holds the newest saves.
#[derive(Debug)]
pub(super) struct Place {
    file: (PathBuf, Identity),
    log: (PathBuf, Option<Identity>),
}

impl Place {
    /// The files of a database that SQLite has open.
    pub fn of(path: &Path) -> io::Result<Self> {
        // The path is made absolute, so that it does not depend on the working folder. SQLite
        // creates the log beside the file that a link leads to.
        let (named, real) = (std::path::absolute(path)?, fs::canonicalize(path)?);
        let (file, log) = (Identity::of(path)?, beside(&real, "-wal"));
        let logged = Identity::of(&log).ok();
        Ok(Self { file: (named, file), log: (log, logged) })
    }

    /// The database file that the path named.
    pub fn identity(&self) -> Identity {
        self.file.1
    }

    /// Whether the paths still name the same files.
    pub fn holds(&self) -> bool {
        Identity::of(&self.file.0).is_ok_and(|found| found == self.file.1)
            && Identity::of(&self.log.0).ok() == self.log.1
    }
}
