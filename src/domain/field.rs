//! The names of fields: the same in the database, the audit log and the forms.

use serde::{Deserialize, Serialize};

/// A field of a record or of a form. Written in snake case it is the column's name.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    // users
    Username,
    FullName,
    Email,
    Phone,
    EmployeeNumber,
    Role,
    Active,
    Password,
    PasswordAgain,
    /// A username or an e-mail address.
    Login,
    CurrentPassword,
    // clients
    CompanyName,
    SalesContactId,
    LastContactAt,
    Notes,
    ArchivedAt,
    MergedIntoId,
    /// In the audit log of a client that others were merged into: which, and with how many contracts.
    OtherClient,
    // contracts
    /// The number of a contract, which the program gives and which files name.
    Number,
    ClientId,
    TotalCents,
    DueCents,
    SignedAt,
    // events
    ContractId,
    Title,
    ClientContact,
    ContactPhone,
    StartsAt,
    EndsAt,
    Location,
    Attendees,
    Status,
    SupportId,
    // payments
    AmountCents,
    PaidOn,
    Method,
    Reference,
    CancelledAt,
    CancelReason,
    /// What was paid of a contract before it was entered.
    PaidBefore,
    // instalments and plans
    /// The instalments of a contract, or the parts of a plan.
    Instalments,
    Label,
    DueOn,
    Share,
    /// The instalment that takes the difference when the total of its contract changes.
    Difference,
    // settings
    Currency,
    TimeZone,
    Visibility,
    SalesCreateContracts,
    SupportHandsOver,
    Reauth,
    SessionMinutes,
    MinPasswordLength,
    /// The plan by which contracts without instalments of their own are due.
    DefaultPlan,
    // views of lists
    Name,
    Kind,
    Shared,
    Content,
    Columns,
    // imports
    /// How many rows or records became what, in the audit log: a [`super::imports::Tally`].
    Outcome,
    // set-up
    Language,
    Engine,
    Host,
    Port,
    Database,
    DatabaseUser,
    DatabasePassword,
    Tls,
    AuthorityFile,
    EverydayUser,
    EverydayPassword,
    // filters
    From,
    Palette,
    Ascii,
    Accessible,
    Mouse,
    SignedFrom,
    SignedTo,
    To,
    Above,
    Below,
    DueAbove,
    DueBelow,
    DueFrom,
    DueTo,
    Place,
}
