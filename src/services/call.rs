//! One request under way: who asks, how far their right reaches, what was done.

use chrono::NaiveDateTime;

use super::{HandOver, Marked, Reply, Request};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem, Reason, UserId,
        audit::{Auditable, Changes, Facts, RecordKind, Verb},
        error::{Conflict, ConnectionProblem, Reference, SignedOutBecause},
        event::Event,
        policy::{self, Permission, Reach},
        session::{Actor, Moment, Session, random_id},
        settings::{Reauth, Settings},
        user::Role,
    },
    storage::{
        self, Current, Db, Failure, Held, Scope, Standing, Versioned, Viewer,
        audit::{Author, Entry},
        standing::Ground,
    },
};

/// How long a password that was given again counts, in milliseconds.
const GRACE: u64 = 5 * 60 * 1000;

/// Why a request stops: something for the person, or something of the database.
#[derive(Debug)]
pub(super) enum Stop {
    Error(Error),
    Failure(Failure),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Error(Error::Denied(reason))
    }
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Error(error) => error,
            Stop::Failure(failure) => failure.into(),
        }
    }
}

/// In words for people; what the program did not expect goes to the log.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::NotFound,
            Failure::Taken(field) => Self::Invalid(FieldErrors::one(field, Problem::Taken)),
            Failure::Unavailable(problem) => Self::Unavailable(problem),
            Failure::Retry => Self::Unavailable(ConnectionProblem::Timeout),
            Failure::CommitUnknown => Self::OutcomeUnknown,
            Failure::Constraint(_) | Failure::Other(_) => {
                let reference = random_id()[..8].to_uppercase();
                tracing::error!(reference, ?failure, "the database refused a statement");
                Self::Internal(Reference(reference))
            }
        }
    }
}

/// What a write did: the answer, and an audit row for each record that it changed.
#[derive(Debug)]
pub(super) struct Done {
    pub reply: Reply,
    pub entries: Vec<Entry>,
}

impl Done {
    /// One record was written.
    pub fn saved(entry: Entry, version: i32) -> Self {
        let reply = Reply::Saved { kind: entry.kind, id: entry.id.unwrap_or_default(), version, undo: None };
        Self { reply, entries: vec![entry] }
    }

    /// One record was written, and this takes it back.
    pub fn undoable(entry: Entry, version: i32, by: Request) -> Self {
        let (kind, id) = (entry.kind, entry.id.unwrap_or_default());
        Self { reply: Reply::Saved { kind, id, version, undo: Some(Box::new(by)) }, entries: vec![entry] }
    }

    /// Nothing differed from what is stored, so nothing was written.
    pub fn unchanged<T: Auditable>(record: &T, version: i32) -> Self {
        Self { reply: Reply::Saved { kind: T::KIND, id: record.number(), version, undo: None }, entries: Vec::new() }
    }

    /// A line in the log for each entry; three kinds of them also go to Sentry.
    pub fn log(&self, session: &Session) {
        let actor = &session.actor;
        for entry in &self.entries {
            let event = match entry.verb {
                Verb::UserUpdated | Verb::UserDeactivated | Verb::UserReactivated | Verb::PasswordReset => {
                    "user_updated".to_owned()
                }
                other => other.to_string().replace('.', "_"),
            };
            tracing::info!(
                target: "epic_events::business",
                event,
                verb = %entry.verb,
                actor_id = actor.id.0,
                actor_role = %actor.role,
                record_type = %entry.kind,
                record_id = entry.id,
            );
        }
    }
}

/// Who asks, under which right and settings, when.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub session: &'a Session,
    /// As they are called now, which may not be what the session says.
    actor: Actor,
    pub reach: Reach,
    pub settings: Settings,
    /// What the right rests on, where it was not asked beforehand.
    pub provided: Option<Standing>,
    /// UTC.
    pub now: NaiveDateTime,
    /// The company's wall clock.
    pub wall: NaiveDateTime,
    ticks: u64,
}

impl<'a> Call<'a> {
    /// Holds the actor's row until the end of the transaction and reads their right. Where
    /// nothing has changed since the session heard of it, holding it has proven it.
    pub fn for_writing(db: &mut Db, session: &'a Session, request: &Request, now: Moment) -> Result<Self, Stop> {
        if let Some(standing) = Standing::of(session)
            && standing.fence(db, &session.actor.full_name)?
        {
            return Self::new(session, session.actor.clone(), session.settings.clone(), request, now);
        }
        if !storage::standing::fence(db, session)? {
            return Err(Error::SignedOut(SignedOutBecause::AccountChanged).into());
        }
        Self::for_reading(db, session, request, now)
    }

    /// Reads whether the actor is who they were at sign-in, and their right.
    pub fn for_reading(db: &mut Db, session: &'a Session, request: &Request, now: Moment) -> Result<Self, Stop> {
        let same = |ground: &Ground| session.is_of(ground.active, ground.role, ground.auth_epoch);
        let read = storage::standing::read(db, session.actor.id)?;
        let Some((ground, settings)) = read.filter(|(ground, _)| same(ground)) else {
            return Err(Error::SignedOut(SignedOutBecause::AccountChanged).into());
        };
        let harmless =
            matches!(request, Request::ChangeOwnPassword { .. } | Request::Heartbeat | Request::ReadSettings);
        if ground.must_change_password && !harmless {
            return Err(Reason::ChangePasswordFirst.into());
        }
        let actor = Actor { full_name: ground.full_name, ..session.actor.clone() };
        Self::new(session, actor, settings, request, now)
    }

    /// The right as the session knows it, for a page that is fetched only where that holds.
    pub fn provided(session: &'a Session, request: &Request, now: Moment) -> Option<Self> {
        let standing = Standing::of(session).filter(|_| request.lists())?;
        let call = Self::new(session, session.actor.clone(), session.settings.clone(), request, now).ok()?;
        Some(Self { provided: Some(standing), ..call })
    }

    fn new(
        session: &'a Session,
        actor: Actor,
        settings: Settings,
        request: &Request,
        now: Moment,
    ) -> Result<Self, Stop> {
        let reach = match request.permission() {
            None => Reach::Own,
            Some(permission) => right(permission, actor.role, &settings)?,
        };
        let wall = settings.wall_clock(now.utc);
        Ok(Self { session, actor, reach, settings, provided: None, now: now.utc, wall, ticks: now.ticks })
    }

    /// Whose name is on it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The id of whoever asks.
    pub fn me(&self) -> UserId {
        self.actor.id
    }

    /// Which records the right to see them covers.
    pub fn scope(&self) -> Scope {
        match (self.reach, self.actor().role) {
            (Reach::Any, _) | (_, Role::Management) => Scope::All,
            (Reach::Own, Role::Sales) => Scope::Sales(self.me()),
            (Reach::Own, Role::Support) => Scope::Support(self.me()),
        }
    }

    /// Whose eyes a page is for.
    pub fn viewer(&self) -> Viewer {
        Viewer { scope: self.scope(), me: self.me(), provided: self.provided }
    }

    /// Refuses when the right is for my own clients only and this is not one.
    pub fn owns_client_of(&self, sales_contact: UserId) -> Result<(), Stop> {
        self.owns(sales_contact == self.me(), Reason::NotYourClient)
    }

    /// Refuses when the right is for my own events only and this is not one.
    pub fn owns_event(&self, event: &Event) -> Result<(), Stop> {
        self.owns(event.support_id == Some(self.me()), Reason::NotYourEvent)
    }

    /// Whether giving the record to this person takes back what this session did to it last.
    pub fn takes_back<T: Auditable>(
        &self,
        db: &mut Db,
        record: &T,
        verb: Verb,
        to: Option<UserId>,
    ) -> Result<bool, Stop> {
        if self.reach == Reach::Any || to != Some(self.me()) {
            return Ok(false);
        }
        let last = storage::audit::last_change(db, T::KIND, record.number())?;
        Ok(last.is_some_and(|last| policy::gave_away(self.session, verb, &last)))
    }

    fn owns(&self, mine: bool, reason: Reason) -> Result<(), Stop> {
        if mine || self.reach == Reach::Any { Ok(()) } else { Err(reason.into()) }
    }

    /// Refuses a sensitive write until the password was given again. Comes after the
    /// rules, so that nobody types it for nothing.
    pub fn require_password(&self, request: &Request, done: &Done) -> Result<(), Stop> {
        let role_change = |entry: &Entry| {
            entry.verb == Verb::UserUpdated && entry.changes.0.iter().any(|(field, ..)| *field == Field::Role)
        };
        let own_password = matches!(request, Request::ChangeOwnPassword { .. });
        let needed = match self.settings.reauth {
            Reauth::Never => false,
            _ if own_password || done.entries.is_empty() => false,
            Reauth::Always => true,
            Reauth::Sensitive => request.is_sensitive() || done.entries.iter().any(role_change),
        };
        let grace = match self.settings.reauth {
            // Long enough to send the request again, too short for a second one.
            Reauth::Always => 10_000,
            _ => GRACE,
        };
        let fresh = self.session.confirmed_at.is_some_and(|at| self.ticks.saturating_sub(at) <= grace);
        if needed && !fresh { Err(Error::PasswordNeeded.into()) } else { Ok(()) }
    }

    /// For the audit rows of this request.
    pub fn author<'b>(&'b self, host: &'b str, operation: &'b str) -> Author<'b> {
        Author { actor: Some(&self.actor), name: "", host, session: &self.session.id, operation }
    }
}

/// Whoever is signed in, by the name that they have now.
pub(super) fn named_now(db: &mut Db, session: &Session) -> Result<Actor, Failure> {
    let id = session.actor.id;
    let name = storage::users::names(db, &[id.0])?.remove(&id.0);
    Ok(Actor { full_name: name.unwrap_or_else(|| session.actor.full_name.clone()), ..session.actor.clone() })
}

/// How far the right reaches, or why there is none.
fn right(permission: Permission, role: Role, settings: &Settings) -> Result<Reach, Reason> {
    policy::reach(permission, role, settings).ok_or(if policy::depends_on_settings(permission, role) {
        Reason::Setting(permission)
    } else {
        Reason::Role(permission, role)
    })
}

/// The record to write to, when it still is as the person saw it.
pub(super) fn as_seen<T: Versioned>(db: &mut Db, held: Held<T>, version: i32) -> Result<Current<T>, Stop> {
    match held.of_version(version) {
        Ok(current) => Ok(current),
        Err(other) => Err(conflict(db, &other, other.version(), other.updated_at())?),
    }
}

/// The record was not as it was seen: what it is now, and who made it so.
pub(super) fn conflict<T: Auditable>(
    db: &mut Db,
    current: &T,
    version: i32,
    at: NaiveDateTime,
) -> Result<Stop, Failure> {
    let last = storage::audit::last_change(db, T::KIND, current.number())?;
    let (by, at) = last.map_or((String::new(), at), |row| (row.actor_name, row.at));
    Ok(Error::Conflict(Box::new(Conflict { version, theirs: current.facts(), by, at })).into())
}

/// An audit entry for what became of a record.
pub(super) fn changed<T: Auditable>(verb: Verb, name: &str, before: &T, after: &T) -> Entry {
    entry::<T>(verb, after.number(), name, before.facts().changes_to(&after.facts()))
}

/// An audit entry for a record that is new.
pub(super) fn created<T: Auditable>(verb: Verb, name: &str, after: &T) -> Entry {
    entry::<T>(verb, after.number(), name, Facts::default().changes_to(&after.facts()))
}

fn entry<T: Auditable>(verb: Verb, number: i64, name: &str, changes: Changes) -> Entry {
    Entry { verb, kind: T::KIND, id: Some(number), name: name.to_owned(), changes }
}

/// An audit entry for what was refused: which action, on which record, why.
pub(super) fn refusal(request: &Request, error: &Error) -> Entry {
    let why = match error {
        Error::Denied(Reason::Role(..)) => "role".to_owned(),
        Error::Denied(Reason::Setting(_)) => "setting".to_owned(),
        Error::Denied(reason) => format!("{reason:?}"),
        _ => "signed out".to_owned(),
    };
    let action = request.permission().map_or("session", Into::into);
    let (kind, id) = subject(request);
    Entry { verb: Verb::Refused, kind, id, name: format!("{action}: {why}"), changes: Changes::default() }
}

/// The record that a request is about.
fn subject(request: &Request) -> (RecordKind, Option<i64>) {
    use RecordKind as K;
    use Request as R;
    match request {
        R::ViewUser(id)
        | R::UpdateUser { id, .. }
        | R::DeactivateUser { id, .. }
        | R::ReactivateUser { id, .. }
        | R::ResetPassword { id, .. } => (K::User, Some(id.0)),
        R::ListUsers(_) | R::CreateUser { .. } | R::ChangeOwnPassword { .. } | R::PickUser { .. } => (K::User, None),
        R::ViewClient(id)
        | R::UpdateClient { id, .. }
        | R::ArchiveClient { id, .. }
        | R::RestoreClient { id, .. }
        | R::CreateContract { client: id, .. } => (K::Client, Some(id.0)),
        R::HandOverClients(HandOver { clients, .. }) => (K::Client, clients.first().map(|(id, _)| id.0)),
        R::ListClients(_) | R::CreateClient { .. } | R::PickClient { .. } => (K::Client, None),
        R::ViewContract(id)
        | R::UpdateContract { id, .. }
        | R::SignContract { id, .. }
        | R::ArchiveContract { id, .. }
        | R::RestoreContract { id, .. }
        | R::CreateEvent { contract: id, .. } => (K::Contract, Some(id.0)),
        R::ListContracts(_) | R::PickContract { .. } => (K::Contract, None),
        R::ViewEvent(id)
        | R::UpdateEvent { id, .. }
        | R::SetStatus { id, .. }
        | R::ArchiveEvent { id, .. }
        | R::RestoreEvent { id, .. } => (K::Event, Some(id.0)),
        R::ArchiveAll(marked) | R::RestoreAll(marked) => match marked {
            Marked::Clients(rows) => (K::Client, rows.first().map(|(id, _)| id.0)),
            Marked::Contracts(rows) => (K::Contract, rows.first().map(|(id, _)| id.0)),
            Marked::Events(rows) => (K::Event, rows.first().map(|(id, _)| id.0)),
        },
        R::AssignSupport(assignments) => (K::Event, assignments.first().map(|assignment| assignment.event.0)),
        R::PickSupport { events, .. } => (K::Event, events.first().map(|id| id.0)),
        R::ListEvents(_) | R::Calendar { .. } => (K::Event, None),
        R::ReadSettings | R::UpdateSettings(_) => (K::Settings, None),
        R::Export { what, .. } => (what.kind(), None),
        R::SignIn { .. }
        | R::Confirm { .. }
        | R::TestConnection { .. }
        | R::Migrate { .. }
        | R::SetUp(_)
        | R::Heartbeat
        | R::Home
        | R::Figures
        | R::Search { .. }
        | R::ListAudit(_) => (K::Session, None),
    }
}
