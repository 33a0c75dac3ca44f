//! Instalments: those that are agreed for a contract, those that follow the default plan, and what all of them
//! follow from: the total, the payments, the signature and the first event of their contract.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::load::{self, load};
use crate::{
    domain::{
        Cents, ContractId, Error, Field, FieldErrors, PlanId,
        audit::{Changes, Verb},
        contracts::Contract,
        dates,
        events::Event,
        instalments::{
            self, Anchors, Instalment, InstalmentDraft, SeenInstalment, audited, checked, fill, in_fields, own,
        },
        plans::{self, Plan},
        settings::Settings,
    },
    services::{
        WriteRequest,
        context::{RequestContext, ServiceError, as_seen, conflict},
        outcome::{WriteOutcome, changed},
    },
    storage::{self, Db, audit::AuditEntry, instalments::Basis},
};

/// Replaces the instalments that were agreed for a contract.
pub(super) fn set(
    db: &mut Db,
    ctx: &RequestContext,
    (id, version): (ContractId, i32),
    rows: &[InstalmentDraft],
) -> Result<WriteOutcome, ServiceError> {
    let (before, client) = load::<Contract>(db, ctx, id)?;
    // The version is compared first: rows that sum to a former total are no mistake of who typed them.
    let before = as_seen(db, before, version)?;
    let rows = checked(rows, before.total_cents).map_err(|wrong| Error::Invalid(in_fields(&wrong)))?;
    let former = own(&storage::instalments::of_contract(db, id)?);
    if former == rows {
        return Ok(WriteOutcome::unchanged(&*before, version));
    }
    let event_on = storage::instalments::event_on(db, id)?;
    let after = match rows.as_slice() {
        [] => by_default(db, ctx, &before, event_on)?,
        _ => drawn_up(&before, rows.clone(), None, anchors(&before, event_on, ctx.settings.time_zone)),
    };
    storage::contracts::raise_version(db, &before, ctx.now)?;
    storage::instalments::replace(db, id, &after, ctx.now)?;
    let mut entry = changed(Verb::InstalmentsSet, &client.full_name, &*before, &*before);
    entry.changes = Changes(vec![(Field::Instalments, audited(&former), audited(&rows))]);
    let undo = WriteRequest::SetInstalments { contract: id, version: version + 1, rows: former };
    Ok(WriteOutcome::undoable(entry, version + 1, undo))
}

/// The instalments of a contract by the company's default plan; none without one.
fn by_default(
    db: &mut Db,
    ctx: &RequestContext,
    contract: &Contract,
    event_on: Option<NaiveDate>,
) -> Result<Vec<Instalment>, ServiceError> {
    let Some(plan) = ctx.settings.default_plan else { return Ok(Vec::new()) };
    // The plan stays as it is until the end of the transaction: who changes it first locks the settings, which
    // this transaction holds.
    let plan = storage::plans::find(db, plan)?;
    let anchors = anchors(contract, event_on, ctx.settings.time_zone);
    Ok(plan.map_or_else(Vec::new, |plan| by_plan(contract, &plan, anchors)))
}

fn by_plan(contract: &Contract, plan: &Plan, anchors: Anchors) -> Vec<Instalment> {
    drawn_up(contract, plans::instalments(&plan.parts, contract.total_cents), Some(plan.id), anchors)
}

/// The days of a contract that due days are counted from.
pub fn anchors(contract: &Contract, event_on: Option<NaiveDate>, time_zone: Tz) -> Anchors {
    Anchors { signed_on: signed_on(contract.signed_at, time_zone), event_on }
}

fn signed_on(signed_at: Option<NaiveDateTime>, time_zone: Tz) -> Option<NaiveDate> {
    signed_at.map(|utc| dates::to_wall(utc, time_zone).date())
}

/// The rows of a contract as they are stored.
fn drawn_up(
    contract: &Contract,
    rows: Vec<InstalmentDraft>,
    plan: Option<PlanId>,
    anchors: Anchors,
) -> Vec<Instalment> {
    let mut rows = instalments::of_contract(contract.id, rows, anchors, plan);
    open(&mut rows, contract.paid(), contract.archived_at.is_some());
    rows
}

/// Sets what is stored as open: of an archived contract nothing.
fn open(rows: &mut [Instalment], paid: Cents, archived: bool) {
    fill(rows, paid);
    if archived {
        for one in rows {
            one.open_cents = Cents(0);
        }
    }
}

/// Gives a new contract the instalments of the default plan.
pub(super) fn begin(db: &mut Db, ctx: &RequestContext, contract: &Contract) -> Result<(), ServiceError> {
    let rows = by_default(db, ctx, contract, None)?;
    Ok(storage::instalments::insert(db, &rows, ctx.now)?)
}

/// What a changed total does to the instalments of a contract.
pub(super) struct Retotalled {
    rows: Vec<Instalment>,
    /// What the audit log says of those that were agreed for the contract.
    pub change: Option<(Field, serde_json::Value, serde_json::Value)>,
    /// The one of these that has taken the difference, as it is now.
    pub taken_by: Option<SeenInstalment>,
}

/// The instalments of a contract whose total changes; `None` if it stays or there are none. Those that were agreed
/// stay as they are, but for the one that takes the difference: the last one if `difference` is `None`.
///
/// Errors: `Invalid` for `Difference`; `Conflict` if `difference` is not among the instalments.
pub(super) fn retotalled(
    db: &mut Db,
    ctx: &RequestContext,
    (before, after): (&Contract, &Contract),
    difference: Option<&SeenInstalment>,
) -> Result<Option<Retotalled>, ServiceError> {
    if before.total_cents == after.total_cents {
        return Ok(None);
    }
    let (stored, event_on) = storage::instalments::with_event_on(db, before.id)?;
    let former = own(&stored);
    let Some(last) = stored.last() else { return Ok(None) };
    if former.is_empty() {
        let rows = by_default(db, ctx, after, event_on)?;
        return Ok(Some(Retotalled { rows, change: None, taken_by: None }));
    }
    let more = Cents(after.total_cents.0 - before.total_cents.0);
    let takes = difference.cloned().unwrap_or_else(|| last.seen());
    if !takes.is_among(&former) {
        return Err(conflict(db, before, before.version, before.updated_at)?);
    }
    let taken_by = takes.with(more).map_err(|problem| Error::Invalid(FieldErrors::one(Field::Difference, problem)))?;
    let after_all = |(position, row): (i32, &InstalmentDraft)| {
        if position == taken_by.position { &taken_by.row } else { row }.clone()
    };
    let rows: Vec<InstalmentDraft> = (1..).zip(&former).map(after_all).collect();
    let change = (Field::Instalments, audited(&former), audited(&rows));
    let rows = drawn_up(after, rows, None, anchors(after, event_on, ctx.settings.time_zone));
    Ok(Some(Retotalled { rows, change: Some(change), taken_by: Some(taken_by) }))
}

impl Retotalled {
    pub fn write(self, db: &mut Db, ctx: &RequestContext, contract: ContractId) -> Result<(), ServiceError> {
        Ok(storage::instalments::replace(db, contract, &self.rows, ctx.now)?)
    }
}

/// Brings the instalments of a locked contract up to date after it was signed, archived or restored, or its
/// first event has changed. `contract` is as it is now.
pub(super) fn follow(db: &mut Db, ctx: &RequestContext, contract: &Contract) -> Result<(), ServiceError> {
    let (stored, event_on) = storage::instalments::with_event_on(db, contract.id)?;
    let mut rows = stored.clone();
    bring(
        &mut rows,
        anchors(contract, event_on, ctx.settings.time_zone),
        contract.paid(),
        contract.archived_at.is_some(),
    );
    if rows == stored { Ok(()) } else { Ok(storage::instalments::bring(db, contract.id, &rows, ctx.now)?) }
}

fn bring(rows: &mut [Instalment], anchors: Anchors, paid: Cents, archived: bool) {
    for one in rows.iter_mut() {
        one.due_on = anchors.day_of(one.due);
    }
    open(rows, paid, archived);
}

/// The same after an event of this locked contract was created.
pub(super) fn follow_new_event(
    db: &mut Db,
    ctx: &RequestContext,
    contract: &Contract,
    event: &Event,
) -> Result<(), ServiceError> {
    if counted_on(event).is_some() { follow(db, ctx, contract) } else { Ok(()) }
}

/// The same after an event was changed.
pub(super) fn follow_event(
    db: &mut Db,
    ctx: &RequestContext,
    (before, after): (&Event, &Event),
) -> Result<(), ServiceError> {
    if counted_on(before) == counted_on(after) {
        return Ok(());
    }
    let contract = load::contract_of(db, after)?;
    follow(db, ctx, &contract)
}

/// The day on which an event begins, if instalments may be counted from it.
fn counted_on(event: &Event) -> Option<NaiveDate> {
    let counts = event.archived_at.is_none() && event.status.counts();
    event.starts_at.filter(|_| counts).map(|starts_at| starts_at.date())
}

/// Makes the instalments of all contracts anew after the default plan or the time zone has changed. The settings
/// must be locked, so that nobody else writes meanwhile.
pub fn make_anew(
    db: &mut Db,
    (settings, plan): (&Settings, Option<&Plan>),
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    storage::instalments::each_portion(db, |db, contracts| {
        let (mut moved, mut replaced, mut new) = (Vec::new(), Vec::new(), Vec::new());
        for basis in contracts {
            let anchors =
                Anchors { signed_on: signed_on(basis.signed_at, settings.time_zone), event_on: basis.event_on };
            let Basis { contract, total, paid, archived, instalments: stored, .. } = basis;
            let follows = stored.iter().all(|one| one.plan_id.is_some());
            let mut rows = match plan {
                _ if !follows => stored.clone(),
                Some(plan) => {
                    instalments::of_contract(contract, plans::instalments(&plan.parts, total), anchors, Some(plan.id))
                }
                None => Vec::new(),
            };
            bring(&mut rows, anchors, paid, archived);
            match rows {
                same if same == stored => {}
                own if !follows => moved.push(own),
                by_plan => {
                    replaced.push(contract);
                    new.extend(by_plan);
                }
            }
        }
        storage::instalments::bring_all(db, &moved, now)?;
        Ok(storage::instalments::replace_all(db, &replaced, &new, now)?)
    })
}

/// The audit entry of a contract with what a changed total did to its instalments.
pub(super) fn with_change(mut entry: AuditEntry, retotalled: Option<&Retotalled>) -> AuditEntry {
    entry.changes.0.extend(retotalled.and_then(|one| one.change.clone()));
    entry
}
