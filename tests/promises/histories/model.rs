//! What is due of contracts and when, told anew in a few lines: nothing of the program's own arithmetic is used
//! here.

use chrono::{NaiveDate, TimeDelta};
use epic_events::domain::{ContractId, EventId, PaymentId, PlanId, events::Status};

/// The day by which a part has to be paid: a day, or so many days after the signature or the first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    Signed(i32),
    Event(i32),
}

/// A payment or a refund.
#[derive(Debug, Clone)]
pub struct Paid {
    pub id: PaymentId,
    pub version: i32,
    pub amount: i64,
    pub recorded_on: NaiveDate,
    pub cancelled: bool,
}

#[derive(Debug, Clone)]
pub struct Held {
    pub id: EventId,
    pub version: i32,
    pub day: Option<NaiveDate>,
    pub status: Status,
    pub archived: bool,
}

/// A contract. `own` are the instalments that were agreed for it: amounts and days.
#[derive(Debug, Clone)]
pub struct Deal {
    pub id: ContractId,
    pub version: i32,
    pub total: i64,
    pub signed_on: Option<NaiveDate>,
    pub archived: bool,
    pub payments: Vec<Paid>,
    pub events: Vec<Held>,
    pub own: Vec<(i64, When)>,
}

/// A plan: hundredths of percents of the total, and days.
#[derive(Debug, Clone)]
pub struct Plan {
    pub id: PlanId,
    pub version: i32,
    pub name: String,
    pub parts: Vec<(i64, When)>,
}

/// All contracts and plans of a company.
#[derive(Debug, Clone, Default)]
pub struct Company {
    pub deals: Vec<Deal>,
    pub plans: Vec<Plan>,
    pub default: Option<PlanId>,
    pub settings_version: i32,
}

/// What is to be paid by a day: the amount, and what payments have not filled of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub amount: i64,
    pub day: Option<NaiveDate>,
    pub open: i64,
}

impl Deal {
    pub fn paid(&self) -> i64 {
        self.payments.iter().filter(|one| !one.cancelled).map(|one| one.amount).sum()
    }

    pub fn due(&self) -> i64 {
        self.total - self.paid()
    }

    /// The parts in which it is to be paid, in the order in which they were agreed.
    pub fn parts(&self, plan: &[(i64, When)]) -> Vec<Part> {
        let held = self.events.iter().filter(|event| event.status != Status::Cancelled && !event.archived);
        let event_on = held.filter_map(|event| event.day).min();
        let after = |day: Option<NaiveDate>, days: i32| day.map(|day| day + TimeDelta::days(days.into()));
        let (mut shares, mut before) = (0, 0);
        let of_plan = plan.iter().map(|(share, when)| {
            shares += share;
            let until = (self.total * shares + 5_000) / 10_000;
            (until - std::mem::replace(&mut before, until), *when)
        });
        let all = if self.own.is_empty() { of_plan.collect() } else { self.own.clone() };
        let mut parts: Vec<Part> = Vec::new();
        for (amount, when) in all.into_iter().filter(|(amount, _)| *amount > 0) {
            let day = match when {
                When::Day(day) => Some(day),
                When::Signed(days) => after(self.signed_on, days),
                When::Event(days) => after(event_on, days),
            };
            parts.push(Part { amount, day, open: amount });
        }
        let mut left = self.paid();
        let mut in_order: Vec<&mut Part> = parts.iter_mut().collect();
        in_order.sort_by_key(|part| part.day.unwrap_or(NaiveDate::MAX));
        for part in in_order {
            let filled = left.min(part.amount);
            (part.open, left) = (part.amount - filled, left - filled);
        }
        parts
    }
}

impl Company {
    /// The parts of the default plan.
    pub fn plan(&self) -> &[(i64, When)] {
        self.plans.iter().find(|plan| Some(plan.id) == self.default).map_or(&[], |plan| &plan.parts)
    }

    /// Of the contracts that are not archived and whose next day is one of these: how many they are, their totals
    /// and their amounts due; and what is open of them on these days.
    pub fn waiting(&self, days: std::ops::RangeInclusive<NaiveDate>) -> (i64, i64, i64, i64) {
        let mut sums = (0, 0, 0, 0);
        for deal in self.deals.iter().filter(|deal| !deal.archived) {
            let parts = deal.parts(self.plan());
            let open = || parts.iter().filter(|part| part.open > 0);
            if open().filter_map(|part| part.day).min().is_some_and(|next| days.contains(&next)) {
                let then = open().filter(|part| part.day.is_some_and(|day| days.contains(&day)));
                sums.3 += then.map(|part| part.open).sum::<i64>();
                (sums.0, sums.1, sums.2) = (sums.0 + 1, sums.1 + deal.total, sums.2 + deal.due());
            }
        }
        sums
    }

    /// How many contracts with something due are signed and not archived, with their totals and amounts due.
    pub fn balances(&self) -> (i64, i64, i64) {
        let due = self.deals.iter().filter(|deal| deal.signed_on.is_some() && !deal.archived && deal.due() > 0);
        due.fold((0, 0, 0), |(count, total, due), deal| (count + 1, total + deal.total, due + deal.due()))
    }
}
