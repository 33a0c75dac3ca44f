//! The receipt of a payment, or of a refund.

use askama::Template;

use super::sheet::{Contact, Sheet};
use crate::{
    domain::{
        Cents,
        contracts::Contract,
        payments::{Method, Payment},
    },
    services::paper::Receipt,
    ui::text::{PaperPhrase as P, capitalised},
};

#[derive(Template)]
#[template(path = "receipt.html")]
pub(super) struct Page<'a> {
    sheet: Sheet<'a>,
    about: String,
    payment: &'a Payment,
    contract: &'a Contract,
    client: Contact,
    /// Without a sign.
    amount: Cents,
    way: String,
    title: String,
    /// The labels of the client, the amount and the day.
    labels: [String; 3],
    cancelled: Option<String>,
    /// What is due on the contract on the day of the document.
    due: String,
}

pub(super) fn page<'a>(sheet: Sheet<'a>, data: &'a Receipt) -> Page<'a> {
    let Receipt { payment, contract, client, cancelled_on } = data;
    let (title, [from, amount, on]) = if payment.is_refund() {
        (P::Refund, [P::RefundedTo, P::AmountRefunded, P::RefundedOn])
    } else {
        (P::Receipt, [P::ReceivedFrom, P::AmountReceived, P::ReceivedOn])
    };
    // What was paid before the contract was entered has no day of its own.
    let on = if payment.method == Method::Opening { P::RecordedOn } else { on };
    let today = sheet.date(sheet.today());
    let due = if contract.due_cents == Cents(0) { P::SettledAsOf(&today) } else { P::DueAsOf(&today) };
    let title = sheet.say(title);
    let number = sheet.say(P::Number(payment.id.0));
    Page {
        about: sheet.about(&[&format!("{title} {number}"), &client.full_name]),
        client: Contact::from(client),
        amount: Cents(payment.amount_cents.0.abs()),
        way: capitalised(&sheet.say(P::Way(payment.method))),
        title,
        labels: [from, amount, on].map(|label| sheet.say(label)),
        cancelled: cancelled_on.map(|day| sheet.say(P::CancelledOn(&sheet.day(day)))),
        due: sheet.say(due),
        sheet,
        payment,
        contract,
    }
}
