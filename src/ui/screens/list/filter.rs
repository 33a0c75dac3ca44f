//! The filter of a list while it is being typed.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Awaited, List};
use crate::ui::{Action, widgets::input::Input};

impl List {
    /// Handles a key while the filter is being typed.
    pub(super) fn filter_key(&mut self, key: KeyEvent) -> Action {
        let Some(input) = &mut self.filter else { return Action::None };
        match key.code {
            KeyCode::Enter | KeyCode::Tab => self.filter = None,
            KeyCode::Esc => {
                input.set("");
                let action = self.filtered();
                self.filter = None;
                return action;
            }
            KeyCode::Down => return self.go(self.at + 1),
            KeyCode::Up => return self.go(self.at.saturating_sub(1)),
            _ => {
                input.key(key);
                return self.filtered();
            }
        }
        Action::None
    }

    /// The typed text has changed: runs the new query, or waits for the page that is under way.
    pub(super) fn filtered(&mut self) -> Action {
        let text = self.filter.as_ref().map_or("", Input::text).to_owned();
        if text == self.query.text() {
            return Action::None;
        }
        self.query.set_text(&text);
        (self.first, self.total, self.sums, self.loaded) = (Some(0), None, None, false);
        self.opening = true;
        self.at = 0;
        self.behind = self.awaited.iter().any(|(_, awaited)| matches!(awaited, Awaited::Fresh { .. }));
        if self.behind { Action::None } else { Action::Send(self.read_again()) }
    }
}
