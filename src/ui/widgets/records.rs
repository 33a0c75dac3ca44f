//! Draws records of any kind: as the rows of a table, and one with all its values.

use ratatui::{Frame, layout::Rect};

use super::{
    chrome::wrapped_to,
    paint::{draw_pairs, pair_lines, put, rows},
    table::{self, Columns, Line},
};
use crate::{
    domain::entity::{EntityKind, Record},
    ui::{Context, entity},
};

/// The width of a list in a window of this width. In a wide one there is a preview beside it.
pub fn table_width(width: u16) -> u16 {
    const PREVIEW_FROM: u16 = 110;
    const PREVIEW: u16 = 44;
    if width < PREVIEW_FROM { width } else { width - PREVIEW }
}

/// Draws a table of records of one kind with column titles. The row at index `at` is selected.
pub fn draw_rows(
    frame: &mut Frame,
    area: Rect,
    records: &[Record],
    at: usize,
    (kind, columns): (EntityKind, &Columns),
    marked: &dyn Fn(&Record) -> bool,
    ctx: &Context,
) {
    let layout = columns.fitting(area.width.saturating_sub(table::MARGIN));
    table::draw_titles(frame, area, &layout, columns, &entity::titles(kind, ctx), ctx.theme);
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
        let line = Line { cells: entity::cells(record, ctx), selected, marked: marked(record), style };
        let place = Rect { y: area.y + 1 + rows(row), height: 1, ..area };
        if place.y < area.bottom() {
            table::draw_line(frame, place, &layout, &columns.all, &line);
        }
    }
}

/// Draws the heading of a record and the labelled values below it, as much as fits.
pub fn draw_facts(frame: &mut Frame, area: Rect, record: &Record, ctx: &Context) {
    let heading = entity::heading(record, ctx);
    let heading = wrapped_to(&heading, area.width.into(), 2);
    for (row, line) in heading.iter().enumerate() {
        put(frame, area, rows(row), line, ctx.theme.heading);
    }
    let above = rows(heading.len()) + 1;
    let below = Rect { y: area.y + above, height: area.height.saturating_sub(above), ..area };
    let facts = entity::facts(record, ctx);
    let mut lines = pair_lines(&facts, below.width, 3);
    if lines.len() > usize::from(below.height) {
        lines.truncate(usize::from(below.height).saturating_sub(1));
        lines.push(("…", "…".to_owned()));
    }
    draw_pairs(frame, below, &lines, ctx);
}
