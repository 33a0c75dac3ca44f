//! Finds the table in a sheet: the row with the headings, and the rows below that are records.

use super::{
    grid::{Grid, Row},
    headings,
};
use crate::{
    domain::{Cents, file_problem::FileProblem, text},
    services::formula,
};

/// How many rows may be above the headings.
const ROWS_ABOVE: usize = 50;

/// The table of a sheet.
#[derive(Debug)]
pub(super) struct Table {
    pub headings: Vec<String>,
    pub rows: Vec<Row>,
    /// As a spreadsheet program counts.
    pub heading_row: u32,
    /// How many rows below the headings are none of the rows.
    pub left_out: u32,
    /// The numbers of the rows that have values behind the last heading: of a text, whose separator may be in a value.
    pub too_long: Vec<u32>,
}

/// The table of a sheet, or why it has none; nothing for an empty sheet.
pub(super) fn of(grid: Grid) -> Result<Option<Result<Table, FileProblem>>, FileProblem> {
    let (mut rows, widths) = grid.into_rows()?;
    let Some(last) = rows.last().map(|row| row.number) else { return Ok(None) };
    let Some(at) = heading_row(&rows) else { return Ok(Some(Err(FileProblem::NoHeadings))) };
    rows.drain(..at);
    let Row { number: heading_row, cells } = rows.remove(0);
    let mut headings: Vec<String> = cells.iter().map(|cell| text::clean(formula::restored(cell))).collect();
    rows.retain(|row| !is_heading(row, &headings));
    while rows.split_last().is_some_and(|(last, others)| is_total(last, others)) {
        rows.pop();
    }
    let width =
        widths.iter().find(|(number, _)| *number == heading_row).map_or(usize::MAX, |(_, width)| *width as usize);
    let too_long = too_long(&headings, &rows, width);
    for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
        let restored = formula::restored(cell);
        if restored.len() < cell.len() {
            *cell = restored.into();
        }
    }
    drop_empty_columns(&mut headings, &mut rows);
    join_names(&mut headings, &mut rows);
    let kept = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let left_out = (last - heading_row).saturating_sub(kept);
    Ok(Some(Ok(Table { headings, rows, heading_row, left_out, too_long })))
}

/// The place of the headings: the row whose cells are the most known headings, or else the first with
/// two words.
fn heading_row(rows: &[Row]) -> Option<usize> {
    let first = &rows[..rows.len().min(ROWS_ABOVE)];
    let mut best = (0, None);
    for (at, row) in first.iter().enumerate() {
        let known = headings::recognised(&row.cells);
        let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
        // Fewer may be words of a record.
        if known > best.0 && known >= 2 && known * 3 >= filled {
            best = (known, Some(at));
        }
    }
    let words = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty() && !is_number(cell)).count();
    best.1.or_else(|| first.iter().position(|row| words(row) >= 2))
}

/// Whether the row is the headings once more, as on a new page.
fn is_heading(row: &Row, headings: &[String]) -> bool {
    row.cells.iter().zip(headings).all(|(cell, heading)| text::clean(cell) == *heading)
}

/// What stands first in a row with totals.
const TOTALS: [&str; 14] = [
    "total",
    "totals",
    "totaux",
    "total general",
    "grand total",
    "sous total",
    "subtotal",
    "somme",
    "sum",
    "total ttc",
    "total ht",
    "moyenne",
    "average",
    "count",
];

/// The numbers of the rows that have values behind the last heading. In a file of refused rows these are before its reasons,
/// below a column without a heading; in a row that was mended, the reason has moved there.
fn too_long(headings: &[String], rows: &[Row], width: usize) -> Vec<u32> {
    let reasons = headings.iter().position(|heading| headings::is_of_reasons(heading));
    let is_behind = |row: &Row, at: usize| {
        at >= width || reasons.is_some_and(|reasons| headings[at].is_empty() && !row.cells[reasons].is_empty())
    };
    let is_long = |row: &&Row| row.cells.iter().enumerate().any(|(at, cell)| !cell.is_empty() && is_behind(row, at));
    rows.iter().filter(is_long).map(|row| row.number).collect()
}

/// Whether a row contains totals of the others: a word for them, and nothing else but the sums of their columns, or how
/// many rows there are. A client may have such a name, and then there is something else about them.
fn is_total(row: &Row, others: &[Row]) -> bool {
    let Some(label) = row.cells.iter().position(|cell| !cell.is_empty()) else { return true };
    let filled = row.cells.iter().enumerate().skip(label + 1).filter(|(_, cell)| !cell.is_empty());
    has_label(row) && filled.into_iter().all(|(column, cell)| is_sum(cell, column, others))
}

fn has_label(row: &Row) -> bool {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    first.is_some_and(|first| TOTALS.contains(&text::words(first).join(" ").as_str()))
}

/// A number in hundredths, as a person wrote it, or else as a program did.
fn of_person(cell: &str) -> Option<i64> {
    Cents::parse(cell.trim_end_matches('%')).ok().map(|cents| cents.0).or_else(|| computed(cell))
}

/// The same, first as a program wrote it: its `12.345` is a little more than 12.
fn of_program(cell: &str) -> Option<i64> {
    computed(cell).or_else(|| of_person(cell))
}

fn computed(cell: &str) -> Option<i64> {
    let number = cell.trim_end_matches('%').parse::<f64>().ok().filter(|number| number.abs() < 1e15)?;
    #[allow(clippy::cast_possible_truncation, reason = "it is rounded, and small enough")]
    Some((number * 100.0).round() as i64)
}

/// Whether a cell is the sum of the cells above it, with or without other totals, or how many they are. Half a cent may be
/// lost in each. A sum that no program has computed yet counts too.
fn is_sum(cell: &str, column: usize, others: &[Row]) -> bool {
    if cell.starts_with('=') {
        return true;
    }
    let all: Vec<&Row> = others.iter().collect();
    let alone: Vec<&Row> = others.iter().filter(|row| !has_label(row)).collect();
    !is_phone(cell)
        && [all, alone].iter().any(|rows| {
            [of_person, of_program].into_iter().any(|amount| {
                amount(cell).is_some_and(|total| {
                    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX).saturating_mul(100);
                    total == count || is_near(total, rows.iter().filter_map(|row| amount(&row.cells[column])))
                })
            })
        })
}

/// Whether a total is the sum of some values; of none it is not.
fn is_near(total: i64, values: impl Iterator<Item = i64>) -> bool {
    let (mut sum, mut count) = (0_i64, 0_u64);
    for value in values {
        (sum, count) = (sum.saturating_add(value), count + 1);
    }
    count > 0 && total.abs_diff(sum) <= count / 2 + 1
}

/// Whether the text is a number, an amount or a share.
fn is_number(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || ".,'’+-%()€$£".contains(c);
    let amount = text.trim_matches(|c: char| c.is_ascii_uppercase());
    amount.chars().all(is_part) && amount.contains(|c: char| c.is_ascii_digit())
}

/// Whether a number is one of a telephone.
fn is_phone(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit);
    number.starts_with('+') || (number.starts_with('0') && digits.count() > 7 && !number.contains(','))
}

/// Drops the columns with neither a heading nor a cell.
fn drop_empty_columns(headings: &mut Vec<String>, rows: &mut [Row]) {
    let mut kept: Vec<bool> = headings.iter().map(|heading| !heading.is_empty()).collect();
    for row in rows.iter() {
        for (kept, cell) in kept.iter_mut().zip(&row.cells) {
            *kept |= !cell.is_empty();
        }
    }
    if kept.iter().all(|kept| *kept) {
        return;
    }
    let mut columns = kept.iter();
    headings.retain(|_| columns.next().is_some_and(|kept| *kept));
    for row in rows {
        let mut columns = kept.iter();
        row.cells.retain(|_| columns.next().is_some_and(|kept| *kept));
    }
}

/// Makes one column of a given name and a family name, since records have one full name.
fn join_names(headings: &mut Vec<String>, rows: &mut [Row]) {
    let Some((given, family)) = headings::names_in_two(headings) else { return };
    let (into, from) = (given.min(family), given.max(family));
    headings[into] = format!("{} {}", headings[given], headings[family]);
    headings.remove(from);
    for row in rows {
        let joined = format!("{} {}", row.cells[given].trim(), row.cells[family].trim());
        row.cells[into] = joined.trim().into();
        row.cells.remove(from);
    }
}

#[cfg(test)]
mod tests;
