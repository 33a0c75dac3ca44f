//! The audit log: which action on which record, and the old and new values of the changed fields.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::{
    entity::EntityKind,
    field::Field,
    id::UserId,
    page::{Listing, Order, SortKey, Sorted},
    users::Role,
};
use serde::{Deserialize, Serialize};

/// What a row of the audit log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    Entity(EntityKind),
    /// The settings of the company.
    Settings,
    /// A saved view of a list.
    View,
    /// The columns that a user has chosen.
    Columns,
    /// A plan of instalments.
    Plan,
    /// An import of a spreadsheet.
    Import,
    /// No record: a failed sign-in with a name that no account has, or the audit log itself.
    Session,
}

impl From<EntityKind> for Subject {
    fn from(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Client | EntityKind::Contract | EntityKind::Event | EntityKind::Payment | EntityKind::User => {
                Self::Entity(kind)
            }
            EntityKind::Audit => Self::Session,
        }
    }
}

/// The text that the log stores.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entity(kind) => kind.fmt(f),
            Self::Settings => f.write_str("settings"),
            Self::View => f.write_str("view"),
            Self::Columns => f.write_str("columns"),
            Self::Plan => f.write_str("plan"),
            Self::Import => f.write_str("import"),
            Self::Session => f.write_str("session"),
        }
    }
}

/// What was done. The stored texts must not change, since reports depend on them.
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
    #[strum(serialize = "client.merged")]
    ClientMerged,
    #[strum(serialize = "client.merge_undone")]
    MergeUndone,
    #[strum(serialize = "contract.moved")]
    ContractMoved,
    #[strum(serialize = "contract.created")]
    ContractCreated,
    #[strum(serialize = "contract.updated")]
    ContractUpdated,
    #[strum(serialize = "contract.instalments_set")]
    InstalmentsSet,
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
    #[strum(serialize = "payment.recorded")]
    PaymentRecorded,
    #[strum(serialize = "payment.updated")]
    PaymentUpdated,
    #[strum(serialize = "payment.cancelled")]
    PaymentCancelled,
    #[strum(serialize = "plan.created")]
    PlanCreated,
    #[strum(serialize = "plan.updated")]
    PlanUpdated,
    #[strum(serialize = "plan.removed")]
    PlanRemoved,
    #[strum(serialize = "records.exported")]
    Exported,
    #[strum(serialize = "record.printed")]
    Printed,
    #[strum(serialize = "records.imported")]
    Imported,
    #[strum(serialize = "import.reverted")]
    ImportReverted,
    #[strum(serialize = "view.saved")]
    ViewSaved,
    #[strum(serialize = "view.changed")]
    ViewChanged,
    #[strum(serialize = "view.removed")]
    ViewRemoved,
    #[strum(serialize = "columns.saved")]
    ColumnsSaved,
    #[strum(serialize = "settings.updated")]
    SettingsUpdated,
}

impl Verb {
    /// The name of its event in the log files: all changes of an account by others have one.
    pub fn as_event(self) -> String {
        match self {
            Self::UserUpdated | Self::UserDeactivated | Self::UserReactivated | Self::PasswordReset => {
                "user_updated".to_owned()
            }
            Self::SignedIn => "signed_in".to_owned(),
            Self::SignInRefused => "sign_in_refused".to_owned(),
            other => other.to_string().replace('.', "_"),
        }
    }

    /// Whether the action changes the record that the row is about. Sign-ins, refusals, exports and
    /// printed documents are logged under a record too, but leave it unchanged.
    pub fn changes_its_record(self) -> bool {
        match self {
            Self::SignedIn | Self::SignInRefused | Self::Refused | Self::Exported | Self::Printed => false,
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
            | Self::ClientMerged
            | Self::MergeUndone
            | Self::ContractMoved
            | Self::ContractCreated
            | Self::ContractUpdated
            | Self::InstalmentsSet
            | Self::ContractSigned
            | Self::ContractArchived
            | Self::ContractRestored
            | Self::EventCreated
            | Self::EventUpdated
            | Self::StatusChanged
            | Self::SupportAssigned
            | Self::EventArchived
            | Self::EventRestored
            | Self::PaymentRecorded
            | Self::PaymentUpdated
            | Self::PaymentCancelled
            | Self::PlanCreated
            | Self::PlanUpdated
            | Self::PlanRemoved
            | Self::Imported
            | Self::ImportReverted
            | Self::ViewSaved
            | Self::ViewChanged
            | Self::ViewRemoved
            | Self::ColumnsSaved
            | Self::SettingsUpdated => true,
        }
    }
}

/// The fields of a record with their values, in the order of its form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditedFields(pub Vec<(Field, Value)>);

impl AuditedFields {
    /// The value of a field; null if the record has no such field.
    pub fn get(&self, field: Field) -> &Value {
        self.0.iter().find(|(f, _)| *f == field).map_or(&Value::Null, |(_, value)| value)
    }

    /// The fields that differ between `self` and `after`, with their old and new values.
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

    /// Parses what `to_json` wrote; entries that cannot be parsed are left out.
    pub fn from_json(text: &str) -> Self {
        let Ok(Value::Object(map)) = serde_json::from_str(text) else { return Self::default() };
        let entry = |(name, pair): (String, Value)| {
            let field = name.parse().ok()?;
            Some((field, pair.get(0)?.clone(), pair.get(1)?.clone()))
        };
        let mut changes: Vec<_> = map.into_iter().filter_map(entry).collect();
        // In the order of the fields in forms, such as the start before the end.
        changes.sort_by_key(|(field, ..)| *field);
        Self(changes)
    }

    /// The old and the new value of a field, if it has changed.
    pub fn of(&self, wanted: Field) -> Option<(&Value, &Value)> {
        self.0.iter().find(|(field, ..)| *field == wanted).map(|(_, old, new)| (old, new))
    }

    /// Whether a field had a value and has none any more.
    pub fn removes(&self, field: Field) -> bool {
        self.of(field).is_some_and(|(old, new)| !old.is_null() && new.is_null())
    }
}

/// A record whose changes are written to the audit log.
pub trait Auditable {
    /// The kind of record in the log.
    const SUBJECT: Subject;
    /// The id of the record.
    fn number(&self) -> i64;
    /// The fields of the record, without secrets.
    fn audited_fields(&self) -> AuditedFields;
}

/// A row of the audit log as it is shown to users.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: i64,
    /// UTC.
    pub at: NaiveDateTime,
    pub actor_id: Option<UserId>,
    /// The actor's name at that time.
    pub actor_name: String,
    /// The actor's role at that time.
    pub actor_role: Option<Role>,
    /// The verb as it is stored: a newer version of the program may have written a verb that this one
    /// does not know.
    pub action: String,
    pub record_type: String,
    pub record_id: Option<i64>,
    /// The name or title of the record.
    pub record_name: String,
    pub changes: Changes,
    pub host: String,
    pub session: String,
    /// In the history of a record: the name of the file from which an import has written it.
    pub import: Option<String>,
}

impl AuditRow {
    /// The names and values of a row in an exported file, in order. The names are those of the columns
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
            import: _,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditView {
    #[default]
    All,
    Mine,
    /// Refused actions and failed sign-ins.
    Refused,
}

/// Selects rows of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditFilter {
    pub view: AuditView,
    /// Words that must all occur in the actor, the verb, the record's name, or the names of those whom the
    /// record passes from and to.
    pub text: String,
    /// Limits the list to one record.
    pub record: Option<(EntityKind, i64)>,
    /// On this day (company's wall clock) or later.
    pub from: Option<NaiveDate>,
    /// On this day (company's wall clock) or earlier.
    pub to: Option<NaiveDate>,
}

/// The columns by which the audit log can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditSort {
    #[default]
    Time,
    Actor,
    Action,
    Record,
}

impl Order for AuditSort {
    fn begins_with_the_last(&self) -> bool {
        matches!(self, Self::Time)
    }
}

/// A request for a page of the audit log.
pub type AuditListing = Listing<AuditFilter, AuditSort>;

impl Sorted<AuditSort> for AuditRow {
    fn id(&self) -> i64 {
        self.id
    }

    fn key(&self, sort: AuditSort) -> SortKey {
        match sort {
            AuditSort::Time => SortKey::Time(self.at),
            AuditSort::Actor => SortKey::Text(self.actor_name.clone()),
            AuditSort::Action => SortKey::Text(self.action.clone()),
            AuditSort::Record => SortKey::Text(self.record_name.clone()),
        }
    }
}
