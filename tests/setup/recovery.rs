//! `epic-events reset-password`: the way back in when no manager can sign in.

use epic_events::{
    app::now,
    domain::{
        Error,
        error::{SignInProblem, SignedOutBecause},
        session::Session,
    },
    services::{Reply, Request, Services, SessionRequest},
    storage::Target,
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    BOSS, SET_UP_GRANTS, account, everyday_grants, init, open, run,
    support::{Engine, TestDb},
};
use diesel::connection::SimpleConnection;

fn services(url: &str) -> Services {
    Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4)
}

fn sign_in(services: &mut Services, password: &str) -> Result<Session, Error> {
    let (login, password) = ("boss".to_owned(), SecretString::from(password));
    let reply = services.execute(None, &Request::Session(SessionRequest::SignIn { login, password }), now())?;
    let Reply::SignedIn(session) = reply else { panic!("{reply:?}") };
    Ok(*session)
}

/// The password that the command has printed, on a line of its own.
fn printed(said: &str) -> &str {
    let mut lines = said.lines().filter(|line| line.starts_with("    "));
    let password = lines.next().unwrap_or_else(|| panic!("no password in: {said}")).trim();
    assert_eq!(lines.next(), None, "{said}");
    password
}

/// Actor, role, action, record and host of the last row of the audit log.
fn last_audit_row(url: &str) -> [String; 5] {
    let columns = "CONCAT_WS('|', actor_name, COALESCE(actor_role, '-'), action, record_name, host)";
    let sql = format!("SELECT {columns} AS text FROM audit_log WHERE seq = (SELECT MAX(seq) FROM audit_log)");
    let row = open(url).texts(&sql).unwrap().remove(0);
    let parts: Vec<String> = row.split('|').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

/// What identifies this process in the audit log: the account of the operating system and the machine.
fn operator() -> (String, String) {
    let said = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    (said("id", &["-un"]), said("uname", &["-n"]))
}

#[rstest]
fn a_temporary_password_lets_the_only_manager_in_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let recovery = match engine {
        Engine::Sqlite => db.url.clone(),
        _ => account(&db, "recovery", "a-password", &[SET_UP_GRANTS]),
    };
    let mut services = services(&db.url);
    let before = sign_in(&mut services, BOSS).unwrap();
    // Locked out: the next attempt is refused for minutes.
    open(&db.url).batch_execute("UPDATE users SET failed_logins = 40, retry_after = '2999-01-01 00:00:00'").unwrap();

    let (code, said) = run(home.path(), &recovery, &["reset-password", "Boss"]);
    assert!(code == 0 && said.contains("Marta Olsen (boss)") && said.contains("next sign-in"), "{code} {said}");
    assert!(!said.contains("active again"), "{said}");
    let alive = services.execute(Some(&before), &Request::Session(SessionRequest::Heartbeat), now());
    assert_eq!(alive.unwrap_err(), Error::SignedOut(SignedOutBecause::AccountChanged));
    assert_eq!(sign_in(&mut services, BOSS).unwrap_err(), Error::SignIn(SignInProblem::Wrong));
    let session = sign_in(&mut services, printed(&said)).unwrap();
    assert!(session.must_change_password);
    let log = || {
        let folder = std::fs::read_dir(home.path().join("state/epic-events")).unwrap();
        let files = folder.map(|file| file.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>()
    };
    assert!(!log().contains(printed(&said)), "the password is in a log file");
    // Each time another one.
    let (_, again) = run(home.path(), &recovery, &["reset-password", "boss"]);
    assert_ne!(printed(&again), printed(&said));
    let (operator, host) = operator();
    let row = last_audit_row(&db.url);
    assert_eq!(row, [operator.as_str(), "-", "user.password_reset", "Marta Olsen", &host]);
    assert_eq!(run(home.path(), &db.url, &["audit", "verify"]).0, 0);
}

#[rstest]
fn the_account_of_the_only_manager_is_activated_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    // The program never deactivates the last manager; somebody did so by SQL.
    let deactivate = "UPDATE users SET active = 0 WHERE username = 'boss'";
    open(&db.url).batch_execute(deactivate).unwrap();
    let (code, said) = run(home.path(), &db.url, &["reset-password", "boss"]);
    assert!(code == 0 && said.contains("No manager was active any more"), "{code} {said}");
    sign_in(&mut services(&db.url), printed(&said)).unwrap();
    let changes = open(&db.url).texts("SELECT changes AS text FROM audit_log ORDER BY id DESC LIMIT 2").unwrap();
    assert!(changes[1].contains("\"active\":[false,true]"), "{changes:?}");

    // While another manager is active, that one decides.
    let copy = "INSERT INTO users (username, full_name, role, active, password_hash, search, created_at, updated_at) \
                SELECT 'second', 'Second Manager', 'management', 1, 'x', '', created_at, updated_at FROM users";
    open(&db.url).batch_execute(copy).unwrap();
    open(&db.url).batch_execute(deactivate).unwrap();
    let (code, said) = run(home.path(), &db.url, &["reset-password", "boss"]);
    assert!(code == 1 && said.contains("Marta Olsen is deactivated") && said.contains("Nothing was changed"), "{said}");
}

#[rstest]
fn the_everyday_account_resets_no_password(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let everyday = account(&db, "daily_recovery", "a-password", &everyday_grants());
    let (code, said) = run(home.path(), &everyday, &["reset-password", "boss"]);
    assert!(code == 3 && said.contains("set-up account") && said.contains("Nothing was changed"), "{code} {said}");
    sign_in(&mut services(&db.url), BOSS).unwrap();
}

#[test]
fn a_username_that_no_account_has_is_named() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let (code, said) = run(home.path(), &db.url, &["reset-password", "boss"]);
    assert!(code == 3 && said.contains("--init"), "{code} {said}");
    init(home.path(), &db.url);
    let (code, said) = run(home.path(), &db.url, &["reset-password", "nobody"]);
    assert!(code == 1 && said.contains("no account with the username \"nobody\""), "{code} {said}");
    assert_eq!(run(home.path(), &db.url, &["reset-password"]).0, 2);
}
