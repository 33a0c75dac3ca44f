//! The mouse: a click acts on what is drawn at its position.

use super::desk::*;

/// Clicks on the first character of `words`: on their last occurrence in the first line that has them.
fn click<'a>(desk: &'a mut Desk, words: &str) -> &'a mut Desk {
    let screen = desk.screen();
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let before = line.rsplit_once(words)?.0;
        Some((before.chars().count(), row))
    });
    let (column, row) = found.unwrap_or_else(|| panic!("no \"{words}\" in:\n{screen}"));
    let at = |place| u16::try_from(place).unwrap();
    let (kind, modifiers) = (MouseEventKind::Down(MouseButton::Left), KeyModifiers::NONE);
    let mouse = MouseEvent { kind, column: at(column), row: at(row), modifiers };
    desk.event(AppEvent::Terminal(TerminalEvent::Mouse(mouse)));
    desk
}

fn clients(desk: &mut Desk, names: &[&str]) {
    for name in names {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
}

/// The name in the selected row.
fn selected(desk: &mut Desk) -> String {
    desk.press(KeyCode::Char('y'));
    desk.copied.take().unwrap().split('\t').next().unwrap().to_owned()
}

#[test]
fn a_click_on_a_bar_opens_the_list_behind_it() {
    for size in [(80, 24), (200, 60)] {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        desk.resize(size.0, size.1).press(KeyCode::F(5)).see("Signed by month");
        click(&mut desk, "Nov 2026").see("Contracts: ").see("1–1 of 1").press(KeyCode::Esc);
        click(&mut desk, "1-30").see("Contracts: ").press(KeyCode::Esc).see("Waiting for you");
        // A click on the title of a chart opens nothing, not even the menu line at the same height on the left.
        click(&mut desk, "Overdue, by days late").see("Waiting for you");
        click(&mut desk, "Signed by month").see("Waiting for you");
        click(&mut desk, "Audit log").see("Audit log: ");
    }
}

#[test]
fn a_click_on_a_chart_in_a_narrow_window_opens_its_bar() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.resize(70, 20).press(KeyCode::F(5)).press(KeyCode::Tab).see("Signed by month");
    click(&mut desk, "Nov 2026").see("Contracts: ").see("1–1 of 1");
}

#[test]
fn a_click_beside_a_list_selects_nothing() {
    let mut desk = Desk::of("manager", Language::En);
    clients(&mut desk, &["Anna", "Bruno", "Chloe", "Dora", "Emil", "Fred"]);
    desk.resize(130, 24).go("clients").see("1–6 of 6").see("E-mail");
    // Click on the preview, at the height of one of the rows.
    click(&mut desk, "c1@example.org").see("1–6 of 6");
    assert_eq!(selected(&mut desk), "Anna");
    click(&mut desk, "Chloe").see("1–6 of 6");
    assert_eq!(selected(&mut desk), "Chloe");
}

#[test]
fn a_click_below_the_note_of_a_limited_search_selects_the_clicked_row() {
    let mut desk = Desk::of("manager", Language::En);
    let room = "UPDATE sqlite_sequence SET seq = 30000 WHERE name = 'clients'";
    clients(&mut desk, &["Montclair"]);
    diesel::connection::SimpleConnection::batch_execute(&mut desk.world.connection(), room).unwrap();
    clients(&mut desk, &["Beauclair", "Eauclair", "Sinclair"]);
    desk.go("clients").press(KeyCode::Char('/')).write("clair").press(KeyCode::Enter);
    desk.see("Only the newest").see("1–3 of 3");
    for name in ["Sinclair", "Eauclair"] {
        click(&mut desk, name).see("1–3 of 3");
        assert_eq!(selected(&mut desk), name);
    }
}

#[test]
fn a_click_on_a_title_sorts_by_its_column_and_again_reverses() {
    let mut desk = Desk::of("manager", Language::En);
    clients(&mut desk, &["Anna", "Chloe", "Bruno"]);
    desk.go("clients").see("Name ^").see("1–3 of 3");
    click(&mut desk, "Name").see("Name v");
    assert_eq!(selected(&mut desk), "Chloe");
    click(&mut desk, "Name").see("Name ^");
    assert_eq!(selected(&mut desk), "Anna");
    click(&mut desk, "Phone").see("Phone ^").not("Name ^");
    // The phone of the staff is no order, and a click between the titles means none of them.
    desk.go("staff").resize(200, 24).see("Name ^");
    click(&mut desk, "Phone").see("Name ^");
    click(&mut desk, "  Department").see("Name ^");
}
