//! The five kinds of records that people see: what a list asks for, what a row shows.

mod cells;
mod facts;
mod query;

pub use cells::{cells, columns, titles};
pub use facts::{changes, facts, heading, named, value};
pub use query::{PAGE, Query};

use crate::{
    domain::{
        audit::{AuditRow, RecordKind},
        filter::{ClientRow, ContractRow, EventRow},
        user::User,
    },
    services::Reply,
};

/// The kinds of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Kind {
    Clients,
    Contracts,
    Events,
    Staff,
    Audit,
}

/// A row of any list.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Client(ClientRow),
    Contract(ContractRow),
    Event(EventRow),
    User(User),
    Audit(AuditRow),
}

impl Record {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Client(_) => Kind::Clients,
            Self::Contract(_) => Kind::Contracts,
            Self::Event(_) => Kind::Events,
            Self::User(_) => Kind::Staff,
            Self::Audit(_) => Kind::Audit,
        }
    }

    /// The database's id; never shown but as a contract's number.
    pub fn id(&self) -> i64 {
        match self {
            Self::Client(row) => row.client.id.0,
            Self::Contract(row) => row.contract.id.0,
            Self::Event(row) => row.event.id.0,
            Self::User(user) => user.id.0,
            Self::Audit(row) => row.id,
        }
    }

    /// How often it was written; lines of the log never are again.
    pub fn version(&self) -> i32 {
        match self {
            Self::Client(row) => row.client.version,
            Self::Contract(row) => row.contract.version,
            Self::Event(row) => row.event.version,
            Self::User(user) => user.version,
            Self::Audit(_) => 0,
        }
    }

    /// Archived or deactivated.
    pub fn is_hidden(&self) -> bool {
        match self {
            Self::Client(row) => row.client.archived_at.is_some(),
            Self::Contract(row) => row.contract.archived_at.is_some(),
            Self::Event(row) => row.event.archived_at.is_some(),
            Self::User(user) => !user.active,
            Self::Audit(_) => false,
        }
    }

    /// The record behind it, which Enter opens: for a line of the log the one it speaks of.
    pub fn target(&self) -> Option<(Kind, i64)> {
        match self {
            Self::Audit(row) => {
                let kind = match row.record_type.parse().ok()? {
                    RecordKind::User => Kind::Staff,
                    RecordKind::Client => Kind::Clients,
                    RecordKind::Contract => Kind::Contracts,
                    RecordKind::Event => Kind::Events,
                    RecordKind::Settings | RecordKind::Session => return None,
                };
                Some((kind, row.record_id?))
            }
            other => Some((other.kind(), other.id())),
        }
    }
}

/// A page of any list, when the reply is one.
pub fn page(reply: Reply) -> Option<crate::domain::page::Page<Record>> {
    use crate::domain::page::Page;
    fn of<R>(page: Page<R>, wrap: fn(R) -> Record) -> Page<Record> {
        let Page { rows, before, after, total, among_newest } = page;
        Page { rows: rows.into_iter().map(wrap).collect(), before, after, total, among_newest }
    }
    Some(match reply {
        Reply::Clients(page) => of(page, Record::Client),
        Reply::Contracts(page) => of(page, Record::Contract),
        Reply::Events(page) => of(page, Record::Event),
        Reply::Users(page) => of(page, Record::User),
        Reply::Audit(page) => of(page, Record::Audit),
        _ => return None,
    })
}
