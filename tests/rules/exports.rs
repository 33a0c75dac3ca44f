//! Exported files.

use super::*;

/// The content of the one exported file with this extension; the file is removed.
fn exported(world: &World, ending: &str) -> String {
    let files = std::fs::read_dir(world.exports.path()).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == ending)).collect();
    let path = found.pop().unwrap_or_else(|| panic!("no file ends in {ending}"));
    assert!(found.is_empty());
    let mode = std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600, "only the owner may read it");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    text
}

#[rstest]
fn exports_hold_what_the_list_shows_and_are_audited(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::services::export::Format;
    let mut world = World::new(engine);
    world.records();
    world.client_of(world.other_sales.actor.id, "=HYPERLINK(\"evil\")");
    for number in 0..250 {
        world.client_of(world.sales.actor.id, &format!("Client {number:03}"));
    }
    let clients = |text: &str| {
        let filter = ClientFilter { text: text.to_owned(), ..ClientFilter::default() };
        Query::Client(listing(filter, ClientSort::Name, 100))
    };
    let rows = |world: &mut World, query: Query, format| match world.manage(&Request::Export { query, format }) {
        Reply::Exported { rows, .. } => rows,
        other => panic!("{other:?}"),
    };
    // All rows, more than a page, in the order of the list, whichever page the screen showed.
    assert_eq!(rows(&mut world, clients(""), Format::Csv), 252);
    let text = exported(&world, "csv");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("full_name,company_name,email,phone,sales_contact"), "{}", lines[0]);
    assert!(lines[1].starts_with("\"'=HYPERLINK(\"\"evil\"\")\",Cool Startup LLC,"), "{}", lines[1]);
    assert_eq!(lines.len(), 253);
    assert_eq!(rows(&mut world, clients("client 043"), Format::Json), 1);
    let json: serde_json::Value = serde_json::from_str(&exported(&world, "json")).unwrap();
    assert_eq!(json[0]["full_name"], "Client 043");
    assert_eq!(rows(&mut world, clients("kevin"), Format::Vcf), 1);
    assert!(exported(&world, "vcf").contains("\r\nFN:Kevin Casey\r\n"));
    let events = Query::Event(listing(EventFilter::default(), EventSort::Starts, 1));
    assert_eq!(rows(&mut world, events.clone(), Format::Ics), 1);
    let calendar = exported(&world, "ics");
    // This is 21 December 09:00 in Paris.
    assert!(calendar.contains("\r\nDTSTART:20261221T080000Z\r\n"), "{calendar}");
    let log = world.audit();
    assert_eq!(log[log.len() - 4..], ["records.exported"; 4]);
    // An export has only what the user may see.
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
    let other = world.other_support.clone();
    let reply = world.ask(Some(&other), &Request::Export { query: events, format: Format::Json }).unwrap();
    assert!(matches!(reply, Reply::Exported { rows: 0, .. }), "{reply:?}");
    assert_eq!(exported(&world, "json").split_whitespace().collect::<String>(), "[]");
}

/// What is exported can be imported: the headings say which field each column is, and the cells hold what the
/// records do, whatever it begins with.
#[rstest]
fn an_export_is_read_back_exactly(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use epic_events::services::{
        export::Format,
        spreadsheet::{headings, sheet},
    };
    let mut world = World::new(engine);
    let records = world.records();
    world.manage(&support::world::pay(records.signed, 5_000));
    for name in ["=HYPERLINK(\"evil\")", "'=1", "Total", "a;\"b\",c"] {
        world.client_of(world.sales.actor.id, name);
    }
    for (kind, not_imported) in [
        (EntityKind::Client, &["merged_into"][..]),
        (EntityKind::Contract, &["next_due_on", "sales_contact", "created_at"]),
        (EntityKind::Event, &["sales_contact"]),
        (EntityKind::Payment, &["created_at"]),
        (EntityKind::User, &[]),
    ] {
        world.manage(&Request::Export { query: Query::all(kind), format: Format::Csv });
        let read = sheet::read_bytes(exported(&world, "csv").as_bytes()).unwrap();
        world.manage(&Request::Export { query: Query::all(kind), format: Format::Json });
        let json: Vec<serde_json::Value> = serde_json::from_str(&exported(&world, "json")).unwrap();
        assert_eq!(headings::kind_of(&read.headings), Some(kind));
        let fields = headings::matched(kind, &read.headings);
        let without_field = read.headings.iter().zip(&fields).filter(|(_, field)| field.is_none());
        let without_field: Vec<&str> = without_field.map(|(heading, _)| heading.as_str()).collect();
        assert!(without_field.iter().all(|heading| not_imported.contains(heading)), "{kind}: {without_field:?}");
        assert_eq!(read.rows.len(), json.len());
        for (row, record) in read.rows.iter().zip(&json) {
            for (heading, cell) in read.headings.iter().zip(&row.cells) {
                let value = match &record[heading] {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(**cell, value, "{kind} {heading}");
            }
        }
    }
}

/// A calendar file cannot hold an event without a start. The reply and the audit log count such events as left
/// out.
#[rstest]
fn a_calendar_export_counts_the_events_it_leaves_out(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::services::export::Format;
    let mut world = World::new(engine);
    let records = world.records();
    for number in 0..2 {
        let draft = EventDraft { starts_at: None, ends_at: None, ..event_draft(&format!("Some day {number}"), 3) };
        world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft }));
    }
    let query = Query::Event(listing(EventFilter::default(), EventSort::Starts, 1));
    for (format, expected, logged) in [(Format::Ics, (1, 2), "events.ics: 1/3"), (Format::Csv, (3, 0), "events.csv: 3")]
    {
        let reply = world.manage(&Request::Export { query: query.clone(), format });
        let Reply::Exported { rows, left_out, .. } = reply else { panic!("{reply:?}") };
        assert_eq!((rows, left_out), expected);
        let newest = Listing { descending: true, ..listing(AuditFilter::default(), AuditSort::Time, 1) };
        let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(Query::Audit(newest)))) else {
            panic!("the log")
        };
        let page = page.of::<AuditRow>();
        assert_eq!(page.rows[0].record_name, logged);
    }
    assert_eq!(exported(&world, "ics").matches("BEGIN:VEVENT").count(), 1);
}

#[rstest]
fn an_export_that_cannot_be_written_is_an_error() {
    use epic_events::services::export::Format;
    let mut world = World::new(Engine::Sqlite);
    let folder = world.exports.path().join("a file");
    std::fs::write(&folder, "").unwrap();
    let services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    world.services = services.exporting_to(folder);
    let query = Query::Client(listing(ClientFilter::default(), ClientSort::Name, 100));
    let manager = world.manager.clone();
    let answer = world.ask(Some(&manager), &Request::Export { query, format: Format::Csv });
    assert!(matches!(answer, Err(Error::NotWritable(_))), "{answer:?}");
}

/// The DTSTART and DTEND lines of the calendar file with its one event at these times.
fn span(world: &mut World, starts_at: &str, ends_at: &str) -> [String; 2] {
    use diesel::prelude::*;
    use epic_events::{schema::events, services::export::Format};
    let time = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    diesel::update(events::table)
        .set((events::starts_at.eq(time(starts_at)), events::ends_at.eq(time(ends_at))))
        .execute(&mut world.connection())
        .unwrap();
    let query = Query::Event(listing(EventFilter::default(), EventSort::Starts, 1));
    world.manage(&Request::Export { query, format: Format::Ics });
    let calendar = exported(world, "ics");
    ["DTSTART", "DTEND"].map(|name| {
        let line = calendar.lines().find(|line| line.starts_with(name)).unwrap();
        line.to_owned()
    })
}

/// Times that summer time in Paris skips or repeats: a skipped time is read as if the clocks had not changed
/// yet, of two equal times the first is used, and the end is after the start.
#[rstest]
fn calendar_entries_end_after_they_start_when_the_clocks_change() {
    let mut world = World::new(Engine::Sqlite);
    world.records();
    let mut span = |starts_at, ends_at| span(&mut world, starts_at, ends_at);
    assert_eq!(
        span("2027-03-28 02:30", "2027-03-28 04:30"),
        ["DTSTART:20270328T013000Z", "DTEND:20270328T023000Z"],
        "02:30 is skipped"
    );
    assert_eq!(
        span("2027-03-28 02:30", "2027-03-28 03:30"),
        ["DTSTART:20270328T013000Z", "DTEND:20270328T023000Z"],
        "one hour, although both times map to the same moment"
    );
    assert_eq!(
        span("2027-10-31 02:30", "2027-10-31 04:00"),
        ["DTSTART:20271031T003000Z", "DTEND:20271031T030000Z"],
        "the first of two, in summer time"
    );
}

/// Exports of one user on two computers, or of two users with a common folder.
#[test]
fn exports_in_the_same_second_go_to_separate_files() {
    use epic_events::services::export::Format;
    let mut world = World::new(Engine::Sqlite);
    for number in 0..120 {
        world.client_of(world.sales.actor.id, &format!("Client {number:03}"));
    }
    let (url, folder, manager, now) =
        (&world.db.url.clone(), world.exports.path(), &world.manager, Moment { utc: start(), ticks: 9_000 });
    for round in 1..=6 {
        thread::scope(|scope| {
            let export = || {
                let services = Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4);
                let query = Query::Client(listing(ClientFilter::default(), ClientSort::Name, 100));
                let request = Request::Export { query, format: Format::Json };
                match services.exporting_to(folder.to_owned()).execute(Some(manager), &request, now) {
                    Ok(Reply::Exported { rows: 120, path, .. }) => path,
                    other => panic!("{other:?}"),
                }
            };
            let paths = [scope.spawn(export), scope.spawn(export), scope.spawn(export)].map(|one| one.join().unwrap());
            for path in &paths {
                let rows: Vec<serde_json::Value> =
                    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
                assert_eq!(rows.len(), 120, "{}", path.display());
            }
        });
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 3 * round, "one file for each export and no other file");
    }
}

/// If management restricts visibility during an export, the file has nothing that the user may no longer see.
#[rstest]
fn an_export_under_way_obeys_a_new_restriction(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use diesel::connection::SimpleConnection;
    use epic_events::{domain::settings::Visibility, services::export::Format};
    let mut world = World::new(engine);
    world.records();
    let folder = world.exports.path().to_owned();
    // Block every writer, before the statement of the export that reads the settings.
    let (mut gate, mut other) = (world.connection(), world.connection());
    let (close, open) = if engine == Engine::Sqlite {
        ("BEGIN IMMEDIATE", "COMMIT")
    } else {
        ("LOCK TABLES users READ", "UNLOCK TABLES")
    };
    gate.batch_execute(close).unwrap();
    let answer = thread::scope(|scope| {
        let export = scope.spawn(|| {
            let query = Query::Event(listing(EventFilter::default(), EventSort::Starts, 1));
            let who = world.other_support.clone();
            world.ask(Some(&who), &Request::Export { query, format: Format::Json })
        });
        let is_written = || {
            let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            files.filter_map(|path| std::fs::read_to_string(path).ok()).any(|text| text.ends_with("\n]\n"))
        };
        while !is_written() {
            assert!(!export.is_finished(), "it did not wait");
            thread::park_timeout(std::time::Duration::from_millis(1));
        }
        let manager = if engine == Engine::Sqlite { &mut gate } else { &mut other };
        let before = storage::settings::load(manager).unwrap();
        let after = Settings { visibility: Visibility::Restricted, ..before.clone() };
        storage::settings::save(manager, &before, &after, start()).unwrap();
        gate.batch_execute(open).unwrap();
        export.join().unwrap()
    });
    assert!(matches!(answer, Ok(Reply::Exported { rows: 0, .. })), "{answer:?}");
    assert_eq!(exported(&world, "json").split_whitespace().collect::<String>(), "[]");
    assert_eq!(world.audit().iter().filter(|verb| *verb == "records.exported").count(), 1);
}
