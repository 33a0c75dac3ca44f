//! What a line of the audit log says, and what a filter looks for its words in.

use crate::desk::*;

/// Enter on a line of the log shows what was changed, also in a window without a preview; a second one
/// opens the record.
#[test]
fn enter_on_a_line_of_the_log_shows_what_was_changed_and_then_the_record() {
    for (language, list, changed, scroll, open, record) in [
        (Language::En, "audit", "Notes :", "scroll", "Enter open the record", "Sales contact"),
        (Language::Fr, "audit", "Notes :", "faire défiler", "Entrée ouvrir la fiche", "Commercial"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go("clients").press(KeyCode::Char('e'));
        to(&mut desk, "Notes").write(&"long words to read ".repeat(30)).ctrl('s').press(KeyCode::Enter);
        desk.go(list)
            .press(KeyCode::Enter)
            .see(&changed.replace(" :", if language == Language::En { ":" } else { " :" }));
        desk.see(scroll).see(open);
        insta::assert_snapshot!(format!("line_{language}"), desk.screen());
        desk.resize(60, 16).press(KeyCode::End).see("words to read");
        desk.resize(80, 24).press(KeyCode::Enter).see(record).see("long words to read").not(scroll);
        // In the history of the record there is nowhere else to go to.
        desk.press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Enter).see(scroll).not(open);
        desk.press(KeyCode::Enter).not(scroll).see(record);
    }
}

/// The settings have no screen of a record, but their change can be read too.
#[test]
fn a_change_of_the_settings_is_shown_by_enter() {
    for (language, settings, list, before, label) in [
        (Language::En, "company settings", "audit", "15 -> 45", "Lock after"),
        (Language::Fr, "réglages", "audit", "15 -> 45", "Verrouillage (minutes)"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(settings);
        to(&mut desk, label).ctrl('u').write("45").ctrl('s').press(KeyCode::Enter);
        desk.go(list).press(KeyCode::Enter).see(before).see(label);
        desk.press(KeyCode::Enter).not(before);
    }
}

/// Before anything is typed, a filter says what it looks in; so does the help.
#[test]
fn a_filter_says_what_it_looks_in() {
    for (language, list, words) in [
        (Language::En, "clients", "name, company, email, telephone"),
        (Language::En, "contracts", "number, client, company, email, telephone"),
        (Language::En, "events", "title, place, contact, client, telephone"),
        (Language::En, "staff", "name, username, email, telephone, number"),
        (Language::En, "audit", "who did it, name of the record"),
        (Language::Fr, "clients", "nom, entreprise, e-mail, téléphone"),
        (Language::Fr, "contrats", "n°, client, entreprise, e-mail, téléphone"),
        (Language::Fr, "événements", "titre, lieu, contact, client, téléphone"),
        (Language::Fr, "collaborateurs", "nom, identifiant, e-mail, téléphone, matricule"),
        (Language::Fr, "audit", "personne qui a agi, nom de la fiche"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(list).press(KeyCode::Char('/')).see(words).write("a").not(words).press(KeyCode::Esc);
        desk.press(KeyCode::Esc).go(list).resize(160, 40).press(KeyCode::Char('?')).see(words);
    }
}

/// In a password field the bottom line names the key that suggests one.
#[test]
fn a_password_field_names_the_key_that_suggests_one() {
    for (language, new, label, key) in [
        (Language::En, "new member of staff", "Password", "Ctrl+G suggest a password"),
        (Language::Fr, "nouveau collaborateur", "Mot de passe", "Ctrl+G suggérer un mot de passe"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(new);
        to(&mut desk, label).see(key);
    }
}

/// A day that its month does not have is named.
#[test]
fn a_day_that_does_not_exist_is_named() {
    for (language, events, says) in [
        (Language::En, "events", "31 February does not exist."),
        (Language::Fr, "événements", "Le 31 février n'existe pas."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(events).press(KeyCode::Char('f')).write("31/02").press(KeyCode::Tab).see(says);
    }
}
