//! An answer to COMMIT that is late or lost: the person is told what is true, or that nobody knows.

use std::{thread, time::Duration};

use diesel::prelude::*;
use epic_events::{
    domain::{Error, user::Role},
    schema::clients,
    services::{Reply, Request, Services},
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
    Request::CreateClient { draft: client_draft("Late"), sales_contact: Some(world.sales.actor.id) }
}

/// Delays in milliseconds on both sides of each deadline: the wait for an answer (6 s), then two
/// waits for the row that the first try still holds (5 s each). A long run tries all of them.
fn delays() -> Vec<u64> {
    let around = [1_000, 5_700, 6_300, 10_700, 11_300, 15_700, 16_500];
    let more = u64::try_from(rounds(0)).unwrap();
    around.into_iter().chain((0..more).map(|number| 22_000 * (number + 1) / more)).collect()
}

/// COMMIT, or its answer, arrives after every length of time: it is always saved, once, and nobody is
/// told that it was not.
#[rstest]
fn a_commit_that_is_late_is_told_truly(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
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
        // Saved in the end, whatever was said: the server gets the COMMIT of somebody who has gone.
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

/// These end the session that asks for them. When nobody hears the answer to COMMIT, the changed
/// account must not be taken for a refusal.
#[rstest]
fn what_ends_ones_own_session_is_told_as_saved_when_the_answer_is_lost(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let password = || SecretString::from("another password of their own");
    for number in 0..4 {
        let mut world = World::new(engine);
        world.hire("second", Role::Management);
        let (manager, id) = (world.manager.clone(), world.manager.actor.id);
        let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
        let request = match number {
            0 => Request::ChangeOwnPassword { current: SecretString::from(PASSWORD), new: password() },
            1 => Request::UpdateUser { id, version, draft: user_draft("manager", Role::Sales), heir: None },
            2 => Request::ResetPassword { id, version, password: password() },
            _ => Request::DeactivateUser { id, version, heir: None },
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

/// While the answer is missing a manager ends the session. What was saved before that is told as
/// saved; what never reached the server is told as refused, and the log has that refusal.
#[rstest]
fn somebody_elses_change_of_the_account_is_told_as_what_it_is(
    #[values(Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    for arrived in [true, false] {
        let mut world = World::new(engine);
        let sales = world.sales.clone();
        let id = sales.actor.id;
        let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
        let reset = Request::ResetPassword { id, version, password: SecretString::from("some temporary words") };
        let proxy = Proxy::to(server(engine).port);
        let mut services = through(&world, &proxy);
        let save = Request::CreateClient { draft: client_draft("Late"), sales_contact: None };
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
                // It waits for the account, which the save still holds.
                wait_until("the manager waits", || waiting_for_rows(&url) == 1);
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
