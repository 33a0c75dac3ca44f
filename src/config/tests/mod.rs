//! Tests of where settings are read from, and of what is written.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;

mod addresses;

/// The value of a setting that is used, as it is shown, with its origin.
fn used(config: &Config, name: &str) -> (String, Origin) {
    let counts = |value: &&Value| value.name == name && value.overruled_by.is_none();
    let value = config.found.iter().find(counts).unwrap();
    (value.shown.clone(), value.origin.clone())
}

fn address(config: &Config) -> &str {
    config.database.expose_secret()
}

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
        let system = self.0.path().join("etc/config.toml");
        values.insert("EPIC_EVENTS_SYSTEM_CONFIG".to_owned(), system.display().to_string());
        Config::load(cli, &values, self.0.path())
    }
}

#[test]
fn flags_win_over_environment_over_dotenv_over_file() {
    let machine = Machine::new();
    machine.write(".config/epic-events/config.toml", "database_url = \"sqlite:///file\"\nlanguage = \"fr\"\n", 0o600);
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
fn preferences_are_saved_apart_from_the_configuration_and_read_again() {
    let machine = Machine::new();
    machine.write(".config/epic-events/config.toml", "# mine\ntheme = \"plain\"\n", 0o644);
    let config = machine.load(&Cli::default(), &[]).unwrap();
    let look = Look { palette: Palette::Contrast, ascii: true, accessible: false };
    let wanted = Preferences { language: Language::Fr, look, mouse: false };
    config.prefer("Anna", wanted).unwrap();
    let again = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!(
        (again.people["anna"], again.preferences),
        (wanted, wanted),
        "the only user's preferences apply to the sign-in screen"
    );
    let plain = machine.load(&Cli::default(), &[("NO_COLOR", "1"), ("EPIC_EVENTS_LANGUAGE", "en")]).unwrap();
    assert_eq!((plain.people["anna"].look.palette, plain.people["anna"].language), (Palette::Plain, Language::En));
    // With two users neither's preferences apply to everybody.
    config.prefer("bill", Preferences { language: Language::En, ..wanted }).unwrap();
    let both = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!((both.preferences.language, both.preferences.look.palette), (Language::En, Palette::Plain));
    assert_eq!(both.people["anna"], wanted);
    let file = machine.0.path().join(".config/epic-events/config.toml");
    assert_eq!(fs::read_to_string(file).unwrap(), "# mine\ntheme = \"plain\"\n");
    let kept = machine.0.path().join(".local/state/epic-events/people/anna.toml");
    assert_eq!(fs::metadata(kept).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn every_value_is_listed_with_its_origin_and_without_secrets() {
    let machine = Machine::new();
    machine.write(".env", "DB_PASSWORD=canary\nSENTRY_DSN=https://canary@sentry.example/1\n", 0o600);
    let config = machine.load(&Cli::default(), &[("DATABASE_URL", "mysql://crm:can@ry@db:3306/crm")]).unwrap();
    assert_eq!(used(&config, "DATABASE_URL"), ("mysql://crm:***@db:3306/crm".to_owned(), Origin::Environment));
    assert_eq!(used(&config, "SENTRY_DSN").1, Origin::File(machine.0.path().join(".env")));
    let password = config.found.iter().find(|value| value.name == "DB_PASSWORD").unwrap();
    assert_eq!(password.overruled_by, Some(("DATABASE_URL", Origin::Environment)));
    assert!(!format!("{:?}", config.found).contains("canary"));
    for secret in ["mysql://crm:ca?nary@db/n", "mysql://me:canary@[broken", "postgres://u:canary@h/n"] {
        let config = machine.load(&Cli::default(), &[("DATABASE_URL", secret)]).unwrap();
        assert!(!used(&config, "DATABASE_URL").0.contains("nary"), "{:?}", config.found);
    }
}

#[test]
fn without_a_configured_database_the_embedded_one_is_used() {
    let config = Machine::new().load(&Cli::default(), &[]).unwrap();
    assert!(config.embedded && config.database.expose_secret().ends_with("/.local/share/epic-events/epic-events.db"));
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_the_command_that_fixes_it() {
    let machine = Machine::new();
    machine.write(".env", "DB_PASSWORD=secret\n", 0o644);
    let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
    assert!(refused.contains("chmod 600") && !refused.contains("=secret"), "{refused}");
    machine.write(".env", "DB_PASSWORD=sqlite:secret\n", 0o644);
    assert!(machine.load(&Cli::default(), &[]).unwrap_err().to_string().contains("chmod 600"));
    machine.write(".env", "DATABASE_URL=sqlite:///no-secret\n", 0o644);
    assert!(machine.load(&Cli::default(), &[]).is_ok());
}

/// Whoever owns a file can change it, and read it again after its rights were taken away.
#[test]
fn a_file_with_a_secret_belongs_to_root_or_to_the_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let machine = Machine::new();
    let files = [".env", ".config/epic-events/config.toml", "etc/config.toml", "password"];
    for file in files {
        let named = format!("db_password_file = '{}'\n", machine.0.path().join("password").display());
        let text = match file {
            ".env" => "DB_PASSWORD=canary\n",
            "password" => "canary",
            _ => "db_host = 'db'\ndb_password = 'canary'\n",
        };
        if file == "password" {
            machine.write("etc/config.toml", &format!("db_host = 'db'\n{named}"), 0o644);
        }
        machine.write(file, text, 0o600);
        assert!(machine.load(&Cli::default(), &[]).is_ok(), "{file}");
        let path = machine.0.path().join(file);
        std::os::unix::fs::chown(&path, Some(1), None).unwrap();
        let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
        assert!(refused.contains("another user") && refused.contains(file), "{file}: {refused}");
        fs::remove_file(path).unwrap();
    }
}

/// The file of the machine is the weakest layer. Root may share it with a group, but not with everybody.
#[test]
fn the_file_of_the_machine_counts_below_the_users_and_may_be_shared_with_a_group() {
    const FILE: &str = "etc/config.toml";
    let machine = Machine::new();
    let text = "database_url = 'mysql://crm:canary@db/crm'\nlanguage = 'fr'\n\n[keys]\nassign = 'g'\n";
    machine.write(FILE, text, 0o600);
    let config = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!((address(&config), config.preferences.language), ("mysql://crm:canary@db/crm", Language::Fr));
    assert_eq!(used(&config, "DATABASE_URL").1, Origin::File(machine.0.path().join(FILE)));
    assert_eq!(config.key_rows[0].name, "assign");
    machine.write(".config/epic-events/config.toml", "language = 'en'\ndb_password = 'own'\n", 0o600);
    let config = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!((address(&config), config.preferences.language), ("mysql://crm:own@db/crm", Language::En));
    let is_root = rustix::process::geteuid().is_root();
    for (mode, accepted) in [(0o640, is_root), (0o440, is_root), (0o644, false), (0o660, false), (0o604, false)] {
        machine.write(FILE, text, mode);
        match machine.load(&Cli::default(), &[]) {
            Ok(_) => assert!(accepted, "{mode:o}"),
            Err(refused) => {
                let refused = refused.to_string();
                assert!(!accepted && refused.contains("chmod 640") && refused.contains("chown root:"), "{refused}");
                assert!(refused.contains(FILE) && !refused.contains("canary"), "{refused}");
            }
        }
    }
}

#[test]
fn the_password_may_be_in_a_file_of_its_own() {
    let machine = Machine::new();
    machine.write("secret", "p@ss/w#rd\n", 0o600);
    let secret = machine.0.path().join("secret").display().to_string();
    let parts = [("DB_HOST", "db"), ("DB_USER", "crm"), ("DB_NAME", "crm"), ("DB_PASSWORD_FILE", secret.as_str())];
    assert_eq!(address(&machine.load(&Cli::default(), &parts).unwrap()), "mysql://crm:p%40ss%2Fw%23rd@db/crm");
    // A path in a file starts at that file's folder, and replaces the password of a weaker layer.
    machine.write("etc/config.toml", "database_url = 'mysql://crm:old@db/crm'\n", 0o600);
    machine.write(".config/epic-events/config.toml", "db_password_file = 'secret'\n", 0o644);
    machine.write(".config/epic-events/secret", "new", 0o400);
    let config = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!(address(&config), "mysql://crm:new@db/crm");
    assert!(config.found.iter().all(|value| value.shown != "new"), "{:?}", config.found);
    machine.write(".config/epic-events/secret", "new", 0o644);
    let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
    assert!(refused.contains("chmod 600") && refused.contains("secret") && !refused.contains("new"), "{refused}");
    fs::remove_file(machine.0.path().join(".config/epic-events/secret")).unwrap();
    let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
    assert!(refused.contains(".config/epic-events/secret"), "{refused}");
}

/// A file that is not used may be missing, or belong to others.
#[test]
fn only_files_that_are_used_have_to_be_readable() {
    let machine = Machine::new();
    machine.write("etc/config.toml", "db_host = 'db'\ndb_user = 'crm'\ndb_password_file = 'missing'\n", 0o644);
    let load = |more: &[(&str, &str)]| machine.load(&Cli::default(), more);
    let refused = load(&[]).unwrap_err().to_string();
    assert!(refused.contains("etc/missing"), "{refused}");
    for (more, wanted) in [
        (("DB_PASSWORD", "own"), "mysql://crm:own@db/epic_events"),
        (("DATABASE_URL", "mysql://me:own@db/crm"), "mysql://me:own@db/crm"),
        (("DATABASE_URL", "sqlite:///own"), "sqlite:///own"),
    ] {
        let config = load(&[more]).unwrap();
        assert_eq!(address(&config), wanted);
        let file = config.found.iter().find(|value| value.name == "DB_PASSWORD_FILE").unwrap();
        assert_eq!(file.overruled_by, Some((more.0, Origin::Environment)));
    }
    machine.write("etc/config.toml", "db_host = ", 0o644);
    assert!(load(&[]).is_err());
    assert_eq!(load(&[("DB_HOST", "db")]).unwrap().left_out.len(), 1);
    fs::remove_file(machine.0.path().join("etc/config.toml")).unwrap();
    fs::create_dir(machine.0.path().join("etc/config.toml")).unwrap();
    assert!(load(&[]).is_err());
    assert_eq!(load(&[("DB_HOST", "db")]).unwrap().left_out.len(), 1);
    // What is wrong in a file of one's own is said, though another place names the database.
    machine.write(".config/epic-events/config.toml", "langage = 'fr'", 0o600);
    assert!(load(&[("DB_HOST", "db")]).is_err());
}

#[test]
fn of_a_file_that_a_group_may_read_the_group_is_named() {
    let machine = Machine::new();
    let path = machine.0.path().join("etc/config.toml");
    machine.write("etc/config.toml", "", 0o640);
    let is_roots = fs::metadata(&path).unwrap().uid() == 0;
    assert_eq!(how_to_read(&path).contains("usermod -aG root USER"), is_roots, "{}", how_to_read(&path));
    machine.write("etc/config.toml", "", 0o600);
    assert_eq!(how_to_read(&path), "Check the file and its rights.");
    // What may be wrong with a file that is not there is not its group.
    assert_eq!(how_to_read(Path::new("/no/such/file")), "Check the file and its rights.");
}

#[test]
fn a_shared_password_file_is_given_to_root_and_a_group() {
    let machine = Machine::new();
    machine.write("etc/config.toml", "db_host = 'db'\ndb_user = 'crm'\ndb_password_file = 'secret'\n", 0o644);
    machine.write("etc/secret", "canary", 0o644);
    let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
    assert!(
        refused.contains("chmod 640") && refused.contains("chown root:") && refused.contains("etc/secret"),
        "{refused}"
    );
}

#[test]
fn a_malformed_file_is_reported_with_its_line() {
    let machine = Machine::new();
    machine.write(".config/epic-events/config.toml", "language = \"en\"\ndatabase_url = \n", 0o600);
    let refused = machine.load(&Cli::default(), &[]).unwrap_err().to_string();
    assert!(refused.contains("config.toml") && refused.contains("line 2"), "{refused}");
}

#[test]
fn a_saved_address_is_private_and_read_again() {
    let machine = Machine::new();
    let config = machine.load(&Cli::default(), &[]).unwrap();
    config.remember(&SecretString::from("mysql://u:p@h:3306/n"), Language::Fr).unwrap();
    let file = machine.0.path().join(".config/epic-events/config.toml");
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    let again = machine.load(&Cli::default(), &[]).unwrap();
    assert_eq!((again.database.expose_secret(), again.preferences.language), ("mysql://u:p@h:3306/n", Language::Fr));
}

/// `$NAME` is not replaced by a variable, however the value is quoted.
#[test]
fn dollar_signs_in_a_dotenv_file_are_not_substituted() {
    for (written, read) in [
        ("ab$cd", "ab$cd"),
        ("\"ab$cd\"", "ab$cd"),
        ("'ab$cd'", "ab$cd"),
        ("ab\\$cd", "ab$cd"),
        ("'ab\\$cd'", "ab\\$cd"),
        ("$HOME", "$HOME"),
        ("${HOME}x", "${HOME}x"),
        ("$", "$"),
        ("a\\\\$b", "a\\$b"),
    ] {
        let machine = Machine::new();
        let text = format!("# it's $5\nDB_HOST=h\nDB_USER=u # it's $5\nDB_PASSWORD={written}\nDB_NAME=n\n");
        machine.write(".env", &text, 0o600);
        let config = machine.load(&Cli::default(), &[]).unwrap();
        assert_eq!(config.server.unwrap().password, read, "{written}");
    }
}

#[test]
fn a_configuration_that_names_a_database_is_not_changed() {
    const FILE: &str = ".config/epic-events/config.toml";
    let new = SecretString::from("mysql://u:p@h/n");
    let remembered = |text: Option<&str>| {
        let machine = Machine::new();
        if let Some(text) = text {
            machine.write(FILE, text, 0o600);
        }
        let config = machine.load(&Cli::default(), &[]).unwrap();
        let outcome = config.remember(&new, Language::Fr).unwrap();
        (outcome != Remembered::Kept, fs::read_to_string(machine.0.path().join(FILE)).unwrap())
    };
    for named in ["# mine\ndatabase_url = 'sqlite:///x'\n", "db_host = 'h' # mine\n"] {
        assert_eq!(remembered(Some(named)), (true, named.to_owned()));
    }
    let same = "# mine\ndatabase_url = 'mysql://u:p@h/n'\n";
    assert_eq!(remembered(Some(same)), (false, same.to_owned()));
    let line = "database_url = \"mysql://u:p@h/n\"\n";
    assert_eq!(remembered(Some("# mine\n\nlanguage = 'en'\n")), (false, format!("{line}# mine\n\nlanguage = 'en'\n")));
    assert_eq!(remembered(None), (false, format!("{line}language = \"fr\"\n")));
}
