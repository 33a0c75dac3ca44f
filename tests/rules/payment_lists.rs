//! The list of payments: what it is filtered by, what it sums up, and who sees what.

use epic_events::domain::{
    PaymentId,
    page::{Page, Sums},
    payments::{Method, PaymentDraft, PaymentFilter, PaymentRow, PaymentView},
    session::Session,
    settings::Visibility,
};
use support::world::payment_draft;

use super::{
    payments::{cancel, paid, record},
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
    assert_eq!(found(&manager, words("nothing")).0, Vec::<i64>::new());
    assert_eq!(found(&manager, PaymentFilter { method: Some(Method::Card), ..all() }).0, [20_000]);
    assert_eq!(found(&manager, PaymentFilter { client: Some(lou), ..all() }).0, [7_000, 20_000]);
    assert_eq!(found(&manager, PaymentFilter { from: day(5), to: day(3), ..all() }).0, [20_000, -10_000]);
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
    let payment = paid(&mut world, records.signed, 10_000);
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
        let view = world.ask(Some(&who), &Request::Read(ReadRequest::ViewPayment(payment)));
        assert_eq!(view.is_ok(), seen > 0, "{name}");
        let view = world.ask(Some(&who), &Request::Read(ReadRequest::ViewContract(records.signed)));
        assert_eq!(view.is_ok(), seen > 0, "{name}");
        if let Ok(Reply::Contract(detail)) = view {
            assert_eq!(detail.payments.rows.len(), 2, "{name}");
        }
    }
    let other = world.other_sales.clone();
    let pick = Request::Read(ReadRequest::PickPayable { text: records.signed.0.to_string() });
    let Reply::ContractChoices(page) = world.ask(Some(&other), &pick).unwrap() else { panic!("contracts") };
    assert!(page.rows.is_empty(), "{page:?}");
}
