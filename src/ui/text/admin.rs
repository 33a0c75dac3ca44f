//! What the program says to an administrator on the command line, and about what only an
//! administrator can do.

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
    /// What the wizard can do with the company of this computer, of this name.
    MoveMeans(&'a str),
    MoveCompany,
    NewCompany,
    /// Above what the wizard is going to do.
    MoveSummary,
    /// Whom to ask who has forgotten the password.
    ForgotPassword,
    /// Whom a manager asks.
    ManagerForgotPassword,
}
