//! What the program says about a list: its filter, its sums, its columns and the views that users save.

use crate::domain::entity::EntityKind;

/// A phrase about a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPhrase<'a> {
    RefineHint,
    NothingFoundHint,
    EmptyViewHint,
    EmptyListHint,
    /// What the list is filtered by.
    Refined(&'a str),
    FilterLabel,
    /// The values in which a list of this kind is searched for what is typed as its filter.
    Searched(EntityKind),
    FilterHelp(EntityKind),
    /// A command needs a record, which is chosen in the list that was opened for it.
    ChooseFirst {
        kind: EntityKind,
        key: &'a str,
    },
    /// The title of the form of its filters.
    RefineTitle(EntityKind),
    /// Between changed values in a line.
    Between,
    KeyOpenRecord,
    KeyScroll,
    SaveViewAs,
    ReplaceView(&'a str),
    RenameView(&'a str),
    ShareView(&'a str),
    UnshareView(&'a str),
    RemoveView(&'a str),
    RemoveViewTitle(&'a str),
    RemoveViewMeans {
        shared: bool,
    },
    VerbRemove,
    /// The question whether to share a view whose list is changed.
    ShareViewTitle(&'a str),
    SharesAsSaved,
    VerbShare,
    ViewName,
    /// What is saved under the name of a new view.
    ViewHolds,
    ViewIsOwn,
    /// A view of the user's own that everybody sees.
    ViewIsShared,
    /// A view that somebody else shares.
    ViewBy(&'a str),
    ViewUnusable,
    /// Why a view cannot be chosen.
    ViewUnusableWhy {
        name: &'a str,
        may_remove: bool,
    },
    /// The name of a view whose list is filtered or sorted differently now.
    ViewChangedSince(&'a str),
    /// A view was chosen again, so that what was changed in its list is gone.
    ViewAsSaved(&'a str),
    ViewSaved(&'a str),
    ViewRenamed(&'a str),
    ViewSharedNow(&'a str),
    /// A view that is no longer shared, and whether it is the user's own.
    ViewUnsharedNow {
        name: &'a str,
        own: bool,
    },
    ViewRemoved(&'a str),
    RowsCopied {
        count: usize,
        names: &'a str,
    },
    /// A list of events opens at those of today.
    OpenedAtToday,
    /// What the contracts of a list amount to.
    ContractSums {
        count: i64,
        total: &'a str,
        due: &'a str,
        /// What is due includes what falls due later than the view says.
        by_due_day: bool,
        currency: &'a str,
    },
    /// There are more contracts than are summed up.
    TooManyToSum(i64),
    ColumnsTitle,
    /// In the audit log: the refused rows of a file were saved to another one.
    RefusedRowsSaved,
    /// In the history of a record: the file from which an import has written it.
    ImportedFrom,
    /// What the audit log says was changed.
    ColumnsOf(EntityKind),
    ColumnsHint,
    ColumnFits,
    ColumnWidth(u16),
    ColumnRepeats,
    ColumnNoRoom,
    ColumnsSaved,
    ColumnsPreset,
    /// Why the columns of a view that somebody else shares cannot be changed.
    ColumnsOfView(&'a str),
    KeyShow,
    KeyMove,
    KeyWidth,
    KeyPreset,
}
