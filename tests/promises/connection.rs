//! When a connection breaks, freezes or dies, the outcome of a save is reported truthfully and later saves
//! succeed.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use epic_events::{
    domain::{Error, error::ConnectionProblem},
    schema::clients,
    services::{ReadRequest, Reply, Request, Services, WriteRequest},
    storage::Target,
};
use rstest::rstest;

use crate::{
    common::{figure, later, rounds, within},
    support::{
        Engine,
        proxy::Proxy,
        server,
        world::{World, client_draft},
    },
};

fn through(world: &World, ports: &[u16]) -> Services {
    let hosts: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    let own = format!("127.0.0.1:{}", server(world.db.engine).port);
    let url = world.db.url.replace(&own, &hosts.join(","));
    Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4)
}

fn stored(world: &World, name: &str) -> i64 {
    clients::table.filter(clients::full_name.eq(name)).count().get_result(&mut world.connection()).unwrap()
}

fn create(world: &World, name: &str) -> Request {
    Request::Write(WriteRequest::CreateClient { draft: client_draft(name), sales_contact: Some(world.sales.actor.id) })
}

/// The connection is cut after each byte of COMMIT, of what is sent with it and of the response: the client is
/// saved once or not at all, and the program reports which.
#[rstest]
fn a_commit_cut_at_any_byte_is_reported_truthfully(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let world = World::new(engine);
    let proxy = Proxy::to(server(engine).port);
    let mut services = through(&world, &[proxy.port]);
    let (mut told, mut cut) = ([0, 0], 0);
    for bytes in (0..).step_by(rounds(7)) {
        services.execute(Some(&world.manager), &Request::Read(ReadRequest::Home), later(60)).unwrap();
        proxy.cut_commit_after(bytes);
        let name = format!("Cut after {bytes}");
        let answer = services.execute(Some(&world.manager), &create(&world, &name), later(60));
        let there = stored(&world, &name);
        match &answer {
            Ok(Reply::Saved { .. }) => assert_eq!(there, 1, "{name}"),
            Err(Error::Unavailable(_)) => assert_eq!(there, 0, "{name}: {answer:?}"),
            other => panic!("{name}: {other:?}"),
        }
        told[usize::from(answer.is_ok())] += 1;
        if proxy.is_whole() {
            break;
        }
        cut += 1;
    }
    assert!(cut * rounds(7) > 200, "{cut} cuts");
    let [not_saved, saved] = told;
    figure(
        "10 broken COMMIT",
        engine.name(),
        &format!("{cut} cuts, {saved} told saved, {not_saved} told not saved, all true"),
    );
}

#[rstest]
fn after_a_server_failure_the_next_save_goes_to_another_one(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let world = World::new(engine);
    let (first, second) = (Proxy::to(server(engine).port), Proxy::to(server(engine).port));
    let mut services = through(&world, &[first.port, second.port]);
    services.execute(Some(&world.manager), &create(&world, "Before"), later(60)).unwrap();
    first.die();
    let begun = Instant::now();
    services.execute(Some(&world.manager), &create(&world, "After its death"), later(60)).unwrap();
    let dead = begun.elapsed();
    // The second server freezes while it is in use; a third one is available.
    let third = Proxy::to(server(engine).port);
    let mut services = through(&world, &[first.port, second.port, third.port]);
    services.execute(Some(&world.manager), &Request::Read(ReadRequest::Home), later(60)).unwrap();
    second.freeze(true);
    let begun = Instant::now();
    let answer = services.execute(Some(&world.manager), &create(&world, "After it froze"), later(60));
    let frozen = begun.elapsed();
    assert!(answer.is_ok(), "{answer:?}");
    within(frozen, Duration::from_secs(10));
    for name in ["Before", "After its death", "After it froze"] {
        assert_eq!(stored(&world, name), 1, "{name}");
    }
    figure("13 another host", engine.name(), &format!("after a death {dead:?}, after a freeze {frozen:?}"));
}

#[rstest]
fn an_unreachable_server_is_reported_and_saves_succeed_after_its_return(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let world = World::new(engine);
    let proxy = Proxy::to(server(engine).port);
    let mut services = through(&world, &[proxy.port]);
    services.execute(Some(&world.manager), &Request::Read(ReadRequest::Home), later(60)).unwrap();
    proxy.freeze(true);
    let answer = services.execute(Some(&world.manager), &create(&world, "Frozen"), later(60));
    let problem = ConnectionProblem::Timeout;
    assert!(
        matches!(&answer, Err(Error::Unavailable(why)) if *why == problem || *why == ConnectionProblem::Lost),
        "{answer:?}"
    );
    proxy.freeze(false);
    let begun = Instant::now();
    services.execute(Some(&world.manager), &create(&world, "Back again"), later(60)).unwrap();
    within(begun.elapsed(), Duration::from_secs(5));
    assert_eq!((stored(&world, "Frozen"), stored(&world, "Back again")), (0, 1));
}
