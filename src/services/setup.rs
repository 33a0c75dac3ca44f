//! A new company: its database, its choices, its first manager.

use secrecy::{ExposeSecret, SecretString};

use super::{
    Reply, SetUp,
    auth::Hasher,
    call::{Call, Done, Stop, conflict},
    link::{Link, Tries},
};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem,
        audit::{Auditable, Facts, RecordKind, Verb},
        error::ConnectionProblem,
        password::{self, PasswordRules},
        session::{Moment, random_id},
        settings::Settings,
        user::{Role, UserDraft},
    },
    storage::{
        self, Db, Failure, Target,
        audit::{Author, Entry},
        migrate::Level,
        users::NewUser,
    },
};

/// Reaches a database without changing anything in it.
pub(super) fn test_connection(url: &SecretString) -> Result<Reply, Error> {
    let target = Target::parse(url.expose_secret()).map_err(Error::Unavailable)?;
    match Db::open(&target) {
        Ok(mut db) => {
            match storage::migrate::level(&mut db)? {
                Level::Ahead => return Err(Error::Unavailable(ConnectionProblem::SchemaTooNew)),
                Level::Empty => {}
                Level::Current | Level::Behind => {
                    if storage::settings::is_set_up(&mut db)? {
                        return Err(Error::AlreadySetUp);
                    }
                }
            }
            Ok(Reply::Connected { server: db.server() })
        }
        Err(ConnectionProblem::NotSetUp) => Ok(Reply::Connected { server: "SQLite".to_owned() }),
        // It answers, and will be asked for the database in the last step.
        Err(ConnectionProblem::NoSuchDatabase) => Ok(Reply::Connected { server: "MySQL".to_owned() }),
        Err(problem) => Err(Error::Unavailable(problem)),
    }
}

/// What a database is like, for somebody who looks for a fault.
#[derive(Debug, Clone)]
pub struct Examined {
    /// What server it is, in words.
    pub server: String,
    /// How its tables stand to this program: the last migration of both.
    pub schema: String,
    /// Whether there is a company in it.
    pub set_up: bool,
}

/// Reaches a database and looks at its tables, without changing anything.
pub fn examine(address: &str) -> Result<Examined, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    let mut db = Db::open(&target).map_err(Error::Unavailable)?;
    let mut look = || -> Result<Examined, Failure> {
        let level = storage::migrate::level(&mut db)?;
        let (applied, known) = storage::migrate::last(&mut db, level)?;
        let schema = match level {
            Level::Empty => format!("none (this program: {known})"),
            Level::Current => format!("{applied}, up to date"),
            Level::Behind | Level::Ahead => format!("{applied} (this program: {known})"),
        };
        let set_up = level != Level::Empty && storage::settings::is_set_up(&mut db)?;
        Ok(Examined { server: db.server(), schema, set_up })
    };
    Ok(look()?)
}

/// Creates the database when it is missing, brings its tables up to date and makes the
/// first manager; refuses, and changes nothing, when there is a company already. Of two
/// at the same time one wins.
pub(super) fn set_up(plan: &SetUp, hasher: &Hasher, host: &str, now: Moment) -> Result<Link, Error> {
    let target = Target::parse(plan.url.expose_secret()).map_err(Error::Unavailable)?;
    let (settings, manager, hash) = checked(plan, hasher)?;
    let mut db = Db::create(&target).map_err(Error::Unavailable)?;
    let work = |db: &mut Db| -> Result<(), Stop> {
        storage::migrate::migrate(db)?;
        db.transact(|db| {
            if !storage::settings::claim_set_up(db, now.utc)? || storage::users::any(db)? {
                return Err(Stop::from(Error::AlreadySetUp));
            }
            storage::settings::save_all(db, &settings, now.utc)?;
            let new = NewUser { draft: &manager, password_hash: &hash, must_change_password: false };
            let id = storage::users::insert(db, &new, now.utc)?;
            let user = storage::users::find(db, id)?.ok_or(Error::NotFound)?;
            let (session, operation) = (random_id(), random_id());
            let author =
                Author { actor: None, name: &user.full_name, host, session: &session, operation: &operation };
            let entries =
                [settings_entry(&Facts::default(), &settings), super::call::created(Verb::UserCreated, &user.full_name, &user)];
            storage::audit::add(db, &author, &entries, now.utc)?;
            tracing::info!(target: "epic_events::business", event = "user_created", record_id = id.0, actor_role = "set-up");
            Ok(())
        })
    };
    // All of it can be run again: another program that sets up at the same time may have
    // made the database give this one up.
    let mut answer = work(&mut db);
    let mut tries = Tries::new();
    while matches!(answer, Err(Stop::Failure(Failure::Retry))) && tries.again() {
        answer = work(&mut db);
    }
    answer?;
    Ok(Link::over(target, db))
}

fn checked(plan: &SetUp, hasher: &Hasher) -> Result<(Settings, UserDraft, String), Error> {
    let mut errors = FieldErrors::default();
    let mut note = |wrong: FieldErrors| errors.0.extend(wrong.0);
    let settings = plan.settings.checked().map_err(&mut note).ok();
    let draft = UserDraft { role: Role::Management, ..plan.manager.clone() };
    let manager = draft.checked().map_err(&mut note).ok();
    let rules = PasswordRules {
        min_length: plan.settings.min_password_length.into(),
        username: &draft.username,
        company: &plan.settings.company_name,
    };
    errors.take(Field::Password, password::check(plan.password.expose_secret(), &rules));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    match (settings, manager, hasher.hash(&plan.password)) {
        (Some(settings), Some(manager), Some(hash)) => Ok((settings, manager, hash)),
        _ => Err(Error::Invalid(FieldErrors::one(Field::Password, Problem::TooManyBytes(71)))),
    }
}

/// Saves the company's choices; one transaction at a time does.
pub(super) fn update_settings(db: &mut Db, call: &Call, wanted: &Settings) -> Result<Done, Stop> {
    let after = wanted.checked().map_err(Error::Invalid)?;
    storage::settings::hold(db)?;
    let before = storage::settings::load(db)?;
    if before.version != wanted.version {
        return Err(conflict(db, &before, before.version, call.now)?);
    }
    let entry = settings_entry(&before.facts(), &after);
    if entry.changes.0.is_empty() {
        return Ok(Done::unchanged(&before, before.version));
    }
    storage::settings::save(db, &before, &after, call.now)?;
    let version = storage::settings::load(db)?.version;
    Ok(Done::saved(entry, version))
}

fn settings_entry(before: &Facts, after: &Settings) -> Entry {
    Entry {
        verb: Verb::SettingsUpdated,
        kind: RecordKind::Settings,
        id: Some(after.number()),
        name: after.company_name.clone(),
        changes: before.changes_to(&after.facts()),
    }
}
