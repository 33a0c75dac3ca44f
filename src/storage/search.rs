//! Words in lists: by their beginnings in a full-text index that the database keeps, or by
//! walking the list where the words are so common that a page fills soon.

use super::{connection::Db, failure::Failure, page::Loaded};
use crate::domain::{
    filter::Sorted,
    page::{COUNT_LIMIT, Edge, Listing, NEWEST, Page, SHORT_LIMIT},
    text,
};

/// A table with a full-text index, and the columns that it is over.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    pub table: &'static str,
    pub columns: &'static str,
}

/// What a list is searched for.
#[derive(Debug, Clone)]
pub struct Sought {
    /// Patterns for `LIKE … ESCAPE '!'`, which all have to be met.
    pub patterns: Vec<String>,
    /// The only rows that can meet them, where the index knows few.
    pub ids: Option<Vec<i64>>,
    /// How far is counted.
    pub limit: i64,
    /// Only the newest records were looked at, and there are others.
    among_newest: bool,
    /// The highest id of the table.
    last: i64,
}

/// The most rows that are fetched by their ids.
const MANY: usize = 10_000;
/// The most rows that are walked through for a page.
const LONGEST_WALK: f64 = 40_000.0;
/// What is this common is counted as far as [`SHORT_LIMIT`], anything rarer a tenth of that.
const COMMON: f64 = 0.03;

impl Sought {
    /// No words at all.
    pub fn nothing() -> Self {
        Self { patterns: Vec::new(), ids: None, limit: COUNT_LIMIT, among_newest: false, last: 0 }
    }

    /// Words that begin with what was typed, each of them somewhere.
    fn beginnings(db: &mut Db, by: Searched, typed: &str) -> Result<Self, Failure> {
        let words: Vec<String> = text::words(typed).into_iter().take(MOST_WORDS).collect();
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

    /// The same anywhere inside of words.
    fn pieces(&self, db: &mut Db, by: Searched, typed: &str) -> Result<Self, Failure> {
        let words = text::words(typed);
        Self::newest(db, by, words.iter().take(MOST_WORDS).map(|word| inside(word)).collect(), self.last)
    }

    /// Too much to look for in every record.
    fn newest(db: &mut Db, by: Searched, patterns: Vec<String>, last: i64) -> Result<Self, Failure> {
        let ids = Some(db.newest(by.table, by.columns, &patterns, (NEWEST, MANY))?);
        Ok(Self { ids, patterns, limit: COUNT_LIMIT, among_newest: last > NEWEST, last })
    }
}

/// How common the words are, as a sample tells.
#[derive(Debug, Clone, Copy)]
struct Frequency {
    /// Rows of the table.
    rows: f64,
    /// The share of rows that have all of them.
    all: f64,
    /// The share of rows that have all those that the index knows.
    indexed: f64,
    /// Rows that the index goes through: those of each word.
    gone_through: f64,
}

impl Frequency {
    /// In so few rows the index is soon asked.
    fn of_few(rows: i64) -> Self {
        Self { rows: as_number(rows), all: 0.0, indexed: 0.0, gone_through: 0.0 }
    }

    fn of(
        db: &mut Db,
        by: Searched,
        patterns: &[String],
        last: i64,
        is_indexed: impl Fn(usize) -> bool,
    ) -> Result<Self, Failure> {
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
        // Together they may be too rare for the sample; then as if they knew nothing of each other.
        let product: f64 = (0..patterns.len()).map(of_one).product();
        let indexed = || (0..patterns.len()).filter(|at| is_indexed(*at)).map(of_one);
        Ok(Self {
            rows,
            all: share(all).max(product),
            indexed: indexed().product(),
            gone_through: rows * indexed().sum::<f64>(),
        })
    }

    /// Rows of a list until a page is full.
    fn walk(self) -> f64 {
        const PAGE: f64 = 100.0;
        PAGE / self.all.max(f64::MIN_POSITIVE)
    }

    /// Whether walking the list is sooner done than asking the index, which costs about a
    /// quarter as much for each row that it goes through.
    fn is_walked(self) -> bool {
        let walk = self.walk();
        walk <= LONGEST_WALK && walk * 4.0 < self.gone_through
    }

    /// How many rows the index will find.
    fn hits_of_index(self) -> f64 {
        self.rows * self.indexed
    }

    /// How far the rows of a walk are counted.
    fn limit(self) -> i64 {
        if self.all >= COMMON || self.rows <= LONGEST_WALK { SHORT_LIMIT } else { SHORT_LIMIT / 10 }
    }
}

/// Exact for every number of rows that a table will have.
#[allow(clippy::cast_precision_loss, reason = "an estimate")]
fn as_number(count: impl TryInto<i64>) -> f64 {
    count.try_into().unwrap_or(i64::MAX) as f64
}

/// The most words that are looked for.
const MOST_WORDS: usize = 8;

/// The pattern of a word at the beginning of another. Where a script does not part its words
/// every place may be such a beginning.
fn beginning(word: &str) -> String {
    if word.chars().all(is_parted) { format!("% {word}%") } else { inside(word) }
}

/// The pattern of a word anywhere.
fn inside(word: &str) -> String {
    format!("%{word}%")
}

/// Whether every engine has the word, and all that begin with it, in its full-text index. MySQL
/// leaves out what is shorter than three characters and a few words that are everywhere.
pub fn is_indexed(word: &str) -> bool {
    const LEFT_OUT: [&str; 16] = [
        "about", "are", "com", "for", "from", "how", "that", "the", "this", "was", "what", "when", "where", "who",
        "will", "with",
    ];
    const ALSO: [&str; 2] = ["und", "www"];
    let plain = word.chars().count() >= 3 && word.chars().all(is_parted);
    plain && !LEFT_OUT.iter().chain(&ALSO).any(|left_out| left_out.starts_with(word))
}

/// Whether a folded letter or digit is of a script that parts its words by blanks, and is one to
/// the full-text index of each engine. MySQL's knows the letters of Unicode 5.0, so later ones
/// are left out. Chinese, Japanese, Thai and others do not part their words.
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

/// A page of a list that may be searched: by the beginnings of words, and where nothing
/// begins so, by pieces of words among the newest records. Says whether those were not all.
pub fn searched<F, S: Copy, R: Sorted<S>>(
    db: &mut Db,
    listing: &Listing<F, S>,
    by: Searched,
    typed: &str,
    mut load: impl FnMut(&mut Db, &Sought) -> Result<Loaded<R>, Failure>,
) -> Result<Page<R>, Failure> {
    let mut sought = Sought::beginnings(db, by, typed)?;
    let mut loaded = load(db, &sought)?;
    if loaded.is_nothing() && !sought.patterns.is_empty() && listing.edge != Edge::First {
        sought = sought.pieces(db, by, typed)?;
        loaded = load(db, &sought)?;
    }
    Ok(Page { among_newest: sought.among_newest, ..listing.page(loaded) })
}

/// The words of a search as patterns for `LIKE … ESCAPE '!'`, at most eight.
pub fn patterns(typed: &str) -> Vec<String> {
    let escape = |word: &str| {
        let mut pattern = String::from("%");
        for c in word.chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    };
    text::fold(typed).split_whitespace().take(8).map(escape).collect()
}
