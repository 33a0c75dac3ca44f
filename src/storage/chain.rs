//! The hash chain over the audit log: each row's hash covers the row and, through the hash before
//! it, all earlier rows. Changing, removing, inserting or swapping rows breaks the chain; cutting
//! off its end is detected by comparing it with a head that was kept elsewhere.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    connection::{Db, for_update},
    failure::DbError,
};
use crate::{
    domain::id::UserId,
    schema::{audit_log, settings},
};

/// The settings row that holds the last number and hash.
const HEAD: &str = "audit_head";

/// The settings row that holds how many rows are before the chain. It does not exist if the log has
/// had a chain from its beginning.
const BEFORE: &str = "audit_before";

/// The end of the chain: number and hash of its last row, `0:` before the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    pub seq: i64,
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (seq, hash) = text.trim().split_once(':').ok_or(())?;
        let hex = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let seq = seq.parse().map_err(|_| ())?;
        if hex { Ok(Self { seq, hash: hash.to_ascii_lowercase() }) } else { Err(()) }
    }
}

/// The columns of an audit row that are needed to compute and check its hash.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = audit_log)]
pub(super) struct ChainLink {
    pub seq: Option<i64>,
    pub at: NaiveDateTime,
    pub actor_id: Option<UserId>,
    pub actor_name: String,
    pub actor_role: Option<String>,
    pub action: String,
    pub record_type: String,
    pub record_id: Option<i64>,
    pub record_name: String,
    pub changes: String,
    pub host: String,
    pub session_id: String,
    pub operation_id: String,
    pub hash: String,
    pub id: i64,
}

impl ChainLink {
    /// The hash of this row if `before` is the hash of the row before it.
    pub fn hash_behind(&self, before: &str) -> String {
        let row = serde_json::json!([
            before,
            self.seq,
            self.at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
            self.actor_id.map(|id| id.0),
            self.actor_name,
            self.actor_role,
            self.action,
            self.record_type,
            self.record_id,
            self.record_name,
            self.changes,
            self.host,
            self.session_id,
            self.operation_id,
        ]);
        format!("{:x}", Sha256::digest(row.to_string().as_bytes()))
    }
}

/// The end of the chain, locked until the end of the transaction, so that only one transaction at a
/// time adds rows.
pub(super) fn lock(db: &mut Db) -> Result<Head, DbError> {
    // Apply what this transaction has added before.
    db.run_now()?;
    Ok(noted(for_update!(db, settings::table.find(HEAD).select(settings::value)).optional()?))
}

/// Updates the settings row of the chain's end without changing the end itself. On one server this
/// waits until the transaction that has locked the row has ended. On a cluster, whose nodes do not
/// wait for each other, a transaction that began on another node before this one was committed can
/// no longer add rows.
pub(super) fn touch(db: &mut Db) -> Result<(), DbError> {
    diesel::update(settings::table.find(HEAD)).set(settings::version.eq(settings::version + 1)).execute(db)?;
    Ok(())
}

/// The recorded end of the chain.
pub fn head(db: &mut Db) -> Result<Head, DbError> {
    Ok(noted(settings::table.find(HEAD).select(settings::value).first(db).optional()?))
}

/// Parses the recorded end; without one the chain is empty.
fn noted(text: Option<String>) -> Head {
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

pub(super) fn note(db: &mut Db, head: &Head, now: NaiveDateTime) -> Result<(), DbError> {
    // The values are a number, a hash and a time: none can contain a quote.
    db.run_with_commit(&format!(
        "UPDATE settings SET value = '{head}', updated_at = '{}' WHERE `key` = '{HEAD}'",
        now.format("%Y-%m-%d %H:%M:%S%.6f")
    ))
}

/// The first fault of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The row with this number was changed.
    Changed(i64),
    /// The row with this number is missing.
    Removed(i64),
    /// The row with this id was inserted and is not part of the chain.
    Inserted(i64),
    /// The number of rows from before the chain differs: as recorded, and as found.
    Before { known: i64, found: i64 },
    /// The log ends before the row with this number, which is known to have existed.
    Cut(i64),
}

/// The result of [`verify`]: where the chain ends, and so how many rows it has, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub head: Head,
    pub fault: Option<Fault>,
}

/// How many rows one query reads.
const AT_ONCE: i64 = 1_000;

/// Checks the chain from its first row. `known` is a head that was kept elsewhere.
pub fn verify(db: &mut Db, known: Option<&Head>) -> Result<Verified, DbError> {
    let noted = head(db)?;
    let mut end = Head::default();
    let mut fault = None;
    let mut first = None;
    while fault.is_none() {
        let links: Vec<ChainLink> = audit_log::table
            .filter(audit_log::seq.gt(end.seq))
            .order(audit_log::seq)
            .limit(AT_ONCE)
            .select(ChainLink::as_select())
            .load(db)?;
        if links.is_empty() {
            break;
        }
        first = first.or(links.first().map(|link| link.id));
        fault = links.iter().find_map(|link| follow(&mut end, link, known));
    }
    if fault.is_none() {
        let last = known.map_or(noted.seq, |known| known.seq.max(noted.seq));
        fault = (end.seq < last).then_some(Fault::Cut(last));
    }
    if fault.is_none() {
        fault = outside(db, first)?;
    }
    Ok(Verified { head: end, fault })
}

/// What is wrong with the rows that the chain does not cover; `first` is the id of the chain's
/// first row. Rows that an older program wrote may be before it: they have no number, their ids are
/// lower than that of the first row, and there are as many as when the tables were migrated.
fn outside(db: &mut Db, first: Option<i64>) -> Result<Option<Fault>, DbError> {
    let (id, seq) = (audit_log::id, audit_log::seq);
    let last = first.unwrap_or(i64::MAX);
    let out_of_place = seq.is_null().and(id.lt(1_i64).or(id.gt(last)));
    let inserted = audit_log::table.filter(seq.lt(1_i64).or(out_of_place)).order(id).select(id);
    if let Some(id) = inserted.first::<i64>(db).optional()? {
        return Ok(Some(Fault::Inserted(id)));
    }
    let found: i64 = audit_log::table.filter(seq.is_null()).count().get_result(db)?;
    let known = settings::table.find(BEFORE).select(settings::value).first::<String>(db).optional()?;
    let known = known.and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok((known != found).then_some(Fault::Before { known, found }))
}

fn follow(end: &mut Head, link: &ChainLink, known: Option<&Head>) -> Option<Fault> {
    let seq = link.seq.unwrap_or_default();
    if seq != end.seq + 1 {
        return Some(Fault::Removed(end.seq + 1));
    }
    let hash = link.hash_behind(&end.hash);
    let as_known = known.is_none_or(|known| known.seq != seq || known.hash == hash);
    if hash != link.hash || !as_known {
        return Some(Fault::Changed(seq));
    }
    *end = Head { seq, hash };
    None
}
