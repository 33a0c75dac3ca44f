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

/// Names of the records that the palette finds, as this person sees them.
fn found(world: &mut World, typed: &str) -> Vec<(EntityKind, String)> {
    let Reply::Found { records, .. } = world.manage(&Request::Read(ReadRequest::Search { text: typed.to_owned() }))
    else {
        panic!("a search")
    };
    records.into_iter().map(|found| (found.kind, found.name)).collect()
}

fn clients_found(world: &mut World, typed: &str) -> Vec<String> {
    let filter = ClientFilter { text: typed.to_owned(), ..ClientFilter::default() };
    let query = Query::Client(listing(filter, ClientSort::Name, 50));
    let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(query))) else { panic!("clients") };
    page.of::<ClientRow>().rows.into_iter().map(|row| row.client.full_name).collect()
}

const SPELLINGS: [&str; 6] =
    ["0612345678", "06 12 34 56 78", "+33612345678", "+33 (0)6 12 34 56 78", "612345678", "06.12.34"];

/// A company with two clients who have the same number in different spellings, and a colleague whose own number
/// is spelt in a third way.
fn company_with_numbers(world: &mut World) {
    for (name, phone) in [("Anna Almeida", "+33 6 12 34 56 78"), ("Boris Ferrand", "06.12.34.56.78")] {
        let draft = ClientDraft { phone: phone.to_owned(), ..client_draft(name) };
        let sales_contact = Some(world.sales.actor.id);
        world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact }));
    }
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let draft = UserDraft { phone: Some("0033 612 345 678".to_owned()), ..user_draft("zoe", Role::Support) };
    let password = SecretString::from("only for the first time");
    world.save(&Request::Write(WriteRequest::CreateUser { draft, password }));
}

fn assert_numbers_are_found(world: &mut World) {
    for typed in SPELLINGS {
        assert_eq!(clients_found(world, typed), ["Anna Almeida", "Boris Ferrand"], "{typed}");
        let people: Vec<String> = found(world, typed).into_iter().map(|(_, name)| name).collect();
        assert_eq!(people, ["Anna Almeida", "Boris Ferrand", "Person zoe"], "{typed}");
    }
    assert_eq!(clients_found(world, "+678 123"), ["Kevin Casey"]);
}

#[rstest]
fn a_telephone_number_is_found_however_it_is_spelt(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    company_with_numbers(&mut world);
    assert_numbers_are_found(&mut world);
    // The events of a client are found by the client's number.
    world.records();
    assert_eq!(titles(&events(&mut world, "+678 (123) 45678")), ["Lou Bouzin General Assembly"]);
    // So are those whose contact on the day has this number.
    let contract = world.records().signed;
    let draft = EventDraft { contact_phone: "+33 7 98 76 54 32".to_owned(), ..event_draft("Gala", 5) };
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    for typed in ["07 98 76 54 32", "0798765432", "+33 (0)7 98 76 54 32", "798 765"] {
        assert_eq!(titles(&events(&mut world, typed)), ["Gala"], "{typed}");
    }
}

/// The words that older programs stored are completed by the migration.
#[rstest]
fn telephone_numbers_of_an_older_program_are_found_too(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    company_with_numbers(&mut world);
    let mut db = world.connection();
    let older = "UPDATE clients SET search = ' of an older program'; UPDATE users SET search = 'older'; \
                 DELETE FROM __diesel_schema_migrations WHERE version = '0010';";
    db.batch_execute(older).unwrap();
    storage::migrate::migrate(&mut db).unwrap();
    assert_numbers_are_found(&mut world);
}

/// A contract is found first by its number, in each order and on the page from either end.
#[rstest]
fn the_contract_of_a_typed_number_comes_first(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "14 Guests");
    for _ in 0..16 {
        world.signed_contract(client);
    }
    let mut asked = |typed: &str, sort: ContractSort, edge: Edge, limit: u16| {
        let filter = ContractFilter { text: typed.to_owned(), ..ContractFilter::default() };
        let query = Query::Contract(Listing { edge, ..listing(filter, sort, limit) });
        let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(query))) else { panic!("contracts") };
        let page: Page<ContractRow> = page.of();
        (page.rows.iter().map(|row| row.contract.id.0).collect::<Vec<_>>(), page)
    };
    let all: Vec<i64> = (1..=16).collect();
    let first: Vec<i64> = std::iter::once(14).chain(all.into_iter().filter(|id| *id != 14)).collect();
    for sort in ContractSort::iter() {
        // All contracts match, since their client's name begins with the number.
        assert_eq!(asked("14", sort, Edge::Start, 50).0, first, "{sort:?}");
        assert_eq!(asked("14", sort, Edge::End, 50).0, first, "{sort:?}");
    }
    let (ids, page) = asked("14", ContractSort::Number, Edge::Start, 4);
    assert_eq!((ids.as_slice(), page.before, page.after), (&first[..4], false, true));
    let after = |row: &ContractRow| Edge::After(Cursor { key: row.key(ContractSort::Number), id: row.contract.id.0 });
    let (ids, next) = asked("14", ContractSort::Number, after(&page.rows[3]), 4);
    assert_eq!(ids, &first[4..8]);
    let before = Cursor { key: next.rows[0].key(ContractSort::Number), id: next.rows[0].contract.id.0 };
    let (ids, back) = asked("14", ContractSort::Number, Edge::Before(before), 4);
    assert_eq!((ids.as_slice(), back.before), (&first[..4], false));
    for typed in ["contract 14", "contrat n° 14", "#14"] {
        assert_eq!(asked(typed, ContractSort::Created, Edge::Start, 50).0.first(), Some(&14), "{typed}");
    }
    assert_eq!(asked("14", ContractSort::Number, Edge::Total, 50).1.total, Some(Count::Exactly(16)));
    assert_eq!(found(&mut world, "contract 14")[0], (EntityKind::Contract, "14 Guests".to_owned()));
}

/// Numbers beside each other are words, dates are no telephone numbers, and zeros before a number of a contract do
/// not make it one.
#[rstest]
fn numbers_that_are_no_telephone_numbers_are_searched_as_words(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    for (title, location) in [
        ("Wedding", "53 Rue du Château, 41120 Candé-sur-Beuvron"),
        ("Fair 2024-06-04", "Hall 0007"),
        ("Ball of 12/2025", "Hall 12"),
    ] {
        let draft = EventDraft { location: location.to_owned(), ..event_draft(title, 5) };
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    }
    for (typed, title) in [
        ("53 41120", "Wedding"),
        ("2024-06-04", "Fair 2024-06-04"),
        ("04/06/2024", "Fair 2024-06-04"),
        ("12/2025", "Ball of 12/2025"),
        ("0007", "Fair 2024-06-04"),
    ] {
        assert_eq!(titles(&events(&mut world, typed)), [title], "{typed}");
    }
    let client = world.client_of(world.sales.actor.id, "Lou Bouzin");
    while world.signed_contract(client).0 < 7 {}
    assert_eq!(found(&mut world, "0007")[0], (EntityKind::Contract, "Lou Bouzin".to_owned()));
    assert!(found(&mut world, "0007").contains(&(EntityKind::Event, "Fair 2024-06-04".to_owned())));
}
