//! Record ids that are typed by entity, so that they cannot be mixed up.

use std::{fmt, marker::PhantomData};

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::BigInt,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    clients::Client, contracts::Contract, events::Event, imports::Import, lists::SavedView, payments::Payment,
    plans::Plan, users::User,
};

/// The id that the database assigned to a record of the type `T`. Users never see one.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Id<T: 'static>(pub i64, PhantomData<fn() -> T>);

/// The id of a member of the staff.
pub type UserId = Id<User>;
/// The id of a client.
pub type ClientId = Id<Client>;
/// The id of a contract.
pub type ContractId = Id<Contract>;
/// The id of an event.
pub type EventId = Id<Event>;
/// The id of a payment.
pub type PaymentId = Id<Payment>;
/// The id of a plan for instalments.
pub type PlanId = Id<Plan>;
/// The id of an import.
pub type ImportId = Id<Import>;
/// The id of a saved view of a list.
pub type ViewId = Id<SavedView>;

impl<T> Id<T> {
    /// The id with this number.
    pub const fn new(number: i64) -> Self {
        Self(number, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from).map(Self::new)
    }
}

impl<T, DB: Backend> FromSql<BigInt, DB> for Id<T>
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self::new)
    }
}

impl<T, DB: Backend> ToSql<BigInt, DB> for Id<T>
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}
