//! The rows of lists and searches, and the numbers of the home screen and the figures.

use super::*;

/// Reads each list in pages of two, forwards and backwards, and compares the rows with one large page.
#[rstest]
fn pages_join_without_gap_or_overlap(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Émile");
    for name in ["adam", "Zoé", "Bruno", "bruno", "ÉMILE"] {
        world.client_of(world.other_sales.actor.id, name);
    }
    let contract = world.signed_contract(client);
    for (title, days) in [("c", Some(3)), ("a", None), ("B", Some(3)), ("é", None), ("e", Some(9))] {
        let mut draft = event_draft(title, days.unwrap_or(1));
        if days.is_none() {
            (draft.starts_at, draft.ends_at) = (None, None);
        }
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    }
    for descending in [false, true] {
        for sort in ClientSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(ClientFilter::default(), sort, 2) },
                Query::Client,
                |reply| {
                    let Reply::Page(page) = reply else { panic!("clients") };
                    let page = page.of::<ClientRow>();
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in EventSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(EventFilter::default(), sort, 2) },
                Query::Event,
                |reply| {
                    let Reply::Page(page) = reply else { panic!("events") };
                    let page = page.of::<EventRow>();
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in ContractSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(ContractFilter::default(), sort, 2) },
                Query::Contract,
                |reply| {
                    let Reply::Page(page) = reply else { panic!("contracts") };
                    let page = page.of::<ContractRow>();
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in AuditSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(AuditFilter::default(), sort, 2) },
                Query::Audit,
                |reply| {
                    let Reply::Page(page) = reply else { panic!("audit") };
                    let page = page.of::<AuditRow>();
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
    }
}

pub fn walk<F: Clone, S: Copy + std::fmt::Debug>(
    world: &mut World,
    first: &Listing<F, S>,
    query: impl Fn(Listing<F, S>) -> Query,
    read: impl Fn(Reply) -> (Vec<Cursor>, Option<Count>),
) {
    let mut page = |edge: Edge, limit: u16| {
        let asked = Listing { edge, limit, filter: first.filter.clone(), ..*first };
        read(world.manage(&ReadRequest::List(query(asked)).into()))
    };
    let (all, total) = page(Edge::Start, 200);
    let what = (first.sort, first.descending);
    let counted = Some(Count::Exactly(i64::try_from(all.len()).unwrap()));
    assert_eq!(total, counted, "{what:?}");
    assert_eq!(page(Edge::Total, 2), (Vec::new(), counted), "{what:?}");
    let (mut forwards, _) = page(Edge::Start, 2);
    while let (more, _) = page(Edge::After(forwards.last().unwrap().clone()), 2)
        && !more.is_empty()
    {
        forwards.extend(more);
    }
    assert_eq!(forwards, all, "{what:?} forwards");
    let (mut backwards, _) = page(Edge::End, 2);
    while let (more, _) = page(Edge::Before(backwards.first().unwrap().clone()), 2)
        && !more.is_empty()
    {
        backwards.splice(0..0, more);
    }
    assert_eq!(backwards, all, "{what:?} backwards");
}

/// Titles of the events that match a search, sorted by title.
fn titles(world: &mut World, text: &str) -> Vec<String> {
    let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
    let Reply::Page(page) =
        world.manage(&Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Title, 50)))))
    else {
        panic!("events")
    };
    let page = page.of::<EventRow>();
    page.rows.into_iter().map(|row| row.event.title).collect()
}

#[rstest]
fn events_are_found_by_the_beginnings_of_any_words(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Aliénor O'Neil");
    let contract = world.signed_contract(client);
    for title in ["Gala des Étoiles", "Garden party", "The com meeting", "日本語の会議"] {
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft(title, 5) }));
    }
    for (text, found) in [
        ("gala", vec!["Gala des Étoiles"]),
        ("ga", vec!["Gala des Étoiles", "Garden party"]),
        ("etoi gal", vec!["Gala des Étoiles"]),
        ("alienor gard", vec!["Garden party"]),
        ("o'neil party", vec!["Garden party"]),
        ("mufflins garden cool", vec!["Garden party"]),
        // Words that MySQL's index omits are found all the same.
        ("the com", vec!["The com meeting"]),
        ("日本", vec!["日本語の会議"]),
        // No word begins like this, so the search looks inside words.
        ("toiles", vec!["Gala des Étoiles"]),
        ("gala party", vec![]),
        ("+gala -party*", vec![]),
        ("\"gala", vec!["Gala des Étoiles"]),
    ] {
        assert_eq!(titles(&mut world, text), found, "{text}");
    }
    // After the client is renamed, its events are found by the new name only.
    world.save(&Request::Write(WriteRequest::UpdateClient {
        id: client,
        version: 1,
        draft: client_draft("Zoé Martin"),
    }));
    assert_eq!(titles(&mut world, "zoe garden"), ["Garden party"]);
    assert!(titles(&mut world, "alienor").is_empty());
}

#[rstest]
fn lists_are_resorted_when_the_names_they_are_sorted_by_change(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let other = world.client_of(world.other_sales.actor.id, "Zoé Martin");
    let contract = world.signed_contract(other);
    let event = world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("Second", 5) })).0;
    let order = |world: &mut World, sort| {
        let Reply::Page(page) =
            world.manage(&Request::Read(ReadRequest::List(Query::Event(listing(EventFilter::default(), sort, 50)))))
        else {
            panic!("events")
        };
        let page = page.of::<EventRow>();
        page.rows.iter().map(|row| row.event.id.0).collect::<Vec<_>>()
    };
    let by_sales = |world: &mut World| {
        let all = ClientFilter::default();
        let Reply::Page(page) =
            world.manage(&Request::Read(ReadRequest::List(Query::Client(listing(all, ClientSort::SalesContact, 50)))))
        else {
            panic!("clients")
        };
        let page = page.of::<ClientRow>();
        page.rows.iter().map(|row| row.client.id.0).collect::<Vec<_>>()
    };
    let first = records.event.0;
    assert_eq!(order(&mut world, EventSort::Client), [first, event]);
    world.save(&Request::Write(WriteRequest::UpdateClient { id: other, version: 1, draft: client_draft("Aaron") }));
    assert_eq!(order(&mut world, EventSort::Client), [event, first]);
    // An event without support is sorted before all others.
    assert_eq!(order(&mut world, EventSort::Support), [event, first]);
    let assign = Assignment { event: EventId::new(event), version: 1, support: Some(world.other_support.actor.id) };
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![assign])));
    assert_eq!(order(&mut world, EventSort::Support), [event, first]);
    let id = world.other_support.actor.id;
    let draft = UserDraft { full_name: "Zoë".to_owned(), ..user_draft("other.support", Role::Support) };
    let version = epic_events::storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version, draft, heirs: None }));
    assert_eq!(order(&mut world, EventSort::Support), [first, event]);
    assert_eq!(by_sales(&mut world), [other.0, records.client.0]);
    let to = world.other_sales.actor.id;
    world.manage(&support::world::hand_over(&[(records.client, 1)], to));
    assert_eq!(by_sales(&mut world), [records.client.0, other.0]);
}

/// People refer to a contract by its number.
#[rstest]
fn contracts_are_found_by_their_number(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let mut records = world.records();
    // Create contracts up to number 12, so that 1 is also the first digit of other numbers.
    while records.signed.0 < 12 {
        records = world.records();
    }
    let found = |world: &mut World, who: &epic_events::domain::session::Session, text: &str| {
        let request = Request::Read(ReadRequest::Search { text: text.to_owned() });
        let Reply::Found { records: found, .. } = world.ask(Some(who), &request).unwrap() else { panic!("found") };
        let contract = |hit: &&epic_events::services::Found| hit.kind == EntityKind::Contract;
        found.iter().filter(contract).map(|hit| hit.id).collect::<Vec<_>>()
    };
    let (manager, other) = (world.manager.clone(), world.other_sales.clone());
    // Every client's telephone number contains 1 and 12 as well.
    for (text, id) in [("1", 1), ("contract 1", 1), ("Contrat 1", 1), ("#1", 1), ("12", 12), ("n° 012", 12)] {
        assert_eq!(found(&mut world, &manager, text).first(), Some(&id), "{text}");
    }
    for text in ["99", "contract", "contract 99", "99999999999999999999"] {
        assert_eq!(found(&mut world, &manager, text), [0_i64; 0], "{text}");
    }
    // The list and the picker of contracts find numbers too.
    let filter = ContractFilter { text: "contract 12".to_owned(), ..ContractFilter::default() };
    let list = Request::Read(ReadRequest::List(Query::Contract(listing(filter, ContractSort::Created, 100))));
    let Reply::Page(page) = world.manage(&list) else { panic!("contracts") };
    let page = page.of::<ContractRow>();
    assert_eq!(page.rows.iter().map(|row| row.contract.id.0).collect::<Vec<_>>(), [12]);
    let pick = Request::Read(ReadRequest::PickContract { text: "contrat 12".to_owned() });
    let Reply::ContractChoices(rows) = world.manage(&pick) else { panic!("choices") };
    assert_eq!(rows.rows.iter().map(|row| row.contract.id.0).collect::<Vec<_>>(), [12]);
    // The contract with this number comes before those that merely contain it.
    let Reply::ContractChoices(page) = world.manage(&Request::Read(ReadRequest::PickContract { text: "2".to_owned() }))
    else {
        panic!()
    };
    assert_eq!(page.rows.first().map(|row| row.contract.id.0), Some(2));
    // An archived contract is found too, but none that the user may not see.
    world.save(&Request::Write(WriteRequest::ArchiveContract {
        id: epic_events::domain::ContractId::new(1),
        version: 1,
    }));
    assert_eq!(found(&mut world, &manager, "contract 1"), [1]);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
    let (sales, support) = (world.sales.clone(), world.support.clone());
    assert_eq!(found(&mut world, &sales, "contract 12"), [12]);
    assert_eq!(found(&mut world, &other, "contract 12"), [0_i64; 0]);
    assert_eq!(found(&mut world, &support, "contract 12"), [12], "the contract of an event of theirs");
    assert_eq!(found(&mut world, &support, "contract 11"), [0_i64; 0]);
}

#[rstest]
fn events_are_listed_by_client_and_by_sales_contact(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let client = world.client_of(world.other_sales.actor.id, "Lou Bouzin");
    let contract = world.signed_contract(client);
    let other =
        world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("Board dinner", 20) })).0;
    let (sales, other_sales) = (world.sales.actor.id, world.other_sales.actor.id);
    let by = |sales_contact| EventFilter { sales_contact: Some(sales_contact), ..EventFilter::default() };
    let mut listed = |filter| {
        let list = Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Starts, 100))));
        let Reply::Page(page) = world.manage(&list) else { panic!("events") };
        let page = page.of::<EventRow>();
        page.rows.iter().map(|row| row.event.id.0).collect::<Vec<_>>()
    };
    assert_eq!(listed(EventFilter { client: Some(client), ..EventFilter::default() }), [other]);
    assert_eq!(listed(by(sales)), [records.event.0]);
    assert_eq!(listed(by(other_sales)), [other]);
    assert_eq!(listed(EventFilter { client: Some(client), ..by(sales) }), [0_i64; 0]);
}
