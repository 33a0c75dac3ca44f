//! What the wizard is going to do, read from its pages.

use secrecy::SecretString;

use super::{Setup, WizardPage};
use crate::{
    domain::{
        Field,
        address::{ServerAddress, without_brackets},
        check,
        language::Language,
        settings::Settings,
    },
    services::SetUp,
    ui::{Context, entity::users, form::Reader},
};

impl Setup {
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
    pub(super) fn url(&self) -> SecretString {
        if self.on_server() {
            SecretString::from(self.server().to_url())
        } else {
            SecretString::from(self.embedded.as_str())
        }
    }

    /// The address with the everyday account; `None` for the embedded database.
    pub(super) fn everyday(&self) -> Option<SecretString> {
        let form = self.page(WizardPage::Account);
        let everyday = || ServerAddress {
            user: form.text(Field::EverydayUser).trim().to_owned(),
            password: form.text(Field::EverydayPassword).to_owned(),
            ..self.server()
        };
        self.on_server().then(|| SecretString::from(everyday().to_url()))
    }

    pub(super) fn plan(&self, ctx: &Context) -> SetUp {
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
    pub(super) fn place(&self) -> String {
        if self.on_server() {
            let ServerAddress { host, database, .. } = self.server();
            format!("{host} ({database})")
        } else {
            self.embedded.trim_start_matches("sqlite://").to_owned()
        }
    }

    pub(super) fn summary(&self, ctx: &Context) -> Vec<(Field, String)> {
        let (company, manager) = (self.page(WizardPage::Company), self.page(WizardPage::Manager));
        let language = if ctx.language == Language::Fr { "Français" } else { "English" };
        let mut lines = vec![(Field::Language, language.to_owned()), (Field::Engine, self.place())];
        if self.on_server() {
            lines.push((Field::EverydayUser, self.page(WizardPage::Account).text(Field::EverydayUser).to_owned()));
        }
        if self.moves() {
            lines.push((Field::CompanyName, self.movable().to_owned()));
            return lines;
        }
        lines.push((Field::CompanyName, company.text(Field::CompanyName).to_owned()));
        let currency = company.text(Field::Currency);
        lines.push((Field::Currency, check::currency(currency).unwrap_or_else(|_| currency.to_owned())));
        lines.push((Field::TimeZone, company.text(Field::TimeZone).to_owned()));
        let of_manager = [Field::FullName, Field::Username, Field::Email];
        lines.extend(of_manager.map(|field| (field, manager.text(field).to_owned())));
        lines
    }
}
