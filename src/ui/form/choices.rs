//! Records to pick one from, and the request that finds them.

use crate::{
    domain::{EventId, UserId, users::Role},
    services::ReadRequest,
};

/// Records to pick one from. They are searched for in the database while the user types.
#[derive(Debug, Clone, PartialEq)]
pub enum Choices {
    /// Support users for these events, the least busy first.
    Support(Vec<EventId>),
    /// Active users of a role.
    Users(Role),
    /// The same without one of them.
    Others { role: Role, except: UserId },
    /// Clients that are not archived.
    Clients {
        /// Only those of the user.
        own: bool,
    },
    /// Signed contracts that an event can be created for.
    Contracts,
    /// Contracts that a payment can be recorded for.
    Payable,
}

impl Choices {
    /// The request for those that contain the typed words.
    pub fn read(&self, text: String) -> ReadRequest {
        match self {
            Self::Support(events) => ReadRequest::PickSupport { events: events.clone(), text },
            Self::Users(role) => ReadRequest::PickUser { role: *role, except: None, text },
            Self::Others { role, except } => ReadRequest::PickUser { role: *role, except: Some(*except), text },
            Self::Clients { own } => ReadRequest::PickClient { text, own: *own },
            Self::Contracts => ReadRequest::PickContract { text },
            Self::Payable => ReadRequest::PickPayable { text },
        }
    }
}
