//! The owner of a record decides who may write to it, so the owner must not change between that check and the
//! write. Only on servers: the embedded engine runs one write transaction at a time.

use std::thread;

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{
        ContractId, Error, Reason, assigning::Assignment, audit::Changes, entity::EntityKind, field::Field,
        session::Session, users::Role,
    },
    schema::audit_log as log,
    services::{Reply, Request, WriteRequest},
    storage::{self, Db},
};
use rstest::rstest;

use crate::{
    common::{later, services},
    support::{
        Engine, TestDb, wait_until, waiting_for_rows,
        world::{Records, World, contract_draft, event_draft, hand_over, heirs},
    },
};

/// Locks a row until the returned connection rolls back.
fn holding(world: &World, table: &str, id: i64) -> Db {
    let mut third = world.connection();
    third.batch_execute(&format!("BEGIN; UPDATE {table} SET version = version WHERE id = {id}")).unwrap();
    third
}

fn ask(db: &TestDb, who: &Session, request: &Request) -> Result<Reply, Error> {
    services(db).execute(Some(who), request, later(3_600))
}

/// The new owner of a record according to its latest audit row.
fn went_to(world: &World, kind: EntityKind, id: i64, field: Field) -> Option<i64> {
    let rows = log::table
        .filter(log::record_type.eq(kind.to_string()).and(log::record_id.eq(id)))
        .filter(log::action.ne("action.refused"))
        .order(log::seq.desc())
        .select(log::changes);
    let changes: String = rows.first(&mut world.connection()).unwrap();
    Changes::from_json(&changes).0.iter().find(|(name, ..)| *name == field).and_then(|(.., new)| new.as_i64())
}

/// While the deactivation of a user is being saved, a colleague is given one of that user's records.
#[rstest]
fn the_log_names_the_actual_new_owner_of_a_leavers_record(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    for kind in [EntityKind::Client, EntityKind::Event] {
        let mut world = World::new(engine);
        let rival = world.hire("rival", Role::Management);
        let Records { client, event, event_version: version, .. } = world.records();
        let (leaver, heir, role) = match kind {
            EntityKind::Client => (world.sales.actor.id, world.other_sales.actor.id, Role::Sales),
            _ => (world.support.actor.id, world.other_support.actor.id, Role::Support),
        };
        let colleague = world.hire("colleague", role).actor.id;
        let owned = if kind == EntityKind::Client { (1, 0) } else { (0, 1) };
        let heirs = heirs(&[heir], owned.0, owned.1);
        let leave = Request::Write(WriteRequest::DeactivateUser { id: leaver, version: 2, heirs });
        let give = match kind {
            EntityKind::Client => hand_over(&[(client, 1)], colleague),
            _ => Request::Write(WriteRequest::AssignSupport(vec![Assignment {
                event,
                version,
                support: Some(colleague),
            }])),
        };
        let mut third = holding(&world, "users", heir.0);
        let (left, given) = thread::scope(|scope| {
            let left = scope.spawn(|| ask(&world.db, &world.manager, &leave));
            wait_until("the deactivation waits for the row of the heir", || waiting_for_rows(&world.db.url) == 1);
            let given = scope.spawn(|| ask(&world.db, &rival, &give));
            let url = &world.db.url;
            wait_until("the colleague's request is done or waits for a row", || {
                given.is_finished() || waiting_for_rows(url) == 2
            });
            third.batch_execute("ROLLBACK").unwrap();
            (left.join().unwrap(), given.join().unwrap())
        });
        assert!(left.is_ok(), "{left:?}");
        let (said, owner) = if kind == EntityKind::Client {
            let stored = storage::clients::find(&mut world.connection(), client).unwrap().unwrap();
            (went_to(&world, kind, client.0, Field::SalesContactId), Some(stored.sales_contact_id))
        } else {
            let stored = storage::events::find(&mut world.connection(), event).unwrap().unwrap();
            (went_to(&world, kind, event.0, Field::SupportId), stored.support_id)
        };
        assert_eq!(said, owner.map(|owner| owner.0), "{kind}: given: {given:?}");
        let owner = owner.unwrap();
        assert!(owner == heir && given.is_err() || owner == colleague && given.is_ok(), "{owner:?}: {given:?}");
    }
}

/// While a hand-over of a client is being saved, its former owner writes to one of its contracts.
#[rstest]
fn the_former_owner_of_a_client_cannot_write_to_its_contracts(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    type Write = fn(ContractId, ContractId) -> Request;
    let writes: [Write; 3] = [
        |id, _| {
            Request::Write(WriteRequest::UpdateContract {
                id,
                version: 1,
                draft: contract_draft(70_000),
                difference: None,
            })
        },
        |id, _| crate::support::world::sign(id, 1),
        |_, contract| Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("Too late", 40) }),
    ];
    for write in writes {
        let mut world = World::new(engine);
        let Records { client, contract, signed, .. } = world.records();
        let write = write(contract, signed);
        let about = if matches!(write, Request::Write(WriteRequest::CreateEvent { .. })) { signed } else { contract };
        let hand_over = hand_over(&[(client, 1)], world.other_sales.actor.id);
        // The hand-over has changed the client and waits for the locked contract; the write waits for the
        // hand-over.
        let mut third = holding(&world, "contracts", about.0);
        let (handed, written) = thread::scope(|scope| {
            let handed = scope.spawn(|| ask(&world.db, &world.manager, &hand_over));
            wait_until("the hand-over waits", || waiting_for_rows(&world.db.url) == 1);
            let written = scope.spawn(|| ask(&world.db, &world.sales, &write));
            wait_until("the write waits", || waiting_for_rows(&world.db.url) == 2);
            third.batch_execute("ROLLBACK").unwrap();
            (handed.join().unwrap(), written.join().unwrap())
        });
        assert!(handed.is_ok(), "{handed:?}");
        assert!(matches!(written, Err(Error::Denied(Reason::NotYourClient))), "{write:?}: {written:?}");
    }
}
