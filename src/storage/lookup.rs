//! Looks up many records at once, for imports: a statement names at most [`AT_ONCE`] of them.

use diesel::prelude::*;

use super::{connection::Db, failure::DbError, for_update::AT_ONCE};
use crate::{
    domain::{
        clients::Client,
        contracts::Contract,
        events::Event,
        id::{ClientId, ContractId},
        payments::Payment,
    },
    schema::{clients, contracts, events, payments},
};

/// The clients with these ids, in no order.
pub fn clients(db: &mut Db, ids: &[ClientId]) -> Result<Vec<Client>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = clients::table.filter(clients::id.eq_any(some.to_vec()));
        found.extend(these.select(Client::as_select()).load(db)?);
    }
    Ok(found)
}

/// The clients with these e-mail addresses ([`crate::domain::text::caseless`]), in no order.
pub fn clients_with_emails(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let these = clients::table.filter(clients::email_key.eq_any(some.to_vec()));
        found.extend(these.select(Client::as_select()).load(db)?);
    }
    Ok(found)
}

/// The clients with these telephone numbers ([`crate::domain::known::Keys::phone`]), in no order.
pub fn clients_with_numbers(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let these = clients::table.filter(clients::phone_key.eq_any(some.to_vec()));
        found.extend(these.select(Client::as_select()).load(db)?);
    }
    Ok(found)
}

/// The clients with these names ([`crate::domain::text::sort_key`]), in no order.
pub fn clients_with_names(db: &mut Db, keys: &[String]) -> Result<Vec<Client>, DbError> {
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let these = clients::table.filter(clients::name_key.eq_any(some.to_vec()));
        found.extend(these.select(Client::as_select()).load(db)?);
    }
    Ok(found)
}

/// The contracts with these numbers, in no order.
pub fn contracts(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Contract>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = contracts::table.filter(contracts::id.eq_any(some.to_vec()));
        found.extend(these.select(Contract::as_select()).load(db)?);
    }
    Ok(found)
}

/// All contracts of these clients, in no order.
pub fn contracts_of(db: &mut Db, ids: &[ClientId]) -> Result<Vec<Contract>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = contracts::table.filter(contracts::client_id.eq_any(some.to_vec()));
        found.extend(these.select(Contract::as_select()).load(db)?);
    }
    Ok(found)
}

/// All events of these contracts, the oldest first.
pub fn events_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Event>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = events::table.filter(events::contract_id.eq_any(some.to_vec())).order(events::id);
        found.extend(these.select(Event::as_select()).load(db)?);
    }
    Ok(found)
}

/// All payments of these contracts, the oldest first.
pub fn payments_of(db: &mut Db, ids: &[ContractId]) -> Result<Vec<Payment>, DbError> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = payments::table.filter(payments::contract_id.eq_any(some.to_vec())).order(payments::id);
        found.extend(these.select(Payment::as_select()).load(db)?);
    }
    Ok(found)
}
