//! A changed total of a contract with instalments, by keys: where the difference goes.

use epic_events::domain::{ContractId, contracts::ContractDraft, instalments::Due};

use super::{
    desk::*,
    instalments::{at_contract, due_at_event, save_plan, seen_version, stored},
};
use crate::support::world::pay;

/// The difference of a changed total goes to the instalment that is chosen.
#[test]
fn a_changed_total_asks_where_the_difference_goes() {
    let mut desk = at_contract("1", Language::En);
    desk.press(KeyCode::Char('e')).see("Total").not("Difference").press(KeyCode::Esc);
    save_plan(&mut desk, "30/40/30");
    desk.press(KeyCode::Char('i'))
        .ctrl('s')
        .press(KeyCode::Char('e'))
        .see("Difference goes to")
        .see("Balance, 3,000.00 EUR");
    desk.ctrl('u').write("12000").ctrl('s').press(KeyCode::Enter).see("12,000.00 EUR");
    desk.see("Balance is now 5,000.00 EUR.");
    assert_eq!(stored(&mut desk, 1)[2], (500_000, Due::Event(0)));
    desk.press(KeyCode::Char('e'));
    insta::assert_snapshot!("contract_difference", desk.screen());
    desk.ctrl('u')
        .write("12500")
        .press(KeyCode::Tab)
        .press(KeyCode::Char('d'))
        .see("Deposit")
        .ctrl('s')
        .press(KeyCode::Enter);
    assert_eq!(stored(&mut desk, 1)[0], (350_000, Due::Signature(0)));
}

/// A colleague inserts a row while the total is typed: the difference does not go to what stands in its place now.
#[test]
fn the_difference_never_goes_to_another_instalment() {
    for (language, changed, goes) in [
        (Language::En, "Person manager has changed the instalments", "Difference goes to: Balance"),
        (Language::Fr, "Person manager a modifié l'échéancier", "Différence sur : Balance"),
    ] {
        let mut desk = at_contract("1", language);
        desk.resize(120, 24);
        save_plan(&mut desk, "30/40/30");
        desk.press(KeyCode::Char('i')).ctrl('s').press(KeyCode::Char('e')).ctrl('u').write("12000");
        let (contract, rows) =
            (ContractId::new(1), due_at_event(&[("Wine", 100_000), ("Deposit", 200_000), ("Balance", 700_000)]));
        let version = seen_version(&mut desk, contract);
        desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows }));
        // The question before saving says what is going to happen.
        desk.ctrl('s').see(goes).press(KeyCode::Enter).see(changed).see("12000");
        assert_eq!(stored(&mut desk, 1).iter().map(|(amount, _)| *amount).sum::<i64>(), 1_000_000);
        // It is offered again, as it is now.
        desk.see("Balance, 7").ctrl('s').see(goes).press(KeyCode::Enter);
        assert_eq!(stored(&mut desk, 1)[2], (900_000, Due::Event(0)));
        // What somebody else changes besides does not hinder.
        desk.press(KeyCode::Char('e')).ctrl('u').write("12500");
        desk.world.manage(&pay(contract, 1_000));
        let version = seen_version(&mut desk, contract);
        let draft = ContractDraft { notes: "Called.".to_owned(), ..crate::support::world::contract_draft(1_200_000) };
        desk.world.manage(&Request::Write(WriteRequest::UpdateContract {
            id: contract,
            version,
            draft,
            difference: None,
        }));
        desk.ctrl('s').press(KeyCode::Enter).see("Called.");
        assert_eq!(stored(&mut desk, 1)[2], (950_000, Due::Event(0)));
    }
}
