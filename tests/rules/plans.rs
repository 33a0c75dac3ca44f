//! Plans, the default plan, and what a changed total and another time zone do to instalments.

use epic_events::domain::{
    PlanId,
    contracts::ContractDraft,
    instalments::{Due, InstalmentDraft, SeenInstalment},
    plans::{Plan, PlanDraft, PlanPart},
};
use support::world::sign;

use super::{
    instalments::{days, in_days, opens, refused, row, set, stands, today, version},
    payments::contract,
    *,
};

fn part(label: &str, share: i32, due: Due) -> PlanPart {
    PlanPart { label: label.to_owned(), share, due }
}

/// The plan of the specification.
pub(super) fn thirds() -> PlanDraft {
    let parts = vec![
        part("Deposit", 3_000, Due::Signature(0)),
        part("Before", 4_000, Due::Event(-60)),
        part("Rest", 3_000, Due::Event(0)),
    ];
    PlanDraft { name: "30/40/30".to_owned(), parts }
}

pub(super) fn plan(world: &mut World, draft: PlanDraft) -> PlanId {
    PlanId::new(world.save(&Request::Write(WriteRequest::CreatePlan(draft))).0)
}

pub(super) fn by_default(world: &mut World, default_plan: Option<PlanId>) {
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { default_plan, ..settings })));
}

/// A new contract follows the default plan, to the cent; another default plan, other parts, and none bring all
/// contracts along that have no instalments of their own.
#[rstest]
fn contracts_without_own_instalments_follow_the_default_plan(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let before = contract(&mut world, 100_001, 100_001);
    assert_eq!(stands(&mut world, before), []);
    let thirds = plan(&mut world, thirds());
    let half = vec![part("", 5_000, Due::Signature(0)), part("", 5_000, Due::Signature(30))];
    let half = plan(&mut world, PlanDraft { name: "50/50".to_owned(), parts: half });
    by_default(&mut world, Some(thirds));
    let amounts = |world: &mut World, id| stands(world, id).into_iter().map(|(amount, ..)| amount).collect::<Vec<_>>();
    assert_eq!(amounts(&mut world, before), [30_000, 40_001, 30_000]);
    let new = contract(&mut world, 200, 50);
    assert_eq!(opens(&mut world, new), [0, 0, 50]);
    let own = contract(&mut world, 500, 500);
    world.save(&set(own, 1, vec![row("All", 500, Due::On(in_days(3)))]));
    // A cent is one part, and has no others.
    let cent = contract(&mut world, 1, 1);
    assert_eq!(amounts(&mut world, cent).iter().sum::<i64>(), 1);
    world.save(&sign(before, 1));
    assert_eq!(days(&mut world, before), [Some(today()), None, None]);
    by_default(&mut world, Some(half));
    assert_eq!(days(&mut world, before), [Some(today()), Some(in_days(30))]);
    assert_eq!(amounts(&mut world, new), [100, 100]);
    assert_eq!(amounts(&mut world, own), [500]);
    // A changed total has other parts.
    let raise =
        |difference| WriteRequest::UpdateContract { id: new, version: 1, draft: contract_draft(300), difference };
    let reply = world.manage(&Request::Write(raise(None)));
    assert_eq!(amounts(&mut world, new), [150, 150]);
    world.manage(&reply.undo().unwrap());
    assert_eq!(amounts(&mut world, new), [100, 100]);
    // Another share of the plan.
    let parts = vec![part("One", 2_500, Due::Signature(1)), part("Two", 7_500, Due::Signature(2))];
    let edited = PlanDraft { name: "25/75".to_owned(), parts };
    let reply = world.manage(&Request::Write(WriteRequest::UpdatePlan { id: half, version: 1, draft: edited }));
    assert_eq!(amounts(&mut world, new), [50, 150]);
    assert_eq!(days(&mut world, before), [Some(in_days(1)), Some(in_days(2))]);
    world.manage(&reply.undo().unwrap());
    assert_eq!(amounts(&mut world, new), [100, 100]);
    // Back to the plan, and none at all.
    world.save(&set(own, 2, Vec::new()));
    assert_eq!(amounts(&mut world, own), [250, 250]);
    let manager = world.manager.clone();
    let remove = |id, version| Request::Write(WriteRequest::RemovePlan { id, version });
    assert_eq!(denied(world.ask(Some(&manager), &remove(half, 3))), Reason::PlanIsDefault);
    by_default(&mut world, None);
    for id in [before, new, own, cent] {
        assert_eq!(stands(&mut world, id), []);
    }
    let reply = world.manage(&remove(half, 3));
    world.manage(&reply.undo().unwrap());
    let names = |world: &mut World| match world.manage(&Request::Read(ReadRequest::Plans)) {
        Reply::Plans(plans) => plans.into_iter().map(|Plan { name, .. }| name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(names(&mut world), ["30/40/30", "50/50"]);
    by_default(&mut world, Some(thirds));
    assert_eq!(amounts(&mut world, own), [150, 200, 150]);
    // A plan that is gone cannot be the default one.
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let gone = Settings { default_plan: Some(half), ..settings };
    assert_eq!(
        refused(&mut world, &Request::Write(WriteRequest::UpdateSettings(gone)), Field::DefaultPlan),
        Problem::NotAChoice
    );
}

/// The difference of a changed total goes to the instalment that is named, or to the last one.
#[rstest]
fn the_difference_of_a_changed_total_goes_to_one_instalment(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 95_000);
    let agreed = vec![row("One", 40_000, Due::On(in_days(1))), row("Two", 60_000, Due::On(in_days(2)))];
    world.save(&set(id, 1, agreed.clone()));
    let seen = |position: i32, amount: i64| {
        let row = agreed[usize::try_from(position).unwrap() - 1].clone();
        Some(SeenInstalment { position, row: InstalmentDraft { amount_cents: Cents(amount), ..row } })
    };
    let change = |world: &World, total, difference| {
        let (draft, version) = (contract_draft(total), version(world, id));
        Request::Write(WriteRequest::UpdateContract { id, version, draft, difference })
    };
    let amounts = |world: &mut World| stands(world, id).into_iter().map(|(amount, ..)| amount).collect::<Vec<_>>();
    let request = change(&world, 110_000, None);
    let last = world.manage(&request);
    assert_eq!(amounts(&mut world), [40_000, 70_000]);
    world.manage(&last.undo().unwrap());
    assert_eq!(amounts(&mut world), [40_000, 60_000]);
    let request = change(&world, 90_000, seen(1, 40_000));
    let first = world.manage(&request);
    assert_eq!(amounts(&mut world), [30_000, 60_000]);
    world.manage(&first.undo().unwrap());
    assert_eq!(amounts(&mut world), [40_000, 60_000]);
    for (total, difference, problem) in
        [(60_000, seen(1, 40_000), Problem::NotPositive), (40_000, None, Problem::NotPositive)]
    {
        let request = change(&world, total, difference);
        assert_eq!(refused(&mut world, &request, Field::Difference), problem);
    }
    // Below what was paid.
    let request = change(&world, 4_000, seen(2, 60_000));
    assert_eq!(refused(&mut world, &request, Field::TotalCents), Problem::BelowPaid(Cents(5_000)));
    // Other fields leave the instalments alone.
    let draft = ContractDraft { notes: "Called.".to_owned(), ..contract_draft(100_000) };
    let version = version(&world, id);
    world.save(&Request::Write(WriteRequest::UpdateContract { id, version, draft, difference: None }));
    assert_eq!(amounts(&mut world), [40_000, 60_000]);
    // Somebody has inserted another instalment before the one that was seen: what stands at its place now is not meant.
    let inserted =
        vec![row("New", 10_000, Due::On(in_days(0))), agreed[0].clone(), row("Two", 50_000, Due::On(in_days(2)))];
    let set_again = set(id, self::version(&world, id), inserted);
    world.save(&set_again);
    let (manager, before) = (world.manager.clone(), world.state());
    for takes in [seen(1, 40_000), seen(2, 60_000), seen(2, 50_000).map(|seen| SeenInstalment { position: 9, ..seen })]
    {
        let request = change(&world, 90_000, takes);
        assert!(matches!(world.ask(Some(&manager), &request), Err(Error::Conflict(_))), "{request:?}");
    }
    assert_eq!(world.state(), before);
}

/// What the form for a plan refuses, the service refuses alone.
#[rstest]
fn wrong_plans_are_refused_by_the_service(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let of = |parts| PlanDraft { name: "Wrong".to_owned(), parts };
    for (draft, field, problem) in [
        (of(vec![part("", 9_999, Due::Event(0))]), Field::Share, Problem::SharesDiffer(9_999)),
        (of(vec![part("", 10_000, Due::On(today()))]), Field::DueOn, Problem::NeedsAnchor),
        (of(Vec::new()), Field::Share, Problem::Required),
        (PlanDraft { name: " ".to_owned(), ..thirds() }, Field::Name, Problem::Required),
    ] {
        assert_eq!(refused(&mut world, &Request::Write(WriteRequest::CreatePlan(draft)), field), problem);
    }
    plan(&mut world, thirds());
    let same = PlanDraft { name: "30/40/30 ".to_owned(), ..thirds() };
    assert_eq!(refused(&mut world, &Request::Write(WriteRequest::CreatePlan(same)), Field::Name), Problem::Taken);
}

/// The day of a signature is that of the company, and follows another time zone.
#[rstest]
fn another_time_zone_moves_the_days_of_signatures(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 1_000, 1_000);
    world.save(&set(id, 1, vec![row("", 1_000, Due::Signature(0))]));
    world.save(&sign(id, 2));
    assert_eq!(days(&mut world, id), [Some(today())]);
    let move_to = |world: &mut World, time_zone| {
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { time_zone, ..settings })));
    };
    // 9:00 UTC is still the day before there.
    move_to(&mut world, chrono_tz::Tz::Pacific__Honolulu);
    assert_eq!(days(&mut world, id), [Some(in_days(-1))]);
    move_to(&mut world, chrono_tz::Tz::Europe__Paris);
    assert_eq!(days(&mut world, id), [Some(today())]);
}
