//! Which columns a list has, in which order and how wide.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use super::outcome::{Outcome, PopupResult};
use crate::{
    domain::{
        lists::{ChosenColumn, ColumnName, WIDTHS},
        text,
    },
    ui::{
        Context,
        text::{ListPhrase, Phrase},
        widgets::{
            chrome::{boxed, wrapped},
            paint::{Focus, line_at, put, rows},
            records::table_width,
            table::{self, Column},
        },
    },
};

/// A column that can be shown, moved and widened.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnLine {
    /// As it is if nothing is chosen.
    pub preset: Column,
    pub title: String,
    /// `None` if it fits by itself.
    pub width: Option<u16>,
    pub shown: bool,
    /// The list leaves it out at present, since it is the same in each row.
    pub repeats: bool,
}

/// The columns of a list, in order, also those that are not shown.
#[derive(Debug)]
pub struct Columns {
    lines: Vec<ColumnLine>,
    /// In the order of the preset.
    preset: Vec<ColumnLine>,
    /// The column that sorts the list.
    sorted: Option<ColumnName>,
    at: usize,
}

/// The keys for the bottom line.
pub(super) const KEYS: [(KeyCode, Option<Phrase<'static>>); 8] = [
    (KeyCode::Enter, Some(Phrase::KeyTake)),
    (KeyCode::Char(' '), Some(Phrase::Lists(ListPhrase::KeyShow))),
    (KeyCode::PageUp, None),
    (KeyCode::PageDown, Some(Phrase::Lists(ListPhrase::KeyMove))),
    (KeyCode::Left, None),
    (KeyCode::Right, Some(Phrase::Lists(ListPhrase::KeyWidth))),
    (KeyCode::Delete, Some(Phrase::Lists(ListPhrase::KeyPreset))),
    (KeyCode::Esc, Some(Phrase::KeyCancel)),
];

impl Columns {
    /// `preset` holds all columns as they are if nothing is chosen.
    pub fn new(lines: Vec<ColumnLine>, preset: Vec<ColumnLine>, sorted: Option<ColumnName>) -> Self {
        Self { lines, preset, sorted, at: 0 }
    }

    /// The chosen columns; `None` if they are those of the preset.
    fn chosen(&self) -> Option<Vec<ChosenColumn>> {
        let of = |lines: &[ColumnLine]| -> Vec<ChosenColumn> {
            let shown = lines.iter().filter(|line| line.shown);
            shown.map(|line| ChosenColumn { name: line.preset.name, width: line.width }).collect()
        };
        let chosen = of(&self.lines);
        (chosen != of(&self.preset)).then_some(chosen)
    }

    /// Shows the columns of the preset; the selection stays on its column.
    fn take_preset(&mut self) {
        let selected = self.lines.get(self.at).map(|line| line.preset.name);
        self.lines.clone_from(&self.preset);
        self.at = self.lines.iter().position(|line| Some(line.preset.name) == selected).unwrap_or(0);
    }

    /// Widens the selected column, or narrows it. At the width of the preset it fits by itself.
    fn widen(&mut self, by: i16) {
        let Some(line) = self.lines.get_mut(self.at) else { return };
        let (least, most) = WIDTHS;
        let width = line.width.unwrap_or(line.preset.width).saturating_add_signed(by).clamp(least, most);
        line.width = (width != line.preset.width).then_some(width);
    }

    /// The indexes of the lines whose columns have room in a list of this width.
    fn with_room(&self, width: u16) -> Vec<usize> {
        let is_preset = self.chosen().is_none();
        let column = |(priority, line): (u8, &ColumnLine)| Column {
            width: line.width.unwrap_or(line.preset.width),
            priority: if is_preset { line.preset.priority } else { priority },
            ..line.preset
        };
        let all: Vec<Column> = (0..).zip(&self.lines).map(column).collect();
        let shown = (0..all.len()).filter(|at| self.lines[*at].shown && !self.lines[*at].repeats).collect();
        let sorted = all.iter().position(|column| Some(column.name) == self.sorted).map(|at| (at, false));
        let fitting = table::Columns { all, shown, sorted, needs: Vec::new() }.fitting(width);
        fitting.into_iter().map(|(at, _)| at).collect()
    }

    /// How wide the column of a line is, or why the list does not have it.
    fn words(&self, at: usize, with_room: &[usize]) -> ListPhrase<'static> {
        let line = &self.lines[at];
        match line.width {
            _ if line.shown && line.repeats => ListPhrase::ColumnRepeats,
            _ if line.shown && !with_room.contains(&at) => ListPhrase::ColumnNoRoom,
            None => ListPhrase::ColumnFits,
            Some(width) => ListPhrase::ColumnWidth(width),
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> PopupResult {
        let last = self.lines.len().saturating_sub(1);
        match key.code {
            KeyCode::Up | KeyCode::BackTab | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = last,
            KeyCode::PageUp if self.at > 0 => {
                self.lines.swap(self.at, self.at - 1);
                self.at -= 1;
            }
            KeyCode::PageDown if self.at < last => {
                self.lines.swap(self.at, self.at + 1);
                self.at += 1;
            }
            KeyCode::Left => self.widen(-1),
            KeyCode::Right => self.widen(1),
            KeyCode::Char(' ') => {
                // One column at least is shown.
                let others = self.lines.iter().filter(|line| line.shown).count() > 1;
                if let Some(line) = self.lines.get_mut(self.at) {
                    line.shown = !line.shown || !others;
                }
            }
            KeyCode::Delete | KeyCode::Backspace => self.take_preset(),
            KeyCode::Enter => return PopupResult::Done(Outcome::Columns(self.chosen())),
            _ => {}
        }
        PopupResult::Stay
    }

    /// Draws the columns over the body; returns the place of the selected line.
    pub(super) fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let width = area.width.min(72);
        let hint = wrapped(&ctx.say(ListPhrase::ColumnsHint), usize::from(width.saturating_sub(4)));
        let tall = rows(self.lines.len() + hint.len()) + 3;
        let inner = boxed(frame, area, (width, tall), &ctx.say(ListPhrase::ColumnsTitle), ctx.theme);
        let room = usize::from(inner.height).saturating_sub(hint.len() + 1).max(4);
        let from = (self.at + 1).saturating_sub(room);
        let with_room = self.with_room(table_width(area.width).saturating_sub(table::MARGIN));
        for (row, line) in self.lines.iter().enumerate().skip(from).take(room) {
            let style = match (row == self.at, line.shown) {
                (true, _) => ctx.theme.selected,
                (false, true) => ctx.theme.text,
                (false, false) => ctx.theme.quiet,
            };
            let mark = if line.shown { "[x]" } else { "[ ]" };
            let words = ctx.say(self.words(row, &with_room));
            let words = format!("{mark} {} {words}", text::fit(&line.title, 18));
            put(frame, inner, rows(row - from), &text::fit(&words, inner.width.into()), style);
        }
        for (row, line) in hint.iter().enumerate() {
            put(frame, inner, rows(room.min(self.lines.len()) + 1 + row), line, ctx.theme.quiet);
        }
        line_at(inner, rows(self.at - from))
    }
}
