//! What is said about clients that may be entered twice.

use crate::domain::known::Shared;

/// What is said about clients that may be entered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPhrase<'a> {
    /// After a write: another client may be the same.
    IsTwin,
    /// The same of a client that the form has found: what it has in common with the one that was saved.
    TwinIs {
        who: &'a str,
        person: bool,
        phone: bool,
    },
    /// The column of what possible duplicates have in common, and its cells.
    ColShared,
    SharedShort(Shared),
    /// The same among the values of a client.
    PossibleDuplicate,
    SharedWith(Shared),
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
    /// In the view of possible duplicates, for whoever may not merge.
    ManagementMerges,
    /// What to do in the view of possible duplicates while so many are marked, none or one.
    ToMerge {
        marked: usize,
    },
    VerbMerge,
    MergeTitle,
    /// What the key for saving does in the form of a merge.
    MergeHelp,
    /// The key that takes the value of the other client, and what it does.
    TakeOther,
    TakeOtherHelp,
    /// Below a field in which two clients differ: the value that can be taken, which is that of the one that stays or
    /// of the other one.
    OtherValue {
        value: &'a str,
        of_kept: bool,
    },
    /// Below a field that only the other client has.
    FromOther,
    NotesOfBoth,
    WhichStays,
    /// What tells clients of one name apart: that one has no company, e-mail or telephone number, its contracts, since
    /// when it is there.
    Without(&'a str),
    Contracts(i64),
    Since(&'a str),
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
    MergeMeans {
        kept: &'a str,
        other: &'a str,
    },
    /// This user has changed one of the two.
    MergeAgain(&'a str),
    NothingMerged,
    /// In the audit log: the other client of a merge, and how many contracts have moved.
    OtherWith {
        name: &'a str,
        contracts: i64,
    },
    /// The key that undoes the merge of an archived client, and what it does.
    VerbUndoMerge,
    UndoMergeHelp,
    UndoMergeAsk,
    /// What undoing does, for so many contracts.
    UndoMergeMeans(usize),
    StaysMerged,
    MergedNow {
        kept: &'a str,
        other: &'a str,
        contracts: usize,
        undone: bool,
    },
    /// The part with the client that one was merged into.
    PartMergedInto,
}
