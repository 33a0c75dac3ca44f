//! The start and the end of an event in its form: the end follows a start that is moved.

use chrono::NaiveDateTime;

use super::Form;
use crate::{
    domain::{Field, dates},
    ui::{
        Context,
        form::{FieldKind, clock, find as field_of},
    },
};

/// The end as the program has set it, and the start that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    start: NaiveDateTime,
    end: String,
}

impl Form {
    /// What follows by itself when the focused field is left.
    pub(super) fn after_leaving(&mut self, ctx: &Context) {
        if self.entries.get(self.at).is_some_and(|entry| entry.field == Field::StartsAt) {
            self.move_end(ctx.now);
        }
    }

    /// Moves the end as far as the start was moved, unless the user has set the end in this form.
    fn move_end(&mut self, now: NaiveDateTime) {
        let Some((before, start, end)) = self.start_moved(now) else { return };
        let Some(moved) = end.checked_add_signed(start - before) else { return };
        let text = dates::format_date_time(moved);
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.field == Field::EndsAt) {
            entry.input.set(&text);
            entry.forget_problem();
        }
        self.followed = Some(Followed { start, end: text });
    }

    /// The start before and after it was changed, and the end that belonged to it; `None` if the start
    /// is the same, if there was no valid end, or if the user has set the end.
    fn start_moved(&self, now: NaiveDateTime) -> Option<(NaiveDateTime, NaiveDateTime, NaiveDateTime)> {
        let [start, end] = [Field::StartsAt, Field::EndsAt].map(|field| field_of(&self.entries, field));
        let (start, end) = (start?, end?);
        let before = match &self.followed {
            Some(followed) if followed.end == end.content() => followed.start,
            _ if !end.is_changed() => dates::parse_date_time(&start.base, now).ok()?,
            _ => return None,
        };
        let after = start.read_time(now).ok().filter(|after| *after != before)?;
        let end = end.read_time(before).ok().filter(|end| *end >= before)?;
        Some((before, after, end))
    }

    /// Replaces times that are relative to others by absolute ones. Otherwise the end of an event would
    /// move if another user moved its start while this form is saved.
    pub(super) fn spell_out_times(&mut self, ctx: &Context) {
        for at in 0..self.entries.len() {
            let clock = clock(&self.entries, self.entries[at].field, ctx.now);
            let entry = &mut self.entries[at];
            if entry.kind == FieldKind::Time
                && let Some(clock) = clock
                && let Ok(time) = entry.read_time(clock)
            {
                entry.input.set(&dates::format_date_time(time));
            }
        }
    }
}
