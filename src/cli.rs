//! The command line.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::domain::language::Language;

/// Subcommands, which run instead of the full-screen application.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Say what is configured and from where, and whether the database can be used
    Doctor,
    /// Print the completions of a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Copy the embedded database into a new file; others may work meanwhile
    Backup { file: PathBuf },
    /// Bring the tables of the database up to date, with the account that set it up
    Migrate {
        /// Only say what there is to do
        #[arg(long)]
        dry_run: bool,
    },
    /// Put a backup in the place of the embedded database; what was there is kept beside it
    Restore { file: PathBuf },
    /// Look after the audit log
    #[command(subcommand)]
    Audit(Audit),
}

/// Subcommands of `audit`.
#[derive(Debug, Clone, Subcommand)]
pub enum Audit {
    /// Find the first row that was changed, removed or put in by hand
    Verify {
        /// A head that was kept elsewhere, as this command prints it: finds a tail that was cut off
        #[arg(long, value_name = "NUMBER:HASH")]
        head: Option<String>,
    },
}

/// The CRM of an event company, in the terminal.
#[derive(Debug, Parser, Default)]
#[command(name = "epic-events", version, about, long_about = None, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Set up a company: its database, its choices and its first manager
    #[arg(long, conflicts_with = "demo")]
    pub init: bool,

    /// Look around in a company made up for the purpose; it never touches the real data
    #[arg(long)]
    pub demo: bool,

    /// With --demo: a company with so many events, to measure with; in the database of
    /// --database-url, if it is empty, else in a file of its own
    #[arg(long, value_name = "EVENTS", requires = "demo")]
    pub scale: Option<u64>,

    /// With --init: ask nothing, take everything from the command line. A new company needs
    /// --username, --full-name and --password-stdin; of one that is there the tables are brought up to date
    #[arg(long, requires = "init")]
    pub non_interactive: bool,

    /// The first manager's username: 3 to 30 letters, digits, . _ -
    #[arg(long, value_name = "NAME", requires = "non_interactive")]
    pub username: Option<String>,

    /// The first manager's name
    #[arg(long, value_name = "NAME", requires = "non_interactive")]
    pub full_name: Option<String>,

    /// The first manager's e-mail address
    #[arg(long, value_name = "ADDRESS", requires = "non_interactive")]
    pub email: Option<String>,

    /// Read the first manager's password from the first line of standard input
    #[arg(long, requires = "non_interactive")]
    pub password_stdin: bool,

    /// The company's name
    #[arg(long, value_name = "NAME", requires = "non_interactive")]
    pub company: Option<String>,

    /// The company's currency, by its three letters
    #[arg(long, value_name = "CODE", requires = "non_interactive")]
    pub currency: Option<String>,

    /// The company's time zone, such as Europe/Paris
    #[arg(long, value_name = "ZONE", requires = "non_interactive")]
    pub time_zone: Option<String>,

    /// The database, by its address. Others on this computer can see a password that
    /// stands here; the configuration file hides it
    #[arg(long, value_name = "URL", global = true)]
    pub database_url: Option<String>,

    /// en or fr
    #[arg(long, value_name = "LANGUAGE", global = true)]
    pub language: Option<Language>,

    /// standard, plain (no colours) or contrast
    #[arg(long, value_name = "NAME", value_parser = ["standard", "plain", "contrast"])]
    pub theme: Option<String>,

    /// Draw lines and bars with ASCII signs alone
    #[arg(long)]
    pub ascii: bool,

    /// For screen readers: no borders, no spinner, the cursor on the selected line
    #[arg(long)]
    pub accessible: bool,

    /// Leave the mouse to the terminal
    #[arg(long)]
    pub no_mouse: bool,
}

impl Cli {
    /// Reads the arguments of this process.
    ///
    /// A subcommand works on the configured database. `--demo` uses another database and `--init`
    /// creates one, so neither can be combined with a subcommand.
    pub fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        let Some(option) = (if cli.demo { Some("--demo") } else { cli.init.then_some("--init") }) else {
            return Ok(cli);
        };
        if cli.command.is_some() {
            let words = format!("the argument '{option}' cannot be used with a command");
            return Err(Self::command().error(ErrorKind::ArgumentConflict, words));
        }
        Ok(cli)
    }
}
