//! Copies a company from one database into another, on whatever engines: every row of every table,
//! unchanged. Nobody can write to the source meanwhile, and nobody can use the target before it was
//! compared with the source.

use std::{sync::mpsc, thread, time::Duration};

use sha2::{Digest, Sha256};

use super::{
    backup,
    chain::{self, Verified},
    connection::Db,
    failure::DbError,
    lease::{self, Lease},
    locked::Locked,
    migrate::{self, Level},
    tables::{self, Row, Table},
    unfinished::Mark,
};
use crate::domain::error::ConnectionProblem;

/// A table of the copy, as it was compared with its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    pub name: String,
    pub rows: u64,
    /// The beginning of the SHA-256 of all values, in the order of the rows' keys.
    pub checksum: String,
}

/// A finished copy.
#[derive(Debug)]
pub struct Copied {
    pub tables: Vec<CopiedTable>,
    /// The audit log of the copy.
    pub audit: Verified,
    /// The names of the guards that the server does not let this account create.
    pub unguarded: Vec<&'static str>,
}

/// What went wrong with which of the two databases.
#[derive(Debug)]
pub enum CopyFailure {
    Source(DbError),
    Target(DbError),
}

/// Errors are about the target unless they are marked as the source's.
impl From<DbError> for CopyFailure {
    fn from(failure: DbError) -> Self {
        Self::Target(failure)
    }
}

/// Rows that are read with one query.
const ROWS_OF_A_PAGE: usize = 1_000;
/// Pages that are written in one transaction.
const PAGES_OF_A_COMMIT: usize = 20;

/// How long to wait for another program that works on the tables of the target. A server notices
/// only at the end of a statement that the program is gone which sent it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Copies the company. `again` drops what an unfinished copy has left in the target. `told` is called
/// with the rows that were copied or compared so far, and how many there are to copy and to compare.
/// After an error the target is empty, unless the connection to it was lost.
///
/// Errors of the source: `NotSetUp`, `SchemaTooOld`, `SchemaTooNew`, `UnfinishedCopy`; of the target:
/// `NotEmpty`, `UnfinishedCopy`, `TakenOver`, `CopyDiffers`. After `CommitUnknown` of the target the
/// copy may be complete.
pub fn copy(
    source: &mut Db,
    target: &mut Db,
    again: bool,
    mut told: impl FnMut(u64, u64),
) -> Result<Copied, CopyFailure> {
    check_source(source).map_err(CopyFailure::Source)?;
    let seen = check_target(target, again)?;
    let tables = tables::all()?;
    let mut source = Locked::new(source, &tables).map_err(CopyFailure::Source)?;
    let all = source.rows * 2;
    let mut done = 0;
    let tell = |rows: usize| {
        done += rows as u64;
        told(done, all);
    };
    tables::unchecked(target, |target| {
        lease::alone(target, PATIENCE, |target, lease| {
            let (mark, leftovers) = claim(target, (again, seen.as_ref()), lease).map_err(in_the_middle)?;
            let filled = fill((source.db, target), &tables, (leftovers, lease), tell);
            // The copy counts only once it is known that nobody wrote to the source meanwhile.
            let filled = filled.and_then(|copied| source.release().map(|()| copied).map_err(CopyFailure::Source));
            if filled.is_err() {
                // What fails here as well is left behind with its mark.
                mark.undo(target, &tables, lease).ok();
                return filled.map_err(|failure| match failure {
                    CopyFailure::Target(failure) => CopyFailure::Target(in_the_middle(failure)),
                    of_the_source @ CopyFailure::Source(_) => of_the_source,
                });
            }
            mark.remove(target)?;
            filled
        })
    })
}

/// Marks the target, of which nobody else can change the tables, if it is still as it was `seen`:
/// waiting for the source may take long, and in the meantime a company may have been set up in the
/// target, or copied to it. Also returns whether an unfinished copy has left something there.
fn claim(target: &mut Db, (again, seen): (bool, Option<&Mark>), lease: &Lease) -> Result<(Mark, bool), DbError> {
    let unfinished = check_target(target, again)?;
    if unfinished.is_some() && unfinished.as_ref() != seen {
        return Err(unusable(ConnectionProblem::UnfinishedCopy));
    }
    Ok((Mark::set(target, unfinished.as_ref(), lease)?, unfinished.is_some()))
}

/// Creates the tables in a target that holds nothing but the mark and, if there are `leftovers`, what an
/// unfinished copy has left. Copies all rows, and compares them with the source.
fn fill(
    (source, target): (&mut Db, &mut Db),
    tables: &[Table],
    (leftovers, lease): (bool, &Lease),
    mut tell: impl FnMut(usize),
) -> Result<Copied, CopyFailure> {
    if leftovers {
        tables::drop_all(target, tables, lease)?;
    }
    migrate::run_pending(target, lease)?;
    let dropped = tables::loosen(target, tables, lease)?;
    let mut originals = Vec::new();
    for table in tables {
        let last_id = table.last_id(source).map_err(CopyFailure::Source)?;
        originals.push(transfer(table, (source, target), lease, &mut tell)?);
        table.go_on_behind(target, last_id, lease)?;
    }
    let unguarded = tables::tighten(target, &dropped, lease)?;
    lease.renew(target)?;
    for (table, original) in tables.iter().zip(&originals) {
        if fingerprint(table, target, &mut tell)? != *original {
            return Err(unusable(ConnectionProblem::CopyDiffers(table.name.clone())).into());
        }
    }
    backup::check_file(target)?;
    let audit = chain::verify(target, None)?;
    lease.renew(target)?;
    Ok(Copied { tables: originals, audit, unguarded })
}

fn unusable(problem: ConnectionProblem) -> DbError {
    DbError::Unavailable(problem)
}

/// A COMMIT whose outcome is not known leaves no complete copy while something remains to be done.
fn in_the_middle(failure: DbError) -> DbError {
    match failure {
        DbError::CommitUnknown => unusable(ConnectionProblem::Lost),
        other => other,
    }
}

/// Refuses a source that is no company whose tables match this program.
fn check_source(source: &mut Db) -> Result<(), DbError> {
    match migrate::level(source)? {
        Level::Current if super::settings::is_set_up(source)? => Ok(()),
        Level::Empty | Level::Current => Err(unusable(ConnectionProblem::NotSetUp)),
        level @ Level::Behind => {
            let versions = migrate::versions_of(source, level)?;
            Err(unusable(ConnectionProblem::SchemaTooOld(versions)))
        }
        Level::Ahead => Err(unusable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => Err(unusable(ConnectionProblem::UnfinishedCopy)),
    }
}

/// Refuses a target that is not empty. Returns the mark of an unfinished copy that is to be begun
/// `again`.
fn check_target(target: &mut Db, again: bool) -> Result<Option<Mark>, DbError> {
    if migrate::level(target)? == Level::Unfinished {
        return if again { Mark::find(target) } else { Err(unusable(ConnectionProblem::UnfinishedCopy)) };
    }
    let present = tables::names(target)?;
    match present.iter().find(|name| ![tables::MIGRATIONS, lease::TABLE].contains(&name.as_str())) {
        Some(table) => Err(unusable(ConnectionProblem::NotEmpty(table.clone()))),
        None => Ok(None),
    }
}

/// Copies the rows of a table. Another thread reads them while this one writes.
fn transfer(
    table: &Table,
    (source, target): (&mut Db, &mut Db),
    lease: &Lease,
    tell: &mut impl FnMut(usize),
) -> Result<CopiedTable, CopyFailure> {
    thread::scope(|scope| {
        let (read, next) = mpsc::sync_channel(4);
        scope.spawn(move || {
            let read_all = read_pages(table, source, |page| read.send(Ok(page)).is_ok());
            if let Err(failure) = read_all {
                read.send(Err(failure)).ok();
            }
        });
        let mut pages = next.iter().peekable();
        let mut seen = Seen::default();
        while pages.peek().is_some() {
            target.transact_part(|target| {
                lease.renew(target)?;
                for page in pages.by_ref().take(PAGES_OF_A_COMMIT) {
                    let page = page.map_err(CopyFailure::Source)?;
                    table.insert(target, &page)?;
                    seen.add(&page);
                    tell(page.len());
                }
                Ok::<_, CopyFailure>(())
            })?;
        }
        Ok(seen.of(table))
    })
}

/// Reads the rows of a table, to compare them.
fn fingerprint(table: &Table, db: &mut Db, tell: &mut impl FnMut(usize)) -> Result<CopiedTable, DbError> {
    let mut seen = Seen::default();
    read_pages(table, db, |page| {
        seen.add(&page);
        tell(page.len());
        true
    })?;
    Ok(seen.of(table))
}

/// Reads all rows of a table, a page at a time, for as long as `take` returns true.
fn read_pages(table: &Table, db: &mut Db, mut take: impl FnMut(Vec<Row>) -> bool) -> Result<(), DbError> {
    let mut last: Option<Row> = None;
    loop {
        let page = table.page(db, last.as_ref(), ROWS_OF_A_PAGE)?;
        last = page.last().cloned();
        if last.is_none() || !take(page) {
            return Ok(());
        }
    }
}

/// The rows that were seen so far.
#[derive(Default)]
struct Seen {
    rows: u64,
    hash: Sha256,
}

impl Seen {
    fn add(&mut self, rows: &[Row]) {
        self.rows += rows.len() as u64;
        for cell in rows.iter().flatten() {
            match cell {
                // With its length, so that the end of one value is not taken for the beginning of the next.
                Some(text) => {
                    self.hash.update((text.len() as u64 + 1).to_le_bytes());
                    self.hash.update(text.as_bytes());
                }
                None => self.hash.update(0_u64.to_le_bytes()),
            }
        }
    }

    fn of(self, table: &Table) -> CopiedTable {
        let checksum = format!("{:x}", self.hash.finalize())[..16].to_owned();
        CopiedTable { name: table.name.clone(), rows: self.rows, checksum }
    }
}
