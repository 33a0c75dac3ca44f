//! The rules for changing clients, contracts, events and users.

use super::*;

#[rstest]
fn a_signature_is_final(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::contracts;
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let again = crate::support::world::sign(records.signed, 2);
    assert_eq!(denied(world.ask(Some(&manager), &again)), Reason::ContractAlreadySigned(records.signed.0));
    // Not even by SQL that bypasses the program.
    let unsigned = diesel::update(contracts::table.find(records.signed))
        .set(contracts::signed_at.eq(None::<chrono::NaiveDateTime>))
        .execute(&mut world.connection());
    assert!(unsigned.is_err());
}

#[rstest]
fn events_belong_to_signed_contracts(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let request =
        Request::Write(WriteRequest::CreateEvent { contract: records.contract, draft: event_draft("Too early", 10) });
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractNotSigned(records.contract.0));
    // A contract with an event is not archived, and neither is a client with a contract.
    let request = Request::Write(WriteRequest::ArchiveContract { id: records.signed, version: 2 });
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractHasEvents(1));
    let request = Request::Write(WriteRequest::ArchiveClient { id: records.client, version: 1 });
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ClientHasContracts(2));
    // After event and contract were archived, the event cannot be restored before its contract.
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version }));
    world.save(&Request::Write(WriteRequest::ArchiveContract { id: records.signed, version: 2 }));
    let request = Request::Write(WriteRequest::RestoreEvent { id: records.event, version: records.event_version + 1 });
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    let request =
        Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: event_draft("Too late", 10) });
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    world.save(&Request::Write(WriteRequest::RestoreContract { id: records.signed, version: 3 }));
    world.save(&request_restore(records.event, records.event_version + 1));
}

fn request_restore(id: EventId, version: i32) -> Request {
    Request::Write(WriteRequest::RestoreEvent { id, version })
}

#[rstest]
fn amounts_are_exact_and_within_bounds(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let mut update = |total| {
        let draft = contract_draft(total);
        world.ask(
            Some(&manager),
            &Request::Write(WriteRequest::UpdateContract { id: records.contract, version: 1, draft, difference: None }),
        )
    };
    assert_eq!(invalid(update(-500), Field::TotalCents), Problem::NotPositive);
    assert_eq!(invalid(update(0), Field::TotalCents), Problem::NotPositive);
    assert!(update(1_200_050).is_ok());
    let stored = epic_events::storage::contracts::find(&mut world.connection(), records.contract).unwrap().unwrap();
    assert_eq!((stored.total_cents, stored.due_cents), (Cents(1_200_050), Cents(1_200_050)));
}

#[rstest]
fn event_times_must_be_in_order_and_not_in_the_past(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let version = records.event_version;
    let good = event_draft("Assembly", 30);
    let mut update = |draft: EventDraft| {
        world.ask(Some(&manager), &Request::Write(WriteRequest::UpdateEvent { id: records.event, version, draft }))
    };
    let early = good.starts_at.map(|start| start - TimeDelta::hours(1));
    assert_eq!(invalid(update(EventDraft { ends_at: early, ..good.clone() }), Field::EndsAt), Problem::EndBeforeStart);
    assert_eq!(
        invalid(update(EventDraft { starts_at: None, ..good.clone() }), Field::EndsAt),
        Problem::EndWithoutStart
    );
    let past = event_draft("Assembly", -30);
    assert_eq!(invalid(update(past), Field::StartsAt), Problem::InThePast);
    // Start and end can be moved earlier together: the new end may be before the old start.
    assert!(update(event_draft("Assembly", 5)).is_ok());
}

#[rstest]
fn a_past_event_can_still_be_edited(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let support = world.support.clone();
    let draft = EventDraft { notes: "It went well.".to_owned(), ..event_draft("Assembly", 30) };
    let request =
        Request::Write(WriteRequest::UpdateEvent { id: records.event, version: records.event_version, draft });
    // A year later the unchanged start is in the past, and the edit is accepted.
    let later = Moment { utc: start() + TimeDelta::days(365), ticks: 9_000_000 };
    assert!(world.services.execute(Some(&support), &request, later).is_ok());
}

#[rstest]
fn only_active_users_of_the_right_department_are_assigned(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let assign = |to, version| {
        Request::Write(WriteRequest::AssignSupport(vec![Assignment {
            event: records.event,
            version,
            support: Some(to),
        }]))
    };
    let sales = world.sales.actor.id;
    let not_active = |name: &str, role| Reason::NotActive { name: format!("Person {name}"), role };
    assert_eq!(denied(world.ask(Some(&manager), &assign(sales, 2))), not_active("sales", Role::Support));
    let other = world.other_support.actor.id;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: other, version: 2, heirs: None }));
    assert_eq!(denied(world.ask(Some(&manager), &assign(other, 2))), not_active("other.support", Role::Support));
    let support = world.support.actor.id;
    let request =
        Request::Write(WriteRequest::CreateClient { draft: client_draft("John Ouick"), sales_contact: Some(support) });
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::SalesContactId), Problem::NotActiveSales);
}

#[rstest]
fn a_leaving_user_hands_over_everything(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let (support, other) = (world.support.actor.id, world.other_support.actor.id);
    let leave = |heir: Option<epic_events::domain::UserId>| {
        let heirs = heir.and_then(|heir| heirs(&[heir], 0, 1));
        Request::Write(WriteRequest::DeactivateUser { id: support, version: 2, heirs })
    };
    match world.ask(Some(&manager), &leave(None)) {
        Err(Error::NeedsHeir(left)) => assert_eq!((left.clients, left.events, left.role), (0, 1, Role::Support)),
        other => panic!("{other:?}"),
    }
    // The heir cannot be the leaving user or somebody of another department.
    assert!(matches!(world.ask(Some(&manager), &leave(Some(support))), Err(Error::NeedsHeir(_))));
    let not_active = |name: &str, role| Reason::NotActive { name: format!("Person {name}"), role };
    let seller = world.sales.actor.id;
    assert_eq!(denied(world.ask(Some(&manager), &leave(Some(seller)))), not_active("sales", Role::Support));
    let log = world.audit().len();
    world.save(&leave(Some(other)));
    assert_eq!(world.audit()[log..], ["user.deactivated", "event.support_assigned"]);
    let event = epic_events::storage::events::find(&mut world.connection(), records.event).unwrap().unwrap();
    assert_eq!((event.support_id, event.version), (Some(other), 3));
    // A change of department needs an heir as well.
    let sales = world.sales.actor.id;
    let draft = UserDraft { role: Role::Support, ..user_draft("sales", Role::Sales) };
    let move_to = |heir: Option<epic_events::domain::UserId>| {
        let heirs = heir.and_then(|heir| heirs(&[heir], 1, 0));
        Request::Write(WriteRequest::UpdateUser { id: sales, version: 2, draft: draft.clone(), heirs })
    };
    assert!(matches!(world.ask(Some(&manager), &move_to(None)), Err(Error::NeedsHeir(_))));
    assert_eq!(denied(world.ask(Some(&manager), &move_to(Some(other)))), not_active("other.support", Role::Sales));
    world.save(&move_to(Some(world.other_sales.actor.id)));
    let client = epic_events::storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(client.sales_contact_id, world.other_sales.actor.id);
    let old = world.sales.clone();
    assert_eq!(
        world.ask(Some(&old), &Request::Session(SessionRequest::Heartbeat)).unwrap_err(),
        Error::SignedOut(SignedOutBecause::AccountChanged)
    );
}

#[rstest]
fn the_last_manager_cannot_leave_or_change_role(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let id = manager.actor.id;
    let leave = Request::Write(WriteRequest::DeactivateUser { id, version: 1, heirs: None });
    assert_eq!(denied(world.ask(Some(&manager), &leave)), Reason::LastManager);
    let draft = user_draft("manager", Role::Sales);
    let demote = |version| Request::Write(WriteRequest::UpdateUser { id, version, draft: draft.clone(), heirs: None });
    assert_eq!(denied(world.ask(Some(&manager), &demote(1))), Reason::LastManager);
    // Edits that do not remove an active manager are allowed: one that keeps the role, and one of a deactivated
    // manager.
    let renamed = UserDraft { full_name: "Married Name".to_owned(), ..user_draft("manager", Role::Management) };
    let (_, version) =
        world.save(&Request::Write(WriteRequest::UpdateUser { id, version: 1, draft: renamed, heirs: None }));
    let second = world.hire("second", Role::Management).actor.id;
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: second, version: 2, heirs: None }));
    let draft = user_draft("second", Role::Sales);
    world.save(&Request::Write(WriteRequest::UpdateUser { id: second, version: 3, draft, heirs: None }));
    assert_eq!(denied(world.ask(Some(&manager), &demote(version))), Reason::LastManager);
    world.hire("third", Role::Management);
    assert!(world.ask(Some(&manager), &demote(version)).is_ok());
}

/// A finished event that is planned again loses its support person if that user has been deactivated meanwhile.
#[rstest]
fn a_reopened_event_is_not_left_with_a_deactivated_user(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let event = world.records().event;
    let support = world.support.actor.id;
    let status = |version, status| Request::Write(WriteRequest::SetStatus { id: event, version, status });
    let stands = |world: &World| {
        let event = epic_events::storage::events::find(&mut world.connection(), event).unwrap().unwrap();
        (event.status, event.support_id)
    };
    world.save(&status(2, Status::Done));
    world.save(&status(3, Status::Planned));
    assert_eq!(stands(&world), (Status::Planned, Some(support)));
    world.save(&status(4, Status::Done));
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: support, version: 2, heirs: None }));
    assert_eq!(stands(&world), (Status::Done, Some(support)));
    world.save(&status(5, Status::Planned));
    assert_eq!(stands(&world), (Status::Planned, None));
}

#[rstest]
fn a_save_over_a_newer_version_is_refused_and_names_who_changed_it(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let edit = |name: &str| {
        Request::Write(WriteRequest::UpdateClient { id: records.client, version: 1, draft: client_draft(name) })
    };
    world.ask(Some(&sales), &edit("Kevin C.")).unwrap();
    match world.ask(Some(&manager), &edit("K. Casey")) {
        Err(Error::Conflict(conflict)) => {
            assert_eq!((conflict.by.as_str(), conflict.version), ("Person sales", 2));
            assert_eq!(conflict.theirs.get(Field::FullName), "Kevin C.");
        }
        other => panic!("{other:?}"),
    }
    let stored = epic_events::storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(stored.full_name, "Kevin C.");
}

#[rstest]
fn several_events_are_assigned_and_undone_at_once(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Lou Bouzin");
    let contract = world.signed_contract(client);
    let mut create = |title: &str, days| {
        EventId::new(
            world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft(title, days) })).0,
        )
    };
    let (one, two) = (create("One", 10), create("Two", 20));
    let support = world.support.actor.id;
    let all = |versions: [i32; 2]| {
        let pair = [one, two].into_iter().zip(versions);
        Request::Write(WriteRequest::AssignSupport(
            pair.map(|(event, version)| Assignment { event, version, support: Some(support) }).collect(),
        ))
    };
    // The second event has been changed meanwhile: it is left out and named.
    let draft = event_draft("Two, renamed", 20);
    world.save(&Request::Write(WriteRequest::UpdateEvent { id: two, version: 1, draft }));
    let Reply::Assigned(assigned) = world.manage(&all([1, 1])) else { panic!("assigned") };
    assert_eq!(assigned.titles, ["One"]);
    let [missed] = assigned.missed.as_slice() else { panic!("{:?}", assigned.missed) };
    assert_eq!(missed.name, "Two, renamed");
    assert!(matches!(&missed.why, Error::Conflict(conflict) if conflict.by == "Person manager"), "{missed:?}");
    world.manage(&Request::Write(WriteRequest::AssignSupport(assigned.undo)));
    let stored = epic_events::storage::events::find(&mut world.connection(), one).unwrap().unwrap();
    assert_eq!((stored.support_id, stored.version), (None, 3));
    // If the only event was changed it is a conflict. Assigning the person who already has the event writes no
    // audit row.
    let give = |version| {
        Request::Write(WriteRequest::AssignSupport(vec![Assignment { event: one, version, support: Some(support) }]))
    };
    let manager = world.manager.clone();
    assert!(matches!(world.ask(Some(&manager), &give(1)), Err(Error::Conflict(_))));
    world.manage(&give(3));
    let rows = world.audit().len();
    world.manage(&give(4));
    assert_eq!(world.audit().len(), rows);
    assert!(matches!(world.ask(Some(&manager), &give(3)), Err(Error::Conflict(_))));
}

#[rstest]
fn the_picker_knows_who_is_free(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    world.hire("third", Role::Support);
    // One event at the same time as that of `support`, and one on the same day for `other.support`.
    let clash = world
        .save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: event_draft("Clash", 30) }))
        .0;
    let later = event_draft("Later", 30);
    let later =
        EventDraft { starts_at: later.starts_at.map(|start| start + TimeDelta::hours(6)), ends_at: None, ..later };
    let later = EventId::new(
        world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: later })).0,
    );
    let other = world.other_support.actor.id;
    world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: later,
        version: 1,
        support: Some(other),
    }])));
    let pick = Request::Read(ReadRequest::PickSupport { events: vec![EventId::new(clash)], text: String::new() });
    let Reply::Candidates { people, .. } = world.manage(&pick) else { panic!("candidates") };
    let told: Vec<_> = people.iter().map(|one| (one.full_name.as_str(), one.availability, one.load)).collect();
    assert_eq!(
        told,
        [
            ("Person third", Some(Availability::Free), 0),
            ("Person other.support", Some(Availability::Busy), 1),
            ("Person support", Some(Availability::Clash), 1),
        ]
    );
}

/// In the night of 28 March 2027 the clocks in Paris go from 02:00 to 03:00.
#[rstest]
fn an_event_time_skipped_by_summer_time_is_refused(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let at = |hour, minute| {
        let day = chrono::NaiveDate::from_ymd_opt(2027, 3, 28).unwrap();
        Some(day.and_hms_opt(hour, minute, 0).unwrap())
    };
    let draft = |starts_at, ends_at| EventDraft { starts_at, ends_at, ..event_draft("Night of the clocks", 30) };
    let create = |world: &mut World, draft| {
        world.ask(Some(&manager), &Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft }))
    };
    let skipped = |answer: Result<Reply, Error>, field| {
        let problem = format!("{:?}", invalid(answer, field));
        assert!(problem.starts_with("Skipped"), "{field:?}: {problem}");
    };
    skipped(create(&mut world, draft(at(2, 30), at(4, 30))), Field::StartsAt);
    skipped(create(&mut world, draft(at(2, 0), None)), Field::StartsAt);
    skipped(create(&mut world, draft(at(1, 0), at(2, 59))), Field::EndsAt);
    create(&mut world, draft(at(1, 59), at(3, 0))).unwrap();
    // An event can have such a time if the company moved to another time zone afterwards; the unchanged time is
    // accepted.
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { time_zone: chrono_tz::Tz::UTC, ..settings })));
    let Ok(Reply::Saved { id, .. }) = create(&mut world, draft(at(2, 30), at(4, 30))) else { panic!("not created") };
    let id = EventId::new(id);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
        time_zone: chrono_tz::Tz::Europe__Paris,
        ..settings
    })));
    let edit = |world: &mut World, version, draft| {
        world.ask(Some(&world.manager.clone()), &Request::Write(WriteRequest::UpdateEvent { id, version, draft }))
    };
    let renamed = EventDraft { title: "Renamed".to_owned(), ..draft(at(2, 30), at(4, 30)) };
    edit(&mut world, 1, renamed).unwrap();
    edit(&mut world, 2, draft(at(2, 30), at(5, 0))).unwrap();
    skipped(edit(&mut world, 3, draft(at(2, 45), at(5, 0))), Field::StartsAt);
    skipped(edit(&mut world, 3, draft(at(2, 30), at(2, 45))), Field::EndsAt);
}
