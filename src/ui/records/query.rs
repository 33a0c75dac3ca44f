//! What a list asks for: filter, view, sort, and the request for a page.

use strum::IntoEnumIterator;

use crate::{
    domain::{
        audit::{AuditSort, AuditView},
        clients::{ClientSort, ClientView},
        contracts::{ContractSort, ContractView},
        entity::Query,
        events::{EventSort, EventView},
        users::{Role, UserSort, UserView},
    },
    ui::text::Phrase,
};

/// What people can choose by `v`, for each role; the first is where a list opens.
fn client_views(role: Role) -> &'static [(ClientView, Phrase<'static>)] {
    use ClientView as V;
    match role {
        Role::Sales => &[(V::All, Phrase::ViewAll), (V::Mine, Phrase::ViewMine), (V::Archived, Phrase::ViewArchived)],
        _ => &[(V::All, Phrase::ViewAll), (V::Archived, Phrase::ViewArchived)],
    }
}

fn contract_views(role: Role) -> &'static [(ContractView, Phrase<'static>)] {
    use ContractView as V;
    const ALL: &[(ContractView, Phrase<'static>)] = &[
        (V::All, Phrase::ViewAll),
        (V::NotSigned, Phrase::ViewNotSigned),
        (V::Signed, Phrase::ViewSigned),
        (V::NotPaid, Phrase::ViewNotPaid),
        (V::Archived, Phrase::ViewArchived),
    ];
    const SALES: &[(ContractView, Phrase<'static>)] = &[
        (V::All, Phrase::ViewAll),
        (V::Mine, Phrase::ViewMine),
        (V::NotSigned, Phrase::ViewNotSigned),
        (V::NotPaid, Phrase::ViewNotPaid),
        (V::MineNotSigned, Phrase::ViewMineNotSigned),
        (V::MineWithoutEvent, Phrase::ViewMineWithoutEvent),
        (V::MineNotPaid, Phrase::ViewMineNotPaid),
        (V::Archived, Phrase::ViewArchived),
    ];
    if role == Role::Sales { SALES } else { ALL }
}

fn event_views(role: Role) -> &'static [(EventView, Phrase<'static>)] {
    use EventView as V;
    const ALL: &[(EventView, Phrase<'static>)] = &[
        (V::All, Phrase::ViewAll),
        (V::Open, Phrase::ViewOpen),
        (V::WithoutSupport, Phrase::ViewWithoutSupport),
        (V::Week, Phrase::ViewWeek),
        (V::Past, Phrase::ViewPast),
        (V::Archived, Phrase::ViewArchived),
    ];
    const SALES: &[(EventView, Phrase<'static>)] = &[
        (V::All, Phrase::ViewAll),
        (V::Mine, Phrase::ViewMine),
        (V::Open, Phrase::ViewOpen),
        (V::WithoutSupport, Phrase::ViewWithoutSupport),
        (V::Week, Phrase::ViewWeek),
        (V::Past, Phrase::ViewPast),
        (V::Archived, Phrase::ViewArchived),
    ];
    const SUPPORT: &[(EventView, Phrase<'static>)] = &[
        (V::All, Phrase::ViewAll),
        (V::Mine, Phrase::ViewMine),
        (V::MineNext, Phrase::ViewMineNext),
        (V::MineIncomplete, Phrase::ViewMineIncomplete),
        (V::Open, Phrase::ViewOpen),
        (V::WithoutSupport, Phrase::ViewWithoutSupport),
        (V::Week, Phrase::ViewWeek),
        (V::Past, Phrase::ViewPast),
        (V::Archived, Phrase::ViewArchived),
    ];
    match role {
        Role::Management => ALL,
        Role::Sales => SALES,
        Role::Support => SUPPORT,
    }
}

const USER_VIEWS: &[(UserView, Phrase<'static>)] = &[
    (UserView::Active, Phrase::ViewActive),
    (UserView::Management, Phrase::Role(Role::Management)),
    (UserView::Sales, Phrase::Role(Role::Sales)),
    (UserView::Support, Phrase::Role(Role::Support)),
    (UserView::Deactivated, Phrase::ViewDeactivated),
];

const AUDIT_VIEWS: &[(AuditView, Phrase<'static>)] = &[
    (AuditView::All, Phrase::ViewAll),
    (AuditView::Mine, Phrase::ViewMine),
    (AuditView::Refused, Phrase::ViewRefused),
];

impl Query {
    /// What the list can be sorted by, in words.
    pub fn sorts(&self) -> Vec<Phrase<'static>> {
        match self {
            Self::Client(_) => ClientSort::iter().map(client_sort).collect(),
            Self::Contract(_) => ContractSort::iter().map(contract_sort).collect(),
            Self::Event(_) => EventSort::iter().map(event_sort).collect(),
            Self::User(_) => UserSort::iter().map(user_sort).collect(),
            Self::Audit(_) => AuditSort::iter().map(audit_sort).collect(),
        }
    }

    /// The saved views, in words.
    pub fn views(&self, role: Role) -> Vec<Phrase<'static>> {
        fn names<V>(views: &'static [(V, Phrase<'static>)]) -> Vec<Phrase<'static>> {
            views.iter().map(|(_, name)| *name).collect()
        }
        match self {
            Self::Client(_) => names(client_views(role)),
            Self::Contract(_) => names(contract_views(role)),
            Self::Event(_) => names(event_views(role)),
            Self::User(_) => names(USER_VIEWS),
            Self::Audit(_) => names(AUDIT_VIEWS),
        }
    }

    /// The present view as a number of [`Self::views`].
    pub fn view(&self, role: Role) -> usize {
        fn at<V: PartialEq>(views: &[(V, Phrase<'static>)], view: &V) -> usize {
            views.iter().position(|(one, _)| one == view).unwrap_or(0)
        }
        match self {
            Self::Client(listing) => at(client_views(role), &listing.filter.view),
            Self::Contract(listing) => at(contract_views(role), &listing.filter.view),
            Self::Event(listing) => at(event_views(role), &listing.filter.view),
            Self::User(listing) => at(USER_VIEWS, &listing.filter.view),
            Self::Audit(listing) => at(AUDIT_VIEWS, &listing.filter.view),
        }
    }

    /// Takes another view; past events and archived ones begin with the newest.
    pub fn set_view(&mut self, role: Role, number: usize) {
        fn pick<V: Copy>(views: &[(V, Phrase<'static>)], number: usize, into: &mut V) {
            if let Some((view, _)) = views.get(number) {
                *into = *view;
            }
        }
        match self {
            Self::Client(listing) => pick(client_views(role), number, &mut listing.filter.view),
            Self::Contract(listing) => pick(contract_views(role), number, &mut listing.filter.view),
            Self::Event(listing) => {
                pick(event_views(role), number, &mut listing.filter.view);
                if listing.sort == EventSort::Starts {
                    listing.descending = listing.filter.view.begins_with_newest();
                }
            }
            Self::User(listing) => pick(USER_VIEWS, number, &mut listing.filter.view),
            Self::Audit(listing) => pick(AUDIT_VIEWS, number, &mut listing.filter.view),
        }
    }
}

fn client_sort(sort: ClientSort) -> Phrase<'static> {
    match sort {
        ClientSort::Name => Phrase::ColName,
        ClientSort::Company => Phrase::ColCompany,
        ClientSort::Email => Phrase::ColEmail,
        ClientSort::Phone => Phrase::ColPhone,
        ClientSort::SalesContact => Phrase::ColSales,
        ClientSort::LastContact => Phrase::ColLastContact,
        ClientSort::Updated => Phrase::ColUpdated,
    }
}

fn contract_sort(sort: ContractSort) -> Phrase<'static> {
    match sort {
        ContractSort::Number => Phrase::ColNumber,
        ContractSort::Client => Phrase::ColClient,
        ContractSort::Company => Phrase::ColCompany,
        ContractSort::Total => Phrase::ColTotal,
        ContractSort::Due => Phrase::ColDue,
        ContractSort::Signed => Phrase::ColSigned,
        ContractSort::SalesContact => Phrase::ColSales,
        ContractSort::Created => Phrase::ColCreated,
    }
}

fn event_sort(sort: EventSort) -> Phrase<'static> {
    match sort {
        EventSort::Starts => Phrase::ColStarts,
        EventSort::Title => Phrase::ColTitle,
        EventSort::Client => Phrase::ColClient,
        EventSort::Location => Phrase::ColPlace,
        EventSort::Attendees => Phrase::ColPeople,
        EventSort::Status => Phrase::ColStatus,
        EventSort::Support => Phrase::ColSupport,
    }
}

fn user_sort(sort: UserSort) -> Phrase<'static> {
    match sort {
        UserSort::Name => Phrase::ColName,
        UserSort::Username => Phrase::ColUsername,
        UserSort::Role => Phrase::ColRole,
        UserSort::Email => Phrase::ColEmail,
        UserSort::LastLogin => Phrase::ColLastLogin,
    }
}

fn audit_sort(sort: AuditSort) -> Phrase<'static> {
    match sort {
        AuditSort::Time => Phrase::ColWhen,
        AuditSort::Actor => Phrase::ColWho,
        AuditSort::Action => Phrase::ColWhat,
        AuditSort::Record => Phrase::ColRecord,
    }
}
