//! The kinds of files, written row by row.

use std::io::{self, Write};

use chrono::{NaiveDateTime, TimeZone};
use serde_json::Value;

use super::{Clock, Format, Row, fields};
use crate::domain::{event::Status, filter::EventRow, text};

/// A file being written.
pub(super) struct Sheet<W: Write> {
    file: W,
    format: Format,
    clock: Clock,
    empty: bool,
}

impl<W: Write> Sheet<W> {
    pub fn new(file: W, format: Format, clock: Clock) -> Self {
        Self { file, format, clock, empty: true }
    }

    pub fn begin(&mut self) -> io::Result<()> {
        match self.format {
            // Spreadsheets of offices take a file for their own old encoding without this mark.
            Format::Csv => self.file.write_all("\u{feff}".as_bytes()),
            Format::Json => self.file.write_all(b"["),
            Format::Ics => self.lines(&["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Epic Events//CRM//EN"]),
            Format::Vcf => Ok(()),
        }
    }

    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        let first = std::mem::take(&mut self.empty);
        match (self.format, row) {
            (Format::Csv, row) => self.cells(row, first),
            (Format::Json, row) => {
                let object: serde_json::Map<String, Value> =
                    fields::of(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                self.file.write_all(if first { b"\n" } else { b",\n" })?;
                self.file.write_all(Value::Object(object).to_string().as_bytes())
            }
            (Format::Ics, Row::Event(row)) => self.event(row),
            (Format::Vcf, Row::Client(row)) => {
                let client = &row.client;
                let mut card = vec![
                    "BEGIN:VCARD".to_owned(),
                    "VERSION:3.0".to_owned(),
                    format!("N:{};;;;", escaped(&client.full_name)),
                    format!("FN:{}", escaped(&client.full_name)),
                    format!("ORG:{}", escaped(&client.company_name)),
                    format!("TEL:{}", escaped(&client.phone)),
                ];
                card.extend(client.email.as_ref().map(|email| format!("EMAIL:{}", escaped(email))));
                card.push("END:VCARD".to_owned());
                self.lines(&card)
            }
            (Format::Ics | Format::Vcf, _) => Ok(()),
        }
    }

    pub fn end(mut self) -> io::Result<W> {
        match self.format {
            Format::Json => self.file.write_all(if self.empty { b"]\n" } else { b"\n]\n" })?,
            Format::Ics => self.lines(&["END:VCALENDAR"])?,
            Format::Csv | Format::Vcf => {}
        }
        Ok(self.file)
    }

    fn cells(&mut self, row: &Row, first: bool) -> io::Result<()> {
        let row = fields::of(row);
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.file);
        if first {
            writer.write_record(row.iter().map(|(name, _)| *name)).map_err(io::Error::other)?;
        }
        writer.write_record(row.iter().map(|(_, value)| cell(value))).map_err(io::Error::other)?;
        writer.flush()
    }

    fn event(&mut self, row: &EventRow) -> io::Result<()> {
        let event = &row.event;
        // A calendar has no place for what has no time.
        let Some((from, to)) = event.stretch() else { return Ok(()) };
        let status = match event.status {
            Status::Planned => "TENTATIVE",
            Status::Confirmed | Status::Done => "CONFIRMED",
            Status::Cancelled => "CANCELLED",
        };
        let told: Vec<&str> = [row.client.as_str(), &event.client_contact, &event.notes]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        self.lines(&[
            "BEGIN:VEVENT".to_owned(),
            format!("UID:event-{}@epic-events", event.id.0),
            format!("DTSTAMP:{}", self.clock.now.format("%Y%m%dT%H%M%SZ")),
            format!("DTSTART:{}", self.instant(from)),
            format!("DTEND:{}", self.instant(to)),
            format!("SUMMARY:{}", escaped(&event.title)),
            format!("LOCATION:{}", escaped(&event.location)),
            format!("DESCRIPTION:{}", escaped(&told.join("\n"))),
            format!("STATUS:{status}"),
            "END:VEVENT".to_owned(),
        ])
    }

    /// A wall-clock time of the company as an instant.
    fn instant(&self, wall: NaiveDateTime) -> String {
        let utc = self.clock.zone.from_local_datetime(&wall).earliest().map_or(wall, |instant| instant.naive_utc());
        utc.format("%Y%m%dT%H%M%SZ").to_string()
    }

    fn lines(&mut self, lines: &[impl AsRef<str>]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.file.write_all(folded(line.as_ref()).as_bytes()))
    }
}

/// A cell of a spreadsheet. Text that a spreadsheet would take for a formula is made text
/// by a sign before it (OWASP, CSV injection).
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value of RFC 5545 and RFC 2426, without what would end it.
fn escaped(text: &str) -> String {
    text::for_file(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 octets; the rest goes on behind a blank on the next ones.
fn folded(line: &str) -> String {
    const MOST: usize = 75;
    let mut folded = String::new();
    let mut room = MOST;
    for c in line.chars() {
        if c.len_utf8() > room {
            folded.push_str("\r\n ");
            room = MOST - 1;
        }
        room -= c.len_utf8();
        folded.push(c);
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_cell_begins_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+678 123", "'+678 123"),
            ("-5", "'-5"),
            ("@sum", "'@sum"),
            ("Kevin", "Kevin"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(&json!(text)), written);
        }
        assert_eq!(cell(&json!(-5)), "-5");
        assert_eq!(cell(&Value::Null), "");
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let folded = folded(&"é".repeat(80));
        assert!(folded.split("\r\n").all(|line| line.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), "é".repeat(80));
        assert_eq!(escaped("a;b,c\\d\ne"), "a\\;b\\,c\\\\d\\ne");
    }
}
