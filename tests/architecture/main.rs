//! Checks of the source code: layers import only from lower layers, and each concern stays in the files that
//! are meant for it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod documents;
mod events;
mod imports;
mod servers;
mod units;

use std::{
    collections::HashMap,
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

fn layer(name: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    sources(&folder).into_iter().map(read).collect()
}

/// The modules of this crate that a file imports, including those in nested `use` trees.
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
fn each_layer_imports_only_lower_layers() {
    for (name, above) in [
        ("domain", &["storage", "services", "ui", "app", "config", "cli", "telemetry"][..]),
        ("storage", &["services", "ui", "app", "config", "cli", "telemetry"]),
        ("services", &["ui", "app", "config", "cli", "telemetry"]),
        ("ui", &["storage", "app", "config", "cli", "telemetry"]),
        ("app", &["storage", "config", "cli", "telemetry"]),
    ] {
        for (path, text) in layer(name) {
            for module in taken(&text) {
                assert!(!above.contains(&module.as_str()), "{} imports {module}", path.display());
            }
        }
    }
}

/// The name of a source file under `src`.
fn short(path: &Path) -> String {
    path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().to_string_lossy().into_owned()
}

/// The screens and the state machine exchange requests and replies with the services; the worker thread of the
/// program is the only one that executes requests.
#[test]
fn screens_and_state_machine_call_no_service() {
    for (path, text) in layer("ui").into_iter().chain(layer("app")) {
        let code = without_comments(&text, "//");
        assert!(!code.contains("Services") && !code.contains(".execute("), "{} calls a service", short(&path));
    }
}

#[test]
fn sql_is_only_in_the_storage_layer() {
    const SQL: [&str; 7] =
        ["diesel", "sql_query", "batch_execute", "INSERT INTO ", "SELECT ", "UPDATE ", "DELETE FROM "];
    for (path, text) in layer("services").into_iter().chain(layer("ui")).chain(layer("app")) {
        let code = without_comments(&text, "//");
        for part in SQL {
            assert!(!code.contains(part), "{} contains {part:?}", short(&path));
        }
    }
}

#[test]
fn engines_are_named_only_in_the_files_about_them() {
    const FILES: [(&str, &str); 15] = [
        ("storage/tables.rs", "reads and writes whole rows of each engine"),
        ("storage/connection.rs", "one connection type over both engines"),
        ("storage/transaction.rs", "each engine begins and ends a transaction in its own way"),
        ("storage/mysql.rs", "the connection to a server"),
        ("storage/wire.rs", "sends the statements of Diesel to a server"),
        ("storage/address.rs", "the options of a server's address"),
        ("storage/migrate.rs", "each engine has its own migrations"),
        ("storage/guards.rs", "the triggers of a server"),
        ("storage/locked.rs", "only servers lock rows"),
        ("storage/lease.rs", "SQLite changes tables in a transaction"),
        ("storage/diagnosis/mod.rs", "each engine is examined in its own way"),
        ("storage/diagnosis/examined.rs", "a server that is examined"),
        ("storage/backup.rs", "only the embedded database is copied"),
        ("services/database.rs", "only the embedded database is migrated without being asked"),
        ("services/demo/mod.rs", "the demo is an embedded database"),
    ];
    const ENGINES: [&str; 10] = [
        "Self::Mysql",
        "Self::Sqlite",
        "Db::Mysql",
        "Db::Sqlite",
        "Target::Mysql",
        "Target::Sqlite",
        "MysqlConnection",
        "SqliteConnection",
        "diesel::mysql",
        "mysql_async",
    ];
    let sources = ["domain", "storage", "services", "ui", "app"].into_iter().flat_map(layer);
    let naming = sources.filter(|(_, text)| {
        let code = without_comments(text, "//");
        ENGINES.iter().any(|engine| code.contains(engine))
    });
    let mut naming: Vec<String> = naming.map(|(path, _)| short(&path)).collect();
    let mut files: Vec<String> = FILES.map(|(file, _)| file.to_owned()).into();
    naming.sort();
    files.sort();
    assert_eq!(naming, files);
}

/// Writes of signed-in users are committed in one place, which also determines the outcome of a COMMIT whose
/// response was lost. The other files create databases that nobody uses yet.
#[test]
fn writes_are_committed_in_one_place() {
    const ALLOWED: [&str; 4] =
        ["services/database.rs", "services/setup.rs", "services/demo/mod.rs", "services/scale.rs"];
    for (path, text) in layer("services") {
        let is_allowed = ALLOWED.iter().any(|allowed| path.ends_with(allowed));
        assert!(is_allowed || !text.contains(".transact("), "{} commits", path.display());
    }
}

/// A record is loaded to be written to only together with the check that the permission reaches it.
#[test]
fn records_are_locked_only_together_with_the_check_of_the_permission() {
    for (path, text) in layer("services") {
        let is_load = path.ends_with("services/write/load.rs");
        assert!(is_load || !text.contains("find_for_update"), "{} bypasses the check", path.display());
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

/// A folded text may be longer than the column for the sort key, so `text::sort_key` has to cut it.
#[test]
fn sort_keys_fit_their_columns() {
    for (path, text) in layer("storage").into_iter().chain(layer("services")) {
        assert!(!text.contains("_key.eq(text::fold("), "{}: text::sort_key is cut to its column", path.display());
    }
}

/// A test that runs on some engines only proves nothing about the others.
#[test]
fn tests_run_on_all_engines_or_on_all_servers() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for path in sources(&tests) {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, list)) = line.split_once(concat!("values(", "Engine::")) else { continue };
            let list = list.split_once(')').unwrap().0;
            let whole = ["Sqlite, Engine::MariaDb, Engine::Mysql", "MariaDb, Engine::Mysql"].contains(&list);
            assert!(whole, "{} tests on {list} alone", path.display());
        }
    }
}

#[test]
fn colours_are_named_only_in_the_theme() {
    for (path, text) in layer("ui").into_iter().chain(layer("app")) {
        let theme = path.ends_with("theme.rs");
        assert!(theme || !text.contains("Color::"), "{} names a colour", path.display());
    }
}

/// The message of a log line goes to Sentry too, so it must contain no values. Values are fields, of which
/// `telemetry` sends only those that identify nobody.
#[test]
fn log_messages_are_constant() {
    for (path, text) in layer("") {
        for level in ["error!(", "warn!(", "info!("] {
            for (at, _) in text.match_indices(&format!("tracing::{level}")) {
                let call = text[at..].split(");").next().unwrap();
                let message = call.split('"').nth_back(1).unwrap_or_default();
                assert!(!message.contains('{'), "{}: {message}", path.display());
            }
        }
    }
}

/// The program starts no other program, so that no user can escape from it through one.
#[test]
fn the_program_starts_no_other_program() {
    for (path, text) in layer("") {
        for way in ["process::Command", "Command::new", "CommandExt", "posix_spawn", "fork("] {
            assert!(!text.contains(way), "{way} in {}", path.display());
        }
    }
}

/// SQLite locks its file with locks that a process loses as soon as it closes any descriptor of that file. So
/// only SQLite may open the database or the files beside it (`-wal`, `-shm`). Files that open other files are
/// listed here, each with the reason why those are no database.
#[test]
fn nothing_but_sqlite_opens_the_database_file() {
    const ALLOWED: [(&str, &str); 11] = [
        ("commands/manual.rs", "manual pages, whose names end in .1"),
        ("commands/recovery.rs", "/etc/passwd"),
        ("storage/address.rs", "the certificate authority, which the connection to the server reads too"),
        ("storage/part.rs", "a new file under a name of its own, which gets its real name after it was closed"),
        ("storage/grants.rs", "its test reads the document for administrators"),
        ("config/layers.rs", "config.toml and .env"),
        ("config/readable.rs", "/etc/group"),
        ("config/write.rs", "config.toml and what each person prefers"),
        ("config/tests/mod.rs", "files of the tests' own"),
        ("services/spreadsheet/file.rs", "a file that this process does not have open, which it finds out before"),
        ("app/clock.rs", "its test reads /proc/uptime"),
    ];
    const WAYS: [&str; 10] = [
        "File::open",
        "File::create",
        "File::options",
        "OpenOptions",
        "fs::copy",
        "fs::read(",
        "fs::read_to_string",
        "fs::write",
        "fs::open",
        "openat",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, text) in layer("") {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let found: Vec<&str> = WAYS.into_iter().filter(|way| text.contains(way)).collect();
        let allowed = ALLOWED.iter().any(|(file, _)| *file == name);
        assert!(allowed || found.is_empty(), "{name} opens files: {found:?}");
    }
    for (file, _) in ALLOWED {
        assert!(root.join(file).exists(), "{file} does not exist any more");
    }
}

/// The functions of `storage` by module and name, each with its return type.
fn answers() -> HashMap<String, String> {
    let mut answers = HashMap::new();
    for (path, text) in layer("storage") {
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (at, _) in text.match_indices("pub fn ") {
            let signature = text[at + "pub fn ".len()..].split('{').next().unwrap();
            let name: String = signature.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let answer = signature.rsplit_once("-> ").map_or("()", |(_, answer)| answer.trim());
            answers.insert(format!("{module}::{name}"), answer.to_owned());
        }
    }
    answers
}

/// The functions of `storage` whose result a statement of this text ignores: `storage::clients::update(…)?;`.
fn dropped(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut dropped = Vec::new();
    for (at, _) in code.match_indices("storage::") {
        let call = &code[at + "storage::".len()..];
        let begins = code[..at].trim_end().ends_with([';', '{', '}']);
        let Some(open) = call.find('(').filter(|_| begins) else { continue };
        let mut depth = 0;
        let end = call.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (c == ')' && depth == 0).then_some(at + 1)
        });
        if end.is_some_and(|end| call[end..].trim_start().starts_with("?;")) {
            dropped.push(call[..open].to_owned());
        }
    }
    dropped
}

/// The result of a function of `storage` (whether it wrote, or how many rows) must be used, so that a write
/// that matched no row is not reported as done.
#[test]
fn services_ignore_no_result_of_storage() {
    assert_eq!(dropped("{ storage::a::b(c(), (d))?; let e = storage::f::g()?; storage::h::i()?; }"), ["a::b", "h::i"]);
    let answers = answers();
    for (path, text) in layer("services") {
        for call in dropped(&text) {
            let answer = &answers[&call];
            let nothing = answer.starts_with("Result<(), ");
            assert!(nothing, "{} ignores the result of storage::{call}: {answer}", path.display());
        }
    }
}

fn without_comments(text: &str, mark: &str) -> String {
    text.lines().map(|line| line.split_once(mark).map_or(line, |(code, _)| code)).collect::<Vec<_>>().join("\n")
}

/// A file that is longer than this is read by nobody as a whole. Tables of words are looked up, not read.
#[test]
fn no_file_is_longer_than_400_lines() {
    const TABLES: [&str; 2] = ["src/ui/text/en.rs", "src/ui/text/fr.rs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in ["src", "tests", "benches"].iter().flat_map(|folder| sources(&root.join(folder))) {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 400 || TABLES.contains(&name.as_str()), "{name} has {lines} lines");
    }
}

/// French sets a space before `:`, `;`, `?`, `!` and inside « », and no line may end there.
#[test]
fn french_punctuation_has_spaces_that_do_not_break() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/text/fr.rs");
    let text = fs::read_to_string(path).unwrap();
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("\\\"", "'");
    for string in code.split('"').skip(1).step_by(2) {
        for breaking in [" :", " ;", " ?", " !", " »", "« "] {
            assert!(!string.contains(breaking), "\"{string}\" has an ordinary space in \"{breaking}\"");
        }
    }
}

/// A label and what follows it are put together where the language is known to need a space before the colon.
#[test]
fn labels_are_put_together_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in ["ui", "app"].iter().flat_map(|folder| sources(&root.join(folder))) {
        if path.starts_with(root.join("ui/text")) {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            for words in line.split('"').skip(1).step_by(2) {
                let is_label = words.contains("}: ") || words.ends_with("}:");
                assert!(!is_label || line.contains("assert"), "{}: {line}", path.display());
            }
        }
    }
}

/// Where a text names a key, the key is put in before anything typed: a name may contain what looks like the place
/// of a key.
#[test]
fn keys_are_put_into_fixed_words_only() {
    for language in ["en", "fr"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/ui/text/{language}.rs"));
        let code: String = fs::read_to_string(path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        for formatted in code.replace("( \"", "(\"").split("format!(\"").skip(1) {
            let words = formatted.replace("\\\"", "'").split('"').next().unwrap_or_default().to_owned();
            assert!(!words.contains('⌨'), "\"{words}\" names a key beside what was typed");
        }
    }
}
