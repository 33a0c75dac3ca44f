//! The pages of the wizard, filled with proposed values.

use crate::{
    domain::{Field, address::ServerAddress, password, settings::Settings},
    ui::{
        Context,
        form::{FieldKind, FormField, Purpose, new_password},
        screens::form::Form,
        text::{Phrase, SetUpPhrase},
    },
};

/// The steps in their order. Which of them are shown depends on the user's choices and on what the
/// database contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum WizardPage {
    Language,
    Place,
    Server,
    /// Copy the company of this computer to the server, or set up another one.
    Move,
    /// Migrate the tables of a company that exists already.
    Update,
    /// The everyday account, for the configuration of every computer.
    Account,
    Company,
    Manager,
    Summary,
    /// The statements that the server's administrator has to run first.
    Statements,
}

/// A page with its proposed values.
pub(super) fn page(step: WizardPage, configured: Option<&ServerAddress>, ctx: &Context) -> Form {
    Form::new(Purpose::SetUp, 0, entries(step, configured, ctx))
}

/// A page whose values cannot be edited.
pub(super) fn fixed(lines: Vec<(Field, String)>) -> Form {
    let entries = lines.into_iter().map(|(field, text)| FormField::new(field, FieldKind::Fixed, &text)).collect();
    Form::new(Purpose::SetUp, 0, entries)
}

/// The places where the data can be stored.
pub(super) fn places(ctx: &Context) -> FieldKind {
    let places =
        [("sqlite", Phrase::SetUp(SetUpPhrase::OnThisComputer)), ("mysql", Phrase::SetUp(SetUpPhrase::OnServer))];
    FieldKind::Choice(places.map(|(value, label)| (value.to_owned(), ctx.say(label))).into())
}

/// The value of the choice to copy the company of this computer.
pub(super) const MOVE: &str = "copy";

/// What can become of the company of this computer.
pub(super) fn moves(ctx: &Context) -> FieldKind {
    let ways = [(MOVE, SetUpPhrase::MoveCompany), ("new", SetUpPhrase::NewCompany)];
    FieldKind::Choice(ways.map(|(value, label)| (value.to_owned(), ctx.say(label))).into())
}

pub(super) fn tls_modes(ctx: &Context) -> FieldKind {
    let modes = [
        ("", Phrase::SetUp(SetUpPhrase::TlsDefault)),
        ("verify_identity", Phrase::SetUp(SetUpPhrase::TlsVerify)),
        ("required", Phrase::SetUp(SetUpPhrase::TlsRequired)),
        ("disabled", Phrase::SetUp(SetUpPhrase::TlsOff)),
    ];
    FieldKind::Choice(modes.map(|(mode, label)| (mode.to_owned(), ctx.say(label))).into())
}

/// The corresponding mode among those that the form offers. The program verifies the host name for
/// `verify_ca` too, so it corresponds to `verify_identity`.
fn tls_mode(configured: &str) -> String {
    let mode = configured.to_ascii_lowercase();
    if mode == "verify_ca" { "verify_identity".to_owned() } else { mode }
}

fn entries(step: WizardPage, configured: Option<&ServerAddress>, ctx: &Context) -> Vec<FormField> {
    let line: fn(Field, &str) -> FormField = |field, text| FormField::line(field, text).proposed();
    let default = Settings::default();
    match step {
        WizardPage::Language => {
            let languages =
                [("en", "English"), ("fr", "Français")].map(|(code, name)| (code.to_owned(), name.to_owned()));
            vec![FormField::new(Field::Language, FieldKind::Choice(languages.into()), &ctx.language.to_string())]
        }
        WizardPage::Place => {
            let present = if configured.is_some() { "mysql" } else { "sqlite" };
            vec![FormField::new(Field::Engine, places(ctx), present)]
        }
        WizardPage::Server => {
            let usual = ServerAddress {
                host: "localhost".to_owned(),
                port: "3306".to_owned(),
                user: "epic_setup".to_owned(),
                database: "epic_events".to_owned(),
                ..ServerAddress::default()
            };
            let server = configured.unwrap_or(&usual);
            let line = if configured.is_some() { FormField::line } else { line };
            let mut password = FormField::new(Field::DatabasePassword, FieldKind::Password, "");
            password.input.set(&server.password);
            vec![
                line(Field::Host, &server.host).required(),
                line(Field::Port, &server.port),
                line(Field::Database, &server.database).required(),
                line(Field::DatabaseUser, &server.user).required(),
                password,
                FormField::new(Field::Tls, tls_modes(ctx), &tls_mode(server.option("ssl_mode"))),
                line(Field::AuthorityFile, server.option("ssl_ca")),
            ]
        }
        WizardPage::Move => vec![FormField::new(Field::CompanyName, moves(ctx), MOVE)],
        WizardPage::Account => vec![
            line(Field::EverydayUser, "epic_events").required(),
            // Shown in clear: it is a new password that goes into the configuration of every
            // computer.
            line(Field::EverydayPassword, &password::generated()).required(),
        ],
        WizardPage::Company => vec![
            line(Field::CompanyName, &default.company_name).required(),
            line(Field::Currency, &default.currency).required(),
            FormField::new(Field::TimeZone, FieldKind::Zone, default.time_zone.name()).required(),
        ],
        WizardPage::Manager => {
            let mut entries = vec![
                line(Field::Username, "").required(),
                line(Field::FullName, "").required(),
                line(Field::Email, ""),
            ];
            entries.extend(new_password());
            entries
        }
        WizardPage::Update | WizardPage::Summary | WizardPage::Statements => Vec::new(),
    }
}
