//! The rows of lists of any kind, and what can be asked of all of them.

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    audit::AuditRow,
    clients::ClientRow,
    contracts::ContractRow,
    entity::EntityKind,
    error::Reason,
    events::EventRow,
    page::Page,
    payments::PaymentRow,
    policy::{self, Owner, Permission},
    session::Actor,
    settings::Settings,
    users::User,
};

/// A row of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Client(ClientRow),
    Contract(ContractRow),
    Event(EventRow),
    Payment(PaymentRow),
    User(User),
    Audit(AuditRow),
}

impl Record {
    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Client(_) => EntityKind::Client,
            Self::Contract(_) => EntityKind::Contract,
            Self::Event(_) => EntityKind::Event,
            Self::Payment(_) => EntityKind::Payment,
            Self::User(_) => EntityKind::User,
            Self::Audit(_) => EntityKind::Audit,
        }
    }

    /// The id in the database. Users see it only as the number of a contract.
    pub fn id(&self) -> i64 {
        match self {
            Self::Client(row) => row.client.id.0,
            Self::Contract(row) => row.contract.id.0,
            Self::Event(row) => row.event.id.0,
            Self::Payment(row) => row.payment.id.0,
            Self::User(user) => user.id.0,
            Self::Audit(row) => row.id,
        }
    }

    /// The version, which every change increments; 0 for a row of the audit log, which never changes.
    pub fn version(&self) -> i32 {
        match self {
            Self::Client(row) => row.client.version,
            Self::Contract(row) => row.contract.version,
            Self::Event(row) => row.event.version,
            Self::Payment(row) => row.payment.version,
            Self::User(user) => user.version,
            Self::Audit(_) => 0,
        }
    }

    /// Whether the record is archived, deactivated or cancelled.
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Client(row) => row.client.archived_at.is_some(),
            Self::Contract(row) => row.contract.archived_at.is_some(),
            Self::Event(row) => row.event.archived_at.is_some(),
            Self::Payment(row) => row.payment.cancelled_at.is_some(),
            Self::User(user) => !user.active,
            Self::Audit(_) => false,
        }
    }

    /// The names and values of a row in an exported file, in order.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Client(row) => row.exported(),
            Self::Contract(row) => row.exported(),
            Self::Event(row) => row.exported(),
            Self::Payment(row) => row.exported(),
            Self::User(user) => user.exported(),
            Self::Audit(row) => row.exported(),
        }
    }

    pub fn owner(&self) -> Owner {
        match self {
            Self::Client(row) => row.client.owner(),
            Self::Contract(row) => row.owner(),
            Self::Event(row) => row.event.owner(),
            Self::Payment(row) => row.owner(),
            Self::User(_) | Self::Audit(_) => Owner::Nobody,
        }
    }

    /// Why the state of the record forbids an action that needs this permission.
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        match self {
            Self::Client(row) => row.client.forbids(permission),
            Self::Contract(row) => row.contract.forbids(permission),
            Self::Event(row) => row.event.forbids(permission),
            Self::Payment(row) => row.forbids(permission),
            Self::User(_) | Self::Audit(_) => None,
        }
    }

    /// Why the actor may not do to the record on this day what needs this permission; `None` if they may.
    pub fn refusal(
        &self,
        permission: Permission,
        actor: &Actor,
        settings: &Settings,
        today: NaiveDate,
    ) -> Option<Reason> {
        let too_late = match self {
            Self::Payment(row) => {
                let recorded = settings.wall_clock(row.payment.created_at).date();
                policy::too_late(permission, actor.role, settings, (recorded, today))
            }
            Self::Client(_) | Self::Contract(_) | Self::Event(_) | Self::User(_) | Self::Audit(_) => None,
        };
        let state = self.forbids(permission).or(too_late);
        policy::refusal(permission, actor, settings, self.owner(), state)
    }

    /// The record that Enter opens. For a row of the audit log it is the record that the row is about;
    /// `None` if that has no detail screen.
    pub fn target(&self) -> Option<(EntityKind, i64)> {
        match self {
            Self::Audit(row) => Some((row.record_type.parse().ok()?, row.record_id?)),
            other => Some((other.kind(), other.id())),
        }
    }
}

/// Conversions between the rows of one kind and those of any kind.
macro_rules! rows {
    ($($variant:ident: $row:ty;)*) => {$(
        impl From<$row> for Record {
            fn from(row: $row) -> Self {
                Self::$variant(row)
            }
        }

        impl TryFrom<Record> for $row {
            type Error = Record;

            fn try_from(record: Record) -> Result<Self, Record> {
                match record {
                    Record::$variant(row) => Ok(row),
                    other => Err(other),
                }
            }
        }
    )*};
}
rows! {
    Client: ClientRow;
    Contract: ContractRow;
    Event: EventRow;
    Payment: PaymentRow;
    User: User;
    Audit: AuditRow;
}

impl<R> Page<R> {
    /// Converts each row of the page.
    pub fn map<T>(self, change: impl FnMut(R) -> T) -> Page<T> {
        let Self { rows, before, after, total, sums, among_newest } = self;
        Page { rows: rows.into_iter().map(change).collect(), before, after, total, sums, among_newest }
    }
}

impl Page<Record> {
    /// Converts the page to rows of a single kind; rows of other kinds are left out.
    pub fn of<R: TryFrom<Record>>(self) -> Page<R> {
        let Self { rows, before, after, total, sums, among_newest } = self;
        Page {
            rows: rows.into_iter().filter_map(|row| row.try_into().ok()).collect(),
            before,
            after,
            total,
            sums,
            among_newest,
        }
    }
}
