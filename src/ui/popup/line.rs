//! A line of text that is asked for.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::outcome::{Outcome, PopupResult};
use crate::{
    services::{ImportRequest, Reply},
    ui::{
        Context,
        text::{ImportPhrase, Phrase},
        widgets::{
            chrome::{boxed, wrapped, wrapped_to},
            input::Input,
            paint::{put, rows},
        },
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
    /// It is the path of a file: Tab completes it, and what is typed is kept when the line is left by Esc.
    pub is_path: bool,
    /// What was found when it was completed.
    pub found: Option<String>,
}

impl Line {
    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        if key.code == KeyCode::Enter {
            return PopupResult::Done(Outcome::Text(self.input.text().to_owned()));
        }
        if key.code == KeyCode::Esc {
            if self.is_path {
                return PopupResult::Done(Outcome::Left(self.input.text().to_owned()));
            }
            if self.warned || self.input.text() == self.base {
                return PopupResult::Close;
            }
            self.warned = true;
            return PopupResult::Stay;
        }
        (self.problem, self.found, self.warned) = (None, None, false);
        if self.is_path && key.code == KeyCode::Tab {
            return PopupResult::Ask(ImportRequest::Complete(self.input.text().to_owned()).into());
        }
        self.input.key(key);
        PopupResult::Stay
    }

    /// Shows a path as far as it is certain, and the names that it may go on with.
    pub(super) fn completed(&mut self, reply: &Reply, ctx: &Context) {
        let Reply::Completed { typed, text, names } = reply else { return };
        // Something else was typed since.
        if typed != self.input.text() {
            return;
        }
        self.input.set(text);
        self.found = match names.as_slice() {
            [] => Some(ctx.say(ImportPhrase::NothingToComplete)),
            [_] => None,
            several => Some(several.join("  ")),
        };
    }

    /// Draws the line over the body; returns the place of the caret.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Position {
        const WIDTH: u16 = 62;
        /// The most lines below, if many names are found.
        const MOST: usize = 6;
        let columns = usize::from(WIDTH.min(area.width).saturating_sub(4));
        let (below, style) = match (&self.problem, self.found.as_ref().or(self.about.as_ref())) {
            _ if self.warned => (ctx.say(Phrase::EscDiscards), ctx.theme.bad),
            (Some(problem), _) => (problem.clone(), ctx.theme.bad),
            (None, Some(about)) => (about.clone(), ctx.theme.quiet),
            (None, None) => (String::new(), ctx.theme.quiet),
        };
        let below = wrapped_to(&below, columns, MOST);
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
