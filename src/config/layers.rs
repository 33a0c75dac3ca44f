//! Reads settings from their sources, and decides which of several values is used.

use std::{
    collections::HashMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{
    Error,
    keys::{KeyRow, rows},
    malformed,
    reference::{SETTINGS, is_setting},
};
use crate::{cli::Cli, domain::address::ServerAddress};

/// Settings whose values other users must not read.
const SECRETS: [&str; 3] = ["DATABASE_URL", "DB_PASSWORD", "SENTRY_DSN"];

/// Values by name.
pub type Values = HashMap<String, String>;

/// Where a value of the configuration was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    File(PathBuf),
}

/// The settings from one source.
#[derive(Debug, Clone)]
pub(super) struct ConfigSource {
    pub origin: Origin,
    values: Values,
    /// The rows of its table of keys, which only a TOML file has.
    pub keys: Vec<KeyRow>,
}

/// A setting as it was found in one source, for `doctor`.
#[derive(Debug, Clone)]
pub struct Value {
    pub name: &'static str,
    /// The value for display, without its secret.
    pub shown: String,
    /// The number of its layer; 0 is the strongest.
    pub(super) layer: usize,
    pub origin: Origin,
    /// The name and the layer of the setting that is used instead.
    pub(super) overruled: Option<(&'static str, usize)>,
    /// The same for display: the name and the origin of the setting that is used instead.
    pub overruled_by: Option<(&'static str, Origin)>,
}

impl ConfigSource {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The settings given by flags, under the names of the environment.
    pub fn flags(cli: &Cli) -> Self {
        let on = |flag: bool| flag.then(|| "on".to_owned());
        let flags = [
            ("DATABASE_URL", cli.database_url.clone()),
            ("EPIC_EVENTS_LANGUAGE", cli.language.map(|language| language.to_string())),
            ("EPIC_EVENTS_THEME", cli.theme.clone()),
            ("EPIC_EVENTS_ASCII", on(cli.ascii)),
            ("EPIC_EVENTS_ACCESSIBLE", on(cli.accessible)),
            ("EPIC_EVENTS_MOUSE", cli.no_mouse.then(|| "off".to_owned())),
        ];
        let values = flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Self { origin: Origin::Flag, values, keys: Vec::new() }
    }

    pub fn environment(environment: &Values) -> Self {
        Self { origin: Origin::Environment, values: environment.clone(), keys: Vec::new() }
    }

    /// The settings of a TOML file and its table of keys; none if there is no file.
    pub fn toml(path: &Path) -> Result<Self, Error> {
        Self::toml_if(private(path), path)
    }

    /// The same of the machine's file, which an administrator may share with a group of users.
    pub fn system(path: &Path) -> Result<Self, Error> {
        Self::toml_if(private_or_of_a_group(path), path).map_err(|error| match error {
            Error::Readable { path } => Error::ReadableByAll { path },
            other => other,
        })
    }

    fn toml_if(private: Result<(), Error>, path: &Path) -> Result<Self, Error> {
        let mut values = Values::new();
        let text = read(path)?.unwrap_or_default();
        let mut table: toml::Table = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            malformed(path, &format!("line {line}: {}", error.message()))
        })?;
        let keys = match table.remove("keys") {
            None => Vec::new(),
            Some(toml::Value::Table(keys)) => rows(&keys, &text, path).map_err(|why| malformed(path, &why))?,
            Some(_) => return Err(malformed(path, &"\"keys\" is a table: write [keys] and a row for each command")),
        };
        for (key, value) in table {
            let upper = key.to_uppercase();
            let known = [upper.clone(), format!("EPIC_EVENTS_{upper}")].into_iter().find(|name| is_setting(name));
            let Some(name) = known else { return Err(malformed(path, &format!("\"{key}\" is not a setting"))) };
            values.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        Ok(Self { keys, ..Self::of_file(private, path, values)? })
    }

    /// The `NAME=VALUE` lines of a file; none if there is no file.
    pub fn dotenv(path: &Path) -> Result<Self, Error> {
        // Some tools keep a folder of this name.
        let text = if path.is_dir() { None } else { read(path)? };
        let text = without_substitution(&text.unwrap_or_default());
        let mut values = Values::new();
        for pair in dotenvy::from_read_iter(text.as_bytes()) {
            // The error would repeat the line, which may contain a password.
            let (name, value) = pair.map_err(|_| malformed(path, &"a line is not NAME=VALUE"))?;
            if is_setting(&name) {
                values.insert(name, value.replace(DOLLAR, "$"));
            }
        }
        Self::of_file(private(path), path, values)
    }

    /// Refuses a file that contains a secret, unless it is private.
    fn of_file(private: Result<(), Error>, path: &Path, values: Values) -> Result<Self, Error> {
        // The address of a file holds no password.
        let is_plain = |name: &str, value: &str| name == "DATABASE_URL" && value.starts_with("sqlite:");
        let secret = |name: &str| values.get(name).is_some_and(|value| !is_plain(name, value));
        if SECRETS.iter().any(|name| secret(name)) {
            private?;
        }
        Ok(Self { origin: Origin::File(path.to_owned()), values, keys: Vec::new() })
    }

    /// The path that a setting names: in a configuration file it starts beside that file.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(|named| self.origin.path(named))
    }

    /// Whether this source says which database is used.
    pub fn names_database(&self) -> bool {
        ["DATABASE_URL", "DB_HOST"].iter().any(|name| self.get(name).is_some())
    }

    /// A file that gives no settings.
    pub fn without_settings(path: &Path) -> Self {
        Self { origin: Origin::File(path.to_owned()), values: Values::new(), keys: Vec::new() }
    }
}

impl Origin {
    /// A path as it is written there.
    pub fn path(&self, named: &str) -> PathBuf {
        match self {
            Self::File(of) => of.parent().unwrap_or(Path::new("")).join(named),
            Self::Flag | Self::Environment => PathBuf::from(named),
        }
    }
}

/// The password in the file that `DB_PASSWORD_FILE` names; `system` is the configuration that all
/// users of the machine share.
pub(super) fn password_in(path: &Path, system: &Path) -> Result<String, Error> {
    let missing = || Error::Unreadable {
        path: path.to_owned(),
        why: "there is no such file, but DB_PASSWORD_FILE names it".to_owned(),
    };
    let text = read(path)?.ok_or_else(missing)?;
    private_or_of_a_group(path).map_err(|error| match error {
        Error::Readable { path } if path.parent() == system.parent() => Error::ReadableByAll { path },
        other => other,
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Replaces a dollar sign while a `.env` file is read: a code point that no text may contain.
const DOLLAR: &str = "\u{FDD0}";

/// Hides the dollar signs of a text from `dotenvy`, which would replace `$NAME` by a variable and
/// has no option against it: a password would be read as a different one. `\$` is left as it is:
/// `dotenvy` reads it as a dollar sign or, between single quotes, as both characters.
fn without_substitution(text: &str) -> String {
    let mut escaped = false;
    let hidden = |c: char| {
        let is_dollar = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        if is_dollar { DOLLAR.to_owned() } else { c.to_string() }
    };
    text.chars().map(hidden).collect()
}

/// Every value that was found, for each name the strongest layer's first, and the values that are
/// used.
pub(super) fn settle(layers: &[ConfigSource]) -> (Vec<Value>, Values) {
    let (mut all, mut counting) = (Vec::new(), Values::new());
    for (name, _) in SETTINGS {
        let mut strongest = None;
        for (number, layer) in layers.iter().enumerate() {
            let Some(value) = layer.get(name) else { continue };
            counting.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            all.push(Value {
                name,
                shown: shown(name, value),
                layer: number,
                origin: layer.origin.clone(),
                overruled: strongest.map(|strongest| (name, strongest)),
                overruled_by: None,
            });
            strongest = strongest.or(Some(number));
        }
    }
    (all, counting)
}

/// A value for display: of a secret only that it is set.
pub(super) fn shown(name: &str, value: &str) -> String {
    // After a question mark in a password, its rest would be shown as options.
    let is_plain = value.split_once('?').is_none_or(|(_, options)| !options.contains('@'));
    match ServerAddress::parse(value) {
        Some(address) if name == "DATABASE_URL" && is_plain => address.shown(),
        _ if name == "DATABASE_URL" && value.contains('@') => "***".to_owned(),
        _ if name != "DATABASE_URL" && SECRETS.contains(&name) => "***".to_owned(),
        _ => value.to_owned(),
    }
}

/// Refuses a file that others than its owner can use, or whose owner is neither root nor this user.
fn private(path: &Path) -> Result<(), Error> {
    private_beyond(path, |_| 0)
}

/// The same, except that a group may read a file that belongs to root.
fn private_or_of_a_group(path: &Path) -> Result<(), Error> {
    private_beyond(path, |owner| if owner == 0 { 0o040 } else { 0 })
}

/// The same, except for the rights that are `allowed` to others if it has this owner.
fn private_beyond(path: &Path, allowed: impl FnOnce(u32) -> u32) -> Result<(), Error> {
    let Ok(file) = fs::metadata(path) else { return Ok(()) };
    let owner = file.uid();
    if ![0, rustix::process::geteuid().as_raw()].contains(&owner) {
        return Err(Error::OfAnother { path: path.to_owned() });
    }
    if file.mode() & 0o077 & !allowed(owner) == 0 { Ok(()) } else { Err(Error::Readable { path: path.to_owned() }) }
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::Unreadable { path: path.to_owned(), why: error.to_string() }),
    }
}
