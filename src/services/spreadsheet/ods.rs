//! Workbooks in ods (`OpenDocument`).

use std::{borrow::Cow, collections::HashSet, io::BufRead};

use quick_xml::events::{BytesStart, Event};

use super::{
    grid::{Grid, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS},
    numbers::{day, number, percent, time},
    package::{KEPT, Package, STREAMED, Xml, add_text, attribute},
};
use crate::domain::file_problem::FileProblem;

/// The part with the sheets.
const CONTENT: &str = "content.xml";

/// Refuses a workbook with a password.
pub(super) fn check(package: &mut Package) -> Result<(), FileProblem> {
    const MANIFEST: &str = "META-INF/manifest.xml";
    if !package.has(MANIFEST) {
        return Ok(());
    }
    let mut xml = package.part(MANIFEST, KEPT)?;
    while let Some(event) = xml.next()? {
        if matches!(&event, Event::Start(element) if element.local_name().as_ref() == "encryption-data") {
            return Err(FileProblem::Password);
        }
    }
    Ok(())
}

/// Passes each sheet that is not hidden to `take` with its name, until that returns something.
pub(super) fn sheets<T>(
    package: &mut Package,
    mut take: impl FnMut(String, Grid) -> Result<Option<T>, FileProblem>,
) -> Result<Option<T>, FileProblem> {
    let mut xml = package.part(CONTENT, STREAMED)?;
    let mut hidden: HashSet<String> = HashSet::new();
    let mut style = String::new();
    while let Some(event) = xml.next()? {
        let Event::Start(element) = event else { continue };
        match element.name().as_ref() {
            "style:style" => style = attribute(&element, "style:name").unwrap_or_default().into_owned(),
            "style:table-properties" if attribute(&element, "table:display").as_deref() == Some("false") => {
                hidden.insert(std::mem::take(&mut style));
            }
            "table:table" => {
                let name = attribute(&element, "table:name").unwrap_or_default().into_owned();
                let is_hidden = attribute(&element, "table:style-name").is_some_and(|style| hidden.contains(&*style));
                let grid = sheet(&mut xml, is_hidden)?;
                if !is_hidden && let Some(taken) = take(name, grid)? {
                    return Ok(Some(taken));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

/// What a cell holds.
#[derive(Default)]
enum Kind {
    #[default]
    Text,
    Number,
    Share,
    Day,
    Time,
    Boolean,
}

impl Kind {
    /// By its name, with the attribute that has the value.
    fn named(name: Option<&str>) -> (Self, &'static str) {
        match name {
            Some("float" | "currency") => (Self::Number, "office:value"),
            Some("percentage") => (Self::Share, "office:value"),
            Some("date") => (Self::Day, "office:date-value"),
            Some("time") => (Self::Time, "office:time-value"),
            Some("boolean") => (Self::Boolean, "office:boolean-value"),
            _ => (Self::Text, "office:string-value"),
        }
    }
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    kind: Kind,
    value: String,
    /// What the program showed.
    text: String,
    /// How many columns it fills.
    repeated: u32,
}

impl Cell {
    fn begin(&mut self, element: &BytesStart) {
        let (kind, value) = Kind::named(attribute(element, "office:value-type").as_deref());
        self.kind = kind;
        self.value.clear();
        self.value.push_str(&attribute(element, value).unwrap_or_default());
        self.text.clear();
        self.repeated = repeated(element, "table:number-columns-repeated");
    }

    /// The value, or else the text, which a program that could not compute a formula shows as an error.
    fn shown(&self) -> Cow<'_, str> {
        let Self { kind, value, text, .. } = self;
        match kind {
            _ if value.is_empty() => text.into(),
            Kind::Number => number(value, text).into(),
            Kind::Share => percent(value).into(),
            Kind::Day => day(value, text).into(),
            Kind::Time => time(value, text).into(),
            Kind::Boolean => value.into(),
            Kind::Text if text.is_empty() => value.into(),
            Kind::Text => text.into(),
        }
    }
}

/// How often a row or a cell is repeated.
fn repeated(element: &BytesStart, name: &str) -> u32 {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}

/// The cells of a sheet whose beginning has been read. Those of a hidden one are passed over.
fn sheet(xml: &mut Xml<impl BufRead>, is_hidden: bool) -> Result<Grid, FileProblem> {
    let mut grid = Grid::default();
    let mut row = 0_u32;
    let mut rows = 1;
    // The cells of the row that are not blank, with the columns that each fills.
    let mut cells: Vec<(u32, u32, String)> = Vec::new();
    let mut column = 0_u32;
    let mut cell = Cell::default();
    // Within a cell; within something in it whose text is no part of it, such as a comment; how many
    // tables are within this one.
    let (mut in_cell, mut in_note, mut inner) = (false, 0_u32, 0_u32);
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match element.name().as_ref() {
                "table:table" => inner += 1,
                "office:annotation" | "draw:frame" | "table:shapes" => in_note += 1,
                _ if in_note > 0 || inner > 0 => {}
                "table:table-row" => {
                    rows = repeated(element, "table:number-rows-repeated");
                    column = 0;
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    cell.begin(element);
                    in_cell = true;
                }
                "text:p" if in_cell && !cell.text.is_empty() => cell.text.push('\n'),
                "text:line-break" => cell.text.push('\n'),
                "text:tab" => cell.text.push(' '),
                "text:s" => {
                    let blanks = repeated(element, "text:c").min(100);
                    cell.text.extend((0..blanks).map(|_| ' '));
                }
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                "table:table" if inner == 0 => return Ok(grid),
                "table:table" => inner -= 1,
                "office:annotation" | "draw:frame" | "table:shapes" => in_note = in_note.saturating_sub(1),
                _ if in_note > 0 || inner > 0 => {}
                "table:table-cell" | "table:covered-table-cell" => {
                    in_cell = false;
                    let shown = cell.shown();
                    if !shown.trim().is_empty() && !is_hidden {
                        cells.push((column, cell.repeated, shown.into_owned()));
                        if cells.len() > MOST_COLUMNS as usize {
                            return Err(FileProblem::TooManyColumns(MOST_COLUMNS));
                        }
                    }
                    column = column.saturating_add(cell.repeated).min(u32::MAX - 1);
                }
                "table:table-row" => {
                    put(&mut grid, (row, rows), &cells)?;
                    row = row.saturating_add(rows);
                    cells.clear();
                }
                _ => {}
            },
            event if in_cell && in_note == 0 && inner == 0 => add_text(event, &mut cell.text)?,
            _ => {}
        }
        if cell.text.len() > LONGEST_CELL {
            return Err(FileProblem::TooMuch);
        }
    }
    Err(FileProblem::Damaged)
}

/// Adds the cells to each of so many rows from the first one.
fn put(grid: &mut Grid, (first, rows): (u32, u32), cells: &[(u32, u32, String)]) -> Result<(), FileProblem> {
    if cells.is_empty() {
        return Ok(());
    }
    if rows > MOST_ROWS {
        return Err(FileProblem::TooManyRows(MOST_ROWS));
    }
    for row in first..first.saturating_add(rows) {
        for (column, repeated, text) in cells {
            // One beyond the limit is enough for the grid to refuse it.
            let end = column.saturating_add(*repeated).min(MOST_COLUMNS.max(*column).saturating_add(1));
            for column in *column..end {
                grid.put(row, column, text)?;
            }
        }
    }
    Ok(())
}
