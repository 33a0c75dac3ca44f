//! Creates a company of any requested size for measurements. The same size gives the same rows.
//!
//! The rows bypass the services and are inserted a thousand at a time. The audit log is a valid
//! chain here too.

use std::{fmt::Write, ops::Range, sync::mpsc, thread};

use chrono::{NaiveDateTime, TimeDelta};
use diesel::connection::SimpleConnection;

use super::{
    context::ServiceError,
    demo::{COMPANIES, Dice, FIRST, LAST, OCCASIONS, PLACES},
};
use crate::{
    domain::{UserId, audit::Verb, session::Moment, text},
    storage::{self, Db, audit::AuditEntry, audit::Author},
};

/// Rows in a batch.
const AT_ONCE: u64 = 1_000;
/// Batches in a transaction.
const BATCHES_OF_A_COMMIT: usize = 50;

/// How many records of each kind are created.
#[derive(Debug, Clone, Copy)]
struct Size {
    clients: u64,
    contracts: u64,
    events: u64,
    audit: u64,
}

/// The sales and support users, each with the sort key of their name.
struct Staff {
    sales: Vec<(UserId, String)>,
    support: Vec<(UserId, String)>,
}

/// Fills the tables of a demo. `told` is called with the rows written so far and their total.
pub(super) fn fill(db: &mut Db, events: u64, now: Moment, mut told: impl FnMut(u64, u64)) -> Result<(), ServiceError> {
    let size = Size { clients: events * 3 / 10, contracts: events / 2, events, audit: events / 5 };
    let all = size.clients + size.contracts + size.events + size.audit;
    let staff = staff(db)?;
    let first = (next(db, "clients")?, next(db, "contracts")?);
    let clients = batches(size.clients, |rows| Batch::Statement(clients(rows, first.0, &staff, now.utc)));
    let contracts = batches(size.contracts, |rows| Batch::Statement(contracts(rows, first, size, &staff, now.utc)));
    let events = batches(size.events, |rows| Batch::Statement(happenings(rows, first, size, &staff, now.utc)));
    let log = batches(size.audit, |rows| Batch::Log(rows.map(|number| entry(number, first.0)).collect()));
    let mut batches = clients.chain(contracts).chain(events).chain(log);
    // A second thread builds the batches while this one writes them.
    thread::scope(|scope| {
        let (made, next) = mpsc::sync_channel(4);
        scope.spawn(move || batches.try_for_each(|batch| made.send(batch)));
        let (mut next, mut done) = (next.iter().peekable(), 0);
        while next.peek().is_some() {
            db.transact(|db| {
                next.by_ref().take(BATCHES_OF_A_COMMIT).try_for_each(|(rows, batch)| {
                    done += rows;
                    write(db, &batch, now.utc)
                })
            })?;
            told(done, all);
        }
        Ok(())
    })
}

/// Rows that are written together.
enum Batch {
    Statement(String),
    Log(Vec<AuditEntry>),
}

/// Splits `count` rows into batches; each comes with the number of its rows.
fn batches(count: u64, make: impl Fn(Range<u64>) -> Batch) -> impl Iterator<Item = (u64, Batch)> {
    (0..count.div_ceil(AT_ONCE)).map(move |number| {
        let rows = number * AT_ONCE..count.min((number + 1) * AT_ONCE);
        (rows.end - rows.start, make(rows))
    })
}

fn write(db: &mut Db, batch: &Batch, now: NaiveDateTime) -> Result<(), ServiceError> {
    match batch {
        Batch::Statement(sql) => db.batch_execute(sql).map_err(storage::DbError::from)?,
        Batch::Log(entries) => {
            let author = Author { actor: None, name: "Demo", host: "demo", session: "scale", operation: "scale" };
            storage::audit::add(db, &author, entries, now)?;
        }
    }
    Ok(())
}

fn staff(db: &mut Db) -> Result<Staff, ServiceError> {
    let mut of = |role| -> Result<Vec<(UserId, String)>, ServiceError> {
        let people = storage::users::active_of_role(db, role, "")?;
        Ok(people.into_iter().map(|user| (user.id, text::sort_key(&user.full_name))).collect())
    };
    Ok(Staff { sales: of(crate::domain::users::Role::Sales)?, support: of(crate::domain::users::Role::Support)? })
}

fn next(db: &mut Db, table: &str) -> Result<u64, ServiceError> {
    Ok(u64::try_from(db.last_id(table)?).unwrap_or(0) + 1)
}

/// The random numbers of one record; they do not depend on other records.
fn dice(kind: u64, number: u64) -> Dice {
    let mut dice = Dice(kind.wrapping_mul(0x9E37_79B9).wrapping_add(number.wrapping_mul(2_654_435_761)));
    dice.roll(2);
    dice
}

/// The values of a client that its contracts and events repeat.
struct Who {
    name: String,
    company: String,
    phone: String,
    owner: usize,
}

fn who(number: u64, staff: &Staff) -> Who {
    let mut dice = dice(1, number);
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    Who {
        name: format!("{first} {last} {number}"),
        company: format!("{} {}", dice.pick(&COMPANIES), dice.roll(900)),
        phone: format!("+33 6 {:02} {:02} {:02} {:02}", dice.roll(100), dice.roll(100), dice.roll(100), dice.roll(100)),
        owner: dice.roll(staff.sales.len().max(1)),
    }
}

impl Who {
    fn words(&self, number: u64) -> String {
        let digits: String = self.phone.chars().filter(char::is_ascii_digit).collect();
        text::searchable(&format!(
            "{} {} client{number}@scale.example {} {digits}",
            self.name, self.company, self.phone
        ))
    }
}

/// The text as an SQL string literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn statement(head: &str, rows: impl Iterator<Item = String>) -> String {
    let mut sql = head.to_owned();
    for (at, row) in rows.enumerate() {
        write!(sql, "{}({row})", if at == 0 { "" } else { "," }).ok();
    }
    sql
}

fn clients(numbers: Range<u64>, first: u64, staff: &Staff, now: NaiveDateTime) -> String {
    let rows = numbers.map(|number| {
        let who = who(number, staff);
        let (owner, sales_key) = &staff.sales[who.owner];
        format!(
            "{},{},{},'client{number}@scale.example','client{number}@scale.example',{},{},'',{},{},{},{},'{now}','{now}'",
            first + number,
            quoted(&who.name),
            quoted(&who.company),
            quoted(&who.phone),
            owner.0,
            quoted(&text::sort_key(&who.name)),
            quoted(&text::sort_key(&who.company)),
            quoted(sales_key),
            quoted(&who.words(number)),
        )
    });
    let head = "INSERT INTO clients (id, full_name, company_name, email, email_key, phone, sales_contact_id, notes, name_key, \
                company_key, sales_key, search, created_at, updated_at) VALUES ";
    statement(head, rows)
}

/// The client of a contract, both counted from 0.
fn client_of(contract: u64, size: Size) -> u64 {
    contract % size.clients.max(1)
}

/// The contract of an event, both counted from 0.
fn contract_of(event: u64, size: Size) -> u64 {
    event % size.contracts.max(1)
}

fn contracts(
    numbers: Range<u64>,
    (clients, first): (u64, u64),
    size: Size,
    staff: &Staff,
    now: NaiveDateTime,
) -> String {
    let rows = numbers.map(|number| {
        let client = client_of(number, size);
        let who = who(client, staff);
        let mut dice = dice(2, number);
        let total = 100_000 + dice.roll(2_000) * 1_000;
        let due = total * [0, 0, 25, 50, 100][dice.roll(5)] / 100;
        let signed = now - TimeDelta::minutes(i64::try_from(dice.roll(1_000_000)).unwrap_or(0));
        format!(
            "{},{},{total},{due},'{signed}','',{},{},{},{},'{}','{now}'",
            first + number,
            clients + client,
            quoted(&text::sort_key(&who.name)),
            quoted(&text::sort_key(&who.company)),
            quoted(&staff.sales[who.owner].1),
            quoted(&who.words(client)),
            signed - TimeDelta::days(12),
        )
    });
    let head = "INSERT INTO contracts (id, client_id, total_cents, due_cents, signed_at, notes, client_key, company_key, \
                sales_key, search, created_at, updated_at) VALUES ";
    statement(head, rows)
}

fn happenings(
    numbers: Range<u64>,
    (_, contracts): (u64, u64),
    size: Size,
    staff: &Staff,
    now: NaiveDateTime,
) -> String {
    let rows = numbers.map(|number| {
        let contract = contract_of(number, size);
        let client = client_of(contract, size);
        let who = who(client, staff);
        let mut dice = dice(3, number);
        let title = format!("{} {number}", dice.pick(&OCCASIONS));
        let place = dice.pick(&PLACES);
        // Starts at a whole hour between two years ago and one year ahead.
        let hours = i64::try_from(dice.roll(3 * 365 * 24)).unwrap_or(0) - 2 * 365 * 24;
        let starts = now.date().and_hms_opt(9, 0, 0).unwrap_or(now) + TimeDelta::hours(hours);
        let ends = starts + TimeDelta::hours(i64::try_from(2 + dice.roll(8)).unwrap_or(2));
        let over = ends < now;
        let status = if over { "done" } else { ["planned", "confirmed"][dice.roll(2)] };
        let helper = (over || dice.roll(10) > 0).then(|| &staff.support[dice.roll(staff.support.len().max(1))]);
        let (support, support_key) =
            helper.map_or(("NULL".to_owned(), "NULL".to_owned()), |(id, key)| (id.0.to_string(), quoted(key)));
        format!(
            "{},{},{},'{starts}','{ends}',{},{},'','{status}',{support},{},{},{},{support_key},{},{},'{now}','{now}'",
            contracts + contract,
            quoted(&title),
            quoted(&who.name),
            quoted(place),
            10 + dice.roll(400),
            quoted(&text::sort_key(&title)),
            quoted(&text::sort_key(place)),
            quoted(&text::sort_key(&who.name)),
            quoted(&text::searchable(&format!("{title} {place} {}", who.name))),
            quoted(&who.words(client)),
        )
    });
    let head = "INSERT INTO events (contract_id, title, client_contact, starts_at, ends_at, location, attendees, notes, \
                status, support_id, title_key, location_key, client_key, support_key, search, client_search, created_at, \
                updated_at) VALUES ";
    statement(head, rows)
}

fn entry(number: u64, clients: u64) -> AuditEntry {
    AuditEntry {
        verb: Verb::ClientCreated,
        subject: crate::domain::entity::EntityKind::Client.into(),
        id: i64::try_from(clients + number).ok(),
        name: format!("Client {number}"),
        changes: crate::domain::audit::Changes::default(),
    }
}
