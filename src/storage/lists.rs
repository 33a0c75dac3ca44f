//! How users have arranged their lists: saved views and chosen columns.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    connection::{Db, for_update},
    failure::DbError,
    for_update::{Current, ForUpdate, met},
};
use crate::{
    domain::{
        UserId, ViewId,
        entity::EntityKind,
        lists::{ChosenColumn, ListedView, Lists, MAX_VIEWS, SavedView, ViewDraft, are_sound},
        text,
    },
    schema::{list_columns, list_views, users},
};

/// The columns of a view, in the order of [`view`].
const VIEW: (
    list_views::id,
    list_views::version,
    list_views::owner_id,
    list_views::kind,
    list_views::name,
    list_views::shared,
    list_views::content,
    list_views::updated_at,
) = (
    list_views::id,
    list_views::version,
    list_views::owner_id,
    list_views::kind,
    list_views::name,
    list_views::shared,
    list_views::content,
    list_views::updated_at,
);
type ViewRow = (ViewId, i32, UserId, String, String, bool, String, NaiveDateTime);

/// `None` for a view of a kind of record that this program does not know.
fn view((id, version, owner, kind, name, shared, content, updated_at): ViewRow) -> Option<SavedView> {
    Some(SavedView { id, version, owner, kind: kind.parse().ok()?, name, shared, content, updated_at })
}

/// The views that the user sees, their own first if there are too many, and the columns that they
/// have chosen.
pub fn load(db: &mut Db, me: UserId) -> Result<Lists, DbError> {
    let seen = list_views::table
        .inner_join(users::table)
        .filter(list_views::owner_id.eq(me).or(list_views::shared.eq(true)))
        .order((list_views::owner_id.ne(me), list_views::name_key, list_views::id))
        .limit(2 * MAX_VIEWS)
        .select((VIEW, users::full_name));
    let views: Vec<(ViewRow, String)> = seen.load(db)?;
    let mut views: Vec<ListedView> =
        views.into_iter().filter_map(|(row, owner)| Some(ListedView::new(view(row)?, owner))).collect();
    views.sort_by_cached_key(|listed| text::sort_key(&listed.view.name));
    let chosen = list_columns::table.filter(list_columns::user_id.eq(me));
    let chosen: Vec<(String, String)> = chosen.select((list_columns::kind, list_columns::content)).load(db)?;
    Ok(Lists {
        views,
        columns: chosen
            .into_iter()
            .filter_map(|(kind, content)| Some((kind.parse().ok()?, columns_in(&content)?)))
            .collect(),
    })
}

/// How many views the user has saved.
pub fn count_own(db: &mut Db, me: UserId) -> Result<i64, DbError> {
    Ok(list_views::table.filter(list_views::owner_id.eq(me)).count().get_result(db)?)
}

/// How many views are shared with everybody.
pub fn count_shared(db: &mut Db) -> Result<i64, DbError> {
    Ok(list_views::table.filter(list_views::shared.eq(true)).count().get_result(db)?)
}

/// Locks a view.
pub fn find_for_update(db: &mut Db, id: ViewId) -> Result<Option<ForUpdate<SavedView>>, DbError> {
    let row: Option<ViewRow> = for_update!(db, list_views::table.find(id).select(VIEW)).optional()?;
    Ok(row.and_then(view).map(ForUpdate::of))
}

/// Saves a new view and returns it.
pub fn insert(db: &mut Db, owner: UserId, draft: &ViewDraft, now: NaiveDateTime) -> Result<SavedView, DbError> {
    let kind = draft.content.query.kind();
    let content = draft.content.to_json();
    diesel::insert_into(list_views::table)
        .values((
            list_views::owner_id.eq(owner),
            list_views::kind.eq(kind.to_string()),
            list_views::name.eq(&draft.name),
            list_views::name_key.eq(text::sort_key(&draft.name)),
            list_views::shared.eq(draft.shared),
            list_views::content.eq(&content),
            list_views::created_at.eq(now),
            list_views::updated_at.eq(now),
        ))
        .execute(db)?;
    let (name, shared) = (draft.name.clone(), draft.shared);
    let id = ViewId::new(db.last_insert_id()?);
    Ok(SavedView { id, version: 1, owner, kind, name, shared, content, updated_at: now })
}

/// Replaces a view.
pub fn update(db: &mut Db, view: &Current<SavedView>, draft: &ViewDraft, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(list_views::table.find(view.id))
        .set((
            list_views::name.eq(&draft.name),
            list_views::name_key.eq(text::sort_key(&draft.name)),
            list_views::shared.eq(draft.shared),
            list_views::content.eq(draft.content.to_json()),
            list_views::version.eq(view.version + 1),
            list_views::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

/// Removes a view. What it was stands in the audit log.
pub fn remove(db: &mut Db, view: &Current<SavedView>) -> Result<(), DbError> {
    met(diesel::delete(list_views::table.find(view.id)).execute(db)?, 1)
}

fn columns_in(content: &str) -> Option<Vec<ChosenColumn>> {
    serde_json::from_str(content).ok().filter(|columns: &Vec<ChosenColumn>| are_sound(columns))
}

/// The columns that the user has chosen for this kind of list, as they are stored, with the row
/// locked.
pub fn hold_columns(db: &mut Db, me: UserId, kind: EntityKind) -> Result<Option<String>, DbError> {
    let mine = list_columns::table
        .filter(list_columns::user_id.eq(me).and(list_columns::kind.eq(kind.to_string())))
        .select(list_columns::content);
    Ok(for_update!(db, mine).optional()?)
}

/// Stores the columns that the user has chosen in the place of those of [`hold_columns`]; `None`
/// forgets them.
pub fn save_columns(
    db: &mut Db,
    (me, kind): (UserId, EntityKind),
    content: Option<&str>,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let mine = list_columns::table.filter(list_columns::user_id.eq(me).and(list_columns::kind.eq(kind.to_string())));
    let Some(content) = content else {
        diesel::delete(mine).execute(db)?;
        return Ok(());
    };
    let changed = diesel::update(mine)
        .set((
            list_columns::content.eq(content),
            list_columns::version.eq(list_columns::version + 1),
            list_columns::updated_at.eq(now),
        ))
        .execute(db)?;
    if changed == 0 {
        diesel::insert_into(list_columns::table)
            .values((
                list_columns::user_id.eq(me),
                list_columns::kind.eq(kind.to_string()),
                list_columns::content.eq(content),
                list_columns::created_at.eq(now),
                list_columns::updated_at.eq(now),
            ))
            .execute(db)?;
    }
    Ok(())
}
