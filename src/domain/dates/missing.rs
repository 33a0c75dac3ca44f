//! Days that are typed and do not exist, such as 31 February.

use chrono::NaiveDate;

use super::read::{Named, in_numbers, in_words, year};
use crate::domain::error::Problem;

/// What is wrong with these words if they name a day that their month does not have.
pub(super) fn no_such_day(words: &[String]) -> Option<Problem> {
    let (day, month, year) = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1);
        in_numbers(word).or_else(|| spelled(word, next?, words.get(at + 2)))
    })?;
    // Without a year, 29 February exists.
    let exists = NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day).is_some();
    let is_meant = (1..=31).contains(&day) && (1..=12).contains(&month);
    (is_meant && !exists).then_some(Problem::NoSuchDay { day, month, year })
}

/// `31 february 2027`, `february 31`.
fn spelled(first: &str, second: &str, third: Option<&String>) -> Option<Named> {
    let (day, month) = in_words(first, second)?;
    Some((day, month, third.filter(|third| third.len() == 4).and_then(|third| year(third))))
}
