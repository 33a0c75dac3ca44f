//! Sign-in, passwords, confirmations, and the protection of the audit log and of the database account.

use super::*;
use diesel::connection::SimpleConnection;

#[rstest]
fn every_failed_sign_in_gives_the_same_error(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let gone = world.hire("gone", Role::Sales);
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: gone.actor.id, version: 2, heirs: None }));
    let wrong = Error::SignIn(SignInProblem::Wrong);
    assert_eq!(world.sign_in("nobody", PASSWORD).unwrap_err(), wrong);
    assert_eq!(world.sign_in("sales", "something else").unwrap_err(), wrong);
    assert_eq!(world.sign_in("gone", PASSWORD).unwrap_err(), wrong);
    assert_eq!(world.sign_in("sales", &"x".repeat(80)).unwrap_err(), wrong);
    // Signing in by e-mail address works too, in any case and with spaces around.
    assert!(world.sign_in(" SALES@Example.org ", PASSWORD).is_ok());
}

#[rstest]
fn guessing_is_slowed_down_for_unknown_names_too(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    for login in ["sales", "nobody"] {
        let mut now = Moment { utc: start() + TimeDelta::days(1), ticks: 1 };
        let mut guess = |password: &str, seconds| {
            now.utc += TimeDelta::seconds(seconds);
            let request = Request::Session(SessionRequest::SignIn {
                login: login.to_owned(),
                password: SecretString::from(password),
            });
            world.services.execute(None, &request, now)
        };
        let wrong: Result<(), Error> = Err(Error::SignIn(SignInProblem::Wrong));
        let mut told = Vec::new();
        for _ in 0..5 {
            told.push(guess("wrong", 0).map(drop));
        }
        let wait = Err(Error::SignIn(SignInProblem::Wait(1)));
        assert_eq!(told, [wrong.clone(), wrong.clone(), wrong, wait.clone(), wait], "{login}");
        // Before the delay is over not even the right password is checked.
        assert!(matches!(guess(PASSWORD, 0), Err(Error::SignIn(SignInProblem::Wait(_)))));
        assert_eq!(guess(PASSWORD, 5).is_ok(), login == "sales");
    }
}

/// People sometimes type their password in the name field. For an unknown name the database keeps only a keyed
/// hash, which is enough to slow down further attempts with it, in any spelling and from any program.
#[rstest]
fn an_unknown_login_name_is_not_stored_in_clear(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let now = world.now();
    let attempt = |typed: &str| {
        Request::Session(SessionRequest::SignIn { login: typed.to_owned(), password: SecretString::from(PASSWORD) })
    };
    for typed in ["Canary pass-phrase 17", " canary PASS-phrase 17", "canary pass-phrase 17"] {
        let mut elsewhere = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
        let answer = elsewhere.execute(None, &attempt(typed), now);
        assert_eq!(answer.unwrap_err(), Error::SignIn(SignInProblem::Wrong));
    }
    let answer = world.services.execute(None, &attempt("canary pass-phrase 17"), now);
    assert_eq!(answer.unwrap_err(), Error::SignIn(SignInProblem::Wait(1)), "all three counted as one name");
    assert_eq!(world.audit().iter().filter(|action| *action == "session.refused").count(), 4);
    assert!(!holds(&world.db.stored(), "canary"));
}

/// An older program stored unknown names in clear. The migration removes them, from the file as well, and
/// afterwards the table refuses anything but a hash.
#[rstest]
fn stored_login_names_are_removed_by_the_migration(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let mut db = world.connection();
    let older = match engine {
        Engine::Sqlite => include_str!("../../migrations/sqlite/0006_unknown_logins/down.sql"),
        Engine::MariaDb | Engine::Mysql => include_str!("../../migrations/mysql/0006_unknown_logins/down.sql"),
    };
    let typed = "INSERT INTO unknown_logins VALUES ('canary pass-phrase 17', 3, '2026-11-21 09:00:00')";
    for sql in [older, "DELETE FROM __diesel_schema_migrations WHERE version = '0006'", typed] {
        db.batch_execute(sql).unwrap();
    }
    drop(db);
    assert!(holds(&world.db.stored(), "canary"));
    storage::migrate::migrate(&mut world.connection()).unwrap();
    assert!(world.connection().batch_execute(typed).is_err());
    // SQLite keeps its -wal file while a connection is open, so close them.
    world.services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    assert!(!holds(&world.db.stored(), "canary"));
    assert_eq!(world.sign_in("nobody", PASSWORD).unwrap_err(), Error::SignIn(SignInProblem::Wrong));
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Failures on a computer whose clock is a day ahead cause no longer delay than the regular one for that number
/// of failures.
#[rstest]
fn a_wrong_clock_does_not_lengthen_the_sign_in_delay(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    for (failures, delay, known) in [(1, 0, "sales"), (3, 1, "other.sales"), (5, 4, "support"), (12, 300, "manager")] {
        for login in [known.to_owned(), format!("nobody.{failures}")] {
            let mut guess = |password: &str, seconds: i64| {
                let request = Request::Session(SessionRequest::SignIn {
                    login: login.clone(),
                    password: SecretString::from(password),
                });
                let now = Moment { utc: start() + TimeDelta::seconds(seconds), ticks: 1 };
                world.services.execute(None, &request, now)
            };
            let ahead = 24 * 3_600;
            for number in 0..failures {
                let answer = guess("wrong", ahead + number * 400).unwrap_err();
                assert_eq!(answer, Error::SignIn(SignInProblem::Wrong), "{login}");
            }
            if delay > 0 {
                let regular = Error::SignIn(SignInProblem::Wait(delay));
                assert_eq!(guess(PASSWORD, 100).unwrap_err(), regular, "{login} after {failures} failures");
            }
            let answer = guess(PASSWORD, 100 + i64::from(delay));
            if login == known {
                assert!(answer.is_ok(), "{login} after {failures} failures: {answer:?}");
            } else {
                assert_eq!(answer.unwrap_err(), Error::SignIn(SignInProblem::Wrong), "{login}");
            }
        }
    }
}

/// At sign-in the password is rehashed if the cost was raised, but not if it was lowered.
#[rstest]
fn passwords_are_rehashed_when_the_cost_rises(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    for (cost, stored) in [(4, 4), (5, 5), (4, 5)] {
        world.services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), cost);
        assert_eq!(world.sign_in("sales", "not the password").unwrap_err(), Error::SignIn(SignInProblem::Wrong));
        world.sign_in("sales", PASSWORD).unwrap();
        let account = storage::users::by_login(&mut world.connection(), "sales").unwrap().unwrap();
        let hash = account.password_hash;
        assert!(hash.starts_with(&format!("$2b$0{stored}$")), "at cost {cost}: {}", &hash[..7]);
    }
}

#[rstest]
fn changing_the_own_password_requires_the_current_one(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (session, now) = (world.sales.clone(), world.now());
    let change = |current: &str| {
        Request::Write(WriteRequest::ChangeOwnPassword {
            current: SecretString::from(current),
            new: SecretString::from("other words of mine"),
        })
    };
    let answer = world.services.execute(Some(&session), &change("not the password"), now);
    assert_eq!(invalid(answer, Field::CurrentPassword), Problem::WrongPassword);
    assert!(world.sign_in("sales", PASSWORD).is_ok());
    world.services.execute(Some(&session), &change(PASSWORD), now).unwrap();
    assert!(world.sign_in("sales", "other words of mine").is_ok());
}

/// The right password does not confirm a session whose account has changed since sign-in.
#[rstest]
fn a_session_whose_account_changed_cannot_be_confirmed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (here, now) = (world.sales.clone(), world.now());
    let confirm = Request::Session(SessionRequest::Confirm { password: SecretString::from(PASSWORD) });
    let (mut elsewhere, mut before) = (here.clone(), here.clone());
    elsewhere.actor.role = Role::Management;
    before.auth_epoch -= 1;
    assert!(world.services.execute(Some(&here), &confirm, now).is_ok());
    for session in [elsewhere, before] {
        let answer = world.services.execute(Some(&session), &confirm, now);
        assert!(matches!(answer, Err(Error::SignedOut(SignedOutBecause::AccountChanged))), "{answer:?}");
    }
}

#[rstest]
fn sensitive_actions_require_the_password_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { reauth: Reauth::Sensitive, ..settings })));
    let mut manager = world.manager.clone();
    let sign = crate::support::world::sign(records.contract, 1);
    let log = world.audit().len();
    assert_eq!(world.ask(Some(&manager), &sign).unwrap_err(), Error::PasswordNeeded);
    assert_eq!(world.audit().len(), log, "nothing was written yet");
    let edit = Request::Write(WriteRequest::UpdateContract {
        id: records.contract,
        version: 1,
        draft: contract_draft(5_000),
        difference: None,
    });
    assert!(world.ask(Some(&manager), &edit).is_ok(), "an edit is not sensitive");
    let Reply::Confirmed { at } = world
        .ask(Some(&manager), &Request::Session(SessionRequest::Confirm { password: SecretString::from(PASSWORD) }))
        .unwrap()
    else {
        panic!("confirmed")
    };
    manager.confirmed_at = Some(at);
    let sign = crate::support::world::sign(records.contract, 2);
    assert!(world.ask(Some(&manager), &sign).is_ok());
    // After five minutes the password is required again.
    let later = Moment { utc: start() + TimeDelta::minutes(10), ticks: at + 5 * 60 * 1000 + 1 };
    let archive = Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version });
    assert_eq!(world.services.execute(Some(&manager), &archive, later).unwrap_err(), Error::PasswordNeeded);
}

/// With a slow server, the validity of a confirmation starts with its response: before that, the user could not
/// send the action it was for.
#[rstest]
fn a_confirmation_is_valid_from_its_response_on(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    const EACH_WAY: u64 = 100;
    let mut world = World::new(engine);
    let records = world.records();
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { reauth: Reauth::Always, ..settings })));
    let wire = support::proxy::Proxy::to(support::server(engine).port);
    wire.move_away(EACH_WAY);
    let url = world.db.url.replace(&support::server(engine).port.to_string(), &wire.port.to_string());
    let mut far = Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4);
    let mut manager = world.manager.clone();
    let (sent, begun) = (world.now(), std::time::Instant::now());
    let confirm = Request::Session(SessionRequest::Confirm { password: SecretString::from(PASSWORD) });
    let Ok(Reply::Confirmed { at }) = far.execute(Some(&manager), &confirm, sent) else { panic!("confirmed") };
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
    assert!(at >= sent.ticks + 2 * EACH_WAY && at <= sent.ticks + took, "{} after {took} ms", at - sent.ticks);
    manager.confirmed_at = Some(at);
    // Almost the full validity later, counted from the response.
    let edit = Request::Write(WriteRequest::UpdateContract {
        id: records.contract,
        version: 1,
        draft: contract_draft(5_000),
        difference: None,
    });
    let later = Moment { utc: start() + TimeDelta::minutes(10), ticks: sent.ticks + 2 * EACH_WAY + 10_000 };
    assert!(world.services.execute(Some(&manager), &edit, later).is_ok());
}

#[rstest]
fn passwords_are_never_truncated(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let mut create = |name: &str, password: String| {
        let draft = user_draft(name, Role::Sales);
        world.ask(
            Some(&manager),
            &Request::Write(WriteRequest::CreateUser { draft, password: SecretString::from(password) }),
        )
    };
    let long = "7-Kx ü".repeat(11);
    assert_eq!(invalid(create("too.long", long.clone()), Field::Password), Problem::TooManyBytes(71));
    assert_eq!(invalid(create("too.short", "7-Kx ü".to_owned()), Field::Password), Problem::TooShort(12));
    let longest: String = long.chars().take(61).collect();
    assert_eq!(longest.len(), 71);
    create("just.right", longest.clone()).unwrap();
    assert!(world.sign_in("just.right", &longest).is_ok());
    assert!(world.sign_in("just.right", &longest[..longest.len() - 1]).is_err());
}

/// Only management can read what other users did.
#[rstest]
fn only_management_reads_the_log_of_others(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.records();
    let sales = world.sales.clone();
    let request = Request::Read(ReadRequest::List(Query::Audit(listing(AuditFilter::default(), AuditSort::Time, 100))));
    let Reply::Page(page) = world.ask(Some(&sales), &request).unwrap() else { panic!("audit") };
    let page = page.of::<AuditRow>();
    assert!(!page.rows.is_empty() && page.rows.iter().all(|row| row.actor_id == Some(sales.actor.id)));
    let mine = ClientFilter { view: ClientView::Mine, ..ClientFilter::default() };
    let Reply::Page(page) = world
        .ask(Some(&sales), &Request::Read(ReadRequest::List(Query::Client(listing(mine, ClientSort::Name, 100)))))
        .unwrap()
    else {
        panic!("clients")
    };
    let page = page.of::<ClientRow>();
    assert_eq!(page.rows.len(), 1);
}

/// Audit rows cannot be changed or deleted, not even by SQL that bypasses the program.
#[rstest]
fn audit_rows_cannot_be_changed_or_deleted(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::audit_log;
    let world = World::new(engine);
    let mut db = world.connection();
    assert!(diesel::delete(audit_log::table).execute(&mut db).is_err());
    assert!(diesel::update(audit_log::table).set(audit_log::actor_name.eq("x")).execute(&mut db).is_err());
    assert!(!world.audit().is_empty());
}

/// The statements of the document for administrators that mention an account or create the database.
fn documented(about: &str) -> Vec<String> {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/administration.md")).unwrap();
    let (_, accounts) = document.split_once("### Accounts").unwrap();
    let (accounts, _) = accounts.split_once("\n### ").unwrap();
    let blocks = accounts.split("```sql\n").skip(1).filter_map(|block| block.split("```").next());
    let statements = blocks.flat_map(|block| block.split(';')).map(str::trim);
    let creates =
        |statement: &&str| ["CREATE USER", "CREATE DATABASE", "GRANT"].iter().any(|verb| statement.starts_with(verb));
    statements.filter(|statement| statement.contains(about)).filter(creates).map(str::to_owned).collect()
}

/// A server with a binary log does not let the documented set-up account create triggers. The set-up goes on without
/// them, and a later migration creates them once the server allows it.
#[rstest]
fn triggers_are_created_once_the_server_allows_it(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server = support::Server::start_with(engine, &["--log-bin=binlog".to_owned()]);
    for about in ["CREATE DATABASE epic_events", "'epic_setup'@'%'"] {
        server.client(&["-e", &documented(about).join(";")]);
    }
    let mut db = TestDb::on(&server, "epic_events");
    db.url = db.url.replace("crm:only-for-tests", "epic_setup:choose-one");
    let triggers = || {
        server
            .client(&["-BNe", "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = 'epic_events'"])
    };
    let mut world = World::of(db);
    assert_eq!(triggers(), ["0"]);
    world.records();
    server.client(&["-e", "SET GLOBAL log_bin_trust_function_creators = 1"]);
    storage::migrate::migrate(&mut world.connection()).unwrap();
    assert_eq!(triggers(), ["12"]);
    world.records();
}

/// The documented everyday account can do all the work, but cannot change the schema, delete clients or
/// change the audit log.
#[rstest]
fn the_documented_grants_are_sufficient_and_minimal(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (address, name) = world.db.url.rsplit_once('/').unwrap();
    let account = format!("'app_{name}'@'%'");
    let own = |statement: String| {
        statement.replace("'epic_events'@'%'", &account).replace("epic_events.", &format!("{name}."))
    };
    let grants: Vec<String> = documented("'epic_events'@'%'").into_iter().map(own).collect();
    assert_eq!(grants.len(), 15, "{grants:?}");
    support::server(engine).client(&["-e", &grants.join(";")]);
    let limited = address.replace("crm:only-for-tests", &format!("app_{name}:choose-another"));
    let limited = format!("{limited}/{name}");
    world.services = Services::new(Target::parse(&limited).unwrap(), "test".to_owned(), 4);
    let records = world.records();
    world.hire("fresh", Role::Support);
    assert!(world.sign_in("nobody", "at all").is_err());
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version }));
    super::views::arrange(&mut world);
    let mut db = epic_events::storage::Db::open(&Target::parse(&limited).unwrap()).unwrap();
    for forbidden in [
        "DELETE FROM audit_log",
        "UPDATE audit_log SET actor_name = 'x'",
        "DELETE FROM clients",
        "ALTER TABLE clients ADD COLUMN x INTEGER",
        "DROP TABLE events",
    ] {
        let answer = diesel::connection::SimpleConnection::batch_execute(&mut db, forbidden);
        assert!(answer.is_err_and(|error| error.to_string().contains("denied")), "{forbidden}");
    }
}
