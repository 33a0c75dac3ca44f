//! The parts around every screen (header, message line, line of keys) and the boxes of popups.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use crate::{
    domain::text,
    ui::{Notice, Tone, theme::Theme},
};

/// The smallest usable window: columns and rows.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The areas of a screen, from top to bottom.
#[derive(Debug, Clone, Copy)]
pub struct Areas {
    pub header: Rect,
    pub body: Rect,
    pub message: Rect,
    pub footer: Rect,
}

/// Divides a window into its areas; a blank line separates header and body.
pub fn areas(area: Rect) -> Areas {
    let line = |y: u16| Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
    Areas {
        header: line(area.y),
        body: Rect {
            x: area.x + 1,
            y: area.y + 2,
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(4),
        },
        message: line(area.bottom().saturating_sub(2)),
        footer: line(area.bottom().saturating_sub(1)),
    }
}

/// Draws the header: the current screen on the left, the signed-in user on the right.
pub fn header(frame: &mut Frame, area: Rect, left: &str, right: &str, theme: &Theme) {
    let right = text::cut(right, usize::from(area.width) / 2);
    let room = usize::from(area.width).saturating_sub(text::width(&right) + 2);
    let left = text::fit(left, room);
    let line = Line::from(vec![Span::styled(left, theme.heading), Span::raw("  "), Span::styled(right, theme.quiet)]);
    frame.render_widget(Paragraph::new(line), area);
}

/// Draws the message line.
pub fn message(frame: &mut Frame, area: Rect, notice: Option<&Notice>, theme: &Theme) {
    let Some(notice) = notice else { return };
    let style = match notice.tone {
        Tone::Good => theme.good,
        Tone::Plain => theme.text,
        Tone::Bad => theme.bad,
    };
    let shown = text::cut(&notice.text, area.width.into());
    frame.render_widget(Paragraph::new(Span::styled(shown, style)), area);
}

/// Draws as many of the keys as fit completely, and always the last one.
pub fn footer(frame: &mut Frame, area: Rect, keys: &[(String, String)], theme: &Theme) {
    let wide = |(key, label): &(String, String)| text::width(key) + text::width(label) + 3;
    let last = keys.last().map_or(0, wide);
    let mut room = usize::from(area.width).saturating_sub(last);
    let mut shown: Vec<&(String, String)> = Vec::new();
    for key in keys.iter().take(keys.len().saturating_sub(1)) {
        let needs = wide(key);
        if needs > room {
            break;
        }
        room -= needs;
        shown.push(key);
    }
    shown.extend(keys.last());
    let spans = shown.into_iter().flat_map(|(key, label)| {
        let label = if label.is_empty() { " ".to_owned() } else { format!(" {label}  ") };
        [Span::styled(key.clone(), theme.accent), Span::styled(label, theme.quiet)]
    });
    frame.render_widget(Paragraph::new(spans.collect::<Line>()), area);
}

/// Draws an empty box with a title in the middle of the area; returns the area inside the box.
pub fn boxed(frame: &mut Frame, area: Rect, size: (u16, u16), title: &str, theme: &Theme) -> Rect {
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    let outer = Rect { x, y, width, height };
    frame.render_widget(Clear, outer);
    let title = format!(" {} ", text::cut(title, usize::from(width).saturating_sub(6)));
    if theme.look.accessible {
        frame.render_widget(Paragraph::new(Span::styled(title, theme.heading)), Rect { height: 1, ..outer });
        let inner = Rect { x: outer.x + 1, y: outer.y + 1, width, height: height.saturating_sub(2) };
        return Rect { x: inner.x + 1, width: inner.width.saturating_sub(4), ..inner };
    }
    let block = Block::bordered().border_style(theme.border).title(Span::styled(title, theme.heading));
    let inner = block.inner(outer);
    frame.render_widget(block, outer);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
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
