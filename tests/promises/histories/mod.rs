//! Random histories of payments, refunds, cancellations, changed totals, instalments, plans, signatures and events, by
//! two people who sometimes write at once: after each step, what is due by which day and what the screens say equals a
//! model that was written for this test.
//! `EPIC_EVENTS_ROUNDS` is the number of histories. A history that fails is printed, with the seed that repeats it
//! (`EPIC_EVENTS_SEED`).

mod choice;
mod model;
mod rules;

use std::{fmt::Debug, panic::Location, thread};

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, Error, PlanId,
        contracts::{ContractDraft, ContractFilter, ContractView},
        entity::Query,
        page::{Count, Edge, Sums},
        payments::Payment,
        session::Moment,
        settings::Settings,
    },
    schema::{contracts, instalments, payments},
    services::{HomeLine, ReadRequest, Reply, Request, Services, WriteRequest},
    storage::{self, Db},
};
use rstest::rstest;

use self::{
    model::{Company, Deal, Paid, Part, Plan},
    rules::Asking,
};
use crate::{
    common::{figure, rounds, services},
    support::{Engine, world::World},
};

/// So many histories share a company: what home says is the sum of all its contracts.
const SHARED: usize = 250;
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
    figure("29 what is due equals a model", engine.name(), &words);
}

/// Numbers that a seed repeats.
struct Dice(u64);

impl Dice {
    pub fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
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
    /// The time of the present step.
    now: Moment,
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
        let now = world.now();
        let (company, undos, told, done) = (Company::default(), Vec::new(), Vec::new(), Done::default());
        let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut past = Self { seed, dice, world, pair, db, now, settings, client, company, undos, told, done };
        past.company.settings_version = past.settings.version;
        for name in ["30/40/30", "In advance", "Afterwards"] {
            let draft = choice::plan(&mut past.dice, name, false);
            let parts = rules::shared(&draft);
            let (id, version) = past.world.save(&Request::Write(WriteRequest::CreatePlan(draft)));
            past.company.plans.push(Plan { id: PlanId::new(id), version, name: name.to_owned(), parts });
        }
        past
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
        let (signed_on, archived, events, own) = (None, false, Vec::new(), Vec::new());
        self.company.deals.push(Deal { id, version: 1, total, signed_on, archived, payments, events, own });
        self.check();
        for _ in 0..STEPS {
            self.step();
            self.check();
        }
    }

    fn deal(&self) -> &Deal {
        self.company.deals.last().unwrap()
    }

    fn today(&self) -> NaiveDate {
        self.settings.wall_clock(self.now.utc).date()
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
        self.now = self.world.now();
        let (now, today) = (self.now, self.today());
        let first = self.choose(today);
        if self.dice.roll(4) > 0 {
            let answer = self.ask(0, &first, now);
            self.note(&[(first, answer)], today);
            return;
        }
        let second = self.choose(today);
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
                company.take(Asking { is_manager: *is_manager, today, new }, write) == outcomes[*at].is_some()
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
        let parts = deal.parts(self.company.plan());
        let shown = detail.instalments.iter();
        let shown = shown.map(|one| Part { amount: one.amount_cents.0, day: one.due_on, open: one.open_cents.0 });
        self.expect(shown.collect(), parts.clone());
        self.check_instalments(&deal, &parts);
        self.check_company();
    }

    /// Compares the stored instalments: of an archived contract nothing is open.
    fn check_instalments(&mut self, deal: &Deal, parts: &[Part]) {
        let stored = instalments::table
            .filter(instalments::contract_id.eq(deal.id))
            .order(instalments::position)
            .select((instalments::amount_cents, instalments::due_on, instalments::open_cents, instalments::plan_id));
        let stored: Vec<(Cents, Option<NaiveDate>, Cents, Option<PlanId>)> = stored.load(&mut self.db).unwrap();
        let open = |part: &Part| if deal.archived { 0 } else { part.open };
        let plan = self.company.default.filter(|_| deal.own.is_empty());
        let model = parts.iter().map(|part| (Cents(part.amount), part.day, Cents(open(part)), plan));
        self.expect(stored, model.collect());
        if !parts.is_empty() {
            self.expect(parts.iter().map(|part| part.amount).sum::<i64>(), deal.total);
            self.expect(parts.iter().map(|part| part.open).sum::<i64>(), deal.due());
        }
        let next = contracts::table.find(deal.id).select(contracts::next_due_on);
        let next: Option<NaiveDate> = next.first(&mut self.db).unwrap();
        self.expect(next, parts.iter().filter(|part| open(part) > 0).filter_map(|part| part.day).min());
    }

    /// Compares the lists and the lines of home, which are about all contracts.
    fn check_company(&mut self) {
        let today = self.today();
        let (balances, due) = (self.company.balances(), today + Days::new(30));
        let late = self.company.waiting(NaiveDate::MIN..=today.pred_opt().unwrap());
        let soon = self.company.waiting(today..=due);
        let Reply::Home(home) = self.read(ReadRequest::Home) else { panic!("home") };
        for (view, line, (count, total, due), amount) in [
            (ContractView::NotPaid, HomeLine::BalancesDue, balances, None),
            (ContractView::Overdue, HomeLine::Overdue, (late.0, late.1, late.2), Some(Cents(late.3))),
            (ContractView::DueSoon, HomeLine::DueSoon, (soon.0, soon.1, soon.2), Some(Cents(soon.3))),
        ] {
            let query = Query::contracts(ContractFilter { view, ..ContractFilter::default() }).at(Edge::Total);
            let Reply::Page(page) = self.read(ReadRequest::List(query)) else { panic!("a page") };
            let sums = Sums::Contracts { total: Cents(total), due: Cents(due) };
            self.expect((view, page.total, page.sums), (view, Some(Count::Exactly(count)), Some(sums)));
            let told = home.lines.iter().find(|waiting| waiting.line == line);
            let told = told.map(|waiting| (waiting.line, waiting.count, waiting.amount));
            self.expect(told, Some((line, Count::Exactly(count), amount)));
        }
    }

    fn read(&mut self, read: ReadRequest) -> Reply {
        let manager = self.world.manager.clone();
        self.world.services.execute(Some(&manager), &Request::Read(read), self.now).unwrap()
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "both values are made for this comparison")]
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
