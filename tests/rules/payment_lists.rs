//! The list of payments: what it is filtered by, what it sums up, and who sees what.

use epic_events::domain::{
    PaymentId,
    page::{Listing, Page, Sums},
    payments::{Method, PaymentDraft, PaymentFilter, PaymentRow, PaymentSort, PaymentView},
    session::Session,
    settings::Visibility,
};
use support::world::{pay, payment_draft, sign};

use super::{
    payments::{cancel, record},
    *,
};

pub(super) fn list(world: &mut World, who: &Session, filter: PaymentFilter) -> Page<PaymentRow> {
    let query = Query::payments(filter);
    let Reply::Page(page) = world.ask(Some(who), &Request::Read(ReadRequest::List(query))).unwrap() else {
        panic!("payments")
    };
    page.of()
}

#[rstest]
fn the_list_is_found_by_words_days_method_client_and_view(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (owner, other) = (world.sales.actor.id, world.other_sales.actor.id);
    let (kevin, lou) = (world.client_of(owner, "Kevin Casey"), world.client_of(other, "Lou Bouzin"));
    let (a, b) = (
        ContractId::new(world.save(&new_contract(kevin, 100_000, 100_000)).0),
        ContractId::new(world.save(&new_contract(lou, 100_000, 100_000)).0),
    );
    let draft = |amount, days, method, reference: &str| PaymentDraft {
        paid_on: start().date() - chrono::Days::new(days),
        method,
        reference: reference.to_owned(),
        ..payment_draft(amount)
    };
    world.save(&record(a, draft(50_000, 9, Method::Cheque, "CHQ 4711")));
    world.save(&record(a, draft(-10_000, 5, Method::Transfer, "back")));
    world.save(&record(b, draft(20_000, 3, Method::Card, "")));
    let mistaken = PaymentId::new(world.save(&record(b, draft(7_000, 0, Method::Cash, ""))).0);
    world.save(&cancel(mistaken, 1));
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let mut found = |who: &Session, filter: PaymentFilter| {
        let page = list(&mut world, who, filter);
        let sums = page.sums;
        (page.rows.iter().map(|row| row.payment.amount_cents.0).collect::<Vec<_>>(), sums)
    };
    let all = PaymentFilter::default;
    let sums = |paid, cancelled| Some(Sums::Payments { paid: Cents(paid), cancelled: Cents(cancelled) });
    let day = |days| Some(start().date() - chrono::Days::new(days));
    // The newest first.
    assert_eq!(found(&manager, all()), (vec![7_000, 20_000, -10_000, 50_000], sums(60_000, 7_000)));
    let view = |view| PaymentFilter { view, ..all() };
    assert_eq!(found(&sales, view(PaymentView::Mine)).0, [-10_000, 50_000]);
    assert_eq!(found(&manager, view(PaymentView::Refunds)).0, [-10_000]);
    assert_eq!(found(&manager, view(PaymentView::Cancelled)), (vec![7_000], sums(0, 7_000)));
    let words = |text: &str| PaymentFilter { text: text.to_owned(), ..all() };
    assert_eq!(found(&manager, words("471")).0, [50_000]);
    assert_eq!(found(&manager, words("kevin")).0, [-10_000, 50_000]);
    assert_eq!(found(&manager, words("kevin chq")).0, [50_000]);
    // The number of a contract, alone or in words.
    assert_eq!(found(&manager, words(&format!("contract {}", b.0))).0, [7_000, 20_000]);
    assert!(found(&manager, words(&b.0.to_string())).0.ends_with(&[20_000]));
    assert_eq!(found(&manager, words("nothing")).0, Vec::<i64>::new());
    assert_eq!(found(&manager, PaymentFilter { client: Some(lou), ..all() }).0, [7_000, 20_000]);
    assert_eq!(found(&manager, PaymentFilter { from: day(5), to: day(3), ..all() }).0, [20_000, -10_000]);
    for sort in PaymentSort::iter() {
        let filter = PaymentFilter { method: Some(Method::Card), ..all() };
        let query = Query::Payment(Listing { filter, sort, descending: true, edge: Edge::Start, limit: 10 });
        let Reply::Page(page) = world.ask(Some(&manager), &Request::Read(ReadRequest::List(query))).unwrap() else {
            panic!("payments")
        };
        let amounts = page.of::<PaymentRow>().rows.iter().map(|row| row.payment.amount_cents.0).collect::<Vec<_>>();
        assert_eq!(amounts, [20_000], "{sort:?}");
    }
    // A client that was renamed is found by the new name.
    let version = storage::clients::find(&mut world.connection(), lou).unwrap().unwrap().version;
    world.save(&Request::Write(WriteRequest::UpdateClient { id: lou, version, draft: client_draft("Anna Almeida") }));
    assert_eq!(list(&mut world, &manager, words("almeida")).rows.len(), 2);
    assert_eq!(list(&mut world, &manager, words("bouzin")).rows.len(), 0);
}

/// Who does not see a contract sees nothing of its payments: not in lists, counts, sums, searches, files or
/// pickers.
#[rstest]
fn under_restricted_visibility_payments_follow_their_contracts(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let draft = PaymentDraft { reference: "CHQ 4711".to_owned(), ..payment_draft(10_000) };
    let payment = PaymentId::new(world.save(&record(records.signed, draft)).0);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
        visibility: Visibility::Restricted,
        ..settings
    })));
    let total = |filter: PaymentFilter| Request::Read(ReadRequest::List(Query::payments(filter).at(Edge::Total)));
    for (who, seen) in [
        (world.manager.clone(), 2),
        (world.sales.clone(), 2),
        (world.other_sales.clone(), 0),
        (world.support.clone(), 2),
        (world.other_support.clone(), 0),
    ] {
        let name = &who.actor.username;
        assert_eq!(list(&mut world, &who, PaymentFilter::default()).rows.len(), seen, "{name}");
        let text = "casey".to_owned();
        assert_eq!(
            list(&mut world, &who, PaymentFilter { text, ..PaymentFilter::default() }).rows.len(),
            seen,
            "{name}"
        );
        let Reply::Page(page) = world.ask(Some(&who), &total(PaymentFilter::default())).unwrap() else { panic!() };
        let paid = Cents(if seen == 0 { 0 } else { 60_000 });
        assert_eq!(page.sums, Some(Sums::Payments { paid, cancelled: Cents(0) }), "{name}");
        assert_eq!(page.total, Some(Count::Exactly(i64::try_from(seen).unwrap())), "{name}");
        for (text, hits) in [("chq 47", seen.min(1)), ("4711", 0)] {
            let search = Request::Read(ReadRequest::Search { text: text.to_owned() });
            let Reply::Found { records, .. } = world.ask(Some(&who), &search).unwrap() else { panic!("found") };
            let of_payments = records.iter().filter(|hit| hit.kind == EntityKind::Payment);
            assert_eq!(of_payments.count(), hits, "{name}: {text}");
        }
        let view = world.ask(Some(&who), &Request::Read(ReadRequest::ViewPayment(payment)));
        assert_eq!(view.is_ok(), seen > 0, "{name}");
        let view = world.ask(Some(&who), &Request::Read(ReadRequest::ViewContract(records.signed)));
        assert_eq!(view.is_ok(), seen > 0, "{name}");
        if let Ok(Reply::Contract(detail)) = view {
            assert_eq!(detail.payments.rows.len(), 2, "{name}");
        }
    }
    let other = world.other_sales.clone();
    for text in [records.signed.0.to_string(), String::new()] {
        let pick = Request::Read(ReadRequest::PickPayable { text });
        let Reply::ContractChoices(page) = world.ask(Some(&other), &pick).unwrap() else { panic!("contracts") };
        assert!(page.rows.is_empty(), "{page:?}");
    }
}

/// Without words the picker offers what has something due and is signed, the largest amount first, and everything
/// once nothing is due; sales is offered contracts of own clients only.
#[rstest]
fn the_picker_of_a_payment_begins_with_what_is_due(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (owner, other) = (world.sales.actor.id, world.other_sales.actor.id);
    let clients = [world.client_of(owner, "Kevin Casey"), world.client_of(other, "Lou Bouzin")];
    let mut signed = |client, due| {
        let id = ContractId::new(world.save(&new_contract(client, 100_000, due)).0);
        world.save(&sign(id, 1));
        id
    };
    let [small, large, theirs] = [signed(clients[0], 10_000), signed(clients[0], 90_000), signed(clients[1], 50_000)];
    let paid_up = signed(clients[0], 0);
    let unsigned = ContractId::new(world.save(&new_contract(clients[0], 100_000, 100_000)).0);
    let offered = |world: &mut World, who: &Session, text: &str| {
        let pick = Request::Read(ReadRequest::PickPayable { text: text.to_owned() });
        let Reply::ContractChoices(page) = world.ask(Some(who), &pick).unwrap() else { panic!("contracts") };
        page.rows.iter().map(|row| row.contract.id).collect::<Vec<_>>()
    };
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    assert_eq!(offered(&mut world, &manager, ""), [large, theirs, small]);
    assert_eq!(offered(&mut world, &sales, ""), [large, small]);
    assert_eq!(offered(&mut world, &sales, "casey"), [unsigned, paid_up, large, small]);
    for (id, due) in [(small, 10_000), (large, 90_000)] {
        world.save(&pay(id, due));
    }
    assert_eq!(offered(&mut world, &sales, " "), [unsigned, paid_up, large, small]);
}
