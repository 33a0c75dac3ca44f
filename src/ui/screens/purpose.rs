//! What forms are for, and the request that comes of what was typed.

use super::{form::Form, form_field::FormField};
use crate::{
    domain::{
        Cents, ClientId, ContractId, EventId, Field, FieldErrors, Problem, UserId, check,
        clients::ClientDraft,
        contracts::ContractDraft,
        dates::{self, Direction},
        entity::Query,
        events::EventDraft,
        money,
        settings::Settings,
        users::{Role, UserDraft},
    },
    services::{Request, SessionRequest, WriteRequest},
    ui::{Context, Preferences, text::Phrase, theme::Look},
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
    /// Language and looks, on this machine.
    Preferences,
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

    /// What the form is for when its record has been saved and it stays open.
    pub fn once_saved(&self, id: i64) -> Option<Self> {
        Some(match self {
            Self::NewClient => Self::EditClient(ClientId::new(id)),
            Self::NewContract => Self::EditContract(ContractId::new(id)),
            Self::NewEvent => Self::EditEvent(EventId::new(id)),
            Self::NewUser => Self::EditUser(UserId::new(id)),
            Self::EditClient(_) | Self::EditContract(_) | Self::EditEvent(_) | Self::EditUser(_) | Self::Settings => {
                self.clone()
            }
            // They hold passwords, which are set once, or nothing that is saved as a record.
            Self::ResetPassword(_)
            | Self::OwnPassword { .. }
            | Self::Preferences
            | Self::Refine(_)
            | Self::SetUp
            | Self::SignIn => return None,
        })
    }

    /// What the form is called.
    pub fn title(&self, ctx: &Context) -> String {
        ctx.say(match self {
            Self::NewClient => Phrase::NewClient,
            Self::EditClient(_) => Phrase::EditClient,
            Self::NewContract => Phrase::NewContract,
            Self::EditContract(_) => Phrase::EditContract,
            Self::NewEvent => Phrase::NewEvent,
            Self::EditEvent(_) => Phrase::EditEvent,
            Self::NewUser => Phrase::NewUser,
            Self::EditUser(_) => Phrase::EditUser,
            Self::ResetPassword(_) => Phrase::ResetPassword,
            Self::OwnPassword { .. } => Phrase::OwnPassword,
            Self::Settings => Phrase::Settings,
            Self::Preferences => Phrase::Preferences,
            Self::Refine(_) => Phrase::RefineTitle,
            Self::SetUp => Phrase::SetUpTitle,
            Self::SignIn => Phrase::SignIn,
        })
    }

    /// The word for Ctrl+S where it is another than saving.
    pub fn verb(&self, ctx: &Context) -> Option<String> {
        match self {
            Self::Refine(_) => Some(ctx.say(Phrase::VerbFilter)),
            _ => None,
        }
    }

    /// What follows by itself when a field is left.
    pub fn after_leaving(&self, at: usize, entries: &mut [FormField]) {
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
            Self::NewClient => Request::Write(WriteRequest::CreateClient {
                draft: client(form, ctx, &mut errors),
                sales_contact: form.picked(Field::SalesContactId).map(UserId::new),
            }),
            Self::EditClient(id) => {
                Request::Write(WriteRequest::UpdateClient { id: *id, version, draft: client(form, ctx, &mut errors) })
            }
            Self::NewContract => Request::Write(WriteRequest::CreateContract {
                client: ClientId::new(picked(form, Field::ClientId, &mut errors)),
                draft: contract(form, &mut errors),
            }),
            Self::EditContract(id) => {
                Request::Write(WriteRequest::UpdateContract { id: *id, version, draft: contract(form, &mut errors) })
            }
            Self::NewEvent => Request::Write(WriteRequest::CreateEvent {
                contract: ContractId::new(picked(form, Field::ContractId, &mut errors)),
                draft: event(form, ctx, &mut errors),
            }),
            Self::EditEvent(id) => {
                Request::Write(WriteRequest::UpdateEvent { id: *id, version, draft: event(form, ctx, &mut errors) })
            }
            Self::NewUser => {
                same_passwords(form, &mut errors);
                Request::Write(WriteRequest::CreateUser { draft: user(form), password: form.secret(Field::Password) })
            }
            Self::EditUser(id) => {
                Request::Write(WriteRequest::UpdateUser { id: *id, version, draft: user(form), heir: None })
            }
            Self::ResetPassword(id) => {
                same_passwords(form, &mut errors);
                Request::Write(WriteRequest::ResetPassword { id: *id, version, password: form.secret(Field::Password) })
            }
            Self::OwnPassword { .. } => {
                same_passwords(form, &mut errors);
                let (current, new) = (form.secret(Field::CurrentPassword), form.secret(Field::Password));
                Request::Write(WriteRequest::ChangeOwnPassword { current, new })
            }
            Self::Settings => Request::Write(WriteRequest::UpdateSettings(settings(form, ctx, &mut errors))),
            Self::SignIn => Request::Session(SessionRequest::SignIn {
                login: form.text(Field::Login).to_owned(),
                password: form.secret(Field::Password),
            }),
            Self::Refine(_) | Self::SetUp | Self::Preferences => Request::Session(SessionRequest::Heartbeat),
        };
        if errors.is_empty() { Ok(request) } else { Err(errors) }
    }

    /// The preferences that were chosen.
    pub fn preferred(&self, form: &Form, ctx: &Context) -> Preferences {
        let now = ctx.preferences;
        let on = |field| form.choice(field) == "true";
        Preferences {
            language: form.choice(Field::Language).parse().unwrap_or(now.language),
            look: Look {
                palette: form.choice(Field::Palette).parse().unwrap_or(now.look.palette),
                ascii: on(Field::Ascii),
                accessible: on(Field::Accessible),
            },
            mouse: on(Field::Mouse),
        }
    }

    /// The list's question with the filters that were typed.
    pub fn refined(&self, form: &Form, query: &Query, ctx: &Context) -> Result<Query, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut query = query.clone();
        let today = ctx.now.date();
        let mut day = |field, prefer| form.optional(field, &mut errors, |text| dates::parse_date(text, today, prefer));
        match &mut query {
            Query::Client(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
                listing.filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
            }
            Query::Contract(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
                listing.filter.signed_from = day(Field::SignedFrom, Direction::Past);
                listing.filter.signed_to = day(Field::SignedTo, Direction::Past);
                listing.filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
                listing.filter.client = form.picked(Field::ClientId).map(ClientId::new);
                let mut amount = |field| form.optional(field, &mut errors, Cents::parse);
                listing.filter.total_above = amount(Field::Above);
                listing.filter.total_below = amount(Field::Below);
                listing.filter.due_above = amount(Field::DueAbove);
                listing.filter.due_below = amount(Field::DueBelow);
            }
            Query::Event(listing) => {
                listing.filter.from = day(Field::From, Direction::Future);
                listing.filter.to = day(Field::To, Direction::Future);
                listing.filter.client = form.picked(Field::ClientId).map(ClientId::new);
                listing.filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
                listing.filter.support = form.picked(Field::SupportId).map(UserId::new);
                form.text(Field::Place).clone_into(&mut listing.filter.place);
            }
            Query::Audit(listing) => {
                listing.filter.from = day(Field::From, Direction::Past);
                listing.filter.to = day(Field::To, Direction::Past);
            }
            Query::User(_) => {}
        }
        for (field, reversed) in reversed_spans(&query) {
            if reversed {
                errors.push(field, Problem::NothingBetween);
            }
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }
}

/// The end of every span that a filter has, and whether it lies below the beginning.
fn reversed_spans(query: &Query) -> Vec<(Field, bool)> {
    fn reversed<T: PartialOrd>(from: Option<T>, to: Option<T>) -> bool {
        from.zip(to).is_some_and(|(from, to)| to < from)
    }
    match query {
        Query::Client(listing) => vec![(Field::To, reversed(listing.filter.from, listing.filter.to))],
        Query::Contract(listing) => {
            let filter = &listing.filter;
            vec![
                (Field::Below, reversed(filter.total_above, filter.total_below)),
                (Field::DueBelow, reversed(filter.due_above, filter.due_below)),
                (Field::To, reversed(filter.from, filter.to)),
                (Field::SignedTo, reversed(filter.signed_from, filter.signed_to)),
            ]
        }
        Query::Event(listing) => vec![(Field::To, reversed(listing.filter.from, listing.filter.to))],
        Query::Audit(listing) => vec![(Field::To, reversed(listing.filter.from, listing.filter.to))],
        Query::User(_) => Vec::new(),
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
