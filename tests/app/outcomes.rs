//! Outcomes of requests: a reply affects only what asked for it, and the outcome of every write is reported,
//! even after its screen was left.

use super::desk::*;
use epic_events::{
    domain::{ClientId, EventId, assigning::Assignment, events::Status},
    services::Reply,
};
use support::world::event_draft;

/// Holds replies back from now on.
pub fn hold(desk: &mut Desk) -> &mut Desk {
    desk.held = Some(Vec::new());
    desk
}

/// Delivers this reply to the oldest request that is held back.
pub fn reply(desk: &mut Desk, reply: Result<Reply, Error>) {
    let (id, ..) = desk.held.as_mut().unwrap().remove(0);
    desk.event(AppEvent::Reply { id, reply: Box::new(reply) });
}

/// The names of the requests that are held back.
fn waiting(desk: &Desk) -> Vec<String> {
    // `Write(SetStatus { … })` is a `SetStatus`.
    let name = |text: String| text.split([' ', '(', ')', '{']).nth(1).unwrap_or_default().to_owned();
    desk.held.iter().flatten().map(|(_, _, request)| name(format!("{request:?}"))).collect()
}

/// Changes the status of the first event while replies are held back.
fn sensitive(desk: &mut Desk) {
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    assert_eq!(waiting(desk), ["SetStatus"]);
}

#[test]
fn the_password_for_an_action_does_not_unlock_the_session() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    reply(&mut desk, Err(Error::PasswordNeeded));
    desk.write(PASSWORD).press(KeyCode::Enter);
    assert_eq!(waiting(&desk), ["Confirm"]);
    desk.ctrl('c').press(KeyCode::Char('L')).see("Locked");
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.see("Locked").not("Lou Bouzin");
    assert!(waiting(&desk).is_empty(), "the password prompt was closed, so its action is not sent");
    // The password typed on the lock screen unlocks.
    desk.write(PASSWORD).press(KeyCode::Enter);
    desk.release();
    desk.not("Locked").see("Lou Bouzin");
}

#[test]
fn a_lock_that_starts_during_a_password_check_stays() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    reply(&mut desk, Err(Error::PasswordNeeded));
    desk.write(PASSWORD).press(KeyCode::Enter);
    let limit = u64::from(Settings::default().session_minutes) * 60_000;
    desk.wait(limit).see("Locked");
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.see("Locked").not("Lou Bouzin");
}

#[test]
fn a_late_reply_to_one_unlock_does_not_open_the_next_lock() {
    let mut desk = Desk::of("manager", Language::En);
    desk.press(KeyCode::Char('L')).see("Locked");
    hold(&mut desk).write(PASSWORD).press(KeyCode::Enter).write(PASSWORD).press(KeyCode::Enter);
    assert_eq!(waiting(&desk), ["Confirm", "Confirm"]);
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.not("Locked").press(KeyCode::Char('L')).see("Locked");
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.see("Locked");
}

/// Renames a client; the change can be undone.
fn renamed() -> (Desk, ClientId) {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.world.client_of(desk.world.sales.actor.id, "Bruno Costa");
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Anna Renamed").ctrl('s');
    desk.press(KeyCode::Enter).see("u to undo");
    (desk, client)
}

fn client_name(desk: &Desk, id: ClientId) -> String {
    epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap().full_name
}

/// The user stops waiting for another change, so the program cannot know which change `u` would undo.
#[test]
fn nothing_can_be_undone_after_the_wait_for_a_change_was_cancelled() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    desk.release();
    desk.press(KeyCode::Char('u')).see("There is nothing to undo");
    assert_eq!(client_name(&desk, client), "Anna Renamed");
}

#[test]
fn nothing_can_be_undone_after_a_change_of_unknown_outcome() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    reply(&mut desk, Err(Error::OutcomeUnknown));
    desk.held = None;
    desk.press(KeyCode::Char('u')).see("There is nothing to undo");
    assert_eq!(client_name(&desk, client), "Anna Renamed");
}

#[test]
fn undo_is_refused_while_a_change_is_being_saved() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.press(KeyCode::Char('u')).see("still being saved");
    desk.release();
    assert_eq!(client_name(&desk, client), "Anna Renamed");
    desk.press(KeyCode::Char('u')).see("Undone");
    assert_eq!(client_name(&desk, client), "Anna Renamed", "only the last change was undone");
    let restored =
        epic_events::storage::clients::find(&mut desk.world.connection(), ClientId::new(2)).unwrap().unwrap();
    assert!(restored.archived_at.is_none());
}

#[test]
fn the_undo_message_says_what_was_undone() {
    for (language, words) in [
        (Language::En, "Undone. Anna R: full name is now Anna Almeida."),
        (Language::Fr, "Modification annulée. Anna R est à jour\u{a0}: nom complet Anna Almeida."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
        desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Anna R").ctrl('s').press(KeyCode::Enter);
        desk.press(KeyCode::Char('u')).see(words);
    }
}

/// Assigns three events to one person; then somebody else changes two of them.
fn three_events(change: impl Fn(EventId) -> Request) -> Desk {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    let contract = desk.world.signed_contract(client);
    let mut event = |title, days| {
        let draft = event_draft(title, days);
        EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let [one, two, _] = [("First gala", 5), ("Second gala", 6), ("Third gala", 7)].map(|(t, d)| event(t, d));
    desk.go("events").see("of 3");
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    desk.press(KeyCode::Char('a')).write("other").press(KeyCode::Enter).see("u to undo");
    for id in [one, two] {
        desk.world.save(&change(id));
    }
    desk
}

#[test]
fn records_that_were_not_undone_are_named() {
    let change = |id| Request::Write(WriteRequest::SetStatus { id, version: 2, status: Status::Confirmed });
    let mut desk = three_events(change);
    desk.press(KeyCode::Char('u')).see("Undone").see("First gala").see("Second gala").see("changed this meanwhile");
    desk.see("Third gala").see("done");
    // The same change cannot be undone twice.
    desk.not("u to undo").press(KeyCode::Esc).press(KeyCode::Char('u')).see("nothing to undo");
}

#[test]
fn nothing_is_reported_as_undone_when_everything_has_changed_since() {
    let change = |id| Request::Write(WriteRequest::SetStatus { id, version: 2, status: Status::Confirmed });
    let mut desk = three_events(change);
    let third = EventId::new(3);
    desk.world.save(&Request::Write(WriteRequest::SetStatus { id: third, version: 2, status: Status::Confirmed }));
    desk.press(KeyCode::Char('u')).see("Nothing was undone").see("Third gala").not("Undone.").not("Undone:");
}

#[test]
fn a_refused_change_is_reported_after_its_screen_was_left() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(&mut desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter).go("home");
    let id = EventId::new(1);
    let support = Some(desk.world.other_support.actor.id);
    desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: id,
        version: 2,
        support,
    }])));
    desk.release();
    desk.see("changed this meanwhile");
}

#[test]
fn a_finished_change_is_reported_after_its_screen_was_left() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(&mut desk).press(KeyCode::Char('a')).go("home");
    desk.release();
    desk.press(KeyCode::Esc).go("events").press(KeyCode::Char('a')).see("Person other.support").write("other");
    hold(&mut desk).press(KeyCode::Enter).go("home");
    desk.release();
    desk.see("Person other.support supports Lou Bouzin");
}

#[test]
fn a_form_that_is_being_saved_is_not_called_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    hold(&mut desk).ctrl('s').press(KeyCode::Esc).see("still being saved").not("Discard").see("New client");
    desk.ctrl('p').write("home").press(KeyCode::Enter).see("still being saved").not("is not saved");
    desk.press(KeyCode::Char('y')).see("Home");
    desk.release();
    desk.see("Kevin Casey is a client now.");
}

#[test]
fn quitting_and_signing_out_ask_while_a_save_is_under_way() {
    for (keys, stays) in [("q", "Lou Bouzin"), (":sign out\n", "Lou Bouzin")] {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        desk.go("events").see("Lou Bouzin");
        hold(&mut desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
        for key in keys.chars() {
            desk.press(if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
        }
        assert!(!desk.quit);
        desk.see("still being saved").see("may or may not").press(KeyCode::Enter).see(stays);
        desk.release();
        desk.see(stays).see("is confirmed.").press(KeyCode::Char('q'));
        assert!(desk.quit, "no save is under way any more");
    }
}

#[test]
fn quitting_a_locked_session_asks_while_a_save_is_under_way() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(&mut desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    desk.press(KeyCode::Char('L')).ctrl('c').see("still being saved");
    assert!(!desk.quit);
    desk.press(KeyCode::Enter).see("Your work is kept");
}

/// A terminal may send Esc and the key after it as one key with Alt: that key must not answer the question that
/// the Esc opens.
#[test]
fn a_key_with_alt_does_not_answer_the_question_that_it_opens() {
    for letter in ['y', 'o'] {
        let mut desk = Desk::of("sales", Language::En);
        desk.go("new client").write("Half written");
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see("Discard what you typed?");
        desk.press(KeyCode::Enter).see("Half written").press(KeyCode::F(1)).see("What you can do here");
        // Where Esc opens no question, the key counts as Esc and then the letter.
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see(&format!("Half written{letter}")).ctrl('c');
        let limit = u64::from(Settings::default().session_minutes) * 60_000;
        desk.press(KeyCode::Esc).wait(limit).see("Locked");
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see("Discard what you typed?").not("Username");
    }
}

#[test]
fn a_late_password_prompt_waits_until_the_palette_is_closed() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    desk.press(KeyCode::Char(':')).write("con");
    reply(&mut desk, Err(Error::PasswordNeeded));
    desk.see("Go to").see("A question waits").write("tracts").see("contracts").press(KeyCode::Esc);
    desk.see("Password").see("set the status").not("Go to");
}

/// Letters typed into a form do not go into a password prompt that appears late.
#[test]
fn a_late_password_prompt_waits_while_the_user_types() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    desk.go("new client").write("Half wr");
    let at = desk
        .held
        .as_ref()
        .unwrap()
        .iter()
        .position(|held| matches!(*held.2, Request::Write(WriteRequest::SetStatus { .. })))
        .unwrap();
    let (id, ..) = desk.held.as_mut().unwrap().remove(at);
    desk.event(AppEvent::Reply { id, reply: Box::new(Err(Error::PasswordNeeded)) });
    desk.write("itten").see("Half written").see("New client");
    desk.press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter).see("set the status");
}

#[test]
fn the_message_about_a_moved_database_stays_until_it_is_back() {
    let mut desk = Desk::of("sales", Language::En);
    hold(&mut desk).wait(4_000);
    assert_eq!(waiting(&desk), ["Heartbeat"]);
    reply(&mut desk, Err(Error::Unavailable(ConnectionProblem::Moved)));
    desk.see("moved or replaced").wait(4_000);
    reply(&mut desk, Ok(Reply::Alive { settings: Box::default(), full_name: "Person manager".to_owned() }));
    desk.not("moved or replaced");
}

#[test]
fn in_a_window_that_is_too_small_only_lock_and_quit_work() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    let before = desk.world.state();
    let size = |desk: &mut Desk, width, height| {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        desk.event(AppEvent::Terminal(TerminalEvent::Resize(width, height)));
    };
    size(&mut desk, 50, 10);
    desk.see("too small").write("xy").press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    desk.event(AppEvent::Terminal(TerminalEvent::Paste("paste".to_owned())));
    assert_eq!(desk.world.state(), before);
    size(&mut desk, 80, 24);
    desk.see("Lou Bouzin").not("Archive this").see("1–1 of 1");
    assert_eq!(desk.world.state(), before);
    // Locking and quitting still work.
    size(&mut desk, 50, 10);
    desk.press(KeyCode::Char('L'));
    size(&mut desk, 80, 24);
    desk.see("Locked");
    size(&mut desk, 50, 10);
    desk.ctrl('c');
    assert!(desk.quit);
}

/// The hint after the user stopped waiting names a key that works on that screen: F5 reloads a list, but does
/// nothing in a form, at sign-in, or while locked.
#[test]
fn the_hint_after_a_cancelled_wait_names_a_key_that_works() {
    let mut desk = Desk::new(Language::En);
    hold(&mut desk).write("sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.wait(300).press(KeyCode::Esc).see("Enter tries again").not("F5").press(KeyCode::Enter);
    assert_eq!(waiting(&desk), ["SignIn", "SignIn"]);
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    hold(&mut desk).ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not").not("F5").see("Look");
    let mut desk = Desk::of("manager", Language::En);
    desk.press(KeyCode::Char('L'));
    hold(&mut desk).write(PASSWORD).press(KeyCode::Enter).wait(300).press(KeyCode::Esc);
    desk.see("Type your password again").not("F5");
}

/// The outcome of a change is reported once it is known, even if the user stopped waiting for it.
#[test]
fn the_outcome_of_a_change_is_reported_after_its_wait_was_cancelled() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    hold(&mut desk).ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    desk.release();
    desk.see("It was saved after all. Kevin Casey is a client now.").see("History (1)").not("New client");
    let (mut desk, _) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    reply(&mut desk, Err(Error::NotFound));
    desk.see("was not saved");
}

/// The set-up succeeds after the user stopped waiting for it: the address that was sent is stored, and the
/// sign-in screen opens.
#[test]
fn a_company_set_up_after_the_wait_was_cancelled_is_remembered() {
    let mut desk = Desk::new(Language::En);
    let preferences = desk.app.preferences();
    let embedded = "sqlite:///ours.db".to_owned();
    let options = Options { preferences, demo: Vec::new(), embedded, server: None, suspends: true };
    desk.app = App::new(options, true, desk.now);
    hold(&mut desk).press(KeyCode::Enter).press(KeyCode::Enter);
    reply(&mut desk, Ok(Reply::Connected { server: "SQLite".to_owned() }));
    desk.see("Currency").ctrl('u').write("Our Company").ctrl('s').see("first manager").write("boss");
    desk.press(KeyCode::Tab).write("Marta Olsen").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write(PASSWORD).press(KeyCode::Tab).write(PASSWORD).ctrl('s').see("Nothing has been written so far");
    desk.ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not").see("Enter tries again").not("F5");
    // Meanwhile the user has gone back and changed the fields.
    desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right);
    let (id, ..) = desk.held.as_mut().unwrap().remove(0);
    let effects = desk
        .app
        .update(AppEvent::Reply { id, reply: Box::new(Ok(Reply::IsSetUp { unguarded: Vec::new() })) }, desk.now);
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Remember { url, .. } => Some(secrecy::ExposeSecret::expose_secret(url).to_owned()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("sqlite:///ours.db"));
    // The first manager has only to type the password.
    desk.see("Epic Events is set up").see("Username or e-mail").see("boss").see("> Password");
}
