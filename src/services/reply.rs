//! Every answer of the program as a value.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    figures::Figure,
    request::{HandOver, Request, WriteRequest},
};
use crate::domain::{
    Error, UserId,
    audit::{AuditRow, Subject},
    clients::ClientRow,
    contracts::ContractRow,
    entity::{EntityKind, Record},
    error::Versions,
    events::{Assignment, Candidate, EventRow},
    page::{Count, Page},
    session::Session,
    settings::Settings,
    users::{Role, User},
};

/// What became of tables that were brought up to date.
#[derive(Debug, Clone)]
pub struct Migrated {
    /// Nothing had to be done where both are the same.
    pub versions: Versions,
    /// The rules that the server does not hold by triggers, since it refuses them to the account
    /// that was used: their names, for an administrator. The program holds these rules itself.
    pub unguarded: Vec<&'static str>,
}

/// What the program answers.
#[derive(Debug, Clone)]
pub enum Reply {
    SignedIn(Box<Session>),
    /// The database can be used: what server it is, in words for a person.
    Connected {
        server: String,
    },
    /// There is a company, and its tables have to be brought up to date.
    Behind(Versions),
    /// They are up to date now; the connection is to that database.
    Migrated(Migrated),
    /// The company exists; the connection is now to its database.
    IsSetUp {
        /// As in [`Migrated`].
        unguarded: Vec<&'static str>,
    },
    /// The server's administrator has to run these statements first, one a line. They hold a
    /// password. There is no company yet.
    AccountNeeded {
        statements: SecretString,
    },
    /// The password was right, as of this answer; on the clock of
    /// [`crate::domain::session::Moment::ticks`].
    Confirmed {
        at: u64,
    },
    /// The session is good; the settings, and what its owner is called, as they are now.
    Alive {
        settings: Box<Settings>,
        full_name: String,
    },
    /// The new password holds; the session goes on under this epoch.
    PasswordChanged {
        auth_epoch: i32,
    },
    Home(Home),
    Figures(Vec<Figure>),

    /// Rows of one kind.
    Page(Page<Record>),
    User(Box<UserDetail>),
    Client(Box<ClientDetail>),
    Contract(Box<ContractDetail>),
    Event(Box<EventDetail>),
    Calendar(CalendarPage),
    Settings(Box<Settings>),

    /// Written, with its audit row. The version is the record's new one.
    Saved {
        subject: Subject,
        id: i64,
        version: i32,
        /// What takes it back, where that can be done.
        undo: Option<Box<WriteRequest>>,
    },
    /// Clients that changed hands, by name, and what restores what was before.
    HandedOver {
        done: Vec<String>,
        missed: Vec<Missed>,
        undo: Option<HandOver>,
    },
    /// Records that were archived or restored, by name, and what takes it back.
    Archived {
        restored: bool,
        done: Vec<String>,
        missed: Vec<Missed>,
        undo: Box<WriteRequest>,
    },
    /// What was done, how to undo it, and what somebody else changed meanwhile.
    Assigned(Assigned),

    /// So many rows are in this file.
    Exported {
        rows: i64,
        /// Events without a start, which a calendar has no place for.
        left_out: i64,
        /// As [`Page::among_newest`]: rows that hold the words may be missing.
        among_newest: bool,
        path: PathBuf,
    },

    /// The best ones first.
    Candidates {
        people: Vec<Candidate>,
        /// There are more people than these.
        more: bool,
    },
    ClientChoices(Page<ClientRow>),
    ContractChoices(Page<ContractRow>),
    Found {
        records: Vec<Found>,
        /// As [`Page::among_newest`], of one kind of record at least.
        among_newest: bool,
    },
}

/// The outcome of giving events to somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The name of the new support person; nobody when the support was removed.
    pub to: Option<String>,
    /// The titles of the events that were assigned.
    pub titles: Vec<String>,
    /// The assignments that restore what was before.
    pub undo: Vec<Assignment>,
    pub missed: Vec<Missed>,
}

/// A record that was left out, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    pub name: String,
    pub why: Error,
}

impl Reply {
    /// The request that takes back what was written: a write of its own, which is refused
    /// when somebody has changed the record since. A signature has none.
    pub fn undo(&self) -> Option<Request> {
        let write = match self {
            Self::Saved { undo, .. } => undo.as_deref().cloned(),
            Self::Assigned(Assigned { undo, .. }) if !undo.is_empty() => {
                Some(WriteRequest::AssignSupport(undo.clone()))
            }
            Self::HandedOver { undo, .. } => undo.clone().map(WriteRequest::HandOverClients),
            Self::Archived { undo, done, .. } if !done.is_empty() => Some((**undo).clone()),
            _ => None,
        };
        write.map(Request::Write)
    }
}

/// A record that was found by words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    /// What tells it from others of the same name: company, client, date.
    pub detail: String,
}

/// A line of the home screen; each is the count of the list behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeLine {
    EventsWithoutSupport,
    ContractsNotSigned,
    BalancesDue,
    EventsThisWeek,
    MyClients,
    MyContractsNotSigned,
    MySignedWithoutEvent,
    MyNotFullyPaid,
    MyNextEvents,
    MyIncompleteEvents,
}

impl HomeLine {
    /// What waits for somebody of this role.
    pub fn of(role: Role) -> &'static [Self] {
        match role {
            Role::Management => {
                &[Self::EventsWithoutSupport, Self::ContractsNotSigned, Self::BalancesDue, Self::EventsThisWeek]
            }
            Role::Sales => {
                &[Self::MyClients, Self::MyContractsNotSigned, Self::MySignedWithoutEvent, Self::MyNotFullyPaid]
            }
            Role::Support => &[Self::MyNextEvents, Self::MyIncompleteEvents],
        }
    }
}

/// The counts of the home screen, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub lines: Vec<(HomeLine, Count)>,
}

/// An account with what it owns.
#[derive(Debug, Clone, PartialEq)]
pub struct UserDetail {
    pub user: User,
    pub clients: Vec<ClientRow>,
    pub events: Vec<EventRow>,
    /// Empty unless the person who looks may read it.
    pub history: Vec<AuditRow>,
}

/// A client with its contracts and events, the newest first, at most
/// [`DETAIL_ROWS`] of each.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientDetail {
    pub row: ClientRow,
    pub contracts: Vec<ContractRow>,
    pub events: Vec<EventRow>,
    pub history: Vec<AuditRow>,
}

/// A contract with its client and its events.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractDetail {
    pub row: ContractRow,
    pub client: ClientRow,
    pub events: Vec<EventRow>,
    pub history: Vec<AuditRow>,
}

/// An event with its contract.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDetail {
    pub row: EventRow,
    pub contract: ContractRow,
    pub history: Vec<AuditRow>,
}

/// The events of a span of days, the earliest first, and the support people.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarPage {
    pub people: Vec<(UserId, String)>,
    pub events: Vec<EventRow>,
    /// There are more events than these.
    pub more: bool,
}

/// How many related records a detail shows; the lists have the rest.
pub const DETAIL_ROWS: u16 = 50;
