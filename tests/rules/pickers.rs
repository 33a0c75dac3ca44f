//! Which people the pickers offer, and in which order.

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::assigning::Candidate,
    storage::{Db, users::NewUser},
};

use super::*;

/// The columns that are copied with an event, without its support person.
const COPIED: &str = "contract_id, title, client_contact, starts_at, ends_at, location, attendees, notes, status, \
     title_key, location_key, search, client_key, client_search, created_at, updated_at";

/// Creates support people whose names sort before all others.
fn hire_first(db: &mut Db, how_many: usize) {
    for number in 0..how_many {
        let draft =
            UserDraft { full_name: format!("Aa {number:02}"), ..user_draft(&format!("first{number}"), Role::Support) };
        let new = NewUser { draft: &draft, password_hash: "", must_change_password: false };
        storage::users::insert(db, &new, start()).unwrap();
    }
}

/// The people that the picker offers, and whether there are more.
fn offered(world: &mut World, pick: &Request) -> (Vec<Candidate>, bool) {
    let Reply::Candidates { people, more } = world.manage(pick) else { panic!("candidates") };
    (people, more)
}

fn for_event(event: EventId, text: &str) -> Request {
    Request::Read(ReadRequest::PickSupport { events: vec![event], text: text.to_owned() })
}

/// The picker shows the fifty freest people, not the freest of the first fifty by name.
#[rstest]
fn the_picker_offers_the_freest_people_not_the_first_by_name(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let draft = event_draft("At the same time", 30);
    let wanted =
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0);
    let mut db = world.connection();
    hire_first(&mut db, 55);
    let busy = format!(
        "INSERT INTO events ({COPIED}, support_id) SELECT {}, u.id FROM events e CROSS JOIN users u \
         WHERE e.id = {} AND u.username LIKE 'first%'",
        COPIED.split(", ").map(|column| format!("e.{}", column.trim())).collect::<Vec<_>>().join(", "),
        records.event.0
    );
    db.batch_execute(&busy).unwrap();
    let (people, more) = offered(&mut world, &for_event(wanted, ""));
    assert_eq!(people[0].full_name, "Person other.support");
    assert_eq!(people[0].availability, Some(Availability::Free));
    assert_eq!(people[1].availability, Some(Availability::Clash));
    assert_eq!((people.len(), more), (50, true));
    let (people, more) = offered(&mut world, &for_event(wanted, "aa 5"));
    assert_eq!((people.len(), more), (10, false), "people with a 5 in their name");
    let everybody = Request::Read(ReadRequest::PickUser { role: Role::Support, text: String::new() });
    let (people, more) = offered(&mut world, &everybody);
    assert_eq!((people.len(), people[49].full_name.as_str(), more), (50, "Aa 49", true));
}

/// However many events the week has, a person with an event at that time is never shown as free.
#[rstest]
fn a_clash_is_found_in_a_week_with_thousands_of_events(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    // The event of these records starts on a Monday.
    let records = world.records();
    let mut create = |title: &str| {
        let draft = event_draft(title, 34);
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0)
    };
    let (theirs, wanted) = (create("On Friday"), create("At the same time"));
    let (support, other) = (world.support.actor.id, world.other_support.actor.id);
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: theirs,
        version: 1,
        support: Some(other),
    }])));
    let mut db = world.connection();
    let doubled = format!(
        "INSERT INTO events ({COPIED}, support_id) SELECT {COPIED}, support_id FROM events WHERE support_id = {}",
        support.0
    );
    for _ in 0..13 {
        db.batch_execute(&doubled).unwrap();
    }
    let (people, more) = offered(&mut world, &for_event(wanted, ""));
    assert!(!more);
    let told: Vec<_> = people.iter().map(|one| (one.id, one.availability, one.load)).collect();
    assert_eq!(told, [(support, Some(Availability::Free), 1 << 13), (other, Some(Availability::Clash), 1)]);
    assert_eq!(people[1].clash.as_deref(), Some("On Friday"));
}
