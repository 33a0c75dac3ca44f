//! What forms are for: their fields, and the request that comes of what was typed.

use strum::IntoEnumIterator;

use super::form::{Entry, Form, Kind};
use crate::{
    domain::{
        Cents, ClientId, ContractId, EventId, Field, FieldErrors, Problem, UserId, check,
        client::ClientDraft,
        contract::ContractDraft,
        dates::{self, Direction},
        event::EventDraft,
        filter::{ClientRow, ContractRow, EventRow},
        money,
        settings::{Reauth, Settings, Visibility},
        user::{Role, User, UserDraft},
    },
    services::Request,
    ui::{Context, records::Query, text::W},
};

/// What a form is for.
#[derive(Debug, Clone)]
pub enum Purpose {
    NewClient,
    EditClient(ClientId),
    NewContract,
    EditContract(ContractId),
    NewEvent,
    EditEvent(EventId),
    NewUser,
    EditUser(UserId),
    ResetPassword(UserId),
    /// My own; `forced` while the password is temporary.
    OwnPassword {
        forced: bool,
    },
    Settings,
    /// The structured filters of a list.
    Refine(Query),
    /// A page of the set-up wizard.
    SetUp,
    SignIn,
}

impl Purpose {
    /// Nothing is lost when it is left.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Refine(_) | Self::SetUp | Self::SignIn | Self::OwnPassword { .. })
    }

    /// It makes a record that was not there before.
    pub fn makes_new(&self) -> bool {
        matches!(self, Self::NewClient | Self::NewContract | Self::NewEvent | Self::NewUser)
    }

    /// What the form is called.
    pub fn title(&self, ctx: &Context) -> String {
        ctx.say(match self {
            Self::NewClient => W::NewClient,
            Self::EditClient(_) => W::EditClient,
            Self::NewContract => W::NewContract,
            Self::EditContract(_) => W::EditContract,
            Self::NewEvent => W::NewEvent,
            Self::EditEvent(_) => W::EditEvent,
            Self::NewUser => W::NewUser,
            Self::EditUser(_) => W::EditUser,
            Self::ResetPassword(_) => W::ResetPassword,
            Self::OwnPassword { .. } => W::OwnPassword,
            Self::Settings => W::Settings,
            Self::Refine(_) => W::RefineTitle,
            Self::SetUp => W::SetUpTitle,
            Self::SignIn => W::SignIn,
        })
    }

    /// The word for Ctrl+S where it is another than saving.
    pub fn verb(&self, ctx: &Context) -> Option<String> {
        match self {
            Self::Refine(_) => Some(ctx.say(W::VerbFilter)),
            _ => None,
        }
    }

    /// What follows by itself when a field is left.
    pub fn after_leaving(&self, at: usize, entries: &mut [Entry]) {
        let left = entries.get(at).map(|entry| entry.field);
        if matches!(self, Self::NewContract) && left == Some(Field::TotalCents) {
            let total = entries[at].input.text().to_owned();
            if let Some(due) = entries.iter_mut().find(|entry| entry.field == Field::DueCents && entry.input.is_empty())
            {
                due.input.set(&total);
            }
        }
    }

    /// The request for what was typed, or what is wrong with it.
    pub fn request(&self, form: &Form, ctx: &Context) -> Result<Request, FieldErrors> {
        let mut errors = FieldErrors::default();
        let version = form.version;
        let request = match self {
            Self::NewClient => Request::CreateClient {
                draft: client(form, ctx, &mut errors),
                sales_contact: form.picked(Field::SalesContactId).map(UserId::new),
            },
            Self::EditClient(id) => Request::UpdateClient { id: *id, version, draft: client(form, ctx, &mut errors) },
            Self::NewContract => Request::CreateContract {
                client: ClientId::new(picked(form, Field::ClientId, &mut errors)),
                draft: contract(form, &mut errors),
            },
            Self::EditContract(id) => Request::UpdateContract { id: *id, version, draft: contract(form, &mut errors) },
            Self::NewEvent => Request::CreateEvent {
                contract: ContractId::new(picked(form, Field::ContractId, &mut errors)),
                draft: event(form, ctx, &mut errors),
            },
            Self::EditEvent(id) => Request::UpdateEvent { id: *id, version, draft: event(form, ctx, &mut errors) },
            Self::NewUser => {
                same_passwords(form, &mut errors);
                Request::CreateUser { draft: user(form), password: form.secret(Field::Password) }
            }
            Self::EditUser(id) => Request::UpdateUser { id: *id, version, draft: user(form), heir: None },
            Self::ResetPassword(id) => {
                same_passwords(form, &mut errors);
                Request::ResetPassword { id: *id, version, password: form.secret(Field::Password) }
            }
            Self::OwnPassword { .. } => {
                same_passwords(form, &mut errors);
                let (current, new) = (form.secret(Field::CurrentPassword), form.secret(Field::Password));
                Request::ChangeOwnPassword { current, new }
            }
            Self::Settings => Request::UpdateSettings(settings(form, ctx, &mut errors)),
            Self::SignIn => {
                Request::SignIn { login: form.text(Field::Login).to_owned(), password: form.secret(Field::Password) }
            }
            Self::Refine(_) | Self::SetUp => Request::Heartbeat,
        };
        if errors.is_empty() { Ok(request) } else { Err(errors) }
    }

    /// The list's question with the filters that were typed.
    pub fn refined(&self, form: &Form, query: &Query, ctx: &Context) -> Result<Query, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut query = query.clone();
        let today = ctx.now.date();
        let mut day = |field, prefer| form.optional(field, &mut errors, |text| dates::parse_date(text, today, prefer));
        match &mut query {
            Query::Clients(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
                listing.filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
            }
            Query::Contracts(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
                listing.filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
                listing.filter.client = form.picked(Field::ClientId).map(ClientId::new);
                let mut amount = |field| form.optional(field, &mut errors, Cents::parse);
                listing.filter.total_above = amount(Field::Above);
                listing.filter.total_below = amount(Field::Below);
                listing.filter.due_above = amount(Field::DueAbove);
                listing.filter.due_below = amount(Field::DueBelow);
            }
            Query::Events(listing) => {
                listing.filter.from = day(Field::From, Direction::Future);
                listing.filter.to = day(Field::To, Direction::Future);
                listing.filter.support = form.picked(Field::SupportId).map(UserId::new);
                form.text(Field::Place).clone_into(&mut listing.filter.place);
            }
            Query::Audit(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
            }
            Query::Staff(_) => {}
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }
}

fn picked(form: &Form, field: Field, errors: &mut FieldErrors) -> i64 {
    errors.take(field, form.picked(field).ok_or(Problem::Required)).unwrap_or_default()
}

fn same_passwords(form: &Form, errors: &mut FieldErrors) {
    if form.text(Field::Password) != form.text(Field::PasswordAgain) {
        errors.push(Field::PasswordAgain, Problem::PasswordsDiffer);
    }
}

fn maybe(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn client(form: &Form, ctx: &Context, errors: &mut FieldErrors) -> ClientDraft {
    let today = ctx.now.date();
    ClientDraft {
        full_name: form.text(Field::FullName).to_owned(),
        company_name: form.text(Field::CompanyName).to_owned(),
        email: maybe(form.text(Field::Email)),
        phone: form.text(Field::Phone).to_owned(),
        last_contact_at: form
            .optional(Field::LastContactAt, errors, |text| dates::parse_date(text, today, Direction::Past)),
        notes: form.text(Field::Notes).to_owned(),
    }
}

fn contract(form: &Form, errors: &mut FieldErrors) -> ContractDraft {
    ContractDraft {
        total_cents: form.amount(Field::TotalCents, errors),
        due_cents: form.amount(Field::DueCents, errors),
        notes: form.text(Field::Notes).to_owned(),
    }
}

fn event(form: &Form, ctx: &Context, errors: &mut FieldErrors) -> EventDraft {
    let mut time = |field| {
        let clock = form.clock(field, ctx);
        form.optional(field, errors, |text| dates::parse_date_time(text, clock))
    };
    let (starts_at, ends_at) = (time(Field::StartsAt), time(Field::EndsAt));
    EventDraft {
        title: form.text(Field::Title).to_owned(),
        client_contact: form.text(Field::ClientContact).to_owned(),
        starts_at,
        ends_at,
        location: form.text(Field::Location).to_owned(),
        attendees: errors.take(Field::Attendees, check::attendees(form.text(Field::Attendees))).unwrap_or_default(),
        notes: form.text(Field::Notes).to_owned(),
    }
}

/// The account that a form describes.
pub fn user(form: &Form) -> UserDraft {
    UserDraft {
        username: form.text(Field::Username).to_owned(),
        full_name: form.text(Field::FullName).to_owned(),
        email: maybe(form.text(Field::Email)),
        phone: maybe(form.text(Field::Phone)),
        employee_number: maybe(form.text(Field::EmployeeNumber)),
        role: form.choice(Field::Role).parse().unwrap_or(Role::Management),
    }
}

fn settings(form: &Form, ctx: &Context, errors: &mut FieldErrors) -> Settings {
    let mut whole = |field| {
        let read = |text: &str| u16::try_from(money::parse_whole(text)?).map_err(|_| Problem::OutOfRange(1, 480));
        errors.take(field, read(form.text(field))).unwrap_or_default()
    };
    let (session_minutes, min_password_length) = (whole(Field::SessionMinutes), whole(Field::MinPasswordLength));
    let current = ctx.settings();
    Settings {
        version: form.version,
        company_name: form.text(Field::CompanyName).to_owned(),
        currency: form.text(Field::Currency).to_owned(),
        time_zone: errors
            .take(Field::TimeZone, check::time_zone(form.text(Field::TimeZone)))
            .unwrap_or(current.time_zone),
        visibility: form.choice(Field::Visibility).parse().unwrap_or(current.visibility),
        sales_create_contracts: form.choice(Field::SalesCreateContracts) == "true",
        support_hands_over: form.choice(Field::SupportHandsOver) == "true",
        reauth: form.choice(Field::Reauth).parse().unwrap_or(current.reauth),
        session_minutes,
        min_password_length,
    }
}

fn line(field: Field, text: &str) -> Entry {
    Entry::new(field, Kind::Line, text)
}

fn choices<T: std::fmt::Display>(options: impl Iterator<Item = T>, label: impl Fn(&T) -> String) -> Kind {
    Kind::Choice(options.map(|option| (option.to_string(), label(&option))).collect())
}

fn roles(ctx: &Context) -> Kind {
    choices(Role::iter(), |role| ctx.say(W::Role(*role)))
}

fn switch(ctx: &Context) -> Kind {
    choices([false, true].into_iter(), |on| ctx.say(if *on { W::On } else { W::Off }))
}

fn client_entries(client: Option<&crate::domain::client::Client>) -> Vec<Entry> {
    let text = |of: fn(&crate::domain::client::Client) -> &str| client.map_or("", of);
    let last_contact = client.and_then(|client| client.last_contact_at).map(dates::format_date).unwrap_or_default();
    vec![
        line(Field::FullName, text(|client| &client.full_name)).required(),
        line(Field::CompanyName, text(|client| &client.company_name)).required(),
        line(Field::Email, text(|client| client.email.as_deref().unwrap_or(""))),
        line(Field::Phone, text(|client| &client.phone)).required(),
        Entry::new(Field::LastContactAt, Kind::Day(Direction::Past), &last_contact),
        Entry::new(Field::Notes, Kind::Notes, text(|client| &client.notes)),
    ]
}

fn user_entries(user: Option<&User>, ctx: &Context) -> Vec<Entry> {
    let text = |of: fn(&User) -> &str| user.map_or("", of);
    let role = user.map_or("sales".to_owned(), |user| user.role.to_string());
    vec![
        line(Field::Username, text(|user| &user.username)).required(),
        line(Field::FullName, text(|user| &user.full_name)).required(),
        line(Field::Email, text(|user| user.email.as_deref().unwrap_or(""))),
        line(Field::Phone, text(|user| user.phone.as_deref().unwrap_or(""))),
        line(Field::EmployeeNumber, text(|user| user.employee_number.as_deref().unwrap_or(""))),
        Entry::new(Field::Role, roles(ctx), &role),
    ]
}

/// A password that is to be set, twice.
pub fn new_password() -> [Entry; 2] {
    let kinds = [(Field::Password, Kind::NewPassword), (Field::PasswordAgain, Kind::Password)];
    kinds.map(|(field, kind)| Entry::new(field, kind, "").required())
}

impl Form {
    /// Management names the sales contact; sales create their own clients.
    pub fn new_client(ctx: &Context) -> Self {
        let mut entries = client_entries(None);
        if ctx.session.actor.role != Role::Sales {
            entries.insert(4, Entry::new(Field::SalesContactId, Kind::Person(Role::Sales), "").required());
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
                Entry::new(Field::ClientId, Kind::Fixed, &name).picked(row.client.id.0)
            }
            None => Entry::new(Field::ClientId, Kind::Client, "").required(),
        };
        let entries = vec![
            who,
            Entry::new(Field::TotalCents, Kind::Amount, "").required(),
            Entry::new(Field::DueCents, Kind::Amount, "").required(),
            Entry::new(Field::Notes, Kind::Notes, ""),
        ];
        Self::new(Purpose::NewContract, 0, entries)
    }

    pub fn edit_contract(row: &ContractRow, ctx: &Context) -> Self {
        let contract = &row.contract;
        let entries = vec![
            Entry::new(Field::ClientId, Kind::Fixed, &row.client),
            Entry::new(Field::TotalCents, Kind::Amount, &contract.total_cents.format(ctx.language)).required(),
            Entry::new(Field::DueCents, Kind::Amount, &contract.due_cents.format(ctx.language)).required(),
            Entry::new(Field::Notes, Kind::Notes, &contract.notes),
        ];
        Self::new(Purpose::EditContract(contract.id), contract.version, entries)
    }

    pub fn new_event(contract: Option<&ContractRow>) -> Self {
        let (of, contact) = match contract {
            Some(row) => {
                let name = format!("{} - {} ({})", row.contract.id.0, row.client, row.company);
                let of = Entry::new(Field::ContractId, Kind::Fixed, &name).picked(row.contract.id.0);
                (of, row.client.as_str())
            }
            None => (Entry::new(Field::ContractId, Kind::Contract, "").required(), ""),
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
        let mut entries = vec![Entry::new(Field::FullName, Kind::Fixed, &user.full_name)];
        entries.extend(new_password());
        Self::new(Purpose::ResetPassword(user.id), user.version, entries)
    }

    pub fn own_password(forced: bool) -> Self {
        let mut entries = vec![Entry::new(Field::CurrentPassword, Kind::Password, "").required()];
        entries.extend(new_password());
        Self::new(Purpose::OwnPassword { forced }, 0, entries)
    }

    pub fn sign_in(login: &str) -> Self {
        let entries = vec![line(Field::Login, login), Entry::new(Field::Password, Kind::Password, "")];
        Self::new(Purpose::SignIn, 0, entries)
    }

    pub fn settings(ctx: &Context) -> Self {
        let settings = ctx.settings();
        let visibilities = choices(Visibility::iter(), |one| ctx.say(W::Visibility(*one)));
        let reauths = choices(Reauth::iter(), |one| ctx.say(W::Reauth(*one)));
        let entries = vec![
            line(Field::CompanyName, &settings.company_name).required(),
            line(Field::Currency, &settings.currency).required(),
            line(Field::TimeZone, settings.time_zone.name()).required(),
            Entry::new(Field::Visibility, visibilities, &settings.visibility.to_string()),
            Entry::new(Field::SalesCreateContracts, switch(ctx), &settings.sales_create_contracts.to_string()),
            Entry::new(Field::SupportHandsOver, switch(ctx), &settings.support_hands_over.to_string()),
            Entry::new(Field::Reauth, reauths, &settings.reauth.to_string()),
            Entry::new(Field::SessionMinutes, Kind::Whole, &settings.session_minutes.to_string()).required(),
            Entry::new(Field::MinPasswordLength, Kind::Whole, &settings.min_password_length.to_string()).required(),
        ];
        Self::new(Purpose::Settings, settings.version, entries)
    }

    /// The structured filters of a list, as they are now.
    pub fn refine(query: &Query, ctx: &Context) -> Self {
        let day = |field, day: Option<chrono::NaiveDate>, prefer| {
            Entry::new(field, Kind::Day(prefer), &day.map(dates::format_date).unwrap_or_default())
        };
        let person = |field, role, id: Option<UserId>| {
            let entry = Entry::new(field, Kind::Person(role), &id.map(|_| ctx.say(W::AsChosen)).unwrap_or_default());
            id.map_or_else(|| Entry::new(field, Kind::Person(role), ""), |id| entry.picked(id.0))
        };
        let entries = match query {
            Query::Clients(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Past),
                day(Field::To, listing.filter.to, Direction::Past),
                person(Field::SalesContactId, Role::Sales, listing.filter.sales_contact),
            ],
            Query::Contracts(listing) => {
                let amount = |field, cents: Option<Cents>| {
                    let text = cents.map(|cents| cents.format(ctx.language)).unwrap_or_default();
                    Entry::new(field, Kind::Amount, &text)
                };
                let filter = &listing.filter;
                let mut client = Entry::new(Field::ClientId, Kind::Client, "");
                if let Some(id) = filter.client {
                    client = Entry::new(Field::ClientId, Kind::Client, &ctx.say(W::AsChosen)).picked(id.0);
                }
                vec![
                    amount(Field::Above, filter.total_above),
                    amount(Field::Below, filter.total_below),
                    amount(Field::DueAbove, filter.due_above),
                    amount(Field::DueBelow, filter.due_below),
                    day(Field::From, filter.from, Direction::Past),
                    day(Field::To, filter.to, Direction::Past),
                    person(Field::SalesContactId, Role::Sales, filter.sales_contact),
                    client,
                ]
            }
            Query::Events(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Future),
                day(Field::To, listing.filter.to, Direction::Future),
                line(Field::Place, &listing.filter.place),
                person(Field::SupportId, Role::Support, listing.filter.support),
            ],
            Query::Staff(_) => Vec::new(),
            Query::Audit(listing) => vec![
                day(Field::From, listing.filter.from, Direction::Past),
                day(Field::To, listing.filter.to, Direction::Past),
            ],
        };
        Self::new(Purpose::Refine(query.clone()), 0, entries)
    }
}

fn event_entries(event: Option<&crate::domain::event::Event>) -> Vec<Entry> {
    let text = |of: fn(&crate::domain::event::Event) -> &str| event.map_or("", of);
    let time = |time: Option<chrono::NaiveDateTime>| time.map(dates::format_date_time).unwrap_or_default();
    let attendees = event.map(|event| event.attendees).filter(|people| *people > 0);
    vec![
        line(Field::Title, text(|event| &event.title)).required(),
        line(Field::ClientContact, text(|event| &event.client_contact)),
        Entry::new(Field::StartsAt, Kind::Time, &time(event.and_then(|event| event.starts_at))),
        Entry::new(Field::EndsAt, Kind::Time, &time(event.and_then(|event| event.ends_at))),
        line(Field::Location, text(|event| &event.location)),
        Entry::new(Field::Attendees, Kind::Whole, &attendees.map(|people| people.to_string()).unwrap_or_default()),
        Entry::new(Field::Notes, Kind::Notes, text(|event| &event.notes)),
    ]
}
