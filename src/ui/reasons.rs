//! Why rows of a file are refused, with what their cells say.

use strum::IntoEnumIterator;

use super::text::{ImportPhrase, PaymentPhrase, Phrase, field, pair, problem, say};
use crate::{
    domain::{
        Field, Problem,
        entity::EntityKind,
        events::Status,
        imports::{Finding, ImportRow},
        language::Language,
        method::Method,
        text,
        users::Role,
    },
    services::{
        import::{Preview, Said, said},
        spreadsheet::sheet::Sheet,
    },
};

/// The most columns of a cell that a sentence shows.
const CELL: usize = 40;

/// Why a row of a file is refused: each field with what is wrong with it. Empty for a row that is not refused.
pub fn reasons(language: Language, file: (&Sheet, &Preview), row: &ImportRow) -> String {
    let one = |(of, why): (Field, String)| match language {
        // With the text of a cell there is no colon behind the name of the field.
        _ if why.starts_with(['"', '«']) => format!("{} {why}", field(language, of)),
        language => pair(language, field(language, of), &why),
    };
    each_reason(language, file, row).into_iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The same, the fields apart: `"Sandra Smith": there is none like this here.` of the sales contact.
pub fn each_reason(language: Language, file: (&Sheet, &Preview), row: &ImportRow) -> Vec<(Field, String)> {
    let Finding::Refused(errors) = &row.finding else { return Vec::new() };
    errors.0.iter().map(|(of, wrong)| (*of, reason(language, file, row.number, (*of, *wrong)))).collect()
}

fn reason(language: Language, (sheet, preview): (&Sheet, &Preview), row: u32, (of, wrong): (Field, Problem)) -> String {
    let cell = said(sheet, &preview.columns, row, of);
    let why = sentence(language, preview.kind, of, wrong, cell);
    match cell {
        Said::Text(cell) => {
            let cell = text::cut(&text::clean(cell), CELL);
            let quoted = match language {
                Language::En => format!("\"{cell}\""),
                Language::Fr => format!("«\u{a0}{cell}\u{a0}»"),
            };
            pair(language, &quoted, &uncapitalised(&why))
        }
        Said::Empty | Said::NoColumn => uncapitalised(&why),
    }
}

/// What is wrong with a field of a row, as a sentence of its own.
fn sentence(language: Language, kind: Option<EntityKind>, of: Field, wrong: Problem, cell: Said) -> String {
    let say = |phrase: ImportPhrase| say(language, phrase.into());
    match (wrong, cell) {
        (Problem::Required, Said::Empty) => say(ImportPhrase::CellEmpty),
        (Problem::Required, Said::NoColumn) => say(ImportPhrase::NoSuchColumn),
        (Problem::Unknown, Said::Empty | Said::NoColumn) => say(ImportPhrase::NoneNamed),
        (Problem::NotAChoice, _) => say(ImportPhrase::OneOf(&choices(language, of).join(", "))),
        (Problem::Ambiguous(fitting), _) => say(ImportPhrase::SeveralFit { fitting, of }),
        (Problem::SameAsRow(row), _) => {
            kind.map_or_else(|| problem(language, wrong), |kind| say(ImportPhrase::SameAsRow { row, kind }))
        }
        (other, _) => problem(language, other),
    }
}

/// The words of a field that can be written in a file, in this language.
fn choices(language: Language, of: Field) -> Vec<String> {
    let say = |phrase: Phrase| say(language, phrase);
    match of {
        Field::Method => Method::iter().map(|one| say(PaymentPhrase::Method(one).into())).collect(),
        Field::Role => Role::iter().map(|one| say(Phrase::Role(one))).collect(),
        Field::Status => Status::iter().map(|one| say(Phrase::Status(one))).collect(),
        _ => vec![say(Phrase::Yes), say(Phrase::No)],
    }
}

/// With a small letter first, unless the word is written with capitals.
fn uncapitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::import_words;

    /// What a refusal proposes is understood when it is written.
    #[test]
    fn the_words_that_a_refusal_proposes_are_read() {
        for language in [Language::En, Language::Fr] {
            for (of, count) in [(Field::Method, 6), (Field::Role, 3), (Field::Status, 4), (Field::Active, 2)] {
                let words = choices(language, of);
                assert_eq!(words.len(), count);
                for word in words {
                    let read = match of {
                        Field::Method => import_words::method(&word).is_some(),
                        Field::Role => import_words::role(&word).is_some(),
                        Field::Status => import_words::status(&word).is_some(),
                        _ => import_words::yes_or_no(&word).is_some(),
                    };
                    assert!(read, "{word}");
                }
            }
        }
    }
}
