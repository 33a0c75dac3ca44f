//! The requests about imports of spreadsheets.

use std::{path::PathBuf, sync::Arc};

use super::super::import_data::{ImportFile, Progress, Refused};
use crate::domain::imports::{Counts, Import};

/// A request about imports. All of them need the right to import.
#[derive(Debug, Clone)]
pub enum ImportRequest {
    /// Completes a path that is typed.
    Complete(String),
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
    /// Takes an import back, in the version that the user saw, which is this one.
    Revert { import: Box<Import>, progress: Arc<Progress> },
}

impl ImportRequest {
    /// Takes an import back, in the version that the user saw.
    pub fn revert(import: &Import) -> Self {
        let progress = Arc::new(Progress::of(import.counts.written()));
        Self::Revert { import: Box::new(import.clone()), progress }
    }

    /// The request to be sent again after it was stopped.
    pub fn again(&self) -> Self {
        match self {
            Self::Write(file, counts) => {
                Self::Write(Box::new(ImportFile { progress: Arc::default(), ..(**file).clone() }), *counts)
            }
            Self::Revert { import, progress } => {
                Self::Revert { import: import.clone(), progress: Arc::new(Progress::of(progress.total())) }
            }
            Self::Complete(_) | Self::Open(_) | Self::Preview(_) | Self::SaveRefused(_) | Self::List => self.clone(),
        }
    }

    /// How far it is, and what stops it, if it changes the database.
    pub fn progress(&self) -> Option<&Progress> {
        match self {
            Self::Write(file, _) => Some(&file.progress),
            Self::Revert { progress, .. } => Some(progress),
            Self::Complete(_) | Self::Open(_) | Self::Preview(_) | Self::SaveRefused(_) | Self::List => None,
        }
    }

    /// Whether it changes the database of the company.
    pub fn writes(&self) -> bool {
        match self {
            Self::Write(..) | Self::Revert { .. } => true,
            Self::Complete(_) | Self::Open(_) | Self::Preview(_) | Self::SaveRefused(_) | Self::List => false,
        }
    }

    /// The id of the import that it is about.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Revert { import, .. } => Some(import.id.0),
            Self::Complete(_)
            | Self::Open(_)
            | Self::Preview(_)
            | Self::Write(..)
            | Self::SaveRefused(_)
            | Self::List => None,
        }
    }

    /// The name of the file that it changes the database by.
    pub fn file_name(&self) -> Option<&str> {
        match self {
            Self::Write(file, _) => Some(&file.name),
            Self::Revert { import, .. } => Some(&import.file_name),
            Self::Complete(_) | Self::Open(_) | Self::Preview(_) | Self::SaveRefused(_) | Self::List => None,
        }
    }
}
