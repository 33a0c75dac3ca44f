//! Before anybody has signed in: the wizard that sets a company up, and the sign-in.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Asker, Effect, Stage, workspace::Workspace};
use crate::{
    domain::{Error, Field, language::Language, session::Session},
    services::{Migrated, Reply, Request},
    ui::{
        Action, Destination, Notice, Preferences,
        actions::{bind, bind_quietly},
        form::{self, FormField},
        keys::{Binding, Command, Key},
        popup::{self, Outcome, Popup},
        screens::{
            form::Form,
            setup::{Ended, Wish, WizardPage},
        },
        text::{AdminPhrase, Phrase, SetUpPhrase, capitalised},
    },
};

impl App {
    /// The keys of the screens before sign-in.
    pub(super) fn signed_out_bindings(&self) -> Vec<Binding> {
        let ctx = self.context();
        let named = |command, key: Key, label: Phrase| {
            let binding = bind(command, &ctx, None);
            Binding { key, label: ctx.say(label).into(), ..binding }
        };
        let quit = named(Command::Quit, Key::ctrl('c'), Phrase::QuitKey);
        let help = Binding { key: Key::plain(KeyCode::F(1)), ..bind(Command::Help, &ctx, None) };
        let Stage::Setup(setup) = &self.stage else {
            let enter =
                Binding { help: format!("{}.", ctx.say(Phrase::SignIn)).into(), ..bind(Command::Open, &ctx, None) };
            return vec![
                Binding { label: ctx.say(Phrase::SignIn).to_lowercase().into(), ..enter },
                named(Command::NextField, Key::plain(KeyCode::Tab), Phrase::NextKey),
                bind(Command::Language, &ctx, None),
                quit,
                help,
            ];
        };
        let next = match setup.step {
            WizardPage::Server => Phrase::SetUp(SetUpPhrase::TestKey),
            WizardPage::Update => Phrase::SetUp(SetUpPhrase::UpdateKey),
            WizardPage::Summary | WizardPage::Statements if setup.moves() && setup.has_written() => {
                Phrase::SetUp(SetUpPhrase::CheckKey)
            }
            WizardPage::Summary | WizardPage::Statements if setup.moves() => Phrase::SetUp(SetUpPhrase::CopyKey),
            WizardPage::Summary | WizardPage::Statements => Phrase::SetUp(SetUpPhrase::CreateKey),
            WizardPage::Language
            | WizardPage::Place
            | WizardPage::Move
            | WizardPage::Account
            | WizardPage::Company
            | WizardPage::Manager => Phrase::NextKey,
        };
        // On a page without fields to type in, Enter goes on too.
        let enters = !setup.form().entries.iter().any(FormField::is_text);
        let forward = if enters { Key::plain(KeyCode::Enter) } else { ctx.keys.of(Command::Save) };
        let help_of_next = match next {
            Phrase::NextKey => ctx.say(SetUpPhrase::NextMeans),
            verb => format!("{}.", capitalised(&ctx.say(verb))),
        };
        let on = Binding { help: help_of_next.into(), ..named(Command::Save, forward, next) };
        let (at, _) = setup.progress();
        let back = if at == 1 { quit } else { named(Command::Back, Key::plain(KeyCode::Esc), Phrase::BackKey) };
        let choose = |first, second| {
            let one = bind_quietly(first, &ctx);
            let label = ctx.say(Phrase::KeyChoose).into();
            vec![Binding { help: "".into(), ..one }, Binding { label, help: "".into(), ..bind(second, &ctx, None) }]
        };
        let tab = || vec![bind(Command::NextField, &ctx, None)];
        let (before, after) = match setup.step {
            WizardPage::Language | WizardPage::Place | WizardPage::Move => {
                (choose(Command::Left, Command::Right), Vec::new())
            }
            WizardPage::Server | WizardPage::Account | WizardPage::Company | WizardPage::Manager => (Vec::new(), tab()),
            WizardPage::Update | WizardPage::Summary => (Vec::new(), Vec::new()),
            WizardPage::Statements => (vec![bind(Command::Copy, &ctx, None)], choose(Command::Up, Command::Down)),
        };
        let mut all = before;
        all.extend([on, back]);
        all.extend(after);
        all.extend([bind(Command::Language, &ctx, None), help]);
        all
    }

    /// Handles the keys of the help, and those that quit, before sign-in; returns whether the key was
    /// one of these.
    pub(super) fn signed_out_key(&mut self, key: KeyEvent) -> bool {
        let pressed = Key::from_event(key);
        let is_help = pressed == Key::plain(KeyCode::F(1));
        if let (true, Some(words)) = (is_help, self.over.as_ref().and_then(Popup::help_on)) {
            self.say(Notice::plain(self.context().say(words)));
            return true;
        }
        if let Some(mut over) = self.over.take() {
            match over.key(key) {
                popup::PopupResult::Done(Outcome::Run(command)) => {
                    let bound = self.signed_out_bindings().into_iter().find(|binding| binding.command == command);
                    if let Some(Binding { key: Key { code, ctrl }, .. }) = bound {
                        let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                        self.key(KeyEvent::new(code, modifiers));
                    }
                }
                popup::PopupResult::Done(outcome) => {
                    if let (Stage::Setup(setup), ctx) = self.parts() {
                        setup.on_popup(outcome, &ctx);
                    }
                }
                popup::PopupResult::Close => {}
                popup::PopupResult::Stay | popup::PopupResult::Ask(_) => self.over = Some(over),
            }
            return true;
        }
        if is_help {
            let notes: &[Phrase] = match self.stage {
                Stage::SignedOut(_) => {
                    &[Phrase::Admin(AdminPhrase::ForgotPassword), Phrase::Admin(AdminPhrase::ManagerForgotPassword)]
                }
                _ => &[],
            };
            self.over = Some(Popup::help_with(&self.signed_out_bindings(), notes, &self.context()));
        } else if pressed == Key::ctrl('c') || pressed == Key::ctrl('q') {
            self.effects.push(Effect::Quit);
        } else {
            return false;
        }
        true
    }

    /// Handles a key at the sign-in.
    pub(super) fn login_key(&mut self, key: KeyEvent) {
        if Key::from_event(key) == self.keys.of(Command::Language) {
            let other = if self.options.preferences.language == Language::En { Language::Fr } else { Language::En };
            self.chose_language = true;
            self.prefer(Preferences { language: other, ..self.options.preferences });
            return;
        }
        if self.is_waiting() {
            return;
        }
        let (Stage::SignedOut(form), ctx) = self.parts() else { return };
        let action = if key.code == KeyCode::Esc { Action::None } else { form.press(key, &ctx) };
        if let Action::Send(request) = action {
            // What is missing is no guess, and the server is not asked.
            match form.entries.iter().position(|entry| entry.input.is_empty()) {
                Some(missing) => {
                    form.saving = false;
                    form.at = missing;
                    let is_password = form.entries[missing].is_password();
                    let words = ctx.say(if is_password { Phrase::PasswordMissing } else { Phrase::SignInMissing });
                    self.say(Notice::bad(words));
                }
                None => self.send(Asker::App, request),
            }
        }
    }

    /// Handles a key in the set-up wizard.
    pub(super) fn setup_key(&mut self, key: KeyEvent) {
        let (Stage::Setup(setup), ctx) = self.parts() else { return };
        let wish = setup.key(key, &ctx);
        match wish {
            Wish::Speak(language) => {
                self.chose_language |= language != self.options.preferences.language;
                // The language that is chosen in the wizard is stored as the machine's.
                self.of_machine.language = language;
                self.options.preferences.language = language;
                if let (Stage::Setup(setup), ctx) = self.parts() {
                    setup.speak(&ctx);
                }
            }
            Wish::Act(Action::Send(request)) => self.send(Asker::App, request),
            Wish::Act(Action::Notice(notice)) => self.say(notice),
            Wish::Act(Action::Popup(popup)) => self.over = Some(*popup),
            Wish::Act(Action::Copy { text, told }) => {
                self.effects.push(Effect::Copy(text));
                self.say(Notice::good(told));
            }
            Wish::Act(_) => {}
        }
    }

    pub(super) fn setup_reply(&mut self, to: &Request, reply: Result<Reply, Error>) {
        let (Stage::Setup(setup), ctx) = self.parts() else { return };
        let (ended, action) = setup.on_reply(to, reply, &ctx);
        if let Action::Notice(notice) = action {
            self.say(notice);
        }
        let (words, unguarded, login) = match ended {
            None => return,
            Some(Ended::SetUp { url, unguarded, username }) => {
                self.effects.push(Effect::Remember { url, language: self.options.preferences.language });
                let words = if username.is_some() { SetUpPhrase::Done } else { SetUpPhrase::Copied };
                (self.context().say(words), unguarded, username.unwrap_or_default())
            }
            Some(Ended::Updated(url, Migrated { versions, unguarded, sees_guards, .. })) => {
                self.effects.push(Effect::Use(url));
                let mut words = self.context().say(Phrase::Admin(AdminPhrase::Migrated(&versions)));
                if !sees_guards {
                    words.push(' ');
                    words.push_str(&self.context().say(Phrase::Admin(AdminPhrase::GuardsNotSeen)));
                }
                (words, unguarded, String::new())
            }
        };
        let more = if unguarded.is_empty() {
            String::new()
        } else {
            format!(" {}", self.context().say(Phrase::Admin(AdminPhrase::Unguarded(&unguarded))))
        };
        self.sign_out(Some(Notice::good(words + &more)));
        self.stage = Stage::SignedOut(Box::new(sign_in(&login, self.user.as_deref())));
    }

    pub(super) fn login_reply(&mut self, reply: Result<Reply, Error>) {
        match reply {
            Ok(Reply::SignedIn(session)) => self.enter(*session),
            Ok(_) => {}
            Err(error) => {
                let text = self.context().error(&error);
                if let Stage::SignedOut(form) = &mut self.stage {
                    **form = sign_in(form.text(Field::Login), self.user.as_deref());
                }
                self.say(Notice::bad(text));
            }
        }
    }

    fn enter(&mut self, session: Session) {
        let forced = session.must_change_password;
        self.notice = None;
        let present = self.options.preferences;
        let known = self.people.get(&session.actor.username.to_lowercase()).copied();
        let mut wanted = known.unwrap_or(self.of_machine);
        self.session = session;
        self.stage = Stage::SignedIn(Box::new(Workspace::new(self.now)));
        if std::mem::take(&mut self.chose_language) {
            wanted.language = present.language;
            self.prefer(wanted);
        } else {
            self.look_like(wanted);
        }
        if forced {
            self.push(Destination::Form(Box::new(form::own_password(true))));
            self.say(Notice::plain(self.context().say(Phrase::ChangeFirst)));
        } else {
            self.load_top();
            self.read_lists();
        }
    }
}

/// The sign-in with what is known of the login, or for one `user` only. If there is a name, only the
/// password is missing.
pub(super) fn sign_in(login: &str, user: Option<&str>) -> Form {
    let mut form = Form::from(form::sign_in(login, user));
    form.at = usize::from(user.is_some() || !login.is_empty());
    form
}
