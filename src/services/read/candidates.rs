//! The users that pickers offer: those of a role, or support users sorted by how free they are.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::{
    domain::{
        EventId, UserId,
        assigning::{Availability, Candidate, MOST_OVERLAPS, Overlap, Slot},
        dates,
        events::{EventRow, stretch},
        users::{Role, User},
    },
    services::{
        Reply,
        context::{RequestContext, ServiceError},
    },
    storage::{self, Db},
};

/// How many records a picker shows; typing words narrows the choice.
pub(super) const CHOICES: u16 = 50;

/// The active users of a role, sorted by name, without this one.
pub(super) fn of_role(db: &mut Db, role: Role, except: Option<UserId>, text: &str) -> Result<Reply, ServiceError> {
    let mut people = everybody(db, role, text)?;
    people.retain(|person| Some(person.id) != except);
    Ok(offer(people, Vec::new()))
}

fn everybody(db: &mut Db, role: Role, text: &str) -> Result<Vec<Candidate>, ServiceError> {
    let people = storage::users::active_of_role(db, role, text)?;
    let candidate = |user: User| Candidate {
        id: user.id,
        full_name: user.full_name,
        role: user.role,
        load: 0,
        weeks: None,
        availability: None,
        overlaps: Vec::new(),
    };
    Ok(people.into_iter().map(candidate).collect())
}

/// The reply with the first users of the list, as many as a picker shows.
fn offer(mut people: Vec<Candidate>, overlapping: Vec<String>) -> Reply {
    let more = people.len() > usize::from(CHOICES);
    people.truncate(CHOICES.into());
    Reply::Candidates { people, more, overlapping }
}

/// What a support user already has to do around the time of the events to be assigned.
#[derive(Debug, Default)]
struct Workload {
    /// The number of events in the weeks of those to be assigned.
    load: i64,
    /// Whether there is an event on the same day as one of those to be assigned.
    same_day: bool,
    /// The events at the same time as one of those to be assigned.
    overlaps: Vec<Overlap>,
}

/// Support users for these events, the freest first.
pub(super) fn for_events(
    db: &mut Db,
    ctx: &RequestContext,
    ids: &[EventId],
    text: &str,
) -> Result<Reply, ServiceError> {
    let events = storage::events::find_rows(db, ids)?;
    for row in &events {
        ctx.check(row.event.owner(), |_| None)?;
    }
    // A clashing event is named only to a user who may see it.
    let sees_all = ctx.sees_all();
    let mut wanted: Vec<_> =
        events.iter().filter_map(|row| Some(stretch(row.event.starts_at?, row.event.ends_at))).collect();
    wanted.sort();
    let mut people = everybody(db, Role::Support, text)?;
    let Some((first_start, _)) = wanted.first().copied() else { return Ok(offer(people, Vec::new())) };
    let last_end = wanted.iter().map(|(_, end)| *end).max().unwrap_or(first_start);
    let (monday, second_monday) = dates::week_of(first_start.date());
    let (_, next_monday) = dates::week_of(last_day(last_end));
    let weeks = (next_monday > second_monday).then(|| (monday.date(), (next_monday - TimeDelta::days(1)).date()));
    let overlapping = overlapping(&events);
    let slots: Vec<Slot> =
        events.iter().filter(|row| row.event.status.is_open()).filter_map(|row| Slot::of(&row.event)).collect();
    let given: HashSet<EventId> = ids.iter().copied().collect();
    let mut work = HashMap::<UserId, Workload>::new();
    storage::spans::engagements(db, monday, next_monday, |engagement| {
        if given.contains(&engagement.event) {
            return;
        }
        let theirs = work.entry(engagement.support).or_default();
        let (start, end) = stretch(engagement.starts_at, engagement.ends_at);
        theirs.load += 1;
        theirs.same_day |=
            wanted.iter().any(|(from, to)| start.date() <= last_day(*to) && from.date() <= last_day(end));
        let other = engagement.slot();
        for event in slots.iter().filter(|event| event.meets(&other)) {
            if theirs.overlaps.len() < MOST_OVERLAPS {
                theirs.overlaps.push(Overlap { event: event.clone(), other: Some(other.clone()) });
            }
        }
    })?;
    let mut busy_that_day = HashSet::new();
    for person in &mut people {
        let Workload { load, same_day, mut overlaps } = work.remove(&person.id).unwrap_or_default();
        let availability = match (overlaps.is_empty(), same_day) {
            (false, _) => Availability::Clash,
            (true, _) if !overlapping.is_empty() => Availability::Overlap,
            (true, true) => Availability::Busy,
            (true, false) => Availability::Free,
        };
        if !sees_all && person.id != ctx.me() {
            for overlap in &mut overlaps {
                overlap.other = None;
            }
        }
        (person.load, person.weeks) = (load, weeks);
        (person.availability, person.overlaps) = (Some(availability), overlaps);
        busy_that_day.extend(same_day.then_some(person.id));
    }
    people.sort_by_key(|person| (person.availability, busy_that_day.contains(&person.id), person.load));
    Ok(offer(people, overlapping))
}

/// The last day of what ends then: midnight does not reach into the day that it begins.
fn last_day(end: NaiveDateTime) -> NaiveDate {
    (end - TimeDelta::seconds(1)).date()
}

/// The titles of the open events that take place at the same time as another one of them, the
/// earliest first: nobody can be at both.
fn overlapping(events: &[EventRow]) -> Vec<String> {
    let mut spans: Vec<_> = events
        .iter()
        .filter(|row| row.event.status.is_open())
        .filter_map(|row| Some((row.event.stretch()?, &row.event)))
        .collect();
    spans.sort_by_key(|(span, event)| (*span, event.id.0));
    // Before an event only the one that ends last matters, after it only the one that starts first.
    let mut ends = None;
    let mut titles = Vec::new();
    for (at, ((start, end), event)) in spans.iter().enumerate() {
        let with_earlier = ends.is_some_and(|ends| *start < ends);
        let with_later = spans.get(at + 1).is_some_and(|((next, _), _)| next < end);
        if with_earlier || with_later {
            titles.push(event.title.clone());
        }
        ends = ends.max(Some(*end));
    }
    titles
}
