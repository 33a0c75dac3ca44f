//! Frequent jobs, and how many keys each may take besides the values that are typed. Only keys that the screen
//! shows are pressed.

use super::desk::*;
use epic_events::{
    domain::{EventId, assigning::Assignment},
    storage,
};

/// A user at work, whose keys are counted.
struct Hands {
    desk: Desk,
    keys: usize,
}

impl Hands {
    /// Signed in, with records to work on.
    fn of(name: &str) -> Self {
        let mut desk = Desk::of(name, Language::En);
        desk.world.records();
        desk.press(KeyCode::F(5));
        Self { desk, keys: 0 }
    }

    /// Presses a key; the screen must show `named` before.
    fn tap(&mut self, key: KeyCode, named: &str) -> &mut Self {
        self.desk.see(named);
        self.keys += 1;
        self.desk.press(key);
        self
    }

    /// Moves the selection down to this line, which must be on the screen.
    fn down_to(&mut self, line: &str) -> &mut Self {
        self.desk.see(line);
        for _ in 0..20 {
            if self.selected().contains(line) {
                return self;
            }
            self.keys += 1;
            self.desk.press(KeyCode::Down);
        }
        panic!("{line} is not reached");
    }

    /// The text of the selected line.
    fn selected(&mut self) -> String {
        self.desk.screen();
        let buffer = self.desk.terminal.backend().buffer();
        let reversed = buffer.content.iter().filter(|cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED));
        reversed.map(ratatui::buffer::Cell::symbol).collect()
    }

    fn save(&mut self) -> &mut Self {
        self.desk.see("Ctrl+S save");
        self.keys += 1;
        self.desk.ctrl('s');
        self
    }

    /// Types a value. Its characters do not count, since every program would need them.
    fn value(&mut self, text: &str) -> &mut Self {
        self.desk.write(text);
        self
    }

    /// Types words that lead to a screen. Every character counts as a key.
    fn words(&mut self, text: &str) -> &mut Self {
        self.keys += text.chars().count();
        self.desk.write(text);
        self
    }

    fn within(&mut self, budget: usize, done: &str) {
        self.desk.see(done);
        assert!(self.keys <= budget, "{} keys, {budget} at most", self.keys);
    }
}

fn event_without_support(hands: &mut Hands) -> EventId {
    let contract = epic_events::domain::ContractId::new(2);
    let draft = support::world::event_draft("Board dinner", 20);
    let id = hands.desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0;
    hands.desk.press(KeyCode::F(5));
    EventId::new(id)
}

#[test]
fn assigning_support() {
    let mut hands = Hands::of("manager");
    let event = event_without_support(&mut hands);
    hands
        .down_to("events without support")
        .tap(KeyCode::Enter, "Enter open")
        .tap(KeyCode::Char('a'), "a assign support");
    hands.tap(KeyCode::Enter, "free").within(8, "supports Board dinner. Press u to undo.");
    let stored = storage::events::find(&mut hands.desk.world.connection(), event).unwrap().unwrap();
    assert!(stored.support_id.is_some());
}

#[test]
fn undoing_a_wrong_assignment() {
    let mut hands = Hands::of("manager");
    let event = event_without_support(&mut hands);
    let support = Some(hands.desk.world.support.actor.id);
    hands.desk.press(KeyCode::Enter).press(KeyCode::Char('a')).press(KeyCode::Enter);
    hands.tap(KeyCode::Char('u'), "Press u to undo").within(1, "Undone.");
    let stored = storage::events::find(&mut hands.desk.world.connection(), event).unwrap().unwrap();
    assert_eq!(stored.support_id, None);
    let assign =
        Request::Write(WriteRequest::AssignSupport(vec![Assignment { event, version: stored.version, support }]));
    hands.desk.world.manage(&assign);
}

#[test]
fn a_new_client() {
    let mut hands = Hands::of("sales");
    hands.down_to("my clients").tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('n'), "n new");
    hands.value("Lou Bouzin").tap(KeyCode::Tab, "Tab next field").value("Lou Bouzin SA");
    hands.tap(KeyCode::Tab, "E-mail").value("jacky@loubouzin.grd").tap(KeyCode::Tab, "Phone").value("+666 12345");
    hands.save().within(6, "Lou Bouzin is a client now.");
}

#[test]
fn finding_a_client_by_part_of_a_name() {
    let mut hands = Hands::of("support");
    hands.tap(KeyCode::Char(':'), ": go to").words("case").tap(KeyCode::Enter, "Kevin Casey");
    hands.within(6, "+678 123 456 78");
}

#[test]
fn signing_a_contract() {
    let mut hands = Hands::of("sales");
    hands.down_to("my contracts not signed").tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('S'), "S sign");
    hands.tap(KeyCode::Enter, "Sat 21 November 2026").tap(KeyCode::Char('y'), "A signature is final");
    hands.within(6, "Contract 1 (Kevin Casey) is signed. The contract is no longer in this view.");
}

#[test]
fn creating_an_event() {
    let mut hands = Hands::of("sales");
    let client = hands.desk.world.client_of(hands.desk.world.sales.actor.id, "Lou Bouzin");
    hands.desk.world.signed_contract(client);
    hands.desk.press(KeyCode::F(5));
    hands.down_to("my signed contracts without event").tap(KeyCode::Enter, "Enter open");
    hands.tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('n'), "n new event");
    hands.value("General Assembly").tap(KeyCode::Tab, "Starts");
    hands.value("5/5 15h").tap(KeyCode::Tab, "Ends").value("17h").save();
    hands.within(9, "General Assembly is planned for Wed 5 May 2027, 15:00.");
}

#[test]
fn handing_over_a_client() {
    let mut hands = Hands::of("sales");
    hands.down_to("my clients").tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('h'), "h hand over");
    hands.tap(KeyCode::Enter, "Person other.sales").tap(KeyCode::Char('y'), "Hand over y");
    hands.within(4, "Kevin Casey is Person other.sales's client now.");
}

#[test]
fn changing_the_time_of_an_event() {
    let mut hands = Hands::of("support");
    hands.down_to("my next events").tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('e'), "e edit");
    hands.tap(KeyCode::Tab, "Starts");
    hands.desk.ctrl('u');
    hands.value("21/12 10h").save().tap(KeyCode::Enter, "[Save] y");
    hands.within(5, "Lou Bouzin General Assembly: start is now Mon 21 December 2026, 10:00");
}

/// The list, the event, its telephone numbers: the one of the day and the client's own.
#[test]
fn calling_the_person_of_tomorrow_s_event() {
    let mut hands = Hands::of("support");
    let contract = epic_events::domain::ContractId::new(2);
    let draft = epic_events::domain::events::EventDraft {
        contact_phone: "+666 12378".to_owned(),
        ..support::world::event_draft("Tomorrow's lunch", 1)
    };
    let event = EventId::new(hands.desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0);
    let support = Some(hands.desk.world.support.actor.id);
    hands.desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event,
        version: 1,
        support,
    }])));
    hands.down_to("my next events").tap(KeyCode::Enter, "Enter open").tap(KeyCode::Enter, "Tomorrow's lunch");
    hands.desk.see("Contact phone").see("Client phone").see("+678 123 456 78");
    hands.within(3, "+666 12378");
    // On a wide terminal the preview beside the list shows both.
    hands.desk.press(KeyCode::Esc).resize(140, 40).see("+666 12378").see("+678 123 456 78");
}

#[test]
fn seeing_what_i_do_today() {
    let mut hands = Hands::of("support");
    let contract = epic_events::domain::ContractId::new(2);
    let draft = support::world::event_draft("Today's lunch", 0);
    let draft = epic_events::domain::events::EventDraft {
        starts_at: draft.starts_at.map(|start| start + chrono::TimeDelta::hours(4)),
        ends_at: None,
        ..draft
    };
    let event = EventId::new(hands.desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0);
    let support = Some(hands.desk.world.support.actor.id);
    hands.desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event,
        version: 1,
        support,
    }])));
    hands.down_to("my next events").tap(KeyCode::Enter, "Enter open").within(2, "21/11/2026 13:00  Today's lunch");
    assert!(hands.selected().contains("Today's lunch"), "the next event is listed first");
}

#[test]
fn seeing_unpaid_contracts() {
    let mut hands = Hands::of("manager");
    hands.down_to("contracts with a balance due").tap(KeyCode::Enter, "Enter open");
    hands.within(4, "Contracts: not fully paid");
}

#[test]
fn finding_who_owes_most() {
    let mut hands = Hands::of("manager");
    hands.tap(KeyCode::Char(':'), ": go to").words("owe").tap(KeyCode::Enter, "Contracts: not fully paid");
    hands.within(5, "1 contract: total 1,000.00 EUR, due 500.00 EUR");
}

#[test]
fn finding_a_caller_by_number() {
    let mut hands = Hands::of("support");
    hands.tap(KeyCode::Char(':'), ": go to").value("12345678").tap(KeyCode::Enter, "Kevin Casey");
    hands.within(2, "+678 123 456 78");
}

#[test]
fn handing_the_clients_of_a_leaver_to_two_people() {
    let mut hands = Hands::of("manager");
    let sales = hands.desk.world.sales.actor.id;
    hands.desk.world.client_of(sales, "Lou Bouzin");
    hands.desk.world.hire("third", epic_events::domain::users::Role::Sales);
    hands.tap(KeyCode::Char(':'), ": go to").words("staff").tap(KeyCode::Enter, "Staff");
    hands.tap(KeyCode::Char('/'), "/ filter").value("person sales").tap(KeyCode::Enter, "keep filter");
    hands.down_to("Person sales").tap(KeyCode::Char('x'), "x deactivate").tap(KeyCode::Char('y'), "Deactivate y");
    hands.tap(KeyCode::Char(' '), "Space share among").tap(KeyCode::Char(' '), "* Person other.sales");
    hands.tap(KeyCode::Enter, "* Person third").tap(KeyCode::Char('y'), "Person third: 1 client");
    hands.within(16, "Person sales is deactivated;");
}

/// An accountant's month: a plan for a new contract, three payments, who is late, a wrong payment, and the statement.
#[test]
fn the_month_of_an_accountant() {
    let mut hands = Hands::of("manager");
    super::instalments::save_plan(&mut hands.desk, "30/40/30");
    late_contract(&mut hands);
    // The plan of the company for a new contract.
    hands.desk.go("contract 1").see("10,000.00 EUR");
    hands.tap(KeyCode::Char('i'), "i instalments").save().within(2, "is to be paid in 3 instalments.");
    // A payment from the contract, one from home, and one from the list.
    hands.keys = 0;
    hands.tap(KeyCode::Char('p'), "p payment").tap(KeyCode::Enter, "Enter records");
    hands.within(2, "Payment of 3,000.00 EUR is recorded;");
    hands.desk.press(KeyCode::Esc).press(KeyCode::Esc);
    hands.keys = 0;
    hands
        .tap(KeyCode::Char('p'), "p payment")
        .tap(KeyCode::Enter, "500.00 EUR due")
        .tap(KeyCode::Enter, "Enter records");
    hands.within(3, "Payment of 500.00 EUR is recorded; contract 2 is fully paid.");
    hands.keys = 0;
    hands.desk.go("contracts");
    hands.down_to("7,000.00").tap(KeyCode::Char('p'), "p payment").tap(KeyCode::Enter, "Second instalment");
    hands.within(4, "Payment of 4,000.00 EUR is recorded;");
    // The payment of the contract that is late was a mistake: it is late again.
    hands.keys = 0;
    hands.desk.go("payments");
    hands.down_to("500.00").tap(KeyCode::Char('x'), "x cancel").value("Wrong contract");
    hands.tap(KeyCode::Enter, "> Reason").within(6, "Payment of 500.00 EUR is cancelled;");
    // Who is late, since when.
    hands.keys = 0;
    hands
        .tap(KeyCode::Char(':'), "? help")
        .words("late")
        .tap(KeyCode::Enter, "overdue")
        .within(6, "Contracts: overdue");
    hands.desk.see("Kevin Casey").see("01/11/2026");
    // Its statement.
    hands.keys = 0;
    hands.tap(KeyCode::Enter, "Enter open").tap(KeyCode::Char('P'), "P print").within(2, "statement");
}

/// Contract 2, of which 500.00 EUR are open, was to be paid on 1 November.
fn late_contract(hands: &mut Hands) {
    use epic_events::domain::{
        Cents, ContractId,
        instalments::{Due, InstalmentDraft},
    };
    let contract = ContractId::new(2);
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    let rows = vec![InstalmentDraft { label: String::new(), amount_cents: Cents(100_000), due: Due::On(day) }];
    let version = storage::contracts::find(&mut hands.desk.world.connection(), contract).unwrap().unwrap().version;
    hands.desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows }));
    hands.desk.press(KeyCode::F(5));
}
