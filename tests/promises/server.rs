//! What a database server acknowledged is there after it was killed.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use diesel::prelude::*;
use epic_events::{
    domain::{ClientId, Error, UserId, session::Session},
    schema::{audit_log, clients},
    services::{HandOver, Reply, Request, upkeep},
    storage::Db,
};
use rstest::rstest;
use rustix::process::Signal;

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine, Server, TestDb,
        world::{World, client_draft},
    },
};

/// One pair of clients made and handed over together: what was acknowledged of it.
#[derive(Default, Clone, Copy)]
struct Told {
    created: u8,
    handed_over: bool,
}

/// Writes pairs until the server is gone; the answer that was never given counts for nothing.
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
            let create = Request::CreateClient { draft, sales_contact: Some(owners[0]) };
            match services.execute(Some(manager), &create, later(60)) {
                Ok(Reply::Saved { id, .. }) => pair.push((ClientId::new(id), 1)),
                Err(Error::Unavailable(_) | Error::OutcomeUnknown) => break,
                other => panic!("{other:?}"),
            }
            told.created += 1;
        }
        if pair.len() == 2 {
            let hand_over = Request::HandOverClients(HandOver { clients: pair, to: owners[1] });
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
fn a_server_that_is_killed_loses_nothing_that_it_acknowledged(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    // As a server is run that holds what it has said.
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
    assert_eq!(upkeep::verify_audit(&world.db.url, None).unwrap().fault, None);
    let checked = server.client(&["-BN", "killed", "-e", "CHECK TABLE users, clients, audit_log"]);
    assert!(checked.iter().all(|line| line.ends_with("OK")), "{checked:?}");
    world.client_of(world.sales.actor.id, "And it goes on");
    figure(
        "9 killed server",
        engine.name(),
        &format!("{rounds} kills, {acknowledged} operations acknowledged, 0 lost, 0 halves"),
    );
}
