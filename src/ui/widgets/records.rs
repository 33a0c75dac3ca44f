//! Draws records of any kind: as the rows of a table, and one with all its values.

use ratatui::{Frame, layout::Rect};

use super::{
    chrome::wrapped_to,
    paint::{draw_pairs, label_columns, pair_lines, put, rows},
    table::{self, Columns, Line},
};
use crate::{
    domain::entity::{EntityKind, Record},
    ui::{Context, entity},
};

/// The width of a list in a window of this width. In a wide one there is a preview beside it, which
/// leaves the list no less than a window of 80 columns does.
pub fn table_width(width: u16) -> u16 {
    const LEAST: u16 = 80;
    const PREVIEW_FROM: u16 = LEAST + 36;
    const PREVIEW: u16 = 44;
    if width < PREVIEW_FROM { width } else { (width - PREVIEW).max(LEAST) }
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
            if let Record::Payment(_) = record { ctx.theme.struck() } else { ctx.theme.quiet }
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
    let labels = label_columns(&facts, below.width);
    let mut lines = pair_lines(&facts, (below.width, labels), 3);
    if lines.len() > usize::from(below.height) {
        lines.truncate(usize::from(below.height).saturating_sub(1));
        lines.push(("…", "…".to_owned()));
    }
    draw_pairs(frame, below, labels, &lines, ctx);
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// The preview leaves the column that is read first no less than a window of 80 columns does.
    #[test]
    fn a_window_with_a_preview_does_not_narrow_the_first_text_of_a_list() {
        for kind in EntityKind::iter() {
            let columns = Columns::of(entity::columns(kind));
            let first = columns.all.iter().enumerate().filter(|(_, column)| column.grow > 0);
            let (first, _) = first.min_by_key(|(_, column)| column.priority).unwrap();
            let width = |window: u16| {
                let layout = columns.fitting(table_width(window) - table::MARGIN);
                layout.into_iter().find(|(at, _)| *at == first).map_or(0, |(_, width)| width)
            };
            for window in [116, 120, 200] {
                assert!(width(window) >= width(80), "{kind} in {window} columns: {}", width(window));
            }
        }
    }
}
