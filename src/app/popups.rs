//! Popups over the top screen: opening, answering, and where the palette leads.

use super::{
    App, Asker, Effect,
    workspace::{Open, PopupPurpose},
};
use crate::{
    domain::entity::{EntityKind, Query},
    services::{Request, SessionRequest, WriteRequest},
    ui::{
        Action, Notice, actions,
        keys::Command,
        popup::{Destination, Outcome, Popup, PopupResult},
        screens::{
            Screen,
            calendar::Calendar,
            detail::Detail,
            form::Form,
            home::{self, HomeScreen},
            list::List,
        },
        text::Phrase,
    },
};

impl App {
    pub(super) fn open_popup(&mut self, mut popup: Popup, purpose: PopupPurpose, effects: &mut Vec<Effect>) {
        let id = self.next;
        self.next += 1;
        let request = popup.load();
        if let Some(workspace) = self.workspace() {
            workspace.popup = Some(Open { id, popup, purpose });
        }
        if let Some(request) = request {
            self.send(Asker::Popup(id), request, effects);
        }
    }

    /// Opens a popup for whoever asked. A reply may bring it while the keys go elsewhere: those
    /// must not answer it, so it waits until they do so no more.
    pub(super) fn open_for(&mut self, asker: Asker, popup: Popup, purpose: PopupPurpose, effects: &mut Vec<Effect>) {
        let Some(workspace) = self.workspace() else { return };
        if workspace.is_free_for(asker) {
            return self.open_popup(popup, purpose, effects);
        }
        workspace.later.push_back((asker, popup, purpose));
        self.say(Notice::plain(self.context().say(Phrase::QuestionWaits)));
    }

    /// Opens a popup that waits, once the keys do not go elsewhere any more.
    pub(super) fn open_next(&mut self, effects: &mut Vec<Effect>) {
        let Some(workspace) = self.workspace().filter(|workspace| workspace.locked.is_none()) else { return };
        let at = workspace.later.iter().position(|(asker, ..)| workspace.is_free_for(*asker));
        if let Some((_, popup, purpose)) = at.and_then(|at| workspace.later.remove(at)) {
            self.open_popup(popup, purpose, effects);
        }
    }

    pub(super) fn popup_step(&mut self, step: PopupResult, effects: &mut Vec<Effect>) {
        match step {
            PopupResult::Stay => {}
            PopupResult::Close => {
                let closed = self.workspace().and_then(|workspace| workspace.popup.take());
                // Whoever waits for this request does so no more.
                if let Some(Open {
                    purpose: PopupPurpose::Confirm(asker, request) | PopupPurpose::Heir(asker, request),
                    ..
                }) = closed
                {
                    match asker {
                        Asker::Layer(id) => drop(self.with_layer(id, |screen, _| screen.stop_waiting())),
                        Asker::Undo => {
                            if let Some(workspace) = self.workspace() {
                                workspace.undo = Some(*request);
                            }
                        }
                        Asker::App | Asker::Lock(_) | Asker::Popup(_) => {}
                    }
                }
            }
            PopupResult::Ask(request) => {
                let id = self.workspace().and_then(|workspace| workspace.popup.as_ref()).map_or(0, |open| open.id);
                self.send(Asker::Popup(id), request, effects);
            }
            PopupResult::Done(outcome) => self.popup_done(outcome, effects),
        }
    }

    pub(super) fn popup_done(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(open) = self.workspace().and_then(|workspace| workspace.popup.take()) else { return };
        match (open.purpose, outcome) {
            (PopupPurpose::Screen, outcome) => {
                let id = self.top_id();
                if let Some(action) = self.with_layer(id, |screen, ctx| screen.on_popup(outcome, ctx)) {
                    self.act(Asker::Layer(id), action, effects);
                }
            }
            (PopupPurpose::Leave(to), Outcome::Confirmed) => self.leave(to, effects),
            (PopupPurpose::Confirm(asker, request), Outcome::Password(password)) => {
                // Open until the password has been found right.
                let popup = open.popup;
                if let Some(workspace) = self.workspace() {
                    workspace.popup = Some(Open { id: open.id, popup, purpose: PopupPurpose::Confirm(asker, request) });
                }
                self.send(Asker::Popup(open.id), Request::Session(SessionRequest::Confirm { password }), effects);
            }
            (PopupPurpose::Heir(asker, request), Outcome::Person(Some(heir), _)) => {
                let request = match *request {
                    Request::Write(WriteRequest::DeactivateUser { id, version, .. }) => {
                        Request::Write(WriteRequest::DeactivateUser { id, version, heir: Some(heir) })
                    }
                    Request::Write(WriteRequest::UpdateUser { id, version, draft, .. }) => {
                        Request::Write(WriteRequest::UpdateUser { id, version, draft, heir: Some(heir) })
                    }
                    other => other,
                };
                self.send(asker, request, effects);
            }
            (PopupPurpose::Go, Outcome::Run(command)) => self.run(command, effects),
            (PopupPurpose::Go, Outcome::Go(to)) => self.go(to, effects),
            _ => {}
        }
    }

    /// Where the palette leads: the screens of this role, and what can be made or done.
    pub(super) fn destinations(&self) -> Vec<(String, Outcome)> {
        use strum::IntoEnumIterator;
        let ctx = self.context();
        let go = |label: String, to| (label, Outcome::Go(to));
        let mut all = vec![go(ctx.say(Phrase::Home), Destination::Home)];
        let lists = EntityKind::iter().filter(|kind| List::may_open(*kind, &ctx));
        all.extend(lists.map(|kind| go(ctx.say(Phrase::ListOf(kind)), Destination::List(kind))));
        if List::may_open(EntityKind::Event, &ctx) {
            all.push(go(ctx.say(Phrase::Calendar), Destination::Calendar));
        }
        let news = [
            (EntityKind::Client, Phrase::NewClient),
            (EntityKind::Contract, Phrase::NewContract),
            (EntityKind::Event, Phrase::NewEvent),
            (EntityKind::User, Phrase::NewUser),
        ];
        let allowed = news.into_iter().filter(|(kind, _)| actions::creation_refusal(*kind, &ctx).is_none());
        all.extend(allowed.map(|(kind, label)| go(ctx.say(label), Destination::New(kind))));
        for line in HomeScreen::lines(&ctx) {
            match line {
                home::Line::Settings => all.push(go(ctx.say(Phrase::Settings), Destination::Settings)),
                home::Line::Preferences => all.push(go(ctx.say(Phrase::Preferences), Destination::Preferences)),
                home::Line::Password => all.push(go(ctx.say(Phrase::OwnPassword), Destination::Password)),
                home::Line::Waiting(_) | home::Line::Section(_) => {}
            }
        }
        for binding in self.screen_bindings() {
            if binding.unavailable.is_none() && !binding.label.is_empty() {
                all.push((format!("{} ({})", binding.help, ctx.key(binding.key)), Outcome::Run(binding.command)));
            }
        }
        all.push(go(ctx.say(Phrase::Lock), Destination::Lock));
        all.push(go(ctx.say(Phrase::SignOut), Destination::SignOut));
        all.push(go(ctx.say(Phrase::VerbQuit), Destination::Quit));
        all
    }

    /// A command that was chosen in help or palette instead of by its key.
    pub(super) fn run(&mut self, command: Command, effects: &mut Vec<Effect>) {
        if self.shell_run(command, effects) {
            return;
        }
        let id = self.top_id();
        if let Some(action) = self.with_layer(id, |screen, ctx| screen.run(command, ctx)) {
            self.act(Asker::Layer(id), action, effects);
        }
    }

    pub(super) fn go(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        let ctx = self.context();
        let screen = match to {
            Destination::Home | Destination::SignOut | Destination::Quit => return self.ask_to_leave(to, effects),
            Destination::List(kind) => Screen::List(Box::new(List::new(Query::all(kind)))),
            Destination::Calendar => Screen::Calendar(Box::new(Calendar::new(ctx.now.date()))),
            Destination::Record(kind, id) => Screen::Detail(Box::new(Detail::new(kind, id))),
            Destination::New(kind) => Screen::Form(Box::new(match kind {
                EntityKind::Client => Form::new_client(&ctx),
                EntityKind::Contract => Form::new_contract(None),
                EntityKind::Event => Form::new_event(None),
                EntityKind::User | EntityKind::Audit => Form::new_user(&ctx),
            })),
            Destination::Settings => Screen::Form(Box::new(Form::settings(&ctx))),
            Destination::Preferences => Screen::Form(Box::new(Form::preferences(&ctx))),
            Destination::Password => Screen::Form(Box::new(Form::own_password(false))),
            Destination::Lock => return self.lock(),
        };
        self.act(Asker::App, Action::Open(Box::new(screen)), effects);
    }

    /// Whether something would be lost: what was typed, or the answer to a change under way.
    /// On the way home nobody stops waiting for it.
    pub(super) fn would_lose(&self, to: Destination) -> bool {
        self.has_unsaved() || (to != Destination::Home && self.is_writing())
    }

    /// Leaves at once, or asks first when something would be lost.
    pub(super) fn ask_to_leave(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        if self.would_lose(to) {
            let popup = self.question_before(to);
            self.open_popup(popup, PopupPurpose::Leave(to), effects);
        } else {
            self.leave(to, effects);
        }
    }

    pub(super) fn question_before(&self, to: Destination) -> Popup {
        let ctx = self.context();
        match to {
            Destination::Home if self.is_writing() => Popup::confirm(
                ctx.say(Phrase::StillSaving),
                vec![ctx.say(Phrase::HomeWhileSaving)],
                ctx.say(Phrase::VerbLeave),
                &ctx,
            ),
            Destination::Quit | Destination::SignOut if self.is_writing() => Popup::confirm(
                ctx.say(Phrase::StillSaving),
                vec![ctx.say(Phrase::LeaveWhileSaving)],
                ctx.say(Phrase::VerbLeave),
                &ctx,
            ),
            Destination::Quit => Popup::confirm(
                ctx.say(Phrase::QuitTitle),
                vec![ctx.say(Phrase::QuitMeans)],
                ctx.say(Phrase::VerbQuit),
                &ctx,
            ),
            _ => Popup::discard(&ctx),
        }
    }

    pub(super) fn leave(&mut self, to: Destination, effects: &mut Vec<Effect>) {
        match to {
            Destination::Quit => effects.push(Effect::Quit),
            Destination::SignOut => {
                let notice = Notice::plain(self.context().say(Phrase::SignedOutNow));
                self.sign_out(Some(notice));
            }
            _ => {
                if let Some(workspace) = self.workspace() {
                    for left in workspace.layers.split_off(1) {
                        workspace.keep(left);
                    }
                }
                self.load_top(effects);
            }
        }
    }
}
