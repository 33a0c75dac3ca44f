//! The rights, as data. The screens hide what this table forbids; the services decide by it.

use super::{
    audit::{AuditRow, Verb},
    entity::EntityKind,
    error::Reason,
    id::UserId,
    session::{Actor, Session},
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

    /// The right to create a record of this kind; `None` where nobody can.
    pub fn to_create(kind: EntityKind) -> Option<Self> {
        match kind {
            EntityKind::Client => Some(Self::CreateClient),
            EntityKind::Contract => Some(Self::CreateContract),
            EntityKind::Event => Some(Self::CreateEvent),
            EntityKind::User => Some(Self::ManageUsers),
            EntityKind::Audit => None,
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

/// One line of the rights table.
pub type Grant = (Permission, Role, Reach, When);

/// The rights table. What is not in it is forbidden; where two lines match, the
/// wider reach counts.
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

/// Whose a record is, for a right that reaches only one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A client's sales contact, who owns its contracts too.
    Sales(UserId),
    /// The person who prepares an event; nobody yet while `None`.
    Support(Option<UserId>),
    /// Nobody owns such a record: every right reaches it, however far it reaches.
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

/// Why the actor may not do this to a record; `None` if they may. The services decide by it, and
/// the screens say it beforehand.
///
/// `state` is why the record itself forbids it at present, such as that it is archived: what its
/// `forbids` method returns. A missing right is named before a foreign owner, and that before the
/// state, so that nobody learns more about a record than what concerns them.
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

/// How far this role's right reaches under these settings, or why there is none.
pub fn right(permission: Permission, role: Role, settings: &Settings) -> Result<Reach, Reason> {
    reach(permission, role, settings).ok_or_else(|| match grants(permission, role).next() {
        Some(_) => Reason::Setting(permission),
        None => Reason::Role(permission, role),
    })
}

/// How far this role's right reaches under these settings; `None` when it has none.
pub fn reach(permission: Permission, role: Role, settings: &Settings) -> Option<Reach> {
    grants(permission, role).filter(|(_, when)| when.holds(settings)).map(|(reach, _)| reach).max()
}

/// How far the right reaches for this role under any settings; `None` when it depends on them or
/// does not exist. The sentences about who alone may do something are made of it.
pub fn always(permission: Permission, role: Role) -> Option<Reach> {
    grants(permission, role).filter(|(_, when)| *when == Always).map(|(reach, _)| reach).max()
}

/// Whether the last thing that happened to a record is that this session gave it away. Then it may
/// take the record back, although the record is no longer its own. This undoes only what the log
/// says last: nothing that anybody has done since.
pub fn gave_away(session: &Session, verb: Verb, last: &AuditRow) -> bool {
    let was_mine = last.changes.0.iter().any(|(_, old, _)| *old == session.actor.id.0);
    was_mine && last.session == session.id && last.action == verb.to_string()
}

fn grants(permission: Permission, role: Role) -> impl Iterator<Item = (Reach, When)> {
    table().iter().filter(move |(p, r, ..)| *p == permission && *r == role).map(|(_, _, reach, when)| (*reach, *when))
}

/// The table that rights are read from.
#[cfg(not(test))]
fn table() -> &'static [Grant] {
    GRANTS
}

#[cfg(test)]
pub(crate) use changed::{set_table, table};

/// Unit tests change the table for their own thread, to see that everything follows it.
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
