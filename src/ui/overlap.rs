//! Says which events somebody would have to be at, or has to be at, at the same time.

use chrono::NaiveDateTime;

use super::{
    Context,
    text::{Phrase, Told},
};
use crate::domain::{
    assigning::{Overlap, Slot},
    dates,
};

/// The most overlaps that are described one by one.
const NAMED: usize = 3;

/// A sentence about each overlap of the first few, and how many more there are. Where `assigned` is
/// only one event, it need not be named again.
pub fn lines(overlaps: &[Overlap], assigned: usize, ctx: &Context) -> Vec<String> {
    let sentence = |Overlap { event, other }: &Overlap| {
        let title = if assigned == 1 { "" } else { event.title.as_str() };
        let times = other.as_ref().map(|other| times(other, event)).unwrap_or_default();
        let other = other.as_ref().map(|other| (other.title.as_str(), times.as_str()));
        ctx.say(Phrase::Told(Told::Overlaps { title, other }))
    };
    let mut lines: Vec<String> = overlaps.iter().take(NAMED).map(sentence).collect();
    if overlaps.len() > NAMED {
        lines.push(ctx.say(Phrase::Told(Told::MoreOverlaps(overlaps.len() - NAMED))));
    }
    lines
}

/// When it takes place, with the day unless that is the day of the event beside it.
fn times(slot: &Slot, beside: &Slot) -> String {
    let time = |time: NaiveDateTime| {
        let is_same_day = time.date() == beside.starts_at.date();
        if is_same_day { time.format("%H:%M").to_string() } else { dates::format_date_time(time) }
    };
    let both: Vec<String> = std::iter::once(slot.starts_at).chain(slot.ends_at).map(time).collect();
    both.join("–")
}
