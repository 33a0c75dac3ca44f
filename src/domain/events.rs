//! Events of signed contracts: when and where they take place, and who prepares them.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check, clocks,
    entity::EntityKind,
    error::{FieldErrors, Problem, Reason},
    field::Field,
    id::{ClientId, ContractId, EventId, UserId},
    page::{Listing, Order, SortKey, Sorted, folded},
    policy::{Owner, Permission},
};
use serde::{Deserialize, Serialize};

pub use super::{
    status::Status,
    stretch::{UNKNOWN_LENGTH, stretch},
};

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::events)]
pub struct Event {
    pub id: EventId,
    pub version: i32,
    pub contract_id: ContractId,
    pub title: String,
    /// The person to contact on the day, as free text; often not the client.
    pub client_contact: String,
    /// The number of that person; empty if it is not known.
    pub contact_phone: String,
    /// Wall clock in the company's time zone.
    pub starts_at: Option<NaiveDateTime>,
    /// Wall clock in the company's time zone; only together with a start.
    pub ends_at: Option<NaiveDateTime>,
    pub location: String,
    pub attendees: i32,
    pub notes: String,
    pub status: Status,
    /// `None` until a support user is assigned.
    pub support_id: Option<UserId>,
    /// UTC; set while the event is archived.
    pub archived_at: Option<NaiveDateTime>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl Event {
    /// The time range of the event; `None` if it has no start.
    pub fn stretch(&self) -> Option<(NaiveDateTime, NaiveDateTime)> {
        self.starts_at.map(|start| stretch(start, self.ends_at))
    }

    pub fn owner(&self) -> Owner {
        Owner::Support(self.support_id)
    }

    /// Why the state of the event forbids an action that needs this permission; `None` if it does
    /// not. Archiving and restoring need the same permission, so they are not checked here.
    pub fn forbids(&self, permission: Permission) -> Option<Reason> {
        match permission {
            Permission::SeeRecords | Permission::ArchiveEvent => None,
            _ => Reason::if_archived(self.archived_at),
        }
    }
}

impl Auditable for Event {
    const SUBJECT: Subject = Subject::Entity(EntityKind::Event);

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            id: _,
            version: _,
            contract_id,
            title,
            client_contact,
            contact_phone,
            starts_at,
            ends_at,
            location,
            attendees,
            notes,
            status,
            support_id,
            archived_at,
            created_at: _,
            updated_at: _,
        } = self;
        AuditedFields(vec![
            (Field::ContractId, json!(contract_id.0)),
            (Field::Title, json!(title)),
            (Field::ClientContact, json!(client_contact)),
            (Field::ContactPhone, json!(contact_phone)),
            (Field::StartsAt, json!(starts_at)),
            (Field::EndsAt, json!(ends_at)),
            (Field::Location, json!(location)),
            (Field::Attendees, json!(attendees)),
            (Field::Notes, json!(notes)),
            (Field::Status, json!(status)),
            (Field::SupportId, json!(support_id.map(|id| id.0))),
            (Field::ArchivedAt, json!(archived_at)),
        ])
    }
}

/// The values of an event form.
#[derive(Debug, Clone, PartialEq, Eq, Default, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::events, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct EventDraft {
    pub title: String,
    pub client_contact: String,
    pub contact_phone: String,
    pub starts_at: Option<NaiveDateTime>,
    pub ends_at: Option<NaiveDateTime>,
    pub location: String,
    pub attendees: i32,
    pub notes: String,
}

/// The maximum length of the client contact and of the location, in characters as users count them.
pub const MAX_LINE: usize = 200;

impl From<&Event> for EventDraft {
    fn from(event: &Event) -> Self {
        let Event {
            id: _,
            version: _,
            contract_id: _,
            title,
            client_contact,
            contact_phone,
            starts_at,
            ends_at,
            location,
            attendees,
            notes,
            status: _,
            support_id: _,
            archived_at: _,
            created_at: _,
            updated_at: _,
        } = event.clone();
        Self { title, client_contact, contact_phone, starts_at, ends_at, location, attendees, notes }
    }
}

impl EventDraft {
    /// The event with the values of the form; everything else is kept from `before`.
    pub fn applied_to(&self, before: &Event) -> Event {
        let Self { title, client_contact, contact_phone, starts_at, ends_at, location, attendees, notes } =
            self.clone();
        Event {
            title,
            client_contact,
            contact_phone,
            starts_at,
            ends_at,
            location,
            attendees,
            notes,
            id: before.id,
            version: before.version,
            contract_id: before.contract_id,
            status: before.status,
            support_id: before.support_id,
            archived_at: before.archived_at,
            created_at: before.created_at,
            updated_at: before.updated_at,
        }
    }

    /// The draft with its texts normalised, or its errors.
    ///
    /// `now` is the wall-clock time in the company's time zone. A time that differs from that of
    /// `before` must exist (clocks that are put forward skip some times), and such a start must not
    /// be in the past. Unchanged times are accepted as they are.
    pub fn checked(&self, now: NaiveDateTime, time_zone: Tz, before: Option<&Self>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.take(Field::Title, check::name(&self.title));
        let client_contact = errors.take(Field::ClientContact, check::optional_text(&self.client_contact, MAX_LINE));
        let contact_phone = errors.take(Field::ContactPhone, check::optional_phone(&self.contact_phone));
        let was = |of: fn(&Self) -> Option<NaiveDateTime>| before.and_then(of);
        let new_start = self.starts_at.filter(|start| Some(*start) != was(|draft| draft.starts_at));
        let new_end = self.ends_at.filter(|end| Some(*end) != was(|draft| draft.ends_at));
        if new_start.is_some_and(|start| start < now) {
            errors.push(Field::StartsAt, Problem::InThePast);
        }
        for (field, time) in [(Field::StartsAt, new_start), (Field::EndsAt, new_end)] {
            errors.take(field, time.map_or(Ok(()), |time| clocks::on_the_clock(time, time_zone)));
        }
        match (self.starts_at, self.ends_at) {
            (None, Some(_)) => errors.push(Field::EndsAt, Problem::EndWithoutStart),
            (Some(start), Some(end)) if end < start => errors.push(Field::EndsAt, Problem::EndBeforeStart),
            _ => {}
        }
        let location = errors.take(Field::Location, check::optional_text(&self.location, MAX_LINE));
        if !(0..=check::MAX_ATTENDEES).contains(&self.attendees) {
            errors.push(Field::Attendees, Problem::OutOfRange(0, check::MAX_ATTENDEES.into()));
        }
        let notes = errors.take(Field::Notes, check::notes(&self.notes));
        match (title, client_contact, contact_phone, location, notes, errors.is_empty()) {
            (Some(title), Some(client_contact), Some(contact_phone), Some(location), Some(notes), true) => {
                let contact_phone = contact_phone.unwrap_or_default();
                let Self { starts_at, ends_at, attendees, .. } = *self;
                Ok(Self { title, client_contact, contact_phone, starts_at, ends_at, location, attendees, notes })
            }
            _ => Err(errors),
        }
    }
}

/// Saved views of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventView {
    #[default]
    All,
    Mine,
    /// Neither done nor cancelled.
    Open,
    /// Open, not over, without a support user.
    WithoutSupport,
    /// Monday to Sunday of the current week.
    Week,
    Past,
    /// Mine, open, not over.
    MineNext,
    /// Mine, open, without notes or without an end time.
    MineIncomplete,
    Archived,
}

impl EventView {
    /// Whether this view lists the newest events first.
    pub fn begins_with_newest(self) -> bool {
        matches!(self, Self::Past | Self::Archived)
    }
}

/// Selects events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventFilter {
    pub view: EventView,
    /// Words that must all occur in the title, location, contact and its number, client or company.
    pub text: String,
    pub client: Option<ClientId>,
    pub contract: Option<ContractId>,
    /// The sales contact of the client.
    pub sales_contact: Option<UserId>,
    pub support: Option<UserId>,
    /// Words that must all occur in the location.
    pub place: String,
    /// Starts on this day or later (wall clock).
    pub from: Option<NaiveDate>,
    /// Starts on this day or earlier (wall clock).
    pub to: Option<NaiveDate>,
}

/// The columns by which events can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventSort {
    #[default]
    Starts,
    Title,
    Client,
    Location,
    Attendees,
    Status,
    Support,
}

impl Order for EventSort {
    fn begins_with_the_last(&self) -> bool {
        false
    }
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub event: Event,
    pub client_id: ClientId,
    pub client: String,
    pub company: String,
    pub client_phone: String,
    pub sales_contact_id: UserId,
    pub sales_contact: String,
    /// The name of the support user.
    pub support: Option<String>,
}

impl EventRow {
    /// The names and values of a row in an exported file, in order. The names are those of the columns
    /// in the database.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self { event, client_id: _, client, company, client_phone: _, sales_contact_id: _, sales_contact, support } =
            self;
        let Event {
            id: _,
            version: _,
            contract_id,
            title,
            client_contact,
            contact_phone,
            starts_at,
            ends_at,
            location,
            attendees,
            notes,
            status,
            support_id: _,
            archived_at,
            created_at: _,
            updated_at: _,
        } = event;
        vec![
            ("title", json!(title)),
            ("status", json!(status)),
            ("starts_at", json!(starts_at)),
            ("ends_at", json!(ends_at)),
            ("location", json!(location)),
            ("attendees", json!(attendees)),
            ("client_contact", json!(client_contact)),
            ("contact_phone", json!(contact_phone)),
            ("client", json!(client)),
            ("company_name", json!(company)),
            ("contract", json!(contract_id.0)),
            ("support", json!(support)),
            ("sales_contact", json!(sales_contact)),
            ("notes", json!(notes)),
            ("archived_at", json!(archived_at)),
        ]
    }
}

/// A request for a page of events.
pub type EventListing = Listing<EventFilter, EventSort>;

impl Sorted<EventSort> for EventRow {
    fn id(&self) -> i64 {
        self.event.id.0
    }

    fn key(&self, sort: EventSort) -> SortKey {
        let event = &self.event;
        match sort {
            EventSort::Starts => event.starts_at.into(),
            EventSort::Title => folded(&event.title),
            EventSort::Client => folded(&self.client),
            EventSort::Location => folded(&event.location),
            EventSort::Attendees => SortKey::Number(event.attendees),
            EventSort::Status => SortKey::Text(event.status.to_string()),
            EventSort::Support => self.support.as_deref().map_or(SortKey::Null, folded),
        }
    }
}

#[cfg(test)]
impl Event {
    /// A planned event without details, for unit tests.
    pub fn sample() -> Self {
        let time = NaiveDateTime::default();
        Self {
            id: EventId::new(4),
            version: 1,
            contract_id: ContractId::new(3),
            title: "Gala".to_owned(),
            client_contact: String::new(),
            contact_phone: String::new(),
            starts_at: None,
            ends_at: None,
            location: String::new(),
            attendees: 0,
            notes: String::new(),
            status: Status::Planned,
            support_id: None,
            archived_at: None,
            created_at: time,
            updated_at: time,
        }
    }
}
