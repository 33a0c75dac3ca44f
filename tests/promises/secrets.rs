//! Secrets appear in no log, audit row, process argument or core file, and files are readable by their owner
//! only.

use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rstest::rstest;
use rustix::process::Signal;

use crate::{
    common::figure,
    support::{
        Engine, TestDb, server,
        terminal::{COLUMNS, ENTER, ROWS, SAVE, Terminal, environment},
    },
};

/// Every secret contains the word `canary`, which is searched for everywhere afterwards.
const FIRST: &str = "canary-first password";
const WRONG: &str = "canary-wrong password";
const NEW: &str = "canary-newer password";
const OF_DATABASE: &str = "canary-database";
const CANARY: &[u8] = b"canary";

fn every_file(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], every_file(&path)].concat() } else { vec![path] })
        .collect()
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|word| word.eq_ignore_ascii_case(CANARY))
}

#[rstest]
fn secrets_appear_in_no_file_dump_screen_or_process_list(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let home = tempfile::tempdir().unwrap();
    server(engine)
        .client(&["-e", &format!("CREATE USER bird@'%' IDENTIFIED BY '{OF_DATABASE}'; GRANT ALL ON *.* TO bird@'%'")]);
    let url = format!("mysql://bird:{OF_DATABASE}@127.0.0.1:{}/secrets", server(engine).port);
    let dsn = vec![("SENTRY_DSN".to_owned(), "http://canarydsn@127.0.0.1:9/1".to_owned())];
    // A careless environment: a umask that opens files to everybody, and core dumps enabled.
    let mut init = Command::new("sh")
        .args(["-c", "umask 000; ulimit -c unlimited; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_epic-events")])
        .args(["--init", "--non-interactive", "--language", "en", "--username", "boss", "--full-name", "Marta Olsen"])
        .args(["--email", "marta@epic.example", "--password-stdin"])
        .env_clear()
        .envs(environment(home.path(), &url))
        .envs(dsn.clone())
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    init.stdin.take().unwrap().write_all(format!("{FIRST}\n").as_bytes()).unwrap();
    let said = init.wait_with_output().unwrap();
    assert!(said.status.success() && !holds_canary(&said.stdout) && !holds_canary(&said.stderr), "{said:?}");

    let mut terminal = Terminal::with(home.path(), &url, &[], (COLUMNS, ROWS), dsn);
    let t = &mut terminal;
    t.see(&["Username"]).field("boss").press(WRONG).press(ENTER).see(&["do not match"]);
    t.press("\x15").press(FIRST).press(ENTER).see(&["Waiting for you"]);
    t.press(":").see(&["Go to, or do"]).press("change my password").press(ENTER).see(&["Current password"]);
    t.field(FIRST).field(NEW).press(NEW).press(SAVE).see(&["Waiting for you"]);
    let process = format!("/proc/{}", t.process().as_raw_nonzero());
    assert!(!holds_canary(&std::fs::read(format!("{process}/cmdline")).unwrap()), "in the process list");
    let limits = std::fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    rustix::process::kill_process(t.process(), Signal::ABORT).unwrap();
    let (_, raw) = terminal.end();
    assert!(!holds_canary(&raw), "on the screen");

    let mut looked_at = 0;
    for path in every_file(home.path()) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{}", path.display());
        if path.is_file() {
            looked_at += 1;
            // Only the configuration may contain a secret: the database password.
            let configuration = path.ends_with("config.toml");
            let clean = !holds_canary(&std::fs::read(&path).unwrap());
            assert!(clean || configuration, "{}", path.display());
        }
    }
    let stored = server(engine).dump("secrets");
    assert!(!holds_canary(&stored), "in the database");
    wrong_password_is_not_repeated(home.path(), server(engine).port);
    figure("7 secrets", engine.name(), &format!("{looked_at} files, the dump, the screen and the arguments: in none"));
}

fn wrong_password_is_not_repeated(home: &Path, port: u16) {
    let url = format!("mysql://nobody:canary-no@127.0.0.1:{port}/secrets");
    for url in [url.as_str(), "mysql://me:canary@[broken", "postgres://x:canary@y/z"] {
        let said = Command::new(env!("CARGO_BIN_EXE_epic-events"))
            .arg("doctor")
            .env_clear()
            .envs(environment(home, url))
            .current_dir(home)
            .output()
            .unwrap();
        let text = [said.stdout, said.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(!said.status.success() && !holds_canary(text.as_bytes()), "{text}");
    }
}

/// A configuration file with a secret that others can read is refused, with the command that corrects its mode.
#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let folder = home.path().join("config/epic-events");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.toml");
    std::fs::write(&file, "database_url = \"mysql://crm:canary@127.0.0.1:1/crm\"\n").unwrap();
    for (mode, refused) in [(0o644, true), (0o640, true), (0o600, false)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let said = Command::new(env!("CARGO_BIN_EXE_epic-events"))
            .arg("doctor")
            .env_clear()
            .envs(environment(home.path(), &db.url))
            .current_dir(home.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
        assert_eq!(text.contains("chmod 600"), refused, "{mode:o}: {text}");
        assert!(!refused || said.status.code() == Some(5), "{mode:o}: {text}");
        assert!(!text.contains("canary"), "{text}");
    }
}
