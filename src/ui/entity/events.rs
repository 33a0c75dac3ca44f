//! Events on the screen.

use strum::IntoEnumIterator;

use super::{
    contracts::Contracts,
    definition::{
        Begins, Begun, DetailPart, Entity, EntityForm, RecordDetail, Seen, columns_if, from_to, labelled,
        named_if_several, with_company,
    },
};
use crate::{
    domain::{
        ClientId, ContractId, EventId, Field, UserId,
        assigning::{Assignment, Candidate, overlaps_among},
        audit::Auditable,
        check,
        contracts::ContractRow,
        dates::{self, Direction},
        entity::{EntityKind, Record},
        events::{Event, EventDraft, EventFilter, EventListing, EventRow, EventSort, EventView, Status},
        lists::ColumnName as N,
        policy::{self, Owner, Permission},
        users::Role,
    },
    services::{EventDetail, Marked, ReadRequest, Reply, WriteRequest, paper::Document},
    ui::{
        Context,
        form::{Choices, FieldKind, FormField, Reader, people},
        keys::Command,
        overlap,
        text::{Asked, Phrase},
        widgets::table::{Column, column},
    },
};

/// Events.
pub struct Events;

impl Entity for Events {
    type Row = EventRow;
    type Filter = EventFilter;
    type Sort = EventSort;
    type View = EventView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::ColStarts, column(N::Starts, 16, 0, 0).sorts(0)),
        (Phrase::ColTitle, column(N::Title, 14, 4, 1).sorts(1)),
        (Phrase::ColClient, column(N::Client, 12, 2, 2).sorts(2)),
        (Phrase::ColPlace, column(N::Place, 12, 2, 3).sorts(3)),
        (Phrase::ColSupport, column(N::Support, 12, 2, 4).sorts(6)),
        (Phrase::ColStatus, column(N::Status, 9, 0, 5).sorts(5)),
        (Phrase::ColPeople, column(N::People, 9, 0, 6).sorts(4).right()),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<EventRow>)] = &[
        (Command::Assign, Permission::AssignSupport, Begins::Several(assign)),
        (Command::New, Permission::CreateEvent, Begins::New),
        (Command::Edit, Permission::EditEvent, Begins::Edit),
        (Command::SetStatus, Permission::SetStatus, Begins::One(set_status)),
        (Command::Archive, Permission::ArchiveEvent, Begins::Archive { one: archive, several: Some(marked) }),
        (Command::Print, Permission::SeeRecords, Begins::One(print)),
    ];
    const FORM: Option<EntityForm<EventRow>> = Some(EntityForm {
        new_title: Phrase::NewEvent,
        edit_title: Phrase::EditEvent,
        new_fields,
        edit_fields: |row, _| fields(Some(&row.event), None),
        create: |form| WriteRequest::CreateEvent {
            contract: ContractId::new(form.required_pick(Field::ContractId)),
            draft: draft(form),
        },
        update: |Seen { id, version }, form| WriteRequest::UpdateEvent {
            id: EventId::new(id),
            version,
            draft: draft(form),
        },
        set_once: &[Field::ContractId],
        suggests: |contract, _| Contracts::row(contract).map(|row| proposed(row).into()).unwrap_or_default(),
    });
    const CHILD: Option<EntityKind> = None;
    const HAS_CALENDAR: bool = true;

    fn row(record: &Record) -> Option<&EventRow> {
        if let Record::Event(row) = record { Some(row) } else { None }
    }

    fn cells(row: &EventRow, ctx: &Context) -> Vec<String> {
        let event = &row.event;
        vec![
            event.starts_at.map_or_else(|| ctx.say(Phrase::NotKnown), dates::format_date_time),
            event.title.clone(),
            row.client.clone(),
            event.location.clone(),
            support(row, ctx),
            ctx.say(Phrase::Status(event.status)),
            people(event.attendees.into()),
        ]
    }

    fn heading(row: &EventRow, _ctx: &Context) -> String {
        row.event.title.clone()
    }

    fn facts(row: &EventRow, ctx: &Context) -> Vec<(String, String)> {
        let contract = Contracts::found_name(row.event.contract_id.0, &row.client, ctx);
        let names = [(Field::ContractId, contract.as_str()), (Field::SupportId, &support(row, ctx))];
        let mut facts = labelled(&row.event.audited_fields(), &names, ctx);
        let contact = ctx.field(Field::ContactPhone);
        let below = facts.iter().position(|(label, _)| *label == contact).map_or(0, |at| at + 1);
        facts.insert(below, (ctx.say(Phrase::ClientPhone), row.client_phone.clone()));
        facts
    }

    fn sort_title(sort: EventSort) -> Phrase<'static> {
        match sort {
            EventSort::Starts => Phrase::ColStarts,
            EventSort::Title => Phrase::ColTitle,
            EventSort::Client => Phrase::ColClient,
            EventSort::Location => Phrase::ColPlace,
            EventSort::Attendees => Phrase::ColPeople,
            EventSort::Status => Phrase::ColStatus,
            EventSort::Support => Phrase::ColSupport,
        }
    }

    fn views(role: Role) -> &'static [(EventView, Phrase<'static>)] {
        use EventView as V;
        match role {
            Role::Management => &[
                (V::All, Phrase::ViewAll),
                (V::Open, Phrase::ViewOpen),
                (V::WithoutSupport, Phrase::ViewWithoutSupport),
                (V::Week, Phrase::ViewWeek),
                (V::Past, Phrase::ViewPast),
                (V::Archived, Phrase::ViewArchived),
            ],
            Role::Sales => &[
                (V::All, Phrase::ViewAll),
                (V::Mine, Phrase::ViewMine),
                (V::Open, Phrase::ViewOpen),
                (V::WithoutSupport, Phrase::ViewWithoutSupport),
                (V::Week, Phrase::ViewWeek),
                (V::Past, Phrase::ViewPast),
                (V::Archived, Phrase::ViewArchived),
            ],
            Role::Support => &[
                (V::All, Phrase::ViewAll),
                (V::Mine, Phrase::ViewMine),
                (V::MineNext, Phrase::ViewMineNext),
                (V::MineIncomplete, Phrase::ViewMineIncomplete),
                (V::Open, Phrase::ViewOpen),
                (V::WithoutSupport, Phrase::ViewWithoutSupport),
                (V::Week, Phrase::ViewWeek),
                (V::Past, Phrase::ViewPast),
                (V::Archived, Phrase::ViewArchived),
            ],
        }
    }

    /// Past and archived events begin with the newest.
    fn view_chosen(listing: &mut EventListing) {
        if listing.sort == EventSort::Starts {
            listing.descending = listing.filter.view.begins_with_newest();
        }
    }

    /// The events of a view of one's own have the same support if that is who looks.
    fn fixed(filter: &EventFilter, role: Role) -> Vec<N> {
        use EventView as V;
        let support = match filter.view {
            V::WithoutSupport | V::MineNext | V::MineIncomplete => true,
            V::Mine => role == Role::Support,
            V::All | V::Open | V::Week | V::Past | V::Archived => false,
        };
        let of_one_client = filter.client.is_some() || filter.contract.is_some();
        columns_if(&[(support || filter.support.is_some(), N::Support), (of_one_client, N::Client)])
    }

    fn filter_fields(filter: &EventFilter, ctx: &Context) -> Vec<FormField> {
        let user =
            |field, role, id: Option<UserId>| FormField::filter_by(field, Choices::Users(role), id.map(|id| id.0), ctx);
        let client = filter.client.map(|id| id.0);
        let [from, to] = from_to(EntityKind::Event, (filter.from, filter.to), Direction::Future);
        vec![
            from,
            to,
            FormField::line(Field::Place, &filter.place),
            FormField::filter_by(Field::ClientId, Choices::Clients { own: false }, client, ctx),
            user(Field::SalesContactId, Role::Sales, filter.sales_contact),
            user(Field::SupportId, Role::Support, filter.support),
        ]
    }

    fn filter_names(row: &EventRow) -> Vec<(Field, String)> {
        let support = row.support.clone().unwrap_or_default();
        let client = with_company(&row.client, &row.company);
        vec![(Field::ClientId, client), (Field::SalesContactId, row.sales_contact.clone()), (Field::SupportId, support)]
    }

    fn read_filter(filter: &mut EventFilter, form: &mut Reader) {
        (filter.from, filter.to) = form.days(Field::From, Field::To, Direction::Future);
        filter.place = form.text(Field::Place);
        filter.client = form.picked(Field::ClientId).map(ClientId::new);
        filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
        filter.support = form.picked(Field::SupportId).map(UserId::new);
    }

    fn read(id: i64) -> Option<ReadRequest> {
        Some(ReadRequest::ViewEvent(EventId::new(id)))
    }

    fn detail(reply: &Reply) -> Option<RecordDetail> {
        let Reply::Event(detail) = reply else { return None };
        let EventDetail { row, contract, history } = (**detail).clone();
        Some(RecordDetail {
            notes: row.event.notes.clone(),
            record: row.into(),
            signed: None,
            parts: vec![
                DetailPart::single(Phrase::PartContract, contract.into()),
                DetailPart::new(Phrase::PartHistory, EntityKind::Audit, history),
            ],
        })
    }
}

/// The name of the support user.
fn support(row: &EventRow, ctx: &Context) -> String {
    row.support.clone().unwrap_or_else(|| ctx.say(Phrase::Nobody))
}

/// Whom to call on the day, as far as it is known: the client of the contract.
fn proposed(contract: &ContractRow) -> [(Field, String); 2] {
    [(Field::ClientContact, contract.client.clone()), (Field::ContactPhone, contract.client_phone.clone())]
}

/// The fields of an event, or of a new one for this contract.
fn fields(event: Option<&Event>, contract: Option<&ContractRow>) -> Vec<FormField> {
    let text = |of: fn(&Event) -> &str| event.map_or("", of);
    let contact = |field, of: fn(&Event) -> &str| {
        let proposed = contract.into_iter().flat_map(proposed).find(|(of, _)| *of == field);
        match event {
            Some(event) => FormField::line(field, of(event)),
            None => FormField::line(field, proposed.as_ref().map_or("", |(_, text)| text)).proposed(),
        }
    };
    let attendees = event.map(|event| people(event.attendees.into())).unwrap_or_default();
    vec![
        FormField::line(Field::Title, text(|event| &event.title)).required(),
        FormField::time(Field::StartsAt, event.and_then(|event| event.starts_at)),
        FormField::time(Field::EndsAt, event.and_then(|event| event.ends_at)),
        FormField::line(Field::Location, text(|event| &event.location)),
        FormField::new(Field::Attendees, FieldKind::Whole, &attendees),
        contact(Field::ClientContact, |event| &event.client_contact),
        contact(Field::ContactPhone, |event| &event.contact_phone),
        FormField::notes(text(|event| &event.notes)),
    ]
}

fn new_fields(contract: Option<&Record>, ctx: &Context) -> Vec<FormField> {
    let row = contract.and_then(Contracts::row);
    let contract = match row {
        Some(row) => FormField::new(Field::ContractId, FieldKind::Fixed, &Contracts::picked_name(row, ctx))
            .picked(row.contract.id.0),
        None => FormField::new(Field::ContractId, FieldKind::Record(Choices::Contracts), "").required(),
    };
    let mut all = vec![contract];
    all.extend(fields(None, row));
    let edit = Permission::EditEvent;
    let nobody_yet = Owner::Support(None);
    if policy::refusal(edit, &ctx.session.actor, ctx.settings(), nobody_yet, None).is_some()
        && let Some(first) = all.iter_mut().find(|entry| entry.field == Field::Title)
    {
        first.hint = Some(Phrase::Asked(Asked::OthersCorrect(edit)));
    }
    all
}

fn draft(form: &mut Reader) -> EventDraft {
    EventDraft {
        title: form.text(Field::Title),
        client_contact: form.text(Field::ClientContact),
        contact_phone: form.text(Field::ContactPhone),
        starts_at: form.time(Field::StartsAt),
        ends_at: form.time(Field::EndsAt),
        location: form.text(Field::Location),
        attendees: form.checked(Field::Attendees, check::attendees).unwrap_or_default(),
        notes: form.text(Field::Notes),
    }
}

fn archive(Seen { id, version }: Seen, hidden: bool) -> WriteRequest {
    let id = EventId::new(id);
    if hidden { WriteRequest::RestoreEvent { id, version } } else { WriteRequest::ArchiveEvent { id, version } }
}

fn marked(events: &[Seen]) -> Marked {
    Marked::Events(events.iter().map(|seen| (EventId::new(seen.id), seen.version)).collect())
}

fn print(row: &EventRow, _ctx: &Context) -> Begun {
    Begun::Print(Document::EventSheet(row.event.id))
}

fn assign(rows: &[&EventRow], ctx: &Context) -> Begun {
    let title = match rows {
        [one] => ctx.say(Phrase::SupportFor(&Events::heading(one, ctx))),
        several => ctx.say(Phrase::SupportForSome(several.len())),
    };
    let taken = rows.iter().any(|row| row.event.support_id.is_some());
    Begun::PickUser {
        title,
        about: named_if_several::<Events>(rows, ctx),
        choices: Choices::Support(rows.iter().map(|row| row.event.id).collect()),
        nobody: taken.then(|| ctx.say(Phrase::Nobody)),
        several: false,
        records: rows.iter().map(|row| (*row).clone().into()).collect(),
        then: |events, people, ctx| Some(assign_to(events, people.first(), ctx)),
    }
}

/// Assigns the events, or asks first if the person would have to be at two of them, or at another
/// event, at the same time.
fn assign_to(events: &[Record], person: Option<&Candidate>, ctx: &Context) -> Begun {
    let support = person.map(|person| person.id);
    let assignment = |event: &Record| Assignment { event: EventId::new(event.id()), version: event.version(), support };
    let write = WriteRequest::AssignSupport(events.iter().map(assignment).collect());
    let rows: Vec<&EventRow> = events.iter().filter_map(Events::row).collect();
    let Some(person) = person else { return Begun::Write(write) };
    let mut overlaps = person.overlaps.clone();
    overlaps.extend(overlaps_among(rows.iter().map(|row| &row.event)));
    if overlaps.is_empty() {
        return Begun::Write(write);
    }
    let name = person.full_name.as_str();
    let title = match rows.as_slice() {
        [one] => Asked::AssignAnyway { title: &one.event.title, name },
        several => Asked::AssignSomeAnyway { count: several.len(), name },
    };
    Begun::Confirm {
        title: ctx.say(Phrase::Asked(title)),
        lines: overlap::lines(&overlaps, rows.len(), ctx),
        verb: ctx.say(Phrase::Asked(Asked::AssignVerb)),
        write,
    }
}

fn set_status(row: &EventRow, ctx: &Context) -> Begun {
    Begun::Choose {
        title: ctx.say(Phrase::ColStatus),
        about: Some(Events::heading(row, ctx)),
        options: Status::iter().map(|status| ctx.say(Phrase::Status(status))).collect(),
        at: Status::iter().position(|status| status == row.event.status).unwrap_or(0),
        record: Box::new(row.clone().into()),
        then: status_chosen,
    }
}

/// An event that has not begun is hardly done, so that is asked.
fn status_chosen(record: &Record, option: usize, ctx: &Context) -> Option<Begun> {
    let (row, status) = (Events::row(record)?, Status::iter().nth(option)?);
    let write = WriteRequest::SetStatus { id: row.event.id, version: row.event.version, status };
    let ahead = row.event.starts_at.filter(|start| *start > ctx.now && status == Status::Done);
    Some(match ahead {
        Some(start) => Begun::Confirm {
            title: Events::heading(row, ctx),
            lines: vec![ctx.say(Phrase::Asked(Asked::DoneAhead(&dates::spell_date_time(start, ctx.language))))],
            verb: ctx.say(Phrase::VerbDone),
            write,
        },
        None => Begun::Write(write),
    })
}
