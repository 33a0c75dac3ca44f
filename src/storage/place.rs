//! Where the file of the embedded database was when it was opened, and whether it still is.
//!
//! A file that is removed, moved or replaced while it is open can still be written to, and
//! nobody would ever find what was. So a connection remembers what its path named.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::part::beside;

/// A file as the system tells it from others, whatever its name. No other file is given the
/// same identity while this one is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of the file that the path names. Looks at the folder alone: the file itself is not
    /// opened, which would end SQLite's hold on it.
    pub fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }
}

/// What the paths of an open database named: of the file, and of the log beside it that holds
/// the newest saves.
#[derive(Debug)]
pub(super) struct Place {
    file: (PathBuf, Identity),
    log: (PathBuf, Option<Identity>),
}

impl Place {
    /// Of a database that SQLite has open.
    pub fn of(path: &Path) -> io::Result<Self> {
        // Absolute, so that it does not depend on the working folder; SQLite puts the log
        // beside the file that a link leads to.
        let (named, real) = (std::path::absolute(path)?, fs::canonicalize(path)?);
        let (file, log) = (Identity::of(path)?, beside(&real, "-wal"));
        let logged = Identity::of(&log).ok();
        Ok(Self { file: (named, file), log: (log, logged) })
    }

    /// What the path named.
    pub fn identity(&self) -> Identity {
        self.file.1
    }

    /// Whether the paths still name the same files.
    pub fn holds(&self) -> bool {
        Identity::of(&self.file.0).is_ok_and(|found| found == self.file.1)
            && Identity::of(&self.log.0).ok() == self.log.1
    }
}
