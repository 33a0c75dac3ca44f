//! Themes, ASCII mode, screen reader mode, and the preferences that people choose.

use super::desk::*;
use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier},
};

const PLACES: &[&str] = &["home", "clients", "contracts", "events", "staff", "audit", "calendar", "new event"];

/// Checks every screen, and popups over them, in this look.
fn everywhere(look: Look, mut check: impl FnMut(&str, &mut Desk)) {
    let mut desk = Desk::looking(Language::En, look);
    check("sign in", &mut desk);
    desk.write("manager").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.world.records();
    for place in PLACES {
        desk.ctrl('p').write(place).press(KeyCode::Enter);
        check(place, &mut desk);
        desk.press(KeyCode::F(1));
        check(&format!("help of {place}"), &mut desk);
        desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc);
    }
    desk.go("events").press(KeyCode::Char('x'));
    check("a question", &mut desk);
    desk.press(KeyCode::Esc).press(KeyCode::Char('s'));
    check("a menu", &mut desk);
}

fn buffer(desk: &mut Desk) -> Buffer {
    desk.screen();
    desk.terminal.backend().buffer().clone()
}

#[test]
fn without_colours_the_selection_stays_visible() {
    let plain = Look { palette: Palette::Plain, ..Look::default() };
    everywhere(plain, |place, desk| {
        let buffer = buffer(desk);
        assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset), "{place}");
        let marked = |modifier| buffer.content.iter().any(|cell| cell.modifier.contains(modifier));
        assert!(marked(Modifier::REVERSED) || marked(Modifier::UNDERLINED), "{place} has no visible selection");
    });
}

#[test]
fn only_ascii_is_drawn_in_ascii_mode() {
    let ascii = Look { ascii: true, ..Look::default() };
    everywhere(ascii, |place, desk| {
        // Text of users stays as it is, here the location of the only event.
        let screen = desk.screen().replace("Salle des fêtes", "");
        let other: String = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert!(other.is_empty() || other.chars().all(char::is_alphabetic), "{place}: {other}");
    });
}

#[test]
fn screen_readers_find_the_cursor_on_the_selected_line_and_no_borders() {
    let accessible = Look { accessible: true, ..Look::default() };
    everywhere(accessible, |place, desk| {
        let buffer = buffer(desk);
        assert!(!buffer.content.iter().any(|cell| "│─┌┐└┘".contains(cell.symbol())), "{place} has borders");
        let cursor = desk.terminal.get_cursor_position().unwrap();
        let reversed: Vec<u16> = (0..buffer.area.height)
            .filter(|y| {
                (0..buffer.area.width)
                    .any(|x| buffer.cell((x, *y)).is_some_and(|cell| cell.modifier.contains(Modifier::REVERSED)))
            })
            .collect();
        let typing = reversed.is_empty() || place.starts_with("help") || ["new event", "a menu"].contains(&place);
        assert!(typing || reversed.contains(&cursor.y), "{place}: cursor in line {}, selected {reversed:?}", cursor.y);
    });
    let mut desk = Desk::looking(Language::En, accessible);
    desk.write("sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).wait(200).see("Working...");
    let spins =
        desk.screen().lines().any(|line| ["| Working", "/ Working", "- Working"].iter().any(|s| line.contains(s)));
    assert!(!spins);
}

#[test]
fn high_contrast_has_its_own_background_everywhere() {
    let contrast = Look { palette: Palette::Contrast, ..Look::default() };
    everywhere(contrast, |place, desk| {
        let buffer = buffer(desk);
        assert!(buffer.content.iter().all(|cell| cell.bg != Color::Reset && cell.fg != Color::Reset), "{place}");
        assert!(buffer.content.iter().all(|cell| !cell.modifier.contains(Modifier::DIM)), "{place} has faint text");
    });
}

#[test]
fn preferences_apply_at_once_and_are_stored() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("my preferences").see("English").press(KeyCode::Right).press(KeyCode::Down).press(KeyCode::Right);
    desk.press(KeyCode::Right).see("high contrast").press(KeyCode::Down).press(KeyCode::Right).ctrl('s');
    desk.see("À faire").see("Vos préférences sont gardées");
    let look = Look { palette: Palette::Contrast, ascii: true, accessible: false };
    assert_eq!(desk.preferred, Some(Preferences { language: Language::Fr, look, mouse: true }));
}

#[test]
fn the_language_of_the_sign_in_screen_is_stored() {
    let mut desk = Desk::new(Language::En);
    desk.press(KeyCode::F(2)).see("Connexion");
    assert_eq!(desk.preferred.map(|preferred| preferred.language), Some(Language::Fr));
}

#[test]
fn a_value_is_copied_without_the_mouse() {
    let mut desk = Desk::of("sales", Language::En);
    desk.world.records();
    desk.go("clients").press(KeyCode::Char('y')).see("Row copied: Kevin Casey");
    assert!(desk.copied.as_ref().unwrap().starts_with("Kevin Casey\tCool Startup LLC\t+678 123 456 78"));
    desk.press(KeyCode::Char('Y')).see("Copy which?").write("phone").press(KeyCode::Enter);
    desk.see("Copied: +678 123 456 78");
    assert_eq!(desk.copied.as_deref(), Some("+678 123 456 78"));
    desk.press(KeyCode::Enter).press(KeyCode::Char('Y')).write("e-mail").press(KeyCode::Enter);
    assert_eq!(desk.copied.as_deref(), Some("c1@example.org"));
    desk.press(KeyCode::Char('y')).see("Copied: all values of Kevin Casey");
    let mut desk = Desk::of("sales", Language::Fr);
    for name in ["Anna", "Bruno"] {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
    desk.go("clients").press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).press(KeyCode::Char('y'));
    desk.see("2 lignes copiées : Anna, Bruno");
}

/// A preference applies to the user who chose it. A language chosen on the sign-in screen is for the user who
/// signs in next.
#[test]
fn each_user_gets_their_own_preferences() {
    let mut desk = Desk::new(Language::En);
    let usual = desk.app.preferences();
    let options =
        Options { preferences: usual, demo: Vec::new(), embedded: String::new(), server: None, suspends: true };
    let people = [("sales".to_owned(), Preferences { language: Language::Fr, ..usual })].into();
    desk.app = App::new(options.clone(), false, desk.now).knowing(people);
    desk.write("sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).see("À faire");
    assert_eq!(desk.kept, None, "no preference was chosen");
    desk.app = App::new(options, false, desk.now);
    desk.press(KeyCode::F(2)).see("Connexion");
    assert_eq!(desk.kept, None, "nobody has signed in yet");
    desk.write("manager").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    let kept = desk.kept.clone().unwrap();
    assert_eq!((kept.0.as_str(), kept.1.language), ("manager", Language::Fr));
}

/// After a user signs out, the sign-in screen and the next user get the preferences of the machine's
/// configuration again.
#[test]
fn preferences_do_not_carry_over_to_the_next_user() {
    let mut desk = Desk::new(Language::En);
    let of_machine = desk.app.preferences();
    desk.write("manager").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.go("my preferences").see("English").press(KeyCode::Right).press(KeyCode::Down).press(KeyCode::Right);
    desk.press(KeyCode::Right).ctrl('s').see("Vos préférences sont gardées");
    let wished = desk.app.preferences();
    assert_eq!((wished.language, wished.look.palette), (Language::Fr, Palette::Contrast));
    desk.ctrl('p').write("deconnecter").press(KeyCode::Enter).see("Sign in").not("Connexion");
    assert_eq!((desk.app.preferences(), desk.preferred), (of_machine, Some(of_machine)));
    assert!(
        buffer(&mut desk).content.iter().all(|cell| cell.bg == Color::Reset),
        "the colours of the previous user remain"
    );
    desk.write("sales").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).see("Waiting for you");
    assert_eq!((desk.app.preferences(), desk.preferred), (of_machine, Some(of_machine)));
    desk.ctrl('p').write("sign out").press(KeyCode::Enter).see("Sign in");
    // A language chosen on the sign-in screen applies only to the user who signs in next.
    desk.press(KeyCode::F(2)).see("Connexion").write("support").press(KeyCode::Tab).write(PASSWORD);
    desk.press(KeyCode::Enter).see("À faire").ctrl('p').write("deconnecter").press(KeyCode::Enter).see("Sign in");
    desk.write("manager").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter).see("À faire");
    assert_eq!(desk.app.preferences(), wished);
}
