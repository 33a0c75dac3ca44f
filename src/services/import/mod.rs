//! Imports of spreadsheets. A file is read, its columns are matched with fields (`spreadsheet`), and each
//! row is planned (`plan`, and a file for each kind of record). The plan is the preview, and importing carries it
//! out (`carry`) in one transaction, through the same writes as the forms. `revert` takes an import back.

mod carry;
mod cells;
mod clients;
mod contracts;
mod events;
mod lookup;
mod path;
mod payments;
mod people;
mod plan;
mod refused;
mod revert;
mod said;
mod staff;
mod understood;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

use secrecy::SecretString;
use sha2::{Digest, Sha256};

pub use super::import_data::{ImportFile, ListedImport, Preview, Progress, Refused};
pub(super) use path::{complete, open};
pub(super) use refused::write as write_refused;
pub(super) use revert::{Reverted, revert};
pub use said::{Said, said};
pub use understood::understood;

use super::{
    context::{RequestContext, ServiceError},
    spreadsheet::{
        headings,
        sheet::{Row, Sheet},
    },
};
use crate::{
    domain::{
        Error, Field,
        audit::{Subject, Verb},
        day_order::{self, DayOrder, Found},
        entity::EntityKind,
        imports::{Counts, Finding, Import, ImportColumn, Tally},
        password::{self, PasswordRules},
        text,
    },
    storage::{self, Db, DbError, audit::AuditEntry, imports::NewImport},
};
use cells::{Cells, Reading};
use people::People;
use plan::{Planner, Step, Verdict};

/// What a file holds and how it is read.
struct Matched {
    kind: Option<EntityKind>,
    columns: Vec<Option<Field>>,
    found: Found,
    order: Option<DayOrder>,
    missing: Vec<Field>,
}

impl Matched {
    /// What the rows are and how they are read; `None` if they cannot be read.
    fn readable(&self, ctx: &RequestContext) -> Option<(EntityKind, Reading<'_>)> {
        let (kind, order) = self.kind.zip(self.order).filter(|_| self.missing.is_empty())?;
        Some((
            kind,
            Reading { columns: &self.columns, order, today: ctx.wall.date(), time_zone: ctx.settings.time_zone },
        ))
    }
}

fn matched(db: &mut Db, file: &ImportFile) -> Result<Matched, ServiceError> {
    let sheet = &file.sheet;
    let kind = file.kind.or_else(|| headings::kind_of(&sheet.headings));
    let columns = match (kind, &file.columns) {
        (Some(_), Some(columns)) => columns.clone(),
        (Some(kind), None) => {
            let last = last_columns(db, kind, &sheet.headings)?;
            last.unwrap_or_else(|| headings::matched(kind, &sheet.headings))
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

/// What the columns of the last file with these headings were read into. The column of reasons that the program adds to
/// refused rows makes no difference.
fn last_columns(
    db: &mut Db,
    kind: EntityKind,
    headings: &[String],
) -> Result<Option<Vec<Option<Field>>>, ServiceError> {
    let last = storage::imports::last_columns(db, &key_of(headings), kind)?;
    match (last, headings.split_last()) {
        (Some(last), _) if last.len() == headings.len() => Ok(Some(last)),
        (_, Some((reasons, rest))) if headings::is_of_reasons(reasons) => {
            let last = storage::imports::last_columns(db, &key_of(rest), kind)?;
            let last = last.filter(|last| last.len() == rest.len());
            Ok(last.map(|last| last.into_iter().chain([None]).collect()))
        }
        _ => Ok(None),
    }
}

/// Whether the texts of a field are dates.
pub fn is_date(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::LastContactAt | F::SignedAt | F::StartsAt | F::EndsAt | F::PaidOn | F::CancelledAt | F::ArchivedAt
    )
}

/// A hash of the headings, under which the fields of the columns are remembered.
fn key_of(headings: &[String]) -> String {
    let folded: Vec<String> = headings.iter().map(|heading| text::fold(heading)).collect();
    format!("{:x}", Sha256::digest(folded.join("\n")))
}

/// The password of new accounts, which nobody is told.
pub(super) fn unknown_password(min_length: u16, company: &str) -> SecretString {
    let rules = PasswordRules { min_length: min_length.into(), username: "", company };
    SecretString::from(password::speakable(&rules))
}

/// The rows in the order in which they are imported: payments by day, so that none exceeds what is due because a
/// later one stands above it in the file, and contracts with a number first, so that no other one gets it.
fn ordered<'a>(planner: &Planner<'a>, rows: &'a [Row]) -> Vec<&'a Row> {
    let mut ordered: Vec<&Row> = rows.iter().collect();
    if planner.kind == EntityKind::Payment {
        ordered.sort_by_cached_key(|row| payments::order(&mut Cells::new(planner.reading, row)));
    } else if planner.kind == EntityKind::Contract {
        ordered.sort_by_key(|row| Cells::new(planner.reading, row).said(Field::Number).is_none());
    }
    ordered
}

/// Plans all rows of a file in the order in which they are imported. Everything is looked up before anything is written,
/// so that a row is compared with the same records in the preview and when it is imported.
fn plan_all(
    db: &mut Db,
    ctx: &RequestContext,
    (file, kind, reading): (&ImportFile, EntityKind, Reading),
    password: &SecretString,
    mut each: impl FnMut(Verdict),
) -> Result<People, ServiceError> {
    let mut planner = Planner::new(db, file, kind, reading, password.clone())?;
    file.progress.begin();
    for some in ordered(&planner, &file.sheet.rows).chunks(plan::AT_ONCE) {
        planned(&mut planner, db, ctx, some)?.into_iter().for_each(&mut each);
        file.progress.add(some.len())?;
    }
    Ok(planner.people)
}

/// Plans some rows.
fn planned<'a>(
    planner: &mut Planner<'a>,
    db: &mut Db,
    ctx: &RequestContext,
    rows: &[&'a Row],
) -> Result<Vec<Verdict>, ServiceError> {
    let too_long = &planner.asked.sheet.too_long;
    let cells = rows.iter().map(|row| Cells::of_row(planner.reading, row, too_long)).collect();
    match planner.kind {
        EntityKind::User => staff::plan(planner, db, cells),
        EntityKind::Client => clients::plan(planner, db, ctx, cells),
        EntityKind::Contract => contracts::plan(planner, db, ctx, cells),
        EntityKind::Event => events::plan(planner, db, ctx, cells),
        EntityKind::Payment => payments::plan(planner, db, ctx, cells),
        EntityKind::Audit => Ok(Vec::new()),
    }
}

/// A number for how the rows are read, with which the mark of a preview begins.
fn mark_of_reading(kind: EntityKind, reading: Reading) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, reading.columns, reading.order).hash(&mut hasher);
    hasher.finish()
}

/// A number for what was found in a row, and for which records are written. Those of all rows, in any order, are part of
/// the mark of a preview.
fn mark_of(verdict: &Verdict) -> u64 {
    let mut hasher = DefaultHasher::new();
    verdict.step.as_ref().map(Step::target).hash(&mut hasher);
    let mut row = verdict.row.clone();
    let changes = match &mut row.finding {
        Finding::Changed(changes) => &mut changes.0,
        Finding::Suspected(known) => &mut known.changes.0,
        Finding::New | Finding::Unchanged | Finding::Refused(_) => &mut Vec::new(),
    };
    // What is signed or archived now has another time than it had in the preview.
    for (_, _, new) in changes.iter_mut().filter(|(field, ..)| matches!(field, Field::SignedAt | Field::ArchivedAt)) {
        *new = (!new.is_null()).into();
    }
    format!("{row:?}").hash(&mut hasher);
    hasher.finish()
}

/// What importing the file would do. Nothing is written.
///
/// Errors: `Stopped`.
pub(super) fn preview(db: &mut Db, ctx: &RequestContext, file: &ImportFile) -> Result<Preview, ServiceError> {
    let matched = matched(db, file)?;
    let (mut rows, mut mark) = (Vec::with_capacity(file.sheet.rows.len()), 0);
    if let Some((kind, reading)) = matched.readable(ctx) {
        mark = mark_of_reading(kind, reading);
        let people = plan_all(db, ctx, (file, kind, reading), &SecretString::default(), |verdict| {
            mark ^= mark_of(&verdict);
            rows.push(verdict.row);
        })?;
        rows.sort_by_key(|row| row.number);
        for row in &mut rows {
            people.name_in(&mut row.finding);
            said::name_by_cells(&file.sheet, row);
        }
    }
    let mut counts = Counts::default();
    for row in &rows {
        counts.add(&row.finding);
    }
    let Matched { kind, columns, found, order, missing } = matched;
    let columns = columns.iter().enumerate().map(|(at, field)| column(&file.sheet, at, *field)).collect();
    Ok(Preview { kind, columns, missing, found, order, counts, mark, rows })
}

fn column(sheet: &Sheet, at: usize, field: Option<Field>) -> ImportColumn {
    const SAMPLES: usize = 3;
    let cells = sheet.rows.iter().filter_map(|row| row.cells.get(at));
    let samples = cells.filter(|cell| !cell.trim().is_empty()).take(SAMPLES).map(|cell| text::clean(cell)).collect();
    ImportColumn { heading: sheet.headings[at].clone(), samples, field }
}

/// How many audit entries are kept before they are written. The end of the audit log stays locked from the first time
/// on, so an import of usual size writes them at its end.
const NOTED_AT_ONCE: usize = 5_000;

/// The entries without those of contracts of which as much is due as before.
fn settled(entries: &mut Vec<AuditEntry>) -> Vec<AuditEntry> {
    let mut entries = std::mem::take(entries);
    entries.retain(|entry| entry.verb != Verb::PaymentRecorded || !entry.changes.0.is_empty());
    entries
}

/// The error of a row that cannot be imported, although its plan said so: somebody else has written meanwhile.
fn in_row(row: u32, stop: ServiceError) -> ServiceError {
    match stop {
        ServiceError::Error(
            why @ (Error::Denied(_) | Error::Invalid(_) | Error::Conflict(_) | Error::NotFound | Error::NeedsHeir(_)),
        ) => Error::InRow { row, why: Box::new(why) }.into(),
        ServiceError::DbError(failure @ (DbError::Taken(_) | DbError::NotFound)) => {
            Error::InRow { row, why: Box::new(failure.into()) }.into()
        }
        // Of the whole import: the connection, another transaction, the person.
        other => other,
    }
}

/// Imports the rows of the file that are not refused. `note` writes audit entries.
///
/// Errors: `Stopped`; `ImportChanged` if the rows are no longer those of the preview that was confirmed, or are read
/// otherwise: with these counts, and with its mark if the file has one; `InRow` if somebody else has changed what a row
/// needs since then.
pub(super) fn write(
    db: &mut Db,
    ctx: &RequestContext,
    (file, expected): (&ImportFile, Counts),
    (password, hash): (&SecretString, Option<&str>),
    operation: &str,
    mut note: impl FnMut(&mut Db, &[AuditEntry]) -> Result<(), DbError>,
) -> Result<Import, ServiceError> {
    let matched = matched(db, file)?;
    let Some((kind, reading)) = matched.readable(ctx) else { return Err(Error::ImportChanged.into()) };
    let new = NewImport {
        file_name: &text::clean(&file.name),
        kind,
        created_by: ctx.me(),
        operation,
        headings: &key_of(&file.sheet.headings),
        columns: &matched.columns,
    };
    // From here on no other import looks anything up.
    let id = storage::imports::begin(db, &new, ctx.now)?;
    // What was seen, and what of the suspected duplicates was decided.
    let mut steps = Vec::with_capacity(file.sheet.rows.len());
    let (mut counts, mut decided) = (Counts::default(), Counts::default());
    let mut mark = mark_of_reading(kind, reading);
    plan_all(db, ctx, (file, kind, reading), password, |verdict| {
        counts.add(&verdict.row.finding);
        mark ^= mark_of(&verdict);
        if let Finding::Suspected(_) = verdict.row.finding {
            *match &verdict.step {
                Some(step) if step.is_new() => &mut decided.created,
                // Already as the file says.
                Some(step) if step.then.is_empty() => &mut decided.unchanged,
                Some(_) => &mut decided.changed,
                None => &mut decided.suspected,
            } += 1;
        }
        steps.extend(verdict.step.map(|step| (verdict.row.number, step)));
    })?;
    if counts != expected || file.seen.is_some_and(|seen| seen != mark) {
        return Err(Error::ImportChanged.into());
    }
    file.progress.begin_writing();
    file.progress.add(file.sheet.rows.len() - steps.len())?;
    let mut entries: Vec<AuditEntry> = Vec::new();
    // Of the contracts that payments are of: however many a contract has, it has one audit row.
    let mut contracts: HashMap<i64, usize> = HashMap::new();
    for (row, step) in steps {
        let cells = file.sheet.row(row).map(|row| Cells::new(reading, row));
        let more = carry::carry(db, ctx, (kind, hash), &step, cells.as_ref()).map_err(|stop| in_row(row, stop))?;
        for entry in more {
            let contract = entry.id.filter(|_| entry.subject == Subject::Entity(EntityKind::Contract));
            match contract.filter(|_| kind == EntityKind::Payment).map(|id| contracts.entry(id)) {
                Some(Entry::Occupied(place)) => entries[*place.get()].join(entry),
                Some(Entry::Vacant(place)) => {
                    place.insert(entries.len());
                    entries.push(entry);
                }
                None => entries.push(entry),
            }
        }
        if entries.len() >= NOTED_AT_ONCE {
            note(db, &settled(&mut entries))?;
            db.run_now()?;
            contracts.clear();
        }
        file.progress.add(1)?;
    }
    let counts = Counts {
        created: counts.created + decided.created,
        changed: counts.changed + decided.changed,
        unchanged: counts.unchanged + decided.unchanged,
        suspected: decided.suspected,
        ..counts
    };
    let mut entries = settled(&mut entries);
    let import = storage::imports::finish(db, id, (&new, counts), ctx.now)?;
    let (name, changes) = (file.name.clone(), Tally::from(counts).audited());
    entries.push(AuditEntry::new(Verb::Imported, Subject::Import, Some(import.id.0), name, changes));
    note(db, &entries)?;
    Ok(import)
}

/// The imports of the company, the newest first.
pub(super) fn list(db: &mut Db) -> Result<Vec<ListedImport>, ServiceError> {
    let listed = storage::imports::newest(db)?;
    Ok(listed.into_iter().map(|(import, by)| ListedImport { import, by }).collect())
}
