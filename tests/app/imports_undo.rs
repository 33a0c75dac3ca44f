//! Taking the last import back by `u`, which works on every screen.

use super::{
    desk::*,
    imports::{client, confirm, file, open, previewed},
};
use epic_events::{domain::settings::Reauth, storage};

/// `u` asks before it takes an import back, names the file and the numbers, and Enter confirms nothing. On the screen of
/// another file it might be meant for the last choice there.
#[test]
fn undo_asks_before_it_takes_an_import_back() {
    for (language, title, written, stays, yes, done) in [
        (
            Language::En,
            "Take back the import of clients.csv?",
            "3 clients are created.",
            "The import stays as it is.",
            'y',
            "The import of clients.csv is taken back",
        ),
        (
            Language::Fr,
            "Défaire l'import de clients.csv ?",
            "3 clients sont créés.",
            "L'import reste tel quel.",
            'o',
            "L'import de clients.csv est défait",
        ),
    ] {
        for (width, height) in [(80, 24), (60, 16), (120, 35)] {
            let (mut desk, _folder) = previewed(language);
            desk.ctrl('s');
            confirm(&mut desk);
            let (_other, path) = file("other.csv", "Name;Phone\nAnna Almeida;01 02 03 04 05\n".as_bytes());
            open(&mut desk, &path).resize(width, height).see("other.csv");
            desk.press(KeyCode::Char('u')).see(title).see(written).press(KeyCode::Enter).see(stays);
            desk.press(KeyCode::Char('u')).see(title).press(KeyCode::Esc).see(stays).see("other.csv");
            assert!(client(&desk, 1).is_some());
            desk.press(KeyCode::Char('u')).press(KeyCode::Char(yes)).see(done);
            assert_eq!(client(&desk, 1), None);
        }
    }
}

/// Where the password is needed to undo, the box says what it is for.
#[test]
fn the_password_for_taking_an_import_back_says_what_it_is_for() {
    for (language, yes, why, stays) in [
        (Language::En, 'y', "Take back the import of clients.csv", "The import stays as it is."),
        (Language::Fr, 'o', "Défaire l'import de clients.csv", "L'import reste tel quel."),
    ] {
        let (mut desk, _folder) = previewed(language);
        desk.ctrl('s');
        confirm(&mut desk);
        let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
        let settings = Settings { reauth: Reauth::Always, ..settings };
        desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
        desk.press(KeyCode::Char('u')).press(KeyCode::Char(yes)).see(why).press(KeyCode::Esc).see(stays);
        desk.press(KeyCode::Char('u')).press(KeyCode::Char(yes)).write(PASSWORD).press(KeyCode::Enter);
        assert_eq!(client(&desk, 1), None, "{}", desk.screen());
    }
}
