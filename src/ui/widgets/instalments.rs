//! Draws the instalments of a contract with what is open of them.

use ratatui::{Frame, layout::Rect};

use super::{
    paint::{put, rows},
    table::first_shown,
};
use crate::{
    domain::{
        Cents, Field, dates,
        instalments::{Instalment, Standing, overdue},
        terms::due_in_words,
        text,
    },
    ui::{Context, form::value, text::InstalmentPhrase as I},
};

/// The columns before the cells and between them, and the least that label and due day are narrowed to.
const MARGIN: usize = 2;
const LEAST: usize = 10;

/// What they sum to, by which plan they are made, and what is overdue of them.
pub fn caption(instalments: &[Instalment], ctx: &Context) -> String {
    let today = ctx.now.date();
    let money = |cents: Cents| value(Field::TotalCents, &cents.0.into(), ctx);
    let sum = instalments.iter().map(|row| row.amount_cents.0).sum();
    let late = instalments.iter().filter(|row| row.standing(today) == Standing::Overdue);
    let since = late.filter_map(|row| row.due_on).min().map(dates::format_date);
    let overdue = money(overdue(instalments, today));
    ctx.say(I::Caption {
        sum: &money(Cents(sum)),
        by_plan: instalments.iter().any(|row| row.plan_id.is_some()),
        overdue: since.as_ref().map(|day| (overdue.as_str(), day.as_str())),
    })
}

/// Draws a table of instalments with column titles. The row at index `at` is selected.
pub fn draw_instalments(frame: &mut Frame, area: Rect, instalments: &[Instalment], at: usize, ctx: &Context) {
    let titles =
        [ctx.field(Field::Label), ctx.field(Field::AmountCents), ctx.field(Field::DueOn), ctx.say(I::ColState)];
    let lines: Vec<[String; 4]> = instalments.iter().map(|row| cells(row, ctx)).collect();
    let need = |column: usize| {
        let cells = lines.iter().chain([&titles]).map(|line| text::width(&line[column]));
        cells.max().unwrap_or(0)
    };
    let widths = fitting([need(0), need(1), need(2), need(3)], usize::from(area.width));
    let line = |cells: &[String; 4]| {
        let [label, amount, due, state] = widths;
        format!(
            "  {}  {}  {}  {}",
            text::fit(&cells[0], label),
            text::fit_right(&cells[1], amount),
            text::fit(&cells[2], due),
            text::fit(&cells[3], state)
        )
    };
    put(frame, area, 0, &line(&titles), ctx.theme.quiet);
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let from = first_shown(at, room, lines.len());
    for (row, cells) in lines.iter().enumerate().skip(from).take(room) {
        let style = match instalments[row].standing(ctx.now.date()) {
            _ if row == at => ctx.theme.selected,
            Standing::Paid => ctx.theme.quiet,
            Standing::Overdue => ctx.theme.warning,
            Standing::Due | Standing::NotYetKnown => ctx.theme.text,
        };
        put(frame, area, 1 + rows(row - from), &text::fit(&line(cells), area.width.into()), style);
    }
}

/// The columns that each gets, if need be at the cost of the label, then of the due day.
fn fitting(mut needs: [usize; 4], width: usize) -> [usize; 4] {
    let room = width.saturating_sub(4 * MARGIN);
    for column in [0, 2, 3] {
        let over = needs.iter().sum::<usize>().saturating_sub(room);
        needs[column] -= over.min(needs[column].saturating_sub(LEAST));
    }
    needs
}

fn cells(row: &Instalment, ctx: &Context) -> [String; 4] {
    let day = row.due_on.map(dates::format_date);
    let label = if row.label.is_empty() { ctx.say(I::Numbered(row.position)) } else { row.label.clone() };
    let open = row.open_cents.format(ctx.language);
    let standing = row.standing(ctx.now.date());
    let state = ctx.say(I::Stands { standing, open: &open, day: day.as_deref().unwrap_or_default() });
    let due = day.unwrap_or_else(|| due_in_words(row.due, ctx.language));
    [label, row.amount_cents.format(ctx.language), due, state]
}
