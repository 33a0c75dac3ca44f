//! Imports that are under way, and taking them back: how far they are, and what stops them.

use super::{
    desk::*,
    imports::{client, previewed},
};
use epic_events::{domain::settings::Reauth, services::ImportRequest, storage};
use tempfile::TempDir;

fn no_password(desk: &mut Desk) {
    let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { reauth: Reauth::Never, ..settings })));
}

/// The preview of a file, whose import is sent and not answered yet.
fn importing(language: Language) -> (Desk, TempDir) {
    let (mut desk, folder) = previewed(language);
    no_password(&mut desk);
    desk.held = Some(Vec::new());
    desk.resize(120, 24).ctrl('s').press(KeyCode::Enter).wait(300);
    (desk, folder)
}

/// Three clients are imported.
fn imported(language: Language) -> (Desk, TempDir) {
    let (mut desk, folder) = previewed(language);
    no_password(&mut desk);
    desk.resize(120, 24).ctrl('s').press(KeyCode::Enter);
    assert!(client(&desk, 1).is_some());
    (desk, folder)
}

/// Whether the import that was sent, or taking it back, was asked to stop.
fn is_stopped(desk: &Desk) -> bool {
    let requests = desk.held.iter().flatten().map(|(_, _, request)| &**request);
    let mut stopped = requests.filter_map(|request| match request {
        Request::Import(asked) => asked.progress().map(epic_events::services::import::Progress::is_stopped),
        _ => None,
    });
    stopped.next().unwrap()
}

/// Taking an import back says how far it is, from the list as from `u`, and Esc stops it.
#[test]
fn taking_an_import_back_is_stopped_by_esc() {
    for (language, yes, running, stop, stopping, stopped) in [
        (
            Language::En,
            'y',
            "Taking the import back: 0 of 3 records.",
            "Esc stop",
            "Taking the import back is being stopped.",
            "Stopped. Nothing was changed.",
        ),
        (
            Language::Fr,
            'o',
            "L'import est en train d'être défait : 0 fiches sur 3.",
            "Échap arrêter",
            "Le programme cesse de défaire l'import.",
            "Arrêté. Rien n'a été modifié.",
        ),
    ] {
        for by_undo in [false, true] {
            let (mut desk, _folder) = imported(language);
            let before = desk.world.state();
            desk.held = Some(Vec::new());
            if by_undo {
                desk.press(KeyCode::Char('u')).press(KeyCode::Char(yes));
            } else {
                desk.press(KeyCode::Char('x')).press(KeyCode::Char(yes)).see(stop);
            }
            // A wait that is long is no reason to speak of the database.
            desk.wait(300).see(running).wait(5_000).see(running);
            desk.press(KeyCode::Esc).see(stopping);
            desk.release();
            desk.see(stopped);
            assert_eq!(desk.world.state(), before);
            // It can be tried again.
            if by_undo {
                desk.press(KeyCode::Char('u')).press(KeyCode::Char(yes));
            } else {
                desk.press(KeyCode::Char('x')).press(KeyCode::Char(yes));
            }
            assert_eq!(client(&desk, 1), None, "{}", desk.screen());
        }
    }
}

/// Signing out or quitting asks first, says that the import is stopped, and stops it: nobody would see it go on.
#[test]
fn whoever_leaves_during_an_import_stops_it() {
    for (language, way, still, means) in [
        (Language::En, "sign out", "A file is still being imported.", "this is stopped and nothing is changed"),
        (Language::Fr, "se déconnecter", "L'import d'un fichier est encore en cours.", "tout s'arrête et rien n'est"),
    ] {
        for quits in [false, true] {
            let (mut desk, _folder) = importing(language);
            let before = desk.world.state();
            if quits {
                desk.press(KeyCode::Char('q'));
            } else {
                desk.go(way);
            }
            desk.see(still).see(means);
            assert!(!is_stopped(&desk));
            // Whoever stays lets it go on.
            desk.press(KeyCode::Esc).not(still);
            assert!(!is_stopped(&desk), "{}", desk.screen());
            if quits {
                desk.press(KeyCode::Char('q'));
            } else {
                desk.go(way);
            }
            desk.press(KeyCode::Char(if language == Language::En { 'y' } else { 'o' }));
            assert!(is_stopped(&desk), "{}", desk.screen());
            assert_eq!(desk.quit, quits);
            desk.release();
            assert_eq!(desk.world.state(), before);
        }
    }
}

/// The lock of an idle session comes in time, and the import goes on behind it: nobody who passes by and presses Esc
/// stops it, the password is checked after it, and its result is told then.
#[test]
fn an_import_goes_on_behind_the_lock() {
    for (language, locked, still, after, done) in [
        (
            Language::En,
            "Locked",
            "A file is still being imported.",
            "Your password is checked right after it.",
            "3 clients are created",
        ),
        (
            Language::Fr,
            "Verrouillé",
            "L'import d'un fichier est encore en cours.",
            "Votre mot de passe est vérifié juste après.",
            "3 clients sont créés",
        ),
    ] {
        let (mut desk, _folder) = importing(language);
        desk.wait(15 * 60_000).see(locked).not("Zoé");
        desk.press(KeyCode::Esc).see(still).press(KeyCode::Esc).not(still);
        assert!(!is_stopped(&desk));
        desk.write(PASSWORD).press(KeyCode::Enter).wait(5_000).see(after);
        desk.release();
        desk.see(done);
        assert!(client(&desk, 1).is_some());
    }
}

/// Whoever looks at other screens meanwhile sees how far the import is.
#[test]
fn an_import_that_goes_on_behind_other_screens_says_how_far_it_is() {
    for (language, words) in
        [(Language::En, "Checking: 0 of 4 rows."), (Language::Fr, "Vérification : 0 lignes sur 4.")]
    {
        let (mut desk, _folder) = importing(language);
        desk.go("clients").wait(300).see(words);
        let sent = desk
            .held
            .iter()
            .flatten()
            .filter(|(_, _, request)| matches!(&**request, Request::Import(ImportRequest::Write(..))));
        assert_eq!(sent.count(), 1);
    }
}
