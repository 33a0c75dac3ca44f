//! Rows of contracts. A contract is known by its number, or by client, total and day of signature together. One
//! of the same client and total is suspected to be the same.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::{
    cells::Cells,
    lookup::Contracts,
    plan::{Begin, Edit, Planner, Step, Then, Verdict, refuse_archiving, refused_by_state},
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Field, Problem,
        audit::{Auditable, Changes},
        check,
        contracts::{Contract, ContractDraft, check_paid_before},
        dates,
        entity::EntityKind,
        imports::{Choice, Suspicion},
        instalments::Instalment,
        payments::PaymentDraft,
        policy::Permission,
        settings::Settings,
    },
    services::context::{RequestContext, ServiceError},
    storage::{self, Db},
};

pub(super) fn plan(
    planner: &mut Planner,
    db: &mut Db,
    ctx: &RequestContext,
    rows: Vec<Cells>,
) -> Result<Vec<Verdict>, ServiceError> {
    let mut known = Contracts::load(db, &rows, Field::Number)?;
    known.load_reverted(db)?;
    let mut planned: Vec<Verdict> = rows.into_iter().map(|cells| row(planner, ctx, &known, cells)).collect();
    let archived: Vec<ContractId> = planned.iter().filter_map(Verdict::archives).map(ContractId::new).collect();
    let open = storage::lookup::open_events_of(db, &archived)?;
    let open: HashMap<i64, i64> = open.into_iter().map(|(id, open)| (id.0, open)).collect();
    refuse_archiving(&mut planned, &open, Problem::HasEvents);
    refuse_totals(db, &known, &mut planned)?;
    Ok(planned)
}

/// Refuses totals whose difference the last of the instalments that were agreed cannot take.
fn refuse_totals(db: &mut Db, known: &Contracts, planned: &mut [Verdict]) -> Result<(), ServiceError> {
    let more = |verdict: &Verdict| {
        let (id, total) = verdict.changes(|then| match then {
            Then::Update(Edit::Contract(draft)) => Some(draft.total_cents),
            _ => None,
        })?;
        let before = known.get(ContractId::new(id))?;
        Some((before.id, Cents(total.0 - before.total_cents.0))).filter(|(_, more)| more.0 != 0)
    };
    let changed: Vec<ContractId> = planned.iter().filter_map(more).map(|(id, _)| id).collect();
    let mut last: HashMap<ContractId, Instalment> = HashMap::new();
    for one in storage::lookup::instalments_of(db, &changed)? {
        last.insert(one.contract_id, one);
    }
    for verdict in planned {
        let taken = more(verdict).and_then(|(id, more)| Some((last.get(&id)?, more)));
        // Those of a plan are made anew.
        if let Some((last, more)) = taken.filter(|(last, _)| last.plan_id.is_none())
            && last.seen().with(more).is_err()
        {
            verdict.refuse(Field::TotalCents, Problem::LastInstalment);
        }
    }
    Ok(())
}

/// What a row says.
struct Said {
    number: Option<ContractId>,
    client: ClientId,
    draft: ContractDraft,
    /// What was paid, if the file says so or says what is due.
    paid: Option<(Field, Cents)>,
    signed_on: Option<NaiveDate>,
    archived: bool,
}

fn row(planner: &mut Planner, ctx: &RequestContext, known: &Contracts, mut cells: Cells) -> Verdict {
    let name = cells.text(Field::ClientId);
    let number = cells.contract_number(Field::Number);
    let numbered = number.and_then(|number| known.get(number));
    let client = match known.clients.named(&cells) {
        Ok(Some(client)) => Some(client.id),
        Ok(None) => numbered.map(|contract| contract.client_id),
        Err((field, problem)) => cells.errors.take(field, Err(problem)),
    };
    if client.is_none() && cells.errors.is_empty() {
        cells.errors.push(Field::ClientId, Problem::Required);
    }
    if numbered.is_some_and(|contract| client.is_some_and(|client| client != contract.client_id)) {
        cells.errors.push(Field::Number, Problem::OtherClient);
    }
    let total = cells.amount(Field::TotalCents).or(numbered.map(|contract| contract.total_cents));
    let draft = ContractDraft { total_cents: total.unwrap_or_default(), notes: cells.text(Field::Notes) };
    let said = client.map(|client| Said {
        number,
        client,
        paid: paid(&mut cells, draft.total_cents),
        draft,
        signed_on: signed_on(&mut cells, ctx),
        archived: cells.is_set(Field::ArchivedAt) == Some(true),
    });
    let Some(said) = said.filter(|_| cells.errors.is_empty()) else {
        return Verdict::refused(cells, name);
    };
    let earlier = said.number.is_none().then(|| planner.earlier(&twin(&said))).flatten();
    let (same, perhaps) = match (numbered, matched(planner, &ctx.settings, known, &said)) {
        (Some(contract), _) => (Some(contract), None),
        // It keeps the number that is still free, but may be a contract that was entered without it.
        (None, (same, _)) if said.number.is_some() => (None, same),
        (None, found) => found,
    };
    match (same, perhaps) {
        (Some(before), _) => update_row(planner, ctx, (known, cells), name, before, &said),
        (None, Some(before)) => suspected(planner, ctx, known, cells, name, before, said),
        (None, None) => {
            let (total, twin) = (said.draft.total_cents, twin(&said));
            let step = match earlier.map(|_| planner.choice(&cells)) {
                None | Some(Choice::Create) => create(planner, &mut cells, known, said),
                Some(Choice::Skip | Choice::Update) => None,
            };
            if cells.errors.is_empty() {
                planner.note(&twin, &cells);
            }
            match (earlier, step) {
                _ if !cells.errors.is_empty() => Verdict::refused(cells, name),
                (Some(row), step) => Verdict::repeated(&cells, name, total.plain(), row, step),
                (None, Some(step)) => Verdict::new_record(&cells, name, step),
                (None, None) => Verdict::refused(cells, name),
            }
        }
    }
}

fn paid(cells: &mut Cells, total: Cents) -> Option<(Field, Cents)> {
    let rest = |cents: Cents| Cents(total.0.saturating_sub(cents.0));
    let due = cells.amount(Field::DueCents);
    let paid = cells.amount(Field::PaidBefore);
    if let (Some(due), Some(paid)) = (due, paid)
        && rest(paid) != due
    {
        cells.errors.push(Field::DueCents, Problem::RestDiffers(rest(paid)));
    }
    paid.map(|paid| (Field::PaidBefore, paid)).or(due.map(|due| (Field::DueCents, rest(due))))
}

fn signed_on(cells: &mut Cells, ctx: &RequestContext) -> Option<NaiveDate> {
    let day = cells.day_of_instant(Field::SignedAt)?;
    cells.errors.take(Field::SignedAt, check::day_until(day, ctx.wall.date()).map(|()| day))
}

fn day_of(contract: &Contract, settings: &Settings) -> Option<NaiveDate> {
    contract.signed_at.map(|at| dates::to_wall(at, settings.time_zone).date())
}

/// The contract of the client with this total that was signed on the same day, and one with this total; those
/// that earlier rows are about are left out.
fn matched<'a>(
    planner: &Planner,
    settings: &Settings,
    known: &'a Contracts,
    said: &Said,
) -> (Option<&'a Contract>, Option<&'a Contract>) {
    let is_free = |one: &&&Contract| !planner.is_taken(&key(one));
    let all = known.of_client(said.client);
    let alike: Vec<&&Contract> =
        all.iter().filter(|one| one.total_cents == said.draft.total_cents).filter(is_free).collect();
    let same = alike.iter().find(|one| day_of(one, settings) == said.signed_on);
    (same.map(|one| **one), alike.first().map(|one| **one))
}

/// What two rows have in common that may be about the same new contract.
fn twin(said: &Said) -> String {
    format!("contract of {} {} {:?}", said.client.0, said.draft.total_cents.0, said.signed_on)
}

fn key(contract: &Contract) -> String {
    format!("contract {}", contract.id.0)
}

/// Checks what was paid before. If the file says what is due, the error is about that.
fn check_paid(field: Field, paid: Cents, total: Cents) -> Result<(), Problem> {
    let is_due = field == Field::DueCents;
    check_paid_before(paid, total).map_err(|problem| match problem {
        Problem::Negative if is_due => Problem::PaidAboveTotal,
        Problem::PaidAboveTotal if is_due => Problem::Negative,
        other => other,
    })
}

/// A new contract. Of an archived client there can be archived ones only.
fn create(planner: &mut Planner, cells: &mut Cells, known: &Contracts, said: Said) -> Option<Step> {
    let Said { number, client, draft, paid, signed_on, archived } = said;
    if !archived && known.clients.get(client).is_some_and(|client| client.archived_at.is_some()) {
        cells.errors.push(Field::ClientId, Problem::ParentIsArchived);
        return None;
    }
    let checked = draft.checked(Cents(0)).map_err(|wrong| cells.errors.0.extend(wrong.0)).ok()?;
    let paid_before = match paid {
        Some((field, paid)) => cells.errors.take(field, check_paid(field, paid, checked.total_cents).map(|()| paid))?,
        None => Cents(0),
    };
    if let Some(number) = number
        && !planner.take(Field::Number, &format!("contract {}", number.0), cells)
    {
        return None;
    }
    let then = signed_on.map(Then::Sign).into_iter().chain(archived.then_some(Then::Archive)).collect();
    Some(Step { begin: Begin::Contract { number, client, draft: Box::new(checked), paid_before }, then })
}

fn update_row(
    planner: &mut Planner,
    ctx: &RequestContext,
    (known, mut cells): (&Contracts, Cells),
    name: String,
    before: &Contract,
    said: &Said,
) -> Verdict {
    let field = if said.number.is_some() { Field::Number } else { Field::ClientId };
    if planner.take(field, &key(before), &mut cells)
        && let Some((changes, step)) = update(ctx, &mut cells, known, before, said)
    {
        planner.note(&twin(said), &cells);
        return Verdict::known(&cells, name, changes, step);
    }
    Verdict::refused(cells, name)
}

fn suspected(
    planner: &mut Planner,
    ctx: &RequestContext,
    known: &Contracts,
    mut cells: Cells,
    name: String,
    before: &Contract,
    said: Said,
) -> Verdict {
    let choice = planner.choice(&cells);
    let (changes, update) = update(ctx, &mut cells, known, before, &said).unzip();
    if choice != Choice::Update {
        // The errors are those of an update.
        cells.errors.0.clear();
    }
    let step = match choice {
        Choice::Skip => None,
        Choice::Update => {
            planner.take(Field::ClientId, &key(before), &mut cells);
            update
        }
        Choice::Create => create(planner, &mut cells, known, said),
    };
    if !cells.errors.is_empty() {
        return Verdict::refused(cells, name);
    }
    let suspicion = Suspicion {
        name: known.client_of(before).to_owned(),
        detail: before.id.0.to_string(),
        id: Some(before.id.0),
        row: None,
        changes: changes.unwrap_or_default(),
    };
    Verdict::suspected(&cells, name, suspicion, step)
}

/// What the row changes of a known contract. What is due follows from its payments, and a signature is final, so
/// a row that says otherwise is refused.
fn update(
    ctx: &RequestContext,
    cells: &mut Cells,
    known: &Contracts,
    before: &Contract,
    said: &Said,
) -> Option<(Changes, Step)> {
    let mut draft = ContractDraft::from(before);
    if cells.said(Field::TotalCents).is_some() {
        draft.total_cents = said.draft.total_cents;
    }
    cells.replace(Field::Notes, &mut draft.notes);
    let draft = draft.checked(before.paid()).map_err(|wrong| cells.errors.0.extend(wrong.0)).ok()?;
    let mut after = draft.applied_to(before);
    let mut then = Vec::new();
    if before.archived_at.is_some() && !said.archived {
        after.archived_at = None;
        then.push(Then::Restore);
    }
    if ContractDraft::from(before) != draft {
        then.push(Then::Update(Edit::Contract(Box::new(draft))));
    }
    match said.paid {
        Some((_, paid)) if paid == before.paid() => {}
        // Its import was reverted, which has cancelled what was paid before.
        Some((field, paid)) if known.is_reverted(before) => {
            cells.errors.take(field, check_paid(field, paid, after.total_cents))?;
            after.due_cents = Cents(after.total_cents.0 - paid.0);
            then.push(Then::Record(Box::new(PaymentDraft::opening(paid, ctx.wall.date()))));
        }
        Some((field, _)) => {
            cells.errors.push(field, Problem::FollowsPayments(before.due_cents));
            return None;
        }
        None => {}
    }
    match (day_of(before, &ctx.settings), said.signed_on) {
        (Some(was), Some(day)) if was != day => {
            cells.errors.push(Field::SignedAt, Problem::NotByImport);
            return None;
        }
        (None, Some(day)) => {
            after.signed_at = Some(crate::domain::contracts::signed_at(day, ctx.now, ctx.settings.time_zone));
            then.push(Then::Sign(day));
        }
        (Some(_), _) | (None, None) => {}
    }
    if before.archived_at.is_none() && said.archived {
        after.archived_at = Some(ctx.now);
        then.push(Then::Archive);
    }
    let client = known.clients.get(before.client_id);
    let forbids = |archived_at: Option<NaiveDateTime>, permission| {
        let parent = client.filter(|_| permission == Permission::ArchiveContract && archived_at.is_some());
        Contract { archived_at, ..before.clone() }
            .forbids(permission)
            .or_else(|| parent.and_then(|client| client.forbids(permission)))
            .filter(|reason| !ctx.is_history(permission, reason))
    };
    if let Some(problem) = refused_by_state(EntityKind::Contract, before.archived_at, &then, forbids) {
        cells.errors.push(Field::ArchivedAt, problem);
        return None;
    }
    let changes = before.audited_fields().changes_to(&after.audited_fields());
    Some((changes, Step { begin: Begin::Keep(before.id.0, before.version), then }))
}
