//! `epic-events copy`: a company moves from any engine to any engine, whole or not at all.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use diesel::connection::SimpleConnection;
use epic_events::{
    app::now,
    domain::{
        clients::{ClientFilter, ClientRow, ClientSort},
        entity::Query,
        page::{Edge, Listing},
        session::Session,
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, copy},
    storage::Target,
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    SET_UP_GRANTS, account, everyday_grants, init, make_older, name, open, run,
    support::{
        Engine, Server, TestDb, server,
        terminal::{ENTER, ESC, SAVE, Terminal, environment},
        world::{PASSWORD, World},
    },
};

/// A company with what is no longer allowed for new rows: an archived contract with an event, a client of a
/// deactivated sales person; and rows in every table.
fn company(engine: Engine) -> World {
    let mut world = World::new(engine);
    let records = world.records();
    world.client_of(world.sales.actor.id, "Aliénor O'Neill \\ « 漢字 »");
    let mut services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    let login = SessionRequest::SignIn { login: "nobody".to_owned(), password: SecretString::from("x") };
    services.execute(None, &Request::Session(login), now()).unwrap_err();
    let (me, contract) = (world.manager.actor.id.0, records.signed.0);
    let (day, at) = ("'2026-02-28'", "'2026-01-31 08:09:10.123456'");
    let more = format!(
        "UPDATE contracts SET archived_at = {at} WHERE id = {contract};
         UPDATE users SET active = 0, last_login_at = {at} WHERE role <> 'management';
         UPDATE clients SET last_contact_at = '2026-01-30', notes = 'one\nline\ttwo';
         INSERT INTO list_views (owner_id, kind, name, name_key, shared, content, created_at, updated_at) \
         VALUES ({me}, 'client', 'Mine', 'mine', 1, '{{\"a\":1}}', {at}, {at});
         INSERT INTO plans (id, name, name_key, parts, created_at, updated_at) VALUES (3, '½/½', '½/½', '[]', {at}, {at});
         INSERT INTO instalments (contract_id, position, label, amount_cents, anchor, offset_days, due_on, upto_cents, open_cents, open_on, plan_id, created_at, updated_at) \
         SELECT id, 1, '’漢', total_cents, 'event', -60, {day}, total_cents, 5, {day}, 3, {at}, {at} FROM contracts; UPDATE contracts SET next_due_on = {day};
         INSERT INTO imports (file_name, kind, created_by, operation_id, headings, fields, created_rows, changed_rows, unchanged_rows, refused_rows, skipped_rows, created_at, updated_at) VALUES ('Été.csv', 'client', {me}, 'o', 'h', '[null]', 1, 2, 3, 4, 5, {at}, {at});
         INSERT INTO list_columns (user_id, kind, content, created_at, updated_at) VALUES ({me}, 'event', '[]', {at}, {at})"
    );
    world.connection().batch_execute(&more).unwrap();
    world
}

/// Saves a view of this name, and returns its id.
fn view(url: &str, name: &str) -> i64 {
    let mut db = open(url);
    let insert = format!(
        "INSERT INTO list_views (owner_id, kind, name, name_key, content, created_at, updated_at) \
         SELECT id, 'event', '{name}', '{name}', '', created_at, created_at FROM users WHERE username = 'manager'"
    );
    db.batch_execute(&insert).unwrap();
    db.last_id("list_views").unwrap()
}

/// Values of every table, read without the code that copies them.
fn content(url: &str) -> Vec<String> {
    let time = |column: &str| format!("COALESCE(SUBSTR({column},1,19),'-')");
    let [signed, archived, starts, ends] = ["signed_at", "archived_at", "starts_at", "ends_at"].map(time);
    let tables = [
        (
            "users",
            "id",
            format!(
                "version, username, email, role, active, password_hash, auth_epoch, failed_logins, search, {}",
                time("last_login_at")
            ),
        ),
        ("unknown_logins", "login_key", format!("failed_logins, {}", time("retry_after"))),
        (
            "clients",
            "id",
            format!(
                "version, full_name, email_key, phone, sales_contact_id, last_contact_at, notes, sales_key, search, {}",
                time("updated_at")
            ),
        ),
        (
            "contracts",
            "id",
            format!(
                "version, client_id, total_cents, due_cents, next_due_on, client_key, search, {signed}, {archived}"
            ),
        ),
        (
            "events",
            "id",
            format!("version, contract_id, title, status, support_id, client_search, contact_phone, {starts}, {ends}"),
        ),
        ("payments", "id", "version, contract_id, amount_cents, paid_on, method, reference, cancel_reason".to_owned()),
        ("plans", "id", "version, name, name_key, parts".to_owned()),
        (
            "instalments",
            "id",
            "position, label, amount_cents, anchor, due_on, upto_cents, open_cents, plan_id".to_owned(),
        ),
        ("imports", "id", "version, file_name, kind, created_by, fields, created_rows, skipped_rows".to_owned()),
        ("settings", "`key`", format!("value, version, {}", time("updated_at"))),
        ("audit_log", "id", format!("seq, hash, actor_id, actor_name, action, changes, session_id, {}", time("at"))),
        ("list_views", "id", "version, owner_id, name, shared, content".to_owned()),
        ("list_columns", "id", "version, user_id, kind, content".to_owned()),
    ];
    let mut db = open(url);
    let mut all = Vec::new();
    for (table, key, columns) in tables {
        let values: Vec<String> = columns.split(", ").map(|column| format!("COALESCE({column}, '-')")).collect();
        let values = values.join(", ");
        let rows = db.texts(&format!("SELECT CONCAT_WS('|', {key}, {values}) AS text FROM {table}")).unwrap();
        assert!(!rows.is_empty(), "the test has no row in {table}");
        let mut rows: Vec<String> = rows.into_iter().map(|row| format!("{table}: {row}")).collect();
        rows.sort();
        all.extend(rows);
    }
    all
}

pub fn head(url: &str) -> String {
    let (code, said) = run(tempfile::tempdir().unwrap().path(), url, &["audit", "verify"]);
    assert_eq!(code, 0, "{said}");
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

fn sign_in(url: &str) -> (Services, Session) {
    let mut services = Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4);
    let login = SessionRequest::SignIn { login: "manager".to_owned(), password: SecretString::from(PASSWORD) };
    let Reply::SignedIn(session) = services.execute(None, &Request::Session(login), now()).unwrap() else { panic!() };
    (services, *session)
}

#[rstest]
fn a_company_is_copied_unchanged(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] from: Engine,
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] to: Engine,
) {
    let home = tempfile::tempdir().unwrap();
    let (world, target) = (company(from), TestDb::new(to));
    // A record that was seen and is gone.
    let gone = [(); 3].map(|()| {
        let id = view(&world.db.url, "Gone");
        world.connection().batch_execute("DELETE FROM list_views WHERE name = 'Gone'").unwrap();
        id
    });
    let (original, end) = (content(&world.db.url), head(&world.db.url));
    let (code, said) = run(home.path(), &world.db.url, &["copy", "--to", &target.url]);
    assert!(code == 0 && said.contains("events: 1 row") && said.contains(&end), "{code} {said}");
    assert!(!said.contains("only-for-tests"), "a password is shown: {said}");
    assert_eq!(content(&target.url), original);
    assert_eq!(content(&world.db.url), original, "the source is as it was");
    assert_eq!(head(&target.url), end);
    let (code, said) = run(home.path(), &target.url, &["doctor"]);
    assert!(code == 0 && said.contains("up to date"), "{code} {said}");
    let (code, said) = run(home.path(), &target.url, &["migrate"]);
    assert!(code == 0 && said.contains("Nothing had to be done"), "{code} {said}");
    if to != Engine::Sqlite {
        let fresh = TestDb::new(to);
        init(home.path(), &fresh.url);
        let indexes = "SELECT table_name, index_name, index_type, non_unique, seq_in_index, column_name \
                       FROM information_schema.statistics WHERE table_schema = DATABASE() \
                       AND table_name <> 'migration_lease' ORDER BY 1, 2, 5";
        assert_eq!(target.query(indexes), fresh.query(indexes), "all indexes are there again");
        let columns = "SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns \
                       WHERE table_schema = DATABASE() AND table_name <> 'migration_lease' ORDER BY 1, 2";
        assert_eq!(target.query(columns), fresh.query(columns));
    }
    // The rules for new rows hold again.
    for (sql, rule) in [
        ("UPDATE contracts SET signed_at = NULL WHERE signed_at IS NOT NULL", "a signature is final"),
        ("DELETE FROM audit_log", "the audit log is not removed"),
        ("UPDATE contracts SET due_cents = 0 WHERE due_cents > 0", "what is due follows from the payments"),
        ("UPDATE clients SET sales_contact_id = 999", "active sales"),
    ] {
        let refused = open(&target.url).batch_execute(sql).unwrap_err().to_string();
        assert!(refused.contains(rule), "{refused}");
    }
    assert!(open(&target.url).batch_execute("UPDATE contracts SET client_id = 999").is_err(), "references are checked");
    assert!(view(&target.url, "Next") > gone[2], "the id of a record that is gone is given again");
    // People sign in with their passwords, and find by words.
    let (mut services, session) = sign_in(&target.url);
    let filter = ClientFilter { text: "aliénor 漢字".to_owned(), ..ClientFilter::default() };
    let sought = Listing { filter, sort: ClientSort::Name, descending: false, edge: Edge::Start, limit: 10 };
    let list = Request::Read(ReadRequest::List(Query::Client(sought)));
    let Reply::Page(page) = services.execute(Some(&session), &list, now()).unwrap() else { panic!("clients") };
    assert_eq!(page.of::<ClientRow>().rows.len(), 1);
    assert_ne!(head(&target.url), end, "the sign-in has its row in the log");
}

/// Nobody may read how far it is: the window was closed, or the disk for the log of a script is full.
#[test]
fn a_copy_goes_on_if_its_progress_cannot_be_written() {
    let (world, home) = (World::new(Engine::Sqlite), tempfile::tempdir().unwrap());
    let target = format!("sqlite://{}", home.path().join("moved.db").display());
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_epic-events"));
    command.args(["copy", "--from", &world.db.url, "--to", &target]).env_clear().envs(environment(home.path(), ""));
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(full).status().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert_eq!(head(&target), head(&world.db.url));
}

/// What the server calls itself is configured there, or answered by a proxy.
#[test]
fn a_company_is_copied_to_a_server_under_another_name() {
    let world = World::new(Engine::Sqlite);
    let server = Server::start_with(Engine::MariaDb, &["--version=8.0.36".to_owned()]);
    server.client(&["-e", "CREATE DATABASE moved"]);
    let home = tempfile::tempdir().unwrap();
    let (code, said) = run(home.path(), "", &["copy", "--from", &world.db.url, "--to", &server.url("moved")]);
    assert_eq!(code, 0, "{said}");
}

#[rstest]
fn a_copy_is_refused_in_words(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let home = tempfile::tempdir().unwrap();
    let (source, target) = (TestDb::new(engine), TestDb::new(engine));
    let copy = |from: &str, to: &str| run(home.path(), "", &["copy", "--from", from, "--to", to]);
    let (code, said) = copy(&source.url, &target.url);
    assert!(code == 3, "no source: {code} {said}");
    init(home.path(), &source.url);
    let (code, said) = copy(&source.url, &source.url);
    assert!(code == 3 && said.contains("empty database only") && !said.contains("only-for-tests"), "{code} {said}");
    init(home.path(), &target.url);
    let before = crate::stored(&target);
    let (code, said) = copy(&source.url, &target.url);
    assert!(code == 3 && said.contains("empty database only") && said.contains("Nothing was changed"), "{said}");
    assert!(crate::stored(&target) == before, "it changed something");
    let (from, to) = make_older(&source.url);
    let other = TestDb::new(engine);
    let (code, said) = copy(&source.url, &other.url);
    let named = said.contains("epic-events migrate") && said.contains(&format!("{from} to {to}"));
    assert!(code == 3 && named, "{code} {said}");
    let (code, said) = copy("postgres://u:secret@h/n", &other.url);
    assert!(code == 5 && !said.contains("secret"), "{code} {said}");
    assert_eq!(run(home.path(), "", &["copy"]).0, 2);
}

/// The README's accounts: the set-up account copies in both directions, the everyday account may not.
#[rstest]
fn the_set_up_account_is_enough(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let home = tempfile::tempdir().unwrap();
    let (embedded, hosted, back) = (TestDb::new(Engine::Sqlite), TestDb::new(engine), TestDb::new(Engine::Sqlite));
    init(home.path(), &embedded.url);
    let create = format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", name(&hosted.url));
    server(engine).client(&["-e", &create]);
    let set_up = account(&hosted, "copier", "a-password", &[SET_UP_GRANTS]);
    let (code, said) = run(home.path(), &embedded.url, &["copy", "--to", &set_up]);
    assert_eq!(code, 0, "{said}");
    let lock = "ALTER USER 'copier'@'%' ACCOUNT LOCK;";
    assert!(said.contains("CREATE USER IF NOT EXISTS 'epic_events'@'%'") && said.contains(lock), "{said}");
    let everyday = account(&hosted, "daily_copier", "a-password", &everyday_grants());
    assert_eq!(run(home.path(), &everyday, &["doctor"]).0, 0, "the everyday account works with the copy");
    let (code, said) = run(home.path(), &set_up, &["copy", "--to", &back.url]);
    assert!(code == 0 && !said.contains("everyday") && !said.contains("CREATE USER"), "{code} {said}");
    assert_eq!(head(&back.url), head(&embedded.url));
    let (code, said) = run(home.path(), &embedded.url, &["copy", "--to", &everyday, "--again"]);
    assert!(code == 3, "{code} {said}");
}

/// Meanwhile everybody can read the source, and nobody can write to it.
#[rstest]
fn the_source_is_locked_against_writes(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (world, target) = (company(engine), TestDb::new(Engine::Sqlite));
    let mut other = world.connection();
    let impatient =
        if engine == Engine::Sqlite { "PRAGMA busy_timeout = 0" } else { "SET innodb_lock_wait_timeout = 1" };
    other.batch_execute(impatient).unwrap();
    let mut tried = false;
    let done = copy::copy((&world.db.url, &target.url), false, |done, all| {
        if tried || done * 2 < all {
            return;
        }
        tried = true;
        assert!(!other.texts("SELECT full_name AS text FROM users").unwrap().is_empty());
        let key = "a".repeat(64);
        for write in [
            "UPDATE clients SET version = version + 1".to_owned(),
            "UPDATE settings SET value = '' WHERE `key` = 'audit_head'".to_owned(),
            "DELETE FROM list_views".to_owned(),
            format!("INSERT INTO unknown_logins VALUES ('{key}', 1, '2026-01-01 00:00:00')"),
            "INSERT INTO list_columns (user_id, kind, content, created_at, updated_at) \
             SELECT id, 'client', '[]', created_at, updated_at FROM users"
                .to_owned(),
        ] {
            let refused = other.batch_execute(&write).unwrap_err().to_string();
            assert!(refused.to_lowercase().contains("lock"), "{write}: {refused}");
        }
    });
    assert!(done.is_ok() && tried, "{done:?}");
    other.batch_execute("UPDATE clients SET version = version + 1").unwrap();
}

/// Kills the process at several moments. It leaves nothing in an embedded database; what it leaves on a server is
/// refused everywhere, until it is begun again.
#[rstest]
fn a_copy_that_was_killed_is_refused_and_can_be_begun_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, source) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let (code, said) = run(home.path(), &source.url, &["--demo", "--scale", "6000", "--database-url", &source.url]);
    assert_eq!(code, 0, "{said}");
    let target = TestDb::new(engine);
    for (round, line) in [1, 8, 13, 17].into_iter().enumerate() {
        let mut arguments = vec!["copy", "--to", &target.url];
        arguments.extend((round > 0).then_some("--again"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_epic-events"))
            .args(&arguments)
            .env_clear()
            .envs(environment(home.path(), &source.url))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let progress = BufReader::new(child.stderr.take().unwrap()).lines().nth(line - 1);
        assert!(progress.unwrap().unwrap().contains(" / "));
        child.kill().unwrap();
        child.wait().unwrap();
        if engine == Engine::Sqlite {
            assert!(open(&target.url).texts("SELECT name AS text FROM sqlite_schema").unwrap().is_empty());
            continue;
        }
        for command in [&["doctor"][..], &["migrate"], &["audit", "verify"], &["reset-password", "manager"]] {
            let (code, said) = run(home.path(), &target.url, command);
            assert!(code == 3 && said.contains("not finished") && said.contains("--again"), "{command:?}: {said}");
        }
        let (code, said) = run(home.path(), &target.url, &crate::INIT);
        assert!(code == 3 && said.contains("not finished"), "{code} {said}");
        let (code, said) = run(home.path(), &source.url, &["copy", "--to", &target.url]);
        assert!(code == 3 && said.contains("not finished"), "{code} {said}");
        let to = target.url.replace("only-for-tests", "***");
        let whole = format!("epic-events copy --from '{}' --to '{to}' --again", source.url);
        assert!(said.contains(&whole), "{said}");
        let (code, said) = run(home.path(), &target.url, &["copy", "--to", &TestDb::new(Engine::Sqlite).url]);
        assert!(code == 3 && said.contains("not finished"), "as a source: {code} {said}");
    }
    let (code, said) = run(home.path(), &source.url, &["copy", "--to", &target.url, "--again"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(head(&target.url), head(&source.url));
    let (code, said) = run(home.path(), &source.url, &["copy", "--to", &target.url, "--again"]);
    assert!(code == 3 && said.contains("empty database only"), "a finished copy is not replaced: {said}");
}

/// The wizard offers to move the company of this computer to the server, and goes on there.
#[rstest]
fn the_wizard_moves_the_company_of_this_computer(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, hosted) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let embedded = format!("sqlite://{}", home.path().join("data/epic-events/epic-events.db").display());
    init(home.path(), "");
    let end = head(&embedded);
    let create = format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", name(&hosted.url));
    server(engine).client(&["-e", &create]);
    let set_up = account(&hosted, "mover", "canary-of-set-up", &[SET_UP_GRANTS]);
    let mut t = Terminal::start(home.path(), &set_up, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]).press(SAVE);
    t.see(&["There is a company on this computer: Epic Events", "< copy it to the server >"]).press(ENTER);
    t.see(&["everyday account"]).press("\x15daily_moved").press(SAVE);
    t.see(&["Nothing has been written so far", "copies the company", "daily_moved"]).press(ENTER);
    // The set-up account of the README may not create accounts. What was copied stays meanwhile.
    t.see(&["CREATE USER", "'daily_moved'@'%'"]).press(ENTER).see(&["is not there yet"]);
    let screen = t.screen();
    let lines = screen.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let statements = &lines[lines.find("CREATE USER").unwrap()..=lines.rfind(';').unwrap()];
    // Back at the server, the test finds the copy, and the wizard goes on from there.
    t.press(ESC).see(&["The company is on the server"]).press(ESC).see(&["Its password"]).press(ESC);
    t.see(&["Encryption"]).press(SAVE).see(&["this computer's company is copied", "Its password"]).press(SAVE);
    t.see(&["The company is on the server", "check the account"]).press(ENTER).see(&["CREATE USER"]);
    server(engine).client(&["-e", statements]);
    t.press(ENTER).see(&["The company is on the server now", "Username"]).field("boss").press(crate::BOSS).press(ENTER);
    t.see(&["Waiting for you", "Marta Olsen"]).press("q");
    assert_eq!(t.end().0, 0);
    let stored = std::fs::read_to_string(crate::config_file(home.path())).unwrap();
    assert!(!stored.contains("canary") && stored.contains("mysql://daily_moved:"), "{stored}");
    assert_eq!(head(&embedded), end, "the company of this computer is as it was");
    let known = ["audit", "verify", "--head", &end];
    assert_eq!(run(home.path(), "", &known).0, 0, "the log on the server goes on from there");

    // Another one can be set up as well.
    let other = TestDb::new(engine);
    let mut t = Terminal::start(home.path(), &other.url, &["--init"]);
    t.see(&["Step 1 of"]).press(ENTER).see(&["MySQL server >"]).press(ENTER).see(&["Encryption"]).press(SAVE);
    t.see(&["< copy it to the server >"]).press("\x1b[C").see(&["< set up a new one >"]).press(ENTER);
    t.see(&["everyday account"]).press(SAVE).see(&["Currency"]).press("\x03");
    assert_eq!(t.end().0, 0);
}
