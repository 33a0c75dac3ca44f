//! What a record holds, label by label, for details, previews, histories and conflicts.

use serde_json::Value;

use crate::{
    domain::{
        Cents, Field,
        audit::{AuditRow, AuditedFields},
        dates,
        entity::Record,
        money::grouped,
    },
    ui::{Context, text::Phrase},
};

/// What a record is called.
pub fn heading(record: &Record, ctx: &Context) -> String {
    match record {
        Record::Client(row) => row.client.full_name.clone(),
        Record::Contract(row) => ctx.say(Phrase::ContractOf { number: row.contract.id.0, client: &row.client }),
        Record::Event(row) => row.event.title.clone(),
        Record::User(user) => user.full_name.clone(),
        Record::Audit(row) => ctx.verb(&row.action),
    }
}

/// What several records are called, in one line: all of them, or the first three and how
/// many more there are.
pub fn named(records: &[&Record], ctx: &Context) -> String {
    const NAMED: usize = 3;
    let names: Vec<String> = records.iter().take(NAMED).map(|record| heading(record, ctx)).collect();
    match records.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} {}", names.join(", "), ctx.say(Phrase::AndMore(more))),
    }
}

/// The labelled values of a record, without its notes.
pub fn facts(record: &Record, ctx: &Context) -> Vec<(String, String)> {
    use crate::domain::audit::Auditable;
    let mut lines = match record {
        Record::Client(row) => known(&row.client.audited_fields(), ctx, &[(Field::SalesContactId, &row.sales_contact)]),
        Record::Contract(row) => {
            let client = format!("{} ({})", row.client, row.company);
            let mut lines = known(&row.contract.audited_fields(), ctx, &[(Field::ClientId, &client)]);
            lines.push((ctx.field(Field::SalesContactId), row.sales_contact.clone()));
            lines
        }
        Record::Event(row) => {
            let contract = ctx.say(Phrase::ContractOf { number: row.event.contract_id.0, client: &row.client });
            let support = row.support.clone().unwrap_or_else(|| ctx.say(Phrase::Nobody));
            known(&row.event.audited_fields(), ctx, &[(Field::ContractId, &contract), (Field::SupportId, &support)])
        }
        Record::User(user) => known(&user.audited_fields(), ctx, &[]),
        Record::Audit(row) => audit(row, ctx),
    };
    lines.retain(|(_, value)| !value.is_empty());
    lines
}

fn known(facts: &AuditedFields, ctx: &Context, names: &[(Field, &String)]) -> Vec<(String, String)> {
    let shown = facts.0.iter().filter(|(field, _)| *field != Field::Notes);
    shown
        .map(|(field, raw)| {
            let name = names.iter().find(|(named, _)| named == field);
            (ctx.field(*field), name.map_or_else(|| value(*field, raw, ctx), |(_, name)| (*name).clone()))
        })
        .collect()
}

fn audit(row: &AuditRow, ctx: &Context) -> Vec<(String, String)> {
    let role = row.actor_role.map(|role| ctx.say(Phrase::Role(role))).unwrap_or_default();
    let mut lines = vec![
        (ctx.say(Phrase::ColWhen), dates::spell_date_time(ctx.settings().wall_clock(row.at), ctx.language)),
        (ctx.say(Phrase::ColWho), format!("{} {role}", row.actor_name).trim().to_owned()),
        (ctx.say(Phrase::ColRecord), row.record_name.clone()),
        (ctx.say(Phrase::Computer), row.host.clone()),
    ];
    lines.extend(changes(row, ctx));
    lines
}

/// What a line of the log changed: field, old to new.
pub fn changes(row: &AuditRow, ctx: &Context) -> Vec<(String, String)> {
    // What a contract or an event belongs to never changes, and its id says nothing.
    let fixed = |field: Field| matches!(field, Field::ClientId | Field::ContractId);
    let shown = row.changes.0.iter().filter(|(field, ..)| !fixed(*field)).map(|(field, old, new)| {
        let (old, new) = (value(*field, old, ctx), value(*field, new, ctx));
        let change = if old.is_empty() { new } else { ctx.say(Phrase::FromTo { old: &old, new: &new }) };
        (ctx.field(*field), change)
    });
    shown.filter(|(_, change)| !change.is_empty()).collect()
}

/// A value of a field as the language writes it.
pub fn value(field: Field, raw: &Value, ctx: &Context) -> String {
    let money = |cents: i64| format!("{} {}", Cents(cents).format(ctx.language), ctx.settings().currency);
    match (field, raw) {
        (_, Value::Null) => String::new(),
        (Field::TotalCents | Field::DueCents, Value::Number(cents)) => money(cents.as_i64().unwrap_or_default()),
        // How many people come is not known.
        (Field::Attendees, Value::Number(people)) if people.as_u64() == Some(0) => String::new(),
        (Field::Attendees, Value::Number(people)) => grouped(people.as_u64().unwrap_or_default(), ' '),
        (Field::StartsAt | Field::EndsAt, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |time| dates::spell_date_time(time, ctx.language))
        }
        (Field::SignedAt | Field::ArchivedAt, Value::String(text)) => text
            .parse()
            .map_or_else(|_| text.clone(), |utc| dates::spell_date_time(ctx.settings().wall_clock(utc), ctx.language)),
        (Field::LastContactAt, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |day| dates::spell_date(day, ctx.language))
        }
        (Field::Role, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |role| ctx.say(Phrase::Role(role)))
        }
        (Field::Status, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |status| ctx.say(Phrase::Status(status)))
        }
        (Field::SalesContactId | Field::SupportId | Field::ClientId | Field::ContractId, Value::Number(id)) => {
            ctx.say(Phrase::Numbered(id.as_i64().unwrap_or_default()))
        }
        (_, Value::Bool(true)) => ctx.say(Phrase::Yes),
        (_, Value::Bool(false)) => ctx.say(Phrase::No),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
