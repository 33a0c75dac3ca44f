//! Telephone numbers as they are searched: however they are spaced, with or without country code.

use super::text;

/// The words under which a telephone number is found: its digits as they were typed, with the
/// country code, and without it.
pub fn keys(phone: &str) -> Vec<String> {
    let Number { code, rest } = Number::read(phone);
    let mut keys = vec![digits(phone), format!("{code}{rest}"), rest];
    keys.dedup();
    keys
}

/// The key by which two numbers are the same, however they are spelled: the digits without the country code, since a
/// number is often written without it. `None` for what only stands there because a number is required: one digit over
/// and over.
///
/// A number without `+` or 0 before it that has more digits than numbers within a country is read with its country code.
pub fn key(phone: &str) -> Option<String> {
    /// From so many digits on, the first ones are a country code.
    const ABROAD: usize = 11;
    let all = digits(phone);
    let first = all.chars().next()?;
    if all.chars().all(|digit| digit == first) {
        return None;
    }
    let is_marked = first == '0' || phone.trim_start().starts_with(['+', '(']);
    let number = if is_marked || all.len() < ABROAD { Number::read(phone) } else { Number::read(&format!("+{all}")) };
    let Number { code, rest } = number;
    Some(if rest.len() < 3 { format!("{code}{rest}") } else { rest })
}

/// Whether two numbers are the same, however they are spelled. Country codes count if both numbers have one.
pub fn is_same(one: &str, other: &str) -> bool {
    let [first, second] = [one, other].map(|number| Number::read(number).code);
    let fits = first.is_empty() || second.is_empty() || first == second;
    fits && key(one) == key(other)
}

/// The one word that a typed telephone number, or the beginning of one, is searched by; `None` for
/// any other text: words, dates, and short numbers beside each other, such as a house number and a
/// postcode.
pub fn typed(text: &str) -> Option<String> {
    /// From so many digits on, a number in parts is a telephone number although nothing marks it as
    /// one.
    const WHOLE: usize = 9;
    let text = text::fold(text);
    let in_one = text.bytes().all(|c| c.is_ascii_digit());
    let least = match (in_one, text.starts_with(['0', '+', '('])) {
        // A number of a record with zeros before it, or the beginning of a number abroad.
        (true, _) if text.starts_with("00") => 5,
        (true, _) | (false, true) => 4,
        (false, false) => WHOLE,
    };
    let count = digits(&text).len();
    if !is_spelt_like_one(&text) || count < least || text.starts_with("000") || is_date(&text) {
        return None;
    }
    let Number { code, rest } = Number::read(&text);
    // The index has no words of one or two characters.
    Some(if rest.len() < 3 { format!("{code}{rest}") } else { rest })
}

/// The words that lists are searched for when this is typed: a telephone number is one word.
pub fn searched_words(text: &str) -> Vec<String> {
    typed(text).map_or_else(|| text::words(text), |number| vec![number])
}

/// The digits of a text of digits and separators, if they are enough for a telephone number: what a
/// search may mean that has found none of its numbers as words.
pub fn loosely_typed(text: &str) -> Option<String> {
    const ENOUGH: usize = 6;
    let text = text::fold(text);
    let digits = digits(&text);
    (is_spelt_like_one(&text) && digits.len() >= ENOUGH && !is_date(&text)).then_some(digits)
}

fn is_spelt_like_one(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || " +().-/".contains(c))
}

/// Whether this is a date, or a month, with a year of four digits: `04/06/2024`, `2024-06-04`,
/// `12/2025`.
fn is_date(text: &str) -> bool {
    let parts = |separator: char| text.split(separator).collect::<Vec<_>>();
    let is_year = |part: &&str| part.len() == 4 && part.starts_with(['1', '2']);
    let is_day = |part: &&str| part.len() <= 2 && part.parse().is_ok_and(|day: u8| (1..=31).contains(&day));
    ['/', '-', '.', ' '].into_iter().any(|separator| match parts(separator).as_slice() {
        [first @ .., last] if is_year(last) => matches!(first.len(), 1 | 2) && first.iter().all(is_day),
        [first, last @ ..] if is_year(first) => matches!(last.len(), 1 | 2) && last.iter().all(is_day),
        _ => false,
    })
}

struct Number {
    /// The country code; empty if the number has none.
    code: String,
    /// The digits after it, without the 0 that is dialled only within a country.
    rest: String,
}

impl Number {
    fn read(phone: &str) -> Self {
        let digits = digits(phone);
        let first = phone.chars().find(|c| *c == '+' || c.is_ascii_digit());
        let abroad = if first == Some('+') { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        let (code, rest) = abroad.map_or(("", digits.as_str()), |abroad| abroad.split_at(code_length(abroad)));
        Self { code: code.to_owned(), rest: rest.strip_prefix('0').unwrap_or(rest).to_owned() }
    }
}

/// How many of the digits are the country code. No code is the beginning of another.
fn code_length(digits: &str) -> usize {
    const TWO: [&str; 46] = [
        "20", "27", "28", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82",
        "83", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let length = match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&two) => 2,
        _ => 3,
    };
    length.min(digits.len())
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_every_spelling() {
        for stored in
            ["+33 6 12 34 56 78", "06.12.34.56.78", "0033612345678", "+33 (0)6 12 34 56 78", "(+33) 612345678"]
        {
            for sought in [
                "0612345678",
                "06 12 34 56 78",
                "+33612345678",
                "+33 (0)6 12 34 56 78",
                "612345678",
                "0033 6 12 34 56 78",
                "06 12",
                "+33 6 12",
                "061234",
            ] {
                let word = typed(sought).unwrap();
                assert!(keys(stored).iter().any(|key| key.starts_with(&word)), "{sought} in {stored}: {word}");
            }
        }
        // Without a sign for it, the country code is found where it was stored as one.
        for sought in ["33612345678", "33 6 12 34 56 78"] {
            assert!(keys("+33 6 12 34 56 78").contains(&typed(sought).unwrap()), "{sought}");
        }
        assert_eq!(keys("+678 123 456 78"), ["67812345678", "12345678"]);
        assert_eq!(keys("+1 234 567 8901"), ["12345678901", "2345678901"]);
    }

    #[test]
    fn a_number_has_one_key_in_every_spelling() {
        for (spellings, same) in [
            (
                &[
                    "+33 6 12 34 56 78",
                    "06.12.34.56.78",
                    "0033612345678",
                    "+33 (0)6 12 34 56 78",
                    "(+33) 612345678",
                    "33 6 12 34 56 78",
                    "06-12/34 56 78",
                ][..],
                "612345678",
            ),
            (&["+678 123 456 78", "678 123 456 78", "12345678"], "12345678"),
            (&["+1 234 567 8901", "1-234-567-8901", "(234) 567-8901"], "2345678901"),
            (&["+666 12345"], "612345"),
        ] {
            for spelling in spellings {
                assert_eq!(key(spelling).as_deref(), Some(same), "{spelling}");
            }
        }
        for none in ["", "000 000", "00 00 00 00 00", "111111"] {
            assert_eq!(key(none), None, "{none}");
        }
    }

    #[test]
    fn other_texts_are_no_telephone_numbers() {
        for text in ["", "146", "12 34", "bouzin 0612345678", "contract 1460", "+", "n° 1999", "18h30"] {
            assert_eq!(typed(text), None, "{text}");
        }
        for (text, words) in [
            ("53 41120", &["53", "41120"][..]),
            ("798 765", &["798", "765"]),
            ("12-14", &["12", "14"]),
            ("2024-06-04", &["2024", "06", "04"]),
            ("04/06/2024", &["04", "06", "2024"]),
            ("4.6.2024", &["4", "6", "2024"]),
            ("04 06 2024", &["04", "06", "2024"]),
            ("12/2025", &["12", "2025"]),
            ("06/2025", &["06", "2025"]),
            ("0007", &["0007"]),
            ("0000146", &["0000146"]),
            ("41120 Candé", &["41120", "cande"]),
        ] {
            assert_eq!(searched_words(text), words, "{text}");
        }
        for (text, word) in [
            ("06 12", "612"),
            ("0612", "612"),
            ("061234", "61234"),
            ("+33 6 12", "612"),
            ("0033 6", "336"),
            ("33 6 12 34 56 78", "33612345678"),
            ("612.345.678", "612345678"),
            ("06/12/34", "61234"),
            ("06 12 20 24", "6122024"),
            ("(02) 41", "241"),
        ] {
            assert_eq!(typed(text).as_deref(), Some(word), "{text}");
        }
        assert_eq!(typed("1999").as_deref(), Some("1999"));
        assert_eq!(searched_words("06 12 34"), ["61234"]);
        assert_eq!(searched_words("Lou Bouzin"), ["lou", "bouzin"]);
    }
}
