//! The configuration of this machine. Flags override the environment, which overrides `.env` in the
//! working folder, then a user's preferences, then `config.toml` in the configuration folder, then
//! the file that all users of the machine share.

mod address;
mod keys;
mod layers;
mod readable;
pub mod reference;
mod write;

use std::{
    collections::HashMap,
    ffi::OsString,
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

pub use address::Encryption;
pub use keys::KeyRow;
pub use layers::{Origin, Value, Values};
pub use write::Remembered;

use crate::{
    cli::Cli,
    domain::{address::ServerAddress, language::Language},
    storage::Target,
    ui::{
        Preferences,
        keymap::{Keys, Refusal},
        theme::{Look, Palette},
    },
};
use layers::{ConfigSource, settle};
use readable::{command_to_read, how_to_read};

/// bcrypt's cost; less is for tests only.
const BCRYPT_COST: u32 = 12;

/// The machine's configuration.
#[derive(Debug)]
pub struct Config {
    pub database: SecretString,
    /// For addresses that are given to a command.
    pub encryption: Encryption,
    /// No database is configured, so the embedded one is used.
    pub embedded: bool,
    pub folders: Folders,
    pub sentry_dsn: Option<SecretString>,
    pub sentry_environment: String,
    pub log: String,
    pub preferences: Preferences,
    /// The key of each command.
    pub keys: Keys,
    /// The rows of `[keys]` that count.
    pub key_rows: Vec<KeyRow>,
    /// The preferences of each user who has signed in on this machine, by username in lower case,
    /// overridden by flags, environment and `.env`.
    pub people: HashMap<String, Preferences>,
    /// Every value that was found, with its origin and what overrides it.
    pub found: Vec<Value>,
    /// Files of the configuration that cannot be read, where a stronger layer names the database.
    pub left_out: Vec<Error>,
    pub bcrypt_cost: u32,
    /// Where exports are written.
    pub exports: PathBuf,
    /// The username of the only account that may sign in.
    pub user: Option<String>,
    /// The server that the configuration names, for the wizard.
    pub server: Option<ServerAddress>,
}

/// The program's folders.
#[derive(Debug, Clone)]
pub struct Folders {
    pub config: PathBuf,
    pub data: PathBuf,
    pub state: PathBuf,
    /// The configuration that all users of this machine share.
    pub system: PathBuf,
}

/// The configuration that all users of a machine share; `EPIC_EVENTS_SYSTEM_CONFIG` names another
/// file, for tests.
const SYSTEM: &str = "/etc/epic-events/config.toml";

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} cannot be read: {why}. {}", how_to_read(path))]
    Unreadable { path: PathBuf, why: String },
    #[error("{path} is not understood: {why}. Correct it; the other lines can stay.")]
    Malformed { path: PathBuf, why: String },
    #[error("{path} holds a secret and others can read it. Run: chmod 600 {path}")]
    Readable { path: PathBuf },
    #[error(
        "{path} holds a secret and everybody can read it. Give it to root and to the group of the users: \
         chown root:GROUP {path} && chmod 640 {path}"
    )]
    ReadableByAll { path: PathBuf },
    #[error(
        "{path} holds a secret and belongs to another user. Give it to root, or to who runs the program: chown USER {path}"
    )]
    OfAnother { path: PathBuf },
    #[error("The variable {name} of the environment is not UTF-8 text, so it cannot be read. Correct it or unset it.")]
    NotText { name: String },
    #[error("{name} has the value \"{value}\", which is not understood. It can be: {allowed}.")]
    Value { name: &'static str, value: String, allowed: &'static str },
    #[error("{path}, line {line}: {name} = \"{key}\": {why}.")]
    Key { path: PathBuf, line: usize, name: String, key: String, why: Refusal },
    #[error("There is no home folder. Set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME.")]
    NoHome,
    #[error("{path} cannot be written: {why}")]
    Unwritable { path: PathBuf, why: io::Error },
}

impl Error {
    /// The command that mends it, if there is one.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, .. } => command_to_read(path),
            Self::Readable { path } => Some(format!("chmod 600 {}", path.display())),
            Self::ReadableByAll { path } => {
                let path = path.display();
                Some(format!("chown root:GROUP {path} && chmod 640 {path}"))
            }
            Self::OfAnother { path } => Some(format!("chown USER {}", path.display())),
            Self::Malformed { .. }
            | Self::NotText { .. }
            | Self::Value { .. }
            | Self::Key { .. }
            | Self::NoHome
            | Self::Unwritable { .. } => None,
        }
    }
}

impl Folders {
    /// The folders of the XDG base directory specification.
    pub fn find(environment: &Values) -> Result<Self, Error> {
        let home = environment.get("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
        let folder = |name: &str, below: &str| {
            let set = environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
            set.or_else(|| home.as_ref().map(|home| home.join(below)))
                .map(|base| base.join("epic-events"))
                .ok_or(Error::NoHome)
        };
        Ok(Self {
            config: folder("XDG_CONFIG_HOME", ".config")?,
            data: folder("XDG_DATA_HOME", ".local/share")?,
            state: folder("XDG_STATE_HOME", ".local/state")?,
            system: environment.get("EPIC_EVENTS_SYSTEM_CONFIG").map_or_else(|| SYSTEM.into(), PathBuf::from),
        })
    }

    /// The address of the embedded database.
    pub fn embedded(&self) -> String {
        format!("sqlite://{}", self.data.join("epic-events.db").display())
    }

    /// The file of the demo database, whose titles and notes are in this language.
    pub fn demo(&self, language: Language) -> PathBuf {
        self.data.join(match language {
            Language::En => "demo.db",
            Language::Fr => "demo-fr.db",
        })
    }

    /// The folder for exports: the user's downloads, if that folder exists.
    fn exports(&self, environment: &Values) -> PathBuf {
        let downloads = environment.get("HOME").map(|home| Path::new(home).join("Downloads"));
        downloads.filter(|folder| folder.is_dir()).unwrap_or_else(|| self.data.join("exports"))
    }

    fn file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The folder of the users' preferences, with a file for each. They are not written to the
    /// configuration, which may belong to somebody else, and is shared by all users where the
    /// program is hosted.
    fn people(&self) -> PathBuf {
        self.state.join("people")
    }
}

/// The variables of the environment. One of this program that is no text is refused, since without it
/// another database might be used.
pub fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Values, Error> {
    let mut values = Values::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => drop(values.insert(name, value)),
            Err(_) if reference::is_read(&name) => return Err(Error::NotText { name }),
            Err(_) => {}
        }
    }
    Ok(values)
}

/// Reads the settings of a file.
type Reading = fn(&Path) -> Result<ConfigSource, Error>;

/// The position of a user's preferences among the layers: they override the configuration file,
/// which follows them.
const PERSON: usize = 3;

impl Config {
    /// Reads the configuration. `environment` is that of the process; `here` is the working folder.
    pub fn load(cli: &Cli, environment: &Values, here: &Path) -> Result<Self, Error> {
        let folders = Folders::find(environment)?;
        // The strongest layer comes first.
        let mut layers = vec![ConfigSource::flags(cli), ConfigSource::environment(environment)];
        let mut left_out = Vec::new();
        let files: [(PathBuf, Reading); 3] = [
            (here.join(".env"), ConfigSource::dotenv),
            (folders.file(), ConfigSource::toml),
            (folders.system.clone(), ConfigSource::system),
        ];
        for (path, read) in files {
            let layer = match read(&path) {
                Ok(layer) => layer,
                Err(error) if layers.iter().any(ConfigSource::names_database) && is_spared(&error, &folders) => {
                    left_out.push(error);
                    ConfigSource::without_settings(&path)
                }
                Err(error) => return Err(error),
            };
            layers.push(layer);
        }
        let people = write::people(&folders.people());
        let mut preferred = HashMap::new();
        for (name, layer) in &people {
            let mut layers = layers.clone();
            layers.insert(PERSON, layer.clone());
            // A damaged file of preferences is ignored, so that it does not keep the program from
            // starting.
            if let Ok(preferences) = preferences(&settle(&layers).1, environment) {
                preferred.insert(name.clone(), preferences);
            }
        }
        // If only one user has signed in here, their preferences already apply to the sign-in
        // screen.
        if let [(name, layer)] = people.as_slice()
            && preferred.contains_key(name)
        {
            layers.insert(PERSON, layer.clone());
        }
        let (mut found, values) = settle(&layers);
        let named = address::resolve(&layers, &mut found, &folders.system)?;
        for value in &mut found {
            value.overruled_by = value.overruled.map(|(name, layer)| (name, layers[layer].origin.clone()));
        }
        let cost = match values.get("EPIC_EVENTS_BCRYPT_COST") {
            Some(text) => text
                .parse()
                .ok()
                .filter(|cost| (4..=16).contains(cost))
                .ok_or_else(|| value_error("EPIC_EVENTS_BCRYPT_COST", text, "4 to 16"))?,
            None => BCRYPT_COST,
        };
        let key_rows = keys::settle(layers.iter().flat_map(|layer| &layer.keys));
        let exports = values.get("EPIC_EVENTS_EXPORTS").map_or_else(|| folders.exports(environment), PathBuf::from);
        Ok(Self {
            embedded: named.is_none(),
            server: named.as_deref().and_then(ServerAddress::parse),
            encryption: Encryption::read(&layers),
            database: SecretString::from(named.unwrap_or_else(|| folders.embedded())),
            folders,
            sentry_dsn: values.get("SENTRY_DSN").map(|dsn| SecretString::from(dsn.as_str())),
            sentry_environment: values.get("SENTRY_ENVIRONMENT").cloned().unwrap_or_else(|| "production".to_owned()),
            log: values.get("EPIC_EVENTS_LOG").cloned().unwrap_or_else(|| "warn,epic_events=info".to_owned()),
            preferences: preferences(&values, environment)?,
            keys: keys::read(&key_rows)?,
            key_rows,
            people: preferred,
            found,
            left_out,
            bcrypt_cost: cost,
            exports,
            user: cli.user.clone(),
        })
    }
}

impl Config {
    /// The address of the database that is used, without its password.
    pub fn shown_address(&self) -> String {
        shown_address(self.database.expose_secret())
    }
}

/// The address of a database without its password.
pub fn shown_address(address: &str) -> String {
    match Target::parse(address) {
        Ok(Target::Sqlite(path)) => format!("sqlite://{}", path.display()),
        Ok(Target::Mysql(_)) | Err(_) => layers::shown("DATABASE_URL", address),
    }
}

/// Whether the program does without a file in which this is wrong, if the file has no say in which
/// database is used. What is wrong in a file of one's own should be noticed and mended.
fn is_spared(error: &Error, folders: &Folders) -> bool {
    match error {
        Error::Unreadable { .. } => true,
        Error::Malformed { path, .. } => *path == folders.system,
        _ => false,
    }
}

/// The preferences in these settings.
fn preferences(values: &Values, environment: &Values) -> Result<Preferences, Error> {
    let language = match values.get("EPIC_EVENTS_LANGUAGE") {
        Some(name) => name.parse().map_err(|_| value_error("EPIC_EVENTS_LANGUAGE", name, "en, fr"))?,
        None => system_language(environment),
    };
    let palette = match values.get("EPIC_EVENTS_THEME") {
        _ if values.contains_key("NO_COLOR") => Palette::Plain,
        Some(name) => name.parse().map_err(|_| value_error("EPIC_EVENTS_THEME", name, "standard, plain, contrast"))?,
        None => Palette::Standard,
    };
    let look = Look {
        palette,
        ascii: switch(values, "EPIC_EVENTS_ASCII", false)?,
        accessible: switch(values, "EPIC_EVENTS_ACCESSIBLE", false)?,
    };
    Ok(Preferences { language, look, mouse: switch(values, "EPIC_EVENTS_MOUSE", true)? })
}

fn switch(values: &Values, name: &'static str, default: bool) -> Result<bool, Error> {
    match values.get(name).map(String::as_str) {
        None => Ok(default),
        Some("on" | "true" | "1") => Ok(true),
        Some("off" | "false" | "0") => Ok(false),
        Some(other) => Err(value_error(name, other, "on, off")),
    }
}

/// Creates a folder that only this user can access.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn value_error(name: &'static str, value: &str, allowed: &'static str) -> Error {
    Error::Value { name, value: value.to_owned(), allowed }
}

fn malformed(path: &Path, why: &impl ToString) -> Error {
    Error::Malformed { path: path.to_owned(), why: why.to_string() }
}

/// The language of `LC_ALL`, `LC_MESSAGES` or `LANG`, in the order in which other programs read
/// them.
fn system_language(environment: &Values) -> Language {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| environment.get(*name).filter(|v| !v.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("fr")) { Language::Fr } else { Language::En }
}

#[cfg(test)]
mod tests;
