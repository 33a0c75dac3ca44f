//! What can go wrong, said so that a screen can put it into words.
//!
//! No variant carries a sentence: the words of both languages are in `ui::text`.

use std::fmt;

use chrono::{NaiveDateTime, NaiveTime};

use super::{audit::Facts, field::Field, policy::Permission, user::Role};

/// Why the program did not do what it was asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The rights table, or a rule about the state of the record, forbids it.
    #[error("denied: {0:?}")]
    Denied(Reason),
    /// Some fields do not hold what they must; nothing was written.
    #[error("invalid: {0:?}")]
    Invalid(FieldErrors),
    /// Somebody else saved the record first; nothing was written.
    #[error("conflict on {0:?}")]
    Conflict(Box<Conflict>),
    /// The record does not exist, or may not be seen by the person who asks.
    #[error("not found")]
    NotFound,
    /// The action is sensitive: the password has to be given again first.
    #[error("the password is needed again")]
    PasswordNeeded,
    /// The person owns records that somebody else has to take over first.
    #[error("needs an heir: {0:?}")]
    NeedsHeir(Inheritance),
    /// Sign-in, unlock or confirmation failed.
    #[error("sign-in refused: {0:?}")]
    SignIn(SignInProblem),
    /// The session has ended; the person has to sign in again.
    #[error("signed out: {0:?}")]
    SignedOut(SignedOutBecause),
    /// The database does not answer or cannot be used.
    #[error("the database is not available: {0:?}")]
    Unavailable(ConnectionProblem),
    /// Set-up was asked for, but there is a company in the database already.
    #[error("the database is set up already")]
    AlreadySetUp,
    /// The connection broke while the change was being saved, and it could not
    /// be found out whether it was.
    #[error("the outcome of a save is unknown")]
    OutcomeUnknown,
    /// A file cannot be written in this folder.
    #[error("not writable: {0}")]
    NotWritable(String),
    /// A fault of the program; the log has the detail under this reference.
    #[error("internal error, reference {0}")]
    Internal(Reference),
}

/// The short code that joins a message on the screen to a line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(pub String);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a rule forbids an action. Every variant is a sentence on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No one in this role may do it.
    Role(Permission, Role),
    /// Sales may do it for their own clients only.
    NotYourClient,
    /// Support may do it for events that were given to them only.
    NotYourEvent,
    /// A setting of the company forbids it at present.
    Setting(Permission),
    /// A temporary password has to be changed before anything else.
    ChangePasswordFirst,
    /// An event needs a signed contract.
    ContractNotSigned(i64),
    /// A signature is final.
    ContractAlreadySigned(i64),
    /// The record is archived; it has to be restored first.
    Archived,
    /// The record is not archived.
    NotArchived,
    /// What it belongs to is archived; that has to be restored first.
    ParentArchived,
    /// The client still has this many contracts that are not archived.
    ClientHasContracts(i64),
    /// The contract still has this many events that are not archived.
    ContractHasEvents(i64),
    /// The last active manager can neither be deactivated nor change role.
    LastManager,
    /// The person is not active.
    Inactive,
    /// The person is active already.
    AlreadyActive,
    /// Only an active sales person can own a client.
    NotActiveSales,
    /// Only an active support person can be assigned to an event.
    NotActiveSupport,
}

/// One thing that is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It must not be empty.
    Required,
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than this.
    TooLong(usize),
    /// More bytes of UTF-8 than this (passwords).
    TooManyBytes(usize),
    /// A username holds letters, digits, `.`, `_` and `-` only.
    UsernameCharacters,
    /// Not an e-mail address.
    NotAnEmail,
    /// A phone number has 6–15 digits, and `+ ( ) . - /` and spaces.
    NotAPhone,
    /// An employee number has 1–6 digits.
    NotAnEmployeeNumber,
    /// Not an amount of money.
    NotAnAmount,
    /// Not a whole number.
    NotANumber,
    /// Not a date, or not one that exists.
    NotADate,
    /// Not a date with a time, or not one that exists.
    NotADateTime,
    /// A date, but of a year that is taken for a slip; the first and the last that are not.
    YearOutOfRange(i32, i32),
    /// The clocks are put forward past this time: from the first time that they skip to the
    /// first that they show again.
    SkippedByClocks(NaiveTime, NaiveTime),
    /// Must be greater than zero.
    NotPositive,
    /// Must not be negative.
    Negative,
    /// The due amount is above the total.
    DueAboveTotal,
    /// Outside this range.
    OutOfRange(i64, i64),
    /// Lies in the past.
    InThePast,
    /// Lies in the future.
    InTheFuture,
    /// A filter that ends below where it begins, which nothing can match.
    NothingBetween,
    /// The end is before the start.
    EndBeforeStart,
    /// An end needs a start.
    EndWithoutStart,
    /// Somebody or something else has this value already.
    Taken,
    /// Holds control characters.
    ControlCharacters,
    /// A very common password.
    CommonPassword,
    /// The password is the username or the company's name.
    PasswordIsName,
    /// The two passwords differ.
    PasswordsDiffer,
    /// The new password is the old one.
    PasswordUnchanged,
    /// The password that was given is not right.
    WrongPassword,
    /// The account that sets up is not the one for every day.
    SameAccount,
    /// There is an account of this name on the server, with another password.
    AccountExists,
    /// The account may change tables or the audit log.
    AccountTooMighty,
    /// The server's rules for passwords refuse it.
    PasswordRefused,
    /// Not one of the values that can be chosen.
    NotAChoice,
    /// Only an active sales person can own a client.
    NotActiveSales,
    /// Only an active support person can be assigned.
    NotActiveSupport,
}

/// What is wrong, field by field, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<(Field, Problem)>);

impl FieldErrors {
    /// One field with one problem.
    pub fn one(field: Field, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// Keeps the value of a check that passed, notes the problem of one that did not.
    pub fn take<T>(&mut self, field: Field, checked: Result<T, Problem>) -> Option<T> {
        checked.map_err(|problem| self.0.push((field, problem))).ok()
    }

    /// Notes a problem.
    pub fn push(&mut self, field: Field, problem: Problem) {
        self.0.push((field, problem));
    }

    /// Nothing wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first problem of a field.
    pub fn of(&self, field: Field) -> Option<Problem> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, p)| *p)
    }
}

/// What stands in the database instead of what was loaded for editing.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The version to save against next.
    pub version: i32,
    /// The fields of the record as they are now.
    pub theirs: Facts,
    /// Who changed it last, by name; empty when the audit log does not say.
    pub by: String,
    /// When (UTC).
    pub at: NaiveDateTime,
}

/// What somebody who leaves or changes department owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inheritance {
    /// Clients, archived ones included.
    pub clients: i64,
    /// Events that are neither over nor archived.
    pub events: i64,
    /// The role that whoever takes them over must have.
    pub role: Role,
}

/// Why a password was not accepted. Says the same for an unknown user, a wrong
/// password and a deactivated account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// Not right, whichever part of it.
    Wrong,
    /// Too many failures: not looked at before this many seconds have passed.
    Wait(u32),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOutBecause {
    /// The account was deactivated, its role or its password changed.
    AccountChanged,
    /// Nobody is signed in.
    NotSignedIn,
}

/// How far tables are brought up to date, such as `0003` to `0004`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The last migration that was run on them; empty where there are no tables.
    pub from: String,
    /// The last migration that this program knows.
    pub to: String,
}

/// Why the database cannot be used. Every variant is a sentence with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionProblem {
    /// The name of the server is not known.
    HostNotFound,
    /// The server is there, nothing answers on this port.
    Refused,
    /// No answer in time; the connection was given up.
    Timeout,
    /// It was there and has gone; the next action tries again.
    Lost,
    /// The server does not accept this user with this password.
    AccessDenied,
    /// The server has no such database; set-up creates it if this user may.
    NoSuchDatabase,
    /// This user may not use this database, whether it is there or not.
    DatabaseDenied,
    /// The server offers no TLS although it is asked for.
    NoTls,
    /// The server's certificate is not trusted, has expired or names another host.
    BadCertificate,
    /// The file exists and is not a database.
    NotADatabase,
    /// The file or its folder cannot be read or written.
    NotAccessible,
    /// There is no company in it yet.
    NotSetUp,
    /// A newer program has changed the tables.
    SchemaTooNew,
    /// An older program made the tables, and they have to be brought up to date.
    SchemaTooOld(Versions),
    /// The tables have to be brought up to date, and this account may not do that.
    MigrationDenied(Versions),
    /// This account lacks a right that the program needs; which one, in the server's words.
    NotGranted(String),
    /// The file of the certificate authority cannot be read; its path.
    AuthorityFile(String),
    /// The nodes of the cluster that answer do not see most of the others.
    NoMajority,
    /// Only the embedded database is copied and put back by the program itself.
    NotEmbedded,
    /// A file of this name is there already.
    FileExists,
    /// The database file was removed, moved or replaced while the program had it open: what
    /// is saved would be found by nobody.
    Moved,
    /// Another program has the database open.
    InUse,
    /// A file to be restored holds something under this name that no migration of this
    /// program makes, makes otherwise, or makes and is missing.
    NotOurTables(String),
    /// A new company was to be made in a file that holds this table of another program.
    OtherProgram(String),
    /// The file to be restored is the database itself.
    SameFile,
    /// The disk is full.
    DiskFull,
    /// The address is not one that the program understands; with the part that it does not.
    BadAddress(String),
    /// Anything else; the log has the detail.
    Other(String),
}
