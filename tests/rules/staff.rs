//! Users with very many records.

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::schema::events;

use super::*;

/// The trigger makes the server slow: updating all events of the person in one statement would take longer than
/// the wait for a response, so it must be done in several.
#[rstest]
fn a_person_with_many_events_can_be_renamed(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.records();
    let mut db = world.connection();
    let id = world.support.actor.id;
    let copied = "contract_id, title, client_contact, starts_at, ends_at, location, attendees, notes, status, support_id, \
         title_key, location_key, search, client_key, client_search, created_at, updated_at";
    for _ in 0..13 {
        db.batch_execute(&format!("INSERT INTO events ({copied}) SELECT {copied} FROM events")).unwrap();
    }
    let slow = "CREATE TRIGGER slow BEFORE UPDATE ON events FOR EACH ROW SET @slow = SLEEP(0.001)";
    db.batch_execute(slow).unwrap();
    // New services, because the connection that set up the company still has the long time-out of a migration.
    world.services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    let draft = UserDraft { full_name: "Zoë".to_owned(), ..user_draft("support", Role::Support) };
    let version = storage::users::find(&mut db, id).unwrap().unwrap().version;
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version, draft, heir: None }));
    let by_support = Listing { descending: true, ..listing(EventFilter::default(), EventSort::Support, 1) };
    for edge in [Edge::Start, Edge::End] {
        let Reply::Page(page) =
            world.manage(&Request::Read(ReadRequest::List(Query::Event(Listing { edge, ..by_support.clone() }))))
        else {
            panic!("events")
        };
        let page = page.of::<EventRow>();
        assert_eq!(page.rows[0].support.as_deref(), Some("Zoë"));
    }
    let keys: Vec<Option<String>> = events::table.select(events::support_key).distinct().load(&mut db).unwrap();
    assert_eq!(keys, [Some("zoe".to_owned())]);
}
