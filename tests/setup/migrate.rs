//! `epic-events migrate`, and everybody else who meets tables that are behind.

use rstest::rstest;

use crate::{
    INIT, SET_UP_GRANTS, account, everyday_grants, init, make_older, run, stored,
    support::{Engine, TestDb, server, terminal::Terminal},
};

#[rstest]
fn migrate_says_what_it_does_and_only_looks_with_dry_run(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    assert!(code == 3 && said.contains("--init"), "no company: {code} {said}");
    init(home.path(), &db.url);
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    assert!(code == 0 && said.contains("Nothing had to be done"), "up to date: {code} {said}");

    let (from, to) = make_older(&db.url);
    let before = stored(&db);
    let (code, said) = run(home.path(), &db.url, &["migrate", "--dry-run"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")) && said.contains("Nothing was changed"), "{said}");
    assert!(stored(&db) == before, "a dry run changed something");
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    assert_eq!(run(home.path(), &db.url, &["doctor"]).0, 0);
    let (code, said) = run(home.path(), &db.url, &["migrate", "--dry-run"]);
    assert!(code == 0 && said.contains("Nothing had to be done"), "{code} {said}");
}

#[test]
fn migrate_ends_with_the_documented_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    let (code, said) = run(home.path(), "mysql://u:p@127.0.0.1:1/n", &["migrate"]);
    assert!(code == 3 && said.contains("Nothing answers"), "{code} {said}");
    let (code, said) = run(home.path(), "postgres://u:secret@h/n", &["migrate"]);
    assert!(code == 5 && !said.contains("secret"), "{code} {said}");
    assert_eq!(run(home.path(), "", &["migrate", "--no-such"]).0, 2);
}

/// `--init --non-interactive` on a company that is behind asks for no manager, on one that is
/// current it changes nothing.
#[rstest]
fn init_brings_an_existing_company_up_to_date(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (from, to) = make_older(&db.url);
    let (code, said) = run(home.path(), &db.url, &["--init", "--non-interactive"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    assert_eq!(run(home.path(), &db.url, &["doctor"]).0, 0);

    make_older(&db.url);
    let (code, said) = run(home.path(), &db.url, &INIT);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "with a manager named: {code} {said}");
    assert!(!said.contains("set up"), "no manager was made, and none is told: {said}");

    let before = stored(&db);
    let (code, said) = run(home.path(), &db.url, &INIT);
    assert!(code == 1 && said.contains("Nothing was changed"), "{code} {said}");
    assert!(stored(&db) == before, "it changed something");
}

#[test]
fn a_new_company_still_needs_a_manager_on_the_command_line() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let (code, said) = run(home.path(), &db.url, &["--init", "--non-interactive"]);
    assert!(code == 2 && said.contains("--username") && said.contains("--password-stdin"), "{code} {said}");
}

/// The account in everybody's configuration may not change a table: it is told which command
/// does, and which account that needs.
#[rstest]
fn the_everyday_account_is_told_who_brings_the_tables_up_to_date(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let everyday = account(&db, "daily_behind", "a-password", &everyday_grants());
    let set_up = account(&db, "set_up_behind", "a-password", &[SET_UP_GRANTS]);
    let (from, to) = make_older(&db.url);
    let names = |said: &str| {
        said.contains("epic-events migrate")
            && said.contains("set-up account")
            && said.contains(&format!("{from} to {to}"))
            && !said.contains("reference")
    };

    let (code, raw) = Terminal::start(home.path(), &everyday, &[]).end();
    let said = String::from_utf8_lossy(&raw);
    assert!(code == 3 && names(&said), "at the start: {code} {said}");
    for arguments in [&["migrate"][..], &["--init", "--non-interactive"], &INIT] {
        let (code, said) = run(home.path(), &everyday, arguments);
        assert!(code == 3 && names(&said), "{arguments:?}: {code} {said}");
    }
    // Looking needs no right.
    let (code, said) = run(home.path(), &everyday, &["migrate", "--dry-run"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    let (code, said) = run(home.path(), &set_up, &["migrate"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    // Current tables of a company: refused as by any other account, without a word of rights.
    let (code, said) = run(home.path(), &everyday, &INIT);
    assert!(code == 1 && said.contains("Nothing was changed"), "{code} {said}");
    let lease = "SELECT COUNT(*) FROM migration_lease WHERE until > UTC_TIMESTAMP()";
    assert_eq!(server(db.engine).client(&["-BN", crate::name(&db.url), "-e", lease]), ["0"]);
}

/// A right that is missing is named, wherever that shows.
#[rstest]
fn a_right_that_an_account_lacks_is_said_in_words(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let poor = account(&db, "daily_poor", "a-password", &["GRANT SELECT ON NAME.__diesel_schema_migrations TO USER"]);
    for arguments in [&["doctor"][..], &["audit", "verify"], &INIT] {
        let (code, said) = run(home.path(), &poor, arguments);
        assert!(code == 3 && said.contains("may not") && !said.contains("reference"), "{arguments:?}: {code} {said}");
    }
}
