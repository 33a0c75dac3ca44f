//! A file of the rows that were refused, with the reasons: once mended, it can be imported like the first.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use crate::{
    domain::{
        audit::{Subject, Verb},
        imports::Tally,
        text,
    },
    services::{
        context::{RequestContext, ServiceError},
        formula,
        import_data::Refused,
        new_file::{NewFile, Written, unwritable},
        spreadsheet::sheet::{Separator, SheetFormat},
    },
    storage::audit::AuditEntry,
};

/// The name of a file without its ending, cut, with a hyphen for what is neither a letter nor a digit.
fn stem(name: &str) -> String {
    const LONGEST: usize = 30;
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
    stem.chars().take(LONGEST).map(|one| if one.is_alphanumeric() { one } else { '-' }).collect()
}

/// Writes the rows to a CSV file in the folder.
pub fn write(ctx: &RequestContext, refused: &Refused, folder: &Path) -> Result<Written<usize>, ServiceError> {
    let Refused { name, sheet, heading, reasons } = refused;
    let (file, to) = NewFile::begin(folder, &format!("refused-{}", stem(name)), ctx.wall, "csv")?;
    let mut to = BufWriter::new(to);
    let failed = |error: &std::io::Error| ServiceError::from(unwritable(folder, error));
    to.write_all("\u{feff}".as_bytes()).map_err(|error| failed(&error))?;
    // As the program reads them that has written the file.
    let separator = match sheet.seen.format {
        SheetFormat::Csv { separator, .. } => separator,
        SheetFormat::Xlsx | SheetFormat::Ods => Separator::Comma,
    };
    let mut writer =
        csv::WriterBuilder::new().delimiter(separator.sign() as u8).terminator(csv::Terminator::CRLF).from_writer(to);
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells.map(|cell| formula::escaped(&text::for_file(cell)).into_owned()).collect();
        writer.write_record(cells).map_err(|error| failed(&std::io::Error::other(error)))
    };
    line(&mut sheet.headings.iter().map(String::as_str).chain([heading.as_str()]))?;
    let mut rows = 0;
    for (number, reason) in reasons {
        let Some(row) = sheet.row(*number) else { continue };
        line(&mut row.cells.iter().map(|cell| &**cell).chain([reason.as_str()]))?;
        rows += 1;
    }
    writer.flush().map_err(|error| failed(&error))?;
    let tally = Tally { refused: rows, ..Tally::default() };
    let entry = AuditEntry::new(Verb::Exported, Subject::Import, None, name.clone(), tally.audited());
    Ok(Written { file, entry, told: rows })
}
