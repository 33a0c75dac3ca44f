//! The queries of events.

use chrono::NaiveDateTime;
use diesel::{dsl::Eq, prelude::*};

use super::{
    Scope, Viewer,
    connection::{Db, all_for_update, for_update},
    contracts::{day_end, day_start},
    denormalized,
    failure::DbError,
    for_update::{AT_ONCE, Current, ForUpdate, met},
    page::{Loaded, counted, ordered},
    search::{Searched, Sought, patterns, searched},
    spans::{self, touching},
};
use crate::{
    domain::{
        dates,
        events::{Event, EventDraft, EventListing, EventRow, EventSort, EventView, Status},
        id::{ClientId, ContractId, EventId, UserId},
        page::{Count, Cursor, Edge, Page, SortKey},
        phone, text,
    },
    schema::{clients, contracts, events, users},
};

diesel::alias!(users as owners: Owners, users as helpers: Helpers);

type Joined = (Event, ClientId, String, String, String, UserId, String, Option<String>);

fn row(
    (event, client_id, client, company, client_phone, sales_contact_id, sales_contact, support): Joined,
) -> EventRow {
    EventRow { event, client_id, client, company, client_phone, sales_contact_id, sales_contact, support }
}

/// The words by which the event is found, without accents and in lower case.
pub(super) fn search_text(draft: &EventDraft) -> String {
    let EventDraft { title, location, client_contact, contact_phone, .. } = draft;
    let digits = phone::keys(contact_phone).join(" ");
    text::searchable(&format!("{title} {location} {client_contact} {contact_phone} {digits}"))
}

/// The columns that follow from those of the form.
type Derived = (
    Eq<events::long_until, Option<NaiveDateTime>>,
    Eq<events::title_key, String>,
    Eq<events::location_key, String>,
    Eq<events::search, String>,
);

fn derived(draft: &EventDraft) -> Derived {
    (
        events::long_until.eq(spans::long_until(draft)),
        events::title_key.eq(text::sort_key(&draft.title)),
        events::location_key.eq(text::sort_key(&draft.location)),
        events::search.eq(search_text(draft)),
    )
}

/// Rewrites the searched words of all events. It runs between two migrations, so it reads only columns
/// that the first migration has created, and never a whole [`Event`].
pub(super) fn write_words(db: &mut Db) -> Result<(), DbError> {
    let mut last = EventId::new(0);
    loop {
        let some: Vec<(EventId, String, String, String)> = events::table
            .filter(events::id.gt(last))
            .order(events::id)
            .limit(500)
            .select((events::id, events::title, events::client_contact, events::location))
            .load(db)?;
        let Some((end, ..)) = some.last() else { return Ok(()) };
        last = *end;
        for (id, title, client_contact, location) in some {
            let words = search_text(&EventDraft { title, client_contact, location, ..EventDraft::default() });
            diesel::update(events::table.find(id)).set(events::search.eq(words)).execute(db)?;
        }
    }
}

macro_rules! joined {
    () => {
        events::table
            .left_join(contracts::table.on(events::contract_id.eq(contracts::id)))
            .left_join(clients::table.on(contracts::client_id.eq(clients::id)))
            .left_join(owners.on(clients::sales_contact_id.eq(owners.field(users::id))))
            .left_join(helpers.on(events::support_id.eq(helpers.field(users::id).nullable())))
    };
}

macro_rules! selected {
    ($query:expr) => {
        $query.select((
            Event::as_select(),
            contracts::client_id.assume_not_null(),
            clients::full_name.assume_not_null(),
            clients::company_name.assume_not_null(),
            clients::phone.assume_not_null(),
            clients::sales_contact_id.assume_not_null(),
            owners.field(users::full_name).assume_not_null(),
            helpers.field(users::full_name).nullable(),
        ))
    };
}

/// The event as it is stored.
pub fn find(db: &mut Db, id: EventId) -> Result<Option<Event>, DbError> {
    Ok(events::table.find(id).select(Event::as_select()).first(db).optional()?)
}

/// The event, with its row locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: EventId) -> Result<Option<ForUpdate<Event>>, DbError> {
    let found: Option<(Event, Option<String>)> =
        for_update!(db, events::table.find(id).select((Event::as_select(), events::support_key))).optional()?;
    Ok(found.map(|(event, support)| ForUpdate::held_by(event, support.unwrap_or_default())))
}

/// Events as lists show them, in no order.
pub fn find_rows(db: &mut Db, ids: &[EventId]) -> Result<Vec<EventRow>, DbError> {
    let query = selected!(joined!().filter(events::id.eq_any(ids.to_vec())));
    Ok(query.load::<Joined>(db)?.into_iter().map(row).collect())
}

/// Creates an event, planned and without support, and returns it. Nobody else sees the row before
/// the transaction is committed.
pub fn insert(
    db: &mut Db,
    contract: ContractId,
    draft: &EventDraft,
    now: NaiveDateTime,
) -> Result<ForUpdate<Event>, DbError> {
    let of_contract = || contracts::table.filter(contracts::id.eq(contract));
    diesel::insert_into(events::table)
        .values((
            draft,
            derived(draft),
            events::contract_id.eq(contract),
            events::status.eq(Status::Planned),
            events::client_key.eq(of_contract().select(contracts::client_key).single_value().assume_not_null()),
            events::client_search.eq(of_contract().select(contracts::search).single_value().assume_not_null()),
            events::created_at.eq(now),
            events::updated_at.eq(now),
        ))
        .execute(db)?;
    let new = events::table.filter(events::id.eq(db.last_inserted()));
    Ok(ForUpdate::of(new.select(Event::as_select()).first(db)?))
}

/// Saves an edited event.
pub fn update(db: &mut Db, event: &Current<Event>, draft: &EventDraft, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(events::table.find(event.id))
        .set((draft, derived(draft), events::version.eq(event.version + 1), events::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)
}

/// The columns that actions change apart from the fields of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventState {
    pub status: Status,
    pub support_id: Option<UserId>,
    pub archived_at: Option<NaiveDateTime>,
}

impl EventState {
    /// The current values of the event.
    pub fn of(event: &Event) -> Self {
        Self { status: event.status, support_id: event.support_id, archived_at: event.archived_at }
    }
}

/// Saves status, support and archiving.
pub fn set_state(db: &mut Db, event: &Current<Event>, state: EventState, now: NaiveDateTime) -> Result<(), DbError> {
    // NULL if there is no support person.
    let support_key =
        users::table.filter(users::id.nullable().eq(state.support_id)).select(users::name_key).single_value();
    let saved = diesel::update(events::table.find(event.id))
        .set((
            events::status.eq(state.status),
            events::support_id.eq(state.support_id),
            events::support_key.eq(support_key),
            events::archived_at.eq(state.archived_at),
            events::version.eq(event.version + 1),
            events::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)
}

macro_rules! open_events {
    ($support:expr) => {
        events::table.filter(
            events::support_id.eq($support).and(events::status.eq_any(Status::OPEN)).and(events::archived_at.is_null()),
        )
    };
}

/// Locks and returns the open events of a support person: an heir takes them over. The locks keep
/// others from handing one of them over meanwhile.
pub fn open_of_for_update(db: &mut Db, support: UserId) -> Result<Vec<Event>, DbError> {
    let mut open: Vec<Event> = all_for_update!(db, open_events!(support).select(Event::as_select()))?;
    open.sort_by_key(|event| event.id.0);
    Ok(open)
}

/// How many events those are.
pub fn open_of(db: &mut Db, support: UserId) -> Result<usize, DbError> {
    let open: i64 = open_events!(support).count().get_result(db)?;
    Ok(usize::try_from(open).unwrap_or_default())
}

/// Gives events that were locked to another support person.
pub fn hand_over(db: &mut Db, events: &[&Event], to: UserId, now: NaiveDateTime) -> Result<(), DbError> {
    let values = (events::support_id.eq(to), events::version.eq(events::version + 1), events::updated_at.eq(now));
    for some in events.chunks(AT_ONCE) {
        let ids: Vec<EventId> = some.iter().map(|event| event.id).collect();
        met(diesel::update(events::table.filter(events::id.eq_any(ids))).set(values).execute(db)?, some.len())?;
    }
    if events.is_empty() { Ok(()) } else { denormalized::person(db, to) }
}

/// Events that are neither archived nor cancelled and touch the span, the earliest first, at most
/// `limit` of them.
pub fn between(
    db: &mut Db,
    from: NaiveDateTime,
    to: NaiveDateTime,
    scope: Scope,
    limit: u16,
) -> Result<Vec<EventRow>, DbError> {
    let long = spans::long(db, from, to)?;
    let mut query = selected!(joined!())
        .filter(events::archived_at.is_null().and(events::status.ne(Status::Cancelled)))
        .order((events::starts_at, events::id))
        .limit(limit.into())
        .into_boxed();
    query = touching!(query, from, to, long);
    if let Some(own) = scope.events() {
        query = query.filter(own);
    }
    let found: Vec<Joined> = query.load(db)?;
    Ok(found.into_iter().map(row).collect())
}

macro_rules! filtered {
    ($listing:expr, $sought:expr, $viewer:expr, $now:expr, $long:expr) => {{
        use EventView as V;
        let (filter, me, now) = (&$listing.filter, $viewer.me, $now);
        let mut query = joined!().into_boxed();
        query = match filter.view {
            V::Archived => query.filter(events::archived_at.is_not_null()),
            _ => query.filter(events::archived_at.is_null()),
        };
        if matches!(filter.view, V::WithoutSupport | V::MineNext | V::MineIncomplete) {
            query = query.filter(events::status.eq_any(Status::OPEN));
        }
        if matches!(filter.view, V::WithoutSupport | V::MineNext) {
            query = query.filter(events::starts_at.is_null().or(spans::lasts_until(now).assume_not_null()));
        }
        query = match filter.view {
            V::All | V::Archived => query,
            V::Open => query.filter(events::status.ne_all(Status::CLOSED)),
            V::Mine => query.filter(
                events::support_id
                    .eq(me)
                    .assume_not_null()
                    .and(events::support_id.is_not_null())
                    .or(clients::sales_contact_id.eq(me).assume_not_null()),
            ),
            V::WithoutSupport => query.filter(events::support_id.is_null()),
            V::Week => {
                let (monday, next) = dates::week_of(now.date());
                touching!(query, monday, next, $long)
            }
            V::Past => query.filter(spans::is_over(now).assume_not_null()),
            V::MineNext => query.filter(events::support_id.eq(me).assume_not_null()),
            V::MineIncomplete => query
                .filter(events::support_id.eq(me).assume_not_null())
                .filter(events::notes.eq("").or(events::ends_at.is_null())),
        };
        if let Some(guard) = $viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        if let Some(own) = $viewer.scope.events() {
            query = query.filter(own);
        }
        if let Some(client) = filter.client {
            query = query.filter(contracts::client_id.eq(client).assume_not_null());
        }
        if let Some(contract) = filter.contract {
            query = query.filter(events::contract_id.eq(contract));
        }
        if let Some(owner) = filter.sales_contact {
            query = query.filter(clients::sales_contact_id.eq(owner).assume_not_null());
        }
        if let Some(support) = filter.support {
            query = query.filter(events::support_id.eq(support).assume_not_null());
        }
        if let Some(day) = filter.from {
            query = query.filter(events::starts_at.ge(day_start(day)).assume_not_null());
        }
        if let Some(day) = filter.to {
            query = query.filter(events::starts_at.lt(day_end(day)).assume_not_null());
        }
        for pattern in patterns(&filter.place) {
            query = query.filter(events::location_key.like(pattern).escape('!'));
        }
        for pattern in &$sought.patterns {
            let by_client = events::client_search.like(pattern.clone()).escape('!');
            query = query.filter(events::search.like(pattern.clone()).escape('!').or(by_client));
        }
        if let Some(ids) = &$sought.ids {
            query = query.filter(events::id.eq_any(ids.clone()));
        }
        query
    }};
}

const WORDS: Searched = Searched { table: "events", columns: "search, client_search" };

/// A page of the events that `viewer` may see; `now` is the company's wall clock.
pub fn page(
    db: &mut Db,
    listing: &EventListing,
    viewer: Viewer,
    now: NaiveDateTime,
) -> Result<Page<EventRow>, DbError> {
    let listing = &EventListing { edge: since_today(listing, now), ..listing.clone() };
    let long = long_ones(db, listing, now)?;
    searched(db, listing, WORDS, &listing.filter.text, |db, sought| {
        if listing.is_total() {
            let all = filtered!(listing, sought, viewer, now, long).select(events::id);
            return Ok(Loaded::Total(counted!(db, all, sought.limit)));
        }
        let query = selected!(filtered!(listing, sought, viewer, now, long));
        let id = events::id;
        let query = match listing.sort {
            EventSort::Starts => ordered!(optional, query, listing, events::starts_at, id, Time),
            EventSort::Title => ordered!(required, query, listing, events::title_key, id, Text),
            EventSort::Client => ordered!(required, query, listing, events::client_key, id, Text),
            EventSort::Location => ordered!(required, query, listing, events::location_key, id, Text),
            EventSort::Attendees => ordered!(required, query, listing, events::attendees, id, Number),
            EventSort::Status => ordered!(required, query, listing, events::status, id, Text),
            EventSort::Support => ordered!(optional, query, listing, events::support_key, id, Text),
        };
        let rows: Vec<Joined> = query.limit(listing.fetched()).load(db)?;
        Ok(Loaded::Rows(rows.into_iter().map(row).collect()))
    })
}

/// The edge of the list, with today as a position in it.
fn since_today(listing: &EventListing, now: NaiveDateTime) -> Edge {
    match (&listing.edge, listing.sort) {
        (Edge::Today, EventSort::Starts) => Edge::After(Cursor { key: SortKey::Time(day_start(now.date())), id: 0 }),
        (edge, _) => edge.clone(),
    }
}

/// The long events for a list whose view is a span of time.
fn long_ones(db: &mut Db, listing: &EventListing, now: NaiveDateTime) -> Result<Vec<EventId>, DbError> {
    if listing.filter.view != EventView::Week {
        return Ok(Vec::new());
    }
    let (monday, next) = dates::week_of(now.date());
    spans::long(db, monday, next)
}

/// How many events are in a list, counted up to `most`.
pub fn count(
    db: &mut Db,
    listing: &EventListing,
    viewer: Viewer,
    now: NaiveDateTime,
    most: i64,
) -> Result<Count, DbError> {
    let sought = Sought::nothing();
    let long = long_ones(db, listing, now)?;
    Ok(counted!(db, filtered!(listing, sought, viewer, now, long).select(events::id), most))
}
