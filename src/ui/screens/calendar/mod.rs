//! The calendar: the events of a week or a month, with one lane for each support user and one for
//! events without support.

mod day;
mod draw;

use std::ops::Range;

use chrono::{Days, NaiveDate};
use ratatui::{Frame, layout::Rect};

use super::screen::Screen;
use crate::{
    domain::{
        Error, UserId,
        entity::{EntityKind, Record},
        events::EventRow,
    },
    services::{CalendarPage, ReadRequest, Reply, Request},
    ui::{
        Action, Context, Destination, Notice,
        actions::{self, Intent, bind, bind_quietly},
        keys::{Binding, Command},
        popup::Outcome,
        report,
        span::Span,
        text::Phrase,
        widgets::paint::Focus,
    },
};

/// Whether the events of the shown days have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    UnderWay,
    Done,
    /// They could not be read, and stay unknown until they are read again.
    Failed,
}

/// A row of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// `None` for the lane of events without support.
    person: Option<UserId>,
    name: String,
}

/// The calendar, with a day, a lane and one of its events selected.
#[derive(Debug)]
pub struct Calendar {
    span: Span,
    day: NaiveDate,
    lane: usize,
    /// The index of the selected event among those of the lane on the day.
    nth: usize,
    lanes: Vec<Lane>,
    /// Events with a start, the earliest first.
    events: Vec<Record>,
    /// There are more events than are shown.
    more: bool,
    reading: Reading,
    asked: Option<Intent>,
}

impl Calendar {
    pub fn new(day: NaiveDate) -> Self {
        Self {
            span: Span::Week,
            day,
            lane: 0,
            nth: 0,
            lanes: Vec::new(),
            events: Vec::new(),
            more: false,
            reading: Reading::UnderWay,
            asked: None,
        }
    }

    /// The days that are shown; the end of the range is excluded.
    fn days(&self) -> Range<NaiveDate> {
        self.span.days(self.day)
    }

    /// Reads the events of the days that are now shown.
    fn load_other_days(&mut self) -> Action {
        self.reading = Reading::UnderWay;
        self.load().map_or(Action::None, Action::Send)
    }

    fn reload_after(&mut self, first: Action) -> Action {
        Action::All([Some(first), self.load().map(Action::Send)].into_iter().flatten().collect())
    }

    fn show(&mut self, page: CalendarPage, ctx: &Context) {
        let kept = self.selected().map(Record::id);
        let nobody = Lane { person: None, name: ctx.say(Phrase::NoSupport) };
        let people = page.people.into_iter().map(|(id, name)| Lane { person: Some(id), name });
        self.lanes = std::iter::once(nobody).chain(people).collect();
        self.events = page.events.into_iter().map(Record::Event).collect();
        (self.more, self.reading) = (page.more, Reading::Done);
        self.lane = self.lane.min(self.lanes.len().saturating_sub(1));
        self.follow(kept);
    }

    /// Keeps the selection on its event, even if that is in another lane now.
    fn follow(&mut self, event: Option<i64>) {
        let place = event.and_then(|id| {
            (0..self.lanes.len()).find_map(|lane| {
                let nth = self.at(lane, self.day).position(|record| record.id() == id)?;
                Some((lane, nth))
            })
        });
        let last = self.at(self.lane, self.day).count().saturating_sub(1);
        (self.lane, self.nth) = place.unwrap_or((self.lane, self.nth.min(last)));
    }

    /// The events of a lane on a day.
    fn at(&self, lane: usize, day: NaiveDate) -> impl Iterator<Item = &Record> {
        let person = self.lanes.get(lane).map(|lane| lane.person);
        self.events.iter().filter(move |record| {
            let Record::Event(row) = record else { return false };
            Some(row.event.support_id) == person && touches(row, day)
        })
    }

    /// The events of a day, the earliest first.
    fn on(&self, day: NaiveDate) -> impl Iterator<Item = &Record> {
        self.events.iter().filter(move |record| matches!(record, Record::Event(row) if touches(row, day)))
    }

    /// The title of another event that the same support user has at the same time.
    fn clash(&self, record: &Record) -> Option<&str> {
        let Record::Event(row) = record else { return None };
        let (from, to) = row.event.stretch()?;
        let support = row.event.support_id?;
        self.events.iter().find_map(|other| {
            let Record::Event(other) = other else { return None };
            let (start, end) = other.event.stretch()?;
            let clashes = other.event.id != row.event.id && other.event.support_id == Some(support);
            (clashes && start < to && from < end).then_some(other.event.title.as_str())
        })
    }

    fn selected(&self) -> Option<&Record> {
        self.at(self.lane, self.day).nth(self.nth)
    }

    /// Selects a day, and reads its week or month if that is not the shown one.
    fn go_to(&mut self, day: Option<NaiveDate>) -> Action {
        let Some(day) = day else { return Action::None };
        let before = self.days();
        self.day = day;
        self.nth = 0;
        if self.days() == before { Action::None } else { self.load_other_days() }
    }
}

impl Screen for Calendar {
    fn title(&self, ctx: &Context) -> String {
        ctx.say(Phrase::Calendar)
    }

    fn load(&mut self) -> Option<Request> {
        if self.reading == Reading::Failed {
            self.reading = Reading::UnderWay;
        }
        let days = self.days();
        Some(Request::Read(ReadRequest::Calendar { from: days.start, to: days.end }))
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        let days = self.days();
        let of_other_days = matches!(to, Request::Read(ReadRequest::Calendar { from, to }) if (*from..*to) != days);
        match reply {
            Ok(Reply::Calendar(_)) if of_other_days => Action::None,
            Ok(Reply::Calendar(page)) => {
                self.show(page, ctx);
                Action::None
            }
            Ok(written) => self.reload_after(report::of(to, &written, ctx)),
            Err(error) => {
                if matches!(to, Request::Read(ReadRequest::Calendar { .. })) && !of_other_days {
                    self.stop_waiting();
                }
                let notice = Action::Notice(Notice::bad(ctx.error(&error)));
                if matches!(error, Error::Conflict(_)) { self.reload_after(notice) } else { notice }
            }
        }
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        let Some(intent) = self.asked.take() else { return Action::None };
        let (action, next) = actions::go_on(&intent, &outcome, ctx);
        self.asked = next;
        action
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let nothing = self.selected().is_none().then(|| ctx.say(Phrase::NothingSelected));
        let moves = [
            (C::PageDown, Phrase::CalendarAfter(self.span)),
            (C::View, Phrase::CalendarSpan(self.span)),
            (C::PageUp, Phrase::CalendarBefore(self.span)),
            (C::Home, Phrase::CalendarToday),
        ];
        let [after, others @ ..] = moves.map(|(command, label)| {
            let label = ctx.say(label);
            Binding { label: label.clone().into(), help: label.into(), ..bind(command, ctx, None) }
        });
        let mut on_events = actions::bindings(EntityKind::Event, self.selected().as_slice(), ctx).into_iter();
        let mut bindings = vec![bind(C::Open, ctx, nothing)];
        // The first of what can be done, and how to move, must fit into the bottom line.
        bindings.extend(on_events.next());
        bindings.extend([bind(C::Right, ctx, None), after]);
        bindings.extend(on_events.chain(others));
        bindings.push(bind(C::Left, ctx, None));
        bindings.extend([C::Up, C::Down].map(|command| bind_quietly(command, ctx)));
        bindings.push(bind(C::Refresh, ctx, None));
        bindings.push(bind(C::Back, ctx, None));
        bindings
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let day = self.day;
        match command {
            Command::Left => self.go_to(day.checked_sub_days(Days::new(1))),
            Command::Right => self.go_to(day.checked_add_days(Days::new(1))),
            Command::PageUp => self.go_to(self.span.before(day)),
            Command::PageDown => self.go_to(self.span.after(day)),
            Command::Home => self.go_to(Some(ctx.now.date())),
            Command::Up => {
                if self.nth > 0 {
                    self.nth -= 1;
                } else if self.lane > 0 {
                    self.lane -= 1;
                    self.nth = self.at(self.lane, day).count().saturating_sub(1);
                }
                Action::None
            }
            Command::Down => {
                if self.nth + 1 < self.at(self.lane, day).count() {
                    self.nth += 1;
                } else if self.lane + 1 < self.lanes.len() {
                    (self.lane, self.nth) = (self.lane + 1, 0);
                }
                Action::None
            }
            Command::View => {
                self.span = self.span.other();
                self.load_other_days()
            }
            Command::Refresh => self.load().map_or(Action::None, Action::Send),
            Command::Back => Action::Back,
            Command::Open => {
                let target = self.selected().and_then(Record::target);
                target.map_or(Action::None, |(kind, id)| Action::Open(Destination::Record(kind, id)))
            }
            other => {
                let records: Vec<&Record> = self.selected().into_iter().collect();
                let (action, intent) = actions::begin(other, &records, ctx);
                self.asked = intent;
                action
            }
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        self.draw_all(frame, area, ctx)
    }

    fn stop_waiting(&mut self) {
        if self.reading == Reading::UnderWay {
            self.reading = Reading::Failed;
            self.events.clear();
        }
    }

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

/// Whether an event takes place on the day, at least in part.
fn touches(row: &EventRow, day: NaiveDate) -> bool {
    let Some((from, to)) = row.event.stretch() else { return false };
    from.date() <= day && (to.date() > day || (to.date() == day && to > day.and_time(chrono::NaiveTime::MIN)))
}
