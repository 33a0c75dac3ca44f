//! Menus and pickers: narrowing, marking, moving, and what they say about the answer that they wait for.

use super::desk::*;
use epic_events::domain::users::Role;

/// A company where a sales person with five clients can be replaced by three others.
pub fn leaver(language: Language) -> Desk {
    let mut desk = Desk::of("manager", language);
    let sales = desk.world.sales.actor.id;
    for number in 0..5 {
        desk.world.client_of(sales, &format!("Client {number}"));
    }
    desk.world.hire("third", Role::Sales);
    desk.world.hire("marie", Role::Sales);
    let list = if language == Language::En { "staff" } else { "collaborateurs" };
    desk.go(list).press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
    desk
}

/// Whoever chooses heirs always sees who is marked, and that Enter is for those and not for the selected line.
#[test]
fn the_picker_says_who_is_marked_and_what_enter_does() {
    for (language, none, one, two, first, question) in [
        (
            Language::En,
            "Enter hands over to Person marie. Space marks several.",
            "1 marked: Person third. Enter hands over to this person.",
            "2 marked: Person third, Person marie. Enter hands over to them.",
            "2 marked: Person third, Person marie. Enter hands",
            "Person third: 3 clients",
        ),
        (
            Language::Fr,
            "Entrée confie tout à Person marie. Espace marque plusieurs personnes.",
            "1 personne marquée : Person third. Entrée lui confie tout.",
            "2 personnes marquées : Person third, Person marie. Entrée leur confie tout.",
            "2 personnes marquées : Person third, Person marie.",
            "Person third : 3 clients",
        ),
    ] {
        let mut desk = leaver(language);
        desk.resize(100, 24).press(KeyCode::Char('x')).press(KeyCode::Char(if language == Language::En {
            'y'
        } else {
            'o'
        }));
        desk.see(none).write("third").press(KeyCode::Char(' ')).see("* Person third").see(one);
        // The next name replaces the one that was found; Enter is still for those who are marked.
        desk.write("marie").not("thirdmarie").see("  Person marie").see(one);
        desk.press(KeyCode::Char(' ')).see("* Person marie").see(two);
        desk.write("other").see("Person other.sales").see(two).resize(60, 16).see(first);
        desk.press(KeyCode::Enter).see(question);
    }
}

/// A space bar that is quicker than the search marks whom the search finds.
#[test]
fn a_quick_space_marks_whom_the_typed_name_finds() {
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).see("Person marie");
    desk.held = Some(Vec::new());
    desk.write("third").press(KeyCode::Char(' ')).not("* ");
    desk.release();
    desk.release();
    desk.see("* Person third").see("1 marked: Person third.");
}

/// Delivers replies until none is awaited.
fn catch_up(desk: &mut Desk) {
    while desk.held.as_ref().is_some_and(|held| !held.is_empty()) {
        desk.release();
        desk.held.get_or_insert_default();
    }
    desk.held = None;
}

/// Keys that are quicker than the replies do the same as slow ones: nobody who was marked is left out.
#[test]
fn quick_keys_in_a_picker_do_what_slow_ones_do() {
    for (before, keys, marked, shares) in [
        // Enter waits for the mark before it.
        ("third ", "marie \n", "", &["Person third: 3 clients", "Person marie: 2 clients"][..]),
        ("", "marie \n", "", &["Person marie: 5 clients"]),
        ("", "third marie \n", "", &["Person third: 3 clients", "Person marie: 2 clients"]),
        // A letter after a mark looks for somebody else.
        ("", "third marie ", "2 marked: Person third, Person marie.", &[]),
        ("", "third mari", "1 marked: Person third.", &[]),
        ("", "third marie other\n", "", &["Person third: 3 clients", "Person marie: 2 clients"]),
        // A space bar that is held down does not remove the mark again.
        ("", "third   marie ", "2 marked: Person third, Person marie.", &[]),
        // Enter does nothing without the person who was to be marked.
        ("third ", "nobody \n", "1 marked: Person third.", &[]),
        ("third ", "nobody marie \n", "2 marked: Person third, Person marie.", &[]),
    ] {
        let mut desk = leaver(Language::En);
        desk.resize(100, 24).press(KeyCode::Char('x')).press(KeyCode::Char('y')).write(before);
        desk.held = Some(Vec::new());
        for key in keys.chars() {
            desk.press(if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
        }
        catch_up(&mut desk);
        if shares.is_empty() {
            desk.see(marked).see("Who takes over");
        }
        for share in shares {
            desk.see(share);
        }
        assert_eq!(desk.screen().matches(" clients").count(), shares.len() + 1, "{}", desk.screen());
    }
}

/// If the search fails, nothing is done with the people who are marked already.
#[test]
fn a_mark_whose_search_fails_is_not_left_out_silently() {
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).write("third ");
    desk.held = Some(Vec::new());
    desk.write("marie ").press(KeyCode::Enter);
    desk.refuse();
    desk.see("1 marked: Person third.").see("Who takes over");
}

/// What is pasted after a mark looks for somebody else, as what is typed does.
#[test]
fn a_paste_after_a_mark_replaces_the_text() {
    let mut desk = leaver(Language::En);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).write("third ").see("* Person third");
    desk.event(AppEvent::Terminal(TerminalEvent::Paste("marie".to_owned())));
    desk.see("  Person marie").not("thirdmarie").press(KeyCode::Char(' ')).see("2 marked: Person third, Person marie.");
}

/// Before anything is chosen, the question says how much has to be handed over, with what is archived.
#[test]
fn deactivating_says_first_how_much_is_handed_over() {
    for (language, owns, takes, nothing) in [
        (
            Language::En,
            "Person sales looks after 5 clients, 1 of them archived. You",
            "Who takes over Person sales's 5 clients, 1 of them archived?",
            "Nothing has to be handed over.",
        ),
        (
            Language::Fr,
            "Person sales suit 5 clients, dont 1 archivé. Vous choisissez",
            "Person sales : qui reprend ses 5 clients, dont 1 archivé ?",
            "Il n'y a rien à confier à quelqu'un d'autre.",
        ),
    ] {
        let mut desk = leaver(language);
        let client = epic_events::domain::ClientId::new(1);
        desk.world.save(&Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }));
        desk.resize(100, 24).press(KeyCode::Char('x')).see(owns);
        desk.press(KeyCode::Char('y')).see(takes).press(KeyCode::Esc);
        desk.go(if language == Language::En { "staff" } else { "collaborateurs" });
        desk.press(KeyCode::Char('/')).write("third").press(KeyCode::Enter).press(KeyCode::Char('x')).see(nothing);
    }
}

/// A part of a record's screen that does not show all says so.
#[test]
fn a_part_that_is_cut_says_that_there_are_more() {
    let mut desk = Desk::of("manager", Language::En);
    let sales = desk.world.sales.actor.id;
    for number in 0..50 {
        desk.world.client_of(sales, &format!("Client {number}"));
    }
    desk.go("staff").press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter);
    desk.press(KeyCode::Down).press(KeyCode::Enter).see("Clients (50)");
    desk.world.client_of(sales, "One more");
    desk.press(KeyCode::F(5)).see("Clients (50+)");
}

/// Every menu narrows by typing, and Home and End reach its ends.
#[test]
fn every_menu_narrows_and_its_ends_are_reached() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events");
    for (key, typed, found, lost) in [
        ('v', "arch", "Archived", "This week"),
        ('s', "pl", "Place", "Support"),
        ('t', "canc", "cancelled", "confirmed"),
        ('X', "cal", "Calendar", "CSV"),
    ] {
        desk.press(KeyCode::Char(key)).see("Type to narrow").see(found);
        let first = desk.screen();
        desk.press(KeyCode::Up).press(KeyCode::Home);
        let top = desk.screen();
        assert_eq!(desk.press(KeyCode::Up).screen(), top, "{first}");
        desk.press(KeyCode::End);
        let end = desk.screen();
        assert_eq!(desk.press(KeyCode::Down).screen(), end);
        desk.write(typed).see(found);
        let popup = desk.screen();
        let popup: String = popup.lines().filter(|line| line.contains('│')).collect();
        assert!(!popup.contains(lost), "{popup}");
        desk.press(KeyCode::Esc);
    }
}

/// A letter that was typed before the question could be read is no answer to it.
#[test]
fn a_question_is_not_answered_before_it_is_seen() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.go("clients").press(KeyCode::Char('x'));
    for code in [KeyCode::Char('y'), KeyCode::Right, KeyCode::Enter, KeyCode::Esc] {
        desk.early_key(code, KeyModifiers::NONE);
    }
    desk.see("[Cancel] Esc     Archive y").press(KeyCode::Char('y')).see("is archived.");
    // What is typed ahead into a menu counts.
    desk.press(KeyCode::Char(':'));
    for letter in "staff".chars() {
        desk.early_key(KeyCode::Char(letter), KeyModifiers::NONE);
    }
    desk.early_key(KeyCode::Enter, KeyModifiers::NONE);
    desk.see("Staff");
}

/// A town that is no name of a time zone is not the end.
#[test]
fn an_unknown_town_says_how_to_find_its_time_zone() {
    for (language, settings, label, told) in [
        (Language::En, "settings", "Time zone", "Try the capital or the nearest large city"),
        (Language::Fr, "réglages", "Fuseau horaire", "Essayez la capitale ou la grande ville la plus proche"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(settings);
        to(&mut desk, label).write("candé").see(told);
    }
}
