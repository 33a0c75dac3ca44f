//! Performance properties of the design: lists use an index on every engine, and no request takes more round
//! trips to the server than necessary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod known;
mod sums;
#[path = "../support/mod.rs"]
mod support;
mod trips;

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use epic_events::{
    domain::{
        EventId, UserId,
        clients::{ClientFilter, ClientSort, ClientView},
        contracts::{ContractFilter, ContractSort, ContractView},
        entity::Query,
        events::{EventFilter, EventSort, EventView},
        page::{Count, Cursor, Edge, Listing, SortKey},
        payments::{Method, PaymentFilter, PaymentSort, PaymentView},
    },
    schema::events as event_rows,
    services::{self, Reply, Request, demo},
    storage::{Db, Scope, Target, Viewer, clients, contracts, events, payments, spans},
};
use rstest::rstest;
use strum::IntoEnumIterator;
use support::{Engine, TestDb, world::World};

fn company(engine: Engine, events: u64) -> TestDb {
    let db = TestDb::new(engine);
    demo::prepare_scaled(
        &db.url,
        None,
        events,
        epic_events::domain::language::Language::En,
        epic_events::app::now(),
        |_, _| {},
    )
    .unwrap();
    db
}

fn listing<F: Default, S>(sort: S, descending: bool, edge: Edge) -> Listing<F, S> {
    Listing { filter: F::default(), sort, descending, edge, limit: 100 }
}

const MANAGER: Viewer = Viewer { scope: Scope::All, me: UserId::new(1), auth_guard: None };

fn by_transfer() -> PaymentFilter {
    PaymentFilter { method: Some(Method::Transfer), ..PaymentFilter::default() }
}

/// Calls `ask` for a page of each list, in each order and from both ends.
fn each_list(mut ask: impl FnMut(&str, &dyn Fn(&mut Db))) {
    let now = epic_events::app::now().utc;
    for descending in [false, true] {
        for edge in [Edge::Start, Edge::Today, Edge::End] {
            for sort in EventSort::iter() {
                let asked = listing::<EventFilter, _>(sort, descending, edge.clone());
                ask(&format!("events by {sort:?}"), &|db| drop(events::page(db, &asked, MANAGER, now).unwrap()));
            }
            for sort in ContractSort::iter() {
                let asked = listing::<ContractFilter, _>(sort, descending, edge.clone());
                let spans = contracts::Spans::default;
                ask(&format!("contracts by {sort:?}"), &|db| {
                    drop(contracts::page(db, &asked, spans(), MANAGER).unwrap());
                });
            }
            let filter = ContractFilter { view: ContractView::NotPaid, ..ContractFilter::default() };
            let asked = Listing { filter, ..listing(ContractSort::Due, descending, edge.clone()) };
            ask("contracts not fully paid by amount due", &|db| {
                drop(contracts::page(db, &asked, contracts::Spans::default(), MANAGER).unwrap());
            });
            for view in [ContractView::Overdue, ContractView::DueSoon] {
                let filter = ContractFilter { view, ..ContractFilter::default() };
                let asked = Listing { filter, ..listing(ContractSort::NextDue, descending, edge.clone()) };
                let spans = contracts::Spans { today: now.date(), ..contracts::Spans::default() };
                ask(&format!("contracts, {view:?}"), &|db| {
                    drop(contracts::page(db, &asked, spans, MANAGER).unwrap());
                });
            }
            for sort in PaymentSort::iter() {
                let asked = listing::<PaymentFilter, _>(sort, descending, edge.clone());
                ask(&format!("payments by {sort:?}"), &|db| drop(payments::page(db, &asked, MANAGER).unwrap()));
            }
            let asked = Listing { filter: by_transfer(), ..listing(PaymentSort::PaidOn, descending, edge.clone()) };
            ask("payments by transfer", &|db| drop(payments::page(db, &asked, MANAGER).unwrap()));
            for view in [PaymentView::Refunds, PaymentView::Cancelled] {
                let filter = PaymentFilter { view, ..PaymentFilter::default() };
                let asked = Listing { filter, ..listing(PaymentSort::PaidOn, descending, edge.clone()) };
                ask(&format!("payments, {view:?}"), &|db| drop(payments::page(db, &asked, MANAGER).unwrap()));
            }
            let filter = ClientFilter { view: ClientView::Duplicates, ..ClientFilter::default() };
            let asked = Listing { filter, ..listing(ClientSort::Twins, descending, edge.clone()) };
            ask("possible duplicates", &|db| drop(clients::page(db, &asked, MANAGER).unwrap()));
            for sort in ClientSort::iter() {
                let asked = listing::<ClientFilter, _>(sort, descending, edge.clone());
                ask(&format!("clients by {sort:?}"), &|db| drop(clients::page(db, &asked, MANAGER).unwrap()));
            }
        }
    }
}

// ---- The embedded engine: the query plan.

/// The SQL statements that `ask` sends to the engine.
fn statements(db: &TestDb, ask: impl FnOnce(&mut Db)) -> Vec<String> {
    use diesel::connection::{Instrumentation, InstrumentationEvent};
    use std::sync::{Arc, Mutex};
    struct Listener(Arc<Mutex<Vec<String>>>);
    impl Instrumentation for Listener {
        fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                self.0.lock().unwrap().push(query.to_string());
            }
        }
    }
    let heard = Arc::default();
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    connection.set_instrumentation(Listener(Arc::clone(&heard)));
    ask(&mut connection);
    drop(connection);
    let heard = heard.lock().unwrap();
    heard.iter().map(|query| query.split(" -- binds").next().unwrap().to_owned()).collect()
}

#[derive(diesel::QueryableByName)]
struct Plan {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

fn plan(db: &TestDb, sql: &str) -> Vec<String> {
    let Db::Sqlite(mut connection) = Db::open(&Target::parse(&db.url).unwrap()).unwrap() else { panic!() };
    let rows: Vec<Plan> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut connection).unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

#[test]
fn every_list_in_every_order_uses_an_index_of_the_embedded_engine() {
    let db = company(Engine::Sqlite, 300);
    let mut check = |name: &str, ask: &dyn Fn(&mut Db)| {
        let asked = statements(&db, ask);
        assert!(!asked.is_empty(), "{name} runs no query");
        for sql in asked.iter().filter(|sql| sql.contains("ORDER BY")) {
            let plan = plan(&db, sql);
            // A table is itself the index of its ids.
            let by_id = sql.contains("ORDER BY `contracts`.`id`");
            let whole = |step: &&String| step.starts_with("SCAN") && !step.contains("INDEX") && !by_id;
            let wrong: Vec<_> = plan.iter().filter(|step| whole(step) || step.contains("TEMP B-TREE")).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:?} in {plan:?}\n{sql}");
        }
    };
    each_list(&mut check);
    // Payments of a common method are not all sorted for a page.
    for sort in PaymentSort::iter() {
        let asked = Listing { filter: by_transfer(), ..listing(sort, false, Edge::Start) };
        check(&format!("payments by transfer by {sort:?}"), &|db| drop(payments::page(db, &asked, MANAGER).unwrap()));
    }
}

/// Calls `ask` for each query that reads the events of the present week.
fn each_span(mut ask: impl FnMut(&str, &dyn Fn(&mut Db))) {
    let now = epic_events::app::now().utc;
    let (monday, next) = epic_events::domain::dates::week_of(now.date());
    for sort in EventSort::iter() {
        for edge in [Edge::Start, Edge::End, Edge::Total] {
            let filter = EventFilter { view: EventView::Week, ..EventFilter::default() };
            let asked = Listing { filter, ..listing(sort, false, edge) };
            ask(&format!("this week by {sort:?}"), &|db| drop(events::page(db, &asked, MANAGER, now).unwrap()));
        }
    }
    ask("the calendar", &|db| drop(events::between(db, monday, next, Scope::All, 1_501).unwrap()));
    ask("the picker", &|db| spans::engagements(db, monday, next, drop).unwrap());
}

/// Turns some old events into long ones; a few of these last until after today.
fn lengthen_some_events(db: &TestDb) {
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let some: Vec<(EventId, Option<chrono::NaiveDateTime>)> = event_rows::table
        .filter(event_rows::starts_at.lt(epic_events::app::now().utc - chrono::TimeDelta::days(60)))
        .select((event_rows::id, event_rows::starts_at))
        .order(event_rows::id)
        .limit(60)
        .load(&mut connection)
        .unwrap();
    for (number, (id, starts_at)) in some.into_iter().enumerate() {
        let ends_at = if number < 5 {
            epic_events::app::now().utc + chrono::TimeDelta::days(9)
        } else {
            starts_at.unwrap() + chrono::TimeDelta::days(20)
        };
        let ends = (event_rows::ends_at.eq(ends_at), event_rows::long_until.eq(ends_at));
        diesel::update(event_rows::table.find(id)).set(ends).execute(&mut connection).unwrap();
    }
}

#[test]
fn a_span_of_time_is_found_by_an_index_of_the_embedded_engine() {
    let db = company(Engine::Sqlite, 300);
    let check = |name: &str, ask: &dyn Fn(&mut Db)| {
        let asked = statements(&db, ask);
        for sql in asked.iter().filter(|sql| sql.starts_with("SELECT")) {
            let plan = plan(&db, sql);
            let by_span = |step: &&String| {
                step.starts_with("SEARCH events")
                    && ["(starts_at>? AND starts_at<?)", "(long_until>?)", "(rowid=?)"]
                        .iter()
                        .any(|by| step.contains(by))
            };
            let reads_all = plan.iter().any(|step| step.starts_with("SCAN events"));
            assert!(plan.iter().any(|step| by_span(&step)) && !reads_all, "{name}: {plan:?}\n{sql}");
        }
        // One query for the ids of the long events, one for all events in the span.
        assert_eq!(asked.iter().filter(|sql| sql.starts_with("SELECT")).count(), 2, "{name}");
    };
    // First without long events, as in most companies.
    each_span(check);
    lengthen_some_events(&db);
    each_span(check);
}

// ---- Servers: the rows that were read.

#[derive(diesel::QueryableByName)]
struct RowsRead {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "Value")]
    times: String,
}

/// The sum of the connection's status counters whose names begin with `about`.
fn work(db: &mut Db, about: &str) -> i64 {
    let Db::Mysql(connection) = db else { panic!("a server") };
    let sql = format!("SHOW SESSION STATUS LIKE '{about}%'");
    let all: Vec<RowsRead> = diesel::sql_query(sql).load(connection).unwrap();
    all.into_iter().map(|read| read.times.parse::<i64>().unwrap()).sum()
}

#[rstest]
fn every_list_in_every_order_reads_no_more_than_its_page_on_a_server(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let db = company(engine, 20_000);
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    // Without statistics the server guesses the sizes of the tables.
    for table in ["events", "contracts", "clients", "payments", "instalments"] {
        db.query(&format!("ANALYZE TABLE {table}"));
    }
    // Querying the counters counts as reading as well.
    let asking = {
        let before = work(&mut connection, "Handler_read");
        work(&mut connection, "Handler_read") - before
    };
    each_list(|name, ask| {
        let before = (work(&mut connection, "Handler_read"), work(&mut connection, "Sort_rows"));
        ask(&mut connection);
        let sorted = work(&mut connection, "Sort_rows") - before.1;
        let read = work(&mut connection, "Handler_read") - before.0 - 3 * asking;
        assert_eq!(sorted, 0, "{name} is sorted by the server");
        // For each row: the row itself, and one of each table that it is joined with.
        assert!(read <= 6 * 101, "{name} reads {read} rows for a page of 100");
    });
}

#[rstest]
fn a_span_of_time_reads_no_more_than_its_events_on_a_server(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let db = company(engine, 20_000);
    lengthen_some_events(&db);
    db.query("ANALYZE TABLE events");
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    each_span(|name, ask| {
        let before = work(&mut connection, "Handler_read");
        ask(&mut connection);
        let read = work(&mut connection, "Handler_read") - before;
        // There are some 130 events a week: the events of three weeks, joined with four tables, and sorted.
        assert!(read <= 2_500, "{name} reads {read} rows");
    });
}

// ---- The number of queries and round trips.

/// A list runs only the query for its page.
#[test]
fn lists_run_as_few_queries_as_possible() {
    let db = company(Engine::Sqlite, 300);
    let now = epic_events::app::now().utc;
    let questions = |text: &str, edge: Edge| {
        let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
        let asked = Listing { filter, sort: EventSort::Starts, descending: false, edge, limit: 20 };
        let heard = statements(&db, |db| drop(events::page(db, &asked, MANAGER, now).unwrap()));
        heard.iter().filter(|sql| sql.starts_with("SELECT")).count()
    };
    assert_eq!(questions("", Edge::Start), 1);
    assert_eq!(questions("", Edge::Total), 1);
    assert_eq!(questions("", Edge::After(Cursor { key: SortKey::Time(now), id: 1 })), 1);
    // A search with few matches: the number of matches, the index, the page.
    assert_eq!(questions("wedding", Edge::Start), 3);
}

/// Statements stay prepared, and a server limits their total number: when the limit is reached, the program
/// uses a new connection, which has none.
#[rstest]
fn a_server_with_a_low_limit_of_prepared_statements_still_works(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let server = support::Server::start_with(engine, &["--max-prepared-stmt-count=12".to_owned()]);
    let mut world = World::of(TestDb::on(&server, "few"));
    for descending in [false, true] {
        for sort in EventSort::iter() {
            let open = Request::Read(services::ReadRequest::List(Query::Event(listing::<EventFilter, _>(
                sort,
                descending,
                Edge::Start,
            ))));
            assert!(matches!(world.manage(&open), Reply::Page(_)), "{sort:?}");
        }
    }
    world.records();
}

/// For each searched text: the events found, whether only the newest were searched, and the total number.
type Found = Vec<(&'static str, Vec<(i64, String)>, bool, Count)>;

fn found_on(db: &TestDb) -> Found {
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let now = epic_events::app::now().utc;
    let mut answer = |text: &str, edge: Edge| {
        let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
        let asked = Listing { filter, ..listing(EventSort::Title, false, edge) };
        events::page(&mut connection, &asked, MANAGER, now).unwrap()
    };
    let texts = ["wed", "wedding yuki", "yuki rossi", "1999", "lumiere 87", "edding", "ai", "nothing begins so"];
    let found = texts.map(|text| {
        let page = answer(text, Edge::Start);
        let titles = page.rows.into_iter().map(|row| (row.event.id.0, row.event.title)).collect();
        (text, titles, page.among_newest, answer(text, Edge::Total).total.unwrap())
    });
    found.into()
}

/// Compares every way to search: common words by scanning the list, rare ones by the index, parts of words
/// among the newest records.
///
/// A server adds thousands of new rows to its full-text index some time after their COMMIT, and may miss
/// rows while it writes that index to the disk. So the comparison is repeated until both find the same.
#[rstest]
fn a_server_finds_the_same_words_as_the_embedded_engine(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    static EMBEDDED: OnceLock<Found> = OnceLock::new();
    let embedded = EMBEDDED.get_or_init(|| found_on(&company(Engine::Sqlite, 20_000)));
    let server = company(engine, 20_000);
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut found = found_on(&server);
    while found != *embedded && Instant::now() < deadline {
        std::thread::park_timeout(Duration::from_millis(50));
        found = found_on(&server);
    }
    for (one, other) in embedded.iter().zip(&found) {
        assert_eq!(one, other);
        let (text, titles, ..) = one;
        assert_eq!(titles.is_empty(), *text == "nothing begins so", "{one:?}");
    }
}
