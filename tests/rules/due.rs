//! What is overdue and due soon: lists, counts, sums and charts.

use epic_events::domain::{contracts::ContractView, instalments::Due};

use super::{
    instalments::{in_days, row, set, stands, today},
    payments::{contract, paid},
    *,
};

/// Nothing is open of an archived contract, in no list and no sum; what it was is back when it is restored.
#[rstest]
fn nothing_is_open_of_an_archived_contract(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 70_000);
    world.save(&set(id, 1, vec![row("", 60_000, Due::On(in_days(-5))), row("", 40_000, Due::Event(0))]));
    let before = stands(&mut world, id);
    assert_eq!(overdue(&mut world), (vec![id], Some(Cents(30_000))));
    let reply = world.manage(&Request::Write(WriteRequest::ArchiveContract { id, version: 2 }));
    stands(&mut world, id);
    assert_eq!(overdue(&mut world), (vec![], Some(Cents(0))));
    world.manage(&reply.undo().unwrap());
    assert_eq!(stands(&mut world, id), before);
    assert_eq!(overdue(&mut world), (vec![id], Some(Cents(30_000))));
}

fn listed(world: &mut World, view: ContractView) -> Vec<ContractId> {
    let filter = ContractFilter { view, ..ContractFilter::default() };
    let query = Query::Contract(listing(filter, ContractSort::NextDue, 100));
    let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(query))) else { panic!("a page") };
    page.of::<ContractRow>().rows.into_iter().map(|row| row.contract.id).collect()
}

/// The list of contracts that are overdue, and the amount that the home screen says.
fn overdue(world: &mut World) -> (Vec<ContractId>, Option<Cents>) {
    let list = listed(world, ContractView::Overdue);
    let Reply::Home(home) = world.manage(&Request::Read(ReadRequest::Home)) else { panic!("home") };
    let line = home.lines.iter().find(|one| one.line == HomeLine::Overdue).unwrap();
    assert_eq!(line.count, Count::Exactly(i64::try_from(list.len()).unwrap()));
    (list, line.amount)
}

/// Lists, counts, sums and charts of what is due; of a restricted user only what is theirs.
#[rstest]
fn what_is_due_is_listed_counted_and_summed(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use epic_events::services::figures::{About, BarValue};
    let mut world = World::new(engine);
    let one = |world: &mut World, owner, day: i64, amount: i64| {
        let client = world.client_of(owner, "Kevin Casey");
        let id = ContractId::new(world.save(&new_contract(client, amount, amount)).0);
        world.save(&set(id, 1, vec![row("", amount, Due::On(in_days(day)))]));
        id
    };
    let (mine, others) = (world.sales.actor.id, world.other_sales.actor.id);
    let late: Vec<ContractId> =
        [-91, -90, -31, -30, -1].iter().map(|day| one(&mut world, mine, *day, 1_000 - day)).collect();
    let foreign = one(&mut world, others, -5, 7_000);
    let soon: Vec<ContractId> = [0, 30].iter().map(|day| one(&mut world, mine, *day, 500)).collect();
    one(&mut world, mine, 31, 900);
    // This one is overdue, and another instalment of it falls due soon: it is in the first list alone.
    let both = one(&mut world, others, -2, 40);
    let rows = vec![row("", 25, Due::On(in_days(-2))), row("", 15, Due::On(in_days(3)))];
    world.save(&set(both, 2, rows));
    let all_late: Vec<ContractId> = late[..4].iter().chain([&foreign, &both]).chain(&late[4..]).copied().collect();
    assert_eq!(listed(&mut world, ContractView::Overdue), all_late);
    assert_eq!(listed(&mut world, ContractView::DueSoon), soon);
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
    let [manager, sales] = [world.manager.clone(), world.sales.clone()];
    let mut lines = |who, wanted: [HomeLine; 2]| {
        let Reply::Home(home) = world.ask(Some(who), &Request::Read(ReadRequest::Home)).unwrap() else {
            panic!("home")
        };
        wanted.map(|wanted| {
            let line = home.lines.iter().find(|one| one.line == wanted).unwrap();
            (line.count, line.amount.unwrap().0)
        })
    };
    let exactly = Count::Exactly;
    assert_eq!(
        lines(&manager, [HomeLine::Overdue, HomeLine::DueSoon]),
        [(exactly(7), 5_243 + 7_000 + 25), (exactly(2), 1_000)]
    );
    assert_eq!(lines(&sales, [HomeLine::MyOverdue, HomeLine::MyDueSoon]), [(exactly(5), 5_243), (exactly(2), 1_000)]);
    for (who, first) in [(&manager, 1_030 + 1_001 + 7_000 + 25), (&sales, 1_030 + 1_001)] {
        let Reply::Figures(figures) = world.ask(Some(who), &Request::Read(ReadRequest::Figures)).unwrap() else {
            panic!("figures")
        };
        let ages = figures.iter().find(|figure| figure.about == About::DueByAge).unwrap();
        let sums: Vec<BarValue> = ages.bars.iter().map(|bar| bar.value).collect();
        assert_eq!(sums, [first, 1_031, 1_090, 1_091].map(|sum| BarValue::Money(Cents(sum))));
        for bar in &ages.bars {
            let Reply::Page(page) = world.ask(Some(who), &ReadRequest::List(bar.query.clone()).into()).unwrap() else {
                panic!("a list")
            };
            let of = |row: ContractRow| if row.contract.id == both { 25 } else { row.contract.due_cents.0 };
            let late: i64 = page.of::<ContractRow>().rows.into_iter().map(of).sum();
            assert_eq!(BarValue::Money(Cents(late)), bar.value);
        }
    }
}

/// A contract is late from the day after its due day on the company's wall clock.
#[rstest]
fn it_is_late_on_the_day_after(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 1_000, 1_000);
    world.save(&set(id, 1, vec![row("", 1_000, Due::On(today()))]));
    assert_eq!(listed(&mut world, ContractView::Overdue), []);
    assert_eq!(listed(&mut world, ContractView::DueSoon), [id]);
    world.pass_days(1);
    assert_eq!(listed(&mut world, ContractView::Overdue), [id]);
    assert_eq!(listed(&mut world, ContractView::DueSoon), []);
    paid(&mut world, id, 1_000);
    assert_eq!(listed(&mut world, ContractView::Overdue), []);
}

/// The answer to a payment names all that is overdue and since when, as the details of the contract do.
#[rstest]
fn a_payment_answers_with_all_that_is_overdue(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Kevin Casey");
    let id = ContractId::new(world.save(&new_contract(client, 1_000, 1_000)).0);
    let days = [(300, -20), (200, -10), (500, 10)];
    world.save(&set(id, 1, days.map(|(cents, days)| row("", cents, Due::On(in_days(days)))).to_vec()));
    let pay = |cents| super::payments::record(id, support::world::payment_draft(cents));
    let next = |reply: Reply| {
        let Reply::Saved { id, done: Some(done), .. } = reply else { panic!() };
        (epic_events::domain::PaymentId::new(id), done.balance.unwrap().next)
    };
    let (first, late) = next(world.manage(&pay(100)));
    assert_eq!(late, Some((Cents(400), in_days(-20))));
    let (_, late) = next(world.manage(&pay(400)));
    assert_eq!(late, Some((Cents(500), in_days(10))));
    let cancel = WriteRequest::CancelPayment { id: first, version: 1, reason: "Wrong".to_owned() };
    assert_eq!(next(world.manage(&Request::Write(cancel))).1, Some((Cents(100), in_days(-10))));
}
