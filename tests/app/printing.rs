//! `P` writes the document of a record, from its list and from its own screen.

use super::desk::*;

/// The names of the files that were written.
fn files(desk: &Desk) -> Vec<String> {
    let files = std::fs::read_dir(desk.world.exports.path()).unwrap();
    files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// The content of the only file.
fn page(desk: &Desk) -> String {
    let name = files(desk).pop().unwrap();
    std::fs::read_to_string(desk.world.exports.path().join(name)).unwrap()
}

#[test]
fn an_event_sheet_is_printed_from_the_list_and_from_the_details() {
    for (language, list, told, words) in [
        (Language::En, "events", "The event sheet of Lou Bouzin General Assembly is now in", "Event sheet"),
        (
            Language::Fr,
            "événements",
            "La fiche de l'événement Lou Bouzin General Assembly est maintenant dans",
            "Fiche d&#39;événement",
        ),
    ] {
        for from_details in [false, true] {
            let mut desk = Desk::of("support", language);
            desk.world.records();
            desk.go(list).see("Lou Bouzin Gene");
            if from_details {
                desk.press(KeyCode::Enter);
            }
            desk.press(KeyCode::Char('P')).see(told).see(".html");
            assert_eq!(files(&desk).len(), 1);
            assert!(page(&desk).contains(words));
        }
    }
}

#[test]
fn a_statement_is_printed_from_the_list_and_from_the_details() {
    for from_details in [false, true] {
        let mut desk = Desk::of("sales", Language::En);
        desk.world.records();
        desk.go("contracts").see("Kevin Casey");
        if from_details {
            desk.press(KeyCode::Enter);
        }
        desk.press(KeyCode::Char('P')).see("The statement of contract").see("(Kevin Casey) is now in").see(".html");
        assert!(page(&desk).contains("Still due"));
    }
}

/// Somebody who sees a record that others own may print it, and the help says so.
#[test]
fn support_prints_the_contract_of_its_event_under_restricted_visibility() {
    use epic_events::domain::settings::Visibility;
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    let settings = epic_events::storage::settings::load(&mut desk.world.connection()).unwrap();
    let settings = Settings { visibility: Visibility::Restricted, ..settings };
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    desk.go("contracts").see("Kevin Casey").press(KeyCode::Char('P')).see("The statement of contract");
}

#[test]
fn one_document_is_printed_at_a_time() {
    let mut desk = Desk::of("manager", Language::En);
    let contract = desk.world.records().signed;
    let draft = support::world::event_draft("Board dinner", 20);
    desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    desk.go("events").press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).press(KeyCode::Char('P'));
    desk.see("This works on one record at a time.");
    assert_eq!(files(&desk), Vec::<String>::new());
}

#[test]
fn the_palette_leads_to_printing() {
    for (language, word, list, offer) in [
        (Language::En, "print", "events", "Events: print"),
        (Language::Fr, "imprimer", "événements", "Événements\u{a0}: imprimer"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.ctrl('p').write(word).see(offer).press(KeyCode::Esc);
        desk.go(list).ctrl('p').write(word).press(KeyCode::Enter).see(".html");
        assert_eq!(files(&desk).len(), 1);
    }
}

/// If the folder cannot be written, the message says so and nothing is recorded as printed.
#[test]
fn a_document_that_cannot_be_written_says_so() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    std::fs::remove_dir(desk.world.exports.path()).unwrap();
    std::fs::write(desk.world.exports.path(), "no folder").unwrap();
    desk.go("events").press(KeyCode::Char('P')).see("Check the folder");
    assert!(!desk.world.audit().contains(&"record.printed".to_owned()));
    std::fs::remove_file(desk.world.exports.path()).unwrap();
}
