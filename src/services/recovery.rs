//! A way back in from the command line when nobody can sign in who could reset a password. There is
//! no session: whoever may change the tables may do this.

use secrecy::SecretString;

use super::{auth::Hasher, context::ServiceError, database::Database, outcome};
use crate::{
    domain::{
        Error,
        audit::Verb,
        error::ConnectionProblem,
        password::{self, PasswordRules},
        session::{Moment, random_id},
        users::{Role, User},
    },
    storage::{
        self, Db, Target,
        audit::{Author, By},
        grants,
    },
};

/// Who runs the command: there is no signed-in user to name in the audit log.
#[derive(Debug, Clone, Copy)]
pub struct Operator<'a> {
    /// The account of the operating system.
    pub account: &'a str,
    /// The name of this machine.
    pub host: &'a str,
}

/// How resetting a password ended.
#[derive(Debug)]
pub enum PasswordReset {
    Done {
        full_name: String,
        username: String,
        password: SecretString,
        /// The account was deactivated, and is active again because no manager was.
        reactivated: bool,
    },
    NoAccount,
    /// The account of this name is deactivated, and a manager can reactivate it.
    Deactivated {
        full_name: String,
    },
}

/// Gives an account a temporary password, ends its sessions and its waiting time after failures. The
/// account of a deactivated manager is activated if no other manager is active.
///
/// Errors: `Unavailable(SetUpAccountNeeded)` over the everyday account of a server.
pub fn reset_password(
    address: &str,
    username: &str,
    operator: Operator,
    bcrypt_cost: u32,
    now: Moment,
) -> Result<PasswordReset, Error> {
    let mut database = Database::to(Target::parse(address).map_err(Error::Unavailable)?);
    if !grants::may_change_tables(database.db()?)? {
        return Err(Error::Unavailable(ConnectionProblem::SetUpAccountNeeded));
    }
    let settings = storage::settings::load(database.db()?)?;
    let min_length = settings.min_password_length.into();
    let rules = PasswordRules { min_length, username, company: &settings.company_name };
    let password = SecretString::from(password::speakable(&rules));
    let hash = Hasher::new(bcrypt_cost).hash(&password).unwrap_or_default();
    let (session, operation) = (random_id(), random_id());
    let done = database.write(&operation, |db, trail| {
        let done = reset(db, username, &hash, now)?;
        if let Reset::Done { before, after } = &done {
            let entry = outcome::changed(Verb::PasswordReset, &after.full_name, before, after);
            let Operator { account, host } = operator;
            let author = Author {
                by: By::Command { command: "administrator", name: account },
                host,
                session: &session,
                operation: &operation,
            };
            trail.add(db, &author, &[entry], now.utc)?;
        }
        Ok(done)
    });
    match done? {
        Reset::Done { before, after } => {
            let User { full_name, username, .. } = after;
            Ok(PasswordReset::Done { full_name, username, password, reactivated: !before.active })
        }
        Reset::Refused(why) => Ok(why),
    }
}

/// What happened to an account.
enum Reset {
    Done { before: User, after: User },
    Refused(PasswordReset),
}

fn reset(db: &mut Db, username: &str, hash: &str, now: Moment) -> Result<Reset, ServiceError> {
    // The number of managers stays as it is until the end of the transaction.
    storage::settings::lock(db)?;
    let Some(user) = storage::users::named_for_update(db, username)? else {
        return Ok(Reset::Refused(PasswordReset::NoAccount));
    };
    let user = user.as_it_is();
    let is_last_resort = user.role == Role::Management && storage::users::active_managers(db)? == 0;
    if is_last_resort {
        storage::users::set_active(db, &user, true, now.utc)?;
    } else if user.forbids_password().is_some() {
        return Ok(Reset::Refused(PasswordReset::Deactivated { full_name: user.full_name.clone() }));
    }
    storage::users::set_password(db, &user, hash, true, now.utc)?;
    let before = (*user).clone();
    Ok(Reset::Done { after: User { active: true, ..before.clone() }, before })
}
