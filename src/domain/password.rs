//! The rules for passwords, and how strong a password is.

use super::{error::Problem, text};

/// The most bytes of UTF-8 in a password: bcrypt uses no more, and no password is ever truncated.
pub const MAX_BYTES: usize = 71;

/// What the rules depend on.
#[derive(Debug, Clone, Copy)]
pub struct PasswordRules<'a> {
    /// The fewest characters as a person counts them; a setting of the company.
    pub min_length: usize,
    /// The username of the account; must not be the password.
    pub username: &'a str,
    /// The company's name; must not be the password.
    pub company: &'a str,
}

/// Returns the first rule that the password breaks.
///
/// Errors: `Required`, `TooManyBytes`, `ControlCharacters`, `PasswordIsName`, `TooShort`,
/// `CommonPassword`.
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
    } else if is_common(password, &folded) {
        Err(Problem::CommonPassword)
    } else {
        Ok(())
    }
}

/// A random password for an account of a server: 20 small and capital letters and digits without
/// those that look alike, in four groups. It satisfies the usual rules of servers.
pub fn generated() -> String {
    const SIGNS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    const GROUP: usize = 5;
    loop {
        // Each half takes ten digits, in the base of the number of signs, of a number with 122
        // random bits.
        let half = || {
            let mut rest = u128::from_str_radix(&super::session::random_id(), 16).unwrap_or_default();
            (0..10).map(move |_| {
                let sign = SIGNS[usize::try_from(rest % SIGNS.len() as u128).unwrap_or_default()];
                rest /= SIGNS.len() as u128;
                sign
            })
        };
        let signs: Vec<u8> = half().chain(half()).collect();
        let has = |is: fn(&u8) -> bool| signs.iter().any(is);
        if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit) {
            let groups: Vec<_> = signs.chunks(GROUP).map(String::from_utf8_lossy).collect();
            return groups.join("-");
        }
    }
}

/// A temporary password that can be read aloud in English and in French: words of three syllables, at
/// least three of them (52 bits), and as many as the rules demand.
pub fn speakable(rules: &PasswordRules) -> String {
    const FEWEST: usize = 3;
    loop {
        let mut words: Vec<String> = std::iter::repeat_with(spoken_word).take(FEWEST).collect();
        while text::length(&words.join("-")) < rules.min_length {
            words.push(spoken_word());
        }
        let password = words.join("-");
        if check(&password, rules).is_ok() {
            return password;
        }
    }
}

/// Three different syllables, each of a consonant and a vowel that sound alike in both languages.
fn spoken_word() -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aiou";
    /// Parts of words that nobody wants to read to a colleague.
    const AVOIDED: [&str; 10] = ["kaka", "kulo", "nazi", "nigo", "niga", "pipi", "puta", "puti", "sida", "zizi"];
    loop {
        let mut rest = u128::from_str_radix(&super::session::random_id(), 16).unwrap_or_default();
        let mut sign = |of: &[u8]| {
            let sign = of[usize::try_from(rest % of.len() as u128).unwrap_or_default()];
            rest /= of.len() as u128;
            char::from(sign)
        };
        let word: String = (0..3).flat_map(|_| [sign(CONSONANTS), sign(VOWELS)]).collect();
        let repeats = word[..2] == word[2..4] || word[2..4] == word[4..];
        if !repeats && !AVOIDED.iter().any(|avoided| word.contains(avoided)) {
            return word;
        }
    }
}

/// A password is common if it is guessed within a million tries (as a power of ten).
const COMMON: f64 = 6.0;
/// No list of common passwords has a longer one, so longer passwords are not rated.
const LONGEST_COMMON: usize = 32;

/// Words that people pad to the required length; the strength meter knows English ones only.
const COMMON_WORDS: [&str; 20] = [
    "administrateur",
    "administrator",
    "anniversaire",
    "azertyuiop",
    "bienvenue",
    "bonjour",
    "changeme",
    "changezmoi",
    "connexion",
    "entreprise",
    "epicevents",
    "evenement",
    "jetaime",
    "letmein",
    "motdepasse",
    "passepartout",
    "password",
    "qwertyuiop",
    "utilisateur",
    "welcome",
];

/// The most digits and signs that pad a common word and still leave it a common password.
const MAX_FILLING: usize = 6;

fn is_common(password: &str, folded: &str) -> bool {
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let filling = folded.chars().filter(|c| !c.is_alphabetic() && !c.is_whitespace()).count();
    (filling <= MAX_FILLING && COMMON_WORDS.contains(&letters.as_str()))
        || (text::length(password) <= LONGEST_COMMON && zxcvbn::zxcvbn(password, &[]).guesses_log10() < COMMON)
}

/// How hard the password is to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Guessed within a thousand tries.
    VeryWeak,
    /// Guessed within a million tries.
    Weak,
    /// Guessed within a hundred million tries.
    Fair,
    /// Guessed within ten thousand million tries.
    Good,
    /// More tries than that.
    Strong,
}

/// The strength of a password, for a meter while it is typed; `known` is what a guesser knows about
/// the person. Only the first [`MAX_BYTES`] characters are rated, so that pasting text does not
/// delay keys.
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
    use proptest::prelude::*;

    fn verdict(password: &str) -> Result<(), Problem> {
        check(password, &PasswordRules { min_length: 12, username: "kate.hastroff", company: "Epic Events Paris" })
    }

    #[test]
    fn long_and_uncommon_passwords_are_accepted() {
        for fine in ["correct horse battery", "Ünïcödé-pässwörd 7", "lmk!29-veilchen", "welcome 8301-4420-1187"] {
            assert_eq!(verdict(fine), Ok(()), "{fine}");
        }
        assert_eq!(verdict("Kz7-qW 2vbT!e9 mXa4+Lr8 pUd3_Hs6 nYc5*Gt1 jFo0=Ri7 wEk2&Vz9 xQm4%B"), Ok(()));
    }

    #[test]
    fn passwords_of_the_wrong_length_or_equal_to_a_name_are_refused() {
        assert_eq!(verdict(""), Err(Problem::Required));
        assert_eq!(verdict("short-pw-1x"), Err(Problem::TooShort(12)));
        assert_eq!(verdict(&"ab1-".repeat(18)), Err(Problem::TooManyBytes(71)));
        assert_eq!(verdict(&"é".repeat(36)), Err(Problem::TooManyBytes(71)));
        assert_eq!(verdict(" Kate.Hastroff "), Err(Problem::PasswordIsName));
        assert_eq!(verdict("épic events PARIS"), Err(Problem::PasswordIsName));
        assert_eq!(verdict("tab\tinside-the-pw"), Err(Problem::ControlCharacters));
    }

    #[test]
    fn common_passwords_are_refused() {
        for common in [
            "123456789012",
            "aaaaaaaaaaaa",
            "password1234",
            "passwordpassword",
            "qwertyuiop12",
            "azertyuiop12",
            "motdepasse123",
            "Mot de passe 2026",
            "Bienvenue123",
            "Épic-Events-2026",
            "abcdefghijklmnopqrstuvwxyz",
            "12345678901234567890123456",
            "abababababababababababababab",
            "passwordpasswordpassword12345",
        ] {
            assert_eq!(verdict(common), Err(Problem::CommonPassword), "{common}");
        }
    }

    #[test]
    fn the_strength_meter_rates_better_passwords_higher() {
        assert_eq!(strength("aaaa", &[]), Strength::VeryWeak);
        assert_eq!(strength("correct horse battery", &[]), Strength::Strong);
        assert!(strength("hastroff1", &["hastroff"]) < strength("hastroff1", &[]));
    }

    /// 14 consonants and four vowels give 5.8 bits a syllable; nine syllables are at least 52 bits.
    #[test]
    fn a_proposed_password_can_be_read_aloud_and_follows_the_rules() {
        let mut seen = std::collections::HashSet::new();
        for round in 0..500_u32 {
            let min_length = usize::try_from(8 + round % 57).unwrap();
            let rules = PasswordRules { min_length, username: "kate", company: "Epic Events" };
            let password = speakable(&rules);
            assert_eq!(check(&password, &rules), Ok(()), "{password}");
            let words: Vec<&str> = password.split('-').collect();
            assert!(words.len() >= 3, "{password}");
            for word in words {
                assert_eq!(word.len(), 6, "{password}");
                let spoken =
                    |at: usize, sign: char| "aiou".contains(sign) == (at % 2 == 1) && sign.is_ascii_lowercase();
                assert!(word.chars().enumerate().all(|(at, sign)| spoken(at, sign)), "{password}");
            }
            assert!(seen.insert(password), "never twice");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_typed_text_panics(password in any::<String>()) {
            let _ = (verdict(&password), strength(&password, &["kate"]));
        }
    }
}
