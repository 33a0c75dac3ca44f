//! Stored values of fields as people read them.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::field::{FieldKind, FormField};
use crate::{
    domain::{
        Cents, Field, audit::AuditedFields, dates, imports::Tally, instalments::Due, money::grouped, payments::UNDONE,
        terms::due_in_words,
    },
    ui::{
        Context,
        text::{ImportPhrase, KnownPhrase, PaymentPhrase, Phrase},
    },
};

/// A stored value in the user's language, as details and histories show it. Text is shown as it is,
/// so a field that holds plain text needs no case here.
pub fn value(field: Field, raw: &Value, ctx: &Context) -> String {
    let money = |cents: i64| format!("{} {}", Cents(cents).format(ctx.language), ctx.settings().currency);
    match (field, raw) {
        (_, Value::Null) => String::new(),
        (Field::TotalCents | Field::DueCents | Field::AmountCents | Field::PaidBefore, Value::Number(cents)) => {
            money(cents.as_i64().unwrap_or_default())
        }
        // 0 means that the number of attendees is unknown.
        (Field::Attendees, Value::Number(people)) if people.as_u64() == Some(0) => String::new(),
        (Field::Attendees, Value::Number(people)) => grouped(people.as_u64().unwrap_or_default(), ' '),
        (Field::StartsAt | Field::EndsAt, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |time| dates::spell_date_time(time, ctx.language))
        }
        // The time of an earlier signature is not known.
        (Field::SignedAt, Value::String(text)) => match (text.parse(), text.parse::<NaiveDateTime>()) {
            // As a file says it.
            (Ok(day), _) => dates::spell_date(day, ctx.language),
            (_, Ok(utc)) => dates::spell_date(ctx.settings().wall_clock(utc).date(), ctx.language),
            (Err(_), Err(_)) => text.clone(),
        },
        (Field::ArchivedAt | Field::CancelledAt, Value::String(text)) => text
            .parse()
            .map_or_else(|_| text.clone(), |utc| dates::spell_date_time(ctx.settings().wall_clock(utc), ctx.language)),
        (Field::LastContactAt | Field::PaidOn, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |day| dates::spell_date(day, ctx.language))
        }
        (Field::Method, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |method| ctx.say(PaymentPhrase::Method(method)))
        }
        (Field::CancelReason, Value::String(text)) if text == UNDONE => ctx.say(PaymentPhrase::Undone),
        (Field::Role, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |role| ctx.say(Phrase::Role(role)))
        }
        (Field::Kind, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |kind| ctx.say(Phrase::ListOf(kind)))
        }
        (Field::Status, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |status| ctx.say(Phrase::Status(status)))
        }
        (Field::Visibility, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |one| ctx.say(Phrase::Visibility(one)))
        }
        (Field::Reauth, Value::String(text)) => {
            text.parse().map_or_else(|_| text.clone(), |one| ctx.say(Phrase::Reauth(one)))
        }
        (
            Field::SalesContactId | Field::SupportId | Field::ClientId | Field::ContractId | Field::MergedIntoId,
            Value::Number(id),
        ) => ctx.say(Phrase::Numbered(id.as_i64().unwrap_or_default())),
        (Field::OtherClient, Value::Object(other)) => {
            let name = other.get("name").and_then(Value::as_str).unwrap_or_default();
            let contracts = other.get("contracts").and_then(Value::as_i64).unwrap_or_default();
            ctx.say(KnownPhrase::OtherWith { name, contracts })
        }
        (Field::Instalments, Value::Array(rows)) => {
            let parts: Vec<String> = rows.iter().map(|row| instalment(row, ctx)).collect();
            parts.join(", ")
        }
        (Field::Outcome, counts) => {
            Tally::of_audited(counts).map_or_else(|| counts.to_string(), |tally| ctx.say(ImportPhrase::Tally(tally)))
        }
        (Field::DefaultPlan, Value::Number(id)) => ctx.say(Phrase::Numbered(id.as_i64().unwrap_or_default())),
        (_, Value::Bool(true)) => ctx.say(Phrase::Yes),
        (_, Value::Bool(false)) => ctx.say(Phrase::No),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// A row of instalments, or of a plan: its label, its amount or share, and when it falls due.
fn instalment(row: &Value, ctx: &Context) -> String {
    let amount = match (row[Field::AmountCents.to_string()].as_i64(), row[Field::Share.to_string()].as_i64()) {
        (Some(_), _) => value(Field::AmountCents, &row[Field::AmountCents.to_string()], ctx),
        (None, Some(share)) => format!("{} %", Cents(share).plain()),
        (None, None) => String::new(),
    };
    let due: Option<Due> = serde_json::from_value(row["due"].clone()).ok();
    let due = due.map(|due| format!(" {}", due_in_words(due, ctx.language))).unwrap_or_default();
    let label = row[Field::Label.to_string()].as_str().unwrap_or_default();
    format!("{label} {amount}{due}").trim().to_owned()
}

/// The number of attendees as a form shows it: empty while it is unknown, which is stored as 0.
pub fn people(count: i64) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

/// The value that another user has saved, as this field of a form would show it. `None` if the field
/// shows a value of another record.
pub fn typed_form(entry: &FormField, theirs: &AuditedFields, ctx: &Context) -> Option<String> {
    if entry.kind == FieldKind::Fixed {
        return None;
    }
    theirs.0.iter().find(|(field, _)| *field == entry.field)?;
    let raw = theirs.get(entry.field);
    Some(match (&entry.kind, raw) {
        (_, Value::Null) => String::new(),
        (FieldKind::Amount, Value::Number(cents)) => Cents(cents.as_i64()?).format(ctx.language),
        (FieldKind::Whole, Value::Number(number)) if entry.field == Field::Attendees => people(number.as_i64()?),
        (FieldKind::Whole, Value::Number(number)) => number.to_string(),
        (FieldKind::Time, Value::String(text)) => dates::format_date_time(text.parse().ok()?),
        (FieldKind::Day(_), Value::String(text)) => dates::format_date(text.parse().ok()?),
        (_, Value::String(text)) => text.clone(),
        (FieldKind::Choice(_), other) => other.to_string(),
        (_, other) => value(entry.field, other, ctx),
    })
}
