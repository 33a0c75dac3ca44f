//! Writes a configuration if there is none, and the users' preferences. An existing configuration
//! keeps every line.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{self, Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::{Config, Error, layers::ConfigSource, private_folder};
use crate::{
    domain::{check, language::Language},
    storage::Target,
    ui::{Preferences, theme::Look},
};

/// What was done with the address of a new company.
#[derive(Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It is in the configuration, so the next start finds the company.
    Kept,
    /// This file names another database and was not changed.
    LeftAlone(PathBuf),
}

impl Config {
    /// Saves the address of a new company and the language in the configuration if there is none.
    /// An existing one that names no database only gets the address; one that names a database is
    /// not changed.
    pub fn remember(&self, url: &SecretString, language: Language) -> Result<Remembered, Error> {
        let path = self.folders.file();
        let unwritable = |why| Error::Unwritable { path: path.clone(), why };
        let there = ConfigSource::toml(&path)?;
        let url = &absolute(url.expose_secret());
        if there.get("DATABASE_URL").is_some() || there.get("DB_HOST").is_some() {
            let same = there.get("DATABASE_URL").is_some_and(|kept| absolute(kept) == *url);
            return Ok(if same { Remembered::Kept } else { Remembered::LeftAlone(path) });
        }
        let shared = ConfigSource::system(&self.folders.system).ok();
        if shared.is_some_and(|shared| shared.get("DATABASE_URL").is_some_and(|kept| absolute(kept) == *url)) {
            return Ok(Remembered::Kept);
        }
        let mut lines = String::new();
        if *url != self.folders.embedded() {
            lines += &line("database_url", url);
        }
        match fs::read_to_string(&path) {
            // The line comes first, since a line after a table header would belong to that table.
            Ok(text) if !lines.is_empty() => replace(&path, &(lines + &text)).map_err(unwritable)?,
            Ok(_) => {}
            Err(_) => {
                lines += &line("language", &language.to_string());
                private_folder(&self.folders.config).map_err(unwritable)?;
                let new = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
                new.and_then(|mut file| file.write_all(lines.as_bytes())).map_err(unwritable)?;
            }
        }
        Ok(Remembered::Kept)
    }

    /// Saves a user's preferences for their next sign-in on this machine.
    pub fn prefer(&self, username: &str, preferences: Preferences) -> Result<(), Error> {
        let Preferences { language, look: Look { palette, ascii, accessible }, mouse } = preferences;
        let on = |on: bool| if on { "on" } else { "off" };
        let lines = [
            line("language", &language.to_string()),
            line("theme", &palette.to_string()),
            line("ascii", on(ascii)),
            line("accessible", on(accessible)),
            line("mouse", on(mouse)),
        ];
        let folder = self.folders.people();
        let Ok(name) = check::username(username) else { return Ok(()) };
        let path = folder.join(format!("{}.toml", name.to_lowercase()));
        private_folder(&folder)
            .and_then(|()| replace(&path, &lines.concat()))
            .map_err(|why| Error::Unwritable { path, why })
    }
}

/// The preferences of the users who have signed in on this machine, by username in lower case.
pub(super) fn people(folder: &Path) -> Vec<(String, ConfigSource)> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let person = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".toml")?.to_owned();
        Some((name, ConfigSource::toml(&path).ok()?))
    };
    files.filter_map(person).collect()
}

/// An address that means the same in every working folder: the path of a file is made absolute.
fn absolute(address: &str) -> String {
    match Target::parse(address) {
        Ok(Target::Sqlite(path)) => {
            let absolute = path::absolute(&path).ok().and_then(|path| path.to_str().map(str::to_owned));
            absolute.map_or(address.to_owned(), |path| format!("sqlite://{path}"))
        }
        Ok(Target::Mysql(_)) | Err(_) => address.to_owned(),
    }
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = {}\n", toml::Value::from(value))
}

/// Replaces a file completely or not at all: the new text is written to a file beside it, which is
/// then renamed.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
