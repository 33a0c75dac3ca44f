//! The formats of exported files.

use crate::domain::entity::EntityKind;

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// For spreadsheets: UTF-8 with a byte order mark; cells that would start a formula are
    /// escaped.
    Csv,
    Json,
    /// For calendars; events only.
    Ics,
    /// For address books; clients only.
    Vcf,
}

impl Format {
    /// The formats in which a list of this kind can be exported.
    pub fn of(kind: EntityKind) -> &'static [Self] {
        match kind {
            EntityKind::Event => &[Self::Csv, Self::Json, Self::Ics],
            EntityKind::Client => &[Self::Csv, Self::Json, Self::Vcf],
            EntityKind::Contract | EntityKind::Payment | EntityKind::User | EntityKind::Audit => {
                &[Self::Csv, Self::Json]
            }
        }
    }
}
