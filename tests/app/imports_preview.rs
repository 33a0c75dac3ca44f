//! What the screens of imports show of a file to somebody who has never seen them.

use std::{collections::HashMap, sync::Arc};

use super::{
    desk::*,
    imports::{choose, client, confirm, file, open, previewed, windows},
    instalments::save_plan,
};
use epic_events::{
    domain::{ClientId, Field, entity::EntityKind, imports::Choice},
    services::{ImportRequest, Reply, import::ImportFile},
    storage,
};

const WINDOWS: [(u16, u16); 3] = [(80, 24), (60, 20), (120, 35)];

/// A new row shows how its dates, numbers and names were understood, and Enter shows all of it.
#[test]
fn a_new_row_shows_what_it_was_understood_as() {
    let text = "Client,Total,Signed on,Paid before,Notes\nKevin Casey,\"1,234.50\",03/04/2024,200,Five words about this one\n\
                Kevin Casey,10,25/04/2024,,\n";
    for (language, total, day, details) in [
        (Language::En, "1,234.50 EUR", "3 April 2024", "Enter details"),
        (Language::Fr, "1\u{202f}234,50 EUR", "3 avril 2024", "Entrée voir"),
    ] {
        for (width, height) in WINDOWS {
            let mut desk = Desk::of("manager", language);
            desk.world.records();
            let (_folder, path) = file("contracts.csv", text.as_bytes());
            open(&mut desk, &path).press(KeyCode::Enter).resize(width, height).see(details);
            // The first contract may be the known one of this client; the second is new.
            let screen = desk.press(KeyCode::Enter).screen();
            let flat = screen.replace(['\u{a0}', '\u{202f}'], " ");
            assert!(flat.contains(&total.replace('\u{202f}', " ")), "{screen}");
            desk.see(day).see("Five words");
            desk.press(KeyCode::Esc).see(details);
        }
    }
}

/// A payment that names only its client shows the contract that it goes to.
#[test]
fn a_new_payment_shows_its_contract() {
    for (language, label) in [(Language::En, "Contract"), (Language::Fr, "Contrat")] {
        let mut desk = Desk::of("manager", language);
        let client = desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
        let contract = desk.world.signed_contract(client);
        let (_folder, path) = file("payments.csv", b"Client,Amount,Paid on\nKevin Casey,10,2024-03-25\n");
        let screen = open(&mut desk, &path).press(KeyCode::Enter).screen();
        let said = screen.lines().any(|line| line.contains(label) && line.contains(&contract.0.to_string()));
        assert!(said, "{screen}");
    }
}

/// What does not fit below the rows is not cut without a word: the key that shows the rest is named.
#[test]
fn facts_that_do_not_fit_say_how_to_see_the_rest() {
    for (language, more) in [(Language::En, "Enter shows the rest."), (Language::Fr, "Entrée montre la suite.")] {
        let mut desk = Desk::of("manager", language);
        let (_folder, path) = file("clients.csv", &windows(super::imports::OFFICE));
        open(&mut desk, &path).press(KeyCode::Enter);
        choose(&mut desk, "Person sales").resize(60, 16).see(more).press(KeyCode::Enter).see("06 12 34 56 78");
        desk.see("2021").press(KeyCode::Esc).resize(80, 24).not(more).see("06 12 34 56 78").see("2021");
    }
}

/// Enter twice gives nobody's clients to nobody: the question begins at the present choice, which is found by typing
/// too, and it does not come again.
#[test]
fn the_question_for_the_sales_contact_begins_at_the_present_choice() {
    for (language, question, all_refused, typed, new) in [
        (Language::En, "Who looks after new clients", "4 refused", "nobody", "3 new"),
        (Language::Fr, "Qui suit les nouveaux clients", "4 refusées", "personne", "3 nouvelles"),
    ] {
        let mut desk = Desk::of("manager", language);
        let (_folder, path) = file("clients.csv", &windows(super::imports::OFFICE));
        open(&mut desk, &path).press(KeyCode::Enter).see(question);
        desk.press(KeyCode::Enter).not(question).see(all_refused);
        // Back at the columns and on again: it was answered.
        desk.press(KeyCode::Esc).press(KeyCode::Enter).not(question);
        // Somebody, and nobody again by typing.
        desk.press(KeyCode::Esc).press(KeyCode::Home);
        for _ in 0..4 {
            if desk.press(KeyCode::Char('e')).screen().contains(question) {
                break;
            }
            desk.press(KeyCode::Esc).press(KeyCode::Down);
        }
        desk.press(KeyCode::Up).press(KeyCode::Enter).see("Person sales,");
        desk.press(KeyCode::Char('e')).press(KeyCode::Enter).see("Person sales,").press(KeyCode::Enter).see(new);
        desk.press(KeyCode::Esc).press(KeyCode::Char('e')).write(typed).press(KeyCode::Enter).not("Person sales,");
        desk.press(KeyCode::Enter).not(question).see(all_refused);
    }
}

/// A refused row says what stands in its cell, what could stand there, and how to name one of several.
#[test]
fn refusals_say_what_the_cell_says() {
    for (language, unknown, empty, several, choice) in [
        (
            Language::En,
            "Sales contact \"Sandra Smith\": there is none like this here.",
            "Phone: the cell is empty.",
            "2 fit this. Add the e-mail address or the company.",
            "Method \"bitcoin\": this is none of these: transfer, card, cheque, cash, other, before.",
        ),
        (
            Language::Fr,
            "« Sandra Smith » : il n'y en a pas ici.",
            "Téléphone : la cellule est vide.",
            "2 correspondent. Ajoutez l'adresse e-mail ou l'entreprise.",
            "« bitcoin » : ce doit être un de ces mots : virement, carte, chèque, espèces, autre, avant.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        for company in ["One", "Two"] {
            let draft = epic_events::domain::clients::ClientDraft {
                company_name: company.to_owned(),
                ..client_draft("Jean Double")
            };
            let sales_contact = Some(desk.world.sales.actor.id);
            desk.world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact }));
        }
        let text = "Full name;Phone;Sales contact\nAnna Almeida;01 02 03 04 05;Sandra Smith\nZoe;;Person sales\n";
        let (_folder, path) = file("clients.csv", text.as_bytes());
        open(&mut desk, &path).press(KeyCode::Enter).resize(180, 30).see(unknown).press(KeyCode::Down).see(empty);
        desk.press(KeyCode::Esc).press(KeyCode::Esc);
        if desk.screen().contains("clients.csv") {
            desk.press(KeyCode::Char('y')).press(KeyCode::Char('o'));
        }
        let text = "Client;Total;Company\nJean Double;100;\n";
        let (_folder, path) = file("contracts.csv", text.as_bytes());
        open(&mut desk, &path).press(KeyCode::Enter).see(several).press(KeyCode::Esc).press(KeyCode::Esc);
        let text = "Contract;Amount;Paid on;Method\n1;10;18/04/2024;bitcoin\n";
        let (_folder, path) = file("payments.csv", text.as_bytes());
        open(&mut desk, &path).press(KeyCode::Enter).see(choice);
    }
}

/// What is written is counted as the import does: a possible duplicate that says nothing else than the known record is
/// not changed. What was decided one by one is not lost without a word.
#[test]
fn decisions_are_counted_and_shown() {
    for (language, decided, lost, nothing) in [
        (
            Language::En,
            "2 possible duplicates: 1 left out, 1 to be updated.",
            "This also holds for the one that you had decided by itself.",
            "2 possible duplicates are left out.",
        ),
        (
            Language::Fr,
            "2 doublons possibles : 1 de côté, 1 à mettre à jour.",
            "Cela vaut aussi pour celui que vous aviez décidé à part.",
            "2 doublons possibles sont laissés de côté.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        let known = storage::clients::find(&mut desk.world.connection(), ClientId::new(1)).unwrap().unwrap();
        let text = format!(
            "Full name,Company,Phone\n{0},{1},+678 5 55 55 55\n{0},{1},+678 6 66 66 66\n",
            known.full_name, known.company_name
        );
        let (_folder, path) = file("twins.csv", text.as_bytes());
        open(&mut desk, &path).press(KeyCode::Enter).resize(120, 30);
        desk.ctrl('s').see(nothing);
        desk.press(KeyCode::Char('e')).press(KeyCode::Down).press(KeyCode::Enter).see(decided);
        // The first line of those for all.
        desk.press(KeyCode::Char('e')).press(KeyCode::Home);
        for _ in 0..3 {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Enter).see(lost).not(decided);
    }
}

/// A path that was typed is there again after Esc, an empty one is asked for, and a folder is called one.
#[test]
fn the_path_of_a_file_is_kept_and_an_empty_one_is_asked_for() {
    for (language, empty, folder) in [
        (Language::En, "Type or paste the path of a file first", "This is a folder."),
        (Language::Fr, "Tapez ou collez d'abord le chemin d'un fichier", "Ceci est un dossier."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go("import").press(KeyCode::Char('n')).press(KeyCode::Enter).see(empty);
        desk.write("/nowhere/clients.csv").press(KeyCode::Esc).not("/nowhere").press(KeyCode::Char('n'));
        desk.see("/nowhere/clients.csv");
        // What is typed next replaces it.
        let place = tempfile::tempdir().unwrap();
        desk.write(&place.path().display().to_string()).press(KeyCode::Enter).see(folder).not("/nowhere");
    }
}

/// Words that people use for spreadsheets lead to the screen of imports.
#[test]
fn the_palette_finds_imports_by_the_words_for_spreadsheets() {
    for (language, words) in
        [(Language::En, ["excel", "csv", "spreadsheet"]), (Language::Fr, ["excel", "csv", "tableur"])]
    {
        for word in words {
            let mut desk = Desk::of("manager", language);
            desk.press(KeyCode::Char(':')).write(word).see(" Import");
        }
    }
}

/// Before contracts are imported it is said what the default plan and an amount that was paid before mean for them.
#[test]
fn the_question_before_contracts_says_what_the_default_plan_means() {
    let text = "Client,Total,Paid before,Signed on\nKevin Casey,5000,200,25/04/2024\n";
    for (language, settings, field, plan, today) in [
        (
            Language::En,
            "settings",
            "Default payment plan",
            "New contracts follow the default payment plan",
            "recorded as a payment of today",
        ),
        (
            Language::Fr,
            "réglages",
            "Échéancier par défaut",
            "Les nouveaux contrats suivent l'échéancier par défaut",
            "Ce qui était déjà payé est enregistré",
        ),
    ] {
        for has_plan in [false, true] {
            let mut desk = Desk::of("manager", language);
            desk.world.records();
            if has_plan {
                save_plan(&mut desk, "30/40/30");
                to(desk.go(settings), field).press(KeyCode::Right).ctrl('s').press(KeyCode::Left).press(KeyCode::Enter);
            }
            let (_folder, path) = file("contracts.csv", text.as_bytes());
            open(&mut desk, &path).press(KeyCode::Enter).resize(120, 30).ctrl('s').see(today);
            if has_plan {
                desk.see(plan);
            } else {
                desk.not(plan);
            }
        }
    }
}

/// Enter on an import shows in the audit log what it did and what taking it back left.
#[test]
fn enter_on_an_import_shows_it_in_the_audit_log() {
    for (language, yes, did, back) in [
        (Language::En, 'y', "clients.csv: 3 new, 1 refused", "clients.csv: 3 taken out"),
        (Language::Fr, 'o', "clients.csv : 3 nouvelles, 1 refusée", "clients.csv : 3 retirées"),
    ] {
        let (mut desk, _folder) = previewed(language);
        desk.ctrl('s');
        confirm(&mut desk).press(KeyCode::Char('x')).press(KeyCode::Char(yes));
        assert_eq!(client(&desk, 1), None, "{}", desk.screen());
        desk.resize(140, 30).press(KeyCode::Enter).see(did).see(back);
    }
}

/// A record that a file brings back from the archive is said to come back.
#[test]
fn a_record_that_comes_back_from_the_archive_is_said_to() {
    for (language, words) in
        [(Language::En, "Archive: comes back from the archive"), (Language::Fr, "Archives : sortie des archives")]
    {
        let (mut desk, folder) = previewed(language);
        desk.ctrl('s');
        confirm(&mut desk).press(KeyCode::Char('u')).press(KeyCode::Char(if language == Language::En {
            'y'
        } else {
            'o'
        }));
        let path = folder.path().join("clients.csv").display().to_string();
        open(&mut desk, &path).press(KeyCode::Enter);
        choose(&mut desk, "Person sales").resize(120, 30).see(words);
    }
}

/// Tab completes a path by folders and files that can be imported, and tells of no others.
#[test]
fn tab_completes_the_path_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["clients-2023.csv", "clients-2024.xlsx", "config.toml", "company.db", ".hidden.csv"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    std::fs::create_dir(folder.path().join("older")).unwrap();
    let root = folder.path().display().to_string();
    for (language, nothing) in [(Language::En, "begins like this"), (Language::Fr, "ne commence ainsi")] {
        let mut desk = Desk::of("manager", language);
        desk.go("import").press(KeyCode::Char('n')).see("Tab").write(&format!("{root}/c")).press(KeyCode::Tab);
        desk.see("/clients-202").see("clients-2023.csv  clients-2024.xlsx").not("config").not("company.db");
        desk.write("4").press(KeyCode::Tab).see("/clients-2024.xlsx").not("2023");
        desk.ctrl('u')
            .write(&format!("{root}/OLD"))
            .press(KeyCode::Tab)
            .see("/older/")
            .press(KeyCode::Tab)
            .see(nothing);
        desk.ctrl('u').write(&format!("{root}/con")).press(KeyCode::Tab).see("/con").see(nothing);
        desk.ctrl('u').write(&format!("{root}/")).press(KeyCode::Tab).see("older/").not("hidden");
    }
}

/// A file with these headings whose third column is read into notes, or whose fourth.
fn import_of_others(desk: &mut Desk, row: &str, third_is_notes: bool) {
    let (_folder, path) = file("others.csv", format!("Full name,Phone,Zzz,Yyy\n{row}\n").as_bytes());
    let opened = desk.world.manage(&ImportRequest::Open(path.into()).into());
    let Reply::Opened(sheet) = opened else { panic!("{opened:?}") };
    let notes = |is_here: bool| is_here.then_some(Field::Notes);
    let columns = vec![Some(Field::FullName), Some(Field::Phone), notes(third_is_notes), notes(!third_is_notes)];
    let others = ImportFile {
        name: "others.csv".to_owned(),
        sheet,
        kind: Some(EntityKind::Client),
        columns: Some(columns),
        order: None,
        sales_contact: Some(desk.world.sales.actor.id),
        choices: HashMap::new(),
        otherwise: Choice::Skip,
        seen: None,
        progress: Arc::default(),
    };
    let seen = desk.world.manage(&ImportRequest::Preview(Box::new(others.clone())).into());
    let Reply::ImportPreview(seen) = seen else { panic!("{seen:?}") };
    desk.world.manage(&ImportRequest::Write(Box::new(others), seen.counts).into());
}

/// The columns go to the fields that the person has seen, whatever others choose meanwhile for the same headings.
#[test]
fn columns_go_where_they_were_seen_to_go() {
    let mut desk = Desk::of("manager", Language::En);
    import_of_others(&mut desk, "Of Others,+33 6 11 11 11 11,,", true);
    let (_folder, path) = file("mine.csv", b"Full name,Phone,Zzz,Yyy\nAnn One,+33 6 22 22 22 22,third,fourth\n");
    open(&mut desk, &path).see("Notes").press(KeyCode::Enter);
    choose(&mut desk, "Person sales").see("1 new");
    import_of_others(&mut desk, "Of More,+33 6 33 33 33 33,,", false);
    desk.ctrl('s');
    confirm(&mut desk).see("1 client is created");
    let mine = storage::clients::find(&mut desk.world.connection(), ClientId::new(3)).unwrap().unwrap();
    assert_eq!((mine.full_name.as_str(), mine.notes.as_str()), ("Ann One", "third"));
}
