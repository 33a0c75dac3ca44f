//! Every word that people read, in English and French: one file for each language.

mod admin;
mod doctor;
mod en;
mod fr;
mod imports;
mod instalments;
mod into;
mod known;
mod lists;
mod paper;
mod payments;
mod phrase;
mod set_up;
mod times;
mod told;
mod zones;

use crossterm::event::KeyCode;

pub use admin::AdminPhrase;
pub use doctor::Label;
pub use imports::ImportPhrase;
pub use instalments::InstalmentPhrase;
pub use known::KnownPhrase;
pub use lists::ListPhrase;
pub use paper::PaperPhrase;
pub use payments::PaymentPhrase;
pub use phrase::Phrase;
pub use set_up::SetUpPhrase;
pub use times::TimePhrase;
pub use told::{Asked, Deed, Lasting, Told};
pub use zones::zones;

use super::{
    keymap::Keys,
    keys::{Command, Key},
};
use crate::domain::{
    Error, Field, Problem, Reason,
    audit::Verb,
    diagnosis::{Check, Finding, Found},
    file_problem::FileProblem,
    language::Language,
};

/// A language, and the keys that its texts name.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    pub language: Language,
    pub keys: &'a Keys,
}

impl Naming<'_> {
    /// A sentence.
    pub fn say(self, what: Phrase) -> String {
        match self.language {
            Language::En => en::say(what, self),
            Language::Fr => fr::say(what, self),
        }
    }

    /// Why an action is not allowed.
    pub fn reason(self, reason: Reason) -> String {
        match self.language {
            Language::En => en::reason(reason, self),
            Language::Fr => fr::reason(reason, self),
        }
    }

    /// What went wrong, and what to do.
    pub fn error(self, error: &Error) -> String {
        match self.language {
            Language::En => en::error(error, self),
            Language::Fr => fr::error(error, self),
        }
    }

    /// The words with the keys of the commands that they name. Only the program's own words may pass
    /// here, never a text that contains something typed.
    fn keys_in(self, words: &'static str) -> String {
        self.keys.named_in(words, |one| key(self.language, one))
    }
}

/// A sentence that names the usual keys.
pub fn say(language: Language, what: Phrase) -> String {
    Naming { language, keys: Keys::usual() }.say(what)
}

/// A label and what it is about, with the punctuation of the language.
pub fn pair(language: Language, label: &str, about: &str) -> String {
    match language {
        Language::En => format!("{label}: {about}"),
        Language::Fr => format!("{label}\u{a0}: {about}"),
    }
}

/// A label and a sentence about it, which French goes on with in lower case.
pub fn sentence_about(language: Language, label: &str, sentence: &str) -> String {
    match language {
        Language::En => pair(language, label, sentence),
        Language::Fr => {
            let mut letters = sentence.chars();
            let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
            pair(language, label, &format!("{first}{}", letters.as_str()))
        }
    }
}

/// The word with a capital letter first, such as the verb on a button.
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The name of a field.
pub fn field(language: Language, field: Field) -> &'static str {
    match language {
        Language::En => en::field(field),
        Language::Fr => fr::field(field),
    }
}

/// What is wrong with a field.
pub fn problem(language: Language, problem: Problem) -> String {
    match language {
        Language::En => en::problem(problem),
        Language::Fr => fr::problem(problem),
    }
}

/// Why an action is not allowed, with the usual keys.
pub fn reason(language: Language, reason: Reason) -> String {
    Naming { language, keys: Keys::usual() }.reason(reason)
}

/// What went wrong, and what to do, with the usual keys.
pub fn error(language: Language, error: &Error) -> String {
    Naming { language, keys: Keys::usual() }.error(error)
}

/// Why a file is not read, and what to do.
pub fn file_problem(language: Language, problem: FileProblem) -> String {
    match language {
        Language::En => en::file_problem(problem),
        Language::Fr => fr::file_problem(problem),
    }
}

/// A label of the report of `doctor`.
pub fn label(language: Language, label: Label) -> &'static str {
    match language {
        Language::En => en::label(label),
        Language::Fr => fr::label(label),
    }
}

/// The name of a check of `doctor`.
pub fn check(language: Language, check: Check) -> &'static str {
    match language {
        Language::En => en::check(check),
        Language::Fr => fr::check(check),
    }
}

/// What a finding of `doctor` means.
pub fn means(language: Language, finding: &Finding) -> String {
    match (&finding.found, language) {
        (Found::Problem(problem), _) => error(language, &Error::Unavailable(problem.clone())),
        (_, Language::En) => en::means(finding).to_owned(),
        (_, Language::Fr) => fr::means(finding).to_owned(),
    }
}

/// A verb of the audit log; one that a newer program wrote stands as it is stored.
pub fn verb(language: Language, action: &str) -> &str {
    let Ok(verb) = action.parse::<Verb>() else { return action };
    match language {
        Language::En => en::verb(verb),
        Language::Fr => fr::verb(verb),
    }
}

/// A key as it is written on the keyboard: `Enter` or `Entrée`, `Ctrl+S`, `n`, `F5`.
pub fn key(language: Language, key: Key) -> String {
    let name = match key.code {
        KeyCode::Char(' ') => named(language, "Space", "Espace"),
        KeyCode::Char(c) if key.ctrl => c.to_ascii_uppercase().to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::Enter => named(language, "Enter", "Entrée"),
        KeyCode::Esc => named(language, "Esc", "Échap"),
        KeyCode::Up => named(language, "Up", "Haut"),
        KeyCode::Down => named(language, "Down", "Bas"),
        KeyCode::Left => named(language, "Left", "Gauche"),
        KeyCode::Right => named(language, "Right", "Droite"),
        KeyCode::PageUp => named(language, "PgUp", "PgPréc"),
        KeyCode::PageDown => named(language, "PgDn", "PgSuiv"),
        KeyCode::Home => named(language, "Home", "Début"),
        KeyCode::End => named(language, "End", "Fin"),
        KeyCode::Insert => named(language, "Ins", "Inser"),
        KeyCode::Delete => named(language, "Del", "Suppr"),
        KeyCode::BackTab => named(language, "Shift+Tab", "Maj+Tab"),
        other => format!("{other:?}"),
    };
    if key.ctrl { format!("Ctrl+{name}") } else { name }
}

fn named(language: Language, en: &str, fr: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::Fr => fr.to_owned(),
    }
}

/// A command in one or two words, and in a sentence.
pub fn command(language: Language, command: Command) -> (&'static str, &'static str) {
    match language {
        Language::En => en::command(command),
        Language::Fr => fr::command(command),
    }
}

/// Other words by which people look for a screen, a view or a way out.
pub fn also(language: Language, what: Phrase) -> &'static str {
    match language {
        Language::En => en::also(what),
        Language::Fr => fr::also(what),
    }
}

/// Other words by which people look for a command.
pub fn also_command(language: Language, command: Command) -> &'static str {
    match language {
        Language::En => en::also_command(command),
        Language::Fr => fr::also_command(command),
    }
}
