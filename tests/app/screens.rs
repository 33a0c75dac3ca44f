//! The screens of each role, and the mouse, help and wizard on them.

use super::desk::*;

/// Snapshots of the main screens. A person has to look at them when they change.
#[test]
fn the_screens_of_each_role() {
    for (language, name) in
        [(Language::En, "manager"), (Language::En, "sales"), (Language::En, "support"), (Language::Fr, "manager")]
    {
        let mut desk = Desk::of(name, language);
        desk.world.records();
        let title = |screen: &str| format!("{name}_{language}_{screen}");
        desk.press(KeyCode::F(5));
        insta::assert_snapshot!(title("home"), desk.screen());
        for screen in ["clients", "contracts", "events"] {
            let word = if language == Language::Fr { desk_word(screen) } else { screen };
            desk.go(word);
            insta::assert_snapshot!(title(screen), desk.screen());
            desk.press(KeyCode::Enter);
            insta::assert_snapshot!(title(&format!("{screen}_detail")), desk.screen());
            if name == "manager" {
                desk.press(KeyCode::Char('e'));
                insta::assert_snapshot!(title(&format!("{screen}_form")), desk.screen());
                desk.press(KeyCode::Esc);
            }
            desk.press(KeyCode::Esc).press(KeyCode::Esc);
        }
        desk.press(KeyCode::Char('?'));
        insta::assert_snapshot!(title("help"), desk.screen());
    }
}

#[test]
fn the_help_cuts_nothing_and_the_bottom_line_shows_the_most_used_keys() {
    for (language, places, keys) in [
        (Language::En, ["clients", "events", "staff"], ["Enter open", "/ filter", "v view", "n new", "? help"]),
        (
            Language::Fr,
            ["clients", "événements", "personnel"],
            ["Entrée ouvrir", "/ filtrer", "v vue", "n nouveau", "? aide"],
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        for place in places {
            desk.go(place);
            let screen = desk.screen();
            let footer = screen.lines().last().unwrap();
            for key in keys {
                assert!(footer.contains(key), "{place}: {footer}");
            }
            desk.press(KeyCode::F(1));
            for _ in 0..40 {
                // What is cut beside the help is not a part of it.
                let screen = desk.screen();
                assert!(
                    screen.lines().filter_map(|line| line.split('│').nth(1)).all(|line| !line.contains('…')),
                    "{screen}"
                );
                desk.press(KeyCode::Down);
            }
            desk.press(KeyCode::Esc);
        }
    }
}

fn desk_word(screen: &str) -> &'static str {
    match screen {
        "clients" => "clients",
        "contracts" => "contrats",
        _ => "événements",
    }
}

#[test]
fn the_mouse_selects_and_opens() {
    let mut desk = Desk::of("manager", Language::En);
    for name in ["Anna", "Bruno", "Chloé"] {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
    let click = |desk: &mut Desk, text: &str| {
        let screen = desk.screen();
        let row = screen.lines().position(|line| line.contains(text)).unwrap();
        let kind = MouseEventKind::Down(MouseButton::Left);
        let (row, modifiers) = (u16::try_from(row).unwrap(), KeyModifiers::NONE);
        desk.event(AppEvent::Terminal(TerminalEvent::Mouse(MouseEvent { kind, column: 10, row, modifiers })));
    };
    click(&mut desk, "Clients");
    desk.see("1–3 of 3");
    click(&mut desk, "Bruno");
    desk.see("of 3");
    click(&mut desk, "Bruno");
    desk.see("Contracts (0)");
}

#[test]
fn the_way_to_a_new_client_is_entirely_in_french() {
    let mut desk = Desk::of("sales", Language::Fr);
    desk.see("À faire").see("mes clients").go("nouveau client").see("Entreprise");
    desk.ctrl('s').see("Veuillez remplir ce champ.");
}

#[test]
fn a_small_window_says_how_large_it_should_be() {
    let mut desk = Desk::of("manager", Language::En);
    for (width, height, says) in [(60, 16, "Waiting for you"), (59, 16, "too small"), (1, 1, ""), (300, 100, "Waiting")]
    {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        desk.see(says);
    }
}

#[test]
fn the_bottom_line_shows_the_keys_that_the_help_explains() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.press(KeyCode::F(5)).go("events");
    let footer = desk.screen().lines().last().unwrap().to_owned();
    for key in ["Enter", "a", "n", "e"] {
        assert!(footer.contains(&format!("{key} ")), "{footer}");
    }
    desk.press(KeyCode::Char('?')).see("Give the event, or all marked ones, to a support person.");
    // Choosing a key in the help runs its action.
    desk.write("give").press(KeyCode::Enter).see("Support for Lou Bouzin General Assembly");
}

/// A hostile name in the table does not reach the terminal unchanged.
#[test]
fn hostile_names_are_shown_as_text() {
    use diesel::prelude::*;
    use epic_events::schema::clients;
    let mut desk = Desk::of("sales", Language::En);
    let records = desk.world.records();
    diesel::update(clients::table.find(records.client))
        .set(clients::full_name.eq("\u{1b}]52;c;evil\u{7}[/b]\u{202e}日本語"))
        .execute(&mut desk.world.connection())
        .unwrap();
    desk.go("clients").see("]52;c;evil[/b]");
    desk.press(KeyCode::Enter).see("]52;c;evil[/b]");
    let buffer = desk.terminal.backend().buffer().clone();
    assert!(buffer.content.iter().all(|cell| !cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}')));
}

#[test]
fn esc_never_quits_the_wizard() {
    let mut desk = Desk::new(Language::En);
    let preferences = desk.app.preferences();
    let embedded = "sqlite:///nowhere".to_owned();
    let options = Options { preferences, demo: Vec::new(), embedded, server: None, suspends: true };
    desk.app = App::new(options, true, desk.now);
    desk.see("Step 1 of").see("Ctrl+C quit").press(KeyCode::Esc).see("Step 1 of");
    assert!(!desk.quit);
    desk.ctrl('c');
    assert!(desk.quit);
}

/// The help of a record speaks of its parts, which it has, and not of fields; a client says what it owes.
#[test]
fn a_record_explains_its_parts_and_a_client_its_sums() {
    for (language, clients, before, sums) in [
        (
            Language::En,
            "clients",
            "Shift+Tab  Go to the part before.",
            "1 contract: total 1,000.00 EUR, due 500.00 EUR",
        ),
        (Language::Fr, "clients", "Maj+Tab    Aller à la partie précédente.", "1 contrat"),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.go(clients).press(KeyCode::Enter).see(sums).press(KeyCode::Char('?')).write("tab").see(before);
    }
}

/// The values of a record take the rows that the part below does not need.
#[test]
fn the_notes_of_an_event_are_whole_where_rows_are_free_below() {
    for (language, events, scrolls) in
        [(Language::En, "events", "PgUp and PgDn"), (Language::Fr, "événements", "PgPréc")]
    {
        let mut desk = Desk::of("manager", language);
        let records = desk.world.records();
        let notes =
            "The band comes at five.\nNo nuts for table four.\nTwo prams.\nA cake.\nKeys are with the caretaker."
                .to_owned();
        let draft = epic_events::domain::events::EventDraft { notes, ..support::world::event_draft("Gala", 1) };
        let event = desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0;
        let event = epic_events::domain::EventId::new(event);
        let people = [desk.world.support.actor.id, desk.world.other_support.actor.id, desk.world.support.actor.id];
        for (version, person) in (1..).zip(people) {
            let one = epic_events::domain::assigning::Assignment { event, version, support: Some(person) };
            desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![one])));
        }
        for size in [(80, 24), (120, 35)] {
            desk.resize(size.0, size.1).go(events).press(KeyCode::Char('/')).write("gala").press(KeyCode::Enter);
            desk.press(KeyCode::Enter).see("The band comes").see("the caretaker.").not(scrolls);
            desk.press(KeyCode::Esc);
        }
    }
}
