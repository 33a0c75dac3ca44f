//! A database server keeps what it acknowledged when it is killed, and its errors are recognised whatever its
//! language.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::{ClientId, Error, Field, UserId, error::ConnectionProblem, session::Session},
    schema::{audit_log, clients},
    services::{Reply, Request, WriteRequest, admin},
    storage::{
        Db, DbError, Target,
        grants::{Account, Made},
        migrate,
    },
};
use rstest::rstest;
use rustix::process::Signal;

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine, Server, TestDb,
        proxy::Proxy,
        server,
        world::{World, client_draft, hand_over},
    },
};

/// Which operations on one pair of clients were acknowledged: creating both, handing both over together.
#[derive(Default, Clone, Copy)]
struct Told {
    created: u8,
    handed_over: bool,
}

/// Writes pairs until the server is killed. An operation without a response does not count as acknowledged.
fn write_until_it_dies(
    (db, manager): (&TestDb, &Session),
    owners: [UserId; 2],
    first: usize,
    killed: &AtomicBool,
) -> Vec<Told> {
    let mut services = services(db);
    let mut all = Vec::new();
    while !killed.load(Ordering::SeqCst) {
        let number = first + all.len();
        let mut told = Told::default();
        let mut pair = Vec::new();
        for half in ["a", "b"] {
            let draft = client_draft(&format!("Pair {number} {half}"));
            let create = Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(owners[0]) });
            match services.execute(Some(manager), &create, later(60)) {
                Ok(Reply::Saved { id, .. }) => pair.push((ClientId::new(id), 1)),
                Err(Error::Unavailable(_) | Error::OutcomeUnknown) => break,
                other => panic!("{other:?}"),
            }
            told.created += 1;
        }
        if pair.len() == 2 {
            let hand_over = hand_over(&pair, owners[1]);
            match services.execute(Some(manager), &hand_over, later(60)) {
                Ok(_) => told.handed_over = true,
                Err(Error::Unavailable(_) | Error::OutcomeUnknown) => {}
                other => panic!("{other:?}"),
            }
        }
        all.push(told);
    }
    all
}

#[rstest]
fn a_killed_server_loses_nothing_it_acknowledged(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    // With the option that makes a server keep what it acknowledged.
    let mut server = Server::start_with(engine, &["--innodb-flush-log-at-trx-commit=1".to_owned()]);
    let mut world = World::of(TestDb::on(&server, "killed"));
    let rounds = rounds(3);
    let mut told: Vec<Told> = Vec::new();
    for round in 0..rounds {
        let killed = AtomicBool::new(false);
        let first = told.len();
        let (who, owners) = ((&world.db, &world.manager), [&world.sales, &world.other_sales].map(|one| one.actor.id));
        let more = thread::scope(|scope| {
            let writer = scope.spawn(|| write_until_it_dies(who, owners, first, &killed));
            let moment = 30_000 + u64::try_from(round * 7_919 % 120_000).unwrap();
            thread::park_timeout(std::time::Duration::from_micros(moment));
            server.signal(Signal::KILL);
            killed.store(true, Ordering::SeqCst);
            writer.join().unwrap()
        });
        told.extend(more);
        server.start_again();
    }
    let mut db: Db = world.connection();
    let rows: Vec<(String, i64)> =
        clients::table.select((clients::full_name, clients::sales_contact_id)).load(&mut db).unwrap();
    let owner = |name: String| rows.iter().find(|(one, _)| *one == name).map(|(_, owner)| *owner);
    let (mut acknowledged, new_owner) = (0, world.other_sales.actor.id.0);
    for (number, told) in told.iter().enumerate() {
        let owners = [owner(format!("Pair {number} a")), owner(format!("Pair {number} b"))];
        let there = owners.iter().flatten().count();
        assert!(there >= usize::from(told.created), "pair {number}: {there} of {}", told.created);
        let handed = owners.iter().flatten().filter(|owner| **owner == new_owner).count();
        assert!(handed == 0 || handed == 2, "half of hand-over {number}");
        assert!(handed == 2 || !told.handed_over, "hand-over {number} was acknowledged");
        acknowledged += usize::from(told.created) + usize::from(told.handed_over);
    }
    let created: i64 =
        audit_log::table.filter(audit_log::action.eq("client.created")).count().get_result(&mut db).unwrap();
    assert_eq!(usize::try_from(created).unwrap(), rows.len());
    assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
    let checked = server.client(&["-BN", "killed", "-e", "CHECK TABLE users, clients, audit_log"]);
    assert!(checked.iter().all(|line| line.ends_with("OK")), "{checked:?}");
    world.client_of(world.sales.actor.id, "And it goes on");
    figure(
        "9 killed server",
        engine.name(),
        &format!("{rounds} kills, {acknowledged} operations acknowledged, 0 lost, 0 halves"),
    );
}

/// Errors are recognised by their number, since their text may be in any language.
#[rstest]
fn errors_of_a_server_with_french_messages_are_recognised(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server = Server::start_with(engine, &["--lc-messages=fr_FR".to_owned()]);
    let mut world = World::of(TestDb::on(&server, "french"));
    let id = world.client_of(world.sales.actor.id, "Kevin Casey").0;
    server.client(&[
        "-e",
        "CREATE USER poor@'%' IDENTIFIED BY 'p'; GRANT SELECT ON french.__diesel_schema_migrations TO poor@'%'",
    ]);
    // The error names the missing right, for the person who configures the server.
    let poor = server.url("french").replace("crm:only-for-tests", "poor:p");
    let missing = services(&TestDb::at(poor.clone())).connect();
    assert_eq!(missing, Err(Error::Unavailable(ConnectionProblem::NotGranted("SELECT settings".to_owned()))));

    // The language of the messages is changed on an open connection.
    let open = |url: &str| {
        let mut db = Db::open(&Target::parse(url).unwrap()).unwrap();
        db.batch_execute("SET lc_messages = 'fr_FR'").unwrap();
        db
    };
    let mut db = open(&world.db.url);
    let mut means = |sql: &str| db.batch_execute(sql).map_err(DbError::from).unwrap_err();
    let taken = "UPDATE users SET username = 'manager' WHERE username = 'sales'";
    assert!(matches!(means(taken), DbError::Taken(Field::Username)));
    let taken =
        "UPDATE users SET email = 'manager@example.org', email_key = 'manager@example.org' WHERE username = 'sales'";
    assert!(matches!(means(taken), DbError::Taken(Field::Email)));
    let twice = "INSERT INTO audit_log (seq, at, actor_name, action, record_type, changes, host, session_id, operation_id, search) \
                 VALUES (1, '2026-01-01', '', '', '', '', '', '', '', '')";
    assert!(matches!(means(twice), DbError::Retry));
    assert!(matches!(means("UPDATE clients SET phone = ''"), DbError::Constraint(_)));
    assert!(matches!(means("UPDATE clients SET full_name = NULL"), DbError::Constraint(_)));
    server.client(&["-e", "CREATE DATABASE nothing"]);
    assert_eq!(migrate::level(&mut open(&server.url("nothing"))).unwrap(), migrate::Level::Empty);
    let mut poor = open(&poor);
    let refused = poor.batch_execute("SELECT * FROM users").map_err(DbError::from);
    assert!(matches!(refused, Err(DbError::Unavailable(ConnectionProblem::NotGranted(_)))), "{refused:?}");
    let made = Account { database: "french", name: "crm", password: "x" }.make(&mut poor);
    assert_eq!(made.unwrap(), Made::NotAllowed);
    let made = Account { database: "french", name: "crm", password: "x" }.make(&mut open(&world.db.url));
    assert_eq!(made.unwrap(), Made::Exists);

    // Another transaction locks the row for longer than the lock wait time-out.
    let mut holder = world.connection();
    let waited = holder.transact(|holder| {
        holder.batch_execute(&format!("UPDATE clients SET version = version WHERE id = {id}")).unwrap();
        let mut db = open(&world.db.url);
        db.batch_execute("SET innodb_lock_wait_timeout = 1").unwrap();
        let waited = db.batch_execute(&format!("UPDATE clients SET version = version WHERE id = {id}"));
        Ok::<_, DbError>(waited.map_err(DbError::from))
    });
    assert!(matches!(waited, Ok(Err(DbError::Retry))), "{waited:?}");

    // A connection ended by KILL is reported as lost.
    let number = db.texts("SELECT CONCAT(CONNECTION_ID()) AS text").unwrap().remove(0);
    server.client(&["-e", &format!("KILL {number}")]);
    let mut ended = || db.batch_execute("DO 0").map_err(DbError::from);
    assert!(matches!(ended(), Err(DbError::Unavailable(ConnectionProblem::Lost))));
    assert!(db.is_lost());
}

/// A node of a cluster that is interrupted while it opens a table says that there is no such table. Here the table
/// has another name until the program has been told so.
#[rstest]
fn a_save_is_repeated_after_the_server_has_not_found_a_table(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let server = server(engine);
    let world = World::of(TestDb::on(server, "unfound"));
    let rename = |from: &str, to: &str| server.client(&["-e", &format!("RENAME TABLE unfound.{from} TO unfound.{to}")]);
    let proxy = Proxy::to(server.port);
    let mut services =
        services(&TestDb::at(world.db.url.replacen(&server.port.to_string(), &proxy.port.to_string(), 1)));
    services.connect().unwrap();
    proxy.watch("ROLLBACK");
    proxy.hold_commit(Duration::from_secs(5));
    let create = WriteRequest::CreateClient { draft: client_draft("Saved"), sales_contact: Some(world.sales.actor.id) };
    rename("settings", "unfound_settings");
    let answer = thread::scope(|scope| {
        let saver = scope.spawn(|| services.execute(Some(&world.manager), &Request::Write(create), later(60)));
        proxy.wait_until_holding();
        rename("unfound_settings", "settings");
        proxy.release();
        saver.join().unwrap()
    });
    assert!(matches!(answer, Ok(Reply::Saved { .. })), "{answer:?}");
    assert_eq!(world.db.query("SELECT full_name FROM clients"), ["Saved"]);
}

/// A node of a cluster that is interrupted while it parses a table's triggers answers each write to that table
/// with an error of syntax, until it opens the table anew. Here the text of the trigger is damaged instead.
#[test]
fn a_save_while_the_server_cannot_parse_a_trigger_is_to_be_tried_again() {
    let server = server(Engine::MariaDb);
    let world = World::of(TestDb::on(server, "unparsed"));
    let file = server.folder.join("data/unparsed/audit_log.TRG");
    let valid = std::fs::read_to_string(&file).unwrap();
    let opened_with = |triggers: &str| {
        std::fs::write(&file, triggers).unwrap();
        server.client(&["-e", "FLUSH TABLES unparsed.audit_log"]);
    };
    let mut services = services(&world.db);
    let mut save = |name: &str| {
        let create =
            WriteRequest::CreateClient { draft: client_draft(name), sales_contact: Some(world.sales.actor.id) };
        services.execute(Some(&world.manager), &Request::Write(create), later(60))
    };
    opened_with(&valid.replace(" THEN ", " "));
    let refused = save("Refused");
    assert!(matches!(refused, Err(Error::Unavailable(ConnectionProblem::Timeout))), "{refused:?}");
    opened_with(&valid);
    assert!(matches!(save("Saved"), Ok(Reply::Saved { .. })));
    assert_eq!(world.db.query("SELECT full_name FROM clients"), ["Saved"]);
}
