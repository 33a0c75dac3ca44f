//! The requests that change records of the company.

use chrono::NaiveDate;
use secrecy::SecretString;

use super::merge::{Merge, Unmerge};
use crate::domain::{
    Cents, ClientId, ContractId, EventId, PaymentId, PlanId, UserId, ViewId,
    assigning::Assignment,
    audit::Subject,
    clients::ClientDraft,
    contracts::ContractDraft,
    entity::EntityKind,
    events::{EventDraft, Status},
    instalments::{InstalmentDraft, SeenInstalment},
    lists::{ChosenColumn, ViewDraft},
    payments::{PaymentDraft, Words},
    plans::PlanDraft,
    policy::Permission,
    settings::Settings,
    users::UserDraft,
};

/// A request that changes records of the company, in one transaction together with its audit rows.
#[derive(Debug, Clone, strum::IntoStaticStr, strum::VariantNames)]
pub enum WriteRequest {
    /// `password` is temporary: the user has to change it at the first sign-in.
    CreateUser {
        draft: UserDraft,
        password: SecretString,
    },
    /// If the role changes, the `heirs` take over the records that the user owns.
    UpdateUser {
        id: UserId,
        version: i32,
        draft: UserDraft,
        heirs: Option<Heirs>,
    },
    /// The `heirs` take over the records that the user owns.
    DeactivateUser {
        id: UserId,
        version: i32,
        heirs: Option<Heirs>,
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

    /// Sales can create only clients of their own; management has to name the sales contact.
    CreateClient {
        draft: ClientDraft,
        sales_contact: Option<UserId>,
    },
    UpdateClient {
        id: ClientId,
        version: i32,
        draft: ClientDraft,
    },
    /// Gives clients to other sales contacts. If there are several, those that another user has
    /// changed are left out and listed in the reply.
    HandOverClients(Vec<HandOver>),
    ArchiveClient {
        id: ClientId,
        version: i32,
    },
    RestoreClient {
        id: ClientId,
        version: i32,
    },

    /// `paid_before` becomes a payment of its own; nothing was paid if it is zero.
    /// Moves everything of one client to another one, and archives it.
    MergeClients(Box<Merge>),
    /// Undoes a merge exactly, as long as nothing of it was changed since.
    UndoMerge(Box<Unmerge>),

    CreateContract {
        client: ClientId,
        draft: ContractDraft,
        paid_before: Cents,
    },
    /// `difference` is the instalment of the contract's own that takes the difference of a changed total; the
    /// last one if it is `None`. If another one stands at its place by now, the request is refused as a conflict.
    UpdateContract {
        id: ContractId,
        version: i32,
        draft: ContractDraft,
        difference: Option<SeenInstalment>,
    },
    /// Replaces the instalments that were agreed for a contract. Without rows it follows the default plan.
    SetInstalments {
        contract: ContractId,
        version: i32,
        rows: Vec<InstalmentDraft>,
    },
    /// `day` is the one on which it was signed, in the company's time zone; not after today.
    SignContract {
        id: ContractId,
        version: i32,
        day: NaiveDate,
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
    /// Assigns support to events. If there are several, those that another user has changed are left
    /// out and listed in the reply.
    AssignSupport(Vec<Assignment>),
    ArchiveEvent {
        id: EventId,
        version: i32,
    },
    RestoreEvent {
        id: EventId,
        version: i32,
    },

    /// Records a payment or a refund. No version of the contract is needed: what is due is read when the
    /// payment is written, and the payment is refused if it does not fit.
    RecordPayment {
        contract: ContractId,
        draft: PaymentDraft,
    },
    UpdatePayment {
        id: PaymentId,
        version: i32,
        words: Words,
    },
    CancelPayment {
        id: PaymentId,
        version: i32,
        reason: String,
    },

    CreatePlan(PlanDraft),
    UpdatePlan {
        id: PlanId,
        version: i32,
        draft: PlanDraft,
    },
    /// The default plan cannot be removed.
    RemovePlan {
        id: PlanId,
        version: i32,
    },

    /// Archives several records. Those that cannot be archived because of a rule or because another
    /// user has changed them are left out and listed in the reply.
    ArchiveAll(Marked),
    RestoreAll(Marked),

    UpdateSettings(Settings),

    /// Saves a view of a list for the user, or for everybody.
    SaveView(ViewDraft),
    /// Replaces a view of the user or one that is shared.
    ReplaceView {
        id: ViewId,
        version: i32,
        draft: ViewDraft,
    },
    RemoveView {
        id: ViewId,
        version: i32,
    },
    /// Keeps these columns for the user's lists of this kind; `None` goes back to the preset.
    SaveColumns {
        kind: EntityKind,
        columns: Option<Vec<ChosenColumn>>,
    },
}

/// Who takes over by turns what a user owns, and how much that was when it was confirmed. If it is
/// another number by now, nothing is handed over, and the request is refused with `NeedsHeir`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heirs {
    pub people: Vec<UserId>,
    pub clients: usize,
    pub events: usize,
}

/// A client in the version that the user saw, and its new sales contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver {
    pub client: ClientId,
    pub version: i32,
    pub to: UserId,
}

/// Records of one kind, with the versions that the user saw.
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

    fn ids(&self) -> Vec<i64> {
        match self {
            Self::Clients(rows) => rows.iter().map(|(id, _)| id.0).collect(),
            Self::Contracts(rows) => rows.iter().map(|(id, _)| id.0).collect(),
            Self::Events(rows) => rows.iter().map(|(id, _)| id.0).collect(),
        }
    }

    pub(crate) fn kind(&self) -> EntityKind {
        match self {
            Self::Clients(_) => EntityKind::Client,
            Self::Contracts(_) => EntityKind::Contract,
            Self::Events(_) => EntityKind::Event,
        }
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
            Self::MergeClients(_) | Self::UndoMerge(_) => P::MergeClients,
            Self::CreateContract { .. } => P::CreateContract,
            Self::UpdateContract { .. } | Self::SetInstalments { .. } => P::EditContract,
            Self::SignContract { .. } => P::SignContract,
            Self::ArchiveContract { .. } | Self::RestoreContract { .. } => P::ArchiveContract,
            Self::CreateEvent { .. } => P::CreateEvent,
            Self::UpdateEvent { .. } => P::EditEvent,
            Self::SetStatus { .. } => P::SetStatus,
            Self::AssignSupport(_) => P::AssignSupport,
            Self::ArchiveEvent { .. } | Self::RestoreEvent { .. } => P::ArchiveEvent,
            Self::RecordPayment { .. } | Self::UpdatePayment { .. } => P::RecordPayment,
            Self::CancelPayment { .. } => P::CancelPayment,
            Self::ArchiveAll(marked) | Self::RestoreAll(marked) => marked.permission(),
            Self::UpdateSettings(_) => P::ChangeSettings,
            Self::CreatePlan(_) | Self::UpdatePlan { .. } | Self::RemovePlan { .. } => P::ManagePlans,
            Self::SaveView(draft) | Self::ReplaceView { draft, .. } if draft.shared => P::ShareViews,
            // A view that is shared already needs the other right too, which is checked when it is
            // loaded.
            Self::SaveView(_) | Self::ReplaceView { .. } | Self::RemoveView { .. } | Self::SaveColumns { .. } => {
                P::OwnPreferences
            }
        }
    }

    /// Whether it changes how lists are arranged, and no record.
    pub fn arranges_lists(&self) -> bool {
        matches!(self.about().0, Subject::View | Subject::Columns)
    }

    /// The ids of the records that the write is about.
    pub fn records(&self) -> Vec<i64> {
        self.about().1
    }

    /// What the write is about, and the ids of the records.
    pub(super) fn about(&self) -> (Subject, Vec<i64>) {
        use EntityKind as K;
        let (kind, ids) = match self {
            Self::UpdateSettings(_) => return (Subject::Settings, Vec::new()),
            Self::SaveView(_) => return (Subject::View, Vec::new()),
            Self::CreatePlan(_) => return (Subject::Plan, Vec::new()),
            Self::UpdatePlan { id, .. } | Self::RemovePlan { id, .. } => return (Subject::Plan, vec![id.0]),
            Self::ReplaceView { id, .. } | Self::RemoveView { id, .. } => return (Subject::View, vec![id.0]),
            Self::SaveColumns { .. } => return (Subject::Columns, Vec::new()),
            Self::CreateUser { .. } | Self::ChangeOwnPassword { .. } => (K::User, Vec::new()),
            Self::UpdateUser { id, .. }
            | Self::DeactivateUser { id, .. }
            | Self::ReactivateUser { id, .. }
            | Self::ResetPassword { id, .. } => (K::User, vec![id.0]),
            Self::CreateClient { .. } => (K::Client, Vec::new()),
            Self::UpdateClient { id, .. }
            | Self::ArchiveClient { id, .. }
            | Self::RestoreClient { id, .. }
            | Self::CreateContract { client: id, .. } => (K::Client, vec![id.0]),
            Self::MergeClients(merge) => (K::Client, vec![merge.kept.0.0, merge.other.0.0]),
            Self::UndoMerge(merge) => (K::Client, vec![merge.kept.0.0, merge.other.0.0]),
            Self::HandOverClients(clients) => (K::Client, clients.iter().map(|one| one.client.0).collect()),
            Self::UpdateContract { id, .. }
            | Self::SignContract { id, .. }
            | Self::ArchiveContract { id, .. }
            | Self::RestoreContract { id, .. }
            | Self::CreateEvent { contract: id, .. }
            | Self::SetInstalments { contract: id, .. }
            | Self::RecordPayment { contract: id, .. } => (K::Contract, vec![id.0]),
            Self::UpdatePayment { id, .. } | Self::CancelPayment { id, .. } => (K::Payment, vec![id.0]),
            Self::UpdateEvent { id, .. }
            | Self::SetStatus { id, .. }
            | Self::ArchiveEvent { id, .. }
            | Self::RestoreEvent { id, .. } => (K::Event, vec![id.0]),
            Self::AssignSupport(assignments) => {
                (K::Event, assignments.iter().map(|assignment| assignment.event.0).collect())
            }
            Self::ArchiveAll(marked) | Self::RestoreAll(marked) => (marked.kind(), marked.ids()),
        };
        (kind.into(), ids)
    }

    /// Whether the password has to be confirmed under the setting `reauth = sensitive`: for signing,
    /// archiving, creating, deactivating and reactivating users, resetting a password, and changing
    /// the settings. [`WriteRequest::UpdateUser`] needs it too if the role changes, which is checked
    /// when the record is loaded.
    pub fn is_sensitive(&self) -> bool {
        match self {
            Self::SignContract { .. }
            | Self::ArchiveClient { .. }
            | Self::MergeClients(_)
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
            | Self::UndoMerge(_)
            | Self::CreateContract { .. }
            | Self::UpdateContract { .. }
            | Self::SetInstalments { .. }
            | Self::RestoreContract { .. }
            | Self::CreateEvent { .. }
            | Self::UpdateEvent { .. }
            | Self::SetStatus { .. }
            | Self::AssignSupport(_)
            | Self::RestoreEvent { .. }
            | Self::RecordPayment { .. }
            | Self::UpdatePayment { .. }
            | Self::CancelPayment { .. }
            | Self::CreatePlan(_)
            | Self::UpdatePlan { .. }
            | Self::RemovePlan { .. }
            | Self::RestoreAll(_)
            | Self::SaveView(_)
            | Self::ReplaceView { .. }
            | Self::RemoveView { .. }
            | Self::SaveColumns { .. } => false,
        }
    }
}
