//! The languages of the interface.

use serde::{Deserialize, Serialize};

/// A language of the interface. Written `en` or `fr`; read in any case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::Display,
    strum::EnumIter,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub enum Language {
    /// English, the default.
    #[default]
    En,
    /// French.
    Fr,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn a_language_is_read_as_it_is_written() {
        for language in Language::iter() {
            assert_eq!(language.to_string().parse(), Ok(language));
            assert_eq!(language.to_string().to_uppercase().parse(), Ok(language));
        }
        assert!("de".parse::<Language>().is_err());
    }
}
