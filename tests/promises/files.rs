//! Files of the embedded database: the program changes only files of its own companies, a backup can be
//! restored from a read-only folder, a failed restore leaves everything as it was, and open programs keep
//! working after a successful one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    services::{self, ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest, admin, examine, found},
    storage::{Db, Target},
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    common::{backup_in, later, services as connected},
    support::{
        Engine,
        terminal::environment,
        world::{PASSWORD, World, client_draft, set_up},
    },
};

fn path(url: &str) -> PathBuf {
    url.strip_prefix("sqlite://").unwrap().into()
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// The names in a folder, sorted.
fn listed(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// Runs SQL on a file with the SQLite of Python, as another program would.
fn python(file: &Path, sql: &str) {
    let script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.argv[2]); db.close()";
    assert!(Command::new("python3").args(["-c", script]).arg(file).arg(sql).status().unwrap().success());
}

/// Runs the program in a shell, preceded by the shell code `before`. Returns its exit code and all its output.
fn run(before: &str, url: &str, arguments: &[&str]) -> (i32, String) {
    let home = tempfile::tempdir().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{before} exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_epic-events")]).args(arguments);
    let output = shell.env_clear().envs(environment(home.path(), url)).current_dir(home.path()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// Reverts the last migration, so that the tables are those of an older program.
fn make_older(url: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let last = listed(&folder).pop().unwrap();
    let down = fs::read_to_string(folder.join(&last).join("down.sql")).unwrap();
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{}'", &last[..4]);
    Db::open(&Target::parse(url).unwrap()).unwrap().batch_execute(&format!("{down}; {forget}")).unwrap();
}

/// The restore migrates the older backup, so open programs find the tables they expect.
#[test]
fn open_programs_keep_working_after_an_older_backup_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let older = World::new(Engine::Sqlite);
    make_older(&older.db.url);
    let backup = folder.path().join("older.db");
    let mut copy = Db::open(&Target::parse(&older.db.url).unwrap()).unwrap();
    copy.batch_execute(&format!("VACUUM INTO '{}'", backup.display())).unwrap();

    let mut world = World::new(Engine::Sqlite);
    world.records();
    admin::restore(&world.db.url, &backup, "test").unwrap();
    // The services are not reopened, but everybody has to sign in again.
    world.manager = world.sign_in("manager", PASSWORD).unwrap();
    let made = world.records();
    world.manage(&Request::Read(ReadRequest::ViewEvent(made.event)));
    assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
}

/// An older program that was open during the migration must not write rows that lack what the newer program
/// added. On a server the schema is not checked with each write: there the heartbeat detects the change.
#[rstest]
fn open_programs_stop_writing_after_a_newer_program_migrated_the_tables(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    world.records();
    let before = world.state();
    let newer =
        "ALTER TABLE clients ADD COLUMN added TEXT; INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    world.connection().batch_execute(newer).unwrap();
    let (manager, sales) = (world.manager.clone(), world.sales.actor.id);
    let create =
        Request::Write(WriteRequest::CreateClient { draft: client_draft("Too old"), sales_contact: Some(sales) });
    let mut requests = vec![create.clone(), Request::Session(SessionRequest::Heartbeat), create];
    if engine != Engine::Sqlite {
        requests.remove(0);
    }
    for request in requests {
        let answer = world.ask(Some(&manager), &request);
        assert!(matches!(answer, Err(Error::Unavailable(ConnectionProblem::SchemaTooNew))), "{request:?}: {answer:?}");
    }
    assert_eq!(world.state(), before);
}

/// The tests may run as root, who can write everywhere. So a folder takes the name of the file that SQLite
/// would create beside the backup, which makes every attempt to create it fail.
#[test]
fn a_backup_is_restored_from_a_read_only_folder() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    let bytes = fs::read(&backup).unwrap();
    assert_eq!(bytes[18..20], [1, 1], "the rollback-journal format, which needs no -wal file beside it");
    assert_eq!(listed(folder.path()), ["backup.db"]);
    // A backup of an older program, still marked as having a write-ahead log.
    let older = folder.path().join("older.db");
    fs::copy(&backup, &older).unwrap();
    python(&older, "PRAGMA journal_mode = WAL");
    for file in [&backup, &older] {
        let bytes = fs::read(file).unwrap();
        fs::create_dir(format!("{}-shm", file.display())).unwrap();
        let present = listed(folder.path());
        let world = World::new(Engine::Sqlite);
        let kept = admin::restore(&world.db.url, file, "test");
        assert!(matches!(kept, Ok(Some(_))), "{}: {kept:?}", file.display());
        assert_eq!(listed(folder.path()), present);
        assert!(fs::read(file).unwrap() == bytes, "it was changed");
    }
}

/// Something that the program does with a file, with its name for messages.
type Action<'a> = (&'a str, &'a dyn Fn(&str, &Path) -> bool);

/// Every command refuses a database file of another program and leaves it byte for byte as it was.
#[test]
fn a_file_of_another_program_is_never_changed() {
    let folder = tempfile::tempdir().unwrap();
    let company = World::new(Engine::Sqlite);
    let ask = |request: &Request| {
        let mut services = Services::new(Target::parse(&company.db.url).unwrap(), "test".to_owned(), 4);
        services.execute(None, request, later(60))
    };
    let actions: [Action; 9] = [
        ("doctor", &|url, _| !examine(url).is_set_up()),
        ("looking for a company", &|url, _| found(url).is_err()),
        ("testing the connection", &|url, _| {
            ask(&Request::Session(SessionRequest::TestConnection { url: SecretString::from(url) })).is_err()
        }),
        ("restoring it", &|_, file| admin::restore(&company.db.url, file, "test").is_err()),
        ("checking its log", &|url, _| admin::verify_audit(url, None).is_err()),
        ("a backup of it", &|url, _| admin::backup(url, &folder.path().join("copy.db")).is_err()),
        ("bringing it up to date", &|url, _| services::migrate(url, false).is_err()),
        ("setting up in it", &|url, _| ask(&set_up(url)).is_err()),
        ("opening it", &|url, _| {
            let target = Target::parse(url).unwrap();
            Services::new(target, "test".to_owned(), 4).connect().is_err()
        }),
    ];
    for (number, (what, action)) in actions.iter().enumerate() {
        for table in ["notes", "users"] {
            let beside = folder.path().join(format!("{number}-{table}"));
            fs::create_dir(&beside).unwrap();
            let file = beside.join("other.db");
            python(&file, &format!("CREATE TABLE {table} (words TEXT); INSERT INTO {table} VALUES ('theirs')"));
            let bytes = fs::read(&file).unwrap();
            assert!(action(&url(&file), &file), "{what}: a file with {table} was accepted");
            assert!(fs::read(&file).unwrap() == bytes, "{what}: a file with {table} was changed");
            assert_eq!(listed(&beside), ["other.db"], "{what}");
        }
    }
    let file = folder.path().join("0-notes/other.db");
    let init = ["--init", "--non-interactive", "--username", "boss", "--full-name", "Marta Olsen", "--password-stdin"];
    let (code, said) = run("echo a password of their own |", &url(&file), &init);
    assert!(code == 3 && said.contains("another program") && said.contains("\"notes\""), "{code} {said}");
}

/// `doctor` and the start of the program only read the file, even one in another journal mode.
#[test]
fn examining_a_database_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    python(&backup, "PRAGMA journal_mode = DELETE");
    let bytes = fs::read(&backup).unwrap();
    assert!(examine(&url(&backup)).is_set_up());
    assert!(found(&url(&backup)).is_ok());
    assert!(fs::read(&backup).unwrap() == bytes, "it was changed");
    assert_eq!(listed(folder.path()), ["backup.db"]);
}

/// There is no room for the restored file, so the damaged one stays in its place.
#[test]
fn a_failed_restore_leaves_the_damaged_file_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let backup = backup_in(folder.path());
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("company.db");
    fs::write(&file, "not a database at all").unwrap();
    // No file may grow past 40 KiB. The signal for this is ignored, so writes fail with an error instead.
    let (code, said) = run("trap '' XFSZ; ulimit -f 40;", &url(&file), &["restore", backup.to_str().unwrap()]);
    assert_eq!(code, 3, "{said}");
    assert_eq!(listed(place.path()), ["company.db"], "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a database at all");
    // With enough room, the damaged file is moved aside.
    let (code, said) = run("", &url(&file), &["restore", backup.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(listed(place.path()).len(), 2, "{said}");
}

#[test]
fn a_database_is_not_restored_onto_itself() {
    let world = World::new(Engine::Sqlite);
    let (file, url) = (path(&world.db.url), world.db.url.clone());
    let link = file.with_extension("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for name in [&file, &link] {
        let (code, said) = run("", &url, &["restore", name.to_str().unwrap()]);
        assert!(code == 3 && said.contains("the database itself"), "{code} {said}");
    }
    assert_eq!(admin::verify_audit(&url, None).unwrap().fault, None);
    let mut services = connected(&world.db);
    assert!(matches!(
        services.execute(Some(&world.manager), &Request::Session(SessionRequest::Heartbeat), later(60)),
        Ok(Reply::Alive { .. })
    ));
}
