//! The account of a server that stands in everybody's configuration: looked at, and made where
//! whoever sets up may do that.

use secrecy::{ExposeSecret, SecretString};

use super::call::Stop;
use crate::{
    domain::{Error, Field, FieldErrors, Problem, address::ServerAddress, error::ConnectionProblem},
    storage::{
        Db, Target,
        grants::{self, Account, Made, Rights},
    },
};

/// Sees to it that the account of this address can do what it has to and no more, with the
/// help of `db`, which is the set-up account's connection. The statements for the administrator
/// where that account may not help; they hold the password.
///
/// Errors: `Invalid` with what is wrong with the account; `Unavailable`.
pub(super) fn ready(db: &mut Db, everyday: &SecretString) -> Result<Option<SecretString>, Stop> {
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

/// What the account may do; nothing where it is not let in, or is not there.
fn rights(everyday: &SecretString) -> Result<Option<Rights>, Stop> {
    let target = Target::parse(everyday.expose_secret()).map_err(Error::Unavailable)?;
    match Db::open(&target) {
        Ok(mut db) => Ok(Some(grants::rights(&mut db)?)),
        Err(ConnectionProblem::AccessDenied) => Ok(None),
        // It is there, with this password, and may not use this database yet.
        Err(ConnectionProblem::DatabaseDenied) => Ok(Some(Rights::TooFew)),
        Err(problem) => Err(Stop::from(Error::Unavailable(problem))),
    }
}

fn wrong(field: Field, problem: Problem) -> Stop {
    Stop::from(Error::Invalid(FieldErrors::one(field, problem)))
}
