//! Rows of events. An event is known by contract, title and start together. One of the same contract and title is
//! suspected to be the same.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::{
    cells::Cells,
    lookup::Contracts,
    plan::{Begin, Edit, Planner, Step, Then, Verdict, refused_by_state},
};
use crate::{
    domain::{
        ContractId, Field, Problem, UserId,
        audit::{Auditable, Changes},
        check,
        contracts::Contract,
        entity::EntityKind,
        events::{Event, EventDraft, Status},
        import_words,
        imports::{Choice, Suspicion},
        policy::Permission,
        text,
        users::Role,
    },
    services::context::{RequestContext, ServiceError},
    storage::{self, Db},
};

/// The known events of each contract, those that are not archived first, each kind by age.
type Events = HashMap<ContractId, Vec<Event>>;

pub(super) fn plan(
    planner: &mut Planner,
    db: &mut Db,
    ctx: &RequestContext,
    rows: Vec<Cells>,
) -> Result<Vec<Verdict>, ServiceError> {
    let known = Contracts::load(db, &rows, Field::ContractId)?;
    let mut events = Events::new();
    for event in storage::lookup::events_of(db, &known.ids())? {
        events.entry(event.contract_id).or_default().push(event);
    }
    for of in events.values_mut() {
        of.sort_by_key(|event| (event.archived_at.is_some(), event.id.0));
    }
    Ok(rows.into_iter().map(|cells| row(planner, ctx, (&known, &events), cells)).collect())
}

/// What a row says beside the form's fields.
struct Said {
    status: Option<Status>,
    support: Option<UserId>,
    archived: bool,
}

fn row(planner: &mut Planner, ctx: &RequestContext, known: (&Contracts, &Events), mut cells: Cells) -> Verdict {
    let name = cells.text(Field::Title);
    let fits = |one: &Contract| one.forbids(Permission::CreateEvent).is_none();
    let contract = known.0.named(&mut cells, fits).cloned();
    let starts_at = cells.day_time(Field::StartsAt);
    let ends_at = cells.day_time(Field::EndsAt);
    let attendees = cells.read(Field::Attendees, check::attendees);
    let said = Said {
        status: cells.read(Field::Status, |said| import_words::status(said).ok_or(Problem::NotAChoice)),
        support: cells.read(Field::SupportId, |said| planner.people.active(said, Role::Support)),
        archived: cells.is_set(Field::ArchivedAt) == Some(true),
    };
    let Some(contract) = contract.filter(|_| cells.errors.is_empty()) else {
        return Verdict::refused(cells, name);
    };
    let titled = known
        .1
        .get(&contract.id)
        .into_iter()
        .flatten()
        .filter(|event| text::fold(&event.title) == text::fold(&name) && !planner.is_taken(&key(event)));
    let titled: Vec<&Event> = titled.collect();
    // Without a start, only the one that has the title is meant.
    let same = match (starts_at, titled.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(start), all) => all.iter().find(|event| event.starts_at == Some(start)),
    };
    let before = same.or(titled.first()).copied();
    let choice = planner.choice(&cells);
    let creates = before.is_none() || (same.is_none() && choice == Choice::Create);
    let old = before.map(EventDraft::from);
    let mut draft = old.clone().filter(|_| !creates).unwrap_or_default();
    cells.replace(Field::Title, &mut draft.title);
    cells.replace(Field::ClientContact, &mut draft.client_contact);
    cells.replace_number(Field::ContactPhone, &mut draft.contact_phone);
    cells.replace(Field::Location, &mut draft.location);
    cells.replace(Field::Notes, &mut draft.notes);
    draft.starts_at = starts_at.or(draft.starts_at);
    draft.ends_at = ends_at.or(draft.ends_at);
    draft.attendees = attendees.unwrap_or(draft.attendees);
    let checked = draft.checked(ctx.earliest_start(), ctx.settings.time_zone, old.as_ref().filter(|_| !creates));
    let draft = checked.map_err(|wrong| cells.errors.0.extend(wrong.0)).unwrap_or(draft);
    // Of a suspected one that is left out nothing is written.
    let is_left_out = before.is_some() && same.is_none() && choice == Choice::Skip;
    if !is_left_out {
        take(planner, &mut cells, before.filter(|_| !creates), &contract, (&draft, said.archived));
    }
    let updated = before.map(|before| update(planner, ctx, before, &draft, &said));
    if let (Some(before), Some((_, step))) = (before, &updated)
        && !creates
        && !is_left_out
    {
        check_state(&mut cells, &contract, before, &step.then);
    }
    if !cells.errors.is_empty() {
        return Verdict::refused(cells, name);
    }
    match (before, updated) {
        (Some(_), Some((changes, step))) if same.is_some() => Verdict::known(&cells, name, changes, step),
        (Some(before), Some((changes, step))) => {
            let step = match choice {
                Choice::Skip => None,
                Choice::Update => Some(step),
                Choice::Create => Some(create(contract.id, draft, &said)),
            };
            let detail = known.0.client_of(&contract).to_owned();
            let suspicion = Suspicion { name: before.title.clone(), detail, id: Some(before.id.0), row: None, changes };
            Verdict::suspected(&cells, name, suspicion, step)
        }
        (None, _) | (_, None) => Verdict::new_record(&cells, name, create(contract.id, draft, &said)),
    }
}

/// Refuses what the forms would refuse because of the event's state, or of its contract's.
fn check_state(cells: &mut Cells, contract: &Contract, before: &Event, then: &[Then]) {
    let forbids = |archived_at: Option<NaiveDateTime>, permission| {
        let is_restored = permission == Permission::ArchiveEvent && archived_at.is_some();
        let of_contract = || contract.forbids(permission).filter(|_| is_restored);
        Event { archived_at, ..before.clone() }.forbids(permission).or_else(of_contract)
    };
    if let Some(problem) = refused_by_state(EntityKind::Event, before.archived_at, then, forbids) {
        cells.errors.push(Field::ArchivedAt, problem);
    }
}

/// Refuses a row that is about the same event as an earlier one, and a new event of a contract that can have none.
/// Of an archived contract there can be archived events only.
fn take(
    planner: &mut Planner,
    cells: &mut Cells,
    known: Option<&Event>,
    contract: &Contract,
    (draft, archived): (&EventDraft, bool),
) {
    let start = draft.starts_at.map(|start| start.to_string()).unwrap_or_default();
    let twin = format!("event {} {}\n{start}", contract.id.0, text::fold(&draft.title));
    if let Some(event) = known {
        planner.take(Field::Title, &key(event), cells);
        planner.note(&twin, cells);
        return;
    }
    if contract.archived_at.is_some() && !archived {
        cells.errors.push(Field::ContractId, Problem::ParentIsArchived);
    } else if contract.signed_at.is_none() {
        cells.errors.push(Field::ContractId, Problem::IsNotSigned);
    }
    planner.take(Field::Title, &twin, cells);
}

fn key(event: &Event) -> String {
    format!("event {}", event.id.0)
}

fn create(contract: ContractId, draft: EventDraft, said: &Said) -> Step {
    let assign = said.support.map(|support| Then::Assign(Some(support)));
    let status = said.status.filter(|status| *status != Status::Planned).map(Then::SetStatus);
    let archive = said.archived.then_some(Then::Archive);
    let then = status.into_iter().chain(assign).chain(archive).collect();
    Step { begin: Begin::Event { contract, draft: Box::new(draft) }, then }
}

fn update(planner: &Planner, ctx: &RequestContext, before: &Event, draft: &EventDraft, said: &Said) -> (Changes, Step) {
    let mut after = draft.applied_to(before);
    let mut then = Vec::new();
    // An open event loses a support person who has left when it is restored, and when it is opened again.
    let still = |support: Option<UserId>, status: Status| {
        support.filter(|support| !status.is_open() || planner.people.is_active(*support, Role::Support))
    };
    if before.archived_at.is_some() && !said.archived {
        after.archived_at = None;
        after.support_id = still(after.support_id, before.status);
        then.push(Then::Restore);
    }
    if EventDraft::from(before) != *draft {
        then.push(Then::Update(Edit::Event(Box::new(draft.clone()))));
    }
    if let Some(status) = said.status.filter(|status| *status != before.status) {
        after.status = status;
        after.support_id = still(after.support_id, status);
        then.push(Then::SetStatus(status));
    }
    if let Some(support) = said.support.filter(|support| after.support_id != Some(*support)) {
        after.support_id = Some(support);
        then.push(Then::Assign(Some(support)));
    }
    if before.archived_at.is_none() && said.archived {
        after.archived_at = Some(ctx.now);
        then.push(Then::Archive);
    }
    let changes = before.audited_fields().changes_to(&after.audited_fields());
    (changes, Step { begin: Begin::Keep(before.id.0, before.version), then })
}
