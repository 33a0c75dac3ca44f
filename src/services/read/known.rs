//! Clients that may be the one that is typed in a form, without what the user may not see.

use crate::{
    domain::{
        ClientId,
        clients::ClientDraft,
        known::{Known, KnownClient, Shared},
        users::Role,
    },
    services::context::{RequestContext, ServiceError},
    storage::{self, Db, known::Match},
};

/// The clients that the user may see, each with what it shares, and of the others only that there are some. `None` if
/// account or settings have changed since the session knows them, which only a guarded context can find.
pub fn like(
    db: &mut Db,
    ctx: &RequestContext,
    draft: &ClientDraft,
    except: Option<ClientId>,
) -> Result<Option<Vec<Known>>, ServiceError> {
    let Some(found) = storage::known::like(db, draft, except, ctx.viewer())? else { return Ok(None) };
    let is_seen = |one: &Match| ctx.sees_all() || (ctx.actor().role == Role::Sales && one.sales_contact_id == ctx.me());
    let (seen, hidden): (Vec<Match>, Vec<Match>) = found.into_iter().partition(is_seen);
    let mut known: Vec<Known> = seen
        .into_iter()
        .map(|one| {
            let sales_contact = (one.sales_contact_id != ctx.me()).then_some(one.sales_contact);
            let Match { id, full_name, company_name, archived, shared, .. } = one;
            Known { shared, client: Some(KnownClient { id, full_name, company_name, sales_contact, archived }) }
        })
        .collect();
    // Not even their number is told.
    let mut shared: Vec<Shared> = hidden.into_iter().flat_map(|one| one.shared).collect();
    shared.sort_unstable();
    shared.dedup();
    if !shared.is_empty() {
        known.push(Known { shared, client: None });
    }
    Ok(Some(known))
}
