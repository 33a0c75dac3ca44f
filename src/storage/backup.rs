//! Backs up the embedded database and restores it, even while it is in use: a backup is a snapshot
//! of one moment, and a restore is one transaction.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};

use super::{
    Db, DbError, Target,
    lease::Lease,
    migrate::{self, Level},
    part::{self, PartialFile},
    place::Identity,
};
use crate::domain::error::ConnectionProblem;

/// A table, index, view or trigger, with the SQL that created it.
#[derive(QueryableByName, PartialEq, Eq)]
struct Object {
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    sql: String,
}

/// A table whose records have versions, and its primary key.
#[derive(QueryableByName)]
struct Versioned {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    key: String,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Text)]
    said: String,
}

fn embedded(db: &mut Db) -> Result<&mut SqliteConnection, DbError> {
    match db {
        Db::Sqlite(connection) => Ok(connection),
        Db::Mysql(_) => Err(unusable(ConnectionProblem::NotEmbedded)),
    }
}

fn unusable(problem: ConnectionProblem) -> DbError {
    DbError::Unavailable(problem)
}

fn unwritable(error: &io::Error) -> DbError {
    unusable(match error.kind() {
        io::ErrorKind::AlreadyExists => ConnectionProblem::FileExists,
        io::ErrorKind::StorageFull => ConnectionProblem::DiskFull,
        _ => ConnectionProblem::NotAccessible,
    })
}

/// Copies the database into a file that does not exist yet, and checks that the copy is complete
/// before it gets its name.
pub fn backup(db: &mut Db, file: &Path) -> Result<(), DbError> {
    let connection = embedded(db)?;
    if file.symlink_metadata().is_ok() {
        return Err(unusable(ConnectionProblem::FileExists));
    }
    let copy = copy(connection, file)?;
    check(copy.path())?;
    copy.name(file).map_err(|error| unwritable(&error))
}

/// A snapshot of the database in a temporary file that can be renamed to `file`.
fn copy(connection: &mut SqliteConnection, file: &Path) -> Result<PartialFile, DbError> {
    let (copy, opened) = PartialFile::beside(file).map_err(|error| unwritable(&error))?;
    // Closed before SQLite opens the file: closing it later would drop SQLite's locks.
    drop(opened);
    connection.batch_execute(&format!("VACUUM INTO '{}'", part::uri(copy.path())))?;
    Ok(copy)
}

/// Returns an error if the file is damaged anywhere, even where nothing has been read for long, or
/// if a record refers to a missing one. A server looks after its own files.
pub fn check_file(db: &mut Db) -> Result<(), DbError> {
    let Db::Sqlite(connection) = db else { return Ok(()) };
    let question = "SELECT integrity_check AS said FROM pragma_integrity_check WHERE integrity_check <> 'ok' \
                    UNION ALL SELECT \"table\" FROM pragma_foreign_key_check LIMIT 10";
    let faults: Vec<Said> = sql_query(question).load(connection)?;
    for Said { said } in &faults {
        tracing::error!(fault = said, "the database file is damaged");
    }
    if faults.is_empty() { Ok(()) } else { Err(unusable(ConnectionProblem::NotADatabase)) }
}

/// Opens a file, provided that it is an undamaged database of a company that this program can use.
/// The file is not written to, and may be where nothing can be written.
fn check(file: &Path) -> Result<Db, DbError> {
    let mut db = Db::look(&Target::Sqlite(file.to_owned())).map_err(DbError::Unavailable)?;
    check_file(&mut db)?;
    match migrate::level(&mut db)? {
        Level::Current | Level::Behind if super::settings::is_set_up(&mut db)? => Ok(db),
        Level::Ahead => Err(unusable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => Err(unusable(ConnectionProblem::UnfinishedCopy)),
        _ => Err(unusable(ConnectionProblem::NotSetUp)),
    }
}

/// The tables, indexes, views and triggers in the order in which they were created, without those
/// that SQLite and its full-text tables maintain for themselves.
fn objects(connection: &mut SqliteConnection) -> Result<Vec<Object>, DbError> {
    let question = "SELECT type AS kind, name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' \
                    AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') \
                    ORDER BY rowid";
    Ok(sql_query(question).load(connection)?)
}

/// The schema that this program's migrations create, as far as they were run on the backup. A
/// backup that contains anything else is refused. Indexes and triggers may be missing, since they
/// are recreated.
fn own_schema(backup: &mut Db) -> Result<Vec<Object>, DbError> {
    let own = objects(embedded(&mut migrate::like(backup)?)?)?;
    let found = objects(embedded(backup)?)?;
    let strange = found.iter().find(|object| !own.contains(object));
    let missing = own.iter().find(|object| object.kind == "table" && !found.contains(object));
    match strange.or(missing) {
        Some(object) => Err(unusable(ConnectionProblem::NotOurTables(object.name.clone()))),
        None => Ok(own),
    }
}

/// Replaces the whole database by a backup in one transaction: programs that have it open see
/// either the old or the new content, and the tables are migrated to this program's version. The
/// old content is kept in a file beside the database with `stamp` in its name; if that fails,
/// nothing is changed. Returns the path of that file, if there was anything to keep.
pub fn restore(target: &Target, file: &Path, stamp: &str) -> Result<Option<PathBuf>, DbError> {
    let Target::Sqlite(path) = target else { return Err(unusable(ConnectionProblem::NotEmbedded)) };
    if file.metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Err(unusable(ConnectionProblem::NoSuchFile(file.display().to_string())));
    }
    if Identity::of(path).is_ok_and(|own| Identity::of(file).is_ok_and(|found| found == own)) {
        return Err(unusable(ConnectionProblem::SameFile));
    }
    let schema = own_schema(&mut check(file)?)?;
    match path.metadata() {
        Err(_) => {}
        // SQLite would take an empty file for a new database and discard the log.
        Ok(found) if found.len() == 0 && part::beside(path, "-wal").exists() => {}
        Ok(_) => {
            let opened = Db::open(target).map_err(DbError::Unavailable);
            match opened.and_then(|mut db| replace(&mut db, file, &schema, Some((path, stamp)))) {
                Err(DbError::Unavailable(ConnectionProblem::NotADatabase)) => {}
                done => return done,
            }
        }
    }
    put_in_place(&part::real(path), file, &schema, stamp)
}

/// Creates a new database from the backup and gives it the name `path`, if there is no database or
/// one that SQLite cannot read. That one is renamed only once the new one is complete.
fn put_in_place(path: &Path, file: &Path, schema: &[Object], stamp: &str) -> Result<Option<PathBuf>, DbError> {
    part::make_folder_of(path).map_err(|error| unwritable(&error))?;
    let (new, opened) = PartialFile::beside(path).map_err(|error| unwritable(&error))?;
    // Closed before SQLite opens the file: closing it later would drop SQLite's locks.
    drop(opened);
    let mut db = Db::open(&Target::Sqlite(new.path().to_owned())).map_err(DbError::Unavailable)?;
    replace(&mut db, file, schema, None)?;
    // Moves everything into the one file, since a log beside it would not be renamed with it.
    embedded(&mut db)?.batch_execute("PRAGMA journal_mode = DELETE")?;
    drop(db);
    let kept = put_aside(path, stamp)?;
    new.name(path).map_err(|error| {
        if let Some(kept) = &kept
            && let Err(error) = rename_all(kept, path)
        {
            tracing::error!(error = %error.kind(), "what was put aside could not be put back");
        }
        unwritable(&error)
    })?;
    Ok(kept)
}

/// The names under which the previous database may be kept.
fn kept_names(path: &Path, stamp: &str) -> impl Iterator<Item = PathBuf> {
    let name = path.with_extension(format!("before-restore-{stamp}"));
    let folder = name.parent().unwrap_or(Path::new("")).to_owned();
    part::numbered(folder, name.file_name().unwrap_or_default().to_string_lossy().into_owned(), "db")
}

/// The endings of a database file and of the files that may be beside it. The database comes last:
/// while it exists, no program treats the place as empty.
const FILES: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// Renames a file that SQLite cannot read, together with its log, which SQLite would otherwise take
/// for the log of the new database. Programs that have the file open no longer write to it. Returns
/// the new name, if there was anything to rename.
fn put_aside(path: &Path, stamp: &str) -> Result<Option<PathBuf>, DbError> {
    let is_there = |path: &Path| FILES.iter().any(|end| part::beside(path, end).symlink_metadata().is_ok());
    if !is_there(path) {
        return Ok(None);
    }
    let kept = kept_names(path, stamp).find(|name| !is_there(name));
    let kept = kept.ok_or(unusable(ConnectionProblem::FileExists))?;
    rename_all(path, &kept).map_err(|error| unwritable(&error))?;
    Ok(Some(kept))
}

/// Renames a database and the files beside it: all of them or none.
fn rename_all(from: &Path, to: &Path) -> io::Result<()> {
    for (done, ending) in FILES.iter().enumerate() {
        match part::rename_new(&part::beside(from, ending), &part::beside(to, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                for ending in &FILES[..done] {
                    part::rename_new(&part::beside(to, ending), &part::beside(from, ending)).ok();
                }
                return Err(error);
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Replaces the content of the database by that of the backup and migrates it. `keep` holds the
/// path beside which the old content is kept, and the stamp for its name.
fn replace(
    db: &mut Db,
    file: &Path,
    schema: &[Object],
    keep: Option<(&Path, &str)>,
) -> Result<Option<PathBuf>, DbError> {
    let attach = format!("PRAGMA foreign_keys = OFF; ATTACH DATABASE '{}' AS backup", part::uri_to_read(file));
    embedded(db)?.batch_execute(&attach)?;
    let done = db.transact(|db| {
        // Nobody else can write from here on, so the copy contains every save up to the
        // replacement.
        let copy = keep.map(|(path, stamp)| {
            let mut beside = Db::open(&Target::Sqlite(path.to_owned())).map_err(DbError::Unavailable)?;
            Ok::<_, DbError>((copy(embedded(&mut beside)?, path)?, kept_names(path, stamp)))
        });
        let copy = copy.transpose()?;
        let versioned = note_used(embedded(db)?)?;
        replace_all(embedded(db)?, schema)?;
        migrate::run_pending(db, &Lease::IN_TRANSACTION)?;
        go_on(embedded(db)?, &versioned)?;
        copy.map(|(copy, names)| copy.name_first(names).map_err(|error| unwritable(&error))).transpose()
    });
    embedded(db)?.batch_execute("DETACH DATABASE backup; PRAGMA foreign_keys = ON").ok();
    done
}

/// Copies the rows of the backup into recreated tables, so that all rules of this program are in
/// place and nothing of another program is.
fn replace_all(connection: &mut SqliteConnection, schema: &[Object]) -> Result<(), diesel::result::Error> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    // Dropping a full-text table drops the tables that belong to it.
    let present = "SELECT type AS kind, name, '' AS sql FROM main.sqlite_schema WHERE type IN ('trigger', 'view') \
                   UNION ALL SELECT 'table', name, '' FROM pragma_table_list \
                   WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
    for Object { kind, name, .. } in sql_query(present).load::<Object>(connection)? {
        connection.batch_execute(&format!("DROP {kind} main.{}", quoted(&name)))?;
    }
    let of = |kind: &'static str| schema.iter().filter(move |object| object.kind == kind);
    let (searched, plain): (Vec<_>, Vec<_>) = of("table").partition(|table| table.sql.starts_with("CREATE VIRTUAL"));
    for Object { name, sql, .. } in plain {
        let name = quoted(name);
        connection.batch_execute(&format!("{sql}; INSERT INTO main.{name} SELECT * FROM backup.{name}"))?;
    }
    for Object { name, sql, .. } in searched {
        let name = quoted(name);
        connection.batch_execute(&format!("{sql}; INSERT INTO {name} ({name}) VALUES ('rebuild')"))?;
    }
    // The triggers come last, since they would otherwise run for every row.
    for Object { sql, .. } in of("index").chain(of("view")).chain(of("trigger")) {
        connection.batch_execute(sql)?;
    }
    Ok(())
}

/// Notes in a temporary table which ids, versions and epochs of accounts are used up, because they
/// are in the backup or in the content that it replaces: for each table the highest id, the highest
/// epoch, and the version of each record that is older in the backup, or another company's. Returns
/// the tables with versions. The old content may be anything, or nothing.
fn note_used(connection: &mut SqliteConnection) -> Result<Vec<Versioned>, diesel::result::Error> {
    connection.batch_execute("CREATE TEMP TABLE used (of TEXT, key, number INTEGER, PRIMARY KEY (of, key))")?;
    for (table, key, number) in [("sqlite_sequence", "name", "seq"), ("users", "''", "auth_epoch")] {
        let is_there = format!("SELECT name AS said FROM pragma_table_info('{table}', 'main') WHERE name = '{number}'");
        let old = match sql_query(is_there).load::<Said>(connection)?.is_empty() {
            true => String::new(),
            false => format!("UNION ALL SELECT {key}, {number} FROM main.{table}"),
        };
        connection.batch_execute(&format!(
            "INSERT INTO temp.used SELECT '{number}', key, MAX(number) FROM \
             (SELECT {key} AS key, {number} AS number FROM backup.{table} {old}) GROUP BY key"
        ))?;
    }
    let of = |schema: &str| {
        format!(
            "SELECT t.name, k.name AS key FROM pragma_table_list AS t JOIN pragma_table_info(t.name, t.schema) AS k \
             WHERE t.schema = '{schema}' AND t.type = 'table' AND k.pk = 1 AND 2 = (SELECT COUNT(*) \
             FROM pragma_table_info(t.name, t.schema) WHERE name IN ('version', 'updated_at'))"
        )
    };
    let versioned: Vec<Versioned> = sql_query(format!("{} INTERSECT {}", of("main"), of("backup"))).load(connection)?;
    for Versioned { name, key } in &versioned {
        connection.batch_execute(&format!(
            "INSERT OR IGNORE INTO temp.used SELECT '{name}', old.{key}, old.version \
             FROM main.{name} AS old JOIN backup.{name} AS new ON new.{key} = old.{key} WHERE old.version > new.version \
             OR (old.version = new.version AND old.updated_at <> new.updated_at)"
        ))?;
    }
    Ok(versioned)
}

/// Continues after the numbers that are used up. So nobody stays signed in, perhaps as somebody
/// else, and what is saved from now on has neither the id of a record nor the version of a record
/// that was seen before the restore.
fn go_on(connection: &mut SqliteConnection, versioned: &[Versioned]) -> Result<(), diesel::result::Error> {
    connection.batch_execute(
        "UPDATE main.users SET auth_epoch = (SELECT number + 1 FROM temp.used WHERE of = 'auth_epoch'); \
         DELETE FROM main.sqlite_sequence; \
         INSERT INTO main.sqlite_sequence (name, seq) SELECT name, number FROM temp.used \
         JOIN main.sqlite_schema ON type = 'table' AND name = key WHERE of = 'seq'",
    )?;
    for Versioned { name, key } in versioned {
        connection.batch_execute(&format!(
            "UPDATE main.{name} AS record SET version = used.number + 1 FROM temp.used AS used \
             WHERE used.of = '{name}' AND used.key = record.{key}"
        ))?;
    }
    connection.batch_execute("DROP TABLE temp.used")
}

/// Removes the file of an embedded database if no program has it open and if `is_old` returns true
/// once nobody else can read or write it. Returns whether there is no such file now.
pub fn discard(path: &Path, is_old: impl Fn(&mut Db) -> bool) -> Result<bool, DbError> {
    const TRIES: usize = 5;
    for _ in 0..TRIES {
        let found = Identity::of(path).ok();
        let mut db = match Db::open(&Target::Sqlite(path.to_owned())) {
            Ok(db) => db,
            Err(ConnectionProblem::NotSetUp) => return Ok(true),
            // Another program is removing it at this moment.
            Err(ConnectionProblem::Moved) => continue,
            Err(ConnectionProblem::Timeout) => return Ok(false),
            Err(ConnectionProblem::NotADatabase) => {
                for ending in ["-wal", "-shm", ""] {
                    fs::remove_file(part::beside(path, ending)).ok();
                }
                return Ok(true);
            }
            Err(problem) => return Err(unusable(problem)),
        };
        // SQLite lets only a program that is alone with the file turn off the log, and in this
        // locking mode it then admits no other until the connection ends.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE";
        match embedded(&mut db)?.batch_execute(alone).map_err(DbError::from) {
            Ok(()) => {}
            Err(DbError::Unavailable(ConnectionProblem::Timeout)) => return Ok(false),
            Err(_) if found != Identity::of(path).ok() => continue,
            Err(failure) => return Err(failure),
        }
        if !is_old(&mut db) {
            return Ok(false);
        }
        if found.is_some() && found == Identity::of(path).ok() {
            fs::remove_file(path).map_err(|error| unwritable(&error))?;
            return Ok(true);
        }
    }
    Ok(false)
}
