//! Reads a file into a table of texts.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use super::{
    file, ods,
    package::Package,
    table::{self, Table},
    text_file,
    xlsx::Workbook,
};
pub use super::{
    grid::Row,
    text_file::{Encoding, Separator},
};
use crate::domain::file_problem::FileProblem;

/// A table with its headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The names of the columns as they stand in the file; empty for a column without a name. A given
    /// name and a family name in two columns are read as one, with both headings.
    pub headings: Vec<String>,
    /// The rows below, without empty ones, repeated headings and totals at the end. At least one.
    ///
    /// Cells are texts: `12000.5`, `2021-04-18`, `2021-04-18 13:00`, `13:00`, `30%`, `true`, and
    /// whatever a person or a CSV file wrote. Zeros or a plus that only the format of a cell puts before its
    /// number are part of the text. What a formula could not compute is an error such as `#N/A`, never an
    /// empty cell. The apostrophes that exports put before formulas are taken away. Rows and columns that
    /// are hidden or filtered out are read too.
    pub rows: Vec<Row>,
    /// The numbers of the rows of a text that have values behind the last heading, in their order. The separator may be in
    /// one of the values, which is cut there.
    pub too_long: Vec<u32>,
    pub seen: Seen,
}

impl Sheet {
    /// The row with this number, as a spreadsheet program counts.
    pub fn row(&self, number: u32) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get(at)
    }
}

/// What was made out about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub format: SheetFormat,
    /// The name of the sheet that was read: the first one with a table. Text files have none.
    pub sheet: Option<String>,
    /// The number of the row with the headings, as a spreadsheet program counts.
    pub heading_row: u32,
    /// How many rows below the headings are not among the rows: empty ones, repeated headings, and
    /// totals.
    pub left_out: u32,
}

/// The format of a file, told by its contents and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    Csv { encoding: Encoding, separator: Separator },
    Xlsx,
    Ods,
}

/// Reads the first sheet with a table of a file. Hidden sheets are passed over.
pub fn read(path: &Path) -> Result<Sheet, FileProblem> {
    read_bytes(&file::contents(path)?)
}

/// Reads the contents of a file as [`read`] does.
pub fn read_bytes(bytes: &[u8]) -> Result<Sheet, FileProblem> {
    // A fault in a package that reads files must not end more than this import.
    catch_unwind(AssertUnwindSafe(|| by_format(bytes))).unwrap_or(Err(FileProblem::Damaged))
}

fn by_format(bytes: &[u8]) -> Result<Sheet, FileProblem> {
    match bytes {
        [] => Err(FileProblem::Empty),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => workbook(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(compound(bytes)),
        [b'%', b'P', b'D', b'F', ..] => Err(FileProblem::NotASpreadsheet),
        _ => {
            let (grid, encoding, separator) = text_file::read(bytes)?;
            let Some(table) = table::of(grid)? else { return Err(FileProblem::Empty) };
            sheet(table?, SheetFormat::Csv { encoding, separator }, None)
        }
    }
}

/// What is wrong with a file in the format of old Office programs: that, or a new one with a password,
/// which is wrapped into this format.
fn compound(bytes: &[u8]) -> FileProblem {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
    if is_encrypted { FileProblem::Password } else { FileProblem::OldWorkbook }
}

fn workbook(bytes: &[u8]) -> Result<Sheet, FileProblem> {
    let mut package = Package::open(bytes)?;
    // The first sheet with a table, or else what is wrong with the first one that is not empty.
    let mut problem = FileProblem::Empty;
    let mut take = |format, name, grid| match table::of(grid)? {
        Some(Ok(table)) => sheet(table, format, Some(name)).map(Some),
        Some(Err(why)) => {
            problem = if problem == FileProblem::Empty { why } else { problem };
            Ok(None)
        }
        None => Ok(None),
    };
    let kind = package.text("mimetype").unwrap_or_default();
    let found = if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        ods::check(&mut package)?;
        ods::sheets(&mut package, |name, grid| take(SheetFormat::Ods, name, grid))?
    } else if package.has("xl/workbook.bin") {
        return Err(FileProblem::OldWorkbook);
    } else if package.has("[Content_Types].xml") && !package.has("word/document.xml") {
        let book = Workbook::open(&mut package)?;
        let mut found = None;
        for (name, part) in &book.sheets {
            let grid = book.sheet(&mut package, part)?;
            found = take(SheetFormat::Xlsx, name.clone(), grid)?;
            if found.is_some() {
                break;
            }
        }
        found
    } else {
        return Err(FileProblem::NotASpreadsheet);
    };
    found.ok_or(problem)
}

fn sheet(table: Table, format: SheetFormat, sheet: Option<String>) -> Result<Sheet, FileProblem> {
    let Table { headings, rows, heading_row, left_out, too_long } = table;
    if rows.is_empty() {
        return Err(FileProblem::NoRows);
    }
    let too_long = match format {
        SheetFormat::Csv { .. } => too_long,
        // Remarks beside a table.
        SheetFormat::Xlsx | SheetFormat::Ods => Vec::new(),
    };
    Ok(Sheet { headings, rows, too_long, seen: Seen { format, sheet, heading_row, left_out } })
}
