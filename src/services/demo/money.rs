//! What was paid in the company of the demo.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Demo, note};
use crate::{
    domain::{
        Cents,
        audit::Verb,
        contracts::Contract,
        payments::{Method, Payment, PaymentDraft},
    },
    services::{
        context::ServiceError,
        outcome::{changed, created},
    },
    storage::{self, Db},
};

impl Demo {
    /// The payments of a contract: one, or a part at the signature and the rest a month later. Some
    /// contracts have a refund as well, some a payment that is cancelled.
    pub(super) fn pay(
        &self,
        db: &mut Db,
        client: &str,
        contract: &Contract,
        signed: NaiveDateTime,
    ) -> Result<(), ServiceError> {
        let (paid, number) = (contract.paid().0, contract.id.0);
        let at = |days: i64| (signed + TimeDelta::days(days)).min(self.now.utc);
        let parts: Vec<(i64, i64)> = match number % 5 {
            0 => vec![(paid, 0)],
            1 => vec![(paid / 2 + paid / 10, 0), (-(paid / 10), 10), (paid - paid / 2, 30)],
            _ => vec![(paid / 2, 0), (paid - paid / 2, 30)],
        };
        for (nth, (amount, days)) in (1..).zip(parts) {
            self.payment(db, client, contract, (amount, at(days)), (nth, None))?;
        }
        if number % 6 == 2 {
            self.payment(db, client, contract, (paid / 2, at(30)), (2, Some(self.samples.mistaken)))?;
        }
        Ok(())
    }

    fn payment(
        &self,
        db: &mut Db,
        client: &str,
        contract: &Contract,
        (amount, at): (i64, NaiveDateTime),
        (nth, cancelled): (i64, Option<&str>),
    ) -> Result<(), ServiceError> {
        let method = Method::CHOSEN[usize::try_from(contract.id.0 + nth).unwrap_or(0) % Method::CHOSEN.len()];
        let reference = match method {
            Method::Transfer => format!("VIR {}-{nth}", contract.id.0),
            Method::Cheque => format!("CHQ {}", 4_100_000 + contract.id.0 * 7 + nth),
            Method::Card | Method::Cash | Method::Other | Method::Opening => String::new(),
        };
        let draft =
            PaymentDraft { amount_cents: Cents(amount), paid_on: at.date(), method, reference, notes: String::new() };
        let payment = storage::payments::insert(db, contract.id, &draft, at)?;
        note(db, created(Verb::PaymentRecorded, client, &*payment), at)?;
        let Some(reason) = cancelled else { return Ok(()) };
        let payment = payment.as_it_is();
        storage::payments::cancel(db, &payment, reason, at)?;
        let after = Payment { cancelled_at: Some(at), cancel_reason: reason.to_owned(), ..(*payment).clone() };
        note(db, changed(Verb::PaymentCancelled, client, &*payment, &after), at)
    }
}
