//! What the program says about the columns of a list and the views that users save.

/// A phrase about columns and saved views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPhrase<'a> {
    RefineHint,
    NothingFoundHint,
    EmptyViewHint,
    EmptyListHint,
    /// What the list is filtered by.
    Refined(&'a str),
    FilterLabel,
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
    ViewName,
    ViewIsOwn,
    /// A view of the user's own that everybody sees.
    ViewIsShared,
    /// A view that somebody else shares.
    ViewBy(&'a str),
    ViewUnusable,
    ViewUnusableWhy(&'a str),
    /// The name of a view whose list is filtered or sorted differently now.
    ViewChangedSince(&'a str),
    /// A view was chosen again, so that what was changed in its list is gone.
    ViewAsSaved(&'a str),
    ViewSaved(&'a str),
    ViewRenamed(&'a str),
    ViewSharedNow(&'a str),
    ViewUnsharedNow(&'a str),
    ViewRemoved(&'a str),
    RowsCopied {
        count: usize,
        names: &'a str,
    },
    ColumnsTitle,
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
