//! On which day a contract was signed.

use super::*;

/// Contracts are signed on paper and recorded later: the day is given, and noon stands for it.
#[rstest]
fn the_day_of_a_signature_is_given(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let sign = |world: &mut World, id, day: &str| {
        let request = Request::Write(WriteRequest::SignContract { id, version: 1, day: day.parse().unwrap() });
        world.ask(Some(&sales), &request)
    };
    for (day, expected) in [
        ("2026-08-14", "2026-08-14 10:00:00"),
        ("2026-11-20", "2026-11-20 11:00:00"),
        ("1999-12-31", "1999-12-31 11:00:00"),
    ] {
        let id = world.records().contract;
        assert_eq!(invalid(sign(&mut world, id, "2026-11-22"), Field::SignedAt), Problem::InTheFuture);
        let old = Problem::YearOutOfRange(1900, 2200);
        assert_eq!(invalid(sign(&mut world, id, "1899-12-31"), Field::SignedAt), old);
        assert!(sign(&mut world, id, day).is_ok());
        let stored = storage::contracts::find(&mut world.connection(), id).unwrap().unwrap();
        assert_eq!(stored.signed_at.unwrap().to_string(), expected);
        // The log says on which day, and the filter by the day of signature finds it.
        let newest = Listing { descending: true, ..listing(AuditFilter::default(), AuditSort::Time, 1) };
        let reply = world.ask(Some(&manager), &Request::Read(ReadRequest::List(Query::Audit(newest)))).unwrap();
        let Reply::Page(page) = reply else { panic!("the log") };
        let row = &page.of::<AuditRow>().rows[0];
        assert_eq!(row.action, "contract.signed");
        assert!(row.changes.to_json().contains(day), "{:?}", row.changes);
        let day = Some(day.parse().unwrap());
        let filter = ContractFilter { signed_from: day, signed_to: day, ..ContractFilter::default() };
        let list = Request::Read(ReadRequest::List(Query::Contract(listing(filter, ContractSort::Number, 5))));
        let Reply::Page(page) = world.ask(Some(&manager), &list).unwrap() else { panic!("a page") };
        assert_eq!(page.of::<ContractRow>().rows.iter().map(|row| row.contract.id).collect::<Vec<_>>(), [id]);
    }
    // Today is now.
    let id = world.records().contract;
    sign(&mut world, id, "2026-11-21").unwrap();
    let stored = storage::contracts::find(&mut world.connection(), id).unwrap().unwrap();
    assert_eq!(stored.signed_at, Some(stored.updated_at));
}
