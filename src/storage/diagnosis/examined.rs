//! A server while it is examined, and what several checks need to know of it.

use std::collections::HashMap;

use crate::{
    domain::{address::ServerAddress, diagnosis::Finding, error::ConnectionProblem},
    storage::{
        Db, DbError, Target, grants,
        guards::{self, Seen},
        migrate::{self, Level},
        mysql::MysqlConnection,
    },
};

/// What a check found, or the error that ended it.
pub(super) type Findings = Result<Vec<Finding>, DbError>;

/// A server that is examined.
pub(super) struct Examined<'a> {
    pub db: &'a mut Db,
    pub target: &'a Target,
    /// The account as the server knows it, written as in statements.
    pub account: String,
    /// The same with the computer that it connects from, as in messages of the server.
    pub connected: String,
    pub database: String,
    /// `None` if the account may not read which migrations were run.
    pub level: Option<Level>,
    /// The tables that the account sees, because it has any right on them.
    pub tables: Vec<String>,
    /// The tables on which the account lacks a right, with all rights that it needs there.
    pub missing: Vec<(&'static str, &'static str)>,
    pub guards: Seen,
    /// Variables and status values by name.
    said: HashMap<String, String>,
}

impl<'a> Examined<'a> {
    pub fn of(db: &'a mut Db, target: &'a Target) -> Result<Self, DbError> {
        const VARIABLES: &str = "SHOW VARIABLES WHERE variable_name IN ('sql_mode', 'innodb_flush_log_at_trx_commit', \
             'log_bin', 'sync_binlog', 'binlog_expire_logs_seconds', 'log_bin_trust_function_creators', 'wsrep_sync_wait'); \
             SHOW STATUS WHERE variable_name IN ('ssl_version', 'ssl_cipher', 'wsrep_provider_version'); \
             SELECT 'account', CURRENT_USER(); SELECT 'connected', USER(); SELECT 'database', DATABASE()";
        let said = connection(db)?.pairs(VARIABLES)?;
        let said: HashMap<String, String> =
            said.into_iter().map(|[name, value]| (name.to_lowercase(), value)).collect();
        let named = |name: &str| guards::quoted(said.get(name).map_or("", String::as_str));
        let (account, connected) = (named("account"), named("connected"));
        let database = said.get("database").cloned().unwrap_or_default();
        let tables =
            db.texts("SELECT table_name AS text FROM information_schema.tables WHERE table_schema = DATABASE()")?;
        let level = level(db)?;
        let missing = if level == Some(Level::Empty) { Vec::new() } else { grants::missing(db)? };
        let guards = guards::seen(connection(db)?)?;
        Ok(Self { db, target, account, connected, database, level, tables, missing, guards, said })
    }

    pub fn says(&self, name: &str) -> &str {
        self.said.get(name).map_or("", String::as_str)
    }

    pub fn connection(&mut self) -> Result<&mut MysqlConnection, DbError> {
        connection(self.db)
    }

    /// Whether there are tables of this program.
    pub fn has_tables(&self) -> bool {
        self.level != Some(Level::Empty)
    }

    /// Whether this table of the program is there. Of older tables, or if that is not known, only those
    /// that the account sees: one on which it has no right looks like one that is missing.
    pub fn is_there(&self, table: &str) -> bool {
        matches!(self.level, Some(Level::Current | Level::Ahead))
            || table == grants::MIGRATIONS
            || self.tables.iter().any(|seen| seen == table)
    }

    /// Whether the account lacks a right on this table.
    pub fn lacks_right_on(&self, table: &str) -> bool {
        self.missing.iter().any(|(missing, _)| *missing == table)
    }
}

fn connection(db: &mut Db) -> Result<&mut MysqlConnection, DbError> {
    match db {
        Db::Mysql(connection) => Ok(connection),
        Db::Sqlite(_) => Err(DbError::NotFound),
    }
}

/// How the tables compare with this program; `None` if the account may not read it.
pub(super) fn level(db: &mut Db) -> Result<Option<Level>, DbError> {
    readable(migrate::level(db))
}

/// What was read; `None` if the account lacks the right to read it.
pub(super) fn readable<T>(read: Result<T, DbError>) -> Result<Option<T>, DbError> {
    match read {
        Err(DbError::Unavailable(ConnectionProblem::NotGranted(_))) => Ok(None),
        other => other.map(Some),
    }
}

/// The commands that migrate a database with an account that may do it: if the connected one may
/// not, the server's administrator unlocks the set-up account, which has the name of the document.
pub(super) fn migrate_commands(db: &mut Db, target: &Target) -> Result<Vec<String>, DbError> {
    const MIGRATE: &str = "epic-events migrate";
    const SET_UP: &str = "epic_setup";
    const PASSWORD: &str = "choose-one";
    let address = match target {
        Target::Mysql(address) if !grants::may_change_tables(db)? => address,
        Target::Mysql(_) | Target::Sqlite(_) => return Ok(vec![MIGRATE.to_owned()]),
    };
    let parts = ServerAddress::parse(address).unwrap_or_default();
    let url = ServerAddress { user: SET_UP.to_owned(), password: PASSWORD.to_owned(), ..parts }
        .to_url()
        .replace('\'', "'\\''");
    let client = if db.server().starts_with("MariaDB") { "mariadb" } else { "mysql" };
    Ok(vec![
        format!("{client} -e \"ALTER USER '{SET_UP}'@'%' IDENTIFIED BY '{PASSWORD}' ACCOUNT UNLOCK\""),
        format!("DATABASE_URL='{url}' {MIGRATE}"),
        format!("{client} -e \"ALTER USER '{SET_UP}'@'%' ACCOUNT LOCK\""),
    ])
}
