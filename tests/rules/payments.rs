//! Payments: what is due is the total minus what was paid, by any route and under any concurrency.

use std::collections::BTreeMap;

use diesel::prelude::*;
use epic_events::{
    domain::{
        PaymentId,
        contracts::ContractDraft,
        payments::{Method, Payment, PaymentDraft, PaymentFilter, PaymentRow, Words},
    },
    schema::payments,
};
use support::world::{pay, payment_draft};

use super::{payment_lists::list, *};

/// Total and amount due of a contract, after it was compared with its payments.
pub(super) fn balance(world: &World, id: ContractId) -> (i64, i64) {
    let db = &mut world.connection();
    let contract = storage::contracts::find(db, id).unwrap().unwrap();
    let of_contract = payments::table.filter(payments::contract_id.eq(id)).select(Payment::as_select());
    let all: Vec<Payment> = of_contract.load(db).unwrap();
    let counted = all.iter().filter(|payment| payment.cancelled_at.is_none());
    let paid: i64 = counted.map(|payment| payment.amount_cents.0).sum();
    assert_eq!(contract.due_cents.0, contract.total_cents.0 - paid, "{all:?}");
    assert!((0..=contract.total_cents.0).contains(&contract.due_cents.0), "{contract:?}");
    (contract.total_cents.0, contract.due_cents.0)
}

pub(super) fn contract(world: &mut World, total: i64, due: i64) -> ContractId {
    let client = world.client_of(world.sales.actor.id, "Kevin Casey");
    ContractId::new(world.save(&new_contract(client, total, due)).0)
}

pub(super) fn cancel(id: PaymentId, version: i32) -> Request {
    Request::Write(WriteRequest::CancelPayment { id, version, reason: "Wrong contract".to_owned() })
}

pub(super) fn record(contract: ContractId, draft: PaymentDraft) -> Request {
    Request::Write(WriteRequest::RecordPayment { contract, draft })
}

pub(super) fn paid(world: &mut World, contract: ContractId, amount: i64) -> PaymentId {
    PaymentId::new(world.save(&pay(contract, amount)).0)
}

fn refused(world: &mut World, request: &Request, field: Field) -> Problem {
    let manager = world.manager.clone();
    let before = world.state();
    let answer = world.ask(Some(&manager), request);
    let Err(Error::Invalid(errors)) = answer else { panic!("{request:?}: {answer:?}") };
    assert_eq!(world.state(), before, "{request:?}");
    errors.of(field).unwrap_or_else(|| panic!("{errors:?}"))
}

#[rstest]
fn payments_refunds_and_cancellations_change_what_is_due(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    // Not signed: a deposit may be paid all the same.
    let id = contract(&mut world, 500_000, 500_000);
    let deposit = paid(&mut world, id, 150_000);
    assert_eq!(balance(&world, id), (500_000, 350_000));
    paid(&mut world, id, -50_000);
    assert_eq!(balance(&world, id), (500_000, 400_000));
    let rest = paid(&mut world, id, 400_000);
    assert_eq!(balance(&world, id), (500_000, 0));
    world.save(&cancel(rest, 1));
    assert_eq!(balance(&world, id), (500_000, 400_000));
    // A cancelled payment stays, and is final.
    let stored = storage::payments::find(&mut world.connection(), rest).unwrap().unwrap();
    assert_eq!((stored.cancel_reason.as_str(), stored.version), ("Wrong contract", 2));
    let manager = world.manager.clone();
    let words = Words { reference: "late".to_owned(), ..Words::default() };
    let edit = Request::Write(WriteRequest::UpdatePayment { id: rest, version: 2, words });
    for request in [cancel(rest, 2), edit] {
        assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::PaymentCancelled);
    }
    // Without the deposit, more would be refunded than was paid.
    assert_eq!(denied(world.ask(Some(&manager), &cancel(deposit, 1))), Reason::RefundedMeanwhile);
    assert_eq!(balance(&world, id), (500_000, 400_000));
}

#[rstest]
fn an_amount_fits_what_is_due_and_what_was_paid(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 70_000);
    let amount = Field::AmountCents;
    for (typed, problem) in [
        (0, Problem::IsZero),
        (70_001, Problem::MoreThanDue(Cents(70_000))),
        (i64::MAX, Problem::MoreThanDue(Cents(70_000))),
        (-30_001, Problem::MoreThanPaid(Cents(30_000))),
        (i64::MIN, Problem::MoreThanPaid(Cents(30_000))),
    ] {
        assert_eq!(refused(&mut world, &pay(id, typed), amount), problem, "{typed}");
    }
    let tomorrow = start().date() + chrono::Days::new(1);
    let later = PaymentDraft { paid_on: tomorrow, ..payment_draft(1) };
    assert_eq!(refused(&mut world, &record(id, later), Field::PaidOn), Problem::InTheFuture);
    let ancient = PaymentDraft { paid_on: chrono::NaiveDate::from_ymd_opt(26, 1, 1).unwrap(), ..payment_draft(1) };
    assert!(matches!(refused(&mut world, &record(id, ancient), Field::PaidOn), Problem::YearOutOfRange(..)));
    let opening = PaymentDraft { method: Method::Opening, ..payment_draft(1) };
    assert_eq!(refused(&mut world, &record(id, opening), Field::Method), Problem::NotAChoice);
    let long = PaymentDraft { reference: "x".repeat(101), ..payment_draft(1) };
    assert_eq!(refused(&mut world, &record(id, long), Field::Reference), Problem::TooLong(100));
    let payment = paid(&mut world, id, 1);
    for (reason, problem) in [("  ".to_owned(), Problem::Required), ("x".repeat(201), Problem::TooLong(200))] {
        let request = Request::Write(WriteRequest::CancelPayment { id: payment, version: 1, reason });
        assert_eq!(refused(&mut world, &request, Field::CancelReason), problem);
    }
    assert_eq!(balance(&world, id), (100_000, 69_999));
}

/// The company's day counts, not that of UTC: at 23:30 UTC it is tomorrow in Paris.
#[rstest]
fn the_day_of_a_payment_is_the_company_s(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let time_zone = chrono_tz::Tz::Europe__Paris;
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { time_zone, ..settings })));
    let id = contract(&mut world, 100_000, 100_000);
    let (sales, night) = (world.sales.clone(), start().date().and_hms_opt(23, 30, 0).unwrap());
    let mut at =
        |time, request: &Request| world.services.execute(Some(&sales), request, Moment { utc: time, ticks: 1_000_000 });
    let tomorrow = PaymentDraft { paid_on: start().date() + chrono::Days::new(1), ..payment_draft(1) };
    let Reply::Saved { id, .. } = at(night, &record(id, tomorrow)).unwrap() else { panic!("saved") };
    // Recorded on the 22nd in Paris, so sales can cancel it on that day and not on the next.
    let payment = PaymentId::new(id);
    let next = night + TimeDelta::hours(24);
    assert_eq!(denied(at(next, &cancel(payment, 1))), Reason::RecordedEarlier);
    assert!(at(next - TimeDelta::hours(2), &cancel(payment, 1)).is_ok());
}

#[rstest]
fn what_was_paid_before_a_contract_was_entered_is_a_payment(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Kevin Casey");
    let log = world.audit().len();
    let id = ContractId::new(world.save(&new_contract(client, 100_000, 60_000)).0);
    assert_eq!(world.audit()[log..], ["contract.created", "payment.recorded"]);
    assert_eq!(balance(&world, id), (100_000, 60_000));
    let filter = PaymentFilter { contract: Some(id), ..PaymentFilter::default() };
    let manager = world.manager.clone();
    let page = list(&mut world, &manager, filter);
    let [PaymentRow { payment, .. }] = page.rows.as_slice() else { panic!("{page:?}") };
    assert_eq!(
        (payment.amount_cents, payment.method, payment.paid_on),
        (Cents(40_000), Method::Opening, start().date())
    );
    // Nothing was paid of this one.
    world.save(&new_contract(client, 100_000, 100_000));
    assert_eq!(world.audit().last().unwrap(), "contract.created");
    for (paid, problem) in [(-1, Problem::Negative), (100_001, Problem::PaidAboveTotal)] {
        let request = new_contract(client, 100_000, 100_000 - paid);
        assert_eq!(refused(&mut world, &request, Field::PaidBefore), problem);
    }
}

#[rstest]
fn the_total_covers_what_was_paid(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 60_000);
    let update = |total, version| {
        Request::Write(WriteRequest::UpdateContract { id, version, draft: contract_draft(total), difference: None })
    };
    let problem = refused(&mut world, &update(39_999, 1), Field::TotalCents);
    assert_eq!(problem, Problem::BelowPaid(Cents(40_000)));
    world.save(&update(40_000, 1));
    assert_eq!(balance(&world, id), (40_000, 0));
    world.save(&update(250_000, 2));
    assert_eq!(balance(&world, id), (250_000, 210_000));
    // A refund that was cancelled would now make up more than the total.
    let refund = paid(&mut world, id, -10_000);
    world.save(&update(30_000, 3));
    let manager = world.manager.clone();
    assert_eq!(denied(world.ask(Some(&manager), &cancel(refund, 1))), Reason::PaidMeanwhile);
    assert_eq!(balance(&world, id), (30_000, 0));
}

/// A payment changes neither the version of its contract nor anything that a form of it contains.
#[rstest]
fn an_open_form_of_the_contract_is_saved_after_a_payment(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 100_000);
    let opened = storage::contracts::find(&mut world.connection(), id).unwrap().unwrap();
    let payment = paid(&mut world, id, 30_000);
    let draft = ContractDraft { notes: "Discount.".to_owned(), ..ContractDraft::from(&opened) };
    let reply = world.manage(&Request::Write(WriteRequest::UpdateContract {
        id,
        version: opened.version,
        draft,
        difference: None,
    }));
    assert_eq!(balance(&world, id), (100_000, 70_000));
    // What takes back the edit keeps the payment.
    world.save(&cancel(payment, 1));
    paid(&mut world, id, 20_000);
    world.manage(&reply.undo().unwrap());
    assert_eq!(balance(&world, id), (100_000, 80_000));
    // A conflict names who has changed the contract, not who has recorded a payment of it since.
    let sales = world.sales.clone();
    let draft = contract_draft(90_000);
    world
        .ask(Some(&sales), &Request::Write(WriteRequest::UpdateContract { id, version: 3, draft, difference: None }))
        .unwrap();
    paid(&mut world, id, 5_000);
    let stale = Request::Write(WriteRequest::UpdateContract {
        id,
        version: 3,
        draft: contract_draft(80_000),
        difference: None,
    });
    let manager = world.manager.clone();
    let Err(Error::Conflict(conflict)) = world.ask(Some(&manager), &stale) else { panic!("a conflict") };
    assert_eq!(conflict.by, sales.actor.full_name);
}

#[rstest]
fn nothing_is_paid_of_an_archived_contract(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 100_000);
    let payment = paid(&mut world, id, 30_000);
    world.save(&Request::Write(WriteRequest::ArchiveContract { id, version: 1 }));
    let manager = world.manager.clone();
    assert_eq!(denied(world.ask(Some(&manager), &pay(id, 1))), Reason::Archived);
    let words = Words { reference: "late".to_owned(), ..Words::default() };
    let edit = Request::Write(WriteRequest::UpdatePayment { id: payment, version: 1, words });
    for request in [cancel(payment, 1), edit] {
        assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    }
    // It stays in the list: the money was paid.
    assert_eq!(list(&mut world, &manager, PaymentFilter::default()).rows.len(), 1);
    assert_eq!(balance(&world, id), (100_000, 70_000));
}

/// Two people who correct the words of the same payment do not overwrite each other.
#[rstest]
fn a_payment_has_a_version_of_its_own(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 100_000);
    let payment = paid(&mut world, id, 30_000);
    let edit = |reference: &str| {
        let words = Words { reference: reference.to_owned(), ..Words::default() };
        Request::Write(WriteRequest::UpdatePayment { id: payment, version: 1, words })
    };
    world.save(&edit("VIR 12"));
    let manager = world.manager.clone();
    for request in [edit("CHQ 7"), cancel(payment, 1)] {
        assert!(matches!(world.ask(Some(&manager), &request), Err(Error::Conflict(_))));
    }
}

/// Every payment that was acknowledged is there, every cancellation too, and nothing is refused but by a rule.
#[rstest]
fn eight_writers_lose_no_payment(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    const EACH: i64 = 12;
    const DUE: i64 = 3_000;
    let mut world = World::new(engine);
    let ids = [contract(&mut world, DUE, DUE), contract(&mut world, DUE, DUE)];
    let (manager, now, url) = (world.manager.clone(), world.now(), world.db.url.clone());
    // The payments of all writers, each with its amount and whether it was cancelled.
    let acknowledged: BTreeMap<i64, (i64, bool)> = thread::scope(|scope| {
        let writers = (0..8_i64).map(|writer| {
            let (manager, url) = (&manager, &url);
            scope.spawn(move || {
                let mut services = Services::new(Target::parse(url).unwrap(), "test".to_owned(), 4);
                let mut made = BTreeMap::new();
                for number in 0..EACH {
                    let id = ids[usize::try_from((writer + number) % 2).unwrap()];
                    let amount = 100 + writer;
                    match services.execute(Some(manager), &pay(id, amount), now) {
                        Ok(Reply::Saved { id: payment, .. }) => {
                            // Every third is cancelled again.
                            let is_cancelled = number % 3 == 0;
                            if is_cancelled {
                                services.execute(Some(manager), &cancel(PaymentId::new(payment), 1), now).unwrap();
                            }
                            made.insert(payment, (amount, is_cancelled));
                        }
                        Err(Error::Invalid(errors)) => {
                            let problem = errors.of(Field::AmountCents);
                            assert!(
                                matches!(problem, Some(Problem::MoreThanDue(Cents(due))) if due < amount),
                                "{errors:?}"
                            );
                        }
                        other => panic!("{other:?}"),
                    }
                }
                made
            })
        });
        let writers: Vec<_> = writers.collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let rows = payments::table.select(Payment::as_select()).order(payments::id);
    let stored: Vec<Payment> = rows.load(&mut world.connection()).unwrap();
    let stored = stored.iter().map(|one| (one.id.0, (one.amount_cents.0, one.cancelled_at.is_some())));
    assert_eq!(stored.collect::<BTreeMap<_, _>>(), acknowledged);
    for id in ids {
        balance(&world, id);
    }
}

/// Of two payments that fit each, but not together, one is refused.
#[rstest]
fn two_payments_at_once_never_exceed_what_is_due(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, url) = (world.manager.clone(), world.db.url.clone());
    for _ in 0..5 {
        let id = contract(&mut world, 100_000, 100_000);
        let now = world.now();
        let answers: Vec<_> = thread::scope(|scope| {
            let one = || {
                let mut services = Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4);
                services.execute(Some(&manager), &pay(id, 60_000), now)
            };
            [scope.spawn(one), scope.spawn(one)].map(|writer| writer.join().unwrap()).into()
        });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert_eq!(balance(&world, id), (100_000, 40_000));
    }
}

/// A payment changes two records, the payment itself and what is due on its contract, and each has its own audit
/// row, also when `u` takes it back. The contract's version stays, so that its open form can still be saved.
#[rstest]
fn a_payment_and_its_contract_have_an_audit_row_each(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::{domain::audit::Changes, schema::audit_log as log};
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 500_000);
    let reply = world.manage(&pay(id, 200_000));
    let Reply::Saved { id: payment, version: 1, .. } = reply else { panic!("{reply:?}") };
    world.manage(&reply.undo().unwrap());
    let rows =
        log::table.order(log::id.desc()).limit(4).select((log::action, log::record_type, log::record_id, log::changes));
    let mut rows: Vec<(String, String, Option<i64>, String)> = rows.load(&mut world.connection()).unwrap();
    rows.reverse();
    let told = |verb: &str, (kind, number): (&str, i64), at: usize| {
        let (action, of, on, changes) = &rows[at];
        assert_eq!((action.as_str(), of.as_str(), *on), (verb, kind, Some(number)));
        Changes::from_json(changes)
    };
    let cents = |changes: &Changes, field| changes.of(field).map(|(old, new)| (old.as_i64(), new.as_i64()));
    let recorded = told("payment.recorded", ("payment", payment), 0);
    assert_eq!(cents(&recorded, Field::AmountCents), Some((None, Some(200_000))));
    let due = told("payment.recorded", ("contract", id.0), 1);
    assert_eq!((due.0.len(), cents(&due, Field::DueCents)), (1, Some((Some(500_000), Some(300_000)))));
    let cancelled = told("payment.cancelled", ("payment", payment), 2);
    assert!(cancelled.of(Field::CancelReason).is_some() && cancelled.of(Field::CancelledAt).is_some());
    let due = told("payment.cancelled", ("contract", id.0), 3);
    assert_eq!(cents(&due, Field::DueCents), Some((Some(300_000), Some(500_000))));
    let stored = storage::contracts::find(&mut world.connection(), id).unwrap().unwrap();
    assert_eq!((stored.version, balance(&world, id)), (1, (500_000, 500_000)));
}
