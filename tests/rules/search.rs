//! Searching by words in every script, and the note when only part of the records was searched.

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{events::EventRow, page::Page, text},
    schema::clients,
};

use super::*;

/// Sets the next event id so high that existing events are no longer among the newest records.
fn leave_room(world: &World, engine: Engine) {
    let sql = if engine == Engine::Sqlite {
        "UPDATE sqlite_sequence SET seq = 30000 WHERE name = 'events'"
    } else {
        "ALTER TABLE events AUTO_INCREMENT = 30001"
    };
    world.connection().batch_execute(sql).unwrap();
}

fn events(world: &mut World, text: &str) -> Page<EventRow> {
    let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
    let Reply::Page(page) =
        world.manage(&Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Title, 50)))))
    else {
        panic!("events")
    };
    page.of()
}

fn titles(page: &Page<EventRow>) -> Vec<&str> {
    page.rows.iter().map(|row| row.event.title.as_str()).collect()
}

/// Words of scripts that separate words by spaces are looked up in the index, like Latin ones, so they are
/// found however many records were added later.
#[rstest]
fn words_of_every_alphabet_are_found_in_old_records(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let titled = [
        ("Свадьба Ивановой", "свад иванов"),
        ("Γάμος Παπαδόπουλος", "γαμος ΠΑΠΑΔ"),
        ("חתונה בירושלים", "חתו בירוש"),
        ("حفل زفاف الأمير", "زفاف الامي"),
        ("Հարսանիք Երևանում", "հարս երև"),
        ("ქორწილი თბილისში", "ქორწ თბი"),
        ("विवाह समारोह", "समारोह"),
        ("결혼식장 서울에서", "결혼식"),
        ("Þórsmörk Sağlık əlaqə", "þors sag əla"),
    ];
    for (title, _) in titled {
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft(title, 5) }));
    }
    leave_room(&world, engine);
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("The newest", 5) }));
    for (title, typed) in titled {
        let page = events(&mut world, typed);
        assert_eq!(titles(&page), [title], "{typed}");
        assert!(!page.among_newest, "{typed} was searched in all records");
    }
}

/// A search that cannot use the index covers only the newest records, and the page says so, even if nothing was
/// found. It does not say so if there are no other records.
#[rstest]
fn a_search_limited_to_the_newest_records_says_so(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let create = |world: &mut World, title: &str| {
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft(title, 5) }));
    };
    create(&mut world, "東京会議室");
    create(&mut world, "Étoiles");
    for (typed, found) in [("会議", vec!["東京会議室"]), ("toil", vec!["Étoiles"]), ("ét", vec!["Étoiles"])] {
        let page = events(&mut world, typed);
        assert_eq!((titles(&page), page.among_newest), (found, false), "{typed} in a small company");
    }
    leave_room(&world, engine);
    create(&mut world, "北京会議室");
    create(&mut world, "会議");
    create(&mut world, "Toiles");
    for (typed, found, among_newest) in [
        // This script does not separate words, so they are found anywhere in the text.
        ("会議", vec!["会議", "北京会議室"], true),
        ("東京会議室", vec![], true),
        ("to", vec!["Toiles"], true),
        ("toil", vec!["Toiles"], false),
        ("oile", vec!["Toiles"], true),
        ("nothing like it", vec![], true),
        ("étoiles", vec!["Étoiles"], false),
        ("étoiles 東京", vec![], true),
        ("", vec!["Lou Bouzin General Assembly", "Toiles", "Étoiles", "東京会議室", "会議", "北京会議室"], false),
    ] {
        let page = events(&mut world, typed);
        let mut titles = titles(&page);
        let mut found = found;
        titles.sort_unstable();
        found.sort_unstable();
        assert_eq!((titles, page.among_newest), (found, among_newest), "{typed}");
    }
}

/// Every letter that the program considers indexed is a letter to the full-text index of each engine: words of
/// it are found by the index.
#[rstest]
fn every_letter_considered_indexed_is_in_the_index_of_the_engine(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    const IN_A_ROW: usize = 64;
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "One");
    let mut db = world.connection();
    let word = |letter: char| letter.to_string().repeat(3);
    let is_folded = |letter: &char| text::fold(&letter.to_string()) == letter.to_string();
    let letters: Vec<char> = ('\0'..=char::MAX)
        .filter(|letter| letter.is_alphanumeric() && is_folded(letter) && storage::is_indexed(&word(*letter)))
        .collect();
    let mut missed = Vec::new();
    for some in letters.chunks(IN_A_ROW) {
        let words = some.iter().map(|letter| word(*letter)).collect::<Vec<_>>().join(" ");
        diesel::update(clients::table.find(client)).set(clients::search.eq(words)).execute(&mut db).unwrap();
        for letter in some {
            // The index of a server may lag behind a row that is rewritten often.
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
            while db.matching("clients", "search", &[&word(*letter)], 2).unwrap() != [client.0] {
                if std::time::Instant::now() > deadline {
                    missed.push(*letter);
                    break;
                }
                thread::park_timeout(std::time::Duration::from_millis(20));
            }
        }
    }
    let missed: Vec<String> = missed.iter().map(|letter| format!("U+{:04X}", u32::from(*letter))).collect();
    assert!(letters.len() > 1_000 && missed.is_empty(), "{} letters, without {missed:?}", letters.len());
}

/// An export of more than one page of rows that contain the text only inside words has all the rows.
#[rstest]
fn an_export_filtered_by_parts_of_words_has_every_page(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::services::export::Format;
    let mut world = World::new(engine);
    for number in 0..250 {
        world.client_of(world.sales.actor.id, &format!("Montclair {number:03}"));
    }
    let filter = ClientFilter { text: "clair".to_owned(), ..ClientFilter::default() };
    let query = Query::Client(listing(filter, ClientSort::Name, 100));
    let reply = world.manage(&Request::Export { query, format: Format::Csv });
    assert!(matches!(reply, Reply::Exported { rows: 250, .. }), "{reply:?}");
}

/// If an export's search covered only the newest records, the reply and the audit log say so.
#[rstest]
fn an_export_says_when_only_the_newest_were_searched(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::services::export::Format;
    let mut world = World::new(engine);
    let contract = world.records().signed;
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("東京会議室", 5) }));
    leave_room(&world, engine);
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("北京会議室", 5) }));
    for (typed, format, logged, partly) in [
        ("会議", Format::Csv, "events.csv: 1 of the newest 10000", true),
        ("会議", Format::Ics, "events.ics: 1 of the newest 10000", true),
        ("", Format::Csv, "events.csv: 3", false),
    ] {
        let filter = EventFilter { text: typed.to_owned(), ..EventFilter::default() };
        let query = Query::Event(listing(filter, EventSort::Title, 50));
        let reply = world.manage(&Request::Export { query, format });
        assert!(matches!(reply, Reply::Exported { among_newest, .. } if among_newest == partly), "{reply:?}");
        let newest = Listing { descending: true, ..listing(AuditFilter::default(), AuditSort::Time, 1) };
        let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(Query::Audit(newest)))) else {
            panic!("the log")
        };
        let page = page.of::<AuditRow>();
        assert_eq!(page.rows[0].record_name, logged);
    }
}
