//! The file that is to be imported, with what was chosen for it and what importing it would do.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use serde_json::Value;
use strum::IntoEnumIterator;

use crate::{
    domain::{
        Field, Problem, UserId,
        entity::EntityKind,
        imports::{Choice, Counts, Finding, ImportColumn, ImportRow, RowKind, Suspicion},
    },
    services::{
        ImportRequest, Request,
        import::{ImportFile, Preview, Progress, Refused},
        spreadsheet::sheet::Sheet,
    },
};

/// Which part of the screen shows the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Columns,
    Preview,
}

/// What the person wants to do, as soon as the file is compared with all that was chosen for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Look at the preview, once nothing is left to choose.
    Preview,
    /// Import, if nothing else would be done than what the person has seen.
    Import,
    SaveRefused,
}

/// The file at hand.
#[derive(Debug)]
pub(super) struct Chosen {
    pub file: ImportFile,
    pub preview: Option<Preview>,
    pub step: Step,
    /// The name of the sales contact of the file.
    pub contact: Option<String>,
    /// Nobody was chosen as the sales contact.
    pub without_contact: bool,
    /// The selected line of the columns.
    pub line: usize,
    /// The kind of rows that are shown; `None` for all.
    pub show: Option<RowKind>,
    /// The indexes of the rows that are shown.
    pub shown: Vec<usize>,
    /// The selected one of them.
    pub at: usize,
    /// Something was chosen, which would be lost with the file.
    pub touched: bool,
    /// A preview is awaited.
    pub comparing: bool,
    /// The import is awaited.
    pub importing: bool,
    /// What follows the comparison.
    pub next: Option<Next>,
    /// Something was decided about single rows that the preview does not take into account: one comparison for all of
    /// them follows when the person goes on.
    pub unsettled: bool,
    /// The record that each decision was about.
    decided: HashMap<u32, Suspicion>,
    /// What the person saw of each row before going on to the import.
    seen: Vec<u64>,
}

impl Chosen {
    pub fn new(name: String, sheet: Arc<Sheet>) -> Self {
        let file = ImportFile {
            name,
            sheet,
            kind: None,
            columns: None,
            order: None,
            sales_contact: None,
            choices: HashMap::new(),
            otherwise: Choice::Skip,
            seen: None,
            progress: Arc::default(),
        };
        Self {
            file,
            preview: None,
            step: Step::Columns,
            contact: None,
            without_contact: false,
            line: 0,
            show: None,
            shown: Vec::new(),
            at: 0,
            touched: false,
            comparing: false,
            importing: false,
            next: None,
            unsettled: false,
            decided: HashMap::new(),
            seen: Vec::new(),
        }
    }

    /// The file for a new request, which has a progress of its own.
    fn for_request(&mut self) -> Box<ImportFile> {
        self.file.progress = Arc::new(Progress::default());
        Box::new(self.file.clone())
    }

    /// Asks again what importing the file would do.
    pub fn compare(&mut self) -> Request {
        self.file.progress.stop();
        self.comparing = true;
        ImportRequest::Preview(self.for_request()).into()
    }

    /// The same with the file read as the person has seen it, whatever others import meanwhile.
    pub fn compare_as_seen(&mut self) -> Request {
        self.file.progress.stop();
        self.comparing = true;
        ImportRequest::Preview(self.as_seen()).into()
    }

    /// The file for a new request, read as for the preview.
    fn as_seen(&mut self) -> Box<ImportFile> {
        let file = self.for_request();
        match &self.preview {
            Some(preview) => Box::new(file.read_as(preview)),
            None => file,
        }
    }

    /// The import of what the preview shows.
    pub fn import(&mut self) -> Request {
        let counts = self.counts();
        self.file.seen = self.preview.as_ref().map(|preview| preview.mark);
        ImportRequest::Write(self.as_seen(), counts).into()
    }

    /// Whether a reply about this file is the one that is awaited, and not that to an earlier request.
    pub fn awaits(&self, file: &ImportFile) -> bool {
        Arc::ptr_eq(&self.file.progress, &file.progress)
    }

    /// Takes what importing the file would do, as it was asked for. Returns the rows that may be about another record by
    /// now than the one that was decided about: of these the decision is dropped.
    pub fn take(&mut self, preview: Preview, asked: &ImportFile) -> Vec<u32> {
        self.comparing = false;
        self.preview = Some(preview);
        self.show_rows(self.show);
        let others =
            self.decided.iter().filter(|(row, was)| self.suspicion(**row).is_some_and(|now| is_other(was, now)));
        let mut others: Vec<u32> = others.map(|(row, _)| *row).collect();
        others.sort_unstable();
        for row in &others {
            self.file.choices.remove(row);
            self.decided.remove(row);
        }
        self.unsettled = asked.choices != self.file.choices;
        if let Some(first) = others.first() {
            self.select(*first);
        }
        others
    }

    /// The record that a row may be about.
    fn suspicion(&self, number: u32) -> Option<&Suspicion> {
        let at = self.rows().binary_search_by_key(&number, |row| row.number).ok()?;
        match &self.rows().get(at)?.finding {
            Finding::Suspected(known) => Some(known),
            Finding::New | Finding::Changed(_) | Finding::Unchanged | Finding::Refused(_) => None,
        }
    }

    /// Decides what to do with the suspected duplicate in a row.
    pub fn decide(&mut self, row: u32, choice: Choice) {
        (self.touched, self.unsettled) = (true, true);
        self.file.choices.insert(row, choice);
        if let Some(known) = self.suspicion(row) {
            let known = known.clone();
            self.decided.insert(row, known);
        }
    }

    /// Decides what to do with all suspected duplicates. Returns how many were decided otherwise one by one.
    pub fn decide_all(&mut self, choice: Choice) -> usize {
        let others = self.file.choices.values().filter(|one| **one != choice).count();
        self.file.otherwise = choice;
        self.forget_decisions();
        others
    }

    fn forget_decisions(&mut self) {
        self.file.choices.clear();
        self.decided.clear();
    }

    /// Compares the file with what was decided about its rows, to go on after that.
    pub fn settle(&mut self, next: Next) -> Request {
        self.seen = self.rows().iter().map(|row| seen(row, self.is_decided(row))).collect();
        self.next = Some(next);
        self.compare_as_seen()
    }

    /// How many rows are not as the person saw them before going on. The first of them is selected.
    pub fn different(&mut self) -> usize {
        let now = self.rows().iter().zip(&self.seen);
        let others = now.filter(|(row, was)| seen(row, self.is_decided(row)) != **was);
        let others: Vec<u32> = others.map(|(row, _)| row.number).collect();
        if let Some(first) = others.first() {
            self.select(*first);
        }
        others.len()
    }

    /// Selects a row, among all rows if it is not shown.
    fn select(&mut self, number: u32) {
        let Ok(row) = self.rows().binary_search_by_key(&number, |row| row.number) else { return };
        if self.shown.binary_search(&row).is_err() {
            self.show_rows(None);
        }
        self.at = self.shown.binary_search(&row).unwrap_or(0);
    }

    /// Shows the rows of a kind, or all. The selection stays on its row if that is still shown.
    pub fn show_rows(&mut self, kind: Option<RowKind>) {
        let selected = self.shown.get(self.at).copied();
        let rows = self.rows().iter().enumerate();
        let shown = rows.filter(|(_, row)| kind.is_none_or(|kind| row.finding.kind() == kind)).map(|(at, _)| at);
        self.shown = shown.collect();
        self.show = kind;
        self.at = selected.and_then(|row| self.shown.binary_search(&row).ok()).unwrap_or(0);
    }

    pub fn rows(&self) -> &[ImportRow] {
        self.preview.as_ref().map_or(&[], |preview| &preview.rows)
    }

    pub fn columns(&self) -> &[ImportColumn] {
        self.preview.as_ref().map_or(&[], |preview| &preview.columns)
    }

    pub fn kind(&self) -> Option<EntityKind> {
        self.preview.as_ref().and_then(|preview| preview.kind)
    }

    pub fn counts(&self) -> Counts {
        self.preview.as_ref().map(|preview| preview.counts).unwrap_or_default()
    }

    pub fn selected(&self) -> Option<&ImportRow> {
        self.rows().get(*self.shown.get(self.at)?)
    }

    /// What is to be done with a suspected duplicate.
    pub fn choice_of(&self, row: u32) -> Choice {
        self.file.choices.get(&row).copied().unwrap_or(self.file.otherwise)
    }

    /// Whether something was chosen for this row: it was a suspected duplicate, and may be refused since.
    pub fn is_decided(&self, row: &ImportRow) -> bool {
        self.file.choices.contains_key(&row.number)
    }

    /// A new client may need a sales contact, which is then asked for.
    pub fn ask_contact_for(&mut self, choice: Choice) {
        if choice == Choice::Create {
            self.next = Some(Next::Preview);
        }
    }

    /// What is written if the file is imported, counted as the import does: suspected duplicates are only those that
    /// stay out.
    pub fn will(&self) -> Counts {
        let counts = self.counts();
        let Counts { created, changed, unchanged, suspected, .. } = self.duplicates();
        Counts {
            created: counts.created + created,
            changed: counts.changed + changed,
            unchanged: counts.unchanged + unchanged,
            suspected,
            ..counts
        }
    }

    /// What becomes of the suspected duplicates.
    pub fn duplicates(&self) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows() {
            let Finding::Suspected(known) = &row.finding else { continue };
            *match self.choice_of(row.number) {
                Choice::Create => &mut counts.created,
                // An earlier row of the file, which is not there to be updated.
                Choice::Update if known.row.is_some() => &mut counts.suspected,
                Choice::Update if known.changes.0.is_empty() => &mut counts.unchanged,
                Choice::Update => &mut counts.changed,
                Choice::Skip => &mut counts.suspected,
            } += 1;
        }
        counts
    }

    /// The kinds of rows that there are, all first.
    pub fn kinds(&self) -> Vec<(Option<RowKind>, usize)> {
        let counts = self.counts();
        let kinds = RowKind::iter().map(|kind| (Some(kind), counts.of(kind))).filter(|(_, rows)| *rows > 0);
        std::iter::once((None, self.rows().len())).chain(kinds).collect()
    }

    /// Reads a column into a field. Another column that was read into it is not imported any more.
    pub fn read_into(&mut self, at: usize, field: Option<Field>) {
        let mut columns: Vec<Option<Field>> = self.columns().iter().map(|column| column.field).collect();
        columns.iter_mut().filter(|of| field.is_some() && **of == field).for_each(|of| *of = None);
        if let Some(of) = columns.get_mut(at) {
            *of = field;
        }
        self.file.columns = Some(columns);
    }

    /// Chooses what the file holds: its columns are matched anew.
    pub fn hold(&mut self, kind: EntityKind) {
        (self.file.kind, self.file.columns) = (Some(kind), None);
        self.forget_decisions();
    }

    pub fn choose_contact(&mut self, contact: Option<(UserId, String)>) {
        self.without_contact = contact.is_none();
        (self.file.sales_contact, self.contact) = contact.unzip();
    }

    /// Whether rows are refused only until a sales contact is chosen.
    pub fn lacks_contact(&self) -> bool {
        let lacks = |row: &ImportRow| match &row.finding {
            Finding::Refused(errors) => errors.of(Field::SalesContactId) == Some(Problem::Required),
            Finding::New | Finding::Changed(_) | Finding::Unchanged | Finding::Suspected(_) => false,
        };
        self.file.sales_contact.is_none() && self.rows().iter().any(lacks)
    }

    /// The refused rows with their reasons, to be written to a file.
    pub fn refused(&self, heading: String, reasons: impl Fn(&ImportRow) -> String) -> Request {
        let refused = self.rows().iter().filter(|row| row.finding.kind() == RowKind::Refused);
        let reasons = refused.map(|row| (row.number, reasons(row))).collect();
        let (name, sheet) = (self.file.name.clone(), Arc::clone(&self.file.sheet));
        ImportRequest::SaveRefused(Box::new(Refused { name, sheet, heading, reasons })).into()
    }
}

/// Whether what a row may be about is not, or not any more, what the person has seen: another record, or another value that
/// the row would replace.
fn is_other(was: &Suspicion, now: &Suspicion) -> bool {
    let replaced = |(field, old, _): &(Field, Value, Value)| now.changes.of(*field).is_some_and(|(now, _)| now != old);
    (was.id, was.row) != (now.id, now.row) || was.changes.0.iter().any(replaced)
}

/// A number for what the person sees of a row. What the row would change in a record is left out of a row that was
/// `decided` about, since it depends on the decision; and so is the time of what is signed or archived now.
fn seen(row: &ImportRow, decided: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.finding.kind().hash(&mut hasher);
    let changes = match &row.finding {
        Finding::New | Finding::Unchanged => None,
        Finding::Changed(changes) => Some(changes),
        Finding::Suspected(known) => {
            (known.id, known.row, &known.name, &known.detail).hash(&mut hasher);
            (!decided).then_some(&known.changes)
        }
        Finding::Refused(errors) => {
            format!("{errors:?}").hash(&mut hasher);
            None
        }
    };
    for (field, old, new) in changes.iter().flat_map(|changes| &changes.0) {
        let is_now = matches!(field, Field::SignedAt | Field::ArchivedAt);
        (field, old.to_string()).hash(&mut hasher);
        if is_now { new.is_null().hash(&mut hasher) } else { new.to_string().hash(&mut hasher) }
    }
    hasher.finish()
}
