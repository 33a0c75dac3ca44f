//! Large companies: made quickly and the same each time; and what lists may cost.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::filter::{EventFilter, EventSort},
    domain::page::{Edge, Listing},
    schema::{audit_log, clients, contracts, events},
    services::{Reply, Request, Services, demo, upkeep},
    storage::{Db, Target},
};
use rstest::rstest;
use secrecy::SecretString;
use support::{Engine, TestDb};

fn made(engine: Engine, size: u64) -> TestDb {
    let db = TestDb::new(engine);
    let mut last = (0, 1);
    demo::prepare_scaled(&db.url, None, size, epic_events::app::now(), |done, all| last = (done, all)).unwrap();
    assert_eq!(last.0, last.1, "the bar reaches its end");
    db
}

#[rstest]
fn a_large_company_is_consistent(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let db = made(engine, 2_000);
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let counts: [i64; 4] = [
        clients::table.count().get_result(&mut connection).unwrap(),
        contracts::table.count().get_result(&mut connection).unwrap(),
        events::table.count().get_result(&mut connection).unwrap(),
        audit_log::table.count().get_result(&mut connection).unwrap(),
    ];
    assert!(counts[0] >= 600 && counts[1] >= 1_000 && counts[2] >= 2_000 && counts[3] >= 400, "{counts:?}");
    assert_eq!(upkeep::verify_audit(&db.url, None).unwrap().fault, None);
    // What is repeated from other tables is what stands there.
    for (table, wrong) in [
        (
            "contracts",
            "client_key <> (SELECT name_key FROM clients c WHERE c.id = client_id) OR search <> (SELECT c.search FROM clients c WHERE c.id = client_id) OR sales_key <> (SELECT c.sales_key FROM clients c WHERE c.id = client_id)",
        ),
        ("clients", "sales_key <> (SELECT name_key FROM users u WHERE u.id = sales_contact_id)"),
        (
            "events",
            "client_search <> (SELECT k.search FROM contracts k WHERE k.id = contract_id) OR client_key <> (SELECT k.client_key FROM contracts k WHERE k.id = contract_id)",
        ),
        ("events", "COALESCE(support_key, '') <> COALESCE((SELECT name_key FROM users u WHERE u.id = support_id), '')"),
    ] {
        // A statement that would fail by dividing, if there were one such row.
        let sql = format!(
            "UPDATE settings SET version = version + (SELECT COUNT(*) FROM {table} WHERE {wrong}) WHERE value = 'wrong rows'"
        );
        connection.batch_execute("DELETE FROM settings WHERE value = 'wrong rows'").unwrap();
        connection
            .batch_execute(
                "INSERT INTO settings VALUES ('test', 'wrong rows', 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
            )
            .unwrap();
        connection.batch_execute(&sql).unwrap();
        let found: i32 = epic_events::schema::settings::table
            .filter(epic_events::schema::settings::value.eq("wrong rows"))
            .select(epic_events::schema::settings::version)
            .first(&mut connection)
            .unwrap();
        assert_eq!(found, 0, "{table}: {wrong}");
    }
    // And the index of words knows the rows.
    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
    let sign_in = Request::SignIn { login: "manager".to_owned(), password: SecretString::from("look-around-freely") };
    let Ok(Reply::SignedIn(session)) = services.execute(None, &sign_in, epic_events::app::now()) else { panic!() };
    let filter = EventFilter { text: "1999".to_owned(), ..EventFilter::default() };
    let listing = Listing { filter, sort: EventSort::Title, descending: false, edge: Edge::Start, limit: 10 };
    let reply = services.execute(Some(&session), &Request::ListEvents(listing), epic_events::app::now()).unwrap();
    let Reply::Events(page) = reply else { panic!("events") };
    assert!(page.rows.iter().any(|row| row.event.title.ends_with(" 1999")), "{page:?}");
}

#[test]
fn the_same_size_makes_the_same_company() {
    let titles = || {
        let db = made(Engine::Sqlite, 300);
        let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
        let all = events::table.select((events::title, events::contract_id, events::attendees)).order(events::id);
        all.load::<(String, i64, i32)>(&mut connection).unwrap()
    };
    assert_eq!(titles(), titles());
}

// ---- What must not get slower by design.

/// The statements that a question makes, as the engine gets them.
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

/// How the engine would go about it.
fn plan(db: &TestDb, sql: &str) -> Vec<String> {
    let Db::Sqlite(mut connection) = Db::open(&Target::parse(&db.url).unwrap()).unwrap() else { panic!() };
    let rows: Vec<Plan> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut connection).unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

/// A page comes from an index in its order: no table is read whole, nothing is sorted.
fn walks_an_index(db: &TestDb, name: &str, ask: impl FnOnce(&mut Db)) {
    let asked = statements(db, ask);
    assert!(!asked.is_empty(), "{name} asks nothing");
    for sql in asked.iter().filter(|sql| sql.contains("ORDER BY")) {
        let plan = plan(db, sql);
        // A table is the index of its own ids.
        let by_id = sql.contains("ORDER BY `contracts`.`id`");
        let whole = |step: &&String| step.starts_with("SCAN") && !step.contains("INDEX") && !by_id;
        let wrong: Vec<_> = plan.iter().filter(|step| whole(step) || step.contains("TEMP B-TREE")).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?} in {plan:?}\n{sql}");
    }
}

fn listing<F: Default, S>(sort: S, descending: bool, edge: Edge) -> Listing<F, S> {
    Listing { filter: F::default(), sort, descending, edge, limit: 100 }
}

#[test]
fn every_list_in_every_order_walks_an_index() {
    use epic_events::{
        domain::{
            UserId,
            filter::{ClientFilter, ClientSort, ContractFilter, ContractSort},
            session::Moment,
        },
        storage::{Scope, clients, contracts, events},
    };
    use strum::IntoEnumIterator;
    let db = made(Engine::Sqlite, 300);
    let (me, Moment { utc: now, .. }) = (UserId::new(1), epic_events::app::now());
    for descending in [false, true] {
        for edge in [Edge::Start, Edge::End] {
            for sort in EventSort::iter() {
                let asked = listing::<EventFilter, _>(sort, descending, edge.clone());
                walks_an_index(&db, &format!("events by {sort:?}"), |db| {
                    events::page(db, &asked, Scope::All, me, now).unwrap();
                });
            }
            for sort in ContractSort::iter() {
                let asked = listing::<ContractFilter, _>(sort, descending, edge.clone());
                walks_an_index(&db, &format!("contracts by {sort:?}"), |db| {
                    contracts::page(db, &asked, contracts::Spans::default(), Scope::All, me).unwrap();
                });
            }
            for sort in ClientSort::iter() {
                let asked = listing::<ClientFilter, _>(sort, descending, edge.clone());
                walks_an_index(&db, &format!("clients by {sort:?}"), |db| {
                    clients::page(db, &asked, Scope::All, me).unwrap();
                });
            }
        }
    }
}

/// A list that is opened asks for its page and how many there are; one that is searched
/// asks the index of words before that; one that is paged on asks for its page alone.
#[test]
fn lists_ask_no_more_than_they_must() {
    use epic_events::{domain::UserId, storage::Scope};
    let db = made(Engine::Sqlite, 300);
    let now = epic_events::app::now().utc;
    let questions = |text: &str, edge: Edge| {
        let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
        let asked = Listing { filter, sort: EventSort::Starts, descending: false, edge, limit: 20 };
        let heard = statements(&db, |db| {
            epic_events::storage::events::page(db, &asked, Scope::All, UserId::new(1), now).unwrap();
        });
        heard.iter().filter(|sql| sql.starts_with("SELECT")).count()
    };
    assert_eq!(questions("", Edge::Start), 2);
    assert_eq!(questions("", Edge::First), 1);
    assert_eq!(questions("wedding", Edge::Start), 3);
    let key = epic_events::domain::page::Key::Time(now);
    assert_eq!(questions("", Edge::After(epic_events::domain::page::Cursor { key, id: 1 })), 1);
}
