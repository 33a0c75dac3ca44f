//! The plans of instalments.

use ratatui::{Frame, layout::Rect};

use super::screen::Screen;
use crate::{
    domain::{
        Error,
        instalments::Due,
        language::Language,
        plans::{Plan, PlanDraft, PlanPart},
        settings::Settings,
        terms::{due_in_words, share_in_words},
        text,
    },
    services::{ReadRequest, Reply, Request, WriteRequest},
    ui::{
        Action, Context, Destination, Notice,
        actions::{bind, bind_quietly},
        destination::RowsFor,
        keys::{Binding, Command},
        popup::Outcome,
        question, report,
        text::{Asked, InstalmentPhrase as I, ListPhrase, Phrase},
        widgets::{
            chrome::wrapped,
            paint::{Focus, line_at, put, rows},
        },
    },
};

/// The screen.
#[derive(Debug, Default)]
pub struct Plans {
    /// `None` until they were read.
    read: Option<Vec<Plan>>,
    at: usize,
    /// What is asked: a plan to be removed, or another default one.
    asked: Option<Request>,
}

impl Plans {
    fn all(&self) -> &[Plan] {
        self.read.as_deref().unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.read.as_ref().is_some_and(Vec::is_empty)
    }

    fn edit(&self) -> Action {
        let plan = self.all().get(self.at).cloned();
        plan.map_or(Action::None, |plan| Action::Open(Destination::Rows(RowsFor::Plan(Box::new(plan)))))
    }

    fn remove(&mut self, ctx: &Context) -> Action {
        let Some(plan) = self.all().get(self.at) else { return Action::None };
        let (title, lines) = (ctx.say(I::RemovePlan(&plan.name)), vec![ctx.say(I::RemovePlanMeans)]);
        let request = Request::Write(WriteRequest::RemovePlan { id: plan.id, version: plan.version });
        self.ask((title, lines, ctx.say(ListPhrase::VerbRemove)), request, ctx)
    }

    fn ask(&mut self, (title, lines, verb): (String, Vec<String>, String), request: Request, ctx: &Context) -> Action {
        let popup = question::before(title, lines, &verb, &request, ctx);
        self.asked = Some(request);
        Action::Popup(Box::new(popup))
    }

    /// Whether the selected plan is the default one.
    fn is_default(&self, ctx: &Context) -> bool {
        let default = ctx.settings().default_plan;
        default.is_some() && self.all().get(self.at).map(|plan| plan.id) == default
    }

    /// Makes the selected plan the default one, or if it is, not any more.
    fn make_default(&mut self, ctx: &Context) -> Action {
        let Some(plan) = self.all().get(self.at) else { return Action::None };
        let (title, default_plan) = match self.is_default(ctx) {
            true => (I::MakeNoDefault, None),
            false => (I::MakeDefault(&plan.name), Some(plan.id)),
        };
        let (title, lines) = (ctx.say(title), vec![ctx.say(Phrase::Asked(Asked::DefaultPlanMeans))]);
        let request = Request::Write(WriteRequest::UpdateSettings(Settings { default_plan, ..ctx.settings().clone() }));
        self.ask((title, lines, ctx.say(Phrase::VerbSave)), request, ctx)
    }

    fn reload_after(&mut self, first: Action) -> Action {
        Action::All(vec![first, Action::Send(ReadRequest::Plans.into())])
    }
}

/// 30 % at signature, 40 % 60 days before the event, 30 % on its day.
fn example(ctx: &Context) -> PlanDraft {
    let parts = [(3_000, Due::Signature(0)), (4_000, Due::Event(-60)), (3_000, Due::Event(0))];
    let part = |(at, (share, due))| PlanPart { label: ctx.say(I::ExampleLabel(at)), share, due };
    PlanDraft { name: ctx.say(I::ExampleName), parts: parts.into_iter().enumerate().map(part).collect() }
}

/// The parts of a plan in one line.
fn in_words(parts: &[PlanPart], language: Language) -> String {
    let part =
        |part: &PlanPart| format!("{} {}", share_in_words(part.share, language), due_in_words(part.due, language));
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

impl Screen for Plans {
    fn title(&self, ctx: &Context) -> String {
        ctx.say(I::Plans)
    }

    fn load(&mut self) -> Option<Request> {
        Some(ReadRequest::Plans.into())
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Plans(plans)) => {
                self.at = self.at.min(plans.len().saturating_sub(1));
                self.read = Some(plans);
                Action::None
            }
            Ok(reply) => self.reload_after(report::of(to, &reply, ctx)),
            Err(error) => {
                let notice = Action::Notice(Notice::bad(ctx.error(&error)));
                if to.writes() { self.reload_after(notice) } else { notice }
            }
        }
    }

    fn on_popup(&mut self, outcome: Outcome, _ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (Some(request), Outcome::Confirmed) => Action::Send(request),
            _ => Action::None,
        }
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let nothing = self.all().is_empty().then(|| ctx.say(Phrase::NothingSelected));
        let mut archive = bind(C::Archive, ctx, nothing.clone());
        let verb = ctx.say(ListPhrase::VerbRemove).to_lowercase();
        (archive.label, archive.help) = (verb.into(), ctx.say(ListPhrase::VerbRemove).into());
        let mut open = bind(C::Open, ctx, None);
        if self.is_empty() {
            let words = ctx.say(I::CreateExample);
            (open.label, open.help) = (words.clone().into(), words.into());
        }
        let mut default = bind(C::MakeDefault, ctx, nothing.clone());
        default.label = ctx.say(if self.is_default(ctx) { I::MakeNoDefaultKey } else { I::MakeDefaultKey }).into();
        let mut bindings = vec![open, bind(C::New, ctx, None), bind(C::Edit, ctx, nothing), default, archive];
        bindings.push(bind(C::Refresh, ctx, None));
        bindings.extend([C::Up, C::Down, C::Home, C::End].map(|command| bind_quietly(command, ctx)));
        bindings.push(bind(C::Back, ctx, None));
        bindings
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let last = self.all().len().saturating_sub(1);
        match command {
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Home => self.at = 0,
            Command::End => self.at = last,
            Command::New => return Action::Open(Destination::Rows(RowsFor::NewPlan)),
            Command::Open if self.is_empty() => {
                return Action::Send(Request::Write(WriteRequest::CreatePlan(example(ctx))));
            }
            Command::Open | Command::Edit => return self.edit(),
            Command::Archive => return self.remove(ctx),
            Command::MakeDefault => return self.make_default(ctx),
            Command::Refresh => return Action::Send(ReadRequest::Plans.into()),
            Command::Back => return Action::Back,
            _ => {}
        }
        Action::None
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        const NAME: usize = 20;
        if self.is_empty() {
            put(frame, area, 0, &ctx.say(I::NoPlansYet), ctx.theme.text);
            for (row, line) in wrapped(&ctx.say(I::PlansMean), area.width.into()).iter().enumerate() {
                put(frame, area, rows(row) + 2, line, ctx.theme.quiet);
            }
            return line_at(area, 0);
        }
        let title = format!("  {}  {}", text::fit(&ctx.say(I::ColPlan), NAME), ctx.say(I::ColParts));
        put(frame, area, 0, &title, ctx.theme.quiet);
        let room = usize::from(area.width).saturating_sub(NAME + 4).max(10);
        let (mut row, mut focus) = (1, line_at(area, 1));
        let lines: Vec<Vec<String>> = self.all().iter().map(|plan| self.lines(plan, room, ctx)).collect();
        let mut from = 0;
        while from < self.at && lines[from..=self.at].iter().map(Vec::len).sum::<usize>() >= usize::from(area.height) {
            from += 1;
        }
        for (at, plan) in self.all().iter().enumerate().skip(from) {
            let style = if at == self.at { ctx.theme.selected } else { ctx.theme.text };
            if at == self.at {
                focus = line_at(area, row);
            }
            for (number, line) in lines[at].iter().enumerate() {
                let name = if number == 0 { plan.name.as_str() } else { "" };
                let words = format!("  {}  {}", text::fit(name, NAME), text::fit(line, room));
                put(frame, area, row, &words, style);
                row += 1;
            }
        }
        focus
    }

    fn stop_waiting(&mut self) {}

    fn has_unsaved(&self) -> bool {
        false
    }

    fn takes_text(&self) -> bool {
        false
    }

    fn is_filled_in(&self) -> bool {
        false
    }
}

impl Plans {
    fn lines(&self, plan: &Plan, room: usize, ctx: &Context) -> Vec<String> {
        let mut words = in_words(&plan.parts, ctx.language);
        if ctx.settings().default_plan == Some(plan.id) {
            words = format!("{words} ({})", ctx.say(I::IsDefault));
        }
        wrapped(&words, room)
    }
}
