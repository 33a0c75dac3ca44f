//! Paths of files, shortened in the middle: the file's name is what people look for.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{begin, width};

/// The path in at most `columns` columns: its first folders and the whole name of its file. Of a
/// name that is too long itself, the beginning and the end are kept.
pub fn shortened(path: &str, columns: usize) -> String {
    if width(path) <= columns {
        return path.to_owned();
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let tail = format!("…/{file}");
    if width(&tail) > columns {
        let front = columns.saturating_sub(1) / 2;
        return format!("{}…{}", begin(file, front), end(file, columns.saturating_sub(front + 1)));
    }
    let front = begin(folder, columns - width(&tail));
    // A folder is named in full or not at all.
    let whole = front.rfind('/').map_or(0, |at| at + 1);
    format!("{}{tail}", &front[..whole])
}

/// The text, in which each path that is wider than a line of `columns` columns is shortened.
pub fn with_short_paths(text: &str, columns: usize) -> String {
    let short = |word: &str| if word.contains('/') { shortened(word, columns) } else { word.to_owned() };
    let lines = text.split('\n').map(|line| line.split(' ').map(short).collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

/// The end of the text in at most `columns` columns.
fn end(text: &str, columns: usize) -> String {
    let mut left = columns;
    let fits = text.graphemes(true).rev().take_while(|grapheme| {
        let wide = width(grapheme);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    });
    let mut kept: Vec<&str> = fits.collect();
    kept.reverse();
    kept.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shortened_in_the_middle_and_keeps_the_name_of_its_file() {
        let path = "/home/marta/Documents/Customers/Exports/clients.csv";
        assert_eq!(shortened(path, 60), path);
        assert_eq!(shortened(path, 30), "/home/marta/…/clients.csv");
        assert_eq!(shortened(path, 14), "/…/clients.csv");
        assert_eq!(shortened(path, 13), "…/clients.csv");
        assert_eq!(shortened(path, 9), "clie….csv");
    }

    #[test]
    fn wide_characters_are_never_cut_in_half() {
        let path = "/données/日本語の会議/顧客一覧表.csv";
        for columns in 0..=width(path) {
            let short = shortened(path, columns);
            assert!(width(&short) <= columns.max(1), "{columns}: {short}");
            assert!(columns < 17 || short.ends_with("顧客一覧表.csv"), "{columns}: {short}");
        }
        assert_eq!(shortened(path, 26), "/données/…/顧客一覧表.csv");
        assert_eq!(shortened(path, 12), "顧客…表.csv");
    }

    #[test]
    fn only_paths_wider_than_a_line_are_shortened_in_a_sentence() {
        let text = "3 rows written to /srv/files/of/the/company/here/events.csv. Open it.";
        assert_eq!(with_short_paths(text, 70), text);
        assert_eq!(with_short_paths(text, 30), "3 rows written to /srv/files/of/…/events.csv. Open it.");
    }
}
