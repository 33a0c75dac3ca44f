//! What the list of the audit log says.

use super::desk::*;

/// Taking support away is not told as giving it.
#[test]
fn support_that_was_taken_away_is_not_an_assignment() {
    for (language, given, taken) in
        [(Language::En, "support assigned", "support removed"), (Language::Fr, "support attribué", "support retiré")]
    {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("events").press(KeyCode::Char('v')).press(KeyCode::Home).press(KeyCode::Enter);
        desk.press(KeyCode::Char('a')).press(KeyCode::End).press(KeyCode::Enter);
        desk.go("audit").see(given).see(taken);
    }
}

/// Columns are said in words, and every word of an own password that was changed.
#[test]
fn the_log_says_what_was_done_in_whole_words() {
    for (language, columns, password) in [
        (Language::En, "Columns of contracts", "own password changed"),
        (Language::Fr, "Colonnes des contrats", "mot de passe changé"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("contracts").press(KeyCode::Char('C')).press(KeyCode::Down).press(KeyCode::Char(' '));
        desk.press(KeyCode::Enter).go("audit").see(columns).see(password).not("…d");
    }
}
