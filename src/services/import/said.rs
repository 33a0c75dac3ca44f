//! What the cells of a row say, for sentences about the row.

use crate::{
    domain::{
        Field,
        imports::{ImportColumn, ImportRow},
        text,
    },
    services::spreadsheet::sheet::{Row, Sheet},
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
    match sheet.row(number).and_then(|row| row.cells.get(column)).map(|cell| cell.trim()) {
        Some(text) if !text.is_empty() => Said::Text(text),
        Some(_) | None => Said::Empty,
    }
}

/// Gives a row that does not say what its record is called the beginning of its cells as a name.
pub(super) fn name_by_cells(sheet: &Sheet, row: &mut ImportRow) {
    const COLUMNS: usize = 40;
    if row.name.trim().is_empty()
        && let Some(Row { cells, .. }) = sheet.row(row.number)
    {
        let cells = cells.iter().map(|cell| text::clean(cell)).filter(|cell| !cell.is_empty());
        row.name = text::cut(&cells.collect::<Vec<_>>().join(", "), COLUMNS);
    }
}
