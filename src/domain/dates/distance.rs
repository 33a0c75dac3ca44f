//! Distances between days and times, as people type them: `+3d`, `-2 semaines`, `demain`, `+1h30`.

use std::str::FromStr;

use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};

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

/// The number of days of a unit in its folded notation, such as `days` or `sem`; 0 for months.
pub fn unit_days(unit: &str) -> Option<u64> {
    match unit {
        "d" | "j" | "day" | "days" | "jour" | "jours" => Some(1),
        "w" | "s" | "week" | "weeks" | "sem" | "semaine" | "semaines" => Some(7),
        "m" | "month" | "months" | "mois" => Some(0),
        _ => None,
    }
}

/// Splits a distance that is typed behind a date or a time from it: `14/8 18h +7 days` is seven days
/// after `14/8 18h`. The text is folded. The distance is one for [`relative`] or [`later`];
/// `2027-02-29` has none.
pub(super) fn behind(folded: &str) -> Option<(String, String)> {
    let (date, distance) = folded.split_at(folded.rfind(['+', '-'])?);
    let words: Vec<&str> = distance.split_whitespace().collect();
    if digits_meet(&words) {
        return None;
    }
    let distance = words.concat();
    let days = unit_days(distance[1..].trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_known = days.is_some() || on_the_clock(&distance).is_some();
    (is_known && !date.trim().is_empty()).then(|| (date.to_owned(), distance))
}

/// The time that lies so far from a time: `+30m`, `+1h30`, `-3d`. The letter `m` is for minutes here,
/// since nobody means months behind a time of day.
pub(super) fn later(distance: &str, time: NaiveDateTime) -> Option<NaiveDateTime> {
    match on_the_clock(distance) {
        Some(length) => time.checked_add_signed(length),
        None => relative(distance, time.date()).map(|date| date.and_time(time.time())),
    }
}

/// A distance in hours and minutes. Hours are only added: `18h-20h` are two times.
fn on_the_clock(distance: &str) -> Option<TimeDelta> {
    let minutes = |amount: &str| number(amount.strip_suffix('m')?, 4).map(TimeDelta::minutes);
    let length = |amount| length(amount).or_else(|| minutes(amount));
    match distance.strip_prefix('-') {
        Some(amount) if amount.contains('h') => None,
        Some(amount) => length(amount).map(|length| -length),
        None => length(distance.strip_prefix('+')?),
    }
}

/// How long something lasts: `5h`, `+1h30`, `90min`. `None` if there is anything else in the word.
pub(super) fn length(word: &str) -> Option<TimeDelta> {
    let word = word.trim_start_matches('+');
    let Some((hours, minutes)) = word.split_once('h') else {
        let minutes = word.strip_suffix("min").or_else(|| word.strip_suffix("mn"))?;
        return number(minutes, 4).map(TimeDelta::minutes);
    };
    let minutes = without_unit(minutes);
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2).filter(|minutes| *minutes < 60)? };
    Some(TimeDelta::hours(number(hours, 3)?) + TimeDelta::minutes(minutes))
}

/// The minutes after hours, without the word for them.
pub(super) fn without_unit(minutes: &str) -> &str {
    ["min", "mn", "m"].iter().find_map(|unit| minutes.strip_suffix(unit)).unwrap_or(minutes)
}

/// Whether two of the words would become another number if all were joined: `1,5h` is read as `1 5h`.
pub(super) fn digits_meet(words: &[impl AsRef<str>]) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    words.windows(2).any(|pair| pair[0].as_ref().ends_with(is_digit) && pair[1].as_ref().starts_with(is_digit))
}

/// Parses a number of at most `most` digits; `None` if there is anything else.
pub(super) fn number<T: FromStr>(digits: &str, most: usize) -> Option<T> {
    let plain = digits.len() <= most && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}
