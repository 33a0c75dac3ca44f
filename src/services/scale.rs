//! Creates a company of any requested size for measurements. The same size gives the same rows.
//!
//! The rows bypass the services and are inserted a thousand at a time. The audit log is a valid
//! chain here too.

use std::{ops::Range, sync::mpsc, thread};

use chrono::{NaiveDateTime, TimeDelta};

use super::{
    context::ServiceError,
    samples::{COMPANIES, Dice, FIRST, LAST, Samples},
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Error,
        audit::{Changes, Verb},
        clients::ClientDraft,
        dates,
        entity::EntityKind,
        events::{EventDraft, Status},
        instalments::{self, Anchors, Due, Instalment, InstalmentDraft, next_due_on, of_contract},
        payments::{Method, PaymentDraft},
        plans::{self, Plan},
        session::Moment,
        settings::Settings,
        text,
        users::Role,
    },
    storage::{
        self, Db,
        audit::{AuditEntry, Author, By},
        scale::{Insert, NewClient, NewContract, NewEvent, NewPayment, Person},
    },
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
    /// Two for each contract.
    payments: u64,
    events: u64,
    audit: u64,
}

struct Staff {
    sales: Vec<Person>,
    support: Vec<Person>,
}

/// Fills the tables of a demo. `told` is called with the rows written so far and their total.
pub(super) fn fill(
    db: &mut Db,
    events: u64,
    samples: &'static Samples,
    now: Moment,
    mut told: impl FnMut(u64, u64),
) -> Result<(), ServiceError> {
    let signed = events / 2;
    let size = Size { clients: events * 3 / 10, contracts: signed, payments: signed * 2, events, audit: events / 5 };
    // The instalments of a contract are one step, and so is its amount due.
    let all = size.clients + size.contracts * 3 + size.payments + size.events + size.audit;
    let staff = staff(db)?;
    let plan = default_plan(db)?;
    let first = (next(db, "clients")?, next(db, "contracts")?);
    let clients = batches(size.clients, |rows| Batch::Rows(clients(rows, first.0, &staff, now.utc)));
    let payments = batches(size.payments, |rows| Batch::Rows(payments(rows, first, size, (&staff, samples), now.utc)));
    let contracts = batches(size.contracts, |rows| Batch::Rows(contracts(rows, first, size, (&staff, &plan), now.utc)));
    let instalments = batches(size.contracts, |rows| {
        let due = rows.flat_map(|contract| due_of(contract, first, size, &plan, now.utc));
        Batch::Rows(Insert::instalments(&due.collect::<Vec<_>>(), now.utc))
    });
    let dues = batches(size.contracts, |rows| Batch::Rows(dues(rows, first.1)));
    let events = batches(size.events, |rows| Batch::Rows(self::events(rows, first, size, (&staff, samples), now.utc)));
    let log = batches(size.audit, |rows| Batch::Log(rows.map(|number| entry(number, first.0)).collect()));
    let mut batches = clients.chain(contracts).chain(instalments).chain(payments).chain(dues).chain(events).chain(log);
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
        Ok(storage::scale::mark_twins(db)?)
    })
}

/// Rows that are written together.
enum Batch {
    Rows(Insert),
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
        Batch::Rows(insert) => insert.run(db)?,
        Batch::Log(entries) => {
            let author = Author {
                by: By::Command { command: "demo", name: "Demo" },
                host: "demo",
                session: "scale",
                operation: "scale",
            };
            storage::audit::add(db, &author, entries, now)?;
        }
    }
    Ok(())
}

fn staff(db: &mut Db) -> Result<Staff, ServiceError> {
    let mut of = |role| -> Result<Vec<Person>, ServiceError> {
        let people = storage::users::active_of_role(db, role, "")?;
        Ok(people.into_iter().map(|user| (user.id, text::sort_key(&user.full_name))).collect())
    };
    Ok(Staff { sales: of(Role::Sales)?, support: of(Role::Support)? })
}

fn default_plan(db: &mut Db) -> Result<Plan, ServiceError> {
    let id = storage::settings::load(db)?.default_plan.ok_or(Error::NotFound)?;
    Ok(storage::plans::find(db, id)?.ok_or(Error::NotFound)?)
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

/// The form of a client, and its sales contact. Its contracts and events repeat some of the values.
fn client(number: u64, staff: &Staff) -> (ClientDraft, &Person) {
    let mut dice = dice(1, number);
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let draft = ClientDraft {
        full_name: format!("{first} {last} {number}"),
        company_name: format!("{} {}", dice.pick(&COMPANIES), dice.roll(900)),
        email: Some(format!("client{number}@scale.example")),
        phone: format!("+33 6 {:02} {:02} {:02} {:02}", dice.roll(100), dice.roll(100), dice.roll(100), dice.roll(100)),
        ..ClientDraft::default()
    };
    (draft, &staff.sales[dice.roll(staff.sales.len().max(1))])
}

/// The number as the database stores ids and amounts.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn clients(numbers: Range<u64>, first: u64, staff: &Staff, now: NaiveDateTime) -> Insert {
    let row = |number| {
        let (draft, sales_contact) = client(number, staff);
        NewClient { id: ClientId::new(stored(first + number)), draft, sales_contact }
    };
    Insert::clients(numbers.map(row), now)
}

/// The client of a contract, both counted from 0.
fn client_of(contract: u64, size: Size) -> u64 {
    contract % size.clients.max(1)
}

/// The contract of an event, both counted from 0.
fn contract_of(event: u64, size: Size) -> u64 {
    event % size.contracts.max(1)
}

/// The amounts of a contract, and when it was signed (UTC).
struct Deal {
    total: i64,
    due: i64,
    signed_at: NaiveDateTime,
}

fn deal(contract: u64, now: NaiveDateTime) -> Deal {
    let mut dice = dice(2, contract);
    let total = i64::try_from(100_000 + dice.roll(2_000) * 1_000).unwrap_or(0);
    let due = total * [0, 0, 25, 50, 100][dice.roll(5)] / 100;
    let signed_at = now - TimeDelta::minutes(i64::try_from(dice.roll(1_000_000)).unwrap_or(0));
    Deal { total, due, signed_at }
}

/// What was paid, and the rest on a day about now; or the instalments of the default plan, as all contracts have of
/// which nothing is due.
fn due_of(number: u64, (_, contracts): (u64, u64), size: Size, plan: &Plan, now: NaiveDateTime) -> Vec<Instalment> {
    let Deal { total, due, signed_at } = deal(number, now);
    let starts = (number..size.events).step_by(usize::try_from(size.contracts).unwrap_or(1).max(1));
    let event_on = starts.map(|event| start_of(event, now).date()).min();
    let anchors =
        Anchors { signed_on: Some(dates::to_wall(signed_at, Settings::default().time_zone).date()), event_on };
    let id = ContractId::new(stored(contracts + number));
    let mut rows = if due == 0 || number.is_multiple_of(10) {
        of_contract(id, plans::instalments(&plan.parts, Cents(total)), anchors, Some(plan.id))
    } else {
        let days = i64::try_from(number % 400).unwrap_or(0) - 100;
        let row = |amount, due| InstalmentDraft { label: String::new(), amount_cents: Cents(amount), due };
        let rest = row(due, Due::On(now.date() + TimeDelta::days(days)));
        let paid = (total > due).then(|| row(total - due, Due::Signature(0)));
        of_contract(id, paid.into_iter().chain([rest]).collect(), anchors, None)
    };
    instalments::fill(&mut rows, Cents(total - due));
    rows
}

/// Each contract has two payments: the halves of what was paid; if nothing was, a deposit and its refund,
/// or two that are cancelled.
fn payments(
    numbers: Range<u64>,
    (_, contracts): (u64, u64),
    size: Size,
    (staff, samples): (&Staff, &'static Samples),
    now: NaiveDateTime,
) -> Insert {
    let row = |number| {
        let contract = number % size.contracts.max(1);
        let is_first = number < size.contracts;
        let Deal { total, due, signed_at } = deal(contract, now);
        let paid = total - due;
        let mut dice = dice(4, number);
        let (amount, cancelled) = match (paid, is_first) {
            (0, true) => (total / 10, contract.is_multiple_of(8)),
            (0, false) if contract.is_multiple_of(8) => (total / 10, true),
            (0, false) => (-(total / 10), false),
            (paid, true) => (paid / 2, false),
            (paid, false) => (paid - paid / 2, false),
        };
        let paid_on = (signed_at + TimeDelta::days(if is_first { 0 } else { 30 })).min(now).date();
        let method = dice.pick(&Method::CHOSEN);
        let reference = if method == Method::Transfer { format!("VIR {number}") } else { String::new() };
        let draft = PaymentDraft { amount_cents: Cents(amount), paid_on, method, reference, notes: String::new() };
        NewPayment {
            contract_id: ContractId::new(stored(contracts + contract)),
            client: client(client_of(contract, size), staff).0,
            draft,
            cancelled: cancelled.then_some(samples.mistaken),
        }
    };
    Insert::payments(numbers.map(row))
}

/// What is due of the contracts with these numbers follows from their payments.
fn dues(numbers: Range<u64>, first: u64) -> Insert {
    let id = |number| ContractId::new(stored(first + number));
    Insert::dues(id(numbers.start), id(numbers.end.saturating_sub(1)))
}

fn contracts(
    numbers: Range<u64>,
    (clients, first): (u64, u64),
    size: Size,
    (staff, plan): (&Staff, &Plan),
    now: NaiveDateTime,
) -> Insert {
    let row = |number| {
        let owner = client_of(number, size);
        let (client, sales_contact) = client(owner, staff);
        let Deal { total, signed_at, .. } = deal(number, now);
        NewContract {
            id: ContractId::new(stored(first + number)),
            client_id: ClientId::new(stored(clients + owner)),
            client,
            sales_contact,
            total_cents: Cents(total),
            signed_at,
            next_due_on: next_due_on(&due_of(number, (clients, first), size, plan, now)),
            created_at: signed_at - TimeDelta::days(12),
        }
    };
    Insert::contracts(numbers.map(row), now)
}

/// A whole hour between two years ago and one year ahead, when an event starts.
fn start_of(event: u64, now: NaiveDateTime) -> NaiveDateTime {
    let hours = i64::try_from(dice(5, event).roll(3 * 365 * 24)).unwrap_or(0) - 2 * 365 * 24;
    now.date().and_hms_opt(9, 0, 0).unwrap_or(now) + TimeDelta::hours(hours)
}

fn events(
    numbers: Range<u64>,
    (_, contracts): (u64, u64),
    size: Size,
    (staff, samples): (&Staff, &Samples),
    now: NaiveDateTime,
) -> Insert {
    let row = |number| {
        let contract = contract_of(number, size);
        let (client, _) = client(client_of(contract, size), staff);
        let mut dice = dice(3, number);
        let title = format!("{} {number}", dice.pick(&samples.occasions));
        let location = dice.pick(&samples.places).to_owned();
        let starts = start_of(number, now);
        let ends = starts + TimeDelta::hours(i64::try_from(2 + dice.roll(8)).unwrap_or(2));
        let over = ends < now;
        let status = if over { Status::Done } else { [Status::Planned, Status::Confirmed][dice.roll(2)] };
        let support = (over || dice.roll(10) > 0).then(|| &staff.support[dice.roll(staff.support.len().max(1))]);
        let draft = EventDraft {
            title,
            client_contact: client.full_name.clone(),
            contact_phone: client.phone.clone(),
            starts_at: Some(starts),
            ends_at: Some(ends),
            location,
            attendees: i32::try_from(10 + dice.roll(400)).unwrap_or(10),
            ..EventDraft::default()
        };
        NewEvent { contract_id: ContractId::new(stored(contracts + contract)), client, draft, status, support }
    };
    Insert::events(numbers.map(row), now)
}

fn entry(number: u64, clients: u64) -> AuditEntry {
    AuditEntry::new(
        Verb::ClientCreated,
        EntityKind::Client.into(),
        Some(stored(clients + number)),
        format!("Client {number}"),
        Changes::default(),
    )
}
