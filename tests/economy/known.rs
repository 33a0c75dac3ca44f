//! Who is known already is found by indexes, in companies of any size.

use epic_events::{
    domain::{ClientId, clients::ClientDraft},
    storage::known,
};
use rstest::rstest;

use super::*;

/// A client whose address, number, name and company are those of another one.
fn twin(db: &TestDb) -> ClientDraft {
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let id = connection.last_id("clients").unwrap();
    (&clients::find(&mut connection, ClientId::new(id)).unwrap().unwrap()).into()
}

#[test]
fn who_is_known_is_found_by_indexes_of_the_embedded_engine() {
    let db = company(Engine::Sqlite, 300);
    let like = twin(&db);
    let asked = statements(&db, |db| assert_eq!(known::like(db, &like, None, MANAGER).unwrap().unwrap().len(), 1));
    assert_eq!(asked.len(), 1);
    let plan = plan(&db, &asked[0]);
    let wrong: Vec<_> = plan.iter().filter(|step| step.starts_with("SCAN clients")).collect();
    assert!(wrong.is_empty(), "{plan:?}");
    for index in ["email_key", "phone_key", "person_key"] {
        assert!(plan.iter().any(|step| step.contains(&format!("clients_by_{index} "))), "{index} in {plan:?}");
    }
}

#[rstest]
fn who_is_known_is_found_without_reading_others_on_a_server(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let db = company(engine, 20_000);
    db.query("ANALYZE TABLE clients");
    let like = twin(&db);
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let before = work(&mut connection, "Handler_read");
    assert_eq!(known::like(&mut connection, &like, None, MANAGER).unwrap().unwrap().len(), 1);
    let read = work(&mut connection, "Handler_read") - before;
    // Querying the counters counts as reading as well.
    assert!(read <= 200, "{read} rows are read");
}
