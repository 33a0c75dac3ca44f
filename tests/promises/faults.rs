//! When the disk is full or fails, the program never reports "saved" wrongly, the file stays intact, and saving
//! works again without a restart once the fault is over.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    schema::clients,
    services::{Reply, Request, SessionRequest, WriteRequest, admin},
    storage::{Db, Target},
};

use crate::{
    common::{figure, integrity, later, rounds, services},
    support::{
        Engine, TestDb,
        terminal::{ENTER, SAVE, Terminal},
        world::{PASSWORD, World, client_draft},
    },
};

/// A child process that saves a number of clients and prints what the program reported for each.
#[test]
fn child_process_that_reports_each_save() {
    let (Ok(url), Ok(saves)) = (std::env::var("FAULT_URL"), std::env::var("FAULT_SAVES")) else { return };
    let db = TestDb::at(url);
    let mut services = services(&db);
    let sign_in = Request::Session(SessionRequest::SignIn {
        login: "sales".to_owned(),
        password: secrecy::SecretString::from(PASSWORD),
    });
    let session = (0..20).find_map(|_| match services.execute(None, &sign_in, later(60)) {
        Ok(Reply::SignedIn(session)) => Some(session),
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            println!("TOLD - {}", told(&error));
            None
        }
    });
    for number in 0..saves.parse::<usize>().unwrap() {
        let create = Request::Write(WriteRequest::CreateClient {
            draft: client_draft(&format!("Client {number}")),
            sales_contact: None,
        });
        match services.execute(session.as_deref(), &create, later(60)) {
            Ok(_) => println!("TOLD {number} saved"),
            Err(error) => println!("TOLD {number} {}", told(&error)),
        }
    }
    println!("TOLD - end");
}

/// The reported error, in one word.
fn told(error: &Error) -> String {
    match error {
        Error::Unavailable(ConnectionProblem::DiskFull) => "full".to_owned(),
        Error::Unavailable(ConnectionProblem::NotAccessible) => "inaccessible".to_owned(),
        Error::OutcomeUnknown => "unknown".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Runs the child process on a copy of the database with an injected fault. Returns the reported outcomes.
fn with_fault(company: &Path, copy: &Path, fault: &str, saves: usize) -> (TestDb, Vec<(String, String)>) {
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", copy.display())).ok();
    }
    // `cp` makes the copy, because this process would lose SQLite's locks on the file if it opened and closed
    // it.
    assert!(Command::new("cp").args([company, copy]).status().unwrap().success());
    let url = format!("sqlite://{}", copy.display());
    let output = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync,fsync", "-e"])
        .arg(format!("inject={fault}"))
        .arg(std::env::current_exe().unwrap())
        .args(["faults::child_process_that_reports_each_save", "--exact", "--nocapture"])
        .env("FAULT_URL", &url)
        .env("FAULT_SAVES", saves.to_string())
        .stderr(Stdio::null())
        .output()
        .expect("strace: tests/run installs it");
    let text = String::from_utf8(output.stdout).unwrap();
    let told = text.lines().filter_map(|line| line.split_once("TOLD ")?.1.split_once(' '));
    (TestDb::at(url), told.map(|(number, what)| (number.to_owned(), what.to_owned())).collect())
}

#[test]
fn disk_failures_are_reported_truthfully_and_recovered_from() {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let path = std::path::PathBuf::from(world.db.url.strip_prefix("sqlite://").unwrap());
    world.connection().batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let step = if rounds(0) == 0 { 75 } else { 1 };
    let kinds = [("pwrite64", "ENOSPC", 8), ("pwrite64", "EIO", 8), ("fdatasync", "EIO", 1)];
    let faults = kinds.iter().flat_map(|kind| (1..=300).step_by(step).map(move |number| (kind, number)));
    let faults: Vec<_> = faults.collect();
    // The runs mostly wait for the disk and for strace, so two of them run at a time.
    let half = |rest: usize| {
        let mut words = BTreeMap::<String, usize>::new();
        let copy = path.with_file_name(format!("copy{rest}.db"));
        for ((call, error, writes_per_save), number) in faults.iter().skip(rest).step_by(2) {
            let length = if number % 4 < 2 { 0 } else { 7 };
            let fault = format!("{call}:error={error}:when={number}..{}", number + length);
            let saves = (number + length) / writes_per_save + 12;
            let (db, told) = with_fault(&path, &copy, &fault, saves);
            check(&db, &told, &fault);
            for (_, what) in told {
                *words.entry(what).or_default() += 1;
            }
        }
        words
    };
    let mut words = thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut words = half(0);
        for (word, times) in other.join().unwrap() {
            *words.entry(word).or_default() += times;
        }
        words
    });
    words.remove("end");
    let runs = faults.len();
    figure("12 failing disk", "SQLite", &format!("{runs} faults, told {words:?}, 0 untrue, 0 torn"));
}

fn check(db: &TestDb, told: &[(String, String)], fault: &str) {
    assert_eq!(told.last().map(|(_, what)| what.as_str()), Some("end"), "{fault}: {told:?}");
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let names: Vec<String> = clients::table.select(clients::full_name).load(&mut connection).unwrap();
    for (number, what) in told.iter().filter(|(number, _)| number != "-") {
        let there = names.iter().filter(|name| **name == format!("Client {number}")).count();
        match what.as_str() {
            "saved" => assert_eq!(there, 1, "{fault}: {number} was reported as saved"),
            "full" | "inaccessible" => assert_eq!(there, 0, "{fault}: {number} was reported as not saved"),
            "unknown" => assert!(there <= 1, "{fault}: {number}"),
            other => panic!("{fault}: {number} was reported as {other}"),
        }
    }
    // The last saves succeeded: the fault was over, and the child process was not restarted.
    assert_eq!(told[told.len() - 2].1, "saved", "{fault}: {told:?}");
    assert_eq!(integrity(&mut connection), ["ok"], "{fault}");
    assert_eq!(admin::verify_audit(&db.url, None).unwrap().fault, None, "{fault}");
}

/// Saving works although the log file cannot be written, because the disk is full or the log folder cannot be
/// made.
#[test]
fn an_unwritable_log_file_blocks_no_save() {
    let world = World::new(Engine::Sqlite);
    for (number, full) in [true, false].into_iter().enumerate() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state");
        std::fs::create_dir_all(&folder).unwrap();
        if full {
            // Every write to /dev/full fails as on a full disk.
            std::fs::create_dir(folder.join("epic-events")).unwrap();
            let today = chrono::Utc::now().date_naive();
            for day in [today, today + chrono::Days::new(1)] {
                let name = format!("epic-events/epic-events.{day}.log");
                std::os::unix::fs::symlink("/dev/full", folder.join(name)).unwrap();
            }
        } else {
            std::fs::write(folder.join("epic-events"), "no folder").unwrap();
        }
        let mut terminal = Terminal::start(home.path(), &world.db.url, &[]);
        let t = &mut terminal;
        t.see(&["Username"]).field("sales").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
        t.press(":").see(&["Go to, or do"]).press("new client\r").see(&["New client"]);
        t.field(&format!("Client {number}")).field("Cool Startup").field("").press("+678 123 456").press(SAVE);
        t.see(&["is a client now."]).press("q");
        assert_eq!(terminal.end().0, 0);
        if full {
            let mut logs = std::fs::read_dir(folder.join("epic-events")).unwrap().map(Result::unwrap);
            assert!(logs.all(|log| log.file_type().unwrap().is_symlink()), "the log was not written to /dev/full");
        }
    }
    let stored: i64 = clients::table.count().get_result(&mut world.connection()).unwrap();
    assert_eq!(stored, 2);
    figure("12 log", "SQLite", "a full disk, no folder: saved all the same");
}
