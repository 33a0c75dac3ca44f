//! `epic-events doctor`: what it sees on each engine, and that it only reads.

use rstest::rstest;
use serde_json::Value;

use crate::{
    SET_UP_GRANTS, account, everyday_grants, init, make_older, name, open, run, run_with, stored,
    support::{Engine, TestDb, server},
};

/// The report for programs, with the exit code of the process.
pub fn report(home: &std::path::Path, url: &str) -> (i32, Value) {
    let (code, said) = run(home, url, &["doctor", "--json"]);
    let end = said.rfind('}').unwrap_or_else(|| panic!("{said}"));
    (code, serde_json::from_str(&said[..=end]).unwrap_or_else(|error| panic!("{error}: {said}")))
}

pub fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let found = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

pub fn verdict<'a>(report: &'a Value, name: &str) -> &'a str {
    check(report, name)["verdict"].as_str().unwrap()
}

/// What the report says is to be run.
pub fn mend(report: &Value, name: &str) -> Vec<String> {
    let mend = check(report, name)["mend"].as_array().unwrap();
    mend.iter().map(|statement| statement.as_str().unwrap().to_owned()).collect()
}

#[rstest]
fn a_sound_company_has_no_fault_on_any_engine(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (code, found) = report(home.path(), &db.url);
    assert_eq!((code, &found["exit_code"], &found["doctor"]), (0, &0.into(), &1.into()), "{found:#}");
    let server = check(&found, "server")["found"].as_str().unwrap();
    let version = server.strip_prefix(engine.name()).and_then(|rest| rest.strip_prefix(' ')).unwrap_or_default();
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{server}");
    let versions = &check(&found, "tables")["found"];
    assert_eq!(versions["tables"], versions["program"]);
    for name in ["company", "log_folder", "log_space"] {
        assert_eq!(verdict(&found, name), "fine", "{name}: {found:#}");
    }
    if engine == Engine::Sqlite {
        assert_eq!((verdict(&found, "file"), verdict(&found, "database_space")), ("fine", "fine"));
        return;
    }
    for name in [
        "connection",
        "encryption",
        "missing_rights",
        "triggers",
        "trigger_definer",
        "character_set",
        "sql_mode",
        "clock",
    ] {
        assert_eq!(verdict(&found, name), "fine", "{name}: {found:#}");
    }
    // The servers of the tests do not write every save to the disk.
    assert_eq!(
        (&check(&found, "flush_log_at_commit")["found"], verdict(&found, "flush_log_at_commit")),
        (&"0".into(), "warning")
    );
    assert_eq!(check(&found, "binary_log")["found"], engine == Engine::Mysql);
    assert!(check(&found, "excessive_rights")["found"].as_str().unwrap().contains("ON *.*"));
}

#[test]
fn options_stand_before_or_after_the_command() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    for arguments in [
        &["doctor", "--json", "--theme", "plain"][..],
        &["--json", "--theme", "plain", "doctor"],
        &["--ascii", "doctor", "--json", "--language", "en"],
        &["--language", "en", "--json", "doctor", "--accessible", "--no-mouse"],
    ] {
        let (code, said) = run(home.path(), &db.url, arguments);
        assert!(code == 0 && said.starts_with('{'), "{arguments:?}: {code} {said}");
    }
    let (code, said) = run(home.path(), &db.url, &["--json", "audit", "verify"]);
    assert!(code == 2 && said.contains("--json"), "{code} {said}");
}

/// The report for programs is complete if the database or the configuration cannot be used.
#[test]
fn the_report_for_programs_is_printed_with_every_fault() {
    let home = tempfile::tempdir().unwrap();
    let (code, found) = report(home.path(), "mysql://crm:canary@127.0.0.1:1/crm");
    assert_eq!((code, &found["exit_code"]), (3, &3.into()));
    assert!(found["problem"].as_str().unwrap().contains("Nothing answers") && !found.to_string().contains("canary"));
    let connection = check(&found, "connection");
    assert_eq!((&connection["found"], &connection["verdict"]), (&false.into(), &"fault".into()));
    assert!(connection["means"].as_str().unwrap().contains("Nothing answers"), "{connection}");
    assert_eq!(verdict(&found, "log_folder"), "fine", "the rest is looked at");
    let (code, text) = run(home.path(), "mysql://crm:canary@127.0.0.1:1/crm", &["doctor"]);
    assert!(code == 3 && text.contains("FAULT") && text.contains("Nothing answers"), "{code} {text}");
    let (code, found) = report(home.path(), "mysql://crm:ca#nary@127.0.0.1:1/crm");
    assert_eq!((code, verdict(&found, "connection")), (5, "fault"), "the address is wrong, not the database");
    let (code, said) = run_with(home.path(), "", &["doctor", "--json"], &[("EPIC_EVENTS_THEME", "pink")]);
    assert!(code == 5 && said.contains("\"exit_code\": 5") && said.contains("EPIC_EVENTS_THEME"), "{code} {said}");
}

/// An account that cannot sign in is a finding, in words: a wrong password, and an account that is locked.
#[rstest]
fn an_account_that_the_server_refuses_is_a_finding(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let locked = account(&db, "locked", "a-password", &[SET_UP_GRANTS]);
    server(engine).client(&["-e", "ALTER USER 'locked'@'%' ACCOUNT LOCK"]);
    let means = |url: &str| {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, verdict(&found, "connection")), (3, "fault"), "{found:#}");
        check(&found, "connection")["means"].as_str().unwrap().to_owned()
    };
    assert!(means(&db.url.replace("only-for-tests", "canary")).contains("does not accept this user"));
    assert!(means(&locked).contains("has locked this account"));
    let unlock = mend(&report(home.path(), &locked).1, "connection");
    assert_eq!(unlock, ["ALTER USER 'locked'@'%' ACCOUNT UNLOCK;"]);
    let (code, said) = run(home.path(), &locked, &["migrate"]);
    assert!(code == 3 && said.contains("has locked this account") && !said.contains("ERROR"), "{code} {said}");
}

/// The labels of the report, by line: the values are the same in each language.
fn labels(said: &str) -> Vec<String> {
    let lines = said.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let label = |line: &str| line.chars().take(32).collect::<String>().trim().to_owned();
    lines.map(label).filter(|label| !label.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect()
}

#[rstest]
fn the_report_in_french_has_no_english_words(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    // Names that are the same in both languages, or names of variables.
    const SAME: [&str; 5] = ["epic-events", "configuration", "exports", "tables", "terminal"];
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let (_, english) = run(home.path(), &db.url, &["doctor", "--language", "en"]);
    let (_, french) = run(home.path(), &db.url, &["doctor", "--language", "fr"]);
    let (english, french) = (labels(&english), labels(&french));
    assert_eq!(english.len(), french.len());
    for (english, french) in english.iter().zip(&french) {
        let is_name = ["innodb_", "sync_", "binlog_", "log_bin", "keys."].iter().any(|name| english.starts_with(name));
        let same = is_name || SAME.contains(&english.as_str());
        assert!(english != french || same, "{english}");
    }
}

/// A server that was set up by an older version lacks the grants on the newer tables. The report names them with
/// the statements that mend it.
#[rstest]
fn missing_rights_are_named_with_the_statements_that_grant_them(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let older: Vec<_> = everyday_grants().into_iter().filter(|grant| !grant.contains("list_")).collect();
    let everyday = account(&db, "daily_older", "a-password", &older);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, check(&found, "missing_rights")["found"].as_str()), (3, Some("list_views, list_columns")));
    let statements = mend(&found, "missing_rights");
    let grant = "GRANT SELECT, INSERT, UPDATE, DELETE ON";
    let name = name(&db.url);
    assert_eq!(statements[0], format!("{grant} {name}.list_views TO 'daily_older'@'%';"));
    let (_, text) = run(home.path(), &everyday, &["doctor"]);
    assert!(
        statements.iter().all(|statement| text.contains(statement))
            && text.contains("2 tables") | text.contains("FAULT"),
        "{text}"
    );
    for name in ["excessive_rights", "trigger_definer"] {
        assert_eq!(verdict(&found, name), "fine", "{name}: {found:#}");
    }
    // MySQL shows an account no trigger that it could not change.
    let seen = if engine == Engine::MariaDb { "fine" } else { "unknown" };
    assert_eq!(verdict(&found, "triggers"), seen, "{found:#}");
    server(engine).client(&["-e", &statements.concat()]);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, verdict(&found, "missing_rights")), (0, "fine"), "{found:#}");

    // Rights that it must not have.
    server(engine).client(&["-e", &format!("GRANT DELETE ON {name}.audit_log TO 'daily_older'@'%'")]);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, check(&found, "excessive_rights")["found"].as_str()), (0, Some("DELETE ON audit_log")));
    let statements = mend(&found, "excessive_rights");
    assert_eq!(statements, [format!("REVOKE DELETE ON `{name}`.audit_log FROM 'daily_older'@'%';")]);
    server(engine).client(&["-e", &statements.concat()]);
    // The rights that it needs may come from wider ones.
    for grants in [&["GRANT ALL ON NAME.* TO USER"][..], &["GRANT ALL ON *.* TO USER"]] {
        let user = if grants[0].contains("NAME") { "mighty" } else { "almighty" };
        let mighty = account(&db, user, "a-password", grants);
        let (code, found) = report(home.path(), &mighty);
        assert_eq!((code, verdict(&found, "excessive_rights")), (0, "warning"), "{found:#}");
        server(engine).client(&["-e", &mend(&found, "excessive_rights").concat()]);
        let (code, found) = report(home.path(), &mighty);
        let verdicts = (verdict(&found, "excessive_rights"), verdict(&found, "missing_rights"));
        assert_eq!((code, verdicts), (0, ("fine", "fine")), "{found:#}");
    }
    let (_, found) = report(home.path(), &db.url);
    assert!(mend(&found, "excessive_rights").is_empty(), "the account of the triggers keeps its rights");
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, verdict(&found, "excessive_rights")), (0, "fine"), "{found:#}");
    let set_up = account(&db, "set_up_seen", "a-password", &[SET_UP_GRANTS]);
    let (code, found) = report(home.path(), &set_up);
    let excess = check(&found, "excessive_rights")["found"].as_str().unwrap();
    assert!(code == 0 && excess.contains("ALTER") && excess.ends_with("ON *"), "{excess}");
}

/// The triggers run with the rights of the account that created them: without it nothing can be saved.
#[rstest]
fn a_missing_account_of_the_triggers_is_reported(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let creator = account(&db, "creator", "a-password", &["GRANT ALL ON *.* TO USER"]);
    init(home.path(), &creator);
    let everyday = account(&db, "daily_definer", "a-password", &everyday_grants());
    for url in [&everyday, &db.url] {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, verdict(&found, "trigger_definer")), (0, "fine"), "{found:#}");
    }
    assert_eq!(check(&report(home.path(), &db.url).1, "trigger_definer")["found"], "'creator'@'%'");
    server(engine).client(&["-e", "ALTER USER 'creator'@'%' ACCOUNT LOCK"]);
    assert_eq!(report(home.path(), &everyday).0, 0, "it may be locked");

    server(engine).client(&["-e", "DROP USER 'creator'@'%'"]);
    for url in [&everyday, &db.url] {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, check(&found, "trigger_definer")["found"].as_str()), (3, Some("'creator'@'%'")), "{found:#}");
    }
    let (code, said) = run(home.path(), &db.url, &["reset-password", "boss"]);
    assert!(code == 3 && said.contains("account that guards the records is missing"), "a save: {code} {said}");
    let before = stored(&db);
    let statements = mend(&report(home.path(), &everyday).1, "trigger_definer");
    assert!(stored(&db) == before, "doctor has changed something");
    assert!(!statements.concat().contains("choose-one"), "nobody has to fill anything in: {statements:#?}");
    server(engine).client(&["-e", &statements.concat()]);
    for url in [&everyday, &db.url] {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, verdict(&found, "trigger_definer")), (0, "fine"), "{found:#}");
    }
    // It is the set-up account again, once somebody unlocks it.
    server(engine).client(&["-e", "ALTER USER 'creator'@'%' IDENTIFIED BY 'a-password' ACCOUNT UNLOCK"]);
    make_older(&db.url);
    let (code, said) = run(home.path(), &creator, &["migrate"]);
    assert!(code == 0 && !said.contains("does not let"), "{code} {said}");

    // It is there, but has lost what the triggers need. MySQL remembers the rights of accounts and may go by those of a
    // moment ago, unless it reads them anew.
    let revoke = |right: &str| {
        let revoked = format!("REVOKE {right} ON {}.* FROM 'creator'@'%'; FLUSH PRIVILEGES", name(&db.url));
        server(engine).client(&["-e", &revoked]);
    };
    revoke("TRIGGER");
    let (code, found) = report(home.path(), &everyday);
    let lacks = check(&found, "trigger_definer")["found"].as_str().unwrap();
    assert_eq!((code, lacks), (3, "'creator'@'%' - TRIGGER audit_log"), "{found:#}");
    server(engine).client(&["-e", &mend(&found, "trigger_definer").concat()]);
    assert_eq!(verdict(&report(home.path(), &everyday).1, "trigger_definer"), "fine");
    revoke("SELECT");
    let (code, found) = report(home.path(), &everyday);
    let lacks = check(&found, "trigger_definer")["found"].as_str().unwrap();
    assert_eq!((code, lacks), (3, "'creator'@'%' - SELECT audit_log"), "{found:#}");
    server(engine).client(&["-e", &mend(&found, "trigger_definer").concat()]);
    assert_eq!(verdict(&report(home.path(), &everyday).1, "trigger_definer"), "fine");
    server(engine).client(&["-e", "DROP USER 'creator'@'%'"]);
}

/// As long as no trigger says which account is the set-up account, no account that may create triggers is told
/// to give up its rights.
#[rstest]
fn the_set_up_account_keeps_its_rights_before_there_are_triggers(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let set_up = account(&db, "maker_of_all", "a-password", &[SET_UP_GRANTS]);
    init(home.path(), &db.url);
    let triggers = open(&db.url)
        .texts("SELECT trigger_name AS text FROM information_schema.triggers WHERE trigger_schema = DATABASE()");
    for trigger in triggers.unwrap() {
        server(engine).client(&[name(&db.url), "-e", &format!("DROP TRIGGER {trigger}")]);
    }
    let (code, found) = report(home.path(), &set_up);
    assert_eq!(
        (code, verdict(&found, "triggers"), verdict(&found, "excessive_rights")),
        (0, "warning", "warning"),
        "{found:#}"
    );
    assert_eq!(mend(&found, "excessive_rights"), Vec::<String>::new());
    assert_eq!(mend(&found, "triggers"), ["epic-events migrate"]);
}

#[rstest]
fn a_server_without_triggers_and_with_older_tables_is_reported(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let everyday = account(&db, "daily_bare", "a-password", &everyday_grants());
    server(engine).client(&[name(&db.url), "-e", "DROP TRIGGER contracts_stay_signed"]);
    let (_, found) = report(home.path(), &everyday);
    let lost = (check(&found, "triggers")["found"].clone(), verdict(&found, "triggers"));
    match engine {
        Engine::MariaDb => assert_eq!(lost, ("11 / 12 (- contracts_stay_signed)".into(), "warning")),
        _ => assert_eq!(lost, (true.into(), "unknown"), "it cannot see that one is lost, and says so"),
    }
    let (code, said) = run(home.path(), &db.url, &["migrate", "--dry-run"]);
    assert!(code == 0 && said.contains("would be created for these rules: contracts_stay_signed"), "{code} {said}");
    assert!(said.contains("Nothing was changed") && !said.contains("Nothing had to be done"), "{said}");
    let (code, said) = run(home.path(), &everyday, &["migrate", "--dry-run"]);
    assert!(code == 0 && !said.contains("would be created"), "it may not see triggers: {code} {said}");
    let (code, said) = run(home.path(), &db.url, &["migrate"]);
    assert!(code == 0 && said.contains("enforces these rules too: contracts_stay_signed"), "{code} {said}");
    assert!(!said.contains("Nothing had to be done"), "{said}");
    server(engine).client(&[name(&db.url), "-e", "DROP TRIGGER audit_is_numbered"]);
    let (code, found) = report(home.path(), &db.url);
    assert!(code == 0 && check(&found, "triggers")["found"].as_str().unwrap().starts_with("11 / 12"), "{found:#}");
    assert_eq!(verdict(&report(home.path(), &everyday).1, "triggers"), "warning");
    let (from, to) = make_older(&db.url);
    let (code, found) = report(home.path(), &db.url);
    let versions = &check(&found, "tables")["found"];
    assert_eq!((code, &versions["tables"], &versions["program"]), (3, &from.into(), &to.into()));
    assert_eq!(mend(&found, "tables"), ["epic-events migrate"]);
}

/// Where no trigger holds what is due against the payments, others can take them apart: then it is found, and what
/// mends it is told.
#[rstest]
fn an_amount_due_that_does_not_follow_from_the_payments_is_found(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use diesel::connection::SimpleConnection;
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let mut other = open(&db.url);
    let at = "'2026-01-01 00:00:00', '2026-01-01 00:00:00'";
    let write = format!(
        "INSERT INTO users (id, username, full_name, name_key, role, password_hash, search, created_at, updated_at) \
         VALUES (7, 'bill', 'Bill Boquet', 'bill boquet', 'sales', 'x', '', {at}); \
         INSERT INTO clients (id, full_name, company_name, phone, sales_contact_id, notes, search, created_at, updated_at) \
         VALUES (1, 'Kevin Casey', '', '+678', 7, '', '', {at}); \
         INSERT INTO contracts (id, client_id, total_cents, due_cents, notes, search, created_at, updated_at) \
         VALUES (3, 1, 1000, 1000, '', '', {at}), (4, 1, 1000, 1000, '', '', {at}); \
         INSERT INTO instalments (contract_id, position, label, amount_cents, anchor, due_on, upto_cents, open_cents, open_on, created_at, updated_at) \
         VALUES (4, 1, '', 300, 'date', '2026-02-01', 300, 0, NULL, {at}), (4, 2, '', 700, 'date', '2026-03-01', 1000, 400, '2026-03-01', {at}); \
         DROP TRIGGER due_follows_payments; UPDATE contracts SET due_cents = 400 WHERE id = 4"
    );
    other.batch_execute(&write).unwrap();
    let (_, found) = report(home.path(), &db.url);
    assert_eq!((&check(&found, "amounts_due")["found"], verdict(&found, "amounts_due")), (&"4".into(), "fault"));
    other.batch_execute(&mend(&found, "amounts_due").concat()).unwrap();
    let (_, found) = report(home.path(), &db.url);
    assert!(found["checks"].as_array().unwrap().iter().all(|check| check["name"] != "amounts_due"), "{found:#}");
    // What is open of its instalments follows too.
    let open = "SELECT CONCAT(open_cents, ' ', open_on) AS text FROM instalments ORDER BY position";
    assert_eq!(other.texts(open).unwrap(), ["300 2026-02-01", "700 2026-03-01"]);
    assert_eq!(
        other.texts("SELECT CAST(next_due_on AS CHAR) AS text FROM contracts WHERE id = 4").unwrap(),
        ["2026-02-01"]
    );
}
