//! What waits for me, and below it where everything is.

use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator;

use super::{Screen, form::Form, list::List, view};
use crate::{
    domain::{
        Error,
        entity::{EntityKind, Query},
        page::Count,
        policy::{self, Permission},
    },
    services::{
        HomeLine, ReadRequest, Reply, Request,
        figures::{Bar, Figure},
    },
    ui::{
        Action, Context, Notice,
        actions::{bind, bind_quietly},
        keys::{Binding, Command},
        text::Phrase,
    },
};

/// A line that Enter opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Waiting(HomeLine),
    Section(EntityKind),
    Settings,
    Password,
    Preferences,
}

/// The home screen.
#[derive(Debug, Default)]
pub struct HomeScreen {
    pub counts: Vec<(HomeLine, Count)>,
    pub at: usize,
    pub figures: Vec<Figure>,
    /// The bar of the figures that is selected, while they are looked at.
    pub bar: Option<usize>,
}

impl HomeScreen {
    pub fn load() -> Option<Request> {
        Some(Request::Read(ReadRequest::Home))
    }

    /// All lines, from the top.
    pub fn lines(ctx: &Context) -> Vec<Line> {
        let role = ctx.session.actor.role;
        let mut lines: Vec<Line> = HomeLine::of(role).iter().copied().map(Line::Waiting).collect();
        lines.extend(EntityKind::iter().filter(|kind| List::may_open(*kind, ctx)).map(Line::Section));
        if policy::reach(Permission::ChangeSettings, role, ctx.settings()).is_some() {
            lines.push(Line::Settings);
        }
        lines.extend([Line::Preferences, Line::Password]);
        lines
    }

    pub fn count(&self, line: HomeLine) -> Option<Count> {
        self.counts.iter().find(|(one, _)| *one == line).map(|(_, count)| *count)
    }

    pub fn on_reply(&mut self, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Home(home)) => {
                self.counts = home.lines;
                Action::Send(Request::Read(ReadRequest::Figures))
            }
            Ok(Reply::Figures(figures)) => {
                self.figures = figures;
                self.bar = self.bar.map(|bar| bar.min(self.bars().count().saturating_sub(1)));
                Action::None
            }
            Ok(_) => Action::None,
            Err(error) => Action::Notice(Notice::bad(ctx.error(&error))),
        }
    }

    /// All bars, from the top.
    pub fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.figures.iter().flat_map(|figure| &figure.bars)
    }

    pub fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings = vec![bind(C::Open, ctx, None)];
        if self.bars().next().is_some() {
            let label = ctx.say(if self.bar.is_some() { Phrase::BackKey } else { Phrase::FiguresKey });
            bindings.push(Binding { label: label.into(), ..bind(C::NextPart, ctx, None) });
        }
        bindings.push(bind(C::Refresh, ctx, None));
        bindings.extend([C::Up, C::Down, C::Home, C::End].map(|command| bind_quietly(command, ctx)));
        let figures = self.bars().next().is_some();
        let beside = |command| Binding { help: ctx.say(Phrase::FiguresHelp).into(), ..bind_quietly(command, ctx) };
        match self.bar {
            Some(_) => bindings.extend([beside(C::Left), bind_quietly(C::Back, ctx)]),
            None if figures => bindings.push(beside(C::Right)),
            None => {}
        }
        bindings
    }

    /// The row of a line in the body: a title stands before each half, and a blank line
    /// between them.
    pub fn row_of(number: usize, lines: &[Line]) -> u16 {
        let waiting = lines.iter().filter(|line| matches!(line, Line::Waiting(_))).count();
        u16::try_from(number + if number < waiting { 1 } else { 3 }).unwrap_or(u16::MAX)
    }

    /// The rows that are scrolled away so that the selected line shows.
    pub fn skipped(&self, height: u16, lines: &[Line]) -> u16 {
        (Self::row_of(self.at, lines) + 1).saturating_sub(height)
    }

    /// A click opens the line or the bar that it is on.
    pub fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        let places = view::home::Places::of(self, body);
        if let Some(area) = places.figures.filter(|area| area.contains(at)) {
            let Some(bar) = view::figures::bar_at(self, area, at.y - area.y) else { return Action::None };
            self.bar = Some(bar);
            return self.run(Command::Open, ctx);
        }
        let Some(area) = places.lines.filter(|area| area.contains(at)) else { return Action::None };
        let lines = Self::lines(ctx);
        let row = at.y - area.y + self.skipped(area.height, &lines);
        match (0..lines.len()).find(|number| Self::row_of(*number, &lines) == row) {
            Some(number) => {
                (self.at, self.bar) = (number, None);
                self.run(Command::Open, ctx)
            }
            None => Action::None,
        }
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let lines = Self::lines(ctx);
        let last = lines.len() - 1;
        if let Some(bar) = self.bar {
            return self.run_figures(command, bar, ctx);
        }
        match command {
            Command::NextPart | Command::Right if self.bars().next().is_some() => self.bar = Some(0),
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Home => self.at = 0,
            Command::End => self.at = last,
            Command::Refresh => return Action::Send(Request::Read(ReadRequest::Home)),
            Command::Open => return Action::Open(Box::new(open(lines[self.at.min(last)], ctx))),
            _ => {}
        }
        Action::None
    }
}

impl HomeScreen {
    /// The same commands while the figures are looked at.
    fn run_figures(&mut self, command: Command, bar: usize, _ctx: &Context) -> Action {
        let last = self.bars().count().saturating_sub(1);
        match command {
            Command::Up => self.bar = Some(bar.saturating_sub(1)),
            Command::Down => self.bar = Some((bar + 1).min(last)),
            Command::Home => self.bar = Some(0),
            Command::End => self.bar = Some(last),
            Command::NextPart | Command::Left | Command::Back => self.bar = None,
            Command::Refresh => return Action::Send(Request::Read(ReadRequest::Home)),
            Command::Open => {
                let query = self.bars().nth(bar).map(|bar| bar.query.clone());
                if let Some(query) = query {
                    return Action::Open(Box::new(Screen::List(Box::new(List::counted(query)))));
                }
            }
            _ => {}
        }
        Action::None
    }
}

/// The screen behind a line.
pub fn open(line: Line, ctx: &Context) -> Screen {
    let query = match line {
        Line::Settings => return Screen::Form(Box::new(Form::settings(ctx))),
        Line::Preferences => return Screen::Form(Box::new(Form::preferences(ctx))),
        Line::Password => return Screen::Form(Box::new(Form::own_password(false))),
        Line::Section(kind) => return Screen::List(Box::new(List::new(Query::all(kind)))),
        Line::Waiting(waiting) => match (waiting.contracts(), waiting.events(), waiting.clients()) {
            (Some(filter), ..) => Query::contracts(filter),
            (_, Some(filter), _) => Query::events(filter),
            (.., filter) => Query::clients(filter.unwrap_or_default()),
        },
    };
    Screen::List(Box::new(List::counted(query)))
}

/// What a line is called.
pub fn label(line: Line, ctx: &Context) -> String {
    ctx.say(match line {
        Line::Waiting(waiting) => Phrase::Waits(waiting),
        Line::Section(kind) => Phrase::ListOf(kind),
        Line::Settings => Phrase::Settings,
        Line::Preferences => Phrase::Preferences,
        Line::Password => Phrase::OwnPassword,
    })
}
