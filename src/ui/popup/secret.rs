//! A temporary password that is shown once, to be read to the person.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};
use secrecy::{ExposeSecret, SecretString};

use super::outcome::PopupResult;
use crate::ui::{
    Context,
    text::Phrase,
    widgets::{
        chrome::{boxed, wrapped},
        paint::{Focus, line_at, put, rows},
    },
};

/// A temporary password, until the user closes the box.
#[derive(Debug)]
pub struct Secret {
    pub name: String,
    pub password: SecretString,
}

impl Secret {
    pub(super) fn key(key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Enter { PopupResult::Close } else { PopupResult::Stay }
    }

    /// Draws the box over the body; returns the place of the password.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let width = area.width.min(62);
        let columns = usize::from(width.saturating_sub(4));
        let lines = wrapped(&ctx.say(Phrase::TemporaryOf(&self.name)), columns);
        let password = wrapped(self.password.expose_secret(), columns);
        let tall = rows(lines.len() + password.len()) + 4;
        let title = ctx.say(Phrase::TemporaryTitle);
        let inner = boxed(frame, area, (width, tall), &title, ctx.theme);
        for (row, line) in password.iter().enumerate() {
            put(frame, inner, rows(row), line, ctx.theme.accent);
        }
        for (row, line) in lines.iter().enumerate() {
            put(frame, inner, rows(password.len() + 1 + row), line, ctx.theme.text);
        }
        line_at(inner, 0)
    }
}
