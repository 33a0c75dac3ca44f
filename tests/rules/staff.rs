//! Users with very many records.

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{domain::session::Session, schema::events};
use support::world::hand_over;

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
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version, draft, heirs: None }));
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

/// What a leaver owns is shared out by turns, in one transaction, with one audit row for each record, and the reply
/// says who has how much.
#[rstest]
fn what_a_leaver_owns_is_shared_out_by_turns(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (leaver, first) = (world.sales.actor.id, world.other_sales.actor.id);
    let second = world.hire("third.sales", Role::Sales).actor.id;
    let clients: Vec<ClientId> = (0..5).map(|n| world.client_of(leaver, &format!("Client {n}"))).collect();
    let rows = world.audit().len();
    // An heir who is named twice has one turn.
    let heirs = heirs(&[second, first, second], 5, 0);
    let Reply::Saved { done: Some(done), undo, .. } =
        world.manage(&Request::Write(WriteRequest::DeactivateUser { id: leaver, version: 2, heirs }))
    else {
        panic!("saved")
    };
    assert!(undo.is_none(), "the records would not come back");
    let told: Vec<_> = done.shares.iter().map(|share| (share.name.as_str(), share.clients, share.events)).collect();
    assert_eq!(told, [("Person third.sales", 3, 0), ("Person other.sales", 2, 0)]);
    let owners = clients.iter().map(|id| storage::clients::find(&mut world.connection(), *id).unwrap().unwrap());
    let owners: Vec<_> = owners.map(|client| (client.sales_contact_id, client.version)).collect();
    assert_eq!(owners, [(second, 2), (first, 2), (second, 2), (first, 2), (second, 2)]);
    let mut log = world.audit()[rows..].to_vec();
    log.sort();
    assert_eq!(log, [vec!["client.handed_over"; 5], vec!["user.deactivated"]].concat());
    // A list that is sorted by sales contact knows the new ones.
    let listing = listing(ClientFilter::default(), ClientSort::SalesContact, 10);
    let Reply::Page(page) = world.manage(&Request::Read(ReadRequest::List(Query::Client(listing)))) else { panic!() };
    let names: Vec<String> = page.of::<ClientRow>().rows.into_iter().map(|row| row.sales_contact).collect();
    assert_eq!(names, [vec!["Person other.sales"; 2], vec!["Person third.sales"; 3]].concat());
}

/// What was confirmed before the password was typed may be less, or more, than what the user owns by then.
#[rstest]
fn no_more_is_handed_over_than_was_shown(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (manager, support) = (world.manager.clone(), world.support.actor.id);
    let (sales, other_sales) = (world.sales.actor.id, world.other_sales.actor.id);
    let records = world.records();
    let asked = |answer| match answer {
        Err(Error::NeedsHeir(owned)) => (owned.clients, owned.events),
        other => panic!("{other:?}"),
    };
    world.client_of(sales, "Second Client");
    let leave = |clients| {
        let heirs = heirs(&[other_sales], clients, 0);
        Request::Write(WriteRequest::DeactivateUser { id: sales, version: 2, heirs })
    };
    let move_to = |clients| {
        let heirs = heirs(&[other_sales], clients, 0);
        let draft = user_draft("sales", Role::Support);
        Request::Write(WriteRequest::UpdateUser { id: sales, version: 2, draft, heirs })
    };
    let before = (world.state(), world.audit().len());
    for clients in [0, 1, 3] {
        assert_eq!(asked(world.ask(Some(&manager), &leave(clients))), (2, 0));
        assert_eq!(asked(world.ask(Some(&manager), &move_to(clients))), (2, 0));
    }
    assert_eq!((world.state(), world.audit().len()), before);
    world.save(&move_to(2));
    let client = storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(client.sales_contact_id, other_sales);
    // The same for events; and nothing is asked about somebody who owns nothing any more.
    let other = world.other_support.actor.id;
    let leave = |id, to, events| {
        Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs: heirs(&[to], 0, events) })
    };
    assert_eq!(asked(world.ask(Some(&manager), &leave(support, other, 2))), (0, 1));
    world.save(&leave(support, other, 1));
    let third = world.hire("third", Role::Support).actor.id;
    let version = records.event_version + 1;
    let given = Assignment { event: records.event, version, support: Some(third) };
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![given])));
    world.save(&leave(other, third, 1));
}

/// Several people can be named, so a refusal says which of them it is about.
#[rstest]
fn a_refusal_names_the_person_who_cannot_take_over(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, records) = (world.manager.clone(), world.records());
    let second = world.client_of(world.sales.actor.id, "Second Client");
    let gone = world.hire("gone", Role::Sales).actor.id;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: gone, version: 2, heirs: None }));
    let (sales, other, helper) = (world.sales.actor.id, world.other_sales.actor.id, world.support.actor.id);
    let not_active = |name: &str, role| Reason::NotActive { name: name.to_owned(), role };
    let heirs = heirs(&[other, gone], 2, 0);
    let leave = Request::Write(WriteRequest::DeactivateUser { id: sales, version: 2, heirs });
    assert_eq!(denied(world.ask(Some(&manager), &leave)), not_active("Person gone", Role::Sales));
    let to = |client, to| HandOver { client, version: 1, to };
    let give = Request::Write(WriteRequest::HandOverClients(vec![to(records.client, other), to(second, helper)]));
    assert_eq!(denied(world.ask(Some(&manager), &give)), not_active("Person support", Role::Sales));
    let assign = Assignment { event: records.event, version: 2, support: Some(sales) };
    let assign = Request::Write(WriteRequest::AssignSupport(vec![assign]));
    assert_eq!(denied(world.ask(Some(&manager), &assign)), not_active("Person sales", Role::Support));
}

/// If there is nobody who could take over, the refusal says so instead of asking for somebody.
#[rstest]
fn nobody_leaves_while_there_is_nobody_to_take_over(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    world.records();
    for other in [world.other_sales.actor.id, world.other_support.actor.id] {
        world.save(&Request::Write(WriteRequest::DeactivateUser { id: other, version: 2, heirs: None }));
    }
    let manager = world.manager.clone();
    for (id, role) in [(world.sales.actor.id, Role::Sales), (world.support.actor.id, Role::Support)] {
        let leave = Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs: None });
        assert_eq!(denied(world.ask(Some(&manager), &leave)), Reason::NobodyElse(role));
        let draft = UserDraft { role: Role::Management, ..user_draft("moved", role) };
        let moved = Request::Write(WriteRequest::UpdateUser { id, version: 2, draft, heirs: None });
        assert_eq!(denied(world.ask(Some(&manager), &moved)), Reason::NobodyElse(role));
    }
}

/// What the log has on records that changed hands, as this person finds it: action and record, oldest first.
fn traced(world: &mut World, who: &Session, name: &str) -> Vec<(String, String)> {
    let filter = AuditFilter { text: name.to_owned(), ..AuditFilter::default() };
    let request = Request::Read(ReadRequest::List(Query::Audit(listing(filter, AuditSort::Time, 50))));
    let Reply::Page(page) = world.ask(Some(who), &request).unwrap() else { panic!("the log") };
    let mut rows = page.of::<AuditRow>().rows;
    rows.sort_by_key(|row| row.id);
    let about = rows.into_iter().filter(|row| row.record_type != "user");
    about.map(|row| (row.action, row.record_name)).collect()
}

/// However a record changes hands, the log finds it by the names of both people, and shows nobody more than before.
#[rstest]
fn what_changed_hands_is_found_by_both_names(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (zoe, yann) = (world.hire("zoe", Role::Sales).actor.id, world.hire("yann", Role::Support).actor.id);
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let (other_sales, other_support) = (world.other_sales.actor.id, world.other_support.actor.id);
    let (ann, bob) = (world.client_of(zoe, "Ann"), world.client_of(zoe, "Bob"));
    let contract = world.signed_contract(ann);
    let [gala, ball] = ["Gala", "Ball"].map(|title| {
        let create = WriteRequest::CreateEvent { contract, draft: event_draft(title, 5) };
        EventId::new(world.save(&Request::Write(create)).0)
    });
    let assign = |event, version, support| {
        Request::Write(WriteRequest::AssignSupport(vec![Assignment { event, version, support }]))
    };
    world.manage(&assign(gala, 1, Some(yann)));
    world.manage(&assign(ball, 1, Some(yann)));
    let status = |status, version| Request::Write(WriteRequest::SetStatus { id: ball, version, status });
    world.save(&status(Status::Done, 2));
    let leave = |id, heirs| Request::Write(WriteRequest::DeactivateUser { id, version: 2, heirs });
    world.save(&leave(zoe, heirs(&[sales.actor.id, other_sales], 2, 0)));
    world.save(&leave(yann, heirs(&[other_support], 0, 1)));
    // An event that was done is open again, without the support that has left.
    world.save(&status(Status::Planned, 3));
    world.manage(&assign(gala, 3, None));
    world.manage(&hand_over(&[(bob, 2)], sales.actor.id));
    let mut found = |who: &Session, name: &str| {
        let rows = traced(&mut world, who, name);
        rows.iter().map(|(action, name)| format!("{action} {name}")).collect::<Vec<_>>()
    };
    let taken = ["client.handed_over Ann", "client.handed_over Bob"];
    assert_eq!(found(&manager, "person zoe"), [["client.created Ann", "client.created Bob"], taken].concat());
    assert_eq!(found(&manager, "handed OTHER.sales"), ["client.handed_over Bob"; 2]);
    assert_eq!(found(&manager, "handed sales zoe"), taken);
    let given = ["event.support_assigned Gala", "event.support_assigned Ball", "event.support_assigned Gala"];
    assert_eq!(found(&manager, "yann"), [&given[..], &["event.status_changed Ball"]].concat());
    assert_eq!(found(&manager, "other.support"), ["event.support_assigned Gala"; 2]);
    // Sales read what they did themselves.
    assert_eq!(found(&sales, "zoe"), Vec::<String>::new());
    world.ask(Some(&sales), &hand_over(&[(ann, 2)], other_sales)).unwrap();
    let mine = traced(&mut world, &sales, "other.sales");
    assert_eq!(mine, [("client.handed_over".to_owned(), "Ann".to_owned())]);
}
