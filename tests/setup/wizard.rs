//! The set-up wizard: configured values are filled in, outdated tables are migrated, and only the everyday
//! account is stored.

use diesel::connection::SimpleConnection;
use epic_events::storage::grants::{Rights, rights};
use rstest::rstest;

use crate::{
    BOSS, SET_UP_GRANTS, account, config_file, everyday_grants, init, make_older, name, open, run,
    support::{
        Engine, TestDb, server,
        terminal::{COLUMNS, ENTER, ESC, ROWS, SAVE, Terminal},
    },
};

/// The port of a server's address.
fn port(url: &str) -> &str {
    url.rsplit_once(':').unwrap().1.split('/').next().unwrap()
}

/// Fills in the pages from the company to the summary.
fn company_and_manager(t: &mut Terminal) {
    t.see(&["Currency"]).press("\x15Our Company").press(SAVE).see(&["first manager"]);
    t.field("boss").field("Marta Olsen").field("").field(BOSS).press(BOSS).press(SAVE);
    t.see(&["Nothing has been written so far", "Our Company"]);
}

/// The value of a field on the screen.
fn value(t: &Terminal, label: &str) -> String {
    let screen = t.screen();
    let line = screen.lines().find(|line| line.contains(label)).unwrap_or_else(|| panic!("no {label} in:\n{screen}"));
    let rest = line.split_once(label).unwrap().1;
    rest.strip_prefix(" *").unwrap_or(rest).trim().to_owned()
}

#[rstest]
fn a_configured_server_is_filled_in(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let configured = format!("{}?ssl_mode=DISABLED&ssl_ca=/etc/our.pem", db.url);
    let mut t = Terminal::start(home.path(), &configured, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]);
    assert_eq!(value(&t, "Server"), "127.0.0.1");
    assert_eq!(value(&t, "Port"), port(&db.url));
    assert_eq!(value(&t, "Database"), name(&db.url));
    assert_eq!(value(&t, "User"), "crm");
    assert_eq!(value(&t, "Password"), "*".repeat("only-for-tests".len()));
    assert_eq!(value(&t, "Encryption (TLS)"), "off");
    assert_eq!(value(&t, "CA file"), "/etc/our.pem");
    t.press("\x03");
    assert_eq!(t.end().0, 0);
}

/// Two Enters lead to the page that migrates the tables; no manager is requested.
#[rstest]
fn outdated_tables_are_migrated(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (from, to) = make_older(&db.url);
    let mut t = Terminal::start(home.path(), &db.url, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["Where does the company's data live"]).press(ENTER);
    if engine != Engine::Sqlite {
        t.see(&["Encryption"]).press(SAVE);
    }
    t.see(&["There is a company", &format!("{from} to {to}"), "bring up to date"]);
    t.press(ESC).gone("There is a company").press(SAVE).see(&["There is a company"]);
    t.press(ENTER).see(&["up to date", "Username or e-mail"]).field("boss").press(BOSS).press(ENTER);
    t.see(&["Waiting for you", "Marta Olsen"]).press("q");
    assert_eq!(t.end().0, 0);
    assert!(!config_file(home.path()).exists(), "nothing of the set-up is stored");
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    assert!(code == 0 && said.contains("Nothing had to be done"), "{code} {said}");
}

/// A set-up account that may create accounts creates the everyday one with its grants.
#[rstest]
fn the_everyday_account_is_created_and_only_it_is_stored(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let set_up = account(&db, "maker", "canary-of-set-up", &["GRANT ALL ON *.* TO USER WITH GRANT OPTION"]);
    let mut t = Terminal::start(home.path(), &set_up, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]).press(SAVE);
    t.see(&["everyday account"]);
    // The set-up account is refused as the everyday account.
    t.press("\x15maker").press(SAVE).see(&["This is the set-up account."]).press("\x15daily_made").press(SAVE);
    company_and_manager(&mut t);
    t.press(ENTER).see(&["Epic Events is set up", "Username"]);
    // The sign-in knows the new username.
    t.press(BOSS).press(ENTER).see(&["Waiting for you", "Our Company"]).press("q");
    assert_eq!(t.end().0, 0);

    let stored = std::fs::read_to_string(config_file(home.path())).unwrap();
    assert!(!stored.contains("canary") && stored.contains("mysql://daily_made:"), "{stored}");
    // The next start uses the everyday account, which can change neither the schema nor the audit log.
    let mut t = Terminal::start(home.path(), "", &[]);
    t.see(&["Username"]).field("boss").press(BOSS).press(ENTER).see(&["Waiting for you"]).press("q");
    assert_eq!(t.end().0, 0);
    let everyday = stored.lines().find_map(|line| line.strip_prefix("database_url = \"")).unwrap();
    let mut everyday = open(everyday.trim_end_matches('"'));
    for forbidden in ["DROP TABLE events", "UPDATE audit_log SET actor_name = 'x'", "DELETE FROM clients"] {
        let denied = everyday.batch_execute(forbidden);
        assert!(denied.is_err_and(|error| error.to_string().contains("denied")), "{forbidden}");
    }
    everyday.batch_execute("UPDATE clients SET version = version WHERE 1 = 0").unwrap();
}

/// The documented set-up account may not create accounts: the SQL for the administrator is shown, its execution
/// is checked, and nothing that was typed is lost.
#[rstest]
fn the_sql_for_the_everyday_account_is_shown_for_the_administrator(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    server(db.engine)
        .client(&["-e", &format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", name(&db.url))]);
    let set_up = account(&db, "of_readme", "canary-of-set-up", &[SET_UP_GRANTS]);
    let mut t = Terminal::start(home.path(), &set_up, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]).press(SAVE);
    t.see(&["everyday account"]).press("\x15daily_shown").press(SAVE);
    company_and_manager(&mut t);
    t.press(ENTER).see(&["CREATE USER", "'daily_shown'@'%'", "GRANT SELECT ON"]);
    let screen = t.screen();
    let lines = screen.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let statements = &lines[lines.find("CREATE USER").unwrap()..=lines.rfind(';').unwrap()];
    let shown: Vec<&str> = statements.split_inclusive(';').collect();
    assert_eq!(shown.len(), 15, "{screen}");
    // The SQL has not been run yet, so it is still shown, and there is no company.
    t.press(ENTER).see(&["CREATE USER", "another name"]);
    let company = "SELECT COUNT(*) FROM users";
    assert_eq!(server(db.engine).client(&["-BN", name(&db.url), "-e", company]), ["0"]);
    t.press(ESC)
        .see(&["Our Company", "Marta Olsen", "So far there are only the tables"])
        .press(ENTER)
        .see(&["CREATE USER"]);
    // With one grant missing, the account is not accepted either.
    server(db.engine).client(&["-e", &shown[..8].concat()]);
    t.press(ENTER).see(&["CREATE USER"]);
    assert_eq!(server(db.engine).client(&["-BN", name(&db.url), "-e", company]), ["0"]);
    server(db.engine).client(&["-e", &shown[8..].concat()]);
    t.press(ENTER).see(&["Epic Events is set up", "Username"]).press("\x03");
    assert_eq!(t.end().0, 0);
    let stored = std::fs::read_to_string(config_file(home.path())).unwrap();
    assert!(!stored.contains("canary") && stored.contains("mysql://daily_shown:"), "{stored}");
}

/// An existing account is accepted with its password, if it has exactly the rights that it needs.
#[rstest]
fn an_existing_account_is_checked(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let set_up = account(&db, "checker", "canary-of-set-up", &["GRANT ALL ON *.* TO USER WITH GRANT OPTION"]);
    account(&db, "daily_there", "known-password", &[]);
    account(&db, "daily_mighty", "known-password", &["GRANT ALL ON NAME.* TO USER"]);
    let mut t = Terminal::start(home.path(), &set_up, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]).press(SAVE);
    t.see(&["everyday account"]).field("\x15daily_mighty").press("\x15known-password").press(SAVE);
    company_and_manager(&mut t);
    t.press(ENTER).see(&["everyday account", "too many rights"]);
    t.field("\x15daily_there").press("\x15wrong").press(SAVE).see(&["Currency"]).press(SAVE);
    t.see(&["first manager"]).press(SAVE).see(&["So far there are only the tables"]).press(ENTER);
    t.see(&["everyday account", "another password"]).press("\x15known-password").press(SAVE).see(&["Currency"]);
    t.press(SAVE)
        .see(&["first manager", "Marta Olsen"])
        .press(SAVE)
        .see(&["So far there are only the tables"])
        .press(ENTER);
    t.see(&["Epic Events is set up", "Username"]).press("\x03");
    assert_eq!(t.end().0, 0);
    let stored = std::fs::read_to_string(config_file(home.path())).unwrap();
    assert!(!stored.contains("canary") && stored.contains("mysql://daily_there:known-password@"), "{stored}");
}

/// In French, and in the smallest window that is supported completely.
#[rstest]
fn the_wizard_keeps_its_values_in_french_and_when_going_back(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let mut t = Terminal::with(home.path(), &db.url, &["--init"], (COLUMNS, ROWS), Vec::new());
    t.see(&["Step 1 of"]).press("\x1b[C").press(ENTER).see(&["serveur MySQL de l'entreprise >"]).press(ENTER);
    t.see(&["Chiffrement", "crm"]);
    assert_eq!(value(&t, "Port"), port(&db.url), "another language keeps what is configured");
    t.press("\x15chosen\t").press(ESC).see(&["serveur MySQL de l'entreprise"]).press(ENTER);
    t.see(&["Chiffrement"]);
    assert_eq!(value(&t, "Serveur"), "chosen", "going back keeps what was typed");
    t.press("\x03");
    t.end();
}

/// Each missing right of the everyday account is detected, and so is each right too many, on the audit log, the
/// records or the schema.
#[rstest]
fn each_missing_or_additional_right_of_the_everyday_account_is_detected(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let mut number = 0;
    let mut tried = |grants: &[&str]| {
        number += 1;
        let url = account(&db, &format!("tried_{number}"), "a-password", grants);
        rights(&mut open(&url)).unwrap()
    };
    let all = everyday_grants();
    assert_eq!(tried(&all), Rights::Right);
    for missing in &all[..all.len() - 1] {
        let others: Vec<_> = all.iter().copied().filter(|grant| grant != missing).collect();
        assert_eq!(tried(&others), Rights::TooFew, "without {missing}");
    }
    for more in ["UPDATE", "DELETE", "CREATE", "ALTER", "DROP"] {
        let more = format!("GRANT {more} ON NAME.* TO USER");
        assert_eq!(tried(&[&all[..], &[&more]].concat()), Rights::TooMany, "with {more}");
    }
}
