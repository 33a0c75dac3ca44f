//! Rows of payments. A payment is known by contract, day, amount, method and reference together. One of the same
//! contract, day and amount is suspected to be the same.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    cells::Cells,
    lookup::Contracts,
    plan::{Begin, Edit, Planner, Step, Then, Verdict, refused_by_state},
};
use crate::{
    domain::{
        Cents, ContractId, Field, Problem,
        audit::{Auditable, Changes},
        contracts::Contract,
        entity::EntityKind,
        import_words,
        imports::{Choice, Suspicion},
        payments::{Method, Payment, PaymentDraft, UNDONE, Words, check_reason, due_after},
        text,
    },
    services::context::{RequestContext, ServiceError},
    storage::{self, Db},
};

/// The order in which payments are imported: cancelled ones first, then by day, refunds of a day last.
pub(super) fn order(cells: &mut Cells) -> (bool, Option<NaiveDate>, bool) {
    let is_cancelled = cells.is_set(Field::CancelledAt) == Some(true);
    let is_refund = cells.amount(Field::AmountCents).is_some_and(|amount| amount.0 < 0);
    (!is_cancelled, cells.day(Field::PaidOn), is_refund)
}

/// The known payments of each contract, the oldest first.
type Payments = HashMap<ContractId, Vec<Payment>>;

pub(super) fn plan(
    planner: &mut Planner,
    db: &mut Db,
    ctx: &RequestContext,
    rows: Vec<Cells>,
) -> Result<Vec<Verdict>, ServiceError> {
    let known = Contracts::load(db, &rows, Field::ContractId)?;
    let mut payments = Payments::new();
    for payment in storage::lookup::payments_of(db, &known.ids())? {
        payments.entry(payment.contract_id).or_default().push(payment);
    }
    Ok(rows.into_iter().map(|cells| row(planner, ctx, (&known, &payments), cells)).collect())
}

fn row(planner: &mut Planner, ctx: &RequestContext, known: (&Contracts, &Payments), mut cells: Cells) -> Verdict {
    let contract = contract_of(planner, known, &mut cells).cloned();
    let name = contract.as_ref().map_or_else(|| cells.text(Field::ClientId), |one| known.0.client_of(one).to_owned());
    let amount = cells.amount(Field::AmountCents);
    let paid_on = cells.day(Field::PaidOn);
    for (field, is_missing) in [
        (Field::AmountCents, cells.said(Field::AmountCents).is_none()),
        (Field::PaidOn, cells.said(Field::PaidOn).is_none()),
    ] {
        if is_missing {
            cells.errors.push(field, Problem::Required);
        }
    }
    let method = cells.read(Field::Method, |said| import_words::method(said).ok_or(Problem::NotAChoice));
    let reason = match cells.is_set(Field::CancelledAt) {
        Some(true) => {
            let reason = cells.said(Field::CancelReason).unwrap_or(&planner.asked.name);
            let reason: String = reason.chars().take(crate::domain::payments::MAX_REASON).collect();
            cells.errors.take(Field::CancelReason, check_reason(&reason))
        }
        Some(false) | None => None,
    };
    let (Some(contract), Some(amount_cents), Some(paid_on)) = (contract, amount, paid_on) else {
        return Verdict::refused(cells, name);
    };
    let draft = PaymentDraft {
        amount_cents,
        paid_on,
        method: method.unwrap_or(Method::Other),
        reference: cells.text(Field::Reference),
        notes: cells.text(Field::Notes),
    };
    let checked = draft.checked_as(ctx.wall.date(), ctx.accepts_opening());
    let draft = checked.map_err(|wrong| cells.errors.0.extend(wrong.0)).unwrap_or(draft);
    if !cells.errors.is_empty() {
        return Verdict::refused(cells, name);
    }
    let alike = known
        .1
        .get(&contract.id)
        .into_iter()
        .flatten()
        .filter(|one| one.paid_on == paid_on && one.amount_cents == amount_cents && !planner.is_taken(&key(one)))
        // What was recorded by mistake, as by an import that was reverted, does not stand in the way.
        .filter(|one| reason.is_some() || one.cancelled_at.is_none() || one.cancel_reason != UNDONE);
    let alike: Vec<&Payment> = alike.collect();
    let is_same = |one: &&&Payment| {
        one.cancelled_at.is_some() == reason.is_some()
            && (method.is_none() || one.method == draft.method)
            && text::fold(&one.reference) == text::fold(&draft.reference)
    };
    let twin = twin(&contract, &draft, reason.is_some());
    let earlier = planner.earlier(&twin);
    if let Some(before) = alike.iter().find(is_same) {
        planner.note(&twin, &cells);
        planner.take(Field::ContractId, &key(before), &mut cells);
        let (changes, step) = reworded(before, &draft);
        if !changes.0.is_empty() && !check_state(&mut cells, &contract, before, &step.then) {
            return Verdict::refused(cells, name);
        }
        return Verdict::known(&cells, name, changes, step);
    }
    let choice = planner.choice(&cells);
    let Some(before) = alike.first() else {
        let detail = amount_cents.plain();
        let step = match earlier.map(|_| choice) {
            None | Some(Choice::Create) => record(planner, &mut cells, &contract, draft, reason),
            Some(Choice::Skip | Choice::Update) => None,
        };
        if cells.errors.is_empty() {
            planner.note(&twin, &cells);
        }
        return match (earlier, step) {
            _ if !cells.errors.is_empty() => Verdict::refused(cells, name),
            (Some(row), step) => Verdict::repeated(&cells, name, detail, row, step),
            (None, Some(step)) => Verdict::new_record(&cells, name, step),
            (None, None) => Verdict::refused(cells, name),
        };
    };
    let (changes, update) = reworded(before, &draft);
    let step = match choice {
        Choice::Skip => None,
        Choice::Update => {
            planner.take(Field::ContractId, &key(before), &mut cells);
            if !changes.0.is_empty() && !check_state(&mut cells, &contract, before, &update.then) {
                return Verdict::refused(cells, name);
            }
            Some(update)
        }
        Choice::Create => match record(planner, &mut cells, &contract, draft, reason) {
            None => return Verdict::refused(cells, name),
            step => step,
        },
    };
    planner.note(&twin, &cells);
    let suspicion =
        Suspicion { name: name.clone(), detail: contract.id.0.to_string(), id: Some(before.id.0), row: None, changes };
    Verdict::suspected(&cells, name, suspicion, step)
}

/// What two rows have in common that may be about the same new payment.
fn twin(contract: &Contract, draft: &PaymentDraft, is_cancelled: bool) -> String {
    let PaymentDraft { amount_cents, paid_on, method, reference, .. } = draft;
    let reference = text::fold(reference);
    format!("payment of {} {} {paid_on} {method} {is_cancelled} {reference}", contract.id.0, amount_cents.0)
}

/// Refuses what the forms would refuse because the payment is cancelled or its contract archived.
fn check_state(cells: &mut Cells, contract: &Contract, before: &Payment, then: &[Then]) -> bool {
    let forbids = |_, permission| before.forbids(permission, contract.archived_at);
    match refused_by_state(EntityKind::Payment, None, then, forbids) {
        Some(problem) => {
            cells.errors.push(Field::CancelledAt, problem);
            false
        }
        None => true,
    }
}

/// The contract that a row names. If it names only its client: the one that has this payment already, or else the only one
/// that still can have it, after the rows before.
fn contract_of<'a>(planner: &Planner, known: (&'a Contracts, &Payments), cells: &mut Cells) -> Option<&'a Contract> {
    // What cannot be read is said below.
    let errors = cells.errors.clone();
    let (amount, paid_on) = (cells.amount(Field::AmountCents), cells.day(Field::PaidOn));
    cells.errors = errors;
    let has = |one: &Payment| {
        Some(one.paid_on) == paid_on && Some(one.amount_cents) == amount && !planner.is_taken(&key(one))
    };
    let has_it = |contract: &Contract| known.1.get(&contract.id).is_some_and(|of| of.iter().any(has));
    let fits = |one: &Contract| {
        let due = planner.due.get(&one.id).copied().unwrap_or(one.due_cents);
        let is_refund = amount.is_some_and(|amount| amount.0 < 0);
        one.archived_at.is_none() && if is_refund { due < one.total_cents } else { due.0 > 0 }
    };
    match known.0.only(cells, has_it) {
        Some(contract) => Some(contract),
        None => known.0.named(cells, fits),
    }
}

fn key(payment: &Payment) -> String {
    format!("payment {}", payment.id.0)
}

/// Reference and notes are all that can be changed of a payment.
fn reworded(before: &Payment, draft: &PaymentDraft) -> (Changes, Step) {
    let words = Words {
        reference: if draft.reference.is_empty() { before.reference.clone() } else { draft.reference.clone() },
        notes: if draft.notes.is_empty() { before.notes.clone() } else { draft.notes.clone() },
    };
    let changes = before.audited_fields().changes_to(&words.applied_to(before).audited_fields());
    let then = if changes.0.is_empty() { Vec::new() } else { vec![Then::Update(Edit::Payment(Box::new(words)))] };
    (changes, Step { begin: Begin::Keep(before.id.0, before.version), then })
}

/// Refuses a payment that does not fit what is due after the rows before it. A cancelled one does not count.
fn record(
    planner: &mut Planner,
    cells: &mut Cells,
    contract: &Contract,
    draft: PaymentDraft,
    reason: Option<String>,
) -> Option<Step> {
    if reason.is_none() {
        let due_cents: Cents = planner.due.get(&contract.id).copied().unwrap_or(contract.due_cents);
        let now = Contract { due_cents, ..contract.clone() };
        let due = cells.errors.take(Field::AmountCents, due_after(&now, draft.amount_cents))?;
        planner.due.insert(contract.id, due);
    }
    let begin = Begin::Payment { contract: contract.id, draft: Box::new(draft), cancelled: reason };
    Some(Step { begin, then: Vec::new() })
}
