//! Sets up a company (database, settings, first manager), migrates and examines databases, and
//! saves the settings.

use secrecy::{ExposeSecret, SecretString};

use super::{
    Migrated, Reply, SetUp, account,
    auth::Hasher,
    context::{RequestContext, ServiceError, conflict},
    database::{Database, Tries},
    outcome::WriteOutcome,
    trail::Trail,
    write::instalments,
};
use crate::{
    domain::{
        Error, Field, FieldErrors, Problem,
        audit::{Auditable, AuditedFields, Subject, Verb},
        error::{ConnectionProblem, Versions},
        password::{self, PasswordRules},
        session::{Moment, random_id},
        settings::Settings,
        users::{Role, UserDraft},
    },
    storage::{
        self, Db, DbError, Guards, Target,
        audit::{AuditEntry, Author, By},
        grants,
        migrate::Level,
        users::NewUser,
    },
};

/// Whether the database at an address contains a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupancy {
    /// No company. `server` is the name of the database server for display.
    Free { server: String },
    /// A company whose tables match this program's version.
    Company,
    /// A company whose tables have to be migrated.
    CompanyBehind(Versions),
}

/// Connects to a database and looks for a company, without changing anything. If the server is
/// reachable but has no such database, the address counts as free.
pub fn found(address: &str) -> Result<Occupancy, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    match look_at(&target, |db| found_in(db).map_err(|failure| of_set_up(db, failure))) {
        Ok(found) => Ok(found?),
        // The last step of the set-up creates the file, or the database on a server that is reachable.
        Err(ConnectionProblem::NotSetUp | ConnectionProblem::NoSuchDatabase) => {
            Ok(Occupancy::Free { server: Db::server_at(&target) })
        }
        Err(problem) => Err(Error::Unavailable(problem)),
    }
}

/// Opens a database for reading only and runs `work` on it; the outer error says why it cannot be
/// opened. A file that no program writes to is read as one that does not change. If another program
/// opened it meanwhile, `work` runs again on a new connection.
pub(super) fn look_at<T>(
    target: &Target,
    work: impl Fn(&mut Db) -> Result<T, DbError>,
) -> Result<Result<T, DbError>, ConnectionProblem> {
    let mut db = Db::look(target)?;
    let found = work(&mut db);
    if db.confirm_place().is_ok() {
        return Ok(found);
    }
    Ok(work(&mut Db::look(target)?))
}

fn found_in(db: &mut Db) -> Result<Occupancy, DbError> {
    let level = storage::migrate::level(db)?;
    let is_set_up = match level {
        Level::Ahead => return Err(DbError::Unavailable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => return Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy)),
        Level::Empty => match storage::migrate::others_table(db)? {
            Some(table) => return Err(DbError::Unavailable(ConnectionProblem::OtherProgram(table))),
            None => false,
        },
        Level::Current | Level::Behind => storage::settings::is_set_up(db)?,
    };
    Ok(match (is_set_up, level) {
        (false, _) => Occupancy::Free { server: db.server() },
        (true, Level::Behind) => Occupancy::CompanyBehind(storage::migrate::versions_of(db, level)?),
        (true, _) => Occupancy::Company,
    })
}

/// Tests the connection for the set-up wizard.
pub(super) fn test_connection(url: &SecretString) -> Result<Reply, Error> {
    match found(url.expose_secret())? {
        Occupancy::Free { server } => Ok(Reply::Connected { server }),
        Occupancy::Company => Err(Error::AlreadySetUp),
        Occupancy::CompanyBehind(versions) => Ok(Reply::Behind(versions)),
    }
}

/// The same for a server. Where it holds no company or a copy of the one in the embedded database, and
/// that could move there, says so.
pub(super) fn test_server(url: &SecretString, embedded: &SecretString) -> Result<Reply, Error> {
    let (url, tested) = (url.expose_secret(), test_connection(url));
    let local = Target::parse(embedded.expose_secret()).map_err(Error::Unavailable)?;
    // Whatever keeps that file from being read keeps it from moving too.
    let company = look_at(&local, |db| match found_in(db)? {
        Occupancy::Company => Ok(Some(storage::settings::load(db)?.company_name)),
        Occupancy::Free { .. } | Occupancy::CompanyBehind(_) => Ok(None),
    });
    match (tested, company) {
        (Ok(Reply::Connected { server }), Ok(Ok(Some(company)))) => {
            Ok(Reply::Movable { server, company, copied: false })
        }
        (Err(Error::AlreadySetUp), Ok(Ok(Some(company)))) if is_copy(embedded.expose_secret(), url)? => {
            let server = Db::server_at(&Target::parse(url).map_err(Error::Unavailable)?);
            Ok(Reply::Movable { server, company, copied: true })
        }
        (tested, _) => tested,
    }
}

/// Whether both databases hold the same company: neither log goes on from where the other one ends.
fn is_copy(from: &str, to: &str) -> Result<bool, Error> {
    let head = |address: &str| -> Result<_, Error> {
        let target = Target::parse(address).map_err(Error::Unavailable)?;
        Ok(look_at(&target, storage::chain::head).map_err(Error::Unavailable)??)
    };
    Ok(head(from)? == head(to)?)
}

/// Copies a company to a server and makes the everyday account ready. If only the account was missing
/// the last time, the finished copy stays.
pub(super) fn move_company(
    from: &SecretString,
    url: &SecretString,
    everyday: &SecretString,
) -> Result<SetUpOutcome, Error> {
    let (from, to) = (from.expose_secret(), url.expose_secret());
    let target = Target::parse(to).map_err(Error::Unavailable)?;
    let unguarded = if found(to)? == Occupancy::Company {
        if !is_copy(from, to)? {
            return Err(Error::AlreadySetUp);
        }
        Vec::new()
    } else {
        super::copy::copy((from, to), false, |_, _| ()).map_err(|(_, error)| error)?.0.unguarded
    };
    let mut db = Db::open(&target).map_err(Error::Unavailable)?;
    if let Some(statements) = account::ready(&mut db, everyday)? {
        return Ok(SetUpOutcome::NeedsAccount(statements));
    }
    let everyday = Target::parse(everyday.expose_secret()).map_err(Error::Unavailable)?;
    Ok(SetUpOutcome::Done { database: Database::to(everyday), unguarded })
}

/// Migrates the tables of a company; with `dry_run` only reports what would be done.
pub fn migrate(address: &str, dry_run: bool) -> Result<Migrated, Error> {
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    let mut db = Db::open(&target).map_err(Error::Unavailable)?;
    Ok(bring_up_to_date(&mut db, dry_run).map_err(|failure| of_set_up(&mut db, failure))?)
}

/// The error as it is said to the set-up account, if that is the connected one.
fn of_set_up(db: &mut Db, failure: DbError) -> DbError {
    match grants::may_change_tables(db) {
        Ok(true) => grants::of_set_up(db, failure),
        Ok(false) | Err(_) => failure,
    }
}

fn bring_up_to_date(db: &mut Db, dry_run: bool) -> Result<Migrated, DbError> {
    let level = storage::migrate::level(db)?;
    match level {
        Level::Empty => return Err(DbError::Unavailable(ConnectionProblem::NotSetUp)),
        Level::Ahead => return Err(DbError::Unavailable(ConnectionProblem::SchemaTooNew)),
        Level::Unfinished => return Err(DbError::Unavailable(ConnectionProblem::UnfinishedCopy)),
        Level::Current | Level::Behind => {}
    }
    let versions = storage::migrate::versions_of(db, level)?;
    let sees_guards = storage::migrate::sees_guards(db)?;
    if dry_run {
        let guarded = if sees_guards { storage::migrate::missing_guards(db)? } else { Vec::new() };
        return Ok(Migrated { versions, guarded, unguarded: Vec::new(), sees_guards });
    }
    // To an account that sees no triggers, current tables seem to lack them.
    let Guards { made: guarded, refused: unguarded } = match level {
        Level::Current if !sees_guards => Guards::default(),
        _ => storage::migrate::migrate(db)?,
    };
    Ok(Migrated { versions, guarded, unguarded, sees_guards })
}

/// Migrates for the set-up wizard, and returns a link over the same connection.
pub(super) fn migrated(url: &SecretString) -> Result<(Database, Migrated), Error> {
    let target = Target::parse(url.expose_secret()).map_err(Error::Unavailable)?;
    let mut db = Db::open(&target).map_err(Error::Unavailable)?;
    let migrated = bring_up_to_date(&mut db, false).map_err(|failure| of_set_up(&mut db, failure))?;
    Ok((Database::over(target, db), migrated))
}

/// How a set-up ended.
pub(super) enum SetUpOutcome {
    /// The company was created. On a server the link uses the everyday account.
    Done { database: Database, unguarded: Vec<&'static str> },
    /// Only the tables were created: the server's administrator first has to run these statements,
    /// which contain a password.
    NeedsAccount(SecretString),
}

/// Creates the database if it is missing, its tables, the everyday account and the first manager.
/// If there already is a company, fails without changing anything. Of two set-ups at the same time
/// only one succeeds.
pub(super) fn set_up(plan: &SetUp, hasher: &Hasher, host: &str, now: Moment) -> Result<SetUpOutcome, Error> {
    let target = Target::parse(plan.url.expose_secret()).map_err(Error::Unavailable)?;
    let (settings, manager, hash) = checked(plan, hasher)?;
    let mut db = Db::create(&target).map_err(Error::Unavailable)?;
    match found_in(&mut db)? {
        Occupancy::Free { .. } => {}
        Occupancy::Company => return Err(Error::AlreadySetUp),
        Occupancy::CompanyBehind(versions) => {
            return Err(Error::Unavailable(ConnectionProblem::SchemaTooOld(versions)));
        }
    }
    let mut unguarded = Vec::new();
    let mut work = |db: &mut Db| -> Result<Option<SecretString>, ServiceError> {
        unguarded = storage::migrate::migrate(db)?.refused;
        if let Some(everyday) = &plan.everyday
            && let Some(statements) = account::ready(db, everyday)?
        {
            return Ok(Some(statements));
        }
        let trail = db.transact(|db| {
            if !storage::settings::claim_set_up(db, now.utc)? || storage::users::any(db)? {
                return Err(ServiceError::from(Error::AlreadySetUp));
            }
            storage::settings::save_all(db, &settings, now.utc)?;
            let new = NewUser { draft: &manager, password_hash: &hash, must_change_password: false };
            let id = storage::users::insert(db, &new, now.utc)?;
            let user = storage::users::find(db, id)?.ok_or(Error::NotFound)?;
            let (session, operation) = (random_id(), random_id());
            let by = By::Command { command: "set-up", name: &user.full_name };
            let author = Author { by, host, session: &session, operation: &operation };
            let entries = [
                settings_entry(&AuditedFields::default(), &settings),
                super::outcome::created(Verb::UserCreated, &user.full_name, &user),
            ];
            let mut trail = Trail::default();
            trail.add(db, &author, &entries, now.utc)?;
            Ok(trail)
        })?;
        trail.log();
        Ok(None)
    };
    // All of it can be repeated if the database rolled it back because of another set-up at the
    // same time.
    let mut answer = work(&mut db);
    let mut tries = Tries::new();
    while matches!(answer, Err(ServiceError::DbError(DbError::Retry))) && tries.again() {
        answer = work(&mut db);
    }
    if let Some(statements) = answer? {
        return Ok(SetUpOutcome::NeedsAccount(statements));
    }
    let database = match &plan.everyday {
        Some(everyday) => Database::to(Target::parse(everyday.expose_secret()).map_err(Error::Unavailable)?),
        None => Database::over(target, db),
    };
    Ok(SetUpOutcome::Done { database, unguarded })
}

fn checked(plan: &SetUp, hasher: &Hasher) -> Result<(Settings, UserDraft, String), Error> {
    let mut errors = FieldErrors::default();
    let mut note = |wrong: FieldErrors| errors.0.extend(wrong.0);
    let settings = plan.settings.checked(None).map_err(&mut note).ok();
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

/// Saves the company's settings. A row lock lets only one transaction at a time do this.
pub(super) fn update_settings(
    db: &mut Db,
    ctx: &RequestContext,
    wanted: &Settings,
) -> Result<WriteOutcome, ServiceError> {
    storage::settings::lock(db)?;
    let before = storage::settings::load(db)?;
    let after = wanted.checked(Some(&before)).map_err(Error::Invalid)?;
    if before.version != wanted.version {
        return Err(conflict(db, &before, before.version, ctx.now)?);
    }
    let entry = settings_entry(&before.audited_fields(), &after);
    if entry.changes.0.is_empty() {
        return Ok(WriteOutcome::unchanged(&before, before.version));
    }
    let plan = after.default_plan.map(|id| storage::plans::find(db, id)).transpose()?.flatten();
    if plan.as_ref().map(|plan| plan.id) != after.default_plan {
        return Err(Error::Invalid(FieldErrors::one(Field::DefaultPlan, Problem::NotAChoice)).into());
    }
    storage::settings::save(db, &before, &after, ctx.now)?;
    if (after.default_plan, after.time_zone) != (before.default_plan, before.time_zone) {
        instalments::make_anew(db, (&after, plan.as_ref()), ctx.now)?;
    }
    let version = storage::settings::load(db)?.version;
    Ok(WriteOutcome::saved(entry, version))
}

fn settings_entry(before: &AuditedFields, after: &Settings) -> AuditEntry {
    AuditEntry::new(
        Verb::SettingsUpdated,
        Subject::Settings,
        Some(after.number()),
        after.company_name.clone(),
        before.changes_to(&after.audited_fields()),
    )
}
