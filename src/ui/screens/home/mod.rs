//! What waits for the user, and below it where everything is.

mod draw;
mod figures;

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::{screen::Screen, section::Section};
use crate::{
    domain::{
        Error,
        entity::{EntityKind, Query},
        page::Count,
    },
    services::{
        HomeLine, ReadRequest, Reply, Request, Waiting,
        figures::{Bar, Figure},
    },
    ui::{
        Action, Context, Destination, Notice,
        actions::{self, bind, bind_quietly},
        entity,
        form::Choices,
        keys::{Binding, Command},
        popup::{Outcome, Popup, Source},
        text::{PaymentPhrase, Phrase},
        widgets::paint::Focus,
    },
};

/// A line that Enter opens.
#[derive(Debug, Clone, Copy)]
enum HomeEntry {
    /// A count of records that wait for the user.
    Waiting(HomeLine),
    Section(&'static Section),
}

/// The home screen.
#[derive(Debug)]
pub struct Home {
    sections: &'static [Section],
    counts: Vec<Waiting>,
    at: usize,
    figures: Vec<Figure>,
    /// The selected bar of the charts; `None` while a line is selected.
    bar: Option<usize>,
}

impl Home {
    /// `sections` is the table of all sections; only those for the home screen get a line.
    pub fn new(sections: &'static [Section]) -> Self {
        Self { sections, counts: Vec::new(), at: 0, figures: Vec::new(), bar: None }
    }

    /// All lines, from the top.
    fn lines(&self, ctx: &Context) -> Vec<HomeEntry> {
        let waiting = HomeLine::of(ctx.session.actor.role).iter().copied().map(HomeEntry::Waiting);
        let offered = self.sections.iter().filter(|section| section.on_home && section.is_offered(ctx));
        waiting.chain(offered.map(HomeEntry::Section)).collect()
    }

    fn count(&self, line: HomeLine) -> Option<Count> {
        self.counts.iter().find(|one| one.line == line).map(|one| one.count)
    }

    /// All bars, from the top.
    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.figures.iter().flat_map(|figure| &figure.bars)
    }

    /// Runs a command while a bar of the charts is selected.
    fn run_figures(&mut self, command: Command, bar: usize) -> Action {
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
                    return Action::Open(Destination::Counted(Box::new(query)));
                }
            }
            _ => {}
        }
        Action::None
    }
}

impl Screen for Home {
    fn title(&self, ctx: &Context) -> String {
        ctx.say(Phrase::Home)
    }

    fn load(&mut self) -> Option<Request> {
        Some(Request::Read(ReadRequest::Home))
    }

    fn on_reply(&mut self, _to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
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

    /// The contract of a payment was picked.
    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        let Outcome::Record(contract) = outcome else { return Action::None };
        let form = entity::new_form(EntityKind::Payment, Some(&contract), ctx);
        form.map_or(Action::None, |form| Action::Open(Destination::Form(Box::new(form))))
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings = vec![bind(C::Open, ctx, None)];
        if self.bars().next().is_some() {
            let label = ctx.say(if self.bar.is_some() { Phrase::BackKey } else { Phrase::FiguresKey });
            bindings.push(Binding { label: label.into(), ..bind(C::NextPart, ctx, None) });
        }
        if actions::may_create(EntityKind::Payment, ctx) {
            let help = ctx.say(PaymentPhrase::PayHelp);
            bindings.push(Binding { help: help.into(), ..bind(C::Pay, ctx, None) });
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

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let lines = self.lines(ctx);
        let last = lines.len() - 1;
        if command == Command::Pay {
            let title = ctx.say(Phrase::Payment(PaymentPhrase::Record));
            return Action::Popup(Box::new(Popup::picker(title, Source::Records(Choices::Payable), None)));
        }
        if let Some(bar) = self.bar {
            return self.run_figures(command, bar);
        }
        match command {
            Command::NextPart | Command::Right if self.bars().next().is_some() => self.bar = Some(0),
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Home => self.at = 0,
            Command::End => self.at = last,
            Command::Refresh => return Action::Send(Request::Read(ReadRequest::Home)),
            Command::Open => return Action::Open(lines[self.at.min(last)].destination()),
            _ => {}
        }
        Action::None
    }

    /// A click opens the line or the bar that it is on.
    fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        match self.hit(at, body, ctx) {
            Some((line, bar)) => {
                (self.at, self.bar) = (line, bar);
                self.run(Command::Open, ctx)
            }
            None => Action::None,
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        self.draw_all(frame, area, ctx)
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

impl HomeEntry {
    /// Where Enter leads.
    fn destination(self) -> Destination {
        let waiting = match self {
            Self::Section(section) => return section.destination(),
            Self::Waiting(waiting) => waiting,
        };
        let query = match (waiting.contracts(), waiting.events(), waiting.clients()) {
            (Some(filter), ..) => Query::contracts(filter),
            (_, Some(filter), _) => Query::events(filter),
            (.., filter) => Query::clients(filter.unwrap_or_default()),
        };
        Destination::Counted(Box::new(query))
    }
}
