//! The command line.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::domain::{check, language::Language};

/// Subcommands, which run instead of the full-screen application.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Show the configuration, where each value comes from, and what is wrong with the database, its
    /// server and this account. It only reads. With --json the report is for programs
    Doctor,
    /// Print the completion script for a shell
    Completions {
        /// bash, elvish, fish, powershell or zsh
        shell: clap_complete::Shell,
    },
    /// Print the manual page of the program, or of one of its commands
    Man {
        /// The command, such as doctor or audit verify
        command: Vec<String>,
        /// Write all manual pages into this folder instead, such as /usr/local/share/man/man1
        #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
        into: Option<PathBuf>,
    },
    /// Copy the embedded database to a new file, while the program may be in use
    Backup { file: PathBuf },
    /// Bring the tables of the database up to date; on a server, run it with the set-up account
    Migrate {
        /// Only show what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Replace the embedded database with a backup; the present one is kept beside it
    Restore { file: PathBuf },
    /// Copy a company to another database of any engine, which has to be empty
    Copy {
        /// The address of the company; by default the configured one. "-" reads it from standard input,
        /// so that nobody sees its password
        #[arg(long, value_name = "URL")]
        from: Option<String>,
        /// The address of the new database, with the set-up account of a server; "-" as above
        #[arg(long, value_name = "URL")]
        to: String,
        /// Replace what a copy that was not finished has left there
        #[arg(long)]
        again: bool,
    },
    /// Give an account a temporary password when nobody else can; on a server, run it with the set-up account
    ResetPassword {
        /// The username of the account, as it is written at the sign-in
        username: String,
    },
    /// Import a spreadsheet (CSV, xlsx, ods) of clients, contracts, events, staff or payments
    Import(Import),
    /// Check the audit log
    #[command(subcommand)]
    Audit(Audit),
}

/// A username, which an e-mail address is not.
fn username(text: &str) -> Result<String, &'static str> {
    check::username(text)
        .map_err(|_| "a username is needed here, not an e-mail address: 3 to 30 letters, digits, . _ -")
}

/// The arguments of `import`.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// What the file holds, if its headings do not tell (clients, contracts, events, staff or payments), and
    /// the file
    #[arg(value_name = "[KIND] FILE", num_args = 1..=2, required = true)]
    what: Vec<String>,
    /// Only show what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// The username of the manager who imports
    #[arg(long = "username", value_name = "NAME")]
    pub username: String,
    /// Read the password from the first line of standard input
    #[arg(long, required = true)]
    pub password_stdin: bool,
    /// Read a column into another field, such as "Tel 2=phone"; without a field it is left out. Can be repeated,
    /// and is remembered for files with the same headings
    #[arg(long = "column", value_name = "HEADING=FIELD")]
    pub columns: Vec<String>,
    /// Which comes first in the dates of the file, if they do not tell
    #[arg(long, value_enum)]
    pub day_order: Option<Order>,
    /// The username of the sales person of new clients whose row names none
    #[arg(long, value_name = "NAME")]
    pub sales_contact: Option<String>,
    /// What to do with rows that may be about a known record
    #[arg(long, value_enum, default_value = "skip")]
    pub duplicates: Duplicates,
    /// Import the other rows if some are refused; otherwise nothing is imported then
    #[arg(long)]
    pub without_refused: bool,
}

impl Import {
    /// What the file holds, if that was given, and the file.
    pub fn of(&self) -> (Option<FileKind>, &Path) {
        match self.what.as_slice() {
            [kind, file] => (FileKind::from_str(kind, true).ok(), Path::new(file)),
            [file, ..] => (None, Path::new(file)),
            [] => (None, Path::new("")),
        }
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FileKind {
    Clients,
    Contracts,
    Events,
    Staff,
    Payments,
}

/// The order of day and month.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// What to do with a possible duplicate.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Duplicates {
    /// Leave the row out
    Skip,
    /// Take its values over into the known record
    Update,
    /// Create another record
    Create,
}

/// Subcommands of `audit`.
#[derive(Debug, Clone, Subcommand)]
pub enum Audit {
    /// Find the first row that was changed, removed or put in by hand
    Verify {
        /// The last row that was known, as this command printed it: shows whether rows were cut off the end
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

    /// Open an example company to try the program; it never touches the real data
    #[arg(long)]
    pub demo: bool,

    /// With --demo: make an example company with this many events, for measuring. It is written to the
    /// database of --database-url if that is empty, and otherwise to a file of its own
    #[arg(long, value_name = "EVENTS", requires = "demo")]
    pub scale: Option<u64>,

    /// With --init: ask no questions and read all values from the command line. A new company needs
    /// --username, --full-name and --password-stdin. If there is a company with older tables, they
    /// are brought up to date; one with current tables is left as it is, with an error
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

    /// The company's currency: three letters, such as EUR
    #[arg(long, value_name = "CODE", requires = "non_interactive")]
    pub currency: Option<String>,

    /// The company's time zone, such as Europe/Paris
    #[arg(long, value_name = "ZONE", requires = "non_interactive")]
    pub time_zone: Option<String>,

    /// The address of the database. Other users of this computer can see a password on the command
    /// line: put it into the configuration file instead
    #[arg(long, value_name = "URL", global = true)]
    pub database_url: Option<String>,

    /// Let only the account with this username sign in. For the command of an SSH key, see SECURITY.md
    #[arg(long, value_name = "NAME", conflicts_with_all = ["init", "demo"], value_parser = username)]
    pub user: Option<String>,

    /// The language of the screens: en or fr
    #[arg(long, value_name = "LANGUAGE", global = true)]
    pub language: Option<Language>,

    /// With `doctor` and `import`: print the report as JSON
    #[arg(long, global = true)]
    pub json: bool,

    /// The colours: standard, plain (none) or contrast
    #[arg(long, value_name = "NAME", global = true, value_parser = ["standard", "plain", "contrast"])]
    pub theme: Option<String>,

    /// Draw lines and bars with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,

    /// For screen readers: no borders, no spinner, the cursor on the selected line
    #[arg(long, global = true)]
    pub accessible: bool,

    /// Do not use the mouse, so that the terminal can select text with it
    #[arg(long, global = true)]
    pub no_mouse: bool,
}

impl Cli {
    /// Reads the arguments of this process.
    ///
    /// A subcommand works on the configured database, without a sign-in. `--demo` uses another
    /// database, `--init` creates one and `--user` is about the sign-in, so none of them can be
    /// combined with a subcommand.
    pub fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        if let Some(Command::Import(Import { what, .. })) = &cli.command
            && let [kind, _] = what.as_slice()
            && FileKind::from_str(kind, true).is_err()
        {
            let words = format!("a file holds clients, contracts, events, staff or payments, and not '{kind}'");
            return Err(Self::command().error(ErrorKind::InvalidValue, words));
        }
        if cli.json && !matches!(cli.command, Some(Command::Doctor | Command::Import(_))) {
            let words = "the argument '--json' is used with 'doctor' and 'import' only";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, words));
        }
        let screens = [("--demo", cli.demo), ("--init", cli.init), ("--user", cli.user.is_some())];
        let given = screens.into_iter().find_map(|(option, is_given)| is_given.then_some(option));
        if let (Some(option), true) = (given, cli.command.is_some()) {
            let words = format!("the argument '{option}' cannot be used with a command");
            return Err(Self::command().error(ErrorKind::ArgumentConflict, words));
        }
        Ok(cli)
    }
}
