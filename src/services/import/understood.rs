//! What a row of a file is understood as, field by field, before anything is looked up.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::cells::{Cells, Reading};
use crate::{
    domain::{Field, contracts::number_in_file, import_words, text},
    services::{
        import_data::{ImportFile, Preview},
        spreadsheet::headings,
    },
};

/// The values of the row with this number as the program reads them, in the order of the fields of its kind: amounts in
/// cents, days and times (wall clock) as in the database, choices by their names, and everything else as a text. What is
/// not said or cannot be read is left out. Day and time zone are the company's.
pub fn understood(
    file: &ImportFile,
    preview: &Preview,
    number: u32,
    (today, time_zone): (NaiveDate, Tz),
) -> Vec<(Field, Value)> {
    let (Some(kind), Some(order), Some(row)) = (preview.kind, preview.order, file.sheet.row(number)) else {
        return Vec::new();
    };
    let columns: Vec<Option<Field>> = preview.columns.iter().map(|column| column.field).collect();
    let mut cells = Cells::new(Reading { columns: &columns, order, today, time_zone }, row);
    let fields = headings::fields(kind).iter();
    fields.filter_map(|field| Some((*field, value(*field, &mut cells)?))).collect()
}

fn value(field: Field, cells: &mut Cells) -> Option<Value> {
    use Field as F;
    let said = cells.said(field)?;
    match field {
        F::TotalCents | F::DueCents | F::PaidBefore | F::AmountCents => cells.amount(field).map(|cents| json!(cents.0)),
        F::StartsAt | F::EndsAt => cells.day_time(field).map(|time| json!(time)),
        F::SignedAt => cells.day_of_instant(field).map(|day| json!(day)),
        F::LastContactAt | F::PaidOn => cells.day(field).map(|day| json!(day)),
        F::ArchivedAt | F::CancelledAt => cells.is_set(field).map(Value::from),
        F::Active => import_words::yes_or_no(said).map(Value::from),
        F::Status => import_words::status(said).map(|one| json!(one.to_string())),
        F::Method => import_words::method(said).map(|one| json!(one.to_string())),
        F::Role => import_words::role(said).map(|one| json!(one.to_string())),
        F::ContractId | F::Number => number_in_file(said).map(|number| json!(number.0.to_string())),
        _ => Some(json!(text::clean(said))),
    }
}
