//! The times of requests about payments, and of recording one.

use epic_events::{
    domain::{
        Cents, ContractId,
        contracts::{ContractFilter, ContractRow, ContractSort, ContractView},
        entity::Query,
        page::{Cursor, Edge, Listing, Sorted},
        payments::{Method, PaymentDraft, PaymentFilter, PaymentListing, PaymentRow, PaymentSort, PaymentView},
    },
    services::{ReadRequest, Reply, Request, WriteRequest},
};
use strum::IntoEnumIterator;

use super::{
    ROUNDS,
    floor::{Client, page},
    services::Desk,
};

/// The columns by which the best query sorts.
fn order(sort: PaymentSort) -> &'static str {
    match sort {
        PaymentSort::PaidOn => "e.paid_on, e.id",
        PaymentSort::Amount => "e.amount_cents, e.id",
        PaymentSort::Method => "e.method, e.id",
        PaymentSort::Client => "e.client_key, e.id",
        PaymentSort::Contract => "e.contract_id, e.id",
        PaymentSort::Reference => "e.reference_key, e.id",
        PaymentSort::State => "e.state, e.id",
    }
}

fn read(listing: PaymentListing) -> Request {
    Request::Read(ReadRequest::List(Query::Payment(listing)))
}

fn listed(filter: PaymentFilter, sort: PaymentSort, edge: Edge) -> PaymentListing {
    Listing { filter, sort, descending: sort == PaymentSort::PaidOn, edge, limit: 100 }
}

pub fn lists(desk: &mut Desk, client: &mut Client) {
    let all = PaymentFilter::default;
    for sort in PaymentSort::iter() {
        let floor = client.floor(&page("payments", order(sort)));
        desk.time(&format!("payments by {sort:?}"), Some(floor), |_| read(listed(all(), sort, Edge::Start)));
    }
    let newest = |edge| read(listed(all(), PaymentSort::PaidOn, edge));
    desk.time("payments, last page", None, |_| newest(Edge::End));
    let Reply::Page(first) = desk.ask(&newest(Edge::Start)) else { panic!() };
    let first = first.of::<PaymentRow>();
    let last = first.rows.last().unwrap();
    let cursor = Cursor { key: last.key(PaymentSort::PaidOn), id: last.id() };
    desk.time("payments, next page", None, |_| newest(Edge::After(cursor.clone())));
    let today = epic_events::app::now().utc.date();
    let filters = [
        ("all", all()),
        ("view Refunds", PaymentFilter { view: PaymentView::Refunds, ..all() }),
        ("view Cancelled", PaymentFilter { view: PaymentView::Cancelled, ..all() }),
        ("by cheque", PaymentFilter { method: Some(Method::Cheque), ..all() }),
        ("of the last 30 days", PaymentFilter { from: Some(today - chrono::Days::new(30)), ..all() }),
        ("of a client", PaymentFilter { client: Some(last_client(desk, last)), ..all() }),
        ("with \"rossi\"", PaymentFilter { text: "rossi".to_owned(), ..all() }),
        ("with \"yuki rossi\"", PaymentFilter { text: "yuki rossi".to_owned(), ..all() }),
        ("with \"vir 1999\"", PaymentFilter { text: "vir 1999".to_owned(), ..all() }),
        ("with \"nothing begins so\"", PaymentFilter { text: "nothing begins so".to_owned(), ..all() }),
    ];
    for (name, filter) in filters {
        for (what, edge) in [("page of", Edge::Start), ("number and sum of", Edge::Total)] {
            let asked = listed(filter.clone(), PaymentSort::PaidOn, edge);
            desk.time(&format!("{what} payments, {name}"), None, |_| read(asked.clone()));
        }
    }
}

fn last_client(desk: &mut Desk, row: &PaymentRow) -> epic_events::domain::ClientId {
    match desk.ask(&Request::Read(ReadRequest::ViewContract(row.payment.contract_id))) {
        Reply::Contract(detail) => detail.client.client.id,
        other => panic!("{other:?}"),
    }
}

pub fn records(desk: &mut Desk) {
    let filter = ContractFilter { view: ContractView::NotPaid, ..ContractFilter::default() };
    let due = Listing { filter, sort: ContractSort::Due, descending: true, edge: Edge::Start, limit: 100 };
    let Reply::Page(page) = desk.ask(&Request::Read(ReadRequest::List(Query::Contract(due)))) else { panic!() };
    let ids: Vec<ContractId> = page.of::<ContractRow>().rows.iter().take(ROUNDS).map(|row| row.contract.id).collect();
    desk.time("a contract", None, |round| Request::Read(ReadRequest::ViewContract(ids[round])));
    desk.time("picking a contract to pay", None, |_| Request::Read(ReadRequest::PickPayable { text: String::new() }));
    let draft = PaymentDraft {
        amount_cents: Cents(1),
        paid_on: epic_events::app::now().utc.date() - chrono::Days::new(1),
        method: Method::Transfer,
        reference: "VIR 2026-117".to_owned(),
        notes: String::new(),
    };
    desk.time("recording a payment", None, |round| {
        Request::Write(WriteRequest::RecordPayment { contract: ids[round], draft: draft.clone() })
    });
    for text in ["vir", "vir 2026-117"] {
        desk.time(&format!("palette \"{text}\""), None, |_| {
            Request::Read(ReadRequest::Search { text: text.to_owned() })
        });
    }
}
