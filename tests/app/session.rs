//! Locking, signing out and quitting.

use super::desk::*;

#[test]
fn the_session_locks_after_its_idle_time_and_gives_the_form_back() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    let limit = u64::from(Settings::default().session_minutes) * 60_000;
    desk.wait(limit - 30_000).see("Locks in 30 s");
    // A jump of the wall clock has no effect.
    desk.now.utc += chrono::TimeDelta::days(1);
    desk.wait(29_999).see("Half written");
    desk.wait(1).see("Locked").not("Half written");
    desk.write("wrong password").press(KeyCode::Enter).see("That is not your password.").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    // Any key postpones the lock.
    desk.wait(limit - 1_000).press(KeyCode::Char('!')).wait(2_000).see("Half written!");
}

/// Whatever the wall clock does (a day back or forward, summer time) and however irregular the ticks are, the
/// session locks within a second of its time.
#[test]
fn no_jump_of_the_wall_clock_moves_the_lock() {
    let mut desk = Desk::of("sales", Language::En);
    let rounds = crate::support::rounds(5);
    let mut number = 1_u64;
    let mut dice = |sides: u64| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % sides
    };
    desk.go("new client").write("Half written");
    for round in 0..rounds {
        let mut idle = 0;
        while idle < limit() {
            desk.not("Locked").see("Half written");
            let jump = [0, 0, 0, 1, -1, 24, -24][usize::try_from(dice(7)).unwrap()];
            desk.now.utc += chrono::TimeDelta::hours(jump);
            // Take long steps first, and short ones near the end.
            let step = if limit() - idle > 5_000 { 1 + dice(limit() - idle - 2_000) } else { 1 + dice(1_000) };
            desk.wait(step);
            idle += step;
        }
        desk.see("Locked").not("Half written");
        assert!(idle - limit() < 1_000, "round {round}: {idle}");
        // Move the wall clock past any sign-in delay.
        desk.now.utc += chrono::TimeDelta::hours(48);
        desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    }
    println!("FIGURE 4 lock: {rounds} times within a second of its minute, whatever the wall clock did");
}

/// Another user at the same screen finds nothing of a half-written form.
#[test]
fn a_draft_comes_back_only_to_its_writer() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Right).press(KeyCode::Enter).see("Username");
    desk.write("other.sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).see("Waiting for you");
    desk.go("new client").see("New client").not("Half written");
}

#[test]
fn a_deactivated_user_is_signed_out_within_five_seconds() {
    let mut desk = Desk::of("support", Language::En);
    desk.see("my next events");
    let id = desk.world.support.actor.id;
    desk.world.save(&Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs: None }));
    for _ in 0..5 {
        desk.wait(1_000);
    }
    desk.see("Your account was changed, or a backup was restored. Please sign in again.").not("my next events");
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
    // Nor is the key typed into the password field.
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written").not("Half writtenx");
}

#[test]
fn leaving_a_locked_session_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    // The text and the bottom line say the same about Esc.
    desk.see("Esc signs").see("in as somebody else.").see("Esc sign in as somebody else");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Enter).see("Your work is kept");
    desk.ctrl('c').see("Quit without saving?").press(KeyCode::Enter).see("Your work is kept");
    assert!(!desk.quit, "Cancel is preselected");
    desk.write("wrong password").press(KeyCode::Enter).see("That is not your password.").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    desk.wait(limit())
        .press(KeyCode::Esc)
        .press(KeyCode::Right)
        .press(KeyCode::Enter)
        .see("Username or e-mail address");
}

/// The reply to a wrong password arrives while another question is open.
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
fn no_record_is_shown_while_locked() {
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
fn the_lock_warning_replaces_an_earlier_message() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.ctrl('s').see("is a client now.").wait(limit() - 30_000).see("Locks in 30 s");
}

/// A name or a password that is missing is no guess: the server is not asked, and no try is counted.
#[test]
fn a_sign_in_that_lacks_something_asks_for_it() {
    let mut desk = Desk::new(Language::En);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Enter).press(KeyCode::Enter).see("Type your user name and your password.").not("incorrect");
    desk.write("sales").press(KeyCode::Enter).press(KeyCode::Enter).see("Type your password.").not("user name and");
    assert!(desk.held.take().is_some_and(|held| held.is_empty()), "the server was asked");
    assert!(desk.world.audit().iter().all(|verb| verb != "session.sign_in_refused"));
    desk.write(PASSWORD).press(KeyCode::Enter).see("Waiting for you");
}

/// The program that was started for one user has no name to ask for.
#[test]
fn a_sign_in_for_one_user_asks_only_for_the_password() {
    for (language, wanted, not) in [
        (Language::En, "Type your password.", "user name and"),
        (Language::Fr, "Tapez votre mot de passe.", "identifiant et"),
    ] {
        let Desk { app, .. } = Desk::new(language);
        let mut desk = Desk { app: app.for_user(Some("sales".to_owned())), ..Desk::new(language) };
        desk.press(KeyCode::Enter).see(wanted).not(not);
    }
}
