//! Where settings are read, and which of several values counts.

use std::{
    collections::HashMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{Error, malformed};
use crate::{cli::Cli, domain::address::ServerAddress};

/// The names that are read from environment, `.env` and, in lower case, `config.toml`.
pub(super) const NAMES: [&str; 17] = [
    "DATABASE_URL",
    "DB_HOST",
    "DB_PORT",
    "DB_USER",
    "DB_PASSWORD",
    "DB_NAME",
    "SENTRY_DSN",
    "SENTRY_ENVIRONMENT",
    "EPIC_EVENTS_LOG",
    "EPIC_EVENTS_EXPORTS",
    "EPIC_EVENTS_LANGUAGE",
    "EPIC_EVENTS_THEME",
    "EPIC_EVENTS_ASCII",
    "EPIC_EVENTS_ACCESSIBLE",
    "EPIC_EVENTS_MOUSE",
    "EPIC_EVENTS_BCRYPT_COST",
    "NO_COLOR",
];

/// Names whose values others must not read.
const SECRETS: [&str; 3] = ["DATABASE_URL", "DB_PASSWORD", "SENTRY_DSN"];

/// Values by their names.
pub type Values = HashMap<String, String>;

/// Where a value of the configuration was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    File(PathBuf),
}

/// The settings of one place.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub origin: Origin,
    values: Values,
}

/// A setting as it was found in one place, for `doctor`.
#[derive(Debug, Clone)]
pub struct Value {
    pub name: &'static str,
    /// As it may be shown: without its secret.
    pub shown: String,
    /// The number of its layer; 0 is the strongest.
    pub(super) layer: usize,
    pub origin: Origin,
    /// The name and the layer of what counts instead.
    pub(super) overruled: Option<(&'static str, usize)>,
    /// The same for a person: name and origin of what counts instead.
    pub overruled_by: Option<(&'static str, Origin)>,
}

impl Layer {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// What flags say, under the names of the environment.
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
        Self { origin: Origin::Flag, values }
    }

    pub fn environment(environment: &Values) -> Self {
        Self { origin: Origin::Environment, values: environment.clone() }
    }

    /// The keys of a TOML file that is one flat table; nothing when there is no file.
    pub fn toml(path: &Path) -> Result<Self, Error> {
        let mut values = Values::new();
        let table: toml::Table = match read(path)? {
            Some(text) => toml::from_str(&text).map_err(|error| {
                let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                malformed(path, &format!("line {line}: {}", error.message()))
            })?,
            None => toml::Table::new(),
        };
        for (key, value) in table {
            let upper = key.to_uppercase();
            let known =
                [upper.clone(), format!("EPIC_EVENTS_{upper}")].into_iter().find(|name| NAMES.contains(&name.as_str()));
            let Some(name) = known else { return Err(malformed(path, &format!("\"{key}\" is not a setting"))) };
            values.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        Self::of_file(path, values)
    }

    /// The lines `NAME=VALUE` of a file; nothing when there is no file.
    pub fn dotenv(path: &Path) -> Result<Self, Error> {
        // Some tools keep a folder of this name.
        let text = if path.is_dir() { None } else { read(path)? };
        let text = without_substitution(&text.unwrap_or_default());
        let mut values = Values::new();
        for pair in dotenvy::from_read_iter(text.as_bytes()) {
            // The error would repeat the line, which may hold a password.
            let (name, value) = pair.map_err(|_| malformed(path, &"a line is not NAME=VALUE"))?;
            if NAMES.contains(&name.as_str()) {
                values.insert(name, value.replace(DOLLAR, "$"));
            }
        }
        Self::of_file(path, values)
    }

    /// A file with a secret that others can read is refused.
    fn of_file(path: &Path, values: Values) -> Result<Self, Error> {
        let secret = |name: &str| values.get(name).is_some_and(|value| !value.starts_with("sqlite:"));
        let open = fs::metadata(path).is_ok_and(|file| file.mode() & 0o077 != 0);
        if open && SECRETS.iter().any(|name| secret(name)) {
            return Err(Error::Readable { path: path.to_owned() });
        }
        Ok(Self { origin: Origin::File(path.to_owned()), values })
    }
}

/// Stands for a dollar sign while a `.env` file is read: a code point that no text may hold.
const DOLLAR: &str = "\u{FDD0}";

/// The text with its dollar signs hidden from `dotenvy`, which would put variables in the place
/// of `$NAME` and cannot be told not to: a password would be read as another one. `\$` is left to
/// it, which reads it as a dollar sign, or as both signs between single quotes.
fn without_substitution(text: &str) -> String {
    let mut escaped = false;
    let hidden = |c: char| {
        let is_dollar = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        if is_dollar { DOLLAR.to_owned() } else { c.to_string() }
    };
    text.chars().map(hidden).collect()
}

/// Every value that was found, the strongest layer's first, and those that count.
pub(super) fn settle(layers: &[Layer]) -> (Vec<Value>, Values) {
    let (mut all, mut counting) = (Vec::new(), Values::new());
    for name in NAMES {
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

/// A value as it may be shown: of a secret only that there is one.
pub(super) fn shown(name: &str, value: &str) -> String {
    // A question mark in a password makes options of what follows it.
    let is_plain = value.split_once('?').is_none_or(|(_, options)| !options.contains('@'));
    match ServerAddress::parse(value) {
        Some(address) if name == "DATABASE_URL" && is_plain => address.shown(),
        _ if name == "DATABASE_URL" && value.contains('@') => "***".to_owned(),
        _ if name != "DATABASE_URL" && SECRETS.contains(&name) => "***".to_owned(),
        _ => value.to_owned(),
    }
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::Unreadable { path: path.to_owned(), why: error.to_string() }),
    }
}
