//! Requests that are under way: sending them, receiving their replies, and giving up on them.

use super::{App, Asker, Effect, Stage, workspace::Lock};
use crate::{
    domain::Error,
    services::{ImportRequest, Reply, Request, SessionRequest, import::Progress},
    ui::{
        Notice,
        popup::Popup,
        text::{ImportPhrase, Phrase, Told},
    },
};

/// A request whose reply is awaited.
#[derive(Debug)]
pub(super) struct Pending {
    pub id: u64,
    pub asker: Asker,
    pub request: Request,
    /// The `auth_epoch` of the session that sent it; `None` before sign-in.
    pub auth_epoch: Option<i32>,
    /// When it was sent, on the clock of [`crate::domain::session::Moment::ticks`].
    pub since: u64,
}

/// Milliseconds until a spinner shows, and until a sentence says that it takes long.
pub(super) const SPINNER_AFTER: u64 = 150;
pub(super) const PATIENCE: u64 = 4_000;

impl App {
    /// Whether a request is under way that changes the database.
    pub(super) fn is_writing(&self) -> bool {
        self.pending.iter().any(|pending| pending.request.writes())
    }

    /// The request that imports a file or takes an import back, if one is under way.
    pub(super) fn import_under_way(&self) -> Option<(&Pending, &ImportRequest, &Progress)> {
        self.pending.iter().find_map(|pending| match &pending.request {
            Request::Import(asked) => Some((pending, asked, asked.progress()?)),
            _ => None,
        })
    }

    /// Whether a reply is awaited, other than that to a heartbeat.
    pub(super) fn is_waiting(&self) -> bool {
        self.pending.iter().any(|pending| !matches!(pending.request, Request::Session(SessionRequest::Heartbeat)))
    }

    /// Sends a request; its reply goes to the asker.
    pub(super) fn send(&mut self, asker: Asker, request: Request) {
        let id = self.next;
        self.next += 1;
        let session = match &self.stage {
            Stage::SignedIn(_) => Some(Box::new(self.session.clone())),
            Stage::Setup(_) | Stage::SignedOut(_) => None,
        };
        let auth_epoch = session.as_ref().map(|session| session.auth_epoch);
        self.effects.push(Effect::Send { id, session, request: Box::new(request.clone()) });
        self.pending.push(Pending { id, asker, request, auth_epoch, since: self.now.ticks });
    }

    /// Handles a reply, also one that the user no longer waits for if it tells the outcome of a write or of a file.
    pub(super) fn reply(&mut self, id: u64, reply: Result<Reply, Error>) {
        let taken = |list: &mut Vec<Pending>| {
            let at = list.iter().position(|pending| pending.id == id)?;
            Some(list.remove(at))
        };
        if let Some(pending) = taken(&mut self.pending) {
            match &self.stage {
                Stage::Setup(_) => self.setup_reply(&pending.request, reply),
                Stage::SignedOut(_) => self.login_reply(reply),
                Stage::SignedIn(_) => self.workspace_reply(pending, reply),
            }
        } else if let Some(pending) = taken(&mut self.given_up) {
            match &self.stage {
                Stage::Setup(_) if matches!(reply, Ok(Reply::IsSetUp { .. } | Reply::Migrated(_))) => {
                    self.setup_reply(&pending.request, reply);
                }
                Stage::SignedIn(_) => self.late_reply(&pending, &reply),
                Stage::Setup(_) | Stage::SignedOut(_) => {}
            }
        }
    }

    /// Stops waiting for all replies, if the user already sees that one takes long; returns whether it
    /// did. The user asks for this with Esc.
    pub(super) fn give_up(&mut self) -> bool {
        let waited = |pending: &Pending| {
            !matches!(pending.request, Request::Session(SessionRequest::Heartbeat))
                && self.now.ticks.saturating_sub(pending.since) > SPINNER_AFTER
        };
        if !self.pending.iter().any(waited) {
            return false;
        }
        // Esc on a locked screen, or in a question, does not mean the import behind it.
        let is_behind =
            self.workspace().is_some_and(|workspace| workspace.popup.is_some() || workspace.locked.is_some());
        if is_behind && self.import_under_way().is_some() {
            return false;
        }
        if self.stop_import() {
            return true;
        }
        // This includes requests that were sent after the one that takes long.
        let writing = self.is_writing();
        for asker in self.pending.iter().filter(|one| one.request.writes()).map(|one| one.asker).collect::<Vec<_>>() {
            self.doubt(asker, true);
        }
        let file = !writing && self.pending.iter().any(|pending| pending.request.writes_file());
        let matters = |pending: &Pending| pending.request.writes() || pending.request.writes_file();
        self.given_up.extend(self.pending.drain(..).filter(matters));
        self.effects.push(Effect::Abandon);
        match &mut self.stage {
            Stage::Setup(setup) => setup.waiting = false,
            Stage::SignedOut(form) => form.saving = false,
            Stage::SignedIn(workspace) => {
                workspace.stop_waiting();
                // It is unknown whether this change or the one before it is the last.
                if writing {
                    (workspace.undo, workspace.lasted) = (None, None);
                }
            }
        }
        let gave_up = self.context().say(match (writing, file) {
            (true, _) => Phrase::GaveUpWriting,
            (false, true) => Phrase::Told(Told::GaveUpFile),
            (false, false) => Phrase::GaveUp,
        });
        let next = if file { String::new() } else { self.what_next(writing) };
        let notice = Notice::bad(format!("{gave_up} {next}").trim_end());
        if let Some(Lock { popup: Popup::Password(password), .. }) =
            self.workspace().and_then(|workspace| workspace.locked.as_mut())
        {
            password.problem = Some(notice.text.clone());
        }
        self.say(notice);
        true
    }

    /// Stops the import that is under way, or taking it back, whose reply is then awaited; false if there is none, or it was stopped
    /// already and still does not answer.
    fn stop_import(&mut self) -> bool {
        let Some((_, asked, progress)) = self.import_under_way().filter(|(.., progress)| !progress.is_stopped()) else {
            return false;
        };
        progress.stop();
        let words = match asked {
            ImportRequest::Revert { .. } => ImportPhrase::StoppingToTakeBack,
            ImportRequest::Write(..)
            | ImportRequest::Open(_)
            | ImportRequest::Complete(_)
            | ImportRequest::Preview(_)
            | ImportRequest::SaveRefused(_)
            | ImportRequest::List => ImportPhrase::Stopping,
        };
        self.say(Notice::plain(self.context().say(words)));
        true
    }

    /// What the user can do after giving up.
    fn what_next(&self, writing: bool) -> String {
        let ctx = self.context();
        let Stage::SignedIn(workspace) = &self.stage else { return ctx.say(Phrase::EnterTriesAgain) };
        if workspace.locked.is_some() {
            return ctx.say(Phrase::TypeAgain);
        }
        let form = workspace.top().is_none_or(|layer| layer.screen.is_filled_in());
        let look_in = workspace.top().and_then(|layer| layer.screen.look_in(&ctx)).filter(|_| writing);
        if let Some(place) = look_in.filter(|_| workspace.popup.is_none()) {
            return place;
        }
        ctx.say(match (form, writing) {
            _ if workspace.popup.is_some() => Phrase::NoHint,
            (true, true) => Phrase::LookBeforeSaving,
            (true, false) => Phrase::NoHint,
            (false, true) => Phrase::F5Shows,
            (false, false) => Phrase::F5TriesAgain,
        })
    }

    /// Tells the screen that has sent a change that its outcome is unknown, or that it was not made.
    pub(super) fn doubt(&mut self, asker: Asker, unknown: bool) {
        if let Asker::Screen(id) = asker {
            self.on_layer(id, |screen, _| screen.doubt(unknown));
        }
    }
}
