//! Random histories of payments, refunds, cancellations and changed totals, by two people who sometimes write at
//! once: after each step, what is due and what the screens say equals a model that was written for this test.
//! `EPIC_EVENTS_ROUNDS` is the number of histories. A history that fails is printed, with the seed that repeats it
//! (`EPIC_EVENTS_SEED`).

mod model;

use std::{fmt::Debug, panic::Location, thread};

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, Error,
        contracts::{ContractDraft, ContractFilter, ContractView},
        entity::Query,
        page::{Count, Edge, Sums},
        payments::{Payment, PaymentDraft},
        session::Moment,
        settings::Settings,
    },
    schema::payments,
    services::{HomeLine, ReadRequest, Reply, Request, Services, WriteRequest},
    storage::{self, Db},
};
use rstest::rstest;

use self::model::{Company, Deal, Paid};
use crate::{
    common::{figure, rounds, services},
    support::{
        Engine,
        world::{World, payment_draft},
    },
};

/// So many histories share a company: what home says is the sum of all its contracts.
const SHARED: usize = 50;
const STEPS: usize = 14;

#[rstest]
fn what_is_due_equals_a_model(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let histories = rounds(30);
    let named = std::env::var("EPIC_EVENTS_SEED").ok().and_then(|text| text.parse().ok());
    let mut done = Done::default();
    for (number, first) in (0..histories).step_by(SHARED).enumerate() {
        let seed = named.unwrap_or(number as u64 + 1);
        let mut past = Past::begin(engine, seed);
        for _ in first..histories.min(first + SHARED) {
            past.history();
        }
        done.add(&past.done);
    }
    let Done { steps, refused, at_once } = done;
    let words = format!("{histories} histories, {steps} requests, {refused} of them refused, {at_once} pairs at once");
    figure("28 payments equal a model", engine.name(), &words);
}

/// Numbers that a seed repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(usize::try_from(self.roll(i64::try_from(all.len()).unwrap())).unwrap())
    }
}

/// What was done.
#[derive(Default)]
struct Done {
    steps: usize,
    refused: usize,
    at_once: usize,
}

impl Done {
    fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.refused += other.refused;
        self.at_once += other.at_once;
    }
}

/// A request, and whether the manager makes it or the sales contact.
type Asked = (bool, WriteRequest);

/// A company and what it should be.
struct Past {
    seed: u64,
    dice: Dice,
    world: World,
    /// For two people at once.
    pair: [Services; 2],
    db: Db,
    settings: Settings,
    client: ClientId,
    company: Company,
    /// What takes back the writes of the present history.
    undos: Vec<WriteRequest>,
    /// The present history in words.
    told: Vec<String>,
    done: Done,
}

impl Past {
    fn begin(engine: Engine, seed: u64) -> Self {
        let mut world = World::new(engine);
        let client = world.client_of(world.sales.actor.id, "Kevin Casey");
        let pair = [services(&world.db), services(&world.db)];
        let mut db = world.connection();
        let settings = storage::settings::load(&mut db).unwrap();
        let (company, undos, told, done) = (Company::default(), Vec::new(), Vec::new(), Done::default());
        let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self { seed, dice, world, pair, db, settings, client, company, undos, told, done }
    }

    /// A new contract, and what happens to it.
    fn history(&mut self) {
        self.undos.clear();
        self.told = vec![format!("history {} of seed {}", self.company.deals.len() + 1, self.seed)];
        let total = 1 + match self.dice.roll(3) {
            0 => self.dice.roll(12),
            1 => self.dice.roll(100_000),
            _ => self.dice.roll(2_000_000_000),
        };
        let paid = if self.dice.roll(3) == 0 { self.dice.roll(total + 1) } else { 0 };
        let draft = ContractDraft { total_cents: Cents(total), ..ContractDraft::default() };
        let create = WriteRequest::CreateContract { client: self.client, draft, paid_before: Cents(paid) };
        self.told.push(format!("{create:?}"));
        let id = ContractId::new(self.world.save(&Request::Write(create)).0);
        let made: Vec<Payment> = self.payments_of(id);
        let recorded_on = self.today();
        let payments = made.iter().map(|one| {
            let Payment { id, version, amount_cents: Cents(amount), .. } = *one;
            Paid { id, version, amount, recorded_on, cancelled: false }
        });
        let payments = payments.collect();
        self.company.deals.push(Deal { id, version: 1, total, signed_on: None, archived: false, payments });
        self.check();
        for _ in 0..STEPS {
            self.step();
            self.check();
        }
    }

    fn deal(&self) -> &Deal {
        self.company.deals.last().unwrap()
    }

    fn today(&mut self) -> NaiveDate {
        let now = self.world.now();
        self.settings.wall_clock(now.utc).date()
    }

    fn payments_of(&mut self, id: ContractId) -> Vec<Payment> {
        payments::table
            .filter(payments::contract_id.eq(id))
            .order(payments::id)
            .select(Payment::as_select())
            .load(&mut self.db)
            .unwrap()
    }

    /// Some days pass, one person asks for something, or two do at once.
    fn step(&mut self) {
        if self.dice.roll(10) == 0 {
            let days = 1 + self.dice.roll(20);
            self.world.pass_days(days);
            self.told.push(format!("{days} days pass"));
        }
        let today = self.today();
        let first = self.choose(today);
        if self.dice.roll(4) > 0 {
            let now = self.world.now();
            let answer = self.ask(0, &first, now);
            self.note(&[(first, answer)], today);
            return;
        }
        let second = self.choose(today);
        let now = self.world.now();
        let sessions = [&first, &second].map(|(is_manager, _)| self.session(*is_manager).clone());
        let [one, other] = &mut self.pair;
        let answers = thread::scope(|scope| {
            let one = scope.spawn(|| one.execute(Some(&sessions[0]), &Request::Write(first.1.clone()), now));
            let other = scope.spawn(|| other.execute(Some(&sessions[1]), &Request::Write(second.1.clone()), now));
            [one.join().unwrap(), other.join().unwrap()]
        });
        let [one, other] = answers;
        self.done.at_once += 1;
        self.note(&[(first, one), (second, other)], today);
    }

    fn session(&self, is_manager: bool) -> &epic_events::domain::session::Session {
        if is_manager { &self.world.manager } else { &self.world.sales }
    }

    fn ask(&mut self, by: usize, (is_manager, write): &Asked, now: Moment) -> Result<Reply, Error> {
        let session = self.session(*is_manager).clone();
        self.pair[by].execute(Some(&session), &Request::Write(write.clone()), now)
    }

    /// Something that a person may ask for, which the rules may forbid.
    fn choose(&mut self, today: NaiveDate) -> Asked {
        let deal = self.deal().clone();
        let (id, version, due, paid) = (deal.id, deal.version, deal.due(), deal.paid());
        let dice = &mut self.dice;
        let is_manager = dice.roll(3) > 0;
        let pay = |amount: i64, paid_on| {
            let draft = PaymentDraft { paid_on, ..payment_draft(amount) };
            WriteRequest::RecordPayment { contract: id, draft }
        };
        let change = |total: i64| {
            let draft = ContractDraft { total_cents: Cents(total), ..ContractDraft::default() };
            WriteRequest::UpdateContract { id, version, draft, difference: None }
        };
        let write = match dice.roll(20) {
            0..=3 => pay(1 + dice.roll(due), today),
            4 => pay(due, today),
            5 => pay(due + dice.roll(2), today - Days::new(dice.roll(40).unsigned_abs())),
            6 => pay(-1 - dice.roll(paid), today),
            7 => pay(-paid - dice.roll(2), today),
            8 => pay(1, today + Days::new(dice.roll(2).unsigned_abs())),
            9..=10 => match dice.one_of(&deal.payments) {
                Some(&Paid { id, version, .. }) => {
                    WriteRequest::CancelPayment { id, version, reason: "A mistake".to_owned() }
                }
                None => pay(due, today),
            },
            11..=12 => change(paid + dice.roll(deal.total * 2)),
            13 => change(paid - dice.roll(2)),
            14..=15 if deal.signed_on.is_none() => {
                WriteRequest::SignContract { id, version, day: today - Days::new(dice.roll(30).unsigned_abs()) }
            }
            16 if deal.archived => WriteRequest::RestoreContract { id, version },
            16 if dice.roll(3) == 0 => WriteRequest::ArchiveContract { id, version },
            _ => match self.undos.last() {
                Some(_) if dice.roll(4) > 0 => self.undos.pop().unwrap(),
                Some(_) => dice.one_of(&self.undos).unwrap().clone(),
                None => pay(due, today),
            },
        };
        (is_manager, write)
    }

    /// Finds an order in which the model answers as the program did, and goes on from there.
    fn note(&mut self, answered: &[(Asked, Result<Reply, Error>)], today: NaiveDate) {
        let mut outcomes = Vec::new();
        for ((is_manager, write), answer) in answered {
            let who = if *is_manager { "manager" } else { "sales" };
            self.told.push(format!("{who}, {today}: {write:?}\n    -> {}", in_short(answer)));
            self.done.steps += 1;
            outcomes.push(match answer {
                Ok(Reply::Saved { id, .. }) => Some(*id),
                Err(Error::Invalid(_) | Error::Denied(_) | Error::Conflict(_)) => None,
                other => self.fail(&format!("neither saved nor refused: {other:?}")),
            });
            self.done.refused += usize::from(answer.is_err());
            if let Some(Request::Write(undo)) = answer.as_ref().ok().and_then(Reply::undo) {
                self.undos.push(undo);
            }
        }
        let orders: &[&[usize]] = if answered.len() == 1 { &[&[0]] } else { &[&[0, 1], &[1, 0]] };
        let after = orders.iter().find_map(|order| {
            let mut company = self.company.clone();
            let as_told = order.iter().all(|at| {
                let (is_manager, write) = &answered[*at].0;
                let new = outcomes[*at].unwrap_or_default();
                company.take(*is_manager, write, today, new) == outcomes[*at].is_some()
            });
            as_told.then_some(company)
        });
        match after {
            Some(company) => self.company = company,
            None => self.fail("in no order would the model answer so"),
        }
    }

    /// Compares what is stored and what the screens say with the model.
    fn check(&mut self) {
        let deal = self.deal().clone();
        let stored = storage::contracts::find(&mut self.db, deal.id).unwrap().unwrap();
        let signed_on = stored.signed_at.map(|utc| self.settings.wall_clock(utc).date());
        let told = (stored.total_cents.0, stored.due_cents.0, stored.version, signed_on, stored.archived_at.is_some());
        self.expect(told, (deal.total, deal.due(), deal.version, deal.signed_on, deal.archived));
        self.expect((0..=deal.total).contains(&stored.due_cents.0), true);
        let all = self.payments_of(deal.id);
        let all: Vec<_> =
            all.iter().map(|one| (one.id, one.version, one.amount_cents.0, one.cancelled_at.is_some())).collect();
        let mut model: Vec<_> =
            deal.payments.iter().map(|one| (one.id, one.version, one.amount, one.cancelled)).collect();
        model.sort_by_key(|(id, ..)| id.0);
        self.expect(all, model);
        let Reply::Contract(detail) = self.read(ReadRequest::ViewContract(deal.id)) else { panic!("a contract") };
        self.expect(detail.row.contract.due_cents.0, deal.due());
        let (paid, cancelled) = deal.payments.iter().fold((0, 0), |(paid, cancelled), one| match one.cancelled {
            true => (paid, cancelled + one.amount),
            false => (paid + one.amount, cancelled),
        });
        let sums = Sums::Payments { paid: Cents(paid), cancelled: Cents(cancelled) };
        self.expect(detail.payments.sums, Some(sums));
        self.check_company();
    }

    /// Compares the sums over all contracts.
    fn check_company(&mut self) {
        let (count, total, due) = self.company.balances();
        let filter = ContractFilter { view: ContractView::NotPaid, ..ContractFilter::default() };
        let Query::Contract(listing) = Query::contracts(filter) else { panic!("contracts") };
        let listing = Query::Contract(epic_events::domain::page::Listing { edge: Edge::Total, ..listing });
        let Reply::Page(page) = self.read(ReadRequest::List(listing)) else { panic!("a page") };
        let sums = Sums::Contracts { total: Cents(total), due: Cents(due) };
        self.expect((page.total, page.sums), (Some(Count::Exactly(count)), Some(sums)));
        let Reply::Home(home) = self.read(ReadRequest::Home) else { panic!("home") };
        let line = home.lines.iter().find(|one| one.line == HomeLine::BalancesDue).map(|one| one.count);
        self.expect(line, Some(Count::Exactly(count)));
    }

    fn read(&mut self, read: ReadRequest) -> Reply {
        let (manager, now) = (self.world.manager.clone(), self.world.now());
        self.world.services.execute(Some(&manager), &Request::Read(read), now).unwrap()
    }

    #[track_caller]
    fn expect<T: PartialEq + Debug>(&self, told: T, model: T) {
        if told != model {
            self.fail(&format!("{}: the program says {told:?}, the model {model:?}", Location::caller()));
        }
    }

    fn fail(&self, words: &str) -> ! {
        panic!("{words}\nEPIC_EVENTS_SEED={}\n{}", self.seed, self.told.join("\n"))
    }
}

fn in_short(answer: &Result<Reply, Error>) -> String {
    match answer {
        Ok(Reply::Saved { id, version, .. }) => format!("saved {id} in version {version}"),
        Ok(other) => format!("{other:?}"),
        Err(Error::Conflict(_)) => "conflict".to_owned(),
        Err(error) => format!("{error}"),
    }
}
