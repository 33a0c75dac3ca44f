//! Takes an import back: what it has created is archived (people are deactivated, payments cancelled), and what it
//! has changed gets the old values of the audit log again. A record that was changed since stays as it is.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    carry,
    plan::{Begin, Edit, Step, Then},
};
use crate::{
    domain::{
        ClientId, ContractId, Error, EventId, Field, ImportId, PaymentId, Reason, UserId,
        audit::{AuditRow, Subject, Verb},
        clients::ClientDraft,
        contracts::ContractDraft,
        entity::EntityKind,
        events::{EventDraft, Status},
        imports::{Import, Kept, Tally},
        payments::{UNDONE, Words},
        users::UserDraft,
    },
    services::{
        context::{RequestContext, ServiceError, as_seen},
        import_data::Progress,
        write,
    },
    storage::{self, Db, DbError, audit::AuditEntry},
};

/// What reverting an import did.
pub struct Reverted {
    pub import: Import,
    /// How many records are as they were before.
    pub restored: usize,
    /// How many of these the import had created.
    pub removed: usize,
    pub kept: Vec<Kept>,
    pub entries: Vec<AuditEntry>,
}

/// Reverts an import in the version that the user saw.
///
/// Errors: `Denied(AlreadyReverted)`; `Conflict`; `Stopped`.
pub fn revert(
    db: &mut Db,
    ctx: &RequestContext,
    (id, version): (ImportId, i32),
    progress: &Progress,
) -> Result<Reverted, ServiceError> {
    let import = write::load::<Import>(db, ctx, id)?;
    let import = as_seen(db, import, version)?;
    let (mut entries, mut kept, mut restored, mut removed) = (Vec::new(), Vec::new(), 0, 0);
    let rows = storage::audit::of_operation(db, &import.operation)?.into_iter();
    let rows: Vec<_> = rows.filter_map(|row| Some((record_of(&row)?, row))).collect();
    let (rows, mut paid) = grouped(rows);
    progress.begin_of(rows.len());
    // In the opposite order of the import.
    for one in rows.into_iter().rev() {
        let (kind, id) = one.0;
        let with = if kind == EntityKind::Contract { paid.remove(&id) } else { None };
        match revert_one(db, ctx, (&one, &with.unwrap_or_default()), &import.operation)? {
            Ok(more) => {
                entries.extend(more);
                restored += 1;
                removed += usize::from(creates(&one.1));
            }
            Err(by) => kept.push(Kept { name: one.1.record_name, by }),
        }
        progress.add(1)?;
    }
    // If nothing could be taken back, it can be tried again.
    if restored == 0 && !kept.is_empty() {
        return Ok(Reverted { import: (*import).clone(), restored, removed, kept, entries });
    }
    storage::imports::set_reverted(db, &import, ctx.now)?;
    let (name, tally) = (
        import.file_name.clone(),
        Tally { removed, restored: restored - removed, kept: kept.len(), ..Tally::default() },
    );
    entries.push(AuditEntry::new(Verb::ImportReverted, Subject::Import, Some(import.id.0), name, tally.audited()));
    let import = Import { version: import.version + 1, reverted_at: Some(ctx.now), ..(*import).clone() };
    Ok(Reverted { import, restored, removed, kept, entries })
}

fn record_of(row: &AuditRow) -> Option<(EntityKind, i64)> {
    let kind = row.record_type.parse().ok().filter(|kind| *kind != EntityKind::Audit)?;
    // What is due on a contract follows from its payments, which have rows of their own.
    if kind == EntityKind::Contract && row.action.starts_with("payment.") {
        return None;
    }
    row.record_id.map(|id| (kind, id))
}

/// The records that are taken back one by one, and the payments that are taken back with their contract, by its number:
/// what was paid before is taken back together with the contract that it was imported with, or not at all.
fn grouped(rows: Vec<Written>) -> (Vec<Written>, HashMap<i64, Vec<Written>>) {
    let contracts = rows.iter().filter(|((kind, _), _)| *kind == EntityKind::Contract);
    let contracts: HashSet<i64> = contracts.map(|((_, id), _)| *id).collect();
    let (mut alone, mut paid) = (Vec::new(), HashMap::<_, Vec<_>>::new());
    for row in rows {
        match contract_of(&row).filter(|contract| contracts.contains(contract)) {
            Some(contract) => paid.entry(contract).or_default().push(row),
            None => alone.push(row),
        }
    }
    (alone, paid)
}

/// The contract of a payment that was recorded.
fn contract_of(((kind, _), row): &Written) -> Option<i64> {
    let (_, contract) = row.changes.of(Field::ContractId).filter(|_| *kind == EntityKind::Payment)?;
    contract.as_i64()
}

/// A record, and what the log says that the import did to it.
type Written = ((EntityKind, i64), AuditRow);

/// Reverts what the import did to one record, and before that to others that it takes along. Returns the name of
/// whoever has changed one of them since, empty if another record needs it, if they stay as they are.
fn revert_one(
    db: &mut Db,
    ctx: &RequestContext,
    (one, with): (&Written, &[Written]),
    operation: &str,
) -> Result<Result<Vec<AuditEntry>, String>, ServiceError> {
    let mut steps = Vec::new();
    for ((kind, id), row) in with.iter().chain([one]) {
        // Read before the log: if somebody writes after the log was read, this version is an old one.
        steps.push((*kind, step(db, *kind, *id, row)?));
        let since = storage::audit::changed_since(db, Subject::Entity(*kind), *id, (row.id, operation))?;
        if let Some(since) = since {
            return Ok(Err(since.actor_name));
        }
    }
    let done = db.attempt(|db| {
        let mut entries = Vec::new();
        for (kind, step) in &steps {
            let Some(step) = step else { return Err(Error::Denied(Reason::NotArchived).into()) };
            entries.extend(carry::carry(db, ctx, (*kind, None), step, None)?);
        }
        Ok(entries)
    });
    match done {
        Ok(entries) => Ok(Ok(entries)),
        // Somebody has written since the log was read.
        Err(ServiceError::Error(Error::Conflict(_))) => Err(DbError::Retry.into()),
        // Refused by a rule: a client with contracts, a person with clients, a signature.
        Err(
            ServiceError::Error(Error::Denied(_) | Error::Invalid(_) | Error::NeedsHeir(_))
            | ServiceError::DbError(DbError::Taken(_)),
        ) => Ok(Err(String::new())),
        Err(stop) => Err(stop),
    }
}

/// Whether a line of the audit log is about a new record.
fn creates(row: &AuditRow) -> bool {
    row.action.ends_with(".created") || row.action == Verb::PaymentRecorded.to_string()
}

/// What takes back the change of a record; `None` if nothing can, such as a signature.
fn step(db: &mut Db, kind: EntityKind, id: i64, row: &AuditRow) -> Result<Option<Step>, ServiceError> {
    let is_new = creates(row);
    let old = |field: Field| row.changes.of(field).map(|(old, _)| old.clone());
    let mut then = Vec::new();
    let version = match kind {
        EntityKind::Client => {
            let Some(client) = storage::clients::find(db, ClientId::new(id))? else { return Ok(None) };
            if !is_new {
                let mut draft = ClientDraft::from(&client);
                put_back(&old, Field::FullName, &mut draft.full_name);
                put_back(&old, Field::CompanyName, &mut draft.company_name);
                put_back(&old, Field::Email, &mut draft.email);
                put_back(&old, Field::Phone, &mut draft.phone);
                put_back(&old, Field::LastContactAt, &mut draft.last_contact_at);
                put_back(&old, Field::Notes, &mut draft.notes);
                if draft != ClientDraft::from(&client) {
                    then.push(Then::Update(Edit::Client(Box::new(draft))));
                }
                then.extend(
                    old(Field::SalesContactId).and_then(|was| was.as_i64()).map(|was| Then::HandOver(UserId::new(was))),
                );
            }
            client.version
        }
        EntityKind::Contract => {
            let Some(contract) = storage::contracts::find(db, ContractId::new(id))? else { return Ok(None) };
            if !is_new {
                if row.changes.of(Field::SignedAt).is_some() {
                    return Ok(None);
                }
                let mut draft = ContractDraft::from(&contract);
                put_back(&old, Field::TotalCents, &mut draft.total_cents.0);
                put_back(&old, Field::Notes, &mut draft.notes);
                if draft != ContractDraft::from(&contract) {
                    then.push(Then::Update(Edit::Contract(Box::new(draft))));
                }
            }
            contract.version
        }
        EntityKind::Event => {
            let Some(event) = storage::events::find(db, EventId::new(id))? else { return Ok(None) };
            if !is_new {
                let mut draft = EventDraft::from(&event);
                put_back(&old, Field::Title, &mut draft.title);
                put_back(&old, Field::ClientContact, &mut draft.client_contact);
                put_back(&old, Field::ContactPhone, &mut draft.contact_phone);
                put_back(&old, Field::StartsAt, &mut draft.starts_at);
                put_back(&old, Field::EndsAt, &mut draft.ends_at);
                put_back(&old, Field::Location, &mut draft.location);
                put_back(&old, Field::Attendees, &mut draft.attendees);
                put_back(&old, Field::Notes, &mut draft.notes);
                if draft != EventDraft::from(&event) {
                    then.push(Then::Update(Edit::Event(Box::new(draft))));
                }
                if let Some(was) = old(Field::SupportId) {
                    then.push(Then::Assign(was.as_i64().map(UserId::new)));
                }
                let status = old(Field::Status).and_then(|was| was.as_str()?.parse::<Status>().ok());
                then.extend(status.map(Then::SetStatus));
            }
            event.version
        }
        EntityKind::Payment => {
            let Some(payment) = storage::payments::find(db, PaymentId::new(id))? else { return Ok(None) };
            if is_new {
                then.push(Then::Cancel(UNDONE.to_owned()));
            } else {
                let mut words = Words::from(&payment);
                put_back(&old, Field::Reference, &mut words.reference);
                put_back(&old, Field::Notes, &mut words.notes);
                then.push(Then::Update(Edit::Payment(Box::new(words))));
            }
            payment.version
        }
        EntityKind::User => {
            let Some(user) = storage::users::find(db, UserId::new(id))? else { return Ok(None) };
            if is_new {
                then.extend(user.active.then_some(Then::Deactivate));
            } else {
                let mut draft = UserDraft::from(&user);
                put_back(&old, Field::Username, &mut draft.username);
                put_back(&old, Field::FullName, &mut draft.full_name);
                put_back(&old, Field::Email, &mut draft.email);
                put_back(&old, Field::Phone, &mut draft.phone);
                put_back(&old, Field::EmployeeNumber, &mut draft.employee_number);
                then.push(Then::Update(Edit::User(Box::new(draft))));
                let active = old(Field::Active).and_then(|was| was.as_bool());
                then.extend(active.map(|was| if was { Then::Reactivate } else { Then::Deactivate }));
            }
            user.version
        }
        EntityKind::Audit => return Ok(None),
    };
    if matches!(kind, EntityKind::Client | EntityKind::Contract | EntityKind::Event) {
        match (is_new, row.changes.of(Field::ArchivedAt)) {
            // Created as archived: it stays so.
            (true, Some((_, now))) if !now.is_null() => {}
            (true, _) => then.push(Then::Archive),
            (false, Some((was, _))) if was.is_null() => then.insert(0, Then::Restore),
            (false, Some(_)) => then.push(Then::Archive),
            (false, None) => {}
        }
    }
    Ok(Some(Step { begin: Begin::Keep(id, version), then }))
}

/// Puts the old value of a field in the place of the present one, if the import has changed it.
fn put_back<T: serde::de::DeserializeOwned>(old: &impl Fn(Field) -> Option<Value>, field: Field, value: &mut T) {
    if let Some(was) = old(field).and_then(|was| serde_json::from_value(was).ok()) {
        *value = was;
    }
}
