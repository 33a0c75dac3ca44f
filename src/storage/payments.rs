//! The queries of payments. What they change of the contract's amount due is in `contracts`.

use chrono::NaiveDateTime;
use diesel::{dsl::Eq, prelude::*};
use strum::IntoEnumIterator;

use super::{
    Viewer,
    connection::{Db, for_update},
    failure::DbError,
    for_update::{Current, ForUpdate, met},
    page::{Loaded, SumsOf, ordered},
    search::{Searched, Sought, searched},
};
use crate::{
    domain::{
        clients::Client,
        contracts::{Contract, number_in},
        id::{ContractId, PaymentId, UserId},
        money::Cents,
        page::{Count, Edge, Page, Sums},
        payments::{
            CANCELLED, Method, Payment, PaymentDraft, PaymentFilter, PaymentListing, PaymentRow, PaymentSort,
            PaymentView, REFUND, Words, state_of,
        },
        text,
    },
    schema::{clients, contracts, payments},
};

diesel::alias!(contracts as theirs: Theirs);

type Joined = (Payment, String, String, UserId, Option<NaiveDateTime>);

fn row((payment, client, company, sales_contact_id, contract_archived_at): Joined) -> PaymentRow {
    PaymentRow { payment, client, company, sales_contact_id, contract_archived_at }
}

macro_rules! joined {
    () => {
        payments::table
            .left_join(contracts::table.on(payments::contract_id.eq(contracts::id)))
            .left_join(clients::table.on(contracts::client_id.eq(clients::id)))
    };
}

macro_rules! selected {
    ($query:expr) => {
        $query.select((
            Payment::as_select(),
            clients::full_name.assume_not_null(),
            clients::company_name.assume_not_null(),
            clients::sales_contact_id.assume_not_null(),
            contracts::archived_at.nullable(),
        ))
    };
}

/// The payment as it is stored.
pub fn find(db: &mut Db, id: PaymentId) -> Result<Option<Payment>, DbError> {
    Ok(payments::table.find(id).select(Payment::as_select()).first(db).optional()?)
}

/// The payment as lists show it.
pub fn find_row(db: &mut Db, id: PaymentId) -> Result<Option<PaymentRow>, DbError> {
    Ok(selected!(joined!().filter(payments::id.eq(id))).first(db).optional()?.map(row))
}

/// The payments of a contract that count, the newest of them if there are more than `most`, in the order
/// in which they were paid.
pub fn counted(db: &mut Db, contract: ContractId, most: u16) -> Result<Vec<Payment>, DbError> {
    let of_contract = payments::table.filter(payments::contract_id.eq(contract).and(payments::cancelled_at.is_null()));
    let newest = of_contract.order((payments::paid_on.desc(), payments::id.desc())).limit(most.into());
    let mut paid: Vec<Payment> = newest.select(Payment::as_select()).load(db)?;
    paid.reverse();
    Ok(paid)
}

/// A payment to write to, with its contract, whose amount due may be written to as well, and the
/// contract's client, which is locked but only read.
pub type WithContract = (ForUpdate<Payment>, ForUpdate<Contract>, Client);

/// The payment, its contract and the client, with all rows locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: PaymentId) -> Result<Option<WithContract>, DbError> {
    let all = payments::table.inner_join(contracts::table.inner_join(clients::table)).filter(payments::id.eq(id));
    let found =
        for_update!(db, all.select((Payment::as_select(), Contract::as_select(), Client::as_select()))).optional()?;
    Ok(found.map(|(payment, contract, client)| (ForUpdate::of(payment), ForUpdate::of(contract), client)))
}

/// The columns that follow from the reference.
type Derived = (Eq<payments::reference_key, String>, Eq<payments::search, String>);

fn derived(reference: &str) -> Derived {
    (payments::reference_key.eq(text::sort_key(reference)), payments::search.eq(text::searchable(reference)))
}

/// Creates a payment of a contract whose row is locked, and returns it. Its amount is not yet taken from
/// the amount due ([`super::contracts::set_due`]).
pub fn insert(
    db: &mut Db,
    contract: ContractId,
    draft: &PaymentDraft,
    now: NaiveDateTime,
) -> Result<ForUpdate<Payment>, DbError> {
    let of_contract = || contracts::table.filter(contracts::id.eq(contract));
    diesel::insert_into(payments::table)
        .values((
            draft,
            derived(&draft.reference),
            payments::contract_id.eq(contract),
            payments::state.eq(state_of(draft.amount_cents, false)),
            payments::client_key.eq(of_contract().select(contracts::client_key).single_value().assume_not_null()),
            payments::client_search.eq(of_contract().select(contracts::search).single_value().assume_not_null()),
            payments::created_at.eq(now),
            payments::updated_at.eq(now),
        ))
        .execute(db)?;
    let new = payments::table.filter(payments::id.eq(db.last_inserted()));
    Ok(ForUpdate::of(new.select(Payment::as_select()).first(db)?))
}

/// Saves reference and notes.
pub fn update(db: &mut Db, payment: &Current<Payment>, words: &Words, now: NaiveDateTime) -> Result<(), DbError> {
    let version = payments::version.eq(payment.version + 1);
    let saved = diesel::update(payments::table.find(payment.id))
        .set((words, derived(&words.reference), version, payments::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)
}

/// Cancels the payment. The amount due is not yet changed, as for [`insert`].
pub fn cancel(db: &mut Db, payment: &Current<Payment>, reason: &str, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(payments::table.find(payment.id))
        .set((
            payments::cancelled_at.eq(now),
            payments::cancel_reason.eq(reason),
            payments::state.eq(CANCELLED),
            payments::version.eq(payment.version + 1),
            payments::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

macro_rules! filtered {
    ($listing:expr, $sought:expr, $viewer:expr) => {{
        let filter = &$listing.filter;
        let mut query = joined!().into_boxed();
        query = match filter.view {
            PaymentView::All => query,
            PaymentView::Mine => query.filter(clients::sales_contact_id.eq($viewer.me)),
            PaymentView::Refunds => query.filter(payments::state.eq(REFUND)),
            PaymentView::Cancelled => query.filter(payments::state.eq(CANCELLED)),
        };
        if let Some(guard) = $viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        // Who sees a contract sees its payments.
        if let Some(own) = $viewer.scope.contracts() {
            query = query.filter(own);
        }
        if let Some(client) = filter.client {
            let of_client = theirs.filter(theirs.field(contracts::client_id).eq(client));
            query = query.filter(payments::contract_id.eq_any(of_client.select(theirs.field(contracts::id))));
        }
        if let Some(contract) = filter.contract {
            query = query.filter(payments::contract_id.eq(contract));
        }
        if let Some(method) = filter.method {
            query = if $listing.sort == PaymentSort::PaidOn || $listing.is_total() {
                query.filter(payments::method.eq(method))
            } else {
                // Else SQLite would take all payments of the method from its index and sort them.
                query.filter(payments::method.ne_all(Method::iter().filter(move |other| *other != method)))
            };
        }
        if let Some(day) = filter.from {
            query = query.filter(payments::paid_on.ge(day));
        }
        if let Some(day) = filter.to {
            query = query.filter(payments::paid_on.le(day));
        }
        // A typed number matches the payments of the contract of that number as well.
        let number = number_in(&filter.text);
        for pattern in &$sought.patterns {
            let words = payments::search.like(pattern.clone()).escape('!');
            let words = words.or(payments::client_search.like(pattern.clone()).escape('!'));
            query = match number {
                Some(contract) => query.filter(words.or(payments::contract_id.eq(contract))),
                None => query.filter(words),
            };
        }
        if let Some(ids) = &$sought.ids {
            let found = payments::id.eq_any(ids.clone());
            query = match number {
                Some(contract) => query.filter(found.or(payments::contract_id.eq(contract))),
                None => query.filter(found),
            };
        }
        query
    }};
}

/// The payments that `viewer` may see with a reference that begins with what was typed, at most so many.
/// An index finds them; the words of a list are searched in the names of clients as well.
pub fn of_reference(db: &mut Db, typed: &str, viewer: Viewer, most: i64) -> Result<Vec<PaymentRow>, DbError> {
    /// Sorts behind every letter.
    const LAST: char = '\u{10FFFF}';
    let first = text::sort_key(typed);
    let last = format!("{first}{LAST}");
    let (filter, sort) = (PaymentFilter::default(), PaymentSort::Reference);
    let all = PaymentListing { filter, sort, descending: false, edge: Edge::Start, limit: 0 };
    let nothing = Sought::nothing();
    let of_reference = filtered!(all, nothing, viewer)
        .filter(payments::reference_key.ge(first).and(payments::reference_key.lt(last)))
        .order((payments::reference_key.asc(), payments::id.asc()))
        .limit(most);
    let rows: Vec<Joined> = selected!(of_reference).load(db)?;
    Ok(rows.into_iter().map(row).collect())
}

const WORDS: Searched = Searched { table: "payments", columns: "search, client_search" };

/// The amounts that are summed up, of the columns of a payment.
const SUMS: [&str; 2] = [
    "CASE WHEN cancelled_at IS NULL THEN amount_cents ELSE 0 END",
    "CASE WHEN cancelled_at IS NULL THEN 0 ELSE amount_cents END",
];

/// A page of the payments that `viewer` may see.
pub fn page(db: &mut Db, listing: &PaymentListing, viewer: Viewer) -> Result<Page<PaymentRow>, DbError> {
    let mut page = searched(db, listing, WORDS, &listing.filter.text, |db, sought| {
        if listing.is_total() {
            let amounts = (payments::id, payments::amount_cents, payments::cancelled_at);
            let all = filtered!(listing, sought, viewer).select(amounts).limit(sought.limit + 1);
            let (found, paid, cancelled): (i64, Cents, Cents) = SumsOf(all, SUMS).get_result(db)?;
            return Ok(Loaded::Summed(Count::capped(found, sought.limit), Sums::Payments { paid, cancelled }));
        }
        let query = selected!(filtered!(listing, sought, viewer));
        let id = payments::id;
        let query = match listing.sort {
            PaymentSort::PaidOn => ordered!(required, query, listing, payments::paid_on, id, Day),
            PaymentSort::Amount => ordered!(required, query, listing, payments::amount_cents, id, Int),
            PaymentSort::Method => ordered!(required, query, listing, payments::method, id, Text),
            PaymentSort::Client => ordered!(required, query, listing, payments::client_key, id, Text),
            PaymentSort::Contract => ordered!(required, query, listing, payments::contract_id, id, Int),
            PaymentSort::Reference => ordered!(required, query, listing, payments::reference_key, id, Text),
            PaymentSort::State => ordered!(required, query, listing, payments::state, id, Text),
        };
        let rows: Vec<Joined> = query.limit(listing.fetched()).load(db)?;
        Ok(Loaded::Rows(rows.into_iter().map(row).collect()))
    })?;
    if page.total.is_some() && page.sums.is_none() && !listing.is_total() {
        let sum = |is_cancelled: bool| {
            let counted = page.rows.iter().filter(|row| row.payment.cancelled_at.is_some() == is_cancelled);
            Cents(counted.map(|row| row.payment.amount_cents.0).sum())
        };
        page.sums = Some(Sums::Payments { paid: sum(false), cancelled: sum(true) });
    }
    Ok(page)
}
