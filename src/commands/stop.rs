//! How the program ends early: an exit code and a sentence.

use std::io::Write;

use epic_events::{
    config,
    domain::{Error, language::Language},
    ui::text,
};

/// Exit codes, for scripts.
pub mod exit {
    pub const FINE: u8 = 0;
    pub const ERROR: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const DATABASE: u8 = 3;
    pub const AUTHENTICATION: u8 = 4;
    pub const CONFIGURATION: u8 = 5;

    /// Every exit code with its meaning, for the manual page.
    pub const ALL: [(u8, &str); 6] = [
        (FINE, "Nothing went wrong"),
        (
            ERROR,
            "An error that none of the other codes stands for: there is no terminal, the audit log was changed by hand",
        ),
        (USAGE, "The arguments are wrong, or a value is not accepted, such as a password that is too short"),
        (DATABASE, "The database cannot be reached or used, or it is not known whether something was saved"),
        (AUTHENTICATION, "The sign-in failed, or the session has ended"),
        (CONFIGURATION, "A file or a variable of the configuration cannot be used"),
    ];
}

/// Why the program ends early: the exit code, and a sentence for standard error.
pub struct Stop(pub u8, pub String);

/// Turns an error into its exit code and its sentence.
pub fn stop(language: Language, error: &Error) -> Stop {
    let code = match error {
        Error::Unavailable(problem) if problem.is_of_the_address() => exit::CONFIGURATION,
        Error::Unavailable(_) | Error::OutcomeUnknown => exit::DATABASE,
        Error::SignIn(_) | Error::SignedOut(_) => exit::AUTHENTICATION,
        Error::Invalid(_) => exit::USAGE,
        _ => exit::ERROR,
    };
    Stop(code, text::error(language, error))
}

/// An error in the configuration.
pub fn configuration(error: &config::Error) -> Stop {
    Stop(exit::CONFIGURATION, error.to_string())
}

/// Writes to standard output. It is no error if the reader has closed the pipe, as `head` does.
pub fn print(text: &[u8]) -> Result<(), Stop> {
    match std::io::stdout().write_all(text) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Stop(exit::ERROR, error.to_string())),
        _ => Ok(()),
    }
}
