//! The program's errors, in a form that a screen can turn into sentences.
//!
//! No variant contains a sentence: the words of both languages are in `ui::text`.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

pub use super::connection_problem::{ConnectionProblem, Versions};
use super::{
    audit::AuditedFields, day_order::DayOrder, field::Field, file_problem::FileProblem, id::UserId, money::Cents,
    policy::Permission, users::Role,
};

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The rights table, or a rule about the state of the record, forbids it.
    #[error("denied: {0:?}")]
    Denied(Reason),
    /// Some fields have invalid values; nothing was written.
    #[error("invalid: {0:?}")]
    Invalid(FieldErrors),
    /// Somebody else saved the record first; nothing was written.
    #[error("conflict on {0:?}")]
    Conflict(Box<Conflict>),
    /// The record does not exist, or the user may not see it.
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
    /// The session has ended; the user has to sign in again.
    #[error("signed out: {0:?}")]
    SignedOut(SignedOutBecause),
    /// The database does not respond or cannot be used.
    #[error("the database is not available: {0}")]
    Unavailable(ConnectionProblem),
    /// Set-up was requested, but the database already contains a company.
    #[error("the database is set up already")]
    AlreadySetUp,
    /// The connection broke while the change was being saved, and it could not be determined
    /// whether it was saved.
    #[error("the outcome of a save is unknown")]
    OutcomeUnknown,
    /// A file cannot be read as a spreadsheet.
    #[error("the file cannot be read: {0:?}")]
    File(FileProblem),
    /// The person has stopped it; nothing was written.
    #[error("stopped")]
    Stopped,
    /// The rows of an import are no longer what the preview said, since records were changed meanwhile; nothing
    /// was written.
    #[error("the import would do something else by now")]
    ImportChanged,
    /// A row of an import cannot be carried out, since somebody else has changed what it needs; nothing was written.
    #[error("row {row}: {why}")]
    InRow {
        /// As a spreadsheet program counts, from 1.
        row: u32,
        why: Box<Error>,
    },
    /// A file cannot be written in this folder.
    #[error("not writable: {0}")]
    NotWritable(String),
    /// A defect of the program; the log has the details under this reference.
    #[error("internal error, reference {0}")]
    Internal(Reference),
}

/// The short code that connects a message on the screen with a line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(pub String);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a rule forbids an action. Every variant has a sentence on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No one in this role may do it.
    Role(Permission, Role),
    /// Sales may do it for their own clients only.
    NotYourClient,
    /// Support may do it only for events that are assigned to them.
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
    /// The record that it belongs to is archived and has to be restored first.
    ParentArchived,
    /// The client was merged into another one, which everything is with now.
    Merged,
    /// A merge cannot be undone, since this client was changed after it.
    ClientChangedSince(String),
    /// The same for the contract of this number.
    ContractChangedSince(i64),
    /// The client still has this many contracts that are not archived.
    ClientHasContracts(i64),
    /// The contract still has this many events that are not archived.
    ContractHasEvents(i64),
    /// The payment is cancelled, which is final.
    PaymentCancelled,
    /// A payment can be cancelled by sales only on the day on which it was recorded.
    RecordedEarlier,
    /// Without this payment more would be refunded than was paid.
    RefundedMeanwhile,
    /// Without this refund more would be paid than the total of the contract.
    PaidMeanwhile,
    /// The import was reverted already.
    AlreadyReverted,
    /// The plan is the company's default plan.
    PlanIsDefault,
    /// There are as many plans already as there can be.
    PlansFull(i64),
    /// The last active manager can neither be deactivated nor change role.
    LastManager,
    /// The person is not active.
    Inactive,
    /// The person is active already.
    AlreadyActive,
    /// Only an active user of this role can own the record, and the one of this name is none; an empty
    /// name if there is no such user.
    NotActive { name: String, role: Role },
    /// No other active user of this role could take over.
    NobodyElse(Role),
    /// This person has as many views already as one can have.
    ViewsFull(i64),
    /// As many views as possible are shared already.
    SharedViewsFull(i64),
}

impl Reason {
    /// `Archived` for a record that is archived.
    pub fn if_archived(archived_at: Option<NaiveDateTime>) -> Option<Self> {
        archived_at.map(|_| Self::Archived)
    }

    /// `NotArchived` for a record that is not archived.
    pub fn unless_archived(archived_at: Option<NaiveDateTime>) -> Option<Self> {
        archived_at.is_none().then_some(Self::NotArchived)
    }
}

/// One thing that is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The value must not be empty.
    Required,
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than this.
    TooLong(usize),
    /// More bytes of UTF-8 than this (passwords).
    TooManyBytes(usize),
    /// A username contains only letters, digits, `.`, `_` and `-`.
    UsernameCharacters,
    /// Not an e-mail address.
    NotAnEmail,
    /// A phone number has 6–15 digits, `+ ( ) . - /` and spaces.
    NotAPhone,
    /// An employee number has 1–6 digits.
    NotAnEmployeeNumber,
    /// Not an amount of money.
    NotAnAmount,
    /// Not a whole number.
    NotANumber,
    /// Not the three letters of a currency.
    NotACurrency,
    /// Not the name of a time zone.
    NotATimeZone,
    /// Not a date.
    NotADate,
    /// Not a date in a file whose dates have this order.
    NotADateIn(DayOrder),
    /// Not a date with a time.
    NotADateTime,
    /// A day without its year, or one that is counted from today, in a file, which may be old.
    YearMissing,
    /// The month, of this year if one is given, has no such day.
    NoSuchDay { day: u32, month: u32, year: Option<i32> },
    /// There is this day, but no time.
    TimeMissing(NaiveDate),
    /// A date whose year is taken for a typing error; with the first and the last accepted year.
    YearOutOfRange(i32, i32),
    /// The clocks are put forward past this time; with the first skipped time and the first time
    /// after the gap.
    SkippedByClocks(NaiveTime, NaiveTime),
    /// Must be greater than zero.
    NotPositive,
    /// Must not be negative.
    Negative,
    /// Must not be zero.
    IsZero,
    /// A payment above the amount that is still due, which is this.
    MoreThanDue(Cents),
    /// A refund above the amount that was paid, which is this.
    MoreThanPaid(Cents),
    /// The total of a contract is below what was paid, which is this.
    BelowPaid(Cents),
    /// What was paid before is above the total.
    PaidAboveTotal,
    /// The instalments do not sum to the total of the contract.
    SumDiffers { sum: Cents, total: Cents },
    /// The shares of a plan do not sum to 100 %; with their sum in hundredths of a percent.
    SharesDiffer(i64),
    /// More rows than this.
    TooMany(usize),
    /// Neither a date nor days from the signature or the event.
    NotADueDay,
    /// Due days are counted in days, never in months.
    OnlyDays,
    /// Not a share in percent.
    NotAShare,
    /// A plan counts from the signature or the event, never from a date.
    NeedsAnchor,
    /// Outside this range.
    OutOfRange(i64, i64),
    /// Lies in the past.
    InThePast,
    /// Lies in the future.
    InTheFuture,
    /// A filter whose end is below its beginning, so that nothing can match.
    NothingBetween,
    /// The end is before the start.
    EndBeforeStart,
    /// An end needs a start.
    EndWithoutStart,
    /// Another record has this value already.
    Taken,
    /// The user has something else with this name.
    NameInUse,
    /// Contains control characters.
    ControlCharacters,
    /// A very common password.
    CommonPassword,
    /// The password is the username or the company's name.
    PasswordIsName,
    /// The two passwords differ.
    PasswordsDiffer,
    /// The new password is the old one.
    PasswordUnchanged,
    /// The password that was entered is wrong.
    WrongPassword,
    /// The set-up account must not also be the everyday account.
    SameAccount,
    /// The server has an account of this name with another password.
    AccountExists,
    /// The account may change tables or the audit log.
    AccountTooMighty,
    /// The server's rules for passwords refuse it.
    PasswordRefused,
    /// Not one of the allowed values.
    NotAChoice,
    /// The row of a text file has values behind the last column that has a heading.
    MoreValues,
    /// The file refers to a record that is not there.
    Unknown,
    /// The file refers to a record by words that fit this many.
    Ambiguous(usize),
    /// This row of the file is about the same record.
    SameAsRow(u32),
    /// What was paid or is due follows from the payments of the contract, on which this is due.
    FollowsPayments(Cents),
    /// An import does not change this of a record that is there already.
    NotByImport,
    /// The contract of this number is another client's.
    OtherClient,
    /// The client with this e-mail address has another name.
    NameDiffers,
    /// What was paid and what is due do not sum to the total, which leaves this as due.
    RestDiffers(Cents),
    /// The last instalment of the contract cannot take the difference of the total.
    LastInstalment,
    /// The contract is not signed.
    IsNotSigned,
    /// The record is archived.
    IsArchived,
    /// The record that it belongs to is archived.
    ParentIsArchived,
    /// The client still has this many contracts that are not archived.
    HasContracts(i64),
    /// The contract still has this many events that are not archived.
    HasEvents(i64),
    /// The payment is cancelled, which is final.
    IsCancelled,
    /// Only an active sales person can own a client.
    NotActiveSales,
    /// Only an active support person can be assigned.
    NotActiveSupport,
}

/// The errors of each field, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<(Field, Problem)>);

impl FieldErrors {
    /// One field with one problem.
    pub fn one(field: Field, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// Returns the value of a check that passed, or records the problem of one that failed.
    pub fn take<T>(&mut self, field: Field, checked: Result<T, Problem>) -> Option<T> {
        checked.map_err(|problem| self.0.push((field, problem))).ok()
    }

    /// Records a problem.
    pub fn push(&mut self, field: Field, problem: Problem) {
        self.0.push((field, problem));
    }

    /// Whether there is no error.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first problem of a field.
    pub fn of(&self, field: Field) -> Option<Problem> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, p)| *p)
    }
}

/// What the database now contains instead of what was loaded for editing.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The version to save against next.
    pub version: i32,
    /// The fields of the record as they are now.
    pub theirs: AuditedFields,
    /// The name of the user who changed it last; empty if the audit log does not contain it.
    pub by: String,
    /// When it was changed (UTC).
    pub at: NaiveDateTime,
}

/// What a user who leaves or changes department owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inheritance {
    pub leaver: UserId,
    /// The leaver's full name.
    pub name: String,
    /// Clients, archived ones included.
    pub clients: usize,
    /// How many of the clients are archived.
    pub archived: usize,
    /// Planned and confirmed events that are not archived.
    pub events: usize,
    /// The role that the users who take them over must have.
    pub role: Role,
}

/// Why a password was not accepted. The same for an unknown user, a wrong password and a
/// deactivated account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// Username or password is wrong, or the account is deactivated.
    Wrong,
    /// Too many failures: the password is not checked until this many seconds have passed.
    Wait(u32),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOutBecause {
    /// The account was deactivated, its role or its password changed, or a backup was restored.
    AccountChanged,
    /// Nobody is signed in.
    NotSignedIn,
}
