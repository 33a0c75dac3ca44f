//! The words that people write in spreadsheets for choices, in English and French.

use super::{method::Method, status::Status, text, users::Role};

/// Finds the text among the words of a table, whatever its case and accents.
fn named<T: Copy>(typed: &str, table: &[(T, &[&str])]) -> Option<T> {
    let folded = text::fold(typed);
    table.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(value, _)| *value)
}

/// A role.
pub fn role(typed: &str) -> Option<Role> {
    named(
        typed,
        &[
            (Role::Management, &["management", "manager", "gestion", "gestionnaire", "direction", "admin"]),
            (Role::Sales, &["sales", "commercial", "commerciale", "vente", "ventes", "salesperson"]),
            (Role::Support, &["support", "technique", "technicien", "technicienne"]),
        ],
    )
}

/// The status of an event.
pub fn status(typed: &str) -> Option<Status> {
    named(
        typed,
        &[
            (Status::Planned, &["planned", "planifie", "prevu", "prevue", "a venir", "upcoming"]),
            (Status::Confirmed, &["confirmed", "confirme", "confirmee"]),
            (Status::Done, &["done", "termine", "terminee", "finished", "passe", "realise", "fait"]),
            (Status::Cancelled, &["cancelled", "canceled", "annule", "annulee"]),
        ],
    )
}

/// How a payment was made.
pub fn method(typed: &str) -> Option<Method> {
    named(
        typed,
        &[
            (Method::Transfer, &["transfer", "bank transfer", "wire", "virement", "virement bancaire"]),
            (Method::Card, &["card", "credit card", "debit card", "carte", "carte bancaire", "cb"]),
            (Method::Cheque, &["cheque", "check", "chq"]),
            (Method::Cash, &["cash", "especes", "liquide"]),
            (Method::Other, &["other", "autre", "direct debit", "prelevement", "paypal"]),
            (Method::Opening, &["opening", "before", "paid before", "avant", "paye avant", "deja paye", "reprise"]),
        ],
    )
}

/// Yes or no.
pub fn yes_or_no(typed: &str) -> Option<bool> {
    named(
        typed,
        &[
            (true, &["true", "yes", "y", "oui", "o", "1", "x", "vrai", "active", "actif", "actifs"]),
            (false, &["false", "no", "n", "non", "0", "-", "faux", "inactive", "inactif", "inactifs"]),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_both_languages_whatever_their_case_and_accents() {
        assert_eq!(role("Gestion"), Some(Role::Management));
        assert_eq!(status("Confirmée"), Some(Status::Confirmed));
        assert_eq!(method("CHÈQUE"), Some(Method::Cheque));
        assert_eq!(yes_or_no("Oui"), Some(true));
        assert_eq!(method("bitcoin"), None);
    }

    #[test]
    fn the_names_that_exports_write_are_read_back() {
        use strum::IntoEnumIterator;
        assert!(Role::iter().all(|one| role(one.into()) == Some(one)));
        assert!(Status::iter().all(|one| status(one.into()) == Some(one)));
        assert!(Method::iter().all(|one| method(one.into()) == Some(one)));
    }
}
