//! Keyset pages: `ORDER BY column, id` after a cursor, in the one form that all engines
//! answer from an index (`column >= x AND (column > x OR id > y)`).

use diesel::{
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::BigInt,
};

use super::connection::{Db, Failure, MultiBackend};
use crate::domain::{
    filter::Sorted,
    page::{COUNT_LIMIT, Count, Cursor, Edge, Listing, MAX_PAGE, Page, SHORT_LIMIT},
    text,
};

/// A query cut to the rows that matter for counting, counted by the database.
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

/// How many rows a query has, counted up to a limit.
macro_rules! counted {
    ($db:expr, $query:expr, $most:expr) => {{
        let most: i64 = $most;
        let found = crate::storage::page::CountOf($query.limit(most + 1)).get_result($db)?;
        crate::domain::page::Count::capped(found, most)
    }};
}
pub(super) use counted;

impl<F, S: Copy> Listing<F, S> {
    /// The order in which rows are fetched: from the end, backwards.
    pub(super) fn ascending(&self) -> bool {
        self.descending == self.is_backward()
    }

    /// Where fetching starts, when not at an end of the list.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match &self.edge {
            Edge::After(cursor) | Edge::Before(cursor) => Some(cursor),
            Edge::Start | Edge::First | Edge::End | Edge::Total => None,
        }
    }

    /// One row more than the page has, to know whether there is another page.
    pub(super) fn fetched(&self) -> i64 {
        i64::from(self.limit.clamp(1, MAX_PAGE)) + 1
    }

    /// Whether the rows are to be counted, not fetched.
    pub(super) fn is_total(&self) -> bool {
        self.edge == Edge::Total
    }

    fn is_backward(&self) -> bool {
        matches!(self.edge, Edge::End | Edge::Before(_))
    }

    /// The fetched rows as a page, in the order of the list.
    pub(super) fn page<R: Sorted<S>>(&self, loaded: Loaded<R>) -> Page<R> {
        let mut rows = match loaded {
            Loaded::Rows(rows) => rows,
            Loaded::Total(total) => {
                return Page { rows: Vec::new(), before: false, after: false, total: Some(total), among_newest: false };
            }
        };
        let wanted = usize::from(self.limit.clamp(1, MAX_PAGE));
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let (before, after) = match self.edge {
            Edge::Start | Edge::First | Edge::Total => (false, more),
            Edge::After(_) => (true, more),
            Edge::End => (more, false),
            Edge::Before(_) => (more, true),
        };
        if self.is_backward() {
            rows.reverse();
        }
        let all = (!before && !after).then(|| Count::Exactly(i64::try_from(rows.len()).unwrap_or(i64::MAX)));
        Page { rows, before, after, total: all, among_newest: false }
    }
}

/// What a question about a list brought.
#[derive(Debug)]
pub enum Loaded<R> {
    Rows(Vec<R>),
    Total(Count),
}

impl<R> Loaded<R> {
    fn is_nothing(&self) -> bool {
        match self {
            Self::Rows(rows) => rows.is_empty(),
            Self::Total(total) => total.is_zero(),
        }
    }
}

/// Orders a boxed query by a column and the id, and starts it after the cursor.
///
/// `required` columns are never null. `optional` ones may be: nulls sort first, and the
/// cursor may stand on one. A function over all column and query types would need more
/// bounds than it has lines.
macro_rules! ordered {
    (required, $query:expr, $listing:expr, $column:expr, $id:expr, $variant:ident) => {{
        use crate::domain::page::{Cursor, Key};
        let (mut query, up) = ($query, $listing.ascending());
        if let Some(Cursor { key: Key::$variant(value), id }) = $listing.cursor() {
            query = if up {
                query.filter($column.ge(value.clone()).and($column.gt(value.clone()).or($id.gt(*id))))
            } else {
                query.filter($column.le(value.clone()).and($column.lt(value.clone()).or($id.lt(*id))))
            };
        }
        if up { query.order(($column.asc(), $id.asc())) } else { query.order(($column.desc(), $id.desc())) }
    }};
    (optional, $query:expr, $listing:expr, $column:expr, $id:expr, $variant:ident) => {{
        use crate::domain::page::{Cursor, Key};
        let (mut query, up) = ($query, $listing.ascending());
        match ($listing.cursor(), up) {
            (Some(Cursor { key: Key::$variant(value), id }), true) => {
                query = query.filter(
                    $column
                        .ge(value.clone())
                        .and($column.gt(value.clone()).or($id.nullable().gt(*id)))
                        .assume_not_null(),
                );
            }
            (Some(Cursor { key: Key::$variant(value), id }), false) => {
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

/// A table with a full-text index, and the columns that it is over.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    pub table: &'static str,
    pub columns: &'static str,
}

/// What a list is searched for.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Patterns for `LIKE … ESCAPE '!'`, which all have to be met.
    pub patterns: Vec<String>,
    /// The only rows that can meet them, where the index knows few.
    pub ids: Option<Vec<i64>>,
    /// Only the newest records were looked at.
    pub among_newest: bool,
}

/// With so many hits of the index or more a page fills soon by walking the list.
const MANY: usize = 10_000;
/// Inner pieces of words are looked for among so many of the newest records.
const NEWEST: i64 = 10_000;

impl Sought {
    /// How far is counted: every record of a walk has to be looked at.
    pub fn limit(&self) -> i64 {
        if self.patterns.is_empty() || self.ids.is_some() { COUNT_LIMIT } else { SHORT_LIMIT }
    }

    /// No words at all.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Words that begin with what was typed, each of them somewhere.
    fn beginnings(db: &mut Db, searched: Searched, typed: &str) -> Result<Self, Failure> {
        let words: Vec<String> = text::words(typed).into_iter().take(MOST_WORDS).collect();
        let indexed: Vec<&str> = words.iter().map(String::as_str).filter(|word| is_indexed(word)).collect();
        let patterns: Vec<String> = words.iter().map(|word| format!("% {word}%")).collect();
        let ids = match indexed.as_slice() {
            [] if patterns.is_empty() => None,
            // The index does not know such words: they are looked for among the newest.
            [] => Some(db.newest(searched.table, searched.columns, &patterns, (NEWEST, MANY))?),
            terms => Some(db.matching(searched.table, searched.columns, terms, MANY)?).filter(|ids| ids.len() < MANY),
        };
        Ok(Self { among_newest: indexed.is_empty() && !patterns.is_empty(), patterns, ids })
    }

    /// The same anywhere inside of words; too much to look for in every record.
    fn pieces(db: &mut Db, searched: Searched, typed: &str) -> Result<Self, Failure> {
        let words = text::words(typed);
        let patterns: Vec<String> = words.iter().take(MOST_WORDS).map(|word| format!("%{word}%")).collect();
        let ids = Some(db.newest(searched.table, searched.columns, &patterns, (NEWEST, MANY))?);
        Ok(Self { ids, patterns, among_newest: true })
    }
}

/// The most words that are looked for.
const MOST_WORDS: usize = 8;

/// Whether every engine has the word, and all that begin with it, in its index. MySQL
/// leaves out what is shorter than three characters and a few words that are everywhere.
fn is_indexed(word: &str) -> bool {
    const LEFT_OUT: [&str; 16] = [
        "about", "are", "com", "for", "from", "how", "that", "the", "this", "was", "what", "when", "where", "who",
        "will", "with",
    ];
    const ALSO: [&str; 2] = ["und", "www"];
    let plain = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain && !LEFT_OUT.iter().chain(&ALSO).any(|left_out| left_out.starts_with(word))
}

/// A page of a list that may be searched: by the beginnings of words, and where nothing
/// begins so, by pieces of words among the newest records.
pub fn searched<F, S: Copy, R: Sorted<S>>(
    db: &mut Db,
    listing: &Listing<F, S>,
    by: Searched,
    typed: &str,
    mut load: impl FnMut(&mut Db, &Sought) -> Result<Loaded<R>, Failure>,
) -> Result<Page<R>, Failure> {
    let sought = Sought::beginnings(db, by, typed)?;
    let loaded = load(db, &sought)?;
    let opens = matches!(listing.edge, Edge::Start | Edge::End | Edge::Total);
    if loaded.is_nothing() && !sought.patterns.is_empty() && opens {
        let pieces = Sought::pieces(db, by, typed)?;
        let loaded = load(db, &pieces)?;
        let inside = !loaded.is_nothing();
        let page = listing.page(loaded);
        // Other pages are asked for by the beginnings of words again, so there are none.
        return Ok(Page { before: false, after: false, among_newest: inside, ..page });
    }
    let page = listing.page(loaded);
    Ok(Page { among_newest: sought.among_newest, ..page })
}

/// The words of a search as patterns for `LIKE … ESCAPE '!'`, at most eight.
pub fn patterns(typed: &str) -> Vec<String> {
    let escape = |word: &str| {
        let mut pattern = String::from("%");
        for c in word.chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    };
    text::fold(typed).split_whitespace().take(8).map(escape).collect()
}
