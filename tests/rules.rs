//! The rules of the company's data, through the services, on both engines.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::thread;

use chrono::TimeDelta;
use epic_events::{
    domain::{
        Cents, Error, EventId, Field, Problem, Reason,
        error::{ConnectionProblem, SignInProblem, SignedOutBecause},
        event::{EventDraft, Status},
        filter::{
            Assignment, AuditFilter, AuditSort, Availability, ClientFilter, ClientSort, ClientView, ContractFilter,
            ContractSort, EventFilter, EventSort, EventView, Sorted,
        },
        page::{Count, Cursor, Edge, Listing},
        session::Moment,
        settings::{Reauth, Settings},
        user::{Role, UserDraft},
    },
    services::{HandOver, Reply, Request, Services},
    storage::Target,
};
use rstest::rstest;
use secrecy::SecretString;
use strum::IntoEnumIterator;
use support::{
    Engine, TestDb,
    world::{PASSWORD, World, client_draft, contract_draft, event_draft, set_up, start, user_draft},
};

fn denied(answer: Result<Reply, Error>) -> Reason {
    match answer {
        Err(Error::Denied(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn invalid(answer: Result<Reply, Error>, field: Field) -> Problem {
    match answer {
        Err(Error::Invalid(errors)) => errors.of(field).unwrap_or_else(|| panic!("{errors:?}")),
        other => panic!("{other:?}"),
    }
}

#[rstest]
fn a_signature_is_final(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::contracts;
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let again = Request::SignContract { id: records.signed, version: 2 };
    assert_eq!(denied(world.ask(Some(&manager), &again)), Reason::ContractAlreadySigned(records.signed.0));
    // Not even past the program.
    let unsigned = diesel::update(contracts::table.find(records.signed))
        .set(contracts::signed_at.eq(None::<chrono::NaiveDateTime>))
        .execute(&mut world.connection());
    assert!(unsigned.is_err());
}

#[rstest]
fn events_belong_to_signed_contracts(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let request = Request::CreateEvent { contract: records.contract, draft: event_draft("Too early", 10) };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractNotSigned(records.contract.0));
    // A contract with an event is not archived, nor a client with a contract.
    let request = Request::ArchiveContract { id: records.signed, version: 2 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ContractHasEvents(1));
    let request = Request::ArchiveClient { id: records.client, version: 1 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ClientHasContracts(2));
    // Archived from the leaf up, an event cannot come back before its contract.
    world.save(&Request::ArchiveEvent { id: records.event, version: records.event_version });
    world.save(&Request::ArchiveContract { id: records.signed, version: 2 });
    let request = Request::RestoreEvent { id: records.event, version: records.event_version + 1 };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    let request = Request::CreateEvent { contract: records.signed, draft: event_draft("Too late", 10) };
    assert_eq!(denied(world.ask(Some(&manager), &request)), Reason::ParentArchived);
    world.save(&Request::RestoreContract { id: records.signed, version: 3 });
    world.save(&request_restore(records.event, records.event_version + 1));
}

fn request_restore(id: EventId, version: i32) -> Request {
    Request::RestoreEvent { id, version }
}

#[rstest]
fn amounts_are_exact_and_within_bounds(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let mut update = |total, due| {
        let draft = contract_draft(total, due);
        world.ask(Some(&manager), &Request::UpdateContract { id: records.contract, version: 1, draft })
    };
    assert_eq!(invalid(update(-500, 0), Field::TotalCents), Problem::NotPositive);
    assert_eq!(invalid(update(0, 0), Field::TotalCents), Problem::NotPositive);
    assert_eq!(invalid(update(100, 101), Field::DueCents), Problem::DueAboveTotal);
    assert_eq!(invalid(update(100, -1), Field::DueCents), Problem::Negative);
    assert!(update(1_200_050, 33).is_ok());
    let stored = epic_events::storage::contracts::find(&mut world.connection(), records.contract).unwrap().unwrap();
    assert_eq!((stored.total_cents, stored.due_cents), (Cents(1_200_050), Cents(33)));
}

#[rstest]
fn event_times_keep_their_order(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let version = records.event_version;
    let good = event_draft("Assembly", 30);
    let mut update =
        |draft: EventDraft| world.ask(Some(&manager), &Request::UpdateEvent { id: records.event, version, draft });
    let early = good.starts_at.map(|start| start - TimeDelta::hours(1));
    assert_eq!(invalid(update(EventDraft { ends_at: early, ..good.clone() }), Field::EndsAt), Problem::EndBeforeStart);
    assert_eq!(
        invalid(update(EventDraft { starts_at: None, ..good.clone() }), Field::EndsAt),
        Problem::EndWithoutStart
    );
    let past = event_draft("Assembly", -30);
    assert_eq!(invalid(update(past), Field::StartsAt), Problem::InThePast);
    // Both moved forward at once: the end may come before the old start's end.
    assert!(update(event_draft("Assembly", 5)).is_ok());
}

#[rstest]
fn a_past_event_can_still_be_described(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let support = world.support.clone();
    let draft = EventDraft { notes: "It went well.".to_owned(), ..event_draft("Assembly", 30) };
    let request = Request::UpdateEvent { id: records.event, version: records.event_version, draft };
    // A year later: the start stays what it was. The session is new, the person the same.
    let later = Moment { utc: start() + TimeDelta::days(365), ticks: 9_000_000 };
    assert!(world.services.execute(Some(&support), &request, later).is_ok());
}

#[rstest]
fn only_active_people_of_the_right_department(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let assign =
        |to, version| Request::AssignSupport(vec![Assignment { event: records.event, version, support: Some(to) }]);
    let sales = world.sales.actor.id;
    assert_eq!(denied(world.ask(Some(&manager), &assign(sales, 2))), Reason::NotActiveSupport);
    let other = world.other_support.actor.id;
    world.save(&Request::DeactivateUser { id: other, version: 2, heir: None });
    assert_eq!(denied(world.ask(Some(&manager), &assign(other, 2))), Reason::NotActiveSupport);
    let support = world.support.actor.id;
    let request = Request::CreateClient { draft: client_draft("John Ouick"), sales_contact: Some(support) };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::SalesContactId), Problem::NotActiveSales);
}

#[rstest]
fn whoever_leaves_hands_over_everything(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let manager = world.manager.clone();
    let (support, other) = (world.support.actor.id, world.other_support.actor.id);
    let leave = |heir| Request::DeactivateUser { id: support, version: 2, heir };
    match world.ask(Some(&manager), &leave(None)) {
        Err(Error::NeedsHeir(left)) => assert_eq!((left.clients, left.events, left.role), (0, 1, Role::Support)),
        other => panic!("{other:?}"),
    }
    let log = world.audit().len();
    world.save(&leave(Some(other)));
    assert_eq!(world.audit()[log..], ["user.deactivated", "event.support_assigned"]);
    let event = epic_events::storage::events::find(&mut world.connection(), records.event).unwrap().unwrap();
    assert_eq!((event.support_id, event.version), (Some(other), 3));
    // The same for a change of department.
    let sales = world.sales.actor.id;
    let draft = UserDraft { role: Role::Support, ..user_draft("sales", Role::Sales) };
    let move_to = |heir| Request::UpdateUser { id: sales, version: 2, draft: draft.clone(), heir };
    assert!(matches!(world.ask(Some(&manager), &move_to(None)), Err(Error::NeedsHeir(_))));
    world.save(&move_to(Some(world.other_sales.actor.id)));
    let client = epic_events::storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(client.sales_contact_id, world.other_sales.actor.id);
    let old = world.sales.clone();
    assert_eq!(
        world.ask(Some(&old), &Request::Heartbeat).unwrap_err(),
        Error::SignedOut(SignedOutBecause::AccountChanged)
    );
}

#[rstest]
fn there_is_always_a_manager(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let id = manager.actor.id;
    let leave = Request::DeactivateUser { id, version: 1, heir: None };
    assert_eq!(denied(world.ask(Some(&manager), &leave)), Reason::LastManager);
    let draft = user_draft("manager", Role::Sales);
    let demote = Request::UpdateUser { id, version: 1, draft, heir: None };
    assert_eq!(denied(world.ask(Some(&manager), &demote)), Reason::LastManager);
    world.hire("second", Role::Management);
    assert!(world.ask(Some(&manager), &demote).is_ok());
}

#[rstest]
fn the_second_save_is_refused_and_told_by_name(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let edit = |name: &str| Request::UpdateClient { id: records.client, version: 1, draft: client_draft(name) };
    world.ask(Some(&sales), &edit("Kevin C.")).unwrap();
    match world.ask(Some(&manager), &edit("K. Casey")) {
        Err(Error::Conflict(conflict)) => {
            assert_eq!((conflict.by.as_str(), conflict.version), ("Person sales", 2));
            assert_eq!(conflict.theirs.get(Field::FullName), "Kevin C.");
        }
        other => panic!("{other:?}"),
    }
    let stored = epic_events::storage::clients::find(&mut world.connection(), records.client).unwrap().unwrap();
    assert_eq!(stored.full_name, "Kevin C.");
}

#[rstest]
fn several_events_are_assigned_and_undone_at_once(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Lou Bouzin");
    let contract = world.signed_contract(client);
    let mut create = |title: &str, days| {
        EventId::new(world.save(&Request::CreateEvent { contract, draft: event_draft(title, days) }).0)
    };
    let (one, two) = (create("One", 10), create("Two", 20));
    let support = world.support.actor.id;
    let all = |versions: [i32; 2]| {
        let pair = [one, two].into_iter().zip(versions);
        Request::AssignSupport(
            pair.map(|(event, version)| Assignment { event, version, support: Some(support) }).collect(),
        )
    };
    // The second was changed meanwhile: it is left out and named.
    let draft = event_draft("Two, renamed", 20);
    world.save(&Request::UpdateEvent { id: two, version: 1, draft });
    let Reply::Assigned(assigned) = world.manage(&all([1, 1])) else { panic!("assigned") };
    assert_eq!(assigned.titles, ["One"]);
    let [missed] = assigned.missed.as_slice() else { panic!("{:?}", assigned.missed) };
    assert_eq!(missed.name, "Two, renamed");
    assert!(matches!(&missed.why, Error::Conflict(conflict) if conflict.by == "Person manager"), "{missed:?}");
    world.manage(&Request::AssignSupport(assigned.undo));
    let stored = epic_events::storage::events::find(&mut world.connection(), one).unwrap().unwrap();
    assert_eq!((stored.support_id, stored.version), (None, 3));
}

#[rstest]
fn the_picker_knows_who_is_free(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    world.hire("third", Role::Support);
    // At the same time as the event of `support`, and on the same day for `other.support`.
    let clash = world.save(&Request::CreateEvent { contract: records.signed, draft: event_draft("Clash", 30) }).0;
    let later = event_draft("Later", 30);
    let later =
        EventDraft { starts_at: later.starts_at.map(|start| start + TimeDelta::hours(6)), ends_at: None, ..later };
    let later = EventId::new(world.save(&Request::CreateEvent { contract: records.signed, draft: later }).0);
    let other = world.other_support.actor.id;
    world.manage(&Request::AssignSupport(vec![Assignment { event: later, version: 1, support: Some(other) }]));
    let pick = Request::PickSupport { events: vec![EventId::new(clash)], text: String::new() };
    let Reply::Candidates(people) = world.manage(&pick) else { panic!("candidates") };
    let told: Vec<_> = people.iter().map(|one| (one.full_name.as_str(), one.availability, one.load)).collect();
    assert_eq!(
        told,
        [
            ("Person third", Some(Availability::Free), 0),
            ("Person other.support", Some(Availability::Busy), 1),
            ("Person support", Some(Availability::Clash), 1),
        ]
    );
}

#[rstest]
fn sign_in_says_the_same_whatever_is_wrong(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let gone = world.hire("gone", Role::Sales);
    world.save(&Request::DeactivateUser { id: gone.actor.id, version: 2, heir: None });
    let wrong = Error::SignIn(SignInProblem::Wrong);
    assert_eq!(world.sign_in("nobody", PASSWORD).unwrap_err(), wrong);
    assert_eq!(world.sign_in("sales", "something else").unwrap_err(), wrong);
    assert_eq!(world.sign_in("gone", PASSWORD).unwrap_err(), wrong);
    assert_eq!(world.sign_in("sales", &"x".repeat(80)).unwrap_err(), wrong);
    // By e-mail address too, in any case, with spaces around.
    assert!(world.sign_in(" SALES@Example.org ", PASSWORD).is_ok());
}

#[rstest]
fn guessing_becomes_slow_also_for_names_that_nobody_has(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    for login in ["sales", "nobody"] {
        let mut now = Moment { utc: start() + TimeDelta::days(1), ticks: 1 };
        let mut guess = |password: &str, seconds| {
            now.utc += TimeDelta::seconds(seconds);
            let request = Request::SignIn { login: login.to_owned(), password: SecretString::from(password) };
            world.services.execute(None, &request, now)
        };
        let wrong: Result<(), Error> = Err(Error::SignIn(SignInProblem::Wrong));
        let mut told = Vec::new();
        for _ in 0..5 {
            told.push(guess("wrong", 0).map(drop));
        }
        let wait = Err(Error::SignIn(SignInProblem::Wait(2)));
        assert_eq!(told, [wrong.clone(), wrong.clone(), wrong, wait.clone(), wait], "{login}");
        // Not even the right password is looked at before the time has come.
        assert!(matches!(guess(PASSWORD, 0), Err(Error::SignIn(SignInProblem::Wait(_)))));
        assert_eq!(guess(PASSWORD, 5).is_ok(), login == "sales");
    }
}

#[rstest]
fn sensitive_actions_want_the_password_again(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::UpdateSettings(Settings { reauth: Reauth::Sensitive, ..settings }));
    let mut manager = world.manager.clone();
    let sign = Request::SignContract { id: records.contract, version: 1 };
    let log = world.audit().len();
    assert_eq!(world.ask(Some(&manager), &sign).unwrap_err(), Error::PasswordNeeded);
    assert_eq!(world.audit().len(), log, "nothing was done yet");
    let edit = Request::UpdateContract { id: records.contract, version: 1, draft: contract_draft(5_000, 0) };
    assert!(world.ask(Some(&manager), &edit).is_ok(), "an edit is not sensitive");
    let Reply::Confirmed { at } =
        world.ask(Some(&manager), &Request::Confirm { password: SecretString::from(PASSWORD) }).unwrap()
    else {
        panic!("confirmed")
    };
    manager.confirmed_at = Some(at);
    let sign = Request::SignContract { id: records.contract, version: 2 };
    assert!(world.ask(Some(&manager), &sign).is_ok());
    // Five minutes later it is asked for again.
    let later = Moment { utc: start() + TimeDelta::minutes(10), ticks: at + 5 * 60 * 1000 + 1 };
    let archive = Request::ArchiveEvent { id: records.event, version: records.event_version };
    assert_eq!(world.services.execute(Some(&manager), &archive, later).unwrap_err(), Error::PasswordNeeded);
}

#[rstest]
fn passwords_are_whole_or_refused(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let mut create = |name: &str, password: String| {
        let draft = user_draft(name, Role::Sales);
        world.ask(Some(&manager), &Request::CreateUser { draft, password: SecretString::from(password) })
    };
    let long = "7-Kx ü".repeat(11);
    assert_eq!(invalid(create("too.long", long.clone()), Field::Password), Problem::TooManyBytes(71));
    assert_eq!(invalid(create("too.short", "7-Kx ü".to_owned()), Field::Password), Problem::TooShort(12));
    let longest: String = long.chars().take(61).collect();
    assert_eq!(longest.len(), 71);
    create("just.right", longest.clone()).unwrap();
    assert!(world.sign_in("just.right", &longest).is_ok());
    assert!(world.sign_in("just.right", &longest[..longest.len() - 1]).is_err());
}

#[rstest]
fn what_is_taken_is_said_under_its_field(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let manager = world.manager.clone();
    let draft = UserDraft { email: None, ..user_draft("SALES", Role::Sales) };
    let request = Request::CreateUser { draft, password: SecretString::from("some temporary words") };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::Username), Problem::Taken);
    let draft = UserDraft { email: Some("Sales@EXAMPLE.org".to_owned()), ..user_draft("fresh", Role::Sales) };
    let request = Request::CreateUser { draft, password: SecretString::from("some temporary words") };
    assert_eq!(invalid(world.ask(Some(&manager), &request), Field::Email), Problem::Taken);
}

/// Names that have broken other systems.
#[rstest]
fn hostile_text_is_data(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let owner = world.sales.actor.id;
    for (typed, stored) in [
        ("Zoë [/b] O'Brien", "Zoë [/b] O'Brien"),
        ("\u{1b}[31mRed\u{202e}", "[31mRed"),
        ("'); DROP TABLE clients; --", "'); DROP TABLE clients; --"),
        ("100% _sure_ !", "100% _sure_ !"),
    ] {
        let id = world.client_of(owner, typed);
        let client = epic_events::storage::clients::find(&mut world.connection(), id).unwrap().unwrap();
        assert_eq!(client.full_name, stored);
    }
    let find = |world: &mut World, text: &str| {
        let filter = ClientFilter { text: text.to_owned(), ..ClientFilter::default() };
        let Reply::Clients(page) = world.manage(&Request::ListClients(listing(filter, ClientSort::Name, 50))) else {
            panic!("clients")
        };
        page.rows.len()
    };
    assert_eq!(find(&mut world, "ZOE"), 1, "accents and case do not matter");
    assert_eq!(find(&mut world, "100%"), 1, "signs of LIKE are letters");
    assert_eq!(find(&mut world, "_sure"), 1);
    assert_eq!(find(&mut world, "_"), 4, "signs alone are no words");
    assert_eq!(find(&mut world, "rop tabl"), 1, "inside of words, where nothing begins so");
    assert_eq!(find(&mut world, "casey zoe"), 0, "all words must occur");
}

fn listing<F, S>(filter: F, sort: S, limit: u16) -> Listing<F, S> {
    Listing { filter, sort, descending: false, edge: Edge::Start, limit }
}

/// Walks a list by pages of two, forwards and backwards, and compares with one large page.
#[rstest]
fn pages_join_without_gap_or_overlap(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Émile");
    for name in ["adam", "Zoé", "Bruno", "bruno", "ÉMILE"] {
        world.client_of(world.other_sales.actor.id, name);
    }
    let contract = world.signed_contract(client);
    for (title, days) in [("c", Some(3)), ("a", None), ("B", Some(3)), ("é", None), ("e", Some(9))] {
        let mut draft = event_draft(title, days.unwrap_or(1));
        if days.is_none() {
            (draft.starts_at, draft.ends_at) = (None, None);
        }
        world.save(&Request::CreateEvent { contract, draft });
    }
    for descending in [false, true] {
        for sort in ClientSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(ClientFilter::default(), sort, 2) },
                Request::ListClients,
                |reply| {
                    let Reply::Clients(page) = reply else { panic!("clients") };
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in EventSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(EventFilter::default(), sort, 2) },
                Request::ListEvents,
                |reply| {
                    let Reply::Events(page) = reply else { panic!("events") };
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in ContractSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(ContractFilter::default(), sort, 2) },
                Request::ListContracts,
                |reply| {
                    let Reply::Contracts(page) = reply else { panic!("contracts") };
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
        for sort in AuditSort::iter() {
            walk(
                &mut world,
                &Listing { descending, ..listing(AuditFilter::default(), sort, 2) },
                Request::ListAudit,
                |reply| {
                    let Reply::Audit(page) = reply else { panic!("audit") };
                    (page.rows.iter().map(|row| Cursor { key: row.key(sort), id: row.id() }).collect(), page.total)
                },
            );
        }
    }
}

fn walk<F: Clone, S: Copy + std::fmt::Debug>(
    world: &mut World,
    first: &Listing<F, S>,
    request: impl Fn(Listing<F, S>) -> Request,
    read: impl Fn(Reply) -> (Vec<Cursor>, Option<Count>),
) {
    let mut page = |edge: Edge, limit: u16| {
        let asked = Listing { edge, limit, filter: first.filter.clone(), ..*first };
        read(world.manage(&request(asked)))
    };
    let (all, total) = page(Edge::Start, 200);
    let what = (first.sort, first.descending);
    assert_eq!(total, Some(Count::Exactly(i64::try_from(all.len()).unwrap())), "{what:?}");
    let (mut forwards, _) = page(Edge::Start, 2);
    while let (more, _) = page(Edge::After(forwards.last().unwrap().clone()), 2)
        && !more.is_empty()
    {
        forwards.extend(more);
    }
    assert_eq!(forwards, all, "{what:?} forwards");
    let (mut backwards, _) = page(Edge::End, 2);
    while let (more, _) = page(Edge::Before(backwards.first().unwrap().clone()), 2)
        && !more.is_empty()
    {
        backwards.splice(0..0, more);
    }
    assert_eq!(backwards, all, "{what:?} backwards");
}

/// The counts of the home screen are those of the lists behind them.
#[rstest]
fn home_counts_what_waits(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    world.save(&Request::CreateEvent { contract: records.signed, draft: event_draft("Nobody's", 1) });
    let counts = |world: &mut World, who: &epic_events::domain::session::Session| {
        let Reply::Home(home) = world.ask(Some(who), &Request::Home).unwrap() else { panic!("home") };
        home.lines.into_iter().map(|(_, count)| count).collect::<Vec<_>>()
    };
    let exactly = |numbers: &[i64]| numbers.iter().copied().map(Count::Exactly).collect::<Vec<_>>();
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    assert_eq!(counts(&mut world, &manager), exactly(&[1, 1, 2, 1]));
    assert_eq!(counts(&mut world, &sales), exactly(&[1, 1, 0, 2]));
    assert_eq!(counts(&mut world, &support), exactly(&[1, 1]));
    let week = Request::ListEvents(listing(
        EventFilter { view: EventView::Week, ..EventFilter::default() },
        EventSort::Starts,
        10,
    ));
    let Reply::Events(page) = world.manage(&week) else { panic!("events") };
    assert_eq!(page.rows[0].event.title, "Nobody's");
    assert_eq!(page.rows[0].event.status, Status::Planned);
}

/// Nobody reads what others did, but management.
#[rstest]
fn the_log_of_others_is_for_management(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.records();
    let sales = world.sales.clone();
    let request = Request::ListAudit(listing(AuditFilter::default(), AuditSort::Time, 100));
    let Reply::Audit(page) = world.ask(Some(&sales), &request).unwrap() else { panic!("audit") };
    assert!(!page.rows.is_empty() && page.rows.iter().all(|row| row.actor_id == Some(sales.actor.id)));
    let mine = ClientFilter { view: ClientView::Mine, ..ClientFilter::default() };
    let Reply::Clients(page) =
        world.ask(Some(&sales), &Request::ListClients(listing(mine, ClientSort::Name, 100))).unwrap()
    else {
        panic!("clients")
    };
    assert_eq!(page.rows.len(), 1);
}

#[rstest]
fn of_many_set_ups_at_once_one_makes_the_manager(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let db = TestDb::new(engine);
    let outcomes: Vec<Result<Reply, Error>> = thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
                    services.execute(None, &set_up(&db.url), Moment { utc: start(), ticks: 0 })
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(made, 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Error::AlreadySetUp))), "{outcomes:?}");
}

#[test]
fn what_is_no_company_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let connect = |url: String| {
        let target = Target::parse(&url).unwrap();
        Services::new(target, "test".to_owned(), 4).connect().unwrap_err()
    };
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is no database, but longer than a header").unwrap();
    assert_eq!(connect(format!("sqlite://{}", path.display())), Error::Unavailable(ConnectionProblem::NotADatabase));
    let missing = folder.path().join("missing.db");
    assert_eq!(connect(format!("sqlite://{}", missing.display())), Error::Unavailable(ConnectionProblem::NotSetUp));
    assert!(!missing.exists(), "looking must not create a database");
    let port = support::server().port;
    let wrong = format!("mysql://crm:wrong@127.0.0.1:{port}/x");
    assert_eq!(connect(wrong), Error::Unavailable(ConnectionProblem::AccessDenied));
    let absent = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/not_there");
    assert_eq!(connect(absent), Error::Unavailable(ConnectionProblem::NoSuchDatabase));
    assert_eq!(connect("mysql://a:b@127.0.0.1:1/x".to_owned()), Error::Unavailable(ConnectionProblem::Refused));
    assert!(Target::parse("postgres://u:secret@h/n").is_err_and(|problem| !format!("{problem:?}").contains("secret")));
}

#[test]
fn a_server_that_is_silent_or_plain_is_found_out() {
    let connect =
        |url: String| Services::new(Target::parse(&url).unwrap(), "test".to_owned(), 4).connect().unwrap_err();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    assert_eq!(connect(format!("mysql://a:b@127.0.0.1:{port}/x")), Error::Unavailable(ConnectionProblem::Timeout));
    let port = support::server().port;
    for mode in ["required", "verify_ca", "verify_identity"] {
        let url = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/x?ssl_mode={mode}");
        assert_eq!(connect(url), Error::Unavailable(ConnectionProblem::NoTls), "{mode}");
    }
    let odd = format!("mysql://crm:only-for-tests@127.0.0.1:{port}/x?tls=yes");
    assert_eq!(connect(odd), Error::Unavailable(ConnectionProblem::BadAddress("tls".to_owned())));
}

/// A newer program's tables are left alone, by work and by set-up.
#[rstest]
fn a_newer_schema_is_refused(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let world = World::new(engine);
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    diesel::connection::SimpleConnection::batch_execute(&mut world.connection(), newer).unwrap();
    let mut services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    let refused = Error::Unavailable(ConnectionProblem::SchemaTooNew);
    assert_eq!(services.connect().unwrap_err(), refused);
    let now = Moment { utc: start(), ticks: 0 };
    assert_eq!(services.execute(None, &set_up(&world.db.url), now).unwrap_err(), refused);
}

/// A server that was started anew between two actions is not noticed.
#[test]
fn a_lost_connection_is_made_again() {
    let mut world = World::new(Engine::Mysql);
    let name = world.db.url.rsplit('/').next().unwrap().to_owned();
    let cut = || {
        let own = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
        for id in support::server().client(&["-BN", "-e", &own]) {
            support::server().client(&["-e", &format!("KILL {id}")]);
        }
    };
    cut();
    world.records();
    cut();
    assert!(world.sign_in("sales", PASSWORD).is_ok());
    cut();
    let log = world.audit().len();
    world.client_of(world.sales.actor.id, "Once Only");
    assert_eq!(world.audit()[log..], ["client.created"]);
}

/// The log cannot be changed, not even past the program.
#[rstest]
fn the_audit_log_only_grows(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::audit_log;
    let world = World::new(engine);
    let mut db = world.connection();
    assert!(diesel::delete(audit_log::table).execute(&mut db).is_err());
    assert!(diesel::update(audit_log::table).set(audit_log::actor_name.eq("x")).execute(&mut db).is_err());
    assert!(!world.audit().is_empty());
}

/// The application's account of the README can do the whole job, and cannot touch a table
/// or a line of the audit log.
#[test]
fn the_grants_of_the_readme_are_enough_and_no_more() {
    let mut world = World::new(Engine::Mysql);
    let (address, name) = world.db.url.rsplit_once('/').unwrap();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let account = format!("'app_{name}'@'%'");
    let grants: Vec<String> = readme
        .split(';')
        .filter_map(|statement| statement.find("'epic_events'@'%'").map(|_| statement))
        .map(|statement| {
            let begins = statement.find("CREATE USER").or_else(|| statement.find("GRANT")).unwrap();
            let own = statement[begins..].replace("'epic_events'@'%'", &account);
            own.replace("epic_events.", &format!("{name}."))
        })
        .collect();
    assert_eq!(grants.len(), 9, "{grants:?}");
    support::server().client(&["-e", &grants.join(";")]);
    let limited = address.replace("crm:only-for-tests", &format!("app_{name}:choose-another"));
    let limited = format!("{limited}/{name}");
    world.services = Services::new(Target::parse(&limited).unwrap(), "test".to_owned(), 4);
    let records = world.records();
    world.hire("fresh", Role::Support);
    assert!(world.sign_in("nobody", "at all").is_err());
    world.save(&Request::ArchiveEvent { id: records.event, version: records.event_version });
    let mut db = epic_events::storage::Db::open(&Target::parse(&limited).unwrap()).unwrap();
    for forbidden in [
        "DELETE FROM audit_log",
        "UPDATE audit_log SET actor_name = 'x'",
        "DELETE FROM clients",
        "ALTER TABLE clients ADD COLUMN x INTEGER",
        "DROP TABLE events",
    ] {
        let answer = diesel::connection::SimpleConnection::batch_execute(&mut db, forbidden);
        assert!(answer.is_err_and(|error| error.to_string().contains("denied")), "{forbidden}");
    }
}

/// Who reads the history reads names, not numbers.
#[rstest]
fn history_names_people(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let Reply::Event(detail) = world.manage(&Request::ViewEvent(records.event)) else { panic!("an event") };
    let assigned = &detail.history[0];
    assert_eq!(assigned.action, "event.support_assigned");
    assert_eq!(assigned.changes.0[0].2, "Person support");
}

#[rstest]
fn figures_are_the_sums_of_the_lists_behind_them(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    use epic_events::services::figures::{About, List, Value};
    let mut world = World::new(engine);
    world.records();
    let other = world.other_sales.actor.id;
    let foreign = world.client_of(other, "Of somebody else");
    world.signed_contract(foreign);
    let Reply::Figures(figures) = world.manage(&Request::Figures) else { panic!("figures") };
    assert_eq!(
        figures.iter().map(|figure| figure.about).collect::<Vec<_>>(),
        [About::SignedByMonth, About::DueByAge, About::SupportLoad]
    );
    for figure in &figures {
        for bar in &figure.bars {
            let (listed, events) = match &bar.list {
                List::Contracts(filter) => {
                    let request = Request::ListContracts(listing(filter.clone(), ContractSort::Created, 200));
                    let Reply::Contracts(page) = world.manage(&request) else { panic!("contracts") };
                    let due = |row: &epic_events::domain::filter::ContractRow| match figure.about {
                        About::DueByAge => row.contract.due_cents.0,
                        _ => row.contract.total_cents.0,
                    };
                    (page.rows.iter().map(due).sum::<i64>(), 0)
                }
                List::Events(filter) => {
                    let request = Request::ListEvents(listing(filter.clone(), EventSort::Starts, 200));
                    let Reply::Events(page) = world.manage(&request) else { panic!("events") };
                    (0, page.rows.len())
                }
            };
            match bar.value {
                Value::Money(cents) => assert_eq!(cents, Cents(listed), "{bar:?}"),
                Value::Events(count) => assert_eq!(usize::try_from(count).unwrap(), events, "{bar:?}"),
            }
        }
    }
    // Both signed contracts are of this month; sales see their own alone.
    assert_eq!(figures[0].bars.last().unwrap().value, Value::Money(Cents(200_000)));
    let sales = world.sales.clone();
    let Reply::Figures(own) = world.ask(Some(&sales), &Request::Figures).unwrap() else { panic!("figures") };
    assert_eq!(own[0].bars.last().unwrap().value, Value::Money(Cents(100_000)));
    let support = world.support.clone();
    let Reply::Figures(weeks) = world.ask(Some(&support), &Request::Figures).unwrap() else { panic!("figures") };
    assert_eq!(weeks[0].bars.len(), 4);
}

/// The one file that was exported, by what it ends in.
fn exported(world: &World, ending: &str) -> String {
    let files = std::fs::read_dir(world.exports.path()).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == ending)).collect();
    let path = found.pop().unwrap_or_else(|| panic!("no file ends in {ending}"));
    assert!(found.is_empty());
    let mode = std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600, "for nobody else");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    text
}

#[rstest]
fn exports_hold_what_the_list_shows_and_are_audited(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    use epic_events::services::export::{Format, What};
    let mut world = World::new(engine);
    world.records();
    world.client_of(world.other_sales.actor.id, "=HYPERLINK(\"evil\")");
    for number in 0..250 {
        world.client_of(world.sales.actor.id, &format!("Client {number:03}"));
    }
    let clients = |text: &str| {
        let filter = ClientFilter { text: text.to_owned(), ..ClientFilter::default() };
        What::Clients(listing(filter, ClientSort::Name, 100))
    };
    let rows = |world: &mut World, what: What, format| match world.manage(&Request::Export { what, format }) {
        Reply::Exported { rows, .. } => rows,
        other => panic!("{other:?}"),
    };
    // More than a page, in the order of the list, whatever page the screen was on.
    assert_eq!(rows(&mut world, clients(""), Format::Csv), 252);
    let text = exported(&world, "csv");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("full_name,company_name,email,phone,sales_contact"), "{}", lines[0]);
    assert!(lines[1].starts_with("\"'=HYPERLINK(\"\"evil\"\")\",Cool Startup LLC,"), "{}", lines[1]);
    assert_eq!(lines.len(), 253);
    assert_eq!(rows(&mut world, clients("client 043"), Format::Json), 1);
    let json: serde_json::Value = serde_json::from_str(&exported(&world, "json")).unwrap();
    assert_eq!(json[0]["full_name"], "Client 043");
    assert_eq!(rows(&mut world, clients("kevin"), Format::Vcf), 1);
    assert!(exported(&world, "vcf").contains("\r\nFN:Kevin Casey\r\n"));
    let events = What::Events(listing(EventFilter::default(), EventSort::Starts, 1));
    assert_eq!(rows(&mut world, events.clone(), Format::Ics), 1);
    let calendar = exported(&world, "ics");
    // 21 December 09:00 in Paris.
    assert!(calendar.contains("\r\nDTSTART:20261221T080000Z\r\n"), "{calendar}");
    let log = world.audit();
    assert_eq!(log[log.len() - 4..], ["records.exported"; 4]);
    // Only what the person may see.
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    world.manage(&Request::UpdateSettings(Settings { visibility, ..settings }));
    let other = world.other_support.clone();
    let reply = world.ask(Some(&other), &Request::Export { what: events, format: Format::Json }).unwrap();
    assert!(matches!(reply, Reply::Exported { rows: 0, .. }), "{reply:?}");
    assert_eq!(exported(&world, "json").split_whitespace().collect::<String>(), "[]");
}

#[rstest]
fn an_export_that_cannot_be_written_says_so() {
    use epic_events::services::export::{Format, What};
    let mut world = World::new(Engine::Sqlite);
    let folder = world.exports.path().join("a file");
    std::fs::write(&folder, "").unwrap();
    let services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    world.services = services.exporting_to(folder);
    let what = What::Clients(listing(ClientFilter::default(), ClientSort::Name, 100));
    let manager = world.manager.clone();
    let answer = world.ask(Some(&manager), &Request::Export { what, format: Format::Csv });
    assert!(matches!(answer, Err(Error::NotWritable(_))), "{answer:?}");
}

/// Titles of the events that a search shows, by title.
fn titles(world: &mut World, text: &str) -> Vec<String> {
    let filter = EventFilter { text: text.to_owned(), ..EventFilter::default() };
    let Reply::Events(page) = world.manage(&Request::ListEvents(listing(filter, EventSort::Title, 50))) else {
        panic!("events")
    };
    page.rows.into_iter().map(|row| row.event.title).collect()
}

#[rstest]
fn events_are_found_by_the_beginnings_of_any_words(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let client = world.client_of(world.sales.actor.id, "Aliénor O'Neil");
    let contract = world.signed_contract(client);
    for title in ["Gala des Étoiles", "Garden party", "The com meeting", "日本語の会議"] {
        world.save(&Request::CreateEvent { contract, draft: event_draft(title, 5) });
    }
    for (text, found) in [
        ("gala", vec!["Gala des Étoiles"]),
        ("ga", vec!["Gala des Étoiles", "Garden party"]),
        ("etoi gal", vec!["Gala des Étoiles"]),
        ("alienor gard", vec!["Garden party"]),
        ("o'neil party", vec!["Garden party"]),
        ("mufflins garden cool", vec!["Garden party"]),
        // What MySQL's index leaves out is found all the same.
        ("the com", vec!["The com meeting"]),
        ("日本", vec!["日本語の会議"]),
        // Nothing begins so: inside of words.
        ("toiles", vec!["Gala des Étoiles"]),
        ("gala party", vec![]),
        ("+gala -party*", vec![]),
        ("\"gala", vec!["Gala des Étoiles"]),
    ] {
        assert_eq!(titles(&mut world, text), found, "{text}");
    }
    // Another name of the client, and the old one leads nowhere.
    world.save(&Request::UpdateClient { id: client, version: 1, draft: client_draft("Zoé Martin") });
    assert_eq!(titles(&mut world, "zoe garden"), ["Garden party"]);
    assert!(titles(&mut world, "alienor").is_empty());
}

#[rstest]
fn lists_follow_the_names_that_they_are_sorted_by(#[values(Engine::Sqlite, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let other = world.client_of(world.other_sales.actor.id, "Zoé Martin");
    let contract = world.signed_contract(other);
    let event = world.save(&Request::CreateEvent { contract, draft: event_draft("Second", 5) }).0;
    let order = |world: &mut World, sort| {
        let Reply::Events(page) = world.manage(&Request::ListEvents(listing(EventFilter::default(), sort, 50))) else {
            panic!("events")
        };
        page.rows.iter().map(|row| row.event.id.0).collect::<Vec<_>>()
    };
    let by_sales = |world: &mut World| {
        let all = ClientFilter::default();
        let Reply::Clients(page) = world.manage(&Request::ListClients(listing(all, ClientSort::SalesContact, 50)))
        else {
            panic!("clients")
        };
        page.rows.iter().map(|row| row.client.id.0).collect::<Vec<_>>()
    };
    let first = records.event.0;
    assert_eq!(order(&mut world, EventSort::Client), [first, event]);
    world.save(&Request::UpdateClient { id: other, version: 1, draft: client_draft("Aaron") });
    assert_eq!(order(&mut world, EventSort::Client), [event, first]);
    // Nobody stands before everybody.
    assert_eq!(order(&mut world, EventSort::Support), [event, first]);
    let assign = Assignment { event: EventId::new(event), version: 1, support: Some(world.other_support.actor.id) };
    world.manage(&Request::AssignSupport(vec![assign]));
    assert_eq!(order(&mut world, EventSort::Support), [event, first]);
    let id = world.other_support.actor.id;
    let draft = UserDraft { full_name: "Zoë".to_owned(), ..user_draft("other.support", Role::Support) };
    let version = epic_events::storage::users::find(&mut world.connection(), id).unwrap().unwrap().version;
    world.save(&Request::UpdateUser { id, version, draft, heir: None });
    assert_eq!(order(&mut world, EventSort::Support), [first, event]);
    assert_eq!(by_sales(&mut world), [other.0, records.client.0]);
    let hand_over = HandOver { clients: vec![(records.client, 1)], to: world.other_sales.actor.id };
    world.manage(&Request::HandOverClients(hand_over));
    assert_eq!(by_sales(&mut world), [records.client.0, other.0]);
}

/// Tables as the first version of the program left them: brought up to date when opened.
#[test]
fn older_tables_are_brought_up_to_date_with_what_is_in_them() {
    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
    let db = TestDb::new(Engine::Sqlite);
    let path = db.url.trim_start_matches("sqlite://");
    let mut old = SqliteConnection::establish(path).unwrap();
    old.batch_execute(include_str!("../migrations/sqlite/0001_company/up.sql")).unwrap();
    old.batch_execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations (version) VALUES ('0001');
         UPDATE settings SET value = '2026-01-01 00:00:00' WHERE \"key\" = 'initialised_at';
         INSERT INTO users (username, full_name, role, password_hash, name_key, created_at, updated_at)
             VALUES ('bill', 'Bill Boquet', 'sales', '', 'bill boquet', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO clients (full_name, company_name, phone, sales_contact_id, name_key, search, created_at, updated_at)
             VALUES ('Lou Bouzin', 'Lou Bouzin SA', '+666 12345', 1, 'lou bouzin', 'lou bouzin', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO contracts (client_id, total_cents, due_cents, signed_at, created_at, updated_at)
             VALUES (1, 100, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         INSERT INTO events (contract_id, title, location, title_key, search, created_at, updated_at)
             VALUES (1, 'General Assembly', 'Mufflins', 'general assembly', 'general assembly', '2026-01-01 00:00:00', '2026-01-01 00:00:00');",
    )
    .unwrap();
    drop(old);
    let mut services = Services::new(Target::parse(&db.url).unwrap(), "test".to_owned(), 4);
    services.connect().unwrap();
    let mut connection = epic_events::storage::Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let filter = EventFilter { text: "bouz mufflin".to_owned(), ..EventFilter::default() };
    let everything = (epic_events::storage::Scope::All, epic_events::domain::UserId::new(1), start());
    let listed = listing(filter, EventSort::Client, 10);
    let page = epic_events::storage::events::page(&mut connection, &listed, everything.0, everything.1, everything.2);
    assert_eq!(page.unwrap().rows[0].event.title, "General Assembly");
}
