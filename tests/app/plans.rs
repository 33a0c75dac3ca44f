//! The plans of the company by keys.

use super::{desk::*, instalments::save_plan};

/// One key creates the example that the empty list explains.
#[test]
fn an_empty_list_explains_plans_and_one_key_creates_an_example() {
    for (language, words, created) in [
        (Language::En, "payment plans", "The payment plan 30/40/30 is created."),
        (Language::Fr, "modèles d'échéancier", "Le modèle d'échéancier 30/40/30 est créé."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(words);
        insta::assert_snapshot!(format!("plans_empty_{language}"), desk.screen());
        insta::assert_snapshot!(format!("plans_empty_narrow_{language}"), desk.resize(60, 16).screen());
        desk.resize(80, 24).press(KeyCode::Enter).see(created);
        insta::assert_snapshot!(format!("plans_{language}"), desk.screen());
    }
}

#[test]
fn plans_are_created_changed_and_removed() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("plans").press(KeyCode::Char('n')).write("Half").press(KeyCode::Tab);
    desk.write("Deposit").press(KeyCode::Tab).write("50").press(KeyCode::Tab).write("signature").see("50 % missing");
    desk.press(KeyCode::Enter)
        .write("Rest")
        .press(KeyCode::Tab)
        .see("50 %")
        .press(KeyCode::Tab)
        .write("14/8")
        .ctrl('s');
    desk.see("counts from the signature or the event");
    insta::assert_snapshot!("plan_wrong", desk.screen());
    desk.ctrl('u').write("event").ctrl('s').see("The payment plan Half is created.");
    desk.see("50 % at signature, 50 % on the day of the event");
    // No two plans have the same name.
    desk.press(KeyCode::Char('n')).write("half").press(KeyCode::Down).press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("event").ctrl('s').see("> Name").see("half");
    desk.ctrl('u').write("Later").ctrl('s').see("100 % on the day of the event");
    desk.press(KeyCode::End).press(KeyCode::Char('e')).write(" on").ctrl('s').see("Later on");
    desk.press(KeyCode::Char('x')).see("Remove the plan Later on?").press(KeyCode::Left).press(KeyCode::Enter);
    desk.see("is removed").not("100 %");
}

/// The settings name the default plan, which cannot be removed.
#[test]
fn the_default_plan_is_a_setting() {
    for (language, words, field, is_default, refused) in [
        (Language::En, ["settings", "plans"], "Default payment plan", "(default)", "This is the default plan."),
        (Language::Fr, ["réglages", "modèles"], "Échéancier par défaut", "(par défaut)", "C'est le modèle par défaut."),
    ] {
        let mut desk = Desk::of("manager", language);
        save_plan(&mut desk, "30/40/30");
        to(desk.go(words[0]), field).press(KeyCode::Right).see("< 30/40/30 >");
        insta::assert_snapshot!(format!("default_plan_{language}"), desk.screen());
        desk.ctrl('s').press(KeyCode::Left).press(KeyCode::Enter).go(words[1]).see(is_default);
        desk.press(KeyCode::Char('x')).press(KeyCode::Left).press(KeyCode::Enter).see(refused);
    }
}

/// On the screen of the plans a key makes one the default, and whoever changes that or its parts is told how many
/// contracts follow it.
#[test]
fn the_default_plan_is_chosen_among_the_plans_and_is_changed_knowingly() {
    for (language, [default, ask, none, change], is_default, [one, two]) in [
        (
            Language::En,
            [
                "default plan",
                "Make 30/40/30 the default plan?",
                "Have no default plan any more?",
                "Change the default plan 30/40/30?",
            ],
            "(default)",
            ["1 contract that is not fully paid follows it.", "2 contracts that are not fully paid follow it."],
        ),
        (
            Language::Fr,
            [
                "modèle par défaut",
                "Prendre 30/40/30 comme modèle par défaut ?",
                "Ne plus avoir de modèle par défaut ?",
                "Modifier le modèle par défaut, 30/40/30 ?",
            ],
            "(par défaut)",
            ["1 contrat non soldé le suit.", "2 contrats non soldés le suivent."],
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        save_plan(&mut desk, "30/40/30");
        desk.resize(120, 30).go(default).see("30/40/30").not(is_default);
        let agree = |desk: &mut Desk| {
            desk.press(KeyCode::Left).press(KeyCode::Enter);
        };
        desk.press(KeyCode::Char('D')).see(ask).see(two).press(KeyCode::Enter).not(is_default);
        desk.press(KeyCode::Char('D'));
        agree(&mut desk);
        desk.see(is_default);
        // A contract with instalments of its own does not follow it.
        let (contract, rows) =
            (epic_events::domain::ContractId::new(2), super::instalments::due_at_event(&[("All", 100_000)]));
        let version = super::instalments::seen_version(&mut desk, contract);
        desk.world.manage(&Request::Write(WriteRequest::SetInstalments { contract, version, rows }));
        // Another name changes no day, other parts do.
        desk.press(KeyCode::Char('e')).write("!").ctrl('s').see("30/40/30!").press(KeyCode::Char('e'));
        desk.press(KeyCode::Backspace).press(KeyCode::Down).write(" 1").ctrl('s').see(change).see(one);
        agree(&mut desk);
        desk.not(change).see("30/40/30").press(KeyCode::Char('D')).see(none).see(one);
        agree(&mut desk);
        desk.not(is_default);
    }
}

#[test]
fn only_management_is_offered_plans() {
    let mut desk = Desk::of("sales", Language::En);
    desk.press(KeyCode::Char(':')).write("payment plans").not("> Payment plans");
}
