//! What the cells of a row say, for sentences about the row.

use crate::{
    domain::{
        Field,
        imports::{ImportColumn, ImportRow},
        text,
    },
    services::spreadsheet::sheet::Sheet,
};

/// What a row says of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    Text(&'a str),
    /// There is a column for it, and the cell is empty.
    Empty,
    NoColumn,
}

/// What the row with this number says of a field.
pub fn said<'a>(sheet: &'a Sheet, columns: &[ImportColumn], number: u32, field: Field) -> Said<'a> {
    let Some(column) = columns.iter().position(|column| column.field == Some(field)) else { return Said::NoColumn };
    let row = sheet.rows.binary_search_by_key(&number, |row| row.number).ok().map(|at| &sheet.rows[at]);
    match row.and_then(|row| row.cells.get(column)).map(|cell| cell.trim()) {
        Some(text) if !text.is_empty() => Said::Text(text),
        Some(_) | None => Said::Empty,
    }
}

/// Gives a row that does not say what its record is called the beginning of its cells as a name.
pub(super) fn name_by_cells(sheet: &Sheet, row: &mut ImportRow) {
    const COLUMNS: usize = 40;
    let at = sheet.rows.binary_search_by_key(&row.number, |row| row.number);
    if let (true, Ok(at)) = (row.name.trim().is_empty(), at) {
        let cells = sheet.rows[at].cells.iter().map(|cell| text::clean(cell)).filter(|cell| !cell.is_empty());
        row.name = text::cut(&cells.collect::<Vec<_>>().join(", "), COLUMNS);
    }
}
