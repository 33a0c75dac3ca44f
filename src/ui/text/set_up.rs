//! What the wizard says that sets up a company.

/// A phrase of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUpPhrase<'a> {
    Title,
    Language,
    Place,
    Server,
    /// The versions of the tables and of the program.
    Update((&'a str, &'a str)),
    Account,
    /// When the tables are there already.
    SummaryAgain,
    Statements,
    AccountNotReady,
    Company,
    Manager,
    Summary,
    Done,
    /// A company was copied to the server.
    Copied,
    /// A file on this computer can be used.
    KeptHere,
    /// The server of this name can be used.
    KeptOnServer(&'a str),
    /// The same, if the company of this computer was copied there before.
    CopiedBefore(&'a str),
    /// The server holds a company that is no copy of this computer's.
    CompanyThere,
    StatementsCopied,
    OnThisComputer,
    OnServer,
    TlsDefault,
    TlsVerify,
    TlsRequired,
    TlsOff,
    NextMeans,
    TestKey,
    UpdateKey,
    CreateKey,
    CopyKey,
    /// The company is copied; only the everyday account is missing.
    CheckKey,
    /// What can be done with the company of this computer, of this name.
    MoveMeans(&'a str),
    MoveCompany,
    NewCompany,
    /// Above what is going to be done.
    MoveSummary,
    /// The same after the company was copied.
    MoveSummaryAgain,
}
