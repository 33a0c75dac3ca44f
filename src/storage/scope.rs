//! Which records a user sees. Lists, details, search, pickers, the calendar and exported files all
//! use the conditions below, so that they show the same records.

use diesel::{prelude::*, sql_types::Bool};

use super::{
    connection::Db,
    failure::DbError,
    sql_expr::{SqlExpr, sql_expr},
};
use crate::{
    domain::id::{ClientId, ContractId, EventId, UserId},
    schema::{clients, contracts, events},
};

/// Which records a user sees.
///
/// Archiving does not change this: an archived event still belongs to its support person, and so do
/// its contract and client. Archiving hides a record from the lists of current ones, not from the
/// people whose work it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    All,
    /// The clients of a sales person, their contracts and the events of those.
    Sales(UserId),
    /// The events of a support person, their contracts and the clients of those.
    Support(UserId),
}

impl Scope {
    /// The condition on `clients`; `None` if everything is seen. The text contains only numbers.
    pub(super) fn clients(self) -> Option<SqlExpr<Bool>> {
        Some(sql_expr(match self {
            Self::All => return None,
            Self::Sales(me) => is_of_sales(me),
            Self::Support(me) => format!(
                "clients.id IN (SELECT theirs.client_id FROM events AS mine \
                 JOIN contracts AS theirs ON theirs.id = mine.contract_id WHERE mine.support_id = {})",
                me.0
            ),
        }))
    }

    /// The condition on `contracts` that are joined with their `clients`.
    pub(super) fn contracts(self) -> Option<SqlExpr<Bool>> {
        Some(sql_expr(match self {
            Self::All => return None,
            Self::Sales(me) => is_of_sales(me),
            Self::Support(me) => {
                format!(
                    "contracts.id IN (SELECT mine.contract_id FROM events AS mine WHERE mine.support_id = {})",
                    me.0
                )
            }
        }))
    }

    /// The condition on `events` that are joined with their `contracts` and `clients`.
    pub(super) fn events(self) -> Option<SqlExpr<Bool>> {
        Some(sql_expr(match self {
            Self::All => return None,
            Self::Sales(me) => is_of_sales(me),
            Self::Support(me) => format!("events.support_id = {}", me.0),
        }))
    }

    /// Whether this client is in the scope.
    pub fn has_client(self, db: &mut Db, id: ClientId) -> Result<bool, DbError> {
        let Some(own) = self.clients() else { return Ok(true) };
        let client = clients::table.filter(clients::id.eq(id)).filter(own);
        Ok(client.select(clients::id).first::<ClientId>(db).optional()?.is_some())
    }

    /// Whether this contract is in the scope.
    pub fn has_contract(self, db: &mut Db, id: ContractId) -> Result<bool, DbError> {
        let Some(own) = self.contracts() else { return Ok(true) };
        let contract = contracts::table.inner_join(clients::table).filter(contracts::id.eq(id)).filter(own);
        Ok(contract.select(contracts::id).first::<ContractId>(db).optional()?.is_some())
    }

    /// Whether this event is in the scope.
    pub fn has_event(self, db: &mut Db, id: EventId) -> Result<bool, DbError> {
        let Some(own) = self.events() else { return Ok(true) };
        let joined = events::table.inner_join(contracts::table.inner_join(clients::table));
        let event = joined.filter(events::id.eq(id)).filter(own);
        Ok(event.select(events::id).first::<EventId>(db).optional()?.is_some())
    }
}

fn is_of_sales(me: UserId) -> String {
    format!("clients.sales_contact_id = {}", me.0)
}
