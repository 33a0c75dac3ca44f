//! The bottom line, the help and the key handling come from one table, so they must agree.

use super::desk::*;
use epic_events::ui::{
    keymap::Keys,
    keys::{Binding, Command, Key},
    text,
};

/// The screens that are tested: what is typed into the palette, where `>` stands for opening the first row.
const PLACES: &[&str] = &[
    "home",
    "clients",
    "contracts",
    "events",
    "staff",
    "audit",
    "calendar",
    "my preferences",
    "new client",
    "clients>",
    "contracts>",
    "events>",
    "staff>",
];

fn visit(desk: &mut Desk, place: &str) {
    // Ctrl+P opens the palette even where letters go into a field.
    desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc);
    desk.ctrl('p').write("home").press(KeyCode::Enter);
    if place != "home" {
        desk.ctrl('p').write(place.trim_end_matches('>')).press(KeyCode::Enter);
    }
    desk.press(KeyCode::Home);
    if place.ends_with('>') {
        desk.press(KeyCode::Enter);
    }
}

fn press(desk: &mut Desk, key: Key) {
    let modifiers = if key.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    desk.key(key.code, modifiers);
}

fn wide(desk: &mut Desk) -> String {
    desk.terminal = Terminal::new(TestBackend::new(400, 40)).unwrap();
    desk.screen()
}

#[test]
fn the_bottom_line_shows_the_key_table() {
    for name in ["manager", "sales", "support"] {
        let mut desk = Desk::of(name, Language::En);
        desk.world.records();
        for place in PLACES.iter().filter(|place| name != "support" || **place != "new client") {
            visit(&mut desk, place);
            let shown = wide(&mut desk).lines().last().unwrap().trim().to_owned();
            let labelled = |binding: &&Binding| binding.unavailable.is_none() && !binding.label.is_empty();
            let bindings = desk.app.bindings();
            let table: Vec<String> = bindings
                .iter()
                .filter(labelled)
                .map(|binding| format!("{} {}", text::key(Language::En, binding.key), binding.label))
                .collect();
            assert_eq!(shown, table.join("  "), "{place} of {name}");
        }
    }
}

/// Pressing a key and choosing it in the help lead to the same screen.
#[test]
fn a_key_does_what_the_help_says_it_does() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    for place in PLACES {
        visit(&mut desk, place);
        // Each press of the key that prints writes another file, whose name the screen shows.
        let repeats = |binding: &Binding| binding.unavailable.is_none() && binding.command != Command::Print;
        for binding in desk.app.bindings().into_iter().filter(repeats) {
            let outcome = |desk: &mut Desk, by_help: bool| {
                visit(desk, place);
                if by_help {
                    desk.press(KeyCode::F(1)).write(&binding.help).press(KeyCode::Enter);
                } else {
                    press(desk, binding.key);
                }
                let screen = wide(desk);
                let quit = std::mem::take(&mut desk.quit);
                if screen.contains("Locked") {
                    desk.write(PASSWORD).press(KeyCode::Enter);
                }
                (screen, quit)
            };
            let (pressed, chosen) = (outcome(&mut desk, false), outcome(&mut desk, true));
            assert_eq!(pressed, chosen, "{binding:?} in {place}");
        }
    }
}

/// Keys that are not in the table do nothing, and an unavailable action says why.
#[test]
fn keys_that_are_not_in_the_table_do_nothing() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    let letters = (' '..='~').map(Key::char).chain(('a'..='z').map(Key::ctrl));
    let keys: Vec<Key> = letters.chain((1..=12).map(|number| Key::plain(KeyCode::F(number)))).collect();
    for place in ["home", "clients", "events", "calendar", "clients>"] {
        visit(&mut desk, place);
        let bindings = desk.app.bindings();
        // `j` and `k` are alternatives to the arrow keys; Ctrl+Z belongs to the shell.
        let bound = |key: &Key| {
            [Key::char('j'), Key::char('k'), Key::ctrl('z')].contains(key)
                || bindings.iter().any(|binding| binding.key == *key)
        };
        let before = wide(&mut desk);
        for key in keys.iter().filter(|key| !bound(key)) {
            press(&mut desk, *key);
            assert_eq!(wide(&mut desk), before, "{} in {place}", text::key(Language::En, *key));
        }
        for binding in bindings.iter().filter(|binding| binding.unavailable.is_some()) {
            press(&mut desk, binding.key);
            let screen = wide(&mut desk);
            assert!(screen.contains(binding.unavailable.as_deref().unwrap()), "{binding:?}\n{screen}");
        }
    }
}

#[test]
fn the_screens_before_sign_in_have_help() {
    let mut desk = Desk::new(Language::En);
    desk.see("F1 help").press(KeyCode::F(1)).see("What you can do here").see("Parler français.");
    desk.write("parler").press(KeyCode::Enter).see("Connexion").press(KeyCode::F(2)).see("Sign in");
    desk.press(KeyCode::F(1)).press(KeyCode::Esc).see("Username or e-mail address");
}

#[test]
fn the_help_of_the_sign_in_says_whom_to_ask_for_a_password() {
    let mut desk = Desk::new(Language::En);
    desk.press(KeyCode::F(1)).see("A manager gives you a temporary one.").see("epic-events reset-password");
    let mut desk = Desk::new(Language::Fr);
    desk.press(KeyCode::F(1)).see("La gestion vous en donne un temporaire.").see("epic-events reset-password");
}

#[test]
fn an_unavailable_action_says_why() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    let why = "Only management may assign support (company setting).";
    desk.go("events").press(KeyCode::Char('?')).see(why).press(KeyCode::Esc).press(KeyCode::Char('a')).see(why);
    let mut desk = Desk::of("sales", Language::En);
    let records = desk.world.records();
    desk.go("contracts").press(KeyCode::Home);
    while !desk.screen().contains("not signed") {
        desk.press(KeyCode::Down);
    }
    desk.press(KeyCode::End).press(KeyCode::Enter).press(KeyCode::Char('n'));
    desk.see(&format!("Contract {} is not signed yet.", records.contract.0));
}

/// With these keys in the configuration, signed in as this person.
pub fn with_keys(name: &str, language: Language, rows: &[(&str, &str)]) -> Desk {
    let mut desk = Desk::new(language);
    let preferences = desk.app.preferences();
    let options = Options { preferences, demo: Vec::new(), embedded: String::new(), server: None, suspends: true };
    desk.app = App::new(options, false, desk.now).with_keys(Keys::with(rows).unwrap());
    desk.write(name).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk
}

/// The bottom line, the help, the palette and the texts name the keys of the configuration.
#[test]
fn own_keys_work_and_are_shown_everywhere() {
    let rows = [("assign", "g"), ("undo", "f8"), ("save", "ctrl+l"), ("view", "w"), ("mark", "insert"), ("help", "h")];
    let mut desk = with_keys("manager", Language::En, &[&rows[..], &[("hand-over", "H")]].concat());
    desk.world.records();
    desk.press(KeyCode::F(5)).go("events").see("g assign support").see("h help");
    desk.press(KeyCode::Char('a')).not("Support for");
    desk.press(KeyCode::Char('h')).see("g          Give the event").see("Ins        Mark").press(KeyCode::Esc);
    desk.ctrl('p').write("assign").see("Assign support (g)").press(KeyCode::Esc);
    desk.press(KeyCode::Char('g')).see("Support for").write("other").press(KeyCode::Enter);
    desk.see("Press F8 to undo.").press(KeyCode::F(8)).see("Undone");
    desk.press(KeyCode::Char('w')).see("Show").press(KeyCode::End).press(KeyCode::Esc);
    desk.press(KeyCode::Char('e')).see("Ctrl+L save").ctrl('s').see("Ctrl+L save").ctrl('l').not("Ctrl+L save");
}

#[test]
fn texts_name_own_keys_in_french_too() {
    let mut desk = with_keys("sales", Language::Fr, &[("new", "delete"), ("refresh", "f7")]);
    desk.go("clients").see("Appuyez sur Suppr pour créer le premier.").press(KeyCode::Delete).see("Nouveau client");
    desk.press(KeyCode::Esc).see("Appuyez sur Suppr");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(7));
    desk.refuse();
    desk.not("⌨");
}

#[test]
fn the_language_key_can_be_changed_before_sign_in() {
    let mut desk = Desk::new(Language::En);
    let preferences = desk.app.preferences();
    let options = Options { preferences, demo: Vec::new(), embedded: String::new(), server: None, suspends: true };
    desk.app = App::new(options, false, desk.now).with_keys(Keys::with(&[("language", "f3")]).unwrap());
    desk.see("F3 Français").press(KeyCode::F(2)).see("Sign in").press(KeyCode::F(3)).see("Connexion");
}

/// Where `?` is typed as text, F1 says what the keys do.
#[test]
fn f1_helps_where_a_question_mark_is_a_letter() {
    for (language, key, told) in [
        (Language::En, "F1 help", "What you type narrows the list."),
        (Language::Fr, "F1 aide", "Ce que vous tapez filtre la liste."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(if language == Language::En { "events" } else { "événements" });
        for open in ['a', 'v', 's', ':'] {
            desk.press(KeyCode::Char(open)).see(key).press(KeyCode::F(1)).see(told).see(key);
            desk.press(KeyCode::Down).not(told).press(KeyCode::Esc);
        }
        // The help itself needs none.
        desk.press(KeyCode::F(1)).not(key).press(KeyCode::Esc);
    }
}

/// Home has nothing to filter, so there the key searches everything.
#[test]
fn a_slash_on_home_searches_everything() {
    for language in [Language::En, Language::Fr] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.press(KeyCode::Char('/')).write("kevin").see("Kevin Casey").press(KeyCode::Enter).see("Cool Startup");
    }
}

/// Whoever may not create a record is not offered the key, which says why.
#[test]
fn what_may_not_be_created_is_not_offered() {
    for (language, list, label, why) in [
        (Language::En, "contracts", "n new", "Only management may create contracts"),
        (Language::Fr, "contrats", "n nouveau", "créer des contrats"),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.world.records();
        desk.go(list).resize(200, 24).not(label).press(KeyCode::Char('n')).see(why);
    }
}
