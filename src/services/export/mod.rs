//! Exports all rows of a list to a file.
//!
//! The rows are read page by page outside of any transaction, so that a long export blocks nobody
//! and memory use stays constant. Then one audit row is written; only after that the file gets its
//! final name.

mod files;

pub use super::format::Format;

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use super::{
    context::{RequestContext, ServiceError},
    new_file::{NewFile, Written, unwritable},
    read,
};
use crate::{
    domain::{
        audit::{Changes, Verb},
        entity::{EntityKind, Query, Record},
        page::{Edge, MAX_PAGE, NEWEST, Page},
    },
    storage::{Db, audit::AuditEntry},
};

/// The name of the list in file names.
fn name_of(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Client => "clients",
        EntityKind::Contract => "contracts",
        EntityKind::Event => "events",
        EntityKind::Payment => "payments",
        EntityKind::User => "staff",
        EntityKind::Audit => "audit-log",
    }
}

/// What an exported file contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub rows: i64,
    /// The number of rows that this format has no place for.
    pub left_out: i64,
    /// As [`Page::among_newest`]: rows that contain the words may be missing.
    pub among_newest: bool,
}

/// Writes all rows of the list to a file in the folder.
pub(super) fn write(
    db: &mut Db,
    ctx: &RequestContext,
    query: &Query,
    format: Format,
    folder: &Path,
) -> Result<Written<Counts>, ServiceError> {
    let ending: &'static str = format.into();
    let kind = query.kind();
    let (new, file) = NewFile::begin(folder, name_of(kind), ctx.wall, ending)?;
    let mut sheet =
        files::Sheet::new(BufWriter::new(file), format, files::Clock { now: ctx.now, zone: ctx.settings.time_zone });
    let failed = |error: &std::io::Error| ServiceError::from(unwritable(folder, error));
    sheet.begin().map_err(|error| failed(&error))?;
    let (mut rows, mut left_out) = (0, 0);
    let among_newest = pages(db, ctx, query, |row| {
        let counted = if sheet.row(&row).map_err(|error| failed(&error))? { &mut rows } else { &mut left_out };
        *counted += 1;
        Ok(())
    })?;
    sheet.end().and_then(|mut file| file.flush()).map_err(|error| failed(&error))?;
    let of = if left_out > 0 { format!("/{}", rows + left_out) } else { String::new() };
    let among = if among_newest { format!(" of the newest {NEWEST}") } else { String::new() };
    let name = format!("{}.{ending}: {rows}{of}{among}", name_of(kind));
    let entry = AuditEntry::new(Verb::Exported, kind.into(), None, name, Changes::default());
    Ok(Written { file: new, entry, told: Counts { rows, left_out, among_newest } })
}

/// Reads the list page by page and passes each row to `each`, in the order of the list. Returns
/// whether only the newest records were searched for the words.
fn pages(
    db: &mut Db,
    ctx: &RequestContext,
    query: &Query,
    mut each: impl FnMut(Record) -> Result<(), ServiceError>,
) -> Result<bool, ServiceError> {
    let mut among_newest = false;
    let mut next = query.at(Edge::Start).with_limit(MAX_PAGE);
    loop {
        let Page { rows, after, among_newest: partly, .. } = read::list(db, ctx, &next)?;
        among_newest |= partly;
        let last = rows.last().and_then(|row| query.cursor(row));
        for row in rows {
            each(row)?;
        }
        match last.filter(|_| after) {
            Some(cursor) => next = next.at(Edge::After(cursor)),
            None => return Ok(among_newest),
        }
    }
}
