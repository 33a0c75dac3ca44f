//! The service layer. Every action of a user is a [`Request`], which [`Services::execute`] carries
//! out. The actions of the command line, which has no session, are separate functions: set-up,
//! migrations, demos and maintenance ([`admin`]). Only `database` commits the writes of users;
//! set-up and demos commit what they create.
//!
//! A write is one transaction:
//!
//! 1. The user's row is locked, provided that their account has not changed since sign-in.
//! 2. The record's row is locked, and the rights table and the owner are checked (`write::load`).
//! 3. The business rules are checked, and that the record still has the version that the user saw.
//! 4. The record and its audit row are written.

mod account;
mod auth;
mod context;
mod database;
pub mod demo;
mod detail;
mod examine;
pub mod export;
pub mod figures;
mod format;
mod formula;
mod home;
pub mod import;
mod import_data;
mod importing;
mod new_file;
mod outcome;
pub mod paper;
mod print;
mod read;
mod reply;
mod request;
mod samples;
mod scale;
mod setup;
pub mod spreadsheet;
mod trail;
mod write;
pub use examine::{Examination, examine};
pub use setup::{Occupancy, found, migrate};
pub mod admin;
pub mod copy;
pub mod recovery;

use std::path::{Path, PathBuf};

pub use detail::{
    CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, PaymentDetail, UserDetail,
};
pub use home::{Home, HomeLine, Waiting};
pub use reply::{Assigned, Balance, Done, MergeSide, Merged, Migrated, Missed, Reply, Share};
pub use request::{
    CheckedAgainst, HandOver, Heirs, ImportRequest, Marked, Merge, ReadRequest, Request, SessionRequest, SetUp,
    Unmerge, WriteRequest,
};

use crate::{
    domain::{
        error::{ConnectionProblem, Error, SignInProblem, SignedOutBecause},
        session::{Moment, Session, random_id},
    },
    storage::{
        Db, Target,
        audit::{AuditEntry, Author},
    },
};
use auth::Hasher;
use context::{Needs, RequestContext, ServiceError};
use database::{Database, Tries};
use new_file::Written;
use setup::SetUpOutcome;

/// Executes requests over one connection.
pub struct Services {
    database: Database,
    /// The name of this machine, for the audit log.
    host: String,
    hasher: Hasher,
    /// Where exports are written.
    exports: PathBuf,
    /// The username of the only account that may sign in.
    user: Option<String>,
}

impl Services {
    /// Services on this database. The first request connects to it. `bcrypt_cost` is 12 except in
    /// tests.
    pub fn new(target: Target, host: String, bcrypt_cost: u32) -> Self {
        let (database, hasher) = (Database::to(target), Hasher::new(bcrypt_cost));
        Self { database, host, hasher, exports: PathBuf::from("."), user: None }
    }

    /// Sets the folder for exports, which is otherwise the working folder. `{username}` in it stands
    /// for the name of the signed-in user, so that users who share a computer have a folder each.
    #[must_use]
    pub fn exporting_to(self, folder: PathBuf) -> Self {
        Self { exports: folder, ..self }
    }

    /// Lets only the account with this username sign in, if one is named.
    #[must_use]
    pub fn for_user(self, user: Option<String>) -> Self {
        Self { user, ..self }
    }

    /// Connects to the database and checks that it contains a company whose tables match this
    /// program's version.
    pub fn connect(&mut self) -> Result<(), Error> {
        self.database.db().map(drop)
    }

    /// Executes a request on behalf of `session`. A refused request changes nothing and adds one row
    /// to the audit log.
    pub fn execute(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        // A heartbeat is not retried: the next one is sent anyway, and retries would delay the
        // requests that wait behind it.
        if request.is_heartbeat() {
            self.database.confirm_tables()?;
            return self.attempt(session, request, now);
        }
        // The server may have closed an idle connection, for example because it was restarted. The
        // request is then repeated on a new connection instead of showing an error. This is safe: a
        // transaction that fails with `Lost` was not committed.
        let mut tries = Tries::new();
        loop {
            match self.attempt(session, request, now) {
                Err(Error::Unavailable(ConnectionProblem::Lost)) if self.database.is_lost() && tries.again() => {}
                // The cause may be that another program has changed the tables; `confirm_tables` then
                // fails with an error that explains more. Not checked before sign-in, when there may
                // be no company yet.
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
            Request::Export { query, format } => signed_in().and_then(|session| {
                let write =
                    |db: &mut Db, ctx: &RequestContext, folder: &Path| export::write(db, ctx, query, *format, folder);
                let (path, told) = self.write_file(session, Needs::of_file(request), write, &operation, now)?;
                let export::Counts { rows, left_out, among_newest } = told;
                Ok(Reply::Exported { rows, left_out, among_newest, path })
            }),
            Request::Print { document, language, typeset } => signed_in().and_then(|session| {
                let set = (*document, *language, *typeset);
                let write = |db: &mut Db, ctx: &RequestContext, folder: &Path| print::write(db, ctx, set, folder);
                let (path, name) = self.write_file(session, Needs::of_file(request), write, &operation, now)?;
                Ok(Reply::Printed { name, path })
            }),
            Request::Import(asked) => signed_in().and_then(|session| self.import(session, request, asked, now)),
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
            SessionRequest::TestServer { url, embedded } => setup::test_server(url, embedded),
            SessionRequest::Copy { from, url, everyday } => {
                let outcome = setup::move_company(from, url, everyday)?;
                Ok(self.set_up_as(outcome))
            }
            SessionRequest::Migrate { url } => {
                let (database, migrated) = setup::migrated(url)?;
                self.database = database;
                Ok(Reply::Migrated(migrated))
            }
            SessionRequest::SetUp(plan) => {
                let outcome = setup::set_up(plan, &self.hasher, &self.host, now)?;
                Ok(self.set_up_as(outcome))
            }
            SessionRequest::SignIn { login, .. } if self.user.as_ref().is_some_and(|user| user != login) => {
                Err(Error::SignIn(SignInProblem::Wrong))
            }
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

    /// Works on the database that a set-up has made ready, if it has.
    fn set_up_as(&mut self, outcome: SetUpOutcome) -> Reply {
        match outcome {
            SetUpOutcome::Done { database, unguarded } => {
                self.database = database;
                Reply::IsSetUp { unguarded }
            }
            SetUpOutcome::NeedsAccount(statements) => Reply::AccountNeeded { statements },
        }
    }

    /// A page of a list is loaded with a single query that returns rows only while the user's
    /// account and the settings are as the session knows them. No rows can mean that the list is empty
    /// or that account or settings have changed, so the right is then read and the page loaded again.
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
        if let ReadRequest::KnownClients { like, except } = request
            && let Some(ctx) = RequestContext::guarded(session, request.into(), now)
            && let Some(known) = read::known_clients(db, &ctx, like, *except)?
        {
            return Ok(Reply::KnownClients(known));
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
        let outcome = self.database.write(operation, |db, trail| {
            let ctx = RequestContext::for_writing(db, session, request.into(), now)?;
            let outcome = write::dispatch(db, &ctx, request, hash.as_deref())?;
            ctx.require_password(request, &outcome)?;
            let author = ctx.author(&self.host, operation);
            trail.add(db, &author, &outcome.entries, ctx.now)?;
            Ok(outcome)
        })?;
        Ok(outcome.reply)
    }

    /// Writes a file for the user. It gets its final name after its audit row is committed. If the
    /// settings were changed while it was written, it is written again, since the user may now see
    /// fewer records.
    fn write_file<T>(
        &mut self,
        session: &Session,
        needs: Needs,
        write: impl Fn(&mut Db, &RequestContext, &Path) -> Result<Written<T>, ServiceError>,
        operation: &str,
        now: Moment,
    ) -> Result<(PathBuf, T), Error> {
        let folder = self.exports.to_string_lossy().replace("{username}", &session.actor.username);
        loop {
            let db = self.database.db()?;
            let ctx = RequestContext::for_reading(db, session, needs, now)?;
            let Written { file, entry, told } = write(db, &ctx, Path::new(&folder))?;
            let seen_under = ctx.settings.version;
            let is_noted = self.database.write(operation, |db, trail| {
                let ctx = RequestContext::for_writing(db, session, needs, now)?;
                if ctx.settings.version != seen_under {
                    return Ok(false);
                }
                let author = ctx.author(&self.host, operation);
                trail.add(db, &author, std::slice::from_ref(&entry), ctx.now)?;
                Ok(true)
            })?;
            if is_noted {
                return Ok((file.keep()?, told));
            }
        }
    }

    /// The slow part of a write, before the first row is locked: checks and hashes passwords, and
    /// returns the hash of the new one.
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

    /// Adds an audit row for a refused request. If that fails, the log file records it, and the
    /// request is refused all the same.
    fn note_refusal(
        &mut self,
        session: Option<&Session>,
        request: &Request,
        error: &Error,
        operation: &str,
        now: Moment,
    ) {
        let entry = context::refusal(request, error);
        let (entries, host) = ([entry], self.host.as_str());
        let noted = self.database.write(operation, |db, trail| {
            let actor = session.map(|session| context::named_now(db, session)).transpose()?;
            let session = session.map_or("", |session| session.id.as_str());
            let author = Author { by: actor.as_ref().into(), host, session, operation };
            Ok(trail.add(db, &author, &entries, now.utc)?)
        });
        if let Err(stop) = noted {
            let error = Error::from(stop);
            let actor_id = session.map(|session| session.actor.id.0);
            let [AuditEntry { name: what, .. }] = entries;
            tracing::error!(%error, actor_id, what, "a refusal could not be written to the audit log");
        }
    }
}
