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
        const WIDTH: u16 = 62;
        let columns = usize::from(WIDTH.min(area.width).saturating_sub(4));
        let why = wrapped(&self.why, columns);
        let problem = self.problem.as_ref().map(|problem| wrapped(problem, columns)).unwrap_or_default();
        // At least two lines say why, so that the field stays where it is for most reasons.
        let above = rows(why.len().max(2)) + 1;
        let tall = above + 2 + rows(problem.len().max(1)) + 2;
        let inner = boxed(frame, area, (WIDTH, tall), &ctx.say(Phrase::PasswordTitle), ctx.theme);
        for (row, line) in why.iter().enumerate() {
            put(frame, inner, rows(row), line, ctx.theme.text);
        }
        let label = ctx.pair(&ctx.field(Field::Password), "");
        let used = rows(text::width(&label));
        put(frame, inner, above, &label, ctx.theme.accent);
        for (row, line) in problem.iter().enumerate() {
            put(frame, inner, above + 2 + rows(row), line, ctx.theme.bad);
        }
        let field = Rect { x: inner.x + used, y: inner.y + above, width: inner.width.saturating_sub(used), height: 1 };
        self.input.draw(frame, field, ctx.theme.field)
    }
}
