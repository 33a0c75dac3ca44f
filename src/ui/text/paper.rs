//! What printed documents say.

use crate::domain::{instalments::Standing, payments::Method};

/// A word or a line of a printed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperPhrase<'a> {
    EventSheet,
    Statement,
    Receipt,
    /// The receipt of money that was given back.
    Refund,
    /// The number of a document, or of a contract on it.
    Number(i64),
    Contract(i64),
    When,
    /// From and to on the same day.
    Hours {
        from: &'a str,
        to: &'a str,
    },
    /// A start whose end is not known.
    From(&'a str),
    DayAt {
        day: &'a str,
        hour: &'a str,
    },
    /// The end, on a later day.
    Until(&'a str),
    Where,
    /// A record that is archived.
    Archived,
    /// The title of an event that does not take place.
    CancelledEvent(&'a str),
    Attendees,
    Client,
    Contacts,
    /// Whom to call on the day of the event.
    OnTheDay,
    SalesContact,
    Support,
    Name,
    Telephone,
    Email,
    Notes,
    NotKnown,
    NobodyYet,
    ContractLabel,
    SignedOn,
    NotSigned,
    /// The day that a document is about.
    AsOf,
    /// What is due on a contract on this day.
    DueAsOf(&'a str),
    /// The same if nothing is due.
    SettledAsOf(&'a str),
    ContractTotal,
    Total,
    Paid,
    StillDue,
    PaidInFull,
    /// How much of what is due fell due before the day of the document.
    Overdue,
    /// Of an instalment.
    Standing(Standing),
    Events,
    Event,
    Day,
    MoreEvents,
    Instalments,
    Instalment,
    /// The name of an instalment without a label.
    InstalmentNumber(i32),
    DueOn,
    State,
    /// Heads of columns of amounts in this currency.
    AmountIn(&'a str),
    DueIn(&'a str),
    Payments,
    PaidOn,
    Method,
    /// How a payment was made.
    Way(Method),
    /// How an amount was given back.
    RefundBy(&'a str),
    Reference,
    CancelledOn(&'a str),
    /// Below the day of the cancellation.
    DoesNotCount,
    ReceivedFrom,
    RefundedTo,
    ReceivedOn,
    RefundedOn,
    /// The day of a payment whose own day is not known.
    RecordedOn,
    AmountReceived,
    AmountRefunded,
    /// Below a document: when it was made, and by whom.
    MadeBy {
        day: &'a str,
        name: &'a str,
    },
}
