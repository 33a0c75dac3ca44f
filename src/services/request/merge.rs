//! What the requests to merge two clients, and to undo that, contain.

use crate::domain::{ClientId, ContractId, UserId, clients::ClientDraft};

/// Two clients in the versions that the user saw, and what stays of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub kept: (ClientId, i32),
    /// The one that is archived.
    pub other: (ClientId, i32),
    pub draft: ClientDraft,
    pub sales_contact: UserId,
}

/// A merge as it has left its records, and what the client that stayed was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmerge {
    pub kept: (ClientId, i32),
    pub other: (ClientId, i32),
    pub draft: ClientDraft,
    pub sales_contact: UserId,
    /// The address that the other one had.
    pub other_email: Option<String>,
    /// The contracts that were moved.
    pub contracts: Vec<(ContractId, i32)>,
}
