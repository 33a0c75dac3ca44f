//! Where the rows come from: the contract as it is stored, or a plan.

use super::{About, Asked, Origin, RowsForm};
use crate::{
    domain::{
        contracts::ContractRow,
        instalments::{self, Anchors, Instalment},
        plans::{self, Plan},
        policy::{self, Permission},
    },
    services::ReadRequest,
    ui::{
        Action, Context, Notice,
        form::{Rows, Texts, Whole, texts_of},
        popup::Popup,
        text::InstalmentPhrase as I,
    },
};

impl RowsForm {
    /// The contract as it is now. The first time its rows are shown, later what was typed is kept.
    pub(super) fn show(
        &mut self,
        row: ContractRow,
        stored: Vec<Instalment>,
        anchors: Anchors,
        ctx: &Context,
    ) -> Action {
        let total = row.contract.total_cents;
        (self.version, self.anchors) = (row.contract.version, anchors);
        let before = std::mem::replace(&mut self.stored, stored);
        let total_before = std::mem::replace(&mut self.rows.whole, Whole::Total(total));
        if let About::Contract(_, known) = &mut self.about {
            *known = Some(Box::new(row));
        }
        if self.ready {
            return self.after_conflict(&before, total_before, ctx);
        }
        self.fill(ctx);
        if self.plans.is_none() { Action::Send(ReadRequest::Plans.into()) } else { Action::None }
    }

    /// Fills in the rows that the contract has, or else those that a plan proposes.
    pub(super) fn fill(&mut self, ctx: &Context) {
        let is_read = matches!(self.about, About::Contract(_, Some(_)));
        if !is_read || self.rows.is_changed() {
            return;
        }
        let drafts: Vec<_> = self.stored.iter().map(Instalment::draft).collect();
        let own = instalments::own(&self.stored);
        let plans = self.plans.as_deref();
        self.origin = match (own.is_empty(), drafts.is_empty(), plans) {
            (false, ..) => Origin::Own,
            (true, false, plans) => {
                let followed = self.stored.first().and_then(|row| row.plan_id);
                let named = plans.into_iter().flatten().find(|plan| Some(plan.id) == followed);
                Origin::Default(named.map_or_else(String::new, |plan| plan.name.clone()))
            }
            (true, true, Some([only])) => Origin::Plan(only.name.clone()),
            (true, true, Some(_)) => Origin::Nothing,
            // The plans tell what is proposed.
            (true, true, None) => return,
        };
        if !self.ready {
            let rows = match (&self.origin, plans) {
                (Origin::Plan(_), Some([only])) => self.by_plan(only, ctx),
                _ => texts_of(&drafts, ctx.language),
            };
            self.rows = Rows::new(self.rows.whole, &rows);
            self.ready = true;
        }
    }

    fn by_plan(&self, plan: &Plan, ctx: &Context) -> Vec<Texts> {
        let Whole::Total(total) = self.rows.whole else { return Vec::new() };
        texts_of(&plans::instalments(&plan.parts, total), ctx.language)
    }

    /// Fills in the rows of a plan: the only one, or one that is chosen. What was typed is replaced only
    /// by one that was chosen.
    pub(super) fn choose_plan(&mut self, ctx: &Context) -> Action {
        let typed = self.rows.is_changed();
        match self.plans.as_deref() {
            None => Action::Notice(Notice::plain(ctx.say(I::StillReading))),
            Some([]) => {
                let may_manage = policy::reach(Permission::ManagePlans, ctx.session.actor.role, ctx.settings());
                Action::Notice(Notice::plain(ctx.say(I::NoPlans { may_manage: may_manage.is_some() })))
            }
            Some([_]) if !typed => self.take_plan(0, ctx),
            Some(plans) => {
                let names = plans.iter().map(|plan| plan.name.clone()).collect();
                let at = plans.iter().position(|plan| Some(plan.id) == ctx.settings().default_plan).unwrap_or(0);
                self.asked = Some(Asked::Plan);
                let title = ctx.say(if typed { I::ReplaceByPlan } else { I::ChoosePlan });
                Action::Popup(Box::new(Popup::choice(title, names, at)))
            }
        }
    }

    pub(super) fn take_plan(&mut self, at: usize, ctx: &Context) -> Action {
        let Some(plan) = self.plans.as_ref().and_then(|plans| plans.get(at)) else { return Action::None };
        let (name, rows) = (plan.name.clone(), self.by_plan(plan, ctx));
        self.rows.replace(&rows);
        self.origin = Origin::Own;
        Action::Notice(Notice::plain(ctx.say(I::PlanTaken(&name))))
    }
}
