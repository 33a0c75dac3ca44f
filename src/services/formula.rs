//! Texts that a spreadsheet program would take for a formula.

use std::borrow::Cow;

/// The characters that start a formula in a spreadsheet (OWASP, CSV injection). The full-width
/// forms are typed on Japanese and Chinese keyboards.
const BEGINS_FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Whether the text would start a formula, after any number of apostrophes.
fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINS_FORMULA)
}

/// The text as a cell of a file. Text that would start a formula gets a leading apostrophe. So does
/// text that would start a formula after its own leading apostrophes; [`restored`] can therefore make
/// the original of every cell.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`escaped`] made this cell of. Cells that another program wrote remain as they are,
/// unless they begin with an apostrophe and would else start a formula.
pub(super) fn restored(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_dangerous(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_can_be_restored_from_its_cell(text in "['=+@＝＠\t a-]{0,8}") {
            let cell = escaped(&text);
            prop_assert!(!cell.starts_with(BEGINS_FORMULA), "{}", cell);
            prop_assert_eq!(restored(&cell), &text);
        }
    }
}
