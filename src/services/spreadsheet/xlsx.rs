//! Workbooks in xlsx (Office Open XML).

use std::{collections::HashMap, io::BufRead};

use quick_xml::events::{BytesStart, Event};

use super::{
    grid::Grid,
    numbers::{Epoch, Shown, iso_day},
    package::{KEPT, Package, STREAMED, Xml, add_text, attribute},
};
use crate::domain::file_problem::FileProblem;

/// A workbook whose sheets are read one by one.
pub(super) struct Workbook {
    epoch: Epoch,
    /// The names and the parts of the sheets that are not hidden.
    pub sheets: Vec<(String, String)>,
    strings: Strings,
    /// What the numbers of each cell format are shown as.
    formats: Vec<Shown>,
}

/// The texts that cells share, one behind the other. Millions of strings would take several times the
/// memory.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let begin = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.text.get(begin..end)
    }
}

impl Workbook {
    pub fn open(package: &mut Package) -> Result<Self, FileProblem> {
        let main = relations(package, "")?.into_values().find(|(kind, _)| kind.ends_with("/officeDocument"));
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |(_, target)| target);
        let related = relations(package, &main)?;
        let part = |kind: &str| related.values().find(|(of, _)| of.ends_with(kind)).map(|(_, target)| target);
        let (epoch, named) = sheets(&mut package.part(&main, KEPT)?)?;
        let visible = named.into_iter().filter_map(|(name, id)| Some((name, related.get(&id)?.1.clone())));
        let strings = part("/sharedStrings").filter(|part| package.has(part));
        let strings = strings.map(|part| strings_of(&mut package.part(part, KEPT)?)).transpose()?;
        let formats = part("/styles").filter(|part| package.has(part));
        let formats = formats.map(|part| formats_of(&mut package.part(part, KEPT)?)).transpose()?;
        Ok(Self {
            epoch,
            sheets: visible.collect(),
            strings: strings.unwrap_or_default(),
            formats: formats.unwrap_or_default(),
        })
    }

    /// The cells of the sheet in this part.
    pub fn sheet(&self, package: &mut Package, part: &str) -> Result<Grid, FileProblem> {
        let mut xml = package.part(part, STREAMED)?;
        let mut grid = Grid::default();
        let (mut row, mut next_row, mut column) = (0, 0, 0);
        let mut cell = Cell::default();
        let mut inside = Inside::Nothing;
        while let Some(event) = xml.next()? {
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "row" => {
                        row = number(element, "r").and_then(|number| number.checked_sub(1)).unwrap_or(next_row);
                        next_row = row.saturating_add(1);
                        column = 0;
                    }
                    "c" => {
                        column = attribute(element, "r").and_then(|name| column_of(&name)).unwrap_or(column);
                        cell.begin(element);
                    }
                    "v" => inside = Inside::Value,
                    "f" => inside = Inside::Formula,
                    "t" if inside == Inside::Nothing => inside = Inside::Value,
                    // The reading of Japanese and Chinese letters.
                    "rPh" => inside = Inside::Reading,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "c" => {
                        grid.put(row, column, &self.text(&cell)?)?;
                        column = column.saturating_add(1);
                    }
                    "v" | "f" | "rPh" => inside = Inside::Nothing,
                    "t" if inside == Inside::Value => inside = Inside::Nothing,
                    "sheetData" => break,
                    _ => {}
                },
                _ if inside == Inside::Value => add_text(&event, &mut cell.value)?,
                _ if inside == Inside::Formula => add_text(&event, &mut cell.formula)?,
                _ => {}
            }
        }
        Ok(grid)
    }

    /// The text of a cell. A formula that no program has computed yet is shown itself, so that it is
    /// not taken for an empty cell. One whose result is an empty text is an empty cell.
    fn text(&self, cell: &Cell) -> Result<String, FileProblem> {
        if cell.value.is_empty() {
            let is_empty = cell.formula.is_empty() || cell.kind == "str";
            return Ok(if is_empty { String::new() } else { format!("={}", cell.formula) });
        }
        Ok(match cell.kind.as_str() {
            "s" => {
                let at = cell.value.trim().parse().map_err(|_| FileProblem::Damaged)?;
                unescaped(self.strings.get(at).ok_or(FileProblem::Damaged)?)
            }
            "str" | "inlineStr" => unescaped(&cell.value),
            "b" => (cell.value.trim() == "1" || cell.value.trim() == "true").to_string(),
            // What cannot be computed: `#N/A`. A later reader refuses it, and the row with it.
            "e" => cell.value.clone(),
            "d" => iso_day(&cell.value),
            _ => {
                let shown = self.formats.get(cell.format).copied().unwrap_or(Shown::PLAIN);
                shown.text(&cell.value, self.epoch)
            }
        })
    }
}

/// Whose text comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Value,
    Formula,
    Reading,
}

/// A cell as it is stored.
#[derive(Default)]
struct Cell {
    kind: String,
    format: usize,
    value: String,
    formula: String,
}

impl Cell {
    fn begin(&mut self, element: &BytesStart) {
        self.kind.clear();
        self.kind.push_str(&attribute(element, "t").unwrap_or_default());
        self.format = number(element, "s").and_then(|at| usize::try_from(at).ok()).unwrap_or_default();
        self.value.clear();
        self.formula.clear();
    }
}

fn number(element: &BytesStart, name: &str) -> Option<u32> {
    attribute(element, name)?.parse().ok()
}

/// The column of a cell from 0, by its name: 27 for `AB12`.
fn column_of(name: &str) -> Option<u32> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let digit = |letter: u8| u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    // More letters than any column has are a column beyond all limits.
    let column = letters.take(5).fold(0, |column, letter| column * 26 + digit(letter));
    column.checked_sub(1)
}

/// What `_x000D_` and the like stand for in the texts of xlsx: characters that XML does not have.
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let c = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        let length = if c.is_some() { 7 } else { 2 };
        plain.push_str(&rest[..at]);
        match c {
            Some(c) => plain.push(c),
            None => plain.push_str("_x"),
        }
        rest = &rest[at + length..];
    }
    plain + rest
}

/// The parts that a part names, by their ids: their kinds and their names. The package itself has no
/// name.
fn relations(package: &mut Package, of: &str) -> Result<HashMap<String, (String, String)>, FileProblem> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let name = format!("{folder}/_rels/{file}.rels");
    let name = name.trim_start_matches('/');
    let mut found = HashMap::new();
    if !package.has(name) {
        return Ok(found);
    }
    let mut xml = package.part(name, KEPT)?;
    while let Some(event) = xml.next()? {
        let Event::Start(element) = event else { continue };
        let [id, kind, target] = ["Id", "Type", "Target"].map(|name| attribute(&element, name));
        if let (Some(id), Some(kind), Some(target)) = (id, kind, target) {
            let target = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{folder}/{target}").trim_start_matches('/').to_owned(),
            };
            found.insert(id.into_owned(), (kind.into_owned(), target));
        }
    }
    Ok(found)
}

/// The calendar of a workbook, and the names and ids of the sheets that are not hidden.
fn sheets(xml: &mut Xml<impl BufRead>) -> Result<(Epoch, Vec<(String, String)>), FileProblem> {
    let (mut epoch, mut sheets) = (Epoch::Of1900, Vec::new());
    while let Some(event) = xml.next()? {
        let Event::Start(element) = event else { continue };
        match element.local_name().as_ref() {
            "workbookPr" => {
                let is_1904 = attribute(&element, "date1904").is_some_and(|value| value == "1" || value == "true");
                epoch = if is_1904 { Epoch::Of1904 } else { Epoch::Of1900 };
            }
            "sheet" => {
                let is_visible = attribute(&element, "state").is_none_or(|state| state == "visible");
                let [name, id] = ["name", "id"].map(|name| attribute(&element, name));
                let sheet = name.zip(id).map(|(name, id)| (name.into_owned(), id.into_owned()));
                sheets.extend(sheet.filter(|_| is_visible));
            }
            _ => {}
        }
    }
    Ok((epoch, sheets))
}

/// The shared texts, without the readings of Japanese and Chinese letters.
fn strings_of(xml: &mut Xml<impl BufRead>) -> Result<Strings, FileProblem> {
    let mut strings = Strings::default();
    let (mut is_text, mut is_reading) = (false, false);
    let mut text = String::new();
    while let Some(event) = xml.next()? {
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => is_text = !is_reading,
                "rPh" => is_reading = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => is_text = false,
                "rPh" => is_reading = false,
                "si" => {
                    strings.text.push_str(&text);
                    strings.ends.push(u32::try_from(strings.text.len()).map_err(|_| FileProblem::TooMuch)?);
                    text.clear();
                }
                _ => {}
            },
            event if is_text => add_text(event, &mut text)?,
            _ => {}
        }
    }
    Ok(strings)
}

/// What the numbers of each cell format are shown as.
fn formats_of(xml: &mut Xml<impl BufRead>) -> Result<Vec<Shown>, FileProblem> {
    let mut defined: HashMap<u32, Shown> = HashMap::new();
    let (mut formats, mut is_of_cells) = (Vec::new(), false);
    while let Some(event) = xml.next()? {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let code = attribute(&element, "formatCode");
                    defined.extend(number(&element, "numFmtId").zip(code.map(|code| Shown::of_code(&code))));
                }
                "cellXfs" => is_of_cells = true,
                "xf" if is_of_cells => {
                    let id = number(&element, "numFmtId").unwrap_or_default();
                    formats.push(defined.get(&id).copied().unwrap_or_else(|| Shown::built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => is_of_cells = false,
            _ => {}
        }
    }
    Ok(formats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_escapes_are_read() {
        for (name, column) in
            [("A1", Some(0)), ("Z9", Some(25)), ("AB12", Some(27)), ("XFD1", Some(16_383)), ("12", None)]
        {
            assert_eq!(column_of(name), column, "{name}");
        }
        assert!(column_of(&"Z".repeat(1_000)) > Some(16_383));
        for (text, plain) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("full_xname", "full_xname"),
            ("_x00é0_", "_x00é0_"),
            ("_x000", "_x000"),
        ] {
            assert_eq!(unescaped(text), plain, "{text}");
        }
    }
}
