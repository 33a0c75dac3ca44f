//! What the list of the audit log says.

use super::{
    desk::*,
    imports::{confirm, previewed},
};
use epic_events::{
    domain::{
        EventId,
        assigning::Assignment,
        audit::{Changes, Subject, Verb},
        users::Role,
    },
    storage::{
        self,
        audit::{AuditEntry, Author, By},
    },
};
use support::world::event_draft;

/// Taking support away is not told as giving it.
#[test]
fn support_that_was_taken_away_is_not_an_assignment() {
    for (language, given, taken) in
        [(Language::En, "support assigned", "support removed"), (Language::Fr, "support attribué", "support retiré")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("events").press(KeyCode::Char('v')).press(KeyCode::Home).press(KeyCode::Enter);
        desk.press(KeyCode::Char('a')).press(KeyCode::End).press(KeyCode::Enter);
        desk.go("audit").see(given).see(taken);
    }
}

/// Columns are said in words, and every word of an own password that was changed.
#[test]
fn the_log_says_what_was_done_in_whole_words() {
    for (language, columns, password) in [
        (Language::En, "Columns of contracts", "own password changed"),
        (Language::Fr, "Colonnes des contrats", "mot de passe changé"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("contracts").press(KeyCode::Char('C')).press(KeyCode::Down).press(KeyCode::Char(' '));
        desk.press(KeyCode::Enter).go("audit").see(columns).see(password).not("…d");
    }
}

/// After a colleague has left, the log finds by that name who took over what.
#[test]
fn the_log_finds_who_took_over_from_a_leaver() {
    for (language, list, audit, client, event, lines) in [
        (Language::En, "staff", "audit", "Ann, to Person", "Gala, to Person other", "Person zoe -> Person"),
        (Language::Fr, "collaborateurs", "journal", "Ann, à Person", "Gala, à Person other", "Person zoe -> Person"),
    ] {
        let mut desk = Desk::of("manager", language);
        let zoe = desk.world.hire("zoe", Role::Sales).actor.id;
        let client = (desk.world.client_of(zoe, "Ann"), client);
        let contract = desk.world.signed_contract(client.0);
        let create = WriteRequest::CreateEvent { contract, draft: event_draft("Gala", 5) };
        let gala = EventId::new(desk.world.save(&Request::Write(create)).0);
        let support = Some(desk.world.other_support.actor.id);
        let assign = vec![Assignment { event: gala, version: 1, support }];
        desk.world.manage(&Request::Write(WriteRequest::AssignSupport(assign)));
        desk.go(list).press(KeyCode::Char('/')).write("zoe").press(KeyCode::Enter);
        desk.press(KeyCode::Char('x')).press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' }));
        desk.press(KeyCode::Enter).press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' }));
        desk.go(audit).see(event).press(KeyCode::Char('/')).write("zoe handed").press(KeyCode::Enter).see(client.1);
        desk.press(KeyCode::Enter).see(lines);
    }
}

/// What an import did, and taking it back, is said in words, as is the file of its refused rows. Lines of an earlier
/// version are shown as they were written.
#[test]
fn the_log_says_what_an_import_did() {
    for (language, audit, saved, imported, back, label) in [
        (
            Language::En,
            "audit",
            "clients.csv: 1 refused",
            "clients.csv: 3 new, 1 refused",
            "clients.csv: 3 taken out",
            "Result",
        ),
        (
            Language::Fr,
            "journal",
            "clients.csv : 1 refusée",
            "clients.csv : 3 nouvelles, 1 refusée",
            "clients.csv : 3 retirées",
            "Résultat",
        ),
    ] {
        let (mut desk, _folder) = previewed(language);
        let manager = desk.world.manager.actor.clone();
        let author = Author { by: By::User(&manager), host: "test", session: "test", operation: "test" };
        let earlier =
            AuditEntry::new(Verb::Imported, Subject::Import, None, "former.csv: 12 + 3".to_owned(), Changes::default());
        let now = desk.now.utc;
        desk.world.connection().transact(|db| storage::audit::add(db, &author, &[earlier], now)).unwrap();
        desk.press(KeyCode::Char('X')).ctrl('s');
        confirm(&mut desk);
        desk.press(KeyCode::Char('u'))
            .press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' }))
            .resize(180, 24);
        desk.go(audit).see(saved).see(imported).see(back).see("former.csv: 12 + 3");
        desk.press(KeyCode::Char('/')).write("clients.csv").press(KeyCode::Enter);
        desk.press(KeyCode::Enter).see(label).press(KeyCode::Esc);
    }
}
