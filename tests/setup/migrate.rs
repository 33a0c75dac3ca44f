//! `epic-events migrate`, and how the other commands treat outdated tables.

use rstest::rstest;

use crate::{
    INIT, SET_UP_GRANTS, account, everyday_grants, init, make_older, run, stored,
    support::{Engine, Server, TestDb, server, terminal::Terminal},
};

#[rstest]
fn migrate_reports_what_it_does_and_changes_nothing_in_a_dry_run(
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

/// `--init --non-interactive` migrates a company with outdated tables without needing a manager, and changes
/// nothing in a current one.
#[rstest]
fn init_migrates_an_existing_company(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (from, to) = make_older(&db.url);
    let (code, said) = run(home.path(), &db.url, &["--init", "--non-interactive"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    assert_eq!(run(home.path(), &db.url, &["doctor"]).0, 0);

    make_older(&db.url);
    let (code, said) = run(home.path(), &db.url, &INIT);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "with a manager named: {code} {said}");
    assert!(!said.contains("set up"), "no manager was created, and none is reported: {said}");

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

/// The everyday account may not change tables: the error names the command that does, and the account it needs.
#[rstest]
fn the_everyday_account_is_told_how_to_migrate_the_tables(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
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
    // A dry run needs no special right.
    let (code, said) = run(home.path(), &everyday, &["migrate", "--dry-run"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    assert!(said.contains("can neither see nor create triggers"), "{said}");
    let (code, said) = run(home.path(), &set_up, &["migrate"]);
    assert!(code == 0 && said.contains(&format!("{from} to {to}")), "{code} {said}");
    // With current tables, the set-up is refused as for any other account, without mentioning rights.
    let (code, said) = run(home.path(), &everyday, &INIT);
    assert!(code == 1 && said.contains("Nothing was changed"), "{code} {said}");
    let lease = "SELECT COUNT(*) FROM migration_lease WHERE until > UTC_TIMESTAMP()";
    assert_eq!(server(db.engine).client(&["-BN", crate::name(&db.url), "-e", lease]), ["0"]);
}

/// Every command names a missing right.
#[rstest]
fn a_missing_right_of_an_account_is_explained(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let poor = account(&db, "daily_poor", "a-password", &["GRANT SELECT ON NAME.__diesel_schema_migrations TO USER"]);
    for arguments in [&["doctor"][..], &["audit", "verify"], &INIT] {
        let (code, said) = run(home.path(), &poor, arguments);
        assert!(code == 3 && said.contains("may not") && !said.contains("reference"), "{arguments:?}: {code} {said}");
    }
}

/// A right that the set-up account lacks is named, with the statement that gives it all of its rights.
#[rstest]
fn a_right_that_the_set_up_account_lacks_is_said_in_words(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values("SELECT", "CREATE", "INSERT", "UPDATE", "ALTER", "DROP")] right: &str,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let name = crate::name(&db.url);
    let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    server(engine).client(&["-e", &create]);
    let user = format!("lacks_{right}");
    let grants = SET_UP_GRANTS.replace(&format!("{right}, "), "");
    let lacking = account(&db, &user, "a-password", &[&grants]);
    let grant = SET_UP_GRANTS.replace("NAME", name).replace("USER", &format!("'{user}'@'%'"));
    let explains = |said: &str| {
        said.contains(&format!("{right} "))
            && said.contains(&grant)
            && !said.contains("doctor")
            && !said.contains("reference")
    };
    let (code, said) = run(home.path(), &lacking, &INIT);
    assert!(code == 3 && explains(&said), "{code} {said}");
    let (code, said) = run(home.path(), &db.url, &INIT);
    assert_eq!(code, 0, "with all rights it goes on: {said}");

    // Without these rights it cannot even begin.
    if ["SELECT", "CREATE", "INSERT", "UPDATE"].contains(&right) {
        make_older(&db.url);
        let (code, said) = run(home.path(), &lacking, &["migrate"]);
        assert!(code == 3 && explains(&said) && !said.contains("epic-events migrate"), "{code} {said}");
    }
}

/// Without the right to triggers the tables are migrated all the same, and `migrate` says that it cannot see triggers.
#[rstest]
fn migrate_needs_no_right_to_triggers(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let blind = account(&db, "lacks_trigger", "a-password", &[&SET_UP_GRANTS.replace(", TRIGGER", "")]);
    let unseen = "can neither see nor create triggers";
    for arguments in [&["migrate"][..], &["migrate", "--dry-run"]] {
        let (code, said) = run(home.path(), &blind, arguments);
        let told = said.contains("Nothing had to be done") && said.contains(unseen);
        assert!(code == 0 && told && !said.contains("enforces"), "{arguments:?}: {code} {said}");
    }
    for arguments in [&["migrate"][..], &["--init", "--non-interactive"]] {
        let (from, to) = make_older(&db.url);
        let (code, said) = run(home.path(), &blind, arguments);
        let told = said.contains(&format!("{from} to {to}")) && said.contains(unseen);
        assert!(code == 0 && told, "{arguments:?}: {code} {said}");
    }
    assert_eq!(run(home.path(), &db.url, &["doctor"]).0, 0);
}

/// A server with a binary log lets only few accounts create triggers, but lets the set-up account drop them.
/// The triggers that enforce the company's rules must be left in place.
#[rstest]
fn migrate_drops_no_trigger_that_it_cannot_recreate(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server =
        Server::start_with(engine, &["--log-bin".to_owned(), "--log-bin-trust-function-creators=OFF".to_owned()]);
    let home = tempfile::tempdir().unwrap();
    let grants = SET_UP_GRANTS.replace("NAME", "*").replace("USER", "set_up@'%'");
    server.client(&["-e", &format!("CREATE USER set_up@'%' IDENTIFIED BY 'p'; {grants}")]);
    let as_set_up = |name: &str| server.url(name).replace("crm:only-for-tests", "set_up:p");
    let guards = |name: &str| {
        let sql = format!(
            "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = '{name}' ORDER BY 1"
        );
        server.client(&["-BN", "-e", &sql])
    };
    // Set up by an account that may create triggers.
    let db = TestDb::on(&server, "guarded");
    init(home.path(), &db.url);
    let all = guards("guarded");
    let names: Vec<&str> = all.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"contracts_stay_signed") && names.contains(&"audit_is_not_changed"), "{names:?}");
    // Migrate with the documented set-up account, first current and then outdated tables.
    let (code, said) = run(home.path(), &as_set_up("guarded"), &["migrate"]);
    assert!(code == 0 && !said.contains("audit_is_not_changed"), "{code} {said}");
    assert_eq!(guards("guarded"), all);
    make_older(&db.url);
    let (code, said) = run(home.path(), &as_set_up("guarded"), &["migrate"]);
    assert!(code == 0 && said.contains("up to date"), "{code} {said}");
    assert_eq!(guards("guarded"), all, "{said}");

    // A trigger that is outdated or missing is named; an outdated one stays.
    server.client(&[
        "guarded",
        "-e",
        "DROP TRIGGER audit_is_not_removed; DROP TRIGGER contracts_stay_signed; \
        CREATE TRIGGER contracts_stay_signed BEFORE UPDATE ON contracts FOR EACH ROW SET NEW.id = OLD.id",
    ]);
    let (code, said) = run(home.path(), &as_set_up("guarded"), &["migrate"]);
    let told = ["audit_is_not_removed", "contracts_stay_signed"].iter().all(|name| said.contains(name));
    assert!(code == 0 && told && !said.contains("audit_is_not_changed"), "{code} {said}");
    assert_eq!(guards("guarded").len(), all.len() - 1);
    // An account that may create triggers recreates both.
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    let made = said.contains("enforces these rules too: contracts_stay_signed, audit_is_not_removed");
    assert!(code == 0 && made && !said.contains("does not let"), "{code} {said}");
    assert_eq!(guards("guarded"), all);

    // A company that is set up without triggers: the set-up names them, and `migrate` names them again.
    let (code, said) = run(home.path(), &as_set_up("unguarded"), &INIT);
    assert!(code == 0 && names.iter().all(|name| said.contains(name)), "{code} {said}");
    assert!(guards("unguarded").is_empty());
    let (code, said) = run(home.path(), &as_set_up("unguarded"), &["migrate"]);
    assert!(code == 0 && said.contains("contracts_stay_signed"), "{code} {said}");
}

/// What only reads leaves an older embedded database as it is, so that a look at a backup does not change it.
#[rstest]
fn doctor_audit_verify_and_backup_do_not_migrate(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (from, to) = make_older(&db.url);
    let before = stored(&db);
    let behind = |said: &str| said.contains(&from) && said.contains(&to);
    let (code, said) = run(home.path(), &db.url, &["doctor"]);
    let verdict = if engine == Engine::Sqlite { 0 } else { 3 };
    assert!(code == verdict && behind(&said), "{code} {said}");
    let (code, said) = run(home.path(), &db.url, &["audit", "verify"]);
    assert!(code == 0 && said.contains("whole"), "{code} {said}");
    if engine == Engine::Sqlite {
        let (code, said) = run(home.path(), &db.url, &["backup", "copy.db"]);
        assert_eq!(code, 0, "{said}");
        let copy = format!("sqlite://{}", home.path().join("copy.db").display());
        let (code, said) = run(home.path(), &copy, &["doctor"]);
        assert!(code == 0 && behind(&said), "{code} {said}");
    }
    let (code, said) = run(home.path(), &db.url, &["migrate", "--dry-run"]);
    assert!(code == 0 && behind(&said), "{code} {said}");
    assert!(stored(&db) == before, "the tables were changed");
}
