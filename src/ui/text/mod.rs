//! Every word that people read, in English and French.
//!
//! [`Words`] is one struct of constants for each language: a sentence that is missing
//! in one of them does not compile. Sentences with something to fill in are functions.

mod en;
mod fr;

use crate::domain::language::Language;

/// The words of this language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Fr => &fr::WORDS,
    }
}
