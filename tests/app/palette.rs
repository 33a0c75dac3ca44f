//! The palette finds screens, views and commands under the words that people use, and offers nothing else.

use super::desk::*;

/// The lines that the palette offers for these words.
fn offered(desk: &mut Desk, words: &str) -> Vec<String> {
    desk.ctrl('p').write(words);
    let screen = desk.screen();
    let inside = screen.lines().filter_map(|line| line.split('│').nth(1));
    let lines = inside.skip(2).map(|line| line.trim().split("  ").next().unwrap_or_default().to_owned());
    let lines = lines.filter(|line| !line.is_empty()).collect();
    desk.press(KeyCode::Esc);
    lines
}

/// What is typed, and all that is offered for it on the home screen of a manager.
const ENGLISH: &[(&str, &[&str])] = &[
    ("unpaid", &["Contracts: not fully paid"]),
    ("owe", &["Contracts: not fully paid"]),
    ("due", &["Contracts: not fully paid", "Contracts: due in 30 days, none overdue"]),
    ("balance", &["Contracts: not fully paid"]),
    ("unsigned", &["Contracts: not signed"]),
    ("help", &["Help (?)"]),
    ("shortcuts", &["Help (?)"]),
    ("password", &["Change my password", "Staff: reset password"]),
    ("logout", &["Sign out"]),
    ("exit", &["Quit"]),
    ("agenda", &["Calendar"]),
    ("customers", &["Clients"]),
    ("currency", &["Settings of the company"]),
    ("overdue", &["Contracts: overdue", "Contracts: due in 30 days, none overdue"]),
    ("late", &["Contracts: overdue"]),
    ("invoice", &["Contracts", "Contracts: not fully paid"]),
    ("prospect", &["New client", "Clients"]),
    ("lead", &["New client", "Clients"]),
    ("tel", &["Clients", "Staff"]),
    ("en retard", &["Contracts: overdue", "Contracts: due in 30 days, none overdue"]),
    ("mot de passe", &["Change my password", "Staff: reset password"]),
    ("dark", &["Nothing found."]),
    ("zzz", &["Nothing found."]),
    // The words of the other language, since the user's own have none of these.
    ("impayé", &["Contracts: not fully paid"]),
    ("aide", &["Help (?)"]),
];

const FRENCH: &[(&str, &[&str])] = &[
    ("impayé", &["Contrats\u{a0}: non soldés"]),
    ("retard", &["Contrats\u{a0}: en retard", "Contrats\u{a0}: à encaisser sous 30 jours, sans retard"]),
    ("en retard", &["Contrats\u{a0}: en retard", "Contrats\u{a0}: à encaisser sous 30 jours, sans retard"]),
    ("facture", &["Contrats", "Contrats\u{a0}: non soldés"]),
    ("facture impayée", &["Contrats\u{a0}: non soldés"]),
    ("prospect", &["Nouveau client", "Clients"]),
    ("lead", &["Nouveau client", "Clients"]),
    ("téléphone", &["Clients", "Collaborateurs"]),
    ("password", &["Changer mon mot de passe", "Collaborateurs\u{a0}: mot de passe"]),
    ("overdue", &["Contrats\u{a0}: en retard", "Contrats\u{a0}: à encaisser sous 30 jours, sans retard"]),
    ("doit", &["Contrats\u{a0}: non soldés"]),
    ("solde", &["Contrats\u{a0}: non soldés"]),
    ("aide", &["Aide (?)"]),
    ("raccourcis", &["Aide (?)"]),
    ("mot de passe", &["Changer mon mot de passe", "Collaborateurs\u{a0}: mot de passe"]),
    ("déconnexion", &["Se déconnecter"]),
    ("planning", &["Calendrier"]),
    ("devise", &["Réglages de l'entreprise"]),
    ("unpaid", &["Contrats\u{a0}: non soldés"]),
];

#[test]
fn the_palette_finds_what_people_call_it_and_nothing_else() {
    for (language, table) in [(Language::En, ENGLISH), (Language::Fr, FRENCH)] {
        let mut desk = Desk::of("manager", language);
        for (typed, lines) in table {
            assert_eq!(offered(&mut desk, typed), *lines, "{typed}");
        }
        let (money, first) = match language {
            Language::En => ("money", "Contracts: not fully paid"),
            Language::Fr => ("argent", "Contrats\u{a0}: non soldés"),
        };
        assert!(offered(&mut desk, money).contains(&first.to_owned()), "{money}");
    }
}

/// Every list can be exported from everywhere; on a list its own export comes first.
#[test]
fn a_list_is_exported_from_any_screen() {
    for (language, typed, list, title) in [
        (Language::En, "spreadsheet", "clients", "Clients: export"),
        (Language::Fr, "tableur", "clients", "Clients\u{a0}: exporter"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        assert_eq!(offered(&mut desk, typed).first().unwrap(), title);
        desk.ctrl('p').write(typed).press(KeyCode::Enter).see("Clients").see("CSV").press(KeyCode::Esc);
        desk.go(list);
        let [own, import] = offered(&mut desk, typed).try_into().unwrap();
        assert!(own != "Import" && import == "Import", "{own} {import}");
        desk.ctrl('p').write(typed).press(KeyCode::Enter).see("CSV");
    }
}

/// Views are offered to those whose lists have them, and open in their order.
#[test]
fn the_views_of_lists_are_reached_by_typing() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    let all = offered(&mut desk, "owe");
    assert_eq!(all, ["Contracts: not fully paid", "Contracts: mine, not fully paid"]);
    desk.go("owe").see("Contracts: not fully paid").see("Kevin Casey");
    let mut desk = Desk::of("support", Language::En);
    assert_eq!(offered(&mut desk, "mine, not fully paid"), ["Nothing found."]);
}

/// An exact name comes before what only begins with it, and both come before records.
#[test]
fn the_name_of_a_screen_comes_before_records() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.client_of(desk.world.sales.actor.id, "Calendar Girls");
    let found = offered(&mut desk, "calendar");
    assert_eq!(found, ["Calendar", "Calendar Girls"]);
    assert_eq!(offered(&mut desk, "client")[..2], ["Clients", "New client"]);
}

/// What is done with a record is offered as the list where the record is chosen.
#[test]
fn what_is_done_with_a_record_is_found_from_home() {
    for (language, typed, offer, title) in [
        (Language::En, "reset", "Staff: reset password", "Staff: active"),
        (Language::En, "hand over", "Clients: hand over", "Clients: all"),
        (Language::En, "sign", "Contracts: sign", "Contracts: all"),
        (Language::En, "columns", "Clients: columns", "Clients: all"),
        (Language::En, "note", "Clients: edit", "Clients: all"),
        (Language::En, "who changed", "Audit log", "Audit log: all"),
        (Language::En, "history", "Audit log", "Audit log: all"),
        (Language::En, "language", "My preferences", "My preferences"),
        (Language::Fr, "réinitialiser", "Collaborateurs : mot de passe", "Collaborateurs"),
        (Language::Fr, "confier", "Clients : confier", "Clients"),
        (Language::Fr, "colonnes", "Clients : colonnes", "Clients"),
        (Language::Fr, "note", "Clients : modifier", "Clients"),
        (Language::Fr, "qui a modifié", "Journal", "Journal"),
        (Language::Fr, "historique", "Journal", "Journal"),
        (Language::Fr, "langue", "Mes préférences", "Mes préférences"),
        (Language::Fr, "changer de langue", "Mes préférences", "Mes préférences"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let found: Vec<String> = offered(&mut desk, typed).iter().map(|line| line.replace('\u{a0}', " ")).collect();
        let at = found.iter().position(|line| line.starts_with(offer));
        assert!(at.is_some(), "{typed}: {found:?}");
        desk.ctrl('p').write(typed);
        for _ in 0..at.unwrap_or(0) {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Enter);
        let screen = desk.screen().replace('\u{a0}', " ");
        assert!(screen.lines().next().unwrap().contains(title), "{typed}\n{screen}");
    }
    for (language, typed) in [(Language::En, "clone"), (Language::Fr, "dupliquer")] {
        assert_eq!(offered(&mut Desk::of("manager", language), typed).len(), 1, "{typed}");
    }
    // Nobody is offered what they may not do.
    let mut desk = Desk::of("sales", Language::En);
    let found = offered(&mut desk, "password");
    assert_eq!(found, ["Change my password"]);
}

/// More records than are shown: the last line says so.
#[test]
fn the_palette_says_that_there_is_more() {
    for (language, more) in [(Language::En, "There are more"), (Language::Fr, "Il y en a d'autres")] {
        let mut desk = Desk::of("manager", language);
        for number in 0..30 {
            desk.world.client_of(desk.world.sales.actor.id, &format!("Almeida {number}"));
        }
        desk.world.client_of(desk.world.sales.actor.id, "Almeida Zoe");
        desk.ctrl('p').write("almeida").see(more).write(" zoe").see("Almeida Zoe").not(more);
    }
}

/// A new account is found by the role of whoever gets it, every new record by any form of the word, and another
/// person's turn at the same computer as signing out.
#[test]
fn the_palette_finds_new_records_and_another_user() {
    for (language, typed, expected) in [
        (Language::En, "create sales", &["New member of staff"][..]),
        (Language::En, "new manager", &["New member of staff"]),
        (Language::En, "switch user", &["Sign out"]),
        (Language::En, "switch account", &["Sign out"]),
        (Language::En, "change user", &["Sign out"]),
        (Language::Fr, "créer commercial", &["Nouveau collaborateur"]),
        (Language::Fr, "nouvelle gestionnaire", &["Nouveau collaborateur"]),
        (Language::Fr, "nouveau", &["Nouveau client", "Nouveau contrat", "Nouvel événement", "Nouveau collaborateur"]),
        (Language::Fr, "nouvelle", &["Nouveau client", "Nouveau contrat", "Nouvel événement", "Nouveau collaborateur"]),
        (Language::Fr, "nouvelle fête", &["Nouvel événement"]),
        (Language::Fr, "changer de compte", &["Se déconnecter"]),
        (Language::Fr, "changer d'utilisateur", &["Se déconnecter"]),
    ] {
        let mut desk = Desk::of("manager", language);
        let found = offered(&mut desk, typed);
        if let [first] = expected {
            assert_eq!(found.first().map(String::as_str), Some(*first), "{typed}: {found:?}");
        } else {
            assert!(expected.iter().all(|line| found.iter().any(|other| other == line)), "{typed}: {found:?}");
        }
    }
}

/// A command on a record opens its list and says what to do there, with the key as it is.
#[test]
fn a_command_on_a_record_says_to_choose_one_first() {
    for (language, typed, told) in [
        (Language::En, "reset password", "Choose a person, then press p."),
        (Language::En, "contracts: sign", "Choose a contract, then press S."),
        (Language::En, "clients: edit", "Choose a client, then press e."),
        (Language::En, "events: status", "Choose an event, then press t."),
        (Language::Fr, "collaborateurs : mot", "Choisissez un collaborateur, puis appuyez sur p."),
        (Language::Fr, "contrats : signer", "Choisissez un contrat, puis appuyez sur S."),
        (Language::Fr, "clients : modifier", "Choisissez un client, puis appuyez sur e."),
        (Language::Fr, "événements : statut", "Choisissez un événement, puis appuyez sur t."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(typed).see(told).press(KeyCode::Home).not(told);
    }
}
