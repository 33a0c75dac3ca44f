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

#[test]
fn a_receipt_is_printed_from_the_list_and_from_the_details() {
    for (language, list, told, words) in [
        (Language::En, "payments", "Receipt 1 (Kevin Casey) is now in", "Receipt no. 1"),
        (Language::Fr, "paiements", "Le reçu 1 (Kevin Casey) est maintenant dans", "Reçu n°\u{a0}1"),
    ] {
        for from_details in [false, true] {
            let mut desk = Desk::of("sales", language);
            desk.world.records();
            desk.go(list).see("Kevin Casey");
            if from_details {
                desk.press(KeyCode::Enter);
            }
            desk.press(KeyCode::Char('P')).see(told).see(".html");
            assert!(page(&desk).contains(words));
        }
    }
}

/// On the screen of a contract with one of its payments selected, either document may be meant.
#[test]
fn beside_a_payment_it_is_asked_what_to_print() {
    for (language, contract, questions, told) in [
        (
            Language::En,
            "contract 2",
            ["What do you want to print?", "The receipt of this payment", "The statement of contract 2"],
            ["Receipt 1 (Kevin Casey) is now in", "The statement of contract 2 (Kevin Casey) is now in"],
        ),
        (
            Language::Fr,
            "contrat 2",
            ["Que voulez-vous imprimer\u{a0}?", "Le reçu de ce paiement", "Le relevé du contrat 2"],
            ["Le reçu 1 (Kevin Casey) est maintenant dans", "Le relevé du contrat 2 (Kevin Casey) est maintenant"],
        ),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.go(contract).press(KeyCode::Tab).see("500").press(KeyCode::Char('P'));
        for question in questions {
            desk.see(question);
        }
        desk.press(KeyCode::Esc).press(KeyCode::Char('P')).press(KeyCode::Enter).see(told[0]);
        desk.press(KeyCode::Char('P')).press(KeyCode::Down).press(KeyCode::Enter).see(told[1]);
        assert_eq!(files(&desk).len(), 2);
        // In the other parts of the screen it is the contract's own document.
        desk.press(KeyCode::BackTab).press(KeyCode::Char('P')).see(told[1]);
        assert_eq!(files(&desk).len(), 3);
    }
}

/// A cancelled payment still has its receipt, which says so.
#[test]
fn the_receipt_of_a_cancelled_payment_can_be_printed() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("payments").press(KeyCode::Char('x')).write("Wrong contract").press(KeyCode::Enter).see("cancelled");
    desk.press(KeyCode::Char('P')).see("Receipt 1 (Kevin Casey) is now in");
    assert!(page(&desk).contains("This receipt is no longer valid."));
}

#[test]
fn an_event_sheet_is_printed_from_the_calendar() {
    for (language, calendar, told) in [
        (Language::En, "calendar", "The event sheet of Lou Bouzin General Assembly is now in"),
        (Language::Fr, "calendrier", "La fiche de l'événement Lou Bouzin General Assembly est maintenant dans"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        // The same day of the next month, and the lane of the second support person.
        desk.go(calendar).press(KeyCode::Char('v')).press(KeyCode::PageDown).press(KeyCode::Char('P'));
        assert_eq!(files(&desk).len(), 0, "nothing is selected");
        desk.press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Char('P')).see(told).see(".html");
        assert_eq!(files(&desk).len(), 1);
        // The help of the calendar names the key.
        desk.press(KeyCode::Char('?')).see("P          ");
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
        (Language::En, "receipt", "payments", "Payments: print"),
        (Language::Fr, "imprimer", "événements", "Événements\u{a0}: imprimer"),
        (Language::Fr, "quittance", "paiements", "Paiements\u{a0}: imprimer"),
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

/// Whoever stops waiting for a file is told what became of it: F5 would write none.
#[test]
fn a_file_that_comes_late_is_told() {
    for (language, list, gave_up, again, told, not_done) in [
        (
            Language::En,
            "contracts",
            "You stopped waiting. If the file is written all the same, you will be told.",
            "tries again",
            "is now in",
            "What you asked for was not done.",
        ),
        (
            Language::Fr,
            "contrats",
            "Vous avez cessé d'attendre. Si le fichier est tout de même écrit, vous le saurez.",
            "pour réessayer",
            "est maintenant dans",
            "Votre demande n'a pas été exécutée.",
        ),
    ] {
        for left in [false, true] {
            let mut desk = Desk::of("sales", language);
            desk.world.records();
            desk.resize(120, 24).go(list).see("Kevin Casey");
            desk.held = Some(Vec::new());
            desk.press(KeyCode::Char('P')).wait(300).press(KeyCode::Esc).see(gave_up).not(again);
            if left {
                desk.press(KeyCode::Esc);
            }
            desk.release();
            desk.see(told).see(".html");
            assert_eq!(files(&desk).len(), 1);
        }
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.resize(120, 24).go(list).see("Kevin Casey");
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Char('P')).wait(300).press(KeyCode::Esc).refuse();
        desk.see(not_done);
    }
}
