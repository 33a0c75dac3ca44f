//! What `epic-events doctor` concludes about accounts and their rights, and that what it prints can be run.

use rstest::rstest;
use serde_json::Value;

use crate::{
    SET_UP_GRANTS, account,
    doctor::{check, mend, report, verdict},
    everyday_grants, init, make_older, name, run,
    support::{Engine, Server, TestDb, server},
};

/// All that a report says is to be run.
fn all_mends(report: &Value) -> String {
    report["checks"].as_array().unwrap().iter().map(|check| check["mend"].to_string()).collect()
}

/// A right that the everyday account lacks is not taken for one of the account of the triggers, which would give
/// the everyday account the rights of the set-up account.
#[rstest]
fn a_missing_right_on_the_audit_log_is_the_everyday_accounts(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values("SELECT", "INSERT")] right: &str,
) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let user = format!("daily_log_{right}");
    let everyday = account(&db, &user, "a-password", &everyday_grants());
    let name = name(&db.url);
    let run_sql = |sql: &str| server(engine).client(&["-e", sql]);
    run_sql(&format!("REVOKE {right} ON {name}.audit_log FROM '{user}'@'%'; FLUSH PRIVILEGES"));
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, check(&found, "missing_rights")["found"].as_str()), (3, Some("audit_log")), "{found:#}");
    assert!(!all_mends(&found).contains("TRIGGER"), "{found:#}");
    let verdicts = (verdict(&found, "trigger_definer"), verdict(&found, "triggers"));
    assert_eq!(verdicts.0, "unknown", "{found:#}");
    // MariaDB goes on showing the triggers to an account that may add rows.
    assert!(verdicts.1 == "unknown" || (verdicts.1 == "fine" && right == "SELECT"), "{found:#}");
    // One column is enough to count rows, and not for what the program reads.
    if right == "SELECT" {
        run_sql(&format!("GRANT SELECT (id) ON {name}.audit_log TO '{user}'@'%'"));
        let (_, found) = report(home.path(), &everyday);
        assert!(!all_mends(&found).contains("TRIGGER"), "{found:#}");
    }
    let (_, found) = report(home.path(), &everyday);
    run_sql(&mend(&found, "missing_rights").concat());
    run_sql(&format!("GRANT SELECT, INSERT ON {name}.audit_log TO '{user}'@'%'"));
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, verdict(&found, "trigger_definer")), (0, "fine"), "{found:#}");
}

/// What `doctor` needs itself is named like any other right.
#[rstest]
fn a_missing_right_on_the_migrations_is_named(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let grants: Vec<_> = everyday_grants().into_iter().filter(|grant| !grant.contains("__diesel")).collect();
    let everyday = account(&db, "daily_blind", "a-password", &grants);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!(
        (code, check(&found, "missing_rights")["found"].as_str()),
        (3, Some("__diesel_schema_migrations")),
        "{found:#}"
    );
    assert_eq!((verdict(&found, "tables"), verdict(&found, "company")), ("unknown", "fine"), "{found:#}");
    check(&found, "triggers");
    server(engine).client(&["-e", &mend(&found, "missing_rights").concat()]);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, verdict(&found, "tables")), (0, "fine"), "{found:#}");
}

/// Runs a line that `doctor` prints for a shell: statements by the server's client, or the program.
fn run_line(engine: Engine, home: &std::path::Path, line: &str) {
    if let Some((client, sql)) = line.split_once(" -e \"") {
        assert_eq!(client, if engine == Engine::MariaDb { "mariadb" } else { "mysql" });
        server(engine).client(&["-e", sql.trim_end_matches('"')]);
        return;
    }
    let (url, command) = line.strip_prefix("DATABASE_URL='").and_then(|rest| rest.split_once("' ")).expect(line);
    assert_eq!(command, "epic-events migrate");
    let (code, said) = run(home, url, &["migrate"]);
    assert!(code == 0 && !said.contains("Nothing had to be done"), "{line}: {code} {said}");
}

/// The everyday account cannot migrate: what is printed unlocks the set-up account. Grants on tables that only the
/// newer version has are not printed before they are there.
#[rstest]
fn what_migrates_is_printed_for_the_account_that_asks(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let set_up = account(&db, "epic_setup", "a-password", &[SET_UP_GRANTS]);
    init(home.path(), &set_up);
    let older: Vec<_> = everyday_grants().into_iter().filter(|grant| !grant.contains("list_")).collect();
    let everyday = account(&db, "daily_before", "a-password", &older);
    let wide = account(&db, "wide_before", "a-password", &["GRANT ALL ON NAME.* TO USER WITH GRANT OPTION"]);
    make_older(&db.url);
    server(engine).client(&["-e", "ALTER USER 'epic_setup'@'%' ACCOUNT LOCK"]);
    for url in [&everyday, &wide] {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, verdict(&found, "tables")), (3, "fault"), "{found:#}");
        assert_eq!(verdict(&found, "missing_rights"), if *url == everyday { "unknown" } else { "fine" }, "{found:#}");
        for name in ["missing_rights", "excessive_rights"] {
            server(engine).client(&["-e", &format!("DO 0; {}", mend(&found, name).concat())]);
        }
    }
    let (_, found) = report(home.path(), &everyday);
    let lines = mend(&found, "tables");
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for line in &lines {
        run_line(engine, home.path(), line);
    }
    let (_, found) = report(home.path(), &everyday);
    assert_eq!(check(&found, "missing_rights")["found"], "list_views, list_columns", "{found:#}");
    server(engine).client(&["-e", &mend(&found, "missing_rights").concat()]);
    assert_eq!(report(home.path(), &everyday).0, 0);

    // MySQL does not show it the triggers.
    if engine == Engine::MariaDb {
        server(engine).client(&[name(&db.url), "-e", "DROP TRIGGER contracts_stay_signed"]);
        let (_, found) = report(home.path(), &everyday);
        let lines = mend(&found, "triggers");
        assert_eq!(lines.len(), 3, "{lines:#?}");
        for line in &lines {
            run_line(engine, home.path(), line);
        }
        assert_eq!(verdict(&report(home.path(), &everyday).1, "triggers"), "fine");
    }
}

/// Rights may come by a role, and be handed on.
#[rstest]
fn rights_by_a_role_and_the_grant_option_are_reported(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let mended = |url: &str, excess: &[&str]| {
        let (code, found) = report(home.path(), url);
        assert_eq!((code, verdict(&found, "excessive_rights")), (0, "warning"), "{found:#}");
        let told = check(&found, "excessive_rights")["found"].as_str().unwrap();
        assert!(excess.iter().all(|excess| told.contains(excess)), "{told}");
        server(engine).client(&["-e", &mend(&found, "excessive_rights").concat()]);
        let (code, found) = report(home.path(), url);
        let verdicts = (verdict(&found, "excessive_rights"), verdict(&found, "missing_rights"));
        assert_eq!((code, verdicts), (0, ("fine", "fine")), "{found:#}");
    };
    let everyday = account(&db, "daily_role", "a-password", &everyday_grants());
    let role = if engine == Engine::MariaDb { "FOR" } else { "TO" };
    let sql = format!(
        "CREATE ROLE helpers; GRANT DELETE, DROP ON {}.* TO helpers; GRANT helpers TO 'daily_role'@'%'; \
         SET DEFAULT ROLE helpers {role} 'daily_role'@'%'",
        name(&db.url)
    );
    server(engine).client(&["-e", &sql]);
    mended(&everyday, &["DELETE, DROP ON *", "helpers"]);
    let handing = account(&db, "daily_option", "a-password", &everyday_grants());
    let grant = format!("GRANT SELECT ON {}.users TO 'daily_option'@'%' WITH GRANT OPTION", name(&db.url));
    server(engine).client(&["-e", &grant]);
    mended(&handing, &["GRANT OPTION ON users"]);
    let mighty = account(&db, "mighty_option", "a-password", &["GRANT ALL ON NAME.* TO USER WITH GRANT OPTION"]);
    mended(&mighty, &["DROP", "GRANT OPTION"]);
    // An administrator of the server is not told to give up what he has.
    let administrator = account(&db, "root_like", "a-password", &["GRANT ALL ON *.* TO USER WITH GRANT OPTION"]);
    let (code, found) = report(home.path(), &administrator);
    let means = check(&found, "excessive_rights")["means"].as_str().unwrap();
    assert!(code == 0 && means.contains("run `doctor` with that account"), "{means}");
    assert!(!all_mends(&found).contains("REVOKE"), "{found:#}");
}

/// Without any right on the database the server refuses the connection.
#[rstest]
fn the_grants_of_an_account_that_has_none_are_printed(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &db.url);
    let everyday = account(&db, "daily_none", "a-password", &[]);
    let (code, found) = report(home.path(), &everyday);
    assert_eq!((code, verdict(&found, "connection")), (3, "fault"), "{found:#}");
    server(engine).client(&["-e", &mend(&found, "connection").concat()]);
    assert_eq!(report(home.path(), &everyday).0, 0);
}

/// A binary log that is removed early ends what can be restored to a point in time.
#[rstest]
fn the_settings_of_the_binary_log_are_checked(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let options = ["--log-bin=binlog", "--binlog-expire-logs-seconds=10800"];
    let server = Server::start_with(engine, &options.map(str::to_owned));
    let (home, url) = (tempfile::tempdir().unwrap(), server.url("logged"));
    init(home.path(), &url);
    let verdicts = || {
        let (code, found) = report(home.path(), &url);
        assert_eq!(code, 0, "{found:#}");
        ["binlog_expiry", "trust_function_creators"].map(|name| {
            assert!(!check(&found, name)["means"].as_str().unwrap().is_empty());
            verdict(&found, name).to_owned()
        })
    };
    assert_eq!(verdicts(), ["warning", "warning"]);
    server.client(&[
        "-e",
        "SET GLOBAL binlog_expire_logs_seconds = 1209600; SET GLOBAL log_bin_trust_function_creators = 1",
    ]);
    assert_eq!(verdicts(), ["fine", "fine"]);
}
