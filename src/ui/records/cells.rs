//! What a row of a list shows.

use chrono::NaiveDateTime;

use super::{Kind, Record};
use crate::{
    domain::dates,
    ui::{
        Context,
        text::W,
        widgets::table::{Column, column},
    },
};

const CLIENTS: &[(W<'static>, Column)] = &[
    (W::ColName, column(16, 3, 0, 0)),
    (W::ColCompany, column(16, 3, 1, 1)),
    (W::ColPhone, column(17, 0, 3, 3)),
    (W::ColSales, column(14, 2, 2, 4)),
    (W::ColEmail, column(22, 2, 4, 2)),
    (W::ColLastContact, column(12, 0, 5, 5)),
];

const CONTRACTS: &[(W<'static>, Column)] = &[
    (W::ColNumber, column(6, 0, 0, 0).right()),
    (W::ColClient, column(16, 3, 1, 1)),
    (W::ColTotal, column(13, 0, 2, 3).right()),
    (W::ColDue, column(13, 0, 3, 4).right()),
    (W::ColSigned, column(12, 0, 2, 5)),
    (W::ColSales, column(14, 2, 5, 6)),
    (W::ColCompany, column(16, 3, 6, 2)),
    (W::ColCreated, column(10, 0, 7, 7)),
];

const EVENTS: &[(W<'static>, Column)] = &[
    (W::ColStarts, column(16, 0, 0, 0)),
    (W::ColTitle, column(18, 4, 1, 1)),
    (W::ColSupport, column(14, 2, 2, 6)),
    (W::ColStatus, column(9, 0, 3, 5)),
    (W::ColClient, column(14, 2, 4, 2)),
    (W::ColPlace, column(16, 2, 5, 3)),
    (W::ColPeople, column(9, 0, 6, 4).right()),
];

const STAFF: &[(W<'static>, Column)] = &[
    (W::ColName, column(18, 3, 0, 0)),
    (W::ColRole, column(11, 0, 1, 2)),
    (W::ColUsername, column(14, 1, 2, 1)),
    (W::ColEmail, column(22, 2, 3, 3)),
    (W::ColPhone, Column { width: 17, grow: 0, priority: 5, right: false, sort: None }),
    (W::ColLastLogin, column(16, 0, 4, 4)),
];

const AUDIT: &[(W<'static>, Column)] = &[
    (W::ColWhen, column(16, 0, 0, 0)),
    (W::ColWho, column(16, 1, 1, 1)),
    (W::ColWhat, column(26, 1, 2, 2)),
    (W::ColRecord, column(16, 2, 3, 3)),
];

fn table(kind: Kind) -> &'static [(W<'static>, Column)] {
    match kind {
        Kind::Clients => CLIENTS,
        Kind::Contracts => CONTRACTS,
        Kind::Events => EVENTS,
        Kind::Staff => STAFF,
        Kind::Audit => AUDIT,
    }
}

/// The columns of a list.
pub fn columns(kind: Kind) -> Vec<Column> {
    table(kind).iter().map(|(_, column)| *column).collect()
}

/// The titles of the columns.
pub fn titles(kind: Kind, ctx: &Context) -> Vec<String> {
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
                signed.unwrap_or_else(|| ctx.say(W::NotSigned)),
                row.sales_contact.clone(),
                row.company.clone(),
                dates::format_date(ctx.settings().wall_clock(contract.created_at).date()),
            ]
        }
        Record::Event(row) => {
            let event = &row.event;
            vec![
                event.starts_at.map_or_else(|| ctx.say(W::NotKnown), dates::format_date_time),
                event.title.clone(),
                row.support.clone().unwrap_or_else(|| ctx.say(W::Nobody)),
                ctx.say(W::Status(event.status)),
                row.client.clone(),
                event.location.clone(),
                if event.attendees == 0 { String::new() } else { event.attendees.to_string() },
            ]
        }
        Record::User(user) => vec![
            user.full_name.clone(),
            ctx.say(W::Role(user.role)),
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
