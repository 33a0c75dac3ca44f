//! Floor 2: what the program can do. Every action is a [`Request`];
//! [`Services::execute`] is the only way to the data, and nothing else writes.
//!
//! A write is one transaction: fence (the actor is still who they were at sign-in),
//! load, right with ownership, rules, versioned write, audit row, commit.

mod account;
mod auth;
mod bulk;
mod call;
mod candidates;
mod clients;
mod contracts;
pub mod demo;
mod events;
pub mod export;
pub mod figures;
mod link;
mod reads;
mod reply;
mod request;
mod scale;
mod setup;
pub use setup::{Examined, Occupancy, examine, found, migrate};
pub mod upkeep;
mod users;

use std::path::{Path, PathBuf};

pub use reply::{
    Assigned, CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, Home, HomeLine, Migrated,
    Missed, Reply, UserDetail,
};
pub use request::{HandOver, Marked, Request, SetUp};

use crate::{
    domain::{
        error::{ConnectionProblem, Error, SignedOutBecause},
        session::{Moment, Session, random_id},
    },
    storage::{self, Db, Target, audit::Author},
};
use auth::Hasher;
use call::{Call, Done, Stop};
use link::{Link, Tries};

/// What the program can do, over one connection.
pub struct Services {
    link: Link,
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
        Self { link: Link::to(target), host, hasher: Hasher::new(bcrypt_cost), exports: PathBuf::from(".") }
    }

    /// Exports go to this folder; to the working folder unless this is said. `{username}` in
    /// it is whoever asks, so that people who share a computer have a folder each.
    #[must_use]
    pub fn exporting_to(self, folder: PathBuf) -> Self {
        Self { exports: folder, ..self }
    }

    /// Connects, and finds out whether there is a company of this program's time.
    pub fn connect(&mut self) -> Result<(), Error> {
        self.link.db().map(drop)
    }

    /// Does what is asked, on behalf of `session`, or says why not. A refusal leaves one
    /// row in the audit log and nothing else.
    pub fn execute(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        // A heartbeat comes again by itself, and must not keep others waiting twice.
        if matches!(request, Request::Heartbeat) {
            self.link.confirm_tables()?;
            return self.attempt(session, request, now);
        }
        // A connection that was lost while nothing was asked (the server was started anew, or
        // keeps more than it wants to) is no reason to bother anybody: what is lost before
        // COMMIT is not done.
        let mut tries = Tries::new();
        loop {
            match self.attempt(session, request, now) {
                Err(Error::Unavailable(ConnectionProblem::Lost)) if self.link.is_lost() && tries.again() => {}
                // Another program may have changed the tables of the company that somebody is signed
                // in to, which says more. Before sign-in there may be no company yet.
                Err(error @ Error::Internal(_)) if session.is_some() => {
                    self.link.confirm_tables()?;
                    return Err(error);
                }
                answer => return answer,
            }
        }
    }

    fn attempt(&mut self, session: Option<&Session>, request: &Request, now: Moment) -> Result<Reply, Error> {
        match request {
            Request::TestConnection { url } => setup::test_connection(url),
            Request::Migrate { url } => {
                let (link, migrated) = setup::migrated(url)?;
                self.link = link;
                Ok(Reply::Migrated(migrated))
            }
            Request::SetUp(plan) => match setup::set_up(plan, &self.hasher, &self.host, now)? {
                setup::Outcome::Done { link, unguarded } => {
                    self.link = link;
                    Ok(Reply::IsSetUp { unguarded })
                }
                setup::Outcome::NeedsAccount(statements) => Ok(Reply::AccountNeeded { statements }),
            },
            Request::SignIn { login, password } => {
                let (link, auth) = self.auth(now);
                auth.sign_in(link, login, password)
            }
            Request::Confirm { password } => {
                let session = session.ok_or(Error::SignedOut(SignedOutBecause::NotSignedIn))?;
                let (link, auth) = self.auth(now);
                auth.confirm(link, session, password)
            }
            _ => self.act(session, request, now),
        }
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
        let db = self.link.db()?;
        if let Some(call) = Call::provided(session, request, now) {
            let reply = reads::answer(db, &call, request)?;
            if !reply.is_nothing() {
                return Ok(reply);
            }
        }
        let call = Call::for_reading(db, session, request, now)?;
        Ok(reads::answer(db, &call, request)?)
    }

    fn write(&mut self, session: &Session, request: &Request, operation: &str, now: Moment) -> Result<Reply, Error> {
        let secret = self.prepare(session, request, now)?;
        let work = self.link.write(operation, |db| {
            let call = Call::for_writing(db, session, request, now)?;
            let work = dispatch(db, &call, request, secret.as_deref())?;
            call.require_password(request, &work)?;
            let author = call.author(&self.host, operation);
            storage::audit::add(db, &author, &work.entries, call.now)?;
            Ok(work)
        })?;
        work.log(session);
        Ok(work.reply)
    }

    /// The file gets its name once the log says that it was made. Where the settings were changed
    /// while it was written, somebody may see less than before: it is written anew.
    fn export(
        &mut self,
        session: &Session,
        request: &Request,
        (what, format): (&export::What, export::Format),
        operation: &str,
        now: Moment,
    ) -> Result<Reply, Error> {
        let folder = self.exports.to_string_lossy().replace("{username}", &session.actor.username);
        loop {
            let db = self.link.db()?;
            let call = Call::for_reading(db, session, request, now)?;
            let written = export::write(db, &call, what, format, Path::new(&folder))?;
            let seen_under = call.settings.version;
            let is_noted = self.link.write(operation, |db| {
                let call = Call::for_writing(db, session, request, now)?;
                if call.settings.version != seen_under {
                    return Ok(false);
                }
                let author = call.author(&self.host, operation);
                storage::audit::add(db, &author, std::slice::from_ref(&written.entry), call.now)?;
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
    fn prepare(&mut self, session: &Session, request: &Request, now: Moment) -> Result<Option<String>, Error> {
        match request {
            Request::ChangeOwnPassword { current, new } => {
                let (link, auth) = self.auth(now);
                auth.check_current(link, session, current)?;
                Ok(self.hasher.hash(new))
            }
            Request::CreateUser { password, .. } | Request::ResetPassword { password, .. } => {
                Ok(self.hasher.hash(password))
            }
            _ => Ok(None),
        }
    }

    fn auth(&mut self, now: Moment) -> (&mut Link, auth::Auth<'_>) {
        (&mut self.link, auth::Auth { hasher: &self.hasher, host: &self.host, now })
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
        let entry = call::refusal(request, error);
        tracing::warn!(
            target: "epic_events::business",
            event = "action_refused",
            actor_id = session.map(|session| session.actor.id.0),
            what = %entry.name,
        );
        let (entries, host) = ([entry], self.host.as_str());
        let noted = self.link.write(operation, |db| {
            let actor = session.map(|session| call::named_now(db, session)).transpose()?;
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
        | R::Migrate { .. }
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
