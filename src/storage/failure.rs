//! What the engines' errors mean.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind as Kind, Error};

use crate::domain::{error::ConnectionProblem, field::Field};

/// What a query's error means to the services.
#[derive(Debug)]
pub enum Failure {
    /// The database chose this transaction as a victim: the whole may be tried again.
    Retry,
    /// A value that has to be unique is taken.
    Taken(Field),
    /// The database refused what the services should have refused.
    Constraint(String),
    Unavailable(ConnectionProblem),
    /// The connection broke during COMMIT: done or not done, nobody said.
    CommitUnknown,
    /// Nothing there.
    NotFound,
    Other(Error),
}

impl From<Error> for Failure {
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

impl Failure {
    /// An error of COMMIT: only a refusal that the database put into words is known
    /// to have changed nothing. A node of a cluster that has lost sight of the others knows
    /// as little as a connection that is lost.
    pub(super) fn of_commit(error: Error) -> Self {
        match Self::from(error) {
            Self::Unavailable(ConnectionProblem::Lost | ConnectionProblem::NoMajority) => Self::CommitUnknown,
            known => known,
        }
    }

    /// The table that was asked is not there, or not there for this account.
    pub(super) fn is_about_no_table(&self) -> bool {
        let Self::Other(Error::DatabaseError(_, detail)) = self else { return false };
        let said = detail.message();
        said.starts_with("no such table")
            || said.starts_with("Table '") && said.ends_with("doesn't exist")
            || said.starts_with("SELECT command denied to user")
    }

    /// The one place that knows the engines' ways to say things. MySQL's codes do not
    /// reach us through Diesel, its messages do.
    fn classify(kind: Kind, detail: Box<dyn DatabaseErrorInformation + Send + Sync>) -> Self {
        type Said = (&'static str, fn() -> Failure);
        const MESSAGES: &[Said] = &[
            ("Deadlock found", || Failure::Retry),
            ("Lock wait timeout", || Failure::Retry),
            ("Record has changed since last read", || Failure::Retry),
            ("WSREP detected deadlock/conflict", || Failure::Retry),
            // How a node of a cluster stops who comes second, wherever they are just then.
            ("Query execution was interrupted", || Failure::Retry),
            ("database is locked", || Failure::Unavailable(ConnectionProblem::Timeout)),
            ("file is not a database", || Failure::Unavailable(ConnectionProblem::NotADatabase)),
            ("database disk image is malformed", || Failure::Unavailable(ConnectionProblem::NotADatabase)),
            ("unable to open database file", || Failure::Unavailable(ConnectionProblem::NotAccessible)),
            ("attempt to write a readonly database", || Failure::Unavailable(ConnectionProblem::NotAccessible)),
            ("disk I/O error", || Failure::Unavailable(ConnectionProblem::NotAccessible)),
            ("database or disk is full", || Failure::Unavailable(ConnectionProblem::DiskFull)),
            ("The table '", || Failure::Unavailable(ConnectionProblem::DiskFull)),
        ];
        let message = detail.message();
        match kind {
            // Another node's row came first: the chain's next number is read anew.
            Kind::UniqueViolation if message.contains("audit_by_seq") => Self::Retry,
            Kind::UniqueViolation => {
                taken_field(message).map_or_else(|| Self::Constraint(message.to_owned()), Self::Taken)
            }
            Kind::ForeignKeyViolation | Kind::CheckViolation | Kind::NotNullViolation => {
                Self::Constraint(message.to_owned())
            }
            Kind::SerializationFailure => Self::Retry,
            // The connection is given up then, so that another node is looked for.
            Kind::ClosedConnection if super::mysql::lacks_majority(message) => {
                Self::Unavailable(ConnectionProblem::NoMajority)
            }
            Kind::ClosedConnection | Kind::UnableToSendCommand => Self::Unavailable(ConnectionProblem::Lost),
            // `SELECT command denied to user 'crm'@'%' for table 'users'`: the right and the table.
            _ if message.contains(" command denied to user ") => {
                let right = message.split(" command denied").next().unwrap_or_default();
                let table = message.rsplit_once("for table ").map_or("", |(_, table)| table);
                let table = table.rsplit('.').next().unwrap_or_default().trim_matches(['`', '\'']);
                Self::Unavailable(ConnectionProblem::NotGranted(format!("{right} {table}").trim().to_owned()))
            }
            _ if message.starts_with("CONSTRAINT") => Self::Constraint(message.to_owned()),
            // The same while a trigger was being read; what stands in it was read when it was made.
            _ if message.contains(" has an error in its body: ") => Self::Retry,
            _ => MESSAGES
                .iter()
                .find(|(beginning, _)| message.starts_with(beginning))
                .map_or_else(|| Self::Other(Error::DatabaseError(kind, detail)), |(_, failure)| failure()),
        }
    }
}

/// Which field a unique violation is about. SQLite names `table.column`, MySQL the
/// key: `users_email` or `users.users_email`.
fn taken_field(message: &str) -> Option<Field> {
    const UNIQUE: [(&str, Field); 3] =
        [("username", Field::Username), ("email", Field::Email), ("employee_number", Field::EmployeeNumber)];
    // The value that is taken stands before the key's name and may hold any word.
    let key = message.rsplit_once("for key").map_or(message, |(_, key)| key);
    UNIQUE.iter().find(|(name, _)| key.contains(name)).map(|(_, field)| *field)
}
