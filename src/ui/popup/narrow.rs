//! Which lines of a menu the typed words mean: each typed word has to be the beginning of a word of
//! the line, so that nothing is offered by chance.

use super::item::Item;
use crate::domain::text::words;

/// How well a line fits, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The line is what was typed, in the singular or the plural.
    Whole,
    /// The typed words are beside each other among those by which the line is found.
    Said,
    /// Each typed word is a word by which the line is found.
    Exact,
    /// The line begins with what was typed.
    Begins,
    /// Words of the line begin with what was typed.
    Within,
    /// Words by which the line is found begin so.
    Also,
}

/// The lines that the typed words mean, the best first. Words of the other language count only if
/// those of the user's own find nothing.
pub(super) fn narrowed(items: &[Item], typed: &str) -> Vec<Item> {
    if typed.trim().is_empty() {
        return items.to_vec();
    }
    let typed = words(typed);
    // "en retard", "a client": a short word that no line has is not what is looked for.
    let long: Vec<String> = typed.iter().filter(|word| word.chars().count() > 2).cloned().collect();
    let own = |typed: &[String]| best(items, |item| fit(typed, &words(&item.label), &words(&item.also)));
    let foreign = |typed: &[String]| best(items, |item| fit(typed, &[], &words(&item.foreign)));
    let tries: [&dyn Fn() -> Vec<Item>; 4] = [&|| own(&typed), &|| own(&long), &|| foreign(&typed), &|| foreign(&long)];
    tries.iter().map(|found| found()).find(|found| !found.is_empty()).unwrap_or_default()
}

fn best(items: &[Item], fit: impl Fn(&Item) -> Option<Fit>) -> Vec<Item> {
    let mut hits: Vec<(Fit, &Item)> = items.iter().filter_map(|item| Some((fit(item)?, item))).collect();
    hits.sort_by_key(|(fit, _)| *fit);
    hits.into_iter().map(|(_, item)| item.clone()).collect()
}

fn fit(typed: &[String], label: &[String], also: &[String]) -> Option<Fit> {
    // A single letter means too many words.
    let is_short = typed.iter().all(|word| word.chars().count() < 2);
    let also = if is_short { &[] } else { also };
    let all = |test: &dyn Fn(&String, &String) -> bool, of: &[&[String]]| {
        typed.iter().all(|word| of.iter().copied().flatten().any(|other| test(word, other)))
    };
    let begins = |word: &String, other: &String| other.starts_with(word.as_str());
    let in_order = || typed.len() <= label.len() && typed.iter().zip(label).all(|(word, other)| begins(word, other));
    if typed.is_empty() {
        None
    } else if typed.len() == label.len() && typed.iter().zip(label).all(|(word, other)| same(word, other)) {
        Some(Fit::Whole)
    } else if typed.len() > 1 && also.windows(typed.len()).any(|some| some == typed) {
        Some(Fit::Said)
    } else if !also.is_empty() && all(&|word, other| word == other, &[label, also]) {
        Some(Fit::Exact)
    } else if in_order() {
        Some(Fit::Begins)
    } else if all(&begins, &[label]) {
        Some(Fit::Within)
    } else {
        all(&begins, &[label, also]).then_some(Fit::Also)
    }
}

/// Whether two words are equal, but for an "s" at the end.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('s') == other.trim_end_matches('s')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str) -> Vec<String> {
        let item = |label: &str, also: &str, foreign: &str| Item {
            label: label.to_owned(),
            also: also.to_owned(),
            foreign: foreign.to_owned(),
            ..Item::default()
        };
        let items = [
            item("New client", "add create", "Nouveau client ajouter"),
            item("Clients", "customers", "Clients"),
            item("Contracts: not fully paid", "unpaid owe due", "Contrats: non soldés doit"),
            item("Quit", "exit", "Quitter sortir"),
        ];
        narrowed(&items, typed).into_iter().map(|item| item.label).collect()
    }

    #[test]
    fn a_line_is_found_by_the_beginnings_of_its_words_and_of_those_people_use() {
        assert_eq!(found("client"), ["Clients", "New client"]);
        assert_eq!(found("cli"), ["Clients", "New client"]);
        assert_eq!(found("unpaid"), ["Contracts: not fully paid"]);
        assert_eq!(found("contr paid"), ["Contracts: not fully paid"]);
        assert_eq!(found("exi"), ["Quit"]);
        assert_eq!(found("lient"), [""; 0]);
        assert_eq!(found("e"), [""; 0]);
    }

    #[test]
    fn a_short_word_that_no_line_has_is_left_out() {
        assert_eq!(found("my client"), ["Clients", "New client"]);
        assert_eq!(found("to quit"), ["Quit"]);
        assert_eq!(found("to"), [""; 0]);
    }

    #[test]
    fn words_of_the_other_language_are_found_if_nothing_else_is() {
        assert_eq!(found("sold"), ["Contracts: not fully paid"]);
        assert_eq!(found("add"), ["New client"]);
        assert_eq!(found("ajout"), ["New client"]);
    }
}
