//! One connection type for both engines, MySQL and SQLite.

use std::{io, path::Path};

use diesel::{
    Connection, SqliteConnection,
    connection::{SimpleConnection, TransactionManager},
    result::Error,
    sql_types::BigInt,
};

use super::{
    address::Target,
    failure::DbError,
    mysql::{MysqlConnection, create_database, server_at},
    part,
    place::{Identity, Place},
    sql_expr::{SqlExpr, sql_expr},
};
use crate::domain::error::ConnectionProblem;

/// A connection to the engine that the address names.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Mysql(MysqlConnection),
    Sqlite(SqliteConnection),
}

/// An SQL condition: any of the columns matches the pattern. The pattern can stand in the text,
/// since it contains only letters, digits, blanks and `%`, whatever the user typed.
fn meets(columns: &str, pattern: &str) -> String {
    let any: Vec<String> =
        columns.split(", ").map(|column| format!("COALESCE({column}, '') LIKE '{pattern}'")).collect();
    format!("({})", any.join(" OR "))
}

/// How many rows of a sample match the same set of patterns.
#[derive(Debug, diesel::QueryableByName)]
pub struct Sampled {
    /// One bit for each pattern that these rows match.
    #[diesel(sql_type = BigInt)]
    pub which: i64,
    #[diesel(sql_type = BigInt)]
    pub times: i64,
}

/// A row with one text column.
#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// A row with the id alone.
#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
}

diesel::define_sql_function! {
    /// Whether the database file is still where this connection found it. It is an SQL function
    /// that is registered with SQLite for each connection.
    fn file_is_in_place() -> diesel::sql_types::Bool;
}

/// Runs on each connection to SQLite: foreign keys are enforced, a commit survives a power cut, and
/// functions that the file's schema calls are not trusted. The last statement reads from the file,
/// so that SQLite opens a write-ahead log that is beside it.
const SQLITE_SESSION: &str = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA trusted_schema = OFF; SELECT 1 FROM sqlite_schema LIMIT 1;";

/// Turns on write-ahead logging, which lets readers work while another connection writes. The mode
/// is stored in the file, and the last statement makes SQLite open the log beside it.
const SQLITE_LOG: &str = "PRAGMA journal_mode = WAL; SELECT 1 FROM sqlite_schema LIMIT 1;";

impl Db {
    /// Connects to an existing database.
    pub fn open(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Mysql(address) => MysqlConnection::open(address).map(Self::Mysql),
            Target::Sqlite(path) => open_sqlite(path, Access::Write),
        }
    }

    /// Connects to an existing database to inspect it. A file is opened for reading only: nothing
    /// is changed in it or created beside it.
    pub fn look(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Mysql(_) => Self::open(target),
            Target::Sqlite(path) => open_sqlite(path, Access::Read),
        }
    }

    /// Connects, and creates the database if it is missing.
    pub fn create(target: &Target) -> Result<Self, ConnectionProblem> {
        match target {
            Target::Sqlite(path) => {
                let made = part::make_folder_of(path).and_then(|()| part::touch(path));
                made.map_err(|_| ConnectionProblem::NotAccessible)?;
                open_sqlite(path, Access::Write)
            }
            Target::Mysql(address) => match MysqlConnection::open(address) {
                Err(ConnectionProblem::NoSuchDatabase) => {
                    create_database(address)?;
                    MysqlConnection::open(address).map(Self::Mysql)
                }
                other => other.map(Self::Mysql),
            },
        }
    }

    /// The engine for display, with the version of a server: `SQLite` or `MariaDB 10.11.6`.
    pub fn server(&self) -> String {
        match self {
            Self::Mysql(connection) => connection.server().to_owned(),
            Self::Sqlite(_) => "SQLite".to_owned(),
        }
    }

    /// The engine at an address whose database does not exist, for display.
    pub fn server_at(target: &Target) -> String {
        match target {
            Target::Mysql(address) => server_at(address).unwrap_or_else(|| "MySQL".to_owned()),
            Target::Sqlite(_) => "SQLite".to_owned(),
        }
    }

    /// Whether this connection can no longer be used and has to be reopened. This is also the case
    /// when Diesel does not know how the last transaction ended, for example after a cluster has
    /// refused COMMIT: every further BEGIN would fail.
    pub fn is_lost(&mut self) -> bool {
        type Manager = <Db as Connection>::TransactionManager;
        let broken = Manager::is_broken_transaction_manager(self);
        match self {
            Self::Mysql(connection) => broken || connection.is_lost(),
            Self::Sqlite(_) => broken,
        }
    }

    /// Returns an error if the database file is no longer where it was opened, since nobody would
    /// find what is saved in it. Reads nothing from the database itself.
    pub fn confirm_place(&mut self) -> Result<(), DbError> {
        use diesel::RunQueryDsl;
        let in_place = match self {
            Self::Mysql(_) => true,
            Self::Sqlite(connection) => diesel::select(file_is_in_place()).get_result(connection)?,
        };
        if in_place { Ok(()) } else { Err(DbError::Unavailable(ConnectionProblem::Moved)) }
    }

    /// Whether the server is a node of a cluster, where other nodes write to the same rows. Nodes
    /// do not wait for each other's locks: of two conflicting transactions the later one is rolled
    /// back, possibly in the middle.
    pub(super) fn is_clustered(&self) -> bool {
        match self {
            Self::Mysql(connection) => connection.is_clustered(),
            Self::Sqlite(_) => false,
        }
    }

    /// The id of the row that this connection inserted last. Ids of other rows cannot be inferred
    /// from it, since ids are not contiguous on a cluster.
    pub fn last_insert_id(&mut self) -> Result<i64, Error> {
        use diesel::RunQueryDsl;
        diesel::select(self.last_inserted()).get_result(self)
    }

    /// The same as an SQL expression, for the query that reads the new row.
    pub fn last_inserted(&self) -> SqlExpr<BigInt> {
        sql_expr(match self {
            Self::Mysql(_) => "LAST_INSERT_ID()",
            Self::Sqlite(_) => "last_insert_rowid()",
        })
    }

    /// SQL to append to a query that takes a shared lock on its rows: until the transaction ends
    /// nobody can write to them, but others can take the same lock. SQLite needs none, since it has
    /// one writer at a time.
    pub(super) fn shared(&self) -> &'static str {
        match self {
            Self::Mysql(_) => " LOCK IN SHARE MODE",
            Self::Sqlite(_) => "",
        }
    }

    /// Runs the statement at the end of the transaction; on a server it is sent together with
    /// COMMIT, which saves a round trip. The statement must be complete and contain nothing that a
    /// user typed.
    pub fn run_with_commit(&mut self, sql: &str) -> Result<(), DbError> {
        match self {
            Self::Mysql(connection) => connection.run_with_next(sql),
            Self::Sqlite(connection) => connection.batch_execute(sql)?,
        }
        Ok(())
    }

    /// Runs the statements now that were to run with COMMIT.
    pub fn run_now(&mut self) -> Result<(), DbError> {
        match self {
            Self::Mysql(connection) if connection.has_next() => Ok(connection.batch_execute("DO 0")?),
            _ => Ok(()),
        }
    }

    /// The first column of a result as text. On a server this takes one round trip, even the first
    /// time.
    pub fn texts(&mut self, sql: &str) -> Result<Vec<String>, DbError> {
        use diesel::{RunQueryDsl, sql_query};
        Ok(match self {
            Self::Mysql(connection) => connection.texts(sql)?,
            Self::Sqlite(connection) => {
                let rows: Vec<Text> = sql_query(format!("SELECT text FROM ({sql})")).load(connection)?;
                rows.into_iter().map(|row| row.text).collect()
            }
        })
    }

    /// The highest id of a table, or 0 if it is empty.
    pub fn last_id(&mut self, table: &str) -> Result<i64, DbError> {
        use diesel::RunQueryDsl;
        let last = diesel::select(sql_expr::<BigInt>(format!("(SELECT COALESCE(MAX(id), 0) FROM {table})")));
        Ok(last.get_result(self)?)
    }

    /// The ids of rows that have, for each term, a word that begins with it, by the full-text
    /// index: at most `most` ids, in no order.
    pub fn matching(&mut self, table: &str, columns: &str, terms: &[&str], most: usize) -> Result<Vec<i64>, DbError> {
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

    /// How many rows of a sample match which of these patterns. The sample is spread over the whole
    /// table, since rows that were created at the same time are often alike.
    pub fn sample(
        &mut self,
        table: &str,
        columns: &str,
        patterns: &[String],
        last: i64,
    ) -> Result<Vec<Sampled>, DbError> {
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

    /// The ids of rows whose columns match all these patterns, the newest first: at most `most`
    /// ids, from the newest `among` rows.
    pub fn newest(
        &mut self,
        table: &str,
        columns: &str,
        patterns: &[String],
        (among, most): (i64, usize),
    ) -> Result<Vec<i64>, DbError> {
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

    /// Runs `work`, which writes a large number of rows that can be generated again if they are
    /// lost: meanwhile SQLite does not wait for the disk, and has a larger cache for the growing
    /// indexes.
    pub fn in_bulk<T, E: From<DbError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let say = |db: &mut Self, sql| match db {
            Self::Mysql(_) => Ok(()),
            Self::Sqlite(db) => db.batch_execute(sql).map_err(|error| E::from(DbError::from(error))),
        };
        say(self, "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")?;
        let done = work(self);
        say(self, "PRAGMA synchronous = FULL; PRAGMA cache_size = -2000").and(done)
    }
}

/// Opens an existing file. Nothing but SQLite may open it, not even to read its first bytes: see
/// [`part`]. If the file is replaced while it is being opened, it is opened once more.
fn open_sqlite(path: &Path, access: Access) -> Result<Db, ConnectionProblem> {
    match try_to_open_sqlite(path, access) {
        Err(ConnectionProblem::Moved) => try_to_open_sqlite(path, access),
        done => done,
    }
}

/// How a file is opened.
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
        Err(error) => Err(match DbError::from(error) {
            DbError::Unavailable(problem) => problem,
            other => ConnectionProblem::Other(format!("{other:?}")),
        }),
    });
    // The path named the same file before and after, so that file is the one that was opened.
    let place = Place::of(path).ok().filter(|place| place.identity() == found).ok_or(ConnectionProblem::Moved)?;
    let connection = connected?;
    file_is_in_place_utils::register_nondeterministic_impl(&connection, move || place.holds())
        .map_err(|error| ConnectionProblem::Other(error.to_string()))?;
    Ok(Db::Sqlite(connection))
}

/// Sets up a new connection. Write-ahead logging is turned on only for a file of this program or
/// one that has no tables yet, so that the file of another program is not changed.
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

/// Inserts many rows of one struct in one statement. Diesel offers this only for the connection
/// type of each engine.
macro_rules! insert_many {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => diesel::insert_into($table).values($rows).execute(db),
            $crate::storage::Db::Sqlite(db) => diesel::insert_into($table).values($rows).execute(db),
        }
    };
}
pub(super) use insert_many;

/// The first row of a query, locked: nobody else can write to it until the end of the transaction.
/// SQLite needs no row lock, since it has one writer at a time.
macro_rules! for_update {
    ($db:expr, $query:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => $query.for_update().first(db),
            $crate::storage::Db::Sqlite(db) => $query.first(db),
        }
    };
}
pub(super) use for_update;

/// The same for all rows of a query. The query must not be ordered: for the order an engine may
/// walk another index than that of the condition, and would wait for locks on rows that do not
/// match.
macro_rules! all_for_update {
    ($db:expr, $query:expr) => {
        match $db {
            $crate::storage::Db::Mysql(db) => $query.for_update().load(db),
            $crate::storage::Db::Sqlite(db) => $query.load(db),
        }
    };
}
pub(super) use all_for_update;
