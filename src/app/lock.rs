//! The lock of an idle session, and what else time brings.

use crossterm::event::KeyEvent;

use super::{App, Asker, Stage, workspace::Lock};
use crate::{
    services::{Request, SessionRequest},
    ui::{
        Leave,
        keys::Key,
        popup::{Outcome, Popup, PopupResult},
        text::Phrase,
    },
};

/// Milliseconds between two heartbeats: a session whose account was changed ends within five
/// seconds, even on an idle screen.
const HEARTBEAT: u64 = 3_000;
/// The lock is announced during this many milliseconds before it.
const WARNING: u64 = 60_000;

impl App {
    /// Milliseconds until the lock, during the last minute before it.
    pub(super) fn locks_in(&self) -> Option<u64> {
        let Stage::SignedIn(workspace) = &self.stage else { return None };
        let limit = self.lock_after();
        let left = limit.saturating_sub(self.now.ticks.saturating_sub(workspace.last_activity));
        (workspace.locked.is_none() && left <= WARNING.min(limit / 2)).then_some(left)
    }

    /// Milliseconds without activity after which the session locks.
    fn lock_after(&self) -> u64 {
        u64::from(self.session.settings.session_minutes) * 60_000
    }

    pub(super) fn is_locked(&self) -> bool {
        matches!(&self.stage, Stage::SignedIn(workspace) if workspace.locked.is_some())
    }

    /// Locks the session.
    pub(super) fn lock(&mut self) {
        let id = self.next;
        self.next += 1;
        let popup = Popup::password(self.context().say(Phrase::LockedMeans));
        if let Some(workspace) = self.workspace() {
            workspace.locked = Some(Lock { id, popup, leaving: None, said: None });
        }
        self.notice = None;
    }

    /// Handles a key while the session is locked.
    pub(super) fn locked_key(&mut self, key: KeyEvent) {
        let ctrl_c = Key::from_event(key) == Key::ctrl('c');
        let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) else { return };
        let id = lock.id;
        if let Popup::Password(password) = &mut lock.popup {
            password.problem = None;
        }
        match (lock.leaving, lock.popup.key(key)) {
            (Some((_, way)), PopupResult::Done(Outcome::Confirmed)) => self.leave(way),
            (Some(_), PopupResult::Close) => self.relock(),
            (None, PopupResult::Done(Outcome::Password(password))) => {
                self.send(Asker::Lock(id), Request::Session(SessionRequest::Confirm { password }));
            }
            (None, PopupResult::Close) => self.leave_lock(Leave::SignOut),
            (None, _) if ctrl_c => self.leave_lock(Leave::Quit),
            _ => {}
        }
    }

    /// Shows the password field again instead of the question.
    fn relock(&mut self) {
        let popup = Popup::password(self.context().say(Phrase::LockedMeans));
        if let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, None);
        }
    }

    /// Leaves a locked session. Without the password, what was typed there is lost, so this is asked
    /// first.
    fn leave_lock(&mut self, way: Leave) {
        if !self.would_lose(way) {
            return self.leave(way);
        }
        let (question, popup) = (self.next, self.question_before(way));
        self.next += 1;
        if let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, Some((question, way)));
        }
    }

    /// Locks a session that was idle for too long; returns whether it did so now.
    pub(super) fn lock_when_idle(&mut self) -> bool {
        let (now, limit) = (self.now.ticks, self.lock_after());
        let idle = self.workspace().is_some_and(|workspace| {
            workspace.locked.is_none() && now.saturating_sub(workspace.last_activity) >= limit
        });
        if idle {
            self.lock();
        }
        idle
    }

    /// Time has passed: sends a heartbeat if it is time for one.
    pub(super) fn workspace_tick(&mut self) {
        let now = self.now;
        let Some(workspace) = self.workspace() else { return };
        let due = now.ticks.saturating_sub(workspace.last_heartbeat) >= HEARTBEAT;
        if due {
            workspace.last_heartbeat = now.ticks;
        }
        let beating =
            self.pending.iter().any(|pending| matches!(pending.request, Request::Session(SessionRequest::Heartbeat)));
        if due && !beating {
            self.send(Asker::App, Request::Session(SessionRequest::Heartbeat));
        }
    }
}
