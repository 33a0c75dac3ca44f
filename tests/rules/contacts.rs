//! Whom to call: the contact of an event, and clients without a company.

use super::*;

#[rstest]
fn the_contact_of_an_event_has_a_telephone_number_of_its_own(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let (manager, support, other) = (world.manager.clone(), world.support.clone(), world.other_support.clone());
    let draft = |phone: &str| EventDraft { contact_phone: phone.to_owned(), ..event_draft("Assembly", 30) };
    let mut version = records.event_version;
    let mut update = |world: &mut World, phone: &str| {
        let request = WriteRequest::UpdateEvent { id: records.event, version, draft: draft(phone) };
        let answer = world.ask(Some(&manager), &Request::Write(request));
        version += i32::from(answer.is_ok());
        answer
    };
    for wrong in ["12345", "call me 123456"] {
        assert_eq!(invalid(update(&mut world, wrong), Field::ContactPhone), Problem::NotAPhone, "{wrong}");
    }
    assert!(update(&mut world, "").is_ok());
    assert!(update(&mut world, " +666 (0) 12-378 ").is_ok());
    let rows = |world: &mut World, who: &epic_events::domain::session::Session, text: &str| {
        let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
        let list = Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Starts, 10))));
        let Reply::Page(page) = world.ask(Some(who), &list).unwrap() else { panic!("a page") };
        let phones = |row: &EventRow| (row.event.contact_phone.clone(), row.client_phone.clone());
        page.of::<EventRow>().rows.iter().map(phones).collect::<Vec<_>>()
    };
    let both = [("+666 (0) 12-378".to_owned(), "+678 123 456 78".to_owned())];
    for (who, text) in [(&manager, ""), (&manager, "666012378"), (&support, ""), (&other, "")] {
        assert_eq!(rows(&mut world, who, text), both, "{text}");
    }
    // Whoever may not see the event sees neither number.
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
    assert_eq!(rows(&mut world, &support, ""), both);
    assert_eq!(rows(&mut world, &other, "666012378"), []);
}

#[rstest]
fn a_private_person_has_no_company(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.records();
    let owner = Some(world.sales.actor.id);
    let draft = |name: &str, company: &str| {
        let (full_name, company_name) = (name.to_owned(), company.to_owned());
        ClientDraft { full_name, company_name, ..client_draft(name) }
    };
    for number in 0..3 {
        let draft = draft(&format!("Private {number}"), " ");
        world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner }));
    }
    let manager = world.manager.clone();
    let long =
        Request::Write(WriteRequest::CreateClient { draft: draft("Long", &"x".repeat(101)), sales_contact: owner });
    assert_eq!(invalid(world.ask(Some(&manager), &long), Field::CompanyName), Problem::TooLong(100));
    // They stand together when clients are sorted by company, over the ends of pages too.
    let mut page = listing(ClientFilter::default(), ClientSort::Company, 2);
    let mut names = Vec::new();
    loop {
        let Reply::Page(found) = world.manage(&Request::Read(ReadRequest::List(Query::Client(page.clone())))) else {
            panic!("a page")
        };
        let found = found.of::<ClientRow>();
        let Some(last) = found.rows.last() else { break };
        page.edge = Edge::After(Cursor { key: last.key(ClientSort::Company), id: last.id() });
        names.extend(found.rows.iter().map(|row| (row.client.company_name.clone(), row.client.full_name.clone())));
    }
    let private = |number| (String::new(), format!("Private {number}"));
    let kevin = ("Cool Startup LLC".to_owned(), "Kevin Casey".to_owned());
    assert_eq!(names, [private(0), private(1), private(2), kevin]);
    // A search tells private people of one name apart by their number.
    let request = Request::Read(ReadRequest::Search { text: "private 1".to_owned() });
    let Reply::Found { records, .. } = world.manage(&request) else { panic!("found") };
    assert_eq!(records[0].detail, "+678 123 456 78");
}

/// A company that an older program filled keeps its records, and may have private clients from now on.
#[rstest]
fn companies_stay_when_they_become_optional(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::{connection::SimpleConnection, prelude::*};
    use epic_events::schema::{clients, events};
    let mut world = World::new(engine);
    let records = world.records();
    let folder = if engine == Engine::Sqlite { "sqlite" } else { "mysql" };
    let down = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let down = std::fs::read_to_string(down.join("0009_contact_phone/down.sql")).unwrap();
    let mut db = world.connection();
    db.batch_execute(&format!("{down}DELETE FROM __diesel_schema_migrations WHERE version = '0009'")).unwrap();
    let without = || diesel::update(clients::table.find(records.client)).set(clients::company_name.eq(""));
    assert!(without().execute(&mut db).is_err(), "the older tables refuse it");
    storage::migrate::migrate(&mut db).unwrap();
    let company: String = clients::table.find(records.client).select(clients::company_name).first(&mut db).unwrap();
    let phone: String = events::table.find(records.event).select(events::contact_phone).first(&mut db).unwrap();
    assert_eq!((company.as_str(), phone.as_str()), ("Cool Startup LLC", ""));
    without().execute(&mut db).unwrap();
    let Reply::Client(detail) = world.manage(&Request::Read(ReadRequest::ViewClient(records.client))) else { panic!() };
    assert_eq!(detail.row.client.company_name, "");
}
