//! Passwords that are set and asked for: temporary ones, and the prompt; and the settings beside their labels.

use super::{
    desk::*,
    outcomes::{hold, reply},
};

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
        (Language::En, "new member of staff", "it must be changed at the first sign-in", "Ctrl+G suggest a password"),
        (
            Language::Fr,
            "nouveau collaborateur",
            "il doit être changé à la première connexion",
            "Ctrl+G suggérer un mot de passe",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.resize(100, 24).go(new).see(temporary).see(key);
        desk.write("zoe").press(KeyCode::Tab).write("Zoe Zander").ctrl('g');
        let first = shown(&mut desk);
        desk.ctrl('g');
        let second = shown(&mut desk);
        assert_ne!(first, second);
        desk.ctrl('s').see("Zoe Zander").see(&second).press(KeyCode::Enter).not(&second);
        let session = desk.world.sign_in("zoe", &second).unwrap();
        assert!(session.must_change_password);
        let log = desk.world.audit();
        assert!(log.contains(&"user.created".to_owned()));
        // The same when a password is reset, which ends with its question.
        desk.go(if language == Language::En { "staff" } else { "collaborateurs" });
        desk.press(KeyCode::Char('/')).write("zoe").press(KeyCode::Enter).press(KeyCode::Char('p'));
        desk.see(temporary).see("zoe").ctrl('g');
        let third = shown(&mut desk);
        desk.ctrl('s').press(KeyCode::Char('y')).see(&third).press(KeyCode::Esc).not(&third);
        assert!(desk.world.sign_in("zoe", &third).is_ok());
    }
    // Nobody is offered a password of their own in clear.
    let mut desk = Desk::of("sales", Language::En);
    desk.go("change my password").not("Ctrl+G").write("abc").ctrl('g').not("abc");
}

/// The person is told the password once the account exists, so it is shown after the save, also one that was typed
/// hidden; and no longer than until it was read.
#[test]
fn a_temporary_password_is_shown_once_more_after_it_was_saved() {
    const WORDS: &str = "a quiet green harbour";
    for (language, new, list, told, box_title) in [
        (Language::En, "new member of staff", "staff", "Read it to Zoe Zander now", "Temporary password"),
        (
            Language::Fr,
            "nouveau collaborateur",
            "collaborateurs",
            "Communiquez-le maintenant à Zoe Zander",
            "Mot de passe temporaire",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(new).see(box_title).write("zoe").press(KeyCode::Tab).write("Zoe Zander");
        for _ in 0..5 {
            desk.press(KeyCode::Tab);
        }
        desk.write(WORDS).press(KeyCode::Tab).write(WORDS).not(WORDS).ctrl('s').see(WORDS).see(told);
        // A letter that was meant for the form does not close it.
        desk.write("x ").see(WORDS).press(KeyCode::Enter).not(WORDS).see("Zoe Zander");
        // It waits as well until the session is unlocked.
        desk.go(list).press(KeyCode::Char('/')).write("zoe").press(KeyCode::Enter).press(KeyCode::Char('p'));
        desk.write(WORDS).press(KeyCode::Tab).write(WORDS).ctrl('s').press(KeyCode::Char('y')).see(WORDS);
        let limit = u64::from(Settings::default().session_minutes) * 60_000;
        desk.wait(limit).not(WORDS).write(PASSWORD).press(KeyCode::Enter).see(WORDS).press(KeyCode::Esc).not(WORDS);
        let mut db = desk.world.connection();
        let log: Vec<String> = {
            use diesel::prelude::*;
            use epic_events::schema::audit_log;
            audit_log::table.select(audit_log::changes).load(&mut db).unwrap()
        };
        assert!(log.iter().all(|changes| !changes.contains(WORDS)));
    }
}

/// What was typed to replace a temporary password is not lost by one key, and neither is it in the form that everybody
/// has.
#[test]
fn leaving_a_password_form_asks_before_it_loses_what_was_typed() {
    let mut desk = Desk::new(Language::En);
    let draft = crate::support::world::user_draft("fresh", epic_events::domain::users::Role::Sales);
    let password = secrecy::SecretString::from("only for the first time");
    desk.world.save(&Request::Write(WriteRequest::CreateUser { draft, password }));
    let enter = |desk: &mut Desk| {
        desk.write("fresh").press(KeyCode::Tab).write("only for the first time").press(KeyCode::Enter);
        desk.see("Your password is temporary").see("New password");
    };
    enter(&mut desk);
    desk.see("Esc sign out").not("back").press(KeyCode::Esc).see("Username or e-mail");
    enter(&mut desk);
    desk.write("only for the first time").press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Enter);
    desk.see("***").press(KeyCode::Tab).write("my own long words").press(KeyCode::Tab).write("my own long words");
    desk.ctrl('s').see("Waiting for you");
    desk.go("change my password").write("abc").press(KeyCode::Esc).see("Discard what you typed?");
    desk.press(KeyCode::Right).press(KeyCode::Enter).see("Waiting for you");
}

/// The meter beside a new password never praises one that will be refused.
#[test]
fn a_password_that_is_refused_is_not_called_strong() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("new member of staff").write("correct.horse.battery");
    for _ in 0..6 {
        desk.press(KeyCode::Tab);
    }
    desk.write("correct.horse.battery").not("strong").not("good").see("weak").write(" staple").see("strong");
    desk.ctrl('u').write("kQ7#vX").not("strong").not("good");
}

#[test]
fn settings_stand_at_a_distance_from_their_labels() {
    for (language, name, labels) in [
        (Language::En, "settings of the company", ["Sales create contracts", "Shortest password *", "Company *"]),
        (Language::Fr, "réglages de l'entreprise", ["Contrats par les com", "Longueur du mot de p", "Entreprise *"]),
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

/// The prompt names what the password is for, and nothing behind it claims to be under way.
#[test]
fn the_prompt_for_a_password_names_the_action_and_the_person() {
    for (language, list, new, deactivate, reset, create, saving) in [
        (
            Language::En,
            "staff",
            "new member of staff",
            "Deactivate Person sales",
            "Reset password: Person sales",
            "New member of staff: Zoe Zander",
            "Saving",
        ),
        (
            Language::Fr,
            "collaborateurs",
            "nouveau collaborateur",
            "Désactiver Person sales",
            "Réinitialiser le mot de passe : Person sales",
            "Nouveau collaborateur : Zoe Zander",
            "Enregistrement",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(list).press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
        hold(desk.press(KeyCode::Char('x'))).press(KeyCode::Char('y'));
        reply(&mut desk, Err(Error::PasswordNeeded));
        desk.see(deactivate).press(KeyCode::Esc);
        desk.press(KeyCode::Char('p')).write("a new one for now").press(KeyCode::Tab).write("a new one for now");
        desk.ctrl('s').press(KeyCode::Char('y')).see(saving);
        reply(&mut desk, Err(Error::PasswordNeeded));
        desk.see(reset).not(saving).press(KeyCode::Esc).not(saving).press(KeyCode::Esc).press(KeyCode::Right);
        desk.press(KeyCode::Enter).held = None;
        desk.go(new).write("zoe").press(KeyCode::Tab).write("Zoe Zander").ctrl('g');
        hold(&mut desk).ctrl('s').see(saving);
        reply(&mut desk, Err(Error::PasswordNeeded));
        desk.see(create).not(saving);
    }
}
