//! What waits, and where everything is.

use ratatui::{Frame, layout::Rect};

use super::{Focus, count_words, figures, line_at, put};
use crate::{
    domain::text,
    ui::{
        Context,
        screens::home::{self, HomeScreen, Line as HomeRow},
        text::W,
    },
};

pub(super) fn draw(frame: &mut Frame, area: Rect, home: &HomeScreen, ctx: &Context) -> Focus {
    const LINES: u16 = 48;
    const BESIDE: u16 = 74;
    if area.width < BESIDE && home.bar.is_some() {
        return figures::draw(frame, area, home, ctx).unwrap_or(line_at(area, 0));
    }
    if area.width >= BESIDE {
        let beside = Rect { x: area.x + LINES, width: (area.width - LINES).min(70), ..area };
        if let Some(focus) = figures::draw(frame, beside, home, ctx) {
            draw_lines(frame, Rect { width: LINES - 1, ..area }, home, ctx);
            return focus;
        }
    }
    let width = if area.width >= BESIDE { LINES - 1 } else { area.width };
    draw_lines(frame, Rect { width, ..area }, home, ctx)
}

fn draw_lines(frame: &mut Frame, area: Rect, home: &HomeScreen, ctx: &Context) -> Focus {
    let lines = HomeScreen::lines(ctx);
    let waiting = lines.iter().filter(|line| matches!(line, HomeRow::Waiting(_))).count();
    let row_of = |number: usize| HomeScreen::row_of(number, &lines);
    let skip = home.skipped(area.height, &lines);
    let mut line = |row: u16, words: &str, style| {
        if let Some(row) = row.checked_sub(skip) {
            put(frame, area, row, words, style);
        }
    };
    line(0, &ctx.say(W::WaitingTitle), ctx.theme.quiet);
    line(row_of(waiting) - 1, &ctx.say(W::SectionsTitle), ctx.theme.quiet);
    for (number, one) in lines.iter().copied().enumerate() {
        let count = match one {
            HomeRow::Waiting(waiting) => home.count(waiting).map_or("...".to_owned(), |count| count_words(count, ctx)),
            _ => String::new(),
        };
        let style = if number == home.at && home.bar.is_none() { ctx.theme.selected } else { ctx.theme.text };
        let shown = format!("  {}  {} ", text::fit_right(&count, 7), text::fit(&home::label(one, ctx), 34));
        line(row_of(number), &shown, style);
    }
    line_at(area, row_of(home.at).saturating_sub(skip))
}
