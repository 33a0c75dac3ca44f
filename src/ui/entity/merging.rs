//! Merging two clients: which one stays, and field by field what stays of them.

use super::{
    clients::{draft, fields},
    definition::wall_time,
};
use crate::{
    domain::{
        Field, UserId, check,
        clients::{Below, ClientRow, ClientView},
        dates,
        entity::Query,
        policy::{self, Permission},
        text,
    },
    services::{Merge, MergeSide, WriteRequest},
    ui::{
        Context,
        form::{FieldKind, FormField, FormSpec, Merging, Purpose, Reader},
        text::KnownPhrase,
    },
};

/// Whether the user may merge clients at all.
pub fn may_merge(ctx: &Context) -> bool {
    policy::right(Permission::MergeClients, ctx.session.actor.role, ctx.settings()).is_ok()
}

/// What to do in the view of possible duplicates until two are marked, and for whoever may not merge who does.
pub fn hint(query: &Query, marked: usize, ctx: &Context) -> Option<String> {
    let shows_duplicates = matches!(query, Query::Client(listing) if listing.filter.view == ClientView::Duplicates);
    let words = if may_merge(ctx) { KnownPhrase::ToMerge { marked } } else { KnownPhrase::ManagementMerges };
    (shows_duplicates && marked < 2).then(|| ctx.say(words))
}

/// Which one stays: title, options, and the one that is preset, the one with contracts, or else the older one.
pub fn question(sides: &[MergeSide; 2], ctx: &Context) -> (String, Vec<String>, usize) {
    let [one, other] = sides;
    let option = |side: &MergeSide, beside: &MergeSide| {
        let created = ctx.settings().wall_clock(side.row.client.created_at).date();
        let (name, since) = (told_apart(side, beside, ctx), dates::format_date(created));
        ctx.say(KnownPhrase::Side { name: &name, contracts: side.below.contracts, since: &since })
    };
    let has = |side: &MergeSide| side.below.contracts > 0;
    let is_older =
        (one.row.client.created_at, one.row.client.id.0) <= (other.row.client.created_at, other.row.client.id.0);
    let at = match (has(one), has(other)) {
        (true, false) => 0,
        (false, true) => 1,
        _ => usize::from(!is_older),
    };
    (ctx.say(KnownPhrase::WhichStays), vec![option(one, other), option(other, one)], at)
}

/// The name of a client; if both have the same, with the first thing in which this one differs from the other one.
fn told_apart(side: &MergeSide, beside: &MergeSide, ctx: &Context) -> String {
    let (one, other) = (&side.row.client, &beside.row.client);
    if text::fold(&one.full_name) != text::fold(&other.full_name) {
        return one.full_name.clone();
    }
    let email = |email: &Option<String>| email.clone().unwrap_or_default();
    let values = [
        (Field::CompanyName, one.company_name.clone(), other.company_name.clone()),
        (Field::Email, email(&one.email), email(&other.email)),
        (Field::Phone, one.phone.clone(), other.phone.clone()),
    ];
    let differs = values.into_iter().find(|(_, one, other)| text::fold(one) != text::fold(other));
    let by = match differs {
        Some((field, value, _)) if value.is_empty() => ctx.say(KnownPhrase::Without(&ctx.field(field).to_lowercase())),
        Some((_, value, _)) => value,
        None if side.below.contracts != beside.below.contracts => ctx.say(KnownPhrase::Contracts(side.below.contracts)),
        None => ctx.say(KnownPhrase::Since(&wall_time(one.created_at, ctx))),
    };
    format!("{} ({by})", one.full_name)
}

/// The form of what stays of the two. Where both say something else, the other's value can be taken; what only the
/// other one says is filled in, and the notes of both stay.
pub fn form(sides: &[MergeSide; 2], kept: usize, ctx: &Context) -> FormSpec {
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
            entry.note = Some(ctx.say(KnownPhrase::FromOther));
        } else if entry.kind == FieldKind::Notes && check::notes(&both).is_ok() {
            entry.set(&both);
            entry.note = Some(ctx.say(KnownPhrase::NotesOfBoth));
        } else {
            entry.theirs = Some(theirs);
        }
        entry.base = entry.content();
    }
    let purpose = Purpose::Merge(Box::new(Merging {
        kept: kept.row.client.id,
        kept_name: told_apart(kept, other, ctx),
        other: (other.row.client.id, other.row.client.version),
        other_name: told_apart(other, kept, ctx),
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
    (ctx.say(KnownPhrase::MergeAsk { kept, other }), vec![moves, ctx.say(KnownPhrase::MergeMeans { kept, other })])
}
