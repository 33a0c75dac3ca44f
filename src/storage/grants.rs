//! What the account in everybody's configuration may do on a server: the grants of the README,
//! given and tried.

use diesel::{connection::SimpleConnection, result::Error};

use super::{Db, Failure, failure};
use crate::domain::error::ConnectionProblem;

/// The rights on each table. The account can neither change a table nor change or remove a
/// line of the audit log.
const RIGHTS: [(&str, &str); 8] = [
    ("users", "SELECT, INSERT, UPDATE"),
    ("clients", "SELECT, INSERT, UPDATE"),
    ("contracts", "SELECT, INSERT, UPDATE"),
    ("events", "SELECT, INSERT, UPDATE"),
    ("settings", "SELECT, INSERT, UPDATE"),
    ("unknown_logins", "SELECT, INSERT, UPDATE, DELETE"),
    ("audit_log", "SELECT, INSERT"),
    ("__diesel_schema_migrations", "SELECT"),
];

/// Statements that only somebody may run who may do too much. They change nothing.
const TOO_MUCH: [&str; 6] = [
    "UPDATE audit_log SET id = 0 WHERE 1 = 0",
    "DELETE FROM audit_log WHERE 1 = 0",
    "DELETE FROM clients WHERE 1 = 0",
    "CREATE TABLE IF NOT EXISTS users (id BIGINT)",
    "ALTER TABLE no_table_of_this_name COMMENT = ''",
    "DROP TABLE IF EXISTS no_table_of_this_name",
];

/// An account of a server.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The database that it works on.
    pub database: &'a str,
    pub name: &'a str,
    pub password: &'a str,
}

/// What an account may do of what it has to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    Right,
    TooFew,
    TooMany,
}

/// How making an account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Done,
    /// Whoever asked may make no accounts, or not give these rights.
    NotAllowed,
    /// There is one of this name, with another password.
    Exists,
    /// The server's rules for passwords refuse this one.
    PasswordRefused,
}

impl Account<'_> {
    /// The statement that makes it, and those that give it its rights. They can be run again.
    /// They hold the password.
    pub fn statements(&self) -> Vec<String> {
        let create = format!("CREATE USER IF NOT EXISTS {} IDENTIFIED BY {};", self.quoted(), quoted(self.password));
        std::iter::once(create).chain(self.grants()).collect()
    }

    fn grants(&self) -> Vec<String> {
        let plain = self.database.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let database = if plain { self.database.to_owned() } else { format!("`{}`", self.database.replace('`', "``")) };
        let grant = |(table, rights)| format!("GRANT {rights} ON {database}.{table} TO {};", self.quoted());
        RIGHTS.into_iter().map(grant).collect()
    }

    fn quoted(&self) -> String {
        format!("{}@'%'", quoted(self.name))
    }

    /// Makes it over the connection of somebody who may. Its tables have to be there.
    pub fn make(&self, db: &mut Db) -> Result<Made, Failure> {
        let create = format!("CREATE USER {} IDENTIFIED BY {}", self.quoted(), quoted(self.password));
        match db.batch_execute(&create).map_err(refused) {
            Ok(()) => self.give_rights(db),
            Err(Ok(made)) => Ok(made),
            Err(Err(failure)) => Err(failure),
        }
    }

    /// Gives it its rights over the connection of somebody who may.
    pub fn give_rights(&self, db: &mut Db) -> Result<Made, Failure> {
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

/// Text for a statement.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What the server's refusal means, by its number.
fn refused(error: Error) -> Result<Made, Failure> {
    match failure::code(&error) {
        Some(1396) => Ok(Made::Exists),
        Some(1819) => Ok(Made::PasswordRefused),
        // Denied: a database, the account, a table, a column, a privilege, a routine.
        Some(1044 | 1045 | 1142 | 1143 | 1227 | 1370) => Ok(Made::NotAllowed),
        _ => Err(Failure::from(error)),
    }
}

/// Tries, over the account's own connection, what it has to be allowed and what it must not
/// be. Nothing is changed.
pub fn rights(db: &mut Db) -> Result<Rights, Failure> {
    for (table, rights) in RIGHTS {
        for right in rights.split(", ") {
            if !may(db, &trial(table, right))? {
                return Ok(Rights::TooFew);
            }
        }
    }
    for statement in TOO_MUCH {
        if may(db, statement)? {
            return Ok(Rights::TooMany);
        }
    }
    Ok(Rights::Right)
}

/// A statement that needs this right alone and does nothing. It reads no column: where UPDATE is
/// given on the whole database, MySQL overlooks a SELECT that is given on the table.
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

fn may(db: &mut Db, statement: &str) -> Result<bool, Failure> {
    match db.batch_execute(statement).map_err(Failure::from) {
        Ok(()) => Ok(true),
        Err(Failure::Unavailable(ConnectionProblem::NotGranted(_))) => Ok(false),
        Err(gone @ Failure::Unavailable(_)) => Err(gone),
        // Rights are looked at first: whatever else is wrong with the statement, it is allowed.
        Err(_) => Ok(true),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn the_statements_are_those_of_the_readme() {
        let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
        let account = Account { database: "epic_events", name: "epic_events", password: "choose-another" };
        for statement in account.statements() {
            let written = statement.replace("IF NOT EXISTS ", "");
            assert!(readme.contains(&written), "{written}");
        }
    }

    #[test]
    fn what_is_typed_stays_one_word_of_its_statement() {
        let account = Account { database: "epic-events", name: "crm", password: "x" };
        assert!(account.statements()[1].contains(" ON `epic-events`.users TO 'crm'@'%';"));
        assert_eq!(quoted("it's \\ here"), "'it''s \\\\ here'");
    }
}
