//! What a form has to read before it can propose or offer everything.

use super::Form;
use crate::{
    domain::{
        Cents, ContractId, Field, dates,
        entity::EntityKind,
        instalments::{self, Instalment},
        plans::Plan,
        terms::due_in_words,
    },
    services::{ContractDetail, ReadRequest, Reply},
    ui::{
        Context,
        entity::contracts,
        form::{FieldKind, FormField, Purpose, default_plans},
        text::InstalmentPhrase as I,
    },
};

/// The contract that a payment is recorded for, as it was read.
#[derive(Debug)]
pub(super) struct Payable {
    total: Cents,
    instalments: Vec<Instalment>,
}

impl Form {
    /// What has to be read for this form: the plans for the settings, and the instalments of a contract that
    /// is edited or paid.
    pub(super) fn wanted(&self) -> Option<ReadRequest> {
        match self.purpose {
            Purpose::Settings => Some(ReadRequest::Plans),
            Purpose::Edit(EntityKind::Contract, id) => Some(ReadRequest::ViewContract(ContractId::new(id))),
            Purpose::Create(EntityKind::Payment) => {
                let contract = self.entry(Field::ContractId)?.picked?;
                Some(ReadRequest::ViewContract(ContractId::new(contract)))
            }
            _ => None,
        }
    }

    /// Takes over what was read.
    pub(super) fn learn(&mut self, reply: &Reply, ctx: &Context) {
        match (reply, &self.purpose) {
            (Reply::Plans(plans), Purpose::Settings) => self.offer_plans(plans, ctx),
            (Reply::Contract(detail), Purpose::Edit(EntityKind::Contract, _)) => self.offer_difference(detail, ctx),
            (Reply::Contract(detail), Purpose::Create(EntityKind::Payment)) => self.propose_amount(detail, ctx),
            _ => {}
        }
    }

    fn offer_plans(&mut self, plans: &[Plan], ctx: &Context) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.field == Field::DefaultPlan) {
            let chosen = entry.content();
            entry.kind = FieldKind::Choice(default_plans(plans, ctx));
            entry.set(&chosen);
        }
    }

    /// Adds the choice of the instalment that takes a difference of the total, if the contract has
    /// instalments of its own.
    fn offer_difference(&mut self, detail: &ContractDetail, ctx: &Context) {
        let own: Vec<&Instalment> = detail.instalments.iter().filter(|one| one.plan_id.is_none()).collect();
        if own.is_empty() || self.saving || self.doubt || self.entry(Field::Difference).is_some() {
            return;
        }
        let after = self.entries.iter().position(|entry| entry.field == Field::TotalCents);
        let Some(at) = after.map(|total| total + 1) else { return };
        self.entries.insert(at, contracts::difference(&own, ctx));
        if self.at >= at {
            self.at += 1;
        }
    }

    /// Proposes what is open of the instalment that payments fill next, or all that is due.
    fn propose_amount(&mut self, detail: &ContractDetail, ctx: &Context) {
        let contract = &detail.row.contract;
        if self.entry(Field::ContractId).and_then(|entry| entry.picked) != Some(contract.id.0) {
            return;
        }
        let next = instalments::next(&detail.instalments);
        let words = next.map(|next| {
            let due = next.due_on.map_or_else(
                || due_in_words(next.due, ctx.language),
                |day| ctx.say(I::DueOn(&dates::format_date(day))),
            );
            ctx.say(I::Pays { label: &next.label, position: next.position, due: &due })
        });
        let amount = next.map_or(contract.due_cents, |next| next.open_cents);
        self.payable = Some(Payable { total: contract.total_cents, instalments: detail.instalments.clone() });
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.field == Field::AmountCents)
            && (entry.input.is_empty() || entry.input.is_proposed())
            && amount.0 > 0
        {
            entry.input.propose(&amount.format(ctx.language));
            entry.base = entry.content();
            entry.forget_problem();
            entry.note = Some(words.unwrap_or_else(|| ctx.say(I::PaysAllDue)));
        }
    }

    /// When the next instalment falls due once so much is due on the contract that was paid.
    pub(super) fn next_due(&self, due: Cents, ctx: &Context) -> Option<String> {
        let Payable { total, instalments } = self.payable.as_ref()?;
        let mut filled = instalments.clone();
        instalments::fill(&mut filled, Cents(total.0 - due.0));
        let next = instalments::next(&filled)?;
        let amount = FormField::amount(Field::AmountCents, Some(next.open_cents), ctx.language);
        let amount = amount.echo(ctx, Some(ctx.now)).unwrap_or_default();
        let day = next.due_on?;
        let overdue = day < ctx.now.date();
        Some(ctx.say(I::NextDue { amount: &amount, day: &dates::format_date(day), overdue }))
    }
}
