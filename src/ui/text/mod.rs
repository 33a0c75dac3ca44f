//! Every word that people read, in English and French.
//!
//! [`Words`] is one constant for each language: a sentence that is missing in one of
//! them does not compile. Sentences with something to fill in are functions.

mod en;
mod fr;

use crate::domain::language::Language;

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    pub shell: Shell,
    pub records: Records,
}

/// Around the records: sign-in, set-up, home, popups, messages, errors, commands.
#[derive(Debug)]
pub struct Shell {
    pub app_name: &'static str,
}

/// Lists, details and forms of the records.
#[derive(Debug)]
pub struct Records {
    pub clients: &'static str,
}

/// The words of this language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Fr => &fr::WORDS,
    }
}
