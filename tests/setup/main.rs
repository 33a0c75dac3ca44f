//! Setting up, migrating and configuring the real program.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod configuration;
mod copy;
mod doctor;
mod doctor_accounts;
mod doctor_machine;
mod imports;
mod migrate;
mod packaging;
mod recovery;
mod rivals;
mod wizard;

use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use diesel::connection::SimpleConnection;
use epic_events::storage::{Db, Target};
use support::{TestDb, server, terminal::environment};

/// The first manager's password.
pub const BOSS: &str = "correct horse battery";

/// The arguments of a scripted set-up with a first manager.
pub const INIT: [&str; 9] = [
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

/// Runs the program without a terminal. Returns its exit code and all its output.
pub fn run(home: &Path, url: &str, arguments: &[&str]) -> (i32, String) {
    run_with(home, url, arguments, &[])
}

/// The same with more environment variables.
pub fn run_with(home: &Path, url: &str, arguments: &[&str], more: &[(&str, &str)]) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_epic-events"))
        .args(arguments)
        .env_clear()
        .envs(environment(home, url))
        .envs(more.iter().copied())
        .current_dir(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails at once may not read its input.
    let _ = child.stdin.take().unwrap().write_all(format!("{BOSS}\n").as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), said)
}

pub fn init(home: &Path, url: &str) {
    let (code, said) = run(home, url, &INIT);
    assert_eq!(code, 0, "{said}");
}

pub fn config_file(home: &Path) -> PathBuf {
    home.join("config/epic-events/config.toml")
}

/// Writes the configuration file of this home.
pub fn configure(home: &Path, text: &str) {
    let file = config_file(home);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

pub fn open(url: &str) -> Db {
    Db::open(&Target::parse(url).unwrap()).unwrap()
}

/// Reverts the last migration, so that the tables are those of a program one version older. Returns the
/// versions before and after that migration, such as `("0003", "0004")`.
pub fn make_older(url: &str) -> (String, String) {
    let engine = if url.starts_with("sqlite:") { "sqlite" } else { "mysql" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let version = |path: &Path| path.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().to_owned();
    let (last, before) = (&all[all.len() - 1], &all[all.len() - 2]);
    let down = std::fs::read_to_string(last.join("down.sql")).unwrap();
    let mut db = open(url);
    db.batch_execute(&down).unwrap();
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{}'", version(last));
    db.batch_execute(&forget).unwrap();
    (version(before), version(last))
}

/// The content of all tables, to check that nothing was changed.
pub fn stored(db: &TestDb) -> Vec<u8> {
    if let Some(path) = db.url.strip_prefix("sqlite://") {
        open(&db.url).batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        return std::fs::read(path).unwrap();
    }
    let dump = String::from_utf8(server(db.engine).dump(name(&db.url))).unwrap();
    dump.lines().filter(|line| !line.starts_with("-- Dump completed")).collect::<String>().into_bytes()
}

/// The name of the database in an address.
pub fn name(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

/// Creates an account on the test's server with these grants on the database of the address. Returns the
/// address with that account.
pub fn account(db: &TestDb, user: &str, password: &str, grants: &[&str]) -> String {
    let (url, name) = (&db.url, name(&db.url));
    let quoted = format!("'{user}'@'%'");
    let create = format!("CREATE USER {quoted} IDENTIFIED BY '{password}'");
    let grants = grants.iter().map(|grant| grant.replace("NAME", name).replace("USER", &quoted));
    let sql: Vec<String> = std::iter::once(create).chain(grants).collect();
    server(db.engine).client(&["-e", &sql.join(";")]);
    url.replace("crm:only-for-tests", &format!("{user}:{password}"))
}

/// The grants that the document for administrators gives to the set-up account.
pub const SET_UP_GRANTS: &str =
    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER ON NAME.* TO USER";

/// The grants that the document for administrators gives to the everyday account.
pub fn everyday_grants() -> Vec<&'static str> {
    vec![
        "GRANT SELECT, INSERT, UPDATE ON NAME.users TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.clients TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.contracts TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.events TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.payments TO USER",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON NAME.plans TO USER",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON NAME.instalments TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.imports TO USER",
        "GRANT SELECT, INSERT, UPDATE ON NAME.settings TO USER",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON NAME.unknown_logins TO USER",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON NAME.list_views TO USER",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON NAME.list_columns TO USER",
        "GRANT SELECT, INSERT ON NAME.audit_log TO USER",
        "GRANT SELECT ON NAME.__diesel_schema_migrations TO USER",
    ]
}
