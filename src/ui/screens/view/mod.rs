//! Draws the screens and popups.

mod calendar;
mod detail;
pub mod figures;
mod form;
pub mod home;
pub mod list;
mod popups;

pub use form::draw_form;
pub use popups::draw_popup;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};

use super::Screen;
use crate::{
    domain::{entity::Record, page::Count, text},
    ui::{Context, records, text::Phrase, widgets::chrome::wrapped},
};

/// The width of the labels in details and forms.
const LABELS: u16 = 22;

/// The position that the user's attention is on; the cursor may be placed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Text is typed here.
    Caret(Position),
    /// The selected line starts here.
    Line(Position),
}

fn line_at(area: Rect, row: u16) -> Focus {
    Focus::Line(Position::new(area.x, (area.y + row).min(area.bottom().saturating_sub(1))))
}

fn put(frame: &mut Frame, area: Rect, row: u16, words: &str, style: Style) {
    if row < area.height {
        let shown = text::cut(words, area.width.into());
        frame.buffer_mut().set_stringn(area.x, area.y + row, shown, area.width.into(), style);
    }
}

fn rows(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Draws the screen; returns its focus.
pub fn draw(frame: &mut Frame, area: Rect, screen: &Screen, ctx: &Context) -> Focus {
    match screen {
        Screen::Home(home) => home::draw(frame, area, home, ctx),
        Screen::List(list) => list::draw(frame, area, list, ctx),
        Screen::Detail(detail) => detail::draw(frame, area, detail, ctx),
        Screen::Calendar(calendar) => calendar::draw(frame, area, calendar, ctx),
        Screen::Form(form) => draw_form(frame, area, form, ctx),
    }
}

fn count_words(count: Count, ctx: &Context) -> String {
    match count {
        Count::Exactly(number) => ctx.say(Phrase::Number(number)),
        Count::MoreThan(number) => ctx.say(Phrase::MoreThan(number)),
    }
}

/// Draws labels and values, one pair below the other; returns the number of rows used.
fn draw_pairs(frame: &mut Frame, area: Rect, pairs: &[(String, String)], ctx: &Context) -> u16 {
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

fn draw_facts(frame: &mut Frame, area: Rect, record: &Record, ctx: &Context) {
    let heading = records::heading(record, ctx);
    put(frame, area, 0, &heading, ctx.theme.heading);
    let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    draw_pairs(frame, below, &records::facts(record, ctx), ctx);
}
