//! Clients on the screen.

use super::definition::{
    Begins, Begun, DetailPart, Entity, EntityForm, RecordDetail, Seen, columns_if, from_to, labelled, name_list,
    named_if_several, wall_time, with_company,
};
use crate::{
    domain::{
        ClientId, Field, UserId,
        assigning::Candidate,
        audit::Auditable,
        clients::{Client, ClientDraft, ClientFilter, ClientListing, ClientRow, ClientSort, ClientView, told_apart_by},
        dates::{self, Direction},
        entity::{EntityKind, Record},
        known::{Known, Shared},
        lists::ColumnName as N,
        policy::Permission,
        users::Role,
    },
    services::{ClientDetail, HandOver, Marked, ReadRequest, Reply, Share, WriteRequest},
    ui::{
        Context,
        form::{Choices, FieldKind, FormField, Reader},
        keys::Command,
        text::{Asked, KnownPhrase, Phrase},
        widgets::table::{Column, column},
    },
};

/// Clients.
pub struct Clients;

impl Entity for Clients {
    type Row = ClientRow;
    type Filter = ClientFilter;
    type Sort = ClientSort;
    type View = ClientView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::ColName, column(N::Name, 16, 3, 0).sorts(0)),
        (Phrase::ColCompany, column(N::Company, 16, 3, 1).sorts(1)),
        (Phrase::ColPhone, column(N::Phone, 17, 0, 3).sorts(3)),
        (Phrase::ColSales, column(N::Sales, 14, 2, 2).sorts(4)),
        (Phrase::ColEmail, column(N::Email, 22, 2, 4).sorts(2)),
        (Phrase::ColLastContact, column(N::LastContact, 12, 0, 5).sorts(5)),
        (Phrase::ColUpdated, column(N::Updated, 16, 0, 6).sorts(6)),
        (Phrase::Known(KnownPhrase::ColShared), column(N::Shared, 5, 0, 1)),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<ClientRow>)] = &[
        (Command::New, Permission::CreateClient, Begins::New),
        (Command::Edit, Permission::EditClient, Begins::Edit),
        (Command::HandOver, Permission::HandOverClient, Begins::Several(hand_over)),
        (Command::Merge, Permission::MergeClients, Begins::Several(merge)),
        (Command::Archive, Permission::ArchiveClient, Begins::Archive { one: archive, several: Some(marked) }),
    ];
    const FORM: Option<EntityForm<ClientRow>> = Some(EntityForm {
        new_title: Phrase::NewClient,
        edit_title: Phrase::EditClient,
        new_fields,
        edit_fields: |row, _| fields(Some(&row.client)),
        create: |form| WriteRequest::CreateClient {
            sales_contact: form.picked(Field::SalesContactId).map(UserId::new),
            draft: draft(form),
        },
        update: |Seen { id, version }, form| WriteRequest::UpdateClient {
            id: ClientId::new(id),
            version,
            draft: draft(form),
        },
        set_once: &[Field::SalesContactId],
        suggests: |_, _| Vec::new(),
    });
    const CHILD: Option<EntityKind> = Some(EntityKind::Contract);
    const HAS_CALENDAR: bool = false;

    fn row(record: &Record) -> Option<&ClientRow> {
        if let Record::Client(row) = record { Some(row) } else { None }
    }

    fn cells(row: &ClientRow, ctx: &Context) -> Vec<String> {
        let client = &row.client;
        vec![
            client.full_name.clone(),
            client.company_name.clone(),
            client.phone.clone(),
            row.sales_contact.clone(),
            client.email.clone().unwrap_or_default(),
            client.last_contact_at.map(dates::format_date).unwrap_or_default(),
            wall_time(client.updated_at, ctx),
            row.shares().map(|shared| ctx.say(KnownPhrase::SharedShort(shared))).unwrap_or_default(),
        ]
    }

    fn heading(row: &ClientRow, _ctx: &Context) -> String {
        row.client.full_name.clone()
    }

    fn facts(row: &ClientRow, ctx: &Context) -> Vec<(String, String)> {
        let merged_into = row.merged_into.as_deref().unwrap_or_default();
        let names = [(Field::SalesContactId, row.sales_contact.as_str()), (Field::MergedIntoId, merged_into)];
        let mut facts = labelled(&row.client.audited_fields(), &names, ctx);
        facts.extend(
            row.shares()
                .map(|shared| (ctx.say(KnownPhrase::PossibleDuplicate), ctx.say(KnownPhrase::SharedWith(shared)))),
        );
        facts
    }

    fn sort_title(sort: ClientSort) -> Phrase<'static> {
        match sort {
            ClientSort::Name => Phrase::ColName,
            ClientSort::Company => Phrase::ColCompany,
            ClientSort::Email => Phrase::ColEmail,
            ClientSort::Phone => Phrase::ColPhone,
            ClientSort::SalesContact => Phrase::ColSales,
            ClientSort::LastContact => Phrase::ColLastContact,
            ClientSort::Updated => Phrase::ColUpdated,
            ClientSort::Twins => Phrase::ViewDuplicates,
        }
    }

    fn views(role: Role) -> &'static [(ClientView, Phrase<'static>)] {
        use ClientView as V;
        match role {
            Role::Sales => &[
                (V::All, Phrase::ViewAll),
                (V::Mine, Phrase::ViewMine),
                (V::Archived, Phrase::ViewArchived),
                (V::Duplicates, Phrase::ViewDuplicates),
            ],
            Role::Management => &[
                (V::All, Phrase::ViewAll),
                (V::Archived, Phrase::ViewArchived),
                (V::Duplicates, Phrase::ViewDuplicates),
            ],
            Role::Support => &[(V::All, Phrase::ViewAll), (V::Archived, Phrase::ViewArchived)],
        }
    }

    /// Possible duplicates stand beside each other; in the other views that order would tell nothing.
    fn view_chosen(listing: &mut ClientListing) {
        let by_twins = listing.sort == ClientSort::Twins;
        if by_twins || listing.filter.view == ClientView::Duplicates {
            (listing.sort, listing.descending) = (listing.filter.view.sort(), false);
        }
    }

    fn fixed(filter: &ClientFilter, _role: Role) -> Vec<N> {
        let sales = match filter.view {
            ClientView::Mine => true,
            ClientView::All | ClientView::Duplicates | ClientView::Archived => false,
        };
        let is_said = filter.view == ClientView::Duplicates;
        columns_if(&[(sales || filter.sales_contact.is_some(), N::Sales), (!is_said, N::Shared)])
    }

    fn filter_fields(filter: &ClientFilter, ctx: &Context) -> Vec<FormField> {
        let sales_contact = filter.sales_contact.map(|id| id.0);
        let [from, to] = from_to(EntityKind::Client, (filter.from, filter.to), Direction::Past);
        vec![from, to, FormField::filter_by(Field::SalesContactId, Choices::Users(Role::Sales), sales_contact, ctx)]
    }

    fn filter_names(row: &ClientRow) -> Vec<(Field, String)> {
        vec![(Field::SalesContactId, row.sales_contact.clone())]
    }

    fn read_filter(filter: &mut ClientFilter, form: &mut Reader) {
        (filter.from, filter.to) = form.days(Field::From, Field::To, Direction::Past);
        filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
    }

    fn read(id: i64) -> Option<ReadRequest> {
        Some(ReadRequest::ViewClient(ClientId::new(id)))
    }

    fn detail(reply: &Reply) -> Option<RecordDetail> {
        let Reply::Client(detail) = reply else { return None };
        let ClientDetail { row, merged_into, contracts, signed, events, history } = (**detail).clone();
        Some(RecordDetail {
            notes: row.client.notes.clone(),
            record: row.into(),
            signed,
            parts: merged_into
                .into_iter()
                .map(|kept| DetailPart::single(Phrase::Known(KnownPhrase::PartMergedInto), kept.into()))
                .chain([
                    DetailPart::new(Phrase::PartContracts, EntityKind::Contract, contracts),
                    DetailPart::new(Phrase::PartEvents, EntityKind::Event, events),
                    DetailPart::new(Phrase::PartHistory, EntityKind::Audit, history),
                ])
                .collect(),
        })
    }

    fn choice(row: &ClientRow, _ctx: &Context) -> (String, String) {
        (row.client.full_name.clone(), told_apart_by(&row.client.company_name, &row.client.phone))
    }

    fn picked_name(row: &ClientRow, _ctx: &Context) -> String {
        with_company(&row.client.full_name, &row.client.company_name)
    }
}

pub(super) fn fields(client: Option<&Client>) -> Vec<FormField> {
    let text = |of: fn(&Client) -> &str| client.map_or("", of);
    let last_contact = client.and_then(|client| client.last_contact_at);
    vec![
        FormField::line(Field::FullName, text(|client| &client.full_name)).required(),
        FormField::line(Field::CompanyName, text(|client| &client.company_name)),
        FormField::line(Field::Email, text(|client| client.email.as_deref().unwrap_or(""))),
        FormField::line(Field::Phone, text(|client| &client.phone)).required(),
        FormField::day(Field::LastContactAt, last_contact, Direction::Past),
        FormField::notes(text(|client| &client.notes)),
    ]
}

/// Sales users create clients of their own; others name the sales contact.
fn new_fields(_parent: Option<&Record>, ctx: &Context) -> Vec<FormField> {
    let mut fields = fields(None);
    if ctx.session.actor.role != Role::Sales {
        let sales = FieldKind::Record(Choices::Users(Role::Sales));
        fields.insert(4, FormField::new(Field::SalesContactId, sales, "").required());
    }
    fields
}

pub(super) fn draft(form: &mut Reader) -> ClientDraft {
    ClientDraft {
        full_name: form.text(Field::FullName),
        company_name: form.text(Field::CompanyName),
        email: form.optional_text(Field::Email),
        phone: form.text(Field::Phone),
        last_contact_at: form.day(Field::LastContactAt, Direction::Past),
        notes: form.text(Field::Notes),
    }
}

/// What a form has in common with clients that are known already: name and company, address, telephone number.
pub fn likeness(form: &Reader) -> ClientDraft {
    ClientDraft {
        full_name: form.text(Field::FullName),
        company_name: form.text(Field::CompanyName),
        email: form.optional_text(Field::Email),
        phone: form.text(Field::Phone),
        ..ClientDraft::default()
    }
}

/// What is said of a client that is known already, for one of the things that it has in common with a form.
pub fn known_words(known: &Known, shared: Shared, ctx: &Context) -> String {
    ctx.say(KnownPhrase::Has { shared, who: &who(known, ctx) })
}

/// Who a client is that is known already, as far as the user may see that.
pub fn who(known: &Known, ctx: &Context) -> String {
    known.client.as_ref().map_or_else(
        || ctx.say(KnownPhrase::OfColleague),
        |client| {
            let company = (!client.company_name.is_empty()).then(|| client.company_name.clone());
            let owner = client.sales_contact.as_deref().map_or(KnownPhrase::YourClient, KnownPhrase::SalesContact);
            let archived = client.archived.then(|| ctx.say(KnownPhrase::IsArchived));
            let about = [company, Some(ctx.say(owner)), archived].into_iter().flatten().collect::<Vec<_>>();
            format!("{} ({})", client.full_name, about.join(", "))
        },
    )
}

fn archive(Seen { id, version }: Seen, hidden: bool) -> WriteRequest {
    let id = ClientId::new(id);
    if hidden { WriteRequest::RestoreClient { id, version } } else { WriteRequest::ArchiveClient { id, version } }
}

fn marked(clients: &[Seen]) -> Marked {
    Marked::Clients(clients.iter().map(|seen| (ClientId::new(seen.id), seen.version)).collect())
}

/// The command is offered for two clients. How much is below each of them is read first.
fn merge(rows: &[&ClientRow], _ctx: &Context) -> Begun {
    let [first, last] = [rows.first(), rows.last()].map(|row| row.map_or(ClientId::new(0), |row| row.client.id));
    Begun::Merge([first, last])
}

fn hand_over(rows: &[&ClientRow], ctx: &Context) -> Begun {
    let title = match rows {
        [one] => ctx.say(Phrase::HandOverOf(&Clients::heading(one, ctx))),
        several => ctx.say(Phrase::HandOverSome(several.len())),
    };
    // The present sales contact is not offered.
    let mut owners = rows.iter().map(|row| row.client.sales_contact_id);
    let owner = owners.next().filter(|first| owners.all(|other| other == *first));
    Begun::PickUser {
        title,
        about: named_if_several::<Clients>(rows, ctx),
        choices: owner.map_or(Choices::Users(Role::Sales), |except| Choices::Others { role: Role::Sales, except }),
        nobody: None,
        several: rows.len() > 1,
        records: rows.iter().map(|row| (*row).clone().into()).collect(),
        then: hand_over_to,
    }
}

/// Asks whether these people are to share the clients by turns. A client whose turn brings it to its
/// present sales contact stays there, and is not counted.
fn hand_over_to(clients: &[Record], people: &[Candidate], ctx: &Context) -> Option<Begun> {
    let rows: Vec<&ClientRow> = clients.iter().filter_map(Clients::row).collect();
    let turns = || rows.iter().zip(people.iter().cycle());
    let write = turns().map(|(row, to)| {
        let Client { id, version, .. } = row.client;
        HandOver { client: id, version, to: to.id }
    });
    let write = WriteRequest::HandOverClients(write.collect());
    let moved: Vec<_> = turns().filter(|(row, to)| row.client.sales_contact_id != to.id).collect();
    let (title, mut lines) = match (rows.as_slice(), people) {
        (_, []) => return None,
        // The reply says that nothing has changed.
        _ if moved.is_empty() => return Some(Begun::Write(write)),
        ([row], [Candidate { full_name: name, .. }, ..]) => {
            let change = ctx.say(Phrase::FromTo { old: &row.sales_contact, new: name });
            let title = ctx.say(Phrase::Asked(Asked::HandOverAsk(&Clients::heading(row, ctx))));
            (title, vec![ctx.pair(&ctx.field(Field::SalesContactId), &change)])
        }
        (_, people) => {
            let share = |one: &Candidate| Share {
                name: one.full_name.clone(),
                clients: moved.iter().filter(|(_, to)| to.id == one.id).count(),
                events: 0,
            };
            let shares = people.iter().map(share).filter(|share| share.clients > 0);
            let names = name_list(moved.iter().map(|(row, _)| Clients::heading(row, ctx)), ctx);
            let lines = shares.map(|share| ctx.say(Phrase::Asked(Asked::ShareOf(&share))));
            (ctx.say(Phrase::Asked(Asked::HandOverAskSome(moved.len()))), std::iter::once(names).chain(lines).collect())
        }
    };
    lines.push(ctx.say(Phrase::Asked(Asked::ContractsGoAlong)));
    Some(Begun::Confirm { title, lines, verb: ctx.say(Phrase::VerbHandOver), write })
}
