//! The queries of contracts.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use diesel::{connection::SimpleConnection, prelude::*};

use super::{
    Viewer,
    connection::{Db, all_for_update, for_update},
    failure::DbError,
    for_update::{AT_ONCE, Current, ForUpdate, met},
    instalments::{filled, time},
    page::{Loaded, SumsOf, counted, ordered},
    search::{Searched, Sought, searched},
};
use crate::{
    domain::{
        clients::Client,
        contracts::{
            Contract, ContractDraft, ContractListing, ContractRow, ContractSort, ContractView, SOON_DAYS, number_in,
        },
        id::{ClientId, ContractId, UserId},
        money::Cents,
        page::{Count, Page, Sums},
    },
    schema::{clients, contracts, events, instalments, users},
};

type Joined = (Contract, String, String, String, UserId, String, Option<NaiveDate>);

fn row((contract, client, company, client_phone, sales_contact_id, sales_contact, next_due_on): Joined) -> ContractRow {
    ContractRow { contract, client, company, client_phone, sales_contact_id, sales_contact, next_due_on }
}

/// The contract as it is stored.
pub fn find(db: &mut Db, id: ContractId) -> Result<Option<Contract>, DbError> {
    Ok(contracts::table.find(id).select(Contract::as_select()).first(db).optional()?)
}

/// The contract as lists show it.
pub fn find_row(db: &mut Db, id: ContractId) -> Result<Option<ContractRow>, DbError> {
    let found = contracts::table
        .inner_join(clients::table.inner_join(users::table))
        .filter(contracts::id.eq(id))
        .select((
            Contract::as_select(),
            clients::full_name,
            clients::company_name,
            clients::phone,
            clients::sales_contact_id,
            users::full_name,
            contracts::next_due_on,
        ))
        .first(db)
        .optional()?;
    Ok(found.map(row))
}

/// A contract to write to, with its client, which is locked but only read.
pub type WithClient = (ForUpdate<Contract>, Client);

/// The contract and its client, with both rows locked until the end of the transaction, so that
/// their owner stays the same.
pub fn find_for_update(db: &mut Db, id: ContractId) -> Result<Option<WithClient>, DbError> {
    let both = contracts::table.inner_join(clients::table).filter(contracts::id.eq(id));
    let found = for_update!(db, both.select((Contract::as_select(), Client::as_select()))).optional()?;
    Ok(found.map(|(contract, client)| (ForUpdate::of(contract), client)))
}

/// Creates an unsigned contract, of which all is due, and returns it. Nobody else sees the row before the
/// transaction is committed. Without a number it gets the next one; error: `Taken` if another contract has the
/// number.
pub fn insert(
    db: &mut Db,
    number: Option<ContractId>,
    client: ClientId,
    draft: &ContractDraft,
    now: NaiveDateTime,
) -> Result<ForUpdate<Contract>, DbError> {
    let of_client = || clients::table.filter(clients::id.eq(client));
    diesel::insert_into(contracts::table)
        .values((
            number.map(|number| contracts::id.eq(number)),
            draft,
            contracts::due_cents.eq(draft.total_cents),
            contracts::client_id.eq(client),
            contracts::client_key.eq(of_client().select(clients::name_key).single_value().assume_not_null()),
            contracts::company_key.eq(of_client().select(clients::company_key).single_value().assume_not_null()),
            contracts::sales_key.eq(of_client().select(clients::sales_key).single_value().assume_not_null()),
            contracts::search.eq(of_client().select(clients::search).single_value().assume_not_null()),
            contracts::created_at.eq(now),
            contracts::updated_at.eq(now),
        ))
        .execute(db)?;
    // A server does not count an id that it was given as the last one.
    let new = match number {
        Some(number) => contracts::table.find(number).select(Contract::as_select()).first(db)?,
        None => {
            contracts::table.filter(contracts::id.eq(db.last_inserted())).select(Contract::as_select()).first(db)?
        }
    };
    Ok(ForUpdate::of(new))
}

/// Saves an edited contract. What was paid of it stays, so the amount due follows the total.
pub fn update(
    db: &mut Db,
    contract: &Current<Contract>,
    draft: &ContractDraft,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let due = contracts::due_cents.eq(draft.applied_to(contract).due_cents);
    let saved = diesel::update(contracts::table.find(contract.id))
        .set((draft, due, contracts::version.eq(contract.version + 1), contracts::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)
}

/// Sets what is due after the payment was recorded or cancelled, and fills the instalments. Together with [`insert`] and
/// [`update`] this is all that ever writes the amount due.
///
/// The version stays: it tells whether somebody has changed what another user may be editing, signing or
/// archiving, and the amount due is nothing that they could overwrite. A form of the contract that is
/// open meanwhile can still be saved. The total is checked again against what was paid, since the row is
/// locked for both writes.
pub fn set_due(db: &mut Db, contract: &ForUpdate<Contract>, due: Cents, now: NaiveDateTime) -> Result<(), DbError> {
    let id = contract.id;
    let (fill, next) = filled(id, Cents(contract.total_cents.0 - due.0), now);
    // All values are numbers and times, so both statements can stand in one text, which saves a round trip.
    Ok(db.batch_execute(&format!(
        "{fill}; UPDATE contracts SET due_cents = {}, next_due_on = {next}, updated_at = {} WHERE id = {}",
        due.0,
        time(now),
        id.0
    ))?)
}

/// The contract with its row locked until the end of the transaction, without its client.
pub fn lock(db: &mut Db, id: ContractId) -> Result<Option<Contract>, DbError> {
    Ok(for_update!(db, contracts::table.find(id).select(Contract::as_select())).optional()?)
}

/// Locks and returns all contracts of a client, archived ones included, by number.
pub fn of_client_for_update(db: &mut Db, client: ClientId) -> Result<Vec<Contract>, DbError> {
    let of_client = contracts::table.filter(contracts::client_id.eq(client));
    let mut all: Vec<Contract> = all_for_update!(db, of_client.select(Contract::as_select()))?;
    all.sort_by_key(|contract| contract.id.0);
    Ok(all)
}

/// Moves contracts that were locked to another client. What they repeat of it is not brought up to date.
pub fn move_to(db: &mut Db, moved: &[ContractId], to: ClientId, now: NaiveDateTime) -> Result<(), DbError> {
    let values =
        (contracts::client_id.eq(to), contracts::version.eq(contracts::version + 1), contracts::updated_at.eq(now));
    for some in moved.chunks(AT_ONCE) {
        met(diesel::update(contracts::table.filter(contracts::id.eq_any(some))).set(values).execute(db)?, some.len())?;
    }
    Ok(())
}

/// Raises the version of a contract whose instalments are changed.
pub fn raise_version(db: &mut Db, contract: &Current<Contract>, now: NaiveDateTime) -> Result<(), DbError> {
    let raised = (contracts::version.eq(contract.version + 1), contracts::updated_at.eq(now));
    met(diesel::update(contracts::table.find(contract.id)).set(raised).execute(db)?, 1)
}

/// Signs the contract.
pub fn sign(
    db: &mut Db,
    contract: &Current<Contract>,
    signed_at: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let version = contract.version + 1;
    let saved = diesel::update(contracts::table.find(contract.id))
        .set((contracts::signed_at.eq(signed_at), contracts::version.eq(version), contracts::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)
}

/// Archives the contract (with a time) or restores it.
pub fn set_archived(
    db: &mut Db,
    contract: &Current<Contract>,
    archived_at: Option<NaiveDateTime>,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let version = contract.version + 1;
    let saved = diesel::update(contracts::table.find(contract.id))
        .set((contracts::archived_at.eq(archived_at), contracts::version.eq(version), contracts::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)
}

/// How many events of the contract are not archived.
pub fn open_events(db: &mut Db, id: ContractId) -> Result<i64, DbError> {
    let open = events::table.filter(events::contract_id.eq(id).and(events::archived_at.is_null()));
    Ok(open.count().get_result(db)?)
}

/// Midnight at the beginning of a day.
pub(super) fn day_start(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

/// Midnight at the end of a day.
pub(super) fn day_end(day: NaiveDate) -> NaiveDateTime {
    day_start(day.succ_opt().unwrap_or(day))
}

/// The days of a filter as instants (UTC): the start, and the end, which is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spans {
    pub created: (Option<NaiveDateTime>, Option<NaiveDateTime>),
    pub signed: (Option<NaiveDateTime>, Option<NaiveDateTime>),
    /// The company's day.
    pub today: NaiveDate,
}

macro_rules! selected {
    ($query:expr) => {
        $query.select((
            Contract::as_select(),
            clients::full_name.assume_not_null(),
            clients::company_name.assume_not_null(),
            clients::phone.assume_not_null(),
            clients::sales_contact_id.assume_not_null(),
            users::full_name.assume_not_null(),
            contracts::next_due_on,
        ))
    };
}

/// The first and the last day that every engine stores.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1000, 1, 1).expect("a day");
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

macro_rules! filtered {
    ($listing:expr, $sought:expr, $spans:expr, $viewer:expr) => {{
        use ContractView as V;
        let filter = &$listing.filter;
        // The joins are flat, since a nested join would be executed for the whole table first.
        let mut query = contracts::table
            .left_join(clients::table)
            .left_join(users::table.on(clients::sales_contact_id.eq(users::id)))
            .into_boxed();
        query = match filter.view {
            V::Archived => query.filter(contracts::archived_at.is_not_null()),
            _ => query.filter(contracts::archived_at.is_null()),
        };
        if filter.view.is_mine() {
            query = query.filter(clients::sales_contact_id.eq($viewer.me));
        }
        query = match filter.view {
            V::NotSigned | V::MineNotSigned => query.filter(contracts::signed_at.is_null()),
            V::Signed => query.filter(contracts::signed_at.is_not_null()),
            V::NotPaid | V::MineNotPaid => {
                query.filter(contracts::due_cents.gt(Cents(0)).and(contracts::signed_at.is_not_null()))
            }
            V::MineWithoutEvent => {
                let with_event = events::table
                    .filter(events::contract_id.eq(contracts::id).and(events::archived_at.is_null()))
                    .select(events::id);
                query.filter(contracts::signed_at.is_not_null().and(diesel::dsl::not(diesel::dsl::exists(with_event))))
            }
            V::Overdue | V::MineOverdue => query.filter(contracts::next_due_on.lt($spans.today).assume_not_null()),
            V::DueSoon | V::MineDueSoon => {
                let last = $spans.today + Days::new(SOON_DAYS);
                query.filter(contracts::next_due_on.between($spans.today, last).assume_not_null())
            }
            V::All | V::Mine | V::Archived => query,
        };
        if let Some(guard) = $viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        if let Some(own) = $viewer.scope.contracts() {
            query = query.filter(own);
        }
        if let Some(client) = filter.client {
            query = query.filter(contracts::client_id.eq(client));
        }
        if let Some(owner) = filter.sales_contact {
            query = query.filter(clients::sales_contact_id.eq(owner));
        }
        if let Some(amount) = filter.total_above {
            query = query.filter(contracts::total_cents.ge(amount));
        }
        if let Some(amount) = filter.total_below {
            query = query.filter(contracts::total_cents.le(amount));
        }
        if let Some(amount) = filter.due_above {
            query = query.filter(contracts::due_cents.ge(amount));
        }
        if let Some(amount) = filter.due_below {
            query = query.filter(contracts::due_cents.le(amount));
        }
        if let Some(from) = $spans.created.0 {
            query = query.filter(contracts::created_at.ge(from));
        }
        if let Some(to) = $spans.created.1 {
            query = query.filter(contracts::created_at.lt(to));
        }
        if let Some(from) = $spans.signed.0 {
            query = query.filter(contracts::signed_at.ge(from).assume_not_null());
        }
        if let Some(to) = $spans.signed.1 {
            query = query.filter(contracts::signed_at.lt(to).assume_not_null());
        }
        if filter.due_from.is_some() || filter.due_to.is_some() {
            let (from, to) = (filter.due_from.unwrap_or(FIRST_DAY), filter.due_to.unwrap_or(LAST_DAY));
            let then = instalments::table.filter(instalments::open_on.between(from, to));
            query = query.filter(contracts::id.eq_any(then.select(instalments::contract_id)));
        }
        // A typed number matches the contract of that number as well as contracts whose words
        // contain it.
        let number = number_in(&filter.text);
        for pattern in &$sought.patterns {
            let by_words = contracts::search.like(pattern.clone()).escape('!');
            query = match number {
                Some(id) => query.filter(by_words.or(contracts::id.eq(id))),
                None => query.filter(by_words),
            };
        }
        if let Some(ids) = &$sought.ids {
            let ids: Vec<i64> = ids.iter().copied().chain(number.map(|id| id.0)).collect();
            query = query.filter(contracts::id.eq_any(ids));
        }
        query
    }};
}

const WORDS: Searched = Searched { table: "contracts", columns: "search" };

/// A page of the contracts that `viewer` may see.
pub fn page(
    db: &mut Db,
    listing: &ContractListing,
    spans: Spans,
    viewer: Viewer,
) -> Result<Page<ContractRow>, DbError> {
    // The contract whose number was typed comes first, whatever the order.
    let number = number_in(&listing.filter.text);
    let mut page = searched(db, listing, WORDS, &listing.filter.text, |db, sought| {
        if listing.is_total() {
            let amounts = (contracts::id, contracts::total_cents, contracts::due_cents);
            let all = filtered!(listing, sought, spans, viewer).select(amounts).limit(sought.limit + 1);
            let (found, total, due): (i64, Cents, Cents) = SumsOf(all, ["total_cents", "due_cents"]).get_result(db)?;
            return Ok(Loaded::Summed(Count::capped(found, sought.limit), Sums::Contracts { total, due }));
        }
        let mut query = selected!(filtered!(listing, sought, spans, viewer));
        if let Some(number) = number {
            query = query.filter(contracts::id.ne(number));
        }
        let id = contracts::id;
        let query = match listing.sort {
            ContractSort::Number => ordered!(required, query, listing, contracts::id, id, Int),
            ContractSort::Client => ordered!(required, query, listing, contracts::client_key, id, Text),
            ContractSort::Company => ordered!(required, query, listing, contracts::company_key, id, Text),
            ContractSort::Total => ordered!(required, query, listing, contracts::total_cents, id, Int),
            ContractSort::Due => ordered!(required, query, listing, contracts::due_cents, id, Int),
            ContractSort::Signed => ordered!(optional, query, listing, contracts::signed_at, id, Time),
            ContractSort::SalesContact => ordered!(required, query, listing, contracts::sales_key, id, Text),
            ContractSort::Created => ordered!(required, query, listing, contracts::created_at, id, Time),
            ContractSort::NextDue => ordered!(optional, query, listing, contracts::next_due_on, id, Day),
        };
        let mut rows: Vec<Joined> = query.limit(listing.fetched()).load(db)?;
        if let Some(number) = number.filter(|_| listing.reaches_start(rows.len())) {
            let nothing = Sought::nothing();
            let meant = selected!(filtered!(listing, nothing, spans, viewer)).filter(contracts::id.eq(number));
            let at = if listing.is_backward() { rows.len() } else { 0 };
            rows.splice(at..at, meant.first(db).optional()?);
        }
        Ok(Loaded::Rows(rows.into_iter().map(row).collect()))
    })?;
    if page.total.is_some() && page.sums.is_none() && !listing.is_total() {
        let sum = |amount: fn(&Contract) -> Cents| Cents(page.rows.iter().map(|row| amount(&row.contract).0).sum());
        page.sums = Some(Sums::Contracts { total: sum(|one| one.total_cents), due: sum(|one| one.due_cents) });
    }
    Ok(page)
}

/// How many contracts are in a list, counted up to `most`.
pub fn count(
    db: &mut Db,
    listing: &ContractListing,
    spans: Spans,
    viewer: Viewer,
    most: i64,
) -> Result<Count, DbError> {
    let sought = Sought::nothing();
    Ok(counted!(db, filtered!(listing, sought, spans, viewer).select(contracts::id), most))
}
