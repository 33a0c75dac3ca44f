//! Says what a write did: what is now true, in a sentence, and of several records what became of each.

use serde_json::Value;

use super::{
    Action, Context, Notice,
    form::value,
    overlap,
    popup::Popup,
    text::{Deed, ImportPhrase, InstalmentPhrase, KnownPhrase, ListPhrase, PaymentPhrase, Phrase, Told},
};
use crate::{
    domain::{
        Cents, Field, ViewId,
        audit::{Changes, Subject, Verb},
        dates,
        entity::EntityKind,
        imports::{Counts, Import, Kept},
        instalments::of_audited,
        text,
    },
    services::{Assigned, Balance, Done, Merged, Missed, Reply, Request, Share, WriteRequest},
};

/// The most changed fields that a sentence names.
const FIELDS: usize = 3;
/// The most columns that a sentence gives to a value.
const VALUE: usize = 40;

/// Reports a write: what the reply to this request says.
pub fn of(to: &Request, reply: &Reply, ctx: &Context) -> Action {
    let Some(text) = words(to, reply, ctx) else { return Action::None };
    told(notice(text.clone(), reply, ctx), text, reply, ctx)
}

/// Reports what an undo has done.
pub fn of_undo(to: &Request, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    if done.is_empty() && !missed.is_empty() {
        let text = ctx.say(Phrase::Told(Told::NothingUndone));
        return told(Notice::bad(text.clone()), text, reply, ctx);
    }
    let words = words(to, reply, ctx).unwrap_or_default();
    let text = match reply {
        // The sentence says that itself.
        Reply::Reverted { .. } => words,
        _ => format!("{} {words}", ctx.say(Phrase::Undone)),
    };
    let text = text.trim_end().to_owned();
    told(Notice::good(text.clone()), text, reply, ctx)
}

/// A sentence about a write that went well, and whether `u` takes it back.
pub fn notice(text: String, reply: &Reply, ctx: &Context) -> Notice {
    match reply.undo() {
        Some(Request::Write(WriteRequest::CancelPayment { .. })) => {
            Notice::good(format!("{text} {}", ctx.say(PaymentPhrase::UndoHint)))
        }
        Some(_) => Notice::good(format!("{text} {}", ctx.say(Phrase::UndoHint))),
        None => Notice::good(text),
    }
}

/// What became of each of several records: what was done, and what was left out.
fn outcomes(reply: &Reply) -> (&[String], &[Missed]) {
    match reply {
        Reply::Assigned(Assigned { titles: done, missed, .. })
        | Reply::HandedOver { done, missed, .. }
        | Reply::Archived { done, missed, .. } => (done, missed),
        _ => (&[], &[]),
    }
}

fn told(notice: Notice, title: String, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    let notice = Action::Notice(notice);
    if let Reply::Reverted { kept, .. } = reply
        && !kept.is_empty()
    {
        return Action::All(vec![notice, Action::Popup(Box::new(Popup::report(title, left_as_they_are(kept, ctx))))]);
    }
    if missed.is_empty() {
        return notice;
    }
    let left_out = missed.iter().map(|Missed { name, why }| (name.clone(), ctx.error(why)));
    let fine = done.iter().map(|name| (name.clone(), ctx.say(Phrase::ResultDone)));
    let popup = Popup::report(title, left_out.chain(fine).collect());
    Action::All(vec![notice, Action::Popup(Box::new(popup))])
}

/// What is now true, in a sentence; `None` for a reply that is not about a write.
pub fn words(to: &Request, reply: &Reply, ctx: &Context) -> Option<String> {
    Some(match reply {
        Reply::Saved { done: None, .. } => match to {
            Request::Write(WriteRequest::SetStatus { status, .. }) => {
                ctx.say(Phrase::Told(Told::StatusAlready(*status)))
            }
            _ => ctx.say(Phrase::NothingChanged),
        },
        Reply::Saved { subject, id, done: Some(done), .. } => saved(*subject, *id, done, ctx),
        Reply::Assigned(assigned) => assigned_words(assigned, ctx),
        Reply::HandedOver { done, shares, .. } => match (done.as_slice(), shares.as_slice()) {
            ([], _) => ctx.say(Phrase::NothingChanged),
            ([client], [Share { name, .. }]) => ctx.say(Phrase::Told(Told::LooksAfter { client, name })),
            (_, shares) => ctx.say(Phrase::Told(Told::TakenOver(shares))),
        },
        Reply::Archived { done, .. } if done.is_empty() => ctx.say(Phrase::NothingChanged),
        Reply::Archived { kind, restored, done, .. } => {
            ctx.say(Phrase::Told(Told::ArchivedSome { kind: *kind, count: done.len(), restored: *restored }))
        }
        Reply::PasswordChanged { .. } => ctx.say(Phrase::PasswordChanged),
        Reply::Exported { rows, left_out, among_newest, path } => {
            let (rows, left_out, among_newest) = (*rows, *left_out, *among_newest);
            ctx.say(Phrase::Exported { rows, left_out, among_newest, path: &path.display().to_string() })
        }
        Reply::Imported(import) => imported(import, ctx),
        Reply::Reverted { import, restored, removed, kept } => ctx.say(ImportPhrase::TakenBack {
            file: &import.file_name,
            kind: import.kind,
            removed: *removed,
            restored: restored - removed,
            kept: kept.len(),
        }),
        Reply::RefusedSaved { rows, path } => {
            ctx.say(ImportPhrase::RefusedSaved { rows: *rows, path: &path.display().to_string() })
        }
        Reply::Printed { name, path } => {
            let Request::Print { document, .. } = to else { return None };
            ctx.say(Phrase::Printed { document: *document, name, path: &path.display().to_string() })
        }
        _ => return None,
    })
}

/// What is true after an import.
fn imported(import: &Import, ctx: &Context) -> String {
    let Counts { created, changed, refused, suspected, .. } = import.counts;
    let words = ctx.say(ImportPhrase::Imported { kind: import.kind, created, changed, left_out: refused + suspected });
    match import.kind {
        EntityKind::User if created > 0 => format!("{words} {}", ctx.say(ImportPhrase::NewAccounts(created))),
        _ => words,
    }
}

/// The records that an import which was taken back has left, each with why.
fn left_as_they_are(kept: &[Kept], ctx: &Context) -> Vec<(String, String)> {
    const MOST: usize = 1_000;
    let why = |by: &str| match by {
        "" => ctx.say(ImportPhrase::KeptNeeded),
        by => ctx.say(ImportPhrase::KeptBy(by)),
    };
    let mut rows: Vec<(String, String)> =
        kept.iter().take(MOST).map(|kept| (kept.name.clone(), why(&kept.by))).collect();
    if kept.len() > MOST {
        rows.push((ctx.say(ImportPhrase::More(kept.len() - MOST)), String::new()));
    }
    rows
}

fn saved(subject: Subject, id: i64, done: &Done, ctx: &Context) -> String {
    let Done { verb, name, changes, shares, balance, is_twin, merged } = done;
    if let Some(balance) = balance {
        return balanced(*verb, *balance, ctx);
    }
    if let Some(Merged { other, contracts }) = merged {
        let undone = *verb == Verb::MergeUndone;
        return ctx.say(KnownPhrase::MergedNow { kept: name, other, contracts: *contracts, undone });
    }
    if let Some(words) = arranged(*verb, id, (name, changes), ctx) {
        return ctx.say(words);
    }
    // A renamed record is still known by its old name.
    let renamed = name_of(subject).and_then(|field| changes.of(field));
    let name = renamed.and_then(|(old, _)| old.as_str()).filter(|old| !old.is_empty()).unwrap_or(name);
    let values = match verb {
        Verb::EventCreated => start(changes, ctx),
        Verb::InstalmentsSet => {
            let rows = changes.of(Field::Instalments).and_then(|(_, new)| new.as_array());
            rows.map(|rows| ctx.say(InstalmentPhrase::Count(rows.len()))).unwrap_or_default()
        }
        Verb::StatusChanged => single(changes, Field::Status, ctx),
        _ => changed(changes, ctx),
    };
    let without_support = *verb != Verb::EventCreated && changes.removes(Field::SupportId);
    let deed = Deed { verb: *verb, number: id, name, values: &values, without_support, shares };
    let twin = is_twin.then(|| ctx.say(KnownPhrase::IsTwin));
    [Some(ctx.say(Phrase::Told(Told::Now(deed)))), twin].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is now true after a payment was recorded or cancelled.
fn balanced(verb: Verb, Balance { contract, amount, due, next }: Balance, ctx: &Context) -> String {
    let money = |amount: Cents| value(Field::DueCents, &amount.0.into(), ctx);
    let now = ctx.say(PaymentPhrase::Now {
        cancelled: verb == Verb::PaymentCancelled,
        refund: amount.0 < 0,
        amount: &money(Cents(amount.0.abs())),
        due,
        due_in_words: &money(due),
        contract: contract.0,
    });
    let next = next.map(|(open, day)| {
        let (amount, overdue) = (money(open), day < ctx.now.date());
        ctx.say(InstalmentPhrase::NextDue { amount: &amount, day: &dates::format_date(day), overdue })
    });
    std::iter::once(now).chain(next).collect::<Vec<_>>().join(" ")
}

/// What is now true of a view or of columns; `None` for any other write.
fn arranged<'a>(verb: Verb, id: i64, (name, changes): (&'a str, &Changes), ctx: &Context) -> Option<ListPhrase<'a>> {
    let new = |wanted| changes.of(wanted).map(|(_, new)| new);
    Some(match verb {
        Verb::ViewSaved => ListPhrase::ViewSaved(name),
        Verb::ViewChanged if new(Field::Name).is_some() => ListPhrase::ViewRenamed(name),
        Verb::ViewChanged => match new(Field::Shared).and_then(Value::as_bool) {
            Some(true) => ListPhrase::ViewSharedNow(name),
            Some(false) => {
                let listed = ctx.lists.view(ViewId::new(id));
                let own = listed.is_some_and(|listed| listed.view.owner == ctx.session.actor.id);
                ListPhrase::ViewUnsharedNow { name, own }
            }
            None => ListPhrase::ViewSaved(name),
        },
        Verb::ViewRemoved => ListPhrase::ViewRemoved(name),
        Verb::ColumnsSaved if new(Field::Columns).is_some_and(Value::is_null) => ListPhrase::ColumnsPreset,
        Verb::ColumnsSaved => ListPhrase::ColumnsSaved,
        _ => return None,
    })
}

/// The field that a record of this kind is called by.
fn name_of(subject: Subject) -> Option<Field> {
    match subject {
        Subject::Entity(EntityKind::Client | EntityKind::User) => Some(Field::FullName),
        Subject::Entity(EntityKind::Event) => Some(Field::Title),
        Subject::Entity(EntityKind::Contract | EntityKind::Payment | EntityKind::Audit)
        | Subject::View
        | Subject::Columns
        | Subject::Plan
        | Subject::Import
        | Subject::Settings
        | Subject::Session => None,
    }
}

/// The new value of one field.
fn single(changes: &Changes, wanted: Field, ctx: &Context) -> String {
    changes.of(wanted).map(|(_, new)| value(wanted, new, ctx)).unwrap_or_default()
}

/// When a new event starts, as it stands in a sentence; nothing if that is not known.
fn start(changes: &Changes, ctx: &Context) -> String {
    let time = changes.of(Field::StartsAt).and_then(|(_, new)| new.as_str()?.parse().ok());
    time.map(|time| dates::time_in_sentence(time, ctx.language)).unwrap_or_default()
}

/// The changed fields with their new values.
fn changed(changes: &Changes, ctx: &Context) -> String {
    let one = |(field, old, new): &(Field, Value, Value)| match new {
        new if *field == Field::Instalments => instalment_now(old, new, ctx),
        Value::Bool(on) => ctx.say(Phrase::Told(Told::SwitchNow { field: *field, on: *on })),
        new => {
            let value = text::cut(&value(*field, new, ctx).replace('\n', " "), VALUE);
            ctx.say(Phrase::Told(Told::FieldNow { field: *field, value: &value }))
        }
    };
    let parts: Vec<String> = changes.0.iter().take(FIELDS).map(one).collect();
    let named = parts.join(", ");
    match changes.0.len().saturating_sub(FIELDS) {
        0 => named,
        more => format!("{named} {}", ctx.say(Phrase::AndMore(more))),
    }
}

/// The instalment that has another amount now.
fn instalment_now(old: &Value, new: &Value, ctx: &Context) -> String {
    let [old, new] = [old, new].map(|rows| of_audited(rows).unwrap_or_default());
    let other = (1..).zip(old.iter().zip(&new)).find(|(_, (old, new))| old.amount_cents != new.amount_cents);
    let Some((position, (_, row))) = other else { return ctx.say(InstalmentPhrase::Count(new.len())) };
    let place = ctx.say(InstalmentPhrase::Numbered(position));
    let label = if row.label.is_empty() { &place } else { &row.label };
    let amount = value(Field::AmountCents, &row.amount_cents.0.into(), ctx);
    ctx.say(InstalmentPhrase::InstalmentNow { label, amount: &amount })
}

fn assigned_words(assigned: &Assigned, ctx: &Context) -> String {
    let done = match (assigned.titles.as_slice(), &assigned.to) {
        ([], name) => return assigned_already(&assigned.unchanged, name.as_deref(), ctx),
        ([title], Some(name)) => ctx.say(Phrase::Told(Told::Assigned { title, name })),
        ([title], None) => ctx.say(Phrase::Told(Told::Unassigned(title))),
        (several, Some(name)) => ctx.say(Phrase::Told(Told::AssignedSome { count: several.len(), name })),
        (several, None) if assigned.mixed => ctx.say(Phrase::Told(Told::AssignedAsBefore(several.len()))),
        (several, None) => ctx.say(Phrase::Told(Told::UnassignedSome(several.len()))),
    };
    let overlaps = overlap::lines(&assigned.overlaps, assigned.titles.len(), ctx);
    std::iter::once(done).chain(overlaps).collect::<Vec<_>>().join(" ")
}

/// Says that these events had the support already that was to be given, or none.
fn assigned_already(titles: &[String], name: Option<&str>, ctx: &Context) -> String {
    ctx.say(match (titles, name) {
        ([], _) => Phrase::NothingChanged,
        ([title], Some(name)) => Phrase::Told(Told::AssignedAlready { title, name }),
        ([title], None) => Phrase::Told(Told::UnassignedAlready(title)),
        (several, _) => Phrase::Told(Told::AssignedAsBefore(several.len())),
    })
}
