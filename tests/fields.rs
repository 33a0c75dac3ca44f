//! Changes each field of each edit form alone, on every engine. The new value must appear in the database, the
//! history, the details, the exported file and the reopened form, and no other value may change. Fields that are
//! added to a form later are tested without a change to this file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use chrono::TimeDelta;
use diesel::prelude::*;
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, Error, EventId, Field, PaymentId, UserId,
        audit::{Auditable, AuditedFields, Changes},
        dates,
        entity::{EntityKind, Query, Record},
        language::Language,
        lists::Lists,
        payments::Method,
        session::Session,
        users::Role,
    },
    schema::audit_log as log,
    services::{Reply, Request, export::Format},
    storage,
    ui::{
        Context, Preferences, entity,
        form::{FieldKind, FormField, FormSpec, value},
        keymap::Keys,
        theme::{Look, Theme},
    },
};
use rstest::rstest;
use serde_json::{Map, Value};
use strum::IntoEnumIterator;
use support::{
    Engine,
    world::{World, pay},
};

/// The audited fields that are in no edit form, each with the reason.
const NOT_IN_FORMS: [(EntityKind, Field, &str); 18] = [
    (EntityKind::Client, Field::SalesContactId, "a client is handed over"),
    (EntityKind::Client, Field::ArchivedAt, "archiving is an action"),
    (EntityKind::Client, Field::MergedIntoId, "merging is an action"),
    (EntityKind::Contract, Field::ClientId, "a contract stays with its client"),
    (EntityKind::Contract, Field::DueCents, "the amount due follows from the total and the payments"),
    (EntityKind::Contract, Field::SignedAt, "a signature is final"),
    (EntityKind::Contract, Field::ArchivedAt, "archiving is an action"),
    (EntityKind::Event, Field::ContractId, "an event stays with its contract"),
    (EntityKind::Event, Field::Status, "the status is set by an action"),
    (EntityKind::Event, Field::SupportId, "support is assigned"),
    (EntityKind::Event, Field::ArchivedAt, "archiving is an action"),
    (EntityKind::Payment, Field::ContractId, "a payment stays with its contract"),
    (EntityKind::Payment, Field::AmountCents, "a wrong payment is cancelled and recorded anew"),
    (EntityKind::Payment, Field::PaidOn, "a wrong payment is cancelled and recorded anew"),
    (EntityKind::Payment, Field::Method, "a wrong payment is cancelled and recorded anew"),
    (EntityKind::Payment, Field::CancelledAt, "cancelling is an action"),
    (EntityKind::Payment, Field::CancelReason, "cancelling is an action"),
    (EntityKind::User, Field::Active, "deactivating is an action"),
];

/// The edit form of a record, as the screens open it.
fn edit_form(record: &Record, ctx: &Context) -> FormSpec {
    entity::edit_form(record, ctx).unwrap()
}

/// The labelled values on the screen of a record.
fn details(world: &mut World, record: &Record, ctx: &Context) -> Vec<(String, String)> {
    let read = entity::read(record.kind(), record.id()).unwrap();
    let detail = entity::detail(record.kind(), &world.manage(&Request::Read(read))).unwrap();
    let mut shown = entity::facts(&detail.record, ctx);
    shown.push((ctx.field(Field::Notes), detail.notes));
    shown
}

/// The content of a field: the chosen option or the typed text. For fields without a picked record only.
fn content(field: &FormField) -> String {
    match &field.kind {
        FieldKind::Choice(options) => options[field.choice].0.clone(),
        _ => field.input.text().to_owned(),
    }
}

/// Values to try, in English notation. The first one that differs from the present value and is accepted is saved.
fn candidates(kind: &FieldKind) -> Vec<String> {
    let next_month = support::world::start() + TimeDelta::days(30) + TimeDelta::hours(1);
    let texts: &[&str] = match kind {
        FieldKind::Line => &["Something Else", "other@example.org", "+33 1 98 76 54 32", "4711"],
        FieldKind::Notes => &["One line.\nAnother line."],
        FieldKind::Amount => &["7,000.50"],
        FieldKind::Whole => &["321"],
        FieldKind::Zone => &["Europe/Lisbon"],
        FieldKind::Day(dates::Direction::Past) => &["20/11/2026"],
        FieldKind::Day(dates::Direction::Future | dates::Direction::Soon | dates::Direction::From(_)) => {
            &["20/12/2026"]
        }
        FieldKind::Time => return vec![dates::format_date_time(next_month)],
        FieldKind::Choice(options) => return options.iter().map(|(value, _)| value.clone()).collect(),
        FieldKind::Password | FieldKind::NewPassword | FieldKind::Record(_) | FieldKind::Fixed => {
            panic!("no values to try for a field of this kind: {kind:?}")
        }
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn enter(field: &mut FormField, text: &str) {
    match &field.kind {
        FieldKind::Choice(options) => field.choice = options.iter().position(|(value, _)| value == text).unwrap(),
        _ => field.input.set(text),
    }
}

/// The record as a row of a list.
fn stored(world: &World, kind: EntityKind, id: i64) -> Record {
    let db = &mut world.connection();
    match kind {
        EntityKind::Client => storage::clients::find_row(db, ClientId::new(id)).unwrap().unwrap().into(),
        EntityKind::Contract => storage::contracts::find_row(db, ContractId::new(id)).unwrap().unwrap().into(),
        EntityKind::Event => storage::events::find_rows(db, &[EventId::new(id)]).unwrap().remove(0).into(),
        EntityKind::Payment => storage::payments::find_row(db, PaymentId::new(id)).unwrap().unwrap().into(),
        EntityKind::User => storage::users::find(db, UserId::new(id)).unwrap().unwrap().into(),
        EntityKind::Audit => panic!("rows of the audit log have no edit form"),
    }
}

fn audited(record: &Record) -> AuditedFields {
    match record {
        Record::Client(row) => row.client.audited_fields(),
        Record::Contract(row) => row.contract.audited_fields(),
        Record::Event(row) => row.event.audited_fields(),
        Record::Payment(row) => row.payment.audited_fields(),
        Record::User(user) => user.audited_fields(),
        Record::Audit(_) => panic!("rows of the audit log have no edit form"),
    }
}

/// The rows of an exported list.
fn exported(world: &mut World, kind: EntityKind) -> Vec<Map<String, Value>> {
    let export = Request::Export { query: Query::all(kind), format: Format::Json };
    let Reply::Exported { path, .. } = world.manage(&export) else { panic!("the export returned no file") };
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The changes in the newest row of the audit log.
fn last_changes(world: &World) -> Changes {
    let last = log::table.order(log::id.desc()).select(log::changes);
    Changes::from_json(&last.first::<String>(&mut world.connection()).unwrap())
}

/// Changes one field of the record through its form, and returns the text that was entered.
fn change(world: &mut World, record: &Record, at: usize, ctx: &Context) -> String {
    let before = content(&edit_form(record, ctx).fields[at]);
    let field = edit_form(record, ctx).fields[at].field;
    for text in candidates(&edit_form(record, ctx).fields[at].kind) {
        let mut form = edit_form(record, ctx);
        enter(&mut form.fields[at], &text);
        let Ok(submission) = form.purpose.submit(&form.fields, form.version, ctx) else { continue };
        let request = submission.unwrap().request().unwrap();
        let manager = world.manager.clone();
        match world.ask(Some(&manager), &request) {
            _ if text == before => {}
            Ok(Reply::Saved { .. }) => return text,
            Err(Error::Invalid(_)) => {}
            other => panic!("{field}: {other:?}"),
        }
    }
    panic!("no value for {field} was accepted");
}

/// Changes one field and checks that its new value appears everywhere.
fn try_field(world: &mut World, (kind, id): (EntityKind, i64), at: usize, ctx: &Context) {
    let before = stored(world, kind, id);
    let field = edit_form(&before, ctx).fields[at].field;
    let file_before = exported(world, kind);
    let entered = change(world, &before, at, ctx);
    // In the database, only this field has changed, and of a contract what follows from it.
    let after = stored(world, kind, id);
    let new = audited(&after).get(field).clone();
    let change_of = |field| (field, audited(&before).get(field).clone(), audited(&after).get(field).clone());
    let follows = if field == Field::TotalCents { vec![Field::DueCents] } else { Vec::new() };
    let changes = Changes([field].into_iter().chain(follows.clone()).map(change_of).collect());
    assert_eq!(audited(&before).changes_to(&audited(&after)), changes);
    assert_ne!(changes.0[0].1, new, "{field} in the database");
    assert_eq!(last_changes(world), changes, "{field} in the history");
    let shown = (ctx.field(field), value(field, &new, ctx));
    assert!(details(world, &after, ctx).contains(&shown), "{field} in the details");
    let form = edit_form(&after, ctx);
    assert_eq!(content(&form.fields[at]), entered, "{field} in the form");
    // In the exported file, one value of one row has changed, and what follows from it.
    let file = exported(world, kind);
    let new_rows: Vec<_> = file.iter().filter(|row| !file_before.contains(row)).collect();
    let old_rows: Vec<_> = file_before.iter().filter(|row| !file.contains(row)).collect();
    let ([new_row], [old_row]) = (new_rows.as_slice(), old_rows.as_slice()) else {
        panic!("{field}: not exactly one row of the file has changed")
    };
    let differing: Vec<_> = new_row.iter().filter(|(name, value)| old_row.get(*name) != Some(*value)).collect();
    assert_eq!(differing.len(), 1 + follows.len(), "{field}: {differing:?}");
    let amount = new.as_i64().map(|cents| Value::String(Cents(cents).plain()));
    let is_written = differing.iter().any(|(_, written)| **written == new || Some(*written) == amount.as_ref());
    assert!(is_written, "{field} in the file: {differing:?}");
}

const LISTS: &Lists = &Lists { views: Vec::new(), columns: Vec::new() };

fn context<'a>(session: &'a Session, theme: &'a Theme) -> Context<'a> {
    let (language, look) = (Language::En, Look::default());
    let preferences = Preferences { language, look, mouse: false };
    let now = session.settings.wall_clock(support::world::start());
    Context {
        language,
        theme,
        session,
        lists: LISTS,
        preferences,
        now,
        beat: 0,
        saving: false,
        keys: Keys::usual(),
        method: Method::default(),
    }
}

#[rstest]
fn every_field_is_saved_logged_shown_and_exported(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let person = world.hire("somebody", Role::Support).actor.id;
    let payment = world.save(&pay(records.contract, 10_000)).0;
    let (session, theme) = (world.manager.clone(), Theme::of(Look::default()));
    let ctx = context(&session, &theme);
    for kind in EntityKind::iter() {
        let id = match kind {
            EntityKind::Client => records.client.0,
            EntityKind::Contract => records.signed.0,
            EntityKind::Event => records.event.0,
            EntityKind::Payment => payment,
            EntityKind::User => person.0,
            EntityKind::Audit => continue,
        };
        let record = stored(&world, kind, id);
        let form = edit_form(&record, &ctx);
        let mut offered = Vec::new();
        for (at, entry) in form.fields.iter().enumerate().filter(|(_, entry)| entry.kind != FieldKind::Fixed) {
            offered.push(entry.field);
            try_field(&mut world, (kind, id), at, &ctx);
        }
        for (field, _) in audited(&record).0 {
            let excepted = NOT_IN_FORMS.iter().any(|(of, name, _)| (*of, *name) == (kind, field));
            assert_ne!(offered.contains(&field), excepted, "{kind}: {field} in the form");
        }
    }
}
