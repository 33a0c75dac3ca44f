//! What the program reads from its surroundings, and where its files are: for the manual page, and
//! the only list of the names that are settings.

/// The settings, each with its meaning. They are read from the environment, `.env` and, with names
/// in lower case, `config.toml`.
pub const SETTINGS: [(&str, &str); 20] = [
    (
        "DATABASE_URL",
        "The address of the database: sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME. Without one, the embedded \
         database is used. It counts before the DB_ settings of the same place, which give only the password that it lacks",
    ),
    ("DB_HOST", "The host of the server. It begins an address that is given in parts"),
    ("DB_PORT", "The port of the server; 3306 if it is not set"),
    ("DB_USER", "The account at the server"),
    ("DB_PASSWORD", "The password of that account"),
    (
        "DB_PASSWORD_FILE",
        "A file that contains only that password; in a configuration file, a path that starts beside it",
    ),
    ("DB_NAME", "The name of the database at the server"),
    (
        "DB_SSL_MODE",
        "How the connection is encrypted and what is verified: verify_identity, verify_ca, required or disabled. An \
         ssl_mode in DATABASE_URL counts before it",
    ),
    (
        "DB_SSL_CA",
        "The file with the certificate of the authority that signed the server's; in a configuration file, a path that \
         starts beside it. An ssl_ca in DATABASE_URL counts before it",
    ),
    ("SENTRY_DSN", "Where unexpected errors are reported; without it, nothing is sent"),
    ("SENTRY_ENVIRONMENT", "The name of this installation in these reports; production if it is not set"),
    ("EPIC_EVENTS_LOG", "The filter of the log file; warn,epic_events=info if it is not set"),
    ("EPIC_EVENTS_EXPORTS", "The folder for exports; {username} in it stands for whoever is signed in"),
    ("EPIC_EVENTS_LANGUAGE", "The language of the screens: en or fr. If it is not set, the system's"),
    ("EPIC_EVENTS_THEME", "The colours: standard, plain (none) or contrast"),
    ("EPIC_EVENTS_ASCII", "on: draw lines and bars with ASCII characters only"),
    ("EPIC_EVENTS_ACCESSIBLE", "on: for screen readers, no borders, the cursor on the selected line"),
    ("EPIC_EVENTS_MOUSE", "off: leave the mouse to the terminal"),
    (
        "EPIC_EVENTS_BCRYPT_COST",
        "How much work it takes to check a password: 4 to 16, 12 if it is not set. Less than 12 is for tests only",
    ),
    ("NO_COLOR", "Any value: no colours"),
];

/// The other variables of the environment that are read, each with its meaning.
pub const VARIABLES: [(&str, &str); 11] = [
    ("XDG_CONFIG_HOME", "The folder above the configuration; ~/.config if it is not set"),
    ("XDG_DATA_HOME", "The folder above the embedded database; ~/.local/share if it is not set"),
    ("XDG_STATE_HOME", "The folder above the log files and what people choose; ~/.local/state if it is not set"),
    (
        "EPIC_EVENTS_SYSTEM_CONFIG",
        "Another file in the place of /etc/epic-events/config.toml, for tests and for several companies on one machine",
    ),
    ("HOME", "The home folder, for the three folders above and for exports to ~/Downloads"),
    ("LC_ALL", "The locale: its language is the default of the screens, and without UTF-8 only ASCII is shown"),
    ("LC_MESSAGES", "The same, for the language only, if LC_ALL is not set"),
    ("LC_CTYPE", "The same, for UTF-8 only, if LC_ALL is not set"),
    ("LANG", "The same, if none of the three above is set"),
    ("TERM", "The kind of terminal; with dumb, there are no screens"),
    ("COLORTERM", "Shown by the command doctor"),
];

/// The files of the program, each with its meaning.
pub const FILES: [(&str, &str); 10] = [
    (
        "$XDG_CONFIG_HOME/epic-events/config.toml",
        "The settings, with the names below in lower case, and a table [keys]. If it contains a password, nobody else \
         may be able to read it (mode 0600)",
    ),
    (
        "/etc/epic-events/config.toml",
        "The same for all users of the machine; it counts after all others. If it contains a password, it must belong to \
         root, and at most a group may read it (mode 0640)",
    ),
    (".env", "Settings as NAME=VALUE, in the working folder; before config.toml"),
    (
        "$XDG_DATA_HOME/epic-events/epic-events.db",
        "The embedded database, with -wal and -shm beside it while it is open",
    ),
    (
        "$XDG_DATA_HOME/epic-events/epic-events.before-restore-TIME",
        "The previous data, which the command restore keeps",
    ),
    ("$XDG_DATA_HOME/epic-events/demo.db", "The example company of --demo"),
    ("$XDG_DATA_HOME/epic-events/demo-EVENTS.db", "The example company of --demo --scale EVENTS"),
    (
        "$XDG_DATA_HOME/epic-events/exports/",
        "Exports, if there is no folder ~/Downloads and EPIC_EVENTS_EXPORTS is not set",
    ),
    ("$XDG_STATE_HOME/epic-events/epic-events.DAY.log", "The log as JSON lines, a file for each day, kept for 30 days"),
    ("$XDG_STATE_HOME/epic-events/people/", "What each person chose in the program, such as the language"),
];

/// Whether a setting has this name.
pub(super) fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|(known, _)| *known == name)
}

/// Whether a variable of the environment has a say in what the program works on.
pub(super) fn is_read(name: &str) -> bool {
    is_setting(name)
        || name.starts_with("EPIC_EVENTS_")
        || ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"].contains(&name)
}
