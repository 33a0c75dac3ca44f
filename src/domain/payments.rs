//! Payments: what was paid of a contract, and refunds. An amount is never changed: a wrong payment is
//! cancelled and recorded anew. The owner is the sales contact of the contract's client.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::method::Method;
use super::{
    audit::{Auditable, AuditedFields, Subject},
    check,
    contracts::Contract,
    entity::EntityKind,
    error::{FieldErrors, Problem, Reason},
    field::Field,
    id::{ClientId, ContractId, PaymentId, UserId},
    money::Cents,
    page::{Listing, Order, SortKey, Sorted, folded},
    policy::{Owner, Permission},
};

/// The longest reason for a cancellation, in characters as a person counts them.
pub const MAX_REASON: usize = 200;

/// The reason that is stored if the user took back a payment that they had just recorded. Screens
/// show it in the user's language.
pub const UNDONE: &str = "undone";

/// A payment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::payments)]
pub struct Payment {
    pub id: PaymentId,
    pub version: i32,
    pub contract_id: ContractId,
    /// Never zero; negative for a refund.
    pub amount_cents: Cents,
    pub paid_on: NaiveDate,
    pub method: Method,
    pub reference: String,
    pub notes: String,
    /// UTC; a cancellation is final. A cancelled payment does not count.
    pub cancelled_at: Option<NaiveDateTime>,
    /// Empty unless it is cancelled.
    pub cancel_reason: String,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

/// What the column `state` says of a payment, by which rare ones are found; the table checks that it is so.
pub const PAYMENT: &str = "payment";
pub const REFUND: &str = "refund";
pub const CANCELLED: &str = "cancelled";

/// The state of a payment of this amount.
pub fn state_of(amount: Cents, is_cancelled: bool) -> &'static str {
    match is_cancelled {
        true => CANCELLED,
        false if amount.0 < 0 => REFUND,
        false => PAYMENT,
    }
}

impl Payment {
    /// What the column `state` says.
    pub fn state(&self) -> &'static str {
        state_of(self.amount_cents, self.cancelled_at.is_some())
    }

    /// Whether the amount was given back.
    pub fn is_refund(&self) -> bool {
        self.amount_cents.0 < 0
    }

    /// Why the state of the payment or of its contract forbids an action that needs this permission.
    pub fn forbids(&self, permission: Permission, contract_archived_at: Option<NaiveDateTime>) -> Option<Reason> {
        if permission == Permission::SeeRecords {
            return None;
        }
        let archived = contract_archived_at.map(|_| Reason::ParentArchived);
        archived.or_else(|| self.cancelled_at.map(|_| Reason::PaymentCancelled))
    }
}

impl Auditable for Payment {
    const SUBJECT: Subject = Subject::Entity(EntityKind::Payment);

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            id: _,
            version: _,
            contract_id,
            amount_cents,
            paid_on,
            method,
            reference,
            notes,
            cancelled_at,
            cancel_reason,
            created_at: _,
            updated_at: _,
        } = self;
        AuditedFields(vec![
            (Field::ContractId, json!(contract_id.0)),
            (Field::AmountCents, json!(amount_cents.0)),
            (Field::PaidOn, json!(paid_on)),
            (Field::Method, json!(method)),
            (Field::Reference, json!(reference)),
            (Field::Notes, json!(notes)),
            (Field::CancelledAt, json!(cancelled_at)),
            (Field::CancelReason, json!(cancel_reason)),
        ])
    }
}

/// The values of the form for a new payment.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Insertable)]
#[diesel(table_name = crate::schema::payments)]
pub struct PaymentDraft {
    pub amount_cents: Cents,
    pub paid_on: NaiveDate,
    pub method: Method,
    pub reference: String,
    pub notes: String,
}

impl PaymentDraft {
    /// What was paid of a contract before it was entered.
    pub fn opening(amount_cents: Cents, paid_on: NaiveDate) -> Self {
        let (reference, notes) = (String::new(), String::new());
        Self { amount_cents, paid_on, method: Method::Opening, reference, notes }
    }

    /// The draft with its texts normalised, or its errors. Whether the contract allows the amount is
    /// checked by [`due_after`].
    pub fn checked(&self, today: NaiveDate) -> Result<Self, FieldErrors> {
        self.checked_as(today, false)
    }

    /// The same; with `opening`, what was paid before is accepted as a method too, as in a file that a company
    /// moves in with.
    pub fn checked_as(&self, today: NaiveDate, opening: bool) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.amount_cents.0 == 0 {
            errors.push(Field::AmountCents, Problem::IsZero);
        }
        errors.take(Field::PaidOn, check::day_until(self.paid_on, today));
        if self.method == Method::Opening && !opening {
            errors.push(Field::Method, Problem::NotAChoice);
        }
        let words = Words { reference: self.reference.clone(), notes: self.notes.clone() };
        match words.checked() {
            Ok(Words { reference, notes }) if errors.is_empty() => Ok(Self { reference, notes, ..self.clone() }),
            Ok(_) => Err(errors),
            Err(wrong) => {
                errors.0.extend(wrong.0);
                Err(errors)
            }
        }
    }
}

/// What can be edited of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::payments)]
pub struct Words {
    pub reference: String,
    pub notes: String,
}

impl From<&Payment> for Words {
    fn from(payment: &Payment) -> Self {
        Self { reference: payment.reference.clone(), notes: payment.notes.clone() }
    }
}

impl Words {
    /// The texts normalised, or their errors.
    pub fn checked(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let reference = errors.take(Field::Reference, check::optional_text(&self.reference, check::MAX_NAME));
        let notes = errors.take(Field::Notes, check::notes(&self.notes));
        reference.zip(notes).map(|(reference, notes)| Self { reference, notes }).ok_or(errors)
    }

    /// The payment with these texts; everything else is kept.
    pub fn applied_to(&self, before: &Payment) -> Payment {
        let Self { reference, notes } = self.clone();
        Payment { reference, notes, ..before.clone() }
    }
}

/// The reason for a cancellation, of 1–200 characters. Errors: `Required`, `TooLong`.
pub fn check_reason(typed: &str) -> Result<String, Problem> {
    match check::optional_text(typed, MAX_REASON)? {
        empty if empty.is_empty() => Err(Problem::Required),
        reason => Ok(reason),
    }
}

/// What is due on the contract after a payment or refund of this amount.
///
/// Errors: `MoreThanDue`, `MoreThanPaid` with the most that is possible.
pub fn due_after(contract: &Contract, amount: Cents) -> Result<Cents, Problem> {
    let paid = contract.paid();
    match contract.due_cents.0.checked_sub(amount.0) {
        Some(due) if due < 0 => Err(Problem::MoreThanDue(contract.due_cents)),
        Some(due) if due <= contract.total_cents.0 => Ok(Cents(due)),
        _ => Err(Problem::MoreThanPaid(paid)),
    }
}

/// What is due on the contract once a payment or refund of this amount is cancelled.
///
/// Errors: `RefundedMeanwhile` if more would be refunded than was paid, `PaidMeanwhile` if more would
/// be paid than the total.
pub fn due_without(contract: &Contract, amount: Cents) -> Result<Cents, Reason> {
    due_after(contract, Cents(-amount.0)).map_err(|_| match amount.0 {
        refund if refund < 0 => Reason::PaidMeanwhile,
        _ => Reason::RefundedMeanwhile,
    })
}

/// Saved views of the payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentView {
    /// All of them, those that are cancelled as well.
    #[default]
    All,
    Mine,
    /// Refunds that are not cancelled.
    Refunds,
    Cancelled,
}

/// Selects payments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentFilter {
    pub view: PaymentView,
    /// Words that must all occur in the reference or in the client's name, company or e-mail address.
    pub text: String,
    pub client: Option<ClientId>,
    pub contract: Option<ContractId>,
    pub method: Option<Method>,
    /// Paid on this day or later.
    pub from: Option<NaiveDate>,
    /// Paid on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// The columns by which payments can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentSort {
    #[default]
    PaidOn,
    Amount,
    Method,
    Client,
    Contract,
    Reference,
    State,
}

impl Order for PaymentSort {
    fn begins_with_the_last(&self) -> bool {
        matches!(self, Self::PaidOn | Self::Amount)
    }
}

/// A payment in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    pub payment: Payment,
    pub client: String,
    pub company: String,
    pub sales_contact_id: UserId,
    /// UTC; set while the contract is archived.
    pub contract_archived_at: Option<NaiveDateTime>,
}

impl PaymentRow {
    /// The sales contact of the client.
    pub fn owner(&self) -> Owner {
        Owner::Sales(self.sales_contact_id)
    }

    /// As [`Payment::forbids`].
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        self.payment.forbids(permission, self.contract_archived_at)
    }

    /// The names and values of a row in an exported file, in order. The names are those of the columns
    /// in the database; `contract` is the contract's number.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self { payment, client, company, sales_contact_id: _, contract_archived_at: _ } = self;
        let Payment {
            id: _,
            version: _,
            contract_id,
            amount_cents,
            paid_on,
            method,
            reference,
            notes,
            cancelled_at,
            cancel_reason,
            created_at,
            updated_at: _,
        } = payment;
        vec![
            ("paid_on", json!(paid_on)),
            ("amount", json!(amount_cents.plain())),
            ("method", json!(method)),
            ("client", json!(client)),
            ("company_name", json!(company)),
            ("contract", json!(contract_id.0)),
            ("reference", json!(reference)),
            ("notes", json!(notes)),
            ("cancelled_at", json!(cancelled_at)),
            ("cancel_reason", json!(cancel_reason)),
            ("created_at", json!(created_at)),
        ]
    }
}

/// A request for a page of payments.
pub type PaymentListing = Listing<PaymentFilter, PaymentSort>;

impl Sorted<PaymentSort> for PaymentRow {
    fn id(&self) -> i64 {
        self.payment.id.0
    }

    fn key(&self, sort: PaymentSort) -> SortKey {
        match sort {
            PaymentSort::PaidOn => SortKey::Day(self.payment.paid_on),
            PaymentSort::Amount => SortKey::Int(self.payment.amount_cents.0),
            PaymentSort::Method => SortKey::Text(self.payment.method.to_string()),
            PaymentSort::Client => folded(&self.client),
            PaymentSort::Contract => SortKey::Int(self.payment.contract_id.0),
            PaymentSort::Reference => folded(&self.payment.reference),
            PaymentSort::State => SortKey::Text(self.payment.state().to_owned()),
        }
    }
}
