//! Text files with separated values: their encoding, their separator and their cells.

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{grid::Grid, headings, splitter::Splitter};
use crate::domain::file_problem::FileProblem;

/// How the letters of a text file are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// The encoding of Western European Windows, which Excel still uses for CSV.
    Windows1252,
}

/// What stands between two cells of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    /// In the order in which they are preferred when nothing else decides.
    const ALL: [Self; 3] = [Self::Semicolon, Self::Tab, Self::Comma];

    pub fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }
}

/// How many bytes of the text, and rows of it, decide about its encoding and its separator.
const SAMPLE: usize = 64 << 10;
const SAMPLE_ROWS: u32 = 100;

/// How many bytes are decoded at once.
const PIECE: usize = 64 << 10;

/// Reads all cells of a text.
pub(super) fn read(bytes: &[u8]) -> Result<(Grid, Encoding, Separator), FileProblem> {
    let (encoding, bytes) = encoding_of(bytes)?;
    let sample = sample(bytes, encoding);
    let named = named_separator(&sample);
    let separator = named.map_or_else(|| separator_of(&sample), |(separator, _)| separator);
    // The line that names the separator is not shown as a row by the program that understands it.
    let mut skipped = named.map_or(0, |(_, length)| length);
    let mut grid = Grid::default();
    let mut put = |row, column, text: &str| grid.put(row, column, text);
    let mut splitter = Splitter::new(separator.sign());
    decode(bytes, encoding, &mut |piece| {
        let begin = skipped.min(piece.len());
        skipped -= begin;
        splitter.feed(&piece[begin..], &mut put)
    })?;
    splitter.end(&mut put)?;
    Ok((grid, encoding, separator))
}

/// The encoding of a text, and the bytes behind its byte order mark.
fn encoding_of(bytes: &[u8]) -> Result<(Encoding, &[u8]), FileProblem> {
    let marks: [(&[u8], Encoding); 3] =
        [(b"\xef\xbb\xbf", Encoding::Utf8), (b"\xff\xfe", Encoding::Utf16Le), (b"\xfe\xff", Encoding::Utf16Be)];
    let marked = marks.into_iter().find_map(|(mark, encoding)| Some((encoding, bytes.strip_prefix(mark)?)));
    let (encoding, rest) = match marked {
        Some(marked) => marked,
        None => (unmarked(bytes)?, bytes),
    };
    // What is no text in any encoding has control characters in this one.
    let begin = sample(rest, encoding);
    let controls = begin.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    if begin.contains('\0') || controls * 100 > begin.chars().count() || begin.trim_start().starts_with(['<', '{']) {
        return Err(FileProblem::NotASpreadsheet);
    }
    Ok((encoding, rest))
}

/// The encoding of a text without a byte order mark.
fn unmarked(bytes: &[u8]) -> Result<Encoding, FileProblem> {
    // In UTF-16 one half of each Western letter is zero.
    let begin = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = |at| begin.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let half = begin.len() / 2;
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 2 > half => return Ok(Encoding::Utf16Le),
        (even, 0) if even * 2 > half => return Ok(Encoding::Utf16Be),
        _ => {}
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(Encoding::Utf8);
    }
    // Several letters of UTF-8 are never a coincidence: it is damaged then.
    let chunks = || bytes.utf8_chunks();
    let letters: usize = chunks().map(|chunk| chunk.valid().chars().filter(|c| !c.is_ascii()).count()).sum();
    let wrong = chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    if letters > wrong { Err(FileProblem::NotText) } else { Ok(Encoding::Windows1252) }
}

/// Passes the text to `take`, piece by piece.
fn decode(
    bytes: &[u8],
    encoding: Encoding,
    take: &mut impl FnMut(&str) -> Result<(), FileProblem>,
) -> Result<(), FileProblem> {
    let decoder = match encoding {
        Encoding::Utf8 => return take(std::str::from_utf8(bytes).map_err(|_| FileProblem::NotText)?),
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Windows1252 => WINDOWS_1252,
    };
    let mut decoder = decoder.new_decoder_without_bom_handling();
    let mut rest = bytes;
    let mut piece = String::with_capacity(PIECE);
    loop {
        piece.clear();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut piece, true);
        take(&piece)?;
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Err(FileProblem::NotText),
        }
    }
}

/// The beginning of the text.
fn sample(bytes: &[u8], encoding: Encoding) -> String {
    let begin = &bytes[..bytes.len().min(SAMPLE)];
    let decoder = match encoding {
        Encoding::Utf8 => return String::from_utf8_lossy(begin).into_owned(),
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Windows1252 => WINDOWS_1252,
    };
    decoder.decode_without_bom_handling(begin).0.into_owned()
}

/// The separator that the first line names for Excel, as in `sep=;`, and the length of that line.
fn named_separator(text: &str) -> Option<(Separator, usize)> {
    let line = text.split_inclusive('\n').next()?;
    let named = line.trim_end_matches(['\r', '\n']).trim_matches('"');
    let sign = named.to_ascii_lowercase().strip_prefix("sep=").map(str::to_owned)?;
    let separator = Separator::ALL.into_iter().find(|separator| sign.chars().eq([separator.sign()]))?;
    Some((separator, line.len()))
}

/// The separator with which a row consists of the most known headings, or else with which the most rows
/// have the same number of cells.
fn separator_of(sample: &str) -> Separator {
    let best = Separator::ALL.into_iter().rev().max_by_key(|separator| {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut put = |row: u32, _: u32, cell: &str| {
            if row >= SAMPLE_ROWS {
                return Err(FileProblem::TooMuch);
            }
            rows.resize(rows.len().max(row as usize + 1), Vec::new());
            rows[row as usize].push(cell.to_owned());
            Ok(())
        };
        let mut splitter = Splitter::new(separator.sign());
        // An error only means that the rows are enough.
        splitter.feed(sample, &mut put).ok();
        rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        let known = rows.iter().map(|row| headings::recognised(row)).max().unwrap_or_default();
        let alike = |length| rows.iter().filter(|row| row.len() == length).count();
        let several = rows.iter().map(Vec::len).filter(|length| *length > 1);
        let (alike, length) = several.map(|length| (alike(length), length)).max().unwrap_or_default();
        (known, alike, length)
    });
    best.unwrap_or(Separator::Comma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Result<(String, Encoding, Separator), FileProblem> {
        let (grid, encoding, separator) = read(bytes)?;
        let rows = grid.into_rows()?.0;
        let rows: Vec<String> = rows.iter().map(|row| format!("{}:{}", row.number, row.cells.join("|"))).collect();
        Ok((rows.join("/"), encoding, separator))
    }

    /// The text in UTF-16.
    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn every_encoding_is_told_with_and_without_its_mark() {
        let text = "Société;Téléphone\nChâteau d’Été;01\n";
        let read = "1:Société|Téléphone/2:Château d’Été|01";
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        let cases: [(Vec<u8>, &[u8], Encoding); 4] = [
            (text.into(), b"\xef\xbb\xbf", Encoding::Utf8),
            (utf16(text, u16::to_le_bytes), b"\xff\xfe", Encoding::Utf16Le),
            (utf16(text, u16::to_be_bytes), b"\xfe\xff", Encoding::Utf16Be),
            (windows, b"", Encoding::Windows1252),
        ];
        for (bytes, mark, encoding) in cases {
            let expected = Ok((read.to_owned(), encoding, Separator::Semicolon));
            assert_eq!(cells(&bytes), expected);
            assert_eq!(cells(&[mark, &bytes].concat()), expected);
        }
    }

    #[test]
    fn damaged_text_is_refused() {
        let cut = |text: &str| text.as_bytes()[..text.len() - 1].to_vec();
        assert_eq!(cells(&cut("Société;Téléphone;été;é")), Err(FileProblem::NotText));
        assert_eq!(cells(&[b"\xef\xbb\xbf", cut("a;é").as_slice()].concat()), Err(FileProblem::NotText));
        assert_eq!(cells(b"\xff\xfea\0\x00\xd8b\0"), Err(FileProblem::NotText));
        for not_text in [&b"\x7fELF\x01\x02\x03\x04\x05"[..], b"a;b\0c", b"<html><table>", b" {\"a\": 1}"] {
            assert_eq!(cells(not_text), Err(FileProblem::NotASpreadsheet));
        }
    }

    #[test]
    fn the_separator_is_found_from_the_rows() {
        for (text, separator) in [
            ("Nom;Total\n\"Dupont, Jean\";12,50\n\"Roux, Lea\";8,00\n", Separator::Semicolon),
            ("Name,Phone\n\"a;b;c\",1\n", Separator::Comma),
            ("Name\tPhone, mobile\nA, B\t1\n", Separator::Tab),
            ("x;y;z\n1,5;2,5;3,5\n1;2,5;3\n", Separator::Semicolon),
            ("Liste, au 1er mai\n\nNom;Société\nA;B\n", Separator::Semicolon),
            ("sep=,\na;b,c\n", Separator::Comma),
            ("alone\nb\n", Separator::Semicolon),
        ] {
            assert_eq!(cells(text.as_bytes()).unwrap().2, separator, "{text}");
        }
        assert_eq!(cells(b"\"sep=;\"\r\na;b\r\n").unwrap().0, "1:a|b");
        assert_eq!(cells(b"Nom;Notes\r\n\r\nA;\"1\r\n2\"\r\nB;3").unwrap().0, "1:Nom|Notes/3:A|1\r\n2/4:B|3");
    }
}
