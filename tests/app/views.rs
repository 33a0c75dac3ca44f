//! Own columns, and own and shared views, by keys.

use epic_events::domain::users::Role;

use super::desk::*;

/// The line of titles.
fn titles(desk: &mut Desk) -> String {
    let screen = desk.screen();
    screen.lines().nth(3).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Chooses the line of the open menu that contains these words.
fn pick<'a>(desk: &'a mut Desk, words: &str) -> &'a mut Desk {
    for _ in 0..20 {
        desk.press(KeyCode::Up);
    }
    let screen = desk.screen();
    let menu: Vec<&str> = screen.lines().skip_while(|line| !line.contains(" Show ")).skip(3).collect();
    let at = menu.iter().position(|line| line.contains(words));
    let at = at.unwrap_or_else(|| panic!("no \"{words}\" in:\n{screen}"));
    for _ in 0..at {
        desk.press(KeyCode::Down);
    }
    desk.press(KeyCode::Enter)
}

#[test]
fn columns_are_shown_moved_and_widened_and_kept() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    desk.go("events");
    assert_eq!(titles(&mut desk), "Starts ^ Title Client Place Support");
    desk.press(KeyCode::Char('C')).see("[x] Starts").see("Status").see("no room in this window");
    desk.see("Space show").see("PgDn move");
    // Esc changes nothing.
    desk.press(KeyCode::Char(' ')).press(KeyCode::Esc);
    assert_eq!(titles(&mut desk), "Starts ^ Title Client Place Support");
    // The status comes second, the title is 30 wide, the client is hidden.
    desk.press(KeyCode::Char('C'));
    for _ in 0..5 {
        desk.press(KeyCode::Down);
    }
    for _ in 0..4 {
        desk.press(KeyCode::PageUp);
    }
    desk.press(KeyCode::Down);
    for _ in 0..16 {
        desk.press(KeyCode::Right);
    }
    desk.see("30 wide").press(KeyCode::Down).press(KeyCode::Char(' ')).see("[ ] Client");
    desk.press(KeyCode::Enter).see("These columns are saved for every view of this list.");
    assert_eq!(titles(&mut desk), "Starts ^ Status Title Place");
    desk.see("Lou Bouzin General Assembly");
    // They are kept, for this kind of list and every view of it.
    desk.go("clients").see("Phone").go("events").press(KeyCode::Char('v'));
    pick(&mut desk, "Past").see("Events: past");
    assert_eq!(desk.world.audit().last().unwrap(), "columns.saved");
    let world = std::mem::replace(&mut desk, Desk::new(Language::En)).world;
    desk.world = world;
    desk.write("support").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).go("events");
    assert_eq!(titles(&mut desk), "Starts ^ Status Title Place");
    // Back to the preset.
    desk.press(KeyCode::Char('C')).press(KeyCode::Delete).press(KeyCode::Enter).see("has the usual columns again");
    assert_eq!(titles(&mut desk), "Starts ^ Title Client Place Support");
}

#[test]
fn columns_are_chosen_in_the_smallest_window_and_one_always_stays() {
    for language in [Language::En, Language::Fr] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.resize(60, 16).go(if language == Language::En { "contracts" } else { "contrats" });
        desk.press(KeyCode::Char('C')).see("[x]");
        for _ in 0..8 {
            desk.press(KeyCode::Char(' ')).press(KeyCode::Down);
        }
        insta::assert_snapshot!(format!("columns_{language}_60x16"), desk.screen());
        desk.press(KeyCode::Enter);
        // The only column that is left is shown, and the one that sorts the list.
        desk.see("1").see("21/11/2026").not("Kevin");
    }
}

#[test]
fn a_view_is_saved_renamed_replaced_and_removed() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Char('s'));
    desk.press(KeyCode::Up).press(KeyCode::Up).press(KeyCode::Up).press(KeyCode::Up).press(KeyCode::Enter);
    desk.see("Total v").press(KeyCode::Char('/')).write("kevin").press(KeyCode::Enter).press(KeyCode::Char('v'));
    pick(&mut desk, "Save this view as").see("Name of the view").press(KeyCode::Enter);
    desk.see("Name of the view").see("Please fill this in.").write("Kevin's money").press(KeyCode::Enter);
    desk.see("The view \"Kevin's money\" is saved.").see("Contracts: Kevin's money");
    // It is there again, with filter and order.
    desk.go("home").go("contracts").press(KeyCode::Char('v')).see("yours");
    pick(&mut desk, "Kevin's money").see("Contracts: Kevin's money").see("Filter: kevin").see("Total v");
    // What is changed is not saved by itself.
    desk.press(KeyCode::Esc).see("Contracts: Kevin's money (changed)").press(KeyCode::Char('v'));
    pick(&mut desk, "as it is shown now").see("is saved.").see("Contracts: Kevin's money").not("(changed)");
    desk.press(KeyCode::Char('v'));
    pick(&mut desk, "Rename").see("Kevin's money").write(" 2").press(KeyCode::Enter);
    desk.see("The view is called \"Kevin's money 2\" now.").see("Contracts: Kevin's money 2");
    // Its columns are its own.
    desk.press(KeyCode::Char('C')).press(KeyCode::Down).press(KeyCode::Char(' ')).press(KeyCode::Enter);
    desk.see("is saved.").not("Client").press(KeyCode::Char('v'));
    pick(&mut desk, "All").see("Contracts: all").see("Client").press(KeyCode::Char('v'));
    // The name is taken.
    pick(&mut desk, "Save this view as").write("kevin's money 2").press(KeyCode::Enter);
    desk.see("There is already a view of this name.").see("kevin's money 2").press(KeyCode::Esc).press(KeyCode::Esc);
    desk.press(KeyCode::Char('v')).not("Share");
    pick(&mut desk, "Kevin's money 2").press(KeyCode::Char('v'));
    pick(&mut desk, "Remove").see("Remove the view").write("y").see("The view \"Kevin's money 2\" is removed.");
    desk.press(KeyCode::Char('v')).not("Kevin's");
}

#[test]
fn a_shared_view_is_found_by_everybody_and_changed_by_management() {
    let mut manager = Desk::of("manager", Language::En);
    manager.world.records();
    manager.go("events").press(KeyCode::Char('C')).press(KeyCode::Down).press(KeyCode::Char(' ')).press(KeyCode::Enter);
    manager.press(KeyCode::Char('v'));
    pick(&mut manager, "Save this view as").write("By client").press(KeyCode::Enter).press(KeyCode::Char('v'));
    pick(&mut manager, "Share \"By client\" with everybody").see("Everybody finds the view \"By client\"");
    manager.press(KeyCode::Char('v')).see("yours, shared").press(KeyCode::Esc);

    let mut desk = Desk::new(Language::En);
    desk.world = manager.world;
    desk.write("support").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).go("events");
    desk.press(KeyCode::Char('v')).see("shared by Person manager");
    pick(&mut desk, "By client").see("Events: By client");
    assert_eq!(titles(&mut desk), "Starts ^ Client Place Support Status");
    // Nothing is offered that would be refused, and the reason is said.
    desk.press(KeyCode::Char('v')).not("Rename").not("Remove").see("Save this view as").press(KeyCode::Esc);
    desk.press(KeyCode::Char('C')).see("has columns of its own").not("[x]");
}

/// Somebody shares a view while others are signed in: the open menu shows it, and the selection stays.
#[test]
fn the_menu_of_views_shows_what_others_have_shared_meanwhile() {
    use epic_events::domain::{
        entity::EntityKind,
        lists::{ViewContent, ViewDraft},
    };
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("events");
    let content = ViewContent { query: Query::all(EntityKind::Event), columns: None };
    let draft = ViewDraft { name: "Of the week".to_owned(), shared: true, content };
    desk.world.save(&Request::Write(WriteRequest::SaveView(draft)));
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('v')).not("Of the week").press(KeyCode::Down).press(KeyCode::Down);
    for _ in 0..20 {
        desk.press(KeyCode::Down);
    }
    desk.release();
    desk.see("Of the week").press(KeyCode::Enter).see("Name of the view");
}

#[test]
fn saved_views_are_found_in_the_palette() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Char('/')).write("kevin").press(KeyCode::Enter).press(KeyCode::Char('v'));
    pick(&mut desk, "Save this view as").write("Money of Kevin").press(KeyCode::Enter).see("is saved").go("home");
    desk.ctrl('p').write("money of").see("Contracts: Money of Kevin").press(KeyCode::Enter);
    desk.see("Contracts: Money of Kevin").see("Filter: kevin");
}

/// Filters the open list by this sales contact.
fn filter_by_sales<'a>(desk: &'a mut Desk, name: &str) -> &'a mut Desk {
    desk.press(KeyCode::Char('f'));
    to(desk, "Sales contact").write(name).press(KeyCode::Enter).ctrl('s')
}

#[test]
fn a_filter_is_said_in_words_and_stays_when_the_view_is_chosen_again() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.hire("anna", Role::Sales);
    let owner = desk.world.other_sales.actor.id;
    desk.world.client_of(owner, "Kevin Casey");
    filter_by_sales(desk.go("clients"), "other").see("1–1 of 1").see("Filtered: sales contact Person other.sales");
    desk.not("as chosen")
        .press(KeyCode::Char('v'))
        .press(KeyCode::Enter)
        .see("Filtered: sales contact Person other.sales");
    // Words and filters are both said, and nothing else is cut for them.
    desk.press(KeyCode::Char('/'))
        .write("kevin")
        .press(KeyCode::Enter)
        .see("Filtered: kevin, sales contact Person oth");
    desk.see("1–1 of 1").press(KeyCode::Esc);
    // The name is known even if nothing is found, and in a view.
    desk.press(KeyCode::Char('v'));
    pick(&mut desk, "Save this view as").write("Of sales").press(KeyCode::Enter).see("is saved");
    filter_by_sales(desk.go("clients"), "anna").see("Nothing found.").see("Filtered: sales contact Person anna");
    desk.press(KeyCode::Char('v'));
    pick(&mut desk, "Of sales").see("Clients: Of sales").see("Filtered: sales contact Person other.sales");
    // A changed view that is chosen again says that it is as before.
    desk.press(KeyCode::Char('/')).write("kev").press(KeyCode::Enter).see("(changed)").press(KeyCode::Char('v'));
    pick(&mut desk, "Of sales").see("\"Of sales\" is shown as it was saved.").not("(changed)").not("kev,");

    let mut desk = Desk::of("manager", Language::Fr);
    desk.world.records();
    desk.go("contrats").press(KeyCode::Char('f')).write("500").ctrl('s').see("Filtré : total d'au moins 500,00");
}

#[test]
fn a_filter_by_person_takes_no_column_that_was_chosen() {
    let mut desk = Desk::of("manager", Language::En);
    let owner = desk.world.other_sales.actor.id;
    desk.world.client_of(owner, "Kevin Casey");
    filter_by_sales(desk.go("clients"), "other").see("Filtered");
    assert!(!titles(&mut desk).contains("Sales"));
    desk.press(KeyCode::Char('C')).see("the same in each row here").press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    for _ in 0..3 {
        desk.press(KeyCode::Down);
    }
    desk.press(KeyCode::PageUp).press(KeyCode::PageUp).press(KeyCode::Enter).see("are saved for every view");
    assert_eq!(titles(&mut desk), "Name ^ Sales contact Company Phone");
}

#[test]
fn a_view_that_cannot_be_read_says_so() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('v'));
    pick(&mut desk, "Save this view as").write("Old one").press(KeyCode::Enter).see("is saved");
    let spoil = "UPDATE list_views SET content = '{}'";
    diesel::connection::SimpleConnection::batch_execute(&mut desk.world.connection(), spoil).unwrap();
    desk.go("home").go("events").press(KeyCode::Char('v')).see("cannot be used");
    // It is not removed by choosing it.
    pick(&mut desk, "Old one ").see("This program cannot use \"Old one\"").not("Remove the view");
    desk.press(KeyCode::Char('v'));
    pick(&mut desk, "Remove \"Old one\"").see("Remove the view").press(KeyCode::Enter).see("Nothing was removed.");
    desk.press(KeyCode::Char('v'));
    pick(&mut desk, "Remove \"Old one\"").write("y").see("The view \"Old one\" is removed.");
    desk.press(KeyCode::Char('v')).not("Old one");
}

/// A view of one's own cannot be called like one of the program's, in whatever language or case.
#[test]
fn the_names_of_built_in_views_are_taken() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contracts").press(KeyCode::Char('v'));
    pick(&mut desk, "Save this view as");
    for taken in ["NOT  signed", "non soldes", "Mine"] {
        desk.ctrl('u').write(taken).press(KeyCode::Enter).see("There is already a view of this name.").see(taken);
    }
    desk.ctrl('u').write("Not signed 2").press(KeyCode::Enter).see("is saved.").press(KeyCode::Char('v'));
    pick(&mut desk, "Rename").ctrl('u').write("signed").press(KeyCode::Enter);
    desk.see("There is already a view of this name.")
        .ctrl('u')
        .write("Ours")
        .press(KeyCode::Enter)
        .see("Contracts: Ours");
}

/// A name that was typed is not thrown away by one Esc, and is saved as a form is.
#[test]
fn the_name_of_a_view_says_what_is_saved_and_is_not_discarded_unasked() {
    for (language, list, save, holds, warning, told) in [
        (
            Language::En,
            "contracts",
            "Save this view as",
            "Saved with its filter, order and columns.",
            "Esc again discards what you typed.",
            "The view \"Mine too\" is saved.",
        ),
        (
            Language::Fr,
            "contrats",
            "Enregistrer cette vue sous",
            "Enregistrée avec son filtre, son ordre et ses colonnes.",
            "Échap à nouveau abandonne ce que vous avez tapé.",
            "La vue «\u{a0}Mine too\u{a0}» est enregistrée.",
        ),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        let open = |desk: &mut Desk| {
            desk.press(KeyCode::Char('v')).write(save).press(KeyCode::Enter).see(holds);
        };
        desk.go(list);
        open(&mut desk);
        desk.press(KeyCode::Esc).not(holds).not(warning);
        open(&mut desk);
        desk.write("Mine").press(KeyCode::Esc).see(warning).see("Mine").write(" too").not(warning).ctrl('s').see(told);
        open(&mut desk);
        desk.write("Other").press(KeyCode::Esc).press(KeyCode::Esc).not(warning).not("Other");
    }
}

#[test]
fn sharing_a_changed_view_says_that_the_saved_one_is_shared() {
    for (language, list, save, share, question, stop, own) in [
        (
            Language::En,
            "contracts",
            "Save this view as",
            "Share \"Ours\"",
            "You have changed the view since",
            "Stop sharing",
            "Only you find the view \"Ours\" now.",
        ),
        (
            Language::Fr,
            "contrats",
            "Enregistrer cette vue sous",
            "Partager",
            "Vous avez modifié la vue depuis",
            "Ne plus partager",
            "La vue «\u{a0}Ours\u{a0}» n'est plus visible que par vous.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let choose = |desk: &mut Desk, words: &str| {
            desk.press(KeyCode::Char('v')).write(words).press(KeyCode::Enter);
        };
        desk.resize(120, 30).go(list);
        choose(&mut desk, save);
        desk.write("Ours").press(KeyCode::Enter).press(KeyCode::Char('/')).write("kevin").press(KeyCode::Enter);
        choose(&mut desk, share);
        desk.see(question).press(KeyCode::Esc).not(question).press(KeyCode::Esc);
        // As it was saved, it is shared at once.
        choose(&mut desk, share);
        desk.not(question).press(KeyCode::Char('/')).write("kevin").press(KeyCode::Enter);
        choose(&mut desk, stop);
        desk.see(own);
        choose(&mut desk, share);
        desk.see(question).press(KeyCode::Enter).not(question);
        choose(&mut desk, stop);
    }
}
