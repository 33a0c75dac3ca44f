//! `--init --non-interactive`: the set-up of the wizard, from a script.

use std::io::{BufRead, Write, stdout};

use clap::CommandFactory;
use epic_events::{
    app,
    cli::Cli,
    config::Config,
    domain::{
        Error,
        settings::Settings,
        users::{Role, UserDraft},
    },
    services::{self, Migrated, Occupancy, Reply, Request, SessionRequest, SetUp},
    ui::text::{self, AdminPhrase, Phrase, SetUpPhrase},
};
use secrecy::{ExposeSecret, SecretString};

use super::{Stop, configuration, exit, stop};

/// Ends the set-up of a database that has a company: one of this computer can move to a server.
pub fn already_set_up(config: &Config) -> Stop {
    let language = config.preferences.language;
    let Stop(code, _) = stop(language, &Error::AlreadySetUp);
    let sentence = text::say(language, AdminPhrase::CompanyHere.into());
    if config.server.is_some() {
        return Stop(code, sentence);
    }
    let how = text::say(language, AdminPhrase::HowToMove(&config.shown_address()).into());
    Stop(code, format!("{sentence}\n{how}"))
}

/// The address of the company in the embedded database, if there is one beside a chosen server.
fn local_company(config: &Config) -> Option<String> {
    let embedded = config.folders.embedded();
    let is_there = config.server.is_some() && matches!(services::found(&embedded), Ok(Occupancy::Company));
    is_there.then_some(embedded)
}

/// Runs `--init --non-interactive`: the set-up of the wizard, from a script. If the database
/// already holds a company whose tables are out of date, only migrates them.
pub fn set_up(cli: &Cli, config: &Config) -> Result<(), Stop> {
    let language = config.preferences.language;
    let said = |error: Error| match error {
        Error::AlreadySetUp => already_set_up(config),
        error => stop(language, &error),
    };
    let address = config.database.expose_secret();
    match services::found(address).map_err(said)? {
        Occupancy::CompanyBehind(_) => {
            let Migrated { versions, unguarded, sees_guards, .. } = services::migrate(address, false).map_err(said)?;
            tell(&text::say(language, Phrase::Admin(AdminPhrase::Migrated(&versions))));
            if !sees_guards {
                tell(&text::say(language, Phrase::Admin(AdminPhrase::GuardsNotSeen)));
            }
            if !unguarded.is_empty() {
                tell(&text::say(language, Phrase::Admin(AdminPhrase::Unguarded(&unguarded))));
            }
            return Ok(());
        }
        Occupancy::Company => return Err(already_set_up(config)),
        Occupancy::Free { .. } => {}
    }
    if cli.username.is_none() || cli.full_name.is_none() || !cli.password_stdin {
        let needed = "A new company needs --username, --full-name and --password-stdin";
        Cli::command().error(clap::error::ErrorKind::MissingRequiredArgument, needed).exit();
    }
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).map_err(|error| Stop(exit::USAGE, error.to_string()))?;
    let password = SecretString::from(password.trim_end_matches(['\n', '\r']));
    let default = Settings::default();
    let time_zone = match &cli.time_zone {
        Some(name) => epic_events::domain::check::time_zone(name).map_err(|problem| {
            Stop(exit::USAGE, format!("--time-zone: {}", text::problem(config.preferences.language, problem)))
        })?,
        None => default.time_zone,
    };
    let plan = SetUp {
        url: config.database.clone(),
        everyday: None,
        settings: Settings {
            company_name: cli.company.clone().unwrap_or(default.company_name.clone()),
            currency: cli.currency.clone().unwrap_or(default.currency.clone()),
            time_zone,
            ..default
        },
        manager: UserDraft {
            username: cli.username.clone().unwrap_or_default(),
            full_name: cli.full_name.clone().unwrap_or_default(),
            email: cli.email.clone(),
            role: Role::Management,
            ..UserDraft::default()
        },
        password,
    };
    let mut services = crate::services(&config.database, config).map_err(said)?;
    match services.execute(None, &Request::Session(SessionRequest::SetUp(Box::new(plan))), app::now()).map_err(said)? {
        Reply::IsSetUp { unguarded } => {
            tell(&text::say(language, Phrase::SetUp(SetUpPhrase::Done)));
            if !unguarded.is_empty() {
                tell(&text::say(language, Phrase::Admin(AdminPhrase::Unguarded(&unguarded))));
            }
            if config.server.is_some() {
                // The set-up account must not be stored: its rights are for setting up only.
                tell(&text::say(language, Phrase::Admin(AdminPhrase::EverydayHint)));
                if let Some(local) = local_company(config) {
                    tell(&text::say(language, AdminPhrase::HowToMove(&local).into()));
                }
            } else if cli.language.is_some() || cli.database_url.is_some() {
                let kept = config.remember(&config.database, language).map_err(|error| configuration(&error))?;
                if let Some(words) = crate::told(language, Ok(kept)) {
                    tell(&words);
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Prints what was done. It stays done if nobody can read it.
fn tell(words: &str) {
    writeln!(stdout(), "{words}").ok();
}
