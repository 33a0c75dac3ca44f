//! What waits on the home screen, line by line, and the list behind each line.

use crate::domain::{
    Cents,
    clients::{ClientFilter, ClientView},
    contracts::{ContractFilter, ContractView},
    events::{EventFilter, EventView},
    page::Count,
    users::Role,
};

/// A line of the home screen: the number of records in a list, which it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeLine {
    EventsWithoutSupport,
    ContractsNotSigned,
    BalancesDue,
    /// What fell due and is not paid.
    Overdue,
    DueSoon,
    EventsThisWeek,
    MyClients,
    MyContractsNotSigned,
    MySignedWithoutEvent,
    MyNotFullyPaid,
    MyOverdue,
    MyDueSoon,
    MyNextEvents,
    MyIncompleteEvents,
}

impl HomeLine {
    /// The lines for this role.
    pub fn of(role: Role) -> &'static [Self] {
        match role {
            Role::Management => &[
                Self::EventsWithoutSupport,
                Self::ContractsNotSigned,
                Self::BalancesDue,
                Self::Overdue,
                Self::DueSoon,
                Self::EventsThisWeek,
            ],
            Role::Sales => &[
                Self::MyClients,
                Self::MyContractsNotSigned,
                Self::MySignedWithoutEvent,
                Self::MyNotFullyPaid,
                Self::MyOverdue,
                Self::MyDueSoon,
            ],
            Role::Support => &[Self::MyNextEvents, Self::MyIncompleteEvents],
        }
    }

    /// The list of contracts behind the line.
    pub fn contracts(self) -> Option<ContractFilter> {
        let view = match self {
            Self::ContractsNotSigned => ContractView::NotSigned,
            Self::BalancesDue => ContractView::NotPaid,
            Self::MyContractsNotSigned => ContractView::MineNotSigned,
            Self::MySignedWithoutEvent => ContractView::MineWithoutEvent,
            Self::MyNotFullyPaid => ContractView::MineNotPaid,
            Self::Overdue => ContractView::Overdue,
            Self::DueSoon => ContractView::DueSoon,
            Self::MyOverdue => ContractView::MineOverdue,
            Self::MyDueSoon => ContractView::MineDueSoon,
            _ => return None,
        };
        Some(ContractFilter { view, ..ContractFilter::default() })
    }

    /// The list of events behind the line.
    pub fn events(self) -> Option<EventFilter> {
        let view = match self {
            Self::EventsWithoutSupport => EventView::WithoutSupport,
            Self::EventsThisWeek => EventView::Week,
            Self::MyNextEvents => EventView::MineNext,
            Self::MyIncompleteEvents => EventView::MineIncomplete,
            _ => return None,
        };
        Some(EventFilter { view, ..EventFilter::default() })
    }

    /// The list of clients behind the line.
    pub fn clients(self) -> Option<ClientFilter> {
        (self == Self::MyClients).then(|| ClientFilter { view: ClientView::Mine, ..ClientFilter::default() })
    }
}

/// The counts of the home screen, in the order of display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub lines: Vec<Waiting>,
}

/// How much waits behind a line of the home screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub line: HomeLine,
    /// Of the list that the line opens.
    pub count: Count,
    /// What is open of instalments that are overdue, or fall due soon; `None` for other lines, and if there are
    /// too many to sum up.
    pub amount: Option<Cents>,
}
