//! Looks for clients that may be the one that is typed in a form.

use diesel::{
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};

use super::{
    Viewer,
    connection::{Db, MultiBackend},
    denormalized,
    failure::DbError,
};
use crate::domain::{
    clients::ClientDraft,
    id::{ClientId, UserId},
    known::{Keys, Shared},
};

/// A client that has something in common with the one that was asked about.
#[derive(Debug)]
pub struct Match {
    pub id: ClientId,
    pub full_name: String,
    pub company_name: String,
    pub archived: bool,
    pub sales_contact_id: UserId,
    pub sales_contact: String,
    pub shared: Vec<Shared>,
}

/// How many clients are found by each key: there may be thousands behind one switchboard.
const FOUND: i64 = 3;

/// The clients that share the address, the telephone number, or the name and company with this form, besides the one
/// that it edits; those that are not archived first. A client that was merged is found by nothing, since the one that
/// it was merged into is.
///
/// `None` if the viewer's account and settings are no longer as the viewer's guard knows them.
pub fn like(
    db: &mut Db,
    draft: &ClientDraft,
    except: Option<ClientId>,
    viewer: Viewer,
) -> Result<Option<Vec<Match>>, DbError> {
    use diesel::RunQueryDsl;
    type Row = (
        Option<i64>,
        Option<String>,
        Option<String>,
        Option<chrono::NaiveDateTime>,
        Option<i64>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let email = draft.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let email = denormalized::email_key(email);
    let keys = Keys::from(draft);
    let query = Likeness {
        holds: viewer.auth_guard.map_or_else(|| "1 = 1".to_owned(), super::AuthGuard::condition),
        me: viewer.me,
        email: email.clone(),
        keys: keys.clone(),
        except: except.map_or(0, |id| id.0),
    };
    let rows: Vec<Row> = query.load(db)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let found =
        rows.into_iter().filter_map(|(id, name, company, archived, owner, sales_contact, mail, phone, person)| {
            let same = |asked: &Option<String>, found: &Option<String>| asked.is_some() && asked == found;
            let shared = [
                (same(&keys.person, &person), Shared::Person),
                (same(&email, &mail), Shared::Email),
                (same(&keys.phone, &phone), Shared::Phone),
            ];
            Some(Match {
                id: ClientId::new(id?),
                full_name: name?,
                company_name: company?,
                archived: archived.is_some(),
                sales_contact_id: UserId::new(owner?),
                sales_contact: sales_contact?,
                shared: shared.into_iter().filter(|(shares, _)| *shares).map(|(_, what)| what).collect(),
            })
        });
    let mut found: Vec<Match> = found.collect();
    found.sort_by_key(|one| (one.archived, one.id.0));
    Ok(Some(found))
}

/// The query: one row for each client that is found, and one without a client if there is none.
struct Likeness {
    /// The condition on the viewer's account.
    holds: String,
    me: UserId,
    email: Option<String>,
    keys: Keys,
    except: i64,
}

/// The conditions are not part of the type, so the statement is identified by its text.
impl QueryId for Likeness {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Likeness {
    type SqlType = (
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Timestamp>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
    );
}

impl diesel::RunQueryDsl<Db> for Likeness {}

impl QueryFragment<MultiBackend> for Likeness {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(
            "SELECT clients.id, clients.full_name, clients.company_name, clients.archived_at, \
             clients.sales_contact_id, owner.full_name, clients.email_key, clients.phone_key, clients.person_key \
             FROM users AS viewer LEFT JOIN (",
        );
        let keys = [("email_key", &self.email), ("phone_key", &self.keys.phone), ("person_key", &self.keys.person)];
        for (at, (column, key)) in keys.into_iter().enumerate() {
            let union = if at == 0 { "" } else { " UNION " };
            // A limit may stand only in a query of its own.
            out.push_sql(&format!("{union}SELECT id FROM (SELECT id FROM clients WHERE {column} = "));
            out.push_bind_param::<Nullable<Text>, _>(key)?;
            out.push_sql(" AND merged_into_id IS NULL AND id <> ");
            out.push_bind_param::<BigInt, _>(&self.except)?;
            out.push_sql(&format!(" ORDER BY archived_at LIMIT {FOUND}) AS by_{column}"));
        }
        out.push_sql(&format!(
            ") AS found ON 1 = 1 LEFT JOIN clients ON clients.id = found.id \
             LEFT JOIN users AS owner ON owner.id = clients.sales_contact_id WHERE viewer.id = {} AND {}",
            self.me.0, self.holds
        ));
        Ok(())
    }
}
