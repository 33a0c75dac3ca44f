//! What a form has to read before it can propose or offer everything.

use super::Form;
use crate::{
    domain::{
        Cents, ContractId, Field, dates,
        entity::EntityKind,
        instalments::{self, Instalment, SeenInstalment},
        plans::Plan,
        terms::due_in_words,
    },
    services::{ContractDetail, ReadRequest, Reply},
    ui::{
        Action, Context, Notice,
        entity::contracts,
        form::{FieldKind, FormField, Purpose, default_plans, value},
        text::{InstalmentPhrase as I, Phrase},
    },
};

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
    pub(super) fn learn(&mut self, reply: &Reply, ctx: &Context) -> Action {
        match (reply, &self.purpose) {
            (Reply::Plans(plans), Purpose::Settings) => self.offer_plans(plans, ctx),
            (Reply::Contract(detail), Purpose::Edit(EntityKind::Contract, _)) => {
                let is_there = self.offer_difference(detail, ctx);
                if std::mem::take(&mut self.sends_again) {
                    return self.send_again(is_there, ctx);
                }
            }
            (Reply::Contract(detail), Purpose::Create(EntityKind::Payment)) => self.propose_amount(detail, ctx),
            _ => {}
        }
        Action::None
    }

    fn offer_plans(&mut self, plans: &[Plan], ctx: &Context) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.field == Field::DefaultPlan) {
            let chosen = entry.content();
            entry.kind = FieldKind::Choice(default_plans(plans, ctx));
            entry.set(&chosen);
        }
    }

    /// Offers the choice of the instalment that takes a difference of the total, if the contract has instalments of
    /// its own. Returns whether the one that was chosen is still there, or none had to be.
    fn offer_difference(&mut self, detail: &ContractDetail, ctx: &Context) -> bool {
        if self.saving {
            return false;
        }
        let own: Vec<&Instalment> = detail.instalments.iter().filter(|one| one.plan_id.is_none()).collect();
        let offered = (!own.is_empty()).then(|| contracts::difference(&own, ctx));
        let place = |field| self.entries.iter().position(|entry| entry.field == field);
        let (present, total) = (place(Field::Difference), place(Field::TotalCents));
        match (present, offered, total) {
            (None, None, _) | (_, _, None) => true,
            (Some(at), None, _) => {
                self.entries.remove(at);
                if self.at > at {
                    self.at -= 1;
                }
                true
            }
            (Some(at), Some(mut offered), _) => {
                let chosen = self.entries[at].content();
                offered.set(&chosen);
                let is_there = offered.content() == chosen;
                self.entries[at] = offered;
                is_there
            }
            (None, Some(offered), Some(total)) => {
                self.entries.insert(total + 1, offered);
                if self.at > total {
                    self.at += 1;
                }
                false
            }
        }
    }

    /// Sends what was merged with what another user has saved, unless that has changed the instalment that takes the
    /// difference of the total: then it has to be chosen again.
    fn send_again(&mut self, is_there: bool, ctx: &Context) -> Action {
        if is_there || !self.changes_total() {
            return self.send_merged(ctx);
        }
        self.at = self.entries.iter().position(|entry| entry.field == Field::Difference).unwrap_or(self.at);
        let name = self.conflict.as_ref().map(|(by, _)| by.as_str()).unwrap_or_default();
        Action::Notice(Notice::bad(ctx.say(I::ChooseAgain { name })))
    }

    fn changes_total(&self) -> bool {
        self.entry(Field::TotalCents).is_some_and(FormField::is_changed)
    }

    /// Where the difference of a changed total goes, with its amount before and after.
    pub(super) fn difference_goes(&self, ctx: &Context) -> Option<String> {
        let (total, takes) = (self.entry(Field::TotalCents)?, self.entry(Field::Difference)?);
        let [before, after] = [&total.base, &total.content()].map(|text| Cents::parse(text).unwrap_or_default());
        let seen: SeenInstalment = takes.content().parse().ok()?;
        let with = seen.with(Cents(after.0 - before.0)).ok().filter(|_| total.is_changed())?;
        let new = value(Field::AmountCents, &with.row.amount_cents.0.into(), ctx);
        Some(ctx.pair(&takes.name(ctx), &ctx.say(Phrase::FromTo { old: takes.shown(), new: &new })))
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
}
