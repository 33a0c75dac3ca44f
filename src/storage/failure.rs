//! Classifies the errors of both engines by what they mean.

use std::fmt;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind as Kind, Error};

use crate::domain::{error::ConnectionProblem, field::Field};

/// What an error of a query means to the services.
#[derive(Debug)]
pub enum DbError {
    /// The database rolled this transaction back or refused to go on, for example as a deadlock
    /// victim: the whole transaction can be tried again.
    Retry,
    /// A value that must be unique is already in use.
    Taken(Field),
    /// The database refused what the services should have refused.
    Constraint(String),
    Unavailable(ConnectionProblem),
    /// The connection broke during COMMIT, and the outcome is not known.
    CommitUnknown,
    /// There is no such row.
    NotFound,
    Other(Error),
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::BrokenTransactionManager => Self::Unavailable(ConnectionProblem::Lost),
            Error::DatabaseError(kind, detail) => Self::classify(kind, detail),
            other => Self::Other(other),
        }
    }
}

impl DbError {
    /// Classifies an error of COMMIT. Only an error that the database itself reported is known to
    /// have changed nothing. A node that has lost contact with its cluster knows as little as a
    /// lost connection.
    pub(super) fn of_commit(error: Error) -> Self {
        match Self::from(error) {
            Self::Unavailable(ConnectionProblem::Lost | ConnectionProblem::NoMajority) => Self::CommitUnknown,
            known => known,
        }
    }

    /// Whether the queried table does not exist, or does not exist for this account. A node of a cluster says the
    /// same of a table that exists if another node's transaction interrupts it while it opens the table.
    pub fn is_about_no_table(&self) -> bool {
        let Self::Other(Error::DatabaseError(_, detail)) = self else { return false };
        code_in(detail.as_ref()) == Some(NO_SUCH_TABLE) || detail.message().starts_with("no such table")
    }

    /// Whether this account lacks the right to create and see the triggers of a table.
    pub(super) fn is_no_right_to_triggers(&self) -> bool {
        matches!(self, Self::Unavailable(ConnectionProblem::NotGranted(right)) if right.starts_with("TRIGGER "))
    }

    /// The one place that knows how the engines report errors: SQLite by messages, servers by error
    /// numbers, since their messages may be in any language.
    fn classify(kind: Kind, detail: Box<dyn DatabaseErrorInformation + Send + Sync>) -> Self {
        type Said = (&'static str, fn() -> DbError);
        const MESSAGES: &[Said] = &[
            ("database is locked", || DbError::Unavailable(ConnectionProblem::Timeout)),
            ("file is not a database", || DbError::Unavailable(ConnectionProblem::NotADatabase)),
            ("database disk image is malformed", || DbError::Unavailable(ConnectionProblem::NotADatabase)),
            ("unable to open database file", || DbError::Unavailable(ConnectionProblem::NotAccessible)),
            ("attempt to write a readonly database", || DbError::Unavailable(ConnectionProblem::NotAccessible)),
            ("disk I/O error", || DbError::Unavailable(ConnectionProblem::NotAccessible)),
            ("database or disk is full", || DbError::Unavailable(ConnectionProblem::DiskFull)),
        ];
        let message = detail.message();
        match kind {
            // Another connection has added a row first: trying again reads the chain's next number, or
            // changes that row.
            Kind::UniqueViolation
                if ["audit_by_seq", "list_columns"].iter().any(|key| key_of(message).contains(key)) =>
            {
                Self::Retry
            }
            Kind::UniqueViolation => {
                taken_field(message).map_or_else(|| Self::Constraint(message.to_owned()), Self::Taken)
            }
            Kind::ForeignKeyViolation | Kind::CheckViolation | Kind::NotNullViolation => {
                Self::Constraint(message.to_owned())
            }
            Kind::SerializationFailure => Self::Retry,
            // The connection is then closed, so that another node is tried.
            Kind::ClosedConnection if super::wire::lacks_majority(message) => {
                Self::Unavailable(ConnectionProblem::NoMajority)
            }
            Kind::ClosedConnection | Kind::UnableToSendCommand => Self::Unavailable(ConnectionProblem::Lost),
            _ => {
                let known = match code_in(detail.as_ref()) {
                    Some(code) => Self::of_server(code, message),
                    None => {
                        MESSAGES.iter().find(|(beginning, _)| message.starts_with(beginning)).map(|(_, known)| known())
                    }
                };
                known.unwrap_or(Self::Other(Error::DatabaseError(kind, detail)))
            }
        }
    }

    /// What a server's error number means; `None` for an unexpected one.
    pub(super) fn of_server(code: u16, message: &str) -> Option<Self> {
        Some(match code {
            // A lock wait timeout, a deadlock, a row that has changed meanwhile.
            1205 | 1213 | 1020 => Self::Retry,
            // How a node of a cluster interrupts the later of two conflicting transactions, at any
            // statement; servers with a time limit interrupt statements in the same way.
            1317 | 1969 | 3024 => Self::Retry,
            // The same while a trigger was being parsed. Its text is valid, since it was parsed when it
            // was created. Until the server opens the table anew, it answers with the error of that
            // attempt, as one of syntax. It names the trigger only if it came to its name.
            1710 | 1711 => Self::Retry,
            1064 if ["Trigger ", "Unknown trigger "].iter().any(|start| message.starts_with(start)) => Self::Retry,
            1021 | 1114 => Self::Unavailable(ConnectionProblem::DiskFull),
            1449 => Self::Unavailable(ConnectionProblem::NoDefiner),
            1142 | 1143 => Self::Unavailable(ConnectionProblem::NotGranted(right_in(message))),
            _ => return None,
        })
    }
}

/// For the log: without values that were to be saved, accounts and addresses.
impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint(message) => f.write_str(&without_values(message)),
            Self::Other(Error::DatabaseError(kind, detail)) => {
                if let Some(code) = code_in(detail.as_ref()) {
                    write!(f, "{code} ")?;
                }
                write!(f, "{kind:?}: {}", without_values(detail.message()))
            }
            Self::Other(error) => f.write_str(&without_values(&error.to_string())),
            Self::Unavailable(problem) => write!(f, "{problem}"),
            Self::Retry | Self::Taken(_) | Self::CommitUnknown | Self::NotFound => write!(f, "{self:?}"),
        }
    }
}

/// A message of a database without what it quotes: values, accounts and addresses. What is quoted stays
/// if it is the name of a column or the like.
fn without_values(message: &str) -> String {
    const NAMED: [&str; 7] = ["column", "table", "key", "index", "trigger", "function", "constraint"];
    let Some((before, rest)) = message.split_once(['\'', '"']) else { return message.to_owned() };
    if NAMED.iter().any(|kind| before.to_lowercase().trim_end().ends_with(kind)) {
        return message.to_owned();
    }
    // Messages end with what the value was for.
    let names = [" for key ", " for column "];
    let end = names.iter().filter_map(|words| rest.rfind(words)).max().map_or("", |at| &rest[at..]);
    format!("{before}'…'{end}")
}

/// A server's number for an error; errors of SQLite have none.
pub(super) fn code(error: &Error) -> Option<u16> {
    match error {
        Error::DatabaseError(_, detail) => code_in(detail.as_ref()),
        _ => None,
    }
}

const NO_SUCH_TABLE: u16 = 1146;

fn code_in(detail: &(dyn DatabaseErrorInformation + Send + Sync)) -> Option<u16> {
    detail.details()?.parse().ok()
}

/// The right and the table in `SELECT command denied to user 'crm'@'%' for table 'users'`, or `… for
/// column 'id' in table 'users'`, for the person who grants rights. Every session requests messages in English.
fn right_in(message: &str) -> String {
    let Some((right, rest)) = message.split_once(" command denied to user ") else { return String::new() };
    let table = rest.rsplit_once(" table ").map_or("", |(_, table)| table);
    let table = table.rsplit('.').next().unwrap_or_default().trim_matches(['`', '\'']);
    format!("{right} {table}").trim().to_owned()
}

/// The field of a unique violation. SQLite names `table.column`, MySQL the key: `users_email` or
/// `users.users_email`.
fn taken_field(message: &str) -> Option<Field> {
    const UNIQUE: [(&str, Field); 5] = [
        ("username", Field::Username),
        ("email", Field::Email),
        ("employee_number", Field::EmployeeNumber),
        ("list_views", Field::Name),
        ("plans", Field::Name),
    ];
    UNIQUE.iter().find(|(name, _)| key_of(message).contains(name)).map(|(_, field)| *field)
}

/// The part of a message that names what has to be unique. In every language a server quotes the
/// value first, which may contain any word, and the key last; SQLite names only columns.
fn key_of(message: &str) -> &str {
    message.trim_end_matches('\'').rsplit('\'').next().unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_in_a_message_for_the_log() {
        for (said, told) in [
            ("Duplicate entry 'a for key b' for key 'clients.email'", "Duplicate entry '…' for key 'clients.email'"),
            (
                "Incorrect string value: '\\xF0' for column `n`.`t`.`notes` at row 1",
                "Incorrect string value: '…' for column `n`.`t`.`notes` at row 1",
            ),
            ("Truncated incorrect DOUBLE value: 'Marta'", "Truncated incorrect DOUBLE value: '…'"),
            ("Data too long for column 'notes' at row 1", "Data too long for column 'notes' at row 1"),
            ("UNIQUE constraint failed: users.email", "UNIQUE constraint failed: users.email"),
        ] {
            assert_eq!(without_values(said), told);
        }
    }

    #[test]
    fn no_account_and_no_address_is_in_an_error_for_the_log() {
        for said in [
            "TRIGGER command denied to user 'canary'@'10.9.8.7' for table 'contracts'",
            "Access denied for user 'canary'@'10.9.8.7' to database 'crm'",
            "The user specified as a definer ('canary'@'10.9.8.7') does not exist",
            "Can't connect to MySQL server on '10.9.8.7:3306' (111)",
        ] {
            let of_server = Error::DatabaseError(Kind::Unknown, Box::new(said.to_owned()));
            let told = [
                DbError::from(of_server).to_string(),
                DbError::Constraint(said.to_owned()).to_string(),
                DbError::Unavailable(ConnectionProblem::Other(said.to_owned())).to_string(),
                crate::domain::Error::Unavailable(ConnectionProblem::Other(said.to_owned())).to_string(),
            ];
            assert!(told.iter().all(|told| !told.contains("canary") && !told.contains("10.9.8.7")), "{told:?}");
        }
        let denied = DbError::Unavailable(ConnectionProblem::NotGranted("SELECT users".to_owned()));
        assert_eq!(denied.to_string(), "NotGranted: SELECT users");
    }

    #[test]
    fn a_trigger_whose_parsing_was_interrupted_is_tried_again() {
        for message in ["Trigger 'epic.t' has an error in its body: ''", "Unknown trigger has an error in its body: ''"]
        {
            assert!(matches!(DbError::of_server(1064, message), Some(DbError::Retry)), "{message}");
        }
        assert!(DbError::of_server(1064, "You have an error in your SQL syntax").is_none());
    }
}
