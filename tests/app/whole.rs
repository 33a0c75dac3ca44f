//! Nothing that matters is cut while rows are free: messages, questions, notes and paths that are long.

use super::desk::*;
use epic_events::domain::error::Reference;

const SIZES: [(u16, u16); 2] = [(80, 24), (60, 16)];

/// The screen as one line, without the breaks; of a box only what is inside.
fn flowing(desk: &mut Desk) -> String {
    let screen = desk.screen();
    let inside = screen.lines().map(|line| line.split('│').nth(1).unwrap_or(line));
    inside.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn holds(desk: &mut Desk, words: &str) {
    let flowing = flowing(desk);
    assert!(flowing.contains(words), "no \"{words}\" in:\n{}", desk.screen());
}

/// Fails the requests that were held back with this error.
fn fail(desk: &mut Desk, error: &Error) {
    for (id, ..) in desk.held.take().unwrap_or_default() {
        desk.event(AppEvent::Reply { id, reply: Box::new(Err(error.clone())) });
    }
}

#[test]
fn a_long_message_is_shown_to_its_end() {
    for (language, (width, height)) in [(Language::En, SIZES[0]), (Language::En, SIZES[1]), (Language::Fr, SIZES[1])] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.resize(width, height).go("clients");
        let rows = desk.screen().lines().filter(|line| !line.is_empty()).count();
        desk.held = Some(Vec::new());
        desk.press(KeyCode::F(5));
        fail(&mut desk, &Error::Internal(Reference("7f3a-19c0".to_owned())));
        holds(&mut desk, "7f3a-19c0.");
        assert!(desk.screen().lines().filter(|line| !line.is_empty()).count() > rows, "the list is still shown");
        // The next key takes the message away, and the list has its rows again.
        desk.press(KeyCode::Home).not("7f3a-19c0");
    }
}

#[test]
fn a_long_path_keeps_the_name_of_its_file() {
    for (width, height) in SIZES {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        desk.resize(width, height).go("clients");
        desk.held = Some(Vec::new());
        desk.press(KeyCode::F(5));
        let folder = format!("/home/marta/{}/exports", "customers-of-the-company/".repeat(6));
        fail(&mut desk, &Error::NotWritable(folder));
        holds(&mut desk, "/home/marta/");
        holds(&mut desk, "…/exports. Check the folder");
    }
}

#[test]
fn a_long_title_of_a_question_stands_in_its_box() {
    let title = "Gala of the seven associations of the river and the harbour, with the prefect and guests";
    for (width, height) in SIZES {
        let mut desk = Desk::of("manager", Language::En);
        let records = desk.world.records();
        let draft = support::world::event_draft(title, 3);
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft }));
        desk.resize(width, height).go("events");
        while !desk.screen().lines().any(|line| line.contains("Gala of")) {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Char('/')).write("seven associations").press(KeyCode::Enter);
        for key in ['a', 't', 'x'] {
            desk.press(KeyCode::Char(key));
            holds(&mut desk, title);
            desk.press(KeyCode::Esc);
        }
    }
}

/// Long notes are read to their end on the screen of their record.
#[test]
fn notes_that_do_not_fit_say_so_and_are_scrolled() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
    desk.go("clients").press(KeyCode::Enter).press(KeyCode::Char('e')).press(KeyCode::BackTab);
    for line in 1..=40 {
        desk.write(&format!("note {line}")).press(KeyCode::Enter);
    }
    desk.write("the very last word").see("line 41 of 41").press(KeyCode::Up).see("line 40 of 41");
    desk.ctrl('s').press(KeyCode::Char('y')).see("note 1").not("the very last word").see("PgUp and PgDn show the rest");
    for _ in 0..20 {
        desk.press(KeyCode::PageDown);
    }
    desk.see("the very last word").see("Contracts (0)");
    desk.press(KeyCode::PageUp).not("the very last word").see("note 3");
}

/// A line of a menu that is cut is shown in full when it is selected.
#[test]
fn the_selected_line_of_a_menu_is_shown_in_full() {
    let mut desk = Desk::of("sales", Language::Fr);
    desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
    desk.resize(60, 16).go("clients").press(KeyCode::Enter);
    desk.press(KeyCode::Char('e')).press(KeyCode::BackTab);
    let notes = "Ne jamais appeler avant dix heures du matin, ni pendant les vacances scolaires de la zone B";
    desk.write(notes).ctrl('s').press(KeyCode::Char('o'));
    desk.press(KeyCode::Char('Y')).write("notes");
    holds(&mut desk, notes);
}

#[test]
fn what_is_wrong_with_a_field_is_said_to_its_end() {
    let mut desk = Desk::of("sales", Language::Fr);
    desk.resize(60, 16).go("nouveau client").write("Kevin Casey").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("no address").press(KeyCode::Tab);
    let problem = epic_events::ui::text::problem(Language::Fr, epic_events::domain::Problem::NotAnEmail);
    holds(&mut desk, &problem);
}
