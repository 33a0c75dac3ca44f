//! Events in spans of time: the calendar, *this week*, the support picker, and overlaps.

use epic_events::{domain::session::Session, services::HomeLine};

use super::{lists::walk, *};

/// An event belongs to every day from its start to its end: the calendar, *this week* and the support picker
/// include one that began weeks before.
#[rstest]
fn events_of_any_length_are_found_by_the_days_they_cover(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    // The event of these records lasts three hours and starts in 30 days, on a Monday.
    let records = world.records();
    let mut create = |title: &str, from: i64, until: i64| {
        let draft = event_draft(title, from);
        let draft = EventDraft { ends_at: draft.starts_at.map(|start| start + TimeDelta::days(until - from)), ..draft };
        let id =
            world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: draft.clone() })).0;
        (EventId::new(id), draft)
    };
    let (exhibition, lasting) = create("Exhibition", 1, 41);
    create("Over before", 2, 29);
    create("Lasts a fortnight", 17, 31);
    create("Lasts until January", 33, 60);
    let (dinner, _) = create("Dinner", 34, 34);
    create("Not yet", 38, 80);
    let support = world.support.actor.id;
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: exhibition,
        version: 1,
        support: Some(support),
    }])));
    // Monday 21 to Sunday 27 December.
    world.pass_days(35);
    let week = || EventFilter { view: EventView::Week, ..EventFilter::default() };
    let calendar = |world: &mut World| {
        let day = |days| (start() + TimeDelta::days(days)).date();
        let Reply::Calendar(page) = world.manage(&Request::Read(ReadRequest::Calendar { from: day(30), to: day(37) }))
        else {
            panic!("calendar")
        };
        page.events.into_iter().map(|row| row.event.title).collect::<Vec<_>>()
    };
    let listed = |world: &mut World| {
        let Reply::Page(page) =
            world.manage(&Request::Read(ReadRequest::List(Query::Event(listing(week(), EventSort::Starts, 50)))))
        else {
            panic!("events")
        };
        let page = page.of::<EventRow>();
        page.rows.into_iter().map(|row| row.event.title).collect::<Vec<_>>()
    };
    let others = ["Lasts a fortnight", "Lou Bouzin General Assembly", "Lasts until January", "Dinner"];
    let all = [&["Exhibition"], &others[..]].concat();
    assert_eq!(calendar(&mut world), all);
    assert_eq!(listed(&mut world), all);
    let Reply::Home(home) = world.manage(&Request::Read(ReadRequest::Home)) else { panic!("home") };
    let this_week = home.lines.iter().find(|one| one.line == HomeLine::EventsThisWeek);
    assert_eq!(this_week.map(|one| one.count), Some(Count::Exactly(5)), "{home:?}");
    let Reply::Candidates { people, .. } =
        world.manage(&Request::Read(ReadRequest::PickSupport { events: vec![dinner], text: "support".to_owned() }))
    else {
        panic!("candidates")
    };
    let busy = people.iter().find(|person| person.id == support).unwrap();
    assert_eq!(busy.clash(), Some("Exhibition"));
    // The load counts the exhibition and Monday's assembly.
    assert_eq!((busy.load, busy.availability), (2, Some(Availability::Clash)));
    // The pages of the week join without a gap in every order, although long events are found by a separate
    // query.
    for descending in [false, true] {
        for sort in EventSort::iter() {
            walk(&mut world, &Listing { descending, ..listing(week(), sort, 2) }, Query::Event, |reply| {
                let Reply::Page(page) = reply else { panic!("events") };
                let page = page.of::<EventRow>();
                (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
            });
        }
    }
    // An event that was shortened leaves the week, and is there again once it is lengthened.
    let short = EventDraft { ends_at: lasting.starts_at, ..lasting.clone() };
    world.save(&Request::Write(WriteRequest::UpdateEvent { id: exhibition, version: 2, draft: short }));
    assert_eq!(calendar(&mut world), others);
    assert_eq!(listed(&mut world), others);
    world.save(&Request::Write(WriteRequest::UpdateEvent { id: exhibition, version: 3, draft: lasting }));
    assert_eq!(calendar(&mut world), all);
    assert_eq!(listed(&mut world), all);
    // The migration of tables without the column for long events gives the same calendar.
    let migrations = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let engine = if engine == Engine::Sqlite { "sqlite" } else { "mysql" };
    let down = std::fs::read_to_string(migrations.join(engine).join("0007_long_events/down.sql")).unwrap();
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '0007'";
    let mut db = world.connection();
    diesel::connection::SimpleConnection::batch_execute(&mut db, &format!("{down}{forget}")).unwrap();
    storage::migrate::migrate(&mut db).unwrap();
    assert_eq!(calendar(&mut world), all);
}

/// An event whose end is not known, or is its start, takes two hours: the calendar, *this week*, the support picker
/// and the overlaps after an assignment agree on it.
#[rstest]
fn an_event_without_an_end_reaches_into_the_next_week(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    // Monday 21 December.
    let monday = (start() + TimeDelta::days(30)).date();
    let mut create = |title: &str, minutes: i64, is_known: bool| {
        let starts_at = monday.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minutes);
        let draft =
            EventDraft { starts_at: Some(starts_at), ends_at: is_known.then_some(starts_at), ..event_draft(title, 30) };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0)
    };
    let concert = create("Concert", -60, false);
    create("Fireworks", -30, true);
    create("Over by midnight", -120, false);
    let breakfast = create("Breakfast", 30, false);
    let support = world.support.actor.id;
    let give = |world: &mut World, event| {
        let assignment = Assignment { event, version: 1, support: Some(support) };
        let Reply::Assigned(assigned) = world.manage(&Request::Write(WriteRequest::AssignSupport(vec![assignment])))
        else {
            panic!("assigned")
        };
        assigned.overlaps.into_iter().filter_map(|overlap| Some(overlap.other?.title)).collect::<Vec<_>>()
    };
    assert!(give(&mut world, concert).is_empty());
    let pick = Request::Read(ReadRequest::PickSupport { events: vec![breakfast], text: "support".to_owned() });
    let Reply::Candidates { people, .. } = world.manage(&pick) else { panic!("candidates") };
    let busy = people.iter().find(|person| person.id == support).unwrap();
    assert_eq!((busy.clash(), busy.availability), (Some("Concert"), Some(Availability::Clash)));
    assert_eq!(give(&mut world, breakfast), ["Concert"]);
    let days = ReadRequest::Calendar { from: monday, to: monday + TimeDelta::days(1) };
    let Reply::Calendar(page) = world.manage(&Request::Read(days)) else { panic!("calendar") };
    let shown: Vec<_> = page.events.into_iter().map(|row| row.event.title).collect();
    assert_eq!(shown, ["Concert", "Fireworks", "Breakfast", "Lou Bouzin General Assembly"]);
    world.pass_days(35);
    let week = EventFilter { view: EventView::Week, ..EventFilter::default() };
    let list = Request::Read(ReadRequest::List(Query::Event(listing(week, EventSort::Starts, 50))));
    let Reply::Page(page) = world.manage(&list) else { panic!("events") };
    let listed: Vec<_> = page.of::<EventRow>().rows.into_iter().map(|row| row.event.title).collect();
    assert_eq!(listed, shown);
}

/// An event whose end is not known, or is its start, is past once its two hours are over, as the calendar shows it.
#[rstest]
fn an_event_is_past_once_its_time_is_over(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    // In three days it will be ten o'clock.
    let mut create = |title: &str, minutes: i64, lasts: Option<i64>| {
        let draft = event_draft(title, 3);
        let starts_at = draft.starts_at.map(|nine| nine + TimeDelta::minutes(minutes));
        let ends_at = starts_at.zip(lasts).map(|(start, minutes)| start + TimeDelta::minutes(minutes));
        let draft = EventDraft { starts_at, ends_at, ..draft };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let events = [
        create("Over", -120, Some(150)),
        create("Under way", -110, Some(300)),
        create("Over without an end", -90, None),
        create("Over with no length", -80, Some(0)),
        create("Under way without an end", 0, None),
        create("Under way with no length", 10, Some(0)),
    ];
    world.pass_days(3);
    let listed = |world: &mut World, who: &Session, view: EventView| {
        let filter = EventFilter { view, ..EventFilter::default() };
        let list = Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Starts, 50))));
        let Reply::Page(page) = world.ask(Some(who), &list).unwrap() else { panic!("events") };
        page.of::<EventRow>().rows.into_iter().map(|row| row.event.title).collect::<Vec<_>>()
    };
    let waiting = |world: &mut World, who: &Session, line| {
        let Reply::Home(home) = world.ask(Some(who), &Request::Read(ReadRequest::Home)).unwrap() else {
            panic!("home")
        };
        home.lines.into_iter().find_map(|one| (one.line == line).then_some(one.count))
    };
    let (manager, support) = (world.manager.clone(), world.support.clone());
    let over = ["Over", "Over without an end", "Over with no length"];
    let under_way = ["Under way", "Under way without an end", "Under way with no length"];
    assert_eq!(listed(&mut world, &manager, EventView::Past), over);
    assert_eq!(listed(&mut world, &manager, EventView::WithoutSupport), under_way);
    assert_eq!(waiting(&mut world, &manager, HomeLine::EventsWithoutSupport), Some(Count::Exactly(3)));
    let give = |event: &EventId| Assignment { event: *event, version: 1, support: Some(support.actor.id) };
    world.manage(&Request::Write(WriteRequest::AssignSupport(events.iter().map(give).collect())));
    let next = [&under_way[..], &["Lou Bouzin General Assembly"]].concat();
    assert_eq!(listed(&mut world, &support, EventView::MineNext), next);
    assert_eq!(waiting(&mut world, &support, HomeLine::MyNextEvents), Some(Count::Exactly(4)));
}
