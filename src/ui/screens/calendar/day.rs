//! The agenda below the lanes: the events of the selected day in full, and more about the selected
//! one.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use ratatui::{Frame, layout::Rect};

use super::{Calendar, Reading};
use crate::{
    domain::{dates, entity::Record, events::EventRow, text},
    ui::{
        Context,
        text::{Phrase, capitalised},
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
    let selected = calendar.selected();
    let all: Vec<&Record> = calendar.on(calendar.day).collect();
    match (selected, calendar.reading) {
        (None, Reading::UnderWay) => {}
        (None, Reading::Done) if all.is_empty() => {
            put(frame, area, 0, &ctx.pair(&day, &ctx.say(Phrase::NoEventsThen)), ctx.theme.quiet);
        }
        // The events of all people follow, not only those of the selected lane.
        (Some(_), _) | (None, Reading::Done) => put(frame, area, 0, &day, ctx.theme.quiet),
        (None, Reading::Failed) => put(frame, area, 0, &ctx.say(Phrase::NotRead), ctx.theme.quiet),
    }
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
    let widths = Widths::of(&all, area.width.into(), ctx);
    for (row, record) in shown.enumerate() {
        let Record::Event(event) = record else { continue };
        let style = if at == Some(from + row) { ctx.theme.selected } else { ctx.theme.text };
        let words = line(event, calendar.day, calendar.clash(record).is_some(), &widths, ctx);
        put(frame, area, 1 + rows(row), &words, style);
    }
    if let Some(record @ Record::Event(row)) = selected {
        let status = ctx.say(Phrase::Status(row.event.status));
        let known = [status.as_str(), &row.client, &row.event.location].into_iter().filter(|words| !words.is_empty());
        let known = known.collect::<Vec<_>>().join(", ");
        let (words, style) = match calendar.clash(record) {
            Some(other) => {
                (format!("{} {}", ctx.say(Phrase::ClashesWith(other)), capitalised(&known)), ctx.theme.warning)
            }
            None => (known, ctx.theme.quiet),
        };
        put(frame, area, area.height.saturating_sub(1), &words, style);
    }
}

/// The columns of the times, and a space between two columns of an event.
const TIMES: usize = 13;
const SPACE: usize = 2;

/// How wide the columns of a day are: titles and names as wide as they need, and what is left for the
/// places. A narrow window has no places.
struct Widths {
    title: usize,
    support: usize,
    place: Option<usize>,
}

impl Widths {
    fn of(records: &[&Record], width: usize, ctx: &Context) -> Self {
        const PLACE_FROM: usize = 70;
        let rest = width.saturating_sub(TIMES);
        let rows =
            || records.iter().filter_map(|record| if let Record::Event(row) = record { Some(row) } else { None });
        let titles = rows().map(|row| text::width(&row.event.title)).max().unwrap_or(0);
        if width < PLACE_FROM {
            let title = titles.min(rest * 3 / 4);
            return Self { title, support: rest.saturating_sub(title + SPACE), place: None };
        }
        let supports = rows().map(|row| text::width(&support(row, ctx))).max();
        let (title, support) = (titles.min(rest / 2), supports.unwrap_or(0).min(rest / 4));
        Self { title, support, place: Some(rest.saturating_sub(title + support + 2 * SPACE)) }
    }
}

fn support(row: &EventRow, ctx: &Context) -> String {
    row.support.clone().unwrap_or_else(|| ctx.say(Phrase::NoSupport))
}

/// An event in one line: its times, its title, who supports it, and where it is if there is room.
fn line(row: &EventRow, day: NaiveDate, clash: bool, widths: &Widths, ctx: &Context) -> String {
    let times = format!("{}{}", if clash { "!" } else { " " }, times(row, day));
    let title = text::fit(&row.event.title, widths.title);
    let support = text::fit(&support(row, ctx), widths.support);
    let place = widths.place.map(|width| format!("  {}", text::fit(&row.event.location, width))).unwrap_or_default();
    format!("{}{title}  {support}{place}", text::fit(&times, TIMES))
}

/// The times of an event on a day, such as "18:00-23:30"; ".." stands for another day, but for the
/// midnight at the end of this one.
fn times(row: &EventRow, day: NaiveDate) -> String {
    let midnight = day.succ_opt().map(|next| next.and_time(NaiveTime::MIN));
    let time = |time: NaiveDateTime| {
        if time.date() == day || Some(time) == midnight { time.format("%H:%M").to_string() } else { "..".to_owned() }
    };
    let times: Vec<String> = [row.event.starts_at, row.event.ends_at].into_iter().flatten().map(time).collect();
    times.join("-")
}
