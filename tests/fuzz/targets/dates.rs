//! Dates as people write them: no panic, and a formatted date is parsed back as the same date.
#![no_main]

use chrono::{Days, NaiveDate};
use epic_events::domain::dates::{self, Direction};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u16)| {
    let (typed, days) = input;
    let Some(today) = NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|day| day.checked_add_days(Days::new(days.into())))
    else {
        return;
    };
    for prefer in [Direction::Past, Direction::Future] {
        if let Ok(date) = dates::parse_date(typed, today, prefer) {
            assert_eq!(dates::parse_date(&dates::format_date(date), today, prefer).ok(), Some(date));
        }
    }
    let now = today.and_hms_opt(12, 0, 0).unwrap_or_default();
    if let Ok(time) = dates::parse_date_time(typed, now) {
        assert_eq!(dates::parse_date_time(&dates::format_date_time(time), now).ok(), Some(time));
    }
});
