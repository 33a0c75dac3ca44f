//! The company's settings, one row each.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use secrecy::SecretString;

use super::{connection::Db, failure::DbError};
use crate::{
    domain::{audit::Auditable, field::Field, id::PlanId, settings::Settings},
    schema::settings,
};

/// The row that is filled when the first manager is created, and never again. It stands for the
/// settings as a whole: its version changes with each of them.
const INITIALISED_AT: &str = "initialised_at";

/// The row with the secret that hashes login names that no account has; the migration creates it.
const LOGIN_SECRET: &str = "login_secret";

/// The version of the settings as an SQL expression: that of the row of [`hold`].
fn version() -> String {
    format!("SELECT s.version FROM settings AS s WHERE s.`key` = '{INITIALISED_AT}'")
}

/// A condition in SQL: the settings still have this version.
pub(super) fn is_version(version: i32) -> String {
    format!("({}) = {version}", self::version())
}

/// The same with a shared lock: nobody can change the settings until the end of the transaction.
pub(super) fn stays_version(db: &Db, version: i32) -> String {
    format!("({}{}) = {version}", self::version(), db.shared())
}

/// A condition in SQL that is always true and takes a shared lock: nobody can change the settings
/// until the end of the transaction.
pub(super) fn stays(db: &Db) -> String {
    format!("({}{}) > 0", version(), db.shared())
}

/// The current settings; one that is not in the database has its default.
pub fn load(db: &mut Db) -> Result<Settings, DbError> {
    Ok(of(settings::table.select((settings::key, settings::value, settings::version)).load(db)?))
}

/// Key, value and version.
pub(super) type SettingRow = (String, String, i32);

/// The settings in these rows.
pub(super) fn of(rows: Vec<SettingRow>) -> Settings {
    let version = rows.iter().find(|(key, ..)| key == INITIALISED_AT).map_or(0, |(.., version)| *version);
    let values: HashMap<String, String> = rows.into_iter().map(|(key, value, _)| (key, value)).collect();
    let default = Settings::default();
    Settings {
        version,
        company_name: values.get("company_name").cloned().unwrap_or(default.company_name),
        currency: values.get("currency").cloned().unwrap_or(default.currency),
        time_zone: read(&values, "time_zone", default.time_zone),
        visibility: read(&values, "visibility", default.visibility),
        sales_create_contracts: read(&values, "sales_create_contracts", default.sales_create_contracts),
        support_hands_over: read(&values, "support_hands_over", default.support_hands_over),
        reauth: read(&values, "reauth", default.reauth),
        session_minutes: read(&values, "session_minutes", default.session_minutes),
        min_password_length: read(&values, "min_password_length", default.min_password_length),
        // Without one the value is no number.
        default_plan: values.get("default_plan").and_then(|id| id.parse().ok()).map(PlanId::new),
    }
}

fn read<T: std::str::FromStr>(values: &HashMap<String, String>, key: &str, default: T) -> T {
    values.get(key).and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Writes the settings that differ. The caller must have locked the row of [`hold`] before it read
/// `before`.
pub fn save(db: &mut Db, before: &Settings, after: &Settings, now: NaiveDateTime) -> Result<(), DbError> {
    for (field, _, new) in before.audited_fields().changes_to(&after.audited_fields()).0 {
        write(db, field, &plain(&new), now)?;
    }
    // The row is changed, not only locked: nodes of a cluster do not see each other's locks, but
    // another node then rolls back a transaction that relied on the old settings. A restore tells by
    // the time whether this version is the same in the backup.
    diesel::update(settings::table.find(INITIALISED_AT))
        .set((settings::version.eq(settings::version + 1), settings::updated_at.eq(now)))
        .execute(db)?;
    Ok(())
}

/// Writes all settings of a new company.
pub fn save_all(db: &mut Db, all: &Settings, now: NaiveDateTime) -> Result<(), DbError> {
    for (field, value) in all.audited_fields().0 {
        write(db, field, &plain(&value), now)?;
    }
    Ok(())
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn write(db: &mut Db, field: Field, value: &str, now: NaiveDateTime) -> Result<(), DbError> {
    let key: &'static str = field.into();
    let changed = diesel::update(settings::table.find(key))
        .set((settings::value.eq(value), settings::version.eq(settings::version + 1), settings::updated_at.eq(now)))
        .execute(db)?;
    if changed == 0 {
        diesel::insert_into(settings::table)
            .values((
                settings::key.eq(key),
                settings::value.eq(value),
                settings::version.eq(1),
                settings::created_at.eq(now),
                settings::updated_at.eq(now),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Claims the right to create the first manager; false if it has been claimed before.
pub fn claim_set_up(db: &mut Db, now: NaiveDateTime) -> Result<bool, DbError> {
    let unclaimed = settings::table.find(INITIALISED_AT).filter(settings::value.eq(""));
    let values = (settings::value.eq(now.to_string()), settings::created_at.eq(now), settings::updated_at.eq(now));
    Ok(diesel::update(unclaimed).set(values).execute(db)? == 1)
}

/// Locks the row that stands for the company until the end of the transaction: settings and the
/// number of managers are changed by one transaction at a time.
pub fn lock(db: &mut Db) -> Result<(), DbError> {
    diesel::update(settings::table.find(INITIALISED_AT)).set(settings::version.eq(settings::version)).execute(db)?;
    Ok(())
}

/// When the company was set up (UTC).
pub fn set_up_at(db: &mut Db) -> Result<Option<NaiveDateTime>, DbError> {
    let claimed = settings::table.find(INITIALISED_AT).filter(settings::value.ne("")).select(settings::created_at);
    Ok(claimed.first(db).optional()?)
}

/// The secret with which login names that no account has are hashed.
pub fn login_secret(db: &mut Db) -> Result<SecretString, DbError> {
    Ok(settings::table.find(LOGIN_SECRET).select(settings::value).first::<String>(db)?.into())
}

/// Whether a company has been set up in this database.
pub fn is_set_up(db: &mut Db) -> Result<bool, DbError> {
    let value = db.texts(&format!("SELECT value AS text FROM settings WHERE `key` = '{INITIALISED_AT}'"))?;
    Ok(value.first().is_some_and(|value| !value.is_empty()))
}
