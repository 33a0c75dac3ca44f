//! What is said about payments.

use crate::domain::{Cents, payments::Method};

/// What is said about payments. Amounts in words have their currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentPhrase<'a> {
    /// The form for a new payment.
    Record,
    Edit,
    Cancel,
    VerbCancel,
    /// Below the amount of a new payment, while Enter records it.
    EnterRecords,
    Refunds,
    Method(Method),
    /// What a payment or a refund is called.
    Heading {
        refund: bool,
        amount: &'a str,
        client: &'a str,
    },
    ColDay,
    ColAmount,
    ColMethod,
    ColContract,
    ColReference,
    ColState,
    Cancelled,
    /// Below the answer to a payment: what the key for undo does.
    UndoHint,
    /// Beside the method that is proposed because it was used last.
    AsLastTime,
    /// Why a payment is cancelled that was undone.
    Undone,
    ViewRefunds,
    ViewCancelled,
    Part,
    /// Which of these documents is printed.
    Print,
    PrintReceipt,
    PrintStatement(i64),
    /// What was paid of a contract.
    Paid,
    /// What the payments of a list amount to; `refund` if more was refunded than paid.
    Sums {
        count: i64,
        refund: bool,
        paid: &'a str,
        cancelled: Option<&'a str>,
    },
    TooManyToSum(i64),
    /// What is due of a contract to pick.
    Due(&'a str),
    FullyPaid,
    /// What `p` does on the home screen.
    PayHelp,
    /// So much is due, and more was typed.
    MoreThanDue(&'a str),
    /// A payment was recorded or cancelled, and what is due now; nothing if that is zero.
    Now {
        cancelled: bool,
        refund: bool,
        amount: &'a str,
        due: Cents,
        due_in_words: &'a str,
        contract: i64,
    },
}
