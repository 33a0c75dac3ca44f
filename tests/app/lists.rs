//! Lists: filters, selections, counts, and the notes about what they do not show.

use super::desk::*;

fn clients(desk: &mut Desk, names: &[&str]) {
    for name in names {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
}

#[test]
fn the_sort_menu_narrows_by_typing() {
    for (language, typed, found) in [(Language::En, "comp", "Company ^"), (Language::Fr, "entre", "Entreprise ^")] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("clients").press(KeyCode::Char('s')).write(typed).press(KeyCode::Enter).see(found);
    }
}

#[test]
fn a_list_keeps_its_filter_order_and_selection() {
    let mut desk = Desk::of("sales", Language::En);
    clients(&mut desk, &["Anna", "Bruno", "Chloe", "Bruna"]);
    desk.go("clients").press(KeyCode::Char('s')).press(KeyCode::Enter).see("Name v");
    desk.press(KeyCode::Char('/')).write("bru").press(KeyCode::Enter).press(KeyCode::Down).see("of 2");
    desk.press(KeyCode::Char('e')).see("Bruna").press(KeyCode::Esc);
    // Another view has its own filter and order; the first view still has its own when it is opened again.
    desk.press(KeyCode::Char('v')).press(KeyCode::Down).press(KeyCode::Enter).see("Clients: mine").see("1–4 of 4");
    desk.press(KeyCode::Char('v')).press(KeyCode::Up).press(KeyCode::Enter).see("Clients: all").see("Filter: bru");
    desk.see("Name v").press(KeyCode::Char('e')).see("Bruna").press(KeyCode::Esc);
    // The same when coming back from another screen.
    desk.go("home").see("Waiting for you").go("clients").see("Filter: bru").press(KeyCode::Char('e')).see("Bruna");
}

#[test]
fn a_line_of_the_home_screen_opens_its_list_without_an_old_filter() {
    let mut desk = Desk::of("sales", Language::En);
    clients(&mut desk, &["Anna", "Bruno"]);
    desk.press(KeyCode::F(5)).press(KeyCode::Enter).see("Clients: mine").press(KeyCode::Char('/')).write("anna");
    desk.see("1–1 of 1").press(KeyCode::Enter).go("home").see("2  my clients").press(KeyCode::Enter).see("1–2 of 2");
}

#[test]
fn a_failed_write_does_not_discard_a_list_reply_under_way() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('t')).press(KeyCode::Down);
    desk.held = Some(Vec::new());
    // Start the write, then reload the list; the write fails before the list's reply arrives.
    desk.press(KeyCode::Enter).press(KeyCode::F(5));
    let mut held = desk.held.take().unwrap();
    let (id, ..) = held.remove(0);
    desk.event(AppEvent::Reply { id, reply: Box::new(Err(Error::Unavailable(ConnectionProblem::Lost))) });
    desk.world.save(&Request::Write(WriteRequest::CreateEvent {
        contract: epic_events::domain::ContractId::new(2),
        draft: support::world::event_draft("Brought by the page", 3),
    }));
    let (id, session, request) = held.remove(0);
    desk.answer(id, session.as_deref(), &request);
    desk.see("Brought by th");
}

/// Every screen shows contract numbers, so the palette, the list and the picker find a contract by its number.
#[test]
fn a_contract_is_found_by_its_number() {
    for (language, words, found) in [
        (Language::En, "1", "Contract 1, Kevin Casey"),
        (Language::En, "contract 2", "Contract 2, Kevin Casey"),
        (Language::En, "Contrat 1", "Contract 1, Kevin Casey"),
        (Language::Fr, "contrat 2", "Contrat 2, Kevin Casey"),
        (Language::Fr, "n° 1", "Contrat 1, Kevin Casey"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.press(KeyCode::Char(':')).write(words).see(found);
        let opened = desk.press(KeyCode::Enter).screen();
        assert!(opened.lines().next().unwrap().contains(found), "{words}\n{opened}");
    }
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contracts")
        .see("1–2 of 2")
        .press(KeyCode::Char('/'))
        .write("2")
        .see("1–1 of 1")
        .see("21/11/2026")
        .press(KeyCode::Esc);
    desk.go("new event").press(KeyCode::Char('2')).see("Contract 2, Kevin Casey");
}

/// A caller is found by the number on the telephone's display.
#[test]
fn a_caller_is_found_by_telephone_number() {
    for typed in ["0612345678", "06 12 34 56 78", "+33612345678"] {
        let mut desk = Desk::of("sales", Language::En);
        desk.go("new client").write("Anna Almeida").press(KeyCode::Tab).write("Almeida SARL");
        desk.press(KeyCode::Tab).press(KeyCode::Tab).write("+33 6 12 34 56 78").ctrl('s');
        desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
        desk.go("clients").see("1–2 of 2").press(KeyCode::Char('/')).write(typed).see("1–1 of 1").see("Anna Almeida");
        desk.press(KeyCode::Esc).press(KeyCode::Char(':')).write(typed).see("Anna Almeida").press(KeyCode::Enter);
        desk.see("+33 6 12 34 56 78");
    }
}

#[test]
fn events_are_filtered_by_client_and_by_sales_contact() {
    for (field, typed, found) in
        [("Client", "kevin", "Lou Bouzin General Assembly"), ("Sales contact", "other", "Board dinner")]
    {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        let client = desk.world.client_of(desk.world.other_sales.actor.id, "Lou Bouzin");
        let contract = desk.world.signed_contract(client);
        desk.world.save(&Request::Write(WriteRequest::CreateEvent {
            contract,
            draft: support::world::event_draft("Board dinner", 20),
        }));
        desk.go("events").see("1–2 of 2").press(KeyCode::Char('f')).see(field);
        for _ in 0..6 {
            if !desk.screen().contains(&format!("> {field}")) {
                desk.press(KeyCode::Tab);
            }
        }
        desk.see(&format!("> {field}")).write(typed).press(KeyCode::Enter).ctrl('s').see("1–1 of 1");
        let title = found.split(' ').next().unwrap();
        let (by, name) = if field == "Client" { ("client", "Kevin Casey") } else { ("sales contact", "Person other") };
        desk.see(title).see(&format!("Filtered: {by} {name}")).press(KeyCode::Char('f')).see(name).not("as chosen");
        // The chosen value can be removed again.
        for _ in 0..6 {
            if !desk.screen().contains(&format!("> {field}")) {
                desk.press(KeyCode::Tab);
            }
        }
        desk.press(KeyCode::Delete).not(name).ctrl('s').see("1–2 of 2").not("Filtered");
    }
}

/// If only the newest records were searched, a line says so: while typing and afterwards, with and without
/// rows, and in the palette.
#[test]
fn a_search_limited_to_the_newest_records_shows_a_note() {
    for (language, note, nothing) in [
        (Language::En, "Only the newest 10,000 records were searched.", "Nothing found."),
        (Language::Fr, "Recherche limitée aux 10\u{a0}000 fiches les plus récentes.", "Aucun résultat."),
    ] {
        let mut desk = Desk::of("manager", language);
        clients(&mut desk, &["Montclair"]);
        desk.go("clients").press(KeyCode::Char('/')).write("clair").see("Montclair").not(note);
        desk.press(KeyCode::Enter).not(note).press(KeyCode::Esc);
        let room = "UPDATE sqlite_sequence SET seq = 30000 WHERE name = 'clients'";
        diesel::connection::SimpleConnection::batch_execute(&mut desk.world.connection(), room).unwrap();
        clients(&mut desk, &["Beauclair"]);
        desk.press(KeyCode::Char('/')).write("clair").see("Beauclair").see(note).not("Montclair");
        desk.press(KeyCode::Enter).see("Beauclair").see(note);
        desk.press(KeyCode::Char('/')).write("x").see(nothing).see(note).press(KeyCode::Esc);
        desk.press(KeyCode::Char('/')).write("montclair").see("1–1").see("Montclair").not(note).press(KeyCode::Esc);
        desk.press(KeyCode::Char(':')).write("clair").see("Beauclair").see(note);
        desk.write("x").not("Beauclair").see(note).press(KeyCode::Esc);
    }
}

#[test]
fn a_picker_says_when_only_the_newest_records_were_searched() {
    let mut desk = Desk::of("manager", Language::En);
    clients(&mut desk, &["Montclair"]);
    let room = "UPDATE sqlite_sequence SET seq = 30000 WHERE name = 'clients'";
    diesel::connection::SimpleConnection::batch_execute(&mut desk.world.connection(), room).unwrap();
    clients(&mut desk, &["Beauclair"]);
    desk.go("contracts").press(KeyCode::Char('n')).press(KeyCode::Enter).see("Beauclair").see("Montclair");
    desk.write("clair").see("Beauclair").not("Montclair").see("Only the newest 10,000 records were searched.");
}

/// Opens a list of 150 clients, "Guest 000" to "Guest 149": more than are loaded at once.
fn crowd(language: Language) -> Desk {
    let mut desk = Desk::of("manager", language);
    for number in 0..150 {
        desk.world.client_of(desk.world.sales.actor.id, &format!("Guest {number:03}"));
    }
    desk.go("clients").see("Guest 000");
    desk
}

/// The name in the selected row.
fn selected(desk: &mut Desk) -> String {
    desk.press(KeyCode::Char('y'));
    desk.copied.take().unwrap().split('\t').next().unwrap().to_owned()
}

#[test]
fn the_selection_stays_on_its_record_when_a_long_list_is_reloaded() {
    let mut desk = crowd(Language::En);
    for _ in 0..8 {
        desk.press(KeyCode::PageDown);
    }
    let before = desk.see("of 150").screen();
    assert_eq!(desk.press(KeyCode::F(5)).screen(), before);
    assert_eq!(selected(&mut desk), "Guest 120");
    // The rows on both sides can still be reached.
    for (key, there) in [(KeyCode::Home, "Guest 000"), (KeyCode::End, "Guest 149")] {
        desk.press(key).press(KeyCode::F(5)).see("of 150");
        assert_eq!(selected(&mut desk), there);
    }
    for at in (0..149).rev() {
        desk.press(KeyCode::Up);
        assert_eq!(selected(&mut desk), format!("Guest {at:03}"));
    }
    desk.see("1–18 of 150");
}

/// Keys still move the selection while the rows are being loaded.
#[test]
fn a_selection_moved_during_a_reload_stays_on_its_record() {
    let mut desk = crowd(Language::En);
    for _ in 0..8 {
        desk.press(KeyCode::PageDown);
    }
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5));
    for _ in 0..7 {
        desk.press(KeyCode::PageUp);
    }
    assert_eq!(selected(&mut desk), "Guest 015");
    desk.release();
    assert_eq!(selected(&mut desk), "Guest 015");
    desk.see("of 150").see("Guest 014").see("Guest 016");
}

#[test]
fn a_list_that_failed_to_load_is_not_shown_as_empty() {
    for (language, nothing, not_found, not_read) in [
        (Language::En, "No clients here", "Nothing found", "could not be loaded. Press F5"),
        (Language::Fr, "Aucun client ici", "Aucun résultat", "Chargement impossible. Appuyez sur F5"),
    ] {
        let mut desk = crowd(language);
        desk.press(KeyCode::End).see("Guest 149");
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Home).not(nothing);
        desk.refuse();
        desk.not(nothing).see(not_read).press(KeyCode::F(5)).see("Guest 000").not(not_read);
        // Rows of the previous search are not shown as the result of this one.
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Char('/')).write("z");
        desk.refuse();
        desk.not("Guest").not(not_found).see(not_read).press(KeyCode::Enter).press(KeyCode::F(5)).see(not_found);
        // The same holds when the user stops waiting.
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Esc).wait(300).press(KeyCode::Esc).not(nothing).see(not_read);
    }
}

/// The number of attendees may be unknown: that is stored as 0 and not shown as a number.
#[test]
fn an_unknown_number_of_attendees_is_not_shown_as_zero() {
    for (language, events, attendees) in
        [(Language::En, "events", "Attendees"), (Language::Fr, "événements", "Invités")]
    {
        let mut desk = Desk::of("manager", language);
        let contract = desk.world.records().signed;
        let known = support::world::event_draft("Board dinner", 20);
        let draft = epic_events::domain::events::EventDraft { attendees: 0, ..known.clone() };
        let (id, version) = desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        desk.go(events).press(KeyCode::Char('/')).write("board").press(KeyCode::Enter).see("1–1");
        desk.press(KeyCode::Enter).see("Board dinner").not(attendees);
        let id = epic_events::domain::EventId::new(id);
        desk.world.save(&Request::Write(WriteRequest::UpdateEvent { id, version, draft: known }));
        desk.press(KeyCode::F(5)).see(attendees).see("200").not("0 -> 200");
    }
}

/// A picker shows fifty entries. If there are more it says so, and typing finds them.
#[test]
fn a_picker_says_when_there_are_more_entries() {
    let mut desk = Desk::of("manager", Language::En);
    let names: Vec<String> = (0..51).map(|number| format!("Client {number:02}")).collect();
    clients(&mut desk, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let note = "There are more: type to find them.";
    desk.go("contracts").press(KeyCode::Char('n')).press(KeyCode::Enter).see("Client 00").see(note);
    desk.write("50").see("Client 50").not(note);
}

/// If the search of an export covered only the newest records, the message says so.
#[test]
fn an_export_message_says_when_only_the_newest_records_were_searched() {
    for (language, list, told) in [
        (Language::En, "clients", "1 row (of the newest 10,000 records only) is now in"),
        (Language::Fr, "clients", "1 ligne (parmi les 10\u{a0}000 fiches les plus récentes) est maintenant dans"),
    ] {
        let mut desk = Desk::of("manager", language);
        clients(&mut desk, &["Montclair"]);
        let room = "UPDATE sqlite_sequence SET seq = 30000 WHERE name = 'clients'";
        diesel::connection::SimpleConnection::batch_execute(&mut desk.world.connection(), room).unwrap();
        clients(&mut desk, &["Beauclair"]);
        desk.go(list).press(KeyCode::Char('/')).write("clair").press(KeyCode::Enter).see("Beauclair");
        desk.press(KeyCode::Char('X')).see("CSV").press(KeyCode::Enter).see(told);
    }
}

/// Moves events that were created for a later time to a day before today.
fn into_the_past(desk: &Desk, title: &str, days: i64) {
    use diesel::prelude::*;
    use epic_events::schema::events;
    let starts = start() - chrono::TimeDelta::days(days);
    let times = (events::starts_at.eq(starts), events::ends_at.eq(starts + chrono::TimeDelta::hours(3)));
    let moved = diesel::update(events::table.filter(events::title.eq(title))).set(times);
    moved.execute(&mut desk.world.connection()).unwrap();
}

/// All events open at today: the next one is selected, what is over is above it, and Home goes to the first.
#[test]
fn all_events_open_at_today_with_the_past_above() {
    let mut desk = Desk::of("manager", Language::En);
    let contract = desk.world.records().signed;
    for number in 0..130 {
        let title = format!("Over {number:03}");
        let draft = support::world::event_draft(&title, 5);
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        into_the_past(&desk, &title, 131 - number);
    }
    for (title, days) in [("Today", 1), ("Next week", 7)] {
        let draft = support::world::event_draft(title, days);
        let draft = epic_events::domain::events::EventDraft { ends_at: None, ..draft };
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    }
    into_the_past(&desk, "Today", 0);
    desk.go("events").see("Opened at today").see("Over 129").see("Next week");
    desk.press(KeyCode::Enter).see("/  Today").press(KeyCode::Esc);
    desk.see("of 133").press(KeyCode::Up).press(KeyCode::Enter).see("Over 129").press(KeyCode::Esc);
    desk.press(KeyCode::Home).see("Over 000").see("1–").not("Opened at today");
    desk.press(KeyCode::End).see("of 133").see("Lou Bouzin");
    // A filter searches the whole list from its beginning; without it the list is at today again.
    desk.press(KeyCode::Char('/')).write("over").see("Over 000").press(KeyCode::Esc).see("Opened at today");
    desk.see("Next week");
}

#[test]
fn all_events_open_at_the_last_one_if_all_are_over() {
    let mut desk = Desk::of("manager", Language::Fr);
    desk.world.records();
    into_the_past(&desk, "Lou Bouzin General Assembly", 9);
    desk.go("événements").see("Lou Bouzin").see("1–1 sur 1");
}

/// Who owes most: the view of what is not fully paid begins with it, and says how much it is together.
#[test]
fn the_view_not_fully_paid_begins_with_the_largest_amount_and_says_the_sum() {
    for (language, sums) in [
        (Language::En, "3 contracts: total 10,360.00 EUR, due 560.00 EUR"),
        (Language::Fr, "3 contrats\u{a0}: total 10\u{a0}360,00 EUR, reste dû 560,00 EUR"),
    ] {
        let mut desk = Desk::of("manager", language);
        let client = desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
        for (total, due) in [(18_000, 18_000), (1_000_000, 36_000), (18_000, 2_000), (500_000, 0)] {
            let (id, version) = desk.world.save(&support::world::new_contract(client, total, due));
            let id = epic_events::domain::ContractId::new(id);
            desk.world.save(&support::world::sign(id, version));
        }
        // Not signed, so not owed.
        desk.world.save(&support::world::new_contract(client, 90_000, 90_000));
        desk.press(KeyCode::F(5)).press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Enter);
        let screen = desk.see(sums).screen();
        insta::assert_snapshot!(format!("owed_{language}"), screen);
    }
}

/// At 80 columns each line of the log says which record it is about.
#[test]
fn the_audit_log_names_the_records() {
    for (language, words, name) in
        [(Language::En, "audit", "Contract 2, Kevin Casey"), (Language::Fr, "audit", "Contrat 2, Kevin Casey")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(words).see(name).see("Lou Bouzin General");
        insta::assert_snapshot!(format!("audit_{language}"), desk.screen());
    }
}

/// The sales contact sees what others did to their contract.
#[test]
fn the_sales_contact_sees_the_history_of_a_contract() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("contract 2").see("History (2)");
    desk.press(KeyCode::BackTab).see("contract signed").see("Person manag");
}
