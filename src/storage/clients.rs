//! The queries of clients.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{self, Eq},
    prelude::*,
    sql_types::{Nullable, Text},
};

use super::{
    Scope, Viewer,
    connection::{Db, all_for_update, for_update},
    denormalized,
    failure::DbError,
    for_update::{AT_ONCE, Current, ForUpdate, met},
    page::{Loaded, counted, ordered},
    search::{Searched, Sought, searched},
    sql_expr::{SqlExpr, sql_expr},
    twins,
};
use crate::{
    domain::{
        clients::{Below, Client, ClientDraft, ClientListing, ClientRow, ClientSort, ClientView},
        id::{ClientId, UserId},
        known::Keys,
        page::{Count, Page},
        phone, text,
    },
    schema::{clients, contracts, events, payments, users},
};

/// The words by which the client is found, without accents and in lower case.
pub(super) fn search_text(draft: &ClientDraft) -> String {
    let digits = phone::keys(&draft.phone).join(" ");
    let email = draft.email.as_deref().unwrap_or("");
    text::searchable(&format!("{} {} {email} {} {digits}", draft.full_name, draft.company_name, draft.phone))
}

/// The columns that follow from those of the form.
type Derived = (
    Eq<clients::email_key, Option<String>>,
    Eq<clients::name_key, String>,
    Eq<clients::company_key, String>,
    Eq<clients::search, String>,
    Eq<clients::phone_key, Option<String>>,
    Eq<clients::person_key, Option<String>>,
);

fn derived(draft: &ClientDraft) -> Derived {
    let Keys { phone, person } = Keys::from(draft);
    (
        clients::email_key.eq(denormalized::email_key(draft.email.as_deref())),
        clients::name_key.eq(text::sort_key(&draft.full_name)),
        clients::company_key.eq(text::sort_key(&draft.company_name)),
        clients::search.eq(search_text(draft)),
        clients::phone_key.eq(phone),
        clients::person_key.eq(person),
    )
}

/// Rewrites the searched words of the clients whose words an older program has written. It runs between
/// two migrations, so it reads only columns that the first migration has created, and never a whole
/// [`Client`]. Can be run again.
pub(super) fn write_words(db: &mut Db) -> Result<(), DbError> {
    type Searched = (ClientId, String, String, Option<String>, String, String);
    let columns =
        (clients::id, clients::full_name, clients::company_name, clients::email, clients::phone, clients::search);
    let mut last = ClientId::new(0);
    loop {
        let next = clients::table.filter(clients::id.gt(last)).order(clients::id).limit(500);
        let some: Vec<Searched> = next.select(columns).load(db)?;
        let Some((end, ..)) = some.last() else { return Ok(()) };
        last = *end;
        for (id, full_name, company_name, email, phone, found) in some {
            let words = search_text(&ClientDraft { full_name, company_name, email, phone, ..ClientDraft::default() });
            if words != found {
                diesel::update(clients::table.find(id)).set(clients::search.eq(words)).execute(db)?;
            }
        }
    }
}

/// A client with the name of its sales contact, of the client that it was merged into, and its twin key.
type Found = (Client, String, Option<String>, Option<String>);

fn row((client, sales_contact, merged_into, twin_key): Found) -> ClientRow {
    ClientRow { client, sales_contact, merged_into, twin_key }
}

/// The name of the client that one was merged into.
fn merged_into() -> SqlExpr<Nullable<Text>> {
    sql_expr("(SELECT kept.full_name FROM clients AS kept WHERE kept.id = clients.merged_into_id)")
}

/// The client as it is stored.
pub fn find(db: &mut Db, id: ClientId) -> Result<Option<Client>, DbError> {
    Ok(clients::table.find(id).select(Client::as_select()).first(db).optional()?)
}

/// The client as lists show it.
pub fn find_row(db: &mut Db, id: ClientId) -> Result<Option<ClientRow>, DbError> {
    let found = clients::table
        .inner_join(users::table)
        .filter(clients::id.eq(id))
        .select((Client::as_select(), users::full_name, merged_into(), clients::twin_key))
        .first(db)
        .optional()?;
    Ok(found.map(row))
}

/// The client, with its row locked until the end of the transaction.
pub fn find_for_update(db: &mut Db, id: ClientId) -> Result<Option<ForUpdate<Client>>, DbError> {
    let found: Option<(Client, String)> =
        for_update!(db, clients::table.find(id).select((Client::as_select(), clients::sales_key))).optional()?;
    Ok(found.map(|(client, sales)| ForUpdate::held_by(client, sales)))
}

/// Creates a client and returns it, and whether another one may be the same. Nobody else sees the row before the
/// transaction is committed.
pub fn insert(
    db: &mut Db,
    draft: &ClientDraft,
    sales_contact: UserId,
    now: NaiveDateTime,
) -> Result<(ForUpdate<Client>, bool), DbError> {
    let of_sales = users::table.filter(users::id.eq(sales_contact));
    let sales_key = of_sales.select(users::name_key).single_value().assume_not_null();
    diesel::insert_into(clients::table)
        .values((
            draft,
            derived(draft),
            clients::sales_contact_id.eq(sales_contact),
            clients::sales_key.eq(sales_key),
            clients::created_at.eq(now),
            clients::updated_at.eq(now),
        ))
        .execute(db)?;
    let new = clients::table.filter(clients::id.eq(db.last_inserted()));
    let new: Client = new.select(Client::as_select()).first(db)?;
    let is_twin = twins::follow(db, new.id, (&Keys::default(), &draft.into()))?;
    Ok((ForUpdate::of(new), is_twin))
}

/// Saves an edited client; returns whether it shares a new key with another one.
pub fn update(db: &mut Db, client: &Current<Client>, draft: &ClientDraft, now: NaiveDateTime) -> Result<bool, DbError> {
    let saved = diesel::update(clients::table.find(client.id))
        .set((draft, derived(draft), clients::version.eq(client.version + 1), clients::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)?;
    denormalized::dependents(db, client.id)?;
    twins::follow(db, client.id, (&keys(client), &draft.into()))
}

/// The keys by which the client is compared with others, whether or not it is archived.
fn keys(client: &Client) -> Keys {
    Keys::of(&client.full_name, &client.company_name, &client.phone)
}

/// Gives the client to another sales person.
pub fn set_sales_contact(db: &mut Db, client: &Current<Client>, to: UserId, now: NaiveDateTime) -> Result<(), DbError> {
    let sales_key = users::table.filter(users::id.eq(to)).select(users::name_key).single_value().assume_not_null();
    let saved = diesel::update(clients::table.find(client.id))
        .set((
            clients::sales_contact_id.eq(to),
            clients::sales_key.eq(sales_key),
            clients::version.eq(client.version + 1),
            clients::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)?;
    denormalized::dependents(db, client.id)
}

/// Archives the client (with a time) or restores it.
pub fn set_archived(
    db: &mut Db,
    client: &Current<Client>,
    archived_at: Option<NaiveDateTime>,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let version = client.version + 1;
    let saved = diesel::update(clients::table.find(client.id))
        .set((clients::archived_at.eq(archived_at), clients::version.eq(version), clients::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)?;
    let (keys, none) = (keys(client), Keys::default());
    let (before, after) = if archived_at.is_some() { (&keys, &none) } else { (&none, &keys) };
    twins::follow(db, client.id, (before, after)).map(drop)
}

/// Archives a client as merged into another one. It gives up its address, which nobody else could get otherwise.
pub fn merge_away(db: &mut Db, client: &Current<Client>, into: ClientId, now: NaiveDateTime) -> Result<(), DbError> {
    let saved = diesel::update(clients::table.find(client.id))
        .set((
            clients::archived_at.eq(Some(now)),
            clients::merged_into_id.eq(Some(into)),
            clients::email.eq(None::<String>),
            clients::email_key.eq(None::<String>),
            clients::version.eq(client.version + 1),
            clients::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)?;
    twins::follow(db, client.id, (&keys(client), &Keys::default())).map(drop)
}

/// Brings back a client that was merged, with its address. The error is `Taken` if another one has that by now.
pub fn bring_back(
    db: &mut Db,
    client: &Current<Client>,
    email: Option<&str>,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let saved = diesel::update(clients::table.find(client.id))
        .set((
            clients::archived_at.eq(None::<NaiveDateTime>),
            clients::merged_into_id.eq(None::<ClientId>),
            clients::email.eq(email),
            clients::email_key.eq(denormalized::email_key(email)),
            clients::version.eq(client.version + 1),
            clients::updated_at.eq(now),
        ))
        .execute(db)?;
    met(saved, 1)?;
    twins::follow(db, client.id, (&Keys::default(), &keys(client))).map(drop)
}

/// Saves what stays of two clients that are merged, or what was before. What is below it is not brought up to date.
pub fn set_merged(
    db: &mut Db,
    client: &Current<Client>,
    (draft, sales_contact): (&ClientDraft, UserId),
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let sales_key =
        users::table.filter(users::id.eq(sales_contact)).select(users::name_key).single_value().assume_not_null();
    let owner = (clients::sales_contact_id.eq(sales_contact), clients::sales_key.eq(sales_key));
    let saved = diesel::update(clients::table.find(client.id))
        .set((draft, derived(draft), owner, clients::version.eq(client.version + 1), clients::updated_at.eq(now)))
        .execute(db)?;
    met(saved, 1)?;
    twins::follow(db, client.id, (&keys(client), &draft.into())).map(drop)
}

/// Brings up to date what repeats values of the client.
pub fn follow_below(db: &mut Db, id: ClientId) -> Result<(), DbError> {
    denormalized::dependents(db, id)
}

/// How much is below a client, archived or not: contracts, events and payments.
pub fn below(db: &mut Db, id: ClientId) -> Result<Below, DbError> {
    let of_client = contracts::client_id.eq(id);
    Ok(Below {
        contracts: contracts::table.filter(of_client).count().get_result(db)?,
        events: events::table.inner_join(contracts::table).filter(of_client).count().get_result(db)?,
        payments: payments::table.inner_join(contracts::table).filter(of_client).count().get_result(db)?,
    })
}

/// The client that everything of this one is with, if it was merged: that client may have been merged too.
pub fn merged_into_at_last(db: &mut Db, id: ClientId) -> Result<ClientId, DbError> {
    let mut at_last = id;
    loop {
        let next = clients::table.find(at_last).select(clients::merged_into_id);
        match next.first::<Option<ClientId>>(db).optional()?.flatten() {
            Some(into) => at_last = into,
            None => return Ok(at_last),
        }
    }
}

/// Locks and returns all clients of a sales person, archived ones included: an heir takes them
/// over. The locks keep others from handing one of them over meanwhile.
pub fn owned_by_for_update(db: &mut Db, owner: UserId) -> Result<Vec<Client>, DbError> {
    let owned = clients::table.filter(clients::sales_contact_id.eq(owner));
    let mut owned: Vec<Client> = all_for_update!(db, owned.select(Client::as_select()))?;
    owned.sort_by_key(|client| client.id.0);
    Ok(owned)
}

/// How many clients those are, and how many of them are archived.
pub fn owned_by(db: &mut Db, owner: UserId) -> Result<(usize, usize), DbError> {
    let counts = clients::table.filter(clients::sales_contact_id.eq(owner));
    let counts = counts.select((dsl::count_star(), dsl::count(clients::archived_at)));
    let (all, archived): (i64, i64) = counts.get_result(db)?;
    Ok((usize::try_from(all).unwrap_or_default(), usize::try_from(archived).unwrap_or_default()))
}

/// Gives clients that were locked to another sales person.
pub fn hand_over(db: &mut Db, clients: &[&Client], to: UserId, now: NaiveDateTime) -> Result<(), DbError> {
    let values =
        (clients::sales_contact_id.eq(to), clients::version.eq(clients::version + 1), clients::updated_at.eq(now));
    for some in clients.chunks(AT_ONCE) {
        let ids: Vec<ClientId> = some.iter().map(|client| client.id).collect();
        met(diesel::update(clients::table.filter(clients::id.eq_any(ids))).set(values).execute(db)?, some.len())?;
    }
    if clients.is_empty() { Ok(()) } else { denormalized::person(db, to) }
}

/// How many contracts of the client are not archived.
pub fn open_contracts(db: &mut Db, id: ClientId) -> Result<i64, DbError> {
    let open = contracts::table.filter(contracts::client_id.eq(id).and(contracts::archived_at.is_null()));
    Ok(open.count().get_result(db)?)
}

macro_rules! filtered {
    ($listing:expr, $sought:expr, $viewer:expr) => {{
        let filter = &$listing.filter;
        let mut query = clients::table.left_join(users::table).into_boxed();
        query = match filter.view {
            ClientView::Archived => query.filter(clients::archived_at.is_not_null()),
            ClientView::All => query.filter(clients::archived_at.is_null()),
            // Archived clients have no twin.
            ClientView::Duplicates => query.filter(clients::twin_key.is_not_null()),
            ClientView::Mine => {
                query.filter(clients::archived_at.is_null().and(clients::sales_contact_id.eq($viewer.me)))
            }
        };
        if let Some(guard) = $viewer.auth_guard {
            query = query.filter(guard.holds());
        }
        if let Some(own) = $viewer.scope.clients() {
            query = query.filter(own);
        }
        if let Some(owner) = filter.sales_contact {
            query = query.filter(clients::sales_contact_id.eq(owner));
        }
        if let Some(day) = filter.from {
            query = query.filter(clients::last_contact_at.ge(day));
        }
        if let Some(day) = filter.to {
            query = query.filter(clients::last_contact_at.le(day));
        }
        for pattern in &$sought.patterns {
            query = query.filter(clients::search.like(pattern.clone()).escape('!'));
        }
        if let Some(ids) = &$sought.ids {
            query = query.filter(clients::id.eq_any(ids.clone()));
        }
        query
    }};
}

const WORDS: Searched = Searched { table: "clients", columns: "search" };

/// A page of the clients that `viewer` may see.
pub fn page(db: &mut Db, listing: &ClientListing, viewer: Viewer) -> Result<Page<ClientRow>, DbError> {
    searched(db, listing, WORDS, &listing.filter.text, |db, sought| {
        if listing.is_total() {
            let all = filtered!(listing, sought, viewer).select(clients::id);
            return Ok(Loaded::Total(counted!(db, all, sought.limit)));
        }
        let columns = (Client::as_select(), users::full_name.assume_not_null(), merged_into(), clients::twin_key);
        let query = filtered!(listing, sought, viewer).select(columns);
        let id = clients::id;
        let query = match listing.sort {
            ClientSort::Name => ordered!(required, query, listing, clients::name_key, id, Text),
            ClientSort::Company => ordered!(required, query, listing, clients::company_key, id, Text),
            ClientSort::Email => ordered!(optional, query, listing, clients::email, id, Text),
            ClientSort::Phone => ordered!(required, query, listing, clients::phone, id, Text),
            ClientSort::SalesContact => ordered!(required, query, listing, clients::sales_key, id, Text),
            ClientSort::LastContact => ordered!(optional, query, listing, clients::last_contact_at, id, Day),
            ClientSort::Updated => ordered!(required, query, listing, clients::updated_at, id, Time),
            ClientSort::Twins => ordered!(optional, query, listing, clients::twin_key, id, Text),
        };
        let mut rows: Vec<Found> = query.limit(listing.fetched()).load(db)?;
        // Whoever does not see all clients may not see the other one: the details say who it is, if they may.
        if viewer.scope != Scope::All {
            for (_, _, merged_into, _) in &mut rows {
                *merged_into = None;
            }
        }
        Ok(Loaded::Rows(rows.into_iter().map(row).collect()))
    })
}

/// How many clients are in a list, counted up to `most`.
pub fn count(db: &mut Db, listing: &ClientListing, viewer: Viewer, most: i64) -> Result<Count, DbError> {
    let sought = Sought::nothing();
    Ok(counted!(db, filtered!(listing, sought, viewer).select(clients::id), most))
}
