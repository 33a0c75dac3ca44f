//! Looks up many records at once, for imports: a statement names at most [`AT_ONCE`] of them.

use diesel::{dsl::count_star, prelude::*};

use super::{connection::Db, failure::DbError, for_update::AT_ONCE};
use crate::{
    domain::{
        clients::Client,
        contracts::Contract,
        events::Event,
        id::{ClientId, ContractId},
        instalments::Instalment,
        payments::Payment,
    },
    schema::{clients, contracts, events, payments},
};

/// What a query finds for these keys.
fn of_all<K: Clone, T>(
    db: &mut Db,
    keys: &[K],
    query: impl Fn(&mut Db, Vec<K>) -> QueryResult<Vec<T>>,
) -> Result<Vec<T>, DbError> {
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        found.extend(query(db, some.to_vec())?);
    }
    Ok(found)
}

/// The clients with these ids, in no order.
pub fn clients(db: &mut Db, ids: &[ClientId]) -> Result<Vec<Client>, DbError> {
    of_all(db, ids, |db, some| clients::table.filter(clients::id.eq_any(some)).select(Client::as_select()).load(db))
}

/// The clients with these e-mail addresses ([`crate::domain::text::caseless`]), in no order.
pub fn clients_with_emails(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    of_all(db, keys, |db, some| {
        clients::table.filter(clients::email_key.eq_any(some)).select(Client::as_select()).load(db)
    })
}

/// The clients with these telephone numbers ([`crate::domain::known::Keys::phone`]), in no order.
pub fn clients_with_numbers(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    of_all(db, keys, |db, some| {
        clients::table.filter(clients::phone_key.eq_any(some)).select(Client::as_select()).load(db)
    })
}

/// The clients with these names ([`crate::domain::text::sort_key`]), in no order.
pub fn clients_with_names(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    of_all(db, keys, |db, some| {
        clients::table.filter(clients::name_key.eq_any(some)).select(Client::as_select()).load(db)
    })
}

/// How many contracts that are not archived each of these clients has. Those without are left out.
pub fn open_contracts_of(db: &mut Db, ids: &[ClientId]) -> Result<Vec<(ClientId, i64)>, DbError> {
    of_all(db, ids, |db, some| {
        let open = contracts::table.filter(contracts::client_id.eq_any(some).and(contracts::archived_at.is_null()));
        open.group_by(contracts::client_id).select((contracts::client_id, count_star())).load(db)
    })
}

/// The contracts with these numbers, in no order.
pub fn contracts(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Contract>, DbError> {
    of_all(db, ids, |db, some| {
        contracts::table.filter(contracts::id.eq_any(some)).select(Contract::as_select()).load(db)
    })
}

/// All contracts of these clients, in no order.
pub fn contracts_of(db: &mut Db, ids: &[ClientId]) -> Result<Vec<Contract>, DbError> {
    of_all(db, ids, |db, some| {
        contracts::table.filter(contracts::client_id.eq_any(some)).select(Contract::as_select()).load(db)
    })
}

/// How many events that are not archived each of these contracts has. Those without are left out.
pub fn open_events_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<(ContractId, i64)>, DbError> {
    of_all(db, ids, |db, some| {
        let open = events::table.filter(events::contract_id.eq_any(some).and(events::archived_at.is_null()));
        open.group_by(events::contract_id).select((events::contract_id, count_star())).load(db)
    })
}

/// The instalments of these contracts, those of each in its order.
pub fn instalments_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Instalment>, DbError> {
    of_all(db, ids, super::instalments::of_contracts)
}

/// All events of these contracts, the oldest first.
pub fn events_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Event>, DbError> {
    of_all(db, ids, |db, some| {
        let these = events::table.filter(events::contract_id.eq_any(some)).order(events::id);
        these.select(Event::as_select()).load(db)
    })
}

/// All payments of these contracts, the oldest first.
pub fn payments_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Payment>, DbError> {
    of_all(db, ids, |db, some| {
        let these = payments::table.filter(payments::contract_id.eq_any(some)).order(payments::id);
        these.select(Payment::as_select()).load(db)
    })
}
