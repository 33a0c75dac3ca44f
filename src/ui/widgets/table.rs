//! A table of rows. Columns that do not fit the window are left out by priority.

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{domain::text, ui::theme::Theme};

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its least width, in columns of the terminal.
    pub width: u16,
    /// Its share of the remaining width, relative to the shares of the other columns.
    pub grow: u16,
    /// The order in which columns are left out of a narrow window: the highest number first.
    pub priority: u8,
    /// Whether its cells are aligned to the right, as numbers are.
    pub right: bool,
    /// The index of its sort order in the list's table of sort orders.
    pub sort: Option<usize>,
}

/// A left-aligned column with a sort order.
pub const fn column(width: u16, grow: u16, priority: u8, sort: usize) -> Column {
    Column { width, grow, priority, right: false, sort: Some(sort) }
}

impl Column {
    /// Aligns its cells to the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// The number of spaces between columns.
const GAP: u16 = 2;

/// The indexes of the columns that fit, with their widths.
pub fn fitting(columns: &[Column], width: u16) -> Vec<(usize, u16)> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let needed = |kept: &[usize]| kept.iter().map(|at| columns[*at].width + GAP).sum::<u16>().saturating_sub(GAP);
    while kept.len() > 1 && needed(&kept) > width {
        let least = kept.iter().copied().max_by_key(|at| columns[*at].priority).unwrap_or(0);
        kept.retain(|at| *at != least);
    }
    let spare = width.saturating_sub(needed(&kept));
    let shares: u16 = kept.iter().map(|at| columns[*at].grow).sum();
    let mut widths: Vec<(usize, u16)> = kept
        .iter()
        .map(|at| (*at, columns[*at].width + (spare * columns[*at].grow).checked_div(shares).unwrap_or(0)))
        .collect();
    if let [(_, only)] = widths.as_mut_slice() {
        *only = (*only).min(width);
    }
    widths
}

/// The index of the first row that is shown when `room` of `rows` rows fit: the selected row is
/// always shown, in the middle where possible.
pub fn first_shown(selected: usize, room: usize, rows: usize) -> usize {
    let room = room.max(1);
    (selected + 1).saturating_sub(room).max(selected.saturating_sub(room / 2)).min(rows.saturating_sub(room))
}

/// A row to be drawn.
pub struct Line {
    pub cells: Vec<String>,
    pub selected: bool,
    pub marked: bool,
    pub style: Style,
}

/// Draws one line at the top of `area`.
pub fn draw_line(frame: &mut Frame, area: Rect, layout: &[(usize, u16)], columns: &[Column], line: &Line) {
    let mut x = area.x + 2;
    let buffer = frame.buffer_mut();
    buffer.set_stringn(area.x, area.y, if line.marked { "* " } else { "  " }, 2, line.style);
    for (at, width) in layout {
        let wide = usize::from(*width);
        let cell = line.cells.get(*at).map_or("", String::as_str);
        let shown = if columns[*at].right { text::fit_right(cell, wide) } else { text::fit(cell, wide) };
        buffer.set_stringn(x, area.y, shown, wide, line.style);
        x += width + GAP;
    }
    if line.selected {
        buffer.set_style(Rect { height: 1, ..area }, line.style);
    }
}

/// Draws the column titles; that of the sorted column shows the direction.
pub fn draw_titles(
    frame: &mut Frame,
    area: Rect,
    layout: &[(usize, u16)],
    columns: &[Column],
    titles: &[&str],
    sorted: Option<(usize, bool)>,
    theme: &Theme,
) {
    let titled = columns.iter().zip(titles).map(|(column, title)| match sorted {
        Some((sort, down)) if column.sort == Some(sort) => format!("{title} {}", if down { "v" } else { "^" }),
        _ => (*title).to_owned(),
    });
    let line = Line { cells: titled.collect(), selected: false, marked: false, style: theme.quiet };
    draw_line(frame, area, layout, columns, &line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_width_equals_the_width_that_ratatui_uses() {
        use ratatui::buffer::CellWidth;
        for grapheme in ["日", "स्त्री", "ｶﾞ", "👩‍👩‍👧‍👦", "🇫🇷", "e\u{301}", "x"]
        {
            assert_eq!(text::width(grapheme), usize::from(grapheme.cell_width()), "{grapheme}");
        }
    }

    #[test]
    fn columns_drop_by_priority_and_fill_the_width() {
        let columns = [column(10, 1, 0, 0), column(10, 0, 2, 1), column(10, 1, 1, 2)];
        assert_eq!(fitting(&columns, 40), [(0, 13), (1, 10), (2, 13)]);
        assert_eq!(fitting(&columns, 22), [(0, 10), (2, 10)]);
        assert_eq!(fitting(&columns, 5), [(0, 5)]);
    }
}
