//! The entry point: reads the arguments and the configuration, starts telemetry, then runs a
//! subcommand, the set-up or the full-screen application.

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
};

use clap::CommandFactory;
use epic_events::{
    app::{self, App, Executor, Job, Keep, Options, RunError},
    cli::{Audit, Cli, Command},
    config::{self, Config, Remembered},
    doctor,
    domain::{
        Error,
        error::ConnectionProblem,
        language::Language,
        settings::Settings,
        users::{Role, UserDraft},
    },
    services::{
        self, Migrated, Occupancy, Reply, Request, Services, SessionRequest, SetUp,
        admin::{self, Verified},
        demo,
    },
    storage::Target,
    telemetry,
    ui::text::{self, Phrase},
};
use secrecy::{ExposeSecret, SecretString};

/// Exit codes, for scripts.
mod exit {
    pub const ERROR: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const DATABASE: u8 = 3;
    pub const AUTHENTICATION: u8 = 4;
    pub const CONFIGURATION: u8 = 5;
}

/// Why the program ends early: the exit code, and a sentence for standard error.
struct Stop(u8, String);

fn main() -> ExitCode {
    keep_private();
    let cli = Cli::read().unwrap_or_else(|usage| usage.exit());
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop(code, sentence)) => {
            eprintln!("epic-events: {}", app::for_locale(&sentence));
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
    match &cli.command {
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "epic-events", &mut script);
            return print(&script);
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).ok();
            return print(&page);
        }
        _ => {}
    }
    let environment: HashMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let here = std::env::current_dir().unwrap_or_default();
    let config = Arc::new(Config::load(cli, &environment, &here).map_err(|error| configuration(&error))?);
    let _telemetry = telemetry::start(&config);
    if let Some(command) = &cli.command {
        return look_after(command, &config);
    }
    if cli.non_interactive {
        return set_up(cli, &config);
    }
    if let Some(events) = cli.scale {
        return start_scaled(cli, &config, events);
    }
    app::can_show().map_err(|failure| no_screen(config.preferences.language, &failure))?;
    if cli.demo { start_demo(&config) } else { start(cli, &config) }
}

/// Runs a subcommand for administrators.
fn look_after(command: &Command, config: &Config) -> Result<(), Stop> {
    let language = config.preferences.language;
    let say = |what: Phrase| print(format!("{}\n", app::for_locale(&text::say(language, what))).as_bytes());
    let said = |error: Error| stop(language, &error);
    let address = config.database.expose_secret();
    match command {
        Command::Completions { .. } | Command::Man => Ok(()),
        Command::Doctor => {
            let (report, problem) = doctor::report(config);
            print(report.as_bytes())?;
            problem.map_or(Ok(()), |error| Err(said(error)))
        }
        Command::Migrate { dry_run } => {
            let Migrated { versions, unguarded } = services::migrate(address, *dry_run).map_err(said)?;
            say(match (versions.from == versions.to, dry_run) {
                (true, _) => Phrase::UpToDate(&versions.to),
                (false, true) => Phrase::WouldMigrate(&versions),
                (false, false) => Phrase::Migrated(&versions),
            })?;
            if unguarded.is_empty() { Ok(()) } else { say(Phrase::Unguarded(&unguarded)) }
        }
        Command::Backup { file } => {
            admin::backup(address, file).map_err(said)?;
            say(Phrase::BackupDone(&file.display().to_string()))
        }
        Command::Restore { file } => {
            let stamp = app::now().utc.format("%Y%m%d-%H%M%S").to_string();
            let kept = admin::restore(address, file, &stamp).map_err(said)?;
            say(Phrase::RestoreDone(&file.display().to_string()))?;
            kept.map_or(Ok(()), |kept| say(Phrase::RestoreKept(&kept.display().to_string())))
        }
        Command::Audit(Audit::Verify { head }) => {
            let known = head.as_ref().map(|head| head.parse()).transpose();
            let known = known.map_err(|()| Stop(exit::USAGE, text::say(language, Phrase::BadHead)))?;
            let Verified { head, fault } = admin::verify_audit(address, known.as_ref()).map_err(said)?;
            match fault {
                None => say(Phrase::AuditWhole { rows: head.seq, head: &head.to_string() }),
                Some(fault) => Err(Stop(exit::ERROR, text::say(language, Phrase::AuditFault(&fault)))),
            }
        }
    }
}

/// Writes to standard output. It is no error if the reader has closed the pipe, as `head` does.
fn print(text: &[u8]) -> Result<(), Stop> {
    match std::io::stdout().write_all(text) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Stop(exit::ERROR, error.to_string())),
        _ => Ok(()),
    }
}

fn configuration(error: &config::Error) -> Stop {
    Stop(exit::CONFIGURATION, error.to_string())
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

/// Turns an error into its exit code and its sentence.
fn stop(language: Language, error: &Error) -> Stop {
    let code = match error {
        Error::Unavailable(ConnectionProblem::BadAddress(_) | ConnectionProblem::AuthorityFile(_)) => {
            exit::CONFIGURATION
        }
        Error::Unavailable(_) | Error::OutcomeUnknown => exit::DATABASE,
        Error::SignIn(_) | Error::SignedOut(_) => exit::AUTHENTICATION,
        Error::Invalid(_) => exit::USAGE,
        _ => exit::ERROR,
    };
    Stop(code, text::error(language, error))
}

fn services(address: &SecretString, config: &Config) -> Result<Services, Error> {
    let target = Target::parse(address.expose_secret()).map_err(Error::Unavailable)?;
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Ok(Services::new(target, host, config.bcrypt_cost).exporting_to(config.exports.clone()))
}

/// Opens the configured company; with `--init`, the set-up wizard.
fn start(cli: &Cli, config: &Arc<Config>) -> Result<(), Stop> {
    let said = |error: Error| stop(config.preferences.language, &error);
    if cli.init {
        match services::found(config.database.expose_secret()) {
            Ok(Occupancy::Company) => return Err(said(Error::AlreadySetUp)),
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
    let path = config.folders.demo();
    let accounts = demo::prepare(&path, app::now()).map_err(|error| stop(config.preferences.language, &error))?;
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
        eprint!("\r[{}{}] {done} / {all}", "#".repeat(parts), " ".repeat(40 - parts));
    };
    let accounts = demo::prepare_scaled(&address, made_anew, events, app::now(), told)
        .map_err(|error| stop(config.preferences.language, &error))?;
    eprintln!();
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
        Ok(Remembered::LeftAlone(file)) => Some(text::say(language, Phrase::LeftAlone(&file.display().to_string()))),
        Err(error) => {
            tracing::error!(%error, "a file of the machine could not be written");
            Some(text::say(language, Phrase::NotKept(&error.to_string())))
        }
    }
}

/// Runs `--init --non-interactive`: the set-up of the wizard, from a script. If the database
/// already holds a company whose tables are out of date, only migrates them.
fn set_up(cli: &Cli, config: &Config) -> Result<(), Stop> {
    let language = config.preferences.language;
    let said = |error: Error| stop(language, &error);
    let address = config.database.expose_secret();
    if let Occupancy::CompanyBehind(_) = services::found(address).map_err(said)? {
        let Migrated { versions, unguarded } = services::migrate(address, false).map_err(said)?;
        println!("{}", text::say(language, Phrase::Migrated(&versions)));
        if !unguarded.is_empty() {
            println!("{}", text::say(language, Phrase::Unguarded(&unguarded)));
        }
        return Ok(());
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
    let mut services = services(&config.database, config).map_err(said)?;
    match services.execute(None, &Request::Session(SessionRequest::SetUp(Box::new(plan))), app::now()).map_err(said)? {
        Reply::IsSetUp { unguarded } => {
            println!("{}", text::say(language, Phrase::SetUpDone));
            if !unguarded.is_empty() {
                println!("{}", text::say(language, Phrase::Unguarded(&unguarded)));
            }
            if config.server.is_some() {
                // The set-up account must not be stored: its rights are for setting up only.
                println!("{}", text::say(language, Phrase::EverydayHint));
            } else if cli.language.is_some() || cli.database_url.is_some() {
                let kept = config.remember(&config.database, language).map_err(|error| configuration(&error))?;
                if let Some(words) = told(language, Ok(kept)) {
                    println!("{words}");
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
