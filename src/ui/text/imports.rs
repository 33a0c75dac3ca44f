//! What is said about imports of spreadsheets.

use crate::{
    domain::{
        Field,
        day_order::DayOrder,
        entity::EntityKind,
        imports::{Choice, Counts, RowKind, Tally},
    },
    services::spreadsheet::sheet::SheetFormat,
};

/// What is said about imports of spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPhrase<'a> {
    /// What a file holds.
    Holds(EntityKind),
    /// How many rows are of each kind.
    Counts(Counts),
    /// What became of how many rows or records, in the audit log.
    Tally(Tally),
    /// A row that is refused, and why.
    Refused {
        row: u32,
        name: &'a str,
        reasons: &'a str,
    },
    /// A row that may be about a known record.
    Suspected {
        row: u32,
        name: &'a str,
        known: &'a str,
        detail: &'a str,
    },
    /// There are so many more rows of this kind.
    More(usize),
    /// Nothing was written, since rows are refused.
    RefusedAll(usize),
    /// The file was imported.
    Done {
        created: usize,
        changed: usize,
        left_out: usize,
    },
    /// Nothing is to be written, since so many rows are refused or left out, or all were so already.
    NothingNew {
        refused: usize,
        left_out: usize,
    },
    /// The file was only looked at; so many rows are refused.
    DryRun(usize),
    /// How the order of day and month is said on the command line.
    OrderOption,
    /// Nothing tells what the file holds.
    KindUnknown,
    /// No column has these fields, which every record needs.
    Missing(&'a str),
    /// The dates do not tell the order of day and month.
    OrderUnknown,
    /// Some dates have the day first and some the month.
    OrderMixed,
    /// There is no heading like this in the file.
    NoHeading(&'a str),
    /// There is no field of this name.
    NoField {
        field: &'a str,
        fields: &'a str,
    },
    /// No active sales person has this username.
    NoSalesPerson(&'a str),
    /// New accounts have no password yet.
    NewAccounts(usize),
    /// The screen.
    Title,
    /// The screen with a file.
    TitleOf(&'a str),
    /// The list of imports is empty: what can be done here.
    Empty,
    EmptyFiles,
    EmptyOrder,
    ColFile,
    ColHeld,
    ColResult,
    /// What an import did, in a column.
    Result {
        created: usize,
        changed: usize,
    },
    /// How many records of a kind.
    HowMany {
        kind: EntityKind,
        count: usize,
    },
    IsTakenBack,
    /// When an import was taken back.
    TakenBackAt,
    /// The question for a file.
    WhichFile,
    WhichFileHint,
    KeyComplete,
    /// No file and no folder goes on from what was typed.
    NothingToComplete,
    /// No path was typed.
    TypePath,
    /// What was made out about a file.
    Seen {
        format: SheetFormat,
        sheet: Option<&'a str>,
        rows: usize,
        heading_row: u32,
    },
    /// How many rows are not among the rows of the file.
    SeenLeftOut(u32),
    /// The label of what a file holds, and the question for it.
    LabelHolds,
    WhatHolds,
    /// Nothing tells it: the person has to choose.
    ChooseHolds,
    LabelOrder,
    WhichOrder,
    Order(DayOrder),
    ChooseOrder,
    LabelContact,
    WhichContact,
    Contact(&'a str),
    NoContact,
    /// The line of a picker that chooses nobody.
    NobodyContact,
    LabelDuplicates,
    Choice(Choice),
    ColColumn,
    ColReadAs,
    ColSamples,
    NoHeadingHere,
    NotImported,
    WhichField(&'a str),
    /// A field that another column has.
    FieldOf {
        field: Field,
        heading: &'a str,
    },
    /// The key that goes on to the preview, and what it does.
    KeyPreview,
    KeyPreviewMeans,
    KeyChange,
    KeyChangeMeans,
    NewMeans,
    OpenInLogMeans,
    /// How far the comparison of a file is, and how far its import.
    Comparing {
        done: usize,
        rows: usize,
    },
    /// Which heading is read as which field, and the headings that are not read; either may be empty.
    ReadAs {
        read: &'a str,
        unread: &'a str,
    },
    /// Before the first row is written, all are compared once more.
    Checking {
        done: usize,
        rows: usize,
    },
    Importing {
        done: usize,
        rows: usize,
    },
    /// The import was asked to stop.
    Stopping,
    KeyStop,
    KeyStopMeans,
    /// How far taking an import back is.
    TakingBack {
        done: usize,
        total: usize,
    },
    /// That was asked to stop.
    StoppingToTakeBack,
    StopToTakeBackMeans,
    /// The question before the program or the session is left while an import is under way, or taking it back.
    StillImporting,
    StillTakingBack,
    LeavingStops,
    /// The session is locked, and the password that was typed is checked after the import.
    PasswordAfter,
    NotComparedYet,
    NotCompared,
    /// Which rows are shown, all if none, and how many they are.
    RowsOf(Option<RowKind>, usize),
    WhichRows,
    NoRows,
    KeyNextKind,
    ColRow,
    ColName,
    ColFinding,
    /// What importing a row does, in a word.
    Finding(RowKind),
    /// A suspected duplicate and what is to be done with it.
    MayBe {
        known: &'a str,
        detail: &'a str,
        choice: Choice,
    },
    /// The label of what the known record would get from the row.
    LabelIfUpdated,
    LabelKnown,
    /// What an earlier row of the file is called, which another one may repeat.
    RowOfFile(u32),
    LabelDecided,
    LabelReasons,
    /// The label of what a row says beside a known record.
    LabelRowSays,
    /// There are more facts about the row than fit.
    MoreFacts,
    KeyFacts,
    KeyFactsMeans,
    /// Why a row is refused: its cell is empty, the file has no column for it, nothing is named or found, it is none of
    /// these words, or several records fit what this field says.
    CellEmpty,
    NoSuchColumn,
    NoneNamed,
    OneOf(&'a str),
    SeveralFit {
        fitting: usize,
        of: Field,
    },
    SameAsRow {
        row: u32,
        kind: EntityKind,
    },
    /// What was decided about the possible duplicates.
    Duplicates {
        left_out: usize,
        updated: usize,
        created: usize,
    },
    /// A choice for all possible duplicates also holds for so many that were decided one by one.
    AlsoDecided(usize),
    /// The label of a change that archives a record or brings it back, and the change.
    LabelArchive,
    Archives(bool),
    KeyDecide,
    KeyDecideMeans,
    NotADuplicate,
    Decide {
        row: u32,
        name: &'a str,
    },
    /// The file was compared with what was decided, and nothing else is done than before.
    ComparedAgain,
    /// After that this many rows are not as they were seen.
    RowsDiffer(usize),
    /// So many rows, of which this is the first, may be about another record than the one that was decided about.
    DecideAgain {
        row: u32,
        rows: usize,
    },
    /// The choice for all suspected duplicates.
    ForAll(Choice),
    KeySaveRefused,
    KeySaveRefusedMeans,
    NothingRefused,
    RefusedSaved {
        rows: usize,
        path: &'a str,
    },
    /// The heading of the reasons in a file of refused rows.
    ReasonHeading,
    KeyImport,
    KeyImportMeans,
    Ask(&'a str),
    /// What a request does with a file.
    VerbImport(&'a str),
    TakeBackOf(&'a str),
    /// What is written, and what stays out.
    Will {
        kind: EntityKind,
        created: usize,
        changed: usize,
        refused: usize,
        left_out: usize,
    },
    WillUndo,
    /// New contracts follow the default plan, and what was paid before becomes a payment of today.
    WillFollowPlan,
    WillBePaidToday,
    NothingImported,
    /// What is true after an import.
    Imported {
        kind: EntityKind,
        created: usize,
        changed: usize,
        left_out: usize,
    },
    VerbTakeBack,
    TakeBackMeans,
    /// The same of the last import, of this file, from any screen.
    TakeBackLastMeans(&'a str),
    AskTakeBack(&'a str),
    /// The button of a question about a file that changes nothing.
    DoNothing,
    TakingBackMeans,
    StaysImported,
    TakenBack {
        file: &'a str,
        kind: EntityKind,
        /// New records that are archived, deactivated or cancelled.
        removed: usize,
        /// Known records that are as before.
        restored: usize,
        kept: usize,
    },
    /// Why a record was left as it is: who changed it, or that others need it.
    KeptBy(&'a str),
    KeptNeeded,
    /// The question before the choices for a file are lost.
    AskLeave,
    LeaveMeans,
    /// Where to look whether a file was imported.
    LookInList,
}
