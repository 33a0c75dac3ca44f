//! Giving events to support users: who is proposed, and what is assigned.

use chrono::{NaiveDate, NaiveDateTime};

use super::{
    events::{Event, stretch},
    id::{EventId, UserId},
    users::Role,
};

/// The most overlaps that are listed.
pub const MOST_OVERLAPS: usize = 100;

/// When an event takes place, with its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub title: String,
    /// Wall clock.
    pub starts_at: NaiveDateTime,
    /// Wall clock.
    pub ends_at: Option<NaiveDateTime>,
}

impl Slot {
    /// `None` if the event has no start.
    pub fn of(event: &Event) -> Option<Self> {
        Some(Self { title: event.title.clone(), starts_at: event.starts_at?, ends_at: event.ends_at })
    }

    /// Whether both events take place at the same time, at least in part.
    pub fn meets(&self, other: &Self) -> bool {
        let [(start, end), (from, to)] = [self, other].map(|slot| stretch(slot.starts_at, slot.ends_at));
        start < to && from < end
    }
}

/// An event that is to be assigned, and another one of the same person at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    pub event: Slot,
    /// `None` if the viewer may not see it.
    pub other: Option<Slot>,
}

/// The overlaps of open events among themselves.
pub fn overlaps_among<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Overlap> {
    let mut slots: Vec<Slot> = events.filter(|event| event.status.is_open()).filter_map(Slot::of).collect();
    slots.sort_by_key(|slot| slot.starts_at);
    let pairs = slots.iter().enumerate().flat_map(|(at, event)| {
        let met = slots[at + 1..].iter().filter(|other| event.meets(other));
        met.map(|other| Overlap { event: event.clone(), other: Some(other.clone()) })
    });
    pairs.take(MOST_OVERLAPS).collect()
}

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
    /// The number of open events in [`Self::weeks`].
    pub load: i64,
    /// The first day and the last of the weeks of the events to be assigned; `None` if that is one week.
    pub weeks: Option<(NaiveDate, NaiveDate)>,
    /// Only for support users, if an event to be assigned has a start.
    pub availability: Option<Availability>,
    /// The events of theirs at the same time as those to be assigned.
    pub overlaps: Vec<Overlap>,
}

impl Candidate {
    /// The title of an event that clashes, if the viewer may see it.
    pub fn clash(&self) -> Option<&str> {
        self.overlaps.iter().find_map(|overlap| Some(overlap.other.as_ref()?.title.as_str()))
    }
}

/// An event and its new support user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    pub event: EventId,
    pub version: i32,
    /// `None` removes the support user.
    pub support: Option<UserId>,
}
