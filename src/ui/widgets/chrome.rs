//! The parts around every screen (header, message line, line of keys) and the boxes of popups.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Rect, Size},
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use super::path::with_short_paths;
use crate::{
    domain::text,
    ui::{Tone, theme::Theme},
};

/// The smallest usable window: columns and rows.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Whether a window is too small to show a screen.
pub fn is_too_small(window: Size) -> bool {
    window.width < SMALLEST.0 || window.height < SMALLEST.1
}

/// The areas of a screen, from top to bottom.
#[derive(Debug, Clone, Copy)]
pub struct Areas {
    pub header: Rect,
    pub body: Rect,
    pub message: Rect,
    pub footer: Rect,
}

/// Divides a window into its areas; a blank line separates header and body. The message has `told`
/// lines, and its line stays free if it has none.
pub fn areas(area: Rect, told: u16) -> Areas {
    let told = told.max(1);
    let lines = |y: u16, height: u16| Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height };
    Areas {
        header: lines(area.y, 1),
        body: lines(area.y + 2, area.height.saturating_sub(3 + told)),
        message: lines(area.bottom().saturating_sub(1 + told), told),
        footer: lines(area.bottom().saturating_sub(1), 1),
    }
}

/// Draws the header: the current screen on the left, the signed-in user on the right. A long name of
/// the screen takes room from the user, down to a third.
pub fn header(frame: &mut Frame, area: Rect, left: &str, right: &str, theme: &Theme) {
    let columns = usize::from(area.width);
    let beside = columns.saturating_sub(text::width(&text::for_terminal(left)) + 2);
    let right = text::cut(right, beside.clamp(columns / 3, columns / 2));
    let room = columns.saturating_sub(text::width(&right) + 2);
    let left = text::fit(left, room);
    let line = Line::from(vec![Span::styled(left, theme.heading), Span::raw("  "), Span::styled(right, theme.quiet)]);
    frame.render_widget(Paragraph::new(line), area);
}

/// The lines of a message in a window of this size: as many as it needs, up to a third of the body.
pub fn message_lines(words: &str, window: Rect) -> Vec<String> {
    let columns = usize::from(window.width.saturating_sub(2));
    let most = usize::from(window.height.saturating_sub(4) / 3).max(1);
    wrapped_to(&with_short_paths(words, columns), columns, most)
}

/// Draws the lines of a message.
pub fn message(frame: &mut Frame, area: Rect, lines: &[String], tone: Tone, theme: &Theme) {
    let style = match tone {
        Tone::Good => theme.good,
        Tone::Plain => theme.text,
        Tone::Bad => theme.bad,
    };
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        frame.buffer_mut().set_stringn(area.x, y, line, area.width.into(), style);
    }
}

/// Draws the keys that fit completely, the first ones first, and always the last one.
pub fn footer(frame: &mut Frame, area: Rect, keys: &[(String, String)], theme: &Theme) {
    let wide = |group: &&[(String, String)]| -> usize {
        group.iter().map(|(key, label)| text::width(key) + text::width(label) + 3).sum()
    };
    // A key without a label belongs to the key after it.
    let mut groups: Vec<&[(String, String)]> = keys.split_inclusive(|(_, label)| !label.is_empty()).collect();
    let last = groups.pop().unwrap_or_default();
    let mut room = usize::from(area.width).saturating_sub(wide(&last));
    groups.retain(|group| {
        let fits = wide(group) <= room;
        room -= if fits { wide(group) } else { 0 };
        fits
    });
    groups.push(last);
    let spans = groups.into_iter().flatten().flat_map(|(key, label)| {
        let label = if label.is_empty() { " ".to_owned() } else { format!(" {label}  ") };
        [Span::styled(key.clone(), theme.accent), Span::styled(label, theme.quiet)]
    });
    frame.render_widget(Paragraph::new(spans.collect::<Line>()), area);
}

/// The lines that a title takes inside its box, if it is too long for the border: all of it, up to
/// three lines.
pub fn title_lines(title: &str, width: u16) -> Vec<String> {
    const MOST: usize = 3;
    let border = usize::from(width).saturating_sub(6);
    if text::width(&text::for_terminal(title)) <= border { Vec::new() } else { wrapped_to(title, border, MOST) }
}

/// Draws an empty box with a title in the middle of the area; returns the area inside the box. A
/// title that is too long for the border stands inside, and the box becomes taller by its lines.
pub fn boxed(frame: &mut Frame, area: Rect, size: (u16, u16), title: &str, theme: &Theme) -> Rect {
    let width = size.0.min(area.width);
    let long = title_lines(title, width);
    let above = u16::try_from(long.len()).unwrap_or(u16::MAX);
    let height = size.1.saturating_add(above).min(area.height);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    let outer = Rect { x, y, width, height };
    frame.render_widget(Clear, outer);
    let short = if long.is_empty() { format!(" {} ", text::for_terminal(title)) } else { String::new() };
    let inner = if theme.look.accessible {
        frame.render_widget(Paragraph::new(Span::styled(short, theme.heading)), Rect { height: 1, ..outer });
        Rect { x: outer.x + 2, y: outer.y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) }
    } else {
        let block = Block::bordered().border_style(theme.border).title(Span::styled(short, theme.heading));
        let inner = block.inner(outer);
        frame.render_widget(block, outer);
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    };
    for (line, y) in long.iter().zip(inner.y..inner.bottom()) {
        frame.buffer_mut().set_stringn(inner.x, y, line, inner.width.into(), theme.heading);
    }
    Rect { y: inner.y + above.min(inner.height), height: inner.height.saturating_sub(above), ..inner }
}

/// Replaces the lines and signs that the program draws with ASCII; letters stay as they are.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Some(plain) = plain_sign(cell.symbol()) {
            cell.set_symbol(plain);
        }
    }
}

/// Replaces everything with ASCII, for a terminal that shows nothing else. Each cell keeps its
/// place: a character that is two columns wide becomes one ASCII character and a space.
pub fn letters_to_ascii(buffer: &mut Buffer) {
    to_ascii(buffer);
    for cell in buffer.content.iter_mut().filter(|cell| !cell.symbol().is_ascii()) {
        let plain = text::nearest_ascii(cell.symbol());
        cell.set_char(plain);
    }
}

fn plain_sign(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "─" | "–" => "-",
        "│" => "|",
        "┌" | "┐" | "└" | "┘" => "+",
        "…" => "~",
        "━" => "=",
        "\u{a0}" | "\u{202f}" => " ",
        _ => return None,
    })
}

/// Breaks the text into lines of at most this many columns: between words, or inside a word that is
/// longer than a line.
pub fn wrapped(words: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(4);
    let mut lines = Vec::new();
    for paragraph in words.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let mut word = text::for_terminal(word).into_owned();
            if !line.is_empty() && text::width(&line) + 1 + text::width(&word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            while text::width(&word) > columns {
                let head = text::cut(&word, columns);
                let head = head.strip_suffix('…').unwrap_or(&head).to_owned();
                word = word[head.len().min(word.len())..].to_owned();
                lines.push(head);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

/// The first `most` lines of the wrapped text; the last one shows it if there are more.
pub fn wrapped_to(words: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = wrapped(words, columns);
    if lines.len() > most {
        lines.truncate(most);
        lines.iter_mut().skip(most.saturating_sub(1)).for_each(|last| *last = text::cut(&format!("{last}…"), columns));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_becomes_ascii_and_keeps_its_place() {
        let mut buffer = Buffer::with_lines(["│Zoë 日本 👩‍👩‍👧‍👦 e\u{301}…│", "┌ À faire ─┐"]);
        letters_to_ascii(&mut buffer);
        let line = |y: u16| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        assert_eq!(line(0), "|Zoe ? ?  ?  e~|");
        assert_eq!(line(1).trim_end(), "+ A faire -+");
    }

    #[test]
    fn lines_break_between_words_and_inside_words_longer_than_a_line() {
        assert_eq!(wrapped("one two three\nfour", 7), ["one two", "three", "four"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abc", "def", "ghij"]);
        assert_eq!(wrapped("………………", 4), ["………", "………"]);
    }
}
