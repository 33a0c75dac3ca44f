//! Tests of reading and writing dates and times.

use crate::domain::{
    dates::{
        Direction, YEARS, format_date, format_date_time, hour, in_full, parse_date, parse_date_time, parse_end,
        spell_date_time, to_wall, week_of,
    },
    error::Problem,
    language::Language,
};
use chrono::{Datelike, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

/// A Saturday.
fn now() -> NaiveDateTime {
    at("2026-11-21 10:00")
}

/// Typed texts, each with the time that it means.
const TIMES: &str = "14/08/2026 18:30 = 2026-08-14 18:30|14/8/27 18h30 = 2027-08-14 18:30|\
    14/8 18h = 2027-08-14 18:00|22/11 9:05 = 2026-11-22 09:05|21/11 0:00 = 2026-11-21 00:00|\
    2026-08-14T18:30 = 2026-08-14 18:30|2026-08-14 18:30:00 = 2026-08-14 18:30|\
    14.08.2026 à 18h = 2026-08-14 18:00|14-08-2026 18 h 30 = 2026-08-14 18:30|\
    14-Aug-2026 18 heures = 2026-08-14 18:00|14 aug 2026 6pm = 2026-08-14 18:00|\
    14 août 18h = 2027-08-14 18:00|Aug 14 6:30 PM = 2027-08-14 18:30|\
    Aug 14, 2026 6.30 p.m. = 2026-08-14 18:30|1er juin 2027 midi = 2027-06-01 12:00|\
    tomorrow 6pm = 2026-11-22 18:00|6pm tomorrow = 2026-11-22 18:00|18 h 5 juin = 2027-06-05 18:00|\
    demain 18h = 2026-11-22 18:00|day after tomorrow 9am = 2026-11-23 09:00|\
    après demain 9h = 2026-11-23 09:00|Après-demain minuit = 2026-11-23 00:00|\
    aujourd’hui 18h = 2026-11-21 18:00|lundi 9h = 2026-11-23 09:00|mar 9h = 2026-11-24 09:00|\
    lundi 14 décembre à 18h = 2026-12-14 18:00|saturday noon = 2026-11-28 12:00|\
    next saturday 8:00 = 2026-11-28 08:00|last friday 8:00 = 2026-11-20 08:00|+3d midnight = 2026-11-24 00:00|\
    +3 jours 9h = 2026-11-24 09:00|-3j 9h = 2026-11-18 09:00|+2w 14:00 = 2026-12-05 14:00|\
    +2s 14:00 = 2026-12-05 14:00|+1m 14:00 = 2026-12-21 14:00|18:30 = 2026-11-21 18:30|\
    10:00 = 2026-11-21 10:00|9:00 = 2026-11-22 09:00|12am = 2026-11-22 00:00|\
    29/2 8h = 2028-02-29 08:00|in 3 days 6pm = 2026-11-24 18:00|6pm in 3 days = 2026-11-24 18:00|\
    dans 3 jours à 18h = 2026-11-24 18:00|in 2 weeks 9:00 = 2026-12-05 09:00|dans 8j 9h = 2026-11-29 09:00|\
    dans une semaine à midi = 2026-11-28 12:00|in a week noon = 2026-11-28 12:00|\
    in one month 9am = 2026-12-21 09:00|dans un mois minuit = 2026-12-21 00:00|+5h = 2026-11-21 15:00|\
    + 5 h = 2026-11-21 15:00|+1h30 = 2026-11-21 11:30|in 2 hours = 2026-11-21 12:00|\
    dans 2 heures = 2026-11-21 12:00|+90 min = 2026-11-21 11:30|+20h = 2026-11-22 06:00|\
    14 décembre 18 h = 2026-12-14 18:00|14 décembre à 18 h 30 = 2026-12-14 18:30|14/12 à 18 h = 2026-12-14 18:00|\
    lundi 14 déc. 18 heures = 2026-12-14 18:00|14 décembre 2027 18 h = 2027-12-14 18:00|\
    14 déc 27 18 h = 2027-12-14 18:00|Dec 14 10 pm = 2026-12-14 22:00|14 December 10 p.m. = 2026-12-14 22:00|\
    the 14th of December at 6 pm = 2026-12-14 18:00|18 h le 14 décembre = 2026-12-14 18:00|\
    18 h 30 demain = 2026-11-22 18:30|à 18 h = 2026-11-21 18:00|18 h 30 = 2026-11-21 18:30|\
    lundi prochain à 18 h = 2026-11-23 18:00|next Monday 18:00 = 2026-11-23 18:00|\
    après-demain à 9 h 05 = 2026-11-23 09:05|le 1er décembre à 8 h = 2026-12-01 08:00|\
    14 décembre 18 h30 = 2026-12-14 18:30|14 déc 18 h 30 min = 2026-12-14 18:30|Dec 14 18 h30 = 2026-12-14 18:30";

/// Ends, as they are typed for what starts on a Saturday at 15:00.
const ENDS: &str = "5h = 2026-11-21 20:00|+5h = 2026-11-21 20:00|+1h30 = 2026-11-21 16:30|1h30 min = 2026-11-21 16:30|\
    1h30 = 2026-11-22 01:30|5h00 = 2026-11-22 05:00|5 h 30 = 2026-11-22 05:30|05h00 = 2026-11-22 05:00|\
    + 5 h 00 = 2026-11-21 20:00|17h30 = 2026-11-21 17:30|5 h = 2026-11-21 20:00|\
    2 hours = 2026-11-21 17:00|90 min = 2026-11-21 16:30|12h = 2026-11-22 03:00|17h = 2026-11-21 17:00|\
    16h30 = 2026-11-21 16:30|15h = 2026-11-21 15:00|14h = 2026-11-22 14:00|2:00 = 2026-11-22 02:00|\
    02h = 2026-11-22 02:00|2am = 2026-11-22 02:00|demain 2h = 2026-11-22 02:00|+1d 2h = 2026-11-22 02:00|\
    22/11/2026 02:00 = 2026-11-22 02:00|+30h = 2026-11-22 21:00|\
    24h = 2026-11-22 00:00|24 h = 2026-11-22 00:00|24h00 = 2026-11-22 00:00|24:00 = 2026-11-22 00:00|\
    +24h = 2026-11-22 15:00|1h30 m = 2026-11-21 16:30|1h30m = 2026-11-21 16:30|+1h30 m = 2026-11-21 16:30|\
    1 h 30 m = 2026-11-21 16:30|11h30min = 2026-11-22 02:30|12h30min = 2026-11-22 03:30|\
    12 h 30 min = 2026-11-22 03:30|13h = 2026-11-22 13:00|12h30 = 2026-11-22 12:30|17h30min = 2026-11-21 17:30";

#[test]
fn dates_and_times_are_read_in_all_usual_notations() {
    for example in TIMES.split('|') {
        let (typed, expected) = example.split_once(" = ").unwrap();
        assert_eq!(parse_date_time(typed, now()), Ok(at(expected)), "{typed}");
    }
}

/// Typed behind a date that stands in the field already: the distance counts from that date.
#[test]
fn a_distance_behind_a_date_counts_from_it() {
    for (typed, expected) in [
        ("05/12/2026 18:00+7d", "2026-12-12 18:00"),
        ("05/12/2026 18:00 +7d", "2026-12-12 18:00"),
        ("05/12/2026 18:00 + 7 jours", "2026-12-12 18:00"),
        ("05-12-2026 18h-3j", "2026-12-02 18:00"),
        ("31/01/2027 18:00+1 mois", "2027-02-28 18:00"),
        ("31/01/2027 18:00 + 1 month", "2027-02-28 18:00"),
        ("lundi 9h +2 sem", "2026-12-07 09:00"),
    ] {
        assert_eq!(parse_date_time(typed, now()), Ok(at(expected)), "{typed}");
        assert_eq!(parse_end(typed, now()), Ok(at(expected)), "{typed}");
    }
    for (typed, expected) in
        [("05/12/2026+7d", "2026-12-12"), ("1/12 -1w", "2026-11-24"), ("today +1 mois", "2026-12-21")]
    {
        let day: chrono::NaiveDate = expected.parse().unwrap();
        assert_eq!(parse_date(typed, now().date(), Direction::Future), Ok(day), "{typed}");
        assert_eq!(parse_date_time(typed, now()), Err(Problem::TimeMissing(day)), "{typed}");
    }
    for typed in ["05/12/2026 18:00+7", "soon+7d", "05/12/2026 18:00 +7d +7d", "05/12/2026 18:00+7x"] {
        assert_eq!(parse_date_time(typed, now()), Err(Problem::NotADateTime), "{typed}");
    }
    let far = Err(Problem::YearOutOfRange(1900, 2200));
    assert_eq!(parse_date("31/12/2200+1d", now().date(), Direction::Future), far.map(|()| now().date()));
}

/// Behind a time of day `m` means minutes, and days count from the time that is meant.
#[test]
fn a_distance_behind_a_time_counts_from_it() {
    for (typed, expected) in [
        ("18h +30m", "2026-11-21 18:30"),
        ("18h+30 min", "2026-11-21 18:30"),
        ("18 heures + 30 minutes", "2026-11-21 18:30"),
        ("6pm +90 min", "2026-11-21 19:30"),
        ("18h -30m", "2026-11-21 17:30"),
        ("18:00 + 1h30", "2026-11-21 19:30"),
        ("18h +2 heures", "2026-11-21 20:00"),
        ("23:00 + 2 hours", "2026-11-22 01:00"),
        ("18h +7d", "2026-11-28 18:00"),
        ("18h + 2 semaines", "2026-12-05 18:00"),
        ("18h +1 mois", "2026-12-21 18:00"),
        ("8h +7j", "2026-11-29 08:00"),
        ("noon tomorrow +30m", "2026-11-22 12:30"),
        ("14/12/2026 18h +30m", "2026-12-14 18:30"),
        ("31/01/2027 18:00+1m", "2027-01-31 18:01"),
        ("8h dans 7 jours", "2026-11-28 08:00"),
    ] {
        assert_eq!(parse_date_time(typed, now()), Ok(at(expected)), "{typed}");
    }
    for (typed, expected) in [
        ("18h +30m", "2026-11-21 18:30"),
        ("18h +7d", "2026-11-28 18:00"),
        ("2h +30m", "2026-11-21 17:30"),
        ("+5h +30m", "2026-11-21 20:30"),
        ("02:00 + 30 mn", "2026-11-22 02:30"),
        ("24h +30m", "2026-11-22 00:30"),
        ("demain 2h +1h30", "2026-11-22 03:30"),
    ] {
        assert_eq!(parse_end(typed, at("2026-11-21 15:00")), Ok(at(expected)), "{typed}");
    }
    for two_times in ["18h-20h", "18h - 20h30", "18:00-20:00"] {
        assert_eq!(parse_date_time(two_times, now()), Err(Problem::NotADateTime), "{two_times}");
        assert_eq!(parse_end(two_times, now()), Err(Problem::NotADateTime), "{two_times}");
    }
    for fraction in ["18h +1,5h", "18h +1,5j", "18h +2,30m", "18h + 1 30m", "+1,5h"] {
        assert_eq!(parse_date_time(fraction, now()), Err(Problem::NotADateTime), "{fraction}");
        assert_eq!(parse_end(fraction, now()), Err(Problem::NotADateTime), "{fraction}");
    }
    for (typed, expected) in [("+3m", "2027-02-21"), ("14/12/2026 +3m", "2027-03-14")] {
        assert_eq!(parse_date(typed, now().date(), Direction::Future).unwrap().to_string(), expected, "{typed}");
    }
}

#[test]
fn an_end_is_a_time_or_how_long_it_lasts() {
    for example in ENDS.split('|') {
        let (typed, expected) = example.split_once(" = ").unwrap();
        assert_eq!(parse_end(typed, at("2026-11-21 15:00")), Ok(at(expected)), "{typed}");
    }
    for wrong in ["h", "5", "5h75", "soon", "+"] {
        assert_eq!(parse_end(wrong, now()), Err(Problem::NotADateTime), "{wrong}");
    }
}

/// An end without a year is after the start only if that is near; otherwise it is in the same year, and the form
/// says that it is before the start.
#[test]
fn an_end_without_a_year_is_not_pushed_a_year_on() {
    for (start, typed, expected) in [
        ("2026-12-05 18:00", "3/12 10h", "2026-12-03 10:00"),
        ("2026-12-05 18:00", "10h le 3 décembre", "2026-12-03 10:00"),
        ("2026-12-05 18:00", "Dec 3 10am", "2026-12-03 10:00"),
        ("2026-12-05 18:00", "jeudi 3 décembre à 10 h", "2026-12-03 10:00"),
        ("2026-12-05 18:00", "3/12 10h +1d", "2026-12-04 10:00"),
        ("2026-12-05 18:00", "5/12 20h", "2026-12-05 20:00"),
        ("2026-12-05 18:00", "7/12 2h", "2026-12-07 02:00"),
        ("2026-12-05 18:00", "4/6 2h", "2027-06-04 02:00"),
        ("2026-12-05 18:00", "5/6 2h", "2026-06-05 02:00"),
        ("2026-12-05 18:00", "next 3 december 10h", "2027-12-03 10:00"),
        ("2026-12-05 18:00", "3 décembre prochain 10h", "2027-12-03 10:00"),
        ("2026-12-05 18:00", "3/12/2027 10h", "2027-12-03 10:00"),
        ("2026-12-30 18:00", "2/1 2h", "2027-01-02 02:00"),
        ("2026-12-30 18:00", "2 janvier à 2 h", "2027-01-02 02:00"),
        ("2026-12-30 18:00", "January 2 2am", "2027-01-02 02:00"),
        ("2028-03-01 18:00", "29/2 2h", "2028-02-29 02:00"),
        ("2027-12-30 18:00", "29/2 2h", "2028-02-29 02:00"),
        ("2026-12-05 18:00", "lundi 2h", "2026-12-07 02:00"),
    ] {
        assert_eq!(parse_end(typed, at(start)), Ok(at(expected)), "{typed} after {start}");
    }
    let asked = Err(Problem::TimeMissing("2026-12-03".parse().unwrap()));
    assert_eq!(parse_end("3/12", at("2026-12-05 18:00")), asked);
}

#[test]
fn a_day_without_a_time_is_asked_for_its_time() {
    for example in "21/11 = 2026-11-21|+3d = 2026-11-24|in 3 days = 2026-11-24|dans une semaine = 2026-11-28|\
        lundi = 2026-11-23|tomorrow = 2026-11-22|14 août 2027 = 2027-08-14|demain = 2026-11-22|\
        après-demain = 2026-11-23|lundi prochain = 2026-11-23|next Monday = 2026-11-23|14 décembre = 2026-12-14"
        .split('|')
    {
        let (typed, day) = example.split_once(" = ").unwrap();
        let missing = Err(Problem::TimeMissing(day.parse().unwrap()));
        assert_eq!((parse_date_time(typed, now()), parse_end(typed, now())), (missing, missing), "{typed}");
        assert_eq!(parse_date(typed, now().date(), Direction::Future).unwrap().to_string(), day, "{typed}");
    }
}

#[test]
fn invalid_dates_and_times_are_refused() {
    for typed in "14/13/2026 10:00|14/8 25:00|14/8 18:60|soon|14/8/2026 10:00 x\
        |13pm|18:+5|14 aug -5|+14/+8|-14/8|14//8|14/8-26|00014/8|1 jui|1 8:30|lundi 15/12/2026\
        |24:00|14/8 18h 9h|at|+|+3|in|in 3|in days days|dans 3 jours 25h|+99999999d|2026-08-14T|18:30:45|6pm 7pm|lundi 14 18h"
        .split('|')
    {
        assert_eq!(parse_date_time(typed, now()), Err(Problem::NotADateTime), "{typed}");
        assert_eq!(parse_date(typed, now().date(), Direction::Past), Err(Problem::NotADate), "{typed}");
    }
    assert_eq!(parse_date_time(" \t", now()), Err(Problem::Required));
    assert_eq!(parse_date("14/8 18h", now().date(), Direction::Past), Err(Problem::NotADate));
}

#[test]
fn a_day_that_does_not_exist_is_reported_as_such() {
    for (typed, day, month, year) in [
        ("31/02", 31, 2, None),
        ("31/02/9999", 31, 2, Some(9999)),
        ("29/02/2027", 29, 2, Some(2027)),
        ("2027-02-29", 29, 2, Some(2027)),
        ("31 avril", 31, 4, None),
        ("february 30 2027", 30, 2, Some(2027)),
        ("lundi 31.4.26", 31, 4, Some(2026)),
    ] {
        let missing = Problem::NoSuchDay { day, month, year };
        assert_eq!(parse_date(typed, now().date(), Direction::Past), Err(missing), "{typed}");
        assert_eq!(parse_date_time(typed, now()), Err(missing), "{typed}");
        assert_eq!(parse_date_time(&format!("{typed} 18:00"), now()), Err(missing), "{typed}");
    }
}

#[test]
fn a_year_outside_the_accepted_range_is_reported_as_such() {
    let beyond = Problem::YearOutOfRange(1900, 2200);
    for typed in ["31/12/9999", "1/1/3026", "31/12/1899", "14 aug 2201", "9999-12-31", "+99999d", "-99999m"] {
        assert_eq!(parse_date(typed, now().date(), Direction::Past), Err(beyond), "{typed}");
        assert_eq!(parse_date_time(typed, now()), Err(beyond), "{typed}");
        assert_eq!(parse_date_time(&format!("{typed} 18:00"), now()), Err(beyond), "{typed}");
    }
    assert_eq!(parse_date_time("31/12/2200 23:59", now()), Ok(at("2200-12-31 23:59")));
}

#[test]
fn a_date_without_a_year_or_week_is_read_in_the_preferred_direction() {
    use Direction::{Future, Past};
    for (typed, prefer, expected) in [
        ("20/11", Past, "2026-11-20"),
        ("21/11", Past, "2026-11-21"),
        ("22/11", Past, "2025-11-22"),
        ("20/11", Future, "2027-11-20"),
        ("29 March 2023", Past, "2023-03-29"),
        ("29/2", Past, "2024-02-29"),
        ("hier", Past, "2026-11-20"),
        ("friday", Past, "2026-11-20"),
        ("saturday", Past, "2026-11-14"),
        ("sunday", Past, "2026-11-15"),
        ("vendredi dernier", Future, "2026-11-20"),
        ("next friday", Past, "2026-11-27"),
    ] {
        assert_eq!(parse_date(typed, now().date(), prefer).unwrap().to_string(), expected, "{typed}");
    }
}

#[test]
fn weeks_begin_on_monday_and_wall_clocks_follow_their_time_zone() {
    assert_eq!(week_of(now().date()), (at("2026-11-16 00:00"), at("2026-11-23 00:00")));
    assert_eq!(week_of(at("2026-11-16 00:00").date()).0, at("2026-11-16 00:00"));
    assert_eq!(to_wall(now(), Tz::Europe__Paris), at("2026-11-21 11:00"));
    let day = at("2026-08-14 18:30");
    assert_eq!(spell_date_time(day, Language::En), "Fri 14 August 2026, 18:30");
    assert_eq!(spell_date_time(day, Language::Fr), "ven. 14 août 2026, 18:30");
    assert_eq!(in_full(day.date(), Language::En), "Friday 14 August 2026");
    assert_eq!(in_full(day.date(), Language::Fr), "vendredi 14 août 2026");
    assert_eq!(hour(day, Language::En), "18:30");
    assert_eq!(hour(day, Language::Fr), "18\u{a0}h\u{a0}30");
}

proptest! {
    #[test]
    fn formatted_dates_and_times_are_read_back(days in 0_i64..109_938, minutes in 0_i64..1440) {
        let time = at("1900-01-01 00:00") + TimeDelta::days(days) + TimeDelta::minutes(minutes);
        prop_assert_eq!(parse_date_time(&format_date_time(time), now()), Ok(time));
        prop_assert_eq!(parse_end(&format_date_time(time), now()), Ok(time));
        prop_assert_eq!(parse_date(&format_date(time.date()), now().date(), Direction::Past), Ok(time.date()));
        for language in [Language::En, Language::Fr] {
            prop_assert_eq!(parse_date_time(&spell_date_time(time, language), now()), Ok(time));
        }
    }

    #[test]
    fn a_length_is_added_to_the_start(hours in 1_i64..12, minutes in 0_i64..60, days in 0_i64..40_000) {
        let start = at("2000-01-01 23:59") + TimeDelta::days(days);
        let end = start + TimeDelta::hours(hours) + TimeDelta::minutes(minutes);
        for typed in [format!("+{hours}h{minutes:02}"), format!("{hours}h{minutes:02}min"), format!("+{hours} h {minutes}")] {
            prop_assert_eq!(parse_end(&typed, start), Ok(end));
        }
    }

    #[test]
    fn no_typed_text_panics_and_case_is_ignored(text in prop_oneof![any::<String>(), "[0-9+./:hdjwm tapr-]{0,16}"]) {
        let (small, large) = (text.to_lowercase(), text.to_uppercase());
        prop_assert_eq!(parse_date_time(&small, now()), parse_date_time(&large, now()));
        prop_assert_eq!(parse_end(&small, now()), parse_end(&large, now()));
        let date = |text: &str| parse_date(text, now().date(), Direction::Past);
        prop_assert_eq!(date(&small), date(&large));
        prop_assert!(parse_date_time(&text, now()).is_ok_and(|time| YEARS.contains(&time.year()))
            || parse_date_time(&text, now()).is_err());
    }
}
