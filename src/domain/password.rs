//! What a password must be, and how strong it looks.

use super::{error::Problem, text};

/// The most bytes of UTF-8: bcrypt looks at no more, and nothing is ever cut.
pub const MAX_BYTES: usize = 71;

/// What the rules depend on.
#[derive(Debug, Clone, Copy)]
pub struct PasswordRules<'a> {
    pub min_length: usize,
    pub username: &'a str,
    pub company: &'a str,
}

/// The first rule that the password breaks.
pub fn check(password: &str, rules: &PasswordRules) -> Result<(), Problem> {
    let folded = text::fold(password);
    let is_name = |name: &str| !name.is_empty() && folded == text::fold(name);
    if password.is_empty() {
        Err(Problem::Required)
    } else if password.len() > MAX_BYTES {
        Err(Problem::TooManyBytes(MAX_BYTES))
    } else if password.chars().any(char::is_control) {
        Err(Problem::ControlCharacters)
    } else if is_name(rules.username) || is_name(rules.company) {
        Err(Problem::PasswordIsName)
    } else if text::length(password) < rules.min_length {
        Err(Problem::TooShort(rules.min_length))
    } else if text::length(password) <= LONGEST_COMMON && zxcvbn::zxcvbn(password, &[]).guesses_log10() < COMMON {
        Err(Problem::CommonPassword)
    } else {
        Ok(())
    }
}

/// Common is what is guessed within a million tries (as a power of ten).
const COMMON: f64 = 6.0;
/// No list of common passwords has one that is longer.
const LONGEST_COMMON: usize = 24;

/// How hard the password is to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    VeryWeak,
    Weak,
    Fair,
    Good,
    Strong,
}

/// The strength, for a meter while typing; `known` is what a guesser knows of the person.
pub fn strength(password: &str, known: &[&str]) -> Strength {
    let beginning: String = password.chars().take(MAX_BYTES).collect();
    match zxcvbn::zxcvbn(&beginning, known).score() {
        zxcvbn::Score::Zero => Strength::VeryWeak,
        zxcvbn::Score::One => Strength::Weak,
        zxcvbn::Score::Two => Strength::Fair,
        zxcvbn::Score::Three => Strength::Good,
        _ => Strength::Strong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), Problem> {
        check(password, &PasswordRules { min_length: 12, username: "kate.hastroff", company: "Epic Events Paris" })
    }

    #[test]
    fn what_is_long_and_its_own_is_accepted() {
        for fine in ["correct horse battery", "Ünïcödé-pässwörd 7", "lmk!29-veilchen", &"x7-Q ".repeat(14)] {
            assert_eq!(verdict(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn what_is_short_long_or_known_is_refused() {
        assert_eq!(verdict("short-pw-1x"), Err(Problem::TooShort(12)));
        assert_eq!(verdict(&"ab1-".repeat(18)), Err(Problem::TooManyBytes(71)));
        assert_eq!(verdict("Kate.Hastroff"), Err(Problem::PasswordIsName));
        assert_eq!(verdict("épic events PARIS"), Err(Problem::PasswordIsName));
        assert_eq!(verdict("tab\tinside-the-pw"), Err(Problem::ControlCharacters));
        for common in ["123456789012", "aaaaaaaaaaaa", "password1234", "passwordpassword", "qwertyuiop12"] {
            assert_eq!(verdict(common), Err(Problem::CommonPassword), "{common}");
        }
    }
}
