//! Dates in files: whether the day or the month comes first, and the days themselves.
//!
//! Nobody can tell whether `03/04/2021` is in March or in April. The other dates of the file can,
//! since all of them were written by one program.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::{
    dates::{Direction, YEARS, parse_date, parse_date_time},
    error::Problem,
};

/// What comes first in the dates of a file: `18/04/2021`, or `04/18/2021` as in the United States.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayOrder {
    DayFirst,
    MonthFirst,
}

/// What the dates of a file tell about their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// At least one date can be read in this order only, and none in the other order only. Also
    /// [`DayOrder::DayFirst`] if the order makes no difference to any date.
    Decided(DayOrder),
    /// Some dates can be read in both orders, with different meanings, and nothing decides.
    Undecided,
    /// Some dates can be read in one order only, and some in the other order only.
    Contradictory,
}

/// Finds the order out from all cells of a file that hold dates. Cells with anything else decide
/// nothing.
pub fn found<'a>(texts: impl Iterator<Item = &'a str>) -> Found {
    let (mut day_first, mut month_first, mut open) = (false, false, false);
    for numbers in texts.filter_map(numbers) {
        match (numbers.first, numbers.second) {
            (1..=12, 1..=12) => open |= numbers.first != numbers.second,
            (13..=31, 1..=12) => day_first = true,
            (1..=12, 13..=31) => month_first = true,
            _ => {}
        }
    }
    match (day_first, month_first) {
        (true, true) => Found::Contradictory,
        (true, false) => Found::Decided(DayOrder::DayFirst),
        (false, true) => Found::Decided(DayOrder::MonthFirst),
        (false, false) if open => Found::Undecided,
        (false, false) => Found::Decided(DayOrder::DayFirst),
    }
}

/// Reads a day in a file as forms read it, but in the order of the file, and only with its year: a
/// file may be old, so nothing in it counts from today. A time of day behind it is left out.
///
/// Errors: as [`parse_date`], and `YearMissing`.
pub fn read_day(text: &str, order: DayOrder, today: NaiveDate) -> Result<NaiveDate, Problem> {
    // As workbooks and exports have all of their days.
    if let (10, Ok(day)) = (text.len(), text.parse::<NaiveDate>())
        && YEARS.contains(&day.year())
    {
        return Ok(day);
    }
    // The time of day and its place make no difference.
    let text = &in_order(text.strip_suffix('Z').unwrap_or(text), order);
    let day = |today| parse_date(text, today, Direction::Past);
    let read = on_any_day(today, day).map(|day| not_far_ahead(day, text, today));
    read.or_else(|problem| match read_day_time(text, DayOrder::DayFirst, today) {
        Ok(time) if problem == Problem::NotADate => Ok(time.date()),
        _ => Err(problem),
    })
}

/// A day that was written with two digits of its year, which are of the last century if the day would be more than
/// twenty years ahead.
fn not_far_ahead(day: NaiveDate, text: &str, today: NaiveDate) -> NaiveDate {
    const AHEAD: Months = Months::new(20 * 12);
    let is_far = today.checked_add_months(AHEAD).is_some_and(|latest| day > latest);
    let is_short = !text.contains(&day.year().to_string());
    let earlier = day.with_year(day.year() - 100).filter(|_| is_far && is_short);
    earlier.unwrap_or(day)
}

/// Reads a day with a time in a file, by the same rules as [`read_day`]. Seconds are kept.
///
/// Errors: as [`parse_date_time`], and `YearMissing`.
pub fn read_day_time(text: &str, order: DayOrder, today: NaiveDate) -> Result<NaiveDateTime, Problem> {
    let text = in_order(text, order);
    let (text, within_minute) = without_seconds(&text);
    let time = on_any_day(today, |today| parse_date_time(&text, today.and_time(NaiveTime::MIN)))?;
    Ok(not_far_ahead(time.date(), &text, today).and_time(time.time()) + within_minute)
}

/// What `read` reads, if that is the same on any day.
fn on_any_day<T: PartialEq>(today: NaiveDate, read: impl Fn(NaiveDate) -> Result<T, Problem>) -> Result<T, Problem> {
    // Long enough that a day without a year and a day of the week mean others, and 29 February too.
    const ANOTHER: Days = Days::new(4_000);
    let now = read(today);
    let later = today.checked_add_days(ANOTHER).map(read);
    match (now, later) {
        (Err(Problem::TimeMissing(day)), Some(Err(Problem::TimeMissing(later)))) if day != later => {
            Err(Problem::YearMissing)
        }
        (Err(problem), _) => Err(problem),
        (Ok(now), Some(Ok(later))) if now == later => Ok(now),
        (Ok(_), _) => Err(Problem::YearMissing),
    }
}

/// Two numbers before a year, with the places of both in the text: `4/18/2021`.
struct Numbers {
    first: u32,
    second: u32,
    /// Where both stand with the sign between them.
    from: usize,
    to: usize,
}

/// The first date of the text that consists of three numbers and begins with the day or the month.
fn numbers(text: &str) -> Option<Numbers> {
    let is_sign = |c: char| matches!(c, '/' | '.' | '-');
    let is_other = |c: char| !c.is_ascii_digit() && !is_sign(c);
    let mut from = 0;
    for run in text.split_inclusive(is_other) {
        let date = run.trim_end_matches(is_other).trim_end_matches('.');
        if let Some((first, second, to)) = date.chars().find(|c| is_sign(*c)).and_then(|sign| before_year(date, sign)) {
            return Some(Numbers { first, second, from, to: from + to });
        }
        from += run.len();
    }
    None
}

/// The two numbers before the year in `4/18/2021`, and where the second ends.
fn before_year(date: &str, sign: char) -> Option<(u32, u32, usize)> {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = date.split(sign).collect();
    let &[first, second, year] = parts.as_slice() else { return None };
    let is_short = |part: &str| matches!(part.len(), 1 | 2) && is_number(part);
    let is_date = is_short(first) && is_short(second) && matches!(year.len(), 2 | 4) && is_number(year);
    is_date.then_some(())?;
    Some((first.parse().ok()?, second.parse().ok()?, first.len() + 1 + second.len()))
}

/// The text with the day before the month.
fn in_order(text: &str, order: DayOrder) -> String {
    match (order, numbers(text)) {
        (DayOrder::MonthFirst, Some(Numbers { first, second, from, to })) => {
            let sign = text[from..to].trim_matches(|c: char| c.is_ascii_digit());
            format!("{}{second}{sign}{first}{}", &text[..from], &text[to..])
        }
        _ => text.to_owned(),
    }
}

/// The text without the seconds of a time such as `13:00:37`, and these.
fn without_seconds(text: &str) -> (String, TimeDelta) {
    for word in text.split([' ', 'T']) {
        if word.matches(':').count() == 2
            && let Ok(time) = NaiveTime::parse_from_str(word, "%H:%M:%S%.f")
        {
            let seconds = TimeDelta::seconds(time.second().into()) + TimeDelta::nanoseconds(time.nanosecond().into());
            let minute = time.format("%H:%M").to_string();
            return (text.replacen(word, &minute, 1), seconds);
        }
    }
    (text.to_owned(), TimeDelta::zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
    }

    /// The cells of a file, and what they tell.
    #[test]
    fn any_number_above_twelve_decides_the_order() {
        use DayOrder::{DayFirst, MonthFirst};
        for (cells, told) in [
            ("18/04/2021|03/04/2021", Found::Decided(DayFirst)),
            ("03/04/2021|04/18/2021", Found::Decided(MonthFirst)),
            ("3.4.21|18.4.21 13:00", Found::Decided(DayFirst)),
            ("4/18/2021 1:30 PM", Found::Decided(MonthFirst)),
            ("Sunday 18/04/2021", Found::Decided(DayFirst)),
            ("18/04/2021|04/18/2021", Found::Contradictory),
            ("03/04/2021|05/06/2021", Found::Undecided),
            ("2021-04-03|3 avril 2021|5/5/2021|", Found::Decided(DayFirst)),
            ("14:30|6.30 p.m.|06 12 34 56 78|+33.6.12.34.56.78|12.500|1/2/3/4", Found::Decided(DayFirst)),
        ] {
            assert_eq!(found(cells.split('|')), told, "{cells}");
        }
    }

    #[test]
    fn days_are_read_in_the_order_of_the_file() {
        for (text, day_first, month_first) in [
            ("18 avril 2021", "2021-04-18", "2021-04-18"),
            ("18/04/2021", "2021-04-18", "NotADate"),
            ("04/18/2021", "NotADate", "2021-04-18"),
            ("03/04/2021", "2021-04-03", "2021-03-04"),
            ("2021-04-18", "2021-04-18", "2021-04-18"),
            ("2021-04-18 13:00", "2021-04-18", "2021-04-18"),
            ("18.4.21", "2021-04-18", "NotADate"),
            // Nobody has dates that far ahead in a file.
            ("15/03/98", "1998-03-15", "NotADate"),
            ("15 mars 98", "1998-03-15", "1998-03-15"),
            ("15-Mar-98 18:30", "1998-03-15", "1998-03-15"),
            ("21/11/46", "2046-11-21", "NotADate"),
            ("22/11/46", "1946-11-22", "NotADate"),
            ("15/03/2098", "2098-03-15", "NotADate"),
            ("2098-03-15", "2098-03-15", "2098-03-15"),
            ("2021-04-18T23:30:00Z", "2021-04-18", "2021-04-18"),
            ("April 18, 2021", "2021-04-18", "2021-04-18"),
            ("Sunday, April 18, 2021", "2021-04-18", "2021-04-18"),
            ("dim. 18/04/2021", "2021-04-18", "NotADate"),
            ("Monday, April 18, 2021", "NotADate", "NotADate"),
            ("03/04/2021 13:05", "2021-04-03", "2021-03-04"),
            ("18-Apr-21", "2021-04-18", "2021-04-18"),
            ("31/02/2021", "NoSuchDay { day: 31, month: 2, year: Some(2021) }", "NotADate"),
            ("18/04", "YearMissing", "YearMissing"),
            ("demain", "YearMissing", "YearMissing"),
            ("lundi", "YearMissing", "YearMissing"),
            ("29 février", "YearMissing", "YearMissing"),
            ("", "Required", "Required"),
            ("n/a", "NotADate", "NotADate"),
        ] {
            for (order, day) in [(DayOrder::DayFirst, day_first), (DayOrder::MonthFirst, month_first)] {
                let read = read_day(text, order, today());
                assert_eq!(read.map_or_else(|problem| format!("{problem:?}"), |day| day.to_string()), day, "{text}");
            }
        }
    }

    #[test]
    fn times_are_read_in_the_order_of_the_file() {
        for (text, time) in [
            ("5 mai 2023 15h", "2023-05-05 15:00:00"),
            ("05/06/2023 15h30", "2023-05-06 15:30:00"),
            ("12/31/2026 6:30 PM", "2026-12-31 18:30:00"),
            ("2026-08-14 18:30", "2026-08-14 18:30:00"),
            ("2026-08-14T18:30:37", "2026-08-14 18:30:37"),
            ("2026-08-14T18:30:37.250", "2026-08-14 18:30:37.250"),
            ("08/14/2026 6:30:37 PM", "2026-08-14 18:30:37"),
            ("08/14/2026", "TimeMissing(2026-08-14)"),
            ("14 août", "YearMissing"),
            ("18h30", "YearMissing"),
            ("demain 18h", "YearMissing"),
            ("14/08/2026 18:30", "NotADateTime"),
            ("12/31/98 18:30", "1998-12-31 18:30:00"),
            // Of another place, perhaps of another day.
            ("2023-06-04T23:30:00Z", "NotADateTime"),
            ("2023-06-04T23:30:00.5Z", "NotADateTime"),
            ("2023-06-04T23:30Z", "NotADateTime"),
            ("2023-06-04T23:30:00+02:00", "NotADateTime"),
            ("", "Required"),
        ] {
            let read = read_day_time(text, DayOrder::MonthFirst, today());
            assert_eq!(read.map_or_else(|problem| format!("{problem:?}"), |time| time.to_string()), time, "{text}");
        }
    }
}
