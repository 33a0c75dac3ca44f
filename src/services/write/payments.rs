//! Payments: recording, correcting their words, cancelling. Each changes what is due on the contract, whose
//! row is locked, in the same transaction.

use super::{instalments, load::load};
use crate::{
    domain::{
        Cents, ContractId, Error, Field, FieldErrors, PaymentId,
        audit::Verb,
        clients::Client,
        contracts::Contract,
        payments::{Payment, PaymentDraft, UNDONE, Words, check_reason, due_after, due_without},
        policy::{self, Permission},
    },
    services::{
        Balance, WriteRequest,
        context::{RequestContext, ServiceError, as_seen, refuse},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Db, ForUpdate, audit::AuditEntry},
};

/// The id of a record and the version that the user saw.
type Seen = (PaymentId, i32);

pub(super) fn record(
    db: &mut Db,
    ctx: &RequestContext,
    contract: ContractId,
    draft: &PaymentDraft,
) -> Result<WriteOutcome, ServiceError> {
    let (contract, client) = load::<Contract>(db, ctx, contract)?;
    let draft = draft.checked_as(ctx.wall.date(), ctx.accepts_opening()).map_err(Error::Invalid)?;
    let due = due_after(&contract, draft.amount_cents)
        .map_err(|problem| Error::Invalid(FieldErrors::one(Field::AmountCents, problem)))?;
    let payment = storage::payments::insert(db, contract.id, &draft, ctx.now)?;
    let undo = WriteRequest::CancelPayment { id: payment.id, version: payment.version, reason: UNDONE.to_owned() };
    let outcome = WriteOutcome::undoable(recorded(&client, &payment), payment.version, undo);
    balance(db, ctx, (&contract, &client), (payment.amount_cents, due), outcome)
}

/// Records a payment of a file that is cancelled already, which never counts for what is due.
pub fn record_cancelled(
    db: &mut Db,
    ctx: &RequestContext,
    contract: ContractId,
    (draft, reason): (&PaymentDraft, &str),
) -> Result<WriteOutcome, ServiceError> {
    let (contract, client) = load::<Contract>(db, ctx, contract)?;
    let draft = draft.checked_as(ctx.wall.date(), ctx.accepts_opening()).map_err(Error::Invalid)?;
    let cancel_reason =
        check_reason(reason).map_err(|problem| Error::Invalid(FieldErrors::one(Field::CancelReason, problem)))?;
    let payment = storage::payments::insert(db, contract.id, &draft, ctx.now)?.as_it_is();
    storage::payments::cancel(db, &payment, &cancel_reason, ctx.now)?;
    let version = payment.version + 1;
    let cancelled = Payment { version, cancelled_at: Some(ctx.now), cancel_reason, ..(*payment).clone() };
    Ok(WriteOutcome::saved(recorded(&client, &cancelled), version))
}

/// The audit entry of a new payment.
pub(super) fn recorded(client: &Client, payment: &Payment) -> AuditEntry {
    created(Verb::PaymentRecorded, &client.full_name, payment)
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    words: &Words,
) -> Result<WriteOutcome, ServiceError> {
    let (before, _, client) = load::<Payment>(db, ctx, seen.0)?;
    let words = words.checked().map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = words.applied_to(&before);
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    storage::payments::update(db, &before, &words, ctx.now)?;
    let undo = WriteRequest::UpdatePayment { id: seen.0, version: seen.1 + 1, words: Words::from(&*before) };
    Ok(WriteOutcome::undoable(changed(Verb::PaymentUpdated, &client.full_name, &*before, &after), seen.1 + 1, undo))
}

pub(super) fn cancel(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    reason: &str,
) -> Result<WriteOutcome, ServiceError> {
    let (before, contract, client) = load::<Payment>(db, ctx, seen.0)?;
    let days = (ctx.settings.wall_clock(before.created_at).date(), ctx.wall.date());
    refuse(policy::too_late(Permission::CancelPayment, ctx.actor().role, &ctx.settings, days))?;
    let reason =
        check_reason(reason).map_err(|problem| Error::Invalid(FieldErrors::one(Field::CancelReason, problem)))?;
    let before = as_seen(db, before, seen.1)?;
    let due = due_without(&contract, before.amount_cents)?;
    storage::payments::cancel(db, &before, &reason, ctx.now)?;
    let after = Payment { cancelled_at: Some(ctx.now), cancel_reason: reason, ..(*before).clone() };
    let mut entry = changed(Verb::PaymentCancelled, &client.full_name, &*before, &after);
    // The history says what does not count any more: the amount of the record stays.
    entry.changes.0.insert(0, (Field::AmountCents, before.amount_cents.0.into(), serde_json::Value::Null));
    balance(db, ctx, (&contract, &client), (before.amount_cents, due), WriteOutcome::saved(entry, seen.1 + 1))
}

/// Sets what is due on the contract, and adds the contract's own audit entry, which says why: it has the
/// verb of the payment's entry. The reply tells what is due, and what falls due next.
fn balance(
    db: &mut Db,
    ctx: &RequestContext,
    (contract, client): (&ForUpdate<Contract>, &Client),
    (amount, due): (Cents, Cents),
    outcome: WriteOutcome,
) -> Result<WriteOutcome, ServiceError> {
    storage::contracts::set_due(db, contract, due, ctx.now)?;
    let after = Contract { due_cents: due, ..(**contract).clone() };
    if after.archived_at.is_some() {
        instalments::follow(db, ctx, &after)?;
    }
    let next = storage::instalments::next(db, contract.id, ctx.wall.date())?;
    let next = next.and_then(|(open, day)| Some((open, day?)));
    let now = Balance { contract: contract.id, amount, due, next };
    let verb = outcome.entries.first().map_or(Verb::PaymentRecorded, |entry| entry.verb);
    Ok(outcome.balanced(changed(verb, &client.full_name, &**contract, &after), now))
}
