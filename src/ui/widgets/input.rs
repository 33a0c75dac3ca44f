//! A text field of one or several lines, edited by grapheme clusters (characters as users see
//! them).

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

use crate::domain::text;

/// The text of a field. Wiped from memory when it is dropped, since it may be a password.
#[derive(Debug, Clone, Default)]
pub struct Input {
    text: Zeroizing<String>,
    /// The caret, as a byte offset on a character boundary.
    at: usize,
    multiline: bool,
    masked: bool,
    /// Whether the whole text is selected, so that what is typed replaces it.
    selected: bool,
}

impl Input {
    /// A field of one line, with the caret at its end.
    pub fn line(text: &str) -> Self {
        let mut input = Self::default();
        input.set(text);
        input
    }

    /// A field of several lines.
    pub fn notes(text: &str) -> Self {
        let mut input = Self { multiline: true, ..Self::default() };
        input.set(text);
        input
    }

    /// A field of one line that shows asterisks instead of its text.
    pub fn password() -> Self {
        Self { masked: true, ..Self::default() }
    }

    /// Replaces the text by a proposal, which is selected: what is typed next takes its place.
    pub fn propose(&mut self, text: &str) {
        self.set(text);
        self.selected = !text.is_empty();
    }

    /// Whether the text is a proposal that has not been touched yet.
    pub fn is_proposed(&self) -> bool {
        self.selected
    }

    /// Replaces the text of a password, and shows it from now on.
    pub fn reveal(&mut self, text: &str) {
        self.masked = false;
        self.set(text);
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text and puts the caret at its end.
    pub fn set(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    fn clear(&mut self) {
        self.text = Zeroizing::new(String::new());
        self.at = 0;
        self.selected = false;
    }

    /// Inserts typed or pasted text at the caret, or in place of a proposal. Tabs become spaces, and in a
    /// field of one line so do line ends; other control characters are dropped.
    pub fn insert(&mut self, typed: &str) {
        const MOST: usize = 200_000;
        let multiline = self.multiline;
        let kept: Zeroizing<String> = Zeroizing::new(
            typed
                .replace("\r\n", "\n")
                .chars()
                .filter_map(|c| match c {
                    '\n' | '\r' if multiline => Some('\n'),
                    '\n' | '\r' | '\t' => Some(' '),
                    c if c.is_control() => None,
                    c => Some(c),
                })
                .collect(),
        );
        if self.selected {
            self.clear();
        }
        if self.text.len() + kept.len() <= MOST {
            self.text.insert_str(self.at, &kept);
            self.at += kept.len();
        }
    }

    /// Handles an editing key; false if the key has no meaning in a text field. A proposal is replaced by
    /// what is typed and removed by Backspace and Del; any other key of the field keeps it.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT);
        let replaces = matches!(key.code, KeyCode::Char(_) if !ctrl);
        let is_known = self.edit(key, ctrl);
        if is_known && !replaces {
            self.selected = false;
        }
        is_known
    }

    fn edit(&mut self, key: KeyEvent, ctrl: bool) -> bool {
        match key.code {
            KeyCode::Backspace | KeyCode::Delete if self.selected => self.clear(),
            KeyCode::Char('a') if ctrl => self.at = self.line_start(),
            KeyCode::Char('e') if ctrl => self.at = self.line_end(),
            KeyCode::Char('u') if ctrl => self.delete(self.line_start(), self.at),
            KeyCode::Char('k') if ctrl => self.delete(self.at, self.line_end()),
            KeyCode::Char('w') if ctrl => self.delete(self.word_before(), self.at),
            KeyCode::Left if ctrl => self.at = self.word_before(),
            KeyCode::Right if ctrl => self.at = self.word_after(),
            KeyCode::Char(_) if ctrl => return false,
            KeyCode::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Enter if self.multiline => self.insert("\n"),
            KeyCode::Backspace => self.delete(self.before(), self.at),
            KeyCode::Delete => self.delete(self.at, self.after()),
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.after(),
            KeyCode::Home => self.at = self.line_start(),
            KeyCode::End => self.at = self.line_end(),
            KeyCode::Up if self.multiline && self.line_start() > 0 => self.vertical(false),
            KeyCode::Down if self.multiline && self.line_end() < self.text.len() => self.vertical(true),
            _ => return false,
        }
        true
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.at = from;
    }

    fn before(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.at + self.text[self.at..].graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let mut words = self.text[..self.at].unicode_word_indices();
        words.next_back().map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let mut words = self.text[self.at..].unicode_word_indices();
        words.next().map_or(self.text.len(), |(at, word)| self.at + at + word.len())
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |at| self.at + at)
    }

    fn vertical(&mut self, down: bool) {
        let column = self.text[self.line_start()..self.at].graphemes(true).count();
        self.at = if down {
            self.line_end() + 1
        } else {
            self.at = self.line_start() - 1;
            self.line_start()
        };
        let line = &self.text[self.at..self.line_end()];
        self.at += line.grapheme_indices(true).nth(column).map_or(line.len(), |(at, _)| at);
    }

    /// Draws the part of the text around the caret; returns the position of the caret. A "…" at
    /// either end of a line says that there is more.
    pub fn draw(&self, frame: &mut Frame, area: Rect, style: Style) -> Position {
        let (rows, columns) = (usize::from(area.height.max(1)), usize::from(area.width.max(2)));
        let caret_row = self.caret_line();
        let caret_column = text::width(&self.shown(&self.text[self.line_start()..self.at]));
        let (skip_rows, skip_columns) = (caret_row.saturating_sub(rows - 1), self.columns_skipped(columns));
        for (row, line) in self.text.split('\n').skip(skip_rows).take(rows).enumerate() {
            let line = after_columns(&self.shown(line), skip_columns);
            let y = area.y + u16::try_from(row).unwrap_or(0);
            frame.buffer_mut().set_stringn(area.x, y, text::fit(&line, columns), columns, style);
            if skip_columns > 0 && !line.is_empty() {
                frame.buffer_mut().set_stringn(area.x, y, "…", 1, style);
            }
        }
        let at = |offset: usize| u16::try_from(offset).unwrap_or(0);
        Position::new(area.x + at(caret_column - skip_columns), area.y + at(caret_row - skip_rows))
    }

    /// The number of the line that has the caret, from 0.
    pub fn caret_line(&self) -> usize {
        self.text[..self.at].matches('\n').count()
    }

    /// How many columns of the caret's line are scrolled out of view on its left.
    fn columns_skipped(&self, columns: usize) -> usize {
        let start = self.line_start();
        let caret = text::width(&self.shown(&self.text[start..self.at]));
        let whole = text::width(&self.shown(&self.text[start..self.line_end()]));
        let at_end = self.at == self.line_end();
        // The caret stands behind the last character, or before the "…" for those on its right.
        let most = (whole + usize::from(at_end)).saturating_sub(columns);
        (caret + 1 + usize::from(!at_end)).saturating_sub(columns).min(most)
    }

    /// A line as it is shown: asterisks for a password, else without anything that a terminal would
    /// interpret.
    fn shown(&self, line: &str) -> String {
        if self.masked { "*".repeat(text::length(line)) } else { text::for_terminal(line).into_owned() }
    }
}

/// The line without its first columns. The other half of a wide character that is cut is a space.
fn after_columns(line: &str, columns: usize) -> String {
    let mut skipped = 0;
    let rest = line.graphemes(true).skip_while(|grapheme| {
        let skip = skipped < columns;
        skipped += usize::from(skip) * text::width(grapheme);
        skip
    });
    let rest: String = rest.collect();
    format!("{}{rest}", " ".repeat(skipped.saturating_sub(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(input: &mut Input, code: KeyCode) {
        input.key(KeyEvent::new(code, KeyModifiers::NONE));
    }

    #[test]
    fn a_character_of_several_code_points_is_edited_as_one() {
        let mut input = Input::line("ae\u{301}👩‍👩‍👧");
        press(&mut input, KeyCode::Backspace);
        assert_eq!(input.text(), "ae\u{301}");
        press(&mut input, KeyCode::Left);
        press(&mut input, KeyCode::Char('x'));
        assert_eq!(input.text(), "axe\u{301}");
    }

    #[test]
    fn control_characters_are_dropped_from_pasted_text() {
        let mut input = Input::line("");
        input.insert("one\r\ntwo\u{1b}[31m\tthree");
        assert_eq!(input.text(), "one two[31m three");
    }

    #[test]
    fn the_caret_moves_between_the_lines_of_notes() {
        let mut input = Input::notes("first\nsecond");
        press(&mut input, KeyCode::Up);
        press(&mut input, KeyCode::End);
        press(&mut input, KeyCode::Enter);
        press(&mut input, KeyCode::Char('x'));
        assert_eq!(input.text(), "first\nx\nsecond");
    }

    /// What is drawn in this many columns, and the column of the caret.
    fn drawn(input: &Input, columns: u16) -> (String, u16) {
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, 1)).unwrap();
        let mut caret = Position::ORIGIN;
        terminal.draw(|frame| caret = input.draw(frame, frame.area(), Style::new())).unwrap();
        (terminal.backend().to_string().trim_matches(['"', '\n']).to_owned(), caret.x)
    }

    #[test]
    fn scrolled_text_shows_on_which_side_there_is_more() {
        let mut input = Input::line("abcdefghij");
        assert_eq!(drawn(&input, 11), ("abcdefghij ".to_owned(), 10));
        assert_eq!(drawn(&input, 10), ("…cdefghij ".to_owned(), 9));
        assert_eq!(drawn(&input, 6), ("…ghij ".to_owned(), 5));
        press(&mut input, KeyCode::Left);
        assert_eq!(drawn(&input, 10), ("abcdefghij".to_owned(), 9));
        press(&mut input, KeyCode::Left);
        assert_eq!(drawn(&input, 6), ("…fghij".to_owned(), 4));
        press(&mut input, KeyCode::Left);
        assert_eq!(drawn(&input, 6), ("…efgh…".to_owned(), 4));
        press(&mut input, KeyCode::Home);
        assert_eq!(drawn(&input, 6), ("abcde…".to_owned(), 0));
        let wide = Input::line("日本語の会議");
        assert_eq!(drawn(&wide, 7).1, 6);
        assert!(drawn(&wide, 7).0.contains('…'));
    }
}
