//! Draws a list: the filter, the rows, and a preview of the selected row if there is room.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};

use super::{Drawn, List};
use crate::{
    domain::{entity::Record, page::Count, text},
    ui::{
        Context, actions, entity,
        text::{ListPhrase, Phrase},
        widgets::{
            chrome::wrapped_to,
            paint::{Focus, count_words, line_at, put, rows},
            records::{draw_facts, draw_rows, table_width},
            table,
        },
    },
};

/// Where the parts of a list are drawn and clicked.
struct Places {
    /// What the list is filtered by.
    filter: Vec<String>,
    /// The column titles and the rows below them.
    table: Rect,
    preview: Option<Rect>,
}

impl Places {
    fn of(list: &List, area: Rect, ctx: &Context) -> Self {
        // The filter and the position, and a line if only the newest records were searched.
        let filter = list.filter_in_words(area.width, ctx);
        let above = rows(filter.len()).max(1) + u16::from(list.among_newest);
        let sums = u16::from(entity::has_sums(list.kind()));
        let below = Rect { y: area.y + above, height: area.height.saturating_sub(above + sums), ..area };
        let table = Rect { width: table_width(below.width), ..below };
        let beside = below.width - table.width;
        let preview = Rect { x: table.right() + 2, width: beside.saturating_sub(2), ..below };
        Self { filter, table, preview: (beside > 0).then_some(preview) }
    }

    /// The index of the row that is drawn at this position.
    fn row_at(&self, list: &List, at: Position) -> Option<usize> {
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

impl List {
    /// What is drawn at this position; the list is drawn in `body`.
    pub(super) fn drawn_at(&self, at: Position, body: Rect, ctx: &Context) -> Option<Drawn> {
        let places = Places::of(self, body, ctx);
        if at.y != places.table.y || self.rows.is_empty() {
            return places.row_at(self, at).map(Drawn::Row);
        }
        let columns = self.columns(ctx);
        let column = columns.at(at.x.checked_sub(places.table.x)?, places.table.width)?;
        columns.all[column].sort.map(Drawn::Title)
    }

    pub(super) fn draw_all(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let mut caret = None;
        let places = Places::of(self, area, ctx);
        let table = places.table;
        let shown = places.shown(self);
        let place = position(self, &shown, ctx);
        let width = rows(text::width(&place)).min(area.width);
        let left = Rect { width: area.width.saturating_sub(width + 1), ..area };
        if let Some(input) = &self.filter {
            let label = ctx.pair(&ctx.say(ListPhrase::FilterLabel), "");
            put(frame, area, 0, &label, ctx.theme.accent);
            let used = rows(text::width(&label));
            let field = Rect { x: area.x + used, y: area.y, width: area.width.saturating_sub(used + 22), height: 1 };
            caret = Some(Focus::Caret(input.draw(frame, field, ctx.theme.text)));
            if input.is_empty() {
                put(frame, field, 0, &ctx.say(ListPhrase::Searched(self.kind())), ctx.theme.quiet);
            }
        } else if self.is_filtered() {
            for (row, line) in places.filter.iter().enumerate() {
                put(frame, left, rows(row), line, ctx.theme.accent);
            }
        } else if self.query.opens_at_today() && self.first.is_none_or(|first| first > 0 || shown.start > 0) {
            put(frame, left, 0, &ctx.say(ListPhrase::OpenedAtToday), ctx.theme.quiet);
        } else if let Some(hint) = entity::merging::hint(&self.query, self.marks.len(), ctx).filter(|_| self.loaded) {
            put(frame, left, 0, &hint, ctx.theme.quiet);
        }
        if self.among_newest {
            put(frame, Rect { y: table.y - 1, ..area }, 0, &ctx.say(Phrase::AmongNewest), ctx.theme.quiet);
        }
        let right = Rect { x: area.right() - width, width, ..area };
        put(frame, right, 0, &place, ctx.theme.quiet);
        if let Some(sums) = self.sums_in_words(ctx) {
            put(frame, Rect { y: table.bottom(), height: 1, ..table }, 0, &sums, ctx.theme.heading);
        }
        if let (Some(preview), Some(record)) = (places.preview, self.selected()) {
            draw_facts(frame, preview, record, ctx);
        }
        if self.rows.is_empty() {
            for (number, line) in self.empty_words(ctx).iter().enumerate() {
                put(frame, table, 2 + rows(number), &format!("  {line}"), ctx.theme.quiet);
            }
            return caret.unwrap_or(line_at(table, 2));
        }
        let marked = |record: &Record| self.marks.has(record);
        let columns = self.columns(ctx);
        draw_rows(frame, table, &self.rows, self.at, (self.kind(), &columns), &marked, ctx);
        caret.unwrap_or(line_at(table, 1 + rows(self.at - shown.start)))
    }

    fn is_filtered(&self) -> bool {
        self.query.is_refined() || !self.query.text().is_empty()
    }

    /// What the list is filtered by, in lines beside the position, with the key that changes it if there
    /// is room for that too. Empty while the filter is being typed.
    fn filter_in_words(&self, columns: u16, ctx: &Context) -> Vec<String> {
        const MOST: usize = 4;
        if self.filter.is_some() || !self.is_filtered() {
            return Vec::new();
        }
        // Room for the position of the last rows, the longest that there is.
        let last = self.rows.len()..self.rows.len();
        let columns = usize::from(columns).saturating_sub(text::width(&position(self, &last, ctx)) + 1);
        let text = self.query.text();
        if !self.query.is_refined() {
            return wrapped_to(&ctx.say(Phrase::FilteredBy(text)), columns, MOST);
        }
        let typed = (!text.is_empty()).then(|| text.to_owned());
        let by: Vec<String> = typed.into_iter().chain(entity::filters(&self.query, &self.names, ctx)).collect();
        let filter = ctx.say(ListPhrase::Refined(&by.join(", ")));
        let whole = format!("{filter}. {}", ctx.say(ListPhrase::RefineHint));
        if text::width(&whole) <= columns { vec![whole] } else { wrapped_to(&filter, columns, MOST) }
    }

    /// What all records of the list amount to; says nothing while that is awaited, nor of an empty
    /// list.
    fn sums_in_words(&self, ctx: &Context) -> Option<String> {
        if !entity::has_sums(self.kind()) || self.rows.is_empty() {
            return None;
        }
        match (self.total?, self.sums) {
            (Count::Exactly(count), Some(sums)) => Some(entity::sums_of(&self.query, count, sums, ctx)),
            (Count::MoreThan(count), _) => Some(entity::too_many_to_sum(self.kind(), count, ctx)),
            (Count::Exactly(_), None) => None,
        }
    }

    /// Says why the list is empty and what to do; says nothing while a reply is awaited.
    fn empty_words(&self, ctx: &Context) -> Vec<String> {
        if !self.loaded {
            let failed = self.awaited.is_empty();
            return failed.then(|| ctx.say(Phrase::NotRead)).into_iter().collect();
        }
        let hint = if self.query.text().is_empty() { ListPhrase::RefineHint } else { ListPhrase::NothingFoundHint };
        if !self.query.text().is_empty() || self.query.is_refined() {
            return vec![ctx.say(Phrase::NothingFound), ctx.say(hint)];
        }
        let mut lines = vec![ctx.say(Phrase::EmptyList(self.kind()))];
        if self.query.view(ctx.session.actor.role) != 0 {
            lines.push(ctx.say(ListPhrase::EmptyViewHint));
        } else if actions::may_create(self.kind(), ctx) {
            lines.push(ctx.say(ListPhrase::EmptyListHint));
        }
        lines
    }
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
