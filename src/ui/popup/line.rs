//! A line of text that is asked for.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::outcome::{Outcome, PopupResult};
use crate::ui::{
    Context,
    widgets::{chrome::boxed, input::Input, paint::put},
};

/// A line of text that is asked for.
#[derive(Debug)]
pub struct Line {
    pub title: String,
    pub input: Input,
    /// What is wrong with the text that was typed before.
    pub problem: Option<String>,
}

impl Line {
    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Enter {
            return PopupResult::Done(Outcome::Text(self.input.text().to_owned()));
        }
        self.problem = None;
        self.input.key(key);
        PopupResult::Stay
    }

    /// Draws the line over the body; returns the place of the caret.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Position {
        let inner = boxed(frame, area, (62, 6), &self.title, ctx.theme);
        if let Some(problem) = &self.problem {
            put(frame, inner, 3, problem, ctx.theme.bad);
        }
        let field = Rect { y: inner.y + 1, height: 1, ..inner };
        self.input.draw(frame, field, ctx.theme.field)
    }
}
