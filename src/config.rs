//! What is chosen on this machine: flags over environment over `.env` in the working
//! folder over `config.toml` in the configuration folder.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    cli::Cli,
    domain::language::Language,
    ui::{
        Preferences,
        screens::setup::encoded,
        theme::{Look, Palette},
    },
};

/// The names that are read from environment, `.env` and, in lower case, `config.toml`.
const NAMES: [&str; 17] = [
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

/// bcrypt's cost; less is for tests only.
const BCRYPT_COST: u32 = 12;

/// The machine's configuration.
#[derive(Debug)]
pub struct Config {
    pub database: SecretString,
    /// Nobody named a database: the embedded one is meant.
    pub embedded: bool,
    pub folders: Folders,
    pub sentry_dsn: Option<SecretString>,
    pub sentry_environment: String,
    pub log: String,
    pub preferences: Preferences,
    /// Where each value comes from, in the order of the names.
    pub origins: BTreeMap<&'static str, (String, Origin)>,
    pub bcrypt_cost: u32,
    /// Where exports are written.
    pub exports: PathBuf,
    /// The server that the configuration names, for the wizard.
    pub server: Option<String>,
}

/// Where a value of the configuration was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    File(PathBuf),
}

/// Where things are kept.
#[derive(Debug, Clone)]
pub struct Folders {
    pub config: PathBuf,
    pub data: PathBuf,
    pub state: PathBuf,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} cannot be read: {why}. Check the file and its rights.")]
    Unreadable { path: PathBuf, why: String },
    #[error("{path} is not understood: {why}. Correct it, or remove it and run `epic-events --init` again.")]
    Malformed { path: PathBuf, why: String },
    #[error("{path} holds a secret and others can read it. Run: chmod 600 {path}")]
    Readable { path: PathBuf },
    #[error("{name} has the value \"{value}\", which is not understood. It can be: {allowed}.")]
    Value { name: &'static str, value: String, allowed: &'static str },
    #[error("There is no home folder. Set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME.")]
    NoHome,
    #[error("{path} cannot be written: {why}")]
    Unwritable { path: PathBuf, why: io::Error },
}

type Values = HashMap<String, String>;

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
        })
    }

    /// The address of the embedded database.
    pub fn embedded(&self) -> String {
        format!("sqlite://{}", self.data.join("epic-events.db").display())
    }

    /// The address of the demo.
    pub fn demo(&self) -> PathBuf {
        self.data.join("demo.db")
    }

    /// Where people look for what a program gave them: their downloads, if there are any.
    fn exports(&self, environment: &Values) -> PathBuf {
        let downloads = environment.get("HOME").map(|home| Path::new(home).join("Downloads"));
        downloads.filter(|folder| folder.is_dir()).unwrap_or_else(|| self.data.join("exports"))
    }

    fn file(&self) -> PathBuf {
        self.config.join("config.toml")
    }
}

impl Config {
    /// Reads everything. `environment` is the process's; `here` the working folder.
    pub fn load(cli: &Cli, environment: &Values, here: &Path) -> Result<Self, Error> {
        let folders = Folders::find(environment)?;
        let dotenv = here.join(".env");
        let set = environment.iter().filter(|(_, value)| !value.is_empty());
        let layers = [
            (from_toml(&folders.file())?, Origin::File(folders.file())),
            (from_dotenv(&dotenv)?, Origin::File(dotenv)),
            (set.map(|(name, value)| (name.clone(), value.clone())).collect(), Origin::Environment),
            (from_flags(cli), Origin::Flag),
        ];
        let (mut values, mut origins) = (Values::new(), BTreeMap::new());
        for (layer, origin) in layers {
            for name in NAMES {
                if let Some(value) = layer.get(name) {
                    values.insert(name.to_owned(), value.clone());
                    origins.insert(name, (shown(name, value), origin.clone()));
                }
            }
        }
        let named = database(&values)?;
        let language = match values.get("EPIC_EVENTS_LANGUAGE") {
            Some(name) => name.parse().map_err(|_| value_error("EPIC_EVENTS_LANGUAGE", name, "en, fr"))?,
            None => system_language(environment),
        };
        let cost = match values.get("EPIC_EVENTS_BCRYPT_COST") {
            Some(text) => text
                .parse()
                .ok()
                .filter(|cost| (4..=16).contains(cost))
                .ok_or_else(|| value_error("EPIC_EVENTS_BCRYPT_COST", text, "4 to 16"))?,
            None => BCRYPT_COST,
        };
        let exports = values.get("EPIC_EVENTS_EXPORTS").map_or_else(|| folders.exports(environment), PathBuf::from);
        let palette = match values.get("EPIC_EVENTS_THEME") {
            _ if values.contains_key("NO_COLOR") => Palette::Plain,
            Some(name) => {
                name.parse().map_err(|_| value_error("EPIC_EVENTS_THEME", name, "standard, plain, contrast"))?
            }
            None => Palette::Standard,
        };
        let look = Look {
            palette,
            ascii: switch(&values, "EPIC_EVENTS_ASCII", false)?,
            accessible: switch(&values, "EPIC_EVENTS_ACCESSIBLE", false)?,
        };
        let preferences = Preferences { language, look, mouse: switch(&values, "EPIC_EVENTS_MOUSE", true)? };
        Ok(Self {
            embedded: named.is_none(),
            database: SecretString::from(named.unwrap_or_else(|| folders.embedded())),
            folders,
            sentry_dsn: values
                .get("SENTRY_DSN")
                .filter(|dsn| !dsn.is_empty())
                .map(|dsn| SecretString::from(dsn.as_str())),
            sentry_environment: values.get("SENTRY_ENVIRONMENT").cloned().unwrap_or_else(|| "production".to_owned()),
            log: values.get("EPIC_EVENTS_LOG").cloned().unwrap_or_else(|| "warn,epic_events=info".to_owned()),
            preferences,
            origins,
            bcrypt_cost: cost,
            exports,
            server: values.get("DB_HOST").cloned(),
        })
    }

    /// Keeps the database and the language of a new company, beside what the file holds.
    pub fn remember(&self, url: &SecretString, language: Language) -> Result<(), Error> {
        self.rewrite(|table| {
            if url.expose_secret() == self.folders.embedded() {
                table.remove("database_url");
            } else {
                table.insert("database_url".to_owned(), url.expose_secret().to_owned().into());
            }
            table.insert("language".to_owned(), language.to_string().into());
        })
    }

    /// Keeps how a person wants the program to be, beside what the file holds.
    pub fn prefer(&self, preferences: Preferences) -> Result<(), Error> {
        let Preferences { language, look: Look { palette, ascii, accessible }, mouse } = preferences;
        let on = |on: bool| if on { "on" } else { "off" }.to_owned();
        let values = [
            ("language", language.to_string()),
            ("theme", palette.to_string()),
            ("ascii", on(ascii)),
            ("accessible", on(accessible)),
            ("mouse", on(mouse)),
        ];
        self.rewrite(|table| {
            table.extend(values.map(|(name, value)| (name.to_owned(), value.into())));
        })
    }

    fn rewrite(&self, change: impl FnOnce(&mut toml::Table)) -> Result<(), Error> {
        let path = self.folders.file();
        let mut table: toml::Table = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| malformed(&path, &error.message()))?,
            Err(_) => toml::Table::new(),
        };
        change(&mut table);
        let write = || {
            private_folder(&self.folders.config)?;
            // Whole or not at all: written beside it, then put in its place.
            let beside = path.with_extension("toml.new");
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(table.to_string().as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().map_err(|why| Error::Unwritable { path: path.clone(), why })
    }
}

/// What flags say, under the names of the environment.
fn from_flags(cli: &Cli) -> Values {
    let on = |flag: bool| flag.then(|| "on".to_owned());
    let flags = [
        ("DATABASE_URL", cli.database_url.clone()),
        ("EPIC_EVENTS_LANGUAGE", cli.language.map(|language| language.to_string())),
        ("EPIC_EVENTS_THEME", cli.theme.clone()),
        ("EPIC_EVENTS_ASCII", on(cli.ascii)),
        ("EPIC_EVENTS_ACCESSIBLE", on(cli.accessible)),
        ("EPIC_EVENTS_MOUSE", cli.no_mouse.then(|| "off".to_owned())),
    ];
    flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A value as it may be shown: of a secret only that there is one.
fn shown(name: &str, value: &str) -> String {
    match value.split_once("://") {
        // The password stands between the user and the host.
        Some((scheme, rest)) if name == "DATABASE_URL" => match rest.rsplit_once('@') {
            Some((who, host)) => {
                let user = who.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:***@{host}")
            }
            None => value.to_owned(),
        },
        _ if SECRETS.contains(&name) => "***".to_owned(),
        _ => value.to_owned(),
    }
}

fn switch(values: &Values, name: &'static str, default: bool) -> Result<bool, Error> {
    match values.get(name).map(String::as_str) {
        None => Ok(default),
        Some("on" | "true" | "1") => Ok(true),
        Some("off" | "false" | "0") => Ok(false),
        Some(other) => Err(value_error(name, other, "on, off")),
    }
}

/// Makes a folder that nobody else can look into.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn value_error(name: &'static str, value: &str, allowed: &'static str) -> Error {
    Error::Value { name, value: value.to_owned(), allowed }
}

fn malformed(path: &Path, why: &impl ToString) -> Error {
    Error::Malformed { path: path.to_owned(), why: why.to_string() }
}

/// `DATABASE_URL`, or what the parts make; nothing when neither is there.
fn database(values: &Values) -> Result<Option<String>, Error> {
    if let Some(url) = values.get("DATABASE_URL").filter(|url| !url.is_empty()) {
        return Ok(Some(url.clone()));
    }
    let part = |name: &str| values.get(name).map(String::as_str).filter(|part| !part.is_empty());
    let Some(host) = part("DB_HOST") else { return Ok(None) };
    let port = part("DB_PORT").unwrap_or("3306");
    let port: u16 = port.parse().map_err(|_| value_error("DB_PORT", port, "1 to 65535"))?;
    let (user, password) = (encoded(part("DB_USER").unwrap_or("")), encoded(part("DB_PASSWORD").unwrap_or("")));
    let name = part("DB_NAME").unwrap_or("epic_events");
    Ok(Some(format!("mysql://{user}:{password}@{host}:{port}/{name}")))
}

/// `LC_ALL`, `LC_MESSAGES` and `LANG`, as other programs read them.
fn system_language(environment: &Values) -> Language {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| environment.get(*name).filter(|v| !v.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("fr")) { Language::Fr } else { Language::En }
}

fn from_toml(path: &Path) -> Result<Values, Error> {
    let Some(text) = read(path)? else { return Ok(Values::new()) };
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        malformed(path, &format!("line {line}: {}", error.message()))
    })?;
    let mut values = Values::new();
    for (key, value) in table {
        let upper = key.to_uppercase();
        let known =
            [upper.clone(), format!("EPIC_EVENTS_{upper}")].into_iter().find(|name| NAMES.contains(&name.as_str()));
        let Some(name) = known else { return Err(malformed(path, &format!("\"{key}\" is not a setting"))) };
        values.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    refuse_readable(path, &values)?;
    Ok(values)
}

fn from_dotenv(path: &Path) -> Result<Values, Error> {
    if read(path)?.is_none() {
        return Ok(Values::new());
    }
    let mut values = Values::new();
    let lines = dotenvy::from_path_iter(path).map_err(|error| malformed(path, &error))?;
    for pair in lines {
        // The error would repeat the line, which may hold a password.
        let (name, value) = pair.map_err(|_| malformed(path, &"a line is not NAME=VALUE"))?;
        if NAMES.contains(&name.as_str()) && !value.is_empty() {
            values.insert(name, value);
        }
    }
    refuse_readable(path, &values)?;
    Ok(values)
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::Unreadable { path: path.to_owned(), why: error.to_string() }),
    }
}

fn refuse_readable(path: &Path, values: &Values) -> Result<(), Error> {
    let secret = |name: &str| values.get(name).is_some_and(|value| !value.starts_with("sqlite:"));
    let open = fs::metadata(path).is_ok_and(|file| file.mode() & 0o077 != 0);
    if open && SECRETS.iter().any(|name| secret(name)) {
        Err(Error::Readable { path: path.to_owned() })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn write(&self, name: &str, text: &str, mode: u32) {
            let path = self.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }

        fn load(&self, cli: &Cli, environment: &[(&str, &str)]) -> Result<Config, Error> {
            let mut values: Values = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            values.insert("HOME".to_owned(), self.0.path().display().to_string());
            Config::load(cli, &values, self.0.path())
        }
    }

    #[test]
    fn flags_win_over_environment_over_dotenv_over_file() {
        let machine = Machine::new();
        machine.write(
            ".config/epic-events/config.toml",
            "database_url = \"sqlite:///file\"\nlanguage = \"fr\"\n",
            0o600,
        );
        let url = |config: Config| config.database.expose_secret().to_owned();
        let none = Cli::default();
        let config = machine.load(&none, &[]).unwrap();
        assert_eq!(config.preferences.language, Language::Fr);
        assert_eq!(url(config), "sqlite:///file");
        machine.write(".env", "DATABASE_URL=sqlite:///dotenv\n", 0o600);
        assert_eq!(url(machine.load(&none, &[]).unwrap()), "sqlite:///dotenv");
        assert_eq!(url(machine.load(&none, &[("DATABASE_URL", "sqlite:///env")]).unwrap()), "sqlite:///env");
        let cli = Cli { database_url: Some("sqlite:///flag".to_owned()), ..Cli::default() };
        assert_eq!(url(machine.load(&cli, &[("DATABASE_URL", "sqlite:///env")]).unwrap()), "sqlite:///flag");
    }

    #[test]
    fn preferences_are_kept_beside_the_database() {
        let machine = Machine::new();
        let config = machine.load(&Cli::default(), &[]).unwrap();
        config.remember(&SecretString::from("mysql://u:p@h:3306/n"), Language::En).unwrap();
        let look = Look { palette: Palette::Contrast, ascii: true, accessible: false };
        let wanted = Preferences { language: Language::Fr, look, mouse: false };
        config.prefer(wanted).unwrap();
        let again = machine.load(&Cli::default(), &[]).unwrap();
        assert_eq!((again.preferences, again.database.expose_secret()), (wanted, "mysql://u:p@h:3306/n"));
        let plain = machine.load(&Cli::default(), &[("NO_COLOR", "1")]).unwrap();
        assert_eq!(plain.preferences.look.palette, Palette::Plain);
    }

    #[test]
    fn every_value_is_told_with_its_origin_and_no_secret() {
        let machine = Machine::new();
        machine.write(".env", "DB_PASSWORD=canary\nSENTRY_DSN=https://canary@sentry.example/1\n", 0o600);
        let config = machine.load(&Cli::default(), &[("DATABASE_URL", "mysql://crm:can@ry@db:3306/crm")]).unwrap();
        assert_eq!(config.origins["DATABASE_URL"], ("mysql://crm:***@db:3306/crm".to_owned(), Origin::Environment));
        assert_eq!(config.origins["DB_PASSWORD"].1, Origin::File(machine.0.path().join(".env")));
        assert!(!format!("{:?}", config.origins).contains("canary"));
    }

    #[test]
    fn without_any_choice_the_data_is_embedded() {
        let config = Machine::new().load(&Cli::default(), &[]).unwrap();
        assert!(
            config.embedded && config.database.expose_secret().ends_with("/.local/share/epic-events/epic-events.db")
        );
    }

    #[test]
    fn the_parts_of_an_address_are_encoded() {
        let parts = [("DB_HOST", "db"), ("DB_USER", "crm"), ("DB_PASSWORD", "p@ss/w:rd"), ("DB_NAME", "crm")];
        let config = Machine::new().load(&Cli::default(), &parts).unwrap();
        assert_eq!(config.database.expose_secret(), "mysql://crm:p%40ss%2Fw%3Ard@db:3306/crm");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_cure() {
        let machine = Machine::new();
        machine.write(".env", "DB_PASSWORD=secret\n", 0o644);
        let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
        assert!(refused.contains("chmod 600") && !refused.contains("=secret"), "{refused}");
        machine.write(".env", "DATABASE_URL=sqlite:///no-secret\n", 0o644);
        assert!(machine.load(&Cli::default(), &[]).is_ok());
    }

    #[test]
    fn what_is_malformed_is_named_with_its_line() {
        let machine = Machine::new();
        machine.write(".config/epic-events/config.toml", "language = \"en\"\ndatabase_url = \n", 0o600);
        let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
        assert!(refused.contains("config.toml") && refused.contains("line 2"), "{refused}");
    }

    #[test]
    fn what_is_remembered_is_private_and_read_again() {
        let machine = Machine::new();
        let config = machine.load(&Cli::default(), &[]).unwrap();
        config.remember(&SecretString::from("mysql://u:p@h:3306/n"), Language::Fr).unwrap();
        let file = machine.0.path().join(".config/epic-events/config.toml");
        assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
        let again = machine.load(&Cli::default(), &[]).unwrap();
        assert_eq!(
            (again.database.expose_secret(), again.preferences.language),
            ("mysql://u:p@h:3306/n", Language::Fr)
        );
    }
}
