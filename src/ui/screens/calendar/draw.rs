//! Draws the calendar: the lanes below each other, the days beside each other, and below them the
//! selected day.

use chrono::{Datelike, NaiveDate};
use ratatui::{Frame, layout::Rect};

use super::{Calendar, Reading, day};
use crate::{
    domain::{dates, entity::Record, text},
    ui::{
        Context,
        span::Span,
        text::Phrase,
        widgets::paint::{Focus, line_at, put, rows},
    },
};

/// Where the lanes are drawn, and how wide the names and the days are.
struct Grid {
    area: Rect,
    names: u16,
    day: u16,
    days: Vec<NaiveDate>,
}

impl Grid {
    fn of(calendar: &Calendar, area: Rect) -> Self {
        let days: Vec<NaiveDate> =
            calendar.days().start.iter_days().take_while(|day| *day < calendar.days().end).collect();
        let count = rows(days.len()).max(1);
        let names = if area.width < 100 { 14 } else { 22 };
        let day = (area.width.saturating_sub(names) / count).max(1);
        // The names get the width that the days do not need.
        let names = area.width.saturating_sub(day * count).clamp(names.min(area.width), 30);
        let room = area.height.saturating_sub(2);
        let lanes: usize = (0..calendar.lanes.len()).map(|lane| lane_height(calendar, &days, lane)).sum();
        let agenda = day::height(calendar, room, rows(lanes));
        let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1 + agenda), ..area };
        Self { area, names, day, days }
    }

    fn cell(&self, column: usize, row: u16) -> Rect {
        let x = self.area.x + self.names + rows(column) * self.day;
        let width = self.day.min(self.area.right().saturating_sub(x));
        Rect { x, y: self.area.y + row, width, height: u16::from(self.area.y + row < self.area.bottom()) }
    }
}

impl Calendar {
    pub(super) fn draw_all(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let title = match self.span {
            Span::Month => dates::spell_month(self.day, ctx.language),
            Span::Week => ctx.say(Phrase::WeekOf(&dates::in_sentence(self.days().start, ctx.language))),
        };
        put(frame, area, 0, &title, ctx.theme.heading);
        if self.more {
            let note = ctx.say(Phrase::CalendarMore);
            put(frame, area, 0, &text::fit_right(&note, area.width.into()), ctx.theme.warning);
        }
        let grid = Grid::of(self, area);
        draw_days(frame, &grid, self, ctx);
        let focus = draw_lanes(frame, &grid, self, ctx);
        let below = grid.area.bottom();
        day::draw(frame, Rect { y: below, height: area.bottom().saturating_sub(below), ..area }, self, ctx);
        focus.unwrap_or(line_at(area, 0))
    }
}

fn draw_days(frame: &mut Frame, grid: &Grid, calendar: &Calendar, ctx: &Context) {
    let names: Vec<&str> = dates::weekdays(ctx.language).collect();
    for (column, day) in grid.days.iter().enumerate() {
        let weekday = names.get(day.weekday().num_days_from_monday() as usize).copied().unwrap_or_default();
        let today = *day == ctx.now.date();
        let words = match calendar.span {
            Span::Week if grid.day < 8 => format!("{weekday:.2} {}", day.day()),
            Span::Week => format!("{weekday:.3} {}{}", day.day(), if today { " *" } else { "" }),
            // Numbers need space between them: if a day is one or two columns wide, some are left
            // out.
            Span::Month if grid.day < 2 && day.day() % 5 != 0 => String::new(),
            Span::Month if grid.day == 2 && crowded(*day, calendar.day) => String::new(),
            Span::Month => format!("{:>2}", day.day()),
        };
        let style = if today || *day == calendar.day { ctx.theme.accent } else { ctx.theme.quiet };
        let mut place = grid.cell(column, 0);
        if grid.day < 2 && !words.is_empty() {
            // A number of two digits ends above its day.
            place = Rect { x: place.x.saturating_sub(1), width: 2, ..place };
        }
        put(frame, place, 0, &words, style);
    }
}

/// Whether to leave out the number of a day so that numbers do not touch: shown are the selected
/// day, and the odd days that are not beside it.
fn crowded(day: NaiveDate, selected: NaiveDate) -> bool {
    let beside_selected = (day - selected).num_days().abs() == 1;
    day != selected && (day.day().is_multiple_of(2) || beside_selected)
}

/// How many rows a lane takes: one for each event of its busiest day.
fn lane_height(calendar: &Calendar, days: &[NaiveDate], lane: usize) -> usize {
    match calendar.span {
        Span::Month => 1,
        Span::Week => days.iter().map(|day| calendar.at(lane, *day).count()).max().unwrap_or(0).max(1),
    }
}

/// Draws the lanes that fit, the selected one among them.
fn draw_lanes(frame: &mut Frame, grid: &Grid, calendar: &Calendar, ctx: &Context) -> Option<Focus> {
    let height = |lane: usize| lane_height(calendar, &grid.days, lane);
    let room = usize::from(grid.area.height.saturating_sub(1)).max(1);
    let mut first = 0;
    let upto = |first: usize| (first..=calendar.lane).map(height).sum::<usize>();
    while first < calendar.lane && upto(first) > room {
        first += 1;
    }
    // A lane that is taller than the screen is scrolled until its selected event is visible.
    let skip = if first == calendar.lane { (calendar.nth + 1).saturating_sub(room) } else { 0 };
    let (mut row, mut focus) = (1, None);
    for lane in first..calendar.lanes.len() {
        if usize::from(row) > room {
            break;
        }
        let selected = lane == calendar.lane;
        let name = Rect { width: grid.names.saturating_sub(1), ..grid.cell(0, row) };
        let style = if selected { ctx.theme.accent } else { ctx.theme.text };
        let marker = if selected { "> " } else { "  " };
        put(frame, Rect { x: grid.area.x, ..name }, 0, &format!("{marker}{}", calendar.lanes[lane].name), style);
        let skipped = if selected { skip } else { 0 };
        for (column, day) in grid.days.iter().enumerate() {
            let here = draw_cell(frame, grid, (lane, column, row), (*day, skipped), calendar, ctx);
            focus = focus.or(here);
        }
        row += rows(height(lane) - skipped);
    }
    focus
}

fn draw_cell(
    frame: &mut Frame,
    grid: &Grid,
    (lane, column, row): (usize, usize, u16),
    (day, skipped): (NaiveDate, usize),
    calendar: &Calendar,
    ctx: &Context,
) -> Option<Focus> {
    let events: Vec<&Record> = calendar.at(lane, day).collect();
    let here = lane == calendar.lane && day == calendar.day;
    let style = |selected: bool| if selected { ctx.theme.selected } else { ctx.theme.text };
    let clashes = |record: &&Record| calendar.clash(record).is_some();
    if calendar.span == Span::Month || events.is_empty() {
        let clash = events.iter().any(clashes);
        let words = match (events.len(), clash) {
            (0, _) if calendar.span == Span::Month && calendar.reading == Reading::Done => ".".to_owned(),
            (0, _) => String::new(),
            (_, true) if grid.day < 2 => "!".to_owned(),
            (count, true) => format!("{}!", count.min(9)),
            (count, false) if count > 9 && grid.day < 2 => "+".to_owned(),
            (count, false) => count.to_string(),
        };
        let quiet = if events.is_empty() && !here { ctx.theme.quiet } else { style(here) };
        let place = grid.cell(column, row);
        let width = usize::from(place.width.saturating_sub(u16::from(place.width > 2)));
        let words =
            if calendar.span == Span::Month { text::fit_right(&words, width.min(2)) } else { text::fit(&words, width) };
        put(frame, place, 0, &words, quiet);
        return here.then(|| line_at(place, 0));
    }
    let mut focus = None;
    for (nth, record) in events.iter().enumerate().skip(skipped) {
        let place = grid.cell(column, row + rows(nth - skipped));
        let selected = here && nth == calendar.nth;
        let width = usize::from(place.width.saturating_sub(1));
        let words = short(record, day, clashes(record), width);
        put(frame, place, 0, &text::fit(&words, width), style(selected));
        if selected {
            focus = Some(line_at(place, 0));
        }
    }
    focus
}

/// An event such as "18:30 Title", with "!" before it if it clashes. In a narrow cell only the hour
/// is shown.
fn short(record: &Record, day: NaiveDate, clash: bool, width: usize) -> String {
    const ROOMY: usize = 14;
    let Record::Event(row) = record else { return String::new() };
    let start = row.event.starts_at.filter(|start| start.date() == day);
    let format = if width < ROOMY { "%H" } else { "%H:%M" };
    let time = start.map_or_else(|| "..".to_owned(), |start| start.format(format).to_string());
    let words = format!("{}{time} {}", if clash { "!" } else { "" }, row.event.title);
    if width < ROOMY { text::begin(&words, width) } else { words }
}
