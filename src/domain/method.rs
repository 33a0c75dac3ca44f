//! How a payment was made.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Serialize};

/// How a payment was made. The database stores its name in lower case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
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
pub enum Method {
    #[default]
    Transfer,
    Card,
    Cheque,
    Cash,
    Other,
    /// What was paid before the contract was entered, or before the program recorded payments.
    Opening,
}

impl Method {
    /// Those that can be chosen for a payment.
    pub const CHOSEN: [Self; 5] = [Self::Transfer, Self::Card, Self::Cheque, Self::Cash, Self::Other];
}

impl<DB: Backend> FromSql<Text, DB> for Method
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(bytes)?.parse()?)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Method
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        let name: &'static str = self.into();
        name.to_sql(out)
    }
}
