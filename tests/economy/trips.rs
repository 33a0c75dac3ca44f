//! How many round trips to the server a connection, a list and a save take.

use epic_events::{
    domain::{
        Cents, ContractId, PaymentId, UserId,
        assigning::Assignment,
        contracts::{ContractFilter, ContractSort},
        entity::Query,
        events::{EventDraft, EventFilter, EventSort, Status},
        instalments::{Due, InstalmentDraft},
        page::{Edge, Listing},
        session::Session,
    },
    services::{ReadRequest, Reply, Request, Services, WriteRequest},
    storage::Target,
};
use rstest::rstest;

use crate::{
    listing,
    support::{
        self, Engine,
        proxy::Proxy,
        world::{World, client_draft, contract_draft, event_draft, new_contract, pay},
    },
};

/// Services whose connection goes through a proxy that counts round trips.
struct Desk {
    services: Services,
    wire: Proxy,
    world: World,
}

impl Desk {
    fn new(engine: Engine) -> Self {
        let world = World::new(engine);
        let port = support::server(engine).port;
        let wire = Proxy::to(port);
        let url = world.db.url.replace(&port.to_string(), &wire.port.to_string());
        let services = Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4);
        Self { services, wire, world }
    }

    fn ask(&mut self, who: &Session, request: &Request) -> (Reply, usize) {
        self.wire.round_trips();
        let now = self.world.now();
        let reply = self.services.execute(Some(who), request, now);
        (reply.unwrap_or_else(|error| panic!("{request:?}: {error:?}")), self.wire.round_trips())
    }

    /// The round trips of the second of two similar requests; the first one also prepares the statements.
    fn times(&mut self, who: &Session, requests: [Request; 2]) -> usize {
        let [first, second] = requests;
        self.ask(who, &first);
        self.ask(who, &second).1
    }
}

/// Every one of these delays the start of a program that is far from the server.
#[rstest]
fn connecting_takes_three_round_trips_after_the_handshake(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    // The response to the server's greeting. MySQL has the account's password in its cache.
    const HANDSHAKE: usize = 1;
    let mut desk = Desk::new(engine);
    desk.wire.round_trips();
    desk.services.connect().unwrap();
    let trips = desk.wire.round_trips();
    assert!(trips <= HANDSHAKE + 3, "{trips} round trips");
}

#[rstest]
fn opening_a_list_takes_one_round_trip(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut desk = Desk::new(engine);
    desk.world.records();
    let manager = desk.world.manager.clone();
    let open = |text: &str, edge: Edge| {
        let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
        Request::Read(ReadRequest::List(Query::Event(Listing { filter, ..listing(EventSort::Starts, false, edge) })))
    };
    let twice = |request: Request| [request.clone(), request];
    assert_eq!(desk.times(&manager, twice(open("", Edge::Start))), 1, "the start");
    assert_eq!(desk.times(&manager, twice(open("", Edge::End))), 1, "the end");
    assert_eq!(desk.times(&manager, twice(open("", Edge::Total))), 1, "the count");
    assert_eq!(desk.times(&manager, twice(open("", Edge::Today))), 1, "today");
    let contracts = |edge: Edge| {
        let filter = ContractFilter::default();
        Request::Read(ReadRequest::List(Query::Contract(Listing {
            filter,
            ..listing(ContractSort::Created, true, edge)
        })))
    };
    assert_eq!(desk.times(&manager, twice(contracts(Edge::Total))), 1, "the count and the sums");
    // The number of matches, the word index and the page; the latter two are prepared for these words.
    assert_eq!(desk.times(&manager, twice(open("bouzin", Edge::Start))), 5, "a word");
    for role in [desk.world.sales.clone(), desk.world.support.clone()] {
        assert_eq!(desk.times(&role, twice(open("", Edge::Start))), 1, "{:?}", role.actor.role);
    }
}

/// A page that is read without a prior check of the rights is returned only if the rights are still those of
/// the session.
#[rstest]
fn a_page_read_without_a_prior_check_still_obeys_changed_rights(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut desk = Desk::new(engine);
    desk.world.records();
    let open = Request::Read(ReadRequest::List(Query::Event(listing(EventSort::Starts, false, Edge::Start))));
    let sales = desk.world.sales.clone();
    assert_eq!(desk.times(&sales, [open.clone(), open.clone()]), 1);
    // Visibility is restricted, which the session does not know yet.
    let settings = epic_events::domain::settings::Settings {
        visibility: epic_events::domain::settings::Visibility::Restricted,
        ..sales.settings.clone()
    };
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    let other = desk.world.other_sales.clone();
    let (reply, trips) = desk.ask(&other, &open);
    assert!(matches!(&reply, Reply::Page(page) if page.rows.is_empty()), "{reply:?}");
    assert!(trips > 1, "the rights were not read again");
    // A deactivated account sees nothing.
    let id = sales.actor.id;
    let version = version_of(&desk, id);
    let heirs = crate::support::world::heirs(&[other.actor.id], 1, 0);
    desk.world.manage(&Request::Write(WriteRequest::DeactivateUser { id, version, heirs }));
    let now = desk.world.now();
    let reply = desk.services.execute(Some(&sales), &open, now);
    assert!(matches!(reply, Err(epic_events::domain::Error::SignedOut(_))), "{reply:?}");
}

/// The payment that was entered with a contract.
fn paid_before(desk: &Desk, contract: ContractId) -> PaymentId {
    use diesel::prelude::*;
    use epic_events::schema::payments as p;
    p::table.filter(p::contract_id.eq(contract)).order(p::id).select(p::id).first(&mut desk.world.connection()).unwrap()
}

/// The version of an account.
fn version_of(desk: &Desk, id: UserId) -> i32 {
    epic_events::storage::users::find(&mut desk.world.connection(), id).unwrap().unwrap().version
}

#[rstest]
fn a_save_takes_no_more_round_trips_than_its_rules_require(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    // Besides BEGIN and COMMIT: the account's fence, loading the record, writing it, the end of the audit log,
    // and its new row.
    const SAVE: usize = 5 + 2;
    let mut desk = Desk::new(engine);
    let (sales, support, manager) = (desk.world.sales.clone(), desk.world.support.clone(), desk.world.manager.clone());
    let records = [desk.world.records(), desk.world.records()];
    let both = |request: &dyn Fn(&support::world::Records) -> Request| [request(&records[0]), request(&records[1])];

    let saves = both(&|made| {
        Request::Write(WriteRequest::UpdateClient { id: made.client, version: 1, draft: client_draft("Another") })
    });
    // The copies of the client's name in other tables are written as well. Under the new name another client is found,
    // with which it is marked as a possible duplicate; the one with the old name is still one by its number.
    assert_eq!(desk.times(&sales, saves), SAVE + 1 + 4, "a client");
    let saves = both(&|made| {
        Request::Write(WriteRequest::UpdateContract {
            id: made.contract,
            version: 1,
            draft: contract_draft(900),
            difference: None,
        })
    });
    // The instalments, which may follow the total.
    assert_eq!(desk.times(&sales, saves), SAVE + 1, "a contract");
    let version = records[0].event_version;
    let saves = both(&|made| {
        Request::Write(WriteRequest::UpdateEvent { id: made.event, version, draft: event_draft("Another", 20) })
    });
    // An event that is moved to another day: the contract, whose instalments may follow it, and these.
    assert_eq!(desk.times(&support, saves), SAVE + 2, "an event");
    let saves = both(&|made| {
        let draft = EventDraft { attendees: 20, ..event_draft("Another", 20) };
        Request::Write(WriteRequest::UpdateEvent { id: made.event, version: version + 1, draft })
    });
    assert_eq!(desk.times(&support, saves), SAVE, "an event on the same day");
    let signs = both(&|made| crate::support::world::sign(made.contract, 2));
    assert_eq!(desk.times(&sales, signs), SAVE + 1, "signing");
    // The support person's row is locked as well, so that nobody deactivates them meanwhile, and what else they
    // have to do at that time is read for the answer.
    let other = desk.world.other_support.actor.id;
    let assigns = both(&|made| {
        Request::Write(WriteRequest::AssignSupport(vec![Assignment {
            event: made.event,
            version: version + 2,
            support: Some(other),
        }]))
    });
    assert_eq!(desk.times(&manager, assigns), SAVE + 2, "assigning");
    let dones = both(&|made| {
        Request::Write(WriteRequest::SetStatus { id: made.event, version: version + 3, status: Status::Done })
    });
    assert_eq!(desk.times(&manager, dones), SAVE, "a status");
    let archives = both(&|made| Request::Write(WriteRequest::ArchiveEvent { id: made.event, version: version + 4 }));
    assert_eq!(desk.times(&manager, archives), SAVE + 2, "archiving an event");

    // A new record's parent is locked, and the new record is read back as it was stored.
    let creates = both(&|made| new_contract(made.client, 500, 500));
    assert_eq!(desk.times(&manager, creates), SAVE + 1, "a new contract");
    // A payment changes what is due as well, and what is open of the instalments in the same round trip, however
    // many there are. What falls due next is read for the answer.
    for made in &records {
        let rows = [1, 2, 3].map(|number| InstalmentDraft {
            label: number.to_string(),
            amount_cents: Cents(if number == 1 { 20_000 } else { 40_000 }),
            due: Due::Event(number),
        });
        desk.world.save(&Request::Write(WriteRequest::SetInstalments {
            contract: made.signed,
            version: 2,
            rows: rows.to_vec(),
        }));
    }
    assert_eq!(desk.times(&sales, both(&|made| pay(made.signed, 1_000))), SAVE + 3, "a payment");
    let payments = both(&|made| {
        let id = paid_before(&desk, made.signed);
        Request::Write(WriteRequest::CancelPayment { id, version: 1, reason: "Wrong".to_owned() })
    });
    assert_eq!(desk.times(&sales, payments), SAVE + 2, "cancelling a payment");
    let creates = both(&|made| {
        Request::Write(WriteRequest::CreateEvent { contract: made.signed, draft: event_draft("New", 10) })
    });
    // Its contract's instalments are read and get their days.
    assert_eq!(desk.times(&sales, creates), SAVE + 3, "a new event");
    let create = |name| Request::Write(WriteRequest::CreateClient { draft: client_draft(name), sales_contact: None });
    // Others with the same name or number are looked for; here some have the number.
    assert_eq!(desk.times(&sales, [create("A new one"), create("One more")]), SAVE + 1 + 3, "a new client");
    let like = client_draft("A new one");
    let known = Request::Read(ReadRequest::KnownClients { like, except: None });
    assert_eq!(desk.times(&sales, [known.clone(), known]), 1, "who is known");
}
