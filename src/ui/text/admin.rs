//! What the program says to an administrator on the command line, and about what only an
//! administrator can do.

use crate::{domain::error::Versions, services::admin::Fault};

/// A phrase for administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminPhrase<'a> {
    /// A password was reset. The password itself follows on a line of its own.
    PasswordIsReset {
        name: &'a str,
        username: &'a str,
    },
    /// The account was the only one that could manage the company, and was deactivated.
    ManagerReactivated(&'a str),
    /// There is no account with this username.
    NoAccount(&'a str),
    /// The account of this name is deactivated.
    AccountDeactivated(&'a str),
    /// The rules that the server enforces from now on.
    Guarded(&'a [&'static str]),
    /// The same in a dry run.
    WouldGuard(&'a [&'static str]),
    /// This account cannot tell which of these rules are missing.
    GuardsNotSeen,
    /// A table that was copied and compared.
    CopiedTable {
        name: &'a str,
        rows: u64,
        checksum: &'a str,
    },
    /// A company was copied to this address.
    CopyDone {
        to: &'a str,
    },
    /// The command that begins an unfinished copy again.
    CopyAgain(&'a str),
    /// Above the statements for the server's administrator, after a copy to a server.
    AfterCopy,
    /// The command that moves the company at this address to a server.
    HowToMove(&'a str),
    /// What a set-up says where there is a company.
    CompanyHere,
    /// Whom to ask who has forgotten the password.
    ForgotPassword,
    /// Whom a manager asks.
    ManagerForgotPassword,
    UpToDate(&'a str),
    WouldMigrate(&'a Versions),
    Migrated(&'a Versions),
    /// The names of rules that the server does not hold.
    Unguarded(&'a [&'static str]),
    /// A configuration that names another database.
    LeftAlone(&'a str),
    EverydayHint,
    DoctorOverruled {
        by: &'a str,
        origin: &'a str,
    },
    /// The last migration of the tables, empty if there is none, and the last that the program knows.
    DoctorVersions {
        tables: &'a str,
        program: &'a str,
    },
    DoctorFaults(usize),
    BackupDone(&'a str),
    RestoreDone(&'a str),
    RestoreKept(&'a str),
    AuditWhole {
        rows: i64,
        head: &'a str,
    },
    AuditFault(&'a Fault),
    BadHead,
}
