//! Finds records of all kinds by typed words, for the palette and for the pickers.

use super::{contract_page, first};
use crate::{
    domain::{
        clients::{ClientFilter, ClientSort, told_apart_by},
        contracts::{ContractFilter, ContractListing, ContractRow, number_in},
        dates,
        entity::EntityKind,
        events::{EventFilter, EventSort},
        page::{Edge, Listing, Page},
        payments::PaymentRow,
        users::{UserFilter, UserSort},
    },
    services::{
        Found, Reply,
        context::{RequestContext, ServiceError},
    },
    storage::{self, Db},
};

/// How many records of each kind a search shows.
const HITS: u16 = 6;

/// Finds the contract whose number was typed, and the records with words that begin with the typed
/// ones. If there is neither, searches inside words too.
pub(super) fn search(db: &mut Db, ctx: &RequestContext, text: &str) -> Result<Reply, ServiceError> {
    let numbered = numbered(db, ctx, text)?.map(contract_hit);
    let mut hits = search_from(db, ctx, text, &Edge::First)?;
    if hits.records.is_empty() && numbered.is_none() {
        hits = search_from(db, ctx, text, &Edge::Start)?;
    }
    let Hits { mut records, more, among_newest } = hits;
    records.retain(|hit| numbered.as_ref() != Some(hit));
    Ok(Reply::Found { records: numbered.into_iter().chain(records).collect(), more, among_newest })
}

/// The contract whose number was typed, archived or not, if the user may see it.
pub(super) fn numbered(db: &mut Db, ctx: &RequestContext, text: &str) -> Result<Option<ContractRow>, ServiceError> {
    let Some(id) = number_in(text) else { return Ok(None) };
    let row = storage::contracts::find_row(db, id)?;
    let seen = row.is_some() && ctx.scope().has_contract(db, id)?;
    Ok(row.filter(|_| seen))
}

fn contract_hit(row: ContractRow) -> Found {
    let detail = told_apart_by(&row.company, &row.client_phone);
    Found { kind: EntityKind::Contract, id: row.contract.id.0, name: row.client, detail }
}

fn payment_hit(PaymentRow { payment, client, .. }: PaymentRow) -> Found {
    let detail = format!("{} {client}", dates::format_date(payment.paid_on));
    Found { kind: EntityKind::Payment, id: payment.id.0, name: payment.reference, detail }
}

/// What a search has found of all kinds.
#[derive(Default)]
struct Hits {
    records: Vec<Found>,
    more: bool,
    among_newest: bool,
}

impl Hits {
    fn add<R>(&mut self, page: Page<R>, found: impl Fn(R) -> Found) {
        self.more |= page.after;
        self.among_newest |= page.among_newest;
        self.records.extend(page.rows.into_iter().map(found));
    }
}

/// The records that contain the words.
fn search_from(db: &mut Db, ctx: &RequestContext, text: &str, edge: &Edge) -> Result<Hits, ServiceError> {
    fn listing<F, S: Default>(filter: F, edge: &Edge) -> Listing<F, S> {
        Listing { edge: edge.clone(), ..first(filter, HITS) }
    }
    let mut hits = Hits::default();
    let text = text.to_owned();
    let clients: Listing<_, ClientSort> = listing(ClientFilter { text: text.clone(), ..ClientFilter::default() }, edge);
    hits.add(storage::clients::page(db, &clients, ctx.viewer())?, |row| {
        let detail = told_apart_by(&row.client.company_name, &row.client.phone);
        Found { kind: EntityKind::Client, id: row.client.id.0, name: row.client.full_name, detail }
    });
    let events: Listing<_, EventSort> = listing(EventFilter { text: text.clone(), ..EventFilter::default() }, edge);
    hits.add(storage::events::page(db, &events, ctx.viewer(), ctx.wall)?, |row| {
        let (id, name, detail) = (row.event.id.0, row.event.title, row.client);
        Found { kind: EntityKind::Event, id, name, detail }
    });
    let contracts: ContractListing = listing(ContractFilter { text: text.clone(), ..ContractFilter::default() }, edge);
    hits.add(contract_page(db, ctx, &contracts)?, contract_hit);
    let mut payments = storage::payments::of_reference(db, &text, ctx.viewer(), i64::from(HITS) + 1)?;
    hits.more |= payments.len() > usize::from(HITS);
    payments.truncate(HITS.into());
    hits.records.extend(payments.into_iter().map(payment_hit));
    let users: Listing<_, UserSort> = listing(UserFilter { text, ..UserFilter::default() }, edge);
    hits.add(storage::users::page(db, &users, ctx.viewer())?, |user| {
        let (id, name, detail) = (user.id.0, user.full_name, user.username);
        Found { kind: EntityKind::User, id, name, detail }
    });
    Ok(hits)
}
