//! Contracts on the screen.

use super::{
    clients::Clients,
    definition::{
        Begins, Begun, DetailPart, Entity, EntityForm, RecordDetail, Seen, columns_if, from_to, labelled, money,
        with_company,
    },
};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Field, UserId,
        audit::Auditable,
        clients::told_apart_by,
        contracts::{ContractDraft, ContractFilter, ContractListing, ContractRow, ContractSort, ContractView},
        dates::{self, Direction},
        entity::{EntityKind, Record},
        instalments::Instalment,
        lists::ColumnName as N,
        page::{Order, Sums},
        policy::Permission,
        users::Role,
    },
    services::{ContractDetail, Marked, ReadRequest, Reply, WriteRequest, paper::Document},
    ui::{
        Context,
        form::{Choices, FieldKind, FormField, FormSpec, Purpose, Reader},
        keys::Command,
        text::{InstalmentPhrase, ListPhrase, PaymentPhrase, Phrase},
        widgets::table::{Column, column},
    },
};

/// Contracts.
pub struct Contracts;

impl Entity for Contracts {
    type Row = ContractRow;
    type Filter = ContractFilter;
    type Sort = ContractSort;
    type View = ContractView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::ColNumber, column(N::Number, 6, 0, 0).sorts(0).right()),
        (Phrase::ColClient, column(N::Client, 14, 4, 1).sorts(1)),
        (Phrase::ColTotal, column(N::Total, 13, 0, 2).sorts(3).right()),
        (Phrase::ColDue, column(N::Due, 13, 0, 3).sorts(4).right()),
        (Phrase::ColSigned, column(N::Signed, 10, 0, 2).sorts(5)),
        (Phrase::ColSales, column(N::Sales, 14, 2, 6).sorts(6)),
        (Phrase::ColCompany, column(N::Company, 16, 3, 5).sorts(2)),
        (Phrase::ColCreated, column(N::Created, 10, 0, 7).sorts(7)),
        (Phrase::ColNextDue, column(N::NextDue, 10, 0, 8).sorts(8)),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<ContractRow>)] = &[
        (Command::New, Permission::CreateContract, Begins::New),
        (Command::Edit, Permission::EditContract, Begins::Edit),
        (Command::Pay, Permission::RecordPayment, Begins::NewFor(EntityKind::Payment)),
        (Command::Sign, Permission::SignContract, Begins::One(sign)),
        (Command::Instalments, Permission::EditContract, Begins::One(|row, _| Begun::Instalments(row.contract.id))),
        (Command::Archive, Permission::ArchiveContract, Begins::Archive { one: archive, several: Some(marked) }),
        (Command::Print, Permission::SeeRecords, Begins::One(print)),
    ];
    const FORM: Option<EntityForm<ContractRow>> = Some(EntityForm {
        new_title: Phrase::NewContract,
        edit_title: Phrase::EditContract,
        new_fields,
        edit_fields,
        create: |form| WriteRequest::CreateContract {
            client: ClientId::new(form.required_pick(Field::ClientId)),
            draft: draft(form),
            paid_before: form.optional_amount(Field::PaidBefore).unwrap_or_default(),
        },
        update: |Seen { id, version }, form| WriteRequest::UpdateContract {
            id: ContractId::new(id),
            version,
            draft: draft(form),
            difference: form.choice(Field::Difference),
        },
        set_once: &[Field::ClientId, Field::PaidBefore],
        suggests: |_, _| Vec::new(),
    });
    const CHILD: Option<EntityKind> = Some(EntityKind::Event);
    const HAS_CALENDAR: bool = false;

    fn row(record: &Record) -> Option<&ContractRow> {
        if let Record::Contract(row) = record { Some(row) } else { None }
    }

    fn cells(row: &ContractRow, ctx: &Context) -> Vec<String> {
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
            row.next_due_on.map(dates::format_date).unwrap_or_default(),
        ]
    }

    fn heading(row: &ContractRow, ctx: &Context) -> String {
        Self::found_name(row.contract.id.0, &row.client, ctx)
    }

    fn facts(row: &ContractRow, ctx: &Context) -> Vec<(String, String)> {
        let client = with_company(&row.client, &row.company);
        let mut facts = labelled(&row.contract.audited_fields(), &[(Field::ClientId, &client)], ctx);
        let due = ctx.field(Field::DueCents);
        let above = facts.iter().position(|(label, _)| *label == due).unwrap_or(0);
        facts.insert(above, (ctx.say(PaymentPhrase::Paid), money(row.contract.paid(), ctx)));
        facts.push((ctx.field(Field::SalesContactId), row.sales_contact.clone()));
        facts
    }

    fn sort_title(sort: ContractSort) -> Phrase<'static> {
        match sort {
            ContractSort::Number => Phrase::ColNumber,
            ContractSort::Client => Phrase::ColClient,
            ContractSort::Company => Phrase::ColCompany,
            ContractSort::Total => Phrase::ColTotal,
            ContractSort::Due => Phrase::ColDue,
            ContractSort::Signed => Phrase::ColSigned,
            ContractSort::SalesContact => Phrase::ColSales,
            ContractSort::Created => Phrase::ColCreated,
            ContractSort::NextDue => Phrase::ColNextDue,
        }
    }

    fn views(role: Role) -> &'static [(ContractView, Phrase<'static>)] {
        use ContractView as V;
        match role {
            Role::Sales => &[
                (V::All, Phrase::ViewAll),
                (V::Mine, Phrase::ViewMine),
                (V::NotSigned, Phrase::ViewNotSigned),
                (V::NotPaid, Phrase::ViewNotPaid),
                (V::Overdue, Phrase::ViewOverdue),
                (V::DueSoon, Phrase::ViewDueSoon),
                (V::MineNotSigned, Phrase::ViewMineNotSigned),
                (V::MineWithoutEvent, Phrase::ViewMineWithoutEvent),
                (V::MineNotPaid, Phrase::ViewMineNotPaid),
                (V::MineOverdue, Phrase::ViewMineOverdue),
                (V::MineDueSoon, Phrase::ViewMineDueSoon),
                (V::Archived, Phrase::ViewArchived),
            ],
            Role::Management | Role::Support => &[
                (V::All, Phrase::ViewAll),
                (V::NotSigned, Phrase::ViewNotSigned),
                (V::Signed, Phrase::ViewSigned),
                (V::NotPaid, Phrase::ViewNotPaid),
                (V::Overdue, Phrase::ViewOverdue),
                (V::DueSoon, Phrase::ViewDueSoon),
                (V::Archived, Phrase::ViewArchived),
            ],
        }
    }

    fn fixed(filter: &ContractFilter, _role: Role) -> Vec<N> {
        use ContractView as V;
        let (signed, sales) = match filter.view {
            V::NotSigned => (true, false),
            V::MineNotSigned => (true, true),
            V::Mine | V::MineWithoutEvent | V::MineNotPaid | V::MineOverdue | V::MineDueSoon => (false, true),
            V::All | V::NotPaid | V::Overdue | V::DueSoon | V::Signed | V::Archived => (false, false),
        };
        let client = filter.client.is_some();
        let sales = sales || client || filter.sales_contact.is_some();
        // The day matters where something is due; elsewhere its column would narrow the names.
        let day = match filter.view {
            V::NotPaid | V::MineNotPaid | V::Overdue | V::MineOverdue | V::DueSoon | V::MineDueSoon => false,
            V::All | V::Mine | V::NotSigned | V::MineNotSigned | V::Signed | V::MineWithoutEvent | V::Archived => true,
        };
        columns_if(&[
            (signed, N::Signed),
            (sales, N::Sales),
            (client, N::Client),
            (client, N::Company),
            (day, N::NextDue),
        ])
    }

    /// Those not fully paid begin with the largest amount due, those overdue or due soon with the earliest day.
    fn view_chosen(listing: &mut ContractListing) {
        listing.sort = listing.filter.view.sort();
        listing.descending = listing.sort.begins_with_the_last();
    }

    fn filter_fields(filter: &ContractFilter, ctx: &Context) -> Vec<FormField> {
        let amount = |field, cents| FormField::amount(field, cents, ctx.language);
        let sales_contact = filter.sales_contact.map(|id| id.0);
        let client = filter.client.map(|id| id.0);
        let [from, to] = from_to(EntityKind::Contract, (filter.from, filter.to), Direction::Past);
        vec![
            amount(Field::Above, filter.total_above),
            amount(Field::Below, filter.total_below),
            amount(Field::DueAbove, filter.due_above),
            amount(Field::DueBelow, filter.due_below),
            from,
            to,
            FormField::day(Field::SignedFrom, filter.signed_from, Direction::Past),
            FormField::day(Field::SignedTo, filter.signed_to, Direction::Past),
            FormField::day(Field::DueFrom, filter.due_from, Direction::Past),
            FormField::day(Field::DueTo, filter.due_to, Direction::Past),
            FormField::filter_by(Field::SalesContactId, Choices::Users(Role::Sales), sales_contact, ctx),
            FormField::filter_by(Field::ClientId, Choices::Clients { own: false }, client, ctx),
        ]
    }

    fn filter_names(row: &ContractRow) -> Vec<(Field, String)> {
        let client = with_company(&row.client, &row.company);
        vec![(Field::SalesContactId, row.sales_contact.clone()), (Field::ClientId, client)]
    }

    fn read_filter(filter: &mut ContractFilter, form: &mut Reader) {
        (filter.total_above, filter.total_below) = form.amounts(Field::Above, Field::Below);
        (filter.due_above, filter.due_below) = form.amounts(Field::DueAbove, Field::DueBelow);
        (filter.from, filter.to) = form.days(Field::From, Field::To, Direction::Past);
        (filter.signed_from, filter.signed_to) = form.days(Field::SignedFrom, Field::SignedTo, Direction::Past);
        (filter.due_from, filter.due_to) = form.days(Field::DueFrom, Field::DueTo, Direction::Past);
        filter.sales_contact = form.picked(Field::SalesContactId).map(UserId::new);
        filter.client = form.picked(Field::ClientId).map(ClientId::new);
    }

    fn read(id: i64) -> Option<ReadRequest> {
        Some(ReadRequest::ViewContract(ContractId::new(id)))
    }

    fn detail(reply: &Reply) -> Option<RecordDetail> {
        let Reply::Contract(detail) = reply else { return None };
        let ContractDetail { row, client, instalments, anchors: _, payments, events, history } = (**detail).clone();
        let payments = DetailPart::new(Phrase::Payment(PaymentPhrase::Part), EntityKind::Payment, payments);
        let payments = DetailPart { sum: Some(row.contract.paid()), ..payments };
        Some(RecordDetail {
            notes: row.contract.notes.clone(),
            record: row.into(),
            signed: None,
            parts: vec![
                DetailPart::new(Phrase::PartEvents, EntityKind::Event, events),
                DetailPart::instalments(Phrase::Instalment(InstalmentPhrase::Part), instalments),
                payments,
                DetailPart::single(Phrase::ColClient, client.into()),
                DetailPart::new(Phrase::PartHistory, EntityKind::Audit, history),
            ],
        })
    }

    /// Contracts have no name of their own: the found name is the client's.
    fn found_name(id: i64, client: &str, ctx: &Context) -> String {
        ctx.say(Phrase::ContractOf { number: id, client })
    }

    fn choice(row: &ContractRow, ctx: &Context) -> (String, String) {
        (Self::heading(row, ctx), told_apart_by(&row.company, &row.client_phone))
    }

    fn picked_name(row: &ContractRow, _ctx: &Context) -> String {
        format!("{} - {}", row.contract.id.0, with_company(&row.client, &row.company))
    }
}

fn new_fields(client: Option<&Record>, ctx: &Context) -> Vec<FormField> {
    let client = if let Some(row) = client.and_then(Clients::row) {
        FormField::new(Field::ClientId, FieldKind::Fixed, &Clients::picked_name(row, ctx)).picked(row.client.id.0)
    } else {
        let own = ctx.session.actor.role == Role::Sales;
        FormField::new(Field::ClientId, FieldKind::Record(Choices::Clients { own }), "").required()
    };
    vec![
        client,
        FormField::amount(Field::TotalCents, None, ctx.language).required(),
        FormField::amount(Field::PaidBefore, None, ctx.language),
        FormField::notes(""),
    ]
}

fn edit_fields(row: &ContractRow, ctx: &Context) -> Vec<FormField> {
    let contract = &row.contract;
    let total = FormField::amount(Field::TotalCents, Some(contract.total_cents), ctx.language).required();
    vec![
        FormField::new(Field::ClientId, FieldKind::Fixed, &row.client),
        FormField { covers: contract.paid(), ..total },
        FormField::notes(&contract.notes),
    ]
}

/// The choice of the instalment that takes a difference of the total; the last one is preset.
pub fn difference(own: &[&Instalment], ctx: &Context) -> FormField {
    let option = |one: &&Instalment| {
        let label =
            if one.label.is_empty() { ctx.say(InstalmentPhrase::Numbered(one.position)) } else { one.label.clone() };
        (one.seen().to_string(), format!("{label}, {}", money(one.amount_cents, ctx)))
    };
    let last = own.last().map(|one| one.seen().to_string()).unwrap_or_default();
    FormField::new(Field::Difference, FieldKind::Choice(own.iter().map(option).collect()), &last)
}

fn draft(form: &mut Reader) -> ContractDraft {
    ContractDraft { total_cents: form.amount(Field::TotalCents), notes: form.text(Field::Notes) }
}

fn archive(Seen { id, version }: Seen, hidden: bool) -> WriteRequest {
    let id = ContractId::new(id);
    if hidden { WriteRequest::RestoreContract { id, version } } else { WriteRequest::ArchiveContract { id, version } }
}

fn marked(contracts: &[Seen]) -> Marked {
    Marked::Contracts(contracts.iter().map(|seen| (ContractId::new(seen.id), seen.version)).collect())
}

fn print(row: &ContractRow, _ctx: &Context) -> Begun {
    Begun::Print(Document::Statement(row.contract.id))
}

/// Asks for the day of the signature; what is signed stands above it.
fn sign(row: &ContractRow, ctx: &Context) -> Begun {
    let contract = &row.contract;
    let fixed = |field, text: String| FormField::new(field, FieldKind::Fixed, &text);
    let fields = vec![
        fixed(Field::ContractId, Contracts::picked_name(row, ctx)),
        fixed(Field::TotalCents, money(contract.total_cents, ctx)),
        fixed(Field::DueCents, money(contract.due_cents, ctx)),
        FormField::day(Field::SignedAt, Some(ctx.now.date()), Direction::Past).required().proposed(),
    ];
    Begun::Form(FormSpec { purpose: Purpose::Sign(contract.id), version: contract.version, fields })
}

/// The request of that form.
pub fn read_signature(id: ContractId, version: i32, form: &mut Reader) -> WriteRequest {
    WriteRequest::SignContract { id, version, day: form.day(Field::SignedAt, Direction::Past).unwrap_or_default() }
}

/// What is due of the contract, in a list to pick from.
pub fn due_in_words(row: &ContractRow, ctx: &Context) -> String {
    match row.contract.due_cents {
        Cents(0) => ctx.say(PaymentPhrase::FullyPaid),
        due => ctx.say(PaymentPhrase::Due(&money(due, ctx))),
    }
}

/// What so many contracts amount to.
pub fn sums_in_words(count: i64, sums: Sums, ctx: &Context) -> String {
    summed(count, sums, false, ctx)
}

/// The same of contracts that are listed by what falls due of them: what is due includes what falls due later.
pub fn sums_by_due_day(count: i64, sums: Sums, ctx: &Context) -> String {
    summed(count, sums, true, ctx)
}

fn summed(count: i64, sums: Sums, by_due_day: bool, ctx: &Context) -> String {
    let Sums::Contracts { total, due } = sums else { return String::new() };
    let [total, due] = [total, due].map(|cents| cents.format(ctx.language));
    let currency = &ctx.settings().currency;
    ctx.say(ListPhrase::ContractSums { count, total: &total, due: &due, by_due_day, currency })
}
