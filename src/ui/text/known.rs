//! What is said about clients that may be entered twice.

use crate::domain::known::Shared;

/// What is said about clients that may be entered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPhrase<'a> {
    /// After a write: another client may be the same.
    IsTwin,
    /// A client that is known has this in common with the one that is typed.
    Has {
        shared: Shared,
        who: &'a str,
    },
    /// Whose client one is, in brackets behind its name.
    SalesContact(&'a str),
    YourClient,
    IsArchived,
    /// A client that the user may not see, at the beginning of a sentence.
    OfColleague,
}
