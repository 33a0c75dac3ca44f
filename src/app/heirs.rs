//! Who takes over what a user owns who is deactivated or changes department: asks for the people, and
//! shows who will have how much before anything is written.

use super::{App, Asker, workspace::PopupPurpose};
use crate::{
    domain::{UserId, entity::EntityKind, error::Inheritance},
    services::{Request, Share, WriteRequest},
    ui::{
        form::Choices,
        popup::{Popup, Source},
        question,
        text::{Asked, Phrase},
    },
};

impl App {
    /// Asks who takes over; the request was refused because it does not say so.
    pub(super) fn ask_for_heirs(&mut self, asker: Asker, request: Request, owned: Inheritance) {
        let title = self.context().say(Phrase::Asked(Asked::HeirFor(&owned)));
        let others = Choices::Others { role: owned.role, except: owned.leaver };
        let popup = Popup::picker(title, Source::Records(others), None).for_several();
        self.open_for(asker, popup, PopupPurpose::Heirs(asker, Box::new(request), owned));
    }

    /// Shows how much each of these people takes over, and asks whether to send the request.
    pub(super) fn ask_about_shares(
        &mut self,
        asker: Asker,
        request: Request,
        owned: &Inheritance,
        people: &[(UserId, String)],
    ) {
        let heirs = people.iter().map(|(id, _)| *id).collect();
        let (request, verb) = match request {
            Request::Write(WriteRequest::DeactivateUser { id, version, .. }) => (
                Request::Write(WriteRequest::DeactivateUser { id, version, heirs }),
                Phrase::ArchiveVerb { kind: EntityKind::User, hidden: false },
            ),
            Request::Write(WriteRequest::UpdateUser { id, version, draft, .. }) => {
                (Request::Write(WriteRequest::UpdateUser { id, version, draft, heirs }), Phrase::VerbSave)
            }
            other => return self.send(asker, other),
        };
        let names = people.iter().map(|(_, name)| name.as_str());
        let shares = Share::by_turns(names, owned.clients, owned.events);
        let ctx = self.context();
        let lines = shares.iter().map(|share| ctx.say(Phrase::Asked(Asked::ShareOf(share)))).collect();
        let popup = Popup::confirm(ctx.say(Phrase::Asked(Asked::SharesOf(&owned.name))), lines, &ctx.say(verb), &ctx)
            .saying_if_cancelled(question::not_done(&request, &ctx));
        self.open_popup(popup, PopupPurpose::Send(asker, Box::new(request)));
    }
}
