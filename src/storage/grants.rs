//! The rights on a server of the everyday account, which is in every user's configuration: the
//! grants of `docs/administration.md`, given and tested.

use diesel::{connection::SimpleConnection, result::Error};

use super::{Db, DbError, failure, guards};
use crate::domain::error::ConnectionProblem;

/// The rights on each table. The account can neither alter a table nor change or remove a row of
/// the audit log.
pub(super) const RIGHTS: [(&str, &str); 14] = [
    ("users", "SELECT, INSERT, UPDATE"),
    ("clients", "SELECT, INSERT, UPDATE"),
    ("contracts", "SELECT, INSERT, UPDATE"),
    ("events", "SELECT, INSERT, UPDATE"),
    ("payments", "SELECT, INSERT, UPDATE"),
    ("plans", "SELECT, INSERT, UPDATE, DELETE"),
    ("instalments", "SELECT, INSERT, UPDATE, DELETE"),
    ("imports", "SELECT, INSERT, UPDATE"),
    ("settings", "SELECT, INSERT, UPDATE"),
    ("unknown_logins", "SELECT, INSERT, UPDATE, DELETE"),
    ("list_views", "SELECT, INSERT, UPDATE, DELETE"),
    ("list_columns", "SELECT, INSERT, UPDATE, DELETE"),
    ("audit_log", "SELECT, INSERT"),
    (MIGRATIONS, "SELECT"),
];

/// The table in which the migrations that were run are recorded.
pub(super) const MIGRATIONS: &str = "__diesel_schema_migrations";

/// The rights of the set-up account on the whole database.
pub(super) const OF_SET_UP: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER";

/// Statements that only an account with too many rights may run. They change nothing.
const TOO_MUCH: [&str; 6] = [
    "UPDATE audit_log SET id = 0 WHERE 1 = 0",
    "DELETE FROM audit_log WHERE 1 = 0",
    "DELETE FROM clients WHERE 1 = 0",
    "CREATE TABLE IF NOT EXISTS users (id BIGINT)",
    ALTER,
    "DROP TABLE IF EXISTS no_table_of_this_name",
];

/// A statement that only an account that may change tables may run. It changes nothing.
const ALTER: &str = "ALTER TABLE no_table_of_this_name COMMENT = ''";

/// An account of a server.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The database that the account works on.
    pub database: &'a str,
    pub name: &'a str,
    pub password: &'a str,
}

/// How the rights of an account compare with those that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    Right,
    TooFew,
    TooMany,
}

/// The result of creating an account or granting its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Done,
    /// The connected account may not create accounts, or not grant these rights.
    NotAllowed,
    /// There is an account of this name with another password.
    Exists,
    /// The server's rules for passwords refuse this one.
    PasswordRefused,
}

impl Account<'_> {
    /// The statements that create the account and grant its rights. They can be run again. They
    /// contain the password.
    pub fn statements(&self) -> Vec<String> {
        let create = format!("CREATE USER IF NOT EXISTS {} IDENTIFIED BY {};", self.quoted(), quoted(self.password));
        std::iter::once(create).chain(self.grants()).collect()
    }

    fn grants(&self) -> Vec<String> {
        all(self.database, &self.quoted())
    }

    fn quoted(&self) -> String {
        format!("{}@'%'", quoted(self.name))
    }

    /// Creates the account over the connection of one that may do so. Its tables must exist.
    pub fn make(&self, db: &mut Db) -> Result<Made, DbError> {
        let create = format!("CREATE USER {} IDENTIFIED BY {}", self.quoted(), quoted(self.password));
        match db.batch_execute(&create).map_err(refused) {
            Ok(()) => self.give_rights(db),
            Err(Ok(made)) => Ok(made),
            Err(Err(failure)) => Err(failure),
        }
    }

    /// Grants its rights over the connection of an account that may do so.
    pub fn give_rights(&self, db: &mut Db) -> Result<Made, DbError> {
        for grant in self.grants() {
            match db.batch_execute(&grant).map_err(refused) {
                Ok(()) => {}
                Err(Ok(made)) => return Ok(made),
                Err(Err(failure)) => return Err(failure),
            }
        }
        Ok(Made::Done)
    }
}

/// The statements for the server's administrator after a company was copied into this database: they
/// create the everyday account and lock the connected one. The password has to be replaced.
pub fn after_copy(db: &mut Db, database: &str) -> Result<Vec<String>, DbError> {
    let everyday = Account { database, name: "epic_events", password: "choose-another" };
    let connected = db.texts("SELECT CURRENT_USER() AS text")?;
    let lock = connected.iter().map(|account| format!("ALTER USER {} ACCOUNT LOCK;", guards::quoted(account)));
    Ok(everyday.statements().into_iter().chain(lock).collect())
}

/// The same error for the connected set-up account: a missing right comes with the statement that gives
/// it all of its rights. Other errors stay as they are.
pub fn of_set_up(db: &mut Db, failure: DbError) -> DbError {
    let DbError::Unavailable(ConnectionProblem::NotGranted(right)) = failure else { return failure };
    let here = "SELECT DATABASE() AS text UNION ALL SELECT CURRENT_USER()";
    match db.texts(here).as_deref() {
        Ok([database, account]) => {
            let grant = grant(("*", OF_SET_UP), database, &guards::quoted(account));
            DbError::Unavailable(ConnectionProblem::SetUpNotGranted { right, grant })
        }
        _ => DbError::Unavailable(ConnectionProblem::NotGranted(right)),
    }
}

/// The text as a string literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What a server's refusal means, by its error number.
fn refused(error: Error) -> Result<Made, DbError> {
    match failure::code(&error) {
        Some(1396) => Ok(Made::Exists),
        Some(1819) => Ok(Made::PasswordRefused),
        // Denied: a database, the account, a table, a column, a privilege, a routine.
        Some(1044 | 1045 | 1142 | 1143 | 1227 | 1370) => Ok(Made::NotAllowed),
        _ => Err(DbError::from(error)),
    }
}

/// Tries, over the account's own connection, what it must be allowed to do and what it must not.
/// Changes nothing.
pub fn rights(db: &mut Db) -> Result<Rights, DbError> {
    if !missing(db)?.is_empty() {
        return Ok(Rights::TooFew);
    }
    for statement in TOO_MUCH {
        if may(db, statement)? {
            return Ok(Rights::TooMany);
        }
    }
    Ok(Rights::Right)
}

/// The tables on which the connected account lacks a right that it needs, each with all rights that
/// it needs there. They are tried, since a right may also come from a role or from the whole
/// database. Changes nothing.
pub(super) fn missing(db: &mut Db) -> Result<Vec<(&'static str, &'static str)>, DbError> {
    let mut missing = Vec::new();
    for (table, rights) in RIGHTS {
        for right in rights.split(", ") {
            if !may(db, &trial(table, right))? {
                missing.push((table, rights));
                break;
            }
        }
    }
    Ok(missing)
}

/// The statement that grants rights on a table of this database to an account, which is written as
/// in statements.
pub(super) fn grant((table, rights): (&str, &str), database: &str, account: &str) -> String {
    format!("GRANT {rights} ON {}.{table} TO {account};", name(database))
}

/// The name of a database as it is written in statements.
pub(super) fn name(database: &str) -> String {
    let plain = database.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { database.to_owned() } else { format!("`{}`", database.replace('`', "``")) }
}

/// The statement that takes rights away from an account; place and account as in statements.
pub(super) fn revoke(rights: &[String], place: &str, account: &str) -> String {
    format!("REVOKE {} ON {place} FROM {account};", rights.join(", "))
}

/// The statements that give the everyday account all its rights.
pub(super) fn all(database: &str, account: &str) -> Vec<String> {
    RIGHTS.into_iter().map(|rights| grant(rights, database, account)).collect()
}

/// Whether the everyday account needs this right on this table.
pub(super) fn is_needed(right: &str, table: &str) -> bool {
    RIGHTS.iter().any(|(one, rights)| *one == table && rights.split(", ").any(|needed| needed == right))
}

/// The tables that hold what users enter.
pub(super) fn tables() -> impl Iterator<Item = &'static str> {
    RIGHTS.iter().map(|(table, _)| *table).filter(|table| !table.starts_with("__"))
}

/// Whether the connected account may change tables, as the set-up account may. An embedded database
/// has no accounts: whoever can write to its file may.
pub fn may_change_tables(db: &mut Db) -> Result<bool, DbError> {
    may(db, ALTER)
}

/// A statement that needs only this right and changes nothing. It reads no column: if UPDATE is
/// granted on the whole database, MySQL ignores a SELECT that is granted on the table.
fn trial(table: &str, right: &str) -> String {
    let column = match table {
        "settings" => "version",
        "unknown_logins" => "failed_logins",
        _ => "id",
    };
    match right {
        "INSERT" => format!("INSERT INTO {table} ({column}) SELECT {column} FROM {table} WHERE 1 = 0"),
        "UPDATE" => format!("UPDATE {table} SET {column} = 0 WHERE 1 = 0"),
        "DELETE" => format!("DELETE FROM {table} WHERE 1 = 0"),
        _ => format!("SELECT COUNT(*) FROM {table} WHERE 1 = 0"),
    }
}

fn may(db: &mut Db, statement: &str) -> Result<bool, DbError> {
    match db.batch_execute(statement).map_err(DbError::from) {
        Ok(()) => Ok(true),
        Err(DbError::Unavailable(ConnectionProblem::NotGranted(_))) => Ok(false),
        // A trigger was reached, so the statement is allowed.
        Err(DbError::Unavailable(ConnectionProblem::NoDefiner)) => Ok(true),
        Err(gone @ DbError::Unavailable(_)) => Err(gone),
        // Rights are checked first: after any other error the statement is allowed.
        Err(_) => Ok(true),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn the_statements_are_those_of_the_document() {
        let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/administration.md")).unwrap();
        let account = Account { database: "epic_events", name: "epic_events", password: "choose-another" };
        for statement in account.statements() {
            let written = statement.replace("IF NOT EXISTS ", "");
            assert!(document.contains(&written), "{written}");
        }
    }

    #[test]
    fn typed_names_and_passwords_are_quoted_in_statements() {
        let account = Account { database: "epic-events", name: "crm", password: "x" };
        assert!(account.statements()[1].contains(" ON `epic-events`.users TO 'crm'@'%';"));
        assert_eq!(quoted("it's \\ here"), "'it''s \\\\ here'");
    }
}
