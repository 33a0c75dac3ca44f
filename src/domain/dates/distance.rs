//! Distances between days, as people type them: `+3d`, `-2 semaines`, `demain`.

use std::str::FromStr;

use chrono::{Days, Months, NaiveDate, TimeDelta};

use crate::domain::text;

/// Words for a day, with its distance from today in days.
const RELATIVE: [(&str, i64); 9] = [
    ("today", 0),
    ("aujourd'hui", 0),
    ("aujourdhui", 0),
    ("tomorrow", 1),
    ("demain", 1),
    ("yesterday", -1),
    ("hier", -1),
    ("apres-demain", 2),
    ("avant-hier", -2),
];

/// `today`, `demain`, `+3d`, `-2w`, `+1m`.
pub(super) fn relative(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some((_, days)) = RELATIVE.iter().find(|(name, _)| *name == word) {
        return today.checked_add_signed(TimeDelta::days(*days));
    }
    let amount = word.strip_prefix(['+', '-'])?;
    let (digits, unit) = amount.split_at(amount.find(|c: char| !c.is_ascii_digit())?);
    let count: u32 = number(digits, 5)?;
    let days = Days::new(u64::from(count) * unit_days(unit)?);
    // Months have no fixed number of days: `unit_days` returns 0 for them, and they are added here.
    let months = Months::new(if unit_days(unit) == Some(0) { count } else { 0 });
    if word.starts_with('+') {
        today.checked_add_days(days)?.checked_add_months(months)
    } else {
        today.checked_sub_days(days)?.checked_sub_months(months)
    }
}

/// The number of days of a unit; 0 for months.
pub(super) fn unit_days(unit: &str) -> Option<u64> {
    match unit {
        "d" | "j" | "day" | "days" | "jour" | "jours" => Some(1),
        "w" | "s" | "week" | "weeks" | "sem" | "semaine" | "semaines" => Some(7),
        "m" | "month" | "months" | "mois" => Some(0),
        _ => None,
    }
}

/// Splits a distance that is typed behind a date from it, both folded: `14/8 18h +7 days` is seven
/// days after `14/8 18h`. The distance is one for [`relative`]; `2027-02-29` has none.
pub(super) fn behind(typed: &str) -> Option<(String, String)> {
    let folded = text::fold(typed);
    let (date, distance) = folded.split_at(folded.rfind(['+', '-'])?);
    let distance: String = distance.split_whitespace().collect();
    unit_days(distance[1..].trim_start_matches(|c: char| c.is_ascii_digit()))?;
    (!date.trim().is_empty()).then(|| (date.to_owned(), distance))
}

/// Parses a number of at most `most` digits; `None` if there is anything else.
pub(super) fn number<T: FromStr>(digits: &str, most: usize) -> Option<T> {
    let plain = digits.len() <= most && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}
