//! The set-up wizard, with one page for each step. Nothing is written before the last step.

mod draw;
mod pages;
mod plan;
mod steps;

use crossterm::event::{KeyCode, KeyEvent};
use secrecy::{ExposeSecret, SecretString};
use strum::IntoEnumIterator;

pub use pages::WizardPage;

use super::{form::Form, screen::Screen};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, address::ServerAddress, error::Versions, language::Language, password,
        settings::Settings,
    },
    services::{Migrated, Reply, Request, SessionRequest},
    ui::{
        Action, Context, Notice,
        form::FieldKind,
        keys::{Command, Key},
        popup::Outcome,
        text::{Phrase, SetUpPhrase},
    },
};

/// What happens after the wizard has handled a key.
#[derive(Debug)]
pub enum Wish {
    Act(Action),
    /// Switch to this language.
    Speak(Language),
}

/// The result of the wizard, with the address of the company's database.
#[derive(Debug)]
pub enum Ended {
    /// A new company was created.
    SetUp {
        url: SecretString,
        /// Of the first manager, who signs in next; `None` if a company was copied with all its accounts.
        username: Option<String>,
        /// As in [`Migrated`].
        unguarded: Vec<&'static str>,
    },
    /// The tables of an existing company were migrated.
    Updated(SecretString, Migrated),
}

/// The state of the wizard, with everything that was typed.
#[derive(Debug)]
pub struct Setup {
    pub step: WizardPage,
    pages: Vec<Form>,
    /// The address of the embedded database.
    embedded: String,
    /// The server in this machine's configuration.
    configured: Option<ServerAddress>,
    /// The versions of the migration that a company needs, if one was found.
    behind: Option<Versions>,
    /// The name of the company on this computer, if there is one that could move to the server.
    movable: Option<String>,
    /// The statements for the server's administrator, one per line.
    statements: Option<SecretString>,
    /// The last step has created the tables, or copied the company, and ended with a question.
    written: bool,
    /// How many of them are scrolled out of view, if not all fit.
    pub scrolled: usize,
    /// A sentence that says why the last step failed.
    pub problem: Option<String>,
    pub waiting: bool,
}

impl Setup {
    /// `embedded` is the address of the database on this computer. A server in the machine's
    /// configuration is proposed first.
    pub fn new(embedded: String, configured: Option<&ServerAddress>, ctx: &Context) -> Self {
        Self {
            step: WizardPage::Language,
            pages: WizardPage::iter().map(|step| pages::page(step, configured, ctx)).collect(),
            embedded,
            configured: configured.cloned(),
            behind: None,
            movable: None,
            statements: None,
            written: false,
            scrolled: 0,
            problem: None,
            waiting: false,
        }
    }

    /// The page that is shown.
    pub fn form(&self) -> &Form {
        self.page(self.step)
    }

    fn form_mut(&mut self) -> &mut Form {
        &mut self.pages[self.step as usize]
    }

    fn page(&self, step: WizardPage) -> &Form {
        &self.pages[step as usize]
    }

    /// Whether the last step has written something already: the tables, or the copy of a company.
    pub fn has_written(&self) -> bool {
        self.written
    }

    /// The versions of the migration that a company needs, if one was found.
    pub fn behind(&self) -> Option<&Versions> {
        self.behind.as_ref()
    }

    /// The statements that the server's administrator has to run, one per line.
    pub fn statements(&self) -> &str {
        self.statements.as_ref().map_or("", |statements| statements.expose_secret())
    }

    /// The company on this computer that could move to the server.
    pub fn movable(&self) -> &str {
        self.movable.as_deref().unwrap_or_default()
    }

    /// Whether that company is copied, instead of setting up a new one.
    pub fn moves(&self) -> bool {
        self.on_server()
            && self.movable.is_some()
            && self.page(WizardPage::Move).choice(Field::CompanyName) == pages::MOVE
    }

    fn on_server(&self) -> bool {
        self.page(WizardPage::Place).choice(Field::Engine) == "mysql"
    }

    pub fn paste(&mut self, pasted: &str) {
        self.form_mut().paste(pasted);
    }

    /// Handles the outcome of the picker that a page has opened.
    pub fn on_popup(&mut self, outcome: Outcome, ctx: &Context) {
        self.form_mut().on_popup(outcome, ctx);
    }

    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Wish {
        self.problem = None;
        let is = |command| Key::from_event(key) == ctx.keys.of(command);
        let form = self.form_mut();
        let last = form.at + 1 >= form.entries.len() || form.entries.iter().all(|entry| entry.kind == FieldKind::Fixed);
        match key.code {
            KeyCode::Esc => {
                if let Some(before) = self.neighbour(false) {
                    self.step = before;
                    self.waiting = false;
                }
                Wish::Act(Action::None)
            }
            KeyCode::Up | KeyCode::Down if self.step == WizardPage::Statements => {
                let most = self.statements().lines().count().saturating_sub(1);
                let down = key.code == KeyCode::Down;
                self.scrolled = if down { (self.scrolled + 1).min(most) } else { self.scrolled.saturating_sub(1) };
                Wish::Act(Action::None)
            }
            _ if is(Command::Copy) && self.step == WizardPage::Statements => {
                let (text, told) =
                    (self.statements().to_owned(), ctx.say(Phrase::SetUp(SetUpPhrase::StatementsCopied)));
                Wish::Act(Action::Copy { text, told })
            }
            _ if is(Command::Save) => self.next(ctx),
            KeyCode::Enter if last => self.next(ctx),
            _ if is(Command::Language) => self.speak_other(ctx),
            _ => {
                let left = self.form().at;
                let action = self.form_mut().press(key, ctx);
                self.check_left(left);
                if self.step == WizardPage::Language { self.chosen_language() } else { Wish::Act(action) }
            }
        }
    }

    /// The language that is chosen on the first page.
    fn chosen_language(&self) -> Wish {
        Wish::Speak(self.page(WizardPage::Language).choice(Field::Language).parse().unwrap_or_default())
    }

    /// Chooses the other language on the first page, from any page.
    fn speak_other(&mut self, ctx: &Context) -> Wish {
        let other = if ctx.language == Language::En { Language::Fr } else { Language::En };
        for entry in &mut self.pages[WizardPage::Language as usize].entries {
            entry.set(&other.to_string());
        }
        Wish::Speak(other)
    }

    /// Checks the password that was just left. What is wrong with it depends on other fields, so the
    /// field cannot check it alone.
    fn check_left(&mut self, left: usize) {
        if self.step != WizardPage::Manager || self.form().at == left {
            return;
        }
        let errors = self.password_problem().unwrap_or_default();
        if let Some(entry) = self.form_mut().entries.get_mut(left).filter(|entry| !entry.input.is_empty()) {
            entry.problem = entry.problem.or(errors.of(entry.field));
        }
    }

    fn next(&mut self, ctx: &Context) -> Wish {
        if self.waiting {
            return Wish::Act(Action::None);
        }
        if let Some(stopped) = self.check_page(ctx) {
            return Wish::Act(stopped);
        }
        match self.step {
            WizardPage::Language => {
                self.advance(ctx);
                self.chosen_language()
            }
            WizardPage::Place if self.on_server() => self.advance(ctx),
            WizardPage::Server => {
                let embedded = SecretString::from(self.embedded.as_str());
                self.ask(Request::Session(SessionRequest::TestServer { url: self.url(), embedded }))
            }
            WizardPage::Place => self.ask(Request::Session(SessionRequest::TestConnection { url: self.url() })),
            WizardPage::Update => self.ask(Request::Session(SessionRequest::Migrate { url: self.url() })),
            WizardPage::Account if self.is_same_account() => {
                let same = FieldErrors::one(Field::EverydayUser, Problem::SameAccount);
                Wish::Act(self.form_mut().show(&same, ctx))
            }
            WizardPage::Move | WizardPage::Account | WizardPage::Company | WizardPage::Manager => self.advance(ctx),
            WizardPage::Summary | WizardPage::Statements if self.moves() => {
                let from = SecretString::from(self.embedded.as_str());
                let everyday = self.everyday().unwrap_or_else(|| self.url());
                self.ask(Request::Session(SessionRequest::Copy { from, url: self.url(), everyday }))
            }
            WizardPage::Summary | WizardPage::Statements => {
                self.ask(Request::Session(SessionRequest::SetUp(Box::new(self.plan(ctx)))))
            }
        }
    }

    /// Shows all that is wrong on this page, and goes to the first of it; `None` if nothing is.
    fn check_page(&mut self, ctx: &Context) -> Option<Action> {
        let stopped = self.form_mut().check_all(ctx);
        let errors = (self.step == WizardPage::Manager).then(|| self.password_problem()).flatten();
        let Some(mut errors) = errors else { return stopped };
        for entry in &self.form().entries {
            if let Some(problem) = entry.problem {
                errors.0.insert(0, (entry.field, problem));
            }
        }
        Some(self.form_mut().show(&errors, ctx))
    }

    fn ask(&mut self, request: Request) -> Wish {
        self.waiting = true;
        Wish::Act(Action::Send(request))
    }

    fn advance(&mut self, ctx: &Context) -> Wish {
        if let Some(next) = self.neighbour(true) {
            self.step = next;
        }
        if self.step == WizardPage::Summary {
            self.pages[WizardPage::Summary as usize] = pages::fixed(self.summary(ctx));
        }
        Wish::Act(Action::None)
    }

    /// Translates the labels of choices after a change of language; the choices themselves and all
    /// that was typed stay.
    pub fn speak(&mut self, ctx: &Context) {
        self.problem = None;
        if self.step == WizardPage::Summary {
            self.pages[WizardPage::Summary as usize] = pages::fixed(self.summary(ctx));
        }
        for entry in self.pages.iter_mut().flat_map(|page| &mut page.entries) {
            match entry.field {
                Field::Engine if entry.kind != FieldKind::Fixed => entry.kind = pages::places(ctx),
                Field::Tls => entry.kind = pages::tls_modes(ctx),
                Field::CompanyName if matches!(entry.kind, FieldKind::Choice(_)) => entry.kind = pages::moves(ctx),
                _ => {}
            }
        }
    }

    fn is_same_account(&self) -> bool {
        let (one, other) =
            (self.page(WizardPage::Server).text(Field::DatabaseUser), self.form().text(Field::EverydayUser));
        one.trim() == other.trim()
    }

    fn password_problem(&self) -> Option<FieldErrors> {
        let form = self.page(WizardPage::Manager);
        let company = self.page(WizardPage::Company).text(Field::CompanyName);
        let username = form.text(Field::Username);
        let min_length = Settings::default().min_password_length.into();
        let mut errors = FieldErrors::default();
        let rules = password::PasswordRules { min_length, username, company };
        errors.take(Field::Password, password::check(form.text(Field::Password), &rules));
        if form.text(Field::Password) != form.text(Field::PasswordAgain) {
            errors.push(Field::PasswordAgain, Problem::PasswordsDiffer);
        }
        (!errors.is_empty()).then_some(errors)
    }

    /// Goes on with a database that can be used, and the company on this computer that could move there,
    /// or was copied there before.
    fn connected(&mut self, server: &str, movable: Option<String>, copied: bool, ctx: &Context) -> Action {
        (self.behind, self.movable, self.statements, self.written) = (None, movable, None, copied);
        if copied {
            for entry in &mut self.pages[WizardPage::Move as usize].entries {
                entry.set(pages::MOVE);
            }
        }
        self.advance(ctx);
        let place = match (copied, self.on_server()) {
            (true, _) => SetUpPhrase::CopiedBefore(server),
            (false, true) => SetUpPhrase::KeptOnServer(server),
            (false, false) => SetUpPhrase::KeptHere,
        };
        Action::Notice(Notice::good(ctx.say(place)))
    }

    /// Handles the reply to a request; returns the result if the wizard has ended. A late reply is
    /// about the values in its request, whatever the fields contain now.
    pub fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> (Option<Ended>, Action) {
        let waited = std::mem::take(&mut self.waiting);
        match reply {
            Ok(Reply::Connected { server }) if waited => return (None, self.connected(&server, None, false, ctx)),
            Ok(Reply::Movable { server, company, copied }) if waited => {
                return (None, self.connected(&server, Some(company), copied, ctx));
            }
            Ok(Reply::Behind(versions)) if waited => {
                self.pages[WizardPage::Update as usize] = pages::fixed(vec![(Field::Engine, self.place())]);
                self.behind = Some(versions);
                self.step = WizardPage::Update;
            }
            Ok(Reply::Migrated(migrated)) => {
                let Request::Session(SessionRequest::Migrate { url }) = to else { return (None, Action::None) };
                return (Some(Ended::Updated(url.clone(), migrated)), Action::None);
            }
            Ok(Reply::IsSetUp { unguarded }) => {
                let (url, username) = match to {
                    Request::Session(SessionRequest::SetUp(plan)) => {
                        (plan.everyday.as_ref().unwrap_or(&plan.url), Some(plan.manager.username.clone()))
                    }
                    Request::Session(SessionRequest::Copy { everyday, .. }) => (everyday, None),
                    _ => return (None, Action::None),
                };
                return (Some(Ended::SetUp { url: url.clone(), username, unguarded }), Action::None);
            }
            Ok(Reply::AccountNeeded { statements }) => {
                if self.step == WizardPage::Statements {
                    self.problem = Some(ctx.say(Phrase::SetUp(SetUpPhrase::AccountNotReady)));
                }
                self.statements = Some(statements);
                self.written = true;
                self.step = WizardPage::Statements;
            }
            Ok(_) => {}
            Err(Error::Invalid(errors)) => {
                // The account is looked at after the tables were created, or the company copied.
                self.written |=
                    [Field::EverydayUser, Field::EverydayPassword].iter().any(|field| errors.of(*field).is_some());
                let of =
                    |step: WizardPage| self.page(step).entries.iter().any(|entry| errors.of(entry.field).is_some());
                let wrong =
                    [WizardPage::Account, WizardPage::Company, WizardPage::Manager].into_iter().find(|step| of(*step));
                self.step = wrong.unwrap_or(WizardPage::Manager);
                return (None, self.form_mut().show(&errors, ctx));
            }
            Err(Error::AlreadySetUp) if self.step == WizardPage::Server => {
                self.problem = Some(ctx.say(SetUpPhrase::CompanyThere));
            }
            Err(error) => self.problem = Some(ctx.error(&error)),
        }
        (None, Action::None)
    }
}
