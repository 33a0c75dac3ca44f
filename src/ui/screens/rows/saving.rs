//! Saving the rows, and what happens when another user was first.

use super::{About, Asked, Origin, RowsForm};
use crate::{
    domain::{
        Error, Field, PlanId, dates,
        error::{Conflict, FieldErrors},
        instalments::{self, Instalment},
        plans::{self, PlanPart},
    },
    services::{ReadRequest, Reply, Request, WriteRequest},
    ui::{
        Action, Context, Notice,
        form::{Texts, Whole, texts_of, texts_of_plan, value},
        question, report,
        text::{Asked as Words, InstalmentPhrase as I, Phrase, Told},
    },
};

/// After so many repeats in a row the user decides, since others keep changing the record.
const REPEATS: u8 = 3;

impl RowsForm {
    /// Checks everything and saves, or goes to the first problem.
    pub(super) fn save(&mut self, ctx: &Context) -> Action {
        if self.saving {
            return Action::None;
        }
        let today = ctx.now.date();
        let write = match self.about {
            About::Contract(contract, _) => {
                let version = self.version;
                self.rows.instalments(today).map(|rows| WriteRequest::SetInstalments { contract, version, rows })
            }
            About::Plan(id) => self.plan(id, ctx),
        };
        let Some(write) = write else { return self.say_problem(ctx) };
        match self.question(&write, ctx) {
            Some((title, line)) => {
                let request = Request::Write(write);
                let popup = question::before(title, vec![line], &ctx.say(Phrase::VerbSave), &request, ctx);
                self.asked = Some(Asked::Save(Box::new(request)));
                Action::Popup(Box::new(popup))
            }
            None => self.send(Request::Write(write)),
        }
    }

    pub(super) fn send(&mut self, request: Request) -> Action {
        self.saving = true;
        self.sent = (self.name.input.text().to_owned(), self.rows.texts());
        Action::Send(request)
    }

    /// What is asked before this is saved, and what it means: that a contract loses its instalments, or that other
    /// contracts follow the changed rows.
    fn question(&self, write: &WriteRequest, ctx: &Context) -> Option<(String, String)> {
        match write {
            WriteRequest::SetInstalments { contract, rows, .. } if rows.is_empty() => {
                (!instalments::own(&self.stored).is_empty()).then_some(())?;
                let default = ctx.settings().default_plan;
                let plan = self.plans.iter().flatten().find(|plan| Some(plan.id) == default);
                let means = I::RemoveRowsMean { plan: plan.map(|plan| plan.name.as_str()) };
                Some((ctx.say(I::RemoveRows(contract.0)), ctx.say(means)))
            }
            WriteRequest::UpdatePlan { draft, .. }
                if question::moves_due_days(write, ctx) && self.rows.is_changed() =>
            {
                let title = ctx.say(I::ChangeDefault(&draft.name));
                Some((title, ctx.say(Phrase::Asked(Words::DefaultPlanMeans))))
            }
            _ => None,
        }
    }

    fn plan(&mut self, id: Option<PlanId>, ctx: &Context) -> Option<WriteRequest> {
        let named = plans::check_name(self.name.input.text());
        let draft = self.rows.plan(self.name.input.text(), ctx.now.date());
        self.name.problem = named.err();
        self.name.focused = self.name.problem.is_some();
        let draft = draft.filter(|_| !self.name.focused)?;
        Some(match id {
            None => WriteRequest::CreatePlan(draft),
            Some(id) => WriteRequest::UpdatePlan { id, version: self.version, draft },
        })
    }

    /// Says in the message line what is wrong with the cell that was gone to.
    fn say_problem(&self, ctx: &Context) -> Action {
        let (field, problem) = if self.name.focused {
            (Field::Name, self.name.problem)
        } else {
            let cell = self.rows.cell;
            (self.rows.field(cell), self.rows.all()[self.rows.at].problem(cell))
        };
        let words = problem.map(|problem| ctx.sentence_about(&ctx.field(field), &ctx.problem(problem)));
        Action::Notice(Notice::bad(words.unwrap_or_default()))
    }

    pub(super) fn on_saved(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        self.saving = false;
        match reply {
            Ok(reply) => self.saved(to, &reply, false, ctx),
            Err(Error::Conflict(conflict)) => self.met(*conflict, ctx),
            Err(Error::Invalid(errors)) => self.refused(&errors, ctx),
            Err(error) => {
                self.doubt |= matches!(error, Error::OutcomeUnknown);
                Action::Notice(Notice::bad(ctx.error(&error)))
            }
        }
    }

    /// What follows when it was saved; `late` if the user no longer waited for that.
    pub(super) fn saved(&mut self, to: &Request, reply: &Reply, late: bool, ctx: &Context) -> Action {
        let Reply::Saved { id, version, .. } = *reply else { return Action::None };
        let words = report::words(to, reply, ctx).unwrap_or_default();
        let after_all = format!("{} {words}", ctx.say(Phrase::SavedAfterAll));
        if (self.name.input.text(), self.rows.texts()) == (self.sent.0.as_str(), self.sent.1.clone()) {
            return Action::Done(if late { Notice::good(after_all) } else { report::notice(words, reply, ctx) });
        }
        // More was typed meanwhile.
        if let Request::Write(WriteRequest::SetInstalments { contract, rows, .. }) = to {
            self.stored = instalments::of_contract(*contract, rows.clone(), self.anchors, None);
        }
        (self.version, self.doubt, self.theirs) = (version, false, None);
        self.name.base.clone_from(&self.sent.0);
        self.rows.settle_as(self.sent.1.clone());
        if let About::Plan(plan) = &mut self.about {
            *plan = Some(PlanId::new(id));
        }
        Action::Notice(Notice::good(match late {
            true => format!("{after_all} {}", ctx.say(Phrase::Told(Told::TypedSince))),
            false => ctx.say(Phrase::SavedSoFar),
        }))
    }

    fn refused(&mut self, errors: &FieldErrors, ctx: &Context) -> Action {
        self.name.problem = errors.of(Field::Name).filter(|_| self.has_name());
        self.name.focused = self.name.problem.is_some();
        let first = errors.0.first();
        let text = first.map(|(field, problem)| ctx.sentence_about(&ctx.field(*field), &ctx.problem(*problem)));
        Action::Notice(Notice::bad(text.unwrap_or_default()))
    }

    /// Somebody else has saved the record first. Of a contract it is read again what they have changed.
    fn met(&mut self, conflict: Conflict, ctx: &Context) -> Action {
        match self.about {
            // Its version is taken together with the rows: nothing is saved over rows that were not shown.
            About::Contract(id, _) => {
                self.conflict = Some((conflict.by, conflict.at));
                Action::Send(ReadRequest::ViewContract(id).into())
            }
            About::Plan(_) => {
                self.version = conflict.version;
                let name = conflict.theirs.get(Field::Name).as_str().map(str::to_owned);
                let parts = conflict.theirs.get(Field::Instalments).clone();
                let parts: Vec<PlanPart> = serde_json::from_value(parts).unwrap_or_default();
                let rows = texts_of_plan(&parts, ctx.language);
                self.theirs = Some((conflict.by.clone(), name, rows));
                self.say_conflict(&conflict.by, conflict.at, ctx)
            }
        }
    }

    /// The contract was read again after somebody else had saved it first. If they have changed neither
    /// rows nor total, such as by a payment, the rows are saved now.
    pub(super) fn after_conflict(&mut self, before: &[Instalment], total: Whole, ctx: &Context) -> Action {
        let Some((by, at)) = self.conflict.take() else { return Action::None };
        let changed_total = (self.rows.whole != total).then(|| {
            let total = value(Field::TotalCents, &self.rows.whole.number().into(), ctx);
            Action::Notice(Notice::bad(ctx.say(I::TotalChanged { name: &by, total: &total })))
        });
        let drafts = |rows: &[Instalment]| rows.iter().map(Instalment::draft).collect::<Vec<_>>();
        let (theirs, ours) = (drafts(&self.stored), drafts(before));
        let agreed = |rows: &[Instalment]| rows.iter().any(|row| row.plan_id.is_none());
        if theirs != ours && (agreed(&self.stored) || agreed(before)) {
            self.theirs = Some((by.clone(), None, texts_of(&theirs, ctx.language)));
            return changed_total.unwrap_or_else(|| self.say_conflict(&by, at, ctx));
        }
        match changed_total {
            Some(said) => said,
            None if self.repeats < REPEATS => {
                self.repeats += 1;
                self.save(ctx)
            }
            None => self.say_conflict(&by, at, ctx),
        }
    }

    fn say_conflict(&mut self, by: &str, at: chrono::NaiveDateTime, ctx: &Context) -> Action {
        let when = dates::format_date_time(ctx.settings().wall_clock(at));
        Action::Notice(Notice::bad(ctx.say(Phrase::ConflictWith { name: by, when: &when })))
    }

    /// Swaps what was typed with what somebody else has saved.
    pub(super) fn take_theirs(&mut self) {
        let Some((by, name, rows)) = self.theirs.take() else { return };
        let mine: Vec<Texts> = self.rows.texts();
        let my_name = self.name.input.text().to_owned();
        self.rows.replace(&rows);
        if let Some(name) = &name {
            self.name.input.set(name);
        }
        self.origin = Origin::Own;
        self.theirs = Some((by, name.map(|_| my_name), mine));
    }
}
