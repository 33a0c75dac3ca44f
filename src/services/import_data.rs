//! What is asked and told about imports of spreadsheets.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::spreadsheet::sheet::Sheet;
use crate::domain::{
    Error, Field, UserId,
    day_order::{DayOrder, Found},
    entity::EntityKind,
    imports::{Choice, Counts, Import, ImportColumn, ImportRow},
};

/// A file that is to be imported, and what was chosen for it.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Without its folder.
    pub name: String,
    pub sheet: Arc<Sheet>,
    /// `None`: what the headings suggest.
    pub kind: Option<EntityKind>,
    /// The field of each column; `None`: as for the last file with these headings, or what they suggest.
    pub columns: Option<Vec<Option<Field>>>,
    /// `None`: as the dates of the file show.
    pub order: Option<DayOrder>,
    /// Of new clients whose row names none.
    pub sales_contact: Option<UserId>,
    /// What to do with the suspected duplicates of these rows.
    pub choices: HashMap<u32, Choice>,
    /// What to do with the other suspected duplicates.
    pub otherwise: Choice,
    /// The mark of the preview that was confirmed ([`Preview::mark`]); `None`: only the counts have to be the same.
    pub seen: Option<u64>,
    pub progress: Arc<Progress>,
}

/// How far an import is, or taking it back. Another thread may look at it, and stop it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    writing: AtomicBool,
    stopped: AtomicBool,
}

impl Progress {
    /// Of so many records, if that is known before.
    pub fn of(total: usize) -> Self {
        Self { total: total.into(), ..Self::default() }
    }

    /// How many rows or records are done.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// How many records are to be taken back; 0 as long as that is not known.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// Whether the rows of an import are written by now. Before that they are compared with what is known.
    pub fn is_writing(&self) -> bool {
        self.writing.load(Ordering::Relaxed)
    }

    /// Stops what is under way, which then writes nothing. If it is just being committed, it is carried out.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self) {
        self.done.store(0, Ordering::Relaxed);
        self.writing.store(false, Ordering::Relaxed);
    }

    pub(super) fn begin_writing(&self) {
        self.begin();
        self.writing.store(true, Ordering::Relaxed);
    }

    pub(super) fn begin_of(&self, total: usize) {
        self.begin();
        self.total.store(total, Ordering::Relaxed);
    }

    /// Error: `Stopped`.
    pub(super) fn add(&self, rows: usize) -> Result<(), Error> {
        self.done.fetch_add(rows, Ordering::Relaxed);
        if self.stopped.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

impl ImportFile {
    /// The file, to be read as for this preview whatever others import meanwhile.
    #[must_use]
    pub fn read_as(self, seen: &Preview) -> Self {
        let columns = Some(seen.columns.iter().map(|column| column.field).collect());
        Self { kind: seen.kind, columns, order: seen.order, ..self }
    }
}

/// What importing a file would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// `None` if the headings do not tell; then there are no rows.
    pub kind: Option<EntityKind>,
    pub columns: Vec<ImportColumn>,
    /// Fields that this kind of record needs and that no column has; then there are no rows.
    pub missing: Vec<Field>,
    /// The order of day and month that the dates of the file show.
    pub found: Found,
    /// The order by which they are read; `None` if it has to be chosen first; then there are no rows.
    pub order: Option<DayOrder>,
    pub counts: Counts,
    /// A number that changes with how the rows are read and with what would be done to any of them.
    pub mark: u64,
    /// In the order of the file.
    pub rows: Vec<ImportRow>,
}

/// An import that was carried out, or reverted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedImport {
    pub import: Import,
    /// The full name of the user who made it.
    pub by: String,
}

/// The rows of a file that were refused, in the order of the file, each with its reason in the user's language.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The name of the file that they are from.
    pub name: String,
    pub sheet: Arc<Sheet>,
    /// The heading of the column of reasons, which no field is matched with.
    pub heading: String,
    /// The numbers of the rows, with the reasons.
    pub reasons: Vec<(u32, String)>,
}
