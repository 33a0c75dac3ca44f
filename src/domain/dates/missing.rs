//! Days that are typed and do not exist, such as 31 February.

use chrono::NaiveDate;

use super::{
    distance::number,
    read::{month, ordinal, year},
};
use crate::domain::error::Problem;

/// What is wrong with these words if they name a day that their month does not have.
pub(super) fn no_such_day(words: &[String]) -> Option<Problem> {
    let (day, month, year) = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1);
        numeric(word).or_else(|| spelled(word, next?, words.get(at + 2)))
    })?;
    // Without a year, 29 February exists.
    let exists = NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day).is_some();
    let is_meant = (1..=31).contains(&day) && (1..=12).contains(&month);
    (is_meant && !exists).then_some(Problem::NoSuchDay { day, month, year })
}

/// A day, a month and perhaps a year; they need not exist.
type Named = (u32, u32, Option<i32>);

/// `31/02`, `31-feb-2027`, `2027-02-31`.
fn numeric(word: &str) -> Option<Named> {
    let parts: Vec<&str> = word.split(['/', '.', '-']).collect();
    let named = |part: &str| number(part, 2).or_else(|| month(part));
    Some(match parts.as_slice() {
        [y, m, d] if y.len() == 4 => (number(d, 2)?, named(m)?, Some(year(y)?)),
        [d, m, y] => (number(d, 2)?, named(m)?, Some(year(y)?)),
        [d, m] => (number(d, 2)?, named(m)?, None),
        _ => return None,
    })
}

/// `31 february 2027`, `february 31`.
fn spelled(first: &str, second: &str, third: Option<&String>) -> Option<Named> {
    let (day, month) = match (ordinal(first), month(second)) {
        (Some(day), Some(month)) => (day, month),
        _ => (ordinal(second)?, month(first)?),
    };
    Some((day, month, third.filter(|third| third.len() == 4).and_then(|third| year(third))))
}
