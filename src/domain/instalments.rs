//! Instalments: the parts in which a contract has to be paid, and by when. Without instalments of its
//! own a contract is due by the company's default plan. The owner is that of the contract.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    check, dates,
    error::{FieldErrors, Problem},
    field::Field,
    id::{ContractId, PlanId},
    money::Cents,
};

/// The longest label, in characters as a person counts them.
pub const MAX_LABEL: usize = 60;
/// The most instalments of a contract, and the most parts of a plan.
pub const MOST: usize = 120;
/// The most days between an instalment and the signature or the event.
pub const MOST_DAYS: i32 = 3_660;

/// The day by which an amount has to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    On(NaiveDate),
    /// So many days after the day of the signature; negative before it.
    Signature(i32),
    /// So many days after the day on which the first event begins; negative before it.
    Event(i32),
}

impl Due {
    /// Within the years that the program accepts and [`MOST_DAYS`].
    ///
    /// Errors: `YearOutOfRange`, `OutOfRange`.
    pub fn checked(self) -> Result<Self, Problem> {
        let years = dates::YEARS;
        let most = i64::from(MOST_DAYS);
        match self {
            Self::On(day) if !years.contains(&day.year()) => Err(Problem::YearOutOfRange(*years.start(), *years.end())),
            Self::Signature(days) | Self::Event(days) if days.unsigned_abs() > MOST_DAYS.unsigned_abs() => {
                Err(Problem::OutOfRange(-most, most))
            }
            Self::On(_) | Self::Signature(_) | Self::Event(_) => Ok(self),
        }
    }
}

/// The days of a contract that due days are counted from, in the company's time zone; `None` while one
/// is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Anchors {
    pub signed_on: Option<NaiveDate>,
    /// On which the first event begins that is neither archived nor cancelled.
    pub event_on: Option<NaiveDate>,
}

impl Anchors {
    /// The day that this is; `None` while it cannot be known.
    pub fn day_of(&self, due: Due) -> Option<NaiveDate> {
        let counted = |from: Option<NaiveDate>, days: i32| {
            let distance = Days::new(days.unsigned_abs().into());
            from.and_then(|day| if days < 0 { day.checked_sub_days(distance) } else { day.checked_add_days(distance) })
        };
        match due {
            Due::On(day) => Some(day),
            Due::Signature(days) => counted(self.signed_on, days),
            Due::Event(days) => counted(self.event_on, days),
        }
    }
}

/// A row of the form for instalments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalmentDraft {
    pub label: String,
    pub amount_cents: Cents,
    pub due: Due,
}

/// An instalment of a contract as somebody has seen it: what stood at a place. Written as text it is the value of a
/// choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenInstalment {
    /// From 1.
    pub position: i32,
    pub row: InstalmentDraft,
}

impl SeenInstalment {
    /// Whether it still stands at its place among these rows.
    pub fn is_among(&self, rows: &[InstalmentDraft]) -> bool {
        let at = usize::try_from(self.position).ok().and_then(|position| position.checked_sub(1));
        at.and_then(|at| rows.get(at)) == Some(&self.row)
    }

    /// The same once so much was added to it.
    ///
    /// Errors: `NotPositive` if nothing would be left of it.
    pub fn with(&self, more: Cents) -> Result<Self, Problem> {
        match self.row.amount_cents.0.checked_add(more.0) {
            Some(amount) if amount > 0 => {
                Ok(Self { row: InstalmentDraft { amount_cents: Cents(amount), ..self.row.clone() }, ..self.clone() })
            }
            _ => Err(Problem::NotPositive),
        }
    }
}

impl fmt::Display for SeenInstalment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&json!(self).to_string())
    }
}

impl FromStr for SeenInstalment {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

/// The instalments that were agreed for a contract as the audit log stores them; null if it has none of
/// its own.
pub fn audited(rows: &[InstalmentDraft]) -> Value {
    if rows.is_empty() { Value::Null } else { json!(rows) }
}

/// The instalments that [`audited`] wrote, or `None` for any other value.
pub fn of_audited(value: &Value) -> Option<Vec<InstalmentDraft>> {
    Vec::deserialize(value).ok()
}

/// An instalment of a contract as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    pub contract_id: ContractId,
    /// From 1, in the order in which the contract names them.
    pub position: i32,
    pub label: String,
    /// Above zero; those of a contract sum to its total.
    pub amount_cents: Cents,
    pub due: Due,
    /// `None` while it cannot be known.
    pub due_on: Option<NaiveDate>,
    /// What payments have not filled of it.
    pub open_cents: Cents,
    /// The plan that it follows; `None` if it was agreed for this contract alone.
    pub plan_id: Option<PlanId>,
}

/// How an instalment stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Paid,
    /// Fell due before that day, and is not paid completely.
    Overdue,
    /// Is not paid completely, and falls due on that day or later.
    Due,
    /// Is not paid completely, and nobody knows yet when it falls due.
    NotYetKnown,
}

impl Instalment {
    pub fn standing(&self, today: NaiveDate) -> Standing {
        match self.due_on {
            _ if self.open_cents.0 <= 0 => Standing::Paid,
            None => Standing::NotYetKnown,
            Some(day) if day < today => Standing::Overdue,
            Some(_) => Standing::Due,
        }
    }
}

impl Instalment {
    /// The order in which payments fill the instalments of a contract: that of their due days, those without
    /// one last, and of one day in the order of the contract.
    pub fn turn(&self) -> (bool, Option<NaiveDate>, i32) {
        (self.due_on.is_none(), self.due_on, self.position)
    }

    pub fn draft(&self) -> InstalmentDraft {
        InstalmentDraft { label: self.label.clone(), amount_cents: self.amount_cents, due: self.due }
    }

    /// As somebody sees it now.
    pub fn seen(&self) -> SeenInstalment {
        SeenInstalment { position: self.position, row: self.draft() }
    }
}

/// The rows of a contract in this order, with the days that are known by now. Nothing of them is paid.
pub fn of_contract(
    contract_id: ContractId,
    rows: Vec<InstalmentDraft>,
    anchors: Anchors,
    plan_id: Option<PlanId>,
) -> Vec<Instalment> {
    let one = |(position, row): (i32, InstalmentDraft)| Instalment {
        contract_id,
        position,
        due_on: anchors.day_of(row.due),
        open_cents: row.amount_cents,
        label: row.label,
        amount_cents: row.amount_cents,
        due: row.due,
        plan_id,
    };
    (1..).zip(rows).map(one).collect()
}

/// Those that were agreed for the contract, as the form holds them; none if it follows a plan.
pub fn own(instalments: &[Instalment]) -> Vec<InstalmentDraft> {
    instalments.iter().filter(|one| one.plan_id.is_none()).map(Instalment::draft).collect()
}

fn in_order(instalments: &mut [Instalment]) -> Vec<&mut Instalment> {
    let mut in_order: Vec<&mut Instalment> = instalments.iter_mut().collect();
    in_order.sort_by_key(|one| one.turn());
    in_order
}

/// How much has to be paid of the contract until each is filled, in the order of `instalments`.
pub fn filled_at(instalments: &[Instalment]) -> Vec<Cents> {
    let mut marked = instalments.to_vec();
    let mut sum = 0;
    for one in in_order(&mut marked) {
        sum += one.amount_cents.0;
        one.open_cents = Cents(sum);
    }
    marked.into_iter().map(|one| one.open_cents).collect()
}

/// Sets what is open of each when this was paid of the contract.
pub fn fill(instalments: &mut [Instalment], paid: Cents) {
    let mut left = paid.0;
    for one in in_order(instalments) {
        let filled = left.clamp(0, one.amount_cents.0);
        one.open_cents = Cents(one.amount_cents.0 - filled);
        left -= filled;
    }
}

/// The instalment that the next payment fills; `None` if all are filled.
pub fn next(instalments: &[Instalment]) -> Option<&Instalment> {
    let open = instalments.iter().filter(|one| one.open_cents.0 > 0);
    open.min_by_key(|one| (one.due_on.is_none(), one.due_on, one.position))
}

/// The earliest due day of an instalment that is not filled.
pub fn next_due_on(instalments: &[Instalment]) -> Option<NaiveDate> {
    instalments.iter().filter(|one| one.open_cents.0 > 0).filter_map(|one| one.due_on).min()
}

/// What fell due before this day and is not filled.
pub fn overdue(instalments: &[Instalment], today: NaiveDate) -> Cents {
    let late = instalments.iter().filter(|one| one.standing(today) == Standing::Overdue);
    Cents(late.map(|one| one.open_cents.0).sum())
}

/// What is wrong with a row, counted from 0: in its label, amount or due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowProblem {
    pub row: usize,
    /// `Label`, `AmountCents` or `DueOn`.
    pub field: Field,
    pub problem: Problem,
}

/// The same of the form as a whole, for a caller that sends a request without a form: the first problem of
/// each field.
pub fn in_fields(wrong: &[RowProblem]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for RowProblem { row: _, field, problem } in wrong {
        if errors.of(*field).is_none() {
            errors.push(*field, *problem);
        }
    }
    errors
}

/// The rows with their labels normalised, or what is wrong with them, in the order of the rows. No rows
/// are right: the contract follows the default plan.
///
/// Errors: as [`check::optional_text`], `NotPositive`, as [`Due::checked`]; of the last row's amount
/// `SumDiffers` with the sum and the total, and `TooMany`.
pub fn checked(rows: &[InstalmentDraft], total: Cents) -> Result<Vec<InstalmentDraft>, Vec<RowProblem>> {
    let mut problems = Vec::new();
    let mut right = Vec::new();
    for (row, draft) in rows.iter().enumerate() {
        let mut wrong = |field, problem| problems.push(RowProblem { row, field, problem });
        let label = check::optional_text(&draft.label, MAX_LABEL).map_err(|problem| wrong(Field::Label, problem));
        if draft.amount_cents.0 <= 0 {
            wrong(Field::AmountCents, Problem::NotPositive);
        }
        if let Err(problem) = draft.due.checked() {
            wrong(Field::DueOn, problem);
        }
        right.extend(label.map(|label| InstalmentDraft { label, ..draft.clone() }));
    }
    let last = rows.len().saturating_sub(1);
    let at_end = |problem| RowProblem { row: last, field: Field::AmountCents, problem };
    if rows.len() > MOST {
        problems.push(at_end(Problem::TooMany(MOST)));
    }
    let sum = rows.iter().fold(0_i128, |sum, row| sum + i128::from(row.amount_cents.0));
    if problems.is_empty() && !rows.is_empty() && sum != i128::from(total.0) {
        let sum = i64::try_from(sum).unwrap_or(i64::MAX);
        problems.push(at_end(Problem::SumDiffers { sum: Cents(sum), total }));
    }
    if problems.is_empty() { Ok(right) } else { Err(problems) }
}
