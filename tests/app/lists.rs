//! Lists: what they remember, and what they count.

use super::desk::*;

fn clients(desk: &mut Desk, names: &[&str]) {
    for name in names {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
}

#[test]
fn a_list_comes_back_as_it_was_left() {
    let mut desk = Desk::of("sales", Language::En);
    clients(&mut desk, &["Anna", "Bruno", "Chloe", "Bruna"]);
    desk.go("clients").press(KeyCode::Char('s')).press(KeyCode::Enter).see("Name v");
    desk.press(KeyCode::Char('/')).write("bru").press(KeyCode::Enter).press(KeyCode::Down).see("of 2");
    desk.press(KeyCode::Char('e')).see("Bruna").press(KeyCode::Esc);
    // Another view has its own filter and order; this one comes back with its own.
    desk.press(KeyCode::Char('v')).press(KeyCode::Down).press(KeyCode::Enter).see("Clients: mine").see("1–4 of 4");
    desk.press(KeyCode::Char('v')).press(KeyCode::Up).press(KeyCode::Enter).see("Clients: all").see("Filter: bru");
    desk.see("Name v").press(KeyCode::Char('e')).see("Bruna").press(KeyCode::Esc);
    // Also from anywhere else.
    desk.go("home").see("Waiting for you").go("clients").see("Filter: bru").press(KeyCode::Char('e')).see("Bruna");
}

#[test]
fn a_line_of_the_home_screen_opens_all_that_it_counts() {
    let mut desk = Desk::of("sales", Language::En);
    clients(&mut desk, &["Anna", "Bruno"]);
    desk.press(KeyCode::F(5)).press(KeyCode::Enter).see("Clients: mine").press(KeyCode::Char('/')).write("anna");
    desk.see("1–1 of 1").press(KeyCode::Enter).go("home").see("2  my clients").press(KeyCode::Enter).see("1–2 of 2");
}

#[test]
fn a_failed_write_does_not_cost_the_list_its_rows() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('t')).press(KeyCode::Down);
    desk.held = Some(Vec::new());
    // The write is under way, then the list is asked for again; the write fails first.
    desk.press(KeyCode::Enter).press(KeyCode::F(5));
    let mut held = desk.held.take().unwrap();
    let (id, ..) = held.remove(0);
    desk.event(Event::Reply { id, reply: Box::new(Err(Error::Unavailable(ConnectionProblem::Lost))) });
    desk.world.save(&Request::CreateEvent {
        contract: epic_events::domain::ContractId::new(2),
        draft: support::world::event_draft("Brought by the page", 3),
    });
    let (id, session, request) = held.remove(0);
    desk.answer(id, session.as_deref(), &request);
    desk.see("Brought by the page");
}
