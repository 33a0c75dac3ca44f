//! A table of rows. Columns that do not fit the window are left out by priority, but never the one
//! that sorts the table.

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    domain::{lists::ColumnName, text},
    ui::theme::Theme,
};

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: ColumnName,
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

/// A left-aligned column without a sort order.
pub const fn column(name: ColumnName, width: u16, grow: u16, priority: u8) -> Column {
    Column { name, width, grow, priority, right: false, sort: None }
}

impl Column {
    /// A click on its title sorts the list by the order at this index.
    pub const fn sorts(self, sort: usize) -> Self {
        Self { sort: Some(sort), ..self }
    }

    /// Aligns its cells to the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// The number of spaces between columns.
const GAP: u16 = 2;
/// The columns of the terminal before the first column, where marked rows have their mark.
pub const MARGIN: u16 = 2;

/// The columns of a table, and which of them are shown in which order.
#[derive(Debug, Clone)]
pub struct Columns {
    /// In the order of the cells of a row.
    pub all: Vec<Column>,
    /// Indexes of `all`.
    pub shown: Vec<usize>,
    /// The index in `all` of the column that sorts the table, and whether the order is descending.
    pub sorted: Option<(usize, bool)>,
    /// As [`needs`], if the rows are known.
    pub needs: Vec<u16>,
}

/// The width of the widest cell of each column, its title among them.
pub fn needs(titles: &[String], rows: impl Iterator<Item = Vec<String>>) -> Vec<u16> {
    let wide = |words: &str| u16::try_from(text::width(words)).unwrap_or(u16::MAX);
    let mut needs: Vec<u16> = titles.iter().map(|title| wide(title) + GAP).collect();
    for cells in rows {
        needs.iter_mut().zip(&cells).for_each(|(need, cell)| *need = wide(cell).max(*need));
    }
    needs
}

impl Columns {
    /// All of them, in no particular order of rows.
    pub fn of(all: Vec<Column>) -> Self {
        Self { shown: (0..all.len()).collect(), all, sorted: None, needs: Vec::new() }
    }

    /// Fits the widths to what the rows need: numbers take that below their title, and the first text is
    /// the first to get what is left.
    #[must_use]
    pub fn fitted_to(mut self, needs: Vec<u16>) -> Self {
        self.needs = needs;
        for (column, need) in self.all.iter_mut().zip(&self.needs).filter(|(column, _)| column.right) {
            column.width = *need;
        }
        self
    }

    /// The indexes of the columns that fit, with their widths.
    pub fn fitting(&self, width: u16) -> Vec<(usize, u16)> {
        let columns = &self.all;
        let mut kept = self.shown.clone();
        let sorted = self.sorted.map(|(at, _)| at);
        let needed = |kept: &[usize]| kept.iter().map(|at| columns[*at].width + GAP).sum::<u16>().saturating_sub(GAP);
        while kept.len() > 1 && needed(&kept) > width {
            let may_go = kept.iter().copied().filter(|at| Some(*at) != sorted);
            let Some(least) = may_go.max_by_key(|at| columns[*at].priority) else { break };
            kept.retain(|at| *at != least);
        }
        let mut spare = width.saturating_sub(needed(&kept));
        let texts = kept.iter().copied().filter(|at| columns[*at].grow > 0);
        let first = texts.min_by_key(|at| columns[*at].priority);
        let lacks = first.and_then(|at| Some(self.needs.get(at)?.saturating_sub(columns[at].width)));
        let more = lacks.unwrap_or(0).min(spare);
        spare -= more;
        let shares: u16 = kept.iter().map(|at| columns[*at].grow).sum();
        let share = |at: usize| (spare * columns[at].grow).checked_div(shares).unwrap_or(0);
        let wide = |at: usize| columns[at].width + share(at) + if Some(at) == first { more } else { 0 };
        let mut widths: Vec<(usize, u16)> = kept.iter().map(|at| (*at, wide(*at))).collect();
        if let [(_, only)] = widths.as_mut_slice() {
            *only = (*only).min(width);
        }
        widths
    }

    /// The index of the column that is drawn at this distance from the left of a table of this width.
    pub fn at(&self, distance: u16, width: u16) -> Option<usize> {
        let mut from = MARGIN;
        self.fitting(width.saturating_sub(MARGIN)).into_iter().find_map(|(at, wide)| {
            let is_here = (from..from + wide).contains(&distance);
            from += wide + GAP;
            is_here.then_some(at)
        })
    }
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
    let mut x = area.x + MARGIN;
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
    columns: &Columns,
    titles: &[String],
    theme: &Theme,
) {
    let width = |at| layout.iter().find(|(one, _)| *one == at).map_or(0, |(_, width)| usize::from(*width));
    let titled = titles.iter().enumerate().map(|(at, title)| match columns.sorted {
        Some((sorted, down)) if sorted == at => {
            format!("{} {}", text::cut(title, width(at).saturating_sub(2)), if down { "v" } else { "^" })
        }
        _ => title.clone(),
    });
    let line = Line { cells: titled.collect(), selected: false, marked: false, style: theme.quiet };
    draw_line(frame, area, layout, &columns.all, &line);
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
        let columns = [
            column(ColumnName::Name, 10, 1, 0),
            column(ColumnName::Email, 10, 0, 2),
            column(ColumnName::Company, 10, 1, 1),
        ];
        let mut columns = Columns::of(columns.to_vec());
        assert_eq!(columns.fitting(40), [(0, 13), (1, 10), (2, 13)]);
        assert_eq!(columns.fitting(22), [(0, 10), (2, 10)]);
        assert_eq!(columns.fitting(5), [(0, 5)]);
        // The sorted column stays; the order of the others is that of `shown`.
        columns.sorted = Some((1, false));
        assert_eq!(columns.fitting(24), [(0, 12), (1, 10)]);
        assert_eq!(columns.fitting(5), [(1, 5)]);
        columns.shown = vec![2, 1];
        assert_eq!(columns.fitting(22), [(2, 10), (1, 10)]);
    }

    #[test]
    fn numbers_take_what_they_need_and_the_first_text_gets_the_rest() {
        let columns = [
            column(ColumnName::Total, 13, 0, 0).right(),
            column(ColumnName::Client, 8, 1, 1),
            column(ColumnName::Company, 8, 1, 2),
        ];
        let titles = ["Total", "Client", "Company"].map(str::to_owned);
        let rows = [["1,000.00", "Anna Almeida", "Almeida"], ["1,000,000.00", "Bo", ""]];
        let rows = rows.into_iter().map(|row| row.map(str::to_owned).to_vec());
        let columns = Columns::of(columns.to_vec()).fitted_to(needs(&titles, rows));
        assert_eq!(columns.fitting(33), [(0, 12), (1, 9), (2, 8)]);
        assert_eq!(columns.fitting(40), [(0, 12), (1, 14), (2, 10)]);
    }

    #[test]
    fn a_place_in_the_line_of_titles_belongs_to_the_column_below_it() {
        let columns = Columns::of(vec![column(ColumnName::Name, 4, 0, 0), column(ColumnName::Email, 3, 0, 1)]);
        let at: Vec<Option<usize>> = (0..12).map(|distance| columns.at(distance, 20)).collect();
        let (none, name, email) = (None, Some(0), Some(1));
        assert_eq!(at, [none, none, name, name, name, name, none, none, email, email, email, none]);
    }
}
