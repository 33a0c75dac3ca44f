//! Text as people type it: cleaned on the way in, folded to be found, cut to columns.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Combining marks beyond this many on one character are dropped.
const MAX_MARKS: usize = 8;

/// Characters that a terminal or a reader could be misled with: controls, overrides of
/// the writing direction, and what has no width.
fn is_unwanted(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
            | '\u{061C}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// One line: NFC, no controls or direction overrides, no white space around or doubled.
pub fn clean(typed: &str) -> String {
    let spaced = typed.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut marks = 0;
    let kept: String = spaced
        .filter(|c| !is_unwanted(*c))
        .nfc()
        .filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= MAX_MARKS
        })
        .collect();
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines: each cleaned, but for its inner spaces; no blank ones around.
pub fn clean_multiline(typed: &str) -> String {
    let unified = typed.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let line = |line: &str| {
        let kept: String = line.replace('\t', "    ").chars().filter(|c| !is_unwanted(*c)).nfc().collect();
        kept.trim_end().to_owned()
    };
    let lines: Vec<String> = unified.split('\n').map(line).collect();
    lines.join("\n").trim_matches('\n').trim_end().to_owned()
}

/// What is searched and sorted by: lower case, without accents, single spaces.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            c if c.is_whitespace() => folded.push(' '),
            c if is_unwanted(c) => {}
            c => folded.push(c),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters as a person counts them.
pub fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The text without anything that a terminal would act on.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unwanted) {
        Cow::Owned(text.chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !is_unwanted(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Columns on the terminal.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// The columns that a terminal gives one character, with what combines with it. A
/// cluster of several emoji takes two.
fn grapheme_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// At most so many columns, with an ellipsis where something was cut off.
pub fn cut(text: &str, columns: usize) -> String {
    let text = for_terminal(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let mut kept = String::new();
    let mut left = columns.saturating_sub(1);
    for grapheme in text.graphemes(true) {
        let wide = grapheme_width(grapheme);
        if wide > left {
            break;
        }
        left -= wide;
        kept.push_str(grapheme);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Exactly so many columns: cut, or filled with spaces.
pub fn fit(text: &str, columns: usize) -> String {
    let mut fitted = cut(text, columns);
    let missing = columns.saturating_sub(width(&fitted));
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// Exactly so many columns, to the right.
pub fn fit_right(text: &str, columns: usize) -> String {
    let short = cut(text, columns);
    format!("{}{short}", " ".repeat(columns.saturating_sub(width(&short))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_keep_their_brackets_and_lose_their_escapes() {
        assert_eq!(clean("  Zoë [/b]\u{1b}[31m  O'Neil\t\u{202e}x "), "Zoë [/b][31m O'Neil x");
        assert_eq!(clean("e\u{301}"), "é");
        assert_eq!(clean_multiline("\r\n a\u{7} \r\nb\u{202e}\n\n"), " a\nb");
    }

    #[test]
    fn both_engines_find_by_the_same_letters() {
        assert_eq!(fold("  Aliénor ŒUVRE Straße Łódź "), "alienor oeuvre strasse lodz");
    }

    #[test]
    fn wide_and_combining_names_keep_columns_straight() {
        for name in ["Kevin", "日本語の名前です", "e\u{301}e\u{301}e\u{301}", "👩‍👩‍👧‍👦 family", "שלום עולם"]
        {
            for columns in 0..12 {
                assert_eq!(width(&fit(name, columns)), columns, "{name} in {columns}");
                assert_eq!(width(&fit_right(name, columns)), columns, "{name} in {columns}");
            }
        }
    }

    proptest! {
        #[test]
        fn cleaning_and_folding_settle(text in any::<String>()) {
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
            prop_assert_eq!(clean_multiline(&clean_multiline(&text)), clean_multiline(&text));
            prop_assert!(!clean(&text).chars().any(is_unwanted));
            prop_assert!(!for_terminal(&text).chars().any(is_unwanted));
        }

        #[test]
        fn a_cell_is_as_wide_as_its_column(text in any::<String>(), columns in 0_usize..40) {
            prop_assert_eq!(width(&fit(&text, columns)), columns);
        }
    }
}
