//! Writes dates and times for users, in English and French.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::names::{MONTHS_EN, MONTHS_FR, WEEKDAYS_EN, WEEKDAYS_FR};
use crate::domain::language::Language;

/// `14/08/2026` in both languages.
pub fn format_date(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// `14/08/2026 18:30` in both languages.
pub fn format_date_time(time: NaiveDateTime) -> String {
    time.format("%d/%m/%Y %H:%M").to_string()
}

/// `Fri 14 August 2026` or `ven. 14 août 2026`; the first of a month is `1er` in French.
pub fn spell_date(date: NaiveDate, language: Language) -> String {
    let (weekdays, point, months) = match language {
        Language::En => (WEEKDAYS_EN, "", MONTHS_EN),
        Language::Fr => (WEEKDAYS_FR, ".", MONTHS_FR),
    };
    let first = if language == Language::Fr && date.day() == 1 { "er" } else { "" };
    let weekday = weekdays.split(' ').nth(date.weekday().num_days_from_monday() as usize).unwrap_or_default();
    let month = months.split(' ').nth(date.month0() as usize).unwrap_or_default();
    format!("{weekday:.3}{point} {}{first} {month} {}", date.day(), date.year())
}

/// `Fri 14 August 2026` or, as French sentences have it, `vendredi 14 août 2026`.
pub fn in_sentence(date: NaiveDate, language: Language) -> String {
    let short = spell_date(date, language);
    let weekday = WEEKDAYS_FR.split(' ').nth(date.weekday().num_days_from_monday() as usize).unwrap_or_default();
    match (language, short.split_once(' ')) {
        (Language::Fr, Some((_, day))) => format!("{weekday} {day}"),
        _ => short,
    }
}

/// `Friday 14 August 2026` or `vendredi 14 août 2026`, as printed documents have it.
pub fn in_full(date: NaiveDate, language: Language) -> String {
    let weekday = weekdays(language).nth(date.weekday().num_days_from_monday() as usize).unwrap_or_default();
    format!("{weekday} {}", without_weekday(date, language))
}

/// `14 August 2026` or `14 août 2026`.
pub fn without_weekday(date: NaiveDate, language: Language) -> String {
    let short = spell_date(date, language);
    short.split_once(' ').map_or_else(String::new, |(_, day)| day.to_owned())
}

/// `Fri 14 August 2026, 18:30` or `vendredi 14 août 2026 à 18 h 30`.
pub fn time_in_sentence(time: NaiveDateTime, language: Language) -> String {
    let day = in_sentence(time.date(), language);
    match language {
        Language::En => format!("{day}, {}", hour(time, language)),
        Language::Fr => format!("{day} à {}", hour(time, language)),
    }
}

/// `18:30`, or `18 h 30` and `18 h`.
pub fn hour(time: NaiveDateTime, language: Language) -> String {
    match (language, time.minute()) {
        (Language::En, _) => time.format("%H:%M").to_string(),
        (Language::Fr, 0) => format!("{}\u{a0}h", time.hour()),
        (Language::Fr, minute) => format!("{}\u{a0}h\u{a0}{minute:02}", time.hour()),
    }
}

/// `31 February 2027` or `31 février 2027`: of a day that need not exist.
pub fn spell_any_day(day: u32, month: u32, year: Option<i32>, language: Language) -> String {
    let months = match language {
        Language::En => MONTHS_EN,
        Language::Fr => MONTHS_FR,
    };
    let month = usize::try_from(month).ok().and_then(|month| months.split(' ').nth(month.checked_sub(1)?));
    let year = year.map(|year| format!(" {year}")).unwrap_or_default();
    format!("{day} {}{year}", month.unwrap_or_default())
}

/// `August 2026` or `août 2026`.
pub fn spell_month(day: NaiveDate, language: Language) -> String {
    let months = match language {
        Language::En => MONTHS_EN,
        Language::Fr => MONTHS_FR,
    };
    format!("{} {}", months.split(' ').nth(day.month0() as usize).unwrap_or_default(), day.year())
}

/// `Aug 2026` or `août 2026`.
pub fn short_month(day: NaiveDate, language: Language) -> String {
    const FRENCH: &str = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.";
    match language {
        Language::En => day.format("%b %Y").to_string(),
        Language::Fr => {
            format!("{} {}", FRENCH.split(' ').nth(day.month0() as usize).unwrap_or_default(), day.year())
        }
    }
}

/// The names of the weekdays, Monday first.
pub fn weekdays(language: Language) -> impl Iterator<Item = &'static str> {
    match language {
        Language::En => WEEKDAYS_EN.split(' '),
        Language::Fr => WEEKDAYS_FR.split(' '),
    }
}

/// `Fri 14 August 2026, 18:30` or `ven. 14 août 2026, 18:30`.
pub fn spell_date_time(time: NaiveDateTime, language: Language) -> String {
    format!("{}, {}", spell_date(time.date(), language), time.format("%H:%M"))
}

/// Monday 00:00 of the week of this day, and of the next week. Panics for days within a week of the
/// limits of chrono's calendar, some 260,000 years from now.
pub fn week_of(day: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
    let monday = day - TimeDelta::days(day.weekday().num_days_from_monday().into());
    (monday.and_time(NaiveTime::MIN), (monday + TimeDelta::days(7)).and_time(NaiveTime::MIN))
}

/// The wall-clock time in a time zone at an instant (UTC).
pub fn to_wall(utc: NaiveDateTime, time_zone: Tz) -> NaiveDateTime {
    utc.and_utc().with_timezone(&time_zone).naive_local()
}
