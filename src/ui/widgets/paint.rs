//! Shared helpers for drawing inside an area.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};

use super::chrome::wrapped;
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

/// Draws labels and values, one pair below the other; returns the number of rows used.
pub fn draw_pairs(frame: &mut Frame, area: Rect, pairs: &[(String, String)], ctx: &Context) -> u16 {
    let labels = LABELS.min(area.width / 3);
    let values = Rect { x: area.x + labels, width: area.width.saturating_sub(labels), ..area };
    let mut row = 0;
    for (label, value) in pairs {
        put(frame, Rect { width: labels.saturating_sub(1), ..area }, row, label, ctx.theme.quiet);
        let lines = wrapped(value, values.width.into());
        for (at, line) in lines.iter().take(3).enumerate() {
            put(frame, values, row + rows(at), line, ctx.theme.text);
        }
        row += rows(lines.len().clamp(1, 3));
    }
    row
}
