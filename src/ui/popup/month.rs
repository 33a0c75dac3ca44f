//! A month to pick a day from.

use chrono::{Datelike, Days, Months, NaiveDate};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use super::outcome::{Outcome, PopupResult};
use crate::{
    domain::{dates, text},
    ui::{
        Context,
        text::Phrase,
        widgets::{
            chrome::boxed,
            paint::{Focus, line_at, put},
        },
    },
};

/// A month to pick a day from.
#[derive(Debug)]
pub struct Month {
    pub title: String,
    pub day: NaiveDate,
    pub today: NaiveDate,
}

/// The keys for the bottom line, besides the arrows.
pub(super) const KEYS: [(KeyCode, Option<Phrase<'static>>); 5] = [
    (KeyCode::Enter, Some(Phrase::KeyTake)),
    (KeyCode::PageUp, None),
    (KeyCode::PageDown, Some(Phrase::KeyMonth)),
    (KeyCode::Home, Some(Phrase::CalendarToday)),
    (KeyCode::Esc, Some(Phrase::KeyCancel)),
];

impl Month {
    /// The days of the month, each with its column (Monday is 0) and row.
    fn days(&self) -> impl Iterator<Item = (u16, u16, NaiveDate)> {
        let first = self.day.with_day(1).unwrap_or(self.day);
        let before = u16::try_from(first.weekday().num_days_from_monday()).unwrap_or(0);
        let days = first.iter_days().take_while(move |day| day.month() == first.month());
        days.zip(before..).map(|(day, cell)| (cell % 7, cell / 7, day))
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        let day = self.day;
        let moved = match key.code {
            KeyCode::Left | KeyCode::Char('h') => day.checked_sub_days(Days::new(1)),
            KeyCode::Right | KeyCode::Char('l') => day.checked_add_days(Days::new(1)),
            KeyCode::Up | KeyCode::Char('k') => day.checked_sub_days(Days::new(7)),
            KeyCode::Down | KeyCode::Char('j') => day.checked_add_days(Days::new(7)),
            KeyCode::PageUp => day.checked_sub_months(Months::new(1)),
            KeyCode::PageDown => day.checked_add_months(Months::new(1)),
            KeyCode::Home => Some(self.today),
            KeyCode::Enter => return PopupResult::Done(Outcome::Day(day)),
            _ => None,
        };
        self.day = moved.filter(|day| dates::YEARS.contains(&day.year())).unwrap_or(day);
        PopupResult::Stay
    }

    /// Draws the month over the body, one week per row, Monday first; returns the place of the
    /// selected day.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        const DAY: u16 = 4;
        // The month, the weekdays, six weeks, the selected day, and the border.
        const TALL: u16 = 12;
        let inner = boxed(frame, area, (7 * DAY + 5, TALL), &self.title, ctx.theme);
        put(frame, inner, 0, &dates::spell_month(self.day, ctx.language), ctx.theme.heading);
        let names = dates::weekdays(ctx.language);
        let place = |column: u16, row: u16| Rect {
            x: inner.x + column * DAY,
            y: inner.y + row,
            width: DAY.min(inner.right().saturating_sub(inner.x + column * DAY)),
            height: u16::from(inner.y + row < inner.bottom()),
        };
        for (column, name) in (0_u16..).zip(names) {
            put(
                frame,
                place(column, 2),
                0,
                &text::fit_right(&name.chars().take(2).collect::<String>(), 3),
                ctx.theme.quiet,
            );
        }
        let mut focus = line_at(inner, 0);
        for (column, row, day) in self.days() {
            let (selected, today) = (day == self.day, day == self.today);
            let style = match (selected, today) {
                (true, _) => ctx.theme.selected,
                (_, true) => ctx.theme.accent,
                _ => ctx.theme.text,
            };
            let number = day.day().to_string();
            let number = if today { format!("*{number}") } else { number };
            put(frame, place(column, 3 + row), 0, &text::fit_right(&number, 3), style);
            if selected {
                focus = line_at(place(column, 3 + row), 0);
            }
        }
        put(frame, inner, 9, &dates::spell_date(self.day, ctx.language), ctx.theme.quiet);
        focus
    }
}
