//! Shared helpers for drawing inside an area.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};

use super::chrome::wrapped_to;
use crate::{
    domain::{page::Count, text},
    ui::{Context, text::Phrase},
};

/// The width of the labels in details and forms, in columns of the terminal.
pub const LABELS: u16 = 22;

/// The position that the user's attention is on; the cursor may be placed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Text is typed here.
    Caret(Position),
    /// The selected line starts here.
    Line(Position),
}

/// The focus on the line at this row of the area, or on its last line if there are fewer rows.
pub fn line_at(area: Rect, row: u16) -> Focus {
    Focus::Line(Position::new(area.x, (area.y + row).min(area.bottom().saturating_sub(1))))
}

/// Writes words at this row of the area, cut to its width; nothing if the area has no such row.
pub fn put(frame: &mut Frame, area: Rect, row: u16, words: &str, style: Style) {
    if row < area.height {
        let shown = text::cut(words, area.width.into());
        frame.buffer_mut().set_stringn(area.x, area.y + row, shown, area.width.into(), style);
    }
}

/// A number of rows or columns of the terminal.
pub fn rows(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// A count in words, such as "2,340" or "more than 10,000".
pub fn count_words(count: Count, ctx: &Context) -> String {
    match count {
        Count::Exactly(number) => ctx.say(Phrase::Number(number)),
        Count::MoreThan(number) => ctx.say(Phrase::MoreThan(number)),
    }
}

/// Labels and values as lines of this many columns, of which the labels take `labels`: a long value has
/// several lines, up to `most`.
pub fn pair_lines(pairs: &[(String, String)], (columns, labels): (u16, u16), most: usize) -> Vec<(&str, String)> {
    let wide = usize::from(columns.saturating_sub(labels));
    let lines = pairs.iter().flat_map(|(label, value)| {
        let lines = wrapped_to(value, wide, most).into_iter().enumerate();
        lines.map(|(number, line)| (if number == 0 { label.as_str() } else { "" }, line))
    });
    lines.collect()
}

/// Draws lines of labels and values from the top of the area; the labels take `labels` columns.
pub fn draw_pairs(frame: &mut Frame, area: Rect, labels: u16, lines: &[(&str, String)], ctx: &Context) {
    let values = Rect { x: area.x + labels, width: area.width.saturating_sub(labels), ..area };
    for (row, (label, value)) in lines.iter().enumerate() {
        put(frame, Rect { width: labels.saturating_sub(1), ..area }, rows(row), label, ctx.theme.quiet);
        put(frame, values, rows(row), value, ctx.theme.text);
    }
}

/// How many of the columns the labels take: as many as the longest needs, but no more than three fifths of
/// them, and no fewer than usual.
pub fn label_columns(pairs: &[(String, String)], columns: u16) -> u16 {
    let longest = pairs.iter().map(|(label, _)| rows(text::width(label)) + 1).max().unwrap_or(0);
    longest.min(columns * 3 / 5).max(LABELS.min(columns / 3))
}
