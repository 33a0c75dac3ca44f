//! When the response to COMMIT is late or lost, the user is told the true outcome, or that the outcome is
//! unknown.

use std::{thread, time::Duration};

use diesel::prelude::*;
use epic_events::{
    domain::{Error, users::Role},
    schema::clients,
    services::{Reply, Request, Services, WriteRequest},
    storage::{self, Target},
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    common::{figure, later, rounds},
    support::{
        Engine,
        proxy::Proxy,
        server, wait_until, waiting_for_rows,
        world::{PASSWORD, World, client_draft, user_draft},
    },
};

fn through(world: &World, proxy: &Proxy) -> Services {
    let url = world.db.url.replace(&format!(":{}/", server(world.db.engine).port), &format!(":{}/", proxy.port));
    let mut services = Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4);
    services.connect().unwrap();
    services
}

fn stored(world: &World) -> i64 {
    clients::table.filter(clients::full_name.eq("Late")).count().get_result(&mut world.connection()).unwrap()
}

fn refusals(world: &World) -> usize {
    world.audit().iter().filter(|verb| *verb == "action.refused").count()
}

fn create(world: &World) -> Request {
    Request::Write(WriteRequest::CreateClient {
        draft: client_draft("Late"),
        sales_contact: Some(world.sales.actor.id),
    })
}

/// Delays in milliseconds, just below and just above each deadline: the wait for a response (6 s), then two
/// waits for the row that the first try still locks (5 s each). A long run adds delays spread over 22 s.
fn delays() -> Vec<u64> {
    let around = [1_000, 5_700, 6_300, 10_700, 11_300, 15_700, 16_500];
    let more = u64::try_from(rounds(0)).unwrap();
    around.into_iter().chain((0..more).map(|number| 22_000 * (number + 1) / more)).collect()
}

/// COMMIT or its response is delayed: the client is always saved exactly once, and the program never reports
/// that it was not saved.
#[rstest]
fn a_late_commit_is_reported_truthfully(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let one = |(delay, answer): (u64, bool)| {
        let world = World::new(engine);
        let proxy = Proxy::to(server(engine).port);
        let mut services = through(&world, &proxy);
        let time = Duration::from_millis(delay);
        if answer {
            proxy.hold_answer(time);
        } else {
            proxy.hold_commit(time);
        }
        let said = services.execute(Some(&world.manager), &create(&world), later(60));
        let what = format!("{} {delay} ms late: {said:?}", if answer { "answer" } else { "COMMIT" });
        assert!(matches!(said, Ok(Reply::Saved { .. }) | Err(Error::OutcomeUnknown)), "{what}");
        // It is saved in the end, whatever was reported: the server receives the COMMIT although the client has
        // disconnected.
        wait_until(&what, || stored(&world) > 0);
        assert_eq!((stored(&world), refusals(&world)), (1, 0), "{what}");
        said.is_ok()
    };
    let all: Vec<_> = delays().into_iter().flat_map(|delay| [(delay, false), (delay, true)]).collect();
    let mut saved = 0;
    for some in all.chunks(16) {
        let told = thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|case| scope.spawn(move || one(*case))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        saved += told.into_iter().filter(|told| *told).count();
    }
    let words = format!("{} delays, {saved} told saved, {} told unknown, all saved once", all.len(), all.len() - saved);
    figure("10 late COMMIT", engine.name(), &words);
}

/// These requests end the session that sends them. When the response to COMMIT is lost, the changed account
/// must not be mistaken for a refusal.
#[rstest]
fn a_change_that_ends_the_own_session_is_reported_as_saved_when_its_response_is_lost(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let password = || SecretString::from("another password of their own");
    for number in 0..4 {
        let mut world = World::new(engine);
        world.hire("second", Role::Management);
        let (manager, id) = (world.manager.clone(), world.manager.actor.id);
        let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
        let request = match number {
            0 => Request::Write(WriteRequest::ChangeOwnPassword {
                current: SecretString::from(PASSWORD),
                new: password(),
            }),
            1 => Request::Write(WriteRequest::UpdateUser {
                id,
                version,
                draft: user_draft("manager", Role::Sales),
                heirs: None,
            }),
            2 => Request::Write(WriteRequest::ResetPassword { id, version, password: password() }),
            _ => Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }),
        };
        let proxy = Proxy::to(server(engine).port);
        let mut services = through(&world, &proxy);
        proxy.lose_answer();
        let said = services.execute(Some(&manager), &request, later(60));
        assert!(said.is_ok(), "{request:?}: {said:?}");
        assert!(!proxy.is_whole(), "{request:?}");
        assert_eq!(refusals(&world), 0, "{request:?}");
        let now = storage::users::find(&mut world.connection(), id).unwrap().unwrap();
        assert_eq!(now.version, version + 1, "{request:?}");
    }
}

/// A manager ends the session before the response to COMMIT arrives. A save that reached the server is reported
/// as saved; one that never reached it is refused, and the log has that refusal.
#[rstest]
fn a_concurrent_change_of_the_account_does_not_hide_the_outcome_of_a_save(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    for arrived in [true, false] {
        let mut world = World::new(engine);
        let sales = world.sales.clone();
        let id = sales.actor.id;
        let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
        let reset = Request::Write(WriteRequest::ResetPassword {
            id,
            version,
            password: SecretString::from("some temporary words"),
        });
        let proxy = Proxy::to(server(engine).port);
        let mut services = through(&world, &proxy);
        let save = Request::Write(WriteRequest::CreateClient { draft: client_draft("Late"), sales_contact: None });
        if arrived {
            proxy.lose_answer();
            proxy.hold_answer(Duration::from_mins(1));
        } else {
            proxy.cut_commit_after(0);
            proxy.hold_commit(Duration::from_mins(1));
        }
        let said = thread::scope(|scope| {
            let saver = scope.spawn(|| services.execute(Some(&sales), &save, later(60)));
            proxy.wait_until_holding();
            let url = world.db.url.clone();
            let manager = scope.spawn(|| world.manage(&reset));
            if arrived {
                manager.join().unwrap();
            } else {
                // The manager's request waits for the account row, which the save still locks.
                wait_until("the manager's request waits for the row", || waiting_for_rows(&url) == 1);
            }
            proxy.release();
            saver.join().unwrap()
        });
        if arrived {
            assert!(matches!(said, Ok(Reply::Saved { .. })), "{said:?}");
        } else {
            assert!(matches!(said, Err(Error::SignedOut(_))), "{said:?}");
        }
        assert_eq!((stored(&world), refusals(&world)), if arrived { (1, 0) } else { (0, 1) });
    }
}
