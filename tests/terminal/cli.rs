//! The command line: what is printed, and with which exit code.

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
fn doctor_man_and_completions_give_an_administrator_information() {
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
    let (code, page) = said(script(home.path(), "", &["man"], ""));
    assert!(code == 0 && page.contains(".TH epic-events"), "{page}");
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
