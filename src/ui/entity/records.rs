//! What records of any kind show: in lists, in details, in lists to pick from.

use super::{
    contracts,
    definition::{Entity, RecordDetail, name_list},
    payments,
};
use crate::{
    domain::{
        entity::{EntityKind, Query, Record},
        page::Sums,
    },
    services::{ReadRequest, Reply},
    ui::{
        Context,
        text::{ListPhrase, PaymentPhrase},
        widgets::table::Column,
    },
};

/// The columns of a list.
pub fn columns(kind: EntityKind) -> Vec<Column> {
    dispatch!(EntityKind kind, E => E::COLUMNS.iter().map(|(_, column)| *column).collect())
}

/// The titles of the columns.
pub fn titles(kind: EntityKind, ctx: &Context) -> Vec<String> {
    dispatch!(EntityKind kind, E => E::COLUMNS.iter().map(|(title, _)| ctx.say(*title)).collect())
}

/// The cells of a row, in the order of [`columns`].
pub fn cells(record: &Record, ctx: &Context) -> Vec<String> {
    dispatch!(Record record, E, row => E::cells(row, ctx))
}

/// What a record is called.
pub fn heading(record: &Record, ctx: &Context) -> String {
    dispatch!(Record record, E, row => E::heading(row, ctx))
}

/// What several records are called, in one line: all of them, or the first three and how many more
/// there are.
pub fn named(records: &[&Record], ctx: &Context) -> String {
    name_list(records.iter().map(|record| heading(record, ctx)), ctx)
}

/// The labelled values of a record that are not empty, without its notes.
pub fn facts(record: &Record, ctx: &Context) -> Vec<(String, String)> {
    let mut facts = dispatch!(Record record, E, row => E::facts(row, ctx));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// The request for a record with what belongs to it; `None` if it has no screen of its own.
pub fn read(kind: EntityKind, id: i64) -> Option<ReadRequest> {
    dispatch!(EntityKind kind, E => E::read(id))
}

/// What the reply to [`read`] contains; `None` for any other reply.
pub fn detail(kind: EntityKind, reply: &Reply) -> Option<RecordDetail> {
    dispatch!(EntityKind kind, E => E::detail(reply))
}

/// What can be created for a record of this kind, on its screen.
pub fn child(kind: EntityKind) -> Option<EntityKind> {
    dispatch!(EntityKind kind, E => E::CHILD)
}

/// Whether records of this kind are shown in the calendar.
pub fn has_calendar(kind: EntityKind) -> bool {
    dispatch!(EntityKind kind, E => E::HAS_CALENDAR)
}

/// What a record is called of which a search has found only the id and the name.
pub fn found_name(kind: EntityKind, id: i64, name: &str, ctx: &Context) -> String {
    dispatch!(EntityKind kind, E => E::found_name(id, name, ctx))
}

/// Name and details of a record in a list to pick from.
pub fn choice(record: &Record, ctx: &Context) -> (String, String) {
    dispatch!(Record record, E, row => E::choice(row, ctx))
}

/// What a form shows for a picked record.
pub fn picked_name(record: &Record, ctx: &Context) -> String {
    dispatch!(Record record, E, row => E::picked_name(row, ctx))
}

/// What so many records amount to.
pub fn sums_in_words(count: i64, sums: Sums, ctx: &Context) -> String {
    match sums {
        Sums::Contracts { .. } => contracts::sums_in_words(count, sums, ctx),
        Sums::Payments { .. } => payments::sums_in_words(count, sums, ctx),
    }
}

/// The same of a list: views by due day show contracts of which other instalments are still to fall due.
pub fn sums_of(query: &Query, count: i64, sums: Sums, ctx: &Context) -> String {
    match (query, sums) {
        (Query::Contract(listing), Sums::Contracts { .. }) if listing.filter.view.is_by_due_day() => {
            contracts::sums_by_due_day(count, sums, ctx)
        }
        _ => sums_in_words(count, sums, ctx),
    }
}

/// Whether lists of this kind say what their records amount to.
pub fn has_sums(kind: EntityKind) -> bool {
    match kind {
        EntityKind::Contract | EntityKind::Payment => true,
        EntityKind::Client | EntityKind::Event | EntityKind::User | EntityKind::Audit => false,
    }
}

/// That more than so many records are not summed up.
pub fn too_many_to_sum(kind: EntityKind, count: i64, ctx: &Context) -> String {
    match kind {
        EntityKind::Payment => ctx.say(PaymentPhrase::TooManyToSum(count)),
        _ => ctx.say(ListPhrase::TooManyToSum(count)),
    }
}
