//! Temporary passwords: that they are temporary, and that one can be proposed; and the settings beside their labels.

use super::desk::*;

/// The password that stands in clear on the screen.
fn shown(desk: &mut Desk) -> String {
    let is_sign = |c: char| c.is_ascii_lowercase() || c == '-';
    let screen = desk.screen();
    let mut words = screen.split_whitespace().filter(|word| word.len() >= 20 && word.chars().all(is_sign));
    words.next().unwrap_or_else(|| panic!("no password in:\n{screen}")).to_owned()
}

#[test]
fn a_temporary_password_that_can_be_read_aloud_is_proposed() {
    for (language, new, temporary, key) in [
        (Language::En, "new member of staff", "it must be changed at the first sign-in", "Ctrl+G propose"),
        (Language::Fr, "nouveau collaborateur", "il doit être changé à la première connexion", "Ctrl+G proposer"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.resize(100, 24).go(new).see(temporary).see(key);
        desk.write("zoe").press(KeyCode::Tab).write("Zoe Zander").ctrl('g');
        let first = shown(&mut desk);
        desk.ctrl('g');
        let second = shown(&mut desk);
        assert_ne!(first, second);
        desk.ctrl('s').see("Zoe Zander").not(&second);
        let session = desk.world.sign_in("zoe", &second).unwrap();
        assert!(session.must_change_password);
        let log = desk.world.audit();
        assert!(log.contains(&"user.created".to_owned()));
        // The same when a password is reset, which ends with its question.
        desk.go(if language == Language::En { "staff" } else { "collaborateurs" });
        desk.press(KeyCode::Char('/')).write("zoe").press(KeyCode::Enter).press(KeyCode::Char('p'));
        desk.see(temporary).see("zoe").ctrl('g');
        let third = shown(&mut desk);
        desk.ctrl('s').press(KeyCode::Char('y')).not(&third);
        assert!(desk.world.sign_in("zoe", &third).is_ok());
    }
    // Nobody is offered a password of their own in clear.
    let mut desk = Desk::of("sales", Language::En);
    desk.go("change my password").not("Ctrl+G").write("abc").ctrl('g').not("abc");
}

#[test]
fn settings_stand_at_a_distance_from_their_labels() {
    for (language, name, labels) in [
        (Language::En, "settings of the company", ["Sales create contracts", "Shortest password *", "Company *"]),
        (
            Language::Fr,
            "réglages de l'entreprise",
            ["Contrats (commerciaux)", "Mot de passe minimal *", "Entreprise *"],
        ),
    ] {
        for (width, height) in [(80, 24), (60, 16)] {
            let mut desk = Desk::of("manager", language);
            desk.resize(width, height).go(name);
            let screen = desk.screen();
            for label in labels {
                let line = screen.lines().find(|line| line.contains(&label[..label.len() - 3]));
                let line = line.unwrap_or_else(|| panic!("no {label} in:\n{screen}"));
                let after = line.split(&label[..label.len() - 3]).nth(1).unwrap();
                assert!(after.contains("  ") || after.contains("… "), "{label} in:\n{screen}");
            }
        }
    }
}
