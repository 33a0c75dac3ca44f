//! What all documents have in common, and how they write words, amounts and days.

use chrono::NaiveDate;

use crate::{
    domain::{Cents, clients::Client, dates, language::Language, users::User},
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

    /// An amount without its currency.
    pub fn amount(&self, cents: Cents) -> String {
        cents.format(self.language)
    }

    /// An amount with its currency, which are never torn apart.
    pub fn money(&self, cents: Cents) -> String {
        format!("{}\u{a0}{}", self.amount(cents), self.paper.currency)
    }

    /// `Friday 14 August 2026`.
    pub fn day(&self, day: NaiveDate) -> String {
        dates::in_full(day, self.language)
    }

    /// `14 August 2026`, as a column has it.
    pub fn short_day(&self, day: Option<NaiveDate>) -> String {
        day.map_or_else(|| self.say(PaperPhrase::NotKnown), |day| dates::without_weekday(day, self.language))
    }

    /// When the document was made, and by whom.
    pub fn made(&self) -> String {
        let day = self.day(self.paper.made_at.date());
        self.say(PaperPhrase::MadeBy { day: &day, name: &self.paper.made_by })
    }
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
