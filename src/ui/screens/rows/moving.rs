//! Moving from cell to cell, and typing in them.

use crossterm::event::KeyEvent;

use super::{Origin, RowsForm};
use crate::{
    domain::plans,
    ui::{Context, form::Cell, widgets::input::Input},
};

impl RowsForm {
    /// Goes to the next cell or the one before; after the last one comes the first.
    pub(super) fn step(&mut self, forward: bool, ctx: &Context) {
        self.rows.check_focused(ctx.now.date());
        let leaves_name = std::mem::take(&mut self.name.focused);
        if leaves_name {
            self.name.problem = plans::check_name(self.name.input.text()).err().filter(|_| !self.name.input.is_empty());
            self.rows.go_to_end(!forward);
        } else if !self.rows.step(forward) {
            self.name.focused = self.has_name();
            if !self.name.focused {
                self.rows.go_to_end(!forward);
            }
        }
    }

    /// Goes to the row below, or adds one there; or to the one above.
    pub(super) fn climb(&mut self, down: bool, ctx: &Context) {
        self.rows.check_focused(ctx.now.date());
        if self.name.focused {
            if down {
                (self.name.focused, self.rows.at) = (false, 0);
            }
        } else if !self.rows.climb(down) {
            if down {
                self.rows.append();
            } else {
                self.name.focused = self.has_name();
            }
        }
    }

    /// The next cell, in a new row after the last one.
    pub(super) fn enter(&mut self, ctx: &Context) {
        let at_end = !self.name.focused && self.rows.is_at_end();
        if at_end && self.rows.all().last().is_some_and(|last| !last.is_empty()) {
            self.rows.check_focused(ctx.now.date());
            self.rows.append();
            self.rows.cell = Cell::Label;
        } else {
            self.step(true, ctx);
        }
    }

    pub(super) fn input(&mut self) -> &mut Input {
        if self.name.focused {
            self.name.problem = None;
            return &mut self.name.input;
        }
        self.rows.focused()
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        let before = self.input().text().to_owned();
        self.input().key(key);
        if self.input().text() != before {
            self.origin = Origin::Own;
        }
    }
}
