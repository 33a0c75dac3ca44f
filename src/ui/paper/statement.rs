//! The statement of a contract.

use askama::Template;

use super::sheet::{Contact, Sheet};
use crate::{
    domain::{Cents, contracts::Contract},
    services::paper::{InstalmentLine, PaymentLine, Statement},
    ui::text::PaperPhrase as P,
};

#[derive(Template)]
#[template(path = "statement.html")]
pub(super) struct Page<'a> {
    sheet: Sheet<'a>,
    contract: &'a Contract,
    paid: Cents,
    signed_on: String,
    client: Contact,
    sales_contact: Contact,
    events: Vec<EventLine<'a>>,
    more_events: bool,
    instalments: &'a [InstalmentLine],
    payments: &'a [PaymentLine],
}

struct EventLine<'a> {
    day: String,
    title: &'a str,
    place: &'a str,
}

pub(super) fn page<'a>(sheet: Sheet<'a>, data: &'a Statement) -> Page<'a> {
    let contract = &data.row.contract;
    let events = data.events.iter().map(|row| EventLine {
        day: sheet.short_day(row.event.starts_at.map(|start| start.date())),
        title: &row.event.title,
        place: &row.event.location,
    });
    Page {
        paid: Cents(contract.total_cents.0 - contract.due_cents.0),
        signed_on: data.signed_on.map_or_else(|| sheet.say(P::NotSigned), |day| sheet.day(day)),
        client: Contact::from(&data.client),
        sales_contact: Contact::from(&data.sales_contact),
        events: events.collect(),
        more_events: data.more_events,
        instalments: &data.instalments,
        payments: &data.payments,
        sheet,
        contract,
    }
}
