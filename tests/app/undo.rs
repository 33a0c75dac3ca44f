//! What `u` says about a change that it cannot take back.

use epic_events::{
    domain::users::{Role, UserDraft},
    storage,
};

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
            "A change of the settings cannot be undone with u. Set the former values",
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

/// Selects a member of the staff, whose name may be part of another one's.
fn select<'a>(desk: &'a mut Desk, list: &str, name: &str) -> &'a mut Desk {
    desk.go(list).press(KeyCode::Char('/')).write(name).press(KeyCode::Enter).press(KeyCode::Down)
}

/// An undo that somebody else has made impossible is not told as a change that never happened.
#[test]
fn after_an_undo_that_failed_there_is_nothing_to_undo() {
    for (language, list, label, late, nothing) in [
        (Language::En, "staff", "Phone", "This cannot be undone: ", "There is nothing to undo."),
        (Language::Fr, "collaborateurs", "Téléphone", "Impossible d'annuler : ", "Il n'y a rien à annuler."),
    ] {
        let mut desk = Desk::of("manager", language);
        let sales = desk.world.sales.actor.id;
        select(desk.resize(200, 40), list, "person sales").press(KeyCode::Char('e'));
        to(&mut desk, label).write("+33 6 12 34 56 78").ctrl('s').press(KeyCode::Enter);
        let user = storage::users::find(&mut desk.world.connection(), sales).unwrap().unwrap();
        let draft = UserDraft { phone: Some("+33 6 00 00 00 00".to_owned()), ..UserDraft::from(&user) };
        let write = WriteRequest::UpdateUser { id: sales, version: user.version, draft, heirs: None };
        desk.world.save(&Request::Write(write));
        desk.press(KeyCode::Char('u')).see(late).press(KeyCode::Char('u')).see(nothing);

        let third = desk.world.hire("third", Role::Sales).actor.id;
        select(&mut desk, list, "third").press(KeyCode::Char('x')).press(KeyCode::Char('y'));
        let user = storage::users::find(&mut desk.world.connection(), third).unwrap().unwrap();
        assert!(!user.active);
        desk.world.save(&Request::Write(WriteRequest::ReactivateUser { id: third, version: user.version }));
        desk.press(KeyCode::Char('u')).see(late).press(KeyCode::Char('u')).see(nothing);
    }
}

/// Something done to several records that were so already leaves the change before it the last one.
#[test]
fn doing_nothing_to_several_records_keeps_what_can_be_undone() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.resize(120, 24).go("events").press(KeyCode::Char('a')).write("other").press(KeyCode::Enter);
    desk.see("Person other.support supports Lou Bouzin General Assembly.");
    desk.press(KeyCode::Char('a'))
        .write("other")
        .press(KeyCode::Enter)
        .see("supports Lou Bouzin General Assembly already.");
    desk.press(KeyCode::Char('u')).see("Undone. Person support supports Lou Bouzin General Assembly.");
    // Nor does it hide what cannot be undone.
    desk.press(KeyCode::Char('a')).write("other").press(KeyCode::Enter);
    desk.go("settings").ctrl('u').write("Epic Dinners").ctrl('s').press(KeyCode::Enter).press(KeyCode::Esc);
    desk.go("events").press(KeyCode::Char('a')).write("other").press(KeyCode::Enter);
    desk.see("supports Lou Bouzin General Assembly already.")
        .press(KeyCode::Char('u'))
        .see("A change of the settings cannot be undone");
}

/// A change of department says where the records stay when the department is changed back.
#[test]
fn a_change_of_department_says_that_what_was_handed_over_stays() {
    for (language, list, label, stays, plain) in [
        (
            Language::En,
            "staff",
            "Department",
            "The new department of Person sales cannot be undone with u. Edit the account with e to change it back. What was handed over stays where it is: 1 client is Person other.sales's.",
            "The new department of Person third cannot be undone with u. Edit the account with e to change it back.",
        ),
        (
            Language::Fr,
            "collaborateurs",
            "Service",
            "Un changement de service ne s'annule pas avec u. Modifiez à nouveau le compte avec e. Ce qui a été confié n'est pas rendu : Person other.sales reprend 1 client.",
            "Un changement de service ne s'annule pas avec u. Modifiez à nouveau le compte avec e.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
        desk.world.hire("third", Role::Sales);
        desk.resize(240, 40);
        for (name, told) in [("third", plain), ("person sales", stays)] {
            select(&mut desk, list, name).press(KeyCode::Char('e'));
            to(&mut desk, label).press(KeyCode::Right).ctrl('s').press(KeyCode::Enter);
            if told == stays {
                desk.write("other").press(KeyCode::Enter).press(KeyCode::Char('y'));
            }
            desk.press(KeyCode::Esc).press(KeyCode::Char('u')).see(told);
        }
    }
}
