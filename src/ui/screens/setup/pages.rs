//! The pages of the wizard, filled with proposed values.

use super::{
    super::{
        entry::{Entry, Kind},
        fields::new_password,
        form::Form,
        purpose::Purpose,
    },
    Step,
};
use crate::{
    domain::{Field, address::ServerAddress, password, settings::Settings},
    ui::{Context, text::W},
};

/// A page with its proposed values.
pub(super) fn page(step: Step, configured: Option<&ServerAddress>, ctx: &Context) -> Form {
    Form::new(Purpose::SetUp, 0, entries(step, configured, ctx))
}

/// A page whose values cannot be edited.
pub(super) fn fixed(lines: Vec<(Field, String)>) -> Form {
    let entries = lines.into_iter().map(|(field, text)| Entry::new(field, Kind::Fixed, &text)).collect();
    Form::new(Purpose::SetUp, 0, entries)
}

/// The places where the data can be stored.
pub(super) fn places(ctx: &Context) -> Kind {
    let places = [("sqlite", W::OnThisComputer), ("mysql", W::OnServer)];
    Kind::Choice(places.map(|(value, label)| (value.to_owned(), ctx.say(label))).into())
}

pub(super) fn tls_modes(ctx: &Context) -> Kind {
    let modes =
        [("", W::TlsDefault), ("verify_identity", W::TlsVerify), ("required", W::TlsRequired), ("disabled", W::TlsOff)];
    Kind::Choice(modes.map(|(mode, label)| (mode.to_owned(), ctx.say(label))).into())
}

/// The corresponding mode among those that the form offers. The program verifies the host name for
/// `verify_ca` too, so it corresponds to `verify_identity`.
fn tls_mode(configured: &str) -> String {
    let mode = configured.to_ascii_lowercase();
    if mode == "verify_ca" { "verify_identity".to_owned() } else { mode }
}

fn entries(step: Step, configured: Option<&ServerAddress>, ctx: &Context) -> Vec<Entry> {
    let line = |field, text: &str| Entry::new(field, Kind::Line, text);
    let default = Settings::default();
    match step {
        Step::Language => {
            let languages =
                [("en", "English"), ("fr", "Français")].map(|(code, name)| (code.to_owned(), name.to_owned()));
            vec![Entry::new(Field::Language, Kind::Choice(languages.into()), &ctx.language.to_string())]
        }
        Step::Place => {
            let present = if configured.is_some() { "mysql" } else { "sqlite" };
            vec![Entry::new(Field::Engine, places(ctx), present)]
        }
        Step::Server => {
            let usual = ServerAddress {
                host: "localhost".to_owned(),
                port: "3306".to_owned(),
                user: "epic_setup".to_owned(),
                database: "epic_events".to_owned(),
                ..ServerAddress::default()
            };
            let server = configured.unwrap_or(&usual);
            let mut password = Entry::new(Field::DatabasePassword, Kind::Password, "");
            password.input.set(&server.password);
            vec![
                line(Field::Host, &server.host).required(),
                line(Field::Port, &server.port),
                line(Field::Database, &server.database).required(),
                line(Field::DatabaseUser, &server.user).required(),
                password,
                Entry::new(Field::Tls, tls_modes(ctx), &tls_mode(server.option("ssl_mode"))),
                line(Field::AuthorityFile, server.option("ssl_ca")),
            ]
        }
        Step::Account => vec![
            line(Field::EverydayUser, "epic_events").required(),
            // Shown in clear: it is a new password that goes into the configuration of every
            // computer.
            line(Field::EverydayPassword, &password::generated()).required(),
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
        Step::Update | Step::Summary | Step::Statements => Vec::new(),
    }
}
