//! What the lists of contracts say about money: who owes, who owes most, and how much it is together.

use epic_events::domain::{
    ContractId,
    contracts::{ContractListing, ContractView},
    page::{Page, Sums},
    session::Session,
    settings::Visibility,
};

use super::*;

fn ask(world: &mut World, who: &Session, query: &Query) -> Page<ContractRow> {
    let Reply::Page(page) = world.ask(Some(who), &Request::Read(ReadRequest::List(query.clone()))).unwrap() else {
        panic!("contracts")
    };
    page.of()
}

/// A contract of the client with this amount due of 1,000.00, signed or not.
fn contract(world: &mut World, client: ClientId, due: i64, signed: bool) -> i64 {
    let (id, version) = world.save(&new_contract(client, 100_000, due));
    if signed {
        world.save(&support::world::sign(ContractId::new(id), version));
    }
    id
}

/// Owed is what was signed; the largest amount comes first, in the view and behind the lines of the home screen.
#[rstest]
fn not_fully_paid_are_signed_contracts_with_the_largest_amount_due_first(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (sales, other) = (world.sales.clone(), world.other_sales.clone());
    let (ours, theirs) = (world.client_of(sales.actor.id, "Ours"), world.client_of(other.actor.id, "Theirs"));
    let small = contract(&mut world, ours, 100, true);
    contract(&mut world, ours, 90_000, false);
    let large = contract(&mut world, ours, 50_000, true);
    contract(&mut world, ours, 0, true);
    let others = contract(&mut world, theirs, 20_000, true);
    for (who, view, wanted) in [
        (world.manager.clone(), ContractView::NotPaid, vec![large, others, small]),
        (sales.clone(), ContractView::MineNotPaid, vec![large, small]),
    ] {
        let query = Query::contracts(ContractFilter { view, ..ContractFilter::default() });
        let page = ask(&mut world, &who, &query);
        assert_eq!(page.rows.iter().map(|row| row.contract.id.0).collect::<Vec<_>>(), wanted, "{view:?}");
        let Reply::Home(home) = world.ask(Some(&who), &Request::Read(ReadRequest::Home)).unwrap() else { panic!() };
        let counted = home.lines.iter().find(|one| one.line.contracts().is_some_and(|filter| filter.view == view));
        assert_eq!(counted.unwrap().count, Count::Exactly(i64::try_from(wanted.len()).unwrap()), "{view:?}");
    }
}

/// The sums cover the whole list, not only its page, and nothing that the user may not see.
#[rstest]
fn a_list_of_contracts_says_what_they_amount_to(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, sales, other) = (world.manager.clone(), world.sales.clone(), world.other_sales.clone());
    let (ours, theirs) = (world.client_of(sales.actor.id, "Ours"), world.client_of(other.actor.id, "Theirs"));
    for due in [10_000, 20_000, 30_000] {
        contract(&mut world, ours, due, true);
    }
    contract(&mut world, theirs, 5_000, true);
    let sums = |total, due| Some(Sums::Contracts { total: Cents(total), due: Cents(due) });
    let query = |filter: ContractFilter, edge: Edge, limit| {
        Query::Contract(ContractListing { edge, ..listing(filter, ContractSort::Created, limit) })
    };
    let whole = ask(&mut world, &manager, &query(ContractFilter::default(), Edge::Start, 50));
    assert_eq!(whole.sums, sums(400_000, 65_000));
    let part = ask(&mut world, &manager, &query(ContractFilter::default(), Edge::Start, 2));
    assert_eq!((part.total, part.sums), (None, None));
    let total = query(ContractFilter::default(), Edge::Total, 2);
    assert_eq!(ask(&mut world, &manager, &total).sums, sums(400_000, 65_000));
    let nothing = ContractFilter { due_above: Some(Cents(90_000)), ..ContractFilter::default() };
    assert_eq!(ask(&mut world, &manager, &query(nothing, Edge::Total, 2)).sums, sums(0, 0));
    for text in ["ours", "Ours 777777"] {
        let filter = ContractFilter { text: text.to_owned(), ..ContractFilter::default() };
        let page = ask(&mut world, &manager, &query(filter, Edge::Total, 2));
        assert_eq!(page.sums, if text == "ours" { sums(300_000, 60_000) } else { sums(0, 0) }, "{text}");
    }
    // Under the restricted setting nothing of the others is summed up.
    let settings = Settings { visibility: Visibility::Restricted, ..manager.settings.clone() };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    let sales = world.sign_in("sales", PASSWORD).unwrap();
    assert_eq!(ask(&mut world, &sales, &total).sums, sums(300_000, 60_000));
}

/// The details of a client sum up its signed contracts: all of them, and only those that the viewer may see.
#[rstest]
fn a_client_shows_what_its_signed_contracts_amount_to(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (sales, support) = (world.sales.clone(), world.support.clone());
    let client = world.client_of(sales.actor.id, "Lou Bouzin");
    let signed = |world: &mut World, who: &Session| {
        let reply = world.ask(Some(who), &Request::Read(ReadRequest::ViewClient(client))).unwrap();
        let Reply::Client(detail) = reply else { panic!("a client") };
        detail.signed.map(|(count, sums)| {
            let Sums::Contracts { total, due } = sums else { panic!("{sums:?}") };
            (count, total.0, due.0)
        })
    };
    assert_eq!(signed(&mut world, &sales), Some((0, 0, 0)));
    let first = contract(&mut world, client, 70_000, true);
    contract(&mut world, client, 90_000, false);
    contract(&mut world, client, 0, true);
    let other = world.client_of(sales.actor.id, "Another");
    contract(&mut world, other, 50_000, true);
    assert_eq!(signed(&mut world, &sales), Some((2, 200_000, 70_000)));
    let draft = event_draft("Gala", 5);
    let event = Request::Write(WriteRequest::CreateEvent { contract: ContractId::new(first), draft });
    let event = EventId::new(world.save(&event).0);
    let assignment = Assignment { event, version: 1, support: Some(support.actor.id) };
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![assignment])));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let restricted = Settings { visibility: Visibility::Restricted, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(restricted)));
    assert_eq!(signed(&mut world, &support), Some((1, 100_000, 70_000)), "only the contract of their event");
    assert_eq!(signed(&mut world, &sales), Some((2, 200_000, 70_000)));
    // More contracts than the screen shows.
    for _ in 0..55 {
        contract(&mut world, client, 1_000, true);
    }
    assert_eq!(signed(&mut world, &sales), Some((57, 5_700_000, 125_000)));
    assert_eq!(signed(&mut world, &support), Some((1, 100_000, 70_000)));
}
