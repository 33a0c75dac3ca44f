//! Opening popups over the top screen.

use super::{
    App, Asker,
    workspace::{Open, PopupPurpose},
};
use crate::ui::{Notice, popup::Popup, text::Phrase};

impl App {
    /// Opens a popup now, and sends the request for its lines if it needs one.
    pub(super) fn open_popup(&mut self, mut popup: Popup, purpose: PopupPurpose) {
        let id = self.next;
        self.next += 1;
        let request = popup.load();
        if let Some(workspace) = self.workspace() {
            workspace.popup = Some(Open { id, popup, purpose });
        }
        if let Some(request) = request {
            self.send(Asker::Popup(id), request);
        }
    }

    /// Opens a popup of the asker. A reply may bring it while the keys go elsewhere. They must not
    /// answer it by accident, so it then opens later.
    pub(super) fn open_for(&mut self, asker: Asker, popup: Popup, purpose: PopupPurpose) {
        let Some(workspace) = self.workspace() else { return };
        if workspace.is_free_for(asker) {
            return self.open_popup(popup, purpose);
        }
        workspace.later.push_back((asker, popup, purpose));
        self.say(Notice::plain(self.context().say(Phrase::QuestionWaits)));
    }

    /// Opens a popup that waits, if the keys no longer go elsewhere.
    pub(super) fn open_next(&mut self) {
        let Some(workspace) = self.workspace().filter(|workspace| workspace.locked.is_none()) else { return };
        let at = workspace.later.iter().position(|(asker, ..)| workspace.is_free_for(*asker));
        if let Some((_, popup, purpose)) = at.and_then(|at| workspace.later.remove(at)) {
            self.open_popup(popup, purpose);
        }
    }
}
