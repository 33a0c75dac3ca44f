//! Printed documents as values. The screens hand over the function that puts them into words, since
//! words are theirs; the services read the data and write the file.

use std::io;

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::{
    Cents, ContractId, EventId, PaymentId,
    audit::Subject,
    clients::Client,
    contracts::{Contract, ContractRow},
    entity::EntityKind,
    events::EventRow,
    instalments::Instalment,
    language::Language,
    payments::Payment,
    users::User,
};

/// A document about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Document {
    /// For those who are there on the day: who, when and where.
    EventSheet(EventId),
    /// For the client: what a contract amounts to, what was paid and what is due.
    Statement(ContractId),
    /// For the client: that an amount was received or given back. That of a cancelled payment says so:
    /// the client may hold one from before.
    Receipt(PaymentId),
}

impl Document {
    /// The record that it is about.
    pub fn record(self) -> (Subject, i64) {
        match self {
            Self::EventSheet(id) => (EntityKind::Event.into(), id.0),
            Self::Statement(id) => (EntityKind::Contract.into(), id.0),
            Self::Receipt(id) => (EntityKind::Payment.into(), id.0),
        }
    }
}

/// Writes a document as one HTML file in this language. Fails only if that is not possible at all.
pub type Typeset = fn(&Paper, Language) -> io::Result<String>;

/// A document with its data.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The company's name.
    pub company: String,
    /// The company's currency.
    pub currency: String,
    /// Who made it.
    pub made_by: String,
    /// When it was made, on the company's wall clock.
    pub made_at: NaiveDateTime,
    pub content: Content,
}

/// The data of a document.
#[derive(Debug, Clone)]
pub enum Content {
    EventSheet(Box<EventSheet>),
    Statement(Box<Statement>),
    Receipt(Box<Receipt>),
}

/// The data of an event sheet.
#[derive(Debug, Clone)]
pub struct EventSheet {
    pub row: EventRow,
    pub client: Client,
    pub sales_contact: User,
    /// `None` until somebody prepares the event.
    pub support: Option<User>,
}

/// The data of a statement.
#[derive(Debug, Clone)]
pub struct Statement {
    pub row: ContractRow,
    pub client: Client,
    pub sales_contact: User,
    /// The day of the signature; `None` if the contract is not signed.
    pub signed_on: Option<NaiveDate>,
    /// The events that the viewer may see, the earliest first.
    pub events: Vec<EventRow>,
    /// Whether there are more than these.
    pub more_events: bool,
    /// In the order in which they fall due.
    pub instalments: Vec<Instalment>,
    /// Those that count, in the order in which they were paid.
    pub payments: Vec<Payment>,
    /// What was paid before these, if there are too many for a document.
    pub earlier: Option<Cents>,
}

/// The data of a receipt.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub payment: Payment,
    /// The day on which the payment was cancelled, if so.
    pub cancelled_on: Option<NaiveDate>,
    pub contract: Contract,
    pub client: Client,
}
