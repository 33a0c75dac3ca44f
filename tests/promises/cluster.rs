//! Promises about deactivation, concurrent edits, late commits, sign-in and failover, on a Galera cluster of
//! three nodes.

use std::{
    sync::{Barrier, OnceLock},
    thread,
    time::{Duration, Instant},
};

use epic_events::{
    domain::{Error, error::ConnectionProblem, users::Role},
    services::{Reply, Request, SessionRequest, WriteRequest},
};
use secrecy::SecretString;

use crate::{
    common::{figure, later, rounds, services, within},
    races,
    support::{
        TestDb,
        cluster::Cluster,
        proxy::Proxy,
        wait_until,
        world::{PASSWORD, World, client_draft},
    },
};

const ON: &str = "Galera, three nodes";

/// The cluster shared by the tests that stop none of its nodes.
fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

#[test]
fn a_user_deactivated_on_one_node_writes_nothing_on_another() {
    let mut world = World::of(TestDb::at(cluster().url("ended", &[0])));
    races::deactivate_while_they_save(&mut world, ON, &cluster().url("ended", &[1]));
}

#[test]
fn eight_editors_on_three_nodes_lose_no_update() {
    let each: Vec<String> = (0..3).map(|number| cluster().url("edited", &[number])).collect();
    let mut world = World::of(TestDb::at(each[0].clone()));
    races::edit_by_eight(&mut world, ON, &each);
}

/// When a COMMIT or its response is late, the program looks up the outcome on another node, which does not wait
/// for the locks of the first one. The client is saved exactly once all the same.
#[test]
fn a_commit_delayed_on_one_node_is_saved_once() {
    let [here, there] = [0, 1].map(|number| cluster().url("late", &[number]));
    let world = World::of(TestDb::at(there));
    races::wait_until_known(&here, &world.manager);
    let port = cluster().nodes[0].port;
    for late in ["Late COMMIT", "Late answer"] {
        let proxy = Proxy::to(port);
        let url = cluster().url("late", &[0, 1]).replacen(&port.to_string(), &proxy.port.to_string(), 1);
        let mut services = services(&TestDb::at(url));
        services.connect().unwrap();
        let long = Duration::from_mins(1);
        if late == "Late COMMIT" {
            proxy.hold_commit(long);
        } else {
            proxy.hold_answer(long);
        }
        let create = Request::Write(WriteRequest::CreateClient {
            draft: client_draft(late),
            sales_contact: Some(world.sales.actor.id),
        });
        let answer = thread::scope(|scope| {
            let saver = scope.spawn(|| services.execute(Some(&world.manager), &create, later(60)));
            proxy.wait_until_holding();
            proxy.take_no_more();
            saver.join().unwrap()
        });
        assert!(matches!(answer, Ok(Reply::Saved { .. })), "{late}: {answer:?}");
        proxy.release();
        drop(services);
        let first = &cluster().nodes[0];
        let connected = ["-BN", "-e", "SELECT COUNT(*) FROM information_schema.processlist WHERE db = 'late'"];
        wait_until("the connections to the first node are closed", || first.client(&connected) == ["0"]);
        let count = format!("SELECT COUNT(*) FROM late.clients WHERE full_name = '{late}'");
        wait_until("the client is on the first node", || first.client(&["-BN", "-e", &count]) != ["0"]);
        assert_eq!(first.client(&["-BN", "-e", &count]), ["1"], "{late}");
    }
}

/// By this number a node is told from another one of the same name, port and folder (`storage/lease.rs`).
#[test]
fn every_node_has_a_number_of_its_own() {
    let ask = "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'WSREP_GCOMM_UUID'";
    let mut numbers: Vec<String> = cluster().nodes.iter().flat_map(|node| node.client(&["-BN", "-e", ask])).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "{numbers:?}");
}

/// Eight users sign in at the same moment, each through one of the three nodes.
#[test]
fn eight_simultaneous_sign_ins_on_three_nodes_succeed() {
    let each: Vec<String> = (0..3).map(|number| cluster().url("signed_in", &[number])).collect();
    let mut world = World::of(TestDb::at(each[0].clone()));
    let names: Vec<String> = (0..8).map(|number| format!("early{number}")).collect();
    for name in &names {
        let hired = world.hire(name, Role::Sales);
        for url in &each {
            races::wait_until_known(url, &hired);
        }
    }
    let (mornings, barrier) = (rounds(10), Barrier::new(names.len()));
    let come_in = &|number: usize| {
        let mut services = services(&TestDb::at(each[number % each.len()].clone()));
        services.connect().unwrap();
        let one = |morning: usize| {
            let request = Request::Session(SessionRequest::SignIn {
                login: names[number].clone(),
                password: SecretString::from(PASSWORD),
            });
            barrier.wait();
            let begun = Instant::now();
            let answer = services.execute(None, &request, later(3_600 * u64::try_from(morning).unwrap()));
            (answer, begun.elapsed())
        };
        (0..mornings).map(one).collect::<Vec<_>>()
    };
    let answers: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..names.len()).map(|number| scope.spawn(move || come_in(number))).collect();
        all.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    // A node may be interrupted while it reads a table's triggers, and then keep them broken for a while.
    let (mut told, mut slowest) = (0, Duration::ZERO);
    for (answer, took) in &answers {
        match answer {
            Ok(Reply::SignedIn(_)) => slowest = slowest.max(*took),
            Err(Error::Unavailable(ConnectionProblem::Timeout)) => told += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(told * 2 < answers.len(), "{told} of {} had to try again", answers.len());
    figure(
        "13 signing in",
        ON,
        &format!(
            "{} at once on {mornings} mornings, {told} told to try again, the last of the others after {slowest:?}",
            names.len()
        ),
    );
}

/// After a node dies, the next save goes to another node. Without a majority of nodes the user is told so.
#[test]
fn a_lost_node_is_replaced_by_another() {
    let cluster = Cluster::start();
    let mut world = World::of(TestDb::at(cluster.url("company", &[0])));
    let (manager, owner) = (world.manager.clone(), world.sales.actor.id);
    let mut services = services(&TestDb::at(cluster.url("company", &[1, 2, 0])));
    let mut save = |name: &str| {
        let create =
            Request::Write(WriteRequest::CreateClient { draft: client_draft(name), sales_contact: Some(owner) });
        let begun = Instant::now();
        (services.execute(Some(&manager), &create, later(60)), begun.elapsed())
    };
    assert!(matches!(save("Before").0, Ok(Reply::Saved { .. })));
    cluster.kill(1);
    let (answer, dead) = save("After a death");
    assert!(matches!(answer, Ok(Reply::Saved { .. })), "{answer:?}");
    within(dead, Duration::from_secs(10));
    // The remaining node in use loses its last peer and thereby the majority.
    cluster.freeze(0);
    let deadline = Instant::now() + Duration::from_secs(90);
    let mut number = 0;
    let (alone, told) = loop {
        number += 1;
        let (answer, took) = save(&format!("Alone {number}"));
        match answer {
            Err(Error::Unavailable(ConnectionProblem::NoMajority)) => break (number, took),
            Ok(_) | Err(Error::Unavailable(_) | Error::OutcomeUnknown) => {
                assert!(Instant::now() < deadline, "the missing majority was not reported");
            }
            other => panic!("{other:?}"),
        }
    };
    cluster.thaw(0);
    let begun = Instant::now();
    while save("Together again").0.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(90), "the nodes did not form a cluster again");
    }
    let back = begun.elapsed();
    figure(
        "13 another node",
        ON,
        &format!(
            "saved {dead:?} after a death; no majority told in {told:?} (attempt {alone}); saved {back:?} after its return"
        ),
    );
    world.client_of(owner, "And it goes on");
}
