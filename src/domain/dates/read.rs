//! Reads dates and times as people type them, in English and French.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::{
    distance::{behind, digits_meet, later, length, number, relative, unit_days, without_unit},
    missing::no_such_day,
    names::{Folded, MONTHS, WEEKDAYS},
};
use crate::domain::{error::Problem, text};

/// Which day is meant if the year, or the week of a weekday, is not typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The next matching day, today included.
    Future,
    /// The last matching day, today included.
    Past,
    /// The first matching day at or after this one: the last day of a range that begins there.
    From(NaiveDate),
    /// The next matching day, today included, if it is less than half a year away. A day without a year
    /// is otherwise one of this year: the end of what starts today is rarely later than that.
    Soon,
}

/// The years that are accepted. Any other is assumed to be a typing error. Within this range, adding
/// days or hours never exceeds what the databases can store.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;

/// Expressions, each with the word that replaces it before parsing.
const IDIOMS: [(&str, &str); 10] = [
    ("day after tomorrow", "apres-demain"),
    ("apres demain", "apres-demain"),
    ("day before yesterday", "avant-hier"),
    ("avant hier", "avant-hier"),
    ("heures", "h"),
    ("heure", "h"),
    ("hours", "h"),
    ("hour", "h"),
    ("minutes", "min"),
    ("minute", "min"),
];

/// Words before a distance from now, as in `in 3 days`.
const AHEAD: [&str; 2] = ["in", "dans"];

/// The number one, as in `dans une semaine`.
const ONE: [&str; 3] = ["one", "un", "une"];

/// Words that are ignored.
const FILLERS: [&str; 7] = ["at", "a", "le", "the", "on", "de", "of"];

/// Words for the direction from today.
const SIDES: [(&str, Direction); 7] = [
    ("next", Direction::Future),
    ("prochain", Direction::Future),
    ("prochaine", Direction::Future),
    ("last", Direction::Past),
    ("dernier", Direction::Past),
    ("derniere", Direction::Past),
    ("passe", Direction::Past),
];

/// The most words of a time: `18 h 30 min`.
const MOST_WORDS: usize = 4;

/// Reads a date: `14/08/2026`, `14/8`, `14 août`, `tomorrow`, `lundi`, `+3d`, `14/8 +3d`; the day comes
/// before the month. If no year or week is given, `prefer` decides, unless the words do (`last friday`). A
/// weekday never means today.
///
/// Errors: `Required` when empty; `NotADate` for text that is not a date; `NoSuchDay` for one
/// that does not exist; `YearOutOfRange` outside of [`YEARS`].
pub fn parse_date(typed: &str, today: NaiveDate, prefer: Direction) -> Result<NaiveDate, Problem> {
    let read = |typed: &str| one_date(typed, today, prefer);
    read(typed).or_else(|why| {
        let (base, distance) = behind(&plain(typed)).ok_or(why)?;
        let date = relative(&distance, read(&base)?).ok_or(why)?;
        believed(date).map(|()| date)
    })
}

/// The same without a distance behind the date.
fn one_date(typed: &str, today: NaiveDate, prefer: Direction) -> Result<NaiveDate, Problem> {
    if text::fold(typed).is_empty() {
        return Err(Problem::Required);
    }
    let (words, side) = words(typed);
    match day(&words, today, side.unwrap_or(prefer)) {
        Some((date, [])) => believed(date).map(|()| date),
        _ => Err(no_such_day(&words).unwrap_or(Problem::NotADate)),
    }
}

/// Reads a date with a time, in either order: `14/08/2026 18:30`, `14/8 18h`, `tomorrow 6pm`,
/// `in 3 days 6pm`, `+5h`, `14/8 18h +7d`, `18h +30m`. A time alone means the first such time at or after
/// `now`, and everything relative counts from `now`, but a distance behind a time from that time.
///
/// Errors: `Required` when empty; `TimeMissing` for a date alone, which is never taken for midnight;
/// `NotADateTime` for text that is not a date with a time; `NoSuchDay` for a day that does not exist;
/// `YearOutOfRange` outside of [`YEARS`].
pub fn parse_date_time(typed: &str, now: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
    with_distance(typed, |typed| one_date_time(typed, now, Direction::Future))
}

/// What `read` makes of the text, or of what stands before the distance at its end, moved by that.
fn with_distance(typed: &str, read: impl Fn(&str) -> Result<NaiveDateTime, Problem>) -> Result<NaiveDateTime, Problem> {
    let Some((base, distance)) = behind(&plain(typed)) else { return read(typed) };
    match read(&base) {
        Ok(time) => {
            let moved = later(&distance, time).ok_or(Problem::NotADateTime)?;
            believed(moved.date()).map(|()| moved)
        }
        Err(Problem::TimeMissing(date)) => {
            let moved = relative(&distance, date).ok_or(Problem::NotADateTime)?;
            believed(moved).and(Err(Problem::TimeMissing(moved)))
        }
        Err(why) => read(typed).map_err(|_| why),
    }
}

/// The same without a distance behind the date and the time.
fn one_date_time(typed: &str, now: NaiveDateTime, prefer: Direction) -> Result<NaiveDateTime, Problem> {
    if text::fold(typed).is_empty() {
        return Err(Problem::Required);
    }
    let (words, side) = words(typed);
    let prefer = side.unwrap_or(prefer);
    let read = || {
        let ahead = words.first().filter(|first| first.starts_with('+') && !digits_meet(&words));
        if let Some(length) = ahead.and_then(|_| length(&words.concat())) {
            return now.checked_add_signed(length);
        }
        if let Some(time) = time(&words) {
            let today = now.date().and_time(time);
            return if today < now { today.checked_add_days(Days::new(1)) } else { Some(today) };
        }
        if let Some((date, rest)) = day(&words, now.date(), prefer) {
            return time(rest).map(|time| date.and_time(time));
        }
        // The time comes first, as in `18h demain`.
        (1..=words.len().min(MOST_WORDS)).find_map(|at| {
            let (date, rest) = day(&words[at..], now.date(), prefer)?;
            time(&words[..at]).filter(|_| rest.is_empty()).map(|time| date.and_time(time))
        })
    };
    let Some(time) = read() else {
        return match day(&words, now.date(), prefer) {
            Some((date, [])) => believed(date).and(Err(Problem::TimeMissing(date))),
            _ => Err(no_such_day(&words).unwrap_or(Problem::NotADateTime)),
        };
    };
    believed(time.date()).map(|()| time)
}

/// Reads the end of what starts at `start`: as [`parse_date_time`] relative to the start, or how long
/// it lasts on the clock: `5h`, `90 min`, `1h30min`, `+1h30`. `24h` is the next midnight. Hours that come
/// after the start on its day are a time of day, so `17h` is five o'clock for what starts at three. So
/// are, without a `+`, hours with minutes as the French write them (`5h00`), and `02h` and `2:00`. A day
/// without a year that is half a year away or more is taken in the year of the start, and may be before
/// it.
///
/// Errors: as [`parse_date_time`].
pub fn parse_end(typed: &str, start: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
    with_distance(typed, |typed| one_end(typed, start))
}

/// The same without a distance behind it.
fn one_end(typed: &str, start: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
    let (words, _) = words(typed);
    if words.iter().any(|word| word.starts_with('+')) && digits_meet(&words) {
        return Err(Problem::NotADateTime);
    }
    let word = words.concat();
    if let ("24h" | "24h00" | "24:00", Some(next)) = (word.as_str(), start.date().succ_opt()) {
        return believed(next).map(|()| next.and_time(NaiveTime::MIN));
    }
    let is_length = |length: &TimeDelta| {
        word.starts_with(|c: char| matches!(c, '1'..='9'))
            && word.ends_with(|c: char| c.is_ascii_alphabetic())
            && (*length <= LONGEST_BARE || !word.ends_with('h'))
            && time(&words).is_none_or(|time| time <= start.time())
    };
    match length(&word).filter(is_length).and_then(|length| start.checked_add_signed(length)) {
        Some(end) => believed(end.date()).map(|()| end),
        None => one_date_time(typed, start, Direction::Soon),
    }
}

/// The most hours without a `+` and without the word for minutes that are a length and not a time of the
/// next day.
const LONGEST_BARE: TimeDelta = TimeDelta::hours(12);

/// The text folded, with the word for each idiom.
fn plain(typed: &str) -> String {
    let folded = text::fold(typed).replace(',', " ");
    IDIOMS.iter().fold(folded, |text, (idiom, word)| text.replace(idiom, word))
}

/// Splits the text into folded words without the ignored ones, and returns them with the direction
/// from today that the text names, if any.
fn words(typed: &str) -> (Vec<String>, Option<Direction>) {
    let folded = plain(typed);
    let mut words: Vec<String> = Vec::new();
    let mut side = None;
    for word in folded.split_whitespace().filter(|word| !FILLERS.contains(word)) {
        if let Some((_, named)) = SIDES.iter().find(|(name, _)| *name == word) {
            side = Some(*named);
        } else if AHEAD.contains(&word) {
            words.push("+".to_owned());
        } else if let Some(ahead) = words.last_mut().filter(|last| *last == "+") {
            let count = if ONE.contains(&word) || unit_days(word).is_some() { "1" } else { "" };
            ahead.push_str(count);
            ahead.push_str(if ONE.contains(&word) { "" } else { word });
        } else if let Some(amount) = words.last_mut().filter(|last| is_amount(last) && unit_days(word).is_some()) {
            amount.push_str(word);
        } else if let Some((date, time)) = word.split_once('t').filter(|(date, _)| date.len() == 10) {
            // Such as `2026-08-14t18:30`.
            words.extend([date.to_owned(), time.to_owned()]);
        } else {
            words.push(word.to_owned());
        }
    }
    (words, side)
}

/// Whether the word is an amount such as `+3`, whose unit follows.
fn is_amount(word: &str) -> bool {
    word.strip_prefix(['+', '-']).is_some_and(|digits| number::<u32>(digits, 5).is_some())
}

/// Reads a day at the beginning of the words, and returns it with the words after it.
fn day(words: &[String], today: NaiveDate, prefer: Direction) -> Option<(NaiveDate, &[String])> {
    let (first, rest) = words.split_first()?;
    if let Some(date) = relative(first, today) {
        return Some((date, rest));
    }
    let Some(weekday) = weekday(first) else { return calendar_day(words, today, prefer) };
    // The date in `lundi 14 décembre` has to be a Monday, or else one of the two is a mistake.
    match calendar_day(rest, today, prefer) {
        Some((date, rest)) => (date.weekday() == weekday).then_some((date, rest)),
        None => nearest(weekday, today, prefer).map(|date| (date, rest)),
    }
}

/// `14/8`, `2026-08-14`, `14 aug 2026`, `aug 14`, with or without a year.
fn calendar_day(words: &[String], today: NaiveDate, prefer: Direction) -> Option<(NaiveDate, &[String])> {
    let (first, rest) = words.split_first()?;
    if let Some(date) = numeric(first, today, prefer) {
        return Some((date, rest));
    }
    let (second, rest) = rest.split_first()?;
    let (day, month) = in_words(first, second)?;
    // The number in `14 décembre 18 h` or `14 décembre 18 h30` is no year.
    let is_unit = |word: &String| {
        let after_h = word.strip_prefix('h');
        matches!(word.trim_end_matches('.'), "am" | "pm" | "a.m" | "p.m")
            || after_h.is_some_and(|after| after.is_empty() || after.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_hour = rest.get(1).is_some_and(is_unit);
    match rest.split_first().filter(|_| !is_hour).and_then(|(word, rest)| Some((year(word)?, rest))) {
        Some((year, rest)) => NaiveDate::from_ymd_opt(year, month, day).map(|date| (date, rest)),
        None => without_year(day, month, today, prefer).map(|date| (date, rest)),
    }
}

/// Refuses a date outside of [`YEARS`].
fn believed(date: NaiveDate) -> Result<(), Problem> {
    let (least, most) = (*YEARS.start(), *YEARS.end());
    if YEARS.contains(&date.year()) { Ok(()) } else { Err(Problem::YearOutOfRange(least, most)) }
}

fn weekday(word: &str) -> Option<Weekday> {
    position(word, &WEEKDAYS).and_then(|at| Weekday::try_from(u8::try_from(at).ok()?).ok())
}

/// The next or the previous day with this weekday, never today; or the first one of a range.
fn nearest(wanted: Weekday, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    let whole_week = |days: u32| Days::new(if days == 0 { 7 } else { days.into() });
    match prefer {
        Direction::Future | Direction::Soon => today.checked_add_days(whole_week(wanted.days_since(today.weekday()))),
        Direction::Past => today.checked_sub_days(whole_week(today.weekday().days_since(wanted))),
        Direction::From(first) => first.checked_add_days(Days::new(wanted.days_since(first.weekday()).into())),
    }
}

/// A date in numbers, as [`in_numbers`] reads it, in the year that is meant.
fn numeric(word: &str, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    match in_numbers(word)? {
        (day, month, Some(year)) => NaiveDate::from_ymd_opt(year, month, day),
        (day, month, None) => without_year(day, month, today, prefer),
    }
}

/// A day, a month and perhaps a year; they need not exist.
pub(super) type Named = (u32, u32, Option<i32>);

/// `14/8`, `14/8/26`, `14.08.2026`, `14-aug-2026`, `2026-08-14`. Both separators have to be the same.
pub(super) fn in_numbers(word: &str) -> Option<Named> {
    let parts: Vec<&str> = word.split(word.chars().find(|c| matches!(c, '/' | '.' | '-'))?).collect();
    let month = |part: &str| number(part, 2).or_else(|| month(part));
    Some(match parts.as_slice() {
        [y, m, d] if y.len() == 4 => (number(d, 2)?, month(m)?, Some(year(y)?)),
        [d, m, y] => (number(d, 2)?, month(m)?, Some(year(y)?)),
        [d, m] => (number(d, 2)?, month(m)?, None),
        _ => return None,
    })
}

/// The day and the month of `14 aug` or `aug 14`.
pub(super) fn in_words(first: &str, second: &str) -> Option<(u32, u32)> {
    match (ordinal(first), month(second)) {
        (Some(day), Some(month)) => Some((day, month)),
        _ => Some((ordinal(second)?, month(first)?)),
    }
}

pub(super) fn year(word: &str) -> Option<i32> {
    match word.len() {
        2 => number::<i32>(word, 2).map(|year| 2000 + year),
        4 => number(word, 4),
        _ => None,
    }
}

/// The day in the nearest year in which it exists; for 29 February that may be eight years away.
fn without_year(day: u32, month: u32, today: NaiveDate, prefer: Direction) -> Option<NaiveDate> {
    let after = |first: NaiveDate, years| {
        NaiveDate::from_ymd_opt(first.year() + years, month, day).filter(|date| *date >= first)
    };
    let next = (0..=8).find_map(|years| match prefer {
        Direction::Future | Direction::Soon => after(today, years),
        Direction::Past => NaiveDate::from_ymd_opt(today.year() - years, month, day).filter(|date| *date <= today),
        Direction::From(first) => after(first, years),
    });
    let is_far = |next: &NaiveDate| today.checked_add_months(Months::new(6)).is_some_and(|far| *next >= far);
    if prefer == Direction::Soon && next.as_ref().is_some_and(is_far) {
        return NaiveDate::from_ymd_opt(today.year(), month, day).or(next);
    }
    next
}

/// `14`, `1er`, `2nd`.
fn ordinal(word: &str) -> Option<u32> {
    let (digits, ending) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
    let known = matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | ".");
    if known { number(digits, 2) } else { None }
}

/// 1 to 12.
fn month(word: &str) -> Option<u32> {
    position(word, &MONTHS).and_then(|at| u32::try_from(at + 1).ok())
}

/// The position of the name that the word abbreviates with at least three letters, perhaps followed
/// by a point. `None` if several names begin with the word, such as `jui`.
fn position(word: &str, languages: &Folded) -> Option<usize> {
    let word = word.trim_end_matches('.');
    let begins = |(at, name): (usize, &String)| name.starts_with(word).then_some(at);
    let mut found: Vec<usize> =
        languages.iter().flat_map(|names| names.iter().enumerate().filter_map(begins)).collect();
    found.dedup();
    if let ([at], 3..) = (found.as_slice(), word.len()) { Some(*at) } else { None }
}

/// `18:30`, `18h`, `18h30`, `18 h 30`, `6pm`, `6.30 p.m.`, `noon`, `minuit`. `None` if there is
/// anything else in the words.
fn time(words: &[String]) -> Option<NaiveTime> {
    if words.len() > MOST_WORDS || digits_meet(words) {
        return None;
    }
    let word = words.concat().replace("a.m", "am").replace("p.m", "pm");
    let word = word.trim_end_matches('.');
    match word {
        "noon" | "midi" => return NaiveTime::from_hms_opt(12, 0, 0),
        "midnight" | "minuit" => return Some(NaiveTime::MIN),
        _ => {}
    }
    let (clock, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (word, None),
    };
    let hours_alone = if half.is_some() { Some((clock, "")) } else { None };
    let parted = clock.split_once([':', 'h']).or_else(|| half.and(clock.split_once('.')));
    let (hours, minutes) = parted.or(hours_alone)?;
    let minutes = without_unit(minutes);
    let minutes = minutes.strip_suffix(":00").unwrap_or(minutes);
    let minute = if minutes.is_empty() { 0 } else { number(minutes, 2)? };
    let hour = match (number(hours, 2)?, half) {
        (hour, None) => hour,
        (hour @ 1..=12, Some(noon)) => hour % 12 + noon,
        _ => return None,
    };
    NaiveTime::from_hms_opt(hour, minute, 0)
}
