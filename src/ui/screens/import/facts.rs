//! What is known of a row of a file, as labelled values.

use super::chosen::Chosen;
use crate::{
    domain::{
        Field,
        audit::Changes,
        imports::{Choice, Finding, ImportRow, Suspicion},
    },
    services::import::understood,
    ui::{
        Context,
        form::value,
        reasons::{each_reason, reasons},
        text::{ImportPhrase as I, Phrase},
    },
};

/// The changed fields, each with its old and its new value.
fn changed(changes: &Changes, ctx: &Context) -> Vec<(String, String)> {
    let one = |(field, old, new): &(_, _, _)| {
        if let Field::ArchivedAt = field {
            return (ctx.say(I::LabelArchive), ctx.say(I::Archives(!serde_json::Value::is_null(new))));
        }
        let (old, new) = (value(*field, old, ctx), value(*field, new, ctx));
        let words = if old.is_empty() { new } else { ctx.say(Phrase::FromTo { old: &old, new: &new }) };
        (ctx.field(*field), words)
    };
    changes.0.iter().map(one).collect()
}

fn in_one_line(pairs: &[(String, String)], ctx: &Context) -> String {
    pairs.iter().map(|(label, words)| ctx.pair(label, words)).collect::<Vec<_>>().join(", ")
}

/// What the row says, as the program understands it, but for its name and the fields that are left out.
fn said(row: &ImportRow, left_out: &[Field], chosen: &Chosen, ctx: &Context) -> Vec<(String, String)> {
    let Some(preview) = &chosen.preview else { return Vec::new() };
    let mut all = understood(&chosen.file, preview, row.number, (ctx.now.date(), ctx.settings().time_zone));
    // The row may name only the client.
    if let Some(contract) = row.contract
        && !all.iter().any(|(field, _)| *field == Field::ContractId)
    {
        all.insert(0, (Field::ContractId, contract.0.to_string().into()));
    }
    let shown =
        all.into_iter().filter(|(field, raw)| !left_out.contains(field) && raw.as_str() != Some(row.name.as_str()));
    shown.map(|(field, raw)| (ctx.field(field), value(field, &raw, ctx))).collect()
}

/// What happens with a row, in one line.
pub(super) fn what(row: &ImportRow, chosen: &Chosen, ctx: &Context) -> String {
    match &row.finding {
        Finding::New | Finding::Unchanged => ctx.say(I::Finding(row.finding.kind())),
        Finding::Changed(changes) => in_one_line(&changed(changes, ctx), ctx),
        Finding::Refused(_) => reasons_of(row, chosen, ctx),
        Finding::Suspected(known) => {
            let choice = chosen.choice_of(row.number);
            let (name, detail) = known_as(known, ctx);
            ctx.say(I::MayBe { known: &name, detail: &detail, choice })
        }
    }
}

/// Why a row is refused, in one line.
pub(super) fn reasons_of(row: &ImportRow, chosen: &Chosen, ctx: &Context) -> String {
    let of = |preview| reasons(ctx.language, (&*chosen.file.sheet, preview), row);
    chosen.preview.as_ref().map(of).unwrap_or_default()
}

/// What the known record is called, and what tells it from others; or the earlier row that may be the same.
fn known_as(known: &Suspicion, ctx: &Context) -> (String, String) {
    match known.row {
        Some(row) => (ctx.say(I::RowOfFile(row)), String::new()),
        None => (known.name.clone(), known.detail.clone()),
    }
}

/// Both in one text.
pub(super) fn known_whole(known: &Suspicion, ctx: &Context) -> String {
    let (name, detail) = known_as(known, ctx);
    [name, detail].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
}

/// All that is known of a row.
pub(super) fn facts(row: &ImportRow, chosen: &Chosen, ctx: &Context) -> Vec<(String, String)> {
    let kind = ctx.pair(&format!("{} {}", ctx.say(I::ColRow), row.number), &ctx.say(I::Finding(row.finding.kind())));
    let mut facts = vec![(kind, row.name.clone())];
    match &row.finding {
        Finding::New | Finding::Unchanged => facts.extend(said(row, &[], chosen, ctx)),
        Finding::Changed(changes) => facts.extend(changed(changes, ctx)),
        Finding::Refused(errors) => {
            let Some(preview) = &chosen.preview else { return facts };
            let each = each_reason(ctx.language, (&*chosen.file.sheet, preview), row);
            facts.extend(each.into_iter().map(|(field, why)| (ctx.field(field), why)));
            let wrong: Vec<Field> = errors.0.iter().map(|(field, _)| *field).collect();
            facts.extend(said(row, &wrong, chosen, ctx));
        }
        Finding::Suspected(known) => {
            let choice = chosen.choice_of(row.number);
            facts.push((ctx.say(I::LabelKnown), known_whole(known, ctx)));
            facts.push((ctx.say(I::LabelDecided), ctx.say(I::Choice(choice))));
            // What counts is what would be written.
            let mut shown = Vec::new();
            if !known.changes.0.is_empty() && choice != Choice::Create {
                facts.push((ctx.say(I::LabelIfUpdated), String::new()));
                facts.extend(changed(&known.changes, ctx));
                shown.extend(known.changes.0.iter().map(|(field, ..)| *field));
            }
            let rest = said(row, &shown, chosen, ctx);
            if !rest.is_empty() {
                facts.push((ctx.say(I::LabelRowSays), String::new()));
                facts.extend(rest);
            }
        }
    }
    facts
}
