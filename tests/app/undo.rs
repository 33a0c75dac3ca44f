//! What `u` says about a change that it cannot take back.

use super::desk::*;

#[test]
fn a_change_that_cannot_be_undone_is_named_with_what_to_do_instead() {
    for (language, clients, client, staff, deactivated, settings, settings_told) in [
        (
            Language::En,
            "clients",
            "A new client cannot be undone with u. Management can archive it with x.",
            "staff",
            "Deactivating Person sales cannot be undone with u: 1 client is Person other.sales's now. Press x on the account (Staff, view Deactivated) to activate it again.",
            "settings",
            "A change of the settings cannot be undone with u. Change them back there",
        ),
        (
            Language::Fr,
            "clients",
            "La création d'un client ne s'annule pas avec u. La gestion peut l'archiver avec x.",
            "collaborateurs",
            "Person sales : la désactivation ne s'annule pas avec u, car Person other.sales reprend 1 client. Pour réactiver le compte, appuyez sur x (Collaborateurs, vue Désactivés).",
            "réglages",
            "Un changement des réglages ne s'annule pas avec u. Remettez-y les anciennes valeurs",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.resize(200, 40).press(KeyCode::Char('u')).see(if language == Language::En {
            "There is nothing to undo."
        } else {
            "Il n'y a rien à annuler."
        });
        desk.go(clients).press(KeyCode::Char('n')).write("Kevin Casey");
        for _ in 0..3 {
            desk.press(KeyCode::Tab);
        }
        desk.write("+678 123 456 78").press(KeyCode::Tab);
        desk.write("sales").press(KeyCode::End).press(KeyCode::Enter).ctrl('s').press(KeyCode::Char('u')).see(client);
        desk.go(staff).press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
        desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).press(KeyCode::Enter).press(KeyCode::Char('y'));
        desk.press(KeyCode::Char('u')).see(deactivated);
        // It is said on every screen, and as often as it is asked.
        desk.go(settings).press(KeyCode::Esc).press(KeyCode::Char('u')).see(deactivated);
        desk.go(settings).ctrl('u').write("Epic Dinners").ctrl('s').press(KeyCode::Enter);
        desk.press(KeyCode::Char('u')).see(settings_told);
    }
}

/// A form that is saved without a change leaves the change before it the last one.
#[test]
fn saving_nothing_keeps_what_can_be_undone() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Anna Renamed").ctrl('s').press(KeyCode::Enter);
    desk.see("Anna Renamed").press(KeyCode::Char('e')).ctrl('s').press(KeyCode::Enter).press(KeyCode::Esc);
    desk.press(KeyCode::Char('u')).see("Undone. Anna Renamed: full name is now Anna Almeida.");
}
