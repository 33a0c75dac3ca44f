//! The completion of a path that is typed, as in a shell.

use std::{fs, path::Path};

use super::{at_home, is_importable};

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
