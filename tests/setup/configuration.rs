//! The configuration of the machine: where each value comes from, and that existing files are left alone.

use rstest::rstest;

use crate::{
    BOSS, INIT, config_file, configure, init, run, run_with, stored,
    support::{
        Engine, TestDb,
        terminal::{COLUMNS, ENTER, ROWS, Terminal},
    },
};

const COMMENTED: &str = "# The company's own: ask Marta before you change it.\ntheme = \"standard\" # as printed\n";

fn commented(url: &str) -> String {
    format!("{COMMENTED}\n# Where the data lives\ndatabase_url = \"{url}\"\n")
}

/// Changing the language on the sign-in screen leaves the configuration as it is. It is stored for a user only
/// once that user signs in.
#[test]
fn a_preference_is_stored_for_the_user_and_not_in_the_configuration() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let text = commented(&db.url);
    configure(home.path(), &text);
    // The test's environment sets a language, which would overrule every file, so it is emptied.
    let no_language = vec![("EPIC_EVENTS_LANGUAGE".to_owned(), String::new())];
    let start = || Terminal::with(home.path(), "", &[], (COLUMNS, ROWS), no_language.clone());
    let unchanged = || assert_eq!(std::fs::read_to_string(config_file(home.path())).unwrap(), text);

    let mut t = start();
    t.see(&["Username or e-mail"]).press("\x1bOQ").see(&["adresse e-mail, puis"]).press("\x03");
    assert_eq!(t.end().0, 0);
    unchanged();
    let mut t = start();
    t.see(&["Username or e-mail"]).press("\x1bOQ").see(&["adresse e-mail, puis"]);
    t.field("boss").press(BOSS).press(ENTER).see(&["Marta Olsen"]).press("\x03");
    assert_eq!(t.end().0, 0);
    unchanged();
    // The user's language is used at the next start, and the configuration is still unchanged.
    let mut t = start();
    t.see(&["adresse e-mail, puis"]).press("\x03");
    assert_eq!(t.end().0, 0);
    unchanged();
}

#[test]
fn a_set_up_never_overwrites_a_configuration() {
    let home = tempfile::tempdir().unwrap();
    let (named, db) = (TestDb::new(Engine::Sqlite), TestDb::new(Engine::Sqlite));
    let text = commented(&named.url);
    configure(home.path(), &text);
    let arguments = [&INIT[..], &["--database-url", &db.url, "--language", "fr"]].concat();
    let (code, said) = run(home.path(), "", &arguments);
    assert_eq!(code, 0, "{said}");
    assert_eq!(std::fs::read_to_string(config_file(home.path())).unwrap(), text);
    assert!(said.contains("config.toml"), "the message says that the file was left alone: {said}");

    // If the configuration names no database, the address is added and every line stays.
    let home = tempfile::tempdir().unwrap();
    let db = TestDb::new(Engine::Sqlite);
    configure(home.path(), COMMENTED);
    let arguments = [&INIT[..], &["--database-url", &db.url]].concat();
    let (code, said) = run(home.path(), "", &arguments);
    assert_eq!(code, 0, "{said}");
    let kept = std::fs::read_to_string(config_file(home.path())).unwrap();
    assert!(kept.contains(COMMENTED) && kept.contains(&db.url), "{kept}");
}

/// The company is found from every folder, not only from the one in which it was set up.
#[test]
fn a_relative_address_is_stored_as_an_absolute_one() {
    for typed in ["sqlite://here.db", "sqlite:here.db"] {
        let home = tempfile::tempdir().unwrap();
        let arguments = [&INIT[..], &["--database-url", typed]].concat();
        let (code, said) = run(home.path(), "", &arguments);
        assert_eq!(code, 0, "{said}");
        let kept = std::fs::read_to_string(config_file(home.path())).unwrap();
        let place = std::fs::canonicalize(home.path()).unwrap().join("here.db");
        assert!(kept.contains(&format!("\"sqlite://{}\"", place.display())), "{typed}: {kept}");
        // Setting up again at the same address reports nothing about the configuration.
        std::fs::remove_file(&place).unwrap();
        let (code, said) = run(home.path(), "", &arguments);
        assert!(code == 0 && !said.contains("config.toml"), "{code} {said}");
    }
}

/// Two slashes and a whole path: what is shown and stored is the path.
#[test]
fn a_path_with_too_many_slashes_is_shown_and_stored_as_it_is_meant() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("here.db");
    let typed = format!("sqlite:///{}", path.display());
    let (code, said) = run(home.path(), "", &[&INIT[..], &["--database-url", &typed]].concat());
    assert_eq!(code, 0, "{said}");
    let kept = std::fs::read_to_string(config_file(home.path())).unwrap();
    assert!(kept.contains(&format!("\"sqlite://{}\"", path.display())), "{kept}");
    let (code, said) = run(home.path(), &typed, &["--init", "--non-interactive"]);
    assert!(code == 1 && said.contains("--from sqlite:///") && !said.contains("sqlite:////"), "{code} {said}");
}

/// The set-up account is not stored, even if it is given on the command line.
#[rstest]
fn a_scripted_set_up_on_a_server_stores_no_account(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(engine));
    let arguments = [&INIT[..], &["--database-url", &db.url, "--language", "en"]].concat();
    let (code, said) = run(home.path(), "", &arguments);
    assert!(code == 0 && said.contains("everyday account"), "{code} {said}");
    let stored = std::fs::read_to_string(config_file(home.path())).unwrap_or_default();
    assert!(!stored.contains("only-for-tests"), "{stored}");
}

/// A single part from a higher layer overrules the whole address of a lower one, and `doctor` shows it.
#[test]
fn doctor_shows_the_source_of_each_value_and_what_overrules_it() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    configure(home.path(), &commented(&db.url));
    let parts = [("DB_HOST", "127.0.0.1"), ("DB_PORT", "1"), ("DB_USER", "crm"), ("DB_PASSWORD", "canary")];
    let (code, said) = run_with(home.path(), "", &["doctor"], &parts);
    assert!(code == 3 && said.contains("Nothing answers"), "{code} {said}");
    assert!(said.contains("mysql://crm:***@127.0.0.1:1/epic_events") && !said.contains("canary"), "{said}");
    let overruled = said.lines().find(|line| line.contains("DATABASE_URL")).unwrap();
    assert!(overruled.contains("config.toml") && overruled.contains("overruled by DB_HOST (environment)"), "{said}");
    let used = said.lines().find(|line| line.contains("DB_HOST  ")).unwrap();
    assert!(used.contains("environment") && !used.contains("overruled"), "{said}");
}

#[test]
fn an_ipv6_address_needs_no_brackets() {
    let home = tempfile::tempdir().unwrap();
    let parts = [("DB_HOST", "::1"), ("DB_PORT", "1"), ("DB_USER", "crm")];
    let (code, said) = run_with(home.path(), "", &["doctor"], &parts);
    assert!(code == 3 && said.contains("@[::1]:1/"), "{code} {said}");
    // The program tries to connect, if this machine has IPv6.
    assert!(said.contains("Nothing answers") || said.contains("os error"), "{said}");
}

/// Text after `$` in a password is not taken for the name of a variable.
#[test]
fn a_dollar_sign_in_a_dotenv_file_is_taken_literally() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    let path = db.url.replace("test.db", "ab$cd.db");
    let file = home.path().join(".env");
    for written in [path.clone(), format!("\"{path}\""), format!("'{path}'"), path.replace('$', "\\$")] {
        std::fs::write(&file, format!("# don't touch\nDATABASE_URL={written} # nor this\n")).unwrap();
        let (_, said) = run_with(home.path(), "", &["doctor"], &[("cd", "elsewhere")]);
        assert!(said.contains(&path), "{written}: {said}");
    }
}

#[test]
fn a_folder_named_dotenv_is_ignored() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    std::fs::create_dir(home.path().join(".env")).unwrap();
    init(home.path(), &db.url);
    let (code, said) = run(home.path(), &db.url, &["doctor"]);
    assert_eq!(code, 0, "{said}");
}

/// `--demo` and `--init` cannot be combined with a command, so that no command meant for the demo touches the
/// company's database.
#[test]
fn a_command_with_demo_or_init_is_refused_and_changes_nothing() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let backup = home.path().join("backup.db");
    let file = backup.to_str().unwrap();
    assert_eq!(run(home.path(), &db.url, &["backup", file]).0, 0);
    let copy = home.path().join("copy.db");
    let before = stored(&db);
    for option in ["--demo", "--init"] {
        for command in [
            &["restore", file][..],
            &["backup", copy.to_str().unwrap()],
            &["migrate"],
            &["audit", "verify"],
            &["doctor"],
        ] {
            let arguments = [&[option], command].concat();
            let (code, said) = run(home.path(), &db.url, &arguments);
            assert!(code == 2 && said.contains(option), "{arguments:?}: {code} {said}");
        }
    }
    assert!(!copy.exists() && stored(&db) == before, "a refused command changed something");
    let folder = std::path::Path::new(db.url.strip_prefix("sqlite://").unwrap()).parent().unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let kept: Vec<String> = files.filter(|name| !name.starts_with("test.db")).collect();
    assert!(kept.is_empty(), "the database was replaced: {kept:?}");
}

/// What cannot work in the table of keys is refused at the start: the line, what is wrong, and what would be right.
#[test]
fn a_key_that_cannot_be_used_is_refused_by_name() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    for (rows, said) in [
        ("assign = \"n\"", &["line 4: assign = \"n\"", "\"new\" has this key already"][..]),
        ("# mine\nassing = \"g\"", &["line 5: assing", "no such command", "assign, archive"]),
        ("assign = \"hyper+g\"", &["line 4: assign", "not a key", "f1 to f12"]),
        ("save = \"s\"", &["line 4: save", "typed", "ctrl+"]),
        ("assign = \"Esc\"", &["line 4: assign", "always does the same"]),
        ("assign = \"ctrl+c\"", &["line 4: assign", "always does the same"]),
        ("assign = 5", &["line 4", "between quotes"]),
    ] {
        configure(home.path(), &format!("theme = \"plain\"\n\n[keys]\n{rows}\n"));
        let (code, out) = run(home.path(), &db.url, &["doctor"]);
        assert_eq!(code, 5, "{rows}: {out}");
        for words in said {
            assert!(out.contains(words), "{rows}: no {words} in {out}");
        }
    }
}

#[test]
fn own_keys_are_used_and_doctor_shows_them() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    configure(home.path(), "[keys]\nquit = \"Z\"\nhelp = \"f9\"\n");
    let (code, said) = run(home.path(), &db.url, &["doctor"]);
    assert!(code == 0 && said.contains("keys.quit") && said.contains("Z  ("), "{code} {said}");
    let mut t = Terminal::start(home.path(), &db.url, &[]);
    t.see(&["Username"]).field("boss").press(BOSS).press(ENTER).see(&["Waiting for you", "F9 help"]).press("Z");
    assert_eq!(t.end().0, 0);
}

/// A password is typed into an address as it is: the message shows what to write, and never the password.
#[test]
fn a_password_that_has_to_be_encoded_is_recognised() {
    let home = tempfile::tempdir().unwrap();
    for language in ["en", "fr"] {
        let url = "mysql://crm:can#ry/@127.0.0.1:1/crm";
        let (code, said) = run(home.path(), url, &["doctor", "--language", language]);
        assert!(code == 5 && said.contains("# %23, / %2F") && said.contains("DB_PASSWORD"), "{code} {said}");
        assert!(said.contains("mysql://crm:***@127.0.0.1:1/crm") && !said.contains("can#"), "{said}");
    }
    let (code, said) = run(home.path(), "mysql://crm:can%23ry%2F@127.0.0.1:1/crm", &["doctor"]);
    assert!(code == 3 && said.contains("Nothing answers"), "{code} {said}");
}

#[test]
fn a_missing_file_is_named() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let (code, said) = run(home.path(), &db.url, &["restore", "/no/such/backup.db"]);
    assert!(code == 3 && said.contains("/no/such/backup.db") && said.contains("Nothing was changed"), "{code} {said}");
    let url = "mysql://crm:canary@127.0.0.1:1/crm?ssl_mode=verify_identity&ssl_ca=/no/such/ca.pem";
    let (code, said) = run(home.path(), url, &["doctor"]);
    assert!(code == 5 && said.contains("/no/such/ca.pem") && !said.contains("canary"), "{code} {said}");
    configure(home.path(), "language = \"en\"\nlangage = \"fr\"\n");
    let (code, said) = run(home.path(), &db.url, &["doctor"]);
    assert!(code == 5 && said.contains("config.toml") && !said.contains("--init"), "{code} {said}");
}

/// `doctor` reports what the program does without; everybody else can go on working.
#[test]
fn doctor_reports_files_that_are_not_used() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    std::fs::write(home.path().join("machine.toml"), "db_host = 'db'\ndb_password_file = 'no-such-file'\n").unwrap();
    let (code, said) = run(home.path(), &db.url, &["doctor"]);
    assert!(code == 0 && said.contains("file that is not used") && said.contains("no-such-file"), "{code} {said}");
    assert!(said.contains("its settings do not count"), "{said}");
    std::fs::write(home.path().join("machine.toml"), "db_host = \n").unwrap();
    let (code, said) = run(home.path(), &db.url, &["doctor", "--json"]);
    assert!(code == 0 && said.contains("unused_file") && said.contains("machine.toml"), "{code} {said}");
    assert_eq!(run(home.path(), &db.url, &["audit", "verify"]).0, 0);
}

#[test]
fn an_unknown_kind_of_encryption_is_refused_with_those_that_there_are() {
    let home = tempfile::tempdir().unwrap();
    let allowed = "verify_identity, verify_ca, required, disabled";
    let (code, said) = run(home.path(), "mysql://crm:canary@127.0.0.1:1/crm?ssl_mode=on", &["doctor"]);
    assert!(
        code == 5 && said.contains("\"on\"") && said.contains(allowed) && !said.contains("canary"),
        "{code} {said}"
    );
    let more = [("DB_HOST", "db"), ("DB_SSL_CA", "/no/such/ca.pem")];
    let (code, said) = run_with(home.path(), "", &["doctor"], &more);
    assert!(code == 5 && said.contains("/no/such/ca.pem"), "{code} {said}");
}

/// A key is bound to a username. What is wrong with it is said at the start, but not whether there is such an account.
#[test]
fn a_key_is_bound_to_a_username_only() {
    let (home, db) = (tempfile::tempdir().unwrap(), TestDb::new(Engine::Sqlite));
    init(home.path(), &db.url);
    let (code, said) = run(home.path(), &db.url, &["--user", "marta@epic.example"]);
    assert!(code == 2 && said.contains("a username is needed here, not an e-mail address"), "{code} {said}");
    for user in ["boss", "ghost"] {
        let mut t = Terminal::start(home.path(), &db.url, &["--user", user]);
        t.see(&["Username", user]).press("not this one at all").press(ENTER).see(&["do not match"]).press("\x03");
        assert_eq!(t.end().0, 0);
    }
}

/// A company on this computer is not lost sight of where a server is chosen.
#[test]
fn a_set_up_says_how_a_company_of_this_computer_moves() {
    let home = tempfile::tempdir().unwrap();
    init(home.path(), "");
    for arguments in [&INIT[..], &["--init", "--non-interactive"], &["--init"]] {
        let mut t = Terminal::start(home.path(), "", arguments);
        if arguments.len() > 2 {
            t.press(BOSS).press(ENTER);
        }
        t.see(&[
            "There is a company here already: start the program without --init.",
            "epic-events copy --from sqlite://",
        ]);
        assert_eq!(t.end().0, 1);
    }
    let server = TestDb::new(Engine::MariaDb);
    let (code, said) = run(home.path(), &server.url, &INIT);
    assert!(code == 0 && said.contains("epic-events copy --from sqlite://"), "{code} {said}");
}

/// A variable that is no text is not passed over: the command would work on another company.
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};
    let (home, embedded) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    init(home.path(), "");
    for name in ["DATABASE_URL", "DB_HOST", "DB_PASSWORD", "EPIC_EVENTS_SYSTEM_CONFIG", "XDG_DATA_HOME"] {
        let output = Command::new(env!("CARGO_BIN_EXE_epic-events"))
            .args(["reset-password", "boss"])
            .env_clear()
            .envs(crate::support::terminal::environment(home.path(), ""))
            .env(name, OsStr::from_bytes(b"sqlite:///tmp/soci\xe9t\xe9.db"))
            .current_dir(embedded.path())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.code() == Some(5) && said.contains(name), "{name}: {:?} {said}", output.status);
    }
    // Those of other programs are left to them.
    let output = Command::new(env!("CARGO_BIN_EXE_epic-events"))
        .args(["audit", "verify"])
        .env_clear()
        .envs(crate::support::terminal::environment(home.path(), ""))
        .env("OTHER", OsStr::from_bytes(b"\xe9"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}
