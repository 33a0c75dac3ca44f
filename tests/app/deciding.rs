//! What is decided about the possible duplicates of a file, by keys.

use super::{
    desk::*,
    imports::{confirm, file, open},
};
use epic_events::{
    domain::{
        ClientId,
        clients::{Client, ClientDraft},
        settings::Reauth,
    },
    storage,
};
use tempfile::TempDir;

fn known(desk: &Desk, id: ClientId) -> Client {
    storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap()
}

fn change(desk: &mut Desk, id: ClientId, draft: ClientDraft) {
    let version = known(desk, id).version;
    desk.world.manage(&Request::Write(WriteRequest::UpdateClient { id, version, draft }));
}

/// Stops at the preview of a file with Ann and Bob, who are known with other telephone numbers, and Cleo, who is new.
fn with_duplicates(language: Language) -> (Desk, TempDir, [ClientId; 2]) {
    let mut desk = Desk::of("manager", language);
    let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { reauth: Reauth::Never, ..settings })));
    let owner = desk.world.sales.actor.id;
    let ids = ["Ann", "Bob"].map(|name| desk.world.client_of(owner, name));
    let [ann, bob] = ids.map(|id| known(&desk, id));
    let row = |one: &Client, phone: &str| format!("{},{},,{phone},sales\n", one.full_name, one.company_name);
    let rows = [row(&ann, "+33 1 11 22 33 44"), row(&bob, "+33 1 55 66 77 88")].concat();
    let text = format!(
        "Full name,Company,E-mail,Phone,Sales contact\n{rows}Cleo,Cleo SA,cleo@example.com,+33 1 99 99,sales\n"
    );
    let (folder, path) = file("clients.csv", text.as_bytes());
    open(&mut desk, &path).press(KeyCode::Enter).resize(120, 24);
    (desk, folder, ids)
}

/// The file is not compared after each decision: a long one would make the person wait each time.
#[test]
fn a_file_is_compared_once_for_all_that_was_decided() {
    for (language, update, decided, asked, again, done) in [
        (
            Language::En,
            "update",
            "update the known record: may be Bob",
            "1 new client, 2 changed",
            "The file was compared again with what you decided.",
            "1 client is created and 2 are changed.",
        ),
        (
            Language::Fr,
            "mettre",
            "mettre à jour la fiche connue : peut-être Bob",
            "1 nouveau client, 2 modifiés",
            "Le fichier a été comparé à nouveau avec vos choix.",
            "1 client est créé et 2 sont modifiés.",
        ),
    ] {
        let (mut desk, _folder, ids) = with_duplicates(language);
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Char('e')).write(update).press(KeyCode::Enter);
        desk.press(KeyCode::Down).press(KeyCode::Char('e')).write(update).press(KeyCode::Enter).see(decided);
        let sent: Vec<_> = desk.held.take().unwrap().into_iter().map(|(_, _, request)| request).collect();
        assert!(sent.is_empty(), "{sent:?}");
        desk.ctrl('s').see(asked).see(again);
        confirm(&mut desk).see(done);
        assert_eq!(known(&desk, ids[1]).phone, "+33 1 55 66 77 88");
    }
}

/// What others have changed by then is shown before anything is asked.
#[test]
fn rows_that_are_not_as_they_were_seen_are_shown_before_the_question() {
    for (language, update, differs, question) in [
        (Language::En, "update", "1 row is not as you saw it.", "Import clients.csv?"),
        (Language::Fr, "mettre", "1 ligne a changé.", "Importer clients.csv ?"),
    ] {
        let (mut desk, _folder, _) = with_duplicates(language);
        desk.press(KeyCode::Char('e')).write(update).press(KeyCode::Enter);
        let draft = ClientDraft { email: Some("cleo@example.com".to_owned()), ..client_draft("Cleo") };
        let owner = Some(desk.world.other_sales.actor.id);
        desk.world.manage(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner }));
        desk.ctrl('s').see(differs).not(question);
        desk.ctrl('s').see(question);
    }
}

/// A decision is about the record that the person saw. If the row may be about another one by now, it is decided anew.
#[test]
fn a_decision_does_not_pass_to_another_record() {
    for (language, update, again, left_out) in [
        (Language::En, "update", "Row 2 may be about another record than you decided about", "leave out: may be Ann"),
        (
            Language::Fr,
            "mettre",
            "La ligne 2 concerne peut-être une autre fiche que celle de votre choix,",
            "laisser de côté : peut-être Ann",
        ),
    ] {
        for goes_on in [false, true] {
            let (mut desk, _folder, ids) = with_duplicates(language);
            desk.press(KeyCode::Char('e')).write(update).press(KeyCode::Enter).not(left_out);
            let before = known(&desk, ids[0]);
            change(&mut desk, ids[0], ClientDraft { full_name: "Anna".to_owned(), ..ClientDraft::from(&before) });
            let other = ClientDraft {
                full_name: before.full_name.clone(),
                company_name: before.company_name.clone(),
                phone: "+33 2 00 11 22 33".to_owned(),
                ..client_draft("Ann")
            };
            let owner = Some(desk.world.sales.actor.id);
            let create = WriteRequest::CreateClient { draft: other, sales_contact: owner };
            let other = ClientId::new(desk.world.save(&Request::Write(create)).0);
            if goes_on {
                desk.ctrl('s');
            } else {
                desk.press(KeyCode::F(5));
            }
            desk.see(again).see(left_out);
            // It goes on without this row, and the other record stays as it is.
            desk.ctrl('s');
            confirm(&mut desk);
            assert_eq!(known(&desk, other).version, 1);
            assert_eq!(known(&desk, ids[0]).full_name, "Anna");
            desk.not(again);
        }
    }
}

/// The bottom line of each part of the screen keeps the way out, in the smallest window too.
#[test]
fn the_way_out_is_in_the_bottom_line_of_a_narrow_window() {
    for (language, back) in [(Language::En, "Esc back"), (Language::Fr, "Échap retour")] {
        let (mut desk, _folder, _) = with_duplicates(language);
        let bottom = |desk: &mut Desk| {
            let screen = desk.resize(60, 16).screen();
            let line = screen.lines().last().unwrap_or_default().to_owned();
            assert!(line.contains(back), "{line}");
        };
        bottom(&mut desk);
        desk.press(KeyCode::Tab);
        bottom(&mut desk);
        desk.press(KeyCode::Esc);
        bottom(&mut desk);
        desk.press(KeyCode::Enter).ctrl('s');
        confirm(&mut desk);
        bottom(&mut desk);
    }
}
