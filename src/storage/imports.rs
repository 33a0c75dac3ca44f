//! The queries of imports.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    dsl::max,
    prelude::*,
    result::{DatabaseErrorKind, Error},
};

use super::{
    connection::{Db, for_update},
    failure::DbError,
    for_update::{Current, ForUpdate, met},
};
use crate::{
    domain::{
        ContractId, Field, ImportId, UserId,
        audit::{Subject, Verb},
        entity::EntityKind,
        imports::{Counts, Import},
    },
    schema::{audit_log, contracts, imports, users},
};

/// How many imports are listed.
const LISTED: i64 = 200;

type Rows = (i32, i32, i32, i32, i32);
type Row = (ImportId, i32, String, String, UserId, String, Rows, Option<NaiveDateTime>, NaiveDateTime, NaiveDateTime);

type RowColumns = (
    imports::created_rows,
    imports::changed_rows,
    imports::unchanged_rows,
    imports::refused_rows,
    imports::skipped_rows,
);
type Columns = (
    imports::id,
    imports::version,
    imports::file_name,
    imports::kind,
    imports::created_by,
    imports::operation_id,
    RowColumns,
    imports::reverted_at,
    imports::created_at,
    imports::updated_at,
);
const COLUMNS: Columns = (
    imports::id,
    imports::version,
    imports::file_name,
    imports::kind,
    imports::created_by,
    imports::operation_id,
    (
        imports::created_rows,
        imports::changed_rows,
        imports::unchanged_rows,
        imports::refused_rows,
        imports::skipped_rows,
    ),
    imports::reverted_at,
    imports::created_at,
    imports::updated_at,
);

/// `None` for a kind of record that this program does not know.
fn import(row: Row) -> Option<Import> {
    let (id, version, file_name, kind, created_by, operation, rows, reverted_at, created_at, updated_at) = row;
    let [created, changed, unchanged, refused, suspected] =
        <[i32; 5]>::from(rows).map(|rows| usize::try_from(rows).unwrap_or_default());
    let counts = Counts { created, changed, unchanged, refused, suspected };
    let kind = kind.parse().ok()?;
    Some(Import { id, version, file_name, kind, created_by, operation, counts, reverted_at, created_at, updated_at })
}

/// An import that is to be recorded.
#[derive(Debug)]
pub struct NewImport<'a> {
    pub file_name: &'a str,
    pub kind: EntityKind,
    pub created_by: UserId,
    pub operation: &'a str,
    /// The hash of the headings.
    pub headings: &'a str,
    pub columns: &'a [Option<Field>],
}

/// Records an import that begins, and returns its number.
///
/// Two imports never run at the same time: both would take the same rows for new ones. A server makes the second wait for
/// the number that the first has taken, and then it begins again (`Retry`).
pub fn begin(db: &mut Db, new: &NewImport, now: NaiveDateTime) -> Result<ImportId, DbError> {
    let kind: &'static str = new.kind.into();
    let last: Option<i64> = imports::table.select(max(imports::id)).first(db)?;
    let id = ImportId::new(last.unwrap_or_default() + 1);
    let inserted = diesel::insert_into(imports::table)
        .values((
            imports::id.eq(id),
            imports::file_name.eq(new.file_name),
            imports::kind.eq(kind),
            imports::created_by.eq(new.created_by),
            imports::operation_id.eq(new.operation),
            imports::headings.eq(new.headings),
            imports::fields.eq(serde_json::json!(new.columns).to_string()),
            (imports::created_rows.eq(0), imports::changed_rows.eq(0), imports::unchanged_rows.eq(0)),
            (imports::refused_rows.eq(0), imports::skipped_rows.eq(0)),
            imports::created_at.eq(now),
            imports::updated_at.eq(now),
        ))
        .execute(db);
    match inserted {
        Ok(_) => Ok(id),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(DbError::Retry),
        Err(other) => Err(other.into()),
    }
}

/// Writes how many rows became what, and returns the import.
pub fn finish(
    db: &mut Db,
    id: ImportId,
    (new, counts): (&NewImport, Counts),
    now: NaiveDateTime,
) -> Result<Import, DbError> {
    let rows = |rows: usize| i32::try_from(rows).unwrap_or(i32::MAX);
    let counted = (
        imports::created_rows.eq(rows(counts.created)),
        imports::changed_rows.eq(rows(counts.changed)),
        imports::unchanged_rows.eq(rows(counts.unchanged)),
        imports::refused_rows.eq(rows(counts.refused)),
        imports::skipped_rows.eq(rows(counts.suspected)),
    );
    met(diesel::update(imports::table.find(id)).set(counted).execute(db)?, 1)?;
    Ok(Import {
        id,
        version: 1,
        file_name: new.file_name.to_owned(),
        kind: new.kind,
        created_by: new.created_by,
        operation: new.operation.to_owned(),
        counts,
        reverted_at: None,
        created_at: now,
        updated_at: now,
    })
}

/// The newest imports with the names of the users who made them, the newest first.
pub fn newest(db: &mut Db) -> Result<Vec<(Import, String)>, DbError> {
    let newest = imports::table.inner_join(users::table).order(imports::id.desc()).limit(LISTED);
    let rows: Vec<(Row, String)> = newest.select((COLUMNS, users::full_name)).load(db)?;
    Ok(rows.into_iter().filter_map(|(row, by)| Some((import(row)?, by))).collect())
}

/// The import, with its row locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: ImportId) -> Result<Option<ForUpdate<Import>>, DbError> {
    let row: Option<Row> = for_update!(db, imports::table.find(id).select(COLUMNS)).optional()?;
    Ok(row.and_then(import).map(ForUpdate::of))
}

/// Notes that the import was reverted.
pub fn set_reverted(db: &mut Db, import: &Current<Import>, now: NaiveDateTime) -> Result<(), DbError> {
    let reverted = (imports::reverted_at.eq(now), imports::version.eq(import.version + 1), imports::updated_at.eq(now));
    met(diesel::update(imports::table.find(import.id)).set(reverted).execute(db)?, 1)
}

/// Those of these operations that are imports that were reverted, each with the operation that has reverted it.
pub fn reversals(db: &mut Db, operations: &[&str]) -> Result<Vec<(String, String)>, DbError> {
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    let reverted = imports::table
        .inner_join(audit_log::table.on(audit_log::record_id.eq(imports::id.nullable())))
        .filter(imports::operation_id.eq_any(operations))
        .filter(
            audit_log::record_type
                .eq(Subject::Import.to_string())
                .and(audit_log::action.eq(Verb::ImportReverted.to_string())),
        )
        .select((imports::operation_id, audit_log::operation_id));
    Ok(reverted.load(db)?)
}

/// The fields that the columns of the last file with these headings were matched with.
pub fn last_columns(db: &mut Db, headings: &str, kind: EntityKind) -> Result<Option<Vec<Option<Field>>>, DbError> {
    let kind: &'static str = kind.into();
    let same = imports::table.filter(imports::headings.eq(headings).and(imports::kind.eq(kind)));
    let last: Option<String> = same.order(imports::id.desc()).select(imports::fields).first(db).optional()?;
    // Only the program writes them; an older one may have known another field.
    Ok(last.and_then(|columns| serde_json::from_str(&columns).ok()))
}

/// Does something while a locked contract, which was archived at this time, is not. The database takes events of such
/// contracts only, also those that are archived in the same transaction.
pub fn with_contract_open<T>(
    db: &mut Db,
    (id, archived_at): (ContractId, NaiveDateTime),
    mut work: impl FnMut(&mut Db) -> Result<T, DbError>,
) -> Result<T, DbError> {
    let set = |db: &mut Db, at: Option<NaiveDateTime>| {
        met(diesel::update(contracts::table.find(id)).set(contracts::archived_at.eq(at)).execute(db)?, 1)
    };
    set(db, None)?;
    let done = work(db)?;
    set(db, Some(archived_at))?;
    Ok(done)
}

/// The files from which imports have written these rows of the audit log, by the ids of the rows.
pub fn files_of(db: &mut Db, rows: &[i64]) -> Result<HashMap<i64, String>, DbError> {
    let found = imports::table
        .inner_join(audit_log::table.on(audit_log::operation_id.eq(imports::operation_id)))
        .filter(audit_log::id.eq_any(rows))
        .select((audit_log::id, imports::file_name));
    Ok(found.load::<(i64, String)>(db)?.into_iter().collect())
}
