//! How the merge of a client is undone later: what was before stands in the audit log.

use serde::de::DeserializeOwned;

use crate::{
    domain::{
        ClientId, ContractId, Error, Field, Reason, UserId,
        audit::{AuditRow, Subject, Verb},
        clients::{Client, ClientDraft},
        entity::EntityKind,
    },
    services::{Unmerge, context::ServiceError},
    storage::{self, Db},
};

const CLIENT: Subject = Subject::Entity(EntityKind::Client);
const CONTRACT: Subject = Subject::Entity(EntityKind::Contract);

/// The undo of the merge that has archived this client, if nothing of it has changed since. When it is executed, it is
/// refused if something has changed by then.
///
/// Errors: `NotFound` if the client was not merged; `Denied` with what has changed.
pub(super) fn undo(db: &mut Db, id: ClientId) -> Result<Unmerge, ServiceError> {
    let other = storage::clients::find(db, id)?.ok_or(Error::NotFound)?;
    let kept = other.merged_into_id.ok_or(Error::NotFound)?;
    let kept = storage::clients::find(db, kept)?.ok_or(Error::NotFound)?;
    let operation = storage::audit::last_operation(db, CLIENT, id.0, Verb::ClientMerged)?.ok_or(Error::NotFound)?;
    let rows = storage::audit::of_operation(db, &operation)?;
    let [of_kept, of_other] = [&kept, &other].map(|client| of_client(&rows, client.id));
    let (of_kept, of_other) = (of_kept.ok_or(Error::NotFound)?, of_other.ok_or(Error::NotFound)?);
    for (client, row) in [(&kept, of_kept), (&other, of_other)] {
        if !is_last(db, CLIENT, row)? {
            return Err(Reason::ClientChangedSince(client.full_name.clone()).into());
        }
    }
    let moved = Verb::ContractMoved.to_string();
    let mut contracts = Vec::new();
    for row in rows.iter().filter(|row| row.action == moved) {
        let id = ContractId::new(row.record_id.unwrap_or_default());
        let contract = storage::contracts::find(db, id)?.ok_or(Error::NotFound)?;
        if !is_last(db, CONTRACT, row)? {
            return Err(Reason::ContractChangedSince(id.0).into());
        }
        contracts.push((id, contract.version));
    }
    let (draft, sales_contact) = before(of_kept, &kept);
    Ok(Unmerge {
        kept: (kept.id, kept.version),
        other: (other.id, other.version),
        draft,
        sales_contact,
        other_email: old(of_other, Field::Email, &other.email),
        contracts,
    })
}

fn of_client(rows: &[AuditRow], id: ClientId) -> Option<&AuditRow> {
    rows.iter().find(|row| row.record_type == CLIENT.to_string() && row.record_id == Some(id.0))
}

/// Whether nothing has changed the record since this row was written about it.
fn is_last(db: &mut Db, subject: Subject, row: &AuditRow) -> Result<bool, ServiceError> {
    let last = storage::audit::last_change(db, subject, row.record_id.unwrap_or_default())?;
    Ok(last.is_some_and(|last| last.id == row.id))
}

/// What the client that stayed was before.
fn before(row: &AuditRow, kept: &Client) -> (ClientDraft, UserId) {
    let draft = ClientDraft {
        full_name: old(row, Field::FullName, &kept.full_name),
        company_name: old(row, Field::CompanyName, &kept.company_name),
        email: old(row, Field::Email, &kept.email),
        phone: old(row, Field::Phone, &kept.phone),
        last_contact_at: old(row, Field::LastContactAt, &kept.last_contact_at),
        notes: old(row, Field::Notes, &kept.notes),
    };
    (draft, UserId::new(old(row, Field::SalesContactId, &kept.sales_contact_id.0)))
}

/// The value of a field before a change; the present one if it has not changed.
fn old<T: DeserializeOwned + Clone>(row: &AuditRow, field: Field, now: &T) -> T {
    let old = row.changes.of(field).and_then(|(old, _)| serde_json::from_value(old.clone()).ok());
    old.unwrap_or_else(|| now.clone())
}
