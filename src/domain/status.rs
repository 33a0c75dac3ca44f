//! How far an event is.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Serialize};

/// How far an event is. Written in lower case it is the value in the database.
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
    /// Agreed, not settled in every detail.
    Planned,
    /// Settled with the client.
    Confirmed,
    /// Over.
    Done,
    /// Will not take place.
    Cancelled,
}

impl Status {
    /// Still to take place: it has to be somebody's work.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Confirmed)
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
