//! The kinds of record that lists show, with the requests for their pages and their rows. A new
//! entity is a variant in each of the three enums below.

use chrono::NaiveDate;
use serde_json::Value;
use strum::IntoEnumIterator;

use super::{
    audit::{AuditFilter, AuditListing, AuditRow},
    clients::{ClientFilter, ClientListing, ClientRow},
    contracts::{ContractFilter, ContractListing, ContractRow},
    error::Reason,
    events::{EventFilter, EventListing, EventRow, EventSort},
    page::{Cursor, Edge, Listing, Order, PAGE, Page, Sorted},
    policy::{self, Owner, Permission},
    session::Actor,
    settings::Settings,
    users::{User, UserFilter, UserListing},
};
use serde::{Deserialize, Serialize};

/// The kinds of record, in the order of menus. The audit log stores their names in lower case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Client,
    Contract,
    Event,
    /// A member of the staff.
    User,
    /// A row of the audit log.
    Audit,
}

/// A request for a page of a list: its kind, filter, sort order and position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Query {
    Client(ClientListing),
    Contract(ContractListing),
    Event(EventListing),
    User(UserListing),
    Audit(AuditListing),
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Client(ClientRow),
    Contract(ContractRow),
    Event(EventRow),
    User(User),
    Audit(AuditRow),
}

/// Evaluates the same expression for the listing of each kind.
macro_rules! on_query {
    ($query:expr, $listing:ident => $body:expr) => {
        match $query {
            $crate::domain::entity::Query::Client($listing) => $body,
            $crate::domain::entity::Query::Contract($listing) => $body,
            $crate::domain::entity::Query::Event($listing) => $body,
            $crate::domain::entity::Query::User($listing) => $body,
            $crate::domain::entity::Query::Audit($listing) => $body,
        }
    };
}

fn listing<F, S: Default>(filter: F, descending: bool) -> Listing<F, S> {
    Listing { filter, sort: S::default(), descending, edge: Edge::Start, limit: PAGE }
}

impl Query {
    pub fn clients(filter: ClientFilter) -> Self {
        Self::Client(listing(filter, false))
    }

    /// The newest first; in the views of those not fully paid the largest amount due first.
    pub fn contracts(filter: ContractFilter) -> Self {
        let sort = filter.view.sort();
        Self::Contract(Listing { sort, ..listing(filter, true) })
    }

    /// The earliest first; in the views of past and archived events the latest first.
    pub fn events(filter: EventFilter) -> Self {
        let newest = filter.view.begins_with_newest();
        Self::Event(listing(filter, newest))
    }

    pub fn users(filter: UserFilter) -> Self {
        Self::User(listing(filter, false))
    }

    /// The newest first.
    pub fn audit(filter: AuditFilter) -> Self {
        Self::Audit(listing(filter, true))
    }

    /// The whole list of a kind.
    pub fn all(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Client => Self::clients(ClientFilter::default()),
            EntityKind::Contract => Self::contracts(ContractFilter::default()),
            EntityKind::Event => Self::events(EventFilter::default()),
            EntityKind::User => Self::users(UserFilter::default()),
            EntityKind::Audit => Self::audit(AuditFilter::default()),
        }
    }

    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Client(_) => EntityKind::Client,
            Self::Contract(_) => EntityKind::Contract,
            Self::Event(_) => EntityKind::Event,
            Self::User(_) => EntityKind::User,
            Self::Audit(_) => EntityKind::Audit,
        }
    }

    /// The same query for the page at this edge.
    #[must_use]
    pub fn at(&self, edge: Edge) -> Self {
        let mut query = self.clone();
        on_query!(&mut query, listing => listing.edge = edge);
        query
    }

    /// The same query for pages of this many rows.
    #[must_use]
    pub fn with_limit(mut self, limit: u16) -> Self {
        on_query!(&mut self, listing => listing.limit = limit);
        self
    }

    /// The position of a row in the sort order of this list; `None` for a row of another kind.
    pub fn cursor(&self, record: &Record) -> Option<Cursor> {
        // Without a wildcard for the kinds of `self`: a kind without its arm here does not compile.
        let key = match self {
            Self::Client(listing) => match record {
                Record::Client(row) => row.key(listing.sort),
                _ => return None,
            },
            Self::Contract(listing) => match record {
                Record::Contract(row) => row.key(listing.sort),
                _ => return None,
            },
            Self::Event(listing) => match record {
                Record::Event(row) => row.key(listing.sort),
                _ => return None,
            },
            Self::User(listing) => match record {
                Record::User(user) => user.key(listing.sort),
                _ => return None,
            },
            Self::Audit(listing) => match record {
                Record::Audit(row) => row.key(listing.sort),
                _ => return None,
            },
        };
        Some(Cursor { key, id: record.id() })
    }

    /// The typed words of the filter.
    pub fn text(&self) -> &str {
        on_query!(self, listing => &listing.filter.text)
    }

    pub fn set_text(&mut self, text: &str) {
        on_query!(self, listing => text.clone_into(&mut listing.filter.text));
    }

    /// The days of the filter.
    pub fn days(&self) -> Vec<NaiveDate> {
        let days = match self {
            Self::Client(listing) => vec![listing.filter.from, listing.filter.to],
            Self::Contract(listing) => {
                let ContractFilter { from, to, signed_from, signed_to, .. } = listing.filter;
                vec![from, to, signed_from, signed_to]
            }
            Self::Event(listing) => vec![listing.filter.from, listing.filter.to],
            Self::User(_) => Vec::new(),
            Self::Audit(listing) => vec![listing.filter.from, listing.filter.to],
        };
        days.into_iter().flatten().collect()
    }

    /// The same view in the same order, not filtered.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        fn default_of<F: Default>(_: &F) -> F {
            F::default()
        }
        let mut query = self.clone();
        on_query!(&mut query, listing => {
            let view = listing.filter.view;
            listing.filter = default_of(&listing.filter);
            listing.filter.view = view;
        });
        query
    }

    /// Whether the list is filtered by anything besides view and words.
    pub fn is_refined(&self) -> bool {
        let mut plain = self.unfiltered();
        plain.set_text(self.text());
        plain != *self
    }

    /// Whether the list opens at today, with the past above: all events by their start, unless they are
    /// filtered.
    pub fn opens_at_today(&self) -> bool {
        let Self::Event(listing) = self else { return false };
        listing.sort == EventSort::Starts && !listing.descending && listing.filter == EventFilter::default()
    }

    /// The sort column, as its position among those of the kind, and whether the order is descending.
    pub fn sort(&self) -> (usize, bool) {
        fn position<S: IntoEnumIterator + PartialEq>(sort: &S) -> usize {
            S::iter().position(|one| one == *sort).unwrap_or(0)
        }
        on_query!(self, listing => (position(&listing.sort), listing.descending))
    }

    /// Sorts by the column at this position, in the order in which it begins; if it already is the sort
    /// column, reverses the order.
    pub fn set_sort(&mut self, position: usize) {
        fn set<F, S: IntoEnumIterator + PartialEq + Copy + Order>(listing: &mut Listing<F, S>, position: usize) {
            if let Some(sort) = S::iter().nth(position) {
                let reverses = listing.sort == sort;
                listing.descending = if reverses { !listing.descending } else { sort.begins_with_the_last() };
                listing.sort = sort;
            }
        }
        on_query!(self, listing => set(listing, position));
    }
}

impl Record {
    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Client(_) => EntityKind::Client,
            Self::Contract(_) => EntityKind::Contract,
            Self::Event(_) => EntityKind::Event,
            Self::User(_) => EntityKind::User,
            Self::Audit(_) => EntityKind::Audit,
        }
    }

    /// The id in the database. Users see it only as the number of a contract.
    pub fn id(&self) -> i64 {
        match self {
            Self::Client(row) => row.client.id.0,
            Self::Contract(row) => row.contract.id.0,
            Self::Event(row) => row.event.id.0,
            Self::User(user) => user.id.0,
            Self::Audit(row) => row.id,
        }
    }

    /// The version, which every change increments; 0 for a row of the audit log, which never changes.
    pub fn version(&self) -> i32 {
        match self {
            Self::Client(row) => row.client.version,
            Self::Contract(row) => row.contract.version,
            Self::Event(row) => row.event.version,
            Self::User(user) => user.version,
            Self::Audit(_) => 0,
        }
    }

    /// Whether the record is archived or deactivated.
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Client(row) => row.client.archived_at.is_some(),
            Self::Contract(row) => row.contract.archived_at.is_some(),
            Self::Event(row) => row.event.archived_at.is_some(),
            Self::User(user) => !user.active,
            Self::Audit(_) => false,
        }
    }

    /// The names and values of a row in an exported file, in order.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Client(row) => row.exported(),
            Self::Contract(row) => row.exported(),
            Self::Event(row) => row.exported(),
            Self::User(user) => user.exported(),
            Self::Audit(row) => row.exported(),
        }
    }

    pub fn owner(&self) -> Owner {
        match self {
            Self::Client(row) => row.client.owner(),
            Self::Contract(row) => row.owner(),
            Self::Event(row) => row.event.owner(),
            Self::User(_) | Self::Audit(_) => Owner::Nobody,
        }
    }

    /// Why the state of the record forbids an action that needs this permission.
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        match self {
            Self::Client(row) => row.client.forbids(permission),
            Self::Contract(row) => row.contract.forbids(permission),
            Self::Event(row) => row.event.forbids(permission),
            Self::User(_) | Self::Audit(_) => None,
        }
    }

    /// Why the actor may not do to the record what needs this permission; `None` if they may.
    pub fn refusal(&self, permission: Permission, actor: &Actor, settings: &Settings) -> Option<Reason> {
        policy::refusal(permission, actor, settings, self.owner(), self.forbids(permission))
    }

    /// The record that Enter opens. For a row of the audit log it is the record that the row is about;
    /// `None` if that has no detail screen.
    pub fn target(&self) -> Option<(EntityKind, i64)> {
        match self {
            Self::Audit(row) => Some((row.record_type.parse().ok()?, row.record_id?)),
            other => Some((other.kind(), other.id())),
        }
    }
}

/// Conversions between the rows of one kind and those of any kind.
macro_rules! rows {
    ($($variant:ident: $row:ty;)*) => {$(
        impl From<$row> for Record {
            fn from(row: $row) -> Self {
                Self::$variant(row)
            }
        }

        impl TryFrom<Record> for $row {
            type Error = Record;

            fn try_from(record: Record) -> Result<Self, Record> {
                match record {
                    Record::$variant(row) => Ok(row),
                    other => Err(other),
                }
            }
        }
    )*};
}
rows! {
    Client: ClientRow;
    Contract: ContractRow;
    Event: EventRow;
    User: User;
    Audit: AuditRow;
}

impl<R> Page<R> {
    /// Converts each row of the page.
    pub fn map<T>(self, change: impl FnMut(R) -> T) -> Page<T> {
        let Self { rows, before, after, total, sums, among_newest } = self;
        Page { rows: rows.into_iter().map(change).collect(), before, after, total, sums, among_newest }
    }
}

impl Page<Record> {
    /// Converts the page to rows of a single kind; rows of other kinds are left out.
    pub fn of<R: TryFrom<Record>>(self) -> Page<R> {
        let Self { rows, before, after, total, sums, among_newest } = self;
        Page {
            rows: rows.into_iter().filter_map(|row| row.try_into().ok()).collect(),
            before,
            after,
            total,
            sums,
            among_newest,
        }
    }
}
