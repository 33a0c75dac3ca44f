//! Numbers, dates and times of workbooks as texts that every reader of the program understands.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// What a number of a workbook in xlsx is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A number of at least so many digits: `00000` is for postal codes, and `0# ## ## ## ##` for the
    /// telephone numbers of France. It is rounded to so many decimals, if that is said.
    Number {
        digits: u8,
        decimals: Option<u8>,
    },
    /// A telephone number with its country code, whose `+` is only in the format: `+## # ## ## ## ##`.
    Abroad,
    Percent,
    Day,
    DayTime,
    /// A time of day, also that of a day with a time.
    Time,
    /// Hours and minutes that are counted up.
    Duration,
}

/// The first day of the calendar of a workbook: day 0 of the serial numbers of its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Counts a 29 February 1900, as the first spreadsheet programs did.
    Of1900,
    Of1904,
}

/// The fewest decimals that a number is rounded to. An amount in cents stays exact although a person
/// only wants to see whole euros; one that was computed, such as a third, is what they see.
const CENTS: u8 = 2;

/// With so many digits a number with a plus before it is that of a telephone.
const PHONE: usize = 8;

impl Shown {
    /// A number as it is.
    pub const PLAIN: Self = Self::Number { digits: 1, decimals: None };

    /// The built-in formats of xlsx.
    pub fn built_in(id: u32) -> Self {
        match id {
            9 | 10 => Self::Percent,
            14..=17 | 27..=31 | 36 | 50..=54 | 57..=58 => Self::Day,
            22 => Self::DayTime,
            46 => Self::Duration,
            18..=21 | 32..=35 | 45 | 47 | 55..=56 => Self::Time,
            1..=8 | 37..=44 => Self::Number { digits: 1, decimals: Some(CENTS) },
            _ => Self::PLAIN,
        }
    }

    /// A format that the workbook defines, such as `[$-40C]d mmmm yyyy;@`.
    pub fn of_code(code: &str) -> Self {
        let (mut day, mut month, mut time, mut percent, mut scaled) = (false, false, false, false, false);
        let (mut digits, mut decimals, mut is_behind_point) = (0_u8, 0_u8, false);
        let (mut places, mut plus, mut counted) = (0_usize, false, false);
        let mut characters = code.chars();
        if code.eq_ignore_ascii_case("general") {
            return Self::PLAIN;
        }
        while let Some(c) = characters.next() {
            match c.to_ascii_lowercase() {
                // Only the first section is for positive numbers.
                ';' => break,
                '"' => {
                    let literal: String = characters.by_ref().take_while(|c| *c != '"').collect();
                    plus |= places == 0 && literal.ends_with('+');
                }
                '\\' => plus |= characters.next() == Some('+') && places == 0,
                '_' | '*' => drop(characters.next()),
                '[' => {
                    // A colour, a language, or hours, minutes or seconds that are counted up.
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    counted |=
                        !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
                }
                'y' | 'd' => day = true,
                'm' => month = true,
                'h' | 's' => time = true,
                '%' => percent = true,
                '.' => is_behind_point = true,
                '/' | 'e' => scaled = true,
                '0' | '#' | '?' if is_behind_point => decimals = decimals.saturating_add(1),
                '+' => plus |= places == 0,
                c @ ('0' | '#' | '?') => {
                    places += 1;
                    digits = digits.saturating_add(u8::from(c == '0' || digits > 0));
                }
                _ => {}
            }
        }
        let time = time || counted;
        match (day || (month && !time), time) {
            (true, true) => Self::DayTime,
            (true, false) => Self::Day,
            (false, true) if counted => Self::Duration,
            (false, true) => Self::Time,
            (false, false) if percent => Self::Percent,
            (false, false) if plus && places >= PHONE && decimals == 0 => Self::Abroad,
            (false, false) if scaled || digits == 0 => Self::PLAIN,
            (false, false) => Self::Number { digits, decimals: Some(decimals.max(CENTS)) },
        }
    }

    /// The text of a number with this format. What is not a number remains as it is.
    pub fn text(self, raw: &str, epoch: Epoch) -> String {
        let Ok(number) = raw.trim().parse::<f64>() else { return raw.to_owned() };
        if !number.is_finite() {
            return raw.to_owned();
        }
        let dated = match self {
            Self::Number { digits, decimals } => return padded(&unmistakable(rounded(number, decimals)), digits),
            Self::Abroad if number > 0.0 => return format!("+{}", plain(number)),
            Self::Abroad => None,
            Self::Percent => return format!("{}%", plain(number * 100.0)),
            Self::Duration if number >= 0.0 => Some(counted_up(number)),
            Self::Duration => None,
            Self::Time => moment(number, Epoch::Of1900).map(|moment| clock(moment.time())),
            Self::Day => moment(number, epoch).map(|moment| moment.date().to_string()),
            Self::DayTime => moment(number, epoch).map(|moment| dated(moment.date(), Some(moment.time()))),
        };
        dated.unwrap_or_else(|| plain(number))
    }
}

/// The number without an exponent, with the 15 digits that spreadsheet programs have.
fn plain(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let text = rounded.to_string();
    if text == "-0" { "0".to_owned() } else { text }
}

/// The number with so many decimals, rounded as spreadsheet programs do.
fn rounded(number: f64, decimals: Option<u8>) -> f64 {
    let Some(decimals) = decimals else { return number };
    let scale = 10_f64.powi(decimals.min(15).into());
    let scaled: f64 = plain(number * scale).parse().unwrap_or(number);
    scaled.round() / scale
}

/// The number with a fourth decimal if it has three: people write thousands as `12.345`.
fn unmistakable(number: f64) -> String {
    let text = plain(number);
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals == 3 { text + "0" } else { text }
}

/// The text of a number in ods, plainly, with as many decimals as the program showed, and with the zeros or the
/// plus that it showed before a postal code or a telephone number; what is not a number remains as it is.
pub(super) fn number(raw: &str, shown: &str) -> String {
    let all: String = shown.chars().filter(char::is_ascii_digit).collect();
    let significant = all.trim_start_matches('0');
    if !significant.is_empty() && significant == raw {
        let plus = if shown.trim_start().starts_with('+') && all.len() >= PHONE { "+" } else { "" };
        return format!("{plus}{all}");
    }
    let digits = shown.trim_end_matches(|c: char| !c.is_ascii_digit());
    let decimals = digits.rsplit_once(['.', ',']).map_or(0, |(_, decimals)| decimals.len());
    let decimals = u8::try_from(decimals).unwrap_or(u8::MAX).max(CENTS);
    Shown::Number { digits: 1, decimals: (!digits.is_empty()).then_some(decimals) }.text(raw, Epoch::Of1900)
}

/// The same for a share: `0.3` is `30%`.
pub(super) fn percent(raw: &str) -> String {
    Shown::Percent.text(raw, Epoch::Of1900)
}

/// A whole number with zeros before it.
fn padded(plain: &str, digits: u8) -> String {
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{plain:0>width$}", width = digits.into())
    } else {
        plain.to_owned()
    }
}

/// The moment that a serial number means, to the second.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn moment(serial: f64, epoch: Epoch) -> Option<NaiveDateTime> {
    // The last day of the year 9999.
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as u64;
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let first = match epoch {
        Epoch::Of1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        Epoch::Of1900 if days < 60 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        Epoch::Of1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let day = first.checked_add_days(Days::new(days))?.and_time(NaiveTime::MIN);
    day.checked_add_signed(TimeDelta::seconds(seconds.try_into().ok()?))
}

/// `13:00`, and seconds only if there are any.
fn clock(time: NaiveTime) -> String {
    time.format(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// `37:30` for one day and a half and an hour and a half.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats stop at the ends")]
fn counted_up(days: f64) -> String {
    let minutes = (days * 1_440.0).round() as u64;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What programs write a moment short of the second that they mean.
const INEXACT: TimeDelta = TimeDelta::milliseconds(1);

/// A date or a date with a time in ISO 8601, as workbooks store them: `2021-04-18T13:00:00` is
/// `2021-04-18 13:00`.
pub(super) fn iso_day(raw: &str) -> String {
    iso(raw).map_or_else(|| raw.to_owned(), |(day, time)| dated(day, time))
}

/// The same in ods, with the time of day only if the program showed one: midnight is stored as a day alone.
pub(super) fn day(raw: &str, shown: &str) -> String {
    let Some((day, time)) = iso(raw) else { return raw.to_owned() };
    match (shown.is_empty(), shows_time(shown)) {
        (true, _) => dated(day, time),
        (false, true) => dated(day, time.or(Some(NaiveTime::MIN))),
        (false, false) => dated(day, None),
    }
}

fn iso(raw: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let plain = raw.trim().trim_end_matches('Z');
    if let Ok(day) = plain.parse() {
        return Some((day, None));
    }
    let moment: NaiveDateTime = plain.parse().ok()?;
    let moment = moment.checked_add_signed(INEXACT)?;
    Some((moment.date(), Some(moment.time())))
}

fn dated(day: NaiveDate, time: Option<NaiveTime>) -> String {
    time.map_or_else(|| day.to_string(), |time| format!("{day} {}", clock(time)))
}

/// Whether there is a time in a date as people see it: `13:00`, `13 h 30`, `1 PM`.
fn shows_time(shown: &str) -> bool {
    let lower = shown.to_lowercase();
    let mut between = lower.split(|c: char| c.is_ascii_digit());
    between.any(|sign| matches!(sign.trim(), ":" | "h" | "am" | "pm"))
}

/// A time as ods stores it: `PT13H05M00S` is `13:05`. More than a day is counted up, unless the program showed
/// only the time of day.
pub(super) fn time(raw: &str, shown: &str) -> String {
    let read = || {
        let (hours, rest) = raw.trim().strip_prefix("PT")?.split_once('H')?;
        let (minutes, seconds) = rest.split_once('M')?;
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        let seconds = TimeDelta::try_milliseconds(millis(seconds.trim_end_matches('S'))?)?;
        let whole = TimeDelta::hours(hours.into()) + TimeDelta::minutes(minutes.into()) + seconds + INEXACT;
        let (mut hours, minutes, seconds) = (whole.num_hours(), whole.num_minutes() % 60, whole.num_seconds() % 60);
        if hours >= 24 && !shown.is_empty() && !shown.contains(&hours.to_string()) {
            hours %= 24;
        }
        let seconds = if seconds > 0 { format!(":{seconds:02}") } else { String::new() };
        Some(format!("{hours:02}:{minutes:02}{seconds}"))
    };
    read().unwrap_or_else(|| raw.to_owned())
}

/// The thousandths of seconds that are written with decimals.
#[allow(clippy::cast_possible_truncation, reason = "checked before")]
fn millis(seconds: &str) -> Option<i64> {
    let seconds: f64 = seconds.parse().ok()?;
    (0.0..3_600.0).contains(&seconds).then_some((seconds * 1_000.0) as i64)
}

#[cfg(test)]
mod tests;
