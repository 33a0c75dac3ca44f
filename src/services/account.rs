//! The everyday account of a database server, which the configuration of every computer holds: the
//! set-up checks its rights, and creates it if the set-up account may do that.

use secrecy::{ExposeSecret, SecretString};

use super::context::ServiceError;
use crate::{
    domain::{Error, Field, FieldErrors, Problem, address::ServerAddress, error::ConnectionProblem},
    storage::{
        Db, Target,
        grants::{self, Account, Made, Rights},
    },
};

/// Makes sure that the account of this address has the rights that it needs and no others. `db` is
/// the connection of the set-up account. If that account may not create the everyday account or
/// grant its rights, returns the statements that an administrator has to run; they contain the
/// password.
///
/// Errors: `Invalid` with what is wrong with the account; `Unavailable`.
pub(super) fn ready(db: &mut Db, everyday: &SecretString) -> Result<Option<SecretString>, ServiceError> {
    let address = ServerAddress::parse(everyday.expose_secret())
        .ok_or_else(|| Error::Unavailable(ConnectionProblem::BadAddress(String::new())))?;
    let account = Account { database: &address.database, name: &address.user, password: &address.password };
    let made = match rights(everyday)? {
        Some(Rights::Right) => return Ok(None),
        Some(Rights::TooMany) => return Err(wrong(Field::EverydayUser, Problem::AccountTooMighty)),
        Some(Rights::TooFew) => account.give_rights(db)?,
        None => account.make(db)?,
    };
    match made {
        Made::Exists => return Err(wrong(Field::EverydayPassword, Problem::AccountExists)),
        Made::PasswordRefused => return Err(wrong(Field::EverydayPassword, Problem::PasswordRefused)),
        Made::NotAllowed => {}
        Made::Done => match rights(everyday)? {
            Some(Rights::Right) => return Ok(None),
            Some(Rights::TooMany) => return Err(wrong(Field::EverydayUser, Problem::AccountTooMighty)),
            Some(Rights::TooFew) | None => {}
        },
    }
    Ok(Some(SecretString::from(account.statements().join("\n"))))
}

/// The rights of the account; `None` if it does not exist or its password is wrong.
fn rights(everyday: &SecretString) -> Result<Option<Rights>, ServiceError> {
    let target = Target::parse(everyday.expose_secret()).map_err(Error::Unavailable)?;
    match Db::open(&target) {
        Ok(mut db) => Ok(Some(grants::rights(&mut db)?)),
        Err(
            ConnectionProblem::AccessDenied | ConnectionProblem::AccessDeniedInClear | ConnectionProblem::NoPassword,
        ) => Ok(None),
        // The account exists and has this password, but has no rights on this database yet.
        Err(ConnectionProblem::DatabaseDenied) => Ok(Some(Rights::TooFew)),
        Err(problem) => Err(ServiceError::from(Error::Unavailable(problem))),
    }
}

fn wrong(field: Field, problem: Problem) -> ServiceError {
    ServiceError::from(Error::Invalid(FieldErrors::one(field, problem)))
}
