//! What happens with the replies of the worker.

use super::{
    App, Asker, Pending, Stage,
    temporary::box_with_password,
    workspace::{OpenPopup, PopupPurpose},
};
use crate::{
    domain::{
        Error, Problem, Reason,
        audit::Subject,
        error::{ConnectionProblem, SignInProblem},
    },
    services::{ReadRequest, Reply, Request, SessionRequest, WriteRequest},
    ui::{
        Action, Notice,
        popup::Popup,
        question::{self, Lasted},
        report,
        text::Phrase,
    },
};

impl App {
    /// Handles a reply in a session: first what the app itself has to do, then the asker.
    pub(super) fn workspace_reply(&mut self, pending: Pending, reply: Result<Reply, Error>) {
        let Pending { asker, request, auth_epoch, .. } = pending;
        let now_under = self.workspace().is_some().then_some(self.session.auth_epoch);
        match reply {
            // The request was sent before the user's own password was changed, so it is sent again.
            Err(Error::SignedOut(_)) if auth_epoch != now_under => self.send(asker, request),
            Err(error @ Error::SignedOut(_)) => {
                let text = self.context().error(&error);
                self.sign_out(Some(Notice::bad(text)));
            }
            Err(Error::PasswordNeeded) => {
                let popup = Popup::password(self.why_password(asker, &request));
                self.open_for(asker, popup, PopupPurpose::Confirm(asker, Box::new(request)));
            }
            Err(Error::NeedsHeir(owned)) => self.ask_for_heirs(asker, request, owned),
            Ok(Reply::Alive { settings, full_name }) => {
                let moved = self.context().error(&Error::Unavailable(ConnectionProblem::Moved));
                self.notice.take_if(|notice| notice.text == moved);
                self.session.settings = *settings;
                self.session.actor.full_name = full_name;
                if let Some(lock) = self.workspace().and_then(|workspace| workspace.locked.as_mut()) {
                    lock.said.take_if(|said| said.text == moved);
                }
            }
            // Nothing can be saved any more, so the user should know before typing more.
            Err(
                error @ Error::Unavailable(
                    ConnectionProblem::Moved | ConnectionProblem::SchemaTooNew | ConnectionProblem::SchemaTooOld(_),
                ),
            ) if matches!(request, Request::Session(SessionRequest::Heartbeat)) => {
                let text = self.context().error(&error);
                self.say(Notice::bad(text));
            }
            Err(_) if matches!(request, Request::Session(SessionRequest::Heartbeat)) => {}
            Ok(Reply::Lists(lists)) => {
                self.lists.clone_from(&lists);
                self.deliver(asker, &request, Ok(Reply::Lists(lists)));
            }
            reply if matches!(request, Request::Session(SessionRequest::Confirm { .. })) => {
                self.confirmed(asker, reply);
            }
            reply => self.deliver(asker, &request, reply),
        }
    }

    /// Why the password is asked for: what the request would do to which record.
    fn why_password(&self, asker: Asker, request: &Request) -> String {
        let ctx = self.context();
        let name = match (&self.stage, asker) {
            (Stage::SignedIn(workspace), Asker::Screen(id)) => {
                let layer = workspace.layers.iter().find(|layer| layer.id == id);
                layer.and_then(|layer| layer.screen.subject_of(request, &ctx))
            }
            // From another screen than its own, when it is undone.
            _ => match request {
                Request::Import(asked) => asked.file_name().map(str::to_owned),
                _ => None,
            },
        };
        match name.and_then(|name| question::deed(request, &name, &ctx)) {
            Some(deed) => format!("{deed}\n{}", ctx.say(Phrase::PasswordWhy(None))),
            None => ctx.say(Phrase::PasswordWhy(request.permission())),
        }
    }

    /// Hands a reply to its asker, after the session has learned from it.
    fn deliver(&mut self, asker: Asker, request: &Request, reply: Result<Reply, Error>) {
        if let (true, Some(workspace)) = (request.writes(), self.workspace()) {
            match &reply {
                // Nothing was written, so the change before it is still the last one.
                Ok(written) if written.changed_nothing() => {}
                // This change is the last one now, even if it cannot be undone.
                Ok(_) if asker == Asker::Undo => (workspace.undo, workspace.lasted) = (None, None),
                Ok(written) => {
                    (workspace.undo, workspace.lasted) = (written.undo(), Lasted::of(request, written));
                }
                // It is unknown whether this change or the one before it is the last.
                Err(Error::OutcomeUnknown | Error::Internal(_)) => (workspace.undo, workspace.lasted) = (None, None),
                Err(_) => {}
            }
        }
        if let Ok(written) = &reply {
            self.take_over(request, written);
        }
        // Even if it was refused, since that may be because of what somebody else has changed.
        if matches!(request, Request::Write(write) if write.arranges_lists()) {
            self.read_lists();
        }
        let shown = reply.as_ref().ok().and_then(|reply| box_with_password(request, reply));
        match asker {
            Asker::Screen(id) if self.has_layer(id) => {
                let action = self.on_layer(id, |screen, ctx| screen.on_reply(request, reply, ctx));
                self.act(asker, action.unwrap_or(Action::None));
            }
            Asker::Screen(_) => self.tell(asker, request, &reply),
            Asker::Popup(id) => self.popup_reply(id, reply),
            // An undo is reported on whatever screen is on top.
            Asker::Undo => match reply {
                Ok(reply) => {
                    let action = report::of_undo(request, &reply, &self.context());
                    self.act(asker, action);
                    self.load_top();
                }
                Err(error) => self.not_undone(request, &error),
            },
            Asker::App | Asker::Lock(_) => {}
        }
        self.show_password(asker, shown);
    }

    /// Reports the outcome of a change or of a file whose screen was closed.
    fn tell(&mut self, asker: Asker, request: &Request, reply: &Result<Reply, Error>) {
        if !request.writes() && !request.writes_file() {
            return;
        }
        let ctx = self.context();
        let action = match reply {
            Ok(reply) => report::of(request, reply, &ctx),
            Err(error) => Action::Notice(Notice::bad(ctx.say(Phrase::NotDone(&ctx.error(error))))),
        };
        self.act(asker, action);
        if reply.is_ok() && request.writes() {
            self.load_top();
        }
    }

    /// Handles the outcome of a change or of a file that the user no longer waited for: it is reported, and a form
    /// becomes what it would have become at once, unless it was sent again since.
    pub(super) fn late_reply(&mut self, Pending { id, request, asker, .. }: &Pending, reply: &Result<Reply, Error>) {
        if !request.writes() {
            return self.tell(*asker, request, reply);
        }
        let unanswered = self.pending.iter().chain(&self.given_up);
        let unanswered = unanswered.filter(|one| one.asker == *asker && one.request.writes());
        let last_unanswered = unanswered.map(|one| one.id).max();
        if reply.as_ref().is_err_and(|error| !matches!(error, Error::OutcomeUnknown)) && last_unanswered.is_none() {
            self.doubt(*asker, false);
        }
        let ctx = self.context();
        let notice = match reply {
            Ok(reply) => {
                let words = report::words(request, reply, &ctx).unwrap_or_default();
                Notice::good(format!("{} {words}", ctx.say(Phrase::SavedAfterAll)).trim_end())
            }
            Err(error) => Notice::bad(ctx.say(Phrase::NotSavedAfterAll(&ctx.error(error)))),
        };
        self.say(notice);
        if let Ok(written) = reply {
            self.take_over(request, written);
            self.load_top();
            if last_unanswered.is_none_or(|last| last < *id) {
                self.late_for_screen(*asker, request, written);
            }
            self.show_password(Asker::App, box_with_password(request, written));
        }
    }

    /// Tells the screen that has sent a change, if it is a form, that it was made after all.
    fn late_for_screen(&mut self, asker: Asker, request: &Request, written: &Reply) {
        let Asker::Screen(id) = asker else { return };
        let Some(Some(action)) = self.on_layer(id, |screen, ctx| screen.saved_after_all(request, written, ctx)) else {
            return;
        };
        // What a question of the form says of the doubt is no longer true.
        if let Some(workspace) = self.workspace().filter(|workspace| workspace.asks_about(id)) {
            workspace.popup = None;
        }
        self.act(asker, action);
    }

    /// Reads how the user's lists are arranged.
    pub(super) fn read_lists(&mut self) {
        self.send(Asker::App, ReadRequest::Lists.into());
    }

    /// Updates the session after a change, and marks the screens below the top one to be read again.
    fn take_over(&mut self, request: &Request, written: &Reply) {
        let top = self.top_id();
        if let Request::Write(WriteRequest::RecordPayment { draft, .. }) = request {
            self.method = draft.method;
        }
        let Some(workspace) = self.workspace().filter(|_| request.writes()) else { return };
        for layer in workspace.layers.iter_mut().filter(|layer| layer.id != top) {
            layer.stale = true;
        }
        if let Request::Write(WriteRequest::UpdateSettings(settings)) = request {
            let written = settings.checked(Some(&self.session.settings));
            self.session.settings = written.unwrap_or_else(|_| settings.clone());
        }
        if let Reply::Saved { subject: Subject::Settings, version, .. } = written {
            self.session.settings.version = *version;
        }
        if let Reply::PasswordChanged { auth_epoch } = written {
            self.session.auth_epoch = *auth_epoch;
            self.session.must_change_password = false;
            self.read_lists();
        }
    }

    /// Reports why an undo failed. If the database was unavailable, or the user stopped it, it can be tried again.
    fn not_undone(&mut self, request: &Request, error: &Error) {
        let text = match error {
            Error::Conflict(conflict) => self.context().say(Phrase::UndoTooLate(&conflict.by)),
            // A record that was given away can be taken back only until another user changes it.
            Error::Denied(Reason::NotYourClient | Reason::NotYourEvent) => self.context().say(Phrase::UndoTooLate("")),
            error => self.context().error(error),
        };
        if let (Error::Unavailable(_) | Error::Stopped, Some(workspace)) = (error, self.workspace()) {
            workspace.undo = Some(match request {
                Request::Import(asked) => asked.again().into(),
                request => request.clone(),
            });
        }
        self.say(Notice::bad(text));
    }

    /// Hands a reply to the popup that asked for it, if that is still open.
    fn popup_reply(&mut self, id: u64, reply: Result<Reply, Error>) {
        let Some((workspace, ctx)) = self.workspace_parts() else { return };
        let Some(open) = workspace.popup.as_mut().filter(|open| open.id == id) else { return };
        let (step, failed) = match reply {
            Ok(reply) => (open.popup.on_reply(reply, &ctx), None),
            Err(error) => (open.popup.on_failure(), Some(ctx.error(&error))),
        };
        if let Some(failed) = failed {
            self.say(Notice::bad(failed));
        }
        self.popup_step(step);
    }

    /// Handles the check of a password: for the lock or the popup that asked for it, if that is still
    /// open, and for no other.
    fn confirmed(&mut self, asker: Asker, reply: Result<Reply, Error>) {
        let problem = reply.as_ref().err().map(|error| match error {
            // Only the password is asked for here, so the name cannot be wrong.
            Error::SignIn(SignInProblem::Wrong) => self.context().problem(Problem::WrongPassword),
            error => self.context().error(error),
        });
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
                        self.session.confirmed_at = Some(at);
                        self.send(asker, *request);
                    }
                    (purpose, _) => {
                        if let Popup::Password(password) = &mut open.popup {
                            password.problem = problem;
                        }
                        workspace.popup = Some(OpenPopup { purpose, ..open });
                    }
                }
            }
            Asker::App | Asker::Undo | Asker::Screen(_) => {}
        }
    }
}
