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
        desk.ctrl('s').press(KeyCode::Enter).go(words[1]).see(is_default);
        desk.press(KeyCode::Char('x')).press(KeyCode::Left).press(KeyCode::Enter).see(refused);
    }
}

#[test]
fn only_management_is_offered_plans() {
    let mut desk = Desk::of("sales", Language::En);
    desk.press(KeyCode::Char(':')).write("payment plans").not("> Payment plans");
}
