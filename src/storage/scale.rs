//! Inserts a thousand rows with one statement, for companies that are created to be measured. The
//! values are the program's own, never those of a user.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::connection::SimpleConnection;

use super::{clients, connection::Db, denormalized, events, failure::DbError, instalments, twins};
use crate::domain::{
    Cents, ClientId, ContractId, UserId,
    clients::ClientDraft,
    events::{EventDraft, Status},
    instalments::{Instalment, filled_at},
    known::Keys,
    payments::{PaymentDraft, state_of},
    text,
};

/// A user, with the sort key of their name.
pub type Person = (UserId, String);

/// A client to insert.
pub struct NewClient<'a> {
    pub id: ClientId,
    pub draft: ClientDraft,
    pub sales_contact: &'a Person,
}

/// A signed contract to insert.
pub struct NewContract<'a> {
    pub id: ContractId,
    pub client_id: ClientId,
    pub client: ClientDraft,
    /// The sales contact of the client.
    pub sales_contact: &'a Person,
    pub total_cents: Cents,
    /// UTC.
    pub signed_at: NaiveDateTime,
    pub next_due_on: Option<NaiveDate>,
    /// UTC.
    pub created_at: NaiveDateTime,
}

/// An event to insert, not longer than a day.
pub struct NewEvent<'a> {
    pub contract_id: ContractId,
    pub client: ClientDraft,
    pub draft: EventDraft,
    pub status: Status,
    pub support: Option<&'a Person>,
}

/// A payment to insert.
pub struct NewPayment<'a> {
    pub contract_id: ContractId,
    pub client: ClientDraft,
    pub draft: PaymentDraft,
    /// The reason if it is cancelled.
    pub cancelled: Option<&'a str>,
}

/// A statement that writes many rows. It can be built on another thread than the one that runs it.
pub struct Insert(String);

impl Insert {
    fn new(head: &str, rows: impl Iterator<Item = String>) -> Self {
        let mut sql = head.to_owned();
        for (at, row) in rows.enumerate() {
            write!(sql, "{}({row})", if at == 0 { "" } else { "," }).ok();
        }
        Self(sql)
    }

    /// Clients that were created and changed `now` (UTC).
    pub fn clients<'a>(rows: impl Iterator<Item = NewClient<'a>>, now: NaiveDateTime) -> Self {
        const HEAD: &str = "INSERT INTO clients (id, full_name, company_name, email, email_key, phone, \
             sales_contact_id, notes, name_key, company_key, sales_key, search, phone_key, person_key, created_at, \
             updated_at) VALUES ";
        let row = |NewClient { id, draft, sales_contact: (owner, sales_key) }: NewClient| {
            let email = draft.email.as_deref();
            let keys = Keys::from(&draft);
            format!(
                "{},{},{},{},{},{},{},{},{},{},{},{},{},{},'{now}','{now}'",
                id.0,
                quoted(&draft.full_name),
                quoted(&draft.company_name),
                nullable(email),
                nullable(denormalized::email_key(email).as_deref()),
                quoted(&draft.phone),
                owner.0,
                quoted(&draft.notes),
                quoted(&text::sort_key(&draft.full_name)),
                quoted(&text::sort_key(&draft.company_name)),
                quoted(sales_key),
                quoted(&clients::search_text(&draft)),
                nullable(keys.phone.as_deref()),
                nullable(keys.person.as_deref()),
            )
        };
        Self::new(HEAD, rows.map(row))
    }

    /// Contracts of which all is due, and which were changed `now` (UTC).
    pub fn contracts<'a>(rows: impl Iterator<Item = NewContract<'a>>, now: NaiveDateTime) -> Self {
        const HEAD: &str = "INSERT INTO contracts (id, client_id, total_cents, due_cents, signed_at, notes, \
             client_key, company_key, sales_key, search, next_due_on, created_at, updated_at) VALUES ";
        let row = |row: NewContract| {
            format!(
                "{},{},{},{},'{}','',{},{},{},{},{},'{}','{now}'",
                row.id.0,
                row.client_id.0,
                row.total_cents.0,
                row.total_cents.0,
                row.signed_at,
                quoted(&text::sort_key(&row.client.full_name)),
                quoted(&text::sort_key(&row.client.company_name)),
                quoted(&row.sales_contact.1),
                quoted(&clients::search_text(&row.client)),
                instalments::date(row.next_due_on),
                row.created_at,
            )
        };
        Self::new(HEAD, rows.map(row))
    }

    /// Instalments of contracts, those of one contract beside each other, that were set `now` (UTC).
    pub fn instalments(rows: &[Instalment], now: NaiveDateTime) -> Self {
        const HEAD: &str = "INSERT INTO instalments (contract_id, position, label, amount_cents, anchor, offset_days, \
             due_on, upto_cents, open_cents, open_on, plan_id, created_at, updated_at) VALUES ";
        let of_contracts = rows.chunk_by(|one, next| one.contract_id == next.contract_id);
        let upto: Vec<Cents> = of_contracts.flat_map(filled_at).collect();
        let row = |(row, upto): (&Instalment, Cents)| {
            let (anchor, offset) = instalments::anchor_of(row.due);
            format!(
                "{},{},{},{},'{anchor}',{offset},{},{},{},{},{},'{now}','{now}'",
                row.contract_id.0,
                row.position,
                quoted(&row.label),
                row.amount_cents.0,
                instalments::date(row.due_on),
                upto.0,
                row.open_cents.0,
                instalments::date(instalments::open_on(row)),
                row.plan_id.map_or_else(|| "NULL".to_owned(), |id| id.0.to_string()),
            )
        };
        Self::new(HEAD, rows.iter().zip(upto).map(row))
    }

    /// Events that were created and changed `now` (UTC).
    pub fn events<'a>(rows: impl Iterator<Item = NewEvent<'a>>, now: NaiveDateTime) -> Self {
        const HEAD: &str = "INSERT INTO events (contract_id, title, client_contact, contact_phone, starts_at, ends_at, \
             location, attendees, notes, status, support_id, title_key, location_key, client_key, support_key, search, \
             client_search, created_at, updated_at) VALUES ";
        let row = |NewEvent { contract_id, client, draft, status, support }: NewEvent| {
            let time = |time: Option<NaiveDateTime>| nullable(time.map(|time| time.to_string()).as_deref());
            format!(
                "{},{},{},{},{},{},{},{},{},'{status}',{},{},{},{},{},{},{},'{now}','{now}'",
                contract_id.0,
                quoted(&draft.title),
                quoted(&draft.client_contact),
                quoted(&draft.contact_phone),
                time(draft.starts_at),
                time(draft.ends_at),
                quoted(&draft.location),
                draft.attendees,
                quoted(&draft.notes),
                support.map_or_else(|| "NULL".to_owned(), |(id, _)| id.0.to_string()),
                quoted(&text::sort_key(&draft.title)),
                quoted(&text::sort_key(&draft.location)),
                quoted(&text::sort_key(&client.full_name)),
                nullable(support.map(|(_, key)| key.as_str())),
                quoted(&events::search_text(&draft)),
                quoted(&clients::search_text(&client)),
            )
        };
        Self::new(HEAD, rows.map(row))
    }

    /// Payments that were recorded at midnight (UTC) of their day.
    pub fn payments<'a>(rows: impl Iterator<Item = NewPayment<'a>>) -> Self {
        const HEAD: &str = "INSERT INTO payments (contract_id, amount_cents, paid_on, method, reference, notes, \
             cancelled_at, cancel_reason, state, reference_key, client_key, search, client_search, created_at, updated_at) VALUES ";
        let row = |NewPayment { contract_id, client, draft, cancelled }: NewPayment| {
            let PaymentDraft { amount_cents, paid_on, method, reference, notes } = draft;
            let at = paid_on.and_time(NaiveTime::MIN);
            let state = state_of(amount_cents, cancelled.is_some());
            format!(
                "{},{},'{paid_on}','{method}',{},{},{},{},'{state}',{},{},{},{},'{at}','{at}'",
                contract_id.0,
                amount_cents.0,
                quoted(&reference),
                quoted(&notes),
                nullable(cancelled.map(|_| at.to_string()).as_deref()),
                quoted(cancelled.unwrap_or_default()),
                quoted(&text::sort_key(&reference)),
                quoted(&text::sort_key(&client.full_name)),
                quoted(&text::searchable(&reference)),
                quoted(&clients::search_text(&client)),
            )
        };
        Self::new(HEAD, rows.map(row))
    }

    /// Sets what is due of the contracts with these ids, once their payments are there.
    pub fn dues(from: ContractId, to: ContractId) -> Self {
        Self(format!(
            "UPDATE contracts SET due_cents = total_cents - (SELECT COALESCE(SUM(p.amount_cents), 0) FROM payments AS p \
             WHERE p.contract_id = contracts.id AND p.cancelled_at IS NULL) WHERE id BETWEEN {} AND {}",
            from.0, to.0
        ))
    }

    /// Runs it.
    pub fn run(&self, db: &mut Db) -> Result<(), DbError> {
        Ok(db.batch_execute(&self.0)?)
    }
}

/// Finds the clients that may be entered twice, once all are there.
pub fn mark_twins(db: &mut Db) -> Result<(), DbError> {
    twins::mark_all(db, |_| Ok(()))
}

/// The text as an SQL string literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn nullable(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), quoted)
}
