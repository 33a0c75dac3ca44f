//! The times of requests through the services: checking the rights, querying, and building the reply.

use std::time::Instant;

use epic_events::{
    domain::{
        EventId,
        assigning::Assignment,
        clients::{ClientFilter, ClientSort},
        contracts::{ContractFilter, ContractSort},
        entity::Query,
        events::{EventFilter, EventRow, EventSort, EventView},
        page::{Cursor, Edge, Listing},
        session::Session,
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest},
    storage::Target,
};
use secrecy::SecretString;
use strum::IntoEnumIterator;

use super::{
    PASSWORD, ROUNDS,
    floor::{Client, page},
    money, say, url,
};

pub struct Desk {
    services: Services,
    session: Session,
}

impl Desk {
    pub fn ask(&mut self, request: &Request) -> Reply {
        self.services.execute(Some(&self.session), request, epic_events::app::now()).unwrap()
    }

    pub fn time(&mut self, name: &str, floor: Option<f64>, mut request: impl FnMut(usize) -> Request) {
        let times = (0..ROUNDS).map(|round| {
            let request = request(round);
            let begun = Instant::now();
            self.ask(&request);
            begun.elapsed()
        });
        say(name, times.collect(), floor, "");
    }
}

#[test]
#[ignore = "measures; needs a company"]
fn request_times() {
    let mut services = Services::new(Target::parse(&url()).unwrap(), "speed".to_owned(), 4);
    let sign_in = Request::Session(SessionRequest::SignIn {
        login: "manager".to_owned(),
        password: SecretString::from(PASSWORD),
    });
    let Reply::SignedIn(session) = services.execute(None, &sign_in, epic_events::app::now()).unwrap() else { panic!() };
    let mut desk = Desk { services, session: *session };
    let mut client = Client::of(&url());
    lists(&mut desk, &mut client);
    words(&mut desk, &mut client);
    records(&mut desk, &mut client);
    money::lists(&mut desk, &mut client);
    money::records(&mut desk);
    let memory = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("SPEED | most memory of the services | {} |", peak.trim_start_matches("VmHWM:").trim());
}

/// The columns by which the best query sorts.
fn event_order(sort: EventSort) -> &'static str {
    match sort {
        EventSort::Starts => "e.starts_at, e.id",
        EventSort::Title => "e.title_key, e.id",
        EventSort::Client => "e.client_key, e.id",
        EventSort::Location => "e.location_key, e.id",
        EventSort::Attendees => "e.attendees, e.id",
        EventSort::Status => "e.status, e.id",
        EventSort::Support => "e.support_key, e.id",
    }
}

fn contract_order(sort: ContractSort) -> &'static str {
    match sort {
        ContractSort::Number => "e.id",
        ContractSort::Client => "e.client_key, e.id",
        ContractSort::Company => "e.company_key, e.id",
        ContractSort::Total => "e.total_cents, e.id",
        ContractSort::Due => "e.due_cents, e.id",
        ContractSort::Signed => "e.signed_at, e.id",
        ContractSort::SalesContact => "e.sales_key, e.id",
        ContractSort::Created => "e.created_at, e.id",
        ContractSort::NextDue => "e.next_due_on, e.id",
    }
}

fn client_order(sort: ClientSort) -> &'static str {
    match sort {
        ClientSort::Name => "e.name_key, e.id",
        ClientSort::Company => "e.company_key, e.id",
        ClientSort::Email => "e.email, e.id",
        ClientSort::Phone => "e.phone, e.id",
        ClientSort::SalesContact => "e.sales_key, e.id",
        ClientSort::LastContact => "e.last_contact_at, e.id",
        ClientSort::Twins => "e.twin_key, e.id",
        ClientSort::Updated => "e.updated_at, e.id",
    }
}

fn listing<F: Default, S>(sort: S, edge: Edge) -> Listing<F, S> {
    Listing { filter: F::default(), sort, descending: false, edge, limit: 100 }
}

fn lists(desk: &mut Desk, client: &mut Client) {
    desk.time("heartbeat", Some(client.floor("SELECT * FROM users WHERE id = 1")), |_| {
        Request::Session(SessionRequest::Heartbeat)
    });
    desk.time("home counts", Some(client.floor(&home())), |_| Request::Read(ReadRequest::Home));
    desk.time("home figures", None, |_| Request::Read(ReadRequest::Figures));
    for sort in EventSort::iter() {
        let floor = client.floor(&page("events", event_order(sort)));
        desk.time(&format!("events by {sort:?}"), Some(floor), |_| {
            Request::Read(ReadRequest::List(Query::Event(listing(sort, Edge::Start))))
        });
    }
    let floor = client.floor(&page("events", "e.starts_at DESC, e.id DESC"));
    desk.time("events, last page", Some(floor), |_| {
        Request::Read(ReadRequest::List(Query::Event(listing(EventSort::Starts, Edge::End))))
    });
    let Reply::Page(first) =
        desk.ask(&Request::Read(ReadRequest::List(Query::Event(listing(EventSort::Starts, Edge::Start)))))
    else {
        panic!()
    };
    let first = first.of::<EventRow>();
    let last = first.rows.last().unwrap();
    let cursor = Cursor { key: epic_events::domain::page::Sorted::key(last, EventSort::Starts), id: last.event.id.0 };
    let after = page("events", "e.starts_at, e.id").replace("WHERE", "WHERE e.starts_at IS NOT NULL AND");
    desk.time("events, next page", Some(client.floor(&after)), |_| {
        Request::Read(ReadRequest::List(Query::Event(listing(EventSort::Starts, Edge::After(cursor.clone())))))
    });
    let floor = client.floor("SELECT COUNT(*) FROM (SELECT id FROM events WHERE archived_at IS NULL LIMIT 10001) a");
    desk.time("events, the count", Some(floor), |_| {
        Request::Read(ReadRequest::List(Query::Event(listing(EventSort::Starts, Edge::Total))))
    });
    for view in [EventView::WithoutSupport, EventView::Week, EventView::Past] {
        desk.time(&format!("events, view {view:?}"), None, |_| {
            let filter = EventFilter { view, ..EventFilter::default() };
            Request::Read(ReadRequest::List(Query::Event(Listing {
                filter,
                ..listing(EventSort::Starts, Edge::Start)
            })))
        });
    }
    for sort in ContractSort::iter() {
        let floor = client.floor(&page("contracts", contract_order(sort)));
        desk.time(&format!("contracts by {sort:?}"), Some(floor), |_| {
            Request::Read(ReadRequest::List(Query::Contract(listing::<ContractFilter, _>(sort, Edge::Start))))
        });
    }
    for sort in ClientSort::iter() {
        let floor = client.floor(&page("clients", client_order(sort)));
        desk.time(&format!("clients by {sort:?}"), Some(floor), |_| {
            Request::Read(ReadRequest::List(Query::Client(listing::<ClientFilter, _>(sort, Edge::Start))))
        });
    }
}

/// The queries for the four counts of a manager's home screen.
fn home() -> String {
    let today = epic_events::app::now().utc.date();
    let counted = |table: &str, which: &str| {
        format!("SELECT COUNT(*) FROM (SELECT id FROM {table} WHERE archived_at IS NULL AND {which} LIMIT 1001) a")
    };
    [
        counted("events", "support_id IS NULL AND status IN ('planned', 'confirmed')"),
        counted("contracts", "signed_at IS NULL"),
        counted("contracts", "due_cents > 0"),
        counted("events", &format!("starts_at >= '{today}' AND starts_at < '{}'", today + chrono::Days::new(7))),
    ]
    .join(";\n")
}

/// The query for a page of the events with all these words, by the word index.
fn with_words(text: &str) -> String {
    let mysql = text.split(' ').map(|word| format!("+{word}*")).collect::<Vec<_>>().join(" ");
    let sqlite = text.split(' ').map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
    let which = if url().starts_with("mysql") {
        format!("MATCH (e.search, e.client_search) AGAINST ('{mysql}' IN BOOLEAN MODE)")
    } else {
        format!("e.id IN (SELECT rowid FROM events_words WHERE events_words MATCH '{sqlite}')")
    };
    page("events", "e.starts_at, e.id").replace("WHERE", &format!("WHERE {which} AND"))
}

fn words(desk: &mut Desk, client: &mut Client) {
    for text in
        ["wed", "wedding", "rossi", "yuki rossi", "wedding yuki", "1999", "lumiere 87", "nothing begins so", "ai"]
    {
        let short = text.split(' ').any(|word| word.len() < 3);
        let floor = (!short).then(|| client.floor(&with_words(text)));
        let asked = |edge: Edge| {
            let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
            Request::Read(ReadRequest::List(Query::Event(Listing { filter, ..listing(EventSort::Starts, edge) })))
        };
        desk.time(&format!("events filtered by \"{text}\""), floor, |_| asked(Edge::Start));
        desk.time(&format!("the count of \"{text}\""), None, |_| asked(Edge::Total));
    }
    for text in ["yuki rossi", "1999", "nothing begins so"] {
        desk.time(&format!("palette \"{text}\""), None, |_| {
            Request::Read(ReadRequest::Search { text: text.to_owned() })
        });
    }
}

fn records(desk: &mut Desk, client: &mut Client) {
    let id = |round: usize| EventId::new(100 + i64::try_from(round).unwrap());
    let one = "SELECT * FROM events WHERE id = 100;\nSELECT * FROM contracts WHERE id = 100;\n\
               SELECT * FROM audit_log WHERE record_type = 'event' AND record_id = 100";
    desk.time("an event", Some(client.floor(one)), |round| Request::Read(ReadRequest::ViewEvent(id(round))));
    desk.time("a client", None, |round| {
        Request::Read(ReadRequest::ViewClient(epic_events::domain::ClientId::new(100 + i64::try_from(round).unwrap())))
    });
    desk.time("picking support", None, |round| {
        Request::Read(ReadRequest::PickSupport { events: vec![id(round)], text: String::new() })
    });
    let Reply::Candidates { people, .. } =
        desk.ask(&Request::Read(ReadRequest::PickSupport { events: vec![id(0)], text: String::new() }))
    else {
        panic!()
    };
    let version = |desk: &mut Desk, id: EventId| match desk.ask(&Request::Read(ReadRequest::ViewEvent(id))) {
        Reply::Event(detail) => (detail.row.event.version, detail.row.event.support_id),
        other => panic!("{other:?}"),
    };
    let seen: Vec<_> = (0..ROUNDS).map(|round| version(desk, id(round))).collect();
    desk.time("assigning support", None, |round| {
        let (version, before) = seen[round];
        let support = people.iter().map(|person| Some(person.id)).find(|person| *person != before).unwrap();
        Request::Write(WriteRequest::AssignSupport(vec![Assignment { event: id(round), version, support }]))
    });
    let today = epic_events::app::now().utc.date();
    desk.time("calendar of a week", None, |_| {
        Request::Read(ReadRequest::Calendar { from: today, to: today + chrono::Days::new(7) })
    });
}
