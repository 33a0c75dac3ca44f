//! What a list asks for: filter, view, sort, and the request for a page.

use strum::IntoEnumIterator;

use super::{Kind, Record};
use crate::{
    domain::{
        filter::{
            AuditFilter, AuditListing, AuditSort, AuditView, ClientFilter, ClientListing, ClientSort, ClientView,
            ContractFilter, ContractListing, ContractSort, ContractView, EventFilter, EventListing, EventSort,
            EventView, Sorted, UserFilter, UserListing, UserSort, UserView,
        },
        page::{Cursor, Edge, Listing},
        user::Role,
    },
    services::{Request, export::What},
    ui::text::W,
};

/// A question for a list of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    Clients(ClientListing),
    Contracts(ContractListing),
    Events(EventListing),
    Staff(UserListing),
    Audit(AuditListing),
}

/// Rows that are fetched at once.
pub const PAGE: u16 = 100;

/// The same expression for the listing of each kind.
macro_rules! each {
    ($query:expr, $listing:ident => $body:expr) => {
        match $query {
            Query::Clients($listing) => $body,
            Query::Contracts($listing) => $body,
            Query::Events($listing) => $body,
            Query::Staff($listing) => $body,
            Query::Audit($listing) => $body,
        }
    };
}

fn listing<F, S: Default>(filter: F, descending: bool) -> Listing<F, S> {
    Listing { filter, sort: S::default(), descending, edge: Edge::Start, limit: PAGE }
}

/// What people can choose by `v`, for each role; the first is where a list opens.
fn client_views(role: Role) -> &'static [(ClientView, W<'static>)] {
    use ClientView as V;
    match role {
        Role::Sales => &[(V::All, W::ViewAll), (V::Mine, W::ViewMine), (V::Archived, W::ViewArchived)],
        _ => &[(V::All, W::ViewAll), (V::Archived, W::ViewArchived)],
    }
}

fn contract_views(role: Role) -> &'static [(ContractView, W<'static>)] {
    use ContractView as V;
    const ALL: &[(ContractView, W<'static>)] = &[
        (V::All, W::ViewAll),
        (V::NotSigned, W::ViewNotSigned),
        (V::Signed, W::ViewSigned),
        (V::NotPaid, W::ViewNotPaid),
        (V::Archived, W::ViewArchived),
    ];
    const SALES: &[(ContractView, W<'static>)] = &[
        (V::All, W::ViewAll),
        (V::Mine, W::ViewMine),
        (V::NotSigned, W::ViewNotSigned),
        (V::NotPaid, W::ViewNotPaid),
        (V::MineNotSigned, W::ViewMineNotSigned),
        (V::MineWithoutEvent, W::ViewMineWithoutEvent),
        (V::MineNotPaid, W::ViewMineNotPaid),
        (V::Archived, W::ViewArchived),
    ];
    if role == Role::Sales { SALES } else { ALL }
}

fn event_views(role: Role) -> &'static [(EventView, W<'static>)] {
    use EventView as V;
    const ALL: &[(EventView, W<'static>)] = &[
        (V::All, W::ViewAll),
        (V::Open, W::ViewOpen),
        (V::WithoutSupport, W::ViewWithoutSupport),
        (V::Week, W::ViewWeek),
        (V::Past, W::ViewPast),
        (V::Archived, W::ViewArchived),
    ];
    const SALES: &[(EventView, W<'static>)] = &[
        (V::All, W::ViewAll),
        (V::Mine, W::ViewMine),
        (V::Open, W::ViewOpen),
        (V::WithoutSupport, W::ViewWithoutSupport),
        (V::Week, W::ViewWeek),
        (V::Past, W::ViewPast),
        (V::Archived, W::ViewArchived),
    ];
    const SUPPORT: &[(EventView, W<'static>)] = &[
        (V::All, W::ViewAll),
        (V::Mine, W::ViewMine),
        (V::MineNext, W::ViewMineNext),
        (V::MineIncomplete, W::ViewMineIncomplete),
        (V::Open, W::ViewOpen),
        (V::WithoutSupport, W::ViewWithoutSupport),
        (V::Week, W::ViewWeek),
        (V::Past, W::ViewPast),
        (V::Archived, W::ViewArchived),
    ];
    match role {
        Role::Management => ALL,
        Role::Sales => SALES,
        Role::Support => SUPPORT,
    }
}

const USER_VIEWS: &[(UserView, W<'static>)] = &[
    (UserView::Active, W::ViewActive),
    (UserView::Management, W::Role(Role::Management)),
    (UserView::Sales, W::Role(Role::Sales)),
    (UserView::Support, W::Role(Role::Support)),
    (UserView::Deactivated, W::ViewDeactivated),
];

const AUDIT_VIEWS: &[(AuditView, W<'static>)] =
    &[(AuditView::All, W::ViewAll), (AuditView::Mine, W::ViewMine), (AuditView::Refused, W::ViewRefused)];

impl Query {
    pub fn clients(filter: ClientFilter) -> Self {
        Self::Clients(listing(filter, false))
    }

    /// The newest first.
    pub fn contracts(filter: ContractFilter) -> Self {
        Self::Contracts(listing(filter, true))
    }

    pub fn events(filter: EventFilter) -> Self {
        let newest = matches!(filter.view, EventView::Past | EventView::Archived);
        Self::Events(listing(filter, newest))
    }

    pub fn staff(filter: UserFilter) -> Self {
        Self::Staff(listing(filter, false))
    }

    /// The newest first.
    pub fn audit(filter: AuditFilter) -> Self {
        Self::Audit(listing(filter, true))
    }

    /// The whole list of a kind.
    pub fn all(kind: Kind) -> Self {
        match kind {
            Kind::Clients => Self::clients(ClientFilter::default()),
            Kind::Contracts => Self::contracts(ContractFilter::default()),
            Kind::Events => Self::events(EventFilter::default()),
            Kind::Staff => Self::staff(UserFilter::default()),
            Kind::Audit => Self::audit(AuditFilter::default()),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Clients(_) => Kind::Clients,
            Self::Contracts(_) => Kind::Contracts,
            Self::Events(_) => Kind::Events,
            Self::Staff(_) => Kind::Staff,
            Self::Audit(_) => Kind::Audit,
        }
    }

    /// The request for the page at this edge.
    pub fn request(&self, edge: Edge) -> Request {
        match self.clone() {
            Self::Clients(listing) => Request::ListClients(Listing { edge, ..listing }),
            Self::Contracts(listing) => Request::ListContracts(Listing { edge, ..listing }),
            Self::Events(listing) => Request::ListEvents(Listing { edge, ..listing }),
            Self::Staff(listing) => Request::ListUsers(Listing { edge, ..listing }),
            Self::Audit(listing) => Request::ListAudit(Listing { edge, ..listing }),
        }
    }

    /// The question without a page, for an export.
    pub fn listing(&self) -> What {
        match self.clone() {
            Self::Clients(listing) => What::Clients(listing),
            Self::Contracts(listing) => What::Contracts(listing),
            Self::Events(listing) => What::Events(listing),
            Self::Staff(listing) => What::Staff(listing),
            Self::Audit(listing) => What::Audit(listing),
        }
    }

    /// The place of a row in this list's order.
    pub fn cursor(&self, record: &Record) -> Option<Cursor> {
        let key = match (self, record) {
            (Self::Clients(listing), Record::Client(row)) => row.key(listing.sort),
            (Self::Contracts(listing), Record::Contract(row)) => row.key(listing.sort),
            (Self::Events(listing), Record::Event(row)) => row.key(listing.sort),
            (Self::Staff(listing), Record::User(user)) => user.key(listing.sort),
            (Self::Audit(listing), Record::Audit(row)) => row.key(listing.sort),
            _ => return None,
        };
        Some(Cursor { key, id: record.id() })
    }

    /// The words that are filtered by.
    pub fn text(&self) -> &str {
        each!(self, listing => &listing.filter.text)
    }

    pub fn set_text(&mut self, text: &str) {
        each!(self, listing => text.clone_into(&mut listing.filter.text));
    }

    /// What the list is sorted by, as a number of [`Self::sorts`], and whether downwards.
    pub fn sort(&self) -> (usize, bool) {
        fn at<S: IntoEnumIterator + PartialEq>(sort: &S) -> usize {
            S::iter().position(|one| one == *sort).unwrap_or(0)
        }
        each!(self, listing => (at(&listing.sort), listing.descending))
    }

    /// Sorts by this column; by the same one again the other way round.
    pub fn set_sort(&mut self, number: usize) {
        fn set<F, S: IntoEnumIterator + PartialEq + Copy>(listing: &mut Listing<F, S>, number: usize) {
            if let Some(sort) = S::iter().nth(number) {
                listing.descending = listing.sort == sort && !listing.descending;
                listing.sort = sort;
            }
        }
        each!(self, listing => set(listing, number));
    }

    /// What the list can be sorted by, in words.
    pub fn sorts(&self) -> Vec<W<'static>> {
        match self {
            Self::Clients(_) => ClientSort::iter().map(client_sort).collect(),
            Self::Contracts(_) => ContractSort::iter().map(contract_sort).collect(),
            Self::Events(_) => EventSort::iter().map(event_sort).collect(),
            Self::Staff(_) => UserSort::iter().map(user_sort).collect(),
            Self::Audit(_) => AuditSort::iter().map(audit_sort).collect(),
        }
    }

    /// The saved views, in words.
    pub fn views(&self, role: Role) -> Vec<W<'static>> {
        fn names<V>(views: &'static [(V, W<'static>)]) -> Vec<W<'static>> {
            views.iter().map(|(_, name)| *name).collect()
        }
        match self {
            Self::Clients(_) => names(client_views(role)),
            Self::Contracts(_) => names(contract_views(role)),
            Self::Events(_) => names(event_views(role)),
            Self::Staff(_) => names(USER_VIEWS),
            Self::Audit(_) => names(AUDIT_VIEWS),
        }
    }

    /// The present view as a number of [`Self::views`].
    pub fn view(&self, role: Role) -> usize {
        fn at<V: PartialEq>(views: &[(V, W<'static>)], view: &V) -> usize {
            views.iter().position(|(one, _)| one == view).unwrap_or(0)
        }
        match self {
            Self::Clients(listing) => at(client_views(role), &listing.filter.view),
            Self::Contracts(listing) => at(contract_views(role), &listing.filter.view),
            Self::Events(listing) => at(event_views(role), &listing.filter.view),
            Self::Staff(listing) => at(USER_VIEWS, &listing.filter.view),
            Self::Audit(listing) => at(AUDIT_VIEWS, &listing.filter.view),
        }
    }

    /// Takes another view; past events and archived ones begin with the newest.
    pub fn set_view(&mut self, role: Role, number: usize) {
        fn pick<V: Copy>(views: &[(V, W<'static>)], number: usize, into: &mut V) {
            if let Some((view, _)) = views.get(number) {
                *into = *view;
            }
        }
        match self {
            Self::Clients(listing) => pick(client_views(role), number, &mut listing.filter.view),
            Self::Contracts(listing) => pick(contract_views(role), number, &mut listing.filter.view),
            Self::Events(listing) => {
                pick(event_views(role), number, &mut listing.filter.view);
                if listing.sort == EventSort::Starts {
                    listing.descending = matches!(listing.filter.view, EventView::Past | EventView::Archived);
                }
            }
            Self::Staff(listing) => pick(USER_VIEWS, number, &mut listing.filter.view),
            Self::Audit(listing) => pick(AUDIT_VIEWS, number, &mut listing.filter.view),
        }
    }

    /// Whether structured filters beside view and words limit the list.
    pub fn is_refined(&self) -> bool {
        let mut plain = Self::all(self.kind());
        match (self, &mut plain) {
            (Self::Clients(a), Self::Clients(b)) => {
                (b.filter.view, b.filter.text) = (a.filter.view, a.filter.text.clone());
            }
            (Self::Contracts(a), Self::Contracts(b)) => {
                (b.filter.view, b.filter.text) = (a.filter.view, a.filter.text.clone());
            }
            (Self::Events(a), Self::Events(b)) => {
                (b.filter.view, b.filter.text) = (a.filter.view, a.filter.text.clone());
            }
            _ => {
                return matches!(self, Self::Audit(a) if a.filter.from.is_some() || a.filter.to.is_some() || a.filter.record.is_some());
            }
        }
        match (self, &plain) {
            (Self::Clients(a), Self::Clients(b)) => a.filter != b.filter,
            (Self::Contracts(a), Self::Contracts(b)) => a.filter != b.filter,
            (Self::Events(a), Self::Events(b)) => a.filter != b.filter,
            _ => false,
        }
    }
}

fn client_sort(sort: ClientSort) -> W<'static> {
    match sort {
        ClientSort::Name => W::ColName,
        ClientSort::Company => W::ColCompany,
        ClientSort::Email => W::ColEmail,
        ClientSort::Phone => W::ColPhone,
        ClientSort::SalesContact => W::ColSales,
        ClientSort::LastContact => W::ColLastContact,
        ClientSort::Updated => W::ColUpdated,
    }
}

fn contract_sort(sort: ContractSort) -> W<'static> {
    match sort {
        ContractSort::Number => W::ColNumber,
        ContractSort::Client => W::ColClient,
        ContractSort::Company => W::ColCompany,
        ContractSort::Total => W::ColTotal,
        ContractSort::Due => W::ColDue,
        ContractSort::Signed => W::ColSigned,
        ContractSort::SalesContact => W::ColSales,
        ContractSort::Created => W::ColCreated,
    }
}

fn event_sort(sort: EventSort) -> W<'static> {
    match sort {
        EventSort::Starts => W::ColStarts,
        EventSort::Title => W::ColTitle,
        EventSort::Client => W::ColClient,
        EventSort::Location => W::ColPlace,
        EventSort::Attendees => W::ColPeople,
        EventSort::Status => W::ColStatus,
        EventSort::Support => W::ColSupport,
    }
}

fn user_sort(sort: UserSort) -> W<'static> {
    match sort {
        UserSort::Name => W::ColName,
        UserSort::Username => W::ColUsername,
        UserSort::Role => W::ColRole,
        UserSort::Email => W::ColEmail,
        UserSort::LastLogin => W::ColLastLogin,
    }
}

fn audit_sort(sort: AuditSort) -> W<'static> {
    match sort {
        AuditSort::Time => W::ColWhen,
        AuditSort::Actor => W::ColWho,
        AuditSort::Action => W::ColWhat,
        AuditSort::Record => W::ColRecord,
    }
}
