//! The cells of a sheet as they are read, and how many of them are read at most.

use crate::domain::file_problem::FileProblem;

/// How many rows with something in them a sheet may have, the headings among them.
pub(super) const MOST_ROWS: u32 = 200_000;

/// How many columns a sheet may have.
pub(super) const MOST_COLUMNS: u32 = 500;

/// How long one cell may be, in bytes. Spreadsheet programs allow 32,767 characters.
pub(super) const LONGEST_CELL: usize = 1 << 20;

/// About how much memory the cells of a sheet may take, in bytes.
const MOST_MEMORY: usize = 256 << 20;

/// Of how many rows it is noted how many cells they have.
const MOST_WIDTHS: usize = 100;

/// The memory of an empty cell, and what a text takes beside its letters.
const CELL: usize = size_of::<Box<str>>();
const TEXT: usize = 24;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet program counts, from 1.
    pub number: u32,
    /// The texts, as many as there are headings; empty where the cell is empty or blank.
    pub cells: Vec<Box<str>>,
}

/// The numbers of the first rows that have something in them, each with how many cells the row has, blank ones too.
pub(super) type Widths = Vec<(u32, u32)>;

/// The rows of a sheet that have something in them, each as long as its last cell that has.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Row>,
    /// The number and the cells of the row that is being read.
    current: (u32, Vec<Box<str>>),
    memory: usize,
    width: usize,
    /// How many cells the row that is being read has, blank ones too.
    whole: u32,
    /// The headings are among these rows.
    widths: Widths,
}

impl Grid {
    /// Adds a cell; rows and columns count from 0. Blank ones are left out. Rows come in their order.
    pub fn put(&mut self, row: u32, column: u32, text: &str) -> Result<(), FileProblem> {
        if text.trim().is_empty() {
            if row.checked_add(1) == Some(self.current.0) {
                self.whole = self.whole.max(column.saturating_add(1));
            }
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(FileProblem::TooManyColumns(MOST_COLUMNS));
        }
        let number = row.checked_add(1).ok_or(FileProblem::Damaged)?;
        if number != self.current.0 {
            if number < self.current.0 {
                return Err(FileProblem::Damaged);
            }
            self.close_row()?;
            (self.current.0, self.whole) = (number, 0);
        }
        self.whole = self.whole.max(column + 1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let cells = &mut self.current.1;
        if cells.len() <= column {
            self.memory += CELL * (column + 1 - cells.len());
            cells.resize(column + 1, Box::default());
        }
        self.memory += text.len() + TEXT;
        cells[column] = text.into();
        if self.memory > MOST_MEMORY { Err(FileProblem::TooMuch) } else { Ok(()) }
    }

    fn close_row(&mut self) -> Result<(), FileProblem> {
        let (number, cells) = &mut self.current;
        if cells.is_empty() {
            return Ok(());
        }
        if self.rows.len() > MOST_ROWS as usize {
            return Err(FileProblem::TooManyRows(MOST_ROWS));
        }
        self.width = self.width.max(cells.len());
        if self.widths.len() < MOST_WIDTHS {
            self.widths.push((*number, self.whole));
        }
        self.memory += size_of::<Row>();
        let mut cells = std::mem::take(cells);
        cells.shrink_to_fit();
        self.rows.push(Row { number: *number, cells });
        Ok(())
    }

    /// The rows, all of the same length, and how many cells the first ones had.
    pub fn into_rows(mut self) -> Result<(Vec<Row>, Widths), FileProblem> {
        self.close_row()?;
        let missing: usize = self.rows.iter().map(|row| self.width - row.cells.len()).sum();
        if self.memory + missing * CELL > MOST_MEMORY {
            return Err(FileProblem::TooMuch);
        }
        for row in &mut self.rows {
            row.cells.reserve_exact(self.width - row.cells.len());
            row.cells.resize(self.width, Box::default());
        }
        Ok((self.rows, self.widths))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_long_as_the_longest_and_keep_their_numbers() {
        let mut grid = Grid::default();
        for (row, column, text) in [(0, 1, "a"), (0, 2, " "), (4, 0, "b"), (4, 3, "c"), (9, 8, "  ")] {
            grid.put(row, column, text).unwrap();
        }
        let (rows, widths) = grid.into_rows().unwrap();
        let rows: Vec<_> = rows.into_iter().map(|row| (row.number, row.cells.join("|"))).collect();
        assert_eq!(rows, [(1, "|a||".to_owned()), (5, "b|||c".to_owned())]);
        assert_eq!(widths, [(1, 3), (5, 4)]);
    }

    #[test]
    fn more_than_the_limits_is_refused() {
        let mut grid = Grid::default();
        assert_eq!(grid.put(0, MOST_COLUMNS, "a"), Err(FileProblem::TooManyColumns(MOST_COLUMNS)));
        assert_eq!(grid.put(0, u32::MAX, " "), Ok(()));
        assert_eq!(grid.put(u32::MAX, 0, "a"), Err(FileProblem::Damaged));
        let rows = (0..=MOST_ROWS + 1).map(|row| grid.put(row, 0, "a")).find_map(Result::err);
        assert_eq!((rows, grid.into_rows().err()), (None, Some(FileProblem::TooManyRows(MOST_ROWS))));

        // One long row would make all the others as long.
        let mut grid = Grid::default();
        for row in 0..MOST_ROWS {
            grid.put(row, 0, "a").unwrap();
        }
        grid.put(MOST_ROWS, MOST_COLUMNS - 1, "a").unwrap();
        assert_eq!(grid.into_rows().err(), Some(FileProblem::TooMuch));

        let mut grid = Grid::default();
        let long = "a".repeat(LONGEST_CELL);
        let full = (0..300).map(|row| grid.put(row, 0, &long)).find_map(Result::err);
        assert_eq!(full, Some(FileProblem::TooMuch));
        assert_eq!(grid.put(3, 0, "a"), Err(FileProblem::Damaged), "a row that comes too late");
    }
}
