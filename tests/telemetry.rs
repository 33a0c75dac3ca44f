//! The lines of the log. Sentry, against a stub on loopback: what is sent, what is not sent, and that it delays
//! nobody.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use diesel::{QueryDsl, RunQueryDsl};
use epic_events::{cli::Cli, config::Config, schema::audit_log};
use support::{
    Engine, TestDb,
    terminal::{COLUMNS, ENTER, ROWS, Terminal, environment},
    wait_until,
};

const PASSWORD: &str = "correct horse battery";

/// Starts a server on loopback; the receiver gets the bodies that are posted to it.
fn stub() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, bodies) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if let Some(body) = stream.ok().and_then(answer)
                && sender.send(body).is_err()
            {
                break;
            }
        }
    });
    (format!("http://key@{address}/1"), bodies)
}

fn answer(stream: TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").ok()?;
    Some(String::from_utf8_lossy(&body).into_owned())
}

fn init(home: &Path, url: &str, dsn: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_epic-events"));
    command.args(["--init", "--non-interactive", "--username", "boss", "--full-name", "Marta Olsen"]);
    command.args(["--email", "marta@epic.example", "--password-stdin"]);
    command.env_clear().envs(environment(home, url)).current_dir(home);
    if let Some(dsn) = dsn {
        command.env("SENTRY_DSN", dsn);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_new_account_is_reported_by_its_id_alone() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let (dsn, bodies) = stub();
    assert!(init(home.path(), &db.url, Some(&dsn)).status.success());
    let body = bodies.recv_timeout(Duration::from_secs(20)).expect("an envelope");
    assert!(body.contains("user_created") && body.contains("record_id"), "{body}");
    for secret in [PASSWORD, "Marta", "marta@epic.example", "boss", &db.url] {
        assert!(!body.contains(secret), "{secret} in {body}");
    }
}

#[test]
fn an_unexpected_error_is_reported_with_its_stack() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    assert!(init(home.path(), &db.url, None).status.success());
    // Damage the tables, which causes an error that the program does not expect.
    let path = db.url.strip_prefix("sqlite://").unwrap();
    let mut connection = <diesel::SqliteConnection as diesel::Connection>::establish(path).unwrap();
    let broken = "DROP TRIGGER audit_is_not_removed; DROP TRIGGER audit_is_not_changed; \
                  UPDATE settings SET value = '' WHERE key = 'initialised_at'; DELETE FROM audit_log; DELETE FROM users; \
                  DROP TABLE audit_log;";
    diesel::connection::SimpleConnection::batch_execute(&mut connection, broken).unwrap();
    let (dsn, bodies) = stub();
    let output = init(home.path(), &db.url, Some(&dsn));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("this reference"), "{said}");
    let body = bodies.recv_timeout(Duration::from_secs(20)).expect("an envelope");
    let reference = said.rsplit(": ").next().unwrap().trim().trim_end_matches('.');
    assert!(body.contains(reference) && body.contains("stacktrace"), "{body}");
    assert!(!body.contains(PASSWORD) && !body.contains("Marta"), "{body}");
}

/// The error text of a database may quote what was to be saved, so it goes to the log only.
#[test]
fn the_error_text_of_the_database_is_not_sent() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    assert!(init(home.path(), &db.url, None).status.success());
    let path = db.url.strip_prefix("sqlite://").unwrap();
    let mut connection = <diesel::SqliteConnection as diesel::Connection>::establish(path).unwrap();
    let broken = "DROP TRIGGER audit_is_not_removed; UPDATE settings SET value = '' WHERE key = 'initialised_at'; \
                  DELETE FROM audit_log; DELETE FROM users; \
                  CREATE TRIGGER refuses BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'no canary please'); END;";
    diesel::connection::SimpleConnection::batch_execute(&mut connection, broken).unwrap();
    let (dsn, bodies) = stub();
    let said = String::from_utf8(init(home.path(), &db.url, Some(&dsn)).stderr).unwrap();
    assert!(said.contains("this reference") && !said.contains("canary"), "{said}");
    let body = bodies.recv_timeout(Duration::from_secs(20)).expect("an envelope");
    assert!(body.contains("the database refused a statement") && !body.contains("canary"), "{body}");
}

fn trips() {
    panic!("\"canary typed by Marta\" is not a date");
}

/// A child process that panics with typed text in the panic message. The test below starts this test binary
/// again with these variables.
#[test]
fn child_process_that_panics() {
    let (Ok(home), Ok(dsn)) = (std::env::var("PANICS_IN"), std::env::var("PANICS_TO")) else { return };
    let home = Path::new(&home);
    let mut values: HashMap<String, String> = environment(home, "").into_iter().collect();
    values.insert("SENTRY_DSN".to_owned(), dsn);
    let config = Config::load(&Cli::parse_from(["epic-events"]), &values, home).unwrap();
    let telemetry = epic_events::telemetry::start(&config, "desk-7".to_owned());
    if std::env::var("PANICS_AT").unwrap() == "worker" {
        let worker = thread::Builder::new().name("worker".to_owned());
        worker.spawn(trips).unwrap().join().unwrap_err();
    } else {
        std::panic::catch_unwind(trips).unwrap_err();
    }
    drop(telemetry);
}

/// Sentry and the log get the location of a panic; its message, which may quote typed text, goes nowhere.
#[test]
fn a_panic_is_reported_with_its_location_but_without_its_message() {
    for thread in ["main", "worker"] {
        let home = tempfile::tempdir().unwrap();
        let (dsn, bodies) = stub();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["child_process_that_panics", "--exact", "--nocapture"])
            .envs([("PANICS_IN", home.path().as_os_str()), ("PANICS_TO", dsn.as_ref()), ("PANICS_AT", thread.as_ref())])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let body = bodies.recv_timeout(Duration::from_secs(20)).expect("an envelope");
        let log = std::fs::read_dir(home.path().join("state/epic-events")).unwrap();
        let log: String = log.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let screen = String::from_utf8(output.stderr).unwrap();
        for (place, told) in [("Sentry", &body), ("the log", &log), ("the screen", &screen)] {
            assert!(!told.contains("canary") && !told.contains("Marta"), "{thread}: the message is in {place}: {told}");
        }
        for (place, told) in [("Sentry", &body), ("the log", &log)] {
            for word in ["tests/telemetry.rs:", "telemetry::trips"] {
                assert!(told.contains(word), "{thread}: no {word} in {place}: {told}");
            }
        }
        assert_eq!(screen.contains("this reference"), thread == "main", "{thread}: {screen}");
    }
}

/// The lines of the log of this home.
fn log_of(home: &Path) -> Vec<serde_json::Value> {
    let files = std::fs::read_dir(home.join("state/epic-events")).unwrap().map(|file| file.unwrap().path());
    let logs = files.filter(|file| file.extension().is_some_and(|ending| ending == "log"));
    let text: String = logs.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Each line says which process on which machine wrote it, and in which session; none says who somebody is.
#[test]
fn each_line_of_the_log_carries_process_host_and_session() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    assert!(init(home.path(), &db.url, None).status.success());
    let before = log_of(home.path()).len();
    let mut terminal = Terminal::start(home.path(), &db.url, &[]);
    let process = terminal.process().as_raw_nonzero().get();
    terminal.see(&["Sign in"]).field("boss").press("not the password").press(ENTER).see(&["do not match"]);
    terminal.press("\x03");
    terminal.end();
    let mut terminal = Terminal::start(home.path(), &db.url, &[]);
    terminal.see(&["Sign in"]).field("marta@epic.example").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    terminal.press("L").see(&["Locked"]).press("not the password").press(ENTER);
    wait_until("the refusal is in the log", || log_of(home.path()).len() == before + 3);
    drop(terminal);

    let lines = log_of(home.path());
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    for line in &lines {
        assert!(line["host"] == *host && line["process"].is_u64() && line["timestamp"].is_string(), "{line}");
        for personal in [PASSWORD, "not the password", "Marta", "marta@epic.example", "boss"] {
            assert!(!line.to_string().contains(personal), "{personal} in {line}");
        }
    }
    assert_eq!(lines[before]["process"], process);
    let told: Vec<_> = lines.iter().map(|line| (line["fields"]["event"].as_str().unwrap(), &line["session"])).collect();
    let [
        ("settings_updated", set_up),
        ("user_created", also_set_up),
        ("sign_in_refused", nobody),
        ("signed_in", session),
        ("sign_in_refused", same),
    ] = told[..]
    else {
        panic!("{told:?}")
    };
    assert!(set_up == also_set_up && nobody != session && session == same, "{told:?}");
    // They are those of the audit log.
    let path = db.url.strip_prefix("sqlite://").unwrap();
    let mut connection = <diesel::SqliteConnection as diesel::Connection>::establish(path).unwrap();
    let rows = audit_log::table.order(audit_log::seq).select(audit_log::session_id);
    let rows: Vec<String> = rows.load(&mut connection).unwrap();
    assert_eq!(rows, told.iter().map(|(_, session)| session.as_str().unwrap()).collect::<Vec<_>>());
}

/// Also the lines that belong to no audit row, however few parts of the program are logged.
#[test]
fn no_filter_takes_the_session_out_of_the_log() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    assert!(init(home.path(), &db.url, None).status.success());
    let before = log_of(home.path()).len();
    let filter = "epic_events::business=info,epic_events::services::context=error";
    let filter = vec![("EPIC_EVENTS_LOG".to_owned(), filter.to_owned())];
    let mut terminal = Terminal::with(home.path(), &db.url, &[], (COLUMNS, ROWS), filter);
    terminal.see(&["Sign in"]).field("boss").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    let path = db.url.strip_prefix("sqlite://").unwrap();
    let mut connection = <diesel::SqliteConnection as diesel::Connection>::establish(path).unwrap();
    diesel::connection::SimpleConnection::batch_execute(&mut connection, "DROP TABLE clients").unwrap();
    terminal.press(":").see(&["Go to, or do"]).press("kevin");
    let refused = |line: &serde_json::Value| line["fields"]["message"] == "the database refused a statement";
    wait_until("the failure is in the log", || log_of(home.path()).iter().any(refused));
    let lines = log_of(home.path());
    let session = &lines[before]["session"];
    assert!(session.is_string() && lines[before..].iter().all(|line| line["session"] == *session), "{lines:#?}");
}

#[test]
fn an_unresponsive_sentry_server_does_not_delay_the_program() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    // The server accepts connections and never responds.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dsn = format!("http://key@{}/1", listener.local_addr().unwrap());
    let before = Instant::now();
    assert!(init(home.path(), &db.url, Some(&dsn)).status.success());
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
}
