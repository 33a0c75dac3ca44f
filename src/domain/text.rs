//! Text as people type it: cleaned when it is entered, folded for search and sorting, cut to
//! columns.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many code points a column has room for per character as a person counts them, so that a name
/// of 100 characters fits `VARCHAR(400)`.
pub const CODE_POINTS_PER_CHARACTER: usize = 4;

/// Combining marks beyond this many on one character are dropped.
const MAX_MARKS: usize = 8;

/// Characters that could mislead a terminal or a reader: controls, overrides of the writing
/// direction, and invisible characters.
fn is_unwanted(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{200E}'
            | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The two characters that join their neighbours or keep them apart (emoji, Persian, Hindi).
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// A filter for the characters of a text, in order: false for a mark beyond [`MAX_MARKS`].
fn few_marks() -> impl FnMut(char) -> bool {
    let mut marks = 0;
    move |c| {
        // A joiner does not begin a new character; otherwise marks could pile up again after it.
        marks = if is_combining_mark(c) { marks + 1 } else { marks * usize::from(is_joiner(c)) };
        marks <= MAX_MARKS
    }
}

/// The text in NFC, without unwanted characters, piled-up marks, and joiners that join nothing.
fn tidied(characters: impl Iterator<Item = char>) -> String {
    let mut few = few_marks();
    let composed = characters.filter(|c| !is_unwanted(*c)).nfc().filter(|c| few(*c));
    let mut kept = String::new();
    let mut joiner = None;
    for c in composed {
        if is_joiner(c) {
            joiner = joiner.or(Some(c));
            continue;
        }
        let joins = kept.ends_with(|before: char| !before.is_whitespace()) && !c.is_whitespace();
        kept.extend(joiner.take().filter(|_| joins));
        kept.push(c);
    }
    kept
}

/// Cleans one line: NFC, no controls or direction overrides, no white space around or doubled.
/// Cleaning twice changes nothing more.
pub fn clean(typed: &str) -> String {
    let spaced = tidied(typed.chars().map(|c| if c.is_whitespace() { ' ' } else { c }));
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Cleans several lines, separated by `\n`: each is cleaned but keeps its inner and leading spaces,
/// and blank lines at the beginning and the end are removed. A tab becomes one space.
pub fn clean_multiline(typed: &str) -> String {
    let unified = typed.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let spaced = |c: char| if c.is_control() && c.is_whitespace() { ' ' } else { c };
    let line = |line: &str| tidied(line.chars().map(spaced)).trim_end().to_owned();
    unified.split('\n').map(line).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// The text as it is searched and sorted: in lower case, without accents, with plain apostrophes
/// and hyphens and single spaces. Folding twice changes nothing more.
///
/// A compatibility ligature may become several characters (`㎏` two, `ﷺ` eighteen), so the result
/// can be longer than the text.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Decomposed before the change of case as well, since `№` contains a capital.
    let small = text.nfkd().flat_map(char::to_lowercase).nfkd();
    for c in small.filter(|c| !is_combining_mark(*c) && !is_joiner(*c)) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            '‘' | '’' | 'ʼ' => folded.push('\''),
            '\u{2010}' => folded.push('-'),
            c if c.is_whitespace() => folded.push(' '),
            c if is_unwanted(c) => {}
            c => folded.push(c),
        }
    }
    // Composed again, since a decomposed Korean name takes three times the room.
    folded.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// How many characters of a folded text a list is sorted by: the length of its column, however many
/// characters one letter is folded to.
const LONGEST_KEY: usize = 500;

/// The key that a list is sorted by: the folded text, cut to the length of its column.
pub fn sort_key(text: &str) -> String {
    fold(text).chars().take(LONGEST_KEY).collect()
}

/// A text that is the same for every case in every script: for `É` and `é`, for `SS` and `ß`.
/// Unlike folded text it keeps its accents. It has at most one and a half characters for each byte
/// of the text.
pub fn caseless(text: &str) -> String {
    // `ẞ` has no other capital, and only its small letter becomes `SS`.
    let small = text.nfc().flat_map(char::to_lowercase);
    small.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// The words of a text as they are searched: folded, each a run of letters and digits, of which at
/// most 40 characters are used.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let runs = folded.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    runs.map(|run| run.chars().take(LONGEST_WORD).collect()).collect()
}

/// The words of a text as a searched column stores them: with a blank before each, so that every
/// word begins after one.
pub fn searchable(text: &str) -> String {
    words(text).iter().flat_map(|word| [" ", word]).collect()
}

/// How many characters of a word are searched.
const LONGEST_WORD: usize = 40;

/// The number of characters as a person counts them (grapheme clusters).
pub fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The text without anything that a terminal would act on, and without piled-up marks, which would
/// cover the lines above; a line break or tab becomes a space.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    let mut few = few_marks();
    let ends_line = |c: char| matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    if text.chars().any(|c| is_unwanted(c) || ends_line(c) || !few(c)) {
        let mut few = few_marks();
        let spaced = text.chars().map(|c| if ends_line(c) { ' ' } else { c });
        Cow::Owned(spaced.filter(|c| !is_unwanted(*c) && few(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without anything that programs reading a file would act on; line breaks are kept.
pub fn for_file(text: &str) -> String {
    text.split('\n').map(for_terminal).collect::<Vec<_>>().join("\n")
}

/// The width of the text in columns of the terminal.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// The columns that ratatui uses for one character with its combining marks: any other number would
/// shift the columns after a Hindi or Japanese name.
fn grapheme_width(grapheme: &str) -> usize {
    let sound_marks = grapheme.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    grapheme.width() + sound_marks
}

/// The beginning of the text in at most `columns` columns, without an ellipsis.
pub fn begin(text: &str, columns: usize) -> String {
    let text = for_terminal(text);
    let mut left = columns;
    let fits = text.graphemes(true).take_while(|grapheme| {
        let wide = grapheme_width(grapheme);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    });
    fits.collect()
}

/// The text in at most `columns` columns, with an ellipsis if something was cut off.
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

/// The text in exactly `columns` columns: cut, or padded with spaces.
pub fn fit(text: &str, columns: usize) -> String {
    let mut fitted = cut(text, columns);
    let missing = columns.saturating_sub(width(&fitted));
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// The text in exactly `columns` columns, aligned to the right.
pub fn fit_right(text: &str, columns: usize) -> String {
    let short = cut(text, columns);
    format!("{}{short}", " ".repeat(columns.saturating_sub(width(&short))))
}

/// The nearest ASCII character for one character as a person counts them: the letter without its
/// accents, a plain sign for a typographic one, `?` if there is nothing like it.
pub fn nearest_ascii(grapheme: &str) -> char {
    let first = grapheme.chars().next().unwrap_or(' ');
    let sign = match first {
        '‘' | '’' | 'ʼ' | '‹' | '›' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        '…' => '~',
        '•' | '·' => '*',
        '×' => 'x',
        'Œ' | 'Ø' => 'O',
        'œ' | 'ø' => 'o',
        'Æ' => 'A',
        'æ' => 'a',
        'ß' => 's',
        'Ł' => 'L',
        'ł' => 'l',
        'Đ' | 'Ð' => 'D',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        '€' => 'E',
        '£' => 'L',
        c if c.is_whitespace() => ' ',
        c => c.nfkd().next().unwrap_or(c),
    };
    if matches!(sign, ' '..='~') { sign } else { '?' }
}

/// The text in ASCII only, with as many characters as it had.
pub fn to_ascii(text: &str) -> String {
    let plain = |grapheme: &str| match grapheme {
        "\n" | "\r\n" => '\n',
        other => nearest_ascii(other),
    };
    text.graphemes(true).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cleaning_keeps_brackets_and_removes_escapes() {
        assert_eq!(clean("  Zoë [/b]\u{1b}[31m  O'Neil\t\u{202e}x "), "Zoë [/b][31m O'Neil x");
        assert_eq!(clean("e\u{301}"), "é");
        assert_eq!(clean_multiline("\r\n a\u{7} \r\nb\u{202e}\tc\n\n"), " a\nb c");
        assert_eq!(for_terminal("a\u{1b}[2J\tb\nc"), "a[2J b c");
    }

    #[test]
    fn cleaning_limits_combining_marks_and_removes_joiners_that_join_nothing() {
        let piled = |mark: &str| format!("a{}", mark.repeat(40));
        assert_eq!(clean(&piled("\u{34b}")).chars().count(), 1 + MAX_MARKS);
        assert_eq!(clean_multiline(&piled("\u{34b}")).chars().count(), 1 + MAX_MARKS);
        assert!(clean(&piled("\u{34b}\u{200d}")).chars().count() < 2 * (1 + MAX_MARKS));
        assert_eq!(clean("\u{200d}a\u{200d} \u{200c} b\u{200d}"), "a b");
        for whole in ["👩\u{200d}👧", "می\u{200c}خواهم"] {
            assert_eq!(clean(whole), whole);
        }
    }

    #[test]
    fn a_sharp_s_of_either_case_is_two_letters() {
        assert_eq!(["ẞ", "ß", "SS"].map(caseless), ["ss"; 3]);
    }

    proptest! {
        /// An e-mail address has at most 254 bytes, and the column of its key has 400 characters.
        #[test]
        fn a_key_fits_its_column(text in "\\PC{0,80}") {
            prop_assert!(caseless(&text).chars().count() * 2 <= text.len() * 3);
            prop_assert!(sort_key(&text.repeat(30)).chars().count() <= LONGEST_KEY);
        }

        #[test]
        fn caseless_text_is_the_same_for_every_case(text in "\\PC{0,40}") {
            prop_assert_eq!(caseless(&caseless(&text)), caseless(&text));
            prop_assert_eq!(caseless(&text.to_lowercase()), caseless(&text));
        }
    }

    #[test]
    fn invisible_text_is_cleaned_to_nothing() {
        for nothing in ["\u{3164}", "\u{200d}", "\u{2800}\u{a0}", "\u{ad}\u{34f}", "\u{feff}"] {
            assert_eq!(clean(nothing), "", "{nothing:?}");
            assert_eq!(clean_multiline(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            words("O’Neil & Candé‑sur‑Beuvron kevin@startup.io +678 12"),
            ["o", "neil", "cande", "sur", "beuvron", "kevin", "startup", "io", "678", "12"]
        );
        assert_eq!(searchable("Zoë, [/b] 50%_!"), " zoe b 50");
        assert_eq!(searchable(" - "), "");
    }

    #[test]
    fn folding_replaces_accents_ligatures_and_typographic_signs() {
        assert_eq!(fold("  Aliénor ŒUVRE Straße Łódź "), "alienor oeuvre strasse lodz");
        assert_eq!(fold("O’Neil & Candé‑sur‑Beuvron № 5"), "o'neil & cande-sur-beuvron no 5");
        assert_eq!(fold(&"각".repeat(200)), "각".repeat(200));
    }

    #[test]
    fn folding_a_character_twice_changes_nothing_more() {
        for c in '\0'..=char::MAX {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn widths_are_those_of_the_terminal_library() {
        for (text, columns) in [("日本", 4), ("स्त्री", 4), ("👩‍👩‍👧‍👦", 2), ("🇫🇷", 2), ("e\u{301}", 1), ("لا", 2)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn wide_and_combining_names_are_fitted_to_columns() {
        for name in ["Kevin", "日本語の名前です", "e\u{301}e\u{301}e\u{301}", "👩‍👩‍👧‍👦 family", "שלום עולם", "स्त्री स्त्री"]
        {
            for columns in 0..12 {
                assert_eq!(width(&fit(name, columns)), columns, "{name} in {columns}");
                assert_eq!(width(&fit_right(name, columns)), columns, "{name} in {columns}");
            }
        }
        assert_eq!(cut("日本語", 4), "日…");
    }

    #[test]
    fn text_is_converted_to_the_nearest_ascii() {
        assert_eq!(
            to_ascii("Zoë Çelik, événement à Łódź\u{a0}: «\u{202f}œuvre\u{202f}»"),
            "Zoe Celik, evenement a Lodz : \" ouvre \""
        );
        assert_eq!(
            to_ascii("53 Rue du Château – l’été…\nWeiß e\u{301} １２ 日本 👩‍👩‍👧‍👦 €"),
            "53 Rue du Chateau - l'ete~\nWeis e 12 ?? ? E"
        );
    }

    /// Characters that affect their neighbours, in any order.
    fn entangled() -> impl Strategy<Value = String> {
        "[a각\u{1100}\u{1161}\u{11a8}日 \t\n\r\u{a0}\u{200b}-\u{200f}\u{301}\u{323}\u{34b}\u{94d}\u{93f}\u{9be}\u{9c7}\u{1f469}\u{fe0f}İẞ№㎏\u{600}]{0,40}"
    }

    proptest! {
        #[test]
        fn cleaning_and_folding_twice_change_nothing_more(text in prop_oneof![any::<String>(), entangled()]) {
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
            prop_assert_eq!(clean_multiline(&clean_multiline(&text)), clean_multiline(&text));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
            prop_assert_eq!(fold(&clean(&text)), fold(&text));
            prop_assert!(!clean(&text).chars().any(is_unwanted));
            prop_assert!(!clean_multiline(&text).chars().any(|c| c != '\n' && is_unwanted(c)));
            prop_assert!(!for_terminal(&text).chars().any(is_unwanted));
            prop_assert!(unicode_normalization::is_nfc(&clean(&text)));
            prop_assert!(to_ascii(&text).chars().all(|c| c == '\n' || matches!(c, ' '..='~')));
        }

        #[test]
        fn a_cell_is_as_wide_as_its_column(text in prop_oneof![any::<String>(), entangled()], columns in 0_usize..40) {
            prop_assert_eq!(width(&fit(&text, columns)), columns);
            prop_assert_eq!(width(&fit_right(&text, columns)), columns);
            prop_assert!(width(&cut(&text, columns)) <= columns);
        }
    }
}
