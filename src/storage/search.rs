//! Searches lists for words: by the beginnings of words in a full-text index that the database
//! keeps, or by walking the list if the words are so common that a page fills soon.

use super::{connection::Db, failure::DbError, page::Loaded};
use crate::domain::{
    page::{COUNT_LIMIT, Edge, Listing, NEWEST, Page, SHORT_LIMIT, Sorted},
    phone, text,
};

/// A table with a full-text index, and the columns that it covers.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    pub table: &'static str,
    pub columns: &'static str,
}

/// What a list is searched for.
#[derive(Debug, Clone)]
pub struct Sought {
    /// Patterns for `LIKE … ESCAPE '!'`; a row has to match all of them.
    pub patterns: Vec<String>,
    /// The ids of the only rows that can match, if they are known.
    pub ids: Option<Vec<i64>>,
    /// Up to how many matches are counted.
    pub limit: i64,
    /// Only the newest records are searched, and there are others.
    among_newest: bool,
    /// The highest id of the table.
    last: i64,
}

/// The most rows that are fetched by their ids.
const MANY: usize = 10_000;
/// The most rows of a list that are read for a page.
const LONGEST_WALK: f64 = 40_000.0;
/// The share of matching rows from which they are counted up to [`SHORT_LIMIT`]; rarer ones are
/// counted up to a tenth of that.
const COMMON: f64 = 0.03;

impl Sought {
    /// A search without words.
    pub fn nothing() -> Self {
        Self { patterns: Vec::new(), ids: None, limit: COUNT_LIMIT, among_newest: false, last: 0 }
    }

    /// Searches for words that begin with the typed words, each of them anywhere in the text. A
    /// telephone number is one word, however it is spaced.
    fn beginnings(db: &mut Db, by: Searched, typed: &str) -> Result<Self, DbError> {
        let words: Vec<String> = phone::searched_words(typed).into_iter().take(MOST_WORDS).collect();
        let indexed: Vec<&str> = words.iter().map(String::as_str).filter(|word| is_indexed(word)).collect();
        let patterns: Vec<String> = words.iter().map(|word| beginning(word)).collect();
        if patterns.is_empty() {
            return Ok(Self::nothing());
        }
        let last = db.last_id(by.table)?;
        let frequency = if last <= NEWEST {
            Frequency::of_few(last)
        } else {
            Frequency::of(db, by, &patterns, last, |at| is_indexed(&words[at]))?
        };
        let walked =
            Self { patterns: patterns.clone(), ids: None, limit: frequency.limit(), among_newest: false, last };
        if frequency.is_walked() {
            return Ok(walked);
        }
        if !indexed.is_empty() && (indexed.len() == words.len() || frequency.hits_of_index() < 2.0 * as_number(MANY)) {
            let ids = db.matching(by.table, by.columns, &indexed, MANY)?;
            if ids.len() < MANY {
                return Ok(Self { ids: Some(ids), limit: COUNT_LIMIT, ..walked });
            }
            if indexed.len() == words.len() {
                return Ok(walked);
            }
        }
        Self::newest(db, by, patterns, last)
    }

    /// Searches the newest records for the typed words anywhere inside words. Numbers beside each other
    /// may then be a part of a telephone number.
    fn pieces(&self, db: &mut Db, by: Searched, typed: &str) -> Result<Self, DbError> {
        let words = phone::loosely_typed(typed).map_or_else(|| text::words(typed), |number| vec![number]);
        Self::newest(db, by, words.iter().take(MOST_WORDS).map(|word| inside(word)).collect(), self.last)
    }

    /// Searches the newest records only, since searching all records would take too long.
    fn newest(db: &mut Db, by: Searched, patterns: Vec<String>, last: i64) -> Result<Self, DbError> {
        let ids = Some(db.newest(by.table, by.columns, &patterns, (NEWEST, MANY))?);
        Ok(Self { ids, patterns, limit: COUNT_LIMIT, among_newest: last > NEWEST, last })
    }
}

/// How common the words are, estimated from a sample.
#[derive(Debug, Clone, Copy)]
struct Frequency {
    /// The number of rows in the table.
    rows: f64,
    /// The share of rows that match all words.
    all: f64,
    /// The share of rows that match all words that are in the index.
    indexed: f64,
    /// How many rows the index has to read: those of each word.
    gone_through: f64,
}

impl Frequency {
    /// For a table with so few rows that the index is always fast.
    fn of_few(rows: i64) -> Self {
        Self { rows: as_number(rows), all: 0.0, indexed: 0.0, gone_through: 0.0 }
    }

    fn of(
        db: &mut Db,
        by: Searched,
        patterns: &[String],
        last: i64,
        is_indexed: impl Fn(usize) -> bool,
    ) -> Result<Self, DbError> {
        let sampled = db.sample(by.table, by.columns, patterns, last)?;
        let seen: i64 = sampled.iter().map(|some| some.times).sum();
        let share = |times: i64| as_number(times) / as_number(seen.max(1));
        let of_one = |at: usize| {
            let with_it = sampled.iter().filter(|some| some.which & (1 << at) != 0);
            share(with_it.map(|some| some.times).sum())
        };
        let rows = as_number(last);
        let all: i64 =
            sampled.iter().filter(|some| some.which == (1 << patterns.len()) - 1).map(|some| some.times).sum();
        // All words together may be too rare for the sample; then they are assumed to be
        // independent.
        let product: f64 = (0..patterns.len()).map(of_one).product();
        let indexed = || (0..patterns.len()).filter(|at| is_indexed(*at)).map(of_one);
        Ok(Self {
            rows,
            all: share(all).max(product),
            indexed: indexed().product(),
            gone_through: rows * indexed().sum::<f64>(),
        })
    }

    /// How many rows of a list have to be read until a page is full.
    fn walk(self) -> f64 {
        const PAGE: f64 = 100.0;
        PAGE / self.all.max(f64::MIN_POSITIVE)
    }

    /// Whether walking the list is faster than using the index, which costs about a quarter as much
    /// for each row that it reads.
    fn is_walked(self) -> bool {
        let walk = self.walk();
        walk <= LONGEST_WALK && walk * 4.0 < self.gone_through
    }

    /// How many rows the index is expected to find.
    fn hits_of_index(self) -> f64 {
        self.rows * self.indexed
    }

    /// Up to how many rows of a walk are counted.
    fn limit(self) -> i64 {
        if self.all >= COMMON || self.rows <= LONGEST_WALK { SHORT_LIMIT } else { SHORT_LIMIT / 10 }
    }
}

/// The count as a float, which is exact for every number of rows that a table will have.
#[allow(clippy::cast_precision_loss, reason = "an estimate")]
fn as_number(count: impl TryInto<i64>) -> f64 {
    count.try_into().unwrap_or(i64::MAX) as f64
}

/// The most words that are searched for.
const MOST_WORDS: usize = 8;

/// The pattern that matches a word at the beginning of another. In a script that does not separate
/// words with blanks, any place may be such a beginning.
fn beginning(word: &str) -> String {
    if word.chars().all(is_parted) { format!("% {word}%") } else { inside(word) }
}

/// The pattern that matches a word anywhere.
fn inside(word: &str) -> String {
    format!("%{word}%")
}

/// Whether the full-text index of every engine contains the word, and all words that begin with it.
/// MySQL leaves out words of fewer than three characters and a few very common words.
pub fn is_indexed(word: &str) -> bool {
    const LEFT_OUT: [&str; 16] = [
        "about", "are", "com", "for", "from", "how", "that", "the", "this", "was", "what", "when", "where", "who",
        "will", "with",
    ];
    const ALSO: [&str; 2] = ["und", "www"];
    let plain = word.chars().count() >= 3 && word.chars().all(is_parted);
    plain && !LEFT_OUT.iter().chain(&ALSO).any(|left_out| left_out.starts_with(word))
}

/// Whether a folded letter or digit belongs to a script that separates words with blanks, and
/// counts as a letter in the full-text index of each engine. MySQL's index knows the letters of
/// Unicode 5.0, so later ones are left out. Chinese, Japanese, Thai and others do not separate
/// words.
fn is_parted(letter: char) -> bool {
    matches!(letter,
        'a'..='z' | '0'..='9'
        | '\u{C0}'..='\u{2AF}' // Latin
        | '\u{37B}'..='\u{3FF}' // Greek
        | '\u{400}'..='\u{513}' // Cyrillic
        | '\u{561}'..='\u{587}' // Armenian
        | '\u{5D0}'..='\u{5EA}' // Hebrew
        | '\u{621}'..='\u{63A}' | '\u{640}'..='\u{76D}' // Arabic, Syriac
        | '\u{780}'..='\u{7FF}' // Thaana, N’Ko
        | '\u{904}'..='\u{970}' // Devanagari
        | '\u{985}'..='\u{9FB}' // Bengali
        | '\u{A05}'..='\u{AF1}' // Gurmukhi, Gujarati
        | '\u{B05}'..='\u{B71}' // Oriya
        | '\u{B83}'..='\u{BB9}' // Tamil
        | '\u{C05}'..='\u{C33}' // Telugu
        | '\u{C85}'..='\u{CB9}' // Kannada
        | '\u{D05}'..='\u{D28}' // Malayalam
        | '\u{D85}'..='\u{DC6}' // Sinhala
        | '\u{10D0}'..='\u{10FC}' // Georgian
        | '\u{1200}'..='\u{139F}' // Ethiopic
        | '\u{AC00}'..='\u{D7A3}' // Korean
    )
}

/// A page of a list that may be searched: by the beginnings of words and, if that finds nothing, by
/// parts of words among the newest records. The page tells whether there are records that were not
/// searched.
pub fn searched<F, S: Copy, R: Sorted<S>>(
    db: &mut Db,
    listing: &Listing<F, S>,
    by: Searched,
    typed: &str,
    mut load: impl FnMut(&mut Db, &Sought) -> Result<Loaded<R>, DbError>,
) -> Result<Page<R>, DbError> {
    let mut sought = Sought::beginnings(db, by, typed)?;
    let mut loaded = load(db, &sought)?;
    if loaded.is_nothing() && !sought.patterns.is_empty() && listing.edge != Edge::First {
        sought = sought.pieces(db, by, typed)?;
        loaded = load(db, &sought)?;
    }
    Ok(Page { among_newest: sought.among_newest, ..listing.page(loaded) })
}

/// The typed words, folded, at most eight.
pub fn typed_words(typed: &str) -> Vec<String> {
    text::fold(typed).split_whitespace().take(MOST_WORDS).map(str::to_owned).collect()
}

/// The pattern for `LIKE … ESCAPE '!'` that matches a word anywhere.
pub fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The typed words as such patterns.
pub fn patterns(typed: &str) -> Vec<String> {
    typed_words(typed).iter().map(|word| pattern(word)).collect()
}
