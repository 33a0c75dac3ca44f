//! Signing a contract: on which day, and that it is final.

use super::desk::*;
use epic_events::storage;

#[test]
fn a_signature_has_a_day_that_is_not_after_today() {
    let mut desk = Desk::of("sales", Language::En);
    let contract = desk.world.records().contract;
    desk.go("contracts").press(KeyCode::End).see("not signed").press(KeyCode::Char('S'));
    desk.see("Sign the contract").see("1 - Kevin Casey (Cool Startup LLC)").see("10,000.00 EUR").see("21/11/2026");
    // Today is a proposal: what is typed takes its place.
    desk.write("13/8").see("Thu 13 August 2026");
    desk.ctrl('u').write("tomorrow").press(KeyCode::Enter).see("This is in the future.").not("final");
    desk.ctrl('u').press(KeyCode::Enter).see("Please fill this in.");
    desk.write("14/8").see("Fri 14 August 2026").press(KeyCode::Enter);
    desk.see("Signed on: Fri 14 August 2026").see("A signature is final");
    let before = desk.world.state();
    desk.press(KeyCode::Esc).see("> Signed on");
    assert_eq!(desk.world.state(), before, "nothing is signed before the answer");
    desk.ctrl('s').press(KeyCode::Char('y')).see("is signed.").see("14/08/2026");
    let stored = storage::contracts::find(&mut desk.world.connection(), contract).unwrap().unwrap();
    assert_eq!(stored.signed_at.unwrap().to_string(), "2026-08-14 10:00:00");
    desk.press(KeyCode::Enter).see("Signed on").see("Fri 14 August 2026").not("12:00");
}

/// What was typed is not thrown away by one Esc; the proposal of today is nobody's work.
#[test]
fn a_typed_day_of_signature_is_not_discarded_unasked() {
    for (language, list, question, screen) in [
        (Language::En, "contracts", "Discard what you typed?", "Sign the contract"),
        (Language::Fr, "contrats", "Abandonner la saisie\u{a0}?", "Signer le contrat"),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.go(list).press(KeyCode::End).press(KeyCode::Char('S')).see(screen);
        desk.press(KeyCode::Esc).not(question).not(screen);
        desk.press(KeyCode::Char('S')).write("30/10").press(KeyCode::Esc).see(question);
        desk.press(KeyCode::Esc).see("30/10").press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter);
        desk.not(screen).not(question);
    }
}

/// The same for the filters of a list.
#[test]
fn typed_filters_are_not_discarded_unasked() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Char('f')).press(KeyCode::Esc).see("Contracts: all");
    desk.press(KeyCode::Char('f')).write("500").press(KeyCode::Esc).see("Discard what you typed?");
    desk.press(KeyCode::Char('y')).see("Contracts: all").not("Filtered");
}
