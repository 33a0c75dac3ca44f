//! A list: the filter, the rows, and a preview where there is room.

use ratatui::{Frame, layout::Rect};

use super::{Focus, count_words, draw_facts, line_at, put, rows};
use crate::{
    domain::text,
    ui::{
        Context,
        records::{self, Record},
        screens::list::List,
        text::W,
        widgets::table::{self, Line},
    },
};

/// From this width on a list has a preview beside it.
const PREVIEW_FROM: u16 = 110;

pub(super) fn draw(frame: &mut Frame, area: Rect, list: &List, ctx: &Context) -> Focus {
    let mut caret = None;
    let mut top = area;
    if let Some(input) = &list.filter {
        let label = format!("{}: ", ctx.say(W::FilterLabel));
        put(frame, area, 0, &label, ctx.theme.accent);
        let used = rows(text::width(&label));
        let field = Rect { x: area.x + used, y: area.y, width: area.width.saturating_sub(used + 22), height: 1 };
        caret = Some(Focus::Caret(input.draw(frame, field, ctx.theme.text)));
    } else if !list.query.text().is_empty() {
        put(frame, area, 0, &ctx.say(W::FilteredBy(list.query.text())), ctx.theme.accent);
    } else if list.query.is_refined() {
        put(frame, area, 0, &ctx.say(W::Refined), ctx.theme.accent);
    }
    let note = u16::from(list.among_newest);
    if list.among_newest {
        put(frame, area, 1, &ctx.say(W::AmongNewest), ctx.theme.quiet);
    }
    let shown = shown(list, area.height.saturating_sub(2 + note).into());
    let place = position(list, &shown, ctx);
    let width = rows(text::width(&place)).min(area.width);
    let right = Rect { x: area.right() - width, width, ..area };
    put(frame, right, 0, &place, ctx.theme.quiet);
    (top.y, top.height) = (top.y + 1 + note, top.height.saturating_sub(1 + note));
    if area.width >= PREVIEW_FROM {
        let side = Rect { x: area.right() - 42, width: 42, ..top };
        top.width -= 44;
        if let Some(record) = list.selected() {
            draw_facts(frame, side, record, ctx);
        }
    }
    if list.rows.is_empty() {
        for (number, line) in list.empty_words(ctx).iter().enumerate() {
            put(frame, top, 2 + rows(number), &format!("  {line}"), ctx.theme.quiet);
        }
        return caret.unwrap_or(line_at(top, 2));
    }
    let marked = |record: &Record| list.marks.has(record);
    draw_rows(frame, top, &list.rows, list.at, (list.kind(), Some(list.query.sort())), &marked, ctx);
    caret.unwrap_or(line_at(top, 1 + rows(list.at - shown.start)))
}

/// The rows of the window that fit.
fn shown(list: &List, room: usize) -> std::ops::Range<usize> {
    let start = table::first_shown(list.at, room, list.rows.len());
    start..(start + room.max(1)).min(list.rows.len())
}

/// "3 marked, 101–150 of 2,340".
fn position(list: &List, shown: &std::ops::Range<usize>, ctx: &Context) -> String {
    // Marks count also where none of their records is shown.
    let marks = (!list.marks.is_empty()).then(|| ctx.say(W::Marked(list.marks.len())));
    // Rows come before the count does.
    let total = list.total.map_or("...".to_owned(), |total| count_words(total, ctx));
    let place = match list.first {
        _ if list.rows.is_empty() => None,
        Some(first) => {
            let at = |row: usize| first + i64::try_from(row).unwrap_or(0);
            Some(ctx.say(W::Position { from: at(shown.start) + 1, to: at(shown.end), total: &total }))
        }
        None => Some(total),
    };
    [marks, place].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(super) fn draw_rows(
    frame: &mut Frame,
    area: Rect,
    records: &[Record],
    at: usize,
    (kind, sort): (records::Kind, Option<(usize, bool)>),
    marked: &dyn Fn(&Record) -> bool,
    ctx: &Context,
) {
    let columns = records::columns(kind);
    let layout = table::fitting(&columns, area.width.saturating_sub(2));
    let titles = records::titles(kind, ctx);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    table::draw_titles(frame, area, &layout, &columns, &titles, sort, ctx.theme);
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let from = table::first_shown(at, room, records.len());
    for (row, record) in records.iter().skip(from).take(room).enumerate() {
        let selected = from + row == at;
        let style = if selected {
            ctx.theme.selected
        } else if record.is_hidden() {
            ctx.theme.quiet
        } else {
            ctx.theme.text
        };
        let line = Line { cells: records::cells(record, ctx), selected, marked: marked(record), style };
        let place = Rect { y: area.y + 1 + rows(row), height: 1, ..area };
        if place.y < area.bottom() {
            table::draw_line(frame, place, &layout, &columns, &line);
        }
    }
}
