//! Which requests of a history the rules allow, and what each changes.

use chrono::NaiveDate;
use epic_events::{
    domain::{
        ContractId, EventId, PaymentId, PlanId,
        events::{EventDraft, Status},
        instalments::{Due, InstalmentDraft, SeenInstalment},
        plans::PlanDraft,
    },
    services::WriteRequest,
};

use super::model::{Company, Deal, Held, Paid, Plan, When};

/// Who asks, on which day.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    pub is_manager: bool,
    pub today: NaiveDate,
    /// The id of the new record, if there is one.
    pub new: i64,
}

fn when(due: Due) -> When {
    match due {
        Due::On(day) => When::Day(day),
        Due::Signature(days) => When::Signed(days),
        Due::Event(days) => When::Event(days),
    }
}

pub fn shared(draft: &PlanDraft) -> Vec<(i64, When)> {
    draft.parts.iter().map(|part| (part.share.into(), when(part.due))).collect()
}

fn agreed(rows: &[InstalmentDraft]) -> Vec<(i64, When)> {
    rows.iter().map(|row| (row.amount_cents.0, when(row.due))).collect()
}

/// The program sees the day of a start only.
fn day_of(draft: &EventDraft) -> Option<NaiveDate> {
    draft.starts_at.map(|starts_at| starts_at.date())
}

/// Sets a new value and raises the version if it is another one.
fn change<T: PartialEq>(value: &mut T, new: T, version: &mut i32) {
    *version += i32::from(*value != new);
    *value = new;
}

impl Deal {
    /// Whether this can be taken from what is due.
    fn fits(&self, amount: i64) -> bool {
        (0..=self.total).contains(&(self.due() - amount))
    }

    /// Takes another total, whose difference goes to the own instalment that was seen, or the last one.
    fn take_total(&mut self, total: i64, seen: Option<&SeenInstalment>) -> bool {
        if total != self.total && !self.own.is_empty() {
            let at = seen.map_or(self.own.len() - 1, |seen| usize::try_from(seen.position - 1).unwrap());
            let is_seen =
                |own: &(i64, When)| seen.is_none_or(|seen| *own == (seen.row.amount_cents.0, when(seen.row.due)));
            match self.own.get_mut(at).filter(|own| is_seen(own)) {
                Some((amount, _)) if *amount + total - self.total > 0 => *amount += total - self.total,
                _ => return false,
            }
        }
        change(&mut self.total, total, &mut self.version);
        true
    }
}

impl Company {
    fn deal(&mut self, id: ContractId) -> &mut Deal {
        self.deals.iter_mut().find(|deal| deal.id == id).unwrap()
    }

    fn with_payment(&mut self, id: PaymentId) -> (&mut Deal, usize) {
        let of = |deal: &Deal| deal.payments.iter().position(|one| one.id == id);
        self.deals.iter_mut().find_map(|deal| of(deal).map(|at| (deal, at))).unwrap()
    }

    /// The event, and whether its contract is archived.
    fn event(&mut self, id: EventId) -> (&mut Held, bool) {
        for deal in &mut self.deals {
            if let Some(at) = deal.events.iter().position(|event| event.id == id) {
                return (&mut deal.events[at], deal.archived);
            }
        }
        panic!("{id:?}")
    }

    fn plan_of(&mut self, id: PlanId) -> Option<&mut Plan> {
        self.plans.iter_mut().find(|plan| plan.id == id)
    }

    /// Does what is asked, if the rules allow it; returns whether they do.
    pub fn take(&mut self, asking: Asking, request: &WriteRequest) -> bool {
        let Asking { is_manager, today, new } = asking;
        match request {
            WriteRequest::RecordPayment { contract, draft } => {
                let (deal, amount) = (self.deal(*contract), draft.amount_cents.0);
                let so = !deal.archived && amount != 0 && draft.paid_on <= today && deal.fits(amount);
                let paid = Paid { id: PaymentId::new(new), version: 1, amount, recorded_on: today, cancelled: false };
                deal.payments.extend(so.then_some(paid));
                so
            }
            WriteRequest::CancelPayment { id, version, .. } => {
                let (deal, at) = self.with_payment(*id);
                let one = &deal.payments[at];
                let so = !deal.archived
                    && !one.cancelled
                    && (is_manager || one.recorded_on == today)
                    && one.version == *version
                    && deal.fits(-one.amount);
                let one = &mut deal.payments[at];
                (one.cancelled, one.version) = (one.cancelled || so, one.version + i32::from(so));
                so
            }
            WriteRequest::UpdateContract { id, version, draft, difference } => {
                let (deal, total) = (self.deal(*id), draft.total_cents.0);
                let so = !deal.archived && deal.version == *version && total > 0 && total >= deal.paid();
                so && deal.take_total(total, difference.as_ref())
            }
            WriteRequest::SetInstalments { contract, version, rows } => {
                let deal = self.deal(*contract);
                let sum: i64 = rows.iter().map(|row| row.amount_cents.0).sum();
                let right = rows.iter().all(|row| row.amount_cents.0 > 0) && (rows.is_empty() || sum == deal.total);
                let so = !deal.archived && deal.version == *version && right;
                if so {
                    change(&mut deal.own, agreed(rows), &mut deal.version);
                }
                so
            }
            WriteRequest::SignContract { id, version, day } => {
                let deal = self.deal(*id);
                let so = !deal.archived && deal.version == *version && deal.signed_on.is_none() && *day <= today;
                if so {
                    change(&mut deal.signed_on, Some(*day), &mut deal.version);
                }
                so
            }
            WriteRequest::ArchiveContract { id, version } | WriteRequest::RestoreContract { id, version } => {
                let archives = matches!(request, WriteRequest::ArchiveContract { .. });
                let deal = self.deal(*id);
                let held = archives && deal.events.iter().any(|event| !event.archived);
                let so = is_manager && deal.version == *version && deal.archived != archives && !held;
                if so {
                    change(&mut deal.archived, archives, &mut deal.version);
                }
                so
            }
            _ => self.take_event(asking, request),
        }
    }

    fn take_event(&mut self, asking: Asking, request: &WriteRequest) -> bool {
        let Asking { is_manager, today, new } = asking;
        match request {
            WriteRequest::CreateEvent { contract, draft } => {
                let (deal, day) = (self.deal(*contract), day_of(draft));
                let so = !deal.archived && deal.signed_on.is_some() && day.is_none_or(|day| day >= today);
                let status = Status::Planned;
                let held = Held { id: EventId::new(new), version: 1, day, status, archived: false };
                deal.events.extend(so.then_some(held));
                so
            }
            WriteRequest::UpdateEvent { id, version, draft } => {
                let (event, _) = self.event(*id);
                let day = day_of(draft);
                let in_time = day == event.day || day.is_none_or(|day| day >= today);
                let so = is_manager && !event.archived && event.version == *version && in_time;
                if so {
                    change(&mut event.day, day, &mut event.version);
                }
                so
            }
            WriteRequest::SetStatus { id, version, status } => {
                let (event, _) = self.event(*id);
                let so = is_manager && !event.archived && event.version == *version;
                if so {
                    change(&mut event.status, *status, &mut event.version);
                }
                so
            }
            WriteRequest::ArchiveEvent { id, version } | WriteRequest::RestoreEvent { id, version } => {
                let archives = matches!(request, WriteRequest::ArchiveEvent { .. });
                let (event, gone) = self.event(*id);
                let so = is_manager && !gone && event.version == *version && event.archived != archives;
                if so {
                    change(&mut event.archived, archives, &mut event.version);
                }
                so
            }
            _ => self.take_plan(asking, request),
        }
    }

    fn take_plan(&mut self, Asking { is_manager, .. }: Asking, request: &WriteRequest) -> bool {
        match request {
            WriteRequest::UpdatePlan { id, version, draft } => {
                let Some(plan) = self.plan_of(*id) else { return false };
                let whole = draft.parts.iter().map(|part| part.share).sum::<i32>() == 10_000;
                let so = is_manager && plan.version == *version && whole;
                if so {
                    change(&mut plan.parts, shared(draft), &mut plan.version);
                }
                so
            }
            WriteRequest::UpdateSettings(settings) => {
                let so = is_manager && settings.version == self.settings_version;
                if so {
                    change(&mut self.default, settings.default_plan, &mut self.settings_version);
                }
                so
            }
            other => panic!("not in a history: {other:?}"),
        }
    }
}
