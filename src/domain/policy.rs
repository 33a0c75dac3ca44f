//! The rights, as data. The screens hide what this table forbids; the services decide by it.

use super::{
    audit::{AuditRow, Verb},
    entity::EntityKind,
    session::Session,
    settings::{Settings, Visibility},
    users::Role,
};

/// What somebody may be allowed to do. One for each line of the rights table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    /// Clients, contracts and events.
    SeeRecords,
    SeeStaff,
    /// Create, edit, deactivate, reactivate, change a role, reset a password.
    ManageUsers,
    ChangeOwnPassword,
    CreateClient,
    EditClient,
    HandOverClient,
    ArchiveClient,
    CreateContract,
    EditContract,
    SignContract,
    ArchiveContract,
    CreateEvent,
    EditEvent,
    AssignSupport,
    SetStatus,
    ArchiveEvent,
    ReadAudit,
    ChangeSettings,
}

impl Permission {
    /// The right to see the lists of this kind.
    pub fn to_see(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Client | EntityKind::Contract | EntityKind::Event => Self::SeeRecords,
            EntityKind::User => Self::SeeStaff,
            EntityKind::Audit => Self::ReadAudit,
        }
    }
}

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Reach {
    /// Sales: a client whose sales contact I am, its contracts and their events.
    /// Support: an event whose support I am, archived or not; where it is about seeing, its
    /// contract and client too (`storage::Scope`). Audit: what I did myself.
    Own,
    Any,
}

/// On which setting of the company a right depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum When {
    Always,
    VisibilityOpen,
    SalesCreateContracts,
    SupportHandsOver,
}

impl When {
    fn holds(self, settings: &Settings) -> bool {
        match self {
            Self::Always => true,
            Self::VisibilityOpen => settings.visibility == Visibility::Open,
            Self::SalesCreateContracts => settings.sales_create_contracts,
            Self::SupportHandsOver => settings.support_hands_over,
        }
    }
}

use Permission as P;
use Reach::{Any, Own};
use Role::{Management, Sales, Support};
use When::{Always, SalesCreateContracts, SupportHandsOver, VisibilityOpen};

/// The rights table. What is not in it is forbidden; where two lines match, the
/// wider reach counts.
pub const GRANTS: &[(Permission, Role, Reach, When)] = &[
    (P::SeeRecords, Management, Any, Always),
    (P::SeeRecords, Sales, Any, VisibilityOpen),
    (P::SeeRecords, Sales, Own, Always),
    (P::SeeRecords, Support, Any, VisibilityOpen),
    (P::SeeRecords, Support, Own, Always),
    (P::SeeStaff, Management, Any, Always),
    (P::SeeStaff, Sales, Any, Always),
    (P::SeeStaff, Support, Any, Always),
    (P::ManageUsers, Management, Any, Always),
    (P::ChangeOwnPassword, Management, Own, Always),
    (P::ChangeOwnPassword, Sales, Own, Always),
    (P::ChangeOwnPassword, Support, Own, Always),
    (P::CreateClient, Management, Any, Always),
    (P::CreateClient, Sales, Own, Always),
    (P::EditClient, Management, Any, Always),
    (P::EditClient, Sales, Own, Always),
    (P::HandOverClient, Management, Any, Always),
    (P::HandOverClient, Sales, Own, Always),
    (P::ArchiveClient, Management, Any, Always),
    (P::CreateContract, Management, Any, Always),
    (P::CreateContract, Sales, Own, SalesCreateContracts),
    (P::EditContract, Management, Any, Always),
    (P::EditContract, Sales, Own, Always),
    (P::SignContract, Management, Any, Always),
    (P::SignContract, Sales, Own, Always),
    (P::ArchiveContract, Management, Any, Always),
    (P::CreateEvent, Management, Any, Always),
    (P::CreateEvent, Sales, Own, Always),
    (P::EditEvent, Management, Any, Always),
    (P::EditEvent, Support, Own, Always),
    (P::AssignSupport, Management, Any, Always),
    (P::AssignSupport, Support, Own, SupportHandsOver),
    (P::SetStatus, Management, Any, Always),
    (P::SetStatus, Support, Own, Always),
    (P::ArchiveEvent, Management, Any, Always),
    (P::ReadAudit, Management, Any, Always),
    (P::ReadAudit, Sales, Own, Always),
    (P::ReadAudit, Support, Own, Always),
    (P::ChangeSettings, Management, Any, Always),
];

/// How far this role's right reaches under these settings; `None` when it has none.
pub fn reach(permission: Permission, role: Role, settings: &Settings) -> Option<Reach> {
    grants(permission, role).filter(|(_, when)| when.holds(settings)).map(|(reach, _)| reach).max()
}

/// Whether the right exists for this role under some other setting.
pub fn depends_on_settings(permission: Permission, role: Role) -> bool {
    grants(permission, role).next().is_some()
}

/// Whether the last thing that happened to a record is that this session gave it away. Then it may
/// take the record back, although the record is no longer its own: what the log says last is
/// undone, and nothing that anybody has done since.
pub fn gave_away(session: &Session, verb: Verb, last: &AuditRow) -> bool {
    let was_mine = last.changes.0.iter().any(|(_, old, _)| *old == session.actor.id.0);
    was_mine && last.session == session.id && last.action == verb.to_string()
}

fn grants(permission: Permission, role: Role) -> impl Iterator<Item = (Reach, When)> {
    GRANTS.iter().filter(move |(p, r, ..)| *p == permission && *r == role).map(|(_, _, reach, when)| (*reach, *when))
}
