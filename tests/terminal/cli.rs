//! The command line: what is printed, and with which exit code.

use std::collections::BTreeSet;

use clap::CommandFactory;
use epic_events::config::reference::{FILES, SETTINGS};

use super::*;

#[test]
fn errors_are_a_sentence_and_an_exit_code() {
    let home = tempfile::tempdir().unwrap();
    let db = TestDb::new(Engine::Sqlite);
    let told = |arguments: &[&str], url: &str, input: &str| {
        let output = script(home.path(), url, arguments, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!error.contains('\u{1b}') && !error.contains("panicked"), "{error}");
        (output.status.code().unwrap(), error)
    };
    let (code, error) = told(&[], &db.url, "");
    assert!(code == 1 && error.contains("needs a terminal"), "{code} {error}");
    assert_eq!(told(&["--no-such-flag"], &db.url, "").0, 2);
    let (code, error) = told(&INIT, &db.url, "short\n");
    assert!(code == 2 && error.contains("At least 12 characters"), "{code} {error}");
    let (code, error) = told(&INIT, "mysql://u:p@127.0.0.1:1/n", &format!("{BOSS}\n"));
    assert!(code == 3 && error.contains("Nothing answers"), "{code} {error}");
    let (code, error) = told(&INIT, "postgres://u:secret@h/n", &format!("{BOSS}\n"));
    assert!(code == 5 && !error.contains("secret"), "{code} {error}");
    let output = script(home.path(), &db.url, &["--version"], "");
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).starts_with("epic-events "));
    let file = home.path().join("config/epic-events/config.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "language = ").unwrap();
    let (code, error) = told(&INIT, &db.url, "");
    assert!(code == 5 && error.contains("config.toml") && error.contains("line 1"), "{code} {error}");
    std::fs::remove_file(&file).unwrap();
    init(home.path(), &db.url);
    let (code, error) = told(&INIT, &db.url, &format!("{BOSS}\n"));
    assert!(code == 1 && error.contains("Nothing was changed"), "{code} {error}");
}

#[test]
fn doctor_and_completions_give_an_administrator_information() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let said = |output: Output| (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap());
    let (code, report) = said(script(home.path(), &db.url, &["doctor"], ""));
    assert!(code == 3 && report.contains("no company here yet"), "{code} {report}");
    init(home.path(), &db.url);
    let (code, report) = said(script(home.path(), &db.url, &["doctor"], ""));
    assert_eq!(code, 0, "{report}");
    for told in ["epic-events", "SQLite", "up to date", "DATABASE_URL", "(environment)", "config/epic-events"] {
        assert!(report.contains(told), "no \"{told}\" in:\n{report}");
    }
    let (code, report) = said(script(home.path(), "mysql://crm:canary@127.0.0.1:1/crm", &["doctor"], ""));
    assert!(code == 3 && report.contains("mysql://crm:***@127.0.0.1:1/crm") && !report.contains("canary"), "{report}");
    for shell in ["bash", "fish", "zsh"] {
        let (code, text) = said(script(home.path(), "", &["completions", shell], ""));
        assert!(code == 0 && text.contains("epic-events") && text.contains("accessible"), "{shell}");
    }
}

#[test]
fn backup_restore_and_audit_verify_work_from_the_command_line() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let run = |arguments: &[&str]| {
        let output = script(home.path(), &db.url, arguments, "");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    };
    let (code, said) = run(&["audit", "verify"]);
    assert!(code == 0 && said.contains("The audit log is whole: 2 rows. Head: 2:"), "{code} {said}");
    let head = said.trim().rsplit(' ').next().unwrap().to_owned();
    let (code, said) = run(&["backup", "copy.db"]);
    assert!(code == 0 && said.contains("The backup is in copy.db"), "{code} {said}");
    let (code, said) = run(&["backup", "copy.db"]);
    assert!(code == 3 && said.contains("There is a file of this name already"), "{code} {said}");
    let (code, said) = run(&["restore", "copy.db"]);
    assert!(code == 0 && said.contains("before-restore"), "{code} {said}");
    assert_eq!(run(&["audit", "verify", "--head", &head]).0, 0);
    assert_eq!(run(&["audit", "verify", "--head", "nonsense"]).0, 2);
    let (code, said) = run(&["restore", "not-there.db"]);
    assert!(code == 3 && !said.contains("panicked"), "{code} {said}");
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let tamper = "DROP TRIGGER audit_is_not_changed; UPDATE audit_log SET actor_name = 'x' WHERE seq = 2";
    diesel::connection::SimpleConnection::batch_execute(&mut connection, tamper).unwrap();
    let (code, said) = run(&["audit", "verify"]);
    assert!(code == 1 && said.contains("Row 2 of the audit log was changed."), "{code} {said}");
}

#[test]
fn without_a_company_the_program_names_init_and_demo() {
    let home = tempfile::tempdir().unwrap();
    let terminal = Terminal::start(home.path(), "", &[]);
    let (code, raw) = terminal.end();
    let said = String::from_utf8_lossy(&raw);
    assert!(code == 3 && said.contains("--init") && said.contains("--demo"), "{code} {said}");
}

#[test]
fn a_dumb_terminal_gets_an_error_message() {
    let home = tempfile::tempdir().unwrap();
    let more = vec![("TERM".to_owned(), "dumb".to_owned())];
    let mut terminal = Terminal::with(home.path(), "", &["--demo"], (COLUMNS, ROWS), more);
    terminal.see(&["TERM=dumb"]);
    let (code, raw) = terminal.end();
    assert!(code == 1 && !raw.contains(&0x1b), "{code} {:?}", String::from_utf8_lossy(&raw));
}

/// A manual page as it is printed, and the exit code.
fn manual(words: &[&str]) -> (i32, String) {
    let home = tempfile::tempdir().unwrap();
    let output = script(home.path(), "", &[&["man"], words].concat(), "");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn every_command_has_a_manual_page_that_can_be_set() {
    let mut commands = vec![(Vec::new(), epic_events::cli::Cli::command())];
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(manual(&["--into", folder.path().to_str().unwrap()]), (0, String::new()));
    let (mut pages, (_, program)) = (0, manual(&[]));
    while let Some((words, command)) = commands.pop() {
        let (code, page) = manual(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let name = [&["epic-events".to_owned()][..], &words].concat().join("-");
        assert!(code == 0 && page.contains(&format!(".TH {name} 1 ")), "{name}: {code} {page}");
        assert!(page.contains("EXIT STATUS"), "{page}");
        // The same by the name of the page, as `man` would be called with it.
        assert_eq!(manual(&[&name]), (0, page.clone()));
        assert!(words.is_empty() || program.contains(&format!("{}(1)", name.replace('-', "\\-"))), "{name}: {program}");
        let file = folder.path().join(format!("{name}.1"));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), page);
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap()) & 0o777, 0o644);
        // The formatter, where it is installed, has nothing to complain about.
        if let Ok(set) = Command::new("groff").args(["-man", "-ww", "-z"]).arg(&file).output() {
            assert!(set.status.success() && set.stderr.is_empty(), "{name}: {set:?}");
        }
        pages += 1;
        let below = command.get_subcommands().cloned();
        commands.extend(below.map(|below| ([&words[..], &[below.get_name().to_owned()]].concat(), below)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), pages);
    let (code, said) = manual(&["no-such-command"]);
    assert!(code == 2 && said.contains("audit-verify"), "{code} {said}");
}

/// The terms that a section of a manual page explains.
fn terms(page: &str, section: &str) -> BTreeSet<String> {
    let (_, section) =
        page.split_once(&format!(".SH \"{section}\"")).or(page.split_once(&format!(".SH {section}"))).unwrap();
    let section = section.split(".SH ").next().unwrap();
    let bold = |part: &str| part.split_once("\\fB")?.1.split_once("\\fR").map(|(term, _)| term.replace("\\-", "-"));
    section.split(".TP").skip(1).filter_map(bold).collect()
}

/// The names in capitals that the code reads from the environment or from the files of the configuration.
fn names_that_are_read() -> BTreeSet<String> {
    const OTHER: [&str; 3] = ["C", "POSIX", "CARGO_PKG_VERSION"];
    let mut names = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let reads = text.contains("env::var") || text.contains("environment.get");
            if path.ends_with("tests.rs")
                || path.ends_with("reference.rs")
                || !reads && !path.parent().unwrap().ends_with("config")
            {
                continue;
            }
            let in_capitals = |word: &&str| {
                word.starts_with(|c: char| c.is_ascii_uppercase())
                    && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            };
            let literals = text.split('"').filter(in_capitals);
            names.extend(literals.filter(|word| !OTHER.contains(word)).map(str::to_owned));
        }
    }
    names
}

#[test]
fn the_manual_names_every_variable_that_is_read() {
    let (_, page) = manual(&[]);
    let explained = terms(&page, "ENVIRONMENT");
    let missing: Vec<_> = names_that_are_read().into_iter().filter(|name| !explained.contains(name)).collect();
    assert_eq!(missing, Vec::<String>::new(), "read, but not in the manual");
    // Each setting is read: doctor shows it, or says that it cannot be used.
    let home = tempfile::tempdir().unwrap();
    for (name, _) in SETTINGS {
        assert!(explained.contains(name), "{name}");
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_epic-events"));
        doctor.arg("doctor").env_clear().envs(environment(home.path(), "")).env(name, "?").current_dir(home.path());
        let output = doctor.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains(name), "{name}: {said}");
    }
}

#[test]
fn the_manual_names_every_exit_code() {
    let (_, page) = manual(&["doctor"]);
    let code = include_str!("../../src/commands/stop.rs");
    let constants = code.lines().filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": u8 = "));
    let constants: BTreeSet<String> = constants.map(|(_, number)| number.trim_end_matches(';').to_owned()).collect();
    assert!(constants.len() > 5, "{constants:?}");
    assert_eq!(terms(&page, "EXIT STATUS"), constants);
}

/// Whether this file, below the home folder of a test, is one that a row of the manual explains.
fn stands_for(row: &str, path: &str) -> bool {
    let mut row = row.to_owned();
    for (variable, folder) in [("$XDG_CONFIG_HOME", "config"), ("$XDG_DATA_HOME", "data"), ("$XDG_STATE_HOME", "state")]
    {
        row = row.replace(variable, folder);
    }
    // A word in capitals stands for a time, a day or a number.
    let varies = ["TIME", "DAY", "EVENTS"].iter().find_map(|word| row.split_once(word));
    match varies {
        Some((before, after)) => path.starts_with(before) && path.ends_with(after),
        None if row.ends_with('/') => path.starts_with(&row),
        None => path.strip_prefix(&row).is_some_and(|rest| ["", "-wal", "-shm"].contains(&rest)),
    }
}

/// A company is set up, used, backed up and restored: every file that this leaves is in the manual.
#[test]
fn the_manual_names_every_file() {
    let home = tempfile::tempdir().unwrap();
    init(home.path(), "");
    let mut terminal = Terminal::start(home.path(), "", &[]);
    sign_in(&mut terminal, "boss", BOSS);
    terminal.see(&["Waiting for you"]);
    for arguments in [&["backup", "copy.db"][..], &["restore", "copy.db"]] {
        assert!(script(home.path(), "", arguments, "").status.success(), "{arguments:?}");
    }
    let mut found = Vec::new();
    let mut folders: Vec<_> = ["config", "data", "state"].map(|name| home.path().join(name)).into();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    terminal.press("q");
    terminal.end();
    assert!(found.len() > 3, "{found:?}");
    for path in found {
        let path = path.strip_prefix(home.path()).unwrap().to_str().unwrap();
        let is_named = FILES.iter().any(|(row, _)| stands_for(row, path));
        assert!(is_named, "{path} is not in the manual");
    }
}
