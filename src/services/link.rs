//! The way to the data, and how to find it again when the connection was lost.

use std::time::{Duration, Instant};

use super::call::Stop;
use crate::{
    domain::error::{ConnectionProblem, Error},
    storage::{self, Db, Failure, Target, migrate::Level},
};

/// One connection to a company's database, made when it is first asked for.
pub(super) struct Link {
    target: Target,
    open: Option<Open>,
}

/// A connection, and the state of the tables that it was found fit for.
struct Open {
    db: Db,
    /// See [`storage::migrate::schema_number`].
    schema: i32,
}

impl Link {
    /// Connects to nothing yet.
    pub fn to(target: Target) -> Self {
        Self { target, open: None }
    }

    /// Over a connection that is there already, to tables of this program's time.
    pub fn over(target: Target, mut db: Db) -> Self {
        let schema = storage::migrate::schema_number(&mut db);
        Self { target, open: schema.ok().map(|schema| Open { db, schema }) }
    }

    /// The connection, made anew when there is none that works, or when somebody has changed the
    /// tables: they have to be of this program's time. Refused when the database file is no longer
    /// where it was.
    pub fn db(&mut self) -> Result<&mut Db, Error> {
        Ok(&mut self.opened()?.db)
    }

    fn opened(&mut self) -> Result<&mut Open, Error> {
        if let Some(open) = self.open.as_mut()
            && !open.db.is_lost()
        {
            // Not opened anew where the file went: nobody knows what stands in its place.
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

    /// Refuses tables that are no longer of this program's time, also on a server; costs a question.
    pub fn confirm_tables(&mut self) -> Result<(), Error> {
        if storage::migrate::level(self.db()?)? != Level::Current {
            self.close();
        }
        self.db().map(drop)
    }

    /// There is no connection on which anything could be asked.
    pub fn is_lost(&mut self) -> bool {
        self.open.as_mut().is_none_or(|open| open.db.is_lost())
    }

    /// What is asked next is asked on a new connection.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// Runs `work`, which adds rows under this operation's id to the audit log, in one
    /// transaction, and again when others pushed it aside. When nobody answers to COMMIT the
    /// log is asked; [`Failure::CommitUnknown`] means that the log could not be asked either.
    /// Every other error means that nothing was written.
    pub fn write<T>(&mut self, operation: &str, mut work: impl FnMut(&mut Db) -> Result<T, Stop>) -> Result<T, Stop> {
        let mut tries = Tries::new();
        loop {
            let mut done = None;
            let Open { db, schema } = self.opened()?;
            let ended = db.transact(|db| {
                // Between the look at the tables and this transaction they may have been changed.
                if storage::migrate::schema_number(db)? != *schema {
                    return Err(Failure::Retry.into());
                }
                done = Some(work(db)?);
                Ok(())
            });
            let outcome = match ended {
                Ok(()) => Outcome::Done,
                Err(Stop::Failure(Failure::Retry)) if tries.again() => continue,
                Err(Stop::Failure(Failure::CommitUnknown)) => self.ask_the_log(operation),
                Err(stop) => return Err(stop),
            };
            match outcome {
                Outcome::Done => return done.ok_or(Failure::CommitUnknown.into()),
                Outcome::NotDone if tries.again() => {}
                Outcome::NotDone => return Err(Failure::Unavailable(ConnectionProblem::Lost).into()),
                Outcome::Unknown => return Err(Failure::CommitUnknown.into()),
            }
        }
    }

    /// Finds out what became of a transaction whose COMMIT was not answered. What goes wrong here
    /// says nothing about that transaction, so there is no error: it is tried again, and the
    /// outcome stays unknown when time is up.
    fn ask_the_log(&mut self, operation: &str) -> Outcome {
        self.close();
        let mut tries = Tries::new();
        loop {
            let asked = self
                .db()
                .map_err(Stop::from)
                .and_then(|db| db.transact(|db| Ok::<_, Stop>(storage::audit::was_done_for_good(db, operation)?)));
            match asked {
                Ok(true) => return Outcome::Done,
                Ok(false) => return Outcome::NotDone,
                Err(_) if tries.again() => {}
                Err(_) => return Outcome::Unknown,
            }
        }
    }
}

/// What became of a transaction.
enum Outcome {
    Done,
    /// It will not be done later either.
    NotDone,
    Unknown,
}

/// How often, and how long, something is tried that the database was in no state to do: a
/// transaction that it chose as a victim, a connection that it has closed.
pub(super) struct Tries {
    done: u32,
    begun: Instant,
}

impl Tries {
    const MOST: u32 = 6;
    /// Nobody is kept waiting for another try after this.
    const LONGEST: Duration = Duration::from_secs(8);

    pub fn new() -> Self {
        Self { done: 1, begun: Instant::now() }
    }

    /// Whether there is another try; lets the others go first, longer each time: a node of a
    /// cluster may be a while behind with what another one has committed.
    pub fn again(&mut self) -> bool {
        let again = self.done < Self::MOST && self.begun.elapsed() < Self::LONGEST;
        if again {
            std::thread::sleep(Duration::from_millis(20 << self.done));
            self.done += 1;
        }
        again
    }
}

/// Connects to a company's database. Tables of an older program are brought up to date
/// where that needs no administrator: in the embedded database.
pub(super) fn open(target: &Target) -> Result<Db, Error> {
    try_to_open(target).map(|open| open.db)
}

fn try_to_open(target: &Target) -> Result<Open, Error> {
    let mut db = Db::open(target).map_err(Error::Unavailable)?;
    let mut look = || -> Result<i32, Failure> {
        let unusable = |problem| Err(Failure::Unavailable(problem));
        // Before the tables are looked at: what is changed meanwhile is looked at again.
        let schema = storage::migrate::schema_number(&mut db)?;
        match storage::migrate::level(&mut db)? {
            Level::Empty => return unusable(ConnectionProblem::NotSetUp),
            Level::Ahead => return unusable(ConnectionProblem::SchemaTooNew),
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
    Ok(Open { db, schema })
}
