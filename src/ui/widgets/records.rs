//! Draws records of any kind: as the rows of a table, and one with all its values.

use ratatui::{Frame, layout::Rect};

use super::{
    paint::{draw_pairs, put, rows},
    table::{self, Columns, Line},
};
use crate::{
    domain::entity::{EntityKind, Record},
    ui::{Context, entity},
};

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

/// Draws the heading of a record and the labelled values below it.
pub fn draw_facts(frame: &mut Frame, area: Rect, record: &Record, ctx: &Context) {
    let heading = entity::heading(record, ctx);
    put(frame, area, 0, &heading, ctx.theme.heading);
    let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    draw_pairs(frame, below, &entity::facts(record, ctx), ctx);
}
