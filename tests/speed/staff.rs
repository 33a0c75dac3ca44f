//! Many users at once on one server, who send twenty reads for each write, without a pause.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    thread,
    time::{Duration, Instant},
};

use epic_events::{
    domain::{
        ContractId, Error, EventId,
        clients::{ClientFilter, ClientSort},
        contracts::{ContractDraft, ContractFilter, ContractSort},
        entity::Query,
        error::ConnectionProblem,
        events::{EventFilter, EventSort},
        page::{Edge, Listing},
        session::Session,
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest},
    storage::Target,
};
use secrecy::SecretString;

use super::{PASSWORD, milliseconds, url};

const STAFF: usize = 200;
const READS: u64 = 20;
/// The number of contracts that are written: few enough to cause conflicts.
const HOT: i64 = 100;
const TIME: Duration = Duration::from_secs(30);

/// Pseudo-random numbers, the same in each run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn id(&mut self, bound: i64) -> i64 {
        1 + i64::try_from(self.below(bound.unsigned_abs())).unwrap()
    }
}

/// The results of one user.
#[derive(Default)]
struct Day {
    reads: Vec<Duration>,
    saves: Vec<Duration>,
    conflicts: usize,
    /// Saves that failed with a request to try again: the database rolled them back as a deadlock victim three
    /// times.
    again: usize,
}

fn listing<F: Default, S>(filter: F, sort: S, edge: Edge) -> Listing<F, S> {
    Listing { filter, sort, descending: false, edge, limit: 100 }
}

fn read(dice: &mut Dice, rows: i64) -> Request {
    match dice.below(20) {
        0..6 => Request::Read(ReadRequest::List(Query::Event(listing(
            EventFilter::default(),
            EventSort::Starts,
            Edge::Start,
        )))),
        6..8 => Request::Read(ReadRequest::List(Query::Client(listing(
            ClientFilter::default(),
            ClientSort::Name,
            Edge::Start,
        )))),
        8..10 => Request::Read(ReadRequest::List(Query::Contract(listing(
            ContractFilter::default(),
            ContractSort::Created,
            Edge::End,
        )))),
        10..16 => Request::Read(ReadRequest::ViewEvent(EventId::new(dice.id(rows)))),
        16 => {
            let filter = EventFilter { text: dice.id(rows).to_string(), ..EventFilter::default() };
            Request::Read(ReadRequest::List(Query::Event(listing(filter, EventSort::Starts, Edge::Start))))
        }
        _ => Request::Session(SessionRequest::Heartbeat),
    }
}

/// Adds one to the number in a contract's notes. Every acknowledged addition must be in the final sum.
fn save(services: &mut Services, session: &Session, id: ContractId, day: &mut Day) -> bool {
    let Ok(Reply::Contract(detail)) =
        services.execute(Some(session), &Request::Read(ReadRequest::ViewContract(id)), epic_events::app::now())
    else {
        panic!("a contract")
    };
    let contract = detail.row.contract;
    let number: i64 = contract.notes.parse().unwrap_or(0);
    let draft = ContractDraft { notes: (number + 1).to_string(), ..ContractDraft::from(&contract) };
    let begun = Instant::now();
    let request =
        Request::Write(WriteRequest::UpdateContract { id, version: contract.version, draft, difference: None });
    match services.execute(Some(session), &request, epic_events::app::now()) {
        Ok(_) => {
            day.saves.push(begun.elapsed());
            return true;
        }
        Err(Error::Conflict(_)) => day.conflicts += 1,
        Err(Error::Unavailable(ConnectionProblem::Timeout)) => day.again += 1,
        Err(other) => panic!("{other:?}"),
    }
    false
}

/// Creates an account and a session for each user.
fn staff() -> Vec<Session> {
    use diesel::prelude::*;
    use epic_events::{
        domain::{
            session::random_id,
            users::{Role, UserDraft},
        },
        schema::users,
        storage::Db,
    };
    let mut services = Services::new(Target::parse(&url()).unwrap(), "speed".to_owned(), 4);
    let password = || SecretString::from(PASSWORD);
    let sign_in = Request::Session(SessionRequest::SignIn { login: "manager".to_owned(), password: password() });
    let Ok(Reply::SignedIn(manager)) = services.execute(None, &sign_in, epic_events::app::now()) else { panic!() };
    let confirm = Request::Session(SessionRequest::Confirm { password: password() });
    let Ok(Reply::Confirmed { at }) = services.execute(Some(&manager), &confirm, epic_events::app::now()) else {
        panic!()
    };
    let manager = Session { confirmed_at: Some(at), ..*manager };
    let mut db = Db::open(&Target::parse(&url()).unwrap()).unwrap();
    (0..STAFF)
        .map(|number| {
            let username = format!("desk.{number}");
            let draft = UserDraft {
                username: username.clone(),
                full_name: format!("Desk {number}"),
                role: Role::Management,
                ..UserDraft::default()
            };
            let create = Request::Write(WriteRequest::CreateUser {
                draft,
                password: SecretString::from("only for the first time"),
            });
            services.execute(Some(&manager), &create, epic_events::app::now()).unwrap();
            let theirs = users::table.filter(users::username.eq(&username));
            diesel::update(theirs).set(users::must_change_password.eq(false)).execute(&mut db).unwrap();
            let account = epic_events::storage::users::by_login(&mut db, &username).unwrap().unwrap();
            Session {
                id: random_id(),
                actor: account.actor(),
                auth_epoch: account.auth_epoch,
                must_change_password: false,
                confirmed_at: None,
                settings: manager.settings.clone(),
            }
        })
        .collect()
}

fn work(number: usize, session: &Session, rows: i64, over: &AtomicBool, saved: &AtomicI64) -> Day {
    let mut services = Services::new(Target::parse(&url()).unwrap(), format!("desk {number}"), 4);
    let mut dice = Dice(number as u64);
    let mut day = Day::default();
    while !over.load(Ordering::Relaxed) {
        if dice.below(READS + 1) == 0 {
            let id = ContractId::new(dice.id(HOT));
            saved.fetch_add(i64::from(save(&mut services, session, id, &mut day)), Ordering::Relaxed);
        } else {
            let request = read(&mut dice, rows);
            let begun = Instant::now();
            services.execute(Some(session), &request, epic_events::app::now()).unwrap();
            day.reads.push(begun.elapsed());
        }
    }
    day
}

/// The sum of the numbers in the notes.
fn noted() -> i64 {
    use diesel::prelude::*;
    use epic_events::{schema::contracts, storage::Db};
    let mut db = Db::open(&Target::parse(&url()).unwrap()).unwrap();
    let notes = contracts::table.filter(contracts::id.le(ContractId::new(HOT))).select(contracts::notes);
    notes.load::<String>(&mut db).unwrap().iter().map(|text| text.parse::<i64>().unwrap_or(0)).sum()
}

fn percentile(times: &mut [Duration], hundredths: usize) -> f64 {
    times.sort();
    milliseconds(times[(times.len() * hundredths / 100).min(times.len() - 1)])
}

#[test]
#[ignore = "measures; needs a company on a server"]
fn two_hundred_users_at_once() {
    let rows = std::env::var("EPIC_EVENTS_SPEED_SIZE").unwrap().parse().unwrap();
    let (over, saved) = (AtomicBool::new(false), AtomicI64::new(0));
    let (before, sessions) = (noted(), staff());
    let begun = Instant::now();
    let days: Vec<Day> = thread::scope(|scope| {
        let (over, saved) = (&over, &saved);
        let one = |(number, session)| scope.spawn(move || work(number, session, rows, over, saved));
        let staff: Vec<_> = sessions.iter().enumerate().map(one).collect();
        while begun.elapsed() < TIME {
            thread::park_timeout(TIME.saturating_sub(begun.elapsed()));
        }
        over.store(true, Ordering::Relaxed);
        staff.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let took = begun.elapsed().as_secs_f64();
    let mut reads: Vec<Duration> = days.iter().flat_map(|day| day.reads.clone()).collect();
    let mut saves: Vec<Duration> = days.iter().flat_map(|day| day.saves.clone()).collect();
    let sum = |of: fn(&Day) -> usize| days.iter().map(of).sum::<usize>();
    let (conflicts, again) = (sum(|day| day.conflicts), sum(|day| day.again));
    assert_eq!(noted() - before, saved.load(Ordering::Relaxed), "an update is lost");
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let rate = (reads.len() + saves.len()) as f64 / took;
    println!(
        "SPEED | {STAFF} at once | {rate:.0} requests a second | reads {:.1} / {:.1} ms | saves {:.1} / {:.1} ms \
         (half, 99 of 100) | {} saved, {conflicts} conflicts shown, {again} told to try again, 0 lost |",
        percentile(&mut reads, 50),
        percentile(&mut reads, 99),
        percentile(&mut saves, 50),
        percentile(&mut saves, 99),
        saves.len(),
    );
}
