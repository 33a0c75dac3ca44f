//! The forms of records of any kind, and those of the structured filters.

use super::definition::{Entity, Seen};
use crate::{
    domain::{
        Field, FieldErrors,
        entity::{EntityKind, Query, Record},
    },
    services::WriteRequest,
    ui::{
        Context,
        form::{FormField, FormSpec, Purpose, Reader},
        text::Phrase,
    },
};

/// The form for a new record, which may be created for another one. `None` if users do not create
/// records of this kind.
pub fn new_form(kind: EntityKind, parent: Option<&Record>, ctx: &Context) -> Option<FormSpec> {
    let fields = dispatch!(EntityKind kind, E => E::FORM.map(|form| (form.new_fields)(parent, ctx)))?;
    Some(FormSpec { purpose: Purpose::Create(kind), version: 0, fields })
}

/// The form to edit a record. `None` if users do not edit records of this kind.
pub fn edit_form(record: &Record, ctx: &Context) -> Option<FormSpec> {
    let fields = dispatch!(Record record, E, row => E::FORM.map(|form| (form.edit_fields)(row, ctx)))?;
    Some(FormSpec { purpose: Purpose::Edit(record.kind(), record.id()), version: record.version(), fields })
}

/// What the form for a new record of this kind is called.
pub fn new_title(kind: EntityKind) -> Option<Phrase<'static>> {
    dispatch!(EntityKind kind, E => E::FORM.map(|form| form.new_title))
}

/// What the form to edit a record of this kind is called.
pub fn edit_title(kind: EntityKind) -> Option<Phrase<'static>> {
    dispatch!(EntityKind kind, E => E::FORM.map(|form| form.edit_title))
}

/// The request of a completed form for a new record.
pub fn write_new(kind: EntityKind, form: &mut Reader) -> Option<WriteRequest> {
    dispatch!(EntityKind kind, E => E::FORM.map(|of| (of.create)(form)))
}

/// The request of a completed form for a record that was seen.
pub fn write_edit(kind: EntityKind, seen: Seen, form: &mut Reader) -> Option<WriteRequest> {
    dispatch!(EntityKind kind, E => E::FORM.map(|of| (of.update)(seen, form)))
}

/// What only the creation of a record of this kind sets, passwords aside.
pub fn set_once(kind: EntityKind) -> &'static [Field] {
    dispatch!(EntityKind kind, E => E::FORM.map_or(&[], |form| form.set_once))
}

/// What a record that was just picked in the form for a new record proposes for other fields.
pub fn suggestions(kind: EntityKind, picked: &Record, ctx: &Context) -> Vec<(Field, String)> {
    dispatch!(EntityKind kind, E => E::FORM.map_or_else(Vec::new, |form| (form.suggests)(picked, ctx)))
}

/// Whether lists of this kind have structured filters.
pub fn is_refinable(query: &Query, ctx: &Context) -> bool {
    !filter_fields(query, ctx).is_empty()
}

/// The form of the structured filters of a list, as they are now. `names` are those of the records
/// that it is filtered by.
pub fn refine_form(query: &Query, names: &[(Field, String)], ctx: &Context) -> FormSpec {
    let mut fields = filter_fields(query, ctx);
    for field in fields.iter_mut().filter(|field| field.picked.is_some()) {
        if let Some((_, name)) = names.iter().find(|(of, _)| *of == field.field) {
            field.input.set(name);
            field.base.clone_from(name);
        }
    }
    FormSpec { purpose: Purpose::Refine(query.clone()), version: 0, fields }
}

/// What a list is filtered by, besides view and words.
pub fn filters(query: &Query, names: &[(Field, String)], ctx: &Context) -> Vec<String> {
    let set = refine_form(query, names, ctx).fields.into_iter().filter(|field| !field.input.is_empty());
    set.map(|field| format!("{} {}", field.name(ctx).to_lowercase(), field.shown())).collect()
}

/// What the records are called by which lists are filtered and to which this one belongs.
pub fn filter_names(record: &Record) -> Vec<(Field, String)> {
    dispatch!(Record record, E, row => E::filter_names(row))
}

fn filter_fields(query: &Query, ctx: &Context) -> Vec<FormField> {
    dispatch!(Query query, E, listing => E::filter_fields(&listing.filter, ctx))
}

/// The query with the filters of that form.
pub fn refined(query: &Query, mut form: Reader) -> Result<Query, FieldErrors> {
    let mut query = query.clone();
    dispatch!(Query &mut query, E, listing => E::read_filter(&mut listing.filter, &mut form));
    form.finish(query)
}
