//! The packages that workbooks are: zip files of XML files, which are read as streams, so that what
//! they unpack to is never in memory as a whole.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Cursor, ErrorKind, Read},
};

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};
use zip::{ZipArchive, result::ZipError};

use super::grid::LONGEST_CELL;
use crate::domain::file_problem::FileProblem;

/// How many bytes of a part are unpacked at most if they are kept in memory, and if they are not. A
/// sheet of the most rows takes about 200 MiB.
pub(super) const KEPT: u64 = 64 << 20;
pub(super) const STREAMED: u64 = 256 << 20;

/// How deep elements may be nested.
const DEEPEST: u32 = 100;

/// A zip file.
pub(super) struct Package<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, FileProblem> {
        ZipArchive::new(Cursor::new(bytes)).map(Self).map_err(|_| FileProblem::Damaged)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.index_for_name(name).is_some()
    }

    /// The XML file of this name, of which at most so many bytes are read.
    pub fn part(&mut self, name: &str, most: u64) -> Result<Xml<impl BufRead>, FileProblem> {
        Ok(Xml::new(BufReader::new(self.raw(name, most)?)))
    }

    /// The short text in the file of this name.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut text = String::new();
        self.raw(name, 1 << 10).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    }

    fn raw(&mut self, name: &str, most: u64) -> Result<Guarded<impl Read>, FileProblem> {
        let file = self.0.by_name(name).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                FileProblem::Password
            }
            _ => FileProblem::Damaged,
        })?;
        Ok(Guarded { file, left: most, since_bracket: 0 })
    }
}

/// Ends a file that is longer than expected, or has more between two angle brackets than any cell
/// has, since the XML reader keeps that in memory.
struct Guarded<R> {
    file: R,
    left: u64,
    since_bracket: usize,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let bytes = &buffer[..read];
        let is_bracket = |byte: &u8| matches!(byte, b'<' | b'>');
        let first = bytes.iter().position(is_bracket).unwrap_or(read);
        let last = bytes.iter().rposition(is_bracket);
        // What is read at once is far shorter than the longest cell.
        let longest = self.since_bracket + first;
        self.since_bracket = last.map_or(longest, |last| read - last);
        self.left = match self.left.checked_sub(read as u64) {
            Some(left) if longest <= LONGEST_CELL => left,
            _ => return Err(ErrorKind::FileTooLarge.into()),
        };
        Ok(read)
    }
}

/// An XML file.
pub(super) struct Xml<R: BufRead> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: u32,
}

impl<R: BufRead> Xml<R> {
    fn new(file: R) -> Self {
        let mut reader = Reader::from_reader(file);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event, or none at the end. An empty element has two events.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, FileProblem> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) if error.kind() == ErrorKind::FileTooLarge => FileProblem::TooMuch,
            _ => FileProblem::Damaged,
        })?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            // A file that ends within an element was cut off.
            Event::Eof if self.depth == 0 => return Ok(None),
            Event::Eof => return Err(FileProblem::Damaged),
            _ => {}
        }
        if self.depth > DEEPEST { Err(FileProblem::Damaged) } else { Ok(Some(event)) }
    }
}

/// Adds the text of the event to that of a cell.
pub(super) fn add_text(event: &Event, cell: &mut String) -> Result<(), FileProblem> {
    match event {
        Event::Text(text) => cell.push_str(&text.xml10_content()),
        Event::CData(text) => cell.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => match (name.resolve_char_ref(), resolve_predefined_entity(name)) {
            (Ok(Some(c)), _) => cell.push(c),
            (_, Some(text)) => cell.push_str(text),
            _ => return Err(FileProblem::Damaged),
        },
        _ => {}
    }
    if cell.len() > LONGEST_CELL { Err(FileProblem::TooMuch) } else { Ok(()) }
}

/// The value of an attribute. Its name is compared without its prefix if `name` has none.
pub(super) fn attribute<'e>(element: &'e BytesStart, name: &str) -> Option<Cow<'e, str>> {
    let is_named = |key: &str| key == name || (!name.contains(':') && key.rsplit(':').next() == Some(name));
    let found = element.attributes().with_checks(false).flatten().find(|found| is_named(found.key.as_ref()))?;
    found.normalized_value(XmlVersion::Implicit1_0).ok()
}
