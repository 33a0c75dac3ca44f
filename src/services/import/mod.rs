//! Imports of spreadsheets. A file is read, its columns are matched with fields (`spreadsheet`), and each
//! row is planned (`plan`, and a file for each kind of record). The plan is the preview, and importing carries it
//! out (`carry`) in one transaction, through the same writes as the forms. `revert` takes an import back.

mod carry;
mod cells;
mod clients;
mod contracts;
mod events;

mod lookup;
mod payments;
mod plan;
mod refused;
mod revert;

mod staff;

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use secrecy::SecretString;
use sha2::{Digest, Sha256};

pub use refused::Refused;
pub(super) use refused::write as write_refused;
pub(super) use revert::{Reverted, revert};

use super::{
    context::{RequestContext, ServiceError},
    spreadsheet::{self, headings, sheet::Sheet},
};
use crate::{
    domain::{
        Error, Field, UserId,
        audit::{Changes, Subject, Verb},
        day_order::{self, DayOrder, Found},
        entity::EntityKind,
        file_problem::FileProblem,
        imports::{Choice, Counts, Finding, Import, ImportColumn, ImportRow},
        password::{self, PasswordRules},
        text,
    },
    storage::{self, Db, audit::AuditEntry, imports::NewImport},
};
use cells::Reading;
use plan::Planner;

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
    pub progress: Arc<Progress>,
}

/// How far an import is. Another thread may look at it, and stop the import.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    stopped: AtomicBool,
}

impl Progress {
    /// How many rows are done.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Stops the import, which then writes nothing. If it is just being committed, it is carried out.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn begin(&self) {
        self.done.store(0, Ordering::Relaxed);
    }

    /// Error: `Stopped`.
    fn add(&self, rows: usize) -> Result<(), Error> {
        self.done.fetch_add(rows, Ordering::Relaxed);
        if self.stopped.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
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

/// What a file holds and how it is read.
struct Matched {
    kind: Option<EntityKind>,
    columns: Vec<Option<Field>>,
    found: Found,
    order: Option<DayOrder>,
    missing: Vec<Field>,
}

impl Matched {
    /// Whether the rows can be read.
    fn readable(&self) -> Option<(EntityKind, DayOrder)> {
        self.kind.zip(self.order).filter(|_| self.missing.is_empty())
    }
}

fn matched(db: &mut Db, file: &ImportFile) -> Result<Matched, ServiceError> {
    let sheet = &file.sheet;
    let kind = file.kind.or_else(|| headings::kind_of(&sheet.headings));
    let columns = match (kind, &file.columns) {
        (Some(_), Some(columns)) => columns.clone(),
        (Some(kind), None) => {
            let last = storage::imports::last_columns(db, &key_of(sheet), kind)?;
            let fits = last.filter(|last| last.len() == sheet.headings.len());
            fits.unwrap_or_else(|| headings::matched(kind, &sheet.headings))
        }
        (None, _) => vec![None; sheet.headings.len()],
    };
    let dates: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].is_some_and(is_date)).collect();
    let cells = sheet.rows.iter().flat_map(|row| dates.iter().filter_map(|at| row.cells.get(*at)));
    let found = day_order::found(cells.map(|cell| &**cell));
    let order = file.order.or(match found {
        Found::Decided(order) => Some(order),
        Found::Undecided | Found::Contradictory => None,
    });
    let required = kind.map_or(&[] as &[Field], headings::required);
    let has = |field: &Field| columns.contains(&Some(*field));
    let missing = required.iter().filter(|field| !has(field)).copied().collect();
    Ok(Matched { kind, columns, found, order, missing })
}

/// Whether the texts of a field are dates.
fn is_date(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::LastContactAt | F::SignedAt | F::StartsAt | F::EndsAt | F::PaidOn | F::CancelledAt | F::ArchivedAt
    )
}

/// A hash of the headings, under which the fields of the columns are remembered.
fn key_of(sheet: &Sheet) -> String {
    let folded: Vec<String> = sheet.headings.iter().map(|heading| text::fold(heading)).collect();
    format!("{:x}", Sha256::digest(folded.join("\n")))
}

/// The endings of the names of files that can be imported.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "ods"];

/// Reads a file. One whose name has another ending is not even opened: it may be the configuration with the password
/// of the database, of which whoever signs in over SSH must see nothing, or the database itself, whose locks would be
/// lost.
pub(super) fn open(path: &Path) -> Result<Arc<Sheet>, ServiceError> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let sheet = match ending.as_str() {
        "xls" | "xlsb" => Err(FileProblem::OldWorkbook),
        ending if !ENDINGS.contains(&ending) => Err(FileProblem::NotASpreadsheet),
        _ => spreadsheet::sheet::read(path),
    };
    sheet.map(Arc::new).map_err(|problem| Error::File(problem).into())
}

/// The password of new accounts, which nobody is told.
pub(super) fn unknown_password(min_length: u16, company: &str) -> SecretString {
    let rules = PasswordRules { min_length: min_length.into(), username: "", company };
    SecretString::from(password::speakable(&rules))
}

/// What importing the file would do. Nothing is written.
///
/// Errors: `Stopped`.
pub(super) fn preview(db: &mut Db, ctx: &RequestContext, file: &ImportFile) -> Result<Preview, ServiceError> {
    let matched = matched(db, file)?;
    let mut rows = Vec::with_capacity(file.sheet.rows.len());
    if let Some((kind, order)) = matched.readable() {
        let reading = Reading { columns: &matched.columns, order, today: ctx.wall.date() };
        let mut planner = Planner::new(db, file, kind, reading, SecretString::default())?;
        file.progress.begin();
        for some in planner.ordered(&file.sheet.rows).chunks(plan::AT_ONCE) {
            rows.extend(planner.plan(db, ctx, some)?.into_iter().map(|verdict| verdict.row));
            file.progress.add(some.len())?;
        }
        rows.sort_by_key(|row| row.number);
    }
    let mut counts = Counts::default();
    for row in &rows {
        counts.add(&row.finding);
    }
    let Matched { kind, columns, found, order, missing } = matched;
    let columns = columns.iter().enumerate().map(|(at, field)| column(&file.sheet, at, *field)).collect();
    Ok(Preview { kind, columns, missing, found, order, counts, rows })
}

fn column(sheet: &Sheet, at: usize, field: Option<Field>) -> ImportColumn {
    const SAMPLES: usize = 3;
    let cells = sheet.rows.iter().filter_map(|row| row.cells.get(at));
    let samples = cells.filter(|cell| !cell.trim().is_empty()).take(SAMPLES).map(|cell| text::clean(cell)).collect();
    ImportColumn { heading: sheet.headings[at].clone(), samples, field }
}

/// What was imported: the import, and the audit entries of all that it wrote.
pub(super) struct Imported {
    pub import: Import,
    pub entries: Vec<AuditEntry>,
}

/// Imports the rows of the file that are not refused.
///
/// Errors: `Stopped`; `ImportChanged` if the rows are no longer those of a preview with these counts.
pub(super) fn write(
    db: &mut Db,
    ctx: &RequestContext,
    (file, expected): (&ImportFile, Counts),
    (password, hash): (&SecretString, Option<&str>),
    operation: &str,
) -> Result<Imported, ServiceError> {
    let matched = matched(db, file)?;
    let Some((kind, order)) = matched.readable() else { return Err(Error::ImportChanged.into()) };
    let reading = Reading { columns: &matched.columns, order, today: ctx.wall.date() };
    let mut planner = Planner::new(db, file, kind, reading, password.clone())?;
    let (mut entries, mut counts, mut skipped) = (Vec::new(), Counts::default(), 0);
    file.progress.begin();
    for some in planner.ordered(&file.sheet.rows).chunks(plan::AT_ONCE) {
        for verdict in planner.plan(db, ctx, some)? {
            counts.add(&verdict.row.finding);
            skipped += usize::from(verdict.step.is_none() && matches!(verdict.row.finding, Finding::Suspected(_)));
            if let Some(step) = verdict.step {
                let (id, more) = carry::carry(db, ctx, kind, &step, hash)?;
                if step.is_new() {
                    planner.created.insert(id);
                }
                entries.extend(more);
            }
        }
        file.progress.add(some.len())?;
    }
    if counts != expected {
        return Err(Error::ImportChanged.into());
    }
    let new = NewImport {
        file_name: &file.name,
        kind,
        created_by: ctx.me(),
        operation,
        headings: &key_of(&file.sheet),
        columns: &matched.columns,
        counts: Counts { suspected: skipped, ..counts },
    };
    let import = storage::imports::insert(db, &new, ctx.now)?;
    let name = format!("{}: {} + {}", file.name, counts.created, counts.changed);
    entries.push(AuditEntry::new(Verb::Imported, Subject::Import, Some(import.id.0), name, Changes::default()));
    Ok(Imported { import, entries })
}

/// The imports of the company, the newest first.
pub(super) fn list(db: &mut Db) -> Result<Vec<ListedImport>, ServiceError> {
    let listed = storage::imports::newest(db)?;
    Ok(listed.into_iter().map(|(import, by)| ListedImport { import, by }).collect())
}
