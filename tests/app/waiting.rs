//! Behaviour while the database is slow to respond.

use super::desk::*;

#[test]
fn typing_never_waits_for_the_database() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").see("New client");
    desk.write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("+678 123 456 78");
    // From here on the database takes five seconds.
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(200).see("Working...").see("Saving...");
    desk.press(KeyCode::Tab).write("29/3/2023").see("Wed 29 March 2023");
    desk.wait(4_000).see("takes long to answer. Esc gives up waiting");
    desk.press(KeyCode::Esc).see("it may or may not have been saved").see("Kevin Casey").see("29/3/2023");
    // The reply arrives after the user stopped waiting: what was typed since is an edit of the new client.
    desk.release();
    desk.see("Edit client").see("29/3/2023").see("It was saved after all.").see("What you have typed since");
}

#[test]
fn a_save_under_way_is_not_sent_twice() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab);
    desk.press(KeyCode::Tab).write("+678 123 456 78");
    desk.held = Some(Vec::new());
    desk.ctrl('s').ctrl('s').ctrl('s');
    assert_eq!(desk.held.as_ref().unwrap().len(), 1);
    desk.release();
    desk.see("Kevin Casey is a client now.");
}

#[test]
fn cancelling_the_wait_warns_of_a_write_queued_behind_a_read() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter).wait(300);
    desk.press(KeyCode::Esc).see("may or may not");
}

#[test]
fn a_late_reply_closes_only_its_own_form() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').ctrl('p').write("new client").press(KeyCode::Enter).write("Second one");
    desk.release();
    desk.see("Second one").press(KeyCode::Esc).see("Discard").press(KeyCode::Right).press(KeyCode::Enter);
    // Below it is the client that was saved, instead of its form.
    desk.see("Kevin Casey").see("History (1)").press(KeyCode::Esc).see("Waiting for you");
}

#[test]
fn a_popup_closes_with_the_form_that_opened_it() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').press(KeyCode::Tab).press(KeyCode::F(4)).see("November 2026");
    desk.release();
    desk.see("is a client now.").see("History (1)").not("November 2026");
}

#[test]
fn typing_while_a_save_is_under_way_does_not_allow_another() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').write("9").ctrl('s');
    assert_eq!(desk.held.as_ref().unwrap().len(), 1);
}

#[test]
fn lists_and_pickers_work_after_a_cancelled_wait() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.held = Some(Vec::new());
    desk.go("events").wait(300).press(KeyCode::Esc).see("F5 tries again");
    desk.held = None;
    desk.press(KeyCode::F(5)).see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('a')).wait(300).press(KeyCode::Esc).see("Support for");
    desk.held = None;
    desk.write("other").see("Person other.support");
}

#[test]
fn a_picker_works_after_a_failure() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('a'));
    for (id, ..) in desk.held.take().unwrap() {
        let reply = Box::new(Err(Error::Unavailable(ConnectionProblem::Lost)));
        desk.event(AppEvent::Reply { id, reply });
    }
    desk.see("connection to the database was lost").write("other").see("Person other.support");
}

#[test]
fn the_slow_database_message_disappears_with_the_reply() {
    let mut desk = Desk::of("sales", Language::En);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).wait(5_000).see("takes long");
    desk.release();
    desk.not("takes long");
}

/// However fast the user types, only one query is under way, and the final text is queried last.
#[test]
fn a_filter_sends_one_request_for_the_text_typed_meanwhile() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    desk.go("clients").see("Kevin Casey").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('/')).write("bouzin");
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one request for all letters");
    desk.release();
    desk.see("Filter: bouzin").see("Lou Bouzin").see("1–1 of 1").not("Kevin Casey");
}

/// Requests sent while the own password is being changed carry the old session; their refusal must not be taken
/// for a change of the account by somebody else.
#[test]
fn a_change_of_the_own_password_signs_nobody_out() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("change my password").see("Current password");
    desk.write(PASSWORD).press(KeyCode::Tab).write("new words of mine").press(KeyCode::Tab).write("new words of mine");
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(4_000).ctrl('p').write("clients").press(KeyCode::Enter);
    assert_eq!(desk.held.as_ref().unwrap().len(), 4, "the change, a heartbeat, the palette's search, the list");
    desk.release();
    desk.see("Clients: all").not("sign in again").wait(4_000).see("Clients: all");
}

/// On a slow database, typing a name and pressing Enter chooses the typed name, not the entry that was first
/// before.
#[test]
fn enter_in_a_picker_waits_for_the_results_of_the_typed_text() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.hire("zoe", epic_events::domain::users::Role::Support);
    desk.go("events").see("Lou Bouzin").press(KeyCode::Char('a')).see("Person other.support").see("Person zoe");
    desk.held = Some(Vec::new());
    desk.write("zoe").press(KeyCode::Enter).see("Support for");
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one request for all letters");
    desk.release();
    desk.not("Support for").see("Person zoe").not("Person other.support");
}

#[test]
fn the_palette_sends_one_request_for_the_text_typed_meanwhile() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char(':')).write("bouzin").press(KeyCode::Enter);
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one request for all letters");
    desk.release();
    desk.see("/  Lou Bouzin").see("Full name").not("Go to");
}

/// After a save whose outcome is unknown, nothing says that it was not saved.
#[test]
fn leaving_after_a_save_in_doubt_says_that_it_may_have_been_saved() {
    for (language, new, ways, doubt, look, unsaved) in [
        (
            Language::En,
            "new client",
            ["home", "quit"],
            "What you typed may have been saved.",
            "Look in Clients before saving again.",
            "not saved",
        ),
        (
            Language::Fr,
            "nouveau client",
            ["accueil", "quitter"],
            "Votre saisie est peut-être enregistrée.",
            "Vérifiez dans « Clients » avant de réenregistrer.",
            "pas enregistrée",
        ),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.go(new).write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab);
        desk.press(KeyCode::Tab).write("+678 123 456 78");
        desk.held = Some(Vec::new());
        desk.ctrl('s')
            .wait(300)
            .press(KeyCode::Esc)
            .see(look.split_once(" before").or(look.split_once(" avant")).unwrap().0);
        desk.press(KeyCode::Esc).see(doubt).see(look).not(unsaved).press(KeyCode::Esc);
        for way in ways {
            desk.ctrl('p').write(way).press(KeyCode::Enter).see(doubt).see(look).not(unsaved).press(KeyCode::Esc);
        }
        // It was refused, so that nothing is in doubt any more.
        desk.refuse();
        desk.press(KeyCode::Esc).not(doubt).see(unsaved);
    }
}
