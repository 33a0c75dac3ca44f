//! What a form is called, and what follows when it is completed.

use crate::{
    domain::{
        Field, FieldErrors, Problem,
        entity::{EntityKind, Query},
    },
    services::{CheckedAgainst, Request, WriteRequest},
    ui::{
        Context, Preferences,
        actions::bind,
        entity::{self, Seen, contracts, payments, users},
        form::{self, FormField, Purpose, Reader},
        keys::{Binding, Command},
        text::{KnownPhrase, ListPhrase, PaymentPhrase, Phrase, SetUpPhrase},
    },
};

/// What follows when a form is completed.
#[derive(Debug)]
pub enum Submission {
    Send(Request),
    /// The same, once the user has confirmed the list of changes.
    SendChanges(Request),
    /// The same, once the user has confirmed that the password of the user named in the form is reset.
    SendReset(Request),
    /// The same, once the user has confirmed that the signature is final.
    SendSignature(Request),
    /// The same, once the user has confirmed what is merged.
    SendMerge(Request),
    Prefer(Preferences),
    Refine(Query),
}

impl Submission {
    /// The request, if there is one, without the question before it.
    pub fn request(self) -> Option<Request> {
        self.sent().cloned()
    }

    fn sent(&self) -> Option<&Request> {
        match self {
            Self::Send(request)
            | Self::SendChanges(request)
            | Self::SendReset(request)
            | Self::SendSignature(request)
            | Self::SendMerge(request) => Some(request),
            Self::Prefer(_) | Self::Refine(_) => None,
        }
    }
}

impl Purpose {
    /// What the form is called.
    pub fn title(&self, ctx: &Context) -> String {
        ctx.say(match self {
            Self::Create(kind) => entity::new_title(*kind).unwrap_or(Phrase::ListOf(*kind)),
            Self::Edit(kind, _) => entity::edit_title(*kind).unwrap_or(Phrase::OneOf(*kind)),
            Self::Sign(_) => Phrase::SignContract,
            Self::CancelPayment(_) => Phrase::Payment(PaymentPhrase::Cancel),
            Self::Merge(_) => Phrase::Known(KnownPhrase::MergeTitle),
            Self::ResetPassword(_) => Phrase::ResetPassword,
            Self::OwnPassword { .. } => Phrase::OwnPassword,
            Self::Settings => Phrase::Settings,
            Self::Preferences => Phrase::Preferences,
            Self::Refine(query) => Phrase::Lists(ListPhrase::RefineTitle(query.kind())),
            Self::SetUp => Phrase::SetUp(SetUpPhrase::Title),
            Self::SignIn => Phrase::SignIn,
        })
    }

    /// The word for Ctrl+S if it does not mean saving.
    pub fn verb(&self, ctx: &Context) -> Option<String> {
        match self {
            Self::Refine(_) => Some(ctx.say(Phrase::VerbFilter).to_lowercase()),
            Self::Sign(_) => Some(ctx.say(Phrase::VerbSign).to_lowercase()),
            Self::CancelPayment(_) => Some(ctx.say(PaymentPhrase::Cancel).to_lowercase()),
            Self::Merge(_) => Some(ctx.say(KnownPhrase::VerbMerge)),
            _ => None,
        }
    }

    /// The fields that are set only when the record is created, passwords aside.
    pub fn set_once(&self) -> &'static [Field] {
        match self {
            Self::Create(kind) => entity::set_once(*kind),
            _ => &[],
        }
    }

    /// Where to look whether the form was saved, if that is unknown.
    pub fn look_in(&self, ctx: &Context) -> String {
        let place = match self {
            Self::Create(kind) | Self::Edit(kind, _) => Phrase::ListOf(*kind),
            Self::Sign(_) => Phrase::ListOf(EntityKind::Contract),
            Self::CancelPayment(_) => Phrase::ListOf(EntityKind::Payment),
            Self::Merge(_) => Phrase::ListOf(EntityKind::Client),
            Self::ResetPassword(_) => Phrase::ListOf(EntityKind::User),
            Self::Settings => Phrase::Settings,
            Self::OwnPassword { .. } | Self::Preferences | Self::Refine(_) | Self::SetUp | Self::SignIn => {
                return ctx.say(Phrase::LookBeforeSaving);
            }
        };
        ctx.say(Phrase::LookIn(&ctx.say(place)))
    }

    /// The key that leaves the form; whoever has to change a temporary password is signed out by it.
    pub fn back(&self, ctx: &Context) -> Binding {
        let back = bind(Command::Back, ctx, None);
        if !matches!(self, Self::OwnPassword { forced: true }) {
            return back;
        }
        let words = ctx.say(Phrase::SignOut);
        Binding { label: words.to_lowercase().into(), help: words.into(), ..back }
    }

    /// What follows from the typed values, or what is wrong with them. `None` for a page of the
    /// set-up wizard, which reads its pages itself. Nothing is returned that the services would
    /// refuse because of its values.
    pub fn submit(&self, fields: &[FormField], version: i32, ctx: &Context) -> Result<Option<Submission>, FieldErrors> {
        let mut reader = Reader::new(fields, ctx.now);
        let submission = match self {
            Self::Create(kind) => {
                entity::write_new(*kind, &mut reader).map(|write| Submission::Send(Request::Write(write)))
            }
            Self::Edit(kind, id) => entity::write_edit(*kind, Seen { id: *id, version }, &mut reader)
                .map(|write| Submission::SendChanges(Request::Write(write))),
            Self::Sign(id) => {
                let write = contracts::read_signature(*id, version, &mut reader);
                Some(Submission::SendSignature(Request::Write(write)))
            }
            Self::CancelPayment(id) => {
                let write = payments::read_cancellation(*id, version, &mut reader);
                Some(Submission::Send(Request::Write(write)))
            }
            Self::Merge(merging) => {
                let write = entity::merging::read(merging, version, &mut reader);
                Some(Submission::SendMerge(Request::Write(write)))
            }
            Self::ResetPassword(id) => {
                let write = users::read_reset_password(*id, version, &mut reader);
                Some(Submission::SendReset(Request::Write(write)))
            }
            Self::OwnPassword { .. } => Some(Submission::Send(Request::Write(form::read_own_password(&mut reader)))),
            Self::Settings => {
                let write = form::read_settings(version, &mut reader, ctx);
                Some(Submission::SendChanges(Request::Write(write)))
            }
            Self::Preferences => Some(Submission::Prefer(form::read_preferences(&reader, ctx))),
            Self::Refine(query) => return entity::refined(query, reader).map(|query| Some(Submission::Refine(query))),
            Self::SignIn => Some(Submission::Send(Request::Session(form::read_sign_in(&reader)))),
            Self::SetUp => None,
        };
        let mut errors = reader.errors();
        if let Some(Request::Write(write)) = submission.as_ref().and_then(Submission::sent) {
            let mut wrong = self.problems(write, fields, version, ctx);
            // A start that cannot be read is no missing one.
            let no_start = (Field::EndsAt, Problem::EndWithoutStart);
            wrong.0.retain(|one| *one != no_start || errors.of(Field::StartsAt).is_none());
            errors.0.extend(wrong.0);
        }
        if errors.is_empty() { Ok(submission) } else { Err(errors) }
    }

    /// The account whose password is set in these fields; empty if it has no name yet.
    pub fn username<'a>(&self, fields: &'a [FormField], ctx: &Context<'a>) -> &'a str {
        match self {
            Self::OwnPassword { .. } => &ctx.session.actor.username,
            _ => form::find(fields, Field::Username).map_or("", |entry| entry.input.text()),
        }
    }

    /// What is wrong with the values of the request that these fields make.
    fn problems(&self, write: &WriteRequest, fields: &[FormField], version: i32, ctx: &Context) -> FieldErrors {
        let before = match self {
            Self::Edit(kind, id) => {
                let before: Vec<FormField> = fields.iter().map(FormField::as_it_was).collect();
                entity::write_edit(*kind, Seen { id: *id, version }, &mut Reader::new(&before, ctx.now))
            }
            _ => None,
        };
        let username = self.username(fields, ctx);
        let (settings, wall) = (ctx.settings(), ctx.now);
        write.problems(CheckedAgainst { settings, wall, username, before: before.as_ref() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Cents, ClientId, ContractId, UserId,
            audit::Auditable,
            clients::{Client, ClientRow},
            contracts::{Contract, ContractRow},
            entity::Record,
            events::{Event, EventRow},
            language::Language,
            lists::Lists,
            payments::Method,
            session::{Actor, Session},
            settings::Settings,
            users::Role,
        },
        ui::{
            form::typed_form,
            keymap::Keys,
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
            merged_into_id: None,
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
            client_phone: String::new(),
            sales_contact_id: UserId::new(7),
            sales_contact: "Person sales".to_owned(),
            next_due_on: None,
        }
    }

    fn event(full: bool) -> EventRow {
        let event = Event {
            starts_at: full.then(|| time("2026-10-25 02:30")),
            ends_at: full.then(|| time("2026-10-25 04:00")),
            attendees: if full { 1_500 } else { 0 },
            ..Event::sample()
        };
        EventRow {
            event,
            client_id: ClientId::new(1),
            client: "Kevin Casey".to_owned(),
            company: String::new(),
            client_phone: String::new(),
            sales_contact_id: UserId::new(7),
            sales_contact: "Person sales".to_owned(),
            support: None,
        }
    }

    /// The fields of a form and the same record as another user saves it have to have equal texts.
    /// Otherwise a conflict would be reported for a field that nobody has changed.
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
            let lists = Lists::default();
            let ctx = Context {
                language,
                theme: &theme,
                session: &session,
                lists: &lists,
                preferences,
                now,
                beat: 0,
                saving: false,
                keys: Keys::usual(),
                method: Method::default(),
            };
            let mut forms = vec![(form::settings(&ctx), session.settings.audited_fields())];
            for full in [false, true] {
                let sales_contact = "Person sales".to_owned();
                let client = ClientRow { client: client(full), sales_contact, merged_into: None, twin_key: None };
                let edit = |record: Record| entity::edit_form(&record, &ctx).unwrap();
                forms.push((edit(client.clone().into()), client.client.audited_fields()));
                forms.push((edit(contract(full).into()), contract(full).contract.audited_fields()));
                forms.push((edit(event(full).into()), event(full).event.audited_fields()));
            }
            for (form, facts) in forms {
                for entry in &form.fields {
                    let theirs = typed_form(entry, &facts, &ctx);
                    assert!(theirs.is_none_or(|theirs| theirs == entry.base), "{:?}", entry.field);
                }
            }
        }
    }
}
