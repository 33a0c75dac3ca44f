//! Other programs that read, write, move or replace the database file cause no loss of an acknowledged save.
//!
//! SQLite locks a file with POSIX locks, which a process loses as soon as it closes any descriptor of that
//! file. A process cannot query its own locks, so another process, `python3`, queries them; it also brings a
//! second SQLite.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use epic_events::{
    domain::{
        Error,
        clients::{ClientFilter, ClientSort},
        entity::Query,
        page::{Edge, Listing},
    },
    services::{Reply, Request, Services, SessionRequest, WriteRequest, admin, examine, export::Format},
    storage::{Db, Target},
};
use secrecy::SecretString;

use crate::{
    common::{figure, integrity, later, rounds},
    support::{
        Engine,
        terminal::{ENTER, SAVE, Terminal},
        world::{PASSWORD, World, client_draft, set_up},
    },
};

/// Prints the id of the process that holds SQLite's shared lock on the file; 0 if there is none.
const WHO_HOLDS: &str = "
import fcntl, os, struct, sys
file = os.open(sys.argv[1], os.O_RDWR)
shared_bytes = struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0x40000002, 510, 0)
kind, _, _, _, holder = struct.unpack('hhqqi4x', fcntl.fcntl(file, fcntl.F_GETLK, shared_bytes))
print(0 if kind == fcntl.F_UNLCK else holder)
";

const READ: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
print(db.execute('SELECT count(*) FROM clients').fetchone()[0])
db.close()
";

const WRITE: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
name = sys.argv[2]
db.execute('''INSERT INTO clients (full_name, company_name, phone, sales_contact_id, name_key, company_key, search,
    created_at, updated_at) VALUES (?, 'Elsewhere', '123456', (SELECT id FROM users WHERE username = 'sales'), ?, 'elsewhere', ?,
    '2026-11-21 09:00:00', '2026-11-21 09:00:00')''', (name, name, name))
db.commit()
db.close()
";

/// Prints the other SQLite's integrity check of the file, then the name of every client.
const LOOK: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
print(' '.join(row[0] for row in db.execute('PRAGMA integrity_check')))
for row in db.execute('SELECT full_name FROM clients ORDER BY id'):
    print(row[0])
";

fn python(script: &str, arguments: &[&str]) -> Vec<String> {
    let output = Command::new("python3").args(["-c", script]).args(arguments).output();
    let output = output.expect("python3: tests/run installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn path(world: &World) -> PathBuf {
    world.db.url.strip_prefix("sqlite://").unwrap().into()
}

fn holder(path: &Path) -> i32 {
    python(WHO_HOLDS, &[path.to_str().unwrap()])[0].parse().unwrap()
}

/// Replaces the services by new ones that have no connection yet.
fn disconnect(world: &mut World) {
    world.services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
}

fn fill_in_a_client(terminal: &mut Terminal, name: &str) {
    terminal.press(":").see(&["Go to, or do"]).press("new client\r").see(&["New client"]);
    terminal.field(name).field("Cool Startup").field("").press("+678 123 456").see(&[name, "+678 123 456"]);
}

#[test]
fn other_programs_that_use_the_file_cause_no_lost_save() {
    let rounds = rounds(4);
    let mut world = World::new(Engine::Sqlite);
    // Only the program under test may hold the file open.
    disconnect(&mut world);
    let (path, home) = (path(&world), tempfile::tempdir().unwrap());
    let file = path.to_str().unwrap();
    let mut terminal = Terminal::start(home.path(), &world.db.url, &[]);
    let t = &mut terminal;
    t.see(&["Username"]).field("sales").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        assert_eq!(python(READ, &[file]), [acknowledged.len().to_string()], "round {round}");
        let name = format!("Program {round}");
        fill_in_a_client(t, &name);
        t.press(SAVE).see(&["is a client now."]);
        acknowledged.push(name);
        let name = format!("Other program {round}");
        python(WRITE, &[file, &name]);
        acknowledged.push(name);
        let name = format!("Other of ours {round}");
        let create = Request::Write(WriteRequest::CreateClient {
            draft: client_draft(&name),
            sales_contact: Some(world.sales.actor.id),
        });
        let manager = world.manager.clone();
        assert!(matches!(world.ask(Some(&manager), &create), Ok(Reply::Saved { .. })));
        disconnect(&mut world);
        acknowledged.push(name);
    }
    assert_eq!(holder(&path), t.process().as_raw_nonzero().get(), "the program holds the file");
    t.press("q");
    assert_eq!(terminal.end().0, 0);
    let mut found = python(LOOK, &[file]);
    assert_eq!(found.remove(0), "ok");
    assert_eq!(found, acknowledged);
    assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
    let figures = format!("{rounds} rounds, {} saves by three programs, 0 lost, the file whole", found.len());
    figure("20 other programs on the file", Engine::Sqlite.name(), &figures);
}

/// Something that the program does, with its name for messages.
type Action<'a> = (&'a str, &'a dyn Fn(&mut World));

/// Tries every action that opens the file, in a process that has it open already.
#[test]
fn no_action_of_the_program_releases_its_lock_on_the_file() {
    let mut world = World::new(Engine::Sqlite);
    world.records();
    let (path, url, folder) = (path(&world), world.db.url.clone(), tempfile::tempdir().unwrap());
    let target = Target::parse(&url).unwrap();
    let copy = folder.path().join("copy.db");
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let by_link = format!("sqlite://{}", link.display());
    let own = i32::try_from(std::process::id()).unwrap();
    assert_eq!(holder(&path), own);
    let manager = world.manager.clone();
    let filter = ClientFilter::default();
    let all = Listing { filter, sort: ClientSort::Name, descending: false, edge: Edge::Start, limit: 200 };
    let export = Request::Export { query: Query::Client(all), format: Format::Csv };
    let test_connection = Request::Session(SessionRequest::TestConnection { url: SecretString::from(url.clone()) });
    let actions: [Action; 12] = [
        ("opening", &|_| drop(Db::open(&target).unwrap())),
        ("creating", &|_| drop(Db::create(&target).unwrap())),
        ("opening by a link", &|_| drop(Db::create(&Target::parse(&by_link).unwrap()).unwrap())),
        ("doctor", &|_| assert!(examine(&url).is_set_up())),
        ("testing the connection", &|world| drop(world.ask(None, &test_connection))),
        ("setting up again", &|world| drop(world.ask(None, &set_up(&url)))),
        ("checking the log", &|_| assert_eq!(admin::verify_audit(&url, None).unwrap().fault, None)),
        ("a backup", &|_| admin::backup(&url, &copy).unwrap()),
        ("a backup onto itself", &|_| assert!(admin::backup(&url, &path).is_err())),
        ("an export", &|world| drop(world.ask(Some(&manager), &export).unwrap())),
        ("a way back", &|_| drop(admin::restore(&url, &copy, "test").unwrap())),
        ("a way back of what is no backup", &|_| assert!(admin::restore(&url, folder.path(), "test").is_err())),
    ];
    for (name, action) in actions {
        action(&mut world);
        assert_eq!(holder(&path), own, "after {name}");
    }
}

/// What may happen to the file of a running program, and how it is undone.
type Mishap = (&'static str, fn(&Path), Option<fn(&Path)>);

fn mishaps() -> [Mishap; 5] {
    fn beside(path: &Path, ending: &str) -> PathBuf {
        PathBuf::from(format!("{}{ending}", path.display()))
    }
    fn remove_all(path: &Path) {
        for ending in ["", "-wal", "-shm"] {
            fs::remove_file(beside(path, ending)).unwrap();
        }
    }
    fn away(path: &Path) {
        fs::rename(path, beside(path, ".away")).unwrap();
    }
    fn back(path: &Path) {
        fs::rename(beside(path, ".away"), path).unwrap();
    }
    fn replace(path: &Path) {
        let copy = beside(path, ".copy");
        assert!(Command::new("cp").args([path, &copy]).status().unwrap().success());
        away(path);
        fs::rename(copy, path).unwrap();
    }
    [
        ("removed", |path| fs::remove_file(path).unwrap(), None),
        ("removed with its log", remove_all, None),
        ("moved away", away, Some(back)),
        ("replaced by a copy", replace, Some(back)),
        ("its log removed", |path| fs::remove_file(beside(path, "-wal")).unwrap(), None),
    ]
}

#[test]
fn a_removed_moved_or_replaced_file_is_not_written_to() {
    for (what, mishap, undo) in mishaps() {
        let mut world = World::new(Engine::Sqlite);
        let (path, manager) = (path(&world), world.manager.clone());
        let owner = Some(world.sales.actor.id);
        world.client_of(world.sales.actor.id, "Before");
        mishap(&path);
        let create =
            |name: &str| Request::Write(WriteRequest::CreateClient { draft: client_draft(name), sales_contact: owner });
        for request in [create("Lost"), Request::Session(SessionRequest::Heartbeat), create("Lost too")] {
            let answer = world.ask(Some(&manager), &request);
            assert!(matches!(answer, Err(Error::Unavailable(_))), "{what}: {request:?}: {answer:?}");
        }
        let login = Request::Session(SessionRequest::SignIn {
            login: "sales".to_owned(),
            password: SecretString::from(PASSWORD),
        });
        assert!(world.ask(None, &login).is_err(), "{what}: signing in writes too");
        if let Some(undo) = undo {
            undo(&path);
            world.ask(Some(&manager), &create("After")).unwrap();
            let file = path.to_str().unwrap();
            assert_eq!(python(LOOK, &[file]), ["ok", "Before", "After"], "{what}");
        }
    }
}

/// The file must still be in its place at COMMIT, not only when the transaction begins.
#[test]
fn a_file_moved_during_a_transaction_is_not_written_to() {
    let world = World::new(Engine::Sqlite);
    let (path, mut db) = (path(&world), world.connection());
    let away = path.with_extension("away");
    let written = db.transact(|db| -> Result<(), epic_events::storage::DbError> {
        epic_events::storage::settings::claim_set_up(db, later(1).utc)?;
        fs::rename(&path, &away).unwrap();
        Ok(())
    });
    assert!(written.is_err());
    fs::rename(&away, &path).unwrap();
    db.transact(|_| -> Result<(), epic_events::storage::DbError> { Ok(()) }).unwrap();
    assert_eq!(integrity(&mut db), ["ok"]);
}

#[test]
fn typed_text_stays_when_the_file_is_replaced() {
    let mut world = World::new(Engine::Sqlite);
    disconnect(&mut world);
    let (path, home) = (path(&world), tempfile::tempdir().unwrap());
    let mut terminal = Terminal::start(home.path(), &world.db.url, &[]);
    let t = &mut terminal;
    t.see(&["Username"]).field("sales").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    fill_in_a_client(t, "Kevin Casey");
    let (_, replace, undo) = mishaps().into_iter().find(|(what, ..)| *what == "replaced by a copy").unwrap();
    replace(&path);
    // The heartbeat reports it before the user saves.
    t.see(&["moved or replaced", "Kevin Casey"]);
    t.press(SAVE).see(&["moved or replaced", "Kevin Casey", "+678 123 456"]);
    undo.unwrap()(&path);
    t.press(SAVE).see(&["is a client now.", "Kevin Casey"]).press("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(python(LOOK, &[path.to_str().unwrap()]), ["ok", "Kevin Casey"]);
}
