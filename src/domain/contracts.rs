//! Contracts: the amounts that a client has to pay. The owner is the sales contact of the client.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::json;

pub use super::contract_lists::{ContractFilter, ContractListing, ContractRow, ContractSort, ContractView, SOON_DAYS};
use super::{
    audit::{Auditable, AuditedFields, Subject},
    check, clocks, dates,
    entity::EntityKind,
    error::{FieldErrors, Problem, Reason},
    field::Field,
    id::{ClientId, ContractId},
    money::Cents,
    policy::Permission,
    text,
};

/// A contract as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::contracts)]
pub struct Contract {
    pub id: ContractId,
    pub version: i32,
    pub client_id: ClientId,
    pub total_cents: Cents,
    /// The amount still to be paid: the total minus the payments that are not cancelled.
    pub due_cents: Cents,
    /// UTC, as [`signed_at`] says; a signature cannot be undone.
    pub signed_at: Option<NaiveDateTime>,
    pub notes: String,
    /// UTC; set while the contract is archived.
    pub archived_at: Option<NaiveDateTime>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl Contract {
    /// What was paid of it.
    pub fn paid(&self) -> Cents {
        Cents(self.total_cents.0 - self.due_cents.0)
    }

    /// Why the state of the contract forbids an action that needs this permission; `None` if it does
    /// not. Archiving and restoring need the same permission, so they are not checked here.
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        let parent_archived = self.archived_at.map(|_| Reason::ParentArchived);
        match permission {
            Permission::SeeRecords | Permission::ArchiveContract => None,
            Permission::SignContract => Reason::if_archived(self.archived_at)
                .or_else(|| self.signed_at.map(|_| Reason::ContractAlreadySigned(self.id.0))),
            // An event of this contract is created or restored.
            Permission::CreateEvent if self.signed_at.is_none() && parent_archived.is_none() => {
                Some(Reason::ContractNotSigned(self.id.0))
            }
            Permission::CreateEvent | Permission::ArchiveEvent => parent_archived,
            _ => Reason::if_archived(self.archived_at),
        }
    }
}

impl Auditable for Contract {
    const SUBJECT: Subject = Subject::Entity(EntityKind::Contract);

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            id: _,
            version: _,
            client_id,
            total_cents,
            due_cents,
            signed_at,
            notes,
            archived_at,
            created_at: _,
            updated_at: _,
        } = self;
        AuditedFields(vec![
            (Field::ClientId, json!(client_id.0)),
            (Field::TotalCents, json!(total_cents.0)),
            (Field::DueCents, json!(due_cents.0)),
            (Field::SignedAt, json!(signed_at)),
            (Field::Notes, json!(notes)),
            (Field::ArchivedAt, json!(archived_at)),
        ])
    }
}

/// The values of a contract form. The amount due is not one of them: it follows from the total and the
/// payments.
#[derive(Debug, Clone, PartialEq, Eq, Default, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::contracts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ContractDraft {
    pub total_cents: Cents,
    pub notes: String,
}

impl From<&Contract> for ContractDraft {
    fn from(contract: &Contract) -> Self {
        let Contract {
            id: _,
            version: _,
            client_id: _,
            total_cents,
            due_cents: _,
            signed_at: _,
            notes,
            archived_at: _,
            created_at: _,
            updated_at: _,
        } = contract.clone();
        Self { total_cents, notes }
    }
}

impl ContractDraft {
    /// The contract with the values of the form; everything else is kept from `before`, and so is what
    /// was paid.
    pub fn applied_to(&self, before: &Contract) -> Contract {
        let Self { total_cents, notes } = self.clone();
        Contract {
            due_cents: Cents(total_cents.0 - before.paid().0),
            total_cents,
            notes,
            id: before.id,
            version: before.version,
            client_id: before.client_id,
            signed_at: before.signed_at,
            archived_at: before.archived_at,
            created_at: before.created_at,
            updated_at: before.updated_at,
        }
    }

    /// The draft with its notes normalised, or its errors. `paid` is what was paid of the contract, which
    /// the total has to cover.
    pub fn checked(&self, paid: Cents) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.total_cents.0 <= 0 {
            errors.push(Field::TotalCents, Problem::NotPositive);
        } else if self.total_cents < paid {
            errors.push(Field::TotalCents, Problem::BelowPaid(paid));
        }
        let notes = errors.take(Field::Notes, check::notes(&self.notes));
        match notes {
            Some(notes) if errors.is_empty() => Ok(Self { total_cents: self.total_cents, notes }),
            _ => Err(errors),
        }
    }
}

/// Checks what was paid of a new contract before it was entered. Errors: `Negative`, `PaidAboveTotal`.
pub fn check_paid_before(paid: Cents, total: Cents) -> Result<(), Problem> {
    match paid {
        Cents(negative) if negative < 0 => Err(Problem::Negative),
        paid if paid > total && total.0 > 0 => Err(Problem::PaidAboveTotal),
        _ => Ok(()),
    }
}

/// The instant (UTC) that is stored for a signature on this day: now if it is today, and noon in the
/// company's time zone for an earlier day, of which no time is known.
pub fn signed_at(day: NaiveDate, now: NaiveDateTime, time_zone: Tz) -> NaiveDateTime {
    let noon = day.and_time(NaiveTime::MIN) + TimeDelta::hours(12);
    if day == dates::to_wall(now, time_zone).date() { now } else { clocks::to_utc(noon, time_zone) }
}

/// The contract whose number was typed into a search: `146`, `contract 146`, `contrat n° 146`,
/// `#146`; `None` for any other text.
pub fn number_in(typed: &str) -> Option<ContractId> {
    const NAMES: [&str; 8] = ["contract", "contracts", "contrat", "contrats", "no", "n", "nr", "number"];
    const LONGEST: usize = 18;
    let folded = text::fold(typed);
    let (name, digits) = folded.split_at(folded.find(|c: char| c.is_ascii_digit())?);
    let named = name.split([' ', '.', '°', '#']).all(|word| word.is_empty() || NAMES.contains(&word));
    let number = named && digits.len() <= LONGEST && digits.bytes().all(|digit| digit.is_ascii_digit());
    number.then(|| digits.parse().ok().map(ContractId::new)).flatten()
}

/// The same of a file. Offices also write the year before the number: `2025-001` is 2025001.
pub fn number_in_file(said: &str) -> Option<ContractId> {
    let is_joint = |c: char| matches!(c, '-' | '/' | '_');
    let groups: Vec<&str> = said.trim().split(is_joint).collect();
    let all_digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|one| one.is_ascii_digit()));
    if groups.len() > 1 && all_digits { number_in(&groups.concat()) } else { number_in(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_may_stand_before_the_number_in_a_file() {
        for (said, number) in [
            ("2025-001", Some(2_025_001)),
            ("2025/12", Some(202_512)),
            (" 2025_7 ", Some(20_257)),
            ("146", Some(146)),
            ("contrat n° 146", Some(146)),
            ("2025-", None),
            ("12.5", None),
            ("Kevin", None),
        ] {
            assert_eq!(number_in_file(said).map(|id| id.0), number, "{said}");
        }
    }

    #[test]
    fn a_contract_number_is_recognised_in_its_usual_spellings_only() {
        let typed = "146|contract 146|Contrat 146|contrat n° 146|n\u{ba}146|№ 146|#146|no. 146| 146 |CONTRACTS 0146";
        for typed in typed.split('|') {
            assert_eq!(number_in(typed), Some(ContractId::new(146)), "{typed}");
        }
        for typed in
            "|contract|-146|+146|1 46|14.6|1,46|146a|a146|studio 146|99999999999999999999|146 contract".split('|')
        {
            assert_eq!(number_in(typed), None, "{typed}");
        }
    }
}
