//! Lines of the audit log on the screen. Nobody creates or changes them by hand.

use super::{
    contracts::Contracts,
    definition::{Begins, Entity, EntityForm, RecordDetail, columns_if, from_to, wall_time},
};
use crate::{
    domain::{
        Field,
        audit::{AuditFilter, AuditRow, AuditSort, AuditView, Subject, Verb},
        dates::{self, Direction},
        entity::{EntityKind, Record},
        lists::ColumnName as N,
        policy::Permission,
        users::Role,
    },
    services::{ReadRequest, Reply},
    ui::{
        Context,
        form::{FormField, Reader, value},
        keys::Command,
        text::{ListPhrase, Phrase},
        widgets::table::{Column, column},
    },
};

/// The audit log.
pub struct Audit;

impl Entity for Audit {
    type Row = AuditRow;
    type Filter = AuditFilter;
    type Sort = AuditSort;
    type View = AuditView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::ColWhen, column(N::When, 16, 0, 0).sorts(0)),
        (Phrase::ColWho, column(N::Who, 11, 1, 3).sorts(1)),
        (Phrase::ColWhat, column(N::What, 20, 0, 1).sorts(2)),
        (Phrase::ColRecord, column(N::Record, 16, 2, 2).sorts(3)),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<AuditRow>)] = &[];
    const FORM: Option<EntityForm<AuditRow>> = None;
    const CHILD: Option<EntityKind> = None;
    const HAS_CALENDAR: bool = false;

    fn row(record: &Record) -> Option<&AuditRow> {
        if let Record::Audit(row) = record { Some(row) } else { None }
    }

    fn cells(row: &AuditRow, ctx: &Context) -> Vec<String> {
        vec![wall_time(row.at, ctx), row.actor_name.clone(), what(row, ctx), given_record(row, ctx)]
    }

    fn heading(row: &AuditRow, ctx: &Context) -> String {
        what(row, ctx)
    }

    fn facts(row: &AuditRow, ctx: &Context) -> Vec<(String, String)> {
        let role = row.actor_role.map(|role| ctx.say(Phrase::Role(role))).unwrap_or_default();
        let who: Vec<&str> = [row.actor_name.as_str(), &role].into_iter().filter(|words| !words.is_empty()).collect();
        let mut facts = vec![
            (ctx.say(Phrase::ColWhen), dates::spell_date_time(ctx.settings().wall_clock(row.at), ctx.language)),
            (ctx.say(Phrase::ColWho), who.join(", ")),
            (ctx.say(Phrase::ColRecord), record_name(row, ctx)),
            (ctx.say(Phrase::Computer), row.host.clone()),
        ];
        facts.extend(changes(row, ctx));
        facts
    }

    fn sort_title(sort: AuditSort) -> Phrase<'static> {
        match sort {
            AuditSort::Time => Phrase::ColWhen,
            AuditSort::Actor => Phrase::ColWho,
            AuditSort::Action => Phrase::ColWhat,
            AuditSort::Record => Phrase::ColRecord,
        }
    }

    fn views(_role: Role) -> &'static [(AuditView, Phrase<'static>)] {
        &[
            (AuditView::All, Phrase::ViewAll),
            (AuditView::Mine, Phrase::ViewMine),
            (AuditView::Refused, Phrase::ViewRefused),
        ]
    }

    fn fixed(filter: &AuditFilter, _role: Role) -> Vec<N> {
        let who = match filter.view {
            AuditView::Mine => true,
            AuditView::All | AuditView::Refused => false,
        };
        columns_if(&[(who, N::Who), (filter.record.is_some(), N::Record)])
    }

    fn filter_fields(filter: &AuditFilter, _ctx: &Context) -> Vec<FormField> {
        let [from, to] = from_to(EntityKind::Audit, (filter.from, filter.to), Direction::Past);
        vec![from, to]
    }

    fn read_filter(filter: &mut AuditFilter, form: &mut Reader) {
        (filter.from, filter.to) = form.days(Field::From, Field::To, Direction::Past);
    }

    fn read(_id: i64) -> Option<ReadRequest> {
        None
    }

    fn detail(_reply: &Reply) -> Option<RecordDetail> {
        None
    }
}

/// What was done. That an event has no support any more is logged as an assignment to nobody.
fn what(row: &AuditRow, ctx: &Context) -> String {
    if row.action.parse() == Ok(Verb::SupportAssigned) && row.changes.removes(Field::SupportId) {
        return ctx.say(Phrase::SupportRemoved);
    }
    // So is saving the refused rows of a file, as an export of no list.
    if row.action.parse() == Ok(Verb::Exported) && row.record_type == Subject::Import.to_string() {
        return ctx.say(ListPhrase::RefusedRowsSaved);
    }
    ctx.verb(&row.action)
}

/// The record of a line; if it was given to somebody, also to whom, and of a file, what became of its rows.
fn given_record(row: &AuditRow, ctx: &Context) -> String {
    let what = record_name(row, ctx);
    if let Some((_, counts)) = row.changes.of(Field::Outcome) {
        return ctx.pair(&what, &value(Field::Outcome, counts, ctx));
    }
    let field = match row.action.parse() {
        Ok(Verb::ClientHandedOver) => Field::SalesContactId,
        Ok(Verb::SupportAssigned) => Field::SupportId,
        _ => return what,
    };
    let new = row.changes.of(field).and_then(|(_, new)| new.as_str());
    new.map_or_else(|| what.clone(), |name| ctx.say(Phrase::GivenTo { what: &what, name }))
}

/// What the record of a line was called at that time, such as "Contract 146, Anna Almeida".
fn record_name(row: &AuditRow, ctx: &Context) -> String {
    if let (Ok(Verb::ColumnsSaved), Ok(kind)) = (row.action.parse(), row.record_name.parse::<EntityKind>()) {
        return ctx.say(ListPhrase::ColumnsOf(kind));
    }
    let is_contract = row.record_type.parse() == Ok(EntityKind::Contract);
    // A refused action names what was tried instead of a record.
    let is_named = row.action.parse().is_ok_and(|verb: Verb| verb.changes_its_record() || verb == Verb::Printed);
    match row.record_id {
        Some(number) if is_contract && is_named => Contracts::found_name(number, &row.record_name, ctx),
        _ => row.record_name.clone(),
    }
}

/// What a line of the log says was changed: the labels of the fields, each with its old and new
/// value.
pub fn changes(row: &AuditRow, ctx: &Context) -> Vec<(String, String)> {
    // The client of a contract and the contract of an event never change. A payment is known by the number of its
    // contract. What a saved view contains is written for programs.
    let is_payment = row.record_type.parse() == Ok(EntityKind::Payment);
    let is_moved = row.action.parse() == Ok(Verb::ContractMoved);
    let hidden = |field: Field| match field {
        Field::ContractId => !is_payment,
        Field::ClientId => !is_moved,
        _ => matches!(field, Field::Content | Field::Columns),
    };
    let shown = row.changes.0.iter().filter(|(field, ..)| !hidden(*field)).map(|(field, old, new)| {
        let (old, new) = (value(*field, old, ctx), value(*field, new, ctx));
        let change = if old.is_empty() { new } else { ctx.say(Phrase::FromTo { old: &old, new: &new }) };
        (ctx.field(*field), change)
    });
    let import = row.import.iter().map(|file| (ctx.say(ListPhrase::ImportedFrom), file.clone()));
    import.chain(shown.filter(|(_, change)| !change.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::{
        domain::{audit_words, language::Language, text},
        ui::{
            text::{say, verb},
            widgets::table::{Columns, MARGIN},
        },
    };

    /// Whoever types what the log shows for an action finds its rows, in either language.
    #[test]
    fn every_action_is_found_by_its_words() {
        for language in Language::iter() {
            for action in Verb::iter() {
                for word in text::fold(verb(language, action.into())).split_whitespace() {
                    assert!(audit_words::meant_by(word).contains(&action), "{word} for {action}");
                }
            }
            for word in text::fold(&say(language, ListPhrase::RefusedRowsSaved.into())).split_whitespace() {
                assert!(audit_words::meant_by(word).contains(&Verb::Exported), "{word}");
            }
        }
    }

    #[test]
    fn every_action_fits_its_column() {
        let columns = Columns::of(Audit::COLUMNS.iter().map(|(_, column)| *column).collect());
        for window in [60, 80, 120] {
            let layout = columns.fitting(window - MARGIN);
            let (_, width) = layout.into_iter().find(|(at, _)| columns.all[*at].name == N::What).unwrap();
            for language in Language::iter() {
                let actions = Verb::iter().map(|action| verb(language, action.into()).to_owned());
                let other = [Phrase::SupportRemoved, ListPhrase::RefusedRowsSaved.into()];
                for words in actions.chain(other.map(|phrase| say(language, phrase))) {
                    assert!(text::width(&words) <= usize::from(width), "{words} in {window} columns");
                }
            }
        }
    }
}
