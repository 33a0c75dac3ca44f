//! Names and addresses: what is stored, what has to be unique, and which name the log shows.

use super::*;

#[rstest]
fn a_taken_username_or_email_is_reported_under_its_field(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let draft = UserDraft { email: None, ..user_draft("SALES", Role::Sales) };
    let request =
        Request::Write(WriteRequest::CreateUser { draft, password: SecretString::from("some temporary words") });
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::Username), Problem::Taken);
    let draft = UserDraft { email: Some("Sales@EXAMPLE.org".to_owned()), ..user_draft("fresh", Role::Sales) };
    let request =
        Request::Write(WriteRequest::CreateUser { draft, password: SecretString::from("some temporary words") });
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
        let Reply::Page(page) =
            world.manage(&Request::Read(ReadRequest::List(Query::Client(listing(filter, ClientSort::Name, 50)))))
        else {
            panic!("clients")
        };
        let page = page.of::<ClientRow>();
        page.rows.len()
    };
    assert_eq!(find(&mut world, "ZOE"), 1, "accents and case do not matter");
    assert_eq!(find(&mut world, "100%"), 1, "wildcards of LIKE are ordinary characters");
    assert_eq!(find(&mut world, "_sure"), 1);
    assert_eq!(find(&mut world, "_"), 4, "punctuation alone does not filter");
    assert_eq!(find(&mut world, "rop tabl"), 1, "parts of words are found if no word begins like this");
    assert_eq!(find(&mut world, "casey zoe"), 0, "all words must occur");
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
    let (id, _) =
        world.save(&Request::Write(WriteRequest::CreateClient { draft: draft.clone(), sales_contact: Some(sales) }));
    world.save(&Request::Write(WriteRequest::UpdateClient { id: ClientId::new(id), version: 1, draft }));
    let draft = EventDraft { location: place, ..event_draft(&name, 10) };
    world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft }));
    let draft = UserDraft { full_name: name.clone(), ..user_draft("ligature", Role::Sales) };
    let (id, _) =
        world.save(&Request::Write(WriteRequest::CreateUser { draft, password: SecretString::from(PASSWORD) }));
    let other = world.client_of(epic_events::domain::UserId::new(id), "Somebody");
    // Paging also works after a row whose name was cut.
    for sort in [ClientSort::Name, ClientSort::Company, ClientSort::SalesContact] {
        let mut names = Vec::new();
        let mut edge = Edge::Start;
        loop {
            let query = Query::Client(Listing { edge, ..listing(ClientFilter::default(), sort, 1) });
            let Reply::Page(page) = world.manage(&ReadRequest::List(query).into()) else { panic!("clients") };
            let page = page.of::<ClientRow>();
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
    let create = |username: &str, email: &str| {
        Request::Write(WriteRequest::CreateUser {
            draft: UserDraft { email: Some(email.to_owned()), ..user_draft(username, Role::Sales) },
            password: SecretString::from(PASSWORD),
        })
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
    let client = |email: &str| {
        Request::Write(WriteRequest::CreateClient {
            draft: ClientDraft { email: Some(email.to_owned()), ..client_draft("Kevin Casey") },
            sales_contact: Some(sales),
        })
    };
    let (id, _) = world.save(&client("STRASSE@straße.example"));
    let taken = world.ask(Some(&manager), &client("straSSe@STRASSE.example"));
    assert_eq!(invalid(taken, Field::Email), Problem::Taken);
    // A client may change the case of its own address.
    let draft = ClientDraft { email: Some("strasse@Straße.example".to_owned()), ..client_draft("Kevin Casey") };
    world.save(&Request::Write(WriteRequest::UpdateClient { id: ClientId::new(id), version: 1, draft }));
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
    let update = Request::Write(WriteRequest::UpdateUser { id, version, draft: draft.clone(), heirs: None });
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
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version, draft, heirs: None }));
    let rename = world.audit().len();
    world.client_of(sales, "Kevin Casey");
    assert!(
        world
            .ask(Some(&manager), &Request::Write(WriteRequest::ArchiveClient { id: ClientId::new(1), version: 1 }))
            .is_ok()
    );
    // The same holds for refused requests.
    let again = new_contract(ClientId::new(1), 10_000, 10_000);
    assert!(matches!(world.ask(Some(&manager), &again), Err(Error::Denied(_))));
    let names = audit_log::table.select(audit_log::actor_name).order(audit_log::id);
    let names: Vec<String> = names.load(&mut world.connection()).unwrap();
    // The row of the renaming itself still has the old name.
    assert_eq!(names[rename - 1], manager.actor.full_name);
    assert_eq!(names[rename..], ["Marta Olsen", "Marta Olsen", "Marta Olsen"]);
    let Reply::Alive { full_name, .. } = world.manage(&Request::Session(SessionRequest::Heartbeat)) else {
        panic!("alive")
    };
    assert_eq!(full_name, "Marta Olsen");
}

/// The history of a record shows names of people instead of their ids.
#[rstest]
fn history_shows_names_instead_of_ids(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let Reply::Event(detail) = world.manage(&Request::Read(ReadRequest::ViewEvent(records.event))) else {
        panic!("an event")
    };
    let assigned = &detail.history.rows[0];
    assert_eq!(assigned.action, "event.support_assigned");
    assert_eq!(assigned.changes.0[0].2, "Person support");
}
