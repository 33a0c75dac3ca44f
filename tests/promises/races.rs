//! Races: a deactivation or a removed right wins against a save, simultaneous set-ups create one manager, and
//! concurrent edits lose no update.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::{
        ClientId, Error, Reason,
        clients::ClientDraft,
        entity::EntityKind,
        lists::{ChosenColumn, ColumnName},
        session::Session,
        settings::Settings,
        users::Role,
    },
    services::{ReadRequest, Reply, Request, WriteRequest},
    storage::{Db, DbError, Target},
};
use rstest::rstest;
use secrecy::SecretString;
use strum::IntoEnumIterator;

use crate::{
    common::{figure, later, rounds, services},
    support::{
        Engine, TestDb, wait_until, waiting_for_rows,
        world::{PASSWORD, World, client_draft, heirs, new_contract, set_up, user_draft},
    },
};

#[rstest]
fn a_deactivated_user_writes_nothing_afterwards(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let url = world.db.url.clone();
    deactivate_while_they_save(&mut world, engine.name(), &url);
}

/// Deactivates a user (or changes the role, or resets the password) while that user saves. The manager uses the
/// connection of `world`, the user the database at `url`.
pub fn deactivate_while_they_save(world: &mut World, on: &str, url: &str) {
    let (rounds, mut before, mut after) = (rounds(20), 0, 0);
    for round in 0..rounds {
        let name = format!("racer{round}");
        let racer = world.hire(&name, Role::Sales);
        wait_until_known(url, &racer);
        let manager = world.manager.clone();
        let seen = epic_events::storage::users::find(&mut world.connection(), racer.actor.id).unwrap().unwrap();
        let (id, version, heirs) = (seen.id, seen.version, heirs(&[world.sales.actor.id], 1, 0));
        let off = match round % 3 {
            0 => Request::Write(WriteRequest::DeactivateUser { id, version, heirs }),
            1 => {
                Request::Write(WriteRequest::UpdateUser { id, version, draft: user_draft(&name, Role::Support), heirs })
            }
            _ => Request::Write(WriteRequest::ResetPassword {
                id,
                version,
                password: SecretString::from("some temporary words"),
            }),
        };
        let save = Request::Write(WriteRequest::CreateClient { draft: client_draft(&name), sales_contact: None });
        let (barrier, here, there) = (Barrier::new(2), &world.db, TestDb::at(url.to_owned()));
        // Vary the head start, so that neither side always wins.
        let lead = std::time::Duration::from_micros(u64::try_from(round % 9).unwrap() * 700);
        let go = |db: &TestDb, session: &Session, request: &Request| {
            let mut services = services(db);
            services.connect().unwrap();
            barrier.wait();
            if matches!(request, Request::Write(WriteRequest::CreateClient { .. })) {
                thread::park_timeout(lead);
            }
            services.execute(Some(session), request, later(3_600))
        };
        let (saved, off) = thread::scope(|scope| {
            let saver = scope.spawn(|| go(&there, &racer, &save));
            let manager = scope.spawn(|| go(here, &manager, &off));
            (saver.join().unwrap(), manager.join().unwrap())
        });
        assert!(off.is_ok(), "{off:?}");
        match saved {
            Ok(_) => before += 1,
            Err(Error::SignedOut(_)) => after += 1,
            other => panic!("{other:?}"),
        }
    }
    // In the order of the chain, no user writes after the end of their account.
    let mut gone = std::collections::BTreeSet::new();
    for (actor, action, record) in chain(world) {
        assert!(action == "action.refused" || !gone.contains(&actor), "{action} after the end of {actor:?}");
        // These actions end the sessions of the user; in this test nobody else is updated.
        if ["user.deactivated", "user.updated", "user.password_reset"].contains(&action.as_str()) {
            gone.insert(record);
        }
    }
    assert_eq!(gone.len(), rounds);
    figure("2 deactivation wins", on, &format!("{rounds} races, {before} saved before, {after} refused, 0 after"));
}

/// Waits until the account is known at `url`: the nodes of a cluster apply each other's commits a moment later.
pub fn wait_until_known(url: &str, who: &Session) {
    let mut db = Db::open(&Target::parse(url).unwrap()).unwrap();
    let epoch = |db: &mut Db| epic_events::storage::users::account(db, who.actor.id).unwrap().map(|one| one.auth_epoch);
    while epoch(&mut db) != Some(who.auth_epoch) {
        thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

/// The same of a client.
fn wait_until_there(url: &str, client: ClientId) {
    let mut db = Db::open(&Target::parse(url).unwrap()).unwrap();
    wait_until("the client is known at this address", || {
        epic_events::storage::clients::find(&mut db, client).unwrap().is_some()
    });
}

/// Actor, action and record of every row, in the order in which they were committed.
fn chain(world: &World) -> Vec<(Option<i64>, String, Option<i64>)> {
    use diesel::prelude::*;
    use epic_events::schema::audit_log as log;
    let rows = log::table.select((log::actor_id, log::action, log::record_id)).order(log::seq);
    rows.load(&mut world.connection()).unwrap()
}

/// A setting removes a right either before or after a write that needs it, never in the middle: in the log, no
/// write that needed the right follows the setting that removed it.
#[rstest]
fn a_right_removed_by_a_setting_cannot_be_used_afterwards(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    let on = Settings { sales_create_contracts: true, ..settings };
    world.save(&Request::Write(WriteRequest::UpdateSettings(on)));
    let client = world.client_of(world.sales.actor.id, "Kevin Casey");
    for knows_the_settings in [true, false] {
        let on = epic_events::storage::settings::load(&mut world.connection()).unwrap();
        let on = Settings { sales_create_contracts: true, ..on };
        world.manage(&Request::Write(WriteRequest::UpdateSettings(on)));
        let on = epic_events::storage::settings::load(&mut world.connection()).unwrap();
        let off = Request::Write(WriteRequest::UpdateSettings(Settings { sales_create_contracts: false, ..on }));
        let create = new_contract(client, 10_000, 10_000);
        let known = world.sign_in("sales", PASSWORD).unwrap();
        let sales = if knows_the_settings { known } else { world.sales.clone() };
        let (manager, db) = (world.manager.clone(), &world.db);
        let mut holder = world.connection();
        thread::scope(|scope| {
            // Every write waits for this row, because it appends to the audit log.
            let held = holder.transact(|holder| {
                holder.batch_execute("UPDATE settings SET version = version WHERE `key` = 'audit_head'").unwrap();
                scope.spawn(|| services(db).execute(Some(&manager), &off, later(3_600)).unwrap());
                wait_until("the manager's request waits for the row", || waiting_for_rows(&db.url) == 1);
                let saved = scope.spawn(|| services(db).execute(Some(&sales), &create, later(3_600)));
                wait_until("both requests wait for the row", || waiting_for_rows(&db.url) == 2);
                Ok::<_, epic_events::storage::DbError>(saved)
            });
            let saved = held.unwrap().join().unwrap();
            assert!(matches!(saved, Err(Error::Denied(Reason::Setting(_)))), "{knows_the_settings}: {saved:?}");
        });
    }
}

#[rstest]
fn eight_simultaneous_set_ups_create_one_manager(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let rounds = rounds(2);
    for _ in 0..rounds {
        let db = TestDb::new(engine);
        let barrier = Barrier::new(8);
        let made: usize = thread::scope(|scope| {
            let one = || {
                let mut services = services(&db);
                barrier.wait();
                match services.execute(None, &set_up(&db.url), later(0)) {
                    Ok(Reply::IsSetUp { .. }) => 1,
                    Err(Error::AlreadySetUp | Error::Unavailable(_)) => 0,
                    other => panic!("{other:?}"),
                }
            };
            let all: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(made, 1);
        let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
        assert_eq!(epic_events::storage::users::active_managers(&mut connection).unwrap(), 1);
    }
    figure("5 one manager", engine.name(), &format!("{rounds} rounds of eight, one manager each"));
}

#[rstest]
fn eight_editors_of_the_same_records_lose_no_update(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let url = world.db.url.clone();
    edit_by_eight(&mut world, engine.name(), &[url]);
}

/// Eight editors add marks to the notes of a few clients at the same time, each through one of these addresses.
pub fn edit_by_eight(world: &mut World, on: &str, urls: &[String]) {
    let each = rounds(12);
    // Few enough clients to cause conflicts, enough that all marks fit into their notes.
    let hot = (8 * each / 800).max(3);
    let ids: Vec<_> = (0..hot).map(|number| world.client_of(world.sales.actor.id, &format!("Hot {number}"))).collect();
    for url in urls {
        wait_until_there(url, ids[ids.len() - 1]);
    }
    let (conflicts, busy) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for hand in 0..8 {
            let db = TestDb::at(urls[hand % urls.len()].clone());
            let (manager, ids, conflicts, busy) = (&world.manager, &ids, &conflicts, &busy);
            scope.spawn(move || {
                let mut services = services(&db);
                for number in 0..each {
                    let id = ids[(hand + number) % ids.len()];
                    // Repeat until saved: read, add a mark, save; after a conflict read again.
                    loop {
                        let Reply::Client(seen) = services
                            .execute(Some(manager), &Request::Read(ReadRequest::ViewClient(id)), later(60))
                            .unwrap()
                        else {
                            panic!("a client")
                        };
                        let client = seen.row.client;
                        let mut draft = ClientDraft::from(&client);
                        let mark = format!("{hand}.{number}");
                        draft.notes = [draft.notes, mark].join(" ").trim().into();
                        let save = Request::Write(WriteRequest::UpdateClient { id, version: client.version, draft });
                        match services.execute(Some(manager), &save, later(60)) {
                            Ok(_) => break,
                            Err(Error::Conflict(_)) => _ = conflicts.fetch_add(1, Ordering::Relaxed),
                            // The database is busy: the program reports it, and the editor tries again.
                            Err(Error::Unavailable(_)) => _ = busy.fetch_add(1, Ordering::Relaxed),
                            other => panic!("{other:?}"),
                        }
                    }
                }
            });
        }
    });
    let notes =
        ids.iter().map(|id| epic_events::storage::clients::find(&mut world.connection(), *id).unwrap().unwrap().notes);
    let marks: usize = notes.map(|notes| notes.split_whitespace().count()).sum();
    assert_eq!(marks, 8 * each);
    let (conflicts, busy) = (conflicts.into_inner(), busy.into_inner());
    let words = format!("{marks} edits by eight, {conflicts} conflicts shown, {busy} times told to try again, 0 lost");
    figure("13 no lost update", on, &words);
}

/// The columns of a kind of list are chosen for the first time, in two windows at once.
#[rstest]
fn the_first_columns_that_two_windows_choose_at_once_are_saved(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let sales = world.sales.clone();
    for kind in EntityKind::iter() {
        let barrier = Barrier::new(2);
        let go = |width| {
            let columns = Some(vec![ChosenColumn { name: ColumnName::Name, width: Some(width) }]);
            let mut services = services(&world.db);
            services.connect().unwrap();
            barrier.wait();
            services.execute(Some(&sales), &Request::Write(WriteRequest::SaveColumns { kind, columns }), later(3_600))
        };
        let (one, other) = thread::scope(|scope| {
            let (one, other) = (scope.spawn(|| go(10)), scope.spawn(|| go(20)));
            (one.join().unwrap(), other.join().unwrap())
        });
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    }
    let saved = world.ask(Some(&sales), &ReadRequest::Lists.into());
    assert!(
        matches!(&saved, Ok(Reply::Lists(lists)) if lists.columns.len() == EntityKind::iter().count()),
        "{saved:?}"
    );
}

/// Another node of a cluster may insert the row between looking for it and inserting it: the refusal means that the
/// transaction is tried again, and finds it.
#[rstest]
fn columns_that_somebody_else_has_inserted_meanwhile_are_tried_again(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    use diesel::RunQueryDsl;
    let world = World::new(engine);
    let insert = "INSERT INTO list_columns (user_id, kind, content, created_at, updated_at) \
                  SELECT id, 'event', '[]', created_at, updated_at FROM users WHERE username = 'sales'";
    let insert = || diesel::sql_query(insert).execute(&mut world.connection()).map_err(DbError::from);
    assert!(matches!(insert(), Ok(1)));
    assert!(matches!(insert(), Err(DbError::Retry)));
}
