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
    Percent,
    Day,
    DayTime,
    /// A time of day, or hours and minutes that are counted up.
    Time,
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

impl Shown {
    /// A number as it is.
    pub const PLAIN: Self = Self::Number { digits: 1, decimals: None };

    /// The built-in formats of xlsx.
    pub fn built_in(id: u32) -> Self {
        match id {
            9 | 10 => Self::Percent,
            14..=17 | 27..=31 | 36 | 50..=54 | 57..=58 => Self::Day,
            22 => Self::DayTime,
            18..=21 | 32..=35 | 45..=47 | 55..=56 => Self::Time,
            1..=8 | 37..=44 => Self::Number { digits: 1, decimals: Some(CENTS) },
            _ => Self::PLAIN,
        }
    }

    /// A format that the workbook defines, such as `[$-40C]d mmmm yyyy;@`.
    pub fn of_code(code: &str) -> Self {
        let (mut day, mut month, mut time, mut percent, mut scaled) = (false, false, false, false, false);
        let (mut digits, mut decimals, mut is_behind_point) = (0_u8, 0_u8, false);
        let mut characters = code.chars();
        if code.eq_ignore_ascii_case("general") {
            return Self::PLAIN;
        }
        while let Some(c) = characters.next() {
            match c.to_ascii_lowercase() {
                // Only the first section is for positive numbers.
                ';' => break,
                '"' => while characters.next().is_some_and(|c| c != '"') {},
                '\\' | '_' | '*' => drop(characters.next()),
                '[' => {
                    // A colour, a language, or hours, minutes or seconds that are counted up.
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    time |=
                        !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
                }
                'y' | 'd' => day = true,
                'm' => month = true,
                'h' | 's' => time = true,
                '%' => percent = true,
                '.' => is_behind_point = true,
                '/' | 'e' => scaled = true,
                '0' | '#' | '?' if is_behind_point => decimals = decimals.saturating_add(1),
                '0' => digits = digits.saturating_add(1),
                '#' | '?' if digits > 0 => digits = digits.saturating_add(1),
                _ => {}
            }
        }
        match (day || (month && !time), time) {
            (true, true) => Self::DayTime,
            (true, false) => Self::Day,
            (false, true) => Self::Time,
            (false, false) if percent => Self::Percent,
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
            Self::Percent => return format!("{}%", plain(number * 100.0)),
            Self::Time if number >= 1.0 => Some(counted_up(number)),
            Self::Time => moment(number, Epoch::Of1900).map(|moment| clock(moment.time())),
            Self::Day => moment(number, epoch).map(|moment| moment.date().to_string()),
            Self::DayTime => moment(number, epoch).map(|moment| format!("{} {}", moment.date(), clock(moment.time()))),
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

/// The text of a number in ods, plainly, with as many decimals as the program showed; what is not a number
/// remains as it is.
pub(super) fn number(raw: &str, shown: &str) -> String {
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
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A date or a date with a time in ISO 8601, as workbooks store them: `2021-04-18T13:00:00` is
/// `2021-04-18 13:00`.
pub(super) fn iso_day(raw: &str) -> String {
    let plain = raw.trim().trim_end_matches('Z');
    if let Ok(day) = plain.parse::<NaiveDate>() {
        return day.to_string();
    }
    match plain.parse::<NaiveDateTime>() {
        Ok(moment) => format!("{} {}", moment.date(), clock(moment.time())),
        Err(_) => raw.to_owned(),
    }
}

/// A time as ods stores it: `PT13H05M00S` is `13:05`.
pub(super) fn iso_time(raw: &str) -> String {
    let read = || {
        let (hours, rest) = raw.trim().strip_prefix("PT")?.split_once('H')?;
        let (minutes, seconds) = rest.split_once('M')?;
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        let seconds: f64 = seconds.trim_end_matches('S').parse().ok()?;
        let seconds = if seconds >= 1.0 { format!(":{:02.0}", seconds.floor()) } else { String::new() };
        Some(format!("{hours:02}:{minutes:02}{seconds}"))
    };
    read().unwrap_or_else(|| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Shown = Shown::PLAIN;

    fn number_of(digits: u8, decimals: u8) -> Shown {
        Shown::Number { digits, decimals: Some(decimals) }
    }

    #[test]
    fn formats_are_told_by_their_codes() {
        for (code, shown) in [
            ("General", PLAIN),
            ("0.00", number_of(1, 2)),
            ("0.000", number_of(1, 3)),
            ("#,##0.00\\ \"€\";[Red]\\-#,##0.00\\ \"€\"", number_of(1, 2)),
            ("#,##0", number_of(1, 2)),
            ("00000", number_of(5, 2)),
            ("0#\\ ##\\ ##\\ ##\\ ##", number_of(10, 2)),
            ("0.00E+00", PLAIN),
            ("0%", Shown::Percent),
            ("dd/mm/yyyy", Shown::Day),
            ("[$-40C]d mmmm yyyy;@", Shown::Day),
            ("mmmm", Shown::Day),
            ("dd/mm/yyyy\\ hh:mm", Shown::DayTime),
            ("h:mm AM/PM", Shown::Time),
            ("[h]:mm", Shown::Time),
            ("mm:ss", Shown::Time),
            ("[Red]0", number_of(1, 2)),
            ("\"dy\"0", number_of(1, 2)),
            ("@", PLAIN),
        ] {
            assert_eq!(Shown::of_code(code), shown, "{code}");
        }
        for (id, shown) in [(0, PLAIN), (9, Shown::Percent), (14, Shown::Day), (20, Shown::Time), (22, Shown::DayTime)]
        {
            assert_eq!(Shown::built_in(id), shown);
        }
    }

    #[test]
    fn numbers_are_written_plainly() {
        use Epoch::{Of1900, Of1904};
        for (shown, raw, epoch, text) in [
            (PLAIN, "12000.5", Of1900, "12000.5"),
            (PLAIN, "12000", Of1900, "12000"),
            (PLAIN, "1.2E4", Of1900, "12000"),
            (PLAIN, "0.30000000000000004", Of1900, "0.3"),
            (PLAIN, "33612345678", Of1900, "33612345678"),
            (PLAIN, "-0", Of1900, "0"),
            (PLAIN, "NaN", Of1900, "NaN"),
            (PLAIN, "-1500.25", Of1900, "-1500.25"),
            (number_of(10, 2), "612345678", Of1900, "0612345678"),
            (number_of(5, 2), "1000.5", Of1900, "1000.5"),
            // An amount that was computed, and one of which only a part is seen.
            (number_of(1, 2), "2057.142857142857", Of1900, "2057.14"),
            (number_of(1, 2), "2.675", Of1900, "2.68"),
            (number_of(1, 2), "-2.675", Of1900, "-2.68"),
            (number_of(1, 2), "99.9", Of1900, "99.9"),
            // Nobody may take these for thousands.
            (PLAIN, "12.345", Of1900, "12.3450"),
            (number_of(1, 3), "12.3454", Of1900, "12.3450"),
            (PLAIN, "12.3456", Of1900, "12.3456"),
            (Shown::Percent, "0.3", Of1900, "30%"),
            (Shown::Day, "44304", Of1900, "2021-04-18"),
            (Shown::Day, "44304.54", Of1900, "2021-04-18"),
            (Shown::Day, "42842", Of1904, "2021-04-18"),
            (Shown::Day, "59", Of1900, "1900-02-28"),
            (Shown::Day, "61", Of1900, "1900-03-01"),
            (Shown::Day, "-1", Of1900, "-1"),
            (Shown::Day, "1e300", Of1900, &format!("1{}", "0".repeat(300))),
            (Shown::DayTime, "44304.541666666664", Of1900, "2021-04-18 13:00"),
            (Shown::DayTime, "44304", Of1900, "2021-04-18 00:00"),
            (Shown::DayTime, "44304.99999999999", Of1900, "2021-04-19 00:00"),
            (Shown::Time, "0.541666666666667", Of1900, "13:00"),
            (Shown::Time, "1.5625", Of1900, "37:30"),
        ] {
            assert_eq!(shown.text(raw, epoch), text, "{raw}");
        }
        for (raw, shown, text) in [
            ("2057.142857142857", "2 057,14 €", "2057.14"),
            ("2057.142857142857", "2057", "2057.14"),
            ("12.345", "12,345", "12.3450"),
            ("1234.5", "1,235", "1234.5"),
            ("1.2E3", "", "1200"),
            ("soon", "soon", "soon"),
        ] {
            assert_eq!(number(raw, shown), text, "{raw}");
        }
        assert_eq!(iso_day("2021-04-18T13:00:00"), "2021-04-18 13:00");
        assert_eq!(iso_day("2021-04-18T13:00:37.000Z"), "2021-04-18 13:00:37");
        assert_eq!(iso_day("2021-04-18"), "2021-04-18");
        assert_eq!(iso_day("soon"), "soon");
        assert_eq!(iso_time("PT13H05M00S"), "13:05");
        assert_eq!(iso_time("PT13H05M07.5S"), "13:05:07");
        assert_eq!(iso_time("soon"), "soon");
    }
}
