//! An interrupted migration is completed by the next run, and the tables are then the same as those of a new
//! database.

use std::{fmt::Write, path::Path, process::Command, thread};

use chrono::NaiveDate;
use diesel::{connection::SimpleConnection, migration::CREATE_MIGRATIONS_TABLE, prelude::*};
use epic_events::{
    schema::{clients, payments},
    storage::{Db, Target, migrate},
};
use rstest::rstest;
use rustix::process::Signal;

use crate::{
    common::{figure, rounds},
    support::{Engine, Server, TestDb, server},
};

/// Rows that an older program had stored when only the first migration existed.
const COMPANY: &str = "INSERT INTO users (id, username, full_name, name_key, role, password_hash, search, created_at, updated_at) \
     VALUES (7, 'bill', 'Bill Boquet', 'bill boquet', 'sales', 'x', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
     INSERT INTO clients (id, full_name, company_name, phone, sales_contact_id, notes, search, created_at, updated_at) \
     VALUES (1, 'Kevin Casey', 'Cool Startup LLC', '+678', 7, '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
     UPDATE clients SET email = 'KEVIN@straße.example' WHERE id = 1; \
     INSERT INTO contracts (id, client_id, total_cents, due_cents, signed_at, notes, archived_at, created_at, updated_at) \
     VALUES (1, 1, 1000, 400, '2026-02-03 10:00:00', '', NULL, '2026-01-01 00:00:00', '2026-03-01 00:00:00'), \
            (2, 1, 1000, 1000, NULL, '', NULL, '2026-01-01 00:00:00', '2026-01-01 00:00:00'), \
            (3, 1, 1000, 0, NULL, '', '2026-03-01 00:00:00', '2026-01-02 00:00:00', '2026-03-01 00:00:00');";
/// What the program writes after the migration that adds payments.
const PAID: &str = "INSERT INTO payments (contract_id, amount_cents, paid_on, method, notes, client_key, search, client_search, \
     created_at, updated_at) SELECT id, total_cents - due_cents, COALESCE(signed_at, created_at), 'opening', '', client_key, '', \
     search, created_at, created_at FROM contracts WHERE due_cents < total_cents;";
/// The client's address with its case folded.
const KEY: &str = "kevin@strasse.example";

/// Of each contract of which something was paid there is one payment, of that amount.
fn check_payments(db: &mut Db, told: &str) {
    let columns =
        (payments::contract_id, payments::amount_cents, payments::paid_on, payments::method, payments::client_search);
    let found: Vec<(i64, i64, NaiveDate, String, String)> =
        payments::table.order(payments::contract_id).select(columns).load(db).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|(of, amount, day, method, words)| {
            assert!(words.contains("kevin casey"), "{told}: {words}");
            (*of, *amount, day.to_string(), method.as_str())
        })
        .collect();
    let day = |text: &str| text.to_owned();
    assert_eq!(found, [(1, 600, day("2026-02-03"), "opening"), (3, 1000, day("2026-01-02"), "opening")], "{told}");
}

/// Versions and statements of the migrations for an engine.
pub(super) fn migrations(engine: &str) -> Vec<(String, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let statements = |path: &Path| {
        let text = std::fs::read_to_string(path.join("up.sql")).unwrap();
        let code: String =
            text.lines().filter(|line| !line.starts_with("--")).fold(String::new(), |all, line| all + line + "\n");
        code.split(";\n").map(str::trim).filter(|one| !one.is_empty()).map(|one| format!("{one};")).collect()
    };
    let version = |path: &Path| path.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().to_owned();
    files.iter().map(|path| (version(path), statements(path))).collect()
}

fn open(url: &str) -> Db {
    Db::open(&Target::parse(url).unwrap()).unwrap()
}

/// The schema as the server describes it, and the rows that the migrations insert.
fn described(server: &Server, name: &str) -> Vec<String> {
    let questions = [
        "SELECT trigger_name, action_statement FROM information_schema.triggers \
         WHERE trigger_schema = DATABASE() ORDER BY 1",
        // Every company has its own secret, so only its length is compared.
        "SELECT `key`, IF(`key` = 'login_secret', LENGTH(value), value), version FROM settings ORDER BY 1",
        "SELECT version FROM __diesel_schema_migrations ORDER BY 1",
    ];
    let tables = server.client(&["-BN", name, "-e", "SHOW TABLES"]);
    let made = tables.iter().flat_map(|table| {
        let lines = server.client(&["-BN", name, "-e", &format!("SHOW CREATE TABLE `{table}`")]);
        // The next row number is not part of the schema.
        let plain = |line: String| match line.split_once(" AUTO_INCREMENT=") {
            Some((before, rest)) => format!("{before}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
            None => line,
        };
        lines.into_iter().map(plain).collect::<Vec<_>>()
    });
    let told = questions.iter().flat_map(|question| server.client(&["-BN", name, "-e", question]));
    made.chain(told).collect()
}

/// The schema of a new database.
fn fresh(server: &Server, name: &str) -> Vec<String> {
    let url = server.url(name);
    migrate::migrate(&mut Db::create(&Target::parse(&url).unwrap()).unwrap()).unwrap();
    described(server, name)
}

/// The SQL that leaves a database as a program left it that died after this many statements; and whether it had
/// stored `COMPANY`.
fn left_after(statements: usize) -> (String, bool) {
    let mut left = statements;
    let mut sql = CREATE_MIGRATIONS_TABLE.to_owned();
    let mut has_company = false;
    for (version, all) in migrations("mysql") {
        if version == "0003" && left > 0 {
            // The program fills these columns before it creates the index.
            sql += "UPDATE clients SET sales_key = 'bill boquet'; UPDATE contracts SET search = ' kevin casey';";
        }
        let run = all.len().min(left);
        sql += &all[..run].join("\n");
        left -= run;
        if run < all.len() {
            break;
        }
        if version == "0001" {
            sql += COMPANY;
            has_company = true;
        }
        if version == "0005" {
            // The program fills this column before it records this migration as done.
            write!(sql, "UPDATE clients SET email_key = '{KEY}';").unwrap();
        }
        if version == "0012" {
            // The same for the payments of what was paid before.
            sql += PAID;
        }
        write!(sql, "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');").unwrap();
    }
    (sql, has_company)
}

#[rstest]
fn a_migration_aborted_after_any_statement_is_completed(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server = server(engine);
    let wanted = fresh(server, "migrated");
    let all: usize = migrations("mysql").iter().map(|(_, statements)| statements.len()).sum();
    let step = (all / rounds(6).min(all)).max(1);
    let mut tried = 0;
    for statements in (0..=all).step_by(step) {
        let name = format!("left_{statements}");
        let (sql, has_company) = left_after(statements);
        server.client(&["-e", &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")]);
        server.client(&[&name, "-e", &sql]);
        let url = server.url(&name);
        let mut db = open(&url);
        migrate::migrate(&mut db).unwrap_or_else(|failure| panic!("after {statements}: {failure:?}"));
        assert_eq!(described(server, &name), wanted, "after {statements} statements");
        if has_company {
            let found = clients::table.select((clients::sales_key, clients::email_key.assume_not_null()));
            let found: Vec<(String, String)> = found.load(&mut db).unwrap();
            assert_eq!(found, [("bill boquet".to_owned(), KEY.to_owned())], "after {statements} statements");
            check_payments(&mut db, &format!("after {statements} statements"));
        }
        drop(db);
        server.client(&["-e", &format!("DROP DATABASE {name}")]);
        tried += 1;
    }
    figure(
        "14 migrations",
        engine.name(),
        &format!("died at {tried} points among {all} statements, completed, equal to a new one"),
    );
}

#[rstest]
fn a_migration_interrupted_by_a_server_kill_is_completed_by_the_next_run(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut server = Server::start_with(engine, &["--innodb-flush-log-at-trx-commit=1".to_owned()]);
    let wanted = fresh(&server, "wanted");
    let rounds = rounds(2).min(40);
    let mut interrupted = 0;
    for round in 0..rounds {
        let name = format!("killed_{round}");
        let url = server.url(&name);
        let target = Target::parse(&url).unwrap();
        let outcome = thread::scope(|scope| {
            let migrator = scope.spawn(|| Db::create(&target).is_ok_and(|mut db| migrate::migrate(&mut db).is_ok()));
            while server.client(&["-BN", "-e", &format!("SHOW DATABASES LIKE '{name}'")]).is_empty() {
                thread::park_timeout(std::time::Duration::from_millis(1));
            }
            let moment = 2_000 + u64::try_from(round).unwrap() * 7_919 % 150_000;
            thread::park_timeout(std::time::Duration::from_micros(moment));
            server.signal(Signal::KILL);
            migrator.join().unwrap()
        });
        interrupted += usize::from(!outcome);
        server.start_again();
        migrate::migrate(&mut open(&url)).unwrap();
        assert_eq!(described(&server, &name), wanted);
    }
    assert!(interrupted > 0, "none was interrupted");
    figure("14 killed server", engine.name(), &format!("{interrupted} of {rounds} migrations interrupted, completed"));
}

#[rstest]
fn two_concurrent_migrations_produce_one_schema(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server = server(engine);
    let wanted = fresh(server, "alone");
    for round in 0..rounds(2).min(20) {
        let name = format!("both_{round}");
        let url = server.url(&name);
        let target = Target::parse(&url).unwrap();
        thread::scope(|scope| {
            let one = || migrate::migrate(&mut Db::create(&target).unwrap());
            for migrator in [scope.spawn(one), scope.spawn(one)] {
                migrator.join().unwrap().unwrap();
            }
        });
        assert_eq!(described(server, &name), wanted);
    }
}

/// A child process that migrates the file and prints when it is done.
#[test]
fn child_process_that_migrates() {
    let Ok(url) = std::env::var("MIGRATE_URL") else { return };
    migrate::migrate(&mut open(&url)).unwrap();
    println!("DONE");
}

/// The migration is killed at each write to the file; the next run completes it.
#[test]
fn a_migration_of_a_file_killed_at_any_write_is_completed() {
    let db = TestDb::new(Engine::Sqlite);
    let path = Path::new(db.url.strip_prefix("sqlite://").unwrap());
    let (version, statements) = migrations("sqlite").swap_remove(0);
    let mut old = Db::create(&Target::parse(&db.url).unwrap()).unwrap();
    old.batch_execute(&format!("{CREATE_MIGRATIONS_TABLE};{}", statements.join("\n"))).unwrap();
    old.batch_execute(COMPANY).unwrap();
    old.batch_execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')")).unwrap();
    drop(old);
    let wanted = {
        let db = TestDb::new(Engine::Sqlite);
        migrate::migrate(&mut Db::create(&Target::parse(&db.url).unwrap()).unwrap()).unwrap();
        schema(&mut open(&db.url))
    };
    let step = if rounds(0) == 0 { 29 } else { 1 };
    let mut killed = 0;
    for number in (1..2_000).step_by(step) {
        let copy = path.with_file_name("copy.db");
        for suffix in ["", "-wal", "-shm"] {
            std::fs::remove_file(path.with_file_name(format!("copy.db{suffix}"))).ok();
        }
        // `cp` makes the copy, because this process would lose SQLite's locks on the file if it opened and
        // closed it.
        assert!(Command::new("cp").arg(path).arg(&copy).status().unwrap().success());
        let url = format!("sqlite://{}", copy.display());
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64"])
            .args(["-e", &format!("inject=pwrite64:signal=KILL:when={number}")])
            .arg(std::env::current_exe().unwrap())
            .args(["migrations::child_process_that_migrates", "--exact", "--nocapture"])
            .env("MIGRATE_URL", &url)
            .output()
            .expect("strace: tests/run installs it");
        let done = String::from_utf8_lossy(&output.stdout).contains("DONE");
        let mut db = open(&url);
        migrate::migrate(&mut db).unwrap_or_else(|failure| panic!("killed at write {number}: {failure:?}"));
        assert_eq!(schema(&mut db), wanted, "killed at write {number}");
        let found = clients::table.select((clients::sales_key, clients::email_key.assume_not_null()));
        let found: Vec<(String, String)> = found.load(&mut db).unwrap();
        assert_eq!(found, [("bill boquet".to_owned(), KEY.to_owned())]);
        check_payments(&mut db, &format!("killed at write {number}"));
        if done {
            break;
        }
        killed += 1;
    }
    assert!(killed > 0);
    figure("14 migrations", "SQLite", &format!("killed at {killed} of its writes, completed, equal to a new one"));
}

#[derive(diesel::QueryableByName, PartialEq, Debug)]
struct Object {
    #[diesel(sql_type = diesel::sql_types::Text)]
    sql: String,
}

fn schema(db: &mut Db) -> Vec<Object> {
    let Db::Sqlite(db) = db else { panic!("a file") };
    let question = "SELECT COALESCE(sql, name) AS sql FROM sqlite_schema ORDER BY type, name";
    diesel::sql_query(question).load(db).unwrap()
}
