//! Writes the formats of export files, row by row.

use chrono_tz::Tz;
use std::io::{self, Write};

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::domain::{
    clocks,
    entity::Record,
    events::{EventRow, Status},
    text,
};
use crate::services::{format::Format, formula};

/// The names and values of a row. Invisible and control characters of the texts are removed.
fn named(row: &Record) -> Vec<(&'static str, Value)> {
    let tame = |value| if let Value::String(text) = &value { json!(text::for_file(text)) } else { value };
    row.exported().into_iter().map(|(name, value)| (name, tame(value))).collect()
}

/// The current time, and the company's time zone for its wall-clock times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// UTC.
    pub now: NaiveDateTime,
    pub zone: Tz,
}

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
            // Without this byte order mark spreadsheet programs assume a legacy encoding.
            Format::Csv => self.file.write_all("\u{feff}".as_bytes()),
            Format::Json => self.file.write_all(b"["),
            Format::Ics => self.lines(&["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Epic Events//CRM//EN"]),
            Format::Vcf => Ok(()),
        }
    }

    /// Writes a row. Returns `false` if this format has no place for it.
    pub fn row(&mut self, row: &Record) -> io::Result<bool> {
        let first = std::mem::take(&mut self.empty);
        let written = match (self.format, row) {
            (Format::Csv, row) => self.cells(row, first),
            (Format::Json, row) => {
                let object: serde_json::Map<String, Value> =
                    named(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                self.file.write_all(if first { b"\n" } else { b",\n" })?;
                self.file.write_all(Value::Object(object).to_string().as_bytes())
            }
            (Format::Ics, Record::Event(row)) => return self.event(row),
            (Format::Vcf, Record::Client(row)) => {
                let client = &row.client;
                let mut card = vec![
                    "BEGIN:VCARD".to_owned(),
                    "VERSION:3.0".to_owned(),
                    format!("N:{};;;;", escaped(&client.full_name)),
                    format!("FN:{}", escaped(&client.full_name)),
                    format!("TEL:{}", escaped(&client.phone)),
                ];
                let company = Some(&client.company_name).filter(|name| !name.is_empty());
                card.extend(company.map(|name| format!("ORG:{}", escaped(name))));
                card.extend(client.email.as_ref().map(|email| format!("EMAIL:{}", escaped(email))));
                card.push("END:VCARD".to_owned());
                self.lines(&card)
            }
            (Format::Ics | Format::Vcf, _) => return Ok(false),
        };
        written.map(|()| true)
    }

    pub fn end(mut self) -> io::Result<W> {
        match self.format {
            Format::Json => self.file.write_all(if self.empty { b"]\n" } else { b"\n]\n" })?,
            Format::Ics => self.lines(&["END:VCALENDAR"])?,
            Format::Csv | Format::Vcf => {}
        }
        Ok(self.file)
    }

    fn cells(&mut self, row: &Record, first: bool) -> io::Result<()> {
        let row = named(row);
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.file);
        if first {
            writer.write_record(row.iter().map(|(name, _)| *name)).map_err(io::Error::other)?;
        }
        writer.write_record(row.iter().map(|(_, value)| cell(value))).map_err(io::Error::other)?;
        writer.flush()
    }

    /// Writes a calendar entry. Returns `false` if the event has no start.
    fn event(&mut self, row: &EventRow) -> io::Result<bool> {
        let event = &row.event;
        let Some((from, to)) = event.stretch() else { return Ok(false) };
        let (start, end) = self.instants(from, to);
        let status = match event.status {
            Status::Planned => "TENTATIVE",
            Status::Confirmed | Status::Done => "CONFIRMED",
            Status::Cancelled => "CANCELLED",
        };
        let spoken_to = |name: &str, phone: &str| format!("{name} {phone}").trim().to_owned();
        let mut told = vec![
            spoken_to(&row.client, &row.client_phone),
            spoken_to(&event.client_contact, &event.contact_phone),
            event.notes.clone(),
        ];
        told.retain(|text| !text.is_empty());
        told.dedup();
        self.lines(&[
            "BEGIN:VEVENT".to_owned(),
            format!("UID:event-{}@epic-events", event.id.0),
            format!("DTSTAMP:{}", written(self.clock.now)),
            format!("DTSTART:{}", written(start)),
            format!("DTEND:{}", written(end)),
            format!("SUMMARY:{}", escaped(&event.title)),
            format!("LOCATION:{}", escaped(&event.location)),
            format!("DESCRIPTION:{}", escaped(&told.join("\n"))),
            format!("STATUS:{status}"),
            "END:VEVENT".to_owned(),
        ])?;
        Ok(true)
    }

    /// Converts a span of the company's wall-clock time to UTC, which is unambiguous even in the
    /// hour that occurs twice. If a clock change leaves nothing of the span, its wall-clock length
    /// is kept, because an entry must not end before it begins.
    fn instants(&self, from: NaiveDateTime, to: NaiveDateTime) -> (NaiveDateTime, NaiveDateTime) {
        let (start, end) = (clocks::to_utc(from, self.clock.zone), clocks::to_utc(to, self.clock.zone));
        (start, if end > start { end } else { start + (to - from) })
    }

    fn lines(&mut self, lines: &[impl AsRef<str>]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.file.write_all(folded(line.as_ref()).as_bytes()))
    }
}

/// An instant (UTC) in the format of RFC 5545.
fn written(utc: NaiveDateTime) -> String {
    utc.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A cell of a spreadsheet. Text that would start a formula is escaped.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if is_refund(text) => text.clone(),
        Value::String(text) => formula::escaped(text).into_owned(),
        other => other.to_string(),
    }
}

/// Whether it is a negative amount as [`Cents::plain`](crate::domain::Cents::plain) writes it, which a
/// spreadsheet has to take for a number.
fn is_refund(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix('-').and_then(|amount| amount.split_once('.'));
    parts.is_some_and(|(units, cents)| digits(units) && digits(cents) && cents.len() == 2)
}

/// A text value of RFC 5545 and RFC 2426, with separators and line breaks escaped.
fn escaped(text: &str) -> String {
    text::for_file(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Folds a line into lines of at most 75 octets; each continuation begins with a space.
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
    fn text_that_would_start_a_formula_is_escaped() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+678 123", "'+678 123"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("-5", "'-5"),
            ("-1110.00", "-1110.00"),
            ("-1.00+2", "'-1.00+2"),
            ("@sum", "'@sum"),
            ("Kevin", "Kevin"),
            ("a=b", "a=b"),
            ("＝1+1", "'＝1+1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠sum", "'＠sum"),
            ("'=1", "''=1"),
            ("''＠", "'''＠"),
            ("'t Hooft", "'t Hooft"),
            ("'", "'"),
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
