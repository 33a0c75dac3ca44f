//! `epic-events doctor`: reports the configuration and the state of the database, for an
//! administrator who looks for a fault.

use std::{fmt::Write, io::IsTerminal};

use secrecy::ExposeSecret;

use crate::{
    config::{Config, KeyRow, Origin, Value},
    domain::{Error, language::Language},
    services::{Examined, examine},
    ui::text::{self, Phrase},
};

/// The report, and the error if the database cannot be used. The report contains no secrets.
pub fn report(config: &Config) -> (String, Option<Error>) {
    let language = config.preferences.language;
    let say = |what: Phrase| text::say(language, what);
    let mut report = String::new();
    line(&mut report, "epic-events", env!("CARGO_PKG_VERSION"));
    line(&mut report, "system", &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));

    title(&mut report, &say(Phrase::DoctorPaths));
    for (name, path) in [
        ("config", &config.folders.config),
        ("data", &config.folders.data),
        ("state", &config.folders.state),
        ("exports", &config.exports),
    ] {
        let there = if path.exists() { String::new() } else { format!(" ({})", say(Phrase::DoctorNotThere)) };
        line(&mut report, name, &format!("{}{there}", path.display()));
    }

    title(&mut report, &say(Phrase::DoctorConfiguration));
    for Value { name, shown, origin, overruled_by, .. } in &config.found {
        let mut told = format!("{shown}  ({})", from(origin, language));
        if let Some((by, origin)) = overruled_by {
            let by = say(Phrase::DoctorOverruled { by, origin: &from(origin, language) });
            write!(told, ", {by}").ok();
        }
        line(&mut report, name, &told);
    }
    for KeyRow { name, key, line: at, file } in &config.key_rows {
        line(&mut report, &format!("keys.{name}"), &format!("{key}  ({}:{at})", file.display()));
    }
    if config.found.is_empty() && config.key_rows.is_empty() {
        line(&mut report, "", &say(Phrase::DoctorDefaults));
    }

    title(&mut report, &say(Phrase::DoctorDatabase));
    line(&mut report, "address", &config.shown_address());
    let examined = examine(config.database.expose_secret());
    let problem = match examined {
        Ok(Examined { server, schema, set_up, .. }) => {
            line(&mut report, "server", &server);
            line(&mut report, "schema", &schema);
            line(&mut report, "company", &say(if set_up { Phrase::Yes } else { Phrase::No }));
            None
        }
        Err(error) => {
            line(&mut report, "problem", &text::error(language, &error));
            Some(error)
        }
    };

    title(&mut report, &say(Phrase::DoctorTerminal));
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    line(&mut report, "terminal", &say(if terminal { Phrase::Yes } else { Phrase::No }));
    if let Ok((width, height)) = crossterm::terminal::size() {
        line(&mut report, "size", &format!("{width} x {height}"));
    }
    for name in ["TERM", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG"] {
        let value = std::env::var(name).unwrap_or_default();
        line(&mut report, name, &crate::domain::text::for_terminal(&value));
    }
    let look = config.preferences.look;
    line(&mut report, "theme", &look.palette.to_string());
    (report, problem)
}

fn title(report: &mut String, words: &str) {
    writeln!(report, "\n{words}").ok();
}

fn line(report: &mut String, label: &str, value: &str) {
    writeln!(report, "  {label:<26} {value}").ok();
}

fn from(origin: &Origin, language: Language) -> String {
    match origin {
        Origin::Flag => text::say(language, Phrase::DoctorFlag),
        Origin::Environment => text::say(language, Phrase::DoctorEnvironment),
        Origin::File(path) => path.display().to_string(),
    }
}
