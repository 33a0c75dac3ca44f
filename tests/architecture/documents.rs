//! What the documents name exists: tests, lines of `tests/torture`, and sections.

use std::{collections::BTreeSet, fs, path::Path};

/// The documents: their names and texts.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// What is printed as code within the text.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2))
}

#[test]
fn every_test_that_a_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let torture = fs::read_to_string(root.join("tests/torture")).unwrap();
    let (mut named, mut wrong) = (0, Vec::new());
    for (document, text) in documents() {
        for code in codes(&text) {
            let exists = if let Some((file, function)) = code.split_once(".rs::") {
                let source = fs::read_to_string(root.join(format!("{file}.rs"))).unwrap_or_default();
                source.contains(&format!("fn {function}("))
            } else if let Some(name) = code.strip_prefix("tests/torture ") {
                let name = name.trim_matches('"');
                let known = torture.lines().any(|line| line.starts_with("    \"") && line.contains(name));
                known || ["NAME", "fuzz"].contains(&name)
            } else {
                continue;
            };
            named += 1;
            if !exists {
                wrong.push(format!("{document}: {code}"));
            }
        }
    }
    assert!(named > 100, "{named} names were found");
    assert_eq!(wrong, Vec::<String>::new(), "no such test");
}

/// The anchor that a heading gets on the pages of common hosts.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_section_that_a_document_links_to_exists() {
    let all = documents();
    let sections = |name: &str| -> Option<BTreeSet<String>> {
        let (_, text) = all.iter().find(|(known, _)| known == name)?;
        let prose: String = text.split("```").step_by(2).collect();
        Some(
            prose
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(|line| anchor(line.trim_start_matches(['#', ' '])))
                .collect(),
        )
    };
    for (document, text) in &all {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let Some((file, section)) = link.split_once('#') else { continue };
            if file.contains(':') {
                continue;
            }
            let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = match (file, file.strip_prefix("../")) {
                ("", _) => document.clone(),
                (_, Some(above)) => above.to_owned(),
                _ if folder.is_empty() => file.to_owned(),
                _ => format!("{folder}/{file}"),
            };
            let known = sections(&target).is_some_and(|sections| sections.contains(section));
            assert!(known, "{document} links to {link}");
        }
    }
}
