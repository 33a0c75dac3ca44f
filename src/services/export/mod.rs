//! Exports all rows of a list to a file.
//!
//! The rows are read page by page outside of any transaction, so that a long export blocks nobody
//! and memory use stays constant. Then one audit row is written; only after that the file gets its
//! final name.

mod fields;
mod files;

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use super::{
    call::{Call, Stop},
    reads,
};
use crate::{
    domain::{
        Error,
        audit::{AuditRow, Changes, RecordKind, Verb},
        filter::{
            AuditListing, ClientListing, ClientRow, ContractListing, ContractRow, EventListing, EventRow, Sorted,
            UserListing,
        },
        page::{Cursor, Edge, Listing, MAX_PAGE, NEWEST, Page},
        policy::Permission,
        user::User,
    },
    storage::{
        self, Db,
        audit::Entry,
        part::{self, Part},
    },
};

/// The list to export.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Clients(ClientListing),
    Contracts(ContractListing),
    Events(EventListing),
    Staff(UserListing),
    Audit(AuditListing),
}

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// For spreadsheets: UTF-8 with a byte order mark; cells that would start a formula are
    /// escaped.
    Csv,
    Json,
    /// For calendars; events only.
    Ics,
    /// For address books; clients only.
    Vcf,
}

impl What {
    /// The right that the export needs: the same as for seeing the list.
    pub fn permission(&self) -> Permission {
        match self {
            Self::Clients(_) | Self::Contracts(_) | Self::Events(_) => Permission::SeeRecords,
            Self::Staff(_) => Permission::SeeStaff,
            Self::Audit(_) => Permission::ReadAudit,
        }
    }

    /// The formats in which the list can be exported.
    pub fn formats(&self) -> &'static [Format] {
        match self {
            Self::Events(_) => &[Format::Csv, Format::Json, Format::Ics],
            Self::Clients(_) => &[Format::Csv, Format::Json, Format::Vcf],
            Self::Contracts(_) | Self::Staff(_) | Self::Audit(_) => &[Format::Csv, Format::Json],
        }
    }

    pub(super) fn kind(&self) -> RecordKind {
        match self {
            Self::Clients(_) => RecordKind::Client,
            Self::Contracts(_) => RecordKind::Contract,
            Self::Events(_) => RecordKind::Event,
            Self::Staff(_) => RecordKind::User,
            Self::Audit(_) => RecordKind::Session,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Clients(_) => "clients",
            Self::Contracts(_) => "contracts",
            Self::Events(_) => "events",
            Self::Staff(_) => "staff",
            Self::Audit(_) => "audit-log",
        }
    }
}

/// A row of any list.
enum Row {
    Client(ClientRow),
    Contract(ContractRow),
    Event(EventRow),
    User(User),
    Audit(AuditRow),
}

/// A complete file under a temporary name; it is deleted unless it gets its final one.
pub(super) struct Written {
    part: Part,
    folder: PathBuf,
    /// Without the extension.
    name: String,
    ending: &'static str,
    pub rows: i64,
    /// Rows of the list that this format has no place for.
    pub left_out: i64,
    /// As [`Page::among_newest`]: rows that contain the words may be missing.
    pub among_newest: bool,
    pub entry: Entry,
}

impl Written {
    /// Gives the file its final name, with a number appended if that name is taken.
    pub fn keep(self) -> Result<PathBuf, Error> {
        let Self { part, folder, name, ending, .. } = self;
        let kept = part.name_first(part::numbered(folder.clone(), name, ending));
        kept.map_err(|error| unwritable(&folder, &error))
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> Error {
    tracing::warn!(%error, "an export could not be written");
    Error::NotWritable(folder.display().to_string())
}

/// Writes all rows of the list to a file in the folder.
pub(super) fn write(db: &mut Db, call: &Call, what: &What, format: Format, folder: &Path) -> Result<Written, Stop> {
    let ending: &'static str = format.into();
    let name = format!("epic-events-{}-{}", what.name(), call.wall.format("%Y%m%d-%H%M%S"));
    let path = folder.join(format!("{name}.{ending}"));
    let new = part::make_folder_of(&path).and_then(|()| Part::beside(&path));
    let (part, file) = new.map_err(|error| unwritable(folder, &error))?;
    let told = format!("{}.{ending}", what.name());
    let entry = Entry { verb: Verb::Exported, kind: what.kind(), id: None, name: told, changes: Changes::default() };
    let mut written =
        Written { part, folder: folder.to_owned(), name, ending, rows: 0, left_out: 0, among_newest: false, entry };
    let mut sheet =
        files::Sheet::new(BufWriter::new(file), format, Clock { now: call.now, zone: call.settings.time_zone });
    let failed = |error: &io::Error| Stop::from(unwritable(folder, error));
    sheet.begin().map_err(|error| failed(&error))?;
    let (mut rows, mut left_out) = (0, 0);
    let among_newest = pages(db, call, what, |row| {
        let counted = if sheet.row(&row).map_err(|error| failed(&error))? { &mut rows } else { &mut left_out };
        *counted += 1;
        Ok(())
    })?;
    sheet.end().and_then(|mut file| file.flush()).map_err(|error| failed(&error))?;
    (written.rows, written.left_out, written.among_newest) = (rows, left_out, among_newest);
    let of = if left_out > 0 { format!("/{}", rows + left_out) } else { String::new() };
    let among = if among_newest { format!(" of the newest {NEWEST}") } else { String::new() };
    written.entry.name = format!("{}: {rows}{of}{among}", written.entry.name);
    Ok(written)
}

/// The current time, and the company's time zone for its wall-clock times.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// UTC.
    now: NaiveDateTime,
    zone: Tz,
}

/// Passes every row of the list to `each`, in the order of the list, and reads a page at a time.
/// Returns whether only the newest records were searched.
fn pages(db: &mut Db, call: &Call, what: &What, mut each: impl FnMut(Row) -> Result<(), Stop>) -> Result<bool, Stop> {
    let viewer = call.viewer();
    match what {
        What::Clients(list) => walk(list, Row::Client, &mut each, |page| Ok(storage::clients::page(db, page, viewer)?)),
        What::Contracts(list) => walk(list, Row::Contract, &mut each, |page| reads::contract_page(db, call, page)),
        What::Events(list) => {
            walk(list, Row::Event, &mut each, |page| Ok(storage::events::page(db, page, viewer, call.wall)?))
        }
        What::Staff(list) => walk(list, Row::User, &mut each, |page| Ok(storage::users::page(db, page, viewer)?)),
        What::Audit(list) => walk(list, Row::Audit, &mut each, |page| reads::audit(db, call, page)),
    }
}

fn walk<F: Clone, S: Copy, R: Sorted<S>>(
    list: &Listing<F, S>,
    wrap: fn(R) -> Row,
    each: &mut impl FnMut(Row) -> Result<(), Stop>,
    mut page: impl FnMut(&Listing<F, S>) -> Result<Page<R>, Stop>,
) -> Result<bool, Stop> {
    let mut among_newest = false;
    let mut next = Listing { edge: Edge::Start, limit: MAX_PAGE, filter: list.filter.clone(), ..*list };
    loop {
        let Page { rows, after, among_newest: partly, .. } = page(&next)?;
        among_newest |= partly;
        let last = rows.last().map(|row| Cursor { key: row.key(list.sort), id: row.id() });
        for row in rows {
            each(wrap(row))?;
        }
        match last.filter(|_| after) {
            Some(cursor) => next.edge = Edge::After(cursor),
            None => return Ok(among_newest),
        }
    }
}
