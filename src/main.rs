//! The entry point: reads the arguments and the configuration, starts telemetry, then runs a
//! subcommand, the set-up or the full-screen application.

mod commands;

use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
};

use commands::{Stop, exit, print, stop};
use epic_events::{
    app::{self, App, Executor, Job, Keep, Options, RunError},
    cli::Cli,
    config::{self, Config, Remembered},
    domain::{Error, error::ConnectionProblem, language::Language},
    services::{self, Occupancy, Services, demo},
    storage::Target,
    telemetry,
    ui::text::{self, AdminPhrase, Phrase},
};
use secrecy::{ExposeSecret, SecretString};

fn main() -> ExitCode {
    keep_private();
    let cli = Cli::read().unwrap_or_else(|usage| usage.exit());
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop(code, sentence)) => {
            app::complain(&sentence);
            ExitCode::from(code)
        }
    }
}

/// Makes new files private to the user and prevents core dumps, which would contain what was typed.
/// The core size limit is ignored when the kernel pipes core dumps to a program, so the process is
/// also marked as not dumpable.
fn keep_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
}

fn run(cli: &Cli) -> Result<(), Stop> {
    if let Some(command) = &cli.command
        && commands::run_without_configuration(command)?
    {
        return Ok(());
    }
    let here = std::env::current_dir().unwrap_or_default();
    let config = config::environment(std::env::vars_os())
        .and_then(|environment| Config::load(cli, &environment, &here))
        .map_err(|error| commands::unusable(&error, cli.json))?;
    let config = Arc::new(config);
    let _telemetry = telemetry::start(&config, host());
    if let Some(command) = &cli.command {
        return commands::run(cli, command, &config);
    }
    if cli.non_interactive {
        return commands::set_up(cli, &config);
    }
    if let Some(events) = cli.scale {
        return start_scaled(cli, &config, events);
    }
    app::can_show().map_err(|failure| no_screen(config.preferences.language, &failure))?;
    if cli.demo { start_demo(&config) } else { start(cli, &config) }
}

/// Explains why the full-screen interface cannot be shown.
fn no_screen(language: Language, failure: &RunError) -> Stop {
    let words = match failure {
        RunError::NoTerminal => text::say(language, Phrase::NoTerminal),
        RunError::DumbTerminal => text::say(language, Phrase::DumbTerminal),
        RunError::Terminal(_) => failure.to_string(),
    };
    Stop(exit::ERROR, words)
}

/// The name of this machine.
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn services(address: &SecretString, config: &Config) -> Result<Services, Error> {
    let target = Target::parse(address.expose_secret()).map_err(Error::Unavailable)?;
    let services = Services::new(target, host(), config.bcrypt_cost).exporting_to(config.exports.clone());
    Ok(services.for_user(config.user.clone()))
}

/// Opens the configured company; with `--init`, the set-up wizard.
fn start(cli: &Cli, config: &Arc<Config>) -> Result<(), Stop> {
    let said = |error: Error| stop(config.preferences.language, &error);
    if cli.init {
        match services::found(config.database.expose_secret()) {
            Ok(Occupancy::Company) => return Err(commands::already_set_up(config)),
            Err(error @ Error::Unavailable(ConnectionProblem::SchemaTooNew)) => return Err(said(error)),
            // If this database cannot be used, another one can be chosen in the wizard.
            Ok(Occupancy::Free { .. } | Occupancy::CompanyBehind(_)) | Err(_) => {}
        }
    } else {
        services(&config.database, config).and_then(|mut services| services.connect()).map_err(said)?;
    }
    show(config, config.database.clone(), cli.init, Vec::new())
}

fn start_demo(config: &Arc<Config>) -> Result<(), Stop> {
    let language = config.preferences.language;
    let path = config.folders.demo(language);
    let accounts = demo::prepare(&path, language, app::now()).map_err(|error| stop(language, &error))?;
    show(config, SecretString::from(format!("sqlite://{}", path.display())), false, accounts)
}

/// Fills a database for measurements, then opens it. Without a terminal only prints its address.
fn start_scaled(cli: &Cli, config: &Arc<Config>, events: u64) -> Result<(), Stop> {
    let path = config.folders.data.join(format!("demo-{events}.db"));
    let (address, made_anew) = match &cli.database_url {
        Some(url) => (url.clone(), None),
        None => (format!("sqlite://{}", path.display()), Some(path.as_path())),
    };
    let told = |done: u64, all: u64| {
        let parts = usize::try_from(done * 40 / all.max(1)).unwrap_or(40);
        write!(std::io::stderr(), "\r[{}{}] {done} / {all}", "#".repeat(parts), " ".repeat(40 - parts)).ok();
    };
    let language = config.preferences.language;
    let accounts = demo::prepare_scaled(&address, made_anew, events, language, app::now(), told)
        .map_err(|error| stop(language, &error))?;
    writeln!(std::io::stderr()).ok();
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return print(format!("{}\n", address.rsplit('@').next().unwrap_or_default()).as_bytes());
    }
    show(config, SecretString::from(address), false, accounts)
}

fn show(config: &Arc<Config>, address: SecretString, wizard: bool, demo: Vec<(String, String)>) -> Result<(), Stop> {
    let embedded = match &config.server {
        None if address.expose_secret().starts_with("sqlite:") => address.expose_secret().to_owned(),
        _ => config.folders.embedded(),
    };
    let (preferences, server) = (config.preferences, config.server.clone());
    let is_demo = !demo.is_empty();
    let options = Options { preferences, demo, embedded, server, suspends: app::has_shell() };
    // Demo accounts are not the people whose preferences the configuration holds.
    let people = if is_demo { HashMap::new() } else { config.people.clone() };
    let app = App::new(options, wizard, app::now()).knowing(people).with_keys(config.keys.clone());
    let app = app.for_user(config.user.clone());
    // The set-up may switch to another database; workers that start later connect to that one.
    let present = Arc::new(std::sync::Mutex::new(address));
    let (for_workers, config_of_workers) = (Arc::clone(&present), Arc::clone(config));
    let make = Arc::new(move || -> Executor {
        let address = for_workers.lock().map_or_else(|held| held.into_inner().clone(), |held| held.clone());
        let mut services = services(&address, &config_of_workers);
        Box::new(move |job: &Job| match &mut services {
            Ok(services) => services.execute(job.session.as_deref(), &job.request, job.now),
            Err(error) => Err(error.clone()),
        })
    });
    let switch = |url: SecretString| {
        if let Ok(mut held) = present.lock() {
            *held = url;
        }
    };
    let keep = |what: Keep| {
        let (language, kept) = match what {
            Keep::Database(url) => {
                switch(url);
                return None;
            }
            Keep::Company(url, language) => {
                switch(url.clone());
                (language, config.remember(&url, language))
            }
            Keep::Preferences(..) if is_demo => return None,
            Keep::Preferences(username, preferences) => {
                (preferences.language, config.prefer(&username, preferences).map(|()| Remembered::Kept))
            }
        };
        told(language, kept)
    };
    app::run(app, make, keep).map_err(|failure| no_screen(config.preferences.language, &failure))
}

/// The message for the user after the configuration was to be written, if one is needed.
fn told(language: Language, kept: Result<Remembered, config::Error>) -> Option<String> {
    match kept {
        Ok(Remembered::Kept) => None,
        Ok(Remembered::LeftAlone(file)) => {
            Some(text::say(language, Phrase::Admin(AdminPhrase::LeftAlone(&file.display().to_string()))))
        }
        Err(error) => {
            tracing::error!(%error, "a file of the machine could not be written");
            Some(text::say(language, Phrase::NotKept(&error.to_string())))
        }
    }
}
