//! Layer 2: what the program can do. Every action of a user is a [`Request`], and
//! [`Services::execute`] carries it out. What has no session has functions of its own: set-up,
//! migrations, demos and maintenance ([`admin`]). Only `database` commits the writes of users;
//! set-up and demos commit what they create.
//!
//! A write is one transaction:
//!
//! 1. The actor's row is locked, if they are still who they were at sign-in.
//! 2. The record's row is locked, and the rights table and the owner are checked (`write::load`).
//! 3. The rules are checked, and whether the record has the version that the user saw.
//! 4. The record and its audit row are written.

mod account;
mod auth;
mod context;
mod database;
pub mod demo;
pub mod export;
mod read;
mod reply;
mod request;
mod scale;
mod setup;
mod write;
pub use read::figures;
pub use setup::{Examined, Occupancy, examine, found, migrate};
pub mod admin;

use std::path::{Path, PathBuf};

pub use reply::{
    Assigned, CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, Home, HomeLine, Migrated,
    Missed, Reply, UserDetail,
};
pub use request::{HandOver, Marked, ReadRequest, Request, SessionRequest, SetUp, WriteRequest};

use crate::{
    domain::{
        entity::Query,
        error::{ConnectionProblem, Error, SignedOutBecause},
        policy::Permission,
        session::{Moment, Session, random_id},
    },
    storage::{self, Target, audit::Author},
};
use auth::Hasher;
use context::{Needs, RequestContext};
use database::{Database, Tries};

/// What the program can do, over one connection.
pub struct Services {
    database: Database,
    /// The name of this machine, for the audit log.
    host: String,
    hasher: Hasher,
    /// Where exports are written.
    exports: PathBuf,
}

impl Services {
    /// Services on this database; it is connected to by the first request.
    /// `bcrypt_cost` is 12 but in tests.
    pub fn new(target: Target, host: String, bcrypt_cost: u32) -> Self {
        Self { database: Database::to(target), host, hasher: Hasher::new(bcrypt_cost), exports: PathBuf::from(".") }
    }

    /// Exports go to this folder; to the working folder unless this is said. `{username}` in
    /// it is whoever asks, so that people who share a computer have a folder each.
    #[must_use]
    pub fn exporting_to(self, folder: PathBuf) -> Self {
        Self { exports: folder, ..self }
    }

    /// Connects, and finds out whether there is a company of this program's time.
    pub fn connect(&mut self) -> Result<(), Error> {
        self.database.db().map(drop)
    }

    /// Does what is asked, on behalf of `session`, or says why not. A refusal leaves one
    /// row in the audit log and nothing else.
    pub fn execute(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        // A heartbeat comes again by itself, and must not keep others waiting twice.
        if request.is_heartbeat() {
            self.database.confirm_tables()?;
            return self.attempt(session, request, now);
        }
        // A connection that was lost while nothing was asked (the server was started anew, or
        // keeps more than it wants to) is no reason to bother anybody: what is lost before
        // COMMIT is not done.
        let mut tries = Tries::new();
        loop {
            match self.attempt(session, request, now) {
                Err(Error::Unavailable(ConnectionProblem::Lost)) if self.database.is_lost() && tries.again() => {}
                // Another program may have changed the tables of the company that somebody is signed
                // in to, which says more. Before sign-in there may be no company yet.
                Err(error @ Error::Internal(_)) if session.is_some() => {
                    self.database.confirm_tables()?;
                    return Err(error);
                }
                answer => return answer,
            }
        }
    }

    fn attempt(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        let signed_in = || session.ok_or(Error::SignedOut(SignedOutBecause::NotSignedIn));
        let operation = random_id();
        let reply = match request {
            Request::Session(asked) => return self.answer_session(session, asked, now),
            Request::Read(read) => signed_in().and_then(|session| self.read(session, read, now)),
            Request::Write(write) => signed_in().and_then(|session| self.write(session, write, &operation, now)),
            Request::Export { query, format } => {
                signed_in().and_then(|session| self.export(session, (query, *format), &operation, now))
            }
        };
        if let Err(error @ (Error::Denied(_) | Error::SignedOut(_))) = &reply {
            self.note_refusal(session, request, error, &operation, now);
        }
        reply
    }

    fn answer_session(
        &mut self,
        session: Option<&Session>,
        request: &SessionRequest,
        now: Moment,
    ) -> Result<Reply, Error> {
        let signed_in = || session.ok_or(Error::SignedOut(SignedOutBecause::NotSignedIn));
        match request {
            SessionRequest::TestConnection { url } => setup::test_connection(url),
            SessionRequest::Migrate { url } => {
                let (database, migrated) = setup::migrated(url)?;
                self.database = database;
                Ok(Reply::Migrated(migrated))
            }
            SessionRequest::SetUp(plan) => match setup::set_up(plan, &self.hasher, &self.host, now)? {
                setup::Outcome::Done { database, unguarded } => {
                    self.database = database;
                    Ok(Reply::IsSetUp { unguarded })
                }
                setup::Outcome::NeedsAccount(statements) => Ok(Reply::AccountNeeded { statements }),
            },
            SessionRequest::SignIn { login, password } => {
                let (database, auth) = self.auth(now);
                auth.sign_in(database, login, password)
            }
            SessionRequest::Confirm { password } => {
                let session = signed_in()?;
                let (database, auth) = self.auth(now);
                auth.confirm(database, session, password)
            }
            SessionRequest::Heartbeat => {
                let ctx = RequestContext::for_reading(self.database.db()?, signed_in()?, Needs::NOTHING, now)?;
                let full_name = ctx.actor().full_name.clone();
                Ok(Reply::Alive { settings: Box::new(ctx.settings), full_name })
            }
        }
    }

    /// A page of a list comes with one query when the session's right is what it was, which the
    /// query itself makes sure of. No rows may also mean that it is not.
    fn read(&mut self, session: &Session, request: &ReadRequest, now: Moment) -> Result<Reply, Error> {
        let db = self.database.db()?;
        if let ReadRequest::List(query) = request
            && let Some(ctx) = RequestContext::guarded(session, request.into(), now)
        {
            let page = read::list(db, &ctx, query)?;
            if !page.is_nothing() {
                return Ok(Reply::Page(page));
            }
        }
        let ctx = RequestContext::for_reading(db, session, request.into(), now)?;
        Ok(read::answer(db, &ctx, request)?)
    }

    fn write(
        &mut self,
        session: &Session,
        request: &WriteRequest,
        operation: &str,
        now: Moment,
    ) -> Result<Reply, Error> {
        let hash = self.prepare(session, request, now)?;
        let outcome = self.database.write(operation, |db| {
            let ctx = RequestContext::for_writing(db, session, request.into(), now)?;
            let outcome = write::dispatch(db, &ctx, request, hash.as_deref())?;
            ctx.require_password(request, &outcome)?;
            let author = ctx.author(&self.host, operation);
            storage::audit::add(db, &author, &outcome.entries, ctx.now)?;
            Ok(outcome)
        })?;
        outcome.log(session);
        Ok(outcome.reply)
    }

    /// The file gets its name once the log says that it was made. Where the settings were changed
    /// while it was written, somebody may see less than before: it is written anew.
    fn export(
        &mut self,
        session: &Session,
        (query, format): (&Query, export::Format),
        operation: &str,
        now: Moment,
    ) -> Result<Reply, Error> {
        let needs = Needs::right(Permission::to_see(query.kind()));
        let folder = self.exports.to_string_lossy().replace("{username}", &session.actor.username);
        loop {
            let db = self.database.db()?;
            let ctx = RequestContext::for_reading(db, session, needs, now)?;
            let written = export::write(db, &ctx, query, format, Path::new(&folder))?;
            let seen_under = ctx.settings.version;
            let is_noted = self.database.write(operation, |db| {
                let ctx = RequestContext::for_writing(db, session, needs, now)?;
                if ctx.settings.version != seen_under {
                    return Ok(false);
                }
                let author = ctx.author(&self.host, operation);
                storage::audit::add(db, &author, std::slice::from_ref(&written.entry), ctx.now)?;
                Ok(true)
            })?;
            if is_noted {
                let (rows, left_out, among_newest) = (written.rows, written.left_out, written.among_newest);
                return Ok(Reply::Exported { rows, left_out, among_newest, path: written.keep()? });
            }
        }
    }

    /// What takes long and needs no transaction: passwords are checked and hashed
    /// before the first row is locked.
    fn prepare(&mut self, session: &Session, request: &WriteRequest, now: Moment) -> Result<Option<String>, Error> {
        match request {
            WriteRequest::ChangeOwnPassword { current, new } => {
                let (database, auth) = self.auth(now);
                auth.check_current(database, session, current)?;
                Ok(self.hasher.hash(new))
            }
            WriteRequest::CreateUser { password, .. } | WriteRequest::ResetPassword { password, .. } => {
                Ok(self.hasher.hash(password))
            }
            _ => Ok(None),
        }
    }

    fn auth(&mut self, now: Moment) -> (&mut Database, auth::Auth<'_>) {
        (&mut self.database, auth::Auth { hasher: &self.hasher, host: &self.host, now })
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
        let entry = context::refusal(request, error);
        tracing::warn!(
            target: "epic_events::business",
            event = "action_refused",
            actor_id = session.map(|session| session.actor.id.0),
            what = %entry.name,
        );
        let (entries, host) = ([entry], self.host.as_str());
        let noted = self.database.write(operation, |db| {
            let actor = session.map(|session| context::named_now(db, session)).transpose()?;
            let session = session.map_or("", |session| session.id.as_str());
            let author = Author { actor: actor.as_ref(), name: "", host, session, operation };
            Ok(storage::audit::add(db, &author, &entries, now.utc)?)
        });
        if let Err(stop) = noted {
            let error = Error::from(stop);
            tracing::error!(%error, "a refusal could not be written to the audit log");
        }
    }
}
