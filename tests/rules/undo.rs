//! Undoing a hand-over of one's own record: it is offered, and it works as long as the record has not changed
//! since. After a change only the new owner (and management) may change the record.

use super::*;
use epic_events::domain::{UserId, session::Session};

/// A company whose settings allow support to hand over events, with the records of `sales` and `support`.
fn company(engine: Engine) -> (World, support::world::Records) {
    let mut world = World::new(engine);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { support_hands_over: true, ..settings })));
    let records = world.records();
    (world, records)
}

/// The user who gives away a record, the request, the colleague who receives the record, and a function that
/// reads the stored owner.
type Case = (Session, Request, Session, fn(&World, &support::world::Records) -> Option<UserId>);

fn cases(world: &World, records: &support::world::Records) -> [Case; 2] {
    let (event, version) = (records.event, records.event_version);
    let give_client = support::world::hand_over(&[(records.client, 1)], world.other_sales.actor.id);
    let assignment = Assignment { event, version, support: Some(world.other_support.actor.id) };
    [
        (world.sales.clone(), give_client, world.other_sales.clone(), |world, records| {
            let client = storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
            Some(client.sales_contact_id)
        }),
        (
            world.support.clone(),
            Request::Write(WriteRequest::AssignSupport(vec![assignment])),
            world.other_support.clone(),
            |world, records| storage::events::find(&mut world.connection(), records.event).unwrap().unwrap().support_id,
        ),
    ]
}

#[rstest]
fn a_user_can_undo_the_hand_over_of_their_own_record(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let (mut world, records) = company(engine);
    for (me, give, other, owner) in cases(&world, &records) {
        let undo = world.ask(Some(&me), &give).unwrap().undo().expect("offered");
        assert_eq!(owner(&world, &records), Some(other.actor.id));
        let back = world.ask(Some(&me), &undo).unwrap_or_else(|error| panic!("{undo:?}: {error:?}"));
        assert_eq!(owner(&world, &records), Some(me.actor.id));
        // The undo can be undone as well.
        world.ask(Some(&me), &back.undo().expect("offered")).unwrap();
        assert_eq!(owner(&world, &records), Some(other.actor.id));
    }
}

#[rstest]
fn a_hand_over_cannot_be_undone_by_others_or_after_a_later_change(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    for number in 0..2 {
        let (mut world, records) = company(engine);
        let [one, two] = cases(&world, &records);
        let (me, give, other, owner) = if number == 0 { one } else { two };
        let undo = world.ask(Some(&me), &give).unwrap().undo().unwrap();
        let elsewhere = world.sign_in(&me.actor.username, PASSWORD).unwrap();
        let colleague = world.hire("colleague", me.actor.role);
        // An undo whose recipient was changed to a third person.
        let passed_on = match &undo {
            Request::Write(WriteRequest::HandOverClients(back)) => {
                let passed_on = HandOver { to: colleague.actor.id, ..back[0] };
                Request::Write(WriteRequest::HandOverClients(vec![passed_on]))
            }
            Request::Write(WriteRequest::AssignSupport(back)) => {
                let passed_on = Assignment { support: Some(colleague.actor.id), ..back[0] };
                Request::Write(WriteRequest::AssignSupport(vec![passed_on]))
            }
            other => panic!("{other:?}"),
        };
        for (who, request) in [(&elsewhere, &undo), (&colleague, &undo), (&me, &passed_on)] {
            let reason = denied(world.ask(Some(who), request));
            assert!(matches!(reason, Reason::NotYourClient | Reason::NotYourEvent), "{request:?}: {reason:?}");
        }
        // The new owner changes the record.
        let edit = match me.actor.role {
            Role::Sales => Request::Write(WriteRequest::UpdateClient {
                id: records.client,
                version: 2,
                draft: client_draft("Renamed"),
            }),
            _ => Request::Write(WriteRequest::UpdateEvent {
                id: records.event,
                version: records.event_version + 1,
                draft: event_draft("Renamed", 40),
            }),
        };
        world.ask(Some(&other), &edit).unwrap();
        let newest = match undo {
            Request::Write(WriteRequest::HandOverClients(mut back)) => {
                back[0].version += 1;
                Request::Write(WriteRequest::HandOverClients(back))
            }
            Request::Write(WriteRequest::AssignSupport(mut back)) => {
                back[0].version += 1;
                Request::Write(WriteRequest::AssignSupport(back))
            }
            other => panic!("{other:?}"),
        };
        denied(world.ask(Some(&me), &newest));
        assert_eq!(owner(&world, &records), Some(other.actor.id));
    }
}
