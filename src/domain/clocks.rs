//! Wall-clock times around clock changes: times that are skipped, and times that occur twice.

use chrono::{MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::error::Problem;

/// The instant (UTC) of a wall-clock time in a time zone. A time that occurs twice means the first
/// of both; a skipped time is converted as if the clocks had not been changed yet, as in calendar
/// files (RFC 5545, 3.3.5).
pub fn to_utc(wall: NaiveDateTime, time_zone: Tz) -> NaiveDateTime {
    match time_zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.naive_utc(),
        MappedLocalTime::None => wall - before_the_gap(wall, time_zone),
    }
}

/// The offset from UTC just before the clocks skip this time. Places have skipped a whole day when
/// they moved to the other side of the date line.
fn before_the_gap(wall: NaiveDateTime, time_zone: Tz) -> TimeDelta {
    let before = |hours| time_zone.offset_from_local_datetime(&(wall - TimeDelta::hours(hours))).latest();
    let offset = (1..=25).find_map(before).map_or(0, |offset| offset.fix().local_minus_utc());
    TimeDelta::seconds(offset.into())
}

/// Refuses a time that the clocks skip when they are put forward.
///
/// Errors: `SkippedByClocks`, with the first skipped time and the first time after the gap.
pub fn on_the_clock(wall: NaiveDateTime, time_zone: Tz) -> Result<(), Problem> {
    const DAY: i64 = 24 * 60;
    let skipped = |time: &NaiveDateTime| matches!(time_zone.from_local_datetime(time), MappedLocalTime::None);
    if !skipped(&wall) {
        return Ok(());
    }
    let minutes = |step: i64| (0..=DAY).map(move |minute| wall + TimeDelta::minutes(step * minute));
    let first = minutes(-1).take_while(skipped).last().unwrap_or(wall);
    let again = minutes(1).find(|time| !skipped(time)).unwrap_or(wall);
    Err(Problem::SkippedByClocks(first.time(), again.time()))
}

/// For a time that occurs twice, the abbreviation (`CEST`) of the one that is meant.
pub fn first_of_two(wall: NaiveDateTime, time_zone: Tz) -> Option<String> {
    match time_zone.from_local_datetime(&wall) {
        MappedLocalTime::Ambiguous(first, _) => Some(first.format("%Z").to_string()),
        MappedLocalTime::Single(_) | MappedLocalTime::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveTime;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    /// Paris skips 02:00 to 03:00, and half a year later 02:00 to 03:00 occurs twice; Cairo skips
    /// midnight; Apia has skipped a whole day.
    #[test]
    fn a_skipped_time_is_refused_and_a_repeated_time_means_the_first() {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let skipped = |from, to| Err(Problem::SkippedByClocks(from, to));
        for (wall, zone, expected, utc) in [
            ("2027-03-28 01:59", Tz::Europe__Paris, Ok(()), "2027-03-28 00:59"),
            ("2027-03-28 02:00", Tz::Europe__Paris, skipped(time(2, 0), time(3, 0)), "2027-03-28 01:00"),
            ("2027-03-28 02:30", Tz::Europe__Paris, skipped(time(2, 0), time(3, 0)), "2027-03-28 01:30"),
            ("2027-03-28 03:00", Tz::Europe__Paris, Ok(()), "2027-03-28 01:00"),
            ("2027-10-31 02:30", Tz::Europe__Paris, Ok(()), "2027-10-31 00:30"),
            ("2027-10-31 03:00", Tz::Europe__Paris, Ok(()), "2027-10-31 02:00"),
            ("2027-04-30 00:00", Tz::Africa__Cairo, skipped(time(0, 0), time(1, 0)), "2027-04-29 22:00"),
            ("2011-12-30 12:00", Tz::Pacific__Apia, skipped(time(0, 0), time(0, 0)), "2011-12-30 22:00"),
            ("2027-10-03 02:15", Tz::Australia__Lord_Howe, skipped(time(2, 0), time(2, 30)), "2027-10-02 15:45"),
            ("2027-03-28 02:30", Tz::UTC, Ok(()), "2027-03-28 02:30"),
        ] {
            assert_eq!(on_the_clock(at(wall), zone), expected, "{wall} {zone}");
            assert_eq!(to_utc(at(wall), zone), at(utc), "{wall} {zone}");
        }
        assert_eq!(first_of_two(at("2027-10-31 02:30"), Tz::Europe__Paris).as_deref(), Some("CEST"));
        assert_eq!(first_of_two(at("2027-10-31 03:00"), Tz::Europe__Paris), None);
    }
}
