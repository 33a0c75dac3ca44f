//! The data of printed documents: that of the record's own screen, for whoever may open that.

use crate::{
    domain::{
        Cents, ContractId, Error, EventId, PaymentId, UserId, instalments::Instalment, payments::Payment, users::User,
    },
    services::{
        ContractDetail, EventDetail, PaymentDetail,
        context::{RequestContext, ServiceError},
        paper::{Content, Document, EventSheet, Receipt, Statement},
    },
    storage::{self, Db},
};

/// The most payments in a statement.
const PAYMENTS: u16 = 1_000;

/// The name of the record that the document is about, and the data.
pub fn content(db: &mut Db, ctx: &RequestContext, document: Document) -> Result<(String, Content), ServiceError> {
    match document {
        Document::EventSheet(id) => event_sheet(db, ctx, id),
        Document::Statement(id) => statement(db, ctx, id),
        Document::Receipt(id) => receipt(db, ctx, id),
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
    let (ContractDetail { row, client, mut instalments, mut events, .. }, payments) = account(db, ctx, id)?;
    let sales_contact = person(db, row.sales_contact_id)?;
    let signed_on = row.contract.signed_at.map(|utc| ctx.settings.wall_clock(utc).date());
    events.rows.reverse();
    instalments.sort_by_key(Instalment::turn);
    let counted: i64 = payments.iter().map(|payment| payment.amount_cents.0).sum();
    let is_cut = payments.len() == usize::from(PAYMENTS);
    let statement = Statement {
        client: client.client,
        sales_contact,
        signed_on,
        events: events.rows,
        more_events: events.after,
        instalments,
        payments,
        earlier: is_cut.then(|| Cents(row.contract.paid().0 - counted)).filter(|before| before.0 != 0),
        row,
    };
    Ok((statement.row.client.clone(), Content::Statement(Box::new(statement))))
}

/// A contract and the payments that count. Both are read again if somebody has paid in between, or the
/// payments would not sum to what the contract says.
fn account(db: &mut Db, ctx: &RequestContext, id: ContractId) -> Result<(ContractDetail, Vec<Payment>), ServiceError> {
    loop {
        let detail = super::contract(db, ctx, id)?;
        let payments = storage::payments::counted(db, id, PAYMENTS)?;
        if storage::contracts::find(db, id)?.as_ref() == Some(&detail.row.contract) {
            return Ok((detail, payments));
        }
    }
}

fn receipt(db: &mut Db, ctx: &RequestContext, id: PaymentId) -> Result<(String, Content), ServiceError> {
    let PaymentDetail { row, contract, .. } = super::payment(db, ctx, id)?;
    let client = storage::clients::find(db, contract.contract.client_id)?.ok_or(Error::NotFound)?;
    let receipt = Receipt {
        cancelled_on: row.payment.cancelled_at.map(|utc| ctx.settings.wall_clock(utc).date()),
        payment: row.payment,
        contract: contract.contract,
        client,
    };
    Ok((row.client, Content::Receipt(Box::new(receipt))))
}

fn person(db: &mut Db, id: UserId) -> Result<User, ServiceError> {
    Ok(storage::users::find(db, id)?.ok_or(Error::NotFound)?)
}
