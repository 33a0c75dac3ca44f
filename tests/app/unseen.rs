//! Keys that are no answer: those that come before what they would answer is on the screen, and letters with Ctrl.

use super::{desk::*, keys::with_keys, pickers::leaver};
use epic_events::storage;

/// Only a letter by itself answers a question: with Ctrl it is another key.
#[test]
fn a_letter_with_ctrl_answers_no_question() {
    for (language, yes, question) in
        [(Language::En, 'y', "[Cancel] Esc     Archive y"), (Language::Fr, 'o', "[Annuler] Échap     Archiver o")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
        desk.go("clients").press(KeyCode::Char('x')).see(question);
        let before = desk.world.state();
        for letter in [yes, 'y', 'n'] {
            for modifiers in [KeyModifiers::CONTROL, KeyModifiers::CONTROL | KeyModifiers::ALT] {
                desk.key(KeyCode::Char(letter), modifiers).see(question);
            }
        }
        assert_eq!(desk.world.state(), before);
        desk.press(KeyCode::Char(yes)).not(question);
        assert_ne!(desk.world.state(), before);
    }
}

#[test]
fn the_key_that_saves_does_not_discard() {
    let mut desk = with_keys("sales", Language::En, &[("save", "ctrl+y")]);
    desk.go("new client").write("Half written").press(KeyCode::Esc).see("Discard what you typed?");
    desk.ctrl('y').see("Discard what you typed?").press(KeyCode::Esc).see("Half written");
}

/// In a month, the columns of a list, the choices of a form and a picker, as in a question.
#[test]
fn a_letter_with_ctrl_moves_chooses_and_marks_nothing() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    let nothing_happens = |desk: &mut Desk| {
        let before = desk.screen();
        for letter in ['h', 'j', 'k', 'l', ' '] {
            assert_eq!(desk.ctrl(letter).screen(), before, "{letter}");
        }
    };
    desk.go("clients").press(KeyCode::Char('C')).see("[x] Name").press(KeyCode::Down);
    nothing_happens(&mut desk);
    desk.press(KeyCode::Esc).press(KeyCode::Char('e'));
    to(&mut desk, "Last contact").press(KeyCode::F(4)).see("November");
    nothing_happens(&mut desk);
    desk.press(KeyCode::Esc).press(KeyCode::Esc).go("my preferences").see("Language");
    nothing_happens(&mut desk);
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).see("Who takes over");
    desk.ctrl(' ').not("* Person").write("third").press(KeyCode::Char(' ')).see("* Person third");
    // Nor does it begin a new text after a mark.
    desk.ctrl('a').see("│ third");
}

/// While a picker searches, the user chooses one of the lines that are there; then others arrive.
fn others_arrive(typed: &str) -> Desk {
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).see("Person third");
    desk.held = Some(Vec::new());
    desk.write(typed).press(KeyCode::Down).drawn().see("hands over to Person other.sales").release();
    desk
}

#[test]
fn the_selection_of_a_picker_stays_on_its_line() {
    let mut desk = others_arrive("th");
    desk.see("hands over to Person other.sales").early_key(KeyCode::Enter, KeyModifiers::NONE);
    desk.see("Person other.sales: 5 clients");
}

#[test]
fn a_line_that_takes_the_place_of_the_selected_one_is_not_taken_before_it_is_seen() {
    let mut desk = others_arrive("marie");
    for code in [KeyCode::Enter, KeyCode::Char(' ')] {
        desk.early_key(code, KeyModifiers::NONE);
    }
    desk.see("Who takes over").not("* Person").press(KeyCode::Enter).see("Person marie: 5 clients");
}

/// Enter pressed twice on the key that opens a picker gives nothing away.
#[test]
fn the_first_line_of_a_picker_is_not_taken_before_it_is_seen() {
    let mut desk = Desk::of("manager", Language::En);
    let event = desk.world.records().event;
    let support_of =
        |desk: &Desk| storage::events::find(&mut desk.world.connection(), event).unwrap().unwrap().support_id;
    let before = support_of(&desk);
    desk.go("events").press(KeyCode::Char('a')).early_key(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(support_of(&desk), before);
    desk.see("Support for").press(KeyCode::Enter).not("Support for");
    assert_ne!(support_of(&desk), before);
    // Where several can be marked, neither does Space mark it.
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).early_key(KeyCode::Char(' '), KeyModifiers::NONE);
    desk.see("Who takes over").not("* Person");
}

/// A window that is too small shows no question.
#[test]
fn a_question_that_had_no_room_is_not_answered() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.go("clients").press(KeyCode::Char('x')).resize(40, 10).drawn().resize(80, 24);
    let before = desk.world.state();
    desk.early_key(KeyCode::Char('y'), KeyModifiers::NONE);
    assert_eq!(desk.world.state(), before);
    desk.see("[Cancel] Esc     Archive y").press(KeyCode::Char('y')).see("is archived.");
    // It can still be left there.
    let mut desk = Desk::of("manager", Language::En);
    desk.go("new client").write("Half written").press(KeyCode::Esc).resize(40, 10).ctrl('c').resize(80, 24);
    desk.not("Discard what you typed?").see("Half written");
}

/// Each question of a locked session is another one.
#[test]
fn the_second_question_of_a_lock_is_not_answered_before_it_is_seen() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(3_600_000).see("Locked");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Enter);
    desk.early_key(KeyCode::Char('c'), KeyModifiers::CONTROL).early_key(KeyCode::Char('y'), KeyModifiers::NONE);
    assert!(!desk.quit);
    desk.see("Quit without saving?").press(KeyCode::Char('y'));
    assert!(desk.quit);
}

/// A password that is shown once stays until it could be read, however early Enter is pressed.
#[test]
fn a_temporary_password_is_not_closed_before_it_is_seen() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("new member of staff").write("zoe").press(KeyCode::Tab).write("Zoe Zander").ctrl('g').ctrl('s');
    desk.early_key(KeyCode::Enter, KeyModifiers::NONE).see("Read it to Zoe Zander now");
    desk.press(KeyCode::Enter).not("Read it to Zoe Zander now");
}

/// In a window that is too small for it, no key closes it either.
#[test]
fn a_temporary_password_is_not_lost_in_a_small_window() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("new member of staff").write("zoe").press(KeyCode::Tab).write("Zoe Zander").ctrl('g').ctrl('s');
    desk.resize(40, 10).drawn().early_key(KeyCode::Char('c'), KeyModifiers::CONTROL).resize(80, 24);
    desk.see("Read it to Zoe Zander now");
}

/// Enter that comes before the lines is for the first of them, unless the selection is moved afterwards.
#[test]
fn enter_that_came_before_the_lines_takes_no_other_line() {
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).see("Who takes over");
    desk.held = Some(Vec::new());
    desk.write("er").press(KeyCode::Enter).press(KeyCode::Down).drawn().release();
    desk.see("Who takes over").not("5 clients and");
}
