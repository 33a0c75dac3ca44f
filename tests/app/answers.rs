//! Which keys answer a question, and what is said of what is so already.

use super::{desk::*, questions::event};
use epic_events::domain::users::Role;

/// The account that was deactivated is named, not whoever took over.
#[test]
fn an_account_that_leaves_the_view_is_named() {
    for (language, list, told) in [
        (Language::En, "staff", "The account is no longer in this view."),
        (Language::Fr, "collaborateurs", "Le compte n'apparaît plus dans cette vue."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.resize(160, 24).go(list).press(KeyCode::Char('/')).write("person support").press(KeyCode::Enter);
        desk.press(KeyCode::Char('x')).press(desk_yes(language)).see(told);
    }
}

fn desk_yes(language: Language) -> KeyCode {
    KeyCode::Char(if language == Language::En { 'y' } else { 'o' })
}

/// Besides `y`, only the letter that stands on the button answers.
#[test]
fn no_other_letter_than_the_shown_one_answers_yes() {
    for (language, list, other, button) in
        [(Language::En, "clients", 'o', "Archive y"), (Language::Fr, "clients", 's', "Archiver o")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
        desk.go(list).press(KeyCode::Char('x')).see(button);
        let before = desk.world.state();
        desk.press(KeyCode::Char(other)).see(button);
        assert_eq!(desk.world.state(), before);
        desk.press(desk_yes(language)).not(button);
        assert_ne!(desk.world.state(), before);
    }
}

/// Before anybody answers: what stays as it is when the account is activated again, in two lines.
#[test]
fn deactivating_says_what_activating_again_does_not_bring_back() {
    for (language, list, lines) in [
        (
            Language::En,
            "staff",
            ["clients and events go to others.", "Activating the account again does not bring them back."],
        ),
        (
            Language::Fr,
            "collaborateurs",
            ["d'autres reprennent clients et", "événements. Réactiver le compte ne les lui rend pas."],
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(list).press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter);
        desk.press(KeyCode::Char('x'));
        let screen = desk.screen();
        let at = screen.lines().position(|line| line.contains(lines[0])).unwrap_or_else(|| panic!("{screen}"));
        assert!(screen.lines().nth(at + 1).unwrap().contains(lines[1]), "{screen}");
    }
}

/// What is so already is said, in place of that nothing had to be changed.
#[test]
fn a_status_or_a_support_that_is_given_again_is_said_to_be_so_already() {
    for (language, list, status, support) in [
        (Language::En, "events", "It is planned already.", "Person other.support supports Dinner already."),
        (
            Language::Fr,
            "événements",
            "L'état est déjà «\u{a0}prévu\u{a0}».",
            "Person other.support prend déjà en charge Dinner.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        event(&mut desk, "Dinner", 5);
        desk.go(list).press(KeyCode::Char('/')).write("dinner").press(KeyCode::Enter);
        desk.press(KeyCode::Char('t')).press(KeyCode::Enter).see(status);
        for _ in 0..2 {
            desk.press(KeyCode::Char('a')).write("other").press(KeyCode::Enter);
        }
        desk.see(support);
        // On the record too.
        desk.press(KeyCode::Enter).press(KeyCode::Char('t')).press(KeyCode::Enter).see(status);
    }
}

/// An account that is activated again gets back nothing that others have taken over; management had nothing.
#[test]
fn reactivating_says_that_what_was_handed_over_stays_away() {
    for (language, list, [clients, events]) in [
        (Language::En, "deactivated", ["Clients that were handed over", "Events that were handed over"]),
        (Language::Fr, "désactivés", ["clients confiés à d'autres", "événements confiés à d'autres"]),
    ] {
        for (role, seen) in
            [(Role::Sales, [true, false]), (Role::Support, [false, true]), (Role::Management, [false; 2])]
        {
            let mut desk = Desk::of("manager", language);
            let id = desk.world.hire("zoe", role).actor.id;
            desk.world.save(&Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs: None }));
            desk.go(list).see("Person zoe").press(KeyCode::Char('x'));
            let screen = desk.screen();
            assert_eq!([clients, events].map(|words| screen.contains(words)), seen, "{role:?}\n{screen}");
        }
    }
}
