//! Every action of the program as a value, with the right that it needs.

use chrono::NaiveDate;
use secrecy::SecretString;

use super::export::{Format, What};
use crate::domain::{
    ClientId, ContractId, EventId, UserId,
    client::ClientDraft,
    contract::ContractDraft,
    event::{EventDraft, Status},
    filter::{Assignment, AuditListing, ClientListing, ContractListing, EventListing, UserListing},
    policy::Permission,
    settings::Settings,
    user::{Role, UserDraft},
};

/// What somebody asks the program to do.
#[derive(Debug, Clone)]
pub enum Request {
    /// With a username or an e-mail address.
    SignIn {
        login: String,
        password: SecretString,
    },
    /// The password again: to unlock, or before a sensitive action.
    Confirm {
        password: SecretString,
    },
    /// Can this database be reached, and what is in it? Needs no session.
    TestConnection {
        url: SecretString,
    },
    /// Bring the tables of a company up to date. Needs no session.
    Migrate {
        url: SecretString,
    },
    /// Everything that the set-up wizard has gathered, at once. Needs no session.
    SetUp(Box<SetUp>),
    /// Is this session still good? Sent while nothing happens.
    Heartbeat,
    /// What waits for me.
    Home,
    /// The charts beside it.
    Figures,

    ListUsers(UserListing),
    ViewUser(UserId),
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

    ListClients(ClientListing),
    ViewClient(ClientId),
    /// Sales always create their own; management names the sales contact.
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

    ListContracts(ContractListing),
    ViewContract(ContractId),
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

    ListEvents(EventListing),
    /// The events of these days (wall clock), the end not among them.
    Calendar {
        from: NaiveDate,
        to: NaiveDate,
    },
    ViewEvent(EventId),
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
    /// All in one transaction. One event: refused as a whole when somebody was
    /// faster. Several: those that changed meanwhile are left out and named.
    AssignSupport(Vec<Assignment>),
    ArchiveEvent {
        id: EventId,
        version: i32,
    },
    RestoreEvent {
        id: EventId,
        version: i32,
    },
    /// All in one transaction; those that a rule or a change of somebody else's keeps
    /// from it are left out and named.
    ArchiveAll(Marked),
    RestoreAll(Marked),

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
    /// Clients that are not archived; with `own` only mine.
    PickClient {
        text: String,
        own: bool,
    },
    /// Signed contracts that an event can be made for.
    PickContract {
        text: String,
    },
    /// Anything that I may see, by words of its name.
    Search {
        text: String,
    },

    ListAudit(AuditListing),
    /// Everything that a list shows, into a file.
    Export {
        what: What,
        format: Format,
    },
    ReadSettings,
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
    fn archiving(&self) -> Permission {
        match self {
            Self::Clients(_) => Permission::ArchiveClient,
            Self::Contracts(_) => Permission::ArchiveContract,
            Self::Events(_) => Permission::ArchiveEvent,
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
        use Permission as P;
        Some(match self {
            Self::SignIn { .. }
            | Self::Confirm { .. }
            | Self::TestConnection { .. }
            | Self::Migrate { .. }
            | Self::SetUp(_)
            | Self::Heartbeat
            | Self::ReadSettings => return None,
            Self::Home
            | Self::Figures
            | Self::ListClients(_)
            | Self::ViewClient(_)
            | Self::ListContracts(_)
            | Self::ViewContract(_)
            | Self::ListEvents(_)
            | Self::Calendar { .. }
            | Self::ViewEvent(_)
            | Self::PickClient { .. }
            | Self::Search { .. } => P::SeeRecords,
            Self::ListUsers(_) | Self::ViewUser(_) | Self::PickUser { .. } => P::SeeStaff,
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
            Self::CreateEvent { .. } | Self::PickContract { .. } => P::CreateEvent,
            Self::UpdateEvent { .. } => P::EditEvent,
            Self::SetStatus { .. } => P::SetStatus,
            Self::AssignSupport(_) | Self::PickSupport { .. } => P::AssignSupport,
            Self::ArchiveEvent { .. } | Self::RestoreEvent { .. } => P::ArchiveEvent,
            Self::ArchiveAll(marked) | Self::RestoreAll(marked) => marked.archiving(),
            Self::Export { what, .. } => what.permission(),
            Self::ListAudit(_) => P::ReadAudit,
            Self::UpdateSettings(_) => P::ChangeSettings,
        })
    }

    /// Whether it changes records of the company.
    pub fn writes(&self) -> bool {
        !matches!(
            self,
            Self::SignIn { .. }
                | Self::Confirm { .. }
                | Self::TestConnection { .. }
                | Self::Heartbeat
                | Self::Home
                | Self::Figures
                | Self::ListUsers(_)
                | Self::ViewUser(_)
                | Self::ListClients(_)
                | Self::ViewClient(_)
                | Self::ListContracts(_)
                | Self::ViewContract(_)
                | Self::ListEvents(_)
                | Self::Calendar { .. }
                | Self::ViewEvent(_)
                | Self::PickSupport { .. }
                | Self::PickUser { .. }
                | Self::PickClient { .. }
                | Self::PickContract { .. }
                | Self::Search { .. }
                | Self::ListAudit(_)
                | Self::Export { .. }
                | Self::ReadSettings
        )
    }

    /// Whether it asks for a page of a list.
    pub fn lists(&self) -> bool {
        matches!(
            self,
            Self::ListUsers(_)
                | Self::ListClients(_)
                | Self::ListContracts(_)
                | Self::ListEvents(_)
                | Self::ListAudit(_)
        )
    }

    /// Whether the password is asked for again under the setting `reauth = sensitive`:
    /// signing, archiving, deactivating, changing rights, resetting a password.
    /// A change of role inside [`Request::UpdateUser`] is found out with the record at hand.
    pub fn is_sensitive(&self) -> bool {
        matches!(
            self,
            Self::SignContract { .. }
                | Self::ArchiveClient { .. }
                | Self::ArchiveContract { .. }
                | Self::ArchiveEvent { .. }
                | Self::ArchiveAll(_)
                | Self::CreateUser { .. }
                | Self::DeactivateUser { .. }
                | Self::ReactivateUser { .. }
                | Self::ResetPassword { .. }
                | Self::UpdateSettings(_)
        )
    }
}
