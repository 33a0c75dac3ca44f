//! Executes the requests that change records. Each entity has a file of its own; `dispatch` calls the
//! function for a request.

mod bulk;
mod clients;
mod contracts;
mod events;
pub(super) mod instalments;
mod lists;
mod load;
mod merges;
mod payments;
mod plans;
mod users;

pub(super) use contracts::create as create_contract;
pub(super) use load::load;
pub(super) use payments::record_cancelled;

use super::{
    WriteRequest,
    context::{RequestContext, ServiceError},
    outcome::WriteOutcome,
    setup,
};
use crate::storage::Db;

/// Executes the request. `hash` is the hash of the password that the request sets, if any.
pub(super) fn dispatch(
    db: &mut Db,
    ctx: &RequestContext,
    write: &WriteRequest,
    hash: Option<&str>,
) -> Result<WriteOutcome, ServiceError> {
    use WriteRequest as W;
    match write {
        W::CreateUser { draft, password } => users::create(db, ctx, draft, password, hash),
        W::UpdateUser { id, version, draft, heirs } => users::update(db, ctx, (*id, *version), draft, heirs.as_ref()),
        W::DeactivateUser { id, version, heirs } => users::deactivate(db, ctx, (*id, *version), heirs.as_ref()),
        W::ReactivateUser { id, version } => users::reactivate(db, ctx, (*id, *version)),
        W::ResetPassword { id, version, password } => users::reset_password(db, ctx, (*id, *version), password, hash),
        W::ChangeOwnPassword { current, new } => users::change_own_password(db, ctx, current, new, hash),
        W::CreateClient { draft, sales_contact } => clients::create(db, ctx, draft, *sales_contact),
        W::UpdateClient { id, version, draft } => clients::update(db, ctx, (*id, *version), draft),
        W::HandOverClients(hand_over) => clients::hand_over(db, ctx, hand_over),
        W::ArchiveClient { id, version } => clients::archive(db, ctx, (*id, *version)),
        W::RestoreClient { id, version } => clients::restore(db, ctx, (*id, *version)),
        W::MergeClients(merge) => merges::merge(db, ctx, merge),
        W::UndoMerge(merge) => merges::undo(db, ctx, merge),
        W::CreateContract { client, draft, paid_before } => {
            contracts::create(db, ctx, *client, draft, (*paid_before, None))
        }
        W::UpdateContract { id, version, draft, difference } => {
            contracts::update(db, ctx, (*id, *version), draft, difference.as_ref())
        }
        W::SetInstalments { contract, version, rows } => instalments::set(db, ctx, (*contract, *version), rows),
        W::SignContract { id, version, day } => contracts::sign(db, ctx, (*id, *version), *day),
        W::ArchiveContract { id, version } => contracts::archive(db, ctx, (*id, *version)),
        W::RestoreContract { id, version } => contracts::restore(db, ctx, (*id, *version)),
        W::CreateEvent { contract, draft } => events::create(db, ctx, *contract, draft),
        W::UpdateEvent { id, version, draft } => events::update(db, ctx, (*id, *version), draft),
        W::SetStatus { id, version, status } => events::set_status(db, ctx, (*id, *version), *status),
        W::AssignSupport(assignments) => events::assign(db, ctx, assignments),
        W::ArchiveEvent { id, version } => events::archive(db, ctx, (*id, *version)),
        W::RestoreEvent { id, version } => events::restore(db, ctx, (*id, *version)),
        W::RecordPayment { contract, draft } => payments::record(db, ctx, *contract, draft),
        W::UpdatePayment { id, version, words } => payments::update(db, ctx, (*id, *version), words),
        W::CancelPayment { id, version, reason } => payments::cancel(db, ctx, (*id, *version), reason),
        W::CreatePlan(draft) => plans::create(db, ctx, draft),
        W::UpdatePlan { id, version, draft } => plans::update(db, ctx, (*id, *version), draft),
        W::RemovePlan { id, version } => plans::remove(db, ctx, (*id, *version)),
        W::ArchiveAll(marked) => bulk::archive(db, ctx, marked),
        W::RestoreAll(marked) => bulk::restore(db, ctx, marked),
        W::SaveView(draft) => lists::save(db, ctx, draft),
        W::ReplaceView { id, version, draft } => lists::replace(db, ctx, (*id, *version), draft),
        W::RemoveView { id, version } => lists::remove(db, ctx, (*id, *version)),
        W::SaveColumns { kind, columns } => lists::save_columns(db, ctx, *kind, columns.as_deref()),
        W::UpdateSettings(settings) => setup::update_settings(db, ctx, settings),
    }
}
