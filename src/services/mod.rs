//! Floor 2: what the program can do. Every action is a [`Request`];
//! [`Services::execute`] is the only way to the data, and nothing else writes.
//!
//! A write is one transaction: fence (the actor is still who they were at sign-in),
//! load, right with ownership, rules, versioned write, audit row, commit.

mod auth;
mod bulk;
mod call;
mod clients;
mod contracts;
pub mod demo;
mod events;
pub mod export;
pub mod figures;
mod reads;
pub mod request;
mod scale;
mod setup;
pub use setup::{Examined, examine};
pub mod upkeep;
mod users;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

pub use request::{
    Assigned, CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, HandOver, Home, HomeLine,
    Marked, Missed, Reply, Request, SetUp, UserDetail,
};

use crate::{
    domain::{
        error::{ConnectionProblem, Error, FieldErrors, Problem, Reference, SignedOutBecause},
        session::{Moment, Session, random_id},
    },
    storage::{self, Db, Failure, Target, migrate::Level},
};
use auth::Hasher;
use call::{Call, Done, Stop};

/// The data, and how to reach it again when the connection was lost.
pub struct Services {
    target: Target,
    db: Option<Db>,
    /// The name of this machine, for the audit log.
    host: String,
    hasher: Hasher,
    /// Where exports are written.
    exports: PathBuf,
}

/// How often, and how long, something is tried that the database was in no state to do: a
/// transaction that it chose as a victim, a connection that it has closed.
struct Tries {
    done: u32,
    begun: Instant,
}

impl Tries {
    const MOST: u32 = 6;
    /// Nobody is kept waiting for another try after this.
    const LONGEST: Duration = Duration::from_secs(8);

    fn new() -> Self {
        Self { done: 1, begun: Instant::now() }
    }

    /// Whether there is another try; lets the others go first, longer each time: a node of a
    /// cluster may be a while behind with what another one has committed.
    fn again(&mut self) -> bool {
        let again = self.done < Self::MOST && self.begun.elapsed() < Self::LONGEST;
        if again {
            std::thread::sleep(Duration::from_millis(20 << self.done));
            self.done += 1;
        }
        again
    }
}

impl Services {
    /// Services on this database; it is connected to by the first request.
    /// `bcrypt_cost` is 12 but in tests.
    pub fn new(target: Target, host: String, bcrypt_cost: u32) -> Self {
        Self { target, db: None, host, hasher: Hasher::new(bcrypt_cost), exports: PathBuf::from(".") }
    }

    /// Exports go to this folder; to the working folder unless this is said. `{username}` in
    /// it is whoever asks, so that people who share a computer have a folder each.
    #[must_use]
    pub fn exporting_to(self, folder: PathBuf) -> Self {
        Self { exports: folder, ..self }
    }

    /// Connects, and finds out whether there is a company of this program's time.
    pub fn connect(&mut self) -> Result<(), Error> {
        self.db().map(drop)
    }

    /// Does what is asked, on behalf of `session`, or says why not. A refusal leaves one
    /// row in the audit log and nothing else.
    pub fn execute(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        // A heartbeat comes again by itself, and must not keep others waiting twice.
        if matches!(request, Request::Heartbeat) {
            return self.attempt(session, request, now);
        }
        // A connection that was lost while nothing was asked (the server was started anew, or
        // keeps more than it wants to) is no reason to bother anybody: what is lost before
        // COMMIT is not done.
        let mut tries = Tries::new();
        loop {
            match self.attempt(session, request, now) {
                Err(Error::Unavailable(ConnectionProblem::Lost)) if self.db.is_none() && tries.again() => {}
                answer => return answer,
            }
        }
    }

    fn attempt(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        let answer = match request {
            Request::TestConnection { url } => return setup::test_connection(url),
            Request::SetUp(plan) => return self.set_up(plan, now),
            Request::SignIn { login, password } => {
                let (db, auth) = self.auth(now)?;
                auth.sign_in(db, login, password)
            }
            Request::Confirm { password } => {
                let session = session.ok_or(Error::SignedOut(SignedOutBecause::NotSignedIn))?;
                let (db, auth) = self.auth(now)?;
                auth.confirm(db, session, password)
            }
            _ => self.act(session, request, now),
        };
        if self.is_lost() {
            self.db = None;
        }
        answer
    }

    /// An action of somebody who is signed in.
    fn act(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        let operation = random_id();
        let answer = match session {
            Some(session) if let Request::Export { what, format } = request => {
                self.export(session, request, (what, *format), &operation, now)
            }
            Some(session) if request.writes() => self.write(session, request, &operation, now),
            Some(session) => self.read(session, request, now),
            None => Err(Error::SignedOut(SignedOutBecause::NotSignedIn)),
        };
        if let Err(error @ (Error::Denied(_) | Error::SignedOut(_))) = &answer
            && !matches!(request, Request::Heartbeat)
        {
            self.note_refusal(session, request, error, &operation, now);
        }
        answer
    }

    /// A page of a list comes with one question when the session's right is what it was, which
    /// the question itself makes sure of. No rows may also mean that it is not.
    fn read(&mut self, session: &Session, request: &Request, now: Moment) -> Result<Reply, Error> {
        let db = self.db()?;
        if let Some(call) = Call::provided(session, request, now) {
            let reply = reads::answer(db, &call, request).map_err(internal)?;
            if !reply.is_nothing() {
                return Ok(reply);
            }
        }
        Call::for_reading(db, session, request, now)
            .and_then(|call| reads::answer(db, &call, request))
            .map_err(internal)
    }

    fn write(&mut self, session: &Session, request: &Request, operation: &str, now: Moment) -> Result<Reply, Error> {
        let secret = self.prepare(session, request, now)?;
        let mut in_doubt = false;
        let mut done: Option<Done> = None;
        let mut tries = Tries::new();
        loop {
            let host = self.host.clone();
            let db = match self.db() {
                Err(_) if in_doubt => return Err(Error::OutcomeUnknown),
                other => other?,
            };
            let committed = db.transact(|db| {
                let call = Call::for_writing(db, session, request, now)?;
                // The first try holds the fence until it is done or gone: what the log
                // says now is final, and its reply still stands.
                if in_doubt && storage::audit::was_done(db, operation)? {
                    return Ok(());
                }
                let work = dispatch(db, &call, request, secret.as_deref())?;
                call.require_password(request, &work)?;
                let author = call.author(&host, operation);
                storage::audit::add(db, &author, &work.entries, call.now)?;
                done = Some(work);
                Ok(())
            });
            match committed {
                Ok(()) => {
                    let work = done.ok_or(Error::OutcomeUnknown)?;
                    work.log(session);
                    return Ok(work.reply);
                }
                Err(Stop::Failure(Failure::Retry)) if tries.again() => {}
                Err(Stop::Failure(Failure::CommitUnknown)) if tries.again() => {
                    in_doubt = true;
                    self.db = None;
                }
                Err(Stop::Failure(Failure::CommitUnknown)) => return Err(Error::OutcomeUnknown),
                Err(_) if in_doubt && self.is_lost() => return Err(Error::OutcomeUnknown),
                Err(stop) => return Err(internal(stop)),
            }
        }
    }

    /// The file gets its name once the log says that it was made.
    fn export(
        &mut self,
        session: &Session,
        request: &Request,
        (what, format): (&export::What, export::Format),
        operation: &str,
        now: Moment,
    ) -> Result<Reply, Error> {
        let folder = self.exports.to_string_lossy().replace("{username}", &session.actor.username);
        let (folder, host) = (PathBuf::from(folder), self.host.clone());
        let db = self.db()?;
        let written = Call::for_reading(db, session, request, now)
            .and_then(|call| export::write(db, &call, what, format, &folder))
            .map_err(internal)?;
        let noted = db.transact(|db| {
            let call = Call::for_writing(db, session, request, now)?;
            let author = call.author(&host, operation);
            Ok::<_, Stop>(storage::audit::add(db, &author, std::slice::from_ref(&written.entry), call.now)?)
        });
        noted.map_err(internal)?;
        let rows = written.rows;
        Ok(Reply::Exported { rows, path: written.keep()? })
    }

    /// What takes long and needs no transaction: passwords are checked and hashed
    /// before the first row is locked.
    fn prepare(&mut self, session: &Session, request: &Request, now: Moment) -> Result<Option<String>, Error> {
        match request {
            Request::ChangeOwnPassword { current, new } => {
                let (db, auth) = self.auth(now)?;
                auth.check_current(db, session, current)?;
                Ok(self.hasher.hash(new))
            }
            Request::CreateUser { password, .. } | Request::ResetPassword { password, .. } => {
                Ok(self.hasher.hash(password))
            }
            _ => Ok(None),
        }
    }

    fn set_up(&mut self, plan: &SetUp, now: Moment) -> Result<Reply, Error> {
        let (target, db) = setup::set_up(plan, &self.hasher, &self.host, now)?;
        self.target = target;
        self.db = Some(db);
        Ok(Reply::IsSetUp)
    }

    fn auth(&mut self, now: Moment) -> Result<(&mut Db, auth::Auth<'_>), Error> {
        self.db()?;
        let db = self.db.as_mut().ok_or(Error::Unavailable(ConnectionProblem::Lost))?;
        Ok((db, auth::Auth { hasher: &self.hasher, host: &self.host, now }))
    }

    fn db(&mut self) -> Result<&mut Db, Error> {
        if self.is_lost() {
            self.db = None;
        }
        if self.db.is_none() {
            self.db = Some(open(&self.target)?);
        }
        self.db.as_mut().ok_or(Error::Unavailable(ConnectionProblem::Lost))
    }

    fn is_lost(&mut self) -> bool {
        self.db.as_mut().is_some_and(Db::is_lost)
    }

    /// One row for what was refused. When it cannot be written the log has it, and the
    /// refusal stands all the same.
    fn note_refusal(
        &mut self,
        session: Option<&Session>,
        request: &Request,
        error: &Error,
        operation: &str,
        now: Moment,
    ) {
        let host = self.host.clone();
        let entry = call::refusal(request, error);
        tracing::warn!(
            target: "epic_events::business",
            event = "action_refused",
            actor_id = session.map(|session| session.actor.id.0),
            what = %entry.name,
        );
        let author = call::author(session, &host, operation);
        let entries = [entry];
        let mut tries = Tries::new();
        loop {
            let noted = self
                .db()
                .map_err(Stop::from)
                .and_then(|db| Ok(db.transact(|db| storage::audit::add(db, &author, &entries, now.utc))?));
            match noted {
                Ok(()) => return,
                Err(Stop::Failure(Failure::Retry)) if tries.again() => {}
                Err(stop) => {
                    let error = internal(stop);
                    tracing::error!(%error, "a refusal could not be written to the audit log");
                    return;
                }
            }
        }
    }
}

/// Connects to a company's database. Tables of an older program are brought up to date
/// where that needs no administrator: in the embedded database.
fn open(target: &Target) -> Result<Db, Error> {
    let mut db = Db::open(target).map_err(Error::Unavailable)?;
    let mut level = || -> Result<(), Failure> {
        let unusable = |problem| Err(Failure::Unavailable(problem));
        match storage::migrate::level(&mut db)? {
            Level::Empty => return unusable(ConnectionProblem::NotSetUp),
            Level::Ahead => return unusable(ConnectionProblem::SchemaTooNew),
            Level::Behind if matches!(target, Target::Sqlite(_)) => storage::migrate::migrate(&mut db)?,
            Level::Behind => return unusable(ConnectionProblem::SchemaTooOld),
            Level::Current => {}
        }
        if storage::settings::is_set_up(&mut db)? { Ok(()) } else { unusable(ConnectionProblem::NotSetUp) }
    };
    level().map_err(|failure| internal(failure.into()))?;
    Ok(db)
}

/// The one place where requests that write meet what they do.
fn dispatch(db: &mut Db, call: &Call, request: &Request, hash: Option<&str>) -> Result<Done, Stop> {
    use Request as R;
    match request {
        R::CreateUser { draft, password } => users::create(db, call, draft, password, hash),
        R::UpdateUser { id, version, draft, heir } => users::update(db, call, (*id, *version), draft, *heir),
        R::DeactivateUser { id, version, heir } => users::deactivate(db, call, (*id, *version), *heir),
        R::ReactivateUser { id, version } => users::reactivate(db, call, (*id, *version)),
        R::ResetPassword { id, version, password } => users::reset_password(db, call, (*id, *version), password, hash),
        R::ChangeOwnPassword { current, new } => users::change_own_password(db, call, current, new, hash),
        R::CreateClient { draft, sales_contact } => clients::create(db, call, draft, *sales_contact),
        R::UpdateClient { id, version, draft } => clients::update(db, call, (*id, *version), draft),
        R::HandOverClients(hand_over) => clients::hand_over(db, call, hand_over),
        R::ArchiveClient { id, version } => clients::archive(db, call, (*id, *version)),
        R::RestoreClient { id, version } => clients::restore(db, call, (*id, *version)),
        R::CreateContract { client, draft } => contracts::create(db, call, *client, draft),
        R::UpdateContract { id, version, draft } => contracts::update(db, call, (*id, *version), draft),
        R::SignContract { id, version } => contracts::sign(db, call, (*id, *version)),
        R::ArchiveContract { id, version } => contracts::archive(db, call, (*id, *version)),
        R::RestoreContract { id, version } => contracts::restore(db, call, (*id, *version)),
        R::CreateEvent { contract, draft } => events::create(db, call, *contract, draft),
        R::UpdateEvent { id, version, draft } => events::update(db, call, (*id, *version), draft),
        R::SetStatus { id, version, status } => events::set_status(db, call, (*id, *version), *status),
        R::AssignSupport(assignments) => events::assign(db, call, assignments),
        R::ArchiveEvent { id, version } => events::archive(db, call, (*id, *version)),
        R::RestoreEvent { id, version } => events::restore(db, call, (*id, *version)),
        R::ArchiveAll(marked) => bulk::archive(db, call, marked),
        R::RestoreAll(marked) => bulk::restore(db, call, marked),
        R::UpdateSettings(settings) => setup::update_settings(db, call, settings),
        R::SignIn { .. }
        | R::Confirm { .. }
        | R::TestConnection { .. }
        | R::SetUp(_)
        | R::Heartbeat
        | R::Home
        | R::Figures
        | R::ListUsers(_)
        | R::ViewUser(_)
        | R::ListClients(_)
        | R::ViewClient(_)
        | R::ListContracts(_)
        | R::ViewContract(_)
        | R::ListEvents(_)
        | R::Calendar { .. }
        | R::ViewEvent(_)
        | R::PickSupport { .. }
        | R::PickUser { .. }
        | R::PickClient { .. }
        | R::PickContract { .. }
        | R::Search { .. }
        | R::ListAudit(_)
        | R::Export { .. }
        | R::ReadSettings => Err(Stop::from(Error::NotFound)),
    }
}

/// What stopped a request, for people; what the program did not expect goes to the log.
fn internal(stop: Stop) -> Error {
    match stop {
        Stop::Error(error) => error,
        Stop::Failure(Failure::NotFound) => Error::NotFound,
        Stop::Failure(Failure::Taken(field)) => Error::Invalid(FieldErrors::one(field, Problem::Taken)),
        Stop::Failure(Failure::Unavailable(problem)) => Error::Unavailable(problem),
        Stop::Failure(Failure::Retry) => Error::Unavailable(ConnectionProblem::Timeout),
        Stop::Failure(Failure::CommitUnknown) => Error::OutcomeUnknown,
        Stop::Failure(failure) => {
            let reference = random_id()[..8].to_uppercase();
            tracing::error!(reference, ?failure, "the database refused a statement");
            Error::Internal(Reference(reference))
        }
    }
}
