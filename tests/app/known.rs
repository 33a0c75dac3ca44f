//! The form of a client says who is known already, and never keeps anybody from saving.

use epic_events::domain::settings::Visibility;

use super::desk::*;

/// A client of `sales` with a number that others type in another spelling.
fn company() -> World {
    let mut world = World::new(Engine::Sqlite);
    let draft = epic_events::domain::clients::ClientDraft {
        email: Some("kevin@startup.io".to_owned()),
        phone: "+33 6 12 34 56 78".to_owned(),
        ..client_draft("Kevin Casey")
    };
    let sales_contact = Some(world.sales.actor.id);
    world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact }));
    world
}

fn desk_of(name: &str, language: Language) -> Desk {
    let mut desk = Desk::new(language);
    desk.world = company();
    desk.write(name).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk
}

#[test]
fn a_new_client_that_is_known_already_is_told_below_the_field_and_saved_all_the_same() {
    for (language, new, number, name, twin) in [
        (
            Language::En,
            "new client",
            "Known already? Kevin Casey (Cool Startup LLC, client of Person sales) has this telephone number.",
            "Known already? Kevin Casey (Cool Startup LLC, client of Person sales) has this name and company.",
            "Kevin Casey (Cool Startup LLC, client of Person sales) has the same name, company and telephone number.",
        ),
        (
            Language::Fr,
            "nouveau client",
            "Déjà connu ? Kevin Casey (Cool Startup LLC, client de Person sales) a ce numéro de téléphone.",
            "Déjà connu ? Kevin Casey (Cool Startup LLC, client de Person sales) a ce nom et cette entreprise.",
            "Kevin Casey (Cool Startup LLC, client de Person sales) a les mêmes nom, entreprise et numéro de téléphone.",
        ),
    ] {
        let mut desk = desk_of("other.sales", language);
        desk.resize(180, 30).go(new).write("KEVIN casey").press(KeyCode::Tab);
        desk.write("cool startup llc").press(KeyCode::Tab).see(name);
        desk.press(KeyCode::Tab).write("06.12.34.56.78").not(number).press(KeyCode::Tab).see(number).see(name);
        // What was changed since is not said of the old value.
        to(&mut desk, if language == Language::En { "Phone" } else { "Téléphone" });
        desk.write("9").not(number).press(KeyCode::Backspace).press(KeyCode::Tab).see(number);
        desk.ctrl('s').see(twin);
        assert_eq!(desk.world.audit().last().map(String::as_str), Some("client.created"));
    }
}

#[test]
fn an_address_that_is_taken_is_told_before_it_is_refused() {
    let mut desk = desk_of("manager", Language::En);
    desk.go("new client").write("Somebody").press(KeyCode::Tab).press(KeyCode::Tab).write("Kevin@startup.io");
    desk.press(KeyCode::Tab).see("Kevin Casey (Cool Startup LLC, client of Person").see("address, so");
}

#[test]
fn the_summary_of_an_edit_says_who_is_known_but_not_the_client_itself() {
    let mut desk = desk_of("manager", Language::En);
    let other = desk.world.other_sales.actor.id;
    desk.world.client_of(other, "Anna Almeida");
    desk.go("clients").press(KeyCode::Char('e')).press(KeyCode::Tab).not("Known already");
    to(&mut desk, "Phone").ctrl('u').write("0612345678").ctrl('s').see("Save these changes");
    desk.press(KeyCode::Esc).press(KeyCode::Tab).see("Kevin Casey (Cool Startup LLC").ctrl('s');
    desk.see("Known already? Kevin Casey").press(KeyCode::Enter).see("of Person sales) has the same telephone number.");
}

#[test]
fn a_client_of_a_colleague_is_not_named_under_the_restricted_setting() {
    let mut desk = desk_of("manager", Language::En);
    let settings = epic_events::storage::settings::load(&mut desk.world.connection()).unwrap();
    let restricted = Settings { visibility: Visibility::Restricted, ..settings };
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(restricted)));
    let mut desk = Desk { app: Desk::new(Language::En).app, ..desk };
    desk.write("other.sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.go("new client").write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup LLC").press(KeyCode::Tab);
    desk.see("A client of a colleague has this name").not("Person sales");
    desk.press(KeyCode::Tab).write("0612345678").press(KeyCode::Tab);
    desk.see("A client of a colleague has this").not("Person sales");
}

#[test]
fn possible_duplicates_are_a_view_of_the_clients() {
    let mut desk = desk_of("manager", Language::En);
    let owner = desk.world.sales.actor.id;
    let draft =
        epic_events::domain::clients::ClientDraft { phone: "0612345678".to_owned(), ..client_draft("K. Casey") };
    desk.world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(owner) }));
    desk.world.client_of(owner, "Anna Almeida");
    desk.go("clients").see("Anna Almeida").press(KeyCode::Char('v')).write("duplicates").press(KeyCode::Enter);
    desk.see("Clients: possible duplicates").see("Kevin Casey").see("K. Casey").not("Anna Almeida");
}

/// The one with contracts is preset; where both say something else, either can be taken.
#[test]
fn two_marked_clients_are_merged_field_by_field_and_that_is_undone() {
    let mut desk = desk_of("manager", Language::En);
    let owner = desk.world.other_sales.actor.id;
    let other = desk.world.client_of(owner, "K. Casey");
    desk.world.signed_contract(other);
    desk.go("clients").press(KeyCode::Char('M')).see("Mark the two clients with Space first.");
    desk.press(KeyCode::Home).press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).press(KeyCode::Char('M'));
    desk.see("Which one stays?").see("K. Casey: 1 contract, since");
    desk.press(KeyCode::Home).press(KeyCode::Up).press(KeyCode::Enter).see("Merge clients");
    desk.see("The other one: Person sales").ctrl('s').see("into K. Casey?").see("Nothing has to move");
    desk.press(KeyCode::Esc).see("Nothing was merged.");
    desk.press(KeyCode::Home);
    to(&mut desk, "Full name").ctrl('t').ctrl('s').see("Merge Kevin Casey into K. Casey?");
    desk.press(KeyCode::Char('y')).see("Press u to undo").see("The two clients Kevin Casey are one now.");
    desk.not("K. Casey").press(KeyCode::Char('u')).see("again").see("K. Casey");
}
