//! Database addresses are parsed or refused, and an error never repeats a password.
#![no_main]

use epic_events::storage::Target;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str)| {
    let (typed, before, behind) = input;
    Target::parse(typed).ok();
    let secret = "canarycanary";
    // Other parts than the password may be repeated in the error.
    if [typed, before, behind].iter().any(|part| part.contains(secret)) {
        return;
    }
    for address in [
        format!("mysql://{before}:{secret}@{behind}"),
        format!("mysql://{secret}:{before}@{behind},{typed}/name?ssl_mode={before}"),
    ] {
        if let Err(problem) = Target::parse(&address) {
            assert!(!format!("{problem:?}").contains(secret), "{problem:?}");
        }
    }
});
