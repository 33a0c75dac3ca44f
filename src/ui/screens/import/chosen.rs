//! The file that is to be imported, with what was chosen for it and what importing it would do.

use std::{collections::HashMap, sync::Arc};

use strum::IntoEnumIterator;

use crate::{
    domain::{
        Field, Problem, UserId,
        entity::EntityKind,
        imports::{Choice, Counts, Finding, ImportColumn, ImportRow, RowKind},
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
    /// The preview was asked for: it is shown as soon as nothing is left to choose.
    pub going_on: bool,
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
            going_on: false,
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

    /// The import of what the preview shows.
    pub fn import(&mut self) -> Request {
        let counts = self.counts();
        self.file.seen = self.preview.as_ref().map(|preview| preview.mark);
        ImportRequest::Write(self.for_request(), counts).into()
    }

    /// Whether a reply about this file is the one that is awaited, and not that to an earlier request.
    pub fn awaits(&self, file: &ImportFile) -> bool {
        Arc::ptr_eq(&self.file.progress, &file.progress)
    }

    /// Takes what importing the file would do.
    pub fn take(&mut self, preview: Preview) {
        self.comparing = false;
        self.preview = Some(preview);
        self.show_rows(self.show);
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
            (self.going_on, self.without_contact) = (true, false);
        }
    }

    /// What is written if the file is imported: the counts, in which suspected duplicates are only those that
    /// stay out.
    pub fn will(&self) -> Counts {
        let mut will = Counts { suspected: 0, ..self.counts() };
        for row in self.rows().iter().filter(|row| row.finding.kind() == RowKind::Suspected) {
            *match self.choice_of(row.number) {
                Choice::Skip => &mut will.suspected,
                Choice::Update => &mut will.changed,
                Choice::Create => &mut will.created,
            } += 1;
        }
        will
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
        self.file.choices.clear();
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
