//! Giving events to support users: who is proposed, and what is assigned.

use super::{
    id::{EventId, UserId},
    users::Role,
};

/// Whether a support user has other events around the time of those to be assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// No other event on the same day.
    Free,
    /// Another event on the same day, but not at the same time.
    Busy,
    /// No other event at the same time, but the events to be assigned overlap among themselves.
    Overlap,
    /// Another event at the same time.
    Clash,
}

/// A user in a picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: UserId,
    pub full_name: String,
    pub role: Role,
    /// The number of open events in the week of the first event to be assigned.
    pub load: i64,
    /// Only for support users, if an event to be assigned has a start.
    pub availability: Option<Availability>,
    /// The title of an event that clashes, if the viewer may see it.
    pub clash: Option<String>,
}

/// An event and its new support user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    pub event: EventId,
    pub version: i32,
    /// `None` removes the support user.
    pub support: Option<UserId>,
}
