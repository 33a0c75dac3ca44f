//! Amounts and other texts as people write them: what is formatted is parsed back as the same amount, and
//! cleaned text has no control characters.
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
    // Cleaning a cleaned text changes nothing.
    let kept = text::clean(typed);
    assert_eq!(text::clean(&kept), kept);
    assert!(!text::for_terminal(typed).chars().any(char::is_control));
    assert_eq!(text::width(&text::fit(typed, 20)), 20);
});
