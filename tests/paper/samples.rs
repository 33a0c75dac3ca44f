//! Documents with the data of the company's own papers, and with text that is as hostile as it can be.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use epic_events::{
    domain::{
        Cents, ClientId, ContractId, EventId, PaymentId, UserId,
        clients::Client,
        contracts::{Contract, ContractRow},
        events::{Event, EventRow, Status},
        instalments::{self, Due, Instalment},
        payments::{Method, Payment},
        users::{Role, User},
    },
    services::paper::{Content, EventSheet, Paper, Receipt, Statement},
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
        merged_into_id: None,
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

pub fn payment(id: i64, paid_on: NaiveDate, cents: i64) -> Payment {
    Payment {
        id: PaymentId::new(id),
        version: 1,
        contract_id: ContractId::new(652),
        amount_cents: Cents(cents),
        paid_on,
        method: Method::Transfer,
        reference: format!("OUICK-{id:03}"),
        notes: "A note about the payment that stays in the company.".to_owned(),
        cancelled_at: None,
        cancel_reason: String::new(),
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    }
}

/// A contract of so much, of which so much is due.
fn contract(total: i64, due: i64) -> Contract {
    Contract {
        id: ContractId::new(652),
        version: 1,
        client_id: ClientId::new(3),
        total_cents: Cents(total),
        due_cents: Cents(due),
        signed_at: Some(at(day(2023, 3, 1), 12)),
        notes: "A note about the contract that stays in the company.".to_owned(),
        archived_at: None,
        created_at: NaiveDateTime::default(),
        updated_at: NaiveDateTime::default(),
    }
}

fn instalment(position: i32, label: &str, due_on: Option<NaiveDate>, amount_cents: i64) -> Instalment {
    Instalment {
        contract_id: ContractId::new(652),
        position,
        label: label.to_owned(),
        amount_cents: Cents(amount_cents),
        due: due_on.map_or(Due::Event(0), Due::On),
        due_on,
        open_cents: Cents(amount_cents),
        plan_id: None,
    }
}

fn statement_of(total: i64, mut instalments: Vec<Instalment>, payments: Vec<Payment>) -> Statement {
    let paid: i64 = payments.iter().map(|payment| payment.amount_cents.0).sum();
    instalments::fill(&mut instalments, Cents(paid));
    let row = ContractRow {
        contract: contract(total, total - paid),
        client: "John Ouick".to_owned(),
        company: String::new(),
        client_phone: "+1 234 567 8901".to_owned(),
        sales_contact_id: UserId::new(2),
        sales_contact: "Bill Boquet".to_owned(),
        next_due_on: None,
    };
    Statement {
        row,
        client: client(),
        sales_contact: user("Bill Boquet", Role::Sales, "+33 1 23 45 67 89"),
        signed_on: Some(day(2023, 3, 1)),
        events: vec![event_row()],
        more_events: false,
        instalments,
        payments,
        earlier: None,
    }
}

/// The statement of the wedding: one instalment is paid, one is overdue in part, and one follows.
pub fn statement() -> Statement {
    let instalments = vec![
        instalment(1, "Deposit", Some(day(2023, 3, 1)), 375_000),
        instalment(2, "", Some(day(2023, 5, 5)), 500_000),
        instalment(3, "Balance", Some(day(2023, 6, 4)), 375_000),
    ];
    let payments = vec![
        payment(1, day(2023, 3, 2), 375_000),
        Payment { method: Method::Cheque, ..payment(2, day(2023, 5, 2), 300_000) },
        payment(3, day(2023, 5, 9), -50_000),
    ];
    statement_of(1_250_000, instalments, payments)
}

/// With so many instalments and payments, half of which are refunds of a tenth.
pub fn long_statement(lines: i32) -> Statement {
    let week = |number: i32| day(2023, 3, 1) + TimeDelta::days(7 * i64::from(number));
    let instalments =
        (1..=lines).map(|number| instalment(number, &format!("Part {number} of all"), Some(week(number)), 1_234_567));
    let payments = (1..=lines).map(|number| {
        let paid = if number % 2 == 0 { -123_456 } else { 1_234_567 };
        payment(number.into(), week(number), paid)
    });
    statement_of(i64::from(lines) * 1_234_567, instalments.collect(), payments.collect())
}

/// Nothing is known but the client and the total.
pub fn bare_statement() -> Statement {
    let mut statement = statement_of(1_250_000, Vec::new(), Vec::new());
    (statement.events, statement.signed_on) = (Vec::new(), None);
    (statement.client.company_name, statement.client.email) = (String::new(), None);
    (statement.sales_contact.phone, statement.sales_contact.email) = (None, None);
    statement
}

pub fn receipt(cents: i64) -> Receipt {
    let payment = Payment { reference: "OUICK-001".to_owned(), ..payment(1_207, day(2023, 5, 29), cents) };
    Receipt { payment, cancelled_on: None, contract: contract(1_250_000, 625_000), client: client() }
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
    let payment = |payment: &mut Payment| (payment.reference, payment.notes) = (some(), some());
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
            data.instalments.iter_mut().for_each(|instalment| instalment.label = some());
            data.payments.iter_mut().for_each(payment);
        }
        Content::Receipt(data) => {
            client(&mut data.client);
            payment(&mut data.payment);
        }
    }
}
