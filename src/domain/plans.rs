//! Plans: named templates of the company for the instalments of contracts, such as "30/40/30".

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check,
    error::{FieldErrors, Problem},
    field::Field,
    id::PlanId,
    instalments::{Due, InstalmentDraft, MAX_LABEL, MOST, RowProblem, in_fields},
    money::Cents,
};

/// The whole, in hundredths of a percent.
pub const WHOLE: i32 = 10_000;

/// The most plans of a company.
pub const MAX_PLANS: i64 = 100;

/// One part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPart {
    pub label: String,
    /// Of the contract's total, in hundredths of a percent; above zero. Those of a plan sum to [`WHOLE`].
    pub share: i32,
    /// Never a date: a plan is for any contract.
    pub due: Due,
}

/// A plan as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub version: i32,
    pub name: String,
    pub parts: Vec<PlanPart>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl Auditable for Plan {
    const SUBJECT: Subject = Subject::Plan;

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self { id: _, version: _, name, parts, created_at: _, updated_at: _ } = self;
        AuditedFields(vec![(Field::Name, json!(name)), (Field::Instalments, json!(parts))])
    }
}

/// The values of the form for a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDraft {
    pub name: String,
    pub parts: Vec<PlanPart>,
}

/// The amounts of a total that is shared out in these shares. Each share is rounded so that the sum of
/// the first ones is right to half a cent; so no cent is lost. Of a total of few cents some are zero.
pub fn amounts(total: Cents, shares: impl IntoIterator<Item = i32>) -> Vec<Cents> {
    let whole = i128::from(WHOLE);
    let (mut share, mut before) = (0_i128, 0_i128);
    let part = |one: i32| {
        share += i128::from(one);
        let until = (i128::from(total.0) * share + whole / 2) / whole;
        let amount = until - before;
        before = until;
        Cents(i64::try_from(amount).unwrap_or(0))
    };
    shares.into_iter().map(part).collect()
}

/// The instalments of a contract with this total by these parts. Parts that are less than a cent are left
/// out.
pub fn instalments(parts: &[PlanPart], total: Cents) -> Vec<InstalmentDraft> {
    let amounts = amounts(total, parts.iter().map(|part| part.share));
    let rows = parts.iter().zip(amounts).filter(|(_, amount)| amount.0 > 0);
    rows.map(|(part, amount_cents)| InstalmentDraft { label: part.label.clone(), amount_cents, due: part.due })
        .collect()
}

impl From<&Plan> for PlanDraft {
    fn from(plan: &Plan) -> Self {
        Self { name: plan.name.clone(), parts: plan.parts.clone() }
    }
}

impl PlanDraft {
    /// The draft with its texts normalised, or what is wrong with it, as [`in_fields`] says.
    pub fn checked(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take(Field::Name, check_name(&self.name));
        let parts = self.checked_parts().map_err(|wrong| errors.0.extend(in_fields(&wrong).0)).ok();
        name.zip(parts).map(|(name, parts)| Self { name, parts }).ok_or(errors)
    }

    /// The draft with its texts normalised, or what is wrong with its rows. The name is checked by
    /// [`check_name`].
    ///
    /// Errors: as [`check::optional_text`]; `NotPositive`; `NeedsAnchor` for a date, and as
    /// [`Due::checked`]; of the last row's share `SharesDiffer` with their sum, `TooMany`; `Required`
    /// without rows.
    pub fn checked_parts(&self) -> Result<Vec<PlanPart>, Vec<RowProblem>> {
        let mut problems = Vec::new();
        let mut right = Vec::new();
        for (row, part) in self.parts.iter().enumerate() {
            let mut wrong = |field, problem| problems.push(RowProblem { row, field, problem });
            let label = check::optional_text(&part.label, MAX_LABEL).map_err(|problem| wrong(Field::Label, problem));
            if part.share <= 0 {
                wrong(Field::Share, Problem::NotPositive);
            }
            match part.due.checked() {
                Ok(Due::On(_)) => wrong(Field::DueOn, Problem::NeedsAnchor),
                Ok(Due::Signature(_) | Due::Event(_)) => {}
                Err(problem) => wrong(Field::DueOn, problem),
            }
            right.extend(label.map(|label| PlanPart { label, ..part.clone() }));
        }
        let last = self.parts.len().saturating_sub(1);
        let at_end = |problem| RowProblem { row: last, field: Field::Share, problem };
        let sum: i64 = self.parts.iter().map(|part| i64::from(part.share)).sum();
        if self.parts.is_empty() {
            problems.push(at_end(Problem::Required));
        } else if self.parts.len() > MOST {
            problems.push(at_end(Problem::TooMany(MOST)));
        } else if problems.is_empty() && sum != i64::from(WHOLE) {
            problems.push(at_end(Problem::SharesDiffer(sum)));
        }
        if problems.is_empty() { Ok(right) } else { Err(problems) }
    }
}

/// The name of a plan, of 1–60 characters. Errors: `Required`, `TooLong`.
pub fn check_name(typed: &str) -> Result<String, Problem> {
    match check::optional_text(typed, MAX_LABEL)? {
        empty if empty.is_empty() => Err(Problem::Required),
        name => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_plan_of_the_specification_gives_its_amounts() {
        assert_eq!(amounts(Cents(100_001), [3_000, 4_000, 3_000]), [Cents(30_000), Cents(40_001), Cents(30_000)]);
        assert_eq!(amounts(Cents(100), [3_333, 3_333, 3_334]), [Cents(33), Cents(34), Cents(33)]);
    }

    proptest! {
        #[test]
        fn shares_of_the_whole_sum_to_the_total(total in 1_i64..100_000_000_000_000, cuts in proptest::collection::btree_set(1..WHOLE, 0..20)) {
            let ends: Vec<i32> = cuts.into_iter().chain([WHOLE]).collect();
            let shares = ends.iter().scan(0, |before, end| Some(end - std::mem::replace(before, *end)));
            let amounts = amounts(Cents(total), shares);
            prop_assert!(amounts.iter().all(|amount| amount.0 >= 0));
            prop_assert_eq!(amounts.iter().map(|amount| amount.0).sum::<i64>(), total);
        }
    }
}
