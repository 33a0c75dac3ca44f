//! What happens while the database takes its time.

use super::desk::*;

#[test]
fn typing_never_waits_for_the_database() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").see("New client");
    desk.write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("+678 123 456 78");
    // From here the database takes five seconds.
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(200).see("Working...").see("Saving...");
    desk.press(KeyCode::Tab).write("29/3/2023").see("Wed 29 March 2023");
    desk.wait(4_000).see("takes long to answer. Esc gives up waiting");
    desk.press(KeyCode::Esc).see("it may or may not have been saved").see("Kevin Casey").see("29/3/2023");
    // The reply comes late: nobody waits for it, and the form is as it was.
    desk.release();
    desk.see("New client").see("29/3/2023").not("Saved.");
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
    desk.see("Saved.").see("Kevin Casey");
}

#[test]
fn giving_up_tells_of_a_write_behind_a_read() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter).wait(300);
    desk.press(KeyCode::Esc).see("may or may not");
}

#[test]
fn a_late_reply_closes_its_own_screen_only() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').ctrl('p').write("new client").press(KeyCode::Enter).write("Second one");
    desk.release();
    desk.see("Second one").press(KeyCode::Esc).see("Discard").press(KeyCode::Right).press(KeyCode::Enter);
    // Below it is the client that was saved, no longer its form.
    desk.see("Kevin Casey").see("History (1)").press(KeyCode::Esc).see("Waiting for you");
}

#[test]
fn a_question_goes_with_the_form_that_asked_it() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').press(KeyCode::Tab).press(KeyCode::F(4)).see("November 2026");
    desk.release();
    desk.see("Saved.").see("History (1)").not("November 2026");
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
fn lists_and_pickers_work_after_giving_up() {
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
        desk.event(Event::Reply { id, reply });
    }
    desk.see("connection to the database was lost").write("other").see("Person other.support");
}

#[test]
fn that_it_takes_long_is_said_no_longer_than_it_does() {
    let mut desk = Desk::of("sales", Language::En);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).wait(5_000).see("takes long");
    desk.release();
    desk.not("takes long");
}

/// However fast somebody types, one question is under way, and the last one is asked.
#[test]
fn a_filter_asks_for_what_stands_there_when_the_last_answer_comes() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    desk.go("clients").see("Kevin Casey").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('/')).write("bouzin");
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one for all letters");
    desk.release();
    desk.see("Filter: bouzin").see("Lou Bouzin").see("1–1 of 1").not("Kevin Casey");
}

/// What was asked while the own password was being changed comes from who somebody was before;
/// that is no change of the account by others.
#[test]
fn a_change_of_the_own_password_signs_nobody_out() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("change my password").see("Current password");
    desk.write(PASSWORD).press(KeyCode::Tab).write("new words of mine").press(KeyCode::Tab).write("new words of mine");
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(4_000).ctrl('p').write("clients").press(KeyCode::Enter);
    assert_eq!(desk.held.as_ref().unwrap().len(), 4, "the change, a heartbeat, the palette's question, the list");
    desk.release();
    desk.see("Clients: all").not("sign in again").wait(4_000).see("Clients: all");
}

/// However slow the database is: who types a name and presses Enter means that person, not
/// the one who stood first before.
#[test]
fn enter_waits_for_the_lines_of_what_was_typed() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.hire("zoe", epic_events::domain::user::Role::Support);
    desk.go("events").see("Lou Bouzin").press(KeyCode::Char('a')).see("Person other.support").see("Person zoe");
    desk.held = Some(Vec::new());
    desk.write("zoe").press(KeyCode::Enter).see("Support for");
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one question for all letters");
    desk.release();
    desk.not("Support for").see("Person zoe").not("Person other.support");
}

#[test]
fn the_palette_asks_for_what_stands_there_when_the_last_answer_comes() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char(':')).write("bouzin").press(KeyCode::Enter);
    assert_eq!(desk.held.as_ref().unwrap().len(), 1, "one for all letters");
    desk.release();
    desk.see("/  Lou Bouzin").see("Full name").not("Go to");
}
