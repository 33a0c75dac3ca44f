//! The agenda below the lanes: the events of the selected day in full, and more about the selected
//! one.

use chrono::{NaiveDate, NaiveDateTime};
use ratatui::{Frame, layout::Rect};

use super::{Calendar, Reading};
use crate::{
    domain::{dates, entity::Record, events::EventRow, text},
    ui::{
        Context,
        text::Phrase,
        widgets::{
            paint::{put, rows},
            table::first_shown,
        },
    },
};

/// The rows of the agenda besides those of events: a blank one, the day, and a last one about the
/// selected event.
const BESIDES: u16 = 3;

/// How many rows the agenda gets of `room` rows, of which the lanes would fill `lanes`. It is the
/// same for all days that are shown, so that nothing moves with the selection.
pub(super) fn height(calendar: &Calendar, room: u16, lanes: u16) -> u16 {
    let days = calendar.days().start.iter_days().take_while(|day| *day < calendar.days().end);
    let busiest = days.map(|day| calendar.on(day).count()).max().unwrap_or(0).max(1);
    let offered = room.saturating_sub(lanes).max(room / 2).max(BESIDES + 1);
    (rows(busiest) + BESIDES).min(offered)
}

/// Draws the agenda; the first row of the area stays blank.
pub(super) fn draw(frame: &mut Frame, area: Rect, calendar: &Calendar, ctx: &Context) {
    let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let day = dates::spell_date(calendar.day, ctx.language);
    let lane = calendar.lanes.get(calendar.lane).map(|lane| lane.name.as_str()).unwrap_or_default();
    let selected = calendar.selected();
    match (selected, calendar.reading) {
        (Some(_), _) => put(frame, area, 0, &format!("{day}, {lane}"), ctx.theme.quiet),
        (None, Reading::UnderWay) => {}
        (None, Reading::Done) => {
            put(frame, area, 0, &format!("{day}, {lane}: {}", ctx.say(Phrase::NoEventsThen)), ctx.theme.quiet);
        }
        (None, Reading::Failed) => put(frame, area, 0, &ctx.say(Phrase::NotRead), ctx.theme.quiet),
    }
    let all: Vec<&Record> = calendar.on(calendar.day).collect();
    let at = selected.and_then(|one| all.iter().position(|record| record.id() == one.id()));
    let room = usize::from(area.height.saturating_sub(2));
    let from = first_shown(at.unwrap_or(0), room, all.len());
    let shown = all.iter().skip(from).take(room);
    if all.len() > room {
        let total = ctx.say(Phrase::Number(i64::from(rows(all.len()))));
        let (first, last) = (i64::from(rows(from + 1)), i64::from(rows(from + shown.len())));
        let place = ctx.say(Phrase::Position { from: first, to: last, total: &total });
        let width = rows(text::width(&place)).min(area.width);
        put(frame, Rect { x: area.right() - width, width, ..area }, 0, &place, ctx.theme.quiet);
    }
    for (row, record) in shown.enumerate() {
        let Record::Event(event) = record else { continue };
        let style = if at == Some(from + row) { ctx.theme.selected } else { ctx.theme.text };
        let words = line(event, calendar, calendar.clash(record).is_some(), area.width.into(), ctx);
        put(frame, area, 1 + rows(row), &words, style);
    }
    if let Some(record @ Record::Event(row)) = selected {
        let (words, style) = match calendar.clash(record) {
            Some(other) => (ctx.say(Phrase::ClashesWith(other)), ctx.theme.warning),
            None => (format!("{}, {}", ctx.say(Phrase::Status(row.event.status)), row.client), ctx.theme.quiet),
        };
        put(frame, area, area.height.saturating_sub(1), &words, style);
    }
}

/// An event in one line: its times, its title, who supports it, and where it is if there is room.
fn line(row: &EventRow, calendar: &Calendar, clash: bool, width: usize, ctx: &Context) -> String {
    const TIMES: usize = 13;
    const PLACE_FROM: usize = 70;
    let times = format!("{}{}", if clash { "!" } else { " " }, times(row, calendar.day));
    let rest = width.saturating_sub(TIMES);
    let support = row.support.clone().unwrap_or_else(|| ctx.say(Phrase::NoSupport));
    let support = text::fit(&support, rest / 4);
    if width < PLACE_FROM {
        return format!("{}{} {support}", text::fit(&times, TIMES), text::fit(&row.event.title, rest - rest / 4 - 1));
    }
    let place = text::fit(&row.event.location, rest / 3);
    let title = text::fit(&row.event.title, rest - rest / 4 - rest / 3 - 4);
    format!("{}{title}  {support}  {place}", text::fit(&times, TIMES))
}

/// The times of an event on a day, such as "18:00-23:30"; ".." stands for another day.
fn times(row: &EventRow, day: NaiveDate) -> String {
    let time = |time: NaiveDateTime| {
        if time.date() == day { time.format("%H:%M").to_string() } else { "..".to_owned() }
    };
    let times: Vec<String> = [row.event.starts_at, row.event.ends_at].into_iter().flatten().map(time).collect();
    times.join("-")
}
