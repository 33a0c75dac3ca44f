//! Who takes over what a user owns who is deactivated or changes department: asks for the people, and
//! shows who will have how much before anything is written.

use super::{
    App, Asker,
    workspace::{Divided, PopupPurpose},
};
use crate::{
    domain::{assigning::Candidate, entity::EntityKind, error::Inheritance},
    services::{Heirs, Request, Share, WriteRequest},
    ui::{
        form::Choices,
        popup::{Popup, Source},
        text::{Asked, Phrase},
    },
};

impl App {
    /// Asks who takes over; the request was refused because it does not say so, or because the user
    /// owns other numbers by now than those that were confirmed. The people who were marked then are
    /// marked again.
    pub(super) fn ask_for_heirs(&mut self, asker: Asker, mut request: Request, owned: Inheritance) {
        let confirmed = heirs_of(&mut request).and_then(Option::take);
        let (mut marked, mut about) = (Vec::new(), None);
        if let Some(Heirs { people, .. }) = confirmed {
            about = Some(self.context().say(Phrase::Asked(Asked::OwnsOthersNow(&owned.name))));
            let last = self.workspace().map(|workspace| std::mem::take(&mut workspace.heirs)).unwrap_or_default();
            if last.iter().map(|person| person.id).eq(people) {
                marked = last;
            }
        }
        let popup = self.heir_picker(&owned, marked).about(about);
        self.open_for(asker, popup, PopupPurpose::Heirs(asker, Box::new(request), owned));
    }

    /// Asks again, after the shares of these people were not what was wanted.
    pub(super) fn ask_for_other_heirs(&mut self, asker: Asker, request: Box<Request>, divided: Divided) {
        let Divided { owned, people, marked } = divided;
        let popup = self.heir_picker(&owned, if marked { people } else { Vec::new() });
        self.open_popup(popup, PopupPurpose::Heirs(asker, request, owned));
    }

    fn heir_picker(&self, owned: &Inheritance, marked: Vec<Candidate>) -> Popup {
        let title = self.context().say(Phrase::Asked(Asked::HeirFor(owned)));
        let others = Choices::Others { role: owned.role, except: owned.leaver };
        Popup::picker(title, Source::Records(others), None).for_several(marked)
    }

    /// Shows how much each of these people takes over, and asks whether to send the request.
    pub(super) fn ask_about_shares(&mut self, asker: Asker, request: Box<Request>, divided: Divided) {
        let Divided { owned, people, .. } = &divided;
        let verb = match *request {
            Request::Write(WriteRequest::DeactivateUser { .. }) => {
                Phrase::ArchiveVerb { kind: EntityKind::User, hidden: false }
            }
            _ => Phrase::VerbSave,
        };
        let names = people.iter().map(|person| person.full_name.as_str());
        let shares = Share::by_turns(names, owned.clients, owned.events);
        let ctx = self.context();
        let lines = shares.iter().map(|share| ctx.say(Phrase::Asked(Asked::ShareOf(share)))).collect();
        let popup = Popup::confirm(ctx.say(Phrase::Asked(Asked::SharesOf(owned))), lines, &ctx.say(verb), &ctx)
            .cancelled_by(ctx.say(Phrase::Asked(Asked::ChooseOthers)));
        self.open_popup(popup, PopupPurpose::Shares(asker, request, divided));
    }

    /// Sends the request with the people whose shares were confirmed.
    pub(super) fn hand_over_to(&mut self, asker: Asker, mut request: Request, divided: Divided) {
        let Divided { owned: Inheritance { clients, events, .. }, people, marked } = divided;
        if let Some(heirs) = heirs_of(&mut request) {
            *heirs = Some(Heirs { people: people.iter().map(|person| person.id).collect(), clients, events });
        }
        if let Some(workspace) = self.workspace() {
            workspace.heirs = if marked { people } else { Vec::new() };
        }
        self.send(asker, request);
    }
}

/// The heirs that a request names, if it can name any.
pub(super) fn heirs_of(request: &mut Request) -> Option<&mut Option<Heirs>> {
    match request {
        Request::Write(WriteRequest::DeactivateUser { heirs, .. } | WriteRequest::UpdateUser { heirs, .. }) => {
            Some(heirs)
        }
        _ => None,
    }
}
