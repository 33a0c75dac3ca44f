//! The closed list of what the program says. A new phrase does not compile until both
//! languages have words for it.

use super::{
    admin::AdminPhrase,
    lists::ListPhrase,
    paper::PaperPhrase,
    payments::PaymentPhrase,
    set_up::SetUpPhrase,
    times::TimePhrase,
    told::{Asked, Told},
};
use crate::{
    domain::{
        entity::EntityKind,
        events::Status,
        password::Strength,
        policy::Permission,
        settings::{Reauth, Visibility},
        users::Role,
    },
    services::{
        HomeLine,
        export::Format,
        figures::{About, BarLabel},
        paper::Document,
    },
    ui::{span::Span, theme::Palette},
};

/// What can be said, besides errors and the names of fields, commands and verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {
    Told(Told<'a>),
    Payment(PaymentPhrase<'a>),
    Asked(Asked<'a>),
    SetUp(SetUpPhrase<'a>),
    Admin(AdminPhrase<'a>),
    Yes,
    No,
    On,
    Off,
    Home,
    Settings,
    OwnPassword,
    SignIn,
    NewClient,
    EditClient,
    NewContract,
    EditContract,
    NewEvent,
    EditEvent,
    NewUser,
    EditUser,
    ResetPassword,
    ViewAll,
    ViewMine,
    ViewArchived,
    ViewNotSigned,
    ViewSigned,
    ViewNotPaid,
    ViewMineNotSigned,
    ViewMineWithoutEvent,
    ViewMineNotPaid,
    ViewOverdue,
    ViewDueSoon,
    ViewMineOverdue,
    ViewMineDueSoon,
    ViewWithoutSupport,
    ViewWeek,
    ViewOpen,
    ViewPast,
    ViewMineNext,
    ViewMineIncomplete,
    ViewActive,
    ViewDeactivated,
    ViewRefused,
    ColName,
    ColCompany,
    ColEmail,
    ColPhone,
    ColSales,
    ColLastContact,
    ColUpdated,
    ColNumber,
    ColClient,
    ClientPhone,
    ColTotal,
    ColDue,
    ColNextDue,
    ColSigned,
    ColCreated,
    ColStarts,
    ColTitle,
    ColPlace,
    ColPeople,
    ColStatus,
    ColSupport,
    ColUsername,
    ColRole,
    ColLastLogin,
    ColWhen,
    ColWho,
    ColWhat,
    ColRecord,
    Computer,
    NotSigned,
    NotKnown,
    Nobody,
    /// An event that nobody prepares yet.
    NoSupport,
    /// What the audit log says of an event whose support was taken away.
    SupportRemoved,
    /// No filter by this.
    Any,
    PartContracts,
    PartContract,
    PartEvents,
    PartClients,
    PartHistory,
    EmptyPart,
    WaitingTitle,
    SectionsTitle,
    SortTitle,
    /// About the columns of a list and the views that users save.
    Lists(ListPhrase<'a>),
    Time(TimePhrase<'a>),
    /// On printed documents.
    Paper(PaperPhrase<'a>),
    ViewTitle,
    HelpTitle,
    PaletteTitle,
    NothingFound,
    NotRead,
    NothingSelected,
    NothingChanged,
    Saving,
    PasswordChanged,
    SavedSoFar,
    PasswordAsSaved,
    KeepEditing,
    FiguresKey,
    NotKept(&'a str),
    AmongNewest,
    /// Under the lines of a picker: these are not all.
    MoreChoices,
    TypeToNarrow,
    /// What the keys of a menu do that is narrowed by typing.
    MenuHelp,
    FiguresHelp,
    FilterDone,
    FilterClear,
    CopyTitle,
    Preferences,
    Palette(Palette),
    ExportTitle,
    Format(Format),
    Exported {
        rows: i64,
        left_out: i64,
        among_newest: bool,
        path: &'a str,
    },
    /// The document about the record of this name is in a file.
    Printed {
        document: Document,
        name: &'a str,
        path: &'a str,
    },
    Figure(About),
    BarLabel(&'a BarLabel),
    Calendar,
    CalendarToday,
    CalendarMore,
    CalendarSpan(Span),
    CalendarBefore(Span),
    CalendarAfter(Span),
    WeekOf(&'a str),
    NoEventsThen,
    ClashesWith(&'a str),
    UndoHint,
    ResultDone,
    Cancel,
    /// The letter that confirms a question.
    YesKey,
    VerbSign,
    VerbDone,
    VerbHandOver,
    VerbSave,
    VerbDiscard,
    VerbFilter,
    VerbQuit,
    VerbLeave,
    KeyChoose,
    KeyArrows,
    KeyMonth,
    KeyTake,
    KeyShare,
    KeyHelp,
    KeyCancel,
    CloseKey,
    DiscardTitle,
    /// Below a line that has been typed, after the first Esc.
    EscDiscards,
    DiscardMeans,
    SummaryTitle,
    SignatureIsFinal,
    SignContract,
    TemporaryPassword,
    NewPassword,
    /// The box with a temporary password that was set, and whose it is.
    TemporaryTitle,
    TemporaryOf(&'a str),
    PasswordProposed,
    AsChosen,
    PickHint,
    ZoneHint,
    PasswordTitle,
    /// Why the password is asked for again: for what needs this right.
    PasswordWhy(Option<Permission>),
    LockedTitle,
    LockedMeans,
    UnlockKey,
    SomebodyElseKey,
    QuitTitle,
    QuitMeans,
    Waiting,
    Patience,
    GaveUp,
    GaveUpWriting,
    F5TriesAgain,
    F5Shows,
    EnterTriesAgain,
    TypeAgain,
    LookBeforeSaving,
    /// The list, or else the screen, that shows whether it was saved.
    LookIn(&'a str),
    /// What was typed was sent to be saved, and nobody knows whether it was.
    MayBeSaved,
    LeaveInDoubt,
    NoHint,
    SavedAfterAll,
    NotSavedAfterAll(&'a str),
    NotDone(&'a str),
    StillSaving,
    LeaveWhileSaving,
    HomeWhileSaving,
    QuestionWaits,
    NoShell,
    /// The value that was copied.
    Copied(&'a str),
    /// All values of the record of this name were copied.
    RecordCopied(&'a str),
    TooMuchToCopy,
    NothingToUndo,
    Undone,
    SignedOutNow,
    ChangeFirst,
    DemoAccounts,
    SignInHint,
    SignInMissing,
    PasswordMissing,
    NextKey,
    BackKey,
    QuitKey,
    SignOut,
    Lock,
    NoTerminal,
    DumbTerminal,
    ContractOf {
        number: i64,
        client: &'a str,
    },
    /// A record that was given to somebody.
    GivenTo {
        what: &'a str,
        name: &'a str,
    },
    FromTo {
        old: &'a str,
        new: &'a str,
    },
    Role(Role),
    Status(Status),
    Visibility(Visibility),
    Reauth(Reauth),
    Strength(Strength),
    Waits(HomeLine),
    ListOf(EntityKind),
    OneOf(EntityKind),
    EmptyList(EntityKind),
    ArchiveVerb {
        kind: EntityKind,
        hidden: bool,
    },
    ArchivingMeans {
        kind: EntityKind,
        hidden: bool,
    },
    /// A record of which only the number is known.
    Numbered(i64),
    Number(i64),
    MoreThan(i64),
    /// A time that the clocks show twice, and the name of the first of the two.
    FirstOfTwo {
        time: &'a str,
        zone: &'a str,
    },
    ResetPasswordMeans,
    Marked(usize),
    /// So many can be marked and no more.
    MarksFull(usize),
    MarksClear,
    /// Marked records of these names were changed since.
    MarkedChanged(&'a str),
    OneAtATime,
    Position {
        from: i64,
        to: i64,
        total: &'a str,
    },
    FilteredBy(&'a str),
    SupportFor(&'a str),
    SupportForSome(usize),
    HandOverOf(&'a str),
    HandOverSome(usize),
    ArchiveSome {
        count: usize,
        hidden: bool,
    },
    AndMore(usize),
    /// Which line has the caret.
    LineOf {
        at: usize,
        of: usize,
    },
    /// There are more lines, which these keys show.
    MoreLines {
        from: usize,
        to: usize,
        of: usize,
        up: &'a str,
        down: &'a str,
    },
    UndoTooLate(&'a str),
    FreeThen(&'a str),
    BusyThatDay(&'a str),
    BusyThen(&'a str),
    Clashes {
        title: &'a str,
        load: &'a str,
    },
    ConflictWith {
        name: &'a str,
        when: &'a str,
    },
    Theirs {
        name: &'a str,
        value: &'a str,
    },
    LocksIn(u64),
    Step {
        at: usize,
        of: usize,
    },
    TooSmall {
        width: u16,
        height: u16,
    },
    SignedInAs {
        name: &'a str,
        role: Role,
    },
}

impl<'a> From<ListPhrase<'a>> for Phrase<'a> {
    fn from(phrase: ListPhrase<'a>) -> Self {
        Self::Lists(phrase)
    }
}

impl<'a> From<SetUpPhrase<'a>> for Phrase<'a> {
    fn from(phrase: SetUpPhrase<'a>) -> Self {
        Self::SetUp(phrase)
    }
}

impl<'a> From<AdminPhrase<'a>> for Phrase<'a> {
    fn from(phrase: AdminPhrase<'a>) -> Self {
        Self::Admin(phrase)
    }
}

impl<'a> From<PaymentPhrase<'a>> for Phrase<'a> {
    fn from(phrase: PaymentPhrase<'a>) -> Self {
        Self::Payment(phrase)
    }
}
