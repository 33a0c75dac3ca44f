//! Draws the home screen: what waits for the user, the sections, and the charts.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::{Home, HomeEntry};
use crate::{
    domain::text,
    services::HomeLine,
    ui::{
        Context,
        text::{InstalmentPhrase, Phrase},
        widgets::paint::{Focus, count_words, line_at, put},
    },
};

/// The width of the words of a line.
const WORDS: usize = 34;

/// Where the lines and the charts are drawn and clicked. If there is no room for both, only one of
/// them is shown.
struct Places {
    lines: Option<Rect>,
    figures: Option<Rect>,
}

impl Places {
    fn of(home: &Home, area: Rect) -> Self {
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

/// The row of a line in the body: a title stands before each half, and a blank line between the
/// halves.
fn row_of(number: usize, lines: &[HomeEntry]) -> u16 {
    let waiting = lines.iter().filter(|line| matches!(line, HomeEntry::Waiting(_))).count();
    u16::try_from(number + if number < waiting { 1 } else { 3 }).unwrap_or(u16::MAX)
}

impl Home {
    /// Draws the whole screen.
    pub(super) fn draw_all(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let places = Places::of(self, area);
        let line = places.lines.map(|lines| self.draw_lines(frame, lines, ctx));
        let bar = places.figures.and_then(|figures| self.draw_figures(frame, figures, ctx));
        bar.or(line).unwrap_or(line_at(area, 0))
    }

    /// The line and the bar to select after a click at this position, if it is on one of them.
    pub(super) fn hit(&self, at: Position, body: Rect, ctx: &Context) -> Option<(usize, Option<usize>)> {
        let places = Places::of(self, body);
        if let Some(area) = places.figures.filter(|area| area.contains(at)) {
            return Some((self.at, Some(self.bar_at(area, at.y - area.y)?)));
        }
        let area = places.lines.filter(|area| area.contains(at))?;
        let lines = self.lines(ctx);
        let row = at.y - area.y + self.skipped(area.height, &lines);
        let line = (0..lines.len()).find(|number| row_of(*number, &lines) == row)?;
        Some((line, None))
    }

    /// The number of rows that are scrolled away so that the selected line is visible.
    fn skipped(&self, height: u16, lines: &[HomeEntry]) -> u16 {
        (row_of(self.at, lines) + 1).saturating_sub(height)
    }

    /// What waits there, with its amount if it has one; cents are left out where there is no room for them.
    fn words(&self, line: HomeLine, ctx: &Context) -> String {
        let amount = self.counts.iter().find(|one| one.line == line).and_then(|one| one.amount);
        let Some(amount) = amount else { return ctx.say(Phrase::Waits(line)) };
        let currency = &ctx.settings().currency;
        let with = |amount: String| ctx.say(InstalmentPhrase::Waits { line, amount: &format!("{amount} {currency}") });
        let exact = with(amount.format(ctx.language));
        if text::width(&exact) <= WORDS { exact } else { with(ctx.say(Phrase::Number(amount.0 / 100))) }
    }

    fn draw_lines(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let lines = self.lines(ctx);
        let waiting = lines.iter().filter(|line| matches!(line, HomeEntry::Waiting(_))).count();
        let row_of = |number: usize| row_of(number, &lines);
        let skip = self.skipped(area.height, &lines);
        let mut line = |row: u16, words: &str, style| {
            if let Some(row) = row.checked_sub(skip) {
                put(frame, area, row, words, style);
            }
        };
        line(0, &ctx.say(Phrase::WaitingTitle), ctx.theme.quiet);
        line(row_of(waiting) - 1, &ctx.say(Phrase::SectionsTitle), ctx.theme.quiet);
        for (number, one) in lines.iter().copied().enumerate() {
            let count = match one {
                HomeEntry::Waiting(waiting) => {
                    self.count(waiting).map_or("...".to_owned(), |count| count_words(count, ctx))
                }
                HomeEntry::Section(_) => String::new(),
            };
            let words = match one {
                HomeEntry::Waiting(waiting) => self.words(waiting, ctx),
                HomeEntry::Section(section) => ctx.say(section.word),
            };
            let style = if number == self.at && self.bar.is_none() { ctx.theme.selected } else { ctx.theme.text };
            let shown = format!("  {}  {} ", text::fit_right(&count, 7), text::fit(&words, WORDS));
            line(row_of(number), &shown, style);
        }
        line_at(area, row_of(self.at).saturating_sub(skip))
    }
}
