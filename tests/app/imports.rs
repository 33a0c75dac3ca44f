//! Imports of spreadsheets by keys.

use std::{fs, path::Path};

use super::desk::*;
use epic_events::{
    domain::{ClientId, settings::Reauth},
    services::{ImportRequest, Reply},
    storage,
};
use tempfile::TempDir;

/// A list of clients as a French office keeps it: in the letters of Windows, with semicolons, a line too many at the
/// top and a bad row.
pub(super) const OFFICE: &str = "Nom;Société;Courriel;Téléphone;Dernier contact;Divers\n\
    Aliénor Vichum;Vichum SARL;alienor@vichum.fr;06 12 34 56 78;18/04/2021;x\n\
    Kevin Casey;Cool Startup LLC;kevin@startup.io;+678 123 456 78;29/03/2023;\n\
    Jacky Blangier;;jacky.loubouzin.grd;+666 12345;;\n\
    Zoé Müller;Müller & Cie;zoe@mueller.example;01 02 03 04 05;05/05/2023;\n";

/// A file in a folder of its own.
pub(super) fn file(name: &str, content: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

/// The text in the letters of Windows.
pub(super) fn windows(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

pub(super) fn paste(desk: &mut Desk, text: &str) {
    desk.drawn().event(AppEvent::Terminal(TerminalEvent::Paste(text.to_owned())));
}

/// Opens a file in the screen of imports.
pub(super) fn open<'a>(desk: &'a mut Desk, path: &str) -> &'a mut Desk {
    desk.go("import").press(KeyCode::Char('n'));
    paste(desk, path);
    desk.press(KeyCode::Enter)
}

/// Chooses the only sales contact that is found under this name.
pub(super) fn choose<'a>(desk: &'a mut Desk, name: &str) -> &'a mut Desk {
    desk.write(name).press(KeyCode::Enter)
}

/// Confirms the question, and types the password if it is asked for.
pub(super) fn confirm(desk: &mut Desk) -> &mut Desk {
    desk.press(KeyCode::Enter);
    let screen = desk.screen();
    if screen.contains("Password:") || screen.contains("Mot de passe") {
        desk.write(PASSWORD).press(KeyCode::Enter);
    }
    desk
}

pub(super) fn client(desk: &Desk, id: i64) -> Option<(String, String)> {
    let found = storage::clients::find(&mut desk.world.connection(), ClientId::new(id)).unwrap();
    found.filter(|client| client.archived_at.is_none()).map(|client| (client.full_name, client.phone))
}

/// The list of the office is in the program after few keys, besides the path and the password.
#[test]
fn the_clients_of_a_french_office_are_imported_in_a_few_keys() {
    let mut desk = Desk::of("manager", Language::Fr);
    let (_folder, path) = file("clients.csv", &windows(OFFICE));
    let mut keys = ":imp".len();
    desk.press(KeyCode::Char(':')).write("imp").see("Import");
    for key in [KeyCode::Enter, KeyCode::Char('n')] {
        desk.press(key);
        keys += 1;
    }
    paste(&mut desk, &path);
    desk.press(KeyCode::Enter).see("(encodage : Windows) : 4").see("le jour d'abord").press(KeyCode::Enter);
    // Nobody is named in the rows, so it is asked once who looks after these clients.
    desk.see("Qui suit les nouveaux clients").press(KeyCode::Home).press(KeyCode::Enter);
    keys += 4;
    desk.see("3 nouvelles, 0 modifiée, 0 inchangée, 1 refusée, 0 doublon possible.");
    desk.ctrl('s').see("Importer clients.csv ?").see("3 nouveaux clients ; 1 ligne refusée reste de côté.");
    keys += 2;
    confirm(&mut desk).see("3 clients sont créés ; 1 ligne est restée de côté.").see("u");
    assert!(keys <= 12, "{keys} keys");
    assert_eq!(client(&desk, 1), Some(("Aliénor Vichum".to_owned(), "06 12 34 56 78".to_owned())));
    assert_eq!(client(&desk, 4), None);
    // It can be taken back right after.
    desk.press(KeyCode::Char('u')).see("Défaire l'import de clients.csv ?").press(KeyCode::Char('o'));
    desk.see("L'import de clients.csv est défait : 3 nouvelles fiches sont archivées.");
    assert_eq!(client(&desk, 1), None);
}

/// The empty list says what can be done here, in any window.
#[test]
fn an_empty_list_says_what_can_be_imported_and_in_which_order() {
    for (language, name) in [(Language::En, "en"), (Language::Fr, "fr")] {
        let mut desk = Desk::of("manager", language);
        desk.go("import");
        insta::assert_snapshot!(format!("import_empty_{name}"), desk.screen());
        insta::assert_snapshot!(format!("import_empty_narrow_{name}"), desk.resize(60, 16).screen());
        desk.press(KeyCode::Char('n'));
        insta::assert_snapshot!(format!("import_file_{name}"), desk.screen());
    }
}

/// A wrong path stays in the field, with what is wrong with it.
#[test]
fn a_path_that_leads_to_no_spreadsheet_is_kept_with_the_reason() {
    for (language, why) in [(Language::En, "no such file"), (Language::Fr, "n'existe pas")] {
        let mut desk = Desk::of("manager", language);
        open(&mut desk, " '/nowhere/clients.csv' ").see("/nowhere/clients.csv").see(why);
        assert!(desk.screen().contains("'/nowhere/clients.csv'"), "{}", desk.screen());
        let (_folder, path) = file("photo.pdf", b"%PDF-1.7 and more");
        desk.ctrl('u');
        paste(&mut desk, &path);
        desk.press(KeyCode::Enter).see("pdf").press(KeyCode::Esc).press(KeyCode::Esc).not("pdf");
    }
}

/// A path comes with quotes, blanks, and the backslashes of a terminal.
#[test]
fn a_path_is_found_however_it_was_pasted() {
    let (_folder, path) = file("my clients.csv", &windows(OFFICE));
    for pasted in [format!("\"{path}\" \n"), path.replace(' ', "\\ "), format!("file://{}", path.replace(' ', "%20"))] {
        let mut desk = Desk::of("manager", Language::En);
        open(&mut desk, &pasted).see("Import of my clients.csv").see("(letters: Windows): 4 rows below the");
    }
}

fn shown(desk: &mut Desk, name: &str) {
    for (width, height) in [(80, 24), (60, 16), (120, 35)] {
        insta::assert_snapshot!(format!("import_{name}_{width}"), desk.resize(width, height).screen());
    }
    desk.resize(80, 24);
}

/// What was found out about a file, and what importing it does, in both languages and three windows.
#[test]
fn pictures_of_a_file() {
    for (language, name) in [(Language::En, "en"), (Language::Fr, "fr")] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let twin = "Kevin Casey;Cool Startup LLC;kc@startup.io;+678 999 99;;\n";
        let (_folder, path) = file("clients.csv", &windows(&format!("{OFFICE}{twin}")));
        open(&mut desk, &path);
        shown(&mut desk, &format!("columns_{name}"));
        desk.press(KeyCode::End).press(KeyCode::Char('e'));
        insta::assert_snapshot!(format!("import_field_{name}"), desk.screen());
        desk.press(KeyCode::Esc).press(KeyCode::Enter);
        choose(&mut desk, "Person sales");
        shown(&mut desk, &format!("preview_{name}"));
        desk.press(KeyCode::Char('v'));
        insta::assert_snapshot!(format!("import_rows_{name}"), desk.screen());
        desk.press(KeyCode::Esc).ctrl('s');
        insta::assert_snapshot!(format!("import_question_{name}"), desk.screen());
        confirm(&mut desk);
        shown(&mut desk, &format!("list_{name}"));
        desk.press(KeyCode::Char('x'));
        insta::assert_snapshot!(format!("import_take_back_{name}"), desk.screen());
    }
}

/// What the headings do not tell is asked for, one thing after the other, and Enter goes on to the preview.
#[test]
fn what_the_headings_do_not_tell_is_asked_for() {
    let mut desk = Desk::of("manager", Language::En);
    let text = "Aaa,Bbb,Ccc,Ddd\nAnna Almeida,01 02 03 04 05,03/04/2021,a@example.com\n";
    let (_folder, path) = file("list.csv", text.as_bytes());
    open(&mut desk, &path).see("to be chosen: the headings do not tell").press(KeyCode::Enter);
    desk.see("What does the file hold?").write("client").press(KeyCode::Enter);
    desk.see("No column of the file is: Full name, Phone.");
    for (heading, field) in [("Aaa", "full name"), ("Bbb", "phone"), ("Ccc", "last contact"), ("Ddd", "e-mail")] {
        for _ in 0..12 {
            if desk.press(KeyCode::Char('e')).screen().contains(&format!("As what is {heading} read?")) {
                break;
            }
            desk.press(KeyCode::Esc).press(KeyCode::Down);
        }
        desk.see(&format!("As what is {heading} read?")).write(field).press(KeyCode::Enter);
        desk.press(KeyCode::Home);
    }
    desk.see("The dates do not tell whether the day or the month comes first.").press(KeyCode::Enter);
    desk.write("month").press(KeyCode::Enter).see("Who looks after");
    choose(&mut desk, "other").see("1 new, 0 changed").see("Anna Almeida").press(KeyCode::Esc);
    desk.see("the month first, as in 04/18/2021").see("Person other.sales, for rows that name nobody");
    // A field is read from one column only.
    desk.press(KeyCode::End).press(KeyCode::Char('e')).write("full name").see("Full name (now Aaa)");
    desk.press(KeyCode::Enter).see("Ddd           Full name").see("Aaa           not imported");
}

/// A possible duplicate is decided on its row or for all, and the question says what is then written.
#[test]
fn possible_duplicates_are_decided() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    let known = storage::clients::find(&mut desk.world.connection(), ClientId::new(1)).unwrap().unwrap();
    let row = |phone: &str| format!("{};{};;{phone};;\n", known.full_name, known.company_name);
    let (_folder, path) =
        file("twins.csv", format!("Nom;Société;Courriel;Téléphone;x;y\n{}", row("+678 5 55 55 55")).as_bytes());
    open(&mut desk, &path).press(KeyCode::Enter).see("1 possible duplicate").see("leave out: may be Kevin Casey");
    desk.ctrl('s').see("Nothing is imported: 1 possible duplicate is left out.");
    desk.press(KeyCode::Char('e'))
        .see("Row 2, Kevin Casey: a possible duplicate")
        .write("update")
        .press(KeyCode::Enter);
    desk.resize(120, 24).see("update the known record: may be Kevin Casey").see("+678 5 55 55 55");
    desk.ctrl('s').see("1 client changed.").press(KeyCode::Esc).see("Nothing was imported.");
    desk.press(KeyCode::Char('e')).write("all create").press(KeyCode::Enter);
    // A new client needs somebody who looks after it.
    desk.see("Who looks after new clients");
    choose(&mut desk, "other").see("create a new record: may be Kevin Casey");
    // What was chosen would be lost.
    desk.press(KeyCode::Esc).see("create a new record").press(KeyCode::Esc).see("Leave this file?");
    desk.press(KeyCode::Esc).see("Import of twins.csv").press(KeyCode::Char('q')).see("Quit").press(KeyCode::Esc);
}

/// The refused rows are written to a file with their reasons, which imports like the first once it is mended.
#[test]
fn refused_rows_are_saved_to_be_mended() {
    for (language, heading, said) in [
        (Language::En, "Why refused", "The refused row is in"),
        (Language::Fr, "Motif du refus", "La ligne refusée est dans"),
    ] {
        let mut desk = Desk::of("manager", language);
        let (_folder, path) = file("clients.csv", &windows(OFFICE));
        open(&mut desk, &path).press(KeyCode::Enter);
        choose(&mut desk, "Person sales").press(KeyCode::Tab).press(KeyCode::Tab).see("(1)").see("Jacky Blangier");
        desk.press(KeyCode::Char('X')).see(said);
        let folder = desk.world.exports.path();
        let saved = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let saved = saved.filter(|path| path.display().to_string().contains("refused")).last().unwrap();
        let text = fs::read_to_string(&saved).unwrap();
        assert!(text.lines().next().unwrap().ends_with(heading), "{text}");
        let mended = text.replace("jacky.loubouzin.grd", "jacky@loubouzin.grd");
        fs::write(Path::new(&path), mended).unwrap();
        desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Enter);
        desk.press(KeyCode::Char('n'));
        paste(&mut desk, &path);
        desk.press(KeyCode::Enter).see(heading).press(KeyCode::Enter);
        choose(&mut desk, "Person sales").see(if language == Language::En {
            "1 new, 0 changed"
        } else {
            "1 nouvelle, 0 modifiée"
        });
    }
}

/// Stops at the preview of three new clients.
pub(super) fn previewed(language: Language) -> (Desk, TempDir) {
    let mut desk = Desk::of("manager", language);
    let (folder, path) = file("clients.csv", &windows(OFFICE));
    open(&mut desk, &path).press(KeyCode::Enter);
    choose(&mut desk, "Person sales");
    (desk, folder)
}

/// What others have changed since the preview is shown before anything is written.
#[test]
fn an_import_that_would_do_something_else_by_now_is_shown_again() {
    let (mut desk, _folder) = previewed(Language::En);
    let draft = epic_events::domain::clients::ClientDraft {
        email: Some("kevin@startup.io".to_owned()),
        ..client_draft("Kevin Casey")
    };
    let owner = Some(desk.world.sales.actor.id);
    desk.world.manage(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner }));
    desk.ctrl('s');
    confirm(&mut desk).see("Nothing was imported.").see("2 new, 1 changed").see("Kevin Casey");
    desk.ctrl('s');
    confirm(&mut desk).see("2 clients are created and 1 is changed; 1 row was left out.");
}

/// Esc stops an import that is under way. Nothing of it stays.
#[test]
fn an_import_is_stopped_by_esc() {
    for (language, running, stopping, stopped, look, done) in [
        (
            Language::En,
            "Checking: 0 of 4 rows.",
            "The import is being stopped.",
            "Stopped. Nothing was changed.",
            "The list of imports says whether it was imported.",
            "3 clients are created",
        ),
        (
            Language::Fr,
            "Vérification : 0 lignes sur 4.",
            "en train de s'arrêter",
            "Arrêté. Rien n'a été modifié.",
            "La liste des imports dit s'il a eu lieu.",
            "3 clients sont créés",
        ),
    ] {
        let (mut desk, _folder) = previewed(language);
        let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
        let settings = Settings { reauth: Reauth::Never, ..settings };
        desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
        let before = desk.world.state();
        desk.held = Some(Vec::new());
        desk.ctrl('s').press(KeyCode::Enter).see(running).wait(300).press(KeyCode::Esc).see(stopping);
        desk.release();
        desk.see(stopped).see("Zoé Müller");
        assert_eq!(desk.world.state(), before);
        // Whoever does not want to wait for that either learns later what became of it.
        desk.held = Some(Vec::new());
        desk.ctrl('s')
            .press(KeyCode::Enter)
            .wait(300)
            .press(KeyCode::Esc)
            .press(KeyCode::Esc)
            .resize(120, 24)
            .see(look);
        desk.release();
        desk.see(stopped);
        assert_eq!(desk.world.state(), before);
        // It can be imported again, also while the session is locked.
        desk.press(KeyCode::F(5));
        desk.held = Some(Vec::new());
        desk.ctrl('s').press(KeyCode::Enter).press(KeyCode::Char('L'));
        desk.wait(5_000).release();
        desk.wait(300).not("Zoé Müller");
        desk.write(PASSWORD).press(KeyCode::Enter).see(done);
    }
}

/// Records that were changed since the import stay, and are listed with who changed them.
#[test]
fn what_was_changed_since_an_import_is_left_and_listed() {
    let (mut desk, _folder) = previewed(Language::En);
    desk.ctrl('s');
    confirm(&mut desk).see("3 clients are created");
    let id = ClientId::new(2);
    let known = storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap();
    let draft = epic_events::domain::clients::ClientDraft {
        notes: "Likes flowers".to_owned(),
        ..epic_events::domain::clients::ClientDraft::from(&known)
    };
    desk.world.manage(&Request::Write(WriteRequest::UpdateClient { id, version: known.version, draft }));
    desk.press(KeyCode::Char('x')).see("Take back the import of clients.csv?").see("former values");
    desk.press(KeyCode::Enter).see("The import stays as it is.");
    desk.press(KeyCode::Char('x')).press(KeyCode::Char('y'));
    if desk.screen().contains("Password:") {
        desk.write(PASSWORD).press(KeyCode::Enter);
    }
    desk.resize(120, 24)
        .see("2 new records are archived, 1 record was left as it is.")
        .see("Kevin Casey")
        .see("changed since by Person manager");
    desk.press(KeyCode::Esc).see("taken back").press(KeyCode::Char('x')).see("This import was taken back already.");
}

#[test]
fn only_management_is_offered_imports() {
    for name in ["sales", "support"] {
        let mut desk = Desk::of(name, Language::En);
        desk.press(KeyCode::Char(':')).write("import").not("> Import");
        let session = desk.world.sales.clone();
        let reply = desk.world.ask(Some(&session), &ImportRequest::List.into());
        assert!(!matches!(reply, Ok(Reply::Imports(_))));
    }
}
