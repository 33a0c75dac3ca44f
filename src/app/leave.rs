//! The ways out: to the home screen, to the sign-in, and out of the program.

use super::{App, Effect, Stage, workspace::PopupPurpose};
use crate::{
    services::{ImportRequest, Request},
    ui::{
        Leave, Notice,
        popup::Popup,
        text::{ImportPhrase, Phrase},
    },
};

impl App {
    /// Whether something would be lost: what was typed, or the reply to a change that is under way.
    /// The home screen is no loss for that reply, since the session still waits for it.
    pub(super) fn would_lose(&self, way: Leave) -> bool {
        self.has_unsaved() || (way != Leave::Home && self.is_writing())
    }

    /// Leaves at once, or asks first when something would be lost.
    pub(super) fn ask_to_leave(&mut self, way: Leave) {
        if self.would_lose(way) {
            let popup = self.question_before(way);
            self.open_popup(popup, PopupPurpose::Leave(way));
        } else {
            self.leave(way);
        }
    }

    /// The question whether to lose it.
    pub(super) fn question_before(&self, way: Leave) -> Popup {
        let ctx = self.context();
        let look_in = match &self.stage {
            Stage::SignedIn(workspace) => workspace.look_in(&ctx),
            Stage::Setup(_) | Stage::SignedOut(_) => None,
        };
        match way {
            Leave::Home if self.is_writing() => Popup::confirm(
                ctx.say(Phrase::StillSaving),
                vec![ctx.say(Phrase::HomeWhileSaving)],
                &ctx.say(Phrase::VerbLeave),
                &ctx,
            ),
            Leave::Quit | Leave::SignOut if self.import_under_way().is_some() => {
                let is_revert = matches!(self.import_under_way(), Some((_, ImportRequest::Revert { .. }, _)));
                let title = if is_revert { ImportPhrase::StillTakingBack } else { ImportPhrase::StillImporting };
                let means = vec![ctx.say(ImportPhrase::LeavingStops)];
                Popup::confirm(ctx.say(title), means, &ctx.say(Phrase::VerbLeave), &ctx)
            }
            Leave::Quit | Leave::SignOut if self.is_writing() => Popup::confirm(
                ctx.say(Phrase::StillSaving),
                vec![ctx.say(Phrase::LeaveWhileSaving)],
                &ctx.say(Phrase::VerbLeave),
                &ctx,
            ),
            Leave::Quit if look_in.is_none() => Popup::confirm(
                ctx.say(Phrase::QuitTitle),
                vec![ctx.say(Phrase::QuitMeans)],
                &ctx.say(Phrase::VerbQuit),
                &ctx,
            ),
            Leave::Quit | Leave::Home | Leave::SignOut => Popup::discard(look_in, &ctx),
        }
    }

    /// Stops imports, and taking them back: nobody would see what becomes of them.
    pub(super) fn stop_imports(&self) {
        for pending in self.pending.iter().chain(&self.given_up) {
            if let Request::Import(asked) = &pending.request
                && let Some(progress) = asked.progress()
            {
                progress.stop();
            }
        }
    }

    /// Leaves without asking.
    pub(super) fn leave(&mut self, way: Leave) {
        match way {
            Leave::Quit => {
                self.stop_imports();
                self.effects.push(Effect::Quit);
            }
            Leave::SignOut => {
                let notice = Notice::plain(self.context().say(Phrase::SignedOutNow));
                self.sign_out(Some(notice));
            }
            Leave::Home => {
                if let Some(workspace) = self.workspace() {
                    for left in workspace.layers.split_off(1) {
                        workspace.keep(left);
                    }
                }
                self.load_top();
            }
        }
    }
}
