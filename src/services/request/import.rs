//! The requests about imports of spreadsheets.

use std::path::PathBuf;

use super::super::import_data::{ImportFile, Refused};
use crate::domain::{ImportId, imports::Counts};

/// A request about imports. All of them need the right to import.
#[derive(Debug, Clone)]
pub enum ImportRequest {
    /// Reads a file.
    Open(PathBuf),
    /// Asks what importing it would do.
    Preview(Box<ImportFile>),
    /// Imports it, without the rows that are refused. The counts are those of the preview that was confirmed.
    Write(Box<ImportFile>, Counts),
    /// Writes the rows that were refused to a file.
    SaveRefused(Box<Refused>),
    /// The imports of the company.
    List,
    /// Takes an import back, in the version that the user saw.
    Revert { id: ImportId, version: i32 },
}

impl ImportRequest {
    /// Whether it changes the database of the company.
    pub fn writes(&self) -> bool {
        match self {
            Self::Write(..) | Self::Revert { .. } => true,
            Self::Open(_) | Self::Preview(_) | Self::SaveRefused(_) | Self::List => false,
        }
    }

    /// The id of the import that it is about.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Revert { id, .. } => Some(id.0),
            Self::Open(_) | Self::Preview(_) | Self::Write(..) | Self::SaveRefused(_) | Self::List => None,
        }
    }
}
