//! What was asked for is told to whoever asked: a reply opens, closes and unlocks nothing else,
//! and what became of every write is said, also when its screen has gone.

use super::desk::*;
use epic_events::{
    domain::{ClientId, EventId, event::Status, filter::Assignment},
    services::Reply,
};
use support::world::event_draft;

/// Holds replies back from here on.
fn hold(desk: &mut Desk) -> &mut Desk {
    desk.held = Some(Vec::new());
    desk
}

/// Answers the oldest request that is held back.
fn reply(desk: &mut Desk, reply: Result<Reply, Error>) {
    let (id, ..) = desk.held.as_mut().unwrap().remove(0);
    desk.event(Event::Reply { id, reply: Box::new(reply) });
}

/// The requests that are held back, by the name of their variant.
fn waiting(desk: &Desk) -> Vec<String> {
    let name = |text: String| text.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    desk.held.iter().flatten().map(|(_, _, request)| name(format!("{request:?}"))).collect()
}

/// An assignment of the first event, on its way while the database takes its time.
fn sensitive(desk: &mut Desk) {
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    assert_eq!(waiting(desk), ["SetStatus"]);
}

#[test]
fn the_password_of_an_action_does_not_unlock() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    reply(&mut desk, Err(Error::PasswordNeeded));
    desk.write(PASSWORD).press(KeyCode::Enter);
    assert_eq!(waiting(&desk), ["Confirm"]);
    desk.ctrl('c').press(KeyCode::Char('L')).see("Locked");
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.see("Locked").not("Lou Bouzin");
    assert!(waiting(&desk).is_empty(), "the question was closed: what it was for is not done");
    // The lock's own password opens it.
    desk.write(PASSWORD).press(KeyCode::Enter);
    desk.release();
    desk.not("Locked").see("Lou Bouzin");
}

#[test]
fn a_lock_that_falls_while_a_password_is_checked_stays() {
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
fn the_password_of_one_lock_does_not_open_the_next() {
    let mut desk = Desk::of("manager", Language::En);
    desk.press(KeyCode::Char('L')).see("Locked");
    hold(&mut desk).write(PASSWORD).press(KeyCode::Enter).write(PASSWORD).press(KeyCode::Enter);
    assert_eq!(waiting(&desk), ["Confirm", "Confirm"]);
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.not("Locked").press(KeyCode::Char('L')).see("Locked");
    reply(&mut desk, Ok(Reply::Confirmed { at: 1 }));
    desk.see("Locked");
}

/// The client was renamed; the change can be taken back.
fn renamed() -> (Desk, ClientId) {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
    desk.world.client_of(desk.world.sales.actor.id, "Bruno Costa");
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Anna Renamed").ctrl('s').see("u to undo");
    (desk, client)
}

fn client_name(desk: &Desk, id: ClientId) -> String {
    epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap().full_name
}

/// Somebody gives up waiting for another change: which one `u` would take back, nobody knows.
#[test]
fn undo_takes_back_nothing_older_than_a_change_that_was_given_up() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    desk.release();
    desk.press(KeyCode::Char('u')).see("There is nothing to undo");
    assert_eq!(client_name(&desk, client), "Anna Renamed");
}

#[test]
fn undo_takes_back_nothing_older_than_a_change_of_unknown_outcome() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    reply(&mut desk, Err(Error::OutcomeUnknown));
    desk.held = None;
    desk.press(KeyCode::Char('u')).see("There is nothing to undo");
    assert_eq!(client_name(&desk, client), "Anna Renamed");
}

#[test]
fn undo_waits_for_a_change_under_way() {
    let (mut desk, client) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.press(KeyCode::Char('u')).see("still being saved");
    desk.release();
    assert_eq!(client_name(&desk, client), "Anna Renamed");
    desk.press(KeyCode::Char('u')).see("Undone");
    assert_eq!(client_name(&desk, client), "Anna Renamed", "the last change was taken back, no other");
    let restored =
        epic_events::storage::clients::find(&mut desk.world.connection(), ClientId::new(2)).unwrap().unwrap();
    assert!(restored.archived_at.is_none());
}

#[test]
fn undone_says_what_was_taken_back() {
    for (language, words) in [
        (Language::En, "Undone. Anna Almeida: client changed"),
        (Language::Fr, "Annulé. Anna Almeida : client modifié"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.client_of(desk.world.sales.actor.id, "Anna Almeida");
        let (list, renamed) = if language == Language::En { ("clients", "Anna R") } else { ("clients", "Anna S") };
        desk.go(list).press(KeyCode::Char('e')).ctrl('u').write(renamed).ctrl('s').press(KeyCode::Char('u')).see(words);
    }
}

/// Three events, given to somebody; then two of them are changed by somebody else.
fn three_events(change: impl Fn(EventId) -> Request) -> Desk {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    let contract = desk.world.signed_contract(client);
    let mut event = |title, days| {
        let draft = event_draft(title, days);
        EventId::new(desk.world.save(&Request::CreateEvent { contract, draft }).0)
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
fn what_was_not_undone_is_told_by_name() {
    let change = |id| Request::SetStatus { id, version: 2, status: Status::Confirmed };
    let mut desk = three_events(change);
    desk.press(KeyCode::Char('u')).see("Undone").see("First gala").see("Second gala").see("changed this meanwhile");
    desk.see("Third gala").see("done");
    // What was taken back cannot be taken back once more.
    desk.not("u to undo").press(KeyCode::Esc).press(KeyCode::Char('u')).see("nothing to undo");
}

#[test]
fn nothing_is_told_as_undone_when_everything_was_changed_meanwhile() {
    let change = |id| Request::SetStatus { id, version: 2, status: Status::Confirmed };
    let mut desk = three_events(change);
    let third = EventId::new(3);
    desk.world.save(&Request::SetStatus { id: third, version: 2, status: Status::Confirmed });
    desk.press(KeyCode::Char('u')).see("Nothing was undone").see("Third gala").not("Undone.").not("Undone:");
}

#[test]
fn a_refused_change_is_told_when_its_screen_has_gone() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(&mut desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter).go("home");
    let id = EventId::new(1);
    let support = Some(desk.world.other_support.actor.id);
    desk.world.manage(&Request::AssignSupport(vec![Assignment { event: id, version: 2, support }]));
    desk.release();
    desk.see("changed this meanwhile");
}

#[test]
fn a_change_that_was_made_is_told_when_its_screen_has_gone() {
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
fn what_is_being_saved_is_not_called_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    hold(&mut desk).ctrl('s').press(KeyCode::Esc).see("still being saved").not("Discard").see("New client");
    desk.ctrl('p').write("home").press(KeyCode::Enter).see("still being saved").not("is not saved");
    desk.press(KeyCode::Char('y')).see("Home");
    desk.release();
    desk.see("Saved.");
}

#[test]
fn leaving_waits_for_what_is_being_saved() {
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
        desk.see(stays).see("Saved.").press(KeyCode::Char('q'));
        assert!(desk.quit, "nothing is under way any more");
    }
}

#[test]
fn a_locked_session_is_not_left_while_something_is_being_saved() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    hold(&mut desk).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    desk.press(KeyCode::Char('L')).ctrl('c').see("still being saved");
    assert!(!desk.quit);
    desk.press(KeyCode::Enter).see("Your work is kept");
}

/// A terminal sends Esc and the key after it as one key with Alt: that key does not answer a
/// question that nobody has seen yet.
#[test]
fn a_key_with_alt_answers_no_question_that_it_opens() {
    for letter in ['y', 'o'] {
        let mut desk = Desk::of("sales", Language::En);
        desk.go("new client").write("Half written");
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see("Discard what you typed?");
        desk.press(KeyCode::Enter).see("Half written").press(KeyCode::F(1)).see("What you can do here");
        // Without a question it is Esc and the letter.
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see(&format!("Half written{letter}")).ctrl('c');
        let limit = u64::from(Settings::default().session_minutes) * 60_000;
        desk.press(KeyCode::Esc).wait(limit).see("Locked");
        desk.key(KeyCode::Char(letter), KeyModifiers::ALT).see("Discard what you typed?").not("Username");
    }
}

#[test]
fn a_late_question_for_the_password_waits_for_what_is_open() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    desk.press(KeyCode::Char(':')).write("con");
    reply(&mut desk, Err(Error::PasswordNeeded));
    desk.see("Go to").see("A question waits").write("tracts").see("contracts").press(KeyCode::Esc);
    desk.see("Password").see("sets the status").not("Go to");
}

/// Letters that are meant for a form do not go out as a password.
#[test]
fn a_late_question_for_the_password_waits_while_somebody_types() {
    let mut desk = Desk::of("manager", Language::En);
    sensitive(&mut desk);
    desk.go("new client").write("Half wr");
    let at = desk.held.as_ref().unwrap().iter().position(|held| matches!(*held.2, Request::SetStatus { .. })).unwrap();
    let (id, ..) = desk.held.as_mut().unwrap().remove(at);
    desk.event(Event::Reply { id, reply: Box::new(Err(Error::PasswordNeeded)) });
    desk.write("itten").see("Half written").see("New client");
    desk.press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter).see("sets the status");
}

#[test]
fn that_the_database_was_moved_is_said_until_it_is_back() {
    let mut desk = Desk::of("sales", Language::En);
    hold(&mut desk).wait(4_000);
    assert_eq!(waiting(&desk), ["Heartbeat"]);
    reply(&mut desk, Err(Error::Unavailable(ConnectionProblem::Moved)));
    desk.see("moved or replaced").wait(4_000);
    reply(&mut desk, Ok(Reply::Alive { settings: Box::default(), full_name: "Person manager".to_owned() }));
    desk.not("moved or replaced");
}

#[test]
fn keys_do_nothing_where_nothing_can_be_seen() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    let before = desk.world.state();
    let size = |desk: &mut Desk, width, height| {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        desk.event(Event::Terminal(TerminalEvent::Resize(width, height)));
    };
    size(&mut desk, 50, 10);
    desk.see("too small").write("xy").press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter);
    desk.event(Event::Terminal(TerminalEvent::Paste("paste".to_owned())));
    assert_eq!(desk.world.state(), before);
    size(&mut desk, 80, 24);
    desk.see("Lou Bouzin").not("Archive this").see("1–1 of 1");
    assert_eq!(desk.world.state(), before);
    // Locking and leaving need no eyes.
    size(&mut desk, 50, 10);
    desk.press(KeyCode::Char('L'));
    size(&mut desk, 80, 24);
    desk.see("Locked");
    size(&mut desk, 50, 10);
    desk.ctrl('c');
    assert!(desk.quit);
}

/// What is said after giving up is true where it is said: F5 reads a list anew, and does
/// nothing in a form, at sign-in, or while locked.
#[test]
fn the_hint_after_giving_up_names_a_key_that_works_there() {
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

/// What somebody has stopped waiting for is told when it is known after all.
#[test]
fn what_became_of_a_change_that_was_given_up_is_told() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    hold(&mut desk).ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    desk.release();
    desk.see("was saved after all").see("New client");
    let (mut desk, _) = renamed();
    hold(&mut desk).press(KeyCode::Down).press(KeyCode::Char('x')).press(KeyCode::Right).press(KeyCode::Enter);
    desk.wait(300).press(KeyCode::Esc).see("may or may not have been saved");
    reply(&mut desk, Err(Error::NotFound));
    desk.see("was not saved");
}

/// The company comes to be after somebody has stopped waiting for it: its address is kept, as it
/// was sent, and the way leads to the sign-in.
#[test]
fn a_company_that_comes_to_be_late_is_kept() {
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
    // The fields are about something else by then.
    desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right);
    let (id, ..) = desk.held.as_mut().unwrap().remove(0);
    let effects =
        desk.app.update(Event::Reply { id, reply: Box::new(Ok(Reply::IsSetUp { unguarded: Vec::new() })) }, desk.now);
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Remember { url, .. } => Some(secrecy::ExposeSecret::expose_secret(url).to_owned()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("sqlite:///ours.db"));
    desk.see("Epic Events is set up").see("Username or e-mail address");
}
