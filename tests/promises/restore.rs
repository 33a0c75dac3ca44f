//! A restore keeps the previous database, or changes nothing; it accepts only a database of this program; and
//! `doctor` and `audit verify` detect a damaged file.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    schema::clients,
    services::{Reply, Request, WriteRequest, admin},
    storage::{Db, Target},
};

use crate::{
    common::{backup_in, figure, later, rounds, services},
    support::{
        Engine, TestDb,
        terminal::environment,
        world::{World, client_draft},
    },
};

fn path(db: &TestDb) -> PathBuf {
    db.url.strip_prefix("sqlite://").unwrap().into()
}

fn open(path: &Path) -> Db {
    Db::open(&Target::Sqlite(path.to_owned())).unwrap()
}

fn names(path: &Path) -> Vec<String> {
    clients::table.select(clients::full_name).order(clients::id).load(&mut open(path)).unwrap()
}

/// The files in the folder that do not belong to the database.
fn beside(path: &Path) -> Vec<PathBuf> {
    let own = path.file_name().unwrap().to_string_lossy().into_owned();
    let own = [own.clone(), format!("{own}-wal"), format!("{own}-shm")];
    let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| !own.contains(&file.file_name().unwrap().to_string_lossy().into_owned())).collect();
    files.sort();
    files
}

/// A company with one client named `Was there`, on which `sql` was run. No connection to it is open.
fn company(sql: &str) -> TestDb {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Was there");
    world.connection().batch_execute(sql).unwrap();
    world.db
}

#[test]
fn a_restore_keeps_the_previous_database_even_if_it_is_unusable() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    for (what, sql) in [
        ("a company of this program", ""),
        ("tables of a newer program", "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')"),
        ("a company that nobody set up", "UPDATE settings SET value = '' WHERE \"key\" = 'initialised_at'"),
        ("tables of something else", "DROP TABLE __diesel_schema_migrations"),
        (
            "tables with other columns",
            "ALTER TABLE users RENAME COLUMN auth_epoch TO other; ALTER TABLE clients RENAME COLUMN version TO other",
        ),
    ] {
        let db = company(sql);
        let kept = admin::restore(&db.url, &backup, "test").unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let kept = kept.unwrap_or_else(|| panic!("{what}: the previous database was not kept"));
        assert_eq!(names(&kept), ["Was there"], "{what}");
        assert_eq!(names(&path(&db)), ["In the backup"], "{what}");
    }
}

#[test]
fn a_damaged_database_is_moved_aside_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    for page in [1, root_of("clients")] {
        let db = company("PRAGMA wal_checkpoint(TRUNCATE)");
        let bytes = damage(&path(&db), page);
        let kept = admin::restore(&db.url, &backup, "test").unwrap().expect("it is kept");
        assert_eq!(fs::read(&kept).unwrap(), bytes, "page {page}: as it was");
        assert_eq!(names(&path(&db)), ["In the backup"]);
    }
    // An empty database file beside a -wal file: SQLite would take the file for new and delete the -wal file.
    let db = company("");
    let path = path(&db);
    let log = PathBuf::from(format!("{}-wal", path.display()));
    fs::write(&path, "").unwrap();
    fs::write(&log, "the newest saves").unwrap();
    let kept = admin::restore(&db.url, &backup, "test").unwrap().expect("it is kept");
    assert_eq!(fs::read_to_string(format!("{}-wal", kept.display())).unwrap(), "the newest saves");
    assert_eq!(names(&path), ["In the backup"]);
}

/// The number of the root page of a table or index in a new company.
fn root_of(name: &str) -> usize {
    let db = company("");
    let root = diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT rootpage FROM sqlite_schema WHERE name = '");
    let root = diesel::select(root.sql(name).sql("')")).get_result::<i64>(&mut open(&path(&db))).unwrap();
    usize::try_from(root).unwrap()
}

/// Damages one page of a file that is not open. Returns the new content of the file.
fn damage(path: &Path, page: usize) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes[(page - 1) * 4_096..page * 4_096].fill(0xA5);
    fs::write(path, &bytes).unwrap();
    bytes
}

/// Another program, which locks the file until it is released.
struct Holder(std::process::Child);

impl Holder {
    fn of(path: &Path, how: &str) -> Self {
        const SCRIPT: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(';'):
    db.execute(statement).fetchall()
print('held', flush=True)
sys.stdin.readline()
";
        let mut child = Command::new("python3")
            .args(["-c", SCRIPT])
            .arg(path)
            .arg(how)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "held\n");
        Self(child)
    }

    fn release(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_restore_leaves_a_locked_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    for how in ["BEGIN IMMEDIATE", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"] {
        let db = company("");
        let holder = Holder::of(&path(&db), how);
        let answer = admin::restore(&db.url, &backup, "test");
        holder.release();
        assert!(matches!(answer, Err(Error::Unavailable(ConnectionProblem::Timeout))), "{how}: {answer:?}");
        assert_eq!(names(&path(&db)), ["Was there"], "{how}");
        assert_eq!(
            beside(&path(&db)),
            Vec::<PathBuf>::new(),
            "{how}: the database was not replaced, so no copy was kept"
        );
    }
}

/// Every client that is saved during a restore is in the previous database, which is kept, or in the restored
/// one.
#[test]
fn no_save_during_a_restore_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    let rounds = rounds(3);
    let mut saves = 0;
    for _ in 0..rounds {
        let mut world = World::new(Engine::Sqlite);
        world.client_of(world.sales.actor.id, "Before");
        let (stop, begun) = (AtomicBool::new(false), AtomicBool::new(false));
        let (db, manager, sales) = (&world.db, &world.manager, world.sales.actor.id);
        let (kept, acknowledged) = thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut services = services(db);
                let mut acknowledged = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let name = format!("Save {}", acknowledged.len());
                    let request = Request::Write(WriteRequest::CreateClient {
                        draft: client_draft(&name),
                        sales_contact: Some(sales),
                    });
                    if matches!(services.execute(Some(manager), &request, later(60)), Ok(Reply::Saved { .. })) {
                        acknowledged.push(name);
                    }
                    begun.store(true, Ordering::Relaxed);
                }
                acknowledged
            });
            while !begun.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            // The writer leaves no pause, so the restore may find the file locked whenever it looks.
            let busy = |kept: &_| matches!(kept, Err(Error::Unavailable(ConnectionProblem::Timeout)));
            let mut kept = admin::restore(&db.url, &backup, "test");
            while busy(&kept) {
                kept = admin::restore(&db.url, &backup, "test");
            }
            stop.store(true, Ordering::Relaxed);
            (kept.unwrap().unwrap(), writer.join().unwrap())
        });
        let (before, after) = (names(&kept), names(&path(db)));
        for name in &acknowledged {
            assert!(before.contains(name) || after.contains(name), "{name} is in neither database");
        }
        saves += acknowledged.len();
    }
    figure("15 the way back", Engine::Sqlite.name(), &format!("{saves} saves beside {rounds} of them, 0 lost"));
}

#[test]
fn two_restores_in_the_same_second_keep_both_previous_databases() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    let db = company("");
    let first = admin::restore(&db.url, &backup, "20261121-090000").unwrap().unwrap();
    let second = admin::restore(&db.url, &backup, "20261121-090000").unwrap().unwrap();
    assert_eq!((names(&first), names(&second)), (vec!["Was there".to_owned()], vec!["In the backup".to_owned()]));
}

#[test]
fn a_backup_touches_no_other_file() {
    let (db, folder) = (company(""), tempfile::tempdir().unwrap());
    let other = folder.path().join("march.part");
    fs::write(&other, "a book, part one").unwrap();
    admin::backup(&db.url, &folder.path().join("march.db")).unwrap();
    assert_eq!(fs::read_to_string(&other).unwrap(), "a book, part one");
    // A file name may be any bytes, with or without a meaning in a URL or in SQL.
    for name in [&b"m\xe4rz.db"[..], b"it's 100% of?mode=ro#1.db", b"file:x.db"] {
        let file = folder.path().join(OsStr::from_bytes(name));
        admin::backup(&db.url, &file).unwrap();
        assert_eq!(names(&admin::restore(&db.url, &file, "test").unwrap().unwrap()), ["Was there"]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "each backup, and the other file");
}

#[test]
fn only_a_database_of_this_program_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    let changed = |number: usize, sql: &str| {
        let file = folder.path().join(format!("changed-{number}.db"));
        assert!(Command::new("cp").args([&backup, &file]).status().unwrap().success());
        open(&file).batch_execute(sql).unwrap();
        file
    };
    let strange = [
        "CREATE TRIGGER thief AFTER INSERT ON clients BEGIN UPDATE users SET role = 'management'; END",
        "CREATE VIEW everything AS SELECT * FROM users",
        "CREATE TABLE stash (secret TEXT)",
        "CREATE TABLE clients_words_stash (secret TEXT)",
        "CREATE INDEX slow ON clients (notes)",
        "ALTER TABLE users ADD COLUMN clear_password TEXT",
        "DROP TRIGGER audit_is_not_changed; \
         CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit_log BEGIN SELECT 1; END",
        "DROP TABLE unknown_logins",
        "PRAGMA foreign_keys = OFF; UPDATE contracts SET client_id = 99; DELETE FROM users WHERE id > 1",
    ];
    for (number, sql) in strange.into_iter().enumerate() {
        let db = company("");
        let answer = admin::restore(&db.url, &changed(number, sql), "test");
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{sql}: {answer:?}");
        assert_eq!((names(&path(&db)), beside(&path(&db))), (vec!["Was there".to_owned()], Vec::new()), "{sql}");
    }
    // Missing triggers and indexes are recreated, since this program defines them.
    let without = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER contracts_stay_signed; DROP INDEX clients_by_name";
    let db = company("");
    admin::restore(&db.url, &changed(99, without), "test").unwrap();
    let mut restored = open(&path(&db));
    let told = restored.batch_execute("UPDATE audit_log SET actor_name = 'x'").unwrap_err().to_string();
    assert!(told.contains("the audit log is not changed"), "{told}");
    assert_eq!(schema(&mut restored), schema(&mut World::new(Engine::Sqlite).connection()));
}

fn schema(db: &mut Db) -> Vec<String> {
    let all = diesel::dsl::sql::<diesel::sql_types::Text>(
        "COALESCE(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
    );
    diesel::select(all).load(db).unwrap()
}

/// Damages a page of an index that neither the audit log nor a sign-in reads.
#[test]
fn doctor_and_audit_verify_detect_a_damaged_page() {
    let db = company("PRAGMA wal_checkpoint(TRUNCATE)");
    let (path, home) = (path(&db), tempfile::tempdir().unwrap());
    let tell = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_epic-events"));
        program.args(arguments).env_clear().envs(environment(home.path(), &db.url)).current_dir(home.path());
        let output = program.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let commands: [&[&str]; 2] = [&["doctor"], &["audit", "verify"]];
    for command in commands {
        assert_eq!(tell(command).0, 0, "{command:?} of a whole file");
    }
    damage(&path, root_of("events_by_location"));
    for command in commands {
        let (code, said) = tell(command);
        assert!(code == 3 && said.contains("damaged"), "{command:?}: {code} {said}");
    }
}
