//! Splits text into rows and cells, as spreadsheet programs read CSV.
//!
//! Package `csv` is not used here, because it leaves out blank lines without telling how many, so that
//! nobody could name a row by the number that a spreadsheet program shows.

use crate::domain::file_problem::FileProblem;

use super::grid::LONGEST_CELL;

/// Where in a cell the splitter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Beginning,
    Plain,
    InQuotes,
    /// Behind a quote within quotes: the end of these, or the first of two that stand for one.
    BehindQuote,
}

/// Splits a text that comes in pieces. Cells may be in double quotes, and then contain separators and
/// ends of lines.
#[derive(Debug)]
pub(super) struct Splitter {
    separator: char,
    at: At,
    cell: String,
    row: u32,
    column: u32,
    /// The last character was a carriage return outside of quotes.
    after_return: bool,
}

impl Splitter {
    pub fn new(separator: char) -> Self {
        Self { separator, at: At::Beginning, cell: String::new(), row: 0, column: 0, after_return: false }
    }

    /// Passes each complete cell of the piece to `put`, with its row and its column from 0.
    pub fn feed(
        &mut self,
        piece: &str,
        put: &mut impl FnMut(u32, u32, &str) -> Result<(), FileProblem>,
    ) -> Result<(), FileProblem> {
        for c in piece.chars() {
            let is_second = std::mem::take(&mut self.after_return) && c == '\n';
            let is_quoted = self.at == At::InQuotes;
            match c {
                '\n' if is_second => {}
                '"' if self.at == At::Beginning => self.at = At::InQuotes,
                '"' if is_quoted => self.at = At::BehindQuote,
                '"' if self.at == At::BehindQuote => {
                    self.cell.push(c);
                    self.at = At::InQuotes;
                }
                c if !is_quoted && c == self.separator => {
                    self.close_cell(put)?;
                    self.column = self.column.saturating_add(1);
                }
                '\n' | '\r' if !is_quoted => {
                    self.close_cell(put)?;
                    self.after_return = c == '\r';
                    self.row = self.row.saturating_add(1);
                    self.column = 0;
                }
                c => {
                    self.cell.push(c);
                    if !is_quoted {
                        self.at = At::Plain;
                    }
                }
            }
            if self.cell.len() > LONGEST_CELL {
                return Err(FileProblem::Damaged);
            }
        }
        Ok(())
    }

    /// Passes the last cell to `put`, if the text does not end with the end of a line.
    ///
    /// Errors: `Damaged` within quotes, which may have swallowed any number of rows.
    pub fn end(&mut self, put: &mut impl FnMut(u32, u32, &str) -> Result<(), FileProblem>) -> Result<(), FileProblem> {
        if self.at == At::InQuotes {
            return Err(FileProblem::Damaged);
        }
        self.close_cell(put)
    }

    fn close_cell(
        &mut self,
        put: &mut impl FnMut(u32, u32, &str) -> Result<(), FileProblem>,
    ) -> Result<(), FileProblem> {
        put(self.row, self.column, &self.cell)?;
        self.cell.clear();
        self.at = At::Beginning;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rows of a text that is fed in pieces of so many characters.
    fn split(text: &str, size: usize) -> Result<Vec<Vec<String>>, FileProblem> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut put = |row: u32, _: u32, cell: &str| {
            rows.resize(rows.len().max(row as usize + 1), Vec::new());
            rows[row as usize].push(cell.to_owned());
            Ok(())
        };
        let mut splitter = Splitter::new(';');
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(size) {
            splitter.feed(&piece.iter().collect::<String>(), &mut put)?;
        }
        splitter.end(&mut put)?;
        Ok(rows)
    }

    #[test]
    fn quotes_and_ends_of_lines_are_respected() {
        let text = "a;\"b;\"\"c\"\"\r\nd\"\r\n\r\n;x \"y\" z\r\"e\" f;g\n\"\";'h'";
        let rows: Vec<Vec<&str>> =
            vec![vec!["a", "b;\"c\"\r\nd"], vec![""], vec!["", "x \"y\" z"], vec!["e f", "g"], vec!["", "'h'"]];
        for size in [1, 2, 100] {
            assert_eq!(split(text, size).unwrap(), rows);
        }
        assert_eq!(split("a;\"b\nc;d", 100), Err(FileProblem::Damaged));
    }

    proptest! {
        /// What package `csv` writes, as exports do, is read back exactly.
        #[test]
        fn what_is_written_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a\";\n\r ']{0,6}", 2), 1..6),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(vec![]);
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut read = split(&text, 3).unwrap();
            prop_assert_eq!(read.pop(), Some(vec![String::new()]));
            prop_assert_eq!(read, rows);
        }
    }
}
