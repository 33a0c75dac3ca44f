//! How users have arranged their lists: which columns they see, and the views that they have saved.
//!
//! A saved view is only ever a query. It is executed like any other, so it never shows more than the
//! user who opens it may see.

use chrono::{Datelike, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check,
    dates::YEARS,
    entity::{EntityKind, Query},
    error::{FieldErrors, Problem},
    field::Field,
    id::{UserId, ViewId},
    page::Edge,
};

/// A column of a list. Written in snake case it is the name that the database stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum ColumnName {
    Name,
    Company,
    Phone,
    Sales,
    Email,
    LastContact,
    Updated,
    Number,
    Client,
    Total,
    Due,
    Signed,
    Created,
    Starts,
    Title,
    Support,
    Status,
    Place,
    People,
    Role,
    Username,
    LastLogin,
    When,
    Who,
    What,
    Record,
    Day,
    Amount,
    Method,
    Contract,
    Reference,
    NextDue,
    /// What possible duplicates have in common.
    Shared,
}

/// A column that a user has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenColumn {
    pub name: ColumnName,
    /// `None` if it fits by itself.
    pub width: Option<u16>,
}

/// The narrowest and the widest that a column can be chosen to be.
pub const WIDTHS: (u16, u16) = (4, 60);

/// The longest name of a view.
pub const MAX_VIEW_NAME: usize = 60;
/// The most views that one person can save, and the most that are shared.
pub const MAX_VIEWS: i64 = 100;
/// The most bytes that a stored view may have.
const MAX_CONTENT: usize = 20_000;

/// What a view stores: the query, and the columns if they were chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewContent {
    pub query: Query,
    pub columns: Option<Vec<ChosenColumn>>,
}

impl ViewContent {
    /// The text that the database stores.
    pub fn to_json(&self) -> String {
        json!({ "format": FORMAT, "view": self }).to_string()
    }

    /// Reads what `to_json` wrote; `None` if this program does not understand it. Nothing of it is
    /// used then: a filter that is left out would show other records than the view promises.
    pub fn from_json(text: &str, kind: EntityKind) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Stored {
            format: u8,
            view: ViewContent,
        }
        let stored: Stored = serde_json::from_str(text).ok()?;
        let ViewContent { query, columns } = stored.view;
        // The form refuses other days, and SQL would compare them as texts.
        let has_days = query.days().iter().all(|day| YEARS.contains(&day.year()));
        let is_of_kind = stored.format == FORMAT && query.kind() == kind;
        let is_readable = is_of_kind && has_days && columns.as_deref().is_none_or(are_sound);
        is_readable.then_some(Self { query, columns })
    }
}

/// Raised when older programs would misunderstand what newer ones store.
const FORMAT: u8 = 1;

/// Whether there is a column, none is there twice, and all have a possible width.
pub fn are_sound(columns: &[ChosenColumn]) -> bool {
    let (least, most) = WIDTHS;
    let is_first = |at: usize| columns[..at].iter().all(|before| before.name != columns[at].name);
    let fits = |width: u16| (least..=most).contains(&width);
    !columns.is_empty() && (0..columns.len()).all(|at| is_first(at) && columns[at].width.is_none_or(fits))
}

/// A view that a user has saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedView {
    pub id: ViewId,
    pub version: i32,
    pub owner: UserId,
    pub kind: EntityKind,
    pub name: String,
    /// Whether everybody sees it, and not only its owner.
    pub shared: bool,
    /// As it is stored.
    pub content: String,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl Auditable for SavedView {
    const SUBJECT: Subject = Subject::View;

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self { id: _, version: _, owner: _, kind, name, shared, content, updated_at: _ } = self;
        AuditedFields(vec![
            (Field::Kind, json!(kind)),
            (Field::Name, json!(name)),
            (Field::Shared, json!(shared)),
            (Field::Content, json!(content)),
        ])
    }
}

/// A view to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewDraft {
    pub name: String,
    pub shared: bool,
    pub content: ViewContent,
}

impl ViewDraft {
    /// The draft with its name normalised and its query from the start of the list, or its errors.
    pub fn checked(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take(Field::Name, check::view_name(&self.name));
        let ViewContent { query, columns } = self.content.clone();
        let content = ViewContent { query: query.at(Edge::Start), columns };
        if content.to_json().len() > MAX_CONTENT || !content.columns.as_deref().is_none_or(are_sound) {
            errors.push(Field::Content, Problem::TooLong(MAX_CONTENT));
        }
        match name {
            Some(name) if errors.is_empty() => Ok(Self { name, shared: self.shared, content }),
            _ => Err(errors),
        }
    }
}

/// A view as users find it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedView {
    pub view: SavedView,
    /// The name of its owner.
    pub owner: String,
    /// What the view shows; `None` if this program cannot read it.
    pub content: Option<ViewContent>,
}

impl ListedView {
    pub fn new(view: SavedView, owner: String) -> Self {
        let content = ViewContent::from_json(&view.content, view.kind);
        Self { view, owner, content }
    }
}

/// How a user's lists are arranged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lists {
    /// The user's own views and those that others share, by name.
    pub views: Vec<ListedView>,
    /// The columns that the user has chosen for a kind of list.
    pub columns: Vec<(EntityKind, Vec<ChosenColumn>)>,
}

impl Lists {
    /// The columns that the user has chosen for this kind of list.
    pub fn columns(&self, kind: EntityKind) -> Option<&[ChosenColumn]> {
        self.columns.iter().find(|(one, _)| *one == kind).map(|(_, columns)| columns.as_slice())
    }

    /// The view with this id.
    pub fn view(&self, id: ViewId) -> Option<&ListedView> {
        self.views.iter().find(|listed| listed.view.id == id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::domain::{Cents, contracts::ContractFilter};

    #[test]
    fn a_view_is_read_as_it_was_stored() {
        for kind in EntityKind::iter() {
            let columns = Some(vec![ChosenColumn { name: ColumnName::Name, width: Some(20) }]);
            let content = ViewContent { query: Query::all(kind), columns };
            assert_eq!(ViewContent::from_json(&content.to_json(), kind), Some(content));
        }
    }

    /// Reports and older programs read what is stored.
    #[test]
    fn the_stored_text_has_not_changed() {
        let filter = ContractFilter { due_above: Some(Cents(5)), ..ContractFilter::default() };
        let content = ViewContent { query: Query::contracts(filter), columns: None };
        let stored = content.to_json();
        assert!(stored.starts_with(r#"{"format":1,"view":{"columns":null,"query":{"contract":{"#), "{stored}");
        assert!(stored.contains(r#""due_above":5"#) && stored.contains(r#""sort":"created""#), "{stored}");
        // A filter that was added later is not set.
        let older = r#"{"format":1,"view":{"query":{"contract":{"filter":{"view":"not_paid"},"sort":"due","descending":true}},"columns":null}}"#;
        assert!(ViewContent::from_json(older, EntityKind::Contract).is_some());
    }

    #[test]
    fn what_is_not_understood_is_not_used() {
        let stored = ViewContent { query: Query::all(EntityKind::Event), columns: None }.to_json();
        for (what, with) in [
            (r#""format":1"#, r#""format":2"#),
            (r#""view":"all""#, r#""view":"of_tomorrow""#),
            (r#""place":"""#, r#""place":"","weather":"sunny""#),
            (r#""client":null"#, r#""client":"Kevin""#),
            (r#""from":null"#, r#""from":"-262143-01-01""#),
            (r#""to":null"#, r#""to":"+262142-12-31""#),
            (r#""columns":null"#, r#""columns":[]"#),
            (r#""columns":null"#, r#""columns":[{"name":"mood","width":null}]"#),
            (r#""columns":null"#, r#""columns":[{"name":"title","width":3}]"#),
        ] {
            assert!(stored.contains(what), "{stored}");
            assert_eq!(ViewContent::from_json(&stored.replacen(what, with, 1), EntityKind::Event), None, "{with}");
        }
        assert_eq!(ViewContent::from_json(&stored, EntityKind::Client), None);
        assert_eq!(ViewContent::from_json("", EntityKind::Event), None);
    }
}
