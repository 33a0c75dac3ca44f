//! Merging two clients: which one stays, and field by field what stays of them.

use super::clients::{draft, fields};
use crate::{
    domain::{
        Field, UserId, check,
        clients::{Below, ClientRow},
        dates,
    },
    services::{Merge, MergeSide, WriteRequest},
    ui::{
        Context,
        form::{FieldKind, FormField, FormSpec, Merging, Purpose, Reader},
        text::KnownPhrase,
    },
};

/// Which one stays: title, options, and the one that is preset, the one with contracts, or else the older one.
pub fn question(sides: &[MergeSide; 2], ctx: &Context) -> (String, Vec<String>, usize) {
    let [one, other] = sides;
    let option = |side: &MergeSide| {
        let client = &side.row.client;
        let contracts = side.below.contracts;
        let created = ctx.settings().wall_clock(client.created_at).date();
        let since = dates::format_date(created);
        ctx.say(KnownPhrase::Side { name: &client.full_name, contracts, since: &since })
    };
    let has = |side: &MergeSide| side.below.contracts > 0;
    let is_older =
        (one.row.client.created_at, one.row.client.id.0) <= (other.row.client.created_at, other.row.client.id.0);
    let at = match (has(one), has(other)) {
        (true, false) => 0,
        (false, true) => 1,
        _ => usize::from(!is_older),
    };
    (ctx.say(KnownPhrase::WhichStays), sides.iter().map(option).collect(), at)
}

/// The form of what stays of the two. Where both say something else, the other's value can be taken; what only the
/// other one says is filled in, and the notes of both stay.
pub fn form(sides: &[MergeSide; 2], kept: usize) -> FormSpec {
    let (kept, other) = if kept == 0 { (&sides[0], &sides[1]) } else { (&sides[1], &sides[0]) };
    let mut entries = all_fields(&kept.row, &other.row);
    for (entry, theirs) in entries.iter_mut().zip(all_fields(&other.row, &kept.row)) {
        let (mine, theirs) = (entry.content(), theirs.content());
        if mine == theirs || theirs.is_empty() {
            continue;
        }
        let both = format!("{mine}\n{theirs}");
        if mine.is_empty() {
            entry.set(&theirs);
        } else if entry.kind == FieldKind::Notes && check::notes(&both).is_ok() {
            entry.set(&both);
        } else {
            entry.theirs = Some(theirs);
        }
        entry.base = entry.content();
    }
    let purpose = Purpose::Merge(Box::new(Merging {
        kept: kept.row.client.id,
        kept_name: kept.row.client.full_name.clone(),
        other: (other.row.client.id, other.row.client.version),
        other_name: other.row.client.full_name.clone(),
        moves: other.below,
    }));
    FormSpec { purpose, version: kept.row.client.version, fields: entries }
}

fn all_fields(row: &ClientRow, other: &ClientRow) -> Vec<FormField> {
    let mut fields = fields(Some(&row.client));
    let owner = |row: &ClientRow| (row.client.sales_contact_id.0.to_string(), row.sales_contact.clone());
    let contact = if row.client.sales_contact_id == other.client.sales_contact_id {
        FormField::new(Field::SalesContactId, FieldKind::Fixed, &row.sales_contact)
            .picked(row.client.sales_contact_id.0)
    } else {
        let chosen = row.client.sales_contact_id.0.to_string();
        FormField::new(Field::SalesContactId, FieldKind::Choice(vec![owner(row), owner(other)]), &chosen)
    };
    fields.insert(4, contact);
    fields
}

/// The request of the completed form.
pub fn read(merging: &Merging, version: i32, form: &mut Reader) -> WriteRequest {
    let chosen = form.choice(Field::SalesContactId).or(form.picked(Field::SalesContactId));
    WriteRequest::MergeClients(Box::new(Merge {
        kept: (merging.kept, version),
        other: merging.other,
        sales_contact: UserId::new(chosen.unwrap_or_default()),
        draft: draft(form),
    }))
}

/// The question before a merge: its title, and what happens.
pub fn consequences(merging: &Merging, ctx: &Context) -> (String, Vec<String>) {
    let Merging { kept_name: kept, other_name: other, moves, .. } = merging;
    let Below { contracts, events, payments } = *moves;
    let moves = ctx.say(KnownPhrase::Moves { contracts, events, payments, kept });
    (ctx.say(KnownPhrase::MergeAsk { kept, other }), vec![moves, ctx.say(KnownPhrase::MergeMeans(other))])
}
