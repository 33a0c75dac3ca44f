//! Layer 3: what people see and press. A screen's state, keys and drawing stand
//! together; nothing here does input or output.
//!
//! A key reaches the popup if one is open, else the top screen. Both answer with an
//! [`Action`], which the app carries out. Footer, help and dispatcher read the same
//! [`keys::Binding`]s, so they cannot differ.

pub mod actions;
pub mod keys;
pub mod popup;
pub mod records;
pub mod screens;
pub mod text;
pub mod theme;
pub mod widgets;

use chrono::NaiveDateTime;

use crate::{
    domain::{
        Error, Field, Problem, Reason,
        entity::{EntityKind, Query},
        language::Language,
        session::Session,
        settings::Settings,
    },
    services::Request,
};

/// What a screen or popup may look at while it handles a key or draws itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub language: Language,
    pub theme: &'a theme::Theme,
    pub session: &'a Session,
    /// How the person wants the program to be.
    pub preferences: Preferences,
    /// The company's wall clock.
    pub now: NaiveDateTime,
    /// Counts up while something is awaited, to move the spinner.
    pub beat: u64,
}

impl<'a> Context<'a> {
    /// The company's choices.
    pub fn settings(&self) -> &'a Settings {
        &self.session.settings
    }

    /// A sentence in the person's language.
    pub fn say(&self, what: text::Phrase) -> String {
        text::say(self.language, what)
    }

    /// The name of a field.
    pub fn field(&self, field: Field) -> String {
        text::field(self.language, field).to_owned()
    }

    /// What is wrong with a field.
    pub fn problem(&self, problem: Problem) -> String {
        text::problem(self.language, problem)
    }

    /// Why an action is not allowed.
    pub fn reason(&self, reason: Reason) -> String {
        text::reason(self.language, reason)
    }

    /// What went wrong.
    pub fn error(&self, error: &Error) -> String {
        text::error(self.language, error)
    }

    /// A verb of the audit log in words.
    pub fn verb(&self, action: &str) -> String {
        text::verb(self.language, action).to_owned()
    }

    /// A key as it is written on the keyboard.
    pub fn key(&self, key: keys::Key) -> String {
        text::key(self.language, key)
    }

    /// What a command is called in the bottom line, and a sentence for the help.
    pub fn command(&self, command: keys::Command) -> (&'static str, &'static str) {
        text::command(self.language, command)
    }

    /// The same for `x`, which means something else for each kind and for what is hidden.
    pub fn archiving(&self, kind: EntityKind, hidden: bool) -> (String, String) {
        let verb = self.say(text::Phrase::ArchiveVerb { kind, hidden });
        let help = self.say(text::Phrase::ArchivingMeans { kind, hidden });
        (verb, help)
    }
}

/// How a person wants the program to be, on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    pub language: Language,
    pub look: theme::Look,
    /// Whether the program takes the mouse from the terminal.
    pub mouse: bool,
}

/// What a screen wants done, as the app carries it out.
#[derive(Debug)]
pub enum Action {
    None,
    /// Ask the services. The reply comes back to whoever sent it (`on_reply`), unless
    /// the app answers for it: password needed, heir needed, signed out.
    Send(Request),
    /// Put a screen on top. It is asked for its first request (`load`) by the app.
    Open(Box<screens::Screen>),
    /// Close this screen (or popup); Esc on the bottom screen does nothing.
    Back,
    /// Close this screen, then say this at the bottom of the one below, which reloads.
    Done(Notice),
    /// Open a popup over the top screen; its outcome comes to `on_popup` of that screen.
    Popup(Box<popup::Popup>),
    /// Put another screen in the place of this one.
    Replace(Box<screens::Screen>),
    /// Close this screen and give the list below this question.
    Refine(Box<Query>),
    /// A sentence in the message line.
    Notice(Notice),
    /// Text for the clipboard of the terminal.
    Copy(String),
    /// Let the program be like this from now on.
    Prefer(Preferences),
    /// Several, in this order.
    All(Vec<Action>),
}

/// A sentence after an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
}

/// How a notice is coloured; its words say the same without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Plain,
    Bad,
}

impl Notice {
    pub fn good(text: impl Into<String>) -> Self {
        Self { tone: Tone::Good, text: text.into() }
    }
    pub fn plain(text: impl Into<String>) -> Self {
        Self { tone: Tone::Plain, text: text.into() }
    }
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, text: text.into() }
    }
}
