//! Every action of the program as a value, with the right that it needs and the record that it is
//! about. A new action does not compile without any of these.

use chrono::NaiveDate;
use secrecy::SecretString;

use super::export::Format;
use crate::domain::{
    ClientId, ContractId, EventId, UserId,
    audit::Subject,
    clients::ClientDraft,
    contracts::ContractDraft,
    entity::{EntityKind, Query},
    events::{Assignment, EventDraft, Status},
    policy::Permission,
    settings::Settings,
    users::{Role, UserDraft},
};

/// What the program can be asked to do.
#[derive(Debug, Clone)]
pub enum Request {
    Session(SessionRequest),
    Read(ReadRequest),
    Write(WriteRequest),
    /// Everything that a list shows, into a file. It reads, and then writes a line of the audit log.
    Export {
        query: Query,
        format: Format,
    },
}

/// Getting in, staying in, and setting up. Nobody needs a right for it.
#[derive(Debug, Clone)]
pub enum SessionRequest {
    /// With a username or an e-mail address.
    SignIn { login: String, password: SecretString },
    /// The password again: to unlock, or before a sensitive action.
    Confirm { password: SecretString },
    /// Whether this database can be reached, and what is in it. Needs no session.
    TestConnection { url: SecretString },
    /// Migrates the tables of a company. Needs no session.
    Migrate { url: SecretString },
    /// Everything that the set-up wizard has gathered, at once. Needs no session.
    SetUp(Box<SetUp>),
    /// Whether the session is still valid. Sent while nothing else is.
    Heartbeat,
}

/// What reads records and changes nothing.
#[derive(Debug, Clone)]
pub enum ReadRequest {
    /// The counts of the home screen.
    Home,
    /// The charts beside them.
    Figures,
    /// A page of a list.
    List(Query),
    ViewClient(ClientId),
    ViewContract(ContractId),
    ViewEvent(EventId),
    ViewUser(UserId),
    /// The events of these days (wall clock), without the last one.
    Calendar {
        from: NaiveDate,
        to: NaiveDate,
    },
    /// Support people for these events, the freest first.
    PickSupport {
        events: Vec<EventId>,
        text: String,
    },
    /// Active people of a role.
    PickUser {
        role: Role,
        text: String,
    },
    /// Clients that are not archived; with `own` only those of the user.
    PickClient {
        text: String,
        own: bool,
    },
    /// Signed contracts that an event can be created for.
    PickContract {
        text: String,
    },
    /// Records of any kind that the user may see, by words of their names.
    Search {
        text: String,
    },
    Settings,
}

/// What changes records of the company. Each is one transaction with its lines in the audit log.
#[derive(Debug, Clone)]
pub enum WriteRequest {
    /// With a temporary password, which has to be changed at the first sign-in.
    CreateUser {
        draft: UserDraft,
        password: SecretString,
    },
    /// `heir` takes over what the person owns when the role changes.
    UpdateUser {
        id: UserId,
        version: i32,
        draft: UserDraft,
        heir: Option<UserId>,
    },
    DeactivateUser {
        id: UserId,
        version: i32,
        heir: Option<UserId>,
    },
    ReactivateUser {
        id: UserId,
        version: i32,
    },
    /// Sets a temporary password.
    ResetPassword {
        id: UserId,
        version: i32,
        password: SecretString,
    },
    ChangeOwnPassword {
        current: SecretString,
        new: SecretString,
    },

    /// Sales always create clients of their own; management names the sales contact.
    CreateClient {
        draft: ClientDraft,
        sales_contact: Option<UserId>,
    },
    UpdateClient {
        id: ClientId,
        version: i32,
        draft: ClientDraft,
    },
    HandOverClients(HandOver),
    ArchiveClient {
        id: ClientId,
        version: i32,
    },
    RestoreClient {
        id: ClientId,
        version: i32,
    },

    CreateContract {
        client: ClientId,
        draft: ContractDraft,
    },
    UpdateContract {
        id: ContractId,
        version: i32,
        draft: ContractDraft,
    },
    SignContract {
        id: ContractId,
        version: i32,
    },
    ArchiveContract {
        id: ContractId,
        version: i32,
    },
    RestoreContract {
        id: ContractId,
        version: i32,
    },

    CreateEvent {
        contract: ContractId,
        draft: EventDraft,
    },
    UpdateEvent {
        id: EventId,
        version: i32,
        draft: EventDraft,
    },
    SetStatus {
        id: EventId,
        version: i32,
        status: Status,
    },
    /// Gives events to support people. Of several, those are left out and named that somebody
    /// else has changed.
    AssignSupport(Vec<Assignment>),
    ArchiveEvent {
        id: EventId,
        version: i32,
    },
    RestoreEvent {
        id: EventId,
        version: i32,
    },

    /// Archives several records. Those that a rule or a change of somebody else's prevents are
    /// left out and named.
    ArchiveAll(Marked),
    RestoreAll(Marked),

    UpdateSettings(Settings),
}

/// Clients, with the versions that were seen, and who gets them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    pub clients: Vec<(ClientId, i32)>,
    pub to: UserId,
}

/// Records of one kind, with the versions that were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    Clients(Vec<(ClientId, i32)>),
    Contracts(Vec<(ContractId, i32)>),
    Events(Vec<(EventId, i32)>),
}

impl Marked {
    fn permission(&self) -> Permission {
        match self {
            Self::Clients(_) => Permission::ArchiveClient,
            Self::Contracts(_) => Permission::ArchiveContract,
            Self::Events(_) => Permission::ArchiveEvent,
        }
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<i64> {
        match self {
            Self::Clients(rows) => rows.iter().map(|(id, _)| id.0).collect(),
            Self::Contracts(rows) => rows.iter().map(|(id, _)| id.0).collect(),
            Self::Events(rows) => rows.iter().map(|(id, _)| id.0).collect(),
        }
    }

    fn kind(&self) -> EntityKind {
        match self {
            Self::Clients(_) => EntityKind::Client,
            Self::Contracts(_) => EntityKind::Contract,
            Self::Events(_) => EntityKind::Event,
        }
    }
}

/// A new company: where its data lives, its choices, its first manager.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// `sqlite://PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`; the database is
    /// created when it is missing.
    pub url: SecretString,
    /// The address with the account for everybody's configuration, on a server. It is made, with
    /// its rights, where the account of `url` may do that.
    pub everyday: Option<SecretString>,
    pub settings: Settings,
    /// The role is always management.
    pub manager: UserDraft,
    pub password: SecretString,
}

impl Request {
    /// The right that it needs; `None` when being (or getting) signed in is enough.
    pub fn permission(&self) -> Option<Permission> {
        match self {
            Self::Session(_) => None,
            Self::Read(read) => read.permission(),
            Self::Write(write) => Some(write.permission()),
            Self::Export { query, .. } => Some(Permission::to_see(query.kind())),
        }
    }

    /// What it is about, and the first of the records: a refusal is filed under these.
    pub(super) fn subject(&self) -> (Subject, Option<i64>) {
        match self {
            Self::Session(_) => (Subject::Session, None),
            Self::Read(read) => read.subject(),
            Self::Write(write) => write.subject(),
            Self::Export { query, .. } => (query.kind().into(), None),
        }
    }

    /// The record that it is about, by id; the first of several.
    pub fn record(&self) -> Option<i64> {
        self.subject().1
    }

    /// Whether it changes the database of the company, so that its outcome matters even when
    /// nobody waits for it any more.
    pub fn writes(&self) -> bool {
        match self {
            Self::Write(_) | Self::Session(SessionRequest::SetUp(_) | SessionRequest::Migrate { .. }) => true,
            Self::Session(
                SessionRequest::SignIn { .. }
                | SessionRequest::Confirm { .. }
                | SessionRequest::TestConnection { .. }
                | SessionRequest::Heartbeat,
            )
            | Self::Read(_)
            | Self::Export { .. } => false,
        }
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

impl From<WriteRequest> for Request {
    fn from(write: WriteRequest) -> Self {
        Self::Write(write)
    }
}

impl ReadRequest {
    /// The right that it needs; `None` when being signed in is enough.
    pub fn permission(&self) -> Option<Permission> {
        use Permission as P;
        Some(match self {
            Self::Settings => return None,
            Self::Home
            | Self::Figures
            | Self::ViewClient(_)
            | Self::ViewContract(_)
            | Self::ViewEvent(_)
            | Self::Calendar { .. }
            | Self::PickClient { .. }
            | Self::Search { .. } => P::SeeRecords,
            Self::List(query) => P::to_see(query.kind()),
            Self::ViewUser(_) | Self::PickUser { .. } => P::SeeStaff,
            Self::PickContract { .. } => P::CreateEvent,
            Self::PickSupport { .. } => P::AssignSupport,
        })
    }

    fn subject(&self) -> (Subject, Option<i64>) {
        use EntityKind as K;
        let (kind, id) = match self {
            Self::Settings => return (Subject::Settings, None),
            Self::Home | Self::Figures | Self::Search { .. } => return (Subject::Session, None),
            Self::List(query) => (query.kind(), None),
            Self::ViewClient(id) => (K::Client, Some(id.0)),
            Self::ViewContract(id) => (K::Contract, Some(id.0)),
            Self::ViewEvent(id) => (K::Event, Some(id.0)),
            Self::ViewUser(id) => (K::User, Some(id.0)),
            Self::PickUser { .. } => (K::User, None),
            Self::PickClient { .. } => (K::Client, None),
            Self::PickContract { .. } => (K::Contract, None),
            Self::PickSupport { events, .. } => (K::Event, events.first().map(|id| id.0)),
            Self::Calendar { .. } => (K::Event, None),
        };
        (kind.into(), id)
    }
}

impl WriteRequest {
    /// The right that it needs.
    pub fn permission(&self) -> Permission {
        use Permission as P;
        match self {
            Self::CreateUser { .. }
            | Self::UpdateUser { .. }
            | Self::DeactivateUser { .. }
            | Self::ReactivateUser { .. }
            | Self::ResetPassword { .. } => P::ManageUsers,
            Self::ChangeOwnPassword { .. } => P::ChangeOwnPassword,
            Self::CreateClient { .. } => P::CreateClient,
            Self::UpdateClient { .. } => P::EditClient,
            Self::HandOverClients(_) => P::HandOverClient,
            Self::ArchiveClient { .. } | Self::RestoreClient { .. } => P::ArchiveClient,
            Self::CreateContract { .. } => P::CreateContract,
            Self::UpdateContract { .. } => P::EditContract,
            Self::SignContract { .. } => P::SignContract,
            Self::ArchiveContract { .. } | Self::RestoreContract { .. } => P::ArchiveContract,
            Self::CreateEvent { .. } => P::CreateEvent,
            Self::UpdateEvent { .. } => P::EditEvent,
            Self::SetStatus { .. } => P::SetStatus,
            Self::AssignSupport(_) => P::AssignSupport,
            Self::ArchiveEvent { .. } | Self::RestoreEvent { .. } => P::ArchiveEvent,
            Self::ArchiveAll(marked) | Self::RestoreAll(marked) => marked.permission(),
            Self::UpdateSettings(_) => P::ChangeSettings,
        }
    }

    fn subject(&self) -> (Subject, Option<i64>) {
        use EntityKind as K;
        let (kind, id) = match self {
            Self::UpdateSettings(_) => return (Subject::Settings, None),
            Self::CreateUser { .. } | Self::ChangeOwnPassword { .. } => (K::User, None),
            Self::UpdateUser { id, .. }
            | Self::DeactivateUser { id, .. }
            | Self::ReactivateUser { id, .. }
            | Self::ResetPassword { id, .. } => (K::User, Some(id.0)),
            Self::CreateClient { .. } => (K::Client, None),
            Self::UpdateClient { id, .. }
            | Self::ArchiveClient { id, .. }
            | Self::RestoreClient { id, .. }
            | Self::CreateContract { client: id, .. } => (K::Client, Some(id.0)),
            Self::HandOverClients(HandOver { clients, .. }) => (K::Client, clients.first().map(|(id, _)| id.0)),
            Self::UpdateContract { id, .. }
            | Self::SignContract { id, .. }
            | Self::ArchiveContract { id, .. }
            | Self::RestoreContract { id, .. }
            | Self::CreateEvent { contract: id, .. } => (K::Contract, Some(id.0)),
            Self::UpdateEvent { id, .. }
            | Self::SetStatus { id, .. }
            | Self::ArchiveEvent { id, .. }
            | Self::RestoreEvent { id, .. } => (K::Event, Some(id.0)),
            Self::AssignSupport(assignments) => (K::Event, assignments.first().map(|assignment| assignment.event.0)),
            Self::ArchiveAll(marked) | Self::RestoreAll(marked) => (marked.kind(), marked.ids().first().copied()),
        };
        (kind.into(), id)
    }

    /// Whether the password is asked for again under the setting `reauth = sensitive`:
    /// signing, archiving, deactivating, changing rights, resetting a password.
    /// A change of role inside [`WriteRequest::UpdateUser`] is found out with the record at hand.
    pub fn is_sensitive(&self) -> bool {
        match self {
            Self::SignContract { .. }
            | Self::ArchiveClient { .. }
            | Self::ArchiveContract { .. }
            | Self::ArchiveEvent { .. }
            | Self::ArchiveAll(_)
            | Self::CreateUser { .. }
            | Self::DeactivateUser { .. }
            | Self::ReactivateUser { .. }
            | Self::ResetPassword { .. }
            | Self::UpdateSettings(_) => true,
            Self::UpdateUser { .. }
            | Self::ChangeOwnPassword { .. }
            | Self::CreateClient { .. }
            | Self::UpdateClient { .. }
            | Self::HandOverClients(_)
            | Self::RestoreClient { .. }
            | Self::CreateContract { .. }
            | Self::UpdateContract { .. }
            | Self::RestoreContract { .. }
            | Self::CreateEvent { .. }
            | Self::UpdateEvent { .. }
            | Self::SetStatus { .. }
            | Self::AssignSupport(_)
            | Self::RestoreEvent { .. }
            | Self::RestoreAll(_) => false,
        }
    }
}
