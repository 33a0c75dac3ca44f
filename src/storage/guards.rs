//! The guards: triggers that enforce rules on a server, also against those who bypass the program.
//! On SQLite they are part of the migrations.

use diesel::{connection::SimpleConnection, result::QueryResult};

use super::{
    connection::Db,
    failure::{self, DbError},
    lease::Lease,
    mysql::MysqlConnection,
};
use crate::domain::error::ConnectionProblem;

/// Rules that MySQL can enforce by triggers only. A server with a binary log does not let accounts
/// without a special privilege create triggers; there only the services enforce these rules, as
/// they do everywhere.
const GUARDS: &[(&str, &str)] = &[
    (
        "contracts_stay_signed",
        "BEFORE UPDATE ON contracts FOR EACH ROW \
         IF OLD.signed_at IS NOT NULL AND NOT (NEW.signed_at <=> OLD.signed_at) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a signature is final'; END IF",
    ),
    (
        "events_need_signature",
        "BEFORE INSERT ON events FOR EACH ROW BEGIN \
         IF NOT EXISTS (SELECT 1 FROM contracts WHERE id = NEW.contract_id AND signed_at IS NOT NULL AND archived_at IS NULL) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an event needs a signed contract'; END IF; \
         IF NEW.support_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.support_id AND role = 'support' AND active) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only active support can be assigned'; END IF; END",
    ),
    (
        "events_keep_contract",
        "BEFORE UPDATE ON events FOR EACH ROW BEGIN \
         IF NEW.contract_id <> OLD.contract_id THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an event stays with its contract'; END IF; \
         IF NEW.support_id IS NOT NULL AND NOT (NEW.support_id <=> OLD.support_id) \
         AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.support_id AND role = 'support' AND active) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only active support can be assigned'; END IF; END",
    ),
    (
        "owner_is_active_on_insert",
        "BEFORE INSERT ON clients FOR EACH ROW \
         IF NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sales_contact_id AND role = 'sales' AND active) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only active sales can own a client'; END IF",
    ),
    (
        "owner_is_active_on_update",
        "BEFORE UPDATE ON clients FOR EACH ROW \
         IF NEW.sales_contact_id <> OLD.sales_contact_id \
         AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sales_contact_id AND role = 'sales' AND active) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only active sales can own a client'; END IF",
    ),
    (
        "payments_are_final",
        "BEFORE UPDATE ON payments FOR EACH ROW \
         IF NEW.id <> OLD.id OR NEW.contract_id <> OLD.contract_id OR NEW.amount_cents <> OLD.amount_cents OR NEW.paid_on <> OLD.paid_on \
         OR NEW.method <> OLD.method OR (OLD.cancelled_at IS NOT NULL \
         AND NOT (NEW.cancelled_at <=> OLD.cancelled_at AND NEW.cancel_reason = OLD.cancel_reason)) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a payment is cancelled, not changed'; END IF",
    ),
    (
        "payments_are_not_removed",
        "BEFORE DELETE ON payments FOR EACH ROW \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a payment is cancelled, not removed'",
    ),
    (
        "due_follows_payments",
        "BEFORE UPDATE ON contracts FOR EACH ROW \
         IF (NEW.total_cents <> OLD.total_cents OR NEW.due_cents <> OLD.due_cents) \
         AND NEW.due_cents <> NEW.total_cents - (SELECT COALESCE(SUM(amount_cents), 0) FROM payments \
         WHERE contract_id = NEW.id AND cancelled_at IS NULL) THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what is due follows from the payments'; END IF",
    ),
    (
        "all_is_due_at_first",
        "BEFORE INSERT ON contracts FOR EACH ROW \
         IF NEW.due_cents <> NEW.total_cents THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what is due follows from the payments'; END IF",
    ),
    (
        "audit_is_numbered",
        "BEFORE INSERT ON audit_log FOR EACH ROW \
         IF NEW.seq IS NULL OR NEW.seq < 1 THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an audit row has its number'; END IF",
    ),
    (
        "audit_is_not_changed",
        "BEFORE UPDATE ON audit_log FOR EACH ROW \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log is not changed'",
    ),
    (
        "audit_is_not_removed",
        "BEFORE DELETE ON audit_log FOR EACH ROW \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log is not removed'",
    ),
];

/// What became of the guards that were missing or differed from those of this program, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards {
    pub made: Vec<&'static str>,
    /// Those that the server does not let this account create.
    pub refused: Vec<&'static str>,
}

/// The guards that are missing or differ from those of this program, as far as this account can see.
pub(super) fn missing(connection: &mut Db) -> Result<Vec<&'static str>, DbError> {
    let Db::Mysql(connection) = connection else { return Ok(Vec::new()) };
    let there = triggers(connection)?;
    let guards = GUARDS.iter().filter(|(name, body)| !there.iter().any(|trigger| trigger.is(name, body)));
    Ok(guards.map(|(name, _)| *name).collect())
}

/// Whether there is a guard that this account may not see.
pub(super) fn are_hidden(connection: &mut Db) -> Result<bool, DbError> {
    let Db::Mysql(connection) = connection else { return Ok(false) };
    for (name, _) in GUARDS {
        if is_hidden(connection, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_hidden(connection: &mut MysqlConnection, name: &str) -> Result<bool, DbError> {
    let Err(error) = connection.batch_execute(&format!("SHOW CREATE TRIGGER {name}")) else { return Ok(false) };
    match (failure::code(&error), DbError::from(error)) {
        (Some(NEEDS_RIGHT), _) => Ok(true),
        (_, gone @ DbError::Unavailable(ConnectionProblem::Lost)) => Err(gone),
        // It is not there.
        _ => Ok(false),
    }
}

/// The server's number for a missing right, where it does not name a table.
const NEEDS_RIGHT: u16 = 1227;

/// A trigger of the database.
struct Trigger {
    /// Its name, and what it does if this account may see that.
    text: String,
    /// The account with whose rights it runs. Empty if this account may see the name only, as on
    /// MariaDB.
    definer: String,
}

impl Trigger {
    fn name(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }

    fn is(&self, name: &str, body: &str) -> bool {
        self.text == format!("{name} {body}")
    }
}

/// The triggers of the database that this account can see.
fn triggers(connection: &mut MysqlConnection) -> Result<Vec<Trigger>, DbError> {
    let seen = connection.pairs(
        "SELECT CONCAT_WS(' ', trigger_name, action_timing, event_manipulation, 'ON', event_object_table, \
         'FOR EACH ROW', action_statement), definer FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    )?;
    Ok(seen.into_iter().map(|[text, definer]| Trigger { text, definer }).collect())
}

/// Creates the guards that are missing or differ from those of this program.
pub(super) fn install(connection: &mut MysqlConnection, lease: &Lease) -> Result<Guards, DbError> {
    install_some(connection, lease, |_| true)
}

/// The same for those that hold the amount due against the payments.
pub(super) fn install_of_payments(connection: &mut MysqlConnection, lease: &Lease) -> Result<Guards, DbError> {
    install_some(connection, lease, |name| ["due_follows_payments", "all_is_due_at_first"].contains(&name))
}

fn install_some(
    connection: &mut MysqlConnection,
    lease: &Lease,
    which: impl Fn(&str) -> bool,
) -> Result<Guards, DbError> {
    let there = triggers(connection)?;
    let mut guards = Guards::default();
    for &(name, body) in GUARDS.iter().filter(|(name, _)| which(name)) {
        if there.iter().any(|trigger| trigger.is(name, body)) || is_hidden(connection, name)? {
            continue;
        }
        let is_there = there.iter().any(|trigger| trigger.name() == name);
        let error = match make_guard(connection, (name, body), is_there, lease).map_err(DbError::from) {
            Ok(()) => {
                guards.made.push(name);
                continue;
            }
            Err(error) if matches!(error, DbError::Other(_)) || error.is_no_right_to_triggers() => error.to_string(),
            Err(other) => return Err(other),
        };
        tracing::warn!(
            error,
            trigger = name,
            "the server does not let this account make a trigger: the program alone holds its rule"
        );
        guards.refused.push(name);
    }
    Ok(guards)
}

/// Creates or recreates a guard. A server may let an account drop a trigger but not create one, so
/// the new one is created under another name before the old one is dropped.
fn make_guard(
    connection: &mut MysqlConnection,
    (name, body): (&str, &str),
    is_there: bool,
    lease: &Lease,
) -> QueryResult<()> {
    let mut run = |sql: String| lease.run(connection, &sql);
    if is_there {
        run(format!("DROP TRIGGER IF EXISTS {name}_new"))?;
        run(format!("CREATE TRIGGER {name}_new {body}"))?;
        run(format!("DROP TRIGGER {name}"))?;
    }
    run(format!("CREATE TRIGGER {name} {body}"))?;
    run(format!("DROP TRIGGER IF EXISTS {name}_new"))
}

/// The guards as far as an account can see them.
pub(super) struct Seen {
    /// How many are there, and as in this program if the account may see more than their names.
    pub whole: usize,
    /// The names of the others.
    pub others: Vec<&'static str>,
    /// The accounts with whose rights they run, as in statements. Once such an account is removed,
    /// every save that its guards check is refused.
    pub definers: Vec<String>,
}

/// The guards that the connected account may see.
pub(super) fn seen(connection: &mut MysqlConnection) -> Result<Seen, DbError> {
    let there = triggers(connection)?;
    let is_whole = |name: &str, body: &str| {
        there.iter().any(|seen| if seen.definer.is_empty() { seen.name() == name } else { seen.is(name, body) })
    };
    let (whole, others): (Vec<_>, Vec<_>) = GUARDS.iter().partition(|(name, body)| is_whole(name, body));
    let guards = there.iter().filter(|seen| GUARDS.iter().any(|(name, _)| seen.name() == *name));
    let mut definers: Vec<String> =
        guards.filter(|seen| !seen.definer.is_empty()).map(|seen| quoted(&seen.definer)).collect();
    definers.sort();
    definers.dedup();
    Ok(Seen { whole: whole.len(), others: others.iter().map(|(name, _)| *name).collect(), definers })
}

/// An account as it is written in statements.
pub(super) fn quoted(account: &str) -> String {
    let (name, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    format!("'{name}'@'{host}'")
}

/// The table that a guard belongs to; empty if there is no such guard.
pub(super) fn table(guard: &str) -> &'static str {
    let found = GUARDS.iter().find(|(name, _)| *name == guard).and_then(|(_, body)| body.split_once(" ON "));
    found.and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default()
}

/// What a guard of the audit log answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Works,
    /// The account with whose rights it runs does not exist; its name, if the server tells it.
    NoDefiner(String),
    /// The account with whose rights it runs lacks a right; both as the server names them.
    DefinerLacks {
        account: String,
        right: String,
    },
    NoGuard,
    /// It could not be asked.
    Unknown,
}

/// Asks the guard `audit_is_numbered`, which accounts without the right to see it can do too. It is
/// asked with a row that cannot be added in any case, since there is a row with its id.
pub(super) fn ask(connection: &mut MysqlConnection) -> Result<Answer, DbError> {
    const COLUMNS: &str = "at, actor_name, action, record_type, changes, host, session_id, operation_id, search";
    let row = format!(
        "INSERT INTO audit_log (id, seq, {COLUMNS}) SELECT id, 0, {COLUMNS} FROM audit_log ORDER BY id LIMIT 1"
    );
    let Err(error) = connection.batch_execute(&row) else { return Ok(Answer::Unknown) };
    let said = match &error {
        diesel::result::Error::DatabaseError(_, detail) => detail.message().to_owned(),
        _ => String::new(),
    };
    match failure::code(&error) {
        Some(1644) => return Ok(Answer::Works),
        Some(1449) => {
            let name = said.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(name, _)| name);
            return Ok(Answer::NoDefiner(name.to_owned()));
        }
        // The id is taken, or the number is refused by a rule of the table.
        Some(1062 | 3819 | 4025) => return Ok(Answer::NoGuard),
        _ => {}
    }
    match DbError::from(error) {
        DbError::Unavailable(ConnectionProblem::NotGranted(right)) if !right.starts_with("INSERT") => {
            // What follows is a table, or a column of one.
            let account = said.split_once(" denied to user ").and_then(|(_, rest)| rest.split_once("' for "));
            let account = account.map_or(String::new(), |(account, _)| format!("{account}'"));
            Ok(Answer::DefinerLacks { account, right })
        }
        gone @ DbError::Unavailable(ConnectionProblem::Lost) => Err(gone),
        _ => Ok(Answer::Unknown),
    }
}
