//! Hands keys, clicks and pasted text of a signed-in user to the popup or the top screen, and
//! carries out the actions that come of it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use super::{
    App, Asker, Effect, Stage,
    heirs::heirs_of,
    terminal::MOST_COPIED,
    workspace::{Divided, OpenPopup, PopupPurpose},
};
use crate::{
    services::{Request, SessionRequest},
    ui::{
        Action, Context, Destination, Notice, Tone,
        keys::{Binding, Command, Key, find},
        popup::{Outcome, Popup, PopupResult},
        question,
        screens::Screen,
        text::{Phrase, Told},
    },
};

impl App {
    /// Handles a key of a signed-in user.
    pub(super) fn workspace_key(&mut self, key: KeyEvent) {
        let Stage::SignedIn(workspace) = &mut self.stage else { return };
        if workspace.locked.is_some() {
            self.locked_key(key);
        } else if let Some(open) = &mut workspace.popup {
            let pressed = Key::from_event(key);
            if let (true, Some(words)) = (pressed == Key::plain(KeyCode::F(1)), open.popup.help_on()) {
                return self.say(Notice::plain(self.context().say(words)));
            }
            let step = if pressed == Key::ctrl('c') { PopupResult::Close } else { open.popup.key(key) };
            self.popup_step(step);
        } else if !self.global_key(key) {
            self.on_top(|screen, ctx| {
                // The letters that are typed into a text field are no commands.
                if let Some(action) = screen.key(key, ctx) {
                    return action;
                }
                match find(&screen.bindings(ctx), Key::from_event(key)) {
                    Some(Binding { unavailable: Some(reason), .. }) => Action::Notice(Notice::bad(reason.clone())),
                    Some(binding) => screen.run(binding.command, ctx),
                    None => Action::None,
                }
            });
        }
    }

    /// Handles pasted text.
    pub(super) fn workspace_paste(&mut self, text: &str) {
        let Stage::SignedIn(workspace) = &mut self.stage else { return };
        if let Some(locked) = &mut workspace.locked {
            locked.popup.paste(text);
        } else if let Some(open) = &mut workspace.popup {
            let step = open.popup.paste(text);
            self.popup_step(step);
        } else {
            self.on_top(|screen, _| screen.paste(text));
        }
    }

    /// Handles a click in the body while no popup is open.
    pub(super) fn workspace_click(&mut self, at: Position, body: Rect) {
        self.on_top(|screen, ctx| screen.click(at, body, ctx));
    }

    /// Lets the top screen do something, and carries out what it wants.
    fn on_top(&mut self, work: impl FnOnce(&mut dyn Screen, &Context) -> Action) {
        let id = self.top_id();
        if let Some(action) = self.on_layer(id, work) {
            self.act(Asker::Screen(id), action);
        }
    }

    /// Carries out what the asker wants.
    pub(super) fn act(&mut self, asker: Asker, action: Action) {
        match action {
            Action::None => {}
            Action::Send(request) => self.send(asker, request),
            Action::Open(Destination::Leave(way)) => self.ask_to_leave(way),
            Action::Open(Destination::Lock) => self.lock(),
            Action::Open(to) => self.push(to),
            Action::Replace(to) => self.replace(asker, to),
            Action::Back => self.back(asker),
            Action::Done(notice) => {
                self.back(asker);
                self.say(notice);
            }
            Action::Refine(query, names) => {
                self.pop();
                self.on_top(|screen, ctx| screen.on_popup(Outcome::Refined(query, names), ctx));
            }
            Action::Popup(popup) => self.open_for(asker, *popup, PopupPurpose::Screen),
            Action::Notice(notice) => self.say(notice),
            Action::Add(text) => {
                if let Some(notice) = self.notice.as_mut().filter(|notice| notice.tone == Tone::Good) {
                    notice.text = format!("{} {text}", notice.text);
                }
            }
            Action::Copy { text, .. } if text.len() > MOST_COPIED => {
                self.say(Notice::bad(self.context().say(Phrase::TooMuchToCopy)));
            }
            Action::Copy { text, told } => {
                self.effects.push(Effect::Copy(text));
                self.say(Notice::plain(told));
            }
            Action::Prefer(preferences) => self.prefer(preferences),
            Action::All(actions) => {
                for action in actions {
                    self.act(asker, action);
                }
            }
        }
    }

    /// Opens a popup now, and sends the request for its lines if it needs one.
    pub(super) fn open_popup(&mut self, mut popup: Popup, purpose: PopupPurpose) {
        let id = self.next;
        self.next += 1;
        let request = popup.load();
        if let Some(workspace) = self.workspace() {
            workspace.popup = Some(OpenPopup { id, popup, purpose });
        }
        if let Some(request) = request {
            self.send(Asker::Popup(id), request);
        }
    }

    /// Opens a popup of the asker. A reply may bring it while the keys go elsewhere. They must not
    /// answer it by accident, so it then opens later.
    pub(super) fn open_for(&mut self, asker: Asker, popup: Popup, purpose: PopupPurpose) {
        let Some(workspace) = self.workspace() else { return };
        if workspace.is_free_for(asker) {
            return self.open_popup(popup, purpose);
        }
        workspace.later.push_back((asker, popup, purpose));
        self.say(Notice::plain(self.context().say(Phrase::QuestionWaits)));
    }

    /// Opens a popup that waits, if the keys no longer go elsewhere.
    pub(super) fn open_next(&mut self) {
        let Some(workspace) = self.workspace().filter(|workspace| workspace.locked.is_none()) else { return };
        let at = workspace.later.iter().position(|(asker, ..)| workspace.is_free_for(*asker));
        if let Some((_, popup, purpose)) = at.and_then(|at| workspace.later.remove(at)) {
            self.open_popup(popup, purpose);
        }
    }

    /// Carries out what a popup wants after a key, pasted text or a reply.
    pub(super) fn popup_step(&mut self, step: PopupResult) {
        match step {
            PopupResult::Stay => {}
            PopupResult::Close => {
                if let Some(open) = self.workspace().and_then(|workspace| workspace.popup.take()) {
                    self.cancelled(open);
                }
            }
            PopupResult::Ask(request) => {
                let id = self.workspace().and_then(|workspace| workspace.popup.as_ref()).map_or(0, |open| open.id);
                self.send(Asker::Popup(id), request);
            }
            PopupResult::Done(outcome) => self.popup_done(outcome),
        }
    }

    /// Says what was not done because this popup was closed. The request behind a question of the
    /// application is not sent, so its asker stops waiting.
    fn cancelled(&mut self, OpenPopup { popup, purpose, .. }: OpenPopup) {
        if let Popup::Confirm(confirm) = popup {
            self.say(Notice::plain(confirm.if_cancelled));
        }
        let (asker, mut request) = match purpose {
            PopupPurpose::Confirm(asker, request) | PopupPurpose::Heirs(asker, request, _) => (asker, request),
            PopupPurpose::Shares(asker, request, divided) => {
                return self.ask_for_other_heirs(asker, request, divided);
            }
            PopupPurpose::Screen | PopupPurpose::Leave(_) | PopupPurpose::Go => return,
        };
        let words = match asker {
            Asker::Undo if !matches!(*request, Request::Import(_)) => {
                self.context().say(Phrase::Told(Told::NothingUndone))
            }
            _ => question::not_done(&request, &self.context()),
        };
        self.say(Notice::plain(words));
        match asker {
            Asker::Screen(id) => drop(self.on_layer(id, |screen, _| screen.stop_waiting())),
            Asker::Undo => {
                // The next time, it asks again who takes over.
                if let Some(heirs) = heirs_of(&mut request) {
                    *heirs = None;
                }
                if let Some(workspace) = self.workspace() {
                    workspace.undo = Some(*request);
                }
            }
            Asker::App | Asker::Lock(_) | Asker::Popup(_) => {}
        }
    }

    /// Closes the popup and does what its outcome is for.
    fn popup_done(&mut self, outcome: Outcome) {
        let Some(open) = self.workspace().and_then(|workspace| workspace.popup.take()) else { return };
        match (open.purpose, outcome) {
            (PopupPurpose::Go | PopupPurpose::Screen, Outcome::Go(to)) => self.act(Asker::App, Action::Open(to)),
            (PopupPurpose::Screen, outcome) => {
                self.on_top(|screen, ctx| screen.on_popup(outcome, ctx));
            }
            (PopupPurpose::Leave(way), Outcome::Confirmed) => self.leave(way),
            (PopupPurpose::Confirm(asker, request), Outcome::Confirmed) => self.send(asker, *request),
            (PopupPurpose::Confirm(asker, request), Outcome::Password(password)) => {
                // The popup stays open until the password is known to be right.
                let popup = open.popup;
                if let Some(workspace) = self.workspace() {
                    workspace.popup =
                        Some(OpenPopup { id: open.id, popup, purpose: PopupPurpose::Confirm(asker, request) });
                }
                self.send(Asker::Popup(open.id), Request::Session(SessionRequest::Confirm { password }));
            }
            (PopupPurpose::Heirs(asker, request, owned), Outcome::Person(Some(heir))) => {
                let divided = Divided { owned, people: vec![*heir], marked: false };
                self.ask_about_shares(asker, request, divided);
            }
            (PopupPurpose::Heirs(asker, request, owned), Outcome::People(people)) => {
                self.ask_about_shares(asker, request, Divided { owned, people, marked: true });
            }
            (PopupPurpose::Shares(asker, request, divided), Outcome::Confirmed) => {
                self.hand_over_to(asker, *request, divided);
            }
            (PopupPurpose::Go, Outcome::Run(command)) => self.run(command),
            (PopupPurpose::Go, Outcome::GoAndRun(to, command)) => {
                self.act(Asker::App, Action::Open(to));
                self.run(command);
            }
            (PopupPurpose::Go, Outcome::GoAndSay(to, words)) => {
                self.act(Asker::App, Action::Open(to));
                self.say(Notice::plain(words));
            }
            _ => {}
        }
    }

    /// Runs a command that was chosen in the help or the palette.
    fn run(&mut self, command: Command) {
        if self.global_run(command) {
            return;
        }
        self.on_top(|screen, ctx| screen.run(command, ctx));
    }
}
