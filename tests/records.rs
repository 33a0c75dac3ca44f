//! The version in the reply, the changes in the audit log and the undo of every write, compared with the record
//! before and after it, on every engine.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use diesel::prelude::*;
use epic_events::{
    domain::{
        ClientId, ContractId, Error, EventId, PaymentId, Reason, UserId,
        assigning::Assignment,
        audit::{Auditable, AuditedFields, Changes, Subject},
        clients::ClientDraft,
        entity::EntityKind,
        events::Status,
        payments::Words,
        users::{Role, UserDraft},
    },
    schema::audit_log as log,
    services::{HandOver, Marked, Reply, Request, WriteRequest},
    storage,
};
use rstest::rstest;
use secrecy::SecretString;
use support::{
    Engine,
    world::{
        Records, World, client_draft, contract_draft, event_draft, hand_over, heirs, new_contract, pay, user_draft,
    },
};

/// The version and fields of a record as stored in its table.
fn stands(world: &World, subject: impl Into<Subject>, id: i64) -> (i32, AuditedFields) {
    let db = &mut world.connection();
    let Subject::Entity(kind) = subject.into() else {
        let one = storage::settings::load(db).unwrap();
        return (one.version, one.audited_fields());
    };
    match kind {
        EntityKind::Client => {
            let one = storage::clients::find(db, ClientId::new(id)).unwrap().unwrap();
            (one.version, one.audited_fields())
        }
        EntityKind::Contract => {
            let one = storage::contracts::find(db, ContractId::new(id)).unwrap().unwrap();
            (one.version, one.audited_fields())
        }
        EntityKind::Event => {
            let one = storage::events::find(db, EventId::new(id)).unwrap().unwrap();
            (one.version, one.audited_fields())
        }
        EntityKind::Payment => {
            let one = storage::payments::find(db, PaymentId::new(id)).unwrap().unwrap();
            (one.version, one.audited_fields())
        }
        EntityKind::User => {
            let one = storage::users::find(db, UserId::new(id)).unwrap().unwrap();
            (one.version, one.audited_fields())
        }
        EntityKind::Audit => panic!("the log has no record"),
    }
}

/// The verb and the changes of the newest audit row.
fn last_row(world: &World) -> (String, Changes) {
    let row = log::table.order(log::id.desc()).select((log::action, log::changes));
    let (verb, changes): (String, String) = row.first(&mut world.connection()).unwrap();
    (verb, Changes::from_json(&changes))
}

fn sorted(changes: &Changes) -> Vec<String> {
    let mut lines: Vec<String> = changes.0.iter().map(|(field, old, new)| format!("{field}: {old} -> {new}")).collect();
    lines.sort();
    lines
}

/// The writes on one record: verb, kind and id of the record, request, and whether an undo is offered.
fn writes(world: &mut World) -> Vec<(&'static str, EntityKind, i64, Request, bool)> {
    use EntityKind as K;
    let Records { client, contract, signed, event, event_version, .. } = world.records();
    let free = world.client_of(world.sales.actor.id, "Without Contracts");
    let person = world.hire("somebody", Role::Support).actor.id;
    let version = stands(world, K::User, person.0).0;
    let idle = world.hire("idle", Role::Support).actor.id;
    let idle_version = stands(world, K::User, idle.0).0;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: idle, version: idle_version, heirs: None }));
    let to = world.other_sales.actor.id;
    let date = chrono::NaiveDate::from_ymd_opt(2026, 11, 20);
    let changed = ClientDraft {
        full_name: "Kévin Casey".to_owned(),
        company_name: "Other Ltd".to_owned(),
        email: Some("other@example.org".to_owned()),
        phone: "+33 1 23 45 67 89".to_owned(),
        last_contact_at: date,
        notes: "Called.".to_owned(),
        ..ClientDraft::default()
    };
    let mut moved = event_draft("Renamed", 60);
    (moved.client_contact, moved.location) = ("Somebody Else".to_owned(), "Elsewhere".to_owned());
    (moved.attendees, moved.notes) = (75, "By the river.".to_owned());
    let renamed = UserDraft {
        full_name: "Another Name".to_owned(),
        email: Some("another@example.org".to_owned()),
        phone: Some("+33 1 23 45 67 89".to_owned()),
        employee_number: Some("4711".to_owned()),
        ..user_draft("somebody.else", Role::Sales)
    };
    let support = Some(world.other_support.actor.id);
    let mut edited = contract_draft(2_000_000);
    edited.notes = "Discount.".into();
    let payment = world.save(&pay(signed, 10_000)).0;
    let words = Words { reference: "VIR 12".to_owned(), notes: "Deposit.".to_owned() };
    vec![
        (
            "client.updated",
            K::Client,
            client.0,
            Request::Write(WriteRequest::UpdateClient { id: client, version: 1, draft: changed }),
            true,
        ),
        ("client.handed_over", K::Client, free.0, hand_over(&[(free, 1)], to), true),
        (
            "client.archived",
            K::Client,
            free.0,
            Request::Write(WriteRequest::ArchiveClient { id: free, version: 3 }),
            true,
        ),
        (
            "contract.updated",
            K::Contract,
            contract.0,
            Request::Write(WriteRequest::UpdateContract { id: contract, version: 1, draft: edited, difference: None }),
            true,
        ),
        ("contract.signed", K::Contract, contract.0, crate::support::world::sign(contract, 3), false),
        (
            "contract.archived",
            K::Contract,
            contract.0,
            Request::Write(WriteRequest::ArchiveContract { id: contract, version: 4 }),
            true,
        ),
        (
            "event.updated",
            K::Event,
            event.0,
            Request::Write(WriteRequest::UpdateEvent { id: event, version: event_version, draft: moved }),
            true,
        ),
        (
            "event.status_changed",
            K::Event,
            event.0,
            Request::Write(WriteRequest::SetStatus {
                id: event,
                version: event_version + 2,
                status: Status::Confirmed,
            }),
            true,
        ),
        (
            "event.support_assigned",
            K::Event,
            event.0,
            Request::Write(WriteRequest::AssignSupport(vec![Assignment {
                event,
                version: event_version + 4,
                support,
            }])),
            true,
        ),
        (
            "event.archived",
            K::Event,
            event.0,
            Request::Write(WriteRequest::ArchiveEvent { id: event, version: event_version + 6 }),
            true,
        ),
        (
            "event.archived",
            K::Event,
            event.0,
            Request::Write(WriteRequest::ArchiveAll(Marked::Events(vec![(event, event_version + 8)]))),
            true,
        ),
        (
            "client.archived",
            K::Client,
            free.0,
            Request::Write(WriteRequest::ArchiveAll(Marked::Clients(vec![(free, 5)]))),
            true,
        ),
        (
            "contract.archived",
            K::Contract,
            contract.0,
            Request::Write(WriteRequest::ArchiveAll(Marked::Contracts(vec![(contract, 6)]))),
            true,
        ),
        (
            "contract.archived",
            K::Contract,
            signed.0,
            Request::Write(WriteRequest::ArchiveContract { id: signed, version: 2 }),
            false,
        ),
        (
            "payment.updated",
            K::Payment,
            payment,
            Request::Write(WriteRequest::UpdatePayment { id: PaymentId::new(payment), version: 1, words }),
            true,
        ),
        (
            "user.updated",
            K::User,
            person.0,
            Request::Write(WriteRequest::UpdateUser { id: person, version, draft: renamed, heirs: None }),
            false,
        ),
        (
            "user.deactivated",
            K::User,
            person.0,
            Request::Write(WriteRequest::DeactivateUser { id: person, version: version + 1, heirs: None }),
            true,
        ),
        (
            "user.reactivated",
            K::User,
            idle.0,
            Request::Write(WriteRequest::ReactivateUser { id: idle, version: idle_version + 1 }),
            true,
        ),
        (
            "user.password_reset",
            K::User,
            person.0,
            Request::Write(WriteRequest::ResetPassword {
                id: person,
                version: version + 3,
                password: SecretString::from("some temporary words"),
            }),
            false,
        ),
    ]
}

#[rstest]
fn reply_audit_row_and_undo_match_the_record(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    for (verb, kind, id, request, undoable) in writes(&mut world) {
        if matches!(&request, Request::Write(WriteRequest::ArchiveContract { version: 2, .. })) {
            // Refused because the contract still has an event.
            let manager = world.manager.clone();
            assert!(matches!(world.ask(Some(&manager), &request), Err(Error::Denied(Reason::ContractHasEvents(1)))));
            continue;
        }
        let before = stands(&world, kind, id);
        let reply = world.manage(&request);
        let after = stands(&world, kind, id);
        assert_eq!(after.0, before.0 + 1, "{verb}");
        if let Reply::Saved { version, id: said, .. } = &reply {
            assert_eq!((*version, *said), (after.0, id), "{verb}");
        }
        let (logged, changes) = last_row(&world);
        assert_eq!(logged, verb);
        assert_eq!(sorted(&changes), sorted(&before.1.changes_to(&after.1)), "{verb}");
        let secret = verb == "user.password_reset";
        assert!(secret || !changes.0.is_empty(), "{verb}");
        let undo = reply.undo();
        assert_eq!(undo.is_some(), undoable, "{verb}");
        if let Some(undo) = undo {
            world.manage(&undo);
            let back = stands(&world, kind, id);
            assert_eq!(back.1, before.1, "{verb} taken back");
            assert_eq!(back.0, after.0 + 1, "{verb} taken back");
        }
    }
}

/// A record that goes to the heir of a deactivated user has an audit row of its own.
#[rstest]
fn a_record_that_goes_to_an_heir_has_its_own_audit_row(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let Records { client, event, .. } = world.records();
    for (id, heirs, kind, number) in [
        (world.support.actor.id, heirs(&[world.other_support.actor.id], 0, 1), EntityKind::Event, event.0),
        (world.sales.actor.id, heirs(&[world.other_sales.actor.id], 1, 0), EntityKind::Client, client.0),
    ] {
        let before = stands(&world, kind, number).1;
        world.save(&Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs }));
        let changes = before.changes_to(&stands(&world, kind, number).1);
        assert!(!changes.0.is_empty());
        assert_eq!(sorted(&last_row(&world).1), sorted(&changes));
    }
}

/// An undo can be undone: the record is archived (or the user deactivated) again.
#[rstest]
fn undoing_the_undo_archives_the_record_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let Records { contract, event, event_version, .. } = world.records();
    let client = world.client_of(world.sales.actor.id, "Without Contracts");
    let id = world.hire("somebody", Role::Support).actor.id;
    let version = stands(&world, EntityKind::User, id.0).0;
    for request in [
        Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }),
        Request::Write(WriteRequest::ArchiveContract { id: contract, version: 1 }),
        Request::Write(WriteRequest::ArchiveEvent { id: event, version: event_version }),
        Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }),
    ] {
        let done = world.manage(&request);
        let (verb, _) = last_row(&world);
        let back = world.manage(&done.undo().unwrap());
        assert_ne!(last_row(&world).0, verb);
        world.manage(&back.undo().unwrap());
        assert_eq!(last_row(&world).0, verb);
    }
}

/// An archived record must be restored before anything else can change it.
#[rstest]
fn an_archived_record_cannot_be_changed(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let Records { contract, event, event_version, .. } = world.records();
    let client = world.client_of(world.sales.actor.id, "Without Contracts");
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: event, version: event_version }));
    world.save(&Request::Write(WriteRequest::ArchiveContract { id: contract, version: 1 }));
    world.save(&Request::Write(WriteRequest::ArchiveClient { id: client, version: 1 }));
    let (manager, to) = (world.manager.clone(), world.other_sales.actor.id);
    let version = event_version + 1;
    let support = Some(world.other_support.actor.id);
    for request in [
        Request::Write(WriteRequest::UpdateClient { id: client, version: 2, draft: client_draft("Somebody") }),
        hand_over(&[(client, 2)], to),
        new_contract(client, 10_000, 10_000),
        Request::Write(WriteRequest::ArchiveClient { id: client, version: 2 }),
        Request::Write(WriteRequest::UpdateContract {
            id: contract,
            version: 2,
            draft: contract_draft(10_000),
            difference: None,
        }),
        Request::Write(WriteRequest::SetInstalments { contract, version: 2, rows: Vec::new() }),
        crate::support::world::sign(contract, 2),
        Request::Write(WriteRequest::ArchiveContract { id: contract, version: 2 }),
        Request::Write(WriteRequest::UpdateEvent { id: event, version, draft: event_draft("Renamed", 60) }),
        Request::Write(WriteRequest::SetStatus { id: event, version, status: Status::Confirmed }),
        Request::Write(WriteRequest::AssignSupport(vec![Assignment { event, version, support }])),
        Request::Write(WriteRequest::ArchiveEvent { id: event, version }),
    ] {
        let before = world.state();
        let answer = world.ask(Some(&manager), &request);
        assert!(
            matches!(answer, Err(Error::Denied(Reason::Archived | Reason::ParentArchived))),
            "{request:?}: {answer:?}"
        );
        assert_eq!(world.state(), before, "{request:?}");
    }
}

/// In a hand-over of several clients, those that were changed by somebody else are left out and named, and the
/// rest are handed over. If there is only one client, it is a conflict.
#[rstest]
fn a_hand_over_of_several_clients_leaves_out_changed_records(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (owner, to) = (world.sales.actor.id, world.other_sales.actor.id);
    let [one, two] = ["One", "Two"].map(|name| world.client_of(owner, name));
    let manager = world.manager.clone();
    let stale = |clients: Vec<(ClientId, i32)>| hand_over(&clients, to);
    assert!(matches!(world.ask(Some(&manager), &stale(vec![(one, 7)])), Err(Error::Conflict(_))));
    let Reply::HandedOver { done, missed, undo, .. } = world.manage(&stale(vec![(one, 7), (two, 1)])) else {
        panic!("handed over")
    };
    assert_eq!((done, missed.len()), (vec!["Two".to_owned()], 1));
    assert_eq!((missed[0].name.as_str(), undo), ("One", vec![HandOver { client: two, version: 2, to: owner }]));
    // Handing clients to their current owner writes no audit row.
    let rows = world.audit().len();
    world.manage(&stale(vec![(two, 2)]));
    assert_eq!(world.audit().len(), rows);
    // A hand-over from two different owners is undone for each of them.
    let third = world.hire("third", Role::Sales).actor.id;
    let given = world.manage(&hand_over(&[(one, 1), (two, 2)], third));
    world.manage(&given.undo().unwrap());
    let owners = [one, two].map(|id| storage::clients::find(&mut world.connection(), id).unwrap().unwrap());
    assert_eq!(owners.map(|client| client.sales_contact_id), [owner, to]);
}
