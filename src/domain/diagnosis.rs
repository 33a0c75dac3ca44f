//! What `doctor` looks at, and what it found.

use super::error::ConnectionProblem;

/// One thing that `doctor` looks at. Its name in the report for programs is stable; its words for
/// people are in `ui/text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Check {
    /// Whether the database can be opened with the configured address.
    Connection,
    /// Kind and version of the database server.
    Server,
    /// Whether the file of an embedded database is damaged anywhere.
    File,
    /// The last migration of the tables, and the last that the program knows.
    Tables,
    /// Whether the database contains a company.
    Company,
    /// Whether what is due of each contract follows from its payments; found only if it does not.
    AmountsDue,
    /// The encryption of the connection, and what is verified.
    Encryption,
    /// Rights that the program needs and the account lacks.
    MissingRights,
    /// Rights that the everyday account must not have.
    ExcessiveRights,
    /// The guards of the rules on a server.
    Triggers,
    /// The accounts with whose rights the triggers run.
    TriggerDefiner,
    /// The collations of the tables.
    CharacterSet,
    /// The SQL mode of the program's own connection.
    SqlMode,
    /// `innodb_flush_log_at_trx_commit`.
    FlushLogAtCommit,
    /// Whether the server writes a binary log.
    BinaryLog,
    /// `sync_binlog`.
    SyncBinlog,
    /// `binlog_expire_logs_seconds`: how far back a point in time can be restored.
    BinlogExpiry,
    /// `log_bin_trust_function_creators`, without which the set-up account cannot create triggers.
    TrustFunctionCreators,
    /// `wsrep_sync_wait`, on a cluster.
    WsrepSyncWait,
    /// How far the clocks of this computer and of the server differ.
    Clock,
    /// Whether this account may write to the file of an embedded database and beside it.
    Writable,
    /// The free space where the embedded database is.
    DatabaseSpace,
    /// A file that the configuration names, but that is neither used nor readable.
    UnusedFile,
    /// Whether log files can be written.
    LogFolder,
    /// The free space where the log files are.
    LogSpace,
}

/// What is wrong if a check finds a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Database,
    Configuration,
}

/// How what was found is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    Fine,
    /// The program works, but not as well as it could.
    Warning,
    /// The program does not work, or not all of it.
    Fault,
    /// Not known with this account.
    Unknown,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Text(String),
    /// The last migration of the tables, and the last that the program knows.
    Versions(String, String),
    /// Why the database cannot be opened.
    Problem(ConnectionProblem),
    /// The account is an administrator's of the server; its name.
    OfAdministrator(String),
    Yes,
    No,
    Nothing,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: Check,
    pub found: Found,
    pub verdict: Verdict,
    /// What mends it: statements for the server's administrator, or a command.
    pub mend: Vec<String>,
}

impl Finding {
    pub fn new(check: Check, found: Found, verdict: Verdict) -> Self {
        Self { check, found, verdict, mend: Vec::new() }
    }

    pub fn fine(check: Check, found: impl Into<String>) -> Self {
        Self::new(check, Found::Text(found.into()), Verdict::Fine)
    }

    /// What is wrong if this is a fault.
    pub fn class(&self) -> Class {
        match (self.check, &self.found) {
            (Check::UnusedFile | Check::LogFolder | Check::LogSpace, _) => Class::Configuration,
            (_, Found::Problem(problem)) if problem.is_of_the_address() => Class::Configuration,
            _ => Class::Database,
        }
    }

    /// The same with what mends it.
    pub fn mended_by(self, mend: Vec<String>) -> Self {
        Self { mend, ..self }
    }
}
