//! Draws a list: the filter, the rows, and a preview of the selected row if there is room.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::{Focus, count_words, draw_facts, line_at, put, rows};
use crate::{
    domain::{
        entity::{EntityKind, Record},
        text,
    },
    ui::{
        Context, records,
        screens::list::List,
        text::Phrase,
        widgets::table::{self, Line},
    },
};

/// From this width on, a preview is shown beside the list.
const PREVIEW_FROM: u16 = 110;

/// Where the parts of a list are drawn and clicked.
pub struct Places {
    /// The column titles and the rows below them.
    table: Rect,
    preview: Option<Rect>,
}

impl Places {
    pub fn of(list: &List, area: Rect) -> Self {
        // A line for the filter and the position, and one if only the newest records were searched.
        let above = 1 + u16::from(list.among_newest);
        let below = Rect { y: area.y + above, height: area.height.saturating_sub(above), ..area };
        if area.width < PREVIEW_FROM {
            return Self { table: below, preview: None };
        }
        let table = Rect { width: below.width - 44, ..below };
        Self { table, preview: Some(Rect { x: below.right() - 42, width: 42, ..below }) }
    }

    /// The index of the row that is drawn at this position.
    pub fn row_at(&self, list: &List, at: Position) -> Option<usize> {
        let row = at.y.checked_sub(self.table.y + 1).filter(|_| self.table.contains(at))?;
        Some(self.shown(list).start + usize::from(row)).filter(|row| *row < list.rows.len())
    }

    /// The indexes of the rows that fit below the titles.
    fn shown(&self, list: &List) -> std::ops::Range<usize> {
        let room = usize::from(self.table.height.saturating_sub(1));
        let start = table::first_shown(list.at, room, list.rows.len());
        start..(start + room.max(1)).min(list.rows.len())
    }
}

pub(super) fn draw(frame: &mut Frame, area: Rect, list: &List, ctx: &Context) -> Focus {
    let mut caret = None;
    let places = Places::of(list, area);
    let table = places.table;
    if let Some(input) = &list.filter {
        let label = format!("{}: ", ctx.say(Phrase::FilterLabel));
        put(frame, area, 0, &label, ctx.theme.accent);
        let used = rows(text::width(&label));
        let field = Rect { x: area.x + used, y: area.y, width: area.width.saturating_sub(used + 22), height: 1 };
        caret = Some(Focus::Caret(input.draw(frame, field, ctx.theme.text)));
    } else if !list.query.text().is_empty() {
        put(frame, area, 0, &ctx.say(Phrase::FilteredBy(list.query.text())), ctx.theme.accent);
    } else if list.query.is_refined() {
        put(frame, area, 0, &ctx.say(Phrase::Refined), ctx.theme.accent);
    }
    if list.among_newest {
        put(frame, area, 1, &ctx.say(Phrase::AmongNewest), ctx.theme.quiet);
    }
    let shown = places.shown(list);
    let place = position(list, &shown, ctx);
    let width = rows(text::width(&place)).min(area.width);
    let right = Rect { x: area.right() - width, width, ..area };
    put(frame, right, 0, &place, ctx.theme.quiet);
    if let (Some(preview), Some(record)) = (places.preview, list.selected()) {
        draw_facts(frame, preview, record, ctx);
    }
    if list.rows.is_empty() {
        for (number, line) in list.empty_words(ctx).iter().enumerate() {
            put(frame, table, 2 + rows(number), &format!("  {line}"), ctx.theme.quiet);
        }
        return caret.unwrap_or(line_at(table, 2));
    }
    let marked = |record: &Record| list.marks.has(record);
    draw_rows(frame, table, &list.rows, list.at, (list.kind(), Some(list.query.sort())), &marked, ctx);
    caret.unwrap_or(line_at(table, 1 + rows(list.at - shown.start)))
}

/// The marks and the position in the list, such as "3 marked, 101–150 of 2,340".
fn position(list: &List, shown: &std::ops::Range<usize>, ctx: &Context) -> String {
    // Marks are counted even if none of the marked records is shown.
    let marks = (!list.marks.is_empty()).then(|| ctx.say(Phrase::Marked(list.marks.len())));
    // The rows arrive before the total does.
    let total = list.total.map_or("...".to_owned(), |total| count_words(total, ctx));
    let place = match list.first {
        _ if list.rows.is_empty() => None,
        Some(first) => {
            let at = |row: usize| first + i64::try_from(row).unwrap_or(0);
            Some(ctx.say(Phrase::Position { from: at(shown.start) + 1, to: at(shown.end), total: &total }))
        }
        None => Some(total),
    };
    [marks, place].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(super) fn draw_rows(
    frame: &mut Frame,
    area: Rect,
    records: &[Record],
    at: usize,
    (kind, sort): (EntityKind, Option<(usize, bool)>),
    marked: &dyn Fn(&Record) -> bool,
    ctx: &Context,
) {
    let columns = records::columns(kind);
    let layout = table::fitting(&columns, area.width.saturating_sub(2));
    let titles = records::titles(kind, ctx);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    table::draw_titles(frame, area, &layout, &columns, &titles, sort, ctx.theme);
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let from = table::first_shown(at, room, records.len());
    for (row, record) in records.iter().skip(from).take(room).enumerate() {
        let selected = from + row == at;
        let style = if selected {
            ctx.theme.selected
        } else if record.is_hidden() {
            ctx.theme.quiet
        } else {
            ctx.theme.text
        };
        let line = Line { cells: records::cells(record, ctx), selected, marked: marked(record), style };
        let place = Rect { y: area.y + 1 + rows(row), height: 1, ..area };
        if place.y < area.bottom() {
            table::draw_line(frame, place, &layout, &columns, &line);
        }
    }
}
