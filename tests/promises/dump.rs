//! The backup of a server's database as `docs/administration.md` describes it: its blocks are run as they are
//! printed, with the accounts that it names.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use diesel::connection::SimpleConnection;
use epic_events::{
    services::{Reply, Request, Services, SessionRequest, WriteRequest},
    storage::{
        Db, Target,
        grants::{Account, Made},
    },
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    backup::under_load,
    common::{figure, later},
    support::{
        Engine, Server, TestDb,
        terminal::environment,
        world::{PASSWORD, World, client_draft},
    },
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/administration.md");

/// A block of the document, by the comment before it.
fn block(name: &str) -> String {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let (_, after) = document.split_once(&format!("<!-- backup: {name} -->\n```")).unwrap_or_else(|| panic!("{name}"));
    let (_, text) = after.split_once('\n').unwrap();
    text.split_once("```").unwrap().0.to_owned()
}

/// The SQL blocks of a part of the document that contain these words.
fn statements(words: &str) -> String {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let blocks = document.split("```sql\n").skip(1).map(|block| block.split_once("```").unwrap().0.to_owned());
    blocks.into_iter().find(|block| block.contains(words)).unwrap_or_else(|| panic!("{words}"))
}

/// The folder of the administrator, with the files that the document names and the server's tools.
struct Desk<'a> {
    server: &'a Server,
    folder: tempfile::TempDir,
}

impl<'a> Desk<'a> {
    fn at(server: &'a Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        server.tools_in(&bin);
        // The document's server is at localhost:3306, this one at another port.
        let program = format!(
            "#!/bin/sh\nDATABASE_URL=$(printf %s \"$DATABASE_URL\" | sed s/localhost:3306/127.0.0.1:{}/)\nexport DATABASE_URL\nexec {} \"$@\"\n",
            server.port,
            env!("CARGO_BIN_EXE_epic-events")
        );
        fs::write(bin.join("epic-events"), program).unwrap();
        fs::set_permissions(bin.join("epic-events"), fs::Permissions::from_mode(0o755)).unwrap();
        for (name, text) in [("backup.cnf", block("backup.cnf")), ("admin.cnf", "[client]\nuser = root\n".to_owned())] {
            fs::write(folder.path().join(name), text).unwrap();
            fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        Self { server, folder }
    }

    /// Runs blocks in one shell, as a reader does: a block goes on after a failure unless it stops itself, and
    /// no other block follows one that failed.
    fn shell(&self, blocks: &[String]) -> Output {
        let path = self.folder.path();
        let stopping = blocks.iter().map(|block| format!("{{\n{block}}} || exit 1\n"));
        let script = stopping.collect::<Vec<_>>().concat();
        Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .envs(environment(path, ""))
            .env("PATH", format!("{}:/usr/bin:/bin", path.join("bin").display()))
            .current_dir(path)
            .output()
            .unwrap()
    }

    /// The same of blocks that succeed. Returns what they print.
    fn run(&self, blocks: &[String]) -> String {
        let output = self.shell(blocks);
        let (said, complained) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success() && complained.is_empty(), "{blocks:#?}: {said}{complained}");
        said
    }

    /// Runs a block that has to fail, while this file of the folder has another text.
    fn fails(&self, block: &str, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        let kept = fs::read(&path).unwrap();
        fs::write(&path, text).unwrap();
        let output = self.shell(&[block.to_owned()]);
        assert!(!output.status.success(), "with another {file}: {block}");
        fs::write(&path, kept).unwrap();
    }

    /// The same of blocks that each server has its own of.
    fn own(&self, name: &str) -> String {
        block(&format!("{name} on {}", self.server.engine.name()))
    }
}

fn names(url: &str) -> Vec<String> {
    Db::open(&Target::parse(url).unwrap()).unwrap().texts("SELECT full_name FROM clients ORDER BY id").unwrap()
}

/// The moment that the shell's clock shows once a new second has begun.
fn next_second() -> String {
    let now = || chrono::Local::now().format("%Y-%m-%d %H:%M:%S").to_string();
    let begun = now();
    while now() == begun {
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    now()
}

fn everyday(db: &TestDb) -> Services {
    Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4)
}

#[rstest]
fn a_server_database_is_dumped_restored_and_brought_to_a_point_in_time_as_documented(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let options = ["--log-bin=binlog", "--server-id=1", "--log-bin-trust-function-creators=ON"];
    let server = Server::start_with(engine, &options.map(str::to_owned));
    server.client(&["-e", &statements("CREATE DATABASE epic_events")]);
    server.client(&["-e", &block("accounts")]);
    let url = |account: &str, name: &str| server.url(name).replace("crm:only-for-tests", account);
    let mut world = World::of(TestDb::at(url("epic_setup:choose-one", "epic_events")));
    world.records();
    let account = Account { database: "epic_events", name: "epic_events", password: "choose-another" };
    let mut root = Db::open(&Target::parse(&server.url("epic_events")).unwrap()).unwrap();
    assert_eq!(account.make(&mut root).unwrap(), Made::Done);
    server.client(&["-e", &statements("ACCOUNT LOCK")]);
    world.db.url = url("epic_events:choose-another", "epic_events");

    // Dumped while people work, rehearsed, verified.
    let desk = Desk::at(&server);
    under_load(&world, || desk.run(&[desk.own("dump")]));
    let dumps: Vec<_> = fs::read_dir(desk.folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    let dump = dumps.iter().find(|path| path.extension().is_some_and(|ending| ending == "sql")).unwrap();
    assert_eq!(dump.metadata().unwrap().permissions().mode() & 0o777, 0o600, "only its owner may read a dump");
    // A dump that fails leaves that of the same day as it is, and nothing is dropped after one that failed.
    let whole = fs::read(dump).unwrap();
    desk.fails(&desk.own("dump"), "backup.cnf", "[client]\nuser = epic_backup\npassword = wrong\n");
    assert!(fs::read(dump).unwrap() == whole, "a failed dump has replaced a good one");
    let put_back = format!("dump={}\n{}", dump.display(), desk.own("put back"));
    desk.fails(&put_back, "admin.cnf", "[client]\nuser = root\n[mysqldump]\nhost = nowhere.invalid\n");
    desk.fails(&format!("dump=\n{}", desk.own("put back")), "admin.cnf", "[client]\nuser = root\n");
    assert!(names(&server.url("epic_events")).contains(&"Kevin Casey".to_owned()), "nothing was dropped");
    let said = desk.run(&[desk.own("rehearse"), block("verify")]);
    assert!(said.contains("The audit log is whole"), "{said}");
    let restored = server.url("epic_events_restored");
    assert!(names(&restored).contains(&"Kevin Casey".to_owned()));

    // A save after the dump, then an accident.
    let create = Request::Write(WriteRequest::CreateClient {
        draft: client_draft("After the dump"),
        sales_contact: Some(world.sales.actor.id),
    });
    let saved = everyday(&world.db).execute(Some(&world.manager), &create, later(60));
    assert!(matches!(saved, Ok(Reply::Saved { .. })), "{saved:?}");
    let live = names(&server.url("epic_events"));
    let moment = next_second();
    root.batch_execute("UPDATE clients SET full_name = 'gone'").unwrap();
    assert!(block("moment").starts_with("until='"), "the moment is the reader's own");
    let said = desk.run(&[
        desk.own("rehearse"),
        format!("until='{moment}'\n"),
        desk.own("changes"),
        desk.own("put back"),
        desk.own("replay"),
        block("verify the restored company"),
    ]);
    assert!(said.contains("The audit log is whole"), "{said}");
    drop(root);

    // In use again by the everyday account, while the set-up account is locked: as it was before the accident.
    assert_eq!(names(&world.db.url), live);
    is_sound(&world.db.url, desk.folder.path());
    let login = Request::Session(SessionRequest::SignIn {
        login: "manager".to_owned(),
        password: SecretString::from(PASSWORD),
    });
    let mut services = everyday(&world.db);
    assert!(matches!(services.execute(None, &login, later(7_200)), Ok(Reply::SignedIn(_))));
    let saved = services.execute(Some(&world.manager), &create, later(60));
    assert!(matches!(saved, Ok(Reply::Saved { .. })), "{saved:?}");
    figure("15 dump and restore", engine.name(), "under load, whole, to a point in time, with the documented accounts");
}

/// `doctor` finds no fault, and the triggers are there.
fn is_sound(url: &str, home: &Path) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_epic-events"));
    let output = program.args(["doctor", "--json"]).env_clear().envs(environment(home, url)).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdict = |name: &str| {
        report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap()["verdict"].clone()
    };
    assert_eq!((output.status.code(), verdict("trigger_definer")), (Some(0), "fine".into()), "{report:#}");
    assert_ne!(verdict("triggers"), "warning", "{report:#}");
}
