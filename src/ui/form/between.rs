//! Fields whose values are read with the help of another field of the form.

use std::borrow::Cow;

use chrono::NaiveDateTime;

use super::field::{FieldKind, FormField};
use crate::domain::{Field, dates::Direction};

/// The field of this name, if the form has it.
pub fn find(fields: &[FormField], field: Field) -> Option<&FormField> {
    fields.iter().find(|one| one.field == field)
}

/// The time that a field's dates are read relative to: for the end of an event its start, and `None`
/// if that cannot be read; for others `now`.
pub fn clock(fields: &[FormField], field: Field, now: NaiveDateTime) -> Option<NaiveDateTime> {
    match find(fields, Field::StartsAt).filter(|_| field == Field::EndsAt) {
        Some(start) => start.read_time(now).ok(),
        None => Some(now),
    }
}

/// The field as its day is to be read: the last day of a period from the first one on.
pub fn in_period<'a>(fields: &[FormField], field: &'a FormField, now: NaiveDateTime) -> Cow<'a, FormField> {
    let first = match field.field {
        Field::To => find(fields, Field::From),
        Field::SignedTo => find(fields, Field::SignedFrom),
        _ => None,
    };
    match (first.and_then(|first| first.typed_day(Some(now))), &field.kind) {
        (Some(first), FieldKind::Day(_)) => {
            Cow::Owned(FormField { kind: FieldKind::Day(Direction::From(first)), ..field.clone() })
        }
        _ => Cow::Borrowed(field),
    }
}
