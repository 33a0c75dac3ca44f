//! What all documents have in common, and how they write words, amounts and days.

use chrono::NaiveDate;

use crate::{
    domain::{Cents, clients::Client, dates, language::Language, text::cut, users::User},
    services::paper::Paper,
    ui::text::{self, PaperPhrase, Phrase},
};

/// A document in a language.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub paper: &'a Paper,
    pub language: Language,
}

impl Sheet<'_> {
    pub fn say(&self, what: PaperPhrase) -> String {
        text::say(self.language, Phrase::Paper(what))
    }

    /// A whole number.
    pub fn number(&self, number: i64) -> String {
        text::say(self.language, Phrase::Number(number))
    }

    /// An amount without its currency, with a minus as wide as a digit.
    pub fn amount(&self, cents: Cents) -> String {
        cents.format(self.language).replace('-', "\u{2212}")
    }

    /// An amount with its currency, which are never torn apart.
    pub fn money(&self, cents: Cents) -> String {
        format!("{}\u{a0}{}", self.amount(cents), self.paper.currency)
    }

    /// The day of the document.
    pub fn today(&self) -> NaiveDate {
        self.paper.made_at.date()
    }

    /// `14 August 2026`.
    pub fn date(&self, day: NaiveDate) -> String {
        dates::without_weekday(day, self.language)
    }

    /// `Friday 14 August 2026`.
    pub fn day(&self, day: NaiveDate) -> String {
        dates::in_full(day, self.language)
    }

    /// The same if it is known, as a column has it.
    pub fn short_day(&self, day: Option<NaiveDate>) -> String {
        day.map_or_else(|| self.say(PaperPhrase::NotKnown), |day| self.date(day))
    }

    /// What the document is about, at the foot of each page, as the content of a string in a style sheet.
    pub fn about(&self, what: &[&str]) -> String {
        const LONGEST: usize = 70;
        in_style(&cut(&what.join(", "), LONGEST))
    }

    /// When the document was made, and by whom.
    pub fn made(&self) -> String {
        let day = self.day(self.today());
        self.say(PaperPhrase::MadeBy { day: &day, name: &self.paper.made_by })
    }
}

/// A text in which nothing but letters, digits and spaces stands for itself: it ends no string of a style
/// sheet, and no style sheet.
fn in_style(text: &str) -> String {
    let sign = |sign: char| {
        if sign.is_alphanumeric() || sign == ' ' { sign.to_string() } else { format!("\\{:x} ", u32::from(sign)) }
    };
    text.chars().map(sign).collect()
}

/// A person on a document; what is not known is empty.
#[derive(Default)]
pub(super) struct Contact {
    /// Whom they are, in words.
    pub role: String,
    pub name: String,
    pub company: String,
    pub phone: String,
    pub email: String,
}

impl From<&Client> for Contact {
    fn from(client: &Client) -> Self {
        Self {
            role: String::new(),
            name: client.full_name.clone(),
            company: client.company_name.clone(),
            phone: client.phone.clone(),
            email: client.email.clone().unwrap_or_default(),
        }
    }
}

impl From<&User> for Contact {
    fn from(user: &User) -> Self {
        Self {
            role: String::new(),
            name: user.full_name.clone(),
            company: String::new(),
            phone: user.phone.clone().unwrap_or_default(),
            email: user.email.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_stays_in_its_string_of_the_style_sheet() {
        assert_eq!(in_style("Été 14, n°\u{a0}2"), "Été 14\\2c  n\\b0 \\a0 2");
        assert_eq!(in_style("a\"b</style>\\"), "a\\22 b\\3c \\2f style\\3e \\5c ");
    }
}
