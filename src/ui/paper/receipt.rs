//! The receipt of a payment, or of a refund.

use askama::Template;

use super::sheet::{Contact, Sheet};
use crate::{
    domain::Cents,
    services::paper::{PaymentLine, Receipt},
    ui::text::PaperPhrase as P,
};

#[derive(Template)]
#[template(path = "receipt.html")]
pub(super) struct Page<'a> {
    sheet: Sheet<'a>,
    receipt: &'a Receipt,
    payment: &'a PaymentLine,
    client: Contact,
    /// Without a sign.
    amount: Cents,
    title: String,
    /// The labels of the client, the amount and the day.
    labels: [String; 3],
}

pub(super) fn page<'a>(sheet: Sheet<'a>, receipt: &'a Receipt) -> Page<'a> {
    let payment = &receipt.payment;
    let (title, labels) = if payment.amount.0 < 0 {
        (P::Refund, [P::RefundedTo, P::AmountRefunded, P::RefundedOn])
    } else {
        (P::Receipt, [P::ReceivedFrom, P::AmountReceived, P::ReceivedOn])
    };
    Page {
        client: Contact::from(&receipt.client),
        amount: Cents(payment.amount.0.abs()),
        title: sheet.say(title),
        labels: labels.map(|label| sheet.say(label)),
        sheet,
        receipt,
        payment,
    }
}
