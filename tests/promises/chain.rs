//! The hash chain reveals changes of the audit log, and a write and its audit row are committed together.

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::{assigning::Assignment, clients::ClientDraft, users::Role},
    services::{
        Marked, Request, WriteRequest,
        admin::{self, Fault, Head},
    },
};
use rstest::rstest;
use secrecy::SecretString;
use std::thread;

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine,
        world::{World, client_draft, contract_draft, event_draft, hand_over, new_contract, user_draft},
    },
};

fn verified(world: &World, known: Option<&Head>) -> (Head, Option<Fault>) {
    let found = admin::verify_audit(&world.db.url, known).unwrap();
    (found.head, found.fault)
}

/// Changes the log with an account that may do everything, after removing the triggers and constraints that
/// protect it.
fn tamper(world: &World, sql: &str) {
    let mut db = world.connection();
    for trigger in ["audit_is_not_changed", "audit_is_not_removed", "audit_is_numbered"] {
        db.batch_execute(&format!("DROP TRIGGER IF EXISTS {trigger}")).unwrap();
    }
    if world.db.engine != Engine::Sqlite {
        let unguarded = "ALTER TABLE audit_log MODIFY seq BIGINT";
        db.batch_execute(unguarded).unwrap();
        db.batch_execute("ALTER TABLE audit_log DROP CONSTRAINT audit_log_seq").ok();
    }
    db.batch_execute(sql).unwrap();
}

#[rstest]
fn changed_removed_inserted_and_cut_audit_rows_are_detected(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let broken = |sql: &str| {
        let mut world = World::new(engine);
        world.records();
        let (head, fault) = verified(&world, None);
        assert_eq!((fault, head.seq > 10), (None, true));
        tamper(&world, sql);
        verified(&world, None).1
    };
    assert_eq!(broken("UPDATE audit_log SET actor_name = 'Somebody Else' WHERE seq = 5"), Some(Fault::Changed(5)));
    assert_eq!(broken("UPDATE audit_log SET record_id = 77 WHERE seq = 7"), Some(Fault::Changed(7)));
    assert_eq!(broken("DELETE FROM audit_log WHERE seq = 6"), Some(Fault::Removed(6)));
    let swap = "UPDATE audit_log SET seq = 999 WHERE seq = 4; UPDATE audit_log SET seq = 4 WHERE seq = 5; \
                UPDATE audit_log SET seq = 5 WHERE seq = 999";
    assert_eq!(broken(swap), Some(Fault::Changed(4)));
    let insert = |id: &str, seq: &str| broken(&insertion(id, seq));
    assert!(matches!(insert("9999", "NULL"), Some(Fault::Inserted(9999))));
    for (id, seq) in [("9999", "-1"), ("9999", "0"), ("-7", "NULL"), ("-7", "-1")] {
        let fault = insert(id, seq);
        assert_eq!(fault, Some(Fault::Inserted(id.parse().unwrap())), "a row with the id {id} and the number {seq}");
    }
    assert!(matches!(broken("DELETE FROM audit_log WHERE seq > 9"), Some(Fault::Cut(_))));
}

/// SQL that inserts an audit row without going through the program.
fn insertion(id: &str, seq: &str) -> String {
    format!(
        "INSERT INTO audit_log (id, seq, at, actor_name, action, record_type, record_name, changes, host, session_id, \
         operation_id, search) \
         VALUES ({id}, {seq}, '2026-01-01 00:00:00', 'x', 'client.created', 'client', 'x', '{{}}', '', '', '', '')"
    )
}

/// The table itself refuses rows that the chain would not cover, even from an account with full rights.
#[rstest]
fn the_audit_table_refuses_rows_without_a_chain_number(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let world = World::new(engine);
    for (id, seq) in [("9999", "NULL"), ("9999", "0"), ("9999", "-1"), ("-7", "NULL")] {
        let taken = world.connection().batch_execute(&insertion(id, seq));
        assert!(taken.is_err(), "a row with the id {id} and the number {seq} was taken");
    }
    assert_eq!(verified(&world, None).1, None);
}

/// Rows that an older program wrote have no place in the chain. Their number is stored, so that a removed or
/// added one is detected.
#[rstest]
fn a_row_removed_or_added_before_the_chain_is_detected(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let aged = || {
        let world = World::new(engine);
        // Like a migrated company: the first rows have no number, and the chain begins after them.
        let first = "UPDATE audit_log SET seq = NULL, hash = '' WHERE seq <= 3; DELETE FROM audit_log WHERE seq > 3; \
                     UPDATE settings SET value = '' WHERE `key` = 'audit_head'; \
                     UPDATE settings SET value = '3' WHERE `key` = 'audit_before'";
        tamper(&world, first);
        world
    };
    let mut world = aged();
    assert_eq!(verified(&world, None).1, None, "the chain has no row yet");
    world.client_of(world.sales.actor.id, "Kevin Casey");
    assert_eq!(verified(&world, None).1, None);
    tamper(&world, "DELETE FROM audit_log WHERE id = (SELECT id FROM (SELECT MIN(id) AS id FROM audit_log) AS a)");
    assert_eq!(verified(&world, None).1, Some(Fault::Before { known: 3, found: 2 }));
    tamper(&world, &insertion("1", "NULL"));
    tamper(&world, &insertion("0", "NULL").replace("(0,", "(-5,"));
    assert_eq!(verified(&world, None).1, Some(Fault::Inserted(-5)));
}

#[test]
fn a_saved_chain_head_reveals_a_truncated_log() {
    let mut world = World::new(Engine::Sqlite);
    world.records();
    let (kept, _) = verified(&world, None);
    // The attacker who removes the newest rows also corrects the stored head of the chain.
    tamper(&world, "DELETE FROM audit_log WHERE seq > 9");
    let shorter = admin::verify_audit(&world.db.url, None).unwrap();
    let noted = format!("UPDATE settings SET value = '{}' WHERE \"key\" = 'audit_head'", shorter.head);
    tamper(&world, &noted);
    assert_eq!(verified(&world, None).1, None, "without the saved head the chain looks intact");
    assert_eq!(verified(&world, Some(&kept)).1, Some(Fault::Cut(kept.seq)));
    // Adding rows does not hide it: the row with the saved number has another hash.
    for number in 0..20 {
        world.client_of(world.sales.actor.id, &format!("Client {number}"));
    }
    assert_eq!(verified(&world, Some(&kept)).1, Some(Fault::Changed(kept.seq)));
    assert!(kept.to_string().parse::<Head>() == Ok(kept));
}

#[rstest]
fn concurrent_writers_produce_one_chain(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let world = World::new(engine);
    let each = rounds(15);
    let sales = world.sales.actor.id;
    thread::scope(|scope| {
        for who in [&world.manager, &world.sales, &world.other_sales] {
            let db = &world.db;
            scope.spawn(move || {
                let mut services = services(db);
                for number in 0..each {
                    let draft = client_draft(&format!("{} {number}", who.actor.username));
                    let owner = if who.actor.role == Role::Sales { None } else { Some(sales) };
                    let request = Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner });
                    services.execute(Some(who), &request, later(60)).unwrap();
                }
            });
        }
    });
    let (head, fault) = verified(&world, None);
    assert_eq!(fault, None);
    let created = world.audit().iter().filter(|verb| *verb == "client.created").count();
    assert_eq!(created, 3 * each);
    figure("16 one chain", engine.name(), &format!("{} rows, {} writes by three at once", head.seq, 3 * each));
}

/// The requests of a manager that write, one of each kind.
fn writes(world: &mut World) -> Vec<Request> {
    let records = world.records();
    let spare = world.hire("spare", Role::Support);
    let alone = world.client_of(world.sales.actor.id, "Alone");
    let draft = ClientDraft { full_name: "Somebody New".to_owned(), ..client_draft("x") };
    let event = records.event;
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    let (secret, other) = (|text: &str| SecretString::from(text), world.other_sales.actor.id);
    let support = Some(world.other_support.actor.id);
    let assign = Assignment { event, version: records.event_version, support };
    let seen = epic_events::storage::users::find(&mut world.connection(), spare.actor.id).unwrap().unwrap();
    let (id, version) = (seen.id, seen.version);
    vec![
        Request::Write(WriteRequest::CreateUser {
            draft: user_draft("new.one", Role::Sales),
            password: secret("some temporary words"),
        }),
        Request::Write(WriteRequest::UpdateUser {
            id,
            version,
            draft: user_draft("renamed", Role::Support),
            heirs: None,
        }),
        Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }),
        Request::Write(WriteRequest::ResetPassword { id, version, password: secret("some temporary words") }),
        Request::Write(WriteRequest::CreateClient { draft: draft.clone(), sales_contact: Some(other) }),
        Request::Write(WriteRequest::UpdateClient { id: records.client, version: 1, draft }),
        hand_over(&[(records.client, 1), (alone, 1)], other),
        Request::Write(WriteRequest::ArchiveClient { id: alone, version: 1 }),
        Request::Write(WriteRequest::ArchiveAll(Marked::Clients(vec![(alone, 1)]))),
        new_contract(records.client, 10_000, 10_000),
        Request::Write(WriteRequest::UpdateContract {
            id: records.contract,
            version: 1,
            draft: contract_draft(10_000),
            difference: None,
        }),
        crate::support::world::sign(records.contract, 1),
        Request::Write(WriteRequest::ArchiveContract { id: records.contract, version: 1 }),
        Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft: event_draft("Another", 40) }),
        Request::Write(WriteRequest::UpdateEvent {
            id: event,
            version: records.event_version,
            draft: event_draft("Renamed", 50),
        }),
        Request::Write(WriteRequest::SetStatus {
            id: event,
            version: records.event_version,
            status: epic_events::domain::events::Status::Confirmed,
        }),
        Request::Write(WriteRequest::AssignSupport(vec![assign])),
        Request::Write(WriteRequest::ArchiveEvent { id: event, version: records.event_version }),
        Request::Write(WriteRequest::UpdateSettings(epic_events::domain::settings::Settings {
            company_name: "Other Name".to_owned(),
            ..settings
        })),
    ]
}

/// A trigger refuses the audit row after the record was written: the whole write is rolled back.
#[rstest]
fn a_write_whose_audit_row_fails_is_rolled_back(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let requests = writes(&mut world);
    let refuse = match engine {
        Engine::Sqlite => "BEGIN SELECT RAISE(ABORT, 'no room'); END",
        Engine::MariaDb | Engine::Mysql => "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no room'",
    };
    world.connection().batch_execute(&format!("CREATE TRIGGER no_room BEFORE INSERT ON audit_log {refuse}")).unwrap();
    let (before, log) = (world.state(), world.audit());
    let manager = world.manager.clone();
    for request in &requests {
        let answer = world.ask(Some(&manager), request);
        assert!(answer.is_err(), "{request:?} was reported as done");
        assert_eq!(world.state(), before, "{request:?}");
    }
    world.connection().batch_execute("DROP TRIGGER no_room").unwrap();
    assert_eq!(world.audit(), log);
    // Once the log accepts rows again, the same requests leave one row for each record.
    for (request, records) in [(&requests[6], 2), (&requests[4], 1), (&requests[13], 1)] {
        let log = world.audit().len();
        world.ask(Some(&manager), request).unwrap();
        assert_eq!(world.audit().len() - log, records, "{request:?}");
    }
    figure(
        "17 write and row are one",
        engine.name(),
        &format!("{} kinds of writes, 0 left without a row", requests.len()),
    );
}
