//! Copies a company from one database to another, from the command line or the set-up wizard.

use super::database::Tries;
pub use crate::storage::copy::{Copied, CopiedTable};
use crate::{
    domain::{Error, address::ServerAddress, error::ConnectionProblem},
    storage::{
        Db, DbError, Target,
        copy::{self, CopyFailure},
        grants,
    },
};

/// Which of the two databases an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Source,
    Target,
}

/// Copies the company at `from` into the database at `to`, which is created if the account may do
/// that and has to be empty. `again` replaces what an unfinished copy has left there. `told` is called
/// with the rows done and their total. Returns, for a server, also the statements that its
/// administrator then has to run.
pub fn copy(
    (from_address, to_address): (&str, &str),
    again: bool,
    mut told: impl FnMut(u64, u64),
) -> Result<(Copied, Vec<String>), (Side, Error)> {
    let of = |side| move |problem| (side, Error::Unavailable(problem));
    let parse = |address, side| Target::parse(address).map_err(of(side));
    let (from, to) = (parse(from_address, Side::Source)?, parse(to_address, Side::Target)?);
    let mut source = Db::open(&from).map_err(of(Side::Source))?;
    let mut target = Db::create(&to).map_err(of(Side::Target))?;
    let mut tries = Tries::new();
    loop {
        let failure = match copy::copy(&mut source, &mut target, again, &mut told) {
            Ok(copied) => {
                let statements = match ServerAddress::parse(to_address) {
                    Some(server) => grants::after_copy(&mut target, &server.database)
                        .map_err(|failure| failed(Side::Target, failure, ConnectionProblem::CopyInDoubt))?,
                    None => Vec::new(),
                };
                return Ok((copied, statements));
            }
            // Somebody was saving, and had to be waited for too long. If not even the rollback got
            // through, the connection cannot be used again.
            Err(CopyFailure::Source(DbError::Retry)) if !source.is_lost() && tries.again() => continue,
            Err(failure) => failure,
        };
        let unavailable = |side, problem| (side, Error::Unavailable(problem));
        return Err(match failure {
            CopyFailure::Source(DbError::Retry | DbError::Unavailable(ConnectionProblem::Timeout)) => {
                unavailable(Side::Source, ConnectionProblem::SourceBusy)
            }
            // Somebody else has locked it, or has the right to change its tables.
            CopyFailure::Target(DbError::Retry | DbError::Unavailable(ConnectionProblem::Timeout)) => {
                unavailable(Side::Target, ConnectionProblem::BeingMade)
            }
            CopyFailure::Target(DbError::CommitUnknown) => unavailable(Side::Target, ConnectionProblem::CopyInDoubt),
            CopyFailure::Source(failure) => failed(Side::Source, failure, ConnectionProblem::CopyCutOff),
            CopyFailure::Target(failure) => {
                failed(Side::Target, grants::of_set_up(&mut target, failure), ConnectionProblem::CopyCutOff)
            }
        });
    }
}

/// An error of one side; `lost` is what the loss of the connection means.
fn failed(side: Side, failure: DbError, lost: ConnectionProblem) -> (Side, Error) {
    match failure {
        DbError::Unavailable(ConnectionProblem::Lost) | DbError::CommitUnknown => (side, Error::Unavailable(lost)),
        other => (side, other.into()),
    }
}
