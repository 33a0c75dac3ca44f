//! A file that a request writes for the user, into the folder for exports.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use chrono::NaiveDateTime;

use crate::{
    domain::Error,
    storage::{
        audit::AuditEntry,
        part::{self, PartialFile},
    },
};

/// A file under a temporary name. It is deleted if it does not get its final name.
pub(super) struct NewFile {
    part: PartialFile,
    folder: PathBuf,
    /// The final name without the extension.
    name: String,
    ending: &'static str,
}

impl NewFile {
    /// Creates it for this user only. Its final name says what it contains, and at what time of the
    /// company's wall clock it was made.
    pub fn begin(
        folder: &Path,
        what: &str,
        made_at: NaiveDateTime,
        ending: &'static str,
    ) -> Result<(Self, File), Error> {
        let name = format!("epic-events-{what}-{}", made_at.format("%Y%m%d-%H%M%S"));
        let path = folder.join(format!("{name}.{ending}"));
        let new = part::make_folder_of(&path).and_then(|()| PartialFile::beside(&path));
        let (part, file) = new.map_err(|error| unwritable(folder, &error))?;
        Ok((Self { part, folder: folder.to_owned(), name, ending }, file))
    }

    /// Gives the file its final name, with a number appended if that name is taken.
    pub fn keep(self) -> Result<PathBuf, Error> {
        let Self { part, folder, name, ending } = self;
        let kept = part.name_first(part::numbered(folder.clone(), name, ending));
        kept.map_err(|error| unwritable(&folder, &error))
    }
}

/// A complete file, with what the audit log and the reply say about it.
pub(super) struct Written<T> {
    pub file: NewFile,
    pub entry: AuditEntry,
    pub told: T,
}

pub(super) fn unwritable(folder: &Path, error: &io::Error) -> Error {
    tracing::warn!(%error, "an export could not be written");
    Error::NotWritable(folder.display().to_string())
}
