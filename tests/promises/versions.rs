//! Two users write to the same version of a record at the same moment: exactly one write succeeds.

use std::{sync::Barrier, thread};

use diesel::connection::SimpleConnection;
use epic_events::{
    domain::{
        ClientId, Error, EventId, Reason, UserId,
        assigning::Assignment,
        events::Status,
        session::Session,
        settings::Settings,
        users::{Role, UserDraft},
    },
    services::{Marked, Reply, Request, WriteRequest},
    storage,
};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    common::{later, services},
    support::{
        Engine, wait_until, waiting_for_rows,
        world::{Records, World, client_draft, contract_draft, event_draft, hand_over, user_draft},
    },
};

/// A row and two requests that both name its version.
struct Race {
    table: &'static str,
    id: i64,
    first: Request,
    second: Request,
}

impl Race {
    fn new(table: &'static str, id: i64, first: Request, second: Request) -> Self {
        Self { table, id, first, second }
    }
}

fn user(world: &mut World, name: &str, active: bool) -> (UserId, i32) {
    let id = world.hire(name, Role::Support).actor.id;
    let version = storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    if active {
        return (id, version);
    }
    (id, world.save(&Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None })).1)
}

/// Pairs for every request that names a version. Where the record can be edited, the first request is an edit.
fn races(world: &mut World) -> Vec<Race> {
    let mut all = Vec::new();
    let (to, owner) = (world.other_sales.actor.id, world.sales.actor.id);
    let edit =
        |id: ClientId| Request::Write(WriteRequest::UpdateClient { id, version: 1, draft: client_draft("Edited") });
    let mut client = |of: fn(ClientId, UserId) -> Request| {
        let id = world.client_of(owner, "Raced for");
        all.push(Race::new("clients", id.0, edit(id), of(id, to)));
    };
    client(|id, _| Request::Write(WriteRequest::UpdateClient { id, version: 1, draft: client_draft("Other") }));
    client(|id, to| hand_over(&[(id, 1)], to));
    client(|id, _| Request::Write(WriteRequest::ArchiveClient { id, version: 1 }));
    client(|id, _| Request::Write(WriteRequest::ArchiveAll(Marked::Clients(vec![(id, 1)]))));
    // Of several clients, only the changed one is left out and named.
    let [id, other] = ["Raced for", "Alone"].map(|name| world.client_of(owner, name));
    all.push(Race::new("clients", id.0, edit(id), hand_over(&[(other, 1), (id, 1)], to)));
    for number in 0..2 {
        let id = world.client_of(owner, "Archived");
        world.save(&Request::Write(WriteRequest::ArchiveClient { id, version: 1 }));
        let restore = Request::Write(WriteRequest::RestoreClient { id, version: 2 });
        let marked = Request::Write(WriteRequest::RestoreAll(Marked::Clients(vec![(id, 2)])));
        all.push(Race::new("clients", id.0, restore.clone(), if number == 0 { restore } else { marked }));
    }

    let edited = || contract_draft(70_000);
    for number in 0..4 {
        let id = world.records().contract;
        let second = match number {
            0 => Request::Write(WriteRequest::UpdateContract {
                id,
                version: 1,
                draft: contract_draft(80_000),
                difference: None,
            }),
            1 => crate::support::world::sign(id, 1),
            2 => Request::Write(WriteRequest::ArchiveContract { id, version: 1 }),
            _ => Request::Write(WriteRequest::ArchiveAll(Marked::Contracts(vec![(id, 1)]))),
        };
        let first = Request::Write(WriteRequest::UpdateContract { id, version: 1, draft: edited(), difference: None });
        all.push(Race::new("contracts", id.0, first, second));
    }
    for number in 0..2 {
        let id = world.records().contract;
        world.save(&Request::Write(WriteRequest::ArchiveContract { id, version: 1 }));
        let restore = Request::Write(WriteRequest::RestoreContract { id, version: 2 });
        let marked = Request::Write(WriteRequest::RestoreAll(Marked::Contracts(vec![(id, 2)])));
        all.push(Race::new("contracts", id.0, restore.clone(), if number == 0 { restore } else { marked }));
    }

    let support = Some(world.other_support.actor.id);
    let assign = |event: EventId, version| Assignment { event, version, support };
    for number in 0..6 {
        let Records { event: id, event_version: version, .. } = world.records();
        let Records { event: other, .. } = world.records();
        let second = match number {
            0 => Request::Write(WriteRequest::UpdateEvent { id, version, draft: event_draft("Other", 50) }),
            1 => Request::Write(WriteRequest::SetStatus { id, version, status: Status::Confirmed }),
            2 => Request::Write(WriteRequest::AssignSupport(vec![assign(id, version)])),
            3 => Request::Write(WriteRequest::AssignSupport(vec![assign(other, version), assign(id, version)])),
            4 => Request::Write(WriteRequest::ArchiveEvent { id, version }),
            _ => Request::Write(WriteRequest::ArchiveAll(Marked::Events(vec![(id, version)]))),
        };
        let first = Request::Write(WriteRequest::UpdateEvent { id, version, draft: event_draft("Edited", 40) });
        all.push(Race::new("events", id.0, first, second));
    }
    for number in 0..3 {
        let Records { event: id, event_version: version, .. } = world.records();
        if number == 0 {
            // Neither is an edit: both write the same columns.
            let [first, second] = [Status::Confirmed, Status::Done]
                .map(|status| Request::Write(WriteRequest::SetStatus { id, version, status }));
            all.push(Race::new("events", id.0, first, second));
            continue;
        }
        world.save(&Request::Write(WriteRequest::ArchiveEvent { id, version }));
        let restore = Request::Write(WriteRequest::RestoreEvent { id, version: version + 1 });
        let marked = Request::Write(WriteRequest::RestoreAll(Marked::Events(vec![(id, version + 1)])));
        all.push(Race::new("events", id.0, restore.clone(), if number == 1 { restore } else { marked }));
    }

    for number in 0..3 {
        let name = format!("raced{number}");
        let (id, version) = user(world, &name, true);
        let with_phone = |phone: &str| UserDraft { phone: Some(phone.to_owned()), ..user_draft(&name, Role::Support) };
        let update = |phone: &str| {
            Request::Write(WriteRequest::UpdateUser { id, version, draft: with_phone(phone), heirs: None })
        };
        let second = match number {
            0 => update("+33 1 11 11 11 11"),
            1 => Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }),
            _ => Request::Write(WriteRequest::ResetPassword {
                id,
                version,
                password: SecretString::from("some temporary words"),
            }),
        };
        all.push(Race::new("users", id.0, update("+33 1 22 22 22 22"), second));
    }
    let (id, version) = user(world, "idle", false);
    let reactivate = Request::Write(WriteRequest::ReactivateUser { id, version });
    all.push(Race::new("users", id.0, reactivate.clone(), reactivate));

    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let named = |name: &str| {
        Request::Write(WriteRequest::UpdateSettings(Settings { company_name: name.to_owned(), ..settings.clone() }))
    };
    all.push(Race::new("settings", 0, named("Edited"), named("Other")));
    all
}

fn version(world: &World, race: &Race) -> i32 {
    let db = &mut world.connection();
    if race.table == "settings" {
        return storage::settings::load(db).unwrap().version;
    }
    let state = world.state();
    state.iter().find(|(table, id, ..)| (*table, *id) == (race.table, race.id)).unwrap().2
}

/// Why the record was not written, also if a request for several records left it out.
fn refused(answer: Result<Reply, Error>) -> Option<Error> {
    match answer {
        Ok(Reply::Archived { missed, .. } | Reply::HandedOver { missed, .. }) => {
            missed.into_iter().next().map(|m| m.why)
        }
        Ok(Reply::Assigned(assigned)) => assigned.missed.into_iter().next().map(|missed| missed.why),
        Ok(_) => None,
        Err(error) => Some(error),
    }
}

/// On a server a third transaction locks the row until both requests wait for a lock, so both have done all
/// their unlocked reads by then. The embedded engine runs one write transaction at a time.
#[rstest]
fn of_two_writes_to_the_same_version_exactly_one_succeeds(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let rival = world.hire("rival", Role::Management);
    for race in races(&mut world) {
        let before = version(&world, &race);
        let mut third = world.connection();
        if engine != Engine::Sqlite {
            let row = if race.table == "settings" {
                "`key` = 'initialised_at'".to_owned()
            } else {
                format!("id = {}", race.id)
            };
            third.batch_execute(&format!("BEGIN; UPDATE {} SET version = version WHERE {row}", race.table)).unwrap();
        }
        let barrier = Barrier::new(2);
        let ask = |who: &Session, request: &Request| {
            let mut services = services(&world.db);
            services.connect().unwrap();
            if engine == Engine::Sqlite {
                barrier.wait();
            }
            services.execute(Some(who), request, later(3_600))
        };
        let waits = |many| {
            if engine != Engine::Sqlite {
                wait_until("both requests wait for a row", || waiting_for_rows(&world.db.url) == many);
            }
        };
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| ask(&rival, &race.first));
            waits(1);
            let second = scope.spawn(|| ask(&world.manager, &race.second));
            waits(2);
            if engine != Engine::Sqlite {
                third.batch_execute("ROLLBACK").unwrap();
            }
            (first.join().unwrap(), second.join().unwrap())
        });
        let what = format!("{:?} and {:?}: {first:?}, {second:?}", race.first, race.second);
        let winner = match (refused(first), refused(second)) {
            (None, Some(why)) => (&rival, why),
            (Some(why), None) => (&world.manager, why),
            _ => panic!("not one winner: {what}"),
        };
        match winner {
            (winner, Error::Conflict(conflict)) => {
                assert_eq!((&conflict.by, conflict.version), (&winner.actor.full_name, before + 1), "{what}");
            }
            // If the action is no longer possible, that reason is reported instead of a conflict.
            (
                _,
                Error::Denied(
                    Reason::Archived
                    | Reason::NotArchived
                    | Reason::ContractAlreadySigned(_)
                    | Reason::Inactive
                    | Reason::AlreadyActive,
                ),
            ) => {}
            (_, other) => panic!("{other:?}: {what}"),
        }
        assert_eq!(version(&world, &race), before + 1, "{what}");
    }
}
