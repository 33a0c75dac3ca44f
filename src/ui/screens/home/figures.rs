//! Draws the charts of the home screen.

use ratatui::{Frame, layout::Rect};

use super::Home;
use crate::{
    domain::{money::Cents, text},
    services::figures::{About, Bar, BarLabel, BarValue, Figure},
    ui::{
        Context,
        text::Phrase,
        widgets::paint::{Focus, line_at, put, rows},
    },
};

/// The width of the values. Labels take a third of the area, at most 20 columns; the bars take the
/// rest.
const VALUES: usize = 11;

/// A row of the charts.
enum ChartLine<'a> {
    Title(About),
    Bar(usize, &'a Bar, i64),
    Blank,
}

impl Home {
    /// Draws the charts below each other; returns the place of the selected bar, if one is selected.
    pub(super) fn draw_figures(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Option<Focus> {
        let lines = lines(&self.figures);
        let (selected, skip) = self.scrolled(&lines, area);
        for (row, line) in lines.iter().skip(skip).take(area.height.into()).enumerate() {
            match line {
                ChartLine::Title(about) => {
                    let money = matches!(about, About::SignedByMonth | About::DueByAge);
                    let unit = if money { format!(", {}", ctx.settings().currency) } else { String::new() };
                    put(frame, area, rows(row), &format!("{}{unit}", ctx.say(Phrase::Figure(*about))), ctx.theme.quiet);
                }
                ChartLine::Bar(at, bar, most) => {
                    let line = Rect { y: area.y + rows(row), height: 1, ..area };
                    draw_bar(frame, line, bar, *most, ctx);
                    if self.bar == Some(*at) {
                        frame.buffer_mut().set_style(line, ctx.theme.selected);
                    }
                }
                ChartLine::Blank => {}
            }
        }
        selected.map(|at| line_at(area, rows(at - skip)))
    }

    /// The index of the bar that is drawn in this row of the area.
    pub(super) fn bar_at(&self, area: Rect, row: u16) -> Option<usize> {
        let lines = lines(&self.figures);
        let (_, skip) = self.scrolled(&lines, area);
        match lines.get(skip + usize::from(row)) {
            Some(ChartLine::Bar(at, ..)) => Some(*at),
            Some(ChartLine::Title(_) | ChartLine::Blank) | None => None,
        }
    }

    /// The line of the selected bar, and the number of lines that are scrolled away to make it visible.
    fn scrolled(&self, lines: &[ChartLine<'_>], area: Rect) -> (Option<usize>, usize) {
        let selected =
            self.bar.and_then(|bar| lines.iter().position(|row| matches!(row, ChartLine::Bar(at, ..) if *at == bar)));
        (selected, selected.map_or(0, |at| (at + 1).saturating_sub(area.height.into())))
    }
}

fn lines(figures: &[Figure]) -> Vec<ChartLine<'_>> {
    let mut lines = Vec::new();
    let mut at = 0;
    for figure in figures.iter().filter(|figure| !figure.bars.is_empty()) {
        if !lines.is_empty() {
            lines.push(ChartLine::Blank);
        }
        lines.push(ChartLine::Title(figure.about));
        let most = figure.bars.iter().map(|bar| size(bar.value)).max().unwrap_or(0);
        for bar in &figure.bars {
            lines.push(ChartLine::Bar(at, bar, most));
            at += 1;
        }
    }
    lines
}

fn size(value: BarValue) -> i64 {
    match value {
        BarValue::Money(Cents(cents)) => cents,
        BarValue::Events(events) => events,
    }
}

fn draw_bar(frame: &mut Frame, area: Rect, bar: &Bar, most: i64, ctx: &Context) {
    let label = match &bar.label {
        BarLabel::Person(name) => name.clone(),
        other => ctx.say(Phrase::BarLabel(other)),
    };
    let value = match bar.value {
        // Cents are too small to matter in a chart.
        BarValue::Money(cents) => ctx.say(Phrase::Number(cents.0 / 100)),
        BarValue::Events(events) => ctx.say(Phrase::Number(events)),
    };
    let width = usize::from(area.width);
    let labels = (width / 3).min(20);
    let room = width.saturating_sub(labels + VALUES + 1);
    let long = usize::try_from(size(bar.value).max(0)).unwrap_or(0).saturating_mul(room);
    let filled = long.checked_div(usize::try_from(most).unwrap_or(0)).unwrap_or(0);
    // A value above 0 gets a bar of at least one column.
    let filled = filled.max(usize::from(size(bar.value) > 0)).min(room);
    put(frame, area, 0, &text::fit(&label, labels), ctx.theme.text);
    let beside = Rect { x: area.x + rows(labels) + 1, width: rows(room), ..area };
    put(frame, beside, 0, &"━".repeat(filled), ctx.theme.accent);
    let values = Rect { x: area.right() - rows(VALUES).min(area.width), width: rows(VALUES).min(area.width), ..area };
    put(frame, values, 0, &text::fit_right(&value, VALUES), ctx.theme.text);
}
