//! A copy of the embedded database, and the way back. Both may be done while the program
//! runs elsewhere: the copy is of one moment, and the way back is one transaction.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};

use super::{
    Db, Failure, Target,
    migrate::{self, Level},
    part::{self, Part},
    place::Identity,
};
use crate::domain::error::ConnectionProblem;

/// A table, index, view or trigger, with the text that made it.
#[derive(QueryableByName, PartialEq, Eq)]
struct Object {
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
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
        Db::Mysql(_) => Err(unusable(ConnectionProblem::NotEmbedded)),
    }
}

fn unusable(problem: ConnectionProblem) -> Failure {
    Failure::Unavailable(problem)
}

fn unwritable(error: &io::Error) -> Failure {
    unusable(match error.kind() {
        io::ErrorKind::AlreadyExists => ConnectionProblem::FileExists,
        io::ErrorKind::StorageFull => ConnectionProblem::DiskFull,
        _ => ConnectionProblem::NotAccessible,
    })
}

/// Copies the database into a file that does not exist yet, and makes sure that the copy
/// is whole before it gets its name.
pub fn backup(db: &mut Db, file: &Path) -> Result<(), Failure> {
    let connection = embedded(db)?;
    if file.symlink_metadata().is_ok() {
        return Err(unusable(ConnectionProblem::FileExists));
    }
    let copy = copy(connection, file)?;
    check(copy.path())?;
    copy.name(file).map_err(|error| unwritable(&error))
}

/// Everything of one moment, in a file that may get this name.
fn copy(connection: &mut SqliteConnection, file: &Path) -> Result<Part, Failure> {
    let (copy, opened) = Part::beside(file).map_err(|error| unwritable(&error))?;
    // Before SQLite opens it.
    drop(opened);
    connection.batch_execute(&format!("VACUUM INTO '{}'", part::uri(copy.path())))?;
    Ok(copy)
}

/// Whether the file is damaged anywhere, also where nobody has looked for long, and no record
/// points to one that is missing. A server looks after its own files.
pub fn check_file(db: &mut Db) -> Result<(), Failure> {
    let Db::Sqlite(connection) = db else { return Ok(()) };
    let question = "SELECT integrity_check AS said FROM pragma_integrity_check WHERE integrity_check <> 'ok' \
                    UNION ALL SELECT \"table\" FROM pragma_foreign_key_check LIMIT 10";
    let faults: Vec<Said> = sql_query(question).load(connection)?;
    for Said { said } in &faults {
        tracing::error!(fault = said, "the database file is damaged");
    }
    if faults.is_empty() { Ok(()) } else { Err(unusable(ConnectionProblem::NotADatabase)) }
}

/// Whether a file is a whole database of a company that this program can use. It is not written
/// to, and may stand where nothing can be.
fn check(file: &Path) -> Result<Db, Failure> {
    let mut db = Db::look(&Target::Sqlite(file.to_owned())).map_err(Failure::Unavailable)?;
    check_file(&mut db)?;
    match migrate::level(&mut db)? {
        Level::Current | Level::Behind if super::settings::is_set_up(&mut db)? => Ok(db),
        Level::Ahead => Err(unusable(ConnectionProblem::SchemaTooNew)),
        _ => Err(unusable(ConnectionProblem::NotSetUp)),
    }
}

/// What the tables, indexes, views and triggers are, in the order in which they were made;
/// without those that SQLite and its full-text tables keep for themselves.
fn objects(connection: &mut SqliteConnection) -> Result<Vec<Object>, Failure> {
    let question = "SELECT type AS kind, name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' \
                    AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') \
                    ORDER BY rowid";
    Ok(sql_query(question).load(connection)?)
}

/// What this program's migrations make of an empty database, as far as this backup's went. A
/// backup that holds anything else is refused. Indexes and triggers may be missing, since they
/// are made anew.
fn own_schema(backup: &mut Db) -> Result<Vec<Object>, Failure> {
    let own = objects(embedded(&mut migrate::like(backup)?)?)?;
    let found = objects(embedded(backup)?)?;
    let strange = found.iter().find(|object| !own.contains(object));
    let missing = own.iter().find(|object| object.kind == "table" && !found.contains(object));
    match strange.or(missing) {
        Some(object) => Err(unusable(ConnectionProblem::NotOurTables(object.name.clone()))),
        None => Ok(own),
    }
}

/// Puts everything of a backup in the place of everything that is there, in one transaction:
/// programs that are open see the one or the other, with tables of this program's time. What was
/// there is kept beside it, in a file with `stamp` in its name, or nothing is done. Returns where
/// it is kept, if there was anything.
pub fn restore(target: &Target, file: &Path, stamp: &str) -> Result<Option<PathBuf>, Failure> {
    let Target::Sqlite(path) = target else { return Err(unusable(ConnectionProblem::NotEmbedded)) };
    if Identity::of(path).is_ok_and(|own| Identity::of(file).is_ok_and(|found| found == own)) {
        return Err(unusable(ConnectionProblem::SameFile));
    }
    let schema = own_schema(&mut check(file)?)?;
    match path.metadata() {
        Err(_) => {}
        // SQLite would take an empty file for a new database, and throw its log away.
        Ok(found) if found.len() == 0 && part::beside(path, "-wal").exists() => {}
        Ok(_) => {
            let opened = Db::open(target).map_err(Failure::Unavailable);
            match opened.and_then(|mut db| replace(&mut db, file, &schema, Some((path, stamp)))) {
                Err(Failure::Unavailable(ConnectionProblem::NotADatabase)) => {}
                done => return done,
            }
        }
    }
    put_in_place(&part::real(path), file, &schema, stamp)
}

/// Makes a new database of the backup and gives it this name, where there is none or one that
/// SQLite cannot read. That one is put aside only once the new one is whole.
fn put_in_place(path: &Path, file: &Path, schema: &[Object], stamp: &str) -> Result<Option<PathBuf>, Failure> {
    part::make_folder_of(path).map_err(|error| unwritable(&error))?;
    let (new, opened) = Part::beside(path).map_err(|error| unwritable(&error))?;
    // Before SQLite opens it.
    drop(opened);
    let mut db = Db::open(&Target::Sqlite(new.path().to_owned())).map_err(Failure::Unavailable)?;
    replace(&mut db, file, schema, None)?;
    // Everything in the one file, since a log beside it would not get its new name.
    embedded(&mut db)?.batch_execute("PRAGMA journal_mode = DELETE")?;
    drop(db);
    let kept = put_aside(path, stamp)?;
    new.name(path).map_err(|error| {
        if let Some(kept) = &kept
            && let Err(error) = rename_all(kept, path)
        {
            tracing::error!(%error, "what was put aside could not be put back");
        }
        unwritable(&error)
    })?;
    Ok(kept)
}

/// The names under which what was there may be kept.
fn kept_names(path: &Path, stamp: &str) -> impl Iterator<Item = PathBuf> {
    let name = path.with_extension(format!("before-restore-{stamp}"));
    let folder = name.parent().unwrap_or(Path::new("")).to_owned();
    part::numbered(folder, name.file_name().unwrap_or_default().to_string_lossy().into_owned(), "db")
}

/// A database and what may be beside it. The database last: while it is there, nobody takes the
/// place for an empty one.
const FILES: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// Gives a file that SQLite cannot read another name, together with its log; SQLite would take a
/// log that stayed alone for one of the database that comes. Programs that have the file open
/// write to it no more. Returns the name, if there was anything.
fn put_aside(path: &Path, stamp: &str) -> Result<Option<PathBuf>, Failure> {
    let is_there = |path: &Path| FILES.iter().any(|end| part::beside(path, end).symlink_metadata().is_ok());
    if !is_there(path) {
        return Ok(None);
    }
    let kept = kept_names(path, stamp).find(|name| !is_there(name));
    let kept = kept.ok_or(unusable(ConnectionProblem::FileExists))?;
    rename_all(path, &kept).map_err(|error| unwritable(&error))?;
    Ok(Some(kept))
}

/// Renames a database with what is beside it: all of it, or nothing.
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

/// Replaces everything by what the backup holds, and brings that up to date. `keep` says beside
/// which file, and with what stamp, what was there is kept.
fn replace(
    db: &mut Db,
    file: &Path,
    schema: &[Object],
    keep: Option<(&Path, &str)>,
) -> Result<Option<PathBuf>, Failure> {
    let attach = format!("PRAGMA foreign_keys = OFF; ATTACH DATABASE '{}' AS backup", part::uri_to_read(file));
    embedded(db)?.batch_execute(&attach)?;
    let done = db.transact(|db| {
        // Nobody else writes from here on: the copy is what is replaced, to the last save.
        let copy = keep.map(|(path, stamp)| {
            let mut beside = Db::open(&Target::Sqlite(path.to_owned())).map_err(Failure::Unavailable)?;
            Ok::<_, Failure>((copy(embedded(&mut beside)?, path)?, kept_names(path, stamp)))
        });
        let copy = copy.transpose()?;
        replace_all(embedded(db)?, schema)?;
        migrate::migrate_within(db)?;
        copy.map(|(copy, names)| copy.name_first(names).map_err(|error| unwritable(&error))).transpose()
    });
    embedded(db)?.batch_execute("DETACH DATABASE backup; PRAGMA foreign_keys = ON").ok();
    done
}

/// The rows are the backup's; what they stand in is made anew, so that no rule of this
/// program is missing and nothing of a stranger's is there.
fn replace_all(connection: &mut SqliteConnection, schema: &[Object]) -> Result<(), diesel::result::Error> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    // What belongs to a full-text table goes with it.
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
    // Numbers that were given once are not given again.
    connection.batch_execute(
        "DELETE FROM main.sqlite_sequence; INSERT INTO main.sqlite_sequence SELECT * FROM backup.sqlite_sequence",
    )?;
    for Object { name, sql, .. } in searched {
        let name = quoted(name);
        connection.batch_execute(&format!("{sql}; INSERT INTO {name} ({name}) VALUES ('rebuild')"))?;
    }
    // The triggers last, or the rules of the tables would be asked about every row.
    for Object { sql, .. } in of("index").chain(of("view")).chain(of("trigger")) {
        connection.batch_execute(sql)?;
    }
    Ok(())
}

/// Removes the file of an embedded database that nobody has open and that `is_old` when nobody
/// else can look or write any more. Says whether there is none now.
pub fn discard(path: &Path, is_old: impl Fn(&mut Db) -> bool) -> Result<bool, Failure> {
    const TRIES: usize = 5;
    for _ in 0..TRIES {
        let found = Identity::of(path).ok();
        let mut db = match Db::open(&Target::Sqlite(path.to_owned())) {
            Ok(db) => db,
            Err(ConnectionProblem::NotSetUp) => return Ok(true),
            // Others are removing it at this moment.
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
        // SQLite lets only the one program that has the file open leave the log, and with this
        // locking it lets nobody in after that, until the connection ends.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE";
        match embedded(&mut db)?.batch_execute(alone).map_err(Failure::from) {
            Ok(()) => {}
            Err(Failure::Unavailable(ConnectionProblem::Timeout)) => return Ok(false),
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
