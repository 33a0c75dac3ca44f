//! Imports of spreadsheets: what the program found in each row of a file, and what became of it.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    audit::{Auditable, AuditedFields, Changes, Subject},
    entity::EntityKind,
    error::FieldErrors,
    field::Field,
    id::{ContractId, ImportId, UserId},
};

/// An import as it is stored. Imports are never changed, except that one can be reverted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub version: i32,
    /// Without its folder.
    pub file_name: String,
    pub kind: EntityKind,
    pub created_by: UserId,
    /// Under which the audit log has what was written.
    pub operation: String,
    pub counts: Counts,
    /// UTC.
    pub reverted_at: Option<NaiveDateTime>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

/// An import has no fields that anybody could change.
impl Auditable for Import {
    const SUBJECT: Subject = Subject::Import;

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        AuditedFields::default()
    }
}

/// How many rows of a file are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub refused: usize,
    /// Suspected duplicates. In a preview all of them; after an import those that were left out.
    pub suspected: usize,
}

impl Counts {
    /// Counts a row.
    pub fn add(&mut self, finding: &Finding) {
        *match finding {
            Finding::New => &mut self.created,
            Finding::Changed(_) => &mut self.changed,
            Finding::Unchanged => &mut self.unchanged,
            Finding::Refused(_) => &mut self.refused,
            Finding::Suspected(_) => &mut self.suspected,
        } += 1;
    }

    /// How many rows are of this kind.
    pub fn of(self, kind: RowKind) -> usize {
        match kind {
            RowKind::New => self.created,
            RowKind::Changed => self.changed,
            RowKind::Unchanged => self.unchanged,
            RowKind::Refused => self.refused,
            RowKind::Suspected => self.suspected,
        }
    }

    /// How many records the import writes.
    pub fn written(self) -> usize {
        self.created + self.changed
    }
}

/// What became of how many rows of a file, or of how many records of an import that was taken back. The audit log has it
/// as one value, without the kinds that there are none of; the names must not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    #[serde(skip_serializing_if = "is_none")]
    pub created: usize,
    #[serde(skip_serializing_if = "is_none")]
    pub changed: usize,
    #[serde(skip_serializing_if = "is_none")]
    pub unchanged: usize,
    #[serde(skip_serializing_if = "is_none")]
    pub refused: usize,
    /// Possible duplicates that were left out.
    #[serde(skip_serializing_if = "is_none")]
    pub left_out: usize,
    /// Records that an import had created and that are archived, deactivated or cancelled again.
    #[serde(skip_serializing_if = "is_none")]
    pub removed: usize,
    /// Changed records that are as they were before the import; older rows of the log count `removed` here.
    #[serde(skip_serializing_if = "is_none")]
    pub restored: usize,
    /// Records that were left as they are.
    #[serde(skip_serializing_if = "is_none")]
    pub kept: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        let Counts { created, changed, unchanged, refused, suspected: left_out } = counts;
        Self { created, changed, unchanged, refused, left_out, ..Self::default() }
    }
}

impl Tally {
    /// As the audit log has it.
    pub fn audited(self) -> Changes {
        Changes(vec![(Field::Outcome, Value::Null, json!(self))])
    }

    /// Reads what `audited` wrote.
    pub fn of_audited(value: &Value) -> Option<Self> {
        value.is_object().then(|| serde_json::from_value(value.clone()).ok()).flatten()
    }
}

/// What the program found in a row of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A record that is not known yet.
    New,
    /// A known record with other values, field by field.
    Changed(Changes),
    /// A known record with the same values.
    Unchanged,
    /// The row cannot be imported as it is.
    Refused(FieldErrors),
    /// Possibly a known record: the person decides.
    Suspected(Box<Suspicion>),
}

impl Finding {
    /// What kind of row it is.
    pub fn kind(&self) -> RowKind {
        match self {
            Self::New => RowKind::New,
            Self::Changed(_) => RowKind::Changed,
            Self::Unchanged => RowKind::Unchanged,
            Self::Refused(_) => RowKind::Refused,
            Self::Suspected(_) => RowKind::Suspected,
        }
    }
}

/// The kinds of rows, as a [`Finding`] tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum RowKind {
    New,
    Changed,
    Unchanged,
    Refused,
    Suspected,
}

/// A known record that a row may be about, or an earlier row that it may repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// The name of the known record.
    pub name: String,
    /// What tells it from others of the same name.
    pub detail: String,
    /// Its number; `None` for a row of the file.
    pub id: Option<i64>,
    /// The number of the earlier row that has everything in common with this one; then there is no known record.
    pub row: Option<u32>,
    /// What importing the row into the known record would change.
    pub changes: Changes,
}

/// What is to be done with a suspected duplicate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
pub enum Choice {
    /// Leave the row out.
    #[default]
    Skip,
    /// Take over its values into the known record.
    Update,
    /// Create a record of its own.
    Create,
}

/// A row of a file in the preview.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// As a spreadsheet program counts, from 1.
    pub number: u32,
    /// What the row calls its record; if it does not say, the beginning of its cells in a preview.
    pub name: String,
    /// The contract that a new event or payment goes to: the row may name only its client.
    pub contract: Option<ContractId>,
    pub finding: Finding,
}

impl ImportRow {
    /// A row that goes to no contract.
    pub fn new(number: u32, name: String, finding: Finding) -> Self {
        Self { number, name, contract: None, finding }
    }
}

/// The kinds of records that can be imported, in the order in which a company moves in: each refers only to
/// those before it.
pub const IMPORTED: [EntityKind; 5] =
    [EntityKind::User, EntityKind::Client, EntityKind::Contract, EntityKind::Event, EntityKind::Payment];

/// A column of a file, and the field that it is read into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    pub heading: String,
    /// The first texts of the column that are not empty, at most three.
    pub samples: Vec<String>,
    /// `None`: the column is not imported.
    pub field: Option<Field>,
}

/// A record that reverting an import left as it is, because it was changed since or is needed by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    /// Who changed it last; empty if another record needs it.
    pub by: String,
}
