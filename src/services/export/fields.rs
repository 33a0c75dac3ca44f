//! A row as named values. The names are those of the columns in the database.

use serde_json::{Value, json};

use crate::domain::{Cents, entity::Record, language::Language, text};

/// The names and values of a row, in the order of the file.
pub(super) fn of(row: &Record) -> Vec<(&'static str, Value)> {
    let tame = |value| if let Value::String(text) = &value { json!(text::for_file(text)) } else { value };
    named(row).into_iter().map(|(name, value)| (name, tame(value))).collect()
}

fn named(row: &Record) -> Vec<(&'static str, Value)> {
    match row {
        Record::Client(row) => {
            let client = &row.client;
            vec![
                ("full_name", json!(client.full_name)),
                ("company_name", json!(client.company_name)),
                ("email", json!(client.email)),
                ("phone", json!(client.phone)),
                ("sales_contact", json!(row.sales_contact)),
                ("last_contact_at", json!(client.last_contact_at)),
                ("notes", json!(client.notes)),
                ("archived_at", json!(client.archived_at)),
            ]
        }
        Record::Contract(row) => {
            let contract = &row.contract;
            vec![
                ("number", json!(contract.id.0)),
                ("client", json!(row.client)),
                ("company_name", json!(row.company)),
                ("total", json!(amount(contract.total_cents))),
                ("due", json!(amount(contract.due_cents))),
                ("signed_at", json!(contract.signed_at)),
                ("sales_contact", json!(row.sales_contact)),
                ("notes", json!(contract.notes)),
                ("created_at", json!(contract.created_at)),
                ("archived_at", json!(contract.archived_at)),
            ]
        }
        Record::Event(row) => {
            let event = &row.event;
            vec![
                ("title", json!(event.title)),
                ("status", json!(event.status)),
                ("starts_at", json!(event.starts_at)),
                ("ends_at", json!(event.ends_at)),
                ("location", json!(event.location)),
                ("attendees", json!(event.attendees)),
                ("client_contact", json!(event.client_contact)),
                ("client", json!(row.client)),
                ("company_name", json!(row.company)),
                ("contract", json!(event.contract_id.0)),
                ("support", json!(row.support)),
                ("sales_contact", json!(row.sales_contact)),
                ("notes", json!(event.notes)),
                ("archived_at", json!(event.archived_at)),
            ]
        }
        Record::User(user) => vec![
            ("full_name", json!(user.full_name)),
            ("username", json!(user.username)),
            ("role", json!(user.role)),
            ("email", json!(user.email)),
            ("phone", json!(user.phone)),
            ("employee_number", json!(user.employee_number)),
            ("active", json!(user.active)),
        ],
        Record::Audit(row) => vec![
            ("at", json!(row.at)),
            ("actor_name", json!(row.actor_name)),
            ("actor_role", json!(row.actor_role)),
            ("action", json!(row.action)),
            ("record_type", json!(row.record_type)),
            ("record_id", json!(row.record_id)),
            ("record_name", json!(row.record_name)),
            ("changes", json!(row.changes.to_json())),
            ("host", json!(row.host)),
        ],
    }
}

/// `12000.50`: exact, and a number to any program.
fn amount(cents: Cents) -> String {
    cents.format(Language::En).replace(',', "")
}
