//! What is wrong with a field is said when it is left, and nothing has to be confirmed that would be refused.

use super::desk::*;
use epic_events::{
    domain::{EventId, clients::ClientDraft},
    storage,
};
use support::world::event_draft;

#[test]
fn amounts_are_checked_when_they_are_left() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Enter).press(KeyCode::Char('n')).press(KeyCode::Esc);
    desk.go("new contract").not("more than zero");
    for wrong in ["-5", "0", "0,00"] {
        to(&mut desk, "Total").ctrl('u').write(wrong).not("more than zero").press(KeyCode::Tab).see("more than zero");
    }
    to(&mut desk, "Paid before").ctrl('u').write("-5").press(KeyCode::Tab).see("must not be negative");
    to(&mut desk, "Total").ctrl('u').write("100").press(KeyCode::Tab).not("more than zero");
    to(&mut desk, "Paid before").ctrl('u').write("101").press(KeyCode::Tab).see("cannot be more than the total");
    // It is gone as soon as either of the two is right.
    to(&mut desk, "Total").ctrl('u').write("102").press(KeyCode::Tab).not("cannot be more than the total");
}

#[test]
fn nothing_that_would_be_refused_has_to_be_confirmed() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Char('e'));
    to(&mut desk, "Total").ctrl('u').write("-1").ctrl('s').see("more than zero").not("Save these changes?");
    let mut desk = Desk::of("manager", Language::En);
    desk.go("settings of the company");
    to(&mut desk, "Lock after (minutes)").ctrl('u').write("0").press(KeyCode::Tab).see("From 1 to 480, please.");
    desk.ctrl('s').see("From 1 to 480").not("Save these changes?");
    to(&mut desk, "Lock after (minutes)").ctrl('u').write("10");
    to(&mut desk, "Currency").ctrl('u').write("XYZ").ctrl('s').not("Save these changes?");
    to(&mut desk, "Currency").ctrl('u').write("€").ctrl('s').see("15 -> 10").not("Currency: ");
    desk.press(KeyCode::Esc);
    to(&mut desk, "Currency").ctrl('u').write("chf").ctrl('s').see("Currency: EUR -> CHF");
}

#[test]
fn a_start_in_the_past_is_refused_when_it_is_left_if_it_is_new() {
    let mut desk = Desk::of("manager", Language::En);
    let contract = desk.world.records().signed;
    let draft = event_draft("Old dinner", 1);
    let id = EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0);
    desk.go("new event").press(KeyCode::Tab).press(KeyCode::Tab).see("> Starts").write("yesterday 18h");
    desk.press(KeyCode::Tab).see("This is in the past.");
    to(&mut desk, "Ends").write("5h").press(KeyCode::Tab);
    to(&mut desk, "Starts")
        .ctrl('u')
        .write("tomorrow")
        .press(KeyCode::Tab)
        .see("At what time?")
        .not("give the start first");
    to(&mut desk, "Starts").ctrl('u').write("tomorrow 18h").press(KeyCode::Tab).not("past");
    to(&mut desk, "Ends").ctrl('u').write("22/11/2026 17:00").press(KeyCode::Tab).see("The end is before the start.");
    to(&mut desk, "Starts").ctrl('u').write("22/11 9h").press(KeyCode::Tab).not("The end is before");
    // Two days later it is past. Its start may stay, but not be moved to another past time.
    let mut desk = Desk { now: Moment { utc: desk.now.utc + chrono::TimeDelta::days(2), ..desk.now }, ..desk };
    desk.press(KeyCode::Esc).press(KeyCode::Char('y')).go("events").press(KeyCode::Char('/')).write("old");
    desk.press(KeyCode::Enter).see("1–1 of 1").press(KeyCode::Char('e'));
    to(&mut desk, "Starts").see("22/11/2026").press(KeyCode::Tab).not("past").press(KeyCode::Tab).not("past");
    to(&mut desk, "Starts").ctrl('u').write("22/11/2026 11:00").press(KeyCode::Tab).see("This is in the past.");
    to(&mut desk, "Starts").ctrl('u').write("22/11/2026 09:00").press(KeyCode::Tab).not("This is in the past.");
    to(&mut desk, "Place")
        .ctrl('u')
        .write("Elsewhere")
        .ctrl('s')
        .press(KeyCode::Enter)
        .see("Old dinner: place is now Elsewhere.");
    let stored = storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap();
    assert_eq!(stored.location, "Elsewhere");
}

#[test]
fn passwords_are_checked_when_they_are_left() {
    for (language, new, password, short, differ) in [
        (
            Language::En,
            "new member of staff",
            "Temporary password *",
            "At least 12 characters",
            "The two passwords differ.",
        ),
        (
            Language::Fr,
            "nouveau collaborateur",
            "Mot de passe temporaire *",
            "Au moins 12 caractères",
            "Les deux mots de passe",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(new).write("zoe.zander.1").press(KeyCode::Tab).write("Zoe Zander");
        to(&mut desk, password).write("short").press(KeyCode::Tab).see(short).not(differ);
        to(&mut desk, password).ctrl('u').write("password1234").press(KeyCode::Tab).not(short);
        to(&mut desk, password).ctrl('u').write("a word for the start").press(KeyCode::Tab).not(differ);
        desk.write("another word").press(KeyCode::Tab).see(differ);
        to(&mut desk, password).ctrl('u').write("another word").press(KeyCode::Tab).not(differ);
    }
    // The username is no password, which a reset knows too, before it asks.
    let mut desk = Desk::of("manager", Language::En);
    desk.world.hire("somebody.new", epic_events::domain::users::Role::Support);
    desk.go("staff").press(KeyCode::Char('/')).write("somebody").press(KeyCode::Enter).see("1–1 of 1");
    desk.press(KeyCode::Char('p')).write("Somebody.New").press(KeyCode::Tab).see("The password cannot be");
    desk.write("Somebody.New").ctrl('s').see("The password cannot be").not("signed out");
}

#[test]
fn a_filter_that_finds_nothing_is_refused_when_its_end_is_left() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("contracts").press(KeyCode::Char('f')).see("> Total at least").write("100").press(KeyCode::Tab);
    desk.write("99").press(KeyCode::Tab).see("so nothing would be");
    to(&mut desk, "Total at least").ctrl('u').write("98").press(KeyCode::Tab).not("so nothing would be");
    to(&mut desk, "Signed from").write("14/8/2026").press(KeyCode::Tab).write("13/8/2026").press(KeyCode::Tab);
    desk.see("so nothing would be");
    let mut desk = Desk::of("manager", Language::En);
    desk.go("events").press(KeyCode::Char('f')).write("tomorrow").press(KeyCode::Tab).write("today");
    desk.press(KeyCode::Tab).see("so nothing would be");
}

/// What only the database knows stays under its field until the field is changed, and does not hinder another try.
#[test]
fn a_refusal_stays_under_its_field_until_it_is_changed() {
    let mut desk = Desk::of("sales", Language::En);
    let draft = ClientDraft { email: Some("k@startup.io".to_owned()), ..client_draft("Kevin Casey") };
    let sales_contact = Some(desk.world.sales.actor.id);
    desk.world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact }));
    fill_in_client(&mut desk);
    to(&mut desk, "E-mail").write("K@startup.io").ctrl('s').see("Somebody else has this already.");
    to(&mut desk, "Company").write(" SA").press(KeyCode::Tab).see("Somebody else has this already.");
    desk.ctrl('s').see("Somebody else has this already.");
    to(&mut desk, "E-mail")
        .ctrl('u')
        .write("kc@startup.io")
        .not("Somebody else")
        .ctrl('s')
        .see("Kevin Casey is a client now.");
    // A day that has not come yet is refused when it is left.
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Last contact").write("22/11/2026").press(KeyCode::Tab).see("This is in the future.");
}
