//! Amounts as people write them: never negative by accident, and read back as the same.
#![no_main]

use epic_events::domain::{Cents, check, language::Language, money, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    if let Ok(amount) = Cents::parse(typed) {
        for language in [Language::En, Language::Fr] {
            assert_eq!(Cents::parse(&amount.format(language)).ok(), Some(amount));
        }
    }
    money::parse_whole(typed).ok();
    check::attendees(typed).ok();
    // What is kept of a text stays as it is when it is kept again.
    let kept = text::clean(typed);
    assert_eq!(text::clean(&kept), kept);
    assert!(!text::for_terminal(typed).chars().any(char::is_control));
    assert_eq!(text::width(&text::fit(typed, 20)), 20);
});
