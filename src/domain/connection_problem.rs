//! Why a database cannot be used.

/// From which version to which one tables are migrated, such as `0003` to `0004`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The last migration that was run on them; empty where there are no tables.
    pub from: String,
    /// The last migration that this program knows.
    pub to: String,
}

/// Why the database cannot be used. Every variant has a sentence on the screen that says what to
/// do. In the log it has its name and the missing right only: all else may name accounts or addresses.
#[derive(Debug, Clone, PartialEq, Eq, strum::Display)]
pub enum ConnectionProblem {
    /// The name of the server is not known.
    HostNotFound,
    /// The server exists, but refuses connections on this port.
    Refused,
    /// No response in time; the connection was abandoned.
    Timeout,
    /// The connection was lost; the next action tries again.
    Lost,
    /// The server does not accept this user with this password.
    AccessDenied,
    /// The same over a connection that is not encrypted, which some servers refuse with this error too.
    AccessDeniedInClear,
    /// The same without a password, which the address lacks.
    NoPassword,
    /// The server accepts encrypted connections only.
    EncryptionRequired,
    /// The server has no such database; set-up creates it if this user may.
    NoSuchDatabase,
    /// This user may not use this database, whether it exists or not.
    DatabaseDenied,
    /// The server does not offer TLS, which was requested.
    NoTls,
    /// The server's certificate is not trusted, has expired or names another host.
    BadCertificate,
    /// The file exists and is not a database.
    NotADatabase,
    /// The file or its folder cannot be read or written.
    NotAccessible,
    /// The database does not contain a company yet.
    NotSetUp,
    /// A newer program has migrated the tables.
    SchemaTooNew,
    /// An older program created the tables, and they have to be migrated.
    SchemaTooOld(Versions),
    /// The tables have to be migrated, and this account may not do that.
    MigrationDenied(Versions),
    /// Only the set-up account of the server may do this.
    SetUpAccountNeeded,
    /// This account lacks a right that the program needs; with the right, as the server names it.
    #[strum(to_string = "NotGranted: {0}")]
    NotGranted(String),
    /// The set-up account lacks a right, as the server names it; with the statement that gives it all of
    /// its rights.
    #[strum(to_string = "SetUpNotGranted: {right}")]
    SetUpNotGranted { right: String, grant: String },
    /// The account with whose rights the server's triggers run does not exist: saving fails.
    NoDefiner,
    /// The server has locked this account.
    AccountLocked,
    /// The file of the certificate authority cannot be read; with its path.
    AuthorityFile(String),
    /// The file of the certificate authority contains no certificate; with its path.
    NoCertificate(String),
    /// The address asks for a kind of encryption that does not exist; with its name.
    BadSslMode(String),
    /// The password in the address contains signs that have to be encoded there.
    PasswordNotEncoded {
        /// Each of these signs with its code, such as `# %23`.
        signs: String,
        /// The address without its password.
        shown: String,
    },
    /// The file to be restored does not exist; with its path.
    NoSuchFile(String),
    /// The nodes of the cluster that respond have lost contact with most others.
    NoMajority,
    /// Only the embedded database is backed up and restored by the program itself.
    NotEmbedded,
    /// A file of this name exists already.
    FileExists,
    /// The database file was removed, moved or replaced while the program had it open: saves would be lost.
    Moved,
    /// Another program has the database open.
    InUse,
    /// A file to be restored differs from the tables that this program's migrations create: the
    /// object of this name is unknown, different or missing.
    NotOurTables(String),
    /// A new company was to be created in a file that contains this table of another program.
    OtherProgram(String),
    /// The database holds a copy of a company that was not finished.
    UnfinishedCopy,
    /// Another copy into this database is under way, or a set-up of it.
    BeingMade,
    /// This program was held up while it changed the tables, and meanwhile somebody else began to, or
    /// made the database anew.
    TakenOver,
    /// The connection was lost before a copy was finished.
    CopyCutOff,
    /// The connection was lost at the end of a copy: nobody knows whether it is complete.
    CopyInDoubt,
    /// The company that was to be copied could not be locked against saves.
    SourceBusy,
    /// A company was to be copied into a database that contains this table already.
    NotEmpty(String),
    /// After a copy this table differs from the one that it was copied from.
    CopyDiffers(String),
    /// The file to be restored is the database itself.
    SameFile,
    /// The disk is full.
    DiskFull,
    /// The program does not understand the address; with the part that is wrong.
    BadAddress(String),
    /// Anything else, in the words of the server or of the system.
    Other(String),
}

impl ConnectionProblem {
    /// Whether the configuration is wrong, and not the database.
    pub fn is_of_the_address(&self) -> bool {
        use ConnectionProblem as P;
        matches!(
            self,
            P::BadAddress(_)
                | P::PasswordNotEncoded { .. }
                | P::AuthorityFile(_)
                | P::NoCertificate(_)
                | P::BadSslMode(_)
        )
    }
}
