//! The columns of lists.

use super::desk::*;

/// The line of titles.
fn titles(desk: &mut Desk) -> String {
    desk.screen().lines().nth(3).unwrap().to_owned()
}

#[test]
fn events_at_80_columns_show_client_and_place_and_no_column_that_repeats_itself() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Kevin Casey").see("Person supp");
    assert_eq!(
        titles(&mut desk).split_whitespace().collect::<Vec<_>>(),
        ["Starts", "^", "Title", "Client", "Place", "Support"]
    );
    desk.press(KeyCode::Char('v')).press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Enter);
    desk.see("Events: without support");
    let contract = desk.world.records().signed;
    desk.world.save(&Request::Write(WriteRequest::CreateEvent {
        contract,
        draft: support::world::event_draft("Board dinner", 20),
    }));
    desk.press(KeyCode::F(5)).see("Board dinner").not("nobody yet").see("Kevin Casey").see("planned");
    // In a window of any width, and for support in the views of their own.
    desk.resize(109, 24).see("Attendees").not("nobody yet");
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('v')).press(KeyCode::Down).press(KeyCode::Enter).see("Events: mine");
    assert!(!titles(&mut desk).contains("Support"));
}

#[test]
fn the_staff_list_shows_how_to_reach_people_at_80_columns() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("staff").see("other.support@example.org").see("management");
    assert_eq!(
        titles(&mut desk).split_whitespace().collect::<Vec<_>>(),
        ["Name", "^", "Department", "E-mail", "Phone"]
    );
}

#[test]
fn the_column_that_sorts_a_list_is_always_shown() {
    for (list, size) in [("clients", (80, 24)), ("contracts", (60, 16)), ("events", (60, 16)), ("staff", (60, 16))] {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        desk.resize(size.0, size.1).go(list);
        // The last order of clients, possible duplicates beside each other, has no column.
        for order in 0..if list == "clients" { 7 } else { 8 } {
            desk.press(KeyCode::Char('s')).press(KeyCode::Home);
            for _ in 0..8 {
                desk.press(KeyCode::Up);
            }
            for _ in 0..order {
                desk.press(KeyCode::Down);
            }
            desk.press(KeyCode::Enter);
            let shown = titles(&mut desk);
            assert!(shown.contains(" ^") || shown.contains(" v"), "{list}, {order}:\n{}", desk.screen());
        }
    }
}

/// Amounts take what they need, so that names are whole; the preview cuts no label.
#[test]
fn names_are_whole_where_amounts_leave_room() {
    for (language, list) in [(Language::En, "contracts"), (Language::Fr, "contrats")] {
        let mut desk = Desk::of("manager", language);
        let name = "Bartholomew Featherst";
        let client = desk.world.client_of(desk.world.sales.actor.id, name);
        desk.world.signed_contract(client);
        desk.go(list).see(&format!("{name} "));
        for width in [116, 120] {
            desk.resize(width, 30).see(&format!("{name} "));
        }
    }
}

#[test]
fn the_preview_has_whole_labels() {
    for (language, labels) in [(Language::En, ["Contact on the day"]), (Language::Fr, ["Contact sur place"])] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("events");
        for width in [120, 200] {
            desk.resize(width, 40);
            for label in &labels {
                desk.see(label);
            }
        }
    }
}

/// In the window of the columns, the selection stays on its column.
#[test]
fn space_brings_back_the_column_that_it_has_hidden() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contracts");
    let usual = titles(&mut desk);
    desk.press(KeyCode::Char('C')).press(KeyCode::End).press(KeyCode::Char(' '));
    let last = desk.screen().lines().rev().find(|line| line.contains("[ ]")).unwrap().to_owned();
    assert!(!desk.screen().split_once(&last).unwrap().1.contains("[x]"), "{}", desk.screen());
    desk.press(KeyCode::Home).press(KeyCode::Char(' ')).press(KeyCode::Enter).see("These columns are saved");
    assert_ne!(titles(&mut desk), usual);
    // When the window opens again, the hidden column is in its place.
    desk.press(KeyCode::Char('C')).press(KeyCode::Char(' ')).press(KeyCode::End).press(KeyCode::Char(' '));
    desk.not("[ ]").press(KeyCode::Enter).see("has the usual columns again");
    assert_eq!(titles(&mut desk), usual);
    // The usual columns come back under the selection too.
    desk.press(KeyCode::Char('C')).press(KeyCode::PageDown).press(KeyCode::PageDown).press(KeyCode::Delete);
    desk.press(KeyCode::Char(' ')).press(KeyCode::Enter);
    let hidden = titles(&mut desk);
    desk.press(KeyCode::Char('C')).press(KeyCode::Home).press(KeyCode::Char(' ')).press(KeyCode::Enter);
    assert_eq!(titles(&mut desk), usual, "{hidden}");
}
