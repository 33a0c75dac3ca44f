//! Instalments: what falls due when, and what of it is open.

use chrono::NaiveDate;
use diesel::prelude::*;
use epic_events::{
    domain::instalments::{self, Due, Instalment, InstalmentDraft},
    schema::{contracts, instalments as rows},
    services::ContractDetail,
};
use support::world::{pay, sign};

use super::{
    payments::{cancel, contract, paid},
    plans::{by_default, plan, thirds},
    *,
};

pub(super) fn today() -> NaiveDate {
    start().date()
}

pub(super) fn in_days(days: i64) -> NaiveDate {
    today() + TimeDelta::days(days)
}

pub(super) fn row(label: &str, amount: i64, due: Due) -> InstalmentDraft {
    InstalmentDraft { label: label.to_owned(), amount_cents: Cents(amount), due }
}

pub(super) fn set(contract: ContractId, version: i32, rows: Vec<InstalmentDraft>) -> Request {
    Request::Write(WriteRequest::SetInstalments { contract, version, rows })
}

pub(super) fn detail(world: &mut World, id: ContractId) -> ContractDetail {
    match world.manage(&Request::Read(ReadRequest::ViewContract(id))) {
        Reply::Contract(detail) => *detail,
        other => panic!("{other:?}"),
    }
}

/// Amount, due day and what is open of each instalment, in the order of the contract, after what is stored was
/// compared with what follows from the contract.
pub(super) fn stands(world: &mut World, id: ContractId) -> Vec<(i64, Option<NaiveDate>, i64)> {
    let shown = detail(world, id).instalments;
    let db = &mut world.connection();
    let contract = storage::contracts::find(db, id).unwrap().unwrap();
    let stored = storage::instalments::of_contract(db, id).unwrap();
    let archived = contract.archived_at.is_some();
    let expected: Vec<Instalment> = shown
        .iter()
        .cloned()
        .map(|one| if archived { Instalment { open_cents: Cents(0), ..one } } else { one })
        .collect();
    assert_eq!(stored, expected);
    let sum: i64 = shown.iter().map(|one| one.amount_cents.0).sum();
    assert!(shown.is_empty() || sum == contract.total_cents.0, "{shown:?}");
    let open: i64 = shown.iter().map(|one| one.open_cents.0).sum();
    assert!(shown.is_empty() || open == contract.due_cents.0, "{shown:?}");
    let columns = (rows::open_on, rows::upto_cents);
    let derived: Vec<(Option<NaiveDate>, Cents)> =
        rows::table.filter(rows::contract_id.eq(id)).order(rows::position).select(columns).load(db).unwrap();
    for ((open_on, upto), (one, filled)) in derived.iter().zip(stored.iter().zip(instalments::filled_at(&stored))) {
        assert_eq!((*open_on, *upto), (one.due_on.filter(|_| one.open_cents.0 > 0), filled));
    }
    let next: Option<NaiveDate> =
        contracts::table.filter(contracts::id.eq(id)).select(contracts::next_due_on).first(db).unwrap();
    assert_eq!(next, instalments::next_due_on(&stored));
    shown.into_iter().map(|one| (one.amount_cents.0, one.due_on, one.open_cents.0)).collect()
}

pub(super) fn opens(world: &mut World, id: ContractId) -> Vec<i64> {
    stands(world, id).into_iter().map(|(.., open)| open).collect()
}

pub(super) fn days(world: &mut World, id: ContractId) -> Vec<Option<NaiveDate>> {
    stands(world, id).into_iter().map(|(_, day, _)| day).collect()
}

pub(super) fn version(world: &World, id: ContractId) -> i32 {
    storage::contracts::find(&mut world.connection(), id).unwrap().unwrap().version
}

pub(super) fn refused(world: &mut World, request: &Request, field: Field) -> Problem {
    let (manager, before) = (world.manager.clone(), world.state());
    let problem = invalid(world.ask(Some(&manager), request), field);
    assert_eq!(world.state(), before, "{request:?}");
    problem
}

/// Payments fill instalments in the order of their due days, those of one day in the order of the contract, and
/// those without a day last.
#[rstest]
fn payments_fill_instalments_in_the_order_of_their_days(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 90_000);
    let drafts = vec![
        row("Unknown", 20_000, Due::Event(0)),
        row("Later", 30_000, Due::On(in_days(10))),
        row("Same day", 30_000, Due::On(in_days(10))),
        row("First", 20_000, Due::On(in_days(-1))),
    ];
    world.save(&set(id, 1, drafts));
    assert_eq!(opens(&mut world, id), [20_000, 30_000, 30_000, 10_000]);
    paid(&mut world, id, 10_000);
    assert_eq!(opens(&mut world, id), [20_000, 30_000, 30_000, 0]);
    let most = paid(&mut world, id, 35_000);
    assert_eq!(opens(&mut world, id), [20_000, 0, 25_000, 0]);
    paid(&mut world, id, -10_000);
    assert_eq!(opens(&mut world, id), [20_000, 5_000, 30_000, 0]);
    paid(&mut world, id, 55_000);
    assert_eq!(opens(&mut world, id), [0, 0, 0, 0]);
    world.save(&cancel(most, 1));
    assert_eq!(opens(&mut world, id), [20_000, 0, 15_000, 0]);
    // The undo of a payment cancels it.
    let reply = world.manage(&pay(id, 15_000));
    assert_eq!(opens(&mut world, id), [20_000, 0, 0, 0]);
    world.manage(&reply.undo().unwrap());
    assert_eq!(opens(&mut world, id), [20_000, 0, 15_000, 0]);
}

/// The days follow the signature, and the first event that is neither archived nor cancelled.
#[rstest]
fn due_days_follow_the_signature_and_the_first_event(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 100_000);
    let drafts = vec![
        row("At the signature", 10_000, Due::Signature(0)),
        row("Before the event", 40_000, Due::Event(-10)),
        row("After the event", 50_000, Due::Event(1)),
    ];
    world.save(&set(id, 1, drafts));
    assert_eq!(days(&mut world, id), [None, None, None]);
    world.save(&sign(id, 2));
    assert_eq!(days(&mut world, id), [Some(today()), None, None]);
    let with_event = |day: i64| [Some(today()), Some(in_days(day - 10)), Some(in_days(day + 1))];
    let without = [Some(today()), None, None];
    let create = |draft| Request::Write(WriteRequest::CreateEvent { contract: id, draft });
    let first = EventId::new(world.save(&create(event_draft("First", 30))).0);
    assert_eq!(days(&mut world, id), with_event(30));
    let second = EventId::new(world.save(&create(event_draft("Second", 50))).0);
    assert_eq!(days(&mut world, id), with_event(30));
    let edit = |event, version, day| {
        Request::Write(WriteRequest::UpdateEvent { id: event, version, draft: event_draft("Moved", day) })
    };
    world.save(&edit(first, 1, 60));
    assert_eq!(days(&mut world, id), with_event(50));
    let reply = world.manage(&edit(second, 1, 40));
    assert_eq!(days(&mut world, id), with_event(40));
    world.manage(&reply.undo().unwrap());
    assert_eq!(days(&mut world, id), with_event(50));
    let cancelled = Request::Write(WriteRequest::SetStatus { id: second, version: 3, status: Status::Cancelled });
    let reply = world.manage(&cancelled);
    assert_eq!(days(&mut world, id), with_event(60));
    world.manage(&reply.undo().unwrap());
    assert_eq!(days(&mut world, id), with_event(50));
    let done = Request::Write(WriteRequest::SetStatus { id: second, version: 5, status: Status::Done });
    world.save(&done);
    assert_eq!(days(&mut world, id), with_event(50));
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: second, version: 6 }));
    assert_eq!(days(&mut world, id), with_event(60));
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: first, version: 2 }));
    assert_eq!(days(&mut world, id), without);
    world.save(&Request::Write(WriteRequest::RestoreEvent { id: second, version: 7 }));
    assert_eq!(days(&mut world, id), with_event(50));
    // An event whose start is not known does not count.
    let unknown = EventDraft { starts_at: None, ends_at: None, ..event_draft("Unknown", 1) };
    world.save(&create(unknown));
    assert_eq!(days(&mut world, id), with_event(50));
    // Support that may not change the contract moves its days by moving the event.
    let (support, version) = (world.support.clone(), 8);
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: second,
        version,
        support: Some(support.actor.id),
    }])));
    world.ask(Some(&support), &edit(second, version + 1, 20)).unwrap();
    assert_eq!(days(&mut world, id), with_event(20));
}

/// What the form refuses, the service refuses alone.
#[rstest]
fn wrong_rows_are_refused_by_the_service(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 1_000, 1_000);
    let (sum, total) = (Cents(999), Cents(1_000));
    let far = instalments::MOST_DAYS + 1;
    for (rows, field, problem) in [
        (vec![row("", 999, Due::Event(0))], Field::AmountCents, Problem::SumDiffers { sum, total }),
        (vec![row("", 0, Due::Event(0)), row("", 1_000, Due::Event(0))], Field::AmountCents, Problem::NotPositive),
        (vec![row("", -1, Due::Event(0)), row("", 1_001, Due::Event(0))], Field::AmountCents, Problem::NotPositive),
        (
            vec![row("", i64::MAX, Due::Event(0)); 3],
            Field::AmountCents,
            Problem::SumDiffers { sum: Cents(i64::MAX), total },
        ),
        (vec![row(&"x".repeat(61), 1_000, Due::Event(0))], Field::Label, Problem::TooLong(60)),
        (
            vec![row("", 1_000, Due::Signature(far))],
            Field::DueOn,
            Problem::OutOfRange((-far + 1).into(), (far - 1).into()),
        ),
    ] {
        assert_eq!(refused(&mut world, &set(id, 1, rows.clone()), field), problem, "{rows:?}");
    }
    let ancient = row("", 1_000, Due::On(NaiveDate::from_ymd_opt(26, 1, 1).unwrap()));
    assert!(matches!(refused(&mut world, &set(id, 1, vec![ancient]), Field::DueOn), Problem::YearOutOfRange(..)));
    let many = vec![row("", 1, Due::Event(0)); instalments::MOST + 1];
    let id_of_many = contract(&mut world, 121, 121);
    assert_eq!(refused(&mut world, &set(id_of_many, 1, many), Field::AmountCents), Problem::TooMany(instalments::MOST));
    // Somebody else has changed the contract meanwhile.
    world.save(&set(id, 1, vec![row("Mine", 1_000, Due::Event(0))]));
    let (manager, late) = (world.manager.clone(), set(id, 1, vec![row("Late", 1_000, Due::Event(0))]));
    assert!(matches!(world.ask(Some(&manager), &late), Err(Error::Conflict(_))));
    // The same rows change nothing.
    let same = world.manage(&set(id, 2, vec![row("Mine", 1_000, Due::Event(0))]));
    assert!(same.changed_nothing());
}

/// Undo puts the former instalments back, and the log has both.
#[rstest]
fn set_instalments_can_be_undone(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let thirds = plan(&mut world, thirds());
    by_default(&mut world, Some(thirds));
    let id = contract(&mut world, 1_000, 1_000);
    let first = vec![row("Now", 400, Due::On(today())), row("Later", 600, Due::Event(5))];
    let reply = world.manage(&set(id, 1, first.clone()));
    let Reply::Saved { done: Some(done), version: 2, .. } = &reply else { panic!("{reply:?}") };
    let (old, new) = done.changes.of(Field::Instalments).unwrap();
    assert!(old.is_null());
    assert_eq!(instalments::of_audited(new).unwrap(), first);
    let second = vec![row("All", 1_000, Due::Signature(30))];
    let reply = world.manage(&set(id, 2, second));
    world.manage(&reply.undo().unwrap());
    assert_eq!(instalments::own(&detail(&mut world, id).instalments), first);
    let back = world.manage(&set(id, 4, Vec::new()));
    assert_eq!(detail(&mut world, id).instalments[0].plan_id, Some(thirds));
    world.manage(&back.undo().unwrap());
    assert_eq!(instalments::own(&detail(&mut world, id).instalments), first);
    assert_eq!(world.audit().iter().filter(|verb| *verb == "contract.instalments_set").count(), 5);
}

/// The tables refuse what the services should have refused.
#[rstest]
fn the_tables_refuse_impossible_instalments(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::connection::SimpleConnection;
    let mut world = World::new(engine);
    let id = contract(&mut world, 1_000, 1_000);
    world.save(&set(id, 1, vec![row("", 1_000, Due::On(today()))]));
    let db = &mut world.connection();
    for change in [
        "amount_cents = 0",
        "open_cents = -1",
        "open_cents = 1001",
        "anchor = 'moon'",
        "position = 0",
        "open_on = NULL",
        "due_on = NULL, open_on = NULL",
        "upto_cents = 1",
        "plan_id = 4711",
        "contract_id = 4711",
    ] {
        assert!(db.batch_execute(&format!("UPDATE instalments SET {change}")).is_err(), "{change}");
    }
    let again = "INSERT INTO instalments (contract_id, position, label, amount_cents, anchor, due_on, upto_cents, open_cents, open_on, created_at, updated_at) \
         SELECT contract_id, position, label, amount_cents, anchor, due_on, upto_cents, open_cents, open_on, created_at, updated_at FROM instalments";
    assert!(db.batch_execute(again).is_err());
    assert!(db.batch_execute("DELETE FROM contracts").is_err());
}

/// Eight people change one contract at once: its payments, its event, its total and its instalments.
#[rstest]
fn no_change_is_lost_with_eight_writers(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let thirds = plan(&mut world, thirds());
    by_default(&mut world, Some(thirds));
    let id = contract(&mut world, 100_000, 100_000);
    world.save(&sign(id, 1));
    let create = |draft| Request::Write(WriteRequest::CreateEvent { contract: id, draft });
    let events: Vec<EventId> =
        (0..4).map(|nth| EventId::new(world.save(&create(event_draft("One", 30 + nth))).0)).collect();
    let now = world.now();
    let requests = |writer: usize| -> Vec<Request> {
        match writer {
            0..4 => (0..5).map(|_| pay(id, 1_000)).collect(),
            4 | 5 => (1..6)
                .map(|version| {
                    let draft = event_draft("Moved", i64::from(version) * 7 + i64::try_from(writer).unwrap());
                    Request::Write(WriteRequest::UpdateEvent { id: events[writer - 4], version, draft })
                })
                .collect(),
            6 => (2..7)
                .map(|version| {
                    let draft = contract_draft(100_000 + i64::from(version) * 3);
                    Request::Write(WriteRequest::UpdateContract { id, version, draft, difference: None })
                })
                .collect(),
            _ => (1..6)
                .map(|version| {
                    let draft = event_draft("Moved too", 90 - i64::from(version) * 5);
                    Request::Write(WriteRequest::UpdateEvent { id: events[2], version, draft })
                })
                .collect(),
        }
    };
    thread::scope(|scope| {
        for writer in 0..8 {
            let (url, manager, requests) = (world.db.url.clone(), world.manager.clone(), requests(writer));
            scope.spawn(move || {
                let mut services = Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4);
                for request in requests {
                    loop {
                        match services.execute(Some(&manager), &request, now) {
                            Ok(_) => break,
                            Err(Error::Unavailable(ConnectionProblem::Timeout)) => {}
                            Err(other) => panic!("{request:?}: {other:?}"),
                        }
                    }
                }
            });
        }
    });
    let open: i64 = opens(&mut world, id).iter().sum();
    assert_eq!(open, 100_018 - 20_000);
    assert_eq!(days(&mut world, id)[2], Some(in_days(33)));
}
