//! What the audit log says: which record, which verb, which fields from what to what.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::{
    entity::EntityKind,
    field::Field,
    id::UserId,
    page::{Key, Listing, Sorted},
    users::Role,
};

/// What a line of the audit log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Entity(EntityKind),
    /// The settings of the company.
    Settings,
    /// No record: a sign-in that failed for a name that nobody has, or the log itself.
    Session,
}

impl From<EntityKind> for Subject {
    fn from(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Client | EntityKind::Contract | EntityKind::Event | EntityKind::User => Self::Entity(kind),
            EntityKind::Audit => Self::Session,
        }
    }
}

/// As the log stores it.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entity(kind) => kind.fmt(f),
            Self::Settings => f.write_str("settings"),
            Self::Session => f.write_str("session"),
        }
    }
}

/// What was done. The text in the log is stable: reports read it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::Display, strum::EnumIter,
)]
pub enum Verb {
    #[strum(serialize = "session.signed_in")]
    SignedIn,
    #[strum(serialize = "session.refused")]
    SignInRefused,

    #[strum(serialize = "action.refused")]
    Refused,
    #[strum(serialize = "user.created")]
    UserCreated,
    #[strum(serialize = "user.updated")]
    UserUpdated,
    #[strum(serialize = "user.deactivated")]
    UserDeactivated,
    #[strum(serialize = "user.reactivated")]
    UserReactivated,
    #[strum(serialize = "user.password_reset")]
    PasswordReset,
    #[strum(serialize = "user.password_changed")]
    PasswordChanged,
    #[strum(serialize = "client.created")]
    ClientCreated,
    #[strum(serialize = "client.updated")]
    ClientUpdated,
    #[strum(serialize = "client.handed_over")]
    ClientHandedOver,
    #[strum(serialize = "client.archived")]
    ClientArchived,
    #[strum(serialize = "client.restored")]
    ClientRestored,
    #[strum(serialize = "contract.created")]
    ContractCreated,
    #[strum(serialize = "contract.updated")]
    ContractUpdated,
    #[strum(serialize = "contract.signed")]
    ContractSigned,
    #[strum(serialize = "contract.archived")]
    ContractArchived,
    #[strum(serialize = "contract.restored")]
    ContractRestored,
    #[strum(serialize = "event.created")]
    EventCreated,
    #[strum(serialize = "event.updated")]
    EventUpdated,
    #[strum(serialize = "event.status_changed")]
    StatusChanged,
    #[strum(serialize = "event.support_assigned")]
    SupportAssigned,
    #[strum(serialize = "event.archived")]
    EventArchived,
    #[strum(serialize = "event.restored")]
    EventRestored,
    #[strum(serialize = "records.exported")]
    Exported,
    #[strum(serialize = "settings.updated")]
    SettingsUpdated,
}

impl Verb {
    /// Whether the record that the row is about is another one afterwards. What somebody did under
    /// their account, or tried to do, is filed under the account or the record too.
    pub fn changes_its_record(self) -> bool {
        match self {
            Self::SignedIn | Self::SignInRefused | Self::Refused | Self::Exported => false,
            Self::UserCreated
            | Self::UserUpdated
            | Self::UserDeactivated
            | Self::UserReactivated
            | Self::PasswordReset
            | Self::PasswordChanged
            | Self::ClientCreated
            | Self::ClientUpdated
            | Self::ClientHandedOver
            | Self::ClientArchived
            | Self::ClientRestored
            | Self::ContractCreated
            | Self::ContractUpdated
            | Self::ContractSigned
            | Self::ContractArchived
            | Self::ContractRestored
            | Self::EventCreated
            | Self::EventUpdated
            | Self::StatusChanged
            | Self::SupportAssigned
            | Self::EventArchived
            | Self::EventRestored
            | Self::SettingsUpdated => true,
        }
    }
}

/// The fields of a record with their values, in the order of its form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditedFields(pub Vec<(Field, Value)>);

impl AuditedFields {
    /// The value of a field; null when the record has no such field.
    pub fn get(&self, field: Field) -> &Value {
        self.0.iter().find(|(f, _)| *f == field).map_or(&Value::Null, |(_, value)| value)
    }

    /// What became of each field on the way from `self` to `after`.
    pub fn changes_to(&self, after: &Self) -> Changes {
        let changed = after.0.iter().filter(|(field, new)| self.get(*field) != new);
        Changes(changed.map(|(field, new)| (*field, self.get(*field).clone(), new.clone())).collect())
    }
}

/// Fields that changed: name, old value, new value. Never holds a secret.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes(pub Vec<(Field, Value, Value)>);

impl Changes {
    /// As it is stored: `{"field": [old, new], …}`.
    pub fn to_json(&self) -> String {
        let entry = |(field, old, new): &(Field, Value, Value)| (field.to_string(), json!([old, new]));
        Value::Object(self.0.iter().map(entry).collect()).to_string()
    }

    /// Reads what `to_json` wrote; what it cannot read is left out.
    pub fn from_json(text: &str) -> Self {
        let Ok(Value::Object(map)) = serde_json::from_str(text) else { return Self::default() };
        let entry = |(name, pair): (String, Value)| {
            let field = name.parse().ok()?;
            Some((field, pair.get(0)?.clone(), pair.get(1)?.clone()))
        };
        Self(map.into_iter().filter_map(entry).collect())
    }
}

/// A record whose changes are traced.
pub trait Auditable {
    /// What the log calls it.
    const SUBJECT: Subject;
    /// Its id.
    fn number(&self) -> i64;
    /// Its fields, without secrets.
    fn audited_fields(&self) -> AuditedFields;
}

/// A line of the audit log as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: i64,
    /// UTC.
    pub at: NaiveDateTime,
    pub actor_id: Option<UserId>,
    /// The name at that time.
    pub actor_name: String,
    /// The role at that time.
    pub actor_role: Option<Role>,
    /// The verb as it is stored, so that a log of a newer program can still be read.
    pub action: String,
    pub record_type: String,
    pub record_id: Option<i64>,
    /// What the record is called: a name or a title.
    pub record_name: String,
    pub changes: Changes,
    pub host: String,
    pub session: String,
}

impl AuditRow {
    /// The names and values in an exported file, in its order. The names are those of the columns
    /// in the database.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self {
            id: _,
            at,
            actor_id: _,
            actor_name,
            actor_role,
            action,
            record_type,
            record_id,
            record_name,
            changes,
            host,
            session: _,
        } = self;
        vec![
            ("at", json!(at)),
            ("actor_name", json!(actor_name)),
            ("actor_role", json!(actor_role)),
            ("action", json!(action)),
            ("record_type", json!(record_type)),
            ("record_id", json!(record_id)),
            ("record_name", json!(record_name)),
            ("changes", json!(changes.to_json())),
            ("host", json!(host)),
        ]
    }
}

/// Saved views of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum AuditView {
    #[default]
    All,
    Mine,
    /// Refused actions and failed sign-ins.
    Refused,
}

/// Which lines of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    pub view: AuditView,
    /// Words that must all occur in the actor, the verb or the record's name.
    pub text: String,
    /// One record's history.
    pub record: Option<(EntityKind, i64)>,
    /// On this day (company's wall clock) or later.
    pub from: Option<NaiveDate>,
    /// On this day (company's wall clock) or earlier.
    pub to: Option<NaiveDate>,
}

/// What the audit log can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum AuditSort {
    #[default]
    Time,
    Actor,
    Action,
    Record,
}

/// What a list of the audit log is asked for.
pub type AuditListing = Listing<AuditFilter, AuditSort>;

impl Sorted<AuditSort> for AuditRow {
    fn id(&self) -> i64 {
        self.id
    }

    fn key(&self, sort: AuditSort) -> Key {
        match sort {
            AuditSort::Time => Key::Time(self.at),
            AuditSort::Actor => Key::Text(self.actor_name.clone()),
            AuditSort::Action => Key::Text(self.action.clone()),
            AuditSort::Record => Key::Text(self.record_name.clone()),
        }
    }
}
