//! The path of a file to import: opening it, and its completion while it is typed, as in a shell.

use std::{borrow::Cow, fs, path::Path, sync::Arc};

use crate::{
    domain::{Error, file_problem::FileProblem},
    services::{
        context::ServiceError,
        spreadsheet::{self, sheet::Sheet},
    },
};

/// The endings of the names of files that can be imported.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "ods"];

/// Reads a file. A path that begins with `~/` begins in the home folder.
///
/// A file whose name has another ending is not even opened: it may be the configuration with the password of the
/// database, of which whoever signs in over SSH must see nothing, or the database itself, whose locks would be lost.
pub(in crate::services) fn open(path: &Path) -> Result<Arc<Sheet>, ServiceError> {
    let path = &*at_home(path);
    let sheet = match ending(path).as_str() {
        _ if path.is_dir() => Err(FileProblem::Folder),
        "xls" | "xlsb" => Err(FileProblem::OldWorkbook),
        _ if !is_importable(path) => Err(FileProblem::NotASpreadsheet),
        _ => spreadsheet::sheet::read(path),
    };
    sheet.map(Arc::new).map_err(|problem| Error::File(problem).into())
}

/// The path, in the home folder if it begins with `~/`.
fn at_home(path: &Path) -> Cow<'_, Path> {
    let in_home = path.strip_prefix("~").ok().and_then(|rest| Some(std::env::home_dir()?.join(rest)));
    in_home.map_or(Cow::Borrowed(path), Cow::Owned)
}

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Whether the name has the ending of files that can be imported.
fn is_importable(path: &Path) -> bool {
    ENDINGS.contains(&ending(path).as_str())
}

/// How many entries of a folder are looked at.
const LOOKED_AT: usize = 10_000;

/// The path as far as it is certain, and the names that it may go on with: folders, with a `/`, and files that can be
/// imported. Nothing else is told, since whoever signs in over SSH may see nothing of other files.
pub(in crate::services) fn complete(typed: &str) -> (String, Vec<String>) {
    let typed = if typed == "~" { "~/" } else { typed };
    let (folder, begin) = typed.split_at(typed.rfind('/').map_or(0, |at| at + 1));
    let place = at_home(Path::new(if folder.is_empty() { "." } else { folder }));
    let entries = fs::read_dir(place).into_iter().flatten().flatten().take(LOOKED_AT);
    let mut names: Vec<String> = entries.filter_map(|entry| offered(&entry, begin)).collect();
    names.sort_unstable();
    let common = names.iter().fold(None, |common: Option<&str>, name| {
        Some(common.map_or(name.as_str(), |common| &common[..shared(common, name)]))
    });
    // Names in other letters than typed have less in common than what was typed.
    let begin = common.filter(|common| common.len() >= begin.len()).unwrap_or(begin);
    (format!("{folder}{begin}"), names)
}

/// The name of an entry that begins as it was typed and that can be chosen.
fn offered(entry: &fs::DirEntry, begin: &str) -> Option<String> {
    let name = entry.file_name().into_string().ok()?;
    let is_hidden = name.starts_with('.') && !begin.starts_with('.');
    if is_hidden || !name.to_lowercase().starts_with(&begin.to_lowercase()) {
        return None;
    }
    let about = fs::metadata(entry.path()).ok()?;
    match about.is_dir() {
        true => Some(format!("{name}/")),
        false => is_importable(Path::new(&name)).then_some(name),
    }
}

/// How many bytes two names have in common at their beginning.
fn shared(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}
