//! What the program writes on the machine: a configuration where there is none, and what
//! people prefer. A configuration that is there keeps every line.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{self, Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::{Config, Error, layers::Layer, private_folder};
use crate::{
    domain::{check, language::Language},
    storage::Target,
    ui::{Preferences, theme::Look},
};

/// What became of the address of a new company.
#[derive(Debug, PartialEq, Eq)]
pub enum Remembered {
    /// The next start finds the company.
    Kept,
    /// This file names another database, and was left as it is.
    LeftAlone(PathBuf),
}

impl Config {
    /// Keeps the address of a new company and the language in the configuration, where there is
    /// none. To one that names no database the address is added; one that names a database is
    /// left as it is.
    pub fn remember(&self, url: &SecretString, language: Language) -> Result<Remembered, Error> {
        let path = self.folders.file();
        let unwritable = |why| Error::Unwritable { path: path.clone(), why };
        let there = Layer::toml(&path)?;
        let url = &absolute(url.expose_secret());
        if there.get("DATABASE_URL").is_some() || there.get("DB_HOST").is_some() {
            let same = there.get("DATABASE_URL").is_some_and(|kept| absolute(kept) == *url);
            return Ok(if same { Remembered::Kept } else { Remembered::LeftAlone(path) });
        }
        let mut lines = String::new();
        if *url != self.folders.embedded() {
            lines += &line("database_url", url);
        }
        match fs::read_to_string(&path) {
            // In front, since what follows the head of a table would belong to it.
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

    /// Keeps how a person wants the program to be, for the next time that they sign in here.
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

/// What people who have signed in here prefer, by username in lower case.
pub(super) fn people(folder: &Path) -> Vec<(String, Layer)> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let person = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".toml")?.to_owned();
        Some((name, Layer::toml(&path).ok()?))
    };
    files.filter_map(person).collect()
}

/// An address that means the same in every folder: the path of a file is made absolute.
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

/// Whole or not at all: written beside it, then put in its place.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
