//! What the worker answers, what time brings, and the lock.

use crossterm::event::KeyEvent;

use super::{
    App, Asker, Effect, Pending,
    workspace::{HEARTBEAT, Lock, Open, PopupPurpose},
};
use crate::{
    domain::{Error, Reason, error::ConnectionProblem, users::Role},
    services::{Reply, Request, SessionRequest, WriteRequest},
    ui::{
        Action, Notice, actions,
        keys::Key,
        popup::{Destination, Outcome, Popup, PopupResult, Source},
        text::Phrase,
    },
};

impl App {
    pub(super) fn workspace_reply(&mut self, pending: Pending, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let Pending { asker, request, auth_epoch, .. } = pending;
        let now_under = self.workspace().map(|workspace| workspace.session.auth_epoch);
        match reply {
            // Asked before the own password was changed, answered after it: asked again.
            Err(Error::SignedOut(_)) if auth_epoch != now_under => self.send(asker, request, effects),
            Err(error @ Error::SignedOut(_)) => {
                let text = self.context().error(&error);
                self.sign_out(Some(Notice::bad(text)));
            }
            Err(Error::PasswordNeeded) => {
                let popup = Popup::password(self.context().say(Phrase::PasswordWhy(request.permission())));
                self.open_for(asker, popup, PopupPurpose::Confirm(asker, Box::new(request)), effects);
            }
            Err(Error::NeedsHeir(inheritance)) => {
                let title = self.context().say(Phrase::HeirFor(inheritance));
                let role: Role = inheritance.role;
                let popup = Popup::picker(title, Source::People(role), None);
                self.open_for(asker, popup, PopupPurpose::Heir(asker, Box::new(request)), effects);
            }
            Ok(Reply::Alive { settings, full_name }) => {
                let moved = self.context().error(&Error::Unavailable(ConnectionProblem::Moved));
                self.notice.take_if(|notice| notice.text == moved);
                if let Some(workspace) = self.workspace() {
                    workspace.session.settings = *settings;
                    workspace.session.actor.full_name = full_name;
                    if let Some(lock) = &mut workspace.locked {
                        lock.said.take_if(|said| said.text == moved);
                    }
                }
            }
            // Nothing can be saved any more: to be known before anybody types more.
            Err(
                error @ Error::Unavailable(
                    ConnectionProblem::Moved | ConnectionProblem::SchemaTooNew | ConnectionProblem::SchemaTooOld(_),
                ),
            ) if matches!(request, Request::Session(SessionRequest::Heartbeat)) => {
                let text = self.context().error(&error);
                self.say(Notice::bad(text));
            }
            Err(_) if matches!(request, Request::Session(SessionRequest::Heartbeat)) => {}
            reply if matches!(request, Request::Session(SessionRequest::Confirm { .. })) => {
                self.confirmed(asker, reply, effects);
            }
            reply => self.deliver(asker, &request, reply, effects),
        }
    }

    pub(super) fn deliver(
        &mut self,
        asker: Asker,
        request: &Request,
        reply: Result<Reply, Error>,
        effects: &mut Vec<Effect>,
    ) {
        if let (true, Some(workspace)) = (request.writes(), self.workspace()) {
            match &reply {
                // Another change, also one that has no way back, is the last one now.
                Ok(written) => workspace.undo = if asker == Asker::Undo { None } else { written.undo() },
                // Which change is the last one, nobody knows.
                Err(Error::OutcomeUnknown | Error::Internal(_)) => workspace.undo = None,
                Err(_) => {}
            }
        }
        if let Ok(written) = &reply {
            self.take_over(request, written);
        }
        match asker {
            Asker::Layer(id) if self.has_layer(id) => {
                let action = self.with_layer(id, |screen, ctx| screen.on_reply(request, reply, ctx));
                self.act(asker, action.unwrap_or(Action::None), effects);
            }
            Asker::Layer(_) => self.tell(asker, request, &reply, effects),
            Asker::Popup(id) => self.popup_reply(id, reply, effects),
            // The last change was taken back: said on whatever screen that was.
            Asker::Undo => match reply {
                Ok(reply) => {
                    let action = actions::undone(request, &reply, &self.context());
                    self.act(asker, action, effects);
                    self.load_top(effects);
                }
                Err(error) => self.not_undone(request, &error),
            },
            Asker::App | Asker::Lock(_) => {}
        }
    }

    /// Says what became of a change, or of an export, whose screen has gone.
    fn tell(&mut self, asker: Asker, request: &Request, reply: &Result<Reply, Error>, effects: &mut Vec<Effect>) {
        if !request.writes() && !matches!(request, Request::Export { .. }) {
            return;
        }
        let ctx = self.context();
        let action = match reply {
            Ok(reply) => actions::report(reply, &ctx),
            Err(error) => Action::Notice(Notice::bad(ctx.say(Phrase::NotDone(&ctx.error(error))))),
        };
        self.act(asker, action, effects);
        if reply.is_ok() && request.writes() {
            self.load_top(effects);
        }
    }

    /// What became of a change that nobody has waited for, once that is known after all. It goes
    /// to no screen: whoever gave up may have typed on there, or asked for the same again.
    pub(super) fn late_reply(&mut self, request: &Request, reply: &Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let ctx = self.context();
        let notice = match reply {
            Ok(_) => Notice::good(ctx.say(Phrase::SavedAfterAll)),
            Err(error) => Notice::bad(ctx.say(Phrase::NotSavedAfterAll(&ctx.error(error)))),
        };
        self.say(notice);
        if let Ok(written) = reply {
            self.take_over(request, written);
            self.load_top(effects);
        }
    }

    /// What the session and its screens have to know of a change.
    fn take_over(&mut self, request: &Request, written: &Reply) {
        let top = self.top_id();
        let Some(workspace) = self.workspace().filter(|_| request.writes()) else { return };
        for layer in workspace.layers.iter_mut().filter(|layer| layer.id != top) {
            layer.stale = true;
        }
        if let Request::Write(WriteRequest::UpdateSettings(settings)) = request {
            workspace.session.settings = settings.clone();
        }
        if let Reply::PasswordChanged { auth_epoch } = written {
            workspace.session.auth_epoch = *auth_epoch;
            workspace.session.must_change_password = false;
        }
    }

    /// Says why; what the database only was in no state to do can be tried again.
    fn not_undone(&mut self, request: &Request, error: &Error) {
        let text = match error {
            Error::Conflict(conflict) => self.context().say(Phrase::UndoTooLate(&conflict.by)),
            // What was given away is taken back only while nobody has touched it.
            Error::Denied(Reason::NotYourClient | Reason::NotYourEvent) => self.context().say(Phrase::UndoTooLate("")),
            error => self.context().error(error),
        };
        if let (Error::Unavailable(_), Some(workspace)) = (error, self.workspace()) {
            workspace.undo = Some(request.clone());
        }
        self.say(Notice::bad(text));
    }

    pub(super) fn popup_reply(&mut self, id: u64, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let open = self.workspace().and_then(|workspace| workspace.popup.take());
        let Some(mut open) = open else { return };
        let mut step = PopupResult::Stay;
        if open.id == id {
            step = match reply {
                Ok(reply) => open.popup.on_reply(reply, &self.context()),
                Err(error) => {
                    self.say(Notice::bad(self.context().error(&error)));
                    open.popup.on_failure()
                }
            };
        }
        if let Some(workspace) = self.workspace() {
            workspace.popup = Some(open);
        }
        self.popup_step(step, effects);
    }

    /// The password was right, or not: for the lock or the popup that asked for it, if that is
    /// still there, and for no other.
    fn confirmed(&mut self, asker: Asker, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let problem = reply.as_ref().err().map(|error| self.context().error(error));
        let now = self.now.ticks;
        let Some(workspace) = self.workspace() else { return };
        match asker {
            Asker::Lock(id) => {
                let Some(lock) = workspace.locked.as_mut().filter(|lock| lock.id == id) else { return };
                if reply.is_ok() {
                    let said = lock.said.take();
                    workspace.locked = None;
                    workspace.last_activity = now;
                    self.notice = said;
                } else if let Popup::Password(password) = &mut lock.popup {
                    password.problem = problem;
                }
            }
            Asker::Popup(id) => {
                let Some(mut open) = workspace.popup.take_if(|open| open.id == id) else { return };
                match (open.purpose, reply) {
                    (PopupPurpose::Confirm(asker, request), Ok(Reply::Confirmed { at })) => {
                        workspace.session.confirmed_at = Some(at);
                        self.send(asker, *request, effects);
                    }
                    (purpose, _) => {
                        if let Popup::Password(password) = &mut open.popup {
                            password.problem = problem;
                        }
                        workspace.popup = Some(Open { purpose, ..open });
                    }
                }
            }
            Asker::App | Asker::Undo | Asker::Layer(_) => {}
        }
    }

    pub(super) fn lock(&mut self) {
        let id = self.next;
        self.next += 1;
        let popup = Popup::password(self.context().say(Phrase::LockedMeans));
        if let Some(workspace) = self.workspace() {
            workspace.locked = Some(Lock { id, popup, leaving: None, said: None });
        }
        self.notice = None;
    }

    pub(super) fn locked_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let ctrl_c = Key::from_event(key) == Key::ctrl('c');
        let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) else { return };
        let id = lock.id;
        if let Popup::Password(password) = &mut lock.popup {
            password.problem = None;
        }
        match (lock.leaving, lock.popup.key(key)) {
            (Some(to), PopupResult::Done(Outcome::Confirmed)) => self.leave(to, effects),
            (Some(_), PopupResult::Close) => self.relock(),
            (None, PopupResult::Done(Outcome::Password(password))) => {
                self.send(Asker::Lock(id), Request::Session(SessionRequest::Confirm { password }), effects);
            }
            (None, PopupResult::Close) => self.leave_lock(Destination::SignOut, effects),
            (None, _) if ctrl_c => self.leave_lock(Destination::Quit, effects),
            _ => {}
        }
    }

    /// Back from the question to the password field.
    fn relock(&mut self) {
        let popup = Popup::password(self.context().say(Phrase::LockedMeans));
        if let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, None);
        }
    }

    /// Without the password the session can only be given up, with all that was typed.
    fn leave_lock(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        if !self.would_lose(to) {
            return self.leave(to, effects);
        }
        let popup = self.question_before(to);
        if let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, Some(to));
        }
    }

    /// Locks a session that nobody has used for too long; whether it did so just now.
    pub(super) fn lock_when_idle(&mut self) -> bool {
        let now = self.now.ticks;
        let idle = self.workspace().is_some_and(|workspace| {
            let limit = u64::from(workspace.session.settings.session_minutes) * 60_000;
            workspace.locked.is_none() && now.saturating_sub(workspace.last_activity) >= limit
        });
        if idle {
            self.lock();
        }
        idle
    }

    pub(super) fn workspace_tick(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(workspace) = self.workspace() else { return };
        let due = now.ticks.saturating_sub(workspace.last_heartbeat) >= HEARTBEAT;
        if due {
            workspace.last_heartbeat = now.ticks;
        }
        let beating =
            self.pending.iter().any(|pending| matches!(pending.request, Request::Session(SessionRequest::Heartbeat)));
        if due && !beating {
            self.send(Asker::App, Request::Session(SessionRequest::Heartbeat), effects);
        }
    }
}
