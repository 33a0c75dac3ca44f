//! Terms of payment as people write them: due days and shares, in English and French.

use chrono::NaiveDate;

use super::{
    dates::{self, Direction, unit_days},
    error::Problem,
    instalments::{Due, MOST_DAYS},
    language::Language,
    money::Cents,
    plans::WHOLE,
    text,
};

/// What days are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Signature,
    Event,
}

impl Anchor {
    fn and(self, days: i32) -> Due {
        match self {
            Self::Signature => Due::Signature(days),
            Self::Event => Due::Event(days),
        }
    }
}

/// Words for what days are counted from. A word may be cut to its first three letters.
const ANCHORS: [(&str, Anchor); 5] = [
    ("signature", Anchor::Signature),
    ("signing", Anchor::Signature),
    ("signed", Anchor::Signature),
    ("event", Anchor::Event),
    ("evenement", Anchor::Event),
];

/// Words that are ignored.
const FILLERS: [&str; 16] =
    ["the", "a", "at", "on", "upon", "of", "its", "le", "la", "les", "l", "d", "de", "du", "au", "des"];

/// Reads when an amount is due: a date as everywhere, or so many days from the signature or from the event:
/// `signature`, `signature + 30`, `30 days after signature`, `event - 60`, `60 jours avant l'événement`,
/// `J-60`, `on the day of the event`, `la veille de l'événement`, `2 weeks before the event`. A day without
/// a year is the next such day.
///
/// Errors: `Required` when empty; `OnlyDays` for months, whose length differs; `NotADueDay` for anything
/// else that cannot be read; and as [`dates::parse_date`] and [`Due::checked`].
pub fn parse_due(typed: &str, today: NaiveDate) -> Result<Due, Problem> {
    let words = words(typed);
    if let Some(due) = counted(&words) {
        return due.and_then(Due::checked);
    }
    match dates::parse_date(typed, today, Direction::Future) {
        Ok(day) => Ok(Due::On(day)),
        Err(Problem::NotADate) => Err(Problem::NotADueDay),
        Err(problem) => Err(problem),
    }
}

/// The folded words, numbers and signs, without the words that are ignored.
fn words(typed: &str) -> Vec<String> {
    let folded = text::fold(typed).replace(['\'', '.', ','], " ").replace(['−', '–'], "-");
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(' ') {
        let mut last = None;
        for letter in word.chars() {
            let kind = (letter.is_ascii_digit(), matches!(letter, '+' | '-'));
            match words.last_mut().filter(|_| last == Some(kind) && !kind.1) {
                Some(same) => same.push(letter),
                None => words.push(letter.to_string()),
            }
            last = Some(kind);
        }
    }
    words.retain(|word| !FILLERS.contains(&word.as_str()));
    words
}

/// What the words say if they count from the signature or from the event; `None` if they do not.
fn counted(words: &[String]) -> Option<Result<Due, Problem>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (anchor, distance): (Anchor, &[&str]) = match words.as_slice() {
        // How French planners write it: `J-60`, `jour J`.
        ["jour" | "j" | "day", "j"] => return Some(Ok(Due::Event(0))),
        ["j", distance @ ..] if matches!(distance, [] | ["+" | "-", ..]) => (Anchor::Event, distance),
        [first, distance @ ..] if anchor(first).is_some() => (anchor(first)?, distance),
        [distance @ .., last] => (anchor(last)?, distance),
        [] => return None,
    };
    Some(days(distance).map(|days| anchor.and(days)))
}

fn anchor(word: &str) -> Option<Anchor> {
    const SHORTEST: usize = 3;
    let is_meant = |name: &str| name.starts_with(word) && word.len() >= SHORTEST;
    ANCHORS.iter().find(|(name, _)| is_meant(name)).map(|(_, anchor)| *anchor)
}

/// The days that are said beside the signature or the event; negative before it.
fn days(distance: &[&str]) -> Result<i32, Problem> {
    match distance {
        [] | ["day" | "date" | "jour"] => Ok(0),
        ["veille" | "eve"] => Ok(-1),
        ["lendemain"] => Ok(1),
        ["+", amount @ ..] | [amount @ .., "after" | "apres" | "from" | "following" | "suivant"] => number(amount),
        ["-", amount @ ..] | [amount @ .., "before" | "avant"] => number(amount).map(|days| -days),
        _ => Err(Problem::NotADueDay),
    }
}

/// A number of days: `60`, `60 days`, `2 weeks`, `day`.
fn number(amount: &[&str]) -> Result<i32, Problem> {
    let (count, unit) = match amount {
        ["day" | "jour"] => return Ok(1),
        [count] => (count, "days"),
        [count, unit] => (count, *unit),
        _ => return Err(Problem::NotADueDay),
    };
    if count.is_empty() || !count.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Problem::NotADueDay);
    }
    let days = match unit_days(unit) {
        Some(0) => return Err(Problem::OnlyDays),
        Some(days) => days,
        None if matches!(unit, "year" | "years" | "an" | "ans" | "annee" | "annees") => return Err(Problem::OnlyDays),
        None => return Err(Problem::NotADueDay),
    };
    let most = i64::from(MOST_DAYS);
    let count = count.parse::<i32>().ok().and_then(|count| count.checked_mul(i32::try_from(days).ok()?));
    count.filter(|count| *count <= MOST_DAYS).ok_or(Problem::OutOfRange(-most, most))
}

/// A due day in words that [`parse_due`] reads again: `14/08/2026`, `at signature`, `30 days after
/// signature`, `le jour de l'événement`.
pub fn due_in_words(due: Due, language: Language) -> String {
    let (anchor, days) = match due {
        Due::On(day) => return dates::format_date(day),
        Due::Signature(days) => (Anchor::Signature, days),
        Due::Event(days) => (Anchor::Event, days),
    };
    match (language, anchor, days) {
        (Language::En, Anchor::Signature, 0) => return "at signature".to_owned(),
        (Language::En, Anchor::Event, 0) => return "on the day of the event".to_owned(),
        (Language::Fr, Anchor::Signature, 0) => return "à la signature".to_owned(),
        (Language::Fr, Anchor::Event, 0) => return "le jour de l'événement".to_owned(),
        _ => {}
    }
    let count = days.unsigned_abs();
    let unit = match (language, count) {
        (Language::En, 1) => "day",
        (Language::En, _) => "days",
        (Language::Fr, 1) => "jour",
        (Language::Fr, _) => "jours",
    };
    let side = match (language, days < 0) {
        (Language::En, true) => "before",
        (Language::En, false) => "after",
        (Language::Fr, true) => "avant",
        (Language::Fr, false) => "après",
    };
    let anchor = match (language, anchor) {
        (Language::En, Anchor::Signature) => "signature",
        (Language::En, Anchor::Event) => "the event",
        (Language::Fr, Anchor::Signature) => "la signature",
        (Language::Fr, Anchor::Event) => "l'événement",
    };
    format!("{count} {unit} {side} {anchor}")
}

/// Whether the text is a share, such as `30 %`, and no amount.
pub fn is_share(typed: &str) -> bool {
    typed.trim_end().ends_with('%')
}

/// Reads a share in hundredths of a percent: `30`, `30 %`, `33,33 %`.
///
/// Errors: `Required` when empty, `NotAShare`, also beyond ten times the whole.
pub fn parse_share(typed: &str) -> Result<i32, Problem> {
    let number = typed.trim().trim_end_matches('%').trim_end();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '−');
    if number.is_empty() && !is_share(typed) {
        return Err(Problem::Required);
    }
    // A share is written as an amount is, with two decimals at most.
    let share = Cents::parse(number).ok().filter(|_| number.chars().all(is_number));
    let share = share.and_then(|Cents(share)| i32::try_from(share).ok());
    share.filter(|share| share.abs() <= 10 * WHOLE).ok_or(Problem::NotAShare)
}

/// A share in words that [`parse_share`] reads again: `30 %`, `33.33 %`.
pub fn share_in_words(share: i32, language: Language) -> String {
    let number = Cents(share.into()).format(language);
    let short = number.strip_suffix(".00").or_else(|| number.strip_suffix(",00")).unwrap_or(&number);
    match language {
        Language::En => format!("{short} %"),
        Language::Fr => format!("{short}\u{a0}%"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn read(typed: &str) -> Result<Due, Problem> {
        parse_due(typed, day("2026-11-21"))
    }

    #[test]
    fn due_days_are_read_as_people_type_them() {
        for (typed, due) in [
            ("signature", Due::Signature(0)),
            ("Signature", Due::Signature(0)),
            ("at signature", Due::Signature(0)),
            ("à la signature", Due::Signature(0)),
            ("sig", Due::Signature(0)),
            ("signature + 30", Due::Signature(30)),
            ("signature+30", Due::Signature(30)),
            ("signature +30j", Due::Signature(30)),
            ("signature + 30 days", Due::Signature(30)),
            ("30 days after signature", Due::Signature(30)),
            ("30 days after the signing", Due::Signature(30)),
            ("30 j après la signature", Due::Signature(30)),
            ("30 jours après signature", Due::Signature(30)),
            ("event", Due::Event(0)),
            ("on the day of the event", Due::Event(0)),
            ("the day of the event", Due::Event(0)),
            ("le jour de l'événement", Due::Event(0)),
            ("le jour de l’évènement", Due::Event(0)),
            ("jour J", Due::Event(0)),
            ("J", Due::Event(0)),
            ("J-60", Due::Event(-60)),
            ("J - 60", Due::Event(-60)),
            ("j+1", Due::Event(1)),
            ("event - 60", Due::Event(-60)),
            ("event-60", Due::Event(-60)),
            ("event − 60", Due::Event(-60)),
            ("événement - 60", Due::Event(-60)),
            ("EVENT -60 days", Due::Event(-60)),
            ("60 days before the event", Due::Event(-60)),
            ("60 jours avant l'événement", Due::Event(-60)),
            ("60j avant l'événement", Due::Event(-60)),
            ("60 avant evenement", Due::Event(-60)),
            ("2 weeks before the event", Due::Event(-14)),
            ("2 semaines avant l'événement", Due::Event(-14)),
            ("the day before the event", Due::Event(-1)),
            ("la veille de l'événement", Due::Event(-1)),
            ("le lendemain de l'événement", Due::Event(1)),
            ("event - 3660", Due::Event(-3_660)),
            ("14/08/2027", Due::On(day("2027-08-14"))),
            ("14/8", Due::On(day("2027-08-14"))),
            ("14 août", Due::On(day("2027-08-14"))),
            ("tomorrow", Due::On(day("2026-11-22"))),
            ("14 sept", Due::On(day("2027-09-14"))),
        ] {
            assert_eq!(read(typed), Ok(due), "{typed}");
        }
    }

    #[test]
    fn what_is_no_due_day_is_refused_with_the_reason() {
        for (typed, problem) in [
            ("", Problem::Required),
            ("  ", Problem::Required),
            ("signature + 1 month", Problem::OnlyDays),
            ("signature + 1 mois", Problem::OnlyDays),
            ("3 months before the event", Problem::OnlyDays),
            ("1 an après la signature", Problem::OnlyDays),
            ("event - 3661", Problem::OutOfRange(-3_660, 3_660)),
            ("event - 99999999999999999999", Problem::OutOfRange(-3_660, 3_660)),
            ("600 weeks after signature", Problem::OutOfRange(-3_660, 3_660)),
            ("31/02/2027", Problem::NoSuchDay { day: 31, month: 2, year: Some(2027) }),
            ("14/8/1026", Problem::YearOutOfRange(1_900, 2_200)),
            ("soon", Problem::NotADueDay),
            ("30 days", Problem::NotADueDay),
            ("event event", Problem::NotADueDay),
            ("event 60", Problem::NotADueDay),
            ("event - x", Problem::NotADueDay),
            ("event -", Problem::NotADueDay),
            ("1 2 days before the event", Problem::NotADueDay),
            ("ev - 60", Problem::NotADueDay),
        ] {
            assert_eq!(read(typed), Err(problem), "{typed}");
        }
    }

    #[test]
    fn due_days_are_written_as_people_say_them() {
        for (due, english, french) in [
            (Due::On(day("2027-08-14")), "14/08/2027", "14/08/2027"),
            (Due::Signature(0), "at signature", "à la signature"),
            (Due::Signature(30), "30 days after signature", "30 jours après la signature"),
            (Due::Event(0), "on the day of the event", "le jour de l'événement"),
            (Due::Event(-60), "60 days before the event", "60 jours avant l'événement"),
            (Due::Event(-1), "1 day before the event", "1 jour avant l'événement"),
        ] {
            assert_eq!(due_in_words(due, Language::En), english);
            assert_eq!(due_in_words(due, Language::Fr), french);
        }
    }

    #[test]
    fn shares_are_read_as_people_write_them() {
        for (typed, share) in [
            ("30", 3_000),
            ("30 %", 3_000),
            ("30%", 3_000),
            ("30\u{a0}%", 3_000),
            ("33,33 %", 3_333),
            ("33.3", 3_330),
            ("0", 0),
            ("-5", -500),
        ] {
            assert_eq!(parse_share(typed), Ok(share), "{typed}");
        }
        assert_eq!(parse_share(" "), Err(Problem::Required));
        for typed in ["%", "a third", "30 €", "1/3", "33,333", "99999999999", "3 0 %"] {
            assert_eq!(parse_share(typed), Err(Problem::NotAShare), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn written_due_days_are_read_back(days in -MOST_DAYS..=MOST_DAYS, from in 0..109_938_i64) {
            let on = day("1900-01-01") + chrono::TimeDelta::days(from);
            for language in [Language::En, Language::Fr] {
                for due in [Due::Signature(days), Due::Event(days), Due::On(on)] {
                    prop_assert_eq!(read(&due_in_words(due, language)), Ok(due));
                }
            }
        }

        #[test]
        fn written_shares_are_read_back(share in -99_999..=99_999) {
            for language in [Language::En, Language::Fr] {
                prop_assert_eq!(parse_share(&share_in_words(share, language)), Ok(share));
            }
        }

        #[test]
        fn no_typed_text_panics(text in prop_oneof![any::<String>(), "[-+0-9 a-z%']{0,24}"]) {
            let _ = (read(&text), parse_share(&text));
        }
    }
}
