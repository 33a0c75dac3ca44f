//! Files to import: text files, and the XML of workbooks, which random bytes would hardly ever contain. No panic,
//! and what is read is a table.
#![no_main]

use std::io::{Cursor, Write};

use epic_events::services::spreadsheet::sheet;
use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A package with these parts.
fn package(parts: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in parts {
        file.start_file(*name, options).ok()?;
        file.write_all(content).ok()?;
    }
    Some(file.finish().ok()?.into_inner())
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (kind, content, other) = input;
    let relations = br#"<R><R Id="a" Type="/worksheet" Target="a.xml"/><R Id="b" Type="/sharedStrings" Target="b.xml"/><R Id="c" Type="/styles" Target="b.xml"/></R>"#;
    let file = match kind % 3 {
        0 => Some(content.to_vec()),
        1 => package(&[
            ("[Content_Types].xml", b""),
            ("xl/workbook.xml", br#"<workbook><sheet name="A" id="a"/></workbook>"#),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/a.xml", content),
            ("xl/b.xml", other),
        ]),
        _ => package(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)]),
    };
    let Some(Ok(read)) = file.map(|file| sheet::read_bytes(&file)) else { return };
    assert!(!read.rows.is_empty());
    let mut number = read.seen.heading_row;
    for row in &read.rows {
        assert!(row.number > number && row.cells.len() == read.headings.len());
        assert!(row.cells.iter().any(|cell| !cell.is_empty()));
        number = row.number;
    }
});
