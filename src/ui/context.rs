//! What screens and popups may look at.

use chrono::NaiveDateTime;

use super::{
    keymap::Keys,
    keys::{Command, Key},
    text,
    theme::{Look, Theme},
};
use crate::domain::{
    Error, Field, Problem, Reason, entity::EntityKind, language::Language, lists::Lists, payments::Method,
    session::Session, settings::Settings,
};

/// What a screen or popup may look at while it handles a key or draws itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub language: Language,
    pub theme: &'a Theme,
    /// The session of the signed-in user; nobody's before sign-in.
    pub session: &'a Session,
    /// How the user's lists are arranged.
    pub lists: &'a Lists,
    /// How the user wants the program to look and behave.
    pub preferences: Preferences,
    /// The company's wall clock.
    pub now: NaiveDateTime,
    /// Counts up while a reply is awaited, to move the spinner.
    pub beat: u64,
    /// Whether a write is under way, and not held up by a question.
    pub saving: bool,
    /// The key of each command.
    pub keys: &'a Keys,
    /// How the payment was made that was recorded last in this session.
    pub method: Method,
}

/// How a user wants the program to look and behave on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    pub language: Language,
    pub look: Look,
    /// Whether the program takes the mouse from the terminal.
    pub mouse: bool,
}

impl<'a> Context<'a> {
    /// The company's settings.
    pub fn settings(&self) -> &'a Settings {
        &self.session.settings
    }

    /// A sentence in the user's language.
    pub fn say<'p>(&self, what: impl Into<text::Phrase<'p>>) -> String {
        self.naming().say(what.into())
    }

    /// A label and what it is about: `Phone: 12`, `Téléphone : 12`.
    pub fn pair(&self, label: &str, about: &str) -> String {
        text::pair(self.language, label, about)
    }

    /// A label and a sentence about it: `E-mail: This is ...`, `E-mail : ce n'est ...`.
    pub fn sentence_about(&self, label: &str, sentence: &str) -> String {
        text::sentence_about(self.language, label, sentence)
    }

    /// The name of a field.
    pub fn field(&self, field: Field) -> String {
        text::field(self.language, field).to_owned()
    }

    /// What is wrong with a field.
    pub fn problem(&self, problem: Problem) -> String {
        match problem {
            Problem::MoreThanDue(most) if most.0 > 0 => {
                let most = format!("{} {}", most.format(self.language), self.settings().currency);
                self.say(text::PaymentPhrase::MoreThanDue(&most))
            }
            problem => text::problem(self.language, problem),
        }
    }

    /// Why an action is not allowed.
    pub fn reason(&self, reason: Reason) -> String {
        self.naming().reason(reason)
    }

    /// What went wrong.
    pub fn error(&self, error: &Error) -> String {
        self.naming().error(error)
    }

    /// A verb of the audit log in words.
    pub fn verb(&self, action: &str) -> String {
        text::verb(self.language, action).to_owned()
    }

    fn naming(&self) -> text::Naming<'a> {
        text::Naming { language: self.language, keys: self.keys }
    }

    /// A key as it is written on the keyboard.
    pub fn key(&self, key: Key) -> String {
        text::key(self.language, key)
    }

    /// The name of a command in the bottom line, and a sentence for the help.
    pub fn command(&self, command: Command) -> (&'static str, &'static str) {
        text::command(self.language, command)
    }

    /// The same for `x`, which archives or deactivates a record of this kind, or undoes that if the
    /// record is `hidden` already.
    pub fn archiving(&self, kind: EntityKind, hidden: bool) -> (String, String) {
        let verb = self.say(text::Phrase::ArchiveVerb { kind, hidden });
        let help = self.say(text::Phrase::ArchivingMeans { kind, hidden });
        (verb, help)
    }
}
