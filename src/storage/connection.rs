//! One connection type over both engines.

use std::{io, path::Path};

use diesel::{
    Connection, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::Error,
    sql_types::BigInt,
};

use super::{
    address::{FORM, Target},
    failure::Failure,
    mysql::MysqlConnection,
    part,
    place::{Identity, Place},
    raw::{Raw, raw},
};
use crate::domain::error::ConnectionProblem;

/// A connection to whichever engine the address names.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Mysql(MysqlConnection),
    Sqlite(SqliteConnection),
}

/// Whether any of the columns meets the pattern, which holds letters, digits and % only,
/// whatever was typed.
fn meets(columns: &str, pattern: &str) -> String {
    let any: Vec<String> =
        columns.split(", ").map(|column| format!("COALESCE({column}, '') LIKE '{pattern}'")).collect();
    format!("({})", any.join(" OR "))
}

/// Rows of a sample that meet the same patterns.
#[derive(Debug, diesel::QueryableByName)]
pub struct Sampled {
    /// A bit for each pattern that they meet.
    #[diesel(sql_type = BigInt)]
    pub which: i64,
    #[diesel(sql_type = BigInt)]
    pub times: i64,
}

/// A text alone.
#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// A row's id alone.
#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
}

diesel::define_sql_function! {
    /// Whether the database file still is where this connection found it. SQLite keeps what
    /// answers together with the connection.
    fn file_is_in_place() -> diesel::sql_types::Bool;
}

/// For each connection to SQLite: enforced references, nothing acknowledged that a power cut
/// could take back, no trust in functions of the file. The last one reads: a log that is beside
/// the file is opened from now on.
const SQLITE_SESSION: &str = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA trusted_schema = OFF; SELECT 1 FROM sqlite_schema LIMIT 1;";

/// Lets readers work beside a writer. This is stored in the file and makes a log beside it, which
/// the last statement opens.
const SQLITE_LOG: &str = "PRAGMA journal_mode = WAL; SELECT 1 FROM sqlite_schema LIMIT 1;";

impl Db {
    /// Connects to a database that exists.
    pub fn open(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Mysql(address) => MysqlConnection::open(address).map(Self::Mysql),
            Target::Sqlite(path) => open_sqlite(path, Access::Write),
        }
    }

    /// Connects to a database that exists, to look at it. A file is opened for reading only, and
    /// nothing is changed in it or made beside it.
    pub fn look(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Mysql(_) => Self::open(target),
            Target::Sqlite(path) => open_sqlite(path, Access::Read),
        }
    }

    /// Connects, creating the database when it is missing.
    pub fn create(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Sqlite(path) => {
                let made = part::make_folder_of(path).and_then(|()| part::touch(path));
                made.map_err(|_| ConnectionProblem::NotAccessible)?;
                open_sqlite(path, Access::Write)
            }
            Target::Mysql(address) => match MysqlConnection::open(address) {
                Err(ConnectionProblem::NoSuchDatabase) => {
                    create_mysql_database(address)?;
                    MysqlConnection::open(address).map(Self::Mysql)
                }
                other => other.map(Self::Mysql),
            },
        }
    }

    /// What answers, for a person: `SQLite` or `MySQL 10.11.6`.
    pub fn server(&self) -> String {
        match self {
            Self::Mysql(connection) => connection.server().to_owned(),
            Self::Sqlite(_) => "SQLite".to_owned(),
        }
    }

    /// Nothing more can be said on this connection; it has to be opened anew. So it is
    /// between two transactions when Diesel does not know how the last one ended: a
    /// cluster refuses COMMIT, and after that each further BEGIN would fail.
    pub fn is_lost(&mut self) -> bool {
        type Manager = <Db as Connection>::TransactionManager;
        let broken = Manager::is_broken_transaction_manager(self);
        match self {
            Self::Mysql(connection) => broken || connection.is_lost(),
            Self::Sqlite(_) => broken,
        }
    }

    /// Refuses a file that is no longer where it was opened: nobody would find what is saved
    /// in it. Costs no look at the database itself.
    pub fn confirm_place(&mut self) -> Result<(), Failure> {
        use diesel::RunQueryDsl;
        let in_place = match self {
            Self::Mysql(_) => true,
            Self::Sqlite(connection) => diesel::select(file_is_in_place()).get_result(connection)?,
        };
        if in_place { Ok(()) } else { Err(Failure::Unavailable(ConnectionProblem::Moved)) }
    }

    /// Whether other nodes write to the same rows: their locks do not hold each other up, and
    /// what comes second is taken back, also in the middle of it.
    fn is_clustered(&self) -> bool {
        match self {
            Self::Mysql(connection) => connection.is_clustered(),
            Self::Sqlite(_) => false,
        }
    }

    /// The id that the last INSERT of this connection was given. Ids are not
    /// contiguous on a cluster: none but the last can be inferred.
    pub fn last_insert_id(&mut self) -> Result<i64, Error> {
        use diesel::RunQueryDsl;
        diesel::select(self.last_inserted()).get_result(self)
    }

    /// The same as an expression, to read the new row with.
    pub fn last_inserted(&self) -> Raw<BigInt> {
        raw(match self {
            Self::Mysql(_) => "LAST_INSERT_ID()",
            Self::Sqlite(_) => "last_insert_rowid()",
        })
    }

    /// The end of a question whose rows nobody may write to until the end of the transaction, while
    /// others may ask the same. The embedded engine has one writer at a time.
    pub(super) fn shared(&self) -> &'static str {
        match self {
            Self::Mysql(_) => " LOCK IN SHARE MODE",
            Self::Sqlite(_) => "",
        }
    }

    /// Runs this at the end of the transaction; on a server together with COMMIT, which saves
    /// a round trip. It must be complete in itself and hold nothing that was typed.
    pub fn run_with_commit(&mut self, sql: &str) -> Result<(), Failure> {
        match self {
            Self::Mysql(connection) => connection.run_with_next(sql),
            Self::Sqlite(connection) => connection.batch_execute(sql)?,
        }
        Ok(())
    }

    /// Runs now what was to be run with COMMIT.
    pub fn run_now(&mut self) -> Result<(), Failure> {
        match self {
            Self::Mysql(connection) if connection.has_next() => Ok(connection.batch_execute("DO 0")?),
            _ => Ok(()),
        }
    }

    /// The first column of an answer as text; on a server in one round trip, the first time too.
    pub fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        use diesel::{RunQueryDsl, sql_query};
        Ok(match self {
            Self::Mysql(connection) => connection.texts(sql)?,
            Self::Sqlite(connection) => {
                let rows: Vec<Text> = sql_query(format!("SELECT text FROM ({sql})")).load(connection)?;
                rows.into_iter().map(|row| row.text).collect()
            }
        })
    }

    /// The highest id of a table.
    pub fn last_id(&mut self, table: &str) -> Result<i64, Failure> {
        use diesel::RunQueryDsl;
        let last = diesel::select(raw::<BigInt>(format!("(SELECT COALESCE(MAX(id), 0) FROM {table})")));
        Ok(last.get_result(self)?)
    }

    /// Rows with words that begin with all of these, by the full-text index; at most so
    /// many, in no order.
    pub fn matching(&mut self, table: &str, columns: &str, terms: &[&str], most: usize) -> Result<Vec<i64>, Failure> {
        use diesel::{RunQueryDsl, sql_query, sql_types::Text};
        let all = |one: &dyn Fn(&str) -> String| terms.iter().map(|term| one(term)).collect::<Vec<_>>().join(" ");
        let found: Vec<Id> = match self {
            Self::Mysql(connection) => {
                let sql =
                    format!("SELECT id FROM {table} WHERE MATCH ({columns}) AGAINST (? IN BOOLEAN MODE) LIMIT {most}");
                sql_query(sql).bind::<Text, _>(all(&|term| format!("+{term}*"))).load(connection)?
            }
            Self::Sqlite(connection) => {
                let sql = format!("SELECT rowid AS id FROM {table}_words WHERE {table}_words MATCH ? LIMIT {most}");
                sql_query(sql).bind::<Text, _>(all(&|term| format!("\"{term}\"*"))).load(connection)?
            }
        };
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// How many rows of a sample meet which of these patterns. The sample is taken all over
    /// the table: what was made at the same time is often alike.
    pub fn sample(
        &mut self,
        table: &str,
        columns: &str,
        patterns: &[String],
        last: i64,
    ) -> Result<Vec<Sampled>, Failure> {
        use diesel::{RunQueryDsl, sql_query};
        const PLACES: i64 = 600;
        let place = |number: i64| (1 + (last - 1).max(0) * number / PLACES).to_string();
        let places = (0..PLACES).map(place).collect::<Vec<_>>().join(", ");
        let meets =
            patterns.iter().enumerate().map(|(at, pattern)| format!("{} * {}", 1 << at, meets(columns, pattern)));
        let which = meets.collect::<Vec<_>>().join(" + ");
        let sql = format!(
            "SELECT which, COUNT(*) AS times FROM (SELECT {which} AS which FROM {table} WHERE id IN ({places})) AS sample \
             GROUP BY which"
        );
        Ok(match self {
            Self::Mysql(connection) => sql_query(sql).load(connection)?,
            Self::Sqlite(connection) => sql_query(sql).load(connection)?,
        })
    }

    /// The newest of so many rows whose searched columns meet all these patterns.
    pub fn newest(
        &mut self,
        table: &str,
        columns: &str,
        patterns: &[String],
        (among, most): (i64, usize),
    ) -> Result<Vec<i64>, Failure> {
        use diesel::{RunQueryDsl, sql_query};
        let all = patterns.iter().map(|pattern| meets(columns, pattern)).collect::<Vec<_>>().join(" AND ");
        let sql = format!(
            "SELECT id FROM {table} WHERE id > (SELECT MAX(id) FROM {table}) - {among} AND {all} ORDER BY id DESC LIMIT {most}"
        );
        let found: Vec<Id> = match self {
            Self::Mysql(connection) => sql_query(sql).load(connection)?,
            Self::Sqlite(connection) => sql_query(sql).load(connection)?,
        };
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Runs `work`, which writes so many rows that only what can be made again may come of it:
    /// the embedded engine does not wait for the disk, and has room for the indexes that grow.
    pub fn in_bulk<T, E: From<Failure>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let say = |db: &mut Self, sql| match db {
            Self::Mysql(_) => Ok(()),
            Self::Sqlite(db) => db.batch_execute(sql).map_err(|error| E::from(Failure::from(error))),
        };
        say(self, "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")?;
        let done = work(self);
        say(self, "PRAGMA synchronous = FULL; PRAGMA cache_size = -2000").and(done)
    }

    /// Runs `work` in one transaction that may write, from its beginning: on SQLite
    /// it holds the write lock, so that what it reads is what it changes.
    pub fn transact<T, E: From<Failure>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        type Manager = <Db as Connection>::TransactionManager;
        match self {
            Self::Mysql(connection) => AnsiTransactionManager::begin_transaction(connection),
            Self::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE"),
        }
        .map_err(|error| E::from(Failure::from(error)))?;
        let done = match self.mark() {
            Ok(()) => {
                let done = work(self);
                // What was refused half way may have been refused for what no longer fitted together.
                let whole = self.is_whole().and_then(|()| self.confirm_place());
                whole.map_err(E::from).and(done)
            }
            Err(failure) => Err(E::from(failure)),
        };
        match done {
            Ok(value) => match Manager::commit_transaction(self) {
                Ok(()) => {
                    self.unmark();
                    Ok(value)
                }
                Err(error) => Err(E::from(Failure::of_commit(error))),
            },
            Err(error) => {
                if let Self::Mysql(connection) = self {
                    connection.forget_next();
                }
                // When the rollback fails too the connection is gone, and with it the transaction.
                if Manager::rollback_transaction(self).is_ok() {
                    self.unmark();
                } else {
                    self.abandon_transaction();
                }
                Err(error)
            }
        }
    }

    /// A node of a cluster that takes a transaction back in the middle, for another node's that
    /// came first, does not always say so: what follows would be done by itself, statement by
    /// statement. With this nothing is, and at the end it is found out.
    fn mark(&mut self) -> Result<(), Failure> {
        if !self.is_clustered() {
            return Ok(());
        }
        Ok(self.batch_execute("SET SESSION autocommit = 0; SAVEPOINT whole")?)
    }

    /// Whether this is still the transaction that was begun; of a lost connection its own error
    /// says more.
    fn is_whole(&mut self) -> Result<(), Failure> {
        match self {
            Self::Mysql(connection) if connection.is_clustered() && !connection.is_lost() => {}
            _ => return Ok(()),
        }
        self.batch_execute("RELEASE SAVEPOINT whole").map_err(|error| match Failure::from(error) {
            // There is no such savepoint any more.
            Failure::Other(_) => Failure::Retry,
            known => known,
        })
    }

    /// Nothing is under way: single statements stand for themselves again.
    fn unmark(&mut self) {
        if let Self::Mysql(connection) = self
            && connection.is_clustered()
            && connection.batch_execute("SET SESSION autocommit = 1").is_err()
        {
            connection.give_up();
        }
    }

    fn abandon_transaction(&mut self) {
        if let Self::Sqlite(connection) = self {
            // A failure here means that there is no transaction left to end.
            connection.batch_execute("ROLLBACK").ok();
        }
    }
}

/// Opens a file that is there. Nothing but SQLite may open it, not even to look at its first
/// bytes: see [`part`]. One that is replaced just now is opened anew.
fn open_sqlite(path: &Path, access: Access) -> Result<Db, ConnectionProblem> {
    match try_to_open_sqlite(path, access) {
        Err(ConnectionProblem::Moved) => try_to_open_sqlite(path, access),
        done => done,
    }
}

/// What is to be done with a file.
#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
}

fn try_to_open_sqlite(path: &Path, access: Access) -> Result<Db, ConnectionProblem> {
    let found = Identity::of(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ConnectionProblem::NotSetUp,
        _ => ConnectionProblem::NotAccessible,
    })?;
    let uri = match access {
        Access::Read => part::uri_to_read(path),
        Access::Write => part::uri(path),
    };
    let connected = SqliteConnection::establish(&uri).map_err(|_| ConnectionProblem::NotAccessible);
    let connected = connected.and_then(|mut connection| match prepare_sqlite(&mut connection, access) {
        Ok(()) => Ok(connection),
        Err(error) => Err(match Failure::from(error) {
            Failure::Unavailable(problem) => problem,
            other => ConnectionProblem::Other(format!("{other:?}")),
        }),
    });
    // The path named the same file before and after: it is the one that was opened.
    let place = Place::of(path).ok().filter(|place| place.identity() == found).ok_or(ConnectionProblem::Moved)?;
    let connection = connected?;
    file_is_in_place_utils::register_nondeterministic_impl(&connection, move || place.holds())
        .map_err(|error| ConnectionProblem::Other(error.to_string()))?;
    Ok(Db::Sqlite(connection))
}

/// A file is given a log only where it is a company's or has no tables yet: another program's file
/// stays as it is, whatever it turns out to be later.
fn prepare_sqlite(connection: &mut SqliteConnection, access: Access) -> Result<(), Error> {
    use diesel::{RunQueryDsl, dsl::sql, select};
    connection.batch_execute(SQLITE_SESSION)?;
    let of_another_program = sql::<diesel::sql_types::Bool>(
        "EXISTS (SELECT 1 FROM sqlite_schema) \
         AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
    );
    match access {
        Access::Write if !select(of_another_program).get_result(connection)? => connection.batch_execute(SQLITE_LOG),
        Access::Write | Access::Read => Ok(()),
    }
}

/// Creates the database that the address names, through the same account.
fn create_mysql_database(address: &str) -> Result<(), ConnectionProblem> {
    let bad = || ConnectionProblem::BadAddress(FORM.to_owned());
    let (base, query) = address.split_once('?').map_or((address, None), |(base, query)| (base, Some(query)));
    let (server, name) = base.rsplit_once('/').ok_or_else(bad)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(bad());
    }
    let without_name = query.map_or_else(|| format!("{server}/"), |query| format!("{server}/?{query}"));
    let mut connection = MysqlConnection::open(&without_name)?;
    let create = format!("CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    connection.batch_execute(&create).map_err(|_| ConnectionProblem::DatabaseDenied)
}

/// Inserts many rows of one struct in one statement. Diesel offers batches for each
/// engine's own connection only.
macro_rules! insert_many {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => diesel::insert_into($table).values($rows).execute(db),
            $crate::storage::Db::Sqlite(db) => diesel::insert_into($table).values($rows).execute(db),
        }
    };
}
pub(super) use insert_many;

/// The first row of a query, which nobody else may write to until the end of the transaction.
/// The embedded engine has one writer at a time.
macro_rules! held {
    ($db:expr, $query:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => $query.for_update().first(db),
            $crate::storage::Db::Sqlite(db) => $query.first(db),
        }
    };
}
pub(super) use held;

/// The same for all rows of a query. Without an order: an engine that walks another index than
/// the one of the condition would wait for rows that are none of these.
macro_rules! all_held {
    ($db:expr, $query:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => $query.for_update().load(db),
            $crate::storage::Db::Sqlite(db) => $query.load(db),
        }
    };
}
pub(super) use all_held;
