//! Every word that people read, in English and French: one file for each language.
//!
//! What can be said is a closed list, so a sentence that is missing in one of the
//! languages does not compile.

mod en;
mod fr;

use crossterm::event::KeyCode;

use super::{
    keys::{Command, Key},
    screens::calendar::Span,
    theme::Palette,
};
use crate::{
    domain::{
        Error, Field, Problem, Reason,
        audit::Verb,
        entity::EntityKind,
        error::{Inheritance, Versions},
        events::Status,
        language::Language,
        password::Strength,
        policy::Permission,
        settings::{Reauth, Visibility},
        users::Role,
    },
    services::{
        HomeLine,
        admin::Fault,
        export::Format,
        figures::{About, Label},
    },
};

/// What can be said, besides errors and the names of fields, commands and verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {
    Yes,
    No,
    On,
    Off,
    Home,
    Settings,
    OwnPassword,
    SignIn,
    SetUpTitle,
    NewClient,
    EditClient,
    NewContract,
    EditContract,
    NewEvent,
    EditEvent,
    NewUser,
    EditUser,
    ResetPassword,
    RefineTitle,
    ViewAll,
    ViewMine,
    ViewArchived,
    ViewNotSigned,
    ViewSigned,
    ViewNotPaid,
    ViewMineNotSigned,
    ViewMineWithoutEvent,
    ViewMineNotPaid,
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
    ColTotal,
    ColDue,
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
    FilterLabel,
    Refined,
    SortTitle,
    ViewTitle,
    HelpTitle,
    PaletteTitle,
    NothingFound,
    NotRead,
    NothingFoundHint,
    RefineHint,
    EmptyViewHint,
    EmptyListHint,
    NothingSelected,
    NothingChanged,
    Saved,
    Saving,
    PasswordChanged,
    SavedSoFar,
    PasswordAsSaved,
    KeepEditing,
    FiguresKey,
    UpToDate(&'a str),
    WouldMigrate(&'a Versions),
    Migrated(&'a Versions),
    /// The names of rules that the server does not hold.
    Unguarded(&'a [&'static str]),
    /// A configuration that names another database.
    LeftAlone(&'a str),
    NotKept(&'a str),
    EverydayHint,
    DoctorOverruled {
        by: &'a str,
        origin: &'a str,
    },
    BackupDone(&'a str),
    RestoreDone(&'a str),
    RestoreKept(&'a str),
    AuditWhole {
        rows: i64,
        head: &'a str,
    },
    AuditFault(&'a Fault),
    BadHead,
    AmongNewest,
    /// Under the lines of a picker: these are not all.
    MoreChoices,
    TypeToNarrow,
    DoctorPaths,
    DoctorNotThere,
    DoctorConfiguration,
    DoctorDefaults,
    DoctorDatabase,
    DoctorTerminal,
    DoctorFlag,
    DoctorEnvironment,
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
    Figure(About),
    BarLabel(&'a Label),
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
    VerbSign,
    VerbSave,
    VerbDiscard,
    VerbFilter,
    VerbQuit,
    VerbLeave,
    KeyChoose,
    KeyTake,
    KeyCancel,
    DiscardTitle,
    DiscardMeans,
    SummaryTitle,
    SignatureIsFinal,
    AsChosen,
    PickHint,
    OnThisComputer,
    OnServer,
    TlsDefault,
    TlsVerify,
    TlsRequired,
    TlsOff,
    PasswordTitle,
    /// Why the password is asked for again: for what needs this right.
    PasswordWhy(Option<Permission>),
    LockedTitle,
    LockedMeans,
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
    NoHint,
    SavedAfterAll,
    NotSavedAfterAll(&'a str),
    NotDone(&'a str),
    StillSaving,
    LeaveWhileSaving,
    HomeWhileSaving,
    QuestionWaits,
    NoShell,
    Copied,
    TooMuchToCopy,
    NothingToUndo,
    Undone,
    NothingUndone,
    TakenBack {
        name: &'a str,
        what: &'a str,
    },
    SignedOutNow,
    SetUpDone,
    ChangeFirst,
    DemoAccounts,
    SignInHint,
    HelpKey,
    NextKey,
    BackKey,
    TestKey,
    UpdateKey,
    CreateKey,
    QuitKey,
    LanguageKey,
    SignOut,
    Lock,
    SetUpLanguage,
    SetUpPlace,
    SetUpServer,
    /// The versions of the tables and of the program.
    SetUpUpdate((&'a str, &'a str)),
    SetUpAccount,
    /// When the tables are there already.
    SetUpSummaryAgain,
    SetUpStatements,
    AccountNotReady,
    SetUpCompany,
    SetUpManager,
    SetUpSummary,
    NoTerminal,
    DumbTerminal,
    ContractOf {
        number: i64,
        client: &'a str,
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
    HandedOver(usize),
    ArchiveSome {
        count: usize,
        hidden: bool,
    },
    ArchivedSome {
        count: usize,
        restored: bool,
    },
    AndMore(usize),
    MoreLines {
        from: usize,
        to: usize,
        of: usize,
    },
    UndoTooLate(&'a str),
    Assigned {
        title: &'a str,
        name: &'a str,
    },
    Unassigned(&'a str),
    AssignedSome {
        count: usize,
        name: &'a str,
    },
    UnassignedSome(usize),
    FreeThen(i64),
    BusyThatDay(i64),
    BusyThen(i64),
    Clashes {
        title: &'a str,
        load: i64,
    },
    ConflictWith {
        name: &'a str,
        when: &'a str,
    },
    Theirs {
        name: &'a str,
        value: &'a str,
    },
    Connected(&'a str),
    LocksIn(u64),
    HeirFor(Inheritance),
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

/// A sentence.
pub fn say(language: Language, what: Phrase) -> String {
    match language {
        Language::En => en::say(what),
        Language::Fr => fr::say(what),
    }
}

/// The name of a field.
pub fn field(language: Language, field: Field) -> &'static str {
    match language {
        Language::En => en::field(field),
        Language::Fr => fr::field(field),
    }
}

/// What is wrong with a field.
pub fn problem(language: Language, problem: Problem) -> String {
    match language {
        Language::En => en::problem(problem),
        Language::Fr => fr::problem(problem),
    }
}

/// Why an action is not allowed.
pub fn reason(language: Language, reason: Reason) -> String {
    match language {
        Language::En => en::reason(reason),
        Language::Fr => fr::reason(reason),
    }
}

/// What went wrong, and what to do.
pub fn error(language: Language, error: &Error) -> String {
    match language {
        Language::En => en::error(error),
        Language::Fr => fr::error(error),
    }
}

/// A verb of the audit log; one that a newer program wrote stands as it is stored.
pub fn verb(language: Language, action: &str) -> &str {
    let Ok(verb) = action.parse::<Verb>() else { return action };
    match language {
        Language::En => en::verb(verb),
        Language::Fr => fr::verb(verb),
    }
}

/// A key as it is written on the keyboard: `Enter` or `Entrée`, `Ctrl+S`, `n`, `F5`.
pub fn key(language: Language, key: Key) -> String {
    let name = match key.code {
        KeyCode::Char(' ') => named(language, "Space", "Espace"),
        KeyCode::Char(c) if key.ctrl => c.to_ascii_uppercase().to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::Enter => named(language, "Enter", "Entrée"),
        KeyCode::Esc => named(language, "Esc", "Échap"),
        KeyCode::Up => named(language, "Up", "Haut"),
        KeyCode::Down => named(language, "Down", "Bas"),
        KeyCode::Left => named(language, "Left", "Gauche"),
        KeyCode::Right => named(language, "Right", "Droite"),
        KeyCode::PageUp => named(language, "PgUp", "PgPréc"),
        KeyCode::PageDown => named(language, "PgDn", "PgSuiv"),
        KeyCode::Home => named(language, "Home", "Début"),
        KeyCode::End => named(language, "End", "Fin"),
        KeyCode::BackTab => named(language, "Shift+Tab", "Maj+Tab"),
        other => format!("{other:?}"),
    };
    if key.ctrl { format!("Ctrl+{name}") } else { name }
}

fn named(language: Language, en: &str, fr: &str) -> String {
    match language {
        Language::En => en.to_owned(),
        Language::Fr => fr.to_owned(),
    }
}

/// A command in one or two words, and in a sentence.
pub fn command(language: Language, command: Command) -> (&'static str, &'static str) {
    match language {
        Language::En => en::command(command),
        Language::Fr => fr::command(command),
    }
}
