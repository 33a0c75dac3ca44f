//! A line of text that is asked for.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::outcome::{Outcome, PopupResult};
use crate::ui::{
    Context,
    text::Phrase,
    widgets::{
        chrome::{boxed, wrapped},
        input::Input,
        paint::{put, rows},
    },
};

/// A line of text that is asked for.
#[derive(Debug)]
pub struct Line {
    pub title: String,
    pub input: Input,
    /// The text that it began with.
    pub base: String,
    /// What is below the line.
    pub about: Option<String>,
    /// What is wrong with the text that was typed before.
    pub problem: Option<String>,
    /// Esc was pressed, and discards what was typed if it is pressed again.
    pub warned: bool,
    /// What is typed is kept when the line is left by Esc.
    pub kept: bool,
}

impl Line {
    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Enter {
            return PopupResult::Done(Outcome::Text(self.input.text().to_owned()));
        }
        if key.code == KeyCode::Esc {
            if self.kept {
                return PopupResult::Done(Outcome::Left(self.input.text().to_owned()));
            }
            if self.warned || self.input.text() == self.base {
                return PopupResult::Close;
            }
            self.warned = true;
            return PopupResult::Stay;
        }
        (self.problem, self.warned) = (None, false);
        self.input.key(key);
        PopupResult::Stay
    }

    /// Draws the line over the body; returns the place of the caret.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Position {
        const WIDTH: u16 = 62;
        let columns = usize::from(WIDTH.min(area.width).saturating_sub(4));
        let (below, style) = match (&self.problem, &self.about) {
            _ if self.warned => (ctx.say(Phrase::EscDiscards), ctx.theme.bad),
            (Some(problem), _) => (problem.clone(), ctx.theme.bad),
            (None, Some(about)) => (about.clone(), ctx.theme.quiet),
            (None, None) => (String::new(), ctx.theme.quiet),
        };
        let below = wrapped(&below, columns);
        // The box is as tall whatever is said, so that the line stays where it is.
        let about = self.about.as_ref().map_or(1, |about| wrapped(about, columns).len());
        let inner = boxed(frame, area, (WIDTH, rows(below.len().max(about)) + 5), &self.title, ctx.theme);
        for (row, line) in below.iter().enumerate() {
            put(frame, inner, 3 + rows(row), line, style);
        }
        let field = Rect { y: inner.y + 1, height: 1, ..inner };
        self.input.draw(frame, field, ctx.theme.field)
    }
}
