//! What goes into the application and what comes out of it.

use crossterm::event::Event as TerminalEvent;
use secrecy::SecretString;

use crate::{
    domain::{Error, address::ServerAddress, language::Language, session::Session},
    services::{Reply, Request},
    ui::Preferences,
};

/// What comes in, one at a time and in order.
#[derive(Debug)]
pub enum AppEvent {
    Terminal(TerminalEvent),
    Reply {
        id: u64,
        reply: Box<Result<Reply, Error>>,
    },
    /// Time has passed.
    Tick,
    /// What was to be written on the machine was not; what there is to be said about that.
    NotKept(String),
    /// Whoever started the program wants it to stop for a while.
    Suspend,
    /// The terminal is gone, or the system asks to stop.
    Stop,
}

/// What has to happen outside.
#[derive(Debug)]
pub enum Effect {
    Send {
        id: u64,
        session: Option<Box<Session>>,
        request: Box<Request>,
    },
    /// Nobody waits any more for what was sent.
    Abandon,
    Copy(String),
    Suspend,
    /// Be like this from now on.
    Prefer(Preferences),
    /// This person wants it like this the next time too.
    Keep {
        username: String,
        preferences: Preferences,
    },
    /// Work on this database from now on.
    Use(SecretString),
    /// The company's database and language, for the machine's configuration.
    Remember {
        url: SecretString,
        language: Language,
    },
    Quit,
}

/// What the app is started with.
#[derive(Debug, Clone)]
pub struct Options {
    pub preferences: Preferences,
    /// Accounts to try, shown beside the sign-in: username and password.
    pub demo: Vec<(String, String)>,
    /// The address of the embedded database, for the wizard.
    pub embedded: String,
    /// The company's server as the configuration names it, for the wizard.
    pub server: Option<ServerAddress>,
    /// There is a shell that can let the program go on after Ctrl+Z.
    pub suspends: bool,
}
