//! Payments by keys: recording, undoing, correcting, cancelling, and the list.

use super::desk::*;

/// A manager at the list of contracts, where the signed one, of which 500.00 is due, is selected.
fn at_contracts(language: Language) -> Desk {
    let mut desk = Desk::of("manager", language);
    desk.world.records();
    desk.go(if language == Language::En { "contracts" } else { "contrats" });
    desk.press(KeyCode::Char('/')).write("2").press(KeyCode::Enter);
    desk
}

/// Two keys, if all that is due was paid today by the usual method.
#[test]
fn a_payment_takes_two_keys_from_the_list_and_one_takes_it_back() {
    for (language, recorded, undone) in [
        (
            Language::En,
            "Payment of 500.00 EUR is recorded; contract 2 is fully paid.",
            "Payment of 500.00 EUR is cancelled; 500.00 EUR are still due on contract 2.",
        ),
        (
            Language::Fr,
            "Le paiement de 500,00 EUR est enregistré\u{a0}; le contrat 2 est entièrement payé.",
            "Le paiement de 500,00 EUR est annulé\u{a0}; il reste 500,00 EUR à payer sur le contrat 2.",
        ),
    ] {
        let mut desk = at_contracts(language);
        desk.resize(120, 24).press(KeyCode::Char('p'));
        insta::assert_snapshot!(format!("payment_{language}"), desk.resize(80, 24).screen());
        desk.resize(120, 24).press(KeyCode::Enter).see(recorded);
        desk.see(if language == Language::En { "cancel this payment" } else { "annuler ce paiement" });
        desk.press(KeyCode::Char('u')).see(undone);
        let audit = desk.world.audit();
        assert_eq!(
            audit[audit.len() - 4..],
            ["payment.recorded", "payment.recorded", "payment.cancelled", "payment.cancelled"]
        );
    }
}

/// The method that was used last is proposed for the next payment of the session.
#[test]
fn the_method_used_last_is_proposed() {
    let mut desk = at_contracts(Language::En);
    desk.press(KeyCode::Char('p')).see("transfer").write("100").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.press(KeyCode::Char('c'))
        .press(KeyCode::Char('c'))
        .see("< cheque >")
        .ctrl('s')
        .see("400.00 EUR are still due");
    desk.press(KeyCode::Char('p'))
        .see("cheque")
        .see("As last time.")
        .see("400.00")
        .press(KeyCode::Enter)
        .see("fully paid");
}

/// A method is found by its word, not by its first letter alone.
#[test]
fn a_method_is_found_by_typing_its_word() {
    for (word, shown) in [("cash", "< cash >"), ("cheque", "< cheque >"), ("card", "< card >"), ("tr", "< transfer >")]
    {
        let mut desk = at_contracts(Language::En);
        desk.press(KeyCode::Char('p')).press(KeyCode::Tab).press(KeyCode::Tab).write(word).see(shown);
    }
}

/// What the services would refuse is said under the amount, with the most that is possible; nothing typed is lost.
#[test]
fn an_amount_that_does_not_fit_is_refused_under_its_field() {
    let mut desk = at_contracts(Language::En);
    desk.press(KeyCode::Char('p')).write("500.01").press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("VIR 9")
        .ctrl('s')
        .see("500.00 EUR is still due, so no more can be recorded.")
        .see("VIR 9")
        .see("500.01");
    desk.ctrl('u').write("-600").ctrl('s').see("Only 500.00 was paid, so no more can be refunded.");
    desk.ctrl('u').write("0").ctrl('s').see("This must not be zero.");
    desk.ctrl('u')
        .write("-100")
        .ctrl('s')
        .resize(120, 24)
        .see("Refund of 100.00 EUR is recorded; 600.00 EUR are still due");
}

#[test]
fn a_payment_is_corrected_and_cancelled_from_its_contract() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contract 2").see("Payments (1)").press(KeyCode::Tab).see("before");
    insta::assert_snapshot!("payments_of_contract", desk.screen());
    desk.press(KeyCode::Enter).see("Payment of 500.00 EUR, Kevin Casey").see("Contract 2, Kevin Casey");
    desk.press(KeyCode::Char('e')).see("> Reference").write("VIR 12").ctrl('s').press(KeyCode::Enter).see("VIR 12");
    desk.press(KeyCode::Char('x')).see("> Reason").press(KeyCode::Enter).see("Please fill this in.");
    desk.write("Wrong contract").press(KeyCode::Enter);
    desk.see("Payment of 500.00 EUR is cancelled; 1,000.00 EUR are still due").see("Wrong contract");
    insta::assert_snapshot!("payment_cancelled", desk.screen());
    // It stays in its list, struck and with the word.
    desk.go("payments").see("cancelled").see("1 payment: 0.00 EUR paid, and 500.00 EUR cancelled");
    insta::assert_snapshot!("payments", desk.screen());
    desk.press(KeyCode::Char('x')).see("This payment is cancelled.");
}

/// Whoever looks at a payment of a contract and presses `x` means the payment, and the history shows its amount.
#[test]
fn a_payment_is_cancelled_on_the_screen_of_its_contract() {
    for (language, words, [part, cancel, changed, contract]) in [
        (Language::En, "contract 2", ["Payments", "x cancel", "500.00 EUR -> nothing", "x archive"]),
        (Language::Fr, "contrat 2", ["Paiements", "x annuler", "500,00 EUR -> (vide)", "x archiver"]),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.resize(140, 30)
            .go(words)
            .see(contract)
            .press(KeyCode::Tab)
            .see(&format!("[{part} (1)"))
            .see(cancel)
            .not(contract);
        desk.press(KeyCode::Char('x')).write("Wrong contract").press(KeyCode::Enter);
        desk.press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Down).see("1").press(KeyCode::Esc);
        desk.go(if language == Language::En { "payments" } else { "paiements" })
            .press(KeyCode::Enter)
            .press(KeyCode::Tab);
        desk.see(changed).see("Wrong contract");
    }
}

#[test]
fn the_palette_says_that_payments_are_cancelled_and_not_archived() {
    for (language, words, label, help) in [
        (Language::En, "payments: cancel", "Payments: cancel", "Cancel: it stays visible"),
        (Language::Fr, "paiements annuler", "Paiements : annuler", "Annuler : reste visible"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.resize(140, 30).press(KeyCode::Char(':')).write(words).see(label).see(help).not("archiv");
    }
}

/// Sales cancels only what was recorded today, which is said before it is tried.
#[test]
fn sales_cannot_cancel_a_payment_of_another_day() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.now.utc += chrono::TimeDelta::days(1);
    desk.go("payments").press(KeyCode::Char('x')).see("only management can cancel it");
}

#[test]
fn the_palette_records_a_payment_of_a_contract_that_is_picked() {
    for (language, words) in [
        (Language::En, ["record a payment", "pay payment", "deposit"]),
        (Language::Fr, ["enregistrer un paiement", "encaisser", "acompte"]),
    ] {
        for words in words {
            let mut desk = Desk::of("sales", language);
            desk.world.records();
            desk.go(words).press(KeyCode::Enter).write("2").press(KeyCode::Enter);
            desk.see("2 - Kevin Casey").see(if language == Language::En { "500.00" } else { "500,00" });
        }
    }
}

/// From home: `p`, Enter for the contract with the largest amount due, Enter for the payment as it is proposed.
#[test]
fn home_records_a_payment_in_three_keys() {
    for (name, language, due, recorded) in [
        ("manager", Language::En, "500.00 EUR due", "Payment of 500.00 EUR is recorded; contract 2 is fully paid."),
        ("sales", Language::Fr, "500,00 EUR à payer", "Le paiement de 500,00 EUR est enregistré"),
    ] {
        let mut desk = Desk::of(name, language);
        desk.world.records();
        desk.press(KeyCode::F(5)).press(KeyCode::Char('p')).see(due).see("Kevin Casey");
        insta::assert_snapshot!(format!("payment_from_home_{language}"), desk.screen());
        desk.press(KeyCode::Enter).see("2 - Kevin Casey").press(KeyCode::Enter).resize(120, 24).see(recorded);
        // With nothing due any more, all contracts are offered; words find them as before.
        desk.press(KeyCode::Char('p')).write("casey").press(KeyCode::Esc).press(KeyCode::Esc);
    }
    // Support records no payments.
    let mut desk = Desk::of("support", Language::En);
    desk.press(KeyCode::Char('p'));
    assert!(!desk.screen().contains("Record a payment"));
}

/// From the details of a contract too, `p` and Enter are enough.
#[test]
fn the_details_of_a_contract_record_a_payment_in_two_keys() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contract 2").see("Payments (1) 500.00 EUR");
    desk.press(KeyCode::Char('p')).press(KeyCode::Enter).see("Payments (2) 1,000.00 EUR");
}

/// What was paid is known while the total is typed, so no question comes before the refusal.
#[test]
fn a_total_below_what_was_paid_is_refused_under_its_field() {
    let mut desk = at_contracts(Language::En);
    desk.press(KeyCode::Char('e')).see("> Total").ctrl('u').write("499.99").ctrl('s');
    desk.see("500.00 was paid already").see("> Total");
    desk.ctrl('u').write("500").ctrl('s').see("Save these changes?");
}

#[test]
fn the_palette_finds_a_payment_by_the_beginning_of_its_reference() {
    let mut desk = at_contracts(Language::En);
    desk.press(KeyCode::Char('p')).write("100").press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("VIR 2026-117").ctrl('s').see("400.00 EUR are still due");
    desk.ctrl('p').write("vir 2026").see("VIR 2026-117").see("Payment 21/11/2026 Kevin Casey");
    desk.press(KeyCode::Enter).see("Payment of 100.00 EUR, Kevin Casey");
}

/// A part of what is due is typed over the proposal: Enter records it from the amount, as below it is said.
#[test]
fn a_typed_amount_is_recorded_with_enter() {
    let mut desk = at_contracts(Language::En);
    desk.press(KeyCode::Char('p')).see("Enter records").write("120").press(KeyCode::Enter);
    desk.see("Payment of 120.00 EUR is recorded; 380.00 EUR are still due on contract 2.");
}

/// What is said below the amount of Enter is true wherever it is said.
#[test]
fn enter_is_said_to_record_only_where_it_does() {
    for (language, enter, minus, list, paid, refunded) in [
        (
            Language::En,
            "Enter records, Tab goes on.",
            "A refund has a minus.",
            "payments",
            "contract 2 is fully paid",
            "Refund of 50.00 EUR is recorded",
        ),
        (
            Language::Fr,
            "Entrée l'enregistre, Tab passe à la suite.",
            "Un remboursement commence par un moins.",
            "paiements",
            "le contrat 2 est entièrement payé",
            "Le remboursement de 50,00 EUR est enregistré",
        ),
    ] {
        let mut desk = at_contracts(language);
        desk.resize(120, 24).press(KeyCode::Char('p')).see(enter).press(KeyCode::Tab).not(enter).see(minus);
        desk.press(KeyCode::BackTab).see(enter).write("1").see(enter).ctrl('u').not(enter).see(minus);
        // Of a contract that is picked in the form.
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.resize(120, 24).go(list).press(KeyCode::Char('n')).not(enter);
        desk.press(KeyCode::Tab).not(enter).write("20").not(enter).ctrl('u').press(KeyCode::BackTab);
        desk.press(KeyCode::Enter).write("2").press(KeyCode::Enter).see("500").not(enter);
        desk.press(KeyCode::Enter).see(enter).press(KeyCode::Enter).see(paid);
        // Nothing is due any more.
        let mut desk = at_contracts(language);
        desk.resize(120, 24).press(KeyCode::Char('p')).press(KeyCode::Enter).see(paid);
        desk.press(KeyCode::Char('p'))
            .not(enter)
            .see(minus)
            .write("-50")
            .see(enter)
            .press(KeyCode::Enter)
            .see(refunded);
    }
}
