//! Columns that the program derives from others. Some repeat values of another table, so that one
//! index can sort and search a list: the names of client, sales contact and support person, and the
//! client's words. Every write that changes the original updates them in the same transaction.

use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Nullable},
};

use super::{connection::Db, failure::DbError};
use crate::domain::{
    id::{ClientId, UserId},
    text,
};

const CLIENTS: &str =
    "UPDATE clients SET sales_key = (SELECT u.name_key FROM users u WHERE u.id = clients.sales_contact_id)";
const CONTRACTS: &str = "UPDATE contracts SET \
     client_key = (SELECT c.name_key FROM clients c WHERE c.id = contracts.client_id), \
     company_key = (SELECT c.company_key FROM clients c WHERE c.id = contracts.client_id), \
     sales_key = (SELECT c.sales_key FROM clients c WHERE c.id = contracts.client_id), \
     search = (SELECT c.search FROM clients c WHERE c.id = contracts.client_id)";
const EVENTS: &str = "UPDATE events SET \
     client_key = (SELECT k.client_key FROM contracts k WHERE k.id = events.contract_id), \
     client_search = (SELECT k.search FROM contracts k WHERE k.id = events.contract_id), \
     support_key = (SELECT u.name_key FROM users u WHERE u.id = events.support_id)";

const PAYMENTS: &str = "UPDATE payments SET \
     client_key = (SELECT k.client_key FROM contracts k WHERE k.id = payments.contract_id), \
     client_search = (SELECT k.search FROM contracts k WHERE k.id = payments.contract_id)";

/// Runs the statement for the rows of a condition, which contains only numbers of the program's
/// own.
fn bring(db: &mut Db, statement: &str, rows: &str) -> Result<(), DbError> {
    Ok(db.batch_execute(&format!("{statement} WHERE {rows}"))?)
}

/// Updates the contracts, events and payments of a client whose names or sales contact have changed.
pub(super) fn dependents(db: &mut Db, id: ClientId) -> Result<(), DbError> {
    let contracts = format!("{CONTRACTS} WHERE client_id = {}", id.0);
    let of_contracts = format!("WHERE contract_id IN (SELECT id FROM contracts WHERE client_id = {})", id.0);
    Ok(db.batch_execute(&format!("{contracts}; {EVENTS} {of_contracts}; {PAYMENTS} {of_contracts}"))?)
}

/// Updates everything that shows the name of a person who was renamed or has taken over records.
pub(super) fn person(db: &mut Db, id: UserId) -> Result<(), DbError> {
    in_portions(db, "clients", &format!("sales_contact_id = {}", id.0), |db, some| {
        bring(db, CLIENTS, some)?;
        bring(db, CONTRACTS, &format!("client_id IN (SELECT id FROM clients WHERE {some})"))
    })?;
    in_portions(db, "events", &format!("support_id = {}", id.0), |db, some| bring(db, EVENTS, some))
}

/// How many rows of one person one statement writes: a slow server must finish it before the
/// connection's deadline.
const PORTION: i64 = 2_000;

/// Runs `write` for the rows of a table that match the condition, [`PORTION`] of them at a time;
/// `write` gets the condition of the current ones.
fn in_portions(
    db: &mut Db,
    table: &str,
    rows: &str,
    mut write: impl FnMut(&mut Db, &str) -> Result<(), DbError>,
) -> Result<(), DbError> {
    let mut rest = rows.to_owned();
    loop {
        let last = format!("(SELECT id FROM {table} WHERE {rest} ORDER BY id LIMIT 1 OFFSET {})", PORTION - 1);
        let Some(last) = diesel::select(sql::<Nullable<BigInt>>(&last)).get_result::<Option<i64>>(db)? else {
            return write(db, &rest);
        };
        write(db, &format!("{rest} AND id <= {last}"))?;
        rest = format!("{rows} AND id > {last}");
    }
}

/// How many rows one statement covers while all are rewritten: no statement may take longer than a
/// connection waits.
const AT_ONCE: i64 = 20_000;

/// Rewrites the derived columns of all rows, for tables that an older program has filled. Can be
/// run again.
pub(super) fn rebuild(db: &mut Db) -> Result<(), DbError> {
    use crate::schema::{clients as c, contracts as k, events as e};
    let last = |id: Option<i64>| id.unwrap_or(0);
    let (last_client, last_contract, last_event) = (
        last(c::table.select(diesel::dsl::max(c::id)).first(db)?),
        last(k::table.select(diesel::dsl::max(k::id)).first(db)?),
        last(e::table.select(diesel::dsl::max(e::id)).first(db)?),
    );
    for (statement, last) in [(CLIENTS, last_client), (CONTRACTS, last_contract), (EVENTS, last_event)] {
        let mut from = 0;
        while from < last {
            bring(db, statement, &format!("id > {from} AND id <= {}", from + AT_ONCE))?;
            from += AT_ONCE;
        }
    }
    Ok(())
}

/// The key that identifies an e-mail address: it is unique, and users sign in by it.
pub(super) fn email_key(email: Option<&str>) -> Option<String> {
    email.map(text::caseless)
}

/// Rewrites the keys of all e-mail addresses, for tables that an older program has filled. Can be
/// run again.
///
/// If an older program let two people have one address in different case, the second one gets no
/// key: nobody can sign in by it, and it has to be corrected when that record is edited.
pub(super) fn write_email_keys(db: &mut Db) -> Result<(), DbError> {
    macro_rules! write {
        ($table:ident) => {{
            use crate::schema::$table;
            let mut last = 0;
            loop {
                let some: Vec<(i64, String, Option<String>)> = $table::table
                    .filter($table::id.gt(last).and($table::email.is_not_null()))
                    .order($table::id)
                    .limit(500)
                    .select(($table::id, $table::email.assume_not_null(), $table::email_key))
                    .load(db)?;
                let Some((end, ..)) = some.last() else { break };
                last = *end;
                for (id, email, found) in &some {
                    let key = email_key(Some(email));
                    if key == *found {
                        continue;
                    }
                    let row = $table::table.find(id);
                    match diesel::update(row).set($table::email_key.eq(key)).execute(db).map_err(DbError::from) {
                        Err(DbError::Taken(_)) => {
                            tracing::warn!(table = stringify!($table), id, "somebody else has this e-mail address too");
                            diesel::update(row).set($table::email_key.eq(None::<String>)).execute(db)?;
                        }
                        other => drop(other?),
                    }
                }
            }
        }};
    }
    write!(users);
    write!(clients);
    Ok(())
}
