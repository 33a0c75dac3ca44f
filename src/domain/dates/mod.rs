//! Reads and writes dates and times in the notation of users, in English and French.

mod distance;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Direction, YEARS, parse_date, parse_date_time, parse_end};
pub use write::{
    format_date, format_date_time, short_month, spell_date, spell_date_time, spell_month, to_wall, week_of, weekdays,
};
