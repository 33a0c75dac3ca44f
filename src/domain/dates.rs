//! Dates and times as people write them, in English and French, and back.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use super::{error::Problem, language::Language, text};

/// Which year is meant when none is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The next such day, today included.
    Future,
    /// The last such day, today included.
    Past,
}

/// The years that are believed.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

const MONTHS: [(&str, u32); 24] = [
    ("january", 1),
    ("janvier", 1),
    ("february", 2),
    ("fevrier", 2),
    ("march", 3),
    ("mars", 3),
    ("april", 4),
    ("avril", 4),
    ("may", 5),
    ("mai", 5),
    ("june", 6),
    ("juin", 6),
    ("july", 7),
    ("juillet", 7),
    ("august", 8),
    ("aout", 8),
    ("september", 9),
    ("septembre", 9),
    ("october", 10),
    ("octobre", 10),
    ("november", 11),
    ("novembre", 11),
    ("december", 12),
    ("decembre", 12),
];

const WEEKDAYS: [(&str, Weekday); 14] = [
    ("monday", Weekday::Mon),
    ("lundi", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("mardi", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("mercredi", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("jeudi", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("vendredi", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("samedi", Weekday::Sat),
    ("sunday", Weekday::Sun),
    ("dimanche", Weekday::Sun),
];

const RELATIVE: [(&str, i64); 8] = [
    ("today", 0),
    ("aujourd'hui", 0),
    ("tomorrow", 1),
    ("demain", 1),
    ("yesterday", -1),
    ("hier", -1),
    ("apres-demain", 2),
    ("avant-hier", -2),
];

/// Words that say nothing of their own.
const FILLERS: [&str; 10] = ["at", "a", "le", "the", "on", "next", "prochain", "de", "of", "of,"];

/// Reads a date: `14/08/2026`, `14/8`, `14 août`, `tomorrow`, `lundi`, `+3d`.
pub fn parse_date(typed: &str, today: NaiveDate, prefer: Direction) -> Result<NaiveDate, Problem> {
    let words = words(typed);
    if words.is_empty() {
        return Err(Problem::Required);
    }
    match day(&words, today, prefer) {
        Some((date, [])) => Ok(date),
        _ => Err(Problem::NotADate),
    }
}

/// Reads a date with a time: `14/08/2026 18:30`, `14/8 18h`, `tomorrow 6pm`, `+3d`. A date
/// alone means midnight; a time alone means the first such time at or after `now`.
pub fn parse_date_time(typed: &str, now: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
    let words = words(typed);
    if words.is_empty() {
        return Err(Problem::Required);
    }
    if let Some(time) = time(&words) {
        let today = now.date().and_time(time);
        let next = if today < now { today.checked_add_days(Days::new(1)) } else { Some(today) };
        return next.ok_or(Problem::NotADateTime);
    }
    let (date, rest) = day(&words, now.date(), Direction::Future).ok_or(Problem::NotADateTime)?;
    let time = if rest.is_empty() { Some(NaiveTime::MIN) } else { time(rest) };
    time.map(|time| date.and_time(time)).ok_or(Problem::NotADateTime)
}

fn words(typed: &str) -> Vec<String> {
    let folded = text::fold(typed).replace('’', "'").replace("day after tomorrow", "+2d");
    let spaced = iso_apart(&folded).replace(',', " ");
    spaced.split_whitespace().filter(|word| !FILLERS.contains(word)).map(str::to_owned).collect()
}

/// `2026-08-14t18:30` in two words.
fn iso_apart(folded: &str) -> String {
    match folded.as_bytes() {
        [y, ..] if y.is_ascii_digit() && folded.len() >= 11 && folded.as_bytes()[10] == b't' => {
            folded.replacen('t', " ", 1)
        }
        _ => folded.to_owned(),
    }
}

/// A day at the beginning of the words, and the words behind it.
fn day(words: &[String], today: NaiveDate, prefer: Direction) -> Option<(NaiveDate, &[String])> {
    let (first, rest) = words.split_first()?;
    let date =
        relative(first, today).or_else(|| weekday(first, today, prefer)).or_else(|| numeric(first, today, prefer));
    if let Some(date) = date {
        return within(date).map(|date| (date, rest));
    }
    // `14 aug 2026` or `aug 14 2026`, the year at will.
    let second = rest.first()?;
    let (day, month) = match (ordinal(first), month(second)) {
        (Some(day), Some(month)) => (day, month),
        _ => (ordinal(second)?, month(first)?),
    };
    let rest = &rest[1..];
    if let Some(year) = rest.first().and_then(|word| year(word)) {
        return within(NaiveDate::from_ymd_opt(year, month, day)?).map(|date| (date, &rest[1..]));
    }
    within(without_year(day, month, today, prefer)?).map(|date| (date, rest))
}

fn within(date: NaiveDate) -> Option<NaiveDate> {
    YEARS.contains(&date.year()).then_some(date)
}

/// `today`, `demain`, `+3d`, `-2w`, `+1m`.
fn relative(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some((_, days)) = RELATIVE.iter().find(|(name, _)| *name == word) {
        return today.checked_add_signed(TimeDelta::days(*days));
    }
    let (forward, amount) = match word.strip_prefix('+') {
        Some(amount) => (true, amount),
        None => (false, word.strip_prefix('-')?),
    };
    let unit = amount.find(|c: char| !c.is_ascii_digit())?;
    let count: u32 = amount[..unit].parse().ok().filter(|count| *count <= 100_000)?;
    let days = match &amount[unit..] {
        "d" | "j" | "day" | "days" | "jour" | "jours" => u64::from(count),
        "w" | "s" | "week" | "weeks" | "sem" | "semaine" | "semaines" => u64::from(count) * 7,
        "m" | "month" | "months" | "mois" => {
            let months = Months::new(count);
            return if forward { today.checked_add_months(months) } else { today.checked_sub_months(months) };
        }
        _ => return None,
    };
    if forward { today.checked_add_days(Days::new(days)) } else { today.checked_sub_days(Days::new(days)) }
}

/// The next (or last) such weekday; never today.
fn weekday(word: &str, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    let (_, wanted) = WEEKDAYS.iter().find(|(name, _)| is_short_for(word, name))?;
    let ahead = (wanted.days_since(today.weekday()) + 6) % 7 + 1;
    match prefer {
        Direction::Future => today.checked_add_days(Days::new(ahead.into())),
        Direction::Past => today.checked_sub_days(Days::new((7 - u64::from(ahead % 7)) % 8)),
    }
}

/// `14/8`, `14/8/26`, `14.08.2026`, `2026-08-14`.
fn numeric(word: &str, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    let parts: Vec<&str> = word.split(['/', '.', '-']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 => NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?),
        [d, m, y] => NaiveDate::from_ymd_opt(year(y)?, m.parse().ok()?, d.parse().ok()?),
        [d, m] => without_year(d.parse().ok()?, m.parse().ok()?, today, prefer),
        _ => None,
    }
}

fn year(word: &str) -> Option<i32> {
    let number: i32 = word.parse().ok()?;
    match word.len() {
        2 => Some(2000 + number),
        4 => Some(number),
        _ => None,
    }
}

/// The nearest year in which the day exists (29 February included).
fn without_year(day: u32, month: u32, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    (0..=8).find_map(|years| match prefer {
        Direction::Future => NaiveDate::from_ymd_opt(today.year() + years, month, day).filter(|date| *date >= today),
        Direction::Past => NaiveDate::from_ymd_opt(today.year() - years, month, day).filter(|date| *date <= today),
    })
}

fn ordinal(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = &word[digits.len()..];
    let known = matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | ".");
    if known { digits.parse().ok() } else { None }
}

fn month(word: &str) -> Option<u32> {
    MONTHS.iter().find(|(name, _)| is_short_for(word, name)).map(|(_, number)| *number)
}

/// Three letters or more of the name, with or without a point.
fn is_short_for(word: &str, name: &str) -> bool {
    let word = word.trim_end_matches('.');
    word.len() >= 3 && name.starts_with(word)
}

/// `18:30`, `18h`, `18h30`, `6pm`, `6:30 pm`, `noon`, `minuit`.
fn time(words: &[String]) -> Option<NaiveTime> {
    let word = match words {
        [one] => one.clone(),
        [clock, half] if half == "am" || half == "pm" => format!("{clock}{half}"),
        _ => return None,
    };
    match word.as_str() {
        "noon" | "midi" => return NaiveTime::from_hms_opt(12, 0, 0),
        "midnight" | "minuit" => return Some(NaiveTime::MIN),
        _ => {}
    }
    let (clock, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (word.as_str(), None),
    };
    let (hours, minutes) = match clock.split_once([':', 'h']) {
        Some((hours, "")) => (hours, "0"),
        Some(parts) => parts,
        None if half.is_some() => (clock, "0"),
        None => return None,
    };
    let minutes = minutes.trim_end_matches(":00");
    let number = |digits: &str| (digits.len() <= 2).then(|| digits.parse::<u32>().ok()).flatten();
    let hour = match (number(hours)?, half) {
        (hour, None) => hour,
        (hour @ 1..=12, Some(noon)) => hour % 12 + noon,
        _ => return None,
    };
    NaiveTime::from_hms_opt(hour, number(minutes)?, 0)
}

/// `14/08/2026` in both languages.
pub fn format_date(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// `14/08/2026 18:30` in both languages.
pub fn format_date_time(time: NaiveDateTime) -> String {
    time.format("%d/%m/%Y %H:%M").to_string()
}

/// `Fri 14 August 2026` or `ven. 14 août 2026`.
pub fn spell_date(date: NaiveDate, language: Language) -> String {
    const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const DAYS_FR: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];
    const MONTHS_EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const MONTHS_FR: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let (days, months) = match language {
        Language::En => (DAYS_EN, MONTHS_EN),
        Language::Fr => (DAYS_FR, MONTHS_FR),
    };
    let day = days[date.weekday().num_days_from_monday() as usize % 7];
    let month = months[date.month0() as usize % 12];
    format!("{day} {} {month} {}", date.day(), date.year())
}

/// `Fri 14 August 2026, 18:30` or `ven. 14 août 2026, 18:30`.
pub fn spell_date_time(time: NaiveDateTime, language: Language) -> String {
    format!("{}, {}", spell_date(time.date(), language), time.format("%H:%M"))
}

/// Monday 00:00 of the week that holds the day, and the next one's.
pub fn week_of(day: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
    let monday = day - TimeDelta::days(day.weekday().num_days_from_monday().into());
    (monday.and_time(NaiveTime::MIN), (monday + TimeDelta::days(7)).and_time(NaiveTime::MIN))
}

/// What the clock on the wall shows in a time zone at an instant (UTC).
pub fn to_wall(utc: NaiveDateTime, time_zone: Tz) -> NaiveDateTime {
    utc.and_utc().with_timezone(&time_zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    /// A Saturday.
    fn now() -> NaiveDateTime {
        at("2026-11-21 10:00")
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (typed, expected) in [
            ("14/08/2026 18:30", "2026-08-14 18:30"),
            ("14/8/27 18h30", "2027-08-14 18:30"),
            ("14/8 18h", "2027-08-14 18:00"),
            ("22/11 9:05", "2026-11-22 09:05"),
            ("2026-08-14T18:30", "2026-08-14 18:30"),
            ("2026-08-14 18:30", "2026-08-14 18:30"),
            ("14.08.2026 à 18h", "2026-08-14 18:00"),
            ("14 aug 2026 6pm", "2026-08-14 18:00"),
            ("14 août 18h", "2027-08-14 18:00"),
            ("Aug 14 6:30 PM", "2027-08-14 18:30"),
            ("1er juin 2027 midi", "2027-06-01 12:00"),
            ("tomorrow 6pm", "2026-11-22 18:00"),
            ("demain 18h", "2026-11-22 18:00"),
            ("day after tomorrow 9am", "2026-11-23 09:00"),
            ("lundi 9h", "2026-11-23 09:00"),
            ("next saturday 8:00", "2026-11-28 08:00"),
            ("+3d", "2026-11-24 00:00"),
            ("+2w 14:00", "2026-12-05 14:00"),
            ("+1m 14:00", "2026-12-21 14:00"),
            ("18:30", "2026-11-21 18:30"),
            ("9:00", "2026-11-22 09:00"),
            ("12am", "2026-11-22 00:00"),
            ("4 June 2027 1:00 pm", "2027-06-04 13:00"),
        ] {
            assert_eq!(parse_date_time(typed, now()), Ok(at(expected)), "{typed}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for typed in [
            "31/02/2027 10:00",
            "29/02/2027 10:00",
            "14/13/2026 10:00",
            "14/8 25:00",
            "14/8 18:60",
            "soon",
            "14/8/2026 10:00 x",
            "13pm",
            "1/1/3026",
        ] {
            assert_eq!(parse_date_time(typed, now()), Err(Problem::NotADateTime), "{typed}");
        }
    }

    #[test]
    fn a_date_without_a_year_lies_where_it_is_looked_for() {
        let today = now().date();
        let read = |typed, prefer| parse_date(typed, today, prefer).unwrap().to_string();
        assert_eq!(read("20/11", Direction::Past), "2026-11-20");
        assert_eq!(read("22/11", Direction::Past), "2025-11-22");
        assert_eq!(read("20/11", Direction::Future), "2027-11-20");
        assert_eq!(read("29 March 2023", Direction::Past), "2023-03-29");
        assert_eq!(read("hier", Direction::Past), "2026-11-20");
        assert_eq!(read("friday", Direction::Past), "2026-11-20");
        assert_eq!(read("saturday", Direction::Past), "2026-11-14");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(days in 0_i64..100_000, minutes in 0_i64..1440) {
            let time = at("1900-01-01 00:00") + TimeDelta::days(days) + TimeDelta::minutes(minutes);
            prop_assert_eq!(parse_date_time(&format_date_time(time), now()), Ok(time));
            for language in [Language::En, Language::Fr] {
                let spelled = spell_date_time(time, language);
                let without_weekday = spelled.split_once(' ').map_or("", |(_, rest)| rest);
                prop_assert_eq!(parse_date_time(without_weekday, now()), Ok(time), "{}", spelled);
            }
        }

        #[test]
        fn nothing_typed_panics(text in any::<String>()) {
            let _ = parse_date_time(&text, now());
            let _ = parse_date(&text, now().date(), Direction::Past);
        }

        #[test]
        fn something_like_a_date_never_panics(text in "[0-9+./:hdjwm tapr-]{0,16}") {
            let _ = parse_date_time(&text, now());
            prop_assert_eq!(parse_date_time(&text, now()), parse_date_time(&text.to_uppercase(), now()));
        }
    }
}
