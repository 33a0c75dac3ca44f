//! `epic-events copy` while another copy or a set-up works on the same target: what somebody else has made there
//! is never replaced.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::Duration,
};

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    services::copy::{self, Side},
    storage::{Db, Target},
};
use rstest::rstest;

use crate::{
    copy::head,
    init, make_older, name, open, run,
    support::{Engine, TestDb, proxy::Proxy, server, terminal::environment, wait_until},
};

/// A company whose copies wait for the source, before they touch their target.
struct Held {
    db: TestDb,
    lock: Db,
}

impl Held {
    fn new(home: &std::path::Path) -> Self {
        let db = TestDb::new(Engine::MariaDb);
        init(home, &db.url);
        let mut lock = open(&db.url);
        lock.batch_execute("LOCK TABLES list_views WRITE").unwrap();
        Self { db, lock }
    }

    fn wait_for(&self, copies: usize) {
        let waiting =
            "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table%'";
        wait_until("the copies wait for the source", || self.db.query(waiting).len() == copies);
    }

    fn let_go(&mut self) {
        self.lock.batch_execute("UNLOCK TABLES").unwrap();
    }
}

/// Starts a copy with these arguments.
fn start(home: &std::path::Path, from: &str, to: &TestDb, again: bool) -> Child {
    start_with(home, &[&["copy", "--from", from, "--to", &to.url][..], if again { &["--again"] } else { &[] }].concat())
}

fn start_with(home: &std::path::Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_epic-events"))
        .args(arguments)
        .env_clear()
        .envs(environment(home, ""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn end(child: Child) -> (i32, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[rstest]
fn a_company_that_is_set_up_meanwhile_is_not_replaced(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values(false, true)] again: bool,
) {
    let (home, target) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let mut source = Held::new(home.path());
    let copy = start(home.path(), &source.db.url, &target, again);
    source.wait_for(1);
    init(home.path(), &target.url);
    let before = head(&target.url);
    source.let_go();
    let (code, said) = end(copy);
    assert!(code == 3 && said.contains("empty database only"), "{code} {said}");
    assert_eq!(head(&target.url), before);
    assert_eq!(open(&target.url).texts("SELECT username AS text FROM users").unwrap(), ["boss"]);
}

#[rstest]
fn a_copy_that_was_finished_meanwhile_is_not_begun_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, target, rival) = (tempfile::tempdir().unwrap(), TestDb::new(engine), TestDb::new(Engine::Sqlite));
    init(home.path(), &rival.url);
    interrupted(&target);
    let mut source = Held::new(home.path());
    let copy = start(home.path(), &source.db.url, &target, true);
    source.wait_for(1);
    let (code, said) = end(start(home.path(), &rival.url, &target, true));
    assert_eq!(code, 0, "{said}");
    source.let_go();
    let (code, said) = end(copy);
    assert!(code == 3 && said.contains("empty database only"), "{code} {said}");
    assert_eq!(head(&target.url), head(&rival.url));
}

/// What a copy leaves behind that was killed.
fn interrupted(target: &TestDb) {
    let mut db = Db::create(&Target::parse(&target.url).unwrap()).unwrap();
    db.batch_execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
         run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
         CREATE TABLE clients (id INTEGER PRIMARY KEY); \
         INSERT INTO __diesel_schema_migrations (version) VALUES ('0001'), ('copy-0123456789ab')",
    )
    .unwrap();
}

#[rstest]
fn a_copy_that_is_being_made_is_not_begun_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, target) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let (source, rival) = (TestDb::new(Engine::Sqlite), TestDb::new(Engine::Sqlite));
    init(home.path(), &rival.url);
    let (code, said) = run(home.path(), &source.url, &["--demo", "--scale", "3000", "--database-url", &source.url]);
    assert_eq!(code, 0, "{said}");
    let mut first = start(home.path(), &source.url, &target, false);
    let mut progress = BufReader::new(first.stderr.take().unwrap());
    progress.read_line(&mut String::new()).unwrap();
    let process = rustix::process::Pid::from_child(&first);
    rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    let (code, said) = end(start(home.path(), &rival.url, &target, true));
    rustix::process::kill_process(process, rustix::process::Signal::CONT).unwrap();
    assert!(code == 3 && said.contains("under way"), "{code} {said}");
    let mut rest = String::new();
    progress.read_to_string(&mut rest).unwrap();
    assert!(first.wait().unwrap().success(), "{rest}");
    assert_eq!(head(&target.url), head(&source.url));
}

#[rstest]
fn of_two_copies_at_once_one_is_made(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, target) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let mut source = Held::new(home.path());
    let copies = [(); 2].map(|()| start(home.path(), &source.db.url, &target, false));
    source.wait_for(2);
    source.let_go();
    let mut ends = copies.map(end);
    ends.sort();
    let [(won, _), (lost, said)] = &ends;
    let in_words = ["empty database only", "not finished", "under way"].iter().any(|words| said.contains(words));
    assert!((*won, *lost) == (0, 3) && in_words, "{ends:?}");
    assert_eq!(head(&target.url), head(&source.db.url));
}

/// The source is named, and the target is left as it was.
#[rstest]
fn a_source_in_which_somebody_is_saving_is_named(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(engine), TestDb::new(engine));
    init(home.path(), &source.url);
    let mut saving = open(&source.url);
    saving.batch_execute("START TRANSACTION; UPDATE users SET version = version + 1").unwrap();
    let failed = copy::copy((&source.url, &target.url), false, |_, _| {});
    let about_the_source = matches!(&failed, Err((Side::Source, Error::Unavailable(ConnectionProblem::SourceBusy))));
    assert!(about_the_source, "{failed:?}");
    saving.batch_execute("COMMIT").unwrap();
    let (code, said) = end(start(home.path(), &source.url, &target, false));
    assert_eq!(code, 0, "{said}");
}

/// A database behind a proxy that holds the packets with these words, as a program or a network does that stalls.
fn stalling(target: &TestDb, words: &str) -> (Proxy, TestDb) {
    let port = server(target.engine).port;
    let proxy = Proxy::to(port);
    proxy.watch(words);
    proxy.hold_commit(Duration::from_mins(5));
    let behind = target.url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port));
    (proxy, TestDb::at(behind))
}

/// Drops the database and sets up a company in a new one of that name.
fn made_anew(home: &std::path::Path, target: &TestDb) {
    let name = name(&target.url);
    let anew = format!("DROP DATABASE {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    server(target.engine).client(&["-e", &anew]);
    init(home, &target.url);
}

#[rstest]
fn a_stalled_copy_leaves_a_company_alone_that_was_set_up_meanwhile(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values(
        ("DROP TABLE IF EXISTS `", true),
        ("DROP TABLE IF EXISTS unknown_logins", false),
        ("DROP INDEX", false),
        ("MODIFY seq BIGINT", false),
        ("DELETE FROM `", false),
        ("CREATE TRIGGER", false),
    )]
    (words, again): (&str, bool),
) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite), TestDb::new(engine));
    init(home.path(), &source.url);
    if again {
        interrupted(&target);
    }
    let (proxy, behind) = stalling(&target, words);
    let copy = start(home.path(), &source.url, &behind, again);
    proxy.wait_until_holding();
    made_anew(home.path(), &target);
    let before = crate::stored(&target);
    proxy.release();
    let (code, said) = end(copy);
    assert!(crate::stored(&target) == before, "what was set up was changed: {code} {said}");
    assert!(code == 3 && said.contains("held up"), "{code} {said}");
}

/// Its right to change the tables has expired, but the server still sees that it is alive.
#[rstest]
fn a_copy_that_takes_long_is_not_begun_again(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite), TestDb::new(engine));
    init(home.path(), &source.url);
    let (proxy, behind) = stalling(&target, "ADD INDEX");
    let copy = start(home.path(), &source.url, &behind, false);
    proxy.wait_until_holding();
    open(&target.url).batch_execute("UPDATE migration_lease SET until = '1970-01-01 00:00:00'").unwrap();
    let other = TestDb::new(Engine::Sqlite);
    init(home.path(), &other.url);
    let (code, said) = end(start(home.path(), &other.url, &target, true));
    assert!(code == 3 && said.contains("under way") && !said.contains("Nothing was changed"), "{code} {said}");
    proxy.release();
    let (code, said) = end(copy);
    assert_eq!(code, 0, "{said}");
    assert_eq!(head(&target.url), head(&source.url));
}

/// Nodes of a cluster may have the same name, port and folder, and do not see each other's locks.
#[rstest]
fn a_copy_through_another_node_of_the_same_name_is_not_begun_again(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite), TestDb::new(engine));
    init(home.path(), &source.url);
    interrupted(&target);
    let of_the_other = "CREATE TABLE migration_lease (id INTEGER PRIMARY KEY, holder VARCHAR(64) NOT NULL, \
        until DATETIME(6) NOT NULL); INSERT INTO migration_lease VALUES (1, CONCAT(REPEAT('a', 32), \
        LEFT(SHA2(CONCAT(@@hostname, ':', @@port, @@datadir), 256), 32)), UTC_TIMESTAMP() + INTERVAL 1 HOUR)";
    open(&target.url).batch_execute(of_the_other).unwrap();
    let (code, said) = end(start(home.path(), &source.url, &target, true));
    assert!(code == 3 && said.contains("under way"), "{code} {said}");
}

#[rstest]
fn a_stalled_migration_leaves_a_company_alone_that_was_set_up_meanwhile(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (home, target) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    init(home.path(), &target.url);
    make_older(&target.url);
    let (proxy, behind) = stalling(&target, "CREATE TABLE IF NOT EXISTS imports");
    let migration = start_with(home.path(), &["migrate", "--database-url", &behind.url]);
    proxy.wait_until_holding();
    made_anew(home.path(), &target);
    let before = crate::stored(&target);
    proxy.release();
    let (code, said) = end(migration);
    assert!(code == 3 && said.contains("held up"), "{code} {said}");
    assert!(crate::stored(&target) == before, "what was set up was changed");
}

/// Nobody knows then whether the copy is still that of the company: nothing of it is kept.
#[rstest]
fn a_copy_whose_source_is_lost_at_the_end_leaves_nothing(
    #[values((Engine::Sqlite, Engine::Sqlite), (Engine::Sqlite, Engine::MariaDb), (Engine::Sqlite, Engine::Mysql),
        (Engine::MariaDb, Engine::Sqlite), (Engine::Mysql, Engine::Sqlite), (Engine::MariaDb, Engine::Mysql))]
    (from, to): (Engine, Engine),
) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(from), TestDb::new(to));
    init(home.path(), &source.url);
    let file = source.url.strip_prefix("sqlite://");
    let failed = copy::copy((&source.url, &target.url), false, |done, all| match file {
        _ if done < all => {}
        Some(file) => std::fs::rename(file, format!("{file}.moved")).unwrap(),
        None => {
            let name = name(&source.url);
            let others =
                format!("SELECT id FROM information_schema.processlist WHERE db = '{name}' AND id <> CONNECTION_ID()");
            for id in source.query(&others) {
                source.query(&format!("KILL {id}"));
            }
        }
    });
    let problem = if file.is_some() { ConnectionProblem::Moved } else { ConnectionProblem::CopyCutOff };
    let about_the_source = matches!(&failed, Err((Side::Source, Error::Unavailable(why))) if *why == problem);
    assert!(about_the_source, "{failed:?}");
    if let Some(file) = file {
        std::fs::rename(format!("{file}.moved"), file).unwrap();
    }
    let (code, said) = end(start(home.path(), &source.url, &target, false));
    assert_eq!(code, 0, "{said}");
}

#[rstest]
fn a_copy_that_is_cut_off_says_what_to_do(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
    #[values(("DELETE FROM `__diesel_schema_migrations`", "may be complete"), ("ADD INDEX", "before the copy was finished"))]
    (words, told): (&str, &str),
) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite), TestDb::new(engine));
    init(home.path(), &source.url);
    let (proxy, behind) = stalling(&target, words);
    proxy.hold_commit(Duration::ZERO);
    proxy.lose_answer();
    let (code, said) = end(start(home.path(), &source.url, &behind, false));
    assert!(code == 3 && said.contains(told) && !said.contains("typed"), "{code} {said}");
    let (code, said) = run(home.path(), &target.url, &["doctor"]);
    assert!(code == 0 || (code == 3 && said.contains("not finished")), "{code} {said}");
}

/// Whether a COMMIT in the middle was done is not known, but the copy is not complete.
#[rstest]
fn a_commit_that_is_lost_in_the_middle_of_a_copy_cuts_it_off(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, source, target) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite), TestDb::new(engine));
    init(home.path(), &source.url);
    let (proxy, behind) = stalling(&target, "COMMIT");
    proxy.hold_commit(Duration::ZERO);
    let mut asked = false;
    let failed = copy::copy((&source.url, &behind.url), false, |_, _| {
        if !std::mem::replace(&mut asked, true) {
            proxy.lose_answer();
        }
    });
    let cut_off = Error::Unavailable(ConnectionProblem::CopyCutOff);
    assert!(matches!(&failed, Err((Side::Target, why)) if *why == cut_off), "{failed:?}");
}
