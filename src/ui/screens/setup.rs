//! The set-up wizard: a page a step, nothing written before the last.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::SecretString;
use strum::IntoEnumIterator;

use super::{
    entry::{Entry, Kind},
    fields::new_password,
    form::Form,
    purpose::{Purpose, user},
};
use crate::{
    domain::{Error, Field, FieldErrors, Problem, check, language::Language, password, settings::Settings},
    services::{Reply, Request, SetUp},
    ui::{Action, Context, Notice, text::W},
};

/// The steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Step {
    Language,
    Place,
    Server,
    Company,
    Manager,
    Summary,
}

/// What the wizard wants besides what every screen may want.
#[derive(Debug)]
pub enum Wish {
    Act(Action),
    /// Speak this language from now on.
    Speak(Language),
}

/// The wizard with all that was typed.
#[derive(Debug)]
pub struct Setup {
    pub step: Step,
    pages: Vec<Form>,
    /// The address of the embedded database.
    embedded: String,
    pub waiting: bool,
}

fn page(entries: Vec<Entry>) -> Form {
    Form::new(Purpose::SetUp, 0, entries)
}

impl Setup {
    /// `embedded` is where the data lives when it lives on this computer; a server's
    /// address that the machine's configuration names is the first proposal.
    pub fn new(embedded: String, server: Option<&str>, ctx: &Context) -> Self {
        let pages = Step::iter().map(|step| page(entries(step, server, ctx))).collect();
        Self { step: Step::Language, pages, embedded, waiting: false }
    }

    /// The page that is shown.
    pub fn form(&self) -> &Form {
        &self.pages[self.step as usize]
    }

    fn form_mut(&mut self) -> &mut Form {
        &mut self.pages[self.step as usize]
    }

    fn page(&self, step: Step) -> &Form {
        &self.pages[step as usize]
    }

    /// "Step 2 of 5".
    pub fn progress(&self) -> (usize, usize) {
        let steps = self.steps();
        (steps.iter().position(|step| *step == self.step).unwrap_or(0) + 1, steps.len())
    }

    fn on_server(&self) -> bool {
        self.page(Step::Place).choice(Field::Engine) == "mysql"
    }

    fn steps(&self) -> Vec<Step> {
        Step::iter().filter(|step| *step != Step::Server || self.on_server()).collect()
    }

    fn neighbour(&self, forward: bool) -> Option<Step> {
        let steps = self.steps();
        let at = steps.iter().position(|step| *step == self.step)?;
        if forward { steps.get(at + 1).copied() } else { at.checked_sub(1).map(|before| steps[before]) }
    }

    pub fn paste(&mut self, pasted: &str) {
        self.form_mut().paste(pasted);
    }

    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Wish {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let form = self.form_mut();
        let last = form.at + 1 >= form.entries.len() || form.entries.iter().all(|entry| entry.kind == Kind::Fixed);
        match key.code {
            KeyCode::Esc => {
                if let Some(before) = self.neighbour(false) {
                    self.step = before;
                    self.waiting = false;
                }
                Wish::Act(Action::None)
            }
            KeyCode::Char('s') if ctrl => self.next(ctx),
            KeyCode::Enter if last => self.next(ctx),
            _ => Wish::Act(self.form_mut().key(key, ctx)),
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
            Step::Language => {
                let language = self.form().choice(Field::Language).parse().unwrap_or_default();
                self.advance(ctx);
                Wish::Speak(language)
            }
            Step::Place | Step::Server if self.step == Step::Server || !self.on_server() => {
                self.waiting = true;
                Wish::Act(Action::Send(Request::TestConnection { url: self.url() }))
            }
            Step::Manager => match self.password_problem() {
                Some(errors) => Wish::Act(self.form_mut().show(&errors, ctx)),
                None => self.advance(ctx),
            },
            Step::Summary => {
                self.waiting = true;
                Wish::Act(Action::Send(Request::SetUp(Box::new(self.plan()))))
            }
            _ => self.advance(ctx),
        }
    }

    fn advance(&mut self, ctx: &Context) -> Wish {
        if let Some(next) = self.neighbour(true) {
            self.step = next;
        }
        if self.step == Step::Summary {
            self.pages[Step::Summary as usize] = page(self.summary(ctx));
        }
        Wish::Act(Action::None)
    }

    /// In another language the labels of choices are other words.
    pub fn speak(&mut self, ctx: &Context) {
        let language = self.page(Step::Language).choice(Field::Language);
        self.pages[Step::Place as usize] = page(entries(Step::Place, None, ctx));
        let server = &mut self.pages[Step::Server as usize];
        if let Some(tls) = server.entries.iter_mut().find(|entry| entry.field == Field::Tls) {
            *tls = Entry::new(Field::Tls, tls_modes(ctx), "");
        }
        let languages = page(entries(Step::Language, None, ctx));
        self.pages[Step::Language as usize] = languages;
        if let Some(entry) = self.pages[0].entries.first_mut() {
            entry.choice = usize::from(language == "fr");
        }
    }

    fn password_problem(&self) -> Option<FieldErrors> {
        let form = self.page(Step::Manager);
        let company = self.page(Step::Company).text(Field::CompanyName);
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

    /// The address of the database that was chosen.
    pub fn url(&self) -> SecretString {
        if !self.on_server() {
            return SecretString::from(self.embedded.as_str());
        }
        let form = self.page(Step::Server);
        let port = match form.text(Field::Port).trim() {
            "" => "3306",
            port => port,
        };
        let (user, password) = (encoded(form.text(Field::DatabaseUser)), encoded(form.text(Field::DatabasePassword)));
        let (host, name) = (form.text(Field::Host).trim(), form.text(Field::Database).trim());
        let tls = match form.choice(Field::Tls).as_str() {
            "" => String::new(),
            mode => format!("?ssl_mode={mode}"),
        };
        SecretString::from(format!("mysql://{user}:{password}@{host}:{port}/{name}{tls}"))
    }

    fn plan(&self) -> SetUp {
        let company = self.page(Step::Company);
        let manager = self.page(Step::Manager);
        let default = Settings::default();
        SetUp {
            url: self.url(),
            settings: Settings {
                company_name: company.text(Field::CompanyName).to_owned(),
                currency: company.text(Field::Currency).to_owned(),
                time_zone: check::time_zone(company.text(Field::TimeZone)).unwrap_or(default.time_zone),
                ..default
            },
            manager: user(manager),
            password: manager.secret(Field::Password),
        }
    }

    fn summary(&self, ctx: &Context) -> Vec<Entry> {
        let fixed = |field, text: &str| Entry::new(field, Kind::Fixed, text);
        let place = if self.on_server() {
            let form = self.page(Step::Server);
            format!("{} ({})", form.text(Field::Host).trim(), form.text(Field::Database).trim())
        } else {
            self.embedded.trim_start_matches("sqlite://").to_owned()
        };
        let (company, manager) = (self.page(Step::Company), self.page(Step::Manager));
        let language = if ctx.language == Language::Fr { "Français" } else { "English" };
        vec![
            fixed(Field::Language, language),
            fixed(Field::Engine, &place),
            fixed(Field::CompanyName, company.text(Field::CompanyName)),
            fixed(Field::Currency, company.text(Field::Currency)),
            fixed(Field::TimeZone, company.text(Field::TimeZone)),
            fixed(Field::FullName, manager.text(Field::FullName)),
            fixed(Field::Username, manager.text(Field::Username)),
            fixed(Field::Email, manager.text(Field::Email)),
        ]
    }

    /// True when the company exists now.
    pub fn on_reply(&mut self, reply: Result<Reply, Error>, ctx: &Context) -> (bool, Action) {
        self.waiting = false;
        match reply {
            Ok(Reply::Connected { server }) => {
                self.advance(ctx);
                (false, Action::Notice(Notice::good(ctx.say(W::Connected(&server)))))
            }
            Ok(Reply::IsSetUp) => (true, Action::None),
            Ok(_) => (false, Action::None),
            Err(Error::Invalid(errors)) => {
                let of = |step: Step| self.page(step).entries.iter().any(|entry| errors.of(entry.field).is_some());
                self.step = [Step::Company, Step::Manager].into_iter().find(|step| of(*step)).unwrap_or(Step::Manager);
                (false, self.form_mut().show(&errors, ctx))
            }
            Err(error) => (false, Action::Notice(Notice::bad(ctx.error(&error)))),
        }
    }
}

fn tls_modes(ctx: &Context) -> Kind {
    let modes =
        [("", W::TlsDefault), ("verify_identity", W::TlsVerify), ("required", W::TlsRequired), ("disabled", W::TlsOff)];
    Kind::Choice(modes.map(|(mode, label)| (mode.to_owned(), ctx.say(label))).into())
}

fn entries(step: Step, server: Option<&str>, ctx: &Context) -> Vec<Entry> {
    let line = |field, text: &str| Entry::new(field, Kind::Line, text);
    let default = Settings::default();
    match step {
        Step::Language => {
            let languages =
                [("en", "English"), ("fr", "Français")].map(|(code, name)| (code.to_owned(), name.to_owned()));
            vec![Entry::new(Field::Language, Kind::Choice(languages.into()), &ctx.language.to_string())]
        }
        Step::Place => {
            let places = [("sqlite", W::OnThisComputer), ("mysql", W::OnServer)];
            let places = places.map(|(value, label)| (value.to_owned(), ctx.say(label)));
            let present = if server.is_some() { "mysql" } else { "sqlite" };
            vec![Entry::new(Field::Engine, Kind::Choice(places.into()), present)]
        }
        Step::Server => vec![
            line(Field::Host, server.unwrap_or("localhost")).required(),
            line(Field::Port, "3306"),
            line(Field::Database, "epic_events").required(),
            line(Field::DatabaseUser, "epic_events").required(),
            Entry::new(Field::DatabasePassword, Kind::Password, ""),
            Entry::new(Field::Tls, tls_modes(ctx), ""),
        ],
        Step::Company => vec![
            line(Field::CompanyName, &default.company_name).required(),
            line(Field::Currency, &default.currency).required(),
            line(Field::TimeZone, default.time_zone.name()).required(),
        ],
        Step::Manager => {
            let mut entries = vec![
                line(Field::Username, "").required(),
                line(Field::FullName, "").required(),
                line(Field::Email, ""),
            ];
            entries.extend(new_password());
            entries
        }
        Step::Summary => Vec::new(),
    }
}

/// Percent-encoded for an address.
pub fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
