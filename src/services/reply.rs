//! The replies to requests.

use std::{path::PathBuf, sync::Arc};

use chrono::NaiveDate;
use secrecy::SecretString;

use super::{
    detail::{CalendarPage, ClientDetail, ContractDetail, EventDetail, Found, PaymentDetail, UserDetail},
    figures::Figure,
    home::Home,
    import_data::{ListedImport, Preview},
    request::{HandOver, ImportRequest, Request, Unmerge, WriteRequest},
    spreadsheet::sheet::Sheet,
};
use crate::domain::{
    Cents, ContractId, Error,
    assigning::{Assignment, Candidate, Overlap},
    audit::{Changes, Subject, Verb},
    clients::{Below, ClientRow},
    contracts::ContractRow,
    entity::{EntityKind, Record},
    error::Versions,
    imports::{Import, Kept},
    known::Known,
    lists::Lists,
    page::Page,
    plans::Plan,
    session::Session,
    settings::Settings,
};

/// The result of a migration.
#[derive(Debug, Clone)]
pub struct Migrated {
    /// Both are the same if no table had to be changed.
    pub versions: Versions,
    /// The names of the rules that the server enforces from now on, by triggers that were missing.
    pub guarded: Vec<&'static str>,
    /// The names, for an administrator, of the rules that the server does not enforce, since it
    /// refused to create triggers for the account that was used. The program enforces them itself.
    pub unguarded: Vec<&'static str>,
    /// Whether the account that was used can tell which triggers are missing.
    pub sees_guards: bool,
}

/// The reply to a request.
#[derive(Debug, Clone)]
pub enum Reply {
    SignedIn(Box<Session>),
    /// The database can be used. `server` is the name of the database server for display.
    Connected {
        server: String,
    },
    /// There is a company, and its tables have to be migrated.
    Behind(Versions),
    /// The tables were migrated; the connection is now to that database.
    Migrated(Migrated),
    /// The server can be used, and this company on this computer could move there.
    Movable {
        server: String,
        company: String,
        /// Its copy is there already; perhaps the everyday account is still missing.
        copied: bool,
    },
    /// The company exists; the connection is now to its database.
    IsSetUp {
        /// As in [`Migrated`].
        unguarded: Vec<&'static str>,
    },
    /// No company was created: the server's administrator has to run these statements first, one
    /// per line. They contain a password.
    AccountNeeded {
        statements: SecretString,
    },
    /// The password was right. `at` is the time of this reply on the clock of
    /// [`crate::domain::session::Moment::ticks`].
    Confirmed {
        at: u64,
    },
    /// The session is valid. Contains the current settings and the current name of the user.
    Alive {
        settings: Box<Settings>,
        full_name: String,
    },
    /// The password was changed. The session stays valid with this new epoch.
    PasswordChanged {
        auth_epoch: i32,
    },
    Home(Home),
    Figures(Vec<Figure>),

    /// A page of a list.
    Page(Page<Record>),
    User(Box<UserDetail>),
    Client(Box<ClientDetail>),
    Contract(Box<ContractDetail>),
    Event(Box<EventDetail>),
    Payment(Box<PaymentDetail>),
    Calendar(CalendarPage),
    Settings(Box<Settings>),
    Lists(Box<Lists>),
    /// By name.
    Plans(Vec<Plan>),
    /// So many contracts that are not fully paid have no instalments of their own.
    DefaultFollowers(i64),

    /// The record was written; `version` is its new version.
    Saved {
        subject: Subject,
        id: i64,
        version: i32,
        /// What was done; `None` if the record was so already.
        done: Option<Box<Done>>,
        /// The request that undoes it, if there is one.
        undo: Option<Box<WriteRequest>>,
    },
    /// Clients were handed over: their names, who has how many of them, those that were left out, and
    /// the hand-overs that undo it.
    HandedOver {
        done: Vec<String>,
        shares: Vec<Share>,
        missed: Vec<Missed>,
        undo: Vec<HandOver>,
    },
    /// Records were archived or restored: their names, those that were left out, and the request that
    /// undoes it.
    Archived {
        kind: EntityKind,
        restored: bool,
        done: Vec<String>,
        missed: Vec<Missed>,
        undo: Box<WriteRequest>,
    },
    Assigned(Assigned),

    /// The list was written to a file with this number of rows.
    Exported {
        rows: i64,
        /// Rows of the list that the format has no place for: events without a start, in a calendar
        /// file.
        left_out: i64,
        /// As [`Page::among_newest`]: rows that contain the words may be missing.
        among_newest: bool,
        path: PathBuf,
    },

    /// The document about the record of this name was written to a file.
    Printed {
        name: String,
        path: PathBuf,
    },

    /// A path that was typed, as far as it is certain, and the names that it may go on with.
    Completed {
        typed: String,
        text: String,
        names: Vec<String>,
    },
    /// The file was read.
    Opened(Arc<Sheet>),
    ImportPreview(Box<Preview>),
    /// The file was imported.
    Imported(Import),
    /// The import was taken back, except for the records that are listed.
    Reverted {
        import: Import,
        /// How many records are as they were before it, those that it had created among them.
        restored: usize,
        /// How many of these it had created.
        removed: usize,
        kept: Vec<Kept>,
    },
    /// The newest first.
    Imports(Vec<ListedImport>),
    /// The rows of a file that were refused were written to another one.
    RefusedSaved {
        rows: usize,
        path: PathBuf,
    },

    /// Users for a picker: those of a role by name, those for events the freest first.
    Candidates {
        people: Vec<Candidate>,
        /// Whether there are more than these.
        more: bool,
        /// The titles of the events to be assigned that overlap among themselves.
        overlapping: Vec<String>,
    },
    ClientChoices(Page<ClientRow>),
    /// Clients that may be the one that was asked about; those that the user may see first.
    KnownClients(Vec<Known>),
    MergeSides(Box<[MergeSide; 2]>),
    UndoOfMerge(Box<Unmerge>),
    ContractChoices(Page<ContractRow>),
    Found {
        records: Vec<Found>,
        /// Whether there are more than these.
        more: bool,
        /// As [`Page::among_newest`], for at least one kind of record.
        among_newest: bool,
    },
}

/// What a write did to one record, for the sentence that tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub verb: Verb,
    /// What the audit log calls the record: a contract has the name of its client.
    pub name: String,
    pub changes: Changes,
    /// Who took over what a user owned, if the write took it from them.
    pub shares: Vec<Share>,
    /// Of a payment that was recorded or cancelled.
    pub balance: Option<Balance>,
    /// Another client has the same name and company, or the same telephone number, as one that was created or whose
    /// own were changed.
    pub is_twin: bool,
    /// Of a merge, and of its undo.
    pub merged: Option<Merged>,
}

/// What a merge has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The name of the client that is archived, or was until the undo.
    pub other: String,
    pub contracts: usize,
}

/// One of two clients that are to be merged.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeSide {
    pub row: ClientRow,
    pub below: Below,
}

/// What a payment has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub contract: ContractId,
    /// The amount of the payment; negative for a refund.
    pub amount: Cents,
    /// What is due on the contract now.
    pub due: Cents,
    /// What is overdue and since when, or else what is open of the instalment that payments fill next and its due day,
    /// if that is known.
    pub next: Option<(Cents, NaiveDate)>,
}

/// How many records went to one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The user's full name.
    pub name: String,
    pub clients: usize,
    pub events: usize,
}

impl Share {
    /// The shares of these people when so many records are shared out by turns, the first person
    /// first; without people for whom nothing is left.
    pub fn by_turns<'a>(names: impl ExactSizeIterator<Item = &'a str>, clients: usize, events: usize) -> Vec<Self> {
        let people = names.len().max(1);
        let part = |all: usize, nth: usize| all / people + usize::from(nth < all % people);
        let share = |(nth, name): (usize, &str)| Self {
            name: name.to_owned(),
            clients: part(clients, nth),
            events: part(events, nth),
        };
        names.enumerate().map(share).filter(|share| share.clients + share.events > 0).collect()
    }
}

/// The outcome of assigning support to events.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The name of the new support user, if all events were assigned to the same one, or had them all
    /// already; `None` also if the support was removed.
    pub to: Option<String>,
    /// Whether the events did not all get the same support, or none, as after an undo.
    pub mixed: bool,
    /// The titles of the events that were assigned.
    pub titles: Vec<String>,
    /// The titles of the events that had this support already.
    pub unchanged: Vec<String>,
    /// The assignments that restore the previous support.
    pub undo: Vec<Assignment>,
    /// The events that were left out.
    pub missed: Vec<Missed>,
    /// Other events that their new support user has at the same time.
    pub overlaps: Vec<Overlap>,
}

/// A record that was left out of a request for several records, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    pub name: String,
    pub why: Error,
}

impl Reply {
    /// The request that undoes a write. It is a write like any other, so it is refused if the record
    /// was changed since. A signature cannot be undone.
    pub fn undo(&self) -> Option<Request> {
        if let Self::Imported(import) = self {
            return Some(ImportRequest::revert(import).into());
        }
        let write = match self {
            Self::Saved { undo, .. } => undo.as_deref().cloned(),
            Self::Assigned(Assigned { undo, .. }) if !undo.is_empty() => {
                Some(WriteRequest::AssignSupport(undo.clone()))
            }
            Self::HandedOver { undo, .. } if !undo.is_empty() => Some(WriteRequest::HandOverClients(undo.clone())),
            Self::Archived { undo, done, .. } if !done.is_empty() => Some((**undo).clone()),
            _ => None,
        };
        write.map(Request::Write)
    }

    /// Whether a write has changed nothing: all was so already, or was left out.
    pub fn changed_nothing(&self) -> bool {
        match self {
            Self::Saved { done, .. } => done.is_none(),
            Self::Assigned(Assigned { titles: done, .. })
            | Self::HandedOver { done, .. }
            | Self::Archived { done, .. } => done.is_empty(),
            _ => false,
        }
    }
}
