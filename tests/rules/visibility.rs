//! Under the restricted setting, lists, details, search, pickers and exported files show the same records. An
//! archived event still belongs to its support person, with its contract and its client.

use std::collections::HashSet;

use epic_events::{
    domain::{ClientId, ContractId, contracts::ContractView, session::Session, settings::Visibility},
    services::export::Format,
};

use super::*;

/// Kind and id of a record.
type Known = (EntityKind, i64);

/// Creates a client of `owner` with a signed contract and an event assigned to `support`.
fn company(world: &mut World, name: &str, owner: &Session, support: Option<&Session>) -> [Known; 3] {
    let client = world.client_of(owner.actor.id, name);
    let contract = world.signed_contract(client);
    let event = world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft(name, 5) })).0;
    let support = support.map(|session| session.actor.id);
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: EventId::new(event),
        version: 1,
        support,
    }])));
    [(EntityKind::Client, client.0), (EntityKind::Contract, contract.0), (EntityKind::Event, event)]
}

/// The records in all lists, with or without the archived ones.
fn listed(world: &mut World, who: &Session, with_archived: bool) -> HashSet<Known> {
    let mut ask = |request: Request| world.ask(Some(who), &request).unwrap();
    let mut known = HashSet::new();
    for archived in [false, true].into_iter().filter(|archived| with_archived || !archived) {
        let view = if archived { ClientView::Archived } else { ClientView::All };
        let filter = ClientFilter { view, ..ClientFilter::default() };
        let Reply::Page(page) =
            ask(Request::Read(ReadRequest::List(Query::Client(listing(filter, ClientSort::Name, 50)))))
        else {
            panic!()
        };
        let page = page.of::<ClientRow>();
        known.extend(page.rows.iter().map(|row| (EntityKind::Client, row.client.id.0)));
        let view = if archived { ContractView::Archived } else { ContractView::All };
        let filter = ContractFilter { view, ..ContractFilter::default() };
        let page = ask(Request::Read(ReadRequest::List(Query::Contract(listing(filter, ContractSort::Created, 50)))));
        let Reply::Page(page) = page else { panic!() };
        let page = page.of::<ContractRow>();
        known.extend(page.rows.iter().map(|row| (EntityKind::Contract, row.contract.id.0)));
        let view = if archived { EventView::Archived } else { EventView::All };
        let filter = EventFilter { view, ..EventFilter::default() };
        let Reply::Page(page) =
            ask(Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Starts, 50)))))
        else {
            panic!()
        };
        let page = page.of::<EventRow>();
        known.extend(page.rows.iter().map(|row| (EntityKind::Event, row.event.id.0)));
    }
    known
}

/// The records whose details, including their history, open; the details of the others are refused.
fn opened(world: &mut World, who: &Session, all: &[Known]) -> HashSet<Known> {
    let opens = |(kind, id): &&Known| {
        let request = match kind {
            EntityKind::Client => Request::Read(ReadRequest::ViewClient(ClientId::new(*id))),
            EntityKind::Contract => Request::Read(ReadRequest::ViewContract(ContractId::new(*id))),
            _ => Request::Read(ReadRequest::ViewEvent(EventId::new(*id))),
        };
        match world.ask(Some(who), &request) {
            Ok(_) => true,
            Err(Error::Denied(Reason::NotYourClient | Reason::NotYourEvent)) => false,
            other => panic!("{other:?}"),
        }
    };
    all.iter().filter(opens).copied().collect()
}

/// The records that a search for this word finds.
fn found(world: &mut World, who: &Session, word: &str) -> HashSet<Known> {
    let reply = world.ask(Some(who), &Request::Read(ReadRequest::Search { text: word.to_owned() })).unwrap();
    let Reply::Found { records, .. } = reply else { panic!() };
    records.into_iter().map(|found| (found.kind, found.id)).collect()
}

#[rstest]
fn lists_details_search_and_files_show_the_same_records(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (sales, other_sales) = (world.sales.clone(), world.other_sales.clone());
    let (support, other_support) = (world.support.clone(), world.other_support.clone());
    let over = company(&mut world, "Seen over", &sales, Some(&support));
    let hidden = company(&mut world, "Seen hidden", &other_sales, Some(&support));
    let busy = company(&mut world, "Seen busy", &other_sales, Some(&other_support));
    let free = company(&mut world, "Seen free", &sales, None);
    let all = [over, hidden, busy, free].concat();
    for company in [over, hidden] {
        world.save(&Request::Write(WriteRequest::ArchiveEvent { id: EventId::new(company[2].1), version: 2 }));
    }
    world.save(&Request::Write(WriteRequest::ArchiveContract { id: ContractId::new(hidden[1].1), version: 2 }));
    world.save(&Request::Write(WriteRequest::ArchiveClient { id: ClientId::new(hidden[0].1), version: 1 }));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
        visibility: Visibility::Restricted,
        ..settings
    })));
    let archived: HashSet<Known> = [over[2]].into_iter().chain(hidden).collect();
    for (who, own) in [
        (world.manager.clone(), all.clone()),
        (sales, [over, free].concat()),
        (other_sales, [hidden, busy].concat()),
        (support, [over, hidden].concat()),
        (other_support, busy.to_vec()),
    ] {
        let name = &who.actor.full_name;
        let own: HashSet<Known> = own.into_iter().collect();
        assert_eq!(listed(&mut world, &who, true), own, "the lists of {name}");
        assert_eq!(opened(&mut world, &who, &all), own, "the details that {name} may open");
        let current: HashSet<Known> = own.difference(&archived).copied().collect();
        assert_eq!(listed(&mut world, &who, false), current, "the lists of {name}");
        assert_eq!(found(&mut world, &who, "seen"), current, "what {name} finds");
        let Reply::ClientChoices(clients) =
            world.ask(Some(&who), &Request::Read(ReadRequest::PickClient { text: String::new(), own: false })).unwrap()
        else {
            panic!()
        };
        let clients: HashSet<Known> = clients.rows.iter().map(|row| (EntityKind::Client, row.client.id.0)).collect();
        let of_list: HashSet<Known> = current.iter().filter(|(kind, _)| *kind == EntityKind::Client).copied().collect();
        assert_eq!(clients, of_list, "the clients that {name} chooses from");
        let query = Query::Client(listing(ClientFilter::default(), ClientSort::Name, 50));
        let Reply::Exported { rows, .. } =
            world.ask(Some(&who), &Request::Export { query, format: Format::Csv }).unwrap()
        else {
            panic!()
        };
        assert_eq!(usize::try_from(rows).unwrap(), of_list.len(), "the file of {name}");
    }
}

/// For an event that the user may not see, the picker shows that the person is busy but not the event's title.
#[rstest]
fn the_picker_hides_the_titles_of_events_the_user_may_not_see(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (support, other) = (world.support.clone(), world.other_support.clone());
    let sales = world.sales.clone();
    let [.., (_, mine)] = company(&mut world, "Mine", &sales, Some(&support));
    company(&mut world, "Not for me", &sales, Some(&other));
    let pick =
        Request::Read(ReadRequest::PickSupport { events: vec![EventId::new(mine)], text: "other.support".to_owned() });
    for (visibility, title) in [(Visibility::Open, Some("Not for me")), (Visibility::Restricted, None)] {
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
            visibility,
            support_hands_over: true,
            ..settings
        })));
        let Reply::Candidates { people, .. } = world.ask(Some(&support), &pick).unwrap() else { panic!("candidates") };
        assert_eq!(people[0].availability, Some(Availability::Clash));
        assert_eq!(people[0].clash(), title, "{visibility:?}");
    }
}

/// What the history of a record shows this user: actor and action of each row.
fn history_of(world: &mut World, who: &Session, (kind, id): Known) -> Vec<(String, String)> {
    let request = match kind {
        EntityKind::Client => ReadRequest::ViewClient(ClientId::new(id)),
        EntityKind::Contract => ReadRequest::ViewContract(ContractId::new(id)),
        _ => ReadRequest::ViewEvent(EventId::new(id)),
    };
    let history = match world.ask(Some(who), &Request::Read(request)).unwrap() {
        Reply::Client(detail) => detail.history,
        Reply::Contract(detail) => detail.history,
        Reply::Event(detail) => detail.history,
        other => panic!("{other:?}"),
    };
    history.rows.into_iter().map(|row| (row.actor_name, row.action)).collect()
}

/// Sales see what was changed in their own records, by whomever, and support in their own events. Of other
/// records they see only what they did themselves, and refused attempts of others are for management.
#[rstest]
fn the_history_of_own_records_shows_the_changes_of_others(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (sales, other_sales) = (world.sales.clone(), world.other_sales.clone());
    let (support, other_support) = (world.support.clone(), world.other_support.clone());
    let [client, contract, event] = company(&mut world, "Ours", &sales, Some(&support));
    let refused = WriteRequest::UpdateContract {
        id: ContractId::new(contract.1),
        version: 2,
        draft: contract_draft(900),
        difference: None,
    };
    assert!(matches!(world.ask(Some(&other_sales), &Request::Write(refused)), Err(Error::Denied(_))));
    let by_manager = |actions: &[&str]| -> Vec<(String, String)> {
        actions.iter().map(|action| ("Person manager".to_owned(), (*action).to_owned())).collect()
    };
    let of_event = by_manager(&["event.support_assigned", "event.created"]);
    assert_eq!(history_of(&mut world, &sales, client), by_manager(&["client.created"]));
    assert_eq!(history_of(&mut world, &sales, contract), by_manager(&["contract.signed", "contract.created"]));
    assert_eq!(history_of(&mut world, &sales, event), of_event);
    assert_eq!(history_of(&mut world, &support, event), of_event);
    assert_eq!(history_of(&mut world, &support, contract), []);
    let attempt = [("Person other.sales".to_owned(), "action.refused".to_owned())];
    assert_eq!(history_of(&mut world, &other_sales, contract), attempt);
    for record in [client, event] {
        assert_eq!(history_of(&mut world, &other_sales, record), []);
        assert_eq!(history_of(&mut world, &other_support, record), []);
    }
    let manager = world.manager.clone();
    assert_eq!(history_of(&mut world, &manager, contract)[0], attempt[0]);
}

/// The details of a colleague list nothing that the viewer may not see; one's own list what is one's own.
#[rstest]
fn the_details_of_staff_list_only_what_may_be_seen(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    let (other_sales, other_support) = (world.other_sales.clone(), world.other_support.clone());
    company(&mut world, "Ours", &sales, Some(&support));
    company(&mut world, "Theirs", &other_sales, Some(&other_support));
    let listed = |world: &mut World, who: &Session, of: &Session| {
        let Reply::User(detail) = world.ask(Some(who), &Request::Read(ReadRequest::ViewUser(of.actor.id))).unwrap()
        else {
            panic!("user")
        };
        let clients = detail.clients.map(|page| page.rows.into_iter().map(|row| row.client.full_name).collect());
        let events = detail.events.map(|page| page.rows.into_iter().map(|row| row.event.title).collect());
        (clients, events, detail.owns.map(|owns| (owns.clients, owns.events)))
    };
    let names = |name: &str| Some(vec![name.to_owned()]);
    for (visibility, is_open) in [(Visibility::Open, true), (Visibility::Restricted, false)] {
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
        assert_eq!(listed(&mut world, &sales, &sales), (names("Ours"), None, Some((1, 0))), "{visibility:?}");
        assert_eq!(listed(&mut world, &support, &support), (None, names("Ours"), Some((0, 1))), "{visibility:?}");
        for who in [&manager, &sales, &support] {
            let seen = is_open || who == &manager;
            let of_sales = if seen { (names("Theirs"), None, Some((1, 0))) } else { (None, None, None) };
            assert_eq!(listed(&mut world, who, &other_sales), of_sales, "{visibility:?}");
            let of_support = if seen { (None, names("Theirs"), Some((0, 1))) } else { (None, None, None) };
            assert_eq!(listed(&mut world, who, &other_support), of_support, "{visibility:?}");
        }
    }
}
