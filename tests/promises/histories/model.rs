//! What contracts with their payments are, told anew in a few lines: nothing of the program's own arithmetic is
//! used here.

use chrono::NaiveDate;
use epic_events::{
    domain::{ContractId, PaymentId},
    services::WriteRequest,
};

/// A payment or a refund.
#[derive(Debug, Clone)]
pub struct Paid {
    pub id: PaymentId,
    pub version: i32,
    pub amount: i64,
    pub recorded_on: NaiveDate,
    pub cancelled: bool,
}

/// A contract.
#[derive(Debug, Clone)]
pub struct Deal {
    pub id: ContractId,
    pub version: i32,
    pub total: i64,
    pub signed_on: Option<NaiveDate>,
    pub archived: bool,
    pub payments: Vec<Paid>,
}

impl Deal {
    pub fn paid(&self) -> i64 {
        self.payments.iter().filter(|one| !one.cancelled).map(|one| one.amount).sum()
    }

    pub fn due(&self) -> i64 {
        self.total - self.paid()
    }

    /// Whether this can be taken from what is due.
    fn fits(&self, amount: i64) -> bool {
        (0..=self.total).contains(&(self.due() - amount))
    }
}

/// All contracts of a company.
#[derive(Debug, Clone, Default)]
pub struct Company {
    pub deals: Vec<Deal>,
}

impl Company {
    /// The number of contracts with something due that are signed and not archived, and their totals and amounts
    /// due.
    pub fn balances(&self) -> (i64, i64, i64) {
        let due = self.deals.iter().filter(|deal| deal.signed_on.is_some() && !deal.archived && deal.due() > 0);
        due.fold((0, 0, 0), |(count, total, due), deal| (count + 1, total + deal.total, due + deal.due()))
    }

    fn deal(&mut self, id: ContractId) -> &mut Deal {
        self.deals.iter_mut().find(|deal| deal.id == id).unwrap()
    }

    /// Does what the manager or the sales contact asks on this day, if the rules allow it; returns whether they do.
    /// A new record gets this id.
    pub fn take(&mut self, is_manager: bool, request: &WriteRequest, today: NaiveDate, new: i64) -> bool {
        match request {
            WriteRequest::RecordPayment { contract, draft } => {
                let (deal, amount) = (self.deal(*contract), draft.amount_cents.0);
                let so = !deal.archived && amount != 0 && draft.paid_on <= today && deal.fits(amount);
                let id = PaymentId::new(new);
                deal.payments.extend(so.then_some(Paid {
                    id,
                    version: 1,
                    amount,
                    recorded_on: today,
                    cancelled: false,
                }));
                so
            }
            WriteRequest::CancelPayment { id, version, .. } => {
                let of = |deal: &&mut Deal| deal.payments.iter().any(|one| one.id == *id);
                let deal = self.deals.iter_mut().find(of).unwrap();
                let at = deal.payments.iter().position(|one| one.id == *id).unwrap();
                let one = &deal.payments[at];
                let mine = is_manager || one.recorded_on == today;
                let so = !deal.archived && !one.cancelled && mine && one.version == *version && deal.fits(-one.amount);
                let one = &mut deal.payments[at];
                (one.cancelled, one.version) = (one.cancelled || so, one.version + i32::from(so));
                so
            }
            WriteRequest::UpdateContract { id, version, draft, difference: _ } => {
                let (deal, total) = (self.deal(*id), draft.total_cents.0);
                let so = !deal.archived && deal.version == *version && total > 0 && total >= deal.paid();
                if so && total != deal.total {
                    (deal.total, deal.version) = (total, deal.version + 1);
                }
                so
            }
            WriteRequest::SignContract { id, version, day } => {
                let deal = self.deal(*id);
                let so = !deal.archived && deal.version == *version && deal.signed_on.is_none() && *day <= today;
                if so {
                    (deal.signed_on, deal.version) = (Some(*day), deal.version + 1);
                }
                so
            }
            WriteRequest::ArchiveContract { id, version } | WriteRequest::RestoreContract { id, version } => {
                let archives = matches!(request, WriteRequest::ArchiveContract { .. });
                let deal = self.deal(*id);
                let so = is_manager && deal.version == *version && deal.archived != archives;
                if so {
                    (deal.archived, deal.version) = (archives, deal.version + 1);
                }
                so
            }
            other => panic!("not in a history: {other:?}"),
        }
    }
}
