//! Before anybody has signed in: the wizard that sets a company up, and the sign-in.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Asker, Effect, Stage, workspace::Workspace};
use crate::{
    domain::{Error, Field, language::Language, session::Session},
    services::{Migrated, Reply, Request},
    ui::{
        Action, Context, Notice, Preferences,
        actions::bind,
        keys::{Binding, Command, Key},
        popup::{self, Outcome, Popup},
        screens::{
            form::Form,
            setup::{Ended, Setup, Wish, WizardPage},
        },
        text::Phrase,
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
            let enter = Binding { help: ctx.say(Phrase::SignIn).into(), ..bind(Command::Open, &ctx, None) };
            return vec![
                Binding { label: ctx.say(Phrase::SignIn).to_lowercase().into(), ..enter },
                named(Command::NextField, Key::plain(KeyCode::Tab), Phrase::NextKey),
                bind(Command::Language, &ctx, None),
                quit,
                help,
            ];
        };
        let next = match setup.step {
            WizardPage::Server => Phrase::TestKey,
            WizardPage::Update => Phrase::UpdateKey,
            WizardPage::Summary | WizardPage::Statements => Phrase::CreateKey,
            WizardPage::Language
            | WizardPage::Place
            | WizardPage::Account
            | WizardPage::Company
            | WizardPage::Manager => Phrase::NextKey,
        };
        let on = Binding { help: ctx.say(next).into(), ..named(Command::Save, Key::ctrl('s'), next) };
        let (at, _) = setup.progress();
        let back = if at == 1 { quit } else { named(Command::Back, Key::plain(KeyCode::Esc), Phrase::BackKey) };
        let second = match setup.step {
            WizardPage::Statements => bind(Command::Copy, &ctx, None),
            _ => bind(Command::NextField, &ctx, None),
        };
        vec![on, second, back, help]
    }

    /// Help, and what leaves the program, before sign-in; whether the key was one of these.
    pub(super) fn signed_out_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) -> bool {
        let pressed = Key::from_event(key);
        if let Some(mut help) = self.help.take() {
            match help.key(key) {
                popup::PopupResult::Done(Outcome::Run(command)) => {
                    let bound = self.signed_out_bindings().into_iter().find(|binding| binding.command == command);
                    if let Some(Binding { key: Key { code, ctrl }, .. }) = bound {
                        let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                        self.key(KeyEvent::new(code, modifiers), effects);
                    }
                }
                popup::PopupResult::Close => {}
                _ => self.help = Some(help),
            }
            return true;
        }
        if pressed == Key::plain(KeyCode::F(1)) {
            self.help = Some(Popup::help(&self.signed_out_bindings(), &self.context()));
        } else if pressed == Key::ctrl('c') || pressed == Key::ctrl('q') {
            effects.push(Effect::Quit);
        } else {
            return false;
        }
        true
    }

    pub(super) fn login_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        if Key::from_event(key) == Key::plain(KeyCode::F(2)) {
            let other = if self.options.preferences.language == Language::En { Language::Fr } else { Language::En };
            self.chose_language = true;
            self.prefer(Preferences { language: other, ..self.options.preferences }, effects);
            return;
        }
        if self.is_waiting() {
            return;
        }
        let Stage::SignedOut(mut form) =
            std::mem::replace(&mut self.stage, Stage::SignedOut(Box::new(Form::sign_in(""))))
        else {
            return;
        };
        let action = if key.code == KeyCode::Esc { Action::None } else { form.key(key, &self.context()) };
        self.stage = Stage::SignedOut(form);
        if let Action::Send(request) = action {
            self.send(Asker::App, request, effects);
        }
    }

    pub(super) fn setup_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let wish = self.with_setup(|setup, ctx| setup.key(key, ctx));
        match wish {
            Some(Wish::Speak(language)) => {
                self.chose_language |= language != self.options.preferences.language;
                // What is chosen in the wizard is the machine's language.
                self.of_machine.language = language;
                self.options.preferences.language = language;
                self.with_setup(Setup::speak);
            }
            Some(Wish::Act(Action::Send(request))) => self.send(Asker::App, request, effects),
            Some(Wish::Act(Action::Notice(notice))) => self.say(notice),
            Some(Wish::Act(Action::Copy(text))) => {
                effects.push(Effect::Copy(text));
                self.say(Notice::good(self.context().say(Phrase::Copied)));
            }
            _ => {}
        }
    }

    /// The wizard with the context that it needs, when it is on.
    fn with_setup<T>(&mut self, work: impl FnOnce(&mut Setup, &Context) -> T) -> Option<T> {
        let parked = Stage::SignedOut(Box::new(Form::sign_in("")));
        match std::mem::replace(&mut self.stage, parked) {
            Stage::Setup(mut setup) => {
                let done = work(&mut setup, &self.context());
                self.stage = Stage::Setup(setup);
                Some(done)
            }
            other => {
                self.stage = other;
                None
            }
        }
    }

    pub(super) fn setup_reply(&mut self, to: &Request, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        let Some((ended, action)) = self.with_setup(|setup, ctx| setup.on_reply(to, reply, ctx)) else { return };
        if let Action::Notice(notice) = action {
            self.say(notice);
        }
        let (words, unguarded) = match ended {
            None => return,
            Some(Ended::SetUp { url, unguarded }) => {
                effects.push(Effect::Remember { url, language: self.options.preferences.language });
                (self.context().say(Phrase::SetUpDone), unguarded)
            }
            Some(Ended::Updated(url, Migrated { versions, unguarded })) => {
                effects.push(Effect::Use(url));
                (self.context().say(Phrase::Migrated(&versions)), unguarded)
            }
        };
        let more = if unguarded.is_empty() {
            String::new()
        } else {
            format!(" {}", self.context().say(Phrase::Unguarded(&unguarded)))
        };
        self.sign_out(Some(Notice::good(words + &more)));
    }

    pub(super) fn login_reply(&mut self, reply: Result<Reply, Error>, effects: &mut Vec<Effect>) {
        match reply {
            Ok(Reply::SignedIn(session)) => self.enter(*session, effects),
            Ok(_) => {}
            Err(error) => {
                let text = self.context().error(&error);
                if let Stage::SignedOut(form) = &mut self.stage {
                    let login = form.text(Field::Login).to_owned();
                    **form = Form::sign_in(&login);
                    form.at = usize::from(!login.is_empty());
                }
                self.say(Notice::bad(text));
            }
        }
    }

    fn enter(&mut self, session: Session, effects: &mut Vec<Effect>) {
        let forced = session.must_change_password;
        self.notice = None;
        let present = self.options.preferences;
        let known = self.people.get(&session.actor.username.to_lowercase()).copied();
        let mut wanted = known.unwrap_or(self.of_machine);
        self.stage = Stage::SignedIn(Box::new(Workspace::new(session, self.now)));
        if std::mem::take(&mut self.chose_language) {
            wanted.language = present.language;
            self.prefer(wanted, effects);
        } else {
            self.look_like(wanted);
        }
        if forced {
            self.open_own_password();
            self.say(Notice::plain(self.context().say(Phrase::ChangeFirst)));
        } else {
            self.load_top(effects);
        }
    }
}
