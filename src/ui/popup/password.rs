//! A prompt for the user's password.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};
use secrecy::SecretString;

use super::outcome::{Outcome, PopupResult};
use crate::{
    domain::{Field, text},
    ui::{
        Context,
        text::Phrase,
        widgets::{
            chrome::{boxed, wrapped},
            input::Input,
            paint::{put, rows},
        },
    },
};

/// A prompt for the user's password.
#[derive(Debug)]
pub struct Password {
    pub input: Input,
    pub why: String,
    pub problem: Option<String>,
}

impl Password {
    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Enter && !self.input.is_empty() {
            let typed = SecretString::from(self.input.text());
            self.input.set("");
            return PopupResult::Done(Outcome::Password(typed));
        }
        self.input.key(key);
        PopupResult::Stay
    }

    /// Draws the prompt over the body; returns the place of the caret.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Position {
        let inner = boxed(frame, area, (62, 8), &ctx.say(Phrase::PasswordTitle), ctx.theme);
        for (row, line) in wrapped(&self.why, inner.width.into()).iter().take(2).enumerate() {
            put(frame, inner, rows(row), line, ctx.theme.text);
        }
        let label = format!("{}: ", ctx.field(Field::Password));
        let used = rows(text::width(&label));
        put(frame, inner, 3, &label, ctx.theme.accent);
        if let Some(problem) = &self.problem {
            put(frame, inner, 5, problem, ctx.theme.bad);
        }
        let field = Rect { x: inner.x + used, y: inner.y + 3, width: inner.width.saturating_sub(used), height: 1 };
        self.input.draw(frame, field, ctx.theme.field)
    }
}
