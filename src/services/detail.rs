//! The replies about single records, with what belongs to them.

use crate::domain::{
    UserId, audit::AuditRow, clients::ClientRow, contracts::ContractRow, entity::EntityKind, error::Inheritance,
    events::EventRow, instalments::Anchors, instalments::Instalment, page::Page, page::Sums, payments::PaymentRow,
    users::User,
};

/// A record that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    /// Distinguishes it from others with the same name: the company or the phone, the client or the username.
    pub detail: String,
}

/// A user with the records that they own.
#[derive(Debug, Clone, PartialEq)]
pub struct UserDetail {
    pub user: User,
    /// `None` unless the user is in sales and the viewer may see their records.
    pub clients: Option<Page<ClientRow>>,
    /// `None` unless the user is in support and the viewer may see their records.
    pub events: Option<Page<EventRow>>,
    /// What somebody else would have to take over; `None` if the viewer may not see the user's
    /// records.
    pub owns: Option<Inheritance>,
    /// Empty unless the viewer may read it.
    pub history: Page<AuditRow>,
}

/// A client with its contracts and events, the newest first, at most [`DETAIL_ROWS`] of each.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientDetail {
    pub row: ClientRow,
    /// The client that it was merged into, if the viewer may see that one.
    pub merged_into: Option<ClientRow>,
    pub contracts: Page<ContractRow>,
    /// The number of all its signed contracts that the viewer may see, with their total and amount due; `None` if
    /// there are too many to sum up.
    pub signed: Option<(i64, Sums)>,
    pub events: Page<EventRow>,
    pub history: Page<AuditRow>,
}

/// A payment with its contract.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentDetail {
    pub row: PaymentRow,
    pub contract: ContractRow,
    pub history: Page<AuditRow>,
}

/// A contract with its client, its payments and its events.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractDetail {
    pub row: ContractRow,
    pub client: ClientRow,
    /// In the order of the contract, with what is open of each.
    pub instalments: Vec<Instalment>,
    /// The days that due days are counted from.
    pub anchors: Anchors,
    /// The newest first, at most [`DETAIL_ROWS`].
    pub payments: Page<PaymentRow>,
    pub events: Page<EventRow>,
    pub history: Page<AuditRow>,
}

/// An event with its contract.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDetail {
    pub row: EventRow,
    pub contract: ContractRow,
    pub history: Page<AuditRow>,
}

/// The events of a range of days, the earliest first, and the support users.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarPage {
    pub people: Vec<(UserId, String)>,
    pub events: Vec<EventRow>,
    /// Whether there are more events than these.
    pub more: bool,
}

/// How many related records of each kind a detail screen shows; the lists show the rest.
pub const DETAIL_ROWS: u16 = 50;
