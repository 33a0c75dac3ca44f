//! The status of an event.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Serialize};

/// The status of an event. The database stores its name in lower case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[diesel(sql_type = Text)]
pub enum Status {
    /// Agreed, but not in every detail.
    Planned,
    /// Agreed with the client in every detail.
    Confirmed,
    /// Has taken place.
    Done,
    /// Will not take place.
    Cancelled,
}

impl Status {
    /// An event in one of these is still to take place, so that a support user has to prepare it.
    pub const OPEN: [Self; 2] = [Self::Planned, Self::Confirmed];
    /// The others. A query for a span of time excludes these instead of asking for the open ones,
    /// since an engine would use the index on the status for that.
    pub const CLOSED: [Self; 2] = [Self::Done, Self::Cancelled];

    /// Whether instalments may be counted from an event in this status; from an archived one they never are.
    pub fn counts(self) -> bool {
        match self {
            Self::Planned | Self::Confirmed | Self::Done => true,
            Self::Cancelled => false,
        }
    }

    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Status
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(bytes)?.parse()?)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Status
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        let name: &'static str = self.into();
        name.to_sql(out)
    }
}
