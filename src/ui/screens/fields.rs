//! The fields of each form, filled with what is known.

use strum::IntoEnumIterator;

use super::{
    form::Form,
    form_field::{FieldKind, FormField, people},
    purpose::Purpose,
};
use crate::{
    domain::{
        Cents, ClientId, Field, UserId,
        clients::{Client, ClientRow},
        contracts::ContractRow,
        dates::{self, Direction},
        entity::Query,
        events::{Event, EventRow},
        settings::{Reauth, Visibility},
        users::{Role, User},
    },
    ui::{Context, text::Phrase, theme::Palette},
};

fn line(field: Field, text: &str) -> FormField {
    FormField::new(field, FieldKind::Line, text)
}

fn choices<T: std::fmt::Display>(options: impl Iterator<Item = T>, label: impl Fn(&T) -> String) -> FieldKind {
    FieldKind::Choice(options.map(|option| (option.to_string(), label(&option))).collect())
}

fn roles(ctx: &Context) -> FieldKind {
    choices(Role::iter(), |role| ctx.say(Phrase::Role(*role)))
}

fn switch(ctx: &Context) -> FieldKind {
    choices([false, true].into_iter(), |on| ctx.say(if *on { Phrase::On } else { Phrase::Off }))
}

fn client_entries(client: Option<&Client>) -> Vec<FormField> {
    let text = |of: fn(&Client) -> &str| client.map_or("", of);
    let last_contact = client.and_then(|client| client.last_contact_at).map(dates::format_date).unwrap_or_default();
    vec![
        line(Field::FullName, text(|client| &client.full_name)).required(),
        line(Field::CompanyName, text(|client| &client.company_name)).required(),
        line(Field::Email, text(|client| client.email.as_deref().unwrap_or(""))),
        line(Field::Phone, text(|client| &client.phone)).required(),
        FormField::new(Field::LastContactAt, FieldKind::Day(Direction::Past), &last_contact),
        FormField::new(Field::Notes, FieldKind::Notes, text(|client| &client.notes)),
    ]
}

fn user_entries(user: Option<&User>, ctx: &Context) -> Vec<FormField> {
    let text = |of: fn(&User) -> &str| user.map_or("", of);
    let role = user.map_or("sales".to_owned(), |user| user.role.to_string());
    vec![
        line(Field::Username, text(|user| &user.username)).required(),
        line(Field::FullName, text(|user| &user.full_name)).required(),
        line(Field::Email, text(|user| user.email.as_deref().unwrap_or(""))),
        line(Field::Phone, text(|user| user.phone.as_deref().unwrap_or(""))),
        line(Field::EmployeeNumber, text(|user| user.employee_number.as_deref().unwrap_or(""))),
        FormField::new(Field::Role, roles(ctx), &role),
    ]
}

/// A password that is to be set, twice.
pub fn new_password() -> [FormField; 2] {
    let kinds = [(Field::Password, FieldKind::NewPassword), (Field::PasswordAgain, FieldKind::Password)];
    kinds.map(|(field, kind)| FormField::new(field, kind, "").required())
}

impl Form {
    /// Management names the sales contact; sales create their own clients.
    pub fn new_client(ctx: &Context) -> Self {
        let mut entries = client_entries(None);
        if ctx.session.actor.role != Role::Sales {
            entries.insert(4, FormField::new(Field::SalesContactId, FieldKind::Person(Role::Sales), "").required());
        }
        Self::new(Purpose::NewClient, 0, entries)
    }

    pub fn edit_client(row: &ClientRow, _ctx: &Context) -> Self {
        Self::new(Purpose::EditClient(row.client.id), row.client.version, client_entries(Some(&row.client)))
    }

    pub fn new_contract(client: Option<&ClientRow>) -> Self {
        let who = match client {
            Some(row) => {
                let name = format!("{} ({})", row.client.full_name, row.client.company_name);
                FormField::new(Field::ClientId, FieldKind::Fixed, &name).picked(row.client.id.0)
            }
            None => FormField::new(Field::ClientId, FieldKind::Client, "").required(),
        };
        let entries = vec![
            who,
            FormField::new(Field::TotalCents, FieldKind::Amount, "").required(),
            FormField::new(Field::DueCents, FieldKind::Amount, "").required(),
            FormField::new(Field::Notes, FieldKind::Notes, ""),
        ];
        Self::new(Purpose::NewContract, 0, entries)
    }

    pub fn edit_contract(row: &ContractRow, ctx: &Context) -> Self {
        let contract = &row.contract;
        let entries = vec![
            FormField::new(Field::ClientId, FieldKind::Fixed, &row.client),
            FormField::new(Field::TotalCents, FieldKind::Amount, &contract.total_cents.format(ctx.language)).required(),
            FormField::new(Field::DueCents, FieldKind::Amount, &contract.due_cents.format(ctx.language)).required(),
            FormField::new(Field::Notes, FieldKind::Notes, &contract.notes),
        ];
        Self::new(Purpose::EditContract(contract.id), contract.version, entries)
    }

    pub fn new_event(contract: Option<&ContractRow>) -> Self {
        let (of, contact) = match contract {
            Some(row) => {
                let name = format!("{} - {} ({})", row.contract.id.0, row.client, row.company);
                let of = FormField::new(Field::ContractId, FieldKind::Fixed, &name).picked(row.contract.id.0);
                (of, row.client.as_str())
            }
            None => (FormField::new(Field::ContractId, FieldKind::Contract, "").required(), ""),
        };
        let mut entries = vec![of];
        entries.extend(event_entries(None));
        if let Some(entry) = entries.iter_mut().find(|entry| entry.field == Field::ClientContact) {
            *entry = line(Field::ClientContact, contact);
        }
        Self::new(Purpose::NewEvent, 0, entries)
    }

    pub fn edit_event(row: &EventRow, _ctx: &Context) -> Self {
        Self::new(Purpose::EditEvent(row.event.id), row.event.version, event_entries(Some(&row.event)))
    }

    /// With a temporary password, typed twice.
    pub fn new_user(ctx: &Context) -> Self {
        let mut entries = user_entries(None, ctx);
        entries.extend(new_password());
        Self::new(Purpose::NewUser, 0, entries)
    }

    pub fn edit_user(user: &User, ctx: &Context) -> Self {
        Self::new(Purpose::EditUser(user.id), user.version, user_entries(Some(user), ctx))
    }

    pub fn reset_password(user: &User, _ctx: &Context) -> Self {
        let who = format!("{} ({})", user.full_name, user.username);
        let mut entries = vec![FormField::new(Field::FullName, FieldKind::Fixed, &who)];
        entries.extend(new_password());
        Self::new(Purpose::ResetPassword(user.id), user.version, entries)
    }

    pub fn own_password(forced: bool) -> Self {
        let mut entries = vec![FormField::new(Field::CurrentPassword, FieldKind::Password, "").required()];
        entries.extend(new_password());
        Self::new(Purpose::OwnPassword { forced }, 0, entries)
    }

    pub fn sign_in(login: &str) -> Self {
        let entries = vec![line(Field::Login, login), FormField::new(Field::Password, FieldKind::Password, "")];
        Self::new(Purpose::SignIn, 0, entries)
    }

    pub fn settings(ctx: &Context) -> Self {
        let settings = ctx.settings();
        let visibilities = choices(Visibility::iter(), |one| ctx.say(Phrase::Visibility(*one)));
        let reauths = choices(Reauth::iter(), |one| ctx.say(Phrase::Reauth(*one)));
        let entries = vec![
            line(Field::CompanyName, &settings.company_name).required(),
            line(Field::Currency, &settings.currency).required(),
            line(Field::TimeZone, settings.time_zone.name()).required(),
            FormField::new(Field::Visibility, visibilities, &settings.visibility.to_string()),
            FormField::new(Field::SalesCreateContracts, switch(ctx), &settings.sales_create_contracts.to_string()),
            FormField::new(Field::SupportHandsOver, switch(ctx), &settings.support_hands_over.to_string()),
            FormField::new(Field::Reauth, reauths, &settings.reauth.to_string()),
            FormField::new(Field::SessionMinutes, FieldKind::Whole, &settings.session_minutes.to_string()).required(),
            FormField::new(Field::MinPasswordLength, FieldKind::Whole, &settings.min_password_length.to_string())
                .required(),
        ];
        Self::new(Purpose::Settings, settings.version, entries)
    }

    /// Language and looks, on this machine.
    pub fn preferences(ctx: &Context) -> Self {
        let now = ctx.preferences;
        let languages = [("en", "English"), ("fr", "Français")].map(|(code, name)| (code.to_owned(), name.to_owned()));
        let palettes = choices(Palette::iter(), |one| ctx.say(Phrase::Palette(*one)));
        let entries = vec![
            FormField::new(Field::Language, FieldKind::Choice(languages.into()), &now.language.to_string()),
            FormField::new(Field::Palette, palettes, &now.look.palette.to_string()),
            FormField::new(Field::Ascii, switch(ctx), &now.look.ascii.to_string()),
            FormField::new(Field::Accessible, switch(ctx), &now.look.accessible.to_string()),
            FormField::new(Field::Mouse, switch(ctx), &now.mouse.to_string()),
        ];
        Self::new(Purpose::Preferences, 0, entries)
    }

    /// The structured filters of a list, as they are now.
    pub fn refine(query: &Query, ctx: &Context) -> Self {
        let day = |field, day: Option<chrono::NaiveDate>, prefer| {
            FormField::new(field, FieldKind::Day(prefer), &day.map(dates::format_date).unwrap_or_default())
        };
        let person = |field, role, id: Option<UserId>| {
            let entry = FormField::new(
                field,
                FieldKind::Person(role),
                &id.map(|_| ctx.say(Phrase::AsChosen)).unwrap_or_default(),
            );
            id.map_or_else(|| FormField::new(field, FieldKind::Person(role), ""), |id| entry.picked(id.0))
        };
        let client = |id: Option<ClientId>| {
            let entry = FormField::new(
                Field::ClientId,
                FieldKind::Client,
                &id.map(|_| ctx.say(Phrase::AsChosen)).unwrap_or_default(),
            );
            if let Some(id) = id { entry.picked(id.0) } else { entry }
        };
        let entries = match query {
            Query::Client(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Past),
                day(Field::To, listing.filter.to, Direction::Past),
                person(Field::SalesContactId, Role::Sales, listing.filter.sales_contact),
            ],
            Query::Contract(listing) => {
                let amount = |field, cents: Option<Cents>| {
                    let text = cents.map(|cents| cents.format(ctx.language)).unwrap_or_default();
                    FormField::new(field, FieldKind::Amount, &text)
                };
                let filter = &listing.filter;
                vec![
                    amount(Field::Above, filter.total_above),
                    amount(Field::Below, filter.total_below),
                    amount(Field::DueAbove, filter.due_above),
                    amount(Field::DueBelow, filter.due_below),
                    day(Field::From, filter.from, Direction::Past),
                    day(Field::To, filter.to, Direction::Past),
                    day(Field::SignedFrom, filter.signed_from, Direction::Past),
                    day(Field::SignedTo, filter.signed_to, Direction::Past),
                    person(Field::SalesContactId, Role::Sales, filter.sales_contact),
                    client(filter.client),
                ]
            }
            Query::Event(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Future),
                day(Field::To, listing.filter.to, Direction::Future),
                line(Field::Place, &listing.filter.place),
                client(listing.filter.client),
                person(Field::SalesContactId, Role::Sales, listing.filter.sales_contact),
                person(Field::SupportId, Role::Support, listing.filter.support),
            ],
            Query::User(_) => Vec::new(),
            Query::Audit(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Past),
                day(Field::To, listing.filter.to, Direction::Past),
            ],
        };
        Self::new(Purpose::Refine(query.clone()), 0, entries)
    }
}

fn event_entries(event: Option<&Event>) -> Vec<FormField> {
    let text = |of: fn(&Event) -> &str| event.map_or("", of);
    let time = |time: Option<chrono::NaiveDateTime>| time.map(dates::format_date_time).unwrap_or_default();
    vec![
        line(Field::Title, text(|event| &event.title)).required(),
        line(Field::ClientContact, text(|event| &event.client_contact)),
        FormField::new(Field::StartsAt, FieldKind::Time, &time(event.and_then(|event| event.starts_at))),
        FormField::new(Field::EndsAt, FieldKind::Time, &time(event.and_then(|event| event.ends_at))),
        line(Field::Location, text(|event| &event.location)),
        FormField::new(
            Field::Attendees,
            FieldKind::Whole,
            &event.map(|event| people(event.attendees.into())).unwrap_or_default(),
        ),
        FormField::new(Field::Notes, FieldKind::Notes, text(|event| &event.notes)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ContractId, EventId,
            audit::Auditable,
            contracts::Contract,
            events::Status,
            language::Language,
            session::{Actor, Session},
            settings::Settings,
        },
        ui::{
            Preferences,
            screens::form_field::typed_form,
            theme::{Look, Theme},
        },
    };
    use chrono::NaiveDateTime;

    fn time(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn client(full: bool) -> Client {
        let text = |text: &str| if full { text.to_owned() } else { String::new() };
        Client {
            id: ClientId::new(1),
            version: 1,
            full_name: "Kevin Casey".to_owned(),
            company_name: text("Cool Startup"),
            email: full.then(|| text("kevin@startup.io")),
            phone: "+678 123 456 78".to_owned(),
            sales_contact_id: UserId::new(7),
            last_contact_at: full.then(|| time("2026-03-29 00:00").date()),
            notes: text("Likes\ntwo lines"),
            archived_at: None,
            created_at: time("2026-01-01 00:00"),
            updated_at: time("2026-01-01 00:00"),
        }
    }

    fn contract(full: bool) -> ContractRow {
        let contract = Contract {
            id: ContractId::new(3),
            version: 1,
            client_id: ClientId::new(1),
            total_cents: Cents(if full { 1_234_567_890 } else { 1 }),
            due_cents: Cents(if full { 50 } else { 0 }),
            signed_at: full.then(|| time("2026-02-01 10:00")),
            notes: String::new(),
            archived_at: None,
            created_at: time("2026-01-01 00:00"),
            updated_at: time("2026-01-01 00:00"),
        };
        ContractRow {
            contract,
            client: "Kevin Casey".to_owned(),
            company: String::new(),
            sales_contact_id: UserId::new(7),
            sales_contact: "Person sales".to_owned(),
        }
    }

    fn event(full: bool) -> EventRow {
        let event = Event {
            id: EventId::new(4),
            version: 1,
            contract_id: ContractId::new(3),
            title: "Gala".to_owned(),
            client_contact: String::new(),
            starts_at: full.then(|| time("2026-10-25 02:30")),
            ends_at: full.then(|| time("2026-10-25 04:00")),
            location: String::new(),
            attendees: if full { 1_500 } else { 0 },
            notes: String::new(),
            status: Status::Planned,
            support_id: None,
            archived_at: None,
            created_at: time("2026-01-01 00:00"),
            updated_at: time("2026-01-01 00:00"),
        };
        EventRow {
            event,
            client_id: ClientId::new(1),
            client: "Kevin Casey".to_owned(),
            company: String::new(),
            sales_contact_id: UserId::new(7),
            sales_contact: "Person sales".to_owned(),
            support: None,
        }
    }

    /// A form that was opened and the same record as somebody else saved it must hold the same
    /// texts, or a conflict is told about a field that nobody has changed.
    #[test]
    fn what_somebody_saved_unchanged_stands_in_the_form_as_it_was_opened() {
        for language in [Language::En, Language::Fr] {
            let id = UserId::new(1);
            let actor = Actor { id, username: String::new(), full_name: String::new(), role: Role::Management };
            let session = Session {
                id: String::new(),
                actor,
                auth_epoch: 0,
                must_change_password: false,
                confirmed_at: None,
                settings: Settings::default(),
            };
            let (look, now) = (Look::default(), time("2026-11-21 10:00"));
            let theme = Theme::of(look);
            let preferences = Preferences { language, look, mouse: true };
            let ctx = Context { language, theme: &theme, session: &session, preferences, now, beat: 0 };
            let mut forms = vec![(Form::settings(&ctx), session.settings.audited_fields())];
            for full in [false, true] {
                let client = ClientRow { client: client(full), sales_contact: "Person sales".to_owned() };
                forms.push((Form::edit_client(&client, &ctx), client.client.audited_fields()));
                forms.push((Form::edit_contract(&contract(full), &ctx), contract(full).contract.audited_fields()));
                forms.push((Form::edit_event(&event(full), &ctx), event(full).event.audited_fields()));
            }
            for (form, facts) in forms {
                for entry in &form.entries {
                    let theirs = typed_form(entry, &facts, &ctx);
                    assert!(theirs.is_none_or(|theirs| theirs == entry.base), "{:?}", entry.field);
                }
            }
        }
    }
}
