//! Draws a menu.

use ratatui::{Frame, layout::Rect};

use super::{
    item::{Item, one_line, whole_line},
    menu::{Menu, Source},
};
use crate::{
    domain::Reason,
    ui::{
        Context,
        form::Choices,
        text::Phrase,
        widgets::{
            chrome::{boxed, wrapped_to},
            input::Input,
            paint::{Focus, line_at, put, rows},
        },
    },
};

/// The most lines of the text that says what a choice is about.
const ABOUT: usize = 3;

impl Menu {
    /// Says that nothing was found, or what to do if there is nobody to choose.
    fn why_empty(&self, ctx: &Context) -> String {
        match &self.source {
            Source::Records(Choices::Others { role, .. })
                if !self.awaited && self.input.as_ref().is_none_or(Input::is_empty) =>
            {
                ctx.reason(Reason::NobodyElse(*role))
            }
            _ => ctx.say(self.if_nothing),
        }
    }

    /// Draws the menu over the body; returns the place of the caret or of the selected line.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let typed = u16::from(self.input.is_some()) * 2;
        let width = if self.small { 50 } else { area.width.saturating_sub(4).min(100) };
        let inside = usize::from(width.saturating_sub(4));
        let about = self.about.as_ref();
        let about = about.map(|about| wrapped_to(about, inside, ABOUT));
        let about = about.unwrap_or_default();
        let overlap = self.overlap.as_ref().map(|overlap| wrapped_to(overlap, inside, ABOUT)).unwrap_or_default();
        // Room for the longest line, so that the box stays as tall whichever is selected.
        let longest = self.shown.iter().map(|item| whole_line(item, inside).len()).max().unwrap_or(1);
        let above = about.len() + overlap.len();
        // Nor does it shrink while lines are narrowed.
        let most = self.shown.len().max(self.fixed.len() + self.views.len()).max(3);
        let tall = rows(most + longest - 1 + above) + 2 + typed;
        let height = match self.source {
            Source::Report => {
                let whole = |item: &Item| if item.hang > 0 { whole_line(item, inside).len() - 1 } else { 0 };
                let more: usize = self.shown.iter().map(whole).sum();
                if more > 0 { rows(most + more + above) + 2 } else { tall }
            }
            Source::Fixed | Source::Views(..) => tall.min(20).min(area.height),
            Source::Records(_) | Source::Search => area.height.min(20),
        };
        let mut inner = boxed(frame, area, (width, height), &self.title, ctx.theme);
        let about = about.iter().map(|line| (line, ctx.theme.text));
        for (line, style) in about.chain(overlap.iter().map(|line| (line, ctx.theme.warning))) {
            put(frame, inner, 0, line, style);
            (inner.y, inner.height) = (inner.y + 1, inner.height.saturating_sub(1));
        }
        let caret = self.input.as_ref().map(|input| {
            let field = Rect { height: 1, ..inner };
            let caret = input.draw(frame, field, ctx.theme.field);
            if input.is_empty() {
                put(frame, field, 0, &ctx.say(Phrase::TypeToNarrow), ctx.theme.quiet);
            }
            Focus::Caret(caret)
        });
        let mut lines = Rect { y: inner.y + typed, height: inner.height.saturating_sub(typed), ..inner };
        let marked = self.marking.as_ref().map(|marking| marking.words(self.shown.get(self.at), inside, ctx));
        let marked = marked.unwrap_or_default().into_iter().rev().map(|words| (words, ctx.theme.text));
        let below = [(self.among_newest, Phrase::AmongNewest), (self.more, Phrase::MoreChoices)];
        let below = below.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| (ctx.say(words), ctx.theme.quiet));
        for (words, style) in marked.chain(below) {
            lines.height = lines.height.saturating_sub(1);
            put(frame, Rect { y: lines.bottom(), height: 1, ..lines }, 0, &words, style);
        }
        if self.shown.is_empty() {
            for (row, line) in wrapped_to(&self.why_empty(ctx), inside, ABOUT).iter().enumerate() {
                put(frame, lines, rows(row), line, ctx.theme.quiet);
            }
        }
        let row = self.draw_lines(frame, lines, ctx);
        caret.unwrap_or(line_at(lines, row))
    }

    /// Draws as many lines as fit, the selected one among them, in full; returns the row of that.
    fn draw_lines(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> u16 {
        let columns = usize::from(area.width);
        let lines_of = |number: usize| {
            let item = self.with_mark(&self.shown[number]);
            if number == self.at || item.hang > 0 { whole_line(&item, columns) } else { vec![one_line(&item, columns)] }
        };
        // As many lines above the selected one as fit.
        let mut room = usize::from(area.height);
        let fits = |number: &usize| {
            let needs = lines_of(*number).len();
            let fits = needs <= room || *number == self.at;
            room = room.saturating_sub(needs);
            fits
        };
        let from = (0..=self.at).rev().take(self.shown.len()).take_while(fits).last().unwrap_or(0);
        let (mut row, mut focus) = (0, 0);
        for (number, item) in self.shown.iter().enumerate().skip(from).take(usize::from(area.height)) {
            let is_for_use = item.outcome.is_some() || self.source == Source::Report;
            let style = match (number == self.at, is_for_use) {
                (true, _) => ctx.theme.selected,
                (false, true) => ctx.theme.text,
                (false, false) => ctx.theme.quiet,
            };
            if number == self.at {
                focus = row;
            }
            for line in lines_of(number) {
                put(frame, area, row, &line, style);
                row += 1;
            }
        }
        focus
    }
}
