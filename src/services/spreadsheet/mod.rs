//! Reads files that people import: spreadsheets in CSV, xlsx and ods.
//!
//! [`sheet::read`] makes a table of texts of any of them, within limits that hold for any file,
//! however it was made. [`headings`] tells what the table holds, and which column is which field.

mod file;
mod grid;
pub mod headings;
mod known;
mod numbers;
mod ods;
mod package;
pub mod sheet;
mod splitter;
mod table;
mod text_file;
mod xlsx;
