//! The context of one request: user, right, settings, time.

use chrono::NaiveDateTime;

use super::{ReadRequest, Request, WriteRequest, outcome::WriteOutcome};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::{Auditable, Changes, Verb},
        clocks,
        error::{Conflict, ConnectionProblem, Reference, SignedOutBecause},
        policy::{self, Owner, Permission, Reach},
        session::{Actor, Moment, Session, random_id},
        settings::{Reauth, Settings},
        users::Role,
    },
    storage::{
        self, AuthGuard, Current, Db, DbError, ForUpdate, Scope, Versioned, Viewer,
        audit::{AuditEntry, Author, By},
        auth_guard::AccountState,
    },
};

/// How long a confirmation of the password is valid, in milliseconds.
const GRACE: u64 = 5 * 60 * 1000;

/// Why a request fails: an error for the user, or an error of the database.
#[derive(Debug)]
pub(super) enum ServiceError {
    Error(Error),
    DbError(DbError),
}

impl From<Error> for ServiceError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<DbError> for ServiceError {
    fn from(failure: DbError) -> Self {
        Self::DbError(failure)
    }
}

impl From<Reason> for ServiceError {
    fn from(reason: Reason) -> Self {
        Self::Error(Error::Denied(reason))
    }
}

impl From<ServiceError> for Error {
    fn from(stop: ServiceError) -> Self {
        match stop {
            ServiceError::Error(error) => error,
            ServiceError::DbError(failure) => failure.into(),
        }
    }
}

/// The error that the user sees. Details of an unexpected one are logged under a reference that the
/// user can report.
impl From<DbError> for Error {
    fn from(failure: DbError) -> Self {
        match failure {
            DbError::NotFound => Self::NotFound,
            DbError::Taken(field) => Self::Invalid(FieldErrors::one(field, Problem::Taken)),
            DbError::Unavailable(problem) => Self::Unavailable(problem),
            DbError::Retry => Self::Unavailable(ConnectionProblem::Timeout),
            DbError::CommitUnknown => Self::OutcomeUnknown,
            DbError::Constraint(_) | DbError::Other(_) => {
                let reference = random_id()[..8].to_uppercase();
                tracing::error!(reference, failure = %failure, "the database refused a statement");
                Self::Internal(Reference(reference))
            }
        }
    }
}

/// What a request requires of the session that sends it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// `None` if being signed in is enough.
    permission: Option<Permission>,
    /// Whether the request is allowed while the user still has a temporary password.
    before_password_change: bool,
}

impl Needs {
    /// Only that the session is valid.
    pub const NOTHING: Self = Self { permission: None, before_password_change: true };

    /// The right that a request needs which writes a file for the user.
    pub fn of_file(request: &Request) -> Self {
        Self { permission: request.permission(), before_password_change: false }
    }
}

impl From<&ReadRequest> for Needs {
    fn from(read: &ReadRequest) -> Self {
        Self { permission: read.permission(), before_password_change: matches!(read, ReadRequest::Settings) }
    }
}

impl From<&WriteRequest> for Needs {
    fn from(write: &WriteRequest) -> Self {
        let before_password_change = matches!(write, WriteRequest::ChangeOwnPassword { .. });
        Self { permission: Some(write.permission()), before_password_change }
    }
}

/// The user who sends a request, with their right, the settings and the time.
#[derive(Debug)]
pub(super) struct RequestContext<'a> {
    pub session: &'a Session,
    /// The user, with their current name, which may have changed since the session was refreshed.
    actor: Actor,
    /// What the request needs; `None` if being signed in is enough.
    permission: Option<Permission>,
    pub reach: Reach,
    pub settings: Settings,
    /// Set if the right was not read from the database: the query for a page then has to check that
    /// account and settings are unchanged.
    pub auth_guard: Option<AuthGuard>,
    /// UTC.
    pub now: NaiveDateTime,
    /// The company's wall clock.
    pub wall: NaiveDateTime,
    ticks: u64,
    /// Whether the records are read from a file: a company moves in with its history.
    imports: bool,
    /// Whether what is created from a file is archived in the same step.
    becomes_archived: bool,
}

impl<'a> RequestContext<'a> {
    /// Locks the user's row until the end of the transaction and determines their right. If account
    /// and settings are as the session knows them, the locking statement itself shows that, and
    /// nothing has to be read.
    pub fn for_writing(db: &mut Db, session: &'a Session, needs: Needs, now: Moment) -> Result<Self, ServiceError> {
        if let Some(guard) = AuthGuard::of(session)
            && guard.fence(db, &session.actor.full_name)?
        {
            return Self::new(session, session.actor.clone(), session.settings.clone(), needs, now);
        }
        if !storage::auth_guard::fence(db, session)? {
            return Err(Error::SignedOut(SignedOutBecause::AccountChanged).into());
        }
        Self::for_reading(db, session, needs, now)
    }

    /// Reads the user's account and the settings, and determines their right.
    ///
    /// Errors: `SignedOut` if the account has changed since sign-in; `Denied`.
    pub fn for_reading(db: &mut Db, session: &'a Session, needs: Needs, now: Moment) -> Result<Self, ServiceError> {
        let same = |account: &AccountState| session.is_of(account.active, account.role, account.auth_epoch);
        let read = storage::auth_guard::read(db, session.actor.id)?;
        let Some((account, settings)) = read.filter(|(account, _)| same(account)) else {
            return Err(Error::SignedOut(SignedOutBecause::AccountChanged).into());
        };
        if account.must_change_password && !needs.before_password_change {
            return Err(Reason::ChangePasswordFirst.into());
        }
        let actor = Actor { full_name: account.full_name, ..session.actor.clone() };
        Self::new(session, actor, settings, needs, now)
    }

    /// Takes the right from the session, without a query, for a page whose own query checks that the
    /// right still holds. `None` if the password is temporary or the session has no such right.
    pub fn guarded(session: &'a Session, needs: Needs, now: Moment) -> Option<Self> {
        let guard = AuthGuard::of(session)?;
        let ctx = Self::new(session, session.actor.clone(), session.settings.clone(), needs, now).ok()?;
        Some(Self { auth_guard: Some(guard), ..ctx })
    }

    fn new(
        session: &'a Session,
        actor: Actor,
        settings: Settings,
        needs: Needs,
        now: Moment,
    ) -> Result<Self, ServiceError> {
        let reach = match needs.permission {
            None => Reach::Own,
            Some(permission) => policy::right(permission, actor.role, &settings)?,
        };
        let (wall, permission) = (settings.wall_clock(now.utc), needs.permission);
        Ok(Self {
            session,
            actor,
            permission,
            reach,
            settings,
            auth_guard: None,
            now: now.utc,
            wall,
            ticks: now.ticks,
            imports: false,
            becomes_archived: false,
        })
    }

    /// The context of a request that is part of an import, with the right that this request needs. With
    /// `becomes_archived` the record is archived in the same step.
    ///
    /// Errors: `Denied`.
    pub fn of_import(&self, request: &WriteRequest, becomes_archived: bool) -> Result<Self, ServiceError> {
        let Self { session, actor, settings, now, wall, ticks, .. } = self;
        let permission = request.permission();
        let reach = policy::right(permission, actor.role, settings)?;
        let (actor, settings) = (actor.clone(), settings.clone());
        let (now, wall, ticks) = (*now, *wall, *ticks);
        Ok(Self {
            session,
            actor,
            permission: Some(permission),
            reach,
            settings,
            auth_guard: None,
            now,
            wall,
            ticks,
            imports: true,
            becomes_archived,
        })
    }

    /// The same context for planning an import.
    #[must_use]
    pub fn planning_import(self) -> Self {
        Self { imports: true, ..self }
    }

    /// The earliest start (wall clock) that a new event may have: now, except in an import.
    pub fn earliest_start(&self) -> NaiveDateTime {
        if self.imports { NaiveDateTime::MIN } else { self.wall }
    }

    /// Whether a payment may be what was paid before, as in an import.
    pub fn accepts_opening(&self) -> bool {
        self.imports
    }

    /// Whether a file may bring what this reason forbids in a form: below what is archived lie records that are archived
    /// too, and payments.
    pub fn is_history(&self, permission: Permission, reason: &Reason) -> bool {
        let is_archived = matches!(reason, Reason::Archived | Reason::ParentArchived);
        let belongs_there = match permission {
            Permission::CreateContract | Permission::CreateEvent => self.becomes_archived,
            Permission::RecordPayment | Permission::CancelPayment => true,
            _ => false,
        };
        self.imports && is_archived && belongs_there
    }

    /// The user who sends the request.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The id of the user who sends the request.
    pub fn me(&self) -> UserId {
        self.actor.id
    }

    /// Which records the user may see.
    pub fn scope(&self) -> Scope {
        match (self.reach, self.actor().role) {
            (Reach::Any, _) | (_, Role::Management) => Scope::All,
            (Reach::Own, Role::Sales) => Scope::Sales(self.me()),
            (Reach::Own, Role::Support) => Scope::Support(self.me()),
        }
    }

    /// The instant (UTC) of a wall-clock time in the company's time zone.
    pub fn utc(&self, wall: NaiveDateTime) -> NaiveDateTime {
        clocks::to_utc(wall, self.settings.time_zone)
    }

    /// Whether the user may see all clients, contracts and events, whatever right the request needs.
    pub fn sees_all(&self) -> bool {
        policy::reach(Permission::SeeRecords, self.actor().role, &self.settings) == Some(Reach::Any)
    }

    /// The user for whom a page is loaded.
    pub fn viewer(&self) -> Viewer {
        Viewer { scope: self.scope(), me: self.me(), auth_guard: self.auth_guard }
    }

    /// Refuses unless the request's permission reaches a record of this owner and the record's state
    /// allows it; `state` returns why it does not. A request without a permission reaches no record.
    pub fn check(&self, owner: Owner, state: impl FnOnce(Permission) -> Option<Reason>) -> Result<(), Error> {
        let permission = self.permission.ok_or(Error::NotFound)?;
        let forbids = state(permission).filter(|reason| !self.is_history(permission, reason));
        let refusal = policy::refusal(permission, &self.actor, &self.settings, owner, forbids);
        refusal.map_or(Ok(()), |reason| Err(Error::Denied(reason)))
    }

    /// Whether the record is being given back to the user, and its last change is that this session
    /// gave it away. The user may undo that, although they no longer own the record.
    pub fn takes_back<T: Auditable>(
        &self,
        db: &mut Db,
        record: &T,
        verb: Verb,
        to: Option<UserId>,
    ) -> Result<bool, ServiceError> {
        if self.reach == Reach::Any || to != Some(self.me()) {
            return Ok(false);
        }
        let last = storage::audit::last_change(db, T::SUBJECT, record.number())?;
        Ok(last.is_some_and(|last| policy::gave_away(self.session, verb, &last)))
    }

    /// Refuses a sensitive write unless the password was confirmed recently. Called after the rules
    /// are checked, so that users are not asked for the password in vain.
    pub fn require_password(&self, write: &WriteRequest, outcome: &WriteOutcome) -> Result<(), ServiceError> {
        let role_change = |entry: &AuditEntry| {
            entry.verb == Verb::UserUpdated && entry.changes.0.iter().any(|(field, ..)| *field == Field::Role)
        };
        if outcome.entries.is_empty() || matches!(write, WriteRequest::ChangeOwnPassword { .. }) {
            return Ok(());
        }
        self.confirmed(write.is_sensitive() || outcome.entries.iter().any(role_change))
    }

    /// Refuses a write unless the password was confirmed recently, if it has to be for a write that is sensitive
    /// or not.
    pub fn confirmed(&self, is_sensitive: bool) -> Result<(), ServiceError> {
        let needed = match self.settings.reauth {
            Reauth::Never => false,
            Reauth::Always => true,
            Reauth::Sensitive => is_sensitive,
        };
        let grace = match self.settings.reauth {
            // Long enough for sending the refused request again after the password was entered, but
            // too short for another one.
            Reauth::Always => 10_000,
            _ => GRACE,
        };
        let fresh = self.session.confirmed_at.is_some_and(|at| self.ticks.saturating_sub(at) <= grace);
        if needed && !fresh { Err(Error::PasswordNeeded.into()) } else { Ok(()) }
    }

    /// The author of the audit rows of this request.
    pub fn author<'b>(&'b self, host: &'b str, operation: &'b str) -> Author<'b> {
        Author { by: By::User(&self.actor), host, session: &self.session.id, operation }
    }
}

/// The signed-in user with their current name.
pub(super) fn named_now(db: &mut Db, session: &Session) -> Result<Actor, DbError> {
    let id = session.actor.id;
    let name = storage::users::names(db, &[id.0])?.remove(&id.0);
    Ok(Actor { full_name: name.unwrap_or_else(|| session.actor.full_name.clone()), ..session.actor.clone() })
}

/// Refuses with this reason, if there is one.
pub(super) fn refuse(reason: Option<Reason>) -> Result<(), ServiceError> {
    reason.map_or(Ok(()), |reason| Err(reason.into()))
}

/// The record to write to if it still has the version that the user saw; otherwise a conflict.
pub(super) fn as_seen<T: Versioned>(db: &mut Db, held: ForUpdate<T>, version: i32) -> Result<Current<T>, ServiceError> {
    match held.of_version(version) {
        Ok(current) => Ok(current),
        Err(other) => Err(conflict(db, &other, other.version(), other.updated_at())?),
    }
}

/// The error for a record that was changed since the user saw it: its current values, and who
/// changed it.
pub(super) fn conflict<T: Auditable>(
    db: &mut Db,
    current: &T,
    version: i32,
    at: NaiveDateTime,
) -> Result<ServiceError, DbError> {
    let last = storage::audit::last_change(db, T::SUBJECT, current.number())?;
    let (by, at) = last.map_or((String::new(), at), |row| (row.actor_name, row.at));
    Ok(Error::Conflict(Box::new(Conflict { version, theirs: current.audited_fields(), by, at })).into())
}

/// The audit entry for a refused request: which action, on which record, and why.
pub(super) fn refusal(request: &Request, error: &Error) -> AuditEntry {
    let why = match error {
        Error::Denied(Reason::Role(..)) => "role".to_owned(),
        Error::Denied(Reason::Setting(_)) => "setting".to_owned(),
        Error::Denied(Reason::NotActive { role, .. }) => format!("not active {role}"),
        Error::Denied(reason) => format!("{reason:?}"),
        _ => "signed out".to_owned(),
    };
    let action = request.permission().map_or("session", Into::into);
    let (subject, id) = request.subject();
    AuditEntry::new(Verb::Refused, subject, id, format!("{action}: {why}"), Changes::default())
}
