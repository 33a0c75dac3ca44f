//! A question to confirm or to cancel.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::outcome::{Outcome, PopupResult};
use crate::services::{Reply, Request};
use crate::ui::{
    Context,
    keys::Key,
    text::{Asked, Phrase, capitalised},
    widgets::{
        chrome::{boxed, title_lines, wrapped},
        paint::{Focus, line_at, put, rows},
    },
};

/// A question whose buttons are verbs. *Cancel* stands first and is preselected, so that holding down
/// Enter confirms nothing, unless nothing final happens.
#[derive(Debug)]
pub struct Confirm {
    pub title: String,
    pub lines: Vec<String>,
    pub verb: String,
    /// The label of the button that changes nothing.
    pub cancel: String,
    /// The key of the button that does it.
    yes_key: String,
    pub yes: bool,
    pub verb_first: bool,
    /// What is said if it is cancelled; may be empty.
    pub if_cancelled: String,
    /// Reads what else there is to know for the answer.
    pub(super) reads: Option<Request>,
    /// How many lines are scrolled out of view, if not all fit.
    pub scrolled: usize,
}

impl Confirm {
    pub(super) fn new(title: String, lines: Vec<String>, verb: &str, cancel: String, ctx: &Context) -> Self {
        Self {
            title,
            lines,
            verb: capitalised(verb),
            cancel,
            yes_key: ctx.say(Phrase::YesKey),
            yes: false,
            verb_first: false,
            if_cancelled: String::new(),
            reads: None,
            scrolled: 0,
        }
    }

    /// Adds what was read: what a user owns, or how many contracts follow the default plan.
    pub(super) fn know(&mut self, reply: &Reply, ctx: &Context) {
        self.lines.extend(match reply {
            Reply::User(detail) => detail.owns.as_ref().map(|owned| ctx.say(Phrase::Asked(Asked::Owns(owned)))),
            Reply::DefaultFollowers(count) => Some(ctx.say(Phrase::Asked(Asked::DefaultFollowers(*count)))),
            _ => None,
        });
    }

    /// The lines, wrapped to this many columns.
    fn wrapped(&self, columns: usize) -> Vec<String> {
        self.lines.iter().flat_map(|line| wrapped(line, columns)).collect()
    }

    /// The width of a line in the narrowest window, where the text has the most lines.
    const NARROWEST: usize = 52;

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        match key.code {
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab => {
                self.yes = !self.yes;
                PopupResult::Stay
            }
            KeyCode::Up => {
                self.scrolled = self.scrolled.saturating_sub(1);
                PopupResult::Stay
            }
            KeyCode::Down => {
                let last = self.wrapped(Self::NARROWEST).len().saturating_sub(1);
                self.scrolled = (self.scrolled + 1).min(last);
                PopupResult::Stay
            }
            // The letter of the button, and `y`, which people press without looking.
            KeyCode::Char(letter) if letter == 'y' || self.yes_key.contains(letter) => {
                PopupResult::Done(Outcome::Confirmed)
            }
            KeyCode::Char('n') => PopupResult::Close,
            KeyCode::Enter if self.yes => PopupResult::Done(Outcome::Confirmed),
            KeyCode::Enter => PopupResult::Close,
            _ => PopupResult::Stay,
        }
    }

    /// Draws the question over the body; returns the place of the selected button.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let width = area.width.min(70);
        let lines = self.wrapped(usize::from(width.saturating_sub(6)));
        let above = rows(title_lines(&self.title, width).len());
        let shown = lines.len().min(usize::from(area.height.saturating_sub(6 + above)));
        let inner = boxed(frame, area, (width, rows(shown) + 6), &self.title, ctx.theme);
        let hidden = lines.len() > shown;
        let from = if hidden { self.scrolled.min(lines.len() - 1) } else { 0 };
        let upto = (from + shown).min(lines.len());
        for (row, line) in lines.iter().take(upto).skip(from).enumerate() {
            put(frame, inner, 1 + rows(row), line, ctx.theme.text);
        }
        if hidden {
            let [up, down] = [KeyCode::Up, KeyCode::Down].map(|code| ctx.key(Key::plain(code)));
            let place = Phrase::MoreLines { from: from + 1, to: upto, of: lines.len(), up: &up, down: &down };
            put(frame, inner, 1 + rows(shown), &ctx.say(place), ctx.theme.quiet);
        }
        let buttons = Rect { y: inner.bottom().saturating_sub(2), height: 1, ..inner };
        let (line, before) = self.buttons(ctx);
        frame.render_widget(Paragraph::new(line), buttons);
        line_at(Rect { x: buttons.x + before, ..buttons }, 0)
    }

    /// The buttons, each with its key, and the columns before the selected one.
    fn buttons(&self, ctx: &Context) -> (Line<'static>, u16) {
        let cancel = (false, &self.cancel, ctx.key(Key::plain(KeyCode::Esc)));
        let verb = (true, &self.verb, self.yes_key.clone());
        let both = if self.verb_first { [verb, cancel] } else { [cancel, verb] };
        let (mut spans, mut before) = (Vec::new(), 0);
        for (yes, label, key) in both {
            let chosen = yes == self.yes;
            if chosen {
                before = spans.iter().map(Span::width).sum();
            }
            let (style, label, after) = if chosen {
                (ctx.theme.selected, format!("[{label}]"), "    ")
            } else {
                (ctx.theme.text, format!(" {label}"), "     ")
            };
            let key = Span::styled(key, ctx.theme.accent);
            spans.extend([Span::styled(label, style), Span::raw(" "), key, Span::raw(after)]);
        }
        (Line::from(spans), rows(before))
    }
}
