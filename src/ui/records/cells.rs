//! What a row of a list shows.

use chrono::NaiveDateTime;

use crate::{
    domain::{
        dates,
        entity::{EntityKind, Record},
    },
    ui::{
        Context,
        text::Phrase,
        widgets::table::{Column, column},
    },
};

const CLIENTS: &[(Phrase<'static>, Column)] = &[
    (Phrase::ColName, column(16, 3, 0, 0)),
    (Phrase::ColCompany, column(16, 3, 1, 1)),
    (Phrase::ColPhone, column(17, 0, 3, 3)),
    (Phrase::ColSales, column(14, 2, 2, 4)),
    (Phrase::ColEmail, column(22, 2, 4, 2)),
    (Phrase::ColLastContact, column(12, 0, 5, 5)),
];

const CONTRACTS: &[(Phrase<'static>, Column)] = &[
    (Phrase::ColNumber, column(6, 0, 0, 0).right()),
    (Phrase::ColClient, column(16, 3, 1, 1)),
    (Phrase::ColTotal, column(13, 0, 2, 3).right()),
    (Phrase::ColDue, column(13, 0, 3, 4).right()),
    (Phrase::ColSigned, column(12, 0, 2, 5)),
    (Phrase::ColSales, column(14, 2, 5, 6)),
    (Phrase::ColCompany, column(16, 3, 6, 2)),
    (Phrase::ColCreated, column(10, 0, 7, 7)),
];

const EVENTS: &[(Phrase<'static>, Column)] = &[
    (Phrase::ColStarts, column(16, 0, 0, 0)),
    (Phrase::ColTitle, column(18, 4, 1, 1)),
    (Phrase::ColSupport, column(14, 2, 2, 6)),
    (Phrase::ColStatus, column(9, 0, 3, 5)),
    (Phrase::ColClient, column(14, 2, 4, 2)),
    (Phrase::ColPlace, column(16, 2, 5, 3)),
    (Phrase::ColPeople, column(9, 0, 6, 4).right()),
];

const STAFF: &[(Phrase<'static>, Column)] = &[
    (Phrase::ColName, column(18, 3, 0, 0)),
    (Phrase::ColRole, column(11, 0, 1, 2)),
    (Phrase::ColUsername, column(14, 1, 2, 1)),
    (Phrase::ColEmail, column(22, 2, 3, 3)),
    (Phrase::ColPhone, Column { width: 17, grow: 0, priority: 5, right: false, sort: None }),
    (Phrase::ColLastLogin, column(16, 0, 4, 4)),
];

const AUDIT: &[(Phrase<'static>, Column)] = &[
    (Phrase::ColWhen, column(16, 0, 0, 0)),
    (Phrase::ColWho, column(16, 1, 1, 1)),
    (Phrase::ColWhat, column(26, 1, 2, 2)),
    (Phrase::ColRecord, column(16, 2, 3, 3)),
];

fn table(kind: EntityKind) -> &'static [(Phrase<'static>, Column)] {
    match kind {
        EntityKind::Client => CLIENTS,
        EntityKind::Contract => CONTRACTS,
        EntityKind::Event => EVENTS,
        EntityKind::User => STAFF,
        EntityKind::Audit => AUDIT,
    }
}

/// The columns of a list.
pub fn columns(kind: EntityKind) -> Vec<Column> {
    table(kind).iter().map(|(_, column)| *column).collect()
}

/// The titles of the columns.
pub fn titles(kind: EntityKind, ctx: &Context) -> Vec<String> {
    table(kind).iter().map(|(title, _)| ctx.say(*title)).collect()
}

fn instant(time: Option<NaiveDateTime>, ctx: &Context) -> String {
    time.map(|utc| dates::format_date_time(ctx.settings().wall_clock(utc))).unwrap_or_default()
}

/// The cells of a row, in the order of [`columns`].
pub fn cells(record: &Record, ctx: &Context) -> Vec<String> {
    match record {
        Record::Client(row) => {
            let client = &row.client;
            vec![
                client.full_name.clone(),
                client.company_name.clone(),
                client.phone.clone(),
                row.sales_contact.clone(),
                client.email.clone().unwrap_or_default(),
                client.last_contact_at.map(dates::format_date).unwrap_or_default(),
            ]
        }
        Record::Contract(row) => {
            let contract = &row.contract;
            let signed = contract.signed_at.map(|utc| dates::format_date(ctx.settings().wall_clock(utc).date()));
            vec![
                contract.id.0.to_string(),
                row.client.clone(),
                contract.total_cents.format(ctx.language),
                contract.due_cents.format(ctx.language),
                signed.unwrap_or_else(|| ctx.say(Phrase::NotSigned)),
                row.sales_contact.clone(),
                row.company.clone(),
                dates::format_date(ctx.settings().wall_clock(contract.created_at).date()),
            ]
        }
        Record::Event(row) => {
            let event = &row.event;
            vec![
                event.starts_at.map_or_else(|| ctx.say(Phrase::NotKnown), dates::format_date_time),
                event.title.clone(),
                row.support.clone().unwrap_or_else(|| ctx.say(Phrase::Nobody)),
                ctx.say(Phrase::Status(event.status)),
                row.client.clone(),
                event.location.clone(),
                if event.attendees == 0 { String::new() } else { event.attendees.to_string() },
            ]
        }
        Record::User(user) => vec![
            user.full_name.clone(),
            ctx.say(Phrase::Role(user.role)),
            user.username.clone(),
            user.email.clone().unwrap_or_default(),
            user.phone.clone().unwrap_or_default(),
            instant(user.last_login_at, ctx),
        ],
        Record::Audit(row) => {
            vec![instant(Some(row.at), ctx), row.actor_name.clone(), ctx.verb(&row.action), row.record_name.clone()]
        }
    }
}
