//! The marked records of a list.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{entity::Record, page::MAX_MARKED},
    services::Request,
    ui::{Context, entity::named},
};

/// The records that the user has marked, in the order of marking.
///
/// They are kept as records, not as positions in the list: only a part of the list is in memory,
/// and an action must still apply to the marked records while other rows are shown.
#[derive(Debug, Default)]
pub struct Marks(Vec<Record>);

impl Marks {
    /// Marks the record, or removes its mark. False if there are already [`MAX_MARKED`] marks.
    pub fn toggle(&mut self, record: &Record) -> bool {
        let before = self.0.len();
        self.0.retain(|marked| marked.id() != record.id());
        let full = self.0.len() == before && before >= MAX_MARKED;
        if self.0.len() == before && !full {
            self.0.push(record.clone());
        }
        !full
    }

    pub fn has(&self, record: &Record) -> bool {
        self.0.iter().any(|marked| marked.id() == record.id())
    }

    pub fn records(&self) -> Vec<&Record> {
        self.0.iter().collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Removes the mark of this record.
    pub fn remove(&mut self, id: i64) {
        self.0.retain(|marked| marked.id() != id);
    }

    /// The names of the marked records that a request was about.
    pub fn named(&self, request: &Request, ctx: &Context) -> Option<String> {
        let ids = subjects(request);
        let records: Vec<&Record> = self.0.iter().filter(|marked| ids.contains(&marked.id())).collect();
        (!records.is_empty()).then(|| named(&records, ctx))
    }

    /// Removes the marks of the records that the request was about. Records that were marked while
    /// it was under way stay marked.
    pub fn done(&mut self, request: &Request) {
        let ids: HashSet<i64> = subjects(request).into_iter().collect();
        self.0.retain(|marked| !ids.contains(&marked.id()));
    }

    /// Whether all marked records are among the rows as they were when they were marked.
    pub fn stand_in(&self, rows: &[Record]) -> bool {
        let stands =
            |marked: &Record| rows.iter().any(|row| row.id() == marked.id() && row.version() == marked.version());
        self.0.iter().all(stands)
    }

    /// Replaces marked records with their current state in `rows`, since that is what the list
    /// shows; returns those that were changed since they were marked. Marked records that are not
    /// among the rows keep the version that the user saw; if they were changed, the services refuse
    /// an action on them.
    pub fn renew(&mut self, rows: &[Record]) -> Vec<Record> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let rows: HashMap<i64, &Record> = rows.iter().map(|row| (row.id(), row)).collect();
        let mut changed = Vec::new();
        for marked in &mut self.0 {
            if let Some(row) = rows.get(&marked.id()) {
                if marked.version() != row.version() {
                    changed.push((*row).clone());
                }
                *marked = (*row).clone();
            }
        }
        changed
    }
}

/// The ids of the records that a write is about.
pub fn subjects(request: &Request) -> Vec<i64> {
    if let Request::Write(write) = request { write.records() } else { Vec::new() }
}
