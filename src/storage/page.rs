//! Keyset pages: `ORDER BY column, id` after a cursor, in the one form that all engines read from
//! an index (`column >= x AND (column > x OR id > y)`).

use diesel::{
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::BigInt,
};

use super::connection::{Db, MultiBackend};
use crate::domain::page::{Count, Cursor, Edge, Listing, MAX_PAGE, Page, Sorted, Sums};

/// Lets the database count the rows of a query, which is limited to as many rows as are to be
/// counted.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct CountOf<Q>(pub Q);

impl<Q> Query for CountOf<Q> {
    type SqlType = BigInt;
}

impl<Q> diesel::RunQueryDsl<Db> for CountOf<Q> {}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for CountOf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

/// Lets the database count the rows of a query, and sum up two amounts of these rows, each given as SQL
/// over the selected columns. The query is limited as for [`CountOf`].
#[derive(Debug, Clone, Copy)]
pub struct SumsOf<Q>(pub Q, pub [&'static str; 2]);

/// The amounts are not part of the type, so the statement is identified by its text.
impl<Q> QueryId for SumsOf<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for SumsOf<Q> {
    type SqlType = (BigInt, BigInt, BigInt);
}

impl<Q> diesel::RunQueryDsl<Db> for SumsOf<Q> {}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for SumsOf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*)");
        for amount in self.1 {
            out.push_sql(", CAST(COALESCE(SUM(");
            out.push_sql(amount);
            out.push_sql("), 0) AS SIGNED)");
        }
        out.push_sql(" FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

/// The number of rows of a query, counted up to a limit.
macro_rules! counted {
    ($db:expr, $query:expr, $most:expr) => {{
        let most: i64 = $most;
        let found = crate::storage::page::CountOf($query.limit(most + 1)).get_result($db)?;
        crate::domain::page::Count::capped(found, most)
    }};
}
pub(super) use counted;

impl<F, S: Copy> Listing<F, S> {
    /// Whether rows are fetched in ascending order; a page at the end or before a cursor is fetched
    /// backwards.
    pub(super) fn ascending(&self) -> bool {
        self.descending == self.is_backward()
    }

    /// Where fetching starts, unless it starts at an end of the list.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match &self.edge {
            Edge::After(cursor) | Edge::Before(cursor) => Some(cursor),
            Edge::Start | Edge::Today | Edge::First | Edge::End | Edge::Total => None,
        }
    }

    /// One row more than the page has, to know whether there is another page.
    pub(super) fn fetched(&self) -> i64 {
        i64::from(self.limit.clamp(1, MAX_PAGE)) + 1
    }

    /// Whether the rows are counted instead of fetched.
    pub(super) fn is_total(&self) -> bool {
        self.edge == Edge::Total
    }

    /// Whether the fetched rows, of which there are so many, reach the start of the list.
    pub(super) fn reaches_start(&self, fetched: usize) -> bool {
        match self.edge {
            Edge::Start | Edge::Today | Edge::First => true,
            Edge::After(_) | Edge::Total => false,
            Edge::End | Edge::Before(_) => i64::try_from(fetched).is_ok_and(|fetched| fetched < self.fetched()),
        }
    }

    pub(super) fn is_backward(&self) -> bool {
        matches!(self.edge, Edge::End | Edge::Before(_))
    }

    /// The fetched rows as a page, in the order of the list.
    pub(super) fn page<R: Sorted<S>>(&self, loaded: Loaded<R>) -> Page<R> {
        let mut rows = match loaded {
            Loaded::Rows(rows) => rows,
            Loaded::Total(total) => return counted_page(total, None),
            // The sums of a part of the rows would say nothing.
            Loaded::Summed(total @ Count::MoreThan(_), _) => return counted_page(total, None),
            Loaded::Summed(total @ Count::Exactly(_), sums) => return counted_page(total, Some(sums)),
        };
        let wanted = usize::from(self.limit.clamp(1, MAX_PAGE));
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let (before, after) = match self.edge {
            Edge::Start | Edge::Today | Edge::First | Edge::Total => (false, more),
            Edge::After(_) => (true, more),
            Edge::End => (more, false),
            Edge::Before(_) => (more, true),
        };
        if self.is_backward() {
            rows.reverse();
        }
        let all = (!before && !after).then(|| Count::Exactly(i64::try_from(rows.len()).unwrap_or(i64::MAX)));
        Page { rows, before, after, total: all, sums: None, among_newest: false }
    }
}

/// A page without rows.
fn counted_page<R>(total: Count, sums: Option<Sums>) -> Page<R> {
    Page { rows: Vec::new(), before: false, after: false, total: Some(total), sums, among_newest: false }
}

/// The result of a query for a list.
#[derive(Debug)]
pub enum Loaded<R> {
    Rows(Vec<R>),
    Total(Count),
    /// The total, and the sums of what was counted.
    Summed(Count, Sums),
}

impl<R> Loaded<R> {
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Rows(rows) => rows.is_empty(),
            Self::Total(total) | Self::Summed(total, _) => total.is_zero(),
        }
    }
}

/// Orders a boxed query by a column and the id, and starts it after the cursor.
///
/// `required` columns are never null. `optional` ones may be: nulls sort first, and the cursor may
/// be on a null. This is a macro because a function for all types of columns and queries would need
/// more bounds than it has lines.
macro_rules! ordered {
    (required, $query:expr, $listing:expr, $column:expr, $id:expr, $variant:ident) => {{
        use crate::domain::page::{Cursor, SortKey};
        let (mut query, up) = ($query, $listing.ascending());
        if let Some(Cursor { key: SortKey::$variant(value), id }) = $listing.cursor() {
            query = if up {
                query.filter($column.ge(value.clone()).and($column.gt(value.clone()).or($id.gt(*id))))
            } else {
                query.filter($column.le(value.clone()).and($column.lt(value.clone()).or($id.lt(*id))))
            };
        }
        if up { query.order(($column.asc(), $id.asc())) } else { query.order(($column.desc(), $id.desc())) }
    }};
    (optional, $query:expr, $listing:expr, $column:expr, $id:expr, $variant:ident) => {{
        use crate::domain::page::{Cursor, SortKey};
        let (mut query, up) = ($query, $listing.ascending());
        match ($listing.cursor(), up) {
            (Some(Cursor { key: SortKey::$variant(value), id }), true) => {
                query = query.filter(
                    $column
                        .ge(value.clone())
                        .and($column.gt(value.clone()).or($id.nullable().gt(*id)))
                        .assume_not_null(),
                );
            }
            (Some(Cursor { key: SortKey::$variant(value), id }), false) => {
                query = query.filter(
                    $column.is_null().or($column
                        .le(value.clone())
                        .and($column.lt(value.clone()).or($id.nullable().lt(*id)))
                        .assume_not_null()),
                );
            }
            (Some(Cursor { id, .. }), true) => {
                query = query.filter($column.is_not_null().or($id.gt(*id)));
            }
            (Some(Cursor { id, .. }), false) => {
                query = query.filter($column.is_null().and($id.lt(*id)));
            }
            (None, _) => {}
        }
        if up { query.order(($column.asc(), $id.asc())) } else { query.order(($column.desc(), $id.desc())) }
    }};
}
pub(super) use ordered;
