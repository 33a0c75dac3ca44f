//! The connection to the database: opening it, reconnecting, and retrying transactions.

use std::time::{Duration, Instant};

use super::{context::ServiceError, trail::Trail};
use crate::{
    domain::error::{ConnectionProblem, Error},
    storage::{self, Db, DbError, Target, migrate::Level},
};

/// One connection to a company's database, opened when it is first used.
pub(super) struct Database {
    target: Target,
    open: Option<OpenConnection>,
}

/// A connection, and the state of its tables when they were last checked.
struct OpenConnection {
    db: Db,
    /// See [`storage::migrate::schema_number`].
    schema: i32,
}

impl Database {
    /// A link that is not connected yet.
    pub fn to(target: Target) -> Self {
        Self { target, open: None }
    }

    /// A link over an open connection, whose tables have to be current.
    pub fn over(target: Target, mut db: Db) -> Self {
        let schema = storage::migrate::schema_number(&mut db);
        Self { target, open: schema.ok().map(|schema| OpenConnection { db, schema }) }
    }

    /// The connection. Connects again if there is no working one, or if another program has changed
    /// the tables of an embedded database; the tables then have to match this program's version.
    /// Fails if the database file is no longer where it was.
    pub fn db(&mut self) -> Result<&mut Db, Error> {
        Ok(&mut self.opened()?.db)
    }

    fn opened(&mut self) -> Result<&mut OpenConnection, Error> {
        if let Some(open) = self.open.as_mut()
            && !open.db.is_lost()
        {
            // A missing or replaced file is not opened again: another database may be in its place.
            open.db.confirm_place()?;
            if storage::migrate::schema_number(&mut open.db)? != open.schema {
                self.close();
            }
        }
        if self.is_lost() {
            self.close();
            self.open = Some(try_to_open(&self.target)?);
        }
        self.open.as_mut().ok_or(Error::Unavailable(ConnectionProblem::Lost))
    }

    /// Checks that the tables still match this program's version, also on a server, at the cost of
    /// a query. If they do not, connects again, which migrates an embedded database that is behind
    /// and fails otherwise.
    pub fn confirm_tables(&mut self) -> Result<(), Error> {
        if storage::migrate::level(self.db()?)? != Level::Current {
            self.close();
        }
        self.db().map(drop)
    }

    /// Whether there is no connection that could run a query.
    pub fn is_lost(&mut self) -> bool {
        self.open.as_mut().is_none_or(|open| open.db.is_lost())
    }

    /// Closes the connection; the next use opens a new one.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Runs `work`, which adds rows under this operation's id to the audit log, in one transaction. Once
    /// it is committed, these rows are logged.
    /// If the database rolls it back because of a competing transaction, or does not find a table for a
    /// moment, `work` runs again. If COMMIT gets no response, the audit log is searched for the operation;
    /// [`DbError::CommitUnknown`] means that the log could not be read either. Every other error
    /// means that nothing was written.
    pub fn write<T>(
        &mut self,
        operation: &str,
        mut work: impl FnMut(&mut Db, &mut Trail) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let mut tries = Tries::new();
        loop {
            let (mut done, mut trail) = (None, Trail::default());
            let OpenConnection { db, schema } = self.opened()?;
            let ended = db.transact(|db| {
                // The tables may have been changed after `opened` has checked them.
                if storage::migrate::schema_number(db)? != *schema {
                    return Err(DbError::Retry.into());
                }
                done = Some(work(db, &mut trail)?);
                Ok(())
            });
            let outcome = match ended {
                Ok(()) => CommitOutcome::Done,
                Err(ServiceError::DbError(DbError::Retry)) if tries.again() => continue,
                Err(ServiceError::DbError(failure)) if failure.is_about_no_table() && tries.again() => continue,
                Err(ServiceError::DbError(DbError::CommitUnknown)) => self.ask_the_log(operation),
                Err(stop) => return Err(stop),
            };
            match outcome {
                CommitOutcome::Done => {
                    trail.log();
                    return done.ok_or(DbError::CommitUnknown.into());
                }
                CommitOutcome::NotDone if tries.again() => {}
                CommitOutcome::NotDone => return Err(DbError::Unavailable(ConnectionProblem::Lost).into()),
                CommitOutcome::Unknown => return Err(DbError::CommitUnknown.into()),
            }
        }
    }

    /// Finds out whether a transaction was committed whose COMMIT got no response. An error of this
    /// query says nothing about that transaction, so the query is retried; if it never succeeds the
    /// outcome is unknown.
    fn ask_the_log(&mut self, operation: &str) -> CommitOutcome {
        self.close();
        let mut tries = Tries::new();
        loop {
            let asked = self.db().map_err(ServiceError::from).and_then(|db| {
                db.transact(|db| Ok::<_, ServiceError>(storage::audit::was_done_for_good(db, operation)?))
            });
            match asked {
                Ok(true) => return CommitOutcome::Done,
                Ok(false) => return CommitOutcome::NotDone,
                Err(_) if tries.again() => {}
                Err(_) => return CommitOutcome::Unknown,
            }
        }
    }
}

/// Whether a transaction was committed.
enum CommitOutcome {
    Done,
    /// It was not committed, and will not be committed later either.
    NotDone,
    Unknown,
}

/// Limits the retries after a temporary failure of the database: a transaction that was rolled back
/// as a victim, or a connection that the server has closed.
pub(super) struct Tries {
    done: u32,
    begun: Instant,
}

impl Tries {
    const MOST: u32 = 6;
    /// After this time there is no further try.
    const LONGEST: Duration = Duration::from_secs(8);

    pub fn new() -> Self {
        Self { done: 1, begun: Instant::now() }
    }

    /// Whether to try again. Waits before it returns true, twice as long each time, so that
    /// competing transactions can finish: a cluster node may take a while to apply what another
    /// node has committed.
    pub fn again(&mut self) -> bool {
        let again = self.done < Self::MOST && self.begun.elapsed() < Self::LONGEST;
        if again {
            std::thread::sleep(Duration::from_millis(20 << self.done));
            self.done += 1;
        }
        again
    }
}

/// Connects to a company's database to read it as it is: older tables are not migrated.
pub(super) fn open_as_it_is(target: &Target) -> Result<Db, Error> {
    let mut db = Db::open(target).map_err(Error::Unavailable)?;
    match storage::migrate::level(&mut db)? {
        Level::Ahead => Err(Error::Unavailable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => Err(Error::Unavailable(ConnectionProblem::UnfinishedCopy)),
        Level::Behind | Level::Current if storage::settings::is_set_up(&mut db)? => Ok(db),
        Level::Empty | Level::Behind | Level::Current => Err(Error::Unavailable(ConnectionProblem::NotSetUp)),
    }
}

/// Connects to a company's database. If its tables are behind, an embedded database is migrated; on
/// a server that needs an administrator, so it is an error.
fn try_to_open(target: &Target) -> Result<OpenConnection, Error> {
    let mut db = Db::open(target).map_err(Error::Unavailable)?;
    let mut look = || -> Result<i32, DbError> {
        let unusable = |problem| Err(DbError::Unavailable(problem));
        // Read before the tables are checked, so that a change made in between leads to another
        // check.
        let schema = storage::migrate::schema_number(&mut db)?;
        match storage::migrate::level(&mut db)? {
            Level::Empty => return unusable(ConnectionProblem::NotSetUp),
            Level::Ahead => return unusable(ConnectionProblem::SchemaTooNew),
            Level::Unfinished => return unusable(ConnectionProblem::UnfinishedCopy),
            Level::Behind if matches!(target, Target::Sqlite(_)) => storage::migrate::migrate(&mut db).map(drop)?,
            level @ Level::Behind => {
                let versions = storage::migrate::versions_of(&mut db, level)?;
                return unusable(ConnectionProblem::SchemaTooOld(versions));
            }
            Level::Current => {}
        }
        if storage::settings::is_set_up(&mut db)? { Ok(schema) } else { unusable(ConnectionProblem::NotSetUp) }
    };
    let schema = look()?;
    Ok(OpenConnection { db, schema })
}
