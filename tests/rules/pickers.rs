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
    let Reply::Candidates { people, more, .. } = world.manage(pick) else { panic!("candidates") };
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
    let everybody = Request::Read(ReadRequest::PickUser { role: Role::Support, except: None, text: String::new() });
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
    assert_eq!(people[1].clash(), Some("On Friday"));
}

/// Two marked events at the same time are not for one person: nobody is shown as free, and the reply names them.
/// The events last until an end, an assumed one, or over several days.
#[rstest]
fn marked_events_are_compared_among_themselves(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let mut create = |title: &str, days: i64, hours: i64, ends_after: Option<i64>| {
        let draft = event_draft(title, days);
        let starts_at = draft.starts_at.map(|start| start + TimeDelta::hours(hours));
        let ends_at = starts_at.zip(ends_after).map(|(start, hours)| start + TimeDelta::hours(hours));
        let draft = EventDraft { starts_at, ends_at, ..draft };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let gala = create("Gala", 10, 0, Some(3));
    let dinner = create("Dinner", 10, 2, Some(3));
    let later = create("Later that day", 10, 6, None);
    let open_ended = create("Open-ended", 12, 0, None);
    let meanwhile = create("Meanwhile", 12, 1, None);
    let fair = create("Fair", 9, 0, Some(100));
    let other_week = create("Other week", 40, 0, Some(3));
    let unknown = {
        let draft = EventDraft { starts_at: None, ends_at: None, ..event_draft("Some day", 1) };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let told = |world: &mut World, events: &[EventId]| {
        let pick = Request::Read(ReadRequest::PickSupport { events: events.to_vec(), text: String::new() });
        let Reply::Candidates { people, overlapping, .. } = world.manage(&pick) else { panic!("candidates") };
        (overlapping, people.iter().map(|person| person.availability).collect::<Vec<_>>())
    };
    let (free, overlap) = (vec![Some(Availability::Free); 2], vec![Some(Availability::Overlap); 2]);
    for (events, named) in [
        (vec![gala, dinner], vec!["Gala", "Dinner"]),
        (vec![dinner, gala, other_week, unknown], vec!["Gala", "Dinner"]),
        (vec![meanwhile, open_ended], vec!["Open-ended", "Meanwhile"]),
        // All of these are during the fair, and only the first two meet each other.
        (vec![gala, dinner, later, fair], vec!["Fair", "Gala", "Dinner", "Later that day"]),
        (vec![later, fair], vec!["Fair", "Later that day"]),
    ] {
        let (overlapping, availability) = told(&mut world, &events);
        assert_eq!((overlapping, availability), (named.into_iter().map(str::to_owned).collect(), overlap.clone()));
    }
    for events in [vec![gala, later, other_week], vec![gala], vec![unknown, gala]] {
        assert_eq!(told(&mut world, &events), (Vec::new(), free.clone()), "{events:?}");
    }
    // What somebody has is counted over all weeks of the events, which are named if there are several: the gala is
    // on a Tuesday, Other week on a Thursday.
    let weeks = |world: &mut World, events: &[EventId]| {
        let pick = Request::Read(ReadRequest::PickSupport { events: events.to_vec(), text: String::new() });
        offered(world, &pick).0[0].weeks.map(|(first, last)| (first.to_string(), last.to_string()))
    };
    assert_eq!(weeks(&mut world, &[gala, dinner]), None);
    assert_eq!(weeks(&mut world, &[fair]), None);
    let told = Some(("2026-11-30".to_owned(), "2027-01-03".to_owned()));
    assert_eq!(weeks(&mut world, &[gala, other_week]), told);
    // A person with an event of their own at that time comes last.
    let theirs = create_for(&mut world, contract, "Theirs", 10);
    let support = Some(world.support.actor.id);
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment { event: theirs, version: 1, support }])));
    let (people, _) = offered(
        &mut world,
        &Request::Read(ReadRequest::PickSupport { events: vec![gala, dinner], text: String::new() }),
    );
    let told: Vec<_> = people.iter().map(|one| (one.full_name.as_str(), one.availability)).collect();
    let expected =
        [("Person other.support", Some(Availability::Overlap)), ("Person support", Some(Availability::Clash))];
    assert_eq!(told, expected);
    // An event that is cancelled takes nobody's time.
    world.save(&Request::Write(WriteRequest::SetStatus { id: dinner, version: 1, status: Status::Cancelled }));
    let pick = Request::Read(ReadRequest::PickSupport { events: vec![gala, dinner], text: String::new() });
    let Reply::Candidates { overlapping, .. } = world.manage(&pick) else { panic!("candidates") };
    assert!(overlapping.is_empty());
}

fn create_for(world: &mut World, contract: ContractId, title: &str, days: i64) -> EventId {
    let draft = event_draft(title, days);
    EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
}

/// What the new support person has to do at the same time is told with the write, as it is known then: only what
/// the viewer may see, and only open events.
#[rstest]
fn an_assignment_tells_what_it_overlaps(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use epic_events::domain::{assigning::Overlap, settings::Visibility};
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let [dinner, gala, brunch, other_day] = [("Dinner", 10), ("Gala", 10), ("Brunch", 10), ("Other day", 11)]
        .map(|(title, days)| create_for(&mut world, contract, title, days));
    let weeks = {
        let draft = event_draft("Weeks", 1);
        let draft = EventDraft { ends_at: draft.starts_at.map(|start| start + TimeDelta::days(40)), ..draft };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let (support, other) = (world.support.clone(), world.other_support.clone());
    let assign = |events: &[(EventId, i32)], to: &epic_events::domain::session::Session| {
        let one = |(event, version): &(EventId, i32)| Assignment {
            event: *event,
            version: *version,
            support: Some(to.actor.id),
        };
        Request::Write(WriteRequest::AssignSupport(events.iter().map(one).collect()))
    };
    let told = |reply: Result<Reply, Error>| {
        let Reply::Assigned(assigned) = reply.unwrap() else { panic!("assigned") };
        let pair = |Overlap { event, other }: Overlap| (event.title, other.map(|other| other.title));
        assigned.overlaps.into_iter().map(pair).collect::<Vec<_>>()
    };
    let pair = |event: &str, other: &str| (event.to_owned(), Some(other.to_owned()));
    let manager = world.manager.clone();
    let mut manage = |request: &Request| told(world.ask(Some(&manager), request));
    assert_eq!(manage(&assign(&[(gala, 1)], &support)), []);
    assert_eq!(manage(&assign(&[(other_day, 1)], &support)), []);
    assert_eq!(manage(&assign(&[(dinner, 1)], &support)), [pair("Dinner", "Gala")]);
    // Both at once: the pair is named once.
    assert_eq!(manage(&assign(&[(dinner, 2), (gala, 2)], &other)), [pair("Dinner", "Gala")]);
    // However long the other event lasts.
    assert_eq!(
        manage(&assign(&[(weeks, 1)], &support)),
        [pair("Weeks", "Other day"), pair("Weeks", "Lou Bouzin General Assembly")]
    );
    assert_eq!(manage(&assign(&[(other_day, 2)], &other)), []);
    assert_eq!(manage(&assign(&[(other_day, 3)], &support)), [pair("Other day", "Weeks")]);
    // Who hands over an event of their own does not learn what they may not see.
    world.manage(&assign(&[(brunch, 1)], &support));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let restricted = Settings { visibility: Visibility::Restricted, support_hands_over: true, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(restricted)));
    let hidden = told(world.ask(Some(&support), &assign(&[(brunch, 2)], &other)));
    assert_eq!(hidden, [("Brunch".to_owned(), None), ("Brunch".to_owned(), None)]);
    // A cancelled event takes nobody's time.
    for id in [dinner, gala] {
        world.save(&Request::Write(WriteRequest::SetStatus { id, version: 3, status: Status::Cancelled }));
    }
    world.manage(&assign(&[(brunch, 3)], &support));
    assert_eq!(told(world.ask(Some(&manager), &assign(&[(brunch, 4)], &other))), []);
}

/// What ends at midnight is not on the next day: nobody is busy on that day for it, nor does it reach into the day
/// after.
#[rstest]
fn what_ends_at_midnight_leaves_the_next_day_free(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let support = world.support.actor.id;
    let mut create = |title: &str, days: i64, hours: i64, ends_after: i64| {
        let draft = event_draft(title, days);
        let starts_at = draft.starts_at.map(|nine| nine + TimeDelta::hours(hours));
        let ends_at = starts_at.map(|start| start + TimeDelta::hours(ends_after));
        let draft = EventDraft { starts_at, ends_at, ..draft };
        EventId::new(world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    // A Tuesday and the Wednesday after it; a Sunday and its Monday.
    let (gala, breakfast) = (create("Gala", 10, 9, 6), create("Breakfast", 11, 0, 3));
    let (past_midnight, brunch) = (create("Past midnight", 12, 9, 7), create("Brunch", 13, 0, 3));
    let (ball, monday) = (create("Ball", 15, 9, 6), create("Monday", 16, 0, 3));
    for (given, wanted, told) in [
        (gala, breakfast, (Availability::Free, 1)),
        (breakfast, gala, (Availability::Free, 1)),
        (past_midnight, brunch, (Availability::Busy, 1)),
        (brunch, past_midnight, (Availability::Busy, 1)),
        (monday, ball, (Availability::Free, 0)),
    ] {
        let assign = |world: &mut World, who| {
            let version = storage::events::find(&mut world.connection(), given).unwrap().unwrap().version;
            let assignment = Assignment { event: given, version, support: who };
            world.manage(&Request::Write(WriteRequest::AssignSupport(vec![assignment])));
        };
        assign(&mut world, Some(support));
        let (people, _) = offered(&mut world, &for_event(wanted, "Person support"));
        let busy = people.iter().find(|person| person.id == support).unwrap();
        assert_eq!((busy.availability, busy.load), (Some(told.0), told.1), "{given:?} before {wanted:?}");
        assign(&mut world, None);
    }
}
