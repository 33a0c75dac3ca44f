//! What lists can be asked for: saved views, structured filters, sort columns, rows.

use chrono::NaiveDate;

use super::{
    audit::{AuditRow, RecordKind},
    client::Client,
    contract::Contract,
    event::Event,
    id::{ClientId, ContractId, EventId, UserId},
    money::Cents,
    page::{Key, Listing},
    text,
    user::{Role, User},
};

/// Saved views of the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum ClientView {
    #[default]
    All,
    Mine,
    Archived,
}

/// Which clients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFilter {
    pub view: ClientView,
    /// Words that must all occur, in any case and without accents.
    pub text: String,
    pub sales_contact: Option<UserId>,
    /// Last contact on this day or later.
    pub from: Option<NaiveDate>,
    /// Last contact on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// What clients can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum ClientSort {
    #[default]
    Name,
    Company,
    Email,
    Phone,
    SalesContact,
    LastContact,
    Updated,
}

/// A client in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    pub client: Client,
    /// The name of the sales contact.
    pub sales_contact: String,
}

/// Saved views of the contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum ContractView {
    #[default]
    All,
    Mine,
    NotSigned,
    NotPaid,
    Signed,
    /// Mine, not signed.
    MineNotSigned,
    /// Mine, signed, without any event.
    MineWithoutEvent,
    /// Mine, something due.
    MineNotPaid,
    Archived,
}

/// Which contracts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractFilter {
    pub view: ContractView,
    /// Words that must all occur in the client's name, company or e-mail address.
    pub text: String,
    pub client: Option<ClientId>,
    pub sales_contact: Option<UserId>,
    pub total_above: Option<Cents>,
    pub total_below: Option<Cents>,
    pub due_above: Option<Cents>,
    pub due_below: Option<Cents>,
    /// Created on this day (company's wall clock) or later.
    pub from: Option<NaiveDate>,
    /// Created on this day (company's wall clock) or earlier.
    pub to: Option<NaiveDate>,
    /// Signed on this day (company's wall clock) or later.
    pub signed_from: Option<NaiveDate>,
    /// Signed on this day (company's wall clock) or earlier.
    pub signed_to: Option<NaiveDate>,
}

/// What contracts can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum ContractSort {
    Number,
    Client,
    Company,
    Total,
    Due,
    Signed,
    SalesContact,
    #[default]
    Created,
}

/// A contract in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRow {
    pub contract: Contract,
    pub client: String,
    pub company: String,
    pub sales_contact_id: UserId,
    pub sales_contact: String,
}

/// Saved views of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum EventView {
    #[default]
    All,
    Mine,
    /// Neither done nor cancelled.
    Open,
    /// Open, not over, nobody prepares them.
    WithoutSupport,
    /// Monday to Sunday of the present week.
    Week,
    Past,
    /// Mine, open, not over.
    MineNext,
    /// Mine, open, without notes or without an end time.
    MineIncomplete,
    Archived,
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    pub view: EventView,
    /// Words that must all occur in title, place, contact, client or company.
    pub text: String,
    pub client: Option<ClientId>,
    pub contract: Option<ContractId>,
    /// The sales contact of the client.
    pub sales_contact: Option<UserId>,
    pub support: Option<UserId>,
    /// Words that must all occur in the place.
    pub place: String,
    /// Starts on this day or later (wall clock).
    pub from: Option<NaiveDate>,
    /// Starts on this day or earlier (wall clock).
    pub to: Option<NaiveDate>,
}

/// What events can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum EventSort {
    #[default]
    Starts,
    Title,
    Client,
    Location,
    Attendees,
    Status,
    Support,
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub event: Event,
    pub client_id: ClientId,
    pub client: String,
    pub company: String,
    pub sales_contact_id: UserId,
    pub sales_contact: String,
    /// The name of the support person.
    pub support: Option<String>,
}

/// Saved views of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum UserView {
    #[default]
    Active,
    Management,
    Sales,
    Support,
    Deactivated,
}

impl UserView {
    /// The role that the view is limited to.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Active | Self::Deactivated => None,
            Self::Management => Some(Role::Management),
            Self::Sales => Some(Role::Sales),
            Self::Support => Some(Role::Support),
        }
    }
}

/// Which members of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    pub view: UserView,
    /// Words that must all occur in name, username, e-mail or phone.
    pub text: String,
}

/// What the staff can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum UserSort {
    #[default]
    Name,
    Username,
    Role,
    Email,
    LastLogin,
}

/// Saved views of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum AuditView {
    #[default]
    All,
    Mine,
    /// Refused actions and failed sign-ins.
    Refused,
}

/// Which lines of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    pub view: AuditView,
    /// Words that must all occur in the actor, the verb or the record's name.
    pub text: String,
    /// One record's history.
    pub record: Option<(RecordKind, i64)>,
    /// On this day (company's wall clock) or later.
    pub from: Option<NaiveDate>,
    /// On this day (company's wall clock) or earlier.
    pub to: Option<NaiveDate>,
}

/// What the audit log can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum AuditSort {
    #[default]
    Time,
    Actor,
    Action,
    Record,
}

pub type ClientListing = Listing<ClientFilter, ClientSort>;
pub type ContractListing = Listing<ContractFilter, ContractSort>;
pub type EventListing = Listing<EventFilter, EventSort>;
pub type UserListing = Listing<UserFilter, UserSort>;
pub type AuditListing = Listing<AuditFilter, AuditSort>;

/// A row that knows its place in a list sorted by `S`.
pub trait Sorted<S> {
    /// The record's id, which breaks ties.
    fn id(&self) -> i64;
    /// The value of the sorted column, as the database compares it.
    fn key(&self, sort: S) -> Key;
}

fn folded(value: &str) -> Key {
    Key::Text(text::sort_key(value))
}

fn maybe(value: Option<&str>) -> Key {
    value.map_or(Key::Null, |value| Key::Text(value.to_owned()))
}

impl Sorted<ClientSort> for ClientRow {
    fn id(&self) -> i64 {
        self.client.id.0
    }

    fn key(&self, sort: ClientSort) -> Key {
        let client = &self.client;
        match sort {
            ClientSort::Name => folded(&client.full_name),
            ClientSort::Company => folded(&client.company_name),
            ClientSort::Email => maybe(client.email.as_deref()),
            ClientSort::Phone => Key::Text(client.phone.clone()),
            ClientSort::SalesContact => folded(&self.sales_contact),
            ClientSort::LastContact => client.last_contact_at.map_or(Key::Null, Key::Day),
            ClientSort::Updated => Key::Time(client.updated_at),
        }
    }
}

impl Sorted<ContractSort> for ContractRow {
    fn id(&self) -> i64 {
        self.contract.id.0
    }

    fn key(&self, sort: ContractSort) -> Key {
        let contract = &self.contract;
        match sort {
            ContractSort::Number => Key::Int(contract.id.0),
            ContractSort::Client => folded(&self.client),
            ContractSort::Company => folded(&self.company),
            ContractSort::Total => Key::Int(contract.total_cents.0),
            ContractSort::Due => Key::Int(contract.due_cents.0),
            ContractSort::Signed => contract.signed_at.into(),
            ContractSort::SalesContact => folded(&self.sales_contact),
            ContractSort::Created => Key::Time(contract.created_at),
        }
    }
}

impl Sorted<EventSort> for EventRow {
    fn id(&self) -> i64 {
        self.event.id.0
    }

    fn key(&self, sort: EventSort) -> Key {
        let event = &self.event;
        match sort {
            EventSort::Starts => event.starts_at.into(),
            EventSort::Title => folded(&event.title),
            EventSort::Client => folded(&self.client),
            EventSort::Location => folded(&event.location),
            EventSort::Attendees => Key::Number(event.attendees),
            EventSort::Status => Key::Text(event.status.to_string()),
            EventSort::Support => self.support.as_deref().map_or(Key::Null, folded),
        }
    }
}

impl Sorted<UserSort> for User {
    fn id(&self) -> i64 {
        self.id.0
    }

    fn key(&self, sort: UserSort) -> Key {
        match sort {
            UserSort::Name => folded(&self.full_name),
            UserSort::Username => Key::Text(self.username.clone()),
            UserSort::Role => Key::Text(self.role.to_string()),
            UserSort::Email => maybe(self.email.as_deref()),
            UserSort::LastLogin => self.last_login_at.into(),
        }
    }
}

impl Sorted<AuditSort> for AuditRow {
    fn id(&self) -> i64 {
        self.id
    }

    fn key(&self, sort: AuditSort) -> Key {
        match sort {
            AuditSort::Time => Key::Time(self.at),
            AuditSort::Actor => Key::Text(self.actor_name.clone()),
            AuditSort::Action => Key::Text(self.action.clone()),
            AuditSort::Record => Key::Text(self.record_name.clone()),
        }
    }
}

/// How a support person stands to the events that are about to be given away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// Nothing else that day.
    Free,
    /// Something else on the same day, at another time.
    Busy,
    /// Something else at the same time.
    Clash,
}

/// A person in a picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: UserId,
    pub full_name: String,
    pub role: Role,
    /// Open events in the week of the (first) event that is given away.
    pub load: i64,
    /// Only for support people and events with a start.
    pub availability: Option<Availability>,
    /// The title of an event that clashes, where it may be seen.
    pub clash: Option<String>,
}

/// One event and who shall prepare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    pub event: EventId,
    pub version: i32,
    /// Nobody, when the support is taken away.
    pub support: Option<UserId>,
}
