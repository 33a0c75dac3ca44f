//! The subcommands, and `--init --non-interactive`: what runs instead of the full-screen application.

mod copy;
mod doctor;
mod import;
mod maintenance;
mod manual;
mod recovery;
mod set_up;
mod stop;

use clap::CommandFactory;
use epic_events::{
    app,
    cli::{Audit, Cli, Command},
    config::Config,
    domain::Error,
    ui::text::{self, Phrase},
};
use secrecy::ExposeSecret;

pub use doctor::unusable;
pub use set_up::{already_set_up, set_up};
pub use stop::{Stop, configuration, exit, print, stop};

/// Runs a subcommand that needs no configuration; false for any other.
pub fn run_without_configuration(command: &Command) -> Result<bool, Stop> {
    let mut text = Vec::new();
    match command {
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "epic-events", &mut text);
        }
        Command::Man { into: Some(folder), .. } => manual::write_pages(folder)?,
        Command::Man { command, into: None } => text = manual::page(command)?,
        _ => return Ok(false),
    }
    print(&text).map(|()| true)
}

/// Runs a subcommand for administrators.
pub fn run(cli: &Cli, command: &Command, config: &Config) -> Result<(), Stop> {
    let run = Run { config };
    match command {
        Command::Completions { .. } | Command::Man { .. } => Ok(()),
        Command::Doctor => run.doctor(cli.json),
        Command::Migrate { dry_run } => run.migrate(*dry_run),
        Command::Backup { file } => run.backup(file),
        Command::Restore { file } => run.restore(file),
        Command::Copy { from, to, again } => run.copy(from.as_deref(), to, *again),
        Command::Import(asked) => run.import(asked, cli.json),
        Command::ResetPassword { username } => run.reset_password(username),
        Command::Audit(Audit::Verify { head }) => run.verify_audit(head.as_deref()),
    }
}

/// A subcommand that is running.
struct Run<'a> {
    config: &'a Config,
}

impl Run<'_> {
    /// Prints a sentence in the language of the configuration.
    fn say(&self, what: Phrase) -> Result<(), Stop> {
        let words = text::say(self.config.preferences.language, what);
        print(format!("{}\n", app::for_locale(&words)).as_bytes())
    }

    /// Ends the program with the sentence and the exit code of an error.
    fn said(&self) -> impl Fn(Error) -> Stop {
        let language = self.config.preferences.language;
        move |error| stop(language, &error)
    }

    /// The address of the configured database.
    fn address(&self) -> &str {
        self.config.database.expose_secret()
    }
}
