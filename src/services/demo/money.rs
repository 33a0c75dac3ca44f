//! Contracts of the demo: their plans, amounts, instalments and payments.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Deal, Demo, note};
use crate::{
    domain::{
        Cents, ContractId, Error, Field, UserId,
        audit::{Changes, Subject, Verb},
        clients::ClientDraft,
        contracts::{Contract, ContractDraft},
        entity::EntityKind,
        instalments::{self, Anchors, Due, InstalmentDraft, audited},
        payments::{Method, Payment, PaymentDraft},
        plans::{Plan, PlanDraft, PlanPart},
        session::Moment,
    },
    services::{
        context::ServiceError,
        outcome::{changed, created},
        samples::Samples,
    },
    storage::{self, Db, audit::AuditEntry},
};

impl Demo {
    /// The plans of the company; returns the default one.
    pub(super) fn plans(db: &mut Db, samples: &Samples, now: Moment) -> Result<Plan, ServiceError> {
        let [deposit, before, rest] = samples.parts;
        let part = |label: &str, share, due| PlanPart { label: label.to_owned(), share, due };
        let default = vec![
            part(deposit, 3_000, Due::Signature(0)),
            part(before, 4_000, Due::Event(-60)),
            part(rest, 3_000, Due::Event(0)),
        ];
        let halves = vec![part(deposit, 5_000, Due::Signature(14)), part(rest, 5_000, Due::Event(30))];
        let mut made = Vec::new();
        for (name, parts) in [("30/40/30", default), ("50/50", halves)] {
            let plan = storage::plans::insert(db, &PlanDraft { name: name.to_owned(), parts }, now.utc)?;
            note(db, created(Verb::PlanCreated, name, &plan), now.utc)?;
            made.push(plan);
        }
        Ok(made.swap_remove(0))
    }

    /// Agrees instalments for a signed contract: what was paid by now, and the rest on coming days or a month
    /// after the event.
    pub(super) fn agree(&self, db: &mut Db, client: &str, id: ContractId, number: usize) -> Result<(), ServiceError> {
        let contract = storage::contracts::find(db, id)?.ok_or(Error::NotFound)?;
        let [deposit, before, rest] = self.samples.parts;
        let row =
            |label: &str, amount, due| InstalmentDraft { label: label.to_owned(), amount_cents: Cents(amount), due };
        let (paid, due) = (contract.paid().0, contract.due_cents.0);
        let ahead = i64::try_from(8 + number % 60).unwrap_or(8);
        let mut rows = vec![
            row(deposit, paid, Due::Signature(0)),
            row(before, due / 2, Due::On(self.wall.date() + TimeDelta::days(ahead))),
            row(rest, due - due / 2, Due::Event(30)),
        ];
        rows.retain(|row| row.amount_cents.0 > 0);
        let change = (Field::Instalments, audited(&[]), audited(&rows));
        let changes = Changes(vec![change]);
        let kind = Subject::from(EntityKind::Contract);
        // The days and what is open are brought up to date with those of all contracts.
        let rows = instalments::of_contract(id, rows, Anchors::default(), None);
        storage::instalments::replace(db, id, &rows, self.now.utc)?;
        note(db, AuditEntry::new(Verb::InstalmentsSet, kind, Some(id.0), client.to_owned(), changes), self.now.utc)
    }

    pub(super) fn deal(
        &self,
        db: &mut Db,
        draft: &ClientDraft,
        owner: UserId,
        deal: &Deal,
    ) -> Result<ContractId, ServiceError> {
        const NEGOTIATED: TimeDelta = TimeDelta::days(12);
        let signed_at = deal.signed.map(|ago| self.now.utc - TimeDelta::days(ago));
        let at = signed_at.unwrap_or(self.now.utc) - NEGOTIATED;
        let (client, _) = storage::clients::insert(db, draft, owner, at)?;
        note(db, created(Verb::ClientCreated, &draft.full_name, &*client), at)?;
        let terms = ContractDraft { total_cents: Cents(deal.total), ..ContractDraft::default() };
        let paid = Cents(deal.total - deal.due);
        let drawn_up = storage::contracts::insert(db, None, client.id, &terms, at)?;
        let after = Contract { signed_at, due_cents: Cents(deal.due), ..(*drawn_up).clone() };
        note(db, created(Verb::ContractCreated, &draft.full_name, &after), at)?;
        if let Some(signed_at) = signed_at {
            if paid.0 > 0 {
                self.pay(db, &draft.full_name, &after, signed_at)?;
                storage::contracts::set_due(db, &drawn_up, after.due_cents, signed_at)?;
            }
            storage::contracts::sign(db, &drawn_up.as_it_is(), signed_at, signed_at)?;
        }
        Ok(after.id)
    }

    /// The payments of a contract: one, or a part at the signature and the rest a month later. Some
    /// contracts have a refund as well, some a payment that is cancelled.
    fn pay(&self, db: &mut Db, client: &str, contract: &Contract, signed: NaiveDateTime) -> Result<(), ServiceError> {
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
        let paid_on = self.settings.wall_clock(at).date();
        let draft = PaymentDraft { amount_cents: Cents(amount), paid_on, method, reference, notes: String::new() };
        let payment = storage::payments::insert(db, contract.id, &draft, at)?;
        note(db, created(Verb::PaymentRecorded, client, &*payment), at)?;
        let Some(reason) = cancelled else { return Ok(()) };
        let payment = payment.as_it_is();
        storage::payments::cancel(db, &payment, reason, at)?;
        let after = Payment { cancelled_at: Some(at), cancel_reason: reason.to_owned(), ..(*payment).clone() };
        note(db, changed(Verb::PaymentCancelled, client, &*payment, &after), at)
    }
}
