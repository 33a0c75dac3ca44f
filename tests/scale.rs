//! The generator of large demo companies: their data is consistent, and the same for each size.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{
        entity::Query,
        events::{EventFilter, EventRow, EventSort},
        page::{Edge, Listing},
    },
    schema::{audit_log, clients, contracts, events},
    services::{ReadRequest, Reply, Request, Services, SessionRequest, admin, demo},
    storage::{Db, Target},
};
use rstest::rstest;
use secrecy::SecretString;
use support::{Engine, TestDb};

fn made(engine: Engine, size: u64) -> TestDb {
    let db = TestDb::new(engine);
    let mut last = (0, 1);
    demo::prepare_scaled(
        &db.url,
        None,
        size,
        epic_events::domain::language::Language::En,
        epic_events::app::now(),
        |done, all| last = (done, all),
    )
    .unwrap();
    assert_eq!(last.0, last.1, "the progress bar reaches its end");
    db
}

#[rstest]
fn a_large_company_is_consistent(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let db = made(engine, 2_000);
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let counts: [i64; 4] = [
        clients::table.count().get_result(&mut connection).unwrap(),
        contracts::table.count().get_result(&mut connection).unwrap(),
        events::table.count().get_result(&mut connection).unwrap(),
        audit_log::table.count().get_result(&mut connection).unwrap(),
    ];
    assert!(counts[0] >= 600 && counts[1] >= 1_000 && counts[2] >= 2_000 && counts[3] >= 400, "{counts:?}");
    assert_eq!(admin::verify_audit(&db.url, None).unwrap().fault, None);
    // Values copied from other tables equal the original ones.
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
        (
            "payments",
            "client_search <> (SELECT k.search FROM contracts k WHERE k.id = contract_id) OR client_key <> (SELECT k.client_key FROM contracts k WHERE k.id = contract_id)",
        ),
        (
            "contracts",
            "due_cents <> total_cents - COALESCE((SELECT SUM(amount_cents) FROM payments p WHERE p.contract_id = contracts.id AND cancelled_at IS NULL), 0)",
        ),
        (
            "contracts",
            "total_cents <> (SELECT SUM(i.amount_cents) FROM instalments i WHERE i.contract_id = contracts.id)",
        ),
        (
            "contracts",
            "due_cents <> CASE WHEN archived_at IS NULL THEN (SELECT SUM(i.open_cents) FROM instalments i WHERE i.contract_id = contracts.id) ELSE 0 END",
        ),
        (
            "contracts",
            "COALESCE(next_due_on, '2000-01-01') <> COALESCE((SELECT MIN(i.open_on) FROM instalments i WHERE i.contract_id = contracts.id), '2000-01-01')",
        ),
        (
            "instalments",
            "upto_cents <> (SELECT SUM(o.amount_cents) FROM (SELECT * FROM instalments) o WHERE o.contract_id = instalments.contract_id AND (COALESCE(o.due_on, '9999-01-01') < COALESCE(instalments.due_on, '9999-01-01') OR (COALESCE(o.due_on, '9999-01-01') = COALESCE(instalments.due_on, '9999-01-01') AND o.position <= instalments.position)))",
        ),
        (
            "instalments",
            "anchor = 'event' AND COALESCE(due_on, '2000-01-01') <> COALESCE((SELECT DATE(MIN(e.starts_at)) FROM events e WHERE e.contract_id = instalments.contract_id AND e.archived_at IS NULL AND e.status <> 'cancelled'), '2000-01-01') AND offset_days = 0",
        ),
        ("events", "COALESCE(support_key, '') <> COALESCE((SELECT name_key FROM users u WHERE u.id = support_id), '')"),
    ] {
        // Counts the wrong rows and adds their number to the version of a row of its own, from which it is
        // read.
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
    // The word index contains the rows.
    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
    let sign_in = Request::Session(SessionRequest::SignIn {
        login: "manager".to_owned(),
        password: SecretString::from("look-around-freely"),
    });
    let Ok(Reply::SignedIn(session)) = services.execute(None, &sign_in, epic_events::app::now()) else { panic!() };
    let filter = EventFilter { text: "1999".to_owned(), ..EventFilter::default() };
    let listing = Listing { filter, sort: EventSort::Title, descending: false, edge: Edge::Start, limit: 10 };
    let reply = services
        .execute(Some(&session), &Request::Read(ReadRequest::List(Query::Event(listing))), epic_events::app::now())
        .unwrap();
    let Reply::Page(page) = reply else { panic!("events") };
    let page = page.of::<EventRow>();
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
