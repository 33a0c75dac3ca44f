//! Keys that were pressed before the user could see what they would answer.

use crossterm::event::KeyEvent;

use super::{App, Stage, event::apart};
use crate::ui::popup::Popup;

impl App {
    /// Handles the one or two keys of an event.
    pub(super) fn keys_of(&mut self, event: KeyEvent) {
        let before = self.question();
        for (number, key) in apart(event).into_iter().enumerate() {
            // The second of two keys must not answer a popup that the first has opened: the user has not
            // seen it yet.
            let opened = self.question().is_some_and(|open| Some(open) != before);
            if !(number > 0 && opened || self.asks_unseen()) {
                self.seen_key(key);
            }
        }
    }

    /// The number of the popup that takes the keys, if one does.
    pub(super) fn question(&self) -> Option<u64> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        match &workspace.locked {
            Some(lock) => lock.leaving.map(|_| lock.id),
            None => workspace.popup.as_ref().map(|open| open.id),
        }
    }

    /// Whether a question takes the keys that was not drawn yet. A key that was pressed before the user
    /// could read the question is no answer to it.
    fn asks_unseen(&self) -> bool {
        let Stage::SignedIn(workspace) = &self.stage else { return false };
        let popup = match &workspace.locked {
            Some(lock) => Some(&lock.popup),
            None => workspace.popup.as_ref().map(|open| &open.popup),
        };
        matches!(popup, Some(Popup::Confirm(_))) && self.question() != self.seen
    }
}
