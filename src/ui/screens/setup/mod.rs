//! The set-up wizard, with one page for each step. Nothing is written before the last step.

mod draw;
mod pages;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::{ExposeSecret, SecretString};
use strum::IntoEnumIterator;

pub use pages::WizardPage;

use super::{form::Form, screen::Screen};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem,
        address::{ServerAddress, without_brackets},
        check,
        error::Versions,
        language::Language,
        password,
        settings::Settings,
    },
    services::{Migrated, Reply, Request, SessionRequest, SetUp},
    ui::{
        Action, Context, Notice,
        entity::users,
        form::{FieldKind, Reader},
        text::Phrase,
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
    /// The statements for the server's administrator, one per line.
    statements: Option<SecretString>,
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
            statements: None,
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

    /// The number of the current step and the number of steps, for "Step 2 of 5".
    pub fn progress(&self) -> (usize, usize) {
        let steps = self.steps();
        (steps.iter().position(|step| *step == self.step).unwrap_or(0) + 1, steps.len())
    }

    /// The versions of the migration that a company needs, if one was found.
    pub fn behind(&self) -> Option<&Versions> {
        self.behind.as_ref()
    }

    /// The statements that the server's administrator has to run, one per line.
    pub fn statements(&self) -> &str {
        self.statements.as_ref().map_or("", |statements| statements.expose_secret())
    }

    fn on_server(&self) -> bool {
        self.page(WizardPage::Place).choice(Field::Engine) == "mysql"
    }

    fn steps(&self) -> Vec<WizardPage> {
        let is_new = self.behind.is_none();
        let wanted = |step: &WizardPage| match step {
            WizardPage::Language | WizardPage::Place => true,
            WizardPage::Server => self.on_server(),
            WizardPage::Update => !is_new,
            WizardPage::Account => is_new && self.on_server(),
            WizardPage::Company | WizardPage::Manager | WizardPage::Summary => is_new,
            WizardPage::Statements => is_new && self.on_server() && self.statements.is_some(),
        };
        WizardPage::iter().filter(wanted).collect()
    }

    fn neighbour(&self, forward: bool) -> Option<WizardPage> {
        let steps = self.steps();
        let at = steps.iter().position(|step| *step == self.step)?;
        if forward { steps.get(at + 1).copied() } else { at.checked_sub(1).map(|before| steps[before]) }
    }

    pub fn paste(&mut self, pasted: &str) {
        self.form_mut().paste(pasted);
    }

    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Wish {
        self.problem = None;
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
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
            KeyCode::Char('y') if self.step == WizardPage::Statements => {
                Wish::Act(Action::Copy(self.statements().to_owned()))
            }
            KeyCode::Char('s') if ctrl => self.next(ctx),
            KeyCode::Enter if last => self.next(ctx),
            _ => Wish::Act(self.form_mut().press(key, ctx)),
        }
    }

    fn next(&mut self, ctx: &Context) -> Wish {
        if self.waiting {
            return Wish::Act(Action::None);
        }
        if let Some(stopped) = self.form_mut().check_all(ctx) {
            return Wish::Act(stopped);
        }
        match self.step {
            WizardPage::Language => {
                let language = self.form().choice(Field::Language).parse().unwrap_or_default();
                self.advance(ctx);
                Wish::Speak(language)
            }
            WizardPage::Place if self.on_server() => self.advance(ctx),
            WizardPage::Place | WizardPage::Server => {
                self.ask(Request::Session(SessionRequest::TestConnection { url: self.url() }))
            }
            WizardPage::Update => self.ask(Request::Session(SessionRequest::Migrate { url: self.url() })),
            WizardPage::Account if self.is_same_account() => {
                let same = FieldErrors::one(Field::EverydayUser, Problem::SameAccount);
                Wish::Act(self.form_mut().show(&same, ctx))
            }
            WizardPage::Account | WizardPage::Company => self.advance(ctx),
            WizardPage::Manager => match self.password_problem() {
                Some(errors) => Wish::Act(self.form_mut().show(&errors, ctx)),
                None => self.advance(ctx),
            },
            WizardPage::Summary | WizardPage::Statements => {
                self.ask(Request::Session(SessionRequest::SetUp(Box::new(self.plan(ctx)))))
            }
        }
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

    /// Translates the labels of choices after a change of language; the choices themselves stay.
    pub fn speak(&mut self, ctx: &Context) {
        for entry in self.pages.iter_mut().flat_map(|page| &mut page.entries) {
            match entry.field {
                Field::Engine if entry.kind != FieldKind::Fixed => entry.kind = pages::places(ctx),
                Field::Tls => entry.kind = pages::tls_modes(ctx),
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

    /// The server address in the form. If the host is still the configured one, options that the
    /// form does not show are kept.
    fn server(&self) -> ServerAddress {
        let form = self.page(WizardPage::Server);
        let typed = |field| form.text(field).trim().to_owned();
        let host = without_brackets(form.text(Field::Host));
        let kept = self.configured.as_ref().filter(|configured| configured.host == host);
        let mut address = ServerAddress {
            host,
            port: typed(Field::Port),
            user: typed(Field::DatabaseUser),
            password: form.text(Field::DatabasePassword).to_owned(),
            database: typed(Field::Database),
            options: kept.map(|configured| configured.options.clone()).unwrap_or_default(),
        };
        address.set_option("ssl_mode", &form.choice(Field::Tls));
        address.set_option("ssl_ca", &typed(Field::AuthorityFile));
        address
    }

    /// The address of the chosen database, with the set-up account.
    fn url(&self) -> SecretString {
        if self.on_server() {
            SecretString::from(self.server().to_url())
        } else {
            SecretString::from(self.embedded.as_str())
        }
    }

    /// The address with the everyday account; `None` for the embedded database.
    fn everyday(&self) -> Option<SecretString> {
        let form = self.page(WizardPage::Account);
        let everyday = || ServerAddress {
            user: form.text(Field::EverydayUser).trim().to_owned(),
            password: form.text(Field::EverydayPassword).to_owned(),
            ..self.server()
        };
        self.on_server().then(|| SecretString::from(everyday().to_url()))
    }

    fn plan(&self, ctx: &Context) -> SetUp {
        let company = self.page(WizardPage::Company);
        let manager = self.page(WizardPage::Manager);
        let default = Settings::default();
        SetUp {
            url: self.url(),
            everyday: self.everyday(),
            settings: Settings {
                company_name: company.text(Field::CompanyName).to_owned(),
                currency: company.text(Field::Currency).to_owned(),
                time_zone: check::time_zone(company.text(Field::TimeZone)).unwrap_or(default.time_zone),
                ..default
            },
            manager: users::draft(&Reader::new(&manager.entries, ctx.now)),
            password: manager.secret(Field::Password),
        }
    }

    /// The location of the data, for display.
    fn place(&self) -> String {
        if self.on_server() {
            let ServerAddress { host, database, .. } = self.server();
            format!("{host} ({database})")
        } else {
            self.embedded.trim_start_matches("sqlite://").to_owned()
        }
    }

    fn summary(&self, ctx: &Context) -> Vec<(Field, String)> {
        let (company, manager) = (self.page(WizardPage::Company), self.page(WizardPage::Manager));
        let language = if ctx.language == Language::Fr { "Français" } else { "English" };
        let mut lines = vec![(Field::Language, language.to_owned()), (Field::Engine, self.place())];
        if self.on_server() {
            lines.push((Field::EverydayUser, self.page(WizardPage::Account).text(Field::EverydayUser).to_owned()));
        }
        let of_company =
            [Field::CompanyName, Field::Currency, Field::TimeZone].map(|field| (field, company.text(field)));
        let of_manager = [Field::FullName, Field::Username, Field::Email].map(|field| (field, manager.text(field)));
        lines.extend(of_company.into_iter().chain(of_manager).map(|(field, text)| (field, text.to_owned())));
        lines
    }

    /// Handles the reply to a request; returns the result if the wizard has ended. A late reply is
    /// about the values in its request, whatever the fields contain now.
    pub fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> (Option<Ended>, Action) {
        let waited = std::mem::take(&mut self.waiting);
        match reply {
            Ok(Reply::Connected { server }) if waited => {
                self.behind = None;
                self.advance(ctx);
                return (None, Action::Notice(Notice::good(ctx.say(Phrase::Connected(&server)))));
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
                let Request::Session(SessionRequest::SetUp(plan)) = to else { return (None, Action::None) };
                let url = plan.everyday.as_ref().unwrap_or(&plan.url);
                return (Some(Ended::SetUp { url: url.clone(), unguarded }), Action::None);
            }
            Ok(Reply::AccountNeeded { statements }) => {
                if self.step == WizardPage::Statements {
                    self.problem = Some(ctx.say(Phrase::AccountNotReady));
                }
                self.statements = Some(statements);
                self.step = WizardPage::Statements;
            }
            Ok(_) => {}
            Err(Error::Invalid(errors)) => {
                let of =
                    |step: WizardPage| self.page(step).entries.iter().any(|entry| errors.of(entry.field).is_some());
                let wrong =
                    [WizardPage::Account, WizardPage::Company, WizardPage::Manager].into_iter().find(|step| of(*step));
                self.step = wrong.unwrap_or(WizardPage::Manager);
                return (None, self.form_mut().show(&errors, ctx));
            }
            Err(error) => self.problem = Some(ctx.error(&error)),
        }
        (None, Action::None)
    }
}
