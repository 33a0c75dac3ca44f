//! A copy of the embedded database, and the way back. Both may be done while the program
//! runs elsewhere: the copy is of one moment, and the way back is one transaction.

use std::path::Path;

use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};

use super::{
    Db, Failure, Target,
    migrate::{self, Level},
    part::Part,
};
use crate::domain::error::ConnectionProblem;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    sql: String,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Text)]
    said: String,
}

fn embedded(db: &mut Db) -> Result<&mut SqliteConnection, Failure> {
    match db {
        Db::Sqlite(connection) => Ok(connection),
        Db::Mysql(_) => Err(Failure::Unavailable(ConnectionProblem::NotEmbedded)),
    }
}

fn quoted(path: &Path) -> String {
    path.display().to_string().replace('\'', "''")
}

/// Copies the database into a file that does not exist yet, and makes sure that the copy
/// is whole before it gets its name.
pub fn backup(db: &mut Db, file: &Path) -> Result<(), Failure> {
    let connection = embedded(db)?;
    if file.exists() {
        return Err(Failure::Unavailable(ConnectionProblem::FileExists));
    }
    let not_accessible = |_| Failure::Unavailable(ConnectionProblem::NotAccessible);
    let (part, opened) = Part::beside(file).map_err(not_accessible)?;
    // Before SQLite opens it.
    drop(opened);
    connection.batch_execute(&format!("VACUUM INTO '{}'", quoted(part.path())))?;
    check(part.path())?;
    part.name(file).map_err(not_accessible)
}

/// Whether a file is a whole database of a company that this program can use.
pub fn check(file: &Path) -> Result<(), Failure> {
    let mut db = Db::open(&Target::Sqlite(file.to_owned())).map_err(Failure::Unavailable)?;
    let said: Vec<Said> =
        sql_query("SELECT integrity_check AS said FROM pragma_integrity_check").load(embedded(&mut db)?)?;
    if said.iter().any(|line| line.said != "ok") {
        return Err(Failure::Unavailable(ConnectionProblem::NotADatabase));
    }
    match migrate::level(&mut db)? {
        Level::Current | Level::Behind if super::settings::is_set_up(&mut db)? => Ok(()),
        Level::Ahead => Err(Failure::Unavailable(ConnectionProblem::SchemaTooNew)),
        _ => Err(Failure::Unavailable(ConnectionProblem::NotSetUp)),
    }
}

/// Puts everything of a backup in the place of everything that is there, in one
/// transaction: programs that are open see the one or the other.
pub fn restore(db: &mut Db, file: &Path) -> Result<(), Failure> {
    check(file)?;
    let connection = embedded(db)?;
    connection.batch_execute(&format!("PRAGMA foreign_keys = OFF; ATTACH DATABASE '{}' AS backup", quoted(file)))?;
    let restored = connection.immediate_transaction(replace_all);
    connection.batch_execute("DETACH DATABASE backup; PRAGMA foreign_keys = ON").ok();
    Ok(restored?)
}

fn replace_all(connection: &mut SqliteConnection) -> Result<(), diesel::result::Error> {
    let objects = |connection: &mut SqliteConnection, schema: &str, kind: &str| -> Result<Vec<Named>, _> {
        // What belongs to a full-text table comes and goes with it.
        sql_query(format!(
            "SELECT name, sql FROM {schema}.sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL \
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '%!_words!_%' ESCAPE '!' ORDER BY rowid"
        ))
        .load(connection)
    };
    for (kind, verb) in [("trigger", "TRIGGER"), ("view", "VIEW"), ("table", "TABLE")] {
        for Named { name, .. } in objects(connection, "main", kind)? {
            connection.batch_execute(&format!("DROP {verb} IF EXISTS main.\"{name}\""))?;
        }
    }
    let tables = objects(connection, "backup", "table")?;
    let (searched, plain): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|table| table.sql.starts_with("CREATE VIRTUAL"));
    for Named { name, sql } in &plain {
        connection.batch_execute(sql)?;
        connection.batch_execute(&format!("INSERT INTO main.\"{name}\" SELECT * FROM backup.\"{name}\""))?;
    }
    // Numbers that were given once are not given again.
    connection.batch_execute(
        "DELETE FROM main.sqlite_sequence; INSERT INTO main.sqlite_sequence SELECT * FROM backup.sqlite_sequence",
    )?;
    for Named { name, sql } in &searched {
        connection.batch_execute(sql)?;
        connection.batch_execute(&format!("INSERT INTO \"{name}\" (\"{name}\") VALUES ('rebuild')"))?;
    }
    for kind in ["index", "view"] {
        for Named { sql, .. } in objects(connection, "backup", kind)? {
            connection.batch_execute(&sql)?;
        }
    }
    // Last, or the rules of the tables would be asked about every row.
    for Named { sql, .. } in
        sql_query("SELECT name, sql FROM backup.sqlite_master WHERE type = 'trigger'").load(connection)?
    {
        connection.batch_execute(&sql)?;
    }
    Ok(())
}
