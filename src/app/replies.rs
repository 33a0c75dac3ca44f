//! What the worker answers, what time brings, and the lock.

use crossterm::event::KeyEvent;

use super::{
    App, Asker, Effect, Pending,
    desk::{For, HEARTBEAT, Lock, Open},
};
use crate::{
    domain::{Error, Reason, error::ConnectionProblem, user::Role},
    services::{Reply, Request},
    ui::{
        Notice, actions,
        keys::Key,
        popup::{Destination, Outcome, Popup, Source, Step},
        text::W,
    },
};

impl App {
    pub(super) fn desk_reply(&mut self, pending: Pending, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let Pending { asker, request, auth_epoch, .. } = pending;
        let now_under = self.desk().map(|desk| desk.session.auth_epoch);
        match reply {
            // Asked before the own password was changed, answered after it: asked again.
            Err(Error::SignedOut(_)) if auth_epoch != now_under => self.send(asker, request, effects),
            Err(error @ Error::SignedOut(_)) => {
                let text = self.context().error(&error);
                self.sign_out(Some(Notice::bad(text)));
            }
            Err(Error::PasswordNeeded) => {
                let popup = Popup::password(self.context().say(W::PasswordWhy));
                self.open_popup(popup, For::Confirm(asker, Box::new(request)), effects);
            }
            Err(Error::NeedsHeir(inheritance)) => {
                let title = self.context().say(W::HeirFor(inheritance));
                let role: Role = inheritance.role;
                let popup = Popup::picker(title, Source::People(role), None);
                self.open_popup(popup, For::Heir(asker, Box::new(request)), effects);
            }
            Ok(Reply::Alive { settings, full_name }) => {
                if let Some(desk) = self.desk() {
                    desk.session.settings = *settings;
                    desk.session.actor.full_name = full_name;
                }
            }
            // Nothing can be saved any more: to be known before anybody types more.
            Err(
                error @ Error::Unavailable(
                    ConnectionProblem::Moved | ConnectionProblem::SchemaTooNew | ConnectionProblem::SchemaTooOld(_),
                ),
            ) if matches!(request, Request::Heartbeat) => {
                let text = self.context().error(&error);
                self.say(Notice::bad(text));
            }
            Err(_) if matches!(request, Request::Heartbeat) => {}
            reply if matches!(request, Request::Confirm { .. }) => self.confirmed(reply, effects),
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
        if let Ok(Reply::PasswordChanged { auth_epoch }) = &reply
            && let Some(desk) = self.desk()
        {
            desk.session.auth_epoch = *auth_epoch;
            desk.session.must_change_password = false;
        }
        if let (Ok(written), true) = (&reply, request.writes()) {
            let top = self.top_id();
            if let Some(desk) = self.desk() {
                // Another change, also one that has no way back, is the last one now.
                desk.undo = if asker == Asker::App { None } else { written.undo() };
                for layer in desk.layers.iter_mut().filter(|layer| layer.id != top) {
                    layer.stale = true;
                }
            }
            if let Request::UpdateSettings(settings) = request
                && let Some(desk) = self.desk()
            {
                desk.session.settings = settings.clone();
            }
        }
        match asker {
            Asker::Layer(id) => {
                if let Some(action) = self.with_layer(id, |screen, ctx| screen.on_reply(request, reply, ctx)) {
                    self.act(Asker::Layer(id), action, effects);
                }
            }
            Asker::Popup(id) => self.popup_reply(id, reply, effects),
            // The last change was taken back: said on whatever screen that was.
            Asker::App => match reply {
                Ok(reply) => {
                    let ctx = self.context();
                    let what = actions::words(&reply, &ctx).filter(|_| !matches!(reply, Reply::Saved { .. }));
                    let text = format!("{} {}", ctx.say(W::Undone), what.unwrap_or_default());
                    self.say(Notice::good(text.trim_end()));
                    self.load_top(effects);
                }
                Err(error) => self.not_undone(request, &error),
            },
        }
    }

    /// Says why; what the database only was in no state to do can be tried again.
    fn not_undone(&mut self, request: &Request, error: &Error) {
        let text = match error {
            Error::Conflict(conflict) => self.context().say(W::UndoTooLate(&conflict.by)),
            // What was given away is taken back only while nobody has touched it.
            Error::Denied(Reason::NotYourClient | Reason::NotYourEvent) => self.context().say(W::UndoTooLate("")),
            error => self.context().error(error),
        };
        if let (Error::Unavailable(_), Some(desk)) = (error, self.desk()) {
            desk.undo = Some(request.clone());
        }
        self.say(Notice::bad(text));
    }

    pub(super) fn popup_reply(&mut self, id: u64, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let open = self.desk().and_then(|desk| desk.popup.take());
        let Some(mut open) = open else { return };
        let mut step = Step::Stay;
        if open.id == id {
            step = match reply {
                Ok(reply) => open.popup.on_reply(reply, &self.context()),
                Err(error) => {
                    self.say(Notice::bad(self.context().error(&error)));
                    open.popup.on_failure()
                }
            };
        }
        if let Some(desk) = self.desk() {
            desk.popup = Some(open);
        }
        self.popup_step(step, effects);
    }

    /// The password was right, or not: for the lock, or for a request that waits.
    pub(super) fn confirmed(&mut self, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let problem = reply.as_ref().err().map(|error| self.context().error(error));
        let now = self.now.ticks;
        let Some(desk) = self.desk() else { return };
        if let Some(lock) = &mut desk.locked {
            if reply.is_ok() {
                let said = desk.locked.take().and_then(|lock| lock.said);
                desk.last_activity = now;
                self.notice = said;
            } else if let Popup::Password(password) = &mut lock.popup {
                password.problem = problem;
            }
            return;
        }
        match (desk.popup.take(), reply) {
            (Some(Open { purpose: For::Confirm(asker, request), .. }), Ok(Reply::Confirmed { at })) => {
                desk.session.confirmed_at = Some(at);
                self.send(asker, *request, effects);
            }
            (Some(mut open), _) => {
                if let Popup::Password(password) = &mut open.popup {
                    password.problem = problem;
                }
                desk.popup = Some(open);
            }
            (None, _) => {}
        }
    }

    pub(super) fn lock(&mut self) {
        let popup = Popup::password(self.context().say(W::LockedMeans));
        if let Some(desk) = self.desk() {
            desk.locked = Some(Lock { popup, leaving: None, said: None });
        }
        self.notice = None;
    }

    pub(super) fn locked_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let ctrl_c = Key::from_event(key) == Key::ctrl('c');
        let Some(lock) = self.desk().and_then(|desk| desk.locked.as_mut()) else { return };
        if let Popup::Password(password) = &mut lock.popup {
            password.problem = None;
        }
        match (lock.leaving, lock.popup.key(key)) {
            (Some(to), Step::Done(Outcome::Confirmed)) => self.leave(to, effects),
            (Some(_), Step::Close) => self.relock(),
            (None, Step::Done(Outcome::Password(password))) => {
                self.send(Asker::App, Request::Confirm { password }, effects);
            }
            (None, Step::Close) => self.leave_lock(Destination::SignOut, effects),
            (None, _) if ctrl_c => self.leave_lock(Destination::Quit, effects),
            _ => {}
        }
    }

    /// Back from the question to the password field.
    fn relock(&mut self) {
        let popup = Popup::password(self.context().say(W::LockedMeans));
        if let Some(lock) = self.desk().and_then(|desk| desk.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, None);
        }
    }

    /// Without the password the session can only be given up, with all that was typed.
    fn leave_lock(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        if !self.has_unsaved() {
            return self.leave(to, effects);
        }
        let popup = self.question_before(to);
        if let Some(lock) = self.desk().and_then(|desk| desk.locked.as_mut()) {
            (lock.popup, lock.leaving) = (popup, Some(to));
        }
    }

    /// Locks a session that nobody has used for too long; whether it did so just now.
    pub(super) fn lock_when_idle(&mut self) -> bool {
        let now = self.now.ticks;
        let idle = self.desk().is_some_and(|desk| {
            let limit = u64::from(desk.session.settings.session_minutes) * 60_000;
            desk.locked.is_none() && now.saturating_sub(desk.last_activity) >= limit
        });
        if idle {
            self.lock();
        }
        idle
    }

    pub(super) fn desk_tick(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now;
        let Some(desk) = self.desk() else { return };
        let due = now.ticks.saturating_sub(desk.last_heartbeat) >= HEARTBEAT;
        if due {
            desk.last_heartbeat = now.ticks;
        }
        let beating = self.pending.iter().any(|pending| matches!(pending.request, Request::Heartbeat));
        if due && !beating {
            self.send(Asker::App, Request::Heartbeat, effects);
        }
    }
}
