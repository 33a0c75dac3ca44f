//! What waits for me, and below it where everything is.

use crossterm::event::{KeyCode, KeyEvent};
use strum::IntoEnumIterator;

use super::{Screen, form::Form, list::List};
use crate::{
    domain::{Error, page::Count, policy, policy::Permission},
    services::{HomeLine, Reply, Request},
    ui::{
        Action, Context, Notice,
        actions::bind,
        keys::{Binding, Command, Key, find},
        records::{Kind, Query},
        text::W,
    },
};

/// A line that Enter opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Waiting(HomeLine),
    Section(Kind),
    Settings,
    Password,
}

/// The home screen.
#[derive(Debug, Default)]
pub struct HomeScreen {
    pub counts: Vec<(HomeLine, Count)>,
    pub at: usize,
}

impl HomeScreen {
    pub fn load() -> Option<Request> {
        Some(Request::Home)
    }

    /// All lines, from the top.
    pub fn lines(ctx: &Context) -> Vec<Line> {
        let role = ctx.session.actor.role;
        let mut lines: Vec<Line> = HomeLine::of(role).iter().copied().map(Line::Waiting).collect();
        lines.extend(Kind::iter().filter(|kind| List::may_open(*kind, ctx)).map(Line::Section));
        if policy::reach(Permission::ChangeSettings, role, ctx.settings()).is_some() {
            lines.push(Line::Settings);
        }
        lines.push(Line::Password);
        lines
    }

    pub fn count(&self, line: HomeLine) -> Option<Count> {
        self.counts.iter().find(|(one, _)| *one == line).map(|(_, count)| *count)
    }

    pub fn on_reply(&mut self, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::Home(home)) => {
                self.counts = home.lines;
                Action::None
            }
            Ok(_) => Action::None,
            Err(error) => Action::Notice(Notice::bad(ctx.error(&error))),
        }
    }

    pub fn bindings(ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings: Vec<Binding> =
            [C::Open, C::Up, C::Down, C::Refresh].map(|command| bind(command, ctx, None)).into();
        for hidden in &mut bindings[1..3] {
            hidden.label = "".into();
        }
        bindings
    }

    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Action {
        let key = Key::from_event(key);
        match key.code {
            KeyCode::Char('j') if !key.ctrl => self.run(Command::Down, ctx),
            KeyCode::Char('k') if !key.ctrl => self.run(Command::Up, ctx),
            KeyCode::Home => self.run(Command::Home, ctx),
            KeyCode::End => self.run(Command::End, ctx),
            _ => find(&Self::bindings(ctx), key)
                .map(|binding| binding.command)
                .map_or(Action::None, |c| self.run(c, ctx)),
        }
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

    /// A click on this row of the body opens the line.
    pub fn click(&mut self, row: u16, height: u16, ctx: &Context) -> Action {
        let lines = Self::lines(ctx);
        let row = row + self.skipped(height, &lines);
        match (0..lines.len()).find(|number| Self::row_of(*number, &lines) == row) {
            Some(number) => {
                self.at = number;
                self.run(Command::Open, ctx)
            }
            None => Action::None,
        }
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let lines = Self::lines(ctx);
        let last = lines.len() - 1;
        match command {
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Home => self.at = 0,
            Command::End => self.at = last,
            Command::Refresh => return Action::Send(Request::Home),
            Command::Open => return Action::Open(Box::new(open(lines[self.at.min(last)], ctx))),
            _ => {}
        }
        Action::None
    }
}

/// The screen behind a line.
pub fn open(line: Line, ctx: &Context) -> Screen {
    let query = match line {
        Line::Settings => return Screen::Form(Box::new(Form::settings(ctx))),
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
        Line::Waiting(waiting) => W::Waits(waiting),
        Line::Section(kind) => W::ListOf(kind),
        Line::Settings => W::Settings,
        Line::Password => W::OwnPassword,
    })
}
