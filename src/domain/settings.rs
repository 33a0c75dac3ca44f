//! The company's settings, stored in the database and changed by management.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde_json::json;

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check, dates,
    error::{FieldErrors, Problem},
    field::Field,
    id::PlanId,
};

/// Who sees which records.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::Display, strum::EnumIter,
)]
#[strum(serialize_all = "lowercase")]
pub enum Visibility {
    /// Everybody sees all records.
    #[default]
    Open,
    /// Sales and support see their own records only.
    Restricted,
}

/// When users have to enter their password again.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::Display, strum::EnumIter,
)]
#[strum(serialize_all = "lowercase")]
pub enum Reauth {
    /// Before sensitive actions; a confirmation is valid for five minutes.
    #[default]
    Sensitive,
    /// Before every write, except changing the own password, which needs the current one anyway.
    Always,
    Never,
}

/// All settings of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub version: i32,
    pub company_name: String,
    /// ISO 4217, three letters.
    pub currency: String,
    /// The time zone of event times, which are wall-clock times.
    pub time_zone: Tz,
    pub visibility: Visibility,
    pub sales_create_contracts: bool,
    pub support_hands_over: bool,
    pub reauth: Reauth,
    /// Minutes without input until the session locks.
    pub session_minutes: u16,
    pub min_password_length: u16,
    /// The plan by which contracts without instalments of their own are due; `None`: such contracts have no
    /// day by which they are due.
    pub default_plan: Option<PlanId>,
}

/// The allowed minutes until the session locks.
pub const SESSION_MINUTES: std::ops::RangeInclusive<u16> = 1..=480;
/// The allowed minimum lengths of a password, in characters.
pub const MIN_PASSWORD_LENGTHS: std::ops::RangeInclusive<u16> = 8..=64;

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 1,
            company_name: "Epic Events".to_owned(),
            currency: "EUR".to_owned(),
            time_zone: Tz::Europe__Paris,
            visibility: Visibility::default(),
            sales_create_contracts: false,
            support_hands_over: false,
            reauth: Reauth::default(),
            session_minutes: 15,
            min_password_length: 12,
            default_plan: None,
        }
    }
}

impl Settings {
    /// The wall-clock time in the company's time zone at this instant (UTC).
    pub fn wall_clock(&self, utc: NaiveDateTime) -> NaiveDateTime {
        dates::to_wall(utc, self.time_zone)
    }

    /// The settings with their texts normalised, or their errors. The currency that a company has
    /// stays accepted, even if the program does not know it.
    pub fn checked(&self, before: Option<&Self>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let company_name = errors.take(Field::CompanyName, check::name(&self.company_name));
        let kept = before.map(|before| before.currency.clone()).filter(|kept| *kept == self.currency.trim());
        let currency = kept.or_else(|| errors.take(Field::Currency, check::currency(&self.currency)));
        for (field, value, range) in [
            (Field::SessionMinutes, self.session_minutes, SESSION_MINUTES),
            (Field::MinPasswordLength, self.min_password_length, MIN_PASSWORD_LENGTHS),
        ] {
            if !range.contains(&value) {
                errors.push(field, Problem::OutOfRange((*range.start()).into(), (*range.end()).into()));
            }
        }
        match (company_name, currency, errors.is_empty()) {
            (Some(company_name), Some(currency), true) => {
                let Self {
                    version,
                    time_zone,
                    visibility,
                    sales_create_contracts,
                    support_hands_over,
                    reauth,
                    session_minutes,
                    min_password_length,
                    default_plan,
                    company_name: _,
                    currency: _,
                } = *self;
                Ok(Self {
                    version,
                    company_name,
                    currency,
                    time_zone,
                    visibility,
                    sales_create_contracts,
                    support_hands_over,
                    reauth,
                    session_minutes,
                    min_password_length,
                    default_plan,
                })
            }
            _ => Err(errors),
        }
    }
}

impl Auditable for Settings {
    const SUBJECT: Subject = Subject::Settings;

    fn number(&self) -> i64 {
        0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            version: _,
            company_name,
            currency,
            time_zone,
            visibility,
            sales_create_contracts,
            support_hands_over,
            reauth,
            session_minutes,
            min_password_length,
            default_plan,
        } = self;
        AuditedFields(vec![
            (Field::CompanyName, json!(company_name)),
            (Field::Currency, json!(currency)),
            (Field::TimeZone, json!(time_zone.name())),
            (Field::Visibility, json!(visibility.to_string())),
            (Field::SalesCreateContracts, json!(sales_create_contracts)),
            (Field::SupportHandsOver, json!(support_hands_over)),
            (Field::Reauth, json!(reauth.to_string())),
            (Field::SessionMinutes, json!(session_minutes)),
            (Field::MinPasswordLength, json!(min_password_length)),
            (Field::DefaultPlan, json!(default_plan)),
        ])
    }
}
