//! Contracts: creating, editing, signing, archiving.

use chrono::NaiveDate;

use super::{instalments, load::load, payments};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Error, Field, FieldErrors, Reason,
        audit::Verb,
        check,
        clients::Client,
        contracts::{Contract, ContractDraft, check_paid_before, signed_at},
        instalments::SeenInstalment,
        payments::PaymentDraft,
        policy::Permission,
    },
    services::{
        WriteRequest,
        context::{RequestContext, ServiceError, as_seen, refuse},
        outcome::{WriteOutcome, changed, created},
    },
    storage::{self, Current, Db},
};

/// The id of a record and the version that the user saw.
type Seen = (ContractId, i32);

/// Creates a contract, with this number if one is given.
pub fn create(
    db: &mut Db,
    ctx: &RequestContext,
    client: ClientId,
    draft: &ContractDraft,
    (paid_before, number): (Cents, Option<ContractId>),
) -> Result<WriteOutcome, ServiceError> {
    // The client is locked: it cannot be archived while the contract is created.
    let client = load::<Client>(db, ctx, client)?;
    let draft = draft.checked(Cents(0)).map_err(Error::Invalid)?;
    check_paid_before(paid_before, draft.total_cents)
        .map_err(|problem| Error::Invalid(FieldErrors::one(Field::PaidBefore, problem)))?;
    let contract = storage::contracts::insert(db, number, client.id, &draft, ctx.now)?;
    let due = Cents(draft.total_cents.0 - paid_before.0);
    let after = Contract { due_cents: due, ..(*contract).clone() };
    let entry = created(Verb::ContractCreated, &client.full_name, &after);
    instalments::begin(db, ctx, &contract)?;
    let mut outcome = WriteOutcome::saved(entry, contract.version);
    if paid_before.0 > 0 {
        let opening = PaymentDraft::opening(paid_before, ctx.wall.date());
        let payment = storage::payments::insert(db, contract.id, &opening, ctx.now)?;
        storage::contracts::set_due(db, &contract, due, ctx.now)?;
        outcome.entries.push(payments::recorded(&client, &payment));
    }
    Ok(outcome)
}

pub(super) fn update(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    draft: &ContractDraft,
    difference: Option<&SeenInstalment>,
) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = load::<Contract>(db, ctx, seen.0)?;
    let draft = draft.checked(before.paid()).map_err(Error::Invalid)?;
    let before = as_seen(db, before, seen.1)?;
    let after = draft.applied_to(&before);
    if after == *before {
        return Ok(WriteOutcome::unchanged(&*before, before.version));
    }
    let retotalled = instalments::retotalled(db, ctx, (&before, &after), difference)?;
    storage::contracts::update(db, &before, &draft, ctx.now)?;
    let entry = changed(Verb::ContractUpdated, &client.full_name, &*before, &after);
    let entry = instalments::with_change(entry, retotalled.as_ref());
    let taken_by = retotalled.as_ref().and_then(|one| one.taken_by.clone());
    if let Some(retotalled) = retotalled {
        retotalled.write(db, ctx, after.id)?;
    }
    let draft = ContractDraft::from(&*before);
    // What the instalment has taken it gives back.
    let difference = taken_by;
    let undo = WriteRequest::UpdateContract { id: seen.0, version: seen.1 + 1, draft, difference };
    Ok(WriteOutcome::undoable(entry, seen.1 + 1, undo))
}

pub(super) fn sign(
    db: &mut Db,
    ctx: &RequestContext,
    seen: Seen,
    day: NaiveDate,
) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = load::<Contract>(db, ctx, seen.0)?;
    check::day_until(day, ctx.wall.date())
        .map_err(|problem| Error::Invalid(FieldErrors::one(Field::SignedAt, problem)))?;
    let before = as_seen(db, before, seen.1)?;
    let signed_at = signed_at(day, ctx.now, ctx.settings.time_zone);
    storage::contracts::sign(db, &before, signed_at, ctx.now)?;
    let after = Contract { signed_at: Some(signed_at), ..(*before).clone() };
    instalments::follow(db, ctx, &after)?;
    Ok(WriteOutcome::saved(changed(Verb::ContractSigned, &client.full_name, &*before, &after), seen.1 + 1))
}

pub(super) fn archive(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    // The contract is locked: no event can be created for it between the count and the archiving.
    let (before, client) = load::<Contract>(db, ctx, seen.0)?;
    refuse(Reason::if_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    match storage::contracts::open_events(db, seen.0)? {
        0 => set_archived(db, ctx, &before, &client, Verb::ContractArchived),
        open => Err(Reason::ContractHasEvents(open).into()),
    }
}

pub(super) fn restore(db: &mut Db, ctx: &RequestContext, seen: Seen) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = load::<Contract>(db, ctx, seen.0)?;
    refuse(Reason::unless_archived(before.archived_at))?;
    let before = as_seen(db, before, seen.1)?;
    refuse(client.forbids(Permission::ArchiveContract))?;
    set_archived(db, ctx, &before, &client, Verb::ContractRestored)
}

fn set_archived(
    db: &mut Db,
    ctx: &RequestContext,
    before: &Current<Contract>,
    client: &Client,
    verb: Verb,
) -> Result<WriteOutcome, ServiceError> {
    let archived_at = (verb == Verb::ContractArchived).then_some(ctx.now);
    storage::contracts::set_archived(db, before, archived_at, ctx.now)?;
    let after = Contract { archived_at, ..(**before).clone() };
    instalments::follow(db, ctx, &after)?;
    let (id, version) = (before.id, before.version + 1);
    let undo = match archived_at {
        Some(_) => WriteRequest::RestoreContract { id, version },
        None => WriteRequest::ArchiveContract { id, version },
    };
    Ok(WriteOutcome::undoable(changed(verb, &client.full_name, &**before, &after), version, undo))
}
