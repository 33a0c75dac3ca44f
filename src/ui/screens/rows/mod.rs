//! The form of rows: the instalments of a contract, or a plan.

mod draw;
mod filling;
mod moving;
mod saving;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use super::screen::Screen;
use crate::{
    domain::{
        Cents, ContractId, Error, Field, PlanId, Problem,
        contracts::ContractRow,
        dates,
        entity::EntityKind,
        instalments::{Anchors, Instalment},
        plans::Plan,
    },
    services::{ReadRequest, Reply, Request},
    ui::{
        Action, Context, Notice,
        actions::{bind, bind_quietly},
        destination::RowsFor,
        entity,
        form::{Cell, Rows, Texts, Whole, texts_of_plan},
        keys::{Binding, Command, Key, find},
        popup::{Outcome, Popup},
        text::{InstalmentPhrase as I, Phrase},
        widgets::{input::Input, paint::Focus},
    },
};

/// What the rows belong to.
#[derive(Debug)]
enum About {
    /// The contract, once it was read.
    Contract(ContractId, Option<Box<ContractRow>>),
    /// A plan, which need not be saved yet.
    Plan(Option<PlanId>),
}

/// Where rows come from that nobody has typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// They are those of the contract or of the plan itself.
    Own,
    /// They follow the default plan of this name.
    Default(String),
    /// They are proposed by the plan of this name.
    Plan(String),
    /// There is none.
    Nothing,
}

/// What an open popup is for.
#[derive(Debug)]
enum Asked {
    Discard,
    Plan,
    Day,
    Save(Box<Request>),
}

/// The name of a plan, as it is typed.
#[derive(Debug, Default)]
struct Name {
    input: Input,
    base: String,
    problem: Option<Problem>,
    focused: bool,
}

/// The screen.
#[derive(Debug)]
pub struct RowsForm {
    about: About,
    rows: Rows,
    name: Name,
    version: i32,
    anchors: Anchors,
    origin: Origin,
    /// The instalments as they are stored.
    stored: Vec<Instalment>,
    plans: Option<Vec<Plan>>,
    /// The rows can be typed in.
    ready: bool,
    saving: bool,
    /// It is unknown whether they were saved.
    doubt: bool,
    /// The name and the rows when they were sent to be saved.
    sent: (String, Vec<Texts>),
    /// Somebody else has saved the contract first: who, and when (in UTC).
    conflict: Option<(String, chrono::NaiveDateTime)>,
    /// The name and the rows that they have saved.
    theirs: Option<(String, Option<String>, Vec<Texts>)>,
    /// How often what was typed was sent again, since others had changed something else.
    repeats: u8,
    asked: Option<Asked>,
}

impl RowsForm {
    pub fn new(what: RowsFor, ctx: &Context) -> Self {
        let (about, version, name, rows, ready) = match what {
            RowsFor::Contract(id) => (About::Contract(id, None), 0, String::new(), Vec::new(), false),
            RowsFor::NewPlan => (About::Plan(None), 0, String::new(), Vec::new(), true),
            RowsFor::Plan(plan) => {
                let rows = texts_of_plan(&plan.parts, ctx.language);
                (About::Plan(Some(plan.id)), plan.version, plan.name, rows, true)
            }
        };
        let whole = match about {
            About::Contract(..) => Whole::Total(Cents(0)),
            About::Plan(_) => Whole::Percent,
        };
        let focused = matches!(about, About::Plan(_));
        Self {
            rows: Rows::new(whole, &rows),
            name: Name { input: Input::line(&name), base: name, problem: None, focused },
            about,
            version,
            anchors: Anchors::default(),
            origin: Origin::Own,
            stored: Vec::new(),
            plans: None,
            ready,
            saving: false,
            doubt: false,
            sent: Default::default(),
            conflict: None,
            theirs: None,
            repeats: 0,
            asked: None,
        }
    }

    /// Opens the month of the typed day, or the present month.
    fn pick_day(&mut self, ctx: &Context) -> Action {
        let today = ctx.now.date();
        let due = self.rows.due(self.rows.at, today);
        let day = due.and_then(|due| self.anchors.day_of(due)).unwrap_or(today);
        self.asked = Some(Asked::Day);
        Action::Popup(Box::new(Popup::month(ctx.field(Field::DueOn), day, today)))
    }

    fn may_pick_day(&self) -> bool {
        matches!(self.about, About::Contract(..)) && !self.name.focused && self.rows.cell == Cell::Due
    }

    fn has_name(&self) -> bool {
        matches!(self.about, About::Plan(_))
    }
}

impl Screen for RowsForm {
    fn subject_of(&self, _request: &Request, ctx: &Context) -> Option<String> {
        match &self.about {
            About::Contract(_, row) => row.as_deref().map(|row| entity::heading(&row.clone().into(), ctx)),
            About::Plan(_) => Some(self.name.input.text().to_owned()),
        }
    }

    fn title(&self, ctx: &Context) -> String {
        match &self.about {
            About::Contract(id, _) => ctx.say(I::Of(id.0)),
            About::Plan(None) => ctx.say(I::NewPlan),
            About::Plan(Some(_)) => ctx.say(I::EditPlan),
        }
    }

    fn load(&mut self) -> Option<Request> {
        match self.about {
            About::Contract(id, _) if !self.ready => Some(ReadRequest::ViewContract(id).into()),
            About::Contract(..) | About::Plan(_) => None,
        }
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Contract(detail)) => self.show(detail.row, detail.instalments, detail.anchors, ctx),
            Ok(Reply::Plans(plans)) => {
                self.plans = Some(plans);
                self.fill(ctx);
                Action::None
            }
            reply if to.writes() => self.on_saved(to, reply, ctx),
            Ok(_) => Action::None,
            Err(error) => Action::Notice(Notice::bad(ctx.error(&error))),
        }
    }

    fn saved_after_all(&mut self, to: &Request, reply: &Reply, ctx: &Context) -> Option<Action> {
        matches!(reply, Reply::Saved { .. }).then(|| self.saved(to, reply, true, ctx))
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (Some(Asked::Discard), Outcome::Confirmed) => return Action::Back,
            (Some(Asked::Save(request)), Outcome::Confirmed) => return self.send(*request),
            (Some(Asked::Plan), Outcome::Choice(at)) => return self.take_plan(at, ctx),
            (Some(Asked::Day), Outcome::Day(day)) => self.rows.focused().set(&dates::format_date(day)),
            _ => {}
        }
        Action::None
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings = vec![bind(C::Save, ctx, None)];
        bindings.extend(self.theirs.as_ref().map(|_| bind(C::TakeTheirs, ctx, None)));
        bindings.extend([C::InsertRow, C::RemoveRow].map(|command| bind(command, ctx, None)));
        if !self.has_name() {
            bindings.push(bind(C::ChoosePlan, ctx, None));
        }
        bindings.push(bind(C::NextField, ctx, None));
        bindings.extend(self.may_pick_day().then(|| bind(C::PickDay, ctx, None)));
        bindings.push(bind_quietly(C::PreviousField, ctx));
        bindings.push(bind(C::Back, ctx, None));
        bindings
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        match command {
            Command::Back if self.saving => return Action::Notice(Notice::plain(ctx.say(Phrase::StillSaving))),
            Command::Back if self.has_unsaved() => {
                self.asked = Some(Asked::Discard);
                return Action::Popup(Box::new(Popup::discard(self.look_in(ctx), ctx)));
            }
            Command::Back => return Action::Back,
            _ if !self.ready => return Action::Notice(Notice::plain(ctx.say(I::StillReading))),
            Command::Save => return self.save(ctx),
            Command::NextField => self.step(true, ctx),
            Command::PreviousField => self.step(false, ctx),
            Command::Down => self.climb(true, ctx),
            Command::Up => self.climb(false, ctx),
            Command::InsertRow => {
                self.name.focused = false;
                self.rows.insert();
            }
            Command::RemoveRow if !self.name.focused => {
                self.rows.remove();
                self.origin = Origin::Own;
            }
            Command::ChoosePlan => return self.choose_plan(ctx),
            Command::PickDay => return self.pick_day(ctx),
            Command::TakeTheirs => self.take_theirs(),
            _ => {}
        }
        Action::None
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        self.draw_all(frame, area, ctx)
    }

    fn stop_waiting(&mut self) {
        self.saving = false;
    }

    fn doubt(&mut self, unknown: bool) {
        self.doubt = unknown;
    }

    fn look_in(&self, ctx: &Context) -> Option<String> {
        let place = match self.about {
            About::Contract(..) => Phrase::ListOf(EntityKind::Contract),
            About::Plan(_) => I::Plans.into(),
        };
        self.doubt.then(|| ctx.say(Phrase::LookIn(&ctx.say(place))))
    }

    fn has_unsaved(&self) -> bool {
        self.rows.is_changed() || self.name.input.text() != self.name.base
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn is_filled_in(&self) -> bool {
        true
    }

    fn key(&mut self, key: KeyEvent, ctx: &Context) -> Option<Action> {
        if let Some(binding) = find(&self.bindings(ctx), Key::from_event(key)) {
            return Some(self.run(binding.command, ctx));
        }
        match key.code {
            _ if !self.ready => {}
            KeyCode::Enter => self.enter(ctx),
            KeyCode::Down => self.climb(true, ctx),
            KeyCode::Up => self.climb(false, ctx),
            _ => self.type_key(key),
        }
        Some(Action::None)
    }

    fn paste(&mut self, pasted: &str) -> Action {
        if self.ready {
            match self.name.focused {
                true => self.input().insert(pasted),
                false => self.rows.paste(pasted),
            }
            self.origin = Origin::Own;
        }
        Action::None
    }
}
