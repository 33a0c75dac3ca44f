//! Everything that only reads: home, lists, details, pickers, search, the audit log.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{
    CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Found, Home, HomeLine, Reply, Request,
    UserDetail,
    call::{Call, Stop},
    candidates,
};
use crate::{
    domain::{
        ClientId, ContractId, Error, EventId, Field, Reason, UserId,
        audit::{AuditRow, RecordKind},
        clocks,
        contract::number_in,
        filter::{
            AuditFilter, AuditListing, AuditSort, ClientFilter, ClientRow, ClientSort, ClientView, ContractFilter,
            ContractListing, ContractRow, ContractSort, ContractView, EventFilter, EventRow, EventSort, EventView,
            UserFilter, UserSort,
        },
        page::{Edge, Listing, Page, SHORT_LIMIT},
        policy::{self, Permission, Reach},
        user::Role,
    },
    storage::{self, Db, Scope, Viewer, contracts::Spans},
};

/// How many records a picker shows; typing narrows them.
pub(super) const CHOICES: u16 = 50;
/// The most events and people that a calendar shows.
const CALENDAR_EVENTS: u16 = 1_500;
const CALENDAR_PEOPLE: usize = 300;
/// How many records of each kind a search shows.
const HITS: u16 = 6;

/// The one place where requests that read meet what answers them.
pub(super) fn answer(db: &mut Db, call: &Call, request: &Request) -> Result<Reply, Stop> {
    use Request as R;
    let viewer = call.viewer();
    Ok(match request {
        R::Heartbeat => {
            Reply::Alive { settings: Box::new(call.settings.clone()), full_name: call.actor().full_name.clone() }
        }
        R::ReadSettings => Reply::Settings(Box::new(call.settings.clone())),
        R::Home => Reply::Home(home(db, call)?),
        R::Figures => Reply::Figures(super::figures::figures(db, call)?),
        R::ListUsers(listing) => Reply::Users(storage::users::page(db, listing, viewer)?),
        R::ListClients(listing) => Reply::Clients(storage::clients::page(db, listing, viewer)?),
        R::ListContracts(listing) => Reply::Contracts(contract_page(db, call, listing)?),
        R::Calendar { from, to } => Reply::Calendar(calendar(db, call, *from, *to)?),
        R::ListEvents(listing) => Reply::Events(storage::events::page(db, listing, viewer, call.wall)?),
        R::ListAudit(listing) => Reply::Audit(audit(db, call, listing)?),
        R::ViewUser(id) => Reply::User(Box::new(user(db, call, *id)?)),
        R::ViewClient(id) => Reply::Client(Box::new(client(db, call, *id)?)),
        R::ViewContract(id) => Reply::Contract(Box::new(contract(db, call, *id)?)),
        R::ViewEvent(id) => Reply::Event(Box::new(event(db, call, *id)?)),
        R::PickSupport { events, text } => candidates::for_events(db, call, events, text)?,
        R::PickUser { role, text } => candidates::of_role(db, *role, text)?,
        R::PickClient { text, own } => Reply::ClientChoices(client_choices(db, call, text, *own)?),
        R::PickContract { text } => Reply::ContractChoices(contract_choices(db, call, text)?),
        R::Search { text } => search(db, call, text)?,
        _ => return Err(Error::NotFound.into()),
    })
}

fn first<F, S: Default>(filter: F, limit: u16) -> Listing<F, S> {
    Listing { filter, sort: S::default(), descending: false, edge: Edge::Start, limit }
}

impl HomeLine {
    /// The list of contracts behind the line.
    pub fn contracts(self) -> Option<ContractFilter> {
        let view = match self {
            Self::ContractsNotSigned => ContractView::NotSigned,
            Self::BalancesDue => ContractView::NotPaid,
            Self::MyContractsNotSigned => ContractView::MineNotSigned,
            Self::MySignedWithoutEvent => ContractView::MineWithoutEvent,
            Self::MyNotFullyPaid => ContractView::MineNotPaid,
            _ => return None,
        };
        Some(ContractFilter { view, ..ContractFilter::default() })
    }

    /// The list of events behind the line.
    pub fn events(self) -> Option<EventFilter> {
        let view = match self {
            Self::EventsWithoutSupport => EventView::WithoutSupport,
            Self::EventsThisWeek => EventView::Week,
            Self::MyNextEvents => EventView::MineNext,
            Self::MyIncompleteEvents => EventView::MineIncomplete,
            _ => return None,
        };
        Some(EventFilter { view, ..EventFilter::default() })
    }

    /// The list of clients behind the line.
    pub fn clients(self) -> Option<ClientFilter> {
        (self == Self::MyClients).then(|| ClientFilter { view: ClientView::Mine, ..ClientFilter::default() })
    }
}

fn home(db: &mut Db, call: &Call) -> Result<Home, Stop> {
    let viewer = call.viewer();
    let mut lines = Vec::new();
    for line in HomeLine::of(call.actor().role) {
        let count = if let Some(filter) = line.contracts() {
            let spans = spans(call, &filter);
            storage::contracts::count(db, &first(filter, 1), spans, viewer, SHORT_LIMIT)?
        } else if let Some(filter) = line.events() {
            storage::events::count(db, &first(filter, 1), viewer, call.wall, SHORT_LIMIT)?
        } else {
            storage::clients::count(db, &first(line.clients().unwrap_or_default(), 1), viewer, SHORT_LIMIT)?
        };
        lines.push((*line, count));
    }
    Ok(Home { lines })
}

/// The days of a filter as instants.
fn spans(call: &Call, filter: &ContractFilter) -> Spans {
    let span = |from, to| span(call, from, to);
    Spans { created: span(filter.from, filter.to), signed: span(filter.signed_from, filter.signed_to) }
}

/// From the beginning of a day on the company's clock to the end of another.
fn span(call: &Call, from: Option<NaiveDate>, to: Option<NaiveDate>) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
    let start = |day: NaiveDate| utc(call, day.and_time(NaiveTime::MIN));
    (from.map(start), to.and_then(|day| day.succ_opt()).map(start))
}

pub(super) fn contract_page(db: &mut Db, call: &Call, listing: &ContractListing) -> Result<Page<ContractRow>, Stop> {
    Ok(storage::contracts::page(db, listing, spans(call, &listing.filter), call.viewer())?)
}

/// The log between two days of the company's time zone, as far as it may be read.
pub(super) fn audit(db: &mut Db, call: &Call, listing: &AuditListing) -> Result<Page<AuditRow>, Stop> {
    let own = (call.reach == Reach::Own).then(|| call.me());
    let span = span(call, listing.filter.from, listing.filter.to);
    let mut page = storage::audit::page(db, listing, span, own, call.viewer())?;
    name_people(db, &mut page.rows)?;
    Ok(page)
}

/// The log keeps ids, which people never see: they get the names of today.
fn name_people(db: &mut Db, rows: &mut [AuditRow]) -> Result<(), Stop> {
    let person = |field: Field| matches!(field, Field::SalesContactId | Field::SupportId);
    let changed = rows.iter().flat_map(|row| &row.changes.0).filter(|(field, ..)| person(*field));
    let mut ids: Vec<i64> = changed.flat_map(|(_, old, new)| [old.as_i64(), new.as_i64()]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let names = storage::users::names(db, &ids)?;
    for (field, old, new) in rows.iter_mut().flat_map(|row| &mut row.changes.0) {
        for value in [old, new] {
            let name = value.as_i64().filter(|_| person(*field)).and_then(|id| names.get(&id));
            if let Some(name) = name {
                *value = name.clone().into();
            }
        }
    }
    Ok(())
}

/// The instant of a wall-clock time of the company.
pub(super) fn utc(call: &Call, wall: NaiveDateTime) -> NaiveDateTime {
    clocks::to_utc(wall, call.settings.time_zone)
}

/// A record's history, as far as the person may read the log.
fn history(db: &mut Db, call: &Call, kind: RecordKind, id: i64) -> Result<Vec<AuditRow>, Stop> {
    let own = match policy::reach(Permission::ReadAudit, call.actor().role, &call.settings) {
        Some(Reach::Any) => None,
        Some(Reach::Own) => Some(call.me()),
        None => return Ok(Vec::new()),
    };
    let filter = AuditFilter { record: Some((kind, id)), ..AuditFilter::default() };
    let newest = Listing { descending: true, sort: AuditSort::Time, ..first(filter, DETAIL_ROWS) };
    let mut rows = storage::audit::page(db, &newest, (None, None), own, call.viewer())?.rows;
    name_people(db, &mut rows)?;
    Ok(rows)
}

fn newest_contracts(filter: ContractFilter) -> ContractListing {
    Listing { descending: true, sort: ContractSort::Created, ..first(filter, DETAIL_ROWS) }
}

fn events_of(db: &mut Db, call: &Call, filter: EventFilter) -> Result<Vec<EventRow>, Stop> {
    let newest = Listing { descending: true, sort: EventSort::Starts, ..first(filter, DETAIL_ROWS) };
    Ok(storage::events::page(db, &newest, call.viewer(), call.wall)?.rows)
}

/// Refuses what the restricted setting hides.
fn visible(call: &Call, seen: bool) -> Result<(), Stop> {
    let reason = if call.actor().role == Role::Sales { Reason::NotYourClient } else { Reason::NotYourEvent };
    if seen { Ok(()) } else { Err(reason.into()) }
}

/// Whether the person may see every record, whatever this request needs besides.
pub(super) fn sees_all(call: &Call) -> bool {
    policy::reach(Permission::SeeRecords, call.actor().role, &call.settings) == Some(Reach::Any)
}

fn user(db: &mut Db, call: &Call, id: UserId) -> Result<UserDetail, Stop> {
    let user = storage::users::find(db, id)?.ok_or(Error::NotFound)?;
    // Who works on what is shown as far as records may be seen at all.
    let all = sees_all(call);
    let everything = Viewer { scope: Scope::All, ..call.viewer() };
    let mut detail = UserDetail { user, clients: Vec::new(), events: Vec::new(), history: Vec::new() };
    if all && detail.user.role == Role::Sales {
        let filter = ClientFilter { sales_contact: Some(id), ..ClientFilter::default() };
        let listing: Listing<_, ClientSort> = first(filter, DETAIL_ROWS);
        detail.clients = storage::clients::page(db, &listing, everything)?.rows;
    }
    if all && detail.user.role == Role::Support {
        let filter = EventFilter { support: Some(id), ..EventFilter::default() };
        let newest = Listing { descending: true, sort: EventSort::Starts, ..first(filter, DETAIL_ROWS) };
        detail.events = storage::events::page(db, &newest, everything, call.wall)?.rows;
    }
    detail.history = history(db, call, RecordKind::User, id.0)?;
    Ok(detail)
}

fn client(db: &mut Db, call: &Call, id: ClientId) -> Result<ClientDetail, Stop> {
    let row = storage::clients::find_row(db, id)?.ok_or(Error::NotFound)?;
    visible(call, call.scope().has_client(db, id)?)?;
    let contracts = ContractFilter { client: Some(id), ..ContractFilter::default() };
    let events = EventFilter { client: Some(id), ..EventFilter::default() };
    Ok(ClientDetail {
        row,
        contracts: contract_page(db, call, &newest_contracts(contracts))?.rows,
        events: events_of(db, call, events)?,
        history: history(db, call, RecordKind::Client, id.0)?,
    })
}

fn contract(db: &mut Db, call: &Call, id: ContractId) -> Result<ContractDetail, Stop> {
    let row = storage::contracts::find_row(db, id)?.ok_or(Error::NotFound)?;
    visible(call, call.scope().has_contract(db, id)?)?;
    let events = EventFilter { contract: Some(id), ..EventFilter::default() };
    let client = storage::clients::find_row(db, row.contract.client_id)?.ok_or(Error::NotFound)?;
    Ok(ContractDetail {
        row,
        client,
        events: events_of(db, call, events)?,
        history: history(db, call, RecordKind::Contract, id.0)?,
    })
}

fn event(db: &mut Db, call: &Call, id: EventId) -> Result<EventDetail, Stop> {
    let row = storage::events::find_rows(db, &[id])?.pop().ok_or(Error::NotFound)?;
    if !call.scope().has_event(db, id)? {
        return Err(Reason::NotYourEvent.into());
    }
    let contract = storage::contracts::find_row(db, row.event.contract_id)?.ok_or(Error::NotFound)?;
    Ok(EventDetail { row, contract, history: history(db, call, RecordKind::Event, id.0)? })
}

/// The events of some days with the support people who might have any.
fn calendar(db: &mut Db, call: &Call, from: NaiveDate, to: NaiveDate) -> Result<CalendarPage, Stop> {
    let (start, end) = (from.and_time(NaiveTime::MIN), to.and_time(NaiveTime::MIN));
    let mut events = storage::events::between(db, start, end, call.scope(), CALENDAR_EVENTS + 1)?;
    let more = events.len() > usize::from(CALENDAR_EVENTS);
    events.truncate(CALENDAR_EVENTS.into());
    let mut people: Vec<(UserId, String)> = if let Scope::Support(me) = call.scope() {
        vec![(me, call.actor().full_name.clone())]
    } else {
        let active = storage::users::active_of_role(db, Role::Support, "")?;
        active.into_iter().take(CALENDAR_PEOPLE).map(|user| (user.id, user.full_name)).collect()
    };
    // Who has left support since still shows where their old events are.
    for row in &events {
        if let (Some(id), Some(name)) = (row.event.support_id, &row.support)
            && !people.iter().any(|(known, _)| *known == id)
        {
            people.push((id, name.clone()));
        }
    }
    Ok(CalendarPage { people, events, more })
}

fn client_choices(db: &mut Db, call: &Call, text: &str, own: bool) -> Result<Page<ClientRow>, Stop> {
    let view = if own { ClientView::Mine } else { ClientView::All };
    let filter = ClientFilter { view, text: text.to_owned(), ..ClientFilter::default() };
    let listing: Listing<_, ClientSort> = first(filter, CHOICES);
    Ok(storage::clients::page(db, &listing, call.viewer())?)
}

/// Signed contracts for a new event: the one of the number that was typed, then the newest.
fn contract_choices(db: &mut Db, call: &Call, text: &str) -> Result<Page<ContractRow>, Stop> {
    let filter = ContractFilter { view: ContractView::Signed, text: text.to_owned(), ..ContractFilter::default() };
    let mut page = contract_page(db, call, &newest_contracts(filter))?;
    let choosable = |row: &ContractRow| row.contract.signed_at.is_some() && row.contract.archived_at.is_none();
    if let Some(row) = numbered(db, call, text)?.filter(choosable) {
        page.rows.retain(|other| other.contract.id != row.contract.id);
        page.rows.insert(0, row);
    }
    Ok(page)
}

/// The contract of the number that was typed, if it is one; then records by the beginnings of
/// their words, or by pieces of words where nothing begins so.
fn search(db: &mut Db, call: &Call, text: &str) -> Result<Reply, Stop> {
    let numbered = numbered(db, call, text)?.map(contract_hit);
    let (mut records, mut among_newest) = search_from(db, call, text, &Edge::First)?;
    if records.is_empty() && numbered.is_none() {
        (records, among_newest) = search_from(db, call, text, &Edge::Start)?;
    }
    records.retain(|hit| numbered.as_ref() != Some(hit));
    Ok(Reply::Found { records: numbered.into_iter().chain(records).collect(), among_newest })
}

/// The contract of the number that was typed, archived or not, when it may be seen.
fn numbered(db: &mut Db, call: &Call, text: &str) -> Result<Option<ContractRow>, Stop> {
    let Some(id) = number_in(text) else { return Ok(None) };
    let row = storage::contracts::find_row(db, id)?;
    let seen = row.is_some() && call.scope().has_contract(db, id)?;
    Ok(row.filter(|_| seen))
}

fn contract_hit(row: ContractRow) -> Found {
    Found { kind: RecordKind::Contract, id: row.contract.id.0, name: row.client, detail: row.company }
}

/// What was found, and whether any kind of record was looked for among the newest only.
fn search_from(db: &mut Db, call: &Call, text: &str, edge: &Edge) -> Result<(Vec<Found>, bool), Stop> {
    fn hits<F, S: Default>(filter: F, edge: &Edge) -> Listing<F, S> {
        Listing { edge: edge.clone(), ..first(filter, HITS) }
    }
    let (mut found, mut among_newest) = (Vec::new(), false);
    let text = text.to_owned();
    let listing: Listing<_, ClientSort> = hits(ClientFilter { text: text.clone(), ..ClientFilter::default() }, edge);
    let page = storage::clients::page(db, &listing, call.viewer())?;
    among_newest |= page.among_newest;
    for row in page.rows {
        let (id, name, detail) = (row.client.id.0, row.client.full_name, row.client.company_name);
        found.push(Found { kind: RecordKind::Client, id, name, detail });
    }
    let listing: Listing<_, EventSort> = hits(EventFilter { text: text.clone(), ..EventFilter::default() }, edge);
    let page = storage::events::page(db, &listing, call.viewer(), call.wall)?;
    among_newest |= page.among_newest;
    for row in page.rows {
        let (id, name, detail) = (row.event.id.0, row.event.title, row.client);
        found.push(Found { kind: RecordKind::Event, id, name, detail });
    }
    let listing: Listing<_, ContractSort> =
        hits(ContractFilter { text: text.clone(), ..ContractFilter::default() }, edge);
    let page = contract_page(db, call, &listing)?;
    among_newest |= page.among_newest;
    for row in page.rows {
        found.push(contract_hit(row));
    }
    let listing: Listing<_, UserSort> = hits(UserFilter { text, ..UserFilter::default() }, edge);
    for user in storage::users::page(db, &listing, call.viewer())?.rows {
        found.push(Found { kind: RecordKind::User, id: user.id.0, name: user.full_name, detail: user.username });
    }
    Ok((found, among_newest))
}
