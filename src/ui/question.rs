//! The question before a write: whether *Cancel* stands first, and what is said when it is cancelled; and
//! what is said about a write that cannot be undone.

use super::{
    Context,
    popup::Popup,
    text::{ImportPhrase, KnownPhrase, Lasting, PaymentPhrase, Phrase, Told, capitalised},
};
use crate::{
    domain::{entity::EntityKind, imports::Import},
    services::{Done, ImportRequest, ReadRequest, Reply, Request, Share, WriteRequest},
};

/// A question whose confirmation sends the request. *Cancel* stands first and is preselected where
/// the write is final; elsewhere Enter confirms.
pub fn before(title: String, lines: Vec<String>, verb: &str, request: &Request, ctx: &Context) -> Popup {
    let popup = Popup::confirm(title, lines, verb, ctx).saying_if_cancelled(not_done(request, ctx));
    match request {
        Request::Write(WriteRequest::DeactivateUser { id, .. }) => popup.knowing(ReadRequest::ViewUser(*id)),
        Request::Write(write) if moves_due_days(write, ctx) => popup.knowing(ReadRequest::DefaultFollowers),
        Request::Write(write) if !meaning(write).0 => popup.preselected(),
        _ => popup,
    }
}

/// Whether the due days of all contracts change that have no instalments of their own.
pub fn moves_due_days(write: &WriteRequest, ctx: &Context) -> bool {
    let default = ctx.settings().default_plan;
    match write {
        WriteRequest::UpdateSettings(settings) => settings.default_plan != default,
        WriteRequest::UpdatePlan { id, .. } => Some(*id) == default,
        _ => false,
    }
}

/// What has not happened, since a question about this request was cancelled.
pub fn not_done(request: &Request, ctx: &Context) -> String {
    match request {
        Request::Write(write) => ctx.say(meaning(write).1),
        Request::Import(ImportRequest::Revert { .. }) => ctx.say(ImportPhrase::StaysImported),
        Request::Import(ImportRequest::Write(..)) => ctx.say(ImportPhrase::NothingImported),
        Request::Read(_)
        | Request::Session(_)
        | Request::Export { .. }
        | Request::Print { .. }
        | Request::Import(
            ImportRequest::Complete(_)
            | ImportRequest::Open(_)
            | ImportRequest::Preview(_)
            | ImportRequest::SaveRefused(_)
            | ImportRequest::List,
        ) => String::new(),
    }
}

/// The question before an import is taken back, with its file and what it has written.
pub fn before_taking_back(import: &Import, request: &Request, ctx: &Context) -> Popup {
    let written = ctx.say(ImportPhrase::Imported {
        kind: import.kind,
        created: import.counts.created,
        changed: import.counts.changed,
        left_out: 0,
    });
    let lines = vec![written, ctx.say(ImportPhrase::TakingBackMeans)];
    let title = ctx.say(ImportPhrase::AskTakeBack(&import.file_name));
    before(title, lines, &ctx.say(ImportPhrase::VerbTakeBack), request, ctx)
        .cancelled_by(ctx.say(ImportPhrase::DoNothing))
}

/// What a request would do to the record of this name: "Deactivate Tom Martin".
pub fn deed(request: &Request, name: &str, ctx: &Context) -> Option<String> {
    use WriteRequest as W;
    let write = match request {
        Request::Write(write) => write,
        Request::Import(ImportRequest::Write(..)) => return Some(ctx.say(ImportPhrase::VerbImport(name))),
        Request::Import(ImportRequest::Revert { .. }) => return Some(ctx.say(ImportPhrase::TakeBackOf(name))),
        Request::Import(_)
        | Request::Read(_)
        | Request::Session(_)
        | Request::Export { .. }
        | Request::Print { .. } => {
            return None;
        }
    };
    let archive = |hidden| Phrase::ArchiveVerb { kind: EntityKind::Client, hidden };
    let account = |hidden| Phrase::ArchiveVerb { kind: EntityKind::User, hidden };
    let verb = match write {
        W::SignContract { .. } => Phrase::VerbSign,
        W::ArchiveClient { .. } | W::ArchiveContract { .. } | W::ArchiveEvent { .. } | W::ArchiveAll(_) => {
            archive(false)
        }
        W::RestoreClient { .. } | W::RestoreContract { .. } | W::RestoreEvent { .. } | W::RestoreAll(_) => {
            archive(true)
        }
        W::DeactivateUser { .. } => account(false),
        W::ReactivateUser { .. } => account(true),
        W::HandOverClients(_) => Phrase::VerbHandOver,
        W::MergeClients(_) => KnownPhrase::VerbMerge.into(),
        W::UndoMerge(_) => KnownPhrase::VerbUndoMerge.into(),
        W::CreateUser { .. } => return Some(ctx.pair(&ctx.say(Phrase::NewUser), name)),
        W::UpdateUser { .. } => return Some(ctx.pair(&ctx.say(Phrase::EditUser), name)),
        W::ResetPassword { .. } => return Some(ctx.pair(&ctx.say(Phrase::ResetPassword), name)),
        W::CreateClient { .. } => return Some(ctx.pair(&ctx.say(Phrase::NewClient), name)),
        W::UpdateClient { .. } => return Some(ctx.pair(&ctx.say(Phrase::EditClient), name)),
        W::CreateEvent { .. } => return Some(ctx.pair(&ctx.say(Phrase::NewEvent), name)),
        W::UpdateEvent { .. } => return Some(ctx.pair(&ctx.say(Phrase::EditEvent), name)),
        W::CancelPayment { .. } => PaymentPhrase::VerbCancel.into(),
        W::ChangeOwnPassword { .. }
        | W::CreateContract { .. }
        | W::RecordPayment { .. }
        | W::UpdatePayment { .. }
        | W::UpdateContract { .. }
        | W::SetInstalments { .. }
        | W::CreatePlan(_)
        | W::UpdatePlan { .. }
        | W::RemovePlan { .. }
        | W::AssignSupport(_)
        | W::SetStatus { .. }
        | W::UpdateSettings(_)
        | W::SaveView(_)
        | W::ReplaceView { .. }
        | W::RemoveView { .. }
        | W::SaveColumns { .. } => return None,
    };
    Some(format!("{} {name}", capitalised(&ctx.say(verb))))
}

/// A write of this session that cannot be undone, for the sentence that says so.
#[derive(Debug)]
pub struct Lasted {
    what: Lasting,
    name: String,
    shares: Vec<Share>,
}

impl Lasted {
    /// The write that had this reply; `None` if it can be undone.
    pub fn of(request: &Request, reply: &Reply) -> Option<Self> {
        let Request::Write(write) = request else { return None };
        let what = lasting(write).filter(|_| reply.undo().is_none())?;
        Some(match reply {
            Reply::Saved { done: Some(done), .. } => {
                let Done { name, shares, .. } = (**done).clone();
                Self { what, name, shares }
            }
            _ => Self { what, name: String::new(), shares: Vec::new() },
        })
    }

    pub fn words(&self, ctx: &Context) -> String {
        ctx.say(Phrase::Told(Told::Lasts { what: self.what, name: &self.name, shares: &self.shares }))
    }
}

/// What a write is that cannot always be undone; `None` if it can.
fn lasting(write: &WriteRequest) -> Option<Lasting> {
    use WriteRequest as W;
    Some(match write {
        W::CreateUser { .. } => Lasting::New(EntityKind::User),
        W::CreateClient { .. } => Lasting::New(EntityKind::Client),
        W::CreateContract { .. } => Lasting::New(EntityKind::Contract),
        W::CreateEvent { .. } => Lasting::New(EntityKind::Event),
        W::CancelPayment { .. } => Lasting::PaymentCancelled,
        W::DeactivateUser { .. } => Lasting::Deactivated,
        W::UpdateUser { .. } => Lasting::RoleChanged,
        W::ResetPassword { .. } => Lasting::PasswordReset,
        W::ChangeOwnPassword { .. } => Lasting::OwnPassword,
        W::SignContract { .. } => Lasting::Signed,
        W::UpdateSettings(_) => Lasting::Settings,
        W::SaveView(_) | W::ReplaceView { .. } => Lasting::ViewSaved,
        W::RemoveView { .. } => Lasting::ViewRemoved,
        W::SaveColumns { .. } => Lasting::Columns,
        W::ReactivateUser { .. }
        | W::UpdateClient { .. }
        | W::HandOverClients(_)
        | W::ArchiveClient { .. }
        | W::RestoreClient { .. }
        | W::MergeClients(_)
        | W::UndoMerge(_)
        | W::UpdateContract { .. }
        | W::SetInstalments { .. }
        | W::CreatePlan(_)
        | W::UpdatePlan { .. }
        | W::RemovePlan { .. }
        | W::ArchiveContract { .. }
        | W::RestoreContract { .. }
        | W::UpdateEvent { .. }
        | W::SetStatus { .. }
        | W::AssignSupport(_)
        | W::ArchiveEvent { .. }
        | W::RestoreEvent { .. }
        | W::RecordPayment { .. }
        | W::UpdatePayment { .. }
        | W::ArchiveAll(_)
        | W::RestoreAll(_) => return None,
    })
}

/// Whether a write is final, or has effects beyond its record; and what is still true without it.
fn meaning(write: &WriteRequest) -> (bool, Phrase<'static>) {
    use WriteRequest as W;
    match write {
        W::SignContract { .. } => (true, Phrase::Told(Told::NothingSigned)),
        W::ArchiveClient { .. } | W::ArchiveContract { .. } | W::ArchiveEvent { .. } | W::ArchiveAll(_) => {
            (true, Phrase::Told(Told::NothingArchived))
        }
        W::RestoreClient { .. } | W::RestoreContract { .. } | W::RestoreEvent { .. } | W::RestoreAll(_) => {
            (false, Phrase::Told(Told::NothingRestored))
        }
        W::DeactivateUser { .. } => (true, Phrase::Told(Told::StillActive)),
        W::ReactivateUser { .. } => (false, Phrase::Told(Told::StillDeactivated)),
        W::ResetPassword { .. } | W::ChangeOwnPassword { .. } => (true, Phrase::Told(Told::PasswordStays)),
        W::HandOverClients(_) => (true, Phrase::Told(Told::NothingHandedOver)),
        W::MergeClients(_) => (true, Phrase::Known(KnownPhrase::NothingMerged)),
        W::UndoMerge(_) => (true, Phrase::Known(KnownPhrase::StaysMerged)),
        W::AssignSupport(_) => (true, Phrase::Told(Told::SupportStays)),
        W::SetStatus { .. } => (true, Phrase::Told(Told::StatusStays)),
        W::RemoveView { .. } | W::RemovePlan { .. } => (true, Phrase::Told(Told::NothingRemoved)),
        W::CreateUser { .. }
        | W::UpdateUser { .. }
        | W::CreateClient { .. }
        | W::UpdateClient { .. }
        | W::CreateContract { .. }
        | W::UpdateContract { .. }
        | W::SetInstalments { .. }
        | W::CreatePlan(_)
        | W::UpdatePlan { .. }
        | W::CreateEvent { .. }
        | W::UpdateEvent { .. }
        | W::RecordPayment { .. }
        | W::UpdatePayment { .. }
        | W::CancelPayment { .. }
        | W::UpdateSettings(_)
        | W::SaveView(_)
        | W::ReplaceView { .. }
        | W::SaveColumns { .. } => (false, Phrase::Told(Told::NothingSaved)),
    }
}
