//! The rules for changing clients, contracts, events and users.

use super::*;

#[rstest]
fn a_signature_is_final(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::contracts;
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let again = Request::SignContract { id: records.signed, version: 2 };
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
    let request = Request::CreateEvent { contract: records.contract, draft: event_draft("Too early", 10) };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractNotSigned(records.contract.0));
    // A contract with an event is not archived, and neither is a client with a contract.
    let request = Request::ArchiveContract { id: records.signed, version: 2 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractHasEvents(1));
    let request = Request::ArchiveClient { id: records.client, version: 1 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ClientHasContracts(2));
    // After event and contract were archived, the event cannot be restored before its contract.
    world.save(&Request::ArchiveEvent { id: records.event, version: records.event_version });
    world.save(&Request::ArchiveContract { id: records.signed, version: 2 });
    let request = Request::RestoreEvent { id: records.event, version: records.event_version + 1 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    let request = Request::CreateEvent { contract: records.signed, draft: event_draft("Too late", 10) };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    world.save(&Request::RestoreContract { id: records.signed, version: 3 });
    world.save(&request_restore(records.event, records.event_version + 1));
}

fn request_restore(id: EventId, version: i32) -> Request {
    Request::RestoreEvent { id, version }
}

#[rstest]
fn amounts_are_exact_and_within_bounds(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let mut update = |total, due| {
        let draft = contract_draft(total, due);
        world.ask(Some(&manager), &Request::UpdateContract { id: records.contract, version: 1, draft })
    };
    assert_eq!(invalid(update(-500, 0), Field::TotalCents), Problem::NotPositive);
    assert_eq!(invalid(update(0, 0), Field::TotalCents), Problem::NotPositive);
    assert_eq!(invalid(update(100, 101), Field::DueCents), Problem::DueAboveTotal);
    assert_eq!(invalid(update(100, -1), Field::DueCents), Problem::Negative);
    assert!(update(1_200_050, 33).is_ok());
    let stored = epic_events::storage::contracts::find(&mut world.connection(), records.contract).unwrap().unwrap();
    assert_eq!((stored.total_cents, stored.due_cents), (Cents(1_200_050), Cents(33)));
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
    let mut update =
        |draft: EventDraft| world.ask(Some(&manager), &Request::UpdateEvent { id: records.event, version, draft });
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
    let request = Request::UpdateEvent { id: records.event, version: records.event_version, draft };
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
    let assign =
        |to, version| Request::AssignSupport(vec![Assignment { event: records.event, version, support: Some(to) }]);
    let sales = world.sales.actor.id;
    assert_eq!(denied(world.ask(Some(&manager), &assign(sales, 2))), Reason::NotActiveSupport);
    let other = world.other_support.actor.id;
    world.save(&Request::DeactivateUser { id: other, version: 2, heir: None });
    assert_eq!(denied(world.ask(Some(&manager), &assign(other, 2))), Reason::NotActiveSupport);
    let support = world.support.actor.id;
    let request = Request::CreateClient { draft: client_draft("John Ouick"), sales_contact: Some(support) };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::SalesContactId), Problem::NotActiveSales);
}

#[rstest]
fn a_leaving_user_hands_over_everything(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let (support, other) = (world.support.actor.id, world.other_support.actor.id);
    let leave = |heir| Request::DeactivateUser { id: support, version: 2, heir };
    match world.ask(Some(&manager), &leave(None)) {
        Err(Error::NeedsHeir(left)) => assert_eq!((left.clients, left.events, left.role), (0, 1, Role::Support)),
        other => panic!("{other:?}"),
    }
    // The heir cannot be the leaving user or somebody of another department.
    assert!(matches!(world.ask(Some(&manager), &leave(Some(support))), Err(Error::NeedsHeir(_))));
    assert_eq!(denied(world.ask(Some(&manager), &leave(Some(world.sales.actor.id)))), Reason::NotActiveSupport);
    let log = world.audit().len();
    world.save(&leave(Some(other)));
    assert_eq!(world.audit()[log..], ["user.deactivated", "event.support_assigned"]);
    let event = epic_events::storage::events::find(&mut world.connection(), records.event).unwrap().unwrap();
    assert_eq!((event.support_id, event.version), (Some(other), 3));
    // A change of department needs an heir as well.
    let sales = world.sales.actor.id;
    let draft = UserDraft { role: Role::Support, ..user_draft("sales", Role::Sales) };
    let move_to = |heir| Request::UpdateUser { id: sales, version: 2, draft: draft.clone(), heir };
    assert!(matches!(world.ask(Some(&manager), &move_to(None)), Err(Error::NeedsHeir(_))));
    assert_eq!(denied(world.ask(Some(&manager), &move_to(Some(other)))), Reason::NotActiveSales);
    world.save(&move_to(Some(world.other_sales.actor.id)));
    let client = epic_events::storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(client.sales_contact_id, world.other_sales.actor.id);
    let old = world.sales.clone();
    assert_eq!(
        world.ask(Some(&old), &Request::Heartbeat).unwrap_err(),
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
    let leave = Request::DeactivateUser { id, version: 1, heir: None };
    assert_eq!(denied(world.ask(Some(&manager), &leave)), Reason::LastManager);
    let draft = user_draft("manager", Role::Sales);
    let demote = |version| Request::UpdateUser { id, version, draft: draft.clone(), heir: None };
    assert_eq!(denied(world.ask(Some(&manager), &demote(1))), Reason::LastManager);
    // Edits that do not remove an active manager are allowed: one that keeps the role, and one of a deactivated
    // manager.
    let renamed = UserDraft { full_name: "Married Name".to_owned(), ..user_draft("manager", Role::Management) };
    let (_, version) = world.save(&Request::UpdateUser { id, version: 1, draft: renamed, heir: None });
    let second = world.hire("second", Role::Management).actor.id;
    world.save(&Request::DeactivateUser { id: second, version: 2, heir: None });
    let draft = user_draft("second", Role::Sales);
    world.save(&Request::UpdateUser { id: second, version: 3, draft, heir: None });
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
    let status = |version, status| Request::SetStatus { id: event, version, status };
    let stands = |world: &World| {
        let event = epic_events::storage::events::find(&mut world.connection(), event).unwrap().unwrap();
        (event.status, event.support_id)
    };
    world.save(&status(2, Status::Done));
    world.save(&status(3, Status::Planned));
    assert_eq!(stands(&world), (Status::Planned, Some(support)));
    world.save(&status(4, Status::Done));
    world.save(&Request::DeactivateUser { id: support, version: 2, heir: None });
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
    let edit = |name: &str| Request::UpdateClient { id: records.client, version: 1, draft: client_draft(name) };
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
        EventId::new(world.save(&Request::CreateEvent { contract, draft: event_draft(title, days) }).0)
    };
    let (one, two) = (create("One", 10), create("Two", 20));
    let support = world.support.actor.id;
    let all = |versions: [i32; 2]| {
        let pair = [one, two].into_iter().zip(versions);
        Request::AssignSupport(
            pair.map(|(event, version)| Assignment { event, version, support: Some(support) }).collect(),
        )
    };
    // The second event has been changed meanwhile: it is left out and named.
    let draft = event_draft("Two, renamed", 20);
    world.save(&Request::UpdateEvent { id: two, version: 1, draft });
    let Reply::Assigned(assigned) = world.manage(&all([1, 1])) else { panic!("assigned") };
    assert_eq!(assigned.titles, ["One"]);
    let [missed] = assigned.missed.as_slice() else { panic!("{:?}", assigned.missed) };
    assert_eq!(missed.name, "Two, renamed");
    assert!(matches!(&missed.why, Error::Conflict(conflict) if conflict.by == "Person manager"), "{missed:?}");
    world.manage(&Request::AssignSupport(assigned.undo));
    let stored = epic_events::storage::events::find(&mut world.connection(), one).unwrap().unwrap();
    assert_eq!((stored.support_id, stored.version), (None, 3));
    // If the only event was changed it is a conflict. Assigning the person who already has the event writes no
    // audit row.
    let give = |version| Request::AssignSupport(vec![Assignment { event: one, version, support: Some(support) }]);
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
    let clash = world.save(&Request::CreateEvent { contract: records.signed, draft: event_draft("Clash", 30) }).0;
    let later = event_draft("Later", 30);
    let later =
        EventDraft { starts_at: later.starts_at.map(|start| start + TimeDelta::hours(6)), ends_at: None, ..later };
    let later = EventId::new(world.save(&Request::CreateEvent { contract: records.signed, draft: later }).0);
    let other = world.other_support.actor.id;
    world.manage(&Request::AssignSupport(vec![Assignment { event: later, version: 1, support: Some(other) }]));
    let pick = Request::PickSupport { events: vec![EventId::new(clash)], text: String::new() };
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

#[rstest]
fn a_taken_username_or_email_is_reported_under_its_field(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let draft = UserDraft { email: None, ..user_draft("SALES", Role::Sales) };
    let request = Request::CreateUser { draft, password: SecretString::from("some temporary words") };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::Username), Problem::Taken);
    let draft = UserDraft { email: Some("Sales@EXAMPLE.org".to_owned()), ..user_draft("fresh", Role::Sales) };
    let request = Request::CreateUser { draft, password: SecretString::from("some temporary words") };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::Email), Problem::Taken);
}

/// Names that broke other systems are stored as text and can be searched for.
#[rstest]
fn hostile_text_is_stored_as_text(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let owner = world.sales.actor.id;
    for (typed, stored) in [
        ("Zoë [/b] O'Brien", "Zoë [/b] O'Brien"),
        ("\u{1b}[31mRed\u{202e}", "[31mRed"),
        ("'); DROP TABLE clients; --", "'); DROP TABLE clients; --"),
        ("100% _sure_ !", "100% _sure_ !"),
    ] {
        let id = world.client_of(owner, typed);
        let client = epic_events::storage::clients::find(&mut world.connection(), id).unwrap().unwrap();
        assert_eq!(client.full_name, stored);
    }
    let find = |world: &mut World, text: &str| {
        let filter = ClientFilter { text: text.to_owned(), ..ClientFilter::default() };
        let Reply::Clients(page) = world.manage(&Request::ListClients(listing(filter, ClientSort::Name, 50))) else {
            panic!("clients")
        };
        page.rows.len()
    };
    assert_eq!(find(&mut world, "ZOE"), 1, "accents and case do not matter");
    assert_eq!(find(&mut world, "100%"), 1, "wildcards of LIKE are ordinary characters");
    assert_eq!(find(&mut world, "_sure"), 1);
    assert_eq!(find(&mut world, "_"), 4, "punctuation alone does not filter");
    assert_eq!(find(&mut world, "rop tabl"), 1, "parts of words are found if no word begins like this");
    assert_eq!(find(&mut world, "casey zoe"), 0, "all words must occur");
}

/// The history of a record shows names of people instead of their ids.
#[rstest]
fn history_shows_names_instead_of_ids(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let Reply::Event(detail) = world.manage(&Request::ViewEvent(records.event)) else { panic!("an event") };
    let assigned = &detail.history[0];
    assert_eq!(assigned.action, "event.support_assigned");
    assert_eq!(assigned.changes.0[0].2, "Person support");
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
    let create =
        |world: &mut World, draft| world.ask(Some(&manager), &Request::CreateEvent { contract: records.signed, draft });
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
    world.manage(&Request::UpdateSettings(Settings { time_zone: chrono_tz::Tz::UTC, ..settings }));
    let Ok(Reply::Saved { id, .. }) = create(&mut world, draft(at(2, 30), at(4, 30))) else { panic!("not created") };
    let id = EventId::new(id);
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::UpdateSettings(Settings { time_zone: chrono_tz::Tz::Europe__Paris, ..settings }));
    let edit = |world: &mut World, version, draft| {
        world.ask(Some(&world.manager.clone()), &Request::UpdateEvent { id, version, draft })
    };
    let renamed = EventDraft { title: "Renamed".to_owned(), ..draft(at(2, 30), at(4, 30)) };
    edit(&mut world, 1, renamed).unwrap();
    edit(&mut world, 2, draft(at(2, 30), at(5, 0))).unwrap();
    skipped(edit(&mut world, 3, draft(at(2, 45), at(5, 0))), Field::StartsAt);
    skipped(edit(&mut world, 3, draft(at(2, 30), at(2, 45))), Field::EndsAt);
}

/// Folding may turn one letter into eighteen. The sort keys are cut to the size of their columns.
#[rstest]
fn names_that_grow_when_they_are_folded_are_saved(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let (name, place) = ("\u{FDFA}".repeat(100), "\u{FDFA}".repeat(200));
    let sales = world.sales.actor.id;
    let draft = ClientDraft { company_name: name.clone(), ..client_draft(&name) };
    let (id, _) = world.save(&Request::CreateClient { draft: draft.clone(), sales_contact: Some(sales) });
    world.save(&Request::UpdateClient { id: ClientId::new(id), version: 1, draft });
    let draft = EventDraft { location: place, ..event_draft(&name, 10) };
    world.save(&Request::CreateEvent { contract: records.signed, draft });
    let draft = UserDraft { full_name: name.clone(), ..user_draft("ligature", Role::Sales) };
    let (id, _) = world.save(&Request::CreateUser { draft, password: SecretString::from(PASSWORD) });
    let other = world.client_of(epic_events::domain::UserId::new(id), "Somebody");
    // Paging also works after a row whose name was cut.
    for sort in [ClientSort::Name, ClientSort::Company, ClientSort::SalesContact] {
        let mut names = Vec::new();
        let mut edge = Edge::Start;
        while let Reply::Clients(page) =
            world.manage(&Request::ListClients(Listing { edge, ..listing(ClientFilter::default(), sort, 1) }))
        {
            names.extend(page.rows.iter().map(|row| row.client.id.0));
            let Some(last) = page.rows.last().filter(|_| page.after) else { break };
            edge = Edge::After(Cursor { key: last.key(sort), id: last.id() });
        }
        names.sort_unstable();
        assert_eq!(names.len(), 3, "{sort:?}: {names:?}");
        assert!(names.contains(&other.0));
    }
}

/// E-mail addresses are compared without case, independently of the engine's own rules for capital letters.
#[rstest]
fn email_addresses_are_compared_without_case(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let create = |username: &str, email: &str| Request::CreateUser {
        draft: UserDraft { email: Some(email.to_owned()), ..user_draft(username, Role::Sales) },
        password: SecretString::from(PASSWORD),
    };
    world.save(&create("elodie", "Élodie@Example.org"));
    for login in ["Élodie@Example.org", "élodie@example.org", "ÉLODIE@EXAMPLE.ORG", "E\u{301}lodie@example.org"] {
        assert!(world.sign_in(login, PASSWORD).is_ok(), "{login}");
    }
    let manager = world.manager.clone();
    for taken in ["éLODIE@example.org", "ÉLODIE@EXAMPLE.ORG"] {
        assert_eq!(
            invalid(world.ask(Some(&manager), &create("other", taken)), Field::Email),
            Problem::Taken,
            "{taken}"
        );
    }
    world.save(&create("eloise", "elodie@example.org"));
    let sales = world.sales.actor.id;
    let client = |email: &str| Request::CreateClient {
        draft: ClientDraft { email: Some(email.to_owned()), ..client_draft("Kevin Casey") },
        sales_contact: Some(sales),
    };
    let (id, _) = world.save(&client("STRASSE@straße.example"));
    let taken = world.ask(Some(&manager), &client("straSSe@STRASSE.example"));
    assert_eq!(invalid(taken, Field::Email), Problem::Taken);
    // A client may change the case of its own address.
    let draft = ClientDraft { email: Some("strasse@Straße.example".to_owned()), ..client_draft("Kevin Casey") };
    world.save(&Request::UpdateClient { id: ClientId::new(id), version: 1, draft });
}

/// Sign-ins are logged under the same record as changes of the account, but a conflict names the user who made
/// a change.
#[rstest]
fn a_conflict_names_the_user_who_changed_the_record(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, id) = (world.manager.clone(), world.sales.actor.id);
    let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    let draft = UserDraft { phone: Some("+678 123 456".to_owned()), ..user_draft("sales", Role::Sales) };
    let update = Request::UpdateUser { id, version, draft: draft.clone(), heir: None };
    world.save(&update);
    world.sign_in("sales", PASSWORD).unwrap();
    assert!(world.sign_in("sales", "not the password").is_err());
    match world.ask(Some(&manager), &update) {
        Err(Error::Conflict(conflict)) => assert_eq!(conflict.by, manager.actor.full_name),
        other => panic!("{other:?}"),
    }
}

/// An audit row has the name that the user has at that time, not the name at sign-in.
#[rstest]
fn the_log_names_users_as_they_were_called_at_the_time(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use diesel::prelude::*;
    use epic_events::schema::audit_log;
    let mut world = World::new(engine);
    let (manager, sales) = (world.manager.clone(), world.sales.actor.id);
    let id = manager.actor.id;
    let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    let draft = UserDraft { full_name: "Marta Olsen".to_owned(), ..user_draft("manager", Role::Management) };
    world.save(&Request::UpdateUser { id, version, draft, heir: None });
    let rename = world.audit().len();
    world.client_of(sales, "Kevin Casey");
    assert!(world.ask(Some(&manager), &Request::ArchiveClient { id: ClientId::new(1), version: 1 }).is_ok());
    // The same holds for refused requests.
    let again = Request::CreateContract { client: ClientId::new(1), draft: contract_draft(10_000, 0) };
    assert!(matches!(world.ask(Some(&manager), &again), Err(Error::Denied(_))));
    let names = audit_log::table.select(audit_log::actor_name).order(audit_log::id);
    let names: Vec<String> = names.load(&mut world.connection()).unwrap();
    // The row of the renaming itself still has the old name.
    assert_eq!(names[rename - 1], manager.actor.full_name);
    assert_eq!(names[rename..], ["Marta Olsen", "Marta Olsen", "Marta Olsen"]);
    let Reply::Alive { full_name, .. } = world.manage(&Request::Heartbeat) else { panic!("alive") };
    assert_eq!(full_name, "Marta Olsen");
}
