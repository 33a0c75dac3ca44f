//! Lists of contracts: views, filters, orders, rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    contracts::Contract,
    id::{ClientId, UserId},
    money::Cents,
    page::{Listing, Order, SortKey, Sorted, folded},
    policy::Owner,
};

/// For how many days ahead the view `DueSoon` looks.
pub const SOON_DAYS: u64 = 30;

/// Saved views of the contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractView {
    #[default]
    All,
    Mine,
    NotSigned,
    /// Signed, with an amount due.
    NotPaid,
    Signed,
    /// Mine, not signed.
    MineNotSigned,
    /// Mine, signed, without any event.
    MineWithoutEvent,
    /// Mine, signed, with an amount due.
    MineNotPaid,
    /// With an instalment that fell due before today and is not paid completely, signed or not.
    Overdue,
    /// With an instalment that falls due from today until [`SOON_DAYS`] days ahead and is not paid completely;
    /// those that are overdue are left out, or the list could not be read from an index.
    DueSoon,
    MineOverdue,
    MineDueSoon,
    Archived,
}

impl ContractView {
    /// Whether it shows contracts by when something of them falls due.
    pub fn is_by_due_day(self) -> bool {
        match self {
            Self::Overdue | Self::MineOverdue | Self::DueSoon | Self::MineDueSoon => true,
            Self::All
            | Self::Mine
            | Self::NotSigned
            | Self::MineNotSigned
            | Self::Signed
            | Self::MineWithoutEvent
            | Self::NotPaid
            | Self::MineNotPaid
            | Self::Archived => false,
        }
    }

    /// Whether it shows only what belongs to clients of the user.
    pub fn is_mine(self) -> bool {
        match self {
            Self::Mine
            | Self::MineNotSigned
            | Self::MineWithoutEvent
            | Self::MineNotPaid
            | Self::MineOverdue
            | Self::MineDueSoon => true,
            Self::All
            | Self::NotSigned
            | Self::NotPaid
            | Self::Signed
            | Self::Overdue
            | Self::DueSoon
            | Self::Archived => false,
        }
    }

    /// What the view is sorted by, the newest or largest first, until the user chooses.
    pub fn sort(self) -> ContractSort {
        match self {
            Self::NotPaid | Self::MineNotPaid => ContractSort::Due,
            Self::Overdue | Self::DueSoon | Self::MineOverdue | Self::MineDueSoon => ContractSort::NextDue,
            Self::All
            | Self::Mine
            | Self::NotSigned
            | Self::Signed
            | Self::MineNotSigned
            | Self::MineWithoutEvent
            | Self::Archived => ContractSort::Created,
        }
    }
}

/// Selects contracts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
    /// Something that is not paid falls due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Something that is not paid falls due on this day or earlier, and not before `due_from`.
    pub due_to: Option<NaiveDate>,
}

/// The columns by which contracts can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// By the earliest day on which something falls due that is not paid.
    NextDue,
}

impl Order for ContractSort {
    fn begins_with_the_last(&self) -> bool {
        matches!(self, Self::Total | Self::Due | Self::Created)
    }
}

/// A contract in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRow {
    pub contract: Contract,
    pub client: String,
    pub company: String,
    pub client_phone: String,
    pub sales_contact_id: UserId,
    pub sales_contact: String,
    /// The earliest due day of an instalment that is not paid completely; `None` if none is known.
    pub next_due_on: Option<NaiveDate>,
}

impl ContractRow {
    /// The sales contact of the client.
    pub fn owner(&self) -> Owner {
        Owner::Sales(self.sales_contact_id)
    }

    /// The names and values of a row in an exported file, in order. The names are those of the columns
    /// in the database, except that the id is called `number`.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self { contract, client, company, client_phone: _, sales_contact_id: _, sales_contact, next_due_on } = self;
        let Contract {
            id,
            version: _,
            client_id: _,
            total_cents,
            due_cents,
            signed_at,
            notes,
            archived_at,
            created_at,
            updated_at: _,
        } = contract;
        vec![
            ("number", json!(id.0)),
            ("client", json!(client)),
            ("company_name", json!(company)),
            ("total", json!(total_cents.plain())),
            ("due", json!(due_cents.plain())),
            ("next_due_on", json!(next_due_on)),
            ("signed_at", json!(signed_at)),
            ("sales_contact", json!(sales_contact)),
            ("notes", json!(notes)),
            ("created_at", json!(created_at)),
            ("archived_at", json!(archived_at)),
        ]
    }
}

/// A request for a page of contracts.
pub type ContractListing = Listing<ContractFilter, ContractSort>;

impl Sorted<ContractSort> for ContractRow {
    fn id(&self) -> i64 {
        self.contract.id.0
    }

    fn key(&self, sort: ContractSort) -> SortKey {
        let contract = &self.contract;
        match sort {
            ContractSort::Number => SortKey::Int(contract.id.0),
            ContractSort::Client => folded(&self.client),
            ContractSort::Company => folded(&self.company),
            ContractSort::Total => SortKey::Int(contract.total_cents.0),
            ContractSort::Due => SortKey::Int(contract.due_cents.0),
            ContractSort::Signed => contract.signed_at.into(),
            ContractSort::SalesContact => folded(&self.sales_contact),
            ContractSort::Created => SortKey::Time(contract.created_at),
            ContractSort::NextDue => self.next_due_on.map_or(SortKey::Null, SortKey::Day),
        }
    }
}
