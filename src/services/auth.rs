//! Passwords: hashing, sign-in, confirmation, and the delays that slow down guessing.

use std::{sync::OnceLock, time::Instant};

use chrono::{NaiveDateTime, TimeDelta};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Reply, context::ServiceError, database::Database};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem,
        audit::{Changes, Subject, Verb},
        entity::EntityKind,
        error::{ConnectionProblem, SignInProblem, SignedOutBecause},
        session::{Moment, Session, random_id},
    },
    storage::{
        self, DbError,
        audit::{AuditEntry, Author, By},
        users::{Account, UnknownLogin},
    },
};

/// Hashes and verifies with bcrypt at one cost.
pub(super) struct Hasher {
    cost: u32,
    /// The hash of a random text. It is verified if there is no account, so that the response takes
    /// as long as for a real one.
    decoy: OnceLock<String>,
}

impl Hasher {
    pub fn new(cost: u32) -> Self {
        Self { cost: cost.clamp(4, 31), decoy: OnceLock::new() }
    }

    /// The hash, or `None` if the password is too long to be hashed completely. The password rules
    /// refuse such a password with an explanation.
    pub fn hash(&self, password: &SecretString) -> Option<String> {
        bcrypt::non_truncating_hash(password.expose_secret(), self.cost).ok()
    }

    /// Whether this is the account's password. Takes the same time without an account.
    fn verify(&self, password: &SecretString, account: Option<&Account>) -> bool {
        let decoy = self.decoy.get_or_init(|| bcrypt::hash(random_id(), self.cost).unwrap_or_default());
        let hash = account.map_or(decoy, |account| &account.password_hash);
        let typed = password.expose_secret();
        let matches = bcrypt::non_truncating_verify(typed, hash).unwrap_or_else(|_| {
            // Too long to be the password of any account, but the check has to take the same time.
            let cut: Zeroizing<String> = Zeroizing::new(typed.chars().take(8).collect());
            bcrypt::verify(cut.as_str(), decoy).unwrap_or(false);
            false
        });
        matches && account.is_some()
    }

    fn is_outdated(&self, hash: &str) -> bool {
        hash.parse::<bcrypt::HashParts>().is_ok_and(|parts| parts.get_cost() < self.cost)
    }
}

/// The number of failures from which on the next attempt is delayed.
const FREE_FAILURES: i32 = 3;
/// The longest delay, in seconds.
const LONGEST_DELAY: i64 = 300;
/// Failures with names that have no account are forgotten after this many days.
const FORGET_DAYS: i64 = 2;

/// How long the next attempt is refused after this many failures: one second after the third,
/// doubled by each further one, up to [`LONGEST_DELAY`].
fn delay(failures: i32) -> TimeDelta {
    let doublings = u32::try_from(failures.saturating_sub(FREE_FAILURES)).unwrap_or(0);
    let seconds = if failures < FREE_FAILURES { 0 } else { (1_i64 << doublings.min(16)).min(LONGEST_DELAY) };
    TimeDelta::seconds(seconds)
}

/// The time until which the next attempt is refused, once the present one is counted too.
fn next_attempt(failures: i32, now: NaiveDateTime) -> NaiveDateTime {
    now + delay(failures.saturating_add(1))
}

/// The time until which an attempt is refused according to the database; `None` if it is allowed.
///
/// Another computer may have stored `until` while its clock was wrong by a day. So an attempt is
/// refused for at most the [`delay`] that belongs to this number of failures. The caller has to
/// store the shortened time, or else each attempt would start the delay again.
fn refused_until(until: NaiveDateTime, failures: i32, now: NaiveDateTime) -> Option<NaiveDateTime> {
    Some(until.min(now + delay(failures))).filter(|until| *until > now)
}

/// Sign-in and confirmation at one point in time.
pub(super) struct Auth<'a> {
    pub hasher: &'a Hasher,
    pub host: &'a str,
    pub now: Moment,
}

impl Auth<'_> {
    /// Signs a user in. The error and the time that it takes are the same for an unknown name, a
    /// wrong password and a deactivated account.
    pub fn sign_in(&self, database: &mut Database, login: &str, password: &SecretString) -> Result<Reply, Error> {
        let account = storage::users::by_login(database.db()?, login)?;
        // Queried for every name, so that known and unknown names cost the same number of round
        // trips.
        let unknown = UnknownLogin::hashed(&storage::settings::login_secret(database.db()?)?, login);
        let failures = storage::users::unknown_failures(database.db()?, &unknown)?;
        let session = random_id();
        let verdict = match &account {
            Some(account) => self.attempt(database, account, password),
            None => self.attempt_unknown(database, &unknown, failures, password),
        };
        let refused = match (verdict, &account) {
            (Ok(()), Some(account)) if account.active => {
                return self.welcome(database, account, session, password).map_err(|stop| match stop {
                    // The session was not handed out, so signing in again is harmless.
                    ServiceError::DbError(DbError::CommitUnknown) => Error::Unavailable(ConnectionProblem::Lost),
                    other => other.into(),
                });
            }
            (Ok(()), _) => SignInProblem::Wrong,
            (Err(Error::SignIn(problem)), _) => problem,
            (Err(other), _) => return Err(other),
        };
        self.note_failure(database, account.as_ref(), &session);
        Err(Error::SignIn(refused))
    }

    /// Checks the password of the signed-in user again. The confirmation counts from the end of
    /// this call, since the action that needs it cannot be sent earlier, however slow the server
    /// is.
    pub fn confirm(&self, database: &mut Database, session: &Session, password: &SecretString) -> Result<Reply, Error> {
        let begun = Instant::now();
        let account = self.current_account(database, session)?;
        match self.attempt(database, &account, password) {
            Ok(()) => {
                storage::users::forget_failures(database.db()?, account.id, None)?;
                let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(0);
                Ok(Reply::Confirmed { at: self.now.ticks + took })
            }
            Err(error) => {
                self.note_failure(database, Some(&account), &session.id);
                Err(error)
            }
        }
    }

    /// Checks the current password before it is replaced.
    pub fn check_current(
        &self,
        database: &mut Database,
        session: &Session,
        password: &SecretString,
    ) -> Result<(), Error> {
        self.confirm(database, session, password).map(drop).map_err(|error| match error {
            Error::SignIn(SignInProblem::Wrong) => {
                Error::Invalid(FieldErrors::one(Field::CurrentPassword, Problem::WrongPassword))
            }
            other => other,
        })
    }

    fn current_account(&self, database: &mut Database, session: &Session) -> Result<Account, Error> {
        let account = storage::users::account(database.db()?, session.actor.id)?;
        account
            .filter(|account| session.is_of(account.active, account.role, account.auth_epoch))
            .ok_or(Error::SignedOut(SignedOutBecause::AccountChanged))
    }

    /// Counts the attempt before checking the password, so that of parallel guesses no more are
    /// checked than the delays allow.
    fn attempt(&self, database: &mut Database, account: &Account, password: &SecretString) -> Result<(), Error> {
        let now = self.now.utc;
        if let Some(written) = account.retry_after
            && let Some(until) = refused_until(written, account.failed_logins, now)
        {
            if until < written {
                storage::users::shorten_refusal(database.db()?, account.id, written, until)?;
            }
            return Err(Error::SignIn(SignInProblem::Wait(seconds_until(until, now))));
        }
        let next = next_attempt(account.failed_logins, now);
        if !storage::users::count_attempt(database.db()?, account, Some(next))? {
            return Err(Error::SignIn(SignInProblem::Wait(1)));
        }
        if self.hasher.verify(password, Some(account)) { Ok(()) } else { Err(Error::SignIn(SignInProblem::Wrong)) }
    }

    /// Like [`Self::attempt`], for a name that has no account. `seen` holds its failures so far and
    /// the time until which attempts are refused.
    fn attempt_unknown(
        &self,
        database: &mut Database,
        key: &UnknownLogin,
        seen: Option<(i32, NaiveDateTime)>,
        password: &SecretString,
    ) -> Result<(), Error> {
        let now = self.now.utc;
        if let Some((failures, written)) = seen
            && let Some(until) = refused_until(written, failures, now)
        {
            if until < written {
                storage::users::shorten_unknown(database.db()?, key, written, until)?;
            }
            return Err(Error::SignIn(SignInProblem::Wait(seconds_until(until, now))));
        }
        let failures = seen.map(|(failures, _)| failures);
        let next = next_attempt(failures.unwrap_or(0), now);
        let forget = now - TimeDelta::days(FORGET_DAYS);
        if !storage::users::count_unknown(database.db()?, key, failures, next, forget)? {
            return Err(Error::SignIn(SignInProblem::Wait(1)));
        }
        self.hasher.verify(password, None);
        Err(Error::SignIn(SignInProblem::Wrong))
    }

    fn welcome(
        &self,
        database: &mut Database,
        account: &Account,
        id: String,
        password: &SecretString,
    ) -> Result<Reply, ServiceError> {
        let actor = account.actor();
        let rehashed = if self.hasher.is_outdated(&account.password_hash) { self.hasher.hash(password) } else { None };
        let entries = [AuditEntry::new(
            Verb::SignedIn,
            EntityKind::User.into(),
            Some(account.id.0),
            account.full_name.clone(),
            Changes::default(),
        )];
        let operation = random_id();
        let settings = database.write(&operation, |db, trail| {
            storage::users::forget_failures(db, account.id, Some(self.now.utc))?;
            if let Some(hash) = &rehashed {
                storage::users::rehash(db, account.id, &account.password_hash, hash)?;
            }
            let author = Author { by: By::User(&actor), host: self.host, session: &id, operation: &operation };
            trail.add(db, &author, &entries, self.now.utc)?;
            Ok(storage::settings::load(db)?)
        })?;
        Ok(Reply::SignedIn(Box::new(Session {
            id,
            actor,
            auth_epoch: account.auth_epoch,
            must_change_password: account.must_change_password,
            confirmed_at: None,
            settings,
        })))
    }

    /// Writes one audit row for a failed sign-in or confirmation. The row names the account, if
    /// there is one. The typed name is not stored, since users sometimes type their password there.
    fn note_failure(&self, database: &mut Database, account: Option<&Account>, session: &str) {
        let actor = account.map(Account::actor);
        let entries = [AuditEntry::new(
            Verb::SignInRefused,
            account.map_or(Subject::Session, |_| EntityKind::User.into()),
            account.map(|account| account.id.0),
            account.map(|account| account.full_name.clone()).unwrap_or_default(),
            Changes::default(),
        )];
        let operation = random_id();
        let author = Author { by: actor.as_ref().into(), host: self.host, session, operation: &operation };
        let noted = database.write(&operation, |db, trail| Ok(trail.add(db, &author, &entries, self.now.utc)?));
        if let Err(stop) = noted {
            let error = Error::from(stop);
            let actor_id = account.map(|account| account.id.0);
            tracing::error!(%error, actor_id, "a failed sign-in could not be written to the audit log");
        }
    }
}

/// The whole seconds until then, rounded up; at least 1.
fn seconds_until(until: NaiveDateTime, now: NaiveDateTime) -> u32 {
    let left = (until - now).num_milliseconds().max(1);
    u32::try_from((left + 999) / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_begin_with_the_third_failure_and_double_with_each_further_one() {
        let now = NaiveDateTime::default();
        let wait = |failures| (next_attempt(failures, now) - now).num_seconds();
        assert_eq!([0, 1, 2, 3, 4, 5, 40].map(wait), [0, 0, 1, 2, 4, 8, LONGEST_DELAY]);
    }

    #[test]
    fn the_remaining_wait_is_rounded_up_to_whole_seconds() {
        let now = NaiveDateTime::default();
        let told = |milliseconds| seconds_until(now + TimeDelta::milliseconds(milliseconds), now);
        assert_eq!([1, 1_000, 1_001].map(told), [1, 1, 2]);
    }

    #[test]
    fn an_attempt_is_refused_no_longer_than_its_number_of_failures_allows() {
        let now = NaiveDateTime::default();
        let after = |seconds| now + TimeDelta::seconds(seconds);
        for (written, failures, until) in [
            (0, 5, None),
            (-1, 5, None),
            (3, 5, Some(3)),
            (4, 5, Some(4)),
            (86_400, 5, Some(4)),
            (86_400, 2, None),
            (86_400, 3, Some(1)),
            (86_400, i32::MAX, Some(LONGEST_DELAY)),
        ] {
            assert_eq!(refused_until(after(written), failures, now), until.map(after), "{written} after {failures}");
        }
    }

    #[test]
    fn a_password_of_more_than_71_bytes_is_refused_rather_than_cut() {
        let hasher = Hasher::new(4);
        let longest = SecretString::from("x".repeat(71));
        assert!(hasher.hash(&longest).is_some());
        assert!(hasher.hash(&SecretString::from("x".repeat(72))).is_none());
    }
}
