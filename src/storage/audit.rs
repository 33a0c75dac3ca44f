//! The audit log: rows are added and read, never changed or removed.

use chrono::NaiveDateTime;
use diesel::{prelude::*, sql_types::Bool};
use strum::IntoEnumIterator;

use super::{
    Viewer,
    chain::{self, ChainLink, Head},
    connection::{Db, insert_many},
    failure::DbError,
    page::{Loaded, counted, ordered},
    search::{pattern, typed_words},
    sql_expr::{SqlExpr, sql_expr},
};
use crate::{
    domain::{
        audit::{AuditListing, AuditRow, AuditSort, AuditView, Changes, Subject, Verb},
        audit_words,
        id::UserId,
        page::{COUNT_LIMIT, Page},
        session::Actor,
        text,
    },
    schema::audit_log,
};

/// Who did something, and from where.
#[derive(Debug, Clone)]
pub struct Author<'a> {
    pub by: By<'a>,
    pub host: &'a str,
    pub session: &'a str,
    /// Unique for each request: shows after a broken COMMIT whether the request was committed.
    pub operation: &'a str,
}

/// Who did something.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    User(&'a Actor),
    /// A command that needs no session, and the name to record: the first manager's at set-up.
    Command {
        command: &'static str,
        name: &'a str,
    },
    /// A sign-in with a name that no account has, or a request without a session. What was typed as a
    /// name is not recorded, since people type passwords there by mistake.
    Unknown,
}

impl<'a> By<'a> {
    fn actor(self) -> Option<&'a Actor> {
        match self {
            Self::User(actor) => Some(actor),
            Self::Command { .. } | Self::Unknown => None,
        }
    }

    fn name(self) -> &'a str {
        match self {
            Self::User(actor) => &actor.full_name,
            Self::Command { name, .. } => name,
            Self::Unknown => "",
        }
    }
}

impl<'a> From<Option<&'a Actor>> for By<'a> {
    fn from(actor: Option<&'a Actor>) -> Self {
        actor.map_or(Self::Unknown, Self::User)
    }
}

/// What was done.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    pub verb: Verb,
    pub subject: Subject,
    pub id: Option<i64>,
    /// The name of the record.
    pub name: String,
    pub changes: Changes,
    /// The names of those whom a record passes from and to. They are only searched for: the changes
    /// have their ids.
    people: Vec<String>,
}

impl AuditEntry {
    /// What was done to the record with this id and name.
    pub fn new(verb: Verb, subject: Subject, id: Option<i64>, name: String, changes: Changes) -> Self {
        Self { verb, subject, id, name, changes, people: Vec::new() }
    }

    /// Adds a later change of the same record: the entry is then about both. A field that has its old value again was not
    /// changed.
    pub fn join(&mut self, later: Self) {
        let Self { verb: _, subject: _, id: _, name, changes, people } = later;
        self.name = name;
        self.people.extend(people);
        for (field, old, new) in changes.0 {
            match self.changes.0.iter_mut().find(|(of, ..)| *of == field) {
                Some((.., latest)) => *latest = new,
                None => self.changes.0.push((field, old, new)),
            }
        }
        self.changes.0.retain(|(_, old, new)| old != new);
    }

    /// The same, found by the names of these people too.
    pub fn found_by(mut self, people: &[&str]) -> Self {
        self.people.extend(people.iter().map(|name| (*name).to_owned()));
        self
    }
}

/// Adds one row for each entry to the end of the chain. Must come last in a transaction, since the
/// end stays locked until the transaction ends.
pub fn add(db: &mut Db, author: &Author, entries: &[AuditEntry], now: NaiveDateTime) -> Result<(), DbError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut head = chain::lock(db)?;
    // Engines limit the number of parameters in one statement, and a hand-over may exceed it.
    for some in entries.chunks(500) {
        let rows: Vec<NewRow> = some.iter().map(|entry| NewRow::new(author, entry, now, &mut head)).collect();
        insert_many!(db, audit_log::table, rows)?;
    }
    chain::note(db, &head, now)
}

#[derive(Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
struct NewRow {
    at: NaiveDateTime,
    actor_id: Option<UserId>,
    actor_name: String,
    actor_role: Option<String>,
    action: String,
    record_type: String,
    record_id: Option<i64>,
    record_name: String,
    changes: String,
    host: String,
    session_id: String,
    operation_id: String,
    search: String,
    seq: i64,
    hash: String,
}

impl NewRow {
    fn new(author: &Author, entry: &AuditEntry, now: NaiveDateTime, head: &mut Head) -> Self {
        let (actor, actor_name) = (author.by.actor(), author.by.name().to_owned());
        let mut link = ChainLink {
            seq: Some(head.seq + 1),
            at: now,
            actor_id: actor.map(|actor| actor.id),
            actor_name,
            actor_role: actor.map(|actor| actor.role.to_string()),
            action: entry.verb.to_string(),
            record_type: entry.subject.to_string(),
            record_id: entry.id,
            record_name: entry.name.clone(),
            changes: entry.changes.to_json(),
            host: author.host.to_owned(),
            session_id: author.session.to_owned(),
            operation_id: author.operation.to_owned(),
            hash: String::new(),
            id: 0,
        };
        link.hash = link.hash_behind(&head.hash);
        *head = Head { seq: head.seq + 1, hash: link.hash.clone() };
        Self {
            at: link.at,
            actor_id: link.actor_id,
            actor_role: link.actor_role,
            search: text::fold(&format!(
                "{} {} {} {}",
                link.actor_name,
                link.action,
                link.record_name,
                entry.people.join(" ")
            )),
            actor_name: link.actor_name,
            action: link.action,
            record_type: link.record_type,
            record_id: link.record_id,
            record_name: link.record_name,
            changes: link.changes,
            host: link.host,
            session_id: link.session_id,
            operation_id: link.operation_id,
            seq: head.seq,
            hash: link.hash,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct StoredRow {
    id: i64,
    at: NaiveDateTime,
    actor_id: Option<UserId>,
    actor_name: String,
    actor_role: Option<String>,
    action: String,
    record_type: String,
    record_id: Option<i64>,
    record_name: String,
    changes: String,
    host: String,
    session_id: String,
}

impl From<StoredRow> for AuditRow {
    fn from(row: StoredRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            actor_role: row.actor_role.and_then(|role| role.parse().ok()),
            action: row.action,
            record_type: row.record_type,
            record_id: row.record_id,
            record_name: row.record_name,
            changes: Changes::from_json(&row.changes),
            host: row.host,
            session: row.session_id,
            import: None,
        }
    }
}

/// How many rows the log has.
pub fn count(db: &mut Db) -> Result<i64, DbError> {
    Ok(audit_log::table.count().get_result(db)?)
}

/// Whether the operation was committed. This has to run in a transaction of its own; its result is
/// final once that transaction is committed. The operation's own transaction has written rows, so
/// it locks the end of the chain until it ends; a transaction that has waited for this lock sees
/// the outcome.
pub fn was_done_for_good(db: &mut Db, operation: &str) -> Result<bool, DbError> {
    chain::touch(db)?;
    let rows = audit_log::table.filter(audit_log::operation_id.eq(operation)).select(audit_log::id);
    Ok(rows.first::<i64>(db).optional()?.is_some())
}

/// What the operation has changed, in the order in which it was written.
pub fn of_operation(db: &mut Db, operation: &str) -> Result<Vec<AuditRow>, DbError> {
    let rows = audit_log::table.filter(audit_log::operation_id.eq(operation)).order(audit_log::id);
    Ok(rows.select(StoredRow::as_select()).load::<StoredRow>(db)?.into_iter().map(AuditRow::from).collect())
}

/// The operation that did this to the record last.
pub fn last_operation(db: &mut Db, subject: Subject, id: i64, verb: Verb) -> Result<Option<String>, DbError> {
    let rows = audit_log::table
        .filter(audit_log::record_type.eq(subject.to_string()).and(audit_log::record_id.eq(id)))
        .filter(audit_log::action.eq(verb.to_string()))
        .order((audit_log::seq.desc(), audit_log::id.desc()));
    Ok(rows.select(audit_log::operation_id).first(db).optional()?)
}

/// The first change of the record, or of the payments of a contract, after this row of the log, by another operation
/// than the row's own. An import that was reverted, and for this record too, has changed nothing.
pub fn changed_since(
    db: &mut Db,
    subject: Subject,
    id: i64,
    (row, operation): (i64, &str),
) -> Result<Option<AuditRow>, DbError> {
    let rows = audit_log::table
        .filter(audit_log::record_type.eq(subject.to_string()).and(audit_log::record_id.eq(id)))
        .filter(audit_log::id.gt(row).and(audit_log::operation_id.ne(operation)))
        .filter(is_change())
        .order(audit_log::id)
        .select((audit_log::operation_id, StoredRow::as_select()));
    let rows: Vec<(String, StoredRow)> = rows.load(db)?;
    let operations: Vec<&str> = rows.iter().map(|(operation, _)| operation.as_str()).collect();
    let mut undone = super::imports::reversals(db, &operations)?;
    undone.retain(|(_, by)| operations.contains(&by.as_str()));
    let undone: Vec<String> = undone.into_iter().flat_map(|(import, by)| [import, by]).collect();
    Ok(rows.into_iter().find(|(operation, _)| !undone.contains(operation)).map(|(_, row)| row.into()))
}

/// The last change of the record itself. Payments of a contract are logged under it too, but do not
/// raise its version.
pub fn last_change(db: &mut Db, subject: Subject, id: i64) -> Result<Option<AuditRow>, DbError> {
    let rows = audit_log::table
        .filter(audit_log::record_type.eq(subject.to_string()).and(audit_log::record_id.eq(id)))
        .filter(is_change())
        .filter(audit_log::action.like(format!("{subject}.%")))
        // Ordered by the number in the chain, which cannot be changed unnoticed, and not by the
        // time, since the clocks of the users' computers differ. Rows from before the chain have no
        // number and come last.
        .order((audit_log::seq.desc(), audit_log::id.desc()))
        .select(StoredRow::as_select());
    Ok(rows.first(db).optional()?.map(AuditRow::from))
}

/// The row says what changed its record.
fn is_change() -> SqlExpr<Bool> {
    let unchanging: Vec<String> =
        Verb::iter().filter(|verb| !verb.changes_its_record()).map(|verb| format!("'{verb}'")).collect();
    sql_expr(format!("audit_log.action NOT IN ({})", unchanging.join(", ")))
}

/// Two instants (UTC), of which the second is excluded.
pub type Span = (Option<NaiveDateTime>, Option<NaiveDateTime>);

/// Which rows of a page of the log a user may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    All,
    /// What this user did.
    Actions(UserId),
    /// That, and all changes of the records; for a list of one record that is this user's own.
    Changes(UserId),
}

/// A page of the log in a span of time.
pub fn page(
    db: &mut Db,
    listing: &AuditListing,
    span: Span,
    readable: Readable,
    viewer: Viewer,
) -> Result<Page<AuditRow>, DbError> {
    let filter = &listing.filter;
    let refused = || vec![Verb::Refused.to_string(), Verb::SignInRefused.to_string()];
    let filtered = || {
        let mut query = audit_log::table.into_boxed();
        query = match filter.view {
            AuditView::All => query,
            AuditView::Mine => query.filter(audit_log::actor_id.eq(viewer.me)),
            AuditView::Refused => query.filter(audit_log::action.eq_any(refused())),
        };
        if let Some(guard) = viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        query = match readable {
            Readable::All => query,
            Readable::Actions(me) => query.filter(audit_log::actor_id.eq(me)),
            Readable::Changes(me) => {
                let by_me = audit_log::actor_id.eq(me).assume_not_null().and(audit_log::actor_id.is_not_null());
                query.filter(by_me.or(is_change()))
            }
        };
        if let Some((kind, id)) = filter.record {
            query = query.filter(audit_log::record_type.eq(kind.to_string()).and(audit_log::record_id.eq(id)));
        }
        if let Some(from) = span.0 {
            query = query.filter(audit_log::at.ge(from));
        }
        if let Some(to) = span.1 {
            query = query.filter(audit_log::at.lt(to));
        }
        for word in typed_words(&filter.text) {
            // A word may be one of those that stand for the action on the screen.
            let by_words = audit_log::search.like(pattern(&word)).escape('!');
            let actions: Vec<String> = audit_words::meant_by(&word).iter().map(Verb::to_string).collect();
            query = if actions.is_empty() {
                query.filter(by_words)
            } else {
                query.filter(by_words.or(audit_log::action.eq_any(actions)))
            };
        }
        query
    };
    if listing.is_total() {
        return Ok(listing.page(Loaded::Total(counted!(db, filtered().select(audit_log::id), COUNT_LIMIT))));
    }
    let query = filtered().select(StoredRow::as_select());
    let id = audit_log::id;
    let query = match listing.sort {
        AuditSort::Time => ordered!(required, query, listing, audit_log::at, id, Time),
        AuditSort::Actor => ordered!(required, query, listing, audit_log::actor_name, id, Text),
        AuditSort::Action => ordered!(required, query, listing, audit_log::action, id, Text),
        AuditSort::Record => ordered!(required, query, listing, audit_log::record_name, id, Text),
    };
    let rows: Vec<StoredRow> = query.limit(listing.fetched()).load(db)?;
    Ok(listing.page(Loaded::Rows(rows.into_iter().map(AuditRow::from).collect())))
}
