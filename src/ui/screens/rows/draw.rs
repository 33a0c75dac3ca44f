//! Draws the form of rows, scrolled so that the row that is typed in is visible.

use ratatui::{Frame, layout::Rect, style::Style};

use super::{About, Origin, RowsForm};
use crate::{
    domain::{
        Cents, Field, dates,
        entity::EntityKind,
        instalments::Due,
        plans::WHOLE,
        terms::{due_in_words, share_in_words},
        text,
    },
    ui::{
        Context, entity,
        form::{Cell, Taken, Whole, value},
        text::{InstalmentPhrase as I, ListPhrase, Phrase},
        widgets::{
            chrome::{wrapped, wrapped_to},
            paint::{Focus, LABELS, line_at, put, rows},
        },
    },
};

/// Columns of the terminal: before the cells, between them, and for a day.
const MARK: u16 = 2;
const GAP: u16 = 2;
const DAY: u16 = 10;
/// From this width on the days are shown beside the rows.
const WIDE: u16 = 74;

/// Where the cells of a row are: first column and width.
struct Places {
    cells: [(u16, u16); 3],
    day: Option<u16>,
}

impl Places {
    fn of(area: Rect, whole: Whole) -> Self {
        let wide = area.width >= WIDE;
        let part = match whole {
            Whole::Total(_) if wide => 15,
            Whole::Total(_) => 13,
            Whole::Percent => 9,
        };
        let due = if wide { 27 } else { 25 };
        let has_day = wide && matches!(whole, Whole::Total(_));
        let others = MARK + part + due + 2 * GAP + if has_day { GAP + DAY } else { 0 };
        let label = area.width.saturating_sub(others).clamp(6, 40);
        let first = area.x + MARK;
        let (second, third) = (first + label + GAP, first + label + part + 2 * GAP);
        Self { cells: [(first, label), (second, part), (third, due)], day: has_day.then_some(third + due + GAP) }
    }

    fn cell(&self, cell: Cell, line: Rect) -> Rect {
        let (x, width) = self.cells[cell as usize];
        Rect { x, width: width.min(line.right().saturating_sub(x)), height: 1, ..line }
    }
}

/// Lines with their style and first column.
type Lines = Vec<(u16, String, Style)>;

impl RowsForm {
    /// Draws the whole screen.
    pub(super) fn draw_all(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let name = self.has_name().then(|| self.draw_name(frame, area, ctx));
        if !self.ready {
            return line_at(area, 0);
        }
        let above = self.above(area, ctx);
        let below = self.below(area, ctx);
        let top = rows(above.len()) + if self.has_name() { 2 } else { 0 } + u16::from(!above.is_empty());
        for (row, (words, style)) in above.iter().enumerate() {
            put(frame, area, rows(row) + if self.has_name() { 2 } else { 0 }, words, *style);
        }
        let tall = area.height.saturating_sub(top + rows(below.len()) + 2);
        let table = Rect { y: area.y + top, height: tall + 1, ..area };
        let (caret, used) = self.draw_table(frame, table, ctx);
        let foot = Rect { y: table.y + used + 1, height: area.bottom().saturating_sub(table.y + used + 1), ..area };
        for (row, (words, style)) in below.iter().enumerate() {
            put(frame, foot, rows(row), words, *style);
        }
        name.flatten().or(caret).unwrap_or(line_at(area, 0))
    }

    fn draw_name(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Option<Focus> {
        let focused = self.name.focused;
        let marker = if focused { ">" } else { " " };
        let label = format!("{marker} {} *", ctx.field(Field::Name));
        put(frame, area, 0, &label, if focused { ctx.theme.accent } else { ctx.theme.quiet });
        let place = Rect { x: area.x + LABELS, width: area.width.saturating_sub(LABELS), height: 1, ..area };
        let at = self.name.input.draw(frame, place, if focused { ctx.theme.field } else { ctx.theme.text });
        if let Some(problem) = self.name.problem {
            put(frame, Rect { height: 2, ..place }, 1, &ctx.problem(problem), ctx.theme.bad);
        }
        focused.then_some(Focus::Caret(at))
    }

    /// What is said above the rows.
    fn above(&self, area: Rect, ctx: &Context) -> Vec<(String, Style)> {
        let columns = usize::from(area.width);
        let mut lines = Vec::new();
        if let About::Contract(_, Some(row)) = &self.about {
            let money = |cents: Cents| value(Field::TotalCents, &cents.0.into(), ctx);
            let paid = row.contract.paid();
            let paid = if paid == Cents(0) { String::new() } else { money(paid) };
            let contract = entity::found_name(EntityKind::Contract, row.contract.id.0, &row.client, ctx);
            let words = I::TotalAndPaid { contract: &contract, total: &money(row.contract.total_cents), paid: &paid };
            let words = wrapped_to(&ctx.say(words), columns, 2);
            lines.extend(words.into_iter().map(|line| (line, ctx.theme.text)));
        }
        let origin = match &self.origin {
            Origin::Own => None,
            Origin::Default(plan) => Some(ctx.say(I::FollowsDefault(plan))),
            Origin::Plan(plan) => Some(ctx.say(I::FilledIn(plan))),
            Origin::Nothing => Some(ctx.say(I::NothingAgreed)),
        };
        let origin = origin.map(|words| wrapped_to(&words, columns, 2)).unwrap_or_default();
        lines.extend(origin.into_iter().map(|line| (line, ctx.theme.quiet)));
        if let Some((by, name, texts)) = &self.theirs {
            let row = |[label, part, due]: &[String; 3]| ctx.say(I::Row { label, part, due });
            let all = name.iter().cloned().chain(texts.iter().map(row)).collect::<Vec<_>>();
            let all = if all.is_empty() { ctx.say(I::NoRows) } else { all.join(&ctx.say(ListPhrase::Between)) };
            let words = wrapped_to(&ctx.say(I::Theirs { name: by, rows: &all }), columns, 4);
            lines.extend(words.into_iter().map(|line| (line, ctx.theme.warning)));
        }
        lines
    }

    /// What is said below the rows: their sum, and what one should know about the cell that is typed in.
    fn below(&self, area: Rect, ctx: &Context) -> Vec<(String, Style)> {
        if self.saving && ctx.saving {
            return vec![(ctx.say(Phrase::Saving), ctx.theme.quiet)];
        }
        let number = |number: i64| match self.rows.whole {
            Whole::Total(_) => value(Field::TotalCents, &number.into(), ctx),
            Whole::Percent => share_in_words(i32::try_from(number).unwrap_or(i32::MAX), ctx.language),
        };
        let (sum, whole) = (self.rows.sum(), self.rows.whole.number());
        let difference = number((whole.saturating_sub(sum)).saturating_abs());
        let missing = (sum < whole).then_some(difference.as_str());
        let too_much = (sum > whole).then_some(difference.as_str());
        let style = if sum == whole { ctx.theme.good } else { ctx.theme.warning };
        let mut words = ctx.say(I::Sum { sum: &number(sum), missing, too_much });
        let count = self.rows.all().len();
        if count > SEVERAL {
            words = format!("{words}   {}", ctx.say(I::RowOf { at: self.rows.at + 1, of: count }));
        }
        let hint = wrapped_to(&self.hint(ctx), area.width.into(), 2);
        let hint = hint.into_iter().map(|line| (line, ctx.theme.quiet));
        std::iter::once((words, style)).chain(hint).collect()
    }

    fn hint(&self, ctx: &Context) -> String {
        let is_plan = self.has_name();
        if self.name.focused {
            return String::new();
        }
        let due = self.rows.due(self.rows.at, ctx.now.date());
        ctx.say(match (self.rows.cell, due) {
            (Cell::Label, _) => I::HintLabel,
            (Cell::Part, _) if is_plan => I::HintShare,
            (Cell::Part, _) => return self.part_in_words(ctx),
            (Cell::Due, Some(Due::On(_))) if is_plan => I::HintPlanDue,
            (Cell::Due, Some(due)) if is_plan => return due_in_words(due, ctx.language),
            (Cell::Due, None) if is_plan => I::HintPlanDue,
            (Cell::Due, None) => I::HintDue,
            (Cell::Due, Some(due)) => match (self.anchors.day_of(due), due) {
                (Some(day), _) => {
                    let past = day < ctx.now.date();
                    return ctx.say(I::FallsDue { day: &dates::in_sentence(day, ctx.language), past });
                }
                (None, Due::Event(_)) => I::NoEventYet,
                (None, Due::Signature(_) | Due::On(_)) => I::NotSignedYet,
            },
        })
    }

    /// What the typed part of a total comes to, as an amount and as a share; how to type one if nothing is typed.
    fn part_in_words(&self, ctx: &Context) -> String {
        let amount = match self.rows.taken()[self.rows.at] {
            Taken::Typed(amount) | Taken::Share(amount) => amount,
            Taken::Rest(_) | Taken::Nothing | Taken::Unreadable(_) => return ctx.say(I::HintAmount),
        };
        let whole = i128::from(self.rows.whole.number()).max(1);
        let share = i32::try_from(i128::from(amount) * i128::from(WHOLE) / whole).unwrap_or(i32::MAX);
        let amount = value(Field::TotalCents, &amount.into(), ctx);
        ctx.say(I::Makes { amount: &amount, share: &share_in_words(share, ctx.language) })
    }

    /// Draws the titles and as many rows as fit; returns the caret and how many lines were drawn.
    fn draw_table(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> (Option<Focus>, u16) {
        let places = Places::of(area, self.rows.whole);
        for cell in Cell::ALL {
            let title = ctx.field(self.rows.field(cell));
            let place = places.cell(cell, area);
            let wide = usize::from(place.width);
            let title = if cell == Cell::Part { text::fit_right(&title, wide) } else { title };
            put(frame, place, 0, &title, ctx.theme.quiet);
        }
        if let Some(x) = places.day {
            put(frame, Rect { x, width: DAY, ..area }, 0, &ctx.say(I::ColDay), ctx.theme.quiet);
        }
        let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let problems: Vec<Lines> =
            (0..self.rows.all().len()).map(|row| self.problems(row, &places, body, ctx)).collect();
        let height = |row: usize| 1 + problems[row].len();
        let mut from = 0;
        while from < self.rows.at && (from..=self.rows.at).map(height).sum::<usize>() > usize::from(body.height) {
            from += 1;
        }
        let taken = self.rows.taken();
        let (mut y, mut caret) = (body.y, None);
        for row in from..self.rows.all().len() {
            if y >= body.bottom() {
                break;
            }
            let line = Rect { y, height: 1, ..body };
            caret = caret.or(self.draw_row(frame, line, (row, taken[row]), &places, ctx));
            for (below, (x, words, style)) in problems[row].iter().enumerate() {
                let y = y + 1 + rows(below);
                if y < body.bottom() {
                    put(frame, Rect { x: *x, y, width: body.right() - x, height: 1 }, 0, words, *style);
                }
            }
            y = y.saturating_add(rows(height(row)));
        }
        (caret, y.min(body.bottom()) - area.y)
    }

    /// What is wrong with the cells of a row: below the cell, or further left if there is too little room.
    fn problems(&self, row: usize, places: &Places, area: Rect, ctx: &Context) -> Lines {
        let mut lines = Vec::new();
        for cell in Cell::ALL {
            let Some(problem) = self.rows.all()[row].problem(cell) else { continue };
            let all = wrapped(&ctx.problem(problem), usize::from(area.width - MARK));
            let wide = all.iter().map(|line| text::width(line)).max().unwrap_or(0);
            let x = places.cells[cell as usize].0.min(area.right().saturating_sub(rows(wide))).max(area.x + MARK);
            lines.extend(all.into_iter().map(|line| (x, line, ctx.theme.bad)));
        }
        lines
    }

    fn draw_row(
        &self,
        frame: &mut Frame,
        line: Rect,
        (row, taken): (usize, Taken),
        places: &Places,
        ctx: &Context,
    ) -> Option<Focus> {
        let here = row == self.rows.at && !self.name.focused;
        put(frame, line, 0, if here { ">" } else { " " }, ctx.theme.accent);
        let mut caret = None;
        for cell in Cell::ALL {
            let (place, input) = (places.cell(cell, line), self.rows.all()[row].input(cell));
            let wide = usize::from(place.width);
            let amount = taken.amount().filter(|_| cell == Cell::Part).map(|amount| self.amount(amount, ctx));
            let dimmed = matches!(taken, Taken::Rest(_));
            if here && cell == self.rows.cell {
                caret = Some(Focus::Caret(input.draw(frame, place, ctx.theme.field)));
                // What it comes to, as far as there is room beside what is typed.
                let beside = amount.filter(|amount| text::width(input.text()) + text::width(amount) + 2 <= wide);
                if let Some(amount) = beside.filter(|_| matches!(taken, Taken::Rest(_) | Taken::Share(_))) {
                    draw_right(frame, place, &amount, ctx.theme.quiet);
                }
                continue;
            }
            match amount {
                Some(amount) => {
                    let share = text::width(input.text()) + text::width(&amount) + 2 <= wide;
                    if matches!(taken, Taken::Share(_)) && share {
                        put(frame, place, 0, input.text(), ctx.theme.quiet);
                    }
                    draw_right(frame, place, &amount, if dimmed { ctx.theme.quiet } else { ctx.theme.text });
                }
                None => put(frame, place, 0, &text::for_terminal(input.text()), ctx.theme.text),
            }
        }
        if let (Some(x), Some(due)) = (places.day, self.rows.due(row, ctx.now.date())) {
            let day = self.anchors.day_of(due);
            let style = if day.is_some_and(|day| day < ctx.now.date()) { ctx.theme.warning } else { ctx.theme.quiet };
            let day = day.map_or_else(|| ctx.say(I::DayUnknown), dates::format_date);
            put(frame, Rect { x, width: DAY, ..line }, 0, &day, style);
        }
        caret
    }

    fn amount(&self, amount: i64, ctx: &Context) -> String {
        match self.rows.whole {
            Whole::Total(_) => Cents(amount).format(ctx.language),
            Whole::Percent => share_in_words(i32::try_from(amount).unwrap_or(i32::MAX), ctx.language),
        }
    }
}

/// From so many rows on the number of the row is said.
const SEVERAL: usize = 5;

fn draw_right(frame: &mut Frame, place: Rect, words: &str, style: Style) {
    let wide = rows(text::width(words)).min(place.width);
    put(frame, Rect { x: place.right() - wide, width: wide, ..place }, 0, words, style);
}
