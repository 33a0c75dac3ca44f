//! `docs/monitoring.md` lists every event of the log files with its level and its fields, and no other.

use std::collections::BTreeSet;

use epic_events::domain::audit::Verb;
use strum::IntoEnumIterator;

use super::{layer, short, without_comments};

/// An event that the program logs.
#[derive(Debug)]
struct Site {
    place: String,
    level: String,
    /// Its `event`, or else its message. Several if the event is named by what was done.
    names: Vec<String>,
    fields: BTreeSet<String>,
}

/// The arguments of a macro, from behind its opening parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut all) = (0, false, vec![String::new()]);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => break,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all.last_mut().unwrap().push(c);
    }
    all.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

fn site(place: &str, level: &str, text: &str) -> Site {
    let (mut names, mut fields) = (Vec::new(), BTreeSet::new());
    for argument in arguments(text) {
        let literal = |text: &str| text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map(str::to_owned);
        if let Some(message) = literal(&argument) {
            names.push(message);
            continue;
        }
        if argument.starts_with("target:") {
            continue;
        }
        match argument.split_once(" = ") {
            Some(("event", value)) => match literal(value) {
                Some(name) => names.push(name),
                None => names.extend(Verb::iter().filter(|verb| is_of_a_record(*verb)).map(Verb::as_event)),
            },
            Some((name, _)) => drop(fields.insert(name.to_owned())),
            None => drop(fields.insert(argument.trim_start_matches(['%', '?']).to_owned())),
        }
    }
    // A key of the line itself.
    fields.remove("session");
    assert!(!names.is_empty(), "{place}: an event without a name: {text:.80}");
    Site { place: place.to_owned(), level: level.to_uppercase(), names, fields }
}

fn is_of_a_record(verb: Verb) -> bool {
    !matches!(verb, Verb::SignInRefused | Verb::Refused)
}

/// Every event in the source code. What is logged elsewhere, such as by a macro that was imported, is not
/// found, so the macros are only used by their whole name.
fn sites() -> Vec<Site> {
    macros().iter().map(|(place, level, text)| site(place, level, text)).collect()
}

/// The macros that log: file, level, and the text from behind the opening parenthesis.
fn macros() -> Vec<(String, String, String)> {
    let mut macros = Vec::new();
    for (path, text) in layer("") {
        let code = without_comments(&text, "//");
        for level in ["error", "warn", "info", "debug", "trace"] {
            let whole = format!("tracing::{level}!(");
            let short_form = code.matches(&format!("{level}!(")).count();
            assert_eq!(code.matches(&whole).count(), short_form, "{}: write {whole}…)", short(&path));
            macros.extend(code.split(&whole).skip(1).map(|rest| (short(&path), level.to_owned(), rest.to_owned())));
        }
    }
    macros
}

/// What a server says names accounts, addresses and values, which only the texts of [`DbError`] leave out. So
/// the storage layer logs its errors through that type, and nobody logs the insides of a value.
///
/// [`DbError`]: epic_events::storage::DbError
#[test]
fn no_error_of_a_server_is_logged_as_it_is() {
    for (place, _, text) in macros() {
        for argument in arguments(&text) {
            let value = argument.split_once(" = ").map_or(&*argument, |(_, value)| value);
            assert!(!value.starts_with('?'), "{place} logs the insides of {value}");
            let plain = value.starts_with('%') && !value.starts_with("%DbError::from(") && !value.ends_with(".kind()");
            assert!(!(place.starts_with("storage") && plain), "{place} logs {value}: write %DbError::from(…)");
        }
    }
}

/// An audit row also gets into the log files, since one function does both. The rows of demos tell of what nobody
/// did.
#[test]
fn audit_rows_are_added_together_with_their_lines_of_the_log() {
    const ALLOWED: [&str; 3] = ["services/trail.rs", "services/demo/mod.rs", "services/scale.rs"];
    for (path, text) in layer("services") {
        let adds = without_comments(&text, "//").contains("audit::add(");
        assert!(!adds || ALLOWED.contains(&&*short(&path)), "{}: use Trail::add", short(&path));
    }
}

#[test]
fn every_event_of_the_log_is_documented_with_its_fields() {
    let document = include_str!("../../docs/monitoring.md");
    let rows = document.lines().filter(|line| line.starts_with("| `"));
    let codes = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let rows: Vec<_> = rows.map(|row| row.trim_matches('|').split(" | ").map(codes).collect::<Vec<_>>()).collect();
    let sites = sites();
    assert!(sites.len() > 15, "{sites:#?}");
    for site in &sites {
        for name in &site.names {
            let known = rows.iter().any(|row| {
                matches!(&row[..], [names, level, fields, _]
                    if names.contains(name) && level.contains(&site.level) && *fields == site.fields)
            });
            assert!(known, "{}: docs/monitoring.md has no row for `{name}`: {site:#?}", site.place);
        }
    }
    let logged: BTreeSet<_> = sites.into_iter().flat_map(|site| site.names).collect();
    for row in rows.iter().filter(|row| row.len() == 4 && row[1].iter().any(|level| level.len() < 6)) {
        let gone: Vec<_> = row[0].difference(&logged).collect();
        assert!(gone.is_empty(), "docs/monitoring.md lists what is never logged: {gone:?}");
    }
}
