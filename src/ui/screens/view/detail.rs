//! Draws a record: its values, and the tables of what belongs to it.

use ratatui::{Frame, layout::Rect};

use super::{Focus, LABELS, draw_pairs, line_at, list::draw_rows, put, rows};
use crate::{
    domain::{entity::Record, text},
    ui::{
        Context, records,
        screens::detail::Detail,
        text::Phrase,
        widgets::{chrome::wrapped, table::first_shown},
    },
};

pub(super) fn draw(frame: &mut Frame, area: Rect, detail: &Detail, ctx: &Context) -> Focus {
    let mut row = draw_pairs(frame, area, &detail.facts(ctx), ctx);
    if !detail.notes.is_empty() {
        let lines = wrapped(&detail.notes, usize::from(area.width.saturating_sub(LABELS)));
        let pairs =
            [(ctx.field(crate::domain::Field::Notes), lines.iter().take(6).cloned().collect::<Vec<_>>().join("\n"))];
        let below = Rect { y: area.y + row, height: area.height.saturating_sub(row), ..area };
        row += draw_pairs(frame, below, &pairs, ctx);
    }
    let Some(part) = detail.parts.get(detail.part) else { return line_at(area, 0) };
    // A few rows are reserved for these tables, however many values the record has.
    let row = (row + 1).min(area.height.saturating_sub(6));
    let below = Rect { y: area.y + row, height: area.height.saturating_sub(row), ..area };
    frame.render_widget(ratatui::widgets::Clear, below);
    let mut x = below.x;
    for (number, one) in detail.parts.iter().enumerate() {
        let title = format!(" {} ({}) ", ctx.say(one.title), one.rows.len());
        let style = if number == detail.part { ctx.theme.accent } else { ctx.theme.quiet };
        let title = if number == detail.part { format!("[{}]", title.trim()) } else { title };
        let place = Rect { x, width: below.right().saturating_sub(x), ..below };
        put(frame, place, 0, &title, style);
        x += rows(text::width(&title)) + 1;
    }
    let table = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
    if part.rows.is_empty() {
        put(frame, table, 1, &format!("  {}", ctx.say(Phrase::EmptyPart)), ctx.theme.quiet);
        return line_at(below, 0);
    }
    draw_rows(frame, table, &part.rows, detail.at, (part.kind, None), &|_| false, ctx);
    if let Some(Record::Audit(line)) = part.rows.get(detail.at) {
        let last = Rect { y: table.bottom().saturating_sub(1), height: 1, ..table };
        let changes = records::changes(line, ctx);
        let words: Vec<String> = changes.iter().map(|(label, change)| format!("{label}: {change}")).collect();
        if !words.is_empty() {
            put(frame, last, 0, &text::fit(&words.join("; "), last.width.into()), ctx.theme.quiet);
        }
    }
    let room = usize::from(table.height.saturating_sub(1));
    line_at(table, 1 + rows(detail.at - first_shown(detail.at, room, part.rows.len())))
}
