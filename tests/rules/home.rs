//! The counts and charts of the home screen, and the lists behind them.

use super::*;

/// The counts on the home screen are those of the lists that its lines open.
#[rstest]
fn home_counts_match_the_lists_behind_them(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    world.save(&Request::Write(WriteRequest::CreateEvent {
        contract: records.signed,
        draft: event_draft("Nobody's", 1),
    }));
    let counts = |world: &mut World, who: &epic_events::domain::session::Session| {
        let Reply::Home(home) = world.ask(Some(who), &Request::Read(ReadRequest::Home)).unwrap() else {
            panic!("home")
        };
        home.lines.into_iter().map(|waiting| waiting.count).collect::<Vec<_>>()
    };
    let exactly = |numbers: &[i64]| numbers.iter().copied().map(Count::Exactly).collect::<Vec<_>>();
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    assert_eq!(counts(&mut world, &manager), exactly(&[1, 1, 1, 0, 0, 1]));
    assert_eq!(counts(&mut world, &sales), exactly(&[1, 1, 0, 1, 0, 0]));
    assert_eq!(counts(&mut world, &support), exactly(&[1, 1]));
    let week = Request::Read(ReadRequest::List(Query::Event(listing(
        EventFilter { view: EventView::Week, ..EventFilter::default() },
        EventSort::Starts,
        10,
    ))));
    let Reply::Page(page) = world.manage(&week) else { panic!("events") };
    let page = page.of::<EventRow>();
    assert_eq!(page.rows[0].event.title, "Nobody's");
    assert_eq!(page.rows[0].event.status, Status::Planned);
}

#[rstest]
fn figures_are_the_sums_of_the_lists_behind_them(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use epic_events::services::figures::{About, BarValue};
    let mut world = World::new(engine);
    let records = world.records();
    // Only the planned event counts as work of its support person; the cancelled and the finished one do not.
    let support = world.support.actor.id;
    for (days, status) in [(3, None), (4, Some(Status::Cancelled)), (5, Some(Status::Done))] {
        let draft = event_draft("Of the coming weeks", days);
        let event =
            EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0);
        world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
            event,
            version: 1,
            support: Some(support),
        }])));
        if let Some(status) = status {
            world.save(&Request::Write(WriteRequest::SetStatus { id: event, version: 2, status }));
        }
    }
    let other = world.other_sales.actor.id;
    let foreign = world.client_of(other, "Of somebody else");
    world.signed_contract(foreign);
    let Reply::Figures(figures) = world.manage(&Request::Read(ReadRequest::Figures)) else { panic!("figures") };
    assert_eq!(
        figures.iter().map(|figure| figure.about).collect::<Vec<_>>(),
        [About::SignedByMonth, About::DueByAge, About::SupportLoad]
    );
    let support = world.support.clone();
    let Reply::Figures(weeks) = world.ask(Some(&support), &Request::Read(ReadRequest::Figures)).unwrap() else {
        panic!("figures")
    };
    assert_eq!(weeks[0].bars.len(), 4);
    for figure in figures.iter().chain(&weeks) {
        for bar in &figure.bars {
            let request = ReadRequest::List(bar.query.clone().with_limit(200)).into();
            let Reply::Page(page) = world.manage(&request) else { panic!("a list") };
            let amount = |row: &Record| match row {
                Record::Contract(row) if figure.about == About::DueByAge => row.contract.due_cents.0,
                Record::Contract(row) => row.contract.total_cents.0,
                other => panic!("{other:?}"),
            };
            match bar.value {
                BarValue::Money(cents) => {
                    assert_eq!(cents, Cents(page.rows.iter().map(amount).sum()), "{bar:?}");
                }
                BarValue::Events(count) => assert_eq!(usize::try_from(count).unwrap(), page.rows.len(), "{bar:?}"),
            }
        }
    }
    // Both contracts were signed this month; a sales person's figures count only their own contract.
    assert_eq!(figures[0].bars.last().unwrap().value, BarValue::Money(Cents(200_000)));
    let sales = world.sales.clone();
    let Reply::Figures(own) = world.ask(Some(&sales), &Request::Read(ReadRequest::Figures)).unwrap() else {
        panic!("figures")
    };
    assert_eq!(own[0].bars.last().unwrap().value, BarValue::Money(Cents(100_000)));
}
