//! The `[keys]` table of the configuration: the keys of commands, where they differ from the usual
//! ones.

use std::path::{Path, PathBuf};

use super::Error;
use crate::ui::keymap::Keys;

/// A row of the table.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// The name of the command.
    pub name: String,
    /// The key as it is written.
    pub key: String,
    /// The number of its line in the file.
    pub line: usize,
    pub file: PathBuf,
}

/// The rows that count: of each command the first, which is that of the strongest layer.
pub(super) fn settle<'a>(all: impl Iterator<Item = &'a KeyRow>) -> Vec<KeyRow> {
    let mut rows: Vec<KeyRow> = Vec::new();
    for row in all {
        if rows.iter().all(|stronger| stronger.name != row.name) {
            rows.push(row.clone());
        }
    }
    rows
}

/// The keys of these rows, or which row cannot be used and why.
pub(super) fn read(rows: &[KeyRow]) -> Result<Keys, Error> {
    let named: Vec<(&str, &str)> = rows.iter().map(|row| (row.name.as_str(), row.key.as_str())).collect();
    Keys::with(&named).map_err(|(number, why)| {
        let KeyRow { name, key, line, file } = rows[number].clone();
        Error::Key { path: file, line, name, key, why }
    })
}

/// The rows of a file's table, each with the line where it is written.
pub(super) fn rows(table: &toml::Table, text: &str, file: &Path) -> Result<Vec<KeyRow>, String> {
    let row = |(name, value): (&String, &toml::Value)| {
        let Some(key) = value.as_str() else {
            return Err(format!("line {}: the key of \"{name}\" is not written between quotes", line_of(name, text)));
        };
        Ok(KeyRow { name: name.clone(), key: key.to_owned(), line: line_of(name, text), file: file.to_owned() })
    };
    table.iter().map(row).collect()
}

/// The number of the line that gives a command its key.
fn line_of(name: &str, text: &str) -> usize {
    let is_row = |line: &str| {
        let left = line.split('=').next().unwrap_or_default().trim();
        line.contains('=') && left.trim_start_matches("keys.").trim_matches(['"', '\'']) == name
    };
    let header = text.lines().position(|line| line.trim_start().starts_with("[keys]")).unwrap_or(0);
    let below = text.lines().skip(header).position(is_row);
    below.map_or(header, |below| header + below) + 1
}
