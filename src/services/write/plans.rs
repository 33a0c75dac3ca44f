//! Plans: creating, editing, removing. Contracts without instalments of their own follow the default plan.

use super::{instalments, load::load};
use crate::{
    domain::{
        Error, Field, FieldErrors, PlanId, Problem, Reason,
        audit::{Changes, Verb},
        plans::{MAX_PLANS, Plan, PlanDraft},
    },
    services::{
        WriteRequest,
        context::{RequestContext, ServiceError, as_seen},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Db, DbError},
};

/// The id of a record and the version that the user saw.
type Seen = (PlanId, i32);

pub(super) fn create(db: &mut Db, ctx: &RequestContext, draft: &PlanDraft) -> Result<WriteOutcome, ServiceError> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    if storage::plans::count(db)? >= MAX_PLANS {
        return Err(Reason::PlansFull(MAX_PLANS).into());
    }
    let plan = storage::plans::insert(db, &draft, ctx.now).map_err(name_taken)?;
    let undo = WriteRequest::RemovePlan { id: plan.id, version: plan.version };
    Ok(WriteOutcome::undoable(created(Verb::PlanCreated, &plan.name, &plan), plan.version, undo))
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &PlanDraft,
) -> Result<WriteOutcome, ServiceError> {
    // Nobody creates a contract by the plan, nor makes it the default one, while it changes.
    storage::settings::lock(db)?;
    let before = load::<Plan>(db, ctx, seen.0)?;
    let draft = draft.checked().map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let PlanDraft { name, parts } = draft.clone();
    let after = Plan { name, parts, ..(*before).clone() };
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    storage::plans::update(db, &before, &draft, ctx.now).map_err(name_taken)?;
    if after.parts != before.parts && ctx.settings.default_plan == Some(after.id) {
        instalments::make_anew(db, (&ctx.settings, Some(&after)), ctx.now)?;
    }
    let undo = WriteRequest::UpdatePlan { id: seen.0, version: seen.1 + 1, draft: PlanDraft::from(&*before) };
    Ok(WriteOutcome::undoable(changed(Verb::PlanUpdated, &after.name, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn remove(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    storage::settings::lock(db)?;
    let before = load::<Plan>(db, ctx, seen.0)?;
    if ctx.settings.default_plan == Some(seen.0) {
        return Err(Reason::PlanIsDefault.into());
    }
    let before = as_seen(db, before, seen.1)?;
    storage::plans::remove(db, &before)?;
    let mut gone = created(Verb::PlanRemoved, &before.name, &*before);
    gone.changes = Changes(gone.changes.0.into_iter().map(|(field, none, value)| (field, value, none)).collect());
    Ok(WriteOutcome::undoable(gone, seen.1, WriteRequest::CreatePlan(PlanDraft::from(&*before))))
}

/// The only value of a plan that must be unique is its name.
fn name_taken(failure: DbError) -> ServiceError {
    match failure {
        DbError::Taken(Field::Name) => Error::Invalid(FieldErrors::one(Field::Name, Problem::Taken)).into(),
        other => other.into(),
    }
}
