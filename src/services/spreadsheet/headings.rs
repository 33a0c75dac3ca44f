//! Finds out what a file holds, and which of its columns is which field, by the headings.
//!
//! What people write above columns is in [`known`](super::known).

use std::cmp::Reverse;

use super::known::{CLIENTS, CONTRACTS, Column, EVENTS, OTHERS, PAYMENTS, REASONS, STAFF};
use crate::domain::{Field, entity::EntityKind, text};

/// The kinds of record that files hold. Of those that fit as well as another, the first is guessed.
const KINDS: [EntityKind; 5] =
    [EntityKind::Client, EntityKind::Contract, EntityKind::Event, EntityKind::Payment, EntityKind::User];

/// The longest text that is looked at as a heading, in bytes.
const LONGEST: usize = 80;

/// Words that change nothing about what a heading means, unless they stand last, as in `payé le`.
const FILLERS: [&str; 13] = ["d", "de", "des", "l", "la", "le", "les", "of", "the", "et", "and", "in", "en"];

/// Words for currencies, as in `montant (EUR)`.
const CURRENCIES: [&str; 6] = ["eur", "euro", "euros", "chf", "usd", "gbp"];

/// Headings of a given name and of a family name that stand in two columns.
const GIVEN_NAMES: &str = "prenom|prenoms|first name|firstname|given name|forename|prenom client|prenom du client|\
    prenom contact|prenom du contact";
const FAMILY_NAMES: &str = "nom famille|last name|lastname|surname|family name|nom contact|nom du contact";
/// Of a family name only if there is no other one; else of a company.
const PLAIN_NAMES: &str = "nom|name|nom client|nom du client";

fn columns(kind: EntityKind) -> &'static [Column] {
    match kind {
        EntityKind::Client => &CLIENTS,
        EntityKind::Contract => &CONTRACTS,
        EntityKind::Event => &EVENTS,
        EntityKind::Payment => &PAYMENTS,
        EntityKind::User => &STAFF,
        EntityKind::Audit => &[],
    }
}

const fn fields_of<const N: usize>(columns: &[Column; N]) -> [Field; N] {
    let mut fields = [Field::Notes; N];
    let mut at = 0;
    while at < N {
        fields[at] = columns[at].field;
        at += 1;
    }
    fields
}

/// Whether it is the heading of the column of reasons that the program adds to rows that it has refused.
pub fn is_of_reasons(heading: &str) -> bool {
    REASONS.split('|').any(|known| known == simple(heading))
}

/// All fields that a file of this kind may hold. References to other records are the fields of their
/// ids: `ClientId` is the name of a client, and `Email` beside it the client's address.
pub fn fields(kind: EntityKind) -> &'static [Field] {
    static OF_CLIENTS: [Field; CLIENTS.len()] = fields_of(&CLIENTS);
    static OF_CONTRACTS: [Field; CONTRACTS.len()] = fields_of(&CONTRACTS);
    static OF_EVENTS: [Field; EVENTS.len()] = fields_of(&EVENTS);
    static OF_PAYMENTS: [Field; PAYMENTS.len()] = fields_of(&PAYMENTS);
    static OF_STAFF: [Field; STAFF.len()] = fields_of(&STAFF);
    match kind {
        EntityKind::Client => &OF_CLIENTS,
        EntityKind::Contract => &OF_CONTRACTS,
        EntityKind::Event => &OF_EVENTS,
        EntityKind::Payment => &OF_PAYMENTS,
        EntityKind::User => &OF_STAFF,
        EntityKind::Audit => &[],
    }
}

/// The fields without which no new record of this kind can be made. Beside them an event or a payment
/// needs its contract, which may be named by `ContractId` or by its client.
pub fn required(kind: EntityKind) -> &'static [Field] {
    match kind {
        EntityKind::Client => &[Field::FullName, Field::Phone],
        EntityKind::Contract => &[Field::ClientId, Field::TotalCents],
        EntityKind::Event => &[Field::Title],
        EntityKind::Payment => &[Field::AmountCents, Field::PaidOn],
        EntityKind::User => &[Field::Username, Field::FullName, Field::Role],
        EntityKind::Audit => &[],
    }
}

/// The best guess of what a file with these headings holds; none if hardly anything is known.
pub fn kind_of(headings: &[String]) -> Option<EntityKind> {
    let scored = KINDS.into_iter().map(|kind| {
        let found = Match::of(kind, headings);
        let is_named = |field: &&Field| found.fields().any(|named| named == **field);
        let complete = required(kind).iter().all(|field| is_named(&field));
        // A whole heading tells more than a word of it, and a kind that lacks nothing more than others.
        (found.whole * 3 + found.by_words * 2 + if complete { 4 } else { 0 }, found.whole + found.by_words, kind)
    });
    let best = scored.rev().max_by_key(|(score, ..)| *score);
    best.filter(|(_, matched, _)| *matched >= headings.len().clamp(1, 2)).map(|(.., kind)| kind)
}

/// The field of each column, each field at most once. A heading that could be several is the one that
/// no other heading is.
pub fn matched(kind: EntityKind, headings: &[String]) -> Vec<Option<Field>> {
    let found = Match::of(kind, headings);
    (0..headings.len()).map(|column| found.field(column)).collect()
}

/// How many of these texts are headings of one kind of record.
pub(super) fn recognised(cells: &[impl AsRef<str>]) -> usize {
    let found = KINDS.into_iter().map(|kind| Match::of(kind, cells));
    found.map(|found| found.whole + found.by_words).max().unwrap_or_default()
}

/// The columns of a given name and of a family name, if there are both and no full name.
pub(super) fn names_in_two(headings: &[String]) -> Option<(usize, usize)> {
    let simple: Vec<String> = headings.iter().map(|heading| self::simple(heading)).collect();
    let place = |names: &str| simple.iter().position(|heading| names.split('|').any(|name| name == heading));
    let is_full = |heading: &String| matches!(heading.as_str(), "full name" | "nom complet" | "fullname");
    let both = place(GIVEN_NAMES).zip(place(FAMILY_NAMES).or_else(|| place(PLAIN_NAMES)));
    both.filter(|_| !simple.iter().any(is_full))
}

/// A heading as the tables have it: folded words without punctuation, fillers and currencies.
/// `fullName` and `full_name` have two words.
pub(super) fn simple(heading: &str) -> String {
    let mut parted = String::new();
    let mut is_small = false;
    for c in heading.chars() {
        if is_small && c.is_uppercase() {
            parted.push(' ');
        }
        is_small = c.is_lowercase();
        parted.push(c);
    }
    let words = text::words(&parted);
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !CURRENCIES.contains(word)).collect();
    let last = words.len().saturating_sub(1);
    let kept = words.iter().enumerate().filter(|(at, word)| *at == last || !FILLERS.contains(word));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Which heading is which field.
struct Match {
    columns: &'static [Column],
    /// The place of the heading of each field.
    places: Vec<Option<usize>>,
    /// How many headings are known as a whole, and how many by words of them.
    whole: usize,
    by_words: usize,
}

impl Match {
    fn of(kind: EntityKind, headings: &[impl AsRef<str>]) -> Self {
        let columns = columns(kind);
        let mut found = Self { columns, places: vec![None; columns.len()], whole: 0, by_words: 0 };
        let short = |heading: &str| if heading.len() <= LONGEST { simple(heading) } else { String::new() };
        let headings: Vec<String> = headings.iter().map(|heading| short(heading.as_ref())).collect();
        found.match_whole(&headings);
        found.match_words(&headings);
        found.match_company(&headings);
        found
    }

    /// A given name and a family name in one column are those of the person. A plain name beside them is that of the
    /// company.
    fn match_company(&mut self, headings: &[String]) {
        let is_joined = |heading: &String| {
            GIVEN_NAMES.split('|').any(|name| heading.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))
        };
        let Some(joined) = headings.iter().position(is_joined) else { return };
        let is_plain = |place: &usize| PLAIN_NAMES.split('|').any(|name| name == headings[*place]);
        let field = |of: &[Field]| self.columns.iter().position(|column| of.contains(&column.field));
        let (person, company) = (field(&[Field::FullName, Field::ClientId]), field(&[Field::CompanyName]));
        if let Some(person) = person.filter(|_| !self.places.contains(&Some(joined)))
            && self.places[person].as_ref().is_none_or(is_plain)
        {
            self.places[person] = Some(joined);
        }
        if let Some(company) = company {
            let plain = (0..headings.len()).find(|place| is_plain(place) && !self.places.contains(&Some(*place)));
            self.places[company] = self.places[company].or(plain);
        }
    }

    /// Headings that are known as a whole. The ones that can be one field only are first; another that
    /// can be several makes room for one that cannot.
    fn match_whole(&mut self, headings: &[String]) {
        let candidates: Vec<Vec<(usize, usize)>> = headings.iter().map(|heading| self.known_as(heading)).collect();
        let mut order: Vec<usize> = (0..headings.len()).filter(|place| !candidates[*place].is_empty()).collect();
        order.sort_by_key(|place| (candidates[*place].len(), candidates[*place][0].0));
        for place in order {
            let mut seen = vec![false; self.columns.len()];
            if self.settle(place, &candidates, &mut seen) {
                self.whole += 1;
            }
        }
    }

    /// The fields that a heading can be, each with its rank among the headings of this field. The first in
    /// the table is the likeliest.
    fn known_as(&self, heading: &str) -> Vec<(usize, usize)> {
        let rank = |column: &Column| column.whole.split('|').position(|name| name == heading);
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(at, column)| Some((rank(column)?, at))).collect()
    }

    /// Gives the heading one of its fields, and the heading that had it another one if need be.
    fn settle(&mut self, place: usize, candidates: &[Vec<(usize, usize)>], seen: &mut [bool]) -> bool {
        for (_, field) in &candidates[place] {
            if self.places[*field].is_none() {
                self.places[*field] = Some(place);
                return true;
            }
        }
        for (_, field) in &candidates[place] {
            if std::mem::replace(&mut seen[*field], true) {
                continue;
            }
            let Some(other) = self.places[*field] else { continue };
            if self.settle(other, candidates, seen) {
                self.places[*field] = Some(place);
                return true;
            }
        }
        false
    }

    /// Headings with words of a field that no other heading is, the most words first.
    fn match_words(&mut self, headings: &[String]) {
        let mut fitting: Vec<(Reverse<usize>, usize, usize, usize)> = Vec::new();
        let is_free = |place: usize| !self.places.contains(&Some(place));
        for (place, heading) in headings.iter().enumerate().filter(|(place, heading)| {
            is_free(*place)
                && !heading.is_empty()
                && !OTHERS.split('|').chain(REASONS.split('|')).any(|other| other == heading.as_str())
        }) {
            let contains = |words: &str| words.split(' ').all(|word| heading.split(' ').any(|one| one == word));
            for (field, column) in self.columns.iter().enumerate().filter(|(field, _)| self.places[*field].is_none()) {
                let known = column.words.split('|').enumerate().filter(|(_, words)| contains(words));
                fitting.extend(known.map(|(rank, words)| (Reverse(words.split(' ').count()), rank, place, field)));
            }
        }
        fitting.sort_unstable();
        for (_, _, place, field) in fitting {
            if self.places[field].is_none() && !self.places.contains(&Some(place)) {
                self.places[field] = Some(place);
                self.by_words += 1;
            }
        }
    }

    fn field(&self, place: usize) -> Option<Field> {
        let at = self.places.iter().position(|of| *of == Some(place))?;
        Some(self.columns[at].field)
    }

    fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().zip(&self.places).filter(|(_, place)| place.is_some()).map(|(column, _)| column.field)
    }
}

#[cfg(test)]
mod tests;
