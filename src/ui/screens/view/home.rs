//! Draws the home screen: what awaits the user, the sections, and the charts.

use ratatui::{Frame, layout::Rect};

use super::{Focus, count_words, figures, line_at, put};
use crate::{
    domain::text,
    ui::{
        Context,
        screens::home::{self, HomeScreen, Line as HomeRow},
        text::Phrase,
    },
};

/// Where the lines and the charts are drawn and clicked. If there is no room for both, only one of
/// them is shown.
pub struct Places {
    pub lines: Option<Rect>,
    pub figures: Option<Rect>,
}

impl Places {
    pub fn of(home: &HomeScreen, area: Rect) -> Self {
        const LINES: u16 = 48;
        const BESIDE: u16 = 74;
        if area.width >= BESIDE {
            let figures = Rect { x: area.x + LINES, width: (area.width - LINES).min(70), ..area };
            return Self { lines: Some(Rect { width: LINES - 1, ..area }), figures: Some(figures) };
        }
        match home.bar {
            Some(_) => Self { lines: None, figures: Some(area) },
            None => Self { lines: Some(area), figures: None },
        }
    }
}

pub(super) fn draw(frame: &mut Frame, area: Rect, home: &HomeScreen, ctx: &Context) -> Focus {
    let places = Places::of(home, area);
    let line = places.lines.map(|lines| draw_lines(frame, lines, home, ctx));
    let bar = places.figures.and_then(|figures| figures::draw(frame, figures, home, ctx));
    bar.or(line).unwrap_or(line_at(area, 0))
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
    line(0, &ctx.say(Phrase::WaitingTitle), ctx.theme.quiet);
    line(row_of(waiting) - 1, &ctx.say(Phrase::SectionsTitle), ctx.theme.quiet);
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
