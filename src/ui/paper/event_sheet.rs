//! The event sheet.

use askama::Template;

use super::sheet::{Contact, Sheet};
use crate::{
    domain::{
        dates,
        events::{Event, Status},
    },
    services::paper::EventSheet,
    ui::text::{self, PaperPhrase as P, Phrase, capitalised},
};

#[derive(Template)]
#[template(path = "event_sheet.html")]
pub(super) struct Page<'a> {
    sheet: Sheet<'a>,
    about: String,
    event: &'a Event,
    status: String,
    is_cancelled: bool,
    /// When it takes place, in one line or two.
    when: Vec<String>,
    client: Contact,
    attendees: String,
    contacts: Vec<Contact>,
}

pub(super) fn page<'a>(sheet: Sheet<'a>, data: &'a EventSheet) -> Page<'a> {
    let event = &data.row.event;
    let attendees = match event.attendees {
        0 => sheet.say(P::NotKnown),
        some => sheet.number(some.into()),
    };
    Page {
        about: sheet.about(&[&sheet.say(P::EventSheet), &event.title]),
        status: capitalised(&text::say(sheet.language, Phrase::Status(event.status))),
        is_cancelled: event.status == Status::Cancelled,
        when: when(&sheet, event),
        client: Contact::from(&data.client),
        attendees,
        contacts: contacts(&sheet, data),
        sheet,
        event,
    }
}

fn when(sheet: &Sheet, event: &Event) -> Vec<String> {
    let Some(start) = event.starts_at else { return vec![sheet.say(P::NotKnown)] };
    let hour = |time| dates::hour(time, sheet.language);
    let (day, from) = (capitalised(&sheet.day(start.date())), hour(start));
    match event.ends_at {
        None => vec![day, sheet.say(P::From(&from))],
        Some(end) if end.date() == start.date() => vec![day, sheet.say(P::Hours { from: &from, to: &hour(end) })],
        Some(end) => {
            let until = sheet.say(P::DayAt { day: &sheet.day(end.date()), hour: &hour(end) });
            vec![sheet.say(P::DayAt { day: &day, hour: &from }), sheet.say(P::Until(&until))]
        }
    }
}

/// Who is called on the day comes first.
fn contacts(sheet: &Sheet, data: &EventSheet) -> Vec<Contact> {
    let (event, role) = (&data.row.event, |role| sheet.say(role));
    let on_the_day = Contact {
        role: role(P::OnTheDay),
        name: event.client_contact.clone(),
        phone: event.contact_phone.clone(),
        ..Contact::default()
    };
    let support = data.support.as_ref().map(Contact::from);
    let nobody = || Contact { name: role(P::NobodyYet), ..Contact::default() };
    let mut all = vec![
        on_the_day,
        Contact { role: role(P::Client), ..Contact::from(&data.client) },
        Contact { role: role(P::Support), ..support.unwrap_or_else(nobody) },
        Contact { role: role(P::SalesContact), ..Contact::from(&data.sales_contact) },
    ];
    all.retain(|contact| !contact.name.is_empty() || !contact.phone.is_empty());
    all
}
