//! What `epic-events doctor` finds on its own machine: files and folders that cannot be written or read.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    config_file, configure,
    doctor::{check, mend, report, verdict},
    init,
    support::{Engine, TestDb, terminal::environment},
};

/// An account without rights.
const NOBODY: u32 = 65_534;

/// A home with a company, which the user of the tests owns.
struct Home {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::copy(env!("CARGO_BIN_EXE_epic-events"), &program).unwrap();
        set(folder.path(), 0o777);
        Self { folder, program }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Runs the program; root, whom no mode of a file keeps out, runs it as somebody else.
    fn run(&self, url: &str, arguments: &[&str]) -> Output {
        let mut command = if rustix::process::geteuid().is_root() {
            let id = NOBODY.to_string();
            let mut command = Command::new("setpriv");
            command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]).arg(&self.program);
            command
        } else {
            Command::new(&self.program)
        };
        let home = self.folder.path();
        command.args(arguments).env_clear().envs(environment(home, url)).current_dir(home).output().unwrap()
    }

    fn report(&self, url: &str) -> (i32, Value) {
        let output = self.run(url, &["doctor", "--json"]);
        let said = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        assert!(!said(&output.stderr).contains("Error reading"), "{}", said(&output.stderr));
        let found = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (output.status.code().unwrap(), found)
    }
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs what the report says, as the one who may.
fn run_all(lines: &[String]) {
    assert!(!lines.is_empty());
    for line in lines {
        assert!(Command::new("sh").args(["-c", line]).status().unwrap().success(), "{line}");
    }
}

#[test]
fn a_file_or_a_folder_that_cannot_be_written_is_a_fault() {
    let home = Home::new();
    let folder = home.path("company");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("company.db");
    let url = format!("sqlite://{}", file.display());
    init(home.folder.path(), &url);
    fs::remove_dir_all(home.path("state")).unwrap();
    set(&file, 0o444);
    set(&folder, 0o555);
    let (code, found) = home.report(&url);
    let paths = format!("{}, {}", file.display(), folder.display());
    assert_eq!((code, check(&found, "writable")["found"].as_str()), (3, Some(paths.as_str())), "{found:#}");
    assert_eq!(verdict(&found, "writable"), "fault");
    let refused = home.run(&url, &["reset-password", "boss"]);
    assert_eq!(refused.status.code(), Some(3), "the program refuses it too: {refused:?}");
    // The new owner may still be kept out by the mode.
    for _ in 0..2 {
        let (code, found) = home.report(&url);
        if code != 0 {
            run_all(&mend(&found, "writable"));
        }
    }
    let (code, found) = home.report(&url);
    assert_eq!((code, verdict(&found, "writable")), (0, "fine"), "{found:#}");
    let saved = home.run(&url, &["reset-password", "boss"]);
    assert!(saved.status.success(), "{saved:?}");
}

#[test]
fn a_folder_of_logs_of_somebody_else_is_a_fault_in_the_programs_words() {
    let home = Home::new();
    let state = home.path("state/epic-events");
    fs::create_dir_all(&state).unwrap();
    set(&state, 0);
    let (_, found) = home.report("sqlite:///nowhere/company.db");
    assert_eq!(verdict(&found, "log_folder"), "fault", "{found:#}");
    run_all(&mend(&found, "log_folder"));
    set(&state, 0o700);
    assert_eq!(verdict(&home.report("sqlite:///nowhere/company.db").1, "log_folder"), "fine");
}

#[test]
fn a_configuration_that_cannot_be_read_is_a_fault_with_the_group_to_join() {
    let home = Home::new();
    configure(home.folder.path(), "db_host = \"db.example.org\"\n");
    let file = config_file(home.folder.path());
    let is_root = rustix::process::geteuid().is_root();
    set(&file, if is_root { 0o640 } else { 0 });
    if is_root {
        file.ancestors().skip(1).take(2).for_each(|folder| set(folder, 0o755));
        chown(&file, None, Some(1)).unwrap();
    }
    let (code, found) = home.report("");
    assert_eq!((code, verdict(&found, "configuration")), (5, "fault"), "{found:#}");
    assert_eq!(check(&found, "configuration")["means"], found["problem"]);
    if is_root {
        assert_eq!(mend(&found, "configuration"), ["usermod -aG daemon USER"], "{found:#}");
    }
}

#[test]
fn faults_of_the_connection_say_what_to_do() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let (code, found) = report(home.path(), &format!("sqlite://{}", home.path().join("none.db").display()));
    assert_eq!((code, mend(&found, "connection")), (3, vec!["epic-events --init".to_owned()]), "{found:#}");
    init(home.path(), &db.url);
    let file = db.url.strip_prefix("sqlite://").unwrap();
    fs::write(file, vec![0x5A; 8_192]).unwrap();
    let (code, found) = report(home.path(), &db.url);
    assert_eq!((code, mend(&found, "connection")), (3, vec!["epic-events restore FILE".to_owned()]), "{found:#}");

    let authority = home.path().join("ca.pem");
    let url = format!("mysql://crm:x@db.invalid/crm?ssl_ca={}", authority.display());
    for (text, means) in [("", "contains no certificate"), ("not a certificate", "contains no certificate")] {
        fs::write(&authority, text).unwrap();
        let (code, found) = report(home.path(), &url);
        let told = check(&found, "connection")["means"].as_str().unwrap();
        assert!(code == 5 && told.contains(means) && told.contains("ca.pem"), "{code} {told}");
    }
}
