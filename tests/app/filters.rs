//! What a list is filtered by and in which order it begins.

use super::desk::*;

/// Opens the filters of the contracts and types these days of signature.
fn signed_between(desk: &mut Desk, (from, from_day): (&str, &str), (to_label, to_day): (&str, &str)) {
    desk.go("contracts").press(KeyCode::Char('f'));
    to(desk, from).write(from_day);
    to(desk, to_label).write(to_day);
}

/// The last day of a period is the first such day after the first one.
#[test]
fn the_last_day_of_a_period_is_counted_from_its_first_day() {
    for (from, until, meant) in [
        ("1/1", "31/12", "31/12/2026"),
        ("1/1/2024", "31/12", "31/12/2024"),
        ("1/12", "31/1", "31/01/2026"),
        ("1/1", "1/1", "01/01/2026"),
        ("monday", "wednesday", "18/11/2026"),
        ("-2m", "today", "21/11/2026"),
        // Without a first day it is the last such day, as before.
        ("", "31/12", "31/12/2025"),
    ] {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        signed_between(&mut desk, ("Signed from", from), ("Signed to", until));
        desk.ctrl('s').see(&format!("signed to {meant}"));
    }
    let mut desk = Desk::of("manager", Language::Fr);
    desk.world.records();
    signed_between(&mut desk, ("Signé du", "1/1"), ("Signé au", "31/12"));
    desk.see("31 décembre 2026");
}

/// However much a list is filtered by, all of it is said.
#[test]
fn all_bounds_of_a_filter_are_shown() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    signed_between(&mut desk, ("Signed from", "1/1/2026"), ("Signed to", "31/12/2026"));
    to(&mut desk, "Total at least").write("1000");
    desk.ctrl('s');
    let screen = desk.screen();
    let above = screen.lines().take_while(|line| !line.contains("No.")).collect::<Vec<_>>().join(" ");
    let above = above.replace("1–1 of 1", "");
    let words = above.split_whitespace().collect::<Vec<_>>().join(" ");
    for bound in ["signed from 01/01/2026", "signed to 31/12/2026", "total at least 1,000"] {
        assert!(words.contains(bound), "{bound} is not in {words}\n{screen}");
    }
    desk.see("Kevin Casey").see("of 1");
}

/// Amounts begin with the largest; the same again turns them round. Names begin with A.
#[test]
fn amounts_are_sorted_from_the_largest() {
    for (language, typed, descending, ascending) in
        [(Language::En, "due", "Due v", "Due ^"), (Language::Fr, "reste", "Reste dû v", "Reste dû ^")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("contracts");
        let sort = |desk: &mut Desk| {
            desk.press(KeyCode::Char('s')).write(typed).press(KeyCode::Enter);
        };
        sort(&mut desk);
        desk.see(descending);
        let screen = desk.screen();
        let large = if language == Language::En { "10,000.00" } else { "10\u{a0}000,00" };
        let rows: Vec<&str> = screen.lines().filter(|line| line.contains("Kevin Casey")).collect();
        assert!(rows[0].replace('\u{202f}', "\u{a0}").contains(large), "{screen}");
        sort(&mut desk);
        desk.see(ascending);
        desk.go("clients").press(KeyCode::Char('s')).press(KeyCode::Down).press(KeyCode::Enter).see(" ^");
    }
}

#[test]
fn the_form_of_the_filters_names_its_list() {
    for (language, lists) in [
        (
            Language::En,
            [
                ("clients", "Filter clients by"),
                ("contracts", "Filter contracts by"),
                ("events", "Filter events by"),
                ("audit log", "Filter the audit log by"),
            ],
        ),
        (
            Language::Fr,
            [
                ("clients", "Filtrer les clients par"),
                ("contrats", "Filtrer les contrats par"),
                ("événements", "Filtrer les événements par"),
                ("journal d'audit", "Filtrer le journal d'audit par"),
            ],
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        for (list, title) in lists {
            desk.go(list).press(KeyCode::Char('f')).see(title).press(KeyCode::Esc);
        }
    }
}
