//! Clients that may be entered twice: under which keys they are compared, and what is said of those that are known
//! already.

use super::{clients::ClientDraft, id::ClientId, phone, text};

/// How many characters of a folded name or company are compared: with both, a key fits its column.
const COMPARED: usize = 240;

/// Stands between name and company in a key, and in no telephone number.
const BETWEEN: &str = " | ";

/// The keys by which clients are compared. Two clients with one of them in common may be the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The telephone number in any spelling; `None` for no real one.
    pub phone: Option<String>,
    /// The folded name with the company; `None` without a name.
    pub person: Option<String>,
}

impl Keys {
    pub fn of(full_name: &str, company_name: &str, phone: &str) -> Self {
        let folded = |text: &str| text::fold(text).chars().take(COMPARED).collect::<String>();
        let (name, company) = (folded(full_name), folded(company_name));
        let person = (!name.is_empty()).then(|| format!("{name}{BETWEEN}{company}"));
        Self { phone: phone::key(phone), person }
    }

    /// What two clients share that have this key in common.
    pub fn kind_of(key: &str) -> Shared {
        if key.contains(BETWEEN) { Shared::Person } else { Shared::Phone }
    }
}

impl From<&ClientDraft> for Keys {
    fn from(draft: &ClientDraft) -> Self {
        Self::of(&draft.full_name, &draft.company_name, &draft.phone)
    }
}

/// What two clients have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// The name and the company.
    Person,
    /// The address, which only one client can have.
    Email,
    /// The telephone number.
    Phone,
}

/// A client that is known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it has in common with the one that is asked about.
    pub shared: Vec<Shared>,
    /// `None` if the user may not see it: a client of a colleague.
    pub client: Option<KnownClient>,
}

/// What is said of a client that the user may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownClient {
    pub id: ClientId,
    pub full_name: String,
    pub company_name: String,
    /// The name of the sales contact; `None` if that is the user.
    pub sales_contact: Option<String>,
    pub archived: bool,
}
