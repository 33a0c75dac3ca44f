//! The statement of a contract.

use askama::Template;

use super::sheet::{Contact, Sheet};
use crate::{
    domain::{
        Cents,
        contracts::Contract,
        events::Status,
        instalments::{self, Instalment, Standing},
        payments::{Method, Payment},
    },
    services::paper::Statement,
    ui::text::{PaperPhrase as P, capitalised},
};

#[derive(Template)]
#[template(path = "statement.html")]
pub(super) struct Page<'a> {
    sheet: Sheet<'a>,
    about: String,
    contract: &'a Contract,
    paid: Cents,
    overdue: Cents,
    signed_on: String,
    client: Contact,
    sales_contact: Contact,
    events: Vec<EventLine<'a>>,
    more_events: bool,
    instalments: Vec<InstalmentLine>,
    payments: Vec<PaymentLine<'a>>,
}

struct EventLine<'a> {
    day: String,
    title: String,
    is_cancelled: bool,
    place: &'a str,
}

struct InstalmentLine {
    label: String,
    due_on: String,
    amount: Cents,
    open: Cents,
    state: String,
    is_overdue: bool,
}

struct PaymentLine<'a> {
    day: String,
    /// How it was made.
    way: String,
    reference: &'a str,
    amount: Cents,
}

pub(super) fn page<'a>(sheet: Sheet<'a>, data: &'a Statement) -> Page<'a> {
    let contract = &data.row.contract;
    let events = data.events.iter().map(|row| EventLine {
        day: sheet.short_day(row.event.starts_at.map(|start| start.date())),
        title: match row.event.status {
            Status::Cancelled => sheet.say(P::CancelledEvent(&row.event.title)),
            Status::Planned | Status::Confirmed | Status::Done => row.event.title.clone(),
        },
        is_cancelled: row.event.status == Status::Cancelled,
        place: &row.event.location,
    });
    let number = sheet.say(P::Contract(contract.id.0));
    Page {
        about: sheet.about(&[&sheet.say(P::Statement), &number, &data.client.full_name]),
        paid: contract.paid(),
        overdue: instalments::overdue(&data.instalments, sheet.today()),
        signed_on: data.signed_on.map_or_else(|| sheet.say(P::NotSigned), |day| sheet.day(day)),
        client: Contact::from(&data.client),
        sales_contact: Contact::from(&data.sales_contact),
        events: events.collect(),
        more_events: data.more_events,
        instalments: data.instalments.iter().map(|one| instalment(&sheet, one)).collect(),
        payments: earlier(&sheet, data)
            .into_iter()
            .chain(data.payments.iter().map(|one| payment(&sheet, one)))
            .collect(),
        sheet,
        contract,
    }
}

fn instalment(sheet: &Sheet, one: &Instalment) -> InstalmentLine {
    let standing = one.standing(sheet.today());
    let label = match one.label.as_str() {
        "" => sheet.say(P::InstalmentNumber(one.position)),
        label => label.to_owned(),
    };
    InstalmentLine {
        label,
        due_on: sheet.short_day(one.due_on),
        amount: one.amount_cents,
        open: one.open_cents,
        state: sheet.say(P::Standing(standing)),
        is_overdue: standing == Standing::Overdue,
    }
}

fn payment<'a>(sheet: &Sheet, one: &'a Payment) -> PaymentLine<'a> {
    let way = sheet.say(P::Way(one.method));
    PaymentLine {
        day: sheet.short_day(Some(one.paid_on)),
        way: if one.is_refund() { capitalised(&sheet.say(P::RefundBy(&way))) } else { capitalised(&way) },
        reference: &one.reference,
        amount: one.amount_cents,
    }
}

/// The payments that are not listed, as one line.
fn earlier<'a>(sheet: &Sheet, data: &Statement) -> Option<PaymentLine<'a>> {
    let way = capitalised(&sheet.say(P::Way(Method::Opening)));
    data.earlier.map(|amount| PaymentLine { day: String::new(), way, reference: "", amount })
}
