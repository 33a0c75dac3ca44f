//! Twins: clients that are not archived and share a key with another one that is not archived. `twin_key` of a client is
//! the key that it shares: the name with the company, or else the telephone number.
//!
//! Every write that changes keys or archives brings the column up to date in its own transaction, by reading at most two
//! clients of each key. A client is written first and the others are read with a lock afterwards: of two transactions
//! that give the same key to two clients, one waits for the other, or is rolled back and runs again, and finds it.

use diesel::prelude::*;

use super::{
    connection::{Db, all_for_update},
    failure::DbError,
    for_update::AT_ONCE,
};
use crate::{
    domain::{clients::ClientDraft, id::ClientId, known::Keys},
    schema::clients,
};

/// A client that shares a key with the one that was written.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = clients)]
struct Other {
    id: ClientId,
    phone_key: Option<String>,
    twin_key: Option<String>,
}

/// The columns of keys.
#[derive(Debug, Clone, Copy)]
enum By {
    Person,
    Phone,
}

/// Up to two clients, besides this one, that are not archived and have the key, with their rows locked.
fn others(db: &mut Db, by: By, key: &str, except: ClientId) -> Result<Vec<Other>, DbError> {
    /// Enough to know whether a client is left alone.
    const ENOUGH: i64 = 2;
    let active = clients::archived_at.is_null().and(clients::id.ne(except));
    Ok(match by {
        By::Person => {
            let found = clients::table.filter(clients::person_key.eq(key).and(active));
            all_for_update!(db, found.limit(ENOUGH).select(Other::as_select()))?
        }
        By::Phone => {
            let found = clients::table.filter(clients::phone_key.eq(key).and(active));
            all_for_update!(db, found.limit(ENOUGH).select(Other::as_select()))?
        }
    })
}

/// The only one of these clients.
fn left_alone(found: &[Other]) -> Option<&Other> {
    if let [one] = found { Some(one) } else { None }
}

fn set(db: &mut Db, ids: &[ClientId], twin_key: Option<&str>) -> Result<(), DbError> {
    diesel::update(clients::table.filter(clients::id.eq_any(ids))).set(clients::twin_key.eq(twin_key)).execute(db)?;
    Ok(())
}

/// Brings the twin keys up to date after a client was written, whose keys are given before and after that; an archived
/// client has none. Returns whether the client now has a twin, if its keys have changed.
pub(super) fn follow(db: &mut Db, id: ClientId, (before, after): (&Keys, &Keys)) -> Result<bool, DbError> {
    if before == after {
        return Ok(false);
    }
    let mut own = None;
    // Who has to get the key too, having had no twin.
    let mut alone = None;
    if let Some(key) = &after.person {
        let found = others(db, By::Person, key, id)?;
        own = (!found.is_empty()).then_some(key);
        alone = left_alone(&found).filter(|one| one.twin_key.as_ref() != Some(key)).map(|one| one.id);
    }
    if let Some(key) = &after.phone
        && (own.is_none() || before.phone.as_ref() != Some(key))
    {
        let found = others(db, By::Phone, key, id)?;
        let one = left_alone(&found).filter(|one| one.twin_key.is_none()).map(|one| one.id);
        match own {
            None => (own, alone) = ((!found.is_empty()).then_some(key), one),
            Some(_) => one.map_or(Ok(()), |one| set(db, &[one], Some(key)))?,
        }
    }
    // A new client has no twin key yet.
    if own.is_some() || *before != Keys::default() {
        let both: Vec<ClientId> = std::iter::once(id).chain(alone).collect();
        set(db, &both, own.map(String::as_str))?;
    }
    leave(db, id, By::Person, before.person.as_ref().filter(|key| after.person.as_ref() != Some(*key)))?;
    leave(db, id, By::Phone, before.phone.as_ref().filter(|key| after.phone.as_ref() != Some(*key)))?;
    Ok(own.is_some())
}

/// A client no longer has this key: the only other one with it may have no twin any more.
fn leave(db: &mut Db, id: ClientId, by: By, key: Option<&String>) -> Result<(), DbError> {
    let Some(key) = key else { return Ok(()) };
    let found = others(db, by, key, id)?;
    let Some(one) = left_alone(&found).filter(|one| one.twin_key.as_ref() == Some(key)) else { return Ok(()) };
    let phone = match (by, &one.phone_key) {
        (By::Person, Some(phone)) if !others(db, By::Phone, phone, one.id)?.is_empty() => Some(phone.as_str()),
        _ => None,
    };
    set(db, &[one.id], phone)
}

/// Writes the keys of all clients, for tables that an older program has filled. It runs between two migrations, so it
/// reads only columns that the first migration has created and those that it writes. Can be run again.
pub(super) fn write_keys(db: &mut Db, mut go_on: impl FnMut(&mut Db) -> Result<(), DbError>) -> Result<(), DbError> {
    type Stored = (ClientId, String, String, String, Option<String>, Option<String>);
    let columns = (
        clients::id,
        clients::full_name,
        clients::company_name,
        clients::phone,
        clients::phone_key,
        clients::person_key,
    );
    let mut last = ClientId::new(0);
    loop {
        go_on(db)?;
        let next = clients::table.filter(clients::id.gt(last)).order(clients::id).limit(500);
        let some: Vec<Stored> = next.select(columns).load(db)?;
        let Some((end, ..)) = some.last() else { return mark_all(db, go_on) };
        last = *end;
        db.transact_part(|db| {
            for (id, full_name, company_name, phone, phone_key, person_key) in some {
                let found = Keys { phone: phone_key, person: person_key };
                let keys = Keys::from(&ClientDraft { full_name, company_name, phone, ..ClientDraft::default() });
                if keys != found {
                    let keys = (clients::phone_key.eq(keys.phone), clients::person_key.eq(keys.person));
                    diesel::update(clients::table.find(id)).set(keys).execute(db)?;
                }
            }
            Ok::<_, DbError>(())
        })?;
    }
}

/// Writes the twin keys of all clients, whose keys are written. Can be run again.
pub(super) fn mark_all(db: &mut Db, mut go_on: impl FnMut(&mut Db) -> Result<(), DbError>) -> Result<(), DbError> {
    macro_rules! mark {
        ($key:ident, $where:expr) => {{
            let mut last = String::new();
            loop {
                go_on(db)?;
                let active = clients::table.filter(clients::archived_at.is_null().and(clients::$key.gt(&last)));
                let shared = active.group_by(clients::$key).having(diesel::dsl::count_star().gt(1));
                let shared = shared.order(clients::$key).limit(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
                let some: Vec<String> = shared.select(clients::$key.assume_not_null()).load(db)?;
                let Some(end) = some.last() else { break };
                last.clone_from(end);
                let twins = clients::table.filter(clients::$key.eq_any(some).and($where));
                diesel::update(twins).set(clients::twin_key.eq(clients::$key)).execute(db)?;
            }
        }};
    }
    mark!(person_key, clients::archived_at.is_null());
    mark!(phone_key, clients::archived_at.is_null().and(clients::twin_key.is_null()));
    Ok(())
}
