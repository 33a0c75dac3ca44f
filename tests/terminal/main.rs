//! The real program in a pseudo-terminal: from an empty machine to a supported event.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cli;
mod hangup;
#[path = "../support/mod.rs"]
mod support;

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use epic_events::{
    domain::events::Status,
    schema::{audit_log, clients, contracts, events, users},
    storage::{Db, Target},
};
use rstest::rstest;
use support::{
    Engine, TestDb,
    terminal::{COLUMNS, ENTER, ESC, ROWS, SAVE, TAB, Terminal, environment},
};

const BOSS: &str = "correct horse battery";
const FIRST: &str = "only for the first time";
const OWN: &str = "a password of my own";

/// Runs the program without a terminal.
fn script(home: &Path, url: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_epic-events"))
        .args(arguments)
        .env_clear()
        .envs(environment(home, url))
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails at once may not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

const INIT: [&str; 9] = [
    "--init",
    "--non-interactive",
    "--username",
    "boss",
    "--full-name",
    "Marta Olsen",
    "--email",
    "marta@epic.example",
    "--password-stdin",
];

fn init(home: &Path, url: &str) {
    let output = script(home, url, &INIT, &format!("{BOSS}\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn sign_in(terminal: &mut Terminal, name: &str, password: &str) {
    terminal.see(&["Sign in", "Username"]).field(name).press(password).press(ENTER);
}

/// Opens a screen by typing its name into the palette.
fn go(terminal: &mut Terminal, words: &str, shows: &str) {
    go_in(terminal, "Go to, or do", words, shows);
}

/// The same in another language, where the palette has another title.
fn go_in(terminal: &mut Terminal, palette: &str, words: &str, shows: &str) {
    terminal.press(":").see(&[palette]).press(words).press(ENTER).see(&[shows]);
}

fn sign_out(terminal: &mut Terminal) {
    go(terminal, "sign out", "Username or e-mail");
}

fn hire(terminal: &mut Terminal, username: &str, name: &str, department: &str) {
    go(terminal, "new member", "Password again");
    terminal
        .field(username)
        .field(name)
        .field("")
        .field("")
        .field("")
        .field(department)
        .field(FIRST)
        .press(FIRST)
        .press(SAVE);
}

/// The temporary password of a new account is shown once.
fn temporary_password_of(terminal: &mut Terminal, name: &str) {
    terminal.see(&[&format!("{name} has an account now"), &format!("Read it to {name}"), FIRST]);
    terminal.press(ENTER).gone("Read it to");
}

fn first_time(terminal: &mut Terminal, username: &str) {
    sign_in(terminal, username, FIRST);
    terminal.see(&["Your password is temporary"]).field(FIRST).field(OWN).press(OWN).press(SAVE);
    terminal.see(&["Waiting for you"]);
}

#[rstest]
fn from_an_empty_machine_to_a_supported_event(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let mut terminal = Terminal::start(home.path(), &db.url, &[]);
    let t = &mut terminal;

    // Management creates the accounts; the first sensitive action requires the password.
    sign_in(t, "boss", BOSS);
    t.see(&["Waiting for you", "Marta Olsen"]);
    hire(t, "bill", "Bill Boquet", "sales");
    t.see(&["Your password, please"]).press(BOSS).press(ENTER);
    temporary_password_of(t, "Bill Boquet");
    hire(t, "kate", "Kate Hastroff", "support");
    temporary_password_of(t, "Kate Hastroff");
    sign_out(t);

    // Sales creates a client.
    first_time(t, "bill");
    go(t, "new client", "Company");
    t.field("Kevin Casey [/b]").field("Cool Startup LLC").field("kevin@startup.io").field("+678 123 456 78");
    t.field("29/03/2023").see(&["Wed 29 March 2023"]).press(SAVE).see(&["is a client now.", "kevin@startup.io"]);
    sign_out(t);

    // Management creates the contract.
    sign_in(t, "boss", BOSS);
    t.see(&["Waiting for you"]);
    // The palette searches the database for the record: Enter waits for the result.
    t.press(":").see(&["Go to, or do"]).press("kevin").see(&["Client Cool Startup LLC"]).press(ENTER);
    t.see(&["kevin@startup.io"])
        .press("n")
        .see(&["New contract", "Kevin Casey"])
        .field("12 000,50")
        .see(&["12,000.50 EUR"]);
    t.press(SAVE).see(&["is created, and not signed yet", "Contract 1, Kevin Casey"]);
    sign_out(t);

    // Sales signs it and creates the event.
    sign_in(t, "bill", OWN);
    t.see(&["my contracts not signed"]).press("\x1b[B").press(ENTER).see(&["Contracts: mine, not signed", "12,000.50"]);
    t.press("S").see(&["Signed on"]).press(ENTER).see(&["A signature is final", "Cancel"]).press("y");
    t.see(&["Your password, please"]).press(OWN).press(ENTER).see(&["is signed.", "No contracts here"]).press(ESC);
    go(t, "contracts", "1 of 1");
    t.press(ENTER).see(&["Still due"]).press("n").see(&["New event", "Contact on the day"]);
    t.field("Kevin's Launch").field("14/08/2030 18:30").see(&["Wed 14 August 2030, 18:30"]);
    t.field("23h").see(&["23:00, 4 h 30 later"]).field("53 Rue du Château").field("75").press(SAVE);
    t.see(&["Kevin's Launch is planned for", "53 Rue du Château"]);
    sign_out(t);

    // Management assigns a support person, from the list of events without one.
    sign_in(t, "boss", BOSS);
    t.see(&["1  events without support"]).press(ENTER).see(&["Kevin's Launch", "Kevin Casey"]);
    t.press("a").see(&["Support for Kevin's Launch", "Kate Hastroff", "free"]).press("kate").press(ENTER);
    t.see(&["Kate Hastroff supports Kevin's Launch.", "No events here"]);
    t.press("u").see(&["Kevin's Launch has no support any more", "1 of 1"]);
    t.press("a").see(&["Support for", "Kate Hastroff"]).press(ENTER).see(&["Kate Hastroff supports Kevin's Launch."]);
    sign_out(t);

    // Support prepares it, and locks the session meanwhile.
    first_time(t, "kate");
    t.see(&["1  my next events"]).press(ENTER).see(&["Kevin's Launch"]).press("e").see(&["Edit event"]);
    for _ in 0..7 {
        t.press(TAB);
    }
    t.press("Wedding starts at 3PM.");
    t.press(SAVE)
        .see(&["Save these changes?"])
        .press(ENTER)
        .see(&["notes are now \"Wedding"])
        .press("L")
        .see(&["Locked", "Your work is kept"])
        .gone("Kevin's Launch");
    t.press(OWN).press(ENTER).see(&["Kevin's Launch"]);
    t.press("t").see(&["planned", "confirmed"]).press("\x1b[B").press(ENTER).see(&["Kevin's Launch is confirmed."]);
    t.press("q");
    let (code, raw) = terminal.end();
    assert_eq!(code, 0);
    let written = String::from_utf8_lossy(&raw);
    let left = written.rfind("\x1b[?1049l").expect("the terminal is given back");
    assert!(left > written.rfind("\x1b[?1049h").unwrap());

    look_at_the_database(&db);
}

fn look_at_the_database(db: &TestDb) {
    use diesel::prelude::*;
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let client: (String, Option<String>) =
        clients::table.select((clients::full_name, clients::email)).first(&mut connection).unwrap();
    assert_eq!(client, ("Kevin Casey [/b]".to_owned(), Some("kevin@startup.io".to_owned())));
    let contract: (i64, i64, Option<chrono::NaiveDateTime>) = contracts::table
        .select((contracts::total_cents, contracts::due_cents, contracts::signed_at))
        .first(&mut connection)
        .unwrap();
    assert_eq!((contract.0, contract.1), (1_200_050, 1_200_050));
    assert!(contract.2.is_some());
    let kate: i64 = users::table.filter(users::username.eq("kate")).select(users::id).first(&mut connection).unwrap();
    let event: (String, Option<i64>, String, Status, i32) = events::table
        .select((events::title, events::support_id, events::notes, events::status, events::attendees))
        .first(&mut connection)
        .unwrap();
    assert_eq!(event.0, "Kevin's Launch");
    assert_eq!((event.1, event.3, event.4), (Some(kate), Status::Confirmed, 75));
    assert_eq!(event.2, "Wedding starts at 3PM.");
    let log: Vec<String> = audit_log::table
        .filter(audit_log::action.ne("session.signed_in"))
        .select(audit_log::action)
        .order(audit_log::id)
        .load(&mut connection)
        .unwrap();
    assert_eq!(
        log,
        [
            "settings.updated",
            "user.created",
            "user.created",
            "user.created",
            "user.password_changed",
            "client.created",
            "contract.created",
            "contract.signed",
            "event.created",
            "event.support_assigned",
            "event.support_assigned",
            "event.support_assigned",
            "user.password_changed",
            "event.updated",
            "event.status_changed",
        ]
    );
}

#[rstest]
fn the_wizard_sets_up_a_company(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    // On a server, the address is typed into the wizard instead of being configured.
    let named = if engine == Engine::Sqlite { db.url.as_str() } else { "" };
    let mut terminal = Terminal::start(home.path(), named, &["--init"]);
    let t = &mut terminal;
    t.see(&["Step 1 of", "Language"]).press(ENTER).see(&["Where does the company's data live"]);
    if engine == Engine::Sqlite {
        t.press(ENTER);
    } else {
        let rest = db.url.strip_prefix("mysql://crm:only-for-tests@127.0.0.1:").unwrap();
        let (port, name) = rest.split_once('/').unwrap();
        t.press("\x1b[C").see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]);
        // A wrong port is explained, and nothing typed is lost.
        t.press("\x15127.0.0.1\t\x151\t")
            .field(&format!("\x15{name}"))
            .field("\x15crm")
            .press("only-for-tests")
            .press(SAVE);
        t.see(&["Nothing answers at the database server's address"]);
        t.press("\x1b[Z\x1b[Z\x1b[Z").press("\x15").press(port).press(SAVE);
        t.see(&["Connected", "everyday account"]).press(SAVE);
    }
    t.see(&["Currency"]).press("\x15Our Company").press(SAVE).see(&["first manager"]);
    t.field("boss").field("Marta Olsen").field("not an address").see(&["This is not an e-mail address"]);
    t.press("\x1b[Z")
        .press("\x15marta@epic.example\t")
        .field(BOSS)
        .see(&["strong"])
        .press("something else")
        .press(SAVE);
    t.see(&["The two passwords differ"])
        .press("\x15")
        .press(BOSS)
        .press(SAVE)
        .see(&["Nothing has been written so far", "Our Company"]);
    // The username is filled in; the caret is in the password.
    t.press(ENTER).see(&["Epic Events is set up", "boss"]).press(BOSS).press(ENTER);
    t.see(&["Waiting for you", "Our Company"]).press("q");
    assert_eq!(terminal.end().0, 0);
    // The next start finds the company without an address.
    let mut terminal = Terminal::start(home.path(), named, &[]);
    sign_in(&mut terminal, "boss", BOSS);
    terminal.see(&["Waiting for you"]).press("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn the_demo_is_ready_to_look_around() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), "", &["--demo"]);
    let t = &mut terminal;
    t.see(&["Demo accounts", "look-around-freely"]);
    sign_in(t, "support", "look-around-freely");
    t.see(&["my next events"]).press("?").see(&["What you can do here"]).press(ESC).gone("What you can do here");
    go(t, "clients", "Clients: all");
    t.press("/")
        .press("bouz")
        .see(&["Lou Bouzin", "1 of 1"])
        .press(ENTER)
        .press("e")
        .see(&["Only sales or management may edit clients"]);
    t.press(ESC).gone("Filter").press(ESC).see(&["Waiting for you"]);
    // Without a shell, nobody could resume the program after Ctrl+Z.
    t.press("\x1a").see(&["no shell behind this window", "Waiting for you"]);
    // Ctrl+C quits as q does.
    t.press("\x03");
    assert_eq!(terminal.end().0, 0);
    assert!(!home.path().join("data/epic-events/epic-events.db").exists(), "the real database is not touched");
}

/// Ctrl+Z and a stop signal from outside give the terminal to the shell. When the program is resumed it redraws
/// the whole screen.
#[test]
fn suspending_gives_the_terminal_back_to_the_shell() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::behind_a_shell(home.path(), "", &["--demo"]);
    let t = &mut terminal;
    t.see(&["Demo accounts"]).press("\x1a").see(&["stop 1"]).gone("Demo accounts").press(ENTER).see(&["Demo accounts"]);
    t.stop().see(&["stop 2"]).gone("Demo accounts").press(ENTER).see(&["Demo accounts"]);
    t.press("\x03");
    assert_eq!(terminal.end().0, 0);
}

/// In a locale other than UTF-8, UTF-8 text would be garbled, so only ASCII is sent.
#[rstest]
fn a_locale_that_is_not_utf_8_gets_ascii(#[values("C", "POSIX", "fr_FR.ISO-8859-1", "fr_FR@euro")] locale: &str) {
    let home = tempfile::tempdir().unwrap();
    let more = [("LC_ALL", locale), ("EPIC_EVENTS_LANGUAGE", "fr")];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let mut terminal = Terminal::with(home.path(), "", &["--demo"], (COLUMNS, ROWS), more);
    terminal.see(&["Comptes de d"]).field("manager").press("look-around-freely").press(ENTER).see(&[" faire"]);
    go_in(&mut terminal, "Aller", "evenements", "Zoe Martin");
    terminal.press("\x03");
    let (code, raw) = terminal.end();
    let said = String::from_utf8_lossy(&raw);
    let other: Vec<char> = said.chars().filter(|c| !c.is_ascii()).collect();
    assert!(code == 0 && other.is_empty(), "{code}: {other:?}");
}

/// When a signal ends the program, the shell gets its screen and its input mode back.
#[rstest]
#[case(rustix::process::Signal::QUIT)]
#[case(rustix::process::Signal::TERM)]
#[case(rustix::process::Signal::INT)]
fn a_signal_that_ends_the_program_restores_the_screen(#[case] signal: rustix::process::Signal) {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), "", &["--demo"]);
    terminal.see(&["Demo accounts"]);
    rustix::process::kill_process(terminal.process(), signal).unwrap();
    let (_, raw) = terminal.end();
    let said = String::from_utf8_lossy(&raw);
    assert!(said.contains("\u{1b}[?1049l"), "the screen was not restored: {said:?}");
}

/// A password appears in no log, wherever it was typed.
#[test]
fn passwords_are_in_no_log() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    // Typed into the password field, and by mistake into the name field.
    for (name, password) in [("boss", "canary-in-the-mine"), ("canary-in-the-mine", "something")] {
        let mut terminal = Terminal::start(home.path(), &db.url, &[]);
        sign_in(&mut terminal, name, password);
        terminal.see(&["do not match"]).press("\x03");
        terminal.end();
    }
    assert!(!String::from_utf8_lossy(&db.stored()).contains("canary"));
    let folder = home.path().join("state/epic-events");
    let mut lines = String::new();
    for file in std::fs::read_dir(folder).unwrap() {
        lines += &std::fs::read_to_string(file.unwrap().path()).unwrap();
    }
    assert!(lines.contains("sign_in_refused") && !lines.contains("canary"), "{lines}");
}
