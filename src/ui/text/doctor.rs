//! The words of `epic-events doctor` beside its checks.

/// A label or a single word of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Label {
    /// The title of the folders.
    Folders,
    NotThere,
    /// The title of the settings.
    Settings,
    BuiltIn,
    /// The title of the database.
    Database,
    /// The title of the terminal.
    Screen,
    /// Where a setting comes from.
    CommandLine,
    Environment,
    System,
    /// The folder of the configuration.
    Config,
    Data,
    /// The folder of the log files and of each user's preferences.
    State,
    Exports,
    Address,
    Problem,
    Terminal,
    Size,
    Theme,
    Warning,
    Fault,
    Unknown,
    Nothing,
}
