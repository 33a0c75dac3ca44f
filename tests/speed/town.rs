//! A server in another town: a round trip of fifty milliseconds.

use std::time::Instant;

use epic_events::{
    domain::{
        ContractId,
        contracts::ContractDraft,
        entity::Query,
        events::{EventFilter, EventSort},
        page::{Edge, Listing},
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest},
    storage::Target,
};
use secrecy::SecretString;

use super::{PASSWORD, ROUNDS, say, url};
use crate::support::proxy::Proxy;

#[test]
#[ignore = "measures; needs a company on a server"]
fn a_server_in_another_town() {
    let (before, rest) = url().rsplit_once(':').map(|(before, rest)| (before.to_owned(), rest.to_owned())).unwrap();
    let (port, name) = rest.split_once('/').unwrap();
    let wire = Proxy::to(port.parse().unwrap());
    wire.move_away(25);
    let far = format!("{before}:{}/{name}", wire.port);
    let mut services = Services::new(Target::parse(&far).unwrap(), "far away".to_owned(), 4);
    let sign_in = Request::Session(SessionRequest::SignIn {
        login: "manager".to_owned(),
        password: SecretString::from(PASSWORD),
    });
    let Ok(Reply::SignedIn(session)) = services.execute(None, &sign_in, epic_events::app::now()) else { panic!() };
    let mut ask = |request: &Request| {
        let begun = Instant::now();
        let reply = services.execute(Some(&session), request, epic_events::app::now()).unwrap();
        (begun.elapsed(), reply)
    };
    let filter = EventFilter::default;
    let open = Listing { filter: filter(), sort: EventSort::Starts, descending: false, edge: Edge::Start, limit: 100 };
    let opened = (0..ROUNDS).map(|_| ask(&Request::Read(ReadRequest::List(Query::Event(open.clone())))).0).collect();
    say("50 ms away: opening events (the worst is the first)", opened, None, "");
    let saved = (0..ROUNDS).map(|round| {
        let id = ContractId::new(200 + i64::try_from(round).unwrap());
        let (_, Reply::Contract(detail)) = ask(&Request::Read(ReadRequest::ViewContract(id))) else {
            panic!("a contract")
        };
        let contract = detail.row.contract;
        let draft = ContractDraft { notes: format!("{} .", contract.notes), ..ContractDraft::from(&contract) };
        ask(&Request::Write(WriteRequest::UpdateContract { id, version: contract.version, draft, difference: None })).0
    });
    say("50 ms away: saving a contract (the worst is the first)", saved.collect(), None, "");
}
