//! Floor 3: what people see and press. A screen's state, keys and drawing stand
//! together; nothing here does input or output.
//!
//! A key reaches the popup if one is open, else the top screen. Both answer with an
//! [`Action`], which the app carries out. Footer, help and dispatcher read the same
//! [`keys::Binding`]s, so they cannot differ.

pub mod keys;
pub mod popup;
pub mod screens;
pub mod text;
pub mod theme;
pub mod widgets;

use chrono::NaiveDateTime;

use crate::{
    domain::{language::Language, session::Session, settings::Settings},
    services::Request,
};

/// What a screen or popup may look at while it handles a key or draws itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub words: &'static text::Words,
    pub language: Language,
    pub theme: &'a theme::Theme,
    pub session: &'a Session,
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
}

/// What a screen or popup wants done.
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
    /// A popup closes with this outcome for the screen below it.
    Outcome(popup::Outcome),
    /// A sentence in the message line.
    Notice(Notice),
    /// The last change can be taken back with `u` by this request; say so.
    Undoable(Notice, Request),
    /// Text for the clipboard of the terminal.
    Copy(String),
    Lock,
    SignOut,
    Quit,
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
