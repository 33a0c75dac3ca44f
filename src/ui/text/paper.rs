//! What printed documents say.

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
    Total,
    Paid,
    StillDue,
    PaidInFull,
    /// Of an instalment: nothing is due.
    Settled,
    Events,
    Event,
    Day,
    MoreEvents,
    Instalments,
    Instalment,
    DueOn,
    Amount,
    Payments,
    PaidOn,
    Method,
    Reference,
    Cancelled,
    ReceivedFrom,
    RefundedTo,
    ReceivedOn,
    RefundedOn,
    AmountReceived,
    AmountRefunded,
    /// Below a document: when it was made, and by whom.
    MadeBy {
        day: &'a str,
        name: &'a str,
    },
}
