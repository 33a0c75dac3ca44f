//! The phrases of each part of the program are phrases.

use super::{AdminPhrase, ImportPhrase, InstalmentPhrase, KnownPhrase, ListPhrase, PaymentPhrase, Phrase, SetUpPhrase};

impl<'a> From<PaymentPhrase<'a>> for Phrase<'a> {
    fn from(phrase: PaymentPhrase<'a>) -> Self {
        Self::Payment(phrase)
    }
}

impl<'a> From<ImportPhrase<'a>> for Phrase<'a> {
    fn from(phrase: ImportPhrase<'a>) -> Self {
        Self::Import(phrase)
    }
}

impl<'a> From<KnownPhrase<'a>> for Phrase<'a> {
    fn from(phrase: KnownPhrase<'a>) -> Self {
        Self::Known(phrase)
    }
}

impl<'a> From<InstalmentPhrase<'a>> for Phrase<'a> {
    fn from(phrase: InstalmentPhrase<'a>) -> Self {
        Self::Instalment(phrase)
    }
}

impl<'a> From<ListPhrase<'a>> for Phrase<'a> {
    fn from(phrase: ListPhrase<'a>) -> Self {
        Self::Lists(phrase)
    }
}

impl<'a> From<SetUpPhrase<'a>> for Phrase<'a> {
    fn from(phrase: SetUpPhrase<'a>) -> Self {
        Self::SetUp(phrase)
    }
}

impl<'a> From<AdminPhrase<'a>> for Phrase<'a> {
    fn from(phrase: AdminPhrase<'a>) -> Self {
        Self::Admin(phrase)
    }
}
