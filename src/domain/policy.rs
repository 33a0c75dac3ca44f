//! The rights table. The services allow or refuse actions according to it, and the screens offer only
//! what it allows.

use chrono::NaiveDate;

use super::{
    audit::{AuditRow, Verb},
    entity::EntityKind,
    error::Reason,
    id::UserId,
    session::{Actor, Session},
    settings::{Settings, Visibility},
    users::Role,
};

/// An action or a group of actions that the rights table grants to roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    /// See clients, contracts and events.
    SeeRecords,
    SeeStaff,
    /// Create, edit, deactivate, reactivate, change a role, reset a password.
    ManageUsers,
    ChangeOwnPassword,
    CreateClient,
    EditClient,
    HandOverClient,
    ArchiveClient,
    /// Merge two clients into one, and undo that.
    MergeClients,
    CreateContract,
    EditContract,
    SignContract,
    ArchiveContract,
    CreateEvent,
    EditEvent,
    AssignSupport,
    SetStatus,
    ArchiveEvent,
    /// Record a payment or a refund, and edit its reference and notes.
    RecordPayment,
    CancelPayment,
    ReadAudit,
    ChangeSettings,
    /// Arrange one's own lists: their columns, and views of one's own.
    OwnPreferences,
    /// Share views of lists with everybody.
    ShareViews,
    /// Create, edit and remove plans of instalments.
    ManagePlans,
    /// Import spreadsheets, and revert imports.
    Import,
}

impl Permission {
    /// The right to see the lists of this kind.
    pub fn to_see(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Client | EntityKind::Contract | EntityKind::Event | EntityKind::Payment => Self::SeeRecords,
            EntityKind::User => Self::SeeStaff,
            EntityKind::Audit => Self::ReadAudit,
        }
    }
}

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Reach {
    /// Only the user's own records. For sales: the clients whose sales contact they are, with their
    /// contracts and events. For support: the events assigned to them, archived or not; the right to
    /// see records includes the contracts and clients of these events (`storage::Scope`). In the
    /// audit log: the user's own actions, and the changes of these records.
    Own,
    /// All records.
    Any,
}

/// The setting of the company on which a grant depends.
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

/// One line of the rights table.
pub type Grant = (Permission, Role, Reach, When);

/// The rights table. Whatever is not in it is forbidden. If two lines match, the wider reach
/// applies.
pub const GRANTS: &[Grant] = &[
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
    (P::MergeClients, Management, Any, Always),
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
    (P::RecordPayment, Management, Any, Always),
    (P::RecordPayment, Sales, Own, Always),
    (P::CancelPayment, Management, Any, Always),
    (P::CancelPayment, Sales, Own, Always),
    (P::ReadAudit, Management, Any, Always),
    (P::ReadAudit, Sales, Own, Always),
    (P::ReadAudit, Support, Own, Always),
    (P::ChangeSettings, Management, Any, Always),
    (P::OwnPreferences, Management, Own, Always),
    (P::OwnPreferences, Sales, Own, Always),
    (P::OwnPreferences, Support, Own, Always),
    (P::ShareViews, Management, Any, Always),
    (P::ManagePlans, Management, Any, Always),
    (P::Import, Management, Any, Always),
];

/// The owner of a record, for rights that reach only the user's own records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The sales contact of a client, who also owns its contracts.
    Sales(UserId),
    /// The support user of an event; `None` if none is assigned yet.
    Support(Option<UserId>),
    /// The record has no owner: a right reaches it even if it is limited to the user's own records.
    Nobody,
}

impl Owner {
    fn refusal(self, me: UserId) -> Option<Reason> {
        match self {
            Self::Sales(owner) => (owner != me).then_some(Reason::NotYourClient),
            Self::Support(support) => (support != Some(me)).then_some(Reason::NotYourEvent),
            Self::Nobody => None,
        }
    }
}

/// Why the actor may not do this to a record; `None` if they may. The services refuse with this
/// reason, and the screens show it beforehand.
///
/// `state` is the reason that lies in the state of the record, such as being archived: the result of
/// its `forbids` method. A missing right is reported before another owner, and another owner before
/// the state, so that the reason reveals nothing about records that the user has no right to.
pub fn refusal(
    permission: Permission,
    actor: &Actor,
    settings: &Settings,
    owner: Owner,
    state: Option<Reason>,
) -> Option<Reason> {
    match right(permission, actor.role, settings) {
        Err(reason) => Some(reason),
        Ok(Own) => owner.refusal(actor.id).or(state),
        Ok(Any) => state,
    }
}

/// Why a right that reaches only own records comes too late for a payment that was `recorded` on this
/// day: sales can cancel one only on the same day.
pub fn too_late(
    permission: Permission,
    role: Role,
    settings: &Settings,
    (recorded, today): (NaiveDate, NaiveDate),
) -> Option<Reason> {
    let is_bound = permission == P::CancelPayment && reach(permission, role, settings) == Some(Own);
    (is_bound && recorded != today).then_some(Reason::RecordedEarlier)
}

/// How far this role's right reaches under these settings, or why it does not have the right.
pub fn right(permission: Permission, role: Role, settings: &Settings) -> Result<Reach, Reason> {
    reach(permission, role, settings).ok_or_else(|| match grants(permission, role).next() {
        Some(_) => Reason::Setting(permission),
        None => Reason::Role(permission, role),
    })
}

/// How far this role's right reaches under these settings; `None` if it does not have the right.
pub fn reach(permission: Permission, role: Role, settings: &Settings) -> Option<Reach> {
    grants(permission, role).filter(|(_, when)| when.holds(settings)).map(|(reach, _)| reach).max()
}

/// How far the right reaches for this role whatever the settings are; `None` if it depends on them or
/// does not exist. Messages about which roles may do something are generated from this.
pub fn always(permission: Permission, role: Role) -> Option<Reach> {
    grants(permission, role).filter(|(_, when)| *when == Always).map(|(reach, _)| reach).max()
}

/// Whether the last change of a record is that this session gave it away (`verb`). The user may then
/// take it back, although they no longer own it. After any later change of the record they may not.
pub fn gave_away(session: &Session, verb: Verb, last: &AuditRow) -> bool {
    let was_mine = last.changes.0.iter().any(|(_, old, _)| *old == session.actor.id.0);
    was_mine && last.session == session.id && last.action == verb.to_string()
}

fn grants(permission: Permission, role: Role) -> impl Iterator<Item = (Reach, When)> {
    table().iter().filter(move |(p, r, ..)| *p == permission && *r == role).map(|(_, _, reach, when)| (*reach, *when))
}

#[cfg(not(test))]
fn table() -> &'static [Grant] {
    GRANTS
}

#[cfg(test)]
pub(crate) use changed::{set_table, table};

/// Lets a unit test replace the table for its own thread, to test that everything follows it.
#[cfg(test)]
mod changed {
    use std::cell::Cell;

    use super::{GRANTS, Grant};

    thread_local! {
        static TABLE: Cell<&'static [Grant]> = const { Cell::new(GRANTS) };
    }

    pub(crate) fn table() -> &'static [Grant] {
        TABLE.get()
    }

    /// Replaces the rights table for this thread.
    pub(crate) fn set_table(table: Vec<Grant>) {
        TABLE.set(Vec::leak(table));
    }
}
