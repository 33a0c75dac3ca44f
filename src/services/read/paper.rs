//! The data of printed documents: that of the record's own screen, for whoever may open that.

use crate::{
    domain::{ContractId, Error, EventId, UserId, users::User},
    services::{
        ContractDetail, EventDetail,
        context::{RequestContext, ServiceError},
        paper::{Content, Document, EventSheet, Statement},
    },
    storage::{self, Db},
};

/// The name of the record that the document is about, and the data.
pub(in crate::services) fn content(
    db: &mut Db,
    ctx: &RequestContext,
    document: Document,
) -> Result<(String, Content), ServiceError> {
    match document {
        Document::EventSheet(id) => event_sheet(db, ctx, id),
        Document::Statement(id) => statement(db, ctx, id),
    }
}

fn event_sheet(db: &mut Db, ctx: &RequestContext, id: EventId) -> Result<(String, Content), ServiceError> {
    let EventDetail { row, .. } = super::event(db, ctx, id)?;
    let client = storage::clients::find(db, row.client_id)?.ok_or(Error::NotFound)?;
    let sales_contact = person(db, row.sales_contact_id)?;
    let support = row.event.support_id.map(|id| person(db, id)).transpose()?;
    let name = row.event.title.clone();
    Ok((name, Content::EventSheet(Box::new(EventSheet { row, client, sales_contact, support }))))
}

fn statement(db: &mut Db, ctx: &RequestContext, id: ContractId) -> Result<(String, Content), ServiceError> {
    let ContractDetail { row, client, mut events, .. } = super::contract(db, ctx, id)?;
    let sales_contact = person(db, row.sales_contact_id)?;
    let signed_on = row.contract.signed_at.map(|utc| ctx.settings.wall_clock(utc).date());
    events.rows.reverse();
    let statement = Statement {
        client: client.client,
        sales_contact,
        signed_on,
        events: events.rows,
        more_events: events.after,
        instalments: Vec::new(),
        payments: Vec::new(),
        row,
    };
    Ok((statement.row.client.clone(), Content::Statement(Box::new(statement))))
}

fn person(db: &mut Db, id: UserId) -> Result<User, ServiceError> {
    Ok(storage::users::find(db, id)?.ok_or(Error::NotFound)?)
}
