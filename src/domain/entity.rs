//! The kinds of record that lists show, with the requests for their pages and their rows. A new
//! entity is a variant in the two enums below and in [`Record`].

use chrono::NaiveDate;
use strum::IntoEnumIterator;

pub use super::record::Record;
use super::{
    audit::{AuditFilter, AuditListing},
    clients::{ClientFilter, ClientListing},
    contracts::{ContractFilter, ContractListing},
    events::{EventFilter, EventListing, EventSort},
    id::ClientId,
    page::{Cursor, Edge, Listing, Order, PAGE, Sorted},
    payments::{PaymentFilter, PaymentListing},
    users::{UserFilter, UserListing},
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
    Payment,
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
    Payment(PaymentListing),
    User(UserListing),
    Audit(AuditListing),
}

/// Evaluates the same expression for the listing of each kind.
macro_rules! on_query {
    ($query:expr, $listing:ident => $body:expr) => {
        match $query {
            $crate::domain::entity::Query::Client($listing) => $body,
            $crate::domain::entity::Query::Contract($listing) => $body,
            $crate::domain::entity::Query::Event($listing) => $body,
            $crate::domain::entity::Query::Payment($listing) => $body,
            $crate::domain::entity::Query::User($listing) => $body,
            $crate::domain::entity::Query::Audit($listing) => $body,
        }
    };
}

fn listing<F, S: Default>(filter: F, descending: bool) -> Listing<F, S> {
    Listing { filter, sort: S::default(), descending, edge: Edge::Start, limit: PAGE }
}

impl Query {
    /// By name; possible duplicates beside each other.
    pub fn clients(filter: ClientFilter) -> Self {
        let sort = filter.view.sort();
        Self::Client(Listing { sort, ..listing(filter, false) })
    }

    /// The newest first; in the views of those not fully paid the largest amount due first, of those overdue or
    /// due soon the earliest day.
    pub fn contracts(filter: ContractFilter) -> Self {
        let sort = filter.view.sort();
        Self::Contract(Listing { sort, ..listing(filter, sort.begins_with_the_last()) })
    }

    /// The earliest first; in the views of past and archived events the latest first.
    pub fn events(filter: EventFilter) -> Self {
        let newest = filter.view.begins_with_newest();
        Self::Event(listing(filter, newest))
    }

    /// The newest first.
    pub fn payments(filter: PaymentFilter) -> Self {
        Self::Payment(listing(filter, true))
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
            EntityKind::Payment => Self::payments(PaymentFilter::default()),
            EntityKind::User => Self::users(UserFilter::default()),
            EntityKind::Audit => Self::audit(AuditFilter::default()),
        }
    }

    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Client(_) => EntityKind::Client,
            Self::Contract(_) => EntityKind::Contract,
            Self::Event(_) => EntityKind::Event,
            Self::Payment(_) => EntityKind::Payment,
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
            Self::Payment(listing) => match record {
                Record::Payment(row) => row.key(listing.sort),
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

    /// The client that the list is limited to.
    pub fn client_mut(&mut self) -> Option<&mut ClientId> {
        match self {
            Self::Contract(listing) => listing.filter.client.as_mut(),
            Self::Event(listing) => listing.filter.client.as_mut(),
            Self::Payment(listing) => listing.filter.client.as_mut(),
            Self::Client(_) | Self::User(_) | Self::Audit(_) => None,
        }
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
            Self::Payment(listing) => vec![listing.filter.from, listing.filter.to],
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
