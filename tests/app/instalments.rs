//! The instalments of a contract by keys: agreeing them, paying them, seeing how they stand.

use epic_events::{
    domain::{
        Cents, ContractId,
        instalments::{Due, InstalmentDraft},
        plans::{PlanDraft, PlanPart},
        settings::{Reauth, Settings},
    },
    services::Reply,
};

use super::desk::*;
use crate::support::world::pay;

/// The plan of the specification.
fn plan(name: &str) -> PlanDraft {
    let part = |label: &str, share, due| PlanPart { label: label.to_owned(), share, due };
    let parts = vec![
        part("Deposit", 3_000, Due::Signature(0)),
        part("Second instalment", 4_000, Due::Event(-60)),
        part("Balance", 3_000, Due::Event(0)),
    ];
    PlanDraft { name: name.to_owned(), parts }
}

/// A plan that is saved.
pub fn save_plan(desk: &mut Desk, name: &str) -> i64 {
    desk.world.save(&Request::Write(WriteRequest::CreatePlan(plan(name)))).0
}

/// The instalments of a contract, in their order: amount, due day.
pub fn stored(desk: &mut Desk, contract: i64) -> Vec<(i64, Due)> {
    match desk.world.manage(&ReadRequest::ViewContract(ContractId::new(contract)).into()) {
        Reply::Contract(detail) => detail.instalments.iter().map(|row| (row.amount_cents.0, row.due)).collect(),
        other => panic!("{other:?}"),
    }
}

/// A manager at the list of contracts, where the one with this number is selected: 1 has a total of 10,000.00 and is
/// not signed, 2 of 1,000.00 is signed, half of it is paid, and its event is on 21 December.
pub fn at_contract(number: &str, language: Language) -> Desk {
    let mut desk = Desk::of("manager", language);
    desk.world.records();
    to_contract(&mut desk, number);
    desk
}

fn to_contract(desk: &mut Desk, number: &str) {
    desk.press(KeyCode::Char(':')).write("contract ").write(number).press(KeyCode::Enter);
}

const BY_PLAN: [(i64, Due); 3] = [(300_000, Due::Signature(0)), (400_000, Due::Event(-60)), (300_000, Due::Event(0))];

/// Two keys: the one of the command, and the one that saves. A third takes it back.
#[test]
fn the_only_plan_is_applied_with_two_keys() {
    for (language, saved) in [(Language::En, "Contract 1 (Kevin Casey)"), (Language::Fr, "Le contrat 1 (Kevin Casey)")]
    {
        let mut desk = at_contract("1", language);
        save_plan(&mut desk, "30/40/30");
        desk.press(KeyCode::Char('i')).see("30/40/30").see("Second instalment");
        insta::assert_snapshot!(format!("instalments_{language}"), desk.screen());
        insta::assert_snapshot!(format!("instalments_narrow_{language}"), desk.resize(60, 16).screen());
        desk.resize(120, 24).ctrl('s').see(saved);
        assert_eq!(stored(&mut desk, 1), BY_PLAN);
        desk.press(KeyCode::Char('u'));
        assert_eq!(stored(&mut desk, 1), []);
    }
}

/// Rows are typed cell by cell; what is missing is said while typing, and the last row takes the rest.
#[test]
fn rows_are_typed_with_their_sum_in_sight() {
    let mut desk = at_contract("1", Language::En);
    desk.press(KeyCode::Char('i')).see("No instalments are agreed yet").write("Deposit").press(KeyCode::Enter);
    desk.write("30 %").see("3,000.00").see("7,000.00 EUR missing").press(KeyCode::Enter);
    desk.write("signature").see("not signed yet").press(KeyCode::Enter);
    desk.write("Rest").see("Sum 10,000.00 EUR: right").press(KeyCode::Enter).see("7,000.00");
    desk.press(KeyCode::Enter).write("1/3").see("Falls due on Mon 1 March 2027.");
    insta::assert_snapshot!("instalments_typed", desk.screen());
    desk.ctrl('s').see("Contract 1, Kevin Casey");
    let day = chrono::NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();
    assert_eq!(stored(&mut desk, 1), [(300_000, Due::Signature(0)), (700_000, Due::On(day))]);
    desk.press(KeyCode::Char('i')).see("at signature").see("01/03/2027");
}

/// What is wrong stands under its row and field, and nothing typed is lost.
#[test]
fn what_is_wrong_stands_under_its_row() {
    let mut desk = at_contract("1", Language::En);
    desk.press(KeyCode::Char('i')).press(KeyCode::Tab).write("abc").press(KeyCode::Tab).write("signature + 1 month");
    desk.press(KeyCode::Down).write("soon").press(KeyCode::BackTab).write("9000").ctrl('s');
    desk.see("abc")
        .see("signature + 1 month")
        .see("This is not an amount")
        .see("Please count in days")
        .see("Type a date");
    insta::assert_snapshot!("instalments_wrong", desk.screen());
    insta::assert_snapshot!("instalments_wrong_narrow", desk.resize(60, 16).screen());
    desk.resize(80, 24).ctrl('u').write("2000").press(KeyCode::Tab).ctrl('u').write("signature").press(KeyCode::Down);
    desk.ctrl('u').write("event").ctrl('s').see("1,000.00 too much");
    desk.see("9000").press(KeyCode::Up).ctrl('u').write("1000").ctrl('s').see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), [(100_000, Due::Signature(0)), (900_000, Due::Event(0))]);
}

#[test]
fn rows_are_added_and_removed_and_emptied_ones_disappear() {
    let mut desk = at_contract("1", Language::En);
    save_plan(&mut desk, "30/40/30");
    desk.press(KeyCode::Char('i')).press(KeyCode::Down).press(KeyCode::Tab).ctrl('d').not("Second instalment");
    // A row comes after the one that is typed in.
    desk.see("4,000.00 EUR missing")
        .press(KeyCode::Up)
        .ctrl('n')
        .write("Wine")
        .press(KeyCode::Tab)
        .write("4000")
        .press(KeyCode::Tab);
    desk.write("J-10").see("right");
    // An empty row after the last one is no row.
    desk.press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Down).ctrl('s').see("Contract 1, Kevin");
    assert_eq!(
        stored(&mut desk, 1),
        [(300_000, Due::Signature(0)), (400_000, Due::Event(-10)), (300_000, Due::Event(0))]
    );
    // Without rows, nothing is agreed any more.
    desk.press(KeyCode::Char('i')).ctrl('d').ctrl('d').ctrl('d').ctrl('s').see("Remove the instalments of contract 1?");
    desk.see("no day says when it is due").press(KeyCode::Esc);
    assert_eq!(stored(&mut desk, 1).len(), 3);
    desk.ctrl('s').press(KeyCode::Enter).see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), []);
}

#[test]
fn a_plan_is_chosen_where_there_are_several_or_rows_were_typed() {
    let mut desk = at_contract("1", Language::En);
    save_plan(&mut desk, "30/40/30");
    save_plan(&mut desk, "Other");
    desk.press(KeyCode::Char('i')).see("No instalments are agreed yet").ctrl('o').see("Choose a plan");
    desk.write("oth").press(KeyCode::Enter).see("Plan: Other").see("Balance");
    desk.ctrl('o').see("Replace these rows by a plan").press(KeyCode::Esc).see("Balance");
    desk.press(KeyCode::Esc).see("Discard").press(KeyCode::Enter).see("Balance").ctrl('s').see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), BY_PLAN);
}

/// A payment that somebody else records meanwhile does not hinder; other rows or another total do.
#[test]
fn two_people_at_the_same_contract() {
    let mut desk = at_contract("1", Language::En);
    save_plan(&mut desk, "30/40/30");
    desk.press(KeyCode::Char('i'));
    desk.world.manage(&pay(ContractId::new(1), 1_000));
    desk.ctrl('s').see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), BY_PLAN);
    // Other rows.
    desk.press(KeyCode::Char('i')).write(" of all");
    let contract = ContractId::new(1);
    let rows = vec![epic_events::domain::instalments::InstalmentDraft {
        label: "Whole".to_owned(),
        amount_cents: epic_events::domain::Cents(1_000_000),
        due: Due::Event(0),
    }];
    let Reply::Contract(detail) = desk.world.manage(&ReadRequest::ViewContract(contract).into()) else { panic!() };
    let version = detail.row.contract.version;
    desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows }));
    desk.ctrl('s')
        .see("Person manager saved this first")
        .see("Whole 10,000.00 on the day of the event")
        .see("Deposit of all");
    insta::assert_snapshot!("instalments_conflict", desk.screen());
    desk.ctrl('t').see("Whole").see("Deposit of all 3,000.00").ctrl('t').ctrl('s').see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), BY_PLAN);
    // Another total.
    desk.press(KeyCode::Char('i')).write("!");
    let draft = crate::support::world::contract_draft(900_000);
    let update = WriteRequest::UpdateContract { id: contract, version: version + 2, draft, difference: None };
    desk.world.manage(&Request::Write(update));
    desk.ctrl('s').see("has changed the total").see("1,000.00 EUR too much").see("Deposit of all!");
    // Their rows are in sight too, and are not saved over by the next attempt without having been shown.
    desk.see("2,000.00");
    // The others have removed all rows meanwhile: that is shown as well.
    desk.ctrl('t').write("?");
    let version = version + 3;
    desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows: Vec::new() }));
    desk.ctrl('s').see("Person manager saved this first").see("?");
}

/// What was copied from a spreadsheet stands in rows and cells, and a day that is over is said to be so.
#[test]
fn pasted_lines_become_rows() {
    for (language, past) in [(Language::En, "that day is in the past"), (Language::Fr, "ce jour est passé")] {
        let mut desk = at_contract("1", language);
        desk.press(KeyCode::Char('i'));
        desk.event(AppEvent::Terminal(TerminalEvent::Paste(
            "Deposit\t30 %\t1/9/2026\r\nRest\t70 %\tevent\n".to_owned(),
        )));
        desk.see("Rest").press(KeyCode::Up).see(past).ctrl('s').see("Kevin Casey");
        let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        assert_eq!(stored(&mut desk, 1), [(300_000, Due::On(day)), (700_000, Due::Event(0))]);
    }
}

/// Nothing typed is lost over a lost connection and a lock.
#[test]
fn what_is_typed_survives_a_lost_connection_and_a_lock() {
    let mut desk = at_contract("1", Language::En);
    desk.press(KeyCode::Char('i')).write("Deposit").press(KeyCode::Tab).press(KeyCode::Tab).write("event");
    desk.held = Some(Vec::new());
    desk.ctrl('s');
    desk.refuse();
    desk.see("Deposit").see("event");
    desk.wait(60 * 60 * 1_000).not("Deposit").write(PASSWORD).press(KeyCode::Enter).see("Deposit").see("event");
    desk.ctrl('s').see("Contract 1, Kevin");
    assert_eq!(stored(&mut desk, 1), [(1_000_000, Due::Event(0))]);
}

/// Sixty rows scroll; the row that is typed in is always visible.
#[test]
fn sixty_rows_scroll() {
    let mut desk = at_contract("1", Language::En);
    desk.resize(60, 16).press(KeyCode::Char('i'));
    for row in 1..=60 {
        desk.write(&format!("Month {row}")).press(KeyCode::Tab).write("100").press(KeyCode::Tab).write("event");
        desk.see(&format!("Month {row}"));
        if row < 60 {
            desk.press(KeyCode::Enter);
        }
    }
    desk.see("row 60 of 60").press(KeyCode::BackTab).ctrl('u').see("4,100.00");
    insta::assert_snapshot!("instalments_sixty", desk.screen());
    desk.ctrl('s').see("Contract 1, Kevin").press(KeyCode::Char('i')).see("Month 1").see("row 1 of 60");
    assert_eq!(stored(&mut desk, 1).len(), 60);
}

/// A payment is preset to what is open of the next instalment, and the answer says what is due next.
#[test]
fn a_payment_fills_the_next_instalment() {
    for (language, due, next) in [
        (Language::En, "Deposit, due on 21/11/2026.", "The next 300.00 EUR fall due on 21/12/2026."),
        (Language::Fr, "Deposit, à payer le 21/11/2026.", "La prochaine échéance, de"),
    ] {
        let mut desk = at_contract("2", language);
        save_plan(&mut desk, "30/40/30");
        desk.press(KeyCode::Char('i')).ctrl('s').press(KeyCode::Char('p')).see(due);
        desk.see(if language == Language::En { "200.00" } else { "200,00" });
        insta::assert_snapshot!(format!("payment_of_instalment_{language}"), desk.screen());
        desk.resize(120, 24).press(KeyCode::Enter).see(next);
    }
}

#[test]
fn the_details_show_how_the_instalments_stand() {
    for language in [Language::En, Language::Fr] {
        let mut desk = at_contract("2", language);
        let plan = save_plan(&mut desk, "30/40/30");
        let settings = Settings {
            default_plan: Some(epic_events::domain::PlanId::new(plan)),
            reauth: Reauth::Never,
            version: 1,
            ..Settings::default()
        };
        desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
        desk.press(KeyCode::F(5)).press(KeyCode::Tab);
        insta::assert_snapshot!(format!("contract_instalments_{language}"), desk.screen());
        insta::assert_snapshot!(format!("contract_instalments_narrow_{language}"), desk.resize(60, 16).screen());
        // Enter leads to the form, which says where the rows come from.
        desk.resize(80, 24).press(KeyCode::Enter).see("30/40/30");
    }
}

/// The answer to a payment tells what falls due next by now, not what the form has read before.
#[test]
fn what_falls_due_next_is_what_is_true_now() {
    let mut desk = at_contract("2", Language::En);
    save_plan(&mut desk, "30/40/30");
    desk.press(KeyCode::Char('i'))
        .ctrl('s')
        .resize(120, 24)
        .press(KeyCode::Char('p'))
        .see("Deposit, due on 21/11/2026.");
    let (contract, rows) = (ContractId::new(2), due_at_event(&[("Deposit", 70_000), ("Balance", 30_000)]));
    let version = seen_version(&mut desk, contract);
    desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows }));
    desk.press(KeyCode::Enter).see("The next 300.00 EUR fall due on 21/12/2026.");
    // So does the answer to a cancellation.
    desk.press(KeyCode::Char('u'))
        .see("500.00 EUR are still due on contract 2.")
        .see("The next 200.00 EUR fall due on");
}

/// Rows that are all due on the day of the event.
pub fn due_at_event(rows: &[(&str, i64)]) -> Vec<InstalmentDraft> {
    let row = |(label, amount): &(&str, i64)| InstalmentDraft {
        label: (*label).to_owned(),
        amount_cents: Cents(*amount),
        due: Due::Event(0),
    };
    rows.iter().map(row).collect()
}

/// The version of a contract, as somebody else sees it.
pub fn seen_version(desk: &mut Desk, contract: ContractId) -> i32 {
    match desk.world.manage(&ReadRequest::ViewContract(contract).into()) {
        Reply::Contract(detail) => detail.row.contract.version,
        other => panic!("{other:?}"),
    }
}

#[test]
fn instalments_are_found_under_the_words_that_people_use() {
    for (language, words) in [
        (Language::En, ["instalments", "schedule", "payment plan", "installment"]),
        (Language::Fr, ["échéances", "échéancier", "plan de paiement", "acompte"]),
    ] {
        for words in words {
            let mut desk = at_contract("1", language);
            desk.press(KeyCode::Char(':')).write(words).see("(i)");
        }
    }
}

/// Home says how much is overdue and due soon, and the line opens its contracts with their next due day.
#[test]
fn home_leads_to_what_is_overdue_and_due_soon() {
    for (language, overdue, [soon, none], title, day) in [
        (
            Language::En,
            "overdue: 200.00 EUR",
            ["others due in 30 days: 500.00 EUR", "others due in 30 days: 0.00 EUR"],
            "Contracts: overdue",
            "Next due",
        ),
        (
            Language::Fr,
            "en retard : 200,00 EUR",
            ["autres sous 30 jours : 500,00 EUR", "autres sous 30 jours : 0,00 EUR"],
            "Contrats : en retard",
            "Échéance",
        ),
    ] {
        let mut desk = at_contract("2", language);
        save_plan(&mut desk, "30/40/30");
        desk.press(KeyCode::Char('i')).ctrl('s').press(KeyCode::Esc);
        desk.press(KeyCode::Esc).press(KeyCode::F(5)).see(soon);
        // Once the first instalment is overdue, the contract stands in that line alone, as in the lists.
        desk.now.utc += chrono::TimeDelta::days(2);
        desk.press(KeyCode::F(5)).see(overdue).see(none);
        for _ in 0..3 {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Enter).see(title).see(day).see("21/11/2026");
        insta::assert_snapshot!(format!("contracts_overdue_{language}"), desk.screen());
    }
}

/// Support sees how the instalments stand, but does not agree them.
#[test]
fn support_cannot_agree_instalments() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    to_contract(&mut desk, "2");
    desk.press(KeyCode::Char('i')).see("may edit contracts");
}
