//! Clients: the customers for whom the company organises events.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check,
    entity::EntityKind,
    error::{FieldErrors, Problem, Reason},
    field::Field,
    id::{ClientId, UserId},
    known::{Keys, Shared},
    page::{Listing, Order, SortKey, Sorted, folded, maybe},
    policy::{Owner, Permission},
};
use serde::{Deserialize, Serialize};

/// A client as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::clients)]
pub struct Client {
    pub id: ClientId,
    pub version: i32,
    pub full_name: String,
    /// Empty for a private person.
    pub company_name: String,
    pub email: Option<String>,
    pub phone: String,
    /// The active sales user who owns the client and its contracts.
    pub sales_contact_id: UserId,
    pub last_contact_at: Option<NaiveDate>,
    pub notes: String,
    /// UTC; set while the client is archived.
    pub archived_at: Option<NaiveDateTime>,
    /// The client that this one was merged into; it is archived then.
    pub merged_into_id: Option<ClientId>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl Client {
    pub fn owner(&self) -> Owner {
        Owner::Sales(self.sales_contact_id)
    }

    /// Why the state of the client forbids an action that needs this permission; `None` if it does
    /// not. Archiving and restoring need the same permission, so they are not checked here.
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        match permission {
            Permission::SeeRecords => None,
            // Restoring it alone would leave its contracts with the other one.
            _ if self.merged_into_id.is_some() => Some(Reason::Merged),
            Permission::ArchiveClient => None,
            // Creating or restoring a contract of this client.
            Permission::CreateContract | Permission::ArchiveContract => {
                self.archived_at.map(|_| Reason::ParentArchived)
            }
            _ => Reason::if_archived(self.archived_at),
        }
    }
}

impl Auditable for Client {
    const SUBJECT: Subject = Subject::Entity(EntityKind::Client);

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            id: _,
            version: _,
            full_name,
            company_name,
            email,
            phone,
            sales_contact_id,
            last_contact_at,
            notes,
            archived_at,
            merged_into_id,
            created_at: _,
            updated_at: _,
        } = self;
        AuditedFields(vec![
            (Field::FullName, json!(full_name)),
            (Field::CompanyName, json!(company_name)),
            (Field::Email, json!(email)),
            (Field::Phone, json!(phone)),
            (Field::SalesContactId, json!(sales_contact_id.0)),
            (Field::LastContactAt, json!(last_contact_at)),
            (Field::Notes, json!(notes)),
            (Field::ArchivedAt, json!(archived_at)),
            (Field::MergedIntoId, json!(merged_into_id.map(|id| id.0))),
        ])
    }
}

/// What tells a client from others of the same name: the company, or the telephone of a private person.
pub fn told_apart_by(company: &str, phone: &str) -> String {
    if company.is_empty() { phone } else { company }.to_owned()
}

/// The values of a client form. The sales contact of an existing client is changed by handing the
/// client over, not by the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::clients, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClientDraft {
    pub full_name: String,
    pub company_name: String,
    pub email: Option<String>,
    pub phone: String,
    pub last_contact_at: Option<NaiveDate>,
    pub notes: String,
}

impl From<&Client> for ClientDraft {
    fn from(client: &Client) -> Self {
        let Client {
            id: _,
            version: _,
            full_name,
            company_name,
            email,
            phone,
            sales_contact_id: _,
            last_contact_at,
            notes,
            archived_at: _,
            merged_into_id: _,
            created_at: _,
            updated_at: _,
        } = client.clone();
        Self { full_name, company_name, email, phone, last_contact_at, notes }
    }
}

impl ClientDraft {
    /// The client with the values of the form; everything else is kept from `before`.
    pub fn applied_to(&self, before: &Client) -> Client {
        let Self { full_name, company_name, email, phone, last_contact_at, notes } = self.clone();
        Client {
            full_name,
            company_name,
            email,
            phone,
            last_contact_at,
            notes,
            id: before.id,
            version: before.version,
            sales_contact_id: before.sales_contact_id,
            archived_at: before.archived_at,
            merged_into_id: before.merged_into_id,
            created_at: before.created_at,
            updated_at: before.updated_at,
        }
    }

    /// The draft with its texts normalised, or its errors. `today` is the date in the company's time zone.
    pub fn checked(&self, today: NaiveDate) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let full_name = errors.take(Field::FullName, check::name(&self.full_name));
        let company_name = errors.take(Field::CompanyName, check::optional_text(&self.company_name, check::MAX_NAME));
        let email = errors.take(Field::Email, check::optional_email(self.email.as_deref().unwrap_or("")));
        let phone = errors.take(Field::Phone, check::phone(&self.phone));
        if self.last_contact_at.is_some_and(|day| day > today) {
            errors.push(Field::LastContactAt, Problem::InTheFuture);
        }
        let notes = errors.take(Field::Notes, check::notes(&self.notes));
        match (full_name, company_name, email, phone, notes, errors.is_empty()) {
            (Some(full_name), Some(company_name), Some(email), Some(phone), Some(notes), true) => {
                let last_contact_at = self.last_contact_at;
                Ok(Self { full_name, company_name, email, phone, last_contact_at, notes })
            }
            _ => Err(errors),
        }
    }
}

/// Saved views of the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientView {
    #[default]
    All,
    Mine,
    /// Those that share their telephone number, or their name and company, with another one that is not archived.
    Duplicates,
    Archived,
}

impl ClientView {
    /// What the view is sorted by until the user chooses.
    pub fn sort(self) -> ClientSort {
        match self {
            Self::Duplicates => ClientSort::Twins,
            Self::All | Self::Mine | Self::Archived => ClientSort::Name,
        }
    }
}

/// Selects clients.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientFilter {
    pub view: ClientView,
    /// Words that must all occur; case and accents are ignored.
    pub text: String,
    pub sales_contact: Option<UserId>,
    /// Last contact on this day or later.
    pub from: Option<NaiveDate>,
    /// Last contact on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// The columns by which clients can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientSort {
    #[default]
    Name,
    Company,
    Email,
    Phone,
    SalesContact,
    LastContact,
    Updated,
    /// Possible duplicates beside each other; clients that are none stand first.
    Twins,
}

impl Order for ClientSort {
    fn begins_with_the_last(&self) -> bool {
        matches!(self, Self::Updated)
    }
}

/// A client in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    pub client: Client,
    /// The name of the sales contact.
    pub sales_contact: String,
    /// The name of the client that it was merged into.
    pub merged_into: Option<String>,
    /// What it has in common with another client that is not archived.
    pub twin_key: Option<String>,
}

impl ClientRow {
    /// What it has in common with another client that is not archived: if both, the name and company.
    pub fn shares(&self) -> Option<Shared> {
        self.twin_key.as_deref().map(Keys::kind_of)
    }

    /// The names and values of a row in an exported file, in order. The names are those of the columns
    /// in the database.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self { client, sales_contact, merged_into, twin_key: _ } = self;
        let Client {
            id: _,
            version: _,
            full_name,
            company_name,
            email,
            phone,
            sales_contact_id: _,
            last_contact_at,
            notes,
            archived_at,
            merged_into_id: _,
            created_at: _,
            updated_at: _,
        } = client;
        vec![
            ("full_name", json!(full_name)),
            ("company_name", json!(company_name)),
            ("email", json!(email)),
            ("phone", json!(phone)),
            ("sales_contact", json!(sales_contact)),
            ("last_contact_at", json!(last_contact_at)),
            ("notes", json!(notes)),
            ("archived_at", json!(archived_at)),
            ("merged_into", json!(merged_into)),
        ]
    }
}

/// How much is below a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Below {
    pub contracts: i64,
    pub events: i64,
    pub payments: i64,
}

/// A request for a page of clients.
pub type ClientListing = Listing<ClientFilter, ClientSort>;

impl Sorted<ClientSort> for ClientRow {
    fn id(&self) -> i64 {
        self.client.id.0
    }

    fn key(&self, sort: ClientSort) -> SortKey {
        let client = &self.client;
        match sort {
            ClientSort::Name => folded(&client.full_name),
            ClientSort::Company => folded(&client.company_name),
            ClientSort::Email => maybe(client.email.as_deref()),
            ClientSort::Phone => SortKey::Text(client.phone.clone()),
            ClientSort::SalesContact => folded(&self.sales_contact),
            ClientSort::LastContact => client.last_contact_at.map_or(SortKey::Null, SortKey::Day),
            ClientSort::Updated => SortKey::Time(client.updated_at),
            ClientSort::Twins => maybe(self.twin_key.as_deref()),
        }
    }
}
