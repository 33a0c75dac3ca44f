//! Clients that may be the one that is typed: asked for when a field is left, and shown below what they share.

use super::Form;
use crate::{
    domain::{
        ClientId, Field,
        clients::ClientDraft,
        entity::EntityKind,
        known::{Keys, Known, Shared},
    },
    services::{ReadRequest, Request},
    ui::{
        Action, Context,
        entity::clients,
        form::{Purpose, Reader},
        text::KnownPhrase,
    },
};

/// What was asked last, and what is known about it.
#[derive(Debug, Default)]
pub(super) struct Knowing {
    asked: Option<ClientDraft>,
    found: Vec<Known>,
}

impl Form {
    /// Asks who is known, if something was typed since that was asked last.
    pub(super) fn ask_who_is_known(&mut self, ctx: &Context) -> Action {
        let except = match self.purpose {
            Purpose::Create(EntityKind::Client) => None,
            Purpose::Edit(EntityKind::Client, id) => Some(ClientId::new(id)),
            _ => return Action::None,
        };
        let like = clients::likeness(&Reader::new(&self.entries, ctx.now));
        let is_empty = Keys::from(&like) == Keys::default() && like.email.is_none();
        if is_empty || self.knowing.asked.as_ref() == Some(&like) {
            return Action::None;
        }
        self.knowing = Knowing { asked: Some(like.clone()), found: Vec::new() };
        Action::Send(ReadRequest::KnownClients { like, except }.into())
    }

    /// Takes over who is known, unless something else has been asked since.
    pub(super) fn know(&mut self, to: &Request, known: Vec<Known>) {
        if let Request::Read(ReadRequest::KnownClients { like, .. }) = to
            && self.knowing.asked.as_ref() == Some(like)
        {
            self.knowing.found = known;
        }
    }

    /// What is said below this field of clients that are known, unless it was changed since.
    pub(super) fn known_below(&self, field: Field, ctx: &Context) -> Vec<String> {
        let (Some(asked), false) = (&self.knowing.asked, self.knowing.found.is_empty()) else { return Vec::new() };
        let now = clients::likeness(&Reader::new(&self.entries, ctx.now));
        let (shared, is_same) = match field {
            Field::CompanyName => {
                let same = (&now.full_name, &now.company_name) == (&asked.full_name, &asked.company_name);
                (Shared::Person, same)
            }
            Field::Email => (Shared::Email, now.email == asked.email),
            Field::Phone => (Shared::Phone, now.phone == asked.phone),
            _ => return Vec::new(),
        };
        let found = self.knowing.found.iter().filter(|known| is_same && known.shared.contains(&shared));
        found.map(|known| clients::known_words(known, shared, ctx)).collect()
    }

    /// After saving: who the clients are of which the form knows that they may be the same, and why; empty if it knows
    /// of none.
    pub(super) fn twins_in_words(&self, ctx: &Context) -> String {
        /// More would fill the screen; the form has named them all.
        const NAMED: usize = 2;
        let words = self.knowing.found.iter().filter_map(|known| {
            let [person, phone] = [(Field::CompanyName, Shared::Person), (Field::Phone, Shared::Phone)]
                .map(|(field, shared)| known.shared.contains(&shared) && !self.known_below(field, ctx).is_empty());
            (person || phone).then(|| ctx.say(KnownPhrase::TwinIs { who: &clients::who(known, ctx), person, phone }))
        });
        words.take(NAMED).collect::<Vec<_>>().join(" ")
    }

    /// All that is said of clients that are known, in the order of the fields.
    pub(super) fn known_in_all(&self, ctx: &Context) -> Vec<String> {
        self.entries.iter().flat_map(|entry| self.known_below(entry.field, ctx)).collect()
    }
}
