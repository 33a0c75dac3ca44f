//! A disk that is full or breaks: nobody is told "saved" wrongly, nothing is torn, and it
//! goes on without a restart once the disk is well again.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use diesel::prelude::*;
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    schema::clients,
    services::{Reply, Request, upkeep},
    storage::{Db, Target},
};

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine, TestDb,
        world::{PASSWORD, World, client_draft},
    },
};

/// The victim: saves so many clients and says of each what it was told.
#[test]
fn a_writer_that_says_what_it_was_told() {
    let (Ok(url), Ok(saves)) = (std::env::var("FAULT_URL"), std::env::var("FAULT_SAVES")) else { return };
    let db = TestDb::at(url);
    let mut services = services(&db);
    let sign_in = Request::SignIn { login: "sales".to_owned(), password: secrecy::SecretString::from(PASSWORD) };
    let session = (0..20).find_map(|_| match services.execute(None, &sign_in, later(60)) {
        Ok(Reply::SignedIn(session)) => Some(session),
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            println!("TOLD - {}", told(&error));
            None
        }
    });
    for number in 0..saves.parse::<usize>().unwrap() {
        let create = Request::CreateClient { draft: client_draft(&format!("Client {number}")), sales_contact: None };
        match services.execute(session.as_deref(), &create, later(60)) {
            Ok(_) => println!("TOLD {number} saved"),
            Err(error) => println!("TOLD {number} {}", told(&error)),
        }
    }
    println!("TOLD - end");
}

/// What a person is told, in one word.
fn told(error: &Error) -> String {
    match error {
        Error::Unavailable(ConnectionProblem::DiskFull) => "full".to_owned(),
        Error::Unavailable(ConnectionProblem::NotAccessible) => "inaccessible".to_owned(),
        Error::OutcomeUnknown => "unknown".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Runs the victim on a copy of the company, with this fault: what it was told.
fn with_fault(company: &Path, fault: &str, saves: usize) -> (TestDb, Vec<(String, String)>) {
    let copy = company.with_file_name("copy.db");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(copy.with_file_name(format!("copy.db{suffix}"))).ok();
    }
    std::fs::copy(company, &copy).unwrap();
    let url = format!("sqlite://{}", copy.display());
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync,fsync", "-e"])
        .arg(format!("inject={fault}"))
        .arg(std::env::current_exe().unwrap())
        .args(["faults::a_writer_that_says_what_it_was_told", "--exact", "--nocapture"])
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
fn a_disk_that_fails_is_told_truly_and_forgiven() {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let path = std::path::PathBuf::from(world.db.url.strip_prefix("sqlite://").unwrap());
    world.connection().batch("PRAGMA wal_checkpoint(TRUNCATE)");
    let step = if rounds(0) == 0 { 75 } else { 1 };
    let (mut runs, mut words) = (0, std::collections::BTreeMap::<String, usize>::new());
    for (call, error, writes_per_save) in [("pwrite64", "ENOSPC", 8), ("pwrite64", "EIO", 8), ("fdatasync", "EIO", 1)] {
        for (number, length) in (1..=300).step_by(step).map(|number| (number, if number % 2 == 0 { 0 } else { 7 })) {
            let fault = format!("{call}:error={error}:when={number}..{}", number + length);
            let saves = (number + length) / writes_per_save + 12;
            let (db, told) = with_fault(&path, &fault, saves);
            check(&db, &told, &fault);
            for (_, what) in told {
                *words.entry(what).or_default() += 1;
            }
            runs += 1;
        }
    }
    words.remove("end");
    figure("12 failing disk", "SQLite", &format!("{runs} faults, told {words:?}, 0 untrue, 0 torn"));
}

fn check(db: &TestDb, told: &[(String, String)], fault: &str) {
    assert_eq!(told.last().map(|(_, what)| what.as_str()), Some("end"), "{fault}: {told:?}");
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let names: Vec<String> = clients::table.select(clients::full_name).load(&mut connection).unwrap();
    for (number, what) in told.iter().filter(|(number, _)| number != "-") {
        let there = names.iter().filter(|name| **name == format!("Client {number}")).count();
        match what.as_str() {
            "saved" => assert_eq!(there, 1, "{fault}: {number} was told saved"),
            "full" | "inaccessible" => assert_eq!(there, 0, "{fault}: {number} was told not saved"),
            "unknown" => assert!(there <= 1, "{fault}: {number}"),
            other => panic!("{fault}: {number} was told {other}"),
        }
    }
    // The last ones went through: the fault was over, and nobody started anew.
    assert_eq!(told[told.len() - 2].1, "saved", "{fault}: {told:?}");
    assert_eq!(connection.check(), ["ok"], "{fault}");
    assert_eq!(upkeep::verify_audit(&db.url, None).unwrap().fault, None, "{fault}");
}

/// What only a test asks of a file.
trait File {
    fn batch(&mut self, sql: &str);
    fn check(&mut self) -> Vec<String>;
}

impl File for Db {
    fn batch(&mut self, sql: &str) {
        diesel::connection::SimpleConnection::batch_execute(self, sql).unwrap();
    }

    fn check(&mut self) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Said {
            #[diesel(sql_type = diesel::sql_types::Text)]
            integrity_check: String,
        }
        let Db::Sqlite(db) = self else { panic!("a file") };
        let said: Vec<Said> = diesel::sql_query("PRAGMA integrity_check").load(db).unwrap();
        said.into_iter().map(|said| said.integrity_check).collect()
    }
}
