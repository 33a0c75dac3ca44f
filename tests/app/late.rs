//! Forms whose save was answered late: after the user has stopped waiting, or has typed more.

use super::desk::*;
use epic_events::{
    domain::{ContractId, PaymentId},
    storage,
};

/// A manager with the form for a payment of the contract of which 500.00 is due, saved with this amount; the reply
/// is held back.
fn paying(amount: &str, language: Language) -> Desk {
    let mut desk = Desk::of("manager", language);
    desk.world.records();
    desk.go(if language == Language::En { "contracts" } else { "contrats" });
    desk.press(KeyCode::Char('/')).write("2").press(KeyCode::Enter);
    desk.press(KeyCode::Char('p')).write(amount);
    desk.held = Some(Vec::new());
    desk.ctrl('s');
    desk
}

/// The amounts and the references of the payments of that contract, the last one first.
fn payments(desk: &Desk) -> Vec<(i64, String)> {
    let mut db = desk.world.connection();
    let found = (1..20).filter_map(|id| storage::payments::find(&mut db, PaymentId::new(id)).unwrap());
    let of_contract = found.filter(|payment| payment.contract_id == ContractId::new(2));
    let mut all: Vec<_> = of_contract.map(|payment| (payment.amount_cents.0, payment.reference)).collect();
    all.reverse();
    all
}

/// What was saved after all is not saved a second time by the same form.
#[test]
fn a_payment_that_was_recorded_after_all_leaves_no_form() {
    for (language, after_all, form) in [
        (Language::En, "It was saved after all. Payment of 11.00 EUR is recorded", "Record a payment"),
        (
            Language::Fr,
            "C'est finalement enregistré. Le paiement de 11,00 EUR est enregistré",
            "Enregistrer un paiement",
        ),
    ] {
        let mut desk = paying("11", language);
        desk.wait(300).press(KeyCode::Esc).see(form).release();
        desk.resize(120, 24).see(after_all).not(form).ctrl('s').press(KeyCode::Enter);
        assert_eq!(payments(&desk).len(), 2);
    }
}

/// A question about what may have been saved closes with its form.
#[test]
fn a_question_about_a_doubt_closes_when_the_doubt_is_over() {
    let mut desk = paying("11", Language::En);
    desk.wait(300).press(KeyCode::Esc).press(KeyCode::Esc).see("What you typed may have been saved.");
    desk.release();
    desk.see("It was saved after all.").not("may have been saved").not("Record a payment").see("Contracts");
    // Where something was typed since, the form stays, and what is asked next is true.
    let mut desk = paying("11", Language::En);
    desk.wait(300).press(KeyCode::Esc).press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab).write("VIR 9");
    desk.press(KeyCode::Esc).see("What you typed may have been saved.").release();
    desk.not("may have been saved").see("It was saved after all.").see("VIR 9");
    desk.press(KeyCode::Esc).see("Discard").not("may have been saved");
}

/// What was typed after the user stopped waiting belongs to the record that was saved after all.
#[test]
fn what_is_typed_after_the_wait_is_an_edit_of_what_was_saved_after_all() {
    for (name, record, filled, more) in [
        ("sales", "new client", "Kevin Casey\t\t\t+678 123 456 78\t\t", "Likes flowers"),
        ("manager", "new contract", "\n\n\t900\t100\t", "In two parts"),
        ("manager", "new member of staff", "zoe\tZoe Zander\t\t\t\t\t", ""),
        ("manager", "new event", "\n\n\tSpring gala\t\t\t\t\t\t\t", "Bring flowers"),
    ] {
        let mut desk = Desk::of(name, Language::En);
        desk.world.records();
        desk.go(record);
        for key in filled.chars() {
            desk.press(match key {
                '\t' => KeyCode::Tab,
                '\n' => KeyCode::Enter,
                letter => KeyCode::Char(letter),
            });
        }
        if record.ends_with("staff") {
            desk.ctrl('g');
        }
        let before = desk.world.state().len();
        desk.held = Some(Vec::new());
        desk.ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not have been saved");
        if more.is_empty() {
            // A password is set only once.
            desk.press(KeyCode::Home)
                .press(KeyCode::BackTab)
                .press(KeyCode::BackTab)
                .see("> Employee number")
                .write("77");
        } else {
            desk.write(more);
        }
        desk.release();
        let created = desk.world.state().len();
        assert!(created > before, "{record}");
        let kept = if more.is_empty() { "77" } else { more };
        desk.see(kept).see("Edit");
        // The password that is to be read aloud waits, which is said instead.
        if !more.is_empty() {
            desk.see("It was saved after all.").see("not saved yet");
        }
        desk.ctrl('s').press(KeyCode::Enter).see(kept);
        assert_eq!(desk.world.state().len(), created, "{record}");
    }
}

/// The form is below another screen by then.
#[test]
fn a_form_below_another_screen_follows_what_was_saved_after_all() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s')
        .wait(300)
        .press(KeyCode::Esc)
        .ctrl('p')
        .write("new client")
        .press(KeyCode::Enter)
        .write("Second one");
    desk.release();
    desk.see("It was saved after all. Kevin Casey is a client now.").see("Second one").press(KeyCode::Esc);
    desk.see("Discard").press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Kevin Casey").see("History (1)").press(KeyCode::Esc).see("Waiting for you");
}

/// A form that was sent again waits for the answer to that.
#[test]
fn a_form_that_was_sent_again_waits_for_its_own_answer() {
    let mut desk = paying("11", Language::En);
    desk.wait(300).press(KeyCode::Esc).ctrl('s').see("Saving...");
    let mut held = desk.held.take().unwrap();
    let (again, first) = (held.pop().unwrap(), held.pop().unwrap());
    desk.answer(first.0, first.1.as_deref(), &first.2);
    desk.see("It was saved after all.").see("Saving...");
    desk.answer(again.0, again.1.as_deref(), &again.2);
    desk.not("Record a payment").see("Payment of 11.00 EUR is recorded");
    assert_eq!(payments(&desk).len(), 3);
}

/// One of two saves was refused: that says nothing of the other one.
#[test]
fn a_doubt_lasts_as_long_as_a_save_is_unanswered() {
    let mut desk = paying("11", Language::En);
    desk.wait(300).press(KeyCode::Esc).ctrl('s').wait(300).press(KeyCode::Esc);
    let (id, ..) = desk.held.as_mut().unwrap().remove(0);
    desk.event(AppEvent::Reply { id, reply: Box::new(Err(Error::Unavailable(ConnectionProblem::Lost))) });
    desk.see("was not saved").press(KeyCode::Esc).see("What you typed may have been saved.");
}

#[test]
fn a_password_that_was_changed_after_all_leaves_no_form() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("change my password").write(PASSWORD).press(KeyCode::Tab).write("new words of mine");
    desk.press(KeyCode::Tab).write("new words of mine");
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(300).press(KeyCode::Esc).see("may or may not").release();
    desk.see("It was saved after all.").not("Current password");
}

/// Nothing that is typed while a payment is being recorded is lost: its words can still be edited.
#[test]
fn what_is_typed_while_a_payment_is_recorded_is_kept() {
    let mut desk = paying("77", Language::En);
    desk.press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab).write("VIR 9").release();
    desk.see("Edit the payment").see("VIR 9").see("77.00 EUR").see("transfer").see("up to what you have typed since");
    insta::assert_snapshot!("payment_typed_on", desk.screen());
    assert_eq!(payments(&desk)[0], (7_700, String::new()));
    desk.ctrl('s').press(KeyCode::Enter).not("Edit the payment");
    assert_eq!(payments(&desk)[0], (7_700, "VIR 9".to_owned()));
    assert_eq!(payments(&desk).len(), 2);
}

/// What can no longer be changed is told to be as it was sent.
#[test]
fn what_is_typed_too_late_is_told_not_to_be_saved() {
    for (language, told) in [
        (Language::En, "What you have typed since into Amount is not saved."),
        (Language::Fr, "Ce que vous avez tapé depuis dans Montant n'est pas enregistré."),
    ] {
        let mut desk = paying("77", language);
        desk.write("8").release();
        desk.resize(160, 24).see(told);
        assert_eq!(payments(&desk)[0].0, 7_700);
    }
    // Beside something that can still be changed.
    let mut desk = paying("77", Language::En);
    desk.write("8").press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab).write("VIR 9").release();
    desk.resize(160, 24).see("77.00 EUR").not("778").see("VIR 9").see("into Amount is not saved").see("Ctrl+S saves");
    // The contract that was paid in part before.
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.resize(160, 24)
        .go("new contract")
        .press(KeyCode::Enter)
        .press(KeyCode::Enter)
        .press(KeyCode::Tab)
        .write("900");
    desk.press(KeyCode::Tab).write("100");
    desk.held = Some(Vec::new());
    desk.ctrl('s').write("9").release();
    desk.see("What you have typed since into Paid before is not saved.").see("Contract 3");
    // The reason of a cancellation, and the day of a signature.
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.resize(160, 24).go("payments").press(KeyCode::Char('x')).write("Wrong contract");
    desk.held = Some(Vec::new());
    desk.ctrl('s').write(", sorry").release();
    desk.see("What you have typed since into Reason is not saved.");
}
