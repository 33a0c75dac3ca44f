//! Changing records: conflicts, several records at once, undo, and dates.

use super::desk::*;

#[test]
fn a_conflicting_edit_shows_both_versions_of_each_field() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).see("Edit client");
    desk.ctrl('u').write("K. Casey").press(KeyCode::Tab).press(KeyCode::Tab).ctrl('u').write("k@startup.io");
    let sales = desk.world.sales.clone();
    let draft = epic_events::domain::clients::ClientDraft {
        company_name: "Warm Startup".to_owned(),
        email: Some("k@startup.io".to_owned()),
        ..client_draft("Kevin C.")
    };
    let theirs = Request::Write(WriteRequest::UpdateClient { id: records.client, version: 1, draft });
    desk.world.ask(Some(&sales), &theirs).unwrap();
    desk.ctrl('s').press(KeyCode::Enter).see("Person sales saved this first").see("Person sales: Kevin C.");
    // A field that only they changed has their value; a field that both changed has mine until I choose theirs.
    desk.see("Warm Startup").see("K. Casey");
    desk.ctrl('t').see("Person sales: K. Casey").ctrl('t').ctrl('s');
    desk.press(KeyCode::Enter).see("Kevin C.: full name is now K. Casey.");
    let stored = epic_events::storage::clients::find(&mut desk.world.connection(), records.client).unwrap().unwrap();
    assert_eq!((stored.full_name.as_str(), stored.company_name.as_str()), ("K. Casey", "Warm Startup"));
}

#[test]
fn several_marked_events_are_assigned_at_once() {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    let contract = desk.world.signed_contract(client);
    let mut ids = Vec::new();
    for (title, days) in [("One", 5), ("Two", 6), ("Three", 7)] {
        let draft = support::world::event_draft(title, days);
        ids.push(epic_events::domain::EventId::new(
            desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0,
        ));
    }
    // Only "One" has had support before, so the undo message cannot name a single person.
    let support = Some(desk.world.support.actor.id);
    let before = epic_events::domain::assigning::Assignment { event: ids[0], version: 1, support };
    desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![before])));
    desk.go("events").see("1–3 of 3").press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    desk.see("2 marked").press(KeyCode::Char('a')).see("Support for 2 events").write("other").press(KeyCode::Enter);
    desk.see("Person other.support supports 2 events.").see("of 3");
    desk.press(KeyCode::Char('u')).see("Undone. 2 events have the same support as before.").see("of 3");
}

/// "That week" is the week of the event; if there are several, their days are said.
#[test]
fn the_picker_says_which_weeks_it_counts() {
    for (language, events, week, weeks) in [
        (Language::En, "events", "0 events that week", "free, 0 events 23/11–06/12"),
        (Language::Fr, "événements", "0 événement cette semaine-là", "libre, 0 événement du 23/11 au 06/12"),
    ] {
        let mut desk = Desk::of("manager", language);
        let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
        let contract = desk.world.signed_contract(client);
        for (title, days) in [("One", 5), ("Two", 12)] {
            let draft = support::world::event_draft(title, days);
            desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        }
        desk.go(events).press(KeyCode::Char('a')).see(week).press(KeyCode::Esc);
        desk.press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).press(KeyCode::Char('a')).see(weeks).not(week);
    }
}

#[test]
fn deactivating_a_user_with_clients_asks_for_an_heir() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("staff")
        .press(KeyCode::Char('/'))
        .write("person sales")
        .press(KeyCode::Enter)
        .press(KeyCode::Down)
        .see("of 2");
    desk.press(KeyCode::Char('x')).see("Deactivate").press(KeyCode::Right).press(KeyCode::Enter);
    // The person who leaves is not offered as their own heir.
    desk.see("Who takes over Person sales's 1 client?").see("Person other.sales").not("  Person sales  ");
    desk.write("other").press(KeyCode::Enter).see("Hand over Person sales's 1 client?");
    desk.see("Person other.sales: 1 client").see("[Choose other people] Esc").press(KeyCode::Enter);
    desk.see("Who takes over").press(KeyCode::Esc).see("The account stays active.");
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y')).write("other").press(KeyCode::Enter);
    desk.press(KeyCode::Char('y')).see("Person sales is deactivated; 1 client is Person other.sales's now.");
}

#[test]
fn undo_works_and_reports_on_every_screen() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('a')).write("other").press(KeyCode::Enter).see("Press u to undo");
    desk.press(KeyCode::Esc).see("Waiting for you").press(KeyCode::Char('u'));
    desk.see("Person support supports Lou Bouzin General Assembly.");
}

/// The stored client.
fn client(desk: &Desk, id: epic_events::domain::ClientId) -> epic_events::domain::clients::Client {
    epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap()
}

#[test]
fn an_edit_is_undone_by_another_edit() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Wrong Name").ctrl('s');
    desk.press(KeyCode::Enter).see("Press u to undo");
    assert_eq!(client(&desk, records.client).full_name, "Wrong Name");
    desk.press(KeyCode::Char('u')).see("Undone.").see("Kevin Casey");
    let stored = client(&desk, records.client);
    assert_eq!((stored.full_name.as_str(), stored.version), ("Kevin Casey", 3));
    assert_eq!(desk.world.audit().iter().rev().take(2).collect::<Vec<_>>(), ["client.updated", "client.updated"]);
    desk.press(KeyCode::Char('u')).see("There is nothing to undo");
}

#[test]
fn a_record_that_somebody_has_changed_since_is_not_undone() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("My Name").ctrl('s');
    desk.press(KeyCode::Enter).see("Press u to undo");
    let sales = desk.world.sales.clone();
    let theirs = Request::Write(WriteRequest::UpdateClient {
        id: records.client,
        version: 2,
        draft: client_draft("Their Name"),
    });
    desk.world.ask(Some(&sales), &theirs).unwrap();
    desk.press(KeyCode::Char('u')).see("Person sales has changed it since");
    assert_eq!(client(&desk, records.client).full_name, "Their Name");
}

#[test]
fn a_sales_person_can_undo_the_hand_over_of_their_client() {
    let mut desk = Desk::of("sales", Language::En);
    let records = desk.world.records();
    let hand_over = |desk: &mut Desk| {
        desk.go("clients").press(KeyCode::Char('h')).write("other").press(KeyCode::Enter);
        desk.see("Hand over Kevin Casey?").see("Sales contact: Person sales -> Person other.sales");
        desk.press(KeyCode::Char('y')).see("Kevin Casey is Person other.sales's client now.").see("Press u to undo");
    };
    hand_over(&mut desk);
    desk.press(KeyCode::Char('u')).see("Undone. Kevin Casey is Person sales's client now.");
    assert_eq!(client(&desk, records.client).sales_contact_id, desk.world.sales.actor.id);
    // The colleague has changed the client.
    hand_over(&mut desk);
    let other = desk.world.other_sales.clone();
    let theirs = Request::Write(WriteRequest::UpdateClient {
        id: records.client,
        version: 4,
        draft: client_draft("Their Name"),
    });
    desk.world.ask(Some(&other), &theirs).unwrap();
    desk.press(KeyCode::Char('u')).see("This cannot be undone: somebody has changed it since.");
}

#[test]
fn an_undo_that_failed_on_a_lost_connection_can_be_repeated() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("Wrong Name").ctrl('s');
    desk.press(KeyCode::Enter).see("Press u to undo");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('u'));
    for (id, ..) in desk.held.take().unwrap() {
        let reply = Box::new(Err(Error::Unavailable(ConnectionProblem::Lost)));
        desk.event(AppEvent::Reply { id, reply });
    }
    desk.see("connection to the database was lost").press(KeyCode::Char('u')).see("Undone.");
    assert_eq!(client(&desk, records.client).full_name, "Kevin Casey");
}

#[test]
fn a_signature_is_never_undone() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("contracts").press(KeyCode::End).see("not signed").press(KeyCode::Char('e'));
    desk.press(KeyCode::Tab).ctrl('u').write("5000").ctrl('s').press(KeyCode::Enter);
    desk.see("Press u to undo").press(KeyCode::Char('S')).see("Signed on").press(KeyCode::Enter);
    desk.see("A signature is final").press(KeyCode::Char('y')).see("Contract 1 (Kevin Casey) is signed.");
    desk.not("Press u to undo").press(KeyCode::Char('u')).see("A signature is final: it cannot be undone.");
    let stored = epic_events::storage::contracts::find(&mut desk.world.connection(), records.contract);
    assert!(stored.unwrap().unwrap().signed_at.is_some());
}

#[test]
fn marked_records_are_archived_together_and_each_has_its_result() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    for name in ["Anna", "Bruno"] {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
    desk.go("clients").see("of 3");
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    desk.see("3 marked").press(KeyCode::Char('x')).see("Archive 3 records?").see("Kevin Casey");
    desk.press(KeyCode::Right).press(KeyCode::Enter).see("2 clients are archived.");
    // Each record is listed with its result, the one that a rule protects first.
    desk.see("This client still has 2 contracts").see("Anna").see("done").press(KeyCode::Enter);
    desk.see("1–1 of 1")
        .see("Kevin Casey")
        .press(KeyCode::Char('u'))
        .see("2 clients are back in the lists.")
        .see("of 3");
    let archived = desk.world.audit().iter().filter(|verb| *verb == "client.archived").count();
    assert_eq!(archived, 2, "one row for each record");
}

#[test]
fn edits_of_different_fields_are_merged_without_a_question() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).ctrl('u').write("K. Casey");
    let sales = desk.world.sales.clone();
    let draft = epic_events::domain::clients::ClientDraft {
        company_name: "Warm Startup".to_owned(),
        ..epic_events::domain::clients::ClientDraft::from(&client(&desk, records.client))
    };
    desk.world
        .ask(Some(&sales), &Request::Write(WriteRequest::UpdateClient { id: records.client, version: 1, draft }))
        .unwrap();
    desk.ctrl('s').press(KeyCode::Enter).see("full name is now K. Casey").not("saved this first");
    let stored = client(&desk, records.client);
    assert_eq!((stored.full_name.as_str(), stored.company_name.as_str()), ("K. Casey", "Warm Startup"));
}

#[test]
fn text_typed_while_a_save_is_under_way_stays() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').write("99");
    desk.release();
    desk.see("up to what you have typed since").see("+678 123 456 7899").see("Edit client").ctrl('s');
    desk.press(KeyCode::Enter).see("Kevin Casey: phone is now +678 123 456 7899.");
    assert_eq!(desk.world.state().iter().filter(|row| row.0 == "clients").count(), 1, "one client, not two");
}

/// A calendar file cannot hold events without a start. The message says so near its beginning, since its end
/// may be cut off.
#[test]
fn the_export_message_counts_events_that_were_left_out() {
    for (language, list, kind, told) in [
        (Language::En, "events", "iCalendar", "1 row (left out: 1 event without a start) is now in"),
        (Language::Fr, "événements", "iCalendar", "1 ligne (omis : 1 événement sans début) est maintenant dans"),
    ] {
        let mut desk = Desk::of("manager", language);
        let contract = desk.world.records().signed;
        let dated = support::world::event_draft("Some day", 3);
        let draft = epic_events::domain::events::EventDraft { starts_at: None, ends_at: None, ..dated };
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        desk.go(list).press(KeyCode::Char('X')).see(kind).press(KeyCode::Down).press(KeyCode::Down);
        desk.press(KeyCode::Enter).see(told);
    }
}

/// An unknown number of attendees is empty in the form and 0 in the database: the two count as equal.
#[test]
fn an_empty_number_of_attendees_causes_no_conflict() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    let draft =
        epic_events::domain::events::EventDraft { attendees: 0, ..support::world::event_draft("Board dinner", 20) };
    let id = desk
        .world
        .save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: draft.clone() }))
        .0;
    let id = epic_events::domain::EventId::new(id);
    desk.go("events").press(KeyCode::Char('/')).write("board").press(KeyCode::Enter).see("1–1 of 1");
    desk.press(KeyCode::Char('e'));
    for _ in 0..4 {
        desk.press(KeyCode::Tab);
    }
    desk.write("50");
    let draft = epic_events::domain::events::EventDraft { title: "Board lunch".to_owned(), ..draft };
    desk.world.save(&Request::Write(WriteRequest::UpdateEvent { id, version: 1, draft }));
    desk.ctrl('s').press(KeyCode::Enter).not("saved this first").see("attendees are now 50");
    let stored = epic_events::storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap();
    assert_eq!((stored.title.as_str(), stored.attendees), ("Board lunch", 50));
}

/// Opens the form of a new event and moves to its start.
fn new_event(desk: &mut Desk) {
    desk.world.records();
    desk.go("new event").press(KeyCode::Tab).press(KeyCode::Tab).see("> Starts");
}

#[test]
fn a_time_skipped_by_summer_time_is_refused_under_its_field() {
    let mut desk = Desk::of("manager", Language::En);
    new_event(&mut desk);
    desk.write("28/3/2027 2h30").press(KeyCode::Tab).see("skip from 02:00 to 03:00").write("28/3/2027 2h59");
    desk.press(KeyCode::Tab).ctrl('s').see("skip from 02:00 to 03:00");
}

#[test]
fn a_time_that_occurs_twice_means_the_first_and_says_so() {
    let mut desk = Desk::of("manager", Language::En);
    new_event(&mut desk);
    desk.write("31/10/2027 2h30").press(KeyCode::Tab).see("02:30 comes twice").see("(CEST)").not("skip");
}

#[test]
fn a_date_outside_the_accepted_years_is_refused_with_their_range() {
    let mut desk = Desk::of("manager", Language::En);
    new_event(&mut desk);
    desk.write("31/12/9999 18:00").press(KeyCode::Tab).see("from 1900 to 2200").not("not a date");
    desk.go("home");
    let mut desk = Desk::of("manager", Language::En);
    desk.go("contracts").press(KeyCode::Char('f')).see("> Total at least");
    for _ in 0..5 {
        desk.press(KeyCode::Tab);
    }
    desk.write("31/12/9999").press(KeyCode::Tab).see("from 1900 to 2200");
}

#[test]
fn resetting_a_password_shows_a_summary_first() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("staff").press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).see("of 2");
    desk.press(KeyCode::Down);
    let before = desk.world.state();
    desk.press(KeyCode::Char('p')).write("a new one for now").press(KeyCode::Tab).write("a new one for now").ctrl('s');
    desk.see("Person sales (sales)").see("signed out").see("first sign-in");
    assert_eq!(desk.world.state(), before, "nothing is written before the confirmation");
    desk.press(KeyCode::Right).see("[Reset password]").press(KeyCode::Enter);
    desk.see("Person sales has a temporary password now, and is signed out everywhere.");
    assert_ne!(desk.world.state(), before);
}

/// What is archived is the record on the screen, so the message names the key that restores it, also for a contract
/// that is not signed either.
#[test]
fn nothing_is_created_for_an_archived_record_and_the_message_names_the_way_back() {
    let mut desk = Desk::of("manager", Language::En);
    let sales = desk.world.sales.actor.id;
    let client = desk.world.client_of(sales, "Gone Client");
    let create = support::world::new_contract(client, 1_000, 1_000);
    let contract = epic_events::domain::ContractId::new(desk.world.save(&create).0);
    desk.world.save(&Request::Write(WriteRequest::ArchiveContract { id: contract, version: 1 }));
    desk.world.save(&Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }));
    for (list, views_down) in [("clients", 1), ("contracts", 6)] {
        desk.go(list).press(KeyCode::Char('v'));
        for _ in 0..views_down {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Enter).see("Gone Client").press(KeyCode::Enter).press(KeyCode::Char('n'));
        desk.see("This is archived. Management can restore it with x.");
    }
}
