//! What requests take on a company of any size: medians and worst, as a table. Not part of
//! the tests; `tests/speed SIZE` makes the company and runs it, on both engines.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{Duration, Instant};

use epic_events::{
    domain::{
        EventId,
        filter::{
            Assignment, ClientFilter, ClientSort, ContractFilter, ContractSort, EventFilter, EventSort, EventView,
        },
        page::{Cursor, Edge, Listing},
        session::Session,
    },
    services::{Reply, Request, Services},
    storage::Target,
};
use secrecy::SecretString;
use strum::IntoEnumIterator;

const ROUNDS: usize = 20;

struct Desk {
    services: Services,
    session: Session,
}

impl Desk {
    fn ask(&mut self, request: &Request) -> Reply {
        self.services.execute(Some(&self.session), request, epic_events::app::now()).unwrap()
    }

    fn time(&mut self, name: &str, mut request: impl FnMut(usize) -> Request) {
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|round| {
                let request = request(round);
                let begun = Instant::now();
                self.ask(&request);
                begun.elapsed()
            })
            .collect();
        times.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!("SPEED {name:<44} {:>9.2} {:>9.2}", ms(times[ROUNDS / 2]), ms(times[ROUNDS - 1]));
    }
}

fn events(filter: EventFilter, sort: EventSort, edge: Edge) -> Request {
    Request::ListEvents(Listing { filter, sort, descending: false, edge, limit: 100 })
}

#[test]
#[ignore = "measures; needs a company"]
fn what_requests_take() {
    let url = std::env::var("EPIC_EVENTS_SPEED_URL").expect("the address of a demo made with --scale");
    let mut services = Services::new(Target::parse(&url).unwrap(), "speed".to_owned(), 4);
    let sign_in = Request::SignIn { login: "manager".to_owned(), password: SecretString::from("look-around-freely") };
    let Reply::SignedIn(session) = services.execute(None, &sign_in, epic_events::app::now()).unwrap() else { panic!() };
    let mut desk = Desk { services, session: *session };
    println!("SPEED {:<44} {:>9} {:>9}", "milliseconds", "median", "worst");
    desk.time("heartbeat (one read)", |_| Request::Heartbeat);
    desk.time("home counts", |_| Request::Home);
    desk.time("home figures", |_| Request::Figures);
    for sort in EventSort::iter() {
        desk.time(&format!("events by {sort:?}"), |_| events(EventFilter::default(), sort, Edge::Start));
    }
    desk.time("events, last page", |_| events(EventFilter::default(), EventSort::Starts, Edge::End));
    let Reply::Events(page) = desk.ask(&events(EventFilter::default(), EventSort::Starts, Edge::Start)) else {
        panic!()
    };
    let last = page.rows.last().unwrap();
    let cursor = Cursor { key: epic_events::domain::filter::Sorted::key(last, EventSort::Starts), id: last.event.id.0 };
    desk.time("events, next page", |_| events(EventFilter::default(), EventSort::Starts, Edge::After(cursor.clone())));
    for view in [EventView::WithoutSupport, EventView::Week, EventView::Past] {
        desk.time(&format!("events, view {view:?}"), |_| {
            events(EventFilter { view, ..EventFilter::default() }, EventSort::Starts, Edge::Start)
        });
    }
    for sort in ContractSort::iter() {
        desk.time(&format!("contracts by {sort:?}"), |_| {
            Request::ListContracts(Listing {
                filter: ContractFilter::default(),
                sort,
                descending: false,
                edge: Edge::Start,
                limit: 100,
            })
        });
    }
    for sort in ClientSort::iter() {
        desk.time(&format!("clients by {sort:?}"), |_| {
            Request::ListClients(Listing {
                filter: ClientFilter::default(),
                sort,
                descending: false,
                edge: Edge::Start,
                limit: 100,
            })
        });
    }
    for words in
        ["wed", "wedding", "rossi", "yuki rossi", "wedding yuki", "1999", "lumiere 87", "nothing begins so", "ai"]
    {
        desk.time(&format!("events filtered by \"{words}\""), |_| {
            events(EventFilter { text: words.to_owned(), ..EventFilter::default() }, EventSort::Starts, Edge::Start)
        });
    }
    for words in ["", "wedding", "yuki rossi", "wedding yuki", "rossi", "1999"] {
        desk.time(&format!("events counted, filtered by \"{words}\""), |_| {
            events(EventFilter { text: words.to_owned(), ..EventFilter::default() }, EventSort::Starts, Edge::Total)
        });
    }
    for words in ["yuki rossi", "1999", "nothing begins so"] {
        desk.time(&format!("palette \"{words}\""), |_| Request::Search { text: words.to_owned() });
    }
    let id = |round: usize| EventId::new(100 + i64::try_from(round).unwrap());
    desk.time("an event", |round| Request::ViewEvent(id(round)));
    desk.time("a client", |round| {
        Request::ViewClient(epic_events::domain::ClientId::new(100 + i64::try_from(round).unwrap()))
    });
    desk.time("picking support", |round| Request::PickSupport { events: vec![id(round)], text: String::new() });
    let Reply::Candidates(people) = desk.ask(&Request::PickSupport { events: vec![id(0)], text: String::new() }) else {
        panic!()
    };
    let version = |desk: &mut Desk, id: EventId| match desk.ask(&Request::ViewEvent(id)) {
        Reply::Event(detail) => detail.row.event.version,
        other => panic!("{other:?}"),
    };
    let seen: Vec<i32> = (0..ROUNDS).map(|round| version(&mut desk, id(round))).collect();
    desk.time("assigning support", |round| {
        let support = Some(people[round % people.len()].id);
        Request::AssignSupport(vec![Assignment { event: id(round), version: seen[round], support }])
    });
    let today = epic_events::app::now().utc.date();
    desk.time("calendar of a week", |_| Request::Calendar { from: today, to: today + chrono::Days::new(7) });
    let memory = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("SPEED {peak}");
}
