//! The floors of the house: imports go downwards only, and engines are named where they
//! may be.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn floor(name: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    sources(&folder).into_iter().map(read).collect()
}

/// The modules of this crate that a file takes from, also out of nested `use` trees.
fn taken(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => word.clear(),
                    c if depth == 0 && (c.is_alphanumeric() || c == '_') => word.push(c),
                    ':' if depth == 0 && !word.is_empty() => names.push(std::mem::take(&mut word)),
                    _ => {}
                }
            }
        } else {
            names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

#[test]
fn imports_go_downwards_only() {
    for (name, above) in [
        ("domain", &["storage", "services", "ui", "app", "config", "cli", "telemetry"][..]),
        ("storage", &["services", "ui", "app", "config", "cli", "telemetry"]),
        ("services", &["ui", "app", "config", "cli", "telemetry"]),
        ("ui", &["storage", "app", "config", "cli", "telemetry"]),
        ("app", &["storage", "config", "cli", "telemetry"]),
    ] {
        for (path, text) in floor(name) {
            for module in taken(&text) {
                assert!(!above.contains(&module.as_str()), "{} takes from {module}", path.display());
            }
        }
    }
}

#[test]
fn engines_are_named_in_three_files() {
    // The last copies the embedded database, which is all that it is about.
    const ALLOWED: [&str; 4] = ["connection.rs", "mysql.rs", "migrate.rs", "backup.rs"];
    for (path, text) in floor("storage").into_iter().chain(floor("services")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let named = ["Db::Mysql", "Db::Sqlite", "MysqlConnection", "SqliteConnection"];
        let names = named.iter().any(|engine| text.contains(engine));
        assert!(ALLOWED.contains(&name.as_str()) || !names, "{} names an engine", path.display());
    }
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("mysql"));
}

#[test]
fn colours_are_in_the_theme() {
    for (path, text) in floor("ui").into_iter().chain(floor("app")) {
        let theme = path.ends_with("theme.rs");
        assert!(theme || !text.contains("Color::"), "{} names a colour", path.display());
    }
}

/// Nothing is started from inside, so that nobody leaves the program through another one.
#[test]
fn the_program_starts_no_other_program() {
    for (path, text) in floor("") {
        for way in ["process::Command", "Command::new", "CommandExt", "posix_spawn", "fork("] {
            assert!(!text.contains(way), "{way} in {}", path.display());
        }
    }
}
