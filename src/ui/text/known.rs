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
    /// Why `M` does nothing.
    MarkTwo,
    VerbMerge,
    MergeTitle,
    WhichStays,
    /// One of two clients that are to be merged.
    Side {
        name: &'a str,
        contracts: i64,
        since: &'a str,
    },
    MergeAsk {
        kept: &'a str,
        other: &'a str,
    },
    /// What moves to the client that stays.
    Moves {
        contracts: i64,
        events: i64,
        payments: i64,
        kept: &'a str,
    },
    MergeMeans(&'a str),
    /// This user has changed one of the two.
    MergeAgain(&'a str),
    NothingMerged,
    MergedNow {
        kept: &'a str,
        other: &'a str,
        contracts: usize,
        undone: bool,
    },
    /// The part with the client that one was merged into.
    PartMergedInto,
}
