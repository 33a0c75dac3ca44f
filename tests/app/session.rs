//! Locking, signing out and leaving.

use super::desk::*;

#[test]
fn the_session_locks_at_its_minute_and_gives_the_form_back() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    let limit = u64::from(Settings::default().session_minutes) * 60_000;
    desk.wait(limit - 30_000).see("Locks in 30 s");
    // The clock on the wall may jump as it likes.
    desk.now.utc += chrono::TimeDelta::days(1);
    desk.wait(29_999).see("Half written");
    desk.wait(1).see("Locked").not("Half written");
    desk.write("wrong password").press(KeyCode::Enter).see("do not fit together").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    // Any key puts the lock off.
    desk.wait(limit - 1_000).press(KeyCode::Char('!')).wait(2_000).see("Half written!");
}

#[test]
fn whoever_is_deactivated_is_signed_out_within_five_seconds() {
    let mut desk = Desk::of("support", Language::En);
    desk.see("my next events");
    let id = desk.world.support.actor.id;
    desk.world.save(&Request::DeactivateUser { id, version: 2, heir: None });
    for _ in 0..5 {
        desk.wait(1_000);
    }
    desk.see("Your account was changed. Please sign in again.").not("my next events");
}

#[test]
fn quitting_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("q").see("q");
    desk.ctrl('c').see("Quit without saving?").press(KeyCode::Enter);
    assert!(!desk.quit, "Cancel is preselected");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Waiting for you").press(KeyCode::Char('q'));
    assert!(desk.quit);
}

fn limit() -> u64 {
    u64::from(Settings::default().session_minutes) * 60_000
}

#[test]
fn the_key_that_wakes_a_laptop_does_not_keep_the_session_open() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    desk.now.ticks += limit() + 3_600_000;
    desk.press(KeyCode::Char('x')).see("Locked").not("Half written");
    // Nor does it get into the password.
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written").not("Half writtenx");
}

#[test]
fn leaving_a_locked_session_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Enter).see("Your work is kept");
    desk.ctrl('c').see("Quit without saving?").press(KeyCode::Enter).see("Your work is kept");
    assert!(!desk.quit, "Cancel is preselected");
    desk.write("wrong password").press(KeyCode::Enter).see("do not fit together").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    desk.wait(limit())
        .press(KeyCode::Esc)
        .press(KeyCode::Right)
        .press(KeyCode::Enter)
        .see("Username or e-mail address");
}

/// The reply to a wrong password comes while something else is asked.
#[test]
fn a_wrong_password_never_unlocks() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    desk.held = Some(Vec::new());
    desk.write("wrong password").press(KeyCode::Enter).press(KeyCode::Esc).see("Discard what you typed?");
    desk.release();
    desk.see("Locked").not("Half written");
}

#[test]
fn nothing_of_the_records_shows_while_locked() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('a')).write("other");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Enter).press(KeyCode::Char('L')).see("Locked");
    desk.release();
    desk.see("Locked").not("Lou Bouzin");
    desk.write(PASSWORD).press(KeyCode::Enter).see("Person other.support supports Lou Bouzin");
}

#[test]
fn leaving_by_the_palette_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    for place in ["sign out", "home"] {
        desk.ctrl('p').write(place).press(KeyCode::Enter).see("Discard what you typed?");
        desk.press(KeyCode::Enter).see("Half written");
    }
    desk.ctrl('p').write("home").press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Waiting for you");
}

#[test]
fn the_lock_is_announced_whatever_was_said_before() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.ctrl('s').see("Saved.").wait(limit() - 30_000).see("Locks in 30 s");
}
