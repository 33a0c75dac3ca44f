//! Every write that was acknowledged is still there after the program is killed.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use diesel::prelude::*;
use epic_events::{
    schema::{audit_log, clients, contracts},
    services::{Reply, Request, SessionRequest, WriteRequest, admin},
};

use crate::{
    common::{figure, integrity, later, rounds, services},
    support::{
        Engine, TestDb,
        world::{World, client_draft, hand_over},
    },
};

/// A child process that writes until it is killed and prints the number of each finished operation. The test
/// below starts this test binary again with these variables.
#[test]
fn child_process_that_writes_until_killed() {
    let (Ok(url), Ok(from)) = (std::env::var("VICTIM_URL"), std::env::var("VICTIM_FROM")) else { return };
    let db = TestDb::at(url);
    let mut services = services(&db);
    let sign_in = |name: &str| {
        Request::Session(SessionRequest::SignIn {
            login: name.to_owned(),
            password: secrecy::SecretString::from(crate::support::world::PASSWORD),
        })
    };
    let Ok(Reply::SignedIn(manager)) = services.execute(None, &sign_in("manager"), later(60)) else { panic!() };
    let owners: Vec<_> = ["sales", "other.sales"]
        .iter()
        .map(|name| match services.execute(None, &sign_in(name), later(60)) {
            Ok(Reply::SignedIn(session)) => session.actor.id,
            other => panic!("{other:?}"),
        })
        .collect();
    let mut number: u64 = from.parse().unwrap();
    loop {
        let name = format!("Client {number}");
        let create =
            Request::Write(WriteRequest::CreateClient { draft: client_draft(&name), sales_contact: Some(owners[0]) });
        let Ok(Reply::Saved { id, .. }) = services.execute(Some(&manager), &create, later(60)) else { panic!() };
        // The hand-over changes two records in one operation: both or none.
        let second = Request::Write(WriteRequest::CreateClient {
            draft: client_draft(&format!("{name} b")),
            sales_contact: Some(owners[0]),
        });
        let Ok(Reply::Saved { id: other, .. }) = services.execute(Some(&manager), &second, later(60)) else { panic!() };
        let pair = [id, other].map(|id| (epic_events::domain::ClientId::new(id), 1));
        let hand_over = hand_over(&pair, owners[1]);
        services.execute(Some(&manager), &hand_over, later(60)).unwrap();
        println!("DONE {number}");
        number += 1;
    }
}

#[test]
fn a_killed_program_loses_nothing_it_acknowledged() {
    let mut world = World::new(Engine::Sqlite);
    let rounds = rounds(5);
    let (mut next, mut acknowledged) = (0_u64, Vec::new());
    for round in 0..rounds {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["durability::child_process_that_writes_until_killed", "--exact", "--nocapture"])
            .env("VICTIM_URL", &world.db.url)
            .env("VICTIM_FROM", next.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(victim.stdout.take().unwrap()).lines();
        // Kill it in the middle of its writes, after one of the first finished operations.
        let mut left = 1 + round % 4;
        while left > 0 {
            let line = said.next().unwrap().unwrap();
            if let Some((_, number)) = line.split_once("DONE ") {
                acknowledged.push(number.trim().parse::<u64>().unwrap());
                left -= 1;
            }
        }
        std::thread::park_timeout(std::time::Duration::from_micros(u64::try_from(round % 23).unwrap() * 311));
        victim.kill().unwrap();
        victim.wait().unwrap();
        for line in said.map_while(Result::ok) {
            acknowledged.extend(line.split_once("DONE ").and_then(|(_, number)| number.trim().parse::<u64>().ok()));
        }
        next = acknowledged.iter().max().map_or(0, |last| last + 2);
    }
    let mut db = world.connection();
    let names: Vec<(String, i64)> =
        clients::table.select((clients::full_name, clients::sales_contact_id)).load(&mut db).unwrap();
    let owner = |name: &str| names.iter().find(|(one, _)| one == name).map(|(_, owner)| *owner);
    let new_owner = world.other_sales.actor.id.0;
    for number in &acknowledged {
        for name in [format!("Client {number}"), format!("Client {number} b")] {
            assert_eq!(owner(&name), Some(new_owner), "{name} was acknowledged");
        }
    }
    // No operation is half done: both clients of a pair have the same owner, and every client has its audit
    // row.
    let handed: Vec<&String> = names.iter().filter(|(_, owner)| *owner == new_owner).map(|(name, _)| name).collect();
    assert_eq!(handed.len() % 2, 0);
    let created: i64 =
        audit_log::table.filter(audit_log::action.eq("client.created")).count().get_result(&mut db).unwrap();
    assert_eq!(usize::try_from(created).unwrap(), names.len());
    assert_eq!(integrity(&mut db), ["ok"]);
    assert_eq!(contracts::table.count().get_result::<i64>(&mut db).unwrap(), 0);
    assert_eq!(admin::verify_audit(&world.db.url, None).unwrap().fault, None);
    world.client_of(world.sales.actor.id, "And it goes on");
    let done = acknowledged.len();
    figure(
        "9 killed program",
        Engine::Sqlite.name(),
        &format!("{rounds} kills, {done} operations acknowledged, 0 lost, 0 halves"),
    );
}
