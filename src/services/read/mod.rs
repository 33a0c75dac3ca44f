//! Executes the requests that only read: home, lists, details, pickers, search, the audit log.

mod candidates;
mod figures;
mod history;
mod known;
mod merged;
pub(super) mod paper;
mod search;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::{
    CalendarPage, ClientDetail, ContractDetail, DETAIL_ROWS, EventDetail, Home, HomeLine, MergeSide, PaymentDetail,
    ReadRequest, Reply, UserDetail, Waiting,
    context::{RequestContext, ServiceError},
    write,
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Error, EventId, PaymentId, Reason, UserId,
        clients::{ClientFilter, ClientRow, ClientSort, ClientView},
        contracts::{ContractFilter, ContractListing, ContractRow, ContractSort, ContractView, SOON_DAYS},
        entity::{EntityKind, Query, Record},
        error::Inheritance,
        events::{EventFilter, EventRow, EventSort},
        instalments::fill,
        page::{Count, Edge, Listing, Page, SHORT_LIMIT, Sums},
        payments::{PaymentFilter, PaymentRow, PaymentSort},
        policy::Reach,
        users::Role,
    },
    storage::{self, Db, Scope, Viewer, contracts::Spans, figures::RANGES},
};

/// The most events that a calendar shows.
const CALENDAR_EVENTS: u16 = 1_500;
/// The most active support users that a calendar shows.
const CALENDAR_PEOPLE: usize = 300;

/// Executes a request that reads.
pub(super) fn answer(db: &mut Db, ctx: &RequestContext, read: &ReadRequest) -> Result<Reply, ServiceError> {
    Ok(match read {
        ReadRequest::Settings => Reply::Settings(Box::new(ctx.settings.clone())),
        ReadRequest::Lists => Reply::Lists(Box::new(storage::lists::load(db, ctx.me())?)),
        ReadRequest::Plans => Reply::Plans(storage::plans::all(db)?),
        ReadRequest::DefaultFollowers => Reply::DefaultFollowers(storage::instalments::followers(db)?),
        ReadRequest::Home => Reply::Home(home(db, ctx)?),
        ReadRequest::Figures => Reply::Figures(figures::figures(db, ctx)?),
        ReadRequest::List(query) => Reply::Page(list_or_merged(db, ctx, query)?),
        ReadRequest::MergeSides([one, other]) => {
            Reply::MergeSides(Box::new([merge_side(db, *one)?, merge_side(db, *other)?]))
        }
        ReadRequest::UndoOfMerge(id) => Reply::UndoOfMerge(Box::new(merged::undo(db, *id)?)),
        ReadRequest::Calendar { from, to } => Reply::Calendar(calendar(db, ctx, *from, *to)?),
        ReadRequest::ViewUser(id) => Reply::User(Box::new(user(db, ctx, *id)?)),
        ReadRequest::ViewClient(id) => Reply::Client(Box::new(client(db, ctx, *id)?)),
        ReadRequest::ViewContract(id) => Reply::Contract(Box::new(contract(db, ctx, *id)?)),
        ReadRequest::ViewPayment(id) => Reply::Payment(Box::new(payment(db, ctx, *id)?)),
        ReadRequest::ViewEvent(id) => Reply::Event(Box::new(event(db, ctx, *id)?)),
        ReadRequest::PickSupport { events, text } => candidates::for_events(db, ctx, events, text)?,
        ReadRequest::PickUser { role, except, text } => candidates::of_role(db, *role, *except, text)?,
        ReadRequest::PickClient { text, own } => Reply::ClientChoices(client_choices(db, ctx, text, *own)?),
        ReadRequest::KnownClients { like, except } => {
            Reply::KnownClients(known::like(db, ctx, like, *except)?.ok_or(Error::NotFound)?)
        }
        ReadRequest::PickContract { text } => {
            Reply::ContractChoices(contract_choices(db, ctx, text, ContractView::Signed)?)
        }
        ReadRequest::PickPayable { text } => Reply::ContractChoices(payable(db, ctx, text)?),
        ReadRequest::Search { text } => search::search(db, ctx, text)?,
    })
}

pub(super) use known::like as known_clients;

/// A page of a list. A list of a client that was merged, such as a saved view, is that of the one that it was merged
/// into.
fn list_or_merged(db: &mut Db, ctx: &RequestContext, query: &Query) -> Result<Page<Record>, ServiceError> {
    let page = list(db, ctx, query)?;
    let mut merged = query.clone();
    if let Some(client) = merged.client_mut().filter(|_| page.is_nothing()) {
        *client = storage::clients::merged_into_at_last(db, *client)?;
        return if merged == *query { Ok(page) } else { list(db, ctx, &merged) };
    }
    Ok(page)
}

fn merge_side(db: &mut Db, id: ClientId) -> Result<MergeSide, ServiceError> {
    let row = storage::clients::find_row(db, id)?.ok_or(Error::NotFound)?;
    Ok(MergeSide { row, below: storage::clients::below(db, id)? })
}

/// A page of a list with the records that the user may see.
pub(super) fn list(db: &mut Db, ctx: &RequestContext, query: &Query) -> Result<Page<Record>, ServiceError> {
    let viewer = ctx.viewer();
    Ok(match query {
        Query::Client(listing) => storage::clients::page(db, listing, viewer)?.map(Record::from),
        Query::Contract(listing) => contract_page(db, ctx, listing)?.map(Record::from),
        Query::Event(listing) => storage::events::page(db, listing, viewer, ctx.wall)?.map(Record::from),
        Query::Payment(listing) => storage::payments::page(db, listing, viewer)?.map(Record::from),
        Query::User(listing) => storage::users::page(db, listing, viewer)?.map(Record::from),
        Query::Audit(listing) => {
            let span = span(ctx, listing.filter.from, listing.filter.to);
            history::page(db, ctx, listing, span)?.map(Record::from)
        }
    })
}

fn first<F, S: Default>(filter: F, limit: u16) -> Listing<F, S> {
    Listing { filter, sort: S::default(), descending: false, edge: Edge::Start, limit }
}

fn home(db: &mut Db, ctx: &RequestContext) -> Result<Home, ServiceError> {
    let viewer = ctx.viewer();
    let mut lines = Vec::new();
    for line in HomeLine::of(ctx.actor().role) {
        let count = if let Some(filter) = line.contracts() {
            let spans = spans(ctx, &filter);
            storage::contracts::count(db, &first(filter, 1), spans, viewer, SHORT_LIMIT)?
        } else if let Some(filter) = line.events() {
            storage::events::count(db, &first(filter, 1), viewer, ctx.wall, SHORT_LIMIT)?
        } else {
            storage::clients::count(db, &first(line.clients().unwrap_or_default(), 1), viewer, SHORT_LIMIT)?
        };
        let amount = open_behind(db, ctx, *line)?;
        lines.push(Waiting { line: *line, count, amount });
    }
    Ok(Home { lines })
}

/// What is open behind a line of the home screen.
fn open_behind(db: &mut Db, ctx: &RequestContext, line: HomeLine) -> Result<Option<Cents>, ServiceError> {
    let today = ctx.wall.date();
    let (from, to) = match line {
        HomeLine::Overdue | HomeLine::MyOverdue => (None, today.pred_opt()),
        HomeLine::DueSoon | HomeLine::MyDueSoon => (Some(today), Some(today + Days::new(SOON_DAYS))),
        _ => return Ok(None),
    };
    let owner = matches!(line, HomeLine::MyOverdue | HomeLine::MyDueSoon).then(|| ctx.me());
    let [open, ..] = storage::figures::open_between(db, [(from, to.unwrap_or(today)); RANGES], owner)?;
    Ok(Some(open))
}

/// The days of a filter as time ranges (UTC).
fn spans(ctx: &RequestContext, filter: &ContractFilter) -> Spans {
    let span = |from, to| span(ctx, from, to);
    let today = ctx.wall.date();
    Spans { created: span(filter.from, filter.to), signed: span(filter.signed_from, filter.signed_to), today }
}

/// The time range (UTC) from the beginning of the first day to the end of the last one in the
/// company's time zone.
fn span(
    ctx: &RequestContext,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
    let start = |day: NaiveDate| ctx.utc(day.and_time(NaiveTime::MIN));
    (from.map(start), to.and_then(|day| day.succ_opt()).map(start))
}

fn contract_page(
    db: &mut Db,
    ctx: &RequestContext,
    listing: &ContractListing,
) -> Result<Page<ContractRow>, ServiceError> {
    Ok(storage::contracts::page(db, listing, spans(ctx, &listing.filter), ctx.viewer())?)
}

fn newest_contracts(filter: ContractFilter) -> ContractListing {
    Listing { descending: true, sort: ContractSort::Created, ..first(filter, DETAIL_ROWS) }
}

fn events_of(db: &mut Db, ctx: &RequestContext, filter: EventFilter) -> Result<Page<EventRow>, ServiceError> {
    let newest = Listing { descending: true, sort: EventSort::Starts, ..first(filter, DETAIL_ROWS) };
    Ok(storage::events::page(db, &newest, ctx.viewer(), ctx.wall)?)
}

/// Refuses unless `seen`: the setting `restricted` hides the record from the user.
fn visible(ctx: &RequestContext, seen: bool) -> Result<(), ServiceError> {
    let reason = if ctx.actor().role == Role::Sales { Reason::NotYourClient } else { Reason::NotYourEvent };
    if seen { Ok(()) } else { Err(reason.into()) }
}

/// Whether it is a record of this user: for sales the sales contact's, for support the support
/// person's.
fn is_own(ctx: &RequestContext, sales_contact: UserId, support: Option<UserId>) -> bool {
    match ctx.actor().role {
        Role::Management => false,
        Role::Sales => sales_contact == ctx.me(),
        Role::Support => support == Some(ctx.me()),
    }
}

fn user(db: &mut Db, ctx: &RequestContext, id: UserId) -> Result<UserDetail, ServiceError> {
    let user = storage::users::find(db, id)?.ok_or(Error::NotFound)?;
    // The records that another user owns are shown only to a user who may see all records.
    let seen = ctx.sees_all() || id == ctx.me();
    let everything = Viewer { scope: Scope::All, ..ctx.viewer() };
    let history = history::of(db, ctx, (EntityKind::User, id.0), false)?;
    let mut detail = UserDetail { user, clients: None, events: None, owns: None, history };
    if !seen {
        return Ok(detail);
    }
    let role = detail.user.role;
    let name = detail.user.full_name.clone();
    let mut owns = Inheritance { leaver: id, name, clients: 0, archived: 0, events: 0, role };
    if role == Role::Sales {
        let filter = ClientFilter { sales_contact: Some(id), ..ClientFilter::default() };
        let listing: Listing<_, ClientSort> = first(filter, DETAIL_ROWS);
        detail.clients = Some(storage::clients::page(db, &listing, everything)?);
        (owns.clients, owns.archived) = storage::clients::owned_by(db, id)?;
    }
    if role == Role::Support {
        let filter = EventFilter { support: Some(id), ..EventFilter::default() };
        let newest = Listing { descending: true, sort: EventSort::Starts, ..first(filter, DETAIL_ROWS) };
        detail.events = Some(storage::events::page(db, &newest, everything, ctx.wall)?);
        owns.events = storage::events::open_of(db, id)?;
    }
    detail.owns = Some(owns);
    Ok(detail)
}

fn client(db: &mut Db, ctx: &RequestContext, id: ClientId) -> Result<ClientDetail, ServiceError> {
    let mut row = storage::clients::find_row(db, id)?.ok_or(Error::NotFound)?;
    visible(ctx, ctx.scope().has_client(db, id)?)?;
    let mut merged_into = None;
    if let Some(into) = row.client.merged_into_id
        && ctx.scope().has_client(db, into)?
    {
        merged_into = storage::clients::find_row(db, into)?;
    }
    if merged_into.is_none() {
        row.merged_into = None;
    }
    let contracts = ContractFilter { client: Some(id), ..ContractFilter::default() };
    let events = EventFilter { client: Some(id), ..EventFilter::default() };
    let mine = is_own(ctx, row.client.sales_contact_id, None);
    let page = contract_page(db, ctx, &newest_contracts(contracts.clone()))?;
    let signed = if page.after { signed_sums(db, ctx, contracts)? } else { Some(sums_of_signed(&page.rows)) };
    Ok(ClientDetail {
        row,
        merged_into,
        contracts: page,
        signed,
        events: events_of(db, ctx, events)?,
        history: history::of(db, ctx, (EntityKind::Client, id.0), mine)?,
    })
}

fn sums_of_signed(contracts: &[ContractRow]) -> (i64, Sums) {
    let (mut count, mut total, mut due) = (0, Cents(0), Cents(0));
    for row in contracts.iter().filter(|row| row.contract.signed_at.is_some()) {
        count += 1;
        total.0 += row.contract.total_cents.0;
        due.0 += row.contract.due_cents.0;
    }
    (count, Sums::Contracts { total, due })
}

/// The same of more contracts than a screen shows, summed up by the database.
fn signed_sums(db: &mut Db, ctx: &RequestContext, filter: ContractFilter) -> Result<Option<(i64, Sums)>, ServiceError> {
    let filter = ContractFilter { view: ContractView::Signed, ..filter };
    let page = contract_page(db, ctx, &Listing { edge: Edge::Total, ..newest_contracts(filter) })?;
    Ok(match (page.total, page.sums) {
        (Some(Count::Exactly(count)), Some(sums)) => Some((count, sums)),
        _ => None,
    })
}

fn contract(db: &mut Db, ctx: &RequestContext, id: ContractId) -> Result<ContractDetail, ServiceError> {
    let row = storage::contracts::find_row(db, id)?.ok_or(Error::NotFound)?;
    visible(ctx, ctx.scope().has_contract(db, id)?)?;
    let events = EventFilter { contract: Some(id), ..EventFilter::default() };
    let client = storage::clients::find_row(db, row.contract.client_id)?.ok_or(Error::NotFound)?;
    let mine = is_own(ctx, row.sales_contact_id, None);
    let event_on = storage::instalments::event_on(db, id)?;
    let mut instalments = storage::instalments::of_contract(db, id)?;
    fill(&mut instalments, row.contract.paid());
    let anchors = write::instalments::anchors(&row.contract, event_on, ctx.settings.time_zone);
    Ok(ContractDetail {
        row,
        client,
        instalments,
        anchors,
        payments: payments_of(db, ctx, id)?,
        events: events_of(db, ctx, events)?,
        history: history::of(db, ctx, (EntityKind::Contract, id.0), mine)?,
    })
}

fn payments_of(db: &mut Db, ctx: &RequestContext, id: ContractId) -> Result<Page<PaymentRow>, ServiceError> {
    let filter = PaymentFilter { contract: Some(id), ..PaymentFilter::default() };
    let newest = Listing { descending: true, sort: PaymentSort::PaidOn, ..first(filter, DETAIL_ROWS) };
    Ok(storage::payments::page(db, &newest, ctx.viewer())?)
}

fn payment(db: &mut Db, ctx: &RequestContext, id: PaymentId) -> Result<PaymentDetail, ServiceError> {
    let row = storage::payments::find_row(db, id)?.ok_or(Error::NotFound)?;
    visible(ctx, ctx.scope().has_contract(db, row.payment.contract_id)?)?;
    let contract = storage::contracts::find_row(db, row.payment.contract_id)?.ok_or(Error::NotFound)?;
    let mine = is_own(ctx, row.sales_contact_id, None);
    Ok(PaymentDetail { row, contract, history: history::of(db, ctx, (EntityKind::Payment, id.0), mine)? })
}

fn event(db: &mut Db, ctx: &RequestContext, id: EventId) -> Result<EventDetail, ServiceError> {
    let row = storage::events::find_rows(db, &[id])?.pop().ok_or(Error::NotFound)?;
    if !ctx.scope().has_event(db, id)? {
        return Err(Reason::NotYourEvent.into());
    }
    let contract = storage::contracts::find_row(db, row.event.contract_id)?.ok_or(Error::NotFound)?;
    let mine = is_own(ctx, row.sales_contact_id, row.event.support_id);
    Ok(EventDetail { row, contract, history: history::of(db, ctx, (EntityKind::Event, id.0), mine)? })
}

/// The events of a range of days, the active support users, and those who have left support but
/// still have events in it.
fn calendar(db: &mut Db, ctx: &RequestContext, from: NaiveDate, to: NaiveDate) -> Result<CalendarPage, ServiceError> {
    let (start, end) = (from.and_time(NaiveTime::MIN), to.and_time(NaiveTime::MIN));
    let mut events = storage::events::between(db, start, end, ctx.scope(), CALENDAR_EVENTS + 1)?;
    let more = events.len() > usize::from(CALENDAR_EVENTS);
    events.truncate(CALENDAR_EVENTS.into());
    let mut people: Vec<(UserId, String)> = if let Scope::Support(me) = ctx.scope() {
        vec![(me, ctx.actor().full_name.clone())]
    } else {
        let active = storage::users::active_of_role(db, Role::Support, "")?;
        active.into_iter().take(CALENDAR_PEOPLE).map(|user| (user.id, user.full_name)).collect()
    };
    // Former support users are listed if they still have events here.
    for row in &events {
        if let (Some(id), Some(name)) = (row.event.support_id, &row.support)
            && !people.iter().any(|(known, _)| *known == id)
        {
            people.push((id, name.clone()));
        }
    }
    Ok(CalendarPage { people, events, more })
}

fn client_choices(db: &mut Db, ctx: &RequestContext, text: &str, own: bool) -> Result<Page<ClientRow>, ServiceError> {
    let view = if own { ClientView::Mine } else { ClientView::All };
    let filter = ClientFilter { view, text: text.to_owned(), ..ClientFilter::default() };
    let listing: Listing<_, ClientSort> = first(filter, candidates::CHOICES);
    Ok(storage::clients::page(db, &listing, ctx.viewer())?)
}

/// Contracts that a payment may be recorded for. As long as nothing is typed, those with something due, if
/// there are any: first what is overdue, since longest, then by the largest amount.
fn payable(db: &mut Db, ctx: &RequestContext, text: &str) -> Result<Page<ContractRow>, ServiceError> {
    let (all, late, due) = match ctx.reach {
        Reach::Own => (ContractView::Mine, ContractView::MineOverdue, ContractView::MineNotPaid),
        Reach::Any => (ContractView::All, ContractView::Overdue, ContractView::NotPaid),
    };
    if !text.trim().is_empty() {
        return contract_choices(db, ctx, text, all);
    }
    let mut in_view = |view: ContractView| {
        let filter = ContractFilter { view, ..ContractFilter::default() };
        let descending = view.sort() == ContractSort::Due;
        contract_page(db, ctx, &Listing { sort: view.sort(), descending, ..newest_contracts(filter) })
    };
    let (mut page, others) = (in_view(late)?, in_view(due)?);
    for row in others.rows {
        if page.rows.iter().all(|one| one.contract.id != row.contract.id) {
            page.rows.push(row);
        }
    }
    let most = usize::from(DETAIL_ROWS);
    page.after |= others.after || page.rows.len() > most;
    page.rows.truncate(most);
    if page.rows.is_empty() { contract_choices(db, ctx, text, all) } else { Ok(page) }
}

/// Contracts to choose from: first the one whose number was typed, then the newest that contain the words.
fn contract_choices(
    db: &mut Db,
    ctx: &RequestContext,
    text: &str,
    view: ContractView,
) -> Result<Page<ContractRow>, ServiceError> {
    let filter = ContractFilter { view, text: text.to_owned(), ..ContractFilter::default() };
    let mut page = contract_page(db, ctx, &newest_contracts(filter))?;
    let choosable = |row: &ContractRow| {
        let is_in_view = match view {
            ContractView::Signed => row.contract.signed_at.is_some(),
            ContractView::Mine => row.sales_contact_id == ctx.me(),
            _ => true,
        };
        is_in_view && row.contract.archived_at.is_none()
    };
    if let Some(row) = search::numbered(db, ctx, text)?.filter(choosable) {
        page.rows.retain(|other| other.contract.id != row.contract.id);
        page.rows.insert(0, row);
    }
    Ok(page)
}
