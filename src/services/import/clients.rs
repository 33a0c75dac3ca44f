//! Rows of clients. A client is known by its e-mail address, or by name, company and telephone number together.
//! One that shares only a telephone number, or only name and company, is suspected to be the same.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    cells::Cells,
    lookup::Clients,
    plan::{Begin, Edit, Planner, Step, Then, Verdict, refuse_archiving, refused_by_state},
};
use crate::{
    domain::{
        ClientId, Field, FieldErrors, Problem, UserId,
        audit::{Auditable, Changes},
        clients::{Client, ClientDraft, told_apart_by},
        entity::EntityKind,
        imports::{Choice, Suspicion},
        phone, text,
        users::Role,
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
    let known = Clients::load(db, &rows, Field::FullName)?;
    let mut planned: Vec<Verdict> = rows.into_iter().map(|cells| row(planner, ctx, &known, cells)).collect();
    let archived: Vec<ClientId> = planned.iter().filter_map(Verdict::archives).map(ClientId::new).collect();
    let open = storage::lookup::open_contracts_of(db, &archived)?;
    let open: HashMap<i64, i64> = open.into_iter().map(|(id, open)| (id.0, open)).collect();
    refuse_archiving(&mut planned, &open, Problem::HasContracts);
    Ok(planned)
}

/// How a row relates to the known clients.
enum Match<'a> {
    Same(&'a Client),
    Perhaps(&'a Client),
    Nobody,
}

fn matched<'a>(known: &'a Clients, cells: &Cells) -> Match<'a> {
    if let Some(client) = cells.said(Field::Email).and_then(|email| known.with_email(email)) {
        return Match::Same(client);
    }
    let Some(name) = cells.said(Field::FullName) else { return Match::Nobody };
    let namesakes = known.called(name, Some(&cells.text(Field::CompanyName)));
    let number = cells.said(Field::Phone);
    // Both have an e-mail address, and it is another one.
    let differs = |one: &Client| one.email.is_some() && cells.said(Field::Email).is_some();
    // Without a number, only the one of that name is meant.
    let is_only = namesakes.len() == 1;
    let calls = |one: &Client| number.map_or(is_only, |said| phone::is_same(said, &one.phone));
    if let Some(client) = namesakes.iter().find(|one| calls(one) && !differs(one)) {
        return Match::Same(client);
    }
    let merged = || known.merged_as(name, Some(&cells.text(Field::CompanyName)));
    let perhaps = namesakes.first().copied().or_else(merged).or_else(|| known.with_number(number?));
    perhaps.map_or(Match::Nobody, Match::Perhaps)
}

fn row(planner: &mut Planner, ctx: &RequestContext, known: &Clients, mut cells: Cells) -> Verdict {
    let name = cells.text(Field::FullName);
    let owner = cells.read(Field::SalesContactId, |said| planner.people.active(said, Role::Sales));
    let last_contact_at = cells.day(Field::LastContactAt);
    let archived = cells.is_set(Field::ArchivedAt);
    let found = matched(known, &cells);
    let before = match found {
        Match::Same(client) | Match::Perhaps(client) => Some(client),
        Match::Nobody => None,
    };
    let draft = |before: Option<&Client>| overlaid(&cells, before, last_contact_at, ctx.wall.date());
    let (into_known, anew) = (before.map(|client| draft(Some(client))), draft(None));
    let is_same = matches!(found, Match::Same(_));
    let choice = planner.choice(&cells);
    let creates = before.is_none() || (!is_same && choice == Choice::Create);
    let draft = match into_known {
        Some(draft) if !creates => draft,
        _ => anew.clone(),
    };
    let draft = match draft {
        Ok(draft) => draft,
        Err(wrong) => {
            cells.errors.0.extend(wrong.0);
            ClientDraft::default()
        }
    };
    let owner = owner.or(planner.asked.sales_contact.filter(|_| creates));
    if creates && owner.is_none() && cells.errors.of(Field::SalesContactId).is_none() {
        cells.errors.push(Field::SalesContactId, Problem::Required);
    }
    // Of a suspected one that is left out nothing is written.
    let is_left_out = before.is_some() && !is_same && choice == Choice::Skip;
    let says_all = anew.as_ref().is_ok_and(|anew| *anew == draft);
    match (is_left_out, &anew) {
        _ if !cells.errors.is_empty() => {}
        (true, Ok(own)) => take(planner, &mut cells, None, own),
        (true, Err(_)) => {}
        (false, _) => take(planner, &mut cells, before.filter(|_| !creates), &draft),
    }
    let (new_owner, now_archived) = (owner.filter(|_| !creates), archived.filter(|_| !creates));
    let updated = before.map(|before| update(before, (&draft, says_all), new_owner, now_archived));
    if let (Some(before), Some((_, step))) = (before, &updated)
        && !creates
        && !is_left_out
    {
        check_state(planner, &mut cells, before, &step.then);
    }
    if !cells.errors.is_empty() {
        return Verdict::refused(cells, name);
    }
    match (before, updated) {
        (Some(_), Some((changes, step))) if is_same => Verdict::known(&cells, name, changes, step),
        (Some(before), Some((changes, update))) => {
            let update = if creates { create(owner, archived) } else { update };
            let detail = told_apart_by(&before.company_name, &before.phone);
            let suspicion =
                Suspicion { name: before.full_name.clone(), detail, id: Some(before.id.0), row: None, changes };
            Verdict::suspected(&cells, name, suspicion, (choice != Choice::Skip).then_some(update))
        }
        (None, _) | (_, None) => Verdict::new_record(&cells, name, create(owner, archived)),
    }
}

/// The known client, or a new one, with what the row says.
fn overlaid(
    cells: &Cells,
    before: Option<&Client>,
    last_contact_at: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<ClientDraft, FieldErrors> {
    let mut draft = before.map(ClientDraft::from).unwrap_or_default();
    cells.replace(Field::FullName, &mut draft.full_name);
    cells.replace(Field::CompanyName, &mut draft.company_name);
    cells.replace_number(Field::Phone, &mut draft.phone);
    cells.replace(Field::Notes, &mut draft.notes);
    draft.email = cells.said(Field::Email).map(str::to_owned).or(draft.email);
    draft.last_contact_at = last_contact_at.or(draft.last_contact_at);
    draft.checked(today)
}

/// The new client that a row describes, which was planned without errors.
pub(super) fn of_row(mut cells: Cells, today: NaiveDate) -> Result<ClientDraft, FieldErrors> {
    let last_contact_at = cells.day(Field::LastContactAt);
    overlaid(&cells, None, last_contact_at, today)
}

/// Refuses what the forms would refuse because of the client's state, or of its sales contact's when it is restored.
fn check_state(planner: &Planner, cells: &mut Cells, before: &Client, then: &[Then]) {
    let forbids = |archived_at, permission| Client { archived_at, ..before.clone() }.forbids(permission);
    if let Some(problem) = refused_by_state(EntityKind::Client, before.archived_at, then, forbids) {
        cells.errors.push(Field::ArchivedAt, problem);
    }
    let is_restored = then.iter().any(|one| matches!(one, Then::Restore));
    if is_restored && !planner.people.is_active(before.sales_contact_id, Role::Sales) {
        cells.errors.push(Field::SalesContactId, Problem::NotActiveSales);
    }
}

/// Refuses a row that is about the same client as an earlier one: the same known one, one with the same address, or one
/// of the same name, company and number, unless both have an address of their own.
fn take(planner: &mut Planner, cells: &mut Cells, known: Option<&Client>, draft: &ClientDraft) {
    if let Some(known) = known
        && !planner.take(Field::FullName, &format!("client {}", known.id.0), cells)
    {
        return;
    }
    let email = draft.email.as_deref().map(|email| format!("email {}", text::caseless(email)));
    if email.as_deref().is_some_and(|key| !planner.take(Field::Email, key, cells)) {
        return;
    }
    let number = phone::key(&draft.phone).unwrap_or_default();
    let (name, company) = (text::fold(&draft.full_name), text::fold(&draft.company_name));
    let person = format!("client {name}\n{company}\n{number}");
    let without_address = format!("{person}\nwithout address");
    if known.is_some() {
        planner.note(&person, cells);
    } else if email.is_none() {
        planner.note(&without_address, cells);
        planner.take(Field::FullName, &person, cells);
    } else if planner.is_taken(&without_address) {
        planner.take(Field::FullName, &without_address, cells);
    } else {
        planner.note(&person, cells);
    }
}

fn create(owner: Option<UserId>, archived: Option<bool>) -> Step {
    let then = if archived == Some(true) { vec![Then::Archive] } else { Vec::new() };
    Step { begin: Begin::Client(owner), then }
}

/// A client that the file still has is restored, unless the file says that it is archived. `says_all`: the row alone
/// says what the draft contains.
fn update(
    before: &Client,
    (draft, says_all): (&ClientDraft, bool),
    owner: Option<UserId>,
    archived: Option<bool>,
) -> (Changes, Step) {
    let is_archived = archived == Some(true);
    let mut after = draft.applied_to(before);
    let mut then = Vec::new();
    if before.archived_at.is_some() && !is_archived {
        after.archived_at = None;
        then.push(Then::Restore);
    }
    if ClientDraft::from(before) != *draft {
        then.push(Then::Update(if says_all { Edit::ClientOfRow } else { Edit::Client(Box::new(draft.clone())) }));
    }
    if let Some(owner) = owner.filter(|owner| *owner != before.sales_contact_id) {
        after.sales_contact_id = owner;
        then.push(Then::HandOver(owner));
    }
    if before.archived_at.is_none() && is_archived {
        after.archived_at = Some(before.updated_at);
        then.push(Then::Archive);
    }
    then.shrink_to_fit();
    let mut changes = before.audited_fields().changes_to(&after.audited_fields());
    changes.0.shrink_to_fit();
    (changes, Step { begin: Begin::Keep(before.id.0, before.version), then })
}
