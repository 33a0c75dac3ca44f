//! What goes into the application and what comes out of it.

use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;
use secrecy::SecretString;

use crate::{
    domain::{Error, address::ServerAddress, language::Language, session::Session},
    services::{Reply, Request},
    ui::Preferences,
};

/// An event, in the order in which they happen.
#[derive(Debug)]
pub enum AppEvent {
    Terminal(TerminalEvent),
    Reply {
        id: u64,
        reply: Box<Result<Reply, Error>>,
    },
    /// The screen was drawn in a window of this size, so the user can see what is open if it is large
    /// enough.
    Drawn(Size),
    /// Time has passed.
    Tick,
    /// Something could not be stored on this machine; the sentence to show about it.
    NotKept(String),
    /// The system asks the program to suspend, as Ctrl+Z does.
    Suspend,
    /// The terminal is gone, or the system asks the program to end.
    Stop,
}

/// Something that has to happen outside of the state machine.
#[derive(Debug)]
pub enum Effect {
    /// Execute a request; its reply comes back as [`AppEvent::Reply`] with this id.
    Send {
        id: u64,
        /// `None` before sign-in.
        session: Option<Box<Session>>,
        request: Box<Request>,
    },
    /// The replies to all requests that were sent are no longer needed.
    Abandon,
    Copy(String),
    Suspend,
    /// These preferences apply from now on.
    Prefer(Preferences),
    /// Store the preferences of a user on this machine.
    Keep {
        username: String,
        preferences: Preferences,
    },
    /// Use the database at this address from now on.
    Use(SecretString),
    /// Store the company's database and language in the machine's configuration.
    Remember {
        url: SecretString,
        language: Language,
    },
    Quit,
}

/// What the application is started with.
#[derive(Debug, Clone)]
pub struct Options {
    pub preferences: Preferences,
    /// Accounts to try, shown beside the sign-in: username and password.
    pub demo: Vec<(String, String)>,
    /// The address of the embedded database, for the wizard.
    pub embedded: String,
    /// The company's server as the configuration names it, for the wizard.
    pub server: Option<ServerAddress>,
    /// Whether a shell can resume the program after Ctrl+Z.
    pub suspends: bool,
}

/// Esc and a key right after it arrive from a terminal as one key with Alt, which
/// nothing here is bound to.
pub(super) fn apart(key: KeyEvent) -> Vec<KeyEvent> {
    if key.modifiers.contains(KeyModifiers::ALT) && !key.modifiers.contains(KeyModifiers::CONTROL) {
        let alone = KeyEvent { modifiers: key.modifiers - KeyModifiers::ALT, ..key };
        vec![KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE), alone]
    } else {
        vec![key]
    }
}
