//! What the people of a history ask for, which the rules may forbid.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use epic_events::{
    domain::{
        Cents,
        contracts::ContractDraft,
        events::{EventDraft, Status},
        instalments::{Due, InstalmentDraft, SeenInstalment},
        payments::PaymentDraft,
        plans::{PlanDraft, PlanPart},
        settings::Settings,
    },
    services::WriteRequest,
};

use super::{
    Asked, Dice, Past,
    model::{Deal, Held, Paid, Plan, When},
};
use crate::support::world::payment_draft;

/// So many positive numbers with this sum, or fewer.
fn split(dice: &mut Dice, sum: i64, count: i64) -> Vec<i64> {
    let mut cuts: Vec<i64> = (1..count).map(|_| dice.roll(sum)).chain([0, sum]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn due(when: When) -> Due {
    match when {
        When::Day(day) => Due::On(day),
        When::Signed(days) => Due::Signature(days),
        When::Event(days) => Due::Event(days),
    }
}

fn anchored(dice: &mut Dice) -> Due {
    let days = i32::try_from(dice.roll(90)).unwrap();
    if dice.roll(2) == 0 { Due::Signature(days - 20) } else { Due::Event(days - 70) }
}

/// The shares of a plan, which may be 100.01 % together if they may be `wrong`.
pub fn plan(dice: &mut Dice, name: &str, wrong: bool) -> PlanDraft {
    let count = 1 + dice.roll(4);
    let more = i64::from(wrong && dice.roll(6) == 0);
    let shares = split(dice, 10_000 + more, count);
    let mut parts = Vec::new();
    for share in shares {
        parts.push(PlanPart { label: String::new(), share: i32::try_from(share).unwrap(), due: anchored(dice) });
    }
    PlanDraft { name: name.to_owned(), parts }
}

fn instalments(dice: &mut Dice, total: i64, today: NaiveDate) -> Vec<InstalmentDraft> {
    let count = 1 + dice.roll(4);
    let more = i64::from(dice.roll(8) == 0);
    let mut rows = Vec::new();
    for amount in split(dice, total + more, count) {
        let day = today - Days::new(40) + Days::new(dice.roll(90).unsigned_abs());
        let due = if dice.roll(3) == 0 { Due::On(day) } else { anchored(dice) };
        rows.push(InstalmentDraft { label: String::new(), amount_cents: Cents(amount), due });
    }
    rows
}

fn event(day: Option<NaiveDate>) -> EventDraft {
    let starts_at = day.map(|day| day.and_time(NaiveTime::MIN) + TimeDelta::hours(18));
    EventDraft { title: "Gala".to_owned(), starts_at, ..EventDraft::default() }
}

impl Past {
    /// What a person asks for on this day, and whether it is the manager.
    pub(super) fn choose(&mut self, today: NaiveDate) -> Asked {
        let deal = self.deal().clone();
        let write = match self.dice.roll(24) {
            0..=7 => self.about_money(&deal, today),
            8..=10 => self.about_the_total(&deal),
            11..=12 => {
                let rows =
                    if self.dice.roll(4) == 0 { Vec::new() } else { instalments(&mut self.dice, deal.total, today) };
                WriteRequest::SetInstalments { contract: deal.id, version: deal.version, rows }
            }
            13..=14 => self.about_the_contract(&deal, today),
            15..=18 => self.about_events(&deal, today),
            19 if self.dice.roll(2) == 0 => self.about_plans(),
            _ => match self.undos.last() {
                Some(_) if self.dice.roll(4) > 0 => self.undos.pop().unwrap(),
                Some(_) => self.dice.one_of(&self.undos).unwrap().clone(),
                None => self.about_money(&deal, today),
            },
        };
        (self.dice.roll(3) > 0, write)
    }

    fn about_money(&mut self, deal: &Deal, today: NaiveDate) -> WriteRequest {
        let (due, paid, dice) = (deal.due(), deal.paid(), &mut self.dice);
        let (amount, paid_on) = match dice.roll(9) {
            0..=2 => (1 + dice.roll(due), today),
            3 => (due + dice.roll(2), today - Days::new(dice.roll(40).unsigned_abs())),
            4 => (-1 - dice.roll(paid), today),
            5 => (-paid - dice.roll(2), today),
            6 => (1, today + Days::new(dice.roll(2).unsigned_abs())),
            _ => {
                if let Some(&Paid { id, version, .. }) = dice.one_of(&deal.payments) {
                    return WriteRequest::CancelPayment { id, version, reason: "A mistake".to_owned() };
                }
                (due, today)
            }
        };
        let draft = PaymentDraft { paid_on, ..payment_draft(amount) };
        WriteRequest::RecordPayment { contract: deal.id, draft }
    }

    fn about_the_total(&mut self, deal: &Deal) -> WriteRequest {
        let dice = &mut self.dice;
        let total = match dice.roll(3) {
            0 => deal.paid() - dice.roll(2),
            _ => deal.paid() + dice.roll(deal.total * 2),
        };
        let most = i64::try_from(deal.own.len()).unwrap() + 1;
        let difference = (dice.roll(2) == 0).then(|| {
            let at = usize::try_from(dice.roll(most)).unwrap();
            // Now and then one that is not there, or not any more.
            let (amount, when) = deal.own.get(at).copied().unwrap_or((1, When::Event(0)));
            let amount_cents = Cents(if dice.roll(8) == 0 { amount + 1 } else { amount });
            let row = InstalmentDraft { label: String::new(), amount_cents, due: due(when) };
            SeenInstalment { position: i32::try_from(at + 1).unwrap(), row }
        });
        let draft = ContractDraft { total_cents: Cents(total), ..ContractDraft::default() };
        WriteRequest::UpdateContract { id: deal.id, version: deal.version, draft, difference }
    }

    fn about_the_contract(&mut self, deal: &Deal, today: NaiveDate) -> WriteRequest {
        let &Deal { id, version, signed_on, archived, .. } = deal;
        match signed_on {
            _ if archived => WriteRequest::RestoreContract { id, version },
            Some(_) if self.dice.roll(2) == 0 => WriteRequest::ArchiveContract { id, version },
            _ => {
                let day = today - Days::new(self.dice.roll(30).unsigned_abs());
                WriteRequest::SignContract { id, version, day }
            }
        }
    }

    fn about_events(&mut self, deal: &Deal, today: NaiveDate) -> WriteRequest {
        let dice = &mut self.dice;
        let day = (dice.roll(5) > 0).then(|| today - Days::new(2) + Days::new(dice.roll(120).unsigned_abs()));
        let what = dice.roll(5);
        match dice.one_of(&deal.events) {
            Some(&Held { id, version, archived, .. }) if what > 0 => match what {
                1 | 2 => WriteRequest::UpdateEvent { id, version, draft: event(day) },
                3 => {
                    let status = *dice.one_of(&[Status::Planned, Status::Cancelled]).unwrap();
                    WriteRequest::SetStatus { id, version, status }
                }
                _ if archived => WriteRequest::RestoreEvent { id, version },
                _ => WriteRequest::ArchiveEvent { id, version },
            },
            _ => WriteRequest::CreateEvent { contract: deal.id, draft: event(day) },
        }
    }

    fn about_plans(&mut self) -> WriteRequest {
        let Plan { id, version, name, .. } = self.dice.one_of(&self.company.plans).unwrap().clone();
        match self.dice.roll(3) {
            0 => WriteRequest::UpdatePlan { id, version, draft: plan(&mut self.dice, &name, true) },
            none => {
                let default_plan = (none == 1).then_some(id);
                let version = self.company.settings_version;
                WriteRequest::UpdateSettings(Settings { default_plan, version, ..self.settings.clone() })
            }
        }
    }
}
