//! How users arrange their lists: saved views and chosen columns.

use serde_json::json;

use super::load::load;
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, Reason, ViewId,
        audit::{AuditedFields, Changes, Subject, Verb},
        entity::EntityKind,
        lists::{ChosenColumn, MAX_VIEWS, SavedView, ViewDraft, are_sound},
        policy::{self, Permission},
    },
    services::{
        Reply,
        context::{RequestContext, ServiceError, as_seen},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Current, Db, DbError, audit::AuditEntry},
};

pub(super) fn save(db: &mut Db, ctx: &RequestContext, draft: &ViewDraft) -> Result<WriteOutcome, ServiceError> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    has_room(storage::lists::count_own(db, ctx.me())?, Reason::ViewsFull(MAX_VIEWS))?;
    if draft.shared {
        has_room(storage::lists::count_shared(db)?, Reason::SharedViewsFull(MAX_VIEWS))?;
    }
    let view = storage::lists::insert(db, ctx.me(), &draft, ctx.now).map_err(name_in_use)?;
    Ok(WriteOutcome::saved(created(Verb::ViewSaved, &view.name, &view), view.version))
}

pub(super) fn replace(
    db: &mut Db,
    ctx: &RequestContext,
    seen: (ViewId, i32),
    draft: &ViewDraft,
) -> Result<WriteOutcome, ServiceError> {
    let draft = draft.checked().map_err(Error::Invalid)?;
    let before = found(db, ctx, seen)?;
    if draft.content.query.kind() != before.kind {
        return Err(Error::NotFound.into());
    }
    let after = SavedView {
        name: draft.name.clone(),
        shared: draft.shared,
        content: draft.content.to_json(),
        ..(*before).clone()
    };
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    if draft.shared && !before.shared {
        has_room(storage::lists::count_shared(db)?, Reason::SharedViewsFull(MAX_VIEWS))?;
    }
    storage::lists::update(db, &before, &draft, ctx.now).map_err(name_in_use)?;
    Ok(WriteOutcome::saved(changed(Verb::ViewChanged, &after.name, &*before, &after), seen.1 + 1))
}

pub(super) fn remove(db: &mut Db, ctx: &RequestContext, seen: (ViewId, i32)) -> Result<WriteOutcome, ServiceError> {
    let before = found(db, ctx, seen)?;
    storage::lists::remove(db, &before)?;
    let mut gone = created(Verb::ViewRemoved, &before.name, &*before);
    gone.changes = Changes(gone.changes.0.into_iter().map(|(field, none, value)| (field, value, none)).collect());
    Ok(WriteOutcome::saved(gone, seen.1))
}

/// The view to write to, if the user may: an own one that is not shared, or a shared one by whoever
/// may share views. To everybody else the views of others do not exist.
fn found(db: &mut Db, ctx: &RequestContext, (id, version): (ViewId, i32)) -> Result<Current<SavedView>, ServiceError> {
    let view = load::<SavedView>(db, ctx, id)?;
    if view.shared {
        policy::right(Permission::ShareViews, ctx.actor().role, &ctx.settings)?;
    } else if view.owner != ctx.me() {
        return Err(Error::NotFound.into());
    }
    as_seen(db, view, version)
}

fn has_room(views: i64, full: Reason) -> Result<(), Reason> {
    if views < MAX_VIEWS { Ok(()) } else { Err(full) }
}

/// The only value of a view that must be unique is its name among those of its owner.
fn name_in_use(failure: DbError) -> ServiceError {
    match failure {
        DbError::Taken(Field::Name) => Error::Invalid(FieldErrors::one(Field::Name, Problem::NameInUse)).into(),
        other => other.into(),
    }
}

pub(super) fn save_columns(
    db: &mut Db,
    ctx: &RequestContext,
    kind: EntityKind,
    columns: Option<&[ChosenColumn]>,
) -> Result<WriteOutcome, ServiceError> {
    if !columns.is_none_or(are_sound) {
        return Err(Error::Invalid(FieldErrors::one(Field::Columns, Problem::Required)).into());
    }
    let before = storage::lists::hold_columns(db, ctx.me(), kind)?;
    let after = columns.map(|columns| json!(columns).to_string());
    let me = ctx.me().0;
    if before == after {
        let reply = Reply::Saved { subject: Subject::Columns, id: me, version: 1, done: None, undo: None };
        return Ok(WriteOutcome { reply, entries: Vec::new() });
    }
    storage::lists::save_columns(db, (ctx.me(), kind), after.as_deref(), ctx.now)?;
    let fields = |content: &Option<String>| AuditedFields(vec![(Field::Columns, json!(content))]);
    let changes = fields(&before).changes_to(&fields(&after));
    let name = kind.to_string();
    let entry = AuditEntry::new(Verb::ColumnsSaved, Subject::Columns, Some(me), name, changes);
    Ok(WriteOutcome::saved(entry, 1))
}
