//! Documents with the data of the company's own papers, and with text that is as hostile as it can be.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, EventId, UserId,
        clients::Client,
        contracts::{Contract, ContractRow},
        events::{Event, EventRow, Status},
        users::{Role, User},
    },
    services::paper::{Content, EventSheet, InstalmentLine, Paper, PaymentLine, Receipt, Statement},
};

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn at(date: NaiveDate, hour: u32) -> NaiveDateTime {
    date.and_hms_opt(hour, 0, 0).unwrap()
}

pub fn paper(content: Content) -> Paper {
    Paper {
        company: "Epic Events".to_owned(),
        currency: "EUR".to_owned(),
        made_by: "Anna Moreau".to_owned(),
        made_at: at(day(2023, 5, 30), 10),
        content,
    }
}

fn user(name: &str, role: Role, phone: &str) -> User {
    User {
        id: UserId::new(2),
        version: 1,
        username: "somebody".to_owned(),
        full_name: name.to_owned(),
        email: Some(format!("{}@epic.example", name.to_lowercase().replace(' ', "."))),
        phone: Some(phone.to_owned()),
        employee_number: None,
        role,
        active: true,
        must_change_password: false,
        last_login_at: None,
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    }
}

fn client() -> Client {
    Client {
        id: ClientId::new(3),
        version: 1,
        full_name: "John Ouick".to_owned(),
        company_name: "Ouick & Daughters".to_owned(),
        email: Some("john.ouick@gmail.com".to_owned()),
        phone: "+1 234 567 8901".to_owned(),
        sales_contact_id: UserId::new(2),
        last_contact_at: None,
        notes: "A note about the client that stays in the company.".to_owned(),
        archived_at: None,
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    }
}

fn event_row() -> EventRow {
    let starts = at(day(2023, 6, 4), 13);
    let event = Event {
        id: EventId::new(146),
        version: 1,
        contract_id: ContractId::new(652),
        title: "John Ouick Wedding".to_owned(),
        client_contact: "Jacky Blangier".to_owned(),
        contact_phone: "+666 12345".to_owned(),
        starts_at: Some(starts),
        ends_at: Some(starts + TimeDelta::hours(13)),
        location: "53 Rue du Château, 41120 Candé-sur-Beuvron, France".to_owned(),
        attendees: 75,
        notes: "Wedding starts at 3PM, by the river.\nCatering is organized, reception starts at 5PM.\n\
                Kate needs to organize the DJ for after party."
            .to_owned(),
        status: Status::Confirmed,
        support_id: Some(UserId::new(4)),
        archived_at: None,
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    };
    EventRow {
        event,
        client_id: ClientId::new(3),
        client: "John Ouick".to_owned(),
        company: String::new(),
        client_phone: "+1 234 567 8901".to_owned(),
        sales_contact_id: UserId::new(2),
        sales_contact: "Bill Boquet".to_owned(),
        support: Some("Kate Hastroff".to_owned()),
    }
}

pub fn event_sheet() -> EventSheet {
    EventSheet {
        row: event_row(),
        client: client(),
        sales_contact: user("Bill Boquet", Role::Sales, "+33 1 23 45 67 89"),
        support: Some(user("Kate Hastroff", Role::Support, "+33 6 12 34 56 78")),
    }
}

/// With so many instalments and payments. Half of the instalments are paid.
pub fn statement(lines: i64) -> Statement {
    let total = 1_250_000;
    let contract = Contract {
        id: ContractId::new(652),
        version: 1,
        client_id: ClientId::new(3),
        total_cents: Cents(total),
        due_cents: Cents(total / 2),
        signed_at: Some(at(day(2023, 3, 1), 12)),
        notes: "A note about the contract that stays in the company.".to_owned(),
        archived_at: None,
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    };
    let row = ContractRow {
        contract,
        client: "John Ouick".to_owned(),
        company: String::new(),
        client_phone: "+1 234 567 8901".to_owned(),
        sales_contact_id: UserId::new(2),
        sales_contact: "Bill Boquet".to_owned(),
        next_due_on: None,
    };
    let amount = Cents(total / lines.max(1));
    let instalments = (0..lines).map(|number| InstalmentLine {
        label: format!("Instalment {}", number + 1),
        due_on: (number != 1).then(|| day(2023, 3, 1) + TimeDelta::days(7 * number)),
        amount,
        open: if number < lines / 2 { Cents(0) } else { amount },
    });
    let payments = (0..lines / 2).map(|number| PaymentLine {
        paid_on: day(2023, 3, 2) + TimeDelta::days(7 * number),
        method: "bank transfer".to_owned(),
        reference: format!("OUICK-{:03}", number + 1),
        amount: if number == 1 { Cents(-amount.0) } else { amount },
        cancelled: number == 2,
    });
    Statement {
        row,
        client: client(),
        sales_contact: user("Bill Boquet", Role::Sales, "+33 1 23 45 67 89"),
        signed_on: Some(day(2023, 3, 1)),
        events: vec![event_row()],
        more_events: false,
        instalments: instalments.collect(),
        payments: payments.collect(),
    }
}

pub fn receipt(cents: i64) -> Receipt {
    Receipt {
        number: 1_207,
        payment: PaymentLine {
            paid_on: day(2023, 5, 29),
            method: "bank transfer".to_owned(),
            reference: "OUICK-001".to_owned(),
            amount: Cents(cents),
            cancelled: false,
        },
        contract: ContractId::new(652),
        client: client(),
        total: Cents(1_250_000),
        due: Cents(625_000),
    }
}

/// Puts the text into everything that somebody can have typed.
pub fn fill(paper: &mut Paper, text: &str) {
    let some = || text.to_owned();
    let user = |user: &mut User| {
        (user.full_name, user.phone, user.email) = (some(), Some(some()), Some(some()));
    };
    let client = |client: &mut Client| {
        (client.full_name, client.company_name, client.phone) = (some(), some(), some());
        (client.email, client.notes) = (Some(some()), some());
    };
    let event = |event: &mut Event| {
        (event.title, event.client_contact, event.contact_phone) = (some(), some(), some());
        (event.location, event.notes) = (some(), some());
    };
    let payment = |payment: &mut PaymentLine| (payment.method, payment.reference) = (some(), some());
    (paper.company, paper.currency, paper.made_by) = (some(), some(), some());
    match &mut paper.content {
        Content::EventSheet(data) => {
            event(&mut data.row.event);
            client(&mut data.client);
            user(&mut data.sales_contact);
            data.support.iter_mut().for_each(user);
        }
        Content::Statement(data) => {
            client(&mut data.client);
            user(&mut data.sales_contact);
            data.events.iter_mut().for_each(|row| event(&mut row.event));
            data.instalments.iter_mut().for_each(|line| line.label = some());
            data.payments.iter_mut().for_each(payment);
        }
        Content::Receipt(data) => {
            client(&mut data.client);
            payment(&mut data.payment);
        }
    }
}
