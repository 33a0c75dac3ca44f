//! Migrates the tables of both engines, safely even if two programs start at once.

use diesel::{
    migration::{Migration, MigrationSource},
    mysql::Mysql,
    result::Error,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    connection::Db,
    failure::DbError,
    grants,
    guards::{self, Guards},
    lease::{self, Lease},
    mysql::MysqlConnection,
};
use crate::domain::error::{ConnectionProblem, Versions};

const MYSQL: EmbeddedMigrations = embed_migrations!("migrations/mysql");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

diesel::table! {
    /// Where Diesel records which migrations were run.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// What the mark of an unfinished copy begins with, which stands among the migrations that were run.
pub(super) const UNFINISHED: &str = "copy-";

/// How the tables compare with the migrations of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// No tables at all.
    Empty,
    /// Some migrations of this program have not been run yet.
    Behind,
    Current,
    /// A newer program has migrated the tables.
    Ahead,
    /// A company was being copied into this database, and the copy was not finished.
    Unfinished,
}

/// Compares the tables with this program's migrations. Changes nothing.
pub fn level(connection: &mut Db) -> Result<Level, DbError> {
    // Diesel's own query would first try to create the table, which the application's account may
    // not do.
    let applied = match connection.texts("SELECT version AS text FROM __diesel_schema_migrations") {
        Err(failure) if failure.is_about_no_table() => return Ok(Level::Empty),
        other => other?,
    };
    let known = match connection {
        Db::Mysql(_) => versions::<Mysql>(&MYSQL)?,
        Db::Sqlite(_) => versions::<Sqlite>(&SQLITE)?,
    };
    Ok(if applied.is_empty() {
        Level::Empty
    } else if applied.iter().any(|version| version.starts_with(UNFINISHED)) {
        Level::Unfinished
    } else if applied.iter().any(|version| !known.contains(version)) {
        Level::Ahead
    } else if applied.len() < known.len() {
        Level::Behind
    } else {
        Level::Current
    })
}

/// The last migration that was run on these tables, and the last that this program knows.
pub fn versions_of(connection: &mut Db, level: Level) -> Result<Versions, DbError> {
    use diesel::{QueryDsl, RunQueryDsl};
    let applied = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    let (mut applied, known) = match connection {
        _ if level == Level::Empty => (Vec::new(), versions::<Sqlite>(&SQLITE)?),
        Db::Mysql(connection) => (applied.load::<String>(connection)?, versions::<Mysql>(&MYSQL)?),
        Db::Sqlite(connection) => (applied.load::<String>(connection)?, versions::<Sqlite>(&SQLITE)?),
    };
    applied.sort();
    Ok(Versions { from: applied.pop().unwrap_or_default(), to: known.into_iter().max().unwrap_or_default() })
}

/// Creates an empty SQLite database in memory and runs the migrations that were run on this one.
pub fn like(db: &mut Db) -> Result<Db, DbError> {
    use diesel::{Connection, QueryDsl, RunQueryDsl, SqliteConnection};
    let applied: i64 = __diesel_schema_migrations::table.count().get_result(db)?;
    let mut empty = SqliteConnection::establish(":memory:").map_err(|error| failed(Box::new(error)))?;
    for _ in 0..applied {
        empty.run_next_migration(SQLITE).map_err(failed)?;
    }
    Ok(Db::Sqlite(empty))
}

/// Runs the pending migrations. Does nothing to tables that are current, and refuses those of a
/// newer program. The error for an account that may not change tables is `MigrationDenied`; for one
/// that lacks a single right for it, `SetUpNotGranted`.
///
/// Also creates the guards that a server lacks, as far as it lets this account create triggers. The
/// tables are migrated even if it does not.
pub fn migrate(connection: &mut Db) -> Result<Guards, DbError> {
    let level = level(connection)?;
    match bring_up(connection, level) {
        // Without the lease, not even the first step is allowed to this account.
        Err(DbError::Unavailable(ConnectionProblem::NotGranted(right)))
            if right.ends_with(lease::TABLE) && !grants::may_change_tables(connection)? =>
        {
            let versions = versions_of(connection, level)?;
            Err(DbError::Unavailable(ConnectionProblem::MigrationDenied(versions)))
        }
        other => other.map_err(|failure| grants::of_set_up(connection, failure)),
    }
}

/// The guards that [`migrate`] would create, by name. An account that may not see triggers seems to
/// lack all of them.
pub fn missing_guards(connection: &mut Db) -> Result<Vec<&'static str>, DbError> {
    guards::missing(connection)
}

/// Creates the guards of a server, which [`run_pending`] leaves out.
pub(super) fn guard(connection: &mut Db, lease: &Lease) -> Result<Guards, DbError> {
    let guards = match connection {
        Db::Mysql(mysql) => guards::install(mysql, lease)?,
        Db::Sqlite(_) => Guards::default(),
    };
    lease.renew(connection).map(|()| guards)
}

/// An SQLite database in memory with all tables of this program, and nothing in them but what the
/// migrations put there.
pub(super) fn model() -> Result<Db, DbError> {
    use diesel::{Connection, SqliteConnection};
    let mut empty = SqliteConnection::establish(":memory:").map_err(|error| failed(Box::new(error)))?;
    empty.run_pending_migrations(SQLITE).map(drop).map_err(failed)?;
    Ok(Db::Sqlite(empty))
}

/// A number that changes whenever anybody changes the tables of an SQLite database: what is known
/// about them then has to be checked again. Always 0 on a server, where it would take a query over
/// the network.
pub fn schema_number(connection: &mut Db) -> Result<i32, DbError> {
    use diesel::{RunQueryDsl, dsl::sql, select, sql_types::Integer};
    match connection {
        Db::Mysql(_) => Ok(0),
        Db::Sqlite(sqlite) => {
            let number = "(SELECT schema_version FROM pragma_schema_version)";
            Ok(select(sql::<Integer>(number)).get_result(sqlite)?)
        }
    }
}

/// The name of a table of another program, for an SQLite file that has none of this program's
/// tables. Not checked on a server, whose database may be shared.
pub fn others_table(connection: &mut Db) -> Result<Option<String>, DbError> {
    use diesel::{OptionalExtension, RunQueryDsl, dsl::sql, sql_types::Text};
    let Db::Sqlite(sqlite) = connection else { return Ok(None) };
    let question = "SELECT name FROM sqlite_schema WHERE name <> '__diesel_schema_migrations' \
                    AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid LIMIT 1";
    Ok(sql::<Text>(question).get_result(sqlite).optional()?)
}

/// Whether this account can tell which guards are missing. The everyday account cannot.
pub fn sees_guards(connection: &mut Db) -> Result<bool, DbError> {
    Ok(grants::may_change_tables(connection)? && !guards::are_hidden(connection)?)
}

fn bring_up(connection: &mut Db, level: Level) -> Result<Guards, DbError> {
    if level == Level::Empty
        && let Some(table) = others_table(connection)?
    {
        return Err(DbError::Unavailable(ConnectionProblem::OtherProgram(table)));
    }
    refuse(level)?;
    // A program that was killed after the last migration has not created the guards.
    if level == Level::Current && guards::missing(connection)?.is_empty() {
        return Ok(Guards::default());
    }
    lease::alone(connection, lease::LONGEST_WAIT, |connection, lease| {
        // Somebody may have worked on the tables in the meantime.
        refuse(self::level(connection)?)?;
        run_pending(connection, lease)?;
        guard(connection, lease)
    })
}

/// Refuses tables that this program does not migrate.
fn refuse(level: Level) -> Result<(), DbError> {
    match level {
        Level::Ahead => Err(DbError::Unavailable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy)),
        Level::Empty | Level::Behind | Level::Current => Ok(()),
    }
}

/// The migration that creates indexes over derived columns; the program fills these columns before
/// it.
const NEEDS_TEXTS: &str = "0003";

/// The migration that adds the chain of the audit log.
pub const HAS_CHAIN: &str = "0004";

/// The migration that adds the keys of e-mail addresses; the program fills them after it.
const HAS_EMAIL_KEYS: &str = "0005";

/// The migration before which the program writes telephone numbers into the searched words in every
/// spelling that is looked for.
const NEEDS_NUMBERS: &str = "0010";

/// The migration that adds payments. After it the program writes what was paid before.
const HAS_PAYMENTS: &str = "0012";

/// The migration that adds the keys by which clients are compared; the program fills them after it.
const HAS_TWINS: &str = "0014";

/// Runs the pending migrations, without the guards of a server. On SQLite it has to be in a
/// transaction. Nobody else may change the tables meanwhile; the error is `TakenOver` if somebody
/// does.
pub(super) fn run_pending(connection: &mut Db, lease: &Lease) -> Result<(), DbError> {
    let (known, applied) = match connection {
        Db::Mysql(mysql) => (versions::<Mysql>(&MYSQL)?, mysql.applied_migrations().map_err(failed)?),
        Db::Sqlite(sqlite) => (versions::<Sqlite>(&SQLITE)?, sqlite.applied_migrations().map_err(failed)?),
    };
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    for version in known.iter().filter(|version| !applied.contains(version)) {
        lease.renew(connection)?;
        if version == NEEDS_TEXTS {
            super::clients::write_words(connection)?;
            super::events::write_words(connection)?;
            super::denormalized::rebuild(connection)?;
        }
        if version == NEEDS_NUMBERS {
            super::users::write_words(connection)?;
            super::clients::write_words(connection)?;
            super::denormalized::rebuild(connection)?;
        }
        match connection {
            Db::Mysql(mysql) => run_unnoted(mysql, version, lease)?,
            Db::Sqlite(sqlite) => sqlite.run_next_migration(SQLITE).map(drop).map_err(failed)?,
        }
        if version == HAS_EMAIL_KEYS {
            super::denormalized::write_email_keys(connection)?;
        }
        if version == HAS_PAYMENTS {
            // From here on no older program that is still open can change what is due. A company that is being copied
            // has no rows yet, and gets the guards after them.
            if let (true, Db::Mysql(mysql)) = (super::settings::is_set_up(connection)?, &mut *connection) {
                guards::install_of_payments(mysql, lease)?;
            }
            super::opening::write(connection, lease)?;
        }
        if version == HAS_TWINS {
            super::twins::write_keys(connection, |connection| lease.renew(connection))?;
        }
        // A server records a migration as done only now: if the program is killed before that, the
        // next one runs the migration again.
        if let Db::Mysql(mysql) = connection {
            lease.run(mysql, &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"))?;
        }
    }
    Ok(())
}

/// Runs the statements of a migration without recording it as done. Each of them can be run twice.
fn run_unnoted(mysql: &mut MysqlConnection, version: &str, lease: &Lease) -> Result<(), DbError> {
    let migrations: Vec<Box<dyn Migration<Mysql>>> = MYSQL.migrations().map_err(failed)?;
    for migration in migrations.iter().filter(|migration| migration.name().version().to_string() == version) {
        // Diesel sends all statements of a migration at once.
        lease.guard_next(mysql);
        // Diesel's error does not say of which kind the server's error was.
        migration.run(mysql).map_err(|error| match mysql.is_lost() {
            true => DbError::Unavailable(ConnectionProblem::Lost),
            false => last_error(mysql).unwrap_or_else(|| failed(error)),
        })?;
    }
    Ok(())
}

/// The error of the last statement, if it is one that the program knows.
fn last_error(mysql: &mut MysqlConnection) -> Option<DbError> {
    let errors = mysql.rows("SHOW ERRORS").ok()?;
    let [_, Some(code), Some(message)] = errors.last()?.as_slice() else { return None };
    DbError::of_server(code.parse().ok()?, message)
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> DbError {
    match error.downcast::<Error>() {
        Ok(error) => DbError::from(*error),
        Err(error) => DbError::Other(Error::QueryBuilderError(error)),
    }
}

fn versions<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, DbError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
