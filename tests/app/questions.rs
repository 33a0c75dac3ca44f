//! Questions before a write: which answer comes first, and what is said after each.

use super::desk::*;
use epic_events::{
    domain::{ClientId, EventId, events::Status},
    storage,
};
use support::world::event_draft;

/// An event of the first signed contract.
pub fn event(desk: &mut Desk, title: &str, days: i64) -> EventId {
    let contract = epic_events::domain::ContractId::new(2);
    let draft = event_draft(title, days);
    EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
}

/// What is final has *Cancel* first; cancelling says what was not done. The letter of each button is shown.
#[test]
fn enter_on_a_final_question_cancels_and_says_so() {
    for (language, list, keys, buttons, told) in [
        (Language::En, "contracts", "S\n", "[Cancel] Esc     Sign y", "Nothing was signed."),
        (Language::Fr, "contrats", "S\n", "[Annuler] Échap     Signer o", "Rien n'a été signé."),
        (Language::En, "contracts", "x", "[Cancel] Esc     Archive y", "Nothing was archived."),
        (Language::Fr, "collaborateurs", "x", "[Annuler] Échap     Désactiver o", "Le compte reste actif."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(list).press(KeyCode::End);
        let before = desk.world.state();
        for answer in [KeyCode::Enter, KeyCode::Esc, KeyCode::Char('n')] {
            for key in keys.chars() {
                desk.press(if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
            }
            desk.see(buttons).press(answer).see(told).not(buttons);
            // The day of a signature is asked for in a form, which is left too.
            if keys.ends_with('\n') {
                desk.press(KeyCode::Esc);
            }
        }
        assert_eq!(desk.world.state(), before);
    }
}

/// Where nothing is final, Enter does it.
#[test]
fn enter_on_an_ordinary_question_confirms() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.world.save(&Request::Write(WriteRequest::ArchiveClient { id: ClientId::new(1), version: 1 }));
    desk.go("clients").press(KeyCode::Char('v')).press(KeyCode::Down).press(KeyCode::Enter).see("Anna Almeida");
    desk.press(KeyCode::Char('x')).see("[Restore] y     Cancel Esc").press(KeyCode::Esc).see("Nothing was restored.");
    desk.press(KeyCode::Char('x')).press(KeyCode::Enter).see("Anna Almeida is back in the lists.");
    desk.resize(120, 24).see("Press u to undo. The client is no longer in this view.");
}

/// Amounts and dates stand in a summary as in the details, on both sides of the arrow and however they were typed.
#[test]
fn a_summary_writes_both_sides_the_same_way() {
    for (language, amount, date, notes) in [
        (
            Language::En,
            "Total: 10,000.00 EUR -> 12,000.50 EUR",
            "Starts: Mon 21 December 2026, 09:00 -> Tue 22 December 2026, 10:00",
            "Last contact: nothing -> Fri 20 November 2026",
        ),
        (
            Language::Fr,
            "Total : 10\u{a0}000,00 EUR -> 12\u{a0}000,50 EUR",
            "Début : lun. 21 décembre 2026, 09:00 -> mar. 22 décembre 2026, 10:00",
            "Dernier contact : (vide) -> ven. 20 novembre 2026",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let (contracts, events) =
            if language == Language::En { ("contracts", "events") } else { ("contrats", "événements") };
        desk.go(contracts).press(KeyCode::End).press(KeyCode::Char('e')).ctrl('u').write("12000.5").ctrl('s');
        let squeeze = |text: &str| text.replace([' ', '\u{a0}', '│', '\n'], "");
        let shows = |desk: &mut Desk, text: &str| {
            let screen = desk.screen();
            assert!(squeeze(&screen).contains(&squeeze(text)), "{text}\n{screen}");
        };
        shows(&mut desk, amount);
        desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter);
        desk.go(events).press(KeyCode::Char('e')).press(KeyCode::Tab).ctrl('u');
        desk.write("22/12 10h").press(KeyCode::Tab).ctrl('u').write("5h").ctrl('s');
        shows(&mut desk, date);
        desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter);
        desk.go("clients").press(KeyCode::Char('e'));
        for _ in 0..4 {
            desk.press(KeyCode::Tab);
        }
        desk.write("20/11").ctrl('s');
        shows(&mut desk, notes);
    }
}

/// An event that begins later is hardly done.
#[test]
fn an_event_ahead_of_its_date_is_done_only_after_a_question() {
    let mut desk = Desk::of("support", Language::En);
    let id = desk.world.records().event;
    let status = |desk: &Desk| storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap().status;
    desk.go("events").press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Down).see("done");
    desk.press(KeyCode::Enter)
        .see("It begins only on Mon 21 December 2026, 09:00.")
        .see("[Cancel] Esc     It is done y");
    desk.press(KeyCode::Enter).see("The status stays as it was.");
    assert_eq!(status(&desk), Status::Planned);
    desk.press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Enter);
    desk.press(KeyCode::Char('y')).see("Lou Bouzin General Assembly is done.");
    assert_eq!(status(&desk), Status::Done);
    // The same on its own screen and in French; an event of the past is done without a question.
    let mut desk = Desk::of("support", Language::Fr);
    let id = desk.world.records().event;
    let status = |desk: &Desk| storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap().status;
    desk.go("événements").press(KeyCode::Enter).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Down);
    desk.press(KeyCode::Enter).see("Il ne commence que le lun. 21 décembre 2026").press(KeyCode::Esc);
    assert_eq!(status(&desk), Status::Planned);
    desk.now.utc += chrono::TimeDelta::days(40);
    desk.press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Enter);
    desk.see("est terminé.");
    assert_eq!(status(&desk), Status::Done);
}

/// Whoever gets two events at the same time is not free, and the picker says which ones overlap.
#[test]
fn the_picker_says_which_marked_events_overlap() {
    for (language, list, told, detail) in [
        (Language::En, "events", "2 of these overlap: Dinner, Gala", "cannot be at all of these"),
        (Language::Fr, "événements", "2 se chevauchent\u{a0}: Dinner, Gala", "pas disponible pour tous à la fois"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        for (title, days) in [("Dinner", 5), ("Gala", 5), ("Launch", 6)] {
            event(&mut desk, title, days);
        }
        desk.go(list);
        for _ in 0..3 {
            desk.press(KeyCode::Char(' '));
        }
        desk.press(KeyCode::Char('a')).see(told).see(detail).not("free").not("libre").press(KeyCode::Esc);
        desk.press(KeyCode::Esc).press(KeyCode::Home).press(KeyCode::Char(' ')).press(KeyCode::Char('a')).not(told);
    }
}

/// Nobody gets two events at the same time unasked, and the answer still says that it is so.
#[test]
fn an_overlap_is_asked_about_before_it_is_assigned_and_said_afterwards() {
    for (language, list, question, overlap, again, told) in [
        (
            Language::En,
            "events",
            "Give Dinner to Person support all the same?",
            "It overlaps Gala, 09:00–12:00.",
            "Give 2 events to Person support all the same?",
            "Dinner overlaps Gala, 09:00–12:00.",
        ),
        (
            Language::Fr,
            "événements",
            "Attribuer quand même Dinner à Person support ?",
            "Il a lieu en même temps que Gala, 09:00–12:00.",
            "Attribuer quand même 2 événements à Person support ?",
            "Dinner a lieu en même temps que Gala, 09:00–12:00.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let dinner = event(&mut desk, "Dinner", 5);
        let gala = event(&mut desk, "Gala", 5);
        let support = Some(desk.world.support.actor.id);
        let one = epic_events::domain::assigning::Assignment { event: gala, version: 1, support };
        desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![one])));
        let of_dinner = |desk: &Desk| {
            epic_events::storage::events::find(&mut desk.world.connection(), dinner).unwrap().unwrap().support_id
        };
        desk.resize(120, 24)
            .go(list)
            .press(KeyCode::Char('a'))
            .write("person support")
            .press(KeyCode::Down)
            .press(KeyCode::Enter);
        desk.see(question).see(overlap);
        // Enter alone changes nothing.
        desk.press(KeyCode::Enter);
        assert_eq!(of_dinner(&desk), None);
        desk.press(KeyCode::Char('a'))
            .write("person support")
            .press(KeyCode::Down)
            .press(KeyCode::Enter)
            .press(KeyCode::Char('y'));
        desk.not(question).see(overlap).see("u");
        assert_eq!(of_dinner(&desk), support);
        desk.press(KeyCode::Char('u'));
        assert_eq!(of_dinner(&desk), None);
        // Nobody is asked about somebody who is free.
        desk.press(KeyCode::Char('a')).write("other").press(KeyCode::Enter).not(question);
        assert_eq!(of_dinner(&desk), Some(desk.world.other_support.actor.id));
        // Marked events that overlap each other are no different.
        desk.press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).press(KeyCode::Char('a')).write("person support");
        desk.press(KeyCode::Down).press(KeyCode::Enter).see(again).see(told).press(KeyCode::Char('y')).see(overlap);
    }
}

/// Several people share what a leaver owns: they are marked, the shares are shown, and then it is done.
#[test]
fn two_people_share_the_clients_of_a_leaver() {
    let mut desk = Desk::of("manager", Language::En);
    let sales = desk.world.sales.actor.id;
    for number in 0..5 {
        desk.world.client_of(sales, &format!("Client {number}"));
    }
    desk.world.hire("third", epic_events::domain::users::Role::Sales);
    desk.go("staff").press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).see("Who takes over Person sales's 5 clients?");
    desk.see("Space share among several").press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    desk.see("* Person other.sales").see("* Person third").press(KeyCode::Enter);
    desk.see("Person other.sales: 3 clients")
        .see("Person third: 2 clients")
        .see("[Choose other people] Esc     Deactivate y");
    // Going back to the people keeps their marks.
    desk.press(KeyCode::Esc).see("* Person other.sales").see("* Person third").press(KeyCode::Enter);
    desk.see("Person other.sales: 3 clients").press(KeyCode::Char('y'));
    let told = "Person sales is deactivated; 3 clients are Person other.sales's and 2 clients";
    desk.see(told).not("Press u to undo");
    // Marking one after the other while narrowing by name; a marked person is unmarked in the same way.
    desk.go("clients").see("of 5");
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    desk.press(KeyCode::Char('h')).write("third").press(KeyCode::Down).press(KeyCode::Char(' ')).see("* Person third");
    desk.press(KeyCode::Up).press(KeyCode::Char(' ')).not("* Person third").press(KeyCode::Char(' '));
    desk.press(KeyCode::Enter).see("Hand over 2 clients?").see("Person third: 2 clients").press(KeyCode::Enter);
    // The one who is marked first has the first turn.
    desk.see("Nothing was handed over.").see("3 marked").press(KeyCode::Char('h')).press(KeyCode::Down);
    desk.press(KeyCode::Char(' ')).press(KeyCode::Up).press(KeyCode::Char(' ')).press(KeyCode::Enter);
    desk.see("Person third: 2 clients").see("Person other.sales: 1 client");
    desk.resize(120, 24)
        .press(KeyCode::Char('y'))
        .see("now. Press u to undo.")
        .press(KeyCode::Char('u'))
        .see("Undone.");
}

/// What a leaver owns grows while the person who deactivates them reads the question, or types the password: the
/// question is asked again, with the new numbers and the same people.
#[test]
fn shares_that_are_not_true_any_more_are_asked_about_again() {
    for (language, list, takes, changed, gone) in [
        (
            Language::En,
            "staff",
            "Who takes over Person sales's 2 clients?",
            "What Person sales looks after has changed meanwhile",
            "Person sales is deactivated; 2 clients are Person other.sales's now.",
        ),
        (
            Language::Fr,
            "collaborateurs",
            "Person sales : qui reprend ses 2 clients ?",
            "Ce que suit Person sales a changé entre-temps",
            "Person sales ne peut plus se connecter ; Person other.sales reprend 2 clients.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        let sales = desk.world.sales.actor.id;
        desk.world.client_of(sales, "First Client");
        desk.go(list).press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
        desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).press(KeyCode::Char(' ')).press(KeyCode::Enter);
        desk.see(": 1 client").not(changed);
        desk.world.client_of(sales, "Second Client");
        desk.press(KeyCode::Char('y')).see(takes).see(changed).see("* Person other.sales");
        let owner = |desk: &Desk| {
            storage::clients::find(&mut desk.world.connection(), ClientId::new(1)).unwrap().unwrap().sales_contact_id
        };
        assert_eq!(owner(&desk), sales);
        desk.press(KeyCode::Enter).see(": 2 clients").press(KeyCode::Char('y')).see(gone);
        assert_eq!(owner(&desk), desk.world.other_sales.actor.id);
    }
}

/// A client whose turn brings it to the one who has it already is not handed over, and not counted.
#[test]
fn only_clients_that_change_hands_are_counted() {
    let mut desk = Desk::of("manager", Language::En);
    let (sales, other) = (desk.world.sales.actor.id, desk.world.other_sales.actor.id);
    for (owner, name) in [(sales, "Anna Almeida"), (other, "Bruno Costa"), (sales, "Chloe Dupont")] {
        desk.world.client_of(owner, name);
    }
    desk.go("clients").see("of 3");
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    desk.press(KeyCode::Char('h')).write("other").press(KeyCode::Enter).see("Hand over 2 clients?");
    desk.see("Anna Almeida, Chloe Dupont").not("Bruno Costa,").see("Person other.sales: 2 clients");
    desk.press(KeyCode::Char('y')).see("2 clients are Person other.sales's now.");
    // Nothing is asked where nothing would change.
    for _ in 0..2 {
        desk.press(KeyCode::Up);
    }
    desk.press(KeyCode::Char('v')).press(KeyCode::Esc).press(KeyCode::Home).press(KeyCode::Char(' '));
    desk.press(KeyCode::Char(' ')).press(KeyCode::Char('h')).see("Hand over 2 clients to").not("Person other.sales");
}

/// Nobody is asked to choose where there is nobody to choose.
#[test]
fn a_hand_over_without_anybody_else_says_what_to_do() {
    for (language, list, told) in [
        (Language::En, "clients", "There is no other active sales person. Create one first (Staff, n)."),
        (Language::Fr, "clients", "Il n'y a pas d'autre commercial actif. Créez-en d'abord un (Collaborateurs, n)."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let other = desk.world.other_sales.actor.id;
        desk.world.save(&Request::Write(WriteRequest::DeactivateUser { id: other, version: 2, heirs: None }));
        desk.resize(100, 24).go(list).press(KeyCode::Char('h')).see(told).press(KeyCode::Esc);
        desk.go(if language == Language::En { "staff" } else { "collaborateurs" }).press(KeyCode::Char('/'));
        desk.write("person sales").press(KeyCode::Enter).press(KeyCode::Char('x')).press(KeyCode::Char('y')).see(told);
    }
}

/// A record that leaves the view by what was done to it is not just gone.
#[test]
fn a_record_that_leaves_the_view_is_said_to() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    event(&mut desk, "Gala", 5);
    event(&mut desk, "Dinner", 6);
    desk.press(KeyCode::F(5)).press(KeyCode::Enter).see("Events: without support").press(KeyCode::Char(' '));
    desk.press(KeyCode::Char(' ')).press(KeyCode::Char('a')).press(KeyCode::Enter);
    desk.resize(120, 24).see("supports 2 events. Press u to undo. They are no longer in this view.");
    // A payment does it too.
    desk.resize(120, 24).go("home").go("contracts").press(KeyCode::Char('v'));
    desk.press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Enter).see("not fully paid");
    desk.press(KeyCode::Char('p')).press(KeyCode::Enter);
    desk.see("contract 2 is fully paid. Press u to cancel this payment. The contract is no longer");
}
