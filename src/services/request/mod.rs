//! The requests of users, with the right that each needs and the record that it is about. A new
//! request does not compile until both are given.

use secrecy::SecretString;

mod check;
mod import;
mod merge;
mod read;
mod write;

pub use check::CheckedAgainst;
pub use import::ImportRequest;
pub use merge::{Merge, Unmerge};
pub use read::ReadRequest;
pub use write::{HandOver, Heirs, Marked, WriteRequest};

use super::{
    format::Format,
    paper::{Document, Typeset},
};
use crate::domain::{
    audit::Subject, entity::Query, language::Language, policy::Permission, settings::Settings, users::UserDraft,
};

/// An action of a user.
#[derive(Debug, Clone)]
pub enum Request {
    Session(SessionRequest),
    Read(ReadRequest),
    Write(WriteRequest),
    /// Writes all rows of a list to a file, and adds a row to the audit log.
    Export {
        query: Query,
        format: Format,
    },
    /// Writes a document about a record to a file, and adds a row to the audit log.
    Print {
        document: Document,
        language: Language,
        typeset: Typeset,
    },
    Import(ImportRequest),
}

/// Signing in, keeping the session, and setting up. None of these needs a right.
#[derive(Debug, Clone)]
pub enum SessionRequest {
    /// `login` is a username or an e-mail address.
    SignIn { login: String, password: SecretString },
    /// Enters the password again, to unlock the screen or before a sensitive action.
    Confirm { password: SecretString },
    /// Checks that this database can be reached, and whether it contains a company. Needs no session.
    TestConnection { url: SecretString },
    /// Migrates the tables of a company. Needs no session.
    Migrate { url: SecretString },
    /// Tests the connection to a server, and looks for a company in the embedded database, which could
    /// move there. Needs no session.
    TestServer { url: SecretString, embedded: SecretString },
    /// Copies a company to a server. `everyday` is as in [`SetUp`]. Needs no session.
    Copy { from: SecretString, url: SecretString, everyday: SecretString },
    /// Creates a company from the input of the set-up wizard. Needs no session.
    SetUp(Box<SetUp>),
    /// Checks that the session is still valid. Sent while no other request is.
    Heartbeat,
}

/// A new company: its database, its settings and its first manager.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// `sqlite://PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`; the database is
    /// created if it does not exist.
    pub url: SecretString,
    /// On a server, the address with the everyday account, for the configuration of every computer.
    /// The account is created with its rights if the account of `url` may do that.
    pub everyday: Option<SecretString>,
    pub settings: Settings,
    /// The role is always management.
    pub manager: UserDraft,
    pub password: SecretString,
}

impl Request {
    /// The right that it needs, if any.
    pub fn permission(&self) -> Option<Permission> {
        match self {
            Self::Session(_) => None,
            Self::Read(read) => read.permission(),
            Self::Write(write) => Some(write.permission()),
            Self::Export { query, .. } => Some(Permission::to_see(query.kind())),
            Self::Print { .. } => Some(Permission::SeeRecords),
            Self::Import(_) => Some(Permission::Import),
        }
    }

    /// What it is about, with the id of the first record: a refusal is logged under these.
    pub(super) fn subject(&self) -> (Subject, Option<i64>) {
        match self {
            Self::Session(_) => (Subject::Session, None),
            Self::Read(read) => read.subject(),
            Self::Write(write) => {
                let (subject, ids) = write.about();
                (subject, ids.first().copied())
            }
            Self::Export { query, .. } => (query.kind().into(), None),
            Self::Print { document, .. } => {
                let (subject, id) = document.record();
                (subject, Some(id))
            }
            Self::Import(asked) => (Subject::Import, asked.id()),
        }
    }

    /// Whether it changes the database of the company, so that its outcome matters even if the user
    /// has stopped waiting for it.
    pub fn writes(&self) -> bool {
        match self {
            Self::Write(_)
            | Self::Session(SessionRequest::SetUp(_) | SessionRequest::Migrate { .. } | SessionRequest::Copy { .. }) => {
                true
            }
            Self::Import(asked) => asked.writes(),
            Self::Session(
                SessionRequest::SignIn { .. }
                | SessionRequest::Confirm { .. }
                | SessionRequest::TestConnection { .. }
                | SessionRequest::TestServer { .. }
                | SessionRequest::Heartbeat,
            )
            | Self::Read(_)
            | Self::Export { .. }
            | Self::Print { .. } => false,
        }
    }

    /// Whether it writes a file for the user.
    pub fn writes_file(&self) -> bool {
        matches!(self, Self::Export { .. } | Self::Print { .. } | Self::Import(ImportRequest::SaveRefused(_)))
    }

    pub fn is_heartbeat(&self) -> bool {
        matches!(self, Self::Session(SessionRequest::Heartbeat))
    }
}

impl From<ReadRequest> for Request {
    fn from(read: ReadRequest) -> Self {
        Self::Read(read)
    }
}

impl From<ImportRequest> for Request {
    fn from(asked: ImportRequest) -> Self {
        Self::Import(asked)
    }
}

impl From<WriteRequest> for Request {
    fn from(write: WriteRequest) -> Self {
        Self::Write(write)
    }
}
