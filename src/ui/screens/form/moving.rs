//! Moving from field to field of a form.

use super::Form;
use crate::ui::{Action, Context, Notice, form::FieldKind};

impl Form {
    /// Moves to the next field or the previous one and checks the one that is left. After the last one
    /// comes the first.
    pub(super) fn leave(&mut self, step: isize, ctx: &Context) -> Action {
        let checked = self.check_focused(ctx);
        let count = self.entries.len();
        let forward = if step > 0 { 1 } else { count.saturating_sub(1) };
        for _ in 0..count {
            self.at = (self.at + forward) % count;
            if self.entries[self.at].kind != FieldKind::Fixed {
                break;
            }
        }
        checked
    }

    /// The same for the arrows, which stay where there is no other field in their direction: what is
    /// typed next belongs to the field that the user sees at the end.
    pub(super) fn step(&mut self, step: isize, ctx: &Context) -> Action {
        let (before, after) = self.entries.split_at(self.at);
        let others = if step > 0 { after.get(1..).unwrap_or_default() } else { before };
        if others.iter().any(|entry| entry.kind != FieldKind::Fixed) {
            self.leave(step, ctx)
        } else {
            self.check_focused(ctx)
        }
    }

    /// Checks the focused field; says which of two days is meant.
    fn check_focused(&mut self, ctx: &Context) -> Action {
        let clock = self.entries.get(self.at).and_then(|entry| self.clock(entry.field, ctx));
        let mut note = None;
        if let Some(entry) = self.entries.get_mut(self.at) {
            entry.left = true;
            note = entry.which_of_two(ctx, clock);
        }
        self.after_leaving(ctx);
        self.check_left(ctx);
        let asks = self.ask_who_is_known(ctx);
        note.map_or(asks, |note| Action::Notice(Notice::plain(note)))
    }
}
