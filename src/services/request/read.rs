//! The requests that read records and change nothing.

use chrono::NaiveDate;

use crate::domain::{
    ClientId, ContractId, EventId, PaymentId, UserId,
    audit::Subject,
    clients::ClientDraft,
    entity::{EntityKind, Query},
    policy::Permission,
    users::Role,
};

/// A request that reads records and changes nothing.
#[derive(Debug, Clone)]
pub enum ReadRequest {
    /// The counts of the home screen.
    Home,
    /// The charts of the home screen.
    Figures,
    /// A page of a list.
    List(Query),
    ViewClient(ClientId),
    ViewContract(ContractId),
    ViewEvent(EventId),
    ViewPayment(PaymentId),
    ViewUser(UserId),
    /// The events of the days (wall clock) from `from` until before `to`.
    Calendar {
        from: NaiveDate,
        to: NaiveDate,
    },
    /// Support users for these events, the freest first.
    PickSupport {
        events: Vec<EventId>,
        text: String,
    },
    /// The active users of a role, without this one.
    PickUser {
        role: Role,
        except: Option<UserId>,
        text: String,
    },
    /// Clients that are not archived; with `own`, only those of the user.
    PickClient {
        text: String,
        own: bool,
    },
    /// Clients that may be the one of this form, besides the one that it edits.
    KnownClients {
        like: ClientDraft,
        except: Option<ClientId>,
    },
    /// Two clients that are to be merged, each with how much is below it.
    MergeSides([ClientId; 2]),
    /// The undo of the merge that has archived this client, if nothing of it has changed since.
    UndoOfMerge(ClientId),
    /// Signed contracts that an event can be created for.
    PickContract {
        text: String,
    },
    /// Contracts that a payment can be recorded for; without words those with something due, if there are any.
    PickPayable {
        text: String,
    },
    /// Searches records of every kind that the user may see for words.
    Search {
        text: String,
    },
    Settings,
    /// The saved views that the user sees, and the columns of their lists.
    Lists,
    /// The plans of instalments.
    Plans,
    /// How many contracts that are not fully paid are due by the default plan, or would be by another one.
    DefaultFollowers,
}

impl ReadRequest {
    /// The right that it needs; `None` if being signed in is enough.
    pub fn permission(&self) -> Option<Permission> {
        use Permission as P;
        Some(match self {
            Self::Settings => return None,
            Self::Lists => P::OwnPreferences,
            Self::Plans => P::EditContract,
            Self::DefaultFollowers => P::ManagePlans,
            Self::Home
            | Self::Figures
            | Self::ViewClient(_)
            | Self::ViewContract(_)
            | Self::ViewEvent(_)
            | Self::ViewPayment(_)
            | Self::Calendar { .. }
            | Self::PickClient { .. }
            | Self::Search { .. } => P::SeeRecords,
            Self::List(query) => P::to_see(query.kind()),
            Self::ViewUser(_) | Self::PickUser { .. } => P::SeeStaff,
            Self::KnownClients { .. } => P::CreateClient,
            Self::MergeSides(_) | Self::UndoOfMerge(_) => P::MergeClients,
            Self::PickContract { .. } => P::CreateEvent,
            Self::PickPayable { .. } => P::RecordPayment,
            Self::PickSupport { .. } => P::AssignSupport,
        })
    }

    pub(super) fn subject(&self) -> (Subject, Option<i64>) {
        use EntityKind as K;
        let (kind, id) = match self {
            Self::Settings => return (Subject::Settings, None),
            Self::Lists => return (Subject::View, None),
            Self::Plans | Self::DefaultFollowers => return (Subject::Plan, None),
            Self::Home | Self::Figures | Self::Search { .. } => return (Subject::Session, None),
            Self::List(query) => (query.kind(), None),
            Self::ViewClient(id) | Self::UndoOfMerge(id) => (K::Client, Some(id.0)),
            Self::ViewContract(id) => (K::Contract, Some(id.0)),
            Self::ViewEvent(id) => (K::Event, Some(id.0)),
            Self::ViewPayment(id) => (K::Payment, Some(id.0)),
            Self::ViewUser(id) => (K::User, Some(id.0)),
            Self::PickUser { .. } => (K::User, None),
            Self::PickClient { .. } => (K::Client, None),
            Self::MergeSides([one, _]) => (K::Client, Some(one.0)),
            Self::KnownClients { except, .. } => (K::Client, except.map(|id| id.0)),
            Self::PickContract { .. } | Self::PickPayable { .. } => (K::Contract, None),
            Self::PickSupport { events, .. } => (K::Event, events.first().map(|id| id.0)),
            Self::Calendar { .. } => (K::Event, None),
        };
        (kind.into(), id)
    }
}
