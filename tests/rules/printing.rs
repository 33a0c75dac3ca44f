//! Printed documents: what is in the file, who may have it, and what the audit log says.

use std::{os::unix::fs::MetadataExt, path::PathBuf};

use epic_events::{
    domain::{session::Session, settings::Visibility, users::UserDraft},
    services::paper::Document,
    ui::paper::html,
};

use super::*;

fn print(document: Document, language: Language) -> Request {
    Request::Print { document, language, typeset: html }
}

/// The text of the file, which only its owner may read.
fn printed(world: &mut World, who: &Session, document: Document) -> (PathBuf, String) {
    let answer = world.ask(Some(who), &print(document, Language::En)).unwrap();
    let Reply::Printed { path, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "no {word:?} in:\n{page}");
    }
}

/// Gives somebody a telephone number.
fn give_phone(world: &mut World, who: &Session, phone: &str) {
    let id = who.actor.id;
    let person = storage::users::find(&mut world.connection(), id).unwrap().unwrap();
    let draft = UserDraft { phone: Some(phone.to_owned()), ..user_draft(&person.username, person.role) };
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version: person.version, draft, heirs: None }));
}

#[rstest]
fn documents_hold_what_the_details_show_and_are_audited(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    give_phone(&mut world, &sales, "+33 1 11 11 11 11");
    give_phone(&mut world, &support, "+33 6 22 22 22 22");
    let log = world.audit().len();
    let (sheet, page) = printed(&mut world, &manager, Document::EventSheet(records.event));
    holds(&page, &["Epic Events", "Lou Bouzin General Assembly", "Monday 21 December 2026", "from 09:00 to 12:00"]);
    holds(&page, &["Salle des fêtes de Mufflins", "Jacky Blangier", "Kevin Casey", "Cool Startup LLC", "200"]);
    holds(&page, &["+678 123 456 78", "+33 1 11 11 11 11", "+33 6 22 22 22 22", "support@example.org"]);
    holds(&page, &["Made on Saturday 21 November 2026 by Person manager"]);
    let (statement, page) = printed(&mut world, &manager, Document::Statement(records.signed));
    holds(&page, &["Contract no. ", "1,000.00\u{a0}EUR", "500.00\u{a0}EUR", "Saturday 21 November 2026"]);
    holds(&page, &["Kevin Casey", "Lou Bouzin General Assembly", "21 December 2026", "Person sales"]);
    for (path, begins) in [(&sheet, "epic-events-event-sheet-"), (&statement, "epic-events-statement-")] {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(begins) && path.extension().unwrap() == "html", "{name}");
    }
    // An unsigned contract has a statement too, and what is archived can still be printed.
    let (_, page) = printed(&mut world, &manager, Document::Statement(records.contract));
    holds(&page, &["not signed yet", "10,000.00\u{a0}EUR"]);
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version }));
    printed(&mut world, &manager, Document::EventSheet(records.event));
    let verbs = ["record.printed", "record.printed", "record.printed", "event.archived", "record.printed"];
    assert_eq!(world.audit()[log..], verbs);
    let missing = Document::EventSheet(EventId::new(99_999));
    assert_eq!(world.ask(Some(&manager), &print(missing, Language::En)).unwrap_err(), Error::NotFound);
    assert_eq!(world.audit().len(), log + verbs.len());
}

/// The audit log names the record, in whose history the row stands.
#[rstest]
fn the_audit_log_says_who_printed_what(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let support = world.support.clone();
    printed(&mut world, &support, Document::EventSheet(records.event));
    printed(&mut world, &support, Document::Statement(records.signed));
    let Reply::Event(event) = world.manage(&Request::Read(ReadRequest::ViewEvent(records.event))) else { panic!() };
    let Reply::Contract(contract) = world.manage(&Request::Read(ReadRequest::ViewContract(records.signed))) else {
        panic!()
    };
    for (history, name) in [(event.history, "Lou Bouzin General Assembly"), (contract.history, "Kevin Casey")] {
        let AuditRow { action, record_name, actor_name, .. } = &history.rows[0];
        let told = (action.as_str(), record_name.as_str(), actor_name.as_str());
        assert_eq!(told, ("record.printed", name, "Person support"));
    }
}

/// Two documents of the same second have two files.
#[rstest]
fn no_document_replaces_another_file(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let event = world.records().event;
    let (manager, now) = (world.manager.clone(), world.now());
    let mut paths: Vec<PathBuf> = (0..3)
        .map(|_| {
            let request = print(Document::EventSheet(event), Language::Fr);
            match world.services.execute(Some(&manager), &request, now) {
                Ok(Reply::Printed { path, .. }) => path,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    paths.dedup();
    assert_eq!(paths.len(), 3);
    let left = std::fs::read_dir(world.exports.path()).unwrap().count();
    assert_eq!(left, 3, "nothing else is left behind");
}

/// Whoever may open a record may print it, and nobody else; the refusal is the same, and leaves no file.
#[rstest]
fn a_document_is_refused_as_the_details_are(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let people =
        [&world.manager, &world.sales, &world.other_sales, &world.support, &world.other_support].map(Clone::clone);
    for (visibility, seen) in [(Visibility::Open, 5), (Visibility::Restricted, 3)] {
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
        for (view, document) in [
            (ReadRequest::ViewEvent(records.event), Document::EventSheet(records.event)),
            (ReadRequest::ViewContract(records.signed), Document::Statement(records.signed)),
        ] {
            let mut allowed = 0;
            for who in &people {
                let files = || std::fs::read_dir(world.exports.path()).unwrap().count();
                let before = files();
                let viewed = world.ask(Some(who), &Request::Read(view.clone()));
                let answer = world.ask(Some(who), &print(document, Language::En));
                let after = std::fs::read_dir(world.exports.path()).unwrap().count();
                match viewed {
                    Ok(_) => assert!(answer.is_ok(), "{answer:?}"),
                    Err(refused) => assert_eq!(answer.as_ref().unwrap_err(), &refused, "{document:?}"),
                }
                assert_eq!(after - before, usize::from(answer.is_ok()));
                allowed += usize::from(answer.is_ok());
            }
            assert_eq!(allowed, seen, "{document:?}, {visibility:?}");
        }
    }
}

/// Under restricted visibility a statement names only the events that its reader may see.
#[rstest]
fn a_statement_names_only_the_events_that_may_be_seen(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let draft = event_draft("Of somebody else", 40);
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let settings = Settings { visibility: Visibility::Restricted, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    let (sales, support) = (world.sales.clone(), world.support.clone());
    for (who, all) in [(&sales, true), (&support, false)] {
        let (_, page) = printed(&mut world, who, Document::Statement(contract));
        holds(&page, &["Lou Bouzin General Assembly"]);
        assert_eq!(page.contains("Of somebody else"), all);
    }
}

/// Text that somebody wrote into the tables cannot reverse or hide what stands beside it.
#[rstest]
fn a_document_holds_no_sign_that_acts(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::clients;
    let mut world = World::new(engine);
    let records = world.records();
    let name = "Evil\u{202e}eman\u{1b}[31m<b>\u{200b}";
    diesel::update(clients::table).set(clients::full_name.eq(name)).execute(&mut world.connection()).unwrap();
    let manager = world.manager.clone();
    let (_, page) = printed(&mut world, &manager, Document::EventSheet(records.event));
    assert!(!page.contains(['\u{202e}', '\u{1b}', '\u{200b}']));
    assert!(!page.contains("<b>"));
    holds(&page, &["Evileman[31m&#60;b&#62;"]);
}
