//! Setting up, connecting to and migrating a company's database.

use super::*;

#[rstest]
fn of_simultaneous_set_ups_exactly_one_creates_the_manager(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let db = TestDb::new(engine);
    let outcomes: Vec<Result<Reply, Error>> = thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
                    services.execute(None, &set_up(&db.url), Moment { utc: start(), ticks: 0 })
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(made, 1, "{outcomes:?}");
    // On a slow machine the last ones may wait too long for the others, and say so.
    let timeout = Error::Unavailable(ConnectionProblem::Timeout);
    let is_clear = |outcome: &Result<Reply, Error>| match outcome {
        Ok(_) => true,
        Err(error) => *error == Error::AlreadySetUp || *error == timeout,
    };
    assert!(outcomes.iter().all(is_clear), "{outcomes:?}");
}

#[rstest]
fn connecting_to_anything_but_a_company_reports_the_cause(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let connect = |url: String| {
        let target = Target::parse(&url).unwrap();
        Services::new(target, "test".to_owned(), 4).connect().unwrap_err()
    };
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is no database, but longer than a header").unwrap();
    assert_eq!(connect(format!("sqlite://{}", path.display())), Error::Unavailable(ConnectionProblem::NotADatabase));
    let missing = folder.path().join("missing.db");
    assert_eq!(connect(format!("sqlite://{}", missing.display())), Error::Unavailable(ConnectionProblem::NotSetUp));
    assert!(!missing.exists(), "connecting must not create a database");
    let port = support::server(engine).port;
    let wrong = format!("mysql://crm:wrong@127.0.0.1:{port}/x");
    assert_eq!(connect(wrong), Error::Unavailable(ConnectionProblem::AccessDeniedInClear));
    let open = format!("mysql://crm@127.0.0.1:{port}/x");
    assert_eq!(connect(open), Error::Unavailable(ConnectionProblem::NoPassword));
    let absent = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/not_there");
    assert_eq!(connect(absent), Error::Unavailable(ConnectionProblem::NoSuchDatabase));
    assert_eq!(connect("mysql://a:b@127.0.0.1:1/x".to_owned()), Error::Unavailable(ConnectionProblem::Refused));
    assert!(Target::parse("postgres://u:secret@h/n").is_err_and(|problem| !format!("{problem:?}").contains("secret")));
}

#[rstest]
fn a_silent_server_and_missing_encryption_are_reported(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let connect =
        |url: String| Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4).connect().unwrap_err();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    assert_eq!(connect(format!("mysql://a:b@127.0.0.1:{port}/x")), Error::Unavailable(ConnectionProblem::Timeout));
    let port = support::server(engine).port;
    for mode in ["required", "verify_ca", "verify_identity"] {
        let url = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/x?ssl_mode={mode}");
        // MySQL creates a self-signed certificate for itself at installation.
        let expected = match (engine, mode) {
            (Engine::Mysql, "required") => ConnectionProblem::NoSuchDatabase,
            (Engine::Mysql, _) => ConnectionProblem::BadCertificate,
            _ => ConnectionProblem::NoTls,
        };
        assert_eq!(connect(url), Error::Unavailable(expected), "{mode}");
    }
    let odd = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/x?tls=yes");
    assert_eq!(Target::parse(&odd), Err(ConnectionProblem::BadAddress("tls".to_owned())), "refused before connecting");
    // The error does not repeat what follows a question mark, since it may be part of a password.
    for secret in
        ["mysql://crm:pa?canary@127.0.0.1/x", "mysql://crm:pa?canary=a@127.0.0.1/x", "mysql://a:b@c/x?Can ary"]
    {
        let told = format!("{:?}", Target::parse(secret).unwrap_err());
        assert!(!told.to_lowercase().contains("can"), "{told}");
    }
}

/// Tables of a newer program are refused, both when connecting and when setting up.
#[rstest]
fn a_newer_schema_is_refused(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let world = World::new(engine);
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    diesel::connection::SimpleConnection::batch_execute(&mut world.connection(), newer).unwrap();
    let mut services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    let refused = Error::Unavailable(ConnectionProblem::SchemaTooNew);
    assert_eq!(services.connect().unwrap_err(), refused);
    let now = Moment { utc: start(), ticks: 0 };
    assert_eq!(services.execute(None, &set_up(&world.db.url), now).unwrap_err(), refused);
}

/// A connection that the server closed between two requests is reopened without an error.
#[rstest]
fn a_lost_connection_is_reopened(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let name = world.db.url.rsplit('/').next().unwrap().to_owned();
    let cut = || {
        let own = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
        for id in support::server(engine).client(&["-BN", "-e", &own]) {
            support::server(engine).client(&["-e", &format!("KILL {id}")]);
        }
    };
    cut();
    world.records();
    cut();
    assert!(world.sign_in("sales", PASSWORD).is_ok());
    cut();
    let log = world.audit().len();
    world.client_of(world.sales.actor.id, "Once Only");
    assert_eq!(world.audit()[log..], ["client.created"]);
}

/// Tables of the first version of the program are migrated when they are opened.
#[test]
fn older_tables_are_migrated_with_their_rows() {
    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
    let db = TestDb::new(Engine::Sqlite);
    let path = db.url.trim_start_matches("sqlite://");
    let mut old = SqliteConnection::establish(path).unwrap();
    old.batch_execute(include_str!("../../migrations/sqlite/0001_company/up.sql")).unwrap();
    old.batch_execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations (version) VALUES ('0001');
         UPDATE settings SET value = '2026-01-01 00:00:00' WHERE \"key\" = 'initialised_at';
         INSERT INTO users (username, full_name, role, password_hash, name_key, created_at, updated_at)
             VALUES ('bill', 'Bill Boquet', 'sales', '', 'bill boquet', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO users (username, full_name, email, role, password_hash, created_at, updated_at)
             VALUES ('elodie', 'One', 'Élodie@example.org', 'sales', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
                    ('eloise', 'Two', 'éLODIE@example.org', 'sales', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO clients (full_name, company_name, phone, sales_contact_id, name_key, search, created_at, updated_at)
             VALUES ('Lou Bouzin', 'Lou Bouzin SA', '+666 12345', 1, 'lou bouzin', 'lou bouzin', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO contracts (client_id, total_cents, due_cents, signed_at, created_at, updated_at)
             VALUES (1, 100, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO events (contract_id, title, location, title_key, search, created_at, updated_at)
             VALUES (1, 'General Assembly', 'Mufflins', 'general assembly', 'general assembly', '2026-01-01 00:00:00', '2026-01-01 00:00:00');",
    )
    .unwrap();
    drop(old);
    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
    services.connect().unwrap();
    let mut connection = epic_events::storage::Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let filter = EventFilter { text: "bouz mufflin".to_owned(), ..EventFilter::default() };
    let (scope, me) = (epic_events::storage::Scope::All, epic_events::domain::UserId::new(1));
    let viewer = epic_events::storage::Viewer { scope, me, auth_guard: None };
    let listed = listing(filter, EventSort::Client, 10);
    let page = epic_events::storage::events::page(&mut connection, &listed, viewer, start());
    assert_eq!(page.unwrap().rows[0].event.title, "General Assembly");
    // Two users had the same address in different case: the first keeps it.
    let keys: Vec<Option<String>> = {
        use diesel::prelude::*;
        use epic_events::schema::users;
        users::table.select(users::email_key).order(users::id).load(&mut connection).unwrap()
    };
    assert_eq!(keys, [None, Some("élodie@example.org".to_owned()), None]);
}
