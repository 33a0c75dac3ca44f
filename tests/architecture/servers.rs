//! What the program may require of a database server.

use std::{fs, path::Path};

use crate::{layer, without_comments};

/// The functions that MariaDB 10.11 to 12 and MySQL 8.0 to 9.7 all have. `MD5()` and `SHA1()` are missing on
/// purpose: MySQL 9.6 has moved them into a component that is not loaded.
const SHARED_FUNCTIONS: &str = "CAST CHAR_LENGTH COALESCE CONCAT CONCAT_WS COUNT DATABASE GET_LOCK GROUP_CONCAT HEX IF \
     IS_FREE_LOCK LAST_INSERT_ID LEFT LOWER MAX MIN RANDOM_BYTES RELEASE_LOCK SHA2 SUBSTRING SUM UTC_TIMESTAMP USER VERSION \
     CURRENT_ROLE CURRENT_USER";
const SHARED_WORDS: &str = "ADD AFTER ALTER ALWAYS AND AS AUTO_INCREMENT BEFORE BEGIN BETWEEN BIGINT BOOLEAN BY CASE \
     CHARACTER CHECK COLLATE COLUMN CONSTRAINT CREATE DATE DATETIME DAY DEALLOCATE DEFAULT DELETE DISTINCT DO DROP EACH ELSE \
     END ENGINE EXECUTE EXISTS FALSE FOR FOREIGN FROM FULLTEXT GENERATED GROUP IGNORE IN INDEX INSERT INTEGER INTERVAL INTO IS \
     KEY LIKE MEDIUMTEXT MESSAGE_TEXT MODIFY NEW NOT NULL OLD ON OR ORDER PREPARE PRIMARY REFERENCES REGEXP RESTRICT \
     ROW SELECT SET SIGNAL SQLSTATE STORED TABLE TEXT THEN TRIGGER TRUE UNIQUE UPDATE VALUES VARCHAR WHEN WHERE";
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
    let guards = fs::read_to_string(root.join("src/storage/guards.rs")).unwrap();
    let (_, guards) = guards.split_once("const GUARDS: &[(&str, &str)] = &[").unwrap();
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
