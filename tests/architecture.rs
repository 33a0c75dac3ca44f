//! Checks of the source code: layers import only from lower layers, and each concern stays in the files that
//! are meant for it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{HashMap, HashSet},
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
    const FILES: [(&str, &str); 9] = [
        ("storage/connection.rs", "one connection type over both engines"),
        ("storage/transaction.rs", "each engine begins and ends a transaction in its own way"),
        ("storage/mysql.rs", "the connection to a server"),
        ("storage/wire.rs", "sends the statements of Diesel to a server"),
        ("storage/address.rs", "the options of a server's address"),
        ("storage/migrate.rs", "each engine has its own migrations"),
        ("storage/backup.rs", "only the embedded database is copied"),
        ("services/database.rs", "only the embedded database is migrated without being asked"),
        ("services/demo.rs", "the demo is an embedded database"),
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
    const ALLOWED: [&str; 4] = ["database.rs", "setup.rs", "demo.rs", "scale.rs"];
    for (path, text) in layer("services") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(ALLOWED.contains(&name.as_str()) || !text.contains(".transact("), "{} commits", path.display());
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

/// The functions that MariaDB 10.11 to 12 and MySQL 8.0 to 9.7 all have. `MD5()` and `SHA1()` are missing on
/// purpose: MySQL 9.6 has moved them into a component that is not loaded.
const SHARED_FUNCTIONS: &str = "CAST CHAR_LENGTH COALESCE CONCAT COUNT DATABASE GET_LOCK HEX IF \
     IS_FREE_LOCK LAST_INSERT_ID LEFT LOWER MAX RANDOM_BYTES RELEASE_LOCK SHA2 SUBSTRING SUM UTC_TIMESTAMP";
const SHARED_WORDS: &str = "ADD AFTER ALTER ALWAYS AND AS AUTO_INCREMENT BEFORE BEGIN BETWEEN BIGINT BOOLEAN BY \
     CHARACTER CHECK COLLATE COLUMN CONSTRAINT CREATE DATE DATETIME DAY DEALLOCATE DEFAULT DELETE DISTINCT DO DROP EACH \
     END ENGINE EXECUTE EXISTS FALSE FOR FOREIGN FROM FULLTEXT GENERATED GROUP IGNORE IN INDEX INSERT INTEGER INTERVAL INTO IS \
     KEY LIKE MEDIUMTEXT MESSAGE_TEXT MODIFY NEW NOT NULL OLD ON OR ORDER PREPARE PRIMARY REFERENCES REGEXP RESTRICT \
     ROW SELECT SET SIGNAL SQLSTATE STORED TABLE TEXT THEN TRIGGER TRUE UNIQUE UPDATE VALUES VARCHAR WHERE";
const SHARED_COLLATIONS: [&str; 2] = ["utf8mb4_bin", "utf8mb4_general_ci"];

/// The words of a text, each with the text before and after it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let ends = text.char_indices().filter(move |(at, c)| part(*c) && !text[at + 1..].starts_with(part));
    ends.map(move |(end, _)| {
        let start = text[..end].rfind(|c| !part(c)).map_or(0, |before| before + 1);
        (&text[..start], &text[start..=end], &text[end + 1..])
    })
}

fn without_comments(text: &str, mark: &str) -> String {
    text.lines().map(|line| line.split_once(mark).map_or(line, |(code, _)| code)).collect::<Vec<_>>().join("\n")
}

/// Every supported server must have what the set-up uses, since the tests run on only two of them.
#[test]
fn sql_uses_only_what_every_supported_server_has() {
    let listed = |list: &str, word: &str| list.split_whitespace().any(|known| known == word);
    let capitals = |word: &str| {
        word.len() > 1 && word.starts_with(|c: char| c.is_ascii_uppercase()) && word == word.to_uppercase()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut migrations: Vec<_> = fs::read_dir(root.join("migrations/mysql")).unwrap().map(Result::unwrap).collect();
    migrations.sort_by_key(fs::DirEntry::file_name);
    let files = migrations.iter().map(|folder| folder.path().join("up.sql"));
    let mut statements: Vec<String> =
        files.map(|path| without_comments(&fs::read_to_string(path).unwrap(), "--")).collect();
    let migrate = fs::read_to_string(root.join("src/storage/migrate.rs")).unwrap();
    let (_, guards) = migrate.split_once("const GUARDS: &[(&str, &str)] = &[").unwrap();
    statements.push(guards.split_once("\n];").unwrap().0.to_owned());
    for text in &statements {
        for (before, word, after) in words(text) {
            let function = after.starts_with('(') && !["VARCHAR", "DATETIME"].contains(&word);
            if function {
                assert!(listed(SHARED_FUNCTIONS, word), "{word}() may be missing on a server");
            } else if capitals(word) {
                let known = listed(SHARED_WORDS, word) || listed(SHARED_FUNCTIONS, word);
                assert!(known || word == "InnoDB", "{word} may be unknown to a server");
            }
            assert!(!word.starts_with("utf8") || word == "utf8mb4" || SHARED_COLLATIONS.contains(&word), "{word}");
            // MySQL has no IF EXISTS for columns and indexes, unlike MariaDB.
            if word == "EXISTS" && !after.trim_start().starts_with('(') {
                let before = before.trim_end().trim_end_matches("NOT").trim_end().trim_end_matches("IF").trim_end();
                let whole = ["CREATE TABLE", "DROP TABLE"].iter().any(|statement| before.ends_with(statement));
                assert!(whole, "IF EXISTS after {:?}", before.lines().last());
            }
        }
    }
    // The functions in all other SQL of the program. SQL that only the embedded engine runs uses no function in
    // capitals that the servers lack.
    for (path, text) in layer("storage") {
        for (_, word, after) in words(&without_comments(&text, "//")) {
            let function = after.starts_with('(') && capitals(word) && !["VARCHAR", "DATETIME"].contains(&word);
            assert!(!function || listed(SHARED_FUNCTIONS, word), "{word}() in {}", path.display());
        }
    }
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
    const ALLOWED: [(&str, &str); 6] = [
        ("storage/part.rs", "a new file under a name of its own, which gets its real name after it was closed"),
        ("storage/grants.rs", "its test reads the README"),
        ("config/layers.rs", "config.toml and .env"),
        ("config/write.rs", "config.toml and what each person prefers"),
        ("config/tests.rs", "files of the tests' own"),
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

/// The paths of a `use` tree: `a::{b, c::{self, d}}` means `a::b`, `a::c::self` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, list)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let mut depth = 0;
    let branches = list.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let paths = branches.filter(|branch| !branch.trim().is_empty()).flat_map(expand);
    paths.map(|path| format!("{}{path}", before.trim())).collect()
}

/// The modules of this crate, each with its file and its text without comments and unit tests.
struct Modules(HashMap<Vec<String>, (String, String)>);

impl Modules {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let module = |(path, text): (PathBuf, String)| {
            let file = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let names = file.trim_end_matches(".rs").split('/');
            let names = names.filter(|name| !["mod", "lib"].contains(name)).map(str::to_owned).collect();
            let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
            let code = code.join("\n").split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (names, (file, code))
        };
        Self(layer("").into_iter().map(module).collect())
    }

    /// The `use` trees of a module.
    fn uses(&self, module: &[String]) -> Vec<&str> {
        let code = &self.0[module].1;
        let begins = |line: &str| line.trim_start().starts_with("use ") || line.trim_start().starts_with("pub use ");
        let lines = code.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line))
        });
        let starts = lines.filter(|(_, line)| begins(line)).map(|(at, line)| at + line.find("use ").unwrap() + 4);
        starts.map(|at| code[at..].split(';').next().unwrap_or_default()).collect()
    }

    /// All paths in a module: those that it imports, and those that its code begins with `crate::` or `super::`.
    fn paths(&self, module: &[String]) -> Vec<String> {
        let code = &self.0[module].1;
        let mut paths: Vec<String> = self.uses(module).into_iter().flat_map(expand).collect();
        for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
            let path: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            let begins = code[..at].ends_with([' ', '(', '&', '<', '|', '!', '[']);
            // A path that ends here is the beginning of a `use` tree.
            if begins && !path.ends_with("::") {
                paths.push(path);
            }
        }
        paths
    }

    /// The module that defines what a path in `from` names; `None` if that is another crate's. A re-export is
    /// followed to the definition.
    fn definition(&self, from: &[String], path: &str) -> Option<Vec<String>> {
        let mut names: Vec<&str> = path.split("::").filter(|name| !name.is_empty()).collect();
        let mut module = from.to_vec();
        match *names.first()? {
            "crate" => module.clear(),
            "super" | "self" => {}
            child if self.0.contains_key(&[from, &[child.to_owned()]].concat()) => {}
            _ => return None,
        }
        names.retain(|name| !["crate", "self"].contains(name));
        for (at, name) in names.iter().enumerate() {
            let below = [&module[..], &[(*name).to_owned()]].concat();
            if *name == "super" {
                module.pop();
            } else if self.0.contains_key(&below) {
                module = below;
            } else {
                let exported = self.uses(&module).into_iter().flat_map(expand);
                let mut exported =
                    exported.filter(|path| path.rsplit("::").next() == Some(name) && *path != names[at..].join("::"));
                let defined = exported.find_map(|path| self.definition(&module, &path));
                return Some(defined.unwrap_or(module));
            }
        }
        Some(module)
    }

    /// The files below a folder that import each other in a circle.
    fn cycles(&self, folder: &str) -> Vec<Vec<String>> {
        let inside = self.0.keys().filter(|module| module.first().is_some_and(|name| name == folder));
        let imports: HashMap<&String, HashSet<&String>> = inside
            .map(|module| {
                let paths = self.paths(module);
                let defined = paths.iter().filter_map(|path| self.definition(module, path));
                let files = defined.filter_map(|module| self.0.get(&module)).map(|(file, _)| file);
                let own = &self.0[module].0;
                (own, files.filter(|file| *file != own && file.starts_with(folder)).collect())
            })
            .collect();
        let reaches = |from: &String| {
            let mut reached: HashSet<&String> = HashSet::new();
            let mut open: Vec<&String> = imports[from].iter().copied().collect();
            while let Some(file) = open.pop() {
                if reached.insert(file) {
                    open.extend(&imports[file]);
                }
            }
            reached
        };
        let reached: HashMap<&String, HashSet<&String>> = imports.keys().map(|file| (*file, reaches(file))).collect();
        let mut cycles: Vec<Vec<String>> = Vec::new();
        for file in imports.keys().filter(|file| reached[**file].contains(**file)) {
            let others = reached[*file].iter().filter(|other| reached[**other].contains(*file));
            let mut cycle: Vec<String> = others.map(|other| (**other).clone()).collect();
            cycle.sort();
            cycles.push(cycle);
        }
        cycles.sort();
        cycles.dedup();
        cycles
    }
}

/// Files that import each other in a circle can be understood only together. A declaration such as `mod draw;` is
/// no import, and what a `mod.rs` re-exports counts as imported from the file that defines it. A file that imports
/// what its `mod.rs` defines, while that imports something from the file, is a circle. A call of a method is no
/// import, so a type may have its methods in several files of its folder.
#[test]
fn files_do_not_import_each_other_in_a_circle() {
    assert_eq!(expand("a::{b, c::{self, d as e}}"), ["a::b", "a::c::self", "a::c::d"]);
    let modules = Modules::read();
    for folder in ["ui"] {
        assert_eq!(modules.cycles(folder), Vec::<Vec<String>>::new(), "in {folder}");
    }
}

/// A screen names a destination instead of building another screen, so each can be read and changed alone.
#[test]
fn screens_do_not_import_each_other() {
    // The pages of the set-up wizard are forms.
    const ALLOWED: [(&str, &str); 1] = [("setup", "form")];
    let modules = Modules::read();
    let screen = |module: &[String]| match module {
        [ui, screens, screen, ..] if ui == "ui" && screens == "screens" => Some(screen.clone()),
        _ => None,
    };
    for module in modules.0.keys() {
        let Some(from) = screen(module) else { continue };
        let paths = modules.paths(module);
        let imported = paths.iter().filter_map(|path| screen(&modules.definition(module, path)?));
        for to in imported.filter(|to| *to != from && !["screen", "section"].contains(&to.as_str())) {
            assert!(ALLOWED.contains(&(from.as_str(), to.as_str())), "the screen {from} imports {to}");
        }
    }
}
