//! Reads and writes dates and times in the notation of users, in English and French.

mod distance;
mod missing;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use distance::unit_days;
pub use read::{Direction, YEARS, parse_date, parse_date_time, parse_end};
pub use write::{
    format_date, format_date_time, hour, in_full, in_sentence, short_month, spell_any_day, spell_date, spell_date_time,
    spell_month, time_in_sentence, to_wall, week_of, weekdays, without_weekday,
};
