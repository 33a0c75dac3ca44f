//! A temporary password that was saved is shown once more, since the person who has set it has to
//! read it to its user. It is nowhere else: not in the notice, the log or the audit log.

use super::{App, Asker, workspace::PopupPurpose};
use crate::{
    services::{Reply, Request, WriteRequest},
    ui::popup::Popup,
};

/// The box with the temporary password that a request has set, if it did.
pub(super) fn box_with_password(request: &Request, reply: &Reply) -> Option<Popup> {
    let Request::Write(WriteRequest::CreateUser { password, .. } | WriteRequest::ResetPassword { password, .. }) =
        request
    else {
        return None;
    };
    let Reply::Saved { done: Some(done), .. } = reply else { return None };
    Some(Popup::secret(done.name.clone(), password.clone()))
}

impl App {
    /// Shows the box, once the keys do not go elsewhere.
    pub(super) fn show_password(&mut self, asker: Asker, shown: Option<Popup>) {
        if let Some(popup) = shown {
            self.open_for(asker, popup, PopupPurpose::Go);
        }
    }
}
