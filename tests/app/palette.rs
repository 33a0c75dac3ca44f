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
    ("due", &["Contracts: not fully paid"]),
    ("balance", &["Contracts: not fully paid"]),
    ("unsigned", &["Contracts: not signed"]),
    ("help", &["Help (?)"]),
    ("shortcuts", &["Help (?)"]),
    ("password", &["Change my password"]),
    ("logout", &["Sign out"]),
    ("exit", &["Quit"]),
    ("agenda", &["Calendar"]),
    ("customers", &["Clients"]),
    ("currency", &["Settings of the company"]),
    ("overdue", &["Contracts: not fully paid"]),
    ("late", &["Contracts: not fully paid"]),
    ("invoice", &["Contracts", "Contracts: not fully paid"]),
    ("prospect", &["New client", "Clients"]),
    ("lead", &["New client", "Clients"]),
    ("tel", &["Clients", "Staff"]),
    ("en retard", &["Contracts: not fully paid"]),
    ("mot de passe", &["Change my password"]),
    ("dark", &["Nothing found."]),
    ("zzz", &["Nothing found."]),
    // The words of the other language, since the user's own have none of these.
    ("impayé", &["Contracts: not fully paid"]),
    ("aide", &["Help (?)"]),
];

const FRENCH: &[(&str, &[&str])] = &[
    ("impayé", &["Contrats\u{a0}: non soldés"]),
    ("retard", &["Contrats\u{a0}: non soldés"]),
    ("en retard", &["Contrats\u{a0}: non soldés"]),
    ("facture", &["Contrats", "Contrats\u{a0}: non soldés"]),
    ("facture impayée", &["Contrats\u{a0}: non soldés"]),
    ("prospect", &["Nouveau client", "Clients"]),
    ("lead", &["Nouveau client", "Clients"]),
    ("téléphone", &["Clients", "Collaborateurs"]),
    ("password", &["Changer mon mot de passe"]),
    ("overdue", &["Contrats\u{a0}: non soldés"]),
    ("doit", &["Contrats\u{a0}: non soldés"]),
    ("solde", &["Contrats\u{a0}: non soldés"]),
    ("aide", &["Aide (?)"]),
    ("raccourcis", &["Aide (?)"]),
    ("mot de passe", &["Changer mon mot de passe"]),
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
        (Language::En, "print", "clients", "Clients: export"),
        (Language::Fr, "imprimer", "clients", "Clients\u{a0}: exporter"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        assert_eq!(offered(&mut desk, typed).first().unwrap(), title);
        desk.ctrl('p').write(typed).press(KeyCode::Enter).see("Clients").see("CSV").press(KeyCode::Esc);
        desk.go(list);
        assert_eq!(offered(&mut desk, typed).len(), 1);
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
