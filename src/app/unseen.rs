//! Keys that were pressed before the user could see what they would answer.

use crossterm::event::KeyEvent;
use ratatui::layout::Size;

use super::{App, Stage, event::apart};
use crate::ui::{popup::Popup, widgets::chrome};

impl App {
    /// Handles the one or two keys of an event.
    pub(super) fn keys_of(&mut self, event: KeyEvent) {
        let before = self.question();
        for (number, key) in apart(event).into_iter().enumerate() {
            // The second of two keys must not answer a popup that the first has opened: the user has not
            // seen it yet.
            let opened = self.question().is_some_and(|open| Some(open) != before);
            let unseen = self.asks_unseen() && !(self.is_too_small() && self.may_close_unseen());
            if !(number > 0 && opened || unseen) {
                self.seen_key(key);
            }
        }
    }

    /// Whether the keys that leave may close what takes the keys, though nobody has read it, because the
    /// window is too small: a question is cancelled then, a temporary password would be lost.
    fn may_close_unseen(&self) -> bool {
        matches!(self.reader(), Some(Popup::Confirm(_)))
    }

    /// The screen was drawn in a window of this size: what takes the keys can be read, if there was room.
    pub(super) fn drawn(&mut self, window: Size) {
        if chrome::is_too_small(window) {
            return;
        }
        self.seen = self.question();
        let workspace = self.workspace().filter(|workspace| workspace.locked.is_none());
        if let Some(open) = workspace.and_then(|workspace| workspace.popup.as_mut()) {
            open.popup.was_drawn();
        }
    }

    /// The number of the popup that takes the keys, if one does.
    pub(super) fn question(&self) -> Option<u64> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        match &workspace.locked {
            Some(lock) => lock.leaving.map(|(question, _)| question),
            None => workspace.popup.as_ref().map(|open| open.id),
        }
    }

    /// Whether something takes the keys that has to be read and was not drawn yet: a key that was pressed
    /// before is no answer to it.
    fn asks_unseen(&self) -> bool {
        self.reader().is_some_and(Popup::has_to_be_read) && self.question() != self.seen
    }

    /// The popup that takes the keys.
    fn reader(&self) -> Option<&Popup> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        match &workspace.locked {
            Some(lock) => Some(&lock.popup),
            None => workspace.popup.as_ref().map(|open| &open.popup),
        }
    }
}
