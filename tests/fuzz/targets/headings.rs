//! Headings and dates of files to import: no panic, each field has one column, and a day is read as the same day in
//! both orders if its number is above twelve.
#![no_main]

use std::collections::HashSet;

use chrono::NaiveDate;
use epic_events::{
    domain::{
        day_order::{DayOrder, Found, found, read_day, read_day_time},
        entity::EntityKind,
    },
    services::spreadsheet::headings,
};
use libfuzzer_sys::fuzz_target;

const KINDS: [EntityKind; 6] = [
    EntityKind::Client,
    EntityKind::Contract,
    EntityKind::Event,
    EntityKind::Payment,
    EntityKind::User,
    EntityKind::Audit,
];

fuzz_target!(|typed: &str| {
    let texts: Vec<String> = typed.split(';').map(str::to_owned).collect();
    headings::kind_of(&texts);
    for kind in KINDS {
        let fields = headings::matched(kind, &texts);
        assert_eq!(fields.len(), texts.len());
        let mut seen = HashSet::new();
        assert!(fields.into_iter().flatten().all(|field| seen.insert(field) && headings::fields(kind).contains(&field)));
    }
    let Some(today) = NaiveDate::from_ymd_opt(2026, 11, 21) else { return };
    for text in &texts {
        let read = [DayOrder::DayFirst, DayOrder::MonthFirst].map(|order| {
            read_day_time(text, order, today).ok();
            read_day(text, order, today)
        });
        if let (Found::Decided(_), [Ok(one), Ok(other)]) = (found(std::iter::once(text.as_str())), read) {
            assert_eq!(one, other, "{text}");
        }
    }
});
